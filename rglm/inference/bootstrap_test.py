"""Parametric-bootstrap p-values of tests between nested models, for every table that compares them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from rglm.errors import FitError, described, warn
from rglm.formula.values import Floats
from rglm.inference.fitted import Fitted, Refit

Way: TypeAlias = Callable[..., Refit]
"""How a model is fitted: `fit.refit` with its columns or terms given, which takes `response` and `start`."""

P_VALUE, ERROR = "Pr(boot)", "MC error"


@dataclass(frozen=True)
class Contest:
    """Two nested models of one row of a table.

    small, large   how each is fitted
    error   the model whose Pearson estimate of an unknown dispersion the row divides by; None for the larger
    """

    small: Way
    large: Way
    error: Way | None = None


@dataclass(frozen=True)
class Draws:
    """How many samples are drawn for each test, and from which seed.

    Raises
    ------
    FitError
        When `n_boot` is not a whole number of 1 or more.
    """

    n_boot: int = 999
    seed: Any = None

    def __post_init__(self) -> None:
        if not hasattr(self.n_boot, "__index__") or self.n_boot < 1:
            raise FitError(
                f"n_boot must be a whole number of 1 or more, such as 999; got {described(self.n_boot)}."
            )


def bootstrap_columns(fit: Fitted, contests: Sequence[Contest | None], draws: Draws) -> dict[str, Floats]:
    """Two columns of a table: the p-value of each contest, and its Monte Carlo error.

    Responses are drawn from the smaller model as fitted (its dispersion Pearson's estimate where it is not
    known), the models are fitted to each, and their statistics are compared with the observed one:
    p = (1 + #{T* >= T}) / (1 + n_boot), with error sqrt(p (1 - p) / n_boot).  T is the drop in deviance, over
    Pearson's estimate of the dispersion where it is not known.

    Parameters
    ----------
    fit : the model whose rows and family these are
    contests : one for each row of the table, None for rows without a test
    draws : how many, and the seed

    Raises
    ------
    FitError
        When the family cannot be drawn from, or rows have frequency weights.

    Source: Davison & Hinkley (1997), 4.2.2.
    """
    _check_rows(fit)
    seeds = np.random.SeedSequence(draws.seed).spawn(len(contests))
    found = np.full((len(contests), 2), np.nan)
    lost = 0
    for row, (contest, seed) in enumerate(zip(contests, seeds, strict=True)):
        if contest is None:
            continue
        exceeding, n = _exceedances(fit, contest, draws.n_boot, np.random.default_rng(seed))
        lost += draws.n_boot - n
        p = (1.0 + exceeding) / (1.0 + n)
        found[row] = p, np.sqrt(p * (1.0 - p) / max(n, 1))
    if lost:
        warn(f"{lost} of the bootstrap samples could not be fitted and are left out of {P_VALUE}.")
    return {P_VALUE: found[:, 0], ERROR: found[:, 1]}


def _exceedances(fit: Fitted, contest: Contest, n_boot: int, rng: np.random.Generator) -> tuple[int, int]:
    """How often a sample's statistic is at least the observed one, and of how many samples."""
    known = fit.family.dispersion_known
    ways = [contest.small, contest.large]
    if contest.error is not None and not known:
        ways.append(contest.error)
    firsts = [way() for way in ways]
    observed = _statistic(firsts, known)
    # a statistic that is 0 up to rounding is not exceeded by rounding
    threshold = observed - 1e-8 * abs(observed)
    exceeding = n = 0
    for response in _responses(fit, firsts[0], n_boot, rng):
        try:
            again = [_fitted(way, first, response) for way, first in zip(ways, firsts, strict=True)]
        except FitError:
            continue
        n += 1
        exceeding += _statistic(again, known) >= threshold
    return exceeding, n


def _fitted(way: Way, first: Refit, response: Floats) -> Refit:
    """A model fitted to a drawn response, from where it was; as R starts where that leaves the domain."""
    if not len(first.coef):
        return way(response=response)
    try:
        return way(response=response, start=first.coef)
    except FitError:
        return way(response=response)


def _statistic(fits: Sequence[Refit], known: bool) -> float:
    """Drop in deviance from the first to the second, over the last one's dispersion where it is not known."""
    drop = fits[0].deviance - fits[1].deviance
    if known:
        return drop
    with np.errstate(all="ignore"):
        return float(np.float64(drop) * fits[-1].df_residual / fits[-1].pearson)


def _responses(fit: Fitted, small: Refit, n: int, rng: np.random.Generator) -> Iterator[Floats]:
    """Responses drawn from the smaller model."""
    rows = fit.rows
    dispersion = 1.0 if fit.family.dispersion_known else small.pearson / small.df_residual
    weights = np.where(rows.used, rows.weights, 1.0)
    for _ in range(n):
        drawn = fit.family.simulate(rng, small.mean, weights, rows.trials, dispersion)
        yield np.where(rows.used, drawn, rows.y)


def _check_rows(fit: Fitted) -> None:
    """A row that stands for several observations holds one response, and cannot hold several drawn ones."""
    if fit.rows.counts is not None and (fit.rows.counts > 1).any():
        raise FitError(
            'test="boot" draws a response for each observation, and freq_weights give several one row. '
            "Repeat the rows instead, for example data.loc[data.index.repeat(data['w'])]."
        )
