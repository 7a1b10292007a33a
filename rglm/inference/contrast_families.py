"""Families of contrasts between means: all pairs, each with a control, each with the average, trends."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from math import gcd, lcm
from typing import Any

import numpy as np

from rglm.errors import FitError, choose, did_you_mean
from rglm.formula.values import Floats


@dataclass(frozen=True, eq=False)
class Family:
    """Contrasts of k means.

    labels   one a contrast
    weights  contrasts × k
    adjust   the adjustment for several tests where none is asked for
    means    how many means are compared in all pairs; 0 where it is something else
    """

    labels: tuple[str, ...]
    weights: Floats
    adjust: str = "none"
    means: int = 0


@dataclass(frozen=True)
class Terms:
    """What a family is made of.

    levels   labels of the means, those that hold an operator in parentheses
    between  how a difference is written: " - ", or " / " where it will show as a ratio
    ref      places of the control, from 0
    """

    levels: tuple[str, ...]
    between: str
    ref: tuple[int, ...]

    @property
    def k(self) -> int:
        """Number of means."""
        return len(self.levels)

    def difference(self, one: int, other: int) -> tuple[str, Floats]:
        """The label and the weights of one mean less another."""
        weights = np.zeros(self.k)
        weights[one], weights[other] = 1.0, -1.0
        return f"{self.levels[one]}{self.between}{self.levels[other]}", weights

    def family(self, rows: Sequence[tuple[str, Floats]], adjust: str, means: int = 0) -> Family:
        """The family of these contrasts."""
        weights = np.array([row for _, row in rows]).reshape(len(rows), self.k)
        return Family(tuple(label for label, _ in rows), weights, adjust, means)


def _pairwise(terms: Terms) -> Family:
    pairs = combinations(range(terms.k), 2)
    return terms.family([terms.difference(*pair) for pair in pairs], "tukey", terms.k)


def _revpairwise(terms: Terms) -> Family:
    pairs = [(later, earlier) for later in range(terms.k) for earlier in range(later)]
    return terms.family([terms.difference(*pair) for pair in pairs], "tukey", terms.k)


def _with_control(terms: Terms) -> Family:
    others = [i for i in range(terms.k) if i not in terms.ref]
    if len(terms.ref) == 1:
        return terms.family([terms.difference(i, terms.ref[0]) for i in others], "dunnettx")
    name = f"avg({','.join(terms.levels[i] for i in terms.ref)})"
    rows = []
    for i in others:
        weights = np.zeros(terms.k)
        weights[list(terms.ref)] = -1.0 / len(terms.ref)
        weights[i] = 1.0
        rows.append((f"{terms.levels[i]}{terms.between}{name}", weights))
    return terms.family(rows, "dunnettx")


def _with_last(terms: Terms) -> Family:
    return _with_control(Terms(terms.levels, terms.between, (terms.k - 1,)))


def _effects(terms: Terms) -> Family:
    weights = np.eye(terms.k) - 1.0 / terms.k
    return terms.family([(f"{level} effect", weights[i]) for i, level in enumerate(terms.levels)], "fdr")


def _deleted_effects(terms: Terms) -> Family:
    scaled = _effects(terms).weights * (terms.k / max(terms.k - 1.0, 1.0))
    return terms.family([(f"{level} effect", scaled[i]) for i, level in enumerate(terms.levels)], "fdr")


def _consecutive(terms: Terms) -> Family:
    return terms.family([terms.difference(i, i - 1) for i in range(1, terms.k)], "mvt")


def _mean_changes(terms: Terms) -> Family:
    rows = []
    for i in range(1, terms.k):
        weights = np.concatenate([np.full(i, -1.0 / i), np.full(terms.k - i, 1.0 / (terms.k - i))])
        rows.append((f"{terms.levels[i - 1]}|{terms.levels[i]}", weights))
    return terms.family(rows, "mvt")


def _identity(terms: Terms) -> Family:
    return terms.family(list(zip(terms.levels, np.eye(terms.k), strict=True)), "none")


TRENDS = ("linear", "quadratic", "cubic", "quartic")


def _polynomial(terms: Terms) -> Family:
    """Orthogonal polynomials of 1, …, k up to degree 6 in the smallest whole numbers."""
    rows = [[Fraction(1)] * terms.k]
    found = []
    for degree in range(1, min(7, terms.k)):
        row = [Fraction((2 * i - terms.k + 1) ** degree) for i in range(terms.k)]
        for other in rows:
            product = sum((a * b for a, b in zip(row, other, strict=True)), Fraction(0))
            share = product / sum((b * b for b in other), Fraction(0))
            row = [a - share * b for a, b in zip(row, other, strict=True)]
        rows.append(row)
        whole = [int(each * lcm(*(f.denominator for f in row))) for each in row]
        name = TRENDS[degree - 1] if degree <= len(TRENDS) else f"degree {degree}"
        found.append((name, np.array(whole, dtype=float) / gcd(*whole)))
    return terms.family(found, "none")


FAMILIES: dict[str, Callable[[Terms], Family]] = {
    "pairwise": _pairwise,
    "revpairwise": _revpairwise,
    "tukey": _pairwise,
    "trt.vs.ctrl": _with_control,
    "trt.vs.ctrl1": _with_control,
    "dunnett": _with_control,
    "trt.vs.ctrlk": _with_last,
    "eff": _effects,
    "del.eff": _deleted_effects,
    "consec": _consecutive,
    "mean_chg": _mean_changes,
    "poly": _polynomial,
    "identity": _identity,
}
"""By R's names (those of emmeans, without their ".emmc")."""

OPERATOR = re.compile(r"[-+/*]")


def family_of(method: Any, levels: Sequence[str], ratio: bool, ref: Any = 0) -> Family:
    """The contrasts that a name, or a dict from label to weights, stands for.

    Parameters
    ----------
    method : a name in FAMILIES, or {label: k weights}
    levels : labels of the k means
    ratio : whether differences will show as ratios
    ref : the control of "trt.vs.ctrl": a label, a place from 0, or several

    Raises
    ------
    FitError
        When the name is not known, weights have another length, or the control is none of the levels.
    """
    if hasattr(method, "items"):
        return _custom(method, len(levels))
    if method not in FAMILIES:
        raise FitError(choose("method", method, tuple(FAMILIES)) + " Or give {label: weights}.")
    shown = tuple(f"({level})" if OPERATOR.search(level) else level for level in levels)
    return FAMILIES[method](Terms(shown, " / " if ratio else " - ", _places(ref, levels)))


def _custom(method: Mapping[Any, Any], k: int) -> Family:
    rows = []
    for label, weights in method.items():
        row = np.asarray(weights, dtype=float)
        if row.shape != (k,):
            raise FitError(
                f"The contrast {label!r} needs {k} weights, one for each mean of a group; it has {row.size}."
            )
        rows.append(row)
    return Family(tuple(map(str, method)), np.array(rows).reshape(len(rows), k))


def _places(ref: Any, levels: Sequence[str]) -> tuple[int, ...]:
    given = [ref] if np.ndim(ref) == 0 else list(ref)
    places = []
    for each in given:
        if hasattr(each, "casefold"):
            if each not in levels:
                raise FitError(f"ref={each!r} is none of the means compared. {did_you_mean(each, levels)}")
            places.append(list(levels).index(each))
        elif not 0 <= each < len(levels):
            raise FitError(f"ref={each!r} must be a place from 0 to {len(levels) - 1}, or a label.")
        else:
            places.append(int(each))
    return tuple(places)
