"""Covariances of the coefficients that do not trust the family's variance: sandwiches.

V = B M B with the bread B = (XᵀWX)⁻¹ and the meat M a sum of products of scores.  The score of an observation
is x_i e_i with e_i = w_i r_i, the working weight of the last step times the working residual.  A row that a
frequency weight repeats counts as that many observations; a row of zero weight as none.

Source: Zeileis (2004, 2006), White (1980), MacKinnon & White (1985), Cribari-Neto (2004), Cribari-Neto,
Souza & Vasconcellos (2007), Cribari-Neto & da Silva (2011), Bell & McCaffrey (2002), Cameron, Gelbach &
Miller (2011); R package sandwich.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from rglm.errors import RglmWarning, some, warn
from rglm.formula.values import Codes, Floats
from rglm.inference.clusters import Clusters, crossings
from rglm.inference.fitted import Fitted
from rglm.inference.information import unscaled
from rglm.inference.leverage import leverages

CHUNK = 16_384
"""Rows of X made dense at a time."""

Discount = Callable[[Floats, float, int], Floats]
"""(leverages (n,), observations n, rank k) → what divides each squared residual, as a power of 1 - h."""


def _hc4(h: Floats, n: float, k: int) -> Floats:
    return np.minimum(4.0, n * h / k)


def _hc4m(h: Floats, n: float, k: int) -> Floats:
    return np.minimum(1.0, n * h / k) + np.minimum(1.5, n * h / k)


def _hc5(h: Floats, n: float, k: int) -> Floats:
    ratio = n * h / k
    return np.minimum(ratio, max(4.0, 0.7 * float(ratio.max()))) / 2.0


POWERS: dict[str, Discount | None] = {
    "HC0": None,
    "HC1": None,
    "HC2": lambda h, n, k: np.ones_like(h),
    "HC3": lambda h, n, k: np.full_like(h, 2.0),
    "HC4": _hc4,
    "HC4m": _hc4m,
    "HC5": _hc5,
}
"""Types of heteroscedasticity-consistent covariances: squared residuals are divided by (1 - h)^power."""


def heteroscedastic(fit: Fitted, type: str) -> Floats:
    """B (Σ x_i x_iᵀ e_i² / (1 - h_i)^d_i) B over the columns that are not aliased, rank × rank.

    d is 0 for HC0 and HC1 (HC1 multiplies by n / (n - k)), 1 for HC2, 2 for HC3, min(4, n h_i / k) for HC4,
    min(1, n h_i / k) + min(1.5, n h_i / k) for HC4m, half of min(n h_i / k, max(4, 0.7 n h_max / k)) for HC5;
    "const" replaces e_i² by its mean, Σ e² / (n - k).
    """
    e, n, k = residual_factors(fit), fit.rows.nobs, fit.R.shape[0]
    if type == "const":
        counts = np.ones(len(e)) if fit.rows.counts is None else fit.rows.counts
        return bread_around(fit, _meat(fit, np.full(len(e), _ratio(float(counts @ e**2), n - k))))
    squares, power = e**2, POWERS[type]
    if power is not None:
        squares = _discounted(fit, squares, power)
    V = bread_around(fit, _meat(fit, squares))
    return V * _ratio(n, n - k) if type == "HC1" else V


def _discounted(fit: Fitted, squares: Floats, power: Discount) -> Floats:
    """Squared residuals divided by powers of 1 - h; a row that is fitted exactly adds nothing."""
    h = leverages(fit)
    exact = (h >= 1.0) & fit.rows.used
    if exact.any():
        where = fit.rows.positions[exact].tolist()
        warn(
            f"Leverage 1 in {len(where)} {'row' if len(where) == 1 else 'rows'} ({some(where)}): the fit "
            "goes through them whatever they hold, so they say nothing of the variance and count as 0.",
            RglmWarning,
        )
    with np.errstate(all="ignore"):
        values = squares / (1.0 - h) ** power(h, fit.rows.nobs, fit.R.shape[0])
    return np.where(exact, 0.0, values)


def clustered(fit: Fitted, parts: Sequence[Clusters], type: str = "HC0", cadjust: bool = True) -> Floats:
    """B M B with the scores summed within clusters, rank × rank.

    M is Σ over clusters of s_g s_gᵀ; for several partitions, those of each partition less those of each
    intersection of two, plus …  `cadjust` multiplies each such sum by G / (G - 1), G its own number of
    clusters, for HC0 and HC1; HC1 multiplies by (n - 1) / (n - k); HC2 and HC3 replace s_g by
    X_gᵀ W_g^½ (I - H_gg)^-½ resp. (I - H_gg)^-1 of the residuals.
    """
    n, k = fit.rows.nobs, fit.R.shape[0]
    scores_of = CLUSTER_SCORES[type]
    total = np.zeros((k, k))
    for sign, part in crossings(parts):
        scores = scores_of(fit, part)
        factor = part.size / (part.size - 1) if cadjust and type in ADJUSTED else 1.0
        total += sign * factor * (scores.T @ scores)
    V = bread_around(fit, total)
    return V * _ratio(n - 1.0, n - k) if type == "HC1" else V


ADJUSTED = ("HC0", "HC1")
"""Types of clustered covariances that G / (G - 1) multiplies."""


def linearised(fit: Fitted) -> Floats:
    """n / (n - 1) B (Σ x_i x_iᵀ e_i²) B, rank × rank: Taylor linearisation for weights of sampling.

    Each observation is its own sampling unit, drawn with replacement in one stage.
    Source: Binder (1983); R `survey::svyglm`.
    """
    n = fit.rows.nobs
    return bread_around(fit, _meat(fit, residual_factors(fit) ** 2)) * _ratio(n, n - 1.0)


def _ratio(over: float, under: float) -> float:
    """A small-sample factor; NaN without degrees of freedom."""
    return over / under if under > 0 else float("nan")


def residual_factors(fit: Fitted) -> Floats:
    """e_i = w_i r_i of one observation of each row, (n,): its score is x_i e_i; 0 for rows without weight."""
    rows = fit.rows
    weights = rows.working_weights
    if rows.counts is not None:
        weights = weights / np.where(rows.counts > 0, rows.counts, 1.0)
    used = weights > 0
    factors = np.zeros(len(weights))
    factors[used] = weights[used] * (rows.y[used] - rows.mu[used]) / rows.mean.dmu[used]
    return factors


def bread_around(fit: Fitted, meat: Floats) -> Floats:
    """B meat B, symmetric."""
    B = unscaled(fit)
    V = B @ meat @ B
    return np.asarray((V + V.T) / 2.0)


def _meat(fit: Fitted, squares: Floats) -> Floats:
    """Σ x_i x_iᵀ squares_i over observations, rank × rank."""
    rows, kept = fit.rows, np.flatnonzero(~fit.aliased)
    weights = np.where(rows.used, squares, 0.0)
    if rows.counts is not None:
        weights = weights * rows.counts
    return np.asarray(rows.block.gram(weights)[np.ix_(kept, kept)])


def _chunks(fit: Fitted) -> Iterator[tuple[slice, np.ndarray]]:
    """The rows with weight, in pieces: their places among these rows, and among all."""
    used = np.flatnonzero(fit.rows.used)
    for start in range(0, len(used), CHUNK):
        yield slice(start, start + CHUNK), used[start : start + CHUNK]


def _sums(fit: Fitted, part: Clusters) -> Floats:
    """Sums of the scores in each cluster, (G, rank)."""
    rows, kept = fit.rows, np.flatnonzero(~fit.aliased)
    factors = residual_factors(fit)
    if rows.counts is not None:
        factors = factors * rows.counts
    sums = np.zeros((len(kept), part.size))
    for places, index in _chunks(fit):
        X, e, codes = rows.block.rows(index).dense(), factors[index], part.codes[places]
        for row, j in enumerate(kept):
            sums[row] += np.bincount(codes, X[:, j] * e, part.size)
    return sums.T


def _spread_sums(power: float) -> Callable[[Fitted, Clusters], Floats]:
    """Sums of scores with the residuals of each cluster divided by (I - H_gg)^power.

    With A = R⁻ᵀ X_gᵀ W_g X_g R⁻¹ the sum becomes Rᵀ (I - A)^-power R⁻ᵀ s_g: rank × rank, however large the
    cluster.  A direction that a cluster alone determines has no residual, and adds nothing.
    """

    def sums_of(fit: Fitted, part: Clusters) -> Floats:
        sums = _sums(fit, part)
        R, weights, kept = fit.R, fit.rows.working_weights, np.flatnonzero(~fit.aliased)
        inverse = np.linalg.solve(R, np.eye(len(R)))
        for cluster, index in enumerate(_members(fit, part.codes, part.size)):
            gram = fit.rows.block.rows(index).gram(weights[index])[np.ix_(kept, kept)]
            shares, turn = np.linalg.eigh(inverse.T @ gram @ inverse)
            left = 1.0 - shares
            with np.errstate(all="ignore"):
                factor = np.where(left > EXACT, left**-power, 0.0)
            sums[cluster] = R.T @ (turn @ (factor * (turn.T @ (inverse.T @ sums[cluster]))))
        return sums

    return sums_of


EXACT = 1e-10
"""Shares of variance below this are rounding errors."""


def _members(fit: Fitted, codes: Codes, size: int) -> list[np.ndarray]:
    """The rows of each cluster."""
    used = np.flatnonzero(fit.rows.used)
    order = np.argsort(codes, kind="stable")
    return np.split(used[order], np.cumsum(np.bincount(codes, minlength=size))[:-1])


CLUSTER_SCORES: dict[str, Callable[[Fitted, Clusters], Floats]] = {
    "HC0": _sums,
    "HC1": _sums,
    "HC2": _spread_sums(0.5),
    "HC3": _spread_sums(1.0),
}
"""Types of clustered covariances, and the sums over clusters that each is made of."""
