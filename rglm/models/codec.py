"""Frozen records to plain JSON values and back: exact, typed by the records' own annotations.

A finite float is a JSON number with as many digits as tell it from every other; the others are the strings
"nan", "inf" and "-inf".  A tuple is a list.  A record is an object of its fields.  Nothing else is written,
and on reading nothing is made but the records that are asked for.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from functools import lru_cache
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import numpy as np
from numpy.typing import NDArray

from rglm.errors import described, some
from rglm.formula.values import Floats

NOT_FINITE = {"nan": math.nan, "inf": math.inf, "-inf": -math.inf}


class Misread(Exception):
    """A JSON value is not what the record holds there."""


def written(value: Any) -> Any:
    """A value as JSON holds it.

    Raises
    ------
    TypeError
        For anything but None, booleans, numbers, strings, tuples, lists and records of these.
    """
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, int | np.integer):
        return int(value)
    if isinstance(value, float | np.floating):
        return written_float(float(value))
    if isinstance(value, tuple | list):
        return [written(each) for each in value]
    if is_dataclass(value) and not isinstance(value, type):
        return {each.name: written(getattr(value, each.name)) for each in fields(value)}
    raise TypeError(described(value))


def written_float(value: float) -> float | str:
    """A float as JSON holds it."""
    if math.isfinite(value):
        return value
    return "nan" if math.isnan(value) else "inf" if value > 0 else "-inf"


def written_floats(values: NDArray[Any]) -> list[float | str]:
    """A vector (n,) as a list."""
    return [written_float(value) for value in values.tolist()]


def read(value: Any, kind: Any) -> Any:
    """A JSON value as `kind`: None, bool, int, float, str, a tuple or a record of these, or a union.

    Raises
    ------
    Misread
        When it is not one.
    """
    origin = get_origin(kind)
    if origin in (Union, UnionType):
        return _read_either(value, get_args(kind))
    if origin is tuple:
        return _read_tuple(value, get_args(kind))
    if is_dataclass(kind):
        return _read_record(value, kind)
    if kind is float:
        return read_float(value)
    if kind in (NoneType, None) and value is None:
        return None
    if kind is int and isinstance(value, int) and not isinstance(value, bool):
        return value
    if kind in (bool, str) and isinstance(value, kind):
        return value
    raise Misread(f"{_name(kind)} was expected, and {described(value)} came")


def read_float(value: Any) -> float:
    """A JSON number, or the name of one that is not finite."""
    if isinstance(value, str) and value in NOT_FINITE:
        return NOT_FINITE[value]
    if isinstance(value, int | float) and not isinstance(value, bool):
        try:
            return float(value)
        except OverflowError:
            raise Misread("a number is too large") from None
    raise Misread(f"a number was expected, and {described(value)} came")


def read_floats(value: Any, size: int) -> Floats:
    """A list of `size` numbers as a vector."""
    if not isinstance(value, list) or len(value) != size:
        raise Misread(f"{size} numbers were expected, and {described(value)} came")
    return np.array([read_float(each) for each in value], dtype=float)


def member(value: Any, name: str) -> Any:
    """One entry of a JSON object."""
    if not isinstance(value, dict) or name not in value:
        raise Misread(f"'{name}' is missing")
    return value[name]


def _read_either(value: Any, kinds: tuple[Any, ...]) -> Any:
    for kind in kinds:
        try:
            return read(value, kind)
        except Misread:
            continue
    raise Misread(f"{' or '.join(map(_name, kinds))} was expected, and {described(value)} came")


def _read_tuple(value: Any, kinds: tuple[Any, ...]) -> tuple[Any, ...]:
    if not isinstance(value, list):
        raise Misread(f"a list was expected, and {described(value)} came")
    if len(kinds) == 2 and kinds[1] is Ellipsis:
        kinds = (kinds[0],) * len(value)
    if len(kinds) != len(value):
        raise Misread(f"a list of {len(kinds)} was expected, and {described(value)} came")
    return tuple(read(each, kind) for each, kind in zip(value, kinds, strict=True))


@lru_cache(maxsize=64)
def _fields(kind: Any) -> Mapping[str, tuple[Any, Field[Any]]]:
    hints = get_type_hints(kind)
    return {each.name: (hints[each.name], each) for each in fields(kind)}


def _read_record(value: Any, kind: Any) -> Any:
    known = _fields(kind)
    if not isinstance(value, dict) or not value.keys() <= known.keys():
        raise Misread(f"an object with {some(known)} was expected, and {described(value)} came")
    made = {}
    for name, (hint, each) in known.items():
        if name in value:
            made[name] = read(value[name], hint)
        elif each.default is MISSING:
            raise Misread(f"'{name}' is missing in {_name(kind)}")
    return kind(**made)


def _name(kind: Any) -> str:
    return str(getattr(kind, "__name__", kind))
