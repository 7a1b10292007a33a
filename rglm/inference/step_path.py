"""What `step()` found: the chosen model, the way there, and R's trace of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from rglm.display import Blank, Document, Line, Number, Record, current, table_of, text
from rglm.display.document import Part

CAUTION = (
    "Note: the standard errors, p-values and intervals of the chosen model take no account of the",
    "selection: they are too small, and so is its AIC beside that of a model chosen in advance.",
)


@dataclass(frozen=True, eq=False)
class Trial:
    """One model on the way, and what was tried from it.

    formula    of the model
    aic        its criterion, as `extract_aic` gives it
    table      DataFrame, one row a model tried (`- x`, `+ z`, `<none>`), best first; None where nothing was
    refit_aic  Series, the AIC of each of these models as fitted, where that is not R's column AIC up to a
               constant (Gamma, inverse Gaussian)
    """

    formula: str
    aic: float
    table: pd.DataFrame | None = None
    refit_aic: pd.Series[float] | None = None

    def parts(self, word: str) -> list[Part]:
        """R's trace of one step."""
        heading = Line(word, ":  AIC=", Number(self.aic, "round", places=2), role="heading")
        lines: list[Part] = [heading, Line(self.formula, role="code"), Blank()]
        return lines if self.table is None else [*lines, table_of(self.table, "anova")]


@dataclass(frozen=True, eq=False, repr=False)
class StepPath(Record):
    """A model chosen step by step.

    fit       the chosen model, with all its verbs
    table     DataFrame, R's `object$anova`: `Step`, `Df`, `Deviance`, `Resid. Df`, `Resid. Dev`, `AIC`; one
              row a model on the way
    trials    what was tried at each step
    initial   formula of the model at the start
    left_out  rows of the first model that lack a value of the scope, left out throughout
    trace     whether the record prints what was tried
    """

    fit: Any
    table: pd.DataFrame
    trials: Sequence[Trial]
    initial: str
    left_out: int
    trace: bool = True

    @property
    def final(self) -> str:
        """Formula of the chosen model."""
        return self.trials[len(self.table) - 1].formula

    @property
    def trace_text(self) -> str:
        """What R's `step(trace = 1)` writes while it runs."""
        return text.render(Document(self._trace(), less=2), current()).rstrip("\n")

    def document(self) -> Document:
        """The trace, then R's `print` of the path, then what a selection does to p-values."""
        parts: list[Part] = [*self._trace(), Blank()] if self.trace else []
        if self.left_out:
            rows = "row lacks a value" if self.left_out == 1 else "rows lack a value"
            counted = (Number(self.left_out, "count"), f" {rows} of the scope and took no part")
            parts += [Line(*counted, role="note"), Blank()]
        parts += [
            Line("Stepwise Model Path", role="heading"),
            Line("Initial Model:"),
            Line(self.initial, role="code"),
            Blank(),
            Line("Final Model:"),
            Line(self.final, role="code"),
            Blank(),
            table_of(self.table, "frame", less=0),
            Blank(),
            *(Line(line, role="note") for line in CAUTION),
        ]
        return Document(parts, less=2)

    def _trace(self) -> list[Part]:
        parts = self.trials[0].parts("Start")
        for trial in self.trials[1:]:
            parts += [Blank(), *trial.parts("Step")]
        return parts
