"""Only `display/` knows digits and padding."""

from __future__ import annotations

import ast
import re

import pytest

EXCEPTIONS: dict[str, str] = {
    "rglm/formula/deparse.py:number_text": "a number in a formula's text and labels is part of R's language",
    "rglm/formula/learners.py:break_text": "the interval names of cut() are levels, part of R's language",
}
"""'path:function' → why it may format or round."""

ROUNDERS = {"round", "around", "round_"}
PADDERS = {"ljust", "rjust", "center", "zfill", "expandtabs"}
PRINTERS = {
    "format_float_positional",
    "format_float_scientific",
    "array2string",
    "set_printoptions",
    "to_string",
}
SPEC = re.compile(r"\{[^{}]*:[^{}]+\}")
PERCENT = re.compile(r"%(?:\(\w+\))?[-+ #0-9.*]*[diouxXeEfFgGcrsa]")


def formats(node: ast.AST) -> str:
    """How one node formats a number; empty where it does not."""
    match node:
        case ast.FormattedValue(format_spec=spec) if spec is not None:
            return "a format spec in an f-string"
        case ast.Call(func=ast.Name(id="round" | "format" as called)):
            return f"{called}()"
        case ast.Call(func=ast.Attribute(value=ast.Constant(value=str() as text), attr="format")) if (
            SPEC.search(text)
        ):
            return "a format spec in str.format"
        case ast.Call(func=ast.Attribute(attr=called)) if called in ROUNDERS | PADDERS | PRINTERS:
            return f".{called}()"
        case ast.BinOp(left=ast.Constant(value=str() as text), op=ast.Mod()) if PERCENT.search(text):
            return "a %-format"
        case ast.keyword(arg="float_format" | "formatters" | "precision" as option):
            return f"{option}="
    return ""


def excused(module) -> set[ast.AST]:
    """Everything inside the functions that are listed as exceptions."""
    return {
        inner
        for node in ast.walk(module.tree)
        if isinstance(node, ast.FunctionDef) and f"{module.path}:{node.name}" in EXCEPTIONS
        for inner in ast.walk(node)
    }


def violations(module) -> list[str]:
    allowed = excused(module)
    return [
        f"{module.path}:{getattr(node, 'lineno', '?')}: {wrong}"
        for node in ast.walk(module.tree)
        if (wrong := formats(node)) and node not in allowed
    ]


def test_only_display_formats(package):
    found = [each for module in package if module.room != "display" for each in violations(module)]
    assert not found, "\n".join(found)


def test_exceptions_exist_and_say_why(root):
    for name, reason in EXCEPTIONS.items():
        path, _, function = name.partition(":")
        assert f"def {function}(" in (root / path).read_text(encoding="utf-8")
        assert len(reason.split()) >= 4, f"{name}: give the reason"


@pytest.mark.parametrize(
    "text",
    [
        "f'{x:.3f}'",
        "f'{name:>10}'",
        "f'{n:,}'",
        "f'{x:{width}}'",
        "'{:.2e}'.format(x)",
        "'%.3f' % x",
        "'%-8s' % name",
        "format(x, '.3g')",
        "round(x, 2)",
        "np.round(x, 2)",
        "table.round(3)",
        "name.ljust(10)",
        "table.to_string()",
        "table.to_csv(file, float_format='%.3f')",
    ],
)
def test_the_guard_can_fail(snippet, text):
    assert violations(snippet("rglm/inference/x.py", text))


@pytest.mark.parametrize(
    "text",
    [
        "f'{x} and {y!r}'",
        "'{} rows'.format(n)",
        "a % b",
        "text % 2",
        "np.rint(x)",
        "np.floor(x)",
        "def f():\n    '''\n    >>> f'{f():.3f}'\n    '''",
    ],
)
def test_the_guard_can_pass(snippet, text):
    assert not violations(snippet("rglm/inference/x.py", text))
