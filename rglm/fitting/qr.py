"""Least squares by Householder QR, with R's rule for columns that depend on earlier ones.

Only the triangular factor of [√w X, √w z] is kept. It adds (the factor of two stacked factors is the
factor of the stacked rows), it holds the column norms of √w X, and dropping dependent columns from it is
the same as dropping them from X; so rank decisions and solutions never touch the rows again.

Source: R's `lm.fit` documentation (tol = 1e-7, limited pivoting); Golub & Van Loan, 4th ed., 5.2–5.3.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, reduce
from operator import add

import numpy as np

from rglm.families.family import Family
from rglm.fitting.evaluation import Evaluation
from rglm.fitting.rows import Rows, RowSource, Working
from rglm.formula.values import Floats

TOLERANCE = 1e-7
"""A column whose residual norm falls under this fraction of its own norm is aliased."""

FAINT = 1e-11
"""The same where a column rests on rows whose weights are vanishing: R's tolerance in glm."""

CHUNK_ELEMENTS = 4_000_000
"""Most elements of √w X held at once (32 MB); more rows are taken in chunks and their factors added."""


@dataclass(frozen=True)
class Step:
    """A least-squares solution.

    coef     (p,), 0 where aliased
    R        upper triangular, rank × rank, over the columns that are not aliased: RᵀR = XᵀWX
    aliased  (p,) bool
    """

    coef: Floats
    R: Floats
    aliased: np.ndarray

    @property
    def rank(self) -> int:
        """Number of columns that are not aliased."""
        return int(self.R.shape[0])


@dataclass(frozen=True)
class Triangle:
    """The triangular factor of [√w X, √w z], at most (p + 1) × (p + 1)."""

    factor: Floats

    def __add__(self, other: Triangle) -> Triangle:
        return Triangle(_factor(np.vstack([self.factor, other.factor])))


@dataclass(frozen=True)
class QRPart:
    """One block's share of an Evaluation; its factor is made when a step is asked for."""

    working: Working

    @cached_property
    def equations(self) -> Triangle:
        return triangle(self.working)

    @property
    def pearson(self) -> float:
        return self.working.pearson

    @property
    def likelihood(self) -> Floats:
        return self.working.likelihood


@dataclass(frozen=True)
class QRSide:
    """The dense least-squares side of the loop.

    `evaluate(source, coef)` passes once over the rows; `coef=None` is the family's own start.
    `solve(evaluation)` gives the least-squares step from there.
    """

    family: Family

    def evaluate(self, source: RowSource, coef: Floats | None) -> Evaluation:
        return reduce(add, (self._evaluate(rows, coef) for rows in source))

    def solve(self, evaluation: Evaluation, faint: bool = False) -> Step:
        equations = evaluation.equations
        assert isinstance(equations, Triangle)
        return solve_triangle(equations.factor, FAINT if faint else TOLERANCE)

    def _evaluate(self, rows: Rows, coef: Floats | None) -> Evaluation:
        if coef is None:
            # of one observation each: a count repeats rows, and repeated rows start where one does
            eta = self.family.link.link(self.family.start(rows.y, rows.prior_weights, rows.trials))
        else:
            eta = rows.eta(coef)
        working = Working(rows, self.family, eta)
        return Evaluation(
            working.deviance, working.valid, rows.nobs, working.largest_eta, (QRPart(working),), (working,)
        )


def triangle(working: Working) -> Triangle:
    """The factor of √w [X, z], from as many row chunks as memory asks for."""
    n, p = working.rows.block.n, working.rows.block.p
    root, z = np.sqrt(working.weights), working.response
    step = max(CHUNK_ELEMENTS // (p + 1), 4 * (p + 1))
    chunks = (slice(first, first + step) for first in range(0, max(n, 1), step))
    return reduce(add, (Triangle(_factor(_augmented(working.rows.dense(s), z[s], root[s]))) for s in chunks))


def _factor(stacked: Floats) -> Floats:
    factor: Floats = np.linalg.qr(stacked, mode="r")  # type: ignore[assignment]  # an array in this mode
    return factor


def _augmented(X: Floats, z: Floats, root: Floats) -> Floats:
    n, p = X.shape
    # column-major, because LAPACK works by columns and NumPy would copy otherwise
    stacked = np.empty((n, p + 1), order="F")
    np.multiply(X, root[:, None], out=stacked[:, :p])
    np.multiply(z, root, out=stacked[:, p])
    return stacked


def solve_triangle(factor: Floats, tolerance: float = TOLERANCE) -> Step:
    """Solve from the factor of [X, z] (weights already inside), setting dependent columns aside.

    Parameters
    ----------
    factor : (m, p + 1) upper triangular
    tolerance : a column is aliased when its residual on the earlier kept ones is under this fraction of it

    Returns
    -------
    Step
    """
    p = factor.shape[1] - 1
    R, q = factor[:p, :p], factor[:p, p]
    if R.shape[0] == p:
        diagonal = np.abs(R.diagonal())
        if (diagonal > tolerance * np.sqrt(np.einsum("ij,ij->j", R, R))).all():
            return Step(np.asarray(np.linalg.solve(R, q)), R, np.zeros(p, dtype=bool))
    return _solve_deficient(factor, tolerance)


def _solve_deficient(factor: Floats, tolerance: float) -> Step:
    """Householder reduction that skips each column depending on the kept columns before it."""
    p = factor.shape[1] - 1
    work = factor.copy()
    norms = np.sqrt(np.einsum("ij,ij->j", work, work))
    kept: list[int] = []
    for j in range(p):
        top = len(kept)
        column = work[top:, j]
        norm = float(np.sqrt(column @ column))
        if norm <= tolerance * norms[j] or norm == 0.0:
            continue
        reflector = column.copy()
        reflector[0] += np.copysign(norm, reflector[0])
        reflector /= np.sqrt(reflector @ reflector)
        tail = work[top:, j:]
        tail -= np.outer(2.0 * reflector, reflector @ tail)
        kept.append(j)
    rank = len(kept)
    R: Floats = np.asarray(np.triu(work[:rank, kept]), dtype=np.float64)
    aliased, coef = np.ones(p, dtype=bool), np.zeros(p)
    aliased[kept] = False
    coef[kept] = np.linalg.solve(R, work[:rank, p])
    return Step(coef, R, aliased)


def least_squares(X: Floats, z: Floats, weights: Floats | None = None) -> Step:
    """Weighted least squares of z (n,) on X (n, p): the step of one Gaussian iteration."""
    root = np.ones(len(z)) if weights is None else np.sqrt(weights)
    return solve_triangle(_factor(_augmented(X, z, root)))
