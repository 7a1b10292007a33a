"""Links, variances, deviances and likelihoods, as frozen values."""

from rglm.families.accept import Accepted
from rglm.families.binomial import Binomial, QuasiBinomial
from rglm.families.domain import Domain
from rglm.families.family import Family
from rglm.families.gamma import Gamma
from rglm.families.gaussian import Gaussian
from rglm.families.inverse_gaussian import InverseGaussian
from rglm.families.link import Link, Mean
from rglm.families.links import (
    Cauchit,
    CLogLog,
    Identity,
    Inverse,
    InverseSquare,
    Log,
    Logit,
    LogLog,
    Power,
    Probit,
    Sqrt,
    power,
)
from rglm.families.negative_binomial import NegativeBinomial
from rglm.families.poisson import Poisson, QuasiPoisson
from rglm.families.quasi import Quasi
from rglm.families.registry import (
    family,
    family_names,
    known_families,
    known_links,
    link,
    register_family,
    register_link,
)
from rglm.families.tweedie import Tweedie
from rglm.families.variance import Variance

register_family(Gaussian, "gaussian", "normal")
register_family(Binomial, "binomial")
register_family(Poisson, "poisson")
register_family(Gamma, "Gamma")
register_family(InverseGaussian, "inverse.gaussian")
register_family(Quasi, "quasi")
register_family(QuasiBinomial, "quasibinomial")
register_family(QuasiPoisson, "quasipoisson")
register_family(NegativeBinomial, "negative.binomial")
register_family(Tweedie, "tweedie")

__all__ = [
    "Accepted",
    "Binomial",
    "CLogLog",
    "Cauchit",
    "Domain",
    "Family",
    "Gamma",
    "Gaussian",
    "Identity",
    "Inverse",
    "InverseGaussian",
    "InverseSquare",
    "Link",
    "Log",
    "LogLog",
    "Logit",
    "Mean",
    "NegativeBinomial",
    "Poisson",
    "Power",
    "Probit",
    "Quasi",
    "QuasiBinomial",
    "QuasiPoisson",
    "Sqrt",
    "Tweedie",
    "Variance",
    "family",
    "family_names",
    "known_families",
    "known_links",
    "link",
    "power",
    "register_family",
    "register_link",
]
