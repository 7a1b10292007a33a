"""The table: every function a formula can call, and why the others cannot be called.

A `Function` is row-local: its value in a row depends on that row alone. A `Learner` remembers what it learned
from the data it was fitted to. Nothing else exists: a formula means the same on a row, a block and all rows.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from rglm.errors import FormulaError, did_you_mean
from rglm.formula import (
    arithmetic,
    constants,
    contrast_call,
    factors,
    interaction,
    learners,
    polynomial,
    splines,
    strings,
)
from rglm.formula.arguments import DOTS, Arguments, match
from rglm.formula.tree import Call
from rglm.formula.values import Value
from rglm.formula.vectors import is_many, made


@dataclass(frozen=True, slots=True)
class Function:
    """A row-local function: formal argument names and how to compute it."""

    formals: tuple[str, ...]
    apply: Callable[[Arguments], Value]


def _always(call: Call) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Learner:
    """A function that remembers: `gather` some rows into sums, `apply` with what `sums.finish()` gave.

    `learns` says from the text alone whether a call needs the data; `cut(x, c(0, 5))` does not.
    """

    formals: tuple[str, ...]
    gather: Callable[[Arguments], Any]
    apply: Callable[[Arguments, Any], Any]
    learns: Callable[[Call], bool] = _always


def _special(name: str) -> Callable[[Any], Any]:
    def compute(x: Any) -> Any:
        from scipy import special

        return getattr(special, name)(x)

    return compute


def _normal(arguments: Arguments) -> Value:
    """pnorm(q, mean, sd)."""
    if arguments.has("lower.tail") or arguments.has("log.p"):
        raise arguments.refuse("pnorm takes q, mean and sd here")
    q = arguments.numeric("q")
    centre, spread = arguments.number("mean", 0.0), arguments.number("sd", 1.0)
    values = _special("ndtr")((q.values - centre) / spread)
    return made(values, is_many(q), q)


def _identity(arguments: Arguments) -> Value:
    return arguments.value("x")


def _round_half(x: Any, digits: Any) -> Any:
    return arithmetic.round_to(x, digits)


def _signif(x: Any, digits: Any) -> Any:
    with np.errstate(divide="ignore"):
        places = np.maximum(1, np.floor(digits + 0.5)) - 1 - np.floor(np.log10(np.abs(x)))
    return np.where(
        (x == 0) | ~np.isfinite(x), x, arithmetic.round_to(x, np.where(np.isfinite(places), places, 0))
    )


def _breaks_learn(call: Call) -> bool:
    node = match(call, _CUT)[0].get("breaks")
    return node is None or not constants.is_several(node)


def _levels_learn(call: Call) -> bool:
    node = match(call, _FACTOR)[0].get("levels")
    return node is None or not constants.is_several(node)


def _codes_learn(call: Call) -> bool:
    node = match(call, ("x", DOTS))[0].get("x")
    return node is not None and factors.could_be_factor(node)


_CUT = ("x", "breaks", "labels", "include.lowest", "right", "dig.lab", "ordered_result")
_FACTOR = ("x", "levels", "labels", "exclude", "ordered")
_SCALAR = ("x", "na.rm")

FUNCTIONS: dict[str, Function] = {
    **{
        name: Function(("x",), arithmetic.elementwise(compute))
        for name, compute in {
            "log2": np.log2,
            "log10": np.log10,
            "log1p": np.log1p,
            "exp": np.exp,
            "expm1": np.expm1,
            "sqrt": np.sqrt,
            "abs": np.abs,
            "sin": np.sin,
            "cos": np.cos,
            "tan": np.tan,
            "floor": np.floor,
            "ceiling": np.ceil,
            "trunc": np.trunc,
            "sign": np.sign,
        }.items()
    },
    "I": Function(("x",), _identity),
    "log": Function(("x", "base"), arithmetic.logarithm),
    "round": Function(("x", "digits"), arithmetic.pairwise(_round_half, "x", "digits", 0.0)),
    "signif": Function(("x", "digits"), arithmetic.pairwise(_signif, "x", "digits", 6.0)),
    "plogis": Function(("q",), arithmetic.elementwise(_special("expit"), "q")),
    "qlogis": Function(("p",), arithmetic.elementwise(_special("logit"), "p")),
    "pnorm": Function(("q", "mean", "sd", "lower.tail", "log.p"), _normal),
    "pmin": Function((DOTS, "na.rm"), arithmetic.extreme(np.minimum, np.fmin)),
    "pmax": Function((DOTS, "na.rm"), arithmetic.extreme(np.maximum, np.fmax)),
    "ifelse": Function(("test", "yes", "no"), arithmetic.choose_rows),
    "is.na": Function(("x",), arithmetic.missing),
    "findInterval": Function(
        ("x", "vec", "rightmost.closed", "all.inside", "left.open"), arithmetic.find_interval
    ),
    "[": Function((DOTS,), arithmetic.element),
    "{": Function(("x",), _identity),
    "c": Function((DOTS,), constants.combine),
    "seq": Function(("from", "to", "by", "length.out"), constants.sequence),
    "cbind": Function((DOTS, "deparse.level"), constants.bind_columns),
    "matrix": Function(("data", "nrow", "ncol", "byrow"), constants.make_matrix),
    "as.character": Function(("x",), strings.as_character),
    "nchar": Function(("x",), strings.count_characters),
    "substr": Function(("x", "start", "stop"), strings.substring),
    "tolower": Function(("x",), strings.change_case(str.lower)),
    "toupper": Function(("x",), strings.change_case(str.upper)),
    "paste": Function((DOTS, "sep", "collapse"), strings.paste(" ")),
    "paste0": Function((DOTS, "sep", "collapse"), strings.paste("")),
}

LEARNERS: dict[str, Learner] = {
    **{
        name: Learner(_SCALAR, learners.gather_scalar(name), learners.apply_scalar)
        for name in ("mean", "sd", "min", "max", "median")
    },
    "scale": Learner(("x", "center", "scale"), learners.gather_scale, learners.apply_scaling),
    "center": Learner(("x",), learners.gather_center, learners.apply_scaling),
    "cut": Learner(_CUT, learners.gather_cut, learners.apply_cut, _breaks_learn),
    "poly": Learner(("x", DOTS, "degree", "raw"), polynomial.gather_poly, polynomial.apply_poly),
    "bs": Learner(
        ("x", "df", "knots", "degree", "intercept", "Boundary.knots"), splines.gather_bs, splines.apply_bs
    ),
    "ns": Learner(("x", "df", "knots", "intercept", "Boundary.knots"), splines.gather_ns, splines.apply_ns),
    "factor": Learner(_FACTOR, factors.gather_factor, factors.apply_coding, _levels_learn),
    "ordered": Learner(("x", "levels", "labels"), factors.gather_ordered, factors.apply_coding),
    "as.factor": Learner(("x",), factors.gather_as_factor, factors.apply_coding),
    "as.ordered": Learner(("x",), factors.gather_as_ordered, factors.apply_coding),
    "droplevels": Learner(("x",), factors.gather_droplevels, factors.apply_coding),
    "relevel": Learner(("x", "ref"), factors.gather_relevel, factors.apply_coding),
    "C": Learner(contrast_call.C_FORMALS, contrast_call.gather_c, contrast_call.apply_c),
    "interaction": Learner(
        (DOTS, "drop", "sep", "lex.order"), interaction.gather_interaction, interaction.apply_interaction
    ),
    "as.numeric": Learner(("x", DOTS), factors.gather_codes, factors.as_numeric, _codes_learn),
    "as.integer": Learner(("x", DOTS), factors.gather_codes, factors.as_integer, _codes_learn),
}

_NUMPY = {  # the grammar drops `np.`; these names differ from R's
    "ceil": "ceiling",
    "absolute": "abs",
    "minimum": "pmin",
    "maximum": "pmax",
    "where": "ifelse",
    "isnan": "is.na",
}

_ORDER = "its value in a row depends on other rows and their order; compute it as a column of the data first"
_TABLE = "it makes no column; name the variables as terms, or bind them with cbind()"
_RANDOM = "a formula must mean the same each time; compute it as a column of the data first"
_WHOLE = "it summarises all rows; compute it as a column first (mean, sd, min, max and median are remembered)"

REFUSED: dict[str, str] = {
    **dict.fromkeys(
        [
            "cumsum",
            "cumprod",
            "cummax",
            "cummin",
            "rev",
            "lag",
            "diff",
            "seq_along",
            "seq_len",
            "rep",
            "rep_len",
            "order",
            "sort",
            "rank",
            "ave",
            "filter",
            "embed",
            "head",
            "tail",
            "shift",
            "lead",
            "unique",
            "which",
            "append",
        ],
        _ORDER,
    ),
    **dict.fromkeys(
        [
            "sum",
            "prod",
            "var",
            "quantile",
            "range",
            "length",
            "nrow",
            "ncol",
            "NROW",
            "NCOL",
            "mad",
            "IQR",
            "table",
            "tapply",
            "any",
            "all",
        ],
        _WHOLE,
    ),
    **dict.fromkeys(
        [
            "data.frame",
            "list",
            "as.matrix",
            "as.data.frame",
            "tibble",
            "rbind",
            "outer",
            "array",
            "vector",
            "model.matrix",
        ],
        _TABLE,
    ),
    **dict.fromkeys(
        ["rnorm", "runif", "rbinom", "rpois", "sample", "Sys.time", "Sys.Date", "date", "jitter"], _RANDOM
    ),
    "reorder": "it orders levels by another variable; give the order with factor(x, levels = c(…))",
    "s": "it is a smooth term of mgcv; use ns(x, df = …) or bs(x, df = …)",
    "te": "it is a smooth term of mgcv; use products of ns() terms",
    "tt": "it is a time transform of survival models; rglm has none",
    "weights": "weights are an argument, weights=, not part of the formula",
    "offset": "an offset is a term of its own and cannot stand inside a call",
    "get": "names are looked up in the data; write the column's name",
    "Q": "write a column name that is not a plain word in backticks: `my var`",
    "eval": "a formula runs no code; pass a function in env=",
    "lm": "a formula holds no models",
    "glm": "a formula holds no models",
    "Surv": "rglm has no survival models",
    "std": "NumPy's std divides by n, R's sd by n - 1; write sd(x) or scale(x)",
}


@lru_cache(maxsize=1024)
def find(name: str) -> Function | Learner | None:
    """The table's entry for a name as written, with or without `stats::` or `splines::`."""
    bare = name.removeprefix("stats::").removeprefix("splines::")
    bare = _NUMPY.get(bare, bare)
    return FUNCTIONS.get(bare) or LEARNERS.get(bare)


def unknown(name: str, env: tuple[str, ...]) -> FormulaError:
    """The refusal of a function that is not in the table: why, and what to write instead."""
    bare = name.rpartition("::")[2]
    if bare in REFUSED:
        return FormulaError(f"The function '{name}' cannot be used in a formula: {REFUSED[bare]}.")
    hint = did_you_mean(bare, [*FUNCTIONS, *LEARNERS, *env])
    return FormulaError(
        f"The function '{name}' is not known. {hint} Your own functions can be passed in env={{…}}."
    )
