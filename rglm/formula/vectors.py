"""R's vectors: what kind a value is, how it coerces, how lengths meet, how numbers print as labels.

Three lengths exist: one value, one value a row, and a short constant vector (`c(3, 6)`, `1:4`, `LETTERS`).
The last is marked by its own type, because R would recycle it along the rows, which depends on row order.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias, cast

import numpy as np
from numpy.typing import NDArray

from rglm.errors import FormulaError
from rglm.formula.deparse import number_text
from rglm.formula.values import Codes, Factor, Floats, Logical, Numbers, Text, Value

Objects: TypeAlias = NDArray[np.object_]
Refuse: TypeAlias = Callable[[str], FormulaError]

MOST_CONSTANTS = 10_000  # elements of a constant vector or matrix: a formula is safe to run whoever wrote it


@dataclass(frozen=True, slots=True, eq=False)
class ManyNumbers(Numbers):
    """A constant vector (m,) or matrix (m, k) written in the formula: an argument, never a column."""


@dataclass(frozen=True, slots=True, eq=False)
class ManyText(Text):
    """A constant vector of strings written in the formula: an argument, never a column."""


def length(value: Value) -> int:
    """Number of rows of a value."""
    codes = getattr(value, "codes", None)
    return len(value.values if codes is None else codes)  # type: ignore[union-attr]  # a factor has codes


def coded(value: Value) -> Factor | None:
    """A factor, or a text column that was read as codes (then free of charge), as a factor; else None."""
    if isinstance(value, Factor):
        return value
    codes = getattr(value, "codes", None)
    return None if codes is None else Factor(codes, value.levels)  # type: ignore[union-attr]  # as above


def is_many(value: Value) -> bool:
    """Whether a value is a constant vector rather than one value or a column."""
    return isinstance(value, ManyNumbers | ManyText)


def kind(value: Value) -> str:
    """How a message names a value."""
    if isinstance(value, Numbers):
        return "a matrix" if value.values.ndim == 2 else "numeric"
    if isinstance(value, Factor):
        return "an ordered factor" if value.ordered else "a factor"
    return "logical" if isinstance(value, Logical) else "text"


def one(value: float | str | bool) -> Value:
    """A Python scalar as a value of length one."""
    if isinstance(value, bool | np.bool_):
        return Logical(np.array([float(value)]))
    if isinstance(value, str):
        return Text(np.array([value], dtype=object))
    return Numbers(np.array([float(value)]))


def meet(values: Sequence[Value], refuse: Refuse) -> bool:
    """Check that lengths agree (1 or n, or constants among themselves); whether the result is constant."""
    many = False
    size = 1
    for value in values:
        many = many or is_many(value)
        here = length(value)
        if here != 1:
            if size not in (1, here):
                raise refuse(f"lengths {size} and {here} do not agree; each part is one value or one a row")
            size = here
    if many and not all(is_many(value) or length(value) == 1 for value in values):
        raise refuse("a constant vector cannot be recycled along the rows: put it in the data as a column")
    return many


def level_of(arrays: Sequence[Floats], refuse: Refuse) -> list[Floats]:
    """Vectors (n,) beside matrices (n, k) become (n, 1), so that NumPy pairs rows with rows as R does."""
    if all(array.ndim == 1 for array in arrays):
        return list(arrays)
    widths = {array.shape[1] for array in arrays if array.ndim == 2 and array.shape[1] != 1}
    if len(widths) > 1:
        raise refuse(f"matrices of {' and '.join(map(str, sorted(widths)))} columns do not agree")
    return [array[:, None] if array.ndim == 1 else array for array in arrays]


def number_labels(values: Floats) -> list[str]:
    """Numbers as R's `as.character` prints them, up to 15 significant digits: `0.1`, `1`, `1e+05`."""
    return [number_text(value + 0.0) for value in values.tolist()]  # -0 reads 0


def logical_labels(values: Floats) -> Objects:
    """FALSE, TRUE, None."""
    out = np.where(values != 0, "TRUE", "FALSE").astype(object)
    out[np.isnan(values)] = None
    return out


def texts(value: Value) -> Objects:
    """A value as strings, None where it is NA: R's `as.character`."""
    if isinstance(value, Text):
        return value.values
    if isinstance(value, Factor):
        table = np.empty(len(value.levels) + 1, dtype=object)
        table[:-1] = value.levels
        return cast(Objects, table[value.codes])  # code -1 reads the last cell, None
    if isinstance(value, Logical):
        return logical_labels(value.values)
    codes, labels = number_codes(value.values)
    table = np.empty(len(labels) + 1, dtype=object)
    table[:-1] = labels
    return cast(Objects, table[codes])


def number_codes(values: Floats) -> tuple[Codes, list[str]]:
    """Codes (n,) into the labels of the distinct numbers, in increasing order; NaN is -1."""
    codes, distinct = distinct_numbers(values)
    return codes, number_labels(distinct)


def distinct_numbers(values: Floats) -> tuple[Codes, Floats]:
    """Codes (n,) into the distinct numbers in increasing order; NaN is -1."""
    if values.ndim == 2:
        raise FormulaError("A matrix cannot be read as text or levels; use one column of it.")
    if len(values) < 2000:
        present = values == values
        distinct, inverse = np.unique(values[present], return_inverse=True)
        codes = np.full(len(values), -1, dtype=np.intp)
        codes[present] = inverse
        return codes, distinct
    import pandas as pd  # its hash table is ten times faster than sorting a long column

    raw, found = pd.factorize(values)
    order = np.argsort(found, kind="stable")
    return _recode(raw, order), np.asarray(found, dtype=float)[order]


def distinct_texts(values: Objects) -> tuple[Codes, tuple[str, ...]]:
    """Codes (n,) into the distinct strings in code-point order; None is -1."""
    if len(values) < 2000:
        listed = values.tolist()
        found = sorted({text for text in listed if text is not None})
        index = {text: code for code, text in enumerate(found)}
        return np.array([index.get(text, -1) for text in listed], dtype=np.intp), tuple(found)
    import pandas as pd

    raw, uniques = pd.factorize(values)
    labels = [str(text) for text in uniques]
    order = np.array(sorted(range(len(labels)), key=labels.__getitem__), dtype=np.intp)
    return _recode(raw, order), tuple(labels[position] for position in order.tolist())


def _recode(codes: Codes, order: Codes) -> Codes:
    rank = np.empty(len(order) + 1, dtype=np.intp)
    rank[order] = np.arange(len(order), dtype=np.intp)
    rank[-1] = -1
    return rank[codes]


def factor(value: Value) -> Factor:
    """A value as a factor: strings in code-point order, numbers in increasing order, FALSE before TRUE."""
    if isinstance(value, Factor):
        return value
    if isinstance(value, Text):
        return coded(value) or Factor(*distinct_texts(value.values))
    if isinstance(value, Logical):
        present = value.values == value.values
        codes = np.where(present, np.where(present, value.values, 0) != 0, -1).astype(np.intp)
        return Factor(codes, ("FALSE", "TRUE"))
    codes, labels = number_codes(value.values)
    levels = tuple(dict.fromkeys(labels))
    if len(levels) < len(labels):  # numbers that differ after the 15th digit are one level
        codes = _recode_labels(codes, labels, levels)
    return Factor(codes, levels)


def _recode_labels(codes: Codes, labels: Sequence[str | None], levels: Sequence[str]) -> Codes:
    index = {level: code for code, level in enumerate(levels)}
    table = np.array(
        [-1 if label is None else index.get(label, -1) for label in labels] + [-1], dtype=np.intp
    )
    return table[codes]


def recode(value: Factor, labels: Sequence[str | None], levels: tuple[str, ...], ordered: bool) -> Factor:
    """The factor whose old level i is called labels[i] (None: NA) and whose levels are `levels`."""
    if tuple(labels) == levels:
        return Factor(value.codes, levels, ordered, value.contrast)
    return Factor(_recode_labels(value.codes, labels, levels), levels, ordered, value.contrast)


def has_na(values: NDArray[Any]) -> bool:
    """Whether a float array holds NaN; one pass, no temporary for vectors."""
    if values.ndim == 1:
        return bool(np.isnan(np.dot(values, values)))  # squares never cancel: NaN only if an element is
    return bool(np.isnan(values).any())


def made(values: Floats, many: bool, *sources: Value) -> Numbers:
    """Numbers with the column names of the first matrix among the sources, as R keeps dimnames."""
    if many:
        return ManyNumbers(values)
    if values.ndim == 2:
        for source in sources:
            names = source.names if isinstance(source, Numbers) else None
            if names is not None and len(names) == values.shape[1]:
                return Numbers(values, names)
    return Numbers(values)
