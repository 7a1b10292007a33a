"""The call as headings print it: what was fitted, to what, with which weights and offset."""

from __future__ import annotations

from typing import Any

from rglm.families.family import Family
from rglm.formula.grammar import deparse
from rglm.formula.tree import Node
from rglm.inference.fitted import Call
from rglm.models.arguments import EXTRAS, Arguments
from rglm.models.prepare import Prepared

KINDS = {
    "weights": "Prior weights",
    "freq_weights": "Frequency weights",
    "offset": "Offset",
    "exposure": "Exposure (log offset)",
}


def describe(function: str, arguments: Arguments, prepared: Prepared, family: Family | None) -> Call:
    """The Call record of a model: its text and one note for each thing a reader must know."""
    parts = [f'"{arguments.formula}"', f"data={_data(arguments.data, prepared)}"]
    if family is not None:
        parts.append(f"family={family!r}")
    parts += [
        f"{name}={_given(value)}"
        for name in EXTRAS
        if (value := _extra(arguments, prepared, name)) is not None
    ]
    if arguments.subset is not None:
        parts.append(f"subset={arguments.subset!r}" if isinstance(arguments.subset, str) else "subset=<rows>")
    if arguments.na_action != "omit":
        parts.append(f'na_action="{arguments.na_action}"')
    return Call(
        function,
        f"{function}({', '.join(parts)})",
        _notes(arguments, prepared),
        prepared.encoded.missing.rows_lost,
        tuple(name for name in EXTRAS if not isinstance(_extra(arguments, prepared, name), str | None)),
    )


def _extra(arguments: Arguments, prepared: Prepared, name: str) -> Any:
    return getattr(arguments, name)


def _given(value: Any) -> str:
    if isinstance(value, str):
        return f'"{value}"'
    return f"<{len(value)} values>" if hasattr(value, "__len__") else repr(value)


def _data(data: Any, prepared: Prepared) -> str:
    return f"<{prepared.encoded.n_rows_in} rows x {len(tuple(prepared.source.names))} columns>"


def _notes(arguments: Arguments, prepared: Prepared) -> tuple[str, ...]:
    notes = []
    if prepared.modelled is not None:
        notes.append(f"Models {prepared.modelled}")
    for name, kind in KINDS.items():
        value = getattr(arguments, name)
        if value is not None:
            notes.append(f"{kind}: {value if isinstance(value, str) else _given(value)}")
    offsets: tuple[Node, ...] = prepared.design.terms.offsets
    if offsets:
        notes.append(f"Offset: {' + '.join(deparse(node) for node in offsets)}")
    return tuple(notes)
