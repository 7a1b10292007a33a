"""1,514 formulas and what R makes of them: labels, column names, assign, offset, model matrix, or a refusal.

The answers are R 4.2.2's under LC_ALL=C: `model.frame(f, d, drop.unused.levels = TRUE)`, then `model.matrix`;
`formula_cases.R` writes them.  The ids beginning with `h` were written by hand, the others are random
formulas of `+ - * / : ^ %in% ()` over factors, a logical and numbers.
"""

from __future__ import annotations

import gzip
import json
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from rglm.data.memory import as_source
from rglm.design import encode, learn
from rglm.errors import DataError, FormulaError

HERE = Path(__file__).parent
CASES = json.loads(gzip.decompress((HERE / "formula_cases.json.gz").read_bytes()))

_ORDER = "refused: its value in a row depends on other rows and their order"
EXCEPTIONS = {
    "y ~ lag(x, 1)": _ORDER,
    "y ~ rep(1,36)": _ORDER,
    "y ~ seq_along(x)": _ORDER,
    "y ~ cumsum(x)": _ORDER,
    "y ~ rev(x)": _ORDER,
    "y ~ reorder(a, y)": "refused: the order of levels would depend on another variable of all rows",
    "y ~ outer(x,1:2,'^')": "refused: cbind() binds columns; outer() is not in the table",
    "y ~ as.matrix(data.frame(x,z))": "refused: cbind() binds columns; data.frame() is not in the table",
    "y ~ x[1:36]": "refused: indexing picks rows by their position",
    "y ~ d$x": "refused: names are looked up in the data and nowhere else",
    "y ~ x |> log()": "refused: the pipe is another way to write log(x)",
    "y ~ (\\(v) v)(x)": "refused: a formula defines no functions; env= passes them by name",
    "y ~ if (TRUE) x else z": "refused: ifelse() chooses row by row; `if` would choose a whole column",
    "y ~ x + (1|a)": "refused: R reads a random effect as a logical `or`, and leaves no rows",
    "y ~ offset(cbind(z,x))": "refused: an offset is one number a row; R keeps a matrix that no fit can use",
    "y ~ C(s)": "accepted: C() of strings is factor(), unlike R, which refuses them",
    "y ~ C(w)": "accepted: C() of numbers is factor(), unlike R, which refuses them",
    "y ~ C(w, contr.sum)": "accepted: C() of numbers is factor(), unlike R, which refuses them",
    "y ~ x + y": "the response on the right is dropped with its label; R keeps a label that has no column",
    "y ~ y": "the response on the right is dropped with its label; R keeps a label that has no column",
}
"""Formulas answered otherwise than by R, and why: at most 20."""


@pytest.fixture(scope="module")
def source():
    d = pd.read_csv(HERE / "formula_data.csv")
    for name in ("a", "b", "c", "one"):
        d[name] = pd.Categorical(d[name])
    d["o"] = pd.Categorical(d["o"], categories=["lo", "mid", "hi", "top"], ordered=True)
    d["u"] = pd.Categorical(d["a"].astype(object), categories=["r", "p", "q", "zz"])
    return as_source(d)


def design(formula, source):
    """The design and its rows; warnings of rglm's own are not the matter here."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return learn(formula, source)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_a_formula_gives_what_r_gives(case, source):
    if case["formula"] in EXCEPTIONS:
        pytest.skip(EXCEPTIONS[case["formula"]])
    if "error" in case:
        with pytest.raises((FormulaError, DataError)):
            design(case["formula"], source)
        return
    spec, encoded = design(case["formula"], source)
    assert list(spec.term_labels) == case["labels"]
    assert list(spec.column_names) == case["columns"]
    assert list(spec.assign) == case["assign"]
    assert encoded.block.n == case["n"]
    expected = np.array(case["X"], dtype=float).reshape(case["n"], len(case["columns"]))
    np.testing.assert_allclose(encoded.block.dense(), expected, rtol=1e-9, atol=1e-9)
    if case["offset"] is None:
        assert encoded.formula_offset is None
    else:
        np.testing.assert_allclose(encoded.formula_offset, case["offset"], rtol=1e-9, atol=1e-12)


def test_rows_encode_at_predict_as_they_did_at_fit(source):
    for case in CASES[::3]:
        if "error" in case or case["formula"] in EXCEPTIONS:
            continue
        spec, encoded = design(case["formula"], source)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            again = encode(spec, source.columns, with_response=True)
        np.testing.assert_array_equal(again.block.dense(), encoded.block.dense(), err_msg=case["formula"])
        if encoded.response is not None:
            np.testing.assert_array_equal(again.response.values, encoded.response.values)


def test_exceptions_are_few_and_real(source):
    formulas = {case["formula"]: case for case in CASES}
    assert len(CASES) == 1514
    assert len(EXCEPTIONS) <= 20
    for formula, reason in EXCEPTIONS.items():
        case = formulas[formula]
        if reason.startswith("accepted"):
            assert "error" in case
            design(formula, source)
        elif reason.startswith("refused"):
            assert "error" not in case
            with pytest.raises((FormulaError, DataError)):
                design(formula, source)
        else:
            spec, _ = design(formula, source)
            assert list(spec.column_names) == case["columns"]
            assert [label for label in case["labels"] if label != "y"] == list(spec.term_labels)
