"""The README's examples run and print what it says they print."""

from __future__ import annotations

import contextlib
import io
import re
from pathlib import Path

import pytest

README = Path(__file__).parents[1] / "README.md"
FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.M | re.S)


def examples(text: str) -> list[tuple[str, str | None]]:
    """Each python block with the text block that follows it, if one does."""
    blocks = FENCE.findall(text)
    return [
        (code, blocks[i + 1][1] if i + 1 < len(blocks) and blocks[i + 1][0] == "text" else None)
        for i, (kind, code) in enumerate(blocks)
        if kind == "python"
    ]


def printed(code: str, names: dict[str, object]) -> str:
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(compile(code, "README.md", "exec"), names)
    return out.getvalue()


def lines(text: str) -> list[str]:
    return [line.rstrip() for line in text.strip("\n").split("\n")]


def test_examples_print_what_the_readme_says():
    names: dict[str, object] = {}
    shown = examples(README.read_text(encoding="utf-8"))
    assert sum(expected is not None for _, expected in shown) >= 1
    for code, expected in shown:
        out = printed(code, names)
        if expected is not None:
            assert lines(out) == lines(expected)


@pytest.mark.parametrize(("said", "agrees"), [("2", True), ("3", False)])
def test_the_comparison_can_fail(said, agrees):
    [(code, expected)] = examples(f"```python\nprint(1 + 1)\n```\n\n```text\n{said}\n```\n")
    assert (lines(printed(code, {})) == lines(expected or "")) is agrees


def test_the_readme_names_the_two_commands():
    text = README.read_text(encoding="utf-8")
    assert "make demo" in text
    assert "make test" in text
