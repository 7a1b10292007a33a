"""R's formula grammar: text → expression tree.

A precedence parser over `lexer.tokens_of`; `deparse` is the way back.  What R's language has and formulas
here do not (indexing, `d$x`, `if`, closures, …) is refused by name, with a caret and what to write instead.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NoReturn

from rglm.errors import FormulaError, caret
from rglm.formula.deparse import BINDING, COMPARISON, UNARY_BINDING, deparse
from rglm.formula.lexer import RESERVED, Token, tokens_of
from rglm.formula.refusals import AFTER_OPERAND, RESERVED_WORDS, refusal
from rglm.formula.tree import Binary, Call, Constant, Formula, Name, Node, Number, Paren, String, Unary

__all__ = ["MAX_HEIGHT", "check_height", "deparse", "names_in", "parse", "parse_expression"]

MAX_NESTING = 80  # of parentheses, calls, signs and powers in the text
MAX_HEIGHT = 150  # of the tree of one variable, `a + b + c` inside a call counting 2

_LOOSEST = 0
_CONSTANTS = {
    "TRUE": "TRUE", "FALSE": "FALSE", "NULL": "NULL", "NA": "NA", "Inf": "Inf", "NaN": "NaN",
    "NA_integer_": "NA", "NA_real_": "NA", "NA_character_": "NA",
    "True": "TRUE", "False": "FALSE", "None": "NULL",
}  # fmt: skip
_PACKAGES = ("stats", "splines")
_PYTHON_PREFIXES = ("np.", "numpy.")
_VECTORS = ("LETTERS", "letters")


def parse(text: str) -> Formula:
    """The formula a text says: ``parse("log(y) ~ x*a + offset(z)")``.

    text    `response ~ terms` or `~ terms`, in R's formula language; Python's `**`, `True`, `None`, `np.log`
            are read as R's `^`, `TRUE`, `NULL`, `log`.
    Returns a Formula; `str()` of it is what R prints.  Raises FormulaError, with a caret under the place,
    where R's grammar or the limits on length and nesting are broken.

    Source: R's `help("formula")` and `help("Syntax")`.
    """
    if not isinstance(text, str):
        raise FormulaError(f"a formula is text such as 'y ~ x'; got {type(text).__name__}")
    return _parse(text)


def parse_expression(text: str) -> Node:
    """The expression a text says, as `subset="age > 30"` and `offset="log(service)"` need it.

    text    one expression of R's language: arithmetic, comparison, logic, calls; no `~`.
    Returns the tree.  Raises FormulaError as `parse` does.
    """
    if not isinstance(text, str):
        raise FormulaError(f"an expression is text such as 'log(x)'; got {type(text).__name__}")
    return _parse_expression(text)


@lru_cache(maxsize=256)
def _parse(text: str) -> Formula:
    parser = _Parser(text)
    if parser.at("end"):
        raise FormulaError("the formula is empty; write `response ~ terms`, such as 'y ~ x'")
    response = None if parser.at_op("~") else parser.expression(_LOOSEST)
    if parser.at("end"):
        raise FormulaError(
            caret(text, len(text), "a formula has a `~`: write `response ~ terms`, such as 'y ~ x'")
        )
    parser.expect("~")
    right = parser.expression(_LOOSEST)
    parser.finish()
    if response is not None:
        check_height(response)
    return Formula(response, right, text)


@lru_cache(maxsize=256)
def _parse_expression(text: str) -> Node:
    parser = _Parser(text)
    if parser.at("end"):
        raise FormulaError("the expression is empty; write a column's name or an expression such as 'log(x)'")
    node = parser.expression(_LOOSEST)
    parser.finish()
    check_height(node)
    return node


def names_in(node: Node) -> frozenset[str]:
    """Every name an expression reads, constants such as `pi` and arguments such as `contr.sum` included.

    node    an expression tree.
    Returns names; the names of called functions are not among them.
    """
    found: set[str] = set()
    waiting: list[Node] = [node]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Name):
            found.add(node.id)
        else:
            waiting.extend(children(node))
    return frozenset(found)


def children(node: Node) -> tuple[Node, ...]:
    """The nodes directly under a node."""
    if isinstance(node, Binary):
        return node.left, node.right
    if isinstance(node, Call):
        return node.arguments
    if isinstance(node, Paren):
        return (node.inner,)
    return (node.operand,) if isinstance(node, Unary) else ()


def check_height(node: Node) -> None:
    """FormulaError where one variable's expression is a taller tree than later steps can walk."""
    if isinstance(node, Name):
        return
    waiting: list[tuple[Node, int]] = [(node, 1)]
    while waiting:
        node, height = waiting.pop()
        if height > MAX_HEIGHT:
            raise FormulaError(
                f"an expression is nested more than {MAX_HEIGHT} deep; compute it as a column first"
            )
        waiting.extend((child, height + 1) for child in children(node))


class _Parser:
    """One pass over the tokens; every method starts at the current token and leaves it behind."""

    __slots__ = ("depth", "index", "kind", "position", "text", "tokens", "value")

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = tokens_of(text)
        self.index = -1
        self.depth = 0
        self.advance()

    def advance(self) -> None:
        self.index += 1
        token = self.tokens[self.index]
        self.kind, self.value, self.position = token.kind, token.value, token.position

    def peek(self) -> Token:
        """The token after the current one."""
        return self.tokens[min(self.index + 1, len(self.tokens) - 1)]

    def at(self, kind: str) -> bool:
        return self.kind == kind

    def at_op(self, value: str) -> bool:
        return self.kind == "op" and self.value == value

    def expect(self, value: str) -> None:
        if not self.at_op(value):
            self.unexpected(f"'{value}'")
        self.advance()

    def finish(self) -> None:
        while self.at_op(";") and self.peek().kind in ("end", "op"):  # R reads `y ~ x;`
            self.advance()
        if not self.at("end"):
            self.unexpected()

    def refuse(self, message: str, token: Token | None = None) -> NoReturn:
        token = token or self.tokens[self.index]
        raise FormulaError(caret(self.text, token.position, message, token.length))

    def unexpected(self, wanted: str | None = None) -> NoReturn:
        before = self.tokens[self.index - 1] if self.index else None
        self.refuse(refusal(self.tokens[self.index], before, wanted))

    def expression(self, floor: int) -> Node:
        """Operators that bind tighter than `floor`, applied to their operands."""
        self.depth += 1
        if self.depth > MAX_NESTING:
            self.refuse(f"the formula is nested more than {MAX_NESTING} deep here; simplify it")
        left = self.operand()
        while self.kind == "op":
            op = "^" if self.value == "**" else self.value
            binding = BINDING.get(op, _LOOSEST)
            if binding <= floor:
                if binding == floor == COMPARISON:
                    self.refuse(f"'{op}' after another comparison: comparisons do not chain; join two with &")
                break
            position = self.position
            self.advance()
            right = self.expression(binding - 1 if op == "^" else binding)
            left = Binary(op, left, right, position)
        self.depth -= 1
        return left

    def operand(self) -> Node:
        kind, value, position = self.kind, self.value, self.position
        if kind == "name":
            node = self.name()
        elif kind == "number":
            self.advance()
            node = self.number(value, position)
        elif kind == "quoted":
            if not value:
                self.refuse("a name in backticks is empty")
            self.advance()
            node = self.call(value, position) if self.at_op("(") else Name(value, position)
        elif kind == "string":
            self.advance()
            node = self.call(value, position) if self.at_op("(") and value else String(value, position)
        elif kind == "op":
            return self.prefixed(value, position)
        else:
            self.unexpected("a variable")
        if self.kind == "op" and self.value in AFTER_OPERAND:
            node = self.indexed(node)
        return node

    def prefixed(self, op: str, position: int) -> Node:
        """An operand that starts with a sign: `-x`, `!x`, `(x)`, `{x}`."""
        if op in UNARY_BINDING:
            self.advance()
            return Unary(op, self.expression(UNARY_BINDING[op]), position)
        if op not in ("(", "{"):
            self.unexpected("a variable")
        self.advance()
        inner = self.expression(_LOOSEST)
        self.expect(")" if op == "(" else "}")
        if self.kind == "op" and self.value in AFTER_OPERAND:
            self.unexpected()
        return Paren(inner, position) if op == "(" else Call("{", (inner,), (None,), position)

    def name(self) -> Node:
        value, position = self.value, self.position
        if value in _CONSTANTS and self.peek().value != "=":
            self.advance()
            return Constant(_CONSTANTS[value], position)
        if value in RESERVED:
            self.refuse(RESERVED_WORDS.get(value, f"'{value}' is a word of R's language, not a variable"))
        self.advance()
        if self.at_op("::"):
            if value not in _PACKAGES:
                self.refuse(
                    f"'{value}::' is not known; only stats:: and splines:: may stand before a function"
                )
            self.advance()
            if self.kind != "name" or self.peek().value != "(":
                self.refuse(f"a function call, such as {value}::poly(x, 2), must follow {value}::")
            value = f"{value}::{self.value}"
            self.advance()
        if self.at_op("("):
            for prefix in _PYTHON_PREFIXES:
                value = value.removeprefix(prefix)
            return self.call(value, position)
        return Name(value, position)

    def number(self, value: str, position: int) -> Node:
        digits = value.removesuffix("L")
        try:
            number = float(int(digits, 16)) if digits[:2] in ("0x", "0X") else float(digits)
        except OverflowError:
            number = float("inf")
        if number == float("inf"):
            raise FormulaError(caret(self.text, position, "this number is too large", len(value)))
        if digits != value and not number.is_integer():
            raise FormulaError(caret(self.text, position, "L marks a whole number", len(value)))
        return Number(number, digits != value, position)

    def call(self, function: str, position: int) -> Node:
        """The arguments in parentheses after a function's name."""
        self.advance()
        arguments: list[Node] = []
        names: list[str | None] = []
        while not (self.at_op(")") and not arguments):
            name = None
            if (
                self.kind in ("name", "string", "quoted")
                and self.peek().kind == "op"
                and self.peek().value == "="
            ):
                name = self.value
                self.advance()
                self.advance()
            if self.kind == "op" and self.value in (",", ")"):
                self.refuse(f"an argument of {function}() is empty here")
            arguments.append(self.expression(_LOOSEST))
            names.append(name)
            if self.at_op(")"):
                break
            if not self.at_op(","):
                self.unexpected(f"',' or ')' in the call of {function}()")
            self.advance()
        self.expect(")")
        return Call(function, tuple(arguments), tuple(names), position)

    def indexed(self, node: Node) -> Node:
        """`LETTERS[1:6]`: the one kind of indexing there is, a constant part of a constant vector."""
        if not (self.at_op("[") and isinstance(node, Name) and node.id in _VECTORS):
            self.unexpected()
        bracket = self.tokens[self.index]
        self.advance()
        index = self.expression(_LOOSEST)
        if not _is_constant_index(index):
            self.refuse(f"the index of {node.id}[] must be a constant such as 1:6", bracket)
        self.expect("]")
        if self.kind == "op" and self.value in AFTER_OPERAND:
            self.unexpected()
        return Call("[", (node, index), (None, None), node.position)


def _is_constant_index(node: Node) -> bool:
    """Numbers, their ranges and `c()` of them."""
    waiting = [node]
    while waiting:
        node = waiting.pop()
        whole = isinstance(node, Number | Paren)
        signed = isinstance(node, Unary) and node.op != "!"
        ranged = isinstance(node, Binary) and node.op == ":"
        joined = isinstance(node, Call) and node.function == "c"
        if not (whole or signed or ranged or joined):
            return False
        waiting.extend(children(node))
    return True
