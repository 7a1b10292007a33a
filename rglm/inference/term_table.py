"""Tables of models with one term less or more, and the tests that fill them: `drop1`, `add1`, `step`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from rglm.display import Blank, Document, Line, Number, Record, table_of
from rglm.display.document import Part
from rglm.errors import warn
from rglm.families.family import Family
from rglm.formula.values import Floats
from rglm.inference.distributions import upper_chisq, upper_f
from rglm.inference.extract_aic import glm_criterion, lm_criterion, refit_aic
from rglm.inference.stages import Stage

NONE = "<none>"

DELETIONS, ADDITIONS = "Single term deletions", "Single term additions"

GLM_TESTS = ("Chisq", "LRT", "F", "Rao")
LM_TESTS = ("Chisq", "F")


@dataclass(frozen=True, eq=False, repr=False)
class TermTable(Record):
    """Models with one term less, or one more, than a model.

    title       the first line
    formula     of the model
    table       DataFrame, rows and columns named as R's: `<none>`, then one row a term
    refit_aic   Series, one value a row of `table`: -2 loglik + k (all parameters) of each model as fitted.
                R's column AIC differs from it where the dispersion is estimated: there every row takes the
                dispersion of `<none>` (Gamma, inverse Gaussian), or a constant is left out (`lm`).
    test        the test in the table, or None
    dispersion  the caller's, or None
    """

    title: str
    formula: str
    table: pd.DataFrame
    refit_aic: pd.Series[float]
    test: str | None
    dispersion: float | None = None

    def document(self) -> Document:
        """R's `print.anova`."""
        heading = Line(self.title, role="heading")
        lines: list[Part] = [heading, Blank(), Line("Model:"), Line(self.formula, role="code")]
        if self.dispersion is not None:
            lines += [Blank(), Line("scale:  ", Number(self.dispersion, "plain"), " "), Blank()]
        return Document([*lines, table_of(self.table, "anova")], less=2)


@dataclass(frozen=True)
class Change:
    """Models with one term less (sign -1) or more (sign 1) beside the model they are changed from.

    base        the model itself
    others      the changed models, by the term's label
    dispersion  that the deviances are divided by
    given       whether it is the caller's
    scores      Rao's statistics, unscaled, for test "Rao"
    """

    base: Stage
    others: Mapping[str, Stage]
    sign: int
    family: Family
    nobs: float
    k: float
    dispersion: float
    given: bool = False
    scores: Mapping[str, float] | None = None

    @property
    def stages(self) -> tuple[Stage, ...]:
        """The model, then the changed ones."""
        return (self.base, *self.others.values())

    @property
    def deviances(self) -> Floats:
        """Residual deviances."""
        return np.array([stage.deviance for stage in self.stages])

    @property
    def ranks(self) -> Floats:
        """Columns that are not aliased."""
        return np.array([float(stage.rank) for stage in self.stages])

    @property
    def df(self) -> Floats:
        """Columns that each term adds or takes; NaN for the model itself."""
        return np.array([np.nan, *(self.sign * (self.ranks[1:] - self.base.rank))])

    @property
    def refit_aic(self) -> Floats:
        """-2 loglik + k (all parameters) of each model."""
        return np.array([refit_aic(self.family, s.likelihood, s.rank, self.k) for s in self.stages])

    def frame(self, columns: Mapping[str, Floats]) -> pd.DataFrame:
        """Columns as a DataFrame, one row a model."""
        return pd.DataFrame(dict(columns), index=self.index)

    @property
    def index(self) -> pd.Index[str]:
        """`<none>`, then the labels."""
        return pd.Index([NONE, *self.others], dtype=object)


def glm_table(change: Change, test: str | None) -> pd.DataFrame:
    """`Df`, `Deviance`, `AIC` (where the family has a likelihood), and the columns of a test.

    AIC is that of `extract_aic` for the model itself; the others differ from it by the scaled deviance, all
    at one dispersion.  Source: R `drop1.glm`, `add1.glm`.
    """
    deviances, base = change.deviances, change.base
    scaled = change.family.scaled_deviance(deviances, change.nobs, change.dispersion, change.given)
    columns = {"Df": change.df, "Deviance": deviances}
    own = glm_criterion(change.family, base.likelihood, base.rank, change.k)
    if not np.isnan(own):
        with np.errstate(invalid="ignore"):
            columns["AIC"] = own + (scaled - scaled[0]) + change.k * (change.ranks - base.rank)
    if test == "F":
        columns |= _f_test(change)
    elif test == "Rao":
        assert change.scores is not None
        score = np.array([np.nan, *change.scores.values()]) / change.dispersion
        columns |= _chisq(change, "Rao score" if change.dispersion == 1.0 else "scaled Rao sc.", score)
    elif test is not None:
        drop = _without_first(change.sign * (scaled[0] - scaled))
        columns |= _chisq(change, "LRT" if change.dispersion == 1.0 else "scaled dev.", drop)
    return change.frame(columns)


def lm_table(change: Change, test: str | None) -> pd.DataFrame:
    """`Df`, `Sum of Sq`, `RSS`, `AIC` (`Cp` where the dispersion was given), and the columns of a test.

    Source: R `drop1.lm`, `add1.lm`.
    """
    rss, ranks = change.deviances, change.ranks
    squares = change.sign * (rss[0] - rss)
    columns = {"Df": change.df, "Sum of Sq": _without_first(squares), "RSS": rss}
    if change.given:
        columns["Cp"] = rss / change.dispersion - change.nobs + change.k * ranks
    else:
        columns["AIC"] = np.asarray(lm_criterion(rss, change.nobs, ranks, change.k))
    if test == "F":
        columns |= _f_test(change)
    elif test is not None:
        scaled = change.family.scaled_deviance(rss, change.nobs, change.dispersion, change.given)
        tests = _chisq(change, "scaled", _without_first(change.sign * (scaled[0] - scaled)))
        columns["Pr(>Chi)"] = tests["Pr(>Chi)"]
    return change.frame(columns)


def _without_first(values: Floats) -> Floats:
    """Differences from the model itself, never negative, which it does not have."""
    return np.array([np.nan, *np.maximum(values[1:], 0.0)])


def _chisq(change: Change, name: str, statistic: Floats) -> dict[str, Floats]:
    with np.errstate(invalid="ignore"):
        statistic = np.maximum(statistic, 0.0)
        tail = upper_chisq(statistic, change.df)
    return {name: statistic, "Pr(>Chi)": np.where(change.df > 0, tail, np.nan)}


def _f_test(change: Change) -> dict[str, Floats]:
    """F against deviance / df of the larger model of each pair (`anova` takes Pearson's estimate).

    Dropping a term, the larger is the model itself; adding one, it is each row's.
    """
    df, deviances, rest = change.df, change.deviances, change.base.df_residual
    drop = _without_first(change.sign * (deviances[0] - deviances))
    with np.errstate(all="ignore"):
        below = rest if change.sign < 0 else rest - df
        largest = deviances[0] if change.sign < 0 else deviances
        ratio = np.where(df > 0, drop / df / (largest / below), np.nan)
        below = np.broadcast_to(below, df.shape)
        tails = [float(upper_f(f, d, float(b))) for f, d, b in zip(ratio, df, below, strict=True)]
    return {"F value": ratio, "Pr(>F)": np.array(tails)}


def warn_f(family: Family, test: str | None) -> None:
    """F tests estimate the dispersion that the family says is known."""
    if test == "F" and family.dispersion_known:
        fixed = f"'{family.title}' fixes the dispersion at 1"
        quasi = "an estimated dispersion" if family.n_extra else f"'quasi{family.title}' family"
        warn(f"F test assumes {quasi}: {fixed}")
