"""R's stored answers on single verbs, and the models they are of."""

from __future__ import annotations

import json
import math
import sys
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from rglm import glm, lm

sys.path.append(str(Path(__file__).parent))  # lets tests import the helpers beside them

ANSWERS = Path(__file__).parents[1] / "against_r" / "verbs.json"


@cache
def answers():
    return json.loads(ANSWERS.read_text(encoding="utf-8"))


@cache
def table(name):
    """One of the data sets of verbs.R; columns of text are factors in R's level order."""
    frame = pd.DataFrame({key: _column(values) for key, values in answers()["tables"][name].items()})
    if name == "plots":
        frame["g"] = pd.Categorical(frame["g"], ["lo", "mid", "hi"])
    return frame


def _column(values):
    return [math.nan if value == "NA" else value for value in values]


def numbers(values):
    """Numbers as JSON holds them: "NA" and "NaN" are strings."""
    return np.array(
        [[_number(v) for v in row] if isinstance(row, list) else _number(row) for row in values], dtype=float
    )


def _number(value):
    return (
        float(value)
        if isinstance(value, int | float)
        else {"Inf": math.inf, "-Inf": -math.inf}.get(value, math.nan)
    )


MODELS = {
    "p0": lambda: glm("y ~ 1", table("counts"), "poisson"),
    "p1": lambda: glm("y ~ outcome", table("counts"), "poisson"),
    "p2": lambda: glm("y ~ outcome + x", table("counts"), "poisson"),
    "p3": lambda: glm("y ~ outcome + x + t", table("counts"), "poisson"),
    "alternative": lambda: glm("y ~ t", table("counts"), "poisson"),
    "aliased": lambda: glm("y ~ x + x2 + outcome", table("counts"), "poisson"),
    "quasi": lambda: glm("y ~ outcome + x", table("counts"), "quasipoisson"),
    "rate": lambda: glm("y ~ outcome + t + offset(log(e))", table("counts"), "poisson"),
    "gamma": lambda: glm("time ~ log(u) + f", table("clots"), "gamma", weights="w"),
    "plain": lambda: glm("y ~ 0 + outcome + x", table("counts"), "poisson"),
    "missing": lambda: glm("y ~ m + outcome", table("counts"), "poisson"),
    "missing_quasi": lambda: glm("y ~ m + x2", table("counts"), "quasipoisson"),
    "empty": lambda: glm("y ~ 0", table("counts"), "poisson"),
    "saturated": lambda: glm("y ~ factor(x)", table("counts"), "poisson"),
    "grouped": lambda: glm("cbind(dead, alive) ~ ld", table("doses"), "binomial"),
    "zero": lambda: glm("time ~ log(u)", table("clots"), "gamma", weights="z"),
    "l1": lambda: lm("yield ~ wt", table("plots")),
    "l2": lambda: lm("yield ~ wt + g", table("plots")),
    "l3": lambda: lm("yield ~ wt * g", table("plots")),
    "lm_aliased": lambda: lm("yield ~ wt + wt2 + g", table("plots")),
    "lm_factors": lambda: lm("yield ~ g * h", table("plots"), weights="n"),
    "lm_weighted": lambda: lm("yield ~ g", table("plots"), weights="n"),
    "lm_constant_weights": lambda: lm("yield ~ g", table("plots"), weights=np.full(12, 2.0)),
    "lm_null": lambda: lm("yield ~ 1", table("plots")),
    "lm_empty": lambda: lm("yield ~ 0", table("plots")),
    "lm_plain": lambda: lm("yield ~ 0 + g", table("plots")),
    "lm_plain_both": lambda: lm("yield ~ 0 + wt + g", table("plots")),
    "lm_missing": lambda: lm("y ~ m", table("counts")),
    "lm_offset": lambda: lm("yield ~ wt + offset(n)", table("plots")),
    "lm_saturated": lambda: lm("yield ~ factor(wt) * factor(n)", table("plots").iloc[[0, 1, 3, 5, 9]]),
    "lm_clots": lambda: lm("time ~ log(u) + f", table("clots"), weights="w"),
    "lm_zero": lambda: lm("time ~ log(u)", table("clots"), weights="z"),
    "scaled": lambda: lm("yield ~ wt + wt2 + n + s", table("plots")),
    "crossed": lambda: lm("yield ~ g * h", table("plots").drop(index=[8, 9])),
    "plain_aliased": lambda: lm("yield ~ 0 + g + h + wt2 + wt", table("plots")),
}


@cache
def _model(name):
    return MODELS[name]()


@pytest.fixture(scope="session")
def model():
    """A fitted model by its name in MODELS."""
    return _model


@pytest.fixture(scope="session")
def r():
    """R's answers, as a nested dict."""
    return answers()


@pytest.fixture(scope="session")
def data():
    """A data set of verbs.R, by name."""
    return table


@pytest.fixture(scope="session")
def as_numbers():
    """JSON numbers as an array."""
    return numbers


def _close(found, expected, tolerance=1e-6, message=""):
    """Equal to R's stored numbers, NaN where R has NA or NaN."""
    np.testing.assert_allclose(
        np.asarray(found, dtype=float), numbers(expected), rtol=tolerance, atol=1e-9, err_msg=message
    )


@pytest.fixture(scope="session")
def close():
    """`close(found, expected)` asserts that numbers equal R's."""
    return _close


def _body(text):
    """Printed lines without the call and what stands beneath it."""
    lines = text.split("\n")
    start = next((i for i, line in enumerate(lines) if line.startswith("Call:")), None)
    if start is None:
        return lines
    return lines[lines.index("", start) + 1 :]


@pytest.fixture(scope="session")
def body():
    """`body(text)`: the lines of a printed fit or summary that R has too."""
    return _body
