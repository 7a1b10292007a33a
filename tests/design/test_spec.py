"""A DesignSpec is a value: it pickles, compares, is small, and can be coded anew without data."""

from __future__ import annotations

import pickle

import numpy as np
import pandas as pd
import pytest

from rglm.data.columns import open_columns
from rglm.data.memory import as_source
from rglm.design import encode, learn, recode, subset_terms
from rglm.design.encode import piece_together
from rglm.errors import FormulaError

N = 60
RNG = np.random.default_rng(11)
FRAME = pd.DataFrame(
    {
        "y": RNG.standard_normal(N),
        "x": RNG.standard_normal(N),
        "a": RNG.choice(list("pqr"), N),
        "b": pd.Categorical(RNG.choice(list("uv"), N)),
        "w": RNG.integers(1, 4, N),
    }
)


def design(formula, frame=FRAME, **arguments):
    return learn(formula, as_source(frame), **arguments)


ROUND = ["y ~ poly(x, 2) * a + factor(w)", "y ~ ns(x, df = 3) + scale(w)", "a ~ log(scale(x) + 9):b", "y ~ 0"]


@pytest.mark.parametrize("formula", ROUND)
def test_a_spec_pickles_compares_and_encodes_alike(formula):
    spec, encoded = design(formula, extras={"weights": "w"}, subset="w < 9")
    again = pickle.loads(pickle.dumps(spec))
    assert again == spec
    assert hash(again) == hash(spec)
    np.testing.assert_array_equal(encode(again, open_columns(FRAME)).block.dense(), encoded.block.dense())
    assert design(formula, extras={"weights": "w"}, subset="w < 9")[0] == spec


def test_specs_that_encode_otherwise_differ():
    spec, _ = design("y ~ scale(x) + a")
    assert spec != design("y ~ scale(x) + b")[0]
    assert spec != design("y ~ scale(x) + a", FRAME.assign(x=FRAME.x * 2))[0]
    assert spec != recode(spec, "contr.sum")
    assert spec != "y ~ scale(x) + a"


def test_a_spec_holds_no_rows():
    sizes = [
        len(pickle.dumps(design("y ~ poly(x, 2) * a", pd.concat([FRAME] * times))[0])) for times in (1, 50)
    ]
    assert abs(sizes[1] - sizes[0]) < 100
    assert sizes[0] < 10_000


def test_names_and_assign():
    spec, _ = design("y ~ x + a * b")
    assert spec.column_names == ("(Intercept)", "x", "aq", "ar", "bv", "aq:bv", "ar:bv")
    assert spec.assign == (0, 1, 2, 2, 3, 4, 4)
    assert spec.term_labels == ("x", "a", "b", "a:b")
    assert spec.p == 7
    assert spec.base_levels == {"a": "p", "b": "u"}
    assert spec.data_names == ("x", "a", "b")
    assert spec.reads == {"y", "x", "a", "b"}


def test_terms_are_coded_anew_when_some_go():
    spec, encoded = design("y ~ a * b + x:a")
    for keep in ([0], [1], [2], [0, 2], [2, 3], [0, 1, 3], []):
        smaller = subset_terms(spec, keep)
        formula = " + ".join(["y ~ 1", *(spec.term_labels[index] for index in keep)])
        fresh, rows = design(formula)
        assert smaller.column_names == fresh.column_names
        block = piece_together(smaller, encoded.variables, encoded.block.n)
        np.testing.assert_array_equal(block.dense(), rows.block.dense())


def test_contrasts_change_without_data():
    spec, encoded = design("y ~ a * b")
    summed = recode(spec, "contr.sum")
    fresh, rows = design("y ~ a * b", contrasts={"a": "contr.sum", "b": "contr.sum"})
    assert summed.column_names == fresh.column_names == ("(Intercept)", "a1", "a2", "b1", "a1:b1", "a2:b1")
    block = piece_together(summed, encoded.variables, encoded.block.n)
    np.testing.assert_array_equal(block.dense(), rows.block.dense())
    assert recode(spec, {"b": "contr.helmert"}).column_names[3] == "b1"
    assert summed.base_levels == {"a": None, "b": None}
    with pytest.raises(FormulaError, match="not a factor"):
        recode(spec, {"z": "contr.sum"})
