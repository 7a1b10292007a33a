"""Verbs, diagnostics and plots never ask a model or a family what it is called."""

from __future__ import annotations

import ast

import pytest

ROOMS = ("inference", "diagnostics", "plots")

ASKING = {"isinstance", "issubclass"}
CLASS_NAMES = {"__class__", "__name__", "__qualname__"}
NAMED_THINGS = ("family", "link")
NAMES = {
    "gaussian", "binomial", "poisson", "gamma", "inverse.gaussian", "inversegaussian", "quasi",
    "quasibinomial", "quasipoisson", "negative binomial", "negativebinomial", "negative.binomial", "tweedie",
    "identity", "log", "logit", "probit", "cauchit", "cloglog", "loglog", "1/mu^2", "sqrt",
}  # fmt: skip
"""Names of families and links, in lower case."""


def is_named(node: ast.AST) -> bool:
    """`family.name`, `fit.family.title`, `link.name`, `type(fit)`, `x.__class__.__name__`."""
    match node:
        case ast.Attribute(attr=name) if name in CLASS_NAMES:
            return True
        case ast.Call(func=ast.Name("type")):
            return True
        case ast.Attribute(value=ast.Name(base) | ast.Attribute(attr=base), attr="name" | "title"):
            return base.strip("_") in NAMED_THINGS
        case ast.Call(func=ast.Attribute(value=value)):  # family.name.lower()
            return is_named(value)
    return False


def names_a_family(node: ast.AST) -> bool:
    constants = node.elts if isinstance(node, ast.Tuple | ast.List | ast.Set) else [node]
    return any(isinstance(each, ast.Constant) and str(each.value).lower() in NAMES for each in constants)


def is_name(node: ast.AST) -> bool:
    return isinstance(node, ast.Attribute) and node.attr in {"name", "title"}


def asks(node: ast.AST) -> str:
    """What is wrong with one node; empty where nothing is."""
    match node:
        case ast.Call(func=ast.Name(id=called)) if called in ASKING:
            return f"{called}()"
        case ast.Call(func=ast.Attribute(value=value, attr="startswith" | "endswith")) if is_named(value):
            return "the beginning of a family's name"
        case ast.Call(func=ast.Attribute(attr="get"), args=[key, *_]) if is_named(key):
            return "a table by name"
        case ast.MatchClass():
            return "a class pattern"
        case ast.Match(subject=subject) if is_named(subject):
            return "a match on a name"
        case ast.Subscript(slice=key) if is_named(key):
            return "a table by name"
        case ast.Compare(left=left, comparators=others):
            sides = [left, *others]
            if any(map(is_named, sides)) or (any(map(is_name, sides)) and any(map(names_a_family, sides))):
                return "a name compared"
    return ""


def violations(module) -> list[str]:
    return [
        f"{module.path}:{node.lineno}: {wrong}" for node in ast.walk(module.tree) if (wrong := asks(node))
    ]


def test_no_ladders(package):
    found = [each for module in package if module.room in ROOMS for each in violations(module)]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    "text",
    [
        "if isinstance(fit, GLM): ...",
        "if type(fit) is GLM: ...",
        "if fit.__class__ == GLM: ...",
        "if type(x).__name__ == 'LM': ...",
        "if fit.family.name == 'poisson': ...",
        "if family.name.lower() in ('poisson', 'binomial'): ...",
        "if 'gaussian' == f.name: ...",
        "if f.title == 'Gamma': ...",
        "if fit.family.link.name != other: ...",
        "if family.name.startswith('Negative'): ...",
        "match fit.family.name:\n    case 'poisson': ...",
        "match fit:\n    case GLM(): ...",
        "TABLE[family.name]",
        "TABLE.get(fit.family.name)",
        "TABLE[type(fit)]",
    ],
)
def test_the_guard_can_fail(snippet, text):
    assert violations(snippet("rglm/inference/x.py", text))


@pytest.mark.parametrize(
    "text",
    [
        "if fit.family.dispersion_known: ...",
        "title = f'{fit.family.name} model'",
        "message = f'not a {type(x).__name__}'",
        "if column.name == 'age': ...",
        "if test == 'Chisq': ...",
        "if fit.family == other.family: ...",
    ],
)
def test_the_guard_can_pass(snippet, text):
    assert not violations(snippet("rglm/inference/x.py", text))
