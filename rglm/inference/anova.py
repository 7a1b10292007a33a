"""`anova()` of generalized linear models: one model term by term, or several against each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from rglm.display.numbers import format_counts
from rglm.errors import FitError, described
from rglm.formula.values import Floats
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
from rglm.inference.residuals import working_residuals
from rglm.inference.vcov import dispersion


def anova(fit: Fitted, *others: Fitted, test: Any = "default", type: int = 1) -> AnovaTable:
    """Analysis of deviance: the terms of one model in their order, or several models in the order given.

    One model: it is fitted again with its first term, its first two, …; each row is the deviance that a term
    takes away from those before it.  Several models: each row is the difference from the model before.
    The dispersion is that of the largest model (the one with the fewest residual degrees of freedom).

    Parameters
    ----------
    fit, *others : fitted generalized linear models of the same rows and response
    test : "Chisq" (also called "LRT"), "F", "Rao", "Cp", or False for none.  The default is Chisq where the
        dispersion is known, else F.
        Chisq: deviance / phi against chi-square.  F: deviance / df / phi against F.  Rao: the score test.
        Cp: deviance + 2 phi (parameters).
    type : 1

    Returns
    -------
    AnovaTable, whose `.table` has R's rows and columns: `Df`, `Deviance`, `Resid. Df`, `Resid. Dev` and those
    of the test.  A term that adds no column (an aliased one) has Df 0 and no test.

    Raises
    ------
    FitError
        When the test or type is unknown, or the models have other rows, weights, response or family.

    Warns
    -----
    RglmWarning
        For F tests where the family fixes the dispersion.

    Source: R >= 4.4 `anova.glm`; Rao (1948) for the score test.

    Examples
    --------
    >>> from rglm import datasets, glm
    >>> fit = glm("breaks ~ wool + tension", data=datasets.load("warpbreaks"), family="poisson")
    >>> fit.anova().table.index.tolist()
    ['NULL', 'wool', 'tension']
    """
    check_type(type)
    models = (fit, *others)
    check_comparable(models)
    largest = min(models, key=lambda model: model.df_residual)
    known = largest.family.dispersion_known
    wanted = asked_test(test, "Chisq" if known else "F")
    warn_f(largest, wanted)
    reference = Reference(dispersion(largest), np.inf if known else largest.df_residual, largest.rows.nobs)
    if others:
        return _compare(models, wanted, reference)
    return _sequence(fit, wanted, reference)


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


def check_same_rows(models: Sequence[Fitted]) -> None:
    """Models of any family can be compared by likelihood on the same rows, response and weights."""
    first = models[0]
    check_likelihood(first, "anova()")
    for number, model in enumerate(models[1:], start=2):
        if not hasattr(model, "refit"):
            raise FitError(
                f"anova() compares fitted models; argument {number} is {described(model)}. "
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
    df = np.concatenate([[np.nan], -np.diff(df_residuals)])
    drop = np.concatenate([[np.nan], -np.diff(deviances)])
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
