"""Coefficients as a plain table, in broom's words."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from rglm.inference.checks import check_level
from rglm.inference.coefficients import Coefficients
from rglm.inference.covariance import covariance
from rglm.inference.distributions import two_sided_quantile
from rglm.inference.fitted import Fitted
from rglm.inference.summary import estimates


def tidy(
    fit: Fitted, conf_int: bool = False, level: float = 0.95, exponentiate: bool = False, vcov: Any = None
) -> pd.DataFrame:
    """One row a coefficient.

    Parameters
    ----------
    fit : a fitted model
    conf_int : add Wald intervals, estimate ± c se, with c from the normal distribution where the dispersion
        is known and from t where it is estimated
    level : of the intervals, between 0 and 1
    exponentiate : exp() of estimates and intervals (odds ratios, rate ratios); standard errors stay
    vcov : a type that `vcov(type=)` knows, or a DataFrame, p × p, labelled by coefficient

    Returns
    -------
    DataFrame, p rows: `term`, `estimate`, `std.error`, `statistic`, `p.value`, and `conf.low`, `conf.high`

    Raises
    ------
    FitError
        When `vcov` is unknown or does not match the coefficients, or `level` is not between 0 and 1.

    Source: R `broom::tidy`.

    Examples
    --------
    >>> from rglm import datasets, glm
    >>> fit = glm("breaks ~ wool", data=datasets.load("warpbreaks"), family="poisson")
    >>> fit.tidy(conf_int=True).columns.tolist()
    ['term', 'estimate', 'std.error', 'statistic', 'p.value', 'conf.low', 'conf.high']
    """
    check_level(level)
    df = np.inf if fit.family.dispersion_known else fit.df_residual
    tests = Coefficients(fit.design.column_names, estimates(fit), covariance(fit, vcov).standard_errors, df)
    columns: dict[str, Any] = {
        "term": np.asarray(tests.names, dtype=object),
        "estimate": tests.estimates,
        "std.error": tests.std_errors,
        "statistic": tests.statistics,
        "p.value": tests.p_values,
    }
    if conf_int:
        half = two_sided_quantile(level, df) * tests.std_errors
        columns |= {"conf.low": tests.estimates - half, "conf.high": tests.estimates + half}
    if exponentiate:
        scaled = ("estimate", "conf.low", "conf.high")
        columns |= {name: np.exp(columns[name]) for name in scaled if name in columns}
    return pd.DataFrame(columns)
