"""aov() and tukey_hsd(): tables and texts of R, laws, refusals."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from rglm import FitError, RglmWarning, aov, datasets, lm, tukey_hsd

sys.path.insert(0, str(Path(__file__).parent))
from selection_models import answers, data, numbers

HELMERT = dict.fromkeys(("block", "N", "P", "K"), "contr.helmert")

MODELS = {
    "warp": lambda: aov("breaks ~ wool + tension", data("warpbreaks")),
    "npk": lambda: aov("yield ~ block + N * P * K", data("npk")),
    "npk_balanced": lambda: aov("yield ~ block + N * P * K", data("npk"), contrasts=HELMERT),
    "unbalanced": lambda: aov("breaks ~ wool * tension", data("warp")),
    "plants": lambda: aov("weight ~ group", data("plantgrowth")),
    "missing": lambda: aov("breaks ~ tension * wool", data("warp_missing")),
    "covariate": lambda: aov("breaks ~ x + tension", data("weighted")),
    "plain": lambda: aov("yield ~ 0 + block", data("npk")),
    "null": lambda: aov("yield ~ 1", data("npk")),
    "saturated": lambda: aov("yield ~ block * N * P * K", data("npk")),
    "weighted": lambda: aov("breaks ~ tension + wool", data("weighted"), weights="n"),
    "insects": lambda: aov("sqrt(count) ~ spray", data("insectsprays")),
    "chicks": lambda: aov("weight ~ feed", data("chickwts")),
}

TUKEYS = {
    **{name: lambda name=name: MODELS[name]().tukey_hsd() for name in answers()["tukey"] if name in MODELS},
    "warp_ordered": lambda: MODELS["warp"]().tukey_hsd("tension", ordered=True),
    "unbalanced_one": lambda: MODELS["unbalanced"]().tukey_hsd("wool:tension", conf_level=0.9),
    "plants_ordered": lambda: MODELS["plants"]().tukey_hsd(ordered=True, conf_level=0.99),
}


@pytest.mark.parametrize("name", answers()["aov"])
def test_prints_as_r(name):
    fit, expected = MODELS[name](), answers()["aov"][name]
    text = str(fit).split("\n")
    assert text[text.index("") + 1 :] == expected["print"]
    if name != "npk_balanced":  # a mean square of 33.135 rounds either way
        assert str(fit.summary()).split("\n") == expected["summary"]


@pytest.mark.parametrize("name", answers()["aov"])
def test_summary_equals_r(name):
    found, expected = MODELS[name]().summary().table, answers()["aov"][name]["table"]
    assert found.index.tolist() == [row.strip() for row in expected["rows"]]
    assert found.columns.tolist() == expected["columns"]
    np.testing.assert_allclose(found, numbers(expected["values"]), rtol=1e-8, atol=1e-9)


@pytest.mark.parametrize("name", answers()["tukey"])
def test_tukey_equals_r(name):
    found, expected = TUKEYS[name](), answers()["tukey"][name]
    assert list(found.tables) == list(expected["tables"])
    for term, table in expected["tables"].items():
        assert found.tables[term].index.tolist() == table["rows"]
        np.testing.assert_allclose(found.tables[term], numbers(table["values"]), rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize("name", answers()["tukey"])
def test_tukey_prints_as_r(name):
    found = [line for line in str(TUKEYS[name]()).split("\n") if not line.startswith("Fit: ")]
    expected = answers()["tukey"][name]["text"]
    assert len(found) == len(expected)
    for line, theirs in zip(found, expected, strict=True):
        assert line == theirs or alike(line, theirs)


def alike(line, theirs):
    """Whether two lines differ in last digits alone: R's qtukey stops at 1e-7 or so."""
    ours, other = line.split(), theirs.split()
    return (
        len(line) == len(theirs)
        and ours[0] == other[0]
        and all(
            abs(float(a) - float(b)) <= 5.5 * 10.0 ** -len(b.partition(".")[2])
            for a, b in zip(ours[1:], other[1:], strict=True)
        )
    )


def test_an_aov_is_a_linear_model():
    fit = MODELS["warp"]()
    same = lm("breaks ~ wool + tension", data("warpbreaks"))
    assert fit.coef.equals(same.coef)
    assert fit.r_squared == pytest.approx(same.r_squared)
    assert fit.anova().table.equals(same.anova().table)
    assert str(fit.summary_lm()).partition("Residuals")[2] == str(same.summary()).partition("Residuals")[2]
    assert fit.update(". ~ . - tension").summary().table.index.tolist() == ["wool", "Residuals"]


def test_intercept_row_on_request():
    found = MODELS["missing"]().summary(intercept=True).table
    assert found.index.tolist()[0] == "(Intercept)"
    assert found.loc["(Intercept)", "F value"] == pytest.approx(337.632, abs=5e-4)


def test_step_of_an_aov_ends_in_an_aov():
    found = aov("breaks ~ wool * tension", data("warpbreaks")).step({"lower": "~ tension"}, k=10.0).fit
    assert str(found).startswith("Call:\naov(")


def test_tukey_of_two_levels_is_the_t_test():
    fit = aov("weight ~ group", data("plantgrowth"), subset="group != 'trt2'")
    found = fit.tukey_hsd().tables["group"].iloc[0]
    lower, upper = fit.confint().loc["grouptrt1"]
    assert found[["lwr", "upr"]].tolist() == pytest.approx([lower, upper], rel=1e-8)
    assert found["p adj"] == pytest.approx(fit.summary_lm().coefficients.iloc[1, 3], rel=1e-8)


def test_tukey_needs_an_order_of_terms_only_where_unbalanced():
    one = aov("breaks ~ wool + tension", data("warpbreaks")).tukey_hsd("tension").tables["tension"]
    other = aov("breaks ~ tension + wool", data("warpbreaks")).tukey_hsd("tension").tables["tension"]
    np.testing.assert_allclose(one, other, rtol=1e-8)


def test_frequency_weights_are_repeated_rows():
    frame = data("weighted")
    long = frame.loc[frame.index.repeat(frame["n"])]
    one = aov("breaks ~ wool * tension", frame, freq_weights="n")
    other = aov("breaks ~ wool * tension", long)
    np.testing.assert_allclose(one.tukey_hsd().table, other.tukey_hsd().table, rtol=1e-8, atol=1e-12)
    np.testing.assert_allclose(one.summary().table, other.summary().table, rtol=1e-8)


def test_contrasts_do_not_matter():
    frame = data("warp")
    one = aov("breaks ~ wool * tension", frame).tukey_hsd().table
    coded = {"wool": "contr.sum", "tension": "contr.helmert"}
    other = aov("breaks ~ wool * tension", frame, contrasts=coded).tukey_hsd().table
    np.testing.assert_allclose(one, other, rtol=1e-8, atol=1e-11)


def test_empty_cells_are_left_out():
    frame = data("warpbreaks")
    frame = frame[~((frame["wool"] == "B") & (frame["tension"] == "H"))]
    fit = aov("breaks ~ wool * tension", frame)
    with pytest.warns(RglmWarning, match="1 of the 6 cells of wool:tension hold no row"):
        found = tukey_hsd(fit, "wool:tension")
    assert len(found.tables["wool:tension"]) == 10


def test_all_terms_in_one_table():
    found = MODELS["warp"]().tukey_hsd()
    assert found.table.loc[("tension", "M-L"), "diff"] == pytest.approx(-10.0)


def test_renders_everywhere():
    for record in (MODELS["warp"](), MODELS["warp"]().summary(), MODELS["warp"]().tukey_hsd()):
        assert "<table" in record._repr_html_()
        assert "tabular" in record.to_latex()
        assert "| " in record.to_markdown()


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (
            lambda: aov("yield ~ N + Error(block)", data("npk")),
            r"one error stratum, and the formula has Error",
        ),
        (lambda: aov("yield ~ N + Error(block/P)", data("npk")), r"one error stratum"),
        (lambda: MODELS["warp"]().tukey_hsd("wol"), r"which must name terms.*got wol. Did you mean 'wool'"),
        (lambda: MODELS["covariate"]().tukey_hsd("x"), r"factors alone \('tension'\); got x"),
        (lambda: aov("yield ~ 1", data("npk")).tukey_hsd(), r"no factors in the fitted model"),
        (lambda: MODELS["warp"]().tukey_hsd([]), r"got none"),
        (lambda: MODELS["warp"]().tukey_hsd(conf_level=95), r"level must lie between 0 and 1"),
        (lambda: MODELS["weighted"]().tukey_hsd(), r"observations of one variance"),
        (lambda: MODELS["saturated"]().tukey_hsd(), r"needs residual degrees of freedom"),
        (lambda: aov("breaks ~ wool", datasets.load("warpbreaks"), family="poisson"), None),
    ],
)
def test_refusals(ask, message):
    with pytest.raises(TypeError if message is None else FitError, match=message):
        ask()
