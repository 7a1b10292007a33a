"""The data of the catalogue, and what every refusal must be like."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from rglm import RglmError

sys.path.append(str(Path(__file__).parent))

ROWS = 30


@pytest.fixture
def refused():
    """Runs a call, and holds its refusal to the house's voice.

    The error is of exactly the type given; its text has each of `words`, in a length that somebody reads, and
    nothing that only a debugger would say.  Returns the text.
    """

    def check(call, error, *words):
        with pytest.raises(RglmError) as caught:
            call()
        text = str(caught.value)
        assert type(caught.value) is error, text
        for word in words:
            assert word in text, f"{word!r} is not in: {text}"
        assert 20 <= len(text) <= 800, text
        assert not re.search(r"object at 0x|NoneType|Traceback|np\.|numpy\.|<class|\bself\b|  $", text), text
        assert text.endswith((".", "?", "^")) or "\n" in text or error.__name__ == "FormulaError", text
        return text

    return check


@pytest.fixture
def data():
    """Thirty rows: numbers y (counts), x, z, w, e; strings a, yn; booleans b; 0/1 in `bin`; and oddities."""
    rng = np.random.default_rng(1)
    return pd.DataFrame(
        {
            "y": np.r_[0.0, 1 + rng.poisson(3, ROWS - 1)],
            "x": rng.normal(size=ROWS),
            "z": rng.normal(size=ROWS),
            "w": np.arange(1.0, ROWS + 1),
            "e": rng.uniform(1, 2, ROWS),
            "a": np.repeat(["u", "v", "w"], 10),
            "b": np.tile([True, False], 15),
            "bin": np.tile([0, 1, 1, 0, 1], 6),
            "yn": np.tile(["no", "yes", "yes"], 10),
            "digits": [str(number) for number in range(ROWS)],
            "one": "only",
            "none": np.nan,
        }
    )
