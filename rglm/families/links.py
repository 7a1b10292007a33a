"""The links that come with rglm: R's, and loglog.

R clips several of these (logit beyond |eta| = 30, cloglog, probit, log); these do not: each value is as
near to the true one as double precision allows, and zero or infinite only where the true value is.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from rglm.errors import FamilyError
from rglm.families.link import Link, Mean
from rglm.formula.values import Floats

POSITIVE = (0.0, math.inf)
UNIT = (0.0, 1.0)


@dataclass(frozen=True)
class Identity(Link):
    """eta = mu."""

    name = "identity"

    def link(self, mu: Floats, complement: Floats | None = None) -> Floats:
        """eta = mu."""
        return mu

    def evaluate(self, eta: Floats) -> Mean:
        """mu = eta, dmu = 1."""
        return Mean(eta, np.ones_like(eta))

    def second(self, eta: Floats) -> Floats:
        """0."""
        return np.zeros_like(eta)

    def valid(self, eta: Floats) -> bool:
        """Always."""
        return True


@dataclass(frozen=True)
class Log(Link):
    """eta = log(mu)."""

    name = "log"
    mu_range = POSITIVE
    exponentiates = "mean"

    def link(self, mu: Floats, complement: Floats | None = None) -> Floats:
        """eta = log(mu)."""
        return np.asarray(np.log(mu))

    def evaluate(self, eta: Floats) -> Mean:
        """mu = dmu = exp(eta)."""
        mu = np.exp(eta)
        return Mean(mu, mu)

    def second(self, eta: Floats) -> Floats:
        """exp(eta)."""
        return np.asarray(np.exp(eta))

    def valid(self, eta: Floats) -> bool:
        """Always."""
        return True


@dataclass(frozen=True)
class Inverse(Link):
    """eta = 1/mu."""

    name = "inverse"

    def link(self, mu: Floats, complement: Floats | None = None) -> Floats:
        """eta = 1/mu."""
        return 1.0 / mu

    def evaluate(self, eta: Floats) -> Mean:
        """mu = 1/eta, dmu = -1/eta²."""
        mu = 1.0 / eta
        return Mean(mu, -mu * mu)

    def second(self, eta: Floats) -> Floats:
        """2/eta³."""
        return 2.0 / eta**3

    def valid(self, eta: Floats) -> bool:
        """Everywhere but at 0."""
        return bool((eta != 0).all())


@dataclass(frozen=True)
class InverseSquare(Link):
    """eta = 1/mu²."""

    name = "1/mu^2"
    mu_range = POSITIVE
    eta_range = POSITIVE

    def link(self, mu: Floats, complement: Floats | None = None) -> Floats:
        """eta = 1/mu²."""
        return 1.0 / (mu * mu)

    def evaluate(self, eta: Floats) -> Mean:
        """mu = eta^(-1/2), dmu = -eta^(-3/2) / 2."""
        mu = 1.0 / np.sqrt(eta)
        return Mean(mu, -0.5 * mu / eta)

    def second(self, eta: Floats) -> Floats:
        """3/4 eta^(-5/2)."""
        return np.asarray(0.75 / (np.sqrt(eta) * eta * eta))

    def valid(self, eta: Floats) -> bool:
        """eta > 0."""
        return bool((eta > 0).all())


@dataclass(frozen=True)
class Sqrt(Link):
    """eta = sqrt(mu)."""

    name = "sqrt"
    mu_range = POSITIVE
    eta_range = POSITIVE

    def link(self, mu: Floats, complement: Floats | None = None) -> Floats:
        """eta = sqrt(mu)."""
        return np.asarray(np.sqrt(mu))

    def evaluate(self, eta: Floats) -> Mean:
        """mu = eta², dmu = 2 eta."""
        return Mean(eta * eta, eta + eta)

    def second(self, eta: Floats) -> Floats:
        """2."""
        return np.full_like(eta, 2.0)

    def valid(self, eta: Floats) -> bool:
        """eta > 0."""
        return bool((eta > 0).all())


@dataclass(frozen=True)
class Power(Link):
    """eta = mu^exponent, for any exponent but 0; prints as R's `power`: `mu^0.333`.

    A negative exponent is what it says (R's `power(-1)` is silently the log link).

    Raises
    ------
    FamilyError
        When the exponent is not a finite number, or is 0 (its limit is the log link).

    Source: R's `power`.

    Example
    -------
    >>> from rglm.families import Power
    >>> Power(1 / 3).name
    'mu^0.333'
    """

    exponent: float
    mu_range = POSITIVE
    eta_range = POSITIVE

    def __post_init__(self) -> None:
        try:
            exponent = float(self.exponent)
        except (TypeError, ValueError):
            exponent = math.nan
        if not math.isfinite(exponent) or exponent == 0.0:
            raise FamilyError(
                f"A power link needs an exponent that is a finite number other than 0; "
                f"got {self.exponent!r}. The limit at 0 is link='log'."
            )
        object.__setattr__(self, "exponent", exponent)

    @property
    def name(self) -> str:
        """`mu^` and the exponent to three decimals."""
        # display is imported on use: most fits never print a power
        from rglm.display.numbers import format_one, round_half_even

        return f"mu^{format_one(round_half_even(self.exponent, 3), digits=15)}"

    def link(self, mu: Floats, complement: Floats | None = None) -> Floats:
        """eta = mu^exponent."""
        return np.asarray(mu**self.exponent)

    def evaluate(self, eta: Floats) -> Mean:
        """mu = eta^(1/exponent), dmu = mu / (exponent eta)."""
        mu = eta ** (1.0 / self.exponent)
        return Mean(mu, mu / (self.exponent * eta))

    def second(self, eta: Floats) -> Floats:
        """k (k - 1) eta^(k - 2) with k = 1/exponent."""
        k = 1.0 / self.exponent
        return np.asarray(k * (k - 1.0) * eta ** (k - 2.0))

    def valid(self, eta: Floats) -> bool:
        """eta > 0."""
        return bool((eta > 0).all())


def power(exponent: float) -> Link:
    """The link mu^exponent: `Log()` at 0 and `Identity()` at 1, as R's `power`; else `Power(exponent)`."""
    if exponent == 0:
        return Log()
    return Identity() if exponent == 1 else Power(exponent)


@dataclass(frozen=True)
class Logit(Link):
    """eta = log(mu / (1 - mu))."""

    name = "logit"
    mu_range = UNIT
    exponentiates = "odds"

    def link(self, mu: Floats, complement: Floats | None = None) -> Floats:
        """eta = log(mu / (1 - mu))."""
        return np.asarray(np.log(mu / (1.0 - mu if complement is None else complement)))

    def evaluate(self, eta: Floats) -> Mean:
        """Both tails from exp(-|eta|), which never overflows."""
        tail = np.exp(-np.abs(eta))
        larger = 1.0 / (1.0 + tail)
        smaller = tail * larger
        upper = eta >= 0
        return Mean(np.where(upper, larger, smaller), smaller * larger, np.where(upper, smaller, larger))

    def second(self, eta: Floats) -> Floats:
        """mu (1 - mu) (1 - 2 mu), where 1 - 2 mu = -tanh(eta / 2)."""
        return np.asarray(self.evaluate(eta).dmu * np.tanh(-0.5 * eta))

    def valid(self, eta: Floats) -> bool:
        """Always."""
        return True


@dataclass(frozen=True)
class Probit(Link):
    """eta = the standard normal quantile of mu."""

    name = "probit"
    mu_range = UNIT

    def link(self, mu: Floats, complement: Floats | None = None) -> Floats:
        """The quantile, from whichever tail is the smaller."""
        from scipy.special import ndtri

        if complement is None:
            return np.asarray(ndtri(mu))
        return np.where(mu < 0.5, ndtri(mu), -ndtri(complement))

    def evaluate(self, eta: Floats) -> Mean:
        """Both tails of the normal distribution, and its density."""
        from scipy.special import ndtr

        return Mean(ndtr(eta), _normal_density(eta), ndtr(-eta))

    def second(self, eta: Floats) -> Floats:
        """-eta phi(eta)."""
        return -eta * _normal_density(eta)

    def valid(self, eta: Floats) -> bool:
        """Always."""
        return True


def _normal_density(eta: Floats) -> Floats:
    return np.asarray(np.exp(-0.5 * eta * eta) * (1.0 / math.sqrt(2.0 * math.pi)))


@dataclass(frozen=True)
class Cauchit(Link):
    """eta = the standard Cauchy quantile of mu."""

    name = "cauchit"
    mu_range = UNIT

    def link(self, mu: Floats, complement: Floats | None = None) -> Floats:
        """-cot(pi mu), from whichever tail is the smaller."""
        other = 1.0 - mu if complement is None else complement
        return np.where(mu < other, -1.0, 1.0) / np.tan(math.pi * np.minimum(mu, other))

    def evaluate(self, eta: Floats) -> Mean:
        """atan2(1, -eta) / pi is the lower tail, exact however far out."""
        return Mean(
            np.arctan2(1.0, -eta) * (1.0 / math.pi),
            (1.0 / math.pi) / (1.0 + eta * eta),
            np.arctan2(1.0, eta) * (1.0 / math.pi),
        )

    def second(self, eta: Floats) -> Floats:
        """-2 eta / (pi (1 + eta²)²)."""
        return np.asarray((-2.0 / math.pi) * eta / (1.0 + eta * eta) ** 2)

    def valid(self, eta: Floats) -> bool:
        """Always."""
        return True


@dataclass(frozen=True)
class CLogLog(Link):
    """eta = log(-log(1 - mu))."""

    name = "cloglog"
    mu_range = UNIT
    exponentiates = "hazard"

    def link(self, mu: Floats, complement: Floats | None = None) -> Floats:
        """log(-log(1 - mu)), from whichever tail is the smaller."""
        return np.asarray(np.log(_minus_log(complement, mu)))

    def evaluate(self, eta: Floats) -> Mean:
        """1 - mu = exp(-exp(eta))."""
        rate = np.exp(eta)
        # eta - rate, not rate * exp(-rate): the product is inf * 0 far out
        return Mean(-np.expm1(-rate), np.exp(eta - rate), np.exp(-rate))

    def second(self, eta: Floats) -> Floats:
        """(1 - exp(eta)) exp(eta - exp(eta))."""
        rate = np.exp(eta)
        return np.asarray(np.exp(eta - rate) - np.exp(2.0 * eta - rate))

    def valid(self, eta: Floats) -> bool:
        """Always."""
        return True


@dataclass(frozen=True)
class LogLog(Link):
    """eta = -log(-log(mu)): the mirror image of cloglog."""

    name = "loglog"
    mu_range = UNIT

    def link(self, mu: Floats, complement: Floats | None = None) -> Floats:
        """-log(-log(mu)), from whichever tail is the smaller."""
        return np.asarray(-np.log(_minus_log(mu, complement)))

    def evaluate(self, eta: Floats) -> Mean:
        """mu = exp(-exp(-eta))."""
        rate = np.exp(-eta)
        return Mean(np.exp(-rate), np.exp(-eta - rate), -np.expm1(-rate))

    def second(self, eta: Floats) -> Floats:
        """(exp(-eta) - 1) exp(-eta - exp(-eta))."""
        rate = np.exp(-eta)
        return np.asarray(np.exp(-2.0 * eta - rate) - np.exp(-eta - rate))

    def valid(self, eta: Floats) -> bool:
        """Always."""
        return True


def _minus_log(probability: Floats | None, other: Floats | None) -> Floats:
    """-log(probability), where `other` = 1 - probability is exact when small; either may be unknown."""
    if probability is None:
        assert other is not None
        return np.asarray(-np.log1p(-other))
    if other is None:
        return np.asarray(-np.log(probability))
    return np.where(other < 0.5, -np.log1p(-other), -np.log(probability))


BUILT_IN: tuple[Link, ...] = (
    Identity(), Log(), Logit(), Probit(), Cauchit(), CLogLog(), LogLog(), Inverse(), InverseSquare(), Sqrt()
)  # fmt: skip
"""Every link without a parameter."""
