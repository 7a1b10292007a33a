"""rstudent, dffits, covratio, dfbeta and dfbetas: R's numbers, and what they say of the fit without a row."""

from __future__ import annotations

import numpy as np
import pytest
from comparison_models import answers, data, fitted

from rglm import glm, lm

R = answers()["influence"]


@pytest.mark.parametrize("name", R)
@pytest.mark.parametrize("measure", ["dfbeta", "dfbetas"])
def test_coefficients_without_rows_equal_r(name, measure, as_numbers):
    expected = R[name][measure]
    found = getattr(fitted(name), measure)()
    kept = found.loc[:, expected["columns"]]
    assert found.drop(columns=expected["columns"]).isna().all(axis=None), "aliased coefficients are NaN"
    rows = fitted(name).rows.used  # R leaves out rows of weight zero
    assert kept[~rows].isna().all(axis=None)
    np.testing.assert_allclose(kept[rows], as_numbers(expected["values"]), rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("name", R)
@pytest.mark.parametrize("measure", ["rstudent", "dffits", "covratio"])
def test_measures_of_rows_equal_r(name, measure, as_numbers):
    found = np.asarray(getattr(fitted(name), measure)(), dtype=float)
    expected = as_numbers(R[name][measure])
    if len(expected) < len(found):  # R leaves out rows of weight zero
        found = found[fitted(name).rows.used]
    if measure == "rstudent":
        expected = np.where(fitted(name).rows.used[-len(expected) :], expected, np.nan)
    np.testing.assert_allclose(found, expected, rtol=1e-6, atol=1e-9)


def test_dfbeta_of_a_linear_model_is_exact():
    frame = data("mtcars")
    fit = lm("mpg ~ wt + hp", frame, weights="qsec")
    found = fit.dfbeta()
    for row in (0, 7, 30):
        without = lm("mpg ~ wt + hp", frame.drop(frame.index[row]), weights="qsec")
        np.testing.assert_allclose(found.iloc[row], fit.coef - without.coef, rtol=1e-8, atol=1e-11)


def test_measures_follow_from_the_fit_without_a_row():
    frame = data("mtcars")
    fit = lm("mpg ~ wt + hp", frame)
    for row in (0, 19):
        without = lm("mpg ~ wt + hp", frame.drop(frame.index[row]))
        moved = fit.fitted.iloc[row] - without.predict(frame.iloc[[row]]).iloc[0]
        hat = fit.hatvalues().iloc[row]
        assert fit.dffits().iloc[row] == pytest.approx(moved / (without.sigma * np.sqrt(hat)))
        volume = np.linalg.det(without.vcov()) / np.linalg.det(fit.vcov())
        assert fit.covratio().iloc[row] == pytest.approx(volume)
        errors = without.sigma * np.sqrt(np.diag(fit.vcov())) / fit.sigma
        np.testing.assert_allclose(fit.dfbetas().iloc[row], (fit.coef - without.coef) / errors, rtol=1e-8)


def test_dfbeta_of_a_generalized_linear_model_is_one_step():
    frame = data("birthwt")
    fit = glm("low ~ age + lwt", frame, "binomial")
    without = glm("low ~ age + lwt", frame.drop(frame.index[3]), "binomial")
    step, exact = fit.dfbeta().iloc[3], fit.coef - without.coef
    np.testing.assert_allclose(step, exact, rtol=0.3)
    assert np.abs(step / exact - 1).max() > 1e-4


@pytest.mark.parametrize("make", [lambda f, d, **k: glm(f, d, "poisson", **k), lm])
def test_frequency_weights_are_repeated_rows(make):
    frame = data("warpbreaks").assign(n=lambda d: np.arange(len(d)) % 3 + 1)
    counted = make("breaks ~ wool + tension", frame, freq_weights="n")
    written = make("breaks ~ wool + tension", frame.loc[frame.index.repeat(frame["n"])])
    first = np.flatnonzero(~np.asarray(written.fitted.index.duplicated()))
    for measure in ("rstudent", "dffits", "covratio", "dfbeta", "dfbetas"):
        one, other = (np.asarray(getattr(fit, measure)()) for fit in (counted, written))
        np.testing.assert_allclose(one, other[first], rtol=1e-6, atol=1e-10, err_msg=measure)


def test_a_row_of_leverage_one_cannot_be_left_out():
    frame = data("clotting").assign(last=lambda d: (d["u"] == 100).astype(float))
    for fit in (lm("lot1 ~ last + log(u)", frame), glm("lot1 ~ last + log(u)", frame, "Gamma")):
        for measure in ("rstudent", "dffits", "covratio", "dfbeta", "dfbetas"):
            values = np.asarray(getattr(fit, measure)())
            assert np.isnan(values[-1]).all()
            assert np.isfinite(values[:-1]).all()


def test_one_residual_degree_of_freedom_leaves_none():
    fit = lm("y ~ x + I(x^2)", {"x": [1.0, 2, 3, 4], "y": [1.0, 3, 2, 5]})
    assert np.isnan(np.asarray(fit.rstudent())).all()
    assert np.isfinite(np.asarray(fit.dfbeta())).all()


def test_rows_left_out_come_back_with_exclude():
    fit = lm("Ozone ~ Wind", data("airquality"), na_action="exclude")
    assert len(fit.dfbeta()) == len(data("airquality"))
    assert list(fit.dfbeta().columns) == ["(Intercept)", "Wind"]
    assert fit.rstudent().isna().sum() == data("airquality")["Ozone"].isna().sum()
