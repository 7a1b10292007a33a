"""Directions in which the likelihood never falls: the proof that some estimates run to infinity."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from rglm.formula.values import Floats
from rglm.inference.fitted import Fitted

MOVING = 1e-3
"""In a fit that has settled, another step moves no linear predictor by as much as this."""

REMAINING = 1e-6
"""A direction that keeps less than this share of its size when some rows are held still was none."""

TINY = 1e-9
"""Movements under this share of the largest are rounding errors."""

ROUNDS = 20


@dataclass(frozen=True, eq=False)
class Recession:
    """A direction of recession: along it no row's likelihood falls and some rows' likelihood always rises.

    direction  (p,), 0 for coefficients that it leaves finite
    moves      (n,), what it adds to each linear predictor; 0 for the rows that it leaves alone
    """

    direction: Floats
    moves: Floats


def sides(fit: Fitted) -> Floats:
    """Where each row's likelihood wants its linear predictor, (n,): 1 or -1 for infinity, 0 for a number.

    Infinity is wanted by responses on an edge of the domain that the mean can only approach: zero counts
    under a log link, proportions of 0 and 1.
    """
    rows, family = fit.rows, fit.family
    domain, mean = family.domain, family.variance.mean_domain
    wanted = np.zeros(rows.block.n)
    edges = (
        (domain.low, domain.closed_low and not mean.closed_low),
        (domain.high, domain.closed_high and not mean.closed_high),
    )
    for edge, open_to_means in edges:
        if open_to_means and np.isfinite(edge):
            with np.errstate(all="ignore"):
                end = float(family.link.link(np.array([edge]))[0])
            if abs(end) > 1e10:  # the cauchit of 0 is -1.6e16 in floating point
                wanted[rows.used & (rows.y == edge)] = np.sign(end)
    return wanted


def recession(fit: Fitted, wanted: Floats) -> Recession | None:
    """A direction of recession of the likelihood, or None where the fit shows no sign of one.

    An iteration whose estimates run to infinity never settles: its next step points along such a direction.
    That step, with the movements taken out that no likelihood allows, is checked row by row, so what is
    returned is a proof.  None is no proof of the contrary, which takes a linear program.

    Parameters
    ----------
    fit : a fitted model
    wanted : `sides(fit)`, (n,)

    Source: Albert & Anderson (1984), Biometrika 71; Geyer (2009), Electronic Journal of Statistics 3.
    """
    rows = fit.rows
    if not wanted.any():
        return None
    step = _next_step(fit)
    lost = _lost(fit)
    if not lost.any() and not np.abs(rows.block.times(step)[rows.used]).max(initial=0.0) > MOVING:
        return None
    kept = np.flatnonzero(~fit.aliased | lost)
    X = rows.block.dense()[np.ix_(rows.used, kept)]
    sizes = np.sqrt(np.einsum("ij,ij->j", X, X))
    X = X / sizes
    for start in (step, *_earlier_steps(fit)):
        found = _checked(X, wanted[rows.used], start[kept] * sizes)
        if found is not None:
            direction, moves = np.zeros(rows.block.p), np.zeros(rows.block.n)
            direction[kept] = _without_tiny(found, REMAINING) / sizes
            moves[rows.used] = _without_tiny(X @ found, TINY)
            return Recession(direction, moves)
    return None


def _lost(fit: Fitted) -> np.ndarray:
    """Columns that look dependent only since the weights of some rows have vanished, (p,) bool."""
    path = [np.asarray(step.coef) != 0.0 for step in fit.progress.history]
    return np.asarray(fit.aliased & np.logical_or.reduce(path)) if path else np.zeros_like(fit.aliased)


def _earlier_steps(fit: Fitted) -> Iterator[Floats]:
    """Where the iteration went as a whole, and the steps it took before rounding errors blurred them."""
    path = [np.asarray(step.coef) for step in fit.progress.history]
    yield path[-1] if path else np.where(fit.aliased, 0.0, fit.coef.to_numpy(dtype=float))
    for last in (len(path) - 1, 3 * len(path) // 4, len(path) // 2):
        if last > 0:
            yield path[last] - path[last - 1]


def _next_step(fit: Fitted) -> Floats:
    """Where scoring would go from here, (p,), with the working weights of the last step."""
    rows = fit.rows
    with np.errstate(all="ignore"):
        score = rows.weights * (rows.y - rows.mu) * rows.mean.dmu / fit.family.variance(rows.mean)
    gradient = rows.block.transpose_times(np.where(rows.used & np.isfinite(score), score, 0.0))
    step = np.zeros(rows.block.p)
    step[~fit.aliased] = np.linalg.solve(fit.R, np.linalg.solve(fit.R.T, gradient[~fit.aliased]))
    return step


def _checked(X: Floats, wanted: Floats, direction: Floats) -> Floats | None:
    """The part of a direction that moves only rows at an edge, and those the way they want; None for none.

    Rows inside the domain, and rows that would move the wrong way, must not move: the direction is projected
    on those that leave them alone, until no row moves the wrong way.
    """
    held = wanted == 0.0
    moves = X @ direction
    least = REMAINING * float(np.abs(moves).max())
    allowed = 0.0
    for _ in range(ROUNDS):
        wrong = ~held & (moves * wanted < -allowed)
        if allowed and not wrong.any():
            return direction
        held |= wrong
        if held.any():
            direction = _leaving_alone(X[held], direction)
            moves = X @ direction
        largest = float(np.abs(moves).max())
        if not largest > least:
            return None
        allowed = TINY * largest
    return None


def _leaving_alone(held: Floats, direction: Floats) -> Floats:
    """The projection of a direction on those that move none of the rows `held`."""
    _, values, vectors = np.linalg.svd(np.linalg.qr(held, mode="r"))
    spanned = vectors[: np.count_nonzero(values > TINY * values[0])]
    return np.asarray(direction - spanned.T @ (spanned @ direction))


def _without_tiny(values: Floats, share: float) -> Floats:
    return np.where(np.abs(values) > share * np.abs(values).max(), values, 0.0)
