"""What a distribution is: density, distribution function, quantiles and draws at given means."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from rglm.families.link import Mean
from rglm.formula.values import Floats

Dispersion = Floats | float

MOST_STEPS = 200


@dataclass(frozen=True)
class Distribution:
    """The distribution of responses at their means: a frozen, comparable value.

    Everywhere y, the parts of `mean`, `weights`, `trials` and `dispersion` are arrays (or numbers) that
    broadcast against each other, and results have their common shape.  With `weighted`, a row of weight w has
    variance dispersion V(mu) / w; elsewhere weights say nothing about the distribution of one response.

    Source: Jørgensen (1997), The Theory of Dispersion Models.
    """

    weighted = True

    def log_density(
        self,
        y: Floats,
        mean: Mean,
        weights: Floats | None = None,
        trials: Floats | None = None,
        dispersion: Dispersion = 1.0,
    ) -> Floats:
        """log of the density (or probability) of each y."""
        raise NotImplementedError

    def cdf(
        self,
        y: Floats,
        mean: Mean,
        weights: Floats | None = None,
        trials: Floats | None = None,
        dispersion: Dispersion = 1.0,
    ) -> Floats:
        """P(Y <= y)."""
        raise NotImplementedError

    def quantile(
        self,
        p: Floats,
        mean: Mean,
        weights: Floats | None = None,
        trials: Floats | None = None,
        dispersion: Dispersion = 1.0,
    ) -> Floats:
        """The smallest y with P(Y <= y) >= p."""
        raise NotImplementedError

    def simulate(
        self,
        rng: np.random.Generator,
        mean: Mean,
        weights: Floats | None = None,
        trials: Floats | None = None,
        dispersion: Dispersion = 1.0,
    ) -> Floats:
        """One response for each mean."""
        raise NotImplementedError

    def lattice(self, sizes: Floats) -> Floats | None:
        """What makes a discrete response a whole number when multiplied by it; None for a continuum."""
        return None

    def ml_dispersion(self, y: Floats, mean: Mean, weights: Floats, counts: Floats) -> float:
        """The dispersion of largest likelihood at given means; 1 where there is none to choose.

        `counts` are how many observations a row stands for, and `weights` those of one observation.
        """
        return 1.0


def spread(dispersion: Dispersion, weights: Floats | None) -> Floats:
    """dispersion / weight; NaN where the weight is 0: such a row has no distribution."""
    if weights is None:
        return np.asarray(dispersion, dtype=float)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(dispersion / np.where(weights > 0, weights, np.nan))


def whole_quantile(
    cdf: Callable[[Floats], Floats], p: Floats, centre: Floats, width: Floats, top: Floats | float = np.inf
) -> Floats:
    """The smallest whole number k in 0..top with cdf(k) >= p.

    Parameters
    ----------
    cdf : whole numbers -> P(K <= k), of the common shape
    p : probabilities; at 1 the answer is `top`
    centre, width : mean and standard deviation, where the search begins
    top : the largest value
    """
    from scipy.special import ndtri

    p, centre, width, top = np.broadcast_arrays(p, centre, width, top)
    inside = (p > 0) & (p < 1) & np.isfinite(centre)
    q = np.where(inside, p, 0.5)
    with np.errstate(all="ignore"):
        guess = np.floor(np.nan_to_num(centre + ndtri(q) * width, posinf=0.0))
    low = high = np.clip(guess, 0.0, top)
    step = np.maximum(1.0, np.ceil(np.nan_to_num(0.05 * width)))
    for _ in range(MOST_STEPS):
        above = inside & (low >= 0) & (cdf(low) >= q)
        if not above.any():
            break
        low = np.where(above, np.maximum(low - step, -1.0), low)
        step = step * 2.0
    step = np.maximum(1.0, np.ceil(np.nan_to_num(0.05 * width)))
    for _ in range(MOST_STEPS):
        below = inside & (high < top) & (cdf(high) < q)
        if not below.any():
            break
        high = np.where(below, np.minimum(high + step, top), high)
        step = step * 2.0
    while (apart := inside & (high - low > 1)).any():
        middle = np.floor((low + high) / 2.0)
        reached = cdf(np.maximum(middle, 0.0)) >= q
        high, low = np.where(apart & reached, middle, high), np.where(apart & ~reached, middle, low)
    return np.where(inside, high, np.where(p >= 1, top, np.where(p <= 0, 0.0, np.nan)))


def positive_quantile(
    cdf: Callable[[Floats], Floats], density: Callable[[Floats], Floats], p: Floats, centre: Floats
) -> Floats:
    """The positive y with cdf(y) = p: Newton's steps in log y, inside a bracket that every step narrows.

    Parameters
    ----------
    cdf, density : positive numbers -> P(Y <= y) and the density there, of the common shape
    p : probabilities
    centre : a positive number to begin at
    """
    p, centre = np.broadcast_arrays(p, centre)
    inside = (p > 0) & (p < 1) & (centre > 0) & np.isfinite(centre)
    q = np.where(inside, p, 0.5)
    x = np.log(np.where(inside, centre, 1.0))
    low, high = np.full(x.shape, -np.inf), np.full(x.shape, np.inf)
    for _ in range(MOST_STEPS):
        y = np.exp(x)
        below = cdf(y)
        low, high = np.where(below < q, x, low), np.where(below >= q, x, high)
        with np.errstate(all="ignore"):
            # in the lower tail log P is the straighter line
            error = np.where(q < 0.1, below * np.log(below / q), below - q)
            step = np.clip(error / (density(y) * y), -4.0, 4.0)
            proposal = x - step
            middle = np.where(
                np.isinf(low), high - 4.0, np.where(np.isinf(high), low + 4.0, (low + high) / 2)
            )
            proposal = np.where((proposal > low) & (proposal < high), proposal, middle)
        moved = inside & (np.abs(proposal - x) > 1e-14 * np.maximum(1.0, np.abs(x))) & (high > low)
        if not moved.any():
            break
        x = np.where(moved, proposal, x)
    return np.where(inside, np.exp(x), np.where(p >= 1, np.inf, np.where(p <= 0, 0.0, np.nan)))
