"""`summary()` of a linear model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from rglm.display import Blank, Document, Line, NamedValues, Number, Record
from rglm.display.document import Part
from rglm.errors import warn
from rglm.formula.values import Floats
from rglm.inference.coefficients import Coefficients, correlation_parts
from rglm.inference.covariance import Covariance, covariance
from rglm.inference.distributions import upper_f
from rglm.inference.fitted import Call, Fitted, FittedRows
from rglm.inference.heading import heading, missing_note
from rglm.inference.labels import row_labels
from rglm.inference.residuals import is_weighted, prior_weights
from rglm.inference.summary import estimates, kept_names
from rglm.inference.vcov import estimated_dispersion

QUANTILES = ("Min", "1Q", "Median", "3Q", "Max")


@dataclass(frozen=True)
class FStatistic:
    """Test that all coefficients but the intercept are zero.

    value   F
    numdf   coefficients tested
    dendf   residual degrees of freedom
    p_value P(F > value)
    """

    value: float
    numdf: int
    dendf: float

    @property
    def p_value(self) -> float:
        """P(F > value)."""
        return float(upper_f(self.value, self.numdf, self.dendf))


@dataclass(frozen=True, eq=False, repr=False)
class SummaryLM(Record):
    """t tests of the coefficients, residual standard error, R², overall F test.

    call           how the model was asked for
    residuals      sqrt(w) (y - mu), (n,); `residual_names` label them
    weighted       whether the weights differ from row to row
    tests          the table of coefficients; `coefficients` is its DataFrame
    vcov_used      the covariance matrix behind the standard errors
    aliased        coefficients the data do not determine, (p,) bool
    sigma          residual standard error, NaN without residual degrees of freedom
    df_residual    residual degrees of freedom
    r_squared, adj_r_squared   0 for the intercept alone
    fstatistic     overall F test, None for the intercept alone
    shows_correlation   whether the printed form shows the correlations of the coefficients
    """

    call: Call
    residuals: Floats
    residual_names: tuple[str, ...]
    weighted: bool
    tests: Coefficients
    vcov_used: Covariance
    aliased: np.ndarray
    sigma: float
    df_residual: float
    r_squared: float
    adj_r_squared: float
    fstatistic: FStatistic | None
    shows_correlation: bool = False

    @property
    def coefficients(self) -> pd.DataFrame:
        """Estimate, Std. Error, t value, Pr(>|t|), one row a coefficient; NaN where aliased."""
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
        """R's `print.summary.lm`."""
        notes = () if self.vcov_used.note is None else (self.vcov_used.note,)
        correlations: list[Part] = []
        if self.shows_correlation:
            names = kept_names(self.tests.names, self.aliased)
            correlations = correlation_parts(names, self.vcov_used.correlation(self.aliased))
        return Document(
            [
                *heading(self.call, notes),
                *self._residual_parts(),
                Blank(),
                *self.tests.parts(),
                Blank(),
                *self._fit_parts(),
                *correlations,
                Blank(),
            ],
            less=3,
        )

    def _residual_parts(self) -> list[Part]:
        title = Line("Weighted Residuals:" if self.weighted else "Residuals:", role="heading")
        if self.df_residual > 5 or (self.df_residual > 0 and not self.residual_names):
            return [
                title,
                NamedValues(QUANTILES, tuple(np.quantile(self.residuals, QUARTERS).tolist()), zap=1),
            ]
        if self.df_residual > 0:
            return [title, NamedValues(self.residual_names, tuple(self.residuals.tolist()))]
        rank = int((~self.aliased).sum())
        return [
            title,
            Line("ALL ", Number(rank, "count"), " residuals are 0: no residual degrees of freedom!"),
        ]

    def _fit_parts(self) -> list[Part]:
        parts: list[Part] = [
            Line(
                "Residual standard error: ",
                Number(self.sigma, "signif", missing="NaN"),
                " on ",
                Number(self.df_residual, "count"),
                " degrees of freedom",
            ),
            *missing_note(self.call),
        ]
        test = self.fstatistic
        if test is None:
            return parts
        return [
            *parts,
            Line(
                "Multiple R-squared:  ",
                Number(self.r_squared, "general", missing="NaN"),
                ",\tAdjusted R-squared:  ",
                Number(self.adj_r_squared, "general", missing="NaN"),
                " ",
            ),
            Line(
                "F-statistic: ",
                Number(test.value, "general", missing="NaN"),
                " on ",
                Number(test.numdf, "count"),
                " and ",
                Number(test.dendf, "count"),
                " DF,  p-value: ",
                Number(test.p_value, "p-value"),
            ),
        ]


QUARTERS = (0.0, 0.25, 0.5, 0.75, 1.0)


def summary_lm(fit: Fitted, vcov: Any = None, correlation: bool = False) -> SummaryLM:
    """t tests of the coefficients, residual standard error, R² and the overall F test of a linear model.

    sigma² = sum of w (y - mu)² / df_residual.  R² = M / (M + RSS), with M the weighted sum of squares of the
    fitted values about their weighted mean (about 0 without an intercept; without the offset).

    Parameters
    ----------
    fit : a fitted linear model
    vcov : a type or dict that `vcov()` knows, or a DataFrame, p × p, labelled by coefficient, to use instead;
        the overall F test is then Wald's with that matrix
    correlation : print the correlations of the coefficients too

    Returns
    -------
    SummaryLM, with `.coefficients`, `.sigma`, `.r_squared`, `.adj_r_squared`, `.fstatistic`

    Raises
    ------
    FitError
        When `vcov` is an unknown type or does not match the coefficients.

    Warns
    -----
    RglmWarning
        When the fit is perfect up to rounding, so that standard errors are rounding errors.

    Source: R `summary.lm`.

    Examples
    --------
    >>> from rglm import datasets, lm
    >>> f"{lm('dist ~ speed', data=datasets.load('cars')).summary().r_squared:.4f}"
    '0.6511'
    """
    variance = estimated_dispersion(fit)
    used = covariance(fit, vcov, variance)
    _warn_if_perfect(fit, variance)
    r_squared, adjusted, test = overall(fit, variance, None if used.note is None else used)
    return SummaryLM(
        call=fit.call,
        residuals=weighted_residuals(fit.rows),
        residual_names=row_labels(fit) if 0 < fit.df_residual <= 5 and fit.rows.kept is None else (),
        weighted=is_weighted(fit.rows),
        tests=Coefficients(fit.design.column_names, estimates(fit), used.standard_errors, fit.df_residual),
        vcov_used=used,
        aliased=fit.aliased,
        sigma=float(np.sqrt(variance)),
        df_residual=fit.df_residual,
        r_squared=r_squared,
        adj_r_squared=adjusted,
        fstatistic=test,
        shows_correlation=correlation,
    )


def weighted_residuals(rows: FittedRows) -> Floats:
    """sqrt(w) (y - mu) of each observation; their quartiles where rows are no longer held."""
    if rows.kept is not None:
        return rows.kept.residuals
    with np.errstate(invalid="ignore"):
        values = np.sqrt(prior_weights(rows)) * (rows.y - rows.mu)
    return values if rows.counts is None else np.repeat(values, rows.counts.astype(int))


def explained(fit: Fitted) -> float:
    """Sum of squares of the fitted values, no offset, about their mean where there is an intercept."""
    rows = fit.rows
    if rows.kept is not None:
        return rows.kept.explained
    values = rows.mu - rows.offset
    if fit.design.terms.intercept:
        values = values - np.average(values, weights=rows.weights)
    return float(rows.weights @ values**2)


def overall(
    fit: Fitted, variance: float, used: Covariance | None = None
) -> tuple[float, float, FStatistic | None]:
    """R², adjusted R², and the F test of all but the intercept."""
    rank, df, intercept = fit.R.shape[0], fit.df_residual, int(fit.design.terms.intercept)
    tested = rank - intercept
    if tested <= 0:
        return 0.0, 0.0, None
    model = explained(fit)
    with np.errstate(all="ignore"):
        r_squared = float(np.float64(model) / (model + fit.deviance))
        adjusted = float(1.0 - (1.0 - r_squared) * np.float64(rank + df - intercept) / df) if df else np.nan
        value = float(np.float64(model) / tested / variance) if used is None else _wald(fit, used, tested)
    return r_squared, adjusted, FStatistic(value, tested, df)


def _wald(fit: Fitted, used: Covariance, tested: int) -> float:
    """b' V⁻¹ b / q over the coefficients that are neither aliased nor the intercept."""
    which = np.flatnonzero(~fit.aliased & (np.asarray(fit.design.assign) > 0))
    coef = estimates(fit)[which]
    return float(coef @ np.linalg.solve(used.matrix[np.ix_(which, which)], coef)) / tested


def _warn_if_perfect(fit: Fitted, variance: float) -> None:
    if variance < fitted_level(fit.rows) * 1e-30:
        warn("essentially perfect fit: summary may be unreliable")


def fitted_level(rows: FittedRows) -> float:
    """Squared mean plus variance of the fitted values; NaN for one row."""
    if rows.kept is not None:
        return rows.kept.level
    mu = rows.mu
    return float(mu.mean() ** 2 + mu.var(ddof=1)) if len(mu) > 1 else np.nan
