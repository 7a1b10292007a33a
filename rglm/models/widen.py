"""A fit's rows under a larger formula: what `add1` and `step` fit their models to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from rglm.design.encode import piece_together
from rglm.design.spec import DesignSpec, subset_terms
from rglm.families.family import Family
from rglm.fitting.rows import Rows
from rglm.formula.deparse import deparse
from rglm.formula.terms import terms as terms_of
from rglm.formula.tree import Formula
from rglm.formula.values import Codes, Floats
from rglm.inference.fitted import Refit
from rglm.models.engine import refit
from rglm.models.prepare import Prepared, prepare

if TYPE_CHECKING:
    from rglm.models.base import Model


@dataclass(frozen=True, eq=False)
class Widened:
    """The rows where every variable of a larger formula is present, encoded once.

    fit       the model that the formula was made larger from
    prepared  the rows under the larger formula
    """

    fit: Model
    prepared: Prepared

    @property
    def design(self) -> DesignSpec:
        """Of the larger formula."""
        return self.prepared.design

    @property
    def rows(self) -> Rows:
        """Its columns, y, weights, offset."""
        return self.prepared.rows

    @property
    def variables(self) -> Mapping[int, Codes | Floats]:
        """Each variable's values by its index in the design."""
        return self.prepared.encoded.variables

    @cached_property
    def left_out(self) -> int:
        """Rows of the fit that lack a value of the larger formula."""
        return self.fit.prepared.encoded.block.n - self.prepared.encoded.block.n

    def refit(
        self,
        terms: Sequence[int] | None = None,
        columns: np.ndarray | None = None,
        start: Floats | None = None,
        response: Floats | None = None,
        family: Family | None = None,
    ) -> Refit:
        """Some terms (coded anew) or columns of the design, fitted to these rows."""
        rows = self.rows if terms is None else self.prepared_on(terms).rows
        family = self.fit.family if family is None else family
        control = self.fit.arguments.control
        return refit(family, rows, control, columns=columns, start=start, response=response)

    def accepted(self, terms: Sequence[int]) -> tuple[Family, Refit] | None:
        """The family stays what it is."""
        return None

    def prepared_on(self, terms: Sequence[int]) -> Prepared:
        """The rows with the columns of some terms alone."""
        design = subset_terms(self.design, terms)
        block = piece_together(design, self.variables, self.rows.block.n)
        return replace(self.prepared, design=design, rows=replace(self.rows, block=block))

    def model(self, formula: Formula) -> Any:
        """The full model of a smaller formula on these rows."""
        changes: dict[str, Any] = {}
        arguments, encoded = self.fit.arguments, self.prepared.encoded
        # a smaller formula must not bring rows back
        if encoded.missing.rows_lost and encoded.kept is not None:
            changes["subset"] = np.isin(np.arange(encoded.n_rows_in), encoded.kept)
        if arguments.start is not None:
            changes["start"] = None
        if arguments.contrasts:
            changes["contrasts"] = _held(arguments.contrasts, formula)
        return self.fit.update(formula, **changes)


def widened(fit: Model, formula: Formula) -> Widened:
    """The rows of a fit where every variable of a larger formula is present.

    fit      a fitted model
    formula  one that holds the fit's terms; read and encoded here, once for all models on its terms
    """
    held = set(_keys(fit.design.terms))
    if held.issuperset(_keys(terms_of(formula))):
        return Widened(fit, fit.prepared)
    fit.prepared.check_unchanged()
    return Widened(fit, prepare(replace(fit.arguments, formula=formula)))


def _keys(terms: Any) -> list[frozenset[Any]]:
    return [frozenset(terms.variables[index] for index in term) for term in terms.terms]


def _held(contrasts: Mapping[str, Any], formula: Formula) -> dict[str, Any]:
    """The contrasts of the factors that a formula still has."""
    found = terms_of(formula)
    names = {deparse(found.variables[index]) for term in found.terms for index in term}
    return {name: value for name, value in contrasts.items() if name in names or f"`{name}`" in names}
