"""DataFrames printed as R prints theirs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from rglm.display.document import Document
from rglm.display.record import Record
from rglm.display.table import Style, table_of


@dataclass(frozen=True, eq=False, repr=False)
class Shown(Record):
    """A DataFrame in one of the styles of a Table."""

    frame: Any
    style: Style

    def document(self) -> Document:
        """The table alone."""
        return Document([table_of(self.frame, self.style)])


def show(frame: Any, style: Style = "matrix") -> Shown:
    """A DataFrame as R prints it, with the other renderings of a record.

    Parameters
    ----------
    frame : pandas DataFrame; its index gives the row names
    style : "matrix" and "frame" as R prints numeric matrices and data frames; "coefficients", "anova"

    Returns
    -------
    Shown, which prints, and has `to_text`, `to_html`, `to_latex`, `to_markdown`

    >>> import pandas as pd
    >>> print(show(pd.DataFrame({"2.5 %": [0.8228708], "97.5 %": [1.3390581]}, index=["ldose"])))
              2.5 %   97.5 %
    ldose 0.8228708 1.339058
    """
    return Shown(frame, style)
