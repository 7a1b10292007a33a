"""What a link is: eta = g(mu) and back, with derivatives, and with 1 - mu where mu is a probability."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import numpy as np

from rglm.formula.values import Floats

Function: TypeAlias = Callable[[Floats], Floats]

STEP = float(np.finfo(np.float64).eps ** (1 / 3))
"""Relative step of a central difference: balances rounding against truncation."""


class Mean(NamedTuple):
    """The mean of each row.

    mu          (n,)
    dmu         dmu/deta, (n,)
    complement  1 - mu without cancellation, (n,), from links into (0, 1); None from others
    """

    mu: Floats
    dmu: Floats
    complement: Floats | None = None


@dataclass(frozen=True)
class Link:
    """A link function: a frozen, comparable, hashable, picklable value.

    A subclass gives `name` (as R prints it), `link`, and either `evaluate` or both `inverse` and
    `derivative`; the rest follows.  `mu_range` and `eta_range` are the open intervals between which the link
    is one to one (all numbers unless said).  `exponentiates` says what exp() of a difference of two linear
    predictors is a ratio of: "mean", "odds" or "hazard"; None where it is none.
    No method clips: a mean that overflows is the fit's business (it shortens the step).

    Source: McCullagh & Nelder (1989), 2.2.3; R's `make.link`.

    Example
    -------
    >>> import numpy as np
    >>> from rglm.families import Log
    >>> Log().evaluate(np.array([0.0])).mu
    array([1.])
    """

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        if cls.evaluate is Link.evaluate and Link.inverse is cls.inverse:
            raise TypeError(
                f"link {cls.__name__} must define evaluate(eta), or inverse(eta) and derivative(eta)"
            )

    if TYPE_CHECKING:
        # for type checkers alone: at run time a property would stand in the way of a field of that name

        @property
        def name(self) -> str: ...
        @property
        def mu_range(self) -> tuple[float, float]: ...
        @property
        def eta_range(self) -> tuple[float, float]: ...
        @property
        def exponentiates(self) -> str | None: ...

    else:
        mu_range = eta_range = (-np.inf, np.inf)
        exponentiates = None

    def link(self, mu: Floats, complement: Floats | None = None) -> Floats:
        """eta = g(mu), (n,); `complement`, 1 - mu, keeps the upper tail of a probability exact."""
        raise NotImplementedError

    def inverse(self, eta: Floats) -> Floats:
        """The mean mu at eta, (n,)."""
        return self.evaluate(eta).mu

    def derivative(self, eta: Floats) -> Floats:
        """dmu/deta, (n,)."""
        return self.evaluate(eta).dmu

    def evaluate(self, eta: Floats) -> Mean:
        """mu, dmu/deta and (for links into (0, 1)) 1 - mu, computed together."""
        return Mean(self.inverse(eta), self.derivative(eta))

    def second(self, eta: Floats) -> Floats:
        """d²mu/deta², (n,); central differences of the derivative unless a link knows better."""
        step = STEP * np.maximum(np.abs(eta), 1.0)
        above, below = eta + step, eta - step
        return np.asarray((self.derivative(above) - self.derivative(below)) / (above - below))

    def valid(self, eta: Floats) -> bool:
        """Whether every eta is inside `eta_range`."""
        low, high = self.eta_range
        return bool(((eta > low) & (eta < high)).all())

    def __str__(self) -> str:
        return self.name

    @staticmethod
    def from_functions(
        name: str,
        link: Function,
        inverse: Function,
        derivative: Function,
        *,
        second: Function | None = None,
        mu_range: tuple[float, float] = (-np.inf, np.inf),
        eta_range: tuple[float, float] = (-np.inf, np.inf),
    ) -> Link:
        """A link of your own from functions of arrays.

        Parameters
        ----------
        name : what prints
        link : mu -> eta
        inverse : eta -> mu
        derivative : eta -> dmu/deta
        second : eta -> d²mu/deta², or None for central differences
        mu_range, eta_range : the open intervals between which the link is one to one

        Returns
        -------
        Link
            Equal to another one made of the same parts; it pickles if the functions are module-level.

        Source: R's `make.link` and its "link-glm" objects.

        Example
        -------
        >>> import numpy as np
        >>> from rglm.families import Link
        >>> same = Link.from_functions("same", np.positive, np.positive, np.ones_like)
        >>> same.name
        'same'
        """
        return FunctionLink(name, link, inverse, derivative, second, mu_range, eta_range)


@dataclass(frozen=True)
class FunctionLink(Link):
    """A link held as functions; made by `Link.from_functions`."""

    name: str
    to_eta: Function = field(repr=False)  # an address says nothing, and differs from run to run
    to_mu: Function = field(repr=False)
    slope: Function = field(repr=False)
    curvature: Function | None = field(default=None, repr=False)
    mu_range: tuple[float, float] = (-np.inf, np.inf)
    eta_range: tuple[float, float] = (-np.inf, np.inf)

    def link(self, mu: Floats, complement: Floats | None = None) -> Floats:
        """eta = g(mu)."""
        return np.asarray(self.to_eta(mu), dtype=np.float64)

    def inverse(self, eta: Floats) -> Floats:
        """The mean at eta."""
        return np.asarray(self.to_mu(eta), dtype=np.float64)

    def derivative(self, eta: Floats) -> Floats:
        """dmu/deta."""
        return np.asarray(self.slope(eta), dtype=np.float64)

    def second(self, eta: Floats) -> Floats:
        """d²mu/deta²."""
        return super().second(eta) if self.curvature is None else np.asarray(self.curvature(eta))
