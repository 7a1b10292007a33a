"""Operators: arithmetic, comparison, logic, `%in%`, ranges."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any, cast

import numpy as np

from rglm.errors import FormulaError, did_you_mean
from rglm.formula.arguments import deparsed, numeric
from rglm.formula.tree import Binary, Node, Unary
from rglm.formula.values import Factor, Floats, Logical, Numbers, Text, Value
from rglm.formula.vectors import (
    MOST_CONSTANTS,
    ManyNumbers,
    Objects,
    Refuse,
    coded,
    factor,
    is_many,
    kind,
    length,
    level_of,
    made,
    meet,
    texts,
)


def refusal(node: Node) -> Refuse:
    """A maker of errors that name the node."""
    return lambda message: FormulaError(f"{deparsed(node)}: {message}.")


# Arithmetic


def modulo(x: Floats, y: Floats) -> Floats:
    """R's %%: the remainder has the divisor's sign."""
    return cast(Floats, np.mod(x, y))


def quotient(x: Floats, y: Floats) -> Floats:
    """R's %/%: the quotient rounded down."""
    return cast(Floats, np.floor_divide(x, y))


ARITHMETIC: dict[str, Callable[[Any, Any], Any]] = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "/": np.divide,
    "^": np.power,
    "**": np.power,
    "%%": modulo,
    "%/%": quotient,
}


def arithmetic(node: Binary, left: Value, right: Value) -> Value:
    """`x + z` and its like, on numbers and logicals, row by row."""
    refuse = refusal(node)
    a = left if isinstance(left, Numbers) else numeric(left, node.left, refuse)
    b = right if isinstance(right, Numbers) else numeric(right, node.right, refuse)
    many = meet((a, b), refuse)
    x, y = a.values, b.values
    if x.ndim != 1 or y.ndim != 1:
        x, y = level_of((x, y), refuse)
    return made(ARITHMETIC[node.op](x, y), many, a, b)


def sign_of(node: Unary, value: Value) -> Value:
    """`-x` and `+x`."""
    number = numeric(value, node.operand, refusal(node))
    return made(-number.values if node.op == "-" else number.values, is_many(value), number)


# Comparison

COMPARISONS: dict[str, Callable[[Any, Any], Any]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    ">": operator.gt,
    "<=": operator.le,
    ">=": operator.ge,
}


def compare(node: Binary, left: Value, right: Value, order: tuple[str, ...] | None) -> Value:
    """`x > 5`, `a == "p"`, `o >= "mid"`: three-valued, on numbers, strings and factor levels.

    `order` is the learned level order where an ordered factor meets a string.
    """
    refuse = refusal(node)
    meet((left, right), refuse)
    op = COMPARISONS[node.op]
    if isinstance(left, Numbers | Logical) and isinstance(right, Numbers | Logical):
        x, y = level_of((left.values, right.values), refuse)
        return _truth(op(x, y), np.isnan(x) | np.isnan(y), node)
    if node.op not in ("==", "!="):
        return _compare_order(node, left, right, order)
    for side, other in ((left, right), (right, left)):
        known = coded(side)
        if known is not None and length(other) == 1 and coded(other) is None:
            label = texts(other)[0]
            code = known.levels.index(label) if label in known.levels else -2
            return _truth(op(known.codes, code), (known.codes < 0) | (label is None), node)
    a, b = texts(left), texts(right)
    return _truth(op(a, b).astype(bool), absent_texts(a) | absent_texts(b), node)


def _compare_order(node: Binary, left: Value, right: Value, order: tuple[str, ...] | None) -> Value:
    refuse = refusal(node)
    factors = [value for value in (left, right) if isinstance(value, Factor)]
    if order is None and factors:
        if not all(value.ordered for value in factors):
            raise refuse(
                "levels of an unordered factor have no order; compare with == or %in%, or use ordered()"
            )
        order = factors[0].levels
        if any(value.levels != order for value in factors):
            raise refuse("the two ordered factors have different levels")
    op = COMPARISONS[node.op]
    if order is not None:
        ranks = {level: float(rank) for rank, level in enumerate(order)}
        x, y = (_ranks(value, ranks) for value in (left, right))
        return _truth(op(x, y), np.isnan(x) | np.isnan(y), node)
    if not (isinstance(left, Text) and isinstance(right, Text)):
        raise refuse(f"one side is {kind(left)}, the other {kind(right)}; they have no common order")
    a, b = texts(left), texts(right)
    absent = np.logical_or(absent_texts(a), absent_texts(b))
    a, b = (np.where(absent_texts(side), "", side).astype(object) for side in (a, b))
    return _truth(op(a, b).astype(bool), absent, node)


def _ranks(value: Value, ranks: dict[str, float]) -> Floats:
    coded = factor(value)
    table = np.array([ranks.get(level, np.nan) for level in coded.levels] + [np.nan])
    return cast(Floats, table[coded.codes])


def absent_texts(values: Objects) -> Any:
    """Where strings are NA."""
    return values == np.array(None, dtype=object)


def _truth(truth: Any, absent: Any, node: Node) -> Logical:
    out = np.asarray(truth, dtype=float)
    if out.ndim == 2:
        if out.shape[1] != 1:
            raise refusal(node)("a matrix cannot be a logical variable; use one column")
        out, absent = out[:, 0], np.reshape(absent, -1)
    if np.any(absent):
        out = np.where(absent, np.nan, out)
    return Logical(out)


# Logic


def truth(value: Value, node: Node, refuse: Refuse) -> Floats:
    """A value as 0, 1, NaN; a number is true where it is not zero."""
    if isinstance(value, Logical):
        return value.values
    if isinstance(value, Numbers) and value.values.ndim == 1:
        return np.where(np.isnan(value.values), np.nan, value.values != 0)
    raise refuse(f"TRUE and FALSE are expected, but '{deparsed(node)}' is {kind(value)}")


def logic(node: Binary, left: Value, right: Value) -> Value:
    """`p & q`, `p | q` with three values: FALSE & NA is FALSE, TRUE | NA is TRUE."""
    refuse = refusal(node)
    if node.op == "|" and isinstance(right, Factor | Text):
        raise refuse("this is the way mixed models write a random effect, which rglm does not fit")
    if node.op in ("&&", "||"):
        raise refuse(f"'{node.op}' looks at one value; use '{node.op[0]}' row by row")
    meet((left, right), refuse)
    p, q = truth(left, node.left, refuse), truth(right, node.right, refuse)
    absent = np.isnan(p) | np.isnan(q)
    if node.op == "&":
        return _truth((p != 0) & (q != 0), absent & (p != 0) & (q != 0), node)
    decided = (p == 1) | (q == 1)
    return _truth(decided, absent & ~decided, node)


def negate(node: Unary, value: Value) -> Value:
    """`!p`."""
    return Logical(1.0 - truth(value, node.operand, refusal(node)))


def member(node: Binary, left: Value, right: Value) -> Value:
    """`a %in% c("p", "q")`: never NA, as R."""
    refuse = refusal(node)
    if not is_many(right) and length(right) != 1:
        raise refuse("inside a call, the right side of %in% must be constants, such as c('a', 'b')")
    if isinstance(left, Numbers | Logical) and isinstance(right, Numbers | Logical):
        found = np.isin(left.values, right.values)
        return _truth(found, False, node)
    wanted = {text for text in texts(right).tolist() if text is not None}
    coded = factor(left)
    table = np.array([level in wanted for level in coded.levels] + [False], dtype=float)
    return Logical(table[coded.codes])


def span(node: Binary, left: Value, right: Value) -> Value:
    """`1:4` inside a call: a constant vector."""
    refuse = refusal(node)
    ends = []
    for side, value in ((node.left, left), (node.right, right)):
        if not isinstance(value, Numbers) or value.values.shape != (1,) or not np.isfinite(value.values[0]):
            raise refuse(
                f"inside a call ':' counts between two numbers, but '{deparsed(side)}' is {kind(value)} data;"
                " for an interaction write it outside the call, or interaction(a, b)"
            )
        ends.append(float(value.values[0]))
    first, last = ends
    steps = abs(last - first) + 1e-10
    if steps >= MOST_CONSTANTS:
        raise refuse(f"more than {MOST_CONSTANTS} numbers")
    return ManyNumbers(first + np.arange(int(steps) + 1, dtype=float) * (1.0 if last >= first else -1.0))


def unknown_operator(op: str) -> FormulaError:
    """The refusal of an operator that is not in the table."""
    known = [*ARITHMETIC, *COMPARISONS, "&", "|", "!", ":", "%in%"]
    return FormulaError(f"The operator '{op}' is not known inside a call. {did_you_mean(op, known)}")
