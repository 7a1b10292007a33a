"""Limits of a new response: quantiles of its distribution, its parameters being uncertain."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from rglm.data.columns import open_columns
from rglm.errors import DataError, FitError, warn
from rglm.families.accept import offending
from rglm.families.distribution import whole_quantile
from rglm.families.family import Family
from rglm.families.link import Mean
from rglm.formula.values import Floats
from rglm.inference.distributions import two_sided_quantile
from rglm.inference.fitted import Fitted
from rglm.inference.points import Points, row_values
from rglm.inference.residuals import is_weighted, prior_weights
from rglm.inference.vcov import dispersion

RATIOS = (0.03, 0.3, 0.6, 1.2, 2.5, 5.0, 10.0)
"""Classes of se(mu) / sd(y): the less certain the mean is beside the response, the more nodes it needs."""

HERMITE = (3, 7, 11, 17)
"""Nodes of the first classes; the others take equal steps."""

CHUNK_ELEMENTS = 200_000
MOST_STEPS = 60


def prediction_limits(
    fit: Fitted, at: Points, se: Floats, level: float, sizes: tuple[Floats, Floats | None]
) -> tuple[Floats, Floats]:
    """Lower and upper limits of a new response at each point, (m,).

    The predictive distribution is the family's, averaged over eta ~ N(x b, se²) and, where the dispersion is
    estimated, over phi = phi_hat df / chi-square(df) (which scales se² too), by fixed quadrature.  For the
    normal distribution and identity link this is the exact t interval.  Limits are its quantiles at
    (1 ± level)/2: attained values of a discrete family, so that the limits hold `level` or more.  Where
    se(mu) is over 10 standard deviations of a response, that only adds its variance to se².

    Parameters
    ----------
    fit : a fitted model
    at : where to predict
    se : standard errors of the linear predictor, (m,)
    level : of the interval
    sizes : prior weight of each new response, (m,), and its binomial trials or None

    Source: Aitchison & Dunsmore (1975), Statistical Prediction Analysis.
    """
    family = fit.family
    if family.distribution is None:
        raise FitError(
            f'interval="prediction" needs a distribution: {family.no_distribution_reason}. '
            'interval="confidence" gives limits of the mean.'
        )
    weights, trials = sizes
    own = (weights, np.ones(len(se))) if trials is None else ((weights > 0).astype(float), trials)
    table = np.column_stack([at.eta, se, *own])
    # rows alike have limits alike
    distinct, where = np.unique(table, axis=0, return_inverse=True)
    known = family.dispersion_known
    phi, df = dispersion(fit), np.inf if known else float(fit.df_residual)
    limits = np.full((len(distinct), 2), np.nan)
    with np.errstate(all="ignore"):
        outside = family.variance.mean_domain.outside(family.link.inverse(distinct[:, 0]))
    used = np.flatnonzero(np.isfinite(distinct[:, :2]).all(axis=1) & (distinct[:, 2] > 0) & ~outside)
    if np.isfinite(phi):
        ratio = _ratio(family, distinct[used], phi)
        far, near = used[ratio > RATIOS[-1]], used[~(ratio > RATIOS[-1])]
        limits[far] = _far_limits(family, distinct[far], phi, two_sided_quantile(level, df))
        for rows, nodes in _portions(near, ratio[~(ratio > RATIOS[-1])], df):
            mixture = _mixture(
                family, distinct[rows], None if trials is None else distinct[rows, 3], phi, nodes
            )
            for column, p in enumerate(((1.0 - level) / 2.0, (1.0 + level) / 2.0)):
                limits[rows, column] = mixture.quantile(p)
    lower, upper = limits[where.ravel()].T
    return lower, upper


def _ratio(family: Family, table: Floats, phi: float) -> Floats:
    """Standard error of the mean / standard deviation of a response, (m,)."""
    with np.errstate(all="ignore"):
        middle = family.link.evaluate(table[:, 0])
        variance = phi * family.variance(middle) / _narrowing(family, table)
        return np.asarray(np.nan_to_num(np.abs(middle.dmu) * table[:, 1] / np.sqrt(variance)))


def _narrowing(family: Family, table: Floats) -> Floats:
    """What divides the variance of a response, (m,)."""
    return np.asarray(table[:, 2] * table[:, 3] if family.weights_narrow else np.ones(len(table)))


def _far_limits(family: Family, table: Floats, phi: float, c: float) -> Floats:
    """Limits where the mean is so uncertain that the response is a normal shift of eta beside it, (m, 2)."""
    eta, se = table[:, 0], table[:, 1]
    with np.errstate(all="ignore"):
        middle = family.link.evaluate(eta)
        variance = phi * family.variance(middle) / _narrowing(family, table)
        half = c * np.sqrt(se**2 + variance / middle.dmu**2)
        low, high = eta_limits(family)
        ends = family.link.inverse(np.clip(np.column_stack([eta - half, eta + half]), low, high))
    times = family.lattice(table[:, 2] * table[:, 3])
    if times is not None:
        ends = np.rint(ends * times[:, None]) / times[:, None]
    return np.sort(ends, axis=1)


@dataclass(frozen=True)
class Nodes:
    """Nodes of the two quadratures together, (k,).

    moves    of eta, in standard errors
    ratios   of the dispersion, to its estimate
    shares   their weights, which add to 1
    """

    moves: Floats
    ratios: Floats
    shares: Floats


def _portions(rows: np.ndarray, ratio: Floats, df: float) -> Iterator[tuple[np.ndarray, Nodes]]:
    """Rows that share their nodes, few enough at a time."""
    classes = np.digitize(ratio, RATIOS, right=True)
    for each in np.unique(classes):
        nodes, alike = nodes_for(int(each), df), rows[classes == each]
        step = max(1, CHUNK_ELEMENTS // len(nodes.shares))
        for start in range(0, len(alike), step):
            yield alike[start : start + step], nodes


@lru_cache(maxsize=64)
def nodes_for(ratio_class: int, df: float) -> Nodes:
    """The nodes for means of a class in RATIOS and a dispersion on `df` degrees of freedom."""
    from scipy.special import chdtri, ndtr

    if ratio_class < len(HERMITE):
        z, z_shares = _hermite(HERMITE[ratio_class])
    else:
        z, z_shares = _trapezoid(0.7 / RATIOS[ratio_class])
    if np.isinf(df):
        return Nodes(z, np.ones(len(z)), z_shares)
    # the quadrature over chi-square is over its normal score
    score, shares = (
        _trapezoid(0.2 if df < 2 else 0.35) if df < 4 else _hermite(17 if df < 10 else 9 if df < 100 else 5)
    )
    ratios = df / np.maximum(chdtri(df, ndtr(score)), 1e-12)
    return Nodes(
        np.outer(z, np.sqrt(ratios)).ravel(), np.tile(ratios, len(z)), np.outer(z_shares, shares).ravel()
    )


@dataclass(frozen=True)
class Mixture:
    """A family's distribution averaged over nodes of its mean and dispersion.

    mean, phi   at the nodes, (m, k) and (k,)
    shares      weights of the nodes, (k,)
    weights, trials   of the new responses, (m, 1), or None
    middle, middle_phi   mean and dispersion at the estimates, (m, 1) and a number
    sd          standard deviation there, (m,)
    """

    family: Family
    mean: Mean
    phi: Floats
    shares: Floats
    weights: Floats
    trials: Floats | None
    middle: Mean
    middle_phi: float
    sd: Floats

    def cdf(self, y: Floats) -> Floats:
        """P(Y <= y), (m,)."""
        found = self.family.cdf(y[:, None], self.mean, self.weights, self.trials, self.phi)
        return np.asarray(found @ self.shares)

    def density(self, y: Floats) -> Floats:
        """Its density, (m,)."""
        logs = self.family.log_density(y[:, None], self.mean, self.weights, self.trials, self.phi)
        return np.asarray(np.exp(logs) @ self.shares)

    def quantile(self, p: float) -> Floats:
        """The smallest y with P(Y <= y) >= p, (m,)."""
        sizes = self.weights if self.trials is None else self.trials
        times = self.family.lattice(sizes[:, 0])
        if times is None:
            return self._root(p)
        top, centre = self.family.domain.high * times, self.middle.mu[:, 0] * times
        k = whole_quantile(
            lambda k: self.cdf(k / times), np.full(len(times), p), centre, self.sd * times, top
        )
        return np.asarray(k / times)

    def _root(self, p: float) -> Floats:
        """Newton's steps inside a bracket that they narrow."""
        floor, rows = self.family.domain.low, len(self.sd)
        at_zero = np.full(rows, -1.0)
        if np.isfinite(floor) and self.family.domain.closed_low:
            at_zero = self.cdf(np.zeros(rows))
        low, high = np.full(rows, floor), np.full(rows, np.inf)
        start = self.family.quantile(
            np.full((rows, 1), p), self.middle, self.weights, self.trials, self.middle_phi
        )[:, 0]
        x = np.where(start > floor, start, self.middle.mu[:, 0])
        active = at_zero < p
        for _ in range(MOST_STEPS):
            below = self.cdf(x)
            low, high = np.where(below < p, x, low), np.where(below >= p, x, high)
            with np.errstate(all="ignore"):
                step = np.clip((p - below) / self.density(x), -4.0 * self.sd, 4.0 * self.sd)
            proposal = x + np.nan_to_num(step)
            wrong = ~((proposal > low) & (proposal < high))
            reach = np.where(np.isinf(high), x + 4.0 * self.sd, high)
            depth = np.where(np.isinf(low), x - 4.0 * self.sd, low)
            proposal = np.where(wrong, (depth + reach) / 2.0, proposal)
            moved = active & (np.abs(proposal - x) > 1e-11 * (np.abs(x) + self.sd))
            if not moved.any():
                break
            x = np.where(moved, proposal, x)
        return np.where(active, x, 0.0)


def _mixture(family: Family, rows: Floats, trials: Floats | None, phi: float, nodes: Nodes) -> Mixture:
    """The predictive distribution at rows of eta, standard error, weight and trials."""
    eta, se, weights = rows[:, 0], rows[:, 1], rows[:, 2]
    low, high = eta_limits(family)
    with np.errstate(all="ignore"):
        mean = family.link.evaluate(np.clip(eta[:, None] + se[:, None] * nodes.moves, low, high))
        middle = family.link.evaluate(eta)
        variance = phi * family.variance(middle) / _narrowing(family, rows)
        sd = np.sqrt(variance + (middle.dmu * se) ** 2)
    return Mixture(
        family,
        _inside(family, mean),
        phi * nodes.ratios,
        nodes.shares,
        weights[:, None],
        None if trials is None else trials[:, None],
        _inside(family, _upright(middle)),
        phi,
        np.where(np.isfinite(sd) & (sd > 0), sd, np.maximum(np.abs(middle.mu), 1e-8)),
    )


def _upright(mean: Mean) -> Mean:
    """One column, to broadcast against the nodes."""
    complement = None if mean.complement is None else mean.complement[:, None]
    return Mean(mean.mu[:, None], mean.dmu[:, None], complement)


def _inside(family: Family, mean: Mean) -> Mean:
    """Means moved off the edge of the domain, where a distribution is a point or nothing."""
    tiny, huge = 1e-280, 1e280
    if not np.isfinite(family.variance.mean_domain.low):
        return mean
    return mean._replace(mu=np.clip(mean.mu, tiny, huge))


def eta_limits(family: Family) -> tuple[float, float]:
    """Between which linear predictors the mean is one that the family allows.

    An interval that reaches beyond (below 0 under the inverse link, say) ends at the limit of the mean.
    """
    low, high = family.link.eta_range
    means = family.variance.mean_domain
    if np.isinf(means.low) and np.isinf(means.high):
        return low, high
    with np.errstate(all="ignore"):
        ends = np.sort(family.link.link(np.array([means.low, means.high])))
    return max(low, float(ends[0])), min(high, float(ends[1]))


def _hermite(count: int) -> tuple[Floats, Floats]:
    """Nodes and weights of Gauss-Hermite quadrature over the standard normal distribution."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(count)
    return nodes, weights / weights.sum()


def _trapezoid(step: float) -> tuple[Floats, Floats]:
    """Equal steps over the standard normal distribution, for integrands with narrow features."""
    nodes = np.arange(-7.0, 7.0 + step, step)
    weights = np.exp(-0.5 * nodes * nodes)
    return nodes, weights / weights.sum()


def new_sizes(fit: Fitted, newdata: Any, weights: Any) -> tuple[Floats, Floats | None]:
    """Prior weight of each new response, (m,), and its trials where the fit's responses were counts of some.

    `weights` given are the prior weights, or the trials of a binomial response.  Else the rows of the fit
    have their own, and new rows 1, with a warning where that matters.
    """
    if weights is not None:
        columns = next(iter(fit.source.blocks())) if newdata is None else open_columns(newdata)
        found = row_values(fit, columns, "weights", weights)
        if (found < 0).any():
            raise DataError(f"weights must not be negative, and are in {offending(found < 0, found, None)}.")
        return (found if newdata is not None else found[fit.rows.positions]), None
    if newdata is None:
        return prior_weights(fit.rows), fit.rows.trials
    n = open_columns(newdata).n_rows
    if fit.rows.kept is None and fit.rows.trials is not None:
        warn("Assuming one trial in each new row; give weights= the number of trials")
    elif is_weighted(fit.rows):
        warn("Assuming constant prediction variance even though model fit is weighted")
    return np.ones(n), None
