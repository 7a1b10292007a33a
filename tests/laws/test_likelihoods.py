"""Laws of likelihoods, and of families and links together, over both registries."""

import numpy as np
import pytest
from registered_families import FAMILIES, MODELS, at, pairs, reachable, responses

from rglm.families import (
    Binomial,
    Mean,
    Poisson,
)

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")  # the fitting loop silences these too


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


def rows_add_to_the_likelihood(family):
    """Shares of the rows add to the log-likelihood, with weights, frequency counts and rows of weight 0."""
    y = responses(family)
    mean = at(np.full(len(y), 0.4))
    weights = np.linspace(0.5, 2, len(y)) if family.domain.high > 1 else np.full(len(y), 12.0)
    weights[1] = 0.0
    counts = np.arange(len(y)) % 3 + 1.0
    for each in (None, counts):
        deviances = weights * family.unit_deviance(y, mean)
        deviance = float(deviances.sum() if each is None else deviances @ each)
        whole = family.loglik(family.likelihood_sums(y, mean, weights, None, each), deviance)
        rows = family.loglik_rows(y, mean, weights, None, each)
        assert rows.shape == y.shape
        assert rows[1] == 0
        assert float(rows.sum() if each is None else rows @ each) == pytest.approx(whole, rel=1e-12)


LIKELIHOOD_LAWS = [
    likelihood_sums_to_one_with_the_right_moments,
    score_is_the_likelihoods_derivative,
    rows_add_to_the_likelihood,
]
WITH_LIKELIHOOD = [family for family in FAMILIES if family.has_likelihood and family.adds_up]


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


class WrongConstant(Poisson):
    def saturated(self, y):
        return super().saturated(y) + 1e-6


class WrongHalf(Poisson):
    def loglik(self, sums, deviance, dispersion=None):
        return float(sums[0]) - 0.5001 * deviance


class Cancelling(type(Binomial().variance)):
    def unit_deviance(self, y, mean):
        return super().unit_deviance(y, Mean(mean.mu, mean.dmu, 1 - mean.mu))


class CancellingBinomial(Binomial):
    variance = Cancelling()


@pytest.mark.parametrize(
    ("law", "broken"),
    [
        (likelihood_sums_to_one_with_the_right_moments, WrongConstant()),
        (score_is_the_likelihoods_derivative, WrongHalf()),
        (deviance_slope_in_eta, CancellingBinomial("logit")),
    ],
    ids=lambda part: getattr(part, "__name__", type(part).__name__),
)
def test_law_can_fail(law, broken):
    with pytest.raises(AssertionError):
        law(broken)
