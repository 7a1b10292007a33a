"""`interaction(a, b, …)`: one factor whose levels are the combinations of several."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import product

import numpy as np

from rglm.formula.arguments import Arguments, deparsed
from rglm.formula.factors import MOST_CELLS, Seen, keep, see
from rglm.formula.values import Codes, Factor, Value
from rglm.formula.vectors import factor, meet


@dataclass(frozen=True, slots=True)
class Cells:
    """Levels of each variable, and of their combinations in R's order."""

    margins: tuple[tuple[str, ...], ...]
    levels: tuple[str, ...]
    separator: str


@dataclass(frozen=True, slots=True)
class CellSums:
    """The levels of each variable and, where empty cells are dropped, the combinations seen; adds."""

    text: str
    seen: tuple[Seen, ...]
    cells: frozenset[tuple[str, ...]] | None
    separator: str
    last_fastest: bool

    def __add__(self, other: CellSums) -> CellSums:
        seen = tuple(one + two for one, two in zip(self.seen, other.seen, strict=True))
        cells = None if self.cells is None or other.cells is None else self.cells | other.cells
        return replace(self, seen=seen, cells=cells)

    def finish(self) -> Cells:
        """The combinations in order: the first variable fastest unless `lex.order = TRUE`."""
        margins = tuple(one.levels for one in self.seen)
        if self.cells is None:
            ordered: Iterable[tuple[str, ...]] = product(*(margins if self.last_fastest else margins[::-1]))
            if not self.last_fastest:
                ordered = (cell[::-1] for cell in ordered)
        else:
            ranks = [{level: rank for rank, level in enumerate(margin)} for margin in margins]
            step = 1 if self.last_fastest else -1
            ordered = sorted(
                self.cells,
                key=lambda cell: [rank[level] for rank, level in zip(ranks, cell, strict=True)][::step],
            )
        return Cells(margins, tuple(dict.fromkeys(map(self.separator.join, ordered))), self.separator)


def _factors(arguments: Arguments) -> list[Factor]:
    values = [arguments.evaluate(node) for _, node in arguments.dots]
    if not values:
        raise arguments.refuse("no factors")
    meet(values, arguments.refuse)
    return [factor(value) for value in values]


def gather_interaction(arguments: Arguments) -> CellSums:
    """interaction(…, drop, sep, lex.order)."""
    values = [arguments.evaluate(node) for _, node in arguments.dots]
    coded = _factors(arguments)
    drop = arguments.flag("drop", False)
    cells = math.prod(max(1, len(one.levels)) for one in coded)
    if not drop and cells > MOST_CELLS:
        raise arguments.refuse(
            f"{cells} combinations of levels; keep those that occur with drop = TRUE, or write a:b"
        )
    return CellSums(
        deparsed(arguments.call),
        tuple(see(value) for value in values),
        frozenset(_observed(arguments, coded)[1]) if drop else None,
        arguments.string("sep", "."),
        arguments.flag("lex.order", False),
    )


def _observed(arguments: Arguments, coded: list[Factor]) -> tuple[Codes, list[tuple[str, ...]]]:
    """Codes (n,) into the combinations that occur; -1 where any variable is NA."""
    sizes = [max(1, len(one.levels)) for one in coded]
    if math.prod(sizes) >= 2**62:
        raise arguments.refuse("too many combinations of levels")
    absent = np.logical_or.reduce(np.broadcast_arrays(*[one.codes < 0 for one in coded]))
    joint = np.zeros(absent.shape, dtype=np.int64)
    for one, size in zip(coded, sizes, strict=True):
        joint = joint * size + one.codes
    found, inverse = np.unique(joint[~absent], return_inverse=True)
    codes = np.full(absent.shape, -1, dtype=np.intp)
    codes[~absent] = inverse
    places = np.unravel_index(found, sizes) if len(found) else [np.empty(0, dtype=np.intp)] * len(sizes)
    names = [[one.levels[code] for code in place.tolist()] for one, place in zip(coded, places, strict=True)]
    return codes, list(zip(*names, strict=True))


def apply_interaction(arguments: Arguments, learned: object) -> Value:
    """The combination of each row; one that was never seen is appended after the learned levels."""
    assert isinstance(learned, Cells)
    coded = _factors(arguments)
    codes, cells = _observed(arguments, coded)
    levels = tuple(learned.separator.join(cell) for cell in cells)
    return keep(learned.levels).code(Factor(codes, levels))
