"""Adjustments for testing several hypotheses at once: p-values, and critical values of joint intervals."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from rglm.formula.values import Floats
from rglm.inference.distributions import (
    studentized_range_quantile,
    two_sided,
    two_sided_quantile,
    upper_studentized_range,
)
from rglm.inference.max_t import MaxT


@dataclass(frozen=True, eq=False)
class Statistics:
    """Several z or t statistics.

    values       (m,)
    df           residual degrees of freedom; infinite for z
    correlation  of the estimates, (m, m)
    means        how many means the statistics compare in all pairs; 0 where they are something else
    """

    values: Floats
    df: float
    correlation: Floats
    means: int = 0

    @property
    def count(self) -> int:
        """Number of hypotheses."""
        return len(self.values)

    @property
    def p_values(self) -> Floats:
        """Two-sided p-values, each for itself, (m,)."""
        return two_sided(self.values, self.df)


@dataclass(frozen=True)
class Adjustment:
    """How p-values and intervals allow for several hypotheses.

    p_values  Statistics → (m,)
    quantile  Statistics, level → how many standard errors the joint intervals reach to either side
    """

    p_values: Callable[[Statistics], Floats]
    quantile: Callable[[Statistics, float], float]


def _single_step(given: Statistics) -> Floats:
    alone = given.p_values
    found = MaxT(given.correlation, given.df).upper(given.values)
    return np.clip(found, alone, np.minimum(given.count * alone, 1.0))  # what no approximation may leave


def _single_step_quantile(given: Statistics, level: float) -> float:
    return MaxT(given.correlation, given.df).quantile(level)


def _tukey(given: Statistics) -> Floats:
    return upper_studentized_range(np.sqrt(2.0) * np.abs(given.values), float(given.means), given.df)


def _tukey_quantile(given: Statistics, level: float) -> float:
    return studentized_range_quantile(level, float(given.means), given.df) / float(np.sqrt(2.0))


def _holm(given: Statistics) -> Floats:
    alone = given.p_values
    order = np.argsort(alone, kind="stable")
    stepped = np.maximum.accumulate(alone[order] * np.arange(given.count, 0, -1))
    found = np.empty(given.count)
    found[order] = np.minimum(stepped, 1.0)
    return found


def _bonferroni(given: Statistics) -> Floats:
    return np.minimum(given.count * given.p_values, 1.0)


def _bonferroni_quantile(given: Statistics, level: float) -> float:
    return two_sided_quantile(1.0 - (1.0 - level) / given.count, given.df)


def _sidak(given: Statistics) -> Floats:
    with np.errstate(divide="ignore"):
        return np.asarray(-np.expm1(given.count * np.log1p(-given.p_values)))


def _sidak_quantile(given: Statistics, level: float) -> float:
    return two_sided_quantile(level ** (1.0 / given.count), given.df)


ADJUSTMENTS: dict[str, Adjustment] = {
    "single-step": Adjustment(_single_step, _single_step_quantile),
    "holm": Adjustment(_holm, _bonferroni_quantile),
    "tukey": Adjustment(_tukey, _tukey_quantile),
    "dunnett": Adjustment(_single_step, _single_step_quantile),
    "sidak": Adjustment(_sidak, _sidak_quantile),
    "bonferroni": Adjustment(_bonferroni, _bonferroni_quantile),
    "none": Adjustment(
        lambda given: given.p_values, lambda given, level: two_sided_quantile(level, given.df)
    ),
}
"""Adjustments by name.

single-step  P(max |T| > |t|) for the joint normal or t distribution of the statistics
dunnett      the same, of comparisons with one control (Dunnett's distribution, whatever the sample sizes)
tukey        the studentized range of all the means: exact where they are equally precise, else conservative
holm         Bonferroni's, step by step from the smallest p-value; its joint intervals are Bonferroni's
sidak        1 - (1 - p)^m
"""
