"""anova(): tables and texts of R, and refusals."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

from rglm import FitError, RglmWarning, glm, lm

SINGLE = {
    "aliased": ["aliased"],
    "quasi": ["quasi"],
    "rate": ["rate"],
    "gamma": ["gamma"],
    "plain": ["plain"],
    "null": ["p0"],
    "growing": ["p0", "p1", "p2", "p3"],
    "shrinking": ["p3", "p1", "p0"],
    "mixed": ["p1", "p3", "p2"],
    "lm": ["l3"],
    "lm_aliased": ["lm_aliased"],
    "lm_weighted": ["lm_factors"],
    "lm_plain": ["lm_plain_both"],
    "lm_null": ["lm_null"],
    "lm_growing": ["l1", "l2", "l3"],
    "lm_shrinking": ["l3", "l1", "l2"],
}


@pytest.mark.parametrize("case", SINGLE)
def test_equals_r(case, model, r, close):
    fits = [model(name) for name in SINGLE[case]]
    for test, expected in r["anovas"][case].items():
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RglmWarning)
            found = fits[0].anova(*fits[1:], test=test)
        assert found.table.index.tolist() == expected["rows"]
        assert found.table.columns.tolist() == expected["columns"]
        close(found.table, expected["values"], message=f"{case} {test}")
        assert str(found).split("\n") == expected["text"]


def test_default_is_chisq_where_the_dispersion_is_known(model):
    assert model("p3").anova().test == "Chisq"
    assert model("p0").anova(model("p3")).test == "Chisq"


def test_default_is_f_where_the_dispersion_is_estimated(model):
    assert model("gamma").anova().test == "F"
    assert model("l3").anova().test == "F"


def test_no_test_on_request(model):
    assert model("p3").anova(test=False).table.columns.tolist() == [
        "Df",
        "Deviance",
        "Resid. Df",
        "Resid. Dev",
    ]
    assert model("l3").anova(test=False).table.columns.tolist() == ["Df", "Sum Sq", "Mean Sq"]


def test_lrt_is_chisq(model):
    one, other = model("p3").anova(test="LRT").table, model("p3").anova(test="Chisq").table
    assert one.equals(other)


def test_f_warns_where_the_dispersion_is_known(model):
    with pytest.warns(RglmWarning, match="using F test with a 'poisson' family is inappropriate"):
        model("p3").anova(test="F")


def test_sequence_ends_at_the_fit(model):
    for name in ("p3", "rate", "aliased", "gamma"):
        fit = model(name)
        table = fit.anova(test=False).table
        assert table["Resid. Dev"].iloc[-1] == fit.deviance
        assert table["Resid. Df"].iloc[0] == fit.df_null
        assert np.isclose(table["Deviance"].sum(), fit.null_deviance - fit.deviance)


def test_lm_sums_of_squares_add_up(model, data):
    fit = model("lm_factors")
    weights = data("plots")["n"]
    centred = data("plots")["yield"] - np.average(data("plots")["yield"], weights=weights)
    assert np.isclose(fit.anova().table["Sum Sq"].sum(), (weights * centred**2).sum())


def test_leaves_the_fit_alone(model):
    fit = model("p3")
    before = fit.coef.copy()
    fit.anova(test="Rao")
    assert fit.coef.equals(before)


@pytest.mark.parametrize("name", ["p3", "l3"])
def test_unknown_test_is_refused(name, model):
    with pytest.raises(FitError, match=r"test 'chi2' is not known.*'F'"):
        model(name).anova(test="chi2")


def test_near_miss_is_named(model):
    with pytest.raises(FitError, match="Did you mean 'Chisq'"):
        model("p3").anova(test="chisq")


@pytest.mark.parametrize("name", ["p3", "l3"])
def test_other_types_are_refused(name, model):
    with pytest.raises(FitError, match=r"type 4 is not known. Choose 1 .* 2 .* 3"):
        model(name).anova(type=4)


def test_other_rows_are_refused(model, data):
    fewer = glm("y ~ m", data("counts"), "poisson")
    with pytest.raises(
        FitError, match=r"same rows: model 1 has 10 observations, model 2 has 8.*Missing values"
    ):
        model("p3").anova(fewer)


def test_other_response_is_refused(model, data):
    other = glm("x ~ outcome", data("counts"), "poisson")
    with pytest.raises(FitError, match=r"same response.*model 1 has y, model 2 has x.*first in row 0"):
        model("p3").anova(other)


def test_other_response_is_refused_for_lm(model, data):
    with pytest.raises(FitError, match="same response"):
        model("l1").anova(lm("wt ~ n", data("plots")))


def test_something_else_than_a_model_is_refused(model):
    with pytest.raises(FitError, match="compares fitted models"):
        model("p3").anova("Chisq")


def test_perfect_fit_warns():
    perfect = lm("y ~ x", {"x": [1.0, 2.0, 3.0, 4.0], "y": [3.0, 5.0, 7.0, 9.0]})
    with pytest.warns(RglmWarning, match="essentially perfect fit are unreliable"):
        perfect.anova()


def test_ten_models_line_up(model):
    text = str(model("p0").anova(*[model("p1")] * 9))
    assert "\nModel  1: y ~ 1\n" in text
    assert "\nModel 10: y ~ outcome\n" in text


def test_renders_everywhere(model):
    record = model("p3").anova()
    assert "<table" in record._repr_html_()
    assert "tabular" in record.to_latex()
    assert "| outcome" in record.to_markdown()
