"""Estimated means and their contrasts: linear functions of coefficients, with intervals, tests and print."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from rglm.display import Column, Document, Line, Record, Table
from rglm.errors import FitError, choose, warn
from rglm.formula.values import Floats
from rglm.inference.adjustments import Statistics
from rglm.inference.checks import check_level
from rglm.inference.distributions import two_sided_quantile
from rglm.inference.emm_contrasts import contrasts
from rglm.inference.emm_letters import LetterDisplay, letter_display
from rglm.inference.emm_notes import notes
from rglm.inference.grid_labels import column_of
from rglm.inference.mean_adjustments import MEAN_ADJUSTMENTS
from rglm.inference.scales import ResponseScale

NOT_ESTIMABLE = 1e-8
"""A linear function is estimable when less than this share of its square lies in the null space."""


@dataclass(frozen=True, eq=False)
class Linear:
    """What linear functions L b + offset are taken of.

    coef        b, (p,), zeros where aliased
    covariance  of b, (p, p), zeros where aliased
    null        orthonormal vectors that no row of the fit distinguishes from zero, (a, p)
    df          residual degrees of freedom; infinite for the normal distribution
    """

    coef: Floats
    covariance: Floats
    null: Floats
    df: float

    def estimable(self, L: Floats) -> np.ndarray:
        """Which rows of L the data determine, (k,) bool."""
        size = np.einsum("ij,ij->i", L, L)
        lost = ((L @ self.null.T) ** 2).sum(axis=1)
        return np.asarray(np.isfinite(size) & ~(lost > NOT_ESTIMABLE * size))


@dataclass(frozen=True)
class Shown:
    """What a table of estimates shows.

    intervals, tests   which of them
    level              of the intervals
    adjust             for several tests or intervals: a name in MEAN_ADJUSTMENTS
    null               what the estimates are tested against, on the linear scale
    """

    intervals: bool
    tests: bool
    level: float = 0.95
    adjust: str = "none"
    null: float = 0.0


@dataclass(frozen=True, eq=False, repr=False)
class EstimatedMeans(Record):
    """Estimated means, or contrasts of them.

    factors    what each row is of: {column: k values}, those of `by` last
    by         columns whose values part the rows into families
    L          linear functions of the coefficients, (k, p)
    offset     what is added to L b, (k,)
    linear     the coefficients with their covariance
    transform  scale of the linear predictor; None where it is the response
    response   whether to show estimates on the response scale
    label      the name of estimates on the linear scale: "emmean" or "estimate"
    averaged   columns averaged over
    means      how many means a family compares in all pairs; 0 where it does something else
    shown      intervals, tests, level, adjustment
    stuck      scale that contrasts cannot leave; None where there is none
    note       the covariance used, where it is not the model's
    """

    factors: Mapping[str, tuple[Any, ...]]
    by: tuple[str, ...]
    L: Floats
    offset: Floats
    linear: Linear
    transform: ResponseScale | None
    response: bool
    label: str
    averaged: tuple[str, ...]
    means: int
    shown: Shown
    stuck: str | None = None
    note: str | None = None

    # -- numbers -----------------------------------------------------------------------------------
    @cached_property
    def estimable(self) -> np.ndarray:
        """Which estimates the data determine, (k,) bool."""
        return self.linear.estimable(self.L)

    @cached_property
    def estimates(self) -> Floats:
        """On the linear scale, (k,); NaN where not estimable."""
        return np.where(self.estimable, self.L @ self.linear.coef + self.offset, np.nan)

    @cached_property
    def _spread(self) -> Floats:
        return np.asarray(self.L @ self.linear.covariance @ self.L.T)

    @cached_property
    def std_errors(self) -> Floats:
        """On the linear scale, (k,); NaN where not estimable."""
        squares = np.maximum(np.diagonal(self._spread), 0.0)
        return np.where(self.estimable, np.sqrt(squares), np.nan)

    @cached_property
    def groups(self) -> list[np.ndarray]:
        """Rows of each family, in order of appearance."""
        keys = list(zip(*(self.factors[name] for name in self.by), strict=True))
        keys = keys or [()] * len(self.offset)
        return [
            np.array([i for i, key in enumerate(keys) if key == each], dtype=np.intp)
            for each in dict.fromkeys(keys)
        ]

    def statistics(self, rows: np.ndarray) -> Statistics:
        """z or t statistics of some rows."""
        with np.errstate(all="ignore"):
            values = (self.estimates[rows] - self.shown.null) / self.std_errors[rows]
            spread = self._spread[np.ix_(rows, rows)]
            sizes = np.sqrt(np.diagonal(spread))
            correlation = spread / np.outer(sizes, sizes)
        known = np.nan_to_num(correlation, nan=0.0, posinf=0.0, neginf=0.0)
        np.fill_diagonal(known, 1.0)
        return Statistics(values, self.linear.df, known, self.means)

    @cached_property
    def adjustment(self) -> str:
        """The adjustment that applies: none for one estimate alone; Tukey's only to all pairs of means."""
        if max(map(len, self.groups), default=0) < 2:
            return "none"
        if self.shown.adjust == "tukey" and not self.means:
            warn(
                'adjust="tukey" is for all pairs of one set of means; "sidak" is used here. '
                'adjust="mvt" is exact for any set of estimates.'
            )
            return "sidak"
        return self.shown.adjust

    @cached_property
    def p_values(self) -> Floats:
        """Adjusted p-values, (k,)."""
        found = np.full(len(self.offset), np.nan)
        for rows in self.groups:
            found[rows] = MEAN_ADJUSTMENTS[self.adjustment].p_values(self.statistics(rows))
        return found

    @cached_property
    def _half_widths(self) -> Floats:
        found = np.full(len(self.offset), np.nan)
        for rows in self.groups:
            if self.adjustment == "none":
                reach = two_sided_quantile(self.shown.level, self.linear.df)
            else:
                reach = MEAN_ADJUSTMENTS[self.adjustment].quantile(self.statistics(rows), self.shown.level)
            found[rows] = reach * self.std_errors[rows]
        return found

    @property
    def vcov(self) -> pd.DataFrame:
        """Covariance of the estimates on the linear scale, (k, k); NaN where not estimable."""
        known = np.outer(self.estimable, self.estimable)
        names = [" ".join(map(str, key)) for key in zip(*self.factors.values(), strict=True)]
        return pd.DataFrame(np.where(known, self._spread, np.nan), index=names, columns=names)

    # -- tables ------------------------------------------------------------------------------------
    @property
    def back(self) -> ResponseScale | None:
        """The scale to come back from, where estimates are shown on the response."""
        return self.transform if self.response else None

    @cached_property
    def table(self) -> pd.DataFrame:
        """The factors, estimates, standard errors, df, and the intervals and tests that are shown.

        NaN where the data do not determine an estimate.
        """
        return pd.DataFrame({**{k: list(v) for k, v in self.factors.items()}, **self._columns()})

    def _columns(self) -> dict[str, Floats]:
        back, shown, df = self.back, self.shown, self.linear.df
        estimates, errors = self.estimates, self.std_errors
        ends = (estimates - self._half_widths, estimates + self._half_widths) if shown.intervals else None
        null = np.full(len(estimates), shown.null)
        with np.errstate(all="ignore"):
            statistics = (estimates - shown.null) / errors
            if back is not None:
                estimates, errors = back.back(estimates, errors)
                ends = None if ends is None else back.ends(*ends)
                null = back.link.inverse(null)
        columns = {
            self.estimate_name: estimates,
            "SE": errors,
            "df": np.where(np.isnan(estimates), np.nan, df),
        }
        if ends is not None:
            names = ("asymp.LCL", "asymp.UCL") if np.isinf(df) else ("lower.CL", "upper.CL")
            columns |= dict(zip(names, ends, strict=True))
        if shown.tests:
            if (null != 0).any():
                columns["null"] = null
            columns["z.ratio" if np.isinf(df) else "t.ratio"] = statistics
            columns["p.value"] = self.p_values
        return columns

    @property
    def estimate_name(self) -> str:
        """The heading of the estimates."""
        return self.label if self.back is None else self.back.label

    def document(self) -> Document:
        """As R's emmeans prints."""
        return Document([self.printed(), Line(""), *(Line(*each, " ", role="note") for each in notes(self))])

    def printed(self, groups: Sequence[str] | None = None) -> Table:
        """The table as it prints, with the groups of a letter display."""
        kinds: dict[str, Any] = {self.estimate_name: "estimate", "SE": "standard error", "df": "df"}
        kinds |= {"z.ratio": "statistic", "t.ratio": "statistic", "p.value": "p-value"}
        factors = {name: column_of(name, values) for name, values in self.factors.items()}
        columns = [factors[name] for name in self.factors if name not in self.by]
        for name, values in self._columns().items():
            columns.append(Column(name, kinds.get(name, "number"), values.tolist()))
        if groups is not None:
            columns.append(Column(".group", "text", list(groups)))
        columns += [factors[name] for name in self.by]
        return Table(tuple(columns), ("",) * len(self.offset), "means", grouped=len(self.by))

    # -- other views of the same estimates -----------------------------------------------------------
    def confint(self, level: float | None = None, adjust: str | None = None) -> EstimatedMeans:
        """The same estimates with confidence intervals and no tests.

        Parameters
        ----------
        level : between 0 and 1; None for that of the table
        adjust : a name in MEAN_ADJUSTMENTS; None for that of the table
        """
        level = self.shown.level if level is None else level
        check_level(level)
        shown = replace(self.shown, intervals=True, tests=False, level=level, adjust=self.named(adjust))
        return replace(self, shown=shown)

    def test(self, null: float = 0.0, adjust: str | None = None) -> EstimatedMeans:
        """The same estimates with tests and no intervals.

        Parameters
        ----------
        null : what they are tested against, on the linear scale
        adjust : a name in MEAN_ADJUSTMENTS; None for that of the table
        """
        shown = replace(self.shown, intervals=False, tests=True, null=null, adjust=self.named(adjust))
        return replace(self, shown=shown)

    def summary(self, level: float | None = None, adjust: str | None = None) -> EstimatedMeans:
        """The same estimates with confidence intervals and tests; arguments as in `confint`."""
        return replace(self, shown=replace(self.confint(level, adjust).shown, tests=True))

    def named(self, adjust: str | None) -> str:
        """An adjustment by its name; None for that of the table."""
        if adjust is None:
            return self.shown.adjust
        if adjust not in MEAN_ADJUSTMENTS:
            raise FitError(choose("adjust", adjust, tuple(MEAN_ADJUSTMENTS)))
        return adjust

    def pairs(self, adjust: str | None = None, *, reverse: bool = False, by: Any = ...) -> EstimatedMeans:
        """Every pair of means of a family compared.

        Parameters
        ----------
        adjust : "tukey" unless said otherwise; any name in MEAN_ADJUSTMENTS
        reverse : later means less earlier ones
        by : columns that part the means into families, instead of those of the table; None for one family
        """
        return self.contrast("revpairwise" if reverse else "pairwise", adjust, by=by)

    def contrast(
        self, method: Any = "eff", adjust: str | None = None, *, by: Any = ..., ref: Any = 0
    ) -> EstimatedMeans:
        """Contrasts of the means of each family.

        Parameters
        ----------
        method : "pairwise", "revpairwise", "trt.vs.ctrl", "trt.vs.ctrlk", "eff", "del.eff", "consec",
            "mean_chg", "poly", "identity", or {label: weights}, one weight a mean
        adjust : a name in MEAN_ADJUSTMENTS; None for what goes with the method
        by : as in `pairs`
        ref : for "trt.vs.ctrl", the control: a label, a place from 0, or several

        Returns
        -------
        EstimatedMeans; on the response scale as ratios where the linear scale is a logarithm (of the mean or
        of odds) and the weights of every contrast sum to zero, else on the linear scale.
        """
        parted = self if by is ... else self.regrouped(by)
        return contrasts(parted, method, None if adjust is None else self.named(adjust), ref)

    def regrouped(self, by: Any) -> EstimatedMeans:
        """The same estimates with other columns parting them into families."""
        wanted = () if by is None else (by,) if hasattr(by, "casefold") else tuple(by)
        for name in wanted:
            if name not in self.factors:
                raise FitError(choose("by", name, tuple(self.factors)))
        factors = {name: self.factors[name] for name in self.factors if name not in wanted}
        return replace(self, by=wanted, factors=factors | {name: self.factors[name] for name in wanted})

    def taken(self, order: np.ndarray) -> EstimatedMeans:
        """The rows at these positions."""
        factors = {name: tuple(values[i] for i in order) for name, values in self.factors.items()}
        return replace(self, factors=factors, L=self.L[order], offset=self.offset[order])

    def cld(
        self,
        alpha: float = 0.05,
        adjust: str | None = None,
        symbols: str = "1234567890ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
        reverse: bool = False,
    ) -> LetterDisplay:
        """Compact letter display: the means in order, each with the symbols of the groups it belongs to.

        Means that share a symbol are not shown to differ.

        Parameters
        ----------
        alpha : two means differ when their adjusted p-value is less
        adjust : of the comparisons: "tukey" unless said otherwise (then the intervals' too)
        symbols : what marks the groups
        reverse : the largest mean first
        """
        return letter_display(self, alpha, adjust, symbols, reverse)


@dataclass(frozen=True, eq=False, repr=False)
class MeansAndContrasts(Record):
    """Means with contrasts of them, as one formula asks for them: "pairwise ~ a"."""

    emmeans: EstimatedMeans
    contrasts: EstimatedMeans

    def document(self) -> Document:
        """As R prints its list of both."""
        means, contrasts = self.emmeans.document().parts, self.contrasts.document().parts
        return Document([Line("$emmeans"), *means, Line(""), Line("$contrasts"), *contrasts, Line("")])
