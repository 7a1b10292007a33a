"""Rows in memory: protection, fingerprints, results in the caller's kind, aligned arguments, missing rows."""

from __future__ import annotations

import pickle

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from rglm.data.memory import MemorySource, as_source
from rglm.data.missing import MissingReport, infinite_rows, missing_rows
from rglm.data.native import align, like
from rglm.data.source import Source
from rglm.errors import DataError
from rglm.formula.values import Factor, Logical, Numbers, Text


def test_one_block_read_once():
    source = as_source(pd.DataFrame({"x": [1.0, 2.0], "a": ["u", "v"]}))
    assert isinstance(source, Source)
    assert as_source(source) is source
    (block,) = source.blocks()
    assert next(source.blocks()) is block
    assert (source.names, source.n_rows) == (("x", "a"), 2)


@pytest.mark.skipif(int(pd.__version__.partition(".")[0]) < 3, reason="pandas 2 shares storage")
def test_later_edits_cannot_reach_a_pandas_frame():
    frame = pd.DataFrame({"x": [1.0, 2.0], "a": ["u", "v"]})
    source = MemorySource(frame)
    frame.loc[0, "x"] = 99.0
    frame["a"] = "w"
    assert source.protected
    assert source.columns["x"].values.tolist() == [1.0, 2.0]
    assert list(source.columns["a"].values) == ["u", "v"]


def test_later_edits_cannot_reach_a_polars_frame():
    frame = pl.DataFrame({"x": [1.0, 2.0]})
    source = MemorySource(frame)
    frame[0, "x"] = 99.0
    assert source.columns["x"].values.tolist() == [1.0, 2.0]


def test_fingerprint_tells_an_edit_of_a_dict():
    x = np.array([1.0, 2.0])
    source = MemorySource({"x": x, "a": ["u", "v"]})
    assert not source.protected
    _ = source.columns["x"], source.columns["a"]
    before = source.fingerprint()
    assert source.fingerprint() == before
    x[0] = 5.0
    assert source.fingerprint() != before


def test_source_pickles():
    source = pickle.loads(pickle.dumps(MemorySource(pd.DataFrame({"x": [1.0, 2.0]}))))
    assert source.columns["x"].values.tolist() == [1.0, 2.0]


def test_results_come_in_the_callers_kind():
    values = np.array([0.5, 1.5])
    frame = pd.DataFrame({"x": [1, 2, 3]}, index=["u", "v", "w"])
    series = like(frame, values, name="fit", rows=np.array([0, 2]))
    assert (series.name, series.index.tolist()) == ("fit", ["u", "w"])
    both = like(frame.iloc[:2], {"fit": values, "se_fit": values})
    assert list(both.columns) == ["fit", "se_fit"]
    assert both.index.tolist() == ["u", "v"]
    assert isinstance(like(pl.DataFrame({"x": [1]}), values), pl.Series)
    assert isinstance(like(pl.DataFrame({"x": [1]}), {"fit": values}), pl.DataFrame)
    assert isinstance(like(pa.table({"x": [1]}), values), pa.ChunkedArray)
    assert isinstance(like(pa.table({"x": [1]}), {"fit": values}), pa.Table)
    assert like({"x": [1, 2, 3]}, values, rows=np.array([0, 2])).index.tolist() == [0, 2]


def test_arrays_align_by_position():
    frame = pd.DataFrame({"x": [1.0, 2.0]}, index=[10, 20])
    assert align("weights", [1, 2], frame, 2).tolist() == [1.0, 2.0]
    assert align("weights", pd.Series([1, 2], index=[10, 20]), frame, 2).tolist() == [1.0, 2.0]
    assert align("weights", pl.Series([1, None]), frame, 2).tolist()[0] == 1.0


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ([1.0], r"weights has 1 values, but the data have 2 rows"),
        (2.0, r"weights is the single value 2.0"),
        ("w", r"weights is the single value 'w'"),
        (pd.Series([1.0, 2.0]), r"weights is a pandas Series whose index differs.*to_numpy\(\).*reindex"),
        (["a", "b"], r"weights holds strings"),
    ],
)
def test_arrays_that_do_not_align(values, said):
    with pytest.raises(DataError, match=said):
        align("weights", values, pd.DataFrame({"x": [1.0, 2.0]}, index=[10, 20]), 2)


def test_missing_rows():
    nan = np.nan
    assert missing_rows(Numbers(np.array([1.0, 2.0]))) is None
    assert missing_rows(Numbers(np.array([1.0, np.inf]))) is None
    assert missing_rows(Numbers(np.array([1.0, nan]))).tolist() == [False, True]
    assert missing_rows(Numbers(np.array([[1.0, nan], [1.0, 2.0]]))).tolist() == [True, False]
    assert missing_rows(Logical(np.array([nan, 1.0]))).tolist() == [True, False]
    assert missing_rows(Text(np.array(["a", None], dtype=object))).tolist() == [False, True]
    assert missing_rows(Factor(np.array([0, -1]), ("a",))).tolist() == [False, True]
    assert missing_rows(Factor(np.array([0, 0]), ("a",))) is None


def test_infinite_rows():
    assert infinite_rows(np.array([1.0, 2.0])) is None
    assert infinite_rows(np.array([1.0, np.nan])) is None
    assert infinite_rows(np.array([np.inf, -np.inf, 0.0])).tolist() == [0, 1]
    assert infinite_rows(np.array([[1.0, -np.inf], [0.0, 1.0]])).tolist() == [0]


def test_report_prints_and_adds():
    first = MissingReport(10, 7, (("x", 2), ("log(z)", 1)))
    assert first.rows_lost == 3
    assert str(first) == "7 of 10 rows used; 3 left out because values are missing: x (2), log(z) (1)"
    both = first + MissingReport(5, 3, (("x", 1),), excluded=1)
    assert (both.rows_in, both.rows_kept, both.excluded, dict(both.lost)) == (
        15,
        10,
        1,
        {"x": 3, "log(z)": 1},
    )
    assert "1 outside the subset" in str(both)
