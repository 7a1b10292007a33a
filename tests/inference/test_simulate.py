"""simulate(): R's conventions by family and by kind of response, the caller's frame, and refusals."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from rglm import FamilyError, FitError, Gamma, RglmWarning, Tweedie, datasets, glm, glm_nb, lm, simulate
from rglm.inference.simulate import drawing_dispersion

R = json.loads((Path(__file__).parents[1] / "against_r" / "simulate.json").read_text(encoding="utf-8"))

MODELS = {
    "cars": lambda: lm("dist ~ speed", datasets.load("cars"), weights="speed"),
    "cars_glm": lambda: glm("dist ~ speed", datasets.load("cars")),
    "clotting": lambda: glm("lot1 ~ log(u)", datasets.load("clotting"), "gamma"),
    "clotting_weighted": lambda: glm("lot1 ~ log(u)", datasets.load("clotting"), "gamma", weights="log(u)"),
    "insurance": lambda: glm("Claims ~ Age", datasets.load("insurance"), "poisson", exposure="Holders"),
    "quine": lambda: glm_nb("Days ~ Sex + Age", datasets.load("quine")),
    "budworm": lambda: glm("cbind(numdead, numalive) ~ sex + ldose", datasets.load("budworm"), "binomial"),
    "budworm_shares": lambda: glm(
        "numdead / 20 ~ ldose", datasets.load("budworm"), "binomial", weights="numdead + numalive"
    ),
    "birthwt": lambda: glm("low ~ age", datasets.load("birthwt"), "binomial"),
}


def moments(fit, n=4000):
    drawn = np.asarray(fit.simulate(n, seed=3), dtype=float)
    return drawn.mean(axis=1), drawn.var(axis=1, ddof=1)


@pytest.mark.parametrize("name", MODELS)
def test_moments_are_those_of_rs_draws(name):
    """R's stored variances are theory where it draws with the dispersion that its trace shows."""
    fit, expected = MODELS[name](), R["variances"][name]
    mean, variance = moments(fit)
    wanted = np.array(expected["variance"])
    assert np.abs((mean - expected["mean"]) / np.sqrt(wanted / 4000)).max() < 5
    np.testing.assert_allclose(variance, wanted, rtol=0.35)
    assert variance.mean() == pytest.approx(wanted.mean(), rel=0.06)


@pytest.mark.parametrize("name", ["clotting", "clotting_weighted", "lot2", "trees", "birthwt"])
def test_gamma_shape_equals_r(name):
    fits = {
        "lot2": lambda: glm("lot2 ~ log(u)", datasets.load("clotting"), "gamma"),
        "trees": lambda: glm("Volume ~ Height + Girth", datasets.load("trees"), Gamma("log")),
        "birthwt": lambda: glm("lwt ~ age + smoke", datasets.load("birthwt"), "gamma"),
    }
    fit = fits.get(name, MODELS.get(name))()
    weights = fit.rows.weights
    assert 1 / drawing_dispersion(fit, weights) == pytest.approx(R["shapes"][name], rel=1e-6)


# ---- what comes back -----------------------------------------------------------------------------


def test_the_same_seed_gives_the_same_draws():
    fit = MODELS["quine"]()
    one, other = fit.simulate(3, seed=5), simulate(fit, 3, seed=5)
    pd.testing.assert_frame_equal(one, other)
    assert one.columns.tolist() == ["sim_1", "sim_2", "sim_3"]
    assert not one["sim_1"].equals(one["sim_2"])
    assert not one.equals(fit.simulate(3, seed=6))
    np.testing.assert_array_equal(fit.simulate(1, seed=np.random.default_rng(5))["sim_1"], one["sim_1"])
    assert len(fit.simulate()) == 146


def test_counts_of_cbind_are_successes():
    drawn = MODELS["budworm"]().simulate(50, seed=1)
    assert (drawn == drawn.round()).all(axis=None)
    assert drawn.to_numpy().max() <= 20
    assert drawn.to_numpy().max() > 1
    shares = MODELS["budworm_shares"]().simulate(50, seed=1)
    assert shares.to_numpy().max() <= 1
    np.testing.assert_allclose(20 * shares, (20 * shares).round())


def test_levels_come_back_as_levels():
    data = pd.DataFrame({"y": ["no", "yes", "yes", "no", "yes", "no"], "x": [1.0, 2, 3, 4, 5, 6]})
    drawn = glm("y ~ x", data, "binomial").simulate(2, seed=1)
    assert drawn["sim_1"].cat.categories.tolist() == ["no", "yes"]
    flipped = glm("y ~ x", data, "binomial", success="no").simulate(2, seed=1)
    assert flipped["sim_1"].cat.categories.tolist() == ["yes", "no"]
    many = pd.DataFrame({"y": list("aabbcc"), "x": [1.0, 2, 3, 4, 5, 6]})
    assert set(glm("y ~ x", many, "binomial", success="a").simulate(9, seed=1).to_numpy().ravel()) <= {
        0.0,
        1.0,
    }


@pytest.mark.parametrize("kind", ["polars", "pyarrow"])
def test_the_kind_of_frame_is_kept(kind):
    columns = {"y": ["no", "yes", "yes", "no", "yes", "no"], "x": [1.0, 2, 3, 4, 5, 6]}
    data = pl.DataFrame(columns) if kind == "polars" else pa.table(columns)
    drawn = glm("y ~ x", data, "binomial").simulate(1, seed=1)
    assert type(drawn) is type(data)
    values = drawn["sim_1"].to_list() if kind == "polars" else drawn["sim_1"].to_pylist()
    assert set(values) <= {"no", "yes"}


def test_rows_left_out_are_missing():
    data = pd.DataFrame(
        {"y": [1.0, 2, np.nan, 4, 5], "x": [1.0, 2, 3, 4, 5], "w": [1, 1, 1, 0, 1]}, index=list("abcde")
    )
    drawn = glm("y ~ x", data, "poisson", weights="w", na_action="exclude").simulate(1, seed=1)
    assert drawn.index[drawn["sim_1"].isna()].tolist() == ["c", "d"]
    levels = pd.DataFrame({"y": ["u", "v", None, "u", "v"], "x": [1.0, 2, 3, 4, 5]})
    drawn = glm("y ~ x", levels, "binomial", na_action="exclude", control=None).simulate(1, seed=1)
    assert drawn["sim_1"].isna().tolist() == [False, False, True, False, False]


def test_tweedie_draws_hold_zeros():
    data = {"y": [0.0, 0, 3, 1, 0, 7, 2, 0, 4, 5], "x": np.arange(10.0)}
    fit = glm("y ~ x", data, Tweedie(1.5, link_power=0))
    drawn = fit.simulate(500, seed=2)
    share = np.exp(-(fit.fitted**0.5) / (0.5 * fit.dispersion))
    np.testing.assert_allclose((drawn == 0).mean(axis=1), share, atol=0.08)


def test_refitting_draws_recovers_the_coefficients():
    fit = MODELS["insurance"]()
    drawn = fit.simulate(60, seed=4)
    coefs = np.array([fit.refit(response=drawn[name].to_numpy()).coef for name in drawn])
    error = (coefs.mean(axis=0) - fit.coef) / np.sqrt(np.diag(fit.vcov()) / 60)
    assert np.abs(error).max() < 4
    np.testing.assert_allclose(coefs.std(axis=0), np.sqrt(np.diag(fit.vcov())), rtol=0.3)


# ---- refusals ------------------------------------------------------------------------------------


@pytest.mark.parametrize("family", ["quasipoisson", "quasi"])
def test_quasi_families_have_no_distribution(family):
    with pytest.raises(FamilyError, match="needs a distribution: "):
        glm("Days ~ Sex", datasets.load("quine"), family).simulate()


def test_sampling_weights_have_none_either():
    fit = glm("low ~ age", datasets.load("birthwt"), "binomial", prob_weights="1 + ht")
    with pytest.raises(FamilyError, match="with sampling weights the fit is to a population"):
        fit.simulate()


@pytest.mark.parametrize("n", [0, -1, 2.5, "many", None])
def test_n_must_be_a_count(n):
    with pytest.raises(FitError, match="n must be a whole number of 1 or more"):
        MODELS["quine"]().simulate(n)


@pytest.mark.parametrize("seed", ["x", -1, 1.5])
def test_the_seed_must_be_one(seed):
    with pytest.raises(FitError, match="seed must be a whole number"):
        MODELS["cars_glm"]().simulate(seed=seed)


def test_frequency_weights_stand_for_several_responses():
    fit = glm("Days ~ Sex", datasets.load("quine"), "poisson", freq_weights="1 + (Sex == 'F')")
    with pytest.raises(FitError, match="Repeat the rows instead of freq_weights"):
        fit.simulate()


def test_weights_of_counts_are_left_aside_with_a_warning():
    fit = glm("Days ~ Sex", datasets.load("quine"), "poisson", weights="1 + (Sex == 'F')")
    with pytest.warns(RglmWarning, match="ignoring prior weights"):
        fit.simulate()


def test_binomial_weights_must_be_trials():
    with pytest.warns(RglmWarning, match="non-integer"):
        fit = glm("low ~ age", datasets.load("birthwt"), "binomial", weights="1 + 0.5 * ht")
    with pytest.raises(FitError, match=r"whole numbers of trials.*row \d+ has 1\.5"):
        fit.simulate()
