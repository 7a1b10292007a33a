"""From a classified response to the numbers a family models, or a refusal that names column and rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rglm.display.numbers import format_one
from rglm.errors import FamilyError, either, perhaps, some, warn
from rglm.families.domain import PROPORTION, Domain
from rglm.formula.values import Floats, Response

SHOWN = 4
"""Offending rows named in a message."""

BOOLEANS = {"FALSE", "TRUE"}


@dataclass(frozen=True, eq=False)
class Accepted:
    """A response as a family models it.

    y         (n,)
    weights   (n,) what multiplies each unit deviance: prior weights, times trials where there are any
    trials    (n,) binomial trials of a two-column response, else None
    modelled  what is modelled, such as 'P(y = "yes")', where that needs saying
    """

    y: Floats
    weights: Floats
    trials: Floats | None = None
    modelled: str | None = None


def prior_weights(weights: Floats | None, n: int) -> Floats:
    """The weights given, or ones, (n,) float64."""
    return np.ones(n) if weights is None else np.asarray(weights, dtype=np.float64)


def offenders(response: Response, wrong: NDArray[np.bool_], values: Floats) -> str:
    """`2 of 10 rows (row 3: -1, row 7: -2.5)`."""
    return offending(wrong, values, response.positions)


def offending(wrong: NDArray[np.bool_], values: Floats, positions: NDArray[Any] | None) -> str:
    """The same, for values whose rows are at `positions` in the data (None: all of them, in order)."""
    where = np.flatnonzero(wrong)
    rows = where if positions is None else positions[where]
    shown = some([f"row {row}: {_text(values[i])}" for row, i in zip(rows, where, strict=True)], SHOWN)
    return f"{len(where)} of {len(wrong)} rows ({shown})"


def _text(value: Floats) -> str:
    return ", ".join(format_one(float(part)) for part in np.atleast_1d(value))


def require(response: Response, y: Floats, domain: Domain, wording: str, remedy: str) -> None:
    """Refuse responses outside the domain.

    Raises
    ------
    FamilyError
        With R's wording, what was expected, how many rows offend, the first of them, and the remedy.
    """
    wrong = domain.outside(y)
    if not wrong.any():
        return
    if not np.isfinite(y).all():
        wrong = ~np.isfinite(y)
        wording = "infinite or missing values in the response"
        remedy = "Correct those rows or leave them out with subset=."
    raise FamilyError(
        f"{wording}: the response '{response.name}' must hold {domain.text}, "
        f"but {offenders(response, wrong, y)} do not. {remedy}"
    )


def numeric_response(response: Response, family: str) -> Floats:
    """The response of a family that models numbers, (n,); booleans count as 0 and 1.

    Raises
    ------
    FamilyError
        For levels and for several columns.
    """
    if response.kind == "numeric":
        _refuse_success(response)
        return response.values
    levels = response.levels or ()
    if response.kind == "levels" and levels and BOOLEANS.issuperset(levels):
        _refuse_success(response)
        return np.asarray(np.array(levels) == "TRUE", dtype=np.float64)[response.values.astype(np.intp)]
    if response.kind == "levels":
        raise FamilyError(
            f"The {family} family needs numbers, but the response '{response.name}' has the levels "
            f"{some(levels)}. For two levels use family='binomial'; convert numbers that are stored as text."
        )
    raise FamilyError(
        f"The {family} family needs one column of numbers, but the response '{response.name}' has "
        f"{response.values.shape[-1]}. Two columns of successes and failures are for family='binomial'."
    )


def _refuse_success(response: Response) -> None:
    if response.success is not None:
        raise FamilyError(
            f"success={response.success!r} picks a level, but the response '{response.name}' has none: "
            "leave success= out, or make the response a factor."
        )


def binomial_response(response: Response, weights: Floats | None, family: str, warn: bool) -> Accepted:
    """Proportions, 0/1, levels or two columns of counts, as successes among trials.

    Parameters
    ----------
    response : the classified left-hand side
    weights : (n,) prior weights (trials, for proportions), or None for ones
    family : the family's name, for messages
    warn : whether counts that are not whole numbers deserve a warning

    Raises
    ------
    FamilyError
        For proportions outside 0..1, negative counts, one level, or more than two levels without success=.

    Source: R's `binomial()$initialize`.
    """
    if response.kind == "columns":
        return _from_counts(response, weights, family, warn)
    if response.kind == "levels":
        y, modelled = _from_levels(response)
        return Accepted(y, prior_weights(weights, len(y)), None, modelled)
    _refuse_success(response)
    y, w = response.values, prior_weights(weights, len(response.values))
    if weights is not None and not w.all():
        y = np.where((w == 0) & np.isfinite(y), 0.0, y)
    require(
        response,
        y,
        PROPORTION,
        "y values must be 0 <= y <= 1",
        "Give counts as cbind(successes, failures), or proportions with weights= the number of trials.",
    )
    if warn:
        _warn_fractions(response, w * y, f"non-integer #successes in a {family} glm!")
    return Accepted(y, w)


def _from_levels(response: Response) -> tuple[Floats, str]:
    levels, codes = response.levels or (), response.values
    name, success = response.name, response.success
    if success is not None:
        if success not in levels:
            raise FamilyError(
                f"success={success!r} is not a level of the response '{name}'. "
                f"{perhaps(str(success), levels)}Its levels are {some(levels)}."
            )
        return np.asarray(codes == levels.index(success), dtype=np.float64), _probability(name, success)
    if len(levels) > 2:
        raise FamilyError(
            f"A binomial response has two levels, but '{name}' has {len(levels)}: {some(levels)}. "
            f"Say which one counts as success (success={levels[-1]!r}); all others are then failures."
        )
    if len(levels) < 2:
        raise FamilyError(
            f"A binomial response has two levels, but '{name}' has only "
            f"{either(levels) if levels else 'none'} in the rows used. Check subset= and missing values."
        )
    return np.asarray(codes != 0, dtype=np.float64), _probability(name, levels[1])


def _probability(name: str, level: str) -> str:
    return f"P({name} = {level})" if level in BOOLEANS else f'P({name} = "{level}")'


def _from_counts(response: Response, weights: Floats | None, family: str, warn: bool) -> Accepted:
    counts = response.values
    if counts.ndim != 2 or counts.shape[1] != 2:
        raise FamilyError(
            f"for the '{family}' family, y must be a vector of 0 and 1's or a 2 column matrix where col 1 is "
            f"no. successes and col 2 is no. failures; '{response.name}' has {counts.shape[-1]} columns. "
            "Write cbind(successes, failures)."
        )
    _refuse_success(response)
    wrong = np.logical_or.reduce((counts < 0) | ~np.isfinite(counts), axis=1)
    if wrong.any():
        raise FamilyError(
            f"negative values not allowed for the '{family}' family: the columns of '{response.name}' must "
            "hold finite counts of successes and failures, 0 or more, but "
            f"{offenders(response, wrong, counts)} do not. "
            "If the second column holds trials, write cbind(successes, trials - successes)."
        )
    if warn:
        _warn_fractions(response, counts, f"non-integer counts in a {family} glm!")
    trials = counts[:, 0] + counts[:, 1]
    y = counts[:, 0] / np.where(trials > 0, trials, 1.0)
    return Accepted(y, prior_weights(weights, len(y)) * trials, trials)


def _warn_fractions(response: Response, counts: Floats, wording: str) -> None:
    wrong = np.abs(counts - np.rint(counts)) > 0.001
    if wrong.any():
        rows: NDArray[np.bool_] = wrong if wrong.ndim == 1 else wrong[:, 0] | wrong[:, 1]
        warn(
            f"{wording} Successes (of '{response.name}', times weights) should be whole numbers; "
            f"{offenders(response, rows, counts)} are not. The estimates stand, the likelihood rounds them. "
            "For proportions give weights= the number of trials; family='quasibinomial' asks for no counts."
        )
