"""Which coefficients the data do not determine, and what their columns equal."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from rglm.display import Blank, Document, Line, Number, Record, current, table_of, text
from rglm.display.document import Part, Piece
from rglm.formula.values import Floats
from rglm.inference.fitted import Fitted
from rglm.inference.labels import formula_of

NEGLIGIBLE = 1e-8
"""Shares of a column's size below this are rounding errors."""


@dataclass(frozen=True, eq=False)
class Relations:
    """Columns that are linear combinations of earlier ones: X[:, aliased] = X[:, kept] weightsᵀ.

    aliased  (a,) positions of the aliased columns
    kept     (rank,) positions of the others
    weights  a × rank
    sizes    (p,) root mean squares of the columns over the fitted rows
    """

    aliased: np.ndarray
    kept: np.ndarray
    weights: Floats
    sizes: Floats

    def null_vectors(self) -> Floats:
        """One row a relation, (a, p): X v = 0 for rows like those of the fit."""
        vectors = np.zeros((len(self.aliased), len(self.sizes)))
        vectors[:, self.kept] = -self.weights
        vectors[np.arange(len(self.aliased)), self.aliased] = 1.0
        return vectors


def relations(fit: Fitted) -> Relations:
    """How the aliased columns depend on the others.

    Normal equations with the fit's own triangular factor, refined once.
    """
    aliased, kept = np.flatnonzero(fit.aliased), np.flatnonzero(~fit.aliased)
    if fit.rows.kept is not None:
        return Relations(aliased, kept, fit.rows.kept.relations, fit.rows.kept.sizes)
    rows, block = fit.rows, fit.rows.block
    weights = rows.working_weights
    p = len(fit.aliased)
    sizes = np.sqrt(np.maximum(np.diagonal(block.gram(np.ones(block.n))), 0.0) / block.n)
    table = np.zeros((len(aliased), len(kept)))
    unit = np.zeros(p)
    for i, j in enumerate(aliased):
        unit[:] = 0.0
        unit[j] = 1.0
        for _ in range(2):
            step = block.transpose_times(weights * block.times(unit))[kept]
            found = np.linalg.solve(fit.R, np.linalg.solve(fit.R.T, step))
            table[i] += found
            unit[kept] -= found
        share = np.abs(table[i]) * sizes[kept]
        table[i, share <= NEGLIGIBLE * max(float(sizes[j]), float(share.max(initial=0.0)))] = 0.0
    return Relations(aliased, kept, table, sizes)


@dataclass(frozen=True, eq=False, repr=False)
class AliasTable(Record):
    """Complete aliasing.

    formula   of the model
    table     DataFrame, one row an aliased coefficient, one column each other coefficient: how often the
              latter's column goes into the former's
    """

    formula: str
    table: pd.DataFrame

    @property
    def equations(self) -> tuple[str, ...]:
        """Each relation as an equation, such as "x2 = 2 x1"."""
        return tuple(self._document_of(line) for line in self._lines())

    def document(self) -> Document:
        """R's `print` of `alias()`, then the relations as equations."""
        parts: list[Part] = [Line("Model :", role="heading"), Line(self.formula, role="code"), Blank()]
        if len(self.table):
            parts += [Line("Complete :", role="heading"), table_of(self.table, "fractions"), Blank()]
            parts += [*self._lines(), Blank()]
        return Document(parts)

    def _lines(self) -> list[Line]:
        return [
            Line(*_equation(str(name), [(str(c), float(w)) for c, w in row.items() if w != 0]), role="note")
            for name, row in self.table.iterrows()
        ]

    def _document_of(self, line: Line) -> str:
        return text.render(Document([line]), current())


def _equation(name: str, terms: list[tuple[str, float]]) -> list[Piece]:
    """The pieces of `name = a one - b other`."""
    pieces: list[Piece] = [f"{name} = "]
    if not terms:
        return [f"{name} = 0 (the column is zero in every row)"]
    for position, (term, weight) in enumerate(terms):
        sign = "-" if weight < 0 else "+"
        pieces.append(f" {sign} " if position else "-" if weight < 0 else "")
        if abs(abs(weight) - 1.0) > NEGLIGIBLE:
            pieces += [Number(abs(weight)), " "]
        pieces.append(term)
    return pieces


def alias(fit: Fitted) -> AliasTable:
    """Which coefficients the data do not determine, and what their columns equal.

    Parameters
    ----------
    fit : a fitted model

    Returns
    -------
    AliasTable: `.table` (aliased × other coefficients), `.equations`; both empty where nothing is aliased

    Raises
    ------
    FitError
        When `fit` is not a fitted model.

    Source: R `alias(complete = TRUE, partial = FALSE)`.

    Examples
    --------
    >>> from rglm import datasets, lm
    >>> lm("dist ~ speed + I(2 * speed)", data=datasets.load("cars")).alias().equations
    ('I(2 * speed) = 2 speed',)
    """
    found = relations(fit)
    names = np.asarray(fit.design.column_names, dtype=object)
    table = pd.DataFrame(
        found.weights, index=pd.Index(names[found.aliased]), columns=pd.Index(names[found.kept])
    )
    return AliasTable(formula_of(fit), table)
