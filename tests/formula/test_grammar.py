"""The grammar: what text says, what it is refused for, and how trees are written back."""

import json
import pickle
from pathlib import Path

import pytest

from rglm.errors import FormulaError
from rglm.formula.deparse import number_text
from rglm.formula.grammar import check_height, deparse, names_in, parse, parse_expression
from rglm.formula.tree import Binary, Call, Constant, Formula, Name, Number, Paren, String, Unary

AGAINST_R = json.loads(
    (Path(__file__).parents[1] / "against_r" / "update_formula.json").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("case", AGAINST_R["formulas"], ids=lambda case: case["formula"][:60])
def test_a_formula_prints_as_r_prints_it(case):
    formula = parse(case["formula"])
    assert str(formula) == case["printed"]
    assert parse(str(formula)) == formula


def full(node):
    """The tree with every operation in brackets, so that precedence shows."""
    if isinstance(node, Binary):
        return f"[{full(node.left)} {node.op} {full(node.right)}]"
    if isinstance(node, Unary):
        return f"[{node.op} {full(node.operand)}]"
    if isinstance(node, Paren):
        return f"({full(node.inner)})"
    return deparse(node)


@pytest.mark.parametrize(
    ("text", "grouped"),
    [
        ("a + b - c", "[[a + b] - c]"),
        ("a - b * c / d", "[a - [[b * c] / d]]"),
        ("a * b %in% c", "[a * [b %in% c]]"),
        ("a %in% b:c", "[a %in% [b : c]]"),
        ("a %% b * c", "[[a %% b] * c]"),
        ("a:b^2", "[a : [b ^ 2]]"),
        ("a^b^c", "[a ^ [b ^ c]]"),
        ("-a^2", "[- [a ^ 2]]"),
        ("-a:b", "[[- a] : b]"),
        ("-a * b", "[[- a] * b]"),
        ("2^-a:b", "[[2 ^ [- a]] : b]"),
        ("2^-a^b", "[2 ^ [- [a ^ b]]]"),
        ("!a == b & c", "[[! [a == b]] & c]"),
        ("a * !b + c", "[a * [! [b + c]]]"),
        ("a | b & c", "[a | [b & c]]"),
        ("a || b && c == d + e", "[a || [b && [c == [d + e]]]]"),
        ("a & b | c", "[[a & b] | c]"),
        ("a < b + 1", "[a < [b + 1]]"),
        ("(a + b) * c", "[([a + b]) * c]"),
        ("- - a", "[- [- a]]"),
    ],
)
def test_operators_group_as_in_r(text, grouped):
    assert full(parse_expression(text)) == grouped


@pytest.mark.parametrize(
    ("text", "node"),
    [
        ("x.y", Name("x.y")),
        (".x", Name(".x")),
        ("`my var`", Name("my var")),
        (r"`a\`b`", Name("a`b")),
        ("größe_2", Name("größe_2")),
        ("0x1F", Number(31.0)),
        ("1e-3", Number(0.001)),
        (".5", Number(0.5)),
        ("5.", Number(5.0)),
        (r"'a\tb\x41\u00e9\''", String("a\tbAé'")),
        ('"it\'s"', String("it's")),
        ("True", Constant("TRUE")),
        ("None", Constant("NULL")),
        ("NA_real_", Constant("NA")),
        ("f()", Call("f", (), ())),
        ("'log'(x)", Call("log", (Name("x"),), (None,))),
        ("stats::poly(x, 2)", Call("stats::poly", (Name("x"), Number(2.0)), (None, None))),
        ("f(x, 'a b' = 1, `c d`=2)", Call("f", (Name("x"), Number(1.0), Number(2.0)), (None, "a b", "c d"))),
        ("f(T = 1, None = 2)", Call("f", (Number(1.0), Number(2.0)), ("T", "None"))),
        ("LETTERS[2]", Call("[", (Name("LETTERS"), Number(2.0)), (None, None))),
        ("{x}", Call("{", (Name("x"),), (None,))),
        ("x # a comment\n", Name("x")),
    ],
)
def test_operands(text, node):
    assert parse_expression(text) == node


def test_a_whole_number_marked_l_is_known_as_one_but_is_the_same_variable():
    node = parse_expression("3L")
    assert isinstance(node, Number)
    assert node.integer
    assert node == Number(3.0)
    assert deparse(node) == "3"
    assert deparse(node, suffix=True) == "3L"


@pytest.mark.parametrize(
    ("python", "r"),
    [
        ("y ~ np.log(x)", "y ~ log(x)"),
        ("y ~ numpy.exp(x) + np.log(np.abs(z))", "y ~ exp(x) + log(abs(z))"),
        ("y ~ (a + b)**2", "y ~ (a + b)^2"),
        ("y ~ I(x**2)", "y ~ I(x^2)"),
        ("y ~ poly(x, 2, raw=True)", "y ~ poly(x, 2, raw = TRUE)"),
        ("y ~ C(a, Sum)", "y ~ C(a, Sum)"),
        ("y ~ I(a == 'p')", 'y ~ I(a == "p")'),
        ("y ~ x\n  + z", "y ~ x + z"),
        ("y ~ np.x", "y ~ np.x"),
    ],
)
def test_python_habits(python, r):
    assert str(parse(python)) == r


@pytest.mark.parametrize(
    ("text", "column", "says"),
    [
        ("y ~ d$x", 5, "data="),
        ("y ~ x[1:36]", 5, "subset="),
        ("y ~ x[[1]]", 5, "subset="),
        ("y ~ LETTERS[x]", 11, "constant"),
        ("y ~ f(x)[1]", 8, "subset="),
        ("y ~ (x)[1]", 7, "subset="),
        ("y ~ LETTERS[1][1]", 14, "subset="),
        ("y ~ x@y", 5, "'@'"),
        ("y ~ if (TRUE) x else z", 4, "ifelse"),
        ("y ~ x |> log()", 6, "pipe"),
        ("y ~ function(x) x", 4, "env="),
        ("y ~ (\\(v) v)(x)", 5, "env="),
        ("y ~ x; z", 5, "';'"),
        ("y ~ f(x; z)", 7, "';'"),
        ("y <- x", 2, "assignment"),
        ("y ~ x <- z", 6, "assignment"),
        ("y ~ I(x<-5)", 7, "x < -1"),
        ("y ~ x -> z", 6, "assignment"),
        ("y = x", 2, "~"),
        ("y ~ x ~ z", 6, "one `~`"),
        ("y ~ (~x)", 5, "one `~`"),
        ("y ~ x z", 6, "missing"),
        ("y ~ x 'z'", 6, "missing"),
        ("y ~ 2x", 5, "missing"),
        ("y ~ x,z", 5, "','"),
        ("y ~ x)", 5, "')'"),
        ("y ~ (x", 6, "')' was expected"),
        ("y ~ f(x", 7, "f()"),
        ("y ~ x +", 7, "the text ends"),
        ("y ~", 3, "the text ends"),
        ("y", 1, "`~`"),
        ("y ~ f(x, )", 9, "empty"),
        ("y ~ f(, x)", 6, "empty"),
        ("y ~ f(a = )", 10, "empty"),
        ("y ~ f(x)(z)", 8, "called"),
        ("y ~ 1 < x < 2", 10, "chain"),
        ("y ~ x %*% z", 6, "%in%"),
        ("y ~ x % 2", 6, "%%"),
        ("y ~ x // 2", 7, "%/%"),
        ("y ~ x and z", 6, "write &"),
        ("y ~ not x", 8, "write !"),
        ("y ~ x if z else w", 6, "ifelse"),
        ("y ~ MASS::f(x)", 8, "stats::"),
        ("y ~ stats::x", 11, "must follow stats::"),
        ("y ~ stats:::poly(x)", 9, "':::'"),
        ("y ~ _x", 4, "backticks"),
        ("y ~ “x”", 4, "straight quotes"),
        ("y ~ x − z", 6, "minus"),
        ("y ~ 'abc", 4, "not closed"),
        ("y ~ `abc", 4, "not closed"),
        ("y ~ ``", 4, "empty"),
        (r"y ~ f('\q')", 7, "escape"),
        ("y ~ 1e999", 4, "too large"),
        ("y ~ 0x" + "F" * 300, 4, "too large"),
        ("y ~ 1.5L", 4, "whole number"),
        ("y ~ ...", 4, "'...'"),
        ("y ~ x\0", 5, "unexpected"),
        ("x.__class__.__mro__()[0]", 21, "indexing"),
        ("y ~ ().x", 5, "unexpected"),
    ],
)
def test_refusals_name_the_place_and_the_remedy(text, column, says):
    with pytest.raises(FormulaError) as refused:
        parse(text)
    message, _, mark = str(refused.value).split("\n")
    assert says in message
    if len(text) < 60:
        assert mark.index("^") - 2 == column


@pytest.mark.parametrize("text", ["", "  ", "# nothing", None, 3, ["y ~ x"], b"y ~ x"])
def test_what_is_no_text_or_empty_is_refused(text):
    with pytest.raises(FormulaError):
        parse(text)
    with pytest.raises(FormulaError):
        parse_expression(text)


def test_the_caret_stands_in_the_line_of_the_fault():
    with pytest.raises(FormulaError) as refused:
        parse("y ~ x +\n  z z2")
    assert str(refused.value).split("\n")[1:] == ["    z z2", "      ^^"]


def test_an_expression_has_no_tilde():
    with pytest.raises(FormulaError, match="one `~`"):
        parse_expression("age ~ 30")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1000.0, "1000"), (1e5, "1e+05"), (123456.0, "123456"), (0.1, "0.1"), (0.1 + 0.2, "0.3"),
        (1 / 3, "0.333333333333333"), (1e-5, "1e-05"), (0.0001, "1e-04"), (0.00012, "0.00012"),
        (1e15, "1e+15"), (123456.7, "123456.7"),
        (1e-300, "1e-300"), (1e300, "1e+300"), (0.0, "0"), (-1.5, "-1.5"),
        (float("nan"), "NaN"), (float("-inf"), "-Inf"),
    ],
)  # fmt: skip
def test_numbers_have_fifteen_digits_like_r(value, text):
    assert number_text(value) == text


def test_names_in_are_variables_not_functions():
    node = parse_expression("log(x + `my var`) * f(g(z), n = T) - C(a, contr.sum) + stats::poly(w)")
    assert names_in(node) == {"x", "my var", "z", "T", "a", "contr.sum", "w"}


def test_parentheses_appear_where_a_built_tree_needs_them():
    x, y, z = Name("x"), Name("y"), Name("z")
    trees = [
        Binary("*", Binary("+", x, y), z),
        Binary("-", x, Binary("-", y, z)),
        Binary("^", Binary("^", x, y), z),
        Binary("^", x, Binary("^", y, z)),
        Binary("^", Unary("-", x), y),
        Unary("-", Binary("+", x, y)),
        Binary("+", Binary("*", x, Unary("!", y)), z),
        Binary("<", Binary("<", x, y), z),
        Binary(":", x, Binary("+", y, z)),
        Unary("!", Binary("&", x, y)),
    ]
    texts = ["(x + y) * z", "x - (y - z)", "(x^y)^z", "x^y^z", "(-x)^y", "-(x + y)", "(x * !y) + z"]
    texts += ["(x < y) < z", "x:(y + z)", "!(x & y)"]
    assert [deparse(tree) for tree in trees] == texts


def test_formulas_compare_hash_and_pickle_by_what_they_say():
    one, other = parse("y~log( x )+a"), parse("y ~ log(x) + a")
    assert one == other
    assert hash(one) == hash(other)
    assert one != parse("y ~ a + log(x)")
    assert one.text == "y~log( x )+a"
    assert pickle.loads(pickle.dumps(one)) == one
    assert pickle.loads(pickle.dumps(one)).text == one.text
    assert repr(one) == "Formula('y ~ log(x) + a')"
    assert str(Formula(None, Name("x"))) == "~x"


def test_a_formula_over_thousands_of_columns_is_ordinary():
    text = "y ~ " + " + ".join(f"x{i}" for i in range(5000))
    formula = parse(text)
    assert str(formula) == text
    assert pickle.loads(pickle.dumps(formula)) == formula
    assert len(names_in(formula.right)) == 5000
    assert len({formula, parse(text + " ")}) == 1


def test_nesting_is_limited():
    assert parse("y ~ " + "(" * 60 + "x" + ")" * 60)
    for deep in [
        "(" * 5000 + "x" + ")" * 5000,
        "-" * 5000 + "x",
        "log(" * 5000,
        "x^" * 5000 + "2",
        "{" * 5000,
    ]:
        with pytest.raises(FormulaError, match="nested more than"):
            parse("y ~ " + deep)
    with pytest.raises(FormulaError, match="nested more than"):
        check_height(parse("y ~ I(" + "+".join(["x"] * 1000) + ")").right)
    with pytest.raises(FormulaError, match="nested more than"):
        parse_expression("+".join(["x"] * 1000))


def test_length_is_limited():
    with pytest.raises(FormulaError, match="characters"):
        parse("y ~ " + "x" * 600_000)
    with pytest.raises(FormulaError, match="words and signs"):
        parse("y ~ " + "+".join(["x"] * 40_000))


def test_parsing_the_same_text_again_costs_nothing():
    assert parse("y ~ x + cached") is parse("y ~ x + cached")
    assert parse_expression("log(cached)") is parse_expression("log(cached)")
