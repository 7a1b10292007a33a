"""The lines under a table of estimated means, as R's emmeans writes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from rglm.display import Number
from rglm.display.document import Piece
from rglm.inference.mean_adjustments import JOINT, rank_of

if TYPE_CHECKING:
    from rglm.inference.emm import EstimatedMeans

Pieces: TypeAlias = tuple[Piece, ...]
"""A line, as the pieces it is made of."""


def notes(means: EstimatedMeans) -> list[Pieces]:
    """All lines."""
    return [*_on_scale(means), *_on_intervals(means), *_on_tests(means)]


def _on_scale(means: EstimatedMeans) -> list[Pieces]:
    found: list[Pieces] = [] if means.note is None else [(means.note,)]
    if means.averaged:
        found.append((f"Results are averaged over the levels of: {', '.join(means.averaged)}",))
    if means.transform is not None and not means.response:
        found.append((f"Results are given on the {means.transform.name} (not the response) scale.",))
    if means.stuck is not None:
        found.append((f"Note: contrasts are still on the {means.stuck} scale",))
    return found


def _on_intervals(means: EstimatedMeans) -> list[Pieces]:
    if not means.shown.intervals:
        return []
    found: list[Pieces] = [("Confidence level used: ", Number(means.shown.level))]
    method = means.adjustment if means.adjustment in JOINT else "bonferroni"
    if method != "none":
        found.append(("Conf-level adjustment: ", *_adjusted(means, method, "estimates")))
    if means.back is not None:
        found.append((f"Intervals are back-transformed from the {means.back.name} scale",))
    return found


def _on_tests(means: EstimatedMeans) -> list[Pieces]:
    if not means.shown.tests:
        return []
    found: list[Pieces] = []
    if means.adjustment != "none":
        found.append(("P value adjustment: ", *_adjusted(means, means.adjustment, "tests")))
    if means.back is not None:
        found.append((f"Tests are performed on the {means.back.name} scale",))
    return found


def _adjusted(means: EstimatedMeans, method: str, what: str) -> Pieces:
    if method == "tukey":
        return "tukey method for comparing a family of ", Number(means.means, "count"), " estimates"
    if method == "scheffe":
        return "scheffe method with rank ", Number(rank_of(means.statistics(means.groups[0])), "count")
    return f"{method} method for ", Number(len(means.groups[0]), "count"), f" {what}"
