"""The largest of several correlated t statistics: single-step adjusted p-values and joint intervals.

T_i = a_i'z / s with z standard normal in r dimensions and df s² chi-square. In polar coordinates z = rho
u, so given the direction u the largest |T_i| is (rho / s) m(u), m(u) = max_i |a_i'u|, and rho² / (r s²)
is F on r and df: P(max |T_i| > t) is the mean over directions of P(F > t² / (r m(u)²)). Directions are a
fixed set of points, so that the same question has the same answer each time. On the line the answer is
exact; the error is about 1e-11 in the plane, 1e-7 on the sphere, and beyond that up to 4e-4 where p is
large and far less in the tail. There, weights of the points are set so that sum_i |a_i'u|^(2q), whose
mean is known, comes out right for several q.
"""

from __future__ import annotations

from functools import cached_property

import numpy as np

from rglm.formula.values import Floats
from rglm.inference.distributions import upper_f

POINTS = 1 << 15
POWERS = (1.5, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0, 16.0, 24.0, 32.0, 48.0, 64.0)
LOST = 1e-9
"""Eigenvalues of a correlation matrix under this are rounding."""


class MaxT:
    """The distribution of max_i |T_i| for multivariate t with a correlation matrix (k, k) on `df`.

    Source: Genz & Bretz (2009) for the problem; R `multcomp` (single-step), `emmeans` ("mvt").
    """

    def __init__(self, correlation: Floats, df: float) -> None:
        values, vectors = np.linalg.eigh(np.asarray(correlation, dtype=float))
        kept = values > LOST * max(float(values[-1]), 1.0)
        self.df = df
        self.rank = int(kept.sum())
        self._loadings = vectors[:, kept] * np.sqrt(values[kept])

    @cached_property
    def _points(self) -> tuple[Floats, Floats]:
        """The largest |a_i'u| of each direction, and its weight."""
        directions = _directions(self.rank)
        each = np.abs(self._loadings @ directions.T)
        largest = np.maximum(each.max(axis=0), 1e-300)
        if self.rank < 4:
            return largest, np.full(len(directions), 1.0 / len(directions))
        return largest, _weights(each, self.rank)

    def upper(self, t: Floats) -> Floats:
        """P(max |T_i| > t) for each t, any shape; NaN where t is."""
        t = np.abs(np.asarray(t, dtype=float))
        return np.array([self._upper(each) for each in t.ravel().tolist()]).reshape(t.shape)

    def _upper(self, t: float) -> float:
        largest, weights = self._points
        tails = upper_f((t / largest) ** 2 / self.rank, float(self.rank), self.df)
        return float(np.clip(weights @ tails, 0.0, 1.0)) if t == t else t

    def quantile(self, level: float) -> float:
        """The t with P(max |T_i| < t) = level."""
        from scipy.optimize import brentq

        high = 4.0
        while self._upper(high) > 1.0 - level:
            high *= 2.0
        return float(brentq(lambda t: self._upper(t) - (1.0 - level), 0.0, high, xtol=1e-10))


def _directions(rank: int) -> Floats:
    """Points spread evenly over the unit sphere in `rank` dimensions, one a row."""
    if rank == 1:
        return np.ones((1, 1))
    number = np.arange(POINTS) + 0.5
    if rank == 2:
        angle = np.pi * number / POINTS
        return np.stack([np.cos(angle), np.sin(angle)], axis=1)
    if rank == 3:  # the spiral of the golden angle
        height, angle = 1.0 - 2.0 * number / POINTS, number * np.pi * (3.0 - np.sqrt(5.0))
        radius = np.sqrt(1.0 - height**2)
        return np.stack([radius * np.cos(angle), radius * np.sin(angle), height], axis=1)
    from scipy.special import ndtri
    from scipy.stats import qmc

    normal = ndtri(qmc.Sobol(rank, scramble=True, rng=1).random(POINTS))
    return np.asarray(normal / np.linalg.norm(normal, axis=1, keepdims=True))


def _weights(each: Floats, rank: int) -> Floats:
    """Weights of the points, near 1/n, under which power sums of |a_i'u| have the means they should have.

    On the sphere |u_1|^(2q) has mean Gamma(r/2) Gamma(q + 1/2) / (sqrt(pi) Gamma(q + r/2)).
    """
    from scipy.special import gammaln

    k, n = each.shape
    logs = np.log(np.maximum(each, 1e-300))
    sums = []
    for q in POWERS:
        mean = np.exp(gammaln(0.5 * rank) + gammaln(q + 0.5) - 0.5 * np.log(np.pi) - gammaln(q + 0.5 * rank))
        sums.append(np.exp(2.0 * q * logs).sum(axis=0) / (k * mean) - 1.0)
    errors = np.array(sums)
    bias = errors.mean(axis=1)
    centred = errors - bias[:, None]
    shift = np.linalg.lstsq(centred @ centred.T / n, bias, rcond=1e-8)[0]
    return np.asarray((1.0 - shift @ centred) / n)
