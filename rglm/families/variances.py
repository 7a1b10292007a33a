"""The variance functions of the families, each with its unit deviance.

Deviances are written with log1p((y - mu)/mu), not log(y/mu): where y is near mu the difference of two large
terms would lose every digit of a small deviance.  They are clipped at zero, since rounding can leave -1e-17.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rglm.families.domain import NONNEGATIVE, POSITIVE, PROBABILITY, PROPORTION, REAL, Domain
from rglm.families.link import Mean
from rglm.families.variance import Variance
from rglm.formula.values import Floats

ABOVE_MINUS_ONE = -1.0 + 2.0**-53
"""Where y is 0, y log(y/mu) is 0; log1p of this is finite, so the product is."""


@dataclass(frozen=True)
class Constant(Variance):
    """V = 1."""

    name = "constant"

    def __call__(self, mean: Mean) -> Floats:
        """1."""
        return np.ones_like(mean.mu)

    def derivative(self, mean: Mean) -> Floats:
        """0."""
        return np.zeros_like(mean.mu)

    def unit_deviance(self, y: Floats, mean: Mean) -> Floats:
        """(y - mu)²."""
        residual = y - mean.mu
        return residual * residual

    def contains(self, mean: Mean) -> bool:
        """Every finite mean."""
        return bool(np.isfinite(mean.mu).all())

    def start(self, y: Floats) -> Floats:
        """y."""
        return y


@dataclass(frozen=True)
class Proportional(Variance):
    """V = mu."""

    name = "mu"
    domain = NONNEGATIVE
    mean_domain = POSITIVE

    def __call__(self, mean: Mean) -> Floats:
        """mu."""
        return mean.mu

    def derivative(self, mean: Mean) -> Floats:
        """1."""
        return np.ones_like(mean.mu)

    def unit_deviance(self, y: Floats, mean: Mean) -> Floats:
        """2 [y log(y/mu) - (y - mu)]."""
        residual = y - mean.mu
        halved = y * np.log1p(np.maximum(residual / mean.mu, ABOVE_MINUS_ONE)) - residual
        return np.asarray(np.maximum(halved + halved, 0.0))

    def contains(self, mean: Mean) -> bool:
        """Positive and finite."""
        return _positive(mean.mu)

    def start(self, y: Floats) -> Floats:
        """y, and 0.1 where y is 0."""
        return np.asarray(y + 0.1 * (y == 0))


@dataclass(frozen=True)
class Square(Variance):
    """V = mu²."""

    name = "mu^2"
    domain = NONNEGATIVE
    mean_domain = POSITIVE

    def __call__(self, mean: Mean) -> Floats:
        """mu²."""
        return mean.mu * mean.mu

    def derivative(self, mean: Mean) -> Floats:
        """2 mu."""
        return mean.mu + mean.mu

    def unit_deviance(self, y: Floats, mean: Mean) -> Floats:
        """2 [(y - mu)/mu - log(y/mu)]; where y is 0, R's finite stand-in 2 [log(mu) - 1] or 0."""
        relative = (y - mean.mu) / mean.mu
        logs = _log_ratio(y, mean.mu, relative)
        halved = relative - logs
        return np.asarray(np.maximum(halved + halved, 0.0))

    def contains(self, mean: Mean) -> bool:
        """Positive and finite."""
        return _positive(mean.mu)

    def start(self, y: Floats) -> Floats:
        """y, and 0.1 where y is 0."""
        return np.asarray(y + 0.1 * (y == 0))


@dataclass(frozen=True)
class Cube(Variance):
    """V = mu³."""

    name = "mu^3"
    domain = POSITIVE
    mean_domain = POSITIVE

    def __call__(self, mean: Mean) -> Floats:
        """mu³."""
        return mean.mu * mean.mu * mean.mu

    def derivative(self, mean: Mean) -> Floats:
        """3 mu²."""
        return 3.0 * mean.mu * mean.mu

    def unit_deviance(self, y: Floats, mean: Mean) -> Floats:
        """(y - mu)² / (y mu²)."""
        relative = (y - mean.mu) / mean.mu
        return relative * relative / y

    def contains(self, mean: Mean) -> bool:
        """Positive and finite."""
        return _positive(mean.mu)

    def start(self, y: Floats) -> Floats:
        """y."""
        return y


@dataclass(frozen=True)
class BinomialVariance(Variance):
    """V = mu (1 - mu), for proportions."""

    name = "mu(1-mu)"
    domain = PROPORTION
    mean_domain = PROBABILITY

    def __call__(self, mean: Mean) -> Floats:
        """mu (1 - mu)."""
        return mean.mu * complement(mean)

    def derivative(self, mean: Mean) -> Floats:
        """1 - 2 mu."""
        return complement(mean) - mean.mu

    def unit_deviance(self, y: Floats, mean: Mean) -> Floats:
        """2 [y log(y/mu) + (1 - y) log((1 - y)/(1 - mu))]."""
        mu, other = mean.mu, complement(mean)
        failed = 1.0 - y
        if not (y * failed).any():
            success = y > 0
            halved = np.log1p(np.where(success, other, mu) / np.where(success, mu, other))
            return np.asarray(halved + halved)
        residual = y * other - failed * mu
        halved = y * np.log1p(np.maximum(residual / mu, ABOVE_MINUS_ONE)) + failed * np.log1p(
            np.maximum(-residual / other, ABOVE_MINUS_ONE)
        )
        return np.asarray(np.maximum(halved + halved, 0.0))

    def contains(self, mean: Mean) -> bool:
        """mu and 1 - mu both positive."""
        return bool((mean.mu > 0).all()) and bool((complement(mean) > 0).all())

    def start(self, y: Floats) -> Floats:
        """y kept between 0.001 and 0.999."""
        return np.clip(y, 0.001, 0.999)


@dataclass(frozen=True)
class NegativeBinomialVariance(Variance):
    """V = mu + mu²/theta."""

    theta: float
    domain = NONNEGATIVE
    mean_domain = POSITIVE

    @property
    def name(self) -> str:
        """R's text."""
        return "mu + mu^2/theta"

    def __call__(self, mean: Mean) -> Floats:
        """mu + mu²/theta."""
        return mean.mu + mean.mu * mean.mu / self.theta

    def derivative(self, mean: Mean) -> Floats:
        """1 + 2 mu/theta."""
        return 1.0 + (2.0 / self.theta) * mean.mu

    def unit_deviance(self, y: Floats, mean: Mean) -> Floats:
        """2 [y log(y/mu) - (y + theta) log((y + theta)/(mu + theta))]."""
        # log(y/mu) - log((y + theta)/(mu + theta)) is one log1p: two would cancel where theta is small
        residual, below, above = y - mean.mu, mean.mu + self.theta, y + self.theta
        ratio = np.log1p(np.maximum(residual / mean.mu * (self.theta / above), ABOVE_MINUS_ONE))
        halved = y * ratio - self.theta * _log_ratio(above, below, residual / below)
        return np.asarray(np.maximum(halved + halved, 0.0))

    def contains(self, mean: Mean) -> bool:
        """Positive and finite."""
        return _positive(mean.mu)

    def start(self, y: Floats) -> Floats:
        """y, and 1/6 where y is 0."""
        return np.asarray(y + (y == 0) / 6)


@dataclass(frozen=True)
class PowerVariance(Variance):
    """V = mu^exponent; the unit deviance is continuous in the exponent, through 1 and 2 as well."""

    exponent: float

    @property
    def name(self) -> str:
        """`mu^` and the exponent."""
        # display is imported on use: most fits never print a power
        from rglm.display.numbers import format_one

        return f"mu^{format_one(self.exponent, digits=15)}"

    @property
    def domain(self) -> Domain:
        """Any number up to exponent 0, non-negative ones below 2, positive ones from there."""
        if self.exponent <= 0:
            return REAL
        return NONNEGATIVE if self.exponent < 2 else POSITIVE

    @property
    def mean_domain(self) -> Domain:
        """Positive unless the variance is constant."""
        return REAL if self.exponent == 0 else POSITIVE

    def __call__(self, mean: Mean) -> Floats:
        """mu^exponent."""
        return np.asarray(mean.mu**self.exponent)

    def derivative(self, mean: Mean) -> Floats:
        """exponent mu^(exponent - 1)."""
        return np.asarray(self.exponent * mean.mu ** (self.exponent - 1.0))

    def unit_deviance(self, y: Floats, mean: Mean) -> Floats:
        """2 ∫ (y - t) t^(-p) dt from mu to y, with p the exponent."""
        mu, p = mean.mu, self.exponent
        residual = y - mu
        if p == 0:
            return residual * residual
        # y/mu, not 1 + residual/mu: the sum loses the digits of a response far below its mean
        ratio, logs = y / mu, _log_ratio(y, mu, residual / mu)
        halved = ratio * _grown(1.0 - p, logs) - _grown(2.0 - p, logs)
        if p < 2:
            # below power 0 a response may be negative: only the terms in mu are left there, as at 0
            halved = np.where(y > 0, halved, 1.0 / (2.0 - p) - (ratio / (1.0 - p) if p < 1 else 0.0))
        return np.asarray(2.0 * mu ** (2.0 - p) * np.maximum(halved, 0.0))

    def contains(self, mean: Mean) -> bool:
        """Positive and finite, or finite where the variance is constant."""
        return bool(np.isfinite(mean.mu).all()) if self.exponent == 0 else _positive(mean.mu)

    def start(self, y: Floats) -> Floats:
        """y, and 0.1 where y is 0."""
        return np.asarray(y + 0.1 * (y == 0))


def _log_ratio(top: Floats, bottom: Floats, relative: Floats) -> Floats:
    """log(top/bottom) from `relative`, top/bottom - 1 with all its digits; -log(bottom) where top is 0."""
    if relative.min(initial=0.0) > -0.9:
        return np.asarray(np.log1p(relative))
    # far below the bottom, log1p would magnify the rounding of `relative`
    return np.where(
        relative > -0.9, np.log1p(np.maximum(relative, -0.9)), np.log(np.where(top > 0, top, 1.0) / bottom)
    )


def _grown(a: float, logs: Floats) -> Floats:
    """(exp(a x) - 1) / a, which is x at a = 0."""
    return logs if a == 0 else np.expm1(a * logs) / a


def complement(mean: Mean) -> Floats:
    """1 - mu: the link's own where it gives one."""
    return 1.0 - mean.mu if mean.complement is None else mean.complement


def _positive(mu: Floats) -> bool:
    # comparisons with NaN are false, so a NaN mean is not valid either
    return bool((mu > 0).all()) and bool((mu < np.inf).all())


NAMED: tuple[Variance, ...] = (Constant(), BinomialVariance(), Proportional(), Square(), Cube())
"""The variances that `Quasi` knows by R's names."""
