"""Laws every family obeys, over the registry: a family is tested the moment it is registered."""

import pickle
import warnings

import numpy as np
import pytest
from registered_families import FAMILIES, at, interior, responses, with_links

from rglm.errors import FamilyError, RglmWarning
from rglm.families import (
    Gamma,
    InverseSquare,
    Log,
    Mean,
    Poisson,
    Variance,
)
from rglm.families.variances import Proportional, Square
from rglm.formula.values import Response

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")  # the fitting loop silences these too


# ---- laws of the family --------------------------------------------------------------------------


def deviance_is_zero_at_the_response_and_nowhere_negative(family):
    mu = interior(family)
    np.testing.assert_allclose(family.unit_deviance(mu, at(mu)), 0, atol=1e-12 * np.max(np.abs(mu)))
    near = mu * (1 + np.array([1e-15, 1e-9, 1e-3])[:, None])
    for y in near:
        assert (family.unit_deviance(y, at(mu)) >= 0).all()
    y, means = (part.ravel() for part in np.meshgrid(responses(family), mu))
    assert (family.unit_deviance(y, at(means)) >= 0).all()
    assert np.isfinite(family.unit_deviance(y, at(means))).all()


def deviance_near_the_response_keeps_its_digits(family):
    """d is (y - mu)² / V to first order: a formula that cancels has no digits left here."""
    mu = interior(family)
    mean, y = at(mu), mu * (1 + 1e-7)
    expected = (y - mu) ** 2 / family.variance(mean)
    np.testing.assert_allclose(family.unit_deviance(y, mean), expected, rtol=1e-5)


def deviance_slope_is_the_score(family):
    """dd/dmu = -2 (y - mu) / V."""
    y, mu = (part.ravel() for part in np.meshgrid(responses(family), interior(family)))
    step = 1e-5 * np.abs(mu) * (np.minimum(1, 1 - mu) if family.domain.high == 1 else 1)
    slope = (family.unit_deviance(y, at(mu + step)) - family.unit_deviance(y, at(mu - step))) / (2 * step)
    score = -2 * (y - mu) / family.variance(at(mu))
    rounding = 1e-14 * np.abs(family.unit_deviance(y, at(mu))) / step
    # where R's quasi mu^2 stands in for an infinite deviance, it is cut at zero
    cut = (family.unit_deviance(y, at(mu)) == 0) & (y != mu)
    np.testing.assert_array_less(np.abs(slope - score)[~cut], (1e-6 * np.abs(score) + 1e-6 + rounding)[~cut])
    assert cut.sum() <= len(interior(family))


def variance_derivative_by_differences(family):
    mu = interior(family)
    step = 1e-6 * np.abs(mu)
    slope = (family.variance(at(mu + step)) - family.variance(at(mu - step))) / (2 * step)
    np.testing.assert_allclose(family.variance.derivative(at(mu)), slope, rtol=1e-6, atol=1e-8)
    assert (family.variance(at(mu)) > 0).all()


def domain_and_means_are_guarded(family):
    for inside in (family.valid, family.variance.contains):
        assert inside(at(interior(family)))
        assert not inside(at([interior(family)[0], np.nan]))
        assert not inside(at([interior(family)[0], np.inf]))
    low, high = family.domain.low, family.domain.high
    outside = [np.inf, *([low - 1] if np.isfinite(low) else []), *([high + 1] if np.isfinite(high) else [])]
    for wrong in outside:
        values = np.append(responses(family)[1:], wrong)
        with pytest.raises(FamilyError, match=r"'my y'.*row 1\d"):
            family.accept(Response("numeric", values, "my y", positions=np.arange(len(values)) + 10))
    y = responses(family)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RglmWarning)  # proportions without trials
        np.testing.assert_array_equal(family.accept(Response("numeric", y, "y")).y, y)


def start_is_a_valid_mean(family):
    y, w = responses(family), np.ones(len(responses(family)))
    if family.variance.mean_domain.low == 0 and family.domain.low < 0:
        y = y[y >= 0]
    assert family.variance.contains(at(family.first_means(y, w[: len(y)], None)))
    if np.isfinite(family.link.link(family.first_means(y, w[: len(y)], None))).all():
        assert family.valid(family.link.evaluate(family.link.link(family.start(y, w[: len(y)]))))
    else:
        with pytest.raises(FamilyError, match="start="):
            family.start(y, w)


def is_a_value(family):
    again = pickle.loads(pickle.dumps(family))
    assert again == family
    assert hash(again) == hash(family)
    assert again.name == family.name == family.title
    assert sum(other == family for other in FAMILIES) == 1
    assert family in with_links(family)
    with pytest.raises(AttributeError):
        family.link = Log()


def sums_add(family):
    y, w = np.tile(responses(family), 2), np.tile([0.5, 1, 2, 1, 3.0], 2)[: 2 * len(responses(family))]
    mu = np.resize(interior(family), len(y))
    mean, half = at(mu), slice(0, len(y) // 2)
    rest = slice(len(y) // 2, None)

    def part(index, counts=None):
        return family.likelihood_sums(y[index], Mean(*(each[index] for each in mean)), w[index], None, counts)

    np.testing.assert_allclose(part(slice(None)), part(half) + part(rest), rtol=1e-13)
    counts = np.arange(1, len(y) + 1)
    np.testing.assert_allclose(
        part(slice(None), counts.astype(float)), part(np.repeat(np.arange(len(y)), counts)), rtol=1e-12
    )
    w[0] = 0
    np.testing.assert_allclose(part(slice(None)), part(slice(1, None)), rtol=1e-13)


LAWS = [
    deviance_is_zero_at_the_response_and_nowhere_negative,
    deviance_near_the_response_keeps_its_digits,
    deviance_slope_is_the_score,
    variance_derivative_by_differences,
    domain_and_means_are_guarded,
    start_is_a_valid_mean,
    is_a_value,
    sums_add,
]


@pytest.mark.parametrize("family", FAMILIES, ids=repr)
@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)
def test_law(law, family):
    law(family)


# ---- the laws can fail ---------------------------------------------------------------------------


class WrongSlope(Square):
    def derivative(self, mean):
        return 2.001 * mean.mu


class WrongVariance(Square):
    def __call__(self, mean):
        return mean.mu**2.001


class NegativeDeviance(Square):
    def unit_deviance(self, y, mean):
        return 2 * ((y - mean.mu) / mean.mu - np.log(y / mean.mu)) - 1e-9


class CancellingDeviance(Square):
    def unit_deviance(self, y, mean):
        return np.maximum(2 * ((y - mean.mu) / mean.mu - np.log(y / mean.mu)), 0)


class AnyMean(Square):
    def contains(self, mean):
        return True


class NegativeStart(Square):
    def start(self, y):
        return -y


def gamma_with(variance_class):
    return type("Broken", (Gamma,), {"variance": variance_class(), "default_link": InverseSquare()})()


class Careless(Poisson):
    """Accepts what lies outside its domain."""

    def accept(self, response, weights=None):
        from rglm.families import Accepted

        return Accepted(response.values, np.ones(len(response.values)))


class MeanOfSums(Poisson):
    def likelihood_sums(self, y, mean, weights, trials=None, counts=None):
        return super().likelihood_sums(y, mean, weights, trials, counts) / len(y)


class NotAValue(Poisson):
    def __eq__(self, other):
        return self is other

    __hash__ = Poisson.__hash__


@pytest.mark.parametrize(
    ("law", "broken"),
    [
        (deviance_is_zero_at_the_response_and_nowhere_negative, gamma_with(NegativeDeviance)),
        (deviance_near_the_response_keeps_its_digits, gamma_with(CancellingDeviance)),
        (deviance_slope_is_the_score, gamma_with(WrongVariance)),
        (variance_derivative_by_differences, gamma_with(WrongSlope)),
        (domain_and_means_are_guarded, gamma_with(AnyMean)),
        (domain_and_means_are_guarded, Careless()),
        (start_is_a_valid_mean, gamma_with(NegativeStart)),
        (is_a_value, NotAValue()),
        (sums_add, MeanOfSums()),
    ],
    ids=lambda part: getattr(part, "__name__", type(part).__name__),
)
def test_law_can_fail(law, broken):
    with pytest.raises((AssertionError, pytest.fail.Exception)):
        law(broken)


def test_numeric_deviance_equals_the_closed_form():
    """Gauss-Legendre against formulas, six orders of magnitude apart and at zero."""
    y, mu = (part.ravel() for part in np.meshgrid([0.0, 1e-3, 1, 7, 1e3], [1e-3, 0.5, 7, 1e3]))
    own = Variance.from_function("mu", lambda mu: mu)
    np.testing.assert_allclose(
        own.unit_deviance(y, at(mu)), Proportional().unit_deviance(y, at(mu)), rtol=1e-10, atol=1e-14
    )
