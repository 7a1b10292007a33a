"""The shape theta of negative binomial counts, V(mu) = mu + mu²/theta, from counts and their means.

All three estimators solve one equation in alpha = 1/theta, which is 0 in the Poisson limit and stays well
conditioned there.
Source: Venables & Ripley (2002), Modern Applied Statistics with S, 7.4; Lawless (1987), Canadian Journal of
Statistics 15.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from rglm.errors import FitError
from rglm.families.link import Mean
from rglm.families.negative_binomial import NegativeBinomial
from rglm.formula.values import Floats

LARGEST_COUNT = 100_000
"""Up to this count sums over 0, 1, …, y - 1 are formed; they keep the digits that digamma functions lose."""

NEARLY_POISSON = 1e-8
"""mu/theta below this in every row is the Poisson limit: the likelihoods agree to the last digits."""

MOST_STEPS = 200

Equation = Callable[[float], tuple[float, float]]


class Theta(float):
    """An estimate of theta that carries its standard error `se`; infinite in the Poisson limit, `se` NaN."""

    se: float

    def __new__(cls, value: float, se: float = math.nan) -> Theta:
        made = super().__new__(cls, value)
        made.se = se
        return made

    def __getnewargs__(self) -> tuple[float, float]:  # type: ignore[override]
        return float(self), self.se


UNKNOWN = Theta(math.nan)


def theta_ml(y: Any, mu: Any = None, weights: Any = None) -> Theta:
    """Theta by maximum likelihood, given the means.

    Maximises sum w [log Gamma(theta + y) - log Gamma(theta) + theta log theta + y log mu
    - (theta + y) log(theta + mu)] over theta; the standard error is the observed information's at given mu.

    Parameters
    ----------
    y : counts (n,), or a fitted model, whose counts, means and weights are used
    mu : means (n,)
    weights : (n,), or None for ones

    Returns
    -------
    Theta, a float with its standard error as `.se`.  Infinite where the counts are no more variable than
    Poisson's: sum w (y - mu)² <= sum w y.

    Raises
    ------
    FitError
        When y and mu differ in length or are not counts and positive means.

    Source: MASS `theta.ml`.

    Examples
    --------
    >>> from rglm import datasets, glm, theta_ml
    >>> fit = glm("Days ~ Sex + Age", data=datasets.load("quine"), family="poisson")
    >>> theta = theta_ml(fit)
    >>> f"{theta:.4f} ({theta.se:.4f})"
    '1.1451 (0.1410)'
    """
    rows = _rows(y, mu, weights)
    likelihood = Likelihood(rows.y, rows.mu, rows.weights)
    alpha = _root(likelihood.score, rows.guess, rows.mu)
    if alpha == 0.0:
        return Theta(math.inf)
    information = -likelihood.score(alpha)[1]
    return Theta(1.0 / alpha, 1.0 / (alpha * alpha * math.sqrt(information)) if information > 0 else math.nan)


def theta_mm(y: Any, mu: Any = None, df_residual: float | None = None, weights: Any = None) -> Theta:
    """Theta by moments: Pearson's chi-square, sum w (y - mu)² / (mu + mu²/theta), equals df_residual.

    Parameters
    ----------
    y : counts (n,), or a fitted model, whose counts, means, weights and df_residual are used
    mu : means (n,)
    df_residual : degrees of freedom, rows less coefficients
    weights : (n,), or None for ones

    Returns
    -------
    Theta, a float (without standard error); infinite where Poisson's chi-square is already no larger

    Raises
    ------
    FitError
        When y and mu differ in length or are not counts and positive means, or df_residual is not positive.

    Source: MASS `theta.mm`.

    Examples
    --------
    >>> from rglm import datasets, glm, theta_mm
    >>> f"{theta_mm(glm('Days ~ Sex', data=datasets.load('quine'), family='poisson')):.4f}"
    '1.0795'
    """
    rows = _rows(y, mu, weights)
    df = _df(y, df_residual)

    def pearson(alpha: float) -> tuple[float, float]:
        inflated = 1.0 + alpha * rows.mu
        parts = rows.weights * (rows.y - rows.mu) ** 2 / (rows.mu * inflated)
        return float(parts.sum()) - df, -float((parts * rows.mu / inflated).sum())

    return _theta(_root(pearson, rows.guess, rows.mu))


def theta_md(y: Any, mu: Any = None, df_residual: float | None = None, weights: Any = None) -> Theta:
    """Theta by the deviance: the negative binomial deviance equals df_residual.

    Parameters
    ----------
    y : counts (n,), or a fitted model, whose counts, means, weights and df_residual are used
    mu : means (n,)
    df_residual : degrees of freedom, rows less coefficients
    weights : (n,), or None for ones

    Returns
    -------
    Theta, a float (without standard error); infinite where Poisson's deviance is already no larger

    Raises
    ------
    FitError
        When y and mu differ in length or are not counts and positive means, or df_residual is not positive.

    Source: MASS `theta.md`.

    Examples
    --------
    >>> from rglm import datasets, glm, theta_md
    >>> f"{theta_md(glm('Days ~ Sex', data=datasets.load('quine'), family='poisson')):.4f}"
    '0.8903'
    """
    rows = _rows(y, mu, weights)
    df = _df(y, df_residual)

    def deviance(alpha: float) -> tuple[float, float]:
        family = NegativeBinomial(1.0 / alpha if alpha > 0 else math.inf, estimated=True)
        ratio = (alpha * (rows.y - rows.mu)) / (1.0 + alpha * rows.mu)
        # d deviance/d theta = 2 (r - log(1 + r)), with 1 + r = (y + theta)/(mu + theta)
        slope = 2.0 * (rows.weights @ (ratio - np.log1p(ratio)))
        total = float(rows.weights @ family.unit_deviance(rows.y, rows.mean))
        return total - df, -float(slope) / alpha**2 if alpha > 0 else math.nan

    return _theta(_root(deviance, rows.guess, rows.mu))


def _theta(alpha: float) -> Theta:
    return Theta(1.0 / alpha if alpha > 0 else math.inf)


@dataclass(frozen=True)
class _Rows:
    """Counts, means and weights of the rows of positive weight, each (n,)."""

    y: Floats
    mu: Floats
    weights: Floats

    @property
    def mean(self) -> Mean:
        return Mean(self.mu, np.ones_like(self.mu))

    @property
    def guess(self) -> float:
        """alpha by unweighted moments: (y - mu)² - y is alpha mu² on average."""
        excess = float(self.weights @ ((self.y - self.mu) ** 2 - self.y))
        return max(excess / float(self.weights @ self.mu**2), 1e-3 / float(self.mu.max()))


def _rows(y: Any, mu: Any, weights: Any) -> _Rows:
    """Checked arrays, from a fitted model or from arrays."""
    rows = getattr(y, "rows", None)
    if rows is not None and mu is None:
        return _Rows(rows.y[rows.used], rows.mu[rows.used], rows.weights[rows.used])
    if mu is None:
        raise FitError("Give counts y and means mu, or a fitted model: theta_ml(fit).")
    counts, means = np.asarray(y, dtype=float).ravel(), np.asarray(mu, dtype=float).ravel()
    given = np.ones(len(counts)) if weights is None else np.asarray(weights, dtype=float).ravel()
    if not len(counts) == len(means) == len(given):
        raise FitError(
            f"y, mu and weights must be of one length; got {len(counts)}, {len(means)} and {len(given)}."
        )
    used = given > 0
    for name, values, wrong in (
        ("y must hold counts, 0 or more", counts, ~(counts >= 0)),
        ("mu must hold positive means", means, ~(means > 0)),
    ):
        where = np.flatnonzero((wrong | ~np.isfinite(values)) & used)
        if len(where):
            raise FitError(f"{name}; row {where[0]} has {values[where[0]]}.")
    if not used.any():
        raise FitError("No row has a positive weight, so there is nothing to estimate theta from.")
    return _Rows(counts[used], means[used], given[used])


def _df(y: Any, df_residual: float | None) -> float:
    df = getattr(y, "df_residual", None) if df_residual is None else df_residual
    if df is None or not df > 0:
        raise FitError(f"df_residual must be positive: the rows less the coefficients; got {df!r}.")
    return float(df)


@dataclass(frozen=True)
class Likelihood:
    """The log-likelihood of alpha = 1/theta at given means: its derivatives.

    With x = alpha mu it is sum w [sum over j < y of log(1 + alpha j) - (y + 1/alpha) log(1 + x)] and terms
    without alpha.
    """

    y: Floats
    mu: Floats
    weights: Floats

    @cached_property
    def above(self) -> Floats | None:
        """Weight of the rows with a count above 0, 1, 2, …; None where counts are too large or not whole."""
        if self.y.max() > LARGEST_COUNT or (self.y != np.floor(self.y)).any():
            return None
        at = np.bincount(self.y.astype(np.intp), weights=self.weights)
        return np.asarray(at[::-1].cumsum()[::-1][1:])

    def score(self, alpha: float) -> tuple[float, float]:
        """First and second derivative of the log-likelihood by alpha."""
        y, mu, w = self.y, self.mu, self.weights
        x = alpha * mu
        k, slope = _curved(x)
        inside = 1.0 + x
        first, second = self._rising(alpha)
        value = first + float(w @ (mu * mu * k - mu * y / inside))
        bend = second + float(w @ (mu**3 * slope + mu * mu * y / inside**2))
        return value, bend

    def _rising(self, alpha: float) -> tuple[float, float]:
        """The derivatives of sum w log[(1 + alpha) (1 + 2 alpha) … (1 + (y - 1) alpha)]."""
        if self.above is not None:
            j = np.arange(len(self.above), dtype=float)
            part = j / (1.0 + alpha * j)
            return float(self.above @ part), -float(self.above @ (part * part))
        from scipy.special import digamma, polygamma

        if alpha == 0.0:
            y = self.y
            return (
                float(self.weights @ (y * (y - 1.0))) / 2.0,
                -float(self.weights @ (y * (y - 1.0) * (2.0 * y - 1.0))) / 6.0,
            )
        theta, y, w = 1.0 / alpha, self.y, self.weights
        difference = digamma(y + theta) - digamma(theta)
        bend = polygamma(1, y + theta) - polygamma(1, theta)
        first = theta * (y - theta * difference)
        second = theta**2 * (theta**2 * bend + 2.0 * theta * difference - y)
        return float(w @ first), float(w @ second)


def _curved(x: Floats) -> tuple[Floats, Floats]:
    """k(x) = [log(1 + x) - x/(1 + x)] / x² and its derivative, by series where that would cancel."""
    small = x < 0.03
    safe = np.where(small, 1.0, x)
    k = (np.log1p(safe) - safe / (1.0 + safe)) / safe**2
    slope = (1.0 / (1.0 + safe) ** 2 - 2.0 * k) / safe
    if small.any():
        terms = np.arange(2, 14)
        powers = (-1.0) ** terms * (terms - 1.0) / terms
        near = np.where(small, x, 0.0)
        k = np.where(small, np.polynomial.polynomial.polyval(near, powers), k)
        bends = powers[1:] * np.arange(1, len(powers))
        slope = np.where(small, np.polynomial.polynomial.polyval(near, bends), slope)
    return k, slope


def _root(equation: Equation, guess: float, mu: Floats) -> float:
    """Where a function that falls through zero does so, in alpha > 0; 0 where it is not positive at 0.

    Newton's steps in log alpha, inside a bracket that every evaluation narrows.
    """
    if not equation(0.0)[0] > 0.0:
        return 0.0
    low, high, alpha = 0.0, math.inf, guess
    for _ in range(MOST_STEPS):
        value, slope = equation(alpha)
        if value > 0:
            low = alpha
        else:
            high = alpha
        if high * float(mu.max()) < NEARLY_POISSON:
            return 0.0
        rate = alpha * slope
        step = math.exp(min(max(-value / rate, -3.0), 3.0)) if rate < 0 else math.inf
        proposal = alpha * step
        if not low < proposal < high:
            proposal = _between(low, high, alpha)
        if abs(proposal - alpha) <= 1e-12 * alpha or value == 0:
            return proposal
        alpha = proposal
    return alpha


def _between(low: float, high: float, alpha: float) -> float:
    """A point inside the bracket: the geometric middle, or a factor of 10 where it is open at an end."""
    if math.isinf(high):
        return alpha * 10.0
    return math.sqrt(low * high) if low > 0 else high / 10.0
