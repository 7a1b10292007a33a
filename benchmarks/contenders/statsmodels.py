"""statsmodels' formula GLM."""

from __future__ import annotations

from importlib.util import find_spec

from benchmarks.timing import median_seconds
from benchmarks.workloads import small as workload


def available() -> bool:
    """Whether the package is installed."""
    return find_spec("statsmodels") is not None


def small() -> dict[str, float]:
    """Seconds for the fit from a formula, and for its printed summary."""
    import statsmodels.api as sm
    import statsmodels.formula.api as smf

    data = workload.data()

    def fit() -> object:
        return smf.glm(workload.FORMULA, data=data, family=sm.families.Poisson()).fit()

    fitted = fit()
    return {
        "fit": median_seconds(fit, repeats=50, warm_up=5),
        "summary": median_seconds(lambda: str(fitted.summary()), repeats=20, warm_up=3),
    }
