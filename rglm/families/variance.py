"""What a variance function is: V(mu), its derivative, and the unit deviance that belongs to it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from rglm.families.domain import POSITIVE, REAL, Domain
from rglm.families.link import STEP, Function, Mean
from rglm.formula.values import Floats

NODES = 64
"""Gauss-Legendre nodes of a unit deviance that has no closed form."""


@dataclass(frozen=True)
class Variance:
    """A variance function: a frozen, comparable value that is called on a Mean.

    The variance of a row is dispersion * V(mu) / weight.  A subclass gives `name` and `__call__`; the
    derivative and the unit deviance follow numerically unless it gives those too.  `domain` is where a
    response may lie and `mean_domain` where a mean must (all numbers unless said).

    Example
    -------
    >>> from rglm import Variance
    >>> Variance.from_function("mu^1.5", lambda mu: mu**1.5).name
    'mu^1.5'
    """

    if TYPE_CHECKING:
        # for type checkers alone: at run time a property would stand in the way of a field of that name

        @property
        def name(self) -> str: ...
        @property
        def domain(self) -> Domain: ...
        @property
        def mean_domain(self) -> Domain: ...

    else:
        domain = mean_domain = REAL

    def __call__(self, mean: Mean) -> Floats:
        """V(mu), (n,)."""
        raise NotImplementedError

    def derivative(self, mean: Mean) -> Floats:
        """dV/dmu, (n,); central differences unless a variance knows better."""
        step = STEP * np.maximum(np.abs(mean.mu), STEP)
        above, below = mean.mu + step, mean.mu - step
        return np.asarray((self(Mean(above, mean.dmu)) - self(Mean(below, mean.dmu))) / (above - below))

    def unit_deviance(self, y: Floats, mean: Mean) -> Floats:
        """d(y, mu) = 2 ∫ (y - t) / V(t) dt from mu to y, (n,); by Gauss-Legendre unless known in closed form.

        Over a mean domain of positive numbers the integral is taken in log t, so that it stays accurate
        when y and mu are orders of magnitude apart.

        Source: Wedderburn (1974), Quasi-likelihood functions.
        """
        nodes, shares = np.polynomial.legendre.leggauss(NODES)
        position = (0.5 + 0.5 * nodes)[:, None]
        mu = mean.mu
        logs = (self.mean_domain.low >= 0) & (y > 0) & (mu > 0)
        start, end = (np.where(logs, np.log(np.where(logs, at, 1.0)), at) for at in (mu, y))
        t = start + position * (end - start)
        t, jacobian = np.where(logs, np.exp(t), t), np.where(logs, np.exp(t), 1.0)
        heights = (y - t) * jacobian / self(Mean(t, np.ones_like(t), 1.0 - t))
        return np.asarray(np.maximum((end - start) * (shares @ heights), 0.0))

    def contains(self, mean: Mean) -> bool:
        """Whether every mean is inside the mean domain."""
        return not self.mean_domain.outside(mean.mu).any()

    def start(self, y: Floats) -> Floats:
        """First means for these responses, (n,): y, moved inside the mean domain."""
        return np.where(self.mean_domain.outside(y), y + 0.1, y)

    def __str__(self) -> str:
        return self.name

    @staticmethod
    def from_function(
        name: str,
        function: Function,
        *,
        derivative: Function | None = None,
        domain: Domain = POSITIVE,
        mean_domain: Domain | None = None,
    ) -> Variance:
        """A variance of your own from a function of arrays.

        Parameters
        ----------
        name : what prints
        function : mu -> V(mu) > 0
        derivative : mu -> dV/dmu, or None for central differences
        domain : where a response may lie
        mean_domain : where a mean must lie; None means as the response

        Returns
        -------
        Variance
            Its unit deviance is integrated numerically; it pickles if the functions are module-level.

        Source: R's `quasi(variance = )` with a list.

        Example
        -------
        >>> import numpy as np
        >>> from rglm.families import Quasi, Variance
        >>> Quasi("log", Variance.from_function("mu^4", lambda mu: mu**4)).variance.name
        'mu^4'
        """
        return FunctionVariance(name, function, derivative, domain, mean_domain or domain)


@dataclass(frozen=True)
class FunctionVariance(Variance):
    """A variance held as functions; made by `Variance.from_function`."""

    name: str
    function: Function = field(repr=False)  # an address says nothing, and differs from run to run
    slope: Function | None = field(repr=False)
    domain: Domain = POSITIVE
    mean_domain: Domain = POSITIVE

    def __call__(self, mean: Mean) -> Floats:
        """V(mu)."""
        return np.asarray(self.function(mean.mu), dtype=np.float64)

    def derivative(self, mean: Mean) -> Floats:
        """dV/dmu."""
        return super().derivative(mean) if self.slope is None else np.asarray(self.slope(mean.mu))
