"""Expressions of the formula language in SQL: one writer, and a table of functions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from rglm.errors import FitError
from rglm.formula.arguments import Scope, match
from rglm.formula.deparse import deparse
from rglm.formula.evaluate import finish, fixed, gather, learners
from rglm.formula.factors import Coding
from rglm.formula.functions import find
from rglm.formula.grammar import children, names_in
from rglm.formula.tree import Binary, Call, Name, Node, Paren, Unary
from rglm.formula.values import Logical as LogicalValues
from rglm.formula.values import Numbers as NumberValues
from rglm.formula.vectors import texts
from rglm.models.sql.dialects import Dialect
from rglm.models.sql.values import (
    Constants,
    Levels,
    Numbers,
    Strings,
    Truth,
    Value,
    any_of,
    case,
)

COMPARISONS = {"==": "=", "!=": "<>", "<": "<", ">": ">", "<=": "<=", ">=": ">="}


def cannot(node: Node, why: str) -> FitError:
    """The refusal of a term, by name."""
    return FitError(
        f"to_sql() cannot write {deparse(node)}: {why}. Score it with predict(), or make it a column of the "
        "table and fit with that."
    )


@dataclass(frozen=True)
class Writer:
    """Writes expressions.

    dialect   of SQL
    kinds     columns of the data and what each holds: "numeric", "logical" or "text"
    env       the caller's constants
    learned   what calls of the formula learned
    """

    dialect: Dialect
    kinds: Mapping[str, str]
    env: Mapping[str, Any] = field(default_factory=dict)
    learned: Mapping[Node, object] = field(default_factory=dict)

    # ---- by what is needed -------------------------------------------------------------------------

    def numbers(self, node: Node) -> tuple[str, ...]:
        """Columns of doubles."""
        return self.as_numbers(self.value(node), node)

    def number(self, node: Node) -> str:
        """One double."""
        columns = self.numbers(node)
        if len(columns) != 1:
            raise cannot(node, "a matrix stands where one number a row is needed")
        return columns[0]

    def as_numbers(self, value: Value, node: Node) -> tuple[str, ...]:
        """A value as doubles; a condition counts 0 and 1."""
        if isinstance(value, Numbers):
            return value.columns
        if isinstance(value, Truth):
            one, zero = self.dialect.number(1.0), self.dialect.number(0.0)
            return (case([(value.text, one), (f"NOT {value.text}", zero)]),)
        if isinstance(value, Constants) and len(value.values) == 1 and not isinstance(value.values[0], str):
            return (self.dialect.number(float(value.values[0])),)
        raise cannot(node, "text stands where numbers are needed")

    def truth(self, node: Node) -> str:
        """A condition; a number holds where it is not zero."""
        value = self.value(node)
        return value.text if isinstance(value, Truth) else f"({self.as_numbers(value, node)[0]} <> 0)"

    def text(self, node: Node) -> str:
        """A string; NULL where missing."""
        value = self.value(node)
        if isinstance(value, Strings):
            return value.text
        if isinstance(value, Levels):
            pairs = zip(value.conditions, map(self.dialect.string, value.levels), strict=True)
            return case(list(pairs))
        if isinstance(value, Constants) and len(value.values) == 1 and isinstance(value.values[0], str):
            return self.dialect.string(value.values[0])
        raise cannot(node, "numbers are turned into text")

    def conditions(self, node: Node, levels: Sequence[str]) -> tuple[str, ...]:
        """For each level the condition that a row is of it."""
        value = self.value(node)
        if isinstance(value, Levels):
            known = dict(zip(value.levels, value.conditions, strict=True))
            return tuple(known.get(level, any_of(())) for level in levels)
        if isinstance(value, Strings):
            return tuple(f"{value.text} = {self.dialect.string(level)}" for level in levels)
        if isinstance(value, Truth):
            known = {"TRUE": value.text, "FALSE": f"NOT {value.text}"}
            return tuple(known.get(level, any_of(())) for level in levels)
        x = self.as_numbers(value, node)[0]
        return tuple(self._equals(x, level) for level in levels)

    def _equals(self, x: str, level: str) -> str:
        """The condition that a number has this label."""
        try:
            return f"{x} = {self.dialect.number(float(level))}"
        except ValueError:  # a level that numbers cannot have
            return any_of(())

    def constant(self, node: Node) -> Constants:
        """A value written in the formula, or from `env`."""
        value = fixed(node, self.env)
        if isinstance(value, NumberValues | LogicalValues):
            return Constants(tuple(float(each) for each in np.ravel(value.values, order="F")))
        return Constants(tuple(str(each) for each in texts(value).tolist() if each is not None))

    def floats(self, node: Node) -> tuple[float, ...]:
        """Constant numbers."""
        values = self.constant(node).values
        return tuple(float(each) for each in values)

    # ---- by what is written ------------------------------------------------------------------------

    def value(self, node: Node) -> Value:
        """What an expression is in SQL; FitError where SQL cannot say it."""
        if isinstance(node, Name) and node.id in self.kinds:
            return self._column(node.id)
        if self._is_constant(node):
            return self.constant(node)
        if isinstance(node, Paren):
            return self.value(node.inner)
        if isinstance(node, Unary):
            return self._unary(node)
        if isinstance(node, Binary):
            return self._binary(node)
        if isinstance(node, Call):
            return self._call(node)
        raise cannot(node, "it is not one value a row")

    def _column(self, name: str) -> Value:
        kind = self.kinds[name]
        text = self.dialect.of_column(name, kind)
        return Numbers((text,)) if kind == "numeric" else Truth(text) if kind == "logical" else Strings(text)

    def _is_constant(self, node: Node) -> bool:
        return not (names_in(node) & self.kinds.keys()) and not learners(node) and not _user_calls(node)

    def _unary(self, node: Unary) -> Value:
        if node.op == "!":
            return Truth(f"(NOT {self.truth(node.operand)})")
        columns = self.numbers(node.operand)
        return Numbers(tuple(f"(- {each})" if node.op == "-" else each for each in columns))

    def _binary(self, node: Binary) -> Value:
        if node.op in COMPARISONS:
            return self._compare(node)
        if node.op in ("&", "|"):
            word = "AND" if node.op == "&" else "OR"
            return Truth(f"({self.truth(node.left)} {word} {self.truth(node.right)})")
        if node.op == "%in%":
            return self._member(node)
        if node.op in ARITHMETIC:
            return self.each(
                node, [node.left, node.right], lambda x, y: ARITHMETIC[node.op](self, node, x, y)
            )
        raise cannot(node, f"the operator {node.op} has no counterpart")

    def each(self, node: Node, arguments: Sequence[Node], write: Callable[..., str]) -> Numbers:
        """A function of numbers, column by column; a single column goes with every column of a matrix."""
        columns = [self.numbers(argument) for argument in arguments]
        width = max(map(len, columns))
        if any(len(each) not in (1, width) for each in columns):
            raise cannot(node, "matrices of different widths meet")
        return Numbers(tuple(write(*(each[j % len(each)] for each in columns)) for j in range(width)))

    def _compare(self, node: Binary) -> Value:
        left, right = self.value(node.left), self.value(node.right)
        op = COMPARISONS[node.op]
        order = self.learned.get(node)
        if isinstance(order, Coding):
            return self._compare_order(node, order.levels)
        numeric = [not isinstance(side, Strings | Levels) and not _is_text(side) for side in (left, right)]
        if all(numeric):
            return Truth(f"({self.number(node.left)} {op} {self.number(node.right)})")
        if node.op not in ("==", "!="):
            raise cannot(node, "it compares text by order, which databases do in different ways")
        return Truth(f"({self.text(node.left)} {op} {self.text(node.right)})")

    def _compare_order(self, node: Binary, order: tuple[str, ...]) -> Value:
        """`o >= "mid"`: the levels for which it holds, and those for which it does not."""
        flipped = _is_text(self.value(node.left))
        side, other = (node.right, node.left) if flipped else (node.left, node.right)
        label = str(self.constant(other).values[0])
        if label not in order:
            return Truth("(NULL = 1)")
        ranks = np.arange(len(order)) - order.index(label)
        holds = {"<": ranks < 0, ">": ranks > 0, "<=": ranks <= 0, ">=": ranks >= 0}[node.op]
        if flipped:
            holds = {"<": ranks > 0, ">": ranks < 0, "<=": ranks >= 0, ">=": ranks <= 0}[node.op]
        conditions = self.conditions(side, order)
        true = any_of([each for each, held in zip(conditions, holds, strict=True) if held])
        false = any_of([each for each, held in zip(conditions, holds, strict=True) if not held])
        return Truth(case([(true, "TRUE"), (false, "FALSE")]))

    def _member(self, node: Binary) -> Value:
        """`a %in% c("p", "q")`: never NULL."""
        wanted = self.constant(node.right).values
        left = self.value(node.left)
        if isinstance(left, Numbers | Truth) and not any(isinstance(each, str) for each in wanted):
            x = self.as_numbers(left, node.left)[0]
            listed = ", ".join(self.dialect.number(float(each)) for each in wanted)
        else:
            x = self.text(node.left)
            listed = ", ".join(self.dialect.string(str(each)) for each in wanted)
        return Truth(f"({x} IS NOT NULL AND {x} IN ({listed}))")

    def _call(self, node: Call) -> Value:
        from rglm.models.sql.functions import FUNCTIONS

        entry = find(node.function)
        bare = node.function.rpartition("::")[2]
        if entry is None:
            raise cannot(node, f"'{node.function}' is a function from env=")
        write = FUNCTIONS.get(bare)
        if write is None:
            raise cannot(node, f"{bare}() has no counterpart that gives the same values")
        nodes, dots = match(node, entry.formals)
        return write(Given(self, node, nodes, tuple(each for _, each in dots)))

    def parameters(self, node: Call) -> object:
        """What a call learned; where it learns nothing from data, what its arguments say."""
        if node in self.learned:
            return self.learned[node]
        empty = {name: NumberValues(np.empty(0)) for name in names_in(node) & self.kinds.keys()}
        return finish(node, gather(node, Scope(empty, 0, self.env, self.learned)))


@dataclass(frozen=True)
class Given:
    """The arguments of one call."""

    writer: Writer
    call: Call
    nodes: Mapping[str, Node]
    dots: tuple[Node, ...]

    @property
    def learned(self) -> Any:
        """What the call learned."""
        return self.writer.parameters(self.call)

    def cannot(self, why: str) -> FitError:
        """The refusal of this call."""
        return cannot(self.call, why)


def _user_calls(node: Node) -> bool:
    """Whether an expression calls a function that is not in the table."""
    if isinstance(node, Call) and find(node.function) is None:
        return True
    return any(map(_user_calls, children(node)))


def _is_text(value: Value) -> bool:
    return isinstance(value, Constants) and any(isinstance(each, str) for each in value.values)


# ---- arithmetic ------------------------------------------------------------------------------------


def divided(x: str, y: str) -> str:
    """x / y; NULL where y is 0, where some databases stop."""
    return f"({x} / NULLIF({y}, 0))"


def _power(writer: Writer, node: Binary, x: str, y: str) -> str:
    """x^y; NULL where it is no number, where some databases stop."""
    if writer._is_constant(node.right):
        exponent = writer.floats(node.right)[0]
        whole, positive = exponent == np.floor(exponent), exponent > 0
        if whole and positive:
            return f"power({x}, {y})"
        holds = f"{x} <> 0" if whole else f"{x} >= 0" if positive else f"{x} > 0"
        return case([(holds, f"power({x}, {y})")])
    holds = f"{x} > 0 OR ({x} = 0 AND {y} >= 0) OR ({x} < 0 AND {y} = floor({y}))"
    return case([(holds, f"power({x}, {y})")])


def remainder(writer: Writer, node: Node, x: str, y: str) -> str:
    """R's %%: the remainder has the divisor's sign."""
    write = writer.dialect.functions.get("remainder")
    if write is None:
        raise cannot(node, f"{writer.dialect.name} has no remainder of doubles")
    rest, y = write(x, f"NULLIF({y}, 0)"), f"NULLIF({y}, 0)"
    return case([(f"{rest} <> 0 AND ({rest} < 0) <> ({y} < 0)", f"({rest} + {y})")], rest)


def _quotient(writer: Writer, node: Binary, x: str, y: str) -> str:
    return divided(f"({x} - {remainder(writer, node, x, y)})", y)


ARITHMETIC: dict[str, Callable[[Writer, Binary, str, str], str]] = {
    "+": lambda writer, node, x, y: f"({x} + {y})",
    "-": lambda writer, node, x, y: f"({x} - {y})",
    "*": lambda writer, node, x, y: f"({x} * {y})",
    "/": lambda writer, node, x, y: divided(x, y),
    "^": _power,
    "**": _power,
    "%%": remainder,
    "%/%": _quotient,
}
