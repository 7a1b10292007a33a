"""Documents: what a record shows, as parts that hold full-precision numbers.

A record assembles parts and knows no digits; `layout` turns them into strings, once for all
renderers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from rglm.display.numbers import Value
from rglm.display.settings import Settings
from rglm.display.table import Table
from rglm.errors import choose

How = Literal["format", "plain", "signif", "general", "p-value", "round", "count", "stars"]
Role = Literal["text", "heading", "code", "note"]


@dataclass(frozen=True)
class Number:
    """A number within a line, and how R writes it there (d: the document's digits).

    ========= ==========================================================
    how       R
    ========= ==========================================================
    format    `format(x, digits = max(least, d + more))`
    plain     `format(x)`, that is `getOption("digits")` whatever d is; also `cat(x)`
    signif    `format(signif(x, max(least, d + more)))`
    general   `formatC(x, digits = max(least, d + more))`
    p-value   `format.pval(x, digits = max(least, d + more))`
    round     `format(round(x, places), nsmall = nsmall)`; with `error` (a standard error), nsmall
              is `max(2 - floor(log10(error)), 0)` and so is places unless given, as MASS prints theta
    count     a whole number, never scientific
    stars     the significance mark of a p-value, three characters wide
    ========= ==========================================================

    A missing value (None, NaN) prints as `missing`: R's NA unless said otherwise.
    """

    value: Value
    how: How = "format"
    more: int = 0
    least: int = 1
    places: int | None = None
    nsmall: int = 0
    error: float | None = None
    missing: str = "NA"

    def __post_init__(self) -> None:
        if self.how not in get_args(How):
            raise ValueError(choose("how", self.how, get_args(How)))


Piece = str | Number


@dataclass(frozen=True, init=False)
class Line:
    """One line of text: strings and Numbers, joined without separator; "\\n" in it is kept.

    `role` says what the line is to HTML, LaTeX and Markdown; text ignores it.
    """

    pieces: tuple[Piece, ...]
    role: Role

    def __init__(self, *pieces: Piece, role: Role = "text") -> None:
        object.__setattr__(self, "pieces", pieces)
        object.__setattr__(self, "role", role)


@dataclass(frozen=True)
class Blank:
    """An empty line."""


@dataclass(frozen=True)
class Aligned:
    """Lines of one shape whose columns of pieces line up, such as the two deviance lines.

    Each row has the same number of pieces.  A column of strings is padded to one width
    (`justify`), a column of Numbers is formatted in one notation by the rule of its first.
    """

    rows: tuple[tuple[Piece, ...], ...]
    justify: Literal["left", "right"] = "right"

    def __post_init__(self) -> None:
        object.__setattr__(self, "rows", tuple(tuple(row) for row in self.rows))
        if len({len(row) for row in self.rows}) > 1:
            raise ValueError("the rows of Aligned must have the same number of pieces")


@dataclass(frozen=True)
class NamedValues:
    """A named numeric vector, names above values, wrapped at the width as R prints it.

    `gap` is the number of blanks after each entry (R's print.gap).  With `zap`, values that are
    small beside the largest are zeroed at d + zap digits, as R does with residual quantiles.
    `caption` is a line above.
    """

    names: tuple[str, ...]
    values: tuple[Value, ...]
    gap: int = 1
    zap: int | None = None
    caption: str | None = None

    def __post_init__(self) -> None:
        tolist = getattr(self.values, "tolist", None)
        object.__setattr__(self, "values", tuple(tolist() if tolist is not None else self.values))
        object.__setattr__(self, "names", tuple(map(str, self.names)))
        if len(self.names) != len(self.values):
            raise ValueError(f"{len(self.names)} names for {len(self.values)} values")


Part = Line | Blank | Aligned | NamedValues | Table


@dataclass(frozen=True)
class Document:
    """Parts from top to bottom.

    `less` is how many significant digits fewer than `options(digits=)` the document prints, and
    then never fewer than 3: 3 for summaries and fits, 2 for analyses of deviance, 0 (exactly
    the option) for data frames and vectors.

    >>> from rglm.display import Column, Record, Table
    >>> class Fit(Record):
    ...     def document(self):
    ...         coefficients = Table(
    ...             (
    ...                 Column("Estimate", "estimate", [3.0445, -0.4543]),
    ...                 Column("Std. Error", "standard error", [0.1709, 0.2022]),
    ...                 Column("z value", "statistic", [17.815, -2.247]),
    ...                 Column("Pr(>|z|)", "p-value", [5.4e-71, 0.0246]),
    ...             ),
    ...             row_names=("(Intercept)", "outcome2"),
    ...             style="coefficients",
    ...             caption="Coefficients:",
    ...         )
    ...         deviances = Aligned(
    ...             [
    ...                 ("Null", " deviance: ", Number(10.58144, more=1), " on ", Number(8, "count")),
    ...                 ("Residual", " deviance: ", Number(5.12914, more=1), " on ", Number(4, "count")),
    ...             ]
    ...         )
    ...         return Document([coefficients, Blank(), deviances], less=3)
    >>> print(Fit())
    Coefficients:
                Estimate Std. Error z value Pr(>|z|)
    (Intercept)   3.0445     0.1709  17.815   <2e-16 ***
    outcome2     -0.4543     0.2022  -2.247   0.0246 *
    ---
    Signif. codes:  0 ‘***’ 0.001 ‘**’ 0.01 ‘*’ 0.05 ‘.’ 0.1 ‘ ’ 1
    <BLANKLINE>
        Null deviance: 10.5814 on 8
    Residual deviance:  5.1291 on 4
    """

    parts: Sequence[Part]
    less: int = 0

    def __post_init__(self) -> None:
        object.__setattr__(self, "parts", tuple(self.parts))


def digits_of(less: int, settings: Settings) -> int:
    """The digits in force for a document or table with this `less`."""
    if settings.exact is not None:
        return settings.exact
    return max(3, settings.digits - less) if less else settings.digits
