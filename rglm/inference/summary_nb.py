"""`summary()` of a negative binomial model whose theta was estimated."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any, Protocol

from rglm.display import Blank, Document, Line, Number
from rglm.display.document import Part
from rglm.inference.fitted import Fitted
from rglm.inference.summary import SummaryGLM, summary
from rglm.inference.theta import UNKNOWN, Theta


class FittedTheta(Fitted, Protocol):
    """A fitted model of counts with an estimated theta.

    theta        the estimate; infinite in the Poisson limit
    se_theta     its standard error
    theta_note   what went wrong with it, or None
    twologlik    twice the log-likelihood
    """

    @property
    def theta(self) -> float: ...
    @property
    def se_theta(self) -> float: ...
    @property
    def theta_note(self) -> str | None: ...
    @property
    def twologlik(self) -> float: ...


@dataclass(frozen=True, eq=False, repr=False)
class SummaryNegBin(SummaryGLM):
    """A summary with the estimate of theta beneath.

    theta        with its standard error as `.se`
    twologlik    twice the log-likelihood
    theta_note   what went wrong with theta, or None
    """

    theta: Theta = UNKNOWN
    twologlik: float = UNKNOWN
    theta_note: str | None = None

    def document(self) -> Document:
        """MASS's `print.summary.negbin`."""
        return Document([*super().document().parts, Blank(), *self.theta_parts()], less=3)

    def theta_parts(self) -> list[Part]:
        """The block on theta."""
        error = self.theta.se
        warning = [] if self.theta_note is None else [f"Warning while fitting theta: {self.theta_note} "]
        return [
            Line("              Theta:  ", Number(float(self.theta), "round", error=error), " "),
            Line("          Std. Err.:  ", Number(error, "round", error=error), " "),
            *(Line(text, role="note") for text in warning),
            Blank(),
            Line(" 2 x log-likelihood:  ", Number(self.twologlik, "round", places=3, error=error), " "),
        ]


def summary_nb(
    fit: FittedTheta, vcov: Any = None, dispersion: float | None = None, correlation: bool = False
) -> SummaryNegBin:
    """Wald z tests of the coefficients at the estimated theta, and theta with its standard error.

    z_j = b_j / se_j, with theta taken as known and the dispersion as 1.  AIC counts theta.

    Parameters
    ----------
    fit : a fitted negative binomial model
    vcov : a type or dict that `vcov()` knows, or a DataFrame, p × p, labelled by coefficient, to use instead
    dispersion : phi to use instead of 1; positive
    correlation : print the correlations of the coefficients too

    Returns
    -------
    SummaryNegBin, with `.coefficients`, `.theta` (its standard error is `.theta.se`) and `.twologlik`

    Raises
    ------
    FitError
        When `vcov` is an unknown type or does not match the coefficients, or `dispersion` is not positive.

    Source: MASS `summary.negbin`.

    Examples
    --------
    >>> from rglm import datasets, glm_nb
    >>> print(f"{glm_nb('Days ~ Sex', data=datasets.load('quine')).summary().theta:.3f}")
    1.074
    """
    whole = summary(fit, vcov, dispersion, correlation)
    parts = {each.name: getattr(whole, each.name) for each in fields(whole)}
    theta = Theta(fit.theta, fit.se_theta)
    return SummaryNegBin(**parts, theta=theta, twologlik=fit.twologlik, theta_note=fit.theta_note)
