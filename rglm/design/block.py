"""Some rows of a design: numeric columns and coded factors, joined to the model columns X by a linear map.

X = X_raw C is not stored.  A Block answers six verbs on X; everything else is written with these.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rglm.design.coding import Layout, TermCoding
from rglm.formula.values import Codes, Floats

CHUNK = 16_384
"""Rows that a verb handles at a time where it needs a temporary copy of them."""


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """The rows of one term.

    codes    cell of each row, (n,), 0 … cells - 1; None where the term has no factor
    values   products of its numeric columns, (n, width); None where it has none
    """

    codes: Codes | None
    values: Floats | None

    def at(self, index: Any) -> Piece:
        """The rows at `index`."""
        return Piece(
            None if self.codes is None else self.codes[index],
            None if self.values is None else self.values[index],
        )

    def weighted(self, column: int, weights: Floats | None) -> Floats | None:
        """One numeric column times the weights, (n,); None means all ones."""
        if self.values is None:
            return weights
        values: Floats = self.values[:, column]
        return values if weights is None else values * weights


@dataclass(frozen=True, eq=False)
class Block:
    """Rows of a design.

    layout   how raw columns join to the p model columns
    n        number of rows
    pieces   the rows of each term, in the layout's order
    absent   rows with a missing value, (n,) bool, or None: their model columns are NaN

    Every contrast costs the same per row: codes are never expanded, and C is applied to the p-sized results.

    Examples
    --------
    >>> from rglm.design import learn
    >>> from rglm.data.memory import as_source
    >>> spec, encoded = learn("~ a", as_source({"a": ["u", "v", "v"]}))
    >>> encoded.block.dense().tolist()
    [[1.0, 0.0], [1.0, 1.0], [1.0, 1.0]]
    """

    layout: Layout
    n: int
    pieces: tuple[Piece, ...]
    absent: NDArray[np.bool_] | None = None

    @property
    def p(self) -> int:
        """Number of model columns."""
        return self.layout.p

    def dense(self) -> Floats:
        """X, n × p, in Fortran order."""
        columns = np.empty((self.p, self.n))
        if self.layout.intercept:
            columns[0] = 1.0
        for term, where, piece in self._parts():
            columns[where] = term.dense(piece.codes, piece.values)
        if self.absent is not None:
            columns[:, self.absent] = np.nan
        return columns.T

    def rows(self, index: Any) -> Block:
        """The rows at `index`: a slice, positions (m,) or a boolean mask (n,)."""
        if isinstance(index, slice):
            n = len(range(*index.indices(self.n)))
        else:
            index = np.asarray(index)
            n = int(np.count_nonzero(index)) if index.dtype == bool else len(index)
        absent = None if self.absent is None else self.absent[index]
        if absent is not None and not absent.any():
            absent = None
        return Block(self.layout, n, tuple(piece.at(index) for piece in self.pieces), absent)

    def times(self, b: Floats) -> Floats:
        """X b: (p,) → (n,), or (p, m) → (n, m)."""
        b = np.asarray(b, dtype=np.float64)
        if b.ndim == 2:
            return (
                np.stack([self.times(column) for column in b.T], axis=1)
                if b.shape[1]
                else np.empty((self.n, 0))
            )
        out = np.full(self.n, b[0] if self.layout.intercept else 0.0)
        for term, where, piece in self._parts():
            if piece.codes is None:
                assert piece.values is not None
                out += piece.values[:, 0] * b[where.start] if term.columns == 1 else piece.values @ b[where]
                continue
            table = term.expand(b[where])
            for column in range(term.width):
                part = table[:, column][piece.codes]
                out += part if piece.values is None else part * piece.values[:, column]
        if self.absent is not None:
            out[self.absent] = np.nan
        return out

    def transpose_times(self, v: Floats) -> Floats:
        """Xᵀ v: (n,) → (p,), or (n, m) → (p, m)."""
        self._need_complete()
        v = np.asarray(v, dtype=np.float64)
        if v.ndim == 2:
            return _columns([self.transpose_times(column) for column in v.T], self.p)
        out = np.empty(self.p)
        if self.layout.intercept:
            out[0] = v.sum()
        for term, where, piece in self._parts():
            if piece.codes is None:
                assert piece.values is not None
                out[where] = v @ piece.values
            else:
                out[where] = term.reduce(_sums(term, piece, v))
        return out

    def gram(self, w: Floats | None = None) -> Floats:
        """Xᵀ W X for the diagonal W of weights w (n,), which may be of either sign; None is all ones."""
        self._need_complete()
        if w is not None:
            w = np.asarray(w, dtype=np.float64)
        out = np.zeros((self.p, self.p))
        numeric = self.layout.numeric
        out[np.ix_(numeric, numeric)] = self._numeric_gram(w)
        for place, index in enumerate(self.layout.grouped):
            term, where, piece = self.layout.terms[index], self.layout.slices[index], self.pieces[index]
            if len(numeric):
                cross = np.stack([_sums(term, piece, column) for column in self._numeric_columns(w)], axis=2)
                _put(out, where, numeric, term.reduce(cross))
            for other in self.layout.grouped[: place + 1]:
                cells = _cross(term, piece, self.layout.terms[other], self.pieces[other], w)
                across = np.moveaxis(term.reduce(cells), 0, -1)
                _put(out, self.layout.slices[other], where, self.layout.terms[other].reduce(across))
        return out

    def quadratic(self, V: Floats) -> Floats:
        """xᵢᵀ V xᵢ for each row, (n,): leverages and standard errors of prediction."""
        V = np.asarray(V, dtype=np.float64)
        if self.n * self.p <= 100_000 or not self.layout.grouped:
            parts = [self.rows(index).dense() for index in self._chunks()]
            forms = [np.einsum("ij,ij->i", X @ V, X) for X in parts]
            return np.concatenate(forms) if forms else np.empty(0)
        return _Quadratic(self, (V + V.T) / 2).of_rows()

    def _parts(self) -> Iterator[tuple[TermCoding, slice, Piece]]:
        return zip(self.layout.terms, self.layout.slices, self.pieces, strict=True)

    def _chunks(self) -> Iterator[slice]:
        return (slice(start, min(start + CHUNK, self.n)) for start in range(0, self.n, CHUNK))

    def numeric(self) -> Floats:
        """The numeric model columns (the intercept among them), transposed: one a row, (q, n)."""
        out = np.empty((len(self.layout.numeric), self.n))
        start = 0
        if self.layout.intercept:
            out[0], start = 1.0, 1
        for term, _, piece in self._parts():
            if piece.codes is None and piece.values is not None:
                out[start : start + term.columns] = piece.values.T
                start += term.columns
        return out

    def _numeric_columns(self, w: Floats | None) -> Iterator[Floats]:
        """Each numeric model column times the weights, (n,)."""
        if self.layout.intercept:
            yield np.ones(self.n) if w is None else w
        for term, _, piece in self._parts():
            if piece.codes is None:
                for column in range(term.columns):
                    values = piece.weighted(column, w)
                    assert values is not None
                    yield values

    def _numeric_gram(self, w: Floats | None) -> Floats:
        count = len(self.layout.numeric)
        out = np.zeros((count, count))
        for index in self._chunks() if count else ():
            columns = self.rows(index).numeric()
            out += (columns if w is None else columns * w[index]) @ columns.T
        return out

    def _need_complete(self) -> None:
        if self.absent is not None:
            raise ValueError("rows with missing values have no sums; take the complete rows first")


def _columns(columns: list[Floats], length: int) -> Floats:
    return np.stack(columns, axis=1) if columns else np.empty((length, 0))


def _put(out: Floats, rows: Any, columns: Any, values: Floats) -> None:
    """A rectangle of a symmetric matrix and its mirror."""
    at = np.ix_(np.arange(len(out))[rows], np.arange(len(out))[columns])
    out[at] = values
    out.T[at] = values


def _sums(term: TermCoding, piece: Piece, v: Floats) -> Floats:
    """Sums of v times each numeric column, cell by cell: (cells, width)."""
    out = np.empty((term.cells, term.width))
    for column in range(term.width):
        out[:, column] = np.bincount(piece.codes, piece.weighted(column, v), term.cells)  # type: ignore[arg-type]
    return out


def _cross(a: TermCoding, one: Piece, b: TermCoding, two: Piece, w: Floats | None) -> Floats:
    """Weighted sums of products of the raw columns of two terms: (cells, width, cells, width)."""
    assert one.codes is not None
    assert two.codes is not None
    out = np.zeros((a.cells, a.width, b.cells, b.width))
    if one is two:  # no row is in two cells
        place = np.arange(a.cells)
        codes, count = one.codes, a.cells
    else:
        codes, count = one.codes * b.cells + two.codes, a.cells * b.cells
    for i in range(a.width):
        left = one.weighted(i, w)
        for j in range(b.width):
            sums = np.bincount(codes, two.weighted(j, left), count)
            if one is two:
                out[place, i, place, j] = sums
            else:
                out[:, i, :, j] = sums.reshape(a.cells, b.cells)
    return out


class _Quadratic:
    """xᵢᵀ V xᵢ by tables: V is carried to the raw columns once, rows then only look up."""

    def __init__(self, block: Block, V: Floats) -> None:
        self.block = block
        layout = block.layout
        self.numeric = V[np.ix_(layout.numeric, layout.numeric)]
        self.mixed: list[Floats] = []
        self.pairs: list[tuple[int, int, Floats]] = []
        for place, g in enumerate(layout.grouped):
            term, where = layout.terms[g], layout.slices[g]
            self.mixed.append(2.0 * term.expand(V[where][:, layout.numeric]))
            for h in layout.grouped[: place + 1]:
                other = layout.terms[h]
                half = np.moveaxis(term.expand(V[where, layout.slices[h]]), 2, 0)
                table = np.moveaxis(other.expand(half), (0, 1), (2, 3))
                self.pairs.append((g, h, table if g == h else 2.0 * table))

    def of_rows(self) -> Floats:
        """The form of every row, (n,)."""
        out = np.empty(self.block.n)
        for index in self.block._chunks():
            out[index] = self._of(self.block.rows(index))
        return out

    def _of(self, rows: Block) -> Floats:
        columns = rows.numeric().T
        out: Floats = np.einsum("ij,ij->i", columns @ self.numeric, columns)
        for g, table in zip(rows.layout.grouped, self.mixed, strict=True):
            piece = rows.pieces[g]
            for i in range(table.shape[1] if table.shape[2] else 0):
                found = np.einsum("ij,ij->i", table[:, i][piece.codes], columns)
                out += found if piece.values is None else found * piece.values[:, i]
        for g, h, table in self.pairs:
            one, two = rows.pieces[g], rows.pieces[h]
            for i in range(table.shape[1]):
                for j in range(table.shape[3]):
                    found = table[one.codes, i, two.codes, j]
                    left = one.weighted(i, two.weighted(j, None))
                    out += found if left is None else found * left
        if rows.absent is not None:
            out[rows.absent] = np.nan
        return out
