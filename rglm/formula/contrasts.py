"""Contrast codings of factors: R's named ones and user matrices."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from rglm.errors import FormulaError, did_you_mean, either, perhaps, some
from rglm.formula.values import Contrast, Floats

MOST_LEVELS = 1_000  # a coding matrix of more levels is refused; treatment coding never needs its matrix

_ALIASES = {
    "contr.treatment": ("treatment", "dummy"),
    "contr.SAS": ("sas",),
    "contr.sum": ("sum", "deviation"),
    "contr.helmert": ("helmert",),
    "contr.poly": ("poly",),
}
_KNOWN = {alias.casefold(): name for name, aliases in _ALIASES.items() for alias in (name, *aliases)}


def known_contrast(name: str) -> str | None:
    """R's name of a contrast (`Sum`, `sum` and `contr.sum` are one), or None."""
    return _KNOWN.get(name.casefold())


def parse_contrast(value: object) -> Contrast:
    """What a user gives as a contrast, as a `Contrast`.

    value   a name (`"contr.sum"`, `"Sum"`), a `Contrast`, or a matrix with one row a level: an array, nested
            sequences, or a DataFrame whose column names name the coefficients.
    Raises FormulaError for an unknown name, a matrix without rows or columns, and entries not finite.

    >>> parse_contrast("Sum").name
    'contr.sum'
    """
    if isinstance(value, Contrast):
        return parse_contrast(value.name) if value.matrix is None and _plain(value) else value
    if isinstance(value, str):
        name = known_contrast(value)
        if name is None:
            raise FormulaError(
                f"The contrast {value!r} is not known. {perhaps(value, _ALIASES)}"
                f"Use {either(list(_ALIASES))}, or a matrix with one row a level."
            )
        return Contrast(name)
    names = getattr(value, "columns", None)
    try:
        matrix = np.asarray(value, dtype=float)
    except (TypeError, ValueError):
        raise FormulaError(
            f"A contrast is a name ({some(_ALIASES)}) or a numeric matrix, not {type(value).__name__}."
        ) from None
    return matrix_contrast(matrix, None if names is None else [str(name) for name in names], complete=False)


def _plain(contrast: Contrast) -> bool:
    return contrast.base is None and contrast.columns is None and not contrast.numbered


def matrix_contrast(matrix: Floats, names: Sequence[str] | None, complete: bool) -> Contrast:
    """A contrast by matrix; `complete` adds columns up to levels - 1, as R's `C(a, matrix)` does."""
    if matrix.ndim == 1:
        matrix = matrix[:, None]
    if matrix.ndim != 2 or 0 in matrix.shape or len(matrix) > MOST_LEVELS:
        raise FormulaError(
            f"A contrast matrix has one row a level and one column a coefficient, not shape {matrix.shape}."
        )
    if not np.isfinite(matrix).all():
        raise FormulaError("A contrast matrix must hold finite numbers.")
    return Contrast(
        name="matrix",
        columns=None if complete else matrix.shape[1],
        matrix=tuple(tuple(row) for row in matrix.tolist()),
        column_names=None if names is None else tuple(names),
    )


def dropped_level(contrast: Contrast, levels: Sequence[str]) -> int | None:
    """The position of the base level where the coding is full indicators less one column, else None."""
    if contrast.matrix is not None or contrast.columns is not None:
        return None
    name = parse_contrast(contrast.name).name
    if name == "contr.treatment":
        return _base(contrast, levels)
    return len(levels) - 1 if name == "contr.SAS" else None


def _base(contrast: Contrast, levels: Sequence[str]) -> int:
    base = contrast.base
    if base is None:
        return 0
    if isinstance(base, str):
        if base not in levels:
            raise FormulaError(f"The base level {base!r} is not a level. {did_you_mean(base, levels)}")
        return list(levels).index(base)
    if not 1 <= base <= len(levels):
        raise FormulaError(
            f"'base' must be from 1 to {len(levels)}, the number of levels ({some(levels)}), not {base}."
        )
    return int(base) - 1


def contrast_names(contrast: Contrast, levels: Sequence[str]) -> tuple[str, ...]:
    """Suffixes of the column names (m,), without building the matrix."""
    base = dropped_level(contrast, levels)
    if base is not None:
        names = _level_names(contrast, levels)
        return (*names[:base], *names[base + 1 :])
    return contrast_matrix(contrast, tuple(levels))[1]


@lru_cache(maxsize=32)
def contrast_matrix(contrast: Contrast, levels: tuple[str, ...]) -> tuple[Floats, tuple[str, ...]]:
    """The coding of a factor: row i holds the m coefficients' columns for level i.

    contrast   a `Contrast`;  levels   the L level names, at least 2
    Returns the matrix (L, m), read-only, and the suffixes of the column names (m,).
    Raises FormulaError for a matrix with other than L rows, too many columns, a base that is no level.
    Source: R's contr.treatment, contr.sum, contr.helmert, contr.poly, contr.SAS and `contrasts<-`.

    >>> contrast_matrix(Contrast("contr.sum"), ("a", "b", "c"))[0].tolist()
    [[1.0, 0.0], [0.0, 1.0], [-1.0, -1.0]]
    """
    count = len(levels)
    if count < 2:
        raise FormulaError(f"Contrasts need a factor with 2 or more levels, not {count} ({some(levels)}).")
    if count > MOST_LEVELS:
        raise FormulaError(
            f"A contrast matrix for {count} levels is too large (at most {MOST_LEVELS}); use contr.treatment."
        )
    if contrast.matrix is not None:
        matrix, names = np.array(contrast.matrix), contrast.column_names
        if len(matrix) != count:
            raise FormulaError(
                f"The contrast matrix has {len(matrix)} rows; the factor has {count} levels: {some(levels)}."
            )
    else:
        matrix, names = _named(contrast, levels)
    matrix, suffixes = _columns(matrix, names, count - 1 if contrast.columns is None else contrast.columns)
    matrix.setflags(write=False)
    return matrix, suffixes


def _named(contrast: Contrast, levels: tuple[str, ...]) -> tuple[Floats, tuple[str, ...] | None]:
    name = parse_contrast(contrast.name).name
    if contrast.base is not None and name != "contr.treatment":
        raise FormulaError(f"'base' belongs to contr.treatment, not to {name}.")
    if name in ("contr.treatment", "contr.SAS"):
        base = len(levels) - 1 if name == "contr.SAS" else _base(contrast, levels)
        kept = [position for position in range(len(levels)) if position != base]
        names = _level_names(contrast, levels)
        return np.eye(len(levels))[:, kept], tuple(names[position] for position in kept)
    return _MATRICES[name](len(levels))


def _level_names(contrast: Contrast, levels: Sequence[str]) -> Sequence[str]:
    return [str(number) for number in range(1, len(levels) + 1)] if contrast.numbered else levels


def _columns(matrix: Floats, names: tuple[str, ...] | None, wanted: int) -> tuple[Floats, tuple[str, ...]]:
    """The first `wanted` columns; where there are fewer, orthogonal ones are added, as R's `contrasts<-`."""
    count, have = matrix.shape
    wanted = min(wanted, max(count - 1, have))
    if wanted > have:
        given = np.column_stack([np.ones(count), matrix])
        if np.linalg.matrix_rank(given) < have + 1:
            raise FormulaError(
                "The contrast matrix is singular: its columns and the constant are linearly dependent."
            )
        matrix = np.column_stack([matrix, _complement(given)])
        names = None if names is None else names + ("",) * (count - 1 - have)
    suffixes = names or tuple(str(number) for number in range(1, matrix.shape[1] + 1))
    return np.array(matrix[:, :wanted]), suffixes[:wanted]


def _complement(given: Floats) -> Floats:
    """Orthonormal columns beside the given ones (L, k): (L, L - k).

    Householder reflections in LINPACK's order of operations: which basis comes out hangs on the signs of
    numbers that are zero but for rounding, and R takes LINPACK's.
    """
    count, have = given.shape
    rest = given.copy()
    out = np.eye(count)[:, have:]
    mirrors = []
    for step in range(have):
        mirror = rest[step:, step] / np.copysign(np.linalg.norm(rest[step:, step]), rest[step, step])
        mirror[0] += 1.0
        mirrors.append(mirror)
        for column in range(step + 1, have):
            rest[step:, column] -= mirror @ rest[step:, column] / mirror[0] * mirror
    for step in reversed(range(have)):
        out[step:] -= np.outer(mirrors[step], mirrors[step] @ out[step:] / mirrors[step][0])
    return out


def _sum(count: int) -> tuple[Floats, None]:
    return np.vstack([np.eye(count - 1), -np.ones(count - 1)]), None


def _helmert(count: int) -> tuple[Floats, None]:
    column = np.arange(1.0, count)
    row = np.arange(count)[:, None]
    return np.where(row < column, -1.0, np.where(row == column, column, 0.0)), None


def polynomial_contrast(scores: Floats) -> tuple[Floats, tuple[str, ...]]:
    """Orthonormal polynomials at the scores (L,): matrix (L, L - 1) and the names .L .Q .C ^4 …"""
    count = len(scores)
    if count > 95:
        raise FormulaError(
            f"contr.poly cannot represent {count} levels accurately, at most 95; use contr.treatment."
        )
    if len(set(scores.tolist())) < count:
        raise FormulaError("The scores of contr.poly must all differ.")
    centred = scores - scores.mean()
    centred = centred / np.abs(centred).max()
    basis = [np.full(count, 1 / np.sqrt(count))]
    for _ in range(count - 1):
        column = centred * basis[-1]
        for _again in range(2):  # a second projection removes what rounding left of the first
            known = np.array(basis)
            column = column - known.T @ (known @ column)
        basis.append(column / np.sqrt(column @ column))
    names = [".L", ".Q", ".C", *(f"^{power}" for power in range(4, count))]
    return np.array(basis[1:]).T, tuple(names[: count - 1])


def _poly(count: int) -> tuple[Floats, tuple[str, ...]]:
    return polynomial_contrast(np.arange(1.0, count + 1))


_MATRICES: dict[str, Callable[[int], tuple[Floats, Any]]] = {
    "contr.sum": _sum,
    "contr.helmert": _helmert,
    "contr.poly": _poly,
}
