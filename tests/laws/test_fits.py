"""Laws every fit obeys, over every family: weights, row order, reparametrisation, aliasing, prediction."""

import numpy as np
import pandas as pd
import pytest

from rglm import Control, glm, lm

FORMULA = "y ~ x + g"
EXACT = Control(epsilon=1e-14, maxit=100)
FAMILIES = [
    "gaussian",
    "poisson",
    "binomial",
    "Gamma(link='log')",
    "inverse.gaussian(link='log')",
    "quasi(link='log', variance='mu')",
    "quasipoisson",
    "quasibinomial",
    "NegativeBinomial(theta=2)",
    "Tweedie(var_power=1.5, link_power=0)",
]


def family_of(text):
    import rglm

    names = {
        "gaussian": rglm.Gaussian,
        "poisson": rglm.Poisson,
        "binomial": rglm.Binomial,
        "Gamma": rglm.Gamma,
        "inverse.gaussian": rglm.InverseGaussian,
        "quasi": rglm.Quasi,
        "quasipoisson": rglm.QuasiPoisson,
        "quasibinomial": rglm.QuasiBinomial,
        "NegativeBinomial": rglm.NegativeBinomial,
        "Tweedie": rglm.Tweedie,
    }
    name, _, arguments = text.partition("(")
    keywords = eval(f"dict({arguments.rstrip(')')})") if arguments else {}
    return names[name](**keywords)


def simulate(text, n=120, seed=5):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=n)
    codes = rng.integers(0, 3, size=n)
    eta = 0.3 + 0.4 * x + np.array([0.0, 0.5, -0.4])[codes]
    mu = np.exp(eta)
    name = text.partition("(")[0]
    y = {
        "gaussian": lambda: eta + rng.normal(size=n),
        "poisson": lambda: rng.poisson(mu),
        "quasi": lambda: rng.poisson(mu),
        "quasipoisson": lambda: rng.poisson(mu),
        "NegativeBinomial": lambda: rng.poisson(mu * rng.gamma(2, 0.5, size=n)),
        "Tweedie": lambda: np.where(rng.random(n) < 0.2, 0.0, rng.gamma(2, mu / 2)),
        "binomial": lambda: (rng.random(n) < 1 / (1 + np.exp(-eta))).astype(int),
        "quasibinomial": lambda: (rng.random(n) < 1 / (1 + np.exp(-eta))).astype(int),
        "Gamma": lambda: rng.gamma(3, mu / 3),
        "inverse.gaussian": lambda: rng.wald(mu, 4.0),
    }[name]()
    assert len(np.unique(y)) > 1
    return pd.DataFrame(
        {
            "y": np.asarray(y, dtype=float),
            "x": x,
            "g": pd.Categorical.from_codes(codes, ["a", "b", "c"]),
            "k": rng.integers(1, 4, size=n),
        }
    )


@pytest.fixture(params=FAMILIES)
def case(request):
    return family_of(request.param), simulate(request.param)


def same(one, other, rtol=1e-9):
    np.testing.assert_allclose(one.coef, other.coef, rtol=rtol, atol=1e-10)
    np.testing.assert_allclose(one.deviance, other.deviance, rtol=rtol)
    np.testing.assert_allclose(one.vcov(), other.vcov(), rtol=10 * rtol, atol=1e-12)


def fit(data, family, formula=FORMULA, **arguments):
    return glm(formula, data=data, family=family, control=EXACT, **arguments)


def test_the_score_is_zero_at_the_solution(case):
    family, data = case
    fitted = fit(data, family)
    rows = fitted.rows
    score = rows.block.transpose_times(
        rows.weights * (rows.y - rows.mu) * rows.mean.dmu / family.variance(rows.mean)
    )
    scale = np.abs(rows.block.dense()).T @ np.abs(
        rows.weights * (rows.y - rows.mu) * rows.mean.dmu / family.variance(rows.mean)
    )
    assert np.all(np.abs(score) < 1e-9 * scale)


def test_frequency_weights_are_repeated_rows_in_every_statistic(case):
    family, data = case
    weighted = fit(data, family, freq_weights="k")
    repeated = fit(data.loc[data.index.repeat(data["k"])].reset_index(drop=True), family)
    same(weighted, repeated)
    for name in ("nobs", "df_residual", "df_null", "n_params"):
        assert getattr(weighted, name) == getattr(repeated, name)
    for name in ("null_deviance", "dispersion", "loglik", "aic", "bic"):
        np.testing.assert_allclose(getattr(weighted, name), getattr(repeated, name), rtol=1e-9)


def test_a_zero_weight_is_a_removed_row(case):
    family, data = case
    keep = np.arange(len(data)) % 5 != 0
    zeroed = fit(data, family, weights=keep.astype(float))
    removed = fit(data[keep], family)
    same(zeroed, removed)
    assert zeroed.nobs == removed.nobs
    assert zeroed.df_residual == removed.df_residual
    np.testing.assert_allclose(zeroed.bic, removed.bic, rtol=1e-9)
    assert len(zeroed.fitted) == len(data)


def test_row_order_does_not_move_the_fit(case):
    family, data = case
    same(fit(data, family), fit(data.iloc[::-1], family))


def test_reparametrising_the_design_leaves_the_means(case):
    family, data = case
    straight = fit(data, family)
    turned = fit(data, family, "y ~ I(2 * x - 3) + g", contrasts={"g": "contr.helmert"})
    np.testing.assert_allclose(straight.fitted, turned.fitted, rtol=1e-8)
    np.testing.assert_allclose(straight.deviance, turned.deviance, rtol=1e-10)


def test_an_aliased_column_changes_nothing_but_an_na(case):
    family, data = case
    plain = fit(data, family)
    aliased = fit(data, family, "y ~ x + g + I(2 * x + 1)")
    assert np.isnan(aliased.coef.iloc[-1])
    np.testing.assert_allclose(aliased.coef.iloc[:-1], plain.coef, rtol=1e-8, atol=1e-10)
    assert aliased.df_residual == plain.df_residual
    np.testing.assert_allclose(aliased.fitted, plain.fitted, rtol=1e-9)
    np.testing.assert_allclose(aliased.predict(data), plain.predict(data), rtol=1e-8, atol=1e-10)


def test_an_offset_shift_moves_only_the_intercept_under_a_log_link(case):
    family, data = case
    if family.link.name != "log":
        pytest.skip("the law is about log links")
    plain = fit(data, family)
    shifted = fit(data, family, offset=np.full(len(data), 1.5))
    np.testing.assert_allclose(shifted.coef.iloc[1:], plain.coef.iloc[1:], rtol=1e-8, atol=1e-10)
    np.testing.assert_allclose(shifted.coef.iloc[0], plain.coef.iloc[0] - 1.5, rtol=1e-8)
    np.testing.assert_allclose(shifted.null_deviance, plain.null_deviance, rtol=1e-8)


def test_predictions_of_the_training_rows_are_the_fitted_values(case):
    family, data = case
    fitted = fit(data, family)
    np.testing.assert_allclose(fitted.predict(data, type="response"), fitted.fitted, rtol=1e-12)
    np.testing.assert_allclose(fitted.predict(type="link"), fitted.linear_predictors, rtol=1e-12)


def test_binomial_counts_are_bernoulli_rows():
    data = simulate("binomial")
    data["x"] = np.round(data["x"])
    cells = data.groupby(["x", "g"], observed=True)["y"].agg(["sum", "count"]).reset_index()
    cells["failed"] = cells["count"] - cells["sum"]
    one, other = fit(data, "binomial"), fit(cells, "binomial", "cbind(sum, failed) ~ x + g")
    np.testing.assert_allclose(one.coef, other.coef, rtol=1e-9)
    np.testing.assert_allclose(one.vcov(), other.vcov(), rtol=1e-8)
    np.testing.assert_allclose(
        one.null_deviance - one.deviance, other.null_deviance - other.deviance, rtol=1e-9
    )


def test_lm_is_the_gaussian_glm():
    data = simulate("gaussian")
    linear, general = lm(FORMULA, data=data), glm(FORMULA, data=data)
    np.testing.assert_allclose(linear.coef, general.coef, rtol=1e-12)
    np.testing.assert_allclose(linear.sigma**2, general.dispersion, rtol=1e-12)
    np.testing.assert_allclose(linear.aic, general.aic, rtol=1e-12)
