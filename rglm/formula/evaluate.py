"""An expression tree and some rows → the values of the expression, through the table of allowed functions.

    scope = Scope(columns, n, env=…, learned=…)
    for calls in learners(node): ...          # one pass over the data each, innermost calls first
        params = {call: finish(call, gather(call, scope)) for call in calls}
    evaluate(node, scope)

The same `evaluate` runs at fit and at predict. Names are looked up in the columns, then in `env`, then among
`pi T F LETTERS letters`; functions in the table, then in `env`.

**Unseen levels.** A call that remembers levels (`factor`, `C`, `relevel`, `interaction`, …) returns the
learned levels first, in their order, and appends those it never saw: a code >= the number of learned levels
is an unseen level, which the caller reports. Where `levels=` was written, other values are NA, as in R.

**User functions.** A callable in `env` gets the call's arguments by position and name: float64 arrays (n,) or
(n, k) for numbers (NaN is NA), 0/1 floats for logicals, object arrays of str or None for strings and factors;
what reads no column comes as a Python float or str, or as a short array. It returns n numbers, booleans or
strings, an (n, k) array of numbers, or one scalar. It must be row-local: it may be called on blocks of rows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, Protocol

import numpy as np

from rglm.errors import FormulaError, did_you_mean
from rglm.formula import factors, operators
from rglm.formula.arguments import Arguments, Scope, deparsed
from rglm.formula.constants import CONSTANTS, LITERALS, constant
from rglm.formula.functions import Function, Learner, find, unknown
from rglm.formula.grammar import children, names_in
from rglm.formula.tree import Binary, Call, Constant, Name, Node, Number, Paren, String, Unary
from rglm.formula.values import Factor, Logical, Numbers, Text, Value
from rglm.formula.vectors import is_many, length, one, texts

__all__ = ["Scope", "Sums", "evaluate", "finish", "fixed", "gather", "learn", "learners"]


class Sums(Protocol):
    """What a learner gathered from some rows: adds over blocks, then finishes into parameters."""

    def __add__(self, other: Any) -> Any:
        """The sums of both sets of rows."""

    def finish(self) -> object:
        """Frozen, picklable parameters."""


_NOTHING = object()


def evaluate(node: Node, scope: Scope) -> Value:
    """The value of an expression, one a row.

    node    an expression tree;  scope   rows, `env`, learned parameters
    Returns Numbers (n,) or (n, k), Logical (n,), Text (n,) or Factor (n,).
    Raises FormulaError for unknown names and functions, for arguments a function does not take, and for a
    value that is not one a row (`pi`, `1:36`).
    """
    if type(node) is Name and (column := scope.columns.get(node.id)) is not None:
        return column
    with np.errstate(all="ignore"):
        value = _value(node, scope)
    if length(value) != scope.n or is_many(value):
        raise _not_rows(node, value, scope)
    return value


def fixed(node: Node, env: Mapping[str, object]) -> Value:
    """The value of an expression that reads no column: a constant or a constant vector.

    Raises FormulaError as `evaluate`.
    """
    with np.errstate(all="ignore"):
        return _value(node, Scope({}, 1, env))


def _not_rows(node: Node, value: Value, scope: Scope) -> FormulaError:
    what = "one constant value" if length(value) == 1 else f"{length(value)} values for {scope.n} rows"
    return FormulaError(f"'{deparsed(node)}' gives {what}; a variable has one value a row.")


def _value(node: Node, scope: Scope) -> Value:
    return _EVALUATORS[type(node)](node, scope)


def _name(node: Name, scope: Scope) -> Value:
    column = scope.columns.get(node.id)
    if column is not None:
        return column
    if node.id in scope.env:
        value = constant(scope.env[node.id], node.id)
        if value is None:
            what = type(scope.env[node.id]).__name__
            raise FormulaError(
                f"'{node.id}' in env= is {what}, not a number, a string or a short sequence of them; "
                "columns belong in the data."
            )
        return value
    if node.id in CONSTANTS:
        return CONSTANTS[node.id]
    hint = did_you_mean(node.id, [*scope.columns, *scope.env])
    raise FormulaError(f"The variable '{node.id}' is not in the data. {hint}")


@lru_cache(maxsize=1024)
def _number(value: float) -> Value:
    return one(value)


def _constant(node: Constant, scope: Scope) -> Value:
    if node.name in LITERALS:
        return LITERALS[node.name]
    if node.name == "NA_character_":
        return Text(np.array([None], dtype=object))
    raise FormulaError(f"'{node.name}' cannot stand for a value here.")


def _unary(node: Unary, scope: Scope) -> Value:
    value = _value(node.operand, scope)
    return operators.negate(node, value) if node.op == "!" else operators.sign_of(node, value)


def _binary(node: Binary, scope: Scope) -> Value:
    left, right = _value(node.left, scope), _value(node.right, scope)
    if node.op in operators.ARITHMETIC:
        return operators.arithmetic(node, left, right)
    if node.op in operators.COMPARISONS:
        order = scope.learned.get(node)
        return operators.compare(
            node, left, right, order.levels if isinstance(order, factors.Coding) else None
        )
    if node.op in ("&", "|", "&&", "||"):
        return operators.logic(node, left, right)
    if node.op == ":":
        return operators.span(node, left, right)
    if node.op == "%in%":
        return operators.member(node, left, right)
    raise operators.unknown_operator(node.op)


def _call(node: Call, scope: Scope) -> Value:
    entry = find(node.function)
    if entry is None:
        return _user(node, scope)
    if node.function in scope.env:
        raise FormulaError(
            f"env= redefines '{node.function}', a function of the formula language; give yours another name."
        )
    arguments = Arguments(node, entry.formals, scope, _value)
    if isinstance(entry, Function):
        return entry.apply(arguments)
    learned = scope.learned.get(node, _NOTHING)
    if learned is not _NOTHING:
        return _as_value(entry.apply(arguments, learned))
    if entry.learns(node):
        raise FormulaError(f"'{deparsed(node)}' has not learned from data yet.")
    return _as_value(entry.apply(arguments, entry.gather(arguments).finish()))


def _as_value(value: Any) -> Value:
    assert isinstance(value, Numbers | Logical | Text | Factor)
    return value


# The caller's functions


def _user(node: Call, scope: Scope) -> Value:
    function = scope.env.get(node.function)
    if not callable(function):
        raise unknown(node.function, tuple(name for name, value in scope.env.items() if callable(value)))
    given = [_given(argument, scope) for argument in node.arguments]
    positional = [value for name, value in zip(node.names, given, strict=True) if name is None]
    named = {name: value for name, value in zip(node.names, given, strict=True) if name is not None}
    try:
        result = function(*positional, **named)
    except Exception as error:
        raise FormulaError(
            f"'{deparsed(node)}': the function from env= raised {type(error).__name__}: {error}"
        ) from error
    return _taken(result, node, scope)


def _given(node: Node, scope: Scope) -> Any:
    value = _value(node, scope)
    array: Any = texts(value) if isinstance(value, Factor) else value.values
    constant_one = len(array) == 1 and not any(name in scope.columns for name in names_in(node))
    return array.tolist()[0] if constant_one else array


def _taken(result: Any, node: Call, scope: Scope) -> Value:
    array = np.asarray(result)
    if array.ndim == 0:
        array = array.reshape(1)
    if array.ndim > 2 or len(array) not in (1, scope.n):
        raise FormulaError(
            f"'{deparsed(node)}': the function from env= returned shape {array.shape} for {scope.n} rows."
        )
    if array.dtype.kind == "b" and array.ndim == 1:
        return Logical(array.astype(float))
    if array.dtype.kind in "biuf":
        return Numbers(array.astype(float, copy=False))
    if array.dtype.kind in "OUT" and array.ndim == 1:
        listed = [None if item is None or item != item else item for item in array.tolist()]
        if all(item is None or isinstance(item, str) for item in listed):
            out = np.empty(len(listed), dtype=object)
            out[:] = listed
            return Text(out)
    raise FormulaError(
        f"'{deparsed(node)}': the function from env= must return numbers, booleans or strings, "
        f"not {array.dtype} of shape {array.shape}."
    )


_EVALUATORS: dict[type, Callable[[Any, Scope], Value]] = {
    Name: _name,
    Number: lambda node, scope: _number(node.value),
    String: lambda node, scope: one(node.value),
    Constant: _constant,
    Paren: lambda node, scope: _value(node.inner, scope),
    Unary: _unary,
    Binary: _binary,
    Call: _call,
}


# Learning


def _learns(node: Node) -> bool:
    if isinstance(node, Binary):
        return factors.orders_levels(node)
    if isinstance(node, Call):
        entry = find(node.function)
        return isinstance(entry, Learner) and entry.learns(node)
    return False


@lru_cache(maxsize=4096)
def learners(node: Node) -> tuple[tuple[Node, ...], ...]:
    """The parts of an expression that learn from data, by depth: the innermost first, one pass each.

    They are calls (`poly(x, 2)`, `factor(w)`), and comparisons that may ask an ordered factor's level order.
    """
    levels: list[dict[Node, None]] = []
    _collect(node, levels)
    return tuple(tuple(level) for level in levels)


def _collect(node: Node, levels: list[dict[Node, None]]) -> int:
    """Enter the learners of a tree; how many passes its value needs."""
    depth = max((_collect(child, levels) for child in children(node)), default=0)
    if not _learns(node):
        return depth
    if depth == len(levels):
        levels.append({})
    levels[depth][node] = None
    return depth + 1


def gather(call: Node, scope: Scope) -> Sums:
    """What one learner needs from some rows; learners inside it must be in `scope.learned`."""
    with np.errstate(all="ignore"):
        if isinstance(call, Binary):
            left, right = _value(call.left, scope), _value(call.right, scope)
            return factors.level_order(left, right, deparsed(call))
        entry = find(call.function) if isinstance(call, Call) else None
        if not isinstance(entry, Learner) or not isinstance(call, Call):
            raise FormulaError(f"'{deparsed(call)}' learns nothing from data.")
        sums: Sums = entry.gather(Arguments(call, entry.formals, scope, _value))
        return sums


def finish(call: Node, sums: Sums) -> object:
    """The parameters of a learner from the sums of all rows, for `scope.learned[call]`: frozen, picklable."""
    with np.errstate(all="ignore"):
        return sums.finish()


def learn(node: Node, scope: Scope) -> Mapping[Node, object]:
    """All parameters of an expression when one block holds every row; adds to those already learned."""
    learned = dict(scope.learned)
    inner = Scope(scope.columns, scope.n, scope.env, learned, scope.warned)
    for calls in learners(node):
        for call in calls:
            if call not in learned:
                learned[call] = finish(call, gather(call, inner))
    return learned
