"""A first fit: what makes people click on an advertisement?

Five hundred advertisements, each shown on one day (`rglm.datasets.describe("clicks")`; simulated).
Clicks are counts, and an advertisement shown twice as often should get twice as many: a Poisson
model with a log link and the log of the impressions as offset models the rate of clicks.

Run it with `make demo`, or `python vignettes/demo.py`.
"""

from rglm import datasets, glm

clicks = datasets.load("clicks")

fit = glm("clicks ~ age + channel + device + offset(log(impressions))", data=clicks, family="poisson")

print(fit.summary())
print(fit.anova(test="Chisq"))

# The residual deviance exceeds its degrees of freedom: counts vary more than Poisson's do. A
# quasi-Poisson fit has the same estimates, with standard errors that allow for it, and F tests.
quasi = fit.update(family="quasipoisson")
print()
print(quasi.anova(test="F"))
