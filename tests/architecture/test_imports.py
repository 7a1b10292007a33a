"""`import rglm` brings nothing heavy along with it."""

from __future__ import annotations

import json
import subprocess
import sys

HEAVY = (
    "scipy.stats", "scipy.optimize", "scipy.linalg", "scipy.sparse", "scipy.special", "formulaic",
    "numba", "matplotlib", "pyarrow", "polars", "duckdb", "dask", "narwhals.stable", "statsmodels", "sklearn",
    "IPython",
)  # fmt: skip
"""Imported on first use, or never."""


def loaded(statement: str) -> set[str]:
    """Names of the modules that a fresh interpreter holds after a statement."""
    code = f"{statement}\nimport json, sys\nprint(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(json.loads(done.stdout))


def heavy(statement: str) -> list[str]:
    """Heavy packages that a statement loads on top of numpy and pandas (which load some themselves)."""
    added = loaded(f"import numpy, pandas\n{statement}") - loaded("import numpy, pandas")
    return sorted({name for name in HEAVY for each in added if each == name or each.startswith(f"{name}.")})


def test_import_is_light():
    assert heavy("import rglm") == []


def test_import_prints_nothing():
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", "import rglm"], capture_output=True, text=True
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_the_guard_can_fail():
    assert heavy("import scipy.stats") != []
