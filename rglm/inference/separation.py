"""Cheap signs, at any n, that some estimates run to infinity."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from rglm.formula.values import Floats
from rglm.inference.fitted import Fitted, FittedRows
from rglm.inference.vcov import standard_errors

VANISHING = 1e-6
"""A fitted mean this near to a response at the edge of the domain is taken to be on its way there."""

UNDETERMINED = 100.0
"""A change of eta over a column's range whose standard error exceeds this is not determined by the data."""


@dataclass(frozen=True)
class Separation:
    """Coefficients that have no finite estimate.

    columns  names of the coefficients
    reasons  what in the data separates, one phrase each: "all 12 responses of 'gq' are 0"
    """

    columns: tuple[str, ...]
    reasons: tuple[str, ...]

    def __str__(self) -> str:
        return (
            f"Infinite estimates (separation): {', '.join(self.columns)}. {'; '.join(self.reasons)}. "
            "Their coefficients, standard errors and Wald tests mean nothing; tests that compare deviances "
            "still hold. Merge or drop the level or term, or use a bias-reduced fit."
        )


def separation(fit: Fitted) -> Separation | None:
    """Coefficients whose estimates run to infinity, and why; None where there is no sign of it.

    Signs: fitted means that vanish towards responses at the edge of the domain (0 for counts, 0 or 1 for
    proportions), and coefficients whose standard error over the range of their column exceeds 100.

    Source: Albert & Anderson (1984), Biometrika 71; the exact test is a linear program.
    """
    rows = fit.rows
    if not any(vanishing.any() for vanishing in _vanishing(fit, rows)):
        return None
    X = rows.block.dense()[rows.used]
    spread = np.where(np.ptp(X, axis=0) > 0, np.ptp(X, axis=0), 1.0)
    errors = standard_errors(fit, 1.0) * spread
    flagged = np.flatnonzero(np.nan_to_num(errors, nan=0.0, posinf=np.inf) > UNDETERMINED)
    if not len(flagged):
        return None
    names, assign = fit.design.column_names, np.asarray(fit.design.assign)
    reasons = tuple(_reasons(fit, X, rows.y[rows.used], flagged, assign))
    return Separation(tuple(names[j] for j in flagged), reasons)


def _vanishing(fit: Fitted, rows: FittedRows) -> Iterator[np.ndarray]:
    """Rows whose response is on an edge of the domain that the mean can only approach, and nearly has."""
    response, mean = fit.family.domain, fit.family.variance.mean_domain
    if response.closed_low and not mean.closed_low and np.isfinite(response.low):
        yield (rows.mu - response.low < VANISHING) & (rows.y == response.low) & rows.used
    if response.closed_high and not mean.closed_high and np.isfinite(response.high):
        gap = response.high - rows.mu if rows.mean.complement is None else rows.mean.complement
        yield (gap < VANISHING) & (rows.y == response.high) & rows.used


def _reasons(fit: Fitted, X: Floats, y: Floats, flagged: np.ndarray, assign: np.ndarray) -> Iterator[str]:
    """A phrase for each level whose responses all lie on one edge, else for the terms together."""
    names, labels, found = fit.design.column_names, fit.design.term_labels, False
    for j in flagged:
        whole = assign[j] and _is_indicator(X[:, j])
        share = _one_edge(fit, np.asarray(X[:, j] == 1.0), y) if whole else None
        if share is not None:
            found = True
            yield f"all {share[0]} responses of '{names[j]}' are {share[1]}"
    for term in dict.fromkeys(assign[flagged].tolist()):
        columns = np.flatnonzero(assign == term)
        whole = (
            term and set(columns) <= set(flagged.tolist()) and all(_is_indicator(X[:, j]) for j in columns)
        )
        share = _one_edge(fit, np.asarray(~X[:, columns].any(axis=1)), y) if whole else None
        if share is not None:
            found = True
            yield f"all {share[0]} responses of the base level of '{labels[term - 1]}' are {share[1]}"
    if not found:
        terms = dict.fromkeys(labels[k - 1] if k else "(Intercept)" for k in assign[flagged].tolist())
        yield f"{', '.join(terms)} predict some responses perfectly"


def _is_indicator(column: Floats) -> bool:
    return bool(np.isin(column, (0.0, 1.0)).all())


def _one_edge(fit: Fitted, rows: np.ndarray, y: Floats) -> tuple[int, int] | None:
    """How many rows, and their common response, where all of them lie on one edge of the domain."""
    values = y[rows]
    domain = fit.family.domain
    for edge in (domain.low, domain.high):
        if len(values) and np.isfinite(edge) and (values == edge).all():
            return len(values), int(edge)
    return None
