"""`pseudo_r2()`: what share of something the model explains, by several definitions."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields

import numpy as np
import pandas as pd

from rglm.display import Document, Line, Record, table_of
from rglm.formula.values import Floats
from rglm.inference.checks import check_likelihood
from rglm.inference.fitted import Fitted
from rglm.inference.growable import Growable
from rglm.inference.variants import null_model

NAMES = {
    "mcfadden": "McFadden",
    "cox_snell": "Cox-Snell",
    "nagelkerke": "Nagelkerke",
    "tjur": "Tjur",
    "efron": "Efron",
    "deviance": "Deviance",
}


@dataclass(frozen=True, eq=False, repr=False)
class PseudoR2(Record):
    """Coefficients of determination, each 0 for the null model; NaN where one is not defined.

    mcfadden    1 - loglik / loglik_0
    cox_snell   1 - exp(2 (loglik_0 - loglik) / n): R² of a Gaussian model; for counts at most
                1 - exp(2 loglik_0 / n)
    nagelkerke  cox_snell over that maximum
    tjur        mean fitted probability of the successes minus that of the failures; proportions alone
    efron       1 - sum w (y - mu)² / sum w (y - ybar)²
    deviance    1 - deviance / null deviance
    """

    mcfadden: float
    cox_snell: float
    nagelkerke: float
    tjur: float
    efron: float
    deviance: float

    @property
    def table(self) -> pd.DataFrame:
        """One row each, column `R2`."""
        values = [getattr(self, each.name) for each in fields(self)]
        return pd.DataFrame({"R2": values}, index=pd.Index(list(NAMES.values()), dtype=object))

    def document(self) -> Document:
        """A heading and the table."""
        return Document([Line("Pseudo R-squared", role="heading"), table_of(self.table, "matrix")], less=3)


def pseudo_r2(fit: Growable) -> PseudoR2:
    """Pseudo R² of a model by six definitions.

    With l the log-likelihood, l_0 that of the null model, D deviances, n observations of positive weight:

    McFadden 1 - l / l_0; Cox-Snell 1 - exp(2 (l_0 - l) / n); Nagelkerke this over 1 - exp(2 l_0 / n);
    Tjur mean(mu | success) - mean(mu | failure); Efron 1 - sum w (y - mu)² / sum w (y - ybar)²;
    deviance 1 - D / D_0.

    The null model keeps offset, weights and rows, and a theta is estimated for it anew.  McFadden's and
    Nagelkerke's count constants of the likelihood: they differ between grouped and ungrouped binomial data.
    Outside linear models none is a share of variance; compare them between models of one response.

    Parameters
    ----------
    fit : a fitted model

    Returns
    -------
    PseudoR2; definitions by likelihood are NaN for quasi families, Tjur's where responses are no proportions

    Raises
    ------
    FitError
        When the rows have sampling weights.

    Source: McFadden (1974); Cox & Snell (1989), 208; Nagelkerke (1991); Tjur (2009); Efron (1978); R's
    `pscl::pR2` and `performance::r2_tjur`.

    Examples
    --------
    >>> from rglm import datasets, glm
    >>> fit = glm("am ~ wt", data=datasets.load("mtcars"), family="binomial")
    >>> f"{fit.pseudo_r2().mcfadden:.4f}"
    '0.5564'
    """
    check_likelihood(fit, "pseudo_r2()")
    n, loglik = fit.rows.nobs, float(fit.loglik)
    null = float(null_model(fit).loglik) if fit.family.has_likelihood else math.nan
    with np.errstate(all="ignore"):
        cox_snell = float(-np.expm1(2.0 * (null - loglik) / n))
        most = float(-np.expm1(2.0 * null / n))
        return PseudoR2(
            mcfadden=float(1.0 - np.float64(loglik) / null),
            cox_snell=cox_snell,
            nagelkerke=float(np.float64(cox_snell) / most),
            tjur=_tjur(fit),
            efron=_efron(fit),
            deviance=float(1.0 - np.float64(fit.deviance) / fit.null.deviance),
        )


def _tjur(fit: Fitted) -> float:
    """Mean fitted probability of successes minus that of failures; NaN but for proportions."""
    rows = fit.rows
    if fit.family.domain.high != 1.0:
        return math.nan
    used = rows.used
    successes, failures = (rows.weights * rows.y)[used], (rows.weights * (1.0 - rows.y))[used]
    return _mean(rows.mu[used], successes) - _mean(rows.mu[used], failures)


def _mean(values: Floats, weights: Floats) -> float:
    total = float(weights.sum())
    return float(values @ weights) / total if total > 0 else math.nan


def _efron(fit: Fitted) -> float:
    rows = fit.rows
    used = rows.used
    y, mu, w = rows.y[used], rows.mu[used], rows.weights[used]
    around = float(w @ (y - _mean(y, w)) ** 2)
    return 1.0 - float(w @ (y - mu) ** 2) / around if around > 0 else math.nan
