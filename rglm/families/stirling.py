"""Saturated log-likelihoods of counts without cancellation.

A count's log-likelihood at mean mu is that at mean y minus half its deviance; the first part is Stirling's
remainder and a logarithm, which stays exact where log-gamma functions of large arguments cancel.
Source: Loader (2000), Fast and accurate computation of binomial probabilities.
"""

from __future__ import annotations

import math

import numpy as np

from rglm.formula.values import Floats

SERIES_FROM = 16
"""From here on five terms of Stirling's series are exact to double precision."""

HALF_LOG_2PI = 0.5 * math.log(2.0 * math.pi)

_AT_INTEGERS = np.array(
    [0.0] + [math.lgamma(k + 1.0) - (k + 0.5) * math.log(k) + k - HALF_LOG_2PI for k in range(1, SERIES_FROM)]
)


def stirling_error(x: Floats) -> Floats:
    """log x! - [(x + 1/2) log x - x + log(2 pi)/2] for x > 0, (n,); 0 where x is 0."""
    large = np.maximum(x, float(SERIES_FROM))
    inverse = 1.0 / (large * large)
    series = (
        1 / 12 - inverse * (1 / 360 - inverse * (1 / 1260 - inverse * (1 / 1680 - inverse / 1188)))
    ) / large
    small = x < SERIES_FROM
    if not small.any():
        return np.asarray(series)
    near = np.where(small, x, 0.0)
    whole = near.astype(np.intp)
    if (whole == near).all():
        return np.where(small, _AT_INTEGERS[whole], series)
    from scipy.special import gammaln

    near = np.where(small & (x > 0), x, 1.0)
    exact = gammaln(near + 1.0) - (near + 0.5) * np.log(near) + near - HALF_LOG_2PI
    return np.where(small, np.where(x > 0, exact, 0.0), series)


def saturated_poisson(y: Floats) -> Floats:
    """log of the Poisson probability of y at mean y, (n,)."""
    return np.where(y > 0, -HALF_LOG_2PI - 0.5 * np.log(np.maximum(y, 1e-300)) - stirling_error(y), 0.0)


def saturated_binomial(successes: Floats, trials: Floats) -> Floats:
    """log of the binomial probability of `successes` in `trials` at their own proportion, (n,)."""
    failures = trials - successes
    inside = (successes > 0) & (failures > 0)
    if not inside.any():
        return np.zeros_like(successes)
    k, m, n = (np.where(inside, part, 1.0) for part in (successes, failures, trials))
    errors = stirling_error(n) - stirling_error(k) - stirling_error(m)
    return np.where(inside, errors - HALF_LOG_2PI + 0.5 * np.log(n / k / m), 0.0)


def saturated_negative_binomial(y: Floats, theta: float) -> Floats:
    """log of the negative binomial probability of y at mean y and shape theta, (n,)."""
    size = np.full_like(y, theta)
    errors = stirling_error(y + theta) - stirling_error(size) - stirling_error(y)
    scale = np.where(y > 0, y, 1.0) * ((y + theta) / theta)
    return np.where(y > 0, errors - HALF_LOG_2PI - 0.5 * np.log(scale), 0.0)


def gamma_constant(shape: float) -> float:
    """shape log shape - shape - log Gamma(shape): exact for large shapes, where the three terms cancel."""
    if shape < SERIES_FROM:
        return shape * math.log(shape) - shape - math.lgamma(shape)
    # log Gamma(a) = log a! - log a
    return 0.5 * math.log(shape) - HALF_LOG_2PI - float(stirling_error(np.array([shape]))[0])
