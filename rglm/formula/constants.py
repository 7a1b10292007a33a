"""Constant vectors and matrices inside a formula: `c`, `seq`, `cbind`, `matrix`, and the named constants."""

from __future__ import annotations

import math
import string

import numpy as np

from rglm.formula.arguments import Arguments, deparsed, numeric
from rglm.formula.tree import Call, Constant, Name, Node, Number, Paren, String, Unary
from rglm.formula.values import Factor, Logical, Numbers, Value
from rglm.formula.vectors import (
    MOST_CONSTANTS,
    ManyNumbers,
    ManyText,
    Objects,
    is_many,
    length,
    meet,
    one,
    texts,
)

CONSTANTS: dict[str, Value] = {
    "pi": one(math.pi),
    "T": one(True),
    "F": one(False),
    "LETTERS": ManyText(np.array(list(string.ascii_uppercase), dtype=object)),
    "letters": ManyText(np.array(list(string.ascii_lowercase), dtype=object)),
}

LITERALS: dict[str, Value] = {
    "TRUE": one(True),
    "FALSE": one(False),
    "True": one(True),
    "False": one(False),
    "NA": Logical(np.array([np.nan])),
    "NA_real_": one(np.nan),
    "NA_integer_": one(np.nan),
    "NaN": one(np.nan),
    "Inf": one(np.inf),
    "inf": one(np.inf),
    "nan": one(np.nan),
}


def combine(arguments: Arguments) -> Value:
    """c(…): a constant vector; of one column, the column."""
    values = [arguments.evaluate(node) for _, node in arguments.dots]
    if len(values) == 1:
        return values[0]
    if not values:
        raise arguments.refuse("c() holds nothing")
    for value in values:
        if not is_many(value) and length(value) != 1:
            raise arguments.refuse(
                "columns cannot be joined end to end; to make a matrix of them use cbind()"
            )
    if sum(map(length, values)) > MOST_CONSTANTS:
        raise arguments.refuse(f"more than {MOST_CONSTANTS} values")
    if all(isinstance(value, Numbers | Logical) for value in values):
        return ManyNumbers(np.concatenate([np.ravel(_floats(value), order="F") for value in values]))
    joined: Objects = np.concatenate([texts(value) for value in values])
    return ManyText(joined)


def _floats(value: Value) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    assert isinstance(value, Numbers | Logical)
    return value.values


def sequence(arguments: Arguments) -> Value:
    """seq(from, to, by) or seq(from, to, length.out): constants, for knots and breaks."""
    first, last = arguments.number("from", 1.0), arguments.number("to", 1.0)
    if not arguments.has("to"):
        raise arguments.refuse("'to' is missing")
    if arguments.has("length.out"):
        count = arguments.count("length.out", 1, 1, MOST_CONSTANTS)
        return ManyNumbers(np.linspace(first, last, count, dtype=float))
    by = arguments.number("by", 1.0 if last >= first else -1.0)
    if by == 0 or (last - first) / by < 0 or (last - first) / by >= MOST_CONSTANTS:
        raise arguments.refuse(f"'by' must lead from 'from' to 'to' in at most {MOST_CONSTANTS} steps")
    steps = np.arange(int((last - first) / by + 1e-10) + 1, dtype=float)
    return ManyNumbers(first + by * steps)


def bind_columns(arguments: Arguments) -> Value:
    """cbind(…): a matrix; columns are named by `name =`, by a plain variable, or not at all."""
    parts: list[Numbers] = []
    names: list[str] = []
    for name, node in arguments.dots:
        value = arguments.evaluate(node)
        if isinstance(value, Factor):
            raise arguments.refuse(
                f"'{deparsed(node)}' is a factor, whose codes would be bound; "
                f"if that is meant write as.numeric({deparsed(node)})"
            )
        number = numeric(value, node, arguments.refuse)
        parts.append(number)
        if number.values.ndim == 2:
            names += number.names or ("",) * number.values.shape[1]
        else:
            names.append(name or (node.id if isinstance(node, Name) else ""))
    if not parts:
        raise arguments.refuse("no columns")
    many = meet(parts, arguments.refuse)
    rows = max(map(length, parts)) if all(map(length, parts)) else 0
    columns = [part.values if part.values.ndim == 2 else part.values[:, None] for part in parts]
    if many and rows * len(names) > MOST_CONSTANTS:
        raise arguments.refuse(f"more than {MOST_CONSTANTS} values")
    values = np.concatenate([np.broadcast_to(block, (rows, block.shape[1])) for block in columns], axis=1)
    named = tuple(names) if any(names) else None
    return ManyNumbers(values, named) if many else Numbers(values, named)


def make_matrix(arguments: Arguments) -> Value:
    """matrix(data, nrow, ncol, byrow): of constants; of a column, the column."""
    data = arguments.numeric("data")
    values = data.values
    if not arguments.is_constant(arguments.nodes["data"]):
        if values.ndim == 2 or arguments.count("ncol", 1, 1, 1) != 1:
            raise arguments.refuse("a column cannot be reshaped; bind columns with cbind()")
        return data
    values = np.ravel(values, order="F")
    rows = arguments.count("nrow", 0, 1, MOST_CONSTANTS)
    columns = arguments.count("ncol", 0, 1, MOST_CONSTANTS)
    if not rows and not columns:
        rows, columns = len(values), 1
    rows = rows or -(-len(values) // columns)
    columns = columns or -(-len(values) // rows)
    if rows * columns > MOST_CONSTANTS:
        raise arguments.refuse(f"more than {MOST_CONSTANTS} values")
    if rows * columns % len(values):
        raise arguments.refuse(f"{len(values)} values do not fill {rows} rows and {columns} columns")
    order = "C" if arguments.flag("byrow", False) else "F"
    return ManyNumbers(np.reshape(np.resize(values, rows * columns), (rows, columns), order=order))  # type: ignore[call-overload]


def is_several(node: Node) -> bool:
    """Whether a node is, by its text, a constant vector: `c(0, 5)`, `1:4`, `seq(0, 10, 2)`."""
    if isinstance(node, Number | String | Constant | Name):
        return False
    if isinstance(node, Paren):
        return is_several(node.inner)
    if isinstance(node, Unary):
        return is_several(node.operand)
    if isinstance(node, Call):
        return node.function == "seq" or (
            node.function == "c"
            and len(node.arguments) > 1
            and all(isinstance(_unsigned(part), Number | String | Constant) for part in node.arguments)
        )
    return node.op == ":" and all(isinstance(_unsigned(side), Number) for side in (node.left, node.right))


def _unsigned(node: Node) -> Node:
    return node.operand if isinstance(node, Unary) else node


def constant(value: object, name: str) -> Value | None:
    """A user's constant from `env=` as a value, or None when it is no constant."""
    if isinstance(value, bool | np.bool_ | str | int | float | np.integer | np.floating):
        return one(value)  # type: ignore[arg-type]
    if isinstance(value, list | tuple | np.ndarray):
        array = np.asarray(value)
        if array.size <= MOST_CONSTANTS and array.ndim in (1, 2) and array.dtype.kind in "biuf":
            return ManyNumbers(array.astype(float))
        strings = array.ndim == 1 and array.dtype.kind in "UO" and array.size <= MOST_CONSTANTS
        if strings and all(isinstance(item, str) for item in array.tolist()):
            return ManyText(array.astype(object))
    return None
