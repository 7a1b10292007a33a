"""Laws of distributions, over the registry: densities, distribution functions, quantiles and draws agree."""

import pickle

import numpy as np
import pytest
from registered_families import FAMILIES, at, pairs, responses
from scipy.special import gammaln, logsumexp

from rglm.errors import FamilyError
from rglm.families import Gamma, Mean, Poisson, Quasi, QuasiPoisson, Tweedie
from rglm.families.count_distributions import PoissonCounts
from rglm.families.distribution import positive_quantile, whole_quantile
from rglm.families.sampled import Sampled
from rglm.families.tweedie_density import log_height

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")

PHI = 0.4
WITH_DISTRIBUTION = [family for family in FAMILIES if family.distribution is not None]
COMPUTED = [family for family in WITH_DISTRIBUTION if getattr(family, "var_power", 0) != 2.5]
WITHOUT = [family for family in FAMILIES if family.distribution is None]
PROBABILITIES = np.array([1e-12, 1e-4, 0.03, 0.2, 0.5, 0.77, 0.95, 0.9999])


def is_share(family):
    return family.domain.high == 1


def spiky(family):
    """A power near 1: the density is a comb around the multiples of the dispersion."""
    return 1 < getattr(family, "var_power", 0) < 1.01


def means(family):
    return np.array([0.02, 0.3, 0.9]) if is_share(family) else np.array([0.05, 0.8, 2.0, 30.0])


def size(family):
    return 7.0 if is_share(family) else 1.0


def grid(family, mu):
    """Responses that hold all of the probability, what each stands for, and the density there."""
    mean = Mean(*(np.full(1, part[0]) for part in at([mu])))
    if is_share(family):
        y, step = np.arange(size(family) + 1) / size(family), 1.0
    elif family.discrete:
        y, step = np.arange(0.0, 60 + 90 * mu * np.sqrt(1 + 1 / getattr(family, "theta", np.inf))), 1.0
    elif np.isfinite(family.domain.low):
        logs = np.linspace(np.log(mu) - 45, np.log(mu) + 8, 5001)
        y = np.exp(logs)
        step = y * (logs[1] - logs[0])
    else:
        t, shares = np.polynomial.legendre.leggauss(400)
        y, step = mu + 9 * t, shares * 9
    density = np.exp(family.log_density(y, mean, np.full(len(y), size(family)), None, PHI))
    if not family.discrete and family.domain.closed_low and np.isfinite(family.domain.low):
        atom = np.exp(family.log_density(np.zeros(1), mean, None, None, PHI))
        y, step, density = np.append(y, 0.0), np.append(step, 1.0), np.append(density, atom)
    return y, step * density


def spread(family, mu):
    """The variance of a response of weight `size`."""
    phi = 1.0 if family.dispersion_known or family.discrete else PHI
    return phi * family.variance(at([mu]))[0] / size(family)


def density_has_total_one_and_the_right_moments(family):
    if spiky(family):
        return
    for mu in means(family):
        y, mass = grid(family, mu)
        assert mass.sum() == pytest.approx(1, rel=1e-9)
        assert mass @ y == pytest.approx(mu, rel=1e-8)
        assert mass @ (y - mu) ** 2 == pytest.approx(spread(family, mu), rel=1e-7)


def score_is_the_densitys_derivative(family):
    y = responses(family)[responses(family) <= 12]
    y = np.rint(y * 7) / 7 if is_share(family) else y
    w = np.full(len(y), size(family))
    for mu in means(family):
        step = 1e-5 * mu * (1 - mu if is_share(family) else 1)

        def value(m, y=y, w=w):
            return family.log_density(y, at(np.full(len(y), m)), w, None, PHI)

        slope = (value(mu + step) - value(mu - step)) / (2 * step)
        phi = 1.0 if family.dispersion_known or family.discrete else PHI
        score = w * (y - mu) / (phi * family.variance(at(np.full(len(y), mu))))
        rounding = 1e-13 * (1 + np.abs(value(mu))) / step
        np.testing.assert_array_less(np.abs(slope - score), 1e-6 * np.abs(score) + 1e-7 + rounding)


def density_is_the_likelihood(family):
    if not family.adds_up:
        return
    y, eta = pairs(family)
    keep = y == np.rint(y) if family.discrete else np.full(len(y), True)
    y, mean = y[keep], Mean(*(None if p is None else p[keep] for p in family.link.evaluate(eta)))
    w = np.ones(len(y))
    sums = family.likelihood_sums(y, mean, w)
    loglik = family.loglik(sums, float(w @ family.unit_deviance(y, mean)), PHI)
    assert family.log_density(y, mean, w, None, PHI).sum() == pytest.approx(loglik, rel=1e-10)


def cdf_is_the_summed_density(family):
    if spiky(family):
        return
    for mu in means(family):
        y, mass = grid(family, mu)
        order = np.argsort(y)
        below = np.cumsum(mass[order])
        found = family.cdf(y[order], at([mu]), np.full(len(y), size(family)), None, PHI)
        if family.discrete:
            np.testing.assert_allclose(found, below, rtol=1e-9)
        else:
            # half the last cell lies above y: its mass is the resolution of the grid
            cells = mass[order]
            np.testing.assert_array_less(np.abs(found - below), cells + 1e-9)


def quantile_turns_the_cdf_around(family):
    p, mu = (part.ravel() for part in np.meshgrid(PROBABILITIES, means(family)))
    w, mean = np.full(len(p), size(family)), at(mu)
    y = family.quantile(p, mean, w, None, PHI)
    reached = family.cdf(y, mean, w, None, PHI)
    if family.discrete:
        np.testing.assert_array_equal(np.rint(y * size(family)), y * size(family))
        assert (reached >= p).all()
        lower = family.cdf(y - 1 / size(family), mean, w, None, PHI)
        assert (lower < p).all()
        np.testing.assert_array_equal(
            family.quantile(reached, mean, w, None, PHI)[reached < 1], y[reached < 1]
        )
        return
    zeros = family.domain.closed_low and np.isfinite(family.domain.low)
    atom = family.cdf(np.zeros(len(p)), mean, w, None, PHI) if zeros else np.zeros(len(p))
    np.testing.assert_allclose(reached, np.maximum(p, atom), rtol=1e-8, atol=1e-15)
    assert (y[p <= atom] == 0).all()


def ends_of_the_quantiles(family):
    mean = at(means(family)[:2])
    w = np.full(2, size(family))
    ends = family.quantile(np.array([0.0, 1.0]), mean, w, None, PHI)
    low = family.domain.low
    assert ends[0] == (low if np.isfinite(low) else -np.inf)
    assert ends[1] == (1 if is_share(family) else np.inf)
    assert np.isnan(family.quantile(np.array([np.nan, 0.5]), mean, w, None, PHI)).tolist() == [True, False]


def draws_have_the_right_moments(family):
    n = 10_000
    for mu in means(family):
        w = np.full(n, size(family))
        rng = np.random.default_rng(11)
        y = family.simulate(rng, at(np.full(n, mu)), w, None, PHI)
        assert y.dtype == np.float64
        assert not family.domain.outside(y).any()
        variance = spread(family, mu)
        assert abs(y.mean() - mu) < 5 * np.sqrt(variance / n)
        ranks = family.cdf(y, at(np.full(n, mu)), w, None, PHI)
        below = family.cdf(np.quantile(y, [0.1, 0.5, 0.9], method="inverted_cdf"), at([mu]), w[:3], None, PHI)
        assert (below > np.array([0.1, 0.5, 0.9]) - 0.02).all()
        assert ranks.mean() > 0.49
        again = family.simulate(np.random.default_rng(11), at(np.full(n, mu)), w, None, PHI)
        np.testing.assert_array_equal(y, again)


def weights_narrow_as_they_say(family):
    mean = at(means(family)[1:2])
    wide, narrow = (
        np.ptp(family.quantile(np.array([0.01, 0.99]), mean, np.full(2, w), None, PHI))
        for w in (10.0, 1000.0)
    )
    assert narrow < 0.3 * wide if family.weights_narrow else narrow == wide


def is_a_value(family):
    again = pickle.loads(pickle.dumps(family.distribution))
    assert again == family.distribution
    assert hash(again) == hash(family.distribution)


LAWS = [
    density_has_total_one_and_the_right_moments,
    score_is_the_densitys_derivative,
    density_is_the_likelihood,
    is_a_value,
]
COMPUTED_LAWS = [
    cdf_is_the_summed_density,
    quantile_turns_the_cdf_around,
    ends_of_the_quantiles,
    draws_have_the_right_moments,
    weights_narrow_as_they_say,
]


@pytest.mark.parametrize("family", WITH_DISTRIBUTION, ids=repr)
@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)
def test_law(law, family):
    law(family)


@pytest.mark.parametrize("family", COMPUTED, ids=repr)
@pytest.mark.parametrize("law", COMPUTED_LAWS, ids=lambda law: law.__name__)
def test_law_of_draws(law, family):
    law(family)


@pytest.mark.parametrize("family", [*WITHOUT, Sampled(Poisson())], ids=repr)
def test_no_distribution_says_why(family):
    y = np.array([0.5])
    for ask in (
        lambda: family.cdf(y, at(y)),
        lambda: family.quantile(y, at(y)),
        lambda: family.simulate(np.random.default_rng(1), at(y)),
        lambda: family.log_density(y, at(y)),
        lambda: family.weights_narrow,
    ):
        with pytest.raises(FamilyError, match=r"needs a distribution: .*\w{4}"):
            ask()


def test_a_power_between_two_and_three_has_a_density_alone():
    family, y = Tweedie(2.5), np.array([0.5])
    for ask in (
        lambda: family.cdf(y, at(y)),
        lambda: family.quantile(y, at(y)),
        lambda: family.simulate(np.random.default_rng(1), at(y)),
    ):
        with pytest.raises(FamilyError, match=r"not computed for var_power=2\.5, only the density"):
            ask()


# ---- the dispersion of largest likelihood --------------------------------------------------------

ESTIMATED = [family for family in WITH_DISTRIBUTION if not family.discrete and not family.dispersion_known]


@pytest.mark.parametrize("family", ESTIMATED, ids=repr)
def test_ml_dispersion_is_the_best_one(family):
    if spiky(family):
        pytest.skip("the likelihood of a comb has many maxima")
    rng = np.random.default_rng(2)
    mu = rng.uniform(0.5, 4, 300)
    mean, w, counts = at(mu), rng.uniform(0.5, 2, 300), rng.integers(0, 3, 300).astype(float)
    w[:5] = 0.0
    y = Gamma().simulate(rng, mean, None, None, 0.5)
    if family.domain.closed_low and np.isfinite(family.domain.low):
        y[::7] = 0.0
    phi = family.distribution.ml_dispersion(y, mean, w, counts)

    def value(phi):
        each = family.log_density(y, mean, np.where(w > 0, w, 1), None, phi)
        return counts[w > 0] @ each[w > 0]

    assert phi > 0
    for factor in (0.5, 0.999, 1.001, 2):
        assert value(phi) > value(factor * phi)
    slope = (value(phi * (1 + 1e-5)) - value(phi * (1 - 1e-5))) / 2e-5
    assert abs(slope) < 1e-5


# ---- Tweedie's density ---------------------------------------------------------------------------


def compound(x, power):
    """log h by brute force: every term of the compound Poisson sum, in log-gamma functions."""
    a, m = (2 - power) / (power - 1), x / (2 - power)
    n = np.arange(1.0, m + 60 * np.sqrt(m + 1) + 200)
    number = n * np.log(m) - m - gammaln(n + 1)
    return logsumexp(np.log(a * n) + number + a * n * np.log(a * m) - a * m - gammaln(a * n + 1))


@pytest.mark.parametrize("power", [1.0001, 1.01, 1.1, 1.5, 1.9, 1.99, 1.9999])
def test_series_is_the_whole_sum(power):
    x = np.array([1e-8, 1e-3, 0.1, 1, 2.5, 7.3, 40, 300, 900])
    expected = [compound(each, power) for each in x]
    # log-gamma functions of large arguments cancel: the brute sum has fewer digits
    tolerance = 1e-10 + 1e-15 * x / (power - 1) / (2 - power) * 20
    np.testing.assert_array_less(np.abs(log_height(x, power).value - expected), tolerance)


@pytest.mark.parametrize("power", [1.05, 1.5, 1.95, 2.0001, 2.5, 3, 5, 12])
def test_heights_end_in_the_saddlepoint(power):
    """h -> sqrt(x / 2 pi) as the dispersion vanishes, with an error of order 1/x."""
    x = np.array([1e9, 1e12])
    np.testing.assert_allclose(log_height(x, power).value, 0.5 * np.log(x / (2 * np.pi)), atol=2e-6)


def test_power_three_is_inverse_gaussian():
    x = 10.0 ** np.arange(-12, 13)
    found = log_height(x, 3.0)
    np.testing.assert_allclose(found.value, 0.5 * np.log(x / (2 * np.pi)), rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(found.slope, 0.5, rtol=1e-10)


@pytest.mark.parametrize("power", [1.2, 1.5, 1.8, 2.2, 2.5, 4])
def test_derivatives_of_the_height(power):
    x, step = np.array([1e-3, 0.1, 1, 2.5, 7.3, 40, 300, 1e4]), 1e-4
    here, above, below = (log_height(x * np.exp(s), power) for s in (0, step, -step))
    np.testing.assert_allclose(here.slope, (above.value - below.value) / (2 * step), rtol=1e-5, atol=1e-7)
    np.testing.assert_allclose(here.bend, (above.slope - below.slope) / (2 * step), rtol=1e-5, atol=1e-6)


def test_powers_near_two_are_nearly_gamma():
    y, mean = np.array([0.2, 1.0, 3.0]), at([1.0, 1.5, 2.0])
    for power in (2 - 1e-6, 2 + 1e-6):
        near = Tweedie(power, link_power=0).log_density(y, mean, None, None, PHI)
        np.testing.assert_allclose(near, Gamma().log_density(y, mean, None, None, PHI), atol=1e-5)


def test_density_is_invariant_to_the_unit():
    y, mean = np.array([0.2, 1.0, 3.0]), at([1.0, 1.5, 2.0])
    for power in (1.3, 1.7, 2.5):
        family = Tweedie(power, link_power=0)
        scaled = family.log_density(100 * y, at(100 * mean.mu), None, None, PHI * 100 ** (2 - power))
        np.testing.assert_allclose(
            scaled + np.log(100), family.log_density(y, mean, None, None, PHI), rtol=1e-10
        )


# ---- searches ------------------------------------------------------------------------------------


def test_searches_reach_far_tails():
    mu = np.array([1e-8, 3.0, 1e9])
    p = np.array([1 - 1e-12, 1e-14, 0.5])
    k = whole_quantile(lambda k: PoissonCounts().below(k, mu), p, mu, np.sqrt(mu))
    assert k.tolist() == [1.0, 0.0, 1e9]
    y = positive_quantile(
        lambda y: y / (1 + y), lambda y: 1 / (1 + y) ** 2, np.array([1e-200, 0.5, 1e-3]), np.ones(3)
    )
    np.testing.assert_allclose(y, [1e-200, 1, 1 / 999], rtol=1e-10)


def test_rows_without_weight_have_no_distribution():
    for family in COMPUTED:
        if family.weights_narrow:
            mean, w = at(means(family)[:2]), np.array([0.0, 5.0])
            assert np.isnan(family.simulate(np.random.default_rng(1), mean, w, None, PHI)).tolist() == [
                True,
                False,
            ]
            assert np.isnan(family.quantile(np.full(2, 0.5), mean, w, None, PHI)).tolist() == [True, False]


# ---- the laws can fail ---------------------------------------------------------------------------


class Shifted(PoissonCounts):
    def below(self, k, mu):
        return super().below(k + 1, mu)


class ShiftedPoisson(Poisson):
    distribution = Shifted()


class Wide(PoissonCounts):
    def draw(self, rng, mu):
        return super().draw(rng, 1.1 * mu)


class WidePoisson(Poisson):
    distribution = Wide()


@pytest.mark.parametrize(
    ("law", "broken"),
    [(cdf_is_the_summed_density, ShiftedPoisson()), (draws_have_the_right_moments, WidePoisson())],
    ids=lambda part: getattr(part, "__name__", type(part).__name__),
)
def test_law_can_fail(law, broken):
    with pytest.raises(AssertionError):
        law(broken)


def test_quasi_families_have_none():
    assert Quasi("log", "mu").distribution is None
    assert QuasiPoisson().distribution is None
