"""What an expression evaluates to: R's vector kinds, as NumPy arrays.

NA is NaN in numbers and logicals, None in text, code -1 in factors.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]
Codes: TypeAlias = NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class Numbers:
    """float64, shape (n,) or (n, k); a matrix may name its columns ("" where one has no name)."""

    values: Floats
    names: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Logical:
    """0.0, 1.0 or NaN, shape (n,)."""

    values: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Text:
    """str or None in an object array, shape (n,)."""

    values: NDArray[np.object_]


@dataclass(frozen=True, slots=True)
class Contrast:
    """A contrast by name with its options (`contr.sum`, `contr.treatment(base = 3)`) or by matrix.

    `matrix` is a tuple of rows (one a level) so that the value is hashable and pickles.
    """

    name: str = "contr.treatment"
    base: int | str | None = None
    columns: int | None = None
    matrix: tuple[tuple[float, ...], ...] | None = None
    column_names: tuple[str, ...] | None = None
    numbered: bool = False  # columns are called by level number, as R's C(a, contr.treatment) does


@dataclass(frozen=True, slots=True, eq=False)
class Factor:
    """Codes into `levels` (-1 is NA), shape (n,); `contrast` is set by `C()`, else None."""

    codes: Codes
    levels: tuple[str, ...]
    ordered: bool = False
    contrast: Contrast | None = None


Value: TypeAlias = Numbers | Logical | Text | Factor


@dataclass(frozen=True, slots=True, eq=False)
class Response:
    """The left-hand side, classified; a family's `accept` turns it into y, weights, trials.

    kind       "numeric": values (n,);  "columns": values (n, k), from `cbind`;
               "levels": values are codes (n,) as float64, `levels` their names.
    success    the level modelled (kind "levels"), as asked by `success=`; None: every level but the first.
    name       the left-hand side as R deparses it, for messages and headers.
    positions  row numbers of the caller's data, shape (n,), for messages; None means 0..n-1.
    """

    kind: str
    values: Floats
    name: str
    levels: tuple[str, ...] | None = None
    success: str | None = None
    positions: NDArray[Any] | None = None
