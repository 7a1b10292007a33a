"""A formula changed by another, as R's `update.formula` does: `. ~ . - x`."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from functools import lru_cache

from rglm.errors import FormulaError
from rglm.formula.algebra import Expansion
from rglm.formula.deparse import BINDING, deparse
from rglm.formula.grammar import children, names_in, parse
from rglm.formula.lexer import MAX_LENGTH
from rglm.formula.tree import Binary, Call, Constant, Formula, Name, Node, Paren, Unary

_LOGIC = BINDING["+"]  # operators looser than + end a term's text unless in parentheses


def update(old: Formula, new: str | Formula) -> Formula:
    """The old formula changed: ``str(update(parse("y ~ x + z"), "log(.) ~ . - x"))`` is `log(y) ~ z`.

    old   a parsed formula.
    new   what it becomes, as text or parsed; `.` stands for the old response on the left, the old right-hand
          side on the right; a missing left-hand side keeps the old response.
    Returns a Formula, its terms written out as R prints them.  Where the old formula says `.` itself, it is
    kept and the terms are not written out; `expand_dot` before gives R's result for a fitted model.
    Raises FormulaError as `parse` and `terms` do.

    Source: R's `help("update.formula")`.
    """
    changed = parse(new) if isinstance(new, str) else new
    if not isinstance(changed, Formula):
        raise FormulaError(f"update() takes a formula as text, such as '. ~ . - x'; got {type(new).__name__}")
    return _update(old, changed)


@lru_cache(maxsize=256)
def _update(old: Formula, new: Formula) -> Formula:
    _check_growth(new, len(old.text))
    response = old.response if new.response is None else new.response
    if response is not None and "." in names_in(response):
        if old.response is not None:
            response = substitute(response, old.response)
        elif response == Name("."):
            response = None
        else:
            raise FormulaError(f"'.' on the left of '{new}' stands for a response, and '{old}' has none")
    right = substitute(new.right, old.right)
    if "." in names_in(right):
        return parse(str(Formula(response, right)))
    left = "~" if response is None else f"{deparse(response, suffix=True)} ~ "
    return parse(left + _simplified(response, right))


def _simplified(response: Node | None, right: Node) -> str:
    """The right-hand side written out in R's order: terms, offsets, `- 1`."""
    expansion = Expansion(None)
    if response is not None:
        expansion.add_variable(response)
    masks = expansion.expand(right)
    nodes = expansion.variables
    places = expansion.in_order(masks, [deparse(node) for node in nodes])
    offsets = [deparse(node) for place, node in enumerate(nodes) if expansion.offsets >> place & 1]
    alone = len(places) + len(offsets) == 1 and expansion.intercept
    pieces = [_label([nodes[place] for place in term], alone) for term in places] + offsets
    return (" + ".join(pieces) or "1") + ("" if expansion.intercept else " - 1")


def _label(variables: list[Node], alone: bool) -> str:
    """A term's text, with the parentheses without which it would read as something else."""
    texts = []
    for node in variables:
        operator = isinstance(node, Binary | Unary)
        loose = isinstance(node, Unary) or (isinstance(node, Binary) and BINDING[node.op] < _LOGIC)
        piped = isinstance(node, Binary) and node.op == "|"  # R writes these parentheses too, even alone
        needed = operator if len(variables) > 1 else loose and not alone
        texts.append(f"({deparse(node)})" if needed or piped else deparse(node))
    return ":".join(texts)


def expand_dot(formula: Formula, columns: Sequence[str], exclude: Collection[str] = ()) -> Formula:
    """The formula with `.` written out, as R's `formula(fit)` shows it: `y ~ .` is `y ~ x + z`.

    formula   a parsed formula; one without `.` is returned as it is.
    columns   the data's columns, in order.
    exclude   columns that `.` leaves out besides those of the response.
    Returns a Formula.
    """
    if "." not in names_in(formula.right):
        return formula
    used = frozenset() if formula.response is None else names_in(formula.response)
    dot: Node | None = None
    for column in columns:
        if column not in used and column not in exclude:
            dot = Name(column) if dot is None else Binary("+", dot, Name(column))
    dot = Constant("NULL") if dot is None else dot
    if formula.right != Name(".") and isinstance(dot, Binary):
        dot = Paren(dot)
    _check_growth(formula, sum(map(len, columns)))
    return parse(str(Formula(formula.response, substitute(formula.right, dot))))


def _check_growth(formula: Formula, length: int) -> None:
    """Refuse to write `length` characters for each `.` where that is more than a formula may hold."""
    if formula.text.count(".") * length > MAX_LENGTH and _dots(formula) * length > MAX_LENGTH:
        raise FormulaError(f"with `.` written out the formula would be longer than {MAX_LENGTH} characters")


def _dots(formula: Formula) -> int:
    waiting: list[Node] = [formula.right] if formula.response is None else [formula.response, formula.right]
    found = 0
    while waiting:
        node = waiting.pop()
        found += isinstance(node, Name) and node.id == "."
        waiting.extend(children(node))
    return found


def substitute(node: Node, dot: Node) -> Node:
    """The tree with `.` replaced; a chain `. + a + b` leans left and is walked, not recursed into."""
    spine: list[Binary] = []
    while isinstance(node, Binary):
        spine.append(node)
        node = node.left
    if isinstance(node, Name):
        node = dot if node.id == "." else node
    elif isinstance(node, Paren):
        inner = substitute(node.inner, dot)
        node = inner if isinstance(inner, Paren) and inner is dot else replace(node, inner=inner)
    elif isinstance(node, Unary):
        node = replace(node, operand=substitute(node.operand, dot))
    elif isinstance(node, Call):
        node = replace(node, arguments=tuple(substitute(argument, dot) for argument in node.arguments))
    for parent in reversed(spine):
        node = Binary(parent.op, node, substitute(parent.right, dot), parent.position)
    return node
