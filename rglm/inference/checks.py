"""Checks of arguments that several verbs share."""

from __future__ import annotations

from rglm.errors import FitError


def check_level(level: float) -> None:
    """A confidence level lies strictly between 0 and 1."""
    if not 0.0 < level < 1.0:
        hint = f" For {level} percent write level={level / 100}." if 1.0 < level < 100.0 else ""
        raise FitError(f"level must lie between 0 and 1, such as 0.95; got {level!r}.{hint}")
