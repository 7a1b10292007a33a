"""Tables that compare models by their deviances, and the tests that fill them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from rglm.display import Column, Document, Line, Record, table_of
from rglm.errors import FitError, among, choose, shown, warn
from rglm.fitting.qr import least_squares
from rglm.formula.values import Floats
from rglm.inference.distributions import upper_chisq, upper_f
from rglm.inference.fitted import Fitted


@dataclass(frozen=True, eq=False, repr=False)
class AnovaTable(Record):
    """An analysis of deviance or variance.

    title    the first line
    notes    what stands between title and table: response, models
    table    DataFrame, rows and columns named as R's; NaN where a cell does not apply or has no value
    test     the test in the table, or None
    undefined   whether tests have no value for want of residual degrees of freedom; they print NaN then
    """

    title: str
    notes: tuple[str, ...]
    table: pd.DataFrame
    test: str | None
    undefined: bool = False

    def document(self) -> Document:
        """R's `print.anova`."""
        notes = [Line(note, role="note") for note in self.notes]
        table = table_of(self.table, "anova")
        if self.undefined:
            table = replace(table, columns=tuple(map(_without_last_test, table.columns)), nan="NaN")
        return Document([Line(self.title, role="heading"), *notes, table], less=2)


def _without_last_test(column: Column) -> Column:
    """A column of tests that does not apply to the last row, the residuals."""
    if column.kind not in ("statistic", "p-value"):
        return column
    return replace(column, values=[*column.values[:-1], None])


@dataclass(frozen=True)
class Reference:
    """What deviances are compared with.

    dispersion   phi, known or estimated in the largest model
    df           residual degrees of freedom of that estimate; infinite where phi is known
    nobs         observations
    """

    dispersion: float
    df: float
    nobs: float


TESTS = ("Chisq", "LRT", "F", "Rao", "Cp")


def asked_test(test: Any, default: str, known: Sequence[str] = TESTS) -> str | None:
    """The test by its name, the default beside "boot"; None for `test=False`.  FitError for one not known."""
    if test is False or test is None:
        return None
    if among(test, ("default", "boot")):
        return default
    if not among(test, known):
        raise FitError(choose("test", test, (*known, "boot")) + " test=False is none.")
    return str(test)


def check_type(type: Any, several: bool, vcov: Any) -> None:
    """Types 1, 2 and 3; the latter two of one model, whose Wald tests take a covariance matrix."""
    if not among(type, (1, 2, 3)):
        raise FitError(
            f"type {shown(type)} is not known. Choose 1 (each term after those before it), 2 (after all but "
            "the terms that contain it) or 3 (after all others)."
        )
    if type != 1 and several:
        raise FitError(
            f"A table of type {type} tests the terms of one model. Leave out type= to compare models."
        )
    if type == 1 and vcov is not None:
        raise FitError(
            "vcov= makes Wald tests, and a table of type 1 compares deviances. Use type=2 or 3 for terms, or "
            "waldtest(m1, m2, vcov=…) for models."
        )


def warn_f(fit: Fitted, test: str | None) -> None:
    """F tests estimate the dispersion that the family says is known."""
    if test == "F" and fit.family.dispersion_known:
        warn(f"using F test with a '{fit.family.title}' family is inappropriate")


def columns_of_test(
    test: str | None, df: Floats, drop: Floats, reference: Reference, deviances: Floats, df_residuals: Floats
) -> dict[str, Floats]:
    """The columns that a test adds, by name.

    Parameters
    ----------
    test : a name in TESTS, or None
    df, drop : degrees of freedom and deviance (or score) by which each row differs from the one before, (k,)
    reference : dispersion and its degrees of freedom
    deviances, df_residuals : residual deviance and degrees of freedom of each row's model, (k,)

    A row with df 0, or whose deviance moves the wrong way, has no test (NaN).
    """
    if test is None:
        return {}
    if test == "Cp":
        return {"Cp": deviances + 2.0 * reference.dispersion * (reference.nobs - df_residuals)}
    with np.errstate(all="ignore"):
        if test == "F":
            ratio = _tested(drop / df / reference.dispersion, df)
            return {"F": ratio, "Pr(>F)": upper_f(ratio, np.abs(df), reference.df)}
        chisq = _tested(drop / reference.dispersion * np.sign(df), df)
        return {"Pr(>Chi)": upper_chisq(chisq, np.abs(df))}


def _tested(statistic: Floats, df: Floats) -> Floats:
    return np.where((df == 0) | (statistic < 0), np.nan, statistic)


def score_statistic(X: Floats, residuals: Floats, weights: Floats) -> float:
    """Rao's score statistic, unscaled: the weighted sum of squares of `residuals` that the columns X explain.

    With working residuals r and weights W of the smaller model, r'WX (X'WX)⁻¹ X'Wr over the columns X (n, p)
    of the larger one; columns of X may depend on each other.
    """
    used = weights > 0  # elsewhere a working residual may be infinite
    X, residuals, weights = X[used], residuals[used], weights[used]
    fitted = X @ least_squares(X, residuals, weights).coef
    return float((weights * fitted) @ residuals)
