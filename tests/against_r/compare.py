"""Reads the models of models_spec.json and R's answers to them, fits them, and compares.

`close` compares within 1e-7 relative.  R stops when the deviance changes by less than 1e-8 of itself,
which leaves about 1e-5 of a standard error open for slow links; but rglm starts where R starts and takes
the steps that R takes, so what is compared are two roundings of the same iterate.  Entries that cancel
to zero are compared with the largest entry of their vector (1e-9 of it).
"""

from __future__ import annotations

import gzip
import json
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import rglm
from rglm import datasets

FOLDER = Path(__file__).parent
SPEC: dict[str, Any] = json.loads((FOLDER / "models_spec.json").read_text(encoding="utf-8"))
MODELS: dict[str, dict[str, Any]] = {entry["id"]: entry for entry in SPEC["models"]}
FAMILIES = {name: getattr(rglm, name) for name in dir(rglm) if name[:1].isupper()}


@lru_cache(maxsize=1)
def answers() -> dict[str, dict[str, Any]]:
    """R's answers by model."""
    with gzip.open(FOLDER / "models.json.gz", "rt", encoding="utf-8") as file:
        stored: dict[str, dict[str, Any]] = json.load(file)["models"]
    return stored


def compared(quantity: str, *keys: str) -> list[str]:
    """The models whose `quantity` is compared, and whose answer has all of `keys`."""

    def wanted(entry: dict[str, Any]) -> bool:
        chosen = quantity in entry.get("only", [quantity]) and quantity not in entry.get("skip", [])
        return chosen and _has(answers()[entry["id"]], keys)

    return [name for name, entry in MODELS.items() if wanted(entry)]


def _has(answer: Any, keys: tuple[str, ...]) -> bool:
    for key in keys:
        if not isinstance(answer, dict) or answer.get(key) is None:
            return False
        answer = answer[key]
    return True


# -- data ----------------------------------------------------------------------------------------------


@lru_cache(maxsize=64)
def frame(name: str) -> pd.DataFrame:
    """A data set of the package, or one of the small tables beside this file."""
    if name not in SPEC["tables"]:
        return datasets.load(name)
    variables = SPEC["tables"][name]["variables"]
    kinds = {v["name"]: pd.CategoricalDtype(v["levels"]) for v in variables if "levels" in v}
    table = pd.read_csv(FOLDER / "data" / f"{name}.csv", dtype=kinds)
    table.index += 1  # R's row names
    return table


def new_rows(name: str) -> pd.DataFrame:
    """The rows that a model predicts."""
    entry = MODELS[name]
    given = entry.get("newdata", {"rows": [0, 2, 4]})
    return pd.DataFrame(given["columns"]) if "columns" in given else frame(entry["data"]).iloc[given["rows"]]


# -- fits ----------------------------------------------------------------------------------------------


@lru_cache(maxsize=256)
def fit(name: str, formula: str | None = None) -> Any:
    """The model, fitted by rglm; with another formula, the smaller model of a nested pair."""
    entry = MODELS[name]
    python = entry["python"]
    arguments: dict[str, Any] = dict(python.get("kwargs", {}))
    if "family" in python:
        arguments["family"] = eval(python["family"], FAMILIES.copy())
    if "control" in python:
        arguments["control"] = rglm.Control(**python["control"])
    return getattr(rglm, python["function"])(formula or python["formula"], frame(entry["data"]), **arguments)


# -- values --------------------------------------------------------------------------------------------


def numbers(stored: Any) -> np.ndarray:
    """Stored numbers as an array; R's NA, NaN, Inf and -Inf are strings there."""
    words = {"NA": np.nan, "NaN": np.nan, "Inf": np.inf, "-Inf": -np.inf, None: np.nan}
    if isinstance(stored, list):
        rows = [numbers(each) for each in stored]
        return np.array(rows, dtype=float)
    return np.asarray(words.get(stored, stored) if not isinstance(stored, bool) else stored, dtype=float)


def close(
    got: Any, expected: Any, what: str, rtol: float = 1e-7, scale: float = 1e-9, floor: float = 1e-300
) -> None:
    """Assert that numbers agree, NaN with NaN and Inf with Inf, and say where they do not.

    Numbers agree within `rtol`, or within `scale` of the largest that R has, or within `floor`.
    """
    g = np.asarray(got, dtype=float)
    e = expected if isinstance(expected, np.ndarray) else numbers(expected)
    assert g.shape == e.shape, f"{what}: shape {g.shape}, R has {e.shape}"
    finite = np.isfinite(e)
    floor = max(scale * float(np.abs(e[finite]).max(initial=0.0)), floor)
    with np.errstate(invalid="ignore"):
        equal = (np.abs(g - e) <= rtol * np.abs(e) + floor) | (g == e) | (np.isnan(g) & np.isnan(e))
    if not equal.all():
        worst = [tuple(int(i) for i in at) for at in np.argwhere(~equal)[:5]]
        shown = "; ".join(f"at {at} {g[at]:.12g}, R has {e[at]:.12g}" for at in worst)
        raise AssertionError(f"{what}: {int((~equal).sum())} of {e.size} differ: {shown}")


def same(got: Any, expected: Any, what: str) -> None:
    """Assert that two things are equal, and show both when they are not."""
    assert got == expected, f"{what}: {got!r}, R has {expected!r}"


def close_table(got: pd.DataFrame, expected: dict[str, Any], what: str, rtol: float = 1e-7) -> None:
    """Assert that a table has R's row names, column names and numbers, column by column."""
    same([str(name) for name in got.columns], expected["columns"], f"{what}: columns")
    same([str(name) for name in got.index], expected["rows"], f"{what}: rows")
    values = numbers(expected["values"]).reshape(len(expected["rows"]), len(expected["columns"]))
    for position, name in enumerate(expected["columns"]):
        close(got.iloc[:, position], values[:, position].tolist(), f"{what}, {name}", rtol)


def over_rows(got: Any, expected: dict[str, Any], what: str, scale: float = 1e-9) -> None:
    """Assert that a vector over the rows agrees on the rows that R gives."""
    values = np.asarray(got, dtype=float)
    if "rows" in expected:
        values = values[expected["rows"]]
    elif len(values) > 200:
        values = values[:50]
    close(values, expected["values"], what, scale=scale)


def matrix_over_rows(got: pd.DataFrame, expected: dict[str, Any], what: str) -> None:
    """Assert that a table over the rows has R's columns and, on the rows that R gives, its numbers."""
    same([str(name) for name in got.columns], expected["columns"], f"{what}: columns")
    values = got.to_numpy(dtype=float)
    values = values[:50] if len(values) > 200 else values
    stored = numbers(expected["values"]).reshape(-1, len(expected["columns"])) if values.size else values
    close(values, stored, what)


# -- texts ---------------------------------------------------------------------------------------------


def without_call(text: str) -> list[str]:
    """The lines of a printed result, the call block and blank lines at both ends left out."""
    lines = text.split("\n")
    start = next((i for i, line in enumerate(lines) if line.startswith("Call:")), None)
    if start is not None:
        end = next((i for i in range(start, len(lines)) if not lines[i].strip()), len(lines))
        lines = lines[:start] + lines[end:]
    while lines and not lines[0].strip():
        lines.pop(0)
    while lines and not lines[-1].strip():
        lines.pop()
    return lines


def same_text(got: object, expected: list[str], what: str) -> None:
    """Assert that two printed results are the same, line by line."""
    ours, theirs = without_call(str(got)), without_call("\n".join(expected))
    for number, (mine, r) in enumerate(zip(ours, theirs, strict=False), start=1):
        assert mine == r, f"{what}, line {number}:\n  here {mine!r}\n  in R {r!r}"
    assert len(ours) == len(theirs), f"{what}: {len(ours)} lines, R has {len(theirs)}: {ours} / {theirs}"
