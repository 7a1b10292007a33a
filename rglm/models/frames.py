"""What a formula makes of data, for people to look at: `model_matrix` and `model_frame`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from rglm.data.memory import as_source
from rglm.design.learn import learn
from rglm.design.spec import Variable
from rglm.models.prepare import as_formula


def model_matrix(
    formula: Any,
    data: Any,
    contrasts: Mapping[str, Any] | None = None,
    env: Mapping[str, Any] | None = None,
) -> pd.DataFrame:
    """The model matrix X of a formula, with R's column names.

    Parameters
    ----------
    formula : text such as "y ~ x * a"; the response may be left out: "~ x * a"
    data : pandas, polars or pyarrow frame, or dict of columns; n rows
    contrasts : {"factor": "contr.sum" or a matrix}
    env : names that the formula may use beside the data and the table of functions

    Returns
    -------
    DataFrame, complete rows × p; `.attrs["assign"]` says which term each column belongs to (0: the intercept)

    Raises
    ------
    FormulaError, DataError

    Source: R `model.matrix`.

    Examples
    --------
    >>> from rglm import datasets, model_matrix
    >>> list(model_matrix("~ wool", datasets.load("warpbreaks")).columns)
    ['(Intercept)', 'woolB']
    """
    parsed = as_formula(formula)
    spec, encoded = learn(parsed, as_source(data), contrasts=contrasts, env=env)
    assert encoded is not None
    index = _index(data, encoded.kept, encoded.block.n)
    matrix = pd.DataFrame(encoded.block.dense(), index=index, columns=list(spec.column_names))
    matrix.attrs["assign"] = tuple(spec.assign)
    return matrix


def _index(data: Any, kept: np.ndarray | None, n: int) -> pd.Index[Any]:
    index: pd.Index[Any] = (
        data.index if isinstance(data, pd.DataFrame) else pd.RangeIndex(n if kept is None else kept[-1] + 1)
    )
    return index if kept is None else index[kept]


def model_frame(
    formula: Any,
    data: Any,
    subset: Any = None,
    env: Mapping[str, Any] | None = None,
) -> pd.DataFrame:
    """The variables of a formula, evaluated, in the rows where none is missing.

    Parameters
    ----------
    formula : text such as "log(y) ~ x + poly(z, 2)"
    data : pandas, polars or pyarrow frame, or dict of columns; n rows
    subset : rows to use: an expression over the data, or a mask (n,)
    env : names that the formula may use beside the data and the table of functions

    Returns
    -------
    DataFrame, complete rows × variables, the response first, named as R names them; factors are
    categoricals, and a matrix such as `poly(z, 2)` has one column for each of its own

    Raises
    ------
    FormulaError, DataError

    Source: R `model.frame`.

    Examples
    --------
    >>> from rglm import datasets, model_frame
    >>> list(model_frame("log(breaks) ~ wool", datasets.load("warpbreaks")).columns)
    ['log(breaks)', 'wool']
    """
    spec, encoded = learn(as_formula(formula), as_source(data), subset=subset, env=env)
    assert encoded is not None
    columns: dict[str, Any] = {}
    for index, variable in enumerate(spec.variables):
        columns.update(_columns(variable, encoded.variables[index]))
    return pd.DataFrame(columns, index=_index(data, encoded.kept, encoded.block.n))


def _columns(variable: Variable, values: np.ndarray) -> dict[str, Any]:
    if variable.levels is not None:
        made = pd.Categorical.from_codes(values, pd.Index(variable.levels), ordered=variable.ordered)
        return {variable.name: made}
    matrix = values.reshape(len(values), -1)
    return dict(zip(variable.labels("numeric"), matrix.T, strict=True))
