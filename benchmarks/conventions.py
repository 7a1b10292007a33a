"""What statsmodels and glum report of some fits, beside what `conventions()` says they report.

python -m benchmarks.conventions            # prints the largest relative differences
python -m benchmarks.conventions --write    # stores the answers for the tests
"""

from __future__ import annotations

import json
import sys
import warnings
from pathlib import Path

import numpy as np

from rglm import Binomial, Control, Gamma, InverseGaussian, NegativeBinomial, Tweedie, datasets, glm

ANSWERS = Path(__file__).parents[1] / "tests" / "inference" / "peer_answers.json"
TIGHT = Control(epsilon=1e-14)


def fits():
    """Each fit by name, with statsmodels' family and glum's family and link."""
    import glum
    from statsmodels.genmod import families
    from statsmodels.genmod.families import links

    cars, quine = datasets.load("mtcars"), datasets.load("quine")
    warp = datasets.load("warpbreaks")
    budworm = datasets.load("budworm").assign(n=20)
    counts = glum.NegativeBinomialDistribution(1 / 1.25)

    def fit(formula, data, family, **arguments):
        return glm(formula, data, family, control=TIGHT, **arguments)

    log = Gamma(link="log")
    return {
        "poisson": (fit("breaks ~ wool + tension", warp, "poisson"), families.Poisson(), "poisson", "log"),
        "gaussian": (fit("mpg ~ wt + hp", cars, "gaussian"), families.Gaussian(), "normal", "identity"),
        "gaussian log": (
            fit("mpg ~ wt + hp", cars, "gaussian(log)"), families.Gaussian(links.Log()), "normal", "log",
        ),
        "gamma": (fit("mpg ~ wt + hp", cars, log), families.Gamma(links.Log()), "gamma", "log"),
        "gamma weighted": (
            fit("mpg ~ wt + hp", cars, log, weights="carb"), families.Gamma(links.Log()), "gamma", "log",
        ),
        "inverse gaussian": (
            fit("mpg ~ wt + hp", cars, InverseGaussian(link="log")), families.InverseGaussian(links.Log()),
            "inverse.gaussian", "log",
        ),
        "logit": (fit("am ~ wt", cars, "binomial"), families.Binomial(), "binomial", "logit"),
        "cloglog": (
            fit("am ~ wt", cars, Binomial("cloglog")), families.Binomial(links.CLogLog()), "binomial",
            "cloglog",
        ),
        "proportions": (
            fit("I(numdead / 20) ~ sex + ldose", budworm, "binomial", weights="n"), families.Binomial(),
            "binomial", "logit",
        ),
        "negative binomial": (
            fit("Days ~ Sex + Age", quine, NegativeBinomial(1.25)), families.NegativeBinomial(alpha=1 / 1.25),
            counts, "log",
        ),
        "tweedie": (
            fit("mpg ~ wt", cars, Tweedie(1.5, link_power=0)),
            families.Tweedie(var_power=1.5, link=links.Log()), glum.TweedieDistribution(1.5), "log",
        ),
    }  # fmt: skip


def statsmodels_reports(fit, family):
    """Figures and standard errors of statsmodels' GLM."""
    import statsmodels.api as sm

    rows = fit.rows
    weights = rows.weights if (rows.weights != 1).any() else None
    found = sm.GLM(rows.y, rows.block.dense(), family=family, var_weights=weights).fit(tol=1e-14, maxiter=200)
    figures = [found.llf, found.df_model + 1, found.aic, found.bic, found.scale, found.df_resid]
    return [float(each) for each in figures], np.asarray(found.bse).tolist()


def glum_reports(fit, family, link):
    """AIC, BIC, dispersion and standard errors of glum's regressor."""
    import glum

    rows, X = fit.rows, fit.rows.block.dense()[:, 1:]
    weights = rows.weights if (rows.weights != 1).any() else None
    found = glum.GeneralizedLinearRegressor(family=family, link=link, alpha=0, gradient_tol=1e-10)
    found.fit(X, rows.y, sample_weight=weights)
    asked = {"sample_weight": weights}
    dispersion = found.family_instance.dispersion(rows.y, found.predict(X), ddof=X.shape[1] + 1, **asked)
    criteria = [float(found.aic(X, rows.y, **asked)), float(found.bic(X, rows.y, **asked))]
    return [*criteria, float(dispersion)], np.asarray(found.std_errors(X, rows.y, **asked)).tolist()


def answers():
    """What the peers report, by fit."""
    made = {}
    for name, (fit, family, glum_family, link) in fits().items():
        figures, errors = statsmodels_reports(fit, family)
        criteria, robust = glum_reports(fit, glum_family, link)
        made[name] = {"statsmodels": [figures, errors], "glum": [criteria, robust]}
    return made


def differences(fit, answer):
    """Largest relative differences from what `conventions()` says: statsmodels, then glum."""
    said = fit.conventions()
    figures = said.table.loc[["AIC", "BIC", "dispersion"], "glum"]
    pairs = {
        "statsmodels": (said.table["statsmodels"], said.std_errors["statsmodels"]),
        "glum": (figures, said.std_errors["glum"]),
    }
    return {
        name: max(
            float(np.max(np.abs(np.asarray(mine) / np.array(theirs) - 1.0)))
            for mine, theirs in zip(pair, answer[name], strict=True)
        )
        for name, pair in pairs.items()
    }


def main():
    """Compare, and store where asked."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = answers()
        for name, (fit, *_) in fits().items():
            apart = differences(fit, found[name])
            print(f"{name:18s} statsmodels {apart['statsmodels']:.1e}   glum {apart['glum']:.1e}")
    if "--write" in sys.argv:
        ANSWERS.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
