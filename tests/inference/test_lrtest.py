"""lrtest() and waldtest(): lmtest's tables and texts, nesting, and refusals."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from comparison_models import answers, data, fitted

from rglm import FitError, RglmWarning, glm, lm, lrtest, waldtest

LR = answers()["lrtest"]
WALD = answers()["waldtest"]

OTHERS = {
    ("label", "birthwt"): ["age", "lwt"],
    ("label", "warpbreaks"): ["wool:tension"],
    ("label", "clotting"): ["u"],
    ("label", "lm_npk"): ["block"],
    ("formula", "birthwt"): [". ~ . - age - lwt", ". ~ 1"],
    ("formula", "lm_mtcars"): [". ~ wt"],
    ("formula", "epil"): [". ~ trt + lbase + offset(log(period))"],
    ("formula", "clotting"): [". ~ u"],
}


def agrees(found, expected, as_numbers, but=()):
    assert found.table.index.tolist() == expected["rows"]
    assert found.table.columns.tolist() == expected["columns"]
    values, wanted = found.table.to_numpy(dtype=float), as_numbers(expected["values"])
    np.testing.assert_allclose(values, wanted, rtol=2e-6, atol=1e-9)
    assert [line for line in str(found).split("\n") if line not in but] == expected["text"]


@pytest.mark.parametrize("name", LR["null"])
def test_lrtest_against_the_null_model(name, as_numbers):
    agrees(fitted(name).lrtest(), LR["null"][name], as_numbers)


@pytest.mark.parametrize(("how", "name"), [(how, name) for how in ("label", "formula") for name in LR[how]])
def test_lrtest_of_what_is_left_out(how, name, as_numbers):
    agrees(fitted(name).lrtest(*OTHERS[how, name]), LR[how][name], as_numbers)


def test_lrtest_of_growing_models(as_numbers):
    small = glm("breaks ~ wool", data("warpbreaks"), "poisson")
    found = small.lrtest(". ~ . + tension", ". ~ wool * tension")
    agrees(found, LR["growing"]["warpbreaks"], as_numbers)


@pytest.mark.parametrize(("name", "test"), [(name, test) for name in WALD["null"] for test in ("F", "Chisq")])
def test_waldtest_against_the_null_model(name, test, as_numbers):
    agrees(fitted(name).waldtest(test=test), WALD["null"][name][test], as_numbers)


def test_waldtest_of_what_is_left_out(as_numbers):
    agrees(fitted("birthwt").waldtest("age", "lwt"), WALD["label"]["birthwt"], as_numbers)
    agrees(fitted("lm_npk").waldtest("block", test="Chisq"), WALD["label"]["lm_npk"], as_numbers)
    for name in ("birthwt", "clotting"):
        agrees(fitted(name).waldtest(*OTHERS["formula", name]), WALD["formula"][name], as_numbers)


def test_waldtest_with_other_covariances(as_numbers):
    found = fitted("quine").waldtest("Sex:Age", vcov="HC0")
    agrees(found, WALD["robust"]["HC0"], as_numbers, but=["Covariance: HC0"])
    assert "Covariance: HC0" in str(found)
    found = fitted("lm_mtcars").waldtest("wt:hp", vcov="HC3")
    agrees(found, WALD["robust"]["HC3"], as_numbers, but=["Covariance: HC3"])


def test_waldtest_of_growing_models(as_numbers):
    small, middle = (lm(f"breaks ~ {right}", data("warpbreaks")) for right in ("wool", "wool + tension"))
    found = small.waldtest(middle, fitted("lm_warpbreaks"))
    agrees(found, WALD["growing"]["warpbreaks"], as_numbers)


def test_waldtest_of_linear_models_is_anova():
    small = lm("breaks ~ wool", data("warpbreaks"))
    wald = small.waldtest(fitted("lm_warpbreaks")).table["F"].iloc[1]
    assert wald == pytest.approx(small.anova(fitted("lm_warpbreaks")).table["F"].iloc[1], rel=1e-10)


def test_coding_does_not_matter_to_wald_tests():
    one = fitted("warpbreaks").waldtest(". ~ wool + tension", vcov="HC0").table
    other = fitted("warpbreaks", "contr.helmert").waldtest(". ~ wool + tension", vcov="HC0").table
    pd.testing.assert_frame_equal(one, other, rtol=1e-8)


def test_wald_hypothesis_may_be_about_an_offset():
    """y ~ x + offset(log(e)) says that log(e) has the coefficient 1."""
    frame = data("epil")
    large = glm("y ~ trt + lbase", frame, "poisson")
    held = glm("y ~ trt + offset(0.8 * lbase)", frame, "poisson")
    found = large.waldtest(held, test="Chisq").table["Chisq"].iloc[1]
    error = large.vcov().loc["lbase", "lbase"] ** 0.5
    assert found == pytest.approx(((large.coef["lbase"] - 0.8) / error) ** 2, rel=1e-9)
    assert large.lrtest(held).table["Df"].iloc[1] == -1


def test_rows_of_the_fit_stay_when_a_variable_with_gaps_leaves():
    frame = data("airquality")
    fit = lm("Ozone ~ Solar.R + Wind", frame)
    found = fit.lrtest("Solar.R")
    complete = frame.dropna(subset=["Ozone", "Solar.R"])
    assert found.table["LogLik"].iloc[1] == pytest.approx(lm("Ozone ~ Wind", complete).loglik)


def test_null_model_keeps_the_offset():
    fit = glm("y ~ trt + offset(log(period))", data("epil"), "poisson")
    table = fit.lrtest().table
    assert table["Chisq"].iloc[1] == pytest.approx(fit.null_deviance - fit.deviance)
    assert str(fit.lrtest()).split("\n")[3] == "Model 2: y ~ offset(log(period))"


def test_functions_are_the_methods():
    fit = fitted("warpbreaks")
    pd.testing.assert_frame_equal(lrtest(fit, "wool:tension").table, fit.lrtest("wool:tension").table)
    pd.testing.assert_frame_equal(waldtest(fit, "wool:tension").table, fit.waldtest("wool:tension").table)


def test_order_does_not_matter():
    small, large = glm("breaks ~ wool", data("warpbreaks"), "poisson"), fitted("warpbreaks")
    for verb in ("lrtest", "waldtest", "anova"):
        one, other = getattr(small, verb)(large).table, getattr(large, verb)(small).table
        assert one["Df"].iloc[1] == -other["Df"].iloc[1]
        assert one.iloc[1, -1] == pytest.approx(other.iloc[1, -1], rel=1e-12)


def test_the_same_model_twice_has_no_test():
    for verb in ("lrtest", "waldtest", "anova"):
        table = getattr(fitted("one"), verb)(fitted("one")).table
        assert table["Df"].iloc[1] == 0
        assert np.isnan(table.iloc[1, -1])


VERBS = ["lrtest", "waldtest", "anova"]


@pytest.mark.parametrize("verb", VERBS)
def test_models_that_are_not_nested_are_refused(verb):
    with pytest.raises(
        FitError, match=r"nested models: model 2 holds EthN, LrnSL, which model 1.*vuong\(m1, m2\)"
    ):
        getattr(fitted("one"), verb)(fitted("two"))


def test_models_of_lm_that_are_not_nested_are_refused():
    one, other = lm("mpg ~ wt", data("mtcars")), lm("mpg ~ log(wt)", data("mtcars"))
    with pytest.raises(FitError, match="model 1 holds wt, which model 2, the larger, does not span"):
        one.anova(other)


@pytest.mark.parametrize("verb", VERBS)
def test_other_links_are_refused(verb):
    one, other = (glm("low ~ age", data("birthwt"), f"binomial({link})") for link in ("logit", "probit"))
    with pytest.raises(FitError, match=r"model 1 has the logit link, model 2 the probit link"):
        getattr(one, verb)(other)


def test_other_offsets_are_refused():
    one = glm("y ~ trt", data("epil"), "poisson")
    other = glm("y ~ trt + V4 + offset(lbase)", data("epil"), "poisson")
    with pytest.raises(FitError, match=r"the offsets of models 1 and 2 differ by what model 2"):
        one.anova(other)


def test_reparametrised_models_are_nested():
    """A straight line lies inside a polynomial, and inside levels of its own values."""
    line = lm("mpg ~ cyl", data("mtcars"))
    assert line.anova(lm("mpg ~ poly(cyl, 2)", data("mtcars"))).table["Df"].iloc[1] == 1
    assert line.anova(lm("mpg ~ factor(cyl)", data("mtcars"))).table["Df"].iloc[1] == 1


def test_other_families_are_refused_or_warned_of():
    frame = data("quine")
    with pytest.raises(FitError, match=r"poisson and gaussian, neither a special case"):
        fitted("one").lrtest(glm("Days ~ Sex + Age + Eth", frame, "gaussian(log)", start=[2, 0, 0, 0, 0, 0]))
    with pytest.warns(RglmWarning, match=r"chi-square gives too large a p-value. od_test\(\)"):
        table = fitted("one").lrtest(fitted("smaller")).table
    assert table["Chisq"].iloc[1] == pytest.approx(answers()["od_statistic"]["quine_smaller"], rel=1e-7)


def test_negative_binomials_compare_at_their_own_theta():
    table = fitted("three").lrtest("Eth").table
    assert table["LogLik"].iloc[1] == pytest.approx(fitted("smaller").loglik, rel=1e-9)


def test_quasi_families_have_no_likelihood_ratio():
    with pytest.raises(FitError, match=r"model 1 has none: a quasi-likelihood.*waldtest"):
        fitted("quine").lrtest("Sex:Age")


@pytest.mark.parametrize("verb", ["lrtest", "waldtest"])
@pytest.mark.parametrize(
    ("other", "message"),
    [
        ("tenson", r"no term 'tenson' to leave out. Did you mean 'tension'"),
        (3, r"formulas such as .*or labels of terms to leave out; got 3"),
        ([1, 2], r"labels of terms to leave out; got a list of 2"),
    ],
)
def test_unknown_others_are_refused(verb, other, message):
    with pytest.raises(FitError, match=message):
        getattr(fitted("warpbreaks"), verb)(other)


def test_several_labels_leave_together():
    found = fitted("birthwt").lrtest(["age", "lwt"]).table
    assert found["Df"].iloc[1] == -2


def test_unknown_tests_are_refused():
    with pytest.raises(FitError, match="test 'F' is not known"):
        fitted("one").lrtest(test="F")
    with pytest.raises(FitError, match="test 'LR' is not known"):
        fitted("one").waldtest(test="LR")


def test_other_rows_are_refused():
    with pytest.raises(FitError, match="same rows"):
        fitted("one").lrtest(glm("Days ~ Sex", data("quine").iloc[:100], "poisson"))


def test_terms_decide_where_rows_are_many():
    """Both ways of telling give one answer."""
    from rglm.inference.nesting import coordinates, nested_by_terms

    frame = data("birthwt")
    large = glm("low ~ poly(age, 2) + factor(race) * smoke", frame, "binomial")
    for formula in (
        "low ~ smoke",
        "low ~ factor(race) * smoke",
        "low ~ smoke:factor(race) + poly(age, 2) + smoke",
    ):
        small = glm(formula, frame, "binomial")
        assert nested_by_terms(small, large)
        assert coordinates(small, large).inside
    for formula in ("low ~ lwt", "low ~ poly(age, 3)", "low ~ smoke + offset(lwt / 100)"):
        other = glm(formula, frame, "binomial")
        assert not nested_by_terms(other, large)
        assert not coordinates(other, large).inside
    elsewhere = glm("low ~ poly(age, 2)", frame.iloc[1:], "binomial")
    assert not nested_by_terms(elsewhere, large)
