"""Linear combinations of coefficients as text: "x1 = x2", "2*x + z = 1", "a:b".

    equation    combination [= combination]        without `=`: … = 0
    combination product {(+ | -) product}
    product     factor {(* | /) factor}            a number before a name multiplies it: "2 x"
    factor      name | number | ( combination ) | - factor

A name is a coefficient's, blanks inside it as one likes; where several fit the longest one counts, so names
may hold any sign: `(Intercept)`, `poly(x, 2)1`, `a:b`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from rglm.display import Number
from rglm.display.document import Piece
from rglm.display.numbers import format_one
from rglm.errors import FitError, caret, did_you_mean
from rglm.formula.values import Floats

NUMBER = re.compile(r"(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?(?![\w.])|(?:\d+\.?\d*|\.\d+)(?=\s*[A-Za-z(`.])")
UNKNOWN = re.compile(r"[^\s+\-*/=()]+(?:\([^()]*\)[^\s+\-*/=()]*)*")
BLANKS = re.compile(r"\s*")
DEEPEST = 50


@dataclass(frozen=True, eq=False)
class Combination:
    """weights · coefficients + constant."""

    weights: Floats
    constant: float

    def plus(self, other: Combination, sign: float = 1.0) -> Combination:
        """The sum, or with sign -1 the difference."""
        return Combination(self.weights + sign * other.weights, self.constant + sign * other.constant)

    def times(self, factor: float) -> Combination:
        """The multiple."""
        with np.errstate(all="ignore"):
            return Combination(self.weights * factor, self.constant * factor)

    @property
    def is_number(self) -> bool:
        """Whether no coefficient is in it."""
        return not self.weights.any()


@dataclass(frozen=True, eq=False)
class Equation:
    """weights · coefficients = value.

    label  the left-hand side as multcomp labels it, coefficients in the order in which they were named
    """

    weights: Floats
    value: float
    label: str


def equation(text: str, names: Sequence[str]) -> Equation:
    """A hypothesis, read.

    >>> found = equation("2*z = x + 1", ["(Intercept)", "x", "z"])
    >>> found.weights.tolist(), found.value, found.label
    ([0.0, -1.0, 2.0], 1.0, '2 * z - x')

    Raises
    ------
    FitError
        When the text cannot be read or names no coefficient.
    """
    reader = _Reader(text, names)
    left = reader.combination()
    if reader.takes("="):
        left = left.plus(reader.combination(), -1.0)
    if not reader.at_end:
        raise reader.refusal("expected +, -, *, / or = here")
    if left.is_number:
        raise FitError(f"The hypothesis {text!r} has no coefficient in it. {did_you_mean(text, names)}")
    if not np.isfinite([*left.weights, left.constant]).all():
        raise FitError(f"The hypothesis {text!r} has a number that is too large.")
    return Equation(left.weights, -left.constant + 0.0, _label(left.weights, names, reader.named))


class _Reader:
    """A position in the text of one hypothesis."""

    def __init__(self, text: str, names: Sequence[str]) -> None:
        self.text, self.names, self.position, self.depth = text, names, 0, 0
        self.named: dict[int, None] = {}  # coefficients in the order in which they were named
        self.patterns = [_pattern(name) for name in names]
        self.skip()

    def skip(self) -> None:
        found = BLANKS.match(self.text, self.position)
        assert found is not None
        self.position = found.end()

    @property
    def at_end(self) -> bool:
        return self.position >= len(self.text)

    def takes(self, sign: str) -> bool:
        """Whether the next character is `sign`; if so it is passed."""
        if not self.text.startswith(sign, self.position):
            return False
        self.position += len(sign)
        self.skip()
        return True

    def combination(self) -> Combination:
        total = self.product()
        while not self.at_end:
            if self.takes("+"):
                total = total.plus(self.product())
            elif self.takes("-"):
                total = total.plus(self.product(), -1.0)
            else:
                break
        return total

    def product(self) -> Combination:
        total = self.factor()
        while not self.at_end:
            start = self.position
            if self.takes("/"):
                divisor = self.factor()
                if not divisor.is_number or divisor.constant == 0.0:
                    raise self.refusal("expected a number other than 0 after /", start)
                total = total.times(1.0 / divisor.constant)
            elif self.takes("*") or (total.is_number and self.text[start] not in "+-=)"):
                total = self.multiplied(total, self.factor(), start)
            else:
                break
        return total

    def multiplied(self, one: Combination, other: Combination, start: int) -> Combination:
        if one.is_number:
            return other.times(one.constant)
        if other.is_number:
            return one.times(other.constant)
        raise self.refusal("a product of two coefficients is not linear", start)

    def factor(self) -> Combination:
        self.depth += 1
        if self.depth > DEEPEST:
            raise self.refusal(f"more than {DEEPEST} signs and parentheses inside each other")
        found = self.innermost()
        self.depth -= 1
        return found

    def innermost(self) -> Combination:
        name = self.name()
        if name is not None:
            weights = np.zeros(len(self.names))
            weights[name] = 1.0
            return Combination(weights, 0.0)
        if self.takes("-"):
            return self.factor().times(-1.0)
        if self.takes("+"):
            return self.factor()
        number = NUMBER.match(self.text, self.position)
        if number is not None:
            self.position = number.end()
            self.skip()
            return Combination(np.zeros(len(self.names)), float(number.group()))
        start = self.position
        if self.takes("("):
            inside = self.combination()
            if not self.takes(")"):
                raise self.refusal("expected ) here, for the ( at the caret's left", self.position)
            return inside
        raise self.unknown(start)

    def name(self) -> int | None:
        """The coefficient whose name stands here, if one does; it is passed."""
        best, end = None, self.position
        for index, pattern in enumerate(self.patterns):
            found = pattern.match(self.text, self.position)
            if found is not None and found.end() > end:
                best, end = index, found.end()
        if best is not None:
            self.position = end
            self.named[best] = None
            self.skip()
        return best

    def unknown(self, start: int) -> FitError:
        found = UNKNOWN.match(self.text, start)
        if found is None:
            return self.refusal("expected a coefficient or a number here", start)
        name = found.group()
        message = f"The model has no coefficient '{name}'. {did_you_mean(name, self.names)}"
        return FitError(caret(self.text, start, message, len(name)))

    def refusal(self, expected: str, start: int | None = None) -> FitError:
        where = self.position if start is None else start
        return FitError(caret(self.text, where, f"Cannot read the hypothesis {self.text!r}: {expected}."))


def _pattern(name: str) -> re.Pattern[str]:
    """A coefficient's name, with blanks anywhere between its signs and words."""
    pieces = re.findall(r"\w+|[^\w\s]", name)
    text = r"\s*".join(map(re.escape, pieces))
    last = name[-1:]
    # `x` is not in `x1`, `x:z` or `x(2)`; `poly(x, 2)1` is not in `poly(x, 2)10`
    return re.compile(text + (r"(?![\w.:(])" if re.match(r"[\w.]", last) else r"(?![\w.:])"))


def _label(weights: Floats, names: Sequence[str], order: Iterable[int]) -> str:
    """A combination as multcomp labels it: `2 * x - z`."""
    text = ""
    for index in order:
        weight, name = float(weights[index]), names[index]
        if weight == 0.0:
            continue
        sign = (" - " if weight < 0 else " + ") if text else ("-" if weight < 0 else "")
        factor = "" if abs(weight) == 1.0 else f"{format_one(abs(weight), 15)} * "
        text += f"{sign}{factor}{name}"
    return text


def written(weights: Floats, value: float, names: Sequence[str]) -> tuple[Piece, ...]:
    """A hypothesis as car prints it: `2 x - z = 1`."""
    pieces: list[Piece] = []
    for weight, name in zip(weights, names, strict=True):
        if weight == 0.0:
            continue
        if pieces:
            pieces.append(" - " if weight < 0 else "  + ")
        elif weight < 0:
            pieces.append("- ")
        pieces += [name] if abs(weight) == 1.0 else [Number(abs(float(weight)), least=15), " ", name]
    pieces.append(" = - " if value < 0 else " = ")
    return (*pieces, Number(abs(float(value)), least=15))
