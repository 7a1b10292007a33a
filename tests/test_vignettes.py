"""The worked analyses run, and the page of differences is complete."""

from __future__ import annotations

import ast
import re
import runpy
from pathlib import Path

ROOT = Path(__file__).parents[1]
DIFFERENCES = ROOT / "vignettes" / "differences.md"
CASES = ROOT / "tests" / "against_r" / "test_formula_cases.py"


def exceptions() -> list[str]:
    """The formulas whose answers the comparison with R expects to differ, as that test lists them."""
    for node in ast.parse(CASES.read_text(encoding="utf-8")).body:
        match node:
            case ast.Assign(targets=[ast.Name(id="EXCEPTIONS")], value=ast.Dict(keys=keys)):
                return [ast.literal_eval(key) for key in keys if key is not None]
    raise AssertionError(f"{CASES.name} lists no EXCEPTIONS")


def test_demo_prints_a_summary_and_an_analysis_of_deviance(capsys):
    runpy.run_path(str(ROOT / "vignettes" / "demo.py"))
    shown = capsys.readouterr().out
    assert "Coefficients:" in shown
    assert "channelsocial" in shown
    assert "Analysis of Deviance Table" in shown
    assert "Pr(>Chi)" in shown
    assert "Pr(>F)" in shown


def test_the_page_names_every_formula_that_differs():
    _, _, section = DIFFERENCES.read_text(encoding="utf-8").partition("## Formulas that come out differently")
    listed = exceptions()
    assert 1 <= len(listed) <= 20
    assert sorted(re.findall("`(y ~ [^`]+)`", section)) == sorted(listed)
