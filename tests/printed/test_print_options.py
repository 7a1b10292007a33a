"""Digits, width and stars change the print as they do in R, and never the numbers."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rglm import Gamma, Poisson, datasets, glm, lm, options

STORED = json.loads(
    (Path(__file__).parents[1] / "against_r" / "print_options.json").read_text(encoding="utf-8")
)
FITS = {
    "poisson": lambda: glm("breaks ~ wool * tension", datasets.load("warpbreaks"), Poisson),
    "linear": lambda: lm(
        "Fertility ~ Agriculture + Examination + Education + Catholic", datasets.load("swiss")
    ),
    "gamma": lambda: glm("lot1 ~ log(u)", datasets.load("clotting"), Gamma),
}


def name_of(case: dict) -> str:
    return "-".join([case["model"], *(f"{key}={value}" for key, value in case["options"].items())])


@pytest.fixture(scope="module")
def fits():
    return {name: fit() for name, fit in FITS.items()}


def without_call(text: str) -> list[str]:
    lines = text.split("\n")
    starts = ("Coefficients:", "Residuals:")
    return lines[next(i for i, line in enumerate(lines) if line.startswith(starts)) :]


@pytest.mark.parametrize("case", STORED, ids=name_of)
def test_summaries_print_as_in_r(case, fits):
    with options(**case["options"]):
        assert without_call(str(fits[case["model"]].summary())) == case["summary"]


@pytest.mark.parametrize("case", STORED, ids=name_of)
def test_anovas_print_as_in_r(case, fits):
    with options(**case["options"]):
        assert str(fits[case["model"]].anova()).splitlines() == case["anova"]


def test_options_end_with_their_block(fits):
    before = str(fits["poisson"].summary())
    with options(digits=3, stars=False):
        assert str(fits["poisson"].summary()) != before
    assert str(fits["poisson"].summary()) == before


def test_a_print_s_own_digits_win_over_the_options(fits):
    summary = fits["poisson"].summary()
    with options(digits=12):
        assert summary.to_text(digits=4) == summary.to_text(digits=4, signif_stars=True)
    assert summary.to_text(digits=2) != str(summary)
    assert "***" not in summary.to_text(signif_stars=False)
    assert "Signif. codes" not in summary.to_text(signif_stars=False)
