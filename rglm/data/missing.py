"""The one mask of missing values, and the report of what it cost."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from rglm.data.kinds import CodedText
from rglm.errors import some
from rglm.formula.values import Factor, Text, Value

Mask: TypeAlias = NDArray[np.bool_]


def _finite(values: NDArray[Any]) -> bool:
    """Whether no element is NaN or infinite; in a sum of squares neither can cancel."""
    if values.ndim == 1:
        with np.errstate(over="ignore"):
            if math.isfinite(np.dot(values, values)):
                return True
    return bool(np.isfinite(values).all())


def missing_rows(value: Value) -> Mask | None:
    """Which rows are NA, shape (n,); None where none is.  A matrix row is NA when any of its entries is."""
    if isinstance(value, Factor | CodedText):
        return value.codes < 0 if len(value.codes) and value.codes.min() < 0 else None
    values: Any = value.values
    mask: Mask
    if isinstance(value, Text):
        mask = np.array([text is None for text in values], dtype=bool)
    elif _finite(values):
        return None
    else:
        missing = np.isnan(values)
        mask = missing if missing.ndim == 1 else missing.any(axis=1)
    return mask if mask.any() else None


def infinite_rows(values: NDArray[Any]) -> NDArray[np.intp] | None:
    """Positions of rows holding Inf or -Inf; None where none does."""
    if _finite(values):
        return None
    mask = np.isinf(values)
    rows = np.flatnonzero(mask.any(axis=1) if mask.ndim == 2 else mask)
    return rows if len(rows) else None


@dataclass(frozen=True, slots=True)
class MissingReport:
    """What missing values cost: rows that came, rows kept, and rows lost to each column.

    rows_in     rows of the data
    excluded    rows that `subset` left out
    rows_kept   rows that remain
    lost        (column, rows of the subset in which it is NA); a row may be lost to several columns

    Examples
    --------
    >>> print(MissingReport(rows_in=10, rows_kept=8, lost=(("x", 2),)))
    8 of 10 rows used; 2 left out because values are missing: x (2)
    """

    rows_in: int
    rows_kept: int
    lost: tuple[tuple[str, int], ...] = ()
    excluded: int = 0

    @property
    def rows_lost(self) -> int:
        """Rows left out because some value is missing."""
        return self.rows_in - self.excluded - self.rows_kept

    def __add__(self, other: MissingReport) -> MissingReport:
        """The report of two row blocks together."""
        lost = dict(self.lost)
        for name, count in other.lost:
            lost[name] = lost.get(name, 0) + count
        return MissingReport(
            self.rows_in + other.rows_in,
            self.rows_kept + other.rows_kept,
            tuple(lost.items()),
            self.excluded + other.excluded,
        )

    def __str__(self) -> str:
        text = f"{self.rows_kept} of {self.rows_in} rows used"
        if self.excluded:
            text += f"; {self.excluded} outside the subset"
        if self.rows_lost:
            columns = some((f"{name} ({count})" for name, count in self.lost), most=20)
            text += f"; {self.rows_lost} left out because values are missing: {columns}"
        return text
