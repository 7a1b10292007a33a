"""Tests of each term in the presence of the others: `anova(fit, type=2)` and `anova(fit, type=3)`.

Type II tests a term against the model without it and without the terms that contain it.  Type III drops the
columns of one term alone, which has a meaning only where factors are coded by contrasts that sum to zero: so
the model is coded by `contr.sum` for these tests, whatever the fit used, and they do not depend on the fit's
coding.

Source: R `car::Anova` (Fox & Weisberg, 2019, An R Companion to Applied Regression, 5.3.4).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import Any

import numpy as np
import pandas as pd

from rglm.design.spec import recode
from rglm.errors import ConvergenceWarning, FitError, choose, some, warn
from rglm.formula.values import Floats
from rglm.inference.bootstrap_test import Contest, Draws, bootstrap_columns
from rglm.inference.checks import check_likelihood
from rglm.inference.covariance import covariance
from rglm.inference.deviance_table import AnovaTable
from rglm.inference.distributions import upper_chisq, upper_f
from rglm.inference.fitted import Fitted
from rglm.inference.information import dispersion, estimated_dispersion, unscaled
from rglm.inference.labels import response_of
from rglm.inference.nesting import recoding, wald_statistic
from rglm.inference.residuals import pearson_residuals
from rglm.inference.scope import keys

NUMERALS = {2: "II", 3: "III"}

SUM = "contr.sum"

GLM_TESTS = ("LR", "Wald", "F", "boot")
LM_TESTS = ("F", "boot")

ERRORS = {
    "pearson": "Pearson residuals",
    "deviance": "deviance",
    "dispersion": "estimated dispersion",
}
"""Estimates of the error that F divides by, and how car names them."""


@dataclass(frozen=True)
class Hypotheses:
    """The terms of a model as hypotheses on its coefficients, by type.

    fit    a fitted model
    type   2 or 3
    """

    fit: Fitted
    type: int

    @property
    def labels(self) -> tuple[str, ...]:
        """The terms."""
        return tuple(self.fit.design.term_labels)

    @cached_property
    def assign(self) -> np.ndarray:
        """The term of each column, from 1."""
        return np.asarray(self.fit.design.assign, dtype=int)

    def above(self, term: int) -> list[int]:
        """The terms (from 1) that hold every variable of a term and more; none for type III."""
        held = keys(self.fit.design.terms)
        if self.type == 3:
            return []
        return [other for other, key in enumerate(held, start=1) if held[term - 1] < key]

    def columns(self, terms: Sequence[int]) -> np.ndarray:
        """Which columns belong to some terms, (p,) bool."""
        return np.isin(self.assign, list(terms))

    @property
    def terms(self) -> range:
        """The terms, from 1."""
        return range(1, len(self.labels) + 1)

    def contest(self, term: int) -> Contest:
        """The model that a term is left out of, and the one that has it."""
        coded = partial(self.fit.refit, contrasts=SUM) if self.type == 3 else self.fit.refit
        above = self.above(term)
        large = partial(coded, columns=~self.columns(above)) if above else self.fit.refit
        return Contest(partial(coded, columns=~self.columns([term, *above])), large, self.fit.refit)

    @cached_property
    def df(self) -> Floats:
        """Columns that each term takes with it, those not aliased."""
        kept = ~self.fit.aliased
        return np.array([float((self.columns([term]) & kept).sum()) for term in self.terms])

    @cached_property
    def drops(self) -> Floats:
        """Deviance that each term takes away."""
        return np.array([self._drop(term) for term in self.terms])

    def _drop(self, term: int) -> float:
        if not self.df[term - 1]:
            return 0.0
        contest = self.contest(term)
        without = contest.small()
        within = contest.large() if self.above(term) else None
        if not without.converged or (within is not None and not within.converged):
            warn(
                f"A model without {self.labels[term - 1]} did not converge: that row is not to be trusted.",
                ConvergenceWarning,
            )
        return without.deviance - (self.fit.deviance if within is None else within.deviance)

    def wald(self, V: Floats) -> Floats:
        """Wald statistics of terms for a covariance matrix V, rank × rank; type III has the intercept too.

        For type II, that of the term and those above it minus that of those above it: what is left of the
        first hypothesis orthogonally (in V) to the second.
        """
        kept = np.flatnonzero(~self.fit.aliased)
        b = np.asarray(self.fit.coef.to_numpy(dtype=float)[kept], dtype=np.float64)
        if self.type == 3:
            T = self._recoded
            b, V = T @ b, np.asarray(T @ V @ T.T)
        unit: Floats = np.eye(len(kept))

        def statistic(terms: Sequence[int]) -> float:
            return wald_statistic(np.asarray(unit[self.columns(terms)[kept]]), b, V)

        found = [statistic([term, *self.above(term)]) - statistic(self.above(term)) for term in self.terms]
        return np.array([statistic([0]), *found] if self.with_intercept else found)

    @cached_property
    def _recoded(self) -> Floats:
        """T with b_sum = T b: the coefficients in sum contrasts."""
        block = replace(self.fit.rows.block, layout=recode(self.fit.design, SUM).layout)
        return recoding(self.fit, block)

    @property
    def with_intercept(self) -> bool:
        """Whether a table of Wald tests has a row for the intercept: type III."""
        return self.type == 3 and self.fit.design.terms.intercept

    def with_first(self, values: Floats, first: float) -> Floats:
        """Values of the terms with one for the intercept before them, where there is one."""
        return np.array([first, *values]) if self.with_intercept else values

    @property
    def wald_labels(self) -> list[str]:
        """The rows of a table of Wald tests."""
        return ["(Intercept)", *self.labels] if self.with_intercept else list(self.labels)


def hypotheses(fit: Fitted, type: int) -> Hypotheses:
    """The terms of a model as hypotheses of a type.

    Raises
    ------
    FitError
        When there is no term to test; for type III when a coefficient is aliased.
    """
    if not fit.design.term_labels:
        raise FitError("The model has no terms to test: it has an intercept at most.")
    if type == 3 and fit.aliased.any():
        names = [name for name, out in zip(fit.design.column_names, fit.aliased, strict=True) if out]
        raise FitError(
            f"Type III tests need every coefficient, and the data do not determine {some(names)}: cells of "
            "an interaction are empty, or a term repeats others. Use type=2, or leave out the terms at fault "
            "(fit.alias() shows what depends on what)."
        )
    return Hypotheses(fit, type)


def type_table(fit: Fitted, type: int, test: Any, error_estimate: str, vcov: Any, draws: Draws) -> AnovaTable:
    """Type II or III tests of a generalized linear model, as `car::Anova`."""
    wald = vcov is not None or fit.rows.sampling is not None
    wanted = _asked(test, "Wald" if wald else "LR", GLM_TESTS)
    if vcov is not None and wanted != "Wald":
        raise FitError(f'vcov= makes Wald tests; test="{wanted}" compares deviances. Use test="Wald".')
    if wanted != "Wald":
        check_likelihood(fit, f'test="{wanted}"')
    asked = hypotheses(fit, type)
    if wanted == "Wald":
        found = covariance(fit, vcov)
        statistic = asked.wald(_kept(fit, found.matrix))
        df = asked.with_first(asked.df, 1.0)
        columns = {"Df": df, **_chisq("Chisq", statistic, df)}
        return _table(asked, columns, asked.wald_labels, wanted, [] if found.note is None else [found.note])
    if wanted == "F":
        return _f_table(asked, error_estimate)
    statistic = asked.drops / dispersion(fit)
    tests = _chisq("LR Chisq", statistic, asked.df)
    columns = {"LR Chisq": tests["LR Chisq"], "Df": asked.df, "Pr(>Chisq)": tests["Pr(>Chisq)"]}
    return _table(asked, columns | _boot(asked, wanted, draws), asked.labels, wanted)


def type_table_lm(fit: Fitted, type: int, test: Any, vcov: Any, draws: Draws) -> AnovaTable:
    """Type II or III tests of a linear model, as `car::Anova`."""
    wanted = _asked(test, "F", LM_TESTS)
    if vcov is not None and wanted != "F":
        raise FitError(f'vcov= makes Wald tests; test="{wanted}" compares sums of squares. Use test="F".')
    if wanted == "boot":
        check_likelihood(fit, 'test="boot"')
    asked = hypotheses(fit, type)
    df, labels = asked.with_first(asked.df, 1.0), [*asked.wald_labels, "Residuals"]
    if vcov is not None or fit.rows.sampling is not None:
        found = covariance(fit, vcov)
        ratio = _ratio(asked.wald(_kept(fit, found.matrix)), df)
        columns = {"Df": df, "F": ratio, "Pr(>F)": upper_f(ratio, df, fit.df_residual)}
        columns = _with_residuals(columns, {"Df": float(fit.df_residual)})
        return _table(asked, columns, labels, wanted, [] if found.note is None else [found.note])
    squares = asked.wald(unscaled(fit))
    error = fit.deviance / fit.df_residual if fit.df_residual else np.nan
    ratio = _ratio(squares / error, df)
    columns = {"Sum Sq": squares, "Df": df, "F value": ratio, "Pr(>F)": upper_f(ratio, df, fit.df_residual)}
    if wanted == "boot":
        boot = _boot(asked, wanted, draws)
        columns |= {name: asked.with_first(values, np.nan) for name, values in boot.items()}
    columns = _with_residuals(columns, {"Sum Sq": fit.deviance, "Df": float(fit.df_residual)})
    table = _table(asked, columns, labels, wanted)
    return replace(table, title=f"Anova Table (Type {NUMERALS[type]} tests)", undefined=not fit.df_residual)


def _f_table(asked: Hypotheses, error_estimate: str) -> AnovaTable:
    """F tests of deviances over an estimate of the error."""
    if error_estimate not in ERRORS:
        raise FitError(choose("error_estimate", error_estimate, tuple(ERRORS)))
    fit = asked.fit
    df_residual = float(fit.df_residual)
    if fit.family.dispersion_known:
        # the summary's dispersion is 1 then, which is no estimate
        error_estimate = "pearson" if error_estimate == "dispersion" else error_estimate
        warn(f"dispersion parameter estimated from the {ERRORS[error_estimate]}, not taken as 1")
    if error_estimate == "deviance":
        total = fit.deviance
    elif error_estimate == "dispersion":
        total = estimated_dispersion(fit) * df_residual
    else:
        counts = 1.0 if fit.rows.counts is None else fit.rows.counts
        total = float(np.sum(counts * pearson_residuals(fit) ** 2))
    ratio = _ratio(asked.drops / (total / df_residual if df_residual else np.nan), asked.df)
    # car writes "F values" in its type III tables
    name = "F value" if asked.type == 2 else "F values"
    columns = {
        "Sum Sq": asked.drops,
        "Df": asked.df,
        name: ratio,
        "Pr(>F)": upper_f(ratio, asked.df, df_residual),
    }
    columns = _with_residuals(columns, {"Sum Sq": total, "Df": df_residual})
    note = f"Error estimate based on {ERRORS[error_estimate]} "
    return _table(asked, columns, [*asked.labels, "Residuals"], "F", [note, ""])


def _asked(test: Any, default: str, known: tuple[str, ...]) -> str:
    if test == "default":
        return default
    if test not in known:
        raise FitError(choose("test", test, known) + " These are the tests of tables of type 2 and 3.")
    return str(test)


def _kept(fit: Fitted, matrix: Floats) -> Floats:
    kept = np.flatnonzero(~fit.aliased)
    return np.asarray(matrix[np.ix_(kept, kept)])


def _ratio(statistic: Floats, df: Floats) -> Floats:
    with np.errstate(all="ignore"):
        return np.where(df > 0, statistic / df, np.nan)


def _chisq(name: str, statistic: Floats, df: Floats) -> dict[str, Floats]:
    statistic = np.where(df > 0, statistic, np.nan)
    return {name: statistic, "Pr(>Chisq)": upper_chisq(np.maximum(statistic, 0.0), df)}


def _boot(asked: Hypotheses, test: str, draws: Draws) -> dict[str, Floats]:
    """The columns of the bootstrap, where it was asked for."""
    if test != "boot":
        return {}
    contests = [asked.contest(term) if asked.df[term - 1] else None for term in asked.terms]
    return bootstrap_columns(asked.fit, contests, draws)


def _with_residuals(columns: dict[str, Floats], last: dict[str, float]) -> dict[str, Floats]:
    return {name: np.append(values, last.get(name, np.nan)) for name, values in columns.items()}


def _table(
    asked: Hypotheses, columns: dict[str, Floats], labels: Sequence[str], test: str, notes: Sequence[str] = ()
) -> AnovaTable:
    title = f"Analysis of Deviance Table (Type {NUMERALS[asked.type]} tests)"
    coding = [f"Factors in sum contrasts ({SUM})"] if asked.type == 3 and asked.fit.design.base_levels else []
    table = pd.DataFrame(columns, index=pd.Index(list(labels), dtype=object))
    return AnovaTable(title, ("", f"Response: {response_of(asked.fit)}", *coding, *notes), table, test)
