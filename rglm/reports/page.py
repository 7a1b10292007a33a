"""Results as one HTML page that needs no other file."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from rglm.display.record import Record

STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.3rem; }
section { margin: 2rem 0; overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: 0.15rem 0.6rem; text-align: right; }
th:first-child, td:first-child { text-align: left; }
thead th { border-bottom: 1px solid currentColor; }
@media (prefers-color-scheme: dark) { body { background: #111; color: #eee; } }
"""


def page(title: str, records: Sequence[Record], digits: int | None = None, stars: bool | None = None) -> str:
    """The records one below the other, under a title.

    `digits` and `stars` are passed to each record's `to_html`.  Returns the text of the page.
    """
    shown = "\n".join(f"<section>\n{record.to_html(digits, stars)}\n</section>" for record in records)
    head = f'<meta charset="utf-8">\n<title>{escape(title)}</title>\n<style>{STYLE}</style>'
    return (
        f'<!DOCTYPE html>\n<html lang="en">\n<head>\n{head}\n</head>\n'
        f"<body>\n<h1>{escape(title)}</h1>\n{shown}\n</body>\n</html>\n"
    )
