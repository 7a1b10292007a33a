"""`drop1()`: what each term of a model is worth, by leaving it out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from rglm.errors import warn
from rglm.inference.checks import check_dispersion
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
    fit: Fitted, scope: Any = None, test: Any = False, *, k: float = 2.0, dispersion: float | None = None
) -> TermTable:
    """Single term deletions from a generalized linear model.

    Each row is the model without one term, fitted to the same rows from where the model stands.

    Parameters
    ----------
    fit : a fitted generalized linear model
    scope : the terms to drop: a formula (`.` stands for the model) or a list of labels.  The default is
        those that no other term contains.  A term that others contain is dropped by its columns, as R does:
        its test then depends on the contrasts ("contr.sum" makes it a test of type 3).
    test : False for none, "Chisq" (also "LRT"), "F" or "Rao".
        Chisq: deviance difference / phi against chi-square.  F: the same, over its df and the model's
        deviance / df_residual (`anova` takes Pearson's estimate there).  Rao: the score statistic / phi.
    k : penalty of the AIC for each coefficient
    dispersion : phi instead of the fit's (R's `scale`)

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
    wanted = named_test(test, GLM_TESTS)
    check_dispersion(dispersion)
    warn_f(fit.family, wanted)
    rater, base = Refits(fit.design, as_rows(fit.rows), fit.refit, wanted == "Rao"), stage_of(fit)
    others = without_each(rater, base, dropped_terms(fit, scope))
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
    return deletions(fit, change, glm_table(change, wanted), wanted, dispersion)


def drop1_lm(
    fit: Fitted, scope: Any = None, test: Any = False, *, k: float = 2.0, dispersion: float | None = None
) -> TermTable:
    """Single term deletions from a linear model.

    Parameters
    ----------
    fit : a fitted linear model
    scope : the terms to drop: a formula (`.` stands for the model) or a list of labels.  The default is
        those that no other term contains.  A term that others contain is dropped by its columns, as R does:
        its test then depends on the contrasts ("contr.sum" makes it a test of type 3).
    test : False for none, "F", or "Chisq" (n log(RSS ratio) against chi-square)
    k : penalty of the AIC for each coefficient
    dispersion : sigma² instead of the fit's (R's `scale`); the AIC is then Mallows' Cp

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
    wanted = named_test(test, LM_TESTS)
    check_dispersion(dispersion)
    warn_perfect(fit)
    base = stage_of(fit)
    rater = Projections(fit.design, as_rows(fit.rows), fit.refit, fit.family, base)
    change = Change(
        base,
        without_each(rater, base, dropped_terms(fit, scope)),
        -1,
        fit.family,
        fit.rows.nobs,
        k,
        fitted_dispersion(fit) if dispersion is None else dispersion,
        dispersion is not None,
    )
    return deletions(fit, change, lm_table(change, wanted), wanted, dispersion)


def without_each(rater: Rater, base: Stage, dropped: Sequence[int]) -> dict[str, Stage]:
    """The model without each of some terms of its design, by their labels."""
    design = rater.design
    held = range(len(design.term_labels))
    free = set(drop_scope(keys(design.terms)))
    stages = {}
    for index in dropped:
        if index in free:
            stage = on_terms(rater, [other for other in held if other != index], base)
        else:
            stage = on_columns(rater, np.flatnonzero(np.asarray(design.assign) != index + 1), base)
        stages[design.term_labels[index]] = stage
    return stages


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


def named_test(test: Any, known: Sequence[str]) -> str | None:
    """The test by its name; None for False or R's "none"."""
    return None if test == "none" else asked_test(test, known[0], known)


def warn_perfect(fit: Fitted) -> None:
    """Selection among models that fit perfectly compares rounding errors."""
    rows = fit.rows
    if fit.deviance < 1e-10 * float(rows.weights @ rows.mu**2):
        warn("attempting model selection on an essentially perfect fit is nonsense")
