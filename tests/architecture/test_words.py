"""One word for one thing: the names DESIGN refuses are not used."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

REFUSED = {
    "endog": "y",
    "exog": "X",
    "utils": "what it does",
    "util": "what it does",
    "helpers": "what it does",
    "misc": "what it does",
}
STATISTICS = ("families", "fitting", "inference", "diagnostics", "plots", "models", "reports")
"""Rooms where `scale` would mean the dispersion (elsewhere it is R's function `scale()`)."""


def identifiers(tree: ast.AST) -> Iterator[tuple[int, str, bool]]:
    """Line, name, and whether callers see it (an argument, attribute, field or function, not a local)."""
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name):
                yield node.lineno, name, False
            case ast.arg(arg=name) | ast.Attribute(attr=name):
                yield node.lineno, name, True
            case ast.keyword(arg=str() as name):
                yield node.value.lineno, name, True
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                yield node.lineno, name, True
            case ast.AnnAssign(target=ast.Name(id=name)):
                yield node.lineno, name, True


def violations(module) -> list[str]:
    found = [
        f"{module.path}: call the file by what it does"
        for part in module.dotted.split(".")
        if part in REFUSED
    ]
    for line, name, seen in identifiers(module.tree):
        if (word := name.strip("_").lower()) in REFUSED:
            found.append(f"{module.path}:{line}: '{name}' is {REFUSED[word]} here")
        if word == "scale" and seen and module.room in STATISTICS:
            found.append(f"{module.path}:{line}: '{name}' is dispersion here")
    return found


def test_the_house_words_are_used(package):
    found = [each for module in package for each in violations(module)]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("rglm/fitting/x.py", "def f(endog): ..."),
        ("rglm/design/x.py", "exog = 1"),
        ("rglm/inference/x.py", "def f(fit, scale=None): ..."),
        ("rglm/inference/x.py", "fit.scale"),
        ("rglm/models/x.py", "f(scale=2.0)"),
        ("rglm/design/utils.py", "pass"),
    ],
)
def test_the_guard_can_fail(snippet, path, text):
    assert violations(snippet(path, text))


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("rglm/formula/functions.py", "def scale(x): ..."),
        ("rglm/fitting/gram.py", "scale = 1 / width"),
        ("rglm/inference/x.py", "dispersion = fit.dispersion"),
    ],
)
def test_the_guard_can_pass(snippet, path, text):
    assert not violations(snippet(path, text))
