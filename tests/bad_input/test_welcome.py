"""Input that looks bad and is not: awkward names, missing weights, odd columns; and where warnings point."""

from __future__ import annotations

import inspect
import warnings

import numpy as np
import pandas as pd
import pytest
from refusals import poisson, put

from rglm import (
    Control,
    ConvergenceWarning,
    FormulaWarning,
    RankWarning,
    RglmWarning,
    SeparationWarning,
    anova,
    glm,
    lm,
)


@pytest.mark.parametrize("argument", ["weights", "freq_weights", "offset", "exposure"])
def test_rows_with_a_missing_row_value_are_dropped_and_reported(data, argument):
    data = put(data, "w", 2, np.nan)
    fit = poisson(data, **{argument: "w"})
    assert fit.nobs == (29 if argument != "freq_weights" else data.w.sum())
    assert f"{argument} (1)" in str(fit.na_report)
    same = poisson(data.drop(index=2), **{argument: "w"})
    pd.testing.assert_series_equal(fit.coef, same.coef)


@pytest.mark.parametrize(
    "name",
    [
        "my x",
        "it's",
        'say "x"',
        "naïve größe",
        "a`b",
        "x-1",
        "1st",
        "TRUE",
        "if",
        "C",
        "log",
        "I",
        "offset",
        "poly",
    ],
)
def test_any_column_name_can_be_used_in_backticks(data, name):
    renamed = data.rename(columns={"x": name})
    text = name.replace("\\", "\\\\").replace("`", "\\`")
    fit = poisson(renamed, f"y ~ `{text}` + a")
    np.testing.assert_allclose(fit.coef.to_numpy(), poisson(data, "y ~ x + a").coef.to_numpy())
    np.testing.assert_allclose(fit.predict(renamed), fit.linear_predictors)
    fit.summary()


@pytest.mark.parametrize("name", ["C", "log", "I", "poly", "factor"])
def test_a_column_named_like_a_function_does_not_shadow_it(data, name):
    renamed = data.rename(columns={"w": name})
    fit = poisson(renamed, f"y ~ log({name}) + C(a) + I({name}^2)")
    np.testing.assert_allclose(
        fit.coef.to_numpy(), poisson(data, "y ~ log(w) + C(a) + I(w^2)").coef.to_numpy()
    )


def test_names_that_are_integers_are_read_as_text(data):
    fit = poisson(data.rename(columns={"y": 0, "x": 1}), "`0` ~ `1`")
    np.testing.assert_allclose(fit.coef.to_numpy(), poisson(data).coef.to_numpy())
    assert list(fit.coef.index) == ["(Intercept)", "`1`"]


@pytest.mark.parametrize("argument", ["weights", "exposure", "subset"])
def test_a_column_with_a_space_serves_as_an_argument(data, argument):
    name = {"weights": "w", "exposure": "e", "subset": "b"}[argument]
    fit = poisson(data.rename(columns={name: "my column"}), **{argument: "my column"})
    np.testing.assert_allclose(fit.coef.to_numpy(), poisson(data, **{argument: name}).coef.to_numpy())


def test_objects_of_one_kind_are_read_as_that_kind(data):
    odd = data.assign(x=data.w.astype(int).astype(object), a=data.a.astype(object))
    np.testing.assert_allclose(
        poisson(odd, "y ~ x + a").coef.to_numpy(), poisson(data, "y ~ w + a").coef.to_numpy()
    )


def test_huge_and_tiny_values_do_not_stir_numpy(data):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        lm("y ~ x", data.assign(x=1e150 * data.x))
        lm("y ~ x", data.assign(y=1e-300 * data.y))


def test_a_frame_is_left_as_it_came(data):
    before = data.copy(deep=True)
    poisson(data, "y ~ poly(x, 2) * a + offset(log(e))", weights="w", subset="w > 3").summary()
    pd.testing.assert_frame_equal(data, before)


# -- warnings point at the caller's line ---------------------------------------------------------------


def response_on_the_right(data):
    glm("y ~ y + x", data)


def a_power(data):
    glm("y ~ x^2", data)


def a_power_in_lm(data):
    lm("y ~ x^2", data)


def a_log_of_a_negative(data):
    lm("y ~ log(w - 2.5)", data)


def too_few_steps(data):
    poisson_fit = glm
    poisson_fit("y ~ x", data, "poisson", control=Control(maxit=1))


def separated(data):
    glm("bin ~ x", data.assign(bin=(data.x > 0).astype(int)), "binomial")


def separated_by_update(data):
    glm("b ~ a", data, "binomial").update(subset="!(a == 'u' & b)")


def fractional_counts(data):
    glm("e ~ x", data, "poisson")


def fractional_successes(data):
    glm("I(e / 3) ~ x", data, "binomial")


def predicted_off_the_dependence(data):
    lm("y ~ x + x2", data.assign(x2=data.x)).predict({"x": [1.0], "x2": [2.0]})


def predicted_log(data):
    lm("y ~ log(w)", data).predict({"w": [-1.0]})


def f_test_of_counts(data):
    anova(glm("y ~ x", data, "poisson"), test="F")


def a_perfect_fit(data):
    lm("w ~ w2", data.assign(w2=2 * data.w)).summary()


WARNED = {
    response_on_the_right: FormulaWarning,
    a_power: FormulaWarning,
    a_power_in_lm: FormulaWarning,
    a_log_of_a_negative: FormulaWarning,
    too_few_steps: ConvergenceWarning,
    separated: SeparationWarning,
    separated_by_update: SeparationWarning,
    fractional_counts: RglmWarning,
    fractional_successes: RglmWarning,
    predicted_off_the_dependence: RankWarning,
    predicted_log: FormulaWarning,
    f_test_of_counts: RglmWarning,
    a_perfect_fit: RglmWarning,
}


@pytest.mark.parametrize("call", WARNED, ids=lambda call: call.__name__)
def test_a_warning_is_given_once_and_points_at_the_callers_line(data, call):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        call(data)
    assert [each.category for each in caught] == [WARNED[call]]
    lines, first = inspect.getsourcelines(call)
    assert caught[0].filename == __file__
    assert first < caught[0].lineno < first + len(lines)


def test_a_formula_that_is_cached_warns_again(data):
    for _ in range(2):
        with pytest.warns(FormulaWarning, match="x\\^2"):
            glm("y ~ x^2", data)
