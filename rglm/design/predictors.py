"""The data columns behind a design's terms, as the observed rows show them: what grids of new rows vary."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from rglm.data.columns import Columns, codes_of, take
from rglm.data.kinds import CodedText
from rglm.design.spec import DesignSpec
from rglm.errors import DataError, did_you_mean, some
from rglm.formula.grammar import children
from rglm.formula.tree import Call, Name, Node
from rglm.formula.values import Codes, Factor, Floats, Logical, Numbers, Text, Value

TO_FACTOR = frozenset({"factor", "as.factor", "ordered", "as.ordered", "C", "relevel", "droplevels"})
"""Functions that make a factor of a column of numbers."""


@dataclass(frozen=True, eq=False)
class Predictor:
    """One column of the data that the terms read.

    name     the column
    kind     "factor", "text", "logical" or "numeric"
    levels   its values, distinct and in order: strings, booleans, or numbers where they are few or a term
             makes a factor of them; None for other numbers
    codes    place of each row's value among `levels`, (n,), -1 where it is missing; None without levels
    values   the column in these rows
    as_factor  whether a term makes a factor of a column of numbers
    """

    name: str
    kind: str
    levels: tuple[Any, ...] | None
    codes: Codes | None
    values: Value
    as_factor: bool = False

    @property
    def numbers(self) -> Floats:
        """A column of numbers (or booleans) as floats, (n,)."""
        assert isinstance(self.values, Numbers | Logical)
        return self.values.values

    def mean(self, weights: Floats | None = None) -> float:
        """The mean of the numbers that are not missing."""
        known = ~np.isnan(self.numbers)
        return float(np.average(self.numbers[known], weights=None if weights is None else weights[known]))

    def column(self, given: Sequence[Any]) -> Value:
        """Values of the column's kind from strings, booleans or numbers, one a row.

        Raises
        ------
        DataError
            for a level that the column does not have, and for what is not a number in a column of numbers.
        """
        if self.kind == "numeric":
            return Numbers(self._as_numbers(given))
        assert self.levels is not None
        place = {self.key(level): code for code, level in enumerate(self.levels)}
        unknown = [value for value in given if self.key(value) not in place]
        if unknown:
            raise DataError(
                f"'{self.name}' has no level {some(map(repr, dict.fromkeys(unknown)))}. "
                f"{did_you_mean(str(unknown[0]), map(str, self.levels))}"
            )
        codes = np.array([place[self.key(value)] for value in given], dtype=np.intp)
        return self.coded(codes)

    def coded(self, codes: Codes) -> Value:
        """The column at these places of its levels."""
        assert self.levels is not None
        if self.kind == "numeric":
            return Numbers(np.array(self.levels, dtype=float)[codes])
        if self.kind == "logical":
            return Logical(np.array(self.levels, dtype=float)[codes])
        if isinstance(self.values, Factor):
            return Factor(codes, self.levels, self.values.ordered, self.values.contrast)
        return CodedText(codes, self.levels)

    def key(self, value: Any) -> Any:
        """What a value is compared by: 1 and True are one, and so are "a" and a category of that name."""
        return bool(value) if self.kind == "logical" and not isinstance(value, str) else str(value)

    def _as_numbers(self, given: Sequence[Any]) -> Floats:
        try:
            return np.array([float(value) for value in given])
        except (TypeError, ValueError):
            raise DataError(f"'{self.name}' holds numbers; got {some(map(repr, given), 4)}.") from None

    def labels(self) -> list[Any]:
        """The column as Python values, None where one is missing."""
        if self.codes is not None and self.levels is not None:
            return [None if code < 0 else self.levels[code] for code in self.codes.tolist()]
        return [None if value != value else value for value in self.numbers.tolist()]

    def moved(self, step: Any) -> Value:
        """The column with `step`, a number or (n,), added to it."""
        return Numbers(self.numbers + step)

    @property
    def is_binary(self) -> bool:
        """Whether it is a column of numbers that holds nothing but 0 and 1."""
        return self.kind == "numeric" and not self.as_factor and set(self.levels or ()) == {0.0, 1.0}

    @property
    def has_levels(self) -> bool:
        """Whether its values are levels rather than amounts."""
        return self.kind != "numeric" or self.as_factor or self.is_binary

    def usual(self) -> Any:
        """The level of most rows (the first of several), or the mean of numbers."""
        if not self.has_levels or self.codes is None or self.levels is None:
            return self.mean()
        return self.levels[int(np.bincount(self.codes[self.codes >= 0], minlength=len(self.levels)).argmax())]


def held(columns: Columns, names: Iterable[str], rows: Any) -> dict[str, Value]:
    """Some columns at some rows, those that are there."""
    return {name: take(columns[name], rows) for name in names if name in columns}


def predictors(spec: DesignSpec, columns: Columns, rows: Any, few: int = 0) -> dict[str, Predictor]:
    """The columns that the terms of a design read, in order of appearance, at some rows of the data.

    Parameters
    ----------
    spec
        A design.
    columns
        The data.
    rows
        Positions of the rows (m,).
    few
        Numbers of at most so many distinct values have levels too.

    Returns
    -------
    dict from column to Predictor; offsets and the response are not among them.
    """
    names: dict[str, bool] = {}
    for index in spec.used:
        for name, as_factor in names_read(spec.variables[index].node):
            if name in columns:
                names[name] = names.get(name, False) or as_factor
    return {name: predictor(name, columns[name], rows, few, made) for name, made in names.items()}


def names_read(node: Node, as_factor: bool = False) -> Iterator[tuple[str, bool]]:
    """The names in an expression from left to right, and whether a function makes a factor of each."""
    if isinstance(node, Name):
        yield node.id, as_factor
    inner = as_factor or (isinstance(node, Call) and node.function.rpartition("::")[2] in TO_FACTOR)
    for child in children(node):
        yield from names_read(child, inner)


def predictor(name: str, value: Value, rows: Any, few: int = 0, as_factor: bool = False) -> Predictor:
    """One column of the data at some rows."""
    value = take(value, rows)
    if isinstance(value, Numbers):
        values = value.values if value.values.ndim == 1 else value.values[:, 0]
        levels = _distinct(values, few, as_factor)
        codes = None if levels is None else _places(values, levels)
        return Predictor(name, "numeric", levels, codes, Numbers(values), as_factor)
    codes, declared = codes_of(value)
    if isinstance(value, Logical):
        present = tuple(flag for flag in (False, True) if (codes == int(flag)).any())
        return Predictor(name, "logical", present, np.where(codes < 0, -1, codes - int(present[0])), value)
    counts = np.bincount(codes[codes >= 0], minlength=len(declared))
    seen = np.flatnonzero(counts)
    renumbered = np.full(len(declared) + 1, -1, dtype=np.intp)  # code -1 reads the last entry
    renumbered[seen] = np.arange(len(seen))
    kind = "text" if isinstance(value, Text) else "factor"
    return Predictor(name, kind, tuple(declared[code] for code in seen), renumbered[codes], value)


def _distinct(values: Floats, few: int, as_factor: bool) -> tuple[float, ...] | None:
    known = values[~np.isnan(values)]
    if not as_factor and len(known) > 1000 and len(np.unique(known[:1000])) > few:
        return None
    found = np.unique(known)
    return tuple(found.tolist()) if as_factor or len(found) <= few else None


def _places(values: Floats, levels: tuple[float, ...]) -> Codes:
    return np.where(np.isnan(values), -1, np.searchsorted(np.array(levels), values)).astype(np.intp)
