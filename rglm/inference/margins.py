"""What predictions, comparisons and slopes share: arguments, averages, and the way to their table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from rglm.errors import FitError, choose, is_number
from rglm.formula.values import Floats
from rglm.inference.checks import check_level
from rglm.inference.covariance import Covariance, covariance
from rglm.inference.fitted import Fitted
from rglm.inference.margin_curves import Averages, Curve
from rglm.inference.margin_rows import MarginRows, margin_rows
from rglm.inference.margin_table import MarginTable

TYPES = ("response", "link")
TRANSFORMS: dict[str, Callable[[Floats], Floats]] = {"exp": np.exp, "ln": np.log}


@dataclass(frozen=True, eq=False)
class Asked:
    """The arguments that all three verbs have.

    rows       where they are taken
    by         None for every row, True for one average, or columns
    response   whether on the response scale
    level, df  of the intervals
    used       covariance of the coefficients
    V          the same with zeros where aliased, (p, p)
    transform  what estimates and intervals are shown through
    """

    fit: Fitted
    rows: MarginRows
    by: Any
    response: bool
    level: float
    df: float
    used: Covariance
    V: Floats
    transform: Callable[[Floats], Floats] | None = None


def asked(
    fit: Fitted,
    newdata: Any,
    by: Any,
    type: str,
    level: float,
    vcov: Any,
    wts: Any,
    df: Any,
    transform: Any = None,
) -> Asked:
    """The arguments, checked."""
    if type not in TYPES:
        raise FitError(choose("type", type, TYPES))
    check_level(level)
    used = covariance(fit, vcov)
    by = None if by is False else by
    return Asked(
        fit,
        margin_rows(fit, newdata, wts),
        by,
        type == "response",
        level,
        _degrees(fit, df),
        used,
        used.without_aliased(fit.aliased),
        _transform(transform),
    )


def _degrees(fit: Fitted, df: Any) -> float:
    if df is None:
        return np.inf
    if hasattr(df, "casefold"):
        if df != "residual":
            raise FitError(f'df must be a positive number or "residual"; got {df!r}.')
        return float(fit.df_residual)
    if not is_number(df) or not df > 0:
        raise FitError(f'df must be a positive number or "residual"; got {df!r}.')
    return float(df)


def _transform(transform: Any) -> Callable[[Floats], Floats] | None:
    if transform is None or callable(transform):
        return transform  # type: ignore[no-any-return]
    if transform not in TRANSFORMS:
        raise FitError(choose("transform", transform, tuple(TRANSFORMS)) + " Or give a function.")
    return TRANSFORMS[transform]


@dataclass(frozen=True, eq=False)
class Estimated:
    """One block of a table: what it is of, and its estimates.

    labels  {name: one value for the whole block}
    value   Curve for every row, or Averages for groups
    """

    labels: Mapping[str, Any]
    value: Curve | Averages


def table_of(
    wanted: Asked,
    blocks: list[Estimated],
    groups: Mapping[str, list[Any]],
    null: float = 0.0,
    interval: Floats | None = None,
    notes: tuple[str, ...] = (),
) -> MarginTable:
    """The table of some blocks, each with one line for every row or group."""
    labels: dict[str, list[Any]] = {}
    for block in blocks:
        size = len(block.value.value)
        for name, value in block.labels.items():
            labels.setdefault(name, []).extend([value] * size)
        if wanted.by is None:
            labels.setdefault("rowid", []).extend(range(size))
        for name, values in groups.items():
            labels.setdefault(name, []).extend(values)
    if wanted.by is None:
        labels = {"rowid": labels.pop("rowid"), **labels}
    own = () if wanted.used.note is None else (wanted.used.note,)
    return MarginTable(
        labels=labels,
        estimates=np.concatenate([block.value.value for block in blocks]) if blocks else np.zeros(0),
        std_errors=np.concatenate([block.value.std_errors(wanted.V) for block in blocks])
        if blocks
        else np.zeros(0),
        level=wanted.level,
        df=wanted.df,
        null=null,
        response=wanted.response,
        interval=interval,
        transform=wanted.transform,
        rows=_data(wanted, len(blocks)) if wanted.by is None else None,
        notes=(*notes, *own),
    )


def _data(wanted: Asked, times: int) -> dict[str, list[Any]]:
    """The predictors of each row, as often as there are blocks."""
    return {name: wanted.rows.predictor(name).labels() * times for name in wanted.rows.known}
