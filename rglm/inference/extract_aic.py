"""The criterion that `drop1`, `add1` and `step` compare: R's `extractAIC`."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from rglm.families.family import Family
from rglm.formula.values import Floats
from rglm.inference.checks import check_penalty
from rglm.inference.fitted import Fitted


class ExtractedAIC(NamedTuple):
    """Effective parameters (the rank) and the criterion."""

    edf: float
    aic: float


def extract_aic(fit: Fitted, k: float = 2.0) -> ExtractedAIC:
    """The AIC that stepwise selection compares, of a generalized linear model.

    -2 loglik + k rank, and 2 more where the likelihood counts the dispersion: equal to `AIC` for k = 2,
    except that a theta estimated by `glm_nb` is not counted.

    Parameters
    ----------
    fit : a fitted model
    k : penalty for each coefficient; log(n) gives BIC, up to what the dispersion counts

    Returns
    -------
    ExtractedAIC: `.edf`, `.aic` (NaN where the family has no likelihood)

    Raises
    ------
    FitError
        When `k` is not a number.

    Source: R `extractAIC.glm`.

    Examples
    --------
    >>> from rglm import datasets, glm
    >>> fit = glm("breaks ~ wool", data=datasets.load("warpbreaks"), family="poisson")
    >>> fit.extract_aic().edf
    2.0
    """
    check_penalty(k)
    rank = float(fit.R.shape[0])
    return ExtractedAIC(rank, glm_criterion(fit.family, float(fit.loglik), rank, k))


def extract_aic_lm(fit: Fitted, k: float = 2.0) -> ExtractedAIC:
    """The AIC that stepwise selection compares, of a linear model.

    n log(RSS/n) + k rank: `AIC` less a constant that models of the same rows share.

    Parameters
    ----------
    fit : a fitted linear model
    k : penalty for each coefficient; log(n) gives BIC, up to a constant

    Returns
    -------
    ExtractedAIC: `.edf`, `.aic`

    Raises
    ------
    FitError
        When `k` is not a number.

    Source: R `extractAIC.lm`.

    Examples
    --------
    >>> from rglm import datasets, lm
    >>> f"{lm('dist ~ speed', data=datasets.load('cars')).extract_aic().aic:.4f}"
    '275.2630'
    """
    check_penalty(k)
    rank = float(fit.R.shape[0])
    return ExtractedAIC(rank, lm_criterion(fit.deviance, fit.rows.nobs, rank, k))


def glm_criterion(family: Family, likelihood: float, rank: float, k: float) -> float:
    """-2 loglik + k rank + 2 where the dispersion counts."""
    return -2.0 * likelihood + 2.0 * family.counts_dispersion + k * rank


def lm_criterion(rss: float | Floats, nobs: float, rank: float | Floats, k: float) -> float:
    """n log(RSS/n) + k rank."""
    with np.errstate(divide="ignore"):
        return nobs * np.log(np.asarray(rss) / nobs) + k * np.asarray(rank)  # type: ignore[return-value]


def refit_aic(family: Family, likelihood: float, rank: float, k: float) -> float:
    """-2 loglik + k (every parameter), what `AIC` gives for the model itself."""
    return -2.0 * likelihood + k * (rank + family.n_extra)
