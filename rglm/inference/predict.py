"""`predict()` of generalized linear models."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from rglm.errors import FitError, among, choose
from rglm.formula.values import Floats
from rglm.inference.checks import check_level
from rglm.inference.covariance import covariance
from rglm.inference.distributions import two_sided_quantile
from rglm.inference.fitted import Fitted
from rglm.inference.points import Points, points
from rglm.inference.prediction_interval import eta_limits, new_sizes, prediction_limits
from rglm.inference.terms import contributions

PREDICTION_TYPES = ("link", "response", "terms")


@dataclass(frozen=True, eq=False)
class TermsPrediction:
    """Contributions of terms with their standard errors.

    fit       frame n × terms
    se_fit    frame n × terms
    constant  what is left of the linear predictor without offset
    """

    fit: Any
    se_fit: Any
    constant: float


def predict(
    fit: Fitted,
    newdata: Any = None,
    type: str = "link",
    se_fit: bool = False,
    interval: str | None = None,
    level: float = 0.95,
    new_levels: str = "error",
    exposure: Any = None,
    offset: Any = None,
    vcov: Any = None,
    weights: Any = None,
) -> Any:
    """Predictions for the rows that were fitted, or for new ones.

    link       eta = x b + offset
    response   mu, the inverse link of eta
    terms      for each term its columns times their coefficients, centred at the columns' means in the fit;
               the terms, the constant (`.attrs["constant"]`) and the offset add to eta

    Parameters
    ----------
    fit : a fitted generalized linear model
    newdata : m rows with the columns of the formula, and those of an offset or exposure given by name;
        None for the rows of the fit
    type : one of the above
    se_fit : add standard errors: sqrt(x V x') for link, |dmu/deta| times that for response
    interval : "confidence" adds limits: eta ± c se, with c from the normal distribution where the dispersion
        is known and from t where it is estimated; for response the inverse link of those.
        "prediction" (with type="response") adds limits of a new response: the (1 ± level)/2 quantiles of the
        family's distribution, averaged by quadrature over eta ~ N(x b, se²) and over the dispersion where it
        is estimated (phi df / chi-square).  For discrete families they are values of the response: whole
        counts, or shares of the trials.  An estimated theta or power is taken as known
    level : of the interval, between 0 and 1
    new_levels : what a factor level that the fit has not seen is: "error", "nan" for NaN in its rows, or
        "base" for the base level
    exposure, offset : in place of those of the fit: an array (m,), a number, or text (a column of newdata,
        or an expression over it); exposure=1 gives rates.  offset() terms of the formula always come from
        newdata
    vcov : for standard errors: a type or dict that `vcov()` knows, or a DataFrame as `vcov()` returns
    weights : for prediction intervals, the prior weight of each new response, or its binomial trials: an
        array (m,), a number, or text; rows of the fit have their own, new ones 1

    Returns
    -------
    Series of m values in the caller's kind of frame, always one for each row of newdata, NaN where an input
    is missing.  With `se_fit` or `interval` a frame with columns `fit`, `se_fit`, `lwr`, `upr`, those asked
    for.
    For terms a frame, one column a term; with `se_fit` a TermsPrediction of two such frames.

    Raises
    ------
    DataError
        When newdata lacks a column, has another kind of column, or levels that the fit has not seen.
    FitError
        When a type or interval is unknown, the fit's offset was an array and newdata brings none, or a
        prediction interval is asked of a family without a distribution.

    Warns
    -----
    RglmWarning
        When prediction intervals of a weighted fit, or of counts among trials, take weights of 1 in newdata.
    RankWarning
        When the fit is rank deficient and some rows of newdata break the dependence between its columns.

    Source: R `predict.glm`.

    Examples
    --------
    >>> from rglm import datasets, glm
    >>> fit = glm("breaks ~ wool", data=datasets.load("warpbreaks"), family="poisson")
    >>> new = {"wool": ["A", "B"]}
    >>> fit.predict(new, type="response", interval="confidence").columns.tolist()
    ['fit', 'lwr', 'upr']
    """
    check_asked(type, interval, level, ("confidence", "prediction"))
    check_prediction(type, interval, weights)
    at = points(fit, newdata, new_levels, exposure=exposure, offset=offset)
    if type == "terms":
        return predict_terms(fit, at, se_fit, vcov)
    if not (se_fit or interval):
        return at.wrap(fit.family.link.inverse(at.eta) if type == "response" else at.eta)
    se = standard_errors_at(fit, at, vcov)
    if interval == "prediction":
        sizes = new_sizes(fit, newdata, weights)
        return at.wrap(_new_response(fit, at, se, se_fit, prediction_limits(fit, at, se, level, sizes)))
    half = critical_value(fit, level) * se if interval else None
    return at.wrap(_on_scale(fit, type, at.eta, se if se_fit else None, half))


def check_prediction(type: str, interval: str | None, weights: Any) -> None:
    """FitError where a prediction interval, or its weights, make no sense."""
    if interval == "prediction" and type != "response":
        raise FitError(
            f'interval="prediction" is of new responses, and type is {type!r}: add type="response".'
        )
    if weights is not None and interval != "prediction":
        raise FitError('weights= are those of new responses: they go with interval="prediction".')


def _new_response(
    fit: Fitted, at: Points, se: Floats, with_se: bool, limits: tuple[Floats, Floats]
) -> dict[str, Floats]:
    """Mean, its standard error where asked for, and limits of a new response."""
    columns = _on_scale(fit, "response", at.eta, se if with_se else None, None)
    return columns | {"lwr": limits[0], "upr": limits[1]}


def check_asked(type: str, interval: str | None, level: float, intervals: tuple[str, ...]) -> None:
    """FitError for an unknown type, interval or level."""
    if not among(type, PREDICTION_TYPES):
        raise FitError(choose("prediction type", type, PREDICTION_TYPES))
    check_level(level)
    if interval is None:
        return
    if not among(interval, intervals):
        raise FitError(choose("interval", interval, intervals))
    if type == "terms":
        raise FitError('interval= goes with type "link" or "response"; for terms ask for se_fit=True.')


def critical_value(fit: Fitted, level: float) -> float:
    """Quantile for intervals: normal where the dispersion is known, t where it is estimated."""
    return two_sided_quantile(level, np.inf if fit.family.dispersion_known else fit.df_residual)


def standard_errors_at(fit: Fitted, at: Points, vcov: Any) -> Floats:
    """Standard errors of the linear predictor, (m,)."""
    V = covariance(fit, vcov).without_aliased(fit.aliased)
    with np.errstate(invalid="ignore"):
        return np.asarray(np.sqrt(at.block.quadratic(V)))


def _on_scale(
    fit: Fitted, type: str, eta: Floats, se: Floats | None, half: Floats | None
) -> dict[str, Floats]:
    """The columns asked for, on the scale asked for."""
    columns = {"fit": eta} if se is None else {"fit": eta, "se_fit": se}
    if half is not None:
        columns |= {"lwr": eta - half, "upr": eta + half}
    if type == "link":
        return columns
    link = fit.family.link
    with np.errstate(all="ignore"):
        mean = link.evaluate(eta)
        columns["fit"] = mean.mu
        if se is not None:
            columns["se_fit"] = np.abs(mean.dmu) * se
        if half is not None:
            limits = eta_limits(fit.family)
            ends = [link.inverse(np.clip(columns[name], *limits)) for name in ("lwr", "upr")]
            columns["lwr"], columns["upr"] = np.minimum(*ends), np.maximum(*ends)
    return columns


def predict_terms(fit: Fitted, at: Points, se_fit: bool, vcov: Any) -> Any:
    """Contributions of terms, as a frame; with standard errors as a TermsPrediction."""
    V = covariance(fit, vcov).without_aliased(fit.aliased) if se_fit else None
    found = contributions(fit, at.block, V, at.absent)
    frame = _with_constant(at.wrap(found.fit), found.constant)
    if found.se is None:
        return frame
    return TermsPrediction(frame, at.wrap(found.se), found.constant)


def _with_constant(frame: Any, constant: float) -> Any:
    if hasattr(frame, "attrs"):
        frame.attrs["constant"] = constant
    return frame
