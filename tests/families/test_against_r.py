"""Links and families against R's stored answers."""

import json
import pathlib

import numpy as np
import pytest

from rglm.errors import FamilyError
from rglm.families import (
    Gaussian,
    Mean,
    NegativeBinomial,
    Power,
    Quasi,
    Tweedie,
    family,
    link,
)
from rglm.formula.values import Response

R = json.loads((pathlib.Path(__file__).parents[1] / "against_r" / "families.json").read_text())
pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning", "ignore::rglm.errors.RglmWarning")


def numeric(value):
    """R's numbers, with "Inf" and "NaN" as text."""
    return np.array([float(each) for each in np.atleast_1d(value)])


def at(mu):
    mu = numeric(mu)
    return Mean(mu, np.ones_like(mu), 1 - mu)


def response(given):
    values = np.array(given, dtype=float)
    return Response("columns" if values.ndim == 2 else "numeric", values, "y")


# ---- links ---------------------------------------------------------------------------------------


def unclipped(theirs, unit):
    """Where R's answer is its own: it clips means and slopes at the double-precision epsilon."""
    return (np.abs(theirs) > 1e-15) & ((theirs < 1 - 1e-15) | (not unit)) & np.isfinite(theirs)


def compare(ours, answer):
    mean, unit = ours.evaluate(numeric(answer["eta"])), ours.mu_range[1] == 1
    for part, theirs in ((mean.mu, numeric(answer["inverse"])), (mean.dmu, numeric(answer["derivative"]))):
        use = unclipped(theirs, unit)
        assert use.sum() > len(use) / 3
        np.testing.assert_allclose(part[use], theirs[use], rtol=1e-12)
    mu, theirs = numeric(answer["mu"]), numeric(answer["link"])
    # R's cloglog takes log(1 - mu), which has few digits left at small mu
    use = mu > 1e-4 if answer["name"] == "cloglog" else np.isfinite(theirs)
    np.testing.assert_allclose(ours.link(mu)[use], theirs[use], rtol=1e-11, atol=1e-15)


@pytest.mark.parametrize("answer", R["links"], ids=lambda answer: answer["name"])
def test_link(answer):
    ours = link(answer["name"]) if answer["name"] else link("1/mu^2")
    assert answer["name"] in (None, ours.name)
    compare(ours, answer)


@pytest.mark.parametrize(
    "answer", [each for each in R["links"] if "exact" in each], ids=lambda answer: answer["name"]
)
def test_tails_are_those_of_the_distribution(answer):
    mean, exact = link(answer["name"]).evaluate(numeric(answer["eta"])), answer["exact"]
    # R's own cloglog tail is written with the same functions; its plogis, pnorm and pcauchy are not
    np.testing.assert_allclose(mean.mu, numeric(exact["mu"]), rtol=2e-12)
    np.testing.assert_allclose(mean.complement, numeric(exact["complement"]), rtol=2e-12)
    np.testing.assert_allclose(mean.dmu, numeric(exact["derivative"]), rtol=2e-12)


@pytest.mark.parametrize("answer", R["powers"], ids=lambda answer: answer["name"])
def test_power_link(answer):
    ours = Power(answer["exponent"])
    assert ours.name == answer["name"]
    compare(ours, answer)


# ---- families ------------------------------------------------------------------------------------

ENTRIES = (
    [(family(each["key"]), each) for each in R["families"]]
    + [(Quasi(variance=each["variance"]), each) for each in R["quasis"]]
    + [(NegativeBinomial(each["theta"]), each) for each in R["shapes"]]
    + [(Tweedie(each["var_power"], each["link_power"]), each) for each in R["tweedies"]]
)
each_entry = pytest.mark.parametrize(
    ("ours", "answer"), ENTRIES, ids=lambda part: part["key"] if isinstance(part, dict) else repr(part)
)


@each_entry
def test_names(ours, answer):
    assert ours.name == ours.title == answer["family"]
    if answer["key"] != "tweedie":
        assert ours.link.name == answer["link"]


def test_negative_binomial_titles():
    thetas = [2, 1.25071, 1 / 3, 123456.78, 1e8]
    assert [NegativeBinomial(theta).name for theta in thetas] == R["titles"]


@each_entry
def test_variance(ours, answer):
    grid = answer["grid"]
    np.testing.assert_allclose(ours.variance(at(grid["means"])), numeric(grid["variance"]), rtol=1e-12)


@each_entry
def test_unit_deviance(ours, answer):
    grid = answer["grid"]
    y, mu, theirs = (numeric(grid[part]) for part in ("y", "mu", "deviance"))
    use = ~ours.variance.mean_domain.outside(mu)
    # R subtracts terms as large as these: that is how many digits its answer has
    size = (1 + np.abs(y) + np.abs(mu) + answer.get("theta", 0)) * (
        1 + np.abs(np.log(np.abs(mu) + (mu == 0)))
    )
    power = answer.get("var_power", 0)
    size = size / min(abs(1 - power) or 1, abs(2 - power) or 1)
    close = np.abs(ours.unit_deviance(y, at(mu)) - theirs) <= 1e-10 * np.abs(theirs) + 1e-15 * size
    assert close[use].all()


@each_entry
def test_start(ours, answer):
    for theirs in answer["starts"]:
        accepted = ours.accept(response(theirs["given"]), numeric(theirs["prior"]))
        np.testing.assert_allclose(accepted.y, numeric(theirs["y"]), rtol=1e-14)
        np.testing.assert_allclose(accepted.weights, numeric(theirs["weights"]), rtol=1e-14)
        if accepted.trials is not None:
            np.testing.assert_allclose(accepted.trials, numeric(theirs["n"]))
        first = ours.first_means(accepted.y, accepted.weights, accepted.trials)
        np.testing.assert_allclose(first, numeric(theirs["start"]), rtol=1e-14)


@pytest.mark.parametrize(
    ("ours", "answer"), [each for each in ENTRIES if each[1]["refused"].get("y")], ids=lambda part: ""
)
def test_refusals_use_the_words_of_r(ours, answer):
    refused = answer["refused"]
    with pytest.raises(FamilyError) as caught:
        ours.accept(response(refused["y"]))
    assert str(caught.value).startswith(refused["text"])


def likelihoods():
    for ours, answer in ENTRIES:
        for i, each in enumerate(answer.get("likelihoods") or []):
            yield pytest.param(ours, each, id=f"{ours.name}-{i}")


@pytest.mark.parametrize(("ours", "answer"), list(likelihoods()))
def test_aic(ours, answer):
    """R's family$aic: -2 loglik, and 2 more where the dispersion counts (or its dnbinom, which is exact)."""
    accepted = ours.accept(response(answer["given"]), numeric(answer["prior"]))
    mean = at(answer["mu"])
    deviance = float(accepted.weights @ ours.unit_deviance(accepted.y, mean))
    assert deviance == pytest.approx(answer["deviance"], rel=1e-10)
    sums = ours.likelihood_sums(accepted.y, mean, accepted.weights, accepted.trials)
    assert -2 * ours.loglik(sums, deviance) + 2 * ours.n_extra == pytest.approx(
        float(answer.get("exact", answer["aic"])), rel=1e-11
    )


@pytest.mark.parametrize("answer", R["gaussian_lm"])
def test_gaussian_follows_lm_at_zero_weights(answer):
    y, w = numeric(answer["given"]), numeric(answer["prior"])
    mean = at(answer["mu"])
    loglik = Gaussian().loglik(Gaussian().likelihood_sums(y, mean, w), answer["deviance"])
    assert loglik == pytest.approx(answer["loglik"], rel=1e-12)


@pytest.mark.parametrize("name", R["allowed"])
def test_every_link_that_r_allows(name):
    for each in R["allowed"][name]:
        assert family(name, link=each).link.name == each


def test_binomial_blocks_agree_on_what_a_trial_is():
    """R takes trials as sizes if any exceeds 1: a block in which none does must not decide alone."""
    ours = family("binomial")
    whole = np.array([[1.0, 0], [0, 1], [3, 2], [1, 1]])
    prior = np.array([2.0, 3, 1, 2])
    mu = np.array([0.3, 0.6, 0.5, 0.4])

    def sums(index):
        accepted = ours.accept(response(whole[index]), prior[index])
        return ours.likelihood_sums(accepted.y, at(mu[index]), accepted.weights, accepted.trials)

    np.testing.assert_allclose(sums(slice(0, 2)) + sums(slice(2, 4)), sums(slice(0, 4)), rtol=1e-14)
