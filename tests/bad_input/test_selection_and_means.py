"""What selection and means refuse, in words."""

from __future__ import annotations

import pytest

from rglm import FitError, datasets, glm


@pytest.fixture(scope="module")
def fit():
    return glm("breaks ~ wool * tension", datasets.load("warpbreaks"), "poisson")


@pytest.mark.parametrize(
    "call",
    [
        lambda fit: fit.drop1(k="a"),
        lambda fit: fit.add1("~ .", k=None),
        lambda fit: fit.step(k="a"),
        lambda fit: fit.extract_aic(k="a"),
    ],
)
def test_a_penalty_is_a_number(call, fit):
    with pytest.raises(FitError, match=r"k must be a number, 2 for AIC or log\(n\) for BIC"):
        call(fit)


@pytest.mark.parametrize("names", [3, [3], True])
def test_means_are_for_names(names, fit):
    with pytest.raises(FitError, match="predictors given by name"):
        fit.emmeans(names)
