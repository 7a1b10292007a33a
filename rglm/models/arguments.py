"""The arguments of a model call, kept so that `update` can make the call again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from rglm.data.source import Source
from rglm.design.learn import as_node
from rglm.families.family import Family
from rglm.families.sampled import Sampled
from rglm.fitting.control import Control
from rglm.formula.grammar import names_in
from rglm.formula.tree import Formula

EXTRAS = ("weights", "freq_weights", "prob_weights", "offset", "exposure")
"""Arguments that give one number a row."""

NA_ACTIONS = ("omit", "exclude", "fail")
METHODS = ("auto", "qr")


@dataclass(frozen=True)
class Arguments:
    """What `glm()` or `lm()` was called with; the meaning of each is in their docstrings."""

    formula: Formula
    data: Source
    family: Family
    weights: Any = None
    freq_weights: Any = None
    offset: Any = None
    exposure: Any = None
    subset: Any = None
    na_action: str = "omit"
    contrasts: Mapping[str, Any] | None = None
    success: str | None = None
    start: Any = None
    method: str = "auto"
    control: Control = field(default_factory=Control)
    env: Mapping[str, Any] | None = None
    prob_weights: Any = None

    @property
    def fitted_family(self) -> Family:
        """The family whose facts hold for the fit: with sampling weights, one without a likelihood."""
        return self.family if self.prob_weights is None else Sampled(self.family)

    @property
    def extras(self) -> dict[str, Any]:
        """The row-wise arguments that were given, by name."""
        given = ((name, getattr(self, name)) for name in EXTRAS)
        return {name: value for name, value in given if value is not None}

    def extra_names(self, columns: Sequence[str]) -> frozenset[str]:
        """Columns used as weights, offset or exposure: `.` leaves them out."""
        texts = ((name, value) for name, value in self.extras.items() if isinstance(value, str))
        return frozenset[str]().union(*(names_in(as_node(text, columns, name)) for name, text in texts))
