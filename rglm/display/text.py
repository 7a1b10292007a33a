"""Plain text, line for line as R prints it."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from rglm.display.document import Document
from rglm.display.layout import Grid, Named, Words, lay_out
from rglm.display.settings import Settings
from rglm.display.strings import display_width, pad


def render(document: Document, settings: Settings) -> str:
    """The document as text, without a newline at its end."""
    lines: list[str] = []
    for block in lay_out(document, settings):
        if isinstance(block, Words):
            lines.append(block.text)
        elif isinstance(block, Named):
            lines.extend(_named_lines(block, settings.width))
        else:
            lines.extend(_grid_lines(block, settings.width))
    return "\n".join(lines)


def _named_lines(block: Named, width: int) -> Iterator[str]:
    """Names above values, as many to a line as fit."""
    if block.caption is not None:
        yield block.caption
    if not block.names:
        yield "named numeric(0)"
        return
    entry = max(map(display_width, block.names + block.values))
    gap = " " * block.gap
    per_line = max(1, width // (entry + block.gap))
    for start in range(0, len(block.names), per_line):
        for texts in (block.names, block.values):
            yield "".join(pad(text, entry, "right") + gap for text in texts[start : start + per_line])


def _grid_lines(grid: Grid, width: int) -> Iterator[str]:
    """Columns side by side; those that do not fit start a further block below, as R's matrices."""
    if grid.caption is not None:
        yield grid.caption
    if not grid.row_names:
        yield " ".join(["[1]", *grid.headers])
        yield "<0 rows> (or 0-length row.names)"
        return
    label = max(map(display_width, grid.row_names))
    labels = [pad(name, label, "left") for name in grid.row_names]
    columns = [
        (h, c, 1 + max(map(display_width, (h, *c)))) for h, c in zip(grid.headers, grid.columns, strict=True)
    ]
    first = 0
    while first < len(columns):
        last, used = first + 1, label + columns[first][2]
        while last < len(columns) and used + columns[last][2] < width:
            used += columns[last][2]
            last += 1
        block = columns[first:last]
        yield " " * label + "".join(" " + pad(h, w - 1, grid.align) for h, _, w in block)
        for i, name in enumerate(labels):
            yield name + "".join(" " + pad(cells[i], w - 1, grid.align) for _, cells, w in block)
        first = last
    if grid.legend is not None:
        yield "---"
        yield from _legend_lines(grid.legend, width)


def _legend_lines(legend: str, width: int) -> Iterator[str]:
    """The legend on one line where it fits, else below its title, folded if need be."""
    title = "Signif. codes:  "
    if len(title) + len(legend) <= width:
        yield title + legend
        return
    yield title
    if len(legend) <= width:
        yield legend
        return
    # a blank between quotes is not a place to break
    folded = textwrap.wrap(legend.replace("‘ ’", "‘\x00’"), max(1, width - 5))
    yield from (f"  {line}".replace("\x00", " ") for line in folded)
