"""Steps that reuse a factor land where fresh ones do, or say that they do not."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from rglm import glm
from rglm.families import Binomial
from rglm.fitting.chord import ChordSide, chord
from rglm.fitting.control import Control
from rglm.fitting.rows import DenseBlock, Rows


@pytest.fixture(scope="module")
def frame():
    rng = np.random.default_rng(7)
    X = rng.normal(size=(6000, 4))
    eta = X @ [0.5, -0.3, 0.2, 0.0] - 0.4
    found = pd.DataFrame(X, columns=list("abcd"))
    return found.assign(
        y=(rng.random(6000) < 1 / (1 + np.exp(-eta))).astype(float),
        k=rng.poisson(np.exp(eta)),
        w=rng.integers(0, 3, 6000).astype(float),
    )


@pytest.mark.parametrize(("response", "family"), [("y", "binomial"), ("k", "poisson")])
def test_a_held_coefficient(frame, response, family):
    fit = glm(f"{response} ~ a + b + c + d", frame, family, control=Control(epsilon=1e-14))
    others = np.array([0, 2, 3, 4])
    asked = {"columns": others, "offset": 0.6 * frame["a"].to_numpy(), "start": fit.coef.to_numpy()[others]}
    fresh = fit.refit(**asked)
    reused = fit.refit(**asked, near=np.linalg.qr(fit.R[:, others], mode="r"))
    np.testing.assert_allclose(reused.deviance, fresh.deviance, rtol=1e-12)
    np.testing.assert_allclose(reused.coef, fresh.coef, atol=1e-7)
    np.testing.assert_allclose(reused.working_weights, fresh.working_weights, rtol=1e-6)
    assert reused.converged
    assert reused.df_residual == fresh.df_residual


def test_counts_are_repeated_rows(frame):
    fit = glm("k ~ a + b", frame, "poisson")
    times = np.random.default_rng(1).multinomial(len(frame), np.full(len(frame), 1 / len(frame)))
    repeated = glm("k ~ a + b", frame.loc[frame.index.repeat(times)], "poisson")
    for near in (None, fit.R):
        found = fit.refit(counts=times.astype(float), start=fit.coef.to_numpy(), near=near)
        np.testing.assert_allclose(found.coef, repeated.coef, atol=1e-8)
        np.testing.assert_allclose(found.deviance, repeated.deviance)
        assert found.df_residual == repeated.df_residual


def test_counts_take_the_place_of_frequency_weights_and_leave_prior_weights(frame):
    both = frame.assign(f=1.0 + np.arange(len(frame)) % 3)
    fit = glm("k ~ a", both, "quasipoisson", weights="w", freq_weights="f")
    plain = glm("k ~ a", both, "quasipoisson", weights="w")
    found = fit.refit(counts=np.ones(len(both)))
    np.testing.assert_allclose(found.deviance, plain.deviance)
    assert found.df_residual == plain.df_residual


def test_small_models_and_odd_factors_take_fresh_steps(frame):
    rows = Rows(DenseBlock(np.ones((50, 1))), frame["y"].to_numpy()[:50], np.ones(50))
    assert chord(Binomial(), rows, Control(), np.zeros(1), np.eye(1)) is None
    X = np.ones((30000, 2))
    many = Rows(DenseBlock(X), np.ones(30000), np.ones(30000))
    assert chord(Binomial(), many, Control(), np.zeros(2), np.eye(3)) is None
    assert chord(Binomial(), many, Control(), np.zeros(2), np.zeros((2, 2))) is None


def test_far_from_its_factor_it_gives_up(frame):
    X = np.column_stack([np.ones(6000), frame[list("abcd")]])
    rows = Rows(DenseBlock(X), frame["y"].to_numpy(), np.ones(6000))
    assert chord(Binomial(), rows, Control(), np.zeros(5), 1e3 * np.eye(5)) is None


def test_it_has_no_start_of_its_own():
    with pytest.raises(ValueError, match="need the coefficients to start from"):
        ChordSide(Binomial(), np.eye(1)).evaluate((), None)
