"""HTML: semantic tables with a minimum of inline style, colours left to the page."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from rglm.display.document import Document
from rglm.display.flow import Paragraph, flow, labelled, sides
from rglm.display.layout import Grid, lay_out
from rglm.display.settings import Settings

_TABLE = (
    "border-collapse:collapse;text-align:right;white-space:nowrap;"
    "font-variant-numeric:tabular-nums;margin:.5em 0"
)
_CELL = "padding:.1em .6em"
_LEFT = f"{_CELL};text-align:left"
_LABEL = f"{_LEFT};font-weight:normal"
_TITLE = "caption-side:top;text-align:left;color:inherit;padding:.2em 0"


def render(document: Document, settings: Settings) -> str:
    """The document as one `<div>`, content escaped."""
    parts = ['<div class="rglm">']
    for item in flow(lay_out(document, settings)):
        if isinstance(item, Grid):
            parts.extend(_table(item))
        else:
            parts.append(_paragraph(item))
    parts.append("</div>")
    return "\n".join(parts)


def _paragraph(paragraph: Paragraph) -> str:
    lines = [escape(line, quote=False) for line in paragraph.lines]
    if paragraph.role == "code":
        code = "\n".join(lines)
        return f'<pre style="white-space:pre-wrap"><code>{code}</code></pre>'
    text = "<br>\n".join(lines)
    if paragraph.role == "heading":
        return f"<p><strong>{text}</strong></p>"
    return f"<p><small>{text}</small></p>" if paragraph.role == "note" else f"<p>{text}</p>"


def _table(grid: Grid) -> Iterator[str]:
    corner = "<td></td>" if labelled(grid) else ""
    styles = [_LEFT if side == "left" else _CELL for side in sides(grid)]
    yield f'<table style="{_TABLE}">'
    if grid.caption is not None:
        yield f'<caption style="{_TITLE}">{_text(grid.caption)}</caption>'
    yield '<thead style="border-bottom:1px solid currentColor">'
    headers = [
        f'<th scope="col" style="{style}">{_text(header)}</th>' if header else "<td></td>"
        for style, header in zip(styles, grid.headers, strict=True)
    ]
    yield f"<tr>{corner}{''.join(headers)}</tr>"
    yield "</thead>"
    yield "<tbody>"
    for i, name in enumerate(grid.row_names):
        label = f'<th scope="row" style="{_LABEL}">{_text(name)}</th>' if corner else ""
        cells = [
            f'<td style="{style}">{_text(column[i])}</td>'
            for style, column in zip(styles, grid.columns, strict=True)
        ]
        yield f"<tr>{label}{''.join(cells)}</tr>"
    yield "</tbody>"
    yield "</table>"
    if grid.legend is not None:
        yield f"<p><small>Signif. codes: {_text(grid.legend)}</small></p>"


def _text(text: str) -> str:
    return escape(text.strip(), quote=False)
