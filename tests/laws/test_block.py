"""Every verb of a Block equals the same algebra on its dense columns, and those are R's Kronecker columns."""

from __future__ import annotations

import itertools
import pickle

import numpy as np
import pandas as pd
import pytest

from rglm.data.memory import as_source
from rglm.design import learn
from rglm.design.block import Block, Piece
from rglm.design.coding import Dense, Drop, Identity, Layout, TermCoding

SEEDS = range(60)


def coding(rng, size):
    """Any way to code a factor of `size` levels."""
    kind = rng.integers(4)
    if kind == 0 or size == 1:
        return Identity(size)
    if kind == 3:
        return Dense(rng.standard_normal((size, int(rng.integers(1, size + 1)))))
    return Drop(size, int(rng.integers(size)) if kind == 2 else 0)


def matrix(factor):
    """What a Kronecker factor says it is."""
    if isinstance(factor, Dense):
        return factor.matrix
    return np.eye(factor.size)[:, factor.kept] if isinstance(factor, Drop) else np.eye(factor.size)


def random_design(seed, n=None):
    """A block over random variables and terms, and its X written out from the definition."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(1, 40)) if n is None else n
    factors = {name: int(rng.integers(1, 12)) for name in range(3)}
    codes = {name: rng.integers(0, size, n) for name, size in factors.items()}  # some levels stay empty
    numbers = {name: rng.standard_normal((n, int(rng.integers(1, 4)))) for name in range(3, 5)}
    names = list(range(5))
    rng.shuffle(names)  # numeric variables before, between and after the factors
    sets = [s for k in (1, 2, 3) for s in itertools.combinations(names, k)]
    chosen = [sets[i] for i in rng.choice(len(sets), size=int(rng.integers(0, 6)), replace=False)]
    intercept = bool(rng.integers(2))
    terms, pieces, columns = [], [], [np.ones((n, 1))] if intercept else []
    for variables in chosen:
        parts = [
            coding(rng, factors[v]) if v in factors else Identity(numbers[v].shape[1]) for v in variables
        ]
        terms.append(TermCoding(tuple(parts), tuple(v in factors for v in variables)))
        code, stride, values, X = None, 1, None, np.ones((n, 1))
        for v, part in zip(variables, parts, strict=True):
            if v in factors:
                code = codes[v] * stride + (0 if code is None else code)
                stride *= factors[v]
                rows = np.eye(factors[v])[codes[v]] @ matrix(part)
            else:
                rows = numbers[v]
                values = rows if values is None else khatri_rao(values, rows)
            X = khatri_rao(X, rows)
        pieces.append(Piece(code, values))
        columns.append(X)
    layout = Layout(intercept, tuple(terms))
    return rng, Block(layout, n, tuple(pieces)), np.column_stack([*columns, np.empty((n, 0))])


def khatri_rao(earlier, later):
    """Row-wise products, the earlier variable's columns fastest."""
    return np.concatenate([earlier * later[:, [j]] for j in range(later.shape[1])], axis=1)


def close(got, expected):
    assert got.shape == expected.shape
    np.testing.assert_allclose(got, expected, rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("seed", SEEDS)
def test_dense_is_the_definition(seed):
    _, block, X = random_design(seed)
    assert (block.n, block.p) == X.shape
    close(block.dense(), X)


@pytest.mark.parametrize("seed", SEEDS)
def test_verbs_equal_dense_algebra(seed):
    rng, block, X = random_design(seed)
    n, p = X.shape
    b, v, w = rng.standard_normal(p), rng.standard_normal(n), rng.standard_normal(n)
    V = rng.standard_normal((p, p))
    close(block.times(b), X @ b)
    close(block.times(np.outer(b, [1.0, 2.0])), X @ np.outer(b, [1.0, 2.0]))
    close(block.transpose_times(v), X.T @ v)
    close(block.transpose_times(np.outer(v, [1.0, -1.0, 3.0])), X.T @ np.outer(v, [1.0, -1.0, 3.0]))
    close(block.gram(), X.T @ X)
    close(block.gram(w), X.T @ (X * w[:, None]))
    close(block.quadratic(V), np.einsum("ij,jk,ik->i", X, V, X))


@pytest.mark.parametrize("seed", SEEDS)
def test_rows_are_the_rows_of_dense(seed):
    rng, block, X = random_design(seed)
    n = len(X)
    mask = rng.integers(0, 2, n).astype(bool)
    for index in (slice(1, n, 2), slice(0, 0), rng.integers(0, n, 2 * n), mask, np.flatnonzero(mask)):
        part = block.rows(index)
        assert part.n == len(X[index])
        close(part.dense(), X[index])
        close(part.gram(), X[index].T @ X[index])
        close(part.times(np.ones(block.p)), X[index].sum(axis=1))


@pytest.mark.parametrize("seed", range(6))
def test_large_blocks_work_in_chunks_and_tables(seed):
    rng, block, X = random_design(seed + 100, n=40_000)
    p = X.shape[1]
    w, V = rng.random(len(X)), rng.standard_normal((p, p))
    close(block.gram(w), X.T @ (X * w[:, None]))
    np.testing.assert_allclose(block.quadratic(V), np.einsum("ij,ij->i", X @ V, X), rtol=1e-9, atol=1e-8)


def test_absent_rows_give_nan_and_no_sums():
    layout = Layout(True, (TermCoding((Drop(3, 0),), (True,)),))
    block = Block(layout, 3, (Piece(np.array([0, 1, 0]), None),), np.array([False, False, True]))
    assert np.isnan(block.dense()).all(axis=1).tolist() == [False, False, True]
    assert np.isnan(block.times(np.ones(3))).tolist() == [False, False, True]
    assert np.isnan(block.quadratic(np.eye(3))).tolist() == [False, False, True]
    for verb in (block.gram, lambda: block.transpose_times(np.ones(3))):
        with pytest.raises(ValueError, match="complete rows"):
            verb()
    assert block.rows([0, 1]).gram().shape == (3, 3)


def test_a_numeric_column_is_not_copied_and_codes_are_shared():
    x, codes = np.arange(5.0), np.array([0, 1, 2, 1, 0])
    factor = TermCoding((Drop(3, 0),), (True,))
    number = TermCoding((Identity(1),), (False,))
    block = Block(Layout(True, (number, factor)), 5, (Piece(None, x[:, None]), Piece(codes, None)))
    assert np.shares_memory(block.rows(slice(0, 3)).pieces[0].values, x)
    assert np.shares_memory(block.rows(slice(0, 3)).pieces[1].codes, codes)


def test_codings_compare_hash_and_pickle():
    term = TermCoding((Drop(3, 0), Dense(np.eye(2)), Identity(2)), (True, True, False))
    again = pickle.loads(pickle.dumps(term))
    assert again == term
    assert hash(again) == hash(term)
    assert term != TermCoding((Drop(3, 0), Dense(np.ones((2, 2))), Identity(2)), (True, True, False))


FORMULAS = [
    "~ x + a",
    "~ 0 + a * b",
    "~ a * b * c",
    "~ a:b:c + x",
    "~ poly(x, 2):a",
    "~ a:poly(x, 2):b + z",
    "~ x:z + x:a + a:z:o",
    "~ o * l + l:x",
    "~ 0 + x:a + b",
    "~ empty:a + x",
    "~ cbind(x, z):b - 1",
    "~ 1",
    "~ 0",
]
CONTRASTS = ["contr.treatment", "contr.sum", "contr.helmert", "contr.poly", "contr.SAS"]


@pytest.fixture(scope="module")
def source():
    rng = np.random.default_rng(5)
    n = 90
    a = rng.choice(list("pqr"), n)
    return as_source(
        pd.DataFrame(
            {
                "x": rng.standard_normal(n),
                "z": rng.standard_normal(n),
                "a": a,
                "b": rng.choice(list("uv"), n),
                "c": rng.choice(list("klm"), n),
                "o": pd.Categorical(rng.choice(["lo", "mid", "hi"], n), ["lo", "mid", "hi"], ordered=True),
                "l": rng.random(n) < 0.5,
                "empty": np.where(a == "p", "one", rng.choice(["one", "two"], n)),  # a cell that no row holds
            }
        )
    )


@pytest.mark.parametrize("contrast", CONTRASTS)
@pytest.mark.parametrize("formula", FORMULAS)
def test_verbs_of_formulas(formula, contrast, source):
    spec, _ = learn(formula, source)
    factors = [variable.name for variable in spec.variables if variable.is_factor]
    spec, encoded = learn(formula, source, contrasts=dict.fromkeys(factors, contrast))
    rng = np.random.default_rng(1)
    block, X = encoded.block, encoded.block.dense()
    n, p = X.shape
    assert p == len(spec.column_names) == len(spec.assign)
    w, V = rng.random(n), rng.standard_normal((p, p))
    close(block.times(np.arange(p)), X @ np.arange(p))
    close(block.transpose_times(w), X.T @ w)
    close(block.gram(w), X.T @ (X * w[:, None]))
    close(block.quadratic(V), np.einsum("ij,ij->i", X @ V, X))
    close(block.rows(slice(3, 50, 2)).dense(), X[3:50:2])
