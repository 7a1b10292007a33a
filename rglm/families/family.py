"""What a family is: a link, a variance with its unit deviance, a domain and a likelihood, as one value."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from rglm.errors import FamilyError
from rglm.families.accept import Accepted, numeric_response, prior_weights, require
from rglm.families.distributed import Distributed
from rglm.families.domain import Domain
from rglm.families.link import Link, Mean
from rglm.families.registry import LinkLike
from rglm.families.registry import link as resolve_link
from rglm.families.variance import Variance
from rglm.formula.values import Floats, Response


@dataclass(frozen=True, init=False)
class Family(Distributed):
    """A distribution (or a variance alone) and a link: a frozen, comparable, hashable, picklable value.

    A subclass gives `name`, `default_link` and `variance`, and a likelihood if it has one
    (`has_likelihood = True` and `saturated`, or `likelihood_sums` and `loglik`), and a `distribution` to draw
    from and to take quantiles of.  `variance(mean)` is V(mu),
    `variance.derivative(mean)` is dV/dmu.  Other rooms read its fields and never its name:
    `dispersion_known` (z and chi-square tests, or t and F), `counts_dispersion` and `n_extra` (what AIC
    counts beyond coefficients), `has_likelihood`, `domain`, `canonical`.

    Parameters
    ----------
    link : a name, a Link, or None for the family's default

    Raises
    ------
    FamilyError
        When the link is not known.

    Source: McCullagh & Nelder (1989), 2.2; R's `family` objects.

    Example
    -------
    >>> from rglm.families import Family, Log, Variance
    >>> class Steep(Family):
    ...     name = "steep"
    ...     default_link = Log()
    ...     variance = Variance.from_function("mu^2.5", lambda mu: mu**2.5)
    >>> Steep().link.name
    'log'
    """

    link: Link

    def __init__(self, link: LinkLike | None = None) -> None:
        object.__setattr__(self, "link", self.default_link if link is None else resolve_link(link))

    # ---- what others read --------------------------------------------------------------------

    @property
    def name(self) -> str:
        """R's name, as in `(Dispersion parameter for poisson family taken to be 1)`."""
        raise NotImplementedError

    @property
    def title(self) -> str:
        """The name as summaries print it."""
        return self.name

    @property
    def default_link(self) -> Link:
        """The link where none is given."""
        raise NotImplementedError

    @property
    def canonical(self) -> Link | None:
        """The canonical link, up to a constant factor; None where rglm has none."""
        return None

    @property
    def usual_links(self) -> tuple[str, ...]:
        """R's links for the family; every other known link is accepted too."""
        return (self.default_link.name,)

    if TYPE_CHECKING:
        # for type checkers alone: at run time a property would stand in the way of a field of that name

        @property
        def variance(self) -> Variance: ...

    @property
    def domain(self) -> Domain:
        """Where a response may lie."""
        return self.variance.domain

    @property
    def dispersion_known(self) -> bool:
        """Whether the dispersion is 1 by definition (else it is estimated)."""
        return False

    @property
    def counts_dispersion(self) -> bool:
        """Whether AIC counts the dispersion as a parameter."""
        return False

    @property
    def n_extra(self) -> int:
        """Parameters beyond the coefficients that AIC counts."""
        return int(self.counts_dispersion)

    @property
    def mean_ratio(self) -> str:
        """What tables call a ratio of two means: "RR" of risks, "IRR" of rates, else "ratio"."""
        return "ratio"

    @property
    def mean_name(self) -> str:
        """What tables of means call a mean: "rate", "prob", else "response"."""
        return "response"

    @property
    def discrete(self) -> bool:
        """Whether responses are counts (or counts over trials) rather than a continuum."""
        return False

    @property
    def has_likelihood(self) -> bool:
        """Whether a log-likelihood is defined."""
        return False

    @property
    def no_likelihood_reason(self) -> str | None:
        """Why log-likelihood and AIC are NaN; None where they are not."""
        return None if self.has_likelihood else f"the {self.name} family has no likelihood"

    @property
    def adds_up(self) -> bool:
        """Whether the log-likelihood follows from `likelihood_sums`; otherwise it needs the rows."""
        return True

    @property
    def wording(self) -> str:
        """R's sentence for a response outside the domain."""
        return f"values outside the domain of the '{self.name}' family"

    @property
    def remedy(self) -> str:
        """What to do about a response outside the domain."""
        return "Correct those rows, leave them out with subset=, or choose another family."

    # ---- the response ------------------------------------------------------------------------

    def accept(self, response: Response, weights: Floats | None = None) -> Accepted:
        """The response as numbers, checked before any fitting.

        Parameters
        ----------
        response : the classified left-hand side
        weights : (n,) prior weights, or None for ones

        Raises
        ------
        FamilyError
            When the kind of response or any value is outside the family's domain; names column and rows.
        """
        y = numeric_response(response, self.name)
        require(response, y, self.domain, self.wording, self.remedy)
        return Accepted(y, prior_weights(weights, len(y)))

    def start(self, y: Floats, weights: Floats, trials: Floats | None = None) -> Floats:
        """First means, (n,), as R's `mustart`.

        Raises
        ------
        FamilyError
            When the link is not finite there, so that only start= can begin the fit.
        """
        first = self.first_means(y, weights, trials)
        with np.errstate(all="ignore"):
            wrong = ~np.isfinite(self.link.link(first))
        if wrong.any():
            raise FamilyError(
                f"cannot find valid starting values: please specify some. The '{self.link.name}' link is "
                f"not defined at {int(wrong.sum())} of the {len(y)} first means that the {self.name} family "
                "takes from the response. Give start= with one value a coefficient, or choose another link."
            )
        return first

    def first_means(self, y: Floats, weights: Floats, trials: Floats | None) -> Floats:
        """R's `mustart`, (n,), whatever the link."""
        return self.variance.start(y)

    # ---- the model at a mean -----------------------------------------------------------------

    def unit_deviance(self, y: Floats, mean: Mean) -> Floats:
        """d(y, mu) >= 0, (n,), weights not included: 2 ∫ (y - t) / V(t) dt from mu to y."""
        return self.variance.unit_deviance(y, mean)

    def valid(self, mean: Mean) -> bool:
        """Whether every mean is inside the family's mean domain, and finite.

        A link that cannot leave the domain may still round a mean to its edge, far out in a tail: that is
        valid, for the true mean is inside.
        """
        low, high = self.link.mu_range
        within = self.variance.mean_domain
        if within.low <= low and high <= within.high:
            return bool(np.isfinite(mean.mu).all())
        return self.variance.contains(mean)

    # ---- the likelihood ----------------------------------------------------------------------

    def likelihood_sums(
        self,
        y: Floats,
        mean: Mean,
        weights: Floats,
        trials: Floats | None = None,
        counts: Floats | None = None,
    ) -> Floats:
        """Sums over rows from which `loglik` makes the log-likelihood, (k,); they add over blocks.

        Parameters
        ----------
        y, weights, trials : (n,) as accepted, without frequency counts
        mean : the fitted means
        counts : (n,) how many observations each row stands for, or None for one each
        """
        if not (self.has_likelihood and self.adds_up):
            return np.zeros(1)
        used = weights > 0
        each = weights if counts is None else weights * counts
        saturated = self.saturated(y)
        if not used.all():
            saturated = np.where(used, saturated, 0.0)
        return np.array([each @ saturated])

    def saturated(self, y: Floats) -> Floats:
        """Log-density of each y at mean y, (n,), for families with known dispersion."""
        raise NotImplementedError

    def loglik(self, sums: Floats, deviance: float, dispersion: float | None = None) -> float:
        """The log-likelihood; NaN where the family has none (`no_likelihood_reason` says why).

        With known dispersion it is the sum of saturated log-densities minus half the deviance.  Otherwise
        `dispersion=None` is R's convention, deviance / sum of weights.

        Parameters
        ----------
        sums : what `likelihood_sums` gave, added over all rows
        deviance : total deviance
        dispersion : the dispersion at which to take the density, where it is not known
        """
        return float(sums[0]) - 0.5 * deviance if self.has_likelihood and self.adds_up else math.nan

    def loglik_rows(
        self,
        y: Floats,
        mean: Mean,
        weights: Floats,
        trials: Floats | None = None,
        counts: Floats | None = None,
    ) -> Floats:
        """What one observation of each row adds to `loglik`, (n,): they add to it, `counts` times each.

        Where the dispersion is not known it is R's, deviance / sum of weights over all rows.  NaN where the
        family has no likelihood, 0 in rows of weight 0.

        Parameters
        ----------
        y, weights, trials, counts : (n,) as in `likelihood_sums`
        mean : the fitted means
        """
        if not self.has_likelihood:
            return np.full(len(y), math.nan)
        with np.errstate(all="ignore"):
            return np.where(
                weights > 0, weights * (self.saturated(y) - 0.5 * self.unit_deviance(y, mean)), 0.0
            )

    def scaled_deviance(self, deviance: Floats, nobs: float, dispersion: float, given: bool) -> Floats:
        """-2 log-likelihood but for a constant that models of the same rows share, as R's `drop1` takes it.

        deviance / dispersion, where the dispersion is that of one of the models or was `given` by the caller.

        Parameters
        ----------
        deviance : (k,) total deviance of each model
        nobs : observations
        dispersion : of one of the models, or the caller's
        given : whether it is the caller's
        """
        return deviance / dispersion

    def __str__(self) -> str:
        return f"Family: {self.name}\nLink function: {self.link.name}"


def mean_deviance(deviances: Floats, weights: Floats, counts: Floats | None) -> float:
    """Deviance / sum of weights, from (n,) weighted deviances of one observation of each row."""
    if counts is None:
        return float(deviances.sum() / weights.sum())
    return float((deviances @ counts) / (weights @ counts))
