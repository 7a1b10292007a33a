"""The call as headings print it: what was fitted, to what, with which weights and offset."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from typing import Any

from rglm.families.family import Family
from rglm.formula.deparse import deparse
from rglm.inference.fitted import Call
from rglm.models.arguments import EXTRAS, Arguments
from rglm.models.prepare import Prepared

KINDS = {
    "weights": "Prior weights",
    "freq_weights": "Frequency weights",
    "prob_weights": "Sampling weights",
    "offset": "Offset",
    "exposure": "Exposure (log offset)",
}

LINE = 76
"""Characters after which the call goes on in another line."""


def describe(
    function: str,
    arguments: Arguments,
    prepared: Prepared,
    family: Family | None,
    more: Sequence[str] = (),
) -> Call:
    """The Call record of a model: its text, and one note for each thing that a reader must know.

    `more` are further arguments as they would be typed, in the family's place.
    """
    parts = [f'"{arguments.formula}"', f"data=<{_size(prepared)}>"]
    if family is not None:
        parts.append(f"family={family_text(family)}")
    parts += more
    parts += [f"{name}={_given(value)}" for name, value in arguments.extras.items()]
    if arguments.subset is not None:
        parts.append(f"subset={_given(arguments.subset)}")
    if arguments.na_action != "omit":
        parts.append(f'na_action="{arguments.na_action}"')
    arrays = tuple(name for name, value in arguments.extras.items() if not isinstance(value, str))
    lost = prepared.encoded.missing.rows_lost
    return Call(function, _wrapped(function, parts), _notes(arguments, prepared), lost, arrays)


def family_text(family: Family) -> str:
    """A family as it would be typed: `Poisson(link="log")`."""
    texts = []
    for field in fields(family):
        value = getattr(family, field.name)
        text = f'"{value.name}"' if hasattr(value, "name") else repr(value)
        texts.append(f"{field.name}={text}")
    return f"{type(family).__name__}({', '.join(texts)})"


def _wrapped(function: str, parts: list[str]) -> str:
    """`function(part, part, …)` in lines of at most LINE characters, broken between parts."""
    lines, indent = [f"{function}({parts[0]}"], " " * 4
    for part in parts[1:]:
        if len(lines[-1]) + len(part) + 3 > LINE:
            lines[-1] += ","
            lines.append(indent + part)
        else:
            lines[-1] += f", {part}"
    return "\n".join(lines) + ")"


def _size(prepared: Prepared) -> str:
    return f"{prepared.encoded.n_rows_in} rows x {len(tuple(prepared.source.names))} columns"


def _given(value: Any) -> str:
    if isinstance(value, str):
        return f'"{value}"'
    return f"<{len(value)} values>" if hasattr(value, "__len__") else repr(value)


def _notes(arguments: Arguments, prepared: Prepared) -> tuple[str, ...]:
    notes = [] if prepared.modelled is None else [f"Models {prepared.modelled}"]
    given = arguments.extras
    for name in EXTRAS:
        if name in given:
            value = given[name]
            notes.append(f"{KINDS[name]}: {value if isinstance(value, str) else _given(value)}")
    terms = prepared.design.terms
    if terms.offsets:
        notes.append(f"Offset: {' + '.join(map(deparse, terms.offsets))}")
    left_out = sorted(arguments.extra_names(tuple(prepared.source.names))) if terms.dotted else []
    if left_out:
        notes.append(f"Left out of `.`: {', '.join(left_out)}")
    return tuple(notes)
