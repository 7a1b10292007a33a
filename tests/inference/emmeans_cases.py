"""The models and calls of tests/against_r/emmeans.R, by the same names."""

from __future__ import annotations

import json
import math
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from rglm import datasets, glm, glm_nb, lm

ANSWERS = Path(__file__).parents[1] / "against_r" / "emmeans.json"
RESPONSE = {"type": "response"}


@cache
def answers():
    return json.loads(ANSWERS.read_text(encoding="utf-8"))


@cache
def table(name):
    """A data set of emmeans.R; columns of text are factors in order of appearance, as `levels` says."""
    if name in answers()["tables"]:
        frame = pd.DataFrame(answers()["tables"][name])
        for column, levels in LEVELS.items():
            if column in frame:
                frame[column] = pd.Categorical(frame[column], levels)
        return frame
    if name == "births":
        frame = datasets.load("birthwt").copy()
        frame["race"] = pd.Categorical(frame["race"].map({1: "white", 2: "black", 3: "other"}), RACES)
        frame["smoke"] = frame["smoke"] > 0
        return frame
    if name == "holes":
        frame = datasets.load("warpbreaks")
        return frame[~((frame["wool"] == "A") & (frame["tension"] == "M"))]
    return datasets.load(name)


RACES = ["white", "black", "other"]
LEVELS = {
    "make": ["std", "octel"],
    "size": ["S", "M", "L"],
    "side": ["left", "right"],
    "store": ["north", "east-1", "west"],
    "day": [str(day) for day in range(1, 7)],
    "lot": ["one", "two"],
}

MODELS = {
    "warp": lambda: lm("breaks ~ wool * tension", table("warpbreaks")),
    "warp_log": lambda: lm("log(breaks) ~ wool + tension", table("warpbreaks")),
    "warp_log10": lambda: lm("log10(breaks) ~ wool + tension", table("warpbreaks")),
    "warp_sqrt": lambda: lm("sqrt(breaks) ~ wool + tension", table("warpbreaks")),
    "warp_poisson": lambda: glm("breaks ~ wool * tension", table("warpbreaks"), "poisson"),
    "warp_quasi": lambda: glm("breaks ~ wool + tension", table("warpbreaks"), "quasipoisson"),
    "warp_root": lambda: glm("breaks ~ wool + tension", table("warpbreaks"), _family("poisson", "sqrt")),
    "warp_holes": lambda: lm("breaks ~ wool * tension", table("holes")),
    "warp_holes_poisson": lambda: glm("breaks ~ wool * tension", table("holes"), "poisson"),
    "low": lambda: glm("low ~ race + smoke + lwt + ht", table("births"), "binomial"),
    "low_probit": lambda: glm("low ~ race + smoke", table("births"), _family("binomial", "probit")),
    "low_cloglog": lambda: glm("low ~ race + smoke", table("births"), _family("binomial", "cloglog")),
    "low_log": lambda: glm("low ~ race", table("births"), _family("binomial", "log"), start=[-1, 0, 0]),
    "cars": lambda: lm("mpg ~ wt + factor(cyl) * am", table("mtcars")),
    "cars_plain": lambda: lm("mpg ~ wt + factor(cyl) + am + hp", table("mtcars")),
    "clot": lambda: glm("time ~ log(u) * lot", table("drug"), "gamma"),
    "clot_log": lambda: glm("time ~ log(u) + lot", table("drug"), _family("gamma", "log")),
    "clot_ig": lambda: glm("time ~ lot", table("drug"), "inverse.gaussian"),
    "hush": lambda: lm("noise ~ make * size * side", table("silencer")),
    "hush_main": lambda: lm("noise ~ make * size + side", table("silencer")),
    "fruit": lambda: lm("sales ~ price1 + price2 + day + store", table("orchard")),
    "fruit_weighted": lambda: lm("sales ~ price1 * store + promo", table("orchard"), weights="weight"),
    "cancer": lambda: glm("cbind(ncases, ncontrols) ~ agegp + alcgp", table("esoph"), "binomial"),
    "claims": lambda: glm("Claims ~ District + Age + offset(log(Holders))", table("insurance"), "poisson"),
    "claims_argument": lambda: glm(
        "Claims ~ District + Age", table("insurance"), "poisson", exposure="Holders"
    ),
    "absent": lambda: glm_nb("Days ~ Sex * Age", table("quine")),
    "teeth": lambda: lm("len ~ supp * poly(dose, 2)", table("toothgrowth")),
}


def _family(name, link):
    from rglm.families import registry

    return type(registry.family(name))(link=link)


@cache
def model(name):
    return MODELS[name]()


def m(name, *arguments, **keywords):
    return model(name).emmeans(*arguments, **keywords)


def w(*arguments, **keywords):
    return m("warp", *arguments, **keywords)


def p(*arguments, **keywords):
    return m("warp_poisson", *arguments, **keywords)


INF = {"df": math.inf}
WT = {"at": {"wt": [2, 3]}}

CASES = {
    "one": lambda: w("tension"),
    "pairs": lambda: w("tension").pairs(),
    "by": lambda: w("wool", by="tension"),
    "by_pairs": lambda: w("wool", by="tension").pairs(),
    "by_three": lambda: w("~ tension | wool").pairs(),
    "both": lambda: w(["wool", "tension"]),
    "both_pairs": lambda: w("~ wool * tension").pairs(),
    "all_by": lambda: w("~ 1 | wool * tension"),
    "overall": lambda: w("1"),
    "reverse": lambda: w("tension").pairs(reverse=True),
    "list": lambda: w("pairwise ~ tension | wool"),
    "level": lambda: w("tension", level=0.9),
    "infer": lambda: w("tension").summary(),
    "null": lambda: w("tension").test(null=20),
    "bonferroni": lambda: w("tension").pairs("bonferroni").summary(),
    "holm": lambda: w("tension").pairs("holm").summary(),
    "sidak": lambda: w("tension").pairs("sidak").summary(),
    "scheffe": lambda: w("tension").pairs("scheffe").summary(),
    "hommel": lambda: w("~ wool * tension").pairs("hommel"),
    "hochberg": lambda: w("~ wool * tension").pairs("hochberg"),
    "fdr": lambda: w("~ wool * tension").pairs("fdr"),
    "BY": lambda: w("~ wool * tension").pairs("BY"),
    "none": lambda: w("~ wool * tension").pairs("none"),
    "means_adjusted": lambda: w("tension").confint(adjust="bonferroni"),
    "joint": lambda: w("tension").pairs().summary(),
    "control": lambda: w("tension").contrast("trt.vs.ctrl").summary(),
    "control_ref": lambda: w("tension").contrast("trt.vs.ctrl", ref="M"),
    "control_two": lambda: w("tension").contrast("trt.vs.ctrl", ref=[0, 1]),
    "control_last": lambda: w("~ tension | wool").contrast("trt.vs.ctrlk"),
    "effects": lambda: w("tension").contrast("eff"),
    "deleted": lambda: w("tension").contrast("del.eff"),
    "poly": lambda: w("tension").contrast("poly"),
    "identity": lambda: w("tension").contrast("identity"),
    "custom": lambda: w("tension").contrast({"first": [1, -1, 0], "last": [0.5, 0.5, -1]}, "holm"),
    "pairs_of_pairs": lambda: w("~ tension | wool").pairs().pairs(by=None),
    "cld": lambda: w("tension").cld(),
    "cld_by": lambda: w("~ tension | wool").cld(),
    "cld_both": lambda: w("~ wool * tension").cld(),
    "log_link": lambda: m("warp_log", "tension"),
    "log_response": lambda: m("warp_log", "tension", **RESPONSE),
    "log_ratios": lambda: m("warp_log", "tension", **RESPONSE).pairs(),
    "log_pairs": lambda: m("warp_log", "tension").pairs(),
    "log10_response": lambda: m("warp_log10", "tension", **RESPONSE),
    "log10_ratios": lambda: m("warp_log10", "tension", **RESPONSE).pairs(),
    "sqrt_response": lambda: m("warp_sqrt", "tension", **RESPONSE),
    "sqrt_pairs": lambda: m("warp_sqrt", "tension", **RESPONSE).pairs(),
    "poisson_link": lambda: p("tension"),
    "poisson_rate": lambda: p("tension", **RESPONSE),
    "poisson_ratios": lambda: p("tension", **RESPONSE).pairs(),
    "poisson_intervals": lambda: p("tension", **RESPONSE).pairs().confint(),
    "poisson_by": lambda: p("~ tension | wool", **RESPONSE).pairs(),
    "poisson_infer": lambda: p("tension", **RESPONSE).summary(),
    "poisson_effects": lambda: p("tension", **RESPONSE).contrast("eff"),
    "poisson_mean": lambda: p("tension", **RESPONSE).contrast({"mean": [0.5, 0.5, 0]}),
    "poisson_cld": lambda: p("~ tension | wool", **RESPONSE).cld(),
    "poisson_letters": lambda: p("tension").cld(alpha=0.001, symbols="abc", reverse=True),
    "quasi_rate": lambda: m("warp_quasi", "tension", **RESPONSE, **INF),
    "root_rate": lambda: m("warp_root", "tension", **RESPONSE).summary(),
    "root_pairs": lambda: m("warp_root", "tension", **RESPONSE).pairs(),
    "root_cld": lambda: m("warp_root", "tension", **RESPONSE).cld(),
    "holes": lambda: m("warp_holes", "~ wool * tension"),
    "holes_margin": lambda: m("warp_holes", "wool"),
    "holes_cells": lambda: m("warp_holes", "wool", weights="cells"),
    "holes_pairs": lambda: m("warp_holes", "~ tension | wool").pairs(),
    "holes_holm": lambda: m("warp_holes", "~ tension | wool").pairs("holm"),
    "holes_bh": lambda: m("warp_holes", "~ tension | wool").pairs("BH"),
    "holes_rate": lambda: m("warp_holes_poisson", "~ wool * tension", **RESPONSE),
    "holes_ratios": lambda: m("warp_holes_poisson", "~ wool | tension", **RESPONSE).pairs().summary(),
    "holes_cld": lambda: m("warp_holes_poisson", "~ wool * tension").cld(),
    "low_link": lambda: m("low", "race"),
    "low_prob": lambda: m("low", "race", **RESPONSE),
    "low_odds": lambda: m("low", "race", **RESPONSE).pairs(),
    "low_odds_intervals": lambda: m("low", "race", **RESPONSE).pairs().confint(),
    "low_pairs": lambda: m("low", "race").pairs(),
    "low_logical": lambda: m("low", "smoke", **RESPONSE),
    "low_logical_odds": lambda: m("low", "smoke", **RESPONSE).pairs(),
    "low_both": lambda: m("low", "~ race * smoke", **RESPONSE),
    "low_by_logical": lambda: m("low", "~ race | smoke", **RESPONSE),
    "low_kept": lambda: m("low", "ht", **RESPONSE),
    "low_proportional": lambda: m("low", "race", weights="proportional"),
    "low_cells": lambda: m("low", "race", weights="cells"),
    "low_outer": lambda: m("low", "race", weights="outer"),
    "low_flat": lambda: m("low", "race", weights="flat"),
    "low_cld": lambda: m("low", "race", **RESPONSE).cld(),
    "low_at": lambda: m(
        "low", "~ race | lwt", at={"lwt": [100, 150.5], "race": ["white", "other"]}, **RESPONSE
    ),
    "probit": lambda: m("low_probit", "race", **RESPONSE),
    "probit_pairs": lambda: m("low_probit", "race", **RESPONSE).pairs(),
    "cloglog": lambda: m("low_cloglog", "race", **RESPONSE),
    "cloglog_pairs": lambda: m("low_cloglog", "race", **RESPONSE).pairs(),
    "risk_ratios": lambda: m("low_log", "race", **RESPONSE).pairs(),
    "cars_factor": lambda: m("cars", "cyl"),
    "cars_factor_pairs": lambda: m("cars", "cyl").pairs(),
    "cars_kept": lambda: m("cars", "am"),
    "cars_kept_pairs": lambda: m("cars", "~ am | cyl").pairs(),
    "cars_both": lambda: m("cars", "~ cyl * am").pairs(),
    "cars_covariate": lambda: m("cars", "wt"),
    "cars_at": lambda: m("cars", "~ wt", at={"wt": [2, 3, 4.25]}),
    "cars_at_pairs": lambda: m("cars", "~ wt", at={"wt": [2, 3, 4.25]}).pairs(),
    "cars_at_by": lambda: m("cars", "cyl", by="wt", **WT),
    "cars_at_averaged": lambda: m("cars", "cyl", **WT),
    "cars_at_proportional": lambda: m("cars", "cyl", weights="proportional", **WT),
    "cars_at_half": lambda: m("cars", "cyl", at={"am": 0.5}),
    "cars_plain": lambda: m("cars_plain", "~ cyl | am", at={"hp": 100}),
    "cars_effects": lambda: m("cars_plain", "cyl").contrast("eff").summary(),
    "clot_link": lambda: m("clot", "lot"),
    "clot_response": lambda: m("clot", "lot", **RESPONSE),
    "clot_pairs": lambda: m("clot", "lot", **RESPONSE).pairs(),
    "clot_at": lambda: m("clot", "~ lot | u", at={"u": [10, 50]}, **RESPONSE),
    "clot_log": lambda: m("clot_log", "lot", **RESPONSE),
    "clot_ratios": lambda: m("clot_log", "lot", **RESPONSE).pairs().summary(),
    "clot_ig": lambda: m("clot_ig", "lot", **INF),
    "hush": lambda: m("hush", "~ size | make"),
    "hush_pairs": lambda: m("hush", "~ size | make * side").pairs(),
    "hush_cells": lambda: m("hush", "size", weights="cells"),
    "hush_proportional": lambda: m("hush_main", "size", weights="proportional"),
    "hush_outer": lambda: m("hush", "size", weights="outer"),
    "hush_flat": lambda: m("hush", "size", weights="flat"),
    "hush_control": lambda: m("hush_main", "~ size | make").contrast("trt.vs.ctrl", ref=1),
    "hush_cld": lambda: m("hush_main", "~ make * size").cld(),
    "hush_long": lambda: m("hush_main", "~ make * size").pairs("none"),
    "hush_wide": lambda: m("hush", "~ make * size * side").pairs("bonferroni").summary(),
    "fruit_day": lambda: m("fruit", "day"),
    "fruit_at": lambda: m("fruit", "day", at={"price1": 50, "price2": 45}),
    "fruit_store": lambda: m("fruit", "store").pairs(),
    "fruit_prices": lambda: m("fruit", "~ price1 | store", at={"price1": [40, 50]}),
    "fruit_effects": lambda: m("fruit", "store").contrast("eff"),
    "weighted": lambda: m("fruit_weighted", "store"),
    "weighted_cells": lambda: m("fruit_weighted", "store", weights="cells"),
    "weighted_proportional": lambda: m("fruit_weighted", "store", weights="proportional"),
    "cancer": lambda: m("cancer", "alcgp", **RESPONSE),
    "cancer_weights": lambda: m("cancer", "alcgp", weights="proportional"),
    "cancer_poly": lambda: m("cancer", "agegp").contrast("poly"),
    "claims": lambda: m("claims", "District", **RESPONSE),
    "claims_zero": lambda: m("claims", "District", offset=0, **RESPONSE),
    "claims_argument": lambda: m("claims_argument", "District", **RESPONSE),
    "claims_pairs": lambda: m("claims", "Age", **RESPONSE).pairs(),
    "absent": lambda: m("absent", "~ Sex | Age", **RESPONSE),
    "absent_pairs": lambda: m("absent", "~ Sex | Age", **RESPONSE).pairs(),
    "teeth": lambda: m("teeth", "~ supp | dose", at={"dose": [0.5, 1, 2]}),
    "teeth_mean": lambda: m("teeth", "supp"),
    "joint_tests": lambda: model("warp").joint_tests(),
    "joint_by": lambda: model("warp").joint_tests("tension"),
    "joint_poisson": lambda: model("warp_poisson").joint_tests(),
    "joint_cars": lambda: model("cars").joint_tests(),
    "joint_low": lambda: model("low").joint_tests(),
    "joint_hush": lambda: model("hush").joint_tests("side"),
    "joint_fruit": lambda: model("fruit").joint_tests(),
    "joint_clot": lambda: model("clot").joint_tests(),
}

MONTE_CARLO = {
    "mvt": lambda: w("tension").pairs("mvt"),
    "mvt_six": lambda: w("~ wool * tension").pairs("mvt"),
    "consec": lambda: w("tension").contrast("consec"),
    "mean_chg": lambda: w("~ tension | wool").contrast("mean_chg"),
    "mvt_unequal": lambda: m("cars_plain", "cyl").pairs("mvt"),
}


def numbers(values):
    """Numbers as JSON holds them: "NA" and "Inf" are strings."""
    return np.array(
        [{"NA": math.nan, "NaN": math.nan, "Inf": math.inf}.get(v, v) for v in values], dtype=float
    )
