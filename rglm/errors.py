"""How every refusal sounds: the exception tree, nearest known names, caret messages.

One voice: what was expected, what came (value, shape, count, first rows), the known names
nearest to it, what to do.  Everything here is raised at the border, before fitting starts.
"""

from __future__ import annotations

import difflib
import sys
import warnings
from collections.abc import Container, Iterable, Sequence
from numbers import Real


class RglmError(Exception):
    """Base of every error this package raises on purpose."""


class FormulaError(RglmError, ValueError):
    """The formula text cannot be read, or R would refuse it."""


class DataError(RglmError, ValueError):
    """The data do not hold what the formula or an argument asks for."""


class FamilyError(RglmError, ValueError):
    """The family or link is unknown, or the response is outside the family's domain."""


class FitError(RglmError, ValueError):
    """The fit, or a verb on a fitted model, cannot give an answer."""


class RglmWarning(UserWarning):
    """Base of every warning this package gives."""


class ConvergenceWarning(RglmWarning):
    """The iteration stopped before its criterion was met."""


class SeparationWarning(RglmWarning):
    """Some estimates run to infinity: a term or level predicts the response perfectly."""


class RankWarning(RglmWarning):
    """Some coefficients, or some predictions, are not determined by the data."""


class FormulaWarning(RglmWarning):
    """The formula is legal but is likely not to mean what it seems to say."""


def warn(message: str, category: type[Warning] = RglmWarning) -> None:
    """One warning, attributed to the caller's line outside this package."""
    frame, level = sys._getframe(1), 2
    while frame.f_back is not None and _is_ours(frame.f_globals.get("__name__", "")):
        frame, level = frame.f_back, level + 1
    warnings.warn(message, category, stacklevel=level)


def _is_ours(module: str) -> bool:
    return module.partition(".")[0] in ("rglm", "functools")  # cached properties stand between our frames


def nearest(name: object, known: Iterable[str], most: int = 3) -> list[str]:
    """The known names most like `name`, best first; case is ignored."""
    by_folded: dict[str, str] = {}
    for candidate in known:
        by_folded.setdefault(candidate.casefold(), candidate)
    close = difflib.get_close_matches(str(name).casefold(), by_folded, n=most, cutoff=0.6)
    return [by_folded[folded] for folded in close]


def did_you_mean(name: object, known: Iterable[str]) -> str:
    """A sentence naming the nearest known names, or listing what is known; empty when nothing is."""
    listed = list(known)
    close = nearest(name, listed)
    if close:
        return f"Did you mean {either(close)}?"
    return f"Known names: {some(listed)}." if listed else ""


def perhaps(name: object, known: Iterable[str]) -> str:
    """`Did you mean 'a'? ` where something is near, else nothing: for texts that list what is known."""
    close = nearest(name, known)
    return f"Did you mean {either(close)}? " if close else ""


def either(names: Sequence[str]) -> str:
    """`'a'`, `'a' or 'b'`, `'a', 'b' or 'c'`."""
    quoted = [f"'{name}'" for name in names]
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} or {quoted[-1]}"


def some(items: Iterable[object], most: int = 8) -> str:
    """The first items, comma separated, and how many more there are."""
    listed = list(items)
    shown = ", ".join(str(item) for item in listed[:most])
    return shown if len(listed) <= most else f"{shown}, … ({len(listed) - most} more)"


def choose(what: str, value: object, known: Sequence[str]) -> str:
    """Refusal text for an argument outside its fixed list of choices."""
    return f"{what} {shown(value)} is not known. {perhaps(value, known)}Choose {either(known)}."


def shown(value: object) -> str:
    """A value as it was typed where that is short: text, a number, None; what it is otherwise."""
    return repr(value) if isinstance(value, str | int | float | None) else described(value)


def among(value: object, known: Container[object]) -> bool:
    """Whether an argument is one of the texts or numbers known; an array or a frame is none of them."""
    return isinstance(value, str | int) and value in known


def is_number(value: object) -> bool:
    """Whether an argument is one real number, Python's or NumPy's."""
    return isinstance(value, Real)


def is_text(value: object) -> bool:
    """Whether an argument is text."""
    return isinstance(value, str)


def is_list(value: object) -> bool:
    """Whether an argument is a list or tuple."""
    return isinstance(value, list | tuple)


def described(value: object) -> str:
    """What came instead, for messages: `'a.csv' (a str)`, `a list of 3`, `an ndarray of shape (3, 2)`."""
    if isinstance(value, type):
        return f"the class {value.__name__}"
    kind = type(value).__name__
    noun = f"{'an' if kind.lower().startswith(('a', 'e', 'i', 'o', 'u', 'nd')) else 'a'} {kind}"
    if value is None:
        return "None"
    if isinstance(value, str | bytes | int | float | complex):
        shown = repr(value)
        return f"{shown if len(shown) <= 60 else shown[:57] + '…'} ({noun})"
    shape = getattr(value, "shape", None)
    if isinstance(shape, tuple):
        return f"{noun} of shape {shape}"
    return f"{noun} of {len(value)}" if isinstance(value, list | tuple | dict | set) else noun


def caret(text: str, position: int, message: str, length: int = 1) -> str:
    """`message`, then the line of `text` that holds `position` with a caret under it."""
    position = max(0, min(position, len(text)))
    start = text.rfind("\n", 0, position) + 1
    end = text.find("\n", position)
    line = text[start : end if end >= 0 else len(text)]
    column = position - start
    first = max(0, column - 60)  # a stranger's megabyte line is not echoed whole
    shown = line[first : column + 60]
    return f"{message}\n  {shown}\n  {' ' * (column - first)}{'^' * max(1, min(length, len(shown)))}"
