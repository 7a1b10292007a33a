"""The distributions of counts: Poisson, negative binomial, binomial; by scipy.special (imported on use)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rglm.families.distribution import Dispersion, Distribution, whole_quantile
from rglm.families.link import Mean
from rglm.families.stirling import saturated_binomial, saturated_negative_binomial, saturated_poisson
from rglm.families.variances import BinomialVariance, NegativeBinomialVariance, Proportional, complement
from rglm.formula.values import Floats


@dataclass(frozen=True)
class Counts(Distribution):
    """Counts 0, 1, 2, …; a prior weight says nothing about the distribution of one of them."""

    weighted = False

    def below(self, k: Floats, mu: Floats) -> Floats:
        """P(Y <= k) for whole k >= 0."""
        raise NotImplementedError

    def lattice(self, sizes: Floats) -> Floats | None:
        """1."""
        return np.ones_like(sizes)

    def variance(self, mu: Floats) -> Floats:
        """The variance at a mean."""
        raise NotImplementedError

    def draw(self, rng: np.random.Generator, mu: Floats) -> Floats:
        """Counts at their means."""
        raise NotImplementedError

    def cdf(
        self,
        y: Floats,
        mean: Mean,
        weights: Floats | None = None,
        trials: Floats | None = None,
        dispersion: Dispersion = 1.0,
    ) -> Floats:
        """P(Y <= y); fractions count as the whole number below them."""
        k = np.floor(np.asarray(y, dtype=float) + 1e-7)
        return np.where(k < 0, 0.0, self.below(np.maximum(k, 0.0), mean.mu))

    def quantile(
        self,
        p: Floats,
        mean: Mean,
        weights: Floats | None = None,
        trials: Floats | None = None,
        dispersion: Dispersion = 1.0,
    ) -> Floats:
        """The smallest count k with P(Y <= k) >= p."""
        p, mu = np.broadcast_arrays(p, mean.mu)
        return whole_quantile(lambda k: self.below(k, mu), p, mu, np.sqrt(self.variance(mu)))

    def simulate(
        self,
        rng: np.random.Generator,
        mean: Mean,
        weights: Floats | None = None,
        trials: Floats | None = None,
        dispersion: Dispersion = 1.0,
    ) -> Floats:
        """Counts at their means."""
        return np.asarray(self.draw(rng, mean.mu), dtype=float)


@dataclass(frozen=True)
class PoissonCounts(Counts):
    """Poisson."""

    def log_density(
        self,
        y: Floats,
        mean: Mean,
        weights: Floats | None = None,
        trials: Floats | None = None,
        dispersion: Dispersion = 1.0,
    ) -> Floats:
        """y log mu - mu - log y!."""
        y = np.asarray(y, dtype=float)
        return np.asarray(saturated_poisson(y) - 0.5 * Proportional().unit_deviance(y, mean))

    def below(self, k: Floats, mu: Floats) -> Floats:
        """The upper incomplete gamma function."""
        from scipy.special import gammaincc

        return np.asarray(gammaincc(k + 1.0, mu))

    def variance(self, mu: Floats) -> Floats:
        """mu."""
        return mu

    def draw(self, rng: np.random.Generator, mu: Floats) -> Floats:
        """Poisson counts."""
        return rng.poisson(mu).astype(float)


@dataclass(frozen=True)
class NegativeBinomialCounts(Counts):
    """Negative binomial of shape theta: Poisson with gamma means."""

    theta: float

    def log_density(
        self,
        y: Floats,
        mean: Mean,
        weights: Floats | None = None,
        trials: Floats | None = None,
        dispersion: Dispersion = 1.0,
    ) -> Floats:
        """log of the probability of y."""
        y = np.asarray(y, dtype=float)
        deviance = NegativeBinomialVariance(self.theta).unit_deviance(y, mean)
        return np.asarray(saturated_negative_binomial(y, self.theta) - 0.5 * deviance)

    def below(self, k: Floats, mu: Floats) -> Floats:
        """The upper incomplete beta function."""
        from scipy.special import betaincc

        return np.asarray(betaincc(k + 1.0, self.theta, mu / (self.theta + mu)))

    def variance(self, mu: Floats) -> Floats:
        """mu + mu²/theta."""
        return np.asarray(mu + mu * mu / self.theta)

    def draw(self, rng: np.random.Generator, mu: Floats) -> Floats:
        """Poisson counts with gamma means."""
        return rng.poisson(rng.gamma(self.theta, mu / self.theta)).astype(float)


@dataclass(frozen=True)
class BinomialShares(Distribution):
    """Shares of successes among trials; where no trials are given the weights are taken for them."""

    def log_density(
        self,
        y: Floats,
        mean: Mean,
        weights: Floats | None = None,
        trials: Floats | None = None,
        dispersion: Dispersion = 1.0,
    ) -> Floats:
        """log P(m y successes in m trials), both rounded to whole numbers."""
        y, m = np.broadcast_arrays(np.asarray(y, dtype=float), _sizes(weights, trials))
        k = np.rint(m * y)
        share = k / np.where(m > 0, m, 1.0)
        return np.asarray(saturated_binomial(k, m) - 0.5 * m * BinomialVariance().unit_deviance(share, mean))

    def cdf(
        self,
        y: Floats,
        mean: Mean,
        weights: Floats | None = None,
        trials: Floats | None = None,
        dispersion: Dispersion = 1.0,
    ) -> Floats:
        """P(m Y <= m y)."""
        m = _sizes(weights, trials)
        k = np.floor(m * np.asarray(y, dtype=float) * (1.0 + 1e-12) + 1e-7)
        return np.where(k < 0, 0.0, _below(np.maximum(k, 0.0), m, mean))

    def quantile(
        self,
        p: Floats,
        mean: Mean,
        weights: Floats | None = None,
        trials: Floats | None = None,
        dispersion: Dispersion = 1.0,
    ) -> Floats:
        """The smallest share k/m with P(m Y <= k) >= p; NaN without trials."""
        p, m, mu = np.broadcast_arrays(p, _sizes(weights, trials), mean.mu)
        sd = np.sqrt(m * BinomialVariance()(mean))
        k = whole_quantile(lambda k: _below(k, m, mean), p, m * mu, sd, m)
        return np.where(m > 0, k / np.where(m > 0, m, 1.0), np.nan)

    def simulate(
        self,
        rng: np.random.Generator,
        mean: Mean,
        weights: Floats | None = None,
        trials: Floats | None = None,
        dispersion: Dispersion = 1.0,
    ) -> Floats:
        """Shares of binomial counts; NaN without trials."""
        m = np.broadcast_to(_sizes(weights, trials), np.shape(mean.mu))
        k = rng.binomial(m.astype(np.int64), mean.mu)
        return np.where(m > 0, k / np.where(m > 0, m, 1.0), np.nan)

    def lattice(self, sizes: Floats) -> Floats | None:
        """The trials."""
        return np.asarray(np.rint(sizes))


def _sizes(weights: Floats | None, trials: Floats | None) -> Floats:
    """Trials of each row as whole numbers."""
    sizes = weights if trials is None else trials
    return np.asarray(1.0 if sizes is None else np.rint(sizes))


def _below(k: Floats, m: Floats, mean: Mean) -> Floats:
    """P(at most k successes in m trials), by whichever of mu and 1 - mu has its digits."""
    from scipy.special import betainc, betaincc

    inside, other = k < m, complement(mean)
    failures = np.where(inside, m - k, 1.0)
    found = np.where(mean.mu < 0.5, betaincc(k + 1.0, failures, mean.mu), betainc(failures, k + 1.0, other))
    return np.where(inside, found, 1.0)
