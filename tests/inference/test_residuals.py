"""residuals(), leverages and what is made of them: R's numbers, zero and frequency weights."""

from __future__ import annotations

import numpy as np
import pytest

from rglm import FitError, glm

FITS = {"gamma": "gamma", "zero": "zero", "lm": "lm_clots", "lm_zero": "lm_zero"}
INFLUENCE = {**FITS, "poisson": "p3"}


@pytest.mark.parametrize("case", FITS)
@pytest.mark.parametrize("kind", ["deviance", "pearson", "working", "response"])
def test_residuals_equal_r(case, kind, model, r, close):
    close(model(FITS[case]).residuals(kind), r["residuals"][case][kind])


@pytest.mark.parametrize("case", FITS)
def test_partial_residuals_equal_r(case, model, r, close):
    found = model(FITS[case]).residuals("partial")
    assert found.columns.tolist() == r["residuals"][case]["partial"]["columns"]
    close(found, r["residuals"][case]["partial"]["values"])


def test_defaults(model):
    assert model("p3").residuals().equals(model("p3").residuals("deviance"))
    assert model("lm_clots").residuals().equals(model("lm_clots").residuals("response"))


def test_squares_add_to_the_deviance(model):
    for name in ("p3", "gamma", "grouped", "zero", "saturated"):
        fit = model(name)
        assert np.isclose((fit.residuals() ** 2).sum(), fit.deviance, atol=1e-12)


def test_unknown_type_is_refused(model):
    with pytest.raises(FitError, match=r"residual type 'devance' is not known. Did you mean 'deviance'"):
        model("p3").residuals("devance")


def test_rows_left_out_are_nan_where_asked(data):
    fit = glm("y ~ m", data("counts"), "poisson", na_action="exclude")
    assert fit.residuals().isna().sum() == 2
    assert fit.hatvalues().isna().sum() == 2
    assert len(glm("y ~ m", data("counts"), "poisson").residuals()) == 8


@pytest.mark.parametrize("case", INFLUENCE)
def test_influence_equals_r(case, model, r, close):
    fit, expected = model(INFLUENCE[case]), r["influence"][case]
    used = fit.rows.used  # R leaves rows of zero weight out
    close(fit.hatvalues()[used], expected["hat"])
    close(fit.cooks_distance()[used], expected["cooks"])
    close(fit.rstandard()[used], expected["rstandard"])
    close(fit.augment()[".sigma"][used], expected["sigma"])


def test_a_row_fitted_exactly_has_no_distance(data, r, close):
    fit = glm("y ~ outcome + (x == 12)", data("counts"), "poisson")
    expected = r["influence"]["saturated"]
    assert fit.hatvalues().iloc[-1] == 1.0
    close(fit.cooks_distance(), expected["cooks"])
    close(fit.rstandard(), expected["rstandard"])
    close(fit.augment()[".sigma"], expected["sigma"])


def test_zero_weight_rows_are_not_in_the_fit(model):
    fit = model("zero")
    assert fit.hatvalues().iloc[0] == 0.0
    assert np.isnan(fit.cooks_distance().iloc[0])
    assert np.isnan(fit.rstandard().iloc[0])
    assert fit.residuals("deviance").iloc[0] == 0.0
    assert fit.residuals("response").iloc[0] != 0.0


def test_leverages_add_to_the_rank(model):
    for name in ("p3", "aliased", "gamma", "lm_clots", "scaled"):
        assert np.isclose(model(name).hatvalues().sum(), model(name).rank)


def test_frequency_weights_equal_repeated_rows(data):
    plots = data("plots")
    counts = plots["n"].astype(int)
    one = glm("yield ~ wt + g", plots, "gamma", freq_weights="n")
    other = glm("yield ~ wt + g", plots.loc[plots.index.repeat(counts)].reset_index(drop=True), "gamma")
    first = np.concatenate([[0], np.cumsum(counts)[:-1]])
    for name in ("hatvalues", "cooks_distance", "rstandard", "residuals"):
        np.testing.assert_allclose(getattr(one, name)(), getattr(other, name)().iloc[first], rtol=1e-8)
    np.testing.assert_allclose(one.augment()[".sigma"], other.augment()[".sigma"].iloc[first], rtol=1e-8)
    np.testing.assert_allclose(
        one.residuals("partial"), other.residuals("partial").iloc[first], rtol=1e-7, atol=1e-12
    )
