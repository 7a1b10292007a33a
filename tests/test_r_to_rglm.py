"""Every call of the page "R → rglm" runs as it stands."""

from __future__ import annotations

import re
import warnings
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[1] / "vignettes" / "r_to_rglm.md"
CELLS = re.compile(r"(?<!\\)\|")
CODE = re.compile(r"`([^`]+)`")


def rows() -> list[tuple[str, str]]:
    """(R, rglm) of each row of the page's tables."""
    found = []
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in CELLS.split(line)]
        if line.startswith("|") and len(cells) >= 5 and not set(cells[1]) <= {"-", " "} and cells[1] != "R":
            found.append((cells[1], cells[2]))
    return found


@pytest.fixture(scope="module")
def names() -> dict[str, object]:
    """What the page says comes before its calls."""
    preamble = re.findall(r"^    (.+)$", PAGE.read_text(encoding="utf-8"), flags=re.M)
    scope: dict[str, object] = {}
    exec("\n".join(preamble), scope)
    return scope


def test_the_page_has_its_rows():
    assert len(rows()) > 40
    assert all(CODE.search(ours) for _, ours in rows())


@pytest.mark.parametrize("ours", [ours for _, ours in rows()])
def test_the_call_runs(ours, names, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for code in CODE.findall(ours.replace("\\|", "|")):
            assert str(eval(code, names)) != ""
