"""How the SQL dialects write names, text, numbers and functions."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from rglm.errors import FitError


@dataclass(frozen=True)
class Dialect:
    """One dialect.

    name        as callers give it
    quote       what stands around a name; doubled inside it
    literal     a finite float → its text
    text        a string → its literal
    column      for a column of numbers, logicals or text: quoted name → a double, a condition or a string,
                NULL where the value is missing or of another kind
    functions   SQL text of functions that differ, by R's name: argument texts → expression; None where the
                dialect has nothing that gives the same numbers
    """

    name: str
    quote: str
    literal: Callable[[float], str]
    text: Callable[[str], str]
    column: Mapping[str, Callable[[str], str]]
    functions: Mapping[str, Callable[..., str] | None] = field(default_factory=dict)

    def identifier(self, name: str) -> str:
        """A name, quoted; FitError for one that no SQL can hold."""
        if "\0" in name or not name:
            raise FitError(
                f"to_sql() cannot write the name {name!r}: SQL has no empty names and no NUL in them."
            )
        return f"{self.quote}{name.replace(self.quote, self.quote * 2)}{self.quote}"

    def string(self, value: str) -> str:
        """A string literal; FitError for one that no SQL can hold."""
        if "\0" in value:
            raise FitError(f"to_sql() cannot write the level {value!r}: SQL has no NUL in text.")
        return self.text(value)

    def number(self, value: float) -> str:
        """A number; NULL where it is not finite."""
        if not math.isfinite(value):
            return "NULL"
        return (
            f"({self.literal(value)})" if value < 0 or math.copysign(1.0, value) < 0 else self.literal(value)
        )

    def of_column(self, name: str, kind: str) -> str:
        """A column as what it holds: "numeric", "logical" or "text"."""
        return self.column[kind](self.identifier(name))


def _plain(value: str) -> str:
    return f"'{value.replace(chr(39), chr(39) * 2)}'"


def _exponent(value: float) -> str:
    """A literal that DuckDB reads as a double: without an exponent it would be a decimal."""
    text = repr(value)
    return text if "e" in text else f"{text}e0"


def _escaped(value: str) -> str:
    """PostgreSQL's string with escapes where there are backslashes: the same under every server setting."""
    if "\\" not in value:
        return _plain(value)
    return f"E{_plain(value.replace(chr(92), chr(92) * 2))}"


def _bounded_exp(x: str) -> str:
    """PostgreSQL stops the query where exp() over- or underflows."""
    return (
        f"(CASE WHEN {x} > 709.7 THEN float8 'Infinity' WHEN {x} < -745.0 THEN float8 '0' ELSE exp({x}) END)"
    )


def _rounded_in_halves(x: str) -> str:
    """The nearest whole number, halves to even."""
    return f"(CASE WHEN {x} - floor({x}) = 0.5 THEN 2.0 * floor(({x} + 1.0) / 2.0) ELSE floor({x} + 0.5) END)"


DUCKDB = Dialect(
    "duckdb",
    '"',
    _exponent,
    _plain,
    {
        # NaN equals NaN here, and is above every number
        "numeric": lambda name: f"NULLIF(CAST({name} AS DOUBLE), CAST('NaN' AS DOUBLE))",
        "logical": lambda name: f"CAST({name} AS BOOLEAN)",
        "text": lambda name: f'CAST({name} AS VARCHAR) COLLATE "C"',
    },
    {"round": lambda x: f"round_even({x}, 0)", "remainder": lambda x, y: f"fmod({x}, {y})"},
)

SQLITE = Dialect(
    "sqlite",
    "`",  # a name in double quotes that is no column would be read as text
    repr,
    _plain,
    {
        # a cast would read 0 from text
        "numeric": lambda name: (
            f"(CASE WHEN typeof({name}) IN ('integer', 'real') THEN CAST({name} AS REAL) END)"
        ),
        "logical": lambda name: f"(CASE WHEN typeof({name}) IN ('integer', 'real') THEN {name} <> 0 END)",
        "text": lambda name: f"CAST({name} AS TEXT) COLLATE BINARY",
    },
    {
        "round": _rounded_in_halves,
        "remainder": lambda x, y: f"mod({x}, {y})",
        "least": lambda *x: f"min({', '.join(x)})",
        "greatest": lambda *x: f"max({', '.join(x)})",
    },
)

POSTGRES = Dialect(
    "postgres",
    '"',
    lambda value: f"float8 '{value!r}'",
    _escaped,
    {
        "numeric": lambda name: f"NULLIF(CAST({name} AS float8), float8 'NaN')",
        "logical": lambda name: f"CAST({name} AS boolean)",
        "text": lambda name: f'CAST({name} AS text) COLLATE "C"',
    },
    {
        "exp": _bounded_exp,
        "round": lambda x: f"round({x})",
        "log2": lambda x: f"(ln({x}) / ln(float8 '2'))",
        "remainder": None,
    },
)

DIALECTS = {dialect.name: dialect for dialect in (DUCKDB, SQLITE, POSTGRES)}
