"""Strings on a terminal: how wide they are, how they are padded, what is escaped."""

from __future__ import annotations

import unicodedata


def display_width(text: str) -> int:
    """Columns a string takes on a terminal: two for East Asian wide characters, none for marks."""
    return len(text) if text.isascii() else sum(map(_columns, text))


def pad(text: str, width: int, justify: str) -> str:
    """`text` padded with blanks to a display width."""
    blanks = " " * (width - display_width(text))
    return blanks + text if justify == "right" else text + blanks


def visible(name: str) -> str:
    """A name with backslashes, control characters and writing-direction overrides escaped, as R's print."""
    if name.isprintable() and "\\" not in name:
        return name
    return "".join(_ESCAPES.get(c) or (_code(c) if _controls(c) else c) for c in name)


_ESCAPES = {
    "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r",
    "\a": "\\a", "\b": "\\b", "\f": "\\f", "\v": "\\v",
}  # fmt: skip


def _columns(c: str) -> int:
    if unicodedata.combining(c) or unicodedata.category(c) == "Cf":
        return 0
    return 2 if unicodedata.east_asian_width(c) in "WF" else 1


def _controls(c: str) -> bool:
    """Whether a character acts on the terminal or reverses the text around it."""
    return (
        unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp")
        or "\u202a" <= c <= "\u202e"
        or "\u2066" <= c <= "\u2069"
    )


def _code(c: str) -> str:
    return f"\\{ord(c):03o}" if ord(c) < 128 else f"\\u{ord(c):04x}"
