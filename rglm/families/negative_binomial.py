"""Counts more variable than Poisson's."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from rglm.errors import FamilyError
from rglm.families.count_distributions import NegativeBinomialCounts, PoissonCounts
from rglm.families.distribution import Distribution
from rglm.families.family import Family
from rglm.families.links import Log
from rglm.families.registry import LinkLike
from rglm.families.stirling import saturated_negative_binomial, saturated_poisson
from rglm.families.variance import Variance
from rglm.families.variances import NegativeBinomialVariance, Proportional
from rglm.formula.values import Floats


@dataclass(frozen=True, init=False)
class NegativeBinomial(Family):
    """Negative binomial counts of known shape: V(mu) = mu + mu²/theta.

    As in MASS, a family of fixed theta has an estimated dispersion (t and F tests).  Where theta itself was
    estimated (`glm_nb`), `estimated=True`: the dispersion is 1 (z and chi-square) and AIC counts theta.

    Parameters
    ----------
    theta : shape, positive; the variance falls to Poisson's as it grows (alpha elsewhere is 1/theta)
    link : default log
    estimated : whether theta was estimated from the same data; it may then be infinite, the Poisson limit

    Raises
    ------
    FamilyError
        When theta is missing or not positive.

    Source: MASS's `negative.binomial` and `glm.nb`.

    Example
    -------
    >>> from rglm.families import NegativeBinomial
    >>> NegativeBinomial(2).name
    'Negative Binomial(2)'
    """

    theta: float
    estimated: bool = False
    variance: Variance = field(init=False, repr=False, compare=False)
    default_link = Log()
    usual_links = ("log", "identity", "sqrt")
    has_likelihood = True
    discrete = True
    mean_ratio = "IRR"
    wording = "negative values not allowed for the negative binomial family"
    remedy = "Counts cannot be negative: correct those rows or leave them out with subset=."

    def __init__(
        self, theta: float | None = None, link: LinkLike | None = None, estimated: bool = False
    ) -> None:
        super().__init__(link)
        object.__setattr__(self, "theta", _shape(theta, estimated))
        object.__setattr__(self, "estimated", estimated)
        limit = math.isinf(self.theta)
        object.__setattr__(
            self, "variance", Proportional() if limit else NegativeBinomialVariance(self.theta)
        )

    @property
    def name(self) -> str:
        """`Negative Binomial(` theta to four decimals `)`."""
        from rglm.display.numbers import format_one, round_half_even

        return f"Negative Binomial({format_one(round_half_even(self.theta, 4))})"

    @property
    def dispersion_known(self) -> bool:
        """Where theta was estimated."""
        return self.estimated

    @property
    def n_extra(self) -> int:
        """theta, where it was estimated."""
        return int(self.estimated)

    @property
    def distribution(self) -> Distribution:
        """Negative binomial counts; Poisson's in the limit."""
        return PoissonCounts() if math.isinf(self.theta) else NegativeBinomialCounts(self.theta)

    def saturated(self, y: Floats) -> Floats:
        """log of the probability of y at mean y."""
        if math.isinf(self.theta):
            return saturated_poisson(y)
        return saturated_negative_binomial(y, self.theta)


def _shape(theta: float | None, estimated: bool) -> float:
    if theta is None:
        raise FamilyError(
            "NegativeBinomial needs theta, the shape in V(mu) = mu + mu^2/theta, as in "
            "NegativeBinomial(theta=2). glm_nb(formula, data) estimates it."
        )
    try:
        value = float(theta)
    except (TypeError, ValueError):
        value = math.nan
    if not 0 < value < math.inf and not (estimated and value == math.inf):
        raise FamilyError(
            f"theta must be a positive finite number; got {theta!r}. theta grows without limit towards "
            "Poisson counts: use family='poisson' there; glm_nb(formula, data) estimates it."
        )
    return value
