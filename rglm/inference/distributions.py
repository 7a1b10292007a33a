"""Tail probabilities and quantiles of the four distributions that tests use, accurate far out in the tails.

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
