"""vuong(), od_test() and pseudo_r2(): pscl's numbers, and what they are defined to be."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from comparison_models import answers, data, fitted

from rglm import FitError, glm, glm_nb, lm, od_test

PAIRS = {
    "quine": ("one", "two"),
    "quine_nb": ("one", "three"),
    "birthwt": ("four", "five"),
    "epil": ("six", "seven"),
}


@pytest.mark.parametrize("name", PAIRS)
def test_vuong_equals_pscl(name):
    expected = answers()["vuong"][name]
    one, other = map(fitted, PAIRS[name])
    found = one.vuong(other)
    np.testing.assert_allclose(found.table["Vuong z-statistic"], expected["z"], rtol=1e-6)
    np.testing.assert_allclose(found.table["p-value"], expected["p"], rtol=1e-5)
    words, wanted = str(found).split(), " ".join(expected["text"]).split()
    # R pads the p-values of a column to as many decimals
    assert [_number(word) for word in words] == [_number(word) for word in wanted]


def _number(word):
    try:
        return float(word)
    except ValueError:
        return word


def test_vuong_turns_with_its_models():
    one = fitted("one").vuong(fitted("two")).table
    other = fitted("two").vuong(fitted("one")).table
    np.testing.assert_allclose(one["Vuong z-statistic"], -other["Vuong z-statistic"], rtol=1e-12)
    assert one["p-value"].tolist() == other["p-value"].tolist()
    assert set(one["H_A"]) == {"model2 > model1"}
    assert set(other["H_A"]) == {"model1 > model2"}


def test_vuong_counts_repeated_rows():
    frame = data("quine").assign(n=lambda d: np.arange(len(d)) % 3)
    long = frame.loc[frame.index.repeat(frame["n"])]
    weighted = [glm(f, frame, "poisson", freq_weights="n") for f in ("Days ~ Sex", "Days ~ Lrn")]
    written = [glm(f, long, "poisson") for f in ("Days ~ Sex", "Days ~ Lrn")]
    pd.testing.assert_frame_equal(weighted[0].vuong(weighted[1]).table, written[0].vuong(written[1]).table)


@pytest.mark.parametrize("family", ["gaussian(log)", "Gamma(log)", "inverse.gaussian(log)"])
def test_vuong_compares_families(family):
    frame = data("trees")
    one = glm("Volume ~ log(Girth)", frame, family)
    other = lm("Volume ~ Girth", frame)
    found = one.vuong(other).table
    rows = np.asarray(one.family.loglik_rows(one.rows.y, one.rows.mean, one.rows.weights))
    assert rows.sum() == pytest.approx(one.loglik)
    z = found["Vuong z-statistic"].iloc[0]
    assert np.sign(z) == np.sign(one.loglik - other.loglik)


def test_vuong_refusals():
    with pytest.raises(FitError, match="same likelihood"):
        fitted("one").vuong(glm("Days ~ Age + Sex", data("quine"), "poisson"))
    with pytest.raises(FitError, match="model 2 has none"):
        fitted("one").vuong(fitted("quine"))
    with pytest.raises(FitError, match="same response"):
        lm("mpg ~ wt", data("mtcars")).vuong(lm("hp ~ wt", data("mtcars")))
    with pytest.raises(FitError, match="compares fitted models"):
        fitted("one").vuong("x")


@pytest.mark.parametrize(
    ("name", "model"), [("quine", "three"), ("epil", "seizures"), ("quine_smaller", "smaller")]
)
def test_od_test_equals_pscl(name, model):
    found = fitted(model).od_test()
    assert found.statistic == pytest.approx(answers()["od_statistic"][name], rel=1e-7)
    mine, theirs = str(found).split("\n"), [line.rstrip() for line in answers()["od_test"][name]]
    assert [mine[0], *mine[-2:]] == [theirs[0], *theirs[-2:]]


def test_od_test_of_the_features():
    found = fitted("smaller").od_test()
    assert found.statistic == pytest.approx(1388.9392, abs=5e-5)
    assert found.critical == pytest.approx(2.7055, abs=5e-5)


def test_od_test_halves_the_tail():
    rng = np.random.default_rng(4)
    fit = glm_nb("y ~ x", {"y": rng.negative_binomial(30, 0.9, 300), "x": rng.normal(size=300)})
    found, boundary = fit.od_test(), fit.od_test().critical
    from scipy.stats import chi2

    assert found.p_value == pytest.approx(chi2.sf(found.statistic, 1) / 2)
    assert chi2.sf(boundary, 1) / 2 == pytest.approx(0.05)
    assert fit.od_test(alpha=0.01).critical == pytest.approx(chi2.isf(0.02, 1))


@pytest.mark.filterwarnings("ignore:Poisson limit")
def test_od_test_in_the_poisson_limit():
    fit = glm_nb("y ~ 1", {"y": [2, 3, 2, 3, 2, 3, 3, 2]})
    assert fit.od_test().statistic == pytest.approx(0, abs=1e-9)
    assert fit.od_test().p_value == 1.0 or fit.od_test().p_value == pytest.approx(0.5)


def test_od_test_refusals():
    with pytest.raises(FitError, match=r"theta was estimated: glm_nb"):
        fitted("one").od_test()
    with pytest.raises(FitError, match=r"od_test\(\) does not apply to a model of lm\(\)"):
        od_test(lm("mpg ~ wt", data("mtcars")))
    with pytest.raises(FitError, match="level"):
        fitted("three").od_test(alpha=0.6)


@pytest.mark.parametrize("name", answers()["pseudo_r2"])
def test_pseudo_r2_equals_pscl(name):
    expected, found = answers()["pseudo_r2"][name], fitted(name).pseudo_r2()
    assert found.mcfadden == pytest.approx(expected["McFadden"], rel=1e-7)
    assert found.cox_snell == pytest.approx(expected["r2ML"], rel=1e-6)
    assert found.nagelkerke == pytest.approx(expected["r2CU"], rel=1e-6)


@pytest.mark.parametrize("name", answers()["tjur"])
def test_tjur(name):
    assert fitted(name).pseudo_r2().tjur == pytest.approx(answers()["tjur"][name], rel=1e-7)


def test_pseudo_r2_of_the_features():
    found = fitted("reference").pseudo_r2().table["R2"]
    expected = [0.08562914, 0.10086446, 0.14184424, 0.09623107]
    np.testing.assert_allclose(found.iloc[:4], expected, atol=5e-9)


def test_linear_models_have_r_squared():
    fit = lm("mpg ~ wt + hp", data("mtcars"), weights="qsec")
    found = fit.pseudo_r2()
    for value in (found.cox_snell, found.efron, found.deviance):
        assert value == pytest.approx(fit.r_squared, rel=1e-10)
    assert np.isnan(found.tjur)


def test_null_model_is_zero_on_every_scale():
    found = glm("low ~ 1", data("birthwt"), "binomial").pseudo_r2().table["R2"]
    np.testing.assert_allclose(found, 0, atol=1e-12)


def test_null_model_keeps_offset_and_weights():
    fit = glm("y ~ trt + offset(log(period))", data("epil"), "poisson", weights="period")
    null = glm("y ~ offset(log(period))", data("epil"), "poisson", weights="period")
    assert fit.pseudo_r2().mcfadden == pytest.approx(1 - fit.loglik / null.loglik)
    assert fit.pseudo_r2().deviance == pytest.approx(1 - fit.deviance / null.deviance)


def test_quasi_families_have_some():
    found = fitted("warpbreaks_quasi").pseudo_r2()
    assert np.isnan(found.mcfadden)
    assert found.deviance == pytest.approx(
        1 - fitted("warpbreaks").deviance / fitted("warpbreaks").null_deviance
    )


def test_tjur_of_grouped_data_is_that_of_the_trials():
    frame = data("budworm")
    grouped = glm("cbind(numdead, numalive) ~ ldose", frame, "binomial")
    rows = frame.loc[frame.index.repeat(20)].assign(
        dead=np.concatenate([np.arange(20) < dead for dead in frame["numdead"]]).astype(float)
    )
    single = glm("dead ~ ldose", rows, "binomial")
    assert grouped.pseudo_r2().tjur == pytest.approx(single.pseudo_r2().tjur, rel=1e-7)
    assert grouped.pseudo_r2().mcfadden != pytest.approx(single.pseudo_r2().mcfadden, rel=1e-2)


def test_prints():
    assert str(fitted("reference").pseudo_r2()).split("\n")[0] == "Pseudo R-squared"
    assert "Nagelkerke" in fitted("reference").pseudo_r2()._repr_html_()
    assert "Vuong" in fitted("one").vuong(fitted("two")).to_markdown()
