"""A formula meets data: what must be remembered is learned, and the rows of the fit are encoded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd

from rglm.data.columns import read_array
from rglm.data.memory import MemorySource
from rglm.data.missing import Mask, MissingReport
from rglm.data.native import align, lengths, same_index
from rglm.data.source import Source
from rglm.design.encode import Encoded, offset_of, piece_together
from rglm.design.response import classify
from rglm.design.rows import Request, blocks, check, draw
from rglm.design.shape import Shape, shape_of, variable
from rglm.design.spec import DesignSpec, ResponseSpec, Variable, recode
from rglm.errors import DataError, FormulaError, described
from rglm.formula.deparse import deparse
from rglm.formula.evaluate import Scope, finish, gather, learners
from rglm.formula.grammar import names_in, parse, parse_expression
from rglm.formula.terms import Terms, terms
from rglm.formula.tree import Formula, Name, Node
from rglm.formula.values import Codes, Floats, Logical, Numbers, Response


def learn(
    formula: Formula | str,
    source: Source,
    *,
    extras: Mapping[str, Any] | None = None,
    subset: Any = None,
    contrasts: Mapping[str, Any] | None = None,
    na_action: str = "omit",
    success: object = None,
    env: Mapping[str, Any] | None = None,
) -> tuple[DesignSpec, Encoded | None]:
    """Learn from the data what a formula needs to be encoded, and encode the rows of the fit.

    Transforms learn from every row where their own input is present; levels from the rows inside the subset
    where nothing is missing.  Prior weights do not enter.

    Parameters
    ----------
    formula
        Formula text, or a parsed formula.
    source
        The rows; one pass for each nest of learners and one for the levels (none more in memory).
    extras
        Row-wise arguments by name ("weights", "offset", …): a column's name or expression as text, an
        expression tree, or an array (n,).
    subset
        The rows to use: a column's name or an expression as text, an expression tree, or a mask (n,).
    contrasts
        Contrast of each factor named: a contrast's name, a matrix, or a Contrast.
    na_action
        "omit" and "exclude" leave incomplete rows out; "fail" refuses them.
    success
        The level of the response that is modelled.
    env
        The caller's functions and constants.

    Returns
    -------
    The DesignSpec and, for rows in memory, these rows encoded (None for other sources).

    Raises
    ------
    FormulaError
        when the formula cannot be read, names something unknown, or is refused by R.
    DataError
        when the data cannot give what is asked for: no rows left, a column all missing or infinite, a factor
        of one level, an argument of another length or kind.

    Source: R's `model.frame` and `model.matrix`; Chambers and Hastie, Statistical Models in S, 1992, ch. 3.

    Examples
    --------
    >>> from rglm.data.memory import as_source
    >>> spec, encoded = learn("y ~ a", as_source({"y": [1.0, 2.0, None], "a": ["u", "v", "w"]}))
    >>> spec.column_names, encoded.kept.tolist()
    (('(Intercept)', 'av'), [0, 1])
    """
    request = _request(formula, source, extras or {}, subset, {} if env is None else env)
    learned = _learn_parameters(request, source)
    if not isinstance(source, MemorySource):
        shapes, report = _shapes(request, source, learned)
        check(report, na_action)
        return _spec(request, shapes, learned, source.names, contrasts, success), None
    drawn = draw(request, source.columns, learned)
    check(drawn.missing, na_action)
    shaped = [shape_of(value) for value in drawn.values]
    spec = _spec(request, [shape for shape, _ in shaped], learned, source.names, contrasts, success)
    arrays = {index: array for index, (_, array) in enumerate(shaped)}
    encoded = Encoded(
        block=piece_together(spec, arrays, drawn.n),
        response=_response(spec.response, arrays, drawn.kept),
        extras=drawn.extras,
        formula_offset=offset_of(spec, arrays),
        kept=drawn.kept,
        n_rows_in=source.columns.n_rows,
        missing=drawn.missing,
        variables=arrays,
    )
    return spec, encoded


def as_node(value: Any, columns: Sequence[str], name: str) -> Any:
    """Text as the column of that name or else as an expression; anything else as it is.

    FormulaError, saying which argument `name` it is, where the text cannot be read.
    """
    if not isinstance(value, str):
        return value
    try:
        return Name(value) if value in columns else parse_expression(value)
    except FormulaError as error:
        raise FormulaError(f"In {name}=: {error}") from None


def _request(
    formula: Formula | str, source: Source, extras: Mapping[str, Any], subset: Any, env: Mapping[str, Any]
) -> Request:
    if isinstance(formula, str):
        formula = parse(formula)
    if not isinstance(env, Mapping):
        raise DataError(f'env must be a dict of names, such as env={{"f": f}}; got {described(env)}.')
    nodes: dict[str, Node] = {}
    arrays: dict[str, Floats] = {}
    for name, value in extras.items():
        if value is None:
            continue
        node = as_node(value, source.names, name)
        if isinstance(node, Node):
            nodes[name] = node
        else:
            arrays[name] = align(name, node, _frame(source), _rows_of(source, name))
    subset = as_node(subset, source.names, "subset")
    if subset is not None and not isinstance(subset, Node):
        subset = _mask(subset, source)
    exclude = frozenset[str]().union(*map(names_in, nodes.values())) if nodes else frozenset[str]()
    found = terms(formula, source.names, exclude)
    return Request(formula, found, _names(found), nodes, arrays, subset, env)


@lru_cache(maxsize=256)
def _names(found: Terms) -> tuple[str, ...]:
    return tuple(map(deparse, found.variables))


def _frame(source: Source) -> object:
    return source.data if isinstance(source, MemorySource) else None


def _rows_of(source: Source, name: str) -> int:
    if source.n_rows is None:
        raise DataError(
            f"{name} is given as an array, but the number of rows of this source is not known beforehand. "
            f"Make {name} a column of the data, and give its name."
        )
    return source.n_rows


def _mask(subset: Any, source: Source) -> Mask:
    """A subset given as an array: one TRUE or FALSE a row."""
    n_rows = _rows_of(source, "subset")
    lengths("subset", subset, n_rows, "TRUE or FALSE")
    frame = _frame(source)
    if isinstance(subset, pd.Series) and isinstance(frame, pd.DataFrame):
        same_index("subset", subset, frame)
    value = read_array(subset, "subset")
    if not isinstance(value, Logical):
        raise DataError(
            "subset must be a mask, TRUE or FALSE for each row, or an expression such as 'x > 3'; "
            f"it holds {'numbers' if isinstance(value, Numbers) else 'strings or categories'}. "
            "To pick rows by number give data.iloc[rows] as the data."
        )
    mask: Mask = value.values == 1.0
    return mask


@lru_cache(maxsize=256)
def _passes(found: Terms, extras: tuple[Node, ...]) -> tuple[tuple[Node, ...], ...]:
    """The learners of all expressions, innermost first: one pass over the data for each tuple."""
    passes: list[dict[Node, None]] = []
    for node in (*found.variables, *extras):
        for depth, calls in enumerate(learners(node)):
            if depth == len(passes):
                passes.append({})
            passes[depth].update(dict.fromkeys(calls))
    return tuple(map(tuple, passes))


def _learn_parameters(request: Request, source: Source) -> dict[Node, object]:
    """Parameters of every learner, in as many passes as the deepest nest."""
    extras = list(request.extras.values())
    if isinstance(request.subset, Node):
        extras.append(request.subset)
    learned: dict[Node, object] = {}
    for calls in _passes(request.terms, tuple(extras)):
        sums: dict[Node, Any] = {}
        for columns in source.blocks():
            scope = Scope(columns, columns.n_rows, request.env, learned, request.warned)
            for call in calls:
                part = gather(call, scope)
                sums[call] = sums[call] + part if call in sums else part
        learned.update({call: finish(call, total) for call, total in sums.items()})
    return learned


def _shapes(
    request: Request, source: Source, learned: Mapping[Node, object]
) -> tuple[list[Shape], MissingReport]:
    """What every block shows of the variables, added up."""
    shapes: list[Shape] = []
    report = MissingReport(0, 0)
    for start, columns in blocks(source.blocks()):
        drawn = draw(request, columns, learned, start)
        report = report + drawn.missing
        if drawn.n:
            found = [shape_of(value)[0] for value in drawn.values]
            shapes = [old + new for old, new in zip(shapes, found, strict=True)] if shapes else found
    return shapes, report


def _spec(
    request: Request,
    shapes: Sequence[Shape],
    learned: Mapping[Node, object],
    columns: Sequence[str],
    contrasts: Mapping[str, Any] | None,
    success: object,
) -> DesignSpec:
    """The design, from what the variables turned out to be."""
    found = request.terms
    needed = {index for term in found.terms for index in term}
    variables: list[Variable] = []
    response = None
    for index, (node, name, shape) in enumerate(zip(found.variables, request.names, shapes, strict=True)):
        variables.append(variable(node, name, shape, index in needed))
    if found.response is not None:
        response = classify(request.names[0], shapes[0], success)
    spec = DesignSpec(
        formula=request.formula,
        terms=found,
        variables=tuple(variables),
        learned=tuple(learned.items()),
        extras=tuple(request.extras.items()),
        subset=request.subset if isinstance(request.subset, Node) else None,
        response=response,
        reads=_reads(request, columns),
        env=request.env,
    )
    spec = spec if contrasts is None else recode(spec, contrasts)
    for index in spec.offsets:
        if variables[index].is_factor or variables[index].width != 1:
            raise DataError(f"offset({variables[index].name}) must be numeric, one number a row.")
    _ = spec.layout  # a coding that its levels do not allow is refused here, not when rows are encoded
    return spec


def _reads(request: Request, columns: Sequence[str]) -> frozenset[str]:
    """Columns of the data that anything in the request reads."""
    nodes = [*request.extras.values()]
    if isinstance(request.subset, Node):
        nodes.append(request.subset)
    read = _names_read(request.terms).union(*map(names_in, nodes))
    return read.intersection(columns)


@lru_cache(maxsize=256)
def _names_read(found: Terms) -> frozenset[str]:
    return frozenset[str]().union(*map(names_in, found.variables))


def _response(spec: ResponseSpec | None, arrays: Mapping[int, Codes | Floats], kept: Any) -> Response | None:
    """The response of the fitted rows; their codes are into its levels already."""
    if spec is None:
        return None
    values = np.asarray(arrays[0], dtype=np.float64)
    if spec.kind == "numeric":
        values = values[:, 0]
    return Response(spec.kind, values, spec.name, spec.levels, spec.success, kept)
