"""What each term contributes to the linear predictor, centred as R's `predict(type = "terms")` is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from rglm.design.block import Block
from rglm.formula.values import Floats
from rglm.inference.fitted import Fitted

CHUNK_ELEMENTS = 4_000_000
"""Most elements of X made dense at once (32 MB)."""


@dataclass(frozen=True)
class Contributions:
    """Contributions of terms to the linear predictor of some rows.

    fit       {term: (n,)}: sum over the term's columns of (x_j - mean_j) b_j
    se        {term: (n,)} their standard errors, or None
    constant  what is left of the linear predictor without offset: sum of mean_j b_j, intercept included
    """

    fit: dict[str, Floats]
    se: dict[str, Floats] | None
    constant: float


def centre(fit: Fitted) -> Floats:
    """Unweighted means of the model columns over the fitted rows, (p,); zeros without an intercept."""
    if not fit.design.terms.intercept:
        return np.zeros(len(fit.aliased))
    rows = fit.rows
    if rows.kept is not None:
        return rows.kept.centre
    if rows.counts is None:
        return np.asarray(rows.block.transpose_times(np.ones(rows.block.n)) / rows.block.n)
    return np.asarray(rows.block.transpose_times(rows.counts) / rows.counts.sum())


def training_contributions(fit: Fitted, covariance: Floats | None = None) -> Contributions:
    """Contributions in the rows that were fitted."""
    return contributions(fit, fit.rows.block, covariance)


def contributions(
    fit: Fitted,
    block: Block,
    covariance: Floats | None = None,
    absent: Mapping[str, np.ndarray] | None = None,
) -> Contributions:
    """Contributions of each term in the rows of `block`.

    Parameters
    ----------
    fit : a fitted model
    block : model columns, n × p
    covariance : of the coefficients, p × p, zeros where aliased; with it standard errors are made too
    absent : for each term the rows in which one of its variables is missing, (n,) bool: these alone are NaN
    """
    if absent is not None:
        block = replace(block, absent=None)
    coef = np.where(fit.aliased, 0.0, fit.coef.to_numpy(dtype=float))
    means = centre(fit)
    assign = np.asarray(fit.design.assign)
    groups = {label: np.flatnonzero(assign == i) for i, label in enumerate(fit.design.term_labels, start=1)}
    parts = {label: np.empty(block.n) for label in groups}
    errors = None if covariance is None else {label: np.empty(block.n) for label in groups}
    step = max(CHUNK_ELEMENTS // max(block.p, 1), 1)
    for first in range(0, block.n, step):
        index = slice(first, min(first + step, block.n))
        X = block.rows(index).dense() - means
        for label, columns in groups.items():
            part = X[:, columns]
            parts[label][index] = part @ coef[columns]
            if errors is not None and covariance is not None:
                share = covariance[np.ix_(columns, columns)]
                errors[label][index] = np.sqrt(np.einsum("ij,jk,ik->i", part, share, part, optimize=True))
    for label, rows in (absent or {}).items():
        parts[label][rows] = np.nan
        if errors is not None:
            errors[label][rows] = np.nan
    return Contributions(parts, errors, float(means @ coef))
