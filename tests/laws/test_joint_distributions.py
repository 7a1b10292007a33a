"""The studentized range and the largest of several t statistics: special cases, bounds, R's values."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from rglm.inference.distributions import (
    studentized_range_quantile,
    two_sided,
    two_sided_quantile,
    upper_studentized_range,
)
from rglm.inference.max_t import MaxT

Q = np.array([0.0, 0.3, 1.0, 2.5, 4.0, 6.0, 9.0])
DFS = [1.0, 2.0, 5.0, 48.0, 3000.0, np.inf]


def equal_pairs(k):
    """Correlations of all differences between k independent means."""
    pairs = [(i, j) for i in range(k) for j in range(i + 1, k)]
    D = np.array([np.eye(k)[i] - np.eye(k)[j] for i, j in pairs])
    return D @ D.T / 2.0


@pytest.mark.parametrize("df", DFS)
def test_the_range_of_two_is_a_t_statistic(df):
    np.testing.assert_allclose(upper_studentized_range(Q, 2, df), two_sided(Q / np.sqrt(2), df), rtol=2e-10)


@pytest.mark.parametrize("df", [2.0, 5.0, 48.0])
@pytest.mark.parametrize("means", [3, 6, 20])
def test_the_range_is_scipys(means, df):
    np.testing.assert_allclose(
        upper_studentized_range(Q, means, df), stats.studentized_range.sf(Q, means, df), atol=1e-8
    )


def test_the_range_is_rs():
    """ptukey(c(2, 3.5, 5), nmeans, df, lower.tail = FALSE), R 4.2.2."""
    np.testing.assert_allclose(
        upper_studentized_range([2.0, 3.5, 5.0], 3, 48.0),
        [0.34172324224764, 0.04384797587241, 0.00258330867113],
        rtol=1e-8,
    )


@pytest.mark.parametrize("df", DFS)
def test_the_range_is_a_tail(df):
    p = upper_studentized_range(Q, 4, df)
    assert np.isclose(p[0], 1.0, rtol=1e-9)
    assert (np.diff(p) < 0).all()
    assert (upper_studentized_range(Q[1:], 5, df) > p[1:]).all()


def test_far_tails_keep_their_digits():
    far = upper_studentized_range(20.0, 3, np.inf)
    assert np.isclose(far, 3 * two_sided(20.0 / np.sqrt(2)), rtol=1e-3)  # Bonferroni's bound, nearly reached


@pytest.mark.parametrize("df", [3.0, 20.0, np.inf])
@pytest.mark.parametrize("level", [0.5, 0.95, 0.999])
def test_quantiles_invert_tails(level, df):
    q = studentized_range_quantile(level, 5, df)
    assert np.isclose(upper_studentized_range(q, 5, df), 1.0 - level, rtol=1e-8)
    t = MaxT(equal_pairs(3), df).quantile(level)
    assert np.isclose(MaxT(equal_pairs(3), df).upper(np.array([t]))[0], 1.0 - level, rtol=1e-6)


@pytest.mark.parametrize("df", [5.0, 48.0, np.inf])
@pytest.mark.parametrize(("k", "error"), [(2, 1e-12), (3, 1e-10), (4, 1e-6), (6, 3e-4), (12, 1e-3)])
def test_all_pairs_of_equal_means_are_tukeys(k, error, df):
    t = np.array([0.5, 1.5, 2.5, 3.5])
    found = MaxT(equal_pairs(k), df).upper(t)
    np.testing.assert_allclose(found, upper_studentized_range(np.sqrt(2) * t, k, df), atol=error)


def test_independent_statistics_are_sidaks():
    t = np.array([1.0, 2.0, 3.0])
    for k, error in ((1, 1e-12), (2, 1e-9), (3, 1e-6), (7, 2e-4)):
        found = MaxT(np.eye(k), np.inf).upper(t)
        np.testing.assert_allclose(found, 1.0 - (1.0 - two_sided(t)) ** k, atol=error)


def test_equal_statistics_are_one():
    found = MaxT(np.ones((5, 5)), 7.0)
    assert found.rank == 1
    np.testing.assert_allclose(found.upper(np.array([2.0])), two_sided(2.0, 7.0), rtol=1e-12)
    assert np.isclose(found.quantile(0.95), two_sided_quantile(0.95, 7.0), rtol=1e-8)


def test_no_value_stays_none():
    assert np.isnan(MaxT(np.eye(2), 5.0).upper(np.array([np.nan]))).all()
