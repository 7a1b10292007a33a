"""Linear models: `lm()` and what it returns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from rglm.data.memory import as_source
from rglm.families.gaussian import Gaussian
from rglm.inference.add1 import add1_lm
from rglm.inference.alias import alias
from rglm.inference.anova_lm import anova_lm
from rglm.inference.augment import augment_lm
from rglm.inference.bootstrap import bootstrap
from rglm.inference.coef_test import coef_test
from rglm.inference.confint import confint_lm
from rglm.inference.contrasts import contrasts
from rglm.inference.conventions import conventions
from rglm.inference.drop1 import drop1_lm
from rglm.inference.emmeans import emmeans_lm
from rglm.inference.exp_coef import exp_coef
from rglm.inference.extract_aic import extract_aic_lm
from rglm.inference.glance import glance_lm
from rglm.inference.influence import covratio, dfbeta, dfbetas, dffits, rstudent
from rglm.inference.joint_tests import joint_tests
from rglm.inference.leverage import cooks_distance, hatvalues, rstandard
from rglm.inference.linear_hypothesis import linear_hypothesis_lm
from rglm.inference.lrtest import lrtest
from rglm.inference.margin_comparisons import avg_comparisons, comparisons
from rglm.inference.margin_predictions import avg_predictions, predictions
from rglm.inference.margin_rows import datagrid
from rglm.inference.margin_slopes import avg_slopes, slopes
from rglm.inference.predict_lm import predict_lm
from rglm.inference.printed import document_lm
from rglm.inference.profile import profile_lm
from rglm.inference.pseudo_r2 import pseudo_r2
from rglm.inference.relativities import relativities
from rglm.inference.residuals import residuals_lm
from rglm.inference.simulate import simulate
from rglm.inference.step import step_lm
from rglm.inference.summary_lm import summary_lm
from rglm.inference.tidy import tidy_lm
from rglm.inference.tukey_hsd import tukey_hsd
from rglm.inference.vcov import vcov
from rglm.inference.vif import vif
from rglm.inference.vuong import vuong
from rglm.inference.waldtest import waldtest
from rglm.models.arguments import Arguments
from rglm.models.base import Model
from rglm.models.call import describe
from rglm.models.engine import solve_once
from rglm.models.prepare import as_formula, prepare
from rglm.models.saving import save
from rglm.models.sql.score import to_sql
from rglm.models.update import changed


class LM(Model):
    """A fitted linear model: R's verbs as methods, each a function of `rglm.inference`."""

    document = document_lm
    summary = summary_lm
    vcov = vcov
    coef_test = coef_test
    linear_hypothesis = linear_hypothesis_lm
    contrasts = contrasts
    vif = vif
    confint = confint_lm
    profile = profile_lm
    bootstrap = bootstrap
    exp_coef = exp_coef
    relativities = relativities
    conventions = conventions
    save = save
    to_sql = to_sql
    anova = anova_lm
    lrtest = lrtest
    waldtest = waldtest
    vuong = vuong
    pseudo_r2 = pseudo_r2
    drop1 = drop1_lm
    add1 = add1_lm
    step = step_lm
    tukey_hsd = tukey_hsd
    extract_aic = extract_aic_lm
    predict = predict_lm
    residuals = residuals_lm
    hatvalues = hatvalues
    rstandard = rstandard
    simulate = simulate
    cooks_distance = cooks_distance
    rstudent = rstudent
    dffits = dffits
    covratio = covratio
    dfbeta = dfbeta
    dfbetas = dfbetas
    alias = alias
    tidy = tidy_lm
    glance = glance_lm
    emmeans = emmeans_lm
    predictions = predictions
    avg_predictions = avg_predictions
    comparisons = comparisons
    avg_comparisons = avg_comparisons
    slopes = slopes
    marginal_effects = slopes
    avg_slopes = avg_slopes
    datagrid = datagrid
    joint_tests = joint_tests
    augment = augment_lm

    @property
    def sigma(self) -> float:
        """Residual standard error, sqrt(sum(w e²) / df_residual)."""
        return float(np.sqrt(self.dispersion))

    @property
    def r_squared(self) -> float:
        """Share of the response's variation that the model explains."""
        return self.summary().r_squared

    @property
    def adj_r_squared(self) -> float:
        """R² with the means of squares, rather than their sums, compared."""
        return self.summary().adj_r_squared

    def update(self, formula: Any = None, **changes: Any) -> LM:
        """Make the call again with another formula, or other arguments.

        Parameters
        ----------
        formula : text in which `.` stands for the old side: ". ~ . - x", "log(.) ~ .", or a whole formula
        changes : any argument of `lm`

        Returns
        -------
        LM

        Raises
        ------
        FitError
            For an argument that `lm` does not have; and whatever `lm` raises.

        Source: R `update`, `update.formula`.

        Examples
        --------
        >>> from rglm import datasets, lm
        >>> lm("mpg ~ wt + hp", data=datasets.load("mtcars")).update(". ~ . - hp").formula
        'mpg ~ wt'
        """
        return fit_lm(changed(self, formula, changes, lm))


def lm(
    formula: Any,
    data: Any,
    *,
    weights: Any = None,
    freq_weights: Any = None,
    offset: Any = None,
    subset: Any = None,
    na_action: str = "omit",
    contrasts: Mapping[str, Any] | None = None,
    env: Mapping[str, Any] | None = None,
    prob_weights: Any = None,
) -> LM:
    """Fit a linear model by (weighted) least squares.

    y = X b + offset + e, Var(e) = sigma² / w.

    Parameters
    ----------
    formula, data, weights, freq_weights, offset, subset, na_action, contrasts, env, prob_weights :
        as in `glm`

    Returns
    -------
    LM

    Raises
    ------
    FormulaError, DataError
        Before fitting, when the formula or the data cannot be used.

    Source: R `lm`.

    Examples
    --------
    >>> from rglm import datasets, lm
    >>> fit = lm("dist ~ speed", data=datasets.load("cars"))
    >>> f"{fit.coef['speed']:.4f}"
    '3.9324'
    """
    arguments = Arguments(
        as_formula(formula), as_source(data), Gaussian(), weights, freq_weights, offset, None,
        subset, na_action, contrasts, env=env, prob_weights=prob_weights,
    )  # fmt: skip
    return fit_lm(arguments)


def fit_lm(arguments: Arguments) -> LM:
    """Fit from kept arguments: what `lm()` and `update()` share."""
    prepared = prepare(arguments)
    return LM(
        arguments,
        prepared,
        solve_once(arguments.fitted_family, prepared.rows),
        describe("lm", arguments, prepared, None),
    )
