"""R's stored answers, and formulas evaluated over small frames."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rglm.formula.evaluate import Scope, evaluate, finish, gather, learn, learners
from rglm.formula.grammar import parse_expression
from rglm.formula.values import Factor, Logical, Numbers, Text, Value

STORED = Path(__file__).parents[1] / "against_r" / "transforms.json"
NUMBERS = {"NA": np.nan, "NaN": np.nan, "Inf": np.inf, "-Inf": -np.inf}


def value_of(column: Any) -> Value:
    """A list of numbers, booleans or strings as a column."""
    if isinstance(column, Value):
        return column
    if all(isinstance(item, bool) for item in column):
        return Logical(np.array(column, dtype=float))
    if all(item is None or (isinstance(item, str) and item not in NUMBERS) for item in column):
        out = np.empty(len(column), dtype=object)
        out[:] = column
        return Text(out)
    return Numbers(as_floats(column))


def as_floats(listed: Any) -> np.ndarray:
    """Numbers as stored by R, `"NA"` and `"Inf"` included."""
    return np.array([NUMBERS[item] if isinstance(item, str) else float(item) for item in listed])


def columns_of(frame: Mapping[str, Any], factors: tuple[str, ...] = ()) -> dict[str, Value]:
    """A frame; the columns named become factors with sorted levels."""
    out = {name: value_of(column) for name, column in frame.items()}
    for name in factors:
        levels = tuple(sorted(set(frame[name])))
        out[name] = Factor(np.array([levels.index(item) for item in frame[name]], dtype=np.intp), levels)
    return out


def scope_of(columns: Mapping[str, Value], **more: Any) -> Scope:
    """A scope over columns."""
    first = next(iter(columns.values()))
    return Scope(columns, len(first.codes if isinstance(first, Factor) else first.values), **more)


def run(text: str, columns: Mapping[str, Any], new: Mapping[str, Any] | None = None, **more: Any) -> Value:
    """Learn `text` from the columns, and evaluate it on them or on new ones."""
    node = parse_expression(text)
    fitted = scope_of({name: value_of(column) for name, column in columns.items()}, **more)
    learned = learn(node, fitted)
    at = fitted if new is None else scope_of({name: value_of(column) for name, column in new.items()}, **more)
    return evaluate(node, Scope(at.columns, at.n, at.env, learned))


def run_in_blocks(text: str, columns: Mapping[str, Value], size: int) -> dict[Any, object]:
    """What is learned when the rows come in blocks of `size`."""
    node = parse_expression(text)
    n = scope_of(columns).n
    blocks = [
        {name: rows_of(value, slice(start, start + size)) for name, value in columns.items()}
        for start in range(0, n, size)
    ]
    learned: dict[Any, object] = {}
    for calls in learners(node):
        found = {}
        for call in calls:
            parts = [gather(call, Scope(block, scope_of(block).n, {}, learned)) for block in blocks]
            total = parts[0]
            for part in parts[1:]:
                total = total + part
            found[call] = finish(call, total)
        learned.update(found)
    return learned


def rows_of(value: Value, rows: Any) -> Value:
    """Some rows of a value."""
    if isinstance(value, Factor):
        return Factor(value.codes[rows], value.levels, value.ordered, value.contrast)
    return type(value)(value.values[rows])


def labels_of(value: Value) -> list[str | None]:
    """A factor as its labels."""
    assert isinstance(value, Factor)
    return [None if code < 0 else value.levels[code] for code in value.codes.tolist()]


@pytest.fixture(scope="session")
def answers() -> dict[str, Any]:
    """R's stored answers."""
    return json.loads(STORED.read_text())


@pytest.fixture(scope="session")
def train(answers: dict[str, Any]) -> dict[str, Value]:
    """The rows R's transforms learned from."""
    return columns_of(answers["train"], ("a", "b"))


@pytest.fixture(scope="session")
def fresh(answers: dict[str, Any]) -> dict[str, Value]:
    """The rows R predicted."""
    return columns_of(answers["fresh"], ("a", "b"))


@pytest.fixture(scope="session")
def helpers() -> Any:
    """The functions of this file."""
    return sys.modules[__name__]
