"""The expression tree of a formula: what `grammar.parse` returns and every later step reads.

Nodes are frozen, hashable and compare by what they say, not by where they stood in the text,
so that `log(x)` and `log( x )` are one variable.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Name:
    """A variable or constant: `x`, `` `my var` ``, `pi`."""

    id: str
    position: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Number:
    """A numeric literal: `2`, `1e3`, `0.1`, `1L`."""

    value: float
    integer: bool = False  # written with R's L suffix
    position: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class String:
    """A string literal."""

    value: str
    position: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Constant:
    """`TRUE`, `FALSE`, `NA`, `NULL`, `Inf`, `NaN` (also Python's `True`, `False`, `None`)."""

    name: str
    position: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Unary:
    """`-x`, `+x`, `!x`."""

    op: str
    operand: Node
    position: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Binary:
    """Any two-sided operator: arithmetic, comparison, logic, `:`, `%in%`, `^`."""

    op: str
    left: Node
    right: Node
    position: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Paren:
    """`(x)`: kept, because R deparses it."""

    inner: Node
    position: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Call:
    """`log(x, base = 2)`; `names[i]` is None for a positional argument; a `stats::` prefix stays in `function`."""

    function: str
    arguments: tuple[Node, ...]
    names: tuple[str | None, ...]
    position: int = field(default=0, compare=False)


Node: TypeAlias = Name | Number | String | Constant | Unary | Binary | Paren | Call


@dataclass(frozen=True, slots=True)
class Formula:
    """A parsed two-sided (or one-sided) formula."""

    response: Node | None
    right: Node
    text: str = field(default="", compare=False)
