"""Leverages and what is made of them: standardised residuals, Cook's distances, sigma without each row.

A row of zero weight is not in the fit: its leverage is 0, its other measures are NaN.  A row that a frequency
weight repeats has the measures of one of its observations.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from rglm.formula.values import Floats
from rglm.inference.fitted import Fitted
from rglm.inference.information import dispersion, padded, unscaled
from rglm.inference.residuals import deviance_residuals, pearson_residuals

SATURATED = 1.0 - 10 * np.finfo(float).eps
"""Leverages above this are 1, as R's."""


def hatvalues(fit: Fitted) -> Any:
    """Leverages, one a row that was fitted.

    h_i = w_i x_i' (XᵀWX)⁻¹ x_i, with W the working weights of the last step; they add to the rank.

    Returns
    -------
    Series of n rows in the caller's kind of frame and rows

    Source: R `hatvalues`.

    Examples
    --------
    >>> from rglm import datasets, glm
    >>> fit = glm("breaks ~ wool", data=datasets.load("warpbreaks"), family="poisson")
    >>> f"{fit.hatvalues().sum():.1f}"
    '2.0'
    """
    return fit.wrap(leverages(fit))


def rstandard(fit: Fitted) -> Any:
    """Standardised deviance residuals, one a row that was fitted.

    r_i / sqrt(phi (1 - h_i)), with r the deviance residuals; NaN where h_i is 1.  For a linear model this is
    sqrt(w_i) (y_i - mu_i) / (sigma sqrt(1 - h_i)).

    Returns
    -------
    Series of n rows in the caller's kind of frame and rows

    Source: R `rstandard.glm`, `rstandard.lm`.

    Examples
    --------
    >>> from rglm import datasets, lm
    >>> f"{lm('dist ~ speed', data=datasets.load('cars')).rstandard().iloc[0]:.4f}"
    '0.2660'
    """
    return fit.wrap(standardised(fit))


def cooks_distance(fit: Fitted) -> Any:
    """Cook's distances, one a row that was fitted: how far the fit moves, to first order, without the row.

    (p_i / (1 - h_i))² h_i / (phi rank), with p the Pearson residuals; NaN where h_i is 1.

    Returns
    -------
    Series of n rows in the caller's kind of frame and rows

    Source: R `cooks.distance`.

    Examples
    --------
    >>> from rglm import datasets, lm
    >>> f"{lm('dist ~ speed', data=datasets.load('cars')).cooks_distance().max():.4f}"
    '0.3404'
    """
    return fit.wrap(cooks(fit))


def leverages(fit: Fitted) -> Floats:
    """Leverages, (n,)."""
    rows = fit.rows
    weights = rows.working_weights
    if rows.counts is not None:
        weights = weights / np.where(rows.counts > 0, rows.counts, 1.0)
    values = np.asarray(weights * rows.block.quadratic(padded(unscaled(fit), fit.aliased, 0.0)))
    return np.where(values > SATURATED, 1.0, values)


def standardised(fit: Fitted, hat: Floats | None = None) -> Floats:
    """Standardised deviance residuals, (n,)."""
    hat = leverages(fit) if hat is None else hat
    return _in_fit(fit, hat, lambda left: deviance_residuals(fit) / np.sqrt(dispersion(fit) * left))


def cooks(fit: Fitted, hat: Floats | None = None) -> Floats:
    """Cook's distances, (n,)."""
    hat = leverages(fit) if hat is None else hat
    size = dispersion(fit) * fit.R.shape[0]
    return _in_fit(fit, hat, lambda left: (pearson_residuals(fit) / left) ** 2 * hat / size)


def sigma_without(fit: Fitted, hat: Floats | None = None) -> Floats:
    """Residual standard deviation without each row, to first order, (n,).

    sqrt((sum r² - r_i² / (1 - h_i)) / (df_residual - 1)), with r the deviance residuals; NaN where no
    residual degree of freedom would be left.
    Source: R `influence`, whose `sigma` it is.
    """
    hat = leverages(fit) if hat is None else hat
    squares = deviance_residuals(fit) ** 2
    counts = fit.rows.counts
    total = float(squares.sum() if counts is None else squares @ counts)
    with np.errstate(all="ignore"):
        removed = np.where(hat < 1.0, squares / (1.0 - hat), 0.0)
        values = np.sqrt((total - removed) / (fit.df_residual - 1))
    # with one degree of freedom the numerator is 0 up to rounding
    return np.where(fit.rows.used & (fit.df_residual > 1), values, np.nan)


def _in_fit(fit: Fitted, hat: Floats, measure: Any) -> Floats:
    """A measure of what 1 - h leaves, where the row is in the fit and h is not 1."""
    with np.errstate(all="ignore"):
        values = measure(1.0 - hat)
    return np.where(fit.rows.used & np.isfinite(values), values, np.nan)


__all__ = [
    "cooks",
    "cooks_distance",
    "hatvalues",
    "leverages",
    "rstandard",
    "sigma_without",
    "standardised",
]
