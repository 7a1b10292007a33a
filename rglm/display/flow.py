"""Paragraphs and grids: the blocks of a document for renderers that flow their text.

Plain text is exact about blanks; HTML, LaTeX and Markdown are not, so runs of blanks become one
and lines up to the next empty one form a paragraph.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rglm.display.document import Role
from rglm.display.layout import Block, Grid, Named, Words

_WIDEST_ROW = 6


@dataclass(frozen=True)
class Paragraph:
    """Lines of one role that belong together."""

    lines: tuple[str, ...]
    role: Role


def flow(blocks: Sequence[Block]) -> list[Paragraph | Grid]:
    """Blocks with lines gathered into paragraphs and named vectors turned into grids."""
    flowing: list[Paragraph | Grid] = []
    lines: list[str] = []
    role: Role = "text"

    def close() -> None:
        if lines:
            flowing.append(Paragraph(tuple(lines), role))
            lines.clear()

    for block in blocks:
        if not isinstance(block, Words):
            close()
            flowing.append(named_grid(block) if isinstance(block, Named) else block)
            continue
        if block.role != role:
            close()
            role = block.role
        for line in block.text.split("\n"):
            kept = line.rstrip() if role == "code" else " ".join(line.split())
            if kept:
                lines.append(kept)
            elif role != "code":
                close()
    close()
    return flowing


def named_grid(named: Named) -> Grid:
    """A short named vector as one row below its names, a long one as one column beside them."""
    if len(named.names) <= _WIDEST_ROW:
        columns = tuple((value,) for value in named.values)
        return Grid(named.names, columns, "right", ("",), named.caption, None)
    return Grid(("",), (named.values,), "right", named.names, named.caption, None)


def labelled(grid: Grid) -> bool:
    """Whether the rows of a grid have names to show."""
    return any(grid.row_names)


def sides(grid: Grid) -> list[str]:
    """ "left" or "right" for each column: stars stand left of their column whatever the numbers do."""
    return ["left" if grid.legend and not header else grid.align for header in grid.headers]
