"""Laws of what drop1, add1 and step compare."""

import numpy as np
import pytest
from registered_families import at, responses

from rglm.families import Gamma, Gaussian, InverseGaussian, NegativeBinomial, Poisson


@pytest.mark.parametrize(
    "family", [Gaussian(), Gamma(), InverseGaussian(), Poisson(), NegativeBinomial(2)], ids=repr
)
def test_scaled_deviances_differ_as_log_likelihoods_do(family):
    """At one dispersion; and where none is given, in a normal model with each model's own."""
    y = responses(family)
    weights = np.linspace(0.5, 3.0, len(y))
    sums, deviances = family.likelihood_sums(y, at(y), weights), np.array([2.0, 3.5])
    phi = 0.4 if family.counts_dispersion else 1.0
    scaled = family.scaled_deviance(deviances, float(len(y)), phi, True)
    small, large = (family.loglik(sums, deviance, phi) for deviance in deviances)
    assert np.diff(scaled)[0] == pytest.approx(2.0 * (small - large), rel=1e-12)
    if family == Gaussian():
        scaled = family.scaled_deviance(deviances, float(len(y)), phi, False)
        small, large = (family.loglik(sums, deviance) for deviance in deviances)
        assert np.diff(scaled)[0] == pytest.approx(2.0 * (small - large), rel=1e-12)
