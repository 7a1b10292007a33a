"""Analyses of variance: `aov()` and what it returns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rglm.data.memory import as_source
from rglm.errors import FitError
from rglm.families.gaussian import Gaussian
from rglm.formula.grammar import children
from rglm.formula.tree import Call, Formula, Node
from rglm.inference.aov_table import document_aov, summary_aov
from rglm.inference.summary_lm import summary_lm
from rglm.models.arguments import Arguments
from rglm.models.call import describe
from rglm.models.engine import solve_once
from rglm.models.lm import LM
from rglm.models.prepare import as_formula, prepare
from rglm.models.update import changed


class AOV(LM):
    """A fitted analysis of variance: a linear model that prints and sums up its terms; all verbs of `LM`."""

    document = document_aov
    summary = summary_aov  # type: ignore[assignment]  # another record under R's name
    summary_lm = summary_lm

    @property
    def r_squared(self) -> float:
        """Share of the response's variation that the model explains."""
        return self.summary_lm().r_squared

    @property
    def adj_r_squared(self) -> float:
        """R² with the means of squares, rather than their sums, compared."""
        return self.summary_lm().adj_r_squared

    def update(self, formula: Any = None, **changes: Any) -> AOV:
        """Make the call again with another formula, or other arguments.

        Parameters
        ----------
        formula : text in which `.` stands for the old side: ". ~ . - x", "log(.) ~ .", or a whole formula
        changes : any argument of `aov`

        Returns
        -------
        AOV

        Raises
        ------
        FitError
            For an argument that `aov` does not have; and whatever `aov` raises.

        Source: R `update`, `update.formula`.

        Examples
        --------
        >>> from rglm import aov, datasets
        >>> fit = aov("breaks ~ wool * tension", data=datasets.load("warpbreaks"))
        >>> fit.update(". ~ . - wool:tension").formula
        'breaks ~ wool + tension'
        """
        return fit_aov(changed(self, formula, changes, aov))


def aov(
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
) -> AOV:
    """Fit an analysis of variance: a linear model whose summary is its table of terms.

    y = X b + offset + e, Var(e) = sigma² / w; sums of squares are sequential, in the order of the terms.

    Parameters
    ----------
    formula, data, weights, freq_weights, offset, subset, na_action, contrasts, env : as in `lm`

    Returns
    -------
    AOV, with the verbs of `lm` (`summary_lm()` is its table of coefficients) and `tukey_hsd()`

    Raises
    ------
    FitError
        For `Error()` in the formula: error strata are not fitted.
    FormulaError, DataError
        Before fitting, when the formula or the data cannot be used.

    Source: R `aov`; Chambers, Freeny & Heiberger (1992).

    Examples
    --------
    >>> from rglm import aov, datasets
    >>> fit = aov("yield ~ block + N * P * K", data=datasets.load("npk"))
    >>> fit.df_residual
    12
    """
    arguments = Arguments(
        as_formula(formula), as_source(data), Gaussian(), weights, freq_weights, offset, None,
        subset, na_action, contrasts, env=env,
    )  # fmt: skip
    return fit_aov(arguments)


def fit_aov(arguments: Arguments) -> AOV:
    """Fit from kept arguments: what `aov()` and `update()` share."""
    refuse_strata(arguments.formula)
    prepared = prepare(arguments)
    return AOV(
        arguments,
        prepared,
        solve_once(arguments.fitted_family, prepared.rows),
        describe("aov", arguments, prepared, None),
    )


def refuse_strata(formula: Formula) -> None:
    """FitError where a formula has error strata."""
    waiting: list[Node] = [formula.right]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Call) and node.function == "Error":
            raise FitError(
                "aov() fits one error stratum, and the formula has Error(). Where the strata are blocks, "
                "write them as a term (y ~ block + treatment): treatments that vary within blocks have the "
                "same test. For treatments that vary between blocks (split plots), fit the block means, or a "
                "mixed model."
            )
        waiting.extend(children(node))
