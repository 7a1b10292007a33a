"""`predictions()` and `avg_predictions()`: predictions with delta-method errors, row by row or averaged."""

from __future__ import annotations

from typing import Any

import numpy as np

from rglm.errors import FitError, choose, did_you_mean
from rglm.formula.values import Value
from rglm.inference.distributions import two_sided_quantile
from rglm.inference.fitted import Fitted
from rglm.inference.margin_curves import predicted
from rglm.inference.margin_table import MarginTable
from rglm.inference.margins import Asked, Estimated, asked, table_of

INTERVALS = ("wald", "link")


def predictions(
    fit: Fitted,
    newdata: Any = None,
    by: Any = None,
    type: str = "response",
    level: float = 0.95,
    vcov: Any = None,
    wts: Any = None,
    *,
    df: Any = None,
    interval: str = "wald",
) -> MarginTable:
    """Predictions, for every row or averaged over groups, with delta-method standard errors.

    mu_i = g^-1(x_i b + offset_i); for a group, sum w_i mu_i / sum w_i.  Its variance is J V J' with the
    gradient J = sum w_i dmu_i/deta x_i / sum w_i.  Offsets and exposures of the rows are carried.

    Parameters
    ----------
    fit : a fitted model
    newdata : None for the rows of the fit; a frame; or a grid of typical values: "mean" (numbers at their
        mean, others at their commonest level), "median", "balanced" (all levels); see also `datagrid`
    by : None for every row, True for one average, or columns whose values make groups
    type : "response" or "link"
    level : of the intervals
    vcov : a type that `vcov(type=)` knows, a dict of arguments of `vcov()`, or a DataFrame
    wts : weights of averages: a column, an expression, or an array.  Prior weights of the fit do not enter;
        freq_weights do, as repeated rows would.
    df : for t instead of the normal distribution: a number or "residual"
    interval : "wald" for estimate ± c se; "link" for the inverse link of such an interval of the linear
        predictor (rows only; R's type="invlink(link)")

    Returns
    -------
    MarginTable; `.table` has `estimate`, `std.error`, `statistic`, `p.value`, `conf.low`, `conf.high`, beside
    `rowid` and the predictors of each row, or the groups

    Raises
    ------
    FitError, DataError
        When an argument is not known, a column is missing, or the fit's offset was an array and newdata has
        none.

    Source: R `marginaleffects::predictions`.

    Examples
    --------
    >>> from rglm import datasets, glm
    >>> fit = glm("breaks ~ wool + tension", data=datasets.load("warpbreaks"), family="poisson")
    >>> fit.predictions(by="wool").table["estimate"].round(2).tolist()
    [31.04, 25.26]
    """
    wanted = asked(fit, newdata, by, type, level, vcov, wts, df)
    if interval not in INTERVALS:
        raise FitError(choose("interval", interval, INTERVALS))
    if interval == "link" and wanted.by is not None:
        raise FitError('interval="link" is for predictions of rows; averages have interval="wald".')
    curve = predicted(fit, wanted.rows.at(), wanted.response)
    if wanted.by is None:
        ends = _link_ends(wanted) if interval == "link" and wanted.response else None
        return table_of(wanted, [Estimated({}, curve)], {}, interval=ends)
    labels, groups = wanted.rows.groups(wanted.by)
    count = int(groups.max(initial=-1)) + 1
    averages = curve.averaged(groups, count, wanted.rows.weights)
    return table_of(wanted, [Estimated({}, averages)], labels)


def _link_ends(wanted: Asked) -> np.ndarray:
    """Ends of the linear predictor's intervals, carried back."""
    curve = predicted(wanted.fit, wanted.rows.at(), False)
    half = two_sided_quantile(wanted.level, wanted.df) * curve.std_errors(wanted.V)
    link = wanted.fit.family.link
    with np.errstate(all="ignore"):
        return np.array([link.inverse(curve.value - half), link.inverse(curve.value + half)])


def avg_predictions(
    fit: Fitted,
    newdata: Any = None,
    by: Any = True,
    type: str = "response",
    level: float = 0.95,
    vcov: Any = None,
    wts: Any = None,
    *,
    variables: Any = None,
    df: Any = None,
) -> MarginTable:
    """Average predictions: of all rows, of groups, or of all rows with a predictor set to each of its values.

    Parameters
    ----------
    fit, newdata, by, type, level, vcov, wts, df : as in `predictions`
    variables : a predictor, or {predictor: values}: every row is taken with each of its levels (or these
        values) in turn, and averaged: G-computation

    Returns
    -------
    MarginTable, one row a group or value

    Raises
    ------
    FitError, DataError
        When an argument is not known, or a column is missing.

    Source: R `marginaleffects::avg_predictions`.

    Examples
    --------
    >>> from rglm import datasets, glm
    >>> fit = glm("breaks ~ wool + tension", data=datasets.load("warpbreaks"), family="poisson")
    >>> fit.avg_predictions(variables="tension").table["estimate"].round(2).tolist()
    [36.39, 26.39, 21.67]
    """
    if variables is None:
        return predictions(fit, newdata, True if by is None else by, type, level, vcov, wts, df=df)
    wanted = asked(fit, newdata, by or True, type, level, vcov, wts, df)
    name, values = _variable(wanted, variables)
    labels, groups = wanted.rows.groups(wanted.by)
    count = int(groups.max(initial=-1)) + 1
    blocks = []
    for label, column in values:
        curve = predicted(fit, wanted.rows.at({name: column}), wanted.response)
        blocks.append(Estimated({name: label}, curve.averaged(groups, count, wanted.rows.weights)))
    return table_of(wanted, blocks, labels)


def _variable(wanted: Asked, variables: Any) -> tuple[str, list[tuple[Any, Value]]]:
    """A predictor, and the column at each of the values it is set to."""
    given = variables if hasattr(variables, "items") else {variables: None}
    if len(given) != 1:
        raise FitError("variables= of avg_predictions() sets one predictor: a name, or {name: values}.")
    name, values = next(iter(given.items()))
    if name not in wanted.rows.known:
        raise FitError(f"'{name}' is not a predictor. {did_you_mean(str(name), wanted.rows.known)}")
    known = wanted.rows.known[name]
    if values is None:
        if known.levels is None:
            raise FitError(f"'{name}' holds numbers; say which: variables={{{name!r}: [1, 2]}}.")
        values = known.levels
    return name, [(value, known.column([value] * wanted.rows.n)) for value in values]
