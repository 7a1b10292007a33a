"""The reference grid of a model: every combination of its predictors' reference values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from rglm.data.columns import Columns
from rglm.design.encode import encode
from rglm.design.predictors import Predictor, predictors
from rglm.errors import FitError, did_you_mean, some
from rglm.formula.values import Codes, Floats, Numbers, Value
from rglm.inference.fitted import Fitted

FEW = 2
"""Columns of numbers with so few distinct values are factors of the grid."""
LIMIT = 10_000
"""Most rows of a grid."""


@dataclass(frozen=True, eq=False)
class Axis:
    """One predictor of the grid.

    name      the column
    values    its reference values: levels, or numbers
    counted   whether the rows of the data are counted by it (a factor), not merely placed on it
    """

    name: str
    values: tuple[Any, ...]
    counted: bool


@dataclass(frozen=True, eq=False)
class ReferenceGrid:
    """Every combination of reference values, the first predictor fastest.

    axes      the predictors
    codes     for each axis the place of each row's value, (axes, m)
    X         model columns, m × p
    offset    the one offset of all rows
    weights   rows of the data in each cell, (m,)
    """

    axes: tuple[Axis, ...]
    codes: Codes
    X: Floats
    offset: float
    weights: Floats

    def axis(self, name: str) -> int:
        """The position of a predictor by its name."""
        names = [axis.name for axis in self.axes]
        if name not in names:
            raise FitError(
                f"'{name}' is not a predictor of the model, so there are no means for it. "
                f"{did_you_mean(name, names)}"
            )
        return names.index(name)


def reference_grid(
    fit: Fitted, at: Mapping[str, Any] | None, offset: float | None, row_weights: Floats | None
) -> ReferenceGrid:
    """The grid of a fit.

    Factors have their levels, numbers their mean (or both values where there are two), unless `at` says
    others; the offset is the mean of the rows' offsets unless given.

    Parameters
    ----------
    fit : a fitted model
    at : for columns, the values to use instead
    offset : a number instead of the mean offset
    row_weights : what each row counts for in `weights`, (n,); None for one each

    Raises
    ------
    FitError, DataError
        When `at` names what is no predictor, or a level that does not exist, or the grid is too large.
    """
    columns = next(iter(fit.source.blocks()))
    found = predictors(fit.design, columns, fit.rows.positions, few=FEW)
    _check_at(fit, at or {}, found)
    counts = fit.rows.counts
    axes = tuple(_axis(each, (at or {}).get(each.name), counts) for each in found.values())
    size = int(np.prod([len(axis.values) for axis in axes], dtype=float)) if axes else 1
    if size > LIMIT:
        listed = some(f"{axis.name} ({len(axis.values)})" for axis in axes if len(axis.values) > 1)
        raise FitError(
            f"The reference grid would have {size} rows, more than {LIMIT}: {listed}. Hold some of them at "
            "one value with at={…}."
        )
    shape = [len(axis.values) for axis in axes]
    places = np.unravel_index(np.arange(size), shape, order="F") if axes else ()
    codes = np.array(places, dtype=np.intp).reshape(len(axes), size)
    values = {
        axis.name: found[axis.name].column([axis.values[code] for code in row])
        for axis, row in zip(axes, codes.tolist(), strict=True)
    }
    given = _mean(fit.rows.offset, counts) if offset is None else float(offset)
    return ReferenceGrid(
        axes,
        codes,
        _encoded(fit, values, size),
        given,
        _cell_counts(axes, codes, found, row_weights if row_weights is not None else counts),
    )


def _mean(values: Floats, counts: Floats | None) -> float:
    return float(np.average(values, weights=counts))


def _encoded(fit: Fitted, values: Mapping[str, Value], size: int) -> Floats:
    """Model columns of the grid; columns that only offsets read are zeros, for no one looks at them."""
    held = {**dict.fromkeys(fit.design.data_names, Numbers(np.zeros(size))), **values}
    columns = Columns(tuple(held) or ("none",), size, held.__getitem__)
    return np.asarray(encode(fit.design, columns).block.dense())


def _axis(predictor: Predictor, at: Any, counts: Floats | None) -> Axis:
    """Its values by `at`, else its levels, else its mean."""
    if at is not None:
        given = [at] if np.ndim(at) == 0 else list(at)
        predictor.column(given)  # refuses levels that do not exist
        if predictor.kind == "numeric":
            return Axis(predictor.name, tuple(float(value) for value in given), False)
        known = {predictor.key(level): level for level in predictor.levels or ()}
        return Axis(predictor.name, tuple(known[predictor.key(value)] for value in given), True)
    if predictor.levels is not None:
        return Axis(predictor.name, predictor.levels, True)
    return Axis(predictor.name, (predictor.mean(counts),), False)


def _check_at(fit: Fitted, at: Mapping[str, Any], found: Mapping[str, Predictor]) -> None:
    """Refuse names that are not predictors."""
    for name in at:
        if name in found:
            continue
        if any(name in fit.design.columns_of(index) for index in fit.design.offsets):
            raise FitError(
                f"at= names '{name}', which only the offset reads, and all rows of the grid have one offset: "
                f"give it as offset=, on the scale of the linear predictor."
            )
        raise FitError(f"at= names '{name}', which is not a predictor. {did_you_mean(name, found)}")


def _cell_counts(
    axes: Sequence[Axis], codes: Codes, found: Mapping[str, Predictor], weights: Floats | None
) -> Floats:
    """Rows of the data in each cell of the factors, for every row of the grid."""
    size = codes.shape[1]
    cell = np.zeros(size, dtype=np.intp)
    row_cell: Codes | None = None
    stride = 1
    for position, axis in enumerate(axes):
        predictor = found[axis.name]
        if not axis.counted or predictor.codes is None or predictor.levels is None:
            continue
        places = np.array([predictor.levels.index(value) for value in axis.values])
        back = np.full(len(predictor.levels) + 1, -1, dtype=np.intp)  # code -1 reads the last entry
        back[places] = np.arange(len(places))
        own = back[predictor.codes]
        cell = cell + stride * codes[position]
        if row_cell is not None:
            own = np.where((row_cell < 0) | (own < 0), -1, row_cell + stride * own)
        row_cell = own
        stride *= len(axis.values)
    if row_cell is None:
        return np.full(size, 1.0)
    used = row_cell >= 0
    each = None if weights is None else weights[used]
    return np.asarray(np.bincount(row_cell[used], each, stride).astype(float)[cell])
