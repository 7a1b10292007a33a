"""The rows at which predictions are compared: those of the fit, new ones, or a grid of typical ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from rglm.data.columns import Columns, open_columns
from rglm.design.predictors import Predictor, held, predictor, predictors
from rglm.errors import DataError, FitError, choose, did_you_mean, some
from rglm.formula.grammar import names_in
from rglm.formula.values import Codes, Floats, Value
from rglm.inference.fitted import Fitted
from rglm.inference.points import OFFSETS, Points, points, row_values

GRIDS = ("mean", "typical", "median", "balanced")


@dataclass(frozen=True, eq=False)
class MarginRows:
    """Rows of data, as columns that can be changed.

    fit       the model
    values    the columns that its terms and offsets read
    n         number of rows
    columns   all columns of these rows, for `by=` and `wts=`
    weights   what each row counts for in averages, (n,)
    offset    the rows' offset where the fit had it as an array, (n,); else None
    known     the predictors as the rows of the fit show them
    """

    fit: Fitted
    values: Mapping[str, Value]
    n: int
    columns: Columns
    weights: Floats
    offset: Floats | None
    known: Mapping[str, Predictor]

    def at(self, changes: Mapping[str, Value] | None = None) -> Points:
        """Model columns and linear predictor with some columns changed."""
        held = {**self.values, **(changes or {})}
        columns = Columns(tuple(held) or ("none",), self.n, held.__getitem__)
        return points(self.fit, columns, "error", offset=self.offset)

    def predictor(self, name: str) -> Predictor:
        """A column of the rows that a term reads."""
        levels = self.known[name].levels
        return predictor(name, self.values[name], slice(None), 0 if levels is None else len(levels))

    def repeated(self, times: int) -> MarginRows:
        """The rows, several times over."""
        index = np.tile(np.arange(self.n), times)
        values = held(_open(self.values, self.n), self.values, index)
        offset = None if self.offset is None else self.offset[index]
        columns = _open(held(self.columns, self.columns.names, index), len(index))
        return MarginRows(self.fit, values, len(index), columns, self.weights[index], offset, self.known)

    def groups(self, by: Any) -> tuple[dict[str, list[Any]], Codes]:
        """The groups of `by=`: their labels, and the group of each row (-1 for none)."""
        if by is True:
            return {}, np.zeros(self.n, dtype=np.intp)
        names = [by] if hasattr(by, "casefold") else list(by)
        found = [self._column(name) for name in names]
        shape = [len(each.levels or ()) for each in found]
        codes = np.array([each.codes for each in found])
        known = (codes >= 0).all(axis=0)
        cell = np.full(self.n, -1, dtype=np.intp)
        cell[known] = np.ravel_multi_index(tuple(codes[:, known]), shape, order="F")
        present, group = np.unique(cell[known], return_inverse=True)
        places = np.unravel_index(present, shape, order="F")
        labels = {
            each.name: [(each.levels or ())[code] for code in place.tolist()]
            for each, place in zip(found, places, strict=True)
        }
        cell[known] = group
        return labels, cell

    def _column(self, name: str) -> Predictor:
        if name not in self.columns:
            raise DataError(f"by= names '{name}', which is not a column. {did_you_mean(name, self.columns)}")
        return predictor(name, self.columns[name], slice(None), as_factor=True)


def margin_rows(fit: Fitted, newdata: Any, wts: Any) -> MarginRows:
    """Rows for `newdata`: None for those of the fit, a frame, or the name of a grid.

    Raises
    ------
    FitError, DataError
        When the grid is not known, columns are missing, or the fit's offset was an array that new rows cannot
        have.
    """
    source = next(iter(fit.source.blocks()))
    known = predictors(fit.design, source, fit.rows.positions, few=2)
    names = read_names(fit)
    if newdata is None:
        rows = fit.rows.positions
        columns = _open(held(source, source.names, rows), len(rows))
        counts = fit.rows.counts
        weights = np.ones(len(rows)) if counts is None else counts
        if wts is not None:
            weights = weights * row_values(fit, source, "wts", wts)[rows]
        return MarginRows(
            fit, held(columns, names, slice(None)), len(rows), columns, weights, _array_offset(fit), known
        )
    columns = open_columns(datagrid(fit, newdata) if hasattr(newdata, "casefold") else newdata)
    weights = np.ones(columns.n_rows) if wts is None else row_values(fit, columns, "wts", wts)
    return MarginRows(fit, held(columns, names, slice(None)), columns.n_rows, columns, weights, None, known)


def _open(values: Mapping[str, Value], n: int) -> Columns:
    return Columns(tuple(values) or ("none",), n, values.__getitem__)


def read_names(fit: Fitted) -> list[str]:
    """Columns that the terms, the offsets and an offset or exposure given by name read."""
    extras = [names_in(node) for name, node in fit.design.extras if name in OFFSETS]
    return list(dict.fromkeys([*fit.design.data_names, *sorted(frozenset[str]().union(*extras))]))


def _array_offset(fit: Fitted) -> Floats | None:
    """What of the rows' offset does not come from offset() terms, where some of it was an array."""
    if not any(name in fit.call.arrays for name in OFFSETS):
        return None
    source = next(iter(fit.source.blocks()))
    rows = fit.rows.positions
    columns = _open(held(source, read_names(fit), rows), len(rows))
    b = np.where(fit.aliased, 0.0, fit.coef.to_numpy(dtype=float))
    bare = points(fit, columns, "error", offset=np.zeros(len(rows)))
    return np.asarray(fit.rows.offset - (bare.eta - bare.block.times(b)))


def datagrid(fit: Fitted, grid: str = "mean", **at: Any) -> pd.DataFrame:
    """Rows of typical values, for `newdata=`.

    Parameters
    ----------
    fit : a fitted model
    grid : "mean" (or "typical"): numbers have their mean; booleans, factors, and columns of nothing but 0 and
        1 have their commonest level; "median": numbers have their median; "balanced": levels are all there
    at : values of some columns: x=[1, 2], a="u"

    Returns
    -------
    DataFrame, one row for each combination, the first column slowest; the columns that the model reads.

    Raises
    ------
    FitError, DataError
        When the grid, a column or a level is not known.

    Source: R `marginaleffects::datagrid`.

    Examples
    --------
    >>> from rglm import datasets, glm
    >>> fit = glm("breaks ~ wool + tension", data=datasets.load("warpbreaks"), family="poisson")
    >>> fit.datagrid(tension=["L", "H"]).to_dict("list")
    {'wool': ['A', 'A'], 'tension': ['L', 'H']}
    """
    if grid not in GRIDS:
        raise FitError(choose("grid", grid, GRIDS))
    source = next(iter(fit.source.blocks()))
    found = predictors(fit.design, source, fit.rows.positions, few=2)
    for name in read_names(fit):
        if name not in found and name in source:
            found[name] = predictor(name, source[name], fit.rows.positions)
    for name in at:
        if name not in found:
            raise DataError(f"'{name}' is not a column that the model reads. {did_you_mean(name, found)}")
    values = {name: _values_of(each, grid, at.get(name)) for name, each in found.items()}
    size = int(np.prod([len(each) for each in values.values()], dtype=float))
    if size > 1_000_000:
        listed = some(f"{name} ({len(each)})" for name, each in values.items() if len(each) > 1)
        raise FitError(f"The grid would have {size} rows: {listed}. Give fewer values.")
    if not values:
        return pd.DataFrame(index=range(1))
    product = pd.MultiIndex.from_product(list(values.values()), names=list(values))
    return pd.DataFrame({name: product.get_level_values(name).tolist() for name in values})


def _values_of(predictor: Predictor, grid: str, at: Any) -> Sequence[Any]:
    if at is not None:
        given = [at] if np.ndim(at) == 0 else list(at)
        predictor.column(given)  # refuses levels that do not exist
        return given
    if predictor.has_levels and predictor.levels is not None and grid == "balanced":
        return predictor.levels
    if not predictor.has_levels and grid == "median":
        return [float(np.nanmedian(predictor.numbers))]
    return [predictor.usual()]
