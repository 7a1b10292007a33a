"""`drop1()`: what each term of a model is worth, by leaving it out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from rglm.design.spec import DesignSpec
from rglm.errors import warn
from rglm.inference.bootstrap_test import Contest, Draws, bootstrap_columns
from rglm.inference.checks import check_dispersion, check_likelihood, check_penalty
from rglm.inference.deviance_table import asked_test, score_statistic
from rglm.inference.fitted import Fitted
from rglm.inference.labels import formula_of
from rglm.inference.scope import drop_scope, dropped_terms, keys
from rglm.inference.stages import (
    Projections,
    Rater,
    Refits,
    Stage,
    as_rows,
    columns_of,
    on_columns,
    on_terms,
    stage_of,
)
from rglm.inference.term_table import (
    DELETIONS,
    GLM_TESTS,
    LM_TESTS,
    Change,
    TermTable,
    glm_table,
    lm_table,
    warn_f,
)
from rglm.inference.vcov import dispersion as fitted_dispersion


def drop1(
    fit: Fitted,
    scope: Any = None,
    test: Any = False,
    *,
    k: float = 2.0,
    dispersion: float | None = None,
    n_boot: int = 999,
    seed: Any = None,
) -> TermTable:
    """Single term deletions from a generalized linear model.

    Each row is the model without one term, fitted to the same rows from where the model stands.

    Parameters
    ----------
    fit : a fitted generalized linear model
    scope : the terms to drop: a formula (`.` stands for the model) or a list of labels.  The default is
        those that no other term contains.  A term that others contain is dropped by its columns, as R does:
        its test then depends on the contrasts ("contr.sum" makes it a test of type 3).
    test : False for none, "Chisq" (also "LRT"), "F", "Rao" or "boot".
        Chisq: deviance difference / phi against chi-square.  F: the same, over its df and the model's
        deviance / df_residual (`anova` takes Pearson's estimate there).  Rao: the score statistic / phi.
        "boot" adds a p-value by parametric bootstrap and its Monte Carlo error to Chisq, or to F where the
        dispersion is estimated.
    k : penalty of the AIC for each coefficient
    dispersion : phi instead of the fit's (R's `scale`)
    n_boot, seed : samples drawn for each test of test="boot", and what their generator starts from

    Returns
    -------
    TermTable: `.table` with `Df`, `Deviance`, `AIC` (not for quasi families) and the columns of the test;
    `.refit_aic`, the AIC of each model as fitted.  For Gamma and inverse Gaussian models R's column AIC takes
    all rows at the model's dispersion and differs from it.

    Raises
    ------
    FitError
        When the test is unknown, or the scope names a term that the model does not have.

    Warns
    -----
    RglmWarning
        For F tests where the family fixes the dispersion.

    Source: R `drop1.glm`; Rao (1948) for the score test.

    Examples
    --------
    >>> from rglm import datasets, glm
    >>> fit = glm("breaks ~ wool + tension", data=datasets.load("warpbreaks"), family="poisson")
    >>> fit.drop1(test="Chisq").table.columns.tolist()
    ['Df', 'Deviance', 'AIC', 'LRT', 'Pr(>Chi)']
    """
    check_likelihood(fit, "drop1()")
    wanted = named_test(test, GLM_TESTS, fit.family.dispersion_known)
    check_dispersion(dispersion)
    check_penalty(k)
    warn_f(fit.family, wanted)
    dropped = dropped_terms(fit, scope)
    rater, base = Refits(fit.design, as_rows(fit.rows), fit.refit, wanted == "Rao"), stage_of(fit)
    others = without_each(rater, base, dropped)
    change = Change(
        base,
        others,
        -1,
        fit.family,
        fit.rows.nobs,
        k,
        fitted_dispersion(fit) if dispersion is None else dispersion,
        dispersion is not None,
        _scores(fit, others) if wanted == "Rao" else None,
    )
    table = glm_table(change, wanted)
    if test == "boot":
        table = with_bootstrap(fit, table, ways_without(fit, dropped), Draws(n_boot, seed))
    return deletions(fit, change, table, wanted, dispersion)


def drop1_lm(
    fit: Fitted,
    scope: Any = None,
    test: Any = False,
    *,
    k: float = 2.0,
    dispersion: float | None = None,
    n_boot: int = 999,
    seed: Any = None,
) -> TermTable:
    """Single term deletions from a linear model.

    Parameters
    ----------
    fit : a fitted linear model
    scope : the terms to drop: a formula (`.` stands for the model) or a list of labels.  The default is
        those that no other term contains.  A term that others contain is dropped by its columns, as R does:
        its test then depends on the contrasts ("contr.sum" makes it a test of type 3).
    test : False for none, "F", "Chisq" (n log(RSS ratio) against chi-square), or "boot", which adds a p-value
        by parametric bootstrap and its Monte Carlo error to F
    k : penalty of the AIC for each coefficient
    dispersion : sigma² instead of the fit's (R's `scale`); the AIC is then Mallows' Cp
    n_boot, seed : samples drawn for each test of test="boot", and what their generator starts from

    Returns
    -------
    TermTable: `.table` with `Df`, `Sum of Sq`, `RSS`, `AIC` = n log(RSS/n) + k rank, and the columns of the
    test; `.refit_aic`, the AIC of each model with the constants that R's column leaves out

    Raises
    ------
    FitError
        When the test is unknown, or the scope names a term that the model does not have.

    Warns
    -----
    RglmWarning
        When the fit is perfect up to rounding.

    Source: R `drop1.lm`.

    Examples
    --------
    >>> from rglm import datasets, lm
    >>> fit = lm("mpg ~ wt + hp", data=datasets.load("mtcars"))
    >>> fit.drop1(test="F").table.index.tolist()
    ['<none>', 'wt', 'hp']
    """
    check_likelihood(fit, "drop1()")
    wanted = named_test(test, LM_TESTS, False)
    check_dispersion(dispersion)
    check_penalty(k)
    warn_perfect(fit)
    dropped, base = dropped_terms(fit, scope), stage_of(fit)
    rater = Projections(fit.design, as_rows(fit.rows), fit.refit, fit.family, base)
    change = Change(
        base,
        without_each(rater, base, dropped),
        -1,
        fit.family,
        fit.rows.nobs,
        k,
        fitted_dispersion(fit) if dispersion is None else dispersion,
        dispersion is not None,
    )
    table = lm_table(change, wanted)
    if test == "boot":
        table = with_bootstrap(fit, table, ways_without(fit, dropped), Draws(n_boot, seed))
    return deletions(fit, change, table, wanted, dispersion)


def without_each(rater: Rater, base: Stage, dropped: Sequence[int]) -> dict[str, Stage]:
    """The model without each of some terms of its design, by their labels."""
    design = rater.design
    labels, stages = design.term_labels, dict[str, Stage]()
    for index in dropped:
        terms, columns = remaining(design, index)
        stage = on_columns(rater, columns, base) if terms is None else on_terms(rater, terms, base)
        stages[labels[index]] = stage
    return stages


def remaining(design: DesignSpec, index: int) -> tuple[list[int] | None, np.ndarray]:
    """What stays when a term leaves: the other terms, None where one of them contains it; and the columns."""
    columns = np.flatnonzero(np.asarray(design.assign, dtype=int) != index + 1)
    if index not in drop_scope(keys(design.terms)):
        return None, columns
    return [other for other in range(len(design.term_labels)) if other != index], columns


def ways_without(fit: Fitted, dropped: Sequence[int]) -> list[Contest]:
    """How the model is fitted without each of some terms, and with all."""
    contests: list[Contest] = []
    for index in dropped:
        terms, columns = remaining(fit.design, index)
        same = terms is None or columns_of(fit.design, terms) is not None
        small = partial(fit.refit, columns=columns) if same else partial(fit.refit, terms=terms)
        contests.append(Contest(small, fit.refit))
    return contests


def with_bootstrap(
    fit: Fitted, table: pd.DataFrame, contests: Sequence[Contest], draws: Draws
) -> pd.DataFrame:
    """The table with the two columns of the bootstrap; a term without a column has no test."""
    df = table["Df"].to_numpy()[1:]
    tested = [None, *(each if d > 0 else None for each, d in zip(contests, df, strict=True))]
    return table.assign(**bootstrap_columns(fit, tested, draws))


def deletions(
    fit: Fitted, change: Change, table: Any, test: str | None, dispersion: float | None
) -> TermTable:
    """The record of a table of deletions."""
    return TermTable(DELETIONS, formula_of(fit), table, as_series(change), test, dispersion)


def as_series(change: Change) -> Any:
    """The AIC of each model as fitted, a Series named as the rows of the table."""
    return change.frame({"AIC": change.refit_aic})["AIC"]


def _scores(fit: Fitted, others: Mapping[str, Stage]) -> dict[str, float]:
    """Rao's statistic of the whole model at each smaller one."""
    X = fit.rows.block.dense()
    return {name: score_at(X, stage) for name, stage in others.items()}


def score_at(X: Any, smaller: Stage) -> float:
    """Rao's statistic, unscaled, of the columns X at a stage."""
    assert smaller.residuals is not None
    assert smaller.working_weights is not None
    return score_statistic(X, smaller.residuals, smaller.working_weights)


def named_test(test: Any, known: Sequence[str], dispersion_known: bool) -> str | None:
    """The test by its name; None for False or R's "none"; what stands beside the bootstrap for "boot"."""
    default = "Chisq" if dispersion_known else "F"
    return None if test == "none" else asked_test(test, default, known)


def warn_perfect(fit: Fitted) -> None:
    """Selection among models that fit perfectly compares rounding errors."""
    rows = fit.rows
    if fit.deviance < 1e-10 * float(rows.weights @ rows.mu**2):
        warn("attempting model selection on an essentially perfect fit is nonsense")
