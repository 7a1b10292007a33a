"""What the verbs of a fit refuse, and verbs given no fit."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from refusals import catalogue, poisson

import rglm
from rglm import (
    DataError,
    FitError,
    FormulaError,
    RankWarning,
    anova,
    glm,
    lm,
    predict,
    residuals,
    summary,
    update,
    vcov,
)


def fit(data):
    return poisson(data, "y ~ x + a")


def rate(data):
    return poisson(data, exposure="e")


def by_array(data):
    return poisson(data, offset=np.log(data.e.to_numpy()))


def new(**columns):
    return pd.DataFrame({"x": [1.0, 2.0, 3.0], "a": ["u", "v", "w"]} | columns)


NEWDATA = {
    "unseen levels": (
        lambda d: fit(d).predict(new(a=["u", "q", "q"])),
        DataError,
        ["'a'", "'q' (2 rows)", "u, v, w", "new_levels='nan'", "new_levels='base'"],
    ),
    "an unseen level of an expression": (
        lambda d: poisson(d, "y ~ factor(floor(w / 10))").predict({"w": [5.0, 95.0]}),
        DataError,
        ["'factor(floor(w/10))'", "'9' (1 row)", "0, 1, 2, 3"],
    ),
    "an unseen level in an interaction": (
        lambda d: poisson(d, "y ~ C(a) * x").predict(new(a="q")),
        DataError,
        ["'C(a)'", "'q' (3 rows)"],
    ),
    "new_levels": (
        lambda d: fit(d).predict(d, new_levels="zero"),
        DataError,
        ["new_levels 'zero'", "'error', 'nan' or 'base'"],
    ),
    "a column missing": (
        lambda d: fit(d).predict(new().drop(columns="a")),
        DataError,
        ["lack a column", "'a'"],
    ),
    "a column in another case": (
        lambda d: fit(d).predict(new().rename(columns={"a": "A"})),
        DataError,
        ["'a'", "Did you mean 'A'?"],
    ),
    "several columns missing": (
        lambda d: fit(d).predict({"w": [1.0]}),
        DataError,
        ["lack columns", "'x', 'a'"],
    ),
    "strings for numbers": (
        lambda d: fit(d).predict(new(x=["1", "2", "3"])),
        DataError,
        ["'x' was fitted with numbers", "strings ('1', '2', '3')", "astype(float)"],
    ),
    "numbers for strings": (
        lambda d: fit(d).predict(new(a=[1, 2, 3])),
        DataError,
        ["'a' was fitted with levels (u, v, w)", "give numbers", "Convert"],
    ),
    "booleans for strings": (
        lambda d: fit(d).predict(new(a=True)),
        DataError,
        ["'a' was fitted with levels", "TRUE and FALSE"],
    ),
    "numbers for booleans": (
        lambda d: poisson(d, "y ~ b").predict({"b": [1, 0]}),
        DataError,
        ["'b' was fitted with TRUE and FALSE", "give numbers"],
    ),
    "strings for booleans": (
        lambda d: poisson(d, "y ~ b").predict({"b": ["TRUE", "FALSE"]}),
        DataError,
        ["'b' was fitted with TRUE and FALSE", "strings ('FALSE', 'TRUE')"],
    ),
    "categories for numbers": (
        lambda d: fit(d).predict(new(x=pd.Categorical(["1", "2", "3"]))),
        DataError,
        ["'x' was fitted with numbers", "categories ('1', '2', '3')"],
    ),
    "no rows": (lambda d: fit(d).predict(d.iloc[:0]), DataError, ["no rows"]),
    "a list": (lambda d: fit(d).predict([1, 2]), DataError, ["a list of 2", "frame"]),
    "the type in its place": (
        lambda d: fit(d).predict("response"),
        DataError,
        ["'response' (a str)", "frame"],
    ),
    "lone values": (lambda d: fit(d).predict({"x": 1.0, "a": "u"}), DataError, ["'x'", "single value 1.0"]),
    "two columns of one name": (
        lambda d: fit(d).predict(pd.concat([d, d[["x"]]], axis=1)),
        DataError,
        ["name: x"],
    ),
    "no offset for a fit by array": (
        lambda d: by_array(d).predict(d),
        FitError,
        ["offset= was an array", "one value for each row of newdata", 'offset="…"'],
    ),
    "an offset of another length": (
        lambda d: by_array(d).predict(d, offset=[1.0, 2.0]),
        DataError,
        ["offset has 2 values", "30 rows"],
    ),
    "an offset out of line": (
        lambda d: rate(d).predict(d, offset=d.e[::-1]),
        DataError,
        ["offset", "index differs"],
    ),
    "an offset of no kind": (
        lambda d: rate(d).predict(d, offset=object()),
        DataError,
        ["offset is an object"],
    ),
    "exposure missing": (
        lambda d: rate(d).predict(d[["x"]]),
        DataError,
        ["no column 'e'", "the fit's exposure= reads", "Or give exposure="],
    ),
    "exposure negative": (
        lambda d: rate(d).predict(d.head(2), exposure=-1),
        DataError,
        ["exposure must be positive", "2 of 2 rows (row 0: -1"],
    ),
    "exposure unknown": (
        lambda d: rate(d).predict(d, exposure="ee"),
        FormulaError,
        ["In exposure=", "'ee' is not in the data", "mean 'e'"],
    ),
    "exposure of a fit without": (
        lambda d: fit(d).predict(d, exposure=1),
        FitError,
        ["exposure= takes the place", "the fit has none"],
    ),
}

CHOICES = {
    "type": (lambda d: fit(d).predict(type="resp"), FitError, ["'resp'", "mean 'response'", "'link'"]),
    "interval": (
        lambda d: lm("y ~ x", d).predict(interval="both"),
        FitError,
        ["'both'", "'confidence' or 'prediction'"],
    ),
    "level of 95": (
        lambda d: fit(d).predict(interval="confidence", level=95),
        FitError,
        ["level", "between 0 and 1", "write level=0.95"],
    ),
    "level of 1": (lambda d: fit(d).predict(interval="confidence", level=1), FitError, ["level", "got 1"]),
    "level below 0": (
        lambda d: fit(d).predict(interval="confidence", level=-0.1),
        FitError,
        ["level", "-0.1"],
    ),
    "level of text": (
        lambda d: fit(d).predict(interval="confidence", level="95%"),
        FitError,
        ["level", "'95%'"],
    ),
    "residuals": (
        lambda d: fit(d).residuals(type="devance"),
        FitError,
        ["'devance'", "mean 'deviance'", "'pearson'"],
    ),
    "residuals of lm": (lambda d: lm("y ~ x", d).residuals(type=None), FitError, ["None", "'working'"]),
    "vcov": (lambda d: fit(d).vcov(type="HC9"), FitError, ["'HC9'", "'model'"]),
    "vcov of a summary": (
        lambda d: fit(d).summary(vcov=np.eye(4)),
        FitError,
        ["vcov must be", "4 coefficients"],
    ),
    "vcov without names": (
        lambda d: fit(d).summary(vcov=pd.DataFrame(np.eye(4))),
        FitError,
        ["no row and column for (Intercept), x, av, aw", "its rows are 0, 1, 2, 3"],
    ),
    "dispersion": (
        lambda d: fit(d).summary(dispersion=-1),
        FitError,
        ["dispersion must be a positive number", "-1"],
    ),
    "dispersion of text": (lambda d: vcov(fit(d), dispersion="phi"), FitError, ["dispersion", "'phi'"]),
    "test": (lambda d: fit(d).anova(test="Chi"), FitError, ["'Chi'", "mean 'Chisq'", "'F'", "test=False"]),
    "test of lm": (lambda d: lm("y ~ x", d).anova(test="Rao"), FitError, ["'Rao'", "'F'", "test=False"]),
}

COMPARED = {
    "other rows": (
        lambda d: fit(d).anova(fit(d.head(25))),
        FitError,
        ["same rows", "model 1 has 30", "model 2 has 25", "Missing values"],
    ),
    "another response": (
        lambda d: anova(fit(d), poisson(d, "bin ~ x")),
        FitError,
        ["same response", "model 1 has y", "model 2 has bin", "first in row"],
    ),
    "other weights": (
        lambda d: anova(fit(d), poisson(d, weights="w")),
        FitError,
        ["same weights", "models 1 and 2", "29 rows"],
    ),
    "another family": (
        lambda d: anova(fit(d), glm("y ~ x", d)),
        FitError,
        ["same family", "model 1 is poisson", "model 2 is gaussian", "AIC()"],
    ),
    "a linear model": (lambda d: fit(d).anova(lm("y ~ x", d)), FitError, ["same family", "gaussian"]),
    "a number": (lambda d: anova(fit(d), 3), FitError, ["fitted models", "argument 2 is 3"]),
    "a test by position": (lambda d: anova(fit(d), "Chisq"), FitError, ["argument 2 is 'Chisq'", 'test="F"']),
}

UPDATES = {
    "unknown argument": (lambda d: fit(d).update(famly="gaussian"), FitError, ["'famly'", "mean 'family'"]),
    "family of lm": (
        lambda d: lm("y ~ x", d).update(family="poisson"),
        FitError,
        ["lm() has no argument 'family'"],
    ),
    "unknown column": (lambda d: fit(d).update(". ~ . + nope"), FormulaError, ["'nope' is not in the data"]),
    "syntax": (lambda d: fit(d).update(". ~ . -"), FormulaError, ["ends", "^"]),
    "formula": (lambda d: fit(d).update(3), FitError, ["formula must be text", "3 (an int)"]),
    "data": (lambda d: fit(d).update(data=None), DataError, ["got None"]),
    "control": (lambda d: fit(d).update(control=3), FitError, ["Control(", "3 (an int)"]),
    "arrays of the old rows": (
        lambda d: poisson(d, weights=np.ones(30)).update(data=d.head(10)),
        DataError,
        ["weights has 30 values", "10 rows"],
    ),
}

NO_FIT = {
    "summary": (lambda d: summary("y ~ x"), FitError, ["summary() takes a fitted model", "'y ~ x' (a str)"]),
    "predict": (lambda d: predict(d, fit(d)), FitError, ["predict() takes a fitted model", "a DataFrame"]),
    "residuals": (lambda d: residuals(None), FitError, ["residuals() takes a fitted model", "got None"]),
    "update": (lambda d: update(d, "y ~ x"), FitError, ["update() takes a fitted model"]),
    "anova": (lambda d: anova([fit(d), fit(d)]), FitError, ["a list of 2", "anova(*models)"]),
    "AIC": (lambda d: rglm.AIC(fit(d), 3), FitError, ["AIC() takes fitted models", "m2 is 3"]),
}


@catalogue(newdata=NEWDATA, choices=CHOICES, compared=COMPARED, updates=UPDATES, no_fit=NO_FIT)
def test_it_is_refused_in_the_house_voice(refused, data, call, error, words):
    refused(lambda: call(data), error, *words)


def test_rows_that_break_an_aliased_dependence_are_warned_of(data):
    aliased = lm("y ~ x + x2", data.assign(x2=2 * data.x))
    with pytest.warns(RankWarning, match=r"x2.*1 of the 2 new rows.*rows 1"):
        aliased.predict({"x": [1.0, 1.0], "x2": [2.0, 3.0]})
