"""Every public name is documented: arguments, result, errors, source, and an example that runs."""

from __future__ import annotations

import ast
import doctest
import importlib
import inspect
import linecache
import pkgutil
import re
import textwrap
import types
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

import pytest

import rglm
from rglm.display.settings import options

PLUMBING = {
    "AOV",
    "GLM",
    "LM",
    "NegBin",
    "document",
    "refit",
    "widened",
    "wrap",
    "to_text",
    "to_html",
    "to_latex",
    "to_markdown",
}
"""What users do not call, or every record has (see `rglm/display/record.py`): a first line will do."""

OWN = {"Family", "Link", "Variance", "register_family", "register_link"}
"""Names that stand for no formula of anybody's: no source."""

FUNCTIONS = (types.FunctionType, type(lru_cache(lambda: None)))


def own(value: Any) -> bool:
    return str(getattr(value, "__module__", "")).startswith("rglm")


def verbs(model: type) -> Iterator[tuple[str, Any]]:
    """Public members of a model: its methods, and properties as their getters."""
    for name in dir(model):
        member = inspect.getattr_static(model, name)
        if name.startswith("_") or not (
            callable(member) or isinstance(member, property) or hasattr(member, "func")
        ):
            continue
        yield f"{model.__name__}.{name}", member


def getter(member: Any) -> Any:
    """The function behind a property; anything else as it is."""
    return getattr(member, "fget", None) or getattr(member, "func", None) or member


def public() -> Iterator[tuple[str, Any]]:
    for name in rglm.__all__:
        if not name.startswith("__"):
            yield name, getattr(rglm, name)
    for model in ("GLM", "LM", "AOV", "NegBin"):
        yield from verbs(getattr(rglm, model))


def raises(function: Any, seen: set[Any] | None = None) -> bool:
    """Whether a function, or a function of ours that it calls by name, holds a `raise`."""
    seen = set() if seen is None else seen
    function = inspect.unwrap(function)
    if not isinstance(function, types.FunctionType) or function in seen or not own(function):
        return False
    seen.add(function)
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    if any(isinstance(node, ast.Raise) for node in ast.walk(tree)):
        return True
    called = {
        node.func.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    return any(raises(function.__globals__.get(name), seen) for name in sorted(called))


def parameters(function: Callable[..., Any]) -> list[str]:
    """Names of the arguments a reader must be told about."""
    try:
        listed = list(inspect.signature(function).parameters)
    except (TypeError, ValueError):
        return []
    return [
        name for name in listed if name not in {"self", "cls", "fit", "args", "kwargs"} and name[0] != "_"
    ]


def first_line(name: str, text: str) -> list[str]:
    line = text.splitlines()[0] if text else ""
    return (
        []
        if len(line.split()) >= 2 and line[-1] in ".:)"
        else [f"{name}: no first line that says what it is"]
    )


def lacking(name: str, value: Any) -> list[str]:
    """What the docstring of a public name does not say."""
    refusal = inspect.isclass(value) and issubclass(value, BaseException)
    if isinstance(value, types.ModuleType) or refusal or name.rpartition(".")[2] in PLUMBING:
        return first_line(name, inspect.getdoc(value) or "")
    if isinstance(value, property) or hasattr(value, "func"):
        return first_line(name, inspect.getdoc(getter(value)) or "")
    if not own(value) or not (inspect.isclass(value) or isinstance(inspect.unwrap(value), FUNCTIONS)):
        return []
    text = value.__doc__ if inspect.isclass(value) else inspect.getdoc(value)
    text = inspect.cleandoc(text or "")
    found = first_line(name, text)
    found += [
        f"{name}: argument '{each}' is not explained"
        for each in parameters(value)
        if not mentions(text, each)
    ]
    if ">>>" not in text:
        found.append(f"{name}: no example")
    if not re.search(r"\bSource:", text) and name not in OWN:
        found.append(f"{name}: no source")
    if not inspect.isclass(value):
        returned = inspect.signature(value).return_annotation
        if returned not in (None, "None") and not re.search(r"\bReturns?\b", text):
            found.append(f"{name}: does not say what it returns")
        if raises(value) and not re.search(r"\b([Rr]aises?|Errors?)\b", text):
            found.append(f"{name}: does not say what it raises")
    return found


def mentions(text: str, name: str) -> bool:
    return re.search(rf"(?<![\w.]){re.escape(name)}(?!\w)", text) is not None


def modules() -> list[str]:
    found = pkgutil.walk_packages(rglm.__path__, "rglm.")
    return ["rglm", *(each.name for each in found if not each.name.endswith(("__main__", "make_clicks")))]


def test_public_names_exist_and_are_sorted_out():
    assert len(set(rglm.__all__)) == len(rglm.__all__)
    assert all(hasattr(rglm, name) for name in rglm.__all__)
    shown = {
        name
        for name, value in vars(rglm).items()
        if not name.startswith("_") and not isinstance(value, types.ModuleType) and own(value)
    }
    assert shown <= set(rglm.__all__), f"not in __all__: {sorted(shown - set(rglm.__all__))}"


def test_public_names_are_documented():
    found = [each for name, value in public() for each in lacking(name, value)]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("name", modules())
def test_examples_run(name):
    module = importlib.import_module(name)
    with options():
        result = doctest.testmod(module, optionflags=doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS)
    assert result.failed == 0


def made(text: str) -> Any:
    """A function or class, as if rglm had defined it."""
    text, space = textwrap.dedent(text), {"__name__": "rglm.made"}
    linecache.cache["<made>"] = (len(text), None, text.splitlines(keepends=True), "<made>")
    exec(compile(text, "<made>", "exec"), space)
    return space["made"]


GOOD = '''
    def made(fit, level):
        """Say what it computes.

        level : a share of one.  Returns a float; raises FitError.  Source: R `x`.

        >>> 1
        1
        """
        return inner()

    def inner() -> float:
        raise ValueError
'''


@pytest.mark.parametrize("word", ["what it computes.", "level :", "Returns", "raises", "Source:", ">>>"])
def test_the_guard_can_fail(word):
    assert not lacking("made", made(GOOD))
    assert lacking("made", made(GOOD.replace(word, "")))
