"""Intervals for new responses: against independent integration in R, and what must hold of them."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from rglm import FitError, Gamma, InverseGaussian, Poisson, Tweedie, datasets, glm, glm_nb, lm

STORED = json.loads((Path(__file__).parents[1] / "against_r" / "prediction.json").read_text(encoding="utf-8"))
U = {"u": [5.0, 20.0, 100.0]}


def grid(**axes):
    """R's expand.grid: the first axis varies fastest."""
    names = list(axes)
    mesh = np.meshgrid(*[np.arange(len(axes[name])) for name in names], indexing="ij")
    return {
        name: [axes[name][i] for i in part.ravel(order="F")] for name, part in zip(names, mesh, strict=True)
    }


def limits(fit, new, **arguments):
    frame = fit.predict(new, type="response", interval="prediction", **arguments)
    assert list(frame.columns) == ["fit", "lwr", "upr"]
    return frame[["lwr", "upr"]].to_numpy()


@pytest.mark.parametrize(
    ("name", "family", "level"),
    [
        ("gamma", Gamma(), 0.95),
        ("gamma_80", Gamma(), 0.8),
        ("inverse_gaussian", InverseGaussian(link="log"), 0.95),
        ("tweedie", Tweedie(1.5, 0), 0.95),
    ],
)
def test_continuous_families(name, family, level):
    fit = glm("lot1 ~ log(u)", datasets.load("clotting"), family)
    np.testing.assert_allclose(limits(fit, U, level=level), STORED[name], rtol=1e-3)


def test_counts_have_whole_limits():
    fit = glm("breaks ~ wool * tension", datasets.load("warpbreaks"), Poisson)
    new = grid(wool=["A", "B"], tension=["L", "M", "H"])
    np.testing.assert_array_equal(limits(fit, new), STORED["poisson"])


def test_negative_binomial_counts():
    fit = glm_nb("Days ~ Sex + Age", datasets.load("quine"))
    new = grid(Sex=["F", "M"], Age=["F0", "F3"])
    np.testing.assert_array_equal(limits(fit, new), STORED["negative_binomial"])


def test_a_linear_model_has_R_s():
    fit = lm("dist ~ speed", datasets.load("cars"))
    frame = fit.predict({"speed": [4.0, 15.0, 40.0]}, interval="prediction")
    np.testing.assert_allclose(frame[["lwr", "upr"]], STORED["gaussian"], rtol=1e-9)


def test_new_responses_fall_inside_as_often_as_the_level_says():
    rng = np.random.default_rng(2)
    x = rng.normal(size=4000)
    mean = np.exp(1 + 0.5 * x)
    data = pd.DataFrame({"y": rng.gamma(3, mean / 3), "x": x})
    found = limits(glm("y ~ x", data, Gamma(link="log")), data, level=0.9)
    again = rng.gamma(3, mean / 3)
    inside = np.mean((again >= found[:, 0]) & (again <= found[:, 1]))
    assert abs(inside - 0.9) < 4 * np.sqrt(0.09 / 4000)


def test_a_family_without_a_distribution_is_refused():
    fit = glm("breaks ~ wool", datasets.load("warpbreaks"), "quasipoisson")
    with pytest.raises(FitError, match="needs a distribution"):
        fit.predict(type="response", interval="prediction")


def test_the_link_scale_has_no_new_responses():
    fit = glm("breaks ~ wool", datasets.load("warpbreaks"), Poisson)
    with pytest.raises(FitError, match='add type="response"'):
        fit.predict(interval="prediction")
