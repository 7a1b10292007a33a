"""The continuous distributions of the families, by scipy.special (imported on use)."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from rglm.families.distribution import Dispersion, Distribution, positive_quantile, spread
from rglm.families.link import Mean
from rglm.families.stirling import HALF_LOG_2PI, stirling_error
from rglm.families.variances import Constant, Cube, Square
from rglm.formula.values import Floats


@dataclass(frozen=True)
class Normal(Distribution):
    """Normal with variance dispersion / weight."""

    def log_density(
        self,
        y: Floats,
        mean: Mean,
        weights: Floats | None = None,
        trials: Floats | None = None,
        dispersion: Dispersion = 1.0,
    ) -> Floats:
        """-[log(2 pi s) + (y - mu)²/s] / 2 with s the variance."""
        s = spread(dispersion, weights)
        return np.asarray(-HALF_LOG_2PI - 0.5 * (np.log(s) + Constant().unit_deviance(y, mean) / s))

    def cdf(
        self,
        y: Floats,
        mean: Mean,
        weights: Floats | None = None,
        trials: Floats | None = None,
        dispersion: Dispersion = 1.0,
    ) -> Floats:
        """The normal distribution function."""
        from scipy.special import ndtr

        return np.asarray(ndtr((y - mean.mu) / np.sqrt(spread(dispersion, weights))))

    def quantile(
        self,
        p: Floats,
        mean: Mean,
        weights: Floats | None = None,
        trials: Floats | None = None,
        dispersion: Dispersion = 1.0,
    ) -> Floats:
        """mu + sd z_p."""
        from scipy.special import ndtri

        return np.asarray(mean.mu + np.sqrt(spread(dispersion, weights)) * ndtri(p))

    def simulate(
        self,
        rng: np.random.Generator,
        mean: Mean,
        weights: Floats | None = None,
        trials: Floats | None = None,
        dispersion: Dispersion = 1.0,
    ) -> Floats:
        """Normal draws."""
        return rng.normal(mean.mu, np.sqrt(spread(dispersion, weights)))

    def ml_dispersion(self, y: Floats, mean: Mean, weights: Floats, counts: Floats) -> float:
        """deviance / n."""
        return _mean_deviance(Constant().unit_deviance(y, mean), weights, counts)


def _mean_deviance(unit_deviance: Floats, weights: Floats, counts: Floats) -> float:
    """Sum of w d over the observations of positive weight, divided by their number."""
    used = weights > 0
    return float((counts * weights)[used] @ unit_deviance[used]) / float(counts[used].sum())


@dataclass(frozen=True)
class GammaLaw(Distribution):
    """Gamma of shape weight / dispersion."""

    def log_density(
        self,
        y: Floats,
        mean: Mean,
        weights: Floats | None = None,
        trials: Floats | None = None,
        dispersion: Dispersion = 1.0,
    ) -> Floats:
        """a log a - a - log Gamma(a) - log y - a d/2 with a the shape."""
        shape = 1.0 / spread(dispersion, weights)
        return np.asarray(_gamma_constant(shape) - np.log(y) - 0.5 * shape * Square().unit_deviance(y, mean))

    def cdf(
        self,
        y: Floats,
        mean: Mean,
        weights: Floats | None = None,
        trials: Floats | None = None,
        dispersion: Dispersion = 1.0,
    ) -> Floats:
        """The regularised incomplete gamma function."""
        from scipy.special import gammainc

        shape = 1.0 / spread(dispersion, weights)
        return np.asarray(gammainc(shape, shape * (np.maximum(y, 0.0) / mean.mu)))

    def quantile(
        self,
        p: Floats,
        mean: Mean,
        weights: Floats | None = None,
        trials: Floats | None = None,
        dispersion: Dispersion = 1.0,
    ) -> Floats:
        """Its inverse."""
        from scipy.special import gammaincinv

        shape = 1.0 / spread(dispersion, weights)
        return np.asarray(mean.mu * (gammaincinv(shape, p) / shape))

    def simulate(
        self,
        rng: np.random.Generator,
        mean: Mean,
        weights: Floats | None = None,
        trials: Floats | None = None,
        dispersion: Dispersion = 1.0,
    ) -> Floats:
        """Gamma draws."""
        shape = 1.0 / spread(dispersion, weights)
        return np.asarray(mean.mu * (rng.gamma(np.broadcast_to(shape, np.shape(mean.mu))) / shape))

    def ml_dispersion(self, y: Floats, mean: Mean, weights: Floats, counts: Floats) -> float:
        """1 / the shape of largest likelihood: sum w [log a w - digamma(a w)] equals half the deviance.

        Source: MASS `gamma.shape`; Venables & Ripley (2002), 7.6.
        """
        from scipy.special import digamma, polygamma

        used = weights > 0
        w, c = weights[used], counts[used]
        half = 0.5 * float((c * w) @ Square().unit_deviance(y, mean)[used])
        if half <= 0:
            return 0.0
        d = 2.0 * half / float(c @ w)
        a = (6.0 + 2.0 * d) / (d * (6.0 + d))
        for _ in range(100):
            value = float((c * w) @ (np.log(a * w) - digamma(a * w))) - half
            slope = float((c * w) @ (1.0 / a - w * polygamma(1, a * w)))
            # in log a the function is nearly linear
            step = value / (a * slope)
            a *= math.exp(-max(-2.0, min(2.0, step)))
            if abs(step) <= 1e-13:
                break
        return 1.0 / a


def _gamma_constant(shape: Floats) -> Floats:
    """a log a - a - log Gamma(a), exact for large shapes too."""
    return np.asarray(0.5 * np.log(shape) - HALF_LOG_2PI - stirling_error(np.asarray(shape)))


@dataclass(frozen=True)
class Wald(Distribution):
    """Inverse Gaussian with lambda = weight / dispersion."""

    def log_density(
        self,
        y: Floats,
        mean: Mean,
        weights: Floats | None = None,
        trials: Floats | None = None,
        dispersion: Dispersion = 1.0,
    ) -> Floats:
        """-[log(2 pi s y³) + d/s] / 2 with s = dispersion / weight."""
        s = spread(dispersion, weights)
        return np.asarray(
            -HALF_LOG_2PI - 0.5 * (np.log(s) + 3.0 * np.log(y) + Cube().unit_deviance(y, mean) / s)
        )

    def cdf(
        self,
        y: Floats,
        mean: Mean,
        weights: Floats | None = None,
        trials: Floats | None = None,
        dispersion: Dispersion = 1.0,
    ) -> Floats:
        """Phi(r (y/mu - 1)) + exp(2 lambda/mu) Phi(-r (y/mu + 1)) with r = sqrt(lambda/y)."""
        from scipy.special import log_ndtr, ndtr

        s = spread(dispersion, weights)
        with np.errstate(divide="ignore", invalid="ignore"):
            root = 1.0 / np.sqrt(s * np.maximum(y, 0.0))
            ratio = y / mean.mu
            value = ndtr(root * (ratio - 1.0)) + np.exp(2.0 / (s * mean.mu) + log_ndtr(-root * (ratio + 1.0)))
        return np.where(y > 0, np.minimum(value, 1.0), np.where(np.isnan(s + mean.mu), np.nan, 0.0))

    def quantile(
        self,
        p: Floats,
        mean: Mean,
        weights: Floats | None = None,
        trials: Floats | None = None,
        dispersion: Dispersion = 1.0,
    ) -> Floats:
        """The root of the distribution function."""
        p, mu, s = np.broadcast_arrays(p, mean.mu, spread(dispersion, weights))
        at = Mean(mu, mu)
        return positive_quantile(
            lambda y: self.cdf(y, at, dispersion=s),
            lambda y: np.exp(self.log_density(y, at, dispersion=s)),
            p,
            np.where(np.isnan(s), np.nan, mu / np.sqrt(1.0 + s * mu)),
        )

    def simulate(
        self,
        rng: np.random.Generator,
        mean: Mean,
        weights: Floats | None = None,
        trials: Floats | None = None,
        dispersion: Dispersion = 1.0,
    ) -> Floats:
        """Inverse Gaussian draws."""
        s = np.broadcast_to(spread(dispersion, weights), np.shape(mean.mu))
        known = s > 0
        return np.where(known, rng.wald(mean.mu, 1.0 / np.where(known, s, 1.0)), np.nan)

    def ml_dispersion(self, y: Floats, mean: Mean, weights: Floats, counts: Floats) -> float:
        """deviance / n."""
        return _mean_deviance(Cube().unit_deviance(y, mean), weights, counts)
