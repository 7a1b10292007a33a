"""Text from a stranger: it is answered or refused with a FormulaError, within bounded time and memory."""

import time
import warnings

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rglm.errors import FormulaError, FormulaWarning
from rglm.formula.grammar import check_height, parse, parse_expression
from rglm.formula.terms import codings, expand_dot, terms, update

COLUMNS = ("y", "x", "z", "a", "b", "my var")
SECONDS = 20  # far above what any case takes; a blow-up takes hours

PIECES = [
    *(
        "y",
        "x",
        "a",
        "b",
        "c",
        ".",
        "`my var`",
        "1",
        "0",
        "2",
        "9e9",
        "1e999",
        "'s'",
        "TRUE",
        "NULL",
        "LETTERS",
    ),
    *(
        "+",
        "-",
        "*",
        "/",
        ":",
        "^",
        "**",
        "%in%",
        "%%",
        "~",
        "|",
        "&",
        "!",
        "==",
        "<",
        "(",
        ")",
        "{",
        "}",
        "[",
        "]",
    ),
    *(
        ",",
        "=",
        ";",
        "$",
        "@",
        "::",
        "|>",
        "\\",
        "?",
        "#",
        "\n",
        " ",
        "'",
        '"',
        "`",
        "%",
        "_",
        "é",
        "\0",
        "\ud800",
    ),
    *("log(", "offset(", "I(", "poly(", "np.log(", "stats::", "if", "function", "lambda", "__import__('os')"),
]
VALID = [
    "y ~ a*b + log(x)",
    "log(y) ~ (a + b + x)^3 - a:b",
    "y ~ . + offset(log(x)) - 1",
    "cbind(y, z) ~ x %in% a + factor(a, levels = c('p', \"q\"))",
    "y ~ 0 + a/(b + x) + I(x^2) + `my var`:a",
    "y ~ ifelse(x > 5 & !is.na(z), 1, 0) + LETTERS[1:3]",
]


def answer(text):
    """Everything the formula room's text side does with a string; FormulaError is an answer too."""
    started = time.perf_counter()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FormulaWarning)
        for act in (_terms, _expression, _update, _dot):
            assert len(refusal_of(act, text)) < 2000
    assert time.perf_counter() - started < SECONDS


def refusal_of(act, text):
    try:
        act(text)
    except FormulaError as refusal:
        return str(refusal)
    return ""


def _terms(text):
    formula = parse(text)
    assert parse(str(formula)) == formula
    found = terms(formula, COLUMNS)
    assert len(found.labels) == len(found.terms) == len(set(found.terms))
    assert len(codings(found, [True] * len(found.variables))) == len(found.terms)


def _expression(text):
    check_height(parse_expression(text))


def _update(text):
    assert parse(str(update(parse("log(y) ~ x*a + offset(z)"), text)))
    assert parse(str(update(parse(text), ". ~ .:x + .")))


def _dot(text):
    assert expand_dot(parse(text), COLUMNS)


@given(st.text(max_size=60))
@settings(deadline=None, max_examples=300)
def test_any_text(text):
    answer(text)
    answer("y ~ " + text)


@given(st.lists(st.sampled_from(PIECES), max_size=40), st.booleans())
@settings(deadline=None, max_examples=700)
def test_any_pieces_of_the_language(pieces, spaced):
    answer("y ~ " + (" " if spaced else "").join(pieces))


@given(st.sampled_from(VALID), st.data())
@settings(deadline=None, max_examples=700)
def test_formulas_with_a_piece_lost_doubled_or_foreign(text, data):
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(0, len(text)))
        end = data.draw(st.integers(start, min(len(text), start + 6)))
        foreign = data.draw(st.one_of(st.just(""), st.just(text[start:end] * 2), st.sampled_from(PIECES)))
        text = text[:start] + foreign + text[end:]
    answer(text)


def plus(count, name="v"):
    return "+".join(f"{name}{i}" for i in range(count))


EXPLOSIONS = {
    "power": f"y ~ ({plus(30)})^30",
    "power of powers": "y ~ " + "(" * 20 + plus(10) + ")^9" * 20,
    "huge power": "y ~ (a + b + c)^999999999",
    "endless power": "y ~ (a + b:c + c:a + a:b)^1e300",
    "product": "y ~ " + "*".join(f"v{i}" for i in range(60)),
    "nest": "y ~ " + "/".join(f"v{i}" for i in range(5000)),
    "interactions": f"y ~ ({plus(3000)}):({plus(3000, 'w')})",
    "one wide term": "y ~ " + ":".join(f"v{i}" for i in range(10_000)),
    "wide terms": f"y ~ ({':'.join(f'v{i}' for i in range(5000))})*({plus(5000, 'w')})",
    "within": f"y ~ ({plus(5000)}) %in% ({plus(5000, 'w')})",
    "dots": "y ~ " + "+".join(["."] * 10_000),
    "dot products": "y ~ " + "*".join(["."] * 10_000),
    "long name": f"y ~ `{'n' * 100_000}`:({plus(3000)})",
    "long sum": "y ~ " + plus(20_000),
    "long sum in a call": f"y ~ I({plus(20_000)})",
    "long response": f"{plus(20_000)} ~ x",
    "long logic": "y ~ " + "|".join(f"v{i}" for i in range(20_000)),
    "many powers": "y ~ " + "+".join(f"v{i}^2" for i in range(9_000)),
    "parentheses": "y ~ " + "(" * 100_000,
    "closed parentheses": "y ~ " + "(" * 20_000 + "x" + ")" * 20_000,
    "signs": "y ~ " + "-" * 40_000 + "x",
    "nots": "y ~ " + "!" * 40_000 + "x",
    "calls": "y ~ " + "log(" * 20_000 + "x" + ")" * 20_000,
    "braces": "y ~ " + "{" * 20_000 + "x" + "}" * 20_000,
    "arguments": "y ~ f(" + ",".join(["x"] * 20_000) + ")",
    "powers": "y ~ x" + "^2" * 20_000,
    "minus": "y ~ x" + "-(x" * 79 + ")" * 79,
    "quotes": "y ~ " + "'" * 99_999,
    "backslashes": "y ~ '" + "\\" * 99_999,
    "percent": "y ~ " + "%" * 99_999,
    "comments": "y ~ " + "#\n" * 99_999 + "x",
    "digits": "y ~ x:" + "9" * 99_999,
    "hex digits": "y ~ x:0x" + "f" * 99_999,
    "indices": "y ~ letters" + "[1" * 10_000,
    "strings": "y ~ f(" + "'a'," * 20_000,
    "tildes": "y" + "~x" * 20_000,
    "megabytes": "y ~ " + "x + " * 1_000_000,
}


@pytest.mark.parametrize("name", EXPLOSIONS)
def test_formulas_made_to_explode(name):
    answer(EXPLOSIONS[name])


def test_a_wide_but_honest_formula_is_answered_at_once():
    started = time.perf_counter()
    assert len(terms(parse("y ~ (a+b+c+d+e+f+g+h+i+j+k+l)^5")).labels) == 1585
    assert len(terms(parse(f"y ~ ({plus(200)})^2")).labels) == 20_100
    assert len(terms(parse("y ~ .*t"), ["y", "t", *(f"x{i}" for i in range(3000))]).labels) == 6001
    assert time.perf_counter() - started < SECONDS


def test_dots_written_out_are_bounded():
    columns = [f"column{i}" for i in range(5000)]
    with pytest.raises(FormulaError, match="written out"):
        expand_dot(parse("y ~ " + "+".join(["."] * 1000)), columns)
    with pytest.raises(FormulaError, match="written out"):
        update(parse(f"y ~ {plus(5000)}"), ". ~ " + "+".join(["."] * 1000))
    with pytest.raises(FormulaError, match="nested"):
        update(parse(f"{'+'.join(columns[:20])} ~ ."), "+".join(["."] * 9000) + " ~ .")


def test_deep_text_is_read_from_a_deep_stack():
    def descend(levels):
        return terms(parse("y ~ " + "(" * 70 + "log(x)" + ")" * 70)) if levels == 0 else descend(levels - 1)

    assert descend(400).labels == ("log(x)",)


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os').system('true')",
        "().__class__.__bases__[0]",
        "eval('1')(x)",
        "x.__class__",
        "open('f').read()",
    ],
)
def test_python_is_only_text(text):
    try:
        node = parse_expression(text)
    except FormulaError:
        return
    assert node == parse_expression("`x.__class__`")  # an ordinary, unknown, name
