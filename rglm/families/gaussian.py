"""The normal distribution."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from rglm.families.distributions import Normal
from rglm.families.family import Family
from rglm.families.link import Mean
from rglm.families.links import Identity
from rglm.families.variances import Constant
from rglm.formula.values import Floats


@dataclass(frozen=True, init=False)
class Gaussian(Family):
    """Normal responses: V(mu) = 1, deviance = sum w (y - mu)².

    The log-likelihood is -[n log(2 pi s) + n - sum log w] / 2 with s = deviance / n, over the n rows of
    positive weight (R's `glm` counts rows of weight zero and gives -Inf; its `lm` does as here).

    Parameters
    ----------
    link : default identity

    Source: R's `gaussian`, `logLik.lm`.

    Example
    -------
    >>> from rglm.families import Gaussian
    >>> Gaussian().link.name
    'identity'
    """

    name = "gaussian"
    default_link = Identity()
    canonical = Identity()
    usual_links = ("inverse", "log", "identity")
    variance = Constant()
    distribution = Normal()
    counts_dispersion = True
    has_likelihood = True
    wording = "NA/NaN/Inf in 'y'"

    def likelihood_sums(
        self,
        y: Floats,
        mean: Mean,
        weights: Floats,
        trials: Floats | None = None,
        counts: Floats | None = None,
    ) -> Floats:
        """Rows of positive weight, and the sum of log weights over them."""
        used = weights > 0
        each = used.astype(np.float64) if counts is None else counts * used
        return np.array([each.sum(), each @ np.log(np.where(used, weights, 1.0))])

    def loglik_rows(
        self,
        y: Floats,
        mean: Mean,
        weights: Floats,
        trials: Floats | None = None,
        counts: Floats | None = None,
    ) -> Floats:
        """-[log(2 pi s / w) + w (y - mu)² / s] / 2 with s = deviance / n; 0 in rows of weight 0."""
        used = weights > 0
        squares = weights * self.unit_deviance(y, mean)
        each = used.astype(np.float64) if counts is None else counts * used
        s = float(each @ squares) / float(each.sum())
        with np.errstate(all="ignore"):
            logs = np.log(2.0 * math.pi * s / np.where(used, weights, 1.0))
            return np.where(used, -0.5 * (logs + squares / s), 0.0)

    def loglik(self, sums: Floats, deviance: float, dispersion: float | None = None) -> float:
        """-[n log(2 pi s) + deviance/s - sum log w] / 2; s = deviance/n unless given."""
        n, log_weights = float(sums[0]), float(sums[1])
        if n == 0:
            return math.nan
        s = deviance / n if dispersion is None else dispersion
        if s <= 0:
            return math.inf
        return -0.5 * (n * math.log(2.0 * math.pi * s) + deviance / s - log_weights)

    def scaled_deviance(self, deviance: Floats, nobs: float, dispersion: float, given: bool) -> Floats:
        """n log(deviance/n), each model with its own variance, unless the dispersion was given."""
        if given:
            return deviance / dispersion
        with np.errstate(divide="ignore"):
            return np.asarray(nobs * np.log(deviance / nobs))
