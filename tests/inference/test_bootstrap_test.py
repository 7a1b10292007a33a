"""test="boot": p-values by parametric bootstrap in every table of tests."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from comparison_models import data, fitted

from rglm import FamilyError, FitError, RglmWarning, glm, lm
from rglm.inference.bootstrap_test import Contest, Draws, bootstrap_columns

COLUMNS = ["Pr(boot)", "MC error"]


def small():
    return glm("breaks ~ wool", data("warpbreaks"), "poisson")


TABLES = {
    "anova": lambda **k: fitted("warpbreaks").anova(test="boot", **k),
    "anova_quasi": lambda **k: fitted("clotting").anova(test="boot", **k),
    "anova_models": lambda **k: small().anova(fitted("warpbreaks"), test="boot", **k),
    "type_2": lambda **k: fitted("warpbreaks").anova(type=2, test="boot", **k),
    "type_3": lambda **k: fitted("warpbreaks").anova(type=3, test="boot", **k),
    "lm": lambda **k: fitted("lm_warpbreaks").anova(test="boot", **k),
    "lm_models": lambda **k: lm("breaks ~ wool", data("warpbreaks")).anova(
        fitted("lm_warpbreaks"), test="boot", **k
    ),
    "lm_type_3": lambda **k: fitted("lm_warpbreaks").anova(type=3, test="boot", **k),
    "lrtest": lambda **k: fitted("warpbreaks").lrtest("wool:tension", test="boot", **k),
    "drop1": lambda **k: fitted("warpbreaks").drop1(test="boot", **k),
}


@pytest.mark.parametrize("name", TABLES)
def test_tables_gain_two_columns(name):
    table = TABLES[name](n_boot=19, seed=1).table
    assert table.columns.tolist()[-2:] == COLUMNS
    p = table["Pr(boot)"].dropna()
    assert len(p) >= 1
    assert p.between(1 / 20, 1).all()
    np.testing.assert_allclose(table["MC error"].dropna(), np.sqrt(p * (1 - p) / 19), rtol=1e-12)


@pytest.mark.parametrize("ask", ["anova", "drop1", "type"])
def test_seeds_decide(ask):
    fit = glm("low ~ age + lwt", data("birthwt"), "binomial")
    table = {"anova": fit.anova, "drop1": fit.drop1, "type": lambda **k: fit.anova(type=2, **k)}[ask]
    one, same, other = (table(test="boot", n_boot=39, seed=seed).table for seed in (1, 1, 2))
    pd.testing.assert_frame_equal(one, same)
    assert not one["Pr(boot)"].equals(other["Pr(boot)"])


@pytest.mark.parametrize("name", ["lm", "lm_models", "lm_type_3"])
def test_exact_tests_are_met_within_the_error(name):
    """F is exact for normal errors, so its tail is what the bootstrap estimates."""
    table = TABLES[name](n_boot=499, seed=3).table.dropna(subset=COLUMNS)
    off = np.abs(table["Pr(boot)"] - table["Pr(>F)"])
    assert (off < 4 * np.sqrt(table["Pr(>F)"] * (1 - table["Pr(>F)"]) / 499) + 1 / 500).all()


def test_large_samples_agree_with_chi_square():
    rng = np.random.default_rng(7)
    frame = pd.DataFrame({"x": rng.normal(size=400), "z": rng.normal(size=400)})
    frame["y"] = rng.poisson(np.exp(1 + 0.04 * frame["x"] + 0.03 * frame["z"]))
    table = glm("y ~ x + z", frame, "poisson").anova(type=2, test="boot", n_boot=299, seed=5).table
    off = np.abs(table["Pr(boot)"] - table["Pr(>Chisq)"])
    assert (off < 4 * np.sqrt(0.25 / 299)).all()


@pytest.mark.filterwarnings("ignore::rglm.RglmWarning")
def test_small_samples_do_not():
    """Ten zero-one responses: the chi-square tail is off by more than the Monte Carlo error."""
    frame = {"y": [0.0, 0, 0, 0, 1, 0, 1, 1, 1, 1], "x": np.arange(10.0)}
    table = glm("y ~ x", frame, "binomial").anova(test="boot", n_boot=499, seed=2).table
    row = table.loc["x"]
    assert abs(row["Pr(boot)"] - row["Pr(>Chi)"]) > row["MC error"]


def test_order_of_models_does_not_matter():
    one = small().anova(fitted("warpbreaks"), test="boot", n_boot=39, seed=1).table
    other = fitted("warpbreaks").anova(small(), test="boot", n_boot=39, seed=1).table
    assert one["Pr(boot)"].iloc[1] == other["Pr(boot)"].iloc[1]


def test_rows_of_weight_zero_are_not_drawn():
    frame = data("warpbreaks").assign(w=lambda d: (np.arange(len(d)) > 8).astype(float))
    weighted = glm("breaks ~ tension", frame, "Gamma", weights="w").anova(test="boot", n_boot=19, seed=1)
    assert weighted.table["Pr(boot)"].notna().sum() == 1


def test_aliased_terms_have_no_test():
    fit = glm("mpg ~ wt + wt2", data("mtcars").assign(wt2=lambda d: 2 * d["wt"]))
    assert np.isnan(fit.anova(test="boot", n_boot=19).table.loc["wt2", "Pr(boot)"])


def test_a_certain_difference_has_the_smallest_p():
    fit = fitted("lm_mtcars")
    assert fit.anova(type=2, test="boot", n_boot=49, seed=1).table.loc["wt", "Pr(boot)"] == 1 / 50


def test_samples_that_cannot_be_fitted_are_left_out_with_a_warning():
    fit, calls = fitted("warpbreaks"), []

    def failing(**asked):
        calls.append(asked)
        if "response" in asked and len(calls) % 3:
            raise FitError("no")
        return fit.refit(columns=np.array([0]), **asked)

    with pytest.warns(RglmWarning, match="of the bootstrap samples could not be fitted"):
        found = bootstrap_columns(fit, [Contest(failing, fit.refit)], Draws(20, 1))
    assert 0 < found["Pr(boot)"][0] <= 1


def test_prints_with_stars_of_the_first_test_alone():
    text = str(TABLES["type_2"](n_boot=19, seed=1))
    assert "Pr(boot)" in text
    assert text.count("***") <= len(TABLES["type_2"](n_boot=19, seed=1).table) + 1


@pytest.mark.parametrize("n_boot", [0, -5, 2.5, "many"])
def test_n_boot_is_a_whole_number(n_boot):
    with pytest.raises(FitError, match="n_boot must be a whole number of 1 or more"):
        fitted("warpbreaks").anova(test="boot", n_boot=n_boot)


def test_families_without_a_distribution_are_refused():
    with pytest.raises(FamilyError, match="no distribution"):
        fitted("warpbreaks_quasi").anova(test="boot")


def test_repeated_rows_are_refused():
    fit = glm("breaks ~ wool", data("warpbreaks").assign(n=2), "poisson", freq_weights="n")
    with pytest.raises(FitError, match="Repeat the rows instead"):
        fit.anova(test="boot")


@pytest.mark.filterwarnings("ignore::rglm.RglmWarning")
def test_several_families_are_refused():
    with pytest.raises(FitError, match="draws from one family"):
        fitted("one").lrtest(fitted("smaller"), test="boot")
