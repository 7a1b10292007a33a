"""How results name rows, the response and the model."""

from __future__ import annotations

import numpy as np

from rglm.formula.grammar import deparse, parse
from rglm.formula.lines import formula_lines
from rglm.formula.tree import Formula
from rglm.inference.fitted import Fitted


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
    return "\n".join(formula_lines(formula_tree(fit)))


def formula_tree(fit: Fitted) -> Formula:
    """The formula, `.` written out."""
    design = fit.design
    if not design.terms.dotted:
        return design.formula
    terms = [*([] if design.terms.intercept else ["0"]), *design.term_labels]
    offsets = [f"offset({deparse(node)})" for node in design.terms.offsets]
    return parse(f"{response_of(fit)} ~ {' + '.join([*terms, *offsets]) or '1'}")
