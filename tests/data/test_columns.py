"""Any frame becomes the same values: numbers, logicals, text, factors."""

from __future__ import annotations

import datetime
import pickle
from decimal import Decimal

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from rglm.data.columns import as_factor, codes_of, open_columns, take
from rglm.data.kinds import CodedText
from rglm.errors import DataError
from rglm.formula.values import Factor, Logical, Numbers, Text

DAY = datetime.date(1970, 1, 3)
MOMENT = datetime.datetime(1970, 1, 1, 0, 1, 0, 500000)
ROWS = {
    "float": [1.5, None, -2.0],
    "whole": [1, None, 3],
    "flag": [True, None, False],
    "text": ["b", None, "B"],
    "day": [DAY, None, DAY],
    "moment": [MOMENT, None, MOMENT],
    "exact": [Decimal("1.25"), None, Decimal("2")],
    "empty": [None, None, None],
}
POLARS = pl.DataFrame(ROWS).with_columns(fixed=pl.Series(["z", None, "a"]).cast(pl.Enum(["z", "y", "a"])))
FRAMES = {
    "dict": ROWS,
    "pandas": pd.DataFrame(ROWS),
    "pandas object": pd.DataFrame({name: pd.Series(values, dtype=object) for name, values in ROWS.items()}),
    "pandas nullable": pd.DataFrame(
        {k: pd.Series(v, dtype=object) for k, v in ROWS.items()}
    ).convert_dtypes(),
    "pandas from polars": POLARS.to_pandas(),
    "pandas Arrow": POLARS.to_pandas(use_pyarrow_extension_array=True),
    "polars": POLARS,
    "pyarrow": POLARS.to_arrow(),
}


class Stream:
    """Nothing but the Arrow C stream interface."""

    def __init__(self, frame):
        self.frame = frame

    def __arrow_c_stream__(self, requested_schema=None):
        return self.frame.__arrow_c_stream__(requested_schema)


FRAMES["stream"] = Stream(POLARS)


@pytest.mark.parametrize("kind", FRAMES)
def test_every_kind_of_frame_gives_the_same_values(kind):
    columns = open_columns(FRAMES[kind])
    assert columns.n_rows == 3
    nan = np.nan
    expected = {
        "float": [1.5, nan, -2.0],
        "whole": [1.0, nan, 3.0],
        "exact": [1.25, nan, 2.0],
        "empty": [nan, nan, nan],
        "moment": [60.5, nan, 60.5],
    }
    for name, values in expected.items():
        value = columns[name]
        if name == "empty" and isinstance(value, Text):  # a column of strings, all of them missing
            assert list(value.values) == [None] * 3
            continue
        assert isinstance(value, Numbers), name
        assert value.values.dtype == np.float64
        np.testing.assert_array_equal(value.values, values, err_msg=name)
    flag = columns["flag"]
    assert isinstance(flag, Logical)
    np.testing.assert_array_equal(flag.values, [1, nan, 0])
    text = columns["text"]
    assert isinstance(text, Text)
    assert list(text.values) == ["b", None, "B"]
    factor = as_factor(text)
    assert factor.levels == ("B", "b")
    assert factor.codes.tolist() == [1, -1, 0]
    assert factor.codes.dtype == np.intp


@pytest.mark.parametrize("kind", ["dict", "pandas", "pandas object", "polars", "pyarrow", "pandas Arrow"])
def test_dates_are_days(kind):
    value = open_columns(FRAMES[kind])["day"]
    np.testing.assert_array_equal(value.values, [2, np.nan, 2])


def test_numpy_dates():
    days = np.array(["1970-01-03", "NaT"], dtype="datetime64[D]")
    columns = open_columns(
        {"day": days, "second": days.astype("datetime64[ns]"), "hour": days.astype("M8[h]")}
    )
    np.testing.assert_array_equal(columns["day"].values, [2, np.nan])
    np.testing.assert_array_equal(columns["second"].values, [2 * 86400, np.nan])
    np.testing.assert_array_equal(columns["hour"].values, [2 * 86400, np.nan])


def test_time_zones_are_instants():
    moments = pd.Series(pd.to_datetime(["2020-01-01 01:00"])).dt.tz_localize("Europe/Paris")
    frame = pd.DataFrame({"t": moments})
    seconds = 18262 * 86400.0
    assert open_columns(frame)["t"].values[0] == seconds
    assert open_columns(pl.from_pandas(frame))["t"].values[0] == seconds


def test_float_columns_are_not_copied():
    x = np.arange(5.0)
    assert np.shares_memory(open_columns({"x": x})["x"].values, x)
    frame = pd.DataFrame({"x": x, "k": [1, 2, 3, 4, 5]})
    assert np.shares_memory(open_columns(frame)["x"].values, frame["x"].to_numpy())
    series = pl.Series("x", x)
    assert np.shares_memory(open_columns(series.to_frame())["x"].values, series.to_numpy())


def test_columns_are_read_once_and_only_when_asked():
    columns = open_columns(pd.DataFrame({"x": [1.0], "bad": [object()]}))
    assert columns["x"] is columns["x"]
    assert list(columns) == ["x", "bad"]
    assert "bad" in columns
    assert "other" not in columns
    with pytest.raises(KeyError):
        columns["other"]


def test_categoricals_keep_their_order():
    frame = pd.DataFrame(
        {
            "a": pd.Categorical(["v", None, "u"], categories=["v", "u", "unused"]),
            "o": pd.Categorical(["lo", "hi", "lo"], categories=["lo", "hi"], ordered=True),
            "k": pd.Categorical([3.0, 0.1, 100000.0]),
            "b": pd.Categorical([True, False, None]),
        }
    )
    columns = open_columns(frame)
    a, o = columns["a"], columns["o"]
    assert isinstance(a, Factor)
    assert isinstance(o, Factor)
    assert (a.levels, a.ordered, a.codes.tolist()) == (("v", "u", "unused"), False, [0, -1, 1])
    assert (o.levels, o.ordered) == (("lo", "hi"), True)
    assert columns["k"].levels == ("0.1", "3", "1e+05")
    assert columns["b"].levels == ("FALSE", "TRUE")


def test_polars_enum_keeps_its_order_and_categorical_is_sorted():
    pl.Series(["zebra", "yak", "ape"], dtype=pl.Categorical)  # the process has met these first
    frame = pl.DataFrame(
        {
            "e": pl.Series(["y", None, "x"], dtype=pl.Enum(["y", "w", "x"])),
            "c": pl.Series(["yak", None, "ape"], dtype=pl.Categorical),
        }
    )
    columns = open_columns(frame)
    assert (columns["e"].levels, columns["e"].ordered) == (("y", "w", "x"), False)
    assert columns["e"].codes.tolist() == [0, -1, 2]
    assert (columns["c"].levels, columns["c"].codes.tolist()) == (("ape", "yak"), [1, -1, 0])


def test_arrow_dictionaries_of_several_chunks():
    chunks = [pa.array(["v", "u", None]).dictionary_encode(), pa.array(["w", "u"]).dictionary_encode()]
    columns = open_columns(
        pa.table({"a": pa.chunked_array(chunks), "s": pa.chunked_array([["b"], ["a", None, "b", "a"]])})
    )
    value = columns["a"]
    assert [value.levels[code] if code >= 0 else None for code in value.codes] == ["v", "u", None, "w", "u"]
    assert as_factor(columns["s"]).levels == ("a", "b")
    assert list(columns["s"].values) == ["b", "a", None, "b", "a"]


def test_levels_sort_by_code_point():
    columns = open_columns(pl.DataFrame({"s": ["é", "Z", "a", "z", "🙂", "中"]}))
    assert as_factor(columns["s"]).levels == tuple(sorted(["é", "Z", "a", "z", "🙂", "中"]))


def test_coded_text_pickles_and_takes_rows():
    text = CodedText(np.array([1, 0, -1]), ("a", "b"))
    again = pickle.loads(pickle.dumps(text))
    assert list(again.values) == ["b", "a", None]
    assert list(take(text, [2, 0]).values) == [None, "b"]
    assert list(take(Text(np.array(["u", None], dtype=object)), slice(0, 1)).values) == ["u"]


def test_codes_of_logicals():
    codes, levels = codes_of(Logical(np.array([1.0, np.nan, 0.0])))
    assert (codes.tolist(), levels) == ([1, -1, 0], ("FALSE", "TRUE"))


def test_masked_arrays():
    columns = open_columns(
        {"x": np.ma.array([1, 2], mask=[0, 1]), "b": np.ma.array([True, False], mask=[1, 0])}
    )
    np.testing.assert_array_equal(columns["x"].values, [1, np.nan])
    np.testing.assert_array_equal(columns["b"].values, [np.nan, 0])


def test_column_labels_that_are_not_strings():
    columns = open_columns(pd.DataFrame({0: [1.0], "x": [2.0]}))
    assert columns.names == ("0", "x")
    assert columns["0"].values[0] == 1


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (pd.DataFrame([[1, 2]], columns=["x", "x"]), r"same name: x"),
        (pd.DataFrame({"x": []}), r"no rows; their columns are x"),
        (pd.DataFrame(), r"no columns"),
        ({"x": [1.0, 2.0], "k": 3}, r"'k' is the single value 3"),
        ({"x": [1.0, 2.0], "s": "ab"}, r"'s' is the single value 'ab'"),
        ({"x": [1.0, 2.0], "z": [1.0]}, r"x \(2\), z \(1\)"),
        ({1: [1.0], "1": [2.0]}, r"same name: 1"),
        (pl.LazyFrame({"x": [1]}), r"collect\(\)"),
        ([1, 2], r"got a list of"),
        (None, r"got None"),
    ],
)
def test_frames_that_are_refused(data, said):
    with pytest.raises(DataError, match=said):
        open_columns(data)


@pytest.mark.parametrize(
    ("column", "said"),
    [
        (
            pd.Series([1, "a", 2, None]),
            r"'v' holds values of several kinds: int \(rows 0, 2\); str \(rows 1\)",
        ),
        (pd.Series([[1], [2]]), r"list \(rows 0, 1\)"),
        (pd.Series([b"a", b"b"]), r"bytes"),
        (pd.Series([True, 1.5]), r"bool \(rows 0\); float \(rows 1\)"),
        (pd.Series(pd.to_timedelta([1, 2], unit="s")), r"total_seconds"),
        (pd.Series(pd.period_range("2020", periods=2, freq="M")), r"period\[M\]"),
        (np.array([1j, 2]), r"complex"),
        (np.ones((2, 2)), r"shape \(2, 2\)"),
        (pl.Series([[1], [2]]), r"List"),
        (pl.Series([datetime.timedelta(1)]), r"Duration.*total_seconds"),
        (pa.array([{"a": 1}]), r"Struct"),
        (pd.Categorical([1, "1"]), r"read the same: 1"),
        ([1, "a"], r"int \(rows 0\); str \(rows 1\)"),
    ],
)
def test_columns_that_are_refused(column, said):
    with pytest.raises(DataError, match=said):
        open_columns({"v": column})["v"]


def test_what_polars_writes_to_arrow_reads_as_polars():
    frame = pl.DataFrame(
        {
            "e": pl.Series(["y", None, "x"], dtype=pl.Enum(["y", "w", "x"])),
            "c": pl.Series(["yak", None, "ape"], dtype=pl.Categorical),
        }
    )
    for table in (frame.to_arrow(), Stream(frame)):
        columns = open_columns(table)
        assert (columns["e"].levels, columns["e"].ordered) == (("y", "w", "x"), False)
        assert (columns["c"].levels, columns["c"].codes.tolist()) == (("ape", "yak"), [1, -1, 0])


def test_arrow_keeps_what_pandas_ordered():
    frame = pd.DataFrame({"o": pd.Categorical(["lo", "hi"], categories=["lo", "mid", "hi"], ordered=True)})
    value = open_columns(pa.Table.from_pandas(frame))["o"]
    assert (value.levels, value.ordered) == (("lo", "mid", "hi"), True)


def test_duplicate_names_of_an_arrow_table():
    with pytest.raises(DataError, match="same name: x"):
        open_columns(pa.table([[1], [2]], names=["x", "x"]))
