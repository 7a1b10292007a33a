"""How far `step()` may go: the terms that must stay, those that may enter, and the ways that are open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from rglm.errors import FitError, choose
from rglm.formula.terms import Terms
from rglm.inference.growable import Growable
from rglm.inference.scope import check_lower, check_upper, is_text, keys, scope_terms

DIRECTIONS = ("both", "backward", "forward")


@dataclass(frozen=True)
class Bounds:
    """Which terms must stay, which may enter (None: none), and the ways that are open."""

    lower: Terms | None
    upper: Terms | None
    backward: bool
    forward: bool


def asked_bounds(fit: Growable, scope: Any, direction: str | None) -> Bounds:
    """The scope and direction of a call, checked against the model."""
    if direction is not None and direction not in DIRECTIONS:
        raise FitError(choose("direction", direction, DIRECTIONS))
    model = fit.design.terms
    lower, upper = _ends(scope)
    bottom = None if lower is None else scope_terms(fit, lower, "scope's lower end")
    top = model if scope is None else None if upper is None else scope_terms(fit, upper)
    if bottom is not None:
        check_lower(model, bottom)
    if top is not None:
        check_upper(model, top)
    ways = direction or ("backward" if scope is None else "both")
    return Bounds(bottom, top, ways != "forward", ways != "backward")


def _ends(scope: Any) -> tuple[Any, Any]:
    """The lower and upper end of a scope: a formula, a mapping, or a pair."""
    if scope is None or is_text(scope) or hasattr(scope, "right"):
        return None, scope
    if hasattr(scope, "keys"):
        wrong = [name for name in scope if name not in ("lower", "upper")]
        if wrong:
            raise FitError(choose("scope's end", wrong[0], ("lower", "upper")))
        return scope.get("lower"), scope.get("upper")
    if hasattr(scope, "__len__") and len(scope) == 2:
        return scope[0], scope[1]
    raise FitError(
        'scope must be a formula such as "~ . + x", {"lower": formula, "upper": formula}, or the pair '
        f"(lower, upper); got {scope!r}."
    )


def add_new(upper: Terms, model: Terms) -> list[int]:
    """Positions of the terms of a scope that the model lacks."""
    held = set(keys(model))
    return [index for index, key in enumerate(keys(upper)) if key not in held]
