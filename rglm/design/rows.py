"""One block of rows: evaluate what a formula asks for, and keep the rows that are complete."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rglm.data.columns import Columns, codes_of, take
from rglm.data.missing import Mask, MissingReport, infinite_rows, missing_rows
from rglm.errors import DataError, FormulaError, some
from rglm.formula.deparse import deparse
from rglm.formula.evaluate import Scope, evaluate
from rglm.formula.terms import Terms
from rglm.formula.tree import Formula, Node
from rglm.formula.values import Floats, Logical, Numbers, Value


@dataclass(frozen=True, eq=False)
class Request:
    """What is asked of each row at a fit.

    formula, terms   the formula and its terms
    names            the variables as R writes them
    extras           row-wise arguments given as expressions
    arrays           row-wise arguments given as arrays, for all rows of the source
    subset           an expression, a mask for all rows of the source, or None
    env              the caller's functions and constants
    warned           what was warned of already, so that it is said once
    """

    formula: Formula
    terms: Terms
    names: tuple[str, ...]
    extras: Mapping[str, Node] = field(default_factory=dict)
    arrays: Mapping[str, Floats] = field(default_factory=dict)
    subset: Node | Mask | None = None
    env: Mapping[str, Any] = field(default_factory=dict)
    warned: set[str] = field(default_factory=set)


@dataclass(frozen=True, eq=False)
class Drawn:
    """The rows of a block that are kept.

    values    each variable's value in them, in the terms' order
    extras    row-wise arguments, each (n,)
    n         number of rows kept
    kept      their positions in the block; None means all
    missing   what missing values cost
    """

    values: list[Value]
    extras: dict[str, Floats]
    n: int
    kept: NDArray[np.intp] | None
    missing: MissingReport


def draw(request: Request, columns: Columns, learned: Mapping[Node, object], start: int = 0) -> Drawn:
    """Evaluate the variables and arguments on a block, and keep its complete rows inside the subset.

    Raises
    ------
    DataError
        when an argument is not numeric, or a kept row holds Inf.
    """
    n = columns.n_rows
    scope = Scope(columns, n, request.env, learned, request.warned)
    values = [evaluate(node, scope) for node in request.terms.variables]
    extras = {name: numbers(name, argument(name, node, scope)) for name, node in request.extras.items()}
    for name, array in request.arrays.items():
        extras[name] = array[start : start + n]
    inside = _inside(request.subset, scope, start)
    named = [*zip(request.names, values, strict=True), *((k, Numbers(v)) for k, v in extras.items())]
    kept, missing = select(named, n, inside)
    if kept is not None:
        values = [take(value, kept) for value in values]
        extras = {name: array[kept] for name, array in extras.items()}
        n = len(kept)
    for name, value in zip([*request.names, *extras], [*values, *map(Numbers, extras.values())], strict=True):
        _refuse_infinite(name, value, kept, start)
    return Drawn(values, extras, n, kept, missing)


def argument(name: str, node: Node, scope: Scope) -> Value:
    """A row-wise argument given as text, evaluated; a refusal says which argument it is of."""
    try:
        return evaluate(node, scope)
    except FormulaError as error:
        raise FormulaError(f"In {name}=: {error}") from None


def numbers(name: str, value: Value) -> Floats:
    """A row-wise argument as float64, (n,)."""
    if not isinstance(value, Numbers | Logical):
        _, levels = codes_of(value)
        raise DataError(
            f"{name} must be numeric, one number a row; what was given holds strings or categories "
            f"({some(map(repr, levels), 4)})."
        )
    array = value.values
    if array.ndim == 2:
        if array.shape[1] != 1:
            raise DataError(
                f"{name} must be one number a row; the expression given has {array.shape[1]} columns."
            )
        array = array[:, 0]
    return array


def _inside(subset: Node | Mask | None, scope: Scope, start: int) -> Mask | None:
    """The rows of a block that `subset` selects; NA selects nothing."""
    if subset is None:
        return None
    if isinstance(subset, np.ndarray):
        return subset[start : start + scope.n]
    value = argument("subset", subset, scope)
    if not isinstance(value, Logical):
        raise DataError(
            'subset= must say TRUE or FALSE for each row, such as subset="age > 30"; '
            f"'{deparse(subset)}' does not."
        )
    mask: Mask = value.values == 1.0
    return mask


def select(
    named: Sequence[tuple[str, Value]], n: int, inside: Mask | None
) -> tuple[NDArray[np.intp] | None, MissingReport]:
    """Positions of the rows inside the subset where nothing is missing (None: all), and what that cost."""
    complete = None if inside is None else inside.copy()
    excluded = 0 if inside is None else n - int(np.count_nonzero(inside))
    lost: dict[str, int] = {}
    for name, value in named:
        mask = missing_rows(value)
        if mask is None:
            continue
        count = int(np.count_nonzero(mask if inside is None else mask & inside))
        if count:
            lost[name] = count
        complete = ~mask if complete is None else complete & ~mask
    if complete is None:
        return None, MissingReport(n, n)
    kept = np.flatnonzero(complete)
    report = MissingReport(n, len(kept), tuple(lost.items()), excluded)
    return (None if len(kept) == n else kept), report


def _refuse_infinite(name: str, value: Value, kept: NDArray[np.intp] | None, start: int) -> None:
    if not isinstance(value, Numbers):
        return
    rows = infinite_rows(value.values)
    if rows is not None:
        at = (rows if kept is None else kept[rows]) + start
        ends = np.atleast_2d(value.values.T)[:, rows].sum(axis=0)  # ±Inf; NaN where a row holds both
        signs = ["-Inf" if end < 0 else "Inf" for end in ends]
        shown = some([f"row {row}: {sign}" for row, sign in zip(at, signs, strict=True)], 4)
        raise DataError(
            f"{name} is infinite in {len(rows)} {'row' if len(rows) == 1 else 'rows'} ({shown}). "
            "Leave these rows out with subset=, or make the values missing."
        )


def check(report: MissingReport, na_action: str) -> None:
    """Refuse a fit that has no rows left, or any missing value under `na_action="fail"`."""
    if report.rows_kept == report.rows_in:
        return
    columns = some((f"{name} ({count})" for name, count in report.lost), most=20)
    inside = report.rows_in - report.excluded
    if not inside:
        raise DataError(
            f"subset= selects none of the {report.rows_in} rows, so nothing is left to fit. Check its "
            "condition; a row where it is missing is not selected."
        )
    empty = [name for name, count in report.lost if count == inside]
    if empty:
        raise DataError(
            f"Every value of {some(empty)} is missing in the {inside} rows used. Check how it was read in or "
            "computed, or leave it out."
        )
    if not report.rows_kept:
        raise DataError(
            f"No rows are left: each of the {inside} rows has a missing value in some column. "
            f"Rows lost to each: {columns}. Leave a column out, or fill in its missing values."
        )
    if na_action == "fail" and report.rows_lost:
        raise DataError(
            f"{report.rows_lost} of {inside} rows have missing values, and na_action is 'fail': {columns}. "
            "Use na_action='omit' to leave such rows out."
        )


def blocks(columns: Iterator[Columns]) -> Iterator[tuple[int, Columns]]:
    """Each block with the number of its first row."""
    start = 0
    for block in columns:
        yield start, block
        start += block.n_rows
