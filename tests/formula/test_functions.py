"""Every function of the table against R's answers, and the laws all of them keep."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rglm.errors import DataError, FormulaError
from rglm.formula.arithmetic import round_to
from rglm.formula.evaluate import Scope, evaluate, learn
from rglm.formula.functions import FUNCTIONS, LEARNERS
from rglm.formula.grammar import parse_expression
from rglm.formula.operators import modulo, quotient
from rglm.formula.values import Factor, Logical, Numbers, Text, Value
from rglm.formula.vectors import factor, number_labels

pytestmark = pytest.mark.filterwarnings("ignore::rglm.errors.FormulaWarning")


def rows(stored: dict[str, Any], helpers: Any) -> np.ndarray:
    return np.array([helpers.as_floats(row) for row in stored["values"]])


def as_matrix(value: Value) -> np.ndarray:
    assert isinstance(value, Numbers | Logical)
    return value.values.reshape(len(value.values), -1)


def test_row_local_functions_equal_r(answers, train, helpers):
    for case in answers["local"]:
        value = helpers.run(case["text"], train)
        expected = rows(case["value"], helpers)
        assert as_matrix(value).shape == expected.shape, case["text"]
        np.testing.assert_allclose(as_matrix(value), expected, rtol=1e-13, atol=1e-13, err_msg=case["text"])
        names = value.names if isinstance(value, Numbers) else None
        assert names == (None if case["value"]["names"] is None else tuple(case["value"]["names"])), case[
            "text"
        ]


def test_remembered_transforms_equal_r_at_fit_and_predict(answers, train, fresh, helpers):
    for case in answers["numeric"]:
        for key, new in (("fit", None), ("predict", fresh)):
            value = helpers.run(case["text"], train, new)
            expected = rows(case[key], helpers)
            scale = max(1.0, float(np.nanmax(np.abs(expected))))
            assert as_matrix(value).shape == expected.shape, case["text"]
            np.testing.assert_allclose(
                as_matrix(value), expected, rtol=0, atol=1e-12 * scale, err_msg=f"{case['text']} {key}"
            )
            stored = case[key]["names"]
            assert value.names == (None if stored is None else tuple(stored)), case["text"]


def test_factors_equal_r(answers, train, helpers):
    for case in answers["factors"]:
        value = factor(helpers.run(case["text"], train))
        codes = [-1 if code == "NA" else code - 1 for code in case["codes"]]
        assert list(value.levels) == case["levels"], case["text"]
        assert value.codes.tolist() == codes, case["text"]
        assert value.ordered == case["ordered"], case["text"]


def test_rounding_equals_r(answers, helpers):
    values = helpers.as_floats(answers["round"]["values"])
    for case in answers["round"]["answers"]:
        rounded = round_to(values, np.array([float(case["digits"])]))
        np.testing.assert_array_equal(rounded, helpers.as_floats(case["value"]), err_msg=str(case["digits"]))


def test_modulo_equals_r(answers, helpers):
    stored = {name: helpers.as_floats(listed) for name, listed in answers["modulo"].items()}
    np.testing.assert_allclose(modulo(stored["x"], stored["y"]), stored["remainder"], atol=1e-13)
    np.testing.assert_array_equal(quotient(stored["x"], stored["y"]), stored["quotient"])


def test_number_labels_equal_r(answers, helpers):
    assert number_labels(helpers.as_floats(answers["labels"]["values"])) == answers["labels"]["text"]
    assert number_labels(np.array([-0.0, np.inf, -np.inf])) == ["0", "Inf", "-Inf"]


# Laws over the whole table: a call for every function

CALLS = {
    "log": "log(x, 2)",
    "round": "round(x, 1)",
    "signif": "signif(x, 2)",
    "pmin": "pmin(x, w)",
    "pmax": "pmax(x, 2, w)",
    "ifelse": "ifelse(w > 2, x, 0)",
    "findInterval": "findInterval(x, c(1, 2))",
    "[": "factor(a, levels = letters[16:18])",
    "c": "c(x)",
    "seq": "cut(x, seq(0, 9, 3))",
    "cbind": "cbind(x, w)",
    "matrix": "matrix(x)",
    "nchar": "nchar(s)",
    "as.character": "as.character(w)",
    "substr": "substr(s, 1, 2)",
    "tolower": "tolower(s)",
    "toupper": "toupper(s)",
    "paste": "paste(a, s)",
    "paste0": "paste0(s, w)",
    "plogis": "plogis(x)",
    "qlogis": "qlogis(x / 10)",
    "pnorm": "pnorm(x, 1)",
    "{": "{x}",
    "I": "I(x^2)",
    "is.na": "is.na(y)",
    "cut": "cut(x, 3)",
    "poly": "poly(x, w, degree = 2)",
    "bs": "bs(x, df = 5)",
    "ns": "ns(x, df = 3)",
    "factor": "factor(w)",
    "ordered": "ordered(s)",
    "as.factor": "as.factor(s)",
    "as.ordered": "as.ordered(w)",
    "droplevels": "droplevels(a)",
    "relevel": "relevel(a, 'r')",
    "C": "C(a, contr.sum)",
    "interaction": "interaction(a, s)",
    "as.numeric": "as.numeric(a)",
    "as.integer": "as.integer(x)",
    "scale": "scale(cbind(x, y))",
    "center": "center(x)",
    "mean": "x - mean(y)",
    "sd": "x / sd(y)",
    "min": "x - min(y)",
    "max": "x - max(y)",
    "median": "x - median(y)",
}


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


def call_of(name: str) -> str:
    return CALLS.get(name, f"{name}(x)")


def same(one: Value, two: Value, helpers: Any) -> None:
    if isinstance(one, Factor):
        assert helpers.labels_of(one) == helpers.labels_of(two)
    elif isinstance(one, Text):
        assert one.values.tolist() == two.values.tolist()
    else:
        np.testing.assert_allclose(two.values, one.values, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("name", [*FUNCTIONS, *LEARNERS])
def test_a_row_means_the_same_alone_and_among_others(name, helpers):
    columns = sample()
    node = parse_expression(call_of(name))
    learned = learn(node, helpers.scope_of(columns))
    whole = evaluate(node, helpers.scope_of(columns, learned=learned))
    for part in (slice(17, 18), slice(30, 50), np.arange(59, -1, -1)):
        some = {key: helpers.rows_of(value, part) for key, value in columns.items()}
        same(helpers.rows_of(whole, part), evaluate(node, helpers.scope_of(some, learned=learned)), helpers)


@pytest.mark.parametrize("name", LEARNERS)
def test_blocks_learn_what_all_rows_learn(name, helpers):
    columns = sample()
    node = parse_expression(call_of(name))
    expected = evaluate(node, helpers.scope_of(columns, learned=learn(node, helpers.scope_of(columns))))
    for size in (1, 7, 59):
        learned = helpers.run_in_blocks(call_of(name), columns, size)
        same(expected, evaluate(node, helpers.scope_of(columns, learned=learned)), helpers)


@pytest.mark.parametrize("name", LEARNERS)
def test_what_is_learned_pickles_and_is_small(name, helpers):
    columns = {key: helpers.rows_of(value, np.tile(np.arange(60), 40)) for key, value in sample().items()}
    node = parse_expression(call_of(name))
    learned = learn(node, helpers.scope_of(columns))
    assert len(pickle.dumps(learned)) < 3000
    again = pickle.loads(pickle.dumps(learned))
    assert again == learned
    same(
        evaluate(node, helpers.scope_of(columns, learned=learned)),
        evaluate(node, helpers.scope_of(columns, learned=again)),
        helpers,
    )


@pytest.mark.parametrize("prefix", ["stats::", "splines::"])
def test_package_prefixes_are_understood(prefix, helpers):
    same(helpers.run("poly(x, 2)", sample()), helpers.run(f"{prefix}poly(x, 2)", sample()), helpers)


@pytest.mark.parametrize(
    ("python", "r"),
    [
        ("np.log(x)", "log(x)"),
        ("numpy.maximum(x, w)", "pmax(x, w)"),
        ("np.where(w > 2, x, 0)", "ifelse(w > 2, x, 0)"),
        ("np.round(x, 1)", "round(x, 1)"),
        ("np.ceil(x)", "ceiling(x)"),
        ("x**2", "x^2"),
        ("scale(x, center=False)", "scale(x, center=FALSE)"),
    ],
)
def test_python_habits(python, r, helpers):
    same(helpers.run(r, sample()), helpers.run(python, sample()), helpers)


# Any expression either has one value a row or is refused

ATOMS = st.sampled_from(
    [
        "x",
        "y",
        "w",
        "s",
        "a",
        "1",
        "0.5",
        "2L",
        "'p'",
        "TRUE",
        "NA",
        "NULL",
        "Inf",
        "c(1, 2)",
        "1:3",
        "LETTERS",
        "contr.sum",
    ]
)
NAMED = st.sampled_from(
    [
        "df = 3",
        "degree = 2",
        "levels = c('p', 'q')",
        "breaks = 3",
        "labels = 'z'",
        "raw = TRUE",
        "sep = '-'",
        "base = 2",
    ]
)


def calls(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    names = st.sampled_from([name for name in (*FUNCTIONS, *LEARNERS) if name[0] not in "[{"])
    operators = st.sampled_from(
        ["+", "-", "*", "/", "^", "%%", "%/%", "==", "<", ">=", "&", "|", ":", "%in%"]
    )
    call = st.builds(
        lambda name, args: f"{name}({', '.join(args)})", names, st.lists(inner, min_size=1, max_size=3)
    )
    named = st.builds(lambda name, arg, more: f"{name}({arg}, {more})", names, inner, NAMED)
    pair = st.builds(lambda op, one, two: f"({one} {op} {two})", operators, inner, inner)
    return call | named | pair


def first_rows(n: int) -> dict[str, Value]:
    kept: dict[str, Value] = {}
    for name, value in sample().items():
        if isinstance(value, Factor):
            kept[name] = Factor(value.codes[:n], value.levels)
        else:
            kept[name] = type(value)(value.values[:n])
    return kept


def value_or_refusal(text: str, columns: dict[str, Value], n: int) -> Value | str:
    try:
        node = parse_expression(text)
        learned = learn(node, Scope(columns, n))
        pickle.dumps(learned)
        return evaluate(node, Scope(columns, n, {}, learned))
    except (FormulaError, DataError) as error:
        return str(error)


@settings(max_examples=400, deadline=None)
@given(text=st.recursive(ATOMS, calls, max_leaves=6), n=st.sampled_from([1, 2, 25]))
def test_any_expression_has_one_value_a_row_or_is_refused(text, n):
    value = value_or_refusal(text, first_rows(n), n)
    if isinstance(value, str):
        assert value[-1] in ".?^"
        return
    if isinstance(value, Factor):
        assert value.codes.shape == (n,)
        assert -1 <= value.codes.min() <= value.codes.max() < len(value.levels)
        assert len(set(value.levels)) == len(value.levels)
    else:
        assert len(value.values) == n
        assert value.values.dtype == (object if isinstance(value, Text) else float)
