"""What emmeans offers for several tests at once, beyond the shared adjustments."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from rglm.formula.values import Floats
from rglm.inference.adjustments import ADJUSTMENTS, Adjustment, Statistics
from rglm.inference.distributions import two_sided, upper_f, upper_studentized_range


def _stepped(given: Statistics, factors: Floats) -> Floats:
    """From the largest p-value down: min over those at or above of factor times p; NaN stay."""
    alone = given.p_values
    order = np.argsort(-np.nan_to_num(alone, nan=-1.0), kind="stable")  # NaN last
    found = np.full(given.count, np.nan)
    known = order[~np.isnan(alone[order])]
    stepped = np.minimum.accumulate(alone[known] * factors[: len(known)])
    found[known] = np.minimum(stepped, 1.0)
    return found


def _hochberg(given: Statistics) -> Floats:
    return _stepped(given, np.arange(1, given.count + 1, dtype=float) + _absent(given))


def _benjamini_hochberg(given: Statistics) -> Floats:
    n = given.count
    return _stepped(given, n / np.arange(n - _absent(given), 0, -1))


def _benjamini_yekutieli(given: Statistics) -> Floats:
    n = given.count
    total = float((1.0 / np.arange(1, n + 1)).sum())
    return _stepped(given, total * n / np.arange(n - _absent(given), 0, -1))


def _absent(given: Statistics) -> int:
    """Statistics without a value; they count as the largest p-values do."""
    return int(np.isnan(given.values).sum())


def _hommel(given: Statistics) -> Floats:
    """Hommel's procedure: the closed test of Simes' tests."""
    alone = given.p_values
    known = np.flatnonzero(~np.isnan(alone))
    p = np.concatenate([np.sort(alone[known]), np.ones(given.count - len(known))])
    n = given.count
    least = np.full(n, np.min(n * p / np.arange(1, n + 1)))
    best = least.copy()
    for m in range(n - 1, 1, -1):
        first, last = np.arange(n - m + 1), np.arange(n - m + 1, n)
        smallest = float(np.min(m * p[last] / np.arange(2, m + 1)))
        least[first] = np.minimum(m * p[first], smallest)
        least[last] = least[n - m]
        best = np.maximum(best, least)
    found = np.full(n, np.nan)
    found[known[np.argsort(alone[known], kind="stable")]] = np.maximum(best, p)[: len(known)]
    return found


def rank_of(given: Statistics) -> int:
    """Dimensions that the estimates span."""
    return int(np.linalg.matrix_rank(given.correlation, tol=1e-8))


def _scheffe(given: Statistics) -> Floats:
    rank = float(rank_of(given))
    return upper_f(given.values**2 / rank, rank, given.df)


def _scheffe_quantile(given: Statistics, level: float) -> float:
    rank = float(rank_of(given))
    return _reach(lambda t: float(upper_f(t**2 / rank, rank, given.df)), level)


def _dunnettx(given: Statistics) -> Floats:
    return _dunnettx_tail(given.values, float(given.count), given.df)


def _dunnettx_quantile(given: Statistics, level: float) -> float:
    return _reach(lambda t: float(_dunnettx_tail(t, float(given.count), given.df)), level)


def _dunnettx_tail(t: ArrayLike, k: float, df: float) -> Floats:
    """emmeans' approximation to Dunnett's distribution of k statistics that correlate by 1/2.

    A mean of two tails: (k - 1)/k of Tukey's, with as many means as have k pairs (a number that need not be
    whole), and 1/k of k independent statistics.
    """
    means = (1.0 + np.sqrt(1.0 + 8.0 * k)) / 2.0
    tukey = upper_studentized_range(np.sqrt(2.0) * np.abs(t), means, df)
    with np.errstate(divide="ignore"):
        independent = -np.expm1(k * np.log1p(-two_sided(t, df)))
    return np.asarray(((k - 1.0) * tukey + independent) / k)


def _reach(tail: Callable[[float], float], level: float) -> float:
    """Where a tail probability falls to 1 - level."""
    from scipy.optimize import brentq

    high = 4.0
    while tail(high) > 1.0 - level:
        high *= 2.0
    return float(brentq(lambda t: tail(t) - (1.0 - level), 0.0, high, xtol=1e-12))


def _single_step(given: Statistics) -> Floats:
    """Of the statistics that have a value."""
    known = np.flatnonzero(~np.isnan(given.values))
    found = np.full(given.count, np.nan)
    if len(known):
        some = Statistics(given.values[known], given.df, given.correlation[np.ix_(known, known)])
        found[known] = ADJUSTMENTS["single-step"].p_values(some)
    return found


_bonferroni = ADJUSTMENTS["bonferroni"].quantile

MEAN_ADJUSTMENTS: dict[str, Adjustment] = {
    "tukey": ADJUSTMENTS["tukey"],
    "none": ADJUSTMENTS["none"],
    "bonferroni": ADJUSTMENTS["bonferroni"],
    "sidak": ADJUSTMENTS["sidak"],
    "holm": ADJUSTMENTS["holm"],
    "hochberg": Adjustment(_hochberg, _bonferroni),
    "hommel": Adjustment(_hommel, _bonferroni),
    "BH": Adjustment(_benjamini_hochberg, _bonferroni),
    "fdr": Adjustment(_benjamini_hochberg, _bonferroni),
    "BY": Adjustment(_benjamini_yekutieli, _bonferroni),
    "scheffe": Adjustment(_scheffe, _scheffe_quantile),
    "mvt": Adjustment(_single_step, ADJUSTMENTS["single-step"].quantile),
    "dunnettx": Adjustment(_dunnettx, _dunnettx_quantile),
}
"""By R's names.  Joint intervals of the step-wise ones are Bonferroni's."""

JOINT = ("tukey", "none", "bonferroni", "sidak", "scheffe", "mvt", "dunnettx")
"""Those with joint intervals of their own."""
