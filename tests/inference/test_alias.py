"""alias(): R's matrix and text, and the relations as equations."""

from __future__ import annotations

import numpy as np
import pytest

from rglm import glm, lm

CASES = {"scaled": "scaled", "crossed": "crossed", "glm": "aliased", "plain": "plain_aliased"}


@pytest.mark.parametrize("case", CASES)
def test_equals_r(case, model, r, close):
    found, expected = model(CASES[case]).alias(), r["aliases"][case]
    assert found.table.index.tolist() == expected["complete"]["rows"]
    assert found.table.columns.tolist() == expected["complete"]["columns"]
    close(found.table, expected["complete"]["values"])
    lines = str(found).split("\n")
    assert lines[: len(expected["text"])] == expected["text"]


def test_nothing_aliased(model, r):
    found = model("l1").alias()
    assert found.table.shape == (0, 2)
    assert found.equations == ()
    assert str(found).split("\n") == r["aliases"]["none"]["text"]


def test_equations(model):
    assert model("scaled").alias().equations == ("wt2 = 2 wt", "s = wt + 0.3333333 n")
    assert model("crossed").alias().equations == ("gmid:hs = 0 (the column is zero in every row)",)


def test_signs_in_equations():
    x, z = np.arange(8.0), np.array([1.0, 4, 2, 8, 5, 7, 1, 3])
    fit = lm("y ~ x + z + a", {"y": z**2, "x": x, "z": z, "a": 3 - x - 2.5 * z})
    assert fit.alias().equations == ("a = 3 (Intercept) - x - 2.5 z",)
    fit = lm("y ~ x + a", {"y": z, "x": x, "a": -x})
    assert fit.alias().equations == ("a = -x",)


def test_relations_reproduce_the_columns(data):
    frame = data("plots").assign(
        tiny=lambda d: 1e-7 * d["wt"] + 3e-6 * d["n"], huge=lambda d: 1e6 * d["wt"] - 7e5
    )
    fit = glm("yield ~ wt + n + tiny + huge", frame, "gamma")
    table = fit.alias().table
    X = {"(Intercept)": np.ones(12), "wt": frame["wt"], "n": frame["n"]}
    for name in ("tiny", "huge"):
        made = sum(weight * X[column] for column, weight in table.loc[name].items())
        np.testing.assert_allclose(made, frame[name], rtol=1e-10)
