"""What one pass over the rows found. Evaluations add: over row blocks, files, workers."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, reduce
from operator import add
from typing import Protocol, Self

import numpy as np

from rglm.families.family import Family
from rglm.fitting.rows import Working
from rglm.formula.values import Floats


class Equations(Protocol):
    """The least-squares problem of one pass, reduced: a triangular factor or normal equations."""

    def __add__(self, other: Self) -> Self: ...


class Part(Protocol):
    """What an Evaluation sums beyond the deviance, made when somebody asks."""

    @property
    def equations(self) -> Equations: ...
    @property
    def pearson(self) -> float: ...
    @property
    def likelihood(self) -> Floats: ...


@dataclass(frozen=True)
class Sums:
    """A part whose rows are gone: only sums travel from a worker, and only sums outlive a block."""

    equations: Equations
    pearson: float
    likelihood: Floats


@dataclass(frozen=True)
class Evaluation:
    """The model at one coefficient vector.

    deviance     sum of w d(y, mu)
    valid        whether every eta and mu is inside the family's domain
    nobs         observations of positive weight
    largest_eta  the largest |eta|
    parts        one a block; reduced to sums on demand: a pass for the deviance alone pays for no more
    rows         the rows at this coefficient vector, kept only for data in memory
    """

    deviance: float
    valid: bool
    nobs: float
    largest_eta: float
    parts: tuple[Part, ...]
    rows: tuple[Working, ...] = ()

    @cached_property
    def equations(self) -> Equations:
        """The least-squares problem of the next step."""
        return reduce(add, (part.equations for part in self.parts))

    @cached_property
    def pearson(self) -> float:
        """Pearson's chi-square."""
        return sum(part.pearson for part in self.parts)

    @cached_property
    def likelihood(self) -> Floats:
        """The family's likelihood sums, (k,)."""
        return np.asarray(np.sum([part.likelihood for part in self.parts], axis=0))

    def loglik(self, family: Family) -> float:
        """The log-likelihood; NaN where the family has none, or where it needs rows that are gone."""
        if len(self.rows) == 1:
            return self.rows[0].loglik
        return family.loglik(self.likelihood, self.deviance)

    def __add__(self, other: Evaluation) -> Evaluation:
        return Evaluation(
            self.deviance + other.deviance,
            self.valid and other.valid,
            self.nobs + other.nobs,
            max(self.largest_eta, other.largest_eta),
            self.parts + other.parts,
            self.rows + other.rows,
        )

    def reduced(self) -> Evaluation:
        """The same evaluation holding sums only: no rows, a size that does not grow with n."""
        sums = Sums(self.equations, self.pearson, self.likelihood)
        return Evaluation(self.deviance, self.valid, self.nobs, self.largest_eta, (sums,))
