"""`slopes()` (also `marginal_effects()`) and `avg_slopes()`: derivatives of predictions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from rglm.errors import FitError, choose
from rglm.formula.values import Floats
from rglm.inference.fitted import Fitted
from rglm.inference.margin_comparisons import COMPARISONS, chosen, pairs_of
from rglm.inference.margin_curves import Curve, of_curves, predicted, slope_of
from rglm.inference.margin_table import MarginTable
from rglm.inference.margins import Asked, Estimated, asked, table_of

RELATIVE_STEP = 1e-4
"""Of a column's range: the step of the central difference that carries it through the design."""


def _as_it_is(x: Floats, slope: Curve, at: Curve) -> Curve:
    return slope


def _both_relative(x: Floats, slope: Curve, at: Curve) -> Curve:
    return _times(_relative(slope, at), x)


def _y_relative(x: Floats, slope: Curve, at: Curve) -> Curve:
    return _relative(slope, at)


def _x_relative(x: Floats, slope: Curve, at: Curve) -> Curve:
    return _times(slope, x)


def _times(curve: Curve, factor: Floats) -> Curve:
    return Curve(curve.value * factor, curve.scaled(factor))


def _relative(slope: Curve, at: Curve) -> Curve:
    """slope / mu: d log(mu) / dx."""
    with np.errstate(all="ignore"):
        value = slope.value / at.value
        return Curve(value, (*slope.scaled(1.0 / at.value), *at.scaled(-value / at.value)))


SLOPES: dict[str, tuple[Callable[[Floats, Curve, Curve], Curve], str]] = {
    "dydx": (_as_it_is, "dY/dX"),
    "eyex": (_both_relative, "eY/eX"),
    "eydx": (_y_relative, "eY/dX"),
    "dyex": (_x_relative, "dY/eX"),
}
"""Derivatives and elasticities: (slope × x or 1, over mu or 1; its label)."""


def slopes(
    fit: Fitted,
    variables: Any = None,
    newdata: Any = None,
    slope: str = "dydx",
    by: Any = None,
    type: str = "response",
    level: float = 0.95,
    vcov: Any = None,
    wts: Any = None,
    *,
    df: Any = None,
) -> MarginTable:
    """Slopes of predictions (marginal effects): dmu/dx in every row, or averaged.

    dmu/dx = dmu/deta deta/dx, exact through the link; deta/dx by a central difference of x through the design
    with a step of 1e-4 of its range, so that poly(), log(), interactions and offsets follow.  Standard errors
    by the delta method, with the exact gradient of the same expression.  Factors, booleans and columns of
    nothing but 0 and 1 have differences of predictions between levels instead.

    Parameters
    ----------
    fit : a fitted model
    variables : predictors: None for all, a name, or names
    newdata : None for the rows of the fit; a frame; or a grid: "mean", "median", "balanced"
    slope : "dydx"; or an elasticity: "eyex" (x/mu dmu/dx), "eydx" (dmu/dx / mu), "dyex" (x dmu/dx)
    by : None for every row, True for one average, or columns whose values make groups
    type : "response" or "link"
    level : of the intervals
    vcov : a type that `vcov(type=)` knows, a dict of arguments of `vcov()`, or a DataFrame
    wts : weights of averages: a column, an expression, or an array
    df : for t instead of the normal distribution: a number or "residual"

    Returns
    -------
    MarginTable; `.table` has `term`, `contrast`, `estimate`, `std.error`, `statistic`, `p.value`, `conf.low`,
    `conf.high`

    Raises
    ------
    FitError, DataError
        When an argument is not known, a column is missing, or the fit's offset was an array and newdata has
        none.

    Source: R `marginaleffects::slopes`.

    Examples
    --------
    >>> from rglm import datasets, lm
    >>> fit = lm("dist ~ poly(speed, 2)", data=datasets.load("cars"))
    >>> fit.slopes(newdata={"speed": [10.0, 20.0]}).table["estimate"].round(3).tolist()
    [2.912, 4.912]
    """
    wanted = asked(fit, newdata, by, type, level, vcov, wts, df)
    if slope not in SLOPES:
        raise FitError(choose("slope", slope, tuple(SLOPES)))
    labels, groups = ({}, np.zeros(0, dtype=np.intp)) if wanted.by is None else wanted.rows.groups(wanted.by)
    count = int(groups.max(initial=-1)) + 1
    blocks = []
    for name, how in chosen(wanted, variables).items():
        for label, curve in _curves(wanted, name, how, slope):
            value = curve if wanted.by is None else curve.averaged(groups, count, wanted.rows.weights)
            blocks.append(Estimated({"term": name, "contrast": label}, value))
    return table_of(wanted, blocks, labels)


def _curves(wanted: Asked, name: str, how: Any, slope: str) -> list[tuple[str, Curve]]:
    """The slope by a column of numbers, or differences between the levels of a factor."""
    fit, rows, known = wanted.fit, wanted.rows, wanted.rows.known[name]
    if known.has_levels:
        compare = COMPARISONS["difference"][0]
        found = []
        for label, high, low in pairs_of(wanted, name, how):
            one, other = (predicted(fit, rows.at({name: each}), wanted.response) for each in (high, low))
            found.append((label, of_curves(compare, one, other)))
        return found
    here = rows.predictor(name)
    values = known.numbers[~np.isnan(known.numbers)]
    step = RELATIVE_STEP * float(values.max() - values.min())
    if not step > 0:
        raise FitError(f"'{name}' has one value in the rows of the fit, so there is no slope by it.")
    at = rows.at()
    above, below = rows.at({name: here.moved(0.5 * step)}), rows.at({name: here.moved(-0.5 * step)})
    curve = slope_of(fit, at, above, below, step, wanted.response)
    scaled, label = SLOPES[slope]
    return [(label, scaled(here.numbers, curve, predicted(fit, at, wanted.response)))]


def avg_slopes(
    fit: Fitted,
    variables: Any = None,
    newdata: Any = None,
    slope: str = "dydx",
    by: Any = True,
    type: str = "response",
    level: float = 0.95,
    vcov: Any = None,
    wts: Any = None,
    *,
    df: Any = None,
) -> MarginTable:
    """Average slopes (average marginal effects).

    Parameters
    ----------
    fit, variables, newdata, slope, by, type, level, vcov, wts, df : as in `slopes`

    Returns
    -------
    MarginTable, one row a term, contrast and group

    Raises
    ------
    FitError, DataError
        When an argument is not known, or a column is missing.

    Source: R `marginaleffects::avg_slopes`; Stata's `margins, dydx(*)`.

    Examples
    --------
    >>> from rglm import datasets, glm
    >>> fit = glm("am ~ wt", data=datasets.load("mtcars"), family="binomial")
    >>> fit.avg_slopes().table["estimate"].round(4).tolist()
    [-0.3698]
    """
    by = True if by is None else by
    return slopes(fit, variables, newdata, slope, by, type, level, vcov, wts, df=df)
