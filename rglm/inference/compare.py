"""Models side by side: coefficients with their errors, and how well each fits."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import pandas as pd

from rglm.display import Column, Document, Line, Number, Record, Table
from rglm.display.document import Part, Piece
from rglm.display.numbers import LEGEND
from rglm.errors import FitError, choose, described, some
from rglm.inference.coefficients import Coefficients
from rglm.inference.covariance import Covariance, covariance
from rglm.inference.distributions import two_sided_quantile
from rglm.inference.exp_coef import no_ratio, ratio_label
from rglm.inference.fitted import Fitted
from rglm.inference.summary import estimates

STATISTICS = {
    "std.error": ("std.error",),
    "conf.int": ("conf.low", "conf.high"),
    "p.value": ("p.value",),
    "statistic": ("statistic",),
}
"""What may stand under an estimate, and the rows of the DataFrame that hold it."""

GOODNESS = {
    "nobs": "N",
    "r.squared": "R²",
    "adj.r.squared": "Adj. R²",
    "logLik": "logLik",
    "AIC": "AIC",
    "BIC": "BIC",
    "deviance": "Deviance",
}
"""Columns of `glance()` that are shown, and what the rows are called."""

PLACES = {"nobs": 0, "r.squared": 3, "adj.r.squared": 3}
LEVEL = 0.95

MISSING_MARK = Number(None, "stars", missing="   ")


class Glanced(Fitted, Protocol):
    """A fitted model with a row of figures: `glance()`."""

    def glance(self) -> pd.DataFrame: ...


@dataclass(frozen=True, eq=False, repr=False)
class Comparison(Record):
    """Several models side by side.

    table       DataFrame, one column a model; rows by term and what it is ("estimate", "std.error", …), then
                the figures of fit (term "" ); NaN where a model lacks the term or figure
    statistic   what stands under the estimates: "std.error", "conf.int", "p.value" or "statistic"
    marked      whether stars mark the p-values
    p_values    DataFrame, term × model
    notes       one sentence each: covariance matrices, what was exponentiated
    """

    table: pd.DataFrame
    statistic: str
    marked: bool
    p_values: pd.DataFrame
    notes: tuple[str, ...]

    def document(self) -> Document:
        """One column a model: estimates, beneath them the statistic, then the figures of fit."""
        columns = tuple(Column(str(name), "pieces", self._cells(name)) for name in self.table.columns)
        parts: list[Part] = [Table(columns, self._row_names())]
        if self.marked:
            parts.append(Line("Signif. codes:  ", LEGEND, role="note"))
        parts += [Line(note, role="note") for note in self.notes]
        return Document(parts, less=4)

    def _terms(self) -> list[str]:
        return list(self.p_values.index)

    def _figures(self) -> list[str]:
        return [what for term, what in self.table.index if term == ""]

    def _row_names(self) -> tuple[str, ...]:
        names = [name for term in self._terms() for name in (term, "")]
        return (*names, "", *(GOODNESS[figure] for figure in self._figures()))

    def _cells(self, model: Any) -> list[tuple[Piece, ...]]:
        values = self.table[model]
        rows: list[tuple[Piece, ...]] = []
        for term in self._terms():
            rows += self._pair(
                float(values[term, "estimate"]),
                float(values[term, "std.error"]),
                [float(values[term, each]) for each in STATISTICS[self.statistic]],
                float(self.p_values.loc[term, model]),
            )
        rows.append(("",))
        return [*rows, *(self._figure(each, float(values["", each])) for each in self._figures())]

    def _pair(
        self, estimate: float, error: float, under: Sequence[float], p: float
    ) -> list[tuple[Piece, ...]]:
        """The two cells of a term, written to the digits that its standard error deserves."""
        if np.isnan(estimate):
            return [("",), ("",)]

        def number(value: float) -> Number:
            return Number(value, "round", error=error)

        mark: list[Piece] = [Number(p, "stars", missing="   ")] if self.marked else []
        blank: list[Piece] = [MISSING_MARK] if self.marked else []
        if self.statistic == "conf.int":
            inside: list[Piece] = ["[", number(under[0]), ", ", number(under[1]), "]"]
        elif self.statistic == "std.error":
            inside = ["(", number(error), ")"]
        else:
            how = Number(under[0], "p-value" if self.statistic == "p.value" else "round", places=2, nsmall=2)
            inside = ["(", how, ")"]
        return [(number(estimate), *mark), (*inside, *blank)]

    def _figure(self, name: str, value: float) -> tuple[Piece, ...]:
        if np.isnan(value):
            return ("",)
        places = PLACES.get(name, 2)
        shown = Number(value, "count") if not places else Number(value, "round", places=places, nsmall=places)
        return (shown, MISSING_MARK) if self.marked else (shown,)


def compare(
    *fits: Glanced,
    names: Sequence[str] | None = None,
    vcov: Any = None,
    stars: bool = False,
    exponentiate: bool = False,
    statistic: str = "std.error",
) -> Comparison:
    """Models side by side: a column each, with what stands under every estimate and how well each fits.

    Estimate and standard error are written to the same decimals, those that show two or three digits of the
    standard error.  Terms stand in the order in which the models bring them.

    Parameters
    ----------
    *fits : fitted models, of any kinds
    names : their columns' names; default m1, m2, …
    vcov : for errors, intervals and p-values: what `vcov=` takes elsewhere, for all models or as a list with
        one entry for each; the notes name it
    stars : mark estimates by their p-values
    exponentiate : show odds ratios, risk ratios or rate ratios instead; the notes say which.  Standard errors
        are then exp(b) se (delta method), ends of intervals exponentiated, p-values those of b = 0
    statistic : "std.error", "conf.int" (0.95, Wald), "p.value" or "statistic" (z or t)

    Returns
    -------
    Comparison, with the numbers in `.table`; prints, and has `to_html`, `to_latex`, `to_markdown`

    Raises
    ------
    FitError
        When no model is given, names are too few or repeat, the statistic is unknown, or `exponentiate` meets
        a link under which exp() of a coefficient is no ratio.

    Source: R `modelsummary::modelsummary`, `car::compareCoefs`.

    Examples
    --------
    >>> from rglm import compare, datasets, lm
    >>> cars = datasets.load("mtcars")
    >>> print(compare(lm("mpg ~ wt", cars), lm("mpg ~ wt + hp", cars)))
                      m1        m2
    (Intercept)    37.29     37.23
                  (1.88)    (1.60)
    wt            -5.344    -3.878
                 (0.559)   (0.633)
    hp                    -0.03177
                         (0.00903)
    <BLANKLINE>
    N                 32        32
    R²             0.753     0.827
    Adj. R²        0.745     0.815
    logLik        -80.01    -74.33
    AIC           166.03    156.65
    BIC           170.43    162.52
    Deviance      278.32    195.05
    """
    columns = _names(fits, names)
    if statistic not in STATISTICS:
        raise FitError(choose("statistic", statistic, tuple(STATISTICS)))
    asked = _one_each(vcov, len(fits))
    used = [covariance(fit, each) for fit, each in zip(fits, asked, strict=True)]
    if exponentiate:
        _refuse_no_ratio(fits, columns)
    tests = [_tests(fit, matrix) for fit, matrix in zip(fits, used, strict=True)]
    terms = list(dict.fromkeys(name for each in tests for name in each.index))
    shown = [_exponentiated(each) if exponentiate else each for each in tests]
    rows = [(term, what) for term in terms for what in _held(statistic)]
    values = {
        name: [float(each[what].get(term, np.nan)) for term, what in rows]
        for name, each in zip(columns, shown, strict=True)
    }
    figures = _figures(fits, columns)
    index = pd.MultiIndex.from_tuples([*rows, *(("", name) for name in figures.index)], names=["term", ""])
    table = pd.concat([pd.DataFrame(values), figures], ignore_index=True).set_axis(index)
    p_values = {name: each["p.value"].reindex(terms) for name, each in zip(columns, tests, strict=True)}
    notes = (*_covariance_notes(columns, used), *(_ratio_notes(fits, columns) if exponentiate else ()))
    return Comparison(table, statistic, bool(stars), pd.DataFrame(p_values, index=terms), notes)


def _names(fits: Sequence[Any], names: Sequence[str] | None) -> list[str]:
    """Columns' names, checked; models checked to be models."""
    if not fits:
        raise FitError("compare() needs at least one fitted model.")
    for number, fit in enumerate(fits, start=1):
        if not hasattr(fit, "glance"):
            several = " Give the models one by one: compare(*models)." if hasattr(fit, "__iter__") else ""
            raise FitError(f"compare() takes fitted models; argument {number} is {described(fit)}.{several}")
    if names is None:
        return [f"m{number}" for number in range(1, len(fits) + 1)]
    listed = [str(name) for name in names]
    if len(listed) != len(fits) or len(set(listed)) < len(listed) or hasattr(names, "casefold"):
        raise FitError(
            f"names must be {len(fits)} different names, one for each model; got {some(map(repr, listed))}."
        )
    return listed


def _one_each(vcov: Any, count: int) -> list[Any]:
    if not hasattr(vcov, "append"):
        return [vcov] * count
    if len(vcov) != count:
        raise FitError(f"vcov as a list has one entry for each of the {count} models; got {len(vcov)}.")
    return list(vcov)


def _held(statistic: str) -> Iterable[str]:
    """The rows that a term has: the standard error always, because it says how many digits are shown."""
    return dict.fromkeys(("estimate", "std.error", *STATISTICS[statistic]))


def _tests(fit: Fitted, used: Covariance) -> pd.DataFrame:
    """Estimates, errors, statistics, p-values and Wald intervals, one row a coefficient."""
    df = np.inf if fit.family.dispersion_known else fit.df_residual
    tests = Coefficients(fit.design.column_names, estimates(fit), used.standard_errors, df)
    half = two_sided_quantile(LEVEL, df) * tests.std_errors
    columns = {
        "estimate": tests.estimates,
        "std.error": tests.std_errors,
        "statistic": tests.statistics,
        "p.value": tests.p_values,
        "conf.low": tests.estimates - half,
        "conf.high": tests.estimates + half,
    }
    return pd.DataFrame(columns, index=pd.Index(list(tests.names), dtype=object))


def _exponentiated(tests: pd.DataFrame) -> pd.DataFrame:
    ratio = np.exp(tests["estimate"])
    ends = {name: np.exp(tests[name]) for name in ("conf.low", "conf.high")}
    return tests.assign(**{"estimate": ratio, "std.error": ratio * tests["std.error"], **ends})


def _refuse_no_ratio(fits: Sequence[Fitted], columns: Sequence[str]) -> None:
    for fit, name in zip(fits, columns, strict=True):
        if ratio_label(fit.family) is None:
            raise FitError(f"{no_ratio(fit.family)} ('{name}'). Compare without exponentiate=True.")


def _figures(fits: Sequence[Glanced], columns: Sequence[str]) -> pd.DataFrame:
    """Figures of fit, those that any of the models has."""
    glances = [fit.glance().iloc[0] for fit in fits]
    names = [name for name in GOODNESS if any(name in each.index for each in glances)]
    values = {
        column: [float(each.get(name, np.nan)) for name in names]
        for column, each in zip(columns, glances, strict=True)
    }
    return pd.DataFrame(values, index=names)


def _covariance_notes(columns: Sequence[str], used: Sequence[Covariance]) -> tuple[str, ...]:
    notes = [each.note for each in used]
    if len(set(notes)) == 1:
        return () if notes[0] is None else (notes[0],)
    return tuple(f"{name}: {note}" for name, note in zip(columns, notes, strict=True) if note is not None)


def _ratio_notes(fits: Sequence[Fitted], columns: Sequence[str]) -> tuple[str, ...]:
    labels = [ratio_label(fit.family) for fit in fits]
    if len(set(labels)) == 1:
        return (f"Exponentiated coefficients: {labels[0]}",)
    return tuple(f"{name}: {label}" for name, label in zip(columns, labels, strict=True))
