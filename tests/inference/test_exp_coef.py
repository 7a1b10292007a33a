"""Exponentiated coefficients: R's numbers, the right label, and never in silence."""

import json
from pathlib import Path

import numpy as np
import pytest

from rglm import Binomial, FitError, Gamma, Poisson, datasets, exp_coef, glm, glm_nb, lm

ANSWERS = json.loads(
    (Path(__file__).parents[1] / "against_r" / "published_tables.json").read_text(encoding="utf-8")
)["ratios"]

FITS = {
    "odds": lambda: glm("cbind(numdead, numalive) ~ sex + ldose", datasets.load("budworm"), "binomial"),
    "odds01": lambda: glm("low ~ smoke + age", datasets.load("birthwt"), "binomial"),
    "rates": lambda: glm("breaks ~ wool + tension", datasets.load("warpbreaks"), "poisson"),
    "nb": lambda: glm_nb("Days ~ Sex + Age", datasets.load("quine")),
    "gamma": lambda: glm("mpg ~ wt + hp", datasets.load("mtcars"), Gamma(link="log")),
    "hazard": lambda: glm("cbind(numdead, numalive) ~ ldose", datasets.load("budworm"), Binomial("cloglog")),
}
LABELS = {"odds": "OR", "odds01": "OR", "rates": "IRR", "nb": "IRR", "gamma": "ratio", "hazard": "HR"}


@pytest.mark.parametrize("name", FITS)
@pytest.mark.parametrize("method", ["profile", "wald"])
def test_as_r(name, method):
    found = FITS[name]().exp_coef(method=method)
    assert found.label == LABELS[name]
    assert list(found.table.columns) == [LABELS[name], "2.5 %", "97.5 %"]
    assert list(found.table.index) == ANSWERS[name]["names"]
    # R interpolates profiles, and stops glm.nb at theta to about 1e-6
    tolerance = 1e-4 if method == "profile" else 1e-5 if name == "nb" else 1e-6
    np.testing.assert_allclose(found.table.to_numpy(), np.array(ANSWERS[name][method]), rtol=tolerance)


def test_profiles_are_the_default_and_a_covariance_makes_wald_intervals():
    fit = FITS["odds"]()
    assert fit.exp_coef().table.equals(fit.exp_coef(method="profile").table)
    robust = fit.exp_coef(vcov="HC0")
    np.testing.assert_allclose(
        np.log(robust.table.iloc[:, 1:]), fit.confint(method="wald", vcov="HC0"), rtol=1e-12
    )
    assert "Covariance: HC0" in str(robust)


def test_the_title_says_what_is_shown():
    shown = str(FITS["odds"]().exp_coef("ldose", level=0.9))
    assert shown.startswith("Odds ratios, profile likelihood intervals of level 0.9\n")
    assert "(Intercept)" not in shown
    assert "(Intercept) is the mean where all terms are 0." in str(FITS["rates"]().exp_coef())
    assert "RR" in str(glm("low ~ smoke", datasets.load("birthwt"), Binomial("log")).exp_coef(method="wald"))


@pytest.mark.parametrize(
    ("family", "link"),
    [("binomial", "probit"), ("Gamma", "inverse"), ("poisson", "sqrt"), ("gaussian", "identity")],
)
def test_no_ratio_no_exponential(family, link):
    data = datasets.load("mtcars")
    fit = glm("am ~ wt" if family == "binomial" else "carb ~ wt", data, f"{family}({link})")
    with pytest.raises(
        FitError, match=f"Under the {link} link .* no odds, risk or rate ratio.*any_link=True"
    ):
        fit.exp_coef()
    asked = fit.exp_coef(method="wald", any_link=True)
    assert asked.label == "exp(b)"
    np.testing.assert_allclose(asked.table["exp(b)"], np.exp(fit.coef))


def test_logarithms_of_the_response_are_exponentiated_on_request():
    fit = lm("log(dist) ~ speed", datasets.load("cars"))
    found = fit.exp_coef(any_link=True)
    np.testing.assert_allclose(np.log(found.table.iloc[:, 1:]), fit.confint(), rtol=1e-12)
    assert "exact t intervals" in str(found)
    with pytest.raises(FitError, match="any_link"):
        fit.exp_coef()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"method": "boots"}, "method 'boots' is not known"),
        ({"level": 95}, "level=0.95"),
        ({"parm": "dose"}, "'dose' is not a coefficient.*'ldose'"),
        ({"method": "profile", "vcov": "HC0"}, 'method="wald"'),
        ({"vcov": "HC9"}, "HC9"),
    ],
)
def test_misuse(arguments, message):
    with pytest.raises(FitError, match=message):
        FITS["odds"]().exp_coef(**arguments)


def test_aliased_coefficients_stay_missing():
    data = datasets.load("mtcars").assign(twice=lambda d: 2 * d["wt"])
    found = exp_coef(glm("carb ~ wt + twice", data, Poisson()), method="wald")
    assert found.table.loc["twice"].isna().all()
