"""Quantities with their derivatives by the coefficients: what the delta method needs.

A Curve is one value a row and its gradient in b, held as sum_k diag(w_k) X_k: blocks of model columns times
one number a row.  Averages of gradients are then block verbs, and X is never made dense as a whole.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from rglm.design.block import Block
from rglm.formula.values import Codes, Floats
from rglm.inference.fitted import Fitted
from rglm.inference.points import Points

CHUNK_ELEMENTS = 2_000_000
"""Most elements of a gradient made dense at once."""


@dataclass(frozen=True, eq=False)
class Curve:
    """One value a row, and its gradient.

    value   (m,)
    parts   (block, (m,)) pairs: the gradient of row i is the sum of w_i x_i
    """

    value: Floats
    parts: tuple[tuple[Block, Floats], ...]

    def scaled(self, factor: Floats) -> tuple[tuple[Block, Floats], ...]:
        """The gradient times one number a row."""
        return tuple((block, weights * factor) for block, weights in self.parts)

    def std_errors(self, V: Floats) -> Floats:
        """sqrt(g V g') of each row, (m,)."""
        m, p = len(self.value), len(V)
        found = np.full(m, np.nan)
        step = max(CHUNK_ELEMENTS // max(p, 1), 1)
        for first in range(0, m, step):
            index = slice(first, min(first + step, m))
            gradient = sum(weights[index, None] * block.rows(index).dense() for block, weights in self.parts)
            G = np.asarray(gradient)
            found[index] = np.sqrt(np.maximum(np.einsum("ij,ij->i", G @ V, G), 0.0))
        return np.where(np.isnan(self.value), np.nan, found)

    def averaged(self, groups: Codes, count: int, weights: Floats) -> Averages:
        """Weighted means over groups of rows; rows without a value, or of group -1, are left out."""
        used = np.flatnonzero((groups >= 0) & ~np.isnan(self.value))
        group = groups[used]
        total = np.bincount(group, weights[used], count)
        with np.errstate(invalid="ignore", divide="ignore"):
            share = weights[used] / total[group]
        value = np.bincount(group, share * self.value[used], count)
        p = self.parts[0][0].p if self.parts else 0
        gradient = np.zeros((count, p))
        for block, row_weights in self.parts:
            rows = block.rows(used)
            for g in range(count):
                inside = share * row_weights[used] * (group == g)
                gradient[g] += rows.transpose_times(inside)
        empty = np.bincount(group, minlength=count) == 0
        return Averages(np.where(empty, np.nan, value), gradient)


@dataclass(frozen=True, eq=False)
class Averages:
    """Means over groups, (G,), with their gradients, (G, p)."""

    value: Floats
    gradient: Floats

    def std_errors(self, V: Floats) -> Floats:
        """sqrt(g V g') of each group, (G,)."""
        squares = np.einsum("ij,ij->i", self.gradient @ V, self.gradient)
        return np.asarray(np.sqrt(np.maximum(squares, 0.0)))


Comparison = Callable[[Floats, Floats], tuple[Floats, Floats, Floats]]
"""(high, low) → the comparison and its derivatives by both."""


def of_curves(compare: Comparison, high: Curve, low: Curve) -> Curve:
    """A comparison of two curves, row by row."""
    with np.errstate(all="ignore"):
        value, by_high, by_low = compare(high.value, low.value)
        return Curve(value, (*high.scaled(by_high), *low.scaled(by_low)))


def of_averages(compare: Comparison, high: Averages, low: Averages) -> Averages:
    """A comparison of two sets of means."""
    with np.errstate(all="ignore"):
        value, by_high, by_low = compare(high.value, low.value)
        gradient = by_high[:, None] * high.gradient + by_low[:, None] * low.gradient
    return Averages(value, gradient)


def predicted(fit: Fitted, at: Points, response: bool) -> Curve:
    """Predictions: mu with gradient dmu/deta x, or the linear predictor with x."""
    if not response:
        return Curve(at.eta, ((at.block, np.ones(len(at.eta))),))
    with np.errstate(all="ignore"):
        mean = fit.family.link.evaluate(at.eta)
    return Curve(mean.mu, ((at.block, mean.dmu),))


def slope_of(fit: Fitted, at: Points, above: Points, below: Points, step: float, response: bool) -> Curve:
    """dmu/dx: exact through the link, by central differences of x through the design.

    With D = (X(x + step/2) - X(x - step/2)) / step and eta' likewise (offsets included), the slope is
    dmu/deta eta' and its gradient d²mu/deta² eta' x + dmu/deta D.
    """
    slope = (above.eta - below.eta) / step
    if not response:
        each = np.full(len(slope), 1.0 / step)
        return Curve(slope, ((above.block, each), (below.block, -each)))
    link = fit.family.link
    with np.errstate(all="ignore"):
        dmu, second = link.evaluate(at.eta).dmu, link.second(at.eta)
    each = dmu / step
    return Curve(dmu * slope, ((at.block, second * slope), (above.block, each), (below.block, -each)))
