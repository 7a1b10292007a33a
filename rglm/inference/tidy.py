"""Coefficients as a plain table, in broom's words."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from rglm.inference.checks import check_level
from rglm.inference.coefficients import Coefficients
from rglm.inference.confint import confint, confint_lm
from rglm.inference.covariance import covariance
from rglm.inference.fitted import Fitted
from rglm.inference.summary import estimates


def tidy(
    fit: Fitted,
    conf_int: bool = False,
    conf_level: float = 0.95,
    exponentiate: bool = False,
    vcov: Any = None,
    conf_method: str = "profile",
) -> pd.DataFrame:
    """One row a coefficient.

    Parameters
    ----------
    fit : a fitted generalized linear model
    conf_int : add the intervals of `confint`
    conf_level : of the intervals, between 0 and 1
    exponentiate : exp() of estimates and intervals (odds ratios, rate ratios); standard errors stay
    vcov : a type or dict that `vcov()` knows, or a DataFrame, p × p, labelled by coefficient; intervals
        are then Wald's
    conf_method : "profile", "wald" or "boot"

    Returns
    -------
    DataFrame, p rows: `term`, `estimate`, `std.error`, `statistic`, `p.value`, and `conf.low`, `conf.high`

    Raises
    ------
    FitError
        When `vcov` is unknown or does not match the coefficients, `conf_level` is not between 0 and 1, or
        `conf_method` is not known.

    Source: R `broom::tidy`.

    Examples
    --------
    >>> from rglm import datasets, glm
    >>> fit = glm("breaks ~ wool", data=datasets.load("warpbreaks"), family="poisson")
    >>> fit.tidy(conf_int=True).columns.tolist()
    ['term', 'estimate', 'std.error', 'statistic', 'p.value', 'conf.low', 'conf.high']
    """
    check_level(conf_level)
    ends = confint(fit, level=conf_level, method=conf_method, vcov=vcov) if conf_int else None
    return _tidied(fit, ends, exponentiate, vcov)


def tidy_lm(
    fit: Fitted,
    conf_int: bool = False,
    conf_level: float = 0.95,
    exponentiate: bool = False,
    vcov: Any = None,
    conf_method: str = "exact",
) -> pd.DataFrame:
    """One row a coefficient of a linear model.

    Parameters
    ----------
    fit, conf_int, conf_level, exponentiate, vcov : as in `tidy`
    conf_method : "exact" (t intervals) or "boot"

    Returns
    -------
    DataFrame, as `tidy`

    Raises
    ------
    FitError
        As `tidy`.

    Source: R `broom::tidy.lm`.

    Examples
    --------
    >>> from rglm import datasets, lm
    >>> lm("dist ~ speed", data=datasets.load("cars")).tidy(conf_int=True).shape
    (2, 7)
    """
    check_level(conf_level)
    ends = confint_lm(fit, level=conf_level, method=conf_method, vcov=vcov) if conf_int else None
    return _tidied(fit, ends, exponentiate, vcov)


def _tidied(fit: Fitted, ends: pd.DataFrame | None, exponentiate: bool, vcov: Any) -> pd.DataFrame:
    df = np.inf if fit.family.dispersion_known else fit.df_residual
    tests = Coefficients(fit.design.column_names, estimates(fit), covariance(fit, vcov).standard_errors, df)
    columns: dict[str, Any] = {
        "term": np.asarray(tests.names, dtype=object),
        "estimate": tests.estimates,
        "std.error": tests.std_errors,
        "statistic": tests.statistics,
        "p.value": tests.p_values,
    }
    if ends is not None:
        columns |= {"conf.low": ends.iloc[:, 0].to_numpy(), "conf.high": ends.iloc[:, 1].to_numpy()}
    if exponentiate:
        scaled = ("estimate", "conf.low", "conf.high")
        columns |= {name: np.exp(columns[name]) for name in scaled if name in columns}
    return pd.DataFrame(columns)
