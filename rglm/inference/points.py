"""Where predictions are made: the rows of the fit, or new ones, with their offsets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from rglm.data.columns import Columns, open_columns
from rglm.data.native import align, like
from rglm.design.block import Block
from rglm.design.encode import Encoded, encode
from rglm.design.learn import as_node
from rglm.design.rows import argument, numbers
from rglm.errors import DataError, FitError, RankWarning, did_you_mean, either, is_number, some, warn
from rglm.families.accept import offending
from rglm.formula.constants import CONSTANTS
from rglm.formula.evaluate import Scope
from rglm.formula.grammar import names_in
from rglm.formula.values import Floats
from rglm.inference.alias import relations
from rglm.inference.fitted import Fitted

OFFSETS = ("offset", "exposure")

ESTIMABLE = 1e-6
"""A row breaks a dependence between columns when it misses it by more than this share of its size."""


@dataclass(frozen=True, eq=False)
class Points:
    """Rows to predict for.

    block   model columns, m × p; NaN in rows with a missing value
    eta     linear predictor, offset included, (m,)
    wrap    arrays of m values → the caller's kind of Series or frame
    absent  for each term the rows in which one of its variables is missing, (m,) bool; None where none is
    """

    block: Block
    eta: Floats
    wrap: Callable[..., Any]
    absent: dict[str, np.ndarray] | None = None


def points(fit: Fitted, newdata: Any, new_levels: str, *, exposure: Any = None, offset: Any = None) -> Points:
    """The rows of the fit where `newdata` is None, else those of `newdata`.

    `exposure` and `offset` take the place of those arguments of the fit; offset() terms always come from the
    rows.

    Raises
    ------
    DataError
        When newdata lacks a column, has another kind of column, or levels that the fit has not seen.
    FitError
        When the fit's offset or exposure was an array and newdata brings none, or there is none to replace.
    """
    given = {"exposure": exposure, "offset": offset}
    given = {name: value for name, value in given.items() if value is not None}
    if newdata is None and not given:
        return Points(fit.rows.block, fit.rows.eta, fit.wrap)
    _check_offsets(fit, newdata, given)
    columns = next(iter(fit.source.blocks())) if newdata is None else open_columns(newdata)
    own = () if given else _own_offsets(fit, columns)
    encoded = encode(fit.design, columns, extras=own, na="keep", new_levels=new_levels)
    extras = {
        **encoded.extras,
        **{name: row_values(fit, columns, name, value) for name, value in given.items()},
    }
    eta = encoded.block.times(np.where(fit.aliased, 0.0, fit.coef.to_numpy(dtype=float)))
    if encoded.formula_offset is not None:
        eta = eta + encoded.formula_offset
    if "offset" in extras:
        eta = eta + extras["offset"]
    if "exposure" in extras:
        eta = eta + _log_exposure(fit, extras["exposure"])
    if newdata is None:
        kept = fit.rows.positions
        return Points(encoded.block.rows(kept), eta[kept], fit.wrap)
    if fit.aliased.any():
        _warn_not_estimable(fit, encoded.block)
    absent = None if encoded.block.absent is None else _absent(fit, encoded)
    return Points(encoded.block, eta, lambda values: like(newdata, values), absent)


def _absent(fit: Fitted, encoded: Encoded) -> dict[str, np.ndarray]:
    """For each term the rows in which one of its variables is missing."""
    variables = fit.design.variables
    missing = {
        index: values < 0 if variables[index].is_factor else np.isnan(values).any(axis=1)
        for index, values in encoded.variables.items()
    }
    terms = zip(fit.design.term_labels, fit.design.terms.terms, strict=True)
    return {label: np.logical_or.reduce([missing[index] for index in term]) for label, term in terms}


def _check_offsets(fit: Fitted, newdata: Any, given: dict[str, Any]) -> None:
    """Refuse to predict without an offset that the fit had, or with an exposure that it had not."""
    arrays = [name for name in OFFSETS if name in fit.call.arrays]
    if newdata is not None and arrays and not given:
        raise FitError(
            f"The fit's {arrays[0]}= was an array, which says nothing about newdata. Give {arrays[0]}= with "
            f'one value for each row of newdata, or fit with {arrays[0]}="…" naming a column or expression.'
        )
    replaced = arrays or [name for name, _ in fit.design.extras if name in OFFSETS]
    if "exposure" in given and not replaced:
        hint = " Its formula has offset(): give those columns in newdata." if fit.design.terms.offsets else ""
        raise FitError(
            f"exposure= takes the place of the fit's exposure= or offset=, and the fit has none.{hint}"
        )


def _own_offsets(fit: Fitted, columns: Columns) -> tuple[str, ...]:
    """The fit's offset and exposure that were given by name; DataError where the rows lack their columns."""
    own = tuple((name, node) for name, node in fit.design.extras if name in OFFSETS)
    for name, node in own:
        absent = sorted(names_in(node) - set(columns) - set(fit.design.env) - set(CONSTANTS))
        if absent:
            raise DataError(
                f"newdata has no column {either(absent)}, which the fit's {name}= reads. "
                f"{did_you_mean(absent[0], columns)} Or give {name}= with one value for each row."
            )
    return tuple(name for name, _ in own)


def row_values(fit: Fitted, columns: Columns, name: str, value: Any) -> Floats:
    """An offset or exposure as (m,) floats: a number, text over the columns, or an array."""
    n = columns.n_rows
    if hasattr(value, "casefold"):
        scope = Scope(columns, n, env=fit.design.env, learned=fit.design.parameters)
        return numbers(name, argument(name, as_node(value, columns.names, name), scope))
    if is_number(value):
        return np.full(n, float(value))
    return align(name, value, columns.native, n)


def _log_exposure(fit: Fitted, exposure: Floats) -> Floats:
    """log(exposure), refused where the link is not the log or an exposure is not positive."""
    probe = np.array([-1.0, 0.0, 1.0])
    if not np.allclose(fit.family.link.inverse(probe), np.exp(probe)):
        raise FitError(
            f"exposure= is a log offset, so it needs a log link; this fit's link is '{fit.family.link.name}'."
        )
    if (exposure <= 0).any():
        raise DataError(
            f"exposure must be positive, and is not in {offending(exposure <= 0, exposure, None)}."
        )
    return np.asarray(np.log(exposure))


def _warn_not_estimable(fit: Fitted, block: Block) -> None:
    """Warn of rows whose columns do not depend on each other as those of the fit did."""
    found = relations(fit)
    sizes = np.where(found.sizes > 0, found.sizes, 1.0)
    row_sizes = np.sqrt(block.quadratic(np.diag(1.0 / sizes**2)))
    broken = np.zeros(block.n, dtype=bool)
    for vector in found.null_vectors():
        size = float(np.sqrt(np.sum((vector * sizes) ** 2)))
        with np.errstate(invalid="ignore"):
            broken |= np.abs(block.times(vector)) > ESTIMABLE * size * row_sizes
    if broken.any():
        where = np.flatnonzero(broken)
        names = [fit.design.column_names[j] for j in found.aliased]
        warn(
            f"The fit cannot tell {some(names)} apart from other columns, and {len(where)} of the "
            f"{block.n} new rows break that dependence, so their predictions are arbitrary: rows "
            f"{some(where.tolist())}. alias() shows what equals what.",
            RankWarning,
        )
