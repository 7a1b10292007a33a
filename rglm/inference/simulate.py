"""Responses drawn from a fitted model."""

from __future__ import annotations

from typing import Any

import numpy as np

from rglm.data.levels import as_levels
from rglm.errors import FitError, described, warn
from rglm.formula.values import Floats
from rglm.inference.fitted import Fitted
from rglm.inference.residuals import prior_weights
from rglm.inference.vcov import dispersion


def simulate(fit: Fitted, n: int = 1, seed: Any = None) -> Any:
    """Responses drawn from the fitted distribution at the fitted means, n times.

    The dispersion is Pearson's; for Gamma it is 1 / the shape of largest likelihood, as R takes it.
    Parameters are taken as known.  A prior weight w divides the variance of normal, gamma, inverse Gaussian
    and Tweedie responses, and is the number of trials of a proportion; counts leave it aside, with a warning.

    Parameters
    ----------
    fit : a fitted model
    n : how many sets of responses
    seed : a number, for the same draws again, or a `numpy.random.Generator`

    Returns
    -------
    Frame in the caller's kind and rows, one column a set: `sim_1`, `sim_2`, ….  Responses are as the model
    was given them: numbers, levels where there are two (0 and 1 where one of several is modelled),
    proportions, and for `cbind(successes, failures)` the successes.  NaN in rows of weight 0.

    Raises
    ------
    FitError
        When n is not a whole number of 1 or more, the seed is none, rows have frequency weights, or binomial
        weights are not whole.
    FamilyError
        When the family has no distribution: quasi-families, sampling weights, some powers of Tweedie.

    Warns
    -----
    RglmWarning
        When counts have prior weights.

    Source: R `simulate`; MASS `gamma.shape`.

    Examples
    --------
    >>> from rglm import datasets, glm
    >>> fit = glm("breaks ~ wool", data=datasets.load("warpbreaks"), family="poisson")
    >>> fit.simulate(2, seed=1).shape
    (54, 2)
    """
    if not hasattr(n, "__index__") or n < 1:
        raise FitError(f"n must be a whole number of 1 or more, how many sets to draw; got {described(n)}.")
    rng = generator(seed)
    rows, family = fit.rows, fit.family
    weights = _weights(fit)
    phi = drawing_dispersion(fit, weights)
    columns = {
        f"sim_{number}": _as_given(fit, family.simulate(rng, rows.mean, weights, rows.trials, phi))
        for number in range(1, n + 1)
    }
    frame = fit.wrap(columns)
    levels = _two_levels(fit)
    return frame if levels is None else as_levels(frame, levels)


def generator(seed: Any) -> np.random.Generator:
    """The source of random numbers of a seed; FitError for what is none."""
    try:
        return np.random.default_rng(seed)
    except (TypeError, ValueError):
        raise FitError(
            f"seed must be a whole number of 0 or more, or a numpy.random.Generator; got {described(seed)}."
        ) from None


def drawing_dispersion(fit: Fitted, weights: Floats) -> float:
    """Pearson's dispersion, or that of largest likelihood where R's `simulate` takes it."""
    rows, law = fit.rows, fit.family.distribution
    if fit.family.draws_at_ml and law is not None:
        return law.ml_dispersion(rows.y, rows.mean, weights, np.ones(rows.block.n))
    return dispersion(fit)


def _weights(fit: Fitted) -> Floats:
    """Weight of each response, (n,), checked for what the family can draw with."""
    rows, family = fit.rows, fit.family
    narrow = family.weights_narrow  # refuses families without a distribution
    if rows.counts is not None:
        raise FitError(
            "A row with a frequency weight stands for several responses, which cannot be drawn as one. "
            "Repeat the rows instead of freq_weights=."
        )
    weights = prior_weights(rows)
    if not narrow:
        if (weights != 1).any():
            warn("ignoring prior weights: they say nothing about the distribution of one count")
        return np.where(rows.used, weights, np.nan)
    sizes = weights if rows.trials is None else rows.trials
    if family.discrete and (sizes != np.rint(sizes)).any():
        where = int(np.flatnonzero(sizes != np.rint(sizes))[0])
        raise FitError(
            "Binomial draws need whole numbers of trials, and the weights are taken for them; row "
            f"{rows.positions[where]} has {float(sizes[where])}."
        )
    return weights


def _as_given(fit: Fitted, drawn: Floats) -> Floats:
    """Draws on the scale of the response: successes where it was given as counts; NaN in unused rows."""
    rows = fit.rows
    values = drawn if rows.trials is None else np.rint(drawn * rows.trials)
    return np.where(rows.used, values, np.nan)


def _two_levels(fit: Fitted) -> tuple[str, str] | None:
    """The levels that 0 and 1 stand for, where the response has two."""
    response = fit.design.response
    if response is None or response.levels is None or len(response.levels) != 2:
        return None
    first, second = response.levels
    return (second, first) if response.success == first else (first, second)
