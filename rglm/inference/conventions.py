"""The figures of one fit as R, statsmodels, glum and SAS would report them, and why they differ."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from rglm.display import Blank, Column, Document, Line, Number, Record, Table, table_of
from rglm.display.document import Part
from rglm.errors import FitError
from rglm.formula.values import Floats
from rglm.inference.covariance import covariance
from rglm.inference.fitted import Fitted
from rglm.inference.information import dispersion, estimated_dispersion, padded, unscaled
from rglm.inference.residuals import prior_weights

PACKAGES = ("R", "statsmodels", "glum", "SAS")
FIGURES = ("logLik", "parameters", "AIC", "BIC", "dispersion", "df.residual")


@dataclass(frozen=True)
class Reported:
    """What one package reports of a fit.

    loglik       the log-likelihood
    parameters   that its AIC counts
    nobs         observations that its BIC counts
    dispersion   that its standard errors use
    df_residual  residual degrees of freedom
    std_errors   (p,)
    reasons      one sentence for each way in which it departs from R
    """

    loglik: float
    parameters: int
    nobs: float
    dispersion: float
    df_residual: float
    std_errors: Floats
    reasons: tuple[str, ...] = ()

    def figures(self) -> list[float]:
        """In the order of FIGURES."""
        aic = -2.0 * self.loglik + 2.0 * self.parameters
        bic = -2.0 * self.loglik + float(np.log(self.nobs)) * self.parameters
        return [self.loglik, float(self.parameters), aic, bic, self.dispersion, self.df_residual]


@dataclass(frozen=True, eq=False, repr=False)
class Conventions(Record):
    """The figures of one fit in four packages.

    table        DataFrame: `logLik`, `parameters` (that AIC counts), `AIC`, `BIC`, `dispersion`,
                 `df.residual` by package; NaN where a package reports none
    std_errors   DataFrame: coefficients by package
    reasons      for each package but R, one sentence for each way in which it departs from R
    """

    table: pd.DataFrame
    std_errors: pd.DataFrame
    reasons: dict[str, tuple[str, ...]]

    def document(self) -> Document:
        """Both tables, then the reasons."""
        rows = [
            Column(name, "pieces", [(_shown(value),) for value in self.table[name]])
            for name in self.table.columns
        ]
        parts: list[Part] = [
            Table(tuple(rows), tuple(self.table.index), caption="The same fit as other packages report it"),
            Blank(),
            table_of(self.std_errors, "matrix", caption="Standard errors"),
        ]
        for package, reasons in self.reasons.items():
            parts += [Blank(), Line(f"{package}:", role="heading")]
            parts += [Line(f"  {reason}", role="note") for reason in reasons or ("As R.",)]
        return Document(parts, less=1)


def _shown(value: float) -> Number:
    return Number(value, "plain", missing="-")


def conventions(fit: Fitted) -> Conventions:
    """Likelihood, AIC, BIC, dispersion, errors and df as R, statsmodels, glum and SAS report them.

    R counts the dispersion of normal, gamma and inverse normal models in AIC and takes their likelihood at
    deviance / n; statsmodels' GLM counts coefficients alone and takes it at Pearson's estimate; glum leaves
    the binomial coefficients out and has robust standard errors; SAS PROC GENMOD estimates the dispersion by
    maximum likelihood and has standard errors from the observed information.

    Parameters
    ----------
    fit : a fitted model

    Returns
    -------
    Conventions: `.table` (figure × package), `.std_errors` (coefficient × package), `.reasons`

    Raises
    ------
    FitError
        When the fit has sampling weights, which these packages read in other ways.

    Source: statsmodels 0.15 `GLM`, glum 3.4 `GeneralizedLinearRegressor` (checked against both); SAS/STAT
    User's Guide, The GENMOD Procedure (checked against its Example "Normal Regression, Log Link").

    Examples
    --------
    >>> from rglm import datasets, glm
    >>> found = glm("mpg ~ wt", data=datasets.load("mtcars")).conventions().table
    >>> (found.loc["AIC", "R"] - found.loc["AIC", "statsmodels"]).item()
    2.0
    """
    if fit.rows.sampling is not None:
        raise FitError(
            "conventions() compares fits without prob_weights: packages mean different things by sampling "
            "weights, and their estimates differ, not only how they are reported."
        )
    view = _View(fit)
    reported = {"R": view.r, "statsmodels": view.statsmodels, "glum": view.glum, "SAS": view.sas}
    names = pd.Index(list(fit.design.column_names), dtype=object)
    return Conventions(
        pd.DataFrame({name: each.figures() for name, each in reported.items()}, index=FIGURES),
        pd.DataFrame({name: each.std_errors for name, each in reported.items()}, index=names),
        {name: each.reasons for name, each in reported.items() if name != "R"},
    )


@dataclass(frozen=True, eq=False)
class _View:
    """One fit, and what of it the packages read differently."""

    fit: Fitted

    # ---- what they share -------------------------------------------------------------------------

    @property
    def rank(self) -> int:
        return int(self.fit.R.shape[0])

    @cached_property
    def counts(self) -> Floats:
        rows = self.fit.rows
        return np.ones(rows.block.n) if rows.counts is None else rows.counts

    @property
    def has_law(self) -> bool:
        return self.fit.family.distribution is not None

    @property
    def counted(self) -> bool:
        """Responses are counts or shares of counts: every package but R fixes the dispersion at 1."""
        return self.fit.family.discrete

    @cached_property
    def pearson(self) -> float:
        """Pearson's chi-square."""
        return estimated_dispersion(self.fit) * self.fit.df_residual

    @cached_property
    def linear_normal(self) -> bool:
        """Constant variance and the identity link."""
        mean = self.fit.rows.mean
        return bool((self.fit.family.variance(mean) == 1.0).all() and (mean.dmu == 1.0).all())

    @cached_property
    def own_link(self) -> bool:
        """Whether expected and observed information agree."""
        return self.fit.family.canonical == self.fit.family.link

    def loglik_at(self, dispersion: float) -> float:
        """The log-likelihood at a dispersion, with weights dividing it."""
        rows, used = self.fit.rows, self.fit.rows.used
        if not self.has_law:
            return float("nan")
        with np.errstate(all="ignore"):
            each = self.fit.family.log_density(
                rows.y, rows.mean, prior_weights(rows), rows.trials, dispersion
            )
        return float(self.counts[used] @ each[used])

    def repeated_loglik(self, dispersion: float) -> float:
        """The log-likelihood at a dispersion, with weights repeating rows."""
        rows, used = self.fit.rows, self.fit.rows.used
        with np.errstate(all="ignore"):
            each = self.fit.family.log_density(rows.y, rows.mean, None, rows.trials, dispersion)
        return float(rows.weights[used] @ each[used])

    @property
    def weighted(self) -> bool:
        """Whether an observation has a prior weight other than 1."""
        return bool((prior_weights(self.fit.rows)[self.fit.rows.used] != 1.0).any())

    @property
    def fractions(self) -> np.ndarray:
        """Responses that are neither 0 nor 1, (n,) bool."""
        return np.asarray((self.fit.rows.y != 0.0) & (self.fit.rows.y != 1.0))

    def _coefficients_of_fractions(self) -> float:
        """Sum of w log[Gamma(1 + y) Gamma(2 - y)]: minus the binomial coefficient of a share of one trial."""
        from scipy.special import gammaln

        rows = self.fit.rows
        return float(rows.weights @ (gammaln(1.0 + rows.y) + gammaln(2.0 - rows.y)))

    @cached_property
    def kernel(self) -> float | None:
        """The binomial log-likelihood without binomial coefficients; None for other families."""
        rows = self.fit.rows
        mean = rows.mean
        if not self.counted or mean.complement is None:
            return None
        with np.errstate(all="ignore"):
            each = _xlogy(rows.y, mean.mu) + _xlogy(1.0 - rows.y, mean.complement)
        return float(rows.weights[rows.used] @ each[rows.used])

    def errors(self, phi: float) -> Floats:
        """Square roots of the diagonal of dispersion (XᵀWX)⁻¹."""
        return self._roots(phi * unscaled(self.fit))

    def _roots(self, V: NDArray[Any]) -> Floats:
        """Standard errors of all coefficients, NaN where aliased."""
        return np.asarray(np.sqrt(padded(V, self.fit.aliased, np.nan).diagonal()))

    @cached_property
    def observed_weights(self) -> Floats:
        """Minus the derivative of each row's score in eta, at dispersion 1, (n,)."""
        rows, family = self.fit.rows, self.fit.family
        mean, variance = rows.mean, family.variance
        with np.errstate(all="ignore"):
            V, slope, second = variance(mean), variance.derivative(mean), family.link.second(rows.eta)
            bent = (rows.y - rows.mu) * (second / V - slope * mean.dmu**2 / V**2)
            weights = rows.weights * (mean.dmu**2 / V - bent)
        return np.where(rows.used, weights, 0.0)

    @cached_property
    def observed(self) -> Floats:
        """Observed information of the coefficients that are not aliased, at dispersion 1."""
        kept = np.flatnonzero(~self.fit.aliased)
        return np.asarray(self.fit.rows.block.gram(self.observed_weights)[np.ix_(kept, kept)])

    # ---- the packages ----------------------------------------------------------------------------

    @property
    def r(self) -> Reported:
        fit = self.fit
        return Reported(
            float(fit.loglik), fit.loglik.df, fit.loglik.nobs, dispersion(fit), float(fit.df_residual),
            covariance(fit).standard_errors,
        )  # fmt: skip

    @property
    def statsmodels(self) -> Reported:
        fit, reasons = self.fit, []
        nobs = float(self.counts.sum())
        df = nobs - self.rank
        if nobs != fit.rows.nobs:
            reasons.append("Rows of weight zero count as observations.")
        phi = 1.0 if self.counted else self.pearson / df if df > 0 else np.nan
        loglik = float(fit.loglik)
        if not self.has_law:
            loglik = np.nan
            reasons.append("It has no quasi-families: fit the family itself with scale='X2'.")
        elif self.counted:
            if self.kernel is not None and fit.rows.trials is None and self.fractions.any():
                loglik = self.kernel - self._coefficients_of_fractions()
                reasons.append(
                    "A proportion counts as a fractional outcome of one trial, its weight repeats it."
                )
        elif not self.linear_normal:
            loglik = self.loglik_at(phi)
            reasons.append("The likelihood is taken at Pearson's dispersion, where R takes deviance / n.")
            if self.weighted:
                reasons.append("In it weights divide the dispersion of a row.")
        if fit.loglik.df != self.rank:
            reasons.append("AIC and BIC count the coefficients alone, not the dispersion or theta.")
        if self.counted and not fit.family.dispersion_known:
            reasons.append("The dispersion is 1 for every family of counts.")
        if not self.counted:
            reasons.append("Tests are z, not t (use_t=True gives R's).")
        errors = self.errors(phi)
        if fit.aliased.any():
            errors = np.full(len(errors), np.nan)
            reasons.append(
                "Aliased columns share their effect by a pseudo-inverse, and all have standard errors."
            )
        return Reported(loglik, self.rank, nobs, phi, df, errors, tuple(reasons))

    @property
    def glum(self) -> Reported:
        fit, rows = self.fit, self.fit.rows
        total = float(rows.weights.sum())
        df = total - self.rank
        phi = self.pearson / df if df > 0 else np.nan
        reasons = ["Standard errors are robust (HC1, with the observed information) unless robust=False."]
        if self.counted:
            reasons.append(
                "With robust=False they are scaled by Pearson's dispersion, also for counts, and by n/(n - "
                "p)."
            )
        loglik = float(fit.loglik)
        if not self.has_law:
            loglik = np.nan
            reasons.append("It has no quasi-families.")
        elif self.kernel is not None:
            loglik = self.kernel
            reasons.append("Its binomial likelihood leaves the binomial coefficients out.")
        elif not self.counted:
            loglik = self.repeated_loglik(self.pearson / (total - 1.0))
            reasons.append("The likelihood is taken at Pearson's chi-square / (n - 1), whatever p is.")
            if self.weighted:
                reasons.append("Weights multiply the log-likelihood of a row, as if it were repeated.")
        if fit.loglik.df != self.rank:
            reasons.append("AIC and BIC count the coefficients alone, not the dispersion or theta.")
        if total != rows.nobs:
            reasons.append("n is the sum of the weights.")
        if rows.offset.any():
            loglik = np.nan
            reasons.append("Its aic() and bic() predict without the offset, so no figures are given here.")
        errors = self._robust(total)
        if fit.aliased.any():
            errors = np.full(len(errors), np.nan)
            reasons.append("It gives no standard errors where columns are aliased.")
        return Reported(loglik, self.rank, float(rows.block.n), phi, df, errors, tuple(reasons))

    def _robust(self, total: float) -> Floats:
        """HC1 around the observed information: n/(n - p) H⁻¹ Σ g gᵀ H⁻¹."""
        rows, kept = self.fit.rows, np.flatnonzero(~self.fit.aliased)
        with np.errstate(all="ignore"):
            score = rows.weights * (rows.y - rows.mu) * rows.mean.dmu / self.fit.family.variance(rows.mean)
        score = np.where(rows.used, score, 0.0)
        middle = rows.block.gram(score**2)[np.ix_(kept, kept)]
        half = np.linalg.solve(self.observed, middle)
        V = np.linalg.solve(self.observed, half.T) * total / (total - self.rank)
        return self._roots(V)

    @property
    def sas(self) -> Reported:
        fit, rows, reasons = self.fit, self.fit.rows, []
        phi, estimated, loglik = 1.0, 0, float(fit.loglik)
        if not self.has_law:
            phi, loglik = np.nan, np.nan
            reasons.append("PROC GENMOD has no quasi-families: SCALE=PEARSON gives R's standard errors.")
        elif not self.counted:
            law = fit.family.distribution
            phi = law.ml_dispersion(rows.y, rows.mean, prior_weights(rows), self.counts)  # type: ignore[union-attr]
            loglik, estimated = self.loglik_at(phi), 1
            reasons.append(
                "The dispersion is estimated by maximum likelihood (PROC GENMOD prints its root or inverse)."
            )
        elif fit.family.dispersion_known:
            estimated = fit.family.n_extra
        else:
            reasons.append("The dispersion is 1 for every family of counts.")
        if not self.own_link:
            reasons.append("Standard errors come from the observed information, R's from the expected one.")
        if fit.family.n_extra and self.counted:
            reasons.append("They also carry the uncertainty of the dispersion parameter k = 1/theta.")
        if not self.counted:
            reasons.append("Tests are chi-square, not t.")
        errors = self._roots(phi * np.linalg.inv(self._joint()))
        return Reported(
            loglik, self.rank + estimated, fit.rows.nobs, phi, float(fit.df_residual), errors, tuple(reasons)
        )

    def _joint(self) -> Floats:
        """Observed information of the coefficients, less what an estimated theta takes of it."""
        theta = getattr(self.fit, "theta_estimate", None)
        if theta is None or not np.isfinite(theta):
            return self.observed
        rows, kept = self.fit.rows, np.flatnonzero(~self.fit.aliased)
        cross = rows.weights * rows.mean.dmu * (rows.y - rows.mu) / (theta + rows.mu) ** 2
        shared = rows.block.transpose_times(cross)[kept]
        return np.asarray(self.observed - np.outer(shared, shared) * theta.se**2)


def _xlogy(x: Floats, y: Floats) -> Floats:
    return np.where(x == 0, 0.0, x * np.log(np.where(x == 0, 1.0, y)))
