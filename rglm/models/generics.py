"""Verbs as functions: `anova(fit, …)` is `fit.anova(…)`, whichever model `fit` is."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from rglm.errors import FitError, described
from rglm.inference import add1 as _add1
from rglm.inference import alias as _alias
from rglm.inference import anova as _anova
from rglm.inference import augment as _augment
from rglm.inference import bootstrap as _bootstrap
from rglm.inference import coef_test as _coef_test
from rglm.inference import confint as _confint
from rglm.inference import contrasts as _contrasts
from rglm.inference import conventions as _conventions
from rglm.inference import drop1 as _drop1
from rglm.inference import emmeans as _emmeans
from rglm.inference import exp_coef as _exp_coef
from rglm.inference import extract_aic as _extract_aic
from rglm.inference import glance as _glance
from rglm.inference import influence as _influence
from rglm.inference import joint_tests as _joint_tests
from rglm.inference import leverage as _leverage
from rglm.inference import linear_hypothesis as _linear_hypothesis
from rglm.inference import lrtest as _lrtest
from rglm.inference import margin_comparisons as _margin_comparisons
from rglm.inference import margin_predictions as _margin_predictions
from rglm.inference import margin_rows as _margin_rows
from rglm.inference import margin_slopes as _margin_slopes
from rglm.inference import od_test as _od_test
from rglm.inference import predict as _predict
from rglm.inference import profile as _profile
from rglm.inference import pseudo_r2 as _pseudo_r2
from rglm.inference import relativities as _relativities
from rglm.inference import residuals as _residuals
from rglm.inference import simulate as _simulate
from rglm.inference import step as _step
from rglm.inference import summary as _summary
from rglm.inference import tidy as _tidy
from rglm.inference import tukey_hsd as _tukey_hsd
from rglm.inference import vcov as _vcov
from rglm.inference import vif as _vif
from rglm.inference import vuong as _vuong
from rglm.inference import waldtest as _waldtest
from rglm.models.glm import GLM
from rglm.models.values import Values


def _generic(function: Callable[..., Any]) -> Callable[..., Any]:
    """The public form of a verb: it asks the model, which may list another function under the same name."""
    name = function.__name__

    @wraps(function)
    def verb(fit: Any, *arguments: Any, **keywords: Any) -> Any:
        if not isinstance(fit, Values):
            several = isinstance(fit, list | tuple) and any(isinstance(each, Values) for each in fit)
            hint = f" Give the models one by one: {name}(*models)." if several else ""
            raise FitError(
                f"{name}() takes a fitted model first, as glm() and lm() return; got {described(fit)}.{hint}"
            )
        if not hasattr(fit, name):
            raise FitError(f"{name}() does not apply to a model of {fit.call.function}().")
        return getattr(fit, name)(*arguments, **keywords)

    return verb


summary = _generic(_summary.summary)
vcov = _generic(_vcov.vcov)
confint = _generic(_confint.confint)
profile = _generic(_profile.profile)
bootstrap = _generic(_bootstrap.bootstrap)
coef_test = _generic(_coef_test.coef_test)
linear_hypothesis = _generic(_linear_hypothesis.linear_hypothesis)
contrasts = _generic(_contrasts.contrasts)
vif = _generic(_vif.vif)
confint = _generic(_confint.confint)
profile = _generic(_profile.profile)
bootstrap = _generic(_bootstrap.bootstrap)
anova = _generic(_anova.anova)
lrtest = _generic(_lrtest.lrtest)
waldtest = _generic(_waldtest.waldtest)
vuong = _generic(_vuong.vuong)
od_test = _generic(_od_test.od_test)
pseudo_r2 = _generic(_pseudo_r2.pseudo_r2)
drop1 = _generic(_drop1.drop1)
add1 = _generic(_add1.add1)
step = _generic(_step.step)
tukey_hsd = _generic(_tukey_hsd.tukey_hsd)
extract_aic = _generic(_extract_aic.extract_aic)
predict = _generic(_predict.predict)
residuals = _generic(_residuals.residuals)
hatvalues = _generic(_leverage.hatvalues)
rstandard = _generic(_leverage.rstandard)
simulate = _generic(_simulate.simulate)
cooks_distance = _generic(_leverage.cooks_distance)
rstudent = _generic(_influence.rstudent)
dffits = _generic(_influence.dffits)
covratio = _generic(_influence.covratio)
dfbeta = _generic(_influence.dfbeta)
dfbetas = _generic(_influence.dfbetas)
alias = _generic(_alias.alias)
tidy = _generic(_tidy.tidy)
glance = _generic(_glance.glance)
augment = _generic(_augment.augment)
exp_coef = _generic(_exp_coef.exp_coef)
relativities = _generic(_relativities.relativities)
emmeans = _generic(_emmeans.emmeans)
predictions = _generic(_margin_predictions.predictions)
avg_predictions = _generic(_margin_predictions.avg_predictions)
comparisons = _generic(_margin_comparisons.comparisons)
avg_comparisons = _generic(_margin_comparisons.avg_comparisons)
slopes = _generic(_margin_slopes.slopes)
marginal_effects = slopes
avg_slopes = _generic(_margin_slopes.avg_slopes)
datagrid = _generic(_margin_rows.datagrid)
conventions = _generic(_conventions.conventions)
joint_tests = _generic(_joint_tests.joint_tests)
update = _generic(GLM.update)
