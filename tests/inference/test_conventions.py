"""The figures that other packages report: statsmodels' and glum's stored answers, SAS's published ones."""

import json
from pathlib import Path

import numpy as np
import pytest

from rglm import (
    Binomial,
    Control,
    FitError,
    Gamma,
    InverseGaussian,
    NegativeBinomial,
    Tweedie,
    conventions,
    datasets,
    glm,
    glm_nb,
    lm,
)

ANSWERS = json.loads((Path(__file__).parent / "peer_answers.json").read_text(encoding="utf-8"))
"""Made by `python -m benchmarks.conventions --write`."""

CARS, QUINE, WARP = (datasets.load(name) for name in ("mtcars", "quine", "warpbreaks"))
BUDWORM = datasets.load("budworm").assign(n=20)
LOG = Gamma(link="log")

FITS = {
    "poisson": ("breaks ~ wool + tension", WARP, "poisson", None),
    "gaussian": ("mpg ~ wt + hp", CARS, "gaussian", None),
    "gaussian log": ("mpg ~ wt + hp", CARS, "gaussian(log)", None),
    "gamma": ("mpg ~ wt + hp", CARS, LOG, None),
    "gamma weighted": ("mpg ~ wt + hp", CARS, LOG, "carb"),
    "inverse gaussian": ("mpg ~ wt + hp", CARS, InverseGaussian(link="log"), None),
    "logit": ("am ~ wt", CARS, "binomial", None),
    "cloglog": ("am ~ wt", CARS, Binomial("cloglog"), None),
    "proportions": ("I(numdead / 20) ~ sex + ldose", BUDWORM, "binomial", "n"),
    "negative binomial": ("Days ~ Sex + Age", QUINE, NegativeBinomial(1.25), None),
    "tweedie": ("mpg ~ wt", CARS, Tweedie(1.5, link_power=0), None),
}


def fitted(name):
    formula, data, family, weights = FITS[name]
    return glm(formula, data, family, weights=weights, control=Control(epsilon=1e-14))


def test_every_stored_answer_is_compared():
    assert FITS.keys() == ANSWERS.keys()


@pytest.mark.parametrize("name", FITS)
def test_statsmodels(name):
    found = fitted(name).conventions()
    figures, errors = ANSWERS[name]["statsmodels"]
    np.testing.assert_allclose(found.table["statsmodels"], figures, rtol=1e-9)
    np.testing.assert_allclose(found.std_errors["statsmodels"], errors, rtol=1e-7)


@pytest.mark.parametrize("name", FITS)
def test_glum(name):
    found = fitted(name).conventions()
    figures, errors = ANSWERS[name]["glum"]
    np.testing.assert_allclose(found.table.loc[["AIC", "BIC", "dispersion"], "glum"], figures, rtol=1e-7)
    np.testing.assert_allclose(found.std_errors["glum"], errors, rtol=1e-7)


@pytest.mark.parametrize("name", FITS)
def test_r_is_the_fit_itself(name):
    fit = fitted(name)
    found = fit.conventions()
    expected = [fit.loglik, fit.loglik.df, fit.aic, fit.bic, fit.dispersion, fit.df_residual]
    np.testing.assert_allclose(found.table["R"], expected, rtol=1e-12)
    np.testing.assert_allclose(found.std_errors["R"], fit.summary().coefficients["Std. Error"])


def test_sas_on_its_published_example():
    """SAS/STAT User's Guide, The GENMOD Procedure, Normal Regression, Log Link."""
    data = {
        "x": [0, 0, 0, 1, 1, 1, 2, 2, 3, 3, 3, 4, 4, 5, 5, 5],
        "y": [5, 7, 9, 7, 10, 8, 11, 9, 16, 13, 14, 25, 24, 34, 32, 30],
    }
    found = glm("y ~ x", data, "gaussian(log)", control=Control(epsilon=1e-14)).conventions()
    sas = found.table["SAS"]
    assert sas["logLik"] == pytest.approx(-32.1783, abs=5e-5)
    assert sas["AIC"] == pytest.approx(70.3566, abs=5e-5)
    assert sas["BIC"] == pytest.approx(72.6743, abs=5e-5)
    assert np.sqrt(sas["dispersion"]) == pytest.approx(1.8080, abs=5e-5)
    np.testing.assert_allclose(found.std_errors["SAS"], [0.0894, 0.0206], atol=5e-5)


def test_sas_estimates_the_gamma_dispersion_by_maximum_likelihood():
    fit = fitted("gamma")
    phi = fit.conventions().table.loc["dispersion", "SAS"]

    def loglik(dispersion):
        rows = fit.rows
        return fit.family.log_density(rows.y, rows.mean, None, None, dispersion).sum()

    assert loglik(phi) >= max(loglik(0.999 * phi), loglik(1.001 * phi))
    assert fit.conventions().table.loc["logLik", "SAS"] == pytest.approx(loglik(phi), rel=1e-12)


def test_canonical_links_have_one_information():
    found = fitted("logit").conventions().std_errors
    np.testing.assert_allclose(found["SAS"], found["R"], rtol=1e-6)


def test_sas_standard_errors_of_glm_nb_invert_the_joint_information():
    """Differences of the log-likelihood in the coefficients and theta, at the estimates."""
    fit = glm_nb("Days ~ Sex + Age", QUINE, control=Control(epsilon=1e-14, maxit=50))
    rows, X = fit.rows, fit.rows.block.dense()
    at = np.append(fit.coef.to_numpy(), fit.theta)

    def loglik(parameters):
        mean = fit.family.link.evaluate(X @ parameters[:-1])
        return NegativeBinomial(parameters[-1]).log_density(rows.y, mean, None, None, 1.0).sum()

    size = len(at)
    step = 1e-4 * np.eye(size)
    hessian = np.array(
        [
            [
                loglik(at + step[i] + step[j]) - loglik(at + step[i] - step[j])
                - loglik(at - step[i] + step[j]) + loglik(at - step[i] - step[j])
                for i in range(size)
            ]
            for j in range(size)
        ]
    ) / (4e-8)  # fmt: skip
    errors = np.sqrt(np.linalg.inv(-hessian).diagonal())[:-1]
    np.testing.assert_allclose(fit.conventions().std_errors["SAS"], errors, rtol=1e-4)


def test_zero_weights_count_in_statsmodels_alone():
    data = CARS.assign(z=np.where(CARS["carb"] > 4, 0.0, 1.0))
    found = glm("mpg ~ wt", data, LOG, weights="z").conventions()
    assert found.table.loc["df.residual", "statsmodels"] - found.table.loc["df.residual", "R"] == 2
    assert "Rows of weight zero count as observations." in found.reasons["statsmodels"]


def test_reasons_are_given_where_figures_differ_and_not_elsewhere():
    poisson = fitted("poisson").conventions()
    assert poisson.reasons["statsmodels"] == poisson.reasons["SAS"] == ()
    gaussian = fitted("gaussian").conventions()
    assert any("AIC and BIC count the coefficients alone" in each for each in gaussian.reasons["statsmodels"])
    assert not any("Pearson's dispersion" in each for each in gaussian.reasons["statsmodels"])
    assert any("observed information" in each for each in fitted("cloglog").conventions().reasons["SAS"])


def test_quasi_families_have_no_likelihood_anywhere():
    found = glm("breaks ~ wool", WARP, "quasipoisson").conventions()
    assert found.table.loc["AIC"].isna().all()
    assert found.table.loc["dispersion", "statsmodels"] == pytest.approx(found.table.loc["dispersion", "R"])
    assert any("scale='X2'" in each for each in found.reasons["statsmodels"])


def test_aliased_coefficients():
    found = glm("mpg ~ wt + I(2 * wt)", CARS).conventions()
    assert found.std_errors["statsmodels"].isna().all()
    assert np.isfinite(found.std_errors.loc["wt", "SAS"])
    assert np.isnan(found.std_errors.loc["I(2 * wt)", "SAS"])
    assert any("pseudo-inverse" in each for each in found.reasons["statsmodels"])


def test_offsets_leave_glum_without_criteria():
    fit = glm("Claims ~ Age", datasets.load("insurance"), "poisson", exposure="Holders")
    found = fit.conventions()
    assert np.isnan(found.table.loc["AIC", "glum"])
    assert any("without the offset" in each for each in found.reasons["glum"])


def test_prints_tables_and_reasons():
    shown = str(conventions(lm("mpg ~ wt", CARS)))
    assert shown.startswith("The same fit as other packages report it\n")
    assert "statsmodels:\n  AIC and BIC count the coefficients alone" in shown
    assert "SAS:\n  The dispersion is estimated by maximum likelihood" in shown


def test_sampling_weights_are_refused():
    with pytest.raises(FitError, match="without prob_weights"):
        glm("am ~ wt", CARS, "binomial", prob_weights="carb").conventions()
