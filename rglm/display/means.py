"""The cells of tables of means and their contrasts, as R's emmeans prints them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, cast

from rglm.display.numbers import Value, format_common, format_counts, known, zapsmall
from rglm.display.strings import display_width, pad, visible
from rglm.display.table import Column, Table

NOT_ESTIMABLE = "nonEst"
_FEWER = 4  # at R's 7 digits, numbers show at least 3


def lay_columns(table: Table, digits: int) -> tuple[list[str], list[list[str]]]:
    """Headings and cells, each column padded to one width; text stands left, numbers right."""
    shown = max(digits - _FEWER, 1, _digits(table.columns))
    headers, cells = [], []
    for column in table.columns:
        texts = _cells(column, shown, digits)
        width = max(map(display_width, [column.name, *texts]), default=0)
        side = "left" if column.kind == "text" else "right"
        headers.append(pad(column.name, width, side))
        cells.append([pad(text, width, side) for text in texts])
    return headers, cells


def _digits(columns: Sequence[Column]) -> int:
    """Digits that tell the ends of estimate ± 2 standard errors apart: two more than
    log10((|estimate| + 2 se) / (4 se)), of the row that needs most.
    """
    estimates = _values(columns, "estimate")
    errors = _values(columns, "standard error")
    needed = 0
    for estimate, error in zip(estimates, errors, strict=False):
        if estimate is None or error is None or not (error > 0 and math.isfinite(estimate)):
            continue
        if math.isfinite(error):
            ratio = (abs(estimate) + 2.0 * error) / (4.0 * error)
            needed = max(needed, 2 + math.floor(math.log10(ratio) + 0.01))
    return needed


def _values(columns: Sequence[Column], kind: str) -> list[Value]:
    for column in columns:
        if column.kind == kind:
            return list(cast("Sequence[Value]", column.values))
    return []


def _cells(column: Column, shown: int, digits: int) -> list[str]:
    if column.kind in ("text", "label"):
        return ["" if value is None else visible(str(value)) for value in column.values]
    values = list(cast("Sequence[Any]", column.values))
    if column.kind == "statistic":
        return ["NA" if _absent(v) else f"{v:.3f}".replace("inf", "Inf") for v in values]
    if column.kind == "p-value":
        return [_p_value(value) for value in values]
    if column.kind == "count":
        return format_counts(values)
    if column.kind == "df":
        return format_common([None if _absent(v) else v for v in values], max(digits - _FEWER, 1))
    texts = format_common(_zapped(values, digits), shown)
    if column.kind == "estimate":
        texts = [NOT_ESTIMABLE if _absent(v) else text for v, text in zip(values, texts, strict=True)]
    return texts


def _absent(value: Value) -> bool:
    return value is None or value != value


def _zapped(values: Sequence[Value], digits: int) -> list[Value]:
    """Values without what is nothing beside the largest of them."""
    finite = zapsmall([v for v in known(values) if math.isfinite(v)], digits)
    rest = iter(finite)
    return [next(rest) if v is not None and math.isfinite(v) else v for v in values]


def _p_value(value: Value) -> str:
    """Four decimals, or <.0001."""
    if value is None or value != value:
        return "NA"
    return "<.0001" if value < 0.00005 else f"{value:.4f}"
