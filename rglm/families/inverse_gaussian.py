"""The inverse Gaussian distribution."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from rglm.families.distributions import Wald
from rglm.families.family import Family, mean_deviance
from rglm.families.link import Mean
from rglm.families.links import InverseSquare
from rglm.families.variances import Cube
from rglm.formula.values import Floats


@dataclass(frozen=True, init=False)
class InverseGaussian(Family):
    """Inverse Gaussian responses: V(mu) = mu³, deviance = sum w (y - mu)² / (y mu²).

    The log-likelihood takes the dispersion as deviance / sum(w), as R does.

    Parameters
    ----------
    link : default 1/mu^2

    Source: R's `inverse.gaussian`.

    Example
    -------
    >>> from rglm.families import InverseGaussian
    >>> InverseGaussian().link.name
    '1/mu^2'
    """

    name = "inverse.gaussian"
    default_link = InverseSquare()
    canonical = InverseSquare()
    usual_links = ("inverse", "log", "identity", "1/mu^2")
    variance = Cube()
    distribution = Wald()
    counts_dispersion = True
    has_likelihood = True
    wording = "positive values only are allowed for the 'inverse.gaussian' family"
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
        """-[w log(2 pi s y³) + w d / s] / 2 with s = deviance / sum w; 0 in rows of weight 0."""
        deviances = weights * self.unit_deviance(y, mean)
        s = mean_deviance(deviances, weights, counts)
        with np.errstate(all="ignore"):
            return np.asarray(-0.5 * (weights * np.log(2.0 * math.pi * s * y**3) + deviances / s))

    def loglik(self, sums: Floats, deviance: float, dispersion: float | None = None) -> float:
        """-[W log(2 pi s) + 3 sum w log y + deviance/s] / 2, W = sum w; s = deviance / W unless given."""
        total, logs = float(sums[0]), float(sums[1])
        s = deviance / total if dispersion is None else dispersion
        if s <= 0:
            return math.inf
        return -0.5 * (total * math.log(2.0 * math.pi * s) + 3.0 * logs + deviance / s)
