"""Data drawn again from a fitted model, and the coefficients fitted to them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from rglm.errors import FitError
from rglm.formula.values import Floats
from rglm.inference.fitted import Fitted, FittedRows
from rglm.inference.residuals import working_residuals
from rglm.inference.vcov import dispersion, unscaled


def multiplicities(rows: FittedRows) -> Floats:
    """How many observations each row stands for, (n,): 0 where its weight is 0."""
    counts = np.ones(rows.block.n) if rows.counts is None else rows.counts
    return np.where(rows.used, counts, 0.0)


def case_counts(fit: Fitted, rng: np.random.Generator, n: int) -> Iterator[dict[str, Floats]]:
    """n samples of the observations with replacement: how many times each row is drawn."""
    each = multiplicities(fit.rows)
    total = int(each.sum())
    for _ in range(n):
        yield {"counts": rng.multinomial(total, each / total).astype(float)}


def responses(fit: Fitted, rng: np.random.Generator, n: int) -> Iterator[dict[str, Floats]]:
    """n responses drawn from the fitted distribution at the fitted means; rows of no weight keep theirs."""
    if fit.rows.counts is not None:
        raise FitError(
            "A row with a frequency weight stands for several responses, which cannot be drawn as one. "
            'Repeat the rows instead of freq_weights=, or use kind="case".'
        )
    rows, phi = fit.rows, dispersion(fit)
    weights = np.where(rows.used, rows.weights, 1.0)
    for _ in range(n):
        drawn = fit.family.simulate(rng, rows.mean, weights, trials=rows.trials, dispersion=phi)
        yield {"response": np.where(rows.used, drawn, rows.y)}


KINDS = {"case": case_counts, "parametric": responses}


def refitted(fit: Fitted, kind: str, n: int, seed: Any) -> tuple[Floats, int]:
    """Coefficients of n refits to drawn data, (n, p), and how many refits failed.

    NaN in a row that failed, and where a draw does not determine a coefficient.
    """
    kept = np.flatnonzero(~fit.aliased)
    start = fit.coef.to_numpy(dtype=float)[kept] if len(kept) else None
    columns = None if len(kept) == len(fit.aliased) else kept
    coefs, failed = np.full((n, len(fit.aliased)), np.nan), 0
    for i, drawn in enumerate(KINDS[kind](fit, np.random.default_rng(seed), n)):
        try:
            refit = fit.refit(columns=columns, start=start, near=fit.R, **drawn)
        except FitError:
            failed += 1
            continue
        coefs[i, kept] = np.where(refit.aliased, np.nan, refit.coef)
    return coefs, failed


def influences(fit: Fitted) -> Floats:
    """What each row adds to the coefficients to first order, (n, p); NaN where aliased.

    (XᵀWX)⁻¹ x w r, with W and r the working weights and residuals: the derivative of the coefficients by the
    row's frequency weight.
    """
    rows, kept = fit.rows, np.flatnonzero(~fit.aliased)
    used = rows.working_weights > 0
    forces = np.where(used, rows.working_weights * np.where(used, working_residuals(fit), 0.0), 0.0)
    counts = multiplicities(rows)
    forces = np.divide(forces, counts, out=np.zeros_like(forces), where=counts > 0)
    full = np.full((rows.block.n, len(fit.aliased)), np.nan)
    full[:, kept] = (rows.block.dense()[:, kept] * forces[:, None]) @ unscaled(fit)
    return full
