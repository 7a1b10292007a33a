"""What cost users their answers elsewhere: responses, offsets, levels, missing rows, aliasing, weights."""

from __future__ import annotations

import pickle
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from rglm import Control, DataError, FormulaError, RankWarning, glm, lm

N = 80
rng = np.random.default_rng(11)
DATA = pd.DataFrame(
    {
        "x": rng.normal(size=N),
        "z": rng.normal(size=N),
        "a": rng.choice(["u", "v", "w"], N),
        "e": rng.uniform(0.5, 4, N),
        "count": rng.poisson(3, N),
        "coin": rng.integers(0, 2, N),
        "amount": rng.gamma(3, 1, N),
        "k": rng.integers(1, 4, N),
    }
)
WORDS = DATA.coin.map({0: "no", 1: "yes"})
REPEATED = DATA.loc[DATA.index.repeat(DATA.k)].reset_index(drop=True)


def close(one, other, rtol=1e-10, atol=1e-12):
    np.testing.assert_allclose(np.asarray(one, float), np.asarray(other, float), rtol=rtol, atol=atol)


# -- 1: a response of two levels -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("response", "modelled"),
    [
        (WORDS, 'P(y = "yes")'),
        (DATA.coin == 1, "P(y = TRUE)"),
        (pd.Categorical(WORDS, categories=["no", "yes"]), 'P(y = "yes")'),
        (pd.Categorical(WORDS, categories=["no", "yes"], ordered=True), 'P(y = "yes")'),
    ],
    ids=["strings", "booleans", "categories", "ordered"],
)
def test_the_second_level_is_modelled_and_the_summary_says_so(response, modelled):
    fit = glm("y ~ x + a", DATA.assign(y=response), "binomial")
    close(fit.coef, glm("coin ~ x + a", DATA, "binomial").coef)
    assert f"Models {modelled}" in str(fit.summary())


def test_the_declared_order_of_levels_or_success_turns_the_signs():
    expected = -glm("coin ~ x", DATA, "binomial").coef
    declared = pd.Categorical(WORDS, categories=["yes", "no"])
    close(glm("y ~ x", DATA.assign(y=declared), "binomial").coef, expected)
    close(glm("y ~ x", DATA.assign(y=WORDS), "binomial", success="no").coef, expected)


# -- 2: offsets and exposures --------------------------------------------------------------------------

EXPOSED = {
    "formula": ("count ~ x + offset(log(e))", {}),
    "exposure": ("count ~ x", {"exposure": "e"}),
    "offset": ("count ~ x", {"offset": "log(e)"}),
    "array": ("count ~ x", {"exposure": DATA.e.to_numpy()}),
    "series": ("count ~ x", {"offset": np.log(DATA.e)}),
}


@pytest.mark.parametrize("how", EXPOSED)
def test_an_exposure_is_the_same_however_it_is_given(how):
    formula, arguments = EXPOSED[how]
    fit, expected = (
        glm(formula, DATA, "poisson", **arguments),
        glm("count ~ x", DATA, "poisson", exposure="e"),
    )
    close(fit.coef, expected.coef)
    assert fit.deviance == pytest.approx(expected.deviance)
    assert fit.null_deviance == pytest.approx(expected.null_deviance)
    close(fit.predict(), fit.linear_predictors)


def test_doubling_the_exposure_doubles_predictions_and_one_gives_rates():
    fit = glm("count ~ x", DATA, "poisson", exposure="e")
    means = fit.predict(DATA, type="response")
    close(fit.predict(DATA.assign(e=2 * DATA.e), type="response"), 2 * means)
    close(fit.predict(DATA, type="response", exposure=1), means / DATA.e)


# -- 3: levels that the fit has not seen ---------------------------------------------------------------


@pytest.mark.parametrize("right", ["a", "a * x", "C(a)", "interaction(a, coin > 0)", "factor(paste(a, 1))"])
def test_an_unseen_level_is_an_error_nan_or_the_base_by_name(right):
    fit = glm(f"count ~ {right}", DATA, "poisson")
    new = DATA.head(3).assign(a=["u", "new", "v"])
    with pytest.raises(DataError, match="1 row"):
        fit.predict(new)
    assert fit.predict(new, new_levels="nan").isna().tolist() == [False, True, False]
    assert fit.predict(new, new_levels="base").notna().all()
    close(fit.predict(new, new_levels="nan").iloc[[0, 2]], fit.predict(new.iloc[[0, 2]]))


def test_a_variable_that_was_removed_is_not_asked_for():
    fit = glm("count ~ x + a - a", DATA, "poisson")
    assert fit.predict({"x": [0.0, 1.0]}).notna().all()
    dotted = glm("count ~ . - a - z", DATA[["count", "x", "a", "z"]], "poisson")
    close(dotted.predict({"x": [0.0, 1.0]}), fit.predict({"x": [0.0, 1.0]}))


# -- 4: one mask of missing values ---------------------------------------------------------------------


def test_one_mask_covers_everything_and_is_counted():
    data = DATA.astype({"count": float, "k": float})
    for row, column in enumerate(["count", "x", "a", "e", "k"]):
        data.loc[row, column] = None
    data.loc[10, ["x", "a"]] = None
    data.loc[20, "z"] = None  # not used
    fit = glm("count ~ x + a", data, "poisson", exposure="e", weights="k")
    close(
        fit.coef,
        glm("count ~ x + a", data.drop(columns="z").dropna(), "poisson", exposure="e", weights="k").coef,
    )
    report = fit.na_report
    assert (report.rows_in, report.rows_kept, report.rows_lost) == (N, N - 6, 6)
    assert dict(report.lost) == {"count": 1, "x": 2, "a": 2, "weights": 1, "exposure": 1}
    assert "(6 observations deleted due to missingness)" in str(fit.summary())
    assert fit.fitted.index.tolist() == sorted(set(range(N)) - {0, 1, 2, 3, 4, 10})
    padded = fit.update(na_action="exclude")
    for values in (padded.fitted, padded.residuals(), padded.hatvalues(), padded.predict()):
        assert values.index.equals(data.index)
        assert values.isna().sum() == 6
    assert len(fit.predict(data)) == N


# -- 5: aliased columns --------------------------------------------------------------------------------

ALIASED = DATA.assign(x2=2 * DATA.x - 1, total=DATA.x + DATA.z)


@pytest.mark.parametrize("family", ["gaussian", "poisson", "gamma(log)", "binomial"])
def test_everything_about_an_aliased_fit_equals_the_reduced_fit(family):
    y = {"gamma(log)": "amount", "binomial": "coin"}.get(family, "count")
    control = Control(epsilon=1e-14)  # two designs are two paths
    fit = glm(f"{y} ~ x + x2 + z + total + a", ALIASED, family, control=control)
    small = glm(f"{y} ~ x + z + a", ALIASED, family, control=control)
    kept = small.coef.index
    assert fit.coef.index[fit.aliased].tolist() == ["x2", "total"], "the later columns, as in R"
    close(fit.coef[kept], small.coef)
    close(fit.summary().coefficients.loc[kept], small.summary().coefficients)
    close(fit.confint(method="wald").loc[kept], small.confint(method="wald"))
    assert (fit.df_residual, fit.rank) == (small.df_residual, small.rank)
    assert (fit.deviance, fit.aic, fit.bic) == pytest.approx(
        (small.deviance, small.aic, small.bic), rel=1e-10
    )
    columns = {"se_fit": True, "interval": "confidence", "type": "response"}
    close(fit.predict(ALIASED, **columns), small.predict(ALIASED, **columns))
    table = fit.anova().table
    assert table.loc[["x2", "total"], "Df"].tolist() == [0, 0]
    close(table.drop(index=["x2", "total"]), small.anova().table)


def test_alias_says_what_equals_what_and_predictions_off_it_warn():
    fit = lm("amount ~ x + x2 + z + total", ALIASED)
    table = fit.alias().table
    assert table.loc["x2", ["(Intercept)", "x", "z"]].tolist() == pytest.approx([-1.0, 2.0, 0.0])
    assert table.loc["total", ["(Intercept)", "x", "z"]].tolist() == pytest.approx([0.0, 1.0, 1.0])
    with pytest.warns(RankWarning, match="total"):
        fit.predict(ALIASED.head(2).assign(total=0.0))


# -- 7: the deviance never rises -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "family", ["poisson", "gamma(inverse)", "gamma(log)", "binomial(cauchit)", "poisson(sqrt)"]
)
def test_the_deviance_falls_at_every_step(family):
    y = "coin" if "binomial" in family else "amount" if "gamma" in family else "count"
    history = glm(f"{y} ~ x + a + z", DATA, family).history
    assert (np.diff(history["deviance"]) <= 1e-8 * (history["deviance"].iloc[0] + 0.1)).all()


# -- 8: kinds of weights -------------------------------------------------------------------------------


@pytest.mark.parametrize("family", ["gaussian", "poisson", "gamma", "binomial", "quasipoisson"])
def test_frequency_weights_are_repeated_rows(family):
    y = {"gamma": "amount", "binomial": "coin"}.get(family, "count")
    one = glm(f"{y} ~ x + a", DATA, family, freq_weights="k")
    many = glm(f"{y} ~ x + a", REPEATED, family)
    close(one.summary().coefficients, many.summary().coefficients, rtol=1e-7)
    assert (one.nobs, one.df_residual, one.df_null) == (many.nobs, many.df_residual, many.df_null)
    assert (one.deviance, one.null_deviance) == pytest.approx((many.deviance, many.null_deviance))
    assert (one.aic, one.bic, one.dispersion) == pytest.approx(
        (many.aic, many.bic, many.dispersion), nan_ok=True
    )
    assert "Frequency weights: k" in str(one.summary())


def test_prior_weights_are_precisions():
    one, ten = (lm("amount ~ x", DATA, weights=scale * DATA.k) for scale in (1.0, 10.0))
    close(one.summary().coefficients, ten.summary().coefficients)
    assert ten.sigma == pytest.approx(np.sqrt(10) * one.sigma)
    assert one.nobs == ten.nobs == N
    assert "Prior weights: k" in str(lm("amount ~ x", DATA, weights="k").summary())


# -- 9: likelihoods ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("family", "extra"), [("gaussian", 1), ("gamma", 1), ("poisson", 0), ("binomial", 0)]
)
def test_criteria_count_the_parameters_that_they_show(family, extra):
    y = {"gamma": "amount", "binomial": "coin"}.get(family, "count")
    fit = glm(f"{y} ~ x + a", DATA, family)
    assert fit.n_params == fit.loglik.df == 4 + extra
    assert fit.aic == pytest.approx(-2 * fit.loglik + 2 * fit.n_params)
    assert fit.bic == pytest.approx(-2 * fit.loglik + np.log(N) * fit.n_params)


def test_quasi_families_have_no_likelihood_and_say_so():
    fit = glm("count ~ x", DATA, "quasipoisson")
    assert np.isnan([fit.aic, fit.bic, float(fit.loglik)]).all()
    assert "AIC: NA" in str(fit.summary())


# -- 10: names -----------------------------------------------------------------------------------------

outside = np.arange(float(N))


def test_names_of_the_program_are_out_of_reach():
    hidden = outside  # neither this nor the module's array may be found
    assert hidden is outside
    for name in ("outside", "hidden", "N", "np", "len", "__name__"):
        with pytest.raises(FormulaError):
            lm(f"amount ~ {name}", DATA)
    close(
        lm("amount ~ double(x)", DATA, env={"double": lambda x: 2 * x}).coef * [1, 2],
        lm("amount ~ x", DATA).coef,
    )


def test_a_fit_pickles_and_predicts_alike_in_another_process(tmp_path):
    fit = glm("count ~ ns(x, df = 3) + C(a, contr.sum) + offset(log(e))", DATA, "poisson", weights="k")
    path, new = tmp_path / "fit.pickle", DATA.head(9)
    path.write_bytes(pickle.dumps((fit, new)))
    code = (
        "import pickle, sys\n"
        "fit, new = pickle.load(open(sys.argv[1], 'rb'))\n"
        "print(repr(fit.predict(new, type='response').tolist()))\n"
        "print(repr(fit.update('. ~ . - C(a, contr.sum)').deviance))"
    )
    done = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True)
    predicted, deviance = done.stdout.splitlines()
    assert predicted == repr(fit.predict(new, type="response").tolist())
    assert float(deviance) == fit.update(". ~ . - C(a, contr.sum)").deviance
