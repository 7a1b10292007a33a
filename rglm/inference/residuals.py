"""Residuals of a fitted model."""

from __future__ import annotations

from typing import Any

import numpy as np

from rglm.errors import FitError, among, choose
from rglm.formula.values import Floats
from rglm.inference.fitted import Fitted, FittedRows
from rglm.inference.terms import training_contributions

ROW_TYPES = ("deviance", "pearson", "working", "response")
RESIDUAL_TYPES = (*ROW_TYPES, "partial")


def residuals(fit: Fitted, type: str = "deviance") -> Any:
    """Residuals, one a row that was fitted.

    deviance   sign(y - mu) sqrt(w d(y, mu)), whose squares add to the deviance
    pearson    (y - mu) sqrt(w / V(mu))
    working    (y - mu) / (dmu/deta), on the scale of the linear predictor
    response   y - mu
    partial    working residuals plus the contribution of each term, n × terms

    w are the prior weights; a row of zero weight has deviance and Pearson residual 0.  A row that a frequency
    weight repeats has the residual of one of its observations.

    Parameters
    ----------
    fit : a fitted model
    type : one of the above

    Returns
    -------
    Series of n rows in the caller's kind of frame and rows; for "partial" a frame, one column a term

    Raises
    ------
    FitError
        If `type` is unknown.

    Source: R `residuals.glm`.

    Examples
    --------
    >>> from rglm import datasets, glm
    >>> fit = glm("breaks ~ wool", data=datasets.load("warpbreaks"), family="poisson")
    >>> f"{(fit.residuals() ** 2).sum():.4f} = {fit.deviance:.4f}"
    '281.3335 = 281.3335'
    """
    if not among(type, RESIDUAL_TYPES):
        raise FitError(choose("residual type", type, RESIDUAL_TYPES))
    if type == "partial":
        return fit.wrap(partial(fit))
    return fit.wrap(row_residuals(fit, type))


def residuals_lm(fit: Fitted, type: str = "response") -> Any:
    """Residuals of a linear model, one a row that was fitted.

    response and working are y - mu; deviance and pearson are sqrt(w) (y - mu); partial adds the contribution
    of each term to y - mu, n × terms.

    Parameters
    ----------
    fit : a fitted linear model
    type : "response", "working", "deviance", "pearson" or "partial"

    Returns
    -------
    Series of n rows in the caller's kind of frame and rows; for "partial" a frame, one column a term

    Raises
    ------
    FitError
        If `type` is unknown.

    Source: R `residuals.lm`.

    Examples
    --------
    >>> from rglm import datasets, lm
    >>> f"{lm('dist ~ speed', data=datasets.load('cars')).residuals().iloc[0]:.4f}"
    '3.8495'
    """
    return residuals(fit, type)


def prior_weights(rows: FittedRows) -> Floats:
    """Weight of one observation of each row, (n,): prior weights without frequency counts."""
    if rows.counts is None:
        return rows.weights
    return rows.weights / np.where(rows.counts > 0, rows.counts, 1.0)


def is_weighted(rows: FittedRows) -> bool:
    """Whether prior weights differ from row to row."""
    if rows.kept is not None:
        return rows.kept.weighted
    with np.errstate(invalid="ignore"):
        return bool(np.ptp(np.sqrt(prior_weights(rows))) > 0)


def deviance_residuals(fit: Fitted) -> Floats:
    """Signed square roots of each row's share of the deviance, (n,)."""
    rows = fit.rows
    with np.errstate(all="ignore"):
        shares = prior_weights(rows) * fit.family.unit_deviance(rows.y, rows.mean)
    shares = np.where(rows.used, np.maximum(shares, 0.0), 0.0)
    return np.asarray(np.copysign(np.sqrt(shares), rows.y - rows.mu))


def pearson_residuals(fit: Fitted) -> Floats:
    """(y - mu) sqrt(w / V(mu)), (n,)."""
    rows = fit.rows
    with np.errstate(all="ignore"):
        values = (rows.y - rows.mu) * np.sqrt(prior_weights(rows) / fit.family.variance(rows.mean))
    return np.where(rows.used & (rows.y != rows.mu), values, 0.0)


def working_residuals(fit: Fitted) -> Floats:
    """(y - mu) / (dmu/deta), (n,)."""
    rows = fit.rows
    with np.errstate(all="ignore"):
        return np.asarray((rows.y - rows.mu) / rows.mean.dmu)


def response_residuals(fit: Fitted) -> Floats:
    """y - mu, (n,)."""
    return np.asarray(fit.rows.y - fit.rows.mu)


def row_residuals(fit: Fitted, type: str) -> Floats:
    """Residuals of a type in ROW_TYPES, (n,)."""
    return _COMPUTED[type](fit)


def partial(fit: Fitted) -> dict[str, Floats]:
    """Working residuals plus the contribution of each term, by the term's label."""
    working = working_residuals(fit)
    return {label: working + part for label, part in training_contributions(fit).fit.items()}


_COMPUTED = {
    "deviance": deviance_residuals,
    "pearson": pearson_residuals,
    "working": working_residuals,
    "response": response_residuals,
}
