"""The density of Tweedie responses at their own mean, the one part of it that has no closed form.

By scale invariance y f(y; y, phi) depends on y and phi through y^(2 - p)/phi alone, for each power p.  So the
log-density is log h - log y - d/(2 phi), with d the unit deviance and h a function of one variable: a series
of positive terms for 1 < p < 2, an integral of a positive function for p > 2.  Neither cancels anywhere.
Source: Dunn & Smyth (2005), Statistics and Computing 15, and (2008), 18; Zolotarev (1986), One-dimensional
Stable Distributions, 2.2.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from rglm.families.link import Mean
from rglm.families.stirling import saturated_poisson
from rglm.families.variances import Proportional
from rglm.formula.values import Floats

NEGLIGIBLE = 45.0
"""Terms smaller than the largest by exp(-45) are left out."""

SMOOTH = 8.0
"""Where the terms spread over more than this many numbers, every so many of them will do."""

ELEMENTS = 100_000
"""Most terms made at once."""


class LogHeight(NamedTuple):
    """log h, its first and its second derivative by log x, each (n,)."""

    value: Floats
    slope: Floats
    bend: Floats


def log_height(x: Floats, power: float) -> LogHeight:
    """log h at x = y^(2 - p) / phi > 0, (n,).

    Parameters
    ----------
    x : (n,) positive
    power : p > 1, but not 2
    """
    shape = np.shape(x)
    flat = np.ravel(np.asarray(x, dtype=float))
    found = _series(flat, power) if power < 2 else _integral(flat, power)
    return LogHeight(*(part.reshape(shape) for part in found))


def _series(x: Floats, power: float) -> LogHeight:
    """Sum over N of P(N events) times the density of their total, both at their modes' mean.

    With N ~ Poisson(m), m = x/(2 - p), and N gamma amounts of shape a = (2 - p)/(p - 1), the terms are
    a N p(N; m) p(a N; a m), where p(k; m) is the Poisson probability continued to fractional k.
    """
    a, m = (2.0 - power) / (power - 1.0), x / (2.0 - power)
    out = LogHeight(*(np.full(len(x), np.nan) for _ in range(3)))
    proper = np.flatnonzero((m > 0) & np.isfinite(m))
    spread = np.sqrt(m[proper] / (1.0 + a))
    step = np.where(spread > SMOOTH, np.floor(spread / 2.5), 1.0)
    first, count = terms_of_sum(m[proper], a, step)
    order = np.argsort(count)
    start = 0
    while start < len(order):
        # rows of alike counts together: the padding is small
        rows = order[start : start + max(1, ELEMENTS // int(count[order[-1]]))]
        width = int(count[rows].max())
        terms = first[rows, None] + step[rows, None] * np.arange(width)
        values = _summed(terms, m[proper[rows], None], a, step[rows])
        for part, made in zip(out, values, strict=True):
            part[proper[rows]] = made
        start += len(rows)
    return out


def terms_of_sum(m: Floats, a: float, step: Floats) -> tuple[Floats, Floats]:
    """First term, and number of terms by `step`, of those that are not negligible beside the largest.

    A term falls as exp(-(1 + a) m D(N/m)), where D(1 + u) >= u²/(2 + 2u/3), and >= u²/2 below 1.
    """
    c = NEGLIGIBLE / ((1.0 + a) * m)
    low = np.floor(m * np.maximum(1.0 - np.sqrt(2.0 * c), 0.0)) - 1.0
    high = np.ceil(m * (1.0 + c / 3.0 + np.sqrt(c * c / 9.0 + 2.0 * c))) + 1.0
    first = np.maximum(low, 1.0)
    return first, np.ceil((high - first) / step) + 1.0


def _summed(terms: Floats, m: Floats, a: float, step: Floats) -> LogHeight:
    """log of the sum over each row of terms, and its derivatives by log m."""
    here = Mean(m, m)
    both = saturated_poisson(terms) + saturated_poisson(a * terms)
    apart = Proportional().unit_deviance(terms, here) + a * Proportional().unit_deviance(terms, here)
    logs = np.log(a * terms) + both - 0.5 * apart
    top = logs.max(axis=1, keepdims=True)
    shares = np.exp(logs - top)
    total = shares.sum(axis=1)
    excess = terms - m
    mean = (shares * excess).sum(axis=1) / total
    variance = (shares * (excess - mean[:, None]) ** 2).sum(axis=1) / total
    value = top[:, 0] + np.log(total * step)
    return LogHeight(value, (1.0 + a) * mean, (1.0 + a) ** 2 * variance - (1.0 + a) * m[:, 0])


def _integral(x: Floats, power: float) -> LogHeight:
    """(p - 2) b/pi times the integral over 0..pi of r exp(-b (r - 1)), with b = x/((p - 1)(p - 2))."""
    out = LogHeight(*(np.full(len(x), np.nan) for _ in range(3)))
    b = x / ((power - 1.0) * (power - 2.0))
    proper = np.flatnonzero((b > 0) & np.isfinite(b))
    u, logs, weights = _nodes(power)
    if len(proper):
        # the integrand is flat below theta ~ 1/sqrt(b), and vanishes where b r is large
        lowest = -40.0 - 0.5 * math.log(max(1.0, float(b[proper].max())))
        used = (u > lowest) & (logs < math.log(1000.0 / min(1.0, float(b[proper].min())) + 2.0))
        logs, weights = logs[used], weights[used]
    above = np.expm1(logs)
    for start in range(0, len(proper), max(1, ELEMENTS // len(logs))):
        rows = proper[start : start + max(1, ELEMENTS // len(logs))]
        heights = weights + logs - b[rows, None] * above
        top = heights.max(axis=1, keepdims=True)
        shares = np.exp(heights - top)
        total = shares.sum(axis=1)
        with np.errstate(over="ignore", invalid="ignore"):
            scaled = np.where(shares > 0, b[rows, None] * above, 0.0)
        mean = (shares * scaled).sum(axis=1) / total
        variance = (shares * (scaled - mean[:, None]) ** 2).sum(axis=1) / total
        out.value[rows] = np.log((power - 2.0) * b[rows] / math.pi) + top[:, 0] + np.log(total)
        out.slope[rows] = 1.0 - mean
        out.bend[rows] = variance - mean
    return out


@lru_cache(maxsize=64)
def _nodes(power: float) -> tuple[Floats, Floats, Floats]:
    """The nodes of a trapezoidal rule in u = logit(theta/pi), log r there, and the logs of the weights.

    r(theta) = s((1 - a) theta) s(a theta)^(p - 2) / s(theta)^(p - 1) with s(t) = sin(t)/t and
    a = (p - 2)/(p - 1): 1 at 0, and without limit towards pi.
    """
    step = min(0.1, 0.5 / (power - 1.0))
    u = np.arange(-60.0, 5.0 + 80.0 / (power - 1.0), step)
    theta, rest = math.pi / (1.0 + np.exp(-u)), math.pi / (1.0 + np.exp(u))
    a = (power - 2.0) / (power - 1.0)
    # near pi the sine is that of what is left to pi
    log_sinc = np.where(theta < 2.0, _log_sinc(theta), np.log(np.sin(np.minimum(rest, 2.0)) / theta))
    logs = _log_sinc((1.0 - a) * theta) + (power - 2.0) * _log_sinc(a * theta) - (power - 1.0) * log_sinc
    weights = np.log(step * theta * (rest / math.pi))
    return u, np.maximum(logs, 0.0), weights


def _log_sinc(t: Floats) -> Floats:
    """log(sin(t)/t), by series near 0."""
    s = t * t
    series = -s / 6.0 * (1.0 + s / 30.0 * (1.0 + s * 4.0 / 63.0 * (1.0 + s * 3.0 / 40.0)))
    safe = np.where(t < 0.05, 1.0, t)
    return np.where(t < 0.05, series, np.log(np.sin(safe) / safe))
