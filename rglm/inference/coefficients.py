"""The table of coefficients: estimates, standard errors, z or t statistics, p-values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from rglm.display import Column, Line, Table
from rglm.display.document import Part
from rglm.formula.values import Floats
from rglm.inference.distributions import two_sided


@dataclass(frozen=True, eq=False)
class Coefficients:
    """Wald tests of the coefficients.

    names       coefficients in R's words
    estimates   (p,), NaN where aliased
    std_errors  (p,), NaN where aliased
    df          residual degrees of freedom of the t distribution; infinite for the normal
    """

    names: Sequence[str]
    estimates: Floats
    std_errors: Floats
    df: float

    @cached_property
    def statistics(self) -> Floats:
        """Estimates over standard errors, (p,)."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return self.estimates / self.std_errors

    @cached_property
    def p_values(self) -> Floats:
        """Two-sided p-values, (p,)."""
        return two_sided(self.statistics, self.df)

    @property
    def letter(self) -> str:
        """z or t."""
        return "z" if np.isinf(self.df) else "t"

    @cached_property
    def frame(self) -> pd.DataFrame:
        """The table, columns named as R's."""
        columns = {
            "Estimate": self.estimates,
            "Std. Error": self.std_errors,
            f"{self.letter} value": self.statistics,
            f"Pr(>|{self.letter}|)": self.p_values,
        }
        return pd.DataFrame(columns, index=pd.Index(list(self.names), dtype=object))

    def parts(self) -> list[Part]:
        """The table as summaries print it, with the line above it."""
        if not len(self.names):
            return [Line("No Coefficients", role="heading")]
        singular = int(np.isnan(self.estimates).sum())
        title = "Coefficients:"
        if singular:
            title = f"Coefficients: ({singular} not defined because of singularities)"
        columns = (
            Column("Estimate", "estimate", self.estimates.tolist()),
            Column("Std. Error", "standard error", self.std_errors.tolist()),
            Column(f"{self.letter} value", "statistic", self.statistics.tolist()),
            Column(f"Pr(>|{self.letter}|)", "p-value", self.p_values.tolist()),
        )
        return [Line(title, role="heading"), Table(columns, tuple(self.names), "coefficients")]


def correlation_parts(names: Sequence[str], correlation: Floats | None) -> list[Part]:
    """The lower triangle of the coefficients' correlations, as summaries print it; nothing for one alone."""
    if correlation is None or len(names) < 2:
        return []
    columns = tuple(
        Column(name, "number", values.tolist()) for name, values in zip(names, correlation.T, strict=True)
    )
    return [
        Line(""),
        Line("Correlation of Coefficients:", role="heading"),
        Table(columns, tuple(names), "correlation"),
    ]
