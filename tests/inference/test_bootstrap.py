"""Bootstrap: intervals from given replicates equal R's `boot.ci`, draws have the right distribution."""

from __future__ import annotations

import json
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import rglm
from rglm import FitError, RglmError, RglmWarning, datasets, glm, lm
from rglm.inference.bootstrap_intervals import INTERVALS, quantiles

ANSWERS = json.loads((Path(__file__).parents[1] / "against_r" / "intervals.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def warp():
    return glm("breaks ~ wool + tension", datasets.load("warpbreaks"), "poisson")


# ---- equal to R -----------------------------------------------------------------------------------


@pytest.mark.parametrize("level", [0.95, 0.9, 0.83])
@pytest.mark.parametrize("n", ["999", "500"])
@pytest.mark.parametrize("interval", INTERVALS)
def test_intervals_from_given_replicates(interval, n, level):
    boot = ANSWERS["boot"][n]
    found = INTERVALS[interval](np.array(boot["t"]), boot["t0"], level, boot["acceleration"])
    np.testing.assert_allclose(found, boot[str(level)][interval], rtol=1e-9)


@pytest.mark.parametrize(
    ("name", "formula", "family"),
    [
        ("warpbreaks", "breaks ~ wool + tension", "poisson"),
        ("birthwt", "low ~ lwt + smoke", "binomial"),
    ],
)
def test_acceleration_is_the_skewness_of_the_influence(name, formula, family):
    fit = glm(formula, datasets.load(name), family)
    found = fit.bootstrap(n=2, seed=1).accelerations
    np.testing.assert_allclose(found, ANSWERS["acceleration"][name], rtol=2e-4, atol=1e-7)
    same = fit.bootstrap(lambda b: b, n=2, seed=1).accelerations
    np.testing.assert_allclose(same, found, rtol=1e-6)


def test_quantiles_are_order_statistics():
    values = np.arange(1.0, 100.0)
    assert quantiles(values, np.array([0.05, 0.95])).tolist() == [5.0, 95.0]
    with pytest.warns(RglmWarning, match="99 replicates are too few"):
        assert quantiles(values, np.array([0.001, 0.9999])).tolist() == [1.0, 99.0]


# ---- draws ----------------------------------------------------------------------------------------


def test_standard_errors_are_the_sandwich_of_the_cases(warp):
    boot = warp.bootstrap(n=1500, seed=2)
    X, y = warp.rows.block.dense(), warp.rows.y
    bread = np.linalg.inv(X.T @ (X * warp.rows.mu[:, None]))
    robust = np.sqrt(np.diag(bread @ (X.T @ (X * ((y - warp.rows.mu) ** 2)[:, None])) @ bread))
    np.testing.assert_allclose(boot.std_errors, robust, rtol=0.12)
    np.testing.assert_allclose(boot.vcov(), np.cov(boot.values.T))
    assert abs(boot.bias).max() < 0.2 * robust.max()


@pytest.mark.parametrize(
    ("formula", "data", "family"),
    [
        ("breaks ~ wool + tension", "warpbreaks", "poisson"),
        ("cbind(numdead, numalive) ~ sex + ldose", "budworm", "binomial"),
        ("mpg ~ wt", "mtcars", "gaussian"),
        ("lot1 ~ log(u)", "clotting", "gamma"),
        ("Days ~ Sex", "quine", rglm.NegativeBinomial(1.3)),
    ],
)
def test_parametric_standard_errors_are_the_models(formula, data, family):
    fit = glm(formula, datasets.load(data), family)
    boot = fit.bootstrap(n=1000, seed=4, kind="parametric")
    np.testing.assert_allclose(boot.std_errors, np.sqrt(np.diag(fit.vcov())), rtol=0.15)
    assert str(boot).startswith("Parametric bootstrap")
    for interval in ("percentile", "basic", "normal"):
        ends = boot.confint(interval=interval)
        assert ((ends.iloc[:, 0] < fit.coef) & (fit.coef < ends.iloc[:, 1])).all()


def test_parametric_draws_keep_rows_of_no_weight_out():
    frame = datasets.load("mtcars")
    first = frame.assign(v=1.0)
    first.iloc[:3, first.columns.get_loc("v")] = 0.0
    boot = glm("mpg ~ wt", first, weights="v").bootstrap(n=50, seed=1, kind="parametric")
    assert np.isfinite(boot.values).all()


def test_parametric_draws_that_make_no_sense(warp):
    with pytest.raises(FitError, match="bca intervals need kind"):
        warp.bootstrap(n=10, kind="parametric").confint(interval="bca")
    with pytest.raises(RglmError, match="no distribution"):
        glm("breaks ~ wool", datasets.load("warpbreaks"), "quasipoisson").bootstrap(n=5, kind="parametric")
    frame = pd.DataFrame({"y": [1, 4, 2, 6, 3], "k": [3, 1, 2, 2, 4]})
    with pytest.raises(FitError, match="cannot be drawn as one"):
        glm("y ~ 1", frame, "poisson", freq_weights="k").bootstrap(n=5, kind="parametric")


def test_the_seed_repeats_the_draws(warp):
    one, other = warp.bootstrap(n=20, seed=5), warp.bootstrap(n=20, seed=5)
    pd.testing.assert_frame_equal(one.replicates, other.replicates)
    assert not one.replicates.equals(warp.bootstrap(n=20, seed=6).replicates)
    generator = warp.bootstrap(n=20, seed=np.random.default_rng(5))
    pd.testing.assert_frame_equal(one.replicates, generator.replicates)


def test_confint_asks_the_bootstrap(warp):
    for interval in INTERVALS:
        found = warp.confint(["woolB", "tensionH"], method="boot", n=99, seed=3, interval=interval, level=0.9)
        expected = warp.bootstrap(n=99, seed=3).confint(["woolB", "tensionH"], 0.9, interval)
        pd.testing.assert_frame_equal(found, expected)
        assert found.columns.tolist() == ["5 %", "95 %"]
        assert found.index.tolist() == ["woolB", "tensionH"]
    assert warp.tidy(conf_int=True, conf_method="boot")["conf.low"].notna().all()


def test_frequency_weights_are_repeated_rows():
    frame = pd.DataFrame({"y": [1, 4, 2, 6, 3], "x": [0.0, 1, 2, 3, 4], "k": [3, 1, 0, 2, 4]})
    weighted = glm("y ~ x", frame, "poisson", freq_weights="k").bootstrap(n=2000, seed=1)
    repeated = glm("y ~ x", frame.loc[frame.index.repeat(frame["k"])], "poisson").bootstrap(n=2000, seed=4)
    np.testing.assert_allclose(weighted.std_errors, repeated.std_errors, rtol=0.1)
    np.testing.assert_allclose(weighted.accelerations, repeated.accelerations)


def test_linear_models():
    fit = lm("dist ~ speed", datasets.load("cars"))
    boot = fit.bootstrap(n=600, seed=1)
    assert boot.confint("speed").iloc[0].between(2, 6).all()
    pd.testing.assert_frame_equal(fit.confint(method="boot", n=600, seed=1), boot.confint())


def test_a_statistic_of_the_coefficients():
    fit = glm("cbind(numdead, numalive) ~ ldose", datasets.load("budworm"), "binomial")
    plain = fit.bootstrap(n=50, seed=1)
    expected = -plain.replicates["(Intercept)"] / plain.replicates["ldose"]
    ratio = fit.bootstrap(lambda b: -b["(Intercept)"] / b["ldose"], n=50, seed=1)
    assert ratio.names == ("statistic",)
    np.testing.assert_allclose(ratio.replicates["statistic"], expected)
    named = fit.bootstrap(lambda b: {"ld50": -b.iloc[0] / b.iloc[1], "slope": b.iloc[1]}, n=50, seed=1)
    assert named.table.index.tolist() == ["ld50", "slope"]
    np.testing.assert_allclose(named.replicates["ld50"], expected)
    assert fit.bootstrap(lambda b: [1.0, b.iloc[0]], n=5, seed=1).names == ("t1", "t2")
    with pytest.raises(FitError, match="statistic must return numbers"):
        fit.bootstrap(lambda b: "large", n=5)


# ---- draws without an answer ----------------------------------------------------------------------


def test_levels_that_a_draw_leaves_out():
    frame = pd.DataFrame({"y": [1, 2, 3, 4, 2, 3, 9], "g": list("aaabbbc")})
    fit = glm("y ~ g", frame, "poisson")
    with pytest.warns(RglmWarning, match=r"Of 200 draws, .* do not determine gc") as caught:
        boot = fit.bootstrap(n=200, seed=1)
    assert len(caught) == 1
    assert boot.replicates["gc"].isna().any()
    assert boot.replicates["(Intercept)"].notna().all()
    assert np.isfinite(boot.confint(level=0.8).to_numpy()).all()


def test_draws_that_cannot_be_fitted():
    frame = pd.DataFrame({"x": [0.0, 1, 2, 3, 4, 5], "y": [0, 3, 3, 3, 4, 4]})
    with pytest.warns(rglm.ConvergenceWarning):
        fit = glm("y ~ x", frame, rglm.Poisson("identity"))
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        boot = fit.bootstrap(n=100, seed=1)
    assert boot.failed == np.isnan(boot.values).all(axis=1).sum()
    if boot.failed:
        assert f"{boot.failed} could not be fitted" in str(caught[0].message)
        assert f"of which {boot.failed} could not be fitted" in str(boot)


def test_aliased_coefficients_stay_nan():
    frame = datasets.load("warpbreaks")
    fit = glm("breaks ~ wool + twice", frame.assign(twice=2.0 * (frame["wool"] == "B")), "poisson")
    boot = fit.bootstrap(n=99, seed=1)
    assert boot.replicates["twice"].isna().all()
    assert boot.confint().loc["twice"].isna().all()
    assert np.isfinite(boot.confint(interval="bca", level=0.8).iloc[:2].to_numpy()).all()


# ---- arguments and prints -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"kind": "parametrc"}, "kind 'parametrc' is not known. Did you mean 'parametric'"),
        ({"n": 1}, "n is the number of replicates, a whole number of at least 2; got 1"),
        ({"n": 99.5}, "got 99.5"),
    ],
)
def test_bad_arguments(warp, arguments, message):
    with pytest.raises(FitError, match=message):
        warp.bootstrap(**arguments)


def test_bad_arguments_of_intervals(warp):
    boot = warp.bootstrap(n=10, seed=1)
    with pytest.raises(FitError, match="interval 'bcs' is not known"):
        boot.confint(interval="bcs")
    with pytest.raises(FitError, match="'wool' is not a coefficient"):
        boot.confint("wool")
    with pytest.raises(FitError, match="all lie on one side"):
        INTERVALS["bca"](np.arange(10.0), -1.0, 0.9, 0.0)


def test_printed(warp):
    text = str(warp.bootstrap(n=1000, seed=1))
    assert text.startswith("Bootstrap of cases (rows drawn with replacement)\n\nCall:\nglm(")
    assert "\nReplicates: 1000\n\n" in text
    assert text.split("\n")[-5].split() == ["original", "bias", "std.", "error"]
    assert text.split("\n")[-4].startswith("(Intercept)  3.69")
