"""Estimated means in order, with symbols that they share where they are not shown to differ."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from rglm.display import Document, Line, Number, Record
from rglm.display.document import Part
from rglm.formula.values import Floats
from rglm.inference.checks import check_level
from rglm.inference.emm_notes import notes
from rglm.inference.letters import groups_of, symbols_of

if TYPE_CHECKING:
    from rglm.inference.emm import EstimatedMeans


@dataclass(frozen=True, eq=False, repr=False)
class LetterDisplay(Record):
    """Means in order, with symbols that they share where they are not shown to differ.

    means      the means, in this order
    compared   the comparisons behind the symbols
    groups     symbols of each mean
    alpha      significance level
    """

    means: EstimatedMeans
    compared: EstimatedMeans
    groups: tuple[str, ...]
    alpha: float

    @property
    def table(self) -> pd.DataFrame:
        """The means' table with a column `.group`."""
        return self.means.table.assign(**{".group": ["".join(mark.split()) for mark in self.groups]})

    def document(self) -> Document:
        """As R prints `multcomp::cld` of estimated means."""
        lines = dict.fromkeys([*notes(self.means), *notes(self.compared)])
        above: list[Part] = [Line(*pieces, " ", role="note") for pieces in lines]
        return Document(
            [
                self.means.printed(self.groups),
                Line(""),
                *above,
                Line("significance level used: alpha = ", Number(self.alpha), " ", role="note"),
                Line("NOTE: If two or more means share the same grouping symbol,", role="note"),
                Line("      then we cannot show them to be different.", role="note"),
                Line("      But we also did not show them to be the same. ", role="note"),
            ]
        )


def letter_display(
    means: EstimatedMeans, alpha: float, adjust: str | None, alphabet: str, reverse: bool
) -> LetterDisplay:
    """The display of all families; arguments as in `EstimatedMeans.cld`."""
    check_level(1.0 - alpha)
    compared = means.pairs(adjust)
    order: list[int] = []
    marks: list[str] = []
    start = 0
    for group in means.groups:
        k = len(group)
        differ = np.zeros((k, k), dtype=bool)
        upper = np.triu_indices(k, 1)
        differ[upper] = compared.p_values[start : start + len(upper[0])] < alpha
        start += len(upper[0])
        estimates = means.estimates[group]
        places = np.argsort(-estimates if reverse else estimates, kind="stable")  # NaN last
        order += group[places].tolist()
        marks += _marks(estimates[places], differ | differ.T, places, alphabet)
    shown = means if adjust is None else means.confint(adjust=adjust)
    return LetterDisplay(shown.taken(np.array(order)), compared, tuple(marks), alpha)


def _marks(estimates: Floats, differ: np.ndarray, order: np.ndarray, alphabet: str) -> list[str]:
    """The symbols of the means of one family; none for those that are not estimable."""
    known = int((~np.isnan(estimates)).sum())
    kept = order[:known]
    found = symbols_of(groups_of(differ[np.ix_(kept, kept)]), known, alphabet)
    blank = " " * max(map(len, found), default=1)
    return found + [blank] * (len(order) - known)
