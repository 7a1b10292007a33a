"""predictions(), comparisons(), slopes() and their averages, beside R's explicit delta method.

R's marginaleffects is not packaged for Debian 12: tests/against_r/margins.R computes what it defines from its
definition, with numDeriv's Jacobians.  The step of slopes is that package's, its centred differences carry an error
of about 1e-8, and so do numDeriv's; comparisons are to 1e-5.
"""

from __future__ import annotations

import json
import math
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from rglm import DataError, FitError, datagrid, datasets, glm, glm_nb, lm, marginal_effects, slopes

ANSWERS = json.loads((Path(__file__).parents[1] / "against_r" / "margins.json").read_text(encoding="utf-8"))
RACES = ["white", "black", "other"]


@cache
def births():
    frame = datasets.load("birthwt").copy()
    frame["race"] = pd.Categorical(frame["race"].map({1: "white", 2: "black", 3: "other"}), RACES)
    frame["smoke"] = frame["smoke"] > 0
    return frame


@cache
def visits():
    return pd.DataFrame(ANSWERS["tables"]["visits"])


@cache
def model(name):
    return {
        "low": lambda: glm("low ~ race + smoke + lwt + age", births(), "binomial"),
        "cars": lambda: lm("mpg ~ wt * hp + factor(cyl) + vs", datasets.load("mtcars")),
        "curve": lambda: lm("dist ~ poly(speed, 2)", datasets.load("cars")),
        "clot": lambda: glm("time ~ log(u) * lot", _drug(), "gamma"),
        "rate": lambda: glm("n ~ age + arm + offset(log(years))", visits(), "poisson"),
        "absent": lambda: glm_nb("Days ~ Sex * Age", datasets.load("quine")),
        "warp": lambda: glm("breaks ~ wool * tension", datasets.load("warpbreaks"), "poisson"),
    }[name]()


def _drug():
    frame = pd.DataFrame(ANSWERS["tables"]["drug"])
    frame["lot"] = pd.Categorical(frame["lot"], ["one", "two"])
    return frame


def low(verb, *arguments, **keywords):
    return getattr(model("low"), verb)(*arguments, **keywords)


BLACK = {"race": ["white", "black"]}

CASES = {
    "low_predictions": lambda: low("predictions"),
    "low_link": lambda: low("predictions", type="link"),
    "low_average": lambda: low("avg_predictions"),
    "low_by": lambda: low("predictions", by="race"),
    "low_typical": lambda: low("predictions", "mean"),
    "low_robust": lambda: low("avg_predictions", vcov="HC3"),
    "low_set": lambda: low("avg_predictions", variables={"race": ["black"]}),
    "low_difference": lambda: low("avg_comparisons", BLACK),
    "low_ratio": lambda: low("avg_comparisons", BLACK, comparison="ratio"),
    "low_lnor": lambda: low("avg_comparisons", BLACK, comparison="lnor"),
    "low_ratio_rows": lambda: low("comparisons", BLACK, comparison="ratio"),
    "low_step": lambda: low("avg_comparisons", "lwt"),
    "low_sd": lambda: low("avg_comparisons", {"lwt": "sd"}),
    "low_between": lambda: low("avg_comparisons", {"lwt": [100, 150]}),
    "low_smoke_by": lambda: low("comparisons", "smoke", by="race"),
    "low_slope": lambda: low("avg_slopes", "lwt"),
    "low_slope_rows": lambda: low("slopes", "age"),
    "low_slope_typical": lambda: low("slopes", "lwt", newdata="mean"),
    "low_elasticity": lambda: low("avg_slopes", "lwt", slope="eyex"),
    "low_semi": lambda: low("avg_slopes", "lwt", slope="eydx"),
    "cars_wt": lambda: model("cars").avg_slopes("wt"),
    "cars_hp_by": lambda: model("cars").avg_slopes("hp", by="cyl"),
    "cars_cyl": lambda: model("cars").avg_comparisons({"cyl": [4, 8]}),
    "cars_vs": lambda: model("cars").avg_slopes("vs"),
    "curve_rows": lambda: model("curve").slopes(newdata={"speed": [10.0, 20.0]}),
    "clot_slope": lambda: model("clot").avg_slopes("u"),
    "clot_lot": lambda: model("clot").avg_comparisons("lot"),
    "rate_average": lambda: model("rate").avg_predictions(),
    "rate_slope": lambda: model("rate").avg_slopes("age"),
    "rate_slope_at_one": lambda: model("rate").avg_slopes("age", newdata=visits().assign(years=1.0)),
    "rate_arm": lambda: model("rate").avg_comparisons("arm"),
    "rate_weighted": lambda: model("rate").avg_slopes("age", wts="w"),
    "absent_sex": lambda: model("absent").avg_comparisons("Sex", by="Age"),
    "warp_tension": lambda: model("warp").avg_comparisons({"tension": ["M", "H"]}),
}


@pytest.mark.parametrize("case", CASES)
def test_equals_the_delta_method_of_r(case):
    expected, table = ANSWERS["cases"][case], CASES[case]().table
    np.testing.assert_allclose(table["estimate"], expected["estimate"], rtol=1e-5, atol=1e-9)
    np.testing.assert_allclose(table["std.error"], expected["error"], rtol=1e-5, atol=1e-9)


def test_every_stored_case_is_compared():
    assert set(CASES) == set(ANSWERS["cases"])
