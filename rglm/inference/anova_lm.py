"""`anova()` of linear models: sums of squares term by term, or several models against each other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from rglm.errors import warn
from rglm.inference.anova import check_comparable, model_lines, with_bootstrap
from rglm.inference.bootstrap_test import Draws
from rglm.inference.checks import check_likelihood
from rglm.inference.deviance_table import AnovaTable, Reference, asked_test, check_type, columns_of_test
from rglm.inference.distributions import upper_f
from rglm.inference.fitted import Fitted
from rglm.inference.labels import response_of
from rglm.inference.nesting import check_nested
from rglm.inference.summary import estimates
from rglm.inference.type_tests import type_table_lm

TITLE = "Analysis of Variance Table"


def anova_lm(
    fit: Fitted,
    *others: Fitted,
    test: Any = "default",
    type: int = 1,
    vcov: Any = None,
    n_boot: int = 999,
    seed: Any = None,
) -> AnovaTable:
    """Analysis of variance: the terms of one linear model, or several nested models in turn.

    One model, type 1: each row is the sum of squares that a term takes away from those before it, and F is
    its mean square over that of the residuals.  Type 2: each term after all others but those that contain it.
    Type 3: each term, and the intercept, after all others, in sum contrasts whatever the fit used.  Several
    models: each row is the difference from the model before; sigma² is that of the largest model.

    Parameters
    ----------
    fit, *others : fitted linear models of the same rows and response, each nested in its neighbour
    test : "F" (the default), or "boot" for F and a p-value by parametric bootstrap, `Pr(boot)`, with its
        Monte Carlo error, `MC error`; for type 1 also False for none; with several models "Chisq" and "Cp"
    type : 1, 2 or 3
    vcov : covariance of the coefficients for types 2 and 3: a type such as "HC3", a dict of arguments of
        `vcov()`, or a DataFrame (p, p)
    n_boot, seed : samples drawn for each test of test="boot", and what their generator starts from

    Returns
    -------
    AnovaTable, whose `.table` has R's rows and columns: `Df`, `Sum Sq`, `Mean Sq`, `F value`, `Pr(>F)`; with
    several models `Res.Df`, `RSS`, `Df`, `Sum of Sq` and those of the test; for types 2 and 3 those of
    `car::Anova`: `Sum Sq`, `Df`, `F value`, `Pr(>F)`, or with vcov= `Df`, `F`, `Pr(>F)`.  Terms that add no
    column have no row in type 1.

    Raises
    ------
    FitError
        When the test or type is unknown; when models have other rows or another response, or are not nested;
        when type 3 is asked of a model with aliased coefficients (empty cells).

    Warns
    -----
    RglmWarning
        When the fit is perfect up to rounding, so that its F tests are rounding errors.

    Source: R `anova.lm`; `car::Anova` for types 2 and 3.

    Examples
    --------
    >>> from rglm import datasets, lm
    >>> lm("dist ~ speed", data=datasets.load("cars")).anova().table.index.tolist()
    ['speed', 'Residuals']
    """
    check_type(type, bool(others), vcov)
    draws = Draws(n_boot, seed)
    if type != 1:
        return type_table_lm(fit, type, test, vcov, draws)
    if others:
        table = _compare((fit, *others), asked_test(test, "F", ("F", "Chisq", "Cp")))
    else:
        table = _sequence(fit, asked_test(test, "F", ("F",)))
    return with_bootstrap(table, (fit, *others), draws) if test == "boot" else table


def _sequence(fit: Fitted, test: str | None) -> AnovaTable:
    check_likelihood(fit, "anova()")
    _warn_if_perfect(fit)
    labels = tuple(fit.design.term_labels)
    kept = np.flatnonzero(~fit.aliased)
    # R b are the coordinates of the fitted values along orthogonal columns in the order of the terms
    squares = (fit.R @ estimates(fit)[kept]) ** 2
    assign = np.asarray(fit.design.assign, dtype=int)[kept]
    df = np.bincount(assign, minlength=len(labels) + 1)[1:].astype(float)
    sums = np.bincount(assign, weights=squares, minlength=len(labels) + 1)[1:]
    rows = np.flatnonzero(df > 0)
    df = np.append(df[rows], fit.df_residual)
    sums = np.append(sums[rows], fit.deviance)
    with np.errstate(all="ignore"):
        means = np.where(df > 0, sums / df, np.nan)
        columns = {"Df": df, "Sum Sq": sums, "Mean Sq": means}
        if test == "F":
            ratios = np.append(means[:-1] / means[-1], np.nan)
            columns |= {"F value": ratios, "Pr(>F)": upper_f(ratios, df, fit.df_residual)}
    index = pd.Index([labels[i] for i in rows] + ["Residuals"], dtype=object)
    table, note = pd.DataFrame(columns, index=index), f"Response: {response_of(fit)}"
    return AnovaTable(TITLE, ("", note), table, test, undefined=not fit.df_residual)


def _compare(models: Sequence[Fitted], test: str | None) -> AnovaTable:
    check_comparable(models)
    check_nested(models, "anova()")
    largest = min(models, key=lambda model: model.df_residual)
    df_largest = float(largest.df_residual)
    reference = Reference(
        largest.deviance / df_largest if df_largest else np.nan, df_largest, largest.rows.nobs
    )
    deviances = np.array([model.deviance for model in models])
    df_residuals = np.array([float(model.df_residual) for model in models])
    df = np.concatenate([[np.nan], -np.diff(df_residuals)])
    drop = np.concatenate([[np.nan], -np.diff(deviances)])
    columns = {"Res.Df": df_residuals, "RSS": deviances, "Df": df, "Sum of Sq": drop}
    columns |= columns_of_test(test, df, drop, reference, deviances, df_residuals)
    index = pd.Index([str(number) for number in range(1, len(models) + 1)], dtype=object)
    return AnovaTable(TITLE, ("", *model_lines(models)), pd.DataFrame(columns, index=index), test)


def _warn_if_perfect(fit: Fitted) -> None:
    rows = fit.rows
    if fit.deviance < 1e-10 * float(rows.weights @ rows.mu**2):
        warn("ANOVA F-tests on an essentially perfect fit are unreliable")
