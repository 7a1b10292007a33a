"""What every fitted model holds, and how its values are read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from rglm.data.missing import MissingReport
from rglm.data.native import like
from rglm.data.source import Source
from rglm.design.encode import piece_together
from rglm.design.spec import DesignSpec, recode, subset_terms
from rglm.families.family import Family
from rglm.fitting.irls import Solution
from rglm.fitting.rows import Rows
from rglm.formula.values import Floats
from rglm.inference.fitted import Call, FittedRows, LogLik, Null, Refit
from rglm.models.arguments import Arguments
from rglm.models.engine import null_model, refit
from rglm.models.prepare import Prepared
from rglm.models.values import Values
from rglm.models.widen import widened


@dataclass(frozen=True, eq=False, repr=False)
class Model(Values):
    """A fitted model: values on top, verbs in the classes below it.

    Holds what was learned (`design`), where the loop stopped (`solution`), the rows it read, and the
    arguments of the call.  Nothing changes it after the fit.
    """

    arguments: Arguments
    prepared: Prepared
    solution: Solution
    call: Call

    # -- what was asked and learned ----------------------------------------------------------------
    @property
    def family(self) -> Family:
        """Distribution and link of the response."""
        return self.arguments.fitted_family

    @property
    def design(self) -> DesignSpec:
        """What was learned from the data: terms, levels, contrasts, column names."""
        return self.prepared.design

    @property
    def source(self) -> Source:
        """The data the model was fitted to."""
        return self.prepared.source

    @property
    def formula(self) -> str:
        """The formula as text."""
        return str(self.arguments.formula)

    @property
    def na_report(self) -> MissingReport:
        """Which column cost how many rows."""
        return self.prepared.encoded.missing

    # -- coefficients ------------------------------------------------------------------------------
    @property
    def aliased(self) -> np.ndarray:
        """Coefficients the data do not determine, (p,) bool."""
        return self.solution.step.aliased

    @property
    def R(self) -> Floats:
        """Upper triangular, rank × rank: RᵀR = XᵀWX over the columns that are not aliased."""
        return self.solution.step.R

    @cached_property
    def coef(self) -> pd.Series[float]:
        """Coefficients, a Series of length p with R's names; NaN where aliased."""
        values = np.where(self.aliased, np.nan, self.solution.coef)
        return pd.Series(values, index=pd.Index(self.design.column_names, dtype=object))

    # -- rows --------------------------------------------------------------------------------------
    @cached_property
    def rows(self) -> FittedRows:
        """y, weights, eta, mu and working weights of each row that was fitted."""
        working, weighed = self.solution.evaluation.rows[0], self.solution.weighed.rows[0]
        rows = working.rows
        encoded = self.prepared.encoded
        offset = np.zeros(rows.block.n) if rows.offset is None else rows.offset
        positions = np.arange(rows.block.n) if encoded.kept is None else encoded.kept
        with np.errstate(all="ignore"):
            return FittedRows(
                block=encoded.block,
                y=rows.y,
                weights=rows.weights,
                offset=offset,
                eta=working.eta,
                mean=working.mean,
                working_weights=weighed.weights,
                counts=rows.counts,
                trials=rows.trials,
                positions=positions,
                sampling=self.prepared.sampling,
            )

    def wrap(self, values: Floats | dict[str, Floats], name: str | None = None) -> Any:
        """Arrays of n rows as the caller's kind of Series (or frame), labelled by the caller's rows.

        With na_action="exclude" rows that were dropped come back as NaN.
        """
        encoded = self.prepared.encoded
        positions: np.ndarray | None = encoded.kept
        if self.arguments.na_action == "exclude" and positions is not None:
            values = _spread(values, positions, encoded.n_rows_in)
            positions = None
        return like(getattr(self.source, "data", None), values, name=name, rows=positions)

    @cached_property
    def fitted(self) -> Any:
        """Fitted means mu, one a row that was fitted."""
        return self.wrap(self.rows.mu)

    @cached_property
    def linear_predictors(self) -> Any:
        """Linear predictors eta = X coef + offset, one a row that was fitted."""
        return self.wrap(self.rows.eta)

    # -- fit ---------------------------------------------------------------------------------------
    @property
    def nobs(self) -> int:
        """Observations of positive weight; a frequency weight counts as that many."""
        return int(self._rows.nobs)

    @property
    def deviance(self) -> float:
        """Residual deviance, sum of w d(y, mu)."""
        return self.solution.evaluation.deviance

    @property
    def df_residual(self) -> int:
        """Observations minus rank."""
        return int(self._rows.nobs) - self.rank

    @cached_property
    def null(self) -> Null:
        """Deviance and df of the model with the intercept and offset alone."""
        started = self.arguments.start is not None
        intercept, control = self.design.terms.intercept, self.arguments.control
        return null_model(self.family, self._rows, intercept, control, started)

    @cached_property
    def loglik(self) -> LogLik:
        """Log-likelihood at the fit, with `.df` and `.nobs`; NaN where the family has none."""
        with np.errstate(all="ignore"):
            value = self.solution.evaluation.loglik(self.family)
        return LogLik(value, self.n_params, self.nobs)

    # -- iteration ---------------------------------------------------------------------------------
    @property
    def progress(self) -> Solution:
        """How the iteration ended."""
        return self.solution

    @property
    def history(self) -> pd.DataFrame:
        """One row a step: deviance, change, halvings, largest_eta, then the coefficients."""
        return history(self.solution, self.design.column_names)

    # -- again -------------------------------------------------------------------------------------
    def refit(
        self,
        terms: Sequence[int] | None = None,
        columns: np.ndarray | None = None,
        start: Floats | None = None,
        offset: Floats | None = None,
        response: Floats | None = None,
        counts: Floats | None = None,
        near: Floats | None = None,
        contrasts: Any = None,
        family: Family | None = None,
    ) -> Refit:
        """The same rows fitted again.

        terms     indices of the terms to keep, coded anew
        columns   (p,) bool or positions: the columns to keep, as they are coded
        contrasts   what factors are coded by instead, such as "contr.sum"; `columns` counts in that coding
        family    instead of the fit's own
        start     first coefficients of the smaller model
        offset, response   (n,) to use instead
        counts    (n,) how many times each row is taken, instead of the fit's frequency weights
        near      R of a fit close by over the same columns, whose steps from `start` are cheaper; the answer
                  then carries that R
        """
        self.prepared.check_unchanged()
        rows = self._rows
        design = self.design if contrasts is None else recode(self.design, contrasts)
        if terms is not None:
            design = subset_terms(design, terms)
        if design is not self.design:
            rows = replace(rows, block=piece_together(design, self.prepared.encoded.variables, rows.block.n))
        return refit(
            self.family if family is None else family,
            rows,
            self.arguments.control,
            columns=columns,
            start=start,
            offset=offset,
            response=response,
            counts=counts,
            near=near,
        )

    widened = widened

    def update(self, formula: Any = None, **changes: Any) -> Model:
        """Make the call again with another formula, or other arguments."""
        raise NotImplementedError(f"{type(self).__name__} cannot be made again")

    @property
    def _rows(self) -> Rows:
        return self.prepared.rows


def _spread(values: Floats | dict[str, Floats], positions: np.ndarray, n: int) -> Floats | dict[str, Floats]:
    if isinstance(values, dict):
        return {name: _spread_one(column, positions, n) for name, column in values.items()}
    return _spread_one(values, positions, n)


def _spread_one(values: Floats, positions: np.ndarray, n: int) -> Floats:
    full = np.full(n, np.nan)
    full[positions] = values
    return full


def history(solution: Solution, names: Sequence[str]) -> pd.DataFrame:
    """The iterations of a solution as a table, one row a step."""
    steps = solution.history
    table = pd.DataFrame(
        {
            "deviance": [step.deviance for step in steps],
            "change": [step.change for step in steps],
            "halvings": [step.halvings for step in steps],
            "largest_eta": [step.largest_eta for step in steps],
        },
        index=pd.Index([step.number for step in steps], name="iteration"),
    )
    path = pd.DataFrame([step.coef for step in steps], index=table.index, columns=list(names))
    return pd.concat([table, path], axis=1)
