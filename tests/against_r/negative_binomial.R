# Reference answers of MASS on negative binomial models, written to negative_binomial.json.
#
#   LC_ALL=C.UTF-8 Rscript tests/against_r/negative_binomial.R            (from the root of the repository)
#
# glm.nb stops within 1e-8 of theta; standard errors of theta are of the step before.  So theta and its
# standard error are taken again from theta.ml at the fitted means.  With a fit as its argument theta.mm
# leaves the weights out; here they are given.

suppressMessages({library(MASS); library(jsonlite)})
options(digits = 7, width = 80, warn = -1)

numbers <- function(x) I(as.numeric(unname(x)))
insurance <- MASS::Insurance
insurance$District <- factor(insurance$District)
models <- list(
  quine = glm.nb(Days ~ Sex/(Age + Eth*Lrn), quine),
  quine_main = glm.nb(Days ~ Sex + Age + Eth, quine),
  quine_small = glm.nb(Days ~ Age + Eth, quine),
  quine_sqrt = glm.nb(Days ~ Age + Eth, quine, link = sqrt),
  quine_identity = glm.nb(Days ~ Eth + Sex, quine, link = identity),
  quine_weighted = glm.nb(Days ~ Sex + Age, quine, weights = 1 + (Lrn == "SL")),
  quine_one = glm.nb(Days ~ 1, quine),
  epil = glm.nb(y ~ lbase * trt + lage + V4, epil),
  epil_subset = glm.nb(y ~ lbase + trt, epil, subset = period < 4, init.theta = 5),
  insurance = glm.nb(Claims ~ District + offset(log(Holders)), insurance),
  warpbreaks = glm.nb(breaks ~ wool * tension, warpbreaks),
  warpbreaks_none = glm.nb(breaks ~ 0 + wool, warpbreaks))

lines <- function(x) I(capture.output(print(x)))
whole <- function(x) {
  text <- capture.output(print(x))
  start <- grep("^Call:", text)
  text <- text[-seq_len(start[1] + which(text[(start[1] + 1):length(text)] == "")[1])]
  residuals <- grep("^Deviance Residuals:", text)
  if (length(residuals)) {
    text <- text[-(residuals:(residuals + which(text[residuals:length(text)] == "")[1] - 1))]
  }
  I(text)
}
about <- function(fit) {
  tight <- theta.ml(fit$y, fitted(fit), sum(fit$prior.weights), fit$prior.weights, limit = 100, eps = 1e-12)
  found <- summary(fit)
  list(coef = numbers(coef(fit)), se = numbers(found$coefficients[, 2]), z = numbers(found$coefficients[, 3]),
       p = numbers(found$coefficients[, 4]), theta = numbers(tight), se_theta = numbers(attr(tight, "SE")),
       twologlik = numbers(fit$twologlik), aic = numbers(AIC(fit)), bic = numbers(BIC(fit)),
       df = numbers(attr(logLik(fit), "df")), deviance = numbers(deviance(fit)),
       null = numbers(c(fit$null.deviance, fit$df.null)), df_residual = numbers(df.residual(fit)),
       fitted = numbers(head(fitted(fit))), theta_mm = numbers(theta.mm(fit$y, fitted(fit), df.residual(fit), fit$prior.weights, 100, 1e-12)),
       theta_md = numbers(theta.md(fit$y, fitted(fit), df.residual(fit), fit$prior.weights, 100, 1e-12)),
       text = whole(fit), summary = whole(found), anova = lines(suppressWarnings(anova(fit))))
}
series <- list(
  features = anova(glm.nb(Days ~ Sex + Eth, quine), glm.nb(Days ~ Sex + Age + Eth, quine)),
  quine = anova(models$quine_small, models$quine_main, models$quine),
  epil = anova(glm.nb(y ~ lbase, epil), models$epil, glm.nb(y ~ lbase + trt + lage, epil)),
  insurance = anova(models$insurance, glm.nb(Claims ~ 1 + offset(log(Holders)), insurance)))
table <- function(x) list(theta = numbers(x$theta), df_residual = numbers(x[["Resid. df"]]),
  twologlik = numbers(x[["   2 x log-lik."]]), df = numbers(x[["   df"]]), lr = numbers(x[["LR stat."]]),
  p = numbers(x[["Pr(Chi)"]]), text = lines(x))

write_json(list(versions = list(R = as.character(getRversion()), MASS = as.character(packageVersion("MASS"))),
                models = lapply(models, about), series = lapply(series, table)),
           "tests/against_r/negative_binomial.json", auto_unbox = TRUE, digits = NA, pretty = 1)
