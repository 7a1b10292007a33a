"""Every argument of the main calls, given every kind of odd value: an answer or an RglmError."""

from __future__ import annotations

import inspect
import warnings

import numpy as np
import pandas as pd
import polars as pl
import pytest

from rglm import Control, Poisson, RglmError, glm, lm, model_frame, model_matrix

ODD = {
    "None": None,
    "zero": 0,
    "negative": -1,
    "a number": 2.5,
    "NaN": np.nan,
    "infinity": np.inf,
    "True": True,
    "complex": 1j,
    "empty text": "",
    "text": "nonsense",
    "a column": "x",
    "a formula": "y ~ x",
    "bytes": b"x",
    "empty list": [],
    "numbers": [1, 2],
    "texts": ["x"],
    "lists": [[1]] * 30,
    "Nones": [None] * 30,
    "tuple": (),
    "dict": {"a": 1},
    "set": {"x"},
    "vector": np.ones(30),
    "matrix": np.ones((30, 2)),
    "array of no dimension": np.array(1.0),
    "array of text": np.array(["x"]),
    "NaNs": np.full(30, np.nan),
    "series": pd.Series(np.ones(30)),
    "polars series": pl.Series(np.ones(30)),
    "frame": pd.DataFrame({"y": [1.0, 2.0], "x": [1.0, 3.0]}),
    "empty frame": pd.DataFrame(),
    "object": object(),
    "function": len,
    "class": int,
    "slice": slice(2),
    "range": range(30),
    "generator": (number for number in range(3)),
    "NaT": pd.NaT,
    "NA": pd.NA,
    "date": np.datetime64("2020"),
    "family": Poisson(),
}


def parameters(function):
    return [name for name in inspect.signature(function).parameters if name not in ("self", "fit")]


def fitted(data, function=glm):
    return function("y ~ x + a", data, *(["poisson"] if function is glm else []))


CALLS = {
    "glm": (
        parameters(glm),
        lambda d, given: glm(**{"formula": "y ~ x + a", "data": d, "family": "poisson"} | given),
    ),
    "lm": (parameters(lm), lambda d, given: lm(**{"formula": "y ~ x + a", "data": d} | given)),
    "model_matrix": (
        parameters(model_matrix),
        lambda d, given: model_matrix(**{"formula": "~ x + a", "data": d} | given),
    ),
    "model_frame": (
        parameters(model_frame),
        lambda d, given: model_frame(**{"formula": "y ~ x + a", "data": d} | given),
    ),
    "Control": (["epsilon", "maxit"], lambda d, given: Control(**given)),
    "update": ([*parameters(glm)], lambda d, given: fitted(d).update(**given)),
    "predict": (
        ["newdata", "type", "interval", "level", "new_levels", "exposure", "offset", "vcov"],
        lambda d, given: fitted(d).predict(**({"interval": "confidence", "newdata": d} | given)),
    ),
    "predict of lm": (
        ["newdata", "type", "interval", "level", "new_levels", "vcov"],
        lambda d, given: fitted(d, lm).predict(**({"interval": "prediction"} | given)),
    ),
    "summary": (["vcov", "dispersion"], lambda d, given: fitted(d).summary(**given)),
    "residuals": (["type"], lambda d, given: fitted(d).residuals(**given)),
    "vcov": (["type", "dispersion"], lambda d, given: fitted(d).vcov(**given)),
    "anova": (["other", "test", "type"], lambda d, given: compared(fitted(d), given)),
    "anova of lm": (["other", "test", "type"], lambda d, given: compared(fitted(d, lm), given)),
    "a column": (["glm", "predict"], lambda d, given: with_column(d, **given)),
}


def compared(fit, given):
    others = [given["other"]] if "other" in given else []
    return fit.anova(*others, **{name: value for name, value in given.items() if name != "other"})


def with_column(data, **given):
    for verb, value in given.items():
        if verb == "glm":
            glm("y ~ q", {"y": data.y, "q": value}, "poisson")
        else:
            fitted(data).predict({"x": value, "a": ["u"] * 30})


@pytest.mark.parametrize(
    ("call", "argument"), [(call, name) for call, (names, _) in CALLS.items() for name in names]
)
def test_odd_values_are_used_or_refused(data, call, argument):
    said, escaped = {}, {}
    for name, value in ODD.items():
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                CALLS[call][1](data, {argument: value})
            except RglmError as refusal:
                said[name] = str(refusal)
            except Exception as error:
                escaped[name] = f"{type(error).__name__}: {error}"
    assert not escaped
    assert not {name: text for name, text in said.items() if not 20 <= len(text) <= 1000 or " at 0x" in text}
