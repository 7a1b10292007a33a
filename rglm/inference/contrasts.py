"""`contrasts()`: several linear combinations of coefficients, tested and bounded jointly."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from rglm.display import Blank, Column, Document, Line, Number, Record, Table, table_of
from rglm.display.document import Part
from rglm.display.numbers import format_one
from rglm.errors import FitError, among, choose, did_you_mean, is_list, is_text, some, warn
from rglm.formula.values import Floats
from rglm.inference.adjustments import ADJUSTMENTS, Statistics
from rglm.inference.checks import check_level
from rglm.inference.coef_test import degrees_of_freedom
from rglm.inference.combinations import equation
from rglm.inference.covariance import covariance
from rglm.inference.fitted import Call, Fitted
from rglm.inference.level_comparisons import COMPARISONS
from rglm.inference.linear_hypothesis import check_determined, matrix_of, right_hand_sides
from rglm.inference.summary import estimates


@dataclass(frozen=True, eq=False)
class Compared:
    """What is estimated: L b, with the values it is tested against.

    labels  (m,)
    L       m × p
    values  (m,)
    title   what multcomp calls the comparisons, or None
    means   how many means all pairs of which are compared; 0 for other comparisons
    control whether all are comparisons of one factor's levels with its first
    """

    labels: tuple[str, ...]
    L: Floats
    values: Floats
    title: str | None = None
    means: int = 0
    control: bool = False


@dataclass(frozen=True, eq=False, repr=False)
class Contrasts(Record):
    """Estimates of linear combinations of coefficients, with joint tests and intervals.

    call        of the model
    compared    what was estimated
    statistics  z or t of each, with their correlation
    estimates, std_errors, p_values   (m,)
    quantile    standard errors to either side of an estimate in the joint intervals
    adjust, level   as asked
    note        on the covariance matrix, where another than the model's was used; else None
    """

    call: Call
    compared: Compared
    statistics: Statistics
    estimates: Floats
    std_errors: Floats
    p_values: Floats
    quantile: float
    adjust: str
    level: float
    note: str | None = None

    @property
    def table(self) -> pd.DataFrame:
        """Estimate, Std. Error, z or t value, adjusted p-value, lwr, upr: one row a combination."""
        letter, half = self._letter, self.quantile * self.std_errors
        columns = {
            "Estimate": self.estimates,
            "Std. Error": self.std_errors,
            f"{letter} value": self.statistics.values,
            f"Pr(>|{letter}|)": self.p_values,
            "lwr": self.estimates - half,
            "upr": self.estimates + half,
        }
        return pd.DataFrame(columns, index=pd.Index(list(self.compared.labels), dtype=object))

    @property
    def _letter(self) -> str:
        return "z" if np.isinf(self.statistics.df) else "t"

    def document(self) -> Document:
        """multcomp's print of `summary(glht())`."""
        letter = self._letter
        columns = (
            Column("Estimate", "estimate", self.estimates.tolist()),
            Column("Std. Error", "standard error", self.std_errors.tolist()),
            Column(f"{letter} value", "statistic", self.statistics.values.tolist()),
            Column(f"Pr(>|{letter}|)", "p-value", self.p_values.tolist()),
        )
        adjusted = f"(Adjusted p values reported -- {self.adjust} method)"
        return Document(
            [
                *self._heading("Simultaneous Tests for General Linear Hypotheses"),
                Line("Linear Hypotheses:", role="heading"),
                Table(columns, self._tested(), "coefficients"),
                Line("(Univariate p values reported)" if self.adjust == "none" else adjusted, role="note"),
                Blank(),
            ],
            less=3,
        )

    def intervals(self) -> Intervals:
        """The joint intervals, as multcomp prints `confint(glht())`."""
        return Intervals(self)

    def _heading(self, title: str) -> list[Part]:
        parts: list[Part] = [Blank(), Line(f"\t {title}", role="heading"), Blank()]
        if self.compared.title is not None:
            parts += [Line(self.compared.title, role="note"), Blank(), Blank()]
        parts += [Line(f"Fit: {self.call.text}", role="code")]
        if self.note is not None:
            parts += [Line(self.note, role="note")]
        return [*parts, Blank()]

    def _tested(self) -> tuple[str, ...]:
        """`label == value`."""
        pairs = zip(self.compared.labels, self.compared.values.tolist(), strict=True)
        return tuple(f"{label} == {format_one(value, 15)}" for label, value in pairs)


@dataclass(frozen=True, eq=False, repr=False)
class Intervals(Record):
    """Joint intervals of contrasts.

    of  the contrasts; `table` has their intervals
    """

    of: Contrasts

    @property
    def table(self) -> pd.DataFrame:
        """Estimate, lwr, upr: one row a combination."""
        return self.of.table[["Estimate", "lwr", "upr"]]

    def document(self) -> Document:
        """multcomp's words; the table as R prints a matrix."""
        family = "confidence level" if self.of.adjust == "none" else "family-wise confidence level"
        table = table_of(self.table.set_axis(self.of._tested()), "matrix")
        return Document(
            [
                *self.of._heading("Simultaneous Confidence Intervals"),
                Line("Quantile = ", Number(self.of.quantile, least=5)),
                Line(Number(100.0 * self.of.level), f"% {family}"),
                Blank(),
                Line("Linear Hypotheses:", role="heading"),
                replace(table, less=2),
                Blank(),
            ],
            less=2,
        )


def contrasts(
    fit: Fitted,
    compared: Any,
    adjust: str = "single-step",
    level: float = 0.95,
    vcov: Any = None,
    df: float | None = None,
    rhs: Any = None,
) -> Contrasts:
    """Estimate linear combinations of coefficients, with tests and intervals that hold for all at once.

    L b, its standard errors sqrt(diag(L V Lᵀ)) and z or t = (L b - rhs) / se.  Tests are z where the family
    fixes the dispersion and t on df_residual where it is estimated.

    Parameters
    ----------
    fit : a fitted model
    compared : {"factor": which of its levels are compared}, that is "Tukey" (all pairs), "Dunnett" (with the
        first), "Sequen" (with the one before), "AVE", "Changepoint", "GrandMean" (weighted by observations),
        a list such as ["M - L", "H - M = 0"] or a matrix, m × levels; several factors in one dict are
        adjusted together.  Or combinations of coefficients: text, a list of text, or a matrix, m × p, as
        `linear_hypothesis` takes them
    adjust : "single-step" (joint normal or t distribution of the statistics), "holm", "sidak",
        "bonferroni", "none"; for {"factor": "Tukey"} also "tukey" (studentized range), for
        {"factor": "Dunnett"} also "dunnett" (there the same as single-step)
    level : joint confidence of the intervals, between 0 and 1; those of Holm are Bonferroni's
    vcov : V: a type or dict that `vcov()` knows, or a DataFrame, p × p; the model's by default
    df : degrees of freedom to use instead; inf for z tests
    rhs : for a matrix, what the combinations are tested against, (m,); zeros by default

    The levels of a factor are compared by its own term alone: where it is in interactions too, that is at the
    base of the other variables (with treatment contrasts), and a warning says so.

    Returns
    -------
    Contrasts, with `.table` (p-values adjusted, intervals joint) and `.intervals()`

    Raises
    ------
    FitError
        When a factor, level, coefficient or adjustment is unknown, or a combination is not determined.

    Warns
    -----
    RglmWarning
        When the factor is in interactions.

    Source: Hothorn, Bretz & Westfall (2008); R `multcomp::glht`, which compares every glm with the normal
    distribution (df=inf gives that).

    Examples
    --------
    >>> from rglm import datasets, lm
    >>> fit = lm("breaks ~ wool + tension", data=datasets.load("warpbreaks"))
    >>> fit.contrasts({"tension": "Tukey"}).table.index.tolist()
    ['M - L', 'H - L', 'H - M']
    """
    check_level(level)
    asked = comparison(fit, compared, rhs)
    _check_adjust(adjust, asked)
    check_determined(fit, asked.L)
    used = covariance(fit, vcov)
    found = asked.L @ np.where(fit.aliased, 0.0, estimates(fit))
    spread = asked.L @ used.without_aliased(fit.aliased) @ asked.L.T
    with np.errstate(all="ignore"):
        errors = np.sqrt(spread.diagonal())
        values = (found - asked.values) / errors
        correlation = spread / np.outer(errors, errors)
    statistics = Statistics(values, degrees_of_freedom(fit, df), correlation, asked.means)
    if np.isfinite(correlation).all():
        method = ADJUSTMENTS[adjust]
        p_values, quantile = method.p_values(statistics), method.quantile(statistics, level)
    else:
        p_values, quantile = np.full(len(values), np.nan), float("nan")
    return Contrasts(
        fit.call, asked, statistics, found, errors, p_values, quantile, adjust, level, used.note
    )  # fmt: skip


def _check_adjust(adjust: str, asked: Compared) -> None:
    if not among(adjust, ADJUSTMENTS):
        raise FitError(choose("adjust", adjust, list(ADJUSTMENTS)))
    if adjust == "tukey" and not asked.means:
        raise FitError(
            'adjust="tukey" is for all pairs of one factor\'s levels, {"factor": "Tukey"}. '
            'adjust="single-step" allows for any comparisons exactly.'
        )
    if adjust == "dunnett" and not asked.control:
        raise FitError(
            'adjust="dunnett" is for comparisons with one control, {"factor": "Dunnett"}. '
            'adjust="single-step" allows for any comparisons exactly.'
        )


def comparison(fit: Fitted, compared: Any, rhs: Any = None) -> Compared:
    """What is compared, from text, a matrix or {"factor": …}."""
    names = tuple(fit.design.column_names)
    texts = [compared] if is_text(compared) else compared
    if is_list(texts) and texts and all(map(is_text, texts)):
        return _of_texts(texts, names)
    if hasattr(compared, "items") and not hasattr(compared, "reindex"):
        return _of_factors(fit, compared)
    L = matrix_of(compared, names)
    labels = list(compared.index) if hasattr(compared, "reindex") else range(1, len(L) + 1)
    return Compared(tuple(map(str, labels)), L, right_hand_sides(rhs, len(L)))


def _of_texts(texts: Any, names: tuple[str, ...]) -> Compared:
    read = [equation(text, names) for text in texts]
    return Compared(
        tuple(each.label for each in read),
        np.array([each.weights for each in read]),
        np.array([each.value for each in read]),
    )


def _of_factors(fit: Fitted, compared: Any) -> Compared:
    """Comparisons of the levels of one factor or several."""
    if not compared:
        raise FitError('Say which factor\'s levels are compared, such as {"tension": "Tukey"}.')
    parts = [_of_factor(fit, str(name), asked) for name, asked in compared.items()]
    kinds = [
        asked if is_text(asked) and asked in COMPARISONS else "User-defined" for asked in compared.values()
    ]
    title = f"Multiple Comparisons of Means: {', '.join(kinds)} Contrasts"
    if len(parts) == 1:
        part = parts[0]
        means = _levels(fit, str(next(iter(compared))))[1] if kinds == ["Tukey"] else ()
        return replace(part, title=title, means=len(means), control=kinds == ["Dunnett"])
    labels = [f"{name}: {label}" for name, part in zip(compared, parts, strict=True) for label in part.labels]
    return Compared(
        tuple(labels),
        np.concatenate([part.L for part in parts]),
        np.concatenate([part.values for part in parts]),
        title,
    )


def _of_factor(fit: Fitted, name: str, asked: Any) -> Compared:
    term, levels = _levels(fit, name)
    _warn_of_interactions(fit, name, term)
    counts = _observations(fit, term, len(levels))
    if is_text(asked) and asked in COMPARISONS:
        labels, K = COMPARISONS[asked](levels, counts)
        values = np.zeros(len(K))
    elif is_text(asked) and not any(sign in asked for sign in "-=+"):
        raise FitError(f"{choose('comparison', asked, list(COMPARISONS))} Or a list such as ['b - a'].")
    elif is_text(asked) or (is_list(asked) and asked and all(map(is_text, asked))):
        found = _of_texts([asked] if is_text(asked) else asked, levels)
        labels, K, values = list(found.labels), found.L, found.values
    else:
        K = matrix_of(asked, levels)
        labels = [str(each) for each in (asked.index if hasattr(asked, "reindex") else range(1, len(K) + 1))]
        values = np.zeros(len(K))
    L = np.zeros((len(K), len(fit.aliased)))
    where = fit.design.layout.slices[term]
    L[:, where] = fit.design.layout.terms[term].reduce(K.T[:, None, :]).T
    return Compared(tuple(labels), L, values)


def _levels(fit: Fitted, name: str) -> tuple[int, tuple[str, ...]]:
    """The position of a factor's own term, and its levels."""
    variables, found = fit.design.variables, fit.design.terms.terms
    own = {variables[term[0]].name: place for place, term in enumerate(found) if len(term) == 1}
    factors = [each for each, place in own.items() if variables[found[place][0]].levels is not None]
    if name in factors:
        levels = variables[found[own[name]][0]].levels
        assert levels is not None
        return own[name], levels
    if name in own:
        raise FitError(f"'{name}' is a number in this model; only levels are compared. Write factor({name}).")
    raise FitError(
        f"The model has no term of the factor '{name}' alone. {did_you_mean(name, factors)}"
        if factors
        else "The model has no factor whose levels could be compared."
    )


def _observations(fit: Fitted, term: int, levels: int) -> Floats:
    """Observations of each level."""
    rows = fit.rows
    codes, counts = rows.block.pieces[term].codes, rows.counts
    assert codes is not None
    weights = np.where(rows.used, 1.0 if counts is None else counts, 0.0)
    return np.asarray(np.bincount(codes, weights, levels), dtype=float)


def _warn_of_interactions(fit: Fitted, name: str, term: int) -> None:
    own = set(fit.design.terms.terms[term])
    pairs = zip(fit.design.term_labels, fit.design.terms.terms, strict=True)
    others = [label for label, members in pairs if own < set(members)]
    if others:
        warn(
            f"'{name}' is in interactions too ({some(others)}), so its levels are compared where these are "
            "0: with treatment contrasts at the base of the other variables. emmeans() averages over them."
        )
