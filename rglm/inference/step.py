"""`step()`: a model chosen by AIC, one term at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from rglm.display.numbers import format_one
from rglm.errors import FitError, warn
from rglm.families.family import Family
from rglm.formula.lines import formula_lines
from rglm.formula.terms import Terms, terms
from rglm.formula.tree import Formula
from rglm.inference.add1 import base_stage, dispersion_at
from rglm.inference.checks import check_likelihood, check_penalty
from rglm.inference.drop1 import warn_perfect
from rglm.inference.extract_aic import glm_criterion, lm_criterion
from rglm.inference.fitted import Refit
from rglm.inference.growable import Growable, Wider
from rglm.inference.labels import formula_tree
from rglm.inference.scope import TermKey, add_scope, drop_scope, joined, keys, with_term, without_term
from rglm.inference.stages import Projections, Rater, Refits, Stage, on_terms
from rglm.inference.step_bounds import Bounds, add_new, asked_bounds
from rglm.inference.step_path import StepPath, Trial
from rglm.inference.term_table import NONE, Change, glm_table, lm_table

TOLERANCE = 1e-7
"""A step must not raise the criterion by more: dropping an aliased term may raise it in the last digits."""


def step(
    fit: Growable,
    scope: Any = None,
    direction: str | None = None,
    *,
    trace: bool = True,
    k: float = 2.0,
    steps: int = 1000,
) -> StepPath:
    """Choose a model by AIC, dropping or adding one term at a time.

    From each model, every term that may leave or enter by marginality is tried, and the change with the
    smallest AIC made, until none lowers it.  All models are fitted to one set of rows: those where no
    variable of the scope is missing.  Nothing is printed on the way: print the record to see R's trace.

    Parameters
    ----------
    fit : the fitted model to start from; it stays as it is
    scope : the largest model, a formula such as "~ .^2" (`.` stands for the model); or
        {"lower": formula, "upper": formula}, or the pair (lower, upper).  Without it terms can only leave.
    direction : "both", "backward" or "forward"; the default is "both" with a scope, else "backward".
        "both" without a scope lets terms come back.
    trace : whether the record prints what was tried at each step
    k : penalty for each coefficient; log(n) gives BIC
    steps : most steps

    Returns
    -------
    StepPath: `.fit` the chosen model (theta of `glm_nb` is estimated again at each step), `.table` the path,
    `.trials` what was tried, `.trace_text` as R prints it

    Raises
    ------
    FitError
        When the family has no likelihood, the scope does not bound the model, or the direction is unknown.

    Warns
    -----
    RglmWarning
        When R's AIC column, which holds the dispersion of the present model for all rows, and the AIC of each
        model as fitted choose differently.

    Source: R `step`; Hastie & Pregibon (1992).

    Examples
    --------
    >>> from rglm import datasets, glm
    >>> fit = glm("breaks ~ wool * tension", data=datasets.load("warpbreaks"), family="poisson")
    >>> fit.step().final
    'breaks ~ wool * tension'
    """
    rules = Rules(_refits, glm_table, lambda family, stage, nobs, k: glm_criterion(
        family, stage.likelihood, stage.rank, k
    ))  # fmt: skip
    return _run(fit, asked_bounds(fit, scope, direction), rules, k, steps, trace)


def step_lm(
    fit: Growable,
    scope: Any = None,
    direction: str | None = None,
    *,
    trace: bool = True,
    k: float = 2.0,
    steps: int = 1000,
) -> StepPath:
    """Choose a linear model by AIC, dropping or adding one term at a time.

    From each model, every term that may leave or enter by marginality is tried, and the change with the
    smallest n log(RSS/n) + k rank made, until none lowers it.  One triangular factor gives all sums of
    squares.  All models are fitted to one set of rows: those where no variable of the scope is missing.

    Parameters
    ----------
    fit : the fitted model to start from; it stays as it is
    scope : the largest model, a formula such as "~ .^2" (`.` stands for the model); or
        {"lower": formula, "upper": formula}, or the pair (lower, upper).  Without it terms can only leave.
    direction : "both", "backward" or "forward"; the default is "both" with a scope, else "backward".
        "both" without a scope lets terms come back.
    trace : whether the record prints what was tried at each step
    k : penalty for each coefficient; log(n) gives BIC
    steps : most steps

    Returns
    -------
    StepPath: `.fit` the chosen model, `.table` the path, `.trials` what was tried, `.trace_text` as R prints
    it

    Raises
    ------
    FitError
        When the scope does not bound the model, the fit is exact, or the direction is unknown.

    Source: R `step`; Hastie & Pregibon (1992).

    Examples
    --------
    >>> from rglm import datasets, lm
    >>> lm("mpg ~ wt + hp + disp", data=datasets.load("mtcars")).step().final
    'mpg ~ wt + hp'
    """
    warn_perfect(fit)
    rules = Rules(_projections, lm_table, lambda family, stage, nobs, k: float(
        lm_criterion(stage.deviance, nobs, stage.rank, k)
    ))  # fmt: skip
    return _run(fit, asked_bounds(fit, scope, direction), rules, k, steps, trace)


@dataclass(frozen=True)
class Rules:
    """How a kind of model is tried: its stages, its table, its criterion."""

    rate: Callable[[Wider, Family, bool], Rater]
    table: Callable[[Change, str | None], pd.DataFrame]
    criterion: Callable[[Family, Stage, float, float], float]


def _refits(wide: Wider, family: Family, cold: bool) -> Rater:
    return Refits(wide.design, wide.rows, wide.refit, cold, family)


def _projections(wide: Wider, family: Family, cold: bool) -> Rater:
    return Projections(wide.design, wide.rows, wide.refit, family)


@dataclass(frozen=True)
class At:
    """Where the search stands: formula, stage, family, dispersion, criterion, the change that led here."""

    formula: Formula
    stage: Stage
    family: Family
    dispersion: float
    aic: float
    change: str = ""

    @property
    def terms(self) -> Terms:
        """Of the formula."""
        return terms(self.formula)

    @property
    def text(self) -> str:
        """The formula as R prints it."""
        return "\n".join(formula_lines(self.formula))


@dataclass(frozen=True)
class Search:
    """What stays fixed on the way: the rows, the bounds, how models are tried."""

    fit: Growable
    wide: Wider
    bounds: Bounds
    rules: Rules
    k: float

    @property
    def nobs(self) -> float:
        """Observations."""
        return self.wide.rows.nobs

    def places(self, held: Sequence[TermKey]) -> list[int]:
        """Terms of the wider design, by what they join."""
        index = {key: place for place, key in enumerate(keys(self.wide.design.terms))}
        return [index[key] for key in held]

    def start(self) -> At:
        """The model itself, on the rows of the search."""
        fit, formula = self.fit, formula_tree(self.fit)
        held = self.places(keys(fit.design.terms))
        rater = self.rules.rate(self.wide, fit.family, True)
        stage, moved = base_stage(fit, self.wide, rater, held), bool(self.wide.left_out)
        if moved:
            return self.settled(formula, stage, fit.family, "")
        aic = self.rules.criterion(fit.family, stage, self.nobs, self.k)
        return At(formula, stage, fit.family, dispersion_at(fit, fit.family, stage, False), aic)

    def settled(self, formula: Formula, stage: Stage, family: Family, change: str) -> At:
        """A model that was moved to: its theta estimated again, its dispersion that of R's own iteration."""
        held = self.places(keys(terms(formula)))
        made = self.wide.accepted(held)
        if made is not None:
            family, refit = made
            stage = _as_stage(refit, stage.columns)
        elif not family.dispersion_known:
            stage = on_terms(self.rules.rate(self.wide, family, True), held, stage)
        aic = self.rules.criterion(family, stage, self.nobs, self.k)
        return At(formula, stage, family, dispersion_at(self.fit, family, stage, True), aic, change)

    def tries(self, at: At) -> tuple[list[Change], dict[str, Formula]]:
        """Models with a term less and with a term more, and the formula of each by its label."""
        rater = self.rules.rate(self.wide, at.family, False)
        model, changes, formulas = keys(at.terms), list[Change](), dict[str, Formula]()
        if self.bounds.backward:
            lower = () if self.bounds.lower is None else keys(self.bounds.lower)
            less = {}
            for index in drop_scope(model, lower):
                name = f"- {at.terms.labels[index]}"
                kept = self.places([*model[:index], *model[index + 1 :]])
                less[name] = on_terms(rater, kept, at.stage)
                formulas[name] = without_term(at.formula, model[index])
            changes.append(self._change(at, less, -1))
            if any(stage.rank == at.stage.rank for stage in less.values()):
                return changes, formulas
        if self.bounds.forward and self.bounds.upper is not None:
            upper, more = self.bounds.upper, {}
            for index in add_scope(model, keys(upper)):
                name = f"+ {upper.labels[index]}"
                key = keys(upper)[index]
                more[name] = on_terms(rater, self.places([*model, key]), at.stage)
                formulas[name] = with_term(at.formula, key)
            changes.append(self._change(at, more, 1))
        return [change for change in changes if change.others], formulas

    def _change(self, at: At, others: Mapping[str, Stage], sign: int) -> Change:
        return Change(at.stage, others, sign, at.family, self.nobs, self.k, at.dispersion)


def _as_stage(made: Refit, columns: np.ndarray | None) -> Stage:
    return Stage(
        columns,
        made.coef,
        made.R,
        made.aliased,
        made.deviance,
        made.rank,
        made.df_residual,
        made.likelihood,
        made.pearson,
    )


def _run(fit: Growable, bounds: Bounds, rules: Rules, k: float, steps: int, trace: bool) -> StepPath:
    check_likelihood(fit, "step()")
    check_penalty(k)
    formula = formula_tree(fit)
    if bounds.forward and bounds.upper is not None:
        new = add_new(bounds.upper, fit.design.terms)
        wide = fit.widened(joined(formula, bounds.upper, new) if new else formula)
    else:
        wide = fit.widened(formula)
    if wide.left_out:
        n = fit.rows.block.n
        warn(
            f"step() uses the {n - wide.left_out}/{n} rows of the model where no variable of the scope is "
            "missing, from the start to the chosen model"
        )
    search = Search(fit, wide, bounds, rules, k)
    path, trials = _walk(search, search.start(), steps)
    last = path[-1]
    moved = len(path) > 1 or bool(wide.left_out)
    chosen = wide.model(last.formula) if moved else fit
    return StepPath(chosen, _table(path, search.nobs), trials, trials[0].formula, wide.left_out, trace)


def _walk(search: Search, at: At, steps: int) -> tuple[list[At], list[Trial]]:
    """The models on the way, and what was tried from each."""
    _check(at.aic)
    path, trials, warned = [at], list[Trial](), False
    for _ in range(steps):
        changes, formulas = search.tries(at)
        best, trial = _best(search, at, changes)
        trials.append(trial)
        if best is None:
            warned = warned or _warn_if_other(trial)
            break
        stage = next(change.others[best] for change in changes if best in change.others)
        after = search.settled(formulas[best], stage, at.family, best)
        if after.aic >= at.aic + TOLERANCE:
            trials.append(Trial(after.text, after.aic))
            warn(
                f"R's AIC column chose '{best}', which raises the AIC of the fitted model from "
                f"{format_one(at.aic)} to {format_one(after.aic)}: step() stops before it"
            )
            break
        warned = warned or _warn_if_other(trial)
        at = after
        path.append(at)
    else:
        trials.append(Trial(at.text, at.aic))
    return path, trials


def _check(aic: float) -> None:
    if np.isnan(aic):
        raise FitError(
            "AIC is not defined for this model, so 'step' cannot proceed. Quasi families have no likelihood: "
            "choose terms by drop1(test='F'), or fit a family that has one."
        )
    if aic == -np.inf:
        raise FitError(
            "AIC is -infinity for this model, so 'step' cannot proceed: it fits the response exactly."
        )


def _best(search: Search, at: At, changes: Sequence[Change]) -> tuple[str | None, Trial]:
    """The change to make, or None; and the table that shows why.  A term without a column leaves first."""
    for change in changes:
        idle = [name for name, stage in change.others.items() if stage.rank == at.stage.rank]
        if change.sign < 0 and idle:
            return idle[-1], Trial(at.text, at.aic)
    if not changes:
        return None, Trial(at.text, at.aic)
    frames = [search.rules.table(change, None) for change in changes]
    table = pd.concat([frames[0], *(frame.iloc[1:] for frame in frames[1:])])
    refit = np.concatenate([changes[0].refit_aic, *(change.refit_aic[1:] for change in changes[1:])])
    tried = np.flatnonzero(~(table["Df"].to_numpy() == 0))
    order = tried[np.argsort(table["AIC"].to_numpy()[tried], kind="stable")]
    table, best = table.iloc[order], str(table.index[order[0]])
    trial = Trial(at.text, at.aic, table, pd.Series(refit[order], table.index, name="AIC"))
    return None if best == NONE else best, _without_duplicate(trial)


def _without_duplicate(trial: Trial) -> Trial:
    """A trial whose two AICs differ by a constant keeps R's alone."""
    assert trial.table is not None
    assert trial.refit_aic is not None
    gap = trial.table["AIC"].to_numpy() - trial.refit_aic.to_numpy()
    return replace(trial, refit_aic=None) if np.ptp(gap) < 1e-6 else trial


def _warn_if_other(trial: Trial) -> bool:
    """Say where the AIC of each model as fitted would choose otherwise than R's column."""
    if trial.table is None or trial.refit_aic is None:
        return False
    first, other = str(trial.table.index[0]), str(trial.refit_aic.idxmin())
    if first == other:
        return False
    warn(
        f"R's AIC column, which holds the dispersion of the present model for all rows, chooses '{first}'; "
        f"the AIC of each model as fitted (.trials[i].refit_aic) would choose '{other}'"
    )
    return True


def _table(path: Sequence[At], nobs: float) -> pd.DataFrame:
    """R's `object$anova`."""
    deviances = np.array([at.stage.deviance for at in path])
    rest = np.array([nobs - at.stage.rank for at in path])
    df = np.diff(rest)
    moved = np.where(df == 0, 0.0, np.abs(np.diff(deviances)))  # a term without a column moves nothing
    columns = {
        "Step": [at.change for at in path],
        "Df": np.concatenate([[np.nan], df]),
        "Deviance": np.concatenate([[np.nan], moved]),
        "Resid. Df": rest,
        "Resid. Dev": deviances,
        "AIC": [at.aic for at in path],
    }
    return pd.DataFrame(columns, index=pd.RangeIndex(1, len(path) + 1))
