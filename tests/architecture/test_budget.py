"""Files hold at most 400 lines, functions at most 45 code lines: beyond that they are two."""

from __future__ import annotations

import ast

FILE_LINES = 400
BODY_LINES = 60
CODE_LINES = 45
PRIVATE_PARAMETERS = 8

EXCEPTIONS: dict[str, str] = {}
"""'path' or 'path:function' → why it may be longer."""

Function = ast.FunctionDef | ast.AsyncFunctionDef


def body(function: Function) -> list[ast.stmt]:
    """Statements without the docstring."""
    documented = ast.get_docstring(function, clean=False) is not None
    return function.body[1:] if documented else function.body


def code_lines(function: Function, lines: list[str]) -> tuple[int, int]:
    """Lines the body spans, and those of them that are neither blank, comment nor docstring."""
    statements = body(function)
    if not statements:
        return 0, 0
    first, last = statements[0].lineno, statements[-1].end_lineno or 0
    quoted = {
        line
        for inner in ast.walk(function)
        if isinstance(inner, Function | ast.ClassDef)
        and inner is not function
        and ast.get_docstring(inner) is not None
        for line in range(inner.body[0].lineno, (inner.body[0].end_lineno or 0) + 1)
    }
    code = [
        number
        for number in range(first, last + 1)
        if number not in quoted and (text := lines[number - 1].strip()) and not text.startswith("#")
    ]
    return last - first + 1, len(code)


def long_file(module) -> list[str]:
    count = len(module.text.splitlines())
    return [f"{module.path}: {count} lines"] if count > FILE_LINES and module.path not in EXCEPTIONS else []


def long_functions(module) -> list[str]:
    found = []
    lines = module.text.splitlines()
    for node in ast.walk(module.tree):
        if not isinstance(node, Function) or f"{module.path}:{node.name}" in EXCEPTIONS:
            continue
        spanned, code = code_lines(node, lines)
        if spanned > BODY_LINES or code > CODE_LINES:
            found.append(f"{module.path}:{node.lineno}: {node.name} has {code} code lines ({spanned} in all)")
        parameters = len(node.args.posonlyargs + node.args.args + node.args.kwonlyargs)
        if node.name.startswith("_") and not node.name.startswith("__") and parameters > PRIVATE_PARAMETERS:
            found.append(f"{module.path}:{node.lineno}: {node.name} takes {parameters} parameters")
    return found


def test_files_are_short(everything):
    found = [each for module in everything for each in long_file(module)]
    assert not found, "\n".join(found)


def test_functions_are_short(package):
    found = [each for module in package for each in long_functions(module)]
    assert not found, "\n".join(found)


def test_exceptions_exist_and_say_why(root):
    for name, reason in EXCEPTIONS.items():
        path, _, function = name.partition(":")
        text = (root / path).read_text(encoding="utf-8")
        assert not function or f"def {function}(" in text
        assert len(reason.split()) >= 4, f"{name}: give the reason"


def test_the_guard_sees_a_long_file(snippet):
    assert long_file(snippet("rglm/x.py", "x = 1\n" * 401))
    assert not long_file(snippet("rglm/x.py", "x = 1\n" * 400))


def test_the_guard_sees_a_long_function(snippet):
    def function(lines: list[str]) -> str:
        return "def f():\n    '''Says\n\n    much.'''\n" + "".join(f"    {line}\n" for line in lines)

    assert long_functions(snippet("rglm/x.py", function(["x = 1"] * 46)))
    assert not long_functions(snippet("rglm/x.py", function(["x = 1"] * 45)))
    assert not long_functions(
        snippet("rglm/x.py", function(["x = 1"] * 45 + ["# why", ""] * 5 + ["pass"] * 0))
    )
    assert long_functions(snippet("rglm/x.py", function(["x = 1"] * 30 + ["# why"] * 30 + ["x = 2"])))


def test_the_guard_sees_many_parameters(snippet):
    assert long_functions(snippet("rglm/x.py", "def _f(a, b, c, d, e, f, g, h, i): ..."))
    assert not long_functions(snippet("rglm/x.py", "def f(a, b, c, d, e, f, g, h, i): ..."))
