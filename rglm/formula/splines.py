"""`bs` and `ns`: B-splines and natural cubic splines with R's knots and bases."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from rglm.errors import FormulaError, some
from rglm.formula.arguments import Arguments, deparsed
from rglm.formula.deparse import number_text
from rglm.formula.learners import Column, Range, column, extent
from rglm.formula.polynomial import MOST_COLUMNS
from rglm.formula.values import Codes, Floats, Numbers, Value
from rglm.formula.vectors import number_labels


@dataclass(frozen=True, slots=True)
class Spline:
    """Interior and boundary knots of a basis; `natural` is ns: linear beyond the boundary knots."""

    degree: int
    knots: tuple[float, ...]
    boundary: tuple[float, float]
    intercept: bool
    natural: bool


@dataclass(frozen=True, slots=True)
class SplineSums:
    """The variable itself where knots are its quantiles, else its range; and the arguments of the call."""

    text: str
    degree: int
    wanted: int  # interior knots to be found
    knots: tuple[float, ...] | None
    boundary: tuple[float, float] | None
    intercept: bool
    natural: bool
    of: Column | None
    range: Range

    def __add__(self, other: SplineSums) -> SplineSums:
        joined = None if self.of is None or other.of is None else self.of + other.of
        return replace(self, of=joined, range=self.range + other.range)

    def finish(self) -> Spline:
        """Boundary knots: the range. Interior knots: quantiles of the values within the boundary, as R."""
        boundary = self.boundary or (self.range.low, self.range.high)
        if self.knots is not None:
            knots = self.knots
        elif self.of is None or not self.wanted:
            knots = ()
        else:
            values = self.of.values
            if self.boundary is not None:
                values = values[(values >= boundary[0]) & (values <= boundary[1])]
            probabilities = np.arange(1, self.wanted + 1) / (self.wanted + 1)
            knots = self._inside(quantiles(values, probabilities), boundary) if len(values) else ()
        if any(not boundary[0] <= knot <= boundary[1] for knot in knots):
            raise FormulaError(
                f"{self.text}: the knots {some(number_labels(np.array(knots)))} must lie between "
                f"the boundary knots, {number_text(boundary[0])} and {number_text(boundary[1])}."
            )
        return Spline(self.degree, knots, boundary, self.intercept, self.natural)

    def _inside(self, knots: Floats, boundary: tuple[float, float]) -> tuple[float, ...]:
        """Learned knots that equal a boundary knot, moved an eighth of the way to the next, as R >= 4.4."""
        for end in boundary:
            tied, apart = knots == end, knots[knots != end]
            if tied.any() and len(apart):
                knots = np.where(tied, end + (apart[np.argmin(np.abs(apart - end))] - end) / 8, knots)
            elif tied.any() and boundary[0] < boundary[1]:
                raise FormulaError(
                    f"{self.text}: every inner knot equals the boundary knot {number_text(end)}, where "
                    "too many values are tied; give knots= or a smaller df."
                )
        return tuple(knots.tolist())


def quantiles(values: Floats, probabilities: Floats) -> Floats:
    """Type-7 quantiles (Hyndman & Fan 1996), R's default, of values (n,) without NA: (k,)."""
    place = (len(values) - 1) * probabilities
    slack = 4 * np.finfo(float).eps
    low = np.floor(place + slack).astype(np.intp)
    share = place - low
    share[np.abs(share) < slack] = 0.0
    high = np.minimum(low + 1, len(values) - 1)
    ordered = np.partition(values, np.unique(np.concatenate([low, high])))
    return (1 - share) * ordered[low] + share * ordered[high]


# The bases


def augmented(spline: Spline) -> Floats:
    """Knots with each boundary knot repeated degree + 1 times."""
    ends = spline.degree + 1
    low, high = spline.boundary
    return np.concatenate([np.full(ends, low), np.sort(np.array(spline.knots)), np.full(ends, high)])


def b_splines(knots: Floats, degree: int, x: Floats) -> tuple[Floats, Codes]:
    """The degree + 1 B-splines not zero at x (de Boor 1978): values (degree + 1, n), first column (n,).

    Beyond the boundary knots the polynomial of the outermost interval goes on.
    """
    inner = np.unique(knots)[:-1]  # where each interval of positive length begins
    starts = np.searchsorted(knots, inner, side="right") - 1
    interval = starts[np.searchsorted(inner[1:], x, side="right")]
    values = np.zeros((degree + 1, len(x)))
    values[0] = 1.0
    above = [knots[interval + step] - x for step in range(1, degree + 1)]
    below = [x - knots[interval + 1 - step] for step in range(1, degree + 1)]
    for order in range(1, degree + 1):
        carried: Floats | float = 0.0
        for place in range(order):
            share = values[place] / (above[place] + below[order - 1 - place])
            values[place] = carried + above[place] * share
            carried = below[order - 1 - place] * share
        values[order] = carried
    return values, interval - degree


def basis_matrix(knots: Floats, degree: int, x: Floats) -> Floats:
    """All B-splines at x: (n, len(knots) - degree - 1); NaN rows where x is NaN."""
    values, first = b_splines(knots, degree, x)
    out = np.zeros((len(x), len(knots) - degree - 1), order="F")
    rows = np.arange(len(x))
    for place in range(degree + 1):
        out[rows, first + place] = values[place]
    absent = np.isnan(x)
    if absent.any():
        out[absent] = np.nan
    return out


def derivative(knots: Floats, degree: int, x: Floats, order: int) -> Floats:
    """Derivatives of all B-splines at a few points: (n, len(knots) - degree - 1)."""
    if order == 0:
        return basis_matrix(knots, degree, x)
    lower = derivative(knots[1:-1], degree - 1, x, order - 1)
    lower = np.column_stack([np.zeros(len(x)), lower, np.zeros(len(x))])
    spans = knots[degree:] - knots[: len(knots) - degree]
    scaled = np.divide(lower, spans, out=np.zeros_like(lower), where=spans > 0)
    return degree * (scaled[:, :-1] - scaled[:, 1:])


def b_basis(spline: Spline, x: Floats) -> Floats:
    """bs: the B-splines, without the first unless `intercept`."""
    out = basis_matrix(augmented(spline), spline.degree, x)
    return out if spline.intercept else out[:, 1:]


@lru_cache(maxsize=64)
def natural_parts(spline: Spline) -> tuple[Floats, Floats, Floats, Floats]:
    """Augmented knots; the map onto splines without curvature at the ends; values and slopes there."""
    knots = augmented(spline)
    ends = np.array(spline.boundary)
    skipped = 0 if spline.intercept else 1
    curvature = derivative(knots, 3, ends, 2)[:, skipped:]
    onto = np.linalg.qr(curvature.T, mode="complete")[0][:, 2:]
    onto = np.vstack([np.zeros((skipped, onto.shape[1])), onto])
    return knots, onto, basis_matrix(knots, 3, ends) @ onto, derivative(knots, 3, ends, 1) @ onto


def natural_basis(spline: Spline, x: Floats) -> Floats:
    """ns: cubic splines whose second derivative is zero at the boundary knots, linear beyond them."""
    knots, onto, value, slope = natural_parts(spline)
    out = (onto.T @ basis_matrix(knots, 3, x).T).T  # both stay column-major
    low, high = spline.boundary
    for end, outside in enumerate((x < low, x > high)):
        if outside.any():
            out[outside] = value[end] + np.outer(x[outside] - spline.boundary[end], slope[end])
    return out


# The calls


def _knot_count(arguments: Arguments, least: int) -> int:
    """How many interior knots `df` asks for; `least` is the df of a basis without any."""
    if not arguments.has("df"):
        return 0
    df = arguments.number("df", 0)
    if df != df or not -1e9 < df <= MOST_COLUMNS:
        raise arguments.refuse(f"'df' must be at most {MOST_COLUMNS}, not {number_text(df)}")
    if df < least:
        arguments.scope.warn(f"{deparsed(arguments.call)}: 'df' was too small; have used {least}.")
    return max(0, int(df) - least)


def _gather(arguments: Arguments, degree: int, natural: bool) -> SplineSums:
    x = arguments.numeric("x").values
    if x.ndim != 1:
        raise arguments.refuse("one numeric variable is needed, not a matrix")
    intercept = arguments.flag("intercept", False)
    knots = arguments.numbers("knots")
    boundary = arguments.numbers("Boundary.knots")
    if boundary is not None and (len(boundary) != 2 or boundary[0] == boundary[1]):
        raise arguments.refuse("'Boundary.knots' must be two different numbers")
    if knots is not None and len(knots) + degree + 1 > MOST_COLUMNS:
        raise arguments.refuse(f"more than {MOST_COLUMNS} columns")
    least = (1 if natural else degree) + int(intercept)
    wanted = 0 if knots is not None else _knot_count(arguments, least)
    return SplineSums(
        deparsed(arguments.call),
        degree,
        wanted,
        None if knots is None else tuple(sorted(knots.tolist())),
        None if boundary is None else (float(boundary.min()), float(boundary.max())),
        intercept,
        natural,
        column(x) if wanted else None,
        extent(x),
    )


def gather_bs(arguments: Arguments) -> SplineSums:
    """bs(x, df, knots, degree, intercept, Boundary.knots)."""
    return _gather(arguments, arguments.count("degree", 3, 1, 20), natural=False)


def gather_ns(arguments: Arguments) -> SplineSums:
    """ns(x, df, knots, intercept, Boundary.knots)."""
    return _gather(arguments, 3, natural=True)


def _apply(arguments: Arguments, learned: object, make: Callable[[Spline, Floats], Floats]) -> Value:
    assert isinstance(learned, Spline)
    x = arguments.numeric("x").values
    low, high = learned.boundary
    if not low < high:
        raise arguments.refuse("the variable has fewer than two distinct values, so there is no spline")
    if not learned.natural and bool(np.any((x < low) | (x > high))):
        arguments.scope.warn(
            f"{deparsed(arguments.call)}: some 'x' values beyond boundary knots "
            "may cause ill-conditioned bases."
        )
    values = make(learned, x)
    return Numbers(values, tuple(str(number) for number in range(1, values.shape[1] + 1)))


def apply_bs(arguments: Arguments, learned: object) -> Value:
    """The B-spline columns 1, 2, …"""
    return _apply(arguments, learned, b_basis)


def apply_ns(arguments: Arguments, learned: object) -> Value:
    """The natural spline columns 1, 2, …"""
    return _apply(arguments, learned, natural_basis)
