"""Every registered family, with parameters where it needs some, and where to look at it."""

from dataclasses import dataclass

import numpy as np

from rglm.families import (
    Family,
    Log,
    Mean,
    NegativeBinomial,
    Quasi,
    Tweedie,
    Variance,
    known_families,
    known_links,
    register_family,
)


def square(mu):
    return mu**2


def between(mu):
    return mu**1.5


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
        NegativeBinomial(np.inf, estimated=True),
    ],
    "tweedie": [Tweedie(p, link_power=0) for p in (-1, 0, 1, 1.0001, 1.5, 1.9999, 2, 2.5, 3)],
    "quasi": [Quasi("log", name) for name in ("constant", "mu", "mu^2", "mu^3")]
    + [Quasi("logit", "mu(1-mu)"), Quasi("log", Variance.from_function("mu^1.5", between))],
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
