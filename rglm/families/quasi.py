"""A link and a variance, and no distribution."""

from __future__ import annotations

from dataclasses import dataclass, field

from rglm.errors import FamilyError, choose
from rglm.families.family import Family
from rglm.families.links import Identity
from rglm.families.registry import LinkLike
from rglm.families.variance import Variance
from rglm.families.variances import NAMED


@dataclass(frozen=True, init=False)
class Quasi(Family):
    """Quasi-likelihood: any link with any variance function; the dispersion is estimated.

    Parameters
    ----------
    link : default identity
    variance : "constant" (default), "mu(1-mu)", "mu", "mu^2", "mu^3", or a Variance of your own

    Raises
    ------
    FamilyError
        When the variance is not known.

    Source: R's `quasi`; Wedderburn (1974).

    Example
    -------
    >>> from rglm.families import Quasi
    >>> Quasi(link="log", variance="mu").variance.name
    'mu'
    """

    variance: Variance = field()
    name = "quasi"
    default_link = Identity()
    usual_links = ("logit", "probit", "cloglog", "identity", "inverse", "log", "1/mu^2", "sqrt")
    no_likelihood_reason = "a quasi-likelihood family has no likelihood"

    def __init__(self, link: LinkLike | None = None, variance: str | Variance = "constant") -> None:
        super().__init__(link)
        object.__setattr__(self, "variance", named_variance(variance))

    def __str__(self) -> str:
        return f"{super().__str__()}\nVariance function: {self.variance.name}"


def named_variance(value: str | Variance) -> Variance:
    """The variance function of that name; a Variance is taken as it is."""
    if isinstance(value, Variance):
        return value
    for known in NAMED:
        if isinstance(value, str) and value.replace(" ", "") == known.name:
            return known
    names = [known.name for known in NAMED]
    raise FamilyError(
        f"{choose('variance', value, names)} Or give a Variance of your own (Variance.from_function)."
    )
