"""Laws every family obeys, over the registry: a family is tested the moment it is registered."""

import pickle
import warnings
from dataclasses import dataclass

import numpy as np
import pytest

from rglm.errors import FamilyError, RglmWarning
from rglm.families import (
    Binomial,
    Family,
    Gamma,
    InverseSquare,
    Log,
    Mean,
    NegativeBinomial,
    Poisson,
    Quasi,
    Tweedie,
    Variance,
    known_families,
    known_links,
    register_family,
)
from rglm.families.variances import Proportional, Square
from rglm.formula.values import Response

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")  # the fitting loop silences these too


def square(mu):
    return mu**2


@dataclass(frozen=True, init=False)
class Exponential(Family):
    """A user's family: gamma of shape 1, its unit deviance integrated numerically from the variance."""

    name = "exponential"
    default_link = Log()
    variance = Variance.from_function("mu^2", square)
    dispersion_known = True
    has_likelihood = True

    def saturated(self, y):
        return -np.log(y) - 1.0


register_family(Exponential, "exponential")

PARAMETERS = {
    "negative.binomial": [
        NegativeBinomial(0.3),
        NegativeBinomial(2),
        NegativeBinomial(1e7),
        NegativeBinomial(2, estimated=True),
    ],
    "tweedie": [Tweedie(p, link_power=0) for p in (-1, 0, 1, 1.0001, 1.5, 1.9999, 2, 2.5, 3)],
    "quasi": [Quasi("log", name) for name in ("constant", "mu", "mu^2", "mu^3")]
    + [Quasi("logit", "mu(1-mu)"), Quasi("log", Variance.from_function("mu^1.5", lambda mu: mu**1.5))],
}


def members():
    for name, make in known_families().items():
        yield from PARAMETERS.get(name) or [make()]


FAMILIES = list(members())


def with_links(family):
    """The family under each known link that can reach its means."""
    fields = {name: getattr(family, name) for name in family.__dataclass_fields__ if name != "link"}
    fields = {name: value for name, value in fields.items() if family.__dataclass_fields__[name].init}
    return [type(family)(**fields, link=link) for link in known_links()]


MODELS = [model for family in FAMILIES for model in with_links(family)]


def reachable(model, far=False):
    """Linear predictors that are valid for link and family, spread over what both allow."""
    spread = np.concatenate([-np.geomspace(0.05, 3, 9), np.geomspace(0.05, 3, 9)])
    if far:
        spread = np.concatenate([spread, [-30.0, 30.0]])
    return np.array(
        [
            each
            for each in spread
            if model.link.valid(np.array([each])) and model.valid(model.link.evaluate(np.array([each])))
        ]
    )


def responses(family):
    """Responses inside the domain, its boundary too where it belongs to it."""
    low, high = family.domain.low, family.domain.high
    if high == 1:
        return np.array([0, 0.1, 0.5, 0.8, 1.0])
    if np.isfinite(low):
        inside = np.array([0.0, 1, 2, 5, 60]) if family.discrete else np.array([0.0, 0.03, 0.8, 2, 45])
        return inside[~family.domain.outside(inside)]
    return (
        np.array([-20.0, -0.5, 0, 0.7, 12])
        if family.variance.mean_domain.low < 0
        else np.array([0.0, 0.7, 12])
    )


def pairs(model, far=False):
    """Every response against every reachable linear predictor: y and eta, each (n,)."""
    y, eta = responses(model), reachable(model, far)
    return np.repeat(y, len(eta)), np.tile(eta, len(y))


def at(mu):
    mu = np.asarray(mu, dtype=float)
    return Mean(mu, np.ones_like(mu), 1 - mu)


def interior(family):
    """Means well inside the mean domain."""
    low, high = family.variance.mean_domain.low, family.variance.mean_domain.high
    if high == 1:
        return np.array([0.01, 0.3, 0.5, 0.9])
    return np.array([0.02, 0.5, 1, 3, 40, 1e4]) if low == 0 else np.array([-30.0, -1, 0.2, 5, 1e3])


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
    assert family.valid(at(interior(family)))
    assert not family.valid(at([interior(family)[0], np.nan]))
    assert not family.valid(at([interior(family)[0], np.inf]))
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
    assert family.valid(at(family.first_means(y, w[: len(y)], None)))
    if np.isfinite(family.link.link(family.first_means(y, w[: len(y)], None))).all():
        assert family.valid(family.link.evaluate(family.link.link(family.start(y, w[: len(y)]))))
    else:
        with pytest.raises(FamilyError, match="start="):
            family.start(y, w)


def is_a_value(family):
    again = pickle.loads(pickle.dumps(family)) if "lambda" not in repr(family) else family
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


# ---- laws of the likelihood ----------------------------------------------------------------------

DISPERSION = 0.4


def density(family, y, mean, weights):
    """The density of each y, (n,), from the additive sums."""
    deviance = weights * family.unit_deviance(y, mean)
    rows = [slice(i, i + 1) for i in range(len(y))]
    return np.exp(
        [
            family.loglik(
                family.likelihood_sums(y[i], Mean(*(part[i] for part in mean)), weights[i]),
                float(deviance[i][0]),
                DISPERSION,
            )
            for i in rows
        ]
    )


def integrate(family, mu, function):
    """Sum or integral of function(y) times the density at mean mu, with what weight a row has."""
    if family.discrete and family.domain.high == 1:
        size = 7.0
        y = np.arange(size + 1) / size
        return float(density(family, y, at(np.full(8, mu)), np.full(8, size)) @ function(y)), size
    if family.discrete:
        y = np.arange(0.0, 20 + 80 * mu * np.sqrt(1 + 1 / getattr(family, "theta", np.inf)))
        return float(density(family, y, at(np.full(len(y), mu)), np.ones(len(y))) @ function(y)), 1.0
    t, shares = np.polynomial.legendre.leggauss(800)
    if np.isfinite(family.domain.low):
        low, high = np.log(mu) - 32, np.log(mu) + 6
        y = np.exp(low + (t + 1) / 2 * (high - low))
        shares = shares * y * (high - low) / 2
    else:
        y, shares = mu + 12 * t, shares * 12
    return float((shares * density(family, y, at(np.full(len(y), mu)), np.ones(len(y)))) @ function(y)), 1.0


def likelihood_sums_to_one_with_the_right_moments(family):
    for mu in (0.2, 0.7) if family.domain.high == 1 else (0.3, 2.0):
        total, size = integrate(family, mu, np.ones_like)
        mean, _ = integrate(family, mu, lambda y: y)
        spread, _ = integrate(family, mu, lambda y, mu=mu: (y - mu) ** 2)
        dispersion = 1.0 if has_no_dispersion(family) else DISPERSION
        assert total == pytest.approx(1, rel=1e-9)
        assert mean == pytest.approx(mu, rel=1e-8)
        assert spread == pytest.approx(dispersion * family.variance(at([mu]))[0] / size, rel=1e-7)


def has_no_dispersion(family):
    """Whether the density has no free dispersion: NB's is 1 even where the fit estimates one."""
    return family.dispersion_known or family.discrete


def score_is_the_likelihoods_derivative(family):
    y = responses(family) if family.domain.high > 1 else np.array([0.0, 1, 1])
    w = np.ones(len(y))
    for mu in (0.2, 0.7) if family.domain.high == 1 else (0.3, 2.0):
        step = 1e-5

        def value(mean, y=y, w=w):
            deviance = float(w @ family.unit_deviance(y, mean))
            return family.loglik(family.likelihood_sums(y, mean, w), deviance, DISPERSION)

        above, below = at(np.full(len(y), mu + step)), at(np.full(len(y), mu - step))
        slope = (value(above) - value(below)) / (2 * step)
        dispersion = 1.0 if has_no_dispersion(family) else DISPERSION
        score = np.sum((y - mu) / family.variance(at(np.full(len(y), mu)))) / dispersion
        assert slope == pytest.approx(score, rel=1e-6)


LIKELIHOOD_LAWS = [likelihood_sums_to_one_with_the_right_moments, score_is_the_likelihoods_derivative]
WITH_LIKELIHOOD = [family for family in FAMILIES if family.has_likelihood]


@pytest.mark.parametrize("family", WITH_LIKELIHOOD, ids=repr)
@pytest.mark.parametrize("law", LIKELIHOOD_LAWS, ids=lambda law: law.__name__)
def test_likelihood_law(law, family):
    law(family)


@pytest.mark.parametrize("family", [each for each in FAMILIES if not each.has_likelihood], ids=repr)
def test_no_likelihood_is_nan_with_a_reason(family):
    y = responses(family)
    assert np.isnan(family.loglik(family.likelihood_sums(y, at(y), np.ones(len(y))), 1.0))
    assert "likelihood" in family.no_likelihood_reason or "density" in family.no_likelihood_reason
    assert not family.dispersion_known
    assert family.n_extra == 0


# ---- laws of family and link together ------------------------------------------------------------


def deviance_slope_in_eta(model, far=True):
    """dd/deta = -2 (y - mu) dmu/deta / V: holds the complement to its word in both tails."""
    y, eta = pairs(model, far)
    if not len(eta):
        return
    step = 1e-5 * np.maximum(np.abs(eta), 1e-3)
    mean, above, below = (model.link.evaluate(each) for each in (eta, eta + step, eta - step))
    slope = (model.unit_deviance(y, above) - model.unit_deviance(y, below)) / (2 * step)
    other = 1 - mean.mu if mean.complement is None else mean.complement
    residual = y * other - (1 - y) * mean.mu if model.domain.high == 1 else y - mean.mu
    score = -2 * residual * mean.dmu / model.variance(mean)
    rounding = 1e-14 * np.abs(model.unit_deviance(y, mean)) / step
    cut = (model.unit_deviance(y, mean) == 0) & (y != mean.mu)
    exact = np.full(len(y), True) if mean.complement is not None else other > 1e-6
    use = ~cut & exact & np.isfinite(slope) & (model.variance(mean) > 1e-300)
    bend = step * mean.dmu**2 / model.variance(mean)
    tolerance = 2e-5 * np.abs(score) + 1e-7 + rounding + bend
    np.testing.assert_array_less(np.abs(slope - score)[use], tolerance[use])


@pytest.mark.parametrize("model", MODELS, ids=repr)
def test_deviance_slope_in_eta(model):
    deviance_slope_in_eta(model)


def test_most_models_are_reachable():
    assert sum(len(reachable(model)) > 3 for model in MODELS) > 0.9 * len(MODELS)


@pytest.mark.parametrize("link", ["logit", "probit", "cloglog", "loglog", "cauchit"])
def test_binomial_tails_are_exact(link):
    """A fitted probability within 1e-20 of 1 still has a variance and a deviance, to full precision."""
    model = Binomial(link)
    eta = model.link.link(np.array([1e-20, 1.0]), np.array([1.0, 1e-20]))
    mean = model.link.evaluate(eta)
    assert model.valid(mean)
    np.testing.assert_allclose(model.variance(mean), 1e-20, rtol=1e-12)
    np.testing.assert_allclose(model.unit_deviance(np.array([0.0, 1.0]), mean), 2e-20, rtol=1e-12)
    np.testing.assert_allclose(
        model.unit_deviance(np.array([1.0, 0.0]), mean), -2 * np.log(1e-20), rtol=1e-12
    )
    np.testing.assert_allclose(model.unit_deviance(np.array([0.5, 0.5]), mean), -np.log(4e-20), rtol=1e-12)


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


class WrongConstant(Poisson):
    def saturated(self, y):
        return super().saturated(y) + 1e-6


class WrongHalf(Poisson):
    def loglik(self, sums, deviance, dispersion=None):
        return float(sums[0]) - 0.5001 * deviance


class NotAValue(Poisson):
    def __eq__(self, other):
        return self is other

    __hash__ = Poisson.__hash__


class Cancelling(type(Binomial().variance)):
    def unit_deviance(self, y, mean):
        return super().unit_deviance(y, Mean(mean.mu, mean.dmu, 1 - mean.mu))


class CancellingBinomial(Binomial):
    variance = Cancelling()


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
        (likelihood_sums_to_one_with_the_right_moments, WrongConstant()),
        (score_is_the_likelihoods_derivative, WrongHalf()),
        (deviance_slope_in_eta, CancellingBinomial("logit")),
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
