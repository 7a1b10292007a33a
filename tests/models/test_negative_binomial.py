"""glm_nb(): MASS's numbers and texts, the Poisson limit, theta by three methods, refits and refusals."""

from __future__ import annotations

import json
import pickle
import warnings
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from rglm import (
    Control,
    ConvergenceWarning,
    FamilyError,
    FitError,
    NegativeBinomial,
    NegBin,
    RglmWarning,
    datasets,
    glm,
    glm_nb,
    theta_md,
    theta_ml,
    theta_mm,
)
from rglm.inference.theta import Likelihood, _curved

ANSWERS = json.loads(
    (Path(__file__).parents[1] / "against_r" / "negative_binomial.json").read_text(encoding="utf-8")
)
R = ANSWERS["models"]

MODELS = {
    "quine": lambda: glm_nb("Days ~ Sex/(Age + Eth*Lrn)", quine()),
    "quine_main": lambda: glm_nb("Days ~ Sex + Age + Eth", quine()),
    "quine_small": lambda: glm_nb("Days ~ Age + Eth", quine()),
    "quine_sqrt": lambda: glm_nb("Days ~ Age + Eth", quine(), link="sqrt"),
    "quine_identity": lambda: glm_nb("Days ~ Eth + Sex", quine(), link="identity"),
    "quine_weighted": lambda: glm_nb("Days ~ Sex + Age", quine(), weights="1 + (Lrn == 'SL')"),
    "quine_one": lambda: glm_nb("Days ~ 1", quine()),
    "epil": lambda: glm_nb("y ~ lbase * trt + lage + V4", datasets.load("epil")),
    "epil_subset": lambda: glm_nb(
        "y ~ lbase + trt", datasets.load("epil"), subset="period < 4", init_theta=5
    ),
    "insurance": lambda: glm_nb("Claims ~ District", insurance(), exposure="Holders"),
    "warpbreaks": lambda: glm_nb("breaks ~ wool * tension", datasets.load("warpbreaks")),
    "warpbreaks_none": lambda: glm_nb("breaks ~ 0 + wool", datasets.load("warpbreaks")),
}


def quine():
    return datasets.load("quine")


def insurance():
    return datasets.load("insurance")


@cache
def model(name):
    return MODELS[name]()


def close(found, expected, tolerance=1e-6):
    wanted = np.array([np.nan if isinstance(v, str) else v for v in expected], dtype=float)
    np.testing.assert_allclose(np.ravel(found), wanted, rtol=tolerance, atol=1e-9)


def body(text):
    lines = text.split("\n")
    return lines[lines.index("", 2) + 1 :]


@pytest.mark.parametrize("name", MODELS)
def test_estimates_equal_r(name):
    fit, expected = model(name), R[name]
    table = fit.summary().coefficients
    close(fit.theta, expected["theta"])
    close(fit.se_theta, expected["se_theta"])
    close(fit.twologlik, expected["twologlik"])
    close(fit.coef, expected["coef"])
    close(table["Std. Error"], expected["se"])
    close(table["z value"], expected["z"])
    close(table["Pr(>|z|)"], expected["p"], 1e-5)
    close(fit.deviance, expected["deviance"])
    close([fit.null_deviance, fit.df_null], expected["null"])
    close(fit.df_residual, expected["df_residual"])
    close([fit.aic], expected["aic"])
    close([fit.bic], expected["bic"])
    close([fit.loglik.df], expected["df"])
    close(fit.fitted[:6], expected["fitted"])
    assert fit.dispersion == 1.0


@pytest.mark.parametrize("name", MODELS)
def test_moment_estimators_equal_r(name):
    fit, expected = model(name), R[name]
    close(theta_mm(fit), expected["theta_mm"])
    close(theta_md(fit), expected["theta_md"])
    close(theta_ml(fit), expected["theta"])


@pytest.mark.parametrize("name", MODELS)
def test_texts_equal_r(name):
    fit, expected = model(name), R[name]
    assert body(str(fit)) == expected["text"]
    assert body(str(fit.summary())) == expected["summary"]
    with pytest.warns(RglmWarning, match="without re-estimating 'theta'"):
        assert str(fit.anova()).split("\n") == expected["anova"]


@pytest.mark.parametrize(
    ("name", "fits"),
    [
        ("features", lambda: [glm_nb("Days ~ Sex + Eth", quine()), model("quine_main")]),
        ("quine", lambda: [model("quine_small"), model("quine"), model("quine_main")]),
        (
            "epil",
            lambda: [
                model("epil"),
                glm_nb("y ~ lbase", datasets.load("epil")),
                glm_nb("y ~ lbase + trt + lage", datasets.load("epil")),
            ],
        ),
        (
            "insurance",
            lambda: [
                glm_nb("Claims ~ District + offset(log(Holders))", insurance()),
                glm_nb("Claims ~ 1 + offset(log(Holders))", insurance()),
            ],
        ),
    ],
)
def test_likelihood_ratio_tests_equal_r(name, fits):
    first, *others = fits()
    found, expected = first.anova(*others), ANSWERS["series"][name]
    close(found.table["theta"], expected["theta"])
    close(found.table["2 x log-lik."], expected["twologlik"])
    close(found.table["Resid. df"], expected["df_residual"])
    close(found.table["df"], expected["df"])
    close(found.table["LR stat."], expected["lr"], 1e-5)
    close(found.table["Pr(Chi)"], expected["p"], 1e-5)
    assert [line.rstrip() for line in str(found).split("\n")] == [line.rstrip() for line in expected["text"]]


def test_numbers_of_the_feature_table():
    fit = model("quine_main")
    found = fit.anova(glm_nb("Days ~ Sex + Eth", quine())).table.iloc[1]
    assert (round(fit.theta, 4), round(fit.se_theta, 3), round(fit.twologlik, 3)) == (
        1.2507,
        0.157,
        -1095.653,
    )
    assert (round(fit.aic, 1), fit.loglik.df) == (1109.7, 7)
    assert (round(found["LR stat."], 6), round(found["Pr(Chi)"], 5)) == (9.201952, 0.02672)


# ---- laws ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", MODELS)
def test_theta_and_coefficients_are_stationary(name):
    fit = model(name)
    rows = fit.rows
    score = rows.block.transpose_times(
        rows.working_weights * (rows.y - rows.mu) / np.where(rows.mean.dmu == 0, 1, rows.mean.dmu)
    )
    assert np.abs(score).max() < 1e-3
    assert theta_ml(fit) == pytest.approx(fit.theta, rel=1e-7)


def test_start_does_not_matter():
    tight = Control(epsilon=1e-13, maxit=100)
    fits = [
        glm_nb("Days ~ Sex + Age", quine(), control=tight, **more)
        for more in ({}, {"init_theta": 0.01}, {"init_theta": 1e6}, {"start": [1, 0, 0, 0, 0]})
    ]
    for fit in fits[1:]:
        assert fit.theta == pytest.approx(fits[0].theta, rel=1e-9)
        np.testing.assert_allclose(fit.coef, fits[0].coef, rtol=1e-9, atol=1e-9)


def test_frequency_weights_are_repeated_rows():
    data = quine()
    counts = np.arange(len(data)) % 3
    weighted = glm_nb("Days ~ Sex + Eth", data, freq_weights=counts)
    written = glm_nb("Days ~ Sex + Eth", data.loc[data.index.repeat(counts)])
    for value in ("theta", "se_theta", "twologlik", "deviance", "aic", "bic"):
        assert getattr(weighted, value) == pytest.approx(getattr(written, value), rel=1e-8)


def test_refit_keeps_theta():
    fit = model("quine_main")
    again = fit.refit()
    assert again.deviance == pytest.approx(fit.deviance, rel=1e-9)
    assert again.likelihood == pytest.approx(float(fit.loglik), rel=1e-9)
    fixed = glm("Days ~ Age + Eth", quine(), NegativeBinomial(fit.theta))
    assert fit.refit(terms=[1, 2]).deviance == pytest.approx(fixed.deviance, rel=1e-7)


def test_update_estimates_theta_again():
    fit = model("quine_main").update(". ~ . - Sex")
    assert isinstance(fit, NegBin)
    assert fit.theta == pytest.approx(model("quine_small").theta, rel=1e-6)
    assert fit.update(link="sqrt").theta == pytest.approx(model("quine_sqrt").theta, rel=1e-6)
    assert fit.update(init_theta=3.0).theta == pytest.approx(fit.theta, rel=1e-6)
    assert "init_theta=3.0" in fit.update(init_theta=3.0).call.text
    with pytest.raises(FitError, match=r"glm_nb\(\) has no argument 'family'"):
        fit.update(family="poisson")


def test_a_fit_pickles():
    again = pickle.loads(pickle.dumps(model("quine_main")))
    assert (again.theta, again.se_theta) == (model("quine_main").theta, model("quine_main").se_theta)


# ---- the Poisson limit ---------------------------------------------------------------------------


@pytest.fixture
def even():
    rng = np.random.default_rng(1)
    return pd.DataFrame({"y": rng.binomial(6, 0.5, 60), "x": rng.normal(size=60)})


def test_counts_without_overdispersion_are_poisson(even):
    with pytest.warns(RglmWarning, match="Poisson limit: the counts are no more variable"):
        fit = glm_nb("y ~ x", even)
    plain = glm("y ~ x", even, "poisson")
    assert fit.theta == np.inf
    assert np.isnan(fit.se_theta)
    assert fit.theta_note == "Poisson limit"
    assert fit.converged
    np.testing.assert_allclose(fit.coef, plain.coef, rtol=1e-7)
    np.testing.assert_allclose(fit.vcov(), plain.vcov(), rtol=1e-3)
    assert float(fit.loglik) == pytest.approx(float(plain.loglik), rel=1e-9)
    assert fit.aic == pytest.approx(plain.aic + 2)
    assert fit.refit().deviance == pytest.approx(plain.deviance)
    text = str(fit.summary())
    assert "Theta:  Inf" in text
    assert "Warning while fitting theta: Poisson limit" in text
    assert "Poisson limit" in str(fit)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert fit.anova().table["Pr(>Chi)"].iloc[1] == pytest.approx(
            plain.anova().table["Pr(>Chi)"].iloc[1], rel=1e-5
        )


def test_estimators_at_the_poisson_limit(even):
    plain = glm("y ~ x", even, "poisson")
    assert theta_ml(plain) == theta_mm(plain) == theta_md(plain) == np.inf


def test_the_likelihood_falls_on_both_sides_of_theta():
    for name in MODELS:
        fit = model(name)
        rows = fit.rows
        at = Likelihood(rows.y, rows.mu, rows.weights)
        assert at.score(0.9 / fit.theta)[0] > 0 > at.score(1.1 / fit.theta)[0]


# ---- numerics ------------------------------------------------------------------------------------


@pytest.mark.parametrize("alpha", [1e-6, 1e-3, 0.3, 20.0])
def test_score_of_theta_is_the_likelihoods_derivative(alpha):
    rng = np.random.default_rng(3)
    y, mu, w = rng.poisson(rng.gamma(2, 3, 80)).astype(float), rng.uniform(1, 9, 80), rng.uniform(0.5, 2, 80)

    def value(a):
        family = NegativeBinomial(1 / a)
        mean = family.link.evaluate(np.log(mu))
        return family.loglik(family.likelihood_sums(y, mean, w), float(w @ family.unit_deviance(y, mean)))

    likelihood = Likelihood(y, mu, w)
    step = alpha * 1e-4
    slope, bend = likelihood.score(alpha)
    numeric = (value(alpha + step) - value(alpha - step)) / (2 * step)
    assert slope == pytest.approx(numeric, rel=1e-5, abs=1e-9 * abs(value(alpha)) / step)
    steeper = (likelihood.score(alpha + step)[0] - likelihood.score(alpha - step)[0]) / (2 * step)
    assert bend == pytest.approx(steeper, rel=1e-6)


@pytest.mark.parametrize("alpha", [0.0, 1e-2, 0.5, 30.0])
def test_sums_and_digamma_functions_agree(alpha):
    rng = np.random.default_rng(3)
    y, mu = rng.poisson(rng.gamma(2, 3, 80)).astype(float), rng.uniform(1, 9, 80)
    sums, functions = Likelihood(y, mu, np.ones(80)), Likelihood(y, mu, np.ones(80))
    functions.__dict__["above"] = None
    np.testing.assert_allclose(sums.score(alpha), functions.score(alpha), rtol=1e-9)


def test_series_meets_the_closed_form():
    x = np.array([0.03 * (1 - 1e-9), 0.03])
    for part in _curved(x):
        assert part[0] == pytest.approx(part[1], rel=1e-8)


def test_fractions_and_large_counts_are_estimated():
    rng = np.random.default_rng(4)
    large = rng.poisson(rng.gamma(3, 1e6, 400)).astype(float)
    assert theta_ml(large, np.full(400, large.mean())) == pytest.approx(3, rel=0.2)
    y = rng.poisson(rng.gamma(3, 2, 400)).astype(float)
    mu = np.full(400, y.mean())
    assert theta_ml(y + 1e-9, mu) == pytest.approx(theta_ml(y, mu), rel=1e-6)


# ---- refusals ------------------------------------------------------------------------------------


@pytest.mark.parametrize("theta", [0, -1, np.inf, "a"])
def test_a_first_theta_must_be_positive(theta):
    with pytest.raises(FamilyError, match="theta must be a positive finite number"):
        glm_nb("Days ~ Sex", quine(), init_theta=theta)


def test_negative_counts_are_refused():
    with pytest.raises(FamilyError, match="negative values not allowed"):
        glm_nb("y ~ 1", {"y": [1.0, -2.0, 3.0]})


def test_exposure_needs_a_log_link():
    with pytest.raises(FamilyError, match="log link"):
        glm_nb("Claims ~ 1", insurance(), exposure="Holders", link="sqrt")


def test_few_alternations_warn():
    with pytest.warns(ConvergenceWarning, match="theta is still moving after 1 alternations"):
        fit = glm_nb("Days ~ Sex + Age", quine(), control=Control(maxit=1), init_theta=100)
    assert fit.theta_note == "alternation limit reached"
    assert "Warning while fitting theta: alternation limit reached" in str(fit.summary())


def test_only_models_with_theta_are_compared():
    fit = model("quine_main")
    with pytest.raises(FitError, match="model 2 has no estimated theta"):
        fit.anova(glm("Days ~ Sex", quine(), "poisson"))
    with pytest.raises(FitError, match="test 'F' is not known"):
        fit.anova(model("quine_small"), test="F")
    with pytest.raises(FitError, match="same rows"):
        fit.anova(glm_nb("Days ~ Sex", quine(), subset="Age != 'F3'"))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([1, 2, 3],), "Give counts y and means mu"),
        (([1, 2, 3], [1, 2]), "of one length; got 3, 2 and 3"),
        (([1, -2, 3], [1, 2, 3]), "y must hold counts, 0 or more; row 1 has -2"),
        (([1, 2, 3], [1, 2, 0]), "mu must hold positive means; row 2 has 0"),
        (([1, 2, 3], [1, 2, 3], [0, 0, 0]), "No row has a positive weight"),
    ],
)
def test_theta_ml_refuses(arguments, message):
    with pytest.raises(FitError, match=message):
        theta_ml(*arguments)


def test_moments_need_degrees_of_freedom():
    with pytest.raises(FitError, match="df_residual must be positive"):
        theta_mm([1, 2, 9], [2, 2, 2])
    with pytest.raises(FitError, match="df_residual must be positive"):
        theta_md([1, 2, 9], [2, 2, 2], 0)


def test_trace_prints(capsys):
    glm_nb("Days ~ Sex", quine(), control=Control(trace=True))
    assert capsys.readouterr().out.startswith("Theta(1) = 1.0")
