"""What `import` costs in a fresh process, on top of numpy and pandas."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
from importlib.util import find_spec

BASE = "import numpy, pandas"
CONTENDERS = {"rglm": "import rglm", "statsmodels": "import statsmodels.formula.api", "glum": "import glum"}


def seconds(statement: str, repeats: int = 7) -> float:
    """Median seconds a fresh process spends on `statement` after numpy and pandas are there.

    Bytecode is cached, as in an installed package; a first run that nobody counts fills the cache.
    """
    code = f"import time; {BASE}; t = time.perf_counter(); {statement}; print(time.perf_counter() - t)"
    with tempfile.TemporaryDirectory() as cache:
        kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        environment = {**kept, "PYTHONPYCACHEPREFIX": cache}
        runs = [
            subprocess.run(
                [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment
            )
            for _ in range(repeats + 1)
        ]
    return statistics.median(float(run.stdout) for run in runs[1:])


def measure() -> dict[str, float]:
    """Seconds for each contender that is installed."""
    return {name: seconds(code) for name, code in CONTENDERS.items() if find_spec(name) is not None}
