"""contrasts(): multcomp's answers and texts, the distributions behind the adjustments, laws, bad input."""

from __future__ import annotations

import json
import warnings
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from rglm import FitError, RglmWarning, datasets, glm, lm
from rglm.inference.adjustments import ADJUSTMENTS

ANSWERS = json.loads((Path(__file__).parents[1] / "against_r" / "hypotheses.json").read_text("utf-8"))


@cache
def data(name):
    return datasets.load(name)


MODELS = {
    "warpbreaks": lambda: lm("breaks ~ wool + tension", data("warpbreaks")),
    "quine": lambda: glm("Days ~ Sex + Age", data("quine"), "poisson"),
    "birthwt": lambda: glm("low ~ age + lwt + factor(race) + smoke", data("birthwt"), "binomial"),
    "gamma": lambda: glm("lwt ~ age + smoke", data("birthwt"), "gamma"),
    "plants": lambda: lm("weight ~ group", data("plantgrowth")),
}


@cache
def model(name):
    return MODELS[name]()


def asked(case):
    """What R compared, as rglm takes it."""
    if "asked" in case:
        return case["asked"]
    return {name: each[0] if len(each) == 1 else each for name, each in case["factors"].items()}


def label(case):
    return f"{case['model']}: {asked(case)} {case['adjust']}"


@pytest.mark.parametrize("case", ANSWERS["comparisons"], ids=label)
def test_contrasts_equal_multcomp(case):
    found = model(case["model"]).contrasts(asked(case), adjust=case["adjust"], df=case["df"])
    expected = np.array(case["values"], dtype=float)
    assert list(found.table.index) == case["labels"]
    np.testing.assert_allclose(found.table.iloc[:, :3], expected[:, :3], rtol=1e-6)
    single = case["adjust"] == "single-step"
    # multcomp integrates to 1e-7 at best, and its tails under 1e-16 are 0
    np.testing.assert_allclose(
        found.table.iloc[:, 3], expected[:, 3], rtol=4e-4 if single else 1e-6, atol=2e-6 if single else 1e-15
    )


@pytest.mark.parametrize(
    "case", [c for c in ANSWERS["comparisons"] if c["adjust"] in ("single-step", "none")], ids=label
)
def test_joint_intervals_equal_multcomp(case):
    found = model(case["model"]).contrasts(asked(case), adjust=case["adjust"], df=case["df"])
    assert found.quantile == pytest.approx(case["quantile"], rel=1e-4)
    half = (found.table["upr"] - found.table["lwr"]) / 2
    intervals = np.array(case["intervals"], dtype=float)
    np.testing.assert_allclose(half, (intervals[:, 1] - intervals[:, 0]) / 2, rtol=1e-4)


def body(text):
    """Printed lines without the call and without the title's name of the comparisons."""
    lines = [line for line in text if not line.startswith("Multiple Comparisons")]
    start = next(i for i, line in enumerate(lines) if line.startswith("Fit: "))
    end = lines.index("Linear Hypotheses:")
    return lines[:start] + lines[end:]


EXACT = [case for case in ANSWERS["comparisons"] if case["adjust"] in ("none", "holm", "bonferroni")]


@pytest.mark.parametrize("case", EXACT, ids=label)
def test_texts_equal_multcomp(case):
    found = model(case["model"]).contrasts(asked(case), adjust=case["adjust"])
    assert body(str(found).split("\n")) == body(case["text"])


def test_titles_are_multcomps():
    case = ANSWERS["comparisons"][0]
    lines = str(model("warpbreaks").contrasts({"tension": "Tukey"})).split("\n")
    assert lines[:6] == case["text"][:6]
    assert lines[3] == "Multiple Comparisons of Means: Tukey Contrasts"
    found = model("quine").contrasts({"Age": "Tukey", "Sex": ["M - F"]})
    assert "Multiple Comparisons of Means: Tukey, User-defined Contrasts" in str(found)


def test_intervals_print():
    text = str(model("warpbreaks").contrasts({"tension": "Tukey"}).intervals())
    assert "Quantile = 2.4154\n95% family-wise confidence level" in text
    assert "M - L == 0 -10.0000" in text


# ---- laws -------------------------------------------------------------------------------------------


def test_tukey_is_single_step_where_means_are_equally_precise():
    one, two = (
        model("plants").contrasts({"group": "Tukey"}, adjust=adjust) for adjust in ("tukey", "single-step")
    )
    np.testing.assert_allclose(one.p_values, two.p_values, rtol=1e-6)
    assert one.quantile == pytest.approx(two.quantile, rel=1e-6)


def test_tukey_is_conservative_elsewhere():
    fit = model("quine")
    one, two = (
        fit.contrasts({"Age": "Tukey"}, adjust=adjust).p_values for adjust in ("tukey", "single-step")
    )
    assert (one >= two * (1 - 1e-4)).all()


@pytest.mark.parametrize("adjust", ADJUSTMENTS)
def test_intervals_leave_out_zero_where_tests_reject(adjust):
    kind = "Dunnett" if adjust == "dunnett" else "Tukey"
    for name, factor in (("warpbreaks", "tension"), ("quine", "Age")):
        table = model(name).contrasts({factor: kind}, adjust=adjust).table
        outside = (table["lwr"] > 0) | (table["upr"] < 0)
        rejected = table.iloc[:, 3] < 0.05
        assert (rejected >= outside).all() if adjust == "holm" else (rejected == outside).all()


def test_the_order_of_adjustments():
    found = {
        adjust: model("quine").contrasts({"Age": "Tukey"}, adjust=adjust).p_values
        for adjust in ("none", "single-step", "sidak", "holm", "bonferroni")
    }
    order = ["none", "single-step", "sidak", "bonferroni"]
    for smaller, larger in pairwise(order):
        assert (found[smaller] <= found[larger] * (1 + 1e-4)).all()
    assert (found["holm"] <= found["bonferroni"]).all()


def test_one_contrast_needs_no_adjustment():
    fit = model("gamma")
    p = fit.summary().coefficients.loc["age", "Pr(>|t|)"]
    for adjust in ("single-step", "holm", "sidak", "bonferroni", "none"):
        found = fit.contrasts("age", adjust=adjust)
        assert found.p_values[0] == pytest.approx(p, rel=1e-9)
        assert found.table["lwr"].iloc[0] == pytest.approx(
            fit.contrasts("age", adjust="none").table["lwr"].iloc[0]
        )


def test_coding_does_not_matter():
    expected = model("warpbreaks").contrasts({"tension": "Tukey"}).table
    for coding in ("contr.sum", "contr.helmert", "contr.poly"):
        fit = lm("breaks ~ wool + tension", data("warpbreaks"), contrasts={"tension": coding})
        pd.testing.assert_frame_equal(fit.contrasts({"tension": "Tukey"}).table, expected, rtol=1e-6)
    plain = lm("breaks ~ 0 + tension + wool", data("warpbreaks"))
    pd.testing.assert_frame_equal(plain.contrasts({"tension": "Tukey"}).table, expected, rtol=1e-6)


def test_matrices_and_text_are_the_same():
    fit = model("warpbreaks")
    text = fit.contrasts({"tension": ["M - L", "H - M"]}).table
    K = np.array([[-1, 1, 0], [0, -1, 1]])
    np.testing.assert_allclose(fit.contrasts({"tension": K}).table, text, rtol=1e-9)
    L = pd.DataFrame({"tensionM": [1, -1], "tensionH": [0, 1]}, index=["M - L", "H - M"])
    pd.testing.assert_frame_equal(fit.contrasts(L).table, text, rtol=1e-9)


def test_single_step_is_deterministic_and_close_in_many_dimensions():
    rng = np.random.default_rng(3)
    frame = pd.DataFrame({"g": np.repeat(list("abcdefgh"), 6), "y": rng.normal(size=48)})
    fit = lm("y ~ g", frame)
    one, two = fit.contrasts({"g": "Tukey"}), fit.contrasts({"g": "Tukey"})
    np.testing.assert_array_equal(one.p_values, two.p_values)
    np.testing.assert_allclose(
        one.p_values, fit.contrasts({"g": "Tukey"}, adjust="tukey").p_values, atol=5e-4
    )


def test_vcov_is_used_and_named():
    fit = model("quine")
    found = fit.contrasts({"Age": "Dunnett"}, vcov="HC3")
    np.testing.assert_allclose(found.std_errors, fit.coef_test(vcov="HC3").table["Std. Error"].iloc[2:])
    assert "Covariance: HC3" in str(found)


def test_interactions_are_warned_of():
    fit = lm("breaks ~ wool * tension", data("warpbreaks"))
    with pytest.warns(RglmWarning, match=r"'tension' is in interactions too \(wool:tension\)"):
        found = fit.contrasts({"tension": "Dunnett"})
    np.testing.assert_allclose(found.estimates, fit.coef[["tensionM", "tensionH"]])


def test_labels_keep_the_order_of_the_text():
    found = model("warpbreaks").contrasts({"tension": ["0.5*H + 0.5 * L - M", "H = L + 1"]})
    assert list(found.table.index) == ["0.5 * H + 0.5 * L - M", "H - L"]
    assert "H - L == 1" in str(found)


# ---- bad input --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("compared", "options", "message"),
    [
        ({"tensoin": "Tukey"}, {}, "no term of the factor 'tensoin' alone. Did you mean 'tension'"),
        ({"tension": "Tuckey"}, {}, "comparison 'Tuckey' is not known. Did you mean 'Tukey'"),
        ({"tension": ["M - X"]}, {}, "no coefficient 'X'"),
        ({"tension": np.eye(2)}, {}, "one finite number for each of the 3 coefficients"),
        ({}, {}, "Say which factor's levels"),
        ({"tension": "Tukey"}, {"adjust": "scheffe"}, "adjust 'scheffe' is not known"),
        ({"tension": "Dunnett"}, {"adjust": "tukey"}, 'adjust="tukey" is for all pairs'),
        ({"tension": "Tukey"}, {"adjust": "dunnett"}, 'adjust="dunnett" is for comparisons with one control'),
        ("woolB", {"adjust": "tukey"}, 'adjust="tukey" is for all pairs'),
        ({"tension": "Tukey"}, {"level": 95}, "For 95 percent write level=0.95"),
        ({"tension": "Tukey"}, {"df": -1}, "df must be a positive number"),
    ],
)
def test_bad_contrasts_are_refused(compared, options, message):
    with pytest.raises(FitError) as refused:
        model("warpbreaks").contrasts(compared, **options)
    assert message in str(refused.value)


def test_numbers_are_not_factors():
    with pytest.raises(FitError, match=r"'smoke' is a number in this model.*Write factor\(smoke\)"):
        model("birthwt").contrasts({"smoke": "Tukey"})
    with pytest.raises(FitError, match="no factor whose levels could be compared"):
        model("gamma").contrasts({"x": "Tukey"})


def test_aliased_levels_are_refused():
    frame = data("warpbreaks").assign(copy=lambda d: d["tension"])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fit = lm("breaks ~ tension + copy", frame)
    with pytest.raises(FitError, match="copyM, copyH"):
        fit.contrasts({"copy": "Tukey"})
