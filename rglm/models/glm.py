"""Generalized linear models: `glm()` and what it returns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, TypeVar

import numpy as np

from rglm.data.memory import as_source
from rglm.display.numbers import format_one
from rglm.errors import FitError, SeparationWarning, described, some, warn
from rglm.families.registry import family as as_family
from rglm.fitting.control import Control
from rglm.fitting.irls import Iteration
from rglm.formula.values import Floats
from rglm.inference.add1 import add1
from rglm.inference.alias import alias
from rglm.inference.anova import anova
from rglm.inference.augment import augment
from rglm.inference.bootstrap import bootstrap
from rglm.inference.coef_test import coef_test
from rglm.inference.confint import confint
from rglm.inference.contrasts import contrasts
from rglm.inference.conventions import conventions
from rglm.inference.drop1 import drop1
from rglm.inference.emmeans import emmeans
from rglm.inference.exp_coef import exp_coef
from rglm.inference.extract_aic import extract_aic
from rglm.inference.glance import glance
from rglm.inference.influence import covratio, dfbeta, dfbetas, dffits, rstudent
from rglm.inference.joint_tests import joint_tests
from rglm.inference.leverage import cooks_distance, hatvalues, rstandard
from rglm.inference.linear_hypothesis import linear_hypothesis
from rglm.inference.lrtest import lrtest
from rglm.inference.margin_comparisons import avg_comparisons, comparisons
from rglm.inference.margin_predictions import avg_predictions, predictions
from rglm.inference.margin_rows import datagrid
from rglm.inference.margin_slopes import avg_slopes, slopes
from rglm.inference.od_test import od_test
from rglm.inference.predict import predict
from rglm.inference.printed import document_glm
from rglm.inference.profile import profile
from rglm.inference.pseudo_r2 import pseudo_r2
from rglm.inference.relativities import relativities
from rglm.inference.residuals import residuals
from rglm.inference.separation import separation
from rglm.inference.simulate import simulate
from rglm.inference.step import step
from rglm.inference.summary import summary
from rglm.inference.tidy import tidy
from rglm.inference.vcov import vcov
from rglm.inference.vif import vif
from rglm.inference.vuong import vuong
from rglm.inference.waldtest import waldtest
from rglm.models.arguments import Arguments
from rglm.models.base import Model
from rglm.models.call import describe
from rglm.models.engine import anchor, solve, warn_unconverged
from rglm.models.prepare import Prepared, as_formula, prepare
from rglm.models.saving import save
from rglm.models.sql.score import to_sql
from rglm.models.update import changed


class GLM(Model):
    """A fitted generalized linear model: R's verbs as methods, each a function of `rglm.inference`."""

    document = document_glm
    summary = summary
    vcov = vcov
    confint = confint
    profile = profile
    bootstrap = bootstrap
    coef_test = coef_test
    linear_hypothesis = linear_hypothesis
    contrasts = contrasts
    vif = vif
    confint = confint
    profile = profile
    bootstrap = bootstrap
    exp_coef = exp_coef
    relativities = relativities
    conventions = conventions
    save = save
    to_sql = to_sql
    anova = anova
    lrtest = lrtest
    waldtest = waldtest
    vuong = vuong
    od_test = od_test
    pseudo_r2 = pseudo_r2
    drop1 = drop1
    add1 = add1
    step = step
    extract_aic = extract_aic
    predict = predict
    residuals = residuals
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
    tidy = tidy
    glance = glance
    emmeans = emmeans
    predictions = predictions
    avg_predictions = avg_predictions
    comparisons = comparisons
    avg_comparisons = avg_comparisons
    slopes = slopes
    marginal_effects = slopes
    avg_slopes = avg_slopes
    datagrid = datagrid
    joint_tests = joint_tests
    augment = augment

    def update(self, formula: Any = None, **changes: Any) -> GLM:
        """Make the call again with another formula, or other arguments.

        Parameters
        ----------
        formula : text in which `.` stands for the old side: ". ~ . - x", "log(.) ~ .", or a whole formula
        changes : any argument of `glm`

        Returns
        -------
        GLM

        Raises
        ------
        FitError
            For an argument that `glm` does not have; and whatever `glm` raises.

        Source: R `update`, `update.formula`.

        Examples
        --------
        >>> from rglm import datasets, glm
        >>> fit = glm("breaks ~ wool * tension", data=datasets.load("warpbreaks"), family="poisson")
        >>> fit.update(". ~ . - wool:tension").formula
        'breaks ~ wool + tension'
        """
        return fit_glm(changed(self, formula, changes, glm))


def glm(
    formula: Any,
    data: Any,
    family: Any = "gaussian",
    *,
    weights: Any = None,
    freq_weights: Any = None,
    offset: Any = None,
    exposure: Any = None,
    subset: Any = None,
    na_action: str = "omit",
    contrasts: Mapping[str, Any] | None = None,
    success: str | None = None,
    start: Any = None,
    method: str = "auto",
    control: Control | None = None,
    env: Mapping[str, Any] | None = None,
    prob_weights: Any = None,
) -> GLM:
    """Fit a generalized linear model by maximum likelihood.

    g(mu) = X b + offset, Var(y) = phi V(mu) / w, with the link g and variance V of the family.

    Parameters
    ----------
    formula : text in R's formula language, such as "clicks ~ age + channel", or a formulaic Formula
    data : pandas, polars or pyarrow frame, or dict of columns; n rows
    family : name, class or instance: "poisson", Poisson, Poisson(link="sqrt")
    weights : prior weights (n,), as R's: trials for a proportion, precision otherwise
    freq_weights : whole numbers (n,), how many times each row is repeated
    offset : (n,) on the scale of the linear predictor
    exposure : (n,) positive; its log is an offset (log link only)
    subset : rows to use: an expression over the data, or a mask (n,)
    na_action : "omit" drops incomplete rows; "exclude" too, but results of length n have them as NaN; "fail"
    contrasts : {"factor": "contr.sum" or a matrix}
    success : the response level whose probability is modelled (default: the second of two)
    start : (p,) first coefficients
    method : "auto" or "qr"
    control : Control(epsilon, maxit, trace)
    env : {"name": function or constant} that the formula may use beside the data and the table of functions
    prob_weights : sampling weights (n,), how many of a population each row stands for (1 / its probability of
        being sampled).  Standard errors are then those of the survey (`vcov`), tests t and F on n - k degrees
        of freedom, and there is no likelihood or AIC

    `weights`, `freq_weights`, `prob_weights`, `offset`, `exposure` and `subset` may be text: the name of a
    column, otherwise an expression over the data such as "log(service)".  `.` in the formula leaves such
    columns out.

    Returns
    -------
    GLM

    Raises
    ------
    FormulaError, DataError, FamilyError
        Before fitting, when the formula, the data or the response cannot be used.
    FitError
        When the starting values or every step leave the family's domain.

    Source: R `glm`; McCullagh & Nelder (1989); for `prob_weights` R's `survey::svyglm`.

    Examples
    --------
    >>> from rglm import datasets, glm
    >>> fit = glm("breaks ~ wool + tension", data=datasets.load("warpbreaks"), family="poisson")
    >>> fit.n_iter, fit.df_residual
    (4, 50)
    """
    arguments = Arguments(
        as_formula(formula), as_source(data), as_family(family), weights, freq_weights, offset, exposure,
        subset, na_action, contrasts, success, start, method, Control() if control is None else control, env,
        prob_weights,
    )  # fmt: skip
    return fit_glm(arguments)


def fit_glm(arguments: Arguments) -> GLM:
    """Fit from kept arguments: what `glm()` and `update()` share."""
    prepared = prepare(arguments)
    family, control, rows = arguments.fitted_family, arguments.control, prepared.rows
    solution = solve(
        family,
        rows,
        control,
        starting(arguments.start, prepared),
        anchor(family, rows, prepared.design.terms.intercept),
        print_step if control.trace else None,
    )
    return with_warnings(
        GLM(arguments, prepared, solution, describe("glm", arguments, prepared, arguments.family))
    )


AnyGLM = TypeVar("AnyGLM", bound=GLM)


def with_warnings(fit: AnyGLM) -> AnyGLM:
    """One warning: that estimates run to infinity (the heading notes it too), or else what the loop found."""
    found = separation(fit)
    if found is None:
        warn_unconverged(fit.solution, fit.arguments.control)
        return fit
    warn(str(found), SeparationWarning)
    note = f"Infinite estimates (separation): {some(found.columns, 20)}"
    return replace(fit, call=replace(fit.call, notes=(*fit.call.notes, note)))


def starting(start: Any, prepared: Prepared) -> Floats | None:
    """`start=` as (p,) floats, checked against the columns of the design."""
    if start is None:
        return None
    names = prepared.design.column_names
    try:
        values = np.asarray(start, dtype=float)
    except (TypeError, ValueError):
        values = np.empty(0)
    if values.shape != (len(names),):
        raise FitError(
            f"start must hold one number for each coefficient, {len(names)} in all ({some(names)}); "
            f"got {described(start)}."
        )
    return np.where(np.isnan(values), 0.0, values)  # NaN marks an aliased coefficient of an earlier fit


def print_step(step: Iteration) -> None:
    """R's trace line."""
    print(f"Deviance = {format_one(step.deviance)} Iterations - {step.number}")
