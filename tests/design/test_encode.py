"""New rows by what was learned: missing columns, unseen levels, other kinds, missing values."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import polars as pl
import pytest

from rglm.data.columns import open_columns
from rglm.data.memory import as_source
from rglm.design import encode, learn
from rglm.errors import DataError, FormulaWarning

TRAIN = pd.DataFrame(
    {
        "y": [1.0, 2.0, 3.0, 4.0, 5.0, 6.0],
        "x": [0.5, 1.5, 2.5, 3.5, 4.5, 5.5],
        "w": [1, 2, 3, 1, 2, 3],
        "a": ["p", "q", "r", "p", "q", "q"],
        "l": [True, False, True, False, True, True],
        "my var": [3.0, 1.0, 2.0, 5.0, 4.0, 6.0],
    }
)


def design(formula, **arguments):
    return learn(formula, as_source(TRAIN), **arguments)[0]


def new(formula, rows, **arguments):
    return encode(design(formula), open_columns(rows), **arguments)


def test_level_order_and_unused_levels_do_not_matter():
    rows = {"a": pd.Categorical(["r", "p"], categories=["r", "q", "zz", "p"]), "x": [1.0, 2.0]}
    assert new("y ~ x + a", rows).block.dense().tolist() == [[1, 1, 0, 1], [1, 2, 0, 0]]
    assert new("y ~ x + a", pl.DataFrame({"a": ["r", "p"], "x": [1, 2]})).block.dense()[0].tolist() == [
        1,
        1,
        0,
        1,
    ]


def test_only_what_the_terms_read_is_needed():
    assert new("y ~ x + w - w", {"x": [1.0]}).block.dense().tolist() == [[1, 1]]
    assert new("y ~ 1", {"other": [1.0, 2.0]}).block.dense().tolist() == [[1], [1]]


@pytest.mark.parametrize(
    ("formula", "rows", "said"),
    [
        ("y ~ x + a", {"X": [1.0], "a": ["p"]}, r"lack a column.*'x'.*Did you mean 'X'"),
        ("y ~ x + a", {"z": [1.0]}, r"lack columns.*'x', 'a'"),
        ("y ~ log(`my var`)", {"x": [1.0]}, r"'my var'"),
        ("y ~ x + offset(w)", {"x": [1.0]}, r"'w'"),
        ("y ~ a", {"a": ["z", "p", "z", "k"]}, r"'a' has levels.*'k' \(1 row\), 'z' \(2 rows\).*p, q, r"),
        ("y ~ factor(w)", {"w": [4, 1]}, r"'factor\(w\)' has levels.*'4' \(1 row\).*1, 2, 3"),
        ("y ~ a:x", {"a": ["z"], "x": [1.0]}, r"'a' has levels"),
        ("y ~ a", {"a": [1.0]}, r"'a' was fitted with levels \(.*\), and the data give numbers"),
        ("y ~ a", {"a": [True]}, r"'a' was fitted with levels \(.*\), and the data give TRUE and FALSE"),
        ("y ~ x", {"x": ["p"]}, r"'x' was fitted with numbers, and the data give strings"),
        ("y ~ x", {"x": pd.Categorical(["p"])}, r"'x' was fitted with numbers, and the data give categories"),
        ("y ~ l", {"l": ["TRUE"]}, r"'l' was fitted with TRUE and FALSE, and the data give strings"),
        ("y ~ l", {"l": [1.0]}, r"'l' was fitted with TRUE and FALSE, and the data give numbers"),
    ],
)
def test_rows_that_are_refused(formula, rows, said):
    with pytest.raises(DataError, match=said):
        new(formula, rows)


def test_unseen_levels_on_request():
    rows = {"a": ["z", "q"], "x": [1.0, 2.0]}
    nan = new("y ~ x + a", rows, new_levels="nan").block
    assert np.isnan(nan.dense()[0]).all()
    assert nan.times(np.ones(4)).tolist()[1] == 4
    assert new("y ~ x + a", rows, new_levels="base").block.dense()[0].tolist() == [1, 1, 0, 0]
    spec = design("y ~ relevel(a, 'q')")
    base = encode(spec, open_columns({"a": ["z"]}), new_levels="base").block.dense()
    assert base.tolist() == [[1, 0, 0]]
    with pytest.raises(DataError, match=r"new_levels 'skip' is not known.*'error', 'nan' or 'base'"):
        new("y ~ a", rows, new_levels="skip")


def test_missing_values_stay_and_give_nan():
    rows = {"a": ["p", None, "q", "r"], "x": [1.0, 2.0, None, 4.0]}
    encoded = new("y ~ x * a", rows)
    assert encoded.block.n == 4
    assert encoded.kept is None
    assert np.isnan(encoded.block.dense()).any(axis=1).tolist() == [False, True, True, False]
    assert np.isnan(encoded.block.times(np.ones(6))).tolist() == [False, True, True, False]
    assert np.isnan(encoded.block.quadratic(np.eye(6))).tolist() == [False, True, True, False]
    left = new("y ~ x * a", rows, na="omit")
    assert left.kept.tolist() == [0, 3]
    assert left.block.n == 2


@pytest.mark.parametrize("value", [[None], [np.nan], np.array([None])])
def test_a_column_with_nothing_in_it_has_no_kind(value):
    assert np.isnan(new("y ~ x + a", {"a": value, "x": [1.0]}).block.dense()).all()
    assert np.isnan(new("y ~ x + a", {"a": ["p"], "x": value}).block.dense()).all()
    assert np.isnan(new("y ~ l", {"l": value}).block.dense()).all()


def test_a_transform_that_gives_nan_warns():
    with pytest.warns(FormulaWarning, match=r"NaNs produced in log\(x\): 1"):
        encoded = new("y ~ log(x)", {"x": [-1.0, 1.0]})
    assert np.isnan(encoded.block.dense()[:, 1]).tolist() == [True, False]


def test_offsets_and_extras():
    spec = design("y ~ x + offset(log(w)) + offset(x)", extras={"exposure": "w * 2", "weights": "w"})
    encoded = encode(spec, open_columns({"x": [1.0, 2.0], "w": [1.0, np.nan]}), extras=("exposure",))
    np.testing.assert_allclose(encoded.formula_offset, [1.0, np.nan])
    np.testing.assert_allclose(encoded.extras["exposure"], [2.0, np.nan])
    assert "weights" not in encoded.extras
    given = encode(spec, open_columns({"x": [1.0], "w": [1.0]}), arrays={"offset": np.array([7.0])})
    assert given.extras["offset"].tolist() == [7.0]


def test_responses_of_new_rows():
    spec = design("a ~ x")
    rows = {"x": [1.0, 2.0, 3.0], "a": ["r", None, "p"]}
    response = encode(spec, open_columns(rows), with_response=True).response
    np.testing.assert_array_equal(response.values, [2, np.nan, 0])
    assert encode(spec, open_columns(rows), with_response=True, na="omit").response.values.tolist() == [2, 0]
    for wrong, said in ((["z"], "not fitted: z"), ([1.0], "is numeric here")):
        with pytest.raises(DataError, match=said):
            encode(spec, open_columns({"x": [1.0], "a": wrong}), with_response=True)
    with pytest.raises(DataError, match="was numeric when"):
        encode(design("y ~ x"), open_columns({"x": [1.0], "y": ["u"]}), with_response=True)
    with pytest.raises(DataError, match=r"lack a column.*'a'"):
        encode(spec, open_columns({"x": [1.0]}), with_response=True)


@pytest.mark.parametrize(
    "formula",
    [
        "y ~ poly(x, 2)",
        "y ~ scale(x) + center(w)",
        "y ~ log(scale(x) + 3)",
        "y ~ ns(x, df = 3)",
        "y ~ bs(x, df = 4)",
        "y ~ cut(x, 3)",
        "y ~ factor(w) * a",
        "y ~ ordered(w)",
        "y ~ as.factor(w) + relevel(a, 'r')",
        "y ~ interaction(a, l)",
        "y ~ I(x - mean(x)) + I(x / sd(x))",
        "y ~ C(a, contr.sum) + C(w, contr.helmert)",
    ],
)
def test_one_row_encodes_as_it_did_among_all(formula):
    spec, encoded = learn(formula, as_source(TRAIN))
    whole = encoded.block.dense()
    for row in range(len(TRAIN)):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            one = encode(spec, open_columns(TRAIN.iloc[[row]])).block.dense()
        np.testing.assert_allclose(one, whole[[row]], atol=1e-12, err_msg=f"row {row}")
