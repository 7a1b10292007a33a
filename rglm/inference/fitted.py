"""What every verb may know of a fitted model, whatever the engine that fitted it."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, ClassVar, Protocol

import numpy as np
import pandas as pd

from rglm.data.source import Source
from rglm.design.block import Block
from rglm.design.spec import DesignSpec
from rglm.display import Document, Line, Number, Record
from rglm.families.family import Family
from rglm.families.link import Mean
from rglm.formula.values import Floats


class LogLik(Record, float):
    """A log-likelihood that carries its parameter count `df` and number of observations `nobs`, as R's."""

    df: int
    nobs: float

    def __new__(cls, value: float, df: int, nobs: float) -> LogLik:
        made = super().__new__(cls, value)
        made.df, made.nobs = df, nobs
        return made

    def document(self) -> Document:
        """R's `print.logLik`: 'log Lik.' -206.6 (df=3)."""
        return Document([Line("'log Lik.' ", Number(float(self)), " (df=", Number(self.df, "count"), ")")])

    def __repr__(self) -> str:
        return self.to_text()

    def __getnewargs__(self) -> tuple[float, int, float]:  # type: ignore[override]
        return float(self), self.df, self.nobs


@dataclass(frozen=True)
class Null:
    """The model with the intercept and offset alone (the offset alone where there is no intercept)."""

    deviance: float
    df: float


@dataclass(frozen=True)
class Refit:
    """A model of the same rows fitted again with other columns, offset or response.

    coef         (p,), 0 where aliased, over the columns that were asked for
    R            rank × rank upper triangular, RᵀR = XᵀWX (the R that `near=` gave, where one was given)
    aliased      (p,) bool
    deviance     sum of w d(y, mu)
    df_residual  observations minus rank
    pearson      Pearson's chi-square with the working weights of the last step, as R's dispersion uses
    eta, mean    the fit, (n,)
    likelihood   log-likelihood (NaN where the family has none)
    converged    whether the loop met its criterion
    working_weights  (n,), of the last least-squares step, as R's
    """

    coef: Floats
    R: Floats
    aliased: np.ndarray
    deviance: float
    df_residual: float
    pearson: float
    eta: Floats
    mean: Mean
    likelihood: float
    converged: bool
    working_weights: Floats

    @property
    def rank(self) -> int:
        """Columns that are not aliased."""
        return int(self.R.shape[0])


@dataclass(frozen=True, eq=False)
class Kept:
    """What verbs need of the rows as a whole: all that is left of them in a model loaded from a file.

    dispersion   Pearson's estimate; NaN without residual degrees of freedom
    centre       means of the model columns, (p,); zeros without an intercept
    sizes        their root mean squares, (p,)
    relations    how aliased columns depend on the others, aliased × rank
    vcov         covariance of a fit with sampling weights, p × p, and what to say of it; else None
    explained    sum of squares that a linear model explains
    residuals    quartiles of its weighted residuals, (5,)
    weighted     whether its weights differ from row to row
    level        mean square of its fitted values, beside which a variance may be rounding error
    """

    dispersion: float
    centre: Floats
    sizes: Floats
    relations: Floats
    vcov: tuple[Floats, str] | None = None
    explained: float = math.nan
    residuals: Floats = field(default_factory=lambda: np.full(5, np.nan))
    weighted: bool = False
    level: float = math.nan


@dataclass(frozen=True)
class FittedRows:
    """The rows of a fit, in the order of the data, without those that were dropped.

    block             model columns, n × p
    y                 response, (n,); a proportion for binomial counts
    weights           prior weights (trials for binomial) times frequency counts, (n,)
    offset            (n,), zeros where there is none
    eta               linear predictor, (n,)
    mean              mu, dmu/deta and 1 - mu, each (n,)
    working_weights   (n,), of the last least-squares step, as R's
    counts, trials    (n,) or None
    positions         row numbers in the caller's data, (n,)
    sampling          sampling weights scaled to mean 1, (n,), which are in `weights` too; or None
    """

    block: Block
    y: Floats
    weights: Floats
    offset: Floats
    eta: Floats
    mean: Mean
    working_weights: Floats
    counts: Floats | None
    trials: Floats | None
    positions: np.ndarray
    sampling: Floats | None = None
    kept: ClassVar[Kept | None] = None  # set where rows are no longer held

    @property
    def mu(self) -> Floats:
        """Fitted means, (n,)."""
        return self.mean.mu

    @cached_property
    def used(self) -> np.ndarray:
        """Rows of positive weight, (n,) bool."""
        return self.weights > 0

    @cached_property
    def nobs(self) -> float:
        """Observations of positive weight; a frequency count counts as that many."""
        return float(self.used.sum() if self.counts is None else self.counts[self.used].sum())


@dataclass(frozen=True)
class Call:
    """How the model was asked for, for headings.

    text       the call as it would be typed
    notes      one sentence each: the modelled level, weights, offset, columns left out of `.`
    rows_lost  rows left out because values are missing
    arrays     row-wise arguments (weights, offset, …) given as arrays, which new rows cannot supply by name
    """

    function: str
    text: str
    notes: tuple[str, ...] = ()
    rows_lost: int = 0
    arrays: tuple[str, ...] = ()


class Progress(Protocol):
    """How the iteration ended."""

    @property
    def n_iter(self) -> int: ...
    @property
    def converged(self) -> bool: ...
    @property
    def boundary(self) -> bool: ...
    @property
    def history(self) -> Sequence[Any]: ...


class Fitted(Protocol):
    """A fitted model, as the verbs see it.

    coef         Series of length p, R's names, NaN where aliased
    R            rank × rank upper triangular over the columns that are not aliased: RᵀR = XᵀWX
    aliased      (p,) bool
    family       the response's distribution and link
    deviance     residual deviance
    df_residual  observations minus rank
    null         the null model's deviance and df
    loglik       log-likelihood with its df and nobs
    progress     how the iteration ended
    design       what was learned from data: terms, levels, contrasts, column names, assign
    source       the caller's data
    rows         y, weights, eta, mu, … of each row
    call         how it was asked for
    wrap         arrays of n rows → the caller's kind of Series or frame, in the caller's rows
    refit        fit again with other columns, offset, response, counts, coding or family
    """

    @property
    def coef(self) -> pd.Series[float]: ...
    @property
    def R(self) -> Floats: ...
    @property
    def aliased(self) -> np.ndarray: ...
    @property
    def family(self) -> Family: ...
    @property
    def deviance(self) -> float: ...
    @property
    def df_residual(self) -> float: ...
    @property
    def null(self) -> Null: ...
    @property
    def loglik(self) -> LogLik: ...
    @property
    def progress(self) -> Progress: ...
    @property
    def design(self) -> DesignSpec: ...
    @property
    def source(self) -> Source: ...
    @property
    def rows(self) -> FittedRows: ...
    @property
    def call(self) -> Call: ...
    @property
    def wrap(self) -> Callable[..., Any]: ...
    @property
    def refit(self) -> Callable[..., Refit]: ...
