"""`anova()` of generalized linear models: one model term by term, or several against each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from rglm.display.numbers import format_counts
from rglm.errors import FitError, described
from rglm.formula.values import Floats
from rglm.inference.bootstrap_test import Contest, Draws, bootstrap_columns
from rglm.inference.checks import check_likelihood
from rglm.inference.deviance_table import (
    AnovaTable,
    Reference,
    asked_test,
    check_type,
    columns_of_test,
    score_statistic,
    warn_f,
)
from rglm.inference.fitted import Fitted, Refit
from rglm.inference.labels import formula_of, response_of
from rglm.inference.nesting import check_nested
from rglm.inference.residuals import working_residuals
from rglm.inference.type_tests import type_table
from rglm.inference.vcov import dispersion


def anova(
    fit: Fitted,
    *others: Fitted,
    test: Any = "default",
    type: int = 1,
    error_estimate: str = "pearson",
    vcov: Any = None,
    n_boot: int = 999,
    seed: Any = None,
) -> AnovaTable:
    """Analysis of deviance: the terms of one model, or several nested models in the order given.

    One model, type 1: it is fitted again with its first term, its first two, …; each row is the deviance that
    a term takes away from those before it.  Type 2: each term after all others but those that contain it.
    Type 3: each term after all others, in sum contrasts whatever the fit used.  Several models: each row is
    the difference from the model before.  The dispersion is that of the largest model (the one with the
    fewest residual degrees of freedom).

    Parameters
    ----------
    fit, *others : fitted generalized linear models of the same rows and response, neighbours nested
    test : type 1 and several models: "Chisq" (also called "LRT"), "F", "Rao", "Cp", or False for none.  The
        default is Chisq where the dispersion is known, else F.
        Chisq: deviance / phi against chi-square.  F: deviance / df / phi against F.  Rao: the score test.
        Cp: deviance + 2 phi (parameters).
        Types 2 and 3: "LR" (the default), deviance / phi against chi-square; "Wald" (the default with vcov=),
        bᵀ V⁻¹ b of the term against chi-square; "F", deviance / df over an estimate of the error against F.
        "boot" adds to the default test a p-value by parametric bootstrap, `Pr(boot)`, and its Monte Carlo
        error, `MC error`.
    type : 1, 2 or 3
    error_estimate : what F of types 2 and 3 divides by: "pearson" (chi-square / df), "deviance" (deviance /
        df) or "dispersion" (that of the summary)
    vcov : covariance of the coefficients for Wald tests: a type such as "HC3", a dict of arguments of
        `vcov()`, or a DataFrame (p, p)
    n_boot, seed : samples drawn for each test of test="boot", and what their generator starts from

    Returns
    -------
    AnovaTable, whose `.table` has R's rows and columns: `Df`, `Deviance`, `Resid. Df`, `Resid. Dev` and those
    of the test; for types 2 and 3 those of `car::Anova`: `LR Chisq`, `Df`, `Pr(>Chisq)`; `Df`, `Chisq`,
    `Pr(>Chisq)`; or `Sum Sq`, `Df`, `F value`, `Pr(>F)`.  A term that adds no column (an aliased one) has
    Df 0 and no test.

    Raises
    ------
    FitError
        When the test or type is unknown; when models have other rows, weights, response or family, or are not
        nested; when type 3 is asked of a model with aliased coefficients (empty cells).

    Warns
    -----
    RglmWarning
        For F tests where the family fixes the dispersion.

    Source: R >= 4.4 `anova.glm`; `car::Anova` for types 2 and 3; Rao (1948) for the score test; Davison &
    Hinkley (1997), 4.2.2, for the bootstrap.

    Examples
    --------
    >>> from rglm import datasets, glm
    >>> fit = glm("breaks ~ wool + tension", data=datasets.load("warpbreaks"), family="poisson")
    >>> fit.anova().table.index.tolist()
    ['NULL', 'wool', 'tension']
    >>> fit.anova(type=2).table.columns.tolist()
    ['LR Chisq', 'Df', 'Pr(>Chisq)']
    """
    check_type(type, bool(others), vcov)
    draws = Draws(n_boot, seed)
    if type != 1:
        return type_table(fit, type, test, error_estimate, vcov, draws)
    models = (fit, *others)
    check_comparable(models)
    check_nested(models, "anova()")
    largest = min(models, key=lambda model: model.df_residual)
    known = largest.family.dispersion_known
    wanted = asked_test(test, "Chisq" if known else "F")
    warn_f(largest, wanted)
    reference = Reference(dispersion(largest), np.inf if known else largest.df_residual, largest.rows.nobs)
    table = _compare(models, wanted, reference) if others else _sequence(fit, wanted, reference)
    return with_bootstrap(table, models, draws) if test == "boot" else table


def with_bootstrap(table: AnovaTable, models: Sequence[Fitted], draws: Draws) -> AnovaTable:
    """The table with the two columns of the bootstrap: of neighbours, or of the terms of a single model."""
    if len(models) > 1:
        contests = _neighbours(models)
    else:
        steps = _steps(models[0])
        contests = [steps.get(label) for label in table.table.index]
    df = table.table["Df"].fillna(0.0)
    tested = [contest if each else None for contest, each in zip(contests, df, strict=True)]
    columns = bootstrap_columns(models[0], tested, draws)
    return replace(table, table=table.table.assign(**columns))


def _neighbours(models: Sequence[Fitted]) -> list[Contest | None]:
    """Each model and the one before it."""
    largest = min(models, key=lambda model: model.df_residual).refit
    sorted_pairs = (sorted(pair, key=lambda model: -model.df_residual) for pair in pairwise(models))
    return [None, *(Contest(small.refit, large.refit, largest) for small, large in sorted_pairs)]


def _steps(fit: Fitted) -> dict[str, Contest]:
    """For each term the model with the terms before it, without and with the term."""
    assign, labels = np.asarray(fit.design.assign), fit.design.term_labels
    ways = [partial(fit.refit, columns=assign <= i) for i in range(len(labels) + 1)]
    contests = [Contest(small, large, fit.refit) for small, large in pairwise(ways)]
    return dict(zip(labels, contests, strict=True))


def check_comparable(models: Sequence[Fitted]) -> None:
    """Models can be compared when they have the same rows, response, weights and variance function."""
    check_same_rows(models)
    first = models[0]
    for number, model in enumerate(models[1:], start=2):
        if first.family.variance != model.family.variance:
            raise FitError(
                f"Models must have the same family: model 1 is {first.family.name}, model {number} is "
                f"{model.family.name}, and their deviances measure different things. Compare them by AIC()."
            )


def check_same_rows(models: Sequence[Fitted], verb: str = "anova()", likelihood: bool = True) -> None:
    """Models of any family can be compared, by likelihood or not, on the same rows, response and weights."""
    first = models[0]
    if likelihood:
        check_likelihood(first, verb)
    for number, model in enumerate(models[1:], start=2):
        if not hasattr(model, "refit"):
            raise FitError(
                f"{verb} compares fitted models; argument {number} is {described(model)}. "
                'A test is given by name, such as test="F".'
            )
        rows, other = first.rows, model.rows
        if rows.block.n != other.block.n or rows.nobs != other.nobs:
            raise FitError(
                f"Models must be fitted to the same rows: model 1 has {int(first.rows.nobs)} observations, "
                f"model {number} has {int(other.nobs)}. Missing values in a variable that only one of them "
                "uses are the usual reason: fit both to the rows where all variables are present."
            )
        if not np.array_equal(rows.y, other.y):
            where = np.flatnonzero(rows.y != other.y)
            raise FitError(
                f"Models must have the same response in the same rows: model 1 has {response_of(first)}, "
                f"model {number} has {response_of(model)}, and they differ in {len(where)} rows, first in "
                f"row {rows.positions[where[0]]}."
            )
        if not np.array_equal(rows.weights, other.weights):
            raise FitError(
                f"Models must have the same weights: those of models 1 and {number} differ in "
                f"{np.count_nonzero(rows.weights != other.weights)} rows, so their deviances do not compare."
            )


@dataclass(frozen=True)
class _Stage:
    """A model on the way from the null model to the whole one; `rao` where scores are asked for."""

    deviance: float
    df_residual: float
    rao: float


def _sequence(fit: Fitted, test: str | None, reference: Reference) -> AnovaTable:
    labels = tuple(fit.design.term_labels)
    stages = _stages(fit, len(labels), test == "Rao")
    deviances = np.array([stage.deviance for stage in stages])
    df_residuals = np.array([stage.df_residual for stage in stages])
    df = np.concatenate([[np.nan], df_residuals[:-1] - df_residuals[1:]])
    # a term that adds no column leaves the fit as it is: what is left of a difference is the loop's tolerance
    drop = np.concatenate([[np.nan], np.where(df[1:] == 0, 0.0, -np.diff(deviances))])
    columns = {"Df": df, "Deviance": drop, "Resid. Df": df_residuals, "Resid. Dev": deviances}
    notes = (
        "",
        f"Model: {fit.family.title}, link: {fit.family.link.name}",
        "",
        f"Response: {response_of(fit)}",
        "",
        "Terms added sequentially (first to last)",
        "",
        "",
    )
    rao = np.array([stage.rao for stage in stages])
    return _table(columns, ("NULL", *labels), notes, test, reference, rao)


def _table(
    columns: dict[str, Floats],
    names: Sequence[str],
    notes: tuple[str, ...],
    test: str | None,
    reference: Reference,
    rao: Floats,
) -> AnovaTable:
    """The table with the columns of its test."""
    drop = columns["Deviance"]
    if test == "Rao":
        columns, drop = {**columns, "Rao": rao}, rao
    tests = columns_of_test(test, columns["Df"], drop, reference, columns["Resid. Dev"], columns["Resid. Df"])
    table = pd.DataFrame({**columns, **tests}, index=pd.Index(list(names), dtype=object))
    return AnovaTable("Analysis of Deviance Table", notes, table, test)


def _stages(fit: Fitted, n_terms: int, scores: bool) -> list[_Stage]:
    """Residual deviance and df with the first 0, 1, … terms; score statistics of each step on request."""
    stages = [_Stage(fit.null.deviance, fit.null.df, np.nan)]
    assign = np.asarray(fit.design.assign)
    X = fit.rows.block.dense() if scores else None
    before: Refit | None = fit.refit(columns=np.flatnonzero(assign == 0)) if scores and n_terms else None
    for i in range(1, n_terms + 1):
        columns = np.flatnonzero(assign <= i)
        rao = np.nan
        if X is not None and before is not None:
            rao = score_statistic(X[:, columns], _working(fit, before), before.working_weights)
        if i == n_terms:
            stages.append(_Stage(fit.deviance, fit.df_residual, rao))
            break
        # a warm start would stop a score's weights at another step than R's
        start = None if scores else _start(before, assign[columns], i)
        before = fit.refit(columns=columns, start=start)
        stages.append(_Stage(before.deviance, before.df_residual, rao))
    return stages


def _start(before: Refit | None, assign: np.ndarray, i: int) -> Floats | None:
    """The coefficients of the stage before, with zeros for the new term: the same fit, so a valid start."""
    if before is None or not len(before.coef):
        return None
    start = np.zeros(len(assign))
    start[assign < i] = before.coef
    return start


def _working(fit: Fitted, stage: Refit) -> Floats:
    with np.errstate(all="ignore"):
        return np.asarray((fit.rows.y - stage.mean.mu) / stage.mean.dmu)


def _compare(models: Sequence[Fitted], test: str | None, reference: Reference) -> AnovaTable:
    deviances = np.array([model.deviance for model in models])
    df_residuals = np.array([float(model.df_residual) for model in models])
    df = np.concatenate([[np.nan], -np.diff(df_residuals)])
    drop = np.concatenate([[np.nan], -np.diff(deviances)])
    columns = {"Resid. Df": df_residuals, "Resid. Dev": deviances, "Df": df, "Deviance": drop}
    rao = np.full(len(models), np.nan)
    if test == "Rao":
        rao[1:] = [_score(one, other) for one, other in pairwise(models)]
    names = [str(number) for number in range(1, len(models) + 1)]
    return _table(columns, names, ("", *model_lines(models)), test, reference, rao)


def model_lines(models: Sequence[Fitted]) -> list[str]:
    """`Model 1: y ~ x`, one line a model."""
    numbers = format_counts(range(1, len(models) + 1))
    return [f"Model {number}: {formula_of(model)}" for number, model in zip(numbers, models, strict=True)]


def _score(one: Fitted, other: Fitted) -> float:
    """Score statistic of the larger model at the smaller; negative where the second is the smaller."""
    shrinks = other.df_residual > one.df_residual
    small, large = (other, one) if shrinks else (one, other)
    statistic = score_statistic(
        large.rows.block.dense(), working_residuals(small), small.rows.working_weights
    )
    return -statistic if shrinks else statistic
