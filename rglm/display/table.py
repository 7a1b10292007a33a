"""Tables before they are printed: full-precision columns, each with a kind, and a style."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

from rglm.display.numbers import Value
from rglm.errors import choose

Kind = Literal[
    "estimate",
    "standard error",
    "statistic",
    "p-value",
    "df",
    "deviance",
    "count",
    "number",
    "text",
    "label",
    "pieces",
]
Style = Literal[
    "coefficients", "anova", "frame", "matrix", "correlation", "fractions", "means", "rows", "comparisons"
]


@dataclass(frozen=True)
class Column:
    """One column of a table: its heading, its kind, its values (None or NaN where missing).

    `kind` decides how the style prints it.  In styles "coefficients" and "anova": "estimate" and
    "standard error" columns are formatted together; "statistic" columns are rounded to fewer
    decimals; a "p-value" column gives stars; "df" and "count" columns are left alone; "deviance" and
    "number" columns lose what is small beside their largest entry.  "count" prints whole numbers
    as R prints integers (100000), "df" as R prints doubles (1e+05).  "text" values are strings, and so are
    "label" values, which stand right in style "means"; a "pieces" value is a tuple of strings and Numbers,
    each number written by its own rule.
    """

    name: str
    kind: Kind
    values: Sequence[Value] | Sequence[str | None] | Sequence[tuple[Any, ...]]

    def __post_init__(self) -> None:
        if self.kind not in get_args(Kind):
            raise ValueError(choose("kind", self.kind, get_args(Kind)))
        object.__setattr__(self, "values", _plain(self.values))


@dataclass(frozen=True)
class Table:
    """Columns side by side, printed in one of R's styles.

    `style`: "coefficients" (R's printCoefmat), "anova" (print.anova), "frame"
    (print.data.frame), "matrix" (a numeric matrix), "correlation" (the lower triangle, two
    decimals, as summary(correlation=TRUE)), "fractions" (as alias()), "means" (as emmeans),
    "rows" (each row in its own notation, as aov()), "comparisons" (as TukeyHSD).
    `row_names` has one name a row.  `caption` is a line above the table.  `missing` is what an
    absent cell prints ("" in style "anova", else "NA"); `nan` is what NaN prints in styles
    "coefficients" and "anova" where that differs from None.  `less` replaces the document's.  The last
    `grouped` columns head groups of rows, all in one notation, instead of standing beside them.
    """

    columns: tuple[Column, ...]
    row_names: tuple[str, ...]
    style: Style = "frame"
    caption: str | None = None
    missing: str | None = None
    less: int | None = None
    nan: str | None = None
    grouped: int = 0

    def __post_init__(self) -> None:
        if self.style not in get_args(Style):
            raise ValueError(choose("style", self.style, get_args(Style)))
        object.__setattr__(self, "columns", tuple(self.columns))
        object.__setattr__(self, "row_names", tuple(map(str, self.row_names)))
        rows = len(self.row_names)
        for column in self.columns:
            if len(column.values) != rows:
                raise ValueError(f"column {column.name!r} has {len(column.values)} values for {rows} rows")


def kind_of(name: str) -> Kind:
    """The kind that R's print methods give a column for its name.

    >>> kind_of("Resid. Df"), kind_of("z value"), kind_of("Pr(>F)"), kind_of("LR Chisq")
    ('df', 'statistic', 'p-value', 'number')
    """
    if name == "Estimate":
        return "estimate"
    if name == "Std. Error":
        return "standard error"
    if name[1:7] == " value" or name in ("F", "Cp", "Chisq"):
        return "statistic"
    if name.startswith(("Pr(", "P(", "p-v")) and name != "Pr(boot)":  # which stands beside one with stars
        return "p-value"
    return "df" if name.endswith("Df") else "number"


def table_of(
    frame: Any,
    style: Style = "frame",
    *,
    kinds: Mapping[str, Kind] | None = None,
    caption: str | None = None,
    missing: str | None = None,
    less: int | None = None,
) -> Table:
    """A pandas frame as a Table, its index as row names.

    The kind of a column is that in `kinds`, else "text" unless it is numeric, else `kind_of` its
    name; what that calls a "number" is a "count" where the dtype is an integer's.
    """
    columns = []
    for position, label in enumerate(frame.columns):
        series = frame.iloc[:, position]
        name = str(label)
        kind = (kinds or {}).get(name) or _kind(name, series.dtype.kind)
        values = (
            series.to_numpy(dtype=object, na_value=None)
            if kind == "text"
            else series.to_numpy(dtype=float, na_value=math.nan)
        )
        columns.append(Column(name, kind, values))
    return Table(tuple(columns), tuple(frame.index), style, caption, missing, less)


def _kind(name: str, dtype: str) -> Kind:
    if dtype not in "iuf":
        return "text"
    kind = kind_of(name)
    return "count" if kind == "number" and dtype in "iu" else kind


def _plain(values: Iterable[Any]) -> tuple[Any, ...]:
    """Python floats and strings, so that a Table compares, pickles and formats without numpy."""
    tolist = getattr(values, "tolist", None)
    return tuple(tolist() if tolist is not None else values)
