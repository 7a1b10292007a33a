"""The data columns behind a design's terms."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from rglm import DataError
from rglm.data.columns import open_columns
from rglm.data.memory import as_source
from rglm.design import learn
from rglm.design.predictors import names_read, predictor, predictors
from rglm.formula.grammar import parse_expression

DATA = {
    "y": [1.0, 2.0, 3.0, 4.0, 5.0],
    "a": ["v", "u", "v", "v", "u"],
    "f": pd.Categorical(["lo", "hi", "lo", "mid", "hi"], ["lo", "mid", "hi", "top"]),
    "b": [True, False, True, True, False],
    "x": [1.0, 2.0, 4.0, 2.0, 1.0],
    "two": [0, 1, 1, 1, 0],
    "n": [3.0, 1.0, 2.0, 4.0, 5.0],
}


def of(formula, few=2, rows=slice(None)):
    spec, _ = learn(formula, as_source(DATA))
    return predictors(spec, open_columns(DATA), rows, few)


def test_order_is_that_of_appearance_and_offsets_are_left_out():
    assert list(of("y ~ log(x) * a + b + offset(log(n))")) == ["x", "a", "b"]
    assert list(of("y ~ I(n * x) + f")) == ["n", "x", "f"]


def test_levels_are_those_that_occur():
    found = of("y ~ a + f + b + x + two")
    assert found["a"].levels == ("u", "v")
    assert found["f"].levels == ("lo", "mid", "hi")
    assert found["b"].levels == (False, True)
    assert found["x"].levels is None
    assert found["two"].levels == (0.0, 1.0)
    assert found["two"].is_binary
    assert of("y ~ f", rows=np.array([0, 1, 2]))["f"].levels == ("lo", "hi")


def test_numbers_that_a_term_makes_a_factor_have_levels():
    assert of("y ~ factor(x)")["x"].levels == (1.0, 2.0, 4.0)
    assert of("y ~ factor(x)")["x"].as_factor
    assert of("y ~ cut(x, 2)")["x"].levels is None


def test_codes_name_levels():
    for name in ("a", "f", "b", "two"):
        each = of("y ~ a + f + b + two")[name]
        assert [each.levels[code] for code in each.codes] == list(DATA[name])
        assert each.labels() == list(DATA[name])


def test_columns_come_back_in_their_kind():
    found = of("y ~ a + f + b + x")
    assert found["f"].column(["hi", "lo"]).levels == ("lo", "mid", "hi")
    assert found["b"].column([True, "FALSE" == "TRUE"]).values.tolist() == [1.0, 0.0]
    assert found["x"].column([7, 8]).values.tolist() == [7.0, 8.0]
    assert found["x"].moved(1.0).values.tolist() == [2.0, 3.0, 5.0, 3.0, 2.0]
    with pytest.raises(DataError, match=r"'a' has no level 'w'.*Known names: u, v|Did you mean"):
        found["a"].column(["w"])
    with pytest.raises(DataError, match="'x' holds numbers; got 'low'"):
        found["x"].column(["low"])


def test_usual_values():
    found = of("y ~ a + f + b + x + two")
    assert found["a"].usual() == "v"
    assert found["b"].usual() is True
    assert found["x"].usual() == 2.0
    assert found["two"].usual() == 1.0
    assert found["x"].mean(np.array([1.0, 0.0, 0.0, 0.0, 0.0])) == 1.0


def test_missing_values_have_no_level():
    each = predictor("a", open_columns({"a": ["u", None, "v"]})["a"], slice(None))
    assert each.codes.tolist() == [0, -1, 1]
    assert each.labels() == ["u", None, "v"]
    number = predictor("x", open_columns({"x": [1.0, np.nan, 3.0]})["x"], slice(None))
    assert number.mean() == 2.0
    assert number.labels() == [1.0, None, 3.0]


def test_names_in_reading_order():
    assert list(names_read(parse_expression("z + factor(b) * log(a)"))) == [
        ("z", False),
        ("b", True),
        ("a", False),
    ]
