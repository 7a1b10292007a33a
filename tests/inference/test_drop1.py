"""drop1(), add1() and extract_aic(): tables and texts of R, what they reuse, and refusals."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from rglm import FitError, RglmWarning, add1, datasets, drop1, extract_aic, glm, lm

sys.path.insert(0, str(Path(__file__).parent))
from selection_models import SUM, agree, answers, data, model, numbers, quietly

DROPPED = [(name, test) for name, tests in answers()["dropped"].items() for test in tests]
# R takes the residual df of the rows before some were left out, and takes the offset off residuals
R_ERRS = {("air", "F"), ("offset", "Rao")}
ADDED = [
    (name, test) for name, tests in answers()["added"].items() for test in tests if (name, test) not in R_ERRS
]
SCOPES = {
    "quine": "~ . + Eth * Lrn",
    "quasi": "~ . + Eth + Lrn",
    "warp_wool": "~ . * tension",
    "bwt_null": "~ age + lwt + race + smoke",
    "low_null": "~ age + lwt + race + smoke + ptl",
    "clots_plus": "~ .^2",
    "gauss": "~ . + am + drat",
    "offset": "~ . + alcgp",
    "cars": "~ . + qsec * drat",
    "cars_null": "~ wt + hp + qsec",
    "air": "~ . + Solar.R + Temp",
    "weighted": "~ . * tension",
    "nb": "~ . + Lrn",
}


@pytest.mark.parametrize(("name", "test"), DROPPED)
def test_drop1_equals_r(name, test):
    found = quietly(lambda: model(name).drop1(test=test != "False" and test))
    agree(found, answers()["dropped"][name][test], atol=1e-6)


@pytest.mark.parametrize(("name", "test"), ADDED)
def test_add1_equals_r(name, test):
    fit = model("weighted_wool" if name == "weighted" else name)
    found = quietly(lambda: fit.add1(SCOPES[name], test=test != "False" and test))
    agree(found, answers()["added"][name][test], atol=1e-6)


SPECIAL = {
    "scale_glm": lambda: model("bwt").drop1(test="Chisq", dispersion=0.05),
    "scale_lm": lambda: model("cars").drop1(test="Chisq", dispersion=6),
    "scale_gauss": lambda: model("gauss").drop1(test="Chisq", dispersion=7),
    "scale_add": lambda: model("cars").add1("~ . + qsec", test="Chisq", dispersion=6),
    "k": lambda: model("low").drop1(k=np.log(189)),
    "scope": lambda: model("low").drop1("~ age + race", test="Chisq"),
    "type3": lambda: lm("breaks ~ wool * tension", data("warp"), contrasts=SUM).drop1("~ .", test="F"),
    "type3_glm": lambda: glm("breaks ~ wool * tension", data("warp"), "poisson", contrasts=SUM).drop1(
        "~ .", test="Chisq"
    ),
}


@pytest.mark.parametrize("case", SPECIAL)
def test_arguments_equal_r(case):
    agree(SPECIAL[case](), answers()["special"][case])


@pytest.mark.parametrize("name", answers()["extracted"])
def test_extract_aic_equals_r(name):
    fit = quietly(lambda: model(name))
    found = [*fit.extract_aic(), *extract_aic(fit, k=5)]
    np.testing.assert_allclose(found, numbers(answers()["extracted"][name]), rtol=1e-6)


@pytest.mark.parametrize("name", answers()["refit"])
def test_the_other_aic_is_that_of_each_model_as_fitted(name):
    found = model(name).drop1().refit_aic
    np.testing.assert_allclose(found, answers()["refit"][name], rtol=1e-8)


def test_a_gamma_models_two_aics_differ_and_both_are_there():
    found = model("bwt").drop1()
    gap = found.table["AIC"] - found.refit_aic
    assert gap.iloc[0] == pytest.approx(0.0, abs=1e-9)
    assert np.ptp(gap) > 0.1


def test_refit_aic_counts_what_a_log_n_penalty_counts():
    low = model("low")
    assert low.drop1(k=np.log(189)).refit_aic.iloc[0] == pytest.approx(low.bic)


def test_theta_is_held_and_counted_by_refit_aic_alone():
    fit = model("nb")
    found = fit.drop1()
    assert found.refit_aic.iloc[0] == pytest.approx(fit.aic)
    assert found.table["AIC"].iloc[0] == pytest.approx(fit.aic - 2)


@pytest.mark.parametrize("name", ["low", "bwt_all", "quine_all", "esoph", "offset", "swiss", "weighted"])
def test_each_row_is_the_model_fitted_afresh(name):
    fit = model(name)
    table = fit.drop1().table
    column = "RSS" if "RSS" in table else "Deviance"
    for label in table.index[1:]:
        fresh = fit.update(f". ~ . - {label}")
        assert table.loc[label, column] == pytest.approx(fresh.deviance, rel=1e-8)
        assert table.loc[label, "Df"] == fresh.df_residual - fit.df_residual


def test_a_term_leaves_a_model_without_intercept_as_a_term():
    # R drops its columns, and keeps `tension` coded as if an intercept were there
    fit = lm("breaks ~ 0 + wool + tension", datasets.load("warpbreaks"))
    assert fit.drop1().table.loc["wool", "Df"] == 1
    assert fit.drop1().table.loc["wool", "RSS"] == pytest.approx(fit.update(". ~ . - wool").deviance)


def test_a_term_enters_a_model_without_intercept_as_a_term():
    base = glm("breaks ~ 0 + wool", datasets.load("warpbreaks"), "poisson")
    found = quietly(lambda: base.add1("~ . + tension", test="Rao"))
    assert found.table.loc["tension", "Df"] == 2


def test_add1_keeps_one_set_of_rows():
    fit = model("air_glm")
    with pytest.warns(RglmWarning, match="using the 111/116 rows from a combined fit"):
        found = fit.add1("~ . + Solar.R + Temp", test="Chisq")
    complete = data("air").dropna(subset=["Ozone", "Solar.R"])
    both = {name: glm(f"Ozone ~ {name}", complete, fit.family) for name in ("Wind", "Wind + Temp")}
    assert found.table["Deviance"].iloc[0] == pytest.approx(both["Wind"].deviance)
    assert found.table.loc["Temp", "Deviance"] == pytest.approx(both["Wind + Temp"].deviance)
    assert found.refit_aic["Temp"] == pytest.approx(both["Wind + Temp"].aic)


def test_f_of_add1_is_that_of_the_rows_that_were_used():
    found = quietly(lambda: model("air").add1("~ . + Solar.R + Temp", test="F")).table
    complete = data("air").dropna(subset=["Ozone", "Solar.R"])
    larger = lm("Ozone ~ Wind + Temp", complete)
    assert found.loc["Temp", "F value"] == pytest.approx(
        larger.drop1("~ Temp", test="F").table.iloc[1]["F value"]
    )


def test_rao_of_add1_is_that_of_anova_beside_an_offset():
    fit = model("offset")
    found = fit.add1("~ . + alcgp", test="Rao").table
    expected = fit.anova(fit.update(". ~ . + alcgp"), test="Rao").table
    assert found.loc["alcgp", "Rao score"] == pytest.approx(expected["Rao"].iloc[1], rel=1e-6)


@pytest.mark.parametrize("name", ["quine", "bwt", "cars", "warp_wool"])
def test_boot_stands_beside_the_usual_test(name):
    fit = model(name)
    found = fit.drop1(test="boot", n_boot=19, seed=1)
    usual = fit.drop1(test="Chisq" if fit.family.dispersion_known else "F").table
    assert found.table[usual.columns].equals(usual)
    assert found.table["Pr(boot)"].iloc[1:].between(0.05, 1.0).all()
    added = fit.add1(
        {"quine": "~ . + Lrn", "bwt": "~ . + ht", "cars": "~ . + am", "warp_wool": "~ . + tension"}[name],
        test="boot",
        n_boot=19,
        seed=1,
    )
    assert added.table.columns[-2:].tolist() == ["Pr(boot)", "MC error"]
    assert added.table["Pr(boot)"].iloc[1:].between(0.05, 1.0).all()


def test_boot_needs_the_rows_of_the_fit():
    with pytest.raises(FitError, match="leaves out some of its rows"):
        quietly(lambda: model("air").add1("~ . + Solar.R", test="boot", n_boot=9))


def test_sampling_weights_are_refused():
    fit = glm("breaks ~ wool", data("weighted"), "poisson", prob_weights="n")
    for ask in (fit.drop1, fit.step, lambda: fit.add1("~ . + tension")):
        with pytest.raises(FitError, match="compares deviances, and with prob_weights"):
            ask()


def test_add1_and_drop1_are_one_comparison():
    fewer, more = model("quine"), model("quine").update(". ~ . + Lrn")
    added = fewer.add1("~ . + Lrn", test="Chisq").table.loc["Lrn"]
    dropped = more.drop1(test="Chisq").table.loc["Lrn"]
    assert added["LRT"] == pytest.approx(dropped["LRT"], rel=1e-7)
    assert added["Df"] == dropped["Df"]


def test_labels_may_be_listed():
    assert model("low").drop1(["age", "race"]).table.index.tolist() == ["<none>", "age", "race"]
    found = model("cars").add1(["qsec", "hp:wt"])
    assert found.table.index.tolist() == ["<none>", "qsec", "hp:wt"]


def test_aliased_terms_cost_nothing():
    frame = data("mtcars").assign(wt2=lambda d: 2 * d["wt"])
    for fit in (lm("mpg ~ wt + hp + wt2", frame), glm("mpg ~ wt + hp + wt2", frame)):
        table = fit.drop1(test="Chisq").table
        assert table["Df"].tolist()[1:] == [0, 1, 0]
        assert table["Pr(>Chi)"].isna().tolist() == [True, True, False, True]


def test_frequency_weights_are_repeated_rows():
    frame = data("weighted")
    long = frame.loc[frame.index.repeat(frame["n"])]
    for fit in (lambda d, **w: lm("breaks ~ wool * tension + x", d, **w), lambda d, **w: glm(
        "breaks ~ wool * tension + x", d, "gamma", **w
    )):  # fmt: skip
        one, other = fit(frame, freq_weights="n"), fit(long)
        np.testing.assert_allclose(
            one.drop1(test="F").table, other.drop1(test="F").table, rtol=1e-6, atol=1e-8
        )
        np.testing.assert_allclose(one.drop1().refit_aic, other.drop1().refit_aic, rtol=1e-9)


def test_f_warns_where_the_dispersion_is_known():
    with pytest.warns(RglmWarning, match="F test assumes 'quasipoisson' family"):
        model("quine").drop1(test="F")
    with pytest.warns(RglmWarning, match="F test assumes 'quasibinomial' family"):
        model("low_null").add1("~ age", test="F")


def test_a_perfect_fit_warns():
    perfect = lm("y ~ x + z", {"x": [1.0, 2, 3, 4], "z": [1.0, 0, 0, 1], "y": [3.0, 5, 7, 9]})
    with pytest.warns(RglmWarning, match="essentially perfect fit is nonsense"):
        perfect.drop1()


def test_the_fit_stays_as_it_is():
    fit = model("low")
    before = fit.coef.copy()
    drop1(fit, test="Rao")
    quietly(lambda: add1(fit, "~ . + I(age^2)"))
    assert fit.coef.equals(before)


def test_renders_everywhere():
    record = model("bwt").drop1(test="F")
    assert "<table" in record._repr_html_()
    assert "tabular" in record.to_latex()
    assert "| smoke" in record.to_markdown()


@pytest.mark.parametrize("name", ["low", "cars"])
@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda fit: fit.drop1("~ agee"), r"not a subset of term labels: the model has no term agee"),
        (lambda fit: fit.drop1(test="chi2"), r"test 'chi2' is not known"),
        (lambda fit: fit.drop1(3), r"scope must be a formula.*got 3 \(an int\)"),
        (lambda fit: fit.drop1([]), r"list of term labels"),
        (lambda fit: fit.drop1(dispersion=-1), r"dispersion must be a positive number"),
        (lambda fit: fit.add1("~ ."), r"no terms in scope for adding"),
        (lambda fit: fit.add1("~ zzz"), r"upper scope must hold all terms of the model; it lacks"),
        (lambda fit: fit.add1(None), r"scope must be a formula.*got None"),
        (lambda fit: fit.add1("~ . + I(1:3)", test="Cp"), r"test 'Cp' is not known"),
    ],
)
def test_refusals(name, ask, message):
    with pytest.raises(FitError, match=message):
        ask(model(name))


def test_near_misses_are_named():
    with pytest.raises(FitError, match="Did you mean 'smoke'"):
        model("low").drop1("~ smok")


def test_rao_is_no_test_of_a_linear_model():
    with pytest.raises(FitError, match="test 'Rao' is not known"):
        model("cars").drop1(test="Rao")
