"""Laws of intervals: quadratic likelihoods, large samples, units, codings, weights."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import rglm
from rglm import Control, glm, lm

EXACT = Control(epsilon=1e-14, maxit=100)


def sample(n, seed=3):
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame({"x": rng.normal(size=n), "g": rng.choice(list("abc"), n)})
    eta = 0.3 + 0.5 * frame["x"] + 0.4 * (frame["g"] == "b")
    return frame.assign(
        y=rng.poisson(np.exp(eta)),
        d=(rng.random(n) < 1 / (1 + np.exp(-eta))).astype(float),
        t=rng.gamma(3.0, np.exp(eta) / 3.0),
        w=1.0 + rng.integers(0, 3, n),
    )


FAMILIES = [("y", "poisson"), ("d", "binomial"), ("t", rglm.Gamma("log")), ("y", "quasipoisson")]


def test_the_profile_of_a_quadratic_likelihood_is_walds():
    frame = sample(60)
    fit = glm("t ~ x + g", frame)
    np.testing.assert_allclose(fit.confint(), fit.confint(method="wald"), rtol=1e-7)
    curve = fit.profile("x").curves["x"]
    errors = np.sqrt(np.diag(fit.vcov()))
    np.testing.assert_allclose(curve.z, (curve.values - fit.coef["x"]) / errors[1], atol=1e-6)
    linear = lm("t ~ x + g", frame)
    np.testing.assert_allclose(linear.profile().confint(), linear.confint(), rtol=1e-6)


@pytest.mark.parametrize(("response", "family"), FAMILIES)
def test_profile_and_wald_ends_meet_as_n_grows(response, family):
    gaps = []
    for n in (100, 1600, 25600):
        fit = glm(f"{response} ~ x + g", sample(n), family)
        errors = np.sqrt(np.diag(fit.vcov()))
        gaps.append(np.abs((fit.confint() - fit.confint(method="wald")).to_numpy() / errors[:, None]).max())
    assert gaps[1] < 0.5 * gaps[0]
    assert gaps[2] < 0.5 * gaps[1]
    assert gaps[2] < 0.02


@pytest.mark.parametrize("test", ["LRT", "Rao"])
@pytest.mark.parametrize(("response", "family"), FAMILIES)
def test_units_scale_the_ends(response, family, test):
    frame = sample(80)
    fit = glm(f"{response} ~ x + g", frame, family, control=EXACT)
    scaled = glm(f"{response} ~ u + g", frame.assign(u=frame["x"] * 1000.0), family, control=EXACT)
    found, expected = scaled.confint(test=test), fit.confint(test=test)
    np.testing.assert_allclose(found.loc["u"] * 1000.0, expected.loc["x"], rtol=1e-8)
    np.testing.assert_allclose(found.drop("u"), expected.drop("x"), rtol=1e-8)
    turned = glm(f"{response} ~ u + g", frame.assign(u=-frame["x"]), family, control=EXACT).confint(test=test)
    np.testing.assert_allclose(-turned.loc["u"].to_numpy()[::-1], expected.loc["x"], rtol=1e-8)


@pytest.mark.parametrize(("response", "family"), FAMILIES)
def test_labels_of_levels_do_not_matter(response, family):
    frame = sample(80)
    named = frame.assign(g=frame["g"].map({"a": "1st", "b": "2nd", "c": "3rd"}))
    one = glm(f"{response} ~ x + g", frame, family).confint()
    other = glm(f"{response} ~ x + g", named, family).confint()
    assert other.index.tolist() == ["(Intercept)", "x", "g2nd", "g3rd"]
    np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize(("response", "family"), FAMILIES)
def test_frequency_weights_are_repeated_rows(response, family):
    frame = sample(40)
    weighted = glm(f"{response} ~ x + g", frame, family, freq_weights="w", control=EXACT)
    repeated = glm(f"{response} ~ x + g", frame.loc[frame.index.repeat(frame["w"])], family, control=EXACT)
    for test in ("LRT", "Rao"):
        np.testing.assert_allclose(weighted.confint(test=test), repeated.confint(test=test), rtol=1e-8)


def test_rows_of_no_weight_and_aliased_columns_change_nothing():
    frame = sample(50)
    fit = glm("y ~ x + g", frame, "quasipoisson", control=EXACT)
    more = pd.concat([frame.assign(v=1.0), frame.assign(v=0.0, y=7)], ignore_index=True)
    weighted = glm("y ~ x + g", more, "quasipoisson", weights="v", control=EXACT)
    np.testing.assert_allclose(weighted.confint(), fit.confint(), rtol=1e-8)
    twice = glm("y ~ x + g + z", frame.assign(z=2 * frame["x"]), "quasipoisson", control=EXACT).confint()
    np.testing.assert_allclose(twice.drop("z"), fit.confint(), rtol=1e-8)


def test_large_models_by_reused_factors_equal_small_steps():
    frame = sample(9000)
    fit = glm("d ~ x + g", frame, "binomial", control=EXACT)
    curve = fit.profile("x").curves["x"]
    others, x = np.array([0, 2, 3]), frame["x"].to_numpy()
    for value, z, coef in zip(curve.values[::4], curve.z[::4], curve.coefs[::4], strict=True):
        held = fit.refit(columns=others, offset=value * x, start=fit.coef.to_numpy()[others])
        root = np.sign(value - fit.coef["x"]) * np.sqrt(max(held.deviance - fit.deviance, 0.0))
        np.testing.assert_allclose(z, root, rtol=1e-7, atol=1e-7)
        np.testing.assert_allclose(coef[others], held.coef, atol=1e-7)


def test_the_ends_are_where_the_deviance_rises_by_the_quantile():
    fit = glm("d ~ x + g", sample(60), "binomial", control=EXACT)
    others, x = np.array([0, 2, 3]), fit.rows.block.dense()[:, 1]
    for end in fit.confint("x").to_numpy()[0]:
        held = fit.refit(columns=others, offset=end * x)
        np.testing.assert_allclose(held.deviance - fit.deviance, 3.841458820694124, rtol=2e-3)
