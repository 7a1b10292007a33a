"""What the last least-squares step says of precision: (XᵀWX)⁻¹ and the dispersion that scales it."""

from __future__ import annotations

import numpy as np

from rglm.formula.values import Floats
from rglm.inference.fitted import Fitted


def dispersion(fit: Fitted) -> float:
    """Dispersion of a fitted model: 1 where the family fixes it, else Pearson's estimate.

    phi = sum(w_i r_i²) / df_residual, with w the working weights of the last step and r the working
    residuals (the population's variance of Pearson residuals for a fit with `prob_weights`).
    Returns a float, NaN without residual degrees of freedom.

    Source: R `summary.glm`.

    Examples
    --------
    >>> from rglm import datasets, glm
    >>> fit = glm("lot1 ~ log(u)", data=datasets.load("clotting"), family="gamma")
    >>> f"{fit.dispersion:.6f}"
    '0.002446'
    """
    return 1.0 if fit.family.dispersion_known else estimated_dispersion(fit)


def estimated_dispersion(fit: Fitted) -> float:
    """Pearson's estimate of the dispersion, whatever the family says; NaN where df_residual is 0.

    With sampling weights it is the variance of Pearson residuals in the population, as R's `summary.svyglm`.
    """
    if not fit.df_residual > 0:
        return float("nan")
    rows = fit.rows
    if rows.kept is not None:
        return rows.kept.dispersion
    if rows.sampling is not None:
        return _population_variance(fit, rows.sampling)
    used = rows.working_weights > 0
    residuals = (rows.y[used] - rows.mu[used]) / rows.mean.dmu[used]
    return float(rows.working_weights[used] @ residuals**2) / fit.df_residual


def _population_variance(fit: Fitted, sampling: Floats) -> float:
    """sum s (r - mean r)² / (n - 1) of Pearson residuals r, weighted by the sampling weights s."""
    rows, used = fit.rows, fit.rows.used
    shares = sampling[used] if rows.counts is None else sampling[used] * rows.counts[used]
    each = rows.weights[used] / shares  # prior weights
    with np.errstate(all="ignore"):
        residuals = (rows.y - rows.mu)[used] * np.sqrt(each / fit.family.variance(rows.mean)[used])
    centred = residuals - np.average(residuals, weights=shares)
    return float(shares @ centred**2) / (rows.nobs - 1.0)


def unscaled(fit: Fitted) -> Floats:
    """(XᵀWX)⁻¹ over the columns that are not aliased, rank × rank."""
    inverse = np.linalg.solve(fit.R, np.eye(fit.R.shape[0]))
    return np.asarray(inverse @ inverse.T)


def padded(matrix: Floats, aliased: np.ndarray, fill: float) -> Floats:
    """A rank × rank matrix spread over all p columns; rows and columns of aliased ones hold `fill`."""
    p = len(aliased)
    full = np.full((p, p), fill)
    kept = np.flatnonzero(~aliased)
    full[np.ix_(kept, kept)] = matrix
    return full


def standard_errors(fit: Fitted, phi: float) -> Floats:
    """Square roots of the diagonal of phi (XᵀWX)⁻¹, (p,), NaN where aliased."""
    inverse = np.linalg.solve(fit.R, np.eye(fit.R.shape[0]))
    errors = np.full(len(fit.aliased), np.nan)
    errors[~fit.aliased] = np.sqrt(phi * np.einsum("ij,ij->i", inverse, inverse))
    return errors
