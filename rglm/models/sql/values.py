"""What an expression of the formula language is in SQL."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True)
class Numbers:
    """Doubles, one text for each column of a matrix; NULL where missing."""

    columns: tuple[str, ...]


@dataclass(frozen=True)
class Truth:
    """A condition with three values."""

    text: str


@dataclass(frozen=True)
class Strings:
    """Text; NULL where missing."""

    text: str


@dataclass(frozen=True)
class Levels:
    """A factor: for each level the condition that a row is of it; a row of none has an unseen level."""

    levels: tuple[str, ...]
    conditions: tuple[str, ...]


@dataclass(frozen=True)
class Constants:
    """Numbers or strings written in the formula: an argument, or a value for every row."""

    values: tuple[float, ...] | tuple[str, ...]


Value: TypeAlias = Numbers | Truth | Strings | Levels | Constants


def total(texts: Sequence[str]) -> str:
    """The sum of expressions, halved again and again: databases bound how deep an expression may be."""
    if not texts:
        return ""
    if len(texts) == 1:
        return texts[0]
    middle = len(texts) // 2
    return f"({total(texts[:middle])} + {total(texts[middle:])})"


def any_of(conditions: Sequence[str]) -> str:
    """Whether one of the conditions holds."""
    if not conditions:
        return "(1 = 0)"
    if len(conditions) == 1:
        return conditions[0]
    middle = len(conditions) // 2
    return f"({any_of(conditions[:middle])} OR {any_of(conditions[middle:])})"


def case(pairs: Sequence[tuple[str, str]], otherwise: str | None = None) -> str:
    """CASE WHEN … THEN …; NULL where nothing holds."""
    if not pairs:
        return "NULL"
    last = "" if otherwise is None else f" ELSE {otherwise}"
    return f"(CASE {' '.join(f'WHEN {condition} THEN {value}' for condition, value in pairs)}{last} END)"
