"""`joint_tests()`: a test of each main effect and interaction, by contrasts of estimated marginal means."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from rglm.display import Column, Document, Line, Record, Table
from rglm.display.document import Part
from rglm.errors import FitError
from rglm.formula.values import Floats
from rglm.inference.covariance import covariance
from rglm.inference.distributions import upper_f
from rglm.inference.emm import NOT_ESTIMABLE, Linear
from rglm.inference.emmeans import averaged, linear_of, listed
from rglm.inference.fitted import Fitted
from rglm.inference.grid_labels import column_of
from rglm.inference.reference_grid import ReferenceGrid, reference_grid

REDUCED = "e"


@dataclass(frozen=True, eq=False, repr=False)
class JointTests(Record):
    """Joint tests of main effects and interactions.

    table   DataFrame: `model term`, columns of `by`, `df1`, `df2`, `F.ratio`, `p.value`, and `note` where a
            test had to leave out what the data do not determine
    by      columns that part the tests
    """

    table: pd.DataFrame
    by: tuple[str, ...]

    def document(self) -> Document:
        """As R's emmeans prints."""
        kinds: dict[str, Any] = {
            "df1": "count",
            "df2": "df",
            "F.ratio": "statistic",
            "p.value": "p-value",
            "note": "label",
        }
        columns = [
            Column(name, kinds.get(name, "text"), self.table[name].tolist())
            for name in map(str, self.table)
            if name not in self.by
        ]
        columns += [column_of(name, self.table[name].tolist()) for name in self.by]
        table = Table(tuple(columns), ("",) * len(self.table), "means", grouped=len(self.by))
        parts: list[Part] = [table, Line("")]
        if "note" in self.table:
            parts.append(Line(f"{REDUCED}: df1 reduced due to non-estimability ", role="note"))
        return Document(parts)


def joint_tests(
    fit: Fitted,
    by: Any = None,
    at: Mapping[str, Any] | None = None,
    vcov: Any = None,
    *,
    df: float | None = None,
) -> JointTests:
    """Tests of each main effect and interaction among estimated marginal means, like those of type 3.

    For each set of predictors that some term holds: the interaction contrasts of their means (averaged over
    the others with equal weights) are all zero.  F = (L b)' (L V L')^-1 (L b) / rank.  Columns of numbers are
    taken at their mean less and plus one.

    Parameters
    ----------
    fit : a fitted model
    by : predictors at each of whose values the others are tested
    at : for predictors, values to use instead: {"x": [1, 2]}
    vcov : a type that `vcov(type=)` knows, a dict of arguments of `vcov()`, or a DataFrame
    df : residual degrees of freedom, as in `emmeans`

    Returns
    -------
    JointTests: prints as R's; `.table`

    Raises
    ------
    FitError, DataError
        When a predictor or level is not known, or the grid has more than 10,000 rows.

    Source: R `emmeans::joint_tests` (without its row "(confounded)").

    Examples
    --------
    >>> from rglm import datasets, lm
    >>> fit = lm("breaks ~ wool * tension", data=datasets.load("warpbreaks"))
    >>> print(fit.joint_tests())
     model term   df1 df2 F.ratio p.value
     wool           1  48   3.765  0.0582
     tension        2  48   8.498  0.0007
     wool:tension   2  48   4.189  0.0210
    <BLANKLINE>
    """
    grid = _grid(fit, at)
    parting = [grid.axis(name) for name in listed(by)]
    linear = linear_of(fit, covariance(fit, vcov), df)
    rows: list[dict[str, Any]] = []
    for wanted in _sets(fit, grid, parting):
        name = ":".join(grid.axes[i].name for i in wanted)
        L, cells = averaged(grid, [*wanted, *parting], "equal")
        per = int(np.prod([len(grid.axes[i].values) for i in wanted]))
        D = _contrasts([len(grid.axes[i].values) for i in wanted])
        for first in range(0, len(L), per):
            tested = _tested(linear, D @ L[first : first + per])
            held = {
                grid.axes[i].name: grid.axes[i].values[cells[len(wanted) + k, first]]
                for k, i in enumerate(parting)
            }
            if tested["df1"]:
                rows.append({"model term": name, **held, **tested})
    if not rows:
        raise FitError("There is nothing to test: no term holds predictors beyond those of by=.")
    table = pd.DataFrame(rows)
    if not (table["note"] == REDUCED).any():
        table = table.drop(columns="note")
    return JointTests(table, tuple(grid.axes[i].name for i in parting))


def _grid(fit: Fitted, at: Mapping[str, Any] | None) -> ReferenceGrid:
    """The reference grid with two values for each column of numbers."""
    given = dict(at or {})
    for axis in reference_grid(fit, given, None, None).axes:
        if len(axis.values) == 1 and not axis.counted and axis.name not in given:
            given[axis.name] = [axis.values[0] - 1.0, axis.values[0] + 1.0]
    return reference_grid(fit, given, None, None)


def _sets(fit: Fitted, grid: ReferenceGrid, parting: Sequence[int]) -> list[tuple[int, ...]]:
    """Sets of predictors that stand together in some term, the smaller first."""
    design = fit.design
    together = [
        {
            i
            for i, axis in enumerate(grid.axes)
            if any(axis.name in design.columns_of(index) for index in term)
        }
        for term in design.terms.terms
    ]
    free = [i for i in range(len(grid.axes)) if i not in parting and len(grid.axes[i].values) > 1]
    most = max(map(len, together), default=0)
    return [
        found
        for size in range(1, most + 1)
        for found in combinations(free, size)
        if any(set(found) <= held for held in together)
    ]


def _contrasts(sizes: Sequence[int]) -> Floats:
    """Products of differences between neighbours, the first predictor fastest."""
    product = np.ones((1, 1))
    for size in sizes:
        product = np.asarray(np.kron(np.diff(np.eye(size), axis=0), product))
    return product


def _tested(linear: Linear, L: Floats) -> dict[str, Any]:
    """The Wald test of L b = 0, or of what of it the data determine; df1 is 0 where that is nothing."""
    lost = L @ linear.null.T
    reduced = bool((lost**2).sum() > NOT_ESTIMABLE * (L**2).sum())
    if reduced:  # combinations of the rows that lie outside the null space
        left, sizes, _ = np.linalg.svd(lost)
        L = left[:, int((sizes > 1e-6 * sizes.max()).sum()) :].T @ L
    values, vectors = (
        np.linalg.eigh(L @ linear.covariance @ L.T) if len(L) else (np.zeros(0), np.zeros((0, 0)))
    )
    kept = values > 1e-9 * values.max(initial=0.0)
    rank = int(kept.sum())
    if not rank:
        return {"df1": 0.0}
    statistic = float(((vectors[:, kept].T @ L @ linear.coef) ** 2 / values[kept]).sum()) / rank
    return {
        "df1": float(rank),
        "df2": linear.df,
        "F.ratio": statistic,
        "p.value": float(upper_f(statistic, rank, linear.df)),
        "note": REDUCED if reduced else "",
    }
