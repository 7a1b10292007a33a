# Reference answers on prediction intervals, written to prediction.json.
#
#   LC_ALL=C.UTF-8 Rscript tests/against_r/prediction.R            (from the root of the repository)
#
# predict.lm has them; predict.glm has none, so the limits that rglm documents are found here independently:
# the family's distribution function integrated over eta ~ N(x b, se^2) and phi = phi_hat df / chi-square(df), by
# 32 nodes each of statmod's Gauss quadrature; turned around by uniroot() or by search.

suppressMessages({library(MASS); library(statmod); library(jsonlite)})
options(warn = -1)
numbers <- function(x) I(as.numeric(unname(x)))
clotting <- data.frame(u = c(5, 10, 15, 20, 30, 40, 60, 80, 100), lot1 = c(118, 58, 42, 35, 27, 25, 21, 19, 18))
budworm <- data.frame(ldose = rep(0:5, 2), numdead = c(1, 4, 9, 13, 18, 20, 0, 2, 6, 10, 12, 16),
                      sex = factor(rep(c("M", "F"), c(6, 6))))

nodes <- lapply(gauss.quad.prob(32, "normal"), function(x) x[4:29])   # the others weigh nothing
over_eta <- function(F, eta, se) sum(nodes$weights * F(eta + se * nodes$nodes))
predictive <- function(F, eta, se, phi = 1, df = Inf) function(y) {
  if (is.infinite(df)) return(over_eta(function(e) F(y, e, 1), eta, se))
  ratio <- df / qchisq(pnorm(nodes$nodes), df)
  sum(nodes$weights * sapply(ratio, function(r) over_eta(function(e) F(y, e, phi * r), eta, se * sqrt(r))))
}
continuous <- function(cdf, p, start) {
  if (cdf(0) >= p) return(0)
  uniroot(function(x) cdf(exp(x)) - p, log(start) + c(-3, 3), extendInt = "upX", tol = 1e-9)$root |> exp()
}
whole <- function(cdf, p) { k <- 0; while (cdf(k) < p) k <- k + 1; k }
limits <- function(fit, new, F, find, level = 0.95, phi = 1, df = Inf) {
  at <- predict(fit, new, se.fit = TRUE)
  t(mapply(function(eta, se) {
    cdf <- predictive(F, eta, se, phi, df)
    c(find(cdf, (1 - level) / 2), find(cdf, (1 + level) / 2))
  }, at$fit, at$se.fit))
}

gamma <- glm(lot1 ~ log(u), Gamma, clotting)
wald <- glm(lot1 ~ log(u), inverse.gaussian(log), clotting)
compound <- glm(lot1 ~ log(u), statmod::tweedie(1.5, 0), clotting)
poisson <- glm(breaks ~ wool * tension, poisson, warpbreaks)
counts <- glm.nb(Days ~ Sex + Age, quine)
binomial <- glm(cbind(numdead, 20 - numdead) ~ sex + ldose, binomial, budworm)
normal <- glm(dist ~ speed, gaussian, cars)
u <- data.frame(u = c(5, 20, 100))
ptweedie <- Vectorize(function(y, mu, phi) {
  mean <- 2 * sqrt(mu) / phi
  if (mean > 1e5) return(0)  # so many claims that every y in question is far below
  n <- seq_len(ceiling(mean + 12 * sqrt(mean) + 30))
  exp(-mean) + sum(dpois(n, mean) * pgamma(y, n, scale = phi * sqrt(mu) / 2))
})
dispersion <- function(fit) summary(fit)$dispersion
answers <- list(
  gamma = limits(gamma, u, function(y, e, phi) ifelse(e > 0, pgamma(y, 1 / phi, scale = phi / pmax(e, 1e-300)), 0),
                 function(cdf, p) continuous(cdf, p, 40), phi = dispersion(gamma), df = 7),
  gamma_80 = limits(gamma, u, function(y, e, phi) ifelse(e > 0, pgamma(y, 1 / phi, scale = phi / pmax(e, 1e-300)), 0),
                    function(cdf, p) continuous(cdf, p, 40), 0.8, dispersion(gamma), 7),
  inverse_gaussian = limits(wald, u, function(y, e, phi) pinvgauss(y, exp(e), dispersion = phi),
                            function(cdf, p) continuous(cdf, p, 40), phi = dispersion(wald), df = 7),
  tweedie = limits(compound, u, function(y, e, phi) ptweedie(y, exp(e), phi),
                   function(cdf, p) continuous(cdf, p, 40), phi = dispersion(compound), df = 7),
  poisson = limits(poisson, expand.grid(wool = c("A", "B"), tension = c("L", "M", "H")),
                   function(y, e, phi) ppois(y, exp(e)), whole),
  negative_binomial = limits(counts, expand.grid(Sex = c("F", "M"), Age = c("F0", "F3")),
                             function(y, e, phi) pnbinom(y, counts$theta, mu = exp(e)), whole),
  binomial = limits(binomial, expand.grid(sex = c("F", "M"), ldose = c(0.5, 2, 4)),
                    function(y, e, phi) pbinom(y, 20, plogis(e)), whole))
lm_cars <- lm(dist ~ speed, cars)
answers$gaussian <- predict(lm_cars, data.frame(speed = c(4, 15, 40)), interval = "prediction")[, 2:3]
weighted <- lm(dist ~ speed, cars, weights = speed)
answers$lm_weights <- predict(weighted, data.frame(speed = c(4, 15, 40)), interval = "prediction", weights = c(1, 2, 5))[, 2:3]
write_json(lapply(answers, function(x) I(matrix(as.numeric(x), nrow(x)))), "tests/against_r/prediction.json",
           auto_unbox = TRUE, digits = NA, pretty = 1)
