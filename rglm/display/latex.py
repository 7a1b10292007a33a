"""LaTeX: booktabs tables, everything escaped, minus signs in mathematics."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from rglm.display.document import Document
from rglm.display.flow import Paragraph, flow, labelled, sides
from rglm.display.layout import Grid, lay_out
from rglm.display.settings import Settings

_SPECIAL = str.maketrans(
    {
        "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#", "_": r"\_",
        "%": r"\%", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "<": "$<$", ">": "$>$", "|": "$|$",
        "‘": "`", "’": "'", '"': r"\textquotedbl{}",
    }
)  # fmt: skip
_MINUS = re.compile(r"(?<![\w.)\]])-(?=\.?\d|Inf\b)|(?<=\de)-(?=\d)")


def render(document: Document, settings: Settings) -> str:
    """The document as LaTeX for a page that loads booktabs."""
    parts = []
    for item in flow(lay_out(document, settings)):
        parts.append("\n".join(_tabular(item)) if isinstance(item, Grid) else _paragraph(item))
    return "\n\n".join(parts)


def escape(text: str) -> str:
    """Text with LaTeX's special characters escaped."""
    return text.translate(_SPECIAL)


def _number(text: str) -> str:
    return _MINUS.sub("$-$", escape(text))


def _paragraph(paragraph: Paragraph) -> str:
    if paragraph.role == "code":
        lines = [rf"\texttt{{{escape(line)}}}" for line in paragraph.lines]
    else:
        lines = [_guard(_number(line)) for line in paragraph.lines]
    text = " \\\\\n".join(lines)
    if paragraph.role == "heading":
        return rf"\textbf{{{text}}}"
    return rf"{{\footnotesize {text}}}" if paragraph.role == "note" else text


def _tabular(grid: Grid) -> Iterator[str]:
    named = labelled(grid)
    if grid.caption is not None:
        yield escape(grid.caption.strip()) + "\n"
    yield rf"\begin{{tabular}}{{{'l' if named else ''}{''.join(side[0] for side in sides(grid))}}}"
    yield r"\toprule"
    yield _row([""] * named + [escape(header) for header in grid.headers])
    yield r"\midrule"
    for i, name in enumerate(grid.row_names):
        yield _row([escape(name)] * named + [_number(column[i].strip()) for column in grid.columns])
    yield r"\bottomrule"
    yield r"\end{tabular}"
    if grid.legend is not None:
        yield rf"{chr(10)}{{\footnotesize Signif. codes: {escape(grid.legend)}}}"


def _row(cells: Iterable[str]) -> str:
    return _guard(" & ".join(cells)) + r" \\"


def _guard(line: str) -> str:
    """After `\\\\`, a bracket or star would be read as its argument."""
    return "{}" + line if line.startswith(("[", "*")) else line
