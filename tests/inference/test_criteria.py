"""AIC and BIC, alone and side by side, and how log-likelihoods print."""

from __future__ import annotations

import math

import pytest

from rglm import AIC, BIC, AICc, FitError, RglmWarning, datasets, lm


@pytest.mark.parametrize(("name", "function"), [("AIC", AIC), ("BIC", BIC)])
def test_side_by_side_as_r(name, function, model, r, close):
    found, expected = function(model("l1"), model("l2")), r["criteria"][name]
    assert found.table.columns.tolist() == expected["columns"]
    close(found.table, expected["values"])
    assert str(found).split("\n") == expected["text"]


def test_quasi_has_none(model, r):
    found = AIC(q=model("quasi"), p3=model("p3"))
    assert str(found).split("\n") == r["criteria"]["quasi"]["text"]


def test_one_model_is_a_number(model):
    assert AIC(model("p3")) == model("p3").aic
    assert BIC(model("p3")) == model("p3").bic
    assert AIC(model("p3"), k=0) == -2 * model("p3").loglik
    assert math.isnan(AIC(model("quasi")))


def test_other_rows_warn(model, data):
    with pytest.warns(RglmWarning, match="same number of observations"):
        AIC(model("l1"), lm("yield ~ wt", data("plots").iloc[:8]))


def test_no_model_is_refused():
    with pytest.raises(FitError, match=r"BIC\(\) needs at least one fitted model"):
        BIC()


def test_loglik_prints_as_r(model, r):
    for name, stored in (("l1", "loglik"), ("quasi", "loglik_quasi")):
        assert str(model(name).loglik).split("\n") == r["criteria"][stored]


def test_aicc_is_aic_corrected(model):
    fit = lm("mpg ~ wt", datasets.load("mtcars"))
    assert AICc(fit) == pytest.approx(166.8866, abs=5e-5)
    k, n = fit.n_params, fit.nobs
    assert AICc(fit) == pytest.approx(AIC(fit) + 2 * k * (k + 1) / (n - k - 1))
    both = AICc(one=model("p1"), two=model("p2")).table
    assert both.columns.tolist() == ["df", "AICc"]
    assert both.loc["two", "AICc"] == AICc(model("p2"))
    assert math.isnan(AICc(model("quasi")))


def test_aicc_has_no_value_for_as_many_parameters_as_rows(model):
    assert AICc(model("saturated")) == math.inf
