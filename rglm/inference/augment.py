"""The rows of a fit with what the model says of each, in broom's words."""

from __future__ import annotations

from typing import Any

import numpy as np

from rglm.data.beside import beside
from rglm.errors import FitError, among, choose
from rglm.formula.values import Floats
from rglm.inference.fitted import Fitted
from rglm.inference.leverage import cooks, leverages, sigma_without, standardised
from rglm.inference.predict import predict
from rglm.inference.residuals import ROW_TYPES, row_residuals

PREDICTIONS = ("link", "response")


def augment(
    fit: Fitted,
    newdata: Any = None,
    type_predict: str = "link",
    type_residuals: str = "deviance",
    se_fit: bool = False,
) -> Any:
    """The rows that were fitted (or new ones) with fitted values and diagnostics beside them.

    Parameters
    ----------
    fit : a fitted model
    newdata : other rows, m of them; they get `.fitted` (and `.se.fit`) only
    type_predict : scale of `.fitted`: "link" or "response"
    type_residuals : kind of `.resid`: "deviance", "pearson", "working" or "response"
    se_fit : add `.se.fit`

    Returns
    -------
    Frame of the caller's kind: the data's columns, then `.fitted`, `.resid`, `.hat` (leverage), `.sigma`
    (residual standard deviation without the row), `.cooksd`, `.std.resid` (standardised deviance residual)

    Raises
    ------
    FitError
        When a type is unknown.

    Source: R `broom::augment.glm`.

    Examples
    --------
    >>> from rglm import datasets, glm
    >>> fit = glm("breaks ~ wool", data=datasets.load("warpbreaks"), family="poisson")
    >>> fit.augment().columns.tolist()[-6:]
    ['.fitted', '.resid', '.hat', '.sigma', '.cooksd', '.std.resid']
    """
    if not among(type_predict, PREDICTIONS):
        raise FitError(choose("type_predict", type_predict, PREDICTIONS))
    if not among(type_residuals, ROW_TYPES):
        raise FitError(choose("type_residuals", type_residuals, ROW_TYPES))
    if newdata is not None:
        return beside(newdata, _predicted(predict(fit, newdata, type_predict, se_fit=True), se_fit))
    made = _predicted(predict(fit, type=type_predict, se_fit=True), se_fit)
    hat = leverages(fit)
    columns = {
        ".resid": row_residuals(fit, type_residuals),
        ".hat": hat,
        ".sigma": sigma_without(fit, hat),
        ".cooksd": cooks(fit, hat),
        ".std.resid": standardised(fit, hat),
    }
    wrapped = fit.wrap(columns)
    made |= {name: np.asarray(wrapped[name]) for name in columns}
    data = next(iter(fit.source.blocks())).native
    every = len(made[".hat"]) != fit.rows.block.n
    return beside(data, made, None if every else fit.rows.positions)


def augment_lm(
    fit: Fitted,
    newdata: Any = None,
    type_predict: str = "response",
    type_residuals: str = "response",
    se_fit: bool = False,
) -> Any:
    """The rows of a linear model (or new ones) with fitted values and diagnostics beside them.

    Parameters
    ----------
    fit : a fitted linear model
    newdata : other rows, m of them; they get `.fitted` (and `.se.fit`) only
    type_predict : "response" or "link", which are the same here
    type_residuals : kind of `.resid`: "response" (y - mu), "working", "deviance" or "pearson"
    se_fit : add `.se.fit`

    Returns
    -------
    Frame of the caller's kind: the data's columns, then `.fitted`, `.resid`, `.hat` (leverage), `.sigma`
    (residual standard deviation without the row), `.cooksd`, `.std.resid` (standardised residual)

    Raises
    ------
    FitError
        When a type is unknown.

    Source: R `broom::augment.lm`.

    Examples
    --------
    >>> from rglm import datasets, lm
    >>> f"{lm('dist ~ speed', data=datasets.load('cars')).augment()['.hat'].sum():.1f}"
    '2.0'
    """
    return augment(fit, newdata, type_predict, type_residuals, se_fit)


def _predicted(frame: Any, se_fit: bool) -> dict[str, Floats]:
    columns = {".fitted": np.asarray(frame["fit"])}
    return columns | {".se.fit": np.asarray(frame["se_fit"])} if se_fit else columns
