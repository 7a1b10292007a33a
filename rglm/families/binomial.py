"""Successes among trials."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rglm.families.accept import Accepted, binomial_response
from rglm.families.count_distributions import BinomialShares
from rglm.families.family import Family
from rglm.families.link import Mean
from rglm.families.links import Logit
from rglm.families.stirling import saturated_binomial
from rglm.families.variances import BinomialVariance
from rglm.formula.values import Floats, Response

LINKS = ("logit", "probit", "cloglog", "cauchit", "log")


@dataclass(frozen=True, init=False)
class Binomial(Family):
    """Binomial proportions: V(mu) = mu (1 - mu), weighted by trials.

    Deviance = 2 sum w [y log(y/mu) + (1 - y) log((1 - y)/(1 - mu))].  The response is 0/1, booleans, levels
    (the first is failure, or all but `success=`), proportions with weights as trials, or
    cbind(successes, failures).

    Parameters
    ----------
    link : default logit

    Source: R's `binomial`.

    Example
    -------
    >>> from rglm.families import Binomial
    >>> Binomial("probit").link.name
    'probit'
    """

    name = "binomial"
    default_link = Logit()
    canonical = Logit()
    usual_links = LINKS
    variance = BinomialVariance()
    distribution = BinomialShares()
    dispersion_known = True
    discrete = True
    mean_ratio = "RR"
    mean_name = "prob"
    has_likelihood = True
    wording = "y values must be 0 <= y <= 1"

    def accept(self, response: Response, weights: Floats | None = None) -> Accepted:
        """0/1, booleans, levels, proportions or cbind(successes, failures)."""
        return binomial_response(response, weights, self.name, warn=True)

    def first_means(self, y: Floats, weights: Floats, trials: Floats | None) -> Floats:
        """(n y + 1/2) / (n + 1), n the trials or the weights."""
        return shrunk(y, weights, trials)

    def likelihood_sums(
        self,
        y: Floats,
        mean: Mean,
        weights: Floats,
        trials: Floats | None = None,
        counts: Floats | None = None,
    ) -> Floats:
        """Saturated sums with trials, then with weights, as binomial sizes; rows of trials > 1.

        R takes the trials as sizes if any of them exceeds 1, else the weights: which of the two it is can
        only be said after all blocks.
        """
        by_weights = self._sized(y, mean, weights, weights, counts)
        if trials is None:
            return np.array([by_weights, by_weights, 0.0])
        several = float(np.count_nonzero(trials > 1))
        return np.array([self._sized(y, mean, weights, trials, counts), by_weights, several])

    def loglik(self, sums: Floats, deviance: float, dispersion: float | None = None) -> float:
        """sum w/m log P(m y successes in m trials), both rounded to whole numbers as R does."""
        return float(sums[0] if sums[2] > 0 else sums[1]) - 0.5 * deviance

    def loglik_rows(
        self,
        y: Floats,
        mean: Mean,
        weights: Floats,
        trials: Floats | None = None,
        counts: Floats | None = None,
    ) -> Floats:
        """w/m log P(m y successes in m trials), with m as in `loglik`."""
        sizes = trials if trials is not None and (trials > 1).any() else weights
        with np.errstate(all="ignore"):
            beyond = self._beyond(y, mean, weights, sizes)
            return np.where(weights > 0, beyond - 0.5 * weights * self.unit_deviance(y, mean), 0.0)

    def _sized(self, y: Floats, mean: Mean, weights: Floats, sizes: Floats, counts: Floats | None) -> float:
        """Sum of w/m log P(m y in m) + w d/2: what the log-likelihood has beyond half the deviance."""
        if (sizes == 1).all() and ((y == 0) | (y == 1)).all():
            return 0.0
        beyond = self._beyond(y, mean, weights, sizes)
        return float(beyond.sum() if counts is None else beyond @ counts)

    def _beyond(self, y: Floats, mean: Mean, weights: Floats, sizes: Floats) -> Floats:
        """w/m log P(m y in m) + w d/2 of each row."""
        m, k = np.rint(sizes), np.rint(sizes * y)
        share = np.where(sizes > 0, weights / np.where(sizes > 0, sizes, 1.0), 0.0)
        beyond = share * saturated_binomial(k, m)
        rounded = np.abs(k - sizes * y) + np.abs(m - sizes) > 1e-9 * (1.0 + sizes)
        if rounded.any():
            exact = weights * self.unit_deviance(y, mean)
            used = m * self.unit_deviance(k / np.where(m > 0, m, 1.0), mean)
            beyond = np.where(rounded, beyond + 0.5 * (exact - share * used), beyond)
        return beyond


@dataclass(frozen=True, init=False)
class QuasiBinomial(Family):
    """Variance dispersion * mu (1 - mu): binomial's estimates with an estimated dispersion, no likelihood.

    Parameters
    ----------
    link : default logit

    Source: R's `quasibinomial`.

    Example
    -------
    >>> from rglm.families import QuasiBinomial
    >>> QuasiBinomial().has_likelihood
    False
    """

    name = "quasibinomial"
    default_link = Logit()
    canonical = Logit()
    usual_links = LINKS
    variance = BinomialVariance()
    mean_ratio = "RR"
    mean_name = "prob"
    no_likelihood_reason = "a quasi-likelihood family has no likelihood"
    wording = Binomial.wording

    def accept(self, response: Response, weights: Floats | None = None) -> Accepted:
        """As binomial; counts need not be whole numbers."""
        return binomial_response(response, weights, self.name, warn=False)

    def first_means(self, y: Floats, weights: Floats, trials: Floats | None) -> Floats:
        """(n y + 1/2) / (n + 1), n the trials or the weights."""
        return shrunk(y, weights, trials)


def shrunk(y: Floats, weights: Floats, trials: Floats | None) -> Floats:
    """(n y + 1/2) / (n + 1): proportions moved off 0 and 1, (n,)."""
    sizes = weights if trials is None else trials
    return np.asarray((sizes * y + 0.5) / (sizes + 1.0))
