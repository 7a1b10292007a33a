"""The functions of the formula language that SQL can say, with R's meaning of missing values."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import Any, TypeAlias

from rglm.formula.factors import Coding
from rglm.formula.interaction import Cells
from rglm.formula.learners import Intervals, Scaling
from rglm.formula.polynomial import Polynomial
from rglm.formula.splines import Spline
from rglm.formula.tree import Node
from rglm.models.sql.bases import MOST_DEGREE, orthogonal, raw, spline
from rglm.models.sql.expressions import Given, divided
from rglm.models.sql.values import Levels, Numbers, Strings, Truth, Value, any_of, case

Write: TypeAlias = Callable[[Given], Value]

MOST_CELLS = 10_000
"""Combinations of levels of interaction() that are written out."""


def elementary(name: str, where: str | None = None, formal: str = "x") -> Write:
    """A function of one number, NULL where `where` (a condition on {x}) does not hold."""

    def write(given: Given) -> Value:
        own = given.writer.dialect.functions.get(name)

        def one(x: str) -> str:
            text = f"{name}({x})" if own is None else own(x)
            return text if where is None else case([(where.replace("{x}", x), text)])

        return given.writer.each(given.call, [given.nodes[formal]], one)

    return write


def formula(write: Callable[[Given, str], str], formal: str = "x") -> Write:
    """A function of one number that is written out."""
    return lambda given: given.writer.each(given.call, [given.nodes[formal]], lambda x: write(given, x))


def _exp(given: Given, x: str) -> str:
    own = given.writer.dialect.functions.get("exp")
    return f"exp({x})" if own is None else own(x)


def _log1p(given: Given, x: str) -> str:
    """ln(1 + x), with all its digits where x is small."""
    return case([(f"abs({x}) < 0.5", f"(2 * atanh({x} / (2 + {x})))"), (f"{x} > -1", f"ln(1 + {x})")])


def _expm1(given: Given, x: str) -> str:
    """exp(x) - 1, with all its digits where x is small."""
    return case([(f"abs({x}) < 1", f"(2 * exp({x} / 2) * sinh({x} / 2))")], f"({_exp(given, x)} - 1)")


def _log(given: Given) -> Value:
    """log(x), log(x, base)."""
    if "base" not in given.nodes:
        return elementary("ln", "{x} > 0")(given)
    if not given.writer._is_constant(given.nodes["base"]):
        raise given.cannot("the base of its logarithm is a column")
    base = given.writer.floats(given.nodes["base"])[0]
    exact = {2.0: "log2", 10.0: "log10"}.get(base)
    if exact is not None:
        return elementary(exact, "{x} > 0")(given)
    bottom = given.writer.dialect.number(base)
    return formula(lambda g, x: case([(f"{x} > 0", f"(ln({x}) / ln({bottom}))")]))(given)


def _round(given: Given) -> Value:
    """round(x), halves to even."""
    if "digits" in given.nodes and given.writer.floats(given.nodes["digits"]) != (0.0,):
        raise given.cannot("databases round decimals in different ways")
    return elementary("round")(given)


def _extreme(name: str, op: str) -> Write:
    """pmin and pmax: NULL where any argument is."""

    def write(given: Given) -> Value:
        if "na.rm" in given.nodes:
            raise given.cannot("na.rm= skips missing values, which databases do in different ways")
        own = given.writer.dialect.functions.get(name)

        def pick(*x: str) -> str:
            if len(x) == 1:
                return x[0]
            known = " AND ".join(f"{each} IS NOT NULL" for each in x)
            return case([(known, f"{name}({', '.join(x)})" if own is None else own(*x))])

        return given.writer.each(given.call, list(given.dots), pick)

    return write


def _ifelse(given: Given) -> Value:
    """ifelse(test, yes, no): NULL where the test is."""
    writer, nodes = given.writer, given.nodes
    test = writer.truth(nodes["test"])
    sides = [writer.value(nodes[name]) for name in ("yes", "no")]
    if any(isinstance(side, Strings) or _text(side) for side in sides):
        yes, no = (writer.text(nodes[name]) for name in ("yes", "no"))
        return Strings(case([(test, yes), (f"NOT {test}", no)]))
    if all(isinstance(side, Truth) for side in sides):
        yes, no = (writer.truth(nodes[name]) for name in ("yes", "no"))
        return Truth(case([(test, yes), (f"NOT {test}", no)]))
    return writer.each(
        given.call, [nodes["yes"], nodes["no"]], lambda yes, no: case([(test, yes), (f"NOT {test}", no)])
    )


def _text(value: Any) -> bool:
    return any(isinstance(each, str) for each in getattr(value, "values", ()))


def _missing(given: Given) -> Value:
    """is.na(x)."""
    value = given.writer.value(given.nodes["x"])
    if isinstance(value, Levels):
        return Truth(f"(NOT COALESCE({any_of(value.conditions)}, FALSE))")
    text = value.columns[0] if isinstance(value, Numbers) else getattr(value, "text", "0")
    return Truth(f"({text} IS NULL)")


def _find_interval(given: Given) -> Value:
    """findInterval(x, vec): how many of the cuts a number has passed."""
    if given.nodes.keys() - {"x", "vec"}:
        raise given.cannot("only findInterval(x, vec) is written")
    writer = given.writer
    cuts, x = writer.floats(given.nodes["vec"]), writer.number(given.nodes["x"])
    pairs = [(f"{x} < {writer.dialect.number(cut)}", writer.dialect.number(i)) for i, cut in enumerate(cuts)]
    last = (f"{x} IS NOT NULL", writer.dialect.number(float(len(cuts))))
    return Numbers((case([*pairs, last]),))


def _bind(given: Given) -> Value:
    """cbind(…)."""
    return Numbers(tuple(column for node in given.dots for column in given.writer.numbers(node)))


def _same(given: Given) -> Value:
    """I(x), {x}."""
    return given.writer.value(given.nodes["x"])


def _combine(given: Given) -> Value:
    """c(x) of one column."""
    if len(given.dots) != 1:
        raise given.cannot("columns cannot be joined end to end")
    return given.writer.value(given.dots[0])


def _as_character(given: Given) -> Value:
    """as.character(x) of text and factors."""
    return Strings(given.writer.text(given.nodes["x"]))


# ---- what remembers --------------------------------------------------------------------------------


def _remembered(given: Given) -> Value:
    """mean(x) and its like: the number that was learned."""
    return Numbers((given.writer.dialect.number(float(given.learned)),))


def _scaling(given: Given) -> Value:
    """scale(x), center(x)."""
    learned: Scaling = given.learned
    number, columns = given.writer.dialect.number, given.writer.numbers(given.nodes["x"])
    if learned.centre is not None:
        columns = tuple(
            f"({x} - {number(c)})" for x, c in zip(columns, _spread(learned.centre, columns), strict=True)
        )
    if learned.spread is not None:
        columns = tuple(
            divided(x, number(s)) for x, s in zip(columns, _spread(learned.spread, columns), strict=True)
        )
    return Numbers(columns)


def _spread(values: tuple[float, ...], columns: tuple[str, ...]) -> tuple[float, ...]:
    return values * len(columns) if len(values) == 1 else values


def _cut(given: Given) -> Value:
    """cut(x, breaks): the interval, open on one side."""
    learned: Intervals = given.learned
    x, number = given.writer.number(given.nodes["x"]), given.writer.dialect.number
    breaks, last = learned.breaks, len(learned.breaks) - 2
    conditions = []
    for i in range(last + 1):
        low, high = (">", "<=") if learned.right else (">=", "<")
        if learned.lowest and learned.right and i == 0:
            low = ">="
        if learned.lowest and not learned.right and i == last:
            high = "<="
        ends = [
            f"{x} {op} {number(end)}"
            for op, end in ((low, breaks[i]), (high, breaks[i + 1]))
            if abs(end) < float("inf")
        ]
        conditions.append(f"({' AND '.join(ends) or f'{x} IS NOT NULL'})")
    if learned.labels is None:
        return Numbers((case([(each, number(i + 1.0)) for i, each in enumerate(conditions)]),))
    return Levels(learned.labels, tuple(conditions))


def _poly(given: Given) -> Value:
    """poly(x, degree), raw or orthogonal."""
    learned: Polynomial = given.learned
    if learned.variables != 1:
        raise given.cannot("it is a polynomial of several variables")
    if learned.degree > MOST_DEGREE:
        raise given.cannot(f"polynomials are written up to degree {MOST_DEGREE}")
    dialect, x = given.writer.dialect, given.writer.number(given.nodes["x"])
    if learned.recurrences is None:
        return Numbers(raw(dialect, learned.degree, x))
    return Numbers(orthogonal(dialect, learned.recurrences[0], x))


def _spline(given: Given) -> Value:
    """bs(x), ns(x)."""
    learned: Spline = given.learned
    if learned.degree > MOST_DEGREE:
        raise given.cannot(f"splines are written up to degree {MOST_DEGREE}")
    return Numbers(spline(given.writer.dialect, learned, given.writer.number(given.nodes["x"])))


def _coding(formal: str) -> Write:
    """factor(x) and its like: old levels under new names."""

    def write(given: Given) -> Value:
        return _recoded(given, given.nodes[formal], given.learned)

    return write


def _recoded(given: Given, node: Node, coding: Coding) -> Levels:
    conditions = dict(zip(coding.sources, given.writer.conditions(node, coding.sources), strict=True))
    found: dict[str, list[str]] = {level: [] for level in coding.levels}
    for source, target in zip(coding.sources, coding.targets, strict=True):
        if target is not None:
            found[target].append(conditions[source])
    return Levels(coding.levels, tuple(any_of(each) for each in found.values()))


def _codes(given: Given) -> Value:
    """as.numeric(x): the codes of a factor, the number itself, 0 and 1."""
    coding = given.writer.parameters(given.call) if given.call in given.writer.learned else None
    if isinstance(coding, Coding):
        levels = _recoded(given, given.nodes["x"], coding)
        pairs = [(each, given.writer.dialect.number(i)) for i, each in enumerate(levels.conditions, start=1)]
        return Numbers((case(pairs),))
    return Numbers(given.writer.numbers(given.nodes["x"]))


def _integers(given: Given) -> Value:
    """as.integer(x)."""
    codes = _codes(given)
    assert isinstance(codes, Numbers)
    return Numbers(tuple(f"trunc({x})" for x in codes.columns))


def _interaction(given: Given) -> Value:
    """interaction(a, b): the combinations of levels."""
    learned: Cells = given.learned
    sizes = 1
    for margin in learned.margins:
        sizes *= len(margin)
    if sizes > MOST_CELLS:
        raise given.cannot(f"it has {sizes} combinations of levels; at most {MOST_CELLS} are written")
    margins = [
        dict(zip(margin, given.writer.conditions(node, margin), strict=True))
        for margin, node in zip(learned.margins, given.dots, strict=True)
    ]
    found: dict[str, list[str]] = {level: [] for level in learned.levels}
    for cell in product(*learned.margins):
        name = learned.separator.join(cell)
        if name in found:
            parts = [margin[level] for margin, level in zip(margins, cell, strict=True)]
            found[name].append(f"({' AND '.join(parts)})")
    return Levels(learned.levels, tuple(any_of(each) for each in found.values()))


FUNCTIONS: dict[str, Write] = {
    "I": _same,
    "{": _same,
    "c": _combine,
    "cbind": _bind,
    "log": _log,
    "log2": elementary("log2", "{x} > 0"),
    "log10": elementary("log10", "{x} > 0"),
    "log1p": formula(_log1p),
    "exp": formula(_exp),
    "expm1": formula(_expm1),
    "sqrt": elementary("sqrt", "{x} >= 0"),
    "abs": elementary("abs"),
    "sin": elementary("sin"),
    "cos": elementary("cos"),
    "tan": elementary("tan"),
    "floor": elementary("floor"),
    "ceiling": elementary("ceil"),
    "ceil": elementary("ceil"),
    "trunc": elementary("trunc"),
    "sign": elementary("sign"),
    "round": _round,
    "plogis": formula(lambda given, x: f"(1 / (1 + {_exp(given, f'(- {x})')}))", "q"),
    "qlogis": formula(lambda given, x: case([(f"{x} > 0 AND {x} < 1", f"ln({x} / (1 - {x}))")]), "p"),
    "pmin": _extreme("least", "<"),
    "pmax": _extreme("greatest", ">"),
    "ifelse": _ifelse,
    "is.na": _missing,
    "findInterval": _find_interval,
    "as.character": _as_character,
    **dict.fromkeys(("mean", "sd", "min", "max", "median"), _remembered),
    **dict.fromkeys(("scale", "center"), _scaling),
    "cut": _cut,
    "poly": _poly,
    **dict.fromkeys(("bs", "ns"), _spline),
    **dict.fromkeys(("factor", "ordered", "as.factor", "as.ordered", "droplevels", "relevel"), _coding("x")),
    "C": _coding("object"),
    "interaction": _interaction,
    "as.numeric": _codes,
    "as.integer": _integers,
}
