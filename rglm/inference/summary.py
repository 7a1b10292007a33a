"""`summary()` of a generalized linear model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from rglm.display import Aligned, Blank, Document, Line, Number, Record
from rglm.display.document import Part
from rglm.families.family import Family
from rglm.formula.values import Floats
from rglm.inference.checks import check_dispersion
from rglm.inference.coefficients import Coefficients, correlation_parts
from rglm.inference.covariance import Covariance, covariance
from rglm.inference.fitted import Call, Fitted, Null
from rglm.inference.heading import heading, missing_note
from rglm.inference.vcov import dispersion as fitted_dispersion


@dataclass(frozen=True, eq=False, repr=False)
class SummaryGLM(Record):
    """Wald tests of the coefficients, dispersion, deviances, AIC.

    call          how the model was asked for
    tests         the table of coefficients; `coefficients` is its DataFrame
    vcov_used     the covariance matrix behind the standard errors
    aliased       coefficients the data do not determine, (p,) bool
    family        of the fit
    dispersion    phi that the standard errors use
    deviance, df_residual, null, aic, n_iter   as of the fit
    shows_correlation   whether the printed form shows the correlations of the coefficients
    """

    call: Call
    tests: Coefficients
    vcov_used: Covariance
    aliased: np.ndarray
    family: Family
    dispersion: float
    deviance: float
    df_residual: float
    null: Null
    aic: float
    n_iter: int
    shows_correlation: bool = False

    @property
    def coefficients(self) -> pd.DataFrame:
        """Estimate, Std. Error, z or t value, p-value, one row a coefficient; NaN where aliased."""
        return self.tests.frame

    @property
    def table(self) -> pd.DataFrame:
        """The same as `coefficients`."""
        return self.tests.frame

    @property
    def correlation(self) -> pd.DataFrame:
        """Correlations of the coefficients that are not aliased."""
        names = kept_names(self.tests.names, self.aliased)
        return pd.DataFrame(self.vcov_used.correlation(self.aliased), index=names, columns=names)

    def document(self) -> Document:
        """R's `print.summary.glm`."""
        notes = () if self.vcov_used.note is None else (self.vcov_used.note,)
        return Document(
            [
                *heading(self.call, notes),
                *self.tests.parts(),
                Blank(),
                *self.scale_parts(),
                *self.correlations(),
                Blank(),
            ],
            less=3,
        )

    def scale_parts(self) -> list[Part]:
        """The lines on dispersion, deviances, AIC and iterations."""
        deviances = (
            ("    Null deviance: ", self.null.deviance, self.null.df),
            ("Residual deviance: ", self.deviance, self.df_residual),
        )
        no_aic = "NaN" if self.family.has_likelihood else "NA"
        return [
            Line(
                f"(Dispersion parameter for {self.family.title} family taken to be ",
                Number(self.dispersion, "plain", missing="NaN"),
                ")",
            ),
            Blank(),
            Aligned(
                tuple(
                    (
                        label,
                        Number(deviance, more=1, least=5, missing="NaN"),
                        "  on ",
                        Number(df, "count"),
                        "  degrees of freedom",
                    )
                    for label, deviance, df in deviances
                )
            ),
            *missing_note(self.call),
            Line("AIC: ", Number(self.aic, more=1, least=4, missing=no_aic)),
            Blank(),
            Line("Number of Fisher Scoring iterations: ", Number(self.n_iter, "count")),
        ]

    def correlations(self) -> list[Part]:
        """The block of correlations, where it was asked for."""
        if not self.shows_correlation:
            return []
        return correlation_parts(
            kept_names(self.tests.names, self.aliased), self.vcov_used.correlation(self.aliased)
        )


def kept_names(names: Any, aliased: np.ndarray) -> list[str]:
    """The names of coefficients that are not aliased."""
    return [name for name, gone in zip(names, aliased, strict=True) if not gone]


def summary(
    fit: Fitted, vcov: Any = None, dispersion: float | None = None, correlation: bool = False
) -> SummaryGLM:
    """Wald tests of the coefficients, dispersion, deviances and AIC.

    z_j = b_j / se_j with se² the diagonal of phi (XᵀWX)⁻¹.  Where the family fixes phi, or `dispersion` gives
    it, z is compared with the normal distribution; where phi is estimated, with t on df_residual degrees of
    freedom.

    Parameters
    ----------
    fit : a fitted generalized linear model
    vcov : a type or dict that `vcov()` knows, or a DataFrame, p × p, labelled by coefficient, to use instead
    dispersion : phi to use instead of the fit's own; positive
    correlation : print the correlations of the coefficients too

    Returns
    -------
    SummaryGLM, whose `.coefficients` has a row for each coefficient; those of aliased ones are NaN.  Standard
    errors are NaN where phi cannot be estimated (no residual degrees of freedom).

    Raises
    ------
    FitError
        When `vcov` is an unknown type or does not match the coefficients, or `dispersion` is not positive.

    Source: R `summary.glm`, printed as R >= 4.4 does.

    Examples
    --------
    >>> from rglm import datasets, glm
    >>> fit = glm("breaks ~ wool", data=datasets.load("warpbreaks"), family="poisson")
    >>> list(fit.summary().coefficients.columns)
    ['Estimate', 'Std. Error', 'z value', 'Pr(>|z|)']
    """
    check_dispersion(dispersion)
    scale = fitted_dispersion(fit) if dispersion is None else float(dispersion)
    used = covariance(fit, vcov, scale)
    known = fit.family.dispersion_known or dispersion is not None
    loglik = fit.loglik
    return SummaryGLM(
        call=fit.call,
        tests=Coefficients(
            fit.design.column_names,
            estimates(fit),
            used.standard_errors,
            np.inf if known else fit.df_residual,
        ),
        vcov_used=used,
        aliased=fit.aliased,
        family=fit.family,
        dispersion=scale,
        deviance=fit.deviance,
        df_residual=fit.df_residual,
        null=fit.null,
        aic=2.0 * loglik.df - 2.0 * loglik,
        n_iter=fit.progress.n_iter,
        shows_correlation=correlation,
    )


def estimates(fit: Fitted) -> Floats:
    """The coefficients as an array, (p,), NaN where aliased."""
    return np.asarray(fit.coef.to_numpy(dtype=float))
