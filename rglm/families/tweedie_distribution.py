"""The Tweedie distributions that are not named after anybody else."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from rglm.errors import FamilyError
from rglm.families.distribution import Dispersion, Distribution, positive_quantile, spread
from rglm.families.link import Mean
from rglm.families.stirling import saturated_poisson
from rglm.families.tweedie_density import ELEMENTS, SMOOTH, log_height, terms_of_sum
from rglm.families.variances import PowerVariance, Proportional
from rglm.formula.values import Floats

MOST_STEPS = 100


@dataclass(frozen=True)
class TweedieDensity(Distribution):
    """Tweedie of a power above 2: positive responses with heavy tails; its density alone is computed."""

    power: float

    def log_density(
        self,
        y: Floats,
        mean: Mean,
        weights: Floats | None = None,
        trials: Floats | None = None,
        dispersion: Dispersion = 1.0,
    ) -> Floats:
        """log h(y^(2 - p)/s) - log y - d/(2 s) with s = dispersion / weight; -d/(2 s) at 0."""
        s = spread(dispersion, weights)
        y, half, s = np.broadcast_arrays(y, 0.5 * PowerVariance(self.power).unit_deviance(y, mean) / s, s)
        out = -half
        positive = y > 0
        found = log_height(y[positive] ** (2.0 - self.power) / s[positive], self.power)
        out[positive] += found.value - np.log(y[positive])
        return out

    def ml_dispersion(self, y: Floats, mean: Mean, weights: Floats, counts: Floats) -> float:
        """The root of the score for log phi, by Newton's steps inside a bracket."""
        used = weights > 0
        y, w, c = y[used], weights[used], counts[used]
        halves = 0.5 * w * PowerVariance(self.power).unit_deviance(y, Mean(mean.mu[used], mean.mu[used]))
        total = float(c @ halves)
        if total <= 0:
            return 0.0
        positive = y > 0
        base, repeats = w[positive] * y[positive] ** (2.0 - self.power), c[positive]
        x = math.log(2.0 * total / float(c.sum()))
        low, high = -math.inf, math.inf
        for _ in range(MOST_STEPS):
            phi = math.exp(x)
            found = log_height(base / phi, self.power)
            score = total / phi - float(repeats @ found.slope)
            bend = float(repeats @ found.bend) - total / phi
            low, high = (x, high) if score > 0 else (low, x)
            proposal = x - max(-2.0, min(2.0, score / bend)) if bend < 0 else math.nan
            if not low < proposal < high:
                proposal = x + math.copysign(1.0, score) if math.isinf(high - low) else (low + high) / 2.0
            if abs(proposal - x) <= 1e-12 * max(1.0, abs(x)):
                break
            x = proposal
        return math.exp(x)

    def cdf(
        self,
        y: Floats,
        mean: Mean,
        weights: Floats | None = None,
        trials: Floats | None = None,
        dispersion: Dispersion = 1.0,
    ) -> Floats:
        """Not computed."""
        raise self._refusal("distribution function is")

    def quantile(
        self,
        p: Floats,
        mean: Mean,
        weights: Floats | None = None,
        trials: Floats | None = None,
        dispersion: Dispersion = 1.0,
    ) -> Floats:
        """Not computed."""
        raise self._refusal("quantiles are")

    def simulate(
        self,
        rng: np.random.Generator,
        mean: Mean,
        weights: Floats | None = None,
        trials: Floats | None = None,
        dispersion: Dispersion = 1.0,
    ) -> Floats:
        """Not computed."""
        raise self._refusal("draws are")

    def _refusal(self, what: str) -> FamilyError:
        return FamilyError(
            f"The Tweedie {what} not computed for var_power={self.power}, only the density; they are for 0, "
            "1 < var_power <= 2, and 3 (inverse.gaussian)."
        )


@dataclass(frozen=True)
class CompoundPoisson(TweedieDensity):
    """Tweedie of a power between 1 and 2: the total of a Poisson number of gamma amounts.

    Where the number is 0 the response is exactly 0.  With s = dispersion / weight the number has mean
    mu^(2 - p) / (s (2 - p)), and an amount has shape (2 - p)/(p - 1) and scale s (p - 1) mu^(p - 1).
    """

    def parts(
        self, mu: Floats, weights: Floats | None, dispersion: Dispersion
    ) -> tuple[Floats, float, Floats]:
        """Mean number of amounts, their shape and their scale."""
        p, s = self.power, spread(dispersion, weights)
        return mu ** (2.0 - p) / (s * (2.0 - p)), (2.0 - p) / (p - 1.0), s * (p - 1.0) * mu ** (p - 1.0)

    def cdf(
        self,
        y: Floats,
        mean: Mean,
        weights: Floats | None = None,
        trials: Floats | None = None,
        dispersion: Dispersion = 1.0,
    ) -> Floats:
        """exp(-m) + sum over N of P(N amounts) P(their total <= y)."""
        m, a, size = self.parts(mean.mu, weights, dispersion)
        y, m, size = np.broadcast_arrays(np.asarray(y, dtype=float), m, size)
        out = np.where(y >= 0, np.exp(-m), 0.0)
        positive = (y > 0) & np.isfinite(m)
        out[positive] += _totals(y[positive] / size[positive], m[positive], a)
        out[np.isnan(m)] = np.nan
        return np.minimum(out, 1.0)

    def quantile(
        self,
        p: Floats,
        mean: Mean,
        weights: Floats | None = None,
        trials: Floats | None = None,
        dispersion: Dispersion = 1.0,
    ) -> Floats:
        """0 up to P(Y = 0), and the root of the distribution function beyond."""
        p, mu, s = np.broadcast_arrays(p, mean.mu, spread(dispersion, weights))
        zero = np.exp(-self.parts(mu, None, s)[0])
        found = np.where(p <= zero, 0.0, np.nan)
        rest = p > zero
        if rest.any():
            at, s = Mean(mu[rest], mu[rest]), s[rest]
            found[rest] = positive_quantile(
                lambda y: self.cdf(y, at, dispersion=s),
                lambda y: np.exp(self.log_density(y, at, dispersion=s)),
                p[rest],
                at.mu,
            )
        return found

    def simulate(
        self,
        rng: np.random.Generator,
        mean: Mean,
        weights: Floats | None = None,
        trials: Floats | None = None,
        dispersion: Dispersion = 1.0,
    ) -> Floats:
        """Totals of Poisson numbers of gamma amounts."""
        m, a, size = np.broadcast_arrays(*self.parts(mean.mu, weights, dispersion))
        number = rng.poisson(np.where(np.isnan(m), 0.0, m))
        total = size * rng.gamma(np.where(number > 0, a * number, 1.0))
        return np.where(np.isnan(m), np.nan, np.where(number > 0, total, 0.0))


def _totals(t: Floats, m: Floats, a: float) -> Floats:
    """Sum over N >= 1 of the Poisson probability of N at mean m times P(gamma of shape a N <= t), (n,)."""
    from scipy.special import gammainc

    wide = np.sqrt(m / max(1.0, a))
    step = np.where(wide > SMOOTH, np.floor(wide / 2.5), 1.0)
    first, count = terms_of_sum(m, 0.0, step)
    out, order, start = np.empty(len(m)), np.argsort(count), 0
    while start < len(order):
        rows = order[start : start + max(1, int(ELEMENTS // count[order[-1]]))]
        terms = first[rows, None] + step[rows, None] * np.arange(int(count[rows].max()))
        here = m[rows, None]
        logs = saturated_poisson(terms) - 0.5 * Proportional().unit_deviance(terms, Mean(here, here))
        out[rows] = step[rows] * (np.exp(logs) * gammainc(a * terms, t[rows, None])).sum(axis=1)
        start += len(rows)
    return out
