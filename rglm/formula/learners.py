"""Functions that remember numbers learned from data: mean, sd, min, max, median, scale, center, cut.

A learner has three steps. `gather` reads some rows into sums; sums of blocks add with `+`; `finish` turns
them into parameters (small, frozen, picklable), with which `apply` computes any rows. NA rows are ignored.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from rglm.formula.arguments import Arguments, deparsed
from rglm.formula.values import Factor, Floats, Logical, Numbers, Value
from rglm.formula.vectors import MOST_CONSTANTS

# Sums


@dataclass(frozen=True, slots=True)
class Moments:
    """Count, mean, sum of squares about it, of k columns: each (k,); adds (Chan, Golub & LeVeque 1983)."""

    count: Floats
    mean: Floats
    square: Floats

    def __add__(self, other: Moments) -> Moments:
        count = self.count + other.count
        share = np.divide(other.count, count, out=np.zeros_like(count), where=count > 0)
        apart = other.mean - self.mean
        square = self.square + other.square + apart**2 * self.count * share
        return Moments(count, self.mean + apart * share, square)


def moments(values: Floats) -> Moments:
    """The moments of a vector (n,) or of each column of a matrix (n, k), without NA."""
    columns = [values] if values.ndim == 1 else list(values.T)
    present = [column[column == column] for column in columns]
    mean = np.array([column.mean() if len(column) else 0.0 for column in present])
    square = np.array([float(np.sum((column - at) ** 2)) for column, at in zip(present, mean, strict=True)])
    return Moments(np.array([float(len(column)) for column in present]), mean, square)


@dataclass(frozen=True)
class Column:
    """The values themselves, NA left out: what quantiles need. Adding keeps the parts and joins them once."""

    parts: tuple[Floats, ...]

    def __add__(self, other: Column) -> Column:
        return Column(self.parts + other.parts)

    @cached_property
    def values(self) -> Floats:
        """One vector (n,)."""
        return self.parts[0] if len(self.parts) == 1 else np.concatenate(self.parts)


def column(values: Floats) -> Column:
    """The present values of a vector."""
    present = values == values
    return Column((values if present.all() else values[present],))


@dataclass(frozen=True, slots=True)
class Range:
    """Smallest and largest value; inf and -inf where there is none."""

    low: float
    high: float

    def __add__(self, other: Range) -> Range:
        return Range(min(self.low, other.low), max(self.high, other.high))


def extent(values: Floats) -> Range:
    """The range of a vector without NA."""
    present = values[values == values]
    return Range(float(present.min()), float(present.max())) if len(present) else Range(np.inf, -np.inf)


def _vector(arguments: Arguments) -> Floats:
    values = arguments.numeric("x").values
    if values.ndim != 1:
        raise arguments.refuse("one numeric variable is needed, not a matrix")
    return values


# mean, sd, min, max, median


@dataclass(frozen=True, slots=True)
class ScalarSums:
    """Sums of one variable and the statistic asked for."""

    statistic: str
    text: str
    of: Moments | Range | Column

    def __add__(self, other: ScalarSums) -> ScalarSums:
        return replace(self, of=self.of + other.of)  # type: ignore[operator]  # both hold the same kind

    def finish(self) -> float:
        """The statistic; NaN where no value is present."""
        if isinstance(self.of, Moments):
            count, mean, square = (float(part[0]) for part in (self.of.count, self.of.mean, self.of.square))
            if self.statistic == "mean":
                return mean if count else np.nan
            return float(np.sqrt(square / (count - 1))) if count > 1 else np.nan
        if isinstance(self.of, Range):
            value = self.of.low if self.statistic == "min" else self.of.high
            return value if self.of.low <= self.of.high else np.nan
        return float(np.median(self.of.values)) if len(self.of.values) else np.nan


def gather_scalar(statistic: str) -> Callable[[Arguments], ScalarSums]:
    """The gathering step of mean, sd, min, max or median."""
    take: Callable[[Floats], Moments | Range | Column]
    take = moments if statistic in ("mean", "sd") else extent if statistic in ("min", "max") else column

    def gather(arguments: Arguments) -> ScalarSums:
        return ScalarSums(statistic, deparsed(arguments.call), take(_vector(arguments)))

    return gather


def apply_scalar(arguments: Arguments, learned: object) -> Value:
    """The remembered number, for every row."""
    assert isinstance(learned, float)
    return Numbers(np.array([learned]))


# scale, center


@dataclass(frozen=True, slots=True)
class Scaling:
    """What is subtracted from each column, then divided by; None: nothing."""

    centre: tuple[float, ...] | None
    spread: tuple[float, ...] | None


@dataclass(frozen=True, slots=True)
class ScalingSums:
    """Moments of the columns and what to make of them: True (learn), False (leave) or given numbers."""

    text: str
    of: Moments
    centre: bool | tuple[float, ...]
    spread: bool | tuple[float, ...]

    def __add__(self, other: ScalingSums) -> ScalingSums:
        return replace(self, of=self.of + other.of)

    def finish(self) -> Scaling:
        """Centre: the mean. Spread: the root of the sum of squares about the centre over n - 1, as R."""
        of = self.of
        centre = (
            None if self.centre is False else tuple(of.mean.tolist()) if self.centre is True else self.centre
        )
        if not isinstance(self.spread, bool):
            return Scaling(centre, self.spread)
        if not self.spread:
            return Scaling(centre, None)
        about = of.mean - np.array(centre if centre is not None else 0.0)
        square = of.square + of.count * about**2
        return Scaling(centre, tuple(np.sqrt(square / np.maximum(1.0, of.count - 1)).tolist()))


def _how(arguments: Arguments, name: str, columns: int) -> bool | tuple[float, ...]:
    if not arguments.has(name):
        return True
    value = arguments.value(name)
    if isinstance(value, Logical):
        return arguments.flag(name, True)
    numbers = arguments.numbers(name)
    if numbers is None or len(numbers) != columns:
        raise arguments.refuse(f"'{name}' must be TRUE, FALSE or one number a column")
    return tuple(numbers.tolist())


def gather_scale(arguments: Arguments) -> ScalingSums:
    """scale(x, center, scale)."""
    values = arguments.numeric("x").values
    columns = 1 if values.ndim == 1 else values.shape[1]
    how = [_how(arguments, name, columns) for name in ("center", "scale")]
    return ScalingSums(deparsed(arguments.call), moments(values), how[0], how[1])


def gather_center(arguments: Arguments) -> ScalingSums:
    """center(x)."""
    return ScalingSums(deparsed(arguments.call), moments(arguments.numeric("x").values), True, False)


def apply_scaling(arguments: Arguments, learned: object) -> Value:
    """Subtract the centre, divide by the spread."""
    assert isinstance(learned, Scaling)
    x = arguments.numeric("x")
    values = x.values
    if learned.centre is not None:
        values = values - np.array(learned.centre)
    if learned.spread is not None:
        if 0.0 in learned.spread:
            raise arguments.refuse("the variable does not vary, so it cannot be divided by its spread")
        values = values / np.array(learned.spread)
    return replace(x, values=values)


# cut


@dataclass(frozen=True, slots=True)
class Intervals:
    """Break points in increasing order and the interval names; labels None: codes 1, 2, …"""

    breaks: tuple[float, ...]
    labels: tuple[str, ...] | None
    right: bool
    lowest: bool
    ordered: bool


@dataclass(frozen=True, slots=True)
class CutSums:
    """The range of the variable and the arguments of cut()."""

    text: str
    of: Range
    breaks: int | tuple[float, ...]
    labels: tuple[str, ...] | bool | None
    right: bool
    lowest: bool
    digits: int
    ordered: bool

    def __add__(self, other: CutSums) -> CutSums:
        return replace(self, of=self.of + other.of)

    def finish(self) -> Intervals:
        """The break points, learned or given, and R's interval names."""
        breaks = self.breaks if isinstance(self.breaks, tuple) else equal_breaks(self.of, self.breaks)
        labels: tuple[str, ...] | None
        if isinstance(self.labels, bool):
            labels = interval_names(breaks, self.right, self.lowest, self.digits) if self.labels else None
        else:
            labels = self.labels
        return Intervals(breaks, labels, self.right, self.lowest, self.ordered)


def equal_breaks(of: Range, count: int) -> tuple[float, ...]:
    """`count` intervals of equal length over the range, the ends moved out by a thousandth of it, as R."""
    if of.low > of.high:
        return tuple(float(step) for step in range(count + 1))  # no value at all: every row is NA anyway
    width = of.high - of.low
    if width == 0:
        width = abs(of.low) or 1.0
        return tuple(np.linspace(of.low - width / 1000, of.high + width / 1000, count + 1).tolist())
    breaks = np.linspace(of.low, of.high, count + 1)
    breaks[0], breaks[-1] = of.low - width / 1000, of.high + width / 1000
    return tuple(breaks.tolist())


def interval_names(breaks: tuple[float, ...], right: bool, lowest: bool, digits: int) -> tuple[str, ...]:
    """`(a,b]` with as few digits, from `digits` on, as tell all breaks apart; numbers when 12 do not."""
    for enough in range(digits, max(12, digits) + 1):
        shown = [break_text(value, enough) for value in breaks]
        if all(one != other for one, other in itertools.pairwise(shown)):
            break
    else:
        return tuple(str(number) for number in range(1, len(breaks)))
    opening, closing = ("(", "]") if right else ("[", ")")
    names = [f"{opening}{low},{high}{closing}" for low, high in itertools.pairwise(shown)]
    if lowest and right:
        names[0] = "[" + names[0][1:]
    elif lowest:
        names[-1] = names[-1][:-1] + "]"
    return tuple(names)


def break_text(value: float, digits: int) -> str:
    """A break point as R's formatC prints it in interval names."""
    if np.isinf(value):
        return " Inf" if value > 0 else "-Inf"  # R's formatC leaves room for the sign
    return f"{value + 0.0:.{digits}g}"


def gather_cut(arguments: Arguments) -> CutSums:
    """cut(x, breaks, labels, include.lowest, right, dig.lab, ordered_result)."""
    given = arguments.numbers("breaks")
    if given is None:
        raise arguments.refuse("the argument 'breaks' is missing: a number of intervals or their ends")
    breaks: int | tuple[float, ...]
    if len(given) == 1:
        breaks = arguments.count("breaks", 2, 2, MOST_CONSTANTS)
    else:
        breaks = tuple(sorted(given.tolist()))
        if len(set(breaks)) < len(breaks):
            raise arguments.refuse("'breaks' holds a value twice")
    labels = _cut_labels(arguments, breaks if isinstance(breaks, int) else len(breaks) - 1)
    return CutSums(
        deparsed(arguments.call),
        extent(_vector(arguments)),
        breaks,
        labels,
        right=arguments.flag("right", True),
        lowest=arguments.flag("include.lowest", False),
        digits=arguments.count("dig.lab", 3, 1, 22),
        ordered=arguments.flag("ordered_result", False),
    )


def _cut_labels(arguments: Arguments, intervals: int) -> tuple[str, ...] | bool:
    if not arguments.has("labels"):
        return True
    if isinstance(arguments.value("labels"), Logical):
        return arguments.flag("labels", True)
    labels = arguments.strings("labels") or ()
    if len(labels) != intervals:
        raise arguments.refuse(f"'labels' has {len(labels)} names, but there are {intervals} intervals")
    if len(set(labels)) < len(labels):
        raise arguments.refuse("'labels' holds a name twice")
    return labels


def apply_cut(arguments: Arguments, learned: object) -> Value:
    """The interval a number lies in; outside all of them it is NA."""
    assert isinstance(learned, Intervals)
    x, breaks = _vector(arguments), np.array(learned.breaks)
    codes = np.searchsorted(breaks, x, side="left" if learned.right else "right") - 1
    if learned.lowest:
        edge, inner = (breaks[0], 0) if learned.right else (breaks[-1], len(breaks) - 2)
        codes = np.where(x == edge, inner, codes)
    codes = np.where(np.isnan(x) | (codes > len(breaks) - 2), -1, codes)
    if learned.labels is None:
        return Numbers(np.where(codes < 0, np.nan, codes + 1.0))
    return Factor(codes.astype(np.intp), learned.labels, learned.ordered)
