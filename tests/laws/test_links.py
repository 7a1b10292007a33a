"""Laws every link obeys, over the registry: a link is tested the moment it is registered."""

import pickle
from dataclasses import dataclass

import numpy as np
import pytest

from rglm.families import Link, Logit, Mean, Power, known_links, register_link

TINY = 1e-300
FAR = np.array([1.0, 10, 36, 38, 50, 100, 300, 700, 708, 745, 800])


def logc(mu):
    return np.log1p(-mu)


def logc_inverse(eta):
    return -np.expm1(eta)


def logc_derivative(eta):
    return -np.exp(eta)


OWN = Link.from_functions(
    "logc", logc, logc_inverse, logc_derivative, mu_range=(0.0, 1.0), eta_range=(-np.inf, 0.0)
)
register_link(OWN)
POWERS = [Power(1 / 3), Power(2), Power(-0.5), Power(1.5)]
LINKS = [*known_links(), *POWERS]


def grid(link):
    """Linear predictors where the link is at home: no tail underflows, no mean is infinite."""
    low, high = link.eta_range
    if np.isfinite(low):
        eta = low + np.geomspace(1e-3, 1e3, 25)
    elif np.isfinite(high):
        eta = high - np.geomspace(1e-3, 5, 25)
    else:
        eta = np.concatenate([np.linspace(-6, 3, 31), [1e-9, -1e-9]])
    return np.array([each for each in eta if link.valid(np.array([each]))])


def everywhere(link):
    """Linear predictors inside the range, out to 800."""
    low, high = link.eta_range
    eta = np.concatenate([-FAR[::-1], FAR])
    return eta[(eta > low) & (eta < high)]


def far_ends(link):
    """The linear predictors where the mean is 1e-300, and where its complement is."""
    with np.errstate(all="ignore"):
        return float(link.link(np.array([TINY]), np.array([1.0]))[0]), float(
            link.link(np.array([1.0]), np.array([TINY]))[0]
        )


# ---- the laws ------------------------------------------------------------------------------------


def link_undoes_inverse(link):
    eta = grid(link)
    mean = link.evaluate(eta)
    np.testing.assert_allclose(link.link(mean.mu, mean.complement), eta, rtol=1e-9, atol=1e-12)


def inverse_undoes_link(link):
    low, high = link.mu_range
    if np.isfinite(high):
        mu = np.array([1e-200, 1e-12, 1e-3, 0.2, 0.5, 0.7, 0.999])
    else:
        mu = np.array([1e-12, 0.2, 1.0, 7.5, 1e6])
    if not np.isfinite(low):
        mu = np.concatenate([-mu, mu])
    mu = mu if link is not OWN else mu[mu > 1e-13]
    np.testing.assert_allclose(link.inverse(link.link(mu)), mu, rtol=1e-9)


def parts_agree(link):
    eta = grid(link)
    mean = link.evaluate(eta)
    np.testing.assert_array_equal(link.inverse(eta), mean.mu)
    np.testing.assert_array_equal(link.derivative(eta), mean.dmu)
    assert link.valid(eta)


def derivative_is_that_of_the_mean(link):
    eta = grid(link)
    eta = eta[np.abs(eta) > 1e-6]
    step = 1e-6 * np.abs(eta)
    mean, above, below = link.evaluate(eta), link.evaluate(eta + step), link.evaluate(eta - step)
    change = above.mu - below.mu
    if above.complement is not None:
        change = np.where(above.mu > 0.5, below.complement - above.complement, change)
    rounding = 1e-15 * np.abs(above.mu) / step
    np.testing.assert_array_less(np.abs(change / (2 * step) - mean.dmu), 1e-6 * np.abs(mean.dmu) + rounding)


def second_is_the_derivatives_derivative(link):
    eta = grid(link)
    eta = eta[np.abs(eta) > 1e-6]
    step = 1e-5 * np.abs(eta)
    slope = (link.derivative(eta + step) - link.derivative(eta - step)) / (2 * step)
    np.testing.assert_allclose(
        link.second(eta), slope, rtol=1e-5, atol=1e-6 * np.max(np.abs(link.derivative(eta)))
    )


def mean_and_complement_add_to_one(link):
    for eta in (grid(link), everywhere(link)):
        mean = link.evaluate(eta)
        if mean.complement is not None:
            np.testing.assert_allclose(mean.mu + mean.complement, 1.0, rtol=4e-16)


def mean_stays_in_its_range(link):
    with np.errstate(over="ignore"):
        mean = link.evaluate(everywhere(link))
    low, high = link.mu_range
    assert ((mean.mu >= low) & (mean.mu <= high)).all()


def finite_wherever_the_true_value_is(link):
    eta = everywhere(link)
    with np.errstate(all="ignore"):
        mean, second = link.evaluate(eta), link.second(eta)
        largest = float(link.link(np.array([np.finfo(float).max]))[0])
    assert not any(np.isnan(part).any() for part in mean if part is not None)
    representable = eta <= largest if link.mu_range[1] == np.inf and largest > 1 else np.full(len(eta), True)
    for part in (*mean, second):
        if part is not None:
            assert np.isfinite(part[representable]).all()


def tails_last_as_long_as_they_can(link):
    """No clipping: a mean or complement above 1e-300 is not zero, and is not anything else either."""
    eta = everywhere(link)
    if link.evaluate(eta).complement is None:
        return
    low, high = far_ends(link)
    mean = link.evaluate(eta)
    assert (mean.mu[eta > low] > 0).all()
    assert (mean.complement[eta < high] > 0).all()
    assert (mean.mu[eta < low] <= 1.001 * TINY).all()
    assert (mean.complement[eta > high] <= 1.001 * TINY).all()
    inside = (eta > low) & (eta < high)
    np.testing.assert_allclose(
        link.link(mean.mu[inside], mean.complement[inside]), eta[inside], rtol=1e-9, atol=1e-12
    )


def monotone(link):
    eta = grid(link)
    eta = np.sort(eta[eta > 0] if link.name == "inverse" else eta)
    assert (np.diff(np.sign(np.diff(link.inverse(eta)))) == 0).all()


def is_a_value(link):
    again = pickle.loads(pickle.dumps(link))
    assert again == link
    assert hash(again) == hash(link)
    assert again.name == link.name == str(link)
    assert sum(other == link for other in LINKS) == 1
    with pytest.raises(AttributeError):
        link.name = "other"


LAWS = [
    link_undoes_inverse,
    inverse_undoes_link,
    parts_agree,
    derivative_is_that_of_the_mean,
    second_is_the_derivatives_derivative,
    mean_and_complement_add_to_one,
    mean_stays_in_its_range,
    finite_wherever_the_true_value_is,
    tails_last_as_long_as_they_can,
    monotone,
    is_a_value,
]


@pytest.mark.parametrize("link", LINKS, ids=str)
@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # the fitting loop silences these too
def test_law(law, link):
    law(link)


# ---- the laws can fail ---------------------------------------------------------------------------


class WrongLink(Logit):
    def link(self, mu, complement=None):
        return super().link(mu, complement) * 1.0001


class WrongSlope(Logit):
    def derivative(self, eta):
        return super().derivative(eta) * 1.0001

    def evaluate(self, eta):
        mean = super().evaluate(eta)
        return Mean(mean.mu, mean.dmu * 1.0001, mean.complement)


class TwoAnswers(Logit):
    def derivative(self, eta):
        return super().derivative(eta) * (1 + 1e-15)


class WrongCurvature(Logit):
    def second(self, eta):
        return -super().second(eta)


class Cancelling(Logit):
    def evaluate(self, eta):
        mean = super().evaluate(eta)
        return Mean(mean.mu, mean.dmu, 1 - mean.mu)


class Clipped(Logit):
    def evaluate(self, eta):
        return super().evaluate(np.clip(eta, -30, 30))


class WrongComplement(Logit):
    def evaluate(self, eta):
        mean = super().evaluate(eta)
        return Mean(mean.mu, mean.dmu, mean.complement * (1 + 1e-12))


class Overflowing(Logit):
    def evaluate(self, eta):
        mean = super().evaluate(eta)
        return Mean(np.exp(eta) / (1 + np.exp(eta)), mean.dmu, mean.complement)


class OutOfRange(Logit):
    def evaluate(self, eta):
        mean = super().evaluate(eta)
        return Mean(mean.mu + 1e-15, mean.dmu, mean.complement)


class Folded(Logit):
    def evaluate(self, eta):
        return super().evaluate(np.abs(eta))


@dataclass(frozen=True)
class NotAValue(Logit):
    def __eq__(self, other):
        return self is other

    __hash__ = Logit.__hash__


@pytest.mark.parametrize(
    ("law", "broken"),
    [
        (link_undoes_inverse, WrongLink()),
        (inverse_undoes_link, WrongLink()),
        (parts_agree, TwoAnswers()),
        (derivative_is_that_of_the_mean, WrongSlope()),
        (second_is_the_derivatives_derivative, WrongCurvature()),
        (mean_and_complement_add_to_one, WrongComplement()),
        (mean_stays_in_its_range, OutOfRange()),
        (finite_wherever_the_true_value_is, Overflowing()),
        (tails_last_as_long_as_they_can, Cancelling()),
        (tails_last_as_long_as_they_can, Clipped()),
        (monotone, Folded()),
        (is_a_value, NotAValue()),
    ],
    ids=lambda part: getattr(part, "__name__", type(part).__name__),
)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_law_can_fail(law, broken):
    with pytest.raises(AssertionError):
        law(broken)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_every_link_breaks_some_law_when_its_slope_is_wrong():
    for link in LINKS:
        broken = Link.from_functions(
            "broken",
            link.link,
            link.inverse,
            lambda eta, link=link: link.derivative(eta) * 1.001,
            mu_range=link.mu_range,
            eta_range=link.eta_range,
        )
        with pytest.raises(AssertionError):
            derivative_is_that_of_the_mean(broken)
