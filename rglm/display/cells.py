"""The cells of a table in each of R's print styles."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal, cast

from rglm.display.means import lay_columns
from rglm.display.numbers import (
    Value,
    format_common,
    format_counts,
    format_fractions,
    format_p,
    known,
    round_half_even,
    stars,
    zapsmall,
)
from rglm.display.strings import display_width, pad, visible
from rglm.display.table import Column, Style, Table

Align = Literal["left", "right"]
_JOINT = ("estimate", "standard error")
_UNZAPPED = ("df", "count", "statistic", "p-value", "text")


@dataclass
class Laid:
    """Headers and cells as strings, each column padded to one width."""

    headers: list[str]
    columns: list[list[str]]
    row_names: tuple[str, ...]
    align: Align = "right"
    starred: bool = False


def lay_table(table: Table, digits: int, show_stars: bool) -> Laid:
    """The strings of a table at `digits` significant digits."""
    return _STYLES[table.style](table, digits, show_stars)


def _coefficients(table: Table, digits: int, show_stars: bool) -> Laid:
    """R's printCoefmat; in style "anova" with print.anova's choices."""
    anova = table.style == "anova"
    columns = [_numeric(column) for column in table.columns]
    kinds = [column.kind for column in table.columns]
    if anova:
        for j, kind in enumerate(kinds):
            if kind not in _UNZAPPED:
                columns[j] = zapsmall(columns[j], digits)
    fewer = max(1, min(5, digits - 1))
    joint = [] if anova else [j for j, kind in enumerate(kinds) if kind in _JOINT]
    tests = [j for j, kind in enumerate(kinds) if kind == "statistic"]
    cells: list[list[str]] = [[] for _ in columns]
    _format_together(cells, columns, joint, digits, _places(columns, joint, digits))
    _format_together(cells, columns, tests, digits, fewer)
    for j, column in enumerate(table.columns):
        if column.kind == "text":
            cells[j] = _texts(column)
        elif not cells[j] and column.kind == "p-value":
            cells[j] = format_p(columns[j], fewer)
        elif not cells[j]:
            cells[j] = _formatted(columns[j], column.kind, digits)
    _mark_missing(table, cells, columns, "" if anova else None)
    laid = Laid([c.name for c in table.columns], cells, table.row_names)
    for j, kind in enumerate(kinds):
        if kind == "p-value" and show_stars and any(p < 0.1 for p in known(columns[j])):
            marks = [stars(p) for p in columns[j]]
            width = max(map(len, marks))
            laid.headers.append("")
            laid.columns.append([mark.ljust(width) for mark in marks])
            laid.starred = True
    return laid


def _places(columns: Sequence[Sequence[Value]], joint: Sequence[int], digits: int) -> int:
    """Decimals at which the smallest estimate or standard error still has `digits` figures."""
    sizes = [abs(v) for j in joint for v in known(columns[j]) if v != 0 and math.isfinite(v)]
    smallest = 1 + math.floor(math.log10(min(sizes))) if sizes else 1
    return max(1, digits - smallest)


def _format_together(
    cells: list[list[str]], columns: Sequence[Sequence[Value]], which: Sequence[int], digits: int, places: int
) -> None:
    """Round some columns, then write them in one common notation."""
    rounded = [
        value if value is None else round_half_even(value, places) for j in which for value in columns[j]
    ]
    texts = format_common(rounded, digits)
    rows = len(columns[0]) if columns else 0
    for k, j in enumerate(which):
        cells[j] = texts[k * rows : (k + 1) * rows]


def _mark_missing(
    table: Table, cells: list[list[str]], columns: Sequence[Sequence[Value]], blank: str | None
) -> None:
    """Absent cells: R prints NA in an aliased row, but NaN where an estimate has no standard error."""
    text = table.missing if table.missing is not None else blank
    for j, column in enumerate(columns):
        if table.columns[j].kind == "text":
            continue
        for i, value in enumerate(column):
            if value is None or value != value:
                estimated = j > 0 and value is not None and bool(known([columns[0][i]]))
                absent = text if text is not None else "NaN" if estimated else "NA"
                cells[j][i] = absent if value is None or table.nan is None else table.nan


def _frame(table: Table, digits: int, show_stars: bool) -> Laid:
    """R's print.data.frame and print of a numeric matrix: each column in its own notation."""
    cells = []
    for column in table.columns:
        if column.kind == "text":
            cells.append(_texts(column, "<NA>" if table.missing is None else table.missing))
            continue
        values = _numeric(column)
        texts = _formatted(values, column.kind, digits)
        if table.missing is not None:
            texts = [
                table.missing if v is None or v != v else text for v, text in zip(values, texts, strict=True)
            ]
        cells.append(texts)
    return Laid([c.name for c in table.columns], cells, table.row_names)


def _correlation(table: Table, digits: int, show_stars: bool) -> Laid:
    """The lower triangle of a square matrix, two decimals, without first row and last column."""
    size = len(table.columns)
    rounded = [
        None if v is None else round_half_even(v, 2) for column in table.columns for v in _numeric(column)
    ]
    texts = format_common(rounded, digits, nsmall=2)
    cells = [[texts[j * size + i] if i > j else "" for i in range(1, size)] for j in range(size - 1)]
    return Laid([c.name for c in table.columns[:-1]], cells, table.row_names[1:], "left")


def _fractions(table: Table, digits: int, show_stars: bool) -> Laid:
    """All cells as fractions padded to one width, left-justified, as R prints alias()."""
    rows = len(table.row_names)
    texts = format_fractions([v for column in table.columns for v in _numeric(column)])
    cells = [texts[k * rows : (k + 1) * rows] for k in range(len(table.columns))]
    return Laid([c.name for c in table.columns], cells, table.row_names, "left")


def _means(table: Table, digits: int, show_stars: bool) -> Laid:
    """Estimates with as many digits as their standard errors bear, as R's emmeans prints them."""
    headers, cells = lay_columns(table, digits)
    return Laid(headers, cells, table.row_names)


def _rows(table: Table, digits: int, show_stars: bool) -> Laid:
    """Each row zapped and in its own notation, as R's aov prints sums of squares above their df."""
    columns = [_numeric(column) for column in table.columns]
    rows = [format_common(zapsmall(row, digits), digits) for row in zip(*columns, strict=True)]
    cells = [list(column) for column in zip(*rows, strict=True)]
    return Laid([column.name for column in table.columns], cells, table.row_names)


def _comparisons(table: Table, digits: int, show_stars: bool) -> Laid:
    """A matrix whose p-values are rounded to decimals first, as R's TukeyHSD prints it."""
    columns = [
        replace(
            column,
            kind="number",
            values=[v if v is None else round_half_even(v, digits) for v in _numeric(column)],
        )
        if column.kind == "p-value"
        else column
        for column in table.columns
    ]
    return _frame(replace(table, columns=tuple(columns)), digits, show_stars)


_STYLES: dict[Style, Callable[[Table, int, bool], Laid]] = {
    "coefficients": _coefficients,
    "anova": _coefficients,
    "frame": _frame,
    "matrix": _frame,
    "correlation": _correlation,
    "fractions": _fractions,
    "means": _means,
    "rows": _rows,
    "comparisons": _comparisons,
}


def _formatted(values: Sequence[Value], kind: str, digits: int) -> list[str]:
    return format_counts(values) if kind == "count" else format_common(values, digits)


def _numeric(column: Column) -> list[Value]:
    if column.kind == "text":
        return [None] * len(column.values)
    return list(cast("Sequence[Value]", column.values))


def _texts(column: Column, missing: str = "NA") -> list[str]:
    texts = [missing if v is None or v != v else visible(str(v)) for v in column.values]
    width = max(map(display_width, texts), default=0)
    return [pad(text, width, "right") for text in texts]
