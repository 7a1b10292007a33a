"""`lrtest()`: likelihood ratio tests between nested models of any likelihood."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from rglm.errors import FitError, among, choose, warn
from rglm.inference.anova import check_same_rows, model_lines, with_bootstrap
from rglm.inference.bootstrap_test import Draws
from rglm.inference.deviance_table import AnovaTable
from rglm.inference.distributions import upper_chisq
from rglm.inference.fitted import Fitted
from rglm.inference.growable import Growable
from rglm.inference.nesting import REMEDY, check_nested
from rglm.inference.variants import models_of

TESTS = ("Chisq", "boot")


def lrtest(
    fit: Growable, *others: Any, test: str = "Chisq", n_boot: int = 999, seed: Any = None
) -> AnovaTable:
    """Likelihood ratio tests between nested models, each against the one before it.

    2 |loglik_1 - loglik_2| against chi-square on the difference of their numbers of parameters, a dispersion
    or theta that was estimated included.  (`anova` divides deviances by one dispersion instead.)

    Parameters
    ----------
    fit : a fitted model
    *others : fitted models; formulas such as ". ~ . - x" in which `.` stands for the model before; labels of
        terms that the model before loses ("x", or ["x", "a:b"]).  None is the model without any term.
    test : "Chisq", or "boot" to add a p-value by parametric bootstrap and its Monte Carlo error
    n_boot, seed : samples drawn for each test of test="boot", and what their generator starts from

    Returns
    -------
    AnovaTable, whose `.table` has columns `#Df` (parameters), `LogLik`, `Df`, `Chisq`, `Pr(>Chisq)`

    Raises
    ------
    FitError
        When a model has no likelihood; when models have other rows, weights or response, or are not nested.

    Warns
    -----
    RglmWarning
        When one model estimates a shape that the other holds at the edge of its range (Poisson against
        negative binomial): chi-square is then conservative (`od_test`).

    Source: `lmtest::lrtest`.

    Examples
    --------
    >>> from rglm import datasets, glm
    >>> fit = glm("breaks ~ wool * tension", data=datasets.load("warpbreaks"), family="poisson")
    >>> f"{fit.lrtest('wool:tension').table['Chisq'].iloc[1]:.3f}"
    '28.087'
    """
    if not among(test, TESTS):
        raise FitError(choose("test", test, TESTS))
    draws = Draws(n_boot, seed)
    models = models_of(fit, others, "lrtest()")
    check_same_rows(models, "lrtest()")
    check_nested(models, "lrtest()")
    for number, model in enumerate(models, start=1):
        check_has_likelihood(model, number, "lrtest()")
    mixed = _check_families(models)
    counts = np.array([float(model.loglik.df) for model in models])
    logliks = np.array([float(model.loglik) for model in models])
    df = np.concatenate([[np.nan], np.diff(counts)])
    with np.errstate(invalid="ignore"):
        statistic = np.where(df == 0, np.nan, 2.0 * np.abs(np.concatenate([[np.nan], np.diff(logliks)])))
    columns = {
        "#Df": counts,
        "LogLik": logliks,
        "Df": df,
        "Chisq": statistic,
        "Pr(>Chisq)": upper_chisq(statistic, np.abs(df)),
    }
    index = pd.Index([str(number) for number in range(1, len(models) + 1)], dtype=object)
    table = AnovaTable(
        "Likelihood ratio test", ("", *model_lines(models)), pd.DataFrame(columns, index=index), test
    )
    if test != "boot":
        return table
    if mixed:
        raise FitError('test="boot" draws from one family, and these models have several.')
    return with_bootstrap(table, models, draws)


def check_has_likelihood(model: Fitted, number: int, verb: str) -> None:
    """A family without likelihood has no likelihood ratio."""
    reason = model.family.no_likelihood_reason
    if reason is not None:
        raise FitError(
            f"{verb} compares log-likelihoods, and model {number} has none: {reason}. "
            'Use anova(test="F") or waldtest().'
        )


def _check_families(models: Sequence[Fitted]) -> bool:
    """Whether neighbours have families of other variance: nested only where one estimates a shape."""
    mixed = False
    for number, (one, other) in enumerate(pairwise(models), start=1):
        if one.family.variance == other.family.variance:
            continue
        mixed = True
        shapes = [model.family.n_extra > int(model.family.counts_dispersion) for model in (one, other)]
        if not any(shapes):
            raise FitError(
                f"lrtest() compares nested models: models {number} and {number + 1} are "
                f"{one.family.name} and {other.family.name}, neither a special case of the other. {REMEDY}"
            )
        if not all(shapes):
            warn(
                f"Models {number} and {number + 1} differ in the family too, {one.family.name} and "
                f"{other.family.name}: where the one is a limit of the other, chi-square gives too large a "
                "p-value. od_test() halves it where that is the only difference."
            )
    return mixed
