"""Every model of models_spec.json gives R's numbers and R's printed text."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from compare import (
    MODELS,
    answers,
    close,
    close_table,
    compared,
    fit,
    frame,
    matrix_over_rows,
    new_rows,
    numbers,
    over_rows,
    same,
    same_text,
)

import rglm

RESIDUALS = ("deviance", "pearson", "working", "response")
INFLUENCE = ("hatvalues", "cooks_distance", "rstandard", "rstudent", "dffits", "covratio")
TESTS = {"none": False, "Chisq": "Chisq", "F": "F", "Rao": "Rao", "Cp": "Cp", "LRT": "LRT"}

pytestmark = pytest.mark.filterwarnings("ignore::rglm.errors.RglmWarning")


def is_glm(name: str) -> bool:
    return bool(MODELS[name]["python"]["function"] == "glm")


def pairs(quantity: str, keys: tuple[str, ...], parts: tuple[str, ...]) -> list[Any]:
    """One case for each model and each part of its answer that R gives."""
    return [
        pytest.param(name, part, id=f"{name}-{part}")
        for name in compared(quantity, *keys)
        for part in parts
        if part in compared_parts(name, keys) and f"{quantity}-{part}" not in MODELS[name].get("skip", [])
    ]


def compared_parts(name: str, keys: tuple[str, ...]) -> dict[str, Any]:
    answer = answers()[name]
    for key in keys:
        answer = answer[key]
    return {part: value for part, value in answer.items() if value is not None}


def test_the_answers_are_those_of_the_specification() -> None:
    assert set(answers()) == set(MODELS)
    assert len(MODELS) >= 60


# -- coefficients ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", compared("structure"))
def test_structure(name: str) -> None:
    got, r = fit(name), answers()[name]
    same(list(got.coef.index), r["coef"]["names"], "names of the coefficients")
    same(list(got.design.column_names), r["columns"], "columns of the model matrix")
    same(list(got.design.assign), r["assign"], "assign")
    same(got.rank, r["rank"], "rank")
    same(got.df_residual, r["df_residual"], "df_residual")
    same(got.nobs, r["nobs"], "nobs")


@pytest.mark.parametrize("name", compared("coef"))
def test_coef(name: str) -> None:
    close(fit(name).coef, answers()[name]["coef"]["values"], "coef")


@pytest.mark.parametrize("name", compared("summary", "summary", "coefficients"))
def test_summary_coefficients(name: str) -> None:
    r = answers()[name]["summary"]["coefficients"]
    table = fit(name).summary().coefficients
    given = table.loc[r["rows"]]
    assert table.drop(index=r["rows"]).isna().all(axis=None), "aliased rows are NaN"
    if r["rows"]:
        close_table(given, r, "summary")


@pytest.mark.parametrize("name", compared("summary"))
def test_summary_values(name: str) -> None:
    r, got = answers()[name]["summary"], fit(name).summary()
    if is_glm(name):
        close(got.dispersion, r["dispersion"], "dispersion")
        return
    close(got.sigma, r["sigma"], "sigma")
    close(got.r_squared, r["r_squared"], "r_squared")
    close(got.adj_r_squared, r["adj_r_squared"], "adj_r_squared")
    if r["fstatistic"]:
        test = got.fstatistic
        close([test.value, test.numdf, test.dendf], r["fstatistic"], "fstatistic")


@pytest.mark.parametrize("name", compared("vcov", "vcov"))
def test_vcov(name: str) -> None:
    r, got = answers()[name]["vcov"], fit(name).vcov()
    same(list(got.index), r["rows"], "rows of vcov")
    same(list(got.columns), r["columns"], "columns of vcov")
    expected = numbers(r["values"]).reshape(got.shape)
    if not got.size:
        return
    close(np.sqrt(np.diag(got)), np.sqrt(np.diag(expected)), "standard errors")
    # Each covariance against its own two standard errors: between two that are not correlated it cancels.
    unit = np.sqrt(np.outer(np.diag(expected), np.diag(expected)))
    close(got.to_numpy() / unit, expected / unit, "vcov")


# -- fit -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", compared("deviance"))
def test_deviance(name: str) -> None:
    got, r = fit(name), answers()[name]
    close(got.deviance, r["deviance"], "deviance", scale=1e-9)
    if is_glm(name):
        close(got.null_deviance, r["null_deviance"], "null_deviance")
        same(got.df_null, r["df_null"], "df_null")


@pytest.mark.parametrize("name", compared("likelihood"))
def test_likelihood(name: str) -> None:
    got, r = fit(name), answers()[name]["likelihood"]
    close(got.loglik, r["loglik"], "loglik")
    same(got.n_params, r["n_params"], "n_params")
    close(got.aic, r["aic"], "aic")
    if name in compared("bic"):
        close(got.bic, r["bic"], "bic")


@pytest.mark.parametrize("name", compared("iteration", "n_iter"))
def test_iteration(name: str) -> None:
    got, r = fit(name), answers()[name]
    same(got.n_iter, r["n_iter"], "n_iter")
    same(got.converged, r["converged"], "converged")
    same(got.boundary, r["boundary"], "boundary")


@pytest.mark.parametrize("name", compared("trace", "trace"))
def test_trace(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    fit.__wrapped__(name)
    same(capsys.readouterr().out.splitlines(), answers()[name]["trace"], "trace")


@pytest.mark.parametrize("name", compared("fitted"))
def test_fitted(name: str) -> None:
    got, r = fit(name), answers()[name]
    over_rows(got.fitted, r["fitted"], "fitted")
    if is_glm(name):
        over_rows(got.linear_predictors, r["linear_predictors"], "linear_predictors")


# -- residuals and influence -----------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "kind"), pairs("diagnostics", ("diagnostics", "residuals"), RESIDUALS))
def test_residuals(name: str, kind: str) -> None:
    r = answers()[name]["diagnostics"]["residuals"][kind]
    # The deviance residual of a row that is fitted exactly is the root of a rounding error in R.
    over_rows(fit(name).residuals(type=kind), r, kind, scale=1e-7 if kind == "deviance" else 1e-9)


@pytest.mark.parametrize("name", compared("diagnostics", "diagnostics", "partial"))
def test_partial_residuals(name: str) -> None:
    matrix_over_rows(
        fit(name).residuals(type="partial"), answers()[name]["diagnostics"]["partial"], "partial"
    )


@pytest.mark.parametrize(("name", "measure"), pairs("diagnostics", ("diagnostics", "influence"), INFLUENCE))
def test_influence(name: str, measure: str) -> None:
    r = dict(answers()[name]["diagnostics"]["influence"][measure])
    left_out = np.isnan(np.asarray(fit(name).fitted, dtype=float))
    if left_out.any():  # na_action="exclude": R has 0 for some measures of a row that was not fitted
        r["values"] = np.where(left_out, np.nan, numbers(r["values"]))
    over_rows(getattr(fit(name), measure)(), r, measure)


# -- predictions -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", compared("predict", "predict", "terms"))
def test_predict_terms(name: str) -> None:
    r, got = answers()[name]["predict"]["terms"], fit(name).predict(type="terms")
    matrix_over_rows(got, r, "terms")
    if r.get("constant") is not None:  # R loses it under na.exclude
        close(got.attrs["constant"], r["constant"], "constant")


@pytest.mark.parametrize("name", compared("predict", "predict", "new_terms"))
def test_predict_terms_of_new_rows(name: str) -> None:
    r = answers()[name]["predict"]["new_terms"]
    close(fit(name).predict(new_rows(name), type="terms"), r, "terms of new rows")


@pytest.mark.parametrize(("name", "kind"), pairs("predict", ("predict",), ("link", "response")))
def test_predict_new_rows(name: str, kind: str) -> None:
    r = answers()[name]["predict"][kind]
    got = fit(name).predict(new_rows(name), type=kind, se_fit=True)
    close(got["fit"], r["fit"], f"{kind}")
    close(got["se_fit"], r["se_fit"], f"se_fit of {kind}")
    close(fit(name).predict(new_rows(name), type=kind), r["fit"], f"{kind} without se_fit")


@pytest.mark.parametrize(("name", "kind"), pairs("predict", ("predict",), ("confidence", "prediction")))
def test_predict_intervals(name: str, kind: str) -> None:
    r = answers()[name]["predict"][kind]
    got = fit(name).predict(new_rows(name), interval=kind)
    close(got[r["columns"]], r["values"], f"{kind} interval")


# -- tests and tables ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "test"), pairs("anova", ("anova",), tuple(TESTS)))
def test_anova(name: str, test: str) -> None:
    got = fit(name).anova(test=TESTS[test]) if is_glm(name) else fit(name).anova()
    close_table(got.table, answers()[name]["anova"][test], f"anova, {test}")


@pytest.mark.parametrize("name", compared("nested", "nested"))
def test_anova_of_two_models(name: str) -> None:
    r = answers()[name]["nested"]
    smaller = fit(name, MODELS[name]["nested"]["formula"])
    both = smaller.anova(fit(name))
    close_table(both.table, r["table"], "anova of two models")
    same_text(both, r["text"], "anova of two models")


@pytest.mark.parametrize(("name", "part"), pairs("broom", ("broom",), ("tidy", "glance", "augment")))
def test_broom(name: str, part: str) -> None:
    r = answers()[name]["broom"][part]
    got = pd.DataFrame(getattr(fit(name), part)())
    for column, values in r.items():
        assert column in got.columns, f"{part} has no column {column!r}: {list(got.columns)}"
        if column == "term":
            same(list(got[column]), values, f"{part}, {column}")
        else:
            close(got[column], values, f"{part}, {column}")


@pytest.mark.parametrize("name", compared("correlation", "correlation"))
def test_correlation_of_coefficients(name: str) -> None:
    r = answers()[name]
    got = fit(name).summary(correlation=True)
    close_table(got.correlation, r["correlation"], "correlation")
    if name in compared("text"):
        same_text(got, r["correlation_text"], "summary with correlation")


@pytest.mark.parametrize("name", compared("dispersion", "dispersion_text"))
def test_summary_with_a_given_dispersion(name: str) -> None:
    r = answers()[name]
    got = fit(name).summary(dispersion=1)
    close_table(got.coefficients, r["dispersion_coefficients"], "coefficients at dispersion 1")
    same_text(got, r["dispersion_text"], "summary at dispersion 1")


# -- texts -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", compared("text", "texts", "print"))
def test_printed_fit(name: str) -> None:
    same_text(fit(name), answers()[name]["texts"]["print"], "print(fit)")


@pytest.mark.parametrize("name", compared("text", "texts", "summary"))
def test_printed_summary(name: str) -> None:
    same_text(fit(name).summary(), answers()[name]["texts"]["summary"], "print(summary(fit))")


@pytest.mark.parametrize("name", compared("text", "texts", "anova"))
def test_printed_anova(name: str) -> None:
    same_text(fit(name).anova(), answers()[name]["texts"]["anova"], "print(anova(fit))")


def test_the_data_are_not_changed_by_fitting() -> None:
    before = frame("small").copy()
    rglm.lm("y ~ x1 + g", frame("small"), weights="w")
    pd.testing.assert_frame_equal(frame("small"), before)
