"""Saved models: the same numbers to the last bit, no rows in the file, and a clear refusal of anything
else."""

import json
import warnings

import numpy as np
import pandas as pd
import pytest

from rglm import (
    AIC,
    BIC,
    Binomial,
    FitError,
    Gamma,
    InverseGaussian,
    NegativeBinomial,
    Power,
    Quasi,
    RankWarning,
    Tweedie,
    anova,
    compare,
    datasets,
    glm,
    glm_nb,
    lm,
    load,
)

CARS = datasets.load("mtcars").assign(twice=lambda d: 2 * d["wt"], even=lambda d: d["carb"] % 2 == 0)
WARP = datasets.load("warpbreaks")
CLAIMS = datasets.load("insurance")
QUINE = datasets.load("quine")
BUDWORM = datasets.load("budworm")
NAMED = CARS.rename(columns={"mpg": "my var", "wt": 'a "b"'})
AIR = datasets.load("airquality")
THIRDS = np.eye(3)[:, 1:] / 3
ENV = {"cap": 200.0, "ends": [2, 3], "unused": len}

MODELS = {
    "plain": (lambda: glm("breaks ~ wool * tension", WARP, "poisson"), WARP),
    "sum contrasts": (
        lambda: glm("breaks ~ wool * tension", WARP, "quasipoisson", contrasts={"wool": "contr.sum"}),
        WARP,
    ),
    "matrix contrast": (lambda: lm("breaks ~ tension", WARP, contrasts={"tension": THIRDS}), WARP),
    "called contrasts": (
        lambda: lm("breaks ~ C(tension, contr.helmert) + C(wool, contr.treatment, base = 2)", WARP),
        WARP,
    ),
    "offset": (lambda: glm("Claims ~ District + Group + offset(log(Holders))", CLAIMS, "poisson"), CLAIMS),
    "exposure": (lambda: glm("Claims ~ District + Age", CLAIMS, "poisson", exposure="Holders"), CLAIMS),
    "weights": (lambda: glm("I(Claims / Holders) ~ Age", CLAIMS, "quasipoisson", weights="Holders"), CLAIMS),
    "counts": (lambda: glm("mpg ~ wt", CARS, Gamma(link="log"), freq_weights="carb"), CARS),
    "survey": (lambda: glm("am ~ wt", CARS, "binomial", prob_weights="carb"), CARS),
    "survey lm": (lambda: lm("mpg ~ wt + hp", CARS, prob_weights="carb"), CARS),
    "successes": (
        lambda: glm("cbind(numdead, numalive) ~ sex * ldose", BUDWORM, Binomial("cloglog")),
        BUDWORM,
    ),
    "levels": (lambda: glm("Sex ~ Age + Days", QUINE, Binomial("probit"), success="F"), QUINE),
    "dot": (lambda: lm("mpg ~ . - qsec", CARS.drop(columns=["twice", "even"])), CARS),
    "dot weighted": (lambda: glm("mpg ~ .", CARS[["mpg", "wt", "hp", "carb"]], weights="carb"), CARS),
    "poly": (lambda: lm("mpg ~ poly(hp, 3) + poly(wt, qsec, degree = 2)", CARS), CARS),
    "splines": (lambda: glm("mpg ~ ns(hp, df = 4) + bs(wt, knots = c(2.5, 3.5))", CARS, Gamma()), CARS),
    "nested": (lambda: lm("mpg ~ log(scale(hp) + 3) + I(wt - mean(wt)) + I(qsec / sd(qsec))", CARS), CARS),
    "cut": (lambda: lm("mpg ~ cut(hp, 3) + cut(wt, c(0, 3, 6)) + center(qsec)", CARS), CARS),
    "factors": (
        lambda: lm("mpg ~ factor(cyl) + interaction(am, vs) + relevel(factor(gear), ref = '4')", CARS),
        CARS,
    ),
    "ordered": (lambda: lm("mpg ~ ordered(cyl) + even + I(hp - median(hp)):wt", CARS), CARS),
    "aliased": (lambda: lm("mpg ~ wt + twice + hp", CARS), CARS),
    "aliased glm": (lambda: glm("carb ~ wt + twice", CARS, "poisson"), CARS),
    "constants": (lambda: lm("mpg ~ pmin(hp, cap) + findInterval(wt, ends)", CARS, env=ENV), CARS),
    "no intercept": (lambda: glm("mpg ~ 0 + factor(am):wt", CARS, InverseGaussian(link="log")), CARS),
    "subset": (lambda: glm("mpg ~ wt", CARS, "gaussian", subset="hp < 200 & am == 1"), CARS),
    "power": (lambda: glm("mpg ~ wt", CARS, Gamma(link=Power(1 / 3))), CARS),
    "tweedie": (lambda: glm("Claims ~ Age", CLAIMS, Tweedie(1.5, link_power=0)), CLAIMS),
    "theta given": (lambda: glm("Days ~ Sex + Age", QUINE, NegativeBinomial(1.25)), QUINE),
    "theta": (lambda: glm_nb("Days ~ Sex / (Age + Eth)", QUINE), QUINE),
    "quasi": (lambda: glm("mpg ~ wt", CARS, Quasi("log", "mu^2")), CARS),
    "lm weighted": (lambda: lm("mpg ~ wt * factor(am)", CARS, weights="carb"), CARS),
    "null": (lambda: lm("mpg ~ 1", CARS), CARS),
    "empty": (lambda: glm("carb ~ 0", CARS, "poisson"), CARS),
    "quoted": (lambda: lm('`my var` ~ `a "b"`', NAMED), NAMED),
    "missing": (lambda: lm("Ozone ~ Wind + Temp", AIR), AIR),
}


@pytest.fixture(scope="module")
def pairs(tmp_path_factory):
    """Every model as fitted and as loaded, and its file."""
    folder, made = tmp_path_factory.mktemp("saved"), {}

    def pair(name):
        if name not in made:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                fit = MODELS[name][0]()
            path = folder / f"{name}.json"
            fit.save(path)
            made[name] = (fit, load(path), path)
        return made[name]

    return pair


def quiet(function):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return function()


@pytest.mark.parametrize("name", MODELS)
def test_prints_alike(pairs, name):
    fit, again, _ = pairs(name)
    assert str(again) == str(fit)
    assert str(quiet(again.summary)) == str(quiet(fit.summary))
    assert quiet(again.summary)._repr_html_() == quiet(fit.summary)._repr_html_()


@pytest.mark.parametrize("name", MODELS)
def test_values_and_tables_are_equal_to_the_last_bit(pairs, name):
    fit, again, _ = pairs(name)
    values = (
        "rank nobs deviance df_residual null_deviance df_null n_params aic bic dispersion n_iter converged"
    )
    for value in (*values.split(), "formula"):
        np.testing.assert_equal(getattr(again, value), getattr(fit, value), err_msg=value)
    assert again.coef.equals(fit.coef)
    assert again.vcov().equals(fit.vcov())
    assert again.confint(method="wald").equals(fit.confint(method="wald"))
    assert again.coef_test().table.equals(fit.coef_test().table)
    assert again.tidy().equals(fit.tidy())
    assert quiet(again.glance).equals(quiet(fit.glance))
    assert again.alias().table.equals(fit.alias().table)
    np.testing.assert_equal(again.extract_aic(), fit.extract_aic())
    ratios = {"method": "wald", "any_link": True}
    assert again.exp_coef(**ratios).table.equals(fit.exp_coef(**ratios).table)
    np.testing.assert_equal([AIC(again), BIC(again)], [AIC(fit), BIC(fit)])
    assert quiet(lambda: compare(again)).table.equals(quiet(lambda: compare(fit)).table)


@pytest.mark.parametrize("name", MODELS)
def test_predictions_are_equal_to_the_last_bit(pairs, name):
    fit, again, _ = pairs(name)
    data = MODELS[name][1].iloc[::3]
    asked = [{}, {"type": "link", "se_fit": True}, {"interval": "confidence", "level": 0.9}]
    asked += [{"type": "response", "se_fit": True}]
    for arguments in asked:
        expected = quiet(lambda arguments=arguments: fit.predict(data, **arguments))
        assert quiet(lambda arguments=arguments: again.predict(data, **arguments)).equals(expected), arguments
    terms = quiet(lambda: again.predict(data, type="terms"))
    assert terms.equals(quiet(lambda: fit.predict(data, type="terms")))
    assert terms.attrs == fit.predict(data, type="terms").attrs
    if hasattr(fit, "sigma"):
        intervals = quiet(lambda: again.predict(data, interval="prediction"))
        assert intervals.equals(quiet(lambda: fit.predict(data, interval="prediction")))


@pytest.mark.parametrize("name", MODELS)
def test_saving_again_writes_the_same_file(pairs, tmp_path, name):
    _, again, path = pairs(name)
    again.save(tmp_path / "again.json")
    assert (tmp_path / "again.json").read_bytes() == path.read_bytes()


@pytest.mark.parametrize("name", ["aliased", "aliased glm"])
def test_rows_that_break_a_dependence_are_still_warned_of(pairs, name):
    fit, again, _ = pairs(name)
    new = CARS.iloc[:3].assign(twice=0.0)
    texts = []
    for model in (fit, again):
        with pytest.warns(RankWarning) as caught:
            model.predict(new)
        texts.append([str(each.message) for each in caught])
    assert texts[0] == texts[1]


def test_hypotheses_and_limits_of_the_linear_model_work(pairs):
    fit, again, _ = pairs("dot")
    assert str(again.linear_hypothesis(["wt = hp"])) == str(fit.linear_hypothesis(["wt = hp"]))
    assert str(again.vif()) == str(fit.vif())
    assert (again.sigma, again.r_squared, again.adj_r_squared) == (
        fit.sigma,
        fit.r_squared,
        fit.adj_r_squared,
    )


def test_theta_is_kept(pairs):
    fit, again, _ = pairs("theta")
    kept = ("theta", "se_theta", "twologlik", "theta_note", "alternations")
    assert [getattr(again, name) for name in kept] == [getattr(fit, name) for name in kept]
    poisson = glm_nb_of_poisson_counts()
    assert np.isinf(poisson.theta)


def glm_nb_of_poisson_counts():
    counts = pd.DataFrame({"y": [2, 3, 2, 3, 2, 3, 2, 3], "x": [0, 1, 0, 1, 0, 1, 0, 1.0]})
    return quiet(lambda: glm_nb("y ~ x", counts))


def test_an_infinite_theta_is_kept(tmp_path):
    fit = glm_nb_of_poisson_counts()
    fit.save(tmp_path / "m.json")
    assert str(load(tmp_path / "m.json").summary()) == str(fit.summary())


def test_a_perfect_fit_still_warns(tmp_path):
    exact = lm("y ~ x", {"x": [1.0, 2, 3, 4, 5, 6, 7, 8, 9], "y": [2.0, 4, 6, 8, 10, 12, 14, 16, 18]})
    exact.save(tmp_path / "m.json")
    with pytest.warns(UserWarning, match="perfect fit"):
        load(tmp_path / "m.json").summary()


# ---- what a file does not hold ---------------------------------------------------------------------


def many(n=4000, p=50):
    generator = np.random.default_rng(7)
    data = pd.DataFrame(generator.normal(size=(n, p)), columns=[f"x{j}" for j in range(p)])
    return data.assign(y=generator.poisson(2.0, n) + generator.uniform(0.001, 0.999, n))


def test_the_file_is_small_and_holds_no_training_value(tmp_path):
    data = many()
    fit = glm(f"y ~ {' + '.join(data.columns[:-1])}", data, Gamma(link="log"))
    fit.save(tmp_path / "m.json")
    text = (tmp_path / "m.json").read_text()
    assert len(text) < 100_000
    numbers = set(json.loads(text.replace('"nan"', "null"), parse_float=str).__repr__().split("'"))
    values = {repr(value) for value in data.to_numpy().ravel().tolist()}
    assert not values & numbers
    rows = fit.rows
    derived = {repr(v) for each in (rows.mu, rows.eta) for v in each.tolist()}
    assert not derived & numbers


def test_size_does_not_grow_with_the_rows(tmp_path):
    sizes = []
    for n in (500, 8000):
        data = many(n, 5)
        lm("y ~ x0 + ns(x1, 3) + poly(x2, 2) + x3 * x4", data).save(tmp_path / "m.json")
        sizes.append((tmp_path / "m.json").stat().st_size)
    assert abs(sizes[1] - sizes[0]) < 200


def test_verbs_that_need_rows_say_so(pairs):
    _, again, _ = pairs("plain")
    calls = [
        lambda: anova(again), lambda: again.anova(), lambda: again.residuals(), lambda: again.hatvalues(),
        lambda: again.profile(), lambda: again.confint(), lambda: again.vcov("HC3"), lambda: again.drop1(),
        lambda: again.summary(vcov="HC0"), lambda: again.predict(), lambda: again.update(". ~ wool"),
        lambda: again.augment(), lambda: again.fitted, lambda: again.refit(), lambda: again.step(),
        lambda: again.predict(WARP, se_fit=True, vcov={"cluster": "wool"}), lambda: again.exp_coef(),
        lambda: again.relativities(),
        lambda: anova(pairs("plain")[0], again),
    ]  # fmt: skip
    for call in calls:
        with pytest.raises(
            FitError, match="needs the rows of the data, and this model was loaded from a file"
        ):
            call()
    with pytest.raises(AttributeError, match="no attribute 'smmary'"):
        _ = again.smmary
