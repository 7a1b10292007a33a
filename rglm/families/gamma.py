"""The gamma distribution."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from rglm.families.distributions import GammaLaw
from rglm.families.domain import POSITIVE
from rglm.families.family import Family, mean_deviance
from rglm.families.link import Mean
from rglm.families.links import Inverse
from rglm.families.stirling import gamma_constant
from rglm.families.variances import Square
from rglm.formula.values import Floats


@dataclass(frozen=True, init=False)
class Gamma(Family):
    """Gamma responses: V(mu) = mu², deviance = 2 sum w [(y - mu)/mu - log(y/mu)].

    The log-likelihood takes the dispersion as deviance / sum(w), as R does.

    Parameters
    ----------
    link : default inverse

    Source: R's `Gamma`.

    Example
    -------
    >>> from rglm.families import Gamma
    >>> Gamma().link.name
    'inverse'
    """

    name = "Gamma"
    default_link = Inverse()
    canonical = Inverse()
    usual_links = ("inverse", "log", "identity")
    variance = Square()
    distribution = GammaLaw()
    draws_at_ml = True
    domain = POSITIVE
    counts_dispersion = True
    has_likelihood = True
    wording = "non-positive values not allowed for the 'Gamma' family"
    remedy = "Model the positive rows (subset=), or use Tweedie(var_power=1.5), which allows exact zeros."

    def likelihood_sums(
        self,
        y: Floats,
        mean: Mean,
        weights: Floats,
        trials: Floats | None = None,
        counts: Floats | None = None,
    ) -> Floats:
        """Sum of weights, and of weights times log y."""
        each = weights if counts is None else weights * counts
        return np.array([each.sum(), each @ np.log(y)])

    def loglik_rows(
        self,
        y: Floats,
        mean: Mean,
        weights: Floats,
        trials: Floats | None = None,
        counts: Floats | None = None,
    ) -> Floats:
        """w log f(y; mu, s) with shape 1/s, s = deviance / sum w; 0 in rows of weight 0."""
        deviances = weights * self.unit_deviance(y, mean)
        s = mean_deviance(deviances, weights, counts)
        with np.errstate(all="ignore"):
            return np.asarray(weights * (gamma_constant(1.0 / s) - np.log(y)) - 0.5 * deviances / s)

    def loglik(self, sums: Floats, deviance: float, dispersion: float | None = None) -> float:
        """sum w log f(y; mu, s) with shape 1/s; s = deviance / sum w unless given."""
        total, logs = float(sums[0]), float(sums[1])
        s = deviance / total if dispersion is None else dispersion
        if s <= 0:
            return math.inf
        return total * gamma_constant(1.0 / s) - logs - 0.5 * deviance / s
