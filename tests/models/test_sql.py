"""Scores made by a database are predictions, to 1e-12; what SQL cannot say is refused by name."""

import sqlite3
import sys
import warnings
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from rglm import (
    Binomial,
    FitError,
    Gamma,
    InverseGaussian,
    Link,
    Power,
    Tweedie,
    datasets,
    glm,
    glm_nb,
    lm,
    load,
)

sys.path.append(str(Path(__file__).parent))
from databases import Postgres, duckdb_scores, sqlite_scores

CARS = datasets.load("mtcars").reset_index(drop=True).assign(even=lambda d: d["carb"] % 2 == 0)
GAPS = CARS.assign(hp=CARS["hp"].where(CARS["hp"] > 60), size=np.where(CARS["wt"] > 3, "big", "small"))
WARP = datasets.load("warpbreaks")
CLAIMS = datasets.load("insurance")
QUINE = datasets.load("quine")
BUDWORM = datasets.load("budworm")
GEARS = pd.Categorical(CARS["gear"].map({3: "lo", 4: "mid", 5: "hi"}), ["lo", "mid", "hi"], ordered=True)
ORDERED = CARS.assign(o=GEARS)

LINEAR = {
    "no intercept": ("mpg ~ 0 + factor(cyl):wt + factor(am)", CARS),
    "numbers": ("mpg ~ wt * hp + I(qsec^2) + I(1/wt)", CARS),
    "poly": ("mpg ~ poly(hp, 5) * factor(am) + poly(wt, 2, raw = TRUE)", CARS),
    "spline ends": ("mpg ~ ns(wt, 3, intercept = TRUE) + bs(qsec, degree = 2, df = 4) - 1", CARS),
    "cut": ("mpg ~ cut(disp, 3) + cut(wt, c(0, 3, Inf), right = FALSE)", CARS),
    "cut codes": ("mpg ~ cut(wt, c(1, 2, 3, 6), labels = FALSE, include.lowest = TRUE)", CARS),
    "scale": ("mpg ~ scale(hp) + center(wt) + log(scale(qsec) + 5)", CARS),
    "remembered": ("mpg ~ I(hp - mean(hp)) + I(wt / max(wt)) + I(qsec > median(qsec))", CARS),
    "logicals": ("mpg ~ even * wt + I(am == 1 & vs == 0)", CARS),
    "logarithms": ("mpg ~ log(hp) + log2(wt) + log10(qsec) + log(drat, 3) + log1p(disp)", CARS),
    "exponentials": ("mpg ~ exp(-wt) + expm1(drat/10) + sqrt(hp) + abs(qsec - 18) + plogis(wt)", CARS),
    "waves": ("mpg ~ sin(wt) + cos(hp) + tan(drat) + sign(wt - 3) + floor(wt) + ceiling(drat)", CARS),
    "rounding": ("mpg ~ round(I(wt * 2)) + trunc(drat) + I(2 * round(hp / 2))", CARS),
    "powers": ("mpg ~ I(wt^-1) + I(hp^0.3) + I((drat - 3)^3) + I(2^wt) + I(-wt^drat)", CARS),
    "choices": ("mpg ~ pmin(hp, 150, disp) + pmax(wt, 3) + ifelse(wt > 3, hp, 0)", CARS),
    "text choices": ("mpg ~ ifelse(cyl == 4, 'few', 'many') + I(size == 'big')", GAPS),
    "steps": ("mpg ~ findInterval(qsec, c(16, 18, 20)) + I(gear %in% c(3, 5)) + is.na(hp)", GAPS),
    "recoded": ("mpg ~ relevel(factor(gear), ref = '4') + factor(cyl, labels = c('x', 'y', 'z'))", CARS),
    "joined": ("mpg ~ factor(gear, levels = 3:5, labels = c('a', 'b', 'b'))", CARS),
    "interaction()": ("mpg ~ interaction(am, vs) + ordered(cyl) + C(gear, contr.sum)", CARS),
    "codes": ("mpg ~ as.numeric(o) + I(o >= 'mid') + as.integer(wt) + as.numeric(even)", ORDERED),
    "bound": ("mpg ~ cbind(wt, hp):factor(am) + cbind(wt, hp)", CARS),
    "aliased": ("mpg ~ wt + I(2 * wt) + hp", CARS),
    "missing": ("mpg ~ hp + size", GAPS),
    "null": ("mpg ~ 1", CARS),
}

BY_LINK = {
    "factors": ("breaks ~ wool * tension", WARP, "poisson"),
    "splines": ("mpg ~ ns(hp, df = 4) + bs(wt, knots = c(2.5, 3.5)):factor(am)", CARS, Gamma(link="log")),
    "logit": ("am ~ wt + I(hp/100)", CARS, "binomial"),
    "probit": ("cbind(numdead, numalive) ~ sex * ldose", BUDWORM, Binomial("probit")),
    "cauchit": ("am ~ wt", CARS, Binomial("cauchit")),
    "cloglog": ("am ~ wt", CARS, Binomial("cloglog")),
    "loglog": ("am ~ wt", CARS, Binomial("loglog")),
    "inverse": ("mpg ~ wt", CARS, Gamma()),
    "1/mu^2": ("mpg ~ wt", CARS, InverseGaussian()),
    "sqrt": ("carb ~ wt", CARS, "poisson(sqrt)"),
    "power": ("mpg ~ wt", CARS, Gamma(link=Power(1 / 3))),
    "tweedie": ("Claims ~ Age", CLAIMS, Tweedie(1.5, link_power=0)),
}

OTHERS = {
    "contrasts": (lambda: lm("breaks ~ wool * tension", WARP, contrasts={"wool": "contr.sum"}), WARP),
    "exposure": (lambda: glm("Claims ~ District * Age", CLAIMS, "poisson", exposure="Holders"), CLAIMS),
    "offset": (
        lambda: glm("Claims ~ Age + offset(log(Holders))", CLAIMS, "poisson", offset="Holders/1e4"),
        CLAIMS,
    ),
    "constants": (lambda: lm("mpg ~ pmin(hp, cap) + I(wt * pi)", CARS, env={"cap": 150}), CARS),
    "theta": (lambda: glm_nb("Days ~ Sex / (Age + Eth)", QUINE), QUINE),
}

MODELS = {
    **{name: (partial(lm, formula, data), data) for name, (formula, data) in LINEAR.items()},
    **{name: (partial(glm, *call), call[1]) for name, call in BY_LINK.items()},
    **OTHERS,
}


@pytest.fixture(scope="session")
def postgres():
    server = Postgres()
    yield server
    server.stop()


@pytest.fixture
def scored(request):
    """How a dialect's database scores a table."""

    def score(dialect, fit, data, **arguments):
        query = fit.to_sql(dialect, table="t", **arguments)
        if dialect == "postgres":
            return request.getfixturevalue("postgres").scores(data, query)
        return (duckdb_scores if dialect == "duckdb" else sqlite_scores)(data, query)

    return score


def quiet(function):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return function()


def agree(found, expected, tolerance=1e-12):
    expected = np.asarray(expected, dtype=float)
    np.testing.assert_array_equal(np.isnan(found), np.isnan(expected))
    np.testing.assert_allclose(found, expected, rtol=tolerance, atol=1e-300)


DATABASES = ["duckdb", "sqlite", "postgres"]


@pytest.mark.parametrize("dialect", DATABASES)
@pytest.mark.parametrize("name", MODELS)
def test_scores_are_predictions(scored, name, dialect):
    make, data = MODELS[name]
    fit = quiet(make)
    for kind in ("link", "response"):
        agree(scored(dialect, fit, data, type=kind), quiet(lambda kind=kind: fit.predict(data, type=kind)))


@pytest.mark.parametrize("dialect", DATABASES)
def test_remainders(scored, dialect):
    fit = lm("mpg ~ I(hp %% 7) + I(hp %/% 10) + I((wt - 3) %% 0.7) + I((wt - 3) %% -0.7)", CARS)
    if dialect == "postgres":
        with pytest.raises(FitError, match=r"cannot write hp%%7: postgres has no remainder of doubles"):
            fit.to_sql(dialect)
        return
    agree(scored(dialect, fit, CARS), fit.predict(CARS))


@pytest.mark.parametrize("dialect", DATABASES)
@pytest.mark.parametrize(
    "name", ["poly", "splines", "spline ends", "cut", "probit", "logit", "cloglog", "loglog"]
)
def test_far_from_the_data_too(scored, name, dialect):
    make, data = MODELS[name]
    fit = quiet(make)
    numbers = [
        column
        for column in data.columns
        if data[column].dtype.kind in "fi" and column not in ("am", "numdead")
    ]
    for shift in (-3.0, 5.0):
        far = data.assign(**{column: data[column] + shift * data[column].std() for column in numbers})
        expected = quiet(lambda far=far: fit.predict(far, type="response"))
        agree(scored(dialect, fit, far), expected, 2e-12)


@pytest.mark.parametrize("dialect", DATABASES)
@pytest.mark.parametrize("link", ["logit", "probit", "cloglog", "loglog", "cauchit"])
def test_tails_of_probabilities(scored, link, dialect):
    fit = glm("y ~ x", {"y": [0, 1, 0, 1, 1, 0.0], "x": [-1, 1, 0.2, 0.5, 2, -2.0]}, Binomial(link))
    new = pd.DataFrame(
        {"x": (np.array([-30, -12, -5, -1, 0, 1, 4, 7.0]) - fit.coef.iloc[0]) / fit.coef.iloc[1]}
    )
    agree(scored(dialect, fit, new), fit.predict(new, type="response"))


@pytest.mark.parametrize("dialect", DATABASES)
def test_missing_values_and_unseen_levels_score_null(scored, dialect):
    fit = glm("breaks ~ wool + tension", WARP, "poisson")
    new = pd.DataFrame({"wool": ["A", None, "C", "B"], "tension": ["L", "M", "H", "X"]})
    expected = fit.predict(new, type="response", new_levels="nan")
    assert np.isnan(expected).tolist() == [False, True, True, True]
    agree(scored(dialect, fit, new), expected)


@pytest.mark.parametrize("dialect", DATABASES)
@pytest.mark.parametrize("family", ["Gamma(log)", "Gamma(inverse)", "gaussian"])
def test_what_is_not_finite_scores_null(scored, dialect, family):
    fit = quiet(lambda: glm("mpg ~ log(wt) + sqrt(hp) + I(1/disp)", CARS, family))
    new = pd.DataFrame(
        {"wt": [3.0, -1, 0, 3, 3], "hp": [100.0, 100, 100, -1, 100], "disp": [200.0, 200, 200, 200, 0]}
    )
    found = scored(dialect, fit, new)
    assert np.isnan(found).tolist() == [False, True, True, True, True]


@pytest.mark.parametrize("dialect", DATABASES)
def test_overflow_stops_no_query(scored, dialect):
    fit = glm("carb ~ wt", CARS, "poisson")
    new = pd.DataFrame({"wt": [3.0, 1e5, -1e5]})
    found = scored(dialect, fit, new)
    assert found[1] in (np.inf,)
    assert found[2] == 0.0
    binary = glm("am ~ wt", CARS, "binomial")
    np.testing.assert_array_equal(scored(dialect, binary, new)[1:], [0.0, 1.0])


# ---- names and text that are hostile ---------------------------------------------------------------

HOSTILE = [
    "'; DROP TABLE t; --", "\"; DROP TABLE t; --", "`; DROP TABLE t; --", "a'b''c", 'a"b""c', "a`b``c",
    "back\\slash", "\\'", "\\", "", " ", "NULL", "select", "%s {0} {x} $1 ?", "é ü 漢字 🚗",
    "tab\tnewline\nreturn", "/* comment", "--", "TRUE",
]  # fmt: skip


@pytest.mark.parametrize("dialect", DATABASES)
def test_hostile_levels(scored, dialect):
    data = pd.DataFrame({"a": HOSTILE * 2, "y": np.arange(2.0 * len(HOSTILE)) ** 2})
    fit = lm("y ~ a", data)
    agree(scored(dialect, fit, data), fit.predict(data))


@pytest.mark.parametrize("dialect", DATABASES)
@pytest.mark.parametrize("name", [name for name in HOSTILE if name])
def test_hostile_columns(scored, dialect, name):
    data = pd.DataFrame({name: [1.0, 2, 4, 3, 5], "y": [1.0, 3, 2, 5, 4]})
    fit = lm("y ~ .", data)
    agree(scored(dialect, fit, data), fit.predict(data))


def test_backslashes_are_safe_whatever_the_server_is_set_to():
    fit = lm("y ~ a", {"a": ["\\'; --", "b", "\\'; --", "b"], "y": [1.0, 2, 3, 4]})
    assert r"E'\\''; --'" in fit.to_sql("postgres")


@pytest.mark.parametrize("dialect", DATABASES)
def test_names_and_levels_with_nul_are_refused(dialect):
    levels = lm("y ~ a", {"a": ["x\0y", "b", "x\0y"], "y": [1.0, 2, 3]})
    with pytest.raises(FitError, match="no NUL in text"):
        levels.to_sql(dialect)
    columns = lm("y ~ .", {"a\0b": [1.0, 2, 3], "y": [1.0, 2, 4]})
    with pytest.raises(FitError, match="no NUL in them"):
        columns.to_sql(dialect)


def test_a_column_that_is_not_there_is_an_error_not_a_string():
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE t (other REAL)")
    with pytest.raises(sqlite3.OperationalError, match="no such column"):
        connection.execute(lm("mpg ~ wt", CARS).to_sql("sqlite", table="t"))


def test_text_where_numbers_were_fitted_scores_null(scored):
    found = scored("sqlite", lm("mpg ~ wt", CARS), pd.DataFrame({"wt": ["3.0", "heavy", None]}))
    assert np.isnan(found).all()


@pytest.mark.parametrize("dialect", DATABASES)
def test_whole_numbers_divide_as_numbers(scored, dialect):
    data = pd.DataFrame({"k": [1, 2, 3, 5, 8], "y": [1.0, 2, 2, 3, 5]})
    fit = lm("y ~ I(k / 2)", data)
    agree(scored(dialect, fit, data), fit.predict(data))


@pytest.mark.parametrize("dialect", ["duckdb", "sqlite"])
def test_many_terms_do_not_nest_too_deep(scored, dialect):
    generator = np.random.default_rng(3)
    data = pd.DataFrame(generator.normal(size=(1300, 1200)), columns=[f"x{j}" for j in range(1200)])
    data["y"] = generator.normal(size=1300)
    fit = lm("y ~ .", data)
    agree(
        scored(dialect, fit, data.iloc[:20]), fit.predict(data.iloc[:20]), 1e-9
    )  # sums of 1200 terms cancel


# ---- what is refused -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("formula", "message"),
    [
        ("mpg ~ nchar(size)", r"cannot write nchar\(size\): nchar\(\) has no counterpart"),
        ("mpg ~ substr(size, 1, 1)", r"cannot write substr\(size, 1, 1\)"),
        ("mpg ~ paste(size, cyl)", r"cannot write paste\(size, cyl\)"),
        ("mpg ~ round(wt, 1)", r"cannot write round\(wt, 1\): databases round decimals"),
        ("mpg ~ signif(wt, 2)", r"signif\(\) has no counterpart"),
        ("mpg ~ poly(wt, drat, degree = 2)", "polynomial of several variables"),
        ("mpg ~ poly(wt, 13)", "up to degree 12"),
        ("mpg ~ pmin(wt, drat, na.rm = TRUE)", "na.rm= skips missing values"),
        ("mpg ~ log(wt, drat)", "the base of its logarithm is a column"),
        ("mpg ~ I(size < 'm')", "compares text by order"),
        ("mpg ~ as.character(cyl)", "numbers are turned into text"),
        ("mpg ~ halve(wt)", r"cannot write halve\(wt\): 'halve' is a function from env="),
        ("mpg ~ I(halve(2) * wt)", r"cannot write halve\(2\)"),
        ("mpg ~ pnorm(wt)", r"pnorm\(\) has no counterpart"),
    ],
)
def test_terms_that_sql_cannot_say_are_refused_by_name(formula, message):
    fit = quiet(lambda: lm(formula, GAPS, env={"halve": lambda x: x / 2}))
    with pytest.raises(FitError, match=message):
        fit.to_sql()


def test_misuse():
    fit = lm("mpg ~ wt", CARS)
    with pytest.raises(FitError, match=r"dialect 'mysql' is not known.*'duckdb', 'sqlite' or 'postgres'"):
        fit.to_sql("mysql")
    with pytest.raises(FitError, match="prediction type 'terms'"):
        fit.to_sql(type="terms")
    array = glm("carb ~ wt", CARS, "poisson", offset=np.zeros(len(CARS)))
    with pytest.raises(FitError, match=r"offset=, which was an array.*naming a column"):
        array.to_sql()
    own = Link.from_functions("mine", np.positive, np.positive, np.ones_like)
    with pytest.raises(FitError, match=r"inverse of the mine link in duckdb.*type=\"link\""):
        glm("mpg ~ wt", CARS, Gamma(link=own)).to_sql()
    with pytest.raises(FitError, match="empty names"):
        fit.to_sql(table="")


# ---- with saved models -----------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["factors", "splines", "recoded", "exposure", "codes", "theta"])
def test_a_loaded_model_writes_the_same_text(tmp_path, name):
    fit = quiet(MODELS[name][0])
    fit.save(tmp_path / "m.json")
    for dialect in DATABASES:
        assert load(tmp_path / "m.json").to_sql(dialect) == fit.to_sql(dialect)


def test_the_expression_alone_stands_anywhere():
    duckdb = pytest.importorskip("duckdb")
    fit = lm("mpg ~ wt + factor(cyl)", CARS)
    connection = duckdb.connect()
    connection.register("cars", CARS)
    count = connection.execute(f"SELECT count(*) FROM cars WHERE {fit.to_sql()} > 20").fetchone()[0]
    assert count == (fit.predict(CARS) > 20).sum()
