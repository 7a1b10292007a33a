"""How the call stands at the head of a printed result, and the phrases that several results share."""

from __future__ import annotations

from rglm.display import Blank, Line
from rglm.display.document import Part
from rglm.inference.fitted import Call


def heading(call: Call, notes: tuple[str, ...] = (), one_line: bool = False) -> list[Part]:
    """The call, its notes and further `notes`, between blank lines; `one_line` as R's `print.glm`."""
    if one_line:
        lines: list[Part] = [Line("Call:  ", call.text, role="code")]
    else:
        lines = [Line("Call:", role="heading"), Line(call.text, role="code")]
    return [Blank(), *lines, *(Line(note, role="note") for note in (*call.notes, *notes)), Blank()]


def missing_note(call: Call) -> list[Part]:
    """R's line on rows left out because values are missing; nothing where none were."""
    if not call.rows_lost:
        return []
    rows = "observation" if call.rows_lost == 1 else "observations"
    return [Line(f"  ({call.rows_lost} {rows} deleted due to missingness)", role="note")]
