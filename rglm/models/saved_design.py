"""A DesignSpec as plain JSON values and back: formula text, levels, contrasts, what transforms learned."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from rglm.design.spec import DesignSpec, ResponseSpec, Variable
from rglm.errors import FitError, described, some
from rglm.formula.constants import constant
from rglm.formula.evaluate import learners
from rglm.formula.factors import Coding
from rglm.formula.grammar import children, deparse, names_in, parse, parse_expression
from rglm.formula.interaction import Cells
from rglm.formula.learners import Intervals, Scaling
from rglm.formula.polynomial import Polynomial
from rglm.formula.splines import Spline
from rglm.formula.terms import Terms, terms
from rglm.formula.tree import Call, Node
from rglm.formula.values import Contrast, Logical, Numbers
from rglm.inference.fitted import Fitted
from rglm.models.codec import Misread, member, read, read_float, written

LEARNED = {kind.__name__: kind for kind in (Cells, Coding, Intervals, Polynomial, Scaling, Spline)}
"""Records that functions of the formula language learn; mean, sd, min, max and median learn a number."""

KINDS = ("numeric", "logical", "text")
"""What a column of the data holds."""

Columns = tuple[tuple[str, str], ...]


def column_kinds(fit: Fitted) -> Columns:
    """The columns of the data that a model reads, in the data's order, and what each holds."""
    kept: Columns | None = getattr(fit.source, "kinds", None)
    if kept is not None:
        return kept
    block = next(iter(fit.source.blocks()))
    return tuple((name, _kind(block[name])) for name in fit.source.names if name in fit.design.reads)


def _kind(value: Any) -> str:
    if isinstance(value, Numbers):
        return "numeric"
    return "logical" if isinstance(value, Logical) else "text"


def write_design(design: DesignSpec, columns: Columns) -> dict[str, Any]:
    """A design as JSON values.

    Raises
    ------
    FitError
        When it holds a function of the caller's, or text that does not read back as the same formula.
    """
    env = _constants(design)
    document = {
        "formula": design.formula.text,
        "columns": [list(pair) for pair in columns],
        "variables": [_write_variable(each) for each in design.variables],
        "learned": [[deparse(node), _write_learned(value)] for node, value in design.learned],
        "arguments": {name: deparse(node) for name, node in design.extras},
        "subset": None if design.subset is None else deparse(design.subset),
        "response": None if design.response is None else written(design.response),
        "constants": {name: _write_constant(value) for name, value in env.items()},
    }
    again, _ = read_design(document)
    if not same(again, replace(design, env=env)):
        raise FitError(
            f"save() cannot write the formula {design.formula} so that it reads back the same. A number in "
            "it may have more digits than R writes (15): put it in env={…} under a name."
        )
    return document


def read_design(document: Any) -> tuple[DesignSpec, Columns]:
    """The design and its columns from JSON values; Misread where they do not make one."""
    formula = parse(read(member(document, "formula"), str))
    columns: Columns = read(member(document, "columns"), tuple[tuple[str, str], ...])
    if not all(kind in KINDS for _, kind in columns):
        raise Misread(f"columns hold {some(KINDS)}")
    extras = {
        name: parse_expression(read(text, str)) for name, text in _object(document, "arguments").items()
    }
    exclude = frozenset[str]().union(*map(names_in, extras.values()))
    names = tuple(name for name, _ in columns)
    found = terms(formula, names, exclude)
    subset = read(member(document, "subset"), str | None)
    subset_node = None if subset is None else parse_expression(subset)
    nodes = [*found.variables, *extras.values(), *([] if subset_node is None else [subset_node])]
    design = DesignSpec(
        formula=formula,
        terms=found,
        variables=_read_variables(member(document, "variables"), found),
        learned=_read_learned(member(document, "learned"), nodes),
        extras=tuple(extras.items()),
        subset=subset_node,
        response=read(member(document, "response"), ResponseSpec | None),
        reads=frozenset(names),
        env={name: _read_constant(value) for name, value in _object(document, "constants").items()},
    )
    _ = design.layout
    return design, columns


def same(one: DesignSpec, other: DesignSpec) -> bool:
    """Whether two designs encode alike, whatever objects hold what they learned."""
    names = ("formula", "terms", "variables", "extras", "subset", "response", "parameters", "reads")
    if any(getattr(one, name) != getattr(other, name) for name in names):
        return False
    mine, theirs = one.env, other.env
    return mine.keys() == theirs.keys() and all(np.array_equal(mine[name], theirs[name]) for name in mine)


def _object(document: Any, name: str) -> Mapping[str, Any]:
    value = member(document, name)
    if not isinstance(value, dict):
        raise Misread(f"'{name}' must be an object, and is {described(value)}")
    return value


# Variables


def _write_variable(variable: Variable) -> dict[str, Any]:
    return {
        "name": variable.name,
        "kind": variable.kind,
        "levels": written(variable.levels),
        "ordered": variable.ordered,
        "contrast": written(variable.contrast),
        "columns": written(variable.columns),
    }


def _read_variables(value: Any, found: Terms) -> tuple[Variable, ...]:
    if not isinstance(value, list) or len(value) != len(found.variables):
        raise Misread(f"the formula has {len(found.variables)} variables, and {described(value)} came")
    return tuple(_read_variable(each, node) for each, node in zip(value, found.variables, strict=True))


def _read_variable(value: Any, node: Node) -> Variable:
    name = read(member(value, "name"), str)
    if name != deparse(node):
        raise Misread(f"the variable {deparse(node)} was expected, and '{name}' came")
    return Variable(
        node,
        name,
        read(member(value, "kind"), str),
        read(member(value, "levels"), tuple[str, ...] | None),
        read(member(value, "ordered"), bool),
        read(member(value, "contrast"), Contrast | None),
        read(member(value, "columns"), tuple[str, ...] | None),
    )


# What transforms learned


def _write_learned(value: object) -> Any:
    if value is None or isinstance(value, float):
        return written(value)
    return {type(value).__name__: written(value)}


def _read_learned(value: Any, nodes: Iterable[Node]) -> tuple[tuple[Node, object], ...]:
    """Pairs of call and parameters; the calls are those of the formula, by their text."""
    calls = {deparse(call): call for node in nodes for depth in learners(node) for call in depth}
    if not isinstance(value, list):
        raise Misread(f"'learned' must be a list, and is {described(value)}")
    found = []
    for pair in value:
        if not isinstance(pair, list) or len(pair) != 2 or pair[0] not in calls:
            raise Misread(f"'learned' holds {described(pair)}, which is no call of the formula")
        found.append((calls[pair[0]], _read_parameters(pair[1])))
    if len(found) != len(calls):
        raise Misread(f"the formula has {len(calls)} calls that learn, and {len(found)} came")
    return tuple(found)


def _read_parameters(value: Any) -> object:
    if not isinstance(value, dict):
        return None if value is None else read_float(value)
    for name, parameters in value.items():
        if name not in LEARNED:
            break
        return read(parameters, LEARNED[name])
    raise Misread(f"parameters must be one of {some(LEARNED, 20)}, and are {some(value)}")


# Names from env=


def _constants(design: DesignSpec) -> dict[str, Any]:
    """The constants of env= that the design reads; FitError for a function, or what is no constant."""
    nodes = [*(each.node for each in design.variables), *(node for _, node in design.extras)]
    nodes += [] if design.subset is None else [design.subset]
    columns = design.reads
    read_names = frozenset[str]().union(*map(names_in, nodes)) - columns
    called = frozenset[str]().union(*map(_called, nodes))
    for name in sorted((read_names | called) & design.env.keys()):
        value = design.env[name]
        if name in called or constant(value, name) is None:
            raise FitError(
                f"save() cannot write '{name}' from env=, {described(value)}: a model file holds numbers and "
                "text, no code. Compute what it gives as a column of the data, and fit with that."
            )
    return {name: design.env[name] for name in sorted(read_names & design.env.keys())}


def _called(node: Node) -> frozenset[str]:
    inside = frozenset[str]().union(*map(_called, children(node)))
    return inside | {node.function} if isinstance(node, Call) else inside


def _write_constant(value: Any) -> Any:
    array = np.asarray(value)
    return written(array.tolist() if array.ndim else array.item())


def _read_constant(value: Any) -> Any:
    if isinstance(value, list):
        listed = [_read_constant(each) for each in value]
        return np.array(listed) if listed and not isinstance(listed[0], str) else listed
    if isinstance(value, bool | str | int | float):
        return value
    raise Misread(f"a constant was expected, and {described(value)} came")
