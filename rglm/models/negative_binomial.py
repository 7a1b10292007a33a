"""Negative binomial models with theta estimated: `glm_nb()` and what it returns."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

import numpy as np

from rglm.data.memory import as_source
from rglm.display.numbers import format_one
from rglm.errors import ConvergenceWarning, warn
from rglm.families.family import Family
from rglm.families.negative_binomial import NegativeBinomial
from rglm.families.poisson import Poisson
from rglm.fitting.control import Control
from rglm.fitting.irls import Solution
from rglm.formula.tree import Formula
from rglm.inference.anova_nb import anova_nb
from rglm.inference.fitted import Call, Refit
from rglm.inference.summary_nb import summary_nb
from rglm.inference.theta import UNKNOWN, Theta, theta_ml
from rglm.models.arguments import Arguments
from rglm.models.call import describe
from rglm.models.engine import anchor, as_refit, solve
from rglm.models.glm import GLM, starting, with_warnings
from rglm.models.prepare import Prepared, as_formula, prepare
from rglm.models.update import changed
from rglm.models.widen import Widened, widened

POISSON_LIMIT = "Poisson limit"
NOT_SETTLED = "alternation limit reached"

ROUNDING = 1e-11
"""Changes of theta and of the log-likelihood below this, relative, are rounding."""


@dataclass(frozen=True)
class NegBinArguments(Arguments):
    """What `glm_nb()` was called with; `family` holds the link."""

    init_theta: float | None = None


@dataclass(frozen=True, eq=False, repr=False)
class NegBin(GLM):
    """A fitted negative binomial model: the verbs of a `GLM` at the estimated theta, and those below.

    theta_estimate   theta with its standard error
    theta_note       what went wrong with it ("Poisson limit", "alternation limit reached"), or None
    alternations     how often theta and the coefficients were estimated in turn
    """

    theta_estimate: Theta = UNKNOWN
    theta_note: str | None = None
    alternations: int = 0

    summary = summary_nb
    anova = anova_nb

    def widened(self, formula: Formula) -> Widened:
        """The rows of a larger formula, on which theta is estimated again for each model that is moved to."""
        return _Widened(self, widened(self, formula).prepared)

    @property
    def theta(self) -> float:
        """Shape of the counts: V(mu) = mu + mu²/theta; infinite in the Poisson limit (alpha is 1/theta)."""
        return float(self.theta_estimate)

    @property
    def se_theta(self) -> float:
        """Standard error of theta, from the observed information at the fitted means."""
        return self.theta_estimate.se

    @property
    def twologlik(self) -> float:
        """Twice the log-likelihood."""
        return 2.0 * float(self.loglik)

    def update(self, formula: Any = None, **changes: Any) -> NegBin:
        """Make the call again with another formula, or other arguments; theta is estimated again.

        Parameters
        ----------
        formula : text in which `.` stands for the old side: ". ~ . - x", "log(.) ~ .", or a whole formula
        changes : any argument of `glm_nb`

        Returns
        -------
        NegBin

        Raises
        ------
        FitError
            For an argument that `glm_nb` does not have; and whatever `glm_nb` raises.

        Source: R `update`, `update.formula`.

        Examples
        --------
        >>> from rglm import datasets, glm_nb
        >>> fit = glm_nb("Days ~ Sex + Age", data=datasets.load("quine"))
        >>> fit.update(". ~ . - Sex").formula
        'Days ~ Age'
        """
        kept = {name: value for name, value in changes.items() if name != "link"}
        arguments = cast(NegBinArguments, changed(self, formula, kept, glm_nb))
        link = changes.get("link", arguments.family.link)
        return fit_nb(replace(arguments, family=_family(link, arguments.init_theta)))


def glm_nb(
    formula: Any,
    data: Any,
    *,
    link: Any = "log",
    init_theta: float | None = None,
    weights: Any = None,
    freq_weights: Any = None,
    offset: Any = None,
    exposure: Any = None,
    subset: Any = None,
    na_action: str = "omit",
    contrasts: Mapping[str, Any] | None = None,
    start: Any = None,
    method: str = "auto",
    control: Control | None = None,
    env: Mapping[str, Any] | None = None,
) -> NegBin:
    """Fit negative binomial counts by maximum likelihood, theta included.

    g(mu) = X b + offset, Var(y) = mu + mu²/theta.  Coefficients given theta and theta given the means are
    estimated in turn, until the change of theta and that of the log-likelihood, divided by
    sqrt(2 df_residual), add to less than Control(epsilon=).  Tests are z and chi-square with dispersion 1,
    and take theta as known; AIC counts it.

    Parameters
    ----------
    formula, data, weights, freq_weights, offset, exposure, subset, na_action, contrasts, start, method, env :
        as in `glm`
    link : "log", "sqrt" or "identity" (or any other known link)
    init_theta : first theta; by default the first coefficients are Poisson's
    control : Control(epsilon, maxit, trace); maxit bounds the alternations too

    Returns
    -------
    NegBin, with `.theta`, `.se_theta`, `.twologlik`.  Counts that are no more variable than Poisson's have
    an infinite theta: `.theta_note` is then "Poisson limit".

    Raises
    ------
    FormulaError, DataError, FamilyError
        Before fitting, when the formula, the data, the response or `init_theta` cannot be used.
    FitError
        When the starting values or every step leave the family's domain.

    Warns
    -----
    RglmWarning
        In the Poisson limit.
    ConvergenceWarning
        When theta or the coefficients have not settled.

    Source: MASS `glm.nb`; Venables & Ripley (2002), 7.4.

    Examples
    --------
    >>> from rglm import datasets, glm_nb
    >>> fit = glm_nb("Days ~ Sex + Age + Eth", data=datasets.load("quine"))
    >>> f"{fit.theta:.4f} ({fit.se_theta:.3f}), 2 x log-likelihood {fit.twologlik:.3f}"
    '1.2507 (0.157), 2 x log-likelihood -1095.653'
    """
    arguments = NegBinArguments(
        as_formula(formula), as_source(data), _family(link, init_theta),
        weights=weights, freq_weights=freq_weights, offset=offset, exposure=exposure, subset=subset,
        na_action=na_action, contrasts=contrasts, start=start, method=method, control=control or Control(),
        env=env, init_theta=init_theta,
    )  # fmt: skip
    return fit_nb(arguments)


def _family(link: Any, theta: float | None) -> NegativeBinomial:
    """The family before theta is known; FamilyError for a first theta that is none."""
    first = 1.0 if theta is None else NegativeBinomial(theta).theta
    return NegativeBinomial(first, link, estimated=True)


@dataclass(frozen=True)
class _Found:
    """Where the alternation stopped: the fit, theta at its means, how often, and what went wrong."""

    family: NegativeBinomial
    solution: Solution
    theta: Theta
    alternations: int
    note: str | None


def fit_nb(arguments: NegBinArguments) -> NegBin:
    """Fit from kept arguments: what `glm_nb()` and `update()` share."""
    prepared = prepare(arguments)
    found = _alternate(arguments, prepared)
    control = arguments.control
    if found.note == NOT_SETTLED:
        warn(
            f"The fit did not converge: theta is still moving after {found.alternations} alternations (now "
            f"{format_one(found.theta)}). Try Control(maxit={4 * control.maxit}), or init_theta= near it.",
            ConvergenceWarning,
        )
    elif found.note == POISSON_LIMIT:
        warn(
            "Poisson limit: the counts are no more variable than Poisson's, so theta is infinite and has no "
            "standard error. The coefficients and tests are those of family='poisson', which has one "
            "parameter less."
        )
    final = replace(arguments, family=found.family)
    fit = NegBin(
        final,
        prepared,
        found.solution,
        _call(final, prepared, found.note),
        found.theta,
        found.note,
        found.alternations,
    )
    return with_warnings(fit)


def _alternate(arguments: NegBinArguments, prepared: Prepared) -> _Found:
    """Coefficients at the present theta, theta at their means, and again until both settle.

    As MASS's trace shows, the theta of a round is taken at the means from before the round's fit.
    """
    control, rows = arguments.control, prepared.rows
    link, intercept = arguments.family.link, prepared.design.terms.intercept
    first: Family = Poisson(link) if arguments.init_theta is None else arguments.family
    start = starting(arguments.start, prepared)
    solution = solve(first, rows, control, start, anchor(first, rows, intercept))
    spread = math.sqrt(2.0 * max(1.0, rows.nobs - solution.step.rank))
    theta, likelihood = _theta_of(solution), -math.inf
    for number in range(1, control.maxit + 1):
        family, last = NegativeBinomial(theta, link, estimated=True), likelihood
        at_last_means = _theta_of(solution) if number > 1 else theta
        solution = solve(family, rows, control, solution.coef, anchor(family, rows, intercept))
        likelihood = family.loglik(solution.evaluation.likelihood, solution.evaluation.deviance)
        if control.trace:
            print(f"Theta({number}) = {format_one(at_last_means)}, log-likelihood = {format_one(likelihood)}")
        move = 0.0 if at_last_means == theta else abs(at_last_means - theta)
        floor = ROUNDING * (min(theta, at_last_means) + abs(likelihood) / spread)
        theta = at_last_means
        if abs(likelihood - last) / spread + move <= max(control.epsilon, floor):
            error = _theta_of(solution).se
            return _Found(family, solution, Theta(family.theta, error), number, _limit(family))
    return _Found(family, solution, _theta_of(solution), control.maxit, NOT_SETTLED)


def _limit(family: NegativeBinomial) -> str | None:
    return POISSON_LIMIT if math.isinf(family.theta) else None


class _Widened(Widened):
    """Rows on which every model that is moved to has its own theta."""

    def accepted(self, terms: Sequence[int]) -> tuple[Family, Refit]:
        """The model on some terms, theta estimated again."""
        arguments = cast(NegBinArguments, self.fit.arguments)
        quiet = replace(arguments, start=None, control=replace(arguments.control, trace=False))
        found = _alternate(quiet, self.prepared_on(terms))
        return found.family, as_refit(found.solution, found.family)


def _theta_of(solution: Solution) -> Theta:
    """Theta at the means of a solution."""
    working = solution.evaluation.rows[0]
    with np.errstate(all="ignore"):
        return theta_ml(working.rows.y, working.mean.mu, working.rows.weights)


def _call(arguments: NegBinArguments, prepared: Prepared, note: str | None) -> Call:
    more = [f'link="{arguments.family.link.name}"']
    if arguments.init_theta is not None:
        more.append(f"init_theta={arguments.init_theta!r}")
    call = describe("glm_nb", arguments, prepared, None, more)
    return call if note is None else replace(call, notes=(*call.notes, note))
