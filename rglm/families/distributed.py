"""The distribution side of a family: draws, distribution function, quantiles, densities."""

from __future__ import annotations

import numpy as np

from rglm.errors import FamilyError
from rglm.families.distribution import Dispersion, Distribution
from rglm.families.link import Mean
from rglm.formula.values import Floats


class Distributed:
    """What a family with a `distribution` can do; one without says why it cannot.

    Responses are as the family models them: shares of successes for binomial.  A row of weight w has variance
    dispersion V(mu) / w where `weights_narrow`; for counts a weight says nothing about one response.
    Binomial trials are `trials`, or the weights where there are none.
    """

    @property
    def distribution(self) -> Distribution | None:
        """The distribution of a response at its mean; None where only mean and variance are assumed."""
        return None

    @property
    def no_distribution_reason(self) -> str:
        """Why there is no distribution to draw from."""
        return "this family gives a mean and a variance, but no distribution"

    @property
    def weights_narrow(self) -> bool:
        """Whether a prior weight divides the variance of a response."""
        return self._known_distribution("weights").weighted

    @property
    def draws_at_ml(self) -> bool:
        """Whether R's `simulate` takes the dispersion of largest likelihood instead of Pearson's."""
        return False

    def simulate(
        self,
        rng: np.random.Generator,
        mean: Mean,
        weights: Floats | None = None,
        trials: Floats | None = None,
        dispersion: Dispersion = 1.0,
    ) -> Floats:
        """One response for each mean, (n,).

        Parameters
        ----------
        rng : source of random numbers
        mean : the means
        weights, trials : (n,) of one observation of each row; None for ones
        dispersion : a number or (n,); families whose dispersion is fixed leave it aside

        Raises
        ------
        FamilyError
            When the family has no distribution.
        """
        return self._known_distribution("simulate()").simulate(rng, mean, weights, trials, dispersion)

    def cdf(
        self,
        y: Floats,
        mean: Mean,
        weights: Floats | None = None,
        trials: Floats | None = None,
        dispersion: Dispersion = 1.0,
    ) -> Floats:
        """P(Y <= y), (n,); arguments as in `simulate`."""
        return self._known_distribution("A distribution function").cdf(y, mean, weights, trials, dispersion)

    def quantile(
        self,
        p: Floats,
        mean: Mean,
        weights: Floats | None = None,
        trials: Floats | None = None,
        dispersion: Dispersion = 1.0,
    ) -> Floats:
        """The smallest y with P(Y <= y) >= p, (n,); arguments as in `simulate`."""
        return self._known_distribution("A quantile").quantile(p, mean, weights, trials, dispersion)

    def lattice(self, sizes: Floats) -> Floats | None:
        """What makes a discrete response a whole number when multiplied by it, (n,); None for a continuum.

        `sizes` are the weights, or the trials, of the responses.
        """
        return self._known_distribution("A lattice").lattice(sizes)

    def log_density(
        self,
        y: Floats,
        mean: Mean,
        weights: Floats | None = None,
        trials: Floats | None = None,
        dispersion: Dispersion = 1.0,
    ) -> Floats:
        """log of the density, or probability, of each y, (n,); arguments as in `simulate`.

        Not R's likelihood where that takes weights for numbers of rows (Gamma, inverse Gaussian).
        """
        return self._known_distribution("A density").log_density(y, mean, weights, trials, dispersion)

    def _known_distribution(self, what: str) -> Distribution:
        if self.distribution is None:
            raise FamilyError(f"{what} needs a distribution: {self.no_distribution_reason}.")
        return self.distribution
