"""Any rows into model columns, by what a design has learned: at fit and at predict alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rglm.data.columns import Columns, codes_of, take
from rglm.data.missing import Mask, MissingReport
from rglm.design.block import Block, Piece
from rglm.design.response import response as respond
from rglm.design.rows import argument, numbers, select
from rglm.design.shape import recoded
from rglm.design.spec import DesignSpec, Variable
from rglm.errors import DataError, among, choose, did_you_mean, some
from rglm.formula.evaluate import Scope, evaluate
from rglm.formula.values import Codes, Factor, Floats, Logical, Numbers, Response, Text, Value

NEW_LEVELS = ("error", "nan", "base")


@dataclass(frozen=True, eq=False)
class Encoded:
    """Rows of a design.

    block            the model columns
    response         the left-hand side; None where it was not asked for
    extras           row-wise arguments, each (n,)
    formula_offset   sum of the formula's `offset()` terms, (n,), or None where it has none
    kept             positions of these rows among those that came; None means all
    n_rows_in        rows that came
    missing          what missing values cost
    variables        each variable's array by its index: numbers (n, k), codes (n,)
    """

    block: Block
    response: Response | None
    extras: dict[str, Floats]
    formula_offset: Floats | None
    kept: NDArray[np.intp] | None
    n_rows_in: int
    missing: MissingReport
    variables: Mapping[int, Codes | Floats] = field(default_factory=dict)


def encode(
    spec: DesignSpec,
    columns: Columns,
    *,
    with_response: bool = False,
    extras: Sequence[str] = (),
    arrays: Mapping[str, Floats] | None = None,
    subset: bool = False,
    na: str = "keep",
    new_levels: str = "error",
) -> Encoded:
    """Encode rows by a design.

    Parameters
    ----------
    spec
        What was learned.
    columns
        The rows; only columns that the terms and offsets read need be there.
    with_response
        Whether to evaluate the left-hand side too.
    extras
        Names of row-wise arguments to evaluate, of those that the design has as expressions.
    arrays
        Row-wise arguments given as arrays (n,).
    subset
        Whether to leave out rows outside the design's subset.
    na
        "keep": rows with a missing value stay and their model columns are NaN; "omit": they are left out.
    new_levels
        What a level that was not fitted does: "error", "nan" (its rows count as missing), or "base" (it
        counts as the base level).

    Raises
    ------
    DataError
        when a column is missing, a variable's kind is not the fitted one, or a level was not fitted.

    Examples
    --------
    >>> from rglm.data.columns import open_columns
    >>> from rglm.data.memory import as_source
    >>> from rglm.design import learn
    >>> spec, _ = learn("~ a", as_source({"a": ["u", "v", "v"]}))
    >>> encode(spec, open_columns({"a": ["v", None]})).block.dense().tolist()
    [[1.0, 1.0], [nan, nan]]
    """
    if not among(new_levels, NEW_LEVELS):
        raise DataError(choose("new_levels", new_levels, NEW_LEVELS))
    scope = Scope(columns, columns.n_rows, spec.env, spec.parameters)
    wanted = list(dict.fromkeys((*spec.used, *spec.offsets)))
    _need_columns(spec, columns, wanted, with_response)
    values: dict[int, Value] = {}
    for index in wanted:
        variable = spec.variables[index]
        values[index] = _as_fitted(variable, evaluate(variable.node, scope), new_levels)
    given = {name: numbers(name, argument(name, node, scope)) for name, node in spec.extras if name in extras}
    given.update(arrays or {})
    answer = evaluate(spec.variables[0].node, scope) if with_response and spec.response else None
    inside = numbers("subset", evaluate(spec.subset, scope)) == 1.0 if subset and spec.subset else None
    return _encoded(spec, columns.n_rows, values, given, answer, inside, na == "omit")


def _encoded(
    spec: DesignSpec,
    n: int,
    values: dict[int, Value],
    extras: dict[str, Floats],
    answer: Value | None,
    inside: Mask | None,
    omit: bool,
) -> Encoded:
    named = [(spec.variables[index].name, value) for index, value in values.items()]
    if omit:
        if answer is not None and spec.response is not None:
            named.append((spec.response.name, answer))
        named.extend((name, Numbers(array)) for name, array in extras.items())
    kept, missing = select(named, n, inside)
    absent = None
    n_kept = n
    if kept is not None and omit:
        values = {index: take(value, kept) for index, value in values.items()}
        extras = {name: array[kept] for name, array in extras.items()}
        answer = None if answer is None else take(answer, kept)
        n_kept = len(kept)
    elif kept is not None:
        absent = np.ones(n, dtype=bool)
        absent[kept] = False
        kept = None
    arrays = {index: _array(value) for index, value in values.items()}
    response = None
    if answer is not None and spec.response is not None:
        response = respond(spec.response, answer, kept)
    return Encoded(
        block=piece_together(spec, arrays, n_kept, absent),
        response=response,
        extras=extras,
        formula_offset=offset_of(spec, arrays),
        kept=kept,
        n_rows_in=n,
        missing=missing,
        variables=arrays,
    )


def _need_columns(spec: DesignSpec, columns: Columns, wanted: Sequence[int], with_response: bool) -> None:
    """Refuse data that lack a column; all that are lacking are named at once."""
    held = [*wanted, 0] if with_response and spec.response is not None else wanted
    lacking = [name for index in held for name in spec.columns_of(index) if name not in columns]
    if lacking:
        names = list(dict.fromkeys(lacking))
        column = "a column" if len(names) == 1 else "columns"
        raise DataError(
            f"The data lack {column} that the model was fitted with: {some(map(repr, names))}. "
            f"{did_you_mean(names[0], columns.names)}"
        )


def _as_fitted(variable: Variable, value: Value, new_levels: str) -> Value:
    """A value checked for its kind, and its levels carried to the fitted ones (as a Factor)."""
    if variable.levels is None:
        if isinstance(value, Numbers):
            width = 1 if value.values.ndim == 1 else value.values.shape[1]
            if width == variable.width:
                return value
            raise DataError(
                f"'{variable.name}' has {width} columns here; the model was fitted with {variable.width}."
            )
        if _all_missing(value):
            return Numbers(np.full(_length(value), np.nan))
        raise _other_kind(variable, value)
    if isinstance(value, Numbers) or (isinstance(value, Logical) != (variable.kind == "logical")):
        if _all_missing(value):
            return Factor(np.full(_length(value), -1, dtype=np.intp), variable.levels)
        raise _other_kind(variable, value)
    codes, unseen = recoded(value, variable.levels)
    if unseen:
        codes = np.where(codes == -2, _code_of_unseen(variable, unseen, new_levels), codes)
    return Factor(codes, variable.levels)


def _length(value: Value) -> int:
    return len(value.codes) if isinstance(value, Factor) else len(value.values)


def _all_missing(value: Value) -> bool:
    """A column with nothing in it has no kind of its own."""
    if isinstance(value, Factor):
        return bool((value.codes < 0).all())
    if isinstance(value, Text):
        return all(text is None for text in value.values)
    return bool(np.isnan(value.values).all())


def _other_kind(variable: Variable, value: Value) -> DataError:
    came = {Numbers: "numbers", Logical: "TRUE and FALSE", Factor: "categories"}.get(type(value), "strings")
    if isinstance(value, Factor | Text):
        came += f" ({some(map(repr, codes_of(value)[1]), 3)})"
    fitted = {"numeric": "numbers", "logical": "TRUE and FALSE"}.get(variable.kind)
    if fitted is None:
        fitted = f"levels ({some(variable.levels or (), 4)})"
    remedy = ", for example with astype(float)" if variable.kind == "numeric" else ""
    return DataError(
        f"'{variable.name}' was fitted with {fitted}, and the data give {came}. "
        f"Convert the column to what the model was fitted with{remedy}."
    )


def _code_of_unseen(variable: Variable, unseen: Mapping[str, int], new_levels: str) -> int:
    if new_levels == "nan":
        return -1
    if new_levels == "base":
        return variable.base or 0
    assert variable.levels is not None
    listed = some(f"'{level}' ({count} {'row' if count == 1 else 'rows'})" for level, count in unseen.items())
    raise DataError(
        f"'{variable.name}' has levels that the model was not fitted with: {listed}. "
        f"The fitted levels are {some(variable.levels)}. new_levels='nan' gives these rows NaN; "
        "new_levels='base' counts them as the base level."
    )


def _array(value: Value) -> Any:
    """Numbers as (n, k); codes as (n,)."""
    if isinstance(value, Factor):
        return value.codes
    values = value.values
    return values[:, None] if values.ndim == 1 else values


def piece_together(
    spec: DesignSpec, arrays: Mapping[int, Codes | Floats], n: int, absent: Mask | None = None
) -> Block:
    """The Block of a design from its variables' arrays: numbers (n, k), codes (n,).

    Rows encoded for a design serve every design with the same variables (`subset_terms`, `recode`).
    """
    if absent is not None:  # a code must name a cell; what these rows hold is never read
        arrays = {
            index: np.maximum(array, 0) if spec.variables[index].is_factor else array
            for index, array in arrays.items()
        }
    pieces = tuple(_piece(spec, term, arrays) for term in spec.terms.terms)
    return Block(spec.layout, n, pieces, absent)


def _piece(spec: DesignSpec, term: tuple[int, ...], arrays: Mapping[int, Any]) -> Piece:
    """One combined code and one product of numeric columns for a term, the earlier variable fastest."""
    codes: Codes | None = None
    values: Floats | None = None
    stride = 1
    for index in term:
        levels = spec.variables[index].levels
        array = arrays[index]
        if levels is not None:
            codes = array if codes is None else codes + stride * array
            stride *= len(levels)
        elif values is None:
            values = array
        else:
            values = (array[:, :, None] * values[:, None, :]).reshape(
                len(array), array.shape[1] * values.shape[1]
            )
    return Piece(codes, values)


def offset_of(spec: DesignSpec, arrays: Mapping[int, Any]) -> Floats | None:
    """Sum of the formula's offsets, (n,)."""
    total: Floats | None = None
    for index in spec.offsets:
        values: Floats = arrays[index][:, 0]
        total = values if total is None else total + values
    return total
