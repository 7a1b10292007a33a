"""What a link says exp() of a difference of linear predictors is a ratio of, is that ratio."""

import numpy as np
import pytest
from registered_families import FAMILIES

from rglm.families import Binomial, Link, known_links
from rglm.inference.exp_coef import BASELINES, TITLES, ratio_label

OF = {
    "mean": lambda mu: mu,
    "odds": lambda mu: mu / (1 - mu),
    "hazard": lambda mu: -np.log1p(-mu),
}


@pytest.mark.parametrize("link", known_links(), ids=str)
def test_exponentials_of_differences_are_the_ratio_that_is_named(link):
    eta = np.array([-1.2, -0.5, -0.1])
    if link.exponentiates is not None:
        value = OF[link.exponentiates](link.inverse(eta))
        np.testing.assert_allclose(value[1:] / value[0], np.exp(eta[1:] - eta[0]), rtol=1e-12)
        assert link.exponentiates in BASELINES
        return
    with np.errstate(all="ignore"):
        mu = link.inverse(np.abs(eta) if link.eta_range[0] == 0 else eta)
        for name, of in OF.items():
            value = of(mu)
            steps = np.exp(np.diff(np.abs(eta) if link.eta_range[0] == 0 else eta))
            assert not np.allclose(value[1:] / value[:-1], steps), f"{link} does exponentiate: {name}"


@pytest.mark.parametrize("family", FAMILIES, ids=str)
def test_every_label_has_a_title(family):
    label = ratio_label(family)
    assert label is None or label in TITLES


def test_a_link_of_ones_own_says_nothing():
    own = Link.from_functions("own", np.log, np.exp, np.exp)
    assert ratio_label(Binomial(own)) is None
