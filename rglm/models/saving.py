"""`fit.save("m.json")`: a fitted model as a small JSON document without rows; vignettes/saved_models.md."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np

from rglm.errors import FitError, described, some
from rglm.formula.values import Floats
from rglm.inference.alias import relations
from rglm.inference.covariance import of_model
from rglm.inference.fitted import Fitted
from rglm.inference.information import estimated_dispersion
from rglm.inference.residuals import is_weighted
from rglm.inference.summary_lm import QUARTERS, explained, fitted_level, weighted_residuals
from rglm.inference.terms import centre
from rglm.models.codec import written, written_float, written_floats
from rglm.models.saved_design import column_kinds, write_design
from rglm.models.saved_family import write_family

FORMAT = "rglm model"
VERSION = 1

KINDS: dict[str, tuple[str, ...]] = {
    "glm": (),
    "lm": (),
    "glm_nb": ("theta", "se_theta", "theta_note", "alternations"),
}
"""Kinds of models that a file can hold, by the function that fits them, and what each has of its own."""


def save(fit: Fitted, path: str | Path) -> None:
    """Write the model to a small JSON file without any row of its data.

    The file holds the formula, factor levels and what transforms learned, coefficients, the triangular
    factor R, and sums over rows: O(p²) numbers, every float exact.  `rglm.load(path)` gives a model whose
    summary, tests and predictions are the same to the last bit; verbs that need rows say so.

    Parameters
    ----------
    fit : a model fitted by `glm`, `lm` or `glm_nb`
    path : of the file, such as "m.json"; an existing file is replaced

    Returns
    -------
    None

    Raises
    ------
    FitError
        When the formula calls a function from env=, or the family or link is the caller's own and is not
        registered.

    Source: rglm's own format, described in vignettes/saved_models.md.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from rglm import datasets, glm, load
    >>> fit = glm("breaks ~ wool + tension", data=datasets.load("warpbreaks"), family="poisson")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     fit.save(Path(folder) / "m.json")
    ...     again = load(Path(folder) / "m.json")
    >>> str(again.summary()) == str(fit.summary())
    True
    """
    if not isinstance(path, str | Path):
        raise FitError(f'path must be the name of a file, such as "m.json"; got {described(path)}.')
    text = document_text(fit)
    Path(path).write_text(text, encoding="utf-8", newline="\n")


def document_text(fit: Fitted) -> str:
    """The whole file."""
    model = written_model(fit)
    head = {"format": FORMAT, "version": VERSION, "checksum": checksum(model)}
    lines = [f"{json.dumps(name)}: {_dumped(value)}" for name, value in head.items()]
    inside = ",\n".join(f"  {json.dumps(name)}: {_dumped(value)}" for name, value in model.items())
    return "{\n" + ",\n".join([*lines, '"model": {\n' + inside + "\n}"]) + "\n}\n"


def checksum(model: Any) -> str:
    """SHA-256 of the canonical JSON of "model": keys sorted, no blanks, ASCII."""
    return "sha256:" + hashlib.sha256(_dumped(model, sort_keys=True).encode("ascii")).hexdigest()


def _dumped(value: Any, sort_keys: bool = False) -> str:
    return json.dumps(value, allow_nan=False, sort_keys=sort_keys, separators=(",", ":"))


def written_model(fit: Fitted) -> dict[str, Any]:
    """The "model" object of the file."""
    kind = fit.call.function
    if kind not in KINDS:
        raise FitError(
            f"save() writes models fitted by {some(KINDS)}; this one was made by {kind}(). Fit the same "
            "formula by "
            "one of those."
        )
    progress, loglik = fit.progress, fit.loglik
    return {
        "kind": kind,
        "call": written(fit.call),
        "design": write_design(fit.design, column_kinds(fit)),
        "family": write_family(fit.family),
        "names": list(fit.design.column_names),
        "coef": written_floats(fit.coef.to_numpy(dtype=float)),
        "aliased": fit.aliased.tolist(),
        "R": written_floats(fit.R[np.triu_indices(len(fit.R))]),
        "deviance": written_float(fit.deviance),
        "df_residual": written(fit.df_residual),
        "null": written(fit.null),
        "loglik": {
            "value": written_float(float(loglik)),
            "df": written(loglik.df),
            "nobs": written(loglik.nobs),
        },
        "progress": {name: written(getattr(progress, name)) for name in ("n_iter", "converged", "boundary")},
        "rows": _written_sums(fit, kind),
        "own": {name: written(getattr(fit, name)) for name in KINDS[kind]},
    }


def _written_sums(fit: Fitted, kind: str) -> dict[str, Any]:
    """Sums over the rows, in place of the rows."""
    found = relations(fit)
    survey = of_model(fit) if fit.rows.sampling is not None else None
    sums = {
        "nobs": written_float(fit.rows.nobs),
        "dispersion": written_float(estimated_dispersion(fit)),
        "centre": written_floats(centre(fit)),
        "sizes": written_floats(found.sizes),
        "relations": [written_floats(row) for row in found.weights],
        "vcov": None if survey is None else [[written_floats(row) for row in survey.matrix], survey.note],
    }
    return sums | (_written_linear(fit) if kind == "lm" else {})


def _written_linear(fit: Fitted) -> dict[str, Any]:
    """What the summary of a linear model needs besides."""
    residuals: Floats = np.quantile(weighted_residuals(fit.rows), QUARTERS)
    return {
        "explained": written_float(explained(fit)),
        "residuals": written_floats(residuals),
        "weighted": is_weighted(fit.rows),
        "level": written_float(fitted_level(fit.rows)),
    }
