"""Intervals that a response or a mean must lie in."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rglm.formula.values import Floats


@dataclass(frozen=True)
class Domain:
    """An interval of numbers, closed where it says so, and its words for messages."""

    low: float
    high: float
    closed_low: bool
    closed_high: bool
    text: str

    def outside(self, values: Floats) -> NDArray[np.bool_]:
        """Which values are outside, (n,) bool; NaN and infinite ones are."""
        above = values >= self.low if self.closed_low else values > self.low
        below = values <= self.high if self.closed_high else values < self.high
        return ~(above & below & np.isfinite(values))


REAL = Domain(-math.inf, math.inf, False, False, "finite numbers")
NONNEGATIVE = Domain(0.0, math.inf, True, False, "non-negative numbers")
POSITIVE = Domain(0.0, math.inf, False, False, "positive numbers")
PROPORTION = Domain(0.0, 1.0, True, True, "numbers from 0 to 1")
PROBABILITY = Domain(0.0, 1.0, False, False, "numbers strictly between 0 and 1")
