"""Tables of intervals: one row a quantity, columns named by the percentages of their ends."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from rglm.display.numbers import format_percentages
from rglm.formula.values import Floats


def percentages(level: float) -> list[str]:
    """The columns of an interval table, as R names them: "2.5 %" and "97.5 %" for 0.95."""
    lower = (1.0 - level) / 2.0
    return format_percentages([lower, 1.0 - lower])


def interval_frame(names: Sequence[str], ends: Floats, level: float) -> pd.DataFrame:
    """Ends (k, 2) as a DataFrame with a row for each name."""
    rows = pd.Index(list(names), dtype=object)
    return pd.DataFrame(np.reshape(ends, (len(names), 2)), index=rows, columns=percentages(level))
