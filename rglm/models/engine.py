"""From rows to a solution: which side steps, where it starts, what the null model is, what is warned."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from rglm.display.numbers import format_one
from rglm.errors import ConvergenceWarning, FitError, warn
from rglm.families.family import Family
from rglm.fitting.chord import chord
from rglm.fitting.control import Control
from rglm.fitting.irls import Listener, Solution, irls
from rglm.fitting.qr import QRSide, Step
from rglm.fitting.rows import DenseBlock, Rows, Working
from rglm.formula.values import Floats
from rglm.inference.fitted import Null, Refit


def solve(
    family: Family,
    rows: Rows,
    control: Control,
    start: Floats | None = None,
    anchor: Floats | None = None,
    listen: Listener | None = None,
) -> Solution:
    """Run the loop over rows in memory; a model without columns is its offset."""
    side, source = QRSide(family), (rows,)
    with np.errstate(all="ignore"):  # invalid means are the loop's business, not NumPy's
        if rows.block.p == 0:
            return _empty(side, source)
        return irls(side, source, control, start, anchor, listen)


def solve_once(family: Family, rows: Rows) -> Solution:
    """Least squares: the one step that a linear model needs."""
    side, source = QRSide(family), (rows,)
    begun = side.evaluate(source, None)
    step = side.solve(begun) if rows.block.p else _no_columns()
    reached = side.evaluate(source, step.coef)
    return Solution(step.coef, step, reached, begun, True, False, ())


def _empty(side: QRSide, source: tuple[Rows, ...]) -> Solution:
    at_offset = side.evaluate(source, np.zeros(0))
    if not at_offset.valid:
        raise FitError(
            "A model without terms predicts its offset alone, and that leaves the family's domain. "
            "Add an intercept (`y ~ 1`), or an offset on the scale of the link."
        )
    return Solution(np.zeros(0), _no_columns(), at_offset, at_offset, True, False, ())


def _no_columns() -> Step:
    return Step(np.zeros(0), np.zeros((0, 0)), np.zeros(0, dtype=bool))


def anchor(family: Family, rows: Rows, intercept: bool) -> Floats | None:
    """Coefficients of the constant fit at the weighted mean response; None without an intercept."""
    if not intercept:
        return None
    at = np.zeros(rows.block.p)
    with np.errstate(all="ignore"):
        at[0] = family.link.link(np.array([np.average(rows.y, weights=rows.weights)]))[0]
    return at if np.isfinite(at[0]) else None


def null_model(family: Family, rows: Rows, intercept: bool, control: Control, started: bool = False) -> Null:
    """Deviance and df of the model with the intercept (if any) and the offset alone.

    `started` says that the caller had to give starting values: then the null model needs its own, too.

    Source: R `glm.fit` and `glm`: the weighted mean where there is no offset, a one-column fit where there
    is, and the offset itself without an intercept.
    """
    df = rows.nobs - float(intercept)
    n = rows.block.n
    if intercept and rows.offset is not None:
        ones = replace(rows, block=DenseBlock(np.ones((n, 1))))
        mean = anchor(family, ones, True)
        solution = solve(family, ones, control, start=mean if started else None, anchor=mean)
        return Null(solution.evaluation.deviance, df)
    with np.errstate(all="ignore"):
        if intercept:
            total = rows.weights.sum()
            average = np.array([rows.weights @ rows.y / total])
            eta = np.broadcast_to(family.link.link(average), n)
        else:
            eta = np.zeros(n) if rows.offset is None else rows.offset
        return Null(Working(rows, family, eta).deviance, df)


def refit(
    family: Family,
    rows: Rows,
    control: Control,
    *,
    columns: np.ndarray | None = None,
    start: Floats | None = None,
    offset: Floats | None = None,
    response: Floats | None = None,
    counts: Floats | None = None,
    near: Floats | None = None,
) -> Refit:
    """The same rows fitted again with some of the columns, another offset, response or counts.

    `near` is the factor R of a fit close by, over the same columns: steps that reuse it come first.
    """
    X = rows.X if columns is None else rows.X[:, columns]
    again = replace(rows, block=DenseBlock(X))
    if offset is not None:
        again = replace(again, offset=offset)
    if response is not None:
        again = replace(again, y=response)
    if counts is not None:
        again = recounted(again, counts)
    if near is not None and start is not None:
        solution = chord(family, again, control, start, near)
        if solution is not None:
            return as_refit(solution, family)
    return as_refit(solve(family, again, control, start), family)


def recounted(rows: Rows, counts: Floats) -> Rows:
    """The rows with other frequency counts; prior weights stay."""
    weights = rows.weights
    if rows.counts is not None:
        weights = np.divide(weights, rows.counts, out=np.zeros_like(weights), where=rows.counts > 0)
    return replace(rows, weights=weights * counts, counts=counts)


def as_refit(solution: Solution, family: Family) -> Refit:
    """A solution of rows in memory, as verbs see it."""
    working, weighed = solution.evaluation.rows[0], solution.weighed.rows[0]
    with np.errstate(all="ignore"):
        squares = weighed.weights * working.residuals**2
        likelihood = working.loglik
    return Refit(
        coef=solution.coef,
        R=solution.step.R,
        aliased=solution.step.aliased,
        deviance=working.deviance,
        df_residual=working.rows.nobs - solution.step.rank,
        pearson=float(squares[weighed.weights > 0].sum()),
        eta=working.eta,
        mean=working.mean,
        likelihood=likelihood,
        converged=solution.converged,
        working_weights=weighed.weights,
    )


def warn_unconverged(solution: Solution, control: Control) -> None:
    """One warning that says where the loop stood and what to try."""
    if solution.boundary:
        warn(
            f"The fit stopped on the edge of the family's domain after {solution.n_iter} iterations: its "
            "last step had to be shortened for the means to stay inside. Estimates there have no valid "
            "standard errors. Try a link that keeps the mean inside by itself (log, logit), or a simpler "
            "model.",
            ConvergenceWarning,
        )
    elif not solution.converged:
        last = solution.history[-1]
        change, eta = format_one(last.change, 3), format_one(last.largest_eta, 3)
        warn(
            f"The fit did not converge in {last.number} iterations: the last step changed the deviance by "
            f"{change} (relative; Control(epsilon={control.epsilon}) was asked for) and the largest "
            f"|linear predictor| is {eta}. Try Control(maxit={4 * control.maxit}), start= from a "
            "simpler model, or another link; a linear predictor that keeps growing points to separation.",
            ConvergenceWarning,
        )
