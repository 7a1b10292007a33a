"""linear_hypothesis(), coef_test() and vif(): car and lmtest's answers and texts, laws, bad input."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from rglm import FitError, RglmWarning, datasets, glm, lm

ANSWERS = json.loads((Path(__file__).parents[1] / "against_r" / "hypotheses.json").read_text("utf-8"))


@cache
def data(name):
    return datasets.load(name)


MODELS = {
    "quine": lambda: glm("Days ~ Sex + Age", data("quine"), "poisson"),
    "crossed": lambda: glm("Days ~ Sex * Age", data("quine"), "quasipoisson"),
    "birthwt": lambda: glm("low ~ age + lwt + factor(race) + smoke", data("birthwt"), "binomial"),
    "gamma": lambda: glm("lwt ~ age + smoke", data("birthwt"), "gamma"),
    "mtcars": lambda: lm("mpg ~ wt + hp + factor(cyl)", data("mtcars")),
    "poly": lambda: lm("mpg ~ poly(wt, 2) * hp", data("mtcars")),
    "epil": lambda: glm("y ~ trt + base + age", data("epil"), "poisson"),
    "two": lambda: lm("mpg ~ wt + hp", data("mtcars")),
    "product": lambda: lm("mpg ~ wt * hp", data("mtcars")),
    "aliased": lambda: lm("mpg ~ wt + I(2 * wt) + hp", data("mtcars")),
}


@cache
def model(name):
    return MODELS[name]()


def numbers(rows):
    return np.array([[np.nan if value == "NA" else value for value in row] for row in rows], dtype=float)


def lines(record):
    """Printed lines, without those that name the covariance matrix (R does not)."""
    return [line for line in str(record).split("\n") if not line.startswith("Covariance: ")]


# ---- against R --------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", ANSWERS["hypotheses"], ids=lambda case: f"{case['model']}: {case['asked']}")
def test_hypotheses_equal_car(case):
    found = model(case["model"]).linear_hypothesis(case["asked"], vcov=case["vcov"], **dict(case["options"]))
    assert list(found.table.columns) == case["columns"]
    expected = numbers(case["values"])
    np.testing.assert_allclose(found.table, expected, rtol=1e-6)
    assert lines(found) == case["text"]
    np.testing.assert_allclose(
        [found.df, found.p_value], expected[1, [case["columns"].index("Df"), -1]], rtol=1e-6
    )
    assert found.statistic == found.table[found.test].iloc[1]


@pytest.mark.parametrize("case", ANSWERS["coeftests"], ids=lambda case: f"{case['model']} {case['vcov']}")
def test_coef_tests_equal_lmtest(case):
    """R takes z for every glm; ours is t where the dispersion is estimated, and z on request."""
    z_in_r = "z test of coefficients:" in case["text"]
    found = model(case["model"]).coef_test(vcov=case["vcov"], df=np.inf if z_in_r else None)
    np.testing.assert_allclose(found.table, case["values"], rtol=1e-6, atol=1e-300)
    assert lines(found) == [*case["text"]]


@pytest.mark.parametrize("name", ANSWERS["vifs"])
def test_variance_inflation_equals_car(name):
    found, answer = model(name).vif(), ANSWERS["vifs"][name]
    values = np.array(answer["values"])
    np.testing.assert_allclose(found.table.iloc[:, : values.shape[1]], values, rtol=1e-6)
    assert [line for line in lines(found) if "higher-order" not in line] == answer["text"]
    assert (found.note is not None) == (name in ("crossed", "product"))


def test_numbers_of_the_literature():
    found = model("birthwt").linear_hypothesis(["age = 0", "smoke = 0"])
    assert (found.statistic, found.p_value) == pytest.approx((8.1687, 0.01683), rel=1e-3)
    assert model("gamma").linear_hypothesis("age").statistic == pytest.approx(6.1252, rel=1e-4)
    table = model("birthwt").vif().table
    assert table.loc["factor(race)", "GVIF"] == pytest.approx(1.461976, rel=1e-6)


# ---- laws -------------------------------------------------------------------------------------------


def test_text_and_matrix_are_the_same():
    fit = model("mtcars")
    text = fit.linear_hypothesis(["wt = hp", "2*factor(cyl)6 - factor(cyl)8 = 1"])
    L = np.array([[0, 1, -1, 0, 0], [0, 0, 0, 2, -1]])
    assert str(fit.linear_hypothesis(L, rhs=[0, 1])) == str(text)
    frame = pd.DataFrame({"factor(cyl)6": [0, 2], "factor(cyl)8": [0, -1], "wt": [1, 0], "hp": [-1, 0]})
    assert str(fit.linear_hypothesis(frame, rhs=[0, 1])) == str(text)


@pytest.mark.parametrize(
    "text",
    [
        "wt = hp",
        "hp = wt",
        "wt - hp",
        "3 * wt = 3 hp",
        "-(hp - wt) = 0",
        "wt/2 - hp / 2",
        "2wt=2*hp",
        "(wt - hp) * 4",
    ],
)
def test_the_same_hypothesis_in_other_words(text):
    fit = model("mtcars")
    assert fit.linear_hypothesis(text).statistic == pytest.approx(fit.linear_hypothesis("wt = hp").statistic)


def test_blanks_in_names_are_free():
    fit = model("poly")
    one = fit.linear_hypothesis("poly(wt, 2)1:hp = poly(wt, 2)2:hp")
    assert str(fit.linear_hypothesis("poly( wt,2 )1 : hp=poly(wt,2)2:hp")) == str(one)


def test_all_slopes_are_the_overall_f():
    fit = model("mtcars")
    found = fit.linear_hypothesis(list(fit.coef.index[1:]))
    assert found.statistic == pytest.approx(fit.summary().fstatistic.value)


def test_one_coefficient_is_its_t_squared():
    fit = model("gamma")
    t = fit.summary().coefficients.loc["age", "t value"]
    assert fit.linear_hypothesis("age", test="F").statistic == pytest.approx(t**2)
    assert fit.linear_hypothesis("age", test="F").p_value == pytest.approx(
        fit.summary().coefficients.loc["age", "Pr(>|t|)"]
    )


def test_relabelled_levels_leave_tests_unchanged():
    frame = data("warpbreaks")
    other = frame.assign(tension=frame["tension"].cat.reorder_categories(["H", "L", "M"]))
    one = glm("breaks ~ wool + tension", frame, "poisson").linear_hypothesis(["tensionM = 0", "tensionH = 0"])
    two = glm("breaks ~ wool + tension", other, "poisson").linear_hypothesis(["tensionL = 0", "tensionM = 0"])
    assert one.statistic == pytest.approx(two.statistic, rel=1e-7)


def test_longest_names_first():
    frame = pd.DataFrame({"x": [1.0, 2, 3, 5, 8], "x1": [3.0, 1, 4, 1, 5], "y": [2.0, 7, 1, 8, 2]})
    found = lm("y ~ x + x1", frame).linear_hypothesis("x1 = 2*x")
    np.testing.assert_array_equal(found.hypotheses.L, [[0, -2, 1]])


def test_coef_test_follows_one_rule():
    assert "t value" in model("gamma").coef_test().table
    assert "z value" in model("quine").coef_test().table
    p_values = model("gamma").coef_test().table["Pr(>|t|)"]
    np.testing.assert_allclose(p_values, model("gamma").summary().coefficients["Pr(>|t|)"])
    assert model("aliased").coef_test().table.loc["I(2 * wt)"].isna().all()


def test_vif_of_two_terms_is_that_of_their_correlation():
    r = np.corrcoef(data("mtcars")["wt"], data("mtcars")["hp"])[0, 1]
    np.testing.assert_allclose(model("two").vif().table["GVIF"], 1 / (1 - r**2))


def test_vif_does_not_depend_on_coding():
    coded = glm("low ~ age + lwt + factor(race) + smoke", data("birthwt"), "binomial",
                contrasts={"factor(race)": "contr.sum"})  # fmt: skip
    np.testing.assert_allclose(coded.vif().table, model("birthwt").vif().table, rtol=1e-6)


# ---- bad input --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ("wtt = 0", "The model has no coefficient 'wtt'. Did you mean 'wt'?\n  wtt = 0\n  ^^^"),
        ("wt = hp2", "The model has no coefficient 'hp2'. Did you mean 'hp'?\n  wt = hp2\n       ^^^"),
        ("factor(cyl)7", "no coefficient 'factor(cyl)7'. Did you mean 'factor(cyl)8' or 'factor(cyl)6'"),
        ("wt =", "expected a coefficient or a number here.\n  wt =\n      ^"),
        ("wt * hp = 0", "a product of two coefficients is not linear"),
        ("wt^2 = 0", "expected +, -, *, / or = here.\n  wt^2 = 0\n    ^"),
        ("wt = hp = 0", "expected +, -, *, / or = here"),
        ("(wt + hp", "expected ) here"),
        ("wt / hp", "expected a number other than 0 after /"),
        ("wt / 0", "expected a number other than 0 after /"),
        ("3 = 2", "has no coefficient in it"),
        ("wt - wt", "has no coefficient in it"),
        ("1e999 * wt", "a number that is too large"),
        ("(" * 400 + "wt" + ")" * 400, "inside each other"),
        (["wt = 0", "2*wt = 1"], "Hypothesis 2 follows from those before it, or contradicts them"),
        (np.eye(3), "one finite number for each of the 5 coefficients"),
        ([], "got a list of 0"),
        (None, "got None"),
        (pd.DataFrame({"wtt": [1.0]}), "The model has no coefficient 'wtt'. Did you mean 'wt'?"),
    ],
)
def test_bad_hypotheses_are_refused(asked, message):
    with pytest.raises(FitError, match=re.escape(message)):
        model("mtcars").linear_hypothesis(asked)


def test_bad_arguments_are_refused():
    fit = model("mtcars")
    with pytest.raises(FitError, match="rhs must hold one finite number for each of the 1 hypotheses"):
        fit.linear_hypothesis([[0, 1, 0, 0, 0]], rhs=[1, 2])
    with pytest.raises(FitError, match=r"rhs= goes with a matrix"):
        fit.linear_hypothesis("wt", rhs=[1])
    with pytest.raises(FitError, match="test 'LR' is not known"):
        fit.linear_hypothesis("wt", test="LR")
    with pytest.raises(FitError, match=r"coefficients I\(2 \* wt\) \(they are aliased\)"):
        model("aliased").linear_hypothesis("I(2 * wt) = 0")
    with pytest.raises(FitError, match="df must be a positive number, or inf"):
        fit.coef_test(df=0)


def test_fewer_clusters_than_hypotheses_are_refused():
    fit = model("quine")
    names = list(fit.coef.index[1:])
    with pytest.raises(FitError, match=r"cannot tell the 4 hypotheses apart.*more clusters"):
        fit.linear_hypothesis(names, vcov={"cluster": "Sex"})


def test_vif_refuses_what_it_cannot_compare():
    with pytest.raises(FitError, match="needs at least two; the model has wt"):
        lm("mpg ~ wt", data("mtcars")).vif()
    with pytest.raises(FitError, match=r"I\(2 \* wt\) are aliased"):
        model("aliased").vif()
    with pytest.warns(RglmWarning, match="No intercept"):
        lm("mpg ~ 0 + wt + hp", data("mtcars")).vif()
