"""The left-hand side of a formula, classified: numbers, columns of counts, or levels."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from rglm.data.kinds import level_name
from rglm.design.shape import Shape, recoded
from rglm.design.spec import ResponseSpec
from rglm.errors import DataError, perhaps, shown, some
from rglm.formula.values import Numbers, Response, Value


def classify(name: str, shape: Shape, success: object = None) -> ResponseSpec:
    """What kind of response a left-hand side is.

    Parameters
    ----------
    name
        The left-hand side as R writes it.
    shape
        What the rows that are kept show of it.
    success
        The level modelled, or None.

    Raises
    ------
    DataError
        when `success` is given and is not a level of the response, or the response is a column of strings
        that all read as numbers.
    """
    if shape.kind == "numeric":
        if success is not None:
            raise DataError(
                f"success={shown(success)} names a level, but the response {name} is numeric. "
                f"Leave success= out, or write factor({name}) as the response."
            )
        width = 1 if shape.columns is None else len(shape.columns)
        return ResponseSpec(name, "numeric" if width == 1 else "columns", width=width)
    levels = shape.found
    chosen = None if success is None else level_name(success)
    if chosen is not None and chosen not in levels:
        raise DataError(
            f"success={shown(success)} is not a level of the response {name}. {perhaps(chosen, levels)}"
            f"Its levels are {some(levels)}."
        )
    return ResponseSpec(name, "levels", levels, chosen)


def response(spec: ResponseSpec, value: Value, positions: NDArray[Any] | None) -> Response:
    """The response of some rows, as a family reads it.

    Raises
    ------
    DataError
        when its kind or number of columns is not the fitted one, or it has a level that was not fitted.
    """
    if isinstance(value, Numbers):
        if spec.kind == "levels":
            raise DataError(
                f"The response {spec.name} had levels when the model was fitted, and is numeric here."
            )
        values = value.values
        width = 1 if values.ndim == 1 else values.shape[1]
        if width != spec.width:
            raise DataError(
                f"The response {spec.name} has {width} columns here; it was fitted with {spec.width}."
            )
        if values.ndim == 2 and width == 1:
            values = values[:, 0]
        return Response(spec.kind, values, spec.name, positions=positions)
    if spec.kind != "levels" or spec.levels is None:
        raise DataError(
            f"The response {spec.name} was numeric when the model was fitted, and has levels here."
        )
    codes, unseen = recoded(value, spec.levels)
    if unseen:
        raise DataError(
            f"The response {spec.name} has levels that were not fitted: {some(unseen)}. "
            f"The fitted levels are {some(spec.levels)}."
        )
    values = codes.astype(np.float64)
    values[codes < 0] = np.nan
    return Response("levels", values, spec.name, spec.levels, spec.success, positions)
