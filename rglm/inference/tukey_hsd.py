"""`tukey_hsd()`: all differences of the means of a factor's levels, with simultaneous intervals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
import pandas as pd

from rglm.display import Blank, Document, Line, Number, Record, table_of
from rglm.display.document import Part
from rglm.errors import FitError, did_you_mean, either, some, warn
from rglm.formula.deparse import quote_name
from rglm.formula.values import Floats
from rglm.inference.checks import check_level
from rglm.inference.distributions import studentized_range_quantile, upper_studentized_range
from rglm.inference.fitted import Fitted
from rglm.inference.summary import estimates


@dataclass(frozen=True, eq=False, repr=False)
class TukeyHSD(Record):
    """Differences of means with a family-wise confidence level, term by term.

    tables      {term: DataFrame}, one row a pair of levels: `diff`, `lwr`, `upr`, `p adj`
    conf_level  of all intervals of a term together
    ordered     whether levels stand in the order of their means, so that all differences are positive
    call        of the model
    """

    tables: Mapping[str, pd.DataFrame]
    conf_level: float
    ordered: bool
    call: str

    @property
    def table(self) -> pd.DataFrame:
        """All terms in one DataFrame, indexed by term and pair."""
        return pd.concat(dict(self.tables), names=["term", "pair"])

    def document(self) -> Document:
        """R's `print.TukeyHSD`."""
        percent = Number(100.0 * self.conf_level, "signif", more=-5)
        parts: list[Part] = [
            Line("  Tukey multiple comparisons of means", role="heading"),
            Line("    ", percent, "% family-wise confidence level"),
        ]
        if self.ordered:
            parts.append(Line("    factor levels have been ordered"))
        parts += [Blank(), Line("Fit: ", self.call, role="code"), Blank()]
        for term, table in self.tables.items():
            shown = table_of(table, "comparisons", kinds={"p adj": "p-value"})
            parts += [Line("$", quote_name(term)), shown, Blank()]
        return Document(parts)


def tukey_hsd(fit: Fitted, which: Any = None, conf_level: float = 0.95, ordered: bool = False) -> TukeyHSD:
    """All differences between the means of a term's levels, by Tukey's honest significant differences.

    (mean_i - mean_j) ± q s sqrt((1/n_i + 1/n_j) / 2), q the quantile of the studentized range of as many
    means as the term has cells.  A mean is that of the fitted values of the term and those it contains,
    adjusted for the terms before them in the model (R's `model.tables`): in an unbalanced design the order
    of terms matters.

    Parameters
    ----------
    fit : a fitted analysis of variance or linear model
    which : a term or a list of terms that hold factors alone; the default is all of them
    conf_level : of all intervals of one term together
    ordered : whether to order the levels by their means, so that all differences are positive

    Returns
    -------
    TukeyHSD: `.tables`, for each term a DataFrame with `diff`, `lwr`, `upr`, `p adj`; `.table`, all in one

    Raises
    ------
    FitError
        When the model has no factor, the term is not one of its factors, or rows have different weights.

    Warns
    -----
    RglmWarning
        When cells of an interaction are empty: they are left out.

    Source: R `TukeyHSD`; Tukey (1953), Kramer (1956).

    Examples
    --------
    >>> from rglm import aov, datasets
    >>> fit = aov("weight ~ group", data=datasets.load("plantgrowth"))
    >>> fit.tukey_hsd().tables["group"].index.tolist()
    ['trt1-ctrl', 'trt2-ctrl', 'trt2-trt1']
    """
    check_level(conf_level)
    terms = _asked(fit, which)
    variance = _variance(fit)
    labels = fit.design.term_labels
    tables = {labels[term]: _compare(fit, term, variance, conf_level, ordered) for term in terms}
    return TukeyHSD(tables, float(conf_level), bool(ordered), fit.call.text)


def _asked(fit: Fitted, which: Any) -> list[int]:
    """Positions of the terms to compare; all that hold factors alone by default."""
    design = fit.design
    determined = set(np.asarray(design.assign, dtype=int)[~fit.aliased].tolist())
    factors = [
        index
        for index, term in enumerate(design.terms.terms)
        if index + 1 in determined and all(design.variables[place].is_factor for place in term)
    ]
    if not factors:
        raise FitError(
            "no factors in the fitted model: tukey_hsd() compares means of levels. Write factor(x) in the "
            "formula to make a number one."
        )
    if which is None:
        return factors
    names = [which] if hasattr(which, "casefold") else list(which)
    labels = [design.term_labels[index] for index in factors]
    wrong = [name for name in names if name not in labels]
    if wrong or not names:
        raise FitError(
            f"which must name terms that hold factors alone ({either(labels)}); got {some(wrong) or 'none'}. "
            f"{did_you_mean(str(wrong[0]), labels) if wrong else ''}".rstrip()
        )
    return [factors[labels.index(name)] for name in names]


def _variance(fit: Fitted) -> float:
    """Estimated variance of an observation; FitError where observations have different ones."""
    rows = fit.rows
    each = rows.weights if rows.counts is None else rows.weights / np.where(rows.counts > 0, rows.counts, 1.0)
    used = each[rows.used]
    if np.ptp(used) > 1e-12 * used.max():
        raise FitError(
            "tukey_hsd() takes observations of one variance, and weights= give them different ones (R "
            "ignores the weights). Compare weighted means by contrasts() with adjust='tukey'."
        )
    if not fit.df_residual > 0:
        raise FitError("tukey_hsd() needs residual degrees of freedom, and this model has none.")
    return float(fit.deviance / fit.df_residual / used[0])


def _compare(fit: Fitted, term: int, variance: float, conf_level: float, ordered: bool) -> pd.DataFrame:
    """The table of one term."""
    names, means, sizes = _means(fit, term)
    if ordered:
        order = np.argsort(means, kind="stable")
        names, means, sizes = [names[i] for i in order], means[order], sizes[order]
    second, first = np.triu_indices(len(means), 1)  # R's order: the lower triangle by columns
    difference = means[first] - means[second]
    error = np.sqrt(0.5 * variance * (1.0 / sizes[first] + 1.0 / sizes[second]))
    k, df = len(means), float(fit.df_residual)
    width = studentized_range_quantile(conf_level, k, df) * error
    p = upper_studentized_range(np.abs(difference) / error, k, df)
    columns = {"diff": difference, "lwr": difference - width, "upr": difference + width, "p adj": p}
    pairs = [f"{names[i]}-{names[j]}" for i, j in zip(first, second, strict=True)]
    return pd.DataFrame(columns, index=pd.Index(pairs, dtype=object))


def _means(fit: Fitted, term: int) -> tuple[list[str], Floats, Floats]:
    """Names, means and sizes of the cells of a term, its first variable fastest; empty cells are left out."""
    rows, terms = fit.rows, fit.design.terms.terms
    inside = [0, *(index + 1 for index, other in enumerate(terms) if set(other) <= set(terms[term]))]
    values = rows.block.times(_part(fit, inside))
    codes = rows.block.pieces[term].codes
    assert codes is not None
    counts = rows.used.astype(float) if rows.counts is None else rows.counts * rows.used
    levels = _levels(fit, terms[term])
    sizes: Floats = np.bincount(codes, weights=counts, minlength=len(levels)).astype(float)
    sums = np.bincount(codes, weights=counts * values, minlength=len(levels))
    held = np.flatnonzero(sizes > 0)
    if len(held) < len(levels):
        label = fit.design.term_labels[term]
        warn(f"{len(levels) - len(held)} of the {len(levels)} cells of {label} hold no row and are left out")
    return [levels[i] for i in held], sums[held] / sizes[held], sizes[held]


def _part(fit: Fitted, inside: Sequence[int]) -> Floats:
    """Coefficients (p,) whose fitted values are the projections on some terms, each after those before it."""
    kept = np.flatnonzero(~fit.aliased)
    assign = np.asarray(fit.design.assign, dtype=int)[kept]
    along = np.where(np.isin(assign, inside), fit.R @ estimates(fit)[kept], 0.0)
    coef = np.zeros(len(fit.aliased))
    coef[kept] = np.linalg.solve(fit.R, along)
    return coef


def _levels(fit: Fitted, term: tuple[int, ...]) -> list[str]:
    """Names of the cells of a term, the first variable fastest."""
    held = [fit.design.variables[place].levels or () for place in reversed(term)]
    return [":".join(reversed(cell)) for cell in product(*held)]
