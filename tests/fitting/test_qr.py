"""Least squares by QR: solutions, aliasing by R's rule, and factors that add."""

import numpy as np
import pytest

from rglm.fitting.qr import Triangle, least_squares, solve_triangle


def problem(n=40, p=5, seed=0):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(n, p)), rng.normal(size=n), rng.uniform(0.5, 2.0, size=n)


def test_the_solution_is_that_of_the_normal_equations():
    X, z, w = problem()
    step = least_squares(X, z, w)
    expected = np.linalg.solve(X.T @ (w[:, None] * X), X.T @ (w * z))
    np.testing.assert_allclose(step.coef, expected, rtol=1e-12)
    np.testing.assert_allclose(step.R.T @ step.R, X.T @ (w[:, None] * X), rtol=1e-12, atol=1e-12)
    assert step.rank == 5
    assert not step.aliased.any()


def test_a_dependent_column_is_aliased_and_it_is_the_later_one():
    X, z, _ = problem()
    X[:, 3] = 2 * X[:, 0] - X[:, 1]
    step = least_squares(X, z)
    assert step.aliased.tolist() == [False, False, False, True, False]
    assert step.coef[3] == 0.0
    kept = least_squares(X[:, [0, 1, 2, 4]], z)
    np.testing.assert_allclose(step.coef[[0, 1, 2, 4]], kept.coef, rtol=1e-10)


@pytest.mark.parametrize(("noise", "aliased"), [(1e-9, True), (1e-5, False)])
def test_the_tolerance_is_a_fraction_of_the_column_s_own_norm(noise, aliased):
    rng = np.random.default_rng(3)
    X = np.column_stack([np.ones(50), rng.normal(size=50)])
    X = np.column_stack([X, 1e6 * (2 * X[:, 1] + noise * rng.normal(size=50))])
    assert least_squares(X, rng.normal(size=50)).aliased[2] == aliased


def test_zero_columns_and_more_columns_than_rows_are_aliased():
    X, z, _ = problem(n=3, p=5)
    X[:, 1] = 0.0
    step = least_squares(X, z)
    assert step.aliased.tolist() == [False, True, False, False, True]
    np.testing.assert_allclose(X @ step.coef, z, rtol=1e-10)


def test_triangles_add_to_the_triangle_of_all_rows():
    X, z, w = problem(n=60)
    root = np.sqrt(w)
    stacked = np.column_stack([X * root[:, None], z * root])
    parts = [Triangle(np.linalg.qr(stacked[s], mode="r")) for s in (slice(0, 7), slice(7, 30), slice(30, 60))]
    together = solve_triangle((parts[0] + parts[1] + parts[2]).factor)
    np.testing.assert_allclose(together.coef, least_squares(X, z, w).coef, rtol=1e-11)


def test_a_triangle_knows_a_dependent_column_that_no_single_part_shows():
    X, z, _ = problem(n=60)
    X[:, 2] = X[:, 0] + X[:, 1]
    stacked = np.column_stack([X, z])
    parts = [Triangle(np.linalg.qr(stacked[s], mode="r")) for s in (slice(0, 2), slice(2, 60))]
    assert solve_triangle((parts[0] + parts[1]).factor).aliased.tolist() == [False, False, True, False, False]
