"""Whether one model is a special case of another, from their columns in the same rows."""

from __future__ import annotations

import pickle
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, reduce
from itertools import pairwise

import numpy as np

from rglm.design.block import Block
from rglm.errors import FitError, some
from rglm.formula.values import Floats
from rglm.inference.fitted import Fitted
from rglm.inference.scope import keys

TOLERANCE = 1e-7
"""A column lies in a space when it misses it by less than this share of its norm: the rule for aliases."""

CHUNK_ELEMENTS = 4_000_000
"""Most elements of the columns held at once (32 MB)."""


@dataclass(frozen=True)
class Coordinates:
    """Columns of one model, and the difference of the offsets, in terms of those of another.

    X_small = X_large map + misfit and offset_small - offset_large = X_large shift + misfit, by least squares
    over rows of positive weight and the columns of the larger model that are not aliased.

    map      (rank of the larger) × (rank of the smaller)
    shift    (rank of the larger,)
    misses   the smaller model's columns that the larger one does not hold, by name
    shifted  whether the offsets differ by something that the larger model does not hold
    """

    map: Floats
    shift: Floats
    misses: tuple[str, ...]
    shifted: bool

    @property
    def inside(self) -> bool:
        """Whether every mean of the smaller model is one of the larger."""
        return not self.misses and not self.shifted


def coordinates(small: Fitted, large: Fitted) -> Coordinates:
    """The linear predictors of `small` in terms of those of `large`, fitted to the same rows."""
    own, kept = np.flatnonzero(~small.aliased), np.flatnonzero(~large.aliased)
    shift = small.rows.offset - large.rows.offset
    used = np.flatnonzero(large.rows.used)
    solved, outside = _solved((large.rows.block, kept), (small.rows.block, own), shift, used)
    names = small.design.column_names
    return Coordinates(
        solved[:, :-1],
        solved[:, -1],
        tuple(names[column] for column, out in zip(own, outside[:-1], strict=True) if out),
        bool(outside[-1]),
    )


def recoding(fit: Fitted, block: Block) -> Floats:
    """T (p, p) with X = X_block T: coefficients b of the fit are T b in the coding of `block`."""
    rows = fit.rows
    columns = np.arange(len(fit.aliased))
    solved, _ = _solved((block, columns), (rows.block, columns), rows.offset * 0.0, np.flatnonzero(rows.used))
    return solved[:, :-1]


def _solved(
    large: tuple[Block, np.ndarray], small: tuple[Block, np.ndarray], shift: Floats, used: np.ndarray
) -> tuple[Floats, np.ndarray]:
    """Columns of `small` and `shift` on columns of `large`, by least squares; which of them are missed."""
    factor = reduce(_stacked, _chunks(large, small, shift, used))
    rank = len(large[1])
    solved = np.asarray(np.linalg.solve(factor[:rank, :rank], factor[:rank, rank:]), dtype=np.float64)
    left = np.linalg.norm(factor[rank:, rank:], axis=0)
    return solved, left > TOLERANCE * np.linalg.norm(factor[:, rank:], axis=0)


def _chunks(
    large: tuple[Block, np.ndarray], small: tuple[Block, np.ndarray], shift: Floats, used: np.ndarray
) -> Iterator[Floats]:
    """Triangular factors of [X_large, X_small, shift] over chunks of rows."""
    width = len(large[1]) + len(small[1]) + 1
    step = max(CHUNK_ELEMENTS // width, 4 * width)
    for first in range(0, max(len(used), 1), step):
        index = used[first : first + step]
        columns = [block.rows(index).dense()[:, kept] for block, kept in (large, small)]
        yield _factor(np.column_stack([*columns, shift[index]]))


def _stacked(one: Floats, other: Floats) -> Floats:
    return _factor(np.vstack([one, other]))


def _factor(columns: Floats) -> Floats:
    """The triangular factor, square even where rows are fewer than columns."""
    n, k = columns.shape
    factor: Floats = np.linalg.qr(columns, mode="r")  # type: ignore[assignment]  # an array in this mode
    return factor if n >= k else np.vstack([factor, np.zeros((k - n, k))])


def check_nested(models: Sequence[Fitted], verb: str) -> None:
    """Each model is a special case of its neighbour in the list, or its neighbour of it.

    Raises
    ------
    FitError
        When two neighbours have other links, or neither holds the other.
    """
    for number, (one, other) in enumerate(pairwise(models), start=1):
        if one.family.link != other.family.link:
            raise FitError(
                f"{verb} compares nested models: model {number} has the {one.family.link.name} link, model "
                f"{number + 1} the {other.family.link.name} link, so neither is a special case of the other. "
                f"{REMEDY}"
            )
        shrinks = other.df_residual > one.df_residual
        small, large = (other, one) if shrinks else (one, other)
        if _large(small, large) and nested_by_terms(small, large):
            continue
        found = coordinates(small, large)
        if not found.inside:
            places = (number + 1, number) if shrinks else (number, number + 1)
            raise FitError(f"{verb} compares nested models: {_why(found, *places)} {REMEDY}")


def _large(small: Fitted, large: Fitted) -> bool:
    """Whether reading all columns again costs what is felt."""
    return large.rows.block.n * (small.rows.block.p + large.rows.block.p) > CHUNK_ELEMENTS


def nested_by_terms(small: Fitted, large: Fitted) -> bool:
    """Whether the smaller formula's terms are all among the larger's, learned alike, with one offset."""
    one, other = small.design, large.design
    if one.terms.intercept and not other.terms.intercept:
        return False
    if not set(keys(one.terms)) <= set(keys(other.terms)):
        return False
    theirs = {variable.node: variable for variable in other.variables}
    for index in one.used:
        mine = one.variables[index]
        found = theirs[mine.node]
        if (mine.levels, mine.columns) != (found.levels, found.columns):
            return False
    learned = [
        [pickle.dumps(design.parameters[node]) for node, _ in one.learned if node in other.parameters]
        for design in (one, other)
    ]
    return (
        learned[0] == learned[1]
        and np.array_equal(small.rows.positions, large.rows.positions)
        and np.array_equal(small.rows.offset, large.rows.offset)
    )


REMEDY = "Models that are not nested are compared by AIC(m1, m2) or vuong(m1, m2)."


def _why(found: Coordinates, small: int, large: int) -> str:
    if found.misses:
        return f"model {small} holds {some(found.misses)}, which model {large}, the larger, does not span."
    return (
        f"the offsets of models {small} and {large} differ by what model {large}, the larger, does not span."
    )


@dataclass(frozen=True)
class Restriction:
    """A smaller model as a linear hypothesis on the coefficients of a larger one: L (b - shift) = 0."""

    found: Coordinates

    @cached_property
    def matrix(self) -> Floats:
        """L, (rank of the larger - rank of the smaller) × (rank of the larger), orthonormal rows."""
        rank, held = self.found.map.shape
        if not held:
            return np.eye(rank)
        # scaling columns leaves their space alone, and keeps small ones from looking dependent
        sizes = np.linalg.norm(self.found.map, axis=0)
        basis = np.linalg.qr(self.found.map / sizes, mode="complete")[0]
        return np.asarray(basis[:, held:].T)

    def wald(self, b: Floats, V: Floats) -> float:
        """(L (b - shift))ᵀ (L V Lᵀ)⁻¹ L (b - shift), for coefficients b with covariance V."""
        return wald_statistic(self.matrix, b - self.found.shift, V)


def wald_statistic(L: Floats, b: Floats, V: Floats) -> float:
    """(L b)ᵀ (L V Lᵀ)⁻¹ L b; 0 without rows, NaN where L V Lᵀ is singular.

    Source: Wald (1943).
    """
    values, covariance = L @ b, L @ V @ L.T
    if not len(values):
        return 0.0
    try:
        return float(values @ np.linalg.solve(covariance, values))
    except np.linalg.LinAlgError:
        return float("nan")
