"""A formula as R prints it in headings: deparsed, and broken where a line grows long."""

from __future__ import annotations

from rglm.formula.deparse import TIGHT, deparse, left_needs_parens, quote_name, right_needs_parens
from rglm.formula.tree import Binary, Call, Formula, Node, Paren

_UNBROKEN = TIGHT | {"%in%"}
"""Operators after which R does not break a line."""


def formula_lines(formula: Formula, cutoff: int = 60) -> list[str]:
    """The lines R's `deparse` makes of a formula.

    formula   a parsed formula, as R would print it (`.` written out, say).
    cutoff    a line longer than this ends at the next comma of a call or operator with spaces around it.
    Returns lines of text; a broken one keeps the space at its end, and the next is indented by four.
    Source: R `deparse(width.cutoff = 60)`.
    """
    writer = _Lines(cutoff)
    if formula.response is None:
        writer.write("~")
        writer.node(formula.right)
    else:
        writer.node(formula.response)
        writer.write(" ~ ")
        writer.operand(formula.right, parens=False)
    return [*writer.done, writer.line]


class _Lines:
    """Text as it grows: lines that are done, and the one being written."""

    def __init__(self, cutoff: int) -> None:
        self.cutoff = cutoff
        self.done: list[str] = []
        self.line = ""
        self.indent = 0

    def write(self, text: str) -> None:
        self.line += text

    def end_if_long(self, broken: bool) -> bool:
        """End the line if it is too long; one construct indents once, however often it breaks."""
        if len(self.line) <= self.cutoff:
            return broken
        self.indent += not broken
        self.done.append(self.line)
        self.line = "    " * self.indent
        return True

    def node(self, node: Node) -> None:
        if isinstance(node, Binary):
            self.binary(node)
        elif isinstance(node, Paren):
            self.inside(node.inner, parens=True)
        elif isinstance(node, Call) and node.function not in ("{", "["):
            self.call(node)
        else:
            self.write(deparse(node, suffix=True))

    def inside(self, node: Node, parens: bool) -> None:
        self.write("(" if parens else "")
        self.node(node)
        self.write(")" if parens else "")

    def operand(self, node: Node, parens: bool) -> None:
        """The right-hand side of an operator after which a line may end."""
        broken = self.end_if_long(False)
        self.inside(node, parens)
        self.indent -= broken

    def binary(self, node: Binary) -> None:
        """A chain `a + b + c` leans left and may be thousands long, so it is walked, not recursed into."""
        spine = [node]
        while isinstance(left := spine[-1].left, Binary) and not left_needs_parens(left, spine[-1]):
            spine.append(left)
        self.inside(spine[-1].left, left_needs_parens(spine[-1].left, spine[-1]))
        for parent in reversed(spine):
            parens = right_needs_parens(parent.right, parent)
            if parent.op in _UNBROKEN:
                self.write(parent.op if parent.op in TIGHT else f" {parent.op} ")
                self.inside(parent.right, parens)
            else:
                self.write(f" {parent.op} ")
                self.operand(parent.right, parens)

    def call(self, node: Call) -> None:
        package, colons, function = node.function.rpartition("::")
        self.write(f"{package}{colons}{quote_name(function)}(")
        broken = False
        for position, (argument, name) in enumerate(zip(node.arguments, node.names, strict=True)):
            if position:
                self.write(", ")
                broken = self.end_if_long(broken)
            self.write("" if name is None else f"{quote_name(name)} = ")
            self.node(argument)
        self.write(")")
        self.indent -= broken
