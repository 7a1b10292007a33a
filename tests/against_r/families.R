# R's answers about families and links, written to families.json beside this script.
#
#   LC_ALL=C Rscript tests/against_r/families.R            (from the root of the repository)
#
# R clips means near 0 and 1 and where exp() underflows; for probability links the unclipped tails are
# stored too, from plogis, pnorm, pcauchy and expm1.

suppressMessages({library(jsonlite); library(MASS); library(statmod)})
options(digits = 7, width = 80, warn = -1)

# ---- links --------------------------------------------------------------------------------------

etas <- list(any = c(-800, -700, -100, -40, -20, -5, -1, -1e-8, 0, 1e-8, .3, 1, 5, 20, 40, 100, 700, 800),
             positive = c(1e-300, 1e-8, .01, .3, 1, 2, 17, 1e3, 1e8, 1e100),
             nonzero = c(-1e8, -3, -.25, 1e-300, 1e-8, .3, 1, 17, 1e8))
mus <- list(any = c(-1e8, -2, -.1, 1e-8, .3, 1, 25, 1e8), positive = c(1e-100, 1e-8, .01, .3, 1, 25, 1e8),
            unit = c(1e-300, 1e-100, 1e-10, .001, .1, .25, .5, .75, .9, .999, .99999))
links <- list(identity = c("any", "any"), log = c("any", "positive"), logit = c("any", "unit"),
              probit = c("any", "unit"), cauchit = c("any", "unit"), cloglog = c("any", "unit"),
              inverse = c("nonzero", "any"), "1/mu^2" = c("positive", "positive"), sqrt = c("positive", "positive"))
tails <- list(logit = list(plogis, dlogis), probit = list(pnorm, dnorm), cauchit = list(pcauchy, dcauchy),
              cloglog = list(function(q, lower.tail = TRUE) if (lower.tail) -expm1(-exp(q)) else exp(-exp(q)),
                             function(q) exp(q - exp(q))))

one_link <- function(g, eta, mu) list(name = g$name, eta = eta, inverse = g$linkinv(eta), derivative = g$mu.eta(eta),
                                      mu = mu, link = g$linkfun(mu))
link_answers <- lapply(names(links), function(name) {
  answer <- one_link(make.link(name), etas[[links[[name]][1]]], mus[[links[[name]][2]]])
  if (!is.null(tails[[name]])) {
    p <- tails[[name]][[1]]
    answer$exact <- list(mu = p(answer$eta), complement = p(answer$eta, lower.tail = FALSE),
                         derivative = tails[[name]][[2]](answer$eta))
  }
  answer
})
powers <- lapply(c(1/3, .5, 2, .12345, 1.5), function(x)
  c(list(exponent = x), one_link(power(x), etas$positive[3:8], mus$positive[3:6])))

# ---- families -----------------------------------------------------------------------------------

counts <- c(0, 1, 2, 3, 7, 40, 1000, 123456)
amounts <- c(1e-3, .1, .5, 1, 2.5, 40, 1e4)
shares <- c(0, 1e-3, .1, .25, .5, .75, .9, 1)
reals <- c(-30, -1.5, 0, .1, 1, 2.5, 1e3)
probabilities <- c(1e-10, 1e-3, .1, .25, .5, .9, .999)
means <- c(1e-6, .01, .3, 1, 2.5, 45, 2e3, 2e5)

grid_answers <- function(f, y, mu) {
  g <- expand.grid(y = y, mu = mu)
  list(y = g$y, mu = g$mu, deviance = f$dev.resids(g$y, g$mu, rep(1, nrow(g))), means = mu, variance = f$variance(mu))
}
start_answers <- function(f, y, weights) {
  e <- list2env(list(y = y, weights = weights, nobs = NROW(y), etastart = NULL, start = NULL, mustart = NULL,
                     family = f, offset = 0))
  eval(f$initialize, e)
  list(given = y, prior = weights, y = e$y, weights = e$weights, n = e$n, start = e$mustart)
}
refusal <- function(f, y) tryCatch({start_answers(f, y, rep(1, length(y))); NULL}, error = conditionMessage)

# One likelihood: R's aic at some means, for each set of prior weights.
likelihoods <- function(f, y, mu, weights) lapply(weights, function(w) {
  s <- start_answers(f, y, w)
  dev <- sum(f$dev.resids(s$y, mu, s$weights))
  list(given = y, prior = w, mu = mu, deviance = dev, aic = f$aic(s$y, s$n, mu, s$weights, dev))
})

entry <- function(key, f, y, mu, starts, bad = NULL, aics = list()) list(
  key = key, family = f$family, link = f$link, grid = grid_answers(f, y, mu),
  starts = lapply(starts, function(s) start_answers(f, s[[1]], s[[2]])),
  refused = list(y = bad, text = if (is.null(bad)) NULL else refusal(f, bad)), likelihoods = aics)

plain <- function(y, w = rep(1, NROW(y))) list(y, w)
w8 <- c(1, 2, .5, 0, 3, 1, 7, 2); w7 <- w8[1:7]
two <- cbind(c(0, 3, 10, 5, 0, 1), c(4, 0, 2, 5, 0, 1))
two_small <- cbind(c(0, 1, 1, 0), c(1, 0, 0, 1))
p6 <- c(.1, .9, .8, .45, .2, .5); p8 <- c(.01, .9, .5, .3, .25, .75, .999, .6)
zero_one <- c(0, 1, 1, 0, 1, 0, 0, 1)
trials8 <- c(4, 10, 2, 3, 8, 4, 10, 1); share8 <- c(1, 3, 0, 3, 8, 2, 9, 1) / trials8
mean8 <- c(.5, 1.2, 2, 2.5, 6, 50, 990, 120000); mean7 <- c(1e-2, .2, .4, 1.3, 2, 30, 2e4)

gaussian_lm <- lapply(list(rep(1, 7), c(1, 2, .5, 0, 3, 1, 7), c(1, 2, .5, .1, 3, 1, 7)), function(w) {
  fit <- lm(reals ~ 1, weights = w)
  list(given = reals, prior = w, mu = unname(fitted(fit)), deviance = deviance(fit), loglik = as.numeric(logLik(fit)))
})

base <- list(
  entry("gaussian", gaussian(), reals, reals, list(plain(reals)),
        aics = likelihoods(gaussian(), reals, reals + c(.1, -.2, .3), list(rep(1, 7), c(1, 2, .5, .1, 3, 1, 7)))),
  entry("binomial", binomial(), shares, probabilities,
        list(plain(zero_one), list(share8, trials8), plain(shares, w8), plain(two), list(two, c(1, 2, .5, 0, 3, 1))),
        c(.2, 1.5, .3, -1),
        c(likelihoods(binomial(), zero_one, p8, list(rep(1, 8), w8)),
          likelihoods(binomial(), share8, p8, list(trials8, trials8 * 100, trials8 * 1.3, rep(1, 8))),
          likelihoods(binomial(), two, p6, list(rep(1, 6), c(1, 2, .5, 0, 3, 1))),
          likelihoods(binomial(), two_small, p6[1:4], list(rep(1, 4), c(2, 3, 1, 5))))),
  entry("poisson", poisson(), counts, means, list(plain(counts), plain(counts, w8)), c(1, -2, 3, -.5),
        c(likelihoods(poisson(), counts, mean8, list(rep(1, 8), w8)),
          likelihoods(poisson(), counts + .5, mean8, list(rep(1, 8))))),
  entry("Gamma", Gamma(), amounts, means, list(plain(amounts)), c(1, 0, -2),
        likelihoods(Gamma(), amounts, mean7, list(rep(1, 7), w7))),
  entry("inverse.gaussian", inverse.gaussian(), amounts, means, list(plain(amounts)), c(1, 0, -2),
        likelihoods(inverse.gaussian(), amounts, mean7, list(rep(1, 7), w7))),
  entry("quasibinomial", quasibinomial(), shares, probabilities, list(plain(zero_one), list(share8, trials8), plain(two)),
        c(.2, 1.5)),
  entry("quasipoisson", quasipoisson(), counts, means, list(plain(counts)), c(1, -2)))

quasis <- lapply(c("constant", "mu(1-mu)", "mu", "mu^2", "mu^3"), function(v) {
  f <- do.call(quasi, list(link = "identity", variance = v))
  ys <- switch(v, constant = reals, "mu(1-mu)" = shares, "mu" = counts, "mu^2" = c(0, amounts), "mu^3" = amounts)
  mu <- switch(v, constant = reals, "mu(1-mu)" = probabilities, means)
  c(list(variance = v), entry("quasi", f, ys, mu, list(plain(ys))))
})
shapes <- lapply(c(.5, 2, 1.25071, 1e6), function(theta)
  c(list(theta = theta), entry("negative.binomial", negative.binomial(theta), counts, means, list(plain(counts)),
    c(1, -2), lapply(likelihoods(negative.binomial(theta), counts, mean8, list(rep(1, 8), w8)), function(l)
      # MASS's aic cancels where theta is large; dnbinom does not
      c(l, list(exact = -2 * sum(l$prior * dnbinom(counts, size = theta, mu = mean8, log = TRUE))))))))
tweedies <- lapply(list(c(0, 1), c(1, 0), c(1.5, 0), c(1.5, -.5), c(1.01, 0), c(1.9, 1), c(2, -1), c(2.5, 0), c(3, -2), c(-1, 0)),
  function(p) {
    ys <- if (p[1] < 2) c(0, amounts) else amounts
    f <- tweedie(p[1], p[2])
    c(list(var_power = p[1], link_power = p[2], links = one_link(f, etas$positive[3:8], mus$positive[3:6])),
      entry("tweedie", f, ys, means, list(plain(ys))))
  })

allowed <- lapply(list(gaussian = gaussian, binomial = binomial, poisson = poisson, Gamma = Gamma,
                       inverse.gaussian = inverse.gaussian, quasibinomial = quasibinomial, quasipoisson = quasipoisson,
                       quasi = quasi), function(make) Filter(function(name)
  !inherits(try(do.call(make, list(link = name)), silent = TRUE), "try-error"), names(links)))

write_json(list(links = link_answers, powers = powers, families = base, quasis = quasis, shapes = shapes,
                tweedies = tweedies, gaussian_lm = gaussian_lm, allowed = allowed,
                titles = vapply(c(2, 1.25071, 1/3, 123456.78, 1e8), function(t) negative.binomial(t)$family, "")),
           "tests/against_r/families.json", digits = I(17), na = "string", auto_unbox = TRUE, null = "null")
