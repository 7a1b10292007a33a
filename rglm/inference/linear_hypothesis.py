"""`linear_hypothesis()`: Wald tests that linear combinations of coefficients have given values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from rglm.display import Blank, Document, Line, Record, table_of
from rglm.display.document import Part
from rglm.errors import FitError, among, choose, described, did_you_mean, is_list, is_text, some
from rglm.formula.values import Floats
from rglm.inference.combinations import equation, written
from rglm.inference.covariance import Covariance, covariance
from rglm.inference.distributions import upper_chisq, upper_f
from rglm.inference.fitted import Fitted
from rglm.inference.information import estimated_dispersion
from rglm.inference.labels import formula_of
from rglm.inference.summary import estimates

TESTS = ("Chisq", "F")


@dataclass(frozen=True, eq=False)
class Hypotheses:
    """L b = values.

    L       q × p
    values  (q,)
    names   of the coefficients
    """

    L: Floats
    values: Floats
    names: tuple[str, ...]


@dataclass(frozen=True, eq=False, repr=False)
class LinearHypothesis(Record):
    """A Wald test of L b = values.

    hypotheses  what was tested
    formula     of the model
    note        on the covariance matrix, where another than the model's was used; else None
    table       DataFrame: the restricted model, then the model; columns as car's
    test        "Chisq" or "F"
    estimates   L b - values, (q,)
    """

    hypotheses: Hypotheses
    formula: str
    note: str | None
    table: pd.DataFrame
    test: str
    estimates: Floats

    @property
    def statistic(self) -> float:
        """Chi-square, or F."""
        return float(self.table[self.test].iloc[1])

    @property
    def df(self) -> float:
        """Number of hypotheses."""
        return float(self.table["Df"].iloc[1])

    @property
    def p_value(self) -> float:
        """P(a larger statistic) where the hypotheses hold."""
        return float(self.table.iloc[:, -1].iloc[1])

    def document(self) -> Document:
        """car's print of `linearHypothesis()`."""
        tested = self.hypotheses
        lines: list[Part] = [
            Line(*written(weights, value, tested.names), role="code")
            for weights, value in zip(tested.L, tested.values.tolist(), strict=True)
        ]
        note: list[Part] = [] if self.note is None else [Line(self.note, role="note"), Blank()]
        return Document(
            [
                Line("Linear hypothesis test", role="heading"),
                Blank(),
                Line("Hypothesis:", role="heading"),
                *lines,
                Blank(),
                Line("Model 1: restricted model", role="note"),
                Line(f"Model 2: {self.formula}", role="note"),
                Blank(),
                *note,
                table_of(self.table, "anova"),
            ],
            less=2,
        )


def linear_hypothesis(
    fit: Fitted, hypothesis: Any, rhs: Any = None, test: str = "Chisq", vcov: Any = None
) -> LinearHypothesis:
    """Test that linear combinations of coefficients have given values, all at once (Wald).

    W = (L b - r)ᵀ (L V Lᵀ)⁻¹ (L b - r), against chi-square on q degrees of freedom, or W / q against F on q
    and df_residual.

    Parameters
    ----------
    fit : a fitted generalized linear model
    hypothesis : text such as "x1 = x2", "2*x + z = 1", "a:b" (which is "a:b = 0"), or a list of such; or the
        matrix L, q × p, an array or a DataFrame whose columns are named by coefficients (others are 0)
    rhs : r, (q,), for a matrix; zeros by default
    test : "Chisq" or "F"
    vcov : V: a type or dict that `vcov()` knows, such as "HC3" or {"cluster": "firm"}, or a DataFrame, p × p,
        labelled by coefficient; the model's by default

    Returns
    -------
    LinearHypothesis, with `.table`, `.statistic`, `.df`, `.p_value`

    Raises
    ------
    FitError
        When the text names no coefficient of the model or cannot be read, a coefficient is aliased, the
        hypotheses depend on each other, or V cannot tell them apart (too few clusters).

    Source: R `car::linearHypothesis`, whose default for every glm is Chisq.

    Examples
    --------
    >>> from rglm import datasets, glm
    >>> fit = glm("low ~ age + lwt + smoke", data=datasets.load("birthwt"), family="binomial")
    >>> fit.linear_hypothesis(["age = 0", "smoke = 0"]).df
    2.0
    """
    return _tested(fit, hypotheses(fit, hypothesis, rhs), test, vcov)


def linear_hypothesis_lm(
    fit: Fitted, hypothesis: Any, rhs: Any = None, test: str = "F", vcov: Any = None
) -> LinearHypothesis:
    """Test that linear combinations of coefficients have given values, all at once.

    F = (L b - r)ᵀ (L V Lᵀ)⁻¹ (L b - r) / q, against F on q and df_residual degrees of freedom; q F against
    chi-square for test="Chisq".

    Parameters
    ----------
    fit : a fitted linear model
    hypothesis, rhs, vcov : as for generalized linear models
    test : "F" or "Chisq"

    Returns
    -------
    LinearHypothesis; with the model's own V its table has the residual sums of squares of both models too

    Raises
    ------
    FitError
        As for generalized linear models.

    Source: R `car::linearHypothesis`.

    Examples
    --------
    >>> from rglm import datasets, lm
    >>> fit = lm("mpg ~ wt + hp", data=datasets.load("mtcars"))
    >>> f"{fit.linear_hypothesis('wt = hp').statistic:.3f}"
    '36.259'
    """
    return _tested(fit, hypotheses(fit, hypothesis, rhs), test, vcov, sums=True)


def _tested(fit: Fitted, tested: Hypotheses, test: str, vcov: Any, sums: bool = False) -> LinearHypothesis:
    if not among(test, TESTS):
        raise FitError(choose("test", test, TESTS))
    used = covariance(fit, vcov)
    difference, wald = wald_statistic(fit, tested, used)
    q, df = float(len(tested.values)), float(fit.df_residual)
    columns: dict[str, list[float]] = {"Res.Df": [df + q, df], "Df": [np.nan, q]}
    if sums and used.note is None:
        removed = wald * estimated_dispersion(fit)
        columns = {"Res.Df": [df + q, df], "RSS": [fit.deviance + removed, fit.deviance], "Df": [np.nan, q]}
        columns["Sum of Sq"] = [np.nan, removed]
    if test == "F":
        columns |= {"F": [np.nan, wald / q], "Pr(>F)": [np.nan, float(upper_f(wald / q, q, df))]}
    else:
        columns |= {"Chisq": [np.nan, wald], "Pr(>Chisq)": [np.nan, float(upper_chisq(wald, q))]}
    table = pd.DataFrame(columns, index=pd.Index(["1", "2"], dtype=object))
    return LinearHypothesis(tested, formula_of(fit), _note(used, vcov), table, test, difference)


def _note(used: Covariance, vcov: Any) -> str | None:
    """car's sentence where a matrix was asked for, and which it is."""
    if used.note is None or vcov is None:
        return used.note
    return f"Note: Coefficient covariance matrix supplied.\n{used.note}"


def wald_statistic(fit: Fitted, tested: Hypotheses, used: Covariance) -> tuple[Floats, float]:
    """L b - r, (q,), and its Wald statistic."""
    L = tested.L
    difference = L @ np.where(fit.aliased, 0.0, estimates(fit)) - tested.values
    spread = L @ used.without_aliased(fit.aliased) @ L.T
    sizes = np.sqrt(np.maximum(spread.diagonal(), 0.0))
    if (sizes > 0).all() and np.linalg.cond(spread / np.outer(sizes, sizes)) < SINGULAR:
        return difference, float(difference @ np.linalg.solve(spread, difference))
    if np.isnan(spread).any():
        return difference, float("nan")
    raise FitError(
        f"The covariance matrix cannot tell the {len(L)} hypotheses apart: their estimates have a singular "
        "covariance. With clusters, there must be more clusters than hypotheses; test fewer at once."
    )


SINGULAR = 1e12
"""Condition number of a correlation matrix beyond which it is taken for singular."""


def hypotheses(fit: Fitted, hypothesis: Any, rhs: Any = None) -> Hypotheses:
    """Hypotheses from text or a matrix, checked against the coefficients."""
    names = tuple(fit.design.column_names)
    texts = [hypothesis] if is_text(hypothesis) else hypothesis
    if is_list(texts) and texts and all(map(is_text, texts)):
        if rhs is not None:
            raise FitError('rhs= goes with a matrix; in text the value stands after "=", as in "x = 1".')
        read = [equation(text, names) for text in texts]
        L = np.array([each.weights for each in read])
        values = np.array([each.value for each in read])
    else:
        L = matrix_of(hypothesis, names)
        values = right_hand_sides(rhs, len(L))
    check_determined(fit, L)
    _check_separate(L)
    return Hypotheses(L, values, names)


def matrix_of(given: Any, names: tuple[str, ...]) -> Floats:
    """The matrix of hypotheses, q × p, in the order of the coefficients."""
    if hasattr(given, "reindex") and hasattr(given, "columns"):
        for name in given.columns:
            if name not in names:
                raise FitError(f"The model has no coefficient '{name}'. {did_you_mean(str(name), names)}")
        given = given.reindex(columns=list(names)).fillna(0.0)
    try:
        L = np.atleast_2d(np.asarray(given, dtype=float))
    except (TypeError, ValueError):
        L = np.empty((0, 0))
    if L.ndim != 2 or L.shape[1] != len(names) or not len(L) or not np.isfinite(L).all():
        raise FitError(
            'A hypothesis is text such as "x1 = x2", a list of such, or a matrix with one finite number for '
            f"each of the {len(names)} coefficients ({some(names)}) in each row; got {described(given)}."
        )
    return L


def right_hand_sides(rhs: Any, count: int) -> Floats:
    """What each hypothesis is tested against, (count,)."""
    values = np.zeros(count) if rhs is None else np.atleast_1d(np.asarray(rhs, dtype=float))
    if values.shape != (count,) or not np.isfinite(values).all():
        raise FitError(
            f"rhs must hold one finite number for each of the {count} hypotheses; got {described(rhs)}."
        )
    return values


def check_determined(fit: Fitted, L: Floats) -> None:
    """Refuse combinations of aliased coefficients."""
    names = fit.design.column_names
    lost = fit.aliased & (L != 0).any(axis=0)
    if lost.any():
        which = [name for name, gone in zip(names, lost, strict=True) if gone]
        raise FitError(
            f"The data do not determine the coefficients {some(which)} (they are aliased), so nothing can be "
            "tested of them. alias() shows what their columns equal."
        )


def _check_separate(L: Floats) -> None:
    """Refuse hypotheses that follow from others."""
    for row in range(len(L)):
        if np.linalg.matrix_rank(L[: row + 1]) <= row:
            raise FitError(
                f"Hypothesis {row + 1} follows from those before it, or contradicts them: its left-hand side "
                "is a combination of theirs. Leave it out."
            )
