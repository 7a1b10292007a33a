"""Functions of strings, row by row."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from rglm.formula.arguments import Arguments
from rglm.formula.values import Factor, Numbers, Text, Value
from rglm.formula.vectors import ManyText, Objects, coded, is_many, length, meet, texts

MOST_CHARACTERS = 1_000  # in one pasted string


def _text(values: Objects, many: bool) -> Value:
    return ManyText(values) if many else Text(values)


def _objects(listed: list[str | None]) -> Objects:
    out = np.empty(len(listed), dtype=object)
    out[:] = listed
    return out


def _mapped(value: Value, change: Callable[[str], Any], empty: Any) -> list[Any]:
    """`change` of each string; of each distinct string where the column was read as codes."""
    known = coded(value)
    if known is None:
        return [empty if text is None else change(text) for text in texts(value).tolist()]
    table = [*map(change, known.levels), empty]
    return [table[code] for code in known.codes.tolist()]


def as_character(arguments: Arguments) -> Value:
    """as.character(x): level names, numbers with up to 15 digits."""
    value = arguments.value("x")
    return _text(texts(value), is_many(value))


def count_characters(arguments: Arguments) -> Value:
    """nchar(x): the number of characters."""
    value = arguments.value("x")
    if isinstance(value, Factor):
        raise arguments.refuse("nchar needs text; write nchar(as.character(…)) for a factor")
    return Numbers(np.array(_mapped(value, len, np.nan), dtype=float))


def substring(arguments: Arguments) -> Value:
    """substr(x, start, stop): characters from `start` to `stop`, counted from 1."""
    value = arguments.value("x")
    start, stop = (arguments.numeric(name) for name in ("start", "stop"))
    if start.values.ndim != 1 or stop.values.ndim != 1:
        raise arguments.refuse("'start' and 'stop' must be numbers, not matrices")
    many = meet((value, start, stop), arguments.refuse)
    if length(start) == length(stop) == 1 and np.isfinite([start.values[0], stop.values[0]]).all():
        low, high = (int(min(max(side.values[0], 0), 2**31)) for side in (start, stop))
        return _text(_objects(_mapped(value, lambda text: text[max(low - 1, 0) : high], None)), many)
    rows = max(length(value), length(start), length(stop))
    listed = np.broadcast_to(texts(value), rows).tolist()
    first, last = (np.broadcast_to(side.values, rows) for side in (start, stop))
    absent = np.isnan(first) | np.isnan(last)
    begin = np.clip(np.where(absent, 0, first), 1, 2**31).astype(int).tolist()
    end = np.clip(np.where(absent, 0, last), 0, 2**31).astype(int).tolist()
    gone = absent.tolist()
    cut = [
        None if text is None or gone[row] else text[begin[row] - 1 : max(begin[row] - 1, end[row])]
        for row, text in enumerate(listed)
    ]
    return _text(_objects(cut), many)


def change_case(change: Callable[[str], str]) -> Callable[[Arguments], Value]:
    """A table entry for tolower or toupper."""

    def apply(arguments: Arguments) -> Value:
        value = arguments.value("x")
        return _text(_objects(_mapped(value, change, None)), is_many(value))

    return apply


def paste(default: str) -> Callable[[Arguments], Value]:
    """A table entry for paste or paste0: strings joined row by row; NA reads "NA", as in R."""

    def apply(arguments: Arguments) -> Value:
        if arguments.has("collapse"):
            raise arguments.refuse("'collapse' joins rows, which a formula cannot")
        separator = arguments.string("sep", default)
        values = [arguments.evaluate(node) for _, node in arguments.dots]
        if not values:
            raise arguments.refuse("no arguments")
        many = meet(values, arguments.refuse)
        rows = max(length(value) for value in values) if all(length(value) for value in values) else 0
        parts = [
            ["NA" if text is None else text for text in np.broadcast_to(texts(value), rows).tolist()]
            for value in values
        ]
        widest = sum(max(map(len, part), default=0) for part in parts) + len(separator) * (len(parts) - 1)
        if widest > MOST_CHARACTERS:
            raise arguments.refuse(f"strings of more than {MOST_CHARACTERS} characters")
        return _text(_objects([separator.join(row) for row in zip(*parts, strict=True)]), many)

    return apply
