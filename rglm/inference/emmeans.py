"""`emmeans()`: means of a model's predictions over a grid of its predictors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from rglm.design.predictors import names_read
from rglm.errors import FitError, among, choose, described, is_number, warn
from rglm.formula.grammar import parse_expression
from rglm.formula.values import Codes, Floats
from rglm.inference.alias import relations
from rglm.inference.checks import check_level
from rglm.inference.covariance import Covariance, covariance
from rglm.inference.emm import EstimatedMeans, Linear, MeansAndContrasts, Shown
from rglm.inference.fitted import Fitted
from rglm.inference.reference_grid import ReferenceGrid, reference_grid
from rglm.inference.scales import scale_of

TYPES = ("link", "response")
WEIGHTS = ("equal", "proportional", "outer", "cells", "flat")


def emmeans(
    fit: Fitted,
    specs: Any,
    by: Any = None,
    type: str = "link",
    weights: str = "equal",
    at: Mapping[str, Any] | None = None,
    level: float = 0.95,
    vcov: Any = None,
    *,
    offset: float | None = None,
    df: float | None = None,
) -> EstimatedMeans | MeansAndContrasts:
    """Estimated marginal means (least-squares means).

    The model predicts for every combination of its predictors (the reference grid), and the predictions are
    averaged over those that `specs` and `by` do not name:
    mean = sum w_g (x_g b) / sum w_g + offset, on the scale of the linear predictor.
    In the grid a factor has its levels; a column of numbers has its mean over the rows of the fit, or both
    its values where it has two; the offset is the mean of the rows' offsets.

    Parameters
    ----------
    fit : a fitted model
    specs : predictors to have means for, columns of the data: "a", ["a", "b"], or a formula: "~ a | b" (b as
        in `by`), "pairwise ~ a" (with contrasts); "1" is the mean over all
    by : predictors whose values part the means into separate tables and families of tests
    type : "link" for the linear predictor, "response" to carry estimates back: means (not averaged there),
        standard errors by the delta method, ends of intervals by the inverse link.  A response such as log(y)
        of a linear model is undone, too.
    weights : of the combinations averaged over: "equal"; "proportional" to their rows in the data; "outer",
        the product of each predictor's own shares; "cells", the rows of each cell; "flat", equal where there
        are rows
    at : for predictors, values to use instead of those of the grid: {"x": [1, 2]}
    level : of the intervals
    vcov : a type that `vcov(type=)` knows, a dict of arguments of `vcov()`, or a DataFrame
    offset : for all rows of the grid, on the scale of the linear predictor; 0 gives rates per unit exposed
    df : residual degrees of freedom; by default infinite (z) where the dispersion is known, else those of the
        fit.  R's emmeans takes z for quasi families and inverse Gaussian too: df=numpy.inf.

    Returns
    -------
    EstimatedMeans: prints as R's; `.table`, `.pairs()`, `.contrast()`, `.confint()`, `.test()`, `.cld()`.
    With a contrast on the left of a formula, MeansAndContrasts: `.emmeans`, `.contrasts`.
    Means that the data do not determine (empty cells) are NaN and print "nonEst".

    Raises
    ------
    FitError, DataError
        When a predictor, level, type or weighting is not known, or the grid has more than 10,000 rows.

    Warns
    -----
    RglmWarning
        When what is averaged over interacts with what is asked for.

    Source: R `emmeans::emmeans`; Searle, Speed & Milliken (1980).

    Examples
    --------
    >>> from rglm import datasets, lm
    >>> fit = lm("breaks ~ wool + tension", data=datasets.load("warpbreaks"))
    >>> print(fit.emmeans("tension"))
     tension emmean   SE df lower.CL upper.CL
     L         36.4 2.74 50     30.9     41.9
     M         26.4 2.74 50     20.9     31.9
     H         21.7 2.74 50     16.2     27.2
    <BLANKLINE>
    Results are averaged over the levels of: wool
    Confidence level used: 0.95
    """
    return _emmeans(fit, Request(specs, by, type, weights, at, level, vcov, offset, df), None)


def emmeans_lm(
    fit: Fitted,
    specs: Any,
    by: Any = None,
    type: str = "link",
    weights: str = "equal",
    at: Mapping[str, Any] | None = None,
    level: float = 0.95,
    vcov: Any = None,
    *,
    offset: float | None = None,
    df: float | None = None,
) -> EstimatedMeans | MeansAndContrasts:
    """Estimated marginal means (least-squares means) of a linear model.

    As `emmeans` of a generalized linear model, but prior weights count in `weights="proportional"`, "outer"
    and "cells", as in R.

    Parameters
    ----------
    fit, specs, by, type, weights, at, level, vcov, offset, df : as in `emmeans` of a generalized linear model

    Returns
    -------
    EstimatedMeans, or MeansAndContrasts

    Raises
    ------
    FitError, DataError
        When a predictor, level, type or weighting is not known, or the grid has more than 10,000 rows.

    Source: R `emmeans::emmeans`.

    Examples
    --------
    >>> from rglm import datasets, lm
    >>> fit = lm("breaks ~ wool + tension", data=datasets.load("warpbreaks"))
    >>> fit.emmeans("tension").pairs().table["contrast"].tolist()
    ['L - M', 'L - H', 'M - H']
    """
    return _emmeans(fit, Request(specs, by, type, weights, at, level, vcov, offset, df), fit.rows.weights)


@dataclass(frozen=True, eq=False)
class Request:
    """The arguments of `emmeans`."""

    specs: Any
    by: Any
    type: str
    weights: str
    at: Mapping[str, Any] | None
    level: float
    vcov: Any
    offset: float | None
    df: float | None


def _emmeans(fit: Fitted, request: Request, row_weights: Floats | None) -> EstimatedMeans | MeansAndContrasts:
    if not among(request.type, TYPES):
        raise FitError(choose("type", request.type, TYPES))
    check_level(request.level)
    names, parting, contrast = _asked(request.specs, request.by)
    grid = reference_grid(fit, request.at, request.offset, row_weights)
    wanted = [grid.axis(name) for name in (*names, *parting)]
    used = covariance(fit, request.vcov)
    L, cells = averaged(grid, wanted, request.weights)
    factors = {
        grid.axes[i].name: tuple(grid.axes[i].values[code] for code in cells[k]) for k, i in enumerate(wanted)
    }
    others = [i for i in range(len(grid.axes)) if i not in wanted]
    _warn_of_interactions(fit, [grid.axes[i].name for i in wanted], [grid.axes[i].name for i in others])
    means = EstimatedMeans(
        factors=factors or {"1": ("overall",)},
        by=parting,
        L=L,
        offset=np.full(len(L), grid.offset),
        linear=linear_of(fit, used, request.df),
        transform=scale_of(fit),
        response=request.type == "response",
        label="emmean",
        averaged=tuple(grid.axes[i].name for i in others if len(grid.axes[i].values) > 1),
        means=0,
        shown=Shown(True, False, request.level),
        note=used.note,
    )
    return means if contrast is None else MeansAndContrasts(means, means.contrast(contrast))


def linear_of(fit: Fitted, used: Covariance, df: float | None) -> Linear:
    """The coefficients, with the degrees of freedom asked for or the fit's."""
    if df is None:
        df = np.inf if fit.family.dispersion_known else float(fit.df_residual)
    if not (is_number(df) and df > 0):
        raise FitError(f"df must be a positive number, or inf for z; got {df!r}.")
    coef = np.where(fit.aliased, 0.0, fit.coef.to_numpy(dtype=float))
    return Linear(coef, used.without_aliased(fit.aliased), null_space(fit), float(df))


def _asked(specs: Any, by: Any) -> tuple[tuple[str, ...], tuple[str, ...], str | None]:
    """Names to have means for, names that part them, and a contrast, from names or a formula."""
    contrast = None
    if hasattr(specs, "casefold") and "~" in specs:
        left, _, right = specs.partition("~")
        contrast = left.strip() or None
        means, bar, parting = right.partition("|")
        names, parted = _names(means), _names(parting) if bar else ()
    else:
        names, parted = listed(specs), ()
    names = tuple(name for name in names if name != "1")
    parted = (*parted, *(name for name in listed(by) if name not in parted))
    return tuple(name for name in names if name not in parted), parted, contrast


def listed(given: Any) -> tuple[str, ...]:
    """Names given as one name, several, or None."""
    if given is None:
        return ()
    if hasattr(given, "casefold"):
        return (given,)
    if not hasattr(given, "__iter__") or not all(hasattr(name, "casefold") for name in given):
        raise FitError(f"Means are for predictors given by name, one or several; got {described(given)}.")
    return tuple(given)


def _names(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for name, _ in names_read(parse_expression(text))))


def null_space(fit: Fitted) -> Floats:
    """Orthonormal coefficient vectors that no row of the fit distinguishes from zero, (a, p)."""
    if not fit.aliased.any():
        return np.zeros((0, len(fit.aliased)))
    return np.asarray(np.linalg.qr(relations(fit).null_vectors().T)[0].T)


def averaged(grid: ReferenceGrid, wanted: Sequence[int], weights: str) -> tuple[Floats, Codes]:
    """Model columns averaged over the grid in each cell of the wanted axes: (k, p), and the cells' codes."""
    sizes = [len(grid.axes[i].values) for i in wanted]
    k = int(np.prod(sizes)) if sizes else 1
    cell = np.zeros(len(grid.weights), dtype=np.intp)
    stride = 1
    for i, size in zip(wanted, sizes, strict=True):
        cell += stride * grid.codes[i]
        stride *= size
    w = _weights(grid, wanted, weights)
    total = np.bincount(cell, w, k)
    L = np.zeros((k, grid.X.shape[1]))
    used = w > 0
    np.add.at(L, cell[used], w[used, None] * grid.X[used])
    with np.errstate(invalid="ignore", divide="ignore"):
        L = L / total[:, None]
    places = np.unravel_index(np.arange(k), sizes, order="F") if sizes else ()
    return L, np.array(places, dtype=np.intp).reshape(len(sizes), k)


def _weights(grid: ReferenceGrid, wanted: Sequence[int], weights: str) -> Floats:
    """What each row of the grid counts for in its average."""
    if not among(weights, WEIGHTS):
        raise FitError(choose("weights", weights, WEIGHTS))
    others = [i for i in range(len(grid.axes)) if i not in wanted]
    if weights == "equal" or not others:
        return np.ones(len(grid.weights))
    if weights == "cells":
        return grid.weights
    if weights == "flat":
        return (grid.weights > 0).astype(float)
    if weights == "proportional":
        return _margin(grid, others)
    return np.asarray(np.prod([_margin(grid, [i]) for i in others], axis=0))


def _margin(grid: ReferenceGrid, axes: Sequence[int]) -> Floats:
    """Rows of the data at each row's values of these axes, whatever the others."""
    shape = [len(grid.axes[i].values) for i in axes]
    cell = np.ravel_multi_index(tuple(grid.codes[i] for i in axes), shape, order="F")
    return np.asarray(np.bincount(cell, grid.weights)[cell])


def _warn_of_interactions(fit: Fitted, wanted: Sequence[str], others: Sequence[str]) -> None:
    design = fit.design
    for term in design.terms.terms:
        read = {name for index in term for name in design.columns_of(index)}
        if len(term) > 1 and read & set(wanted) and read & set(others):
            warn("Results may be misleading due to involvement in interactions")
            return
