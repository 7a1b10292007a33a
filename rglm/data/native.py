"""The way back: arrays in the caller's kind of frame; the caller's own arrays checked against the rows."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any

import numpy as np
import pandas as pd

from rglm.data.columns import read_array
from rglm.errors import DataError, described
from rglm.formula.values import Floats, Logical, Numbers, Value


def like(data: object, values: Any, *, name: str | None = None, rows: Any = None) -> Any:
    """Results with one value a row, in the caller's kind of frame.

    Parameters
    ----------
    data
        The caller's frame: its kind decides, and a pandas frame lends its index.
    values
        An array (m,) gives a Series; a dict of arrays (m,) gives a frame.
    name
        The Series' name.
    rows
        Positions (m,) of the caller's rows that the values belong to; None means all of them.

    Returns
    -------
    pandas (also for a dict and for kinds that cannot be built), polars or pyarrow.

    Examples
    --------
    >>> like(pd.DataFrame({"x": [1, 2]}, index=["u", "v"]), np.array([0.5, 1.5])).index.tolist()
    ['u', 'v']
    """
    module = type(data).__module__.partition(".")[0]
    many = isinstance(values, Mapping)
    if module == "polars":
        pl = import_module("polars")
        return pl.DataFrame(dict(values)) if many else pl.Series(name or "", values)
    if module == "pyarrow":
        pa = import_module("pyarrow")
        return pa.table(dict(values)) if many else pa.chunked_array([pa.array(values)])
    index = None
    if isinstance(data, pd.DataFrame):
        index = data.index if rows is None else data.index[rows]
    elif rows is not None:
        index = pd.Index(np.asarray(rows))
    return pd.DataFrame(dict(values), index=index) if many else pd.Series(values, index=index, name=name)


def align(what: str, values: object, data: object, n_rows: int) -> Floats:
    """An argument given as an array, as float64 (n,), checked for length and for a pandas index of its own.

    Raises
    ------
    DataError
        when it is one lone value, has another length than the data, is not numeric, or is a pandas
        Series whose index differs from the data's.
    """
    value = align_any(what, values, data, n_rows, "number")
    if not isinstance(value, Numbers | Logical):
        raise DataError(
            f"{what} holds strings or categories; expected one number for each of the {n_rows} rows."
        )
    return value.values


def align_any(what: str, values: object, data: object, n_rows: int, noun: str = "value") -> Value:
    """The same for an argument of any kind: numbers, strings, categories."""
    lengths(what, values, n_rows, noun)
    if isinstance(values, pd.Series) and isinstance(data, pd.DataFrame):
        same_index(what, values, data)
    return read_array(values, what)


def lengths(what: str, values: Any, n_rows: int, noun: str) -> None:
    """Refuse an argument that is not one value for each row: a lone value, a frame, another length."""
    expected = f"expected one {noun} for each of the {n_rows} rows, or the name of a column"
    if isinstance(values, str | bytes | int | float):
        raise DataError(f"{what} is the single value {values!r}; {expected}.")
    if isinstance(values, Mapping | set) or not hasattr(values, "__len__"):
        raise DataError(f"{what} is {described(values)}; {expected}.")
    if getattr(values, "ndim", 1) != 1:
        raise DataError(f"{what} is {described(values)}; {expected}. Give one of its columns.")
    if len(values) != n_rows:
        raise DataError(
            f"{what} has {len(values)} values, but the data have {n_rows} rows. It needs one for each row, "
            "those that are left out for missing values or by subset= too."
        )


def same_index(what: str, series: pd.Series[Any], frame: pd.DataFrame) -> None:
    """Refuse a Series whose rows are not labelled as the data's: arrays align by position."""
    if series.index is not frame.index and not series.index.equals(frame.index):
        raise DataError(
            f"{what} is a pandas Series whose index differs from the data's. Arrays align by position: give "
            f"{what}.to_numpy() if the order is right, or {what}.reindex(data.index) to match the labels."
        )
