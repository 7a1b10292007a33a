"""Tables of predictions, comparisons and slopes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from rglm.display import Column, Document, Line, Number, Record, Table
from rglm.display.document import Part
from rglm.formula.values import Floats
from rglm.inference.distributions import two_sided, two_sided_quantile
from rglm.inference.grid_labels import column_of

ENDS = 5
"""Rows shown at either end of a table that is too long to print."""
LONGEST = 30


@dataclass(frozen=True, eq=False, repr=False)
class MarginTable(Record):
    """Estimates with delta-method standard errors.

    labels      what each row is: term, contrast, group, … {name: m values}
    estimates   (m,)
    std_errors  (m,)
    level       of the intervals
    df          of the t distribution; infinite for the normal
    null        what estimates are tested against
    response    whether on the response scale
    interval    other ends of the intervals, (2, m), before `transform`; None for estimate ± c se
    transform   what estimates and intervals are shown through, or None
    rows        columns of the data in these rows, for tables with one line a row of data
    notes       lines under the table
    """

    labels: Mapping[str, list[Any]]
    estimates: Floats
    std_errors: Floats
    level: float
    df: float
    null: float
    response: bool
    interval: Floats | None = None
    transform: Callable[[Floats], Floats] | None = None
    rows: Mapping[str, list[Any]] | None = None
    notes: tuple[str, ...] = ()

    @cached_property
    def statistics(self) -> Floats:
        """z or t, (m,)."""
        with np.errstate(invalid="ignore", divide="ignore"):
            return (self.estimates - self.null) / self.std_errors

    @cached_property
    def table(self) -> pd.DataFrame:
        """What each row is, then `estimate`, `std.error`, `statistic`, `p.value`, `conf.low`, `conf.high`."""
        numbers = {
            "estimate": self._shown(self.estimates),
            "std.error": self.std_errors,
            "statistic": self.statistics,
            "p.value": two_sided(self.statistics, self.df),
            "conf.low": self._ends[0],
            "conf.high": self._ends[1],
        }
        if self.transform is not None:
            del numbers["std.error"]
        return pd.DataFrame({**self.labels, **numbers, **(self.rows or {})})

    def _shown(self, values: Floats) -> Floats:
        with np.errstate(all="ignore"):
            return values if self.transform is None else np.asarray(self.transform(values))

    @cached_property
    def _ends(self) -> Floats:
        if self.interval is None:
            half = two_sided_quantile(self.level, self.df) * self.std_errors
            ends = np.array([self.estimates - half, self.estimates + half])
        else:
            ends = self.interval
        return np.sort(self._shown(ends), axis=0)

    def document(self) -> Document:
        """The table, both its ends where it is long."""
        m = len(self.estimates)
        shown = list(range(m)) if m <= LONGEST else [*range(ENDS), *range(m - ENDS, m)]
        parts: list[Part] = [self._printed(shown), Line("")]
        if len(shown) < m:
            parts.append(
                Line(Number(m - len(shown), "count"), " rows are not shown; .table has all", role="note")
            )
        parts += [Line(f"Type: {'response' if self.response else 'link'}", role="note")]
        return Document([*parts, *(Line(note, role="note") for note in self.notes)])

    def _printed(self, shown: list[int]) -> Table:
        letter = "z" if np.isinf(self.df) else "t"
        kinds: dict[str, tuple[str, Any]] = {
            "estimate": ("Estimate", "estimate"),
            "std.error": ("Std. Error", "standard error"),
            "statistic": (letter, "statistic"),
            "p.value": (f"Pr(>|{letter}|)", "p-value"),
            "conf.low": ("conf.low", "number"),
            "conf.high": ("conf.high", "number"),
        }
        table = self.table.iloc[shown]
        labels = {name: [values[i] for i in shown] for name, values in self.labels.items()}
        columns = [
            column_of(name.capitalize() if name in ("term", "contrast") else name, values)
            for name, values in labels.items()
        ]
        for name, (heading, kind) in kinds.items():
            if name in table:
                columns.append(Column(heading, kind, table[name].tolist()))
        return Table(tuple(columns), ("",) * len(shown), "means")
