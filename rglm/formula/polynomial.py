"""`poly`: orthogonal or raw polynomials of one or several variables."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import comb

import numpy as np

from rglm.errors import DataError, FormulaError
from rglm.formula.arguments import Arguments, deparsed
from rglm.formula.deparse import number_text
from rglm.formula.orthogonal import Points, Recurrence, orthonormal, points
from rglm.formula.values import Floats, Logical, Numbers, Value
from rglm.formula.vectors import meet

MOST_COLUMNS = 200  # of one basis: memory stays bounded whoever wrote the formula


@dataclass(frozen=True, slots=True)
class Polynomial:
    """One recurrence a variable (none when raw) and the exponents of each column."""

    variables: int
    degree: int
    recurrences: tuple[Recurrence, ...] | None


@dataclass(frozen=True, slots=True)
class PolynomialSums:
    """The variables of a poly() call; adds over rows."""

    text: str
    degree: int
    raw: bool
    variables: tuple[Points, ...]

    def __add__(self, other: PolynomialSums) -> PolynomialSums:
        if self.raw:
            return self
        joined = tuple(one + two for one, two in zip(self.variables, other.variables, strict=True))
        return replace(self, variables=joined)

    def finish(self) -> Polynomial:
        """The recurrence of each variable."""
        if self.raw:
            return Polynomial(len(self.variables), self.degree, None)
        for variable in self.variables:
            few = variable.few()
            if few is not None:
                raise FormulaError(
                    f"{self.text}: the degree must be less than the number of distinct values, {few}; "
                    f"it is {self.degree}."
                )
        found = tuple(variable.recurrence() for variable in self.variables)
        return Polynomial(len(found), self.degree, found)


def _is_degree(arguments: Arguments) -> bool:
    """`poly(x, 2)`: one unnamed second argument that is a constant is the degree, as in R."""
    if len(arguments.dots) != 1 or arguments.has("degree"):
        return False
    return arguments.is_constant(arguments.dots[0][1])


def _variables(arguments: Arguments) -> list[Numbers]:
    values = [arguments.numeric("x")]
    if not _is_degree(arguments):
        for name, node in arguments.dots:
            if name is not None:
                raise arguments.refuse(f"'poly' has no argument '{name}'; it takes x, …, degree, raw")
            value = arguments.evaluate(node)
            if isinstance(value, Logical):
                value = Numbers(value.values)
            if not isinstance(value, Numbers):
                raise arguments.refuse(f"'{deparsed(node)}' is not numeric")
            values.append(value)
    meet(values, arguments.refuse)
    columns = []
    for value in values:
        columns += [value] if value.values.ndim == 1 else [Numbers(column) for column in value.values.T]
    return columns


def _degree(arguments: Arguments) -> int:
    if not _is_degree(arguments):
        return arguments.count("degree", 1, 1, MOST_COLUMNS)
    value = arguments.evaluate(arguments.dots[0][1])
    if not isinstance(value, Numbers) or value.values.shape != (1,):
        raise arguments.refuse("the degree must be one whole number")
    degree = float(value.values[0])
    if not 1 <= degree <= MOST_COLUMNS or degree != int(degree):
        raise arguments.refuse(
            f"the degree must be a whole number from 1 to {MOST_COLUMNS}, not {number_text(degree)}"
        )
    return int(degree)


def gather_poly(arguments: Arguments) -> PolynomialSums:
    """poly(x, …, degree, raw): the variables themselves, which must not hold NA."""
    variables, degree = _variables(arguments), _degree(arguments)
    columns = comb(degree + len(variables), degree) - 1
    if columns > MOST_COLUMNS:
        raise arguments.refuse(f"{columns} columns; at most {MOST_COLUMNS} are made")
    raw = arguments.flag("raw", False)
    if not raw and any(np.isnan(value.values).any() for value in variables):
        rows = int(sum(np.isnan(value.values).sum() for value in variables))
        raise DataError(
            f"{deparsed(arguments.call)}: missing values are not allowed in 'poly', and {rows} came. "
            "Leave those rows out of the data, or use raw = TRUE or ns()."
        )
    kept = tuple(points(value.values[:0] if raw else value.values, degree) for value in variables)
    return PolynomialSums(deparsed(arguments.call), degree, raw, kept)


def apply_poly(arguments: Arguments, learned: object) -> Value:
    """The columns, called 1, 2, …; of several variables by exponents, 1.0, 2.0, 0.1, the first fastest."""
    assert isinstance(learned, Polynomial)
    variables = _variables(arguments)
    if len(variables) != learned.variables:
        raise arguments.refuse(f"{learned.variables} variables were fitted, {len(variables)} came")
    bases = []
    for place, variable in enumerate(variables):
        if learned.recurrences is None:
            bases.append(variable.values[:, None] ** np.arange(1.0, learned.degree + 1))
        else:
            bases.append(orthonormal(learned.recurrences[place], variable.values))
    if len(bases) == 1:
        return Numbers(bases[0], tuple(str(power) for power in range(1, learned.degree + 1)))
    return _products(bases, learned.degree)


def _products(bases: list[Floats], degree: int) -> Numbers:
    exponents = [powers for powers in _exponents(len(bases), degree) if any(powers)]
    rows = max(len(basis) for basis in bases)
    out = np.ones((rows, len(exponents)), order="F")
    for column, powers in enumerate(exponents):
        for basis, power in zip(bases, powers, strict=True):
            if power:
                out[:, column] *= basis[:, power - 1]
    return Numbers(out, tuple(".".join(map(str, powers)) for powers in exponents))


def _exponents(variables: int, degree: int) -> Iterator[tuple[int, ...]]:
    """Every tuple of exponents with a sum of at most `degree`, the first fastest."""
    if variables == 0:
        yield ()
        return
    for last in range(degree + 1):
        for rest in _exponents(variables - 1, degree - last):
            yield (*rest, last)
