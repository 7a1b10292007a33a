"""Models side by side: R's numbers, one column a model, and what is shown is said."""

import json
from pathlib import Path

import numpy as np
import pytest

from rglm import FitError, Gamma, compare, datasets, glm, lm

ANSWERS = json.loads(
    (Path(__file__).parents[1] / "against_r" / "published_tables.json").read_text(encoding="utf-8")
)
CARS = datasets.load("mtcars")
RATES = glm("breaks ~ wool + tension", datasets.load("warpbreaks"), "poisson")
TWO = (lm("mpg ~ wt", CARS), lm("mpg ~ wt + hp", CARS))


def test_numbers_are_r_s():
    found = compare(*TWO, RATES, names=["m1", "m2", "rates"], statistic="p.value").table
    for name, answer in ANSWERS["compare"].items():
        estimates = found.xs("estimate", level=1)[name].dropna()
        np.testing.assert_allclose(estimates, np.array(answer["coef"])[:, 0], rtol=1e-6)
        np.testing.assert_allclose(
            found.xs("p.value", level=1)[name].dropna(), np.array(answer["coef"])[:, 3], rtol=1e-5
        )
        for figure, value in answer["goodness"].items():
            assert found.loc[("", figure), name] == pytest.approx(value, rel=1e-7)


def test_another_covariance_is_used_and_named():
    found = compare(TWO[1], vcov="HC3", statistic="statistic")
    np.testing.assert_allclose(
        found.table.xs("std.error", level=1)["m1"].dropna(), np.array(ANSWERS["robust"])[:, 1], rtol=1e-6
    )
    assert "Covariance: HC3" in str(found)
    mixed = compare(*TWO, vcov=[None, "HC3"])
    assert mixed.notes == ("m2: Covariance: HC3",)


def test_terms_stand_in_the_order_in_which_models_bring_them():
    shown = compare(lm("mpg ~ hp", CARS), lm("mpg ~ wt + hp", CARS))
    assert list(shown.p_values.index) == ["(Intercept)", "hp", "wt"]
    assert np.isnan(shown.table.loc[("wt", "estimate"), "m1"])


def test_estimates_have_the_decimals_of_their_standard_errors():
    text = str(compare(*TWO))
    assert "-5.344    -3.878" in text
    assert "(0.559)   (0.633)" in text
    assert "-0.03177" in text


def test_intervals_and_ratios():
    found = compare(RATES, exponentiate=True, statistic="conf.int")
    expected = RATES.tidy(conf_int=True, exponentiate=True, conf_method="wald")
    np.testing.assert_allclose(found.table.xs("conf.low", level=1)["m1"].dropna(), expected["conf.low"])
    assert found.notes == ("Exponentiated coefficients: IRR",)
    errors = found.table.xs("std.error", level=1)["m1"].dropna().to_numpy()
    np.testing.assert_allclose(errors, np.exp(RATES.coef) * RATES.tidy()["std.error"].to_numpy())
    other = glm("mpg ~ wt", CARS, Gamma(link="log"))
    assert compare(RATES, other, exponentiate=True).notes == ("m1: IRR", "m2: ratio")


def test_stars_are_asked_for_and_explained():
    plain, marked = compare(*TWO), compare(*TWO, stars=True)
    assert "*" not in str(plain)
    assert "Signif. codes:" not in str(plain)
    assert "-5.344***" in str(marked)
    assert "Signif. codes:  0 ‘***’ 0.001" in str(marked)
    lines = str(marked).splitlines()
    assert len({len(line) for line in lines[:10]}) == 1, "columns stay aligned"


def test_every_rendering_holds_the_same_cells():
    found = compare(*TWO, stars=True)
    assert r"$-$5.344***" in found.to_latex()
    assert r"\toprule" in found.to_latex()
    assert "-5.344\\*\\*\\*" in found.to_markdown()
    assert ">-5.344***</td>" in found.to_html()


@pytest.mark.parametrize(
    ("fits", "arguments", "message"),
    [
        ((), {}, "at least one"),
        ((list(TWO),), {}, r"argument 1 is a list.*compare\(\*models\)"),
        (TWO, {"names": ["a"]}, "2 different names"),
        (TWO, {"names": ["a", "a"]}, "2 different names"),
        (TWO, {"statistic": "se"}, "std.error"),
        (TWO, {"vcov": ["HC0"]}, "one entry for each of the 2"),
        (TWO, {"exponentiate": True}, "identity link.*'m1'"),
    ],
)
def test_misuse(fits, arguments, message):
    with pytest.raises(FitError, match=message):
        compare(*fits, **arguments)


def test_families_without_likelihood_leave_those_rows_empty():
    quasi = glm("breaks ~ wool", datasets.load("warpbreaks"), "quasipoisson")
    assert np.isnan(compare(quasi).table.loc[("", "AIC"), "m1"])
