"""Any frame as a lazy mapping from column names to the formula's value kinds, read once each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib import import_module
from typing import Any

import numpy as np
import pandas as pd

from rglm.data.kinds import CodedText, as_factor, from_narwhals, from_numpy, from_pandas
from rglm.errors import DataError, described, shown, some
from rglm.formula.values import Codes, Factor, Logical, Numbers, Text, Value

__all__ = ["ACCEPTED", "Columns", "as_factor", "grouped", "open_columns", "take"]

ACCEPTED = "a pandas, polars or pyarrow frame, a dict of equally long columns, or an Arrow C stream"


class Columns(Mapping[str, Value]):
    """The columns of some rows by name; a column is read when it is first asked for, and kept.

    names      column names, in the data's order
    n_rows     number of rows
    native     the caller's frame (or a shallow copy of it)

    A number column whose storage is contiguous float64 is used by reference, not copied.

    Raises
    ------
    DataError
        when two columns share a name, when there are no rows or no columns, and on reading a column
        that holds anything but numbers, booleans, strings, categories, dates, datetimes or decimals.

    Examples
    --------
    >>> columns = open_columns({"x": [1.0, None], "a": ["u", "v"]})
    >>> columns["x"].values
    array([ 1., nan])
    """

    __slots__ = ("_kept", "_known", "_read", "n_rows", "names", "native")

    def __init__(
        self, names: tuple[str, ...], n_rows: int, read: Callable[[str], Value], native: object = None
    ) -> None:
        self.names = names
        self.n_rows = n_rows
        self.native = native
        self._read = read
        self._kept: dict[str, Value] = {}
        self._known = frozenset(names)
        if len(self._known) < len(names):
            raise _twice(names)
        if not names:
            raise DataError("The data have no columns.")
        if not n_rows:
            raise DataError(f"The data have no rows; their columns are {some(names)}.")

    def __getitem__(self, name: str) -> Value:
        value = self._kept.get(name)
        if value is None:
            if name not in self._known:
                raise KeyError(name)
            value = self._kept[name] = self._read(name)
        return value

    def __contains__(self, name: object) -> bool:
        return name in self._known

    def __iter__(self) -> Iterator[str]:
        return iter(self.names)

    def __len__(self) -> int:
        return len(self.names)


def _twice(names: Sequence[str]) -> DataError:
    repeated = sorted(name for name, count in Counter(names).items() if count > 1)
    return DataError(f"The data have several columns of the same name: {some(repeated)}. Rename them.")


def take(value: Value, rows: Any) -> Value:
    """The rows of a value: `rows` is a slice, positions (m,) or a boolean mask (n,)."""
    if isinstance(value, Numbers):
        return Numbers(value.values[rows], value.names)
    if isinstance(value, Factor):
        return Factor(value.codes[rows], value.levels, value.ordered, value.contrast)
    if isinstance(value, CodedText):
        return CodedText(value.codes[rows], value.levels)
    return Logical(value.values[rows]) if isinstance(value, Logical) else Text(value.values[rows])


def open_columns(data: Any) -> Columns:
    """The columns of a frame, a dict of arrays, or an object with the Arrow C stream interface."""
    if isinstance(data, Columns):
        return data
    if isinstance(data, pd.DataFrame):
        return _pandas(data)
    if isinstance(data, Mapping):
        return _dict(data)
    if isinstance(data, pd.Series | type):
        raise _not_rows(data)
    return _narwhals(data)


def _not_rows(data: object) -> DataError:
    """What was expected of the data, what came, and how to make the one of the other."""
    remedy = ""
    if isinstance(data, str):
        remedy = " Read a file first, for instance with pandas.read_csv()."
    elif hasattr(data, "to_frame"):
        remedy = " One column becomes a frame with .to_frame()."
    elif isinstance(data, np.ndarray):
        remedy = " An array has no column names: pandas.DataFrame(array, columns=[…]) gives it some."
    elif isinstance(data, list | tuple):
        remedy = " Rows in a list become a frame with pandas.DataFrame(rows)."
    return DataError(f"The data must be {ACCEPTED}; got {described(data)}.{remedy}")


def _pandas(frame: pd.DataFrame) -> Columns:
    labels = frame.columns
    if labels.nlevels > 1:
        raise DataError(
            f"The data's columns have names of {labels.nlevels} parts, such as {labels[0]}; expected one. "
            "Join the parts: data.columns = ['_'.join(map(str, parts)) for parts in data.columns]."
        )
    names = tuple(labels.tolist())
    if not all(type(name) is str for name in names):
        by_name = {str(label): label for label in names}
        names = tuple(map(str, names))
        return Columns(names, len(frame), lambda name: from_pandas(frame[by_name[name]], name), frame)
    return Columns(names, len(frame), lambda name: from_pandas(frame[name], name), frame)


def _dict(data: Mapping[Any, Any]) -> Columns:
    """A dict of columns: arrays, lists, Series; lone values, unequal lengths or indexes are refused."""
    lengths: dict[str, int] = {}
    for name, column in data.items():
        if _is_single(column):
            raise DataError(
                f"Column '{name}' is the single value {shown(column)}; expected one value for each row. "
                "Repeat it: a lone value is not stretched along the rows."
            )
        lengths[str(name)] = len(column)
    if len(set(lengths.values())) > 1:
        listed = some(f"{name} ({length})" for name, length in lengths.items())
        raise DataError(f"The columns differ in length: {listed}. Every column needs one value for each row.")
    by_name = {str(name): column for name, column in data.items()}
    _same_indexes(by_name)
    n_rows = next(iter(lengths.values()), 0)
    return Columns(tuple(map(str, data)), n_rows, lambda name: read_array(by_name[name], name), data)


def _is_single(column: Any) -> bool:
    """Whether a column of a dict is one value rather than one for each row."""
    if isinstance(column, str | bytes | Mapping | set) or not hasattr(column, "__len__"):
        return True
    return getattr(column, "ndim", 1) == 0


def _same_indexes(columns: Mapping[str, Any]) -> None:
    """Refuse Series whose rows are labelled differently: the columns of a dict align by position."""
    series = [(name, column.index) for name, column in columns.items() if isinstance(column, pd.Series)]
    for name, index in series[1:]:
        first, expected = series[0]
        if index is not expected and not index.equals(expected):
            raise DataError(
                f"The columns '{first}' and '{name}' are pandas Series with different indexes. Columns of "
                "a dict align by position: give pandas.DataFrame(data) to match the labels, or each column's "
                ".to_numpy() if the order is right."
            )


def read_array(column: Any, name: str) -> Value:
    """One array-like: a NumPy array, a list, or a pandas, polars or pyarrow column."""
    if isinstance(column, np.ndarray):
        return from_numpy(column, name)
    if isinstance(column, pd.Series):
        return from_pandas(column, name)
    if isinstance(column, pd.api.extensions.ExtensionArray | pd.Index):
        return from_pandas(pd.Series(column), name)
    if not isinstance(column, list | tuple):
        import narwhals as nw

        if type(column).__module__.startswith("pyarrow") and not hasattr(column, "chunks"):
            column = import_module("pyarrow").chunked_array([column])
        series = nw.from_native(column, series_only=True, pass_through=True)
        if isinstance(series, nw.Series):
            return from_narwhals(series, name)
    return from_numpy(_listed(column), name)


def _listed(column: Any) -> np.ndarray[Any, Any]:
    """A list as an array, without NumPy's habit of turning mixed kinds into strings."""
    if isinstance(column, list | tuple):
        kinds = {type(value) for value in column}
        if not kinds <= {float, int} and not kinds <= {bool}:
            array = np.empty(len(column), dtype=object)
            array[:] = column
            return array
    return np.asarray(column)


def _narwhals(data: Any) -> Columns:
    """polars, pyarrow, and whatever else narwhals reads eagerly; Arrow C streams become one of these."""
    import narwhals as nw

    try:
        frame: Any = nw.from_native(data, eager_only=True, pass_through=True)
    except nw.exceptions.DuplicateError:
        raise _twice(data.column_names) from None
    if isinstance(nw.from_native(data, series_only=True, pass_through=True), nw.Series):
        raise _not_rows(data)
    if not isinstance(frame, nw.DataFrame):
        if isinstance(nw.from_native(data, pass_through=True), nw.LazyFrame):
            raise DataError(
                f"The data are lazy ({described(data)}); expected rows in memory. Call .collect() first."
            )
        if not hasattr(data, "__arrow_c_stream__"):
            raise _not_rows(data)
        return _narwhals(_from_stream(data))
    return Columns(
        tuple(frame.columns),
        len(frame),
        lambda name: _as_meant(from_narwhals(frame[name], name), data, name),
        data,
    )


def _as_meant(value: Value, table: Any, name: str) -> Value:
    """An Arrow dictionary that polars wrote, read as the polars column it was.

    polars marks an Enum as ordered, which there is how any order of levels is fixed, and writes a
    Categorical in whatever order the process met its strings.
    """
    if not isinstance(value, Factor) or not hasattr(table, "schema"):
        return value
    marks = getattr(table.schema.field(name), "metadata", None) if hasattr(table.schema, "field") else None
    if any(mark.startswith(b"_PL_ENUM") for mark in marks or ()):
        return Factor(value.codes, value.levels)
    if any(mark.startswith(b"_PL_CATEGORICAL") for mark in marks or ()):
        return as_factor(Text(np.array([*value.levels, None], dtype=object)[value.codes]))
    return value


def _from_stream(data: Any) -> Any:
    """An Arrow C stream as a pyarrow table or, without pyarrow, a polars frame."""
    for library, build in (("pyarrow", "table"), ("polars", "DataFrame")):
        try:
            return getattr(import_module(library), build)(data)
        except ImportError:
            continue
    raise DataError(
        f"Reading a {type(data).__name__} through the Arrow C stream interface needs pyarrow or polars. "
        "Install one of them, or give a pandas frame."
    )


def codes_of(value: Factor | Text | Logical) -> tuple[Codes, tuple[str, ...]]:
    """Codes (n,) and level names of anything that is a factor in a formula."""
    if isinstance(value, Text):
        value = as_factor(value)
    if isinstance(value, Factor):
        return value.codes, value.levels
    values = value.values
    missing = np.isnan(values)
    codes = (np.where(missing, 0.0, values) != 0).astype(np.intp)
    codes[missing] = -1
    return codes, ("FALSE", "TRUE")


def grouped(value: Value) -> Codes:
    """Codes (n,), 0 … of the distinct values of one column of any kind; -1 where it is missing.

    >>> grouped(read_array([2001.0, 1999.0, None, 2001.0], "year")).tolist()
    [1, 0, -1, 1]
    """
    if not isinstance(value, Numbers):
        return codes_of(value)[0]
    values = value.values.reshape(len(value.values), -1)
    if values.shape[1] != 1:
        raise DataError(f"One column was expected to say which rows belong together; got {values.shape[1]}.")
    present = ~np.isnan(values[:, 0])
    codes = np.full(len(values), -1, dtype=np.intp)
    codes[present] = np.unique(values[present, 0], return_inverse=True)[1]
    return codes
