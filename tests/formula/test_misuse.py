"""What the function table refuses, in which words, within which bounds; and what it warns of."""

from __future__ import annotations

import time
import warnings

import numpy as np
import pytest

from rglm.errors import DataError, FormulaError, FormulaWarning
from rglm.formula.evaluate import evaluate
from rglm.formula.functions import FUNCTIONS, LEARNERS, REFUSED
from rglm.formula.grammar import parse_expression
from rglm.formula.values import Factor, Numbers, Text, Value


def sample(n: int = 60) -> dict[str, Value]:
    rng = np.random.default_rng(8)
    y = rng.normal(size=n)
    y[::9] = np.nan
    s = np.array([["fig", "Apple", "pear", None][k] for k in rng.integers(0, 4, n)], dtype=object)
    return {
        "x": Numbers(rng.uniform(0.5, 8.5, n)),
        "y": Numbers(y),
        "w": Numbers(rng.integers(0, 5, n).astype(float)),
        "s": Text(s),
        "a": Factor(rng.integers(-1, 3, n).astype(np.intp), ("p", "q", "r")),
    }


@pytest.mark.parametrize("name", REFUSED)
def test_refused_functions_say_why(name, helpers):
    assert name not in FUNCTIONS
    assert name not in LEARNERS
    with pytest.raises(FormulaError, match=r"cannot be used in a formula: .{20}"):
        helpers.run(f"{name}(x)", sample())


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("lgo(x)", "Did you mean 'log'"),
        ("log(z)", "'z' is not in the data"),
        ("log(a)", "'a' is a factor"),
        ("log(s)", "'s' is text"),
        ("a + 1", "as.numeric"),
        ("log(x, base = 2, 3)", "too many arguments"),
        ("log(x, bsae = 2)", "Did you mean 'base'"),
        ("log()", "'x' is missing"),
        ("log(x, base = 2, base = 3)", "given twice"),
        ("a < 'q'", "no order"),
        ("x < 'q'", "no common order"),
        ("x && y", "row by row"),
        ("1 | a", "random effect"),
        ("!a", "TRUE and FALSE"),
        ("x %in% w", "must be constants"),
        ("I(a:s)", "interaction"),
        ("x + 1:60", "recycled"),
        ("c(x, w)", "end to end"),
        ("cbind(x, a)", "as.numeric"),
        ("matrix(x, ncol = 2)", "must be a whole number from 1 to 1"),
        ("ifelse(x > 1, a, 's')", "as.character"),
        ("ifelse(a, 1, 2)", "TRUE and FALSE"),
        ("nchar(a)", "as.character"),
        ("paste(s, collapse = '')", "joins rows"),
        ("findInterval(x, c(3, 1))", "increasing order"),
        ("factor(w, labels = c('a', 'b'))", "2 names for 5 levels"),
        ("factor(w, levels = c(1, 1))", "twice"),
        ("relevel(a, 'z')", "not a level"),
        ("relevel(a, 7)", "from 1 to 3"),
        ("relevel(w, 1)", "needs a factor"),
        ("relevel(ordered(s), 'fig')", "unordered"),
        ("droplevels(w)", "needs a factor"),
        ("interaction()", "no factors"),
        ("cut(x)", "'breaks' is missing"),
        ("cut(x, 1)", "from 2 to"),
        ("cut(x, c(1, 1, 2))", "twice"),
        ("cut(x, 3, labels = c('a', 'b'))", "2 names, but there are 3"),
        ("cut(a, 3)", "'a' is a factor"),
        ("cut(x, w)", "constant numbers"),
        ("scale(a)", "'a' is a factor"),
        ("scale(x, center = c(1, 2))", "one number a column"),
        ("scale(0 * x)", "does not vary"),
        ("mean(cbind(x, w)) + x", "not a matrix"),
        ("poly(w, 5)", "number of distinct values, 5"),
        ("poly(x, 0)", "from 1 to"),
        ("poly(x, 1.5)", "whole number"),
        ("poly(x, s)", "not numeric"),
        ("poly(x, degre = 2, dgree = 3)", "no argument 'degre'"),
        ("letters[0]", "from 1 to 26"),
        ("letters[27]", "from 1 to 26"),
        ("x + NULL", "cannot stand for a value"),
    ],
)
def test_misuse_is_refused_in_words(text, message, helpers):
    with pytest.raises(FormulaError, match=message):
        helpers.run(text, sample())


def test_poly_refuses_missing_values_unless_raw(helpers):
    with pytest.raises(DataError, match="missing values are not allowed in 'poly'"):
        helpers.run("poly(y, 2)", sample())
    assert np.isnan(helpers.run("poly(y, 2, raw = TRUE)", sample()).values).sum() == 14


@pytest.mark.parametrize(
    "text",
    [
        "x + mean(1:1e12)",
        "cut(x, 1:1e9)",
        "poly(x, 1e9)",
        "poly(x, 150)",
        "poly(x, w, degree = 100)",
        "matrix(0, 1e6, 1e6)",
        "cbind(x, matrix(0, 1e5, 1))",
        "bs(x, df = 1e9)",
        "ns(x, df = 1e15)",
        "bs(x, degree = 500)",
        "cut(x, 1e9)",
        "cut(x, seq(0, 1, 1e-9))",
        "cut(x, seq(0, 1, length.out = 1e9))",
        "C(a, contr.sum(1e9))",
        "C(a, contr.poly, 1e9)",
        "findInterval(x, 1:1e10)",
        "factor(w, levels = 1:1e8)",
        "bs(x, knots = 1:9000)",
        f"paste({', '.join(['s'] * 400)}, sep = '{'-' * 200}')",
    ],
)
def test_nothing_takes_unbounded_time_or_memory(text, helpers):
    begun = time.perf_counter()
    with pytest.raises(FormulaError):
        helpers.run(text, sample())
    assert time.perf_counter() - begun < 1.0


@pytest.mark.parametrize(
    "text", ["x * 2^1e308", "round(x, 1e9)", "round(x, -1e9)", "substr(s, 1, 1e300)", "1e308 * 1e308 + x"]
)
def test_extreme_numbers_are_harmless(text, helpers):
    helpers.run(text, sample())


def test_nan_from_numbers_warns_once_and_names_the_call(helpers):
    columns = {"x": Numbers(np.array([-1.0, 1.0, np.nan]))}
    node = parse_expression("log(x)")
    scope = helpers.scope_of(columns)
    with pytest.warns(FormulaWarning, match=r"NaNs produced in log\(x\): 1 value"):
        evaluate(node, scope)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        evaluate(node, scope)


def test_missing_values_in_give_no_warning(recwarn, helpers):
    helpers.run("sqrt(x) + log(x, 2) + round(x, 1)", {"x": [4.0, "NA"]})
    assert not recwarn.list
