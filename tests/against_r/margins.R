# Predictions, comparisons and slopes with delta-method errors, written to margins.json.
#
#   LC_ALL=C.UTF-8 Rscript tests/against_r/margins.R            (from the root of the repository)
#
# R's packages marginaleffects and margins are not packaged for Debian 12, so what they define is computed here
# from its definition: each quantity is a function of the coefficients alone, evaluated through model.matrix(),
# linkinv() and the rows' offsets, and its Jacobian is numDeriv's (Richardson).  Slopes are central differences of
# predictions with a step of 1e-4 of the range.

suppressMessages({library(MASS); library(jsonlite); library(numDeriv); library(sandwich)})
options(digits = 7, warn = -1)

births <- within(birthwt, {race <- factor(race, labels = c("white", "black", "other")); smoke <- smoke > 0})
drug <- data.frame(u = rep(c(5, 10, 15, 20, 30, 40, 60, 80, 100), 2),
                   time = c(118, 58, 42, 35, 27, 25, 21, 19, 18, 69, 35, 26, 21, 18, 16, 13, 12, 12),
                   lot = gl(2, 9, labels = c("one", "two")))
visits <- data.frame(n = c(3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8), years = c(1, 0.5, 2, 1, 1.5, 3, 1, 2.5, 2, 1, 2, 3),
                     age = c(20, 25, 31, 44, 52, 60, 33, 48, 57, 29, 41, 66), arm = gl(2, 1, 12, labels = c("a", "b")),
                     w = c(1, 2, 1, 3, 1, 2, 2, 1, 1, 3, 1, 2))

low <- glm(low ~ race + smoke + lwt + age, binomial, births)
cars <- lm(mpg ~ wt * hp + factor(cyl) + vs, mtcars)
cars_data <- datasets::cars
curve <- lm(dist ~ poly(speed, 2), cars_data)
clot <- glm(time ~ log(u) * lot, Gamma, drug)
rate <- glm(n ~ age + arm + offset(log(years)), poisson, visits)
absent <- glm.nb(Days ~ Sex * Age, quine)
warp <- glm(breaks ~ wool * tension, poisson, warpbreaks)

X <- function(fit, data) model.matrix(delete.response(terms(fit)), data, xlev = fit$xlevels)
mu <- function(fit, data, response = TRUE) {
  X <- X(fit, data)
  offset <- if (identical(fit, rate)) log(data$years) else 0
  inverse <- if (response && !is.null(fit$family)) fit$family$linkinv else identity
  function(b) inverse(drop(X %*% b) + offset)
}
delta <- function(f, fit, V = vcov(fit)) {
  b <- coef(fit)
  J <- jacobian(f, b, method = "Richardson")
  list(estimate = I(as.numeric(f(b))), error = I(sqrt(diag(J %*% V %*% t(J)))))
}
set <- function(data, ...) { new <- list(...); data[names(new)] <- new; data }
slope <- function(fit, data, x, response = TRUE, all = data) {
  h <- 1e-4 * diff(range(all[[x]]))
  up <- mu(fit, `[[<-`(data, x, value = data[[x]] + h / 2), response)
  down <- mu(fit, `[[<-`(data, x, value = data[[x]] - h / 2), response)
  function(b) (up(b) - down(b)) / h
}
mean_of <- function(f, w = NULL) function(b) { v <- f(b); if (is.null(w)) mean(v) else weighted.mean(v, w) }
by <- function(f, g) function(b) as.numeric(tapply(f(b), g, mean))
minus <- function(f, g) function(b) f(b) - g(b)

white <- set(births, race = factor("white", levels(births$race)))
black <- set(births, race = factor("black", levels(births$race)))
heavier <- set(births, lwt = births$lwt + 1)
sd_up <- set(births, lwt = births$lwt + sd(births$lwt) / 2); sd_down <- set(births, lwt = births$lwt - sd(births$lwt) / 2)
typical <- data.frame(race = factor("white", levels(births$race)), smoke = FALSE, lwt = mean(births$lwt), age = mean(births$age))
lnor <- function(f, g) function(b) qlogis(f(b)) - qlogis(g(b))

cases <- list(
  low_predictions = delta(mu(low, births), low),
  low_link = delta(mu(low, births, FALSE), low),
  low_average = delta(mean_of(mu(low, births)), low),
  low_by = delta(by(mu(low, births), births$race), low),
  low_typical = delta(mu(low, typical), low),
  low_robust = delta(mean_of(mu(low, births)), low, vcovHC(low, "HC3")),
  low_set = delta(mean_of(mu(low, black)), low),
  low_difference = delta(mean_of(minus(mu(low, black), mu(low, white))), low),
  low_ratio = delta(function(b) mean(mu(low, black)(b)) / mean(mu(low, white)(b)), low),
  low_lnor = delta(lnor(mean_of(mu(low, black)), mean_of(mu(low, white))), low),
  low_ratio_rows = delta(function(b) mu(low, black)(b) / mu(low, white)(b), low),
  low_step = delta(mean_of(minus(mu(low, heavier), mu(low, births))), low),
  low_sd = delta(mean_of(minus(mu(low, sd_up), mu(low, sd_down))), low),
  low_between = delta(mean_of(minus(mu(low, set(births, lwt = 150)), mu(low, set(births, lwt = 100)))), low),
  low_smoke_by = delta(by(minus(mu(low, set(births, smoke = TRUE)), mu(low, set(births, smoke = FALSE))), births$race), low),
  low_slope = delta(mean_of(slope(low, births, "lwt")), low),
  low_slope_rows = delta(slope(low, births, "age"), low),
  low_slope_typical = delta(slope(low, typical, "lwt", all = births), low),
  low_elasticity = delta(mean_of(function(b) slope(low, births, "lwt")(b) * births$lwt / mu(low, births)(b)), low),
  low_semi = delta(mean_of(function(b) slope(low, births, "lwt")(b) / mu(low, births)(b)), low),
  cars_wt = delta(mean_of(slope(cars, mtcars, "wt")), cars),
  cars_hp_by = delta(by(slope(cars, mtcars, "hp"), mtcars$cyl), cars),
  cars_cyl = delta(mean_of(minus(mu(cars, set(mtcars, cyl = 8)), mu(cars, set(mtcars, cyl = 4)))), cars),
  cars_vs = delta(mean_of(minus(mu(cars, set(mtcars, vs = 1)), mu(cars, set(mtcars, vs = 0)))), cars),
  curve_rows = delta(function(b) {  # by the basis that the fit remembered
    h <- 1e-4 * diff(range(cars_data$speed)); s <- c(10, 20); P <- poly(cars_data$speed, 2)
    drop((cbind(0, predict(P, s + h / 2)) - cbind(0, predict(P, s - h / 2))) %*% b) / h
  }, curve),
  clot_slope = delta(mean_of(slope(clot, drug, "u")), clot),
  clot_lot = delta(mean_of(minus(mu(clot, set(drug, lot = factor("two", levels(drug$lot)))), mu(clot, set(drug, lot = factor("one", levels(drug$lot)))))), clot),
  rate_average = delta(mean_of(mu(rate, visits)), rate),
  rate_slope = delta(mean_of(slope(rate, visits, "age")), rate),
  rate_slope_at_one = delta(mean_of(slope(rate, set(visits, years = 1), "age")), rate),
  rate_arm = delta(mean_of(minus(mu(rate, set(visits, arm = factor("b", levels(visits$arm)))), mu(rate, set(visits, arm = factor("a", levels(visits$arm)))))), rate),
  rate_weighted = delta(mean_of(slope(rate, visits, "age"), visits$w), rate),
  absent_sex = delta(by(minus(mu(absent, set(quine, Sex = factor("M", levels(quine$Sex)))), mu(absent, set(quine, Sex = factor("F", levels(quine$Sex))))), quine$Age), absent),
  warp_tension = delta(mean_of(minus(mu(warp, set(warpbreaks, tension = factor("H", levels(warpbreaks$tension)))), mu(warp, set(warpbreaks, tension = factor("M", levels(warpbreaks$tension)))))), warp)
)
columns <- function(x) lapply(x, function(column) if (is.numeric(column)) I(as.numeric(column)) else I(as.character(column)))
writeLines(toJSON(list(tables = lapply(list(drug = drug, visits = visits), columns), cases = cases), digits = 15, auto_unbox = TRUE),
           "tests/against_r/margins.json")
