"""How every result looks: numbers, tables, documents; text, HTML, LaTeX, Markdown."""

from rglm.display.document import Aligned, Blank, Document, Line, NamedValues, Number
from rglm.display.record import Record
from rglm.display.settings import Settings, current, options
from rglm.display.shown import Shown, show
from rglm.display.table import Column, Table, kind_of, table_of

__all__ = [
    "Aligned",
    "Blank",
    "Column",
    "Document",
    "Line",
    "NamedValues",
    "Number",
    "Record",
    "Settings",
    "Shown",
    "Table",
    "current",
    "kind_of",
    "options",
    "show",
    "table_of",
]
