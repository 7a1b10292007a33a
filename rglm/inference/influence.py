"""What the fit would be without each row, to first order: no model is fitted again.

Source: Belsley, Kuh & Welsch (1980), 2.1; Williams (1987) and R's `influence.measures` for generalized linear
models, whose deviance residuals stand where a linear model has its weighted residuals.  A row of zero weight
is not in the fit, and a row of leverage 1 cannot be left out: both are NaN.  A row that a frequency weight
repeats has the measures of one of its observations.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from rglm.formula.values import Floats
from rglm.inference.fitted import Fitted
from rglm.inference.leverage import leverages, sigma_without
from rglm.inference.residuals import deviance_residuals, pearson_residuals
from rglm.inference.vcov import unscaled


def rstudent(fit: Fitted) -> Any:
    """Studentised residuals: each row's residual over a standard deviation made without that row.

    sign(y - mu) sqrt(d_i² + h_i p_i² / (1 - h_i)), with d and p the deviance and Pearson residuals, and over
    s_(i), the residual standard deviation without row i, where the dispersion is estimated.  For a linear
    model this is sqrt(w_i) (y_i - mu_i) / (s_(i) sqrt(1 - h_i)).

    Returns
    -------
    Series of n rows in the caller's kind of frame and rows

    Source: R `rstudent`.

    Examples
    --------
    >>> from rglm import datasets, lm
    >>> f"{lm('dist ~ speed', data=datasets.load('cars')).rstudent().max():.4f}"
    '3.1850'
    """
    return fit.wrap(studentised(fit))


def dffits(fit: Fitted) -> Any:
    """How far each fitted value moves without its row, in its standard errors.

    d_i sqrt(h_i) / (s_(i) (1 - h_i)), with d the deviance residuals and s_(i) as in `rstudent`.

    Returns
    -------
    Series of n rows in the caller's kind of frame and rows

    Source: R `dffits`.

    Examples
    --------
    >>> from rglm import datasets, lm
    >>> f"{lm('dist ~ speed', data=datasets.load('cars')).dffits().max():.4f}"
    '0.9003'
    """
    hat = leverages(fit)
    with np.errstate(all="ignore"):
        return fit.wrap(_scaled(fit, hat) * np.sqrt(hat) / (1.0 - hat))


def covratio(fit: Fitted) -> Any:
    """Volume of the coefficients' confidence region without each row, relative to the one with it, squared.

    1 / ((1 - h_i) ((df - 1 + t_i²) / df)^rank), with df the residual degrees of freedom and
    t_i = d_i / (s_(i) sqrt(1 - h_i)).  Below 1 the row makes estimates less precise.

    Returns
    -------
    Series of n rows in the caller's kind of frame and rows

    Source: R `covratio`.

    Examples
    --------
    >>> from rglm import datasets, lm
    >>> f"{lm('dist ~ speed', data=datasets.load('cars')).covratio().min():.4f}"
    '0.7471'
    """
    hat, df, rank = leverages(fit), fit.df_residual, fit.R.shape[0]
    with np.errstate(all="ignore"):
        squares = _scaled(fit, hat) ** 2 / (1.0 - hat)
        return fit.wrap(1.0 / ((1.0 - hat) * ((df - 1.0 + squares) / df) ** rank))


def dfbeta(fit: Fitted) -> Any:
    """How far each coefficient is from what it would be without each row.

    b - b_(i) = (XᵀWX)⁻¹ x_i sqrt(w_i) d_i / (1 - h_i), with w the working weights and d the deviance
    residuals: exact for a linear model, one step of the iteration otherwise.

    Returns
    -------
    frame, n × p in the caller's kind and rows, columns named as the coefficients; NaN where aliased

    Source: R `dfbeta`.

    Examples
    --------
    >>> from rglm import datasets, lm
    >>> f"{lm('dist ~ speed', data=datasets.load('cars')).dfbeta()['speed'].max():.4f}"
    '0.2929'
    """
    return _by_column(fit, _moves(fit, leverages(fit)))


def dfbetas(fit: Fitted) -> Any:
    """How far each coefficient is from what it would be without each row, in its standard errors.

    dfbeta_ij / (s_(i) sqrt(v_j)), with v the diagonal of (XᵀWX)⁻¹ and s_(i) as in `rstudent`.

    Returns
    -------
    frame, n × p in the caller's kind and rows, columns named as the coefficients; NaN where aliased

    Source: R `dfbetas`.

    Examples
    --------
    >>> from rglm import datasets, lm
    >>> f"{lm('dist ~ speed', data=datasets.load('cars')).dfbetas()['speed'].max():.4f}"
    '0.7690'
    """
    hat = leverages(fit)
    errors = np.sqrt(unscaled(fit).diagonal())
    with np.errstate(all="ignore"):
        return _by_column(fit, _moves(fit, hat) / (sigma_without(fit, hat)[:, None] * errors))


def studentised(fit: Fitted, hat: Floats | None = None) -> Floats:
    """Studentised residuals, (n,)."""
    hat = leverages(fit) if hat is None else hat
    deviances = deviance_residuals(fit)
    with np.errstate(all="ignore"):
        sizes = np.sqrt(deviances**2 + hat * pearson_residuals(fit) ** 2 / (1.0 - hat))
        if not fit.family.dispersion_known:
            sizes = sizes / sigma_without(fit, hat)
    return _where_left_out(fit, hat, np.copysign(sizes, deviances))


def _scaled(fit: Fitted, hat: Floats) -> Floats:
    """Deviance residuals over the standard deviation without the row, (n,)."""
    with np.errstate(all="ignore"):
        return _where_left_out(fit, hat, deviance_residuals(fit) / sigma_without(fit, hat))


def _moves(fit: Fitted, hat: Floats) -> Floats:
    """b - b_(i) of the coefficients that are not aliased, n × rank."""
    rows = fit.rows
    weights = rows.working_weights
    if rows.counts is not None:
        weights = weights / np.where(rows.counts > 0, rows.counts, 1.0)
    with np.errstate(all="ignore"):
        shares = _where_left_out(fit, hat, np.sqrt(weights) * deviance_residuals(fit) / (1.0 - hat))
    X = rows.block.dense()[:, np.flatnonzero(~fit.aliased)]
    return np.asarray((X * shares[:, None]) @ unscaled(fit))


def _by_column(fit: Fitted, moves: Floats) -> Any:
    """Values for the coefficients that are not aliased, as a frame of all of them."""
    full = np.full((len(moves), len(fit.aliased)), np.nan)
    full[:, ~fit.aliased] = moves
    return fit.wrap({name: full[:, j] for j, name in enumerate(fit.design.column_names)})


def _where_left_out(fit: Fitted, hat: Floats, values: Floats) -> Floats:
    """The values of rows that are in the fit and can be left out of it; NaN elsewhere."""
    return np.where(fit.rows.used & (hat < 1.0), values, np.nan)
