"""A fit as one row, in broom's words."""

from __future__ import annotations

import numpy as np
import pandas as pd

from rglm.inference.covariance import of_model
from rglm.inference.criteria import aic, bic
from rglm.inference.fitted import Fitted
from rglm.inference.summary_lm import overall
from rglm.inference.vcov import estimated_dispersion


def glance(fit: Fitted) -> pd.DataFrame:
    """One row of figures on a generalized linear model.

    Returns
    -------
    DataFrame, one row: `null.deviance`, `df.null`, `logLik`, `AIC`, `BIC`, `deviance`, `df.residual`, `nobs`

    Source: R `broom::glance.glm`.

    Examples
    --------
    >>> from rglm import datasets, glm
    >>> fit = glm("breaks ~ wool", data=datasets.load("warpbreaks"), family="poisson")
    >>> int(fit.glance()["nobs"].iloc[0])
    54
    """
    return pd.DataFrame({"null.deviance": [fit.null.deviance], "df.null": [fit.null.df], **_likelihood(fit)})


def glance_lm(fit: Fitted) -> pd.DataFrame:
    """One row of figures on a linear model.

    Returns
    -------
    DataFrame, one row: `r.squared`, `adj.r.squared`, `sigma`, `statistic` (F), `p.value`, `df` (coefficients
    tested), `logLik`, `AIC`, `BIC`, `deviance`, `df.residual`, `nobs`; NaN where there is no F test

    Source: R `broom::glance.lm`.

    Examples
    --------
    >>> from rglm import datasets, lm
    >>> f"{lm('dist ~ speed', data=datasets.load('cars')).glance()['statistic'].iloc[0]:.2f}"
    '89.57'
    """
    variance = estimated_dispersion(fit)
    used = of_model(fit)
    r_squared, adjusted, test = overall(fit, variance, None if used.note is None else used)
    return pd.DataFrame(
        {
            "r.squared": [r_squared],
            "adj.r.squared": [adjusted],
            "sigma": [np.sqrt(variance)],
            "statistic": [np.nan if test is None else test.value],
            "p.value": [np.nan if test is None else test.p_value],
            "df": [np.nan if test is None else float(test.numdf)],
            **_likelihood(fit),
        }
    )


def _likelihood(fit: Fitted) -> dict[str, list[float]]:
    return {
        "logLik": [float(fit.loglik)],
        "AIC": [aic(fit.loglik)],
        "BIC": [bic(fit.loglik)],
        "deviance": [fit.deviance],
        "df.residual": [fit.df_residual],
        "nobs": [fit.loglik.nobs],
    }
