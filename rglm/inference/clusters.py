"""Which rows of a fit belong together: the clusters that `cluster=` names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np

from rglm.data.columns import Columns, grouped
from rglm.data.native import align_any
from rglm.design.learn import as_node
from rglm.design.rows import argument
from rglm.errors import DataError, FitError, is_list, is_text, some
from rglm.formula.evaluate import Scope
from rglm.formula.values import Codes, Value
from rglm.inference.fitted import Fitted


@dataclass(frozen=True, eq=False)
class Clusters:
    """A partition of the rows of a fit that have weight.

    name   what made it, for headings
    codes  (m,) the cluster of each such row, 0 … size - 1
    size   number of clusters
    """

    name: str
    codes: Codes
    size: int


def clusters(fit: Fitted, cluster: Any) -> tuple[Clusters, ...]:
    """One partition for each clustering variable.

    Parameters
    ----------
    fit : a fitted model
    cluster : text (a column of the data, otherwise an expression over it), an array with one label for each
        row of the data, or a list of such

    Raises
    ------
    DataError
        When a label is missing in a row of the fit, or an array has another length or index than the data.
    FitError
        When there is only one cluster.
    """
    several = is_list(cluster) and all(is_text(each) or hasattr(each, "__len__") for each in cluster)
    asked = list(cluster) if several else [cluster]
    if not asked:
        raise FitError('cluster= is empty. Name a column, such as cluster="firm", or several in a list.')
    columns = next(iter(fit.source.blocks()))
    return tuple(_clusters(fit, columns, each, place) for place, each in enumerate(asked, start=1))


def _clusters(fit: Fitted, columns: Columns, cluster: Any, place: int) -> Clusters:
    name = cluster if is_text(cluster) else f"array {place}"
    rows = fit.rows
    positions = rows.positions[rows.used]
    codes = grouped(_labels(fit, columns, cluster))[positions]
    if (codes < 0).any():
        where = positions[codes < 0].tolist()
        raise DataError(
            f"cluster {name} is missing in {len(where)} of the {len(positions)} rows of the fit (rows "
            f"{some(where)}). Rows without a cluster cannot be placed: leave them out of the fit, for "
            f'instance with subset="!is.na({name})".'
        )
    found, codes = np.unique(codes, return_inverse=True)
    if len(found) < 2:
        raise FitError(
            f"cluster {name} puts all {len(positions)} rows of the fit into one cluster; the variance "
            "between clusters needs at least two."
        )
    return Clusters(name, codes, len(found))


def _labels(fit: Fitted, columns: Columns, cluster: Any) -> Value:
    """The labels of all rows of the data."""
    n = columns.n_rows
    if not is_text(cluster):
        return align_any("cluster", cluster, columns.native, n, "label")
    scope = Scope(columns, n, env=fit.design.env, learned=fit.design.parameters)
    return argument("cluster", as_node(cluster, columns.names, "cluster"), scope)


def crossings(parts: Sequence[Clusters]) -> list[tuple[int, Clusters]]:
    """Each partition and each intersection of several, with the sign of inclusion and exclusion."""
    found = []
    for count in range(1, len(parts) + 1):
        for group in combinations(parts, count):
            found.append(((-1) ** (count + 1), _intersection(group)))
    return found


def _intersection(parts: Sequence[Clusters]) -> Clusters:
    """The rows that share a cluster of every partition."""
    codes = parts[0].codes
    for part in parts[1:]:
        codes = codes * part.size + part.codes
        codes = np.unique(codes, return_inverse=True)[1]
    name = " and ".join(part.name for part in parts)
    return Clusters(name, codes, int(codes.max()) + 1)
