"""What an analysis of variance prints: `print(aov)` and `summary(aov)`."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from rglm.display import Blank, Column, Document, Line, Number, Record, Table, table_of
from rglm.display.document import Part
from rglm.display.strings import pad
from rglm.formula.values import Floats
from rglm.inference.distributions import upper_f
from rglm.inference.fitted import Fitted
from rglm.inference.summary import estimates

INTERCEPT, RESIDUALS = "(Intercept)", "Residuals"

BALANCED = 1.5e-8
"""Off-diagonal size of R, beside its diagonal, under which estimated effects are independent."""


@dataclass(frozen=True, eq=False, repr=False)
class AOVTable(Record):
    """An analysis of variance.

    table      DataFrame, rows named as terms and `Residuals`: `Df`, `Sum Sq`, `Mean Sq`, `F value`, `Pr(>F)`
               (the last two where there are residual degrees of freedom)
    rows_lost  rows left out because values are missing
    intercept  whether the model has one, which R makes room for among the labels
    """

    table: pd.DataFrame
    rows_lost: int
    intercept: bool

    def document(self) -> Document:
        """R's `print.summary.aov`."""
        table = table_of(self.table, "anova")
        least = len(INTERCEPT) if self.intercept else 0
        names = tuple(pad(name, least, "left") for name in table.row_names)
        shown = Table(table.columns, names, "anova")
        return Document([shown, *_missing(self.rows_lost)], less=3)


def summary_aov(fit: Fitted, intercept: bool = False) -> AOVTable:
    """The analysis of variance table: sums of squares of the terms in their order, and F tests.

    F is the mean square of a term over that of the residuals.  Terms that add no column have no row.

    Parameters
    ----------
    fit : a fitted analysis of variance
    intercept : whether the first row is that of the intercept

    Returns
    -------
    AOVTable: `.table` with `Df`, `Sum Sq`, `Mean Sq`, `F value`, `Pr(>F)`

    Source: R `summary.aov`.

    Examples
    --------
    >>> from rglm import aov, datasets
    >>> fit = aov("weight ~ group", data=datasets.load("plantgrowth"))
    >>> fit.summary().table["Df"].tolist()
    [2.0, 27.0]
    """
    names, df, squares = sums_of_squares(fit, intercept)
    means = squares / df
    columns = {"Df": df, "Sum Sq": squares, "Mean Sq": means}
    if fit.df_residual > 0:
        with np.errstate(all="ignore"):
            ratios = np.append(means[:-1] / means[-1], np.nan)
        columns |= {"F value": ratios, "Pr(>F)": upper_f(ratios, df, fit.df_residual)}
    table = pd.DataFrame(columns, index=pd.Index(names, dtype=object))
    return AOVTable(table, fit.call.rows_lost, fit.design.terms.intercept)


def sums_of_squares(fit: Fitted, intercept: bool = False) -> tuple[list[str], Floats, Floats]:
    """Names, degrees of freedom and sums of squares of the terms in their order, then of the residuals."""
    kept = np.flatnonzero(~fit.aliased)
    # R b are the coordinates of the fitted values along orthogonal columns in the order of the terms
    squares = (fit.R @ estimates(fit)[kept]) ** 2
    assign = np.asarray(fit.design.assign, dtype=int)[kept]
    labels = [INTERCEPT, *fit.design.term_labels]
    df = np.bincount(assign, minlength=len(labels)).astype(float)
    sums = np.bincount(assign, weights=squares, minlength=len(labels)).astype(float)
    rows = [i for i in range(len(labels)) if df[i] > 0 and (i > 0 or intercept)]
    names = [labels[i] for i in rows]
    if not fit.df_residual > 0:
        return names, df[rows], sums[rows]
    return (
        [*names, RESIDUALS],
        np.append(df[rows], float(fit.df_residual)),
        np.append(sums[rows], fit.deviance),
    )


def document_aov(fit: Fitted) -> Document:
    """R's `print.aov`: the call, sums of squares, residual standard error, whether effects are balanced."""
    names, df, squares = sums_of_squares(fit)
    columns = [Column(name, "number", [s, d]) for name, s, d in zip(names, squares, df, strict=True)]
    parts: list[Part] = [
        Line("Call:", role="heading"),
        Line(fit.call.text, role="code"),
        *(Line(note, role="note") for note in fit.call.notes),
        Blank(),
        Line("Terms:", role="heading"),
        Table(tuple(columns), ("Sum of Squares", "Deg. of Freedom"), "rows"),
        Blank(),
    ]
    if fit.df_residual > 0:
        parts.append(
            Line("Residual standard error: ", Number(float(np.sqrt(fit.deviance / fit.df_residual))))
        )
    if len(names) > 1 or not fit.df_residual > 0:
        parts += _effects(fit)
    return Document([*parts, *_missing(fit.call.rows_lost)])


def _effects(fit: Fitted) -> list[Part]:
    """How many effects the data do not determine, and whether the others are independent."""
    lost, p = int(fit.aliased.sum()), len(fit.aliased)
    size = np.abs(fit.R)
    diagonal = float(size.diagonal().sum())
    balanced = float(size.sum()) - diagonal <= BALANCED * diagonal
    found: list[Part] = []
    if lost:
        counted = (Number(lost, "count"), " out of ", Number(p, "count"), " effects not estimable")
        found.append(Line(*counted, role="note"))
    return [*found, Line("Estimated effects " + ("are balanced" if balanced else "may be unbalanced"))]


def _missing(rows_lost: int) -> list[Part]:
    """R's line on rows left out because values are missing."""
    if not rows_lost:
        return []
    rows = "observation" if rows_lost == 1 else "observations"
    return [Line(Number(rows_lost, "count"), f" {rows} deleted due to missingness", role="note")]
