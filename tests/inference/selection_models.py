"""The models of tests/against_r/selection.R, and R's answers on them."""

from __future__ import annotations

import json
import math
import warnings
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from rglm import Gamma, RglmWarning, datasets, glm, glm_nb, lm

ANSWERS = Path(__file__).parents[1] / "against_r" / "selection.json"


@cache
def answers():
    return json.loads(ANSWERS.read_text(encoding="utf-8"))


@cache
def data(name):
    """A data set of selection.R."""
    if name == "clots":
        wide = datasets.load("clotting")
        return pd.DataFrame(
            {
                "u": [*wide["u"], *wide["u"]],
                "lot": pd.Categorical(["1"] * 9 + ["2"] * 9),
                "time": [*wide["lot1"], *wide["lot2"]],
            }
        )
    if name == "warp":
        return datasets.load("warpbreaks").drop(index=[0, 1, 29, 30, 31])
    if name == "warp_missing":
        return datasets.load("warpbreaks").assign(breaks=lambda d: d["breaks"].where(d.index != 2))
    if name == "weighted":
        return datasets.load("warpbreaks").assign(n=[1, 2, 3] * 18, x=[*range(1, 10)] * 6)
    found = datasets.load({"air": "airquality"}.get(name, name))
    if name == "birthwt":
        found["race"] = found["race"].astype("category")
    return found.rename(index=lambda i: i)


LOW = "low ~ age + lwt + race + smoke + ptl + ht + ui + ftv"
SUM = {"wool": "contr.sum", "tension": "contr.sum"}

MODELS = {
    "quine": lambda: glm("Days ~ Sex + Age", data("quine"), "poisson"),
    "quasi": lambda: glm("Days ~ Sex + Age", data("quine"), "quasipoisson"),
    "quine_all": lambda: glm("Days ~ Eth * Sex * Age * Lrn", data("quine"), "poisson"),
    "warp": lambda: glm("breaks ~ wool * tension", data("warpbreaks"), "poisson"),
    "warp_wool": lambda: glm("breaks ~ wool", data("warpbreaks"), "poisson"),
    "bwt": lambda: glm("bwt ~ age + lwt + race + smoke", data("birthwt"), "gamma"),
    "bwt_null": lambda: glm("bwt ~ 1", data("birthwt"), "gamma"),
    "bwt_all": lambda: glm("bwt ~ " + LOW.partition("~ ")[2], data("birthwt"), "gamma"),
    "low": lambda: glm(LOW, data("birthwt"), "binomial"),
    "low_null": lambda: glm("low ~ 1", data("birthwt"), "binomial"),
    "clots": lambda: glm("time ~ lot * log(u)", data("clots"), "gamma"),
    "clots_plus": lambda: glm("time ~ lot + log(u)", data("clots"), "gamma"),
    "esoph": lambda: glm(
        "cbind(ncases, ncontrols) ~ agegp + tobgp * alcgp", datasets.load("esoph"), "binomial"
    ),
    "gauss": lambda: glm("mpg ~ wt + hp + qsec", data("mtcars")),
    "cars": lambda: lm("mpg ~ wt + hp + factor(cyl)", data("mtcars")),
    "cars_all": lambda: lm("mpg ~ .", data("mtcars")),
    "cars_null": lambda: lm("mpg ~ 1", data("mtcars")),
    "swiss": lambda: lm("Fertility ~ .", data("swiss")),
    "air": lambda: lm("Ozone ~ Wind", data("air")),
    "air_glm": lambda: glm("Ozone ~ Wind", data("air"), Gamma(link="log")),
    "weighted": lambda: lm("breaks ~ wool * tension", data("weighted"), weights="n"),
    "weighted_wool": lambda: lm("breaks ~ wool", data("weighted"), weights="n"),
    "npk": lambda: lm("yield ~ block + N * P * K", data("npk")),
    "offset": lambda: glm(
        "ncases ~ agegp + tobgp + offset(log(ncases + ncontrols))", data("esoph"), "poisson"
    ),
    "nb": lambda: glm_nb("Days ~ Sex + Age + Eth", data("quine")),
    "nb_epil": lambda: glm_nb("y ~ lbase * trt + lage + V4", data("epil")),
}


@cache
def model(name):
    """A fitted model by its name in MODELS."""
    return MODELS[name]()


def number(value):
    return {"NA": math.nan, "NaN": math.nan, "Inf": math.inf, "-Inf": -math.inf}.get(value, value)


def numbers(values):
    """Numbers as JSON holds them."""
    return np.array(
        [[number(v) for v in row] if isinstance(row, list) else number(row) for row in values], float
    )


def agree(found, expected, tolerance=1e-6, atol=1e-9, text=True):
    """A record's table, names, numbers and print equal R's."""
    assert found.table.index.astype(str).tolist() == expected["rows"]
    columns = [name for name in found.table.columns if name in expected["columns"]]
    assert columns == expected["columns"]
    np.testing.assert_allclose(
        found.table[columns].to_numpy(float), numbers(expected["values"]), rtol=tolerance, atol=atol
    )
    if text:
        assert str(found).split("\n") == expected["text"]


def quietly(function):
    """The value of a call, without its warnings."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RglmWarning)
        return function()
