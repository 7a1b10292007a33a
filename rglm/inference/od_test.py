"""`od_test()`: is a negative binomial model better than Poisson's?"""

from __future__ import annotations

from dataclasses import dataclass

from rglm.display import Blank, Document, Line, Number, Record
from rglm.errors import FitError
from rglm.families.poisson import Poisson
from rglm.inference.checks import check_level, check_likelihood
from rglm.inference.distributions import two_sided_quantile, upper_chisq
from rglm.inference.summary_nb import FittedTheta


@dataclass(frozen=True, eq=False, repr=False)
class OverdispersionTest(Record):
    """Likelihood ratio test of Poisson counts against negative binomial ones.

    statistic  2 (loglik of the negative binomial model - loglik of Poisson's)
    p_value    half of P(chi-square on 1 df > statistic); 1 where the statistic is 0
    critical   the statistic that is exceeded with probability `alpha`
    alpha      of `critical`
    """

    statistic: float
    p_value: float
    critical: float
    alpha: float

    def document(self) -> Document:
        """As `pscl::odTest` prints, with the reason for the distribution in place of its help page."""
        p = Number(self.p_value, "p-value", more=-3)
        statistic = Number(self.statistic, "round", places=4, nsmall=4)
        return Document(
            [
                Line("Likelihood ratio test of H0: Poisson, as restricted NB model:", role="heading"),
                Line("n.b., the distribution of the test-statistic under H0 is non-standard:", role="note"),
                Line("theta is infinite there, the edge of its range, so p is halved", role="note"),
                Blank(),
                Line(
                    "Critical value of test statistic at the alpha= ",
                    Number(self.alpha, "plain"),
                    " level: ",
                    Number(self.critical, "round", places=4, nsmall=4),
                ),
                Line("Chi-Square Test Statistic =  ", statistic, " p-value = ", p),
            ]
        )


def od_test(fit: FittedTheta, alpha: float = 0.05) -> OverdispersionTest:
    """Likelihood ratio test of Poisson counts against the negative binomial model.

    2 (loglik - loglik of Poisson's model with the same terms).  Poisson is the limit of infinite theta, the
    edge of its range, where the statistic is 0 half of the time: p is half that of chi-square on 1 df, and
    the critical value its 1 - 2 alpha quantile (2.7055 at 0.05).

    Parameters
    ----------
    fit : a negative binomial model (`glm_nb`)
    alpha : level of the critical value, below 1/2

    Returns
    -------
    OverdispersionTest

    Raises
    ------
    FitError
        When the model has no estimated theta.

    Source: `pscl::odTest`; Self & Liang (1987), JASA 82.

    Examples
    --------
    >>> from rglm import datasets, glm_nb
    >>> fit = glm_nb("Days ~ Eth + Sex + Age", data=datasets.load("quine"))
    >>> f"{fit.od_test().statistic:.4f}, {fit.od_test().critical:.4f}"
    '1235.3289, 2.7055'
    """
    check_level(1.0 - 2.0 * alpha)
    check_likelihood(fit, "od_test()")
    if not hasattr(fit, "theta"):
        raise FitError(
            "od_test() needs a model whose theta was estimated: glm_nb(formula, data).od_test(). For other "
            "models anova() and lrtest() compare nested fits."
        )
    poisson = fit.refit(family=Poisson(fit.family.link))
    statistic = max(2.0 * (float(fit.loglik) - poisson.likelihood), 0.0)
    p = 0.5 * float(upper_chisq(statistic, 1.0)) if statistic > 0 else 1.0
    return OverdispersionTest(statistic, p, two_sided_quantile(1.0 - 2.0 * alpha) ** 2, alpha)
