"""A teaching-size fit: n = 50, one numeric and one factor, Poisson; and its printed summary."""

from __future__ import annotations

import numpy as np
import pandas as pd

FORMULA = "y ~ x + g"


def data(n: int = 50, seed: int = 1) -> pd.DataFrame:
    """n rows with a count `y`, a numeric `x` and a factor `g` of four levels."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=n)
    codes = rng.integers(0, 4, size=n)
    mean = np.exp(0.5 + 0.3 * x + np.array([0.0, 0.4, -0.3, 0.2])[codes])
    levels = np.array(["north", "south", "east", "west"])
    return pd.DataFrame({"y": rng.poisson(mean), "x": x, "g": pd.Categorical(levels[codes])})
