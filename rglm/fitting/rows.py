"""Rows ready to fit, and what the model says of them at given coefficients."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

import numpy as np

from rglm.design.block import Block
from rglm.families.family import Family
from rglm.families.link import Mean
from rglm.formula.values import Floats

DENSE_ELEMENTS = 250_000_000
"""Largest X (elements, 2 GB) that is kept dense; larger ones are made a chunk at a time."""


SMALLEST = 1e-300
"""Stands for a mean, its complement and its slope where they underflowed."""


@dataclass(frozen=True)
class DenseBlock:
    """Columns that are already dense, with the verbs of a Block that the loop uses."""

    X: Floats

    @property
    def n(self) -> int:
        """Rows."""
        return int(self.X.shape[0])

    @property
    def p(self) -> int:
        """Columns."""
        return int(self.X.shape[1])

    def dense(self) -> Floats:
        """The columns, n × p."""
        return self.X

    def times(self, b: Floats) -> Floats:
        """X b, (n,)."""
        return np.asarray(self.X @ b)

    def rows(self, index: slice | np.ndarray) -> DenseBlock:
        """The rows at `index`."""
        return DenseBlock(self.X[index])


@dataclass(frozen=True)
class Rows:
    """A block of rows as the loop reads it.

    block    the model columns X, n × p
    y        response, (n,)
    weights  prior weights times frequency counts, (n,): what multiplies each unit deviance
    offset   (n,) on the scale of the linear predictor, or None for zero
    trials   binomial trials, (n,), or None
    counts   frequency counts, (n,): how many observations a row stands for; None means one each
    """

    block: Block | DenseBlock
    y: Floats
    weights: Floats
    offset: Floats | None = None
    trials: Floats | None = None
    counts: Floats | None = None

    @cached_property
    def X(self) -> Floats:
        """The model columns as one dense array, n × p, made once."""
        return self.block.dense()

    def dense(self, index: slice) -> Floats:
        """The model columns of the rows in `index`; from the kept X where that is affordable."""
        return self.X[index] if self._affordable else self.block.rows(index).dense()

    @property
    def _affordable(self) -> bool:
        return self.block.n * self.block.p <= DENSE_ELEMENTS

    @cached_property
    def nobs(self) -> float:
        """Observations with positive weight; a frequency count counts as that many."""
        if self.counts is None:
            return float(np.count_nonzero(self.weights > 0))
        return float(self.counts[self.weights > 0].sum())

    @property
    def prior_weights(self) -> Floats:
        """Weight of one observation of each row, (n,): without its frequency count."""
        if self.counts is None:
            return self.weights
        return self.weights / np.where(self.counts > 0, self.counts, 1.0)

    def eta(self, coef: Floats) -> Floats:
        """X coef + offset, (n,)."""
        eta = self.X @ coef if self._affordable else self.block.times(coef)
        return eta if self.offset is None else eta + self.offset

    def take(self, index: slice | np.ndarray) -> Rows:
        """The rows at `index`."""

        def part(values: Floats | None) -> Floats | None:
            return None if values is None else values[index]

        return Rows(
            self.block.rows(index),
            self.y[index],
            self.weights[index],
            part(self.offset),
            part(self.trials),
            part(self.counts),
        )


RowSource: TypeAlias = Iterable[Rows]
"""A re-readable sequence of row blocks: a tuple in memory, a reader elsewhere."""


@dataclass(frozen=True)
class Working:
    """One block of rows at one linear predictor: everything a least-squares side reduces.

    With eta the linear predictor, mu and dmu = dmu/deta from the link and V the variance function,
    the working weights are w dmu² / V and the working response is eta - offset + (y - mu) / dmu.
    Rows where dmu or w is zero carry no information: their working weight is 0.
    """

    rows: Rows
    family: Family
    eta: Floats

    @property
    def mean(self) -> Mean:
        """mu, dmu/deta and 1 - mu, each (n,)."""
        return self._mean[0]

    @cached_property
    def _mean(self) -> tuple[Mean, bool]:
        """The means, and whether all are inside the family's domain."""
        mean = self.family.link.evaluate(self.eta)
        if np.isinf(self.family.link.eta_range).all():
            mean = self._off_the_edges(mean)
        return mean, bool(self.family.valid(mean))

    def _off_the_edges(self, mean: Mean) -> Mean:
        """Means that underflowed to an edge moved inside the domain, where the response lies on that edge.

        A link that reaches an edge only at infinity was not there: exp(-800) is not 0.  R keeps all such
        means a rounding error away from the edges.
        """
        (low, high), y, idle = self.family.link.mu_range, self.rows.y, self.rows.weights == 0
        mu, dmu, complement = mean.mu, mean.dmu, mean.complement
        if low == 0.0 and mu.min(initial=1.0) < SMALLEST:
            lost = (mu < SMALLEST) & ((y == 0.0) | idle)
            mu, dmu = np.where(lost, SMALLEST, mu), np.where(lost, SMALLEST, dmu)
        if high == 1.0 and complement is not None and complement.min(initial=1.0) < SMALLEST:
            lost = (complement < SMALLEST) & ((y == 1.0) | idle)
            complement, dmu = np.where(lost, SMALLEST, complement), np.where(lost, SMALLEST, dmu)
        return Mean(mu, dmu, complement)

    @cached_property
    def unit_deviance(self) -> Floats:
        """d(y, mu) >= 0 for each row, (n,), weights not included."""
        unit = self.family.unit_deviance(self.rows.y, self.mean)
        # a mean rounded to the edge of the domain, where y is: 0/0 by the formula, 0 by its limit
        return unit if np.isfinite(unit).all() else np.where(self.rows.y == self.mean.mu, 0.0, unit)

    @cached_property
    def deviance(self) -> float:
        """Sum of w d(y, mu)."""
        return float(self.rows.weights @ self.unit_deviance)

    @cached_property
    def valid(self) -> bool:
        """Whether eta and mu lie in the family's domain and the deviance is finite."""
        return bool(np.isfinite(self.deviance)) and self.family.link.valid(self.eta) and self._mean[1]

    @cached_property
    def weights(self) -> Floats:
        """Working weights, (n,)."""
        weights = self.rows.weights * self.mean.dmu**2 / self.family.variance(self.mean)
        # 0/0 where the link is flat or the variance has vanished: the row says nothing in this step
        return weights if np.isfinite(weights).all() else np.where(np.isfinite(weights), weights, 0.0)

    @cached_property
    def residuals(self) -> Floats:
        """Working residuals (y - mu) / dmu, (n,)."""
        return (self.rows.y - self.mean.mu) / self.mean.dmu

    @cached_property
    def response(self) -> Floats:
        """Working response without the offset, (n,); 0 where the working weight is 0."""
        eta = self.eta if self.rows.offset is None else self.eta - self.rows.offset
        response = eta + self.residuals
        return response if np.isfinite(response).all() else np.where(self.weights > 0, response, 0.0)

    @cached_property
    def pearson(self) -> float:
        """Pearson's chi-square: sum of w (y - mu)² / V."""
        residuals = self.rows.y - self.mean.mu
        used = (self.rows.weights > 0) & (residuals != 0)
        squares = residuals[used] ** 2 / np.asarray(self.family.variance(self.mean))[used]
        return float(self.rows.weights[used] @ squares)

    @cached_property
    def likelihood(self) -> Floats:
        """The family's additive likelihood sums, (k,)."""
        rows = self.rows
        return self.family.likelihood_sums(rows.y, self.mean, rows.prior_weights, rows.trials, rows.counts)

    @cached_property
    def loglik(self) -> float:
        """The log-likelihood of these rows alone; NaN where the family has none."""
        rows, family = self.rows, self.family
        if family.adds_up:
            return family.loglik(self.likelihood, self.deviance)
        each = family.loglik_rows(rows.y, self.mean, rows.prior_weights, rows.trials, rows.counts)
        return float(each.sum() if rows.counts is None else each @ rows.counts)

    @cached_property
    def largest_eta(self) -> float:
        """The largest |eta|, for messages."""
        return float(np.max(np.abs(self.eta), initial=0.0))
