"""What `add1` and `step` need of a model beyond `Fitted`: its rows under a larger formula."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from rglm.design.spec import DesignSpec
from rglm.families.family import Family
from rglm.fitting.rows import Rows
from rglm.formula.tree import Formula
from rglm.formula.values import Codes, Floats
from rglm.inference.fitted import Fitted, Refit


class Wider(Protocol):
    """The rows where every variable of a larger formula is present, encoded once.

    design     of the larger formula
    rows       its columns X, y, weights, offset
    variables  each variable's values by its index in the design
    left_out   rows of the fit that are not among them
    refit      fits any terms or columns of the design to these rows
    accepted   family and fit of the model on some terms, where moving to it changes the family (theta of a
               negative binomial model); None where it does not
    model      the full model of a smaller formula on these rows
    """

    @property
    def design(self) -> DesignSpec: ...
    @property
    def rows(self) -> Rows: ...
    @property
    def variables(self) -> Mapping[int, Codes | Floats]: ...
    @property
    def left_out(self) -> int: ...
    @property
    def refit(self) -> Callable[..., Refit]: ...
    def accepted(self, terms: Sequence[int]) -> tuple[Family, Refit] | None: ...
    def model(self, formula: Formula) -> Any: ...


class Growable(Fitted, Protocol):
    """A fitted model whose formula can be made larger."""

    @property
    def widened(self) -> Callable[[Formula], Wider]: ...
