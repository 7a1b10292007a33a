# Reference answers of R on simulate(), written to simulate.json.
#
#   LC_ALL=C.UTF-8 Rscript tests/against_r/simulate.R            (from the root of the repository)
#
# R's stream of random numbers is not rglm's, so the answers are means and variances: those of the
# distribution that simulate() documents, checked here against 4,000 of R's own draws.

suppressMessages({library(MASS); library(jsonlite)})
options(warn = -1)
numbers <- function(x) I(as.numeric(unname(x)))

clotting <- data.frame(u = c(5, 10, 15, 20, 30, 40, 60, 80, 100), lot1 = c(118, 58, 42, 35, 27, 25, 21, 19, 18),
                       lot2 = c(69, 35, 26, 21, 18, 16, 13, 12, 12))
budworm <- data.frame(ldose = rep(0:5, 2), numdead = c(1, 4, 9, 13, 18, 20, 0, 2, 6, 10, 12, 16),
                      sex = factor(rep(c("M", "F"), c(6, 6))))
budworm$numalive <- 20 - budworm$numdead
models <- list(
  cars = lm(dist ~ speed, cars, weights = speed),
  cars_glm = glm(dist ~ speed, gaussian, cars),
  clotting = glm(lot1 ~ log(u), Gamma, clotting),
  clotting_weighted = glm(lot1 ~ log(u), Gamma, clotting, weights = log(u)),
  insurance = glm(Claims ~ Age + offset(log(Holders)), poisson, MASS::Insurance),
  quine = glm.nb(Days ~ Sex + Age, quine),
  budworm = glm(cbind(numdead, numalive) ~ sex + ldose, binomial, budworm),
  budworm_shares = glm(numdead / 20 ~ ldose, binomial, budworm, weights = numdead + numalive),
  birthwt = glm(low ~ age, binomial, birthwt))
shape <- function(fit) gamma.shape(fit, it.lim = 100, eps.max = 1e-13)$alpha
variances <- list(
  cars = function(f) sigma(f)^2 / weights(f),
  cars_glm = function(f) rep(deviance(f) / df.residual(f), nobs(f)),
  clotting = function(f) fitted(f)^2 / shape(f),
  clotting_weighted = function(f) fitted(f)^2 / (shape(f) * weights(f)),
  insurance = fitted,
  quine = function(f) fitted(f) + fitted(f)^2 / f$theta,
  budworm = function(f) 20 * fitted(f) * (1 - fitted(f)),
  budworm_shares = function(f) fitted(f) * (1 - fitted(f)) / 20,
  birthwt = function(f) fitted(f) * (1 - fitted(f)))
means <- lapply(models, fitted)
means$budworm <- 20 * means$budworm
for (name in names(models)) {
  set.seed(1)
  drawn <- simulate(models[[name]], 4000)
  drawn <- sapply(drawn, function(x) if (is.matrix(x)) x[, 1] else as.numeric(x))
  ratio <- mean(apply(drawn, 1, var)) / mean(variances[[name]](models[[name]]))
  stopifnot(abs(ratio - 1) < 0.06)
  stopifnot(max(abs(rowMeans(drawn) - means[[name]]) / sqrt(variances[[name]](models[[name]]) / 4000)) < 5)
}
gammas <- list(clotting = models$clotting, clotting_weighted = models$clotting_weighted,
               lot2 = glm(lot2 ~ log(u), Gamma, clotting), trees = glm(Volume ~ Height + Girth, Gamma(log), trees),
               birthwt = glm(lwt ~ age + smoke, Gamma, birthwt))
write_json(list(variances = mapply(function(f, v, m) list(mean = numbers(m), variance = numbers(v(f))), models, variances,
                                   means, SIMPLIFY = FALSE),
                shapes = lapply(gammas, shape)),
           "tests/against_r/simulate.json", auto_unbox = TRUE, digits = NA, pretty = 1)
