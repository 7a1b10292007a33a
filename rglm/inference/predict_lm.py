"""`predict()` of linear models."""

from __future__ import annotations

from typing import Any

import numpy as np

from rglm.errors import warn
from rglm.formula.values import Floats
from rglm.inference.fitted import Fitted
from rglm.inference.points import points
from rglm.inference.predict import check_asked, critical_value, predict_terms, standard_errors_at
from rglm.inference.residuals import is_weighted, prior_weights
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
) -> Any:
    """Predictions of a linear model for the rows that were fitted, or for new ones.

    Parameters
    ----------
    fit : a fitted linear model
    newdata : m rows with the columns of the formula; None for the rows of the fit
    type : "response" (also called "link"), or "terms": the centred contribution of each term
    se_fit : add standard errors sqrt(x V x')
    interval : "confidence" adds limits of the mean, mu ± t se; "prediction" limits of a new observation,
        mu ± t sqrt(se² + sigma² / w), with w the row's weight in the fit, and 1 in newdata
    level : of the interval, between 0 and 1
    new_levels, offset, vcov : as for generalized linear models

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
    at = points(fit, newdata, new_levels, offset=offset)
    if type == "terms":
        return predict_terms(fit, at, se_fit, vcov)
    if not (se_fit or interval):
        return at.wrap(at.eta)
    se = standard_errors_at(fit, at, vcov)
    columns = {"fit": at.eta, "se_fit": se} if se_fit else {"fit": at.eta}
    if interval:
        spread = se if interval == "confidence" else np.sqrt(se**2 + _variance(fit, newdata is None))
        half = critical_value(fit, level) * spread
        columns |= {"lwr": at.eta - half, "upr": at.eta + half}
    return at.wrap(columns)


def _variance(fit: Fitted, same_rows: bool) -> Floats | float:
    """Variance of one observation: sigma² over its weight."""
    sigma2 = estimated_dispersion(fit)
    if same_rows:
        with np.errstate(divide="ignore"):
            return np.asarray(sigma2 / prior_weights(fit.rows))
    if is_weighted(fit.rows):
        warn("Assuming constant prediction variance even though model fit is weighted")
    return sigma2
