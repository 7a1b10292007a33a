"""The record mixin: whatever declares a Document prints everywhere."""

from __future__ import annotations

from rglm.display import html, latex, markdown, text
from rglm.display.document import Document
from rglm.display.settings import Settings, current


class Record:
    """Mixin for results: a subclass defines `document()` and gets every rendering of it.

    `str`, `repr` and notebooks use the options in force; the `to_…` methods take `digits` (the
    significant digits of this print, R's `digits=` argument) and `signif_stars`.
    """

    __slots__ = ()

    def __init_subclass__(cls, **kwargs: object) -> None:
        # a dataclass decorator, applied after this, keeps a __repr__ that the class already has
        super().__init_subclass__(**kwargs)
        if "__repr__" not in cls.__dict__:
            cls.__repr__ = Record.__repr__  # type: ignore[method-assign]

    def document(self) -> Document:
        """The document that shows this record."""
        raise NotImplementedError(f"{type(self).__name__} does not define document()")

    def to_text(self, digits: int | None = None, signif_stars: bool | None = None) -> str:
        """The record as text, as R prints it."""
        return text.render(self.document(), _settings(digits, signif_stars))

    def to_html(self, digits: int | None = None, signif_stars: bool | None = None) -> str:
        """The record as a self-contained piece of HTML."""
        return html.render(self.document(), _settings(digits, signif_stars))

    def to_latex(self, digits: int | None = None, signif_stars: bool | None = None) -> str:
        """The record as LaTeX; its tables need the booktabs package."""
        return latex.render(self.document(), _settings(digits, signif_stars))

    def to_markdown(self, digits: int | None = None, signif_stars: bool | None = None) -> str:
        """The record as GitHub-flavoured Markdown."""
        return markdown.render(self.document(), _settings(digits, signif_stars))

    def __str__(self) -> str:
        return self.to_text()

    def __repr__(self) -> str:
        return self.to_text()

    def _repr_html_(self) -> str:
        return self.to_html()


def _settings(digits: int | None, signif_stars: bool | None) -> Settings:
    return current().override(digits, signif_stars)
