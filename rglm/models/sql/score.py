"""`fit.to_sql()`: a fitted model as one SQL expression that scores rows where they are."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from rglm.design.coding import TermCoding
from rglm.design.spec import Variable
from rglm.errors import FitError, choose
from rglm.formula.tree import Node
from rglm.formula.values import Floats
from rglm.inference.fitted import Fitted
from rglm.models.saved_design import column_kinds
from rglm.models.sql.dialects import DIALECTS
from rglm.models.sql.expressions import Writer
from rglm.models.sql.links import mean
from rglm.models.sql.values import case, total

TYPES = ("response", "link")


def to_sql(fit: Fitted, dialect: str = "duckdb", type: str = "response", table: str | None = None) -> str:
    """An SQL expression that gives what `predict` gives, to 1e-12 relative.

    Factors are CASE WHEN on their levels, transforms are written out with what they learned.  A row with a
    missing value, or a level that the fit has not seen, scores NULL; so does one whose prediction, or a step
    on the way to it, is not finite.

    Parameters
    ----------
    fit : a fitted or loaded model
    dialect : "duckdb", "sqlite" (3.35 or later with its mathematical functions, else register `exp`, `ln`,
        `power`, … on the connection) or "postgres" (12 or later)
    type : "response" for means, "link" for linear predictors
    table : None for the expression alone; else a whole query over this table, its columns and `prediction`

    Returns
    -------
    str

    Raises
    ------
    FitError
        For a term or link that the dialect cannot say, by name; when the fit's offset was an array; for an
        unknown dialect or type.

    Source: rglm's own; R `tidypredict::tidypredict_sql`.

    Examples
    --------
    >>> from rglm import datasets, lm
    >>> print(lm("dist ~ speed", data=datasets.load("cars")).to_sql("sqlite", table="cars"))
    SELECT *, ((-17.57909...) + (3.93240... * (CASE WHEN ... END))) AS `prediction` FROM `cars`
    """
    if dialect not in DIALECTS:
        raise FitError(choose("dialect", dialect, tuple(DIALECTS)))
    if type not in TYPES:
        raise FitError(choose("prediction type", type, TYPES))
    spoken = DIALECTS[dialect]
    design = fit.design
    writer = Writer(spoken, dict(column_kinds(fit)), design.env, design.parameters)
    eta = total([*_terms(fit, writer), *_offsets(fit, writer)]) or spoken.number(0.0)
    score = eta if type == "link" else mean(spoken, fit.family.link, eta)
    if table is None:
        return score
    alias = spoken.identifier("prediction")
    return f"SELECT *, {score} AS {alias} FROM {spoken.identifier(table)}"


def _terms(fit: Fitted, writer: Writer) -> list[str]:
    """The intercept and each term's contribution to the linear predictor."""
    design = fit.design
    coef = np.where(fit.aliased, 0.0, fit.coef.to_numpy(dtype=float))
    found = [writer.dialect.number(float(coef[0]))] if design.terms.intercept else []
    for term, where, indices in zip(
        design.layout.terms, design.layout.slices, design.terms.terms, strict=True
    ):
        variables = [design.variables[index] for index in indices]
        found.append(_contribution(writer, term, coef[where], variables))
    return found


def _contribution(writer: Writer, term: TermCoding, coef: Floats, variables: Sequence[Variable]) -> str:
    """The sum over a term's numeric columns of the column times the slope of the row's cell."""
    slopes = term.expand(coef)  # cells, width
    columns: list[str] | None = None
    conditions = []
    for variable in variables:
        if variable.levels is not None:
            conditions.append(writer.conditions(variable.node, variable.levels))
            continue
        own = writer.numbers(variable.node)
        columns = list(own) if columns is None else [f"({a} * {b})" for b in own for a in columns]
    if columns is None:
        return _of_cell(writer, slopes[:, 0], conditions)
    parts = [f"({_of_cell(writer, slopes[:, j], conditions)} * {x})" for j, x in enumerate(columns)]
    return total(parts)


def _of_cell(writer: Writer, values: Floats, conditions: Sequence[Sequence[str]]) -> str:
    """The value of the row's combination of levels, the earlier factor fastest."""
    if not conditions:
        return writer.dialect.number(float(values[0]))
    *inner, last = conditions
    shares = values.reshape(len(last), -1)
    return case([(each, _of_cell(writer, share, inner)) for each, share in zip(last, shares, strict=True)])


def _offsets(fit: Fitted, writer: Writer) -> list[str]:
    """offset() terms, offset= and log(exposure=)."""
    arrays = [name for name in ("offset", "exposure") if name in fit.call.arrays]
    if arrays:
        raise FitError(
            f"to_sql() cannot write the fit's {arrays[0]}=, which was an array. Fit with "
            f'{arrays[0]}="…" naming a column or expression.'
        )
    extras = dict(fit.design.extras)
    found = [writer.number(node) for node in fit.design.terms.offsets]
    if "offset" in extras:
        found.append(writer.number(extras["offset"]))
    if "exposure" in extras:
        found.append(_log(writer, extras["exposure"]))
    return found


def _log(writer: Writer, node: Node) -> str:
    x = writer.number(node)
    return case([(f"{x} > 0", f"ln({x})")])
