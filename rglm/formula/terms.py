"""The terms of a formula and how their factors are coded, by R's rules (`terms.formula`, `model.matrix`)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from operator import and_

from rglm.errors import FormulaError, FormulaWarning, caret, warn
from rglm.formula.algebra import Expansion
from rglm.formula.deparse import deparse
from rglm.formula.grammar import names_in
from rglm.formula.tree import Constant, Formula, Node, Number, String
from rglm.formula.update import expand_dot, update

__all__ = ["Terms", "codings", "expand_dot", "terms", "update"]


@dataclass(frozen=True, slots=True)
class Terms:
    """What a formula asks for.

    response   the left-hand side, or None.
    variables  every variable that the data must give: the response, then in order of first appearance (those
               of removed terms too: their NA costs rows), last the arguments of offsets not among them.
    terms      indices into `variables`, ascending; terms in R's order.
    labels     R's term labels.
    intercept  whether there is one.
    offsets    the argument of each `offset(...)`.
    dotted     whether the formula said `.`.
    """

    response: Node | None
    variables: tuple[Node, ...]
    terms: tuple[tuple[int, ...], ...]
    labels: tuple[str, ...]
    intercept: bool
    offsets: tuple[Node, ...]
    dotted: bool


def terms(formula: Formula, columns: Sequence[str] = (), exclude: Collection[str] = ()) -> Terms:
    """The terms of a formula: ``terms(parse("y ~ a*x - x")).labels`` is `("a", "a:x")`.

    formula   a parsed formula.
    columns   the data's columns, in order: `.` is those the response does not use.
    exclude   columns that `.` leaves out besides (weights, offset, exposure).
    Returns Terms.  Raises FormulaError where R refuses, and where the formula expands beyond 32,768 terms.
    Warns (FormulaWarning) of the response on the right-hand side, which is dropped, and of `x^2` outside I().

    Source: R's `help("terms.formula")` and `help("formula")`.
    """
    if _says_dot(formula):
        if not columns:
            raise FormulaError(
                f"`.` in the formula {formula} stands for the data's columns, and there are no data"
            )
        found, notes = _terms(formula, tuple(columns), frozenset(exclude))
    else:
        found, notes = _terms(formula, (), frozenset())
    for note in notes:
        warn(note, FormulaWarning)
    return found


@lru_cache(maxsize=128)
def _says_dot(formula: Formula) -> bool:
    return "." in names_in(formula.right)


@lru_cache(maxsize=128)
def _terms(
    formula: Formula, columns: tuple[str, ...], exclude: frozenset[str]
) -> tuple[Terms, tuple[str, ...]]:
    response = formula.response
    used = frozenset() if response is None else names_in(response)
    expansion = Expansion(formula.text, [c for c in columns if c not in used and c not in exclude])
    own = 0 if response is None else expansion.add_variable(_checked(response, formula))
    masks = expansion.expand(formula.right)
    if response is not None and own in masks:
        name = deparse(response)
        expansion.notes[f"the response {name} appeared on the right-hand side and was dropped"] = None
        del masks[own]
    names = [deparse(node) for node in expansion.variables]
    places = expansion.in_order(masks, names)
    labels = tuple([":".join([names[place] for place in term]) for term in places])
    numbers, variables, offsets = _numbered(expansion)
    indices = tuple([tuple([numbers[place] for place in term]) for term in places])
    found = Terms(response, variables, indices, labels, expansion.intercept, offsets, expansion.dotted)
    return found, tuple(expansion.notes)


def _checked(response: Node, formula: Formula) -> Node:
    if isinstance(response, Number | String | Constant):
        message = f"the response must be a variable or an expression over variables; got {deparse(response)}"
        raise FormulaError(caret(formula.text, response.position, message))
    if "." in names_in(response):
        message = "`.` has no meaning in the response, except in update(); name the response"
        raise FormulaError(caret(formula.text, response.position, message))
    return response


def _numbered(expansion: Expansion) -> tuple[list[int], tuple[Node, ...], tuple[Node, ...]]:
    """Each bit's index among the variables (-1 for an offset), the variables, the offsets' arguments."""
    nodes = expansion.variables
    if not expansion.offsets:
        return list(range(len(nodes))), tuple(nodes), ()
    numbers: list[int] = []
    variables: dict[Node, None] = {}
    for bit, node in enumerate(nodes):
        if expansion.offsets >> bit & 1:
            numbers.append(-1)
        else:
            numbers.append(len(variables))
            variables[node] = None
    # after the others: R numbers `offset(z)` and `z` apart, and z's number orders names in its interactions
    variables.update(dict.fromkeys(expansion.offset_arguments))
    return numbers, tuple(variables), tuple(expansion.offset_arguments)


def codings(terms: Terms, is_factor: Sequence[bool]) -> tuple[tuple[str, ...], ...]:
    """How each term codes each of its variables.

    terms      the terms.
    is_factor  for each of `terms.variables`: factor, string or logical (True), or numeric.
    Returns, for each term and each of its variables, "numeric", "contrast" or "indicator".

    Factor i of term T is coded by contrasts if T without i is empty or part of an earlier term, else by full
    indicators.  Without an intercept, the first factor of the first term with one has full indicators.

    Source: R's `model.matrix`; J. M. Chambers and T. J. Hastie, Statistical Models in S, 1992, §2.4.1.
    """
    return _codings(terms.terms, terms.intercept, tuple(map(bool, is_factor)))


@lru_cache(maxsize=128)
def _codings(
    terms: tuple[tuple[int, ...], ...], intercept: bool, is_factor: tuple[bool, ...]
) -> tuple[tuple[str, ...], ...]:
    holders: dict[int, int] = {}  # variable → the earlier terms that hold it, as bits
    full_is_due = not intercept
    coded = []
    for number, term in enumerate(terms):
        kinds = ["numeric"] * len(term)
        held = [holders.get(variable, 0) for variable in term]
        before = list(accumulate(held, and_, initial=-1))  # earlier terms with all variables left of a place
        after = list(accumulate(reversed(held), and_, initial=-1))  # and right of it, counted from the end
        for place, variable in enumerate(term):
            if is_factor[variable]:
                margin_is_there = before[place] & after[len(term) - 1 - place]  # -1, so true, when empty
                kinds[place] = "contrast" if margin_is_there and not full_is_due else "indicator"
                full_is_due = False
        for variable in term:
            holders[variable] = holders.get(variable, 0) | 1 << number
        coded.append(tuple(kinds))
    return tuple(coded)
