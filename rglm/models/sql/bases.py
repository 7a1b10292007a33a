"""Basis columns of `poly`, `bs` and `ns` as polynomials in SQL: written in powers of a variable near 0.

An orthogonal polynomial is rewritten about the middle of its data in units of their spread; a spline is one
polynomial on each interval between knots, about the knot on its left.  Both are evaluated by Horner's rule.
"""

from __future__ import annotations

import math

import numpy as np

from rglm.formula.orthogonal import Recurrence
from rglm.formula.splines import Spline, augmented, derivative, natural_parts
from rglm.formula.values import Floats
from rglm.models.sql.dialects import Dialect
from rglm.models.sql.values import case

MOST_DEGREE = 12
"""Powers beyond this lose more digits than predictions may."""


def horner(dialect: Dialect, coefficients: Floats, t: str) -> str:
    """c0 + t (c1 + t (c2 + …))."""
    text = dialect.number(float(coefficients[-1]))
    if len(coefficients) == 1:  # NULL where t is
        return f"({text} + 0 * {t})"
    for value in coefficients[-2::-1]:
        text = f"({dialect.number(float(value))} + {t} * {text})"
    return text


def orthogonal(dialect: Dialect, learned: Recurrence, x: str) -> tuple[str, ...]:
    """The orthonormal polynomials of degree 1, 2, … at x."""
    middle = float(np.mean(learned.centres))
    spread = 2.0 * math.sqrt(learned.squares[1] / learned.squares[0])
    t = f"(({x} - {dialect.number(middle)}) / {dialect.number(spread)})"
    powers = np.polynomial.polynomial
    before, current = np.zeros(1), np.ones(1)
    columns = []
    for power, centre in enumerate(learned.centres):
        factor = np.array([middle - centre, spread])
        following = powers.polymul(factor, current)
        if power:
            ratio = learned.squares[power] / learned.squares[power - 1]
            following = powers.polysub(following, ratio * before)
        before, current = current, following
        columns.append(horner(dialect, following / math.sqrt(learned.squares[power + 1]), t))
    return tuple(columns)


def raw(dialect: Dialect, degree: int, x: str) -> tuple[str, ...]:
    """x, x², …"""
    return tuple(f"power({x}, {dialect.number(float(power))})" for power in range(1, degree + 1))


def spline(dialect: Dialect, learned: Spline, x: str) -> tuple[str, ...]:
    """The columns of `bs()` or `ns()` at x; beyond the boundary knots as the fit has them."""
    knots = augmented(learned)
    starts = np.unique(knots)[:-1]
    pieces = [_taylor(learned, knots, start) for start in starts.tolist()]  # (degree + 1, columns) each
    low, high = learned.boundary
    columns = []
    for column in range(pieces[0].shape[1]):
        cases = []
        if learned.natural:
            cases.append((f"{x} < {dialect.number(low)}", _line(dialect, learned, 0, column, x)))
        for index, start in enumerate(starts.tolist()[:-1]):
            until = f"{x} < {dialect.number(float(starts[index + 1]))}"
            cases.append((until, _piece(dialect, pieces[index][:, column], start, x)))
        last = _piece(dialect, pieces[-1][:, column], float(starts[-1]), x)
        if learned.natural:
            cases.append((f"{x} > {dialect.number(high)}", _line(dialect, learned, 1, column, x)))
        columns.append(case(cases, last) if cases else last)
    return tuple(columns)


def _piece(dialect: Dialect, coefficients: Floats, start: float, x: str) -> str:
    return horner(dialect, coefficients, f"({x} - {dialect.number(start)})")


def _taylor(learned: Spline, knots: Floats, start: float) -> Floats:
    """Coefficients of every column in powers of x - start, on the interval that begins there."""
    at = np.array([start])
    rows = [derivative(knots, learned.degree, at, order)[0] for order in range(learned.degree + 1)]
    basis = np.array([row / math.factorial(order) for order, row in enumerate(rows)])
    if not learned.natural:
        return basis if learned.intercept else basis[:, 1:]
    return np.asarray(basis @ natural_parts(learned)[1])


def _line(dialect: Dialect, learned: Spline, end: int, column: int, x: str) -> str:
    """Beyond a boundary knot a natural spline goes on as a straight line."""
    _, _, values, slopes = natural_parts(learned)
    line = np.array([values[end, column], slopes[end, column]])
    return _piece(dialect, line, learned.boundary[end], x)
