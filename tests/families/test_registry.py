"""Names of families and links, and the families' own arguments."""

import dataclasses

import numpy as np
import pytest

from rglm.errors import FamilyError
from rglm.families import (
    Binomial,
    Family,
    Gamma,
    Gaussian,
    Identity,
    InverseGaussian,
    Link,
    Log,
    Logit,
    NegativeBinomial,
    Poisson,
    Power,
    Probit,
    Quasi,
    QuasiBinomial,
    QuasiPoisson,
    Sqrt,
    Tweedie,
    Variance,
    family,
    family_names,
    known_links,
    link,
    power,
    register_family,
    register_link,
)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("gaussian", Gaussian()),
        ("Poisson", Poisson()),
        ("gamma", Gamma()),
        ("Gamma", Gamma()),
        ("inverse.gaussian", InverseGaussian()),
        ("InverseGaussian", InverseGaussian()),
        ("inverse_gaussian", InverseGaussian()),
        ("quasipoisson", QuasiPoisson()),
        ("QuasiBinomial", QuasiBinomial()),
        ("quasi", Quasi()),
        ("binomial(probit)", Binomial("probit")),
        ("binomial(link = 'probit')", Binomial("probit")),
        ("Gamma(link=log)", Gamma("log")),
        ("quasi(link='log', variance=\"mu^2\")", Quasi("log", "mu^2")),
        ("quasi(logit, mu(1-mu))", Quasi("logit", "mu(1-mu)")),
        ("negative.binomial(2)", NegativeBinomial(2)),
        ("NegativeBinomial(theta=2, link=sqrt)", NegativeBinomial(2, "sqrt")),
        ("tweedie(var.power=1.5, link.power=0)", Tweedie(1.5, 0)),
        ("gaussian(link=power(1/3))", Gaussian(Power(1 / 3))),
        (Poisson, Poisson()),
        (Poisson("sqrt"), Poisson(Sqrt())),
        (Poisson(link=Log), Poisson()),
    ],
)
def test_family(given, expected):
    assert family(given) == expected


def test_family_passes_arguments_on():
    assert family("binomial", link="probit") == family(Binomial, link="probit") == Binomial(Probit())


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("poison", "Did you mean 'poisson'"),
        ("nonsense", "The families are gaussian, binomial, poisson"),
        ("negative.binomial", "glm_nb"),
        (NegativeBinomial, "glm_nb"),
        ("tweedie", "var_power=1.5"),
        (3, "family='poisson'"),
        (None, "family='poisson'"),
        (dict, "A family is a name"),
        ("poisson(3, 4, 5)", "does not make a family"),
        ("poisson(lnk=log)", "lnk"),
        ("poisson(link=lgo)", "Did you mean 'log"),
    ],
)
def test_unknown_family(given, said):
    with pytest.raises(FamilyError) as caught:
        family(given)
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("log", Log()),
        ("LOGIT", Logit()),
        (Log, Log()),
        (Log(), Log()),
        ("power(0.5)", Power(0.5)),
        ("power(1/3)", Power(1 / 3)),
        ("mu^-0.5", Power(-0.5)),
        ("power(0)", Log()),
        ("power(1)", Identity()),
    ],
)
def test_link(given, expected):
    assert link(given) == expected


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("lgoit", "Did you mean 'logit'"),
        ("nonsense", "The links are 1/mu^2, cauchit, cloglog, identity, inverse, log, "),
        ("power(x)", "not known"),
        ("power(1/0)", "power(1/3)"),
        (Power, "needs its parameters"),
        (3, "link='log'"),
        (None, "link='log'"),
    ],
)
def test_unknown_link(given, said):
    with pytest.raises(FamilyError) as caught:
        link(given)
    assert said in str(caught.value)


@pytest.mark.parametrize("exponent", [0, np.nan, np.inf, "log", None])
def test_power_refusals(exponent):
    with pytest.raises(FamilyError, match="exponent"):
        Power(exponent)


def test_power_at_its_limits():
    assert power(0) == Log()
    assert power(1) == Identity()
    assert power(-1).name == "mu^-1"
    assert power(1 / 3).name == "mu^0.333"


@pytest.mark.parametrize("theta", [0, -1, np.inf, np.nan, "two", None])
def test_theta_refusals(theta):
    with pytest.raises(FamilyError, match="theta"):
        NegativeBinomial(theta)


def test_theta_estimated():
    fixed, estimated = NegativeBinomial(2), NegativeBinomial(2, estimated=True)
    assert (fixed.dispersion_known, fixed.n_extra) == (False, 0)
    assert (estimated.dispersion_known, estimated.n_extra) == (True, 1)
    assert fixed != estimated
    assert fixed.name == estimated.name == "Negative Binomial(2)"


@pytest.mark.parametrize("p", [0.5, np.nan, np.inf, "x", None])
def test_var_power_refusals(p):
    with pytest.raises(FamilyError, match="var_power"):
        Tweedie(p)


def test_tweedie_links():
    assert Tweedie(1.5).link == Power(-0.5) == Tweedie(1.5).canonical
    assert Tweedie(1).link == Log()
    assert Tweedie(0).link == Identity()
    assert Tweedie(1.5, 0) == Tweedie(1.5, link="log") == Tweedie(1.5, "log")
    assert Tweedie(1.5, 0) != Tweedie(1.6, 0)
    with pytest.raises(FamilyError, match="not both"):
        Tweedie(1.5, 0, link="log")


def test_quasi_refusals():
    with pytest.raises(FamilyError, match=r"Choose 'constant'.*Variance.from_function"):
        Quasi(variance="mu^5")


def test_replacing_a_field():
    assert dataclasses.replace(Quasi("log", "mu"), link="sqrt") == Quasi("sqrt", "mu")
    assert dataclasses.replace(NegativeBinomial(2, "sqrt"), theta=3.0) == NegativeBinomial(3, "sqrt")
    assert dataclasses.replace(Tweedie(1.5, 0), link="identity") == Tweedie(1.5, 1)
    assert dataclasses.replace(Poisson(), link="sqrt") == Poisson("sqrt")


def test_defaults_are_those_of_r():
    assert {name: family(name).link.name for name in family_names() if name in R_DEFAULTS} == R_DEFAULTS


R_DEFAULTS = {
    "gaussian": "identity",
    "binomial": "logit",
    "poisson": "log",
    "Gamma": "inverse",
    "inverse.gaussian": "1/mu^2",
    "quasi": "identity",
    "quasibinomial": "logit",
    "quasipoisson": "log",
}


def test_what_aic_counts():
    counted = {each: family(each).n_extra for each in R_DEFAULTS}
    assert counted == {
        "gaussian": 1,
        "binomial": 0,
        "poisson": 0,
        "Gamma": 1,
        "inverse.gaussian": 1,
        "quasi": 0,
        "quasibinomial": 0,
        "quasipoisson": 0,
    }
    known = {each for each in R_DEFAULTS if family(each).dispersion_known}
    assert known == {"binomial", "poisson"}


@pytest.mark.parametrize("each", [Gaussian, Binomial, Poisson, Gamma, InverseGaussian])
def test_canonical_is_the_default(each):
    assert each().canonical == each().link
    assert each().link.name in each().usual_links


def test_str_is_as_r_prints():
    assert str(Poisson()) == "Family: poisson\nLink function: log"
    assert str(Quasi("log", "mu")) == "Family: quasi\nLink function: log\nVariance function: mu"


def test_registering(monkeypatch):
    from rglm.families import registry

    monkeypatch.setattr(registry, "_links", dict(registry._links))
    monkeypatch.setattr(registry, "_families", dict(registry._families))
    own = Link.from_functions("squareplus", np.sqrt, np.square, lambda eta: 2 * eta)
    assert register_link(own, "sp") is own
    assert link("squareplus") is link("sp") is own
    assert own in known_links()
    with pytest.raises(FamilyError, match="'log' already means"):
        register_link(own, "log")
    assert link("log") == Log()

    class Mine(Poisson):
        name = "mine"

    assert register_family(Mine, "mine", "my own") is Mine
    assert family("My.Own") == Mine()
    assert "mine" in family_names()
    with pytest.raises(FamilyError, match="'Poisson' already means"):
        register_family(Mine, "Poisson")
    with pytest.raises(FamilyError, match="at least one name"):
        register_family(Mine)


def test_a_link_must_say_enough():
    with pytest.raises(TypeError, match="must define evaluate"):

        class Nothing(Link):
            name = "nothing"


def test_a_small_user_family():
    class Own(Family):
        name = "own"
        default_link = Log()
        variance = Variance.from_function("mu^1.2", lambda mu: mu**1.2)

    own = Own("sqrt")
    assert own.link == Sqrt()
    assert not own.has_likelihood
    assert "own family has no likelihood" in own.no_likelihood_reason
    assert own == Own("sqrt") != Own()
