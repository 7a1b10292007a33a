"""GitHub-flavoured Markdown: pipe tables, everything escaped."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from rglm.display.document import Document
from rglm.display.flow import Paragraph, flow, labelled, sides
from rglm.display.layout import Grid, lay_out
from rglm.display.settings import Settings

_SPECIAL = re.compile(r"([\\`*_\[\]<>|~&$#])")
_LEADING = re.compile(r"^([-+=]|\d+(?=[.)]))")


def render(document: Document, settings: Settings) -> str:
    """The document as Markdown, parts separated by empty lines."""
    parts = []
    for item in flow(lay_out(document, settings)):
        parts.append("\n".join(_table(item)) if isinstance(item, Grid) else _paragraph(item))
    return "\n\n".join(parts)


def escape(text: str) -> str:
    """Text with the characters escaped that Markdown would take for markup."""
    return _SPECIAL.sub(r"\\\1", text)


def _paragraph(paragraph: Paragraph) -> str:
    if paragraph.role == "code":
        text = "\n".join(paragraph.lines)
        longest = max((len(run) for run in re.findall("`+", text)), default=0)
        fence = "`" * max(3, longest + 1)
        return f"{fence}\n{text}\n{fence}"
    lines = [_escape_line(line) for line in paragraph.lines]
    if paragraph.role == "heading":
        lines = [f"**{line}**" for line in lines]
    return "  \n".join(lines)


def _escape_line(line: str) -> str:
    """As `escape`; what would start a list or a heading is escaped too."""
    line = escape(line)
    match = _LEADING.match(line)
    if match is None:
        return line
    mark = match.group(1)
    rest = line[len(mark) :]
    return f"{mark}\\{rest}" if mark[0].isdigit() else f"\\{mark}{rest}"


def _table(grid: Grid) -> Iterator[str]:
    named = labelled(grid)
    rules = ["---:" if side == "right" else ":---" for side in sides(grid)]
    if grid.caption is not None:
        yield _escape_line(grid.caption.strip()) + "\n"
    yield _row([""] * named + [escape(header) for header in grid.headers])
    yield _row([":---"] * named + rules)
    for i, name in enumerate(grid.row_names):
        yield _row([escape(name)] * named + [escape(column[i].strip()) for column in grid.columns])
    if grid.legend is not None:
        yield f"\nSignif. codes: {escape(grid.legend)}"


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"
