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

Pair: TypeAlias = tuple[Way, Way]
"""The smaller model and the larger."""

P_VALUE, ERROR = "Pr(boot)", "MC error"


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


def bootstrap_columns(
    fit: Fitted, pairs: Sequence[Pair | None], draws: Draws, scaled: bool | None = None
) -> dict[str, Floats]:
    """Two columns of a table: the p-value of each pair of models, and its Monte Carlo error.

    Responses are drawn from the smaller model as fitted (its dispersion Pearson's estimate where it is not
    known), both models are fitted to each, and their statistics are compared with the observed one:
    p = (1 + #{T* >= T}) / (1 + n_boot), with error sqrt(p (1 - p) / n_boot).  T is the drop in deviance, over
    Pearson's estimate of the dispersion in the larger model where it is not known.

    Parameters
    ----------
    fit : the model whose rows and family these are
    pairs : smaller and larger model of each row of the table, None for rows without a test
    draws : how many, and the seed
    scaled : whether deviances are divided by an estimated dispersion (default: where the family's is unknown)

    Raises
    ------
    FitError
        When the family cannot be drawn from, or rows have frequency weights.

    Source: Davison & Hinkley (1997), 4.2.2.
    """
    _check_rows(fit)
    divide = not fit.family.dispersion_known if scaled is None else scaled
    seeds = np.random.SeedSequence(draws.seed).spawn(len(pairs))
    found = np.full((len(pairs), 2), np.nan)
    lost = 0
    for row, (pair, seed) in enumerate(zip(pairs, seeds, strict=True)):
        if pair is None:
            continue
        exceeding, n = _exceedances(fit, pair, draws.n_boot, np.random.default_rng(seed), divide)
        lost += draws.n_boot - n
        p = (1.0 + exceeding) / (1.0 + n)
        found[row] = p, np.sqrt(p * (1.0 - p) / max(n, 1))
    if lost:
        warn(f"{lost} of the bootstrap samples could not be fitted and are left out of {P_VALUE}.")
    return {P_VALUE: found[:, 0], ERROR: found[:, 1]}


def _exceedances(
    fit: Fitted, pair: Pair, n_boot: int, rng: np.random.Generator, divide: bool
) -> tuple[int, int]:
    """How often a sample's statistic is at least the observed one, and of how many samples."""
    small, large = pair[0](), pair[1]()
    observed = _statistic(small, large, divide)
    if large.rank <= small.rank:
        return n_boot, n_boot
    exceeding = n = 0
    # a statistic that is 0 up to rounding is not exceeded by rounding
    threshold = observed - 1e-8 * abs(observed)
    for response in _responses(fit, small, n_boot, rng):
        try:
            again = [_fitted(way, first, response) for way, first in zip(pair, (small, large), strict=True)]
        except FitError:
            continue
        n += 1
        exceeding += _statistic(again[0], again[1], divide) >= threshold
    return exceeding, n


def _fitted(way: Way, first: Refit, response: Floats) -> Refit:
    """A model fitted to a drawn response, from where it was; as R starts where that leaves the domain."""
    if not len(first.coef):
        return way(response=response)
    try:
        return way(response=response, start=first.coef)
    except FitError:
        return way(response=response)


def _statistic(small: Refit, large: Refit, divide: bool) -> float:
    drop = small.deviance - large.deviance
    if not divide:
        return drop
    with np.errstate(all="ignore"):
        return float(np.float64(drop) * large.df_residual / large.pearson)


def _responses(fit: Fitted, small: Refit, n: int, rng: np.random.Generator) -> Iterator[Floats]:
    """Responses drawn from the smaller model."""
    rows = fit.rows
    dispersion = 1.0 if fit.family.dispersion_known else small.pearson / small.df_residual
    for _ in range(n):
        drawn = fit.family.simulate(rng, small.mean, rows.weights, trials=rows.trials, dispersion=dispersion)
        yield np.where(rows.used, drawn, rows.y)


def _check_rows(fit: Fitted) -> None:
    """A row that stands for several observations holds one response, and cannot hold several drawn ones."""
    if fit.rows.counts is not None and (fit.rows.counts > 1).any():
        raise FitError(
            'test="boot" draws a response for each observation, and freq_weights give several one row. '
            "Repeat the rows instead, for example data.loc[data.index.repeat(data['w'])]."
        )
