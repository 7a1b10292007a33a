"""Formula algebra: a right-hand side → sets of variables.

A term is a set of variables, held as the bits of an integer; a list of terms is a dict that keeps order.
Every operator is the set operation that R's `help("formula")` describes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

from rglm.errors import FormulaError, caret
from rglm.formula.deparse import deparse
from rglm.formula.grammar import check_height, names_in
from rglm.formula.tree import Binary, Call, Constant, Name, Node, Number, Paren, String, Unary

MAX_TERMS = 32_768
MAX_WORK = 1_000_000  # pairs of terms joined on the way
MAX_MENTIONS = 500_000  # of variables in terms
MAX_LABELS = 5_000_000  # characters in the labels of the terms
_WIDE = 512  # variables whose bits cost about as much to join as the joining itself

Masks: TypeAlias = dict[int, None]
"""Terms in order of appearance; bit i of a key says whether the term holds variable i."""


class Expansion:
    """What a right-hand side expands to; call `expand` once.

    variables  in order of first appearance, the response first; `offset(...)` calls are among them
    offsets    bits of those that are `offset(...)` calls;  offset_arguments: what those hold
    intercept  whether the last word on it was 1
    dotted     whether `.` occurred
    notes      what is legal but likely not meant
    """

    __slots__ = (
        *("columns", "dotted", "intercept", "negated", "notes", "numbers"),
        *("offset_arguments", "offsets", "text", "variables", "work"),
    )

    def __init__(self, text: str | None, columns: Sequence[str] = ()) -> None:
        """`text` is what node positions count in, or None; `columns` are what `.` stands for."""
        self.text = text
        self.columns = columns
        self.variables: list[Node] = []
        self.numbers: dict[Node, int] = {}
        self.offsets = 0
        self.offset_arguments: list[Node] = []
        self.intercept = True
        self.negated = False
        self.dotted = False
        self.notes: dict[str, None] = {}
        self.work = 0

    def add_variable(self, node: Node) -> int:
        """The bit of a variable, new or known."""
        if not isinstance(node, Name):
            check_height(node)
        number = self.numbers.setdefault(node, len(self.variables))
        if number == len(self.variables):
            self.variables.append(node)
        return 1 << number

    def expand(self, node: Node) -> Masks:
        """The terms of a right-hand side, in order of appearance."""
        # `a + b + c + …` leans left and may be thousands long, so it is walked, not recursed into
        spine: list[Binary] = []
        while isinstance(node, Binary) and node.op in _OPERATORS:
            spine.append(node)
            node = node.left
        terms = self.operand(node)
        for parent in reversed(spine):
            terms = _OPERATORS[parent.op](self, terms, parent)
            if len(terms) > MAX_TERMS:
                raise self.too_much(parent)
        return terms

    def in_order(self, masks: Masks, names: Sequence[str]) -> list[list[int]]:
        """The terms as places in `variables`, in R's order: by size, else as they came; offsets are no terms.

        `names` are the texts of the variables; FormulaError where the labels made of them are too long.
        """
        ordered = sorted((mask for mask in masks if not mask & self.offsets), key=int.bit_count)
        if sum(map(int.bit_count, ordered)) > MAX_MENTIONS:
            raise FormulaError(f"the terms name variables more than {MAX_MENTIONS} times; ask for fewer")
        places = [bits(mask) for mask in ordered]
        if sum(len(names[place]) for term in places for place in term) > MAX_LABELS:
            raise FormulaError(f"the terms' labels take more than {MAX_LABELS} characters; use shorter names")
        return places

    def operand(self, node: Node) -> Masks:
        if isinstance(node, Name):
            return self.dot(node) if node.id == "." else {self.add_variable(node): None}
        if isinstance(node, Paren):
            return self.expand(node.inner)
        if isinstance(node, Number) and node.value in (0.0, 1.0):
            return self.set_intercept(node.value == 1.0)
        if isinstance(node, Constant) and node.name in ("TRUE", "FALSE", "NULL"):
            return {} if node.name == "NULL" else self.set_intercept(node.name == "TRUE")
        if isinstance(node, Unary) and node.op != "!":
            return self.expand(node.operand) if node.op == "+" else self.without({}, node.operand)
        if isinstance(node, Number | String | Constant):
            raise self.refusal(node, _refuse_constant(node), len(deparse(node)))
        return self.expression(node)

    def expression(self, node: Node) -> Masks:
        """A variable that is more than a name: a call, a comparison, a logical expression."""
        if "." in names_in(node):
            message = (
                "`.` stands for the data's columns and has no meaning inside an expression; name the columns"
            )
            raise self.refusal(node, message)
        bit = self.add_variable(node)
        if isinstance(node, Call) and node.function in ("offset", "stats::offset"):
            if len(node.arguments) != 1 or node.function != "offset":
                message = "an offset is written offset(x), with one argument; several offsets are summed"
                raise self.refusal(node, message, len(node.function))
            if not self.offsets & bit:
                self.offset_arguments.append(node.arguments[0])
            self.offsets |= bit
        return {bit: None}

    def dot(self, node: Node) -> Masks:
        self.dotted = True
        self.spend(len(self.columns), node)
        return {self.add_variable(Name(column)): None for column in self.columns}

    def set_intercept(self, present: bool) -> Masks:
        self.intercept = present != self.negated
        return {}

    def spend(self, steps: int, node: Node) -> None:
        self.work += steps
        if self.work > MAX_WORK:
            raise self.too_much(node)

    def too_much(self, node: Node) -> FormulaError:
        message = f"the formula expands to too much here: a formula may have {MAX_TERMS} terms"
        return self.refusal(node, message)

    def refusal(self, node: Node, message: str, length: int = 1) -> FormulaError:
        return FormulaError(
            message if self.text is None else caret(self.text, node.position, message, length)
        )

    def plus(self, left: Masks, node: Binary) -> Masks:
        right = self.expand(node.right)
        self.spend(len(right), node)
        left.update(right)
        return left

    def minus(self, left: Masks, node: Binary) -> Masks:
        return self.without(left, node.right)

    def without(self, left: Masks, right: Node) -> Masks:
        self.negated = not self.negated
        removed = self.expand(right)
        self.negated = not self.negated
        for term in removed:
            left.pop(term, None)
        return left

    def interact(self, left: Masks, node: Binary) -> Masks:
        return self.products(left, self.expand(node.right), node)

    def products(self, left: Masks, right: Masks, node: Binary) -> Masks:
        self.spend(len(left) * len(right) * (1 + len(self.variables) // _WIDE), node)
        joined: Masks = {}
        for one in left:
            joined.update({one | other: None for other in right})
            if len(joined) > MAX_TERMS:
                raise self.too_much(node)
        return joined

    def cross(self, left: Masks, node: Binary) -> Masks:
        right = self.expand(node.right)
        if not left:  # R: `1*x` is `1`
            return left
        both = self.products(left, right, node)
        left.update(right)
        left.update(both)
        return left

    def nest(self, left: Masks, node: Binary) -> Masks:
        """`(a + b)/c` is `a + b + a:b:c`."""
        right = self.expand(node.right)
        if left:  # R: `1/x` is `1`
            self.spend(len(left) + len(right), node)
            parents = _union(left)
            left.update({parents | term: None for term in right})
        return left

    def within(self, left: Masks, node: Binary) -> Masks:
        """`a %in% (b + c)` is `a:b:c`, without parents."""
        right = self.expand(node.right)
        self.spend(len(left) + len(right), node)
        parents = _union(right)
        return {term | parents: None for term in left}

    def power(self, left: Masks, node: Binary) -> Masks:
        exponent = node.right
        if not (isinstance(exponent, Number) and exponent.value >= 2 and exponent.value.is_integer()):
            message = (
                "a power in a formula is a whole number from 2 on; for arithmetic write I(), as in I(x^0.5)"
            )
            raise self.refusal(node, message)
        if len(left) == 1 and next(iter(left)).bit_count() == 1:
            base, to = deparse(self.variables[next(iter(left)).bit_length() - 1]), deparse(exponent)
            self.notes[f"{base}^{to} in a formula is {base}; write I({base}^{to}) or poly({base}, {to})"] = (
                None
            )
        terms = left
        for _ in range(int(min(exponent.value, MAX_WORK)) - 1):
            longer = self.products(terms, left, node)
            if list(longer) == list(terms):  # all combinations are there, in the order they will keep
                break
            terms = longer
        return terms


_OPERATORS: dict[str, Callable[[Expansion, Masks, Binary], Masks]] = {
    "+": Expansion.plus,
    "-": Expansion.minus,
    ":": Expansion.interact,
    "*": Expansion.cross,
    "/": Expansion.nest,
    "%in%": Expansion.within,
    "^": Expansion.power,
}


def bits(mask: int) -> list[int]:
    """The places of a mask's bits, ascending."""
    places = []
    while mask:
        low = mask & -mask
        places.append(low.bit_length() - 1)
        mask ^= low
    return places


def _union(terms: Masks) -> int:
    together = 0
    for term in terms:
        together |= term
    return together


def _refuse_constant(node: Number | String | Constant) -> str:
    if isinstance(node, Number):
        return "only 0 and 1, for the intercept, stand alone; for arithmetic write I(), as in I(2 * x)"
    if isinstance(node, String):
        return (
            "a string is not a variable; write a column's name without quotes, in backticks if it has spaces"
        )
    return f"{node.name} is not a variable"
