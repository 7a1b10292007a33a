"""AIC, AICc and BIC of one model or side by side, and how a log-likelihood prints."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from rglm.display import Document, Record, table_of
from rglm.errors import FitError, described, warn
from rglm.inference.fitted import Fitted, LogLik


@dataclass(frozen=True, eq=False, repr=False)
class CriterionTable(Record):
    """An information criterion of several models.

    table   DataFrame, one row a model: `df` (parameters counted) and the criterion
    """

    table: pd.DataFrame

    def document(self) -> Document:
        """As R prints a data frame."""
        return Document([table_of(self.table, "frame")])


def AIC(*fits: Fitted, k: float = 2.0, **named: Fitted) -> float | CriterionTable:
    """Akaike's information criterion, -2 loglik + k df.

    Parameters
    ----------
    *fits, **named : fitted models; keywords name their rows, others are m1, m2, …
    k : penalty for each parameter

    Returns
    -------
    float for one model; for several a CriterionTable with columns `df` and `AIC`.  NaN where the family has
    no likelihood.

    Raises
    ------
    FitError
        When no model is given.

    Warns
    -----
    RglmWarning
        When the models have different numbers of observations.

    Source: R `AIC`.

    Examples
    --------
    >>> from rglm import AIC, datasets, lm
    >>> cars = datasets.load("cars")
    >>> AIC(null=lm("dist ~ 1", data=cars), linear=lm("dist ~ speed", data=cars)).table.index.tolist()
    ['null', 'linear']
    """
    return _criterion("AIC", fits, named, lambda loglik: aic(loglik, k))


def BIC(*fits: Fitted, **named: Fitted) -> float | CriterionTable:
    """The Bayesian information criterion, -2 loglik + log(nobs) df.

    Parameters
    ----------
    *fits, **named : fitted models; keywords name their rows, others are m1, m2, …

    Returns
    -------
    float for one model; for several a CriterionTable with columns `df` and `BIC`.  NaN where the family has
    no likelihood.

    Raises
    ------
    FitError
        When no model is given.

    Warns
    -----
    RglmWarning
        When the models have different numbers of observations.

    Source: R `BIC`.

    Examples
    --------
    >>> from rglm import BIC, datasets, lm
    >>> f"{BIC(lm('dist ~ speed', data=datasets.load('cars'))):.2f}"
    '424.89'
    """
    return _criterion("BIC", fits, named, bic)


def AICc(*fits: Fitted, **named: Fitted) -> float | CriterionTable:
    """Akaike's information criterion corrected for small samples, AIC + 2 df (df + 1) / (nobs - df - 1).

    The correction is exact for normal linear models and customary for others.

    Parameters
    ----------
    *fits, **named : fitted models; keywords name their rows, others are m1, m2, …

    Returns
    -------
    float for one model; for several a CriterionTable with columns `df` and `AICc`.  NaN where the family has
    no likelihood, infinite where nobs <= df + 1.

    Raises
    ------
    FitError
        When no model is given.

    Warns
    -----
    RglmWarning
        When the models have different numbers of observations.

    Source: Hurvich & Tsai (1989), Biometrika 76; R `MuMIn::AICc`.

    Examples
    --------
    >>> from rglm import AICc, datasets, lm
    >>> f"{AICc(lm('mpg ~ wt', data=datasets.load('mtcars'))):.4f}"
    '166.8866'
    """
    return _criterion("AICc", fits, named, aicc)


def aic(loglik: LogLik, k: float = 2.0) -> float:
    """-2 loglik + k df."""
    return k * loglik.df - 2.0 * float(loglik)


def aicc(loglik: LogLik) -> float:
    """AIC + 2 df (df + 1) / (nobs - df - 1), infinite where that is not positive."""
    rest = loglik.nobs - loglik.df - 1.0
    return aic(loglik) + (2.0 * loglik.df * (loglik.df + 1.0) / rest if rest > 0 else float("inf"))


def bic(loglik: LogLik) -> float:
    """-2 loglik + log(nobs) df."""
    return float(np.log(loglik.nobs)) * loglik.df - 2.0 * float(loglik)


def _criterion(
    name: str, fits: tuple[Fitted, ...], named: dict[str, Fitted], value: Callable[[LogLik], float]
) -> float | CriterionTable:
    models = {f"m{i}": fit for i, fit in enumerate(fits, start=1)} | named
    if not models:
        raise FitError(f"{name}() needs at least one fitted model.")
    for which, fit in models.items():
        if not hasattr(fit, "loglik"):
            raise FitError(
                f"{name}() takes fitted models, as glm() and lm() return; {which} is {described(fit)}."
            )
    logliks = [fit.loglik for fit in models.values()]
    if len(models) == 1:
        return value(logliks[0])
    if len({loglik.nobs for loglik in logliks}) > 1:
        warn("models are not all fitted to the same number of observations")
    columns = {"df": [loglik.df for loglik in logliks], name: [value(loglik) for loglik in logliks]}
    return CriterionTable(pd.DataFrame(columns, index=pd.Index(list(models), dtype=object)))
