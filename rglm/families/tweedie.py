"""Power variances: from Poisson through compound Poisson-gamma to inverse Gaussian and beyond."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from rglm.errors import FamilyError
from rglm.families.distribution import Distribution
from rglm.families.distributions import GammaLaw, Normal, Wald
from rglm.families.family import Family
from rglm.families.link import Link, Mean
from rglm.families.links import power
from rglm.families.registry import LinkLike
from rglm.families.registry import link as resolve_link
from rglm.families.tweedie_distribution import CompoundPoisson, TweedieDensity
from rglm.families.variance import Variance
from rglm.families.variances import PowerVariance
from rglm.formula.values import Floats

NAMED: Mapping[float, Distribution] = {0.0: Normal(), 2.0: GammaLaw(), 3.0: Wald()}
"""Distributions by their power, where they have a name."""


@dataclass(frozen=True, init=False)
class Tweedie(Family):
    """Tweedie responses: V(mu) = mu^p; between 1 and 2 positive amounts with exact zeros.

    The log-likelihood is the true one, at the dispersion of largest likelihood given the means, which AIC
    counts (statmod gives NA); the power counts where `profile_power` chose it, and that is for you to add.
    A row of weight w has dispersion phi/w.  At power 1 and below 0 there is none.

    Parameters
    ----------
    var_power : p, any number but those strictly between 0 and 1, where no distribution exists
    link_power : q in eta = mu^q, 0 for log; default 1 - p (canonical), as statmod
    link : a link instead of `link_power`

    Raises
    ------
    FamilyError
        When var_power is missing or no such distribution exists.

    Source: statmod's `tweedie`; Jørgensen (1987), Exponential dispersion models; Dunn & Smyth (2005, 2008).

    Example
    -------
    >>> from rglm.families import Tweedie
    >>> Tweedie(1.5, link_power=0).link.name
    'log'
    """

    var_power: float
    variance: Variance = field(init=False, repr=False, compare=False)
    name = "Tweedie"
    usual_links = ("log", "identity", "inverse", "1/mu^2", "sqrt")
    adds_up = False

    def __init__(
        self,
        var_power: float | None = None,
        link_power: float | str | None = None,
        *,
        link: LinkLike | None = None,
    ) -> None:
        object.__setattr__(self, "var_power", _checked(var_power))
        object.__setattr__(self, "variance", PowerVariance(self.var_power))
        super().__init__(_chosen(link_power, link))

    @property
    def distribution(self) -> Distribution | None:
        """Normal at 0, compound Poisson-gamma between 1 and 2, gamma at 2, inverse Gaussian at 3."""
        named = NAMED.get(self.var_power)
        if named is not None:
            return named
        if self.var_power > 2:
            return TweedieDensity(self.var_power)
        return CompoundPoisson(self.var_power) if self.var_power > 1 else None

    @property
    def no_distribution_reason(self) -> str:
        """At power 1 responses lie on multiples of the dispersion; below 0 nothing is computed."""
        if self.var_power == 1:
            return (
                "at var_power=1 there is no density: responses are multiples of the dispersion, which is "
                "estimated; family='poisson' fixes it at 1"
            )
        return "the Tweedie density of a negative var_power is not computed"

    @property
    def has_likelihood(self) -> bool:
        """Whether the density is computed."""
        return self.distribution is not None

    @property
    def no_likelihood_reason(self) -> str | None:
        """As `no_distribution_reason`."""
        return None if self.has_likelihood else self.no_distribution_reason

    @property
    def counts_dispersion(self) -> bool:
        """Where there is a likelihood."""
        return self.has_likelihood

    def loglik_rows(
        self,
        y: Floats,
        mean: Mean,
        weights: Floats,
        trials: Floats | None = None,
        counts: Floats | None = None,
    ) -> Floats:
        """Log-density of each row at the dispersion of largest likelihood, (n,)."""
        law = self.distribution
        if law is None:
            return np.full(len(y), math.nan)
        repeats = np.ones(len(y)) if counts is None else counts
        phi = law.ml_dispersion(y, mean, weights, repeats)
        if not phi > 0:
            return np.full(len(y), math.inf)
        used = weights > 0
        found = law.log_density(y, mean, np.where(used, weights, 1.0), None, phi)
        return np.where(used, found, 0.0)

    @property
    def default_link(self) -> Link:
        """The canonical link."""
        return self.canonical

    @property
    def canonical(self) -> Link:
        """mu^(1 - p), or log at p = 1."""
        return power(1.0 - self.var_power)

    @property
    def wording(self) -> str:
        """Names the variance power, which decides the domain."""
        return f"values outside the domain of the 'Tweedie' family with var_power={self.var_power}"

    @property
    def remedy(self) -> str:
        """Zeros need a power between 1 and 2."""
        return "Exact zeros need 1 < var_power < 2; negative values need var_power <= 0."

    def __str__(self) -> str:
        return f"{super().__str__()}\nVariance function: {self.variance.name}"


def _chosen(link_power: float | str | None, link: LinkLike | None) -> LinkLike | None:
    if link_power is None:
        return link
    if link is not None:
        raise FamilyError("Give Tweedie either link_power= or link=, not both.")
    return resolve_link(link_power) if isinstance(link_power, str) else power(link_power)


def _checked(var_power: float | None) -> float:
    if var_power is None:
        raise FamilyError(
            "Tweedie needs var_power, the p in V(mu) = mu^p: between 1 and 2 for amounts with exact zeros, "
            "as in Tweedie(var_power=1.5, link_power=0)."
        )
    try:
        p = float(var_power)
    except (TypeError, ValueError):
        p = math.nan
    if not math.isfinite(p) or 0 < p < 1:
        raise FamilyError(
            f"var_power must be a finite number, 0 or less or 1 or more (no Tweedie distribution lies "
            f"between); got {var_power!r}. For another variance use Quasi(link, Variance.from_function(...))."
        )
    return p
