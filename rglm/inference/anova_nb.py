"""`anova()` of negative binomial models whose theta was estimated."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import pandas as pd

from rglm.display import Column, Document, Line, Table
from rglm.display.table import Kind
from rglm.errors import FitError, choose, warn
from rglm.inference.anova import anova, check_same_rows
from rglm.inference.deviance_table import AnovaTable, check_type
from rglm.inference.distributions import upper_chisq
from rglm.inference.fitted import Fitted
from rglm.inference.labels import formula_of, response_of
from rglm.inference.nesting import check_nested
from rglm.inference.summary_nb import FittedTheta

TITLE = "Likelihood ratio tests of Negative Binomial Models"

COLUMNS: tuple[tuple[str, str, Kind], ...] = (
    ("Model", "Model", "text"),
    ("theta", "theta", "number"),
    ("Resid. df", "Resid. df", "number"),
    ("2 x log-lik.", "   2 x log-lik.", "number"),
    ("Test", "Test", "text"),
    ("df", "   df", "number"),
    ("LR stat.", "LR stat.", "number"),
    ("Pr(Chi)", "Pr(Chi)", "number"),
)
"""Name in the table, heading as MASS prints it, kind."""


@dataclass(frozen=True, eq=False, repr=False)
class ThetaTable(AnovaTable):
    """Likelihood ratio tests between negative binomial models, each with its own theta.

    table      DataFrame, one row a model, the smallest first: `Model`, `theta`, `Resid. df`, `2 x log-lik.`,
               `Test`, `df`, `LR stat.`, `Pr(Chi)`; the first row has no test
    """

    def document(self) -> Document:
        """MASS's `print.Anova`."""
        columns = tuple(_column(self.table[name], title, kind) for name, title, kind in COLUMNS)
        notes = [Line(note, role="note") for note in self.notes]
        table = Table(columns, tuple(map(str, self.table.index)), "frame", missing="")
        return Document([Line(self.title, role="heading"), *notes, table])


def _column(values: pd.Series[Any], title: str, kind: Kind) -> Column:
    return Column(title, kind, values.tolist())


def anova_nb(
    fit: FittedTheta, *others: Fitted, test: Any = "default", type: int = 1, **more: Any
) -> AnovaTable:
    """Analysis of deviance of one model at its theta, or likelihood ratio tests between several.

    One model: its terms in their order, theta kept at the estimate of the whole model, with a warning that
    says so.  Several models, each with its own theta: LR = 2 (loglik of the larger - loglik of the smaller)
    against chi-square; they are sorted by residual degrees of freedom.

    Parameters
    ----------
    fit, *others : fitted negative binomial models (`glm_nb`) of the same rows and response
    test : for one model as in `anova` of a `glm`; for several only "Chisq" (also called "LRT")
    type : of the table of one model, as in `anova` of a `glm`
    more : further arguments for the table of one model

    Returns
    -------
    AnovaTable for one model; ThetaTable for several

    Raises
    ------
    FitError
        When the test is unknown; when the models have other rows or another response, are not nested, or one
        has no estimated theta.

    Warns
    -----
    RglmWarning
        For one model: tests are made without estimating theta again.

    Source: MASS `anova.negbin`.

    Examples
    --------
    >>> from rglm import datasets, glm_nb
    >>> quine = datasets.load("quine")
    >>> small, large = glm_nb("Days ~ Age", data=quine), glm_nb("Days ~ Age + Eth", data=quine)
    >>> f"{small.anova(large).table['LR stat.'].iloc[1]:.3f}"
    '12.014'
    """
    if not others:
        table = anova(fit, test=test, type=type, **more)
        warn("tests made without re-estimating 'theta'")
        return table
    check_type(type, True, more.get("vcov"))
    if test not in ("default", "Chisq", "LRT"):
        raise FitError(choose("test", test, ("Chisq", "LRT")) + " Each model has its own theta.")
    check_same_rows((fit, *others))
    for number, model in enumerate(others, start=2):
        if not hasattr(model, "theta"):
            raise FitError(
                f"anova() of negative binomial models compares fits of glm_nb(); model {number} has no "
                "estimated theta. lrtest() compares any two likelihoods."
            )
    models = (fit, *cast(tuple[FittedTheta, ...], others))
    ordered = sorted(models, key=lambda model: -model.df_residual)
    check_nested(ordered, "anova()")
    return _compared(ordered)


def _compared(models: list[FittedTheta]) -> ThetaTable:
    """The table of models from the smallest to the largest."""
    df_residuals = np.array([float(model.df_residual) for model in models])
    twologliks = np.array([model.twologlik for model in models])
    df = np.concatenate([[np.nan], -np.diff(df_residuals)])
    statistic = np.concatenate([[np.nan], np.diff(twologliks)])
    tests = [f"{i} vs {i + 1}" for i in range(1, len(models))]
    with np.errstate(invalid="ignore"):
        p_values = np.where(df > 0, upper_chisq(np.maximum(statistic, 0.0), df), np.nan)
    table = pd.DataFrame(
        {
            "Model": [_right_side(model) for model in models],
            "theta": [float(model.theta) for model in models],
            "Resid. df": df_residuals,
            "2 x log-lik.": twologliks,
            "Test": [None, *tests],
            "df": df,
            "LR stat.": statistic,
            "Pr(Chi)": p_values,
        },
        index=pd.Index([str(i) for i in range(1, len(models) + 1)], dtype=object),
    )
    return ThetaTable(TITLE, ("", f"Response: {response_of(models[0])}"), table, "Chisq")


def _right_side(model: FittedTheta) -> str:
    """What stands after the tilde, on one line."""
    text = " ".join(formula_of(model).split())
    return text.removeprefix(response_of(model)).lstrip(" ~")
