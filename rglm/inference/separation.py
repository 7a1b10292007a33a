"""Signs, at any n, that some estimates run to infinity, and what in the data drives them there."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rglm.display.numbers import format_one
from rglm.errors import some
from rglm.formula.values import Floats
from rglm.inference.fitted import Fitted
from rglm.inference.recession import Recession, recession, sides

MOST = 4
"""Reasons that a message gives."""


@dataclass(frozen=True)
class Separation:
    """Coefficients that have no finite estimate.

    columns   names of the coefficients
    reasons   what in the data separates, one phrase each: "all 12 responses where g = 'q' are 0"
    complete  whether every response is predicted perfectly
    """

    columns: tuple[str, ...]
    reasons: tuple[str, ...]
    complete: bool

    def __str__(self) -> str:
        kind = "complete separation" if self.complete else "separation"
        first, rest = self.reasons[:MOST], len(self.reasons) - MOST
        more = f"; and so in {rest} more" if rest > 0 else ""
        return (
            f"Infinite estimates ({kind}): {some(self.columns)}. {'; '.join(first)}{more}. "
            "Their coefficients, standard errors and Wald tests mean nothing; tests that compare deviances "
            "still hold. Merge or drop the level or term, or use a bias-reduced fit."
        )


def separation(fit: Fitted) -> Separation | None:
    """Coefficients whose estimates run to infinity, and why; None where there is no sign of it.

    A fit is separated when the likelihood has a direction of recession; the next step of the iteration
    points along it.  The exact test of its existence is a linear program.

    Source: Albert & Anderson (1984), Biometrika 71.
    """
    wanted = sides(fit)
    found = recession(fit, wanted)
    if found is None:
        return None
    names = fit.design.column_names
    columns = tuple(names[j] for j in np.flatnonzero(found.direction))
    complete = bool(found.moves[fit.rows.used].all())
    return Separation(columns, tuple(_reasons(fit, found, complete)), complete)


def _reasons(fit: Fitted, found: Recession, complete: bool) -> list[str]:
    """A phrase for each level or number that separates by itself; one for the terms together without any."""
    y, moved = fit.rows.y, fit.rows.used & (found.moves != 0.0)
    if complete and np.ptp(y[moved]) == 0:
        return [_all_are(int(moved.sum()), "", y[moved][0])]
    infinite = set(np.asarray(fit.design.assign)[found.direction != 0.0].tolist())
    terms = enumerate(zip(fit.design.terms.terms, fit.rows.block.pieces, strict=True), start=1)
    phrases: list[str] = []
    told = np.zeros(len(moved), dtype=bool)
    for number, (term, piece) in terms:
        if number not in infinite:
            continue
        if piece.codes is not None and piece.values is None:
            phrases += _cells(fit, term, piece.codes, moved, told)
        elif piece.codes is None and piece.values is not None and piece.values.shape[1] == 1:
            phrases += _number(fit, fit.design.term_labels[number - 1], piece.values[:, 0], moved, told)
    if phrases:
        return phrases
    listed = some([f"'{label}'" for label in _terms(fit, found)])
    return [f"{listed} {'predict every response' if complete else 'predict some responses'} perfectly"]


def _terms(fit: Fitted, found: Recession) -> list[str]:
    """Labels of the terms whose coefficients are infinite; the intercept only where there is none."""
    assign = np.asarray(fit.design.assign)[found.direction != 0.0]
    numbers = [number for number in dict.fromkeys(assign.tolist()) if number] or [0]
    return [fit.design.term_labels[number - 1] if number else "(Intercept)" for number in numbers]


def _cells(
    fit: Fitted, term: tuple[int, ...], codes: np.ndarray, moved: np.ndarray, told: np.ndarray
) -> list[str]:
    """Phrases for the cells of a term of factors whose responses all lie on one edge; marks rows as told."""
    used, y = fit.rows.used, fit.rows.y
    total = np.bincount(codes[used])
    means = np.bincount(codes[used], y[used]) / np.maximum(total, 1)
    new = np.bincount(codes[moved & ~told], minlength=len(total)) > 0
    lone = new & (np.bincount(codes[moved], minlength=len(total)) == total)
    lone &= (means == fit.family.domain.low) | (means == fit.family.domain.high)
    told |= used & np.append(lone, np.zeros(codes.max() + 1 - len(lone), dtype=bool))[codes]
    return [
        _all_are(int(total[cell]), f"where {_cell(fit, term, cell)} ", means[cell])
        for cell in np.flatnonzero(lone).tolist()
    ]


def _cell(fit: Fitted, term: tuple[int, ...], cell: int) -> str:
    """`a = 'u' and b = 'v'`: the levels of one cell of a term, the earlier variable fastest."""
    parts = []
    for index in term:
        variable = fit.design.variables[index]
        levels = variable.levels or ()
        cell, code = divmod(cell, len(levels))
        parts.append(f"{variable.name} = '{levels[code]}'")
    return " and ".join(parts)


def _number(fit: Fitted, label: str, x: Floats, moved: np.ndarray, told: np.ndarray) -> list[str]:
    """What a numeric column separates by itself: one of its two values, or all that lies beyond a number."""
    used, y = fit.rows.used, fit.rows.y
    phrases = []
    values = np.unique(x[used])
    for value in values if len(values) == 2 else ():
        rows = used & (x == value)
        if moved[rows].all() and np.ptp(y[rows]) == 0 and not told[rows].all():
            told |= rows
            phrases.append(_all_are(int(rows.sum()), f"where {label} = {_text(value)} ", y[rows][0]))
    if not phrases and not told[moved].all():
        phrase = _halves(fit, label, x)
        if phrase is not None:
            told |= moved
            phrases.append(phrase)
    return phrases


def _halves(fit: Fitted, label: str, x: Floats) -> str | None:
    """The phrase for responses that lie on one edge on one side of some value of x, on the other beyond."""
    rows, domain = fit.rows, fit.family.domain
    at_low, at_high = (rows.used & (rows.y == edge) for edge in (domain.low, domain.high))
    between = x[rows.used & ~at_low & ~at_high]
    if not at_low.any() or not at_high.any():
        return None
    for first, second in ((at_low, at_high), (at_high, at_low)):
        below, above = x[first].max(), x[second].min()
        if below <= above and ((below <= between) & (between <= above)).all():
            equals = "" if below == above else "="
            return (
                f"the response is {_text(rows.y[first][0])} where {label} <{equals} {_text(below)} "
                f"and {_text(rows.y[second][0])} where {label} >{equals} {_text(above)}"
            )
    return None


def _all_are(count: int, where: str, y: float) -> str:
    if count == 1:
        return f"the one response {where}is {_text(y)}"
    return f"all {count} responses {where}are {_text(y)}"


def _text(value: float) -> str:
    return format_one(float(value))
