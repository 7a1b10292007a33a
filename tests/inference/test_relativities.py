"""Rating tables: the product of relativities is the prediction, and the sums are those of the rows."""

import numpy as np
import pytest

from rglm import DataError, FitError, Gamma, Poisson, Tweedie, datasets, glm, lm, relativities

CLAIMS = datasets.load("insurance")
MODELS = {
    "main": lambda: glm("Claims ~ District + Group + Age", CLAIMS, "poisson", exposure="Holders"),
    "crossed": lambda: glm("Claims ~ District * Group + Age", CLAIMS, "poisson", offset="log(Holders)"),
    "no intercept": lambda: glm("Claims ~ 0 + District + Age", CLAIMS, "quasipoisson", exposure="Holders"),
    "sums": lambda: glm(
        "Claims ~ District + Group:Age",
        CLAIMS,
        "poisson",
        exposure="Holders",
        contrasts={"District": "contr.sum"},
    ),
    "numbers": lambda: glm("mpg ~ wt * factor(am) + poly(hp, 2)", datasets.load("mtcars"), Gamma(link="log")),
    "basis by factor": lambda: glm(
        "mpg ~ poly(hp, 2):factor(am) + qsec:wt", datasets.load("mtcars"), Tweedie(1.5, link_power=0)
    ),
    "weights": lambda: glm("I(Claims / Holders) ~ Age", CLAIMS, "quasipoisson", weights="Holders"),
}


def product(fit, found):
    """Base rate × relativities of each row of the fit, from the table alone and the numbers of the rows."""
    value = np.full(fit.rows.block.n, found.base_rate) * np.exp(fit.rows.offset)
    for index, (_, rows) in enumerate(found.table.groupby("term", sort=False)):
        piece = fit.rows.block.pieces[index]
        codes = np.zeros(fit.rows.block.n, dtype=int) if piece.codes is None else piece.codes
        if (rows["kind"] == "level").all():
            value *= rows["relativity"].to_numpy()[codes]
            continue
        width = piece.values.shape[1]
        factors = rows["relativity"].to_numpy().reshape(-1, width)[codes]
        value *= np.prod(factors**piece.values, axis=1)
    return value


@pytest.mark.parametrize("name", MODELS)
def test_the_product_of_relativities_is_the_prediction(name):
    fit = MODELS[name]()
    np.testing.assert_allclose(product(fit, fit.relativities()), fit.rows.mu, rtol=1e-12)


@pytest.mark.parametrize("name", MODELS)
def test_every_factor_has_its_base_at_one(name):
    table = MODELS[name]().relativities().table.query("kind == 'level'")
    bases = table[table["base"]]
    assert (bases["relativity"] == 1.0).all()
    assert bases.iloc[:, -2:].isna().all().all()
    assert table.groupby("term")["base"].sum().eq(1).all()


def test_treatment_coding_gives_exp_of_the_coefficients_with_their_intervals():
    fit = MODELS["main"]()
    rows = fit.relativities(level=0.9).table.query("term == 'District'")
    names = [f"District{level}" for level in rows["level"][1:]]
    np.testing.assert_allclose(rows["relativity"][1:], np.exp(fit.coef[names]), rtol=1e-14)
    expected = np.exp(fit.confint(names, level=0.9, method="wald"))
    np.testing.assert_allclose(rows[["5 %", "95 %"]][1:], expected, rtol=1e-12)


def test_contrasts_move_neither_relativities_nor_their_intervals():
    plain = glm("Claims ~ District + Group", CLAIMS, "poisson", exposure="Holders").relativities()
    summed = glm(
        "Claims ~ District + Group", CLAIMS, "poisson", exposure="Holders",
        contrasts={"District": "contr.sum", "Group": "contr.helmert"},
    ).relativities()  # fmt: skip
    numbers = ["relativity", "2.5 %", "97.5 %"]
    np.testing.assert_allclose(plain.table[numbers], summed.table[numbers], rtol=1e-6)
    assert plain.base_rate == pytest.approx(summed.base_rate, rel=1e-6)


def test_sums_are_those_of_the_rows():
    fit = MODELS["main"]()
    rows = fit.relativities().table.query("term == 'Age'").set_index("level")
    by_age = CLAIMS.groupby("Age", observed=True)[["Holders", "Claims"]].sum()
    np.testing.assert_allclose(rows["exposure"], by_age["Holders"].loc[rows.index], rtol=1e-12)
    np.testing.assert_allclose(rows["observed"], by_age["Claims"].loc[rows.index])
    np.testing.assert_allclose(rows["observed"], rows["fitted"], rtol=1e-6)  # the log link is canonical here
    assert rows["n"].sum() == len(CLAIMS)


def test_exposure_by_default_is_weight_times_exp_offset():
    weighted = MODELS["weights"]().relativities()
    assert weighted.exposure == "weights"
    np.testing.assert_allclose(weighted.table["exposure"].sum(), CLAIMS["Holders"].sum())
    np.testing.assert_allclose(weighted.table["observed"].sum(), CLAIMS["Claims"].sum())
    assert MODELS["numbers"]().relativities().exposure == "number of observations"


def test_exposure_can_be_named():
    fit = glm("Claims ~ Age", CLAIMS, "poisson")
    assert fit.relativities("Holders").table["exposure"].sum() == CLAIMS["Holders"].sum()
    assert fit.relativities("2 * Holders").table["exposure"].sum() == 2 * CLAIMS["Holders"].sum()
    assert fit.relativities(CLAIMS["Holders"]).exposure == "as given"
    with pytest.raises(DataError, match="missing or negative in 64 of the 64 rows"):
        fit.relativities("-Holders")


def test_robust_intervals_are_named():
    found = MODELS["main"]().relativities(vcov="HC0")
    assert "Covariance: HC0" in str(found)


def test_prints_a_block_for_each_term():
    shown = str(MODELS["numbers"]().relativities())
    assert shown.startswith("Base rate: ")
    assert "poly(hp, 2) (per unit)" in shown
    assert "wt:factor(am) (per unit)" in shown
    assert "1.000" in shown


def test_aliased_levels_have_no_interval():
    data = CLAIMS[(CLAIMS["District"] != "2") | (CLAIMS["Group"] != "<1l")]
    found = glm("Claims ~ District:Group", data, Poisson(), exposure="Holders").relativities()
    empty = found.table.query("n == 0")
    assert len(empty) == 1
    assert empty.iloc[:, -2:].isna().all().all()


def test_other_links_are_refused():
    with pytest.raises(FitError, match="log link; this fit's link is 'logit'"):
        relativities(glm("low ~ smoke", datasets.load("birthwt"), "binomial"))
    with pytest.raises(FitError, match="'identity'"):
        lm("mpg ~ wt", datasets.load("mtcars")).relativities()
    with pytest.raises(FitError, match="level"):
        MODELS["main"]().relativities(level=95)


def test_a_model_of_nothing_has_a_base_rate():
    fit = glm("Claims ~ 1", CLAIMS, "poisson", exposure="Holders")
    found = fit.relativities()
    assert found.base_rate == pytest.approx(CLAIMS["Claims"].sum() / CLAIMS["Holders"].sum())
    assert len(found.table) == 0
