# Reference answers of R on profiles, intervals and bootstrap intervals, written to intervals.json.
#
#   LC_ALL=C.UTF-8 Rscript tests/against_r/intervals.R            (from the root of the repository)
#
# profile() and confint() of a glm are MASS's, which R 4.4 moved to stats unchanged; test = "Rao" is new there and
# is computed here from its definition in ?profile.glm.

suppressMessages({library(MASS); library(boot); library(broom); library(jsonlite)})
options(digits = 7, width = 80, warn = -1)

clotting <- data.frame(u = c(5, 10, 15, 20, 30, 40, 60, 80, 100), lot1 = c(118, 58, 42, 35, 27, 25, 21, 19, 18))
budworm <- data.frame(ldose = rep(0:5, 2), sex = factor(rep(c("M", "F"), c(6, 6))),
                      numdead = c(1, 4, 9, 13, 18, 20, 0, 2, 6, 10, 12, 16))
budworm$numalive <- 20 - budworm$numdead
warpbreaks$twice <- 2 * (warpbreaks$wool == "B")

fits <- list(
  budworm = glm(cbind(numdead, numalive) ~ sex + ldose, binomial, budworm),
  one = glm(cbind(numdead, numalive) ~ 1, binomial, budworm),
  probit = glm(cbind(numdead, numalive) ~ sex * ldose, binomial(probit), budworm),
  birthwt = glm(low ~ age + lwt + factor(race) + smoke, binomial, birthwt),
  quine = glm(Days ~ Sex + Age, quasipoisson, quine),
  quine_all = glm(Days ~ Sex + Age + Eth + Lrn, quasipoisson, quine),
  theta = glm.nb(Days ~ Sex + Age + Eth, quine),
  negative = glm(Days ~ Sex + Eth, negative.binomial(1.2), quine),
  gaussian = glm(mpg ~ wt, gaussian, mtcars),
  clotting = glm(lot1 ~ log(u), Gamma, clotting),
  inverse = glm(lot1 ~ log(u), inverse.gaussian, clotting),
  warpbreaks = glm(breaks ~ wool * tension, poisson, warpbreaks),
  aliased = glm(breaks ~ wool + twice + tension, poisson, warpbreaks),
  rate = glm(Claims ~ District + Group + Age + offset(log(Holders)), poisson, Insurance),
  prior = glm(mpg ~ hp, Gamma("log"), mtcars, weights = wt),
  plain = glm(breaks ~ 0 + wool, poisson, warpbreaks))

numbers <- function(x) I(as.numeric(unname(x)))
grid <- function(x) list(rows = I(rownames(x)), columns = I(colnames(x)),
                         values = I(matrix(as.numeric(x), nrow(x), ncol(x))))
quiet <- function(x) suppressMessages(x)
interval <- function(fit, level) quiet(confint(fit, names(coef(fit)), level = level))
whole <- function(x, fit) if (is.matrix(x)) x else matrix(x, 1, dimnames = list(names(coef(fit)), names(x)))
curves <- function(fit) {
  found <- profile(fit)
  lapply(Filter(Negate(is.null), found[names(coef(fit))]), function(p) list(label = names(p)[1], z = numbers(p[[1]]),
         coefs = I(matrix(as.numeric(p$par.vals), nrow(p)))))
}

# the definition in ?profile.glm of R 4.4: a Gaussian model of the working residuals on all columns
rao <- function(fit, name, cut) {
  X <- model.matrix(fit); b <- coef(fit); X <- X[, !is.na(b), drop = FALSE]; b <- b[!is.na(b)]
  j <- match(name, names(b)); phi <- summary(fit)$dispersion
  offset <- if (is.null(fit$offset)) 0 else fit$offset
  y <- fit$y; tight <- glm.control(epsilon = 1e-13, maxit = 50)
  z <- function(value) {
    held <- glm.fit(X[, -j, drop = FALSE], y, fit$prior.weights, offset = offset + X[, j] * value, family = fit$family, control = tight)
    mu <- held$fitted.values; dmu <- fit$family$mu.eta(held$linear.predictors)
    score <- crossprod(X, fit$prior.weights * dmu * (y - mu) / fit$family$variance(mu))
    information <- crossprod(X, X * as.numeric(fit$prior.weights * dmu^2 / fit$family$variance(mu)))
    sign(value - b[j]) * sqrt(sum(score * solve(information, score)) / phi)
  }
  se <- sqrt(diag(vcov(fit, complete = FALSE)))[j]
  at <- b[j] + se * c(-1.7, -0.5, 0.3, 1.1, 2)
  list(at = numbers(at), z = numbers(sapply(at, z)),
       ends = numbers(c(uniroot(function(v) z(v) + cut, b[j] - se * c(4, 0.1), tol = 1e-10)$root,
                        uniroot(function(v) z(v) - cut, b[j] + se * c(0.1, 4), tol = 1e-10)$root)))
}

answers <- lapply(fits, function(fit) {
  levels <- list("0.95" = 0.95, "0.9" = 0.9, "0.99" = 0.99)
  list(profile = curves(fit),
       confint = lapply(levels, function(level) grid(whole(interval(fit, level), fit))),
       wald = grid(confint.default(fit)),
       wald_999 = grid(confint.default(fit, level = 0.999)),
       text = I(capture.output(print(whole(interval(fit, 0.95), fit)))),
       tidy = lapply(as.list(quiet(tidy(fit, conf.int = TRUE, conf.level = 0.9))),
                     function(x) if (is.character(x)) I(x) else numbers(x)))
})
raos <- list(budworm = rao(fits$budworm, "ldose", qnorm(0.975)), birthwt = rao(fits$birthwt, "smoke", qnorm(0.975)),
             clotting = rao(fits$clotting, "log(u)", qnorm(0.975)), warpbreaks = rao(fits$warpbreaks, "woolB", qnorm(0.975)),
             intercept = rao(fits$budworm, "(Intercept)", qnorm(0.975)))

# ---- linear models ------------------------------------------------------------------------------

linear <- list(mtcars = lm(mpg ~ wt + factor(cyl), mtcars), weighted = lm(mpg ~ hp, mtcars, weights = wt),
               cars = lm(dist ~ speed, cars))
lms <- lapply(linear, function(fit) list(
  confint = grid(confint(fit)), confint_90 = grid(confint(fit, level = 0.9)), text = I(capture.output(print(confint(fit)))),
  tidy = lapply(as.list(tidy(fit, conf.int = TRUE)), function(x) if (is.character(x)) I(x) else numbers(x))))

# ---- bootstrap intervals from given replicates ---------------------------------------------------

set.seed(20)
boots <- lapply(list("999" = 999, "500" = 500), function(n) {
  b <- boot(city, function(d, w) sum(d$x * w) / sum(d$u * w), R = n, stype = "w")
  L <- empinf(b, type = "inf")
  ci <- function(level) {
    found <- boot.ci(b, level, c("norm", "basic", "perc", "bca"), L = L)
    list(normal = numbers(found$normal[2:3]), basic = numbers(found$basic[4:5]), percentile = numbers(found$percent[4:5]),
         bca = numbers(found$bca[4:5]))
  }
  list(t0 = b$t0, t = numbers(b$t), acceleration = sum(L^3) / (6 * sum(L^2)^1.5), "0.95" = ci(0.95), "0.9" = ci(0.9),
       "0.83" = ci(0.83))
})

# the acceleration of coefficients: numerical influence by rows' weights
accelerations <- function(fit, data) {
  n <- nrow(data); eps <- 1e-5
  coefs <- function(w) coef(glm.fit(model.matrix(fit), fit$y, w, family = fit$family, control = glm.control(epsilon = 1e-14, maxit = 50)))
  b <- coefs(rep(1, n))
  L <- t(sapply(seq_len(n), function(i) (coefs(replace(rep(1, n), i, 1 + eps)) - b) / eps))
  numbers(colSums(L^3) / (6 * colSums(L^2)^1.5))
}
warp <- glm(breaks ~ wool + tension, poisson, warpbreaks)
low <- glm(low ~ lwt + smoke, binomial, birthwt)
influence <- list(warpbreaks = accelerations(warp, warpbreaks), birthwt = accelerations(low, birthwt))

write_json(list(fits = answers, rao = raos, lm = lms, boot = boots, acceleration = influence),
           "tests/against_r/intervals.json", digits = 12, auto_unbox = TRUE, na = "string")
cat("written\n")
