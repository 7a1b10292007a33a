"""From parts that hold numbers to blocks that hold strings: the one place where digits are chosen.

Every renderer reads blocks, so all of them show the same characters.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from rglm.display import numbers
from rglm.display.cells import Align, lay_table
from rglm.display.document import (
    Aligned,
    Blank,
    Document,
    Line,
    NamedValues,
    Number,
    Part,
    Piece,
    Role,
    digits_of,
)
from rglm.display.settings import Settings
from rglm.display.strings import display_width, pad, visible
from rglm.display.table import Column, Table


@dataclass(frozen=True)
class Words:
    """A line, or several joined by newlines, ready to show."""

    text: str
    role: Role


@dataclass(frozen=True)
class Named:
    """A named vector: values padded to one width."""

    names: tuple[str, ...]
    values: tuple[str, ...]
    gap: int
    caption: str | None


@dataclass(frozen=True)
class Grid:
    """A table: columns of strings padded to their own width, row names, what stands around it."""

    headers: tuple[str, ...]
    columns: tuple[tuple[str, ...], ...]
    align: Align
    row_names: tuple[str, ...]
    caption: str | None
    legend: str | None


Block = Words | Named | Grid


def lay_out(document: Document, settings: Settings) -> list[Block]:
    """The blocks of a document, every number formatted."""
    digits = digits_of(document.less, settings)
    return [block for part in document.parts for block in _blocks(part, _lay(part, digits, settings))]


def _blocks(part: Part, laid: Block) -> list[Block]:
    """A table with groups as one grid for each group, an empty line between them; else the block as it is."""
    if not isinstance(part, Table) or not part.grouped or not isinstance(laid, Grid):
        return [laid]
    heads = range(len(laid.columns) - part.grouped, len(laid.columns))
    named = [
        [f"{laid.headers[j].strip()} = {cell.rstrip()}" for cell in _flush(laid.columns[j])] for j in heads
    ]
    labels = [", ".join(cells) + ":" for cells in zip(*named, strict=True)]
    blocks: list[Block] = []
    for label in dict.fromkeys(labels):
        rows = [i for i, each in enumerate(labels) if each == label]
        columns = tuple(tuple(column[i] for i in rows) for column in laid.columns[: heads.start])
        names = tuple(laid.row_names[i] for i in rows)
        headers = laid.headers[: heads.start]
        grid = replace(laid, headers=headers, columns=columns, row_names=names, caption=label, legend=None)
        blocks += [grid] if not blocks else [Words("", "text"), grid]
    return blocks


def _flush(cells: Sequence[str]) -> list[str]:
    """Cells without the blanks that all of them begin with."""
    blanks = min((len(cell) - len(cell.lstrip()) for cell in cells), default=0)
    return [cell[blanks:] for cell in cells]


def _lay(part: Part, digits: int, settings: Settings) -> Block:
    if isinstance(part, Line):
        return Words("".join([_write(piece, digits, settings) for piece in part.pieces]), part.role)
    if isinstance(part, Table):
        own = digits if part.less is None else digits_of(part.less, settings)
        laid = lay_table(_written(part, own, settings), own, settings.stars)
        return Grid(
            tuple(map(visible, laid.headers)),
            tuple(tuple(cells) for cells in laid.columns),
            laid.align,
            tuple(map(visible, laid.row_names)),
            part.caption,
            numbers.LEGEND if laid.starred else None,
        )
    if isinstance(part, Blank):
        return Words("", "text")
    if isinstance(part, Aligned):
        return Words("\n".join(_align(part, digits, settings)), "text")
    return _lay_named(part, digits)


def _written(table: Table, digits: int, settings: Settings) -> Table:
    """The table with its columns of pieces as text."""

    def text(column: Column) -> Column:
        values: Sequence[Any] = column.values
        cells = ["".join([_write(each, digits, settings) for each in pieces]) for pieces in values]
        return Column(column.name, "text", cells)

    if all(column.kind != "pieces" for column in table.columns):
        return table
    columns = [text(column) if column.kind == "pieces" else column for column in table.columns]
    return replace(table, columns=tuple(columns))


def _lay_named(part: NamedValues, digits: int) -> Named:
    values = part.values if part.zap is None else numbers.zapsmall(part.values, digits + part.zap)
    texts = numbers.format_common(values, digits)
    return Named(tuple(map(visible, part.names)), tuple(texts), part.gap, part.caption)


def _align(part: Aligned, digits: int, settings: Settings) -> list[str]:
    shown = []
    for column in zip(*part.rows, strict=True):
        first = column[0]
        if isinstance(first, Number) and first.how in ("format", "count", "plain"):
            values = [piece.value for piece in column if isinstance(piece, Number)]
            shown.append(_write_joint(first, values, digits, settings))
            continue
        texts = [_write(piece, digits, settings) for piece in column]
        width = max(map(display_width, texts))
        shown.append([pad(text, width, part.justify) for text in texts])
    return ["".join(pieces) for pieces in zip(*shown, strict=True)]


def _write_joint(rule: Number, values: list[numbers.Value], digits: int, settings: Settings) -> list[str]:
    if rule.how == "count":
        return numbers.format_counts(values)
    if rule.how == "plain":
        return numbers.format_common(values, settings.digits)
    shown = numbers.format_common(values, max(rule.least, digits + rule.more))
    width = max(map(len, shown), default=0)
    return [
        rule.missing.rjust(width) if v is None or v != v else text
        for v, text in zip(values, shown, strict=True)
    ]


def _write(piece: Piece, digits: int, settings: Settings) -> str:
    if isinstance(piece, str):
        return piece
    value = piece.value
    wanted = max(piece.least, digits + piece.more)
    if value is None or value != value:
        return piece.missing.rjust(wanted + 1) if piece.how == "general" else piece.missing
    if piece.how == "general":
        return numbers.format_general(value, wanted)
    if piece.how == "p-value":
        return numbers.format_p((value,), wanted)[0]
    if piece.how == "stars":
        return pad(numbers.stars(value), 3, "left")
    if piece.how == "signif":
        return numbers.format_one(numbers.signif(value, wanted), settings.digits)
    if piece.how == "round":
        return _write_rounded(piece, value, settings)
    return _write_joint(piece, [value], digits, settings)[0]


def _write_rounded(piece: Number, value: float, settings: Settings) -> str:
    places, nsmall = piece.places or 0, piece.nsmall
    if piece.error is not None:
        shown = piece.error > 0 and math.isfinite(piece.error)
        nsmall = max(2 - math.floor(math.log10(piece.error)), 0) if shown else 2
        places = nsmall if piece.places is None else piece.places
    return numbers.format_one(numbers.round_half_even(value, places), settings.digits, nsmall)
