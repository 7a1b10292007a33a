"""How raw columns (numbers and full indicators) become model columns: a map held as Kronecker factors.

A term over variables v1, …, vm has the map C = Fm ⊗ … ⊗ F1, one factor a variable, so that columns run with
the earlier variable fastest.  C is never formed: a factor is applied along its own axis of the term's tensor.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np

from rglm.formula.values import Codes, Floats


@dataclass(frozen=True)
class Identity:
    """All `size` raw columns: full indicators, or the columns of a numeric variable."""

    size: int

    @property
    def columns(self) -> int:
        """Model columns."""
        return self.size

    def expand(self, array: Floats, axis: int) -> Floats:
        """F applied along an axis: model columns → raw columns."""
        return array

    def reduce(self, array: Floats, axis: int) -> Floats:
        """Fᵀ applied along an axis: raw columns → model columns."""
        return array

    def of_codes(self, codes: Codes) -> Floats:
        """The rows of F that the codes name, transposed: (columns, n)."""
        return _indicators(codes, np.arange(self.size))


@dataclass(frozen=True)
class Drop:
    """Indicators of all levels but `base`: treatment coding."""

    size: int
    base: int

    @property
    def columns(self) -> int:
        """Model columns."""
        return self.size - 1

    @cached_property
    def kept(self) -> Codes:
        """The levels that have a column, in order."""
        return np.delete(np.arange(self.size), self.base)

    def expand(self, array: Floats, axis: int) -> Floats:
        """A zero put in at the base."""
        shape = list(array.shape)
        shape[axis] = self.size
        out = np.zeros(shape)
        out[_at(axis, self.kept)] = array
        return out

    def reduce(self, array: Floats, axis: int) -> Floats:
        """The base left out."""
        out: Floats = array[_at(axis, slice(1, None) if self.base == 0 else self.kept)]
        return out

    def of_codes(self, codes: Codes) -> Floats:
        """The rows of F that the codes name, transposed: (columns, n)."""
        return _indicators(codes, self.kept)


@dataclass(frozen=True, eq=False)
class Dense:
    """Any other contrast: `matrix` is levels × columns."""

    matrix: Floats

    @property
    def size(self) -> int:
        """Raw columns."""
        return int(self.matrix.shape[0])

    @property
    def columns(self) -> int:
        """Model columns."""
        return int(self.matrix.shape[1])

    def expand(self, array: Floats, axis: int) -> Floats:
        """F applied along an axis: model columns → raw columns."""
        return np.moveaxis(np.tensordot(self.matrix, array, axes=(1, axis)), 0, axis)

    def reduce(self, array: Floats, axis: int) -> Floats:
        """Fᵀ applied along an axis: raw columns → model columns."""
        return np.moveaxis(np.tensordot(self.matrix, array, axes=(0, axis)), 0, axis)

    def of_codes(self, codes: Codes) -> Floats:
        """The rows of F that the codes name, transposed: (columns, n)."""
        rows: Floats = self.matrix.T.take(codes, axis=1)
        return rows

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Dense) and np.array_equal(self.matrix, other.matrix)

    def __hash__(self) -> int:
        return hash((self.matrix.shape, self.matrix.tobytes()))


Kronecker: TypeAlias = Identity | Drop | Dense


def _at(axis: int, where: Any) -> tuple[Any, ...]:
    return (slice(None),) * axis + (where,)


def _indicators(codes: Codes, levels: Codes) -> Floats:
    """One row a level, 1.0 where the code is that level: (levels, n)."""
    if len(levels) <= 8:  # comparing is faster while there are few
        return np.asarray(codes == levels[:, None], dtype=np.float64)
    place = np.full(max(int(levels[-1]), int(codes.max(initial=0))) + 1, -1, dtype=np.intp)
    place[levels] = np.arange(len(levels))
    found = place[codes]
    rows = np.flatnonzero(found >= 0)
    out = np.zeros((len(levels), len(codes)))
    out[found[rows], rows] = 1.0
    return out


@dataclass(frozen=True)
class TermCoding:
    """The map of one term.

    factors     one Kronecker factor for each variable of the term, in variable order
    is_factor   whether that variable is a factor (indicators) or numeric (its own columns)

    The raw columns of a term are stored as (cells, width): a cell is a combination of levels, the earlier
    factor fastest; the width counts products of numeric columns, the earlier variable fastest.
    """

    factors: tuple[Kronecker, ...]
    is_factor: tuple[bool, ...]

    @cached_property
    def columns(self) -> int:
        """Model columns of the term."""
        return math.prod(factor.columns for factor in self.factors)

    @cached_property
    def sizes(self) -> tuple[int, ...]:
        """Numbers of levels of the term's factors, in variable order."""
        return tuple(f.size for f, coded in zip(self.factors, self.is_factor, strict=True) if coded)

    @cached_property
    def cells(self) -> int:
        """Combinations of levels; 1 where the term has no factor."""
        return math.prod(self.sizes)

    @cached_property
    def width(self) -> int:
        """Products of numeric columns; 1 where the term has no numeric variable."""
        pairs = zip(self.factors, self.is_factor, strict=True)
        return math.prod(f.size for f, coded in pairs if not coded)

    @cached_property
    def numeric(self) -> bool:
        """Whether the term has no factor."""
        return not any(self.is_factor)

    @cached_property
    def _axes(self) -> tuple[int, ...]:
        """Tensor axes (later variables first) in storage order: factors before numeric variables."""
        last = len(self.factors) - 1
        order = sorted(range(last + 1), key=lambda axis: not self.is_factor[last - axis])
        return tuple(order)

    def expand(self, array: Floats) -> Floats:
        """C applied to model columns: (columns, …) → (cells, width, …)."""
        rest = array.shape[1:]
        tensor = array.reshape(*(f.columns for f in reversed(self.factors)), *rest)
        for axis, factor in enumerate(reversed(self.factors)):
            tensor = factor.expand(tensor, axis)
        count = len(self.factors)
        tensor = tensor.transpose(*self._axes, *range(count, tensor.ndim))
        return np.asarray(tensor.reshape(self.cells, self.width, *rest))

    def reduce(self, array: Floats) -> Floats:
        """Cᵀ applied to raw columns: (cells, width, …) → (columns, …)."""
        rest = array.shape[2:]
        sizes = [f.size for f in reversed(self.factors)]
        tensor = array.reshape(*(sizes[axis] for axis in self._axes), *rest)
        count = len(self.factors)
        back = np.argsort(self._axes).tolist()
        tensor = tensor.transpose(*back, *range(count, tensor.ndim))
        for axis, factor in enumerate(reversed(self.factors)):
            tensor = factor.reduce(tensor, axis)
        return tensor.reshape(self.columns, *rest)

    def dense(self, codes: Codes | None, values: Floats | None) -> Floats:
        """The term's model columns, transposed: (columns, n)."""
        if codes is None:
            assert values is not None
            return values.T
        if len(self.factors) == 1:
            return self.factors[0].of_codes(codes)
        return self._product(codes, values)

    def _product(self, codes: Codes, values: Floats | None) -> Floats:
        """Row-wise products over the variables; the numeric ones are in `values` already multiplied."""
        n = len(codes)
        parts: list[Floats] = []
        for factor in (f for f, coded in zip(self.factors, self.is_factor, strict=True) if coded):
            parts.append(factor.of_codes(codes % factor.size))
            codes = codes // factor.size
        out = parts[0]
        for part in parts[1:]:
            out = (part[:, None, :] * out[None, :, :]).reshape(len(part) * len(out), n)
        if values is None:
            return out
        # (factor columns, numeric columns, n) → later variables first, as the columns run
        tensor = out[:, None, :] * values.T[None, :, :]
        axes = self._axes
        shape = [list(reversed(self.factors))[axis].columns for axis in axes]
        tensor = tensor.reshape(*shape, n).transpose(*np.argsort(axes).tolist(), len(axes))
        return tensor.reshape(self.columns, n)


@dataclass(frozen=True)
class Layout:
    """The model columns of a design: the intercept, if there is one, then the terms in order."""

    intercept: bool
    terms: tuple[TermCoding, ...]

    @cached_property
    def slices(self) -> tuple[slice, ...]:
        """The model columns of each term."""
        start = int(self.intercept)
        found = []
        for term in self.terms:
            found.append(slice(start, start + term.columns))
            start += term.columns
        return tuple(found)

    @cached_property
    def p(self) -> int:
        """Number of model columns."""
        return self.slices[-1].stop if self.terms else int(self.intercept)

    @cached_property
    def numeric(self) -> Codes:
        """Model columns that are numeric: the intercept and those of terms without a factor."""
        found = [0] if self.intercept else []
        for term, where in zip(self.terms, self.slices, strict=True):
            if term.numeric:
                found.extend(range(where.start, where.stop))
        return np.array(found, dtype=np.intp)

    @cached_property
    def grouped(self) -> tuple[int, ...]:
        """Terms that hold a factor, by their index."""
        return tuple(index for index, term in enumerate(self.terms) if not term.numeric)
