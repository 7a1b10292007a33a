"""tidy, glance, augment: broom's columns and values."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pytest

from rglm import FitError, datasets, glm, lm

FITS = {"gamma": "gamma", "lm": "l3", "aliased": "aliased", "poisson": "p3"}


@pytest.mark.parametrize("case", FITS)
def test_tidy_equals_broom(case, model, r, close):
    found, expected = model(FITS[case]).tidy(), r["broom"][case]["tidy"]
    assert found.columns.tolist() == list(expected)
    assert found["term"].tolist() == expected["term"]
    for name in found.columns[1:]:
        close(found[name], expected[name], tolerance=2e-6)


@pytest.mark.parametrize("case", FITS)
def test_glance_equals_broom(case, model, r, close):
    found, expected = model(FITS[case]).glance(), r["broom"][case]["glance"]
    assert found.columns.tolist() == list(expected)
    assert len(found) == 1
    for name in found:
        close(found[name], expected[name])


@pytest.mark.parametrize("case", FITS)
def test_augment_equals_broom(case, model, r, close):
    found, expected = model(FITS[case]).augment(), r["broom"][case]["augment"]
    added = [name for name in found if name.startswith(".")]
    assert sorted(added) == sorted(expected)
    for name in added:
        close(found[name], expected[name], tolerance=2e-6)


def test_exponentiated(model, r, close):
    found = model("p3").tidy(exponentiate=True)
    close(found["estimate"], r["exponentiated"]["estimate"])
    close(found["std.error"], r["exponentiated"]["std.error"])


INTERVALS = json.loads(
    (Path(__file__).parents[1] / "against_r" / "intervals.json").read_text(encoding="utf-8")
)


def tidied(expected):
    return {
        name: [float("nan") if value in ("NA", "NaN") else value for value in values]
        for name, values in expected["tidy"].items()
    }


@pytest.mark.parametrize(
    ("case", "formula", "data", "family"),
    [
        ("budworm", "cbind(numdead, numalive) ~ sex + ldose", "budworm", "binomial"),
        ("quine", "Days ~ Sex + Age", "quine", "quasipoisson"),
        ("clotting", "lot1 ~ log(u)", "clotting", "gamma"),
        ("gaussian", "mpg ~ wt", "mtcars", "gaussian"),
        ("warpbreaks", "breaks ~ wool * tension", "warpbreaks", "poisson"),
    ],
)
def test_intervals_are_brooms(case, formula, data, family):
    found = glm(formula, datasets.load(data), family).tidy(conf_int=True, conf_level=0.9)
    expected = tidied(INTERVALS["fits"][case])
    assert found.columns.tolist() == list(expected)
    assert found["term"].tolist() == expected["term"]
    for name in found.columns[1:]:
        np.testing.assert_allclose(found[name], expected[name], rtol=2e-6)


@pytest.mark.parametrize(
    ("case", "formula", "data"),
    [("mtcars", "mpg ~ wt + factor(cyl)", "mtcars"), ("cars", "dist ~ speed", "cars")],
)
def test_intervals_of_linear_models_are_brooms(case, formula, data):
    found, expected = lm(formula, datasets.load(data)).tidy(conf_int=True), tidied(INTERVALS["lm"][case])
    for name in found.columns[1:]:
        np.testing.assert_allclose(found[name], expected[name], rtol=1e-6)


def test_wald_intervals(model):
    plain = model("p3").tidy(conf_int=True, conf_level=0.9, conf_method="wald")
    z = 1.6448536269514722
    np.testing.assert_allclose(plain["conf.high"], plain["estimate"] + z * plain["std.error"])
    ratio = model("p3").tidy(conf_int=True, conf_level=0.9, exponentiate=True, conf_method="wald")
    np.testing.assert_allclose(ratio["conf.low"], np.exp(plain["conf.low"]))
    gamma = model("gamma").tidy(conf_int=True, conf_method="wald")
    np.testing.assert_allclose(gamma["conf.low"], gamma["estimate"] - 1.959963984540054 * gamma["std.error"])
    robust = model("p3").tidy(conf_int=True, conf_level=0.9, vcov=4 * model("p3").vcov())
    np.testing.assert_allclose(robust["conf.high"], plain["estimate"] + 2 * z * plain["std.error"])


def test_vcov(model):
    fit = model("p3")
    np.testing.assert_allclose(fit.tidy(vcov=4 * fit.vcov())["std.error"], 2 * fit.tidy()["std.error"])


def test_level_is_checked(model):
    with pytest.raises(FitError, match="level must lie between 0 and 1"):
        model("p3").tidy(conf_int=True, conf_level=1.5)


def test_glance_of_models_without_terms(model):
    found = model("lm_null").glance()
    assert found["r.squared"].iloc[0] == 0.0
    assert found[["statistic", "p.value", "df"]].isna().all(axis=None)
    assert np.isclose(
        model("lm_empty").glance()["sigma"].iloc[0],
        np.sqrt((model("lm_empty").fitted ** 2).sum() + model("lm_empty").deviance / 12),
    )


def test_glance_of_quasi_has_no_likelihood(model):
    assert model("quasi").glance()[["logLik", "AIC", "BIC"]].isna().all(axis=None)


def test_augment_keeps_the_callers_columns_and_rows(data):
    counts = data("counts").set_index(pd.Index(list("abcdefghij")))
    found = glm("y ~ m", counts, "poisson").augment()
    assert found.columns.tolist()[:7] == counts.columns.tolist()
    assert found.index.tolist() == list("abdefhij")
    padded = glm("y ~ m", counts, "poisson", na_action="exclude").augment()
    assert padded.index.tolist() == list("abcdefghij")
    assert padded[".fitted"].isna().sum() == 2
    assert ".fitted" not in counts


def test_augment_in_the_callers_kind_of_frame(data):
    frame = pl.from_pandas(data("counts")[["y", "x", "m"]]).with_columns(pl.col("m").fill_nan(None))
    found = glm("y ~ m", frame, "poisson").augment()
    assert type(found) is pl.DataFrame
    assert found.shape == (8, 9)
    arrow = glm("y ~ m", frame.to_arrow(), "poisson").augment()
    assert arrow.column_names[-1] == ".std.resid"
    mapping = glm("y ~ x", {"y": [1, 2, 4, 3], "x": [1.0, 2, 3, 4]}, "poisson").augment()
    assert mapping.columns.tolist()[:2] == ["y", "x"]


def test_augment_newdata(model):
    new = pd.DataFrame({"u": [7.0, np.nan], "f": ["a", "b"]})
    found = model("gamma").augment(new, type_predict="response", se_fit=True)
    assert found.columns.tolist() == ["u", "f", ".fitted", ".se.fit"]
    assert found[".fitted"].isna().tolist() == [False, True]


@pytest.mark.parametrize("argument", ["type_predict", "type_residuals"])
def test_unknown_types_are_refused(argument, model):
    with pytest.raises(FitError, match=f"{argument} 'partial' is not known"):
        model("p3").augment(**{argument: "partial"})
