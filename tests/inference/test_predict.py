"""predict(): R's numbers, one row per row of newdata, offsets, intervals, and refusals."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import polars as pl
import pytest

from rglm import DataError, FitError, RankWarning, RglmWarning, glm, lm

NEW_CLOTS = pd.DataFrame({"u": [7.0, np.nan, 50.0], "f": ["a", "b", "c"]}, index=["i", "j", "k"])
NEW_COUNTS = pd.DataFrame({"outcome": ["a", "c", "b"], "t": ["p", "r", None], "e": [1.0, 4.0, 2.0]})


@pytest.mark.parametrize("scale", ["link", "response"])
def test_standard_errors_equal_r(scale, model, r, close):
    found = model("gamma").predict(NEW_CLOTS, scale, se_fit=True)
    close(found["fit"], r["predictions"][f"gamma_{scale}"]["fit"])
    close(found["se_fit"], r["predictions"][f"gamma_{scale}"]["se_fit"])
    assert found.index.tolist() == ["i", "j", "k"]


def test_terms_equal_r(model, r, close):
    expected = r["predictions"]["gamma_terms"]
    found = model("gamma").predict(NEW_CLOTS, "terms", se_fit=True)
    assert found.fit.columns.tolist() == expected["fit"]["columns"]
    close(found.fit, expected["fit"]["values"])
    close(found.se_fit, expected["se_fit"]["values"])
    close(found.constant, [expected["constant"]])


def test_terms_are_not_centred_without_an_intercept(model, r, close):
    expected = r["predictions"]["plain_terms"]
    found = model("plain").predict(type="terms", se_fit=True)
    close(found.fit, expected["fit"]["values"])
    close(found.se_fit, expected["se_fit"]["values"])
    assert found.constant == 0.0


@pytest.mark.parametrize("name", ["gamma", "rate", "p3", "aliased", "l3"])
def test_terms_constant_and_offset_add_to_the_link(name, model):
    fit = model(name)
    terms = fit.predict(type="terms")
    total = terms.sum(axis=1) + terms.attrs["constant"] + fit.rows.offset
    np.testing.assert_allclose(total, fit.linear_predictors, rtol=1e-12)


def test_offset_terms_are_evaluated_on_newdata(model, r, close):
    found = model("rate").predict(NEW_COUNTS, se_fit=True)
    close(found["fit"], r["predictions"]["rate_link"]["fit"])
    close(found["se_fit"], r["predictions"]["rate_link"]["se_fit"])


def test_both_kinds_of_offset_add(data, r, close):
    fit = glm("y ~ outcome + offset(x)", data("counts"), "poisson", offset="log(e)")
    new = {"outcome": ["b"], "e": [2.0], "x": [3.0]}
    close(fit.predict(new), r["predictions"]["argument_link"])


@pytest.mark.parametrize(
    ("case", "arguments"),
    [
        ("lm_confidence", {"interval": "confidence", "level": 0.9}),
        ("lm_prediction", {"interval": "prediction"}),
    ],
)
def test_lm_intervals_equal_r(case, arguments, model, r, close):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RglmWarning)
        found = model("lm_clots").predict(NEW_CLOTS, **arguments)
    assert found.columns.tolist() == r["predictions"][case]["columns"]
    close(found, r["predictions"][case]["values"])


def test_lm_prediction_intervals_here_use_the_weights(model, r, close):
    close(model("lm_clots").predict(interval="prediction"), r["predictions"]["lm_prediction_here"]["values"])


def test_weighted_prediction_intervals_warn(model):
    with pytest.warns(RglmWarning, match="constant prediction variance even though model fit is weighted"):
        model("lm_clots").predict(NEW_CLOTS, interval="prediction")


def test_training_rows_by_default(model):
    for name in ("p3", "rate", "gamma", "grouped"):
        fit = model(name)
        assert fit.predict().equals(fit.linear_predictors)
        np.testing.assert_allclose(fit.predict(type="response"), fit.fitted, rtol=1e-14)


def test_predicting_the_training_data_gives_the_fit(model, data):
    np.testing.assert_allclose(
        model("rate").predict(data("counts"), "response"), model("rate").fitted, rtol=1e-12
    )


def test_excluded_rows_come_back_as_nan(data):
    fit = glm("y ~ m", data("counts"), "poisson", na_action="exclude")
    found = fit.predict(se_fit=True)
    assert len(found) == 10
    assert found.index[found["fit"].isna()].tolist() == [2, 6]


def test_interval_on_the_response_is_the_inverse_of_that_on_the_link(model):
    fit = model("p3")
    link = fit.predict(interval="confidence")
    response = fit.predict(type="response", interval="confidence", se_fit=True)
    assert response.columns.tolist() == ["fit", "se_fit", "lwr", "upr"]
    np.testing.assert_allclose(response[["lwr", "upr"]], np.exp(link[["lwr", "upr"]]))
    se = fit.predict(se_fit=True)["se_fit"]
    np.testing.assert_allclose(link["upr"] - link["fit"], 1.959963984540054 * se)


def test_interval_uses_t_where_the_dispersion_is_estimated(model):
    found = model("gamma").predict(NEW_CLOTS, se_fit=True, interval="confidence")
    ratio = (found["upr"] - found["fit"]) / found["se_fit"]
    np.testing.assert_allclose(ratio.dropna(), 2.5705818356363146)


def test_interval_of_a_falling_link_is_in_order(model):
    found = model("gamma").predict(NEW_CLOTS.iloc[[0, 2]], "response", interval="confidence")
    assert (found["lwr"] < found["fit"]).all()
    assert (found["fit"] < found["upr"]).all()


def test_interval_ends_where_the_mean_does(model):
    found = model("gamma").predict(
        {"u": [5.0], "f": ["a"]}, "response", interval="confidence", level=0.9999999
    )
    assert found["lwr"].iloc[0] > 0
    assert found["upr"].iloc[0] == np.inf


def test_unseen_level_is_an_error_or_nan(model):
    new = {"outcome": ["a", "zz"], "x": [1.0, 2.0], "t": ["p", "p"]}
    with pytest.raises(DataError, match="zz"):
        model("p3").predict(new)
    found = model("p3").predict(new, new_levels="nan", se_fit=True)
    assert found["fit"].isna().tolist() == [False, True]
    assert found["se_fit"].isna().tolist() == [False, True]


def test_missing_column_is_named(model):
    with pytest.raises(DataError, match="'e'"):
        model("rate").predict(NEW_COUNTS.drop(columns="e"))


def test_only_what_the_formula_reads_is_needed(model):
    assert len(model("p1").predict({"outcome": ["a", "b"]})) == 2


def test_response_need_not_be_there(model):
    assert len(model("gamma").predict(NEW_CLOTS)) == 3


def test_kind_of_frame_is_kept(model):
    found = model("p1").predict(pl.DataFrame({"outcome": ["a", "b"]}), se_fit=True)
    assert type(found) is pl.DataFrame
    assert found.columns == ["fit", "se_fit"]


def test_exposure_gives_rates(data):
    counts = data("counts")
    fit = glm("y ~ outcome", counts, "poisson", exposure="e")
    rates = fit.predict(type="response", exposure=1)
    np.testing.assert_allclose(rates, fit.fitted / counts["e"], rtol=1e-12)
    new = pd.DataFrame({"outcome": ["a", "b"], "e": [2.0, 3.0], "other": [4.0, 6.0]})
    base = fit.predict(new, "response", exposure=1)
    np.testing.assert_allclose(fit.predict(new, "response"), base * new["e"], rtol=1e-12)
    np.testing.assert_allclose(
        fit.predict(new, "response", exposure="other"), base * new["other"], rtol=1e-12
    )
    np.testing.assert_allclose(
        fit.predict(new, "response", exposure="other / 2"), base * new["e"], rtol=1e-12
    )
    np.testing.assert_allclose(fit.predict(new, "response", exposure=[2.0, 3.0]), base * new["e"], rtol=1e-12)


def test_offset_replaces_that_of_the_fit(data):
    counts = data("counts")
    fit = glm("y ~ outcome", counts, "poisson", offset=np.log(counts["e"]))
    new = pd.DataFrame({"outcome": ["a", "b"]})
    base = fit.predict(new, offset=0)
    np.testing.assert_allclose(fit.predict(new, offset=[1.0, 2.0]) - base, [1.0, 2.0])


def test_an_array_offset_says_nothing_about_newdata(data):
    counts = data("counts")
    fit = glm("y ~ outcome", counts, "poisson", offset=np.log(counts["e"]))
    with pytest.raises(FitError, match=r"offset= was an array.*Give offset="):
        fit.predict({"outcome": ["a", "b"]})
    assert len(fit.predict()) == 10


def test_offset_of_the_wrong_length_is_refused(model):
    with pytest.raises(DataError, match="offset has 3 values, but the data have 2 rows"):
        model("p1").predict({"outcome": ["a", "b"]}, offset=[1.0, 2.0, 3.0])


def test_exposure_must_be_positive(data):
    fit = glm("y ~ outcome", data("counts"), "poisson", exposure="e")
    with pytest.raises(DataError, match=r"exposure must be positive, and is not in 1 of 2 rows \(row 1: 0\)"):
        fit.predict({"outcome": ["a", "b"], "e": [1.0, 0.0]})


def test_exposure_where_the_fit_had_none_is_refused(model):
    with pytest.raises(FitError, match=r"the fit has none\.$"):
        model("p1").predict({"outcome": ["a"]}, exposure=1)
    with pytest.raises(FitError, match=r"Its formula has offset\(\)"):
        model("rate").predict(NEW_COUNTS, exposure=1)


def test_rank_deficient_fit_warns_of_rows_it_cannot_predict(model, r, close):
    new = {"wt": [1.0, 2.0], "wt2": [2.0, 5.0], "g": ["lo", "hi"]}
    with pytest.warns(RankWarning, match=r"cannot tell wt2 apart .* 1 of the 2 new rows .* rows 1\."):
        found = model("lm_aliased").predict(new)
    close(found, r["predictions"]["aliased"])


def test_rank_deficient_fit_is_silent_where_rows_are_estimable(model, data):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model("lm_aliased").predict({"wt": [1.0, 250.0], "wt2": [2.0, 500.0], "g": ["lo", "hi"]})
        model("crossed").predict(data("plots").iloc[:4])


def test_empty_cell_warns(model):
    with pytest.warns(RankWarning, match="gmid:hs"):
        model("crossed").predict({"g": ["mid"], "h": ["s"]})


def test_vcov_changes_standard_errors_alone(model):
    fit = model("p3")
    one, other = fit.predict(se_fit=True), fit.predict(se_fit=True, vcov=4.0 * fit.vcov())
    np.testing.assert_allclose(other["fit"], one["fit"])
    np.testing.assert_allclose(other["se_fit"], 2.0 * one["se_fit"])


def test_intercept_only_and_empty_models(model):
    assert model("p0").predict({"anything": [1, 2, 3]}).nunique() == 1
    assert model("p0").predict(type="terms").shape == (10, 0)
    assert (model("empty").predict(se_fit=True) == 0).all(axis=None)


def test_no_residual_df_means_no_standard_error(model):
    assert model("lm_saturated").predict(se_fit=True)["se_fit"].isna().all()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"type": "mean"}, "prediction type 'mean' is not known.*'response'"),
        ({"interval": "both"}, "interval 'both' is not known. .*Choose 'confidence'"),
        ({"interval": "prediction"}, 'add type="response"'),
        ({"interval": "confidence", "level": 95}, "write level=0.95"),
        ({"level": 0.0}, "level must lie between 0 and 1"),
        ({"type": "terms", "interval": "confidence"}, "for terms ask for se_fit=True"),
    ],
)
def test_unknown_choices_are_refused(arguments, message, model):
    with pytest.raises(FitError, match=message):
        model("p3").predict(**arguments)


def test_lm_knows_prediction_intervals(model):
    with pytest.raises(FitError, match="Choose 'confidence' or 'prediction'"):
        model("l3").predict(interval="both")


def test_lm_types_agree(model):
    assert model("l3").predict(type="link").equals(model("l3").predict(type="response"))


def test_lm_offset_in_the_formula(model, data):
    np.testing.assert_allclose(
        model("lm_offset").predict(data("plots")), model("lm_offset").fitted, rtol=1e-12
    )
    assert isinstance(lm("yield ~ wt", data("plots")).predict(), pd.Series)
