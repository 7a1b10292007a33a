"""Inverse links in SQL: the mean from the text of a linear predictor."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache
from itertools import pairwise
from typing import Any

import numpy as np

from rglm.errors import FitError
from rglm.families.link import Link
from rglm.families.links import (
    Cauchit,
    CLogLog,
    Identity,
    Inverse,
    InverseSquare,
    Log,
    Logit,
    LogLog,
    Power,
    Probit,
    Sqrt,
)
from rglm.formula.values import Floats
from rglm.models.sql.bases import horner
from rglm.models.sql.dialects import Dialect
from rglm.models.sql.expressions import divided
from rglm.models.sql.values import case


def _exp(dialect: Dialect, x: str) -> str:
    own = dialect.functions.get("exp")
    return f"exp({x})" if own is None else own(x)


def _cloglog(dialect: Dialect, link: Any, eta: str) -> str:
    """1 - exp(-r) = 2 exp(-r/2) sinh(r/2) with r = exp(eta): no digits are lost where it is small."""
    half = f"({_exp(dialect, eta)} / 2)"
    small = f"(2 * {_exp(dialect, f'(- {half})')} * sinh({half}))"
    return case([(f"{eta} > 4", dialect.number(1.0))], small)


def _power(dialect: Dialect, link: Power, eta: str) -> str:
    exponent = 1.0 / link.exponent
    holds = f"{eta} >= 0" if exponent > 0 else f"{eta} > 0"
    return case([(holds, f"power({eta}, {dialect.number(exponent)})")])


PIECES, DEGREE = 6, 10
FARTHEST = 27.5
"""exp(-x²) is 0 beyond this."""


@lru_cache(maxsize=1)
def _scaled_tail() -> tuple[tuple[float, float, float, Floats], ...]:
    """exp(x²) erfc(x) as polynomials of u = 2 / (2 + x): from, middle, half width, coefficients."""
    from numpy.polynomial import chebyshev
    from scipy.special import erfcx

    nodes = np.cos(np.pi * (np.arange(60) + 0.5) / 60)
    edges = np.linspace(2.0 / (2.0 + FARTHEST), 1.0, PIECES + 1)
    found = []
    for low, high in pairwise(edges.tolist()):
        middle, half = (low + high) / 2, (high - low) / 2
        values = erfcx(2.0 / (middle + half * nodes) - 2.0)
        coefficients = chebyshev.cheb2poly(chebyshev.chebfit(nodes, values, DEGREE))
        found.append((low, middle, half, np.asarray(coefficients, dtype=float)))
    return tuple(found)


def _probit(dialect: Dialect, link: Any, eta: str) -> str:
    """The normal distribution function, which no dialect has: its tail to 1e-12, by pieces."""
    number = dialect.number
    pieces = [
        (f"u > {number(low)}", horner(dialect, coefficients, f"((u - {number(middle)}) / {number(half)})"))
        for low, middle, half, coefficients in _scaled_tail()
    ]
    scaled = case(pieces[:0:-1], pieces[0][1])
    tail = f"({_exp(dialect, '(- z * z / 2)')} * {scaled} / 2)"
    near = f"(2 / (2 + abs(z) / {number(math.sqrt(2.0))}))"
    return (
        f"(SELECT CASE WHEN z <= 0 THEN tail ELSE 1 - tail END FROM (SELECT z, {tail} AS tail FROM "
        f"(SELECT z, {near} AS u FROM (SELECT {eta} AS z) AS a) AS b) AS c)"
    )


INVERSES: dict[type[Link], Callable[[Dialect, Any, str], str]] = {
    Identity: lambda dialect, link, eta: eta,
    Log: lambda dialect, link, eta: _exp(dialect, eta),
    Logit: lambda dialect, link, eta: f"(1 / (1 + {_exp(dialect, f'(- {eta})')}))",
    Probit: _probit,
    Cauchit: lambda dialect, link, eta: (
        f"(atan2({dialect.number(1.0)}, (- {eta})) / {dialect.number(math.pi)})"
    ),
    CLogLog: _cloglog,
    LogLog: lambda dialect, link, eta: _exp(dialect, f"(- {_exp(dialect, f'(- {eta})')})"),
    Inverse: lambda dialect, link, eta: divided(dialect.number(1.0), eta),
    InverseSquare: lambda dialect, link, eta: case([(f"{eta} > 0", f"(1 / sqrt({eta}))")]),
    Sqrt: lambda dialect, link, eta: f"power({eta}, {dialect.number(2.0)})",
    Power: _power,
}


def mean(dialect: Dialect, link: Link, eta: str) -> str:
    """The inverse link of `eta`.

    Raises
    ------
    FitError
        When the dialect cannot say it.
    """
    write = INVERSES.get(type(link))
    if write is None:
        raise FitError(
            f"to_sql() cannot write the inverse of the {link.name} link in {dialect.name}. Ask for "
            'type="link", and apply the inverse to the scores afterwards.'
        )
    return write(dialect, link, eta)
