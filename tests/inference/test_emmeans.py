"""emmeans(): tables and texts of R's emmeans, and refusals."""

from __future__ import annotations

import importlib.util
import math
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from rglm import DataError, FitError, RglmWarning, datasets, emmeans, glm, lm

_SPEC = importlib.util.spec_from_file_location("emmeans_cases", Path(__file__).with_name("emmeans_cases.py"))
cases = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(cases)

STATISTICS = (
    "SE",
    "df",
    "null",
    "z.ratio",
    "t.ratio",
    "p.value",
    "lower.CL",
    "upper.CL",
    "asymp.LCL",
    "asymp.UCL",
)
ESTIMATES = ("emmean", "estimate", "rate", "prob", "response", "ratio", "odds.ratio")


def quietly(make):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RglmWarning)
        return make()


def check(found, expected, tolerance):
    table = found.table
    for name in expected:
        if name in (*STATISTICS, *ESTIMATES):
            np.testing.assert_allclose(
                table[name], cases.numbers(expected[name]), rtol=tolerance, atol=1e-9, err_msg=name
            )
    named = [name for name in expected if name in (*STATISTICS, *ESTIMATES)]
    assert [name for name in table.columns if name in named] == named


@pytest.mark.parametrize("case", cases.CASES)
def test_equals_r(case):
    expected = cases.answers()["cases"][case]
    found = quietly(cases.CASES[case])
    assert str(found).split("\n") == expected["text"]
    if hasattr(found, "emmeans"):
        found = found.emmeans
    # R's studentized range is good to about 1e-8, and fits of glm to 1e-6 in the last step
    quietly(lambda: check(found, expected["values"], 2e-6))


@pytest.mark.parametrize("case", cases.MONTE_CARLO)
def test_equals_r_where_it_draws(case):
    found = quietly(cases.MONTE_CARLO[case]).table
    expected = cases.answers()["monte_carlo"][case]["values"]
    np.testing.assert_allclose(found["estimate"], cases.numbers(expected["estimate"]), rtol=1e-9)
    np.testing.assert_allclose(found["p.value"], cases.numbers(expected["p.value"]), atol=1e-3)


def test_every_stored_case_is_compared():
    assert set(cases.CASES) == set(cases.answers()["cases"])
    assert set(cases.MONTE_CARLO) == set(cases.answers()["monte_carlo"])


# ---- laws -----------------------------------------------------------------------------------------


def test_means_of_one_factor_are_the_groups_means():
    data = datasets.load("plantgrowth")
    found = lm("weight ~ group", data).emmeans("group").table
    expected = data.groupby("group", observed=True)["weight"].mean()
    np.testing.assert_allclose(found["emmean"], expected, rtol=1e-12)


@pytest.mark.parametrize("contrast", ["contr.sum", "contr.helmert", "contr.SAS"])
def test_coding_leaves_means_alone(contrast):
    data = cases.table("warpbreaks")
    one = cases.model("warp_poisson")
    other = glm("breaks ~ wool * tension", data, "poisson", contrasts={"wool": contrast, "tension": contrast})
    for ask in (
        lambda fit: fit.emmeans("~ tension | wool"),
        lambda fit: fit.emmeans("~ tension | wool").pairs(),
    ):
        columns = [name for name in ask(one).table if name not in ("tension", "wool", "contrast")]
        np.testing.assert_allclose(ask(one).table[columns], ask(other).table[columns], rtol=1e-6, atol=1e-9)


def test_cell_weights_give_the_fitted_means():
    data = cases.table("births")
    fit = lm("bwt ~ race * smoke", data)
    found = quietly(lambda: fit.emmeans("race", weights="cells")).table["emmean"]
    np.testing.assert_allclose(found, data.groupby("race", observed=True)["bwt"].mean(), rtol=1e-10)


def test_counted_rows_are_repeated_rows():
    data = cases.table("births")
    counts = np.arange(len(data)) % 3
    repeated = data.loc[data.index.repeat(counts)]
    one = glm("low ~ race + smoke + lwt", data, "binomial", freq_weights=counts)
    other = glm("low ~ race + smoke + lwt", repeated, "binomial")
    for weights in ("equal", "proportional", "cells", "outer"):
        tables = [fit.emmeans("race", weights=weights).table for fit in (one, other)]
        np.testing.assert_allclose(tables[0]["emmean"], tables[1]["emmean"], rtol=1e-6)
        np.testing.assert_allclose(tables[0]["SE"], tables[1]["SE"], rtol=1e-6)


def test_ratios_are_differences_carried_back():
    link, ratio = p_table("link"), p_table("response")
    np.testing.assert_allclose(ratio["ratio"], np.exp(link["estimate"]), rtol=1e-12)
    np.testing.assert_allclose(ratio["p.value"], link["p.value"], rtol=1e-12)


def p_table(type):
    return quietly(lambda: cases.model("warp_poisson").emmeans("tension", type=type)).pairs().table


def test_single_step_is_tukey_where_means_are_equally_precise():
    fit = lm("weight ~ feed", datasets.load("chickwts").groupby("feed", observed=True).head(9))
    pairs = fit.emmeans("feed")
    np.testing.assert_allclose(pairs.pairs("mvt").p_values, pairs.pairs().p_values, atol=5e-4)


def test_tukey_of_two_means_is_no_adjustment():
    found = cases.model("warp_log").emmeans("wool").pairs().table
    none = cases.model("warp_log").emmeans("wool").pairs("none").table
    assert found["p.value"].iloc[0] == none["p.value"].iloc[0]


def test_the_frame_may_be_of_any_kind():
    pl = pytest.importorskip("polars")
    data = cases.table("warpbreaks").copy()
    data["tension"] = data["tension"].astype(str)
    other = lm("breaks ~ wool + tension", pl.from_pandas(data)).emmeans("tension").table
    pd.testing.assert_frame_equal(lm("breaks ~ wool + tension", data).emmeans("tension").table, other)


def test_joint_tests_of_holes_leave_out_what_is_not_determined():
    found = cases.model("warp_holes").joint_tests()
    assert found.table["model term"].tolist() == ["tension", "wool:tension"]  # as R's, but for "(confounded)"
    assert found.table["df1"].tolist() == [1, 1]
    np.testing.assert_allclose(found.table["F.ratio"], [15.165, 1.949], atol=5e-4)
    assert "df1 reduced due to non-estimability" in str(found)


def test_joint_tests_are_those_of_type_three():
    fit = glm("low ~ race * smoke", cases.table("births"), "binomial")
    wald = fit.anova(type=3, test="Wald").table
    joint = fit.joint_tests().table
    np.testing.assert_allclose(joint["F.ratio"] * joint["df1"], wald.iloc[-3:, 1], rtol=1e-6)


# ---- what is said ---------------------------------------------------------------------------------


def test_known_dispersion_has_z_and_estimated_has_t():
    assert cases.model("low").emmeans("race").table["df"].iloc[0] == math.inf
    assert cases.model("clot_log").emmeans("lot").table["df"].iloc[0] == 15
    assert cases.model("warp_quasi").emmeans("tension").table["df"].iloc[0] == 50
    assert cases.model("warp_quasi").emmeans("tension", df=7).table["df"].iloc[0] == 7


@pytest.mark.parametrize(
    ("families", "name"),
    [
        (("poisson", "quasipoisson"), "rate"),
        (("binomial", "quasibinomial"), "prob"),
        (("gamma", "inverse.gaussian", "quasi(log)", "gaussian(log)"), "response"),
    ],
)
def test_means_are_called_as_r_calls_them(families, name):
    data = {"y": [0.2, 0.4, 0.3, 0.7, 0.6, 0.9], "a": list("uuvvww"), "w": [10.0] * 6}
    for family in families:
        fit = quietly(lambda family=family: glm("y ~ a", data, family, weights="w"))
        assert fit.emmeans("a", type="response").estimate_name == name


def test_other_covariances_are_used_and_named():
    fit = cases.model("warp_log")
    robust = fit.emmeans("tension", vcov="HC3")
    assert not np.allclose(robust.table["SE"], fit.emmeans("tension").table["SE"])
    assert "HC3" in str(robust)
    given = fit.emmeans("tension", vcov=fit.vcov("HC3"))
    np.testing.assert_allclose(given.table["SE"], robust.table["SE"])


def test_interactions_averaged_over_warn():
    with pytest.warns(RglmWarning, match="involvement in interactions"):
        cases.model("warp").emmeans("tension")
    with warnings.catch_warnings():
        warnings.simplefilter("error", RglmWarning)
        cases.model("warp").emmeans("~ tension | wool")
        cases.model("warp_log").emmeans("tension")


def test_tukey_for_what_are_no_pairs_warns_and_is_sidak():
    with pytest.warns(RglmWarning, match='"sidak" is used'):
        text = str(cases.model("warp_log").emmeans("tension").confint(adjust="tukey"))
    assert "sidak method for 3 estimates" in text


def test_cells_without_rows_are_not_estimable():
    found = quietly(lambda: cases.CASES["holes"]())
    assert np.isnan(found.table["emmean"]).tolist() == [False, False, True, False, False, False]
    assert found.table["df"].isna().sum() == 1


def test_the_offset_is_the_mean_offset_unless_given():
    data = datasets.load("insurance")
    fit = cases.model("claims")
    log_mean = float(np.log(data["Holders"]).mean())
    np.testing.assert_allclose(
        fit.emmeans("District").table["emmean"], fit.emmeans("District", offset=log_mean).table["emmean"]
    )


def test_renders_everywhere():
    found = cases.model("warp").emmeans("~ tension | wool")
    assert "<table" in found._repr_html_()
    assert "tabular" in found.to_latex()
    assert "| tension |" in found.to_markdown()


def test_verbs_leave_the_table_alone():
    found = cases.model("warp_log").emmeans("tension")
    before = str(found)
    found.pairs()
    found.cld()
    found.confint(0.5)
    assert str(found) == before


def test_the_function_is_the_method():
    assert str(emmeans(cases.model("warp_log"), "tension")) == str(cases.model("warp_log").emmeans("tension"))


# ---- refusals -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda f: f.emmeans("tensoin"), "'tensoin' is not a predictor.*Did you mean 'tension'"),
        (lambda f: f.emmeans("tension", by="looms"), "'looms' is not a predictor"),
        (lambda f: f.emmeans("tension", type="mean"), "type 'mean' is not known.*'response'"),
        (lambda f: f.emmeans("tension", weights="prop"), "weights 'prop' is not known.*'proportional'"),
        (lambda f: f.emmeans("tension", level=95), "level must lie between 0 and 1"),
        (lambda f: f.emmeans("tension", at={"wol": "A"}), "at= names 'wol'.*Did you mean 'wool'"),
        (lambda f: f.emmeans("tension", vcov="HC9"), "HC9"),
        (lambda f: f.emmeans("tension").pairs("tuckey"), "adjust 'tuckey' is not known.*'tukey'"),
        (lambda f: f.emmeans("tension").contrast("pairs"), "method 'pairs' is not known.*weights"),
        (lambda f: f.emmeans("tension").contrast({"a": [1, -1]}), "'a' needs 3 weights.*it has 2"),
        (lambda f: f.emmeans("tension").contrast("trt.vs.ctrl", ref="X"), "ref='X' is none of the means"),
        (lambda f: f.emmeans("tension").contrast("trt.vs.ctrl", ref=3), "ref=3 must be a place from 0 to 2"),
        (lambda f: f.emmeans("tension").pairs(by="wool"), "by 'wool' is not known"),
        (lambda f: f.emmeans("tension").confint(level=2), "level must lie"),
        (lambda f: f.emmeans("tension", df=0), "df must be a positive number"),
    ],
)
def test_refusals(ask, message):
    with pytest.raises(FitError, match=message):
        ask(cases.model("warp_log"))


def test_a_level_that_does_not_exist_is_refused():
    with pytest.raises(DataError, match="'tension' has no level 'X'"):
        cases.model("warp_log").emmeans("tension", at={"tension": ["L", "X"]})


def test_a_column_of_the_offset_alone_is_refused():
    with pytest.raises(FitError, match=r"only the offset reads.*offset="):
        cases.model("claims").emmeans("District", at={"Holders": 1})


def test_a_grid_too_large_is_refused():
    rng = np.arange(4000)
    data = {"y": np.sin(rng), **{f"x{j}": [f"l{(i * (j + 3)) % 23}" for i in rng] for j in range(4)}}
    fit = lm("y ~ x0 + x1 + x2 + x3", data)
    with pytest.raises(FitError, match=r"279841 rows, more than 10000: x0 \(23\)"):
        fit.emmeans("x0")
