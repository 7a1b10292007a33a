"""Expression tree → text, as R's `deparse` writes term labels and column names."""

from __future__ import annotations

from typing import assert_never

from rglm.formula.lexer import is_syntactic
from rglm.formula.tree import Binary, Call, Constant, Name, Node, Number, Paren, String, Unary

# R's operators from loose to tight; `^` alone groups to the right, comparisons do not chain.
BINDING = {
    "||": 10, "|": 10,
    "&&": 12, "&": 12,
    "==": 16, "!=": 16, "<": 16, ">": 16, "<=": 16, ">=": 16,
    "+": 18, "-": 18,
    "*": 20, "/": 20,
    "%%": 22, "%/%": 22, "%in%": 22,
    ":": 24,
    "^": 28,
}  # fmt: skip
UNARY_BINDING = {"!": 14, "-": 26, "+": 26}
COMPARISON = 16
TIGHT = frozenset(["/", "^", ":", "%%", "%/%"])  # written without spaces
_ATOM = 100

_ESCAPES = {
    "\n": "\\n",
    "\t": "\\t",
    "\r": "\\r",
    "\a": "\\a",
    "\b": "\\b",
    "\f": "\\f",
    "\v": "\\v",
    "\\": "\\\\",
}


def deparse(node: Node, *, suffix: bool = False) -> str:
    """The text R gives a node.

    node    an expression tree.
    suffix  whether integers keep R's L (`2L`): R prints formulas with it and term labels without.
    Returns text: ``deparse(parse_expression("factor( w,levels=6:1 )"))`` is `factor(w, levels = 6:1)`.
    """
    return _write(node, suffix, 0)


def quote_name(name: str) -> str:
    """A name, in backticks where R's grammar needs them."""
    if is_syntactic(name):
        return name
    return "`" + "".join("\\`" if c == "`" else _ESCAPES.get(c, c) for c in name) + "`"


def _write(node: Node, suffix: bool, indent: int) -> str:
    if isinstance(node, Name):
        return quote_name(node.id)
    if isinstance(node, Binary):
        return _write_binary(node, suffix, indent)
    if isinstance(node, Call):
        return _write_call(node, suffix, indent)
    if isinstance(node, Paren):
        return f"({_write(node.inner, suffix, indent)})"
    if isinstance(node, Number):
        return _write_number(node, suffix)
    if isinstance(node, String):
        return '"' + "".join('\\"' if c == '"' else _ESCAPES.get(c, c) for c in node.value) + '"'
    if isinstance(node, Constant):
        return node.name
    if isinstance(node, Unary):
        inner = _write(node.operand, suffix, indent)
        return (
            f"{node.op}({inner})" if _binding(node.operand) < UNARY_BINDING[node.op] else f"{node.op}{inner}"
        )
    assert_never(node)


def _write_binary(node: Binary, suffix: bool, indent: int) -> str:
    """A chain `a + b + c` leans left and may be thousands long, so it is walked, not recursed into."""
    spine: list[Binary] = [node]
    while isinstance(left := spine[-1].left, Binary) and not left_needs_parens(left, spine[-1]):
        spine.append(left)
    bottom = spine[-1]
    text = _write(bottom.left, suffix, indent)
    pieces = [f"({text})" if left_needs_parens(bottom.left, bottom) else text]
    for parent in reversed(spine):
        text = _write(parent.right, suffix, indent)
        pieces.append(parent.op if parent.op in TIGHT else f" {parent.op} ")
        pieces.append(f"({text})" if right_needs_parens(parent.right, parent) else text)
    return "".join(pieces)


def right_needs_parens(right: Node, parent: Binary) -> bool:
    """Whether the operator would swallow part of the right operand."""
    own = BINDING[parent.op]
    return not (
        isinstance(right, Unary) or _binding(right) > own or (parent.op == "^" and _binding(right) == own)
    )


def left_needs_parens(left: Node, parent: Binary) -> bool:
    """Whether the left operand would swallow the operator: looser, or ending in something looser."""
    own = BINDING[parent.op]
    if own == COMPARISON or parent.op == "^":
        own += 1
    edge: Node = left
    while True:
        if _binding(edge) < own:
            return True
        if isinstance(edge, Binary):
            edge = edge.right
        elif isinstance(edge, Unary):
            edge = edge.operand
        else:
            return False


def _binding(node: Node) -> int:
    if isinstance(node, Binary):
        return BINDING[node.op]
    return UNARY_BINDING[node.op] if isinstance(node, Unary) else _ATOM


def _write_call(node: Call, suffix: bool, indent: int) -> str:
    if node.function == "{":
        inner = _write(node.arguments[0], suffix, indent + 4)
        return f"{{\n{' ' * (indent + 4)}{inner}\n{' ' * indent}}}"
    if node.function == "[":
        base, index = node.arguments
        return f"{_write(base, suffix, indent)}[{_write(index, suffix, indent)}]"
    arguments = [
        _write(argument, suffix, indent)
        if name is None
        else f"{quote_name(name)} = {_write(argument, suffix, indent)}"
        for argument, name in zip(node.arguments, node.names, strict=True)
    ]
    package, colons, function = node.function.rpartition("::")
    return f"{package}{colons}{quote_name(function)}({', '.join(arguments)})"


def _write_number(node: Number, suffix: bool) -> str:
    if node.integer:
        return f"{int(node.value)}L" if suffix else str(int(node.value))  # never 1e+05, which is for doubles
    return number_text(node.value)


def number_text(value: float) -> str:
    """A double as R deparses it: up to 15 digits, fixed unless scientific is shorter (`0.1`, `1e+05`)."""
    if value != value:
        return "NaN"
    if value in (float("inf"), float("-inf")):
        return "Inf" if value > 0 else "-Inf"
    mantissa, _, power = f"{value:.14e}".partition("e")
    exponent = int(power)
    mantissa = mantissa.rstrip("0").rstrip(".")
    digits = len(mantissa.lstrip("-").replace(".", ""))
    scientific = f"{mantissa}e{'-' if exponent < 0 else '+'}{abs(exponent):02d}"
    fixed = f"{value:.{max(0, digits - 1 - exponent)}f}"
    return fixed if len(fixed) <= len(scientific) else scientific
