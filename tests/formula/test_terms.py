"""Terms, codings and update, against what R answers for 1,514 formulas."""

import json
import pickle
import warnings
from pathlib import Path

import pytest

from rglm.errors import FormulaError, FormulaWarning
from rglm.formula.grammar import parse, parse_expression
from rglm.formula.terms import codings, expand_dot, terms, update
from rglm.formula.tree import Name

HERE = Path(__file__).parent
CASES = json.loads((HERE / "term_cases.json").read_text(encoding="utf-8"))
BY_ID = {case["id"]: case for case in CASES}
AGAINST_R = json.loads((HERE.parent / "against_r" / "update_formula.json").read_text(encoding="utf-8"))

COLUMNS = "y x z w a b c s o l n succ fail k1 one ynn|my var|x.y g u".replace(" ", "|").replace(
    "my|var", "my var"
)
COLUMNS = tuple(COLUMNS.split("|"))
LEVELS = {"a": 3, "b": 2, "c": 3, "o": 4, "s": 4, "g": 3, "u": 3, "l": 2}

REFUSED_BY_NAME = {
    "h_tr117": "the pipe",
    "h_tr118": "d$x",
    "h_tr119": "indexing a variable",
    "h_e122": "a closure",
    "h_e123": "if",
}
RESPONSE_DROPPED = {"h_tr100": ["x"], "h_tr101": []}  # R keeps a label without columns
REFUSED_FROM_DATA = {
    "h_tr048": "arguments of contr.treatment",
    "h_tr062": "one level",
    "h_tr105": "length of pi",
    "h_tr106": "a function as variable",
    "h_tr107": "unknown name",
    "h_tr115": "unknown function",
    "h_e011": "kind of C()'s argument",
    "h_e014": "kind of C()'s argument",
    "h_e015": "kind of C()'s argument",
    "h_e084": "length of T",
    "h_e101": "R's C locale reads no é; here it is a name, and unknown",
    "h_e103": "unknown name",
    "h_e113": "kind of the offset",
    "h_e115": "unknown function",
    "h_e116": "one level",
    "h_e117": "unknown name",
    "h_e118": "unknown name",
    "h_e130": "unknown function",
    "h_e131": "unknown function",
    "h_e132": "unknown function",
    "h_e133": "length of mean(x)",
    "h_e134": "unknown function",
}


def quietly(text, columns=COLUMNS, **more):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FormulaWarning)
        return terms(parse(text), columns, **more)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_labels_are_those_of_r(case):
    refused_here = case["id"] in REFUSED_BY_NAME
    refused_by_r = "error" in case and case["id"] not in REFUSED_FROM_DATA
    if refused_here or refused_by_r:
        with pytest.raises(FormulaError):
            quietly(case["formula"])
        return
    found = quietly(case["formula"])
    if "error" not in case:
        assert list(found.labels) == RESPONSE_DROPPED.get(case["id"], case["labels"])
        assert found.intercept == (case["widths"][0] == 1)


def test_the_lists_of_exceptions_hold_nothing_else():
    assert all("error" not in BY_ID[name] for name in [*REFUSED_BY_NAME, *RESPONSE_DROPPED])
    assert all("error" in BY_ID[name] for name in REFUSED_FROM_DATA)


def width(kind, levels):
    return {"numeric": 1, "contrast": levels - 1, "indicator": levels}[kind]


GENERATED = [case for case in CASES if case["id"][:2] in ("a_", "b_") and "labels" in case]
BY_HAND = [
    case
    for case in CASES
    if case["id"].startswith("h_")
    and "labels" in case
    and set(":".join(case["labels"]).split(":")) <= {*"abcoslgu", *"xzwn"}
]


@pytest.mark.parametrize("case", GENERATED + BY_HAND, ids=lambda case: case["id"])
def test_codings_give_the_columns_of_r(case):
    found = quietly(case["formula"])
    levels = [LEVELS.get(getattr(node, "id", "")) for node in found.variables]
    coded = codings(found, [count is not None for count in levels])
    widths = []
    for term, kinds in zip(found.terms, coded, strict=True):
        columns = 1
        for variable, kind in zip(term, kinds, strict=True):
            assert (kind == "numeric") == (levels[variable] is None)
            columns *= width(kind, levels[variable] or 0)
        widths.append(columns)
    assert [int(found.intercept), *widths] == case["widths"]


def test_most_cases_check_codings():
    assert len(GENERATED) > 1000
    assert len(BY_HAND) > 80


@pytest.mark.parametrize(
    ("formula", "factors", "coded"),
    [
        ("y ~ a*b", "ab", [("contrast",), ("contrast",), ("contrast", "contrast")]),
        ("y ~ a:b", "ab", [("indicator", "indicator")]),
        ("y ~ a + a:b", "ab", [("contrast",), ("indicator", "contrast")]),
        ("y ~ x:a", "a", [("numeric", "indicator")]),
        ("y ~ x + x:a", "a", [("numeric",), ("numeric", "contrast")]),
        ("y ~ b:x + a:b", "ab", [("indicator", "numeric"), ("indicator", "contrast")]),
        ("y ~ 0 + a + b", "ab", [("indicator",), ("contrast",)]),
        ("y ~ 0 + x + a:b", "ab", [("numeric",), ("indicator", "indicator")]),
        ("y ~ 0 + x + x:a", "a", [("numeric",), ("numeric", "indicator")]),
        ("y ~ 0 + x", "", [("numeric",)]),
    ],
)
def test_codings_in_words(formula, factors, coded):
    found = terms(parse(formula))
    assert list(codings(found, [getattr(node, "id", "") in factors for node in found.variables])) == coded


@pytest.mark.parametrize("case", AGAINST_R["formulas"], ids=lambda case: case["formula"][:60])
def test_labels_and_intercept_of_odd_formulas(case):
    found = quietly(case["formula"], ())
    assert list(found.labels) == [label for label in case["labels"] if label != "y"]
    assert found.intercept == case["intercept"]


def test_terms_are_indices_into_the_variables():
    found = terms(parse("log(y) ~ a*x + offset(log(n)) + z - x"), ())
    assert [*map(str, found.labels)] == ["a", "z", "a:x"]
    assert found.response == parse_expression("log(y)")
    assert found.variables == tuple(map(parse_expression, ["log(y)", "a", "x", "z", "log(n)"]))
    assert found.terms == ((1,), (3,), (1, 2))
    assert found.offsets == (parse_expression("log(n)"),)
    assert found.intercept
    assert not found.dotted


def test_variables_of_removed_terms_stay():
    assert terms(parse("y ~ x - z - a:b")).variables == tuple(map(Name, "yxzab"))


@pytest.mark.parametrize(
    ("formula", "labels", "offsets"),
    [
        ("y ~ x + offset(z)", ["x"], ["z"]),
        ("y ~ offset(z):a + x", ["x"], ["z"]),
        ("y ~ offset(z)*a", ["a"], ["z"]),
        ("y ~ x - offset(z)", ["x"], ["z"]),
        ("y ~ offset(z) + offset(log(n)) + offset(z)", [], ["z", "log(n)"]),
        ("y ~ offset(z) + x + z:x", ["x", "x:z"], ["z"]),
    ],
)
def test_offsets(formula, labels, offsets):
    found = terms(parse(formula))
    assert list(found.labels) == labels
    assert list(found.offsets) == [parse_expression(text) for text in offsets]
    assert set(found.offsets) <= set(found.variables)


@pytest.mark.parametrize("formula", ["y ~ offset()", "y ~ offset(x, z)", "y ~ stats::offset(x)"])
def test_an_offset_has_one_argument(formula):
    with pytest.raises(FormulaError, match=r"offset\(x\)"):
        terms(parse(formula))


@pytest.mark.parametrize(
    ("formula", "labels"),
    [
        ("y ~ .", ["x", "n", "my var"]),
        ("log(y / n) ~ .", ["x", "my var"]),
        ("y ~ . - x", ["n", "my var"]),
        ("y ~ .^2", ["x", "n", "my var", "x:n", "x:my var", "n:my var"]),
        ("y ~ .:x", ["x", "x:n", "x:my var"]),
        ("y ~ log(n) + .", ["log(n)", "x", "n", "my var"]),
        ("y ~ . + offset(n)", ["x", "n", "my var"]),
        ("~ .", ["y", "x", "n", "my var"]),
        ("y ~ 0 + (.)", ["x", "n", "my var"]),
    ],
)
def test_a_dot_is_every_column_the_response_does_not_use(formula, labels):
    found = terms(parse(formula), ["y", "x", "n", "my var"])
    assert [label.replace("`", "") for label in found.labels] == labels
    assert found.dotted


def test_a_dot_leaves_out_what_is_excluded():
    assert terms(parse("y ~ ."), ["y", "x", "w", "z"], exclude={"w"}).labels == ("x", "z")
    assert terms(parse("y ~ . + w"), ["y", "x", "w", "z"], exclude={"w"}).labels == ("x", "z", "w")
    assert terms(parse("y ~ ."), ["y"]).labels == ()


@pytest.mark.parametrize("formula", ["y ~ log(.)", ". ~ x", "y ~ x + I(. + 1)", "log(.) ~ x", "y ~ . > 1"])
def test_a_dot_inside_an_expression_is_refused(formula):
    with pytest.raises(FormulaError, match="name the"):
        terms(parse(formula), ["y", "x"])


def test_a_dot_without_data_is_refused():
    with pytest.raises(FormulaError, match="no data"):
        terms(parse("y ~ ."))


@pytest.mark.parametrize(
    ("formula", "says"),
    [
        ("y ~ 2*x", "I(2 * x)"),
        ("y ~ x + 3", "intercept"),
        ("y ~ 'x'", "without quotes"),
        ("y ~ NA", "NA is not a variable"),
        ("y ~ (a + b)^1", "whole number from 2"),
        ("y ~ (a + b)^2.5", "whole number from 2"),
        ("y ~ (a + b)^(1 + 1)", "whole number from 2"),
        ("y ~ a^b", "whole number from 2"),
        ("1 ~ x", "response"),
        ("NULL ~ x", "response"),
        ("'y' ~ x", "response"),
    ],
)
def test_refusals_show_where(formula, says):
    with pytest.raises(FormulaError) as refused:
        terms(parse(formula))
    message, line, mark = str(refused.value).split("\n")
    assert says in message
    assert line.strip() == formula
    assert "^" in mark


@pytest.mark.parametrize(
    ("formula", "says"),
    [
        ("y ~ x + y", "the response y appeared on the right-hand side and was dropped"),
        ("log(y) ~ log(y) + x", "the response log(y) appeared"),
        ("y ~ x^2", "x^2 in a formula is x; write I(x^2) or poly(x, 2)"),
        ("y ~ (x)^3", "x^3 in a formula is x; write I(x^3) or poly(x, 3)"),
        ("y ~ `my var`**2", "`my var`^2 in a formula is `my var`; write I(`my var`^2)"),
    ],
)
def test_what_is_legal_but_hardly_meant_warns_every_time(formula, says):
    for _ in range(2):
        with pytest.warns(FormulaWarning) as caught:
            terms(parse(formula))
        assert [says in str(one.message) for one in caught] == [True]


@pytest.mark.parametrize(
    "formula", ["y ~ (a + b)^2", "y ~ I(x^2)", "y ~ (a:b)^2", "log(y) ~ y", "y ~ y:x", "y^2 ~ x"]
)
def test_what_is_meant_does_not_warn(formula):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        terms(parse(formula))


def test_a_number_marked_l_makes_no_second_variable():
    assert terms(parse("y ~ I(2L*x) + I(2*x)")).labels == ("I(2 * x)",)


def test_terms_are_cached_and_pickle():
    formula = parse("y ~ a*x + offset(log(n))")
    found = terms(formula)
    assert terms(parse("y~a*x+offset(log(n))")) is found
    assert pickle.loads(pickle.dumps(found)) == found


@pytest.mark.parametrize("case", AGAINST_R["updates"], ids=lambda case: f"{case['old']} | {case['new']}")
def test_update_prints_as_r_prints_it(case):
    updated = update(parse(case["old"]), case["new"])
    assert str(updated) == case["printed"]
    assert updated.text == case["printed"]
    assert update(parse(case["old"]), parse(case["new"])) is updated


@pytest.mark.parametrize(
    ("old", "new", "result"),
    [
        (
            "y ~ (x > 5):z",
            ". ~ . + w",
            "y ~ w + (x > 5):z",
        ),  # R drops the parentheses and so changes the model
        ("y ~ x > 5", ". ~ . + w", "y ~ (x > 5) + w"),
        ("y ~ x > 5", "log(.) ~ .", "log(y) ~ x > 5"),
        ("y ~ !l", ". ~ . - 1", "y ~ (!l) - 1"),
        ("y ~ (x %% 2):a", ". ~ . + z", "y ~ z + (x%%2):a"),
        ("y ~ .", ". ~ . - x", "y ~ . - x"),
        ("y ~ .", "log(.) ~ .^2", "log(y) ~ .^2"),
        ("~ x", ". ~ . + z", "~x + z"),
    ],
)
def test_update_where_r_loses_the_meaning_or_refuses(old, new, result):
    assert str(update(parse(old), new)) == result


def sets_of_variables(found):
    return {frozenset(found.variables[i] for i in term) for term in found.terms}


def test_updating_keeps_the_terms():
    for case in CASES[::7]:
        if "labels" in case and case["id"] not in REFUSED_BY_NAME and "." not in case["formula"]:
            old = quietly(case["formula"])
            again = quietly(str(update(parse(case["formula"]), ". ~ .")))
            assert sets_of_variables(again) == sets_of_variables(old)
            assert again.intercept == old.intercept
            assert set(again.offsets) == set(old.offsets)


@pytest.mark.parametrize(
    ("old", "new"), [("y ~ x", "x"), ("y ~ x", 3), ("~ x", "log(.) ~ ."), ("y ~ x", ". ~ . +")]
)
def test_update_refuses(old, new):
    with pytest.raises(FormulaError):
        update(parse(old), new)


@pytest.mark.parametrize(
    ("formula", "written"),
    [
        ("y ~ .", "y ~ x + z + `my v`"),
        ("y ~ .^2", "y ~ (x + z + `my v`)^2"),
        ("y ~ . - x", "y ~ (x + z + `my v`) - x"),
        ("y ~ (.) + x", "y ~ (x + z + `my v`) + x"),
        ("log(y + x) ~ .", "log(y + x) ~ z + `my v`"),
        ("y ~ x", "y ~ x"),
    ],
)
def test_the_dot_written_out(formula, written):
    assert str(expand_dot(parse(formula), ["y", "x", "z", "my v"])) == written
    assert str(expand_dot(parse("y ~ ."), ["y", "x", "w"], exclude=["w"])) == "y ~ x"
