"""A family whose rows stand for unequal shares of a population."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from rglm.families.family import Family


def _of_base(member: str) -> Any:
    """A member that the base family answers."""
    return property(lambda self: getattr(self.base, member), doc=f"`{member}` of the base family.")


@dataclass(frozen=True, init=False)
class Sampled(Family):
    """The mean and variance of another family, for rows that were sampled with known probabilities.

    Weighted by what each row stands for, the likelihood estimates that of the population; it is not one of
    the sample.  So the dispersion counts as estimated (t and F tests) and there is no log-likelihood or AIC.

    Parameters
    ----------
    base : the family of the population

    Source: Binder (1983), On the variances of asymptotically normal estimators from complex surveys; R's
    `survey::svyglm`.

    Example
    -------
    >>> from rglm.families import Poisson
    >>> Sampled(Poisson()).dispersion_known, Sampled(Poisson()).name
    (False, 'poisson')
    """

    base: Family
    has_likelihood = False
    dispersion_known = False
    no_distribution_reason = "with sampling weights the fit is to a population, not to a distribution"
    no_likelihood_reason = "with sampling weights the likelihood is the population's, estimated"

    name = _of_base("name")
    title = _of_base("title")
    default_link = _of_base("default_link")
    canonical = _of_base("canonical")
    usual_links = _of_base("usual_links")
    variance = _of_base("variance")
    domain = _of_base("domain")
    discrete = _of_base("discrete")
    mean_ratio = _of_base("mean_ratio")
    wording = _of_base("wording")
    remedy = _of_base("remedy")
    accept = _of_base("accept")
    first_means = _of_base("first_means")
    unit_deviance = _of_base("unit_deviance")
    valid = _of_base("valid")

    def __init__(self, base: Family) -> None:
        super().__init__(base.link)
        object.__setattr__(self, "base", base)
