"""A room imports only from lower floors, wherever in a file the import stands."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

FLOORS = {
    "errors": 0,
    "display": 1,
    "formula": 1,
    "datasets": 1,
    "data": 2,
    "design": 3,
    "families": 3,
    "fitting": 4,
    "inference": 5,
    "diagnostics": 6,
    "plots": 7,
    "models": 8,
    "reports": 9,
    "__main__": 10,
    "__init__": 10,
}

FOR_PEOPLE_ONLY = {"datasets"}
"""Rooms that nothing under the reports may lean on."""

CONFINED = {
    "matplotlib": {"plots"},
    "numba": {"fitting"},
    "formulaic": {"formula"},
    "narwhals": {"data"},
    "polars": {"data"},
    "pyarrow": {"data"},
    "duckdb": {"data"},
    "dask": {"data"},
}
"""Packages that only these rooms may import."""

FORBIDDEN = {
    "families": {"pandas", "narwhals", "polars", "pyarrow"},
    "display": {"scipy"},
}
"""What a room must not know."""


def imports(module) -> Iterator[tuple[int, str]]:
    """Line and dotted name of every import: module level, in functions, under TYPE_CHECKING, by string."""
    package = module.dotted if module.path.endswith("__init__.py") else module.dotted.rpartition(".")[0]
    for node in ast.walk(module.tree):
        match node:
            case ast.Import(names=names):
                yield from ((node.lineno, alias.name) for alias in names)
            case ast.ImportFrom(module=name, names=names, level=level):
                above = package.split(".")[: len(package.split(".")) - level + 1] if level else []
                base = ".".join([*above, *([name] if name else [])])
                # `from rglm import formula` reaches the room, not the package's own file
                yield from (
                    (node.lineno, f"{base}.{alias.name}" if base == "rglm" else base) for alias in names
                )
            case ast.Call(
                func=ast.Name("__import__") | ast.Attribute(attr="import_module"),
                args=[ast.Constant(str() as name), *_],
            ):
                yield node.lineno, name


def violations(module) -> list[str]:
    found = []
    here = FLOORS.get(module.room)
    if here is None:
        return [f"{module.path}: room '{module.room}' is on no floor"]
    for line, name in imports(module):
        top, _, rest = name.partition(".")
        where = f"{module.path}:{line}"
        if top in CONFINED and module.room not in CONFINED[top]:
            found.append(f"{where}: {top} belongs to {sorted(CONFINED[top])}")
        if top in FORBIDDEN.get(module.room, ()):
            found.append(f"{where}: {module.room} must not know {top}")
        if top != "rglm" or rest == "__version__":  # the version is a constant, not a room
            continue
        room = rest.split(".")[0]
        if room not in FLOORS:  # a public name of the package itself
            room = "__init__"
        if room == module.room:
            continue
        if FLOORS[room] >= here or (room in FOR_PEOPLE_ONLY and here < FLOORS["reports"]):
            found.append(f"{where}: {module.room} (floor {here}) imports {room} (floor {FLOORS[room]})")
    return found


def test_rooms_import_only_from_lower_floors(package):
    found = [each for module in package for each in violations(module)]
    assert not found, "\n".join(found)


def test_every_room_has_a_floor(root):
    rooms = {path.name for path in (root / "rglm").iterdir() if path.is_dir() and path.name != "__pycache__"}
    assert rooms <= set(FLOORS)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("rglm/formula/x.py", "from rglm.data.columns import like"),
        ("rglm/formula/x.py", "def f():\n    import rglm.models.glm"),
        ("rglm/design/x.py", "if TYPE_CHECKING:\n    from rglm.families.family import Family"),
        ("rglm/families/x.py", "from ..design import spec"),
        ("rglm/families/x.py", "from .. import design"),
        ("rglm/fitting/x.py", "from rglm import inference"),
        ("rglm/inference/x.py", "from rglm import glm"),
        ("rglm/inference/x.py", "import importlib\nimportlib.import_module('rglm.models')"),
        ("rglm/models/x.py", "from rglm import datasets"),
        ("rglm/families/x.py", "import pandas as pd"),
        ("rglm/inference/x.py", "def f():\n    from matplotlib import pyplot"),
        ("rglm/newroom/x.py", "pass"),
    ],
)
def test_the_guard_can_fail(snippet, path, text):
    assert violations(snippet(path, text))


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("rglm/formula/x.py", "from rglm.errors import FormulaError\nfrom rglm.formula.tree import Node"),
        ("rglm/design/x.py", "from ..formula import terms\nfrom . import block"),
        ("rglm/models/glm.py", "from rglm import inference"),
        ("rglm/reports/x.py", "from rglm import __version__, datasets"),
        ("rglm/__init__.py", "from rglm.reports.command import main"),
        ("rglm/plots/x.py", "import matplotlib"),
    ],
)
def test_the_guard_can_pass(snippet, path, text):
    assert not violations(snippet(path, text))
