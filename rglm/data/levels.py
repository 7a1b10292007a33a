"""Codes as levels, in the caller's kind of frame."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import Any

import numpy as np
import pandas as pd


def as_levels(frame: Any, levels: Sequence[str]) -> Any:
    """A frame of codes 0, 1, … (NaN for missing) with the levels in their place.

    pandas columns become categoricals with these levels in this order, those of polars and pyarrow strings.

    Examples
    --------
    >>> as_levels(pd.DataFrame({"sim_1": [1.0, 0.0]}), ["no", "yes"])["sim_1"].tolist()
    ['yes', 'no']
    """
    if isinstance(frame, pd.DataFrame):
        codes = {name: np.nan_to_num(frame[name].to_numpy(dtype=float), nan=-1.0) for name in frame}
        made = {
            name: pd.Categorical.from_codes(values.astype(int), pd.Index(list(levels)))
            for name, values in codes.items()
        }
        return pd.DataFrame(made, index=frame.index)
    columns = {
        name: [None if value is None or value != value else levels[int(value)] for value in values]
        for name, values in _lists(frame).items()
    }
    if type(frame).__module__.partition(".")[0] == "polars":
        return import_module("polars").DataFrame(columns)
    return import_module("pyarrow").table(columns)


def _lists(frame: Any) -> dict[str, list[Any]]:
    """Columns as lists, from polars (`to_dict`) or pyarrow (`to_pydict`)."""
    if hasattr(frame, "to_pydict"):
        return dict(frame.to_pydict())
    return dict(frame.to_dict(as_series=False))
