"""What a fitted model holds: values, the caller's kind of frame, protection from later edits, pickling."""

import pickle

import numpy as np
import pandas as pd
import pytest
from formulaic import Formula

from rglm import DataError, FitError, Poisson, datasets, glm, lm


@pytest.fixture
def data():
    return datasets.load("warpbreaks")


def test_a_formulaic_formula_is_a_formula():
    cars = datasets.load("cars")
    assert lm(Formula("dist ~ speed"), cars).formula == "dist ~ 0 + 1 + speed"
    pd.testing.assert_series_equal(lm(Formula("dist ~ speed"), cars).coef, lm("dist ~ speed", cars).coef)
    assert list(lm(Formula("dist ~ speed - 1"), cars).coef.index) == ["speed"]


def test_a_formula_of_another_kind_is_refused(data):
    with pytest.raises(FitError, match=r"formula must be text.*got a DataFrame"):
        glm(data, "breaks ~ wool")


def test_editing_the_frame_afterwards_does_not_reach_the_fit(data):
    fit = glm("breaks ~ wool", data, Poisson)
    before = fit.anova().table
    data.loc[:, "breaks"] = 1.0
    pd.testing.assert_frame_equal(fit.anova().table, before)
    assert fit.update(". ~ .").deviance == fit.deviance


def test_editing_a_dict_in_place_is_noticed():
    columns = {"y": np.array([1.0, 2.0, 6.0, 3.0]), "x": np.array([1.0, 2.0, 3.0, 4.0])}
    fit = glm("y ~ x + I(x^2)", columns, Poisson)
    fit.anova()
    columns["x"][0] = 9.0
    with pytest.raises(DataError, match="edited in place after the fit"):
        fit.anova()
    with pytest.raises(DataError, match="edited in place after the fit"):
        fit.update(". ~ . - I(x^2)")
    assert fit.update(". ~ .", data=columns).nobs == 4


def test_a_fit_pickles(data):
    fit = glm("breaks ~ wool * tension", data, Poisson)
    again = pickle.loads(pickle.dumps(fit))
    assert str(again.summary()) == str(fit.summary())
    pd.testing.assert_series_equal(again.predict(data), fit.predict(data))


def test_counts_and_criteria_agree_with_their_definitions(data):
    fit = glm("breaks ~ wool", data, Poisson)
    assert (fit.nobs, fit.rank, fit.n_params, fit.df_residual, fit.df_null) == (54, 2, 2, 52, 53)
    assert fit.loglik.df == 2
    assert fit.loglik.nobs == 54
    np.testing.assert_allclose(fit.aic, -2 * fit.loglik + 4)
    np.testing.assert_allclose(fit.bic, -2 * fit.loglik + 2 * np.log(54))


def test_dropped_rows_leave_gaps_under_exclude_and_are_gone_under_omit():
    data = pd.DataFrame({"y": [1.0, 2.0, np.nan, 4.0], "x": [1.0, 3.0, 2.0, 5.0]}, index=list("abcd"))
    assert list(lm("y ~ x", data).fitted.index) == ["a", "b", "d"]
    excluded = lm("y ~ x", data, na_action="exclude")
    assert list(excluded.fitted.index) == list("abcd")
    assert np.isnan(excluded.residuals()["c"])
    assert str(excluded.na_report) == "3 of 4 rows used; 1 left out because values are missing: y (1)"


def test_a_dot_leaves_out_weights_and_offset_and_stays_written_out_in_updates():
    data = pd.DataFrame(
        {"y": [1.0, 2, 6, 3, 4], "x": [1.0, 2, 3, 4, 4], "z": [2.0, 1, 2, 3, 1], "w": [1.0, 2, 1, 2, 1]}
    )
    fit = glm("y ~ .", data, Poisson, weights="w")
    assert list(fit.coef.index) == ["(Intercept)", "x", "z"]
    assert "Left out of `.`: w" in str(fit)
    assert fit.update(". ~ . - x").formula == "y ~ z"


def test_the_call_is_wrapped_and_says_what_was_given(data):
    fit = glm("breaks ~ wool", data, Poisson, weights=np.full(54, 2.0), subset="tension != 'L'")
    assert fit.call.text.splitlines() == [
        'glm("breaks ~ wool", data=<54 rows x 3 columns>, family=Poisson(link="log"),',
        "    weights=<54 values>, subset=\"tension != 'L'\")",
    ]
