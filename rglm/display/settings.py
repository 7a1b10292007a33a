"""How people want results printed: digits, width, stars."""

from __future__ import annotations

import operator
from contextvars import ContextVar, Token
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Self

from rglm.errors import DataError


@dataclass(frozen=True)
class Settings:
    """What a rendering needs to know.

    `digits` is R's `getOption("digits")`; `exact`, if given, is the `digits=` argument of one
    print, which replaces the default that a document derives from `digits`.
    """

    digits: int = 7
    width: int = 80
    stars: bool = True
    exact: int | None = None

    def override(self, digits: int | None, signif_stars: bool | None) -> Settings:
        """These settings with the arguments of one print applied."""
        if digits is None and signif_stars is None:
            return self
        exact = self.exact if digits is None else _whole("digits", digits, 1, 22)
        return replace(self, exact=exact, stars=self.stars if signif_stars is None else bool(signif_stars))


_current: ContextVar[Settings] = ContextVar("rglm_options", default=Settings())  # noqa: B039 (Settings is frozen)


def current() -> Settings:
    """The settings in force in this context."""
    return _current.get()


class options:
    """Set how results print, for good or within a `with` block.

    `digits` is the number of significant digits (1 to 22, R's `options(digits=)`, 7 at start;
    a summary prints three fewer and an analysis of deviance two fewer), `width` the number of
    characters on a line (10 to 100000, 80 at start), `stars` whether significance stars are shown.
    Arguments left out keep their value.  Raises DataError for a value outside its range.
    The settings are those of the current thread or task.

    Source: R `options(digits=, width=, show.signif.stars=)`.

    >>> with options(digits=4, stars=False):
    ...     current().digits
    4
    """

    def __init__(
        self, *, digits: int | None = None, width: int | None = None, stars: bool | None = None
    ) -> None:
        before = _current.get()
        after = Settings(
            digits=before.digits if digits is None else _whole("digits", digits, 1, 22),
            width=before.width if width is None else _whole("width", width, 10, 100_000),
            stars=before.stars if stars is None else bool(stars),
        )
        self._token: Token[Settings] = _current.set(after)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        _current.reset(self._token)

    def __repr__(self) -> str:
        now = _current.get()
        return f"options(digits={now.digits}, width={now.width}, stars={now.stars})"


def _whole(name: str, value: object, low: int, high: int) -> int:
    try:
        number = operator.index(value)  # type: ignore[arg-type]
    except TypeError:
        number = low - 1
    if isinstance(value, bool) or not low <= number <= high:
        raise DataError(f"{name} must be a whole number from {low} to {high}, not {value!r}.")
    return number
