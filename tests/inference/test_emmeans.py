"""emmeans(): tables and texts of R's emmeans, and refusals."""

from __future__ import annotations

import importlib.util
import math
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from rglm import DataError, FitError, RglmWarning, datasets, emmeans, glm, lm

_SPEC = importlib.util.spec_from_file_location("emmeans_cases", Path(__file__).with_name("emmeans_cases.py"))
cases = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(cases)

STATISTICS = (
    "SE",
    "df",
    "null",
    "z.ratio",
    "t.ratio",
    "p.value",
    "lower.CL",
    "upper.CL",
    "asymp.LCL",
    "asymp.UCL",
)
ESTIMATES = ("emmean", "estimate", "rate", "prob", "response", "ratio", "odds.ratio")


def quietly(make):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RglmWarning)
        return make()


def check(found, expected, tolerance):
    table = found.table
    for name in expected:
        if name in (*STATISTICS, *ESTIMATES):
            np.testing.assert_allclose(
                table[name], cases.numbers(expected[name]), rtol=tolerance, atol=1e-9, err_msg=name
            )
    named = [name for name in expected if name in (*STATISTICS, *ESTIMATES)]
    assert [name for name in table.columns if name in named] == named


@pytest.mark.parametrize("case", cases.CASES)
def test_equals_r(case):
    expected = cases.answers()["cases"][case]
    found = quietly(cases.CASES[case])
    assert str(found).split("\n") == expected["text"]
    if hasattr(found, "emmeans"):
        found = found.emmeans
    # R's studentized range is good to about 1e-8, and fits of glm to 1e-6 in the last step
    quietly(lambda: check(found, expected["values"], 2e-6))


@pytest.mark.parametrize("case", cases.MONTE_CARLO)
def test_equals_r_where_it_draws(case):
    found = quietly(cases.MONTE_CARLO[case]).table
    expected = cases.answers()["monte_carlo"][case]["values"]
    np.testing.assert_allclose(found["estimate"], cases.numbers(expected["estimate"]), rtol=1e-9)
    np.testing.assert_allclose(found["p.value"], cases.numbers(expected["p.value"]), atol=1e-3)


def test_every_stored_case_is_compared():
    assert set(cases.CASES) == set(cases.answers()["cases"])
    assert set(cases.MONTE_CARLO) == set(cases.answers()["monte_carlo"])
