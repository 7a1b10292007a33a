"""Contrasts of estimated means, which are estimated means again."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from rglm.formula.values import Floats
from rglm.inference.contrast_families import Family, family_of
from rglm.inference.grid_labels import level_labels

if TYPE_CHECKING:
    from rglm.inference.emm import EstimatedMeans

ZERO = 1e-6
"""Weights that sum to less than this sum to zero."""


def contrasts(means: EstimatedMeans, method: Any, adjust: str | None, ref: Any) -> EstimatedMeans:
    """The contrasts of each family of means; arguments as in `EstimatedMeans.contrast`."""
    ratios = None if means.transform is None else means.transform.of_contrasts()
    families = _families(means, method, means.response and ratios is not None, ref)
    C = _spread(means, families)
    if np.any(np.abs(C.sum(axis=1)) >= ZERO):
        ratios = None
    rows = np.repeat([int(group[0]) for group in means.groups], [len(each.labels) for each in families])
    labels = tuple(label for family in families for label in family.labels)
    stuck = means.stuck if means.transform is None or ratios is not None else means.transform.name
    chosen = families[0].adjust if adjust is None else adjust
    return replace(
        means,
        factors={
            "contrast": labels,
            **{name: tuple(means.factors[name][i] for i in rows) for name in means.by},
        },
        L=_product(C, means.L),
        offset=C @ means.offset,
        transform=ratios,
        label="estimate",
        means=families[0].means,
        shown=replace(means.shown, intervals=False, tests=True, adjust=chosen, null=0.0),
        stuck=stuck,
    )


def _families(means: EstimatedMeans, method: Any, ratio: bool, ref: Any) -> list[Family]:
    own = [name for name in means.factors if name not in means.by]
    return [family_of(method, level_labels(means.factors, own, group), ratio, ref) for group in means.groups]


def _spread(means: EstimatedMeans, families: list[Family]) -> Floats:
    """Weights over all means: contrasts × k."""
    parts = []
    for family, group in zip(families, means.groups, strict=True):
        part = np.zeros((len(family.labels), len(means.offset)))
        part[:, group] = family.weights
        parts.append(part)
    return np.concatenate(parts)


def _product(C: Floats, L: Floats) -> Floats:
    """C L, where a mean that is NaN spoils only contrasts that use it."""
    unknown = np.asarray(np.isnan(L).any(axis=1))
    product = C @ np.where(unknown[:, None], 0.0, L)
    spoilt: Floats = np.abs(C) @ unknown.astype(float)
    product[spoilt > 0.0] = np.nan
    return np.asarray(product)
