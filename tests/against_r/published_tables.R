# Exponentiated coefficients and side-by-side figures as R gives them.
# LC_ALL=C.UTF-8 Rscript tests/against_r/published_tables.R > tests/against_r/published_tables.json
suppressMessages({library(MASS); library(jsonlite); library(sandwich); library(lmtest)})
options(digits = 7, width = 80, digits.secs = NULL)
read <- function(name) read.csv(file.path("rglm/datasets/values", paste0(name, ".csv")), stringsAsFactors = TRUE)

budworm <- read("budworm"); birthwt <- read("birthwt"); quine <- read("quine"); warp <- read("warpbreaks")
mtcars2 <- read("mtcars"); warp$tension <- factor(warp$tension, c("L", "M", "H"))
ratios <- function(fit) {
  profiled <- suppressMessages(exp(cbind(coef(fit), confint(fit))))
  wald <- exp(cbind(coef(fit), confint.default(fit)))
  list(profile = unname(profiled), wald = unname(wald), names = names(coef(fit)))
}
fits <- list(
  odds = glm(cbind(numdead, numalive) ~ sex + ldose, binomial, budworm),
  odds01 = glm(low ~ smoke + age, binomial, birthwt),
  rates = glm(breaks ~ wool + tension, poisson, warp),
  nb = glm.nb(Days ~ Sex + Age, quine),
  gamma = glm(mpg ~ wt + hp, Gamma("log"), mtcars2),
  hazard = glm(cbind(numdead, numalive) ~ ldose, binomial("cloglog"), budworm)
)
m1 <- lm(mpg ~ wt, mtcars2); m2 <- lm(mpg ~ wt + hp, mtcars2)
goodness <- function(m) {
  out <- c(nobs = nobs(m), logLik = as.numeric(logLik(m)), AIC = AIC(m), BIC = BIC(m), deviance = deviance(m))
  if (inherits(m, "glm")) out else c(out, r.squared = summary(m)$r.squared, adj.r.squared = summary(m)$adj.r.squared)
}
robust <- coeftest(m2, vcov = vcovHC(m2, "HC3"))
answer <- list(
  ratios = lapply(fits, ratios),
  compare = list(
    m1 = list(coef = unname(coef(summary(m1))), goodness = as.list(goodness(m1))),
    m2 = list(coef = unname(coef(summary(m2))), goodness = as.list(goodness(m2))),
    rates = list(coef = unname(coef(summary(fits$rates))), goodness = as.list(goodness(fits$rates)))
  ),
  robust = unname(unclass(robust)[, 1:4])
)
cat(toJSON(answer, digits = I(15), auto_unbox = TRUE, pretty = TRUE), "\n")
