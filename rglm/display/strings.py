"""Strings on a terminal: how wide they are, how they are padded, what is escaped."""

from __future__ import annotations

import unicodedata


def display_width(text: str) -> int:
    """Columns a string takes on a terminal: two for East Asian wide characters, none for marks."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text
    )


def pad(text: str, width: int, justify: str) -> str:
    """`text` padded with blanks to a display width."""
    blanks = " " * (width - display_width(text))
    return blanks + text if justify == "right" else text + blanks


def visible(name: str) -> str:
    """A name with control characters and backslashes escaped, as R prints names."""
    if name.isprintable() and "\\" not in name:
        return name
    return "".join(_ESCAPES.get(c) or (c if c.isprintable() else _code(c)) for c in name)


_ESCAPES = {
    "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r",
    "\a": "\\a", "\b": "\\b", "\f": "\\f", "\v": "\\v",
}  # fmt: skip


def _code(c: str) -> str:
    return f"\\{ord(c):03o}" if ord(c) < 128 else f"\\u{ord(c):04x}"
