"""Rows in memory: one block."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from rglm.data.columns import Columns, open_columns, read_array
from rglm.data.kinds import CodedText
from rglm.data.source import Source
from rglm.formula.values import Factor


class MemorySource:
    """A frame in memory as a source of one block.

    A pandas frame is held as a shallow copy, so that later edits of the caller's frame cannot reach it
    (where pandas copies on write; `protected` says whether that holds).  Columns are read once and kept.

    Parameters
    ----------
    data
        A pandas, polars or pyarrow frame, a dict of equally long columns, or an object with the Arrow
        C stream interface.

    Examples
    --------
    >>> source = MemorySource({"x": [1.0, 2.0]})
    >>> source.n_rows
    2
    """

    __slots__ = ("columns", "protected")

    def __init__(self, data: Any) -> None:
        if isinstance(data, pd.DataFrame):
            self.columns = open_columns(data.copy(deep=False))
            self.protected = _copies_on_write()
        elif isinstance(data, Mapping):
            self.columns = open_columns(dict(data))
            self.protected = False
        else:
            self.columns = open_columns(data.clone() if _is_polars(data) else data)
            self.protected = True

    @property
    def data(self) -> Any:
        """The frame, in the caller's kind."""
        return self.columns.native

    @property
    def names(self) -> tuple[str, ...]:
        """The columns' names, in the data's order."""
        return self.columns.names

    @property
    def n_rows(self) -> int:
        """Number of rows."""
        return self.columns.n_rows

    def blocks(self) -> Iterator[Columns]:
        """The one block; its columns are read once, whoever asks."""
        yield self.columns

    def fingerprint(self) -> str:
        """A checksum of the columns read so far: it changes when the caller edits one of them in place."""
        check = zlib.crc32(repr((self.n_rows, self.names)).encode())
        again = open_columns(self.data)
        for name in sorted(self.columns._kept):
            value = again[name]
            coded = isinstance(value, Factor | CodedText)
            array = value.codes if coded else value.values  # type: ignore[union-attr]
            levels = repr(value.levels) if coded else ""  # type: ignore[union-attr]
            check = zlib.crc32(np.ascontiguousarray(array).tobytes(), zlib.crc32(levels.encode(), check))
        return hex(check)

    def __reduce__(self) -> tuple[Any, ...]:
        return MemorySource, (self.data,)


def _is_polars(data: Any) -> bool:
    return type(data).__module__.partition(".")[0] == "polars" and hasattr(data, "clone")


def _copies_on_write() -> bool:
    """pandas 3 always does; pandas 2 when its option says so."""
    if int(pd.__version__.partition(".")[0]) >= 3:
        return True
    return pd.get_option("mode.copy_on_write") is True


def as_source(data: Any) -> Source:
    """Anything that holds rows, as a source.

    Raises
    ------
    DataError
        when the data are of another kind, empty, or have columns of unequal length or equal name.
    """
    if isinstance(data, MemorySource | Source):
        return data
    return MemorySource(data)


__all__ = ["MemorySource", "as_source", "read_array"]
