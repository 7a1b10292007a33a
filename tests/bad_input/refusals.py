"""What the files of the catalogue share."""

from __future__ import annotations

import pytest

from rglm import glm


def put(data, column, row, value):
    """The data with one cell changed."""
    changed = data[column].astype(object) if isinstance(value, str) else data[column].copy()
    changed.iloc[row] = value
    return data.assign(**{column: changed})


def poisson(data, formula="y ~ x", **arguments):
    """A Poisson fit."""
    return glm(formula, data, "poisson", **arguments)


def catalogue(**parts):
    """Each case of each part as a test: the call, the error's type, what its text has to say."""
    cases = [
        pytest.param(*case, id=f"{part}: {name}")
        for part, cases in parts.items()
        for name, case in cases.items()
    ]
    return pytest.mark.parametrize(("call", "error", "words"), cases)
