"""Number formats against R's."""

from __future__ import annotations

from typing import Any

import pytest

from rglm.display import numbers

Answers = dict[str, Any]


def decode(stored: list[str]) -> list[float | None]:
    return [None if text == "NA" else float(text) for text in stored]


def test_format_is_common_and_minimal(answers: Answers) -> None:
    cases = [case for case in answers["format"] if "NaN" not in case["x"]]
    assert len(cases) > 500
    for case in cases:
        assert numbers.format_common(decode(case["x"]), case["digits"][0]) == case["text"], case


def test_nsmall(answers: Answers) -> None:
    cases = [case for case in answers["nsmall"] if "NaN" not in case["x"]]
    for case in cases:
        got = numbers.format_common(decode(case["x"]), case["digits"][0], case["nsmall"][0])
        assert got == case["text"], case


def test_rounding(answers: Answers) -> None:
    for case in answers["rounding"]:
        x = float(case["x"][0])
        assert numbers.signif(x, case["signif_digits"][0]) == float(case["signif"][0]), case
        assert numbers.round_half_even(x, case["round_digits"][0]) == float(case["round"][0]), case
        assert numbers.format_general(x, case["general_digits"][0]) == case["general"][0], case


def test_zapsmall(answers: Answers) -> None:
    for case in answers["zapsmall"]:
        assert numbers.zapsmall(decode(case["x"]), case["digits"][0]) == decode(case["zapped"]), case


def test_p_values(answers: Answers) -> None:
    assert len(answers["p"]) > 600
    for case in answers["p"]:
        assert numbers.format_p(decode(case["x"]), case["digits"][0]) == case["text"], case


def test_stars(answers: Answers) -> None:
    for case in answers["stars"]:
        assert numbers.stars(float(case["x"][0])) == case["star"][0], case
    assert numbers.stars(None) == numbers.stars(float("nan")) == ""


def test_counts(answers: Answers) -> None:
    for case in answers["counts"]:
        assert numbers.format_counts(decode(case["x"])) == case["text"], case
    assert numbers.format_counts([1000.0, 2.5]) == ["1000.0", "   2.5"]


def test_fractions(answers: Answers) -> None:
    for case in answers["fractions"]:
        assert numbers.format_fractions(decode(case["x"])) == case["text"], case


@pytest.mark.parametrize(
    ("value", "digits", "shown"),
    [
        (float("nan"), 7, "NA"),
        (None, 3, "NA"),
        (float("-inf"), 3, "-Inf"),
        (-0.0, 3, "0"),
        (1e5, 7, "1e+05"),
        (100001.0, 7, "100001"),
        (1e-300, 3, "1e-300"),
    ],
)
def test_single_numbers(value: float | None, digits: int, shown: str) -> None:
    assert numbers.format_one(value, digits) == shown


def test_nothing_to_format() -> None:
    assert numbers.format_common([]) == numbers.format_counts([]) == numbers.format_p([]) == []
    assert numbers.zapsmall([]) == []
