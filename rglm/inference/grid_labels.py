"""How the values of grids are written: in columns of tables, and in the labels of contrasts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from rglm.display import Column
from rglm.formula.deparse import number_text


def kind_of_values(values: Sequence[Any]) -> str:
    """ "text", "logical" or "numeric"."""
    if all(hasattr(value, "casefold") for value in values):
        return "text"
    return "logical" if np.asarray(values).dtype.kind == "b" else "numeric"


def column_of(name: str, values: Sequence[Any]) -> Column:
    """A column of a grid: strings stand left, numbers and TRUE or FALSE right."""
    kind = kind_of_values(values)
    if kind == "text":
        return Column(name, "text", list(values))
    if kind == "logical":
        return Column(name, "label", list(map(written, values)))
    return Column(name, "number", [float(value) for value in values])


def written(value: Any) -> str:
    """A level as R writes it in a label."""
    if hasattr(value, "casefold"):
        return str(value)
    if np.asarray(value).dtype.kind == "b":
        return "TRUE" if value else "FALSE"
    return number_text(float(value))


def level_labels(
    factors: Mapping[str, Sequence[Any]], names: Sequence[str], rows: np.ndarray
) -> tuple[str, ...]:
    """Labels of rows by some of their columns: levels joined by blanks, numbers with their column's name."""
    numeric = {name for name in names if kind_of_values(factors[name]) == "numeric"}
    return tuple(
        " ".join((name if name in numeric else "") + written(factors[name][row]) for name in names)
        for row in rows
    )
