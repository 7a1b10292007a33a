"""rglm itself."""

from __future__ import annotations

from benchmarks.timing import median_seconds
from benchmarks.workloads import small as workload


def available() -> bool:
    """Always: it is what is measured."""
    return True


def small() -> dict[str, float]:
    """Seconds for `glm()` and for its printed summary."""
    from rglm import glm

    data = workload.data()
    fit = glm(workload.FORMULA, data=data, family="poisson")
    return {
        "fit": median_seconds(lambda: glm(workload.FORMULA, data=data, family="poisson")),
        "summary": median_seconds(lambda: str(fit.summary())),
    }
