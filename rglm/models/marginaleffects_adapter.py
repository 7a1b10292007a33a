"""A way into the Python package marginaleffects, for those who have it: our fits as models it accepts.

marginaleffects asks a model for its coefficients and covariance, for a design matrix of changed rows, and for
predictions at other coefficients; it takes any object of its class ModelAbstract, and `adapt(fit)` makes one.
The package is imported when that is called and at no other time; rglm does not depend on it.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

import numpy as np

from rglm.data.columns import Columns
from rglm.design.predictors import predictor
from rglm.errors import FitError, choose
from rglm.formula.values import Floats, Numbers
from rglm.inference.labels import formula_of, response_of
from rglm.inference.margin_rows import MarginRows, margin_rows
from rglm.inference.points import Points, points

TYPES = ("response", "link")
RESERVED = "rglm_offset"
"""The column of the adapter's rows that holds an offset which the fit had as an array."""


def adapt(fit: Any, type: str = "response") -> Any:
    """A fitted model as the Python package marginaleffects accepts it.

    Its design matrix has our model columns (without aliased ones) and the rows' offset last, so that offsets
    and exposures take part in every prediction.

    Parameters
    ----------
    fit : a fitted model
    type : what it predicts, "response" or "link"

    Returns
    -------
    An instance of marginaleffects' ModelAbstract: `marginaleffects.avg_slopes(adapt(fit))`

    Raises
    ------
    FitError
        When `type` is not known, or the package is not installed.

    Source: marginaleffects 0.6, `classes.ModelAbstract`.
    """
    if type not in TYPES:
        raise FitError(choose("type", type, TYPES))
    try:
        classes = import_module("marginaleffects.classes")
        pl = import_module("polars")
    except ImportError as error:
        raise FitError(
            f"adapt() needs the package {error.name}, which is not installed: pip install marginaleffects. "
            "rglm's own predictions(), comparisons() and slopes() need nothing."
        ) from None
    rows = margin_rows(fit, None, None)
    kept = np.flatnonzero(~fit.aliased)

    class Adapted(classes.ModelAbstract):  # type: ignore[misc, name-defined]
        """A fitted model of rglm."""

        def validation(self) -> None:
            """Nothing to check: rglm has checked it, and its formula is not one that formulaic reads."""
            self.coef = self.vault.coef
            self.response_name = self.find_response()
            self.formula = self.vault.formula

        def get_exog(self, newdata: Any) -> Floats:
            """Model columns, with the offset in the last."""
            at = _points(fit, newdata)
            return np.column_stack([at.block.dense()[:, kept], at.eta - _linear(fit, at)])

        def get_predict(self, params: Any, newdata: Any) -> Any:
            """Predictions at other coefficients."""
            X = newdata if isinstance(newdata, np.ndarray) else self.get_exog(newdata)
            eta = X[:, :-1] @ np.asarray(params, dtype=float) + X[:, -1]
            mu = fit.family.link.inverse(eta) if type == "response" else eta
            return pl.DataFrame({"rowid": np.arange(len(mu), dtype=np.int32), "estimate": mu})

        def get_vcov(self, vcov: Any = True) -> Any:
            """The model's covariance matrix, or one of a type that `vcov()` knows; None for False."""
            if vcov is False or vcov is None:
                return None
            frame = fit.vcov() if vcov is True else fit.vcov(vcov)
            return frame.to_numpy()[np.ix_(kept, kept)]

    vault = classes.ModelVault(
        coef=fit.coef.to_numpy(dtype=float)[kept],
        coefnames=np.asarray(fit.design.column_names, dtype=object)[kept],
        formula=_as_callable(formula_of(fit)),
        modeldata=_frame(pl, rows),
        package="rglm",
        variables_type=_kinds(rows),
        variable_names=[response_of(fit), *rows.known],
    )
    return Adapted(fit, vault)


def _as_callable(text: str) -> Any:
    """A formula that no other parser tries to read; it prints as ours."""

    class Formula:
        def __call__(self, data: Any) -> Any:
            raise FitError(f"The formula {text} is read by rglm alone.")

        def __str__(self) -> str:
            return text

    return Formula()


def _points(fit: Any, newdata: Any) -> Points:
    """Rows of a polars frame, with the array offset that they may carry."""
    offset = newdata[RESERVED].to_numpy() if RESERVED in newdata.columns else None
    return points(fit, newdata, "error", offset=offset)


def _linear(fit: Any, at: Points) -> Floats:
    return at.block.times(np.where(fit.aliased, 0.0, fit.coef.to_numpy(dtype=float)))


def _frame(pl: Any, rows: MarginRows) -> Any:
    """All columns of the rows: levels as Enum, numbers as Float64."""
    series = {name: _series(pl, rows.columns, name) for name in rows.columns.names}
    name = response_of(rows.fit)
    if name not in series:  # a transformed response
        series[name] = pl.Series(name, rows.fit.rows.y)
    if rows.offset is not None:
        series[RESERVED] = pl.Series(RESERVED, rows.offset)
    return pl.DataFrame(series)


def _series(pl: Any, columns: Columns, name: str) -> Any:
    value = columns[name]
    if isinstance(value, Numbers):
        return pl.Series(name, np.atleast_2d(value.values.T)[0])
    column = predictor(name, value, slice(None))
    dtype = pl.Boolean if column.kind == "logical" else pl.Enum(list(column.levels or ()))
    return pl.Series(name, column.labels(), dtype=dtype)


def _kinds(rows: MarginRows) -> dict[str, str]:
    """marginaleffects' words for the kinds of columns."""
    words = {"logical": "boolean", "factor": "character", "text": "character", "numeric": "numeric"}
    return {name: "binary" if each.is_binary else words[each.kind] for name, each in rows.known.items()}
