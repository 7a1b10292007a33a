"""`comparisons()` and `avg_comparisons()`: predictions at two values of a predictor, compared."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import combinations, pairwise
from typing import Any

import numpy as np

from rglm.design.predictors import Predictor
from rglm.errors import FitError, choose, did_you_mean
from rglm.formula.values import Floats, Value
from rglm.inference.fitted import Fitted
from rglm.inference.grid_labels import written
from rglm.inference.margin_curves import Comparison, of_averages, of_curves, predicted
from rglm.inference.margin_table import MarginTable
from rglm.inference.margins import Asked, Estimated, asked, table_of

Pair = tuple[str, Value, Value]
"""A label, and the predictor's column at its high and at its low value."""


def _difference(high: Floats, low: Floats) -> tuple[Floats, Floats, Floats]:
    return high - low, np.ones_like(high), -np.ones_like(low)


def _ratio(high: Floats, low: Floats) -> tuple[Floats, Floats, Floats]:
    return high / low, 1.0 / low, -high / low**2


def _lnratio(high: Floats, low: Floats) -> tuple[Floats, Floats, Floats]:
    return np.log(high / low), 1.0 / high, -1.0 / low


def _lnor(high: Floats, low: Floats) -> tuple[Floats, Floats, Floats]:
    value = np.log(high / (1.0 - high)) - np.log(low / (1.0 - low))
    return value, 1.0 / (high * (1.0 - high)), -1.0 / (low * (1.0 - low))


def _lift(high: Floats, low: Floats) -> tuple[Floats, Floats, Floats]:
    return (high - low) / low, 1.0 / low, -high / low**2


COMPARISONS: dict[str, tuple[Comparison, str, float]] = {
    "difference": (_difference, " - ", 0.0),
    "ratio": (_ratio, " / ", 1.0),
    "lnratio": (_lnratio, " / ", 0.0),
    "lnor": (_lnor, " / ", 0.0),
    "lift": (_lift, " / ", 0.0),
}
"""(the comparison, how its label is written, its value where nothing differs)"""

STEPS = ("sd", "2sd", "iqr", "minmax")
PAIRINGS = ("reference", "sequential", "pairwise", "revpairwise", "minmax")


def comparisons(
    fit: Fitted,
    variables: Any = None,
    newdata: Any = None,
    comparison: str = "difference",
    by: Any = None,
    type: str = "response",
    level: float = 0.95,
    vcov: Any = None,
    wts: Any = None,
    *,
    transform: Any = None,
    df: Any = None,
) -> MarginTable:
    """How predictions differ between two values of a predictor, all else as in each row.

    Each row is predicted with the predictor's high and with its low value, and the two are compared: their
    difference, ratio, …; with `by`, the averages of the two over each group are compared.  Standard errors by
    the delta method, with exact derivatives.  Offsets and exposures of the rows are carried.

    Parameters
    ----------
    fit : a fitted model
    variables : predictors: None for all, a name, names, or {name: what to compare}.  For numbers: a step (1
        unless said: x + 1 against x), "sd", "2sd", "iqr", "minmax", or [low, high]; columns of nothing but 0
        and 1 are 1 against 0.  For factors: "reference" (each level against the first), "sequential",
        "pairwise", "revpairwise", "minmax", or [low, high].
    newdata : None for the rows of the fit; a frame; or a grid: "mean", "median", "balanced"
    comparison : "difference", "ratio", "lnratio", "lnor" (log odds ratio), "lift" (difference / low)
    by : None for every row, True for one average, or columns whose values make groups
    type : "response" or "link"
    level : of the intervals
    vcov : a type that `vcov(type=)` knows, a dict of arguments of `vcov()`, or a DataFrame
    wts : weights of averages: a column, an expression, or an array
    transform : "exp", or a function of estimates and ends of intervals
    df : for t instead of the normal distribution: a number or "residual"

    Returns
    -------
    MarginTable; `.table` has `term`, `contrast`, `estimate`, `std.error`, `statistic` (against no difference:
    1 for ratios, where R tests 0), `p.value`, `conf.low`, `conf.high`

    Raises
    ------
    FitError, DataError
        When an argument is not known, a column is missing, or the fit's offset was an array and newdata has
        none.

    Source: R `marginaleffects::comparisons`.

    Examples
    --------
    >>> from rglm import datasets, glm
    >>> fit = glm("breaks ~ wool + tension", data=datasets.load("warpbreaks"), family="poisson")
    >>> fit.comparisons("wool", newdata="mean").table["contrast"].tolist()
    ['B - A']
    """
    wanted = asked(fit, newdata, by, type, level, vcov, wts, df, transform)
    if comparison not in COMPARISONS:
        raise FitError(choose("comparison", comparison, tuple(COMPARISONS)))
    compare, between, null = COMPARISONS[comparison]
    labels, groups = ({}, np.zeros(0, dtype=np.intp)) if wanted.by is None else wanted.rows.groups(wanted.by)
    count = int(groups.max(initial=-1)) + 1
    blocks = []
    for name, how in chosen(wanted, variables).items():
        for label, high, low in pairs_of(wanted, name, how, between):
            one = predicted(fit, wanted.rows.at({name: high}), wanted.response)
            other = predicted(fit, wanted.rows.at({name: low}), wanted.response)
            named = {"term": name, "contrast": label}
            if wanted.by is None:
                blocks.append(Estimated(named, of_curves(compare, one, other)))
                continue
            means = [each.averaged(groups, count, wanted.rows.weights) for each in (one, other)]
            blocks.append(Estimated(named, of_averages(compare, *means)))
    return table_of(wanted, blocks, labels, null)


def avg_comparisons(
    fit: Fitted,
    variables: Any = None,
    newdata: Any = None,
    comparison: str = "difference",
    by: Any = True,
    type: str = "response",
    level: float = 0.95,
    vcov: Any = None,
    wts: Any = None,
    *,
    transform: Any = None,
    df: Any = None,
) -> MarginTable:
    """Average comparisons: the predictions at two values of a predictor, averaged over rows, compared.

    Parameters
    ----------
    fit, variables, newdata, comparison, by, type, level, vcov, wts, transform, df : as in `comparisons`

    Returns
    -------
    MarginTable, one row a term, contrast and group

    Raises
    ------
    FitError, DataError
        When an argument is not known, or a column is missing.

    Source: R `marginaleffects::avg_comparisons`.

    Examples
    --------
    >>> from rglm import datasets, glm
    >>> fit = glm("breaks ~ wool + tension", data=datasets.load("warpbreaks"), family="poisson")
    >>> fit.avg_comparisons("wool").table["estimate"].round(2).tolist()
    [-5.78]
    """
    by = True if by is None else by
    return comparisons(
        fit, variables, newdata, comparison, by, type, level, vcov, wts, transform=transform, df=df
    )


def chosen(wanted: Asked, variables: Any) -> dict[str, Any]:
    """The predictors asked for, each with what to compare; None is the default."""
    known = wanted.rows.known
    if variables is None:
        return dict.fromkeys(known)
    if hasattr(variables, "items"):
        found = dict(variables)
    else:
        found = dict.fromkeys([variables] if hasattr(variables, "casefold") else variables)
    for name in found:
        if name not in known:
            raise FitError(f"'{name}' is not a predictor. {did_you_mean(str(name), known)}")
    return found


def pairs_of(wanted: Asked, name: str, how: Any, between: str = " - ") -> Iterable[Pair]:
    """What to compare of one predictor."""
    known = wanted.rows.known[name]
    if known.is_binary and how is None:
        how = [0.0, 1.0]
    if known.kind == "numeric" and not known.as_factor:
        return _of_numbers(wanted, known, wanted.rows.predictor(name), 1.0 if how is None else how, between)
    return _of_levels(wanted, known, "reference" if how is None else how, between)


def _of_numbers(wanted: Asked, known: Predictor, here: Predictor, how: Any, between: str) -> list[Pair]:
    n = wanted.rows.n
    if hasattr(how, "casefold"):
        if how not in STEPS:
            raise FitError(
                choose(f"comparison of '{known.name}'", how, STEPS) + " Or give a step, or [low, high]."
            )
        return [_spread(known, here, how, n, between)]
    if np.ndim(how) == 0:
        step = float(how)
        sign = "+" if step >= 0 else ""
        return [(f"{sign}{written(step)}", here.moved(step), here.moved(0.0))]
    low, high = sorted(map(float, _two(known, how)))
    label = f"{written(high)}{between}{written(low)}"
    return [(label, known.column([high] * n), known.column([low] * n))]


def _spread(known: Predictor, here: Predictor, how: str, n: int, between: str) -> Pair:
    """Around each row's value by standard deviations of the fit's rows, or between quantiles of these."""
    values = known.numbers[~np.isnan(known.numbers)]
    if how == "minmax":
        return f"Max{between}Min", known.column([values.max()] * n), known.column([values.min()] * n)
    if how == "iqr":
        low, high = np.quantile(values, [0.25, 0.75])
        return f"Q3{between}Q1", known.column([high] * n), known.column([low] * n)
    sd = float(values.std(ddof=1))
    if how == "2sd":
        return f"(x + sd){between}(x - sd)", here.moved(sd), here.moved(-sd)
    return f"(x + sd/2){between}(x - sd/2)", here.moved(0.5 * sd), here.moved(-0.5 * sd)


def _of_levels(wanted: Asked, known: Predictor, how: Any, between: str) -> list[Pair]:
    levels = known.levels or ()
    if hasattr(how, "casefold"):
        if how not in PAIRINGS:
            raise FitError(choose(f"comparison of '{known.name}'", how, PAIRINGS) + " Or give [low, high].")
        pairs = _pairings(levels)[how]
    else:
        pairs = [_two(known, how)]
    n = wanted.rows.n
    return [
        (f"{written(high)}{between}{written(low)}", known.column([high] * n), known.column([low] * n))
        for low, high in pairs
    ]


def _pairings(levels: tuple[Any, ...]) -> Mapping[str, list[tuple[Any, Any]]]:
    """(low, high) pairs of levels."""
    return {
        "reference": [(levels[0], level) for level in levels[1:]],
        "sequential": list(pairwise(levels)),
        "pairwise": list(combinations(levels, 2)),
        "revpairwise": [(high, low) for low, high in combinations(levels, 2)],
        "minmax": [(levels[0], levels[-1])],
    }


def _two(known: Predictor, how: Any) -> tuple[Any, Any]:
    given = list(how)
    if len(given) != 2:
        raise FitError(f"'{known.name}' is compared between two values, [low, high]; got {given!r}.")
    return given[0], given[1]
