"""The rating table of a multiplicative model: a base rate and the relativities that multiply it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
import pandas as pd

from rglm.design.coding import TermCoding
from rglm.design.spec import Variable
from rglm.display import Blank, Column, Document, Line, Number, Record, Table
from rglm.display.document import Part, Piece
from rglm.errors import DataError, FitError, some
from rglm.formula.values import Codes, Floats
from rglm.inference.checks import check_level
from rglm.inference.covariance import covariance
from rglm.inference.fitted import Fitted
from rglm.inference.points import row_values
from rglm.inference.predict import critical_value
from rglm.inference.summary import estimates

LEVEL, PER_UNIT = "level", "per unit"


@dataclass(frozen=True, eq=False, repr=False)
class Relativities(Record):
    """A base rate and relativities.

    base_rate   the mean for one unit of exposure where factors are at their base levels and numbers are 0
    table       DataFrame, one row a level (or combination of levels) of each term without numbers, and a row
                for each column of numbers: `term`, `level`, `kind` ("level" or "per unit"), `base`, `n`,
                `exposure`, `observed`, `fitted`, `relativity` and the ends of its interval
    level       of the intervals
    exposure    what the exposure is
    note        on the covariance matrix, or None

    For any row of data: base_rate × the relativities of its levels × relativity**x for its numbers x ×
    exp(offset) is the prediction.
    """

    base_rate: float
    table: pd.DataFrame
    level: float
    exposure: str
    note: str | None = None

    def document(self) -> Document:
        """The base rate, a table for each term, and one for what is per unit."""
        parts: list[Part] = [
            Line("Base rate: ", Number(self.base_rate), role="heading"),
            Line(f"Exposure: {self.exposure}", role="note"),
            *([] if self.note is None else [Line(self.note, role="note")]),
        ]
        for term, rows in self.table.groupby("term", sort=False):
            columns = self._factor_columns(rows) if (rows["kind"] == LEVEL).all() else self._relative(rows)
            parts += [Blank(), Table(columns, tuple(rows["level"]), caption=self._caption(str(term), rows))]
        return Document(parts)

    @staticmethod
    def _caption(term: str, rows: pd.DataFrame) -> str:
        return term if (rows["kind"] == LEVEL).all() else f"{term} (per unit)"

    def _factor_columns(self, rows: pd.DataFrame) -> tuple[Column, ...]:
        counts = Column("n", "count", rows["n"].tolist())
        sums = [Column(name, "number", rows[name].tolist()) for name in ("exposure", "observed", "fitted")]
        return (counts, *sums, *self._relative(rows))

    def _relative(self, rows: pd.DataFrame) -> tuple[Column, ...]:
        return tuple(Column(name, "pieces", [_cell(v) for v in rows[name]]) for name in _ends(rows))


def _ends(rows: pd.DataFrame) -> list[str]:
    return ["relativity", *list(rows.columns)[-2:]]


def _cell(value: float) -> tuple[Piece, ...]:
    return (Number(value, "round", places=3, nsmall=3, missing=""),)


def relativities(fit: Fitted, exposure: Any = None, level: float = 0.95, vcov: Any = None) -> Relativities:
    """The rating table of a model with a log link: base rate, relativities, exposure, observed and fitted.

    mu = base rate × product of relativities × exp(offset).  A level's relativity is exp(c - c_base), with c
    its contribution to the linear predictor; its base level has 1.  Interactions have blocks of their own,
    which multiply those of their factors.  A number x enters as relativity**x, one row for each column of its
    term (each basis column of `poly()` or `ns()`).

    Parameters
    ----------
    fit : a fitted model with a log link
    exposure : for the table: a column or expression over the data as text, or an array with one value for
        each row of the data.  By default prior weight × exp(offset): the exposure of a model of counts with
        an offset, the number of claims of a model of mean amounts weighted by it, else the number of rows
    level : of the intervals, between 0 and 1
    vcov : a type that `vcov(type=)` knows, or a DataFrame, p × p, labelled by coefficient

    Returns
    -------
    Relativities, whose `.table` has for each level the number of observations `n`, the sums `exposure`,
    `observed` (weight × response) and `fitted` (weight × mean), and the relativity with Wald limits, NaN for
    the base level and where a coefficient is aliased

    Raises
    ------
    FitError
        When the link is not the log, or vcov is unknown.
    DataError
        When the exposure is missing or negative in a row of the fit.

    Source: Ohlsson & Johansson (2010), Non-Life Insurance Pricing with Generalized Linear Models, ch. 2; R
    `insurancerating::rating_table`.

    Examples
    --------
    >>> from rglm import datasets, glm
    >>> data = datasets.load("insurance")
    >>> fit = glm("Claims ~ District + Group", data=data, family="poisson", exposure="Holders")
    >>> fit.relativities().table.query("term == 'District'")["level"].tolist()
    ['1', '2', '3', '4']
    """
    check_level(level)
    if fit.family.link.exponentiates != "mean":
        raise FitError(
            "relativities multiply means, which needs a log link; this fit's link is "
            f"'{fit.family.link.name}'. Fit with the log link, such as family=Gamma(link=\"log\")."
        )
    used = covariance(fit, vcov)
    blocks = _Blocks(fit, used.without_aliased(fit.aliased), critical_value(fit, level))
    exposed, said = _exposure(fit, exposure)
    base, rows = blocks.intercept, []
    for index, term in enumerate(fit.design.layout.terms):
        moved, found = blocks.of(index, term, exposed)
        base += moved
        rows.append(found)
    lower, upper = _limit_names(level)
    table = pd.concat(rows, ignore_index=True) if rows else _frame("", [], PER_UNIT)
    table = table.rename(columns={"lower": lower, "upper": upper})
    return Relativities(float(np.exp(base)), table, level, said, used.note)


def _limit_names(level: float) -> tuple[str, str]:
    from rglm.inference.intervals import percentages

    lower, upper = percentages(level)
    return lower, upper


def _exposure(fit: Fitted, exposure: Any) -> tuple[Floats, str]:
    """Exposure of each row of the fit, (n,), and what it is."""
    rows = fit.rows
    if exposure is None:
        offset, weighted = bool(rows.offset.any()), bool((rows.weights[rows.used] != 1).any())
        said = " × ".join(["weights"] * weighted + ["exp(offset)"] * offset) or "number of observations"
        return rows.weights * np.exp(rows.offset), said
    columns = next(iter(fit.source.blocks()))
    values = row_values(fit, columns, "exposure", exposure)[rows.positions]
    wrong = np.flatnonzero(~(values >= 0))
    if len(wrong):
        raise DataError(
            f"exposure is missing or negative in {len(wrong)} of the {len(values)} rows of the fit (rows "
            f"{some(rows.positions[wrong].tolist())}). Give one value of 0 or more for each row."
        )
    return values, exposure if hasattr(exposure, "casefold") else "as given"


def _frame(term: str, levels: list[str], kind: str, **columns: Any) -> pd.DataFrame:
    """Rows of the table; what is not given does not apply."""
    names = ("n", "exposure", "observed", "fitted", "relativity", "lower", "upper")
    given = {"term": term, "level": levels, "kind": kind, "base": columns.get("base", False)}
    given |= {name: columns.get(name, np.nan) for name in names}
    return pd.DataFrame(given, index=range(len(levels)))


@dataclass(frozen=True, eq=False)
class _Blocks:
    """Makes the rows of one term after another.

    V   covariance of the coefficients, p × p, zeros where aliased
    c   quantile of the intervals
    """

    fit: Fitted
    V: Floats
    c: float

    @property
    def coef(self) -> Floats:
        return np.where(self.fit.aliased, 0.0, estimates(self.fit))

    @property
    def intercept(self) -> float:
        return float(self.coef[0]) if self.fit.design.terms.intercept else 0.0

    def of(self, index: int, term: TermCoding, exposure: Floats) -> tuple[float, pd.DataFrame]:
        """What of a term belongs to the base rate, on the log scale, and its rows."""
        where = self.fit.design.layout.slices[index]
        label = self.fit.design.term_labels[index]
        variables = [self.fit.design.variables[v] for v in self.fit.design.terms.terms[index]]
        cells = list(_cell_names(variables))
        if not all(term.is_factor):
            return 0.0, self._per_unit(
                where,
                term,
                label,
                [_joined(cell, column) for cell, column in product(cells, _column_names(variables))],
            )
        base = _base_cell(variables)
        change = self._relative_to(where, term, base)
        relativity, lower, upper = change
        sums = self._sums(index, len(cells), exposure)
        first = np.arange(len(cells)) == base
        rows = _frame(
            label, cells, LEVEL, base=first, relativity=relativity, lower=lower, upper=upper, **sums
        )
        return float(term.expand(self.coef[where])[base, 0]), rows

    def _relative_to(self, where: slice, term: TermCoding, base: int) -> tuple[Floats, Floats, Floats]:
        """exp(c - c_base) of each cell and its limits, NaN at the base and where a coefficient is aliased."""
        parts = term.expand(self.coef[where])[:, 0]
        change = parts - parts[base]
        unit = np.zeros((term.cells, 1))
        unit[base] = 1.0
        own = self.V[where, where]
        toward = term.reduce(unit)
        together = term.expand(own @ toward)[:, 0]
        variance = _variances(term, own)[:, 0] - 2.0 * together + together[base]
        unknown = term.expand(self.fit.aliased[where].astype(float))[:, 0] != 0
        unknown |= np.arange(term.cells) == base
        half = self.c * np.sqrt(np.where(unknown, np.nan, np.maximum(variance, 0.0)))
        return np.exp(change), np.exp(change - half), np.exp(change + half)

    def _per_unit(self, where: slice, term: TermCoding, label: str, names: list[str]) -> pd.DataFrame:
        """exp(slope) of each column of numbers, in each cell."""
        slopes = term.expand(self.coef[where])
        variance = _variances(term, self.V[where, where])
        half = self.c * np.sqrt(
            np.where(variance > 0, variance, np.nan)
        )  # aliased, or left out by its coding
        values = [np.exp(each).ravel() for each in (slopes, slopes - half, slopes + half)]
        return _frame(label, names, PER_UNIT, relativity=values[0], lower=values[1], upper=values[2])

    def _sums(self, index: int, cells: int, exposure: Floats) -> dict[str, Floats]:
        """Observations, exposure, observed and fitted totals of each cell."""
        rows = self.fit.rows
        codes = rows.block.pieces[index].codes
        assert codes is not None
        each = rows.used.astype(float) if rows.counts is None else rows.counts * rows.used
        weighed = {"n": each, "exposure": exposure * rows.used}
        weighed |= {"observed": rows.weights * rows.y, "fitted": rows.weights * rows.mu}
        return {name: _total(codes, values, cells) for name, values in weighed.items()}


def _total(codes: Codes, values: Floats, cells: int) -> Floats:
    return np.asarray(np.bincount(codes, weights=values, minlength=cells), dtype=float)


def _variances(term: TermCoding, own: Floats) -> Floats:
    """Variance of each raw coefficient of a term, (cells, width)."""
    if not any(hasattr(factor, "matrix") for factor in term.factors):  # each is a coefficient, or zero
        return term.expand(own.diagonal())
    rows = term.expand(np.eye(term.columns))
    return np.asarray(np.einsum("cwj,jk,cwk->cw", rows, own, rows, optimize=True))


def _base_cell(variables: list[Variable]) -> int:
    """The cell where every factor is at its base level (the first where its coding leaves none out)."""
    cell, stride = 0, 1
    for variable in variables:
        cell += stride * (variable.base or 0)
        stride *= len(variable.levels or ())
    return cell


def _cell_names(variables: list[Variable]) -> Iterator[str]:
    """Combinations of levels, the earlier factor fastest; one empty name where there is no factor."""
    levels = [variable.levels for variable in variables if variable.levels is not None]
    for cell in product(*reversed(levels)):
        yield ":".join(reversed(cell))


def _column_names(variables: list[Variable]) -> Iterator[str]:
    """Products of numeric columns, the earlier variable fastest."""
    columns = [variable.labels("numeric") for variable in variables if variable.levels is None]
    for each in product(*reversed(columns)):
        yield ":".join(reversed(each))


def _joined(cell: str, column: str) -> str:
    return f"{cell}:{column}" if cell else column
