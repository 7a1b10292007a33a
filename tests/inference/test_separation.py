"""Signs of separation: which fits are warned of, which are not, what the one warning says."""

from __future__ import annotations

import pickle
import warnings

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import linprog

from rglm import (
    Binomial,
    Control,
    ConvergenceWarning,
    NegativeBinomial,
    Poisson,
    Quasi,
    SeparationWarning,
    Tweedie,
    glm,
)
from rglm.inference.recession import sides

rng = np.random.default_rng(20)
N = 60
DATA = pd.DataFrame(
    {
        "x": rng.normal(size=N),
        "z": rng.normal(size=N),
        "a": np.repeat(["u", "v", "w"], 20),
        "b": np.tile(["p", "q"], 30),
        "coin": rng.integers(0, 2, N),
        "count": 1 + rng.poisson(3, N),
    }
)
LINKS = ["logit", "probit", "cauchit", "cloglog", "loglog"]
COUNTS = [
    "poisson",
    "quasipoisson",
    NegativeBinomial(2),
    Tweedie(1.5, 0),
    Quasi(link="log", variance="mu"),
]


def fitted(formula, y, family, **arguments):
    """The fit, and the texts of its separation warnings; no other warning may come with one."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        fit = glm(formula, DATA.assign(y=y), family, **arguments)
    said = [str(each.message) for each in caught if issubclass(each.category, SeparationWarning)]
    assert not said or len(caught) == 1, "one warning for each fit"
    return fit, said


def only(said):
    assert len(said) == 1
    return said[0]


# -- proportions ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("link", LINKS)
@pytest.mark.parametrize("sign", [1, -1])
def test_complete_separation_by_a_number_names_it(link, sign):
    fit, said = fitted("y ~ x", (sign * DATA.x > 0.1).astype(int), Binomial(link=link))
    assert "complete separation" in only(said)
    assert "where x <= " in only(said)
    assert "where x >= " in only(said)
    assert fit.deviance < 1e-3
    assert "Infinite estimates (separation): (Intercept), x" in str(fit.summary())


@pytest.mark.parametrize("link", LINKS)
def test_separation_by_two_numbers_together_names_both_terms(link):
    _, said = fitted("y ~ x + z", (DATA.x + DATA.z > 0.1).astype(int), Binomial(link=link))
    assert "'x', 'z' predict every response perfectly" in only(said)


@pytest.mark.parametrize("link", LINKS)
@pytest.mark.parametrize("level", ["v", "w"])
@pytest.mark.parametrize("edge", [0, 1])
def test_a_level_whose_responses_are_all_equal_is_named(link, level, edge):
    fit, said = fitted("y ~ x + a", DATA.coin.where(DATA.a != level, edge), Binomial(link=link))
    assert f"(separation): a{level}. all 20 responses where a = '{level}' are {edge}." in only(said)
    assert not fit.aliased.any()


@pytest.mark.parametrize("link", LINKS)
def test_the_base_level_makes_the_whole_factor_infinite(link):
    fit, said = fitted("y ~ x + a", DATA.coin.where(DATA.a != "u", 0), Binomial(link=link))
    assert "(separation): (Intercept), av, aw. all 20 responses where a = 'u' are 0." in only(said)
    if link != "cauchit":  # whose working weights vanish beyond R's tolerance too
        assert fit.rank == 4


@pytest.mark.parametrize("link", LINKS)
def test_a_cell_of_an_interaction_is_named(link):
    inside = (DATA.a == "v") & (DATA.b == "q")
    _, said = fitted("y ~ a * b + x", DATA.coin.where(~inside, 1), Binomial(link=link))
    assert "(separation): av:bq. all 10 responses where a = 'v' and b = 'q' are 1." in only(said)


@pytest.mark.parametrize("link", LINKS)
def test_a_number_that_separates_all_but_one_of_its_values(link):
    whole = DATA.x.round()
    y = DATA.coin.where(whole == 0, (whole > 0).astype(int))
    _, said = fitted("y ~ round(x)", y, Binomial(link=link))
    assert "0 where round(x) < 0 and 1 where round(x) > 0" in only(said)
    assert "complete" not in only(said)


def test_a_numeric_dummy_is_named_by_its_value():
    _, said = fitted("y ~ I(1 * (a == 'w')) + x", DATA.coin.where(DATA.a != "w", 0), "binomial")
    assert 'all 20 responses where I(1 * (a == "w")) = 1 are 0' in only(said)


@pytest.mark.parametrize("family", ["binomial", "poisson", "quasibinomial"])
def test_responses_all_zero_leave_no_finite_intercept(family):
    _, said = fitted("y ~ x", 0, family)
    assert "(Intercept). all 60 responses are 0." in only(said)


def test_levels_of_a_text_response_and_of_counts_separate_alike():
    said_of = {}
    for name, formula, y in [
        ("text", "y ~ a", DATA.coin.where(DATA.a != "w", 0).map({0: "no", 1: "yes"})),
        ("counts", "cbind(5 * coin, 5 - 5 * coin) ~ a", 0),
    ]:
        data = DATA.assign(y=y, coin=DATA.coin.where(DATA.a != "w", 0))
        with pytest.warns(SeparationWarning) as caught:
            glm(formula, data, "binomial")
        said_of[name] = str(caught[0].message)
    assert said_of["text"] == said_of["counts"]


def test_one_response_alone_is_told_in_the_singular():
    data = {"y": [0, 0, 1, 0, 1, 1], "a": ["u", "v", "v", "v", "v", "v"]}
    with pytest.warns(SeparationWarning, match="the one response where a = 'u' is 0"):
        glm("y ~ a", data, "binomial")


def test_rows_of_zero_weight_do_not_count():
    y = DATA.coin.where(DATA.a != "w", 0)
    y.iloc[59] = 1
    _, said = fitted("y ~ a", y, "binomial", weights=np.arange(N) != 59)
    assert "all 19 responses where a = 'w' are 0" in only(said)
    _, said = fitted("y ~ a", y, "binomial")
    assert not said


# -- counts --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("family", COUNTS, ids=str)
def test_a_level_of_zeros_under_a_log_link_is_named(family):
    _, said = fitted("y ~ x + a", DATA["count"].where(DATA.a != "v", 0), family)
    assert "(separation): av. all 20 responses where a = 'v' are 0." in only(said)


@pytest.mark.parametrize("family", COUNTS, ids=str)
def test_a_cell_of_zeros_at_the_base_is_named(family):
    inside = (DATA.a == "u") & (DATA.b == "p")
    _, said = fitted("y ~ a * b", DATA["count"].where(~inside, 0), family)
    assert "all 10 responses where a = 'u' and b = 'p' are 0" in only(said)


def test_several_levels_are_counted_when_they_are_many():
    data = pd.DataFrame(
        {"g": np.repeat([f"g{i:02}" for i in range(20)], 5), "y": np.tile([0, 1, 2, 0, 3], 20)}
    )
    data.loc[data.g >= "g10", "y"] = 0
    with pytest.warns(SeparationWarning) as caught:
        glm("y ~ g", data, "poisson")
    assert "'g13' are 0; and so in 6 more." in str(caught[0].message)


@pytest.mark.parametrize("exposure", [1.0, 1e6])
def test_the_size_of_the_counts_elsewhere_does_not_hide_a_level_of_zeros(exposure):
    y = np.where(DATA.a == "v", 0.0, np.round(exposure * (3 + DATA.x**2)))
    _, said = fitted("y ~ a", y, "poisson")
    assert "all 20 responses where a = 'v' are 0" in only(said)


def test_many_rows_stop_the_iteration_early_and_are_still_seen():
    few = np.random.default_rng(1)
    data = pd.DataFrame({"y": few.integers(0, 2, 100_000), "a": np.tile(list("uvwxy"), 20_000)})
    data.loc[:2, "a"], data.loc[:2, "y"] = "z", 0
    with pytest.warns(SeparationWarning, match="all 3 responses where a = 'z' are 0"):
        fit = glm("y ~ a", data, "binomial")
    assert fit.coef["av"] == pytest.approx(0.0, abs=0.1)


# -- finite estimates: no warning ----------------------------------------------------------------------


@pytest.mark.parametrize("family", ["poisson", "quasipoisson", NegativeBinomial(2)], ids=str)
def test_one_event_in_a_level_is_enough(family):
    y = DATA["count"].where(DATA.a != "v", 0)
    y.iloc[25] = 1
    fit, said = fitted("y ~ a", y, family)
    assert not said
    assert fit.converged


def test_rare_events_among_many_rows_are_finite():
    y = np.zeros(50_000)
    y[[10, 20_000, 40_001]] = 1
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        fit = glm("y ~ a", {"y": y, "a": np.tile(["u", "v"], 25_000)}, "binomial")
    assert fit.coef["av"] == pytest.approx(np.log((1 / 24_999) / (2 / 24_998)))


@pytest.mark.parametrize("link", ["logit", "probit", "cloglog", "loglog"])
def test_steep_but_finite_slopes_are_left_alone(link):
    y = (DATA.x > 0.1).astype(int)
    near = np.argsort(np.abs(DATA.x - 0.1))[:3]
    y[near] = 1 - y[near]
    fit, said = fitted("y ~ x", y, Binomial(link=link))
    assert not said
    assert fit.converged
    assert fit.coef["x"] > 10


def test_one_pair_of_responses_that_overlap_keeps_the_slope_finite():
    data = {"x": [*range(10), 4.9], "y": [0] * 5 + [1] * 5 + [1]}
    with pytest.warns(SeparationWarning):
        glm("y ~ x", data, "binomial")
    data["x"][10] = 3.999
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert glm("y ~ x", data, "binomial", control=Control(maxit=50)).converged


def test_big_counts_are_left_alone():
    _, said = fitted("y ~ x + a", 1_000_000 * DATA["count"], "poisson")
    assert not said


@pytest.mark.parametrize("family", ["gaussian", "gaussian(log)", "Gamma(log)", "inverse.gaussian(log)"])
def test_families_without_edges_never_separate(family):
    y = DATA["count"].where(DATA.a != "w", 1e-6)
    _, said = fitted("y ~ x + a", y, family)
    assert not said
    _, said = fitted("y ~ a", (DATA.a == "w").astype(float) + 1e-3, family)
    assert not said


@pytest.mark.parametrize("link", ["identity", "sqrt"])
def test_links_that_reach_zero_at_a_finite_predictor_do_not_separate(link):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        warnings.simplefilter("error", SeparationWarning)
        glm("y ~ a", DATA.assign(y=DATA["count"].where(DATA.a != "u", 0)), Poisson(link=link))


# -- the rest of the fit -------------------------------------------------------------------------------


def test_verbs_of_a_separated_fit_do_not_warn_again():
    fit, said = fitted("y ~ x + a", DATA.coin.where(DATA.a != "w", 0), "binomial")
    assert said
    with warnings.catch_warnings():
        warnings.simplefilter("error", SeparationWarning)
        fit.summary()
        table = fit.anova().table
        fit.predict(DATA)
        again = pickle.loads(pickle.dumps(fit))
    assert np.isfinite(table["Pr(>Chi)"].to_numpy()[1:]).all()
    assert "Infinite estimates (separation): aw" in str(again.summary())


def test_residuals_of_a_separated_fit_are_finite():
    far = DATA.assign(x=np.where(np.arange(N) < 2, 300.0, DATA.x))
    with pytest.warns(SeparationWarning):
        fit = glm("y ~ x", far.assign(y=(far.x > 0.1).astype(int)), "binomial(cloglog)")
    for type in ("deviance", "pearson", "working", "response"):
        assert np.isfinite(fit.residuals(type=type)).all(), type
    assert ((fit.fitted >= 0) & (fit.fitted <= 1)).all()


def recedes(X, wanted):
    """Whether the likelihood has a direction of recession, by linear programming."""
    edge = wanted != 0
    towards = wanted[edge, None] * X[edge]
    inside = {"A_eq": X[~edge], "b_eq": np.zeros((~edge).sum())} if (~edge).any() else {}
    best = linprog(-towards.sum(axis=0), A_ub=-towards, b_ub=np.zeros(edge.sum()), bounds=(-1, 1), **inside)
    return best.fun < -1e-7


FORMULAS = [
    "y ~ x",
    "y ~ x + z",
    "y ~ a",
    "y ~ a + x",
    "y ~ a * b",
    "y ~ x * a",
    "y ~ 0 + a + x",
    "y ~ x + z - 1",
]


@pytest.mark.parametrize("family", ["binomial", "binomial(cauchit)", "binomial(cloglog)", "poisson"])
def test_small_fits_agree_with_the_linear_program(family):
    found = []
    for seed in range(80):
        some = np.random.default_rng(seed)
        n = int(some.integers(8, 60))
        data = pd.DataFrame({name: some.normal(size=n).round(seed % 3) for name in "xz"})
        data["a"], data["b"] = some.choice(list("uvw"), n), some.choice(list("pq"), n)
        eta = some.normal() * 2 + some.normal() * 3 * data.x + (data.a == "u") * some.normal() * 4
        count, coin = (
            some.poisson(np.exp(np.clip(eta - 1, -8, 4))),
            some.uniform(size=n) < 1 / (1 + np.exp(-eta)),
        )
        data["y"] = count if family == "poisson" else coin.astype(int)
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            fit = glm(FORMULAS[seed % len(FORMULAS)], data, family)
        warned = any(issubclass(each.category, SeparationWarning) for each in caught)
        assert warned == recedes(fit.rows.block.dense(), sides(fit)), seed
        found.append(warned)
    assert 10 < sum(found) < 70
