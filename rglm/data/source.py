"""A re-readable sequence of row blocks: what every place where rows live looks like from above."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol, runtime_checkable

from rglm.data.columns import Columns


@runtime_checkable
class Source(Protocol):
    """Rows in blocks, in one fixed order, as often as asked for.

    names      the columns' names, in the data's order
    n_rows     number of rows, or None where only a full pass can tell
    """

    @property
    def names(self) -> tuple[str, ...]: ...

    @property
    def n_rows(self) -> int | None: ...

    def blocks(self) -> Iterator[Columns]:
        """The rows, block by block, from the start."""
        ...

    def fingerprint(self) -> str:
        """A text that changes when the rows change."""
        ...
