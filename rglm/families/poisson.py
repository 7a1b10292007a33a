"""Counts whose variance is (a multiple of) their mean."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rglm.errors import warn
from rglm.families.accept import Accepted, offenders
from rglm.families.count_distributions import PoissonCounts
from rglm.families.family import Family
from rglm.families.links import Log
from rglm.families.stirling import saturated_poisson
from rglm.families.variances import Proportional
from rglm.formula.values import Floats, Response


@dataclass(frozen=True, init=False)
class Poisson(Family):
    """Poisson counts: V(mu) = mu, deviance = 2 sum w [y log(y/mu) - (y - mu)].

    Responses that are not whole numbers are fitted with a warning, and have log-likelihood -Inf, as in R.

    Parameters
    ----------
    link : default log

    Source: R's `poisson`.

    Example
    -------
    >>> from rglm.families import Poisson
    >>> Poisson(link="sqrt").link.name
    'sqrt'
    """

    name = "poisson"
    default_link = Log()
    canonical = Log()
    usual_links = ("log", "identity", "sqrt")
    variance = Proportional()
    distribution = PoissonCounts()
    dispersion_known = True
    discrete = True
    mean_ratio = "IRR"
    mean_name = "rate"
    has_likelihood = True
    wording = "negative values not allowed for the 'Poisson' family"
    remedy = "Counts cannot be negative: correct those rows or leave them out with subset=."

    def accept(self, response: Response, weights: Floats | None = None) -> Accepted:
        """Non-negative numbers; those that are not whole get one warning."""
        accepted = super().accept(response, weights)
        wrong = fractional(accepted.y) & (accepted.weights > 0)
        if wrong.any():
            warn(
                f"non-integer counts for the 'poisson' family: '{response.name}' is not a whole number in "
                f"{offenders(response, wrong, accepted.y)}. The estimates stand, but the likelihood is not "
                "defined and AIC is Inf. Give counts with exposure= for rates, or use family='quasipoisson'."
            )
        return accepted

    def first_means(self, y: Floats, weights: Floats, trials: Floats | None) -> Floats:
        """y + 0.1."""
        return y + 0.1

    def saturated(self, y: Floats) -> Floats:
        """log of the Poisson probability of y at mean y; -inf where y is not a whole number."""
        wrong = fractional(y)
        return np.where(wrong, -np.inf, saturated_poisson(y)) if wrong.any() else saturated_poisson(y)


@dataclass(frozen=True, init=False)
class QuasiPoisson(Family):
    """Variance dispersion * mu: Poisson's estimates with an estimated dispersion and no likelihood.

    Parameters
    ----------
    link : default log

    Source: R's `quasipoisson`.

    Example
    -------
    >>> from rglm.families import QuasiPoisson
    >>> QuasiPoisson().dispersion_known
    False
    """

    name = "quasipoisson"
    default_link = Log()
    canonical = Log()
    usual_links = ("log", "identity", "sqrt")
    variance = Proportional()
    mean_ratio = "IRR"
    mean_name = "rate"
    no_likelihood_reason = "a quasi-likelihood family has no likelihood"
    wording = "negative values not allowed for the 'quasiPoisson' family"
    remedy = Poisson.remedy

    def first_means(self, y: Floats, weights: Floats, trials: Floats | None) -> Floats:
        """y + 0.1."""
        return y + 0.1


def fractional(y: Floats) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Which counts are not whole numbers to R's tolerance, 1e-7 relative."""
    return np.asarray(np.abs(y - np.rint(y)) > 1e-7 * np.maximum(1.0, np.abs(y)))
