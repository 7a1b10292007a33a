"""The models that a comparison names by what changes: a formula, or terms to leave out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rglm.errors import FitError, described, did_you_mean, is_text
from rglm.formula.deparse import deparse
from rglm.formula.grammar import parse
from rglm.formula.terms import terms
from rglm.formula.tree import Formula
from rglm.formula.update import update
from rglm.inference.fitted import Fitted
from rglm.inference.growable import Growable
from rglm.inference.labels import formula_tree
from rglm.inference.scope import keys


def models_of(fit: Growable, others: Sequence[Any], verb: str) -> list[Growable]:
    """The model, then the others as fitted models; the model without its terms where there is none.

    An other is a fitted model; a formula in which `.` stands for the side of the model before it; or one
    label or several of terms that the model before it loses.  Smaller models are fitted to the same rows.

    Raises
    ------
    FitError
        When an other is none of these, or a label is not one of a term.

    Source: `lmtest::lrtest.default`, `lmtest::waldtest.default`.
    """
    models = [fit]
    if not others:
        return [fit, null_model(fit)]
    for other in others:
        models.append(other if hasattr(other, "refit") else _variant(models[-1], other, verb))
    return models


def null_model(fit: Growable) -> Growable:
    """The model with its intercept and offset alone; of a model without either, the one that predicts 0.

    Factors span the constant, so a model of these has the intercept even where it was written without.
    """
    constant = fit.design.terms.intercept or bool(fit.design.base_levels)
    offsets = [f"offset({deparse(node)})" for node in fit.design.terms.offsets]
    return fitted_to(fit, update(formula_tree(fit), " + ".join(["~ 1" if constant else "~ 0", *offsets])))


def fitted_to(fit: Growable, formula: Formula) -> Growable:
    """The model of another formula; on the same rows where its terms are among those of the fit."""
    held = set(keys(fit.design.terms))
    if held.issuperset(keys(terms(formula, tuple(fit.source.names)))):
        model: Growable = fit.widened(formula_tree(fit)).model(formula)
        return model
    made: Any = fit
    found: Growable = made.update(formula)
    return found


def _variant(fit: Growable, other: Any, verb: str) -> Growable:
    if is_text(other) and "~" in other:
        return fitted_to(fit, update(formula_tree(fit), other))
    labels = [other] if is_text(other) else other
    if not hasattr(labels, "__iter__") or not all(map(is_text, labels)):
        raise FitError(
            f'{verb} compares with fitted models, formulas such as ". ~ . - x", or labels of terms to leave '
            f"out; got {described(other)}."
        )
    return fitted_to(fit, update(formula_tree(fit), f". ~ . - {' - '.join(_terms(fit, labels))}"))


def _terms(fit: Fitted, labels: Sequence[str]) -> list[str]:
    """Labels of terms, in parentheses as a formula needs them."""
    known = set(keys(fit.design.terms))
    for label in labels:
        asked = keys(terms(parse(f"~ {label}")))
        if not asked or not known.issuperset(asked):
            raise FitError(
                f"The model has no term '{label}' to leave out. {did_you_mean(label, fit.design.term_labels)}"
            )
    return [f"({label})" for label in labels]
