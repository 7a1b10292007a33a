"""summary() and print(): R's texts line by line, and the choices of vcov, dispersion and correlation."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from rglm import FitError, RglmWarning, glm, lm, options

TEXTS = {
    "p3": "p3", "aliased": "aliased", "missing": "missing", "missing_quasi": "missing_quasi",
    "empty": "empty",
    "null": "p0", "gamma": "gamma", "grouped": "grouped", "lm": "l3", "lm_aliased": "lm_aliased",
    "lm_weighted": "lm_weighted", "lm_constant_weights": "lm_constant_weights", "lm_null": "lm_null",
    "lm_empty": "lm_empty", "lm_plain": "lm_plain", "lm_missing": "lm_missing", "lm_offset": "lm_offset",
    "lm_saturated": "lm_saturated",
}  # fmt: skip
FAR_OUT = (61.8877154330657, 1.14437763795517e-54)
"""t and p of R for the fit of test_p_values_are_exact_far_out."""

WITH = {"aliased": {"correlation": True}, "null": {"correlation": True}}


@pytest.mark.parametrize("case", TEXTS)
def test_summary_prints_as_r(case, model, r, body):
    found = model(TEXTS[case]).summary(**WITH.get(case, {}))
    assert body(str(found)) == r["texts"][case]["summary"]


@pytest.mark.parametrize("case", TEXTS)
def test_fit_prints_as_r(case, model, r, body):
    assert body(str(model(TEXTS[case]))) == r["texts"][case]["print"]


def test_correlations_print_as_r(model, r, body):
    assert body(str(model("p3").summary(correlation=True))) == r["texts"]["p3_correlation"]["summary"]
    assert body(str(model("l2").summary(correlation=True))) == r["texts"]["lm_correlation"]["summary"]


def test_given_dispersion_prints_as_r(model, r, body):
    assert body(str(model("gamma").summary(dispersion=0.01))) == r["texts"]["gamma_dispersion"]["summary"]


def test_saturated_fit_has_standard_errors_where_the_dispersion_is_known(model):
    table = model("saturated").summary().coefficients
    assert table["Std. Error"].notna().all()
    assert model("saturated").df_residual == 0


def test_saturated_fit_has_none_where_it_is_estimated(data):
    fit = glm("y ~ factor(x)", data("counts"), "gamma")
    summary = fit.summary()
    assert np.isnan(summary.dispersion)
    assert summary.coefficients["Std. Error"].isna().all()
    assert "taken to be NaN)" in str(summary)
    assert " NaN " in str(summary)


def test_a_given_dispersion_makes_z_tests(model):
    columns = model("gamma").summary(dispersion=0.01).coefficients.columns
    assert list(columns) == ["Estimate", "Std. Error", "z value", "Pr(>|z|)"]
    assert "t value" in model("gamma").summary().coefficients


@pytest.mark.parametrize("value", [0.0, -1.0, float("nan")])
def test_a_dispersion_must_be_positive(value, model):
    with pytest.raises(FitError, match="dispersion must be a positive number"):
        model("gamma").summary(dispersion=value)


def test_aliased_rows_are_nan(model):
    table = model("aliased").summary().coefficients
    assert table.loc["x2"].isna().all()
    assert table.drop(index="x2").notna().all(axis=None)


def test_p_values_are_exact_far_out():
    x = np.arange(60.0)
    table = lm("y ~ x", {"x": x, "y": x + 3 * np.sin(7 * x)}).summary().coefficients
    t, p = table.loc["x", ["t value", "Pr(>|t|)"]]
    assert np.isclose(t, FAR_OUT[0], rtol=1e-9)
    assert np.isclose(p, FAR_OUT[1], rtol=1e-9, atol=0)
    fit = glm("y ~ x", {"x": x, "y": np.round(5 * np.exp(0.1 * x))}, "poisson")
    z, p = fit.summary().coefficients.loc["x", ["z value", "Pr(>|z|)"]]
    assert z > 40
    assert p == 0.0
    assert "<2e-16 ***" in str(fit.summary())


def test_vcov_may_be_a_frame(model):
    fit = model("p3")
    doubled = 4.0 * fit.vcov()
    found = fit.summary(vcov=doubled.iloc[::-1, ::-1])
    np.testing.assert_allclose(
        found.coefficients["Std. Error"], 2.0 * fit.summary().coefficients["Std. Error"], rtol=1e-12
    )
    assert "Covariance: as given" in str(found)


def test_vcov_may_be_named(model):
    fit = model("p3")
    assert fit.summary(vcov="model").coefficients.equals(fit.summary().coefficients)
    assert "Covariance" not in str(fit.summary(vcov="model"))


def test_unknown_vcov_is_refused(model):
    with pytest.raises(FitError, match="vcov type 'HC9' is not known"):
        model("p3").summary(vcov="HC9")


def test_vcov_of_another_model_is_refused(model):
    with pytest.raises(FitError, match="vcov has no row and column for tq, tr"):
        model("p3").summary(vcov=model("p2").vcov())


def test_vcov_must_be_labelled(model):
    with pytest.raises(FitError, match=r"vcov must be a type such as 'model', or a DataFrame.*ndarray"):
        model("p3").summary(vcov=np.eye(6))


def test_vcov_of_an_aliased_fit_may_leave_the_aliased_out(model):
    fit = model("aliased")
    kept = fit.vcov().drop(index="x2", columns="x2")
    assert fit.summary(vcov=kept).coefficients.equals(fit.summary().coefficients)


def test_overall_test_uses_the_covariance_given(model):
    fit = model("l3")
    assert np.isclose(fit.summary(vcov=fit.vcov()).fstatistic.value, fit.summary().fstatistic.value)
    assert np.isclose(fit.summary(vcov=4.0 * fit.vcov()).fstatistic.value, fit.summary().fstatistic.value / 4)


def test_perfect_fit_warns():
    perfect = lm("y ~ x", {"x": np.arange(8.0), "y": 3 + 2 * np.arange(8.0)})
    with pytest.warns(RglmWarning, match="essentially perfect fit: summary may be unreliable"):
        perfect.summary()


def test_digits_and_stars_can_be_chosen(model):
    summary = model("p3").summary()
    assert "Signif. codes" in str(summary)
    assert "Signif. codes" not in summary.to_text(signif_stars=False)
    with options(digits=4, stars=False):
        assert "Signif. codes" not in str(summary)
    assert len(summary.to_text(digits=8)) > len(summary.to_text(digits=3))


def test_notes_stand_beneath_the_call(model):
    lines = str(model("gamma").summary()).split("\n")
    assert lines[0] == ""
    assert lines[1] == "Call:"
    assert lines[lines.index("", 1) - 1] == "Prior weights: w"


def test_small_lm_prints_residuals_by_row_label():
    frame = pd.DataFrame({"x": [1.0, 2.0, 3.0, 4.0], "y": [1.0, 3.0, 2.0, 5.0]}, index=list("abcd"))
    text = str(lm("y ~ x", frame).summary())
    assert "\n   a    b    c    d \n-0.1  0.8 -1.3  0.6 \n" in text


def test_frequency_weights_equal_repeated_rows(data):
    plots = data("plots")
    repeated = plots.loc[plots.index.repeat(plots["n"].astype(int))]
    one, other = lm("yield ~ wt", plots, freq_weights="n").summary(), lm("yield ~ wt", repeated).summary()
    assert str(one).split("Residuals:")[1] == str(other).split("Residuals:")[1]
