"""Looking names up, learning in passes, levels never seen, the caller's own functions."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

from rglm.errors import FormulaError, FormulaWarning
from rglm.formula.evaluate import Scope, evaluate, finish, gather, learn, learners
from rglm.formula.factors import Coding
from rglm.formula.grammar import parse_expression
from rglm.formula.tree import Name
from rglm.formula.values import Factor, Logical, Numbers, Text

FIVE = {
    "x": [1.0, 2.0, 4.0, 8.0, 9.0],
    "s": ["u", "v", "u", None, "w"],
    "l": [True, False, True, True, False],
}


def numbers(value):
    assert isinstance(value, Numbers | Logical)
    return value.values.tolist()


# Names


def test_a_bare_name_is_the_column_itself():
    column = Numbers(np.arange(3.0))
    assert evaluate(Name("my var"), Scope({"my var": column}, 3)) is column


def test_the_data_come_before_env_and_env_before_constants(helpers):
    assert numbers(helpers.run("x + pi", FIVE))[0] == 1 + np.pi
    assert numbers(helpers.run("x + pi", FIVE, env={"pi": 3}))[0] == 4
    assert numbers(helpers.run("x + pi", {**FIVE, "pi": [10.0] * 5}, env={"pi": 3}))[0] == 11
    assert numbers(helpers.run("ifelse(T, x, F)", FIVE)) == FIVE["x"]


def test_an_unknown_name_is_an_error_with_the_nearest(helpers):
    with pytest.raises(FormulaError, match=r"'widht' is not in the data. Did you mean 'width'"):
        helpers.run("log(widht)", {"width": [1.0], "x": [2.0]})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("pi", "'pi' gives one constant value"),
        ("T", "one constant value"),
        ("mean(x)", "one constant value"),
        ("1:5", "5 values for 5 rows"),
        ("c(1, 2)", "2 values for 5 rows"),
        ("cbind(c(1, 2), 3)", "2 values for 5 rows"),
        ("letters[1:5]", "5 values for 5 rows"),
        ("NULL", "cannot stand for a value"),
        ("cap", "in env= is object"),
    ],
)
def test_a_variable_has_one_value_a_row(text, message, helpers):
    with pytest.raises(FormulaError, match=message):
        helpers.run(text, FIVE, env={"cap": object()})


@pytest.mark.parametrize(
    "text",
    [
        "`__import__`(x)",
        "eval(x)",
        "getattr(x, 's')",
        "open(s)",
        "print(x)",
        "exec(s)",
        "globals()",
        "np.load(s)",
        "x.values",
        "`__name__`",
        "np.pi",
        "print",
        "contr.sum",
    ],
)
def test_nothing_but_data_table_and_env_is_reachable(text, helpers):
    with pytest.raises(FormulaError, match=r"is not known|cannot be used|not in the data"):
        helpers.run(text, FIVE)


# Three-valued logic and comparison


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("p & q", [1, 0, np.nan, 0, 0, 0, np.nan, 0, np.nan]),
        ("p | q", [1, 1, 1, 1, 0, np.nan, 1, np.nan, np.nan]),
        ("!p", [0, 0, 0, 1, 1, 1, np.nan, np.nan, np.nan]),
        ("p == q", [1, 0, np.nan, 0, 1, np.nan, np.nan, np.nan, np.nan]),
        ("p + q", [2, 1, np.nan, 1, 0, np.nan, np.nan, np.nan, np.nan]),
    ],
)
def test_logic_has_three_values(text, expected, helpers):
    three = np.array([1.0, 0.0, np.nan])
    columns = {"p": Logical(np.repeat(three, 3)), "q": Logical(np.tile(three, 3))}
    np.testing.assert_array_equal(numbers(helpers.run(text, columns)), expected)


def test_missing_strings_and_levels_compare_as_missing(helpers):
    a = Factor(np.array([0, 1, -1, 2, 0]), ("u", "v", "w"))
    for text in ("s == 'u'", "s != 'u'", "s < 'v'", "a == 'u'", "a == s"):
        value = numbers(helpers.run(text, {**FIVE, "a": a}))
        at = 2 if text.startswith("a") else 3
        assert np.isnan(value[at]), text
    assert numbers(helpers.run("s %in% c('u', 'zz')", FIVE)) == [1, 0, 1, 0, 0]
    assert numbers(helpers.run("a == 'never'", {**FIVE, "a": a}))[0] == 0


def test_strings_compare_by_code_point(helpers):
    assert numbers(helpers.run("s < 'a'", {"s": ["Z", "a", "b", "é"]})) == [1, 0, 0, 0]
    assert helpers.run("factor(s)", {"s": ["é", "z", "Z", "a"]}).levels == ("Z", "a", "z", "é")


def test_an_ordered_factor_keeps_its_learned_order_at_predict(helpers):
    o = Factor(np.array([0, 1, 2, 1]), ("lo", "mid", "hi"), ordered=True)
    new = {"o": ["hi", "lo", "mid", "odd"]}
    assert numbers(helpers.run("o >= 'mid'", {"o": o})) == [0, 1, 1, 1]
    np.testing.assert_array_equal(numbers(helpers.run("o >= 'mid'", {"o": o}, new)), [1, 0, 1, np.nan])
    np.testing.assert_array_equal(numbers(helpers.run("as.numeric(o)", {"o": o}, new)), [3, 1, 2, np.nan])


# Learning


def test_learners_come_by_depth_innermost_first():
    node = parse_expression(
        "poly(log(scale(x)), 2) + mean(x) + cut(z, c(0, 1)) + as.numeric(as.character(w))"
    )
    first, second = learners(node)
    assert first == (parse_expression("scale(x)"), parse_expression("mean(x)"))
    assert second == (parse_expression("poly(log(scale(x)), 2)"),)
    assert learners(parse_expression("log(x) + sqrt(z)")) == ()


def test_a_call_that_has_not_learned_is_refused():
    with pytest.raises(FormulaError, match=r"'scale\(x\)' has not learned"):
        evaluate(parse_expression("scale(x)"), Scope({"x": Numbers(np.arange(3.0))}, 3))
    with pytest.raises(FormulaError, match="learns nothing"):
        gather(parse_expression("log(x)"), Scope({"x": Numbers(np.arange(3.0))}, 3))


@pytest.mark.parametrize(
    "text",
    [
        "log(scale(x) + 3)",
        "poly(log(x), 2)",
        "poly(scale(x), 2)",
        "ns(x - mean(x), df = 3)",
        "scale(scale(x)^2)",
        "factor(cut(x, 4))",
        "I((x - min(x)) / (max(x) - min(x)))",
        "bs(pmin(x, median(x)), df = 4)",
        "interaction(cut(x, 3), factor(round(x)))",
    ],
)
def test_nested_learners_are_remembered(text, helpers):
    x = np.random.default_rng(3).gamma(3, 2, 200) + 0.1
    whole = helpers.run(text, {"x": Numbers(x)})
    few = helpers.run(text, {"x": Numbers(x)}, {"x": Numbers(x[40:45])})
    if isinstance(whole, Factor):
        assert helpers.labels_of(few) == helpers.labels_of(whole)[40:45]
    else:
        np.testing.assert_allclose(few.values, whole.values[40:45], rtol=1e-12)
    node = parse_expression(text)
    learned = helpers.run_in_blocks(text, {"x": Numbers(x)}, 13)
    again = evaluate(node, Scope({"x": Numbers(x)}, 200, {}, learned))
    if isinstance(whole, Factor):
        assert helpers.labels_of(again) == helpers.labels_of(whole)
    else:
        np.testing.assert_allclose(again.values, whole.values, rtol=1e-10)


def test_long_streams_learn_polynomials_in_bounded_memory():
    rng = np.random.default_rng(5)
    x = np.concatenate([rng.normal(1000, 3, 30_000), rng.exponential(5, 30_000) + 900, np.full(5_000, 950.0)])
    node = parse_expression("poly(x, 4)")
    total = None
    for block in np.array_split(x, 13):
        sums = gather(node, Scope({"x": Numbers(block)}, len(block)))
        total = sums if total is None else total + sums
        if len(total.variables[0].parts) == 0:
            assert total.variables[0].triangle.factor.shape == (5, 5)
    assert total.variables[0].parts == ()
    learned = {node: finish(node, total)}
    values = evaluate(node, Scope({"x": Numbers(x)}, len(x), {}, learned)).values
    exact = evaluate(
        node, Scope({"x": Numbers(x)}, len(x), {}, learn(node, Scope({"x": Numbers(x)}, len(x))))
    ).values
    np.testing.assert_allclose(values.T @ values, np.eye(4), atol=1e-10)
    np.testing.assert_allclose(values, exact, atol=1e-11)


def test_learning_ignores_missing_rows(helpers):
    holes = {"x": Numbers(np.array([1.0, np.nan, 3.0, 5.0])), "s": ["b", None, "a", "b"]}
    np.testing.assert_array_equal(numbers(helpers.run("x - mean(x)", holes)), [-2, np.nan, 0, 2])
    assert helpers.run("factor(s)", holes).levels == ("a", "b")
    assert helpers.run("factor(x)", holes).codes.tolist() == [0, -1, 1, 2]


# Levels


@pytest.mark.parametrize(
    ("text", "levels"),
    [
        ("factor(s)", ("u", "v", "w")),
        ("as.factor(s)", ("u", "v", "w")),
        ("ordered(s)", ("u", "v", "w")),
        ("relevel(s, 'w')", ("w", "u", "v")),
        ("C(s, contr.sum)", ("u", "v", "w")),
        ("factor(s, labels = c('U', 'V', 'W'))", ("U", "V", "W")),
    ],
)
def test_levels_never_seen_come_after_the_learned_ones(text, levels, helpers):
    value = helpers.run(text, FIVE, {"s": ["zz", "w", "u", None, "q", "zz"]})
    assert value.levels == (*levels, "q", "zz")
    assert [code >= len(levels) for code in value.codes] == [True, False, False, False, True, True]
    assert helpers.labels_of(value)[1] == levels[[level.lower() for level in levels].index("w")]


def test_levels_in_words_are_closed(helpers):
    value = helpers.run("factor(s, levels = c('v', 'u'))", FIVE, {"s": ["zz", "u", "w"]})
    assert value.levels == ("v", "u")
    assert value.codes.tolist() == [-1, 1, -1]


def test_an_unseen_combination_is_an_unseen_level(helpers):
    columns = {"a": ["p", "q", "p"], "b": ["u", "u", "v"]}
    value = helpers.run("interaction(a, b, drop = TRUE)", columns, {"a": ["q", "p"], "b": ["v", "v"]})
    assert value.levels == ("p.u", "q.u", "p.v", "q.v")
    assert value.codes.tolist() == [3, 2]


def test_level_order_and_unused_levels_of_new_data_do_not_matter(helpers):
    old = {"a": Factor(np.array([0, 1, 2]), ("p", "q", "r"))}
    new = {"a": Factor(np.array([0, 3]), ("r", "x", "y", "p"))}
    for text in ("factor(a)", "as.factor(a)", "C(a)", "relevel(a, 'p')", "droplevels(a)"):
        value = helpers.run(text, old, new)
        assert value.levels == ("p", "q", "r"), text
        assert value.codes.tolist() == [2, 0], text
    assert numbers(helpers.run("as.numeric(a)", old, new)) == [3, 1]


def test_blocks_with_different_dictionaries_learn_one_set_of_levels():
    node = parse_expression("relevel(s, 'v')")
    blocks = [["b", "v"], ["a", "b"], [None, "c"]]
    sums = [gather(node, Scope({"s": Text(np.array(block, dtype=object))}, 2)) for block in blocks]
    assert finish(node, sums[0] + sums[1] + sums[2]).levels == ("v", "a", "b", "c")
    with pytest.raises(FormulaError, match="numeric in others"):
        sums[0] + gather(node, Scope({"s": Numbers(np.zeros(2))}, 2))


def test_text_read_as_codes_needs_no_strings():
    class Coded(Text):
        __slots__ = ("codes", "levels")

        def __init__(self, codes, levels):
            object.__setattr__(self, "codes", codes)
            object.__setattr__(self, "levels", levels)

        @property
        def values(self):
            raise AssertionError("the strings were spelled out")

    scope = Scope({"s": Coded(np.array([0, 2, -1]), ("a", "b", "c"))}, 3)
    node = parse_expression("factor(s)")
    learned = learn(node, scope)
    assert learned[node] == Coding(("a", "c"), ("a", "c"), ("a", "c"))
    assert evaluate(node, Scope(scope.columns, 3, {}, learned)).codes.tolist() == [0, 1, -1]
    np.testing.assert_array_equal(evaluate(parse_expression("s == 'c'"), scope).values, [0, 1, np.nan])
    assert evaluate(parse_expression("toupper(s)"), scope).values.tolist() == ["A", "C", None]


# The caller's functions and constants


def test_functions_from_env(helpers):
    def clip(x, low, high=9.0):
        assert isinstance(low, float)
        return np.clip(x, low, high)

    env = {
        "clip": clip,
        "cap": 4,
        "name": "u",
        "cuts": [0, 3, 10],
        "spell": lambda s: np.array([f"<{t}>" for t in s]),
    }
    assert numbers(helpers.run("clip(x, 2, high = cap)", FIVE, env=env)) == [2, 2, 4, 4, 4]
    assert numbers(helpers.run("s == name", FIVE, env=env))[:2] == [1, 0]
    assert helpers.run("cut(x, cuts)", FIVE, env=env).levels == ("(0,3]", "(3,10]")
    assert helpers.run("factor(spell(s))", FIVE, env=env).levels[0] == "<None>"
    assert isinstance(helpers.run("big(x)", FIVE, env={"big": lambda x: x > 3}), Logical)
    assert numbers(helpers.run("scale(clip(x, 2), scale = FALSE)", FIVE, env=env))[0] == -3


@pytest.mark.parametrize(
    ("env", "message"),
    [
        ({"f": lambda x: x[:2]}, "returned shape"),
        ({"f": lambda x: {"a": 1}}, "must return numbers"),
        ({"f": lambda x: 1 / 0}, "raised ZeroDivisionError"),
        ({"f": lambda: 1}, "raised TypeError"),
        ({"f": 3}, "not known"),
        ({"g": len}, "Did you mean|not known"),
    ],
)
def test_a_function_from_env_that_fails(env, message, helpers):
    with pytest.raises(FormulaError, match=message):
        helpers.run("f(x)", FIVE, env=env)


def test_env_cannot_redefine_the_table(helpers):
    with pytest.raises(FormulaError, match="redefines 'log'"):
        helpers.run("log(x)", FIVE, env={"log": np.log10})


def test_a_refused_function_can_be_given(helpers):
    assert numbers(helpers.run("sum(x)", {"x": [1.0, 2.0]}, env={"sum": lambda x: x * 2})) == [2, 4]


def test_warned_texts_are_shared_between_scopes():
    warned: set[str] = set()
    node = parse_expression("sqrt(x)")
    columns = {"x": Numbers(np.array([-1.0]))}
    with pytest.warns(FormulaWarning):
        evaluate(node, Scope(columns, 1, warned=warned))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        evaluate(node, Scope(columns, 1, warned=warned))
