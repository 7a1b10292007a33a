"""rglm: generalized linear models from formulas, with R's verbs, numbers and printed tables.

>>> from rglm import datasets, glm
>>> fit = glm("breaks ~ wool", data=datasets.load("warpbreaks"), family="poisson")
>>> fit.anova().table["Df"].tolist()[1]
1.0
"""

from rglm import datasets
from rglm.display import options
from rglm.errors import (
    ConvergenceWarning,
    DataError,
    FamilyError,
    FitError,
    FormulaError,
    FormulaWarning,
    RankWarning,
    RglmError,
    RglmWarning,
    SeparationWarning,
)
from rglm.families import (
    Binomial,
    Family,
    Gamma,
    Gaussian,
    InverseGaussian,
    Link,
    NegativeBinomial,
    Poisson,
    Power,
    Quasi,
    QuasiBinomial,
    QuasiPoisson,
    Tweedie,
    Variance,
    register_family,
    register_link,
)
from rglm.fitting import Control
from rglm.inference.criteria import AIC, BIC, AICc
from rglm.models.frames import model_frame, model_matrix
from rglm.models.generics import (
    add1,
    alias,
    anova,
    augment,
    cooks_distance,
    covratio,
    dfbeta,
    dfbetas,
    dffits,
    drop1,
    extract_aic,
    glance,
    hatvalues,
    predict,
    residuals,
    rstandard,
    rstudent,
    summary,
    tidy,
    update,
    vcov,
)
from rglm.models.glm import GLM, glm
from rglm.models.lm import LM, lm

__version__ = "0.1.0"

__all__ = [
    "AIC",
    "BIC",
    "AICc",
    "GLM",
    "LM",
    "Binomial",
    "Control",
    "ConvergenceWarning",
    "DataError",
    "Family",
    "FamilyError",
    "FitError",
    "FormulaError",
    "FormulaWarning",
    "Gamma",
    "Gaussian",
    "InverseGaussian",
    "Link",
    "NegativeBinomial",
    "Poisson",
    "Power",
    "Quasi",
    "QuasiBinomial",
    "QuasiPoisson",
    "RankWarning",
    "RglmError",
    "RglmWarning",
    "SeparationWarning",
    "Tweedie",
    "Variance",
    "add1",
    "alias",
    "anova",
    "augment",
    "cooks_distance",
    "covratio",
    "datasets",
    "dfbeta",
    "dfbetas",
    "dffits",
    "drop1",
    "extract_aic",
    "glance",
    "glm",
    "hatvalues",
    "lm",
    "model_frame",
    "model_matrix",
    "options",
    "predict",
    "register_family",
    "register_link",
    "residuals",
    "rstandard",
    "rstudent",
    "summary",
    "tidy",
    "update",
    "vcov",
]
