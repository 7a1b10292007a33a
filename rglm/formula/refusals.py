"""What the grammar says about text it does not read: what came, why not, what to write instead."""

from __future__ import annotations

from rglm.formula.lexer import Token

AFTER_OPERAND = frozenset(["(", "[", "$", "@", "::", ":::", "{"])
"""Signs that R allows straight after an operand and formulas here mostly do not."""

_ASSIGNMENT = "assignment has no place in a formula"

_SIGNS = {
    "~": "a formula has one `~`, between the response and the terms",
    "=": "'=' has no meaning here; write `~` between response and terms, or == to compare",
    "[": "indexing is not part of the formula language; make it a column of the data, or use subset=",
    "$": "'$' is not part of the formula language; name the column and pass its frame as data=",
    "@": "'@' is not part of the formula language; name a column of the data",
    "|>": "the pipe '|>' is not part of the formula language; write f(x) instead of x |> f()",
    "\\": "functions cannot be written inside a formula; pass one by name in env=",
    ";": "a formula is one expression; ';' starts another",
    "<-": f"'<-' is assignment, and {_ASSIGNMENT}; to compare with a negative number write x < -1",
    "<<-": f"'<<-' is assignment, and {_ASSIGNMENT}",
    "->": f"'->' is assignment, and {_ASSIGNMENT}; to compare write x > y",
    "->>": f"'->>' is assignment, and {_ASSIGNMENT}",
    ":=": f"':=' is assignment, and {_ASSIGNMENT}",
    ":::": "':::' is not part of the formula language",
    "::": "'::' follows a package name: stats:: or splines::",
    "?": "'?' is not part of the formula language",
    "{": "unexpected '{'",
    "(": "only a function's name can be called",
}

RESERVED_WORDS = {
    "if": "'if' is not part of the formula language; write ifelse(test, yes, no)",
    "else": "'else' is not part of the formula language; write ifelse(test, yes, no)",
    "for": "loops are not part of the formula language; make it a column of the data",
    "while": "loops are not part of the formula language; make it a column of the data",
    "repeat": "loops are not part of the formula language; make it a column of the data",
    "function": "functions cannot be written inside a formula; pass one by name in env=",
    "in": "'in' is not an operator; write x %in% c(1, 2)",
    "...": "'...' has no meaning in a formula",
    "NA_complex_": "complex numbers are not part of the formula language",
}

_PYTHON_WORDS = {
    "and": "write & for and",
    "or": "write | for or",
    "not": "write ! for not",
    "is": "write == to compare",
    "in": "write x %in% c(1, 2)",
    "if": "write ifelse(test, yes, no)",
    "lambda": "functions cannot be written inside a formula; pass one by name in env=",
}


def refusal(token: Token, before: Token | None, wanted: str | None) -> str:
    """The message for a token that cannot stand where it does.

    token   the token;  before: the one ahead of it;  wanted: what could have stood there, in words.
    """
    after_op = before is not None and before.kind == "op" and before.value not in (")", "]", "}")
    if token.kind == "end":
        return f"the text ends where {wanted or 'more'} was expected"
    if token.kind != "op":
        for word in (token, before):
            if word is not None and word.kind == "name" and word.value in _PYTHON_WORDS:
                return f"unexpected '{_short(token)}': {_PYTHON_WORDS[word.value]}"
        missing = "an operator such as +, * or : is missing before it"
        return f"unexpected '{_short(token)}': {missing if before is not None else f'{wanted} was expected'}"
    if token.value == "/" and before is not None and before.kind == "op" and before.value == "/":
        return "'//' is not an operator; write %/% for whole division"
    if token.value.startswith("%") and token.value.endswith("%"):
        if token.value in ("%%", "%/%", "%in%"):
            return f"unexpected '{token.value}': it stands between two values"
        return f"the operator '{_short(token)}' is not known; there are %%, %/% and %in%"
    if token.value in _SIGNS and not (after_op and token.value == "::"):
        return _SIGNS[token.value]
    return f"unexpected '{token.value}'" + (f" where {wanted} was expected" if wanted else "")


def _short(token: Token) -> str:
    return token.value if len(token.value) <= 30 else token.value[:29] + "…"
