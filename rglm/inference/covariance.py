"""The covariance matrix that a caller asked a verb to use: the model's, a named type, or one of their own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from rglm.display.numbers import format_one
from rglm.errors import FitError, among, choose, did_you_mean, is_text, some, warn
from rglm.formula.values import Floats
from rglm.inference.clusters import clusters
from rglm.inference.fitted import Fitted
from rglm.inference.information import dispersion as fitted_dispersion
from rglm.inference.information import padded, unscaled
from rglm.inference.sandwich import (
    ADJUSTED,
    CLUSTER_SCORES,
    POWERS,
    clustered,
    heteroscedastic,
    linearised,
)

TYPES = ("model", *POWERS, "const", "cluster")
"""What `vcov(type=)` knows."""

ARGUMENTS = ("type", "cluster", "cadjust")
"""What a dict given as `vcov=` may hold."""


@dataclass(frozen=True, eq=False)
class Covariance:
    """A covariance matrix of the coefficients.

    matrix  p × p; rows and columns of aliased coefficients are NaN
    note    what to say of it under the call, small-sample factors included; None for phi (XᵀWX)⁻¹
    """

    matrix: Floats
    note: str | None = None

    @property
    def standard_errors(self) -> Floats:
        """Square roots of the diagonal, (p,)."""
        with np.errstate(invalid="ignore"):
            return np.sqrt(self.matrix.diagonal())

    def without_aliased(self, aliased: np.ndarray) -> Floats:
        """The matrix with zeros for aliased coefficients: ready for quadratic forms in whole rows of X."""
        matrix = self.matrix.copy()
        matrix[aliased, :] = 0.0
        matrix[:, aliased] = 0.0
        return matrix

    def correlation(self, aliased: np.ndarray) -> Floats:
        """Correlations of the coefficients that are not aliased, rank × rank."""
        kept = np.flatnonzero(~aliased)
        errors = self.standard_errors[kept]
        return np.asarray(self.matrix[np.ix_(kept, kept)] / np.outer(errors, errors))


def covariance(fit: Fitted, vcov: Any = None, dispersion: float | None = None) -> Covariance:
    """The covariance matrix to use.

    Parameters
    ----------
    fit : a fitted model
    vcov : None for the model's own, a type that `vcov(type=)` knows, a dict of arguments of `vcov()` such as
        {"cluster": "firm"}, or a DataFrame, p × p, labelled by coefficient
    dispersion : phi of the model's own matrix, instead of the fit's

    Raises
    ------
    FitError
        When the type is unknown, or the DataFrame is not labelled by the model's coefficients.
    """
    if vcov is None:
        return of_model(fit, dispersion)
    if is_text(vcov):
        return named(fit, vcov, dispersion=dispersion)
    if hasattr(vcov, "items") and not hasattr(vcov, "reindex"):
        for name in vcov:
            if name not in ARGUMENTS:
                raise FitError(f"vcov={{…}} has no entry '{name}'. {did_you_mean(str(name), ARGUMENTS)}")
        return named(fit, dispersion=dispersion, **vcov)
    return Covariance(_given(fit, vcov), "Covariance: as given")


def named(
    fit: Fitted,
    type: str = "model",
    cluster: Any = None,
    cadjust: bool = True,
    dispersion: float | None = None,
) -> Covariance:
    """The covariance matrix of a type, with what to say of it."""
    if among(type, ("HC",)):
        type = "HC0"
    if not among(type, TYPES):
        raise FitError(choose("vcov type", type, TYPES))
    if cluster is not None:
        return _clustered(fit, type, cluster, cadjust)
    if type == "cluster":
        raise FitError(
            'vcov type "cluster" needs to know which rows belong together: vcov(fit, type="cluster", '
            'cluster="firm"), or vcov={"cluster": "firm"} in other verbs.'
        )
    if type == "model":
        return of_model(fit, dispersion)
    factor = ""
    if type == "HC1":
        factor = f", n / (n - k) = {_shown(fit.rows.nobs / fit.df_residual)}" if fit.df_residual else ""
    V = heteroscedastic(fit, type)
    return Covariance(padded(V, fit.aliased, np.nan), f"Covariance: {type}{factor}")


def of_model(fit: Fitted, dispersion: float | None = None) -> Covariance:
    """phi (XᵀWX)⁻¹; where rows were sampled with unequal probabilities, the linearised matrix."""
    kept = fit.rows.kept
    if kept is not None and kept.vcov is not None:
        return Covariance(*kept.vcov)
    if fit.rows.sampling is not None:
        n = fit.rows.nobs
        factor = f"n / (n - 1) = {_shown(n / (n - 1.0))}" if n > 1 else "n = 1"
        note = f"Covariance: linearised, for sampling weights, {factor}"
        return Covariance(padded(linearised(fit), fit.aliased, np.nan), note)
    scale = fitted_dispersion(fit) if dispersion is None else dispersion
    return Covariance(padded(scale * unscaled(fit), fit.aliased, np.nan))


def _clustered(fit: Fitted, type: str, cluster: Any, cadjust: bool) -> Covariance:
    kind = "HC0" if type in ("model", "cluster") else type
    if not among(kind, CLUSTER_SCORES):
        raise FitError(choose("type with cluster=", type, ("cluster", *CLUSTER_SCORES)))
    parts = clusters(fit, cluster)
    V = clustered(fit, parts, kind, cadjust)
    if (V.diagonal() < 0).any():
        warn(
            f"Clustering by {' and '.join(part.name for part in parts)} gives negative variances, whose "
            "standard errors are NaN: there are too few clusters for several ways at once. Cluster by one."
        )
    by = " and ".join(f"{part.name} ({part.size} clusters)" for part in parts)
    factors = []
    if cadjust and kind in ADJUSTED:
        sizes = [_shown(part.size / (part.size - 1)) for part in parts]
        factors.append(f"G / (G - 1) = {' and '.join(sizes)}")
    if kind == "HC1" and fit.df_residual:
        factors.append(f"(n - 1) / (n - k) = {_shown((fit.rows.nobs - 1) / fit.df_residual)}")
    note = ", ".join([f"Covariance: clustered by {by}", kind, *factors])
    return Covariance(padded(V, fit.aliased, np.nan), note)


def _shown(factor: float) -> str:
    return format_one(factor, 7)


def _given(fit: Fitted, frame: Any) -> Floats:
    """A caller's DataFrame in the order of the coefficients."""
    names = list(fit.design.column_names)
    if not hasattr(frame, "reindex") or getattr(frame, "ndim", 0) != 2:
        raise FitError(
            f"vcov must be a type such as 'model', or a DataFrame whose rows and columns are named as the "
            f"{len(names)} coefficients; got {type(frame).__name__}."
        )
    known = [name for name, aliased in zip(names, fit.aliased, strict=True) if not aliased]
    rows, columns = set(map(str, frame.index)), set(map(str, frame.columns))
    lacking = [name for name in known if name not in rows or name not in columns]
    if lacking:
        raise FitError(
            f"vcov has no row and column for {some(lacking)}: its rows and columns must be named as the "
            f"coefficients ({some(names)}); its rows are {some(frame.index)}."
        )
    matrix = frame.reindex(index=names, columns=names).to_numpy(dtype=float, copy=True)
    matrix[fit.aliased, :] = np.nan
    matrix[:, fit.aliased] = np.nan
    return np.asarray(matrix)
