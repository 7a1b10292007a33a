"""Long formulas break over lines where R breaks them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rglm.formula.grammar import parse
from rglm.formula.lines import formula_lines

CASES = json.loads(
    (Path(__file__).parents[1] / "against_r" / "formula_lines.json").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["formula"][:40])
def test_lines_are_those_of_r(case: dict[str, str | list[str]]) -> None:
    assert formula_lines(parse(str(case["formula"]))) == case["lines"]


def test_a_short_formula_is_one_line() -> None:
    assert formula_lines(parse("y~x+z")) == ["y ~ x + z"]


def test_a_formula_of_a_thousand_terms_does_not_recurse() -> None:
    names = [f"x{i}" for i in range(5000)]
    lines = formula_lines(parse("y ~ " + " + ".join(names)))
    assert len(lines) > 500
    assert "".join(line.strip() + " " for line in lines).strip() == "y ~ " + " + ".join(names)
