"""`coef_test()`: the table of coefficients alone, with any covariance matrix."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from rglm.display import Blank, Document, Line, Record
from rglm.errors import FitError, described, is_number
from rglm.inference.coefficients import Coefficients
from rglm.inference.covariance import covariance
from rglm.inference.fitted import Fitted
from rglm.inference.summary import estimates


@dataclass(frozen=True, eq=False, repr=False)
class CoefTest(Record):
    """Wald tests of the coefficients.

    tests   the table; `table` is its DataFrame
    note    on the covariance matrix, where another than the model's was used; else None
    """

    tests: Coefficients
    note: str | None

    @property
    def table(self) -> pd.DataFrame:
        """Estimate, Std. Error, z or t value, p-value, one row a coefficient; NaN where aliased."""
        return self.tests.frame

    def document(self) -> Document:
        """lmtest's print of `coeftest()`."""
        note = [] if self.note is None else [Line(self.note, role="note")]
        title = Line(f"{self.tests.letter} test of coefficients:", role="heading")
        return Document([Blank(), title, *note, Blank(), *self.tests.parts()[1:], Blank()], less=2)


def coef_test(fit: Fitted, vcov: Any = None, df: float | None = None) -> CoefTest:
    """Wald tests of the coefficients, one by one.

    b_j / se_j, compared with the normal distribution where the family fixes the dispersion and with t on
    df_residual where it is estimated.  (R's `coeftest` compares every glm with the normal, Gamma and quasi
    families too: df=inf gives that.)

    Parameters
    ----------
    fit : a fitted model
    vcov : a type or dict that `vcov()` knows, such as "HC3" or {"cluster": "firm"}, or a DataFrame, p × p,
        labelled by coefficient; the model's by default
    df : degrees of freedom to use instead; inf for z tests

    Returns
    -------
    CoefTest, with `.table`

    Raises
    ------
    FitError
        When `vcov` is unknown or does not match the coefficients, or `df` is not positive.

    Source: R `lmtest::coeftest`.

    Examples
    --------
    >>> from rglm import datasets, glm
    >>> fit = glm("Days ~ Sex + Age", data=datasets.load("quine"), family="poisson")
    >>> f"{fit.coef_test(vcov='HC3').table.loc['SexM', 'z value']:.4f}"
    '0.6331'
    """
    used, tested = covariance(fit, vcov), degrees_of_freedom(fit, df)
    tests = Coefficients(fit.design.column_names, estimates(fit), used.standard_errors, tested)
    return CoefTest(tests, used.note)


def degrees_of_freedom(fit: Fitted, df: float | None = None) -> float:
    """Those asked for, else df_residual where the dispersion is estimated and inf (z) where it is not."""
    if df is None:
        return np.inf if fit.family.dispersion_known else float(fit.df_residual)
    if not is_number(df) or not df > 0:
        raise FitError(f"df must be a positive number, or inf for z tests; got {described(df)}.")
    return float(df)
