"""Tail probabilities and quantiles of the distributions that tests use, accurate far out in the tails.

All take and return float64 of any shape.  Infinite residual df is the case of a known dispersion.
Source: scipy.special (Cephes, Boost), imported on use.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from rglm.formula.values import Floats


def two_sided(statistic: ArrayLike, df: float = np.inf) -> Floats:
    """P(|T| > |statistic|) for Student's t; the normal where `df` is infinite."""
    from scipy.special import ndtr, stdtr

    lower = -np.abs(np.asarray(statistic, dtype=float))
    return np.asarray(2.0 * (ndtr(lower) if np.isinf(df) else stdtr(df, lower)))


def upper_chisq(statistic: ArrayLike, df: ArrayLike) -> Floats:
    """P(X > statistic) for chi-square with `df` degrees of freedom."""
    from scipy.special import chdtrc

    return np.asarray(chdtrc(np.asarray(df, dtype=float), np.asarray(statistic, dtype=float)))


def upper_f(statistic: ArrayLike, df: ArrayLike, df_residual: float) -> Floats:
    """P(F > statistic) for F on `df` and `df_residual`; chi-square / df where the latter is infinite."""
    from scipy.special import fdtrc

    statistic, df = np.asarray(statistic, dtype=float), np.asarray(df, dtype=float)
    if np.isinf(df_residual):
        return upper_chisq(statistic * df, df)
    return np.asarray(fdtrc(df, df_residual, statistic))


def two_sided_quantile(level: float, df: float = np.inf) -> float:
    """The c with P(|T| < c) = level, for Student's t; the normal where `df` is infinite."""
    from scipy.special import ndtri, stdtrit

    upper = 0.5 + 0.5 * level
    return float(ndtri(upper) if np.isinf(df) else stdtrit(df, upper))


def upper_studentized_range(q: ArrayLike, means: float, df: float = np.inf) -> Floats:
    """P(Q > q) for the studentized range of `means` (>= 2, not only whole) normal means on `df`.

    With Phi and phi of the normal distribution and s² a chi-square over its `df`,
        P(range > r) = means ∫ phi(z) Phi(z)^(means - 1) (1 - (1 - Phi(z - r)/Phi(z))^(means - 1)) dz,
    averaged over r = q s.  Both integrals by the trapezoidal rule, which converges geometrically for smooth
    integrands that vanish at both ends; written as a tail, so that small probabilities keep their digits.

    Source: Tukey (1953); Copenhaver & Holland (1988); R `ptukey(lower.tail = FALSE)`, `ptukey(means = )`.
    """
    r: Floats = np.maximum(np.asarray(q, dtype=float), 0.0)
    if np.isinf(df):
        return _upper_range(r, means)
    spread, width = 1.0 / np.sqrt(2.0 * df), 40.0 / df  # of log s around 0; of its left tail
    step = min(0.15, 0.2 * np.sqrt(2.0 / df))
    u = np.arange(-width - 9.0 * spread, min(9.0 * spread + 1.0 / df, 4.0) + step, step)
    weights = _log_chi_density(u, df) * step
    return np.asarray(_upper_range(r[..., None] * np.exp(u), means) @ weights)


def _upper_range(r: Floats, means: float) -> Floats:
    """P(range of `means` standard normals > r)."""
    from scipy.special import ndtr

    step = 0.25
    largest = float(np.nanmax(np.minimum(r, 60.0), initial=0.0))
    z = np.arange(-9.0, 9.0 + 0.5 * largest, step)
    below = ndtr(z)
    weights = means * step * np.exp(-0.5 * z**2) / np.sqrt(2.0 * np.pi) * below ** (means - 1.0)
    share = np.minimum(ndtr(z - r[..., None]) / below, 1.0)
    with np.errstate(divide="ignore"):
        beyond = -np.expm1((means - 1.0) * np.log1p(-share))
    return np.asarray(beyond @ weights)


def _log_chi_density(u: Floats, df: float) -> Floats:
    """Density of u = log s, where df s² is chi-square on `df`."""
    from scipy.special import gammaln

    half = 0.5 * df
    return np.asarray(2.0 * np.exp(half * (np.log(half) + 2.0 * u - np.exp(2.0 * u)) - gammaln(half)))


def studentized_range_quantile(level: float, means: float, df: float = np.inf) -> float:
    """The q with P(Q < q) = level for the studentized range of `means` normal means on `df`.

    Source: R `qtukey`.
    """
    from scipy.optimize import brentq

    target = 1.0 - level
    high = 4.0
    while upper_studentized_range(high, means, df) > target:
        high *= 2.0

    def excess(q: float) -> float:
        return float(np.log(upper_studentized_range(q, means, df) / target))

    return float(brentq(excess, 1e-8, high, xtol=1e-12, rtol=1e-14))
