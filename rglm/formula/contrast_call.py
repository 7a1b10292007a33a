"""`C(a, …)`: a factor that carries its contrast."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from rglm.formula.arguments import Arguments, deparsed, match
from rglm.formula.contrasts import (
    MOST_LEVELS,
    contrast_matrix,
    known_contrast,
    matrix_contrast,
    parse_contrast,
    polynomial_contrast,
)
from rglm.formula.factors import Coding as Coding
from rglm.formula.factors import LevelOptions, LevelSums, Seen, keep, see
from rglm.formula.tree import Call, Constant, Name, Node, Number, String
from rglm.formula.values import Contrast, Numbers
from rglm.formula.vectors import is_many, kind, length

C_FORMALS = ("object", "contr", "how.many", "base", "scores")
_CALL_FORMALS = ("n", "base", "reference", "scores", "contrasts", "sparse")


def gather_c(arguments: Arguments) -> LevelSums:
    """C(object, contr, how.many, base, scores)."""
    options = LevelOptions(deparsed(arguments.call), contrast=_contrast(arguments))
    return LevelSums(see(arguments.value("object")), c_rule, options)


def c_rule(seen: Seen, options: LevelOptions) -> Coding:
    """The levels as they are, with the contrast."""
    return keep(seen.levels, seen.ordered, options.contrast)


def apply_c(arguments: Arguments, coding: object) -> object:
    """The factor with its learned levels and its contrast."""
    assert isinstance(coding, Coding)
    return coding.code(arguments.value("object"))


def _contrast(arguments: Arguments) -> Contrast | None:
    given = [name for name in ("how.many", "base", "scores") if arguments.has(name)]
    if not arguments.has("contr"):
        if given:
            raise arguments.refuse(f"'{given[0]}' needs a contrast before it, such as contr.treatment")
        return None
    contrast = _contrast_of(arguments, arguments.nodes["contr"])
    if arguments.has("scores"):
        contrast = _scored(arguments, contrast)
    if arguments.has("base"):
        if contrast.name != "contr.treatment":
            raise arguments.refuse(f"'base' belongs to contr.treatment, not to {contrast.name}")
        contrast = replace(contrast, base=_base(arguments, arguments.nodes["base"]))
    if arguments.has("how.many"):
        contrast = replace(contrast, columns=arguments.count("how.many", 1, 1, MOST_LEVELS))
    return contrast


def _scored(arguments: Arguments, contrast: Contrast) -> Contrast:
    scores = arguments.numbers("scores")
    if contrast.name != "contr.poly" or scores is None:
        raise arguments.refuse("'scores' belongs to contr.poly")
    matrix, names = polynomial_contrast(scores)
    return matrix_contrast(matrix, names, complete=True)


def _base(arguments: Arguments, node: Node) -> int | str:
    if isinstance(node, String):
        return node.value
    if isinstance(node, Number) and node.value == int(node.value):
        return int(node.value)
    raise arguments.refuse("'base' must be the number or the name of a level")


def _contrast_of(arguments: Arguments, node: Node) -> Contrast:
    if isinstance(node, Name) and node.id in arguments.scope.env:
        return _from_env(arguments.scope.env[node.id])
    if isinstance(node, Name):  # R calls contr.treatment itself with the number of levels, hence the numbers
        return replace(parse_contrast(node.id), numbered=node.id in ("contr.treatment", "contr.SAS"))
    if isinstance(node, String):
        return parse_contrast(node.value)
    if isinstance(node, Call):
        name = known_contrast(node.function.removeprefix("stats::"))
        if name is not None:
            return _called(arguments, node, name)
    value = arguments.evaluate(node)
    if not isinstance(value, Numbers) or not (is_many(value) or length(value) == 1):
        raise arguments.refuse(
            f"a contrast is a name, such as contr.sum, or a constant matrix, not {kind(value)} data"
        )
    return matrix_contrast(value.values, value.names, complete=True)


def _from_env(value: object) -> Contrast:
    contrast = parse_contrast(value)
    return replace(contrast, columns=None) if contrast.matrix is not None else contrast


def _called(arguments: Arguments, call: Call, name: str) -> Contrast:
    """`contr.sum(3)` is the matrix for 3 levels; `Treatment(reference = "b")`, `Sum()` are Python's words."""
    nodes, _ = match(call, _CALL_FORMALS)
    base = nodes.get("base", nodes.get("reference"))
    number = nodes.get("n")
    if isinstance(number, String) and base is None:
        number, base = None, number
    if number is None:
        if isinstance(base, String) or (base is None and not call.function.startswith("contr.")):
            return Contrast(name, base=base.value if isinstance(base, String) else None)
        plain = f"C({deparsed(arguments.nodes['object'])}, {name}"
        remedy = f"{plain}, base = {deparsed(base)})" if base is not None else f"{plain})"
        raise arguments.refuse(f"{call.function}() needs the number of levels; write {remedy}")
    if not isinstance(number, Number) or number.value != int(number.value) or not 2 <= number.value <= 500:
        raise arguments.refuse(f"{call.function}() needs a whole number of levels from 2 to 500")
    contrast = Contrast(name, base=None if base is None else _base(arguments, base))
    if _is_false(nodes.get("contrasts")):
        return matrix_contrast(np.eye(int(number.value)), None, complete=True)
    matrix, names = contrast_matrix(contrast, tuple(str(level) for level in range(1, int(number.value) + 1)))
    return matrix_contrast(matrix, names, complete=True)


def _is_false(node: Node | None) -> bool:
    return isinstance(node, Constant) and node.name.upper() == "FALSE"
