"""`vuong()`: which of two models that are not nested is closer to the truth."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from rglm.display import Column, Document, Line, Number, Record, Table
from rglm.errors import FitError
from rglm.formula.values import Floats
from rglm.inference.anova import check_same_rows
from rglm.inference.distributions import two_sided
from rglm.inference.fitted import Fitted
from rglm.inference.lrtest import check_has_likelihood
from rglm.inference.residuals import prior_weights

ROWS = ("Raw", "AIC-corrected", "BIC-corrected")


@dataclass(frozen=True, eq=False, repr=False)
class VuongTest(Record):
    """Vuong's test of two models.

    table   DataFrame, rows `Raw`, `AIC-corrected`, `BIC-corrected`; columns `Vuong z-statistic`, `H_A` (the
            model that is closer, if either is) and `p-value` (one-sided)
    """

    table: pd.DataFrame

    def document(self) -> Document:
        """As `pscl::vuong` prints."""
        lines = (
            "Vuong Non-Nested Hypothesis Test-Statistic: ",
            "(test-statistic is asymptotically distributed N(0,1) under the",
            " null that the models are indistinguishible)",
            "-" * 61,
        )
        heading, *rest = lines
        statistic, alternative, p_values = (self.table[name].tolist() for name in self.table.columns)
        columns = (
            Column("Vuong z-statistic", "number", statistic),
            Column("H_A", "text", alternative),
            Column("p-value", "pieces", [(Number(p, "p-value", more=-2),) for p in p_values]),
        )
        notes = [Line(line, role="note") for line in rest]
        return Document([Line(heading, role="heading"), *notes, Table(columns, ROWS)])


def vuong(fit: Fitted, other: Fitted) -> VuongTest:
    """Vuong's test of two models that are not nested, such as one with other terms, link or family.

    z = sum m / (sd(m) sqrt(n)), with m_i = log f(y_i) - log g(y_i) the rows' log-likelihood ratios: large
    where the first model is closer to the truth, standard normal where neither is.  The corrected statistics
    subtract k_1 - k_2 (AIC) or (k_1 - k_2) log(n) / 2 (BIC) from the sum, k the numbers of coefficients (a
    theta or dispersion is not counted).

    Parameters
    ----------
    fit, other : fitted models with likelihoods, of the same rows, weights and response

    Returns
    -------
    VuongTest

    Raises
    ------
    FitError
        When a model has no likelihood, when rows, weights or response differ, or when the models give every
        row the same likelihood.

    The models must not be nested, nor one a limit of the other: there z is not normal (`lrtest`, `od_test`).

    Source: `pscl::vuong`; Vuong (1989), Econometrica 57.

    Examples
    --------
    >>> from rglm import datasets, glm
    >>> quine = datasets.load("quine")
    >>> one = glm("Days ~ Eth + Lrn", data=quine, family="poisson")
    >>> other = glm("Days ~ Sex + Age", data=quine, family="poisson")
    >>> f"{one.vuong(other).table['Vuong z-statistic'].iloc[0]:.4f}"
    '0.1553'
    """
    models = (fit, other)
    check_same_rows(models, "vuong()")
    for number, model in enumerate(models, start=1):
        check_has_likelihood(model, number, "vuong()")
    ratios, counts = loglik_rows(fit) - loglik_rows(other), observations(fit)
    n, total = float(counts.sum()), float(counts @ ratios)
    spread = float(np.sqrt(counts @ (ratios - total / n) ** 2 / (n - 1.0)))
    if not spread > 1e-12 * float(np.abs(loglik_rows(fit)).max(initial=0.0)):
        raise FitError(
            "The models give every row the same likelihood, so vuong() cannot tell them apart: they are one "
            "model written in two ways."
        )
    more = float(fit.R.shape[0] - other.R.shape[0])
    z = (total - more * np.array([0.0, 1.0, 0.5 * np.log(n)])) / (spread * np.sqrt(n))
    table = pd.DataFrame(
        {
            "Vuong z-statistic": z,
            "H_A": ["model1 > model2" if value > 0 else "model2 > model1" for value in z],
            "p-value": 0.5 * two_sided(z),
        },
        index=pd.Index(ROWS, dtype=object),
    )
    return VuongTest(table)


def observations(fit: Fitted) -> Floats:
    """How many observations each row stands for, (n,)."""
    rows = fit.rows
    return np.where(rows.used, 1.0 if rows.counts is None else rows.counts, 0.0)


def loglik_rows(fit: Fitted) -> Floats:
    """Log-likelihood of one observation of each row, (n,).

    Raises
    ------
    FitError
        When they do not add to the log-likelihood: a family of the caller's own that lacks one of the two.
    """
    rows = fit.rows
    shares = fit.family.loglik_rows(rows.y, rows.mean, prior_weights(rows), rows.trials, rows.counts)
    total = float(observations(fit) @ shares)
    if not np.isclose(total, float(fit.loglik), rtol=1e-8, atol=1e-8):
        raise FitError(
            f"The {fit.family.name} family's loglik_rows() add to {total}, and its log-likelihood is "
            f"{float(fit.loglik)}: define both alike."
        )
    return shares
