"""One column of any frame → one of the formula's value kinds.

Numbers, booleans, strings, categories, dates and decimals are read; anything else is a DataError
that names the column, what it holds and the first rows.  NaN, null, NaT and None are all NA.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from importlib import import_module
from numbers import Real
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from rglm.errors import DataError, some
from rglm.formula.deparse import number_text
from rglm.formula.values import Codes, Factor, Floats, Logical, Numbers, Text, Value
from rglm.formula.vectors import distinct_texts

if TYPE_CHECKING:
    import narwhals as nw

EXPECTED = "numbers, booleans, strings, categories, dates, datetimes or decimals"
EPOCH = date(1970, 1, 1).toordinal()


class CodedText(Text):
    """A string column read as codes into its sorted distinct strings; `values` is spelled out on demand.

    Reading a string column costs one factorization, and using it as a factor costs nothing more.
    """

    __slots__ = ("_spelled", "codes", "levels")
    codes: Codes
    levels: tuple[str, ...]
    _spelled: np.ndarray[Any, Any] | None

    def __init__(self, codes: Codes, levels: tuple[str, ...]) -> None:
        object.__setattr__(self, "codes", codes)
        object.__setattr__(self, "levels", levels)
        object.__setattr__(self, "_spelled", None)

    @property
    def values(self) -> np.ndarray[Any, Any]:
        if self._spelled is None:
            table = np.empty(len(self.levels) + 1, dtype=object)  # code -1 reads the last entry, None
            table[:-1] = self.levels
            object.__setattr__(self, "_spelled", table[self.codes])
        spelled: np.ndarray[Any, Any] | None = self._spelled
        assert spelled is not None
        return spelled

    def __reduce__(self) -> tuple[Any, ...]:
        return CodedText, (self.codes, self.levels)


def as_factor(text: Text) -> Factor:
    """Strings as a factor whose levels are the distinct strings in code-point order."""
    if isinstance(text, CodedText):
        return Factor(text.codes, text.levels)
    return Factor(*distinct_texts(text.values))


def coded_text(objects: np.ndarray[Any, Any]) -> CodedText:
    """Factorize an object array of strings and missing values."""
    codes, distinct = pd.factorize(objects)
    return sorted_text(codes, distinct.tolist())


def sorted_text(codes: np.ndarray[Any, Any], distinct: Sequence[str]) -> CodedText:
    """Codes into distinct strings in any order → codes into the strings in code-point order."""
    order = sorted(range(len(distinct)), key=distinct.__getitem__)
    rank = np.empty(len(order) + 1, dtype=np.intp)
    rank[order] = np.arange(len(order))
    rank[-1] = -1  # code -1, NA, stays -1
    return CodedText(rank[codes], tuple(distinct[i] for i in order))


def level_name(value: object) -> str:
    """A category as R prints it: `TRUE`, `3`, `0.1` (at most 15 significant digits)."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool | np.bool_):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float | np.floating):
        return number_text(float(value))
    return str(value)


def level_names(categories: Sequence[object], column: str) -> tuple[str, ...]:
    """Names of a categorical column's levels; two categories with one name are a DataError."""
    names = tuple(map(level_name, categories))
    if len(set(names)) < len(names):
        twice = [name for name in dict.fromkeys(names) if names.count(name) > 1]
        raise DataError(
            f"Column '{column}' has several categories that read the same: {some(twice)}. Rename them."
        )
    return names


def from_numpy(array: np.ndarray[Any, Any], column: str) -> Value:
    """A NumPy array of any dtype; a contiguous float64 array is used by reference."""
    if array.ndim != 1:
        raise DataError(
            f"Column '{column}' has shape {array.shape}; expected one dimension. "
            "Give each of its columns a name of its own."
        )
    read = _BY_KIND.get(array.dtype.kind)
    if read is None:
        raise _refused(column, f"{array.dtype} values", array)
    return read(array, column)


def _numeric(array: np.ndarray[Any, Any], column: str) -> Value:
    if isinstance(array, np.ma.MaskedArray):
        return Numbers(_unmasked(array))
    return Numbers(np.ascontiguousarray(array, dtype=np.float64))


def _boolean(array: np.ndarray[Any, Any], column: str) -> Value:
    return Logical(_unmasked(array) if isinstance(array, np.ma.MaskedArray) else array.astype(np.float64))


def _unmasked(array: Any) -> Floats:
    values: Floats = array.astype(np.float64).filled(np.nan)
    return values


def _datetime(array: np.ndarray[Any, Any], column: str) -> Value:
    """datetime64: whole days for a calendar unit, otherwise seconds since 1970."""
    unit, step = np.datetime_data(array.dtype)
    values = np.empty(len(array))
    if unit in ("D", "W", "M", "Y"):
        values[:] = array.astype("datetime64[D]").astype(np.int64)
    else:
        per_second = {"h": 1 / 3600, "m": 1 / 60, "s": 1.0, "ms": 1e3, "us": 1e6, "ns": 1e9}.get(unit)
        if per_second is None:
            raise _refused(column, f"{array.dtype} values", array)
        values[:] = array.astype(np.int64)
        values *= step / per_second
    values[np.isnat(array)] = np.nan
    return Numbers(values)


def _strings(array: np.ndarray[Any, Any], column: str) -> Value:
    return coded_text(array.astype(object))


def from_objects(array: np.ndarray[Any, Any], column: str) -> Value:
    """An array of Python objects: strings, booleans, numbers, decimals or dates, one kind throughout."""
    kind = pd.api.types.infer_dtype(array, skipna=True)
    if kind == "string":
        return coded_text(array)
    missing = np.asarray(pd.isna(array))
    if kind == "empty":
        return Numbers(np.full(len(array), np.nan))
    if kind == "boolean":
        return Logical(_filled(array, missing, float))
    if kind == "date":
        return Numbers(_filled(array, missing, lambda day: day.toordinal() - EPOCH))
    if kind in ("datetime", "datetime64"):
        return _datetime(pd.to_datetime(array, utc=True).tz_localize(None).to_numpy(), column)
    present = array[~missing]
    if all(isinstance(v, Real | Decimal) and not isinstance(v, bool | np.bool_) for v in present):
        return Numbers(_filled(array, missing, _as_float))
    raise _mixed(column, array, missing)


def _filled(
    array: np.ndarray[Any, Any], missing: np.ndarray[Any, Any], convert: Callable[[Any], float]
) -> Floats:
    values = np.full(len(array), np.nan)
    values[~missing] = [convert(value) for value in array[~missing]]
    return values


def _as_float(value: Any) -> float:
    """A whole number beyond the range of float64 is infinite, and refused as infinite values are."""
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def _mixed(column: str, array: np.ndarray[Any, Any], missing: np.ndarray[Any, Any]) -> DataError:
    """What an object column holds, kind by kind, with the first rows of each."""
    rows_of: dict[str, list[int]] = {}
    for row in np.flatnonzero(~missing):
        rows_of.setdefault(type(array[row]).__name__, []).append(int(row))
    held = "; ".join(f"{kind} (rows {some(rows, 3)})" for kind, rows in rows_of.items())
    if len(rows_of) == 1:
        return DataError(
            f"Column '{column}' holds objects: {held}. Expected {EXPECTED}. "
            "Make columns of these kinds from it, one for each number or label that it holds."
        )
    return DataError(
        f"Column '{column}' holds values of several kinds: {held}. Expected {EXPECTED}, one kind throughout. "
        "Convert it, for example with astype(float) or astype(str)."
    )


def _refused(column: str, held: str, array: Any) -> DataError:
    hint = ""
    if getattr(getattr(array, "dtype", None), "kind", "") == "m" or "uration" in held:
        hint = " A duration becomes a number with total_seconds()."
    return DataError(f"Column '{column}' holds {held}; expected {EXPECTED}.{hint}")


_BY_KIND: dict[str, Callable[[np.ndarray[Any, Any], str], Value]] = {
    "f": _numeric,
    "i": _numeric,
    "u": _numeric,
    "b": _boolean,
    "M": _datetime,
    "U": _strings,
    "O": from_objects,
}


def from_pandas(series: pd.Series[Any], column: str) -> Value:
    """A pandas Series: NumPy-backed, categorical, nullable or Arrow-backed."""
    dtype = series.dtype
    if isinstance(dtype, np.dtype):
        return from_numpy(series.to_numpy(), column)
    if isinstance(dtype, pd.CategoricalDtype):
        array: Any = series.array
        levels = level_names(array.categories.tolist(), column)
        return Factor(array.codes.astype(np.intp), levels, bool(dtype.ordered))
    if isinstance(dtype, pd.StringDtype):
        codes, distinct = series.array.factorize()
        return sorted_text(codes, list(distinct))
    if isinstance(dtype, pd.DatetimeTZDtype):
        return _datetime(series.dt.tz_convert(None).to_numpy(), column)
    if isinstance(dtype, pd.ArrowDtype):
        import narwhals as nw

        arrow = import_module("pyarrow").chunked_array(series.array.__arrow_array__())
        return from_narwhals(nw.from_native(arrow, series_only=True), column)
    if isinstance(dtype, pd.SparseDtype):
        return from_numpy(np.asarray(series.array), column)
    if pd.api.types.is_bool_dtype(dtype):
        return Logical(series.to_numpy(dtype=np.float64, na_value=np.nan))
    if pd.api.types.is_numeric_dtype(dtype) and dtype.kind in "iuf":
        return Numbers(series.to_numpy(dtype=np.float64, na_value=np.nan))
    raise _refused(column, f"{dtype} values", series)


def from_narwhals(series: nw.Series[Any], column: str) -> Value:
    """A column of any other frame (polars, pyarrow, …), through narwhals."""
    import narwhals as nw

    dtype = series.dtype
    if dtype == nw.Float64:
        return from_numpy(_plain(series), column)
    if dtype.is_numeric():
        return from_numpy(_plain(series.cast(nw.Float64)), column)
    if dtype == nw.Boolean:
        return Logical(np.ascontiguousarray(_plain(series.cast(nw.Float64)), dtype=np.float64))
    if dtype == nw.String:
        return _text(series)
    if dtype in (nw.Categorical, nw.Enum):
        return _categories(series, column)
    if dtype in (nw.Date, nw.Datetime):
        return from_numpy(_plain(series), column)
    if len(series) == series.null_count():
        return Numbers(np.full(len(series), np.nan))
    if dtype == nw.Object:
        return from_objects(series.to_numpy(), column)
    raise _refused(column, f"{dtype} values", series)


def _plain(series: nw.Series[Any]) -> np.ndarray[Any, Any]:
    array: np.ndarray[Any, Any] = series.to_numpy()
    return array


def _text(series: nw.Series[Any]) -> CodedText:
    """Factorize a string column where its library does it without making Python strings of every row."""
    native = series.to_native()
    if series.implementation.is_polars():
        pl = import_module("polars")
        distinct = native.drop_nulls().unique().sort()  # polars sorts bytes of UTF-8: code-point order
        codes = native.cast(pl.Enum(distinct)).to_physical().cast(pl.Int64).fill_null(-1)
        return CodedText(codes.to_numpy().astype(np.intp, copy=False), tuple(distinct.to_list()))
    if series.implementation.is_pyarrow():
        codes, names = _dictionary(native.dictionary_encode())
        return sorted_text(codes, names)
    return coded_text(series.to_numpy().astype(object))


def _categories(series: nw.Series[Any], column: str) -> Value:
    """A categorical: an Enum or Arrow dictionary keeps its order of levels, a polars Categorical is sorted.

    A polars Enum is the way to fix the order of levels there, so it is not taken for an ordered factor.
    """
    import narwhals as nw

    native = series.to_native()
    if series.implementation.is_polars():
        if type(native.dtype).__name__ != "Enum":
            # The physical order of a Categorical is whatever the process met first: it means nothing.
            return as_factor(_text(series.cast(nw.String)))
        wide = native.to_physical().cast(import_module("polars").Int64)
        codes = wide.fill_null(-1).to_numpy().astype(np.intp)
        return Factor(codes, level_names(native.dtype.categories.to_list(), column))
    if series.implementation.is_pyarrow():
        codes, names = _dictionary(native)
        return Factor(codes, level_names(names, column), bool(native.type.ordered))
    return as_factor(coded_text(series.to_numpy().astype(object)))


def _dictionary(encoded: Any) -> tuple[Codes, list[Any]]:
    """Codes (-1 for null) and the dictionary of a pyarrow dictionary column."""
    whole = encoded.unify_dictionaries().combine_chunks()
    chunks = getattr(whole, "chunks", None)
    if chunks is not None:  # no rows
        return np.empty(0, dtype=np.intp), []
    indices = whole.indices.cast("int64").fill_null(-1)
    return indices.to_numpy(zero_copy_only=False).astype(np.intp), whole.dictionary.to_pylist()
