"""Intervals from the replicates of a bootstrap.

Source: Davison & Hinkley (1997), 5.2 and 5.3; R `boot::boot.ci`.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from rglm.errors import FitError, RglmWarning, warn
from rglm.formula.values import Floats
from rglm.inference.distributions import two_sided_quantile


def percentile(replicates: Floats, observed: float, level: float, acceleration: float) -> Floats:
    """Quantiles of the replicates."""
    return quantiles(replicates, _tails(level))


def basic(replicates: Floats, observed: float, level: float, acceleration: float) -> Floats:
    """Quantiles of the error, taken off the estimate: 2 t0 - t."""
    return 2.0 * observed - quantiles(replicates, _tails(level))[::-1]


def normal(replicates: Floats, observed: float, level: float, acceleration: float) -> Floats:
    """t0 - bias ± z se."""
    centre = 2.0 * observed - replicates.mean()
    half = two_sided_quantile(level) * replicates.std(ddof=1)
    return np.array([centre - half, centre + half])


def bca(replicates: Floats, observed: float, level: float, acceleration: float) -> Floats:
    """Quantiles of the replicates at levels corrected for bias and acceleration (Efron 1987)."""
    from scipy.special import ndtr, ndtri

    below = np.count_nonzero(replicates < observed) / len(replicates)
    if not 0.0 < below < 1.0:
        raise FitError(
            "A bca interval needs replicates on both sides of the estimate, and all lie on one side. Use "
            'interval="percentile", or more replicates.'
        )
    moved = ndtri(below) + ndtri(_tails(level))
    return quantiles(replicates, ndtr(ndtri(below) + moved / (1.0 - acceleration * moved)))


INTERVALS: dict[str, Callable[[Floats, float, float, float], Floats]] = {
    "percentile": percentile,
    "bca": bca,
    "basic": basic,
    "normal": normal,
}


def _tails(level: float) -> Floats:
    return np.array([(1.0 - level) / 2.0, (1.0 + level) / 2.0])


def quantiles(replicates: Floats, at: Floats) -> Floats:
    """Quantiles of n replicates: order statistic (n + 1) a, between two of them on the normal scale.

    Source: Davison & Hinkley (1997), equation 5.8.
    """
    from scipy.special import ndtri

    n, ordered = len(replicates), np.sort(replicates)
    rank = (n + 1) * at
    whole = np.rint(rank)
    lower = np.where(np.abs(rank - whole) < 1e-9 * (n + 1), whole, np.floor(rank)).astype(int)
    if ((lower < 1) | (lower > n)).any():
        warn(
            f"{n} replicates are too few for this level: the end is the most extreme of them. Use n=999 or "
            "more.",
            RglmWarning,
        )
    first, second = np.clip(lower, 1, n), np.clip(lower + 1, 1, n)
    low, high = ndtri(first / (n + 1)), ndtri(second / (n + 1))
    between = (first < second) & (lower >= 1) & (rank > first)
    share = np.where(between, (ndtri(at) - low) / np.where(between, high - low, 1.0), 0.0)
    return np.asarray(ordered[first - 1] + share * (ordered[second - 1] - ordered[first - 1]))
