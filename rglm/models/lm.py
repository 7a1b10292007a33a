"""Linear models: `lm()` and what it returns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rglm.families.gaussian import Gaussian
from rglm.models.arguments import Arguments
from rglm.models.base import Model
from rglm.models.call import describe
from rglm.models.engine import solve_once
from rglm.models.prepare import as_formula, prepare


class LM(Model):
    """A fitted linear model: R's verbs as methods, each a function of `rglm.inference`."""


def lm(
    formula: Any,
    data: Any,
    *,
    weights: Any = None,
    freq_weights: Any = None,
    offset: Any = None,
    subset: Any = None,
    na_action: str = "omit",
    contrasts: Mapping[str, Any] | None = None,
    env: Mapping[str, Any] | None = None,
) -> LM:
    """Fit a linear model by (weighted) least squares.

    y = X b + offset + e, Var(e) = sigma² / w.

    Parameters
    ----------
    formula, data, weights, freq_weights, offset, subset, na_action, contrasts, env : as in `glm`

    Returns
    -------
    LM

    Raises
    ------
    FormulaError, DataError
        Before fitting, when the formula or the data cannot be used.

    Source: R `lm`.

    Examples
    --------
    >>> from rglm import datasets, lm
    >>> fit = lm("dist ~ speed", data=datasets.load("cars"))
    >>> f"{fit.coef['speed']:.4f}"
    '3.9324'
    """
    arguments = Arguments(
        as_formula(formula), data, Gaussian(), weights, freq_weights, offset, None, subset, na_action,
        contrasts, env=env,
    )  # fmt: skip
    return fit_lm(arguments)


def fit_lm(arguments: Arguments, stacklevel: int = 4) -> LM:
    """Fit from kept arguments: what `lm()` and `update()` share."""
    prepared = prepare(arguments)
    return LM(
        arguments,
        prepared,
        solve_once(arguments.family, prepared.rows),
        describe("lm", arguments, prepared, None),
    )
