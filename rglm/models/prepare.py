"""From the arguments of a call to rows that can be fitted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from rglm.data.source import Source
from rglm.design.encode import Encoded
from rglm.design.learn import learn
from rglm.design.spec import DesignSpec
from rglm.errors import DataError, FamilyError, FitError, among, choose, described
from rglm.families.accept import offending
from rglm.families.family import Family
from rglm.fitting.control import Control
from rglm.fitting.rows import Rows
from rglm.formula.grammar import parse
from rglm.formula.tree import Formula
from rglm.formula.values import Floats
from rglm.models.arguments import METHODS, NA_ACTIONS, Arguments


@dataclass(frozen=True)
class Prepared:
    """Rows ready to fit, and what was learned on the way.

    modelled   what a binomial response models, such as 'P(y = "yes")', or None
    seal       fingerprint of data that the caller could still edit in place; None where edits cannot reach us
    sampling   sampling weights scaled to mean 1, (n,); `rows.weights` has them as a factor; or None
    """

    design: DesignSpec
    encoded: Encoded
    source: Source
    rows: Rows
    modelled: str | None
    seal: str | None = None
    sampling: Floats | None = None

    def check_unchanged(self) -> None:
        """Refuse to fit again when the caller's arrays have been edited since."""
        if self.seal is not None and self.source.fingerprint() != self.seal:
            raise DataError(
                "The data were edited in place after the fit, so its rows are no longer those it was "
                "fitted to. Fit again, or give a copy of the data to the fit."
            )


def as_formula(formula: Any) -> Formula:
    """A formula from text, from a parsed formula, or from a formulaic `Formula`."""
    if isinstance(formula, Formula):
        return formula
    if isinstance(formula, str):
        return parse(formula)
    if hasattr(formula, "lhs") and hasattr(formula, "rhs"):
        # formulaic writes the intercept out, and its absence means none
        return parse(f"{formula.lhs} ~ 0 + {formula.rhs}")
    raise FitError(
        f'formula must be text such as "y ~ x" or a formulaic Formula; got {described(formula)}. '
        "The formula comes first, the data second."
    )


def prepare(arguments: Arguments) -> Prepared:
    """Learn the design, encode the rows, and let the family accept the response."""
    check_choices(arguments)
    source = arguments.data
    design, encoded = learn(
        arguments.formula,
        source,
        extras=arguments.extras,
        subset=arguments.subset,
        contrasts=arguments.contrasts,
        na_action=arguments.na_action,
        success=arguments.success,
        env=arguments.env,
    )
    if encoded is None or encoded.response is None:
        raise FitError("A model needs a response: write `y ~ x`, with the response before the tilde.")
    prior, counts = row_weights(encoded)
    accepted = arguments.family.accept(encoded.response, prior)
    weights = accepted.weights if counts is None else accepted.weights * counts
    sampling = sampling_weights(encoded, counts)
    if sampling is not None:
        weights = weights * sampling
    if not (weights > 0).any():
        raise DataError(
            "No row has a positive weight, so there is nothing to fit. Check weights=, freq_weights= "
            "and prob_weights= (and the counts, which weigh as their sums, in a response of successes and "
            "failures)."
        )
    rows = Rows(
        encoded.block, accepted.y, weights, total_offset(encoded, arguments.family), accepted.trials, counts
    )
    seal = None if getattr(source, "protected", False) else source.fingerprint()
    return Prepared(design, encoded, source, rows, accepted.modelled, seal, sampling)


def check_choices(arguments: Arguments) -> None:
    """Arguments with a fixed list of values, or of a kind of their own."""
    if not among(arguments.na_action, NA_ACTIONS):
        raise FitError(choose("na_action", arguments.na_action, NA_ACTIONS))
    if not among(arguments.method, METHODS):
        raise FitError(choose("method", arguments.method, METHODS))
    if not isinstance(arguments.control, Control):
        raise FitError(
            "control must be made by Control(), such as Control(maxit=50); "
            f"got {described(arguments.control)}."
        )


def row_weights(encoded: Encoded) -> tuple[Floats | None, Floats | None]:
    """Prior weights and frequency counts, checked for sign and (counts) for being whole numbers."""
    prior, counts = encoded.extras.get("weights"), encoded.extras.get("freq_weights")
    for name in ("weights", "freq_weights", "prob_weights"):
        values = encoded.extras.get(name)
        if values is not None and (values < 0).any():
            raise DataError(
                f"{name} must not be negative, and is in {offending(values < 0, values, encoded.kept)}. "
                "A weight of 0 leaves a row out."
            )
    if counts is not None and (counts != np.floor(counts)).any():
        wrong = offending(counts != np.floor(counts), counts, encoded.kept)
        raise DataError(
            "freq_weights say how many times a row is repeated, so they must be whole numbers, and are not "
            f"in {wrong}. Use weights= for weights that are not counts."
        )
    return prior, counts


def sampling_weights(encoded: Encoded, counts: Floats | None) -> Floats | None:
    """Sampling weights scaled to mean 1 over the rows that have one, (n,)."""
    given = encoded.extras.get("prob_weights")
    if given is None:
        return None
    each = np.ones(len(given)) if counts is None else counts
    total = float(each[given > 0].sum())
    return np.asarray(given * (total / max(float(each @ given), np.finfo(float).tiny)))


def total_offset(encoded: Encoded, family: Family) -> Floats | None:
    """offset() terms, offset= and log(exposure=), summed; None where none was given."""
    parts = [encoded.formula_offset, encoded.extras.get("offset")]
    exposure = encoded.extras.get("exposure")
    if exposure is not None:
        parts.append(log_exposure(exposure, family, encoded.kept))
    given = [part for part in parts if part is not None]
    return sum(given[1:], given[0]) if given else None


def log_exposure(exposure: Floats, family: Family, positions: np.ndarray | None) -> Floats:
    """log(exposure), refused without a log link or for exposures that are not positive."""
    if family.link.name != "log":
        raise FamilyError(
            f"exposure= is a log offset, so it needs a log link; this family's link is '{family.link.name}'. "
            "Give an offset= on the scale of that link instead."
        )
    if (exposure <= 0).any():
        raise DataError(
            f"exposure must be positive, and is not in {offending(exposure <= 0, exposure, positions)}. "
            "Leave out rows without exposure with subset=."
        )
    return np.asarray(np.log(exposure))
