"""vcov(): R's sandwich on eight models, laws, and how other verbs take it."""

from __future__ import annotations

import json
import warnings
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from rglm import DataError, FitError, FormulaError, RglmWarning, datasets, glm, lm

ANSWERS = json.loads((Path(__file__).parents[1] / "against_r" / "covariances.json").read_text("utf-8"))


@cache
def data(name):
    return datasets.load(name)


MODELS = {
    "quine": lambda: glm("Days ~ Sex + Age", data("quine"), "poisson"),
    "birthwt": lambda: glm("low ~ age + lwt + smoke", data("birthwt"), "binomial"),
    "clotting": lambda: glm("lot1 ~ log(u)", data("clotting"), "gamma"),
    "mtcars": lambda: lm("mpg ~ wt + hp + factor(cyl)", data("mtcars")),
    "weighted": lambda: lm("mpg ~ wt + qsec", data("mtcars"), weights="hp"),
    "insurance": lambda: glm(
        "Claims ~ District + Group + offset(log(Holders))", data("insurance"), "poisson"
    ),
    "budworm": lambda: glm("cbind(numdead, numalive) ~ sex * ldose", data("budworm"), "binomial"),
    "aliased": lambda: glm("y ~ trt + base + I(2 * base) + age", data("epil"), "quasipoisson"),
    "epil": lambda: glm("y ~ trt + base + age", data("epil"), "poisson"),
    "npk": lambda: lm("yield ~ N * P + K", data("npk")),
}


@cache
def model(name):
    return MODELS[name]()


def check(found, answer):
    """The matrix equals R's, which leaves aliased coefficients out."""
    names = answer["names"]
    expected = np.array(answer["values"], dtype=float)
    np.testing.assert_allclose(
        found.loc[names, names], expected, rtol=1e-6, atol=1e-8 * np.abs(expected).max()
    )
    others = [name for name in found.index if name not in names]
    assert found.loc[others].isna().all(axis=None)


CASES = [(name, type) for name, types in ANSWERS["heteroscedastic"].items() for type in types]


@pytest.mark.parametrize(("name", "type"), CASES)
def test_heteroscedastic_equal_r(name, type):
    check(model(name).vcov(type), ANSWERS["heteroscedastic"][name][type])


@pytest.mark.parametrize(
    "case", ANSWERS["clustered"], ids=lambda case: "-".join([case["model"], *case["cluster"], case["type"]])
)
def test_clustered_equal_r(case):
    cluster = case["cluster"] if len(case["cluster"]) > 1 else case["cluster"][0]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # npk by block and N has negative variances, in R too
        found = model(case["model"]).vcov(case["type"], cluster, cadjust=case["cadjust"])
    check(found, case["vcov"])


def test_numbers_of_the_literature():
    fit = model("quine")
    errors = {type: float(np.sqrt(fit.vcov(type).iloc[0, 0])) for type in ("HC0", "HC3", "HC5")}
    assert errors == pytest.approx({"HC0": 0.2144674, "HC3": 0.223812, "HC5": 0.2173022}, rel=1e-6)
    assert np.sqrt(fit.vcov("HC1", "Age").iloc[0, 0]) == pytest.approx(0.1694422, rel=1e-6)
    assert fit.vcov("HC").equals(fit.vcov("HC0"))


# ---- laws -------------------------------------------------------------------------------------------

TYPES = ("const", "HC0", "HC1", "HC2", "HC3", "HC4", "HC4m", "HC5")


def repeated(frame, counts):
    return frame.loc[np.repeat(frame.index, counts)].reset_index(drop=True)


@pytest.mark.parametrize("type", TYPES)
@pytest.mark.parametrize("family", ["poisson", "gaussian"])
def test_frequency_weights_are_repeated_rows(type, family):
    frame = data("quine").assign(k=np.arange(146) % 3)
    counted = glm("Days ~ Sex + Age", frame, family, freq_weights="k")
    written = glm("Days ~ Sex + Age", repeated(frame, frame["k"]), family)
    np.testing.assert_allclose(counted.vcov(type), written.vcov(type), rtol=1e-7)


@pytest.mark.parametrize("type", ["HC0", "HC1", "HC2", "HC3"])
@pytest.mark.parametrize("cluster", ["subject", ["subject", "period"]])
def test_frequency_weights_are_repeated_rows_in_clusters(type, cluster):
    frame = data("epil").assign(k=np.arange(236) % 3)
    counted = glm("y ~ trt + base", frame, "poisson", freq_weights="k")
    written = glm("y ~ trt + base", repeated(frame, frame["k"]), "poisson")
    np.testing.assert_allclose(counted.vcov(type, cluster), written.vcov(type, cluster), rtol=1e-6)


@pytest.mark.parametrize("type", TYPES)
def test_zero_weights_are_rows_left_out(type):
    frame = data("mtcars").assign(w=(np.arange(32) % 4 > 0) * 1.5)
    whole = lm("mpg ~ wt + hp", frame, weights="w")
    part = lm("mpg ~ wt + hp", frame[frame["w"] > 0], weights="w")
    np.testing.assert_allclose(whole.vcov(type), part.vcov(type), rtol=1e-9)
    np.testing.assert_allclose(whole.vcov(cluster="gear"), part.vcov(cluster="gear"), rtol=1e-9)


@pytest.mark.parametrize("type", TYPES)
def test_coding_and_row_order_do_not_matter(type):
    frame = data("warpbreaks")
    fit = glm("breaks ~ wool * tension", frame, "poisson")
    other = glm(
        "breaks ~ wool * tension", frame.sample(frac=1, random_state=1), "poisson",
        contrasts={"tension": "contr.sum", "wool": "contr.helmert"},
    )  # fmt: skip
    new = pd.DataFrame({"wool": ["A", "B"], "tension": ["L", "M"]})
    one, two = (each.predict(new, se_fit=True, vcov=type)["se_fit"] for each in (fit, other))
    np.testing.assert_allclose(one, two, rtol=1e-6)


def test_a_cluster_of_one_row_each_is_heteroscedastic():
    fit = model("mtcars")
    rows = np.arange(32)
    np.testing.assert_allclose(fit.vcov("HC0", rows, cadjust=False), fit.vcov("HC0"), rtol=1e-12)
    np.testing.assert_allclose(fit.vcov("HC0", rows), fit.vcov("HC0") * 32 / 31, rtol=1e-12)
    for type in ("HC2", "HC3"):
        np.testing.assert_allclose(fit.vcov(type, rows), fit.vcov(type), rtol=1e-9)


@pytest.mark.parametrize("weights", [None, "hp"])
def test_clustered_hc3_is_the_jackknife(weights):
    frame = data("mtcars")
    fit = lm("mpg ~ wt + qsec", frame, weights=weights)
    total = np.zeros((3, 3))
    for gear in (3, 4, 5):
        move = lm("mpg ~ wt + qsec", frame[frame["gear"] != gear], weights=weights).coef - fit.coef
        total += np.outer(move, move)
    np.testing.assert_allclose(fit.vcov("HC3", "gear"), total, rtol=1e-9)


def test_leverage_one_adds_nothing_and_is_said():
    frame = data("mtcars").assign(only=(np.arange(32) == 7) * 1.0)
    fit = lm("mpg ~ wt + only", frame)
    with pytest.warns(RglmWarning, match=r"Leverage 1 in 1 row \(7\)"):
        found = fit.vcov("HC3")
    rest = lm("mpg ~ wt", frame.drop(frame.index[7])).vcov("HC3")
    np.testing.assert_allclose(found.loc["wt", "wt"], rest.loc["wt", "wt"], rtol=1e-9)


def test_many_rows_need_no_square_matrix():
    n = 30_000
    rng = np.random.default_rng(1)
    frame = pd.DataFrame({"x": rng.normal(size=n), "g": rng.integers(0, 500, n), "k": rng.integers(0, 20, n)})
    frame["y"] = rng.poisson(np.exp(0.2 * frame["x"]))
    fit = glm("y ~ x + factor(k)", frame, "poisson")
    found = fit.vcov("HC3", "g")
    assert np.linalg.eigvalsh(found).min() > 0
    np.testing.assert_allclose(np.sqrt(found.loc["x", "x"]), np.sqrt(fit.vcov().loc["x", "x"]), rtol=0.2)


# ---- clusters ---------------------------------------------------------------------------------------


def test_clusters_by_column_expression_array_and_series_are_the_same():
    subject = data("epil")["subject"]
    fit = model("epil")
    expected = fit.vcov(cluster="subject")
    texts = np.array(list(map(str, subject)))  # in another order
    for cluster in (subject, subject.to_numpy(), texts, "subject + 0", ["subject"], pd.Categorical(subject)):
        np.testing.assert_allclose(fit.vcov(cluster=cluster), expected, rtol=1e-12)


def test_cluster_columns_may_have_any_name():
    frame = data("epil").rename(columns={"subject": "the subject"})
    fit = glm("y ~ trt", frame, "poisson")
    assert fit.vcov(cluster="the subject").shape == (2, 2)


def test_clusters_follow_the_rows_of_the_fit():
    frame = data("epil").assign(base=lambda d: d["base"].where(d["period"] != 3))
    fit = glm("y ~ trt + base", frame, "poisson", subset="age > 20")
    part = frame[frame["base"].notna() & (frame["age"] > 20)]
    expected = glm("y ~ trt + base", part, "poisson").vcov(cluster="subject")
    np.testing.assert_allclose(fit.vcov(cluster="subject"), expected, rtol=1e-9)


def test_missing_clusters_are_refused_by_row():
    frame = data("epil").assign(subject=lambda d: d["subject"].where(d.index != d.index[5]))
    fit = glm("y ~ trt", frame, "poisson")
    with pytest.raises(
        DataError, match=r"cluster subject is missing in 1 of the 236 rows.*\(rows 5\).*subset"
    ):
        fit.vcov(cluster="subject")


def test_bad_clusters_are_refused():
    fit = model("epil")
    with pytest.raises(FitError, match=r"puts all 236 rows of the fit into one cluster"):
        fit.vcov(cluster="V4 >= 0")
    with pytest.raises(FormulaError, match="subject"):
        fit.vcov(cluster="subjct")
    with pytest.raises(DataError, match="cluster has 3 values, but the data have 236 rows"):
        fit.vcov(cluster=np.arange(3))
    with pytest.raises(DataError, match="index differs"):
        fit.vcov(cluster=pd.Series(np.arange(236), index=np.arange(236) + 7))
    with pytest.raises(FitError, match=r"cluster= is empty"):
        fit.vcov(cluster=[])
    with pytest.raises(FitError, match=r'"cluster" needs to know which rows belong together'):
        fit.vcov("cluster")
    with pytest.raises(FitError, match="type with cluster= 'HC4' is not known"):
        fit.vcov("HC4", cluster="subject")


def test_unknown_types_are_refused():
    with pytest.raises(FitError, match=r"vcov type 'HC9' is not known.*'HC4m'.*'cluster'"):
        model("quine").vcov("HC9")
    with pytest.raises(FitError, match=r"no entry 'clutser'\. Did you mean 'cluster'"):
        model("quine").summary(vcov={"clutser": "Age"})


def test_negative_variances_are_said():
    with pytest.warns(RglmWarning, match="negative variances"):
        model("epil").vcov(cluster=["subject", "period", "trt"])


# ---- elsewhere --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "vcov", ["HC3", {"cluster": "Age"}, {"cluster": "Age", "type": "HC1", "cadjust": False}]
)
def test_other_verbs_use_it(vcov):
    fit = model("quine")
    V = fit.vcov(vcov) if vcov == "HC3" else fit.vcov(**vcov)
    errors = np.sqrt(np.diag(V))
    np.testing.assert_allclose(fit.summary(vcov=vcov).coefficients["Std. Error"], errors)
    np.testing.assert_allclose(fit.coef_test(vcov=vcov).table["Std. Error"], errors)
    np.testing.assert_allclose(fit.tidy(vcov=vcov)["std.error"], errors)
    base = pd.DataFrame({"Sex": ["F"], "Age": ["F0"]})
    np.testing.assert_allclose(fit.predict(base, se_fit=True, vcov=vcov)["se_fit"], errors[:1])
    limits = fit.confint(method="wald", vcov=vcov)
    np.testing.assert_allclose((limits.iloc[:, 1] - limits.iloc[:, 0]) / 2, 1.959964 * errors, rtol=1e-6)
    assert fit.summary(vcov=V).coefficients.equals(fit.summary(vcov=vcov).coefficients)


def test_summaries_say_which_and_the_factors():
    fit = model("quine")
    assert "\nCovariance: HC3\n" in str(fit.summary(vcov="HC3"))
    assert "\nCovariance: HC1, n / (n - k) = 1.035461\n" in str(fit.summary(vcov="HC1"))
    text = str(fit.summary(vcov={"cluster": "Age", "type": "HC1"}))
    assert "Covariance: clustered by Age (4 clusters), HC1, G / (G - 1) = 1.333333" in text
    assert "(n - 1) / (n - k) = 1.028369" in text
    two = str(model("epil").summary(vcov={"cluster": ["subject", "period"]}))
    assert "clustered by subject (59 clusters) and period (4 clusters), HC0, G / (G - 1) = 1.017241" in two


def test_the_overall_f_of_lm_uses_it():
    fit = model("mtcars")
    V = fit.vcov("HC3").iloc[1:, 1:]
    b = fit.coef.iloc[1:]
    expected = float(b @ np.linalg.solve(V, b)) / 4
    assert fit.summary(vcov="HC3").fstatistic.value == pytest.approx(expected)
