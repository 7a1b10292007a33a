"""The models of comparison.R, and its answers."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from rglm import datasets, glm, glm_nb, lm

ANSWERS = Path(__file__).parents[1] / "against_r" / "comparison.json"


@cache
def answers():
    return json.loads(ANSWERS.read_text(encoding="utf-8"))


@cache
def data(name):
    return datasets.load(name)


def clots():
    frame = data("clotting").copy()
    frame["z"] = [0, 1, 1, 2, 1, 1, 1, 1, 1]
    frame["u2"] = 2 * frame["u"]
    return frame


ARGUMENTS = {
    "birthwt": (glm, "low ~ age + lwt + factor(race) * smoke", "birthwt", "binomial"),
    "warpbreaks": (glm, "breaks ~ wool * tension", "warpbreaks", "poisson"),
    "warpbreaks_quasi": (glm, "breaks ~ wool * tension", "warpbreaks", "quasipoisson"),
    "clotting": (glm, "lot1 ~ log(u) + u", "clotting", "Gamma"),
    "mothers": (glm, "lwt ~ age + smoke", "birthwt", "Gamma"),
    "quine": (glm, "Days ~ Eth * Sex * Lrn + Age + Sex:Age", "quine", "quasipoisson"),
    "quine_nb": (glm_nb, "Days ~ Eth * Sex + Age", "quine"),
    "budworm": (glm, "cbind(numdead, numalive) ~ sex * ldose", "budworm", "binomial"),
    "esoph": (glm, "cbind(ncases, ncontrols) ~ agegp + tobgp * alcgp", "esoph", "binomial"),
    "epil": (glm, "y ~ trt * lbase + lage + V4 + offset(log(period))", "epil", "poisson"),
    "lm_warpbreaks": (lm, "breaks ~ wool * tension", "warpbreaks"),
    "lm_mtcars": (lm, "mpg ~ wt * hp + factor(cyl)", "mtcars"),
    "lm_toothgrowth": (lm, "len ~ supp * dose + I(dose^2)", "toothgrowth"),
    "lm_npk": (lm, "yield ~ block + N * P * K - N:P:K", "npk"),
    "no_intercept": (glm, "breaks ~ 0 + wool + tension", "warpbreaks", "poisson"),
    "lm_no_intercept": (lm, "breaks ~ 0 + wool + tension", "warpbreaks"),
    "one": (glm, "Days ~ Sex + Age", "quine", "poisson"),
    "two": (glm, "Days ~ Eth + Lrn", "quine", "poisson"),
    "three": (glm_nb, "Days ~ Eth + Sex + Age", "quine"),
    "four": (glm, "low ~ lwt", "birthwt", "binomial"),
    "five": (glm, "low ~ age + smoke", "birthwt", "binomial(probit)"),
    "six": (glm, "y ~ lbase + trt", "epil", "poisson"),
    "seven": (glm, "y ~ lage + V4", "epil", "poisson"),
    "seizures": (glm_nb, "y ~ lbase + trt", "epil"),
    "smaller": (glm_nb, "Days ~ Sex + Age", "quine"),
    "reference": (glm, "low ~ age + lwt + factor(race) + smoke", "birthwt", "binomial"),
}
WEIGHTS = {"lm_mtcars": "qsec"}


@cache
def fitted(name, contrasts=None):
    """A model of comparison.R; `contrasts` for its factors."""
    if name in ("weighted", "lm_weighted"):
        make, family = (glm, ("Gamma",)) if name == "weighted" else (lm, ())
        return make("lot1 ~ log(u) + u + u2", clots(), *family, weights="z")
    make, formula, table, *family = ARGUMENTS[name]
    frame = data(table)
    if contrasts is not None:
        spec = fitted(name).design
        contrasts = dict.fromkeys(spec.base_levels, contrasts)
    return make(formula, frame, *family, weights=WEIGHTS.get(name), contrasts=contrasts)
