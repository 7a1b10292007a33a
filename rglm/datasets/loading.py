"""Reading a data set into pandas."""

from __future__ import annotations

from functools import lru_cache
from io import StringIO

import pandas as pd
from pandas.api.extensions import ExtensionDtype

from rglm.datasets.catalogue import DataSet, catalogue, find, text_of


def names() -> list[str]:
    """The names of the data sets, in alphabetical order.

    Example:
        >>> from rglm import datasets
        >>> "warpbreaks" in datasets.names()
        True
    """
    return list(catalogue())


def describe(name: str) -> DataSet:
    """The card of a data set: title, variables with units, rows, source, licence, what it teaches.

    Args:
        name: one of `names()`, or R's spelling (`"PlantGrowth"`, `"MASS::Insurance"`).

    Returns:
        A `DataSet` record; printing it shows the card.

    Raises:
        DataError: the name is unknown; the message holds the nearest known ones.

    Example:
        >>> from rglm import datasets
        >>> datasets.describe("warpbreaks").n
        54
    """
    return find(name)


def load(name: str) -> pd.DataFrame:
    """One data set as a fresh pandas frame.

    Factors are categoricals with R's level order (ordered ones are ordered), counts are integers,
    measurements float64, missing values NaN.  Where R has row names, they are the index.

    Args:
        name: one of `names()`, or R's spelling (`"PlantGrowth"`, `"MASS::Insurance"`).

    Returns:
        A DataFrame of n rows; changing it changes nothing elsewhere.

    Raises:
        DataError: the name is unknown; the message holds the nearest known ones.

    Example:
        >>> from rglm import datasets
        >>> datasets.load("warpbreaks").head(2)
           breaks wool tension
        0      26    A       L
        1      30    A       L
    """
    return _read(find(name).name).copy()


@lru_cache(maxsize=64)
def _read(name: str) -> pd.DataFrame:
    card = find(name)
    kinds: dict[str, str | ExtensionDtype] = {
        variable.name: pd.CategoricalDtype(list(variable.levels), ordered=variable.kind == "ordered")
        for variable in card.variables
        if variable.levels
    }
    # Integers are left to pandas: a column with missing values must become float64.
    kinds |= {variable.name: "float64" for variable in card.variables if variable.kind == "number"}
    return pd.read_csv(StringIO(text_of(f"values/{name}.csv")), dtype=kinds, index_col=card.index or None)
