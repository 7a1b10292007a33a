"""`vif()`: how much the other terms widen the intervals of each term's coefficients."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from rglm.display import Document, Line, NamedValues, Record, table_of
from rglm.display.document import Part
from rglm.errors import FitError, some, warn
from rglm.inference.covariance import covariance
from rglm.inference.fitted import Fitted

HIGHER_ORDER = (
    "there are higher-order terms (interactions) in this model, whose factors move with them whatever the "
    "data"
)


@dataclass(frozen=True, eq=False, repr=False)
class VarianceInflation(Record):
    """Variance inflation factors.

    table  DataFrame, one row a term: `GVIF`, `Df`, `GVIF^(1/(2*Df))`
    note   where the factors are hard to read, why; else None
    """

    table: pd.DataFrame
    note: str | None = None

    def document(self) -> Document:
        """car's print of `vif()`: plain factors where every term has one coefficient."""
        note: list[Part] = [] if self.note is None else [Line(self.note, role="note")]
        if (self.table["Df"] == 1).all():
            names = tuple(map(str, self.table.index))
            return Document([*note, NamedValues(names, tuple(self.table["GVIF"].tolist()))])
        return Document([*note, table_of(self.table, "matrix")])


def vif(fit: Fitted) -> VarianceInflation:
    """Variance inflation factors of the terms, generalized where a term has several coefficients.

    GVIF_t = det(C_tt) det(C_rest) / det(C), with C the correlation matrix of the coefficients without the
    intercept; for one coefficient it is 1 / (1 - R²) of its column (weighted as the fit).
    GVIF^(1/(2 Df)) compares terms of different size.

    Parameters
    ----------
    fit : a fitted model of two terms or more

    Returns
    -------
    VarianceInflation, with `.table`

    Raises
    ------
    FitError
        When there are fewer than two terms, or aliased coefficients.

    Warns
    -----
    RglmWarning
        When the model has no intercept.

    Source: Fox & Monette (1992); R `car::vif`.

    Examples
    --------
    >>> from rglm import datasets, lm
    >>> found = lm("mpg ~ wt + hp", data=datasets.load("mtcars")).vif().table
    >>> f"{found.loc['wt', 'GVIF']:.6f}"
    '1.766625'
    """
    labels, assign = fit.design.term_labels, np.asarray(fit.design.assign)
    if len(labels) < 2:
        raise FitError(
            f"vif() compares terms, so it needs at least two; the model has {some(labels) or 'none'}."
        )
    if fit.aliased.any():
        names = [name for name, gone in zip(fit.design.column_names, fit.aliased, strict=True) if gone]
        raise FitError(
            f"vif() is infinite where columns depend on each other exactly: {some(names)} are aliased. "
            "alias() shows what they equal; leave them out of the formula."
        )
    if not fit.design.terms.intercept:
        warn("No intercept: variance inflation factors may not be sensible.")
    kept = np.flatnonzero(assign > 0)
    V = covariance(fit).matrix[np.ix_(kept, kept)]
    sizes = np.sqrt(V.diagonal())
    C, assign = V / np.outer(sizes, sizes), assign[kept]
    rows = [
        (_generalized(C, assign == term), int((assign == term).sum())) for term in range(1, len(labels) + 1)
    ]
    factors, df = np.array([row[0] for row in rows]), np.array([row[1] for row in rows])
    columns = {"GVIF": factors, "Df": df, "GVIF^(1/(2*Df))": factors ** (0.5 / df)}
    nested = any(set(a) < set(b) for a in fit.design.terms.terms for b in fit.design.terms.terms)
    table = pd.DataFrame(columns, index=pd.Index(list(labels), dtype=object))
    return VarianceInflation(table, HIGHER_ORDER if nested else None)


def _generalized(C: np.ndarray, own: np.ndarray) -> float:
    """det(C_tt) det(C_rest) / det(C), by logarithms."""
    signs, logs = zip(
        *(np.linalg.slogdet(each) for each in (C[np.ix_(own, own)], C[np.ix_(~own, ~own)], C)), strict=True
    )
    return float(np.exp(logs[0] + logs[1] - logs[2])) if min(signs) > 0 else float("inf")
