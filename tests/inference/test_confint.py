"""Profiles and intervals equal R's; ends that are not there are infinite; bad arguments are refused."""

from __future__ import annotations

import json
import warnings
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import brentq

import rglm
from rglm import (
    Control,
    FitError,
    NegativeBinomial,
    RglmWarning,
    SeparationWarning,
    datasets,
    glm,
    glm_nb,
    lm,
)
from rglm.display import show

ANSWERS = json.loads((Path(__file__).parents[1] / "against_r" / "intervals.json").read_text(encoding="utf-8"))
Z = 1.959963984540054


def data(name):
    frame = datasets.load(name)
    if name == "warpbreaks":
        frame = frame.assign(twice=2.0 * (frame["wool"] == "B"))
    return frame


MODELS = {
    "budworm": lambda: glm("cbind(numdead, numalive) ~ sex + ldose", data("budworm"), "binomial"),
    "one": lambda: glm("cbind(numdead, numalive) ~ 1", data("budworm"), "binomial"),
    "probit": lambda: glm("cbind(numdead, numalive) ~ sex * ldose", data("budworm"), rglm.Binomial("probit")),
    "birthwt": lambda: glm("low ~ age + lwt + factor(race) + smoke", data("birthwt"), "binomial"),
    "quine": lambda: glm("Days ~ Sex + Age", data("quine"), "quasipoisson"),
    "quine_all": lambda: glm("Days ~ Sex + Age + Eth + Lrn", data("quine"), "quasipoisson"),
    "theta": lambda: glm_nb("Days ~ Sex + Age + Eth", data("quine")),
    "negative": lambda: glm("Days ~ Sex + Eth", data("quine"), NegativeBinomial(1.2)),
    "gaussian": lambda: glm("mpg ~ wt", data("mtcars")),
    "clotting": lambda: glm("lot1 ~ log(u)", data("clotting"), "gamma"),
    "inverse": lambda: glm("lot1 ~ log(u)", data("clotting"), "inverse.gaussian"),
    "warpbreaks": lambda: glm("breaks ~ wool * tension", data("warpbreaks"), "poisson"),
    "aliased": lambda: glm("breaks ~ wool + twice + tension", data("warpbreaks"), "poisson"),
    "rate": lambda: glm(
        "Claims ~ District + Group + Age + offset(log(Holders))", data("insurance"), "poisson"
    ),
    "prior": lambda: glm("mpg ~ hp", data("mtcars"), rglm.Gamma("log"), weights="wt"),
    "plain": lambda: glm("breaks ~ 0 + wool", data("warpbreaks"), "poisson"),
}
LINEAR = {
    "mtcars": lambda: lm("mpg ~ wt + factor(cyl)", data("mtcars")),
    "weighted": lambda: lm("mpg ~ hp", data("mtcars"), weights="wt"),
    "cars": lambda: lm("dist ~ speed", data("cars")),
}


@cache
def model(name):
    return MODELS[name]()


def frame_of(grid):
    values = [[np.nan if v in ("NA", "NaN") else v for v in row] for row in grid["values"]]
    return pd.DataFrame(values, index=grid["rows"], columns=grid["columns"], dtype=float)


def close(found, grid, tolerance=1e-6):
    expected = frame_of(grid)
    assert found.index.tolist() == expected.index.tolist()
    np.testing.assert_allclose(found, expected, rtol=tolerance)


# ---- equal to R -----------------------------------------------------------------------------------


@pytest.mark.parametrize("level", [0.95, 0.9, 0.99])
@pytest.mark.parametrize("name", MODELS)
def test_profile_intervals(name, level):
    found, expected = model(name).confint(level=level), ANSWERS["fits"][name]["confint"][str(level)]
    close(found, expected)
    assert found.columns.tolist() == expected["columns"]


@pytest.mark.parametrize("name", MODELS)
def test_profiles(name):
    found, expected = model(name).profile(), ANSWERS["fits"][name]["profile"]
    assert list(found.curves) == list(expected)
    for coefficient, curve in expected.items():
        table = found[coefficient]
        assert table.columns[0] == found.label == curve["label"]
        ours = found.curves[coefficient]
        theirs = np.array([[np.nan if v == "NA" else v for v in row] for row in curve["coefs"]], dtype=float)
        z = np.array(curve["z"])
        if name == "gaussian":  # five steps are exactly the way: the last bit decides whether there are six
            keep = np.abs(z) < 2.7
            z, theirs, inner = z[keep], theirs[keep], np.abs(ours.z) < 2.7
            ours = replace(ours, z=ours.z[inner], coefs=ours.coefs[inner])
        np.testing.assert_allclose(ours.z, z, rtol=1e-6, atol=1e-7)
        # R's rule stops on the deviance, which is flat in the other coefficients
        np.testing.assert_allclose(ours.coefs, theirs, atol=1e-4)


@pytest.mark.parametrize("name", MODELS)
def test_wald_intervals(name):
    close(model(name).confint(method="wald"), ANSWERS["fits"][name]["wald"])
    found = model(name).confint(method="wald", level=0.999)
    close(found, ANSWERS["fits"][name]["wald_999"])
    assert found.columns.tolist() == ["0.05 %", "99.95 %"]


@pytest.mark.parametrize("name", MODELS)
def test_printed_as_r_prints_the_matrix(name):
    assert str(show(model(name).confint())).split("\n") == ANSWERS["fits"][name]["text"]


@pytest.mark.parametrize("name", ANSWERS["rao"])
def test_rao(name):
    expected = ANSWERS["rao"][name]
    fit, coefficient = {
        "budworm": ("budworm", "ldose"),
        "birthwt": ("birthwt", "smoke"),
        "clotting": ("clotting", "log(u)"),
        "warpbreaks": ("warpbreaks", "woolB"),
        "intercept": ("budworm", "(Intercept)"),
    }[name]
    fit = model(fit)
    half = np.diff(fit.confint(coefficient, method="wald").to_numpy()[0])[0] / (2 * Z)
    for value, z in zip(expected["at"], expected["z"], strict=True):
        step = abs(value - fit.coef[coefficient]) / half
        table = fit.profile(coefficient, del_=step, maxsteps=2, test="Rao")[coefficient]
        held = table[f"par.vals.{coefficient}"]
        row = table.iloc[int(np.argmin(np.abs(held - value)))]
        np.testing.assert_allclose(row.iloc[0], z, rtol=1e-6)
    np.testing.assert_allclose(fit.confint(coefficient, test="Rao").iloc[0], expected["ends"], rtol=2e-4)


@pytest.mark.parametrize("name", LINEAR)
def test_linear_models_have_t_intervals(name):
    fit, expected = LINEAR[name](), ANSWERS["lm"][name]
    close(fit.confint(), expected["confint"])
    close(fit.confint(level=0.9), expected["confint_90"])
    assert str(show(fit.confint())).split("\n") == expected["text"]
    for method in ("profile", "wald"):
        pd.testing.assert_frame_equal(fit.confint(method=method), fit.confint())
    np.testing.assert_allclose(fit.profile(alpha=0.01).confint(), fit.confint(), rtol=1e-6)


def test_the_numbers_that_books_give():
    assert show(model("budworm").confint("ldose", method="wald")).to_text().split("\n")[1] == (
        "ldose 0.8073069 1.321121"
    )
    np.testing.assert_allclose(model("budworm").confint("ldose").iloc[0], [0.8228708, 1.3390581], atol=5e-8)
    np.testing.assert_allclose(model("theta").confint("SexM").iloc[0], [-0.2597852, 0.3876389], atol=5e-8)
    np.testing.assert_allclose(model("quine").confint("SexM").iloc[0], [-0.2130426, 0.4222105], atol=5e-8)
    np.testing.assert_allclose(model("birthwt").confint("smoke").iloc[0], [0.32376355, 1.82224043], atol=5e-8)
    np.testing.assert_allclose(
        model("clotting").confint("log(u)").iloc[0], [0.0145330624, 0.0161599650], atol=5e-10
    )


# ---- which coefficients ---------------------------------------------------------------------------


def test_parm_by_name_position_and_list():
    fit = model("budworm")
    whole = fit.confint()
    for parm, rows in (
        ("ldose", [2]),
        (-1, [2]),
        ([2, "sexM"], [2, 1]),
        (np.array([0, 1]), [0, 1]),
        ([], []),
    ):
        pd.testing.assert_frame_equal(fit.confint(parm), whole.iloc[rows])
        assert fit.confint(parm, method="wald").index.tolist() == whole.index[rows].tolist()
    assert rglm.confint(fit, "ldose").equals(fit.confint("ldose"))


def test_aliased_coefficients_are_nan():
    fit = model("aliased")
    assert fit.confint("twice").isna().all(axis=None)
    assert "twice" not in fit.profile().tables
    assert fit.profile("twice").tables == {}
    with pytest.raises(FitError, match="has no profile: it is aliased"):
        fit.profile()["twice"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"parm": "ldos"}, "parm 'ldos' is not a coefficient of this model. Did you mean 'ldose'"),
        ({"parm": 3}, "parm 3 is not a position: the model has 3 coefficients, counted from 0"),
        ({"parm": 1.5}, "parm must be names or positions"),
        ({"level": 95}, r"level must lie between 0 and 1.*level=0.95"),
        ({"method": "waldo"}, "method 'waldo' is not known. Did you mean 'wald'"),
        ({"test": "rao"}, "test 'rao' is not known. Did you mean 'Rao'"),
        ({"vcov": "HC9"}, "HC9"),
        ({"method": "boot", "n": 1}, "n is the number of replicates"),
        ({"method": "boot", "kind": "rows"}, "kind 'rows' is not known"),
        ({"method": "boot", "n": 20, "interval": "bcs"}, "interval 'bcs' is not known. Did you mean 'bca'"),
    ],
)
def test_bad_arguments(arguments, message):
    with pytest.raises(FitError, match=message):
        model("budworm").confint(**arguments)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"which": "dose"}, "which 'dose' is not a coefficient"),
        ({"alpha": 5}, "alpha must be a number between 0 and 1"),
        ({"maxsteps": 1}, "maxsteps must be a whole number, 2 or more"),
        ({"del_": 0.0}, "del_ must be a positive number"),
        ({"test": "F"}, "test 'F' is not known"),
    ],
)
def test_bad_arguments_of_profile(arguments, message):
    with pytest.raises(FitError, match=message):
        model("budworm").profile(**arguments)


def test_linear_models_refuse_unknown_methods():
    with pytest.raises(FitError, match="method 'wold' is not known"):
        LINEAR["cars"]().confint(method="wold")


# ---- vcov -----------------------------------------------------------------------------------------


def test_another_covariance_matrix_makes_wald_intervals():
    for fit, quantile in ((model("quine"), Z), (LINEAR["cars"](), 2.0106347576242314)):
        found = fit.confint(vcov=4.0 * fit.vcov())
        errors = np.sqrt(np.diag(fit.vcov()))
        np.testing.assert_allclose(found.iloc[:, 1], fit.coef + 2 * quantile * errors)


# ---- ends that are not there ----------------------------------------------------------------------


def separated():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return glm("y ~ x", {"x": [1.0, 2, 3, 4, 5, 6], "y": [0, 0, 0, 1, 1, 1]}, "binomial")


def test_separation():
    fit = separated()
    with pytest.warns(SeparationWarning, match=r"below '\(Intercept\)', above 'x'") as caught:
        found = fit.confint()
    assert len(caught) == 1
    assert found.loc["x", "97.5 %"] == np.inf
    assert found.loc["(Intercept)", "2.5 %"] == -np.inf

    def root(value):
        held = fit.refit(columns=np.array([0]), offset=value * np.arange(1.0, 7.0), start=[-3.5 * value])
        return np.sqrt(held.deviance - fit.deviance) - Z

    np.testing.assert_allclose(found.loc["x", "2.5 %"], brentq(root, 0.1, 3), rtol=1e-6)


def test_a_level_without_events():
    frame = pd.DataFrame({"g": ["a"] * 5 + ["b"] * 5, "y": [2, 3, 1, 4, 2, 0, 0, 0, 0, 0]})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fit = glm("y ~ g", frame, "poisson")
    with pytest.warns(SeparationWarning, match="below 'gb'"):
        found = fit.confint()
    # with all events in a: deviance 2 * 12 * log((5 + 5 e^b) / 5) where b is held
    upper = np.log(np.exp(Z**2 / 24) - 1)
    np.testing.assert_allclose(found.loc["gb"], [-np.inf, upper], rtol=1e-6)
    np.testing.assert_allclose(
        found.loc["(Intercept)"], glm("y ~ 1", frame[:5], "poisson").confint().iloc[0], rtol=1e-3
    )


def test_the_edge_of_the_domain():
    frame = pd.DataFrame({"x": [0.0, 1, 2, 3, 4, 5], "y": [0, 3, 3, 3, 4, 4]})
    with pytest.warns(rglm.ConvergenceWarning):
        fit = glm("y ~ x", frame, rglm.Poisson("identity"))
    with pytest.warns(RglmWarning, match=r"cannot be fitted far below '\(Intercept\)', above 'x'") as caught:
        found = fit.confint()
    assert len(caught) == 1
    assert found.loc["(Intercept)", "2.5 %"] == -np.inf
    assert found.loc["x", "97.5 %"] == np.inf
    assert np.isfinite(found.to_numpy()).sum() == 2


def test_a_profile_serves_other_levels_as_far_as_it_goes():
    found = model("budworm").profile(alpha=0.0125)
    pd.testing.assert_frame_equal(found.confint(), model("budworm").confint())
    assert found.confint("ldose", level=0.5).shape == (1, 2)
    with pytest.raises(FitError, match=r"was not followed as far as level 0.9999 asks.*alpha="):
        found.confint(level=0.9999)
    with pytest.raises(FitError, match="'sex' is not a coefficient"):
        found.confint("sex")


def test_a_fit_that_stopped_too_early():
    with pytest.warns(rglm.ConvergenceWarning):
        fit = glm("breaks ~ wool * tension", data("warpbreaks"), "poisson", control=Control(maxit=1))
    with pytest.raises(FitError, match="profiling has found a better solution"):
        fit.confint()


def test_no_residual_degrees_of_freedom():
    fit = glm("y ~ x", {"x": [1.0, 2], "y": [3.0, 5]})
    with pytest.raises(FitError, match="no residual degrees of freedom"):
        fit.confint()
    assert fit.confint(method="wald").isna().all(axis=None)


def test_models_without_coefficients():
    fit = glm("y ~ 0", {"y": [1, 2, 3]}, "poisson")
    assert fit.confint().shape == (0, 2)
    assert lm("y ~ 0", {"y": [1, 2, 3]}).confint().shape == (0, 2)


def test_profile_prints_each_table():
    text = str(model("budworm").profile())
    assert text.startswith("$`(Intercept)`\n")
    assert "\n$ldose\n            z par.vals.(Intercept)" in text
    assert "-2.8122861" in text
    assert model("one").profile().tables["(Intercept)"].columns.tolist() == ["z", "(Intercept)"]


def test_a_profile_of_one_coefficient_is_that_of_all():
    fit = model("gaussian")
    assert fit.profile("wt").confint().equals(fit.profile().confint("wt"))
