"""Run the benchmarks: `python -m benchmarks [small] [imports]`, all of them by default."""

from __future__ import annotations

import sys

from benchmarks.contenders import r, rglm, statsmodels
from benchmarks.timing import print_ratios
from benchmarks.workloads import imports

CONTENDERS = {"rglm": rglm, "statsmodels": statsmodels, "R": r}


def small() -> None:
    """n = 50, one numeric, one factor, Poisson: the fit and its printed summary."""
    seconds = {name: module.small() for name, module in CONTENDERS.items() if module.available()}
    for what in ("fit", "summary"):
        print_ratios(
            f"n = 50, Poisson, y ~ x + g: {what}", {name: row[what] for name, row in seconds.items()}
        )


def import_time() -> None:
    """A fresh process, on top of numpy and pandas."""
    print_ratios("import, on top of numpy and pandas", imports.measure())


WORKLOADS = {"small": small, "imports": import_time}

if __name__ == "__main__":
    for name in sys.argv[1:] or WORKLOADS:
        WORKLOADS[name]()
