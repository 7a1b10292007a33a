"""Exponentiated coefficients: odds ratios, risk ratios, rate ratios, hazard ratios."""

from __future__ import annotations

from dataclasses import dataclass
from inspect import signature
from typing import Any

import numpy as np
import pandas as pd

from rglm.display import Blank, Document, Line, Number, Record, table_of
from rglm.display.document import Part
from rglm.errors import FitError, among, choose
from rglm.families.family import Family
from rglm.inference.covariance import covariance
from rglm.inference.fitted import Fitted
from rglm.inference.summary import estimates

METHODS = ("profile", "wald")

INTERVALS = {"profile": "profile likelihood", "wald": "Wald", "exact": "exact t"}

LABELS = {"odds": "OR", "hazard": "HR"}
"""Short names of ratios, by what they are ratios of; ratios of means are named by the family."""

TITLES = {
    "OR": "Odds ratios",
    "HR": "Hazard ratios",
    "RR": "Risk ratios",
    "IRR": "Incidence rate ratios",
    "ratio": "Ratios of means",
    "exp(b)": "exp() of the coefficients",
}

BASELINES = {"odds": "odds", "hazard": "cumulative hazard", "mean": "mean"}


def ratio_label(family: Family) -> str | None:
    """ "OR", "HR", "RR", "IRR" or "ratio": what exp() of a coefficient is; None where it is no ratio."""
    of = family.link.exponentiates
    return family.mean_ratio if of == "mean" else None if of is None else LABELS[of]


def no_ratio(family: Family) -> str:
    """Why exp() of coefficients means nothing under this link."""
    return (
        f"Under the {family.link.name} link a difference of linear predictors is not the logarithm of a "
        "ratio, so exp() of a coefficient is no odds, risk or rate ratio"
    )


@dataclass(frozen=True, eq=False, repr=False)
class Ratios(Record):
    """Exponentiated coefficients with intervals.

    label      "OR", "RR", "IRR", "HR", "ratio", or "exp(b)" where the link makes no ratio of it
    of         what it is a ratio of: "odds", "mean" or "hazard"; None where it is none
    method     how the intervals were made
    level      of the intervals
    table      DataFrame, one row a coefficient: the ratio under its label, and the ends of its interval
    intercept  whether the first row is the intercept, which is no ratio
    note       on the covariance matrix, or None
    """

    label: str
    of: str | None
    method: str
    level: float
    table: pd.DataFrame
    intercept: bool
    note: str | None = None

    def document(self) -> Document:
        """Title, table, and what the intercept is."""
        parts: list[Part] = [
            Line(
                f"{TITLES[self.label]}, {self.method} intervals of level ",
                Number(self.level, "plain"),
                role="heading",
            ),
            *([] if self.note is None else [Line(self.note, role="note")]),
            Blank(),
            table_of(self.table, "matrix"),
        ]
        if self.intercept and self.of is not None:
            parts += [
                Blank(),
                Line(f"(Intercept) is the {BASELINES[self.of]} where all terms are 0.", role="note"),
            ]
        return Document(parts, less=3)


def exp_coef(
    fit: Fitted,
    parm: Any = None,
    level: float = 0.95,
    method: str | None = None,
    vcov: Any = None,
    any_link: bool = False,
) -> Ratios:
    """Exponentiated coefficients with intervals, named for what they are: odds ratios, rate ratios and so on.

    exp(b_j), and exp() of the ends of the interval for b_j.  They are labelled OR under the logit link, HR
    under cloglog (grouped proportional hazards), and under the log link RR for binomial responses, IRR for
    counts, and "ratio" (of means) otherwise.

    Parameters
    ----------
    fit : a fitted model
    parm : names or positions of coefficients; None is all
    level : of the intervals, between 0 and 1
    method : "profile" or "wald"; None is profile likelihood, or Wald where `vcov` is given (exact for `lm`)
    vcov : for Wald intervals: a type that `vcov(type=)` knows, or a DataFrame, p × p, labelled by coefficient
    any_link : exponentiate under any link, labelled "exp(b)" where it is no ratio (as after `log(y) ~ x`)

    Returns
    -------
    Ratios, whose `.table` has the label's column, `2.5 %` and `97.5 %` (or what `level` makes of them); NaN
    where aliased

    Raises
    ------
    FitError
        When the link makes no ratio of exp(b) and `any_link` is not set; for an unknown method, coefficient
        or vcov; for `vcov` with profile intervals.

    Source: R `exp(cbind(coef(fit), confint(fit)))`; McCullagh & Nelder (1989), 4.3; Prentice & Gloeckler
    (1978) for cloglog.

    Examples
    --------
    >>> from rglm import datasets, glm
    >>> fit = glm("low ~ smoke + age", data=datasets.load("birthwt"), family="binomial")
    >>> fit.exp_coef(method="wald").label
    'OR'
    """
    label = ratio_label(fit.family)
    if label is None and not any_link:
        raise FitError(
            f"{no_ratio(fit.family)}. Read the coefficients as they are (summary()), or say any_link=True to "
            "have them exponentiated all the same."
        )
    if method is not None and not among(method, METHODS):
        raise FitError(choose("method", method, METHODS))
    if vcov is not None and method == "profile":
        raise FitError('Profile intervals use no covariance matrix: leave vcov= out, or say method="wald".')
    how: dict[str, Any] = {} if method is None else {"method": method}
    if vcov is not None:
        how = {"method": "wald", "vcov": vcov}
    intervals = fit.confint  # type: ignore[attr-defined]  # the model's own: exact for lm
    ends = intervals(parm, level=level, **how)
    names = pd.Index(fit.design.column_names, dtype=object)
    shown = label or "exp(b)"
    values = pd.Series(estimates(fit), index=names).reindex(ends.index).to_numpy()
    with np.errstate(over="ignore"):
        columns = {shown: np.exp(values), **{str(name): np.exp(ends[name]) for name in ends.columns}}
    table = pd.DataFrame(columns, index=ends.index)
    return Ratios(
        label=shown,
        of=fit.family.link.exponentiates,
        method=INTERVALS[how.get("method") or signature(intervals).parameters["method"].default],
        level=level,
        table=table,
        intercept=bool(fit.design.terms.intercept) and "(Intercept)" in table.index,
        note=None if vcov is None else covariance(fit, vcov).note,
    )
