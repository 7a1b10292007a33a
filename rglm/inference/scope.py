"""Which terms may leave a model, and which may enter it, by marginality."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

from rglm.errors import FitError, described, did_you_mean, some
from rglm.formula.deparse import deparse
from rglm.formula.grammar import parse
from rglm.formula.terms import Terms, terms
from rglm.formula.tree import Binary, Formula, Name, Node, Paren
from rglm.formula.update import update
from rglm.inference.fitted import Fitted
from rglm.inference.labels import formula_tree

TermKey: TypeAlias = frozenset[Node]
"""The variables that a term joins: `a:b` and `b:a` are one term."""


def keys(held: Terms) -> tuple[TermKey, ...]:
    """Each term as the set of its variables, in the order of the terms."""
    return tuple(frozenset(held.variables[index] for index in term) for term in held.terms)


def label(key: TermKey) -> str:
    """A term's label where it has no model to be named by."""
    return ":".join(sorted(map(deparse, key)))


def drop_scope(model: Sequence[TermKey], lower: Sequence[TermKey] = ()) -> list[int]:
    """Positions of the terms that may leave: those outside `lower` that no other such term contains.

    Source: R `drop.scope`, `factor.scope`.
    """
    kept = set(lower)
    free = [index for index, key in enumerate(model) if key not in kept]
    return [index for index in free if not any(model[index] < model[other] for other in free)]


def add_scope(model: Sequence[TermKey], upper: Sequence[TermKey]) -> list[int]:
    """Positions in `upper` of the terms that may enter: new ones that contain no other new one.

    Source: R `add.scope`, `factor.scope`.
    """
    held = set(model)
    new = [index for index, key in enumerate(upper) if key not in held]
    return [index for index in new if not any(upper[other] < upper[index] for other in new)]


def scope_terms(fit: Fitted, scope: Any, what: str = "scope") -> Terms:
    """The terms of a scope given as a formula, where `.` is the model's side.

    Raises
    ------
    FitError
        When the scope is not a formula.
    """
    if not hasattr(scope, "right") and not is_text(scope):
        raise FitError(
            f'{what} must be a formula such as "~ . + x", in which `.` stands for the model; '
            f"got {described(scope)}."
        )
    return terms(update(formula_tree(fit), scope))


def is_text(value: Any) -> bool:
    """Whether an argument is text."""
    return hasattr(value, "casefold")


def asked_terms(fit: Fitted, scope: Any) -> Terms:
    """The terms that a scope names: a formula, or a list of labels such as ["age", "a:b"]."""
    if not is_text(scope) and hasattr(scope, "__iter__"):
        listed = list(scope)
        if not listed or not all(map(is_text, listed)):
            raise FitError(
                f'scope must be a formula or a list of term labels such as ["x", "a:b"]; got {scope!r}.'
            )
        return terms(parse("~ " + " + ".join(listed)))
    return scope_terms(fit, scope)


def dropped_terms(fit: Fitted, scope: Any) -> list[int]:
    """Positions of the terms that `drop1` drops: those asked for, else those that no other term contains.

    Raises
    ------
    FitError
        When the scope names a term that the model does not have.
    """
    model = keys(fit.design.terms)
    if scope is None:
        return drop_scope(model)
    asked = asked_terms(fit, scope)
    places = {key: index for index, key in enumerate(model)}
    lacking = [name for key, name in zip(keys(asked), asked.labels, strict=True) if key not in places]
    if lacking:
        raise FitError(
            f"scope is not a subset of term labels: the model has no term {some(lacking)}. "
            f"{did_you_mean(lacking[0], fit.design.term_labels)}"
        )
    return [places[key] for key in keys(asked)]


def check_upper(model: Terms, upper: Terms) -> None:
    """The upper scope holds every term of the model."""
    lacking = [
        name for key, name in zip(keys(model), model.labels, strict=True) if key not in set(keys(upper))
    ]
    if lacking:
        raise FitError(
            f"The upper scope must hold all terms of the model; it lacks {some(lacking)}. "
            f'Write "~ . + …", where `.` stands for the model.'
        )


def check_lower(model: Terms, lower: Terms) -> None:
    """The model holds every term of the lower scope."""
    held = set(keys(model))
    lacking = [name for key, name in zip(keys(lower), lower.labels, strict=True) if key not in held]
    if lacking:
        raise FitError(
            f"The lower scope names terms that the model does not have: {some(lacking)}. "
            f"{did_you_mean(lacking[0], model.labels)}"
        )


def with_term(formula: Formula, key: TermKey) -> Formula:
    """The formula with one term more, written as R's `update` writes it."""
    return update(formula, Formula(Name("."), Binary("+", Name("."), _node(key))))


def without_term(formula: Formula, key: TermKey) -> Formula:
    """The formula with one term less."""
    return update(formula, Formula(Name("."), Binary("-", Name("."), _node(key))))


def joined(formula: Formula, scope: Terms, which: Sequence[int]) -> Formula:
    """The formula with some terms of a scope added, in the scope's order."""
    right: Node = Name(".")
    for index in which:
        right = Binary("+", right, _product([scope.variables[place] for place in scope.terms[index]]))
    return update(formula, Formula(Name("."), right))


def _node(key: TermKey) -> Node:
    return _product(sorted(key, key=deparse))


def _product(nodes: Sequence[Node]) -> Node:
    """Variables joined by `:`, each in parentheses, which `update` takes away where they are not needed."""
    product: Node = Paren(nodes[0])
    for node in nodes[1:]:
        product = Binary(":", product, Paren(node))
    return product
