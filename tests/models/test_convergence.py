"""The loop where R's fails, at the edges of the domain, and what it says."""

import warnings

import numpy as np
import pandas as pd
import pytest

from rglm import Control, FitError, glm
from rglm.errors import ConvergenceWarning, SeparationWarning


def test_an_intercept_alone_converges_from_a_far_start():
    # R 4.2 ends at 1.5e15 here and says that it converged (Gelman, 2011)
    data = pd.DataFrame({"y": [1.0] * 10 + [0.0] * 5})
    fit = glm("y ~ 1", data=data, family="binomial", start=[5.0])
    assert fit.converged
    np.testing.assert_allclose(fit.coef.iloc[0], np.log(2), rtol=1e-7)


def test_zeros_and_ones_with_large_replicate_weights_converge():
    # R-help, 16 April 2010: R returns a fitted probability of 2e-16
    rng = np.random.default_rng(0)
    y = np.r_[np.ones(3), np.zeros(28)]
    weights = rng.uniform(90, 110, size=31)
    fit = glm("y ~ 1", data={"y": y}, family="binomial", weights=weights)
    assert fit.converged
    np.testing.assert_allclose(fit.fitted.iloc[0], np.average(y, weights=weights), rtol=1e-7)


def test_the_deviance_never_rises_over_steps_taken_from_coefficients():
    data = pd.DataFrame({"y": [1.0] * 10 + [0.0] * 5})
    fit = glm("y ~ 1", data=data, family="binomial", start=[5.0])
    assert (fit.history["deviance"].diff().dropna() <= 1e-8).all()
    assert fit.history["halvings"].iloc[0] > 0


def test_one_warning_says_that_the_fit_did_not_converge():
    data = pd.DataFrame({"y": [0, 1, 0, 1, 1, 0, 1], "x": [1.0, 2, 3, 4, 5, 6, 9]})
    with pytest.warns(ConvergenceWarning, match=r"did not converge in 1 iterations.*maxit=4") as caught:
        fit = glm("y ~ x", data=data, family="binomial", control=Control(maxit=1))
    assert len(caught) == 1
    assert not fit.converged


def test_a_model_without_columns_is_its_offset():
    fit = glm("y ~ 0", data={"y": [1.0, 2.0, 4.0]}, family="poisson")
    assert fit.n_iter == 0
    assert fit.rank == 0
    assert fit.df_residual == 3
    np.testing.assert_allclose(fit.fitted, 1.0)
    assert fit.deviance == fit.null_deviance


def test_a_perfect_fit_has_no_deviance():
    fit = glm("y ~ x", data={"x": [1.0, 2, 3, 4], "y": [2.0, 4, 6, 8]})
    assert fit.deviance < 1e-25
    np.testing.assert_allclose(fit.coef, [0, 2], atol=1e-12)


def test_as_many_parameters_as_rows_leave_no_df():
    fit = glm("y ~ g", data={"y": [1.0, 3.0, 2.0], "g": ["a", "b", "c"]}, family="poisson")
    assert fit.df_residual == 0
    assert fit.deviance < 1e-7


def test_a_start_outside_the_domain_is_refused():
    with pytest.raises(FitError, match="start"):
        glm("y ~ 1", data={"y": [1.0, 2.0, 3.0]}, family="Gamma", start=[-5.0])


def test_a_start_of_the_wrong_length_names_the_coefficients():
    with pytest.raises(FitError, match=r"2 in all \(\(Intercept\), x\)"):
        glm("y ~ x", data={"y": [1.0, 2.0, 3.0], "x": [1.0, 2.0, 4.0]}, start=[1.0])


def test_an_invalid_first_step_retreats_to_the_mean():
    # R refuses: "no valid set of coefficients has been found: please supply starting values"
    data = {"y": [0.0, 0, 0, 0, 1, 60], "x": [1.0, 2, 3, 4, 5, 6]}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fit = glm("y ~ x", data=data, family="poisson", control=Control(maxit=50))
    assert np.isfinite(fit.deviance)


def test_trace_prints_R_s_lines(capsys):
    glm("y ~ 1", data={"y": [1.0, 2.0, 6.0]}, family="poisson", control=Control(trace=True))
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "Deviance = 5.032372 Iterations - 1"
    assert [line.rsplit(" ", 1)[1] for line in lines] == [str(i + 1) for i in range(len(lines))]


def test_history_holds_one_row_a_step():
    fit = glm("y ~ x", data={"y": [1.0, 2, 6, 3], "x": [1.0, 2, 3, 4]}, family="poisson")
    assert list(fit.history.columns[:4]) == ["deviance", "change", "halvings", "largest_eta"]
    assert len(fit.history) == fit.n_iter
    np.testing.assert_allclose(fit.history["x"].iloc[-1], fit.coef["x"])


def test_a_mean_rounded_to_its_edge_does_not_stop_the_fit():
    # where a tail is beyond double precision, y there has deviance 0: R clips and goes on; so must the loop
    x = np.linspace(-3, 3, 40)
    data = {"y": (x > 0.1).astype(float), "x": x}
    with pytest.warns(SeparationWarning):
        fit = glm("y ~ x", data=data, family="binomial(cloglog)")
    assert fit.deviance < 1e-6


def test_an_optimum_on_the_boundary_is_reached_and_said():
    # R ends at the same place, after as many iterations, with boundary = TRUE
    data = {"y": [0.0, 0, 0, 1, 3, 9], "x": [0.0, 1, 2, 3, 4, 5]}
    with pytest.warns(ConvergenceWarning, match="edge"):
        fit = glm("y ~ x", data, "poisson(identity)", start=[1.0, 0.5], control=Control(maxit=100))
    assert fit.boundary
    assert fit.fitted.min() < 1e-4
