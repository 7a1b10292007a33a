"""The likelihood followed away from its maximum along one coefficient, the others fitted again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from rglm.errors import FitError
from rglm.formula.values import Floats
from rglm.inference.deviance_table import score_statistic
from rglm.inference.fitted import Fitted, Refit
from rglm.inference.interpolation import monotone

BETTER = -1e-3
"""A scaled deviance this far under that of the fit says that the fit is not at the maximum, as R's rule."""

FINE = 0.125
"""The longest step of |z| (as a share of where the curve should reach) once R's grid does not serve."""

FLAT = 10
"""Steps, each twice as long as the one before, in which the likelihood must begin to fall."""

REFINEMENTS = 3
"""Points added where an interval of the level that the curve is made for ends."""

TRIES = 60
"""Fits in all to reach the end of a curve off R's grid."""


@dataclass(frozen=True, eq=False)
class Point:
    """A value of the held coefficient, the signed root there, and all coefficients, (p,)."""

    value: float
    z: float
    coef: Floats


@dataclass(frozen=True)
class Side:
    """The points on one side of the estimate, outwards.

    regular  whether they are R's grid: equal steps from the estimate
    stopped  what ended the curve before it had reached where it should, "flat" (the likelihood falls no more)
             or "edge" (the model cannot be fitted beyond); else ""
    """

    points: tuple[Point, ...]
    regular: bool = True
    stopped: str = ""


Statistic = Callable[["Held", float, Refit], float]


def deviance_statistic(held: Held, value: float, refit: Refit) -> float:
    """Twice the drop of the log-likelihood: the difference of the deviances / phi."""
    change = (refit.deviance - held.fit.deviance) / held.dispersion
    if change < BETTER:
        raise FitError(
            "profiling has found a better solution, so original fit had not converged. Fit again with "
            f"Control(maxit=100, epsilon=1e-12), or with start= near the coefficients where "
            f"'{held.name}' is {value}."
        )
    return max(change, 0.0)


def rao_statistic(held: Held, value: float, refit: Refit) -> float:
    """Rao's score statistic: the squared slope of the profile log-likelihood over its information."""
    rows, mean = held.fit.rows, refit.mean
    with np.errstate(all="ignore"):
        residuals = np.asarray((rows.y - mean.mu) / mean.dmu)
        weights = np.nan_to_num(rows.weights * mean.dmu**2 / held.fit.family.variance(mean), posinf=0.0)
    return max(score_statistic(held.X, residuals, weights) / held.dispersion, 0.0)


STATISTICS: dict[str, Statistic] = {"LRT": deviance_statistic, "Rao": rao_statistic}


@dataclass(frozen=True, eq=False)
class Held:
    """A model in which coefficient j can be held at a value while the others are fitted."""

    fit: Fitted
    j: int
    dispersion: float
    test: str = "LRT"

    @property
    def name(self) -> str:
        """The coefficient."""
        return self.fit.design.column_names[self.j]

    @cached_property
    def coef(self) -> Floats:
        """The estimates, (p,), NaN where aliased."""
        return np.asarray(self.fit.coef.to_numpy(dtype=float))

    @cached_property
    def others(self) -> np.ndarray:
        """Positions of the coefficients that are fitted: not this one, not aliased ones."""
        return np.flatnonzero(~self.fit.aliased & (np.arange(len(self.coef)) != self.j))

    @cached_property
    def column(self) -> Floats:
        """The model column of the coefficient, (n,)."""
        return self.fit.rows.block.times((np.arange(len(self.coef)) == self.j).astype(float))

    @cached_property
    def X(self) -> Floats:
        """The columns that are not aliased, dense."""
        return self.fit.rows.block.dense()[:, ~self.fit.aliased]

    @cached_property
    def near(self) -> Floats:
        """The factor R of the other columns at the fit."""
        factor: Floats = np.linalg.qr(self._R[0], mode="r")  # type: ignore[assignment]
        return factor

    @cached_property
    def tangent(self) -> Floats:
        """How the other estimates move with this coefficient at the maximum."""
        return np.asarray(np.linalg.lstsq(*self._R, rcond=None)[0])

    @cached_property
    def _R(self) -> tuple[Floats, Floats]:
        """The columns of R for the others, and minus that of this coefficient."""
        kept = np.flatnonzero(~self.fit.aliased)
        return self.fit.R[:, kept != self.j], -self.fit.R[:, kept == self.j][:, 0]

    @cached_property
    def origin(self) -> Point:
        """The estimate."""
        return Point(float(self.coef[self.j]), 0.0, self.coef)

    def at(self, value: float, known: Sequence[Point]) -> Point | None:
        """The point where the coefficient is `value`; None where the model cannot be fitted there."""
        refit = self._refit(value, known)
        if refit is None or not np.isfinite(refit.deviance):
            return None
        z = np.copysign(np.sqrt(STATISTICS[self.test](self, value, refit)), value - self.origin.value)
        return Point(value, float(z), self._spread(refit.coef, value))

    def _spread(self, coef: Floats, value: float) -> Floats:
        full = np.where(self.fit.aliased, np.nan, value)
        full[self.others] = coef
        return full

    def _refit(self, value: float, known: Sequence[Point]) -> Refit | None:
        """The other coefficients fitted from where their path seems to lead, else from the family's start."""
        offset = self.fit.rows.offset + self.column * value
        starts: list[Floats | None] = [None]
        if len(self.others):
            starts = [self._ahead(value, known), known[-1].coef[self.others], None]
        for start in starts:
            near = None if start is None else self.near
            try:
                refit = self.fit.refit(columns=self.others, offset=offset, start=start, near=near)
            except FitError:
                continue
            if refit.converged or start is None:
                return refit
        return None

    def _ahead(self, value: float, known: Sequence[Point]) -> Floats:
        """The other coefficients at `value` by the parabola through the last points."""
        if len(known) == 1:
            return np.asarray(self.coef[self.others] + (value - self.origin.value) * self.tangent)
        last = known[-3:]
        at = np.array([point.value for point in last])
        weights = [np.prod((value - np.delete(at, i)) / (at[i] - np.delete(at, i))) for i in range(len(at))]
        return np.asarray(np.tensordot(weights, [point.coef[self.others] for point in last], axes=1))


def follow(held: Held, direction: float, spacing: float, reach: tuple[float, float], most: int) -> Side:
    """The curve on one side of the estimate.

    Parameters
    ----------
    direction : 1.0 or -1.0
    spacing : the step of R's grid, in units of the coefficient
    reach : |z| where the curve ends; |z| that it has to reach, by longer steps where `most` are not enough
    most : number of steps of the grid

    Steps are equal, as R's, unless one leaps over the curve or leaves the domain: then they are shortened.
    """
    far, near = reach
    points = [held.origin]
    for step in range(1, most):
        if abs(points[-1].z) >= far:
            break
        point = held.at(held.origin.value + direction * step * spacing, points)
        if point is None or abs(point.z) - abs(points[-1].z) > far:
            return _search(held, points, direction * spacing / 4.0, reach, point is None)
        points.append(point)
    if abs(points[-1].z) >= near:
        return Side(tuple(points))
    return _search(held, points, direction * spacing, reach, False)


def _search(held: Held, points: list[Point], step: float, reach: tuple[float, float], edge: bool) -> Side:
    """The rest of a curve by steps that are short where it is steep and long where it is flat.

    `edge` says that a step has left the domain: from there on steps only shorten.
    """
    far, near = reach
    flat, least = 0, 1e-8 * max(abs(step), abs(points[-1].value))
    for _ in range(TRIES):
        last = points[-1]
        point = held.at(last.value + step, points)
        rise = np.inf if point is None else abs(point.z) - abs(last.z)
        if point is None or rise > 2.0 * FINE * far:
            edge |= point is None
            step /= 4.0
            if abs(step) <= least:
                break
            continue
        points.append(point)
        if abs(point.z) >= far:
            return Side(_refined(held, points, near), regular=False)
        if rise < FINE * far and not edge:
            step *= 2.0
        flat = flat + 1 if rise < 1e-3 * far else 0
        if flat >= FLAT:
            break
    # a mean that rounds to the edge of its domain stops a flat curve too
    rises = abs(points[-1].z) > 0.01 * far
    return Side(_refined(held, points, near), regular=False, stopped="edge" if edge and rises else "flat")


def _refined(held: Held, points: list[Point], near: float) -> tuple[Point, ...]:
    """The points with some more where |z| is `near`: off R's grid steps are too long to read it off."""
    for _ in range(REFINEMENTS):
        z = np.array([abs(point.z) for point in points])
        value = monotone(z, np.array([point.value for point in points]), near)
        point = None if np.isnan(value) else held.at(value, points)
        if point is None:
            break
        distances = [abs(each.value - held.origin.value) for each in points]
        points.insert(int(np.searchsorted(distances, abs(value - held.origin.value))), point)
    return tuple(points)
