"""Terms and rows become blocks of columns; what was learned on the way is a frozen value."""

from __future__ import annotations

from typing import Any

from rglm.data.memory import as_source
from rglm.design.block import Block
from rglm.design.encode import Encoded, encode
from rglm.design.learn import learn
from rglm.design.spec import DesignSpec, Variable, recode, subset_terms
from rglm.formula.values import Floats

__all__ = [
    "Block",
    "DesignSpec",
    "Encoded",
    "Variable",
    "encode",
    "learn",
    "model_matrix",
    "recode",
    "subset_terms",
]


def model_matrix(formula: Any, data: Any, **arguments: Any) -> tuple[tuple[str, ...], Floats]:
    """R's column names (p) and the model matrix (n × p) of a formula on data; arguments as `learn`'s.

    Examples
    --------
    >>> model_matrix("~ a", {"a": ["u", "v"]})[0]
    ('(Intercept)', 'av')
    """
    spec, encoded = learn(formula, as_source(data), **arguments)
    assert encoded is not None
    return spec.column_names, encoded.block.dense()
