"""Curves through the points of a profile."""

from __future__ import annotations

import numpy as np

from rglm.formula.values import Floats

FINENESS = 3
"""Points of the curve for each point that it goes through, as R's `spline()`."""


def cubic_spline(x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """The cubic spline through (x, y) at 3k equally spaced abscissae; x ascending, (k,), k >= 2.

    The third derivative at each end is that of the cubic through the four points nearest to it (of a parabola
    where there are three points).

    Source: Forsythe, Malcolm & Moler (1977), 4.4, which is the default method of R's `spline()`.
    """
    k = len(x)
    h, slopes = np.diff(x), np.diff(y) / np.diff(x)
    # one unknown a point: a sixth of the second derivative
    system, right = np.zeros((k, k)), np.zeros(k)
    inner = np.arange(1, k - 1)
    system[inner, inner - 1], system[inner, inner + 1] = h[:-1], h[1:]
    system[inner, inner] = 2.0 * (h[:-1] + h[1:])
    right[inner] = np.diff(slopes)
    system[0, :2], system[-1, -2:] = (-1.0, 1.0), (-1.0, 1.0)
    if k > 3:
        right[0] = h[0] * _third_difference(x[:4], y[:4])
        right[-1] = h[-1] * _third_difference(x[-4:], y[-4:])
    if k == 2:
        system, right = np.eye(2), np.zeros(2)
    bend = np.linalg.solve(system, right)
    at = np.linspace(x[0], x[-1], FINENESS * k)
    i = np.clip(np.searchsorted(x, at, side="right") - 1, 0, k - 2)
    t = at - x[i]
    linear = slopes[i] - h[i] * (bend[i + 1] + 2.0 * bend[i])
    return at, y[i] + t * (linear + t * (3.0 * bend[i] + t * (bend[i + 1] - bend[i]) / h[i]))


def _third_difference(x: Floats, y: Floats) -> float:
    for order in range(1, 4):
        y = np.diff(y) / (x[order:] - x[:-order])
    return float(y[0])


def look_up(x: Floats, y: Floats, at: Floats) -> Floats:
    """y at `at` on the lines between the points, those of equal x averaged; NaN beyond the points.

    Source: R `approx`.
    """
    values, where = np.unique(x, return_inverse=True)
    means = np.bincount(where, y) / np.bincount(where)
    return np.interp(at, values, means, left=np.nan, right=np.nan)


def monotone(x: Floats, y: Floats, at: float) -> float:
    """y at `at` on the monotone cubic through the points whose x exceeds all before them; NaN beyond them.

    Source: Fritsch & Butland (1984), through scipy.
    """
    from scipy.interpolate import PchipInterpolator

    rising = np.concatenate([[True], x[1:] > np.maximum.accumulate(x)[:-1]])
    x, y = x[rising], y[rising]
    if not x[0] <= at <= x[-1]:
        return float("nan")
    return float(y[0]) if len(x) == 1 else float(PchipInterpolator(x, y)(at))
