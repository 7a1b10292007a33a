"""Power variances: from Poisson through compound Poisson-gamma to inverse Gaussian and beyond."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from rglm.errors import FamilyError
from rglm.families.family import Family
from rglm.families.link import Link
from rglm.families.links import power
from rglm.families.registry import LinkLike
from rglm.families.registry import link as resolve_link
from rglm.families.variance import Variance
from rglm.families.variances import PowerVariance


@dataclass(frozen=True, init=False)
class Tweedie(Family):
    """Tweedie responses: V(mu) = mu^p; between 1 and 2 positive amounts with exact zeros.

    Parameters
    ----------
    var_power : p, any number but those strictly between 0 and 1, where no distribution exists
    link_power : q in eta = mu^q, 0 for log; default 1 - p (canonical), as statmod
    link : a link instead of `link_power`

    Raises
    ------
    FamilyError
        When var_power is missing or no such distribution exists.

    Source: statmod's `tweedie`; Jørgensen (1987), Exponential dispersion models.

    Example
    -------
    >>> from rglm.families import Tweedie
    >>> Tweedie(1.5, link_power=0).link.name
    'log'
    """

    var_power: float
    variance: Variance = field(init=False, repr=False, compare=False)
    name = "Tweedie"
    usual_links = ("log", "identity", "inverse", "1/mu^2", "sqrt")
    no_likelihood_reason = "the Tweedie density is not computed; R's statmod gives NA too"

    def __init__(
        self,
        var_power: float | None = None,
        link_power: float | str | None = None,
        *,
        link: LinkLike | None = None,
    ) -> None:
        object.__setattr__(self, "var_power", _checked(var_power))
        object.__setattr__(self, "variance", PowerVariance(self.var_power))
        super().__init__(_chosen(link_power, link))

    @property
    def default_link(self) -> Link:
        """The canonical link."""
        return self.canonical

    @property
    def canonical(self) -> Link:
        """mu^(1 - p), or log at p = 1."""
        return power(1.0 - self.var_power)

    @property
    def wording(self) -> str:
        """Names the variance power, which decides the domain."""
        return f"values outside the domain of the 'Tweedie' family with var_power={self.var_power}"

    @property
    def remedy(self) -> str:
        """Zeros need a power between 1 and 2."""
        return "Exact zeros need 1 < var_power < 2; negative values need var_power <= 0."

    def __str__(self) -> str:
        return f"{super().__str__()}\nVariance function: {self.variance.name}"


def _chosen(link_power: float | str | None, link: LinkLike | None) -> LinkLike | None:
    if link_power is None:
        return link
    if link is not None:
        raise FamilyError("Give Tweedie either link_power= or link=, not both.")
    return resolve_link(link_power) if isinstance(link_power, str) else power(link_power)


def _checked(var_power: float | None) -> float:
    if var_power is None:
        raise FamilyError(
            "Tweedie needs var_power, the p in V(mu) = mu^p: between 1 and 2 for amounts with exact zeros, "
            "as in Tweedie(var_power=1.5, link_power=0)."
        )
    try:
        p = float(var_power)
    except (TypeError, ValueError):
        p = math.nan
    if not math.isfinite(p) or 0 < p < 1:
        raise FamilyError(
            f"var_power must be a finite number, 0 or less or 1 or more (no Tweedie distribution lies "
            f"between); got {var_power!r}. For another variance use Quasi(link, Variance.from_function(...))."
        )
    return p
