"""Laws of the spline bases (R's answers are in test_functions.py): what they span, which knots they take."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from scipy.interpolate import BSpline

from rglm.errors import FormulaError, FormulaWarning
from rglm.formula.evaluate import Scope, evaluate, learn
from rglm.formula.grammar import parse_expression
from rglm.formula.splines import (
    Spline,
    augmented,
    b_basis,
    basis_matrix,
    derivative,
    natural_basis,
    quantiles,
)
from rglm.formula.values import Numbers

INSIDE = np.linspace(-1, 9, 41)
CUBIC = Spline(3, (1.0, 2.5, 7.0), (-1.0, 9.0), True, False)
NATURAL = Spline(3, (1.0, 2.5, 7.0), (-1.0, 9.0), True, True)


def params(text, x):
    node = parse_expression(text)
    return learn(node, Scope({"x": Numbers(x)}, len(x)))[node]


@pytest.mark.parametrize("degree", [1, 2, 3, 5])
@pytest.mark.parametrize("knots", [(), (2.0,), (1.0, 2.5, 7.0), (4.0, 4.0)])
def test_b_splines_equal_an_independent_implementation(degree, knots):
    spline = Spline(degree, knots, (-1.0, 9.0), True, False)
    x = np.concatenate([INSIDE, [-3.0, -1.0, 9.0, 12.5]])  # scipy too continues the outermost polynomial
    full = augmented(spline)
    count = len(full) - degree - 1
    expected = np.column_stack(
        [BSpline(full, np.eye(count)[k], degree, extrapolate=True)(x) for k in range(count)]
    )
    np.testing.assert_allclose(b_basis(spline, x), expected, rtol=1e-11, atol=1e-12)


def test_b_splines_are_a_partition_of_unity():
    np.testing.assert_allclose(b_basis(CUBIC, INSIDE).sum(axis=1), 1, atol=1e-14)
    assert (b_basis(CUBIC, INSIDE) >= 0).all()
    np.testing.assert_allclose(b_basis(CUBIC, np.array([-20.0, 40.0])).sum(axis=1), 1, rtol=1e-9)


@pytest.mark.parametrize("order", [1, 2])
def test_derivatives_agree_with_differences(order):
    x, h = np.array([-0.3, 1.7, 5.0, 8.2]), 1e-4
    knots = augmented(CUBIC)
    ahead, here, behind = (derivative(knots, 3, x + step, order - 1) for step in (h, 0, -h))
    np.testing.assert_allclose(derivative(knots, 3, x, order), (ahead - behind) / (2 * h), atol=1e-5)
    np.testing.assert_allclose(here, derivative(knots, 3, x, order - 1))


def test_natural_splines_are_cubic_inside_and_straight_outside():
    left, right = np.array([-9.0, -5.0, -1.0]), np.array([9.0, 20.0, 31.0])
    for three in (left, right):
        rows = natural_basis(NATURAL, three)
        np.testing.assert_allclose(rows[0] - 2 * rows[1] + rows[2], 0, atol=1e-11)
    h = 1e-4
    for end, side in ((-1.0, -1), (9.0, 1)):
        slopes = [
            (natural_basis(NATURAL, np.array([end + step * h])) - natural_basis(NATURAL, np.array([end])))
            / (step * h)
            for step in (side, -side)
        ]
        np.testing.assert_allclose(slopes[0], slopes[1], atol=1e-6)


def test_natural_splines_span_constants_and_lines():
    basis = natural_basis(NATURAL, np.linspace(-5, 15, 60))
    for target in (np.ones(60), np.linspace(-5, 15, 60)):
        coef = np.linalg.lstsq(basis, target, rcond=None)[0]
        np.testing.assert_allclose(basis @ coef, target, atol=1e-11)


def test_missing_values_stay_missing():
    x = np.array([0.0, np.nan, 5.0])
    for basis in (b_basis(CUBIC, x), natural_basis(NATURAL, x)):
        assert np.isnan(basis[1]).all()
        assert not np.isnan(basis[[0, 2]]).any()


def test_quantiles_are_type_seven():
    rng = np.random.default_rng(1)
    for n in (1, 2, 3, 10, 101):
        values, shares = rng.normal(size=n), np.array([0.05, 0.25, 1 / 3, 0.5, 0.9, 1.0])
        np.testing.assert_allclose(
            quantiles(values, shares), np.quantile(values, shares), rtol=1e-13, atol=1e-14
        )


def test_knots_are_quantiles_of_the_values_inside_the_boundary():
    x = np.array([0.0, 1, 2, 3, 4, 5, 6, 7, 8, np.nan, 100.0])
    assert params("bs(x, df = 4, Boundary.knots = c(0, 8))", x) == Spline(3, (4.0,), (0.0, 8.0), False, False)
    assert params("ns(x, df = 2)", x).boundary == (0.0, 100.0)
    assert params("ns(x, knots = c(6, 3))", x).knots == (3.0, 6.0)
    assert params("bs(x, df = 9, knots = 3)", x).knots == (3.0,)
    assert params("bs(x, knots = NULL)", x).knots == ()


@pytest.mark.parametrize("call", ["ns(x, {})", "bs(x, {})"])
def test_a_knot_tied_with_the_boundary_moves_inside(call, helpers):
    low = {"x": [0.0] * 5 + [1.0, 2.0, 3.0, 4.0, 10.0]}
    df = 4 if call.startswith("ns") else 6
    given = helpers.run(call.format("knots = c(0.0625, 0.5, 2.75)"), low)
    np.testing.assert_allclose(helpers.run(call.format(f"df = {df}"), low).values, given.values)
    high = {"x": [-value for value in low["x"]]}
    given = helpers.run(call.format("knots = c(-2.75, -0.5, -0.0625)"), high)
    np.testing.assert_allclose(helpers.run(call.format(f"df = {df}"), high).values, given.values)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("bs(x, knots = c(2, 30))", "must lie between the boundary knots, 1 and 9"),
        ("ns(x, knots = -1)", "the knots -1 must lie between"),
        ("ns(x, Boundary.knots = 3)", "two different numbers"),
        ("ns(x, Boundary.knots = c(3, 3))", "two different numbers"),
        ("bs(x, degree = 0)", "from 1 to 20"),
        ("bs(x, df = 'a')", "'df' must be one number, not 'a'"),
        ("bs(x, knots = z)", "constant numbers"),
        ("ns(cbind(x, z), df = 2)", "one numeric variable"),
        ("ns(k, df = 3)", "fewer than two distinct values"),
        ("bs(k)", "fewer than two distinct values"),
        ("ns(t, df = 3)", "equals the boundary knot 0"),
        ("bs(x, 2, 3, 4, TRUE, c(1, 2), 7)", "too many arguments"),
    ],
)
def test_misuse_is_refused(text, message, helpers):
    columns = {
        "x": [1.0, 2.0, 4.0, 9.0],
        "z": [1.0, 2.0, 3.0, 4.0],
        "k": [5.0] * 4,
        "t": [0.0, 0.0, 0.0, 1.0],
    }
    with pytest.raises(FormulaError, match=message):
        helpers.run(text, columns)


def test_too_small_a_df_warns_and_uses_the_least(helpers):
    columns = {"x": [1.0, 2.0, 4.0, 9.0, 11.0]}
    with pytest.warns(FormulaWarning, match="'df' was too small; have used 3"):
        assert helpers.run("bs(x, df = 2)", columns).values.shape == (5, 3)
    with pytest.warns(FormulaWarning, match="have used 2"):
        assert helpers.run("ns(x, df = 0, intercept = TRUE)", columns).values.shape == (5, 2)


def test_only_bs_warns_of_values_beyond_the_boundary(helpers):
    old, new = {"x": [1.0, 2.0, 4.0, 9.0]}, {"x": [0.0, 3.0]}
    with pytest.warns(FormulaWarning, match=r"bs\(x\): some 'x' values beyond boundary knots may cause"):
        helpers.run("bs(x)", old, new)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        helpers.run("ns(x, df = 2)", old, new)


def test_a_basis_of_a_long_column_is_column_major():
    x = np.random.default_rng(0).uniform(0, 10, 5000)
    node = parse_expression("ns(x, df = 4)")
    scope = Scope({"x": Numbers(x)}, len(x))
    value = evaluate(node, Scope(scope.columns, scope.n, {}, learn(node, scope)))
    assert value.names == ("1", "2", "3", "4")
    assert value.values.flags.f_contiguous
    assert basis_matrix(augmented(CUBIC), 3, x).flags.f_contiguous
