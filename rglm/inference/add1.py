"""`add1()`: what each term of a scope would be worth, by adding it to a model."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np

from rglm.design.encode import piece_together
from rglm.design.spec import subset_terms
from rglm.errors import FitError, some, warn
from rglm.families.family import Family
from rglm.formula.values import Floats
from rglm.inference.bootstrap_test import Contest, Draws, Way
from rglm.inference.checks import check_dispersion, check_likelihood, check_penalty
from rglm.inference.drop1 import as_series, named_test, score_at, warn_perfect, with_bootstrap
from rglm.inference.fitted import Fitted
from rglm.inference.growable import Growable, Wider
from rglm.inference.labels import formula_of, formula_tree
from rglm.inference.scope import add_scope, asked_terms, check_upper, is_text, joined, keys
from rglm.inference.stages import Projections, Rater, Refits, Stage, columns_of, on_terms, stage_of
from rglm.inference.term_table import (
    ADDITIONS,
    GLM_TESTS,
    LM_TESTS,
    Change,
    TermTable,
    glm_table,
    lm_table,
    warn_f,
)
from rglm.inference.vcov import dispersion as fitted_dispersion


def add1(
    fit: Growable,
    scope: Any,
    test: Any = False,
    *,
    k: float = 2.0,
    dispersion: float | None = None,
    n_boot: int = 999,
    seed: Any = None,
) -> TermTable:
    """Single term additions to a generalized linear model.

    Each row is the model with one term more.  All models, the present one too, are fitted to the rows where
    no variable of the added terms is missing.

    Parameters
    ----------
    fit : a fitted generalized linear model
    scope : a formula such as "~ . + x + z" (`.` stands for the model), of which the terms are added that the
        model lacks and that contain no other such term; or a list of labels
    test : False for none, "Chisq" (also "LRT"), "F", "Rao" or "boot".
        Chisq: deviance difference / phi against chi-square.  F: the same, over its df and the larger model's
        deviance / df_residual.  Rao: the score statistic / phi.
        "boot" adds a p-value by parametric bootstrap and its Monte Carlo error to Chisq, or to F where the
        dispersion is estimated.
    k : penalty of the AIC for each coefficient
    dispersion : phi instead of the fit's (R's `scale`)
    n_boot, seed : samples drawn for each test of test="boot", and what their generator starts from

    Returns
    -------
    TermTable: `.table` with `Df`, `Deviance`, `AIC` (not for quasi families) and the columns of the test;
    `.refit_aic`, the AIC of each model as fitted (see `drop1`)

    Raises
    ------
    FitError
        When the test is unknown, or the scope has nothing to add or lacks terms of the model.

    Warns
    -----
    RglmWarning
        When rows are left out because a variable of the scope is missing; for F tests where the family fixes
        the dispersion.

    Source: R `add1.glm`; Rao (1948) for the score test.

    Examples
    --------
    >>> from rglm import datasets, glm
    >>> fit = glm("breaks ~ wool", data=datasets.load("warpbreaks"), family="poisson")
    >>> fit.add1("~ . + tension + wool:tension", test="Chisq").table.index.tolist()
    ['<none>', 'tension']
    """
    check_likelihood(fit, "add1()")
    wanted = named_test(test, GLM_TESTS, fit.family.dispersion_known)
    check_dispersion(dispersion)
    check_penalty(k)
    warn_f(fit.family, wanted)
    cold = wanted == "Rao"
    grown = grow(fit, scope, lambda wide: Refits(wide.design, wide.rows, wide.refit, cold))
    others = grown.additions()
    change = Change(
        grown.base,
        others,
        1,
        fit.family,
        grown.rater.rows.nobs,
        k,
        grown.dispersion if dispersion is None else dispersion,
        dispersion is not None,
        grown.scores(others) if cold else None,
    )
    table = glm_table(change, wanted)
    if test == "boot":
        table = with_bootstrap(fit, table, grown.contests(), Draws(n_boot, seed))
    return TermTable(ADDITIONS, formula_of(fit), table, as_series(change), wanted, dispersion)


def add1_lm(
    fit: Growable,
    scope: Any,
    test: Any = False,
    *,
    k: float = 2.0,
    dispersion: float | None = None,
    n_boot: int = 999,
    seed: Any = None,
) -> TermTable:
    """Single term additions to a linear model.

    Parameters
    ----------
    fit : a fitted linear model
    scope : a formula such as "~ . + x + z" (`.` stands for the model), of which the terms are added that the
        model lacks and that contain no other such term; or a list of labels
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
        When the test is unknown, or the scope has nothing to add or lacks terms of the model.

    Warns
    -----
    RglmWarning
        When rows are left out because a variable of the scope is missing; when the fit is perfect up to
        rounding.

    Source: R `add1.lm`.

    Examples
    --------
    >>> from rglm import datasets, lm
    >>> fit = lm("mpg ~ wt", data=datasets.load("mtcars"))
    >>> fit.add1("~ . + hp + qsec", test="F").table.index.tolist()
    ['<none>', 'hp', 'qsec']
    """
    check_likelihood(fit, "add1()")
    wanted = named_test(test, LM_TESTS, False)
    check_dispersion(dispersion)
    check_penalty(k)
    warn_perfect(fit)
    grown = grow(fit, scope, lambda wide: Projections(wide.design, wide.rows, wide.refit, fit.family))
    change = Change(
        grown.base,
        grown.additions(),
        1,
        fit.family,
        grown.rater.rows.nobs,
        k,
        grown.dispersion if dispersion is None else dispersion,
        dispersion is not None,
    )
    table = lm_table(change, wanted)
    if test == "boot":
        table = with_bootstrap(fit, table, grown.contests(), Draws(n_boot, seed))
    return TermTable(ADDITIONS, formula_of(fit), table, as_series(change), wanted, dispersion)


@dataclass(frozen=True)
class Grown:
    """A model among larger ones on the same rows.

    base   the model on these rows
    held   its terms among those of the wider design
    added  terms to add, by label
    """

    wide: Wider
    rater: Rater
    base: Stage
    dispersion: float
    held: tuple[int, ...]
    added: Mapping[str, int]

    def additions(self) -> dict[str, Stage]:
        """The model with each of the terms more."""
        return {
            name: on_terms(self.rater, [*self.held, index], self.base) for name, index in self.added.items()
        }

    def contests(self) -> list[Contest]:
        """How the model is fitted, and each of the larger ones."""
        if self.wide.left_out:
            raise FitError(
                'test="boot" draws responses from the fit, and the scope leaves out some of its rows. Fit '
                "the model to the rows where no variable of the scope is missing."
            )
        small = self._way(self.held)
        return [Contest(small, self._way([*self.held, index])) for index in self.added.values()]

    def _way(self, terms: Sequence[int]) -> Way:
        columns = columns_of(self.wide.design, terms)
        if columns is None:
            return partial(self.wide.refit, terms=terms)
        return partial(self.wide.refit, columns=columns)

    def scores(self, others: Mapping[str, Stage]) -> dict[str, float]:
        """Rao's statistic of each larger model at the model itself."""
        return {
            name: score_at(dense(self.wide, others[name], [*self.held, index]), self.base)
            for name, index in self.added.items()
        }


def dense(wide: Wider, stage: Stage, terms: Sequence[int]) -> Floats:
    """The columns of a stage, n × p."""
    if stage.columns is not None:
        return wide.rows.X[:, stage.columns]
    return piece_together(subset_terms(wide.design, terms), wide.variables, wide.rows.block.n).dense()


def grow(fit: Growable, scope: Any, rate: Callable[[Wider], Rater]) -> Grown:
    """The model and the terms to add to it, on the rows where all of them are present."""
    model, asked = fit.design.terms, asked_terms(fit, scope)
    new = add_scope(keys(model), keys(asked))
    if is_text(scope) or hasattr(scope, "right"):
        check_upper(model, asked)
    else:
        new = [index for index, key in enumerate(keys(asked)) if key not in set(keys(model))]
    if not new:
        raise FitError(
            f"no terms in scope for adding to the model: it has {some(model.labels)} already. "
            'Write "~ . + x", where `.` stands for the model.'
        )
    wide = fit.widened(joined(formula_tree(fit), asked, new))
    if wide.left_out:
        n = fit.rows.block.n
        warn(f"using the {n - wide.left_out}/{n} rows from a combined fit")
    rater = rate(wide)
    places = {key: index for index, key in enumerate(keys(wide.design.terms))}
    held = tuple(places[key] for key in keys(model))
    base = base_stage(fit, wide, rater, held)
    phi = dispersion_at(fit, fit.family, base, bool(wide.left_out))
    return Grown(wide, rater, base, phi, held, {asked.labels[i]: places[keys(asked)[i]] for i in new})


def base_stage(fit: Fitted, wide: Wider, rater: Rater, held: Sequence[int]) -> Stage:
    """The model itself among the columns of a wider design; fitted again where rows were left out."""
    columns = columns_of(wide.design, held)
    if wide.left_out or columns is None:
        return on_terms(rater, held)
    names = [wide.design.column_names[column] for column in columns]
    if names != list(fit.design.column_names):
        return on_terms(rater, held)
    return replace(stage_of(fit), columns=columns)


def dispersion_at(fit: Fitted, family: Family, stage: Stage, moved: bool) -> float:
    """phi of a stage: the fit's own where the stage is the fit."""
    if not moved:
        return fitted_dispersion(fit)
    if family.dispersion_known:
        return 1.0
    return stage.pearson / stage.df_residual if stage.df_residual > 0 else np.nan
