"""`bootstrap()`: the sampling distribution of coefficients, or of what is made of them, by resampling."""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from rglm.display import Blank, Document, Line, Number, Record, table_of
from rglm.errors import FitError, RglmWarning, choose, some, warn
from rglm.formula.values import Floats
from rglm.inference.bootstrap_intervals import INTERVALS
from rglm.inference.checks import check_level
from rglm.inference.fitted import Call, Fitted
from rglm.inference.heading import heading
from rglm.inference.intervals import interval_frame
from rglm.inference.parameters import chosen
from rglm.inference.resampling import KINDS, influences, multiplicities, refitted
from rglm.inference.summary import estimates
from rglm.inference.vcov import dispersion, standard_errors

TITLES = {
    "case": "Bootstrap of cases (rows drawn with replacement)",
    "parametric": "Parametric bootstrap (responses drawn from the fitted distribution)",
}

Statistic = Callable[["pd.Series[float]"], Any]


@dataclass(frozen=True, eq=False, repr=False)
class Bootstrap(Record):
    """Replicates of a statistic, and what they say of it.

    call           how the model was asked for
    names          of the statistic's parts; the coefficients where no other statistic was asked for
    observed       the statistic of the fit, (k,)
    values         replicates, (n, k); NaN where a draw could not be fitted or does not determine a part
    kind           "case" or "parametric"
    failed         draws that could not be fitted
    accelerations  (k,), for bca intervals; None for parametric draws
    """

    call: Call
    names: tuple[str, ...]
    observed: Floats
    values: Floats
    kind: str
    failed: int
    accelerations: Floats | None

    @property
    def replicates(self) -> pd.DataFrame:
        """One row a replicate, one column a part of the statistic."""
        return pd.DataFrame(self.values, columns=list(self.names))

    @property
    def bias(self) -> pd.Series[float]:
        """Mean of the replicates minus the observed value."""
        return self.replicates.mean() - self.observed

    @property
    def std_errors(self) -> pd.Series[float]:
        """Standard deviations of the replicates."""
        return self.replicates.std(ddof=1)

    @property
    def table(self) -> pd.DataFrame:
        """Columns `original`, `bias`, `std. error`, as R's `boot`."""
        columns = {"original": self.observed, "bias": self.bias, "std. error": self.std_errors}
        return pd.DataFrame(columns, index=pd.Index(list(self.names), dtype=object))

    def vcov(self) -> pd.DataFrame:
        """Covariance matrix of the replicates, k × k: of the coefficients, it serves as `vcov=` elsewhere."""
        return self.replicates.cov()

    def confint(self, parm: Any = None, level: float = 0.95, interval: str = "percentile") -> pd.DataFrame:
        """Intervals from the replicates.

        percentile: their quantiles; basic: 2 t0 minus these; normal: t0 - bias ± z se; bca: quantiles at
        levels corrected for bias and acceleration, the latter from the influence of each observation.  A part
        without replicates is NaN.

        Raises FitError for an unknown part or interval, and for bca of parametric draws.
        """
        check_level(level)
        if interval not in INTERVALS:
            raise FitError(choose("interval", interval, tuple(INTERVALS)))
        if interval == "bca" and self.accelerations is None:
            raise FitError(
                'bca intervals need kind="case": parametric draws have no influence of single observations. '
                'Use interval="percentile" or "basic".'
            )
        which = chosen(self.names, parm)
        ends = np.array([self._ends(j, level, interval) for j in which])
        return interval_frame([self.names[j] for j in which], ends, level)

    def _ends(self, j: int, level: float, interval: str) -> Floats:
        found = self.values[:, j]
        found = found[np.isfinite(found)]
        if not len(found) or not np.isfinite(self.observed[j]):
            return np.full(2, np.nan)
        acceleration = 0.0 if self.accelerations is None else float(self.accelerations[j])
        return INTERVALS[interval](found, float(self.observed[j]), level, acceleration)

    def document(self) -> Document:
        """Title, call, and the table of original values, bias and standard errors."""
        return Document(
            [
                Line(TITLES[self.kind], role="heading"),
                *heading(self.call),
                Line("Replicates: ", Number(len(self.values), "count"), *self._failures()),
                Blank(),
                table_of(self.table, "matrix"),
            ]
        )

    def _failures(self) -> list[Any]:
        return [", of which ", Number(self.failed, "count"), " could not be fitted"] if self.failed else []


def bootstrap(
    fit: Fitted, statistic: Statistic | None = None, n: int = 999, seed: Any = None, kind: str = "case"
) -> Bootstrap:
    """The distribution of coefficients, or of a function of them, over data drawn again.

    case: rows are drawn with replacement (a frequency weight is that many rows); right whatever the variance.
    parametric: responses are drawn from the fitted distribution at the fitted means; right when the model is.
    Every draw is fitted again from the estimates.

    Parameters
    ----------
    fit : a fitted model
    statistic : function of the coefficients (a Series with R's names) that returns a number, a Series, a dict
        or a sequence; None is the coefficients themselves
    n : replicates
    seed : whole number, or a `numpy.random.Generator`, that makes the draws repeatable
    kind : "case" or "parametric"

    Returns
    -------
    Bootstrap, with `.replicates` (n × k), `.bias`, `.std_errors`, `.table`, `.vcov()` and
    `.confint(parm, level, interval)`

    Raises
    ------
    FitError
        For an unknown kind, n under 2, parametric draws of rows with frequency weights, or a statistic that
        does not return numbers.
    FamilyError
        For parametric draws from a family that has no distribution, such as quasi.

    Warns
    -----
    RglmWarning
        When draws could not be fitted, or do not determine every coefficient.

    Source: Davison & Hinkley (1997), 7.2; R `boot::boot`, `car::Boot`.

    Examples
    --------
    >>> from rglm import datasets, glm
    >>> fit = glm("cbind(numdead, numalive) ~ ldose", data=datasets.load("budworm"), family="binomial")
    >>> ld50 = fit.bootstrap(lambda b: -b["(Intercept)"] / b["ldose"], n=199, seed=1, kind="parametric")
    >>> ld50.confint().shape
    (1, 2)
    """
    if kind not in KINDS:
        raise FitError(choose("kind", kind, tuple(KINDS)))
    try:
        size = operator.index(n)
    except TypeError:
        size = 0
    if size < 2:
        raise FitError(f"n is the number of replicates, a whole number of at least 2; got {n!r}.")
    made = _Made(fit.design.column_names, statistic)
    names, observed = made.named(estimates(fit))
    coefs, failed = refitted(fit, kind, size, seed)
    values = made.values(coefs, len(names))
    _warn_failures(fit, coefs, failed)
    accelerations = _accelerations(fit, made) if kind == "case" else None
    return Bootstrap(fit.call, names, observed, values, kind, failed, accelerations)


@dataclass(frozen=True)
class _Made:
    """A statistic as arrays."""

    columns: Sequence[str]
    statistic: Statistic | None

    def named(self, coef: Floats) -> tuple[tuple[str, ...], Floats]:
        """The statistic of some coefficients, and the names of its parts."""
        if self.statistic is None:
            return tuple(self.columns), coef
        found = self.statistic(pd.Series(coef, index=pd.Index(list(self.columns), dtype=object)))
        try:
            if hasattr(found, "items"):
                pairs = dict(found.items())
                return tuple(map(str, pairs)), np.array(list(pairs.values()), dtype=float)
            values = np.asarray(found, dtype=float)
        except (TypeError, ValueError):
            raise FitError(
                f"statistic must return numbers (one, a Series, a dict or a sequence); got {found!r}."
            ) from None
        if values.ndim == 0:
            return ("statistic",), values[None]
        return tuple(f"t{i}" for i in range(1, values.size + 1)), values.ravel()

    def values(self, coefs: Floats, k: int) -> Floats:
        """The statistic of each row of coefficients, (n, k)."""
        if self.statistic is None:
            return coefs
        values = [np.full(k, np.nan) if np.isnan(coef).all() else self.named(coef)[1] for coef in coefs]
        return np.array(values).reshape(len(coefs), k)

    def gradient(self, coef: Floats, steps: Floats) -> Floats:
        """Derivatives by the coefficients, (p, k), by central differences."""
        if self.statistic is None:
            return np.eye(len(coef))
        moves = np.diag(np.where(np.isfinite(steps), steps, 0.0))
        differences = [self.named(coef + move)[1] - self.named(coef - move)[1] for move in moves]
        with np.errstate(all="ignore"):
            return np.nan_to_num(np.array(differences) / (2.0 * steps[:, None]))


def _accelerations(fit: Fitted, made: _Made) -> Floats:
    """Skewness of the influence of the observations over 6, (k,)."""
    steps = 1e-4 * standard_errors(fit, dispersion(fit))
    weights = multiplicities(fit.rows)
    effects = np.nan_to_num(influences(fit)) @ made.gradient(estimates(fit), steps)
    with np.errstate(all="ignore"):
        return np.asarray(weights @ effects**3 / (6.0 * (weights @ effects**2) ** 1.5))


def _warn_failures(fit: Fitted, coefs: Floats, failed: int) -> None:
    """One warning of draws without an answer."""
    undetermined = np.isnan(coefs).sum(axis=0) - failed
    lost = {
        name: int(count)
        for name, count, aliased in zip(fit.design.column_names, undetermined, fit.aliased, strict=True)
        if count and not aliased
    }
    parts = [f"{failed} could not be fitted"] if failed else []
    if lost:
        parts.append(f"{some([f'{count} do not determine {name}' for name, count in lost.items()])}")
    if parts:
        warn(f"Of {len(coefs)} draws, {'; '.join(parts)}. They are left out.", RglmWarning)
