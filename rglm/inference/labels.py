"""How results name rows, the response and the model."""

from __future__ import annotations

import re

import numpy as np

from rglm.formula.grammar import deparse
from rglm.inference.fitted import Fitted

WIDTH = 60
"""Characters after which R's deparse starts a new line."""

BREAKABLE = re.compile(r"(?<= [-+*~|&] )|(?<=, )")


def row_labels(fit: Fitted) -> tuple[str, ...]:
    """The caller's labels of the rows that were fitted: the index of a pandas frame, else row numbers."""
    rows = fit.rows
    index = getattr(fit.wrap(np.zeros(rows.block.n)), "index", None)
    labels = rows.positions if index is None or callable(index) else np.asarray(index)
    if len(labels) != rows.block.n:
        labels = labels[rows.positions]
    return tuple(map(str, labels))


def response_of(fit: Fitted) -> str:
    """The left-hand side of the formula."""
    response = fit.design.terms.response
    return "" if response is None else deparse(response)


def formula_of(fit: Fitted) -> str:
    """The formula, `.` written out, in lines of R's length."""
    return _folded(_formula_text(fit))


def _formula_text(fit: Fitted) -> str:
    design = fit.design
    if not design.terms.dotted:
        return str(design.formula)
    terms = [*([] if design.terms.intercept else ["0"]), *design.term_labels]
    offsets = [f"offset({deparse(node)})" for node in design.terms.offsets]
    return f"{response_of(fit)} ~ {' + '.join([*terms, *offsets]) or '1'}"


def _folded(text: str) -> str:
    """A formula broken after the operator or comma that takes a line beyond R's width."""
    lines = [""]
    for piece in BREAKABLE.split(text):
        if len(lines[-1]) > WIDTH:
            lines.append("    ")
        lines[-1] += piece
    return "\n".join(lines)
