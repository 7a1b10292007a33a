"""What glm(), lm() and model_matrix() refuse: the error's type, what it names, the remedy it gives."""

from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
from refusals import catalogue, poisson, put

from rglm import (
    DataError,
    FamilyError,
    FitError,
    FormulaError,
    glm,
    lm,
    model_frame,
    model_matrix,
)

INF, NAN = np.inf, np.nan


FORMULA = {
    "unknown column": (lambda d: glm("y ~ X1 + x", d), FormulaError, ["'X1' is not in the data", "mean 'x'"]),
    "unknown column in a call": (
        lambda d: glm("y ~ log(incme)", d.assign(income=d.w)),
        FormulaError,
        ["'incme'", "Did you mean 'income'?"],
    ),
    "nothing near": (
        lambda d: glm("y ~ qqq", d),
        FormulaError,
        ["'qqq'", "Known names: y, x, z, w", "more)"],
    ),
    "unknown function": (lambda d: glm("y ~ logg(x)", d), FormulaError, ["'logg'", "mean 'log'", "env={"]),
    "a module's function": (
        lambda d: glm("y ~ open('f')", d),
        FormulaError,
        ["'open' is not known", "env={"],
    ),
    "syntax": (
        lambda d: glm("y ~ x + + * a", d),
        FormulaError,
        ["unexpected '*'", "y ~ x + + * a\n            ^"],
    ),
    "unclosed": (lambda d: glm("y ~ (x + a", d), FormulaError, ["')' was expected", "\n            ^"]),
    "unclosed backtick": (lambda d: glm("y ~ `x", d), FormulaError, ["not closed", "\n      ^"]),
    "empty": (lambda d: glm("", d), FormulaError, ["empty", "'y ~ x'"]),
    "no tilde": (lambda d: glm("x", d), FormulaError, ["`~`", "'y ~ x'"]),
    "two tildes": (lambda d: glm("y ~ x ~ a", d), FormulaError, ["one `~`", "\n        ^"]),
    "an equals sign": (lambda d: glm("y = x", d), FormulaError, ["'='", "`~`", "=="]),
    "arithmetic": (lambda d: glm("y ~ 2*x", d), FormulaError, ["I(2 * x)", "\n      ^"]),
    "two names": (lambda d: glm("y ~ my x", d), FormulaError, ["an operator", "missing"]),
    "a quoted column": (lambda d: glm("y ~ 'x'", d), FormulaError, ["without quotes", "backticks"]),
    "a column by dollar": (lambda d: glm("y ~ d$x", d), FormulaError, ["'$'", "data="]),
    "a column by index": (lambda d: glm("y ~ d['x']", d), FormulaError, ["indexing", "subset="]),
    "arithmetic on strings": (
        lambda d: glm("y ~ I(x + a)", d),
        FormulaError,
        ["numbers are expected", "'a' is text"],
    ),
    "order of rows": (lambda d: glm("y ~ cumsum(x)", d), FormulaError, ["'cumsum'", "depends on other rows"]),
    "random effects": (lambda d: glm("y ~ x | a", d), FormulaError, ["mixed models", "does not fit"]),
    "unknown argument": (
        lambda d: glm("y ~ log(x, foo = 3)", d),
        FormulaError,
        ["'foo'", "Known names: x, base"],
    ),
    "missing argument": (lambda d: glm("y ~ log()", d), FormulaError, ["log()", "'x' is missing"]),
    "too high a degree": (lambda d: glm("y ~ poly(x, 40)", d), FormulaError, ["less than", "30; it is 40"]),
    "hostile name": (
        lambda d: glm("y ~ __import__('os').system('ls')", d),
        FormulaError,
        ["unexpected '_'", "^"],
    ),
    "hostile attribute": (
        lambda d: glm("y ~ x.__class__", d),
        FormulaError,
        ["'x.__class__' is not in the data"],
    ),
    "hostile statement": (lambda d: glm("y ~ x; rm", d), FormulaError, ["one expression", "';'"]),
    "hostile depth": (
        lambda d: glm("y ~ " + "(" * 5000 + "x" + ")" * 5000, d),
        FormulaError,
        ["nested more than"],
    ),
    "hostile byte": (lambda d: glm("y ~ x\x00", d), FormulaError, ["\\x00", "backticks"]),
    "no response": (lambda d: glm("~ x", d), FitError, ["needs a response", "`y ~ x`"]),
    "no response in lm": (lambda d: lm("~ x", d), FitError, ["needs a response", "`y ~ x`"]),
    "a number as response": (
        lambda d: glm("1 ~ x", d),
        FormulaError,
        ["response must be a variable", "got 1"],
    ),
    "None": (lambda d: glm(None, d), FitError, ["formula must be text", "got None"]),
    "a number": (lambda d: lm(3, d), FitError, ["formula must be text", "got 3 (an int)"]),
    "a list": (lambda d: glm(["y", "x"], d), FitError, ["formula must be text", "got a list of 2"]),
    "swapped with the data": (
        lambda d: glm(d, "y ~ x"),
        FitError,
        ["got a DataFrame", "formula comes first"],
    ),
    "swapped in model_matrix": (lambda d: model_matrix(d, "~ x"), FitError, ["formula comes first"]),
    "model_matrix": (lambda d: model_matrix("~ nope", d), FormulaError, ["'nope' is not in the data"]),
    "model_frame": (lambda d: model_frame("y ~ x", d, subset="z >"), FormulaError, ["z >", "^"]),
    "env not a dict": (
        lambda d: glm("y ~ f(x)", d, env=[np.log]),
        DataError,
        ["env must be a dict", "a list of 1"],
    ),
    "env of another length": (
        lambda d: glm("y ~ f(x)", d, env={"f": lambda x: x[:3]}),
        FormulaError,
        ["'f(x)'", "shape (3,) for 30 rows"],
    ),
    "env that fails": (
        lambda d: glm("y ~ f(x)", d, env={"f": lambda x: 1 / 0}),
        FormulaError,
        ["'f(x)'", "ZeroDivisionError"],
    ),
    "env that shadows": (
        lambda d: glm("y ~ log(w)", d, env={"log": np.log2}),
        FormulaError,
        ["redefines 'log'"],
    ),
}

RESPONSE = {
    "negative counts": (
        lambda d: poisson(put(d, "y", 3, -1.0)),
        FamilyError,
        ["'y'", "1 of 30 rows (row 3: -1)", "subset="],
    ),
    "rows counted in the data, not in what is kept": (
        lambda d: poisson(put(put(d, "y", 3, -1.0), "x", 0, NAN)),
        FamilyError,
        ["1 of 29 rows (row 3: -1)"],
    ),
    "zero for Gamma": (
        lambda d: glm("y ~ x", d, "Gamma"),
        FamilyError,
        ["positive", "(row 0: 0)", "Tweedie"],
    ),
    "zero for inverse Gaussian": (lambda d: glm("y ~ x", d, "inverse.gaussian"), FamilyError, ["(row 0: 0)"]),
    "outside 0 to 1": (
        lambda d: glm("y ~ x", d, "binomial"),
        FamilyError,
        ["0 <= y <= 1", "cbind(", "weights="],
    ),
    "three levels": (lambda d: glm("a ~ x", d, "binomial"), FamilyError, ["has 3: u, v, w", "success='w'"]),
    "one level": (
        lambda d: glm("one ~ x", d, "binomial"),
        FamilyError,
        ["two levels", "only 'only'", "subset="],
    ),
    "levels for counts": (
        lambda d: glm("a ~ x", d, "poisson"),
        FamilyError,
        ["poisson", "levels u, v, w", "binomial"],
    ),
    "levels for lm": (lambda d: lm("yn ~ x", d), FamilyError, ["gaussian", "'yn'", "no, yes"]),
    "three columns": (
        lambda d: glm("cbind(w, e, y) ~ x", d, "binomial"),
        FamilyError,
        ["has 3 columns", "cbind(successes, failures)"],
    ),
    "columns for lm": (lambda d: lm("cbind(y, w) ~ x", d), FamilyError, ["one column", "has 2", "binomial"]),
    "negative failures": (
        lambda d: glm("cbind(w, 5 - w) ~ x", d, "binomial"),
        FamilyError,
        ["25 of 30 rows (row 5: 6, -1", "cbind(successes, trials - successes)"],
    ),
    "numbers stored as strings": (lambda d: lm("digits ~ x", d), DataError, ["'digits'", "astype(float)"]),
    "unknown success": (
        lambda d: glm("yn ~ x", d, "binomial", success="Yes"),
        DataError,
        ["'Yes'", "Did you mean 'yes'?", "no, yes"],
    ),
    "success of numbers": (
        lambda d: glm("bin ~ x", d, "binomial", success="1"),
        DataError,
        ["success='1'", "numeric", "factor(bin)"],
    ),
    "infinite": (lambda d: poisson(put(d, "y", 3, INF)), DataError, ["y is infinite in 1 row (row 3: Inf)"]),
    "log of zero": (
        lambda d: lm("log(y) ~ x", d),
        DataError,
        ["log(y) is infinite in 1 row (row 0: -Inf)", "subset="],
    ),
    "all missing": (
        lambda d: poisson(d, "none ~ x"),
        DataError,
        ["Every value of none is missing in the 30 rows"],
    ),
    "no trials": (
        lambda d: glm("cbind(0 * w, 0 * w) ~ x", d, "binomial"),
        DataError,
        ["No row has a positive weight"],
    ),
}

COLUMNS = {
    "infinite": (
        lambda d: poisson(put(d, "x", 3, -INF)),
        DataError,
        ["x is infinite in 1 row (row 3: -Inf)", "subset="],
    ),
    "all missing": (lambda d: poisson(d, "y ~ x + none"), DataError, ["Every value of none", "leave it out"]),
    "no rows left": (
        lambda d: poisson(d.assign(x=d.x.where(d.w < 15), z=d.z.where(d.w >= 15)), "y ~ x + z"),
        DataError,
        ["No rows are left", "x (16), z (14)", "fill in"],
    ),
    "na_action fail": (
        lambda d: poisson(put(d, "x", 3, NAN), na_action="fail"),
        DataError,
        ["1 of 30 rows", "x (1)", "na_action='omit'"],
    ),
    "one level": (
        lambda d: poisson(d, "y ~ one"),
        DataError,
        ["factor one", "'only'", "2 or more levels", "Leave one"],
    ),
    "one level in the subset": (
        lambda d: poisson(d, "y ~ a", subset="a == 'u'"),
        DataError,
        ["factor a", "'u'"],
    ),
    "numbers stored as strings": (
        lambda d: poisson(d, "y ~ digits"),
        DataError,
        ["'digits'", "numbers stored as strings ('0', '1'", "30 levels", "astype(float)", "factor(digits)"],
    ),
    "numbers and a word for missing": (
        lambda d: poisson(put(d, "digits", 2, "?"), "y ~ digits"),
        DataError,
        ["numbers stored as strings", "beside '?'"],
    ),
    "numbers with commas": (
        lambda d: poisson(d.assign(q=[f"{i},5" for i in range(30)]), "y ~ q"),
        DataError,
        ["numbers stored as strings ('0,5'"],
    ),
    "mixed kinds": (
        lambda d: poisson(put(d, "x", 3, "bad")),
        DataError,
        ["'x'", "several kinds", "str (rows 3)", "astype(float)"],
    ),
    "lists": (
        lambda d: poisson(d.assign(q=[[1, 2]] * 30), "y ~ q"),
        DataError,
        ["'q'", "list (rows 0, 1, 2", "Expected"],
    ),
    "complex": (
        lambda d: poisson(d.assign(q=d.x + 1j), "y ~ q"),
        DataError,
        ["'q'", "complex128", "expected numbers"],
    ),
    "durations": (
        lambda d: poisson(d.assign(q=pd.to_timedelta(d.w, unit="D")), "y ~ q"),
        DataError,
        ["'q'", "timedelta", "total_seconds()"],
    ),
    "bytes": (lambda d: poisson(d.assign(q=[b"u", b"v"] * 15), "y ~ q"), DataError, ["'q'", "bytes (rows 0"]),
    "an integer beyond float64": (
        lambda d: poisson(d.assign(q=[10**400] * 30), "y ~ q"),
        DataError,
        ["q is infinite in 30 rows"],
    ),
    "several matrices in one": (lambda d: glm("y ~ offset(a)", d), DataError, ["offset(a) must be numeric"]),
}

FRAMES = {
    "an empty frame": (lambda d: poisson(d.iloc[:0]), DataError, ["no rows", "y, x, z"]),
    "no columns": (lambda d: poisson(pd.DataFrame(index=range(3))), DataError, ["no columns"]),
    "an empty dict": (lambda d: poisson({}), DataError, ["no columns"]),
    "two columns of one name": (
        lambda d: poisson(pd.concat([d, d[["z"]]], axis=1)),
        DataError,
        ["same name: z", "Rename"],
    ),
    "names that read the same": (
        lambda d: poisson(d.assign(**{"0": 1}).rename(columns={"z": 0})),
        DataError,
        ["name: 0"],
    ),
    "names of several parts": (
        lambda d: poisson(pd.concat({"all": d}, axis=1)),
        DataError,
        ["2 parts", "('all', 'y')", "'_'.join"],
    ),
    "None": (lambda d: poisson(None), DataError, ["pandas, polars or pyarrow frame", "got None"]),
    "a list": (lambda d: poisson([1, 2]), DataError, ["a list of 2", "pandas.DataFrame(rows)"]),
    "an array": (
        lambda d: poisson(d[["x"]].to_numpy()),
        DataError,
        ["an ndarray of shape (30, 1)", "columns=["],
    ),
    "a path": (lambda d: poisson("claims.csv"), DataError, ["'claims.csv' (a str)", "read_csv"]),
    "a column": (lambda d: poisson(d.y), DataError, ["a Series", ".to_frame()"]),
    "a polars column": (lambda d: poisson(pl.Series([1.0])), DataError, ["a Series", ".to_frame()"]),
    "a lazy frame": (lambda d: poisson(pl.LazyFrame({"y": [1]})), DataError, ["lazy", ".collect()"]),
    "arrow columns of one name": (
        lambda d: poisson(pa.table([[1.0], [2.0], [3.0]], names=["y", "x", "x"])),
        DataError,
        ["same name: x"],
    ),
    "a lone value": (
        lambda d: poisson({"y": [1, 2], "x": 1}),
        DataError,
        ["'x'", "single value 1", "Repeat it"],
    ),
    "a lone string": (lambda d: poisson({"y": [1, 2], "x": "ab"}), DataError, ["'x'", "single value 'ab'"]),
    "unequal lengths": (lambda d: poisson({"y": [1, 2, 3], "x": [1, 2]}), DataError, ["y (3), x (2)"]),
    "series out of line": (
        lambda d: poisson({"y": d.y, "x": d.x[::-1]}),
        DataError,
        ["'y' and 'x'", "different indexes", ".to_numpy()"],
    ),
}


@catalogue(formula=FORMULA, response=RESPONSE, columns=COLUMNS, frames=FRAMES)
def test_it_is_refused_in_the_house_voice(refused, data, call, error, words):
    refused(lambda: call(data), error, *words)
