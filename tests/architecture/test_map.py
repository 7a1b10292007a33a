"""The contributors' map is true: the paths it names exist, and every room is on it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

PATH = re.compile(r"`([A-Za-z0-9_.*/-]+)`")
FILES = (".py", ".md", ".toml", ".R", ".json", ".csv")
PAGES = ("CONTRIBUTING.md", "README.md", "vignettes/differences.md")


def paths(text: str) -> list[str]:
    """What stands in backticks and looks like a path of this project; fenced blocks do not count."""
    prose = re.sub(r"^```.*?^```", "", text, flags=re.M | re.S)
    return [name for name in PATH.findall(prose) if "/" in name.strip("/") or name.endswith((*FILES, "/"))]


def missing(text: str, root: Path) -> list[str]:
    """Named paths that are neither at the root nor under rglm/ (a `*` matches any name)."""
    bases = (root, root / "rglm")
    return [
        name
        for name in paths(text)
        if not name.startswith("/")
        and "1/mu" not in name
        and not any((base / name).exists() or ("*" in name and any(base.glob(name))) for base in bases)
    ]


@pytest.mark.parametrize("page", PAGES)
def test_named_paths_exist(root, page):
    assert missing((root / page).read_text(encoding="utf-8"), root) == []


def test_every_room_is_on_the_map(root):
    text = (root / "CONTRIBUTING.md").read_text(encoding="utf-8")
    rooms = [path.name for path in (root / "rglm").iterdir() if path.is_dir() and path.name != "__pycache__"]
    assert [room for room in rooms if f"`{room}/`" not in text] == []


def test_links_between_pages_lead_somewhere(root):
    for page in PAGES:
        folder = (root / page).parent
        links = re.findall(r"\]\(([^)#]+)[^)]*\)", (root / page).read_text(encoding="utf-8"))
        assert [link for link in links if "://" not in link and not (folder / link).exists()] == []


def test_the_guard_can_fail(tmp_path):
    (tmp_path / "rglm" / "formula").mkdir(parents=True)
    text = "See `formula/`, `rglm/formula/`, `rglm/form*`, and `formula/no.py`, `no.md`.\n```\n`x/y.py`\n```"
    assert missing(text, tmp_path) == ["formula/no.py", "no.md"]
