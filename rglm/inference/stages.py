"""Models on some of the terms of one design, fitted to the same rows without a formula being read again.

A stage starts from a neighbour: where a term leaves, from the best quadratic approximation that the
neighbour's triangular factor gives; where one enters, from the neighbour's coefficients.  Linear models need
no rows at all: the triangular factor of [√w X, √w y] holds every sum of squares.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Protocol

import numpy as np

from rglm.design.spec import DesignSpec, subset_terms
from rglm.errors import ConvergenceWarning, FitError, warn
from rglm.families.family import Family
from rglm.fitting.qr import least_squares, solve_triangle, triangle
from rglm.fitting.rows import Rows, Working
from rglm.formula.values import Floats
from rglm.inference.fitted import Fitted, FittedRows, Refit


@dataclass(frozen=True)
class Stage:
    """A model on some of the terms of a wider design.

    columns      its columns among those of the design; None where it is coded otherwise
    coef, R, aliased   as a fit's, over these columns
    deviance     residual deviance
    rank         columns that are not aliased
    df_residual  observations minus rank
    likelihood   log-likelihood, NaN where the family has none
    pearson      Pearson's chi-square with the working weights of the last step
    residuals, working_weights   of the last step, (n,); None where they were not kept
    """

    columns: np.ndarray | None
    coef: Floats
    R: Floats
    aliased: np.ndarray
    deviance: float
    rank: int
    df_residual: float
    likelihood: float
    pearson: float
    residuals: Floats | None = None
    working_weights: Floats | None = None


class Rater(Protocol):
    """Fits any of the terms of a design to its rows."""

    @property
    def design(self) -> DesignSpec: ...
    @property
    def rows(self) -> Rows: ...
    def fit(self, columns: np.ndarray | None, terms: Sequence[int], near: Stage | None) -> Stage: ...


def columns_of(design: DesignSpec, kept: Sequence[int]) -> np.ndarray | None:
    """Columns of some terms of a design; None where these terms alone would be coded in another way."""
    smaller = subset_terms(design, kept)
    if smaller.codings != tuple(design.codings[index] for index in sorted(kept)):
        return None
    wanted = [0, *(index + 1 for index in kept)]
    return np.flatnonzero(np.isin(np.asarray(design.assign, dtype=int), wanted))


def on_terms(rater: Rater, kept: Sequence[int], near: Stage | None = None) -> Stage:
    """The model on some of the terms, by R's coding rule."""
    return rater.fit(columns_of(rater.design, kept), kept, near)


def on_columns(rater: Rater, columns: np.ndarray, near: Stage | None = None) -> Stage:
    """The model on some of the columns, as they are coded in the design."""
    return rater.fit(columns, (), near)


def starting(near: Stage, columns: np.ndarray) -> Floats | None:
    """First coefficients on `columns` from a stage nearby.

    With R the factor of the stage, b = argmin ‖R (b - b_near)‖² over the columns that stay: one Newton step
    that costs no pass over the rows.  Columns that are new start at 0.
    """
    if near.columns is None:
        return None
    start = np.zeros(len(columns))
    places = {column: place for place, column in enumerate(columns.tolist())}
    kept = near.columns[~near.aliased]
    stays = np.array([column in places for column in kept.tolist()], dtype=bool)
    b = near.coef[~near.aliased]
    if not stays.all():
        b = least_squares(near.R[:, stays], near.R @ b).coef
    start[[places[column] for column in kept[stays].tolist()]] = b
    return start


@dataclass(frozen=True)
class Refits:
    """Stages of a generalized linear model, by `refit` with warm starts.

    refit   fits columns or terms of the design to the rows
    cold    whether every fit starts as R's does: what depends on the weights of the last step needs that
    family  instead of the refit's own
    """

    design: DesignSpec
    rows: Rows
    refit: Callable[..., Refit]
    cold: bool = False
    family: Family | None = None

    def fit(self, columns: np.ndarray | None, terms: Sequence[int], near: Stage | None) -> Stage:
        """The stage on `columns`, or on `terms` where these are coded otherwise."""
        if columns is None:
            return self._stage(self.refit(terms=terms, family=self.family), None)
        start = None if near is None else starting(near, columns)
        if start is None or not len(start):
            return self._stage(self.refit(columns=columns, family=self.family), columns)
        first, second = (None, start) if self.cold else (start, None)
        try:
            made = self.refit(columns=columns, start=first, family=self.family)
        except FitError:  # the start, or R's own first step, lies outside the family's domain
            made = self.refit(columns=columns, start=second, family=self.family)
        return self._stage(made, columns)

    def _stage(self, made: Refit, columns: np.ndarray | None) -> Stage:
        if not made.converged:
            warn("a model of the table did not converge: its row is not to be trusted", ConvergenceWarning)
        stage = Stage(
            columns,
            made.coef,
            made.R,
            made.aliased,
            made.deviance,
            made.rank,
            made.df_residual,
            made.likelihood,
            made.pearson,
        )
        if not self.cold:
            return stage
        with np.errstate(all="ignore"):
            residuals = (self.rows.y - made.mean.mu) / made.mean.dmu
        return replace(stage, residuals=residuals, working_weights=made.working_weights)


@dataclass(frozen=True)
class Projections:
    """Stages of a linear model, from one triangular factor of [√w X, √w y].

    refit   for terms that are coded otherwise
    whole   the model on all terms, where it is fitted already
    """

    design: DesignSpec
    rows: Rows
    refit: Callable[..., Refit]
    family: Family
    whole: Stage | None = None

    @cached_property
    def working(self) -> Working:
        """The rows at a linear predictor of zero, the offset apart."""
        offset = np.zeros(self.rows.block.n) if self.rows.offset is None else self.rows.offset
        return Working(self.rows, self.family, offset)

    @cached_property
    def factor(self) -> Floats:
        """Triangular, at most (p + 1) × (p + 1)."""
        whole = self.whole
        if whole is None or whole.aliased.any():  # R says nothing of an aliased column
            return triangle(self.working).factor
        right = np.append(whole.R @ whole.coef, np.sqrt(whole.deviance))
        return np.column_stack([np.vstack([whole.R, np.zeros(len(whole.coef))]), right])

    def fit(self, columns: np.ndarray | None, terms: Sequence[int], near: Stage | None) -> Stage:
        """The stage on `columns`, or on `terms` where these are coded otherwise."""
        if columns is None:
            made = self.refit(terms=terms)
            return self._stage(None, made.coef, made.R, made.aliased, made.deviance)
        p = self.factor.shape[1] - 1
        factor: Floats = np.linalg.qr(self.factor[:, [*columns.tolist(), p]], mode="r")  # type: ignore[assignment]
        step = solve_triangle(factor)
        rest = factor[:, -1].copy()
        used = ~step.aliased
        rest -= factor[:, :-1][:, used] @ step.coef[used]
        return self._stage(columns, step.coef, step.R, step.aliased, float(rest @ rest))

    def _stage(
        self, columns: np.ndarray | None, coef: Floats, R: Floats, aliased: np.ndarray, rss: float
    ) -> Stage:
        rank, nobs = int(R.shape[0]), self.rows.nobs
        with np.errstate(all="ignore"):
            likelihood = self.family.loglik(self.working.likelihood, rss)
        return Stage(columns, coef, R, aliased, rss, rank, nobs - rank, likelihood, rss)


def as_rows(held: FittedRows) -> Rows:
    """The rows of a fit as the loop reads them."""
    offset = held.offset if held.offset.any() else None
    return Rows(held.block, held.y, held.weights, offset, held.trials, held.counts)


def stage_of(fit: Fitted) -> Stage:
    """The fit itself, on all terms of its design."""
    rows = fit.rows
    with np.errstate(all="ignore"):
        residuals = (rows.y - rows.mean.mu) / rows.mean.dmu
        squares = rows.working_weights * residuals**2
    return Stage(
        np.arange(len(fit.aliased)),
        np.where(fit.aliased, 0.0, fit.coef.to_numpy(dtype=float)),
        fit.R,
        fit.aliased,
        fit.deviance,
        int(fit.R.shape[0]),
        float(fit.df_residual),
        float(fit.loglik),
        float(squares[rows.working_weights > 0].sum()),
        residuals,
        rows.working_weights,
    )
