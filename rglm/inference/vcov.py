"""Covariance of the coefficients."""

from __future__ import annotations

from typing import Any

import pandas as pd

from rglm.inference.checks import check_dispersion
from rglm.inference.covariance import named
from rglm.inference.fitted import Fitted
from rglm.inference.information import (
    dispersion,
    estimated_dispersion,
    padded,
    standard_errors,
    unscaled,
)

__all__ = ["dispersion", "estimated_dispersion", "padded", "standard_errors", "unscaled", "vcov"]


def vcov(
    fit: Fitted,
    type: str = "model",
    cluster: Any = None,
    *,
    cadjust: bool = True,
    dispersion: float | None = None,
) -> pd.DataFrame:
    """Covariance matrix of the coefficients.

    model           phi (XᵀWX)⁻¹, with W the working weights of the last step; for a fit with `prob_weights`
                    the linearised matrix, n / (n - 1) times HC0
    HC0 … HC5       B (Σ x_i x_iᵀ e_i² / (1 - h_i)^d_i) B, consistent whatever the variances: B = (XᵀWX)⁻¹,
                    e_i the working weight times the working residual, h_i the leverage.  d is 0 for HC0, and
                    for HC1, which multiplies by n / (n - k); 1 for HC2; 2 for HC3; min(4, n h_i / k) for HC4;
                    min(1, n h_i / k) + min(1.5, n h_i / k) for HC4m; half of
                    min(n h_i / k, max(4, 0.7 n h_max / k)) for HC5
    const           the same with e_i² replaced by Σ e² / (n - k)
    cluster         B (Σ s_g s_gᵀ) B, consistent whatever the dependence inside clusters: s_g sums x_i e_i
                    over cluster g.  Times G / (G - 1), unless cadjust is False

    Parameters
    ----------
    fit : a fitted model
    type : one of the above
    cluster : which rows belong together: text (a column of the data, otherwise an expression over it), an
        array with one label for each row of the data, or a list of these for several ways at once.  With it,
        type may be "cluster" or "HC0" (the same), "HC1" (times (n - 1) / (n - k) too: what R's `vcovCL` does
        for `lm`), "HC2" and "HC3" (residuals of each cluster divided by (I - H_gg)^½ and I - H_gg)
    cadjust : multiply by G / (G - 1), G the number of clusters
    dispersion : phi to use instead of the fit's own, for the model's matrix

    A row that a frequency weight repeats counts as that many observations.  Other verbs take these as
    `vcov="HC3"` and `vcov={"cluster": "firm"}`.

    Returns
    -------
    DataFrame, p × p, R's coefficient names on both sides; rows and columns of aliased coefficients are NaN

    Raises
    ------
    FitError
        If `type` is unknown, or all rows are in one cluster.
    DataError
        If a row of the fit has no cluster.

    Warns
    -----
    RglmWarning
        When a leverage is 1 (that row adds nothing), or several ways of clustering give negative variances.

    Source: R `vcov.glm(complete = TRUE)`; sandwich `vcovHC`, `vcovCL` (Zeileis, Köll & Graham, 2020).

    Examples
    --------
    >>> from rglm import datasets, glm
    >>> fit = glm("Days ~ Sex + Age", data=datasets.load("quine"), family="poisson")
    >>> V = fit.vcov("HC3")
    >>> f"{V.loc['SexM', 'SexM'] ** 0.5:.5f}"
    '0.16547'
    >>> fit.vcov(cluster="Age").shape
    (5, 5)
    """
    check_dispersion(dispersion)
    names = fit.design.column_names
    found = named(fit, type, cluster, cadjust, dispersion)
    return pd.DataFrame(found.matrix, index=names, columns=names)
