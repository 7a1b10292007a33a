"""The covariance matrix that a caller asked a verb to use: the model's, a named type, or one of their own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from rglm.errors import FitError, some
from rglm.formula.values import Floats
from rglm.inference.fitted import Fitted
from rglm.inference.vcov import dispersion as fitted_dispersion
from rglm.inference.vcov import padded, unscaled
from rglm.inference.vcov import vcov as vcov_of


@dataclass(frozen=True, eq=False)
class Covariance:
    """A covariance matrix of the coefficients.

    matrix  p × p; rows and columns of aliased coefficients are NaN
    note    what to say of it under the call; None for the model's own
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
    vcov : None for phi (XᵀWX)⁻¹, a type that `vcov(type=)` knows, or a DataFrame, p × p, labelled by
        coefficient
    dispersion : phi of the model's own matrix, instead of the fit's

    Raises
    ------
    FitError
        When the type is unknown, or the DataFrame is not labelled by the model's coefficients.
    """
    if vcov is None:
        scale = fitted_dispersion(fit) if dispersion is None else dispersion
        return Covariance(padded(scale * unscaled(fit), fit.aliased, np.nan))
    if hasattr(vcov, "casefold"):
        note = None if vcov == "model" else f"Covariance: {vcov}"
        return Covariance(vcov_of(fit, vcov, dispersion=dispersion).to_numpy(dtype=float), note)
    return Covariance(_given(fit, vcov), "Covariance: as given")


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
