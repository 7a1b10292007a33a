"""What glm() and lm() refuse in their arguments: row-wise ones, choices, contrasts, families, links."""

from __future__ import annotations

import numpy as np
from refusals import catalogue, poisson, put

from rglm import (
    Control,
    DataError,
    FamilyError,
    FitError,
    FormulaError,
    NegativeBinomial,
    Poisson,
    Power,
    Quasi,
    Tweedie,
    glm,
    lm,
)

INF, NAN = np.inf, np.nan

ROWWISE = {
    f"{what}: {name}": (
        lambda d, what=what, value=value: poisson(d, **{what: value(d)}),
        error,
        [what, *words],
    )
    for what in ("weights", "freq_weights", "offset", "exposure")
    for name, (value, error, words) in {
        "too short": (lambda d: [1.0, 2.0], DataError, ["2 values", "30 rows"]),
        "misaligned": (
            lambda d: d.w[::-1],
            DataError,
            ["index differs", ".to_numpy()", ".reindex(data.index)"],
        ),
        "a number": (lambda d: 2, DataError, ["single value 2", "each of the 30 rows", "name of a column"]),
        "a frame": (
            lambda d: d[["w"]],
            DataError,
            ["a DataFrame of shape (30, 1)", "Give one of its columns"],
        ),
        "an object": (lambda d: object(), DataError, ["an object", "each of the 30 rows"]),
        "strings": (lambda d: ["p"] * 30, DataError, ["strings or categories", "expected one number"]),
        "a column of strings": (lambda d: "a", DataError, ["must be numeric", "'u', 'v', 'w'"]),
        "infinite": (lambda d: np.where(d.w == 3, INF, 1), DataError, ["infinite in 1 row (row 2: Inf)"]),
        "all missing": (lambda d: np.full(30, NAN), DataError, ["Every value of", "30 rows"]),
        "an unfinished expression": (lambda d: "w +", FormulaError, ["w +", "^"]),
    }.items()
}

EXTRAS = {
    "unknown weights": (
        lambda d: poisson(d, weights="wx"),
        FormulaError,
        ["'wx' is not in the data", "mean"],
    ),
    "negative weights": (
        lambda d: poisson(d, weights="w - 4"),
        DataError,
        ["weights must not be negative", "3 of 30 rows (row 0: -3", "0 leaves a row out"],
    ),
    "rows counted in the data": (
        lambda d: poisson(put(d, "x", 0, NAN), weights="w - 3"),
        DataError,
        ["1 of 29 rows (row 1: -1)"],
    ),
    "negative frequencies": (
        lambda d: poisson(d, freq_weights="w - 4"),
        DataError,
        ["freq_weights must not be negative"],
    ),
    "fractions as frequencies": (
        lambda d: poisson(d, freq_weights="w / 2"),
        DataError,
        ["freq_weights", "whole numbers", "15 of 30 rows (row 0: 0.5", "weights="],
    ),
    "zero weights": (
        lambda d: lm("y ~ x", d, weights=np.zeros(30)),
        DataError,
        ["No row has a positive weight", "weights="],
    ),
    "exposure without a log link": (
        lambda d: glm("y ~ x", d, exposure="e"),
        FamilyError,
        ["exposure=", "log link", "'identity'", "offset="],
    ),
    "exposure of zero": (
        lambda d: poisson(d, exposure="y"),
        DataError,
        ["exposure must be positive", "(row 0: 0)"],
    ),
    "an offset of two columns": (
        lambda d: poisson(d, offset="cbind(x, z)"),
        DataError,
        ["offset", "2 columns"],
    ),
    "subset of nothing": (
        lambda d: poisson(d, subset="x > 100"),
        DataError,
        ["subset= selects none of the 30 rows"],
    ),
    "subset of nothing by a mask": (
        lambda d: poisson(d, subset=np.zeros(30, bool)),
        DataError,
        ["selects none"],
    ),
    "subset not a comparison": (
        lambda d: poisson(d, subset="x + 1"),
        DataError,
        ["TRUE or FALSE", "'x + 1' does not"],
    ),
    "subset by row numbers": (
        lambda d: poisson(d, subset=list(range(30))),
        DataError,
        ["mask", "numbers", "iloc"],
    ),
    "subset by a slice": (
        lambda d: poisson(d, subset=slice(3)),
        DataError,
        ["subset is a slice", "TRUE or FALSE"],
    ),
    "subset too short": (lambda d: poisson(d, subset=[True]), DataError, ["subset has 1 values", "30 rows"]),
    "subset misaligned": (
        lambda d: poisson(d, subset=(d.w > 3)[::-1]),
        DataError,
        ["subset", "index differs"],
    ),
    "subset of unknown": (lambda d: poisson(d, subset="ww > 3"), FormulaError, ["'ww'", "'w'"]),
    "na_action": (
        lambda d: poisson(d, na_action="drop"),
        FitError,
        ["na_action 'drop'", "'omit', 'exclude' or 'fail'"],
    ),
    "method": (lambda d: poisson(d, method="gram"), FitError, ["method 'gram'", "'qr'"]),
    "start of another length": (
        lambda d: poisson(d, start=[1]),
        FitError,
        ["start", "2 in all ((Intercept), x)", "list of 1"],
    ),
    "start of text": (lambda d: poisson(d, start="a"), FitError, ["start must hold one number", "'a'"]),
    "start by name": (
        lambda d: poisson(d, start={"x": 1}),
        FitError,
        ["start must hold one number", "a dict of 1"],
    ),
    "start out of the domain": (
        lambda d: glm("w ~ x", d, "Gamma", start=[-1, 0]),
        FitError,
        ["start", "domain"],
    ),
    "control": (lambda d: poisson(d, control={"maxit": 9}), FitError, ["Control(", "a dict of 1"]),
    "epsilon": (lambda d: Control(epsilon=-1), FitError, ["epsilon", "greater than 0", "-1"]),
    "epsilon of text": (lambda d: Control(epsilon="small"), FitError, ["epsilon", "'small'"]),
    "maxit": (lambda d: Control(maxit=0), FitError, ["maxit", "1 or more", "0"]),
    "maxit of a fraction": (lambda d: Control(maxit=2.5), FitError, ["maxit", "whole number", "2.5"]),
    "contrast": (
        lambda d: lm("y ~ a", d, contrasts={"a": "contr.summ"}),
        FormulaError,
        ["'a'", "mean 'contr.sum'"],
    ),
    "contrast of a number": (
        lambda d: lm("y ~ a + x", d, contrasts={"x": "contr.sum"}),
        FormulaError,
        ["'x'", "numeric", "factor(x)"],
    ),
    "contrast of an unknown": (
        lambda d: lm("y ~ a", d, contrasts={"aa": "Sum"}),
        FormulaError,
        ["'aa'", "mean 'a'"],
    ),
    "contrast of another size": (
        lambda d: lm("y ~ a", d, contrasts={"a": np.eye(4)}),
        FormulaError,
        ["'a'", "4 rows", "3 levels: u, v, w"],
    ),
    "contrast of text": (
        lambda d: lm("y ~ a", d, contrasts={"a": [["p"]] * 3}),
        FormulaError,
        ["'a'", "numeric matrix"],
    ),
    "contrast with NaN": (
        lambda d: lm("y ~ a", d, contrasts={"a": [[NAN], [0.0], [1.0]]}),
        FormulaError,
        ["'a'", "finite"],
    ),
}

FAMILIES = {
    "family": (lambda d: glm("y ~ x", d, "poison"), FamilyError, ["'poison'", "mean 'poisson'", "tweedie"]),
    "a family far off": (
        lambda d: glm("y ~ x", d, "weibull"),
        FamilyError,
        ["'weibull'", "gaussian, binomial"],
    ),
    "no family": (lambda d: glm("y ~ x", d, None), FamilyError, ["got None", "family='poisson'"]),
    "a list": (lambda d: glm("y ~ x", d, ["poisson"]), FamilyError, ["a list of 1"]),
    "a link as family": (
        lambda d: glm("y ~ x", d, Power(0.5)),
        FamilyError,
        ["link, not a family", "Poisson(link="],
    ),
    "a link class as family": (
        lambda d: glm("y ~ x", d, Power),
        FamilyError,
        ["Power is a link, not a family"],
    ),
    "link": (lambda d: Poisson(link="lgo"), FamilyError, ["'lgo'", "mean 'log'", "logit", "power(x)"]),
    "a number as link": (lambda d: Poisson(link=3), FamilyError, ["got 3 (an int)", "link='log'"]),
    "a function as link": (lambda d: Poisson(link=np.log), FamilyError, ["link='log'"]),
    "a link without its number": (lambda d: Poisson(link=Power), FamilyError, ["Power", "parameters"]),
    "power of text": (lambda d: Power("half"), FamilyError, ["finite number", "'half'", "log"]),
    "a link that does not fit": (
        lambda d: glm("y ~ x", d, "poisson(logit)"),
        FamilyError,
        ["'logit'", "another link"],
    ),
    "negative binomial by name": (
        lambda d: glm("y ~ x", d, "negative.binomial"),
        FamilyError,
        ["theta", "glm_nb"],
    ),
    "negative binomial class": (
        lambda d: glm("y ~ x", d, NegativeBinomial),
        FamilyError,
        ["NegativeBinomial(theta=2)"],
    ),
    "negative theta": (lambda d: NegativeBinomial(-1), FamilyError, ["theta", "positive", "-1"]),
    "Tweedie without power": (lambda d: Tweedie(), FamilyError, ["var_power", "Tweedie(var_power=1.5"]),
    "Tweedie between": (lambda d: Tweedie(0.5), FamilyError, ["var_power", "0.5", "Quasi("]),
    "variance": (
        lambda d: Quasi(variance="mu^9"),
        FamilyError,
        ["'mu^9'", "'mu^2'", "Variance.from_function"],
    ),
}


@catalogue(rowwise=ROWWISE, extras=EXTRAS, families=FAMILIES)
def test_it_is_refused_in_the_house_voice(refused, data, call, error, words):
    refused(lambda: call(data), error, *words)
