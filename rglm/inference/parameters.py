"""Which coefficients a verb is asked about."""

from __future__ import annotations

import operator
from collections.abc import Iterable
from typing import Any

from rglm.errors import FitError, did_you_mean
from rglm.inference.fitted import Fitted


def select(fit: Fitted, parm: Any, argument: str = "parm") -> list[int]:
    """Positions of the coefficients that `parm` names, in its order; all of them for None.

    Parameters
    ----------
    parm : a coefficient's name or position (0 is the first), several of them, or None
    argument : what the caller calls it

    Raises
    ------
    FitError
        For a name or position that is not one of the model's.
    """
    return chosen(fit.design.column_names, parm, argument)


def chosen(names: Iterable[str], parm: Any, argument: str = "parm") -> list[int]:
    """As `select`, among coefficients of these names."""
    known = list(names)
    if parm is None:
        return list(range(len(known)))
    single = hasattr(parm, "casefold") or not hasattr(parm, "__len__")
    return [_position(known, each, argument) for each in ([parm] if single else parm)]


def _position(names: list[str], wanted: Any, argument: str) -> int:
    if hasattr(wanted, "casefold"):
        if wanted not in names:
            raise FitError(
                f"{argument} '{wanted}' is not a coefficient of this model. {did_you_mean(wanted, names)}"
            )
        return names.index(wanted)
    try:
        position = operator.index(wanted)
    except TypeError:
        raise FitError(
            f"{argument} must be names or positions of coefficients, such as '{names[0] if names else 'x'}' "
            f"or 0; got {wanted!r}."
        ) from None
    if not -len(names) <= position < len(names):
        raise FitError(
            f"{argument} {position} is not a position: the model has {len(names)} coefficients, "
            f"counted from 0. {did_you_mean('', names)}"
        )
    return position % len(names)
