"""prob_weights=: R's survey::svyglm with weights of one stage, and laws."""

from __future__ import annotations

import json
import pickle
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from rglm import Control, DataError, FitError, Gamma, Poisson, datasets, glm, lm

ANSWERS = json.loads((Path(__file__).parents[1] / "against_r" / "covariances.json").read_text("utf-8"))
SURVEYS = ANSWERS["surveys"]


@cache
def data(name):
    frame = datasets.load(name)
    return frame.assign(pw=1 + np.arange(1, len(frame) + 1) % 4)


MODELS = {
    "quine": lambda: glm("Days ~ Sex + Age", data("quine"), "poisson", prob_weights="pw"),
    "birthwt": lambda: glm("low ~ age + lwt + factor(race)", data("birthwt"), "binomial", prob_weights="pw"),
    "mtcars": lambda: glm("mpg ~ wt + hp", data("mtcars"), prob_weights="pw"),
    "gamma": lambda: glm("lwt ~ age + smoke", data("birthwt"), Gamma("log"), prob_weights="pw"),
}


@cache
def model(name):
    return MODELS[name]()


@pytest.fixture(params=list(SURVEYS))
def case(request):
    return model(request.param), SURVEYS[request.param]


def test_estimates_and_tests_equal_r(case):
    fit, answer = case
    table = fit.summary().coefficients
    assert list(table.columns) == ["Estimate", "Std. Error", "t value", "Pr(>|t|)"]
    np.testing.assert_allclose(table, answer["coefficients"], rtol=1e-6)
    np.testing.assert_allclose(fit.vcov(), answer["vcov"]["values"], rtol=1e-6, atol=1e-12)


def test_dispersion_and_deviances_equal_r(case):
    fit, answer = case
    assert fit.dispersion == pytest.approx(answer["dispersion"], rel=1e-6)
    assert fit.deviance == pytest.approx(answer["deviance"], rel=1e-7)
    assert fit.null_deviance == pytest.approx(answer["null"], rel=1e-7)
    assert fit.df_residual == answer["df"]
    assert fit.n_iter == answer["iterations"]


def test_intervals_predictions_and_term_tests_equal_r(case):
    fit, answer = case
    np.testing.assert_allclose(fit.confint(), answer["confint"], rtol=1e-6)
    predicted = fit.predict(se_fit=True).iloc[:3]
    np.testing.assert_allclose(predicted["fit"], answer["predicted"], rtol=1e-7)
    np.testing.assert_allclose(predicted["se_fit"], answer["se"], rtol=1e-6)
    first = [name for name, term in zip(fit.coef.index, fit.design.assign, strict=True) if term == 1]
    found = fit.linear_hypothesis(first, test="F")
    np.testing.assert_allclose([found.statistic, found.p_value], answer["term"], rtol=1e-6)


def test_lm_has_the_same_estimates_and_errors():
    table = lm("mpg ~ wt + hp", data("mtcars"), prob_weights="pw").summary()
    np.testing.assert_allclose(table.coefficients, SURVEYS["mtcars"]["coefficients"], rtol=1e-6)
    whole = model("mtcars").linear_hypothesis(["wt", "hp"], test="F")
    assert table.fstatistic.value == pytest.approx(whole.statistic)


def test_there_is_no_likelihood():
    fit = model("quine")
    assert np.isnan([fit.loglik, fit.aic, fit.bic]).all()
    assert "sampling weights" in fit.family.no_likelihood_reason
    assert np.isnan(lm("mpg ~ wt", data("mtcars"), prob_weights="pw").aic)


def test_the_family_is_a_value():
    family = model("quine").family
    assert pickle.loads(pickle.dumps(family)) == family
    assert family == glm("Days ~ 1", data("quine"), "poisson", prob_weights="pw").family
    assert family != Poisson()
    assert (family.name, family.link.name, family.dispersion_known) == ("poisson", "log", False)


def test_summaries_say_so():
    text = str(model("quine").summary())
    assert 'prob_weights="pw")' in text
    assert "\nSampling weights: pw\n" in text
    assert "\nCovariance: linearised, for sampling weights, n / (n - 1) = 1.006897\n" in text
    assert "\nAIC: NA\n" in text
    assert "(Dispersion parameter for poisson family taken to be" in text


# ---- laws -------------------------------------------------------------------------------------------

TIGHT = Control(epsilon=1e-14, maxit=100)


@pytest.mark.parametrize("family", ["poisson", "gaussian"])
def test_only_the_ratios_of_weights_count(family):
    frame = data("quine").assign(more=lambda d: 1000.0 * d["pw"])
    one = glm("Days ~ Sex + Age", frame, family, prob_weights="pw")
    other = glm("Days ~ Sex + Age", frame, family, prob_weights="more")
    pd.testing.assert_frame_equal(one.summary().coefficients, other.summary().coefficients, rtol=1e-9)
    assert one.dispersion == pytest.approx(other.dispersion)


@pytest.mark.parametrize("family", ["poisson", "gaussian"])
def test_equal_weights_are_hc0_with_n_over_n_minus_1(family):
    plain = glm("Days ~ Sex + Age", data("quine"), family)
    sampled = glm("Days ~ Sex + Age", data("quine"), family, prob_weights=np.full(146, 7.0))
    np.testing.assert_allclose(sampled.coef, plain.coef, rtol=1e-9)
    np.testing.assert_allclose(sampled.vcov(), plain.vcov("HC0") * 146 / 145, rtol=1e-8)


def test_frequency_weights_repeat_sampled_rows():
    frame = data("quine").assign(k=np.arange(146) % 3)
    counted = glm("Days ~ Sex + Age", frame, "poisson", prob_weights="pw", freq_weights="k", control=TIGHT)
    rows = frame.loc[np.repeat(frame.index, frame["k"])].reset_index(drop=True)
    written = glm("Days ~ Sex + Age", rows, "poisson", prob_weights="pw", control=TIGHT)
    np.testing.assert_allclose(counted.vcov(), written.vcov(), rtol=1e-8)
    for name in ("dispersion", "deviance", "df_residual"):
        assert getattr(counted, name) == pytest.approx(getattr(written, name), rel=1e-9)


def test_a_weight_of_zero_leaves_a_row_out():
    frame = data("quine").assign(z=lambda d: d["pw"] - 1.0)
    whole = glm("Days ~ Sex + Age", frame, "poisson", prob_weights="z", control=TIGHT)
    part = glm("Days ~ Sex + Age", frame[frame["z"] > 0], "poisson", prob_weights="z", control=TIGHT)
    np.testing.assert_allclose(whole.vcov(), part.vcov(), rtol=1e-9)
    assert whole.dispersion == pytest.approx(part.dispersion)
    assert whole.df_residual == part.df_residual


def test_clusters_are_sampling_units():
    fit = glm("Days ~ Sex", data("quine"), "poisson", prob_weights="pw")
    rows = fit.vcov(cluster=np.arange(146))
    np.testing.assert_allclose(rows, fit.vcov(), rtol=1e-9)


# ---- refusals and updates ---------------------------------------------------------------------------


@pytest.mark.parametrize("verb", ["anova", "drop1", "profile"])
def test_likelihood_comparisons_are_refused(verb):
    with pytest.raises(FitError, match="with prob_weights these estimate the population's"):
        getattr(model("quine"), verb)()
    with pytest.raises(FitError, match="with prob_weights these estimate the population's"):
        getattr(lm("mpg ~ wt", data("mtcars"), prob_weights="pw"), verb)()


def test_tables_of_type_2_are_walds():
    fit = model("birthwt")
    found = fit.anova(type=2)
    assert "Chisq" in found.table
    names = ["factor(race)2", "factor(race)3"]
    assert found.table.loc["factor(race)", "Chisq"] == pytest.approx(fit.linear_hypothesis(names).statistic)
    with pytest.raises(FitError, match="prob_weights"):
        fit.anova(type=2, test="LR")


def test_bad_weights_are_refused():
    with pytest.raises(DataError, match="prob_weights must not be negative, and is in 1 of 146 rows"):
        glm("Days ~ Sex", data("quine"), "poisson", prob_weights=np.r_[-1.0, np.ones(145)])
    with pytest.raises(DataError, match="No row has a positive weight"):
        glm("Days ~ Sex", data("quine"), "poisson", prob_weights=np.zeros(146))
    with pytest.raises(DataError, match="prob_weights has 3 values"):
        glm("Days ~ Sex", data("quine"), "poisson", prob_weights=[1, 2, 3])


def test_missing_weights_cost_rows_and_the_dot_leaves_them_out():
    frame = data("mtcars").assign(pw=lambda d: d["pw"].where(d.index != d.index[0]))
    fit = lm("mpg ~ .", frame[["mpg", "wt", "pw"]], prob_weights="pw")
    assert list(fit.coef.index) == ["(Intercept)", "wt"]
    assert fit.nobs == 31


def test_update_keeps_and_drops_them():
    fit = model("quine")
    assert "SexM" not in fit.update(". ~ . - Sex").coef
    assert fit.update(". ~ . - Sex").family.dispersion_known is False
    plain = fit.update(prob_weights=None)
    assert "z value" in plain.summary().coefficients
    assert np.isfinite(plain.aic)
