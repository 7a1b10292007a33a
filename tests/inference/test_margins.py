"""predictions(), comparisons(), slopes() and their averages, beside R's explicit delta method.

R's packages marginaleffects and margins are not packaged for Debian 12: tests/against_r/margins.R computes
what marginaleffects defines, from its definition and with numDeriv's Jacobians.  The step of slopes is its;
centred differences carry an error of about 1e-8, and so do numDeriv's; comparisons are to 1e-5.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from rglm import DataError, FitError, datagrid, datasets, glm, glm_nb, lm, marginal_effects, slopes

ANSWERS = json.loads((Path(__file__).parents[1] / "against_r" / "margins.json").read_text(encoding="utf-8"))
RACES = ["white", "black", "other"]


@cache
def births():
    frame = datasets.load("birthwt").copy()
    frame["race"] = pd.Categorical(frame["race"].map({1: "white", 2: "black", 3: "other"}), RACES)
    frame["smoke"] = frame["smoke"] > 0
    return frame


@cache
def visits():
    return pd.DataFrame(ANSWERS["tables"]["visits"])


@cache
def model(name):
    return {
        "low": lambda: glm("low ~ race + smoke + lwt + age", births(), "binomial"),
        "cars": lambda: lm("mpg ~ wt * hp + factor(cyl) + vs", datasets.load("mtcars")),
        "curve": lambda: lm("dist ~ poly(speed, 2)", datasets.load("cars")),
        "clot": lambda: glm("time ~ log(u) * lot", _drug(), "gamma"),
        "rate": lambda: glm("n ~ age + arm + offset(log(years))", visits(), "poisson"),
        "absent": lambda: glm_nb("Days ~ Sex * Age", datasets.load("quine")),
        "warp": lambda: glm("breaks ~ wool * tension", datasets.load("warpbreaks"), "poisson"),
    }[name]()


def _drug():
    frame = pd.DataFrame(ANSWERS["tables"]["drug"])
    frame["lot"] = pd.Categorical(frame["lot"], ["one", "two"])
    return frame


def low(verb, *arguments, **keywords):
    return getattr(model("low"), verb)(*arguments, **keywords)


BLACK = {"race": ["white", "black"]}

CASES = {
    "low_predictions": lambda: low("predictions"),
    "low_link": lambda: low("predictions", type="link"),
    "low_average": lambda: low("avg_predictions"),
    "low_by": lambda: low("predictions", by="race"),
    "low_typical": lambda: low("predictions", "mean"),
    "low_robust": lambda: low("avg_predictions", vcov="HC3"),
    "low_set": lambda: low("avg_predictions", variables={"race": ["black"]}),
    "low_difference": lambda: low("avg_comparisons", BLACK),
    "low_ratio": lambda: low("avg_comparisons", BLACK, comparison="ratio"),
    "low_lnor": lambda: low("avg_comparisons", BLACK, comparison="lnor"),
    "low_ratio_rows": lambda: low("comparisons", BLACK, comparison="ratio"),
    "low_step": lambda: low("avg_comparisons", "lwt"),
    "low_sd": lambda: low("avg_comparisons", {"lwt": "sd"}),
    "low_between": lambda: low("avg_comparisons", {"lwt": [100, 150]}),
    "low_smoke_by": lambda: low("comparisons", "smoke", by="race"),
    "low_slope": lambda: low("avg_slopes", "lwt"),
    "low_slope_rows": lambda: low("slopes", "age"),
    "low_slope_typical": lambda: low("slopes", "lwt", newdata="mean"),
    "low_elasticity": lambda: low("avg_slopes", "lwt", slope="eyex"),
    "low_semi": lambda: low("avg_slopes", "lwt", slope="eydx"),
    "cars_wt": lambda: model("cars").avg_slopes("wt"),
    "cars_hp_by": lambda: model("cars").avg_slopes("hp", by="cyl"),
    "cars_cyl": lambda: model("cars").avg_comparisons({"cyl": [4, 8]}),
    "cars_vs": lambda: model("cars").avg_slopes("vs"),
    "curve_rows": lambda: model("curve").slopes(newdata={"speed": [10.0, 20.0]}),
    "clot_slope": lambda: model("clot").avg_slopes("u"),
    "clot_lot": lambda: model("clot").avg_comparisons("lot"),
    "rate_average": lambda: model("rate").avg_predictions(),
    "rate_slope": lambda: model("rate").avg_slopes("age"),
    "rate_slope_at_one": lambda: model("rate").avg_slopes("age", newdata=visits().assign(years=1.0)),
    "rate_arm": lambda: model("rate").avg_comparisons("arm"),
    "rate_weighted": lambda: model("rate").avg_slopes("age", wts="w"),
    "absent_sex": lambda: model("absent").avg_comparisons("Sex", by="Age"),
    "warp_tension": lambda: model("warp").avg_comparisons({"tension": ["M", "H"]}),
}


@pytest.mark.parametrize("case", CASES)
def test_equals_the_delta_method_of_r(case):
    expected, table = ANSWERS["cases"][case], CASES[case]().table
    np.testing.assert_allclose(table["estimate"], expected["estimate"], rtol=1e-5, atol=1e-9)
    np.testing.assert_allclose(table["std.error"], expected["error"], rtol=1e-5, atol=1e-9)


def test_every_stored_case_is_compared():
    assert set(CASES) == set(ANSWERS["cases"])


# ---- offsets and weights --------------------------------------------------------------------------


def test_exposures_are_carried():
    """statsmodels' get_margeff takes every exposure as 1, without a word."""
    own, at_one = (
        CASES["rate_slope"]().table["estimate"][0],
        CASES["rate_slope_at_one"]().table["estimate"][0],
    )
    fit = model("rate")
    assert np.isclose(own, fit.coef["age"] * np.mean(visits()["n"]), rtol=1e-6)
    assert abs(own / at_one - 1) > 0.3


@pytest.mark.parametrize(
    "keywords",
    [
        {"exposure": "years"},
        {"exposure": ANSWERS["tables"]["visits"]["years"]},
        {"offset": "log(years)"},
        {"offset": np.log(ANSWERS["tables"]["visits"]["years"])},
    ],
    ids=["exposure", "exposure array", "offset", "offset array"],
)
def test_every_way_to_give_an_exposure_is_the_same(keywords):
    fit = glm("n ~ age + arm", visits(), "poisson", **keywords)
    for verb in ("avg_predictions", "avg_slopes", "avg_comparisons"):
        one, other = (getattr(each, verb)().table for each in (fit, model("rate")))
        np.testing.assert_allclose(
            one[["estimate", "std.error"]], other[["estimate", "std.error"]], rtol=1e-9
        )


def test_an_array_of_exposures_says_nothing_of_new_rows():
    fit = glm("n ~ age + arm", visits(), "poisson", exposure=visits()["years"].to_numpy())
    with pytest.raises(FitError, match="exposure= was an array"):
        fit.avg_slopes("age", newdata="mean")


def test_a_variable_that_an_offset_reads_too_moves_both():
    fit = glm("n ~ age + years + offset(log(years))", visits(), "poisson")
    table = fit.slopes("years", type="link").table
    np.testing.assert_allclose(table["estimate"], fit.coef["years"] + 1 / visits()["years"], rtol=1e-6)


def test_weights_may_be_a_column_an_expression_or_an_array():
    fit = model("rate")
    one = fit.avg_predictions(wts="w").table["estimate"][0]
    assert one == fit.avg_predictions(wts=visits()["w"].to_numpy()).table["estimate"][0]
    assert one == fit.avg_predictions(wts="2 * w").table["estimate"][0]
    assert np.isclose(one, np.average(fit.predict(type="response"), weights=visits()["w"]))


def test_counted_rows_are_repeated_rows():
    counts = np.arange(len(births())) % 3
    repeated = births().loc[births().index.repeat(counts)]
    one = glm("low ~ race + lwt", births(), "binomial", freq_weights=counts)
    other = glm("low ~ race + lwt", repeated, "binomial")
    for verb in ("avg_predictions", "avg_slopes", "avg_comparisons"):
        tables = [getattr(fit, verb)().table[["estimate", "std.error"]] for fit in (one, other)]
        np.testing.assert_allclose(*tables, rtol=1e-6)


# ---- laws -----------------------------------------------------------------------------------------


def test_a_canonical_fit_predicts_the_mean():
    assert np.isclose(model("low").avg_predictions().table["estimate"][0], births()["low"].mean(), rtol=1e-6)


def test_slopes_of_a_linear_model_are_its_coefficients():
    fit = lm("mpg ~ wt + hp", datasets.load("mtcars"))
    table = fit.avg_slopes(df="residual").table
    summary = fit.summary().coefficients.loc[["wt", "hp"]]
    np.testing.assert_allclose(table[["estimate", "std.error", "statistic", "p.value"]], summary, rtol=1e-7)


def test_the_average_of_rows_is_the_average():
    fit = model("low")
    rows, mean = fit.slopes("lwt").table, fit.avg_slopes("lwt").table
    assert np.isclose(rows["estimate"].mean(), mean["estimate"][0], rtol=1e-10)
    assert len(rows) == len(births())


def test_predictions_are_those_of_predict():
    fit = model("low")
    table, theirs = fit.predictions().table, fit.predict(type="response", se_fit=True)
    np.testing.assert_allclose(table["estimate"], theirs["fit"], rtol=1e-12)
    np.testing.assert_allclose(table["std.error"], theirs["se_fit"], rtol=1e-9)


def test_intervals_by_the_link_stay_inside():
    fit = model("low")
    table = fit.predictions(interval="link").table
    theirs = fit.predict(type="response", interval="confidence")
    np.testing.assert_allclose(table[["conf.low", "conf.high"]], theirs[["lwr", "upr"]], rtol=1e-9)


def test_exp_of_log_odds_ratios():
    log = low("avg_comparisons", BLACK, comparison="lnor").table
    odds = low("avg_comparisons", BLACK, comparison="lnor", transform="exp").table
    assert np.isclose(odds["estimate"][0], np.exp(log["estimate"][0]))
    assert np.isclose(odds["conf.high"][0], np.exp(log["conf.high"][0]))
    assert odds["p.value"][0] == log["p.value"][0]


def test_ratios_are_tested_against_one():
    table = low("avg_comparisons", BLACK, comparison="ratio").table
    assert np.isclose(table["statistic"][0], (table["estimate"][0] - 1) / table["std.error"][0])


def test_reversing_a_comparison_changes_its_sign():
    one = low("avg_comparisons", {"race": "pairwise"}).table["estimate"].to_numpy()
    other = low("avg_comparisons", {"race": "revpairwise"}).table["estimate"].to_numpy()
    np.testing.assert_allclose(one, -other)


def test_order_of_rows_does_not_matter():
    other = glm("low ~ race + smoke + lwt + age", births().iloc[::-1], "binomial").avg_slopes().table
    columns = ["estimate", "std.error"]
    np.testing.assert_allclose(other[columns], model("low").avg_slopes().table[columns], rtol=1e-6)


def test_marginal_effects_are_slopes():
    assert marginal_effects(model("low"), "lwt", by=True).table.equals(
        slopes(model("low"), "lwt", by=True).table
    )


# ---- what is compared -----------------------------------------------------------------------------


def contrasts(fit, *arguments, **keywords):
    return fit.avg_comparisons(*arguments, **keywords).table["contrast"].tolist()


def test_contrasts_are_named():
    fit = model("low")
    assert contrasts(fit, "race") == ["black - white", "other - white"]
    assert contrasts(fit, {"race": "sequential"}) == ["black - white", "other - black"]
    assert contrasts(fit, {"race": "minmax"}) == ["other - white"]
    assert contrasts(fit, "smoke") == ["TRUE - FALSE"]
    assert contrasts(fit, {"lwt": 10}) == ["+10"]
    assert contrasts(fit, {"lwt": [150, 100]}) == ["150 - 100"]
    assert contrasts(fit, {"lwt": "iqr"}) == ["Q3 - Q1"]
    assert contrasts(fit, {"lwt": "2sd"}) == ["(x + sd) - (x - sd)"]
    assert contrasts(fit, {"lwt": "minmax"}, comparison="ratio") == ["Max / Min"]
    assert contrasts(model("cars"), "vs") == ["1 - 0"]
    assert contrasts(model("cars"), "cyl") == ["6 - 4", "8 - 4"]


def test_datagrid():
    grid = datagrid(model("low"), race=["white", "other"], lwt=100)
    assert grid["race"].tolist() == ["white", "other"]
    assert grid["smoke"].tolist() == [False, False]
    assert grid["age"].tolist() == [births()["age"].mean()] * 2
    assert len(datagrid(model("low"), "balanced")) == 6
    assert datagrid(model("low"), "median")["lwt"].tolist() == [births()["lwt"].median()]
    assert datagrid(model("rate"))["years"].tolist() == [visits()["years"].mean()]
    assert datagrid(model("cars"))["vs"].tolist() == [0.0]


def test_missing_values_are_left_out_of_averages():
    new = births().head(10).copy()
    new.loc[new.index[2], "lwt"] = np.nan
    rows = model("low").predictions(new).table
    assert rows["estimate"].isna().sum() == 1
    assert np.isclose(model("low").avg_predictions(new).table["estimate"][0], rows["estimate"].mean())


def test_rows_of_a_table_carry_their_predictors():
    table = model("low").slopes("lwt", newdata=births().head(3)).table
    assert table["race"].tolist() == births()["race"].head(3).tolist()
    assert table["rowid"].tolist() == [0, 1, 2]


def test_long_tables_print_both_ends():
    text = str(model("low").predictions())
    assert "179 rows are not shown" in text
    assert "Type: response" in text
    assert "<table" in model("low").avg_slopes()._repr_html_()


# ---- refusals -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda f: f.slopes("lwtt"), "'lwtt' is not a predictor.*Did you mean 'lwt'"),
        (lambda f: f.slopes(type="probs"), "type 'probs' is not known"),
        (lambda f: f.slopes(slope="exey"), "slope 'exey' is not known.*'eyex'"),
        (lambda f: f.predictions("average"), "grid 'average' is not known"),
        (lambda f: f.predictions(level=95), "level must lie"),
        (lambda f: f.predictions(df="n"), 'df must be a positive number or "residual"'),
        (lambda f: f.predictions(interval="profile"), "interval 'profile' is not known"),
        (lambda f: f.predictions(by="race", interval="link"), "for predictions of rows"),
        (lambda f: f.comparisons(comparison="odds"), "comparison 'odds' is not known.*'lnor'"),
        (lambda f: f.comparisons({"lwt": "sdd"}), "comparison of 'lwt' 'sdd' is not known.*Or give a step"),
        (lambda f: f.comparisons({"race": "all"}), "comparison of 'race' 'all' is not known"),
        (lambda f: f.comparisons({"lwt": [1, 2, 3]}), "'lwt' is compared between two values"),
        (lambda f: f.comparisons(transform="log"), "transform 'log' is not known.*Or give a function"),
        (lambda f: f.comparisons(vcov="HC9"), "HC9"),
        (lambda f: f.avg_predictions(variables="lwt"), "'lwt' holds numbers; say which"),
        (lambda f: f.avg_predictions(variables={"race": None, "smoke": None}), "sets one predictor"),
    ],
)
def test_refusals(ask, message):
    with pytest.raises(FitError, match=message):
        ask(model("low"))


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda f: f.predictions(by="rac"), "by= names 'rac', which is not a column.*'race'"),
        (lambda f: f.predictions({"lwt": [120.0]}), "lack columns"),
        (lambda f: f.comparisons({"race": ["white", "green"]}), "'race' has no level 'green'"),
        (lambda f: f.datagrid(rase="white"), "'rase' is not a column.*'race'"),
        (lambda f: f.predictions(wts=[1.0, 2.0]), "wts has 2 values"),
    ],
)
def test_refusals_of_data(ask, message):
    with pytest.raises(DataError, match=message):
        ask(model("low"))


# ---- the Python package marginaleffects --------------------------------------------------------------


@pytest.fixture(scope="module")
def package():
    """marginaleffects is GPL and no dependency: what needs it is skipped where it is not installed."""
    return pytest.importorskip(
        "marginaleffects", reason="the Python package marginaleffects is not installed"
    )


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        (lambda m, fit: m.avg_slopes(fit, variables="lwt"), lambda fit: fit.avg_slopes("lwt")),
        (lambda m, fit: m.avg_predictions(fit), lambda fit: fit.avg_predictions()),
        (lambda m, fit: m.predictions(fit, by="race"), lambda fit: fit.predictions(by="race")),
        (
            lambda m, fit: m.avg_comparisons(fit, variables={"age": "sd"}),
            lambda fit: fit.avg_comparisons({"age": "sd"}),
        ),
        (
            lambda m, fit: m.avg_slopes(fit, variables="age", vcov="HC1"),
            lambda fit: fit.avg_slopes("age", vcov="HC1"),
        ),
    ],
    ids=["slopes", "average", "by", "sd", "robust"],
)
def test_marginaleffects_accepts_our_fits(package, theirs, ours):
    from rglm.models.marginaleffects_adapter import adapt

    found, table = theirs(package, adapt(model("low"))), ours(model("low")).table
    frame = getattr(found, "data", found)
    np.testing.assert_allclose(frame["estimate"], table["estimate"], rtol=1e-6)
    np.testing.assert_allclose(frame["std_error"], table["std.error"], rtol=2e-2)  # of coarse differences


def test_marginaleffects_carries_our_exposures(package):
    from rglm.models.marginaleffects_adapter import adapt

    for exposure in ("years", visits()["years"].to_numpy()):
        fit = glm("n ~ age + arm", visits(), "poisson", exposure=exposure)
        frame = package.avg_slopes(adapt(fit), variables="age")
        frame = getattr(frame, "data", frame)
        assert np.isclose(frame["estimate"][0], CASES["rate_slope"]().table["estimate"][0], rtol=1e-6)


def test_the_adapter_says_what_it_lacks(monkeypatch):
    from rglm.models import marginaleffects_adapter

    def absent(name):
        raise ImportError("No module", name="marginaleffects")

    monkeypatch.setattr(marginaleffects_adapter, "import_module", absent)
    with pytest.raises(FitError, match="pip install marginaleffects"):
        marginaleffects_adapter.adapt(model("low"))
    with pytest.raises(FitError, match="type 'mean' is not known"):
        marginaleffects_adapter.adapt(model("low"), "mean")
