"""anova(type=2) and anova(type=3): car's tables and texts, and what must not change them."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest
from comparison_models import answers, data, fitted

from rglm import DataError, FitError, RglmWarning, glm, lm

SUM_NOTE = "Factors in sum contrasts (contr.sum)"

ASKED = {
    "LR": {},
    "Wald": {"test": "Wald"},
    "F": {"test": "F"},
    "F_deviance": {"test": "F", "error_estimate": "deviance"},
    "F_dispersion": {"test": "F", "error_estimate": "dispersion"},
    "Wald_HC0": {"vcov": "HC0"},
    "F_HC3": {"vcov": "HC3"},
}


# car takes the dispersion of the summary, 1, for an estimate there, though for poisson it does not
CAR_ERRS = {("quine_nb", "F_dispersion")}

CASES = [
    (type, name, test)
    for type in "23"
    for name, tests in answers()["types"][type].items()
    for test in tests
    if (name, test) not in CAR_ERRS
]


def table_of(name, type, test):
    asked = {} if name.startswith("lm_") and test == "F" else ASKED[test]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RglmWarning)
        return fitted(name).anova(type=type, **asked)


@pytest.mark.parametrize(("type", "name", "test"), CASES)
def test_equals_car(type, name, test, as_numbers):
    expected = answers()["types"][type][name][test]
    found = table_of(name, int(type), test)
    assert found.table.index.tolist() == expected["rows"]
    assert found.table.columns.tolist() == expected["columns"]
    # R's glm stops within 1e-8 of the deviance, which leaves 1e-6 in a Wald statistic of slow links
    np.testing.assert_allclose(
        found.table.to_numpy(dtype=float), as_numbers(expected["values"]), rtol=2e-6, atol=1e-9
    )


def lines(found):
    return [
        line for line in str(found).split("\n") if line != SUM_NOTE and not line.startswith("Covariance: ")
    ]


# 343.295 prints as 343.29 or 343.30 by the rounding error of its last bit
TIE = ("2", "lm_npk", "F")


@pytest.mark.parametrize(("type", "name", "test"), [case for case in CASES if case != TIE])
def test_prints_as_car(type, name, test):
    assert lines(table_of(name, int(type), test)) == answers()["types"][type][name][test]["text"]


def test_features():
    found = fitted("mothers").anova(type=2)
    np.testing.assert_allclose(found.table["LR Chisq"], [5.9872, 0.2482], atol=5e-5)
    pearson = fitted("mothers").anova(type=2, test="F").table["F value"]
    deviance = fitted("mothers").anova(type=2, test="F", error_estimate="deviance").table["F value"]
    assert pearson.iloc[0] == pytest.approx(5.9873, abs=5e-5)
    assert deviance.iloc[0] == pytest.approx(6.8149, abs=5e-5)


def test_type_3_says_how_factors_are_coded():
    assert str(fitted("warpbreaks").anova(type=3)).split("\n")[3] == SUM_NOTE
    assert SUM_NOTE not in str(fitted("warpbreaks").anova(type=2))
    assert SUM_NOTE not in str(fitted("clotting").anova(type=3))


@pytest.mark.parametrize("contrasts", ["contr.helmert", "contr.sum", "contr.SAS"])
@pytest.mark.parametrize("name", ["warpbreaks", "birthwt", "clotting", "lm_npk", "quine_nb"])
@pytest.mark.parametrize(
    "asked", [{"type": 3}, {"type": 2}, {"type": 3, "vcov": "HC0"}, {"type": 2, "vcov": "HC0"}]
)
@pytest.mark.filterwarnings("ignore:tests made without")
def test_coding_does_not_matter(name, contrasts, asked):
    one, other = fitted(name).anova(**asked).table, fitted(name, contrasts).anova(**asked).table
    pd.testing.assert_frame_equal(one, other, rtol=1e-6)


def test_level_order_does_not_matter():
    frame = data("warpbreaks").copy()
    frame["tension"] = frame["tension"].cat.reorder_categories(["H", "L", "M"])
    again = glm("breaks ~ wool * tension", frame, "poisson")
    for type in (2, 3):
        one, other = fitted("warpbreaks").anova(type=type), again.anova(type=type)
        pd.testing.assert_frame_equal(one.table, other.table, rtol=1e-7)


def test_types_agree_without_interactions():
    fit = glm("breaks ~ wool + tension", data("warpbreaks"), "poisson")
    pd.testing.assert_frame_equal(fit.anova(type=2).table, fit.anova(type=3).table, rtol=1e-7)


def test_type_2_of_the_last_term_is_type_1():
    table = fitted("warpbreaks").anova(type=2).table
    assert table["LR Chisq"].iloc[-1] == pytest.approx(
        fitted("warpbreaks").anova().table["Deviance"].iloc[-1]
    )


def test_given_covariance_is_the_same_as_its_name():
    fit = fitted("quine")
    named, given = fit.anova(type=2, vcov="HC3").table, fit.anova(type=2, vcov=fit.vcov("HC3")).table
    pd.testing.assert_frame_equal(named, given, rtol=1e-10)


def test_aliased_term_has_no_test():
    fit = lm("mpg ~ wt + wt2 + hp", data("mtcars").assign(wt2=lambda d: 2 * d["wt"]))
    table = fit.anova(type=2).table
    assert table.loc["wt2", "Df"] == 0
    assert np.isnan(table.loc["wt2", "F value"])
    generalized = (
        glm("mpg ~ wt + wt2 + hp", data("mtcars").assign(wt2=lambda d: 2 * d["wt"])).anova(type=2).table
    )
    assert generalized.loc["wt2", "Df"] == 0
    assert np.isnan(generalized.loc["wt2", "LR Chisq"])


def test_type_3_refuses_empty_cells():
    fit = glm("Days ~ Age * Lrn", data("quine"), "poisson")
    with pytest.raises(
        FitError, match=r"do not determine AgeF3:LrnSL.*cells of an interaction are empty.*type=2"
    ):
        fit.anova(type=3)
    assert fit.anova(type=2).table.index.tolist() == ["Age", "Lrn", "Age:Lrn"]


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"type": 2, "test": "Chisq"}, r"test 'Chisq' is not known. Choose 'LR', 'Wald', 'F' or 'boot'"),
        (
            {"type": 2, "test": "F", "error_estimate": "pear"},
            r"error_estimate 'pear' is not known. Did you mean 'pearson'",
        ),
        ({"type": 2, "test": "LR", "vcov": "HC0"}, r'vcov= makes Wald tests; test="LR" compares deviances'),
        ({"type": "II"}, r"type 'II' is not known. Choose 1 .* 2 .* 3"),
        ({"vcov": "HC0"}, r"table of type 1 compares deviances.*waldtest\(m1, m2, vcov=…\)"),
        ({"type": 2, "vcov": "HC9"}, r"vcov type 'HC9' is not known"),
    ],
)
def test_refusals(asked, message):
    with pytest.raises(FitError, match=message):
        fitted("warpbreaks").anova(**asked)


def test_linear_models_refuse_other_tests():
    with pytest.raises(FitError, match="test 'LR' is not known"):
        fitted("lm_npk").anova(type=2, test="LR")
    with pytest.raises(FitError, match='test="boot" compares sums of squares'):
        fitted("lm_npk").anova(type=2, test="boot", vcov="HC3")


def test_types_are_of_one_model():
    with pytest.raises(FitError, match="tests the terms of one model"):
        fitted("one").anova(fitted("two"), type=2)


def test_a_model_without_terms_has_nothing_to_test():
    with pytest.raises(FitError, match="no terms to test"):
        lm("mpg ~ 1", data("mtcars")).anova(type=3)


def test_f_warns_where_the_dispersion_is_known():
    with pytest.warns(RglmWarning, match="estimated from the Pearson residuals, not taken as 1"):
        fitted("warpbreaks").anova(type=2, test="F")


def test_survey_fits_get_wald_tests():
    fit = glm("low ~ age + smoke", data("birthwt"), "binomial", prob_weights="lwt")
    assert fit.anova(type=2).test == "Wald"
    with pytest.raises(FitError, match="prob_weights"):
        fit.anova(type=2, test="LR")


def test_edited_data_are_refused():
    frame = {"y": np.array([1.0, 2, 3, 4, 6]), "x": np.arange(5.0), "z": np.array([0.0, 1, 0, 1, 1])}
    fit = glm("y ~ x + z", frame)
    frame["x"][0] = 9
    with pytest.raises(DataError, match="edited in place"):
        fit.anova(type=2)
