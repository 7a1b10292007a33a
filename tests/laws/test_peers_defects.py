"""Defects reproduced in other libraries, each with the behaviour that is right here.

The names say whose defect a test guards against: statsmodels 0.15, glum 3.4, GLM.jl, hea 0.2, R 4.2.
"""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from rglm import (
    Binomial,
    Control,
    ConvergenceWarning,
    DataError,
    FamilyError,
    SeparationWarning,
    datasets,
    glm,
    lm,
)

N = 60
rng = np.random.default_rng(7)
DATA = pd.DataFrame(
    {
        "x": rng.normal(size=N),
        "a": rng.choice(["u", "v", "w"], N),
        "e": rng.uniform(0.5, 4, N),
        "count": rng.poisson(3, N),
        "coin": rng.integers(0, 2, N),
        "amount": rng.gamma(3, 1, N),
        "w": np.tile([1.0, 2.0, 0.0], N // 3),
    }
)


def same_fit(one, other, rtol=1e-10):
    np.testing.assert_allclose(one.coef.to_numpy(), other.coef.to_numpy(), rtol=rtol)
    np.testing.assert_allclose(one.vcov().to_numpy(), other.vcov().to_numpy(), rtol=rtol)


# -- statsmodels ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("family", "y"), [("poisson", -1.0), ("gamma", 0.0), ("inverse.gaussian", 0.0), ("binomial", 7.0)]
)
def test_statsmodels_2_fits_responses_outside_the_family(family, y):
    with pytest.raises(FamilyError, match="row 3"):
        glm("y ~ x", DATA.assign(y=np.where(np.arange(N) == 3, y, 0.5)), family)


def test_statsmodels_3_families_remember_the_last_fit():
    family = Binomial()
    before = glm("coin ~ x", DATA, family)
    glm("cbind(count, 12 - count) ~ x", DATA, family)
    same_fit(glm("coin ~ x", DATA, family), before)
    assert family == Binomial()


@pytest.mark.parametrize("how", [{"exposure": "e"}, {"offset": "log(e)"}, {}])
def test_statsmodels_5_predict_drops_the_exposure(how):
    formula = "count ~ x" if how else "count ~ x + offset(log(e))"
    fit = glm(formula, DATA, "poisson", **how)
    np.testing.assert_allclose(fit.predict(DATA, type="response"), fit.fitted)
    doubled = fit.predict(DATA.assign(e=2 * DATA.e), type="response")
    np.testing.assert_allclose(doubled, 2 * fit.fitted)
    with pytest.raises(DataError, match="'e'"):
        fit.predict(DATA[["x"]])


@pytest.mark.parametrize(
    "response",
    [
        DATA.coin.map({0: "no", 1: "yes"}),
        DATA.coin.map({0: "no", 1: "yes"}).astype("string"),
        DATA.coin == 1,
        (DATA.coin == 1).astype("boolean"),
        pd.Categorical(np.where(DATA.coin, "bad", "good"), categories=["good", "bad"]),
    ],
    ids=["object", "string", "bool", "boolean", "categorical"],
)
def test_statsmodels_6_a_text_response_flips_the_signs(response):
    same_fit(glm("y ~ x", DATA.assign(y=response), "binomial"), glm("coin ~ x", DATA, "binomial"))


@pytest.mark.parametrize("family", ["poisson", "gaussian", "quasipoisson"])
def test_statsmodels_7_and_hea_22_zero_weights_stay_in_df(family):
    used = DATA[DATA.w > 0]
    fit = glm("count ~ x + a", DATA, family, weights="w")
    without = glm("count ~ x + a", used, family, weights="w")
    same_fit(fit, without)
    assert (fit.df_residual, fit.df_null, fit.nobs) == (40 - 4, 40 - 1, 40)
    assert fit.bic == pytest.approx(without.bic, nan_ok=True)


def test_statsmodels_8_quasi_separation_is_silent():
    y = np.where(DATA.a == "w", 1, DATA.coin)
    with pytest.warns(SeparationWarning, match="a = 'w'"):
        fit = glm("y ~ a + x", DATA.assign(y=y), "binomial")
    assert "Infinite estimates" in str(fit.summary())


def test_statsmodels_9_and_R_24_diverge_from_a_start_of_five():
    y = [1.0] * 10 + [0.0] * 5
    fit = glm("y ~ 1", {"y": y}, "binomial", start=[5.0])
    assert fit.coef.iloc[0] == pytest.approx(np.log(2), rel=1e-7)
    assert fit.converged
    assert fit.deviance == pytest.approx(glm("y ~ 1", {"y": y}, "binomial").deviance)


def test_statsmodels_10_not_converging_is_silent():
    with pytest.warns(ConvergenceWarning, match=r"1 iterations.*maxit"):
        fit = glm("count ~ x", DATA, "poisson", control=Control(maxit=1))
    assert not fit.converged


# -- glum ----------------------------------------------------------------------------------------------


def test_glum_13_the_poisson_covariance_is_scaled_by_an_estimate():
    fit = glm("count ~ x + a", DATA, "poisson")
    X = fit.rows.block.dense()
    W = glm("count ~ x + a", DATA, "poisson", control=Control(epsilon=1e-14)).fitted.to_numpy()
    np.testing.assert_allclose(fit.vcov(), np.linalg.inv(X.T @ (W[:, None] * X)), rtol=1e-5)
    assert fit.dispersion == 1.0


def test_glum_15_complete_separation_is_silent():
    with pytest.warns(SeparationWarning, match="complete separation") as caught:
        glm("y ~ x", DATA.assign(y=(DATA.x > 0).astype(int)), "binomial")
    assert len(caught) == 1


@pytest.mark.parametrize("family", ["gaussian", "poisson", "gamma", "binomial"])
def test_glum_16_an_intercept_alone_is_an_error(family):
    y = {"binomial": "coin", "gamma": "amount"}.get(family, "count")
    fit = glm(f"{y} ~ 1", DATA, family)
    assert fit.fitted.iloc[0] == pytest.approx(DATA[y].mean())
    assert fit.deviance == pytest.approx(fit.null_deviance)


FRAMES = {
    "polars strings": lambda data: pl.from_pandas(data),
    "polars categories": lambda data: pl.from_pandas(data).with_columns(pl.col("a").cast(pl.Categorical)),
    "polars enum": lambda data: pl.from_pandas(data).with_columns(pl.col("a").cast(pl.Enum(["u", "v", "w"]))),
    "pyarrow": lambda data: pa.table({name: data[name].to_numpy() for name in data}),
    "pyarrow dictionary": lambda data: pa.table(
        {name: pa.array(data[name].to_numpy()) for name in data if name != "a"}
        | {"a": pa.array(data["a"].to_list()).dictionary_encode()}
    ),
    "pandas on arrow": lambda data: data.convert_dtypes(dtype_backend="pyarrow"),
    "dict": lambda data: {name: data[name].tolist() for name in data},
}


@pytest.mark.parametrize("kind", FRAMES)
def test_glum_17_frames_other_than_pandas_fail(kind):
    data = FRAMES[kind](DATA)
    fit, expected = glm("count ~ x + a", data, "poisson"), glm("count ~ x + a", DATA, "poisson")
    if kind != "pyarrow dictionary":  # which keeps its own order of levels
        np.testing.assert_allclose(fit.coef, expected.coef)
    np.testing.assert_allclose(np.asarray(fit.predict(data)), expected.predict(DATA))


# -- GLM.jl --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("family", "letter"), [("gaussian", "t"), ("gamma", "t"), ("poisson", "z"), ("binomial", "z")]
)
def test_glm_jl_18_tests_with_an_estimated_dispersion_are_z_tests(family, letter):
    y = {"binomial": "coin", "gamma": "amount"}.get(family, "count")
    table = glm(f"{y} ~ x", DATA, family).summary().coefficients
    assert list(table.columns)[2:] == [f"{letter} value", f"Pr(>|{letter}|)"]


# -- hea -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("argument", ["weights", "freq_weights", "offset", "exposure"])
def test_hea_19_missing_weights_give_coefficients_near_zero(argument):
    data = DATA.assign(k=np.where(np.arange(N) % 10 == 0, np.nan, 1.0 + np.arange(N) % 3))
    fit = glm("count ~ x", data, "poisson", **{argument: "k"})
    same_fit(fit, glm("count ~ x", data.dropna(), "poisson", **{argument: "k"}))
    assert fit.na_report.lost == ((argument, 6),)


@pytest.mark.parametrize("function", [glm, lm])
def test_hea_21_rows_with_missing_values_vanish_from_predictions(function):
    fit = function("count ~ x + a", DATA)
    new = DATA.head(4).assign(x=[0.0, np.nan, 1.0, 2.0])
    predicted = fit.predict(new)
    assert predicted.index.tolist() == [0, 1, 2, 3]
    assert predicted.isna().tolist() == [False, True, False, False]
    framed = fit.predict(new, se_fit=True, interval="confidence")
    assert framed.isna().all(axis=1).tolist() == [False, True, False, False]


# -- R -------------------------------------------------------------------------------------------------


def test_R_24_glm_keeps_a_column_that_lm_drops():
    data = DATA.assign(x2=DATA.x + 1e-9 * rng.normal(size=N))
    assert lm("amount ~ x + x2", data).aliased.tolist() == [False, False, True]
    for family in ("gaussian", "Gamma(log)", "poisson"):
        fit = glm(f"{'count' if family == 'poisson' else 'amount'} ~ x + x2", data, family)
        assert fit.aliased.tolist() == [False, False, True]
        assert np.isnan(fit.coef["x2"])
        assert np.abs(fit.coef["x"]) < 10


def test_R_25_predict_recycles_an_offset_of_another_length():
    fit = glm("count ~ x", DATA, "poisson", offset=np.log(DATA.e.to_numpy()))
    with pytest.raises(DataError, match="60 values, but the data have 3 rows"):
        fit.predict(DATA.head(3), offset=np.zeros(60))
    given = fit.predict(DATA.head(3), offset=np.log(DATA.e.to_numpy()[:3]))
    np.testing.assert_allclose(given, fit.linear_predictors.head(3))


def test_R_26_a_zero_weight_makes_the_AIC_of_a_gaussian_glm_infinite():
    fit = glm("amount ~ x", DATA, weights="w")
    assert fit.aic == pytest.approx(lm("amount ~ x", DATA, weights="w").aic)
    assert fit.aic == pytest.approx(glm("amount ~ x", DATA[DATA.w > 0], weights="w").aic)
    assert np.isfinite(fit.aic)


@pytest.mark.parametrize("family", ["gaussian", "gamma", "poisson"])
def test_R_27_nobs_and_the_nobs_of_the_likelihood_differ(family):
    fit = glm(f"{'count' if family == 'poisson' else 'amount'} ~ x", DATA, family, weights="w")
    assert fit.nobs == fit.loglik.nobs == 40
    assert fit.bic == pytest.approx(-2 * fit.loglik + np.log(40) * fit.loglik.df)


def test_all_of_it_is_silent_where_nothing_is_wrong():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        fit = glm("breaks ~ wool * tension", datasets.load("warpbreaks"), "poisson")
        str(fit.summary()), str(fit.anova()), fit.predict(), fit.residuals()
