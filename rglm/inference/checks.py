"""Checks of arguments that several verbs share."""

from __future__ import annotations

from typing import Any

from rglm.errors import FitError, described, is_number
from rglm.inference.fitted import Fitted


def check_dispersion(dispersion: Any) -> None:
    """A dispersion given by the caller is a positive number."""
    if dispersion is not None and not (is_number(dispersion) and dispersion > 0):
        raise FitError(f"dispersion must be a positive number; got {described(dispersion)}.")


def check_penalty(k: Any) -> None:
    """The penalty for each coefficient of a criterion is a number: 2 for AIC, log(n) for BIC."""
    if not is_number(k):
        raise FitError(f"k must be a number, 2 for AIC or log(n) for BIC; got {described(k)}.")


def check_level(level: Any) -> None:
    """A confidence level lies strictly between 0 and 1."""
    if not is_number(level):
        raise FitError(f"level must be a number between 0 and 1, such as 0.95; got {described(level)}.")
    if not 0.0 < level < 1.0:
        hint = f" For {level} percent write level={level / 100}." if 1.0 < level < 100.0 else ""
        raise FitError(f"level must lie between 0 and 1, such as 0.95; got {level!r}.{hint}")


def check_likelihood(fit: Fitted, verb: str) -> None:
    """Verbs that compare deviances or likelihoods refuse a fit whose rows were sampled unequally."""
    if fit.rows.sampling is not None:
        raise FitError(
            f"{verb} compares deviances, and with prob_weights these estimate the population's: "
            "their differences do not have the distribution that the test takes. Test coefficients by "
            "linear_hypothesis() or coef_test(), which use the survey's covariance."
        )


def refuse_vcov(vcov: Any, verb: str, remedy: str) -> None:
    """Verbs that rest on the likelihood refuse another covariance, which they could only ignore."""
    if vcov is not None:
        raise FitError(
            f"{verb} compares likelihoods, which no covariance matrix changes, so vcov= would be "
            f"ignored. {remedy}"
        )
