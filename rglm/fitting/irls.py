"""Iteratively reweighted least squares: the one loop.

It knows when to step, never how (that is the least-squares side) nor what to say (that is the listener).
Source: McCullagh & Nelder (1989), 2.5; stopping rule and iteration count of R's `glm.fit`; step-halving on a
rising deviance after Marschner (2011), The R Journal 3/2.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

from rglm.errors import FitError
from rglm.fitting.control import Control
from rglm.fitting.evaluation import Evaluation
from rglm.fitting.qr import Step
from rglm.fitting.rows import RowSource
from rglm.formula.values import Floats

FINE = 1e-12
"""An epsilon under this asks for coefficients to the last digits, not only for R's rule on the deviance."""

HALVINGS = 60
"""Most times a step is halved: enough to bring one of 1e10 back among coefficients of ordinary size."""


class LeastSquares(Protocol):
    """How a step is made: dense QR, normal equations, penalised, bias-reduced, distributed."""

    def evaluate(self, source: RowSource, coef: Floats | None) -> Evaluation:
        """One pass over the rows at `coef`; `coef=None` is the family's own start."""
        ...

    def solve(self, evaluation: Evaluation, faint: bool = False) -> Step:
        """The least-squares step from there; `faint` keeps columns that vanishing weights hold up."""
        ...


@dataclass(frozen=True, slots=True)
class Iteration:
    """One step as it was taken.

    deviance     after the step
    change       |dev - dev_old| / (|dev| + 0.1)
    halvings     times the step was halved
    largest_eta  largest |linear predictor|
    coef         (p,), 0 where aliased
    """

    number: int
    deviance: float
    change: float
    halvings: int
    largest_eta: float
    coef: Floats


@dataclass(frozen=True)
class Solution:
    """Where the loop stopped.

    coef        (p,), 0 where aliased
    step        the last least-squares step: its R and aliased columns carry all of inference
    evaluation  the model at `coef`
    weighed     the evaluation whose working weights the last step used (those of the previous eta, as R's)
    """

    coef: Floats
    step: Step
    evaluation: Evaluation
    weighed: Evaluation
    converged: bool
    boundary: bool
    history: tuple[Iteration, ...]

    @property
    def n_iter(self) -> int:
        """Steps taken."""
        return len(self.history)


Listener = Callable[[Iteration], None]


def irls(
    side: LeastSquares,
    source: RowSource,
    control: Control,
    start: Floats | None = None,
    anchor: Floats | None = None,
    listen: Listener | None = None,
) -> Solution:
    """Maximise the likelihood of a generalized linear model.

    Each step solves the weighted least-squares problem (XᵀWX) b = XᵀW z at the current fit.

    Parameters
    ----------
    side : the least-squares side, which knows the family
    source : blocks of rows, read once a step
    control : when to stop
    start : (p,) first coefficients, or None for the family's start
    anchor : (p,) coefficients of a constant fit, where an invalid first step retreats to, or None
    listen : called with each Iteration as it is taken

    Returns
    -------
    Solution

    Raises
    ------
    FitError
        When the start, or every shortened first step, leaves the family's domain.
    """
    current = _start(side, source, start)
    coef, history, boundary = start, list[Iteration](), False
    converged, rank = False, 0
    while not converged and len(history) < control.maxit:
        step = side.solve(current)
        if step.rank < rank:  # what was independent still is: the weights of some rows are vanishing
            step = side.solve(current, faint=True)
        rank = step.rank
        landed = _shorten(side, source, step.coef, coef, current, anchor)
        change = abs(landed.evaluation.deviance - current.deviance) / (abs(landed.evaluation.deviance) + 0.1)
        # a step shortened because the deviance rose says nothing about the optimum; one shortened to stay in
        # the domain does where the optimum is on its boundary
        free = landed.halvings == 0 or landed.outside
        converged = free and change < control.epsilon and _settled(step, coef, current, control)
        boundary = landed.outside
        weighed, current, coef = current, landed.evaluation, landed.coef
        history.append(
            Iteration(
                len(history) + 1, current.deviance, change, landed.halvings, current.largest_eta, landed.coef
            )
        )
        if listen is not None:
            listen(history[-1])
    return Solution(history[-1].coef, step, current, weighed, converged, boundary, tuple(history))


def _settled(step: Step, old_coef: Floats | None, old: Evaluation, control: Control) -> bool:
    """Whether the coefficients have stopped too, where more is asked for than the deviance can tell.

    The deviance is flat at its minimum: a change of 1e-14 still allows steps of 1e-7 standard errors.
    """
    if control.epsilon >= FINE:
        return True
    if old_coef is None:
        return False
    move = step.R @ (step.coef - old_coef)[~step.aliased]
    return float(move @ move) <= 1e-6 * control.epsilon * (abs(old.deviance) + 0.1)


def _start(side: LeastSquares, source: RowSource, start: Floats | None) -> Evaluation:
    current = side.evaluate(source, start)
    if not current.valid:
        raise FitError(
            "The starting values give a linear predictor or a mean outside the family's domain. Give start= "
            "with one value a coefficient, for instance the mean on the link scale and zeros."
        )
    return current


@dataclass(frozen=True)
class _Landing:
    coef: Floats
    evaluation: Evaluation
    halvings: int
    outside: bool  # the full step had left the domain


def _shorten(
    side: LeastSquares,
    source: RowSource,
    coef: Floats,
    old_coef: Floats | None,
    old: Evaluation,
    anchor: Floats | None,
) -> _Landing:
    """Halve the step towards the old coefficients until it is valid and the deviance does not rise.

    The family's own start is a fitted mean, not a coefficient vector: a first step has nothing to go back
    to, and a deviance above that of the start is no reason to shorten it.
    """
    proposal, halvings = side.evaluate(source, coef), 0
    outside = not proposal.valid
    if old_coef is None:
        if outside:
            coef, proposal, halvings = _retreat(side, source, coef, anchor)
        return _Landing(coef, proposal, halvings, outside)
    ceiling = old.deviance + 1e-8 * (abs(old.deviance) + 0.1)
    while not (proposal.valid and proposal.deviance <= ceiling):
        if halvings == HALVINGS:
            return _Landing(old_coef, old, halvings, outside)
        halvings += 1
        coef = (coef + old_coef) / 2
        proposal = side.evaluate(source, coef)
    return _Landing(coef, proposal, halvings, outside)


def _retreat(
    side: LeastSquares, source: RowSource, coef: Floats, anchor: Floats | None
) -> tuple[Floats, Evaluation, int]:
    """A valid point between an invalid first step and the constant fit; R stops here and asks for a start."""
    if anchor is not None:
        for halvings in range(1, HALVINGS + 1):
            coef = (coef + anchor) / 2
            proposal = side.evaluate(source, coef)
            if proposal.valid:
                return coef, proposal, halvings
    raise FitError(
        "The first step leaves the family's domain and no valid one was found. Give start= with one value a "
        "coefficient, or use a link that keeps the mean inside the domain (log, logit)."
    )


def without_rows(solution: Solution) -> Solution:
    """The same solution holding no rows: what a saved or distributed fit keeps."""
    return replace(solution, evaluation=solution.evaluation.reduced(), weighed=solution.weighed.reduced())
