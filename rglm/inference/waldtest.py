"""`waldtest()`: Wald tests between nested models, with any covariance of the coefficients."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from rglm.errors import FitError, among, choose
from rglm.formula.values import Floats
from rglm.inference.anova import check_same_rows, model_lines
from rglm.inference.covariance import covariance
from rglm.inference.deviance_table import AnovaTable
from rglm.inference.distributions import upper_chisq, upper_f
from rglm.inference.fitted import Fitted
from rglm.inference.growable import Growable
from rglm.inference.nesting import Restriction, check_nested, coordinates
from rglm.inference.variants import models_of

TESTS = ("F", "Chisq")


def waldtest(fit: Growable, *others: Any, test: str = "F", vcov: Any = None) -> AnovaTable:
    """Wald tests between nested models, each against the one before it.

    The smaller model is a linear hypothesis L b = 0 on the larger one's coefficients (their columns in the
    same rows say which).  W = (L b)ᵀ (L V Lᵀ)⁻¹ L b against chi-square on the rows of L, or W / df against F.
    Only the larger model's estimates count.

    Parameters
    ----------
    fit : a fitted model
    *others : fitted models; formulas such as ". ~ . - x" in which `.` stands for the model before; labels of
        terms that the model before loses ("x", or ["x", "a:b"]).  None is the model without any term.
    test : "F", on the larger model's residual degrees of freedom, or "Chisq"
    vcov : covariance V of the larger model: None for its own, a type such as "HC3", a dict of arguments of
        `vcov()`, or a DataFrame (p, p)

    Returns
    -------
    AnovaTable, whose `.table` has columns `Res.Df`, `Df`, `F`, `Pr(>F)`, or `Chisq`, `Pr(>Chisq)`

    Raises
    ------
    FitError
        When the test is unknown; when models have other rows, weights or response, or are not nested.

    Source: `lmtest::waldtest`, whose default for `glm` is F too.

    Examples
    --------
    >>> from rglm import datasets, lm
    >>> fit = lm("breaks ~ wool * tension", data=datasets.load("warpbreaks"))
    >>> f"{fit.waldtest('wool:tension', vcov='HC3').table['F'].iloc[1]:.4f}"
    '3.3814'
    """
    if not among(test, TESTS):
        raise FitError(choose("test", test, TESTS))
    models = models_of(fit, others, "waldtest()")
    check_same_rows(models, "waldtest()", likelihood=False)
    check_nested(models, "waldtest()")
    df_residuals = np.array([float(model.df_residual) for model in models])
    df = np.concatenate([[np.nan], -np.diff(df_residuals)])
    found = [_wald(one, other, vcov) for one, other in pairwise(models)]
    statistic = np.array([np.nan, *(value for value, _ in found)])
    statistic = np.where(df == 0, np.nan, statistic)
    columns = {"Res.Df": df_residuals, "Df": df, **_columns(test, statistic, np.abs(df), df_residuals)}
    notes = dict.fromkeys(note for _, note in found if note is not None)
    index = pd.Index([str(number) for number in range(1, len(models) + 1)], dtype=object)
    table = pd.DataFrame(columns, index=index)
    return AnovaTable("Wald test", ("", *model_lines(models), *notes), table, test)


def _wald(one: Fitted, other: Fitted, vcov: Any) -> tuple[float, str | None]:
    """W of the smaller of two models in the larger, and what to say of the covariance."""
    small, large = (other, one) if other.df_residual > one.df_residual else (one, other)
    used = covariance(large, vcov)
    kept = np.flatnonzero(~large.aliased)
    b = np.asarray(large.coef.to_numpy(dtype=float)[kept], dtype=np.float64)
    V = np.asarray(used.matrix[np.ix_(kept, kept)])
    return Restriction(coordinates(small, large)).wald(b, V), used.note


def _columns(test: str, statistic: Floats, df: Floats, df_residuals: Floats) -> dict[str, Floats]:
    """The statistic and its tail; F has the residual degrees of freedom of the larger of two models."""
    if test == "Chisq":
        return {"Chisq": statistic, "Pr(>Chisq)": upper_chisq(statistic, df)}
    below = np.concatenate([[np.nan], np.minimum(df_residuals[1:], df_residuals[:-1])])
    with np.errstate(all="ignore"):
        ratio = statistic / df
    tails = [float(upper_f(f, d, float(b))) for f, d, b in zip(ratio, df, below, strict=True)]
    return {"F": ratio, "Pr(>F)": np.array(tails)}
