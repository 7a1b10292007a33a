"""The expression tree of a formula: what `grammar.parse` returns and every later step reads.

Nodes are frozen, hashable and compare by what they say, not by where they stood in the text,
so that `log(x)` and `log( x )` are one variable.
"""

from __future__ import annotations

from collections.abc import Callable
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
    integer: bool = field(default=False, compare=False)  # R's L suffix; `2L*x` and `2*x` are one variable
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
    """`log(x, base = 2)`; `names[i]` is None for a positional argument; `function` keeps a `stats::` prefix.

    Two forms are calls with an operator's name: `LETTERS[1:6]` is `Call("[", (Name("LETTERS"), 1:6))`, where
    the base is LETTERS or letters and the index a constant; `{x}` is `Call("{", (x,))` and means x.
    """

    function: str
    arguments: tuple[Node, ...]
    names: tuple[str | None, ...]
    position: int = field(default=0, compare=False)


Node: TypeAlias = Name | Number | String | Constant | Unary | Binary | Paren | Call


@dataclass(frozen=True, slots=True, repr=False)
class Formula:
    """A parsed two-sided (or one-sided) formula.

    `str(formula)` is what R prints (`y ~ x + z`, whatever the spacing typed); formulas compare and hash by
    it, and pickle as their text, because a formula over a thousand columns is a tree a thousand deep.

    response   the left-hand side, or None.
    right      the right-hand side.
    text       as typed; node positions count in it.
    canonical  as R prints it; written on construction.
    """

    response: Node | None = field(compare=False)
    right: Node = field(compare=False)
    text: str = field(default="", compare=False)
    canonical: str = field(default="")

    def __post_init__(self) -> None:
        from rglm.formula.deparse import deparse

        if not self.canonical:
            right = deparse(self.right, suffix=True)
            left = "" if self.response is None else f"{deparse(self.response, suffix=True)} "
            object.__setattr__(self, "canonical", f"{left}~ {right}" if left else f"~{right}")
        if not self.text:
            object.__setattr__(self, "text", self.canonical)

    def __str__(self) -> str:
        return self.canonical

    def __repr__(self) -> str:
        return f"Formula({self.canonical!r})"

    def __reduce__(self) -> tuple[Callable[[str], Formula], tuple[str]]:
        from rglm.formula.grammar import parse

        return parse, (self.text,)
