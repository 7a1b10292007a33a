"""The arguments of a model call, kept so that `update` can make the call again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from rglm.errors import FitError, did_you_mean
from rglm.families.family import Family
from rglm.fitting.control import Control
from rglm.formula.grammar import names_in, parse_expression
from rglm.formula.tree import Formula, Name, Node

EXTRAS = ("weights", "freq_weights", "offset", "exposure")
"""Arguments that give one number a row."""

NA_ACTIONS = ("omit", "exclude", "fail")
METHODS = ("auto", "qr")


@dataclass(frozen=True)
class Arguments:
    """What `glm()` or `lm()` was called with; the meaning of each is in their docstrings."""

    formula: Formula
    data: Any
    family: Family
    weights: Any = None
    freq_weights: Any = None
    offset: Any = None
    exposure: Any = None
    subset: Any = None
    na_action: str = "omit"
    contrasts: Mapping[str, Any] | None = None
    success: str | None = None
    start: Any = None
    method: str = "auto"
    control: Control = Control()
    env: Mapping[str, Any] | None = None

    def extras(self, columns: tuple[str, ...]) -> dict[str, Any]:
        """Each row-wise argument given: an expression node for a string, else the array itself."""
        given = ((name, getattr(self, name)) for name in EXTRAS)
        return {
            name: column_or_expression(value, columns) if isinstance(value, str) else value
            for name, value in given
            if value is not None
        }

    def extra_names(self, columns: tuple[str, ...]) -> frozenset[str]:
        """Columns used as weights, offset or exposure: `.` leaves them out."""
        texts = (value for name in EXTRAS if isinstance(value := getattr(self, name), str))
        return frozenset().union(*(names_in(column_or_expression(text, columns)) for text in texts))

    def changed(self, changes: Mapping[str, Any]) -> Arguments:
        """These arguments with some replaced; FitError for a name that is not one of them."""
        known = [field.name for field in fields(self)]
        for name in changes:
            if name not in known:
                raise FitError(f"update() has no argument '{name}'. {did_you_mean(name, known)}")
        return replace(self, **changes)


def column_or_expression(text: str, columns: tuple[str, ...]) -> Node:
    """The column called `text`, or else `text` parsed as an expression."""
    return Name(text) if text in columns else parse_expression(text)
