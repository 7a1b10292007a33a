"""`confint()`: intervals for the coefficients."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from rglm.errors import FitError, among, choose
from rglm.inference.bootstrap import bootstrap
from rglm.inference.checks import check_level
from rglm.inference.covariance import covariance
from rglm.inference.distributions import two_sided_quantile
from rglm.inference.fitted import Fitted
from rglm.inference.intervals import interval_frame
from rglm.inference.parameters import select
from rglm.inference.profile import profiles
from rglm.inference.summary import estimates

METHODS = ("profile", "wald", "boot")


def confint(
    fit: Fitted,
    parm: Any = None,
    level: float = 0.95,
    method: str = "profile",
    vcov: Any = None,
    *,
    test: str = "LRT",
    n: int = 999,
    seed: Any = None,
    kind: str = "case",
    interval: str = "percentile",
) -> pd.DataFrame:
    """Intervals for the coefficients, by profile likelihood unless asked otherwise.

    profile: the values of b_j that a likelihood ratio test does not reject, |z(b_j)| <= c (see `profile`);
    wald: estimate ± c se; boot: quantiles of estimates from resampled data (see `bootstrap`).  c is the
    normal quantile, also where the dispersion is estimated.  A fit with `prob_weights` has Wald intervals,
    with c from t on df_residual, as R's `survey`.

    Parameters
    ----------
    fit : a fitted generalized linear model
    parm : names or positions of coefficients (0 is the first); None is all
    level : between 0 and 1
    method : "profile", "wald" or "boot"
    vcov : a type or dict that `vcov()` knows, or a DataFrame, p × p, labelled by coefficient.  It makes Wald
        intervals: a likelihood has no covariance matrix to replace
    test : for profiles, "LRT" or "Rao" (intervals of score tests)
    n, seed, kind, interval : for the bootstrap: replicates, random seed, "case" or "parametric", and
        "percentile", "bca" or "basic"

    Returns
    -------
    DataFrame, a row for each coefficient in R's words, columns `2.5 %` and `97.5 %` (or what `level` makes of
    them).  Aliased coefficients are NaN; ends are infinite where the likelihood never falls far enough.
    `rglm.display.show()` prints it as R does.

    Raises
    ------
    FitError
        For an unknown coefficient, method, test or vcov, a level outside 0 and 1, or a fit that had not
        converged.

    Warns
    -----
    SeparationWarning
        Once, naming the ends that are infinite.

    Source: R >= 4.4 `confint.glm`, `confint.default`; `profile` and `bootstrap` for their methods.

    Examples
    --------
    >>> from rglm import datasets, glm
    >>> fit = glm("cbind(numdead, numalive) ~ sex + ldose", data=datasets.load("budworm"), family="binomial")
    >>> fit.confint("ldose").columns.tolist()
    ['2.5 %', '97.5 %']
    """
    check_level(level)
    if not among(method, METHODS):
        raise FitError(choose("method", method, METHODS))
    if method == "boot":
        return bootstrap(fit, n=n, seed=seed, kind=kind).confint(parm, level, interval)
    if fit.rows.sampling is not None:
        return wald(fit, parm, level, vcov, fit.df_residual)
    if method == "wald" or vcov is not None:
        return wald(fit, parm, level, vcov, np.inf)
    which = select(fit, parm)
    return profiles(fit, which, alpha=(1.0 - level) / 4.0, test=test).confint(level=level)


LM_METHODS = ("exact", "profile", "wald", "boot")


def confint_lm(
    fit: Fitted,
    parm: Any = None,
    level: float = 0.95,
    method: str = "exact",
    vcov: Any = None,
    *,
    n: int = 999,
    seed: Any = None,
    kind: str = "case",
    interval: str = "percentile",
) -> pd.DataFrame:
    """Intervals for the coefficients of a linear model: estimate ± c se, with c from t on df_residual.

    Parameters
    ----------
    fit, parm, level, vcov, n, seed, kind, interval : as in `confint`
    method : "exact"; "profile" and "wald" are the same here; or "boot"

    Returns
    -------
    DataFrame, as `confint`

    Raises
    ------
    FitError
        For an unknown coefficient, method or vcov, or a level outside 0 and 1.

    Source: R `confint.lm`.

    Examples
    --------
    >>> from rglm import datasets, lm
    >>> lm("dist ~ speed", data=datasets.load("cars")).confint("speed").shape
    (1, 2)
    """
    check_level(level)
    if not among(method, LM_METHODS):
        raise FitError(choose("method", method, LM_METHODS))
    if method == "boot":
        return bootstrap(fit, n=n, seed=seed, kind=kind).confint(parm, level, interval)
    return wald(fit, parm, level, vcov, fit.df_residual)


def wald(fit: Fitted, parm: Any, level: float, vcov: Any, df: float) -> pd.DataFrame:
    """Estimate ± c se, with c from t on `df` degrees of freedom; the normal where they are infinite."""
    which = select(fit, parm)
    centre = estimates(fit)[which]
    half = two_sided_quantile(level, df) * covariance(fit, vcov).standard_errors[which]
    names = [fit.design.column_names[j] for j in which]
    return interval_frame(names, np.column_stack([centre - half, centre + half]), level)
