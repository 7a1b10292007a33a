"""predict(interval="prediction"): independent quadrature in R, exact cases, coverage, and refusals."""

from __future__ import annotations

import json
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pytest

from rglm import (
    DataError,
    FitError,
    Gamma,
    InverseGaussian,
    NegativeBinomial,
    RglmWarning,
    Tweedie,
    datasets,
    glm,
    glm_nb,
    lm,
)
from rglm.inference.prediction_interval import RATIOS, nodes_for

R = json.loads((Path(__file__).parents[1] / "against_r" / "prediction.json").read_text(encoding="utf-8"))
U = {"u": [5.0, 20.0, 100.0]}


def clotting(family):
    return glm("lot1 ~ log(u)", datasets.load("clotting"), family)


def limits(fit, new, **more):
    found = fit.predict(new, "response", interval="prediction", **more)
    return found[["lwr", "upr"]].to_numpy()


def crossed(**levels):
    """As R's expand.grid: the first variable fastest."""
    index = pd.MultiIndex.from_product(list(levels.values())[::-1], names=list(levels)[::-1])
    return index.to_frame(index=False)[list(levels)]


# ---- against R -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "family", "more"),
    [
        ("gamma", "gamma", {}),
        ("gamma_80", "gamma", {"level": 0.8}),
        ("inverse_gaussian", InverseGaussian("log"), {}),
        ("tweedie", Tweedie(1.5, link_power=0), {}),
    ],
)
def test_continuous_limits_equal_independent_quadrature(name, family, more):
    np.testing.assert_allclose(limits(clotting(family), U, **more), R[name], rtol=2e-7)


def test_limits_of_counts_equal_independent_quadrature():
    fit = glm("breaks ~ wool * tension", datasets.load("warpbreaks"), "poisson")
    new = crossed(wool=["A", "B"], tension=["L", "M", "H"])
    assert limits(fit, new).tolist() == R["poisson"]
    fit = glm_nb("Days ~ Sex + Age", datasets.load("quine"))
    assert limits(fit, crossed(Sex=["F", "M"], Age=["F0", "F3"])).tolist() == R["negative_binomial"]


def test_limits_of_shares_are_whole_counts_of_their_trials():
    fit = glm("cbind(numdead, numalive) ~ sex + ldose", datasets.load("budworm"), "binomial")
    new = crossed(sex=["F", "M"], ldose=[0.5, 2.0, 4.0])
    np.testing.assert_allclose(20 * limits(fit, new, weights=20), R["binomial"], rtol=1e-12)
    own = 20 * limits(fit, None)
    np.testing.assert_allclose(own, np.rint(own), rtol=1e-15)
    np.testing.assert_allclose(own, 20 * limits(fit, datasets.load("budworm"), weights="numdead + numalive"))


def test_normal_limits_are_the_exact_ones():
    cars, new = datasets.load("cars"), {"speed": [4.0, 15.0, 40.0]}
    np.testing.assert_allclose(limits(lm("dist ~ speed", cars), new), R["gaussian"], rtol=1e-9)
    np.testing.assert_allclose(limits(glm("dist ~ speed", cars), new), R["gaussian"], rtol=1e-7)
    weighted = lm("dist ~ speed", cars, weights="speed")
    np.testing.assert_allclose(limits(weighted, new, weights=[1, 2, 5]), R["lm_weights"], rtol=1e-9)
    weighted = glm("dist ~ speed", cars, weights="speed")
    np.testing.assert_allclose(limits(weighted, new, weights=[1, 2, 5]), R["lm_weights"], rtol=1e-7)


# ---- laws ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("n", [3, 4, 5, 8, 14, 50])
@pytest.mark.parametrize("level", [0.5, 0.95, 0.99])
def test_normal_limits_are_exact_at_any_df_and_leverage(n, level):
    """From 1 degree of freedom, and far outside the data, where the mean is less certain than a response."""
    cars = datasets.load("cars").iloc[:n]
    new = {"speed": [-300.0, 0.0, 8.0, 400.0]}
    exact = lm("dist ~ speed", cars).predict(new, interval="prediction", level=level)
    found = glm("dist ~ speed", cars).predict(new, "response", interval="prediction", level=level)
    width = (exact["upr"] - exact["lwr"]).to_numpy()[:, None]
    tolerance = 1e-4 if n == 3 else 1e-6
    difference = np.abs(found[["lwr", "upr"]].to_numpy() - exact[["lwr", "upr"]].to_numpy())
    np.testing.assert_array_less(difference, np.broadcast_to(tolerance * width, difference.shape))


@pytest.mark.parametrize("ratio_class", range(len(RATIOS)))
@pytest.mark.parametrize("df", [1.0, 3.0, 7.0, 40.0, 500.0, np.inf])
def test_nodes_carry_all_of_the_probability(ratio_class, df):
    nodes = nodes_for(ratio_class, df)
    assert nodes.shares.sum() == pytest.approx(1, rel=1e-12)
    assert nodes.shares @ (nodes.moves / np.sqrt(nodes.ratios)) ** 2 == pytest.approx(1, rel=1e-9)
    assert nodes.shares @ (1 / nodes.ratios) == pytest.approx(1, rel=1e-5)
    assert nodes.shares @ nodes.moves == pytest.approx(0, abs=1e-9)


CASES = {
    "poisson": lambda d: glm("k ~ x", d, "poisson"),
    "gamma": lambda d: glm("y ~ x", d, Gamma("log")),
    "binomial": lambda d: glm("cbind(s, 9 - s) ~ x", d, "binomial"),
    "nb": lambda d: glm_nb("c ~ x", d),
    "nb_fixed": lambda d: glm("c ~ x", d, NegativeBinomial(2)),
    "tweedie": lambda d: glm("t ~ x", d, Tweedie(1.5, link_power=0)),
    "inverse_gaussian": lambda d: glm("v ~ x", d, InverseGaussian("log")),
}


def simulated(rng, n):
    x = rng.normal(size=n)
    mu = np.exp(0.7 + 0.4 * x)
    number = rng.poisson(2 * np.sqrt(mu) / 0.5)
    return pd.DataFrame(
        {
            "x": x,
            "k": rng.poisson(mu),
            "y": rng.gamma(2, mu / 2),
            "s": rng.binomial(9, 1 / (1 + np.exp(-x))),
            "c": rng.poisson(mu * rng.gamma(2, 0.5, size=n)),
            "t": rng.gamma(np.maximum(number, 1e-9), 0.25 * np.sqrt(mu)) * (number > 0),
            "v": rng.wald(mu, 4.0),
        }
    )


@pytest.mark.parametrize("name", CASES)
@pytest.mark.filterwarnings("ignore:Poisson limit")
def test_new_responses_fall_inside_as_often_as_the_level_says(name):
    rng, response = np.random.default_rng(8), {"poisson": "k", "gamma": "y", "binomial": "s", "tweedie": "t"}
    column = response.get(name, "v" if name == "inverse_gaussian" else "c")
    inside, total = 0, 0
    for _ in range(25):
        fit, new = CASES[name](simulated(rng, 25)), simulated(rng, 12 if name == "tweedie" else 60)
        more = {"weights": 9} if name == "binomial" else {}
        found = fit.predict(new, "response", interval="prediction", level=0.9, **more)
        y = new[column] / (9 if name == "binomial" else 1)
        inside += int(((y >= found["lwr"] - 1e-9) & (y <= found["upr"] + 1e-9)).sum())
        total += len(y)
    discrete = name in ("poisson", "binomial", "nb", "nb_fixed")
    assert 0.86 < inside / total < (0.985 if discrete else 0.94)


def test_far_limits_continue_the_near_ones():
    """Quadrature and closed form meet where one takes over from the other."""
    rng = np.random.default_rng(3)
    big = glm("k ~ 1", {"k": rng.poisson(1e6, size=4)}, "poisson")
    near, far = (
        limits(big, {"a": [1]}, vcov=(ratio**2 / 1e6) / big.vcov().iloc[0, 0] * big.vcov())
        for ratio in (9.99, 10.01)
    )
    np.testing.assert_allclose(near, far, rtol=5e-4)


def test_intervals_widen_with_level_and_uncertainty():
    fit = CASES["gamma"](simulated(np.random.default_rng(1), 30))
    new = {"x": [-1.0, 0.0, 2.0]}
    narrow, wide = limits(fit, new, level=0.5), limits(fit, new, level=0.99)
    assert (wide[:, 0] < narrow[:, 0]).all()
    assert (wide[:, 1] > narrow[:, 1]).all()
    less_sure = limits(fit, new, vcov=25.0 * fit.vcov())
    assert (np.ptp(less_sure, axis=1) > np.ptp(limits(fit, new), axis=1)).all()
    weighted = limits(fit, new, weights=[1.0, 4.0, 16.0])
    assert (np.ptp(weighted, axis=1)[1:] < np.ptp(limits(fit, new), axis=1)[1:]).all()


def test_tweedie_limits_can_be_exactly_zero():
    fit = CASES["tweedie"](simulated(np.random.default_rng(1), 60))
    assert limits(fit, {"x": [-3.0]})[0, 0] == 0.0


# ---- what comes back -----------------------------------------------------------------------------


def test_columns_and_rows():
    fit = clotting("gamma")
    new = pd.DataFrame({"u": [5.0, np.nan, 5.0]}, index=["i", "j", "k"])
    found = fit.predict(new, "response", interval="prediction", se_fit=True)
    assert found.columns.tolist() == ["fit", "se_fit", "lwr", "upr"]
    assert found["lwr"].isna().tolist() == [False, True, False]
    assert found.loc["i"].equals(found.loc["k"])
    np.testing.assert_allclose(found["se_fit"], fit.predict(new, "response", se_fit=True)["se_fit"])
    assert type(fit.predict(pl.DataFrame({"u": [5.0]}), "response", interval="prediction")) is pl.DataFrame


def test_unseen_levels_can_be_missing():
    fit = glm("breaks ~ wool", datasets.load("warpbreaks"), "poisson")
    found = fit.predict({"wool": ["A", "Z"]}, "response", interval="prediction", new_levels="nan")
    assert found["upr"].isna().tolist() == [False, True]


def test_exposure_scales_the_response():
    insurance = datasets.load("insurance")
    fit = glm("Claims ~ Age", insurance, "poisson", exposure="Holders")
    new = {"Age": ["<25", ">35"]}
    rates = fit.predict(new, "response", interval="prediction", exposure=1)
    np.testing.assert_allclose(rates["fit"], fit.predict(new, "response", exposure=1))
    assert rates["lwr"].tolist() == [0.0, 0.0]
    hundred = fit.predict(new, "response", interval="prediction", exposure=[100, 1000])
    assert (hundred["lwr"] > 0).all()
    assert (hundred[["lwr", "upr"]] == hundred[["lwr", "upr"]].round()).all(axis=None)


def test_no_residual_degrees_of_freedom_means_no_limits():
    fit = glm("lot1 ~ factor(u)", datasets.load("clotting"), "gamma")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert np.isnan(limits(fit, None)).all()


def test_means_at_the_edge_of_the_link():
    """An inverse link whose interval of eta reaches below 0: the mean may be anything."""
    fit = clotting("gamma")
    found = limits(fit, {"u": [3.0, 1.2]}, level=0.999)
    assert 0 < found[0, 0] < fit.predict({"u": [3.0]}, "response").iloc[0] < found[0, 1]
    # the second mean is negative: there is no such gamma distribution
    assert np.isnan(found[1]).all()


# ---- refusals ------------------------------------------------------------------------------------


@pytest.mark.parametrize("family", ["quasipoisson", "quasi"])
def test_quasi_families_say_why_not(family):
    fit = glm("Days ~ Sex", datasets.load("quine"), family)
    with pytest.raises(FitError, match=r"needs a distribution: .* no distribution\. interval=\"confidence\""):
        fit.predict(type="response", interval="prediction")


def test_sampling_weights_say_why_not():
    fit = glm("low ~ age", datasets.load("birthwt"), "binomial", prob_weights="1 + ht")
    with pytest.raises(FitError, match="needs a distribution: with sampling weights"):
        fit.predict(type="response", interval="prediction")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"interval": "prediction"}, 'add type="response"'),
        ({"interval": "prediction", "type": "terms"}, "for terms ask for se_fit=True"),
        ({"type": "response", "weights": 2}, 'they go with interval="prediction"'),
        ({"type": "response", "interval": "confidence", "weights": 2}, 'they go with interval="prediction"'),
    ],
)
def test_senseless_questions(arguments, message):
    with pytest.raises(FitError, match=message):
        clotting("gamma").predict(**arguments)


def test_weights_of_new_rows_are_checked():
    fit = clotting("gamma")
    with pytest.raises(DataError, match="weights must not be negative, and are in 1 of 3 rows"):
        limits(fit, U, weights=[1, -1, 1])
    with pytest.raises(DataError, match="weights has 2 values, but the data have 3 rows"):
        limits(fit, U, weights=[1, 1])


def test_unsaid_weights_warn():
    weighted = glm("lot1 ~ log(u)", datasets.load("clotting"), "gamma", weights="u")
    with pytest.warns(RglmWarning, match="constant prediction variance even though model fit is weighted"):
        limits(weighted, U)
    counts = glm("cbind(numdead, numalive) ~ ldose", datasets.load("budworm"), "binomial")
    with pytest.warns(RglmWarning, match="one trial in each new row; give weights="):
        found = limits(counts, {"ldose": [2.0]})
    assert found.tolist() == [[0.0, 1.0]]
