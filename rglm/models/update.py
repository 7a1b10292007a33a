"""The call made again with changes: what `update` shares between models."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from inspect import signature
from typing import Any

from rglm.data.memory import as_source
from rglm.errors import FitError, did_you_mean
from rglm.families.registry import family as as_family
from rglm.formula.tree import Formula
from rglm.formula.update import expand_dot
from rglm.formula.update import update as updated_formula
from rglm.models.arguments import Arguments
from rglm.models.base import Model
from rglm.models.prepare import as_formula


def changed(fit: Model, formula: Any, changes: Mapping[str, Any], maker: Callable[..., Model]) -> Arguments:
    """The arguments of `fit` with another formula (where `.` is the old one) and other changes.

    FitError for a change that is not an argument of `maker`, the function that made the fit.
    """
    known = list(signature(maker).parameters)
    for name in changes:
        if name not in known:
            raise FitError(f"{maker.__name__}() has no argument '{name}'. {did_you_mean(name, known)}")
    arguments = fit.arguments
    if formula is not None:
        old = expanded(fit)
        new = updated_formula(old, formula) if isinstance(formula, str) else as_formula(formula)
        arguments = replace(arguments, formula=new)
    if "data" in changes:
        changes = {**changes, "data": as_source(changes["data"])}
    else:
        fit.prepared.check_unchanged()
    if "family" in changes:
        changes = {**changes, "family": as_family(changes["family"])}
    return replace(arguments, **changes)


def expanded(fit: Model) -> Formula:
    """The formula with `.` written out, so that a later `. - x` means terms and not columns."""
    arguments = fit.arguments
    columns = tuple(fit.source.names)
    return expand_dot(arguments.formula, columns, arguments.extra_names(columns))
