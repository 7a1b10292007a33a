"""How the arguments of a call meet a function's formal names, and how a function reads them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np

from rglm.errors import FormulaError, FormulaWarning, did_you_mean, some, warn
from rglm.formula.deparse import number_text
from rglm.formula.tree import Call, Constant, Node
from rglm.formula.values import Floats, Logical, Numbers, Text, Value
from rglm.formula.vectors import Refuse, is_many, kind, length, texts

DOTS = "..."


@dataclass(slots=True)
class Scope:
    """Where names are looked up: the columns of some rows, the caller's `env`, and what was learned.

    columns   name → Value, every value one a row; a lazy mapping is welcome
    n         number of rows
    env       the caller's functions and constants (`env={"f": f, "cap": 10.0}`)
    learned   node → parameters, as `finish` gave them
    warned    texts already warned about; pass one set along so that a text is said once
    """

    columns: Mapping[str, Value]
    n: int
    env: Mapping[str, object] = field(default_factory=dict)
    learned: Mapping[Node, object] = field(default_factory=dict)
    warned: set[str] = field(default_factory=set)

    def warn(self, text: str) -> None:
        """Give a FormulaWarning, once a scope."""
        if text not in self.warned:
            self.warned.add(text)
            warn(text, FormulaWarning)


def deparsed(node: Node) -> str:
    """The text of a node, cut where it is long: for messages."""
    from rglm.formula.grammar import deparse

    text = deparse(node)
    return text if len(text) <= 80 else f"{text[:77]}…"


@lru_cache(maxsize=4096)
def match(
    call: Call, formals: tuple[str, ...]
) -> tuple[dict[str, Node], tuple[tuple[str | None, Node], ...]]:
    """R's matching: exact names, then unique beginnings of names, then position; the rest goes to `...`."""
    free = [name for name in formals if name != DOTS]
    beginnings = set(formals[: formals.index(DOTS)] if DOTS in formals else formals)
    bound: dict[str, Node] = {}
    rest: list[tuple[str | None, Node]] = []
    for name, node in zip(call.names, call.arguments, strict=True):
        full = name if name in free else None
        if name and full is None:
            starts = [formal for formal in free if formal in beginnings and formal.startswith(name)]
            full = starts[0] if len(starts) == 1 else None
        if full is None:
            rest.append((name, node))
        elif full in bound:
            raise FormulaError(f"{deparsed(call)}: the argument '{full}' is given twice.")
        else:
            bound[full] = node
    return _by_position(call, formals, bound, rest)


def _by_position(
    call: Call, formals: tuple[str, ...], bound: dict[str, Node], rest: list[tuple[str | None, Node]]
) -> tuple[dict[str, Node], tuple[tuple[str | None, Node], ...]]:
    waiting = [name for name in formals if name not in bound]
    dots: list[tuple[str | None, Node]] = []
    for name, node in rest:
        if name is None and waiting and waiting[0] != DOTS:
            bound[waiting.pop(0)] = node
        elif DOTS in formals:
            dots.append((name, node))
        elif name is not None:
            hint = did_you_mean(name, [formal for formal in formals if formal != DOTS])
            raise FormulaError(f"{deparsed(call)}: '{call.function}' has no argument '{name}'. {hint}")
        else:
            raise FormulaError(
                f"{deparsed(call)}: too many arguments; '{call.function}' takes {some(formals) or 'none'}."
            )
    return bound, tuple(dots)


class Arguments:
    """The arguments of one call, evaluated when they are asked for."""

    __slots__ = ("_evaluate", "call", "dots", "nodes", "scope")

    def __init__(
        self, call: Call, formals: tuple[str, ...], scope: Scope, evaluate: Callable[[Node, Scope], Value]
    ) -> None:
        self.call = call
        self.nodes, self.dots = match(call, formals)
        self.scope = scope
        self._evaluate = evaluate

    def refuse(self, message: str) -> FormulaError:
        """The error to raise, naming the call."""
        return FormulaError(f"{deparsed(self.call)}: {message}.")

    def has(self, name: str) -> bool:
        """Whether an argument is given, and not as NULL."""
        node = self.nodes.get(name)
        return node is not None and not (isinstance(node, Constant) and node.name in ("NULL", "None"))

    def evaluate(self, node: Node) -> Value:
        """Any node in this call's scope."""
        return self._evaluate(node, self.scope)

    def is_constant(self, node: Node) -> bool:
        """Whether a node reads no column."""
        from rglm.formula.grammar import names_in

        return not any(name in self.scope.columns for name in names_in(node))

    def value(self, name: str) -> Value:
        """A required argument."""
        if name not in self.nodes:
            raise self.refuse(f"the argument '{name}' is missing")
        return self._evaluate(self.nodes[name], self.scope)

    def numeric(self, name: str) -> Numbers:
        """A required argument as numbers; a logical counts 0 and 1."""
        value = self.value(name)
        return value if isinstance(value, Numbers) else numeric(value, self.nodes[name], self.refuse)

    def _constant(self, name: str, expected: str) -> Value:
        value = self.value(name)
        if length(value) != 1 or (isinstance(value, Numbers) and value.values.size != 1):
            raise self.refuse(f"'{name}' must be {expected}, not {length(value)} values")
        return value

    def flag(self, name: str, default: bool) -> bool:
        """TRUE or FALSE."""
        if not self.has(name):
            return default
        value = self._constant(name, "TRUE or FALSE")
        if isinstance(value, Logical | Numbers) and not np.isnan(value.values).any():
            return bool(value.values.flat[0])
        raise self.refuse(f"'{name}' must be TRUE or FALSE, not {_shown(value)}")

    def number(self, name: str, default: float) -> float:
        """One finite number."""
        if not self.has(name):
            return default
        value = self._constant(name, "one number")
        if isinstance(value, Logical | Numbers) and np.isfinite(value.values).all():
            return float(value.values.flat[0])
        raise self.refuse(f"'{name}' must be one number, not {_shown(value)}")

    def count(self, name: str, default: int, low: int, high: int) -> int:
        """One whole number from low to high."""
        if not self.has(name):
            return default
        number = self.number(name, default)
        if number != int(number) or not low <= number <= high:
            raise self.refuse(
                f"'{name}' must be a whole number from {low} to {high}, not {number_text(number)}"
            )
        return int(number)

    def string(self, name: str, default: str) -> str:
        """One string."""
        if not self.has(name):
            return default
        value = self._constant(name, "one string")
        if not isinstance(value, Text) or value.values[0] is None:
            raise self.refuse(f"'{name}' must be one string, not {_shown(value)}")
        return str(value.values[0])

    def numbers(self, name: str) -> Floats | None:
        """A constant vector of numbers (m,), or None when not given."""
        if not self.has(name):
            return None
        value = self.value(name)
        if not isinstance(value, Numbers) or value.values.ndim != 1 or not _is_constant(value):
            raise self.refuse(
                f"'{name}' must be constant numbers, such as c(1, 2, 3), not {kind(value)} data"
            )
        if np.isnan(value.values).any():
            raise self.refuse(f"'{name}' must not hold NA")
        return value.values

    def strings(self, name: str) -> tuple[str, ...] | None:
        """A constant vector as strings (m,), or None when not given."""
        if not self.has(name):
            return None
        value = self.value(name)
        if not _is_constant(value):
            raise self.refuse(
                f"'{name}' must be a constant vector, such as c('a', 'b'), not {kind(value)} data"
            )
        return tuple("NA" if text is None else text for text in texts(value).tolist())


def _is_constant(value: Value) -> bool:
    return is_many(value) or length(value) == 1


def _shown(value: Value) -> str:
    return repr(texts(value).tolist()[0])


def numeric(value: Value, node: Node, refuse: Refuse) -> Numbers:
    """A value as numbers, or a refusal that says what it is and what to write."""
    if isinstance(value, Numbers):
        return value
    if isinstance(value, Logical):
        return Numbers(value.values)
    shown = deparsed(node)
    remedy = (
        "convert it with as.numeric() if it holds numbers"
        if isinstance(value, Text)
        else f"use the factor itself as a term, or as.numeric({shown}) for its codes"
    )
    raise refuse(f"numbers are expected, but '{shown}' is {kind(value)}; {remedy}")
