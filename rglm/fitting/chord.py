"""Steps that reuse a triangular factor: for models fitted again close to one that is known.

A least-squares step costs 2 n p² operations for its factor, but only 4 n p for its right-hand side.  Near a
known fit the factor hardly changes, so steps with the old one still converge, linearly and fast.

Source: Ortega & Rheinboldt (1970), 7.2 (the chord method).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property, reduce
from operator import add

import numpy as np

from rglm.errors import FitError
from rglm.families.family import Family
from rglm.fitting.control import Control
from rglm.fitting.evaluation import Evaluation
from rglm.fitting.irls import Solution, irls
from rglm.fitting.qr import Step
from rglm.fitting.rows import Rows, RowSource, Working
from rglm.formula.values import Floats

WORTHWHILE = 20_000
"""Elements of X under which a fresh factor costs no more than the steps that it saves."""

MOST_STEPS = 8
"""Steps after which a fresh factor is the better way on."""

EPSILON = 1e-12
"""The loop's epsilon: a step that converges linearly is further from the end than the last change tells."""


@dataclass(frozen=True)
class Gradient:
    """XᵀW(z - eta) at `coef`: half the slope of the deviance, (p,)."""

    coef: Floats
    slope: Floats

    def __add__(self, other: Gradient) -> Gradient:
        return Gradient(self.coef, self.slope + other.slope)


@dataclass(frozen=True)
class ChordPart:
    """One block's share of an Evaluation."""

    working: Working
    coef: Floats

    @cached_property
    def equations(self) -> Gradient:
        weights, residuals = self.working.weights, self.working.residuals
        forces = np.where(weights > 0, weights * residuals, 0.0)
        return Gradient(self.coef, forces @ self.working.rows.X)

    @property
    def pearson(self) -> float:
        return self.working.pearson

    @property
    def likelihood(self) -> Floats:
        return self.working.likelihood


@dataclass(frozen=True)
class ChordSide:
    """The least-squares side that keeps one factor: b + (RᵀR)⁻¹ XᵀW(z - eta).

    R   upper triangular, p × p, of a fit nearby
    """

    family: Family
    R: Floats

    @cached_property
    def inverse(self) -> Floats:
        return np.asarray(np.linalg.solve(self.R, np.eye(len(self.R))))

    def evaluate(self, source: RowSource, coef: Floats | None) -> Evaluation:
        if coef is None:
            raise FitError("Steps that reuse a factor need the coefficients to start from.")
        return reduce(add, (self._evaluate(rows, coef) for rows in source))

    def solve(self, evaluation: Evaluation, faint: bool = False) -> Step:
        gradient = evaluation.equations
        assert isinstance(gradient, Gradient)
        coef = gradient.coef + self.inverse @ (gradient.slope @ self.inverse)
        return Step(coef, self.R, np.zeros(len(coef), dtype=bool))

    def _evaluate(self, rows: Rows, coef: Floats) -> Evaluation:
        working = Working(rows, self.family, rows.eta(coef))
        return Evaluation(
            working.deviance,
            working.valid,
            rows.nobs,
            working.largest_eta,
            (ChordPart(working, coef),),
            (working,),
        )


def chord(family: Family, rows: Rows, control: Control, start: Floats, R: Floats) -> Solution | None:
    """The fit by steps that reuse R; None where they do not settle, or would not pay.

    Parameters
    ----------
    start : (p,) coefficients near the solution
    R : p × p upper triangular, RᵀR close to XᵀWX at the solution
    """
    if rows.block.n * rows.block.p < WORTHWHILE or R.shape != (rows.block.p, rows.block.p):
        return None
    tight = replace(control, epsilon=min(control.epsilon, EPSILON), maxit=MOST_STEPS, trace=False)
    try:
        with np.errstate(all="ignore"):
            solution = irls(ChordSide(family, R), (rows,), tight, start)
    except (FitError, np.linalg.LinAlgError):
        return None
    return solution if solution.converged else None
