"""Formula text → tokens: R's lexical rules, and the limits that keep a stranger's text harmless."""

from __future__ import annotations

import re
from typing import NamedTuple

from rglm.errors import FormulaError, caret

MAX_LENGTH = 500_000
MAX_TOKENS = 50_000

_WORDS = "if else repeat while function for next break in ... TRUE FALSE NULL Inf NaN NA"
RESERVED = frozenset([*_WORDS.split(), "NA_integer_", "NA_real_", "NA_character_", "NA_complex_"])

_TOKEN = re.compile(
    r"""
    (?P<space>  (?: \s | \#[^\n]* )++ )
  | (?P<number> 0[xX][0-9a-fA-F]++L? | (?: [0-9]++ \.? [0-9]*+ | \.[0-9]++ ) (?: [eE][+-]?[0-9]++ )? L? )
  | (?P<name>   (?: [^\W\d_] | \.(?![0-9]) ) [\w.]*+ )
  | (?P<string> "[^"\\]*+(?:\\.[^"\\]*+)*+" | '[^'\\]*+(?:\\.[^'\\]*+)*+' )
  | (?P<quoted> `[^`\\]*+(?:\\.[^`\\]*+)*+` )
  | (?P<op>     %[^%\n]*+% | <<- | ->> | \|> | <- | -> | ::: | :: | := | <= | >= | == | != | && | \|\|
              | \*\* | [-+*/^:<>!&|~()\[\]{},;=$@?\\] )
    """,
    re.VERBOSE | re.DOTALL,
)

_ESCAPE = re.compile(
    r"\\(x[0-9a-fA-F]{1,2}|[uU]\{[0-9a-fA-F]{1,8}\}|u[0-9a-fA-F]{1,4}|U[0-9a-fA-F]{1,8}|[0-7]{1,3}|.)",
    re.DOTALL,
)
_SIMPLE_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "f": "\f", "v": "\v"}
_LITERAL_ESCAPES = "\\\"'` \n"

_STRAY = {
    '"': "the string that starts here is not closed",
    "'": "the string that starts here is not closed",
    "`": "the backtick that opens here is not closed",
    "%": "'%' opens an operator such as %in%; for the remainder write x %% 2",
    "_": "a name starts with a letter or a dot; write any other column name in backticks",
    "“": "use straight quotes",
    "”": "use straight quotes",
    "‘": "use straight quotes",
    "’": "use straight quotes",
    "−": "this is not a minus sign; write -",
    "×": "write * or :",
}


class Token(NamedTuple):
    """`kind` is name, quoted, string, number, op or end; `value` is unescaped except for numbers."""

    kind: str
    value: str
    position: int
    length: int


def tokens_of(text: str) -> list[Token]:
    """The tokens of `text`, ending in one of kind "end"; spaces, newlines and comments are left out.

    Raises FormulaError, with a caret, on a character R's grammar does not know and on text that is too long.
    """
    if len(text) > MAX_LENGTH:
        raise FormulaError(f"a formula may hold {MAX_LENGTH} characters; this one has {len(text)}")
    tokens: list[Token] = []
    position, end = 0, len(text)
    match_at = _TOKEN.match
    while position < end:
        match = match_at(text, position)
        if match is None:
            raise FormulaError(caret(text, position, _stray(text[position])))
        kind, value = match.lastgroup or "", match.group()
        if kind in ("string", "quoted"):
            tokens.append(Token(kind, _unescape(text, value[1:-1], position), position, len(value)))
        elif kind != "space":
            tokens.append(Token(kind, value, position, len(value)))
        position = match.end()
        if len(tokens) > MAX_TOKENS:
            raise FormulaError(f"a formula may hold {MAX_TOKENS} words and signs; this one has more")
    tokens.append(Token("end", "", end, 1))
    return tokens


def is_syntactic(name: str) -> bool:
    """Whether R reads `name` as a name without backticks."""
    if name in RESERVED:
        return False
    match = _TOKEN.fullmatch(name)
    return match is not None and match.lastgroup == "name"


def _stray(character: str) -> str:
    if character in _STRAY:
        return f"unexpected {character!r}: {_STRAY[character]}"
    return f"unexpected {character!r}: a column name that holds it is written in backticks"


def _unescape(text: str, body: str, position: int) -> str:
    if "\\" not in body:
        return body

    def one(match: re.Match[str]) -> str:
        code = match.group(1)
        if code in _SIMPLE_ESCAPES:
            return _SIMPLE_ESCAPES[code]
        if code in _LITERAL_ESCAPES:
            return code
        number = _code_point(code)
        if number is None or not 0 < number < 0x110000 or 0xD800 <= number < 0xE000:
            where = position + 1 + match.start()
            raise FormulaError(caret(text, where, f"the escape '\\{code}' in a string is not known"))
        return chr(number)

    return _ESCAPE.sub(one, body)


def _code_point(code: str) -> int | None:
    if code[0] in "xuU" and len(code) > 1:
        return int(code[1:].strip("{}"), 16)
    return int(code, 8) if code.isascii() and code.isdigit() and "8" not in code and "9" not in code else None
