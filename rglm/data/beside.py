"""New columns beside the caller's own, in the caller's kind of frame."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any

import numpy as np
import pandas as pd

from rglm.formula.values import Floats


def beside(data: Any, columns: Mapping[str, Floats], rows: np.ndarray | None = None) -> Any:
    """The caller's columns with further ones to their right.

    Parameters
    ----------
    data
        The caller's frame: its kind decides, and a pandas frame lends its index.
    columns
        Arrays (m,) by name; one of the caller's columns with the same name is replaced.
    rows
        Positions (m,) of the rows that the arrays belong to; None means all of them.

    Returns
    -------
    pandas (also for a dict and for kinds that cannot be built), polars or pyarrow.

    Examples
    --------
    >>> beside(pd.DataFrame({"x": [1, 2]}, index=["u", "v"]), {".hat": np.array([0.5, 0.5])}).columns.tolist()
    ['x', '.hat']
    """
    module = type(data).__module__.partition(".")[0]
    if module == "polars":
        pl = import_module("polars")
        frame = data if rows is None else data[rows]
        return frame.with_columns([pl.Series(name, values) for name, values in columns.items()])
    if module == "pyarrow":
        pa = import_module("pyarrow")
        table = pa.table(data) if rows is None else pa.table(data).take(pa.array(rows))
        old = {name: table[name] for name in table.column_names}
        return pa.table(old | {name: pa.array(values) for name, values in columns.items()})
    frame = data if isinstance(data, pd.DataFrame) else pd.DataFrame(data)
    frame = frame.copy(deep=False) if rows is None else frame.iloc[rows]
    return frame.assign(**columns)
