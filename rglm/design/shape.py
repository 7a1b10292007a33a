"""What a variable turned out to be: its kind, levels and columns, gathered over blocks of rows."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from rglm.data.columns import codes_of
from rglm.design.spec import Variable
from rglm.errors import DataError, some
from rglm.formula.tree import Name, Node
from rglm.formula.values import Codes, Contrast, Factor, Floats, Logical, Numbers, Text, Value

TREATMENT = Contrast("contr.treatment")
POLYNOMIAL = Contrast("contr.poly")
WORDS_FOR_MISSING = frozenset(("", "na", "n/a", "nan", "null", "none", "?", ".", "-"))
_WITH_COMMAS = re.compile(r"\s*[-+]?\d+(,\d+|(,\d{3})+(\.\d+)?)\s*")
NUMERIC_STRINGS = (
    "Convert it with pandas.to_numeric() or astype(float) if it holds numbers, or write factor({name}) if it "
    "holds labels."
)


@dataclass(frozen=True, slots=True)
class Shape:
    """What one block of rows shows of a variable; shapes of blocks add.

    kind       "numeric", "logical", "text" or "factor"
    declared   the levels it could have, in order
    found      those that some row has, in order
    """

    kind: str
    declared: tuple[str, ...] = ()
    found: tuple[str, ...] = ()
    ordered: bool = False
    contrast: Contrast | None = None
    columns: tuple[str, ...] | None = None

    def __add__(self, other: Shape) -> Shape:
        if self.kind == "numeric":
            return self
        if self.declared == other.declared:
            both = set(self.found) | set(other.found)
            return replace(self, found=tuple(level for level in self.declared if level in both))
        declared = _merged(self.declared, other.declared, self.kind)
        both = set(self.found) | set(other.found)
        return replace(self, declared=declared, found=tuple(level for level in declared if level in both))


def _merged(first: tuple[str, ...], second: tuple[str, ...], kind: str) -> tuple[str, ...]:
    """Levels of two blocks in one order: strings sorted; otherwise the first block's, then what it lacked."""
    together = tuple(dict.fromkeys((*first, *second)))
    return tuple(sorted(together)) if kind == "text" else together


def shape_of(value: Value) -> tuple[Shape, Codes | Floats]:
    """The shape of a value, and its array: numbers as (n, k), levels as codes into `found`."""
    if isinstance(value, Numbers):
        array = value.values
        if array.ndim == 1:
            return _NUMBERS, array[:, None]
        names = value.names or ("",) * array.shape[1]
        return Shape("numeric", columns=names), array
    codes, levels = codes_of(value)
    if isinstance(value, Factor):
        found, codes = used(codes, levels)
        return Shape("factor", levels, found, value.ordered, value.contrast), codes
    if isinstance(value, Text):
        found, codes = used(codes, levels)
        return Shape("text", levels, found), codes
    return _LOGICAL, codes


_NUMBERS = Shape("numeric")
_LOGICAL = Shape("logical", ("FALSE", "TRUE"), ("FALSE", "TRUE"))


def used(codes: Codes, levels: tuple[str, ...]) -> tuple[tuple[str, ...], Codes]:
    """The levels that some row has, in order, and the codes (n,) into them; no code is negative."""
    counts = np.bincount(codes, minlength=len(levels))
    if counts.all():
        return levels, codes
    seen = counts > 0
    renumbered = np.cumsum(seen) - 1
    found = tuple(level for level, here in zip(levels, seen.tolist(), strict=True) if here)
    return found, renumbered[codes]


def recoded(value: Factor | Text | Logical, levels: tuple[str, ...]) -> tuple[Codes, dict[str, int]]:
    """Codes into known levels (-1 is NA, -2 an unknown level), and the rows that each unknown level has."""
    codes, theirs = codes_of(value)
    if theirs == levels:
        return codes, {}
    known = {level: code for code, level in enumerate(levels)}
    table = np.array([known.get(level, -2) for level in theirs] + [-1], dtype=np.intp)
    ours = table[codes]
    if not len(ours) or ours.min() != -2:
        return ours, {}
    counts = np.bincount(codes[ours == -2], minlength=len(theirs)).tolist()
    return ours, {level: count for level, count in zip(theirs, counts, strict=True) if count}


def variable(node: Node, name: str, shape: Shape, needed: bool) -> Variable:
    """The variable that a shape describes; `needed` says whether a term holds it.

    Raises
    ------
    DataError
        for a factor of one level, and for a column of strings that all read as numbers.
    """
    if shape.kind == "numeric":
        return Variable(node, name, "numeric", columns=shape.columns)
    if shape.kind == "text" and isinstance(node, Name):
        refuse_numeric_strings(name, shape.found)
    if needed and len(shape.found) < 2:
        held = f"'{shape.found[0]}'" if shape.found else "nothing"
        raise DataError(
            f"The factor {name} has only one level, {held}, in the rows used; contrasts can be applied only "
            f"to factors with 2 or more levels. Leave {name} out of the formula."
        )
    contrast = shape.contrast or (POLYNOMIAL if shape.ordered else TREATMENT)
    return Variable(node, name, shape.kind, shape.found, shape.ordered, contrast)


def refuse_numeric_strings(name: str, levels: Sequence[str]) -> None:
    """Refuse a column of strings that all read as numbers, but for the usual words for a missing value."""
    words: list[str] = []
    for level in levels:
        if not _reads_as_number(level):
            if level.strip().casefold() not in WORDS_FOR_MISSING:
                return
            words.append(level)
    numbers = [level for level in levels if level not in words]
    if len(numbers) > len(words):
        also = f" beside {some(map(repr, words))}" if words else ""
        raise DataError(
            f"Column '{name}' holds numbers stored as strings ({some(map(repr, numbers), 4)}){also}, "
            f"which would make it a factor of {len(levels)} levels. {NUMERIC_STRINGS.format(name=name)}"
        )


def _reads_as_number(text: str) -> bool:
    """`1e-3` and ` 12 `, but also `0,5` and `12,000.5`."""
    if _WITH_COMMAS.fullmatch(text):
        return True
    try:
        float(text)
    except ValueError:
        return False
    return any(map(str.isdigit, text))
