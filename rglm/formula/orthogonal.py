"""Polynomials orthogonal over data: their three-term recurrence, learned in one pass from sums that add.

Few values are kept as they are. Many become, block by block, the triangular factor of a Chebyshev basis on
the block's range; factors of two blocks join after a change of range, so memory does not grow with the rows.
No powers of x are ever summed: the recurrence keeps its precision where moments would lose it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rglm.formula.values import Floats

MOST_VALUES = 20_000  # kept as they are; more are compressed when blocks are added


@dataclass(frozen=True, slots=True)
class Recurrence:
    """Three-term recurrence of the monic orthogonal polynomials: centres (d,) and squared norms (d + 1,).

    p_0 = 1, p_1 = x - centres[0], p_{k+1} = (x - centres[k]) p_k - squares[k] / squares[k-1] p_{k-1}.
    """

    centres: tuple[float, ...]
    squares: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Triangle:
    """R (d + 1, d + 1) of the QR of Chebyshev polynomials of (x - middle) / half over many values."""

    middle: float
    half: float
    factor: Floats

    def on(self, middle: float, half: float) -> Floats:
        """The factor in the Chebyshev polynomials of another range that contains this one."""
        from numpy.polynomial import chebyshev  # on use: only long streams come here

        degree = len(self.factor) - 1
        nodes = np.cos(np.pi * (np.arange(degree + 1) + 0.5) / (degree + 1))
        wide = chebyshev.chebvander((self.middle + self.half * nodes - middle) / half, degree)
        return self.factor @ np.linalg.solve(chebyshev.chebvander(nodes, degree), wide)


@dataclass(frozen=True, slots=True)
class Points:
    """What `poly` needs of one variable: values in parts, with their counts, and compressed values; adds."""

    degree: int
    parts: tuple[Floats, ...]
    counts: tuple[Floats | None, ...]
    triangle: Triangle | None = None

    def __add__(self, other: Points) -> Points:
        joined = replace(self, parts=self.parts + other.parts, counts=self.counts + other.counts)
        triangles = [one for one in (self.triangle, other.triangle) if one is not None]
        if not triangles and sum(map(len, joined.parts)) <= MOST_VALUES:
            return joined
        values, counts = joined.distinct()
        if not triangles and len(values) <= max(MOST_VALUES // 10, 2 * (self.degree + 1)):
            return Points(self.degree, (values,), (counts,))
        return Points(self.degree, (), (), _joined(triangles, values, counts, self.degree))

    def distinct(self) -> tuple[Floats, Floats]:
        """The distinct values among the parts and how often each occurs."""
        if not self.parts:
            return np.empty(0), np.empty(0)
        weights = [
            np.ones(len(part)) if n is None else n for part, n in zip(self.parts, self.counts, strict=True)
        ]
        values, inverse = np.unique(np.concatenate(self.parts), return_inverse=True)
        counts = np.bincount(inverse, weights=np.concatenate(weights), minlength=len(values))
        return values, counts.astype(float)

    def recurrence(self) -> Recurrence:
        """The recurrence over all values."""
        if self.triangle is not None:
            return _from_triangle(self.triangle)
        if len(self.parts) == 1 and self.counts[0] is None:
            return stieltjes(self.parts[0], None, self.degree)
        values, counts = self.distinct()
        return stieltjes(values, counts, self.degree)

    def few(self) -> int | None:
        """The number of distinct values where it is at most the degree, else None."""
        if self.triangle is not None or any(len(np.unique(part[:1000])) > self.degree for part in self.parts):
            return None
        found = len(self.distinct()[0])
        return found if found <= self.degree else None


def points(values: Floats, degree: int) -> Points:
    """A variable (n,) without NA, kept by reference."""
    return Points(degree, (values,), (None,))


def stieltjes(values: Floats, counts: Floats | None, degree: int) -> Recurrence:
    """The recurrence of the polynomials orthogonal over values (n,), counts (n,) (Forsythe 1957)."""

    def weigh(array: Floats) -> Floats:
        return array if counts is None else array * counts

    total = float(len(values) if counts is None else counts.sum())
    mean = float(weigh(values).sum()) / total
    centred = values - mean
    shift = float(weigh(centred).sum()) / total  # what rounding left of the mean
    centres, squares = [shift + mean], [total]
    before: Floats | float = 1.0
    current = centred - shift
    for power in range(1, degree + 1):
        weighted = weigh(current)
        squares.append(float(weighted @ current))
        if power == degree:
            break
        shift = float(weighted @ (centred * current)) / squares[power]
        ratio = squares[power] / squares[power - 1]
        before, current = current, (centred - shift) * current - ratio * before
        centres.append(shift + mean)
    return Recurrence(tuple(centres), tuple(squares))


def _joined(triangles: Iterable[Triangle], values: Floats, counts: Floats, degree: int) -> Triangle:
    from numpy.polynomial import chebyshev

    triangles = list(triangles)
    ends = [one.middle + side * one.half for one in triangles for side in (-1.0, 1.0)]
    ends += [float(values[0]), float(values[-1])] if len(values) else []
    middle, half = (min(ends) + max(ends)) / 2, (max(ends) - min(ends)) / 2
    rows = [one.on(middle, half) for one in triangles]
    if len(values):
        basis = chebyshev.chebvander((values - middle) / half, degree)
        rows.append(_triangular(basis * np.sqrt(counts)[:, None]))
    return Triangle(middle, half, _triangular(np.concatenate(rows)))


def _triangular(matrix: NDArray[Any]) -> Floats:
    return np.asarray(np.linalg.qr(matrix, mode="r"), dtype=float)


def _from_triangle(triangle: Triangle) -> Recurrence:
    """Centres: the diagonal of multiplication by x in the orthonormal basis; norms: leading coefficients."""
    factor = triangle.factor
    degree = len(factor) - 1
    times = np.zeros((degree + 1, degree + 1))  # u T_k = (T_{k-1} + T_{k+1}) / 2, u T_0 = T_1
    for power in range(degree):
        times[power + 1, power] = 1.0 if power == 0 else 0.5
        times[power, power + 1] = 0.5
    inverse = np.linalg.solve(factor, np.eye(degree + 1))
    diagonal = np.diag(factor @ times @ inverse)[:degree]
    leading = 2.0 ** np.maximum(np.arange(degree + 1) - 1, 0)
    norms = np.abs(np.diag(factor)) / leading * triangle.half ** np.arange(degree + 1.0)
    centres = triangle.middle + triangle.half * diagonal
    return Recurrence(tuple(centres.tolist()), tuple((norms**2).tolist()))


def orthonormal(learned: Recurrence, values: Floats) -> Floats:
    """The polynomials of degree 1 … d, each divided by its norm, at any values: (n, d)."""
    out = np.empty((len(values), len(learned.centres)), order="F")
    before: Floats | None = None
    current: Floats | None = None
    for power, centre in enumerate(learned.centres):
        shifted = values - centre
        if current is None:
            following = shifted
        else:
            ratio = learned.squares[power] / learned.squares[power - 1]
            following = shifted * current
            following -= ratio if before is None else ratio * before
        before, current = current, following
        np.divide(following, np.sqrt(learned.squares[power + 1]), out=out[:, power])
    return out
