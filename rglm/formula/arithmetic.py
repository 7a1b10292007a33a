"""Elementary functions, row by row: logarithms, rounding, choosing, finding intervals."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np

from rglm.formula.arguments import Arguments, Scope, deparsed, numeric
from rglm.formula.operators import absent_texts, truth
from rglm.formula.tree import Call
from rglm.formula.values import Factor, Floats, Logical, Numbers, Text, Value
from rglm.formula.vectors import ManyNumbers, ManyText, has_na, is_many, level_of, made, meet, texts

Elementary: TypeAlias = Callable[[Any], Any]


def watch_nan(call: Call, scope: Scope, result: Floats, *inputs: Floats) -> None:
    """R's warning where numbers went in and NaN came out; those rows are dropped later."""
    if not has_na(result):
        return
    new = np.isnan(result)
    for array in inputs:
        new = new & ~np.isnan(array if array.ndim == result.ndim else array[:, None])
    if count := int(new.sum()):
        scope.warn(f"NaNs produced in {deparsed(call)}: {count} value(s), which count as missing.")


def elementwise(compute: Elementary, formal: str = "x") -> Callable[[Arguments], Value]:
    """A table entry for a function of one numeric argument."""

    def apply(arguments: Arguments) -> Value:
        x = arguments.numeric(formal)
        values = compute(x.values)
        watch_nan(arguments.call, arguments.scope, values, x.values)
        return made(values, is_many(x), x)

    return apply


def pairwise(
    compute: Callable[[Any, Any], Any], first: str, second: str, default: float
) -> Callable[..., Value]:
    """A table entry for a function of two numeric arguments, the second with a default."""

    def apply(arguments: Arguments) -> Value:
        x = arguments.numeric(first)
        y = arguments.numeric(second) if arguments.has(second) else Numbers(np.array([default]))
        many = meet((x, y), arguments.refuse)
        a, b = level_of((x.values, y.values), arguments.refuse)
        values = compute(a, b)
        watch_nan(arguments.call, arguments.scope, values, a, b)
        return made(values, many, x)

    return apply


def logarithm(arguments: Arguments) -> Value:
    """log(x), log(x, base)."""
    x = arguments.numeric("x")
    if not arguments.has("base"):
        values = np.log(x.values)
    else:
        base = arguments.numeric("base")
        meet((x, base), arguments.refuse)
        a, b = level_of((x.values, base.values), arguments.refuse)
        exact = {2.0: np.log2, 10.0: np.log10}.get(float(b.flat[0])) if b.size == 1 else None
        values = exact(a) if exact else np.log(a) / np.log(b)
    watch_nan(arguments.call, arguments.scope, values, x.values)
    return made(values, is_many(x), x)


def round_to(x: Any, digits: Any) -> Any:
    """R 4's round: of the two decimals around x the one nearer in double arithmetic, ties to even."""
    places = np.floor(np.clip(digits, -400, 400) + 0.5)
    if np.all(places == 0):
        return np.rint(x)
    x, places = np.broadcast_arrays(x, places)
    size = np.abs(x)
    # A number has 15 decimal digits: beyond those there is nothing to round.
    with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
        fine = ~np.isfinite(x) | (size == 0) | (places > 15 - np.ceil(np.log10(size)))
        power = 10.0 ** np.abs(places)
        scaled = np.where(places > 0, size * power, size / power)
        below, above = np.floor(scaled), np.ceil(scaled)
        low = np.where(places > 0, below / power, below * power)
        high = np.where(places > 0, above / power, above * power)
        down, up = size - low, high - size
        nearer = np.where((down < up) | ((down == up) & (np.mod(below, 2) == 0)), low, high)
    out = np.where(fine, x, np.copysign(nearer, x))
    return np.where(places == 0, np.rint(x), np.where(places < -308, 0.0 * x, out))


def extreme(
    plain: Callable[[Any, Any], Any], skipping: Callable[[Any, Any], Any]
) -> Callable[[Arguments], Value]:
    """pmin and pmax: row by row over their arguments; `na.rm = TRUE` skips NA."""

    def apply(arguments: Arguments) -> Value:
        if not arguments.dots:
            raise arguments.refuse("no arguments")
        values = [numeric(arguments.evaluate(node), node, arguments.refuse) for _, node in arguments.dots]
        many = meet(values, arguments.refuse)
        pick = skipping if arguments.flag("na.rm", False) else plain
        arrays = level_of([value.values for value in values], arguments.refuse)
        out = arrays[0]
        for array in arrays[1:]:
            out = pick(out, array)
        return made(out, many, *values)

    return apply


def choose_rows(arguments: Arguments) -> Value:
    """ifelse(test, yes, no); a factor is refused, because R would give its codes."""
    test, yes, no = (arguments.value(name) for name in ("test", "yes", "no"))
    meet((test, yes, no), arguments.refuse)
    if isinstance(yes, Factor) or isinstance(no, Factor):
        shown = deparsed(arguments.nodes["yes" if isinstance(yes, Factor) else "no"])
        raise arguments.refuse(f"'{shown}' is a factor; write as.character({shown}) for its labels")
    chosen = truth(test, arguments.nodes["test"], arguments.refuse)
    if isinstance(yes, Text) or isinstance(no, Text):
        picked = np.where(chosen == 1, texts(yes), texts(no)).astype(object)
        picked[np.broadcast_to(np.isnan(chosen), picked.shape)] = None
        return Text(picked)
    arrays = level_of((chosen, yes.values, no.values), arguments.refuse)
    values = np.where(np.isnan(arrays[0]), np.nan, np.where(arrays[0] == 1, arrays[1], arrays[2]))
    if isinstance(yes, Logical) and isinstance(no, Logical):
        return Logical(values)
    return made(values, False, yes, no)


def missing(arguments: Arguments) -> Value:
    """is.na(x)."""
    value = arguments.value("x")
    if isinstance(value, Factor):
        return Logical((value.codes < 0).astype(float))
    if isinstance(value, Text):
        return Logical(absent_texts(value.values).astype(float))
    if value.values.ndim == 2:
        raise arguments.refuse("a matrix cannot be a logical variable; use one column")
    return Logical(np.isnan(value.values).astype(float))


def find_interval(arguments: Arguments) -> Value:
    """findInterval(x, vec): in how many steps of `vec` a number lies."""
    x, cuts = arguments.numeric("x"), arguments.numbers("vec")
    if cuts is None or x.values.ndim != 1:
        raise arguments.refuse("a numeric variable and 'vec', constant increasing numbers, are needed")
    if np.any(np.diff(cuts) < 0):
        raise arguments.refuse("'vec' must be in increasing order")
    left_open = arguments.flag("left.open", False)
    found = np.searchsorted(cuts, x.values, side="left" if left_open else "right").astype(float)
    if arguments.flag("rightmost.closed", False) and len(cuts) > 1:
        if left_open:
            found = np.where((x.values == cuts[0]) & (found == 0), 1.0, found)
        else:
            found = np.where((x.values == cuts[-1]) & (found == len(cuts)), len(cuts) - 1.0, found)
    if arguments.flag("all.inside", False):
        found = np.clip(found, 1, len(cuts) - 1)
    return Numbers(np.where(np.isnan(x.values), np.nan, found))


def element(arguments: Arguments) -> Value:
    """`LETTERS[1:6]`: positions of a constant vector, from 1; negative positions leave out."""
    if len(arguments.dots) != 2:
        raise arguments.refuse("indexing takes one set of positions")
    (_, node), (_, where) = arguments.dots
    vector = arguments.evaluate(node)
    if not isinstance(vector, ManyNumbers | ManyText) or vector.values.ndim != 1:
        raise arguments.refuse(
            "rows cannot be picked inside a formula; use subset=, or make the column in the data"
        )
    position = numeric(arguments.evaluate(where), where, arguments.refuse)
    index = position.values
    whole = index.ndim == 1 and bool(np.all(index == np.rint(index))) and not np.any(index == 0)
    if (
        not whole
        or not (np.all(index > 0) or np.all(index < 0))
        or np.any(np.abs(index) > len(vector.values))
    ):
        raise arguments.refuse(f"positions must be whole numbers from 1 to {len(vector.values)}")
    at = index.astype(int)
    kept = np.arange(len(vector.values))
    kept = at - 1 if at[0] > 0 else np.delete(kept, -at - 1)
    if isinstance(vector, ManyNumbers):
        return ManyNumbers(vector.values[kept])
    return ManyText(vector.values[kept])
