"""Numbers as R writes them: significant digits, common notation, fixed or scientific, p-values, stars.

Plain Python floats in, strings out; nothing here knows tables or documents.  A missing number
(R's NA) is `None` or NaN.  Decimal conversion is C's correctly rounded `%.*e`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

Value = float | None

EPSILON = 2.220446049250313e-16  # R's .Machine$double.eps: smaller p-values print as "<2e-16"
LEGEND = "0 ‘***’ 0.001 ‘**’ 0.01 ‘*’ 0.05 ‘.’ 0.1 ‘ ’ 1"
_MOST_DIGITS = 22


def known(values: Iterable[Value]) -> list[float]:
    """The values that are not missing."""
    return [value for value in values if value is not None and value == value]


def signif(x: float, digits: int = 6) -> float:
    """`x` rounded to `digits` significant digits, as R's `signif`.

    Rounds half to even after scaling by a power of ten in double precision, so
    `signif(0.15, 1)` is 0.2 although 0.15 lies below the tie.

    >>> signif(123456.0, 2)
    120000.0
    """
    if x == 0 or not math.isfinite(x) or digits > _MOST_DIGITS:
        return x
    power = max(1, digits) - 1 - math.floor(math.log10(abs(x)))
    extra = 1.0
    if power > 308:  # 10^power would overflow: scale in two steps
        extra, power = 10.0 ** (power - 308), 308
    if power > 0:
        scale = 10.0**power
        return _rint(x * scale * extra) / scale / extra
    scale = 10.0**-power
    return _rint(x / scale) * scale


def round_half_even(x: float, digits: float = 0) -> float:
    """`x` rounded to `digits` decimals, as R's `round` since 4.0.

    Of the two neighbours with that many decimals the nearer one in double precision; the even
    one on a tie.  `digits` is itself rounded to the nearest integer.

    >>> round_half_even(0.15, 1), round_half_even(2.5)
    (0.1, 2.0)
    """
    places = math.floor(digits + 0.5) if math.isfinite(digits) else (400 if digits > 0 else -400)
    if x == 0 or not math.isfinite(x):
        return x
    if places > 15 - math.ceil(math.log10(abs(x))):  # x has no decimals beyond these
        return x
    if places == 0:
        return _rint(x)
    if places < -308:
        return 0.0
    size = abs(x)
    scale = 10.0 ** abs(places)
    scaled = size * scale if places > 0 else size / scale
    low, high = math.floor(scaled), math.ceil(scaled)
    below = low / scale if places > 0 else low * scale
    above = high / scale if places > 0 else high * scale
    down, up = size - below, above - size
    nearest = below if down < up or (down == up and low % 2 == 0) else above
    return math.copysign(nearest, x)


def zapsmall(values: Sequence[Value], digits: int = 7) -> list[Value]:
    """Values rounded to `digits` significant digits of the largest among them, as R's `zapsmall`.

    >>> zapsmall([1.0, 1e-20])
    [1.0, 0.0]
    """
    largest = max((abs(value) for value in known(values)), default=0.0)
    if largest == 0:
        return list(values)
    places = 0.0 if largest == math.inf else max(0.0, digits - math.log10(largest))
    return [value if value is None else round_half_even(value, places) for value in values]


@dataclass(frozen=True)
class Notation:
    """How a vector is written: total width, decimals (of the mantissa if scientific)."""

    width: int
    decimals: int
    scientific: bool

    def write(self, value: Value) -> str:
        """One value in this notation, right-justified to its width."""
        if value is None or value != value:
            text = "NA"
        elif math.isinf(value):
            text = "Inf" if value > 0 else "-Inf"
        else:
            text = f"{value or 0.0:.{self.decimals}{'e' if self.scientific else 'f'}}"
        return text.rjust(self.width)


def notation(
    values: Iterable[Value], digits: int = 7, nsmall: int = 0, always_fixed: bool = False
) -> Notation:
    """The notation in which R's `format` and `print` write a numeric vector.

    The fewest significant digits, at most `digits`, that show every element to `digits`
    significant digits; fixed notation unless it is wider than scientific.  `nsmall` is the least
    number of decimals in fixed notation.
    """
    digits = max(1, min(digits, _MOST_DIGITS))
    left = decimals = mantissa = longest_exponent = 0
    special = 0
    negative = finite = False
    for value in values:
        if value is None or value != value:
            special = max(special, 2)
        elif math.isinf(value):
            special = max(special, 3 if value > 0 else 4)
        else:
            exponent, figures, one_less = _figures(abs(value), digits)
            minus = value < 0
            left = max(left, minus + max(1, exponent + 1 - one_less))
            decimals = max(decimals, figures - exponent - 1)
            mantissa = max(mantissa, figures)
            longest_exponent = max(longest_exponent, abs(exponent))
            negative = negative or minus
            finite = True
    if not finite:
        return Notation(special, 0, False)
    fixed = left + (decimals + 1 if decimals else 0)
    scientific = negative + mantissa + (mantissa > 1) + (5 if longest_exponent >= 100 else 4)
    if fixed > scientific and not always_fixed:
        return Notation(max(scientific, special), mantissa - 1, True)
    if nsmall > decimals:
        decimals, fixed = nsmall, left + nsmall + 1
    return Notation(max(fixed, special), decimals, False)


def format_common(values: Sequence[Value], digits: int = 7, nsmall: int = 0) -> list[str]:
    """Values in one common notation, padded to one width, as R's `format`.

    >>> format_common([1.0, 0.25, None])
    ['1.00', '0.25', '  NA']
    """
    common = notation(values, digits, nsmall)
    return [common.write(value) for value in values]


def format_percentages(shares: Sequence[float], digits: int = 3) -> list[str]:
    """Shares of 1 as percentages in one fixed notation, as the columns of R's `confint`.

    >>> format_percentages([0.025, 0.975])
    ['2.5 %', '97.5 %']
    """
    values = [100.0 * share for share in shares]
    common = notation(values, digits, always_fixed=True)
    return [f"{common.write(value).strip()} %" for value in values]


def format_counts(values: Sequence[Value]) -> list[str]:
    """Whole numbers padded to one width, never scientific, as R formats integers.

    A value with a fraction (a Satterthwaite df, say) sends all of them to `format_common`.
    """
    if not all(float(value).is_integer() for value in known(values)):
        return format_common(values)
    texts = ["NA" if value is None or value != value else str(int(value)) for value in values]
    width = max(map(len, texts), default=0)
    return [text.rjust(width) for text in texts]


def format_one(value: Value, digits: int = 7, nsmall: int = 0) -> str:
    """A single number as R's `format`."""
    return notation((value,), digits, nsmall).write(value)


def format_general(value: float, digits: int = 7) -> str:
    """A single number as R's `formatC(x, digits=)`: C's `%g`, padded to digits + 1 characters."""
    return f"{value:.{max(1, digits)}g}".replace("inf", "Inf").rjust(digits + 1)


def format_p(values: Sequence[Value], digits: int = 5, eps: float = EPSILON) -> list[str]:
    """p-values as R's `format.pval`.

    Those below `eps` become `<eps`; the others are formatted in two groups, from 0.0001 up (0.001
    where `digits` is 1) and below it, each in its own common notation.

    >>> format_p([0.25, 1e-20], digits=3)
    ['0.25', '<2e-16']
    """
    shown: list[str] = ["NA"] * len(values)
    lowest = -3 if digits == 1 else -4
    groups: tuple[list[int], list[int], list[int]] = ([], [], [])
    for i, value in enumerate(values):
        if value is None or value != value:
            continue
        if value < eps:
            groups[2].append(i)
        else:
            groups[0 if value == 0 or math.floor(math.log10(value)) >= lowest else 1].append(i)
    width = 0
    for group in groups[:2]:
        for i, text in zip(group, format_common([values[i] for i in group], digits), strict=True):
            shown[i] = text
            width = max(width, len(text))
    if groups[2]:
        fewer = max(1, digits - 2)
        gap = "" if fewer == 1 else " "
        if width:
            if fewer > 1 and fewer + 6 > width:
                fewer = max(1, width - 7)
            gap = "" if fewer == 1 and width <= 6 else " "
        for i in groups[2]:
            shown[i] = f"<{gap}{format_one(eps, fewer)}"
    return shown


def stars(p: Value) -> str:
    """R's significance mark for a p-value: `***`, `**`, `*`, `.` or nothing."""
    if p is None or not 0 <= p <= 1:
        return ""
    for limit, mark in ((0.001, "***"), (0.01, "**"), (0.05, "*"), (0.1, ".")):
        if p <= limit:
            return mark
    return ""


def format_fractions(values: Sequence[Value], cycles: int = 10, largest: int = 2000) -> list[str]:
    """Values as fractions `p/q`, padded to one width, as R prints `alias()`.

    The continued fraction of each value, stopped after `cycles` terms or where the next term would
    exceed `largest` (MASS's `fractions`).

    >>> format_fractions([0.5, -2.0])
    ['1/2', ' -2']
    """
    texts = ["NA" if v is None or v != v else _fraction(v, cycles, largest) for v in values]
    width = max(map(len, texts), default=0)
    return [text.rjust(width) for text in texts]


def _fraction(x: float, cycles: int, largest: int) -> str:
    if not math.isfinite(x):
        return "Inf" if x > 0 else "-Inf"
    term = math.floor(x)
    rest = x - term
    (above, below), (last_above, last_below) = (term, 1), (1, 0)
    for _ in range(cycles):
        if rest * largest <= 1:
            break
        term = math.floor(1.0 / rest)
        rest = 1.0 / rest - term
        above, last_above = term * above + last_above, above
        below, last_below = term * below + last_below, below
    return f"{above}" if below == 1 else f"{above}/{below}"


@lru_cache(maxsize=4096)
def _figures(size: float, digits: int) -> tuple[int, int, bool]:
    """Decimal exponent, significant figures needed (at most `digits`), and whether fixed notation
    has one digit less before the point than the exponent says: 99996 is 1e+05 to three digits,
    but fixed notation with one decimal writes 99996.0.
    """
    if size == 0:
        return 0, 1, False
    mantissa, _, power = f"{size:.{digits - 1}e}".partition("e")
    exponent = int(power)
    bare = mantissa.rstrip("0")
    figures = len(bare) - ("." in bare)
    if exponent <= 0 or exponent > _MOST_DIGITS:
        return exponent, figures, False
    fuzz = 0.5 / 10.0 ** max(0, digits - exponent)
    return exponent, figures, size < 10.0**exponent - fuzz


def _rint(x: float) -> float:
    return math.copysign(float(round(x)), x) if abs(x) < 4503599627370496.0 else x
