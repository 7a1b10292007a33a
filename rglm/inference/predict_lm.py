"""`predict()` of linear models."""

from __future__ import annotations

from typing import Any

import numpy as np

from rglm.formula.values import Floats
from rglm.inference.fitted import Fitted
from rglm.inference.points import points
from rglm.inference.predict import (
    check_asked,
    check_prediction,
    critical_value,
    predict_terms,
    standard_errors_at,
)
from rglm.inference.prediction_interval import new_sizes
from rglm.inference.vcov import estimated_dispersion


def predict_lm(
    fit: Fitted,
    newdata: Any = None,
    type: str = "response",
    se_fit: bool = False,
    interval: str | None = None,
    level: float = 0.95,
    new_levels: str = "error",
    offset: Any = None,
    vcov: Any = None,
    weights: Any = None,
) -> Any:
    """Predictions of a linear model for the rows that were fitted, or for new ones.

    Parameters
    ----------
    fit : a fitted linear model
    newdata : m rows with the columns of the formula; None for the rows of the fit
    type : "response" (also called "link"), or "terms": the centred contribution of each term
    se_fit : add standard errors sqrt(x V x')
    interval : "confidence" adds limits of the mean, mu ± t se; "prediction" limits of a new observation,
        mu ± t sqrt(se² + sigma² / w), with w the row's weight in the fit, and `weights` or 1 in newdata
    level : of the interval, between 0 and 1
    new_levels, offset, vcov, weights : as for generalized linear models

    Returns
    -------
    Series of m values in the caller's kind of frame, always one for each row of newdata, NaN where an input
    is missing.  With `se_fit` or `interval` a frame with columns `fit`, `se_fit`, `lwr`, `upr`, those asked
    for.
    For terms a frame, one column a term; with `se_fit` a TermsPrediction of two such frames.

    Raises
    ------
    DataError, FitError
        As for generalized linear models.

    Warns
    -----
    RankWarning
        When the fit is rank deficient and some rows of newdata break the dependence between its columns.
    RglmWarning
        When prediction intervals of a weighted fit take the weight of each new row to be 1.

    Source: R `predict.lm`.

    Examples
    --------
    >>> from rglm import datasets, lm
    >>> fit = lm("dist ~ speed", data=datasets.load("cars"))
    >>> fit.predict({"speed": [10.0]}, interval="prediction").columns.tolist()
    ['fit', 'lwr', 'upr']
    """
    check_asked(type, interval, level, ("confidence", "prediction"))
    check_prediction("response", interval, weights)
    at = points(fit, newdata, new_levels, offset=offset)
    if type == "terms":
        return predict_terms(fit, at, se_fit, vcov)
    if not (se_fit or interval):
        return at.wrap(at.eta)
    se = standard_errors_at(fit, at, vcov)
    columns = {"fit": at.eta, "se_fit": se} if se_fit else {"fit": at.eta}
    if interval:
        spread = se if interval == "confidence" else np.sqrt(se**2 + _variance(fit, newdata, weights))
        half = critical_value(fit, level) * spread
        columns |= {"lwr": at.eta - half, "upr": at.eta + half}
    return at.wrap(columns)


def _variance(fit: Fitted, newdata: Any, weights: Any) -> Floats:
    """Variance of one new observation: sigma² over its weight, (m,)."""
    with np.errstate(divide="ignore"):
        return np.asarray(estimated_dispersion(fit) / new_sizes(fit, newdata, weights)[0])
