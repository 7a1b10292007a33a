"""How every result looks: numbers, tables, documents; text, HTML, LaTeX, Markdown."""
