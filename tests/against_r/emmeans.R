# Estimated marginal means of R's emmeans (1.8.4), their contrasts and letter displays, written to emmeans.json.
#
#   LC_ALL=C.UTF-8 Rscript tests/against_r/emmeans.R            (from the root of the repository)
#
# Each case is an R expression; tests/inference/test_emmeans.py has the rglm one under the same name.
# `values` are the numeric columns of its summary, `text` what it prints.
# emmeans takes z for quasi families, inverse Gaussian and MASS's negative.binomial(theta); rglm takes t there
# unless df=inf is said, which the cases of these families do.

suppressMessages({library(emmeans); library(MASS); library(jsonlite)})
options(digits = 7, width = 80, warn = -1)
emm_options(msg.interaction = FALSE)
set.seed(1)

# ---- data (those not named here come with R, and with rglm.datasets) ---------------------------------

# three factors, unbalanced, in the manner of a silencer trial
silencer <- expand.grid(make = c("std", "octel"), size = c("S", "M", "L"), side = c("left", "right"), k = 1:3)
silencer$noise <- with(silencer, 800 + 20 * (size == "M") - 45 * (size == "L") - 12 * (make == "octel") * (size == "M") +
  4 * (side == "left") + c(3, -5, 2, 8, -4, 1, -6, 5, 0, -2, 7, -9, 4)[(seq_along(k) * 5) %% 13 + 1])
silencer <- silencer[-c(3, 11, 20, 29), ]
# two prices and a store, in the manner of orange sales
orchard <- data.frame(price1 = c(42, 51, 37, 60, 45, 55, 39, 48, 52, 58, 41, 47, 36, 62, 50, 44, 53, 40),
                      price2 = c(55, 48, 60, 41, 52, 47, 63, 50, 44, 40, 58, 49, 66, 38, 46, 57, 43, 61),
                      store = gl(3, 6, labels = c("north", "east-1", "west")), day = gl(6, 1, 18, labels = 1:6))
orchard$sales <- with(orchard, 60 - 0.8 * price1 + 0.3 * price2 + c(0, 4, -3)[store] + c(1, -2, 3, 0, -1, 2)[day] +
  c(1.2, -0.7, 0.4, -1.5, 0.9, 0.1, -2.2, 1.6, 0.5, -0.8, 1.1)[(seq_along(price1) * 4) %% 11 + 1])
orchard$promo <- orchard$price1 > 50
orchard$weight <- rep(c(1, 2, 3), 6)
drug <- data.frame(u = rep(c(5, 10, 15, 20, 30, 40, 60, 80, 100), 2),
                   time = c(118, 58, 42, 35, 27, 25, 21, 19, 18, 69, 35, 26, 21, 18, 16, 13, 12, 12),
                   lot = gl(2, 9, labels = c("one", "two")))
holes <- subset(warpbreaks, !(wool == "A" & tension == "M"))
tables <- list(silencer = silencer[c("make", "size", "side", "noise")], orchard = orchard, drug = drug)
births <- within(birthwt, {race <- factor(race, labels = c("white", "black", "other")); smoke <- smoke > 0})

# ---- models -------------------------------------------------------------------------------------------

warp <- lm(breaks ~ wool * tension, warpbreaks)
warp_log <- lm(log(breaks) ~ wool + tension, warpbreaks)
warp_log10 <- lm(log10(breaks) ~ wool + tension, warpbreaks)
warp_sqrt <- lm(sqrt(breaks) ~ wool + tension, warpbreaks)
warp_poisson <- glm(breaks ~ wool * tension, poisson, warpbreaks)
warp_quasi <- glm(breaks ~ wool + tension, quasipoisson, warpbreaks)
warp_root <- glm(breaks ~ wool + tension, poisson("sqrt"), warpbreaks)
warp_holes <- lm(breaks ~ wool * tension, holes)
warp_holes_poisson <- glm(breaks ~ wool * tension, poisson, holes)
low <- glm(low ~ race + smoke + lwt + ht, binomial, births)
low_probit <- glm(low ~ race + smoke, binomial("probit"), births)
low_cloglog <- glm(low ~ race + smoke, binomial("cloglog"), births)
low_log <- glm(low ~ race, binomial("log"), births, start = c(-1, 0, 0))
cars <- lm(mpg ~ wt + factor(cyl) * am, mtcars)
cars_plain <- lm(mpg ~ wt + factor(cyl) + am + hp, mtcars)
clot <- glm(time ~ log(u) * lot, Gamma, drug)
clot_log <- glm(time ~ log(u) + lot, Gamma("log"), drug)
clot_ig <- glm(time ~ lot, inverse.gaussian, drug)
hush <- lm(noise ~ make * size * side, silencer)
hush_main <- lm(noise ~ make * size + side, silencer)
fruit <- lm(sales ~ price1 + price2 + day + store, orchard)
fruit_weighted <- lm(sales ~ price1 * store + promo, orchard, weights = weight)
cancer <- glm(cbind(ncases, ncontrols) ~ agegp + alcgp, binomial, esoph)
claims <- glm(Claims ~ District + Age + offset(log(Holders)), poisson, Insurance)
claims_argument <- glm(Claims ~ District + Age, poisson, Insurance, offset = log(Holders))
absent <- glm.nb(Days ~ Sex * Age, quine)
teeth <- lm(len ~ supp * poly(dose, 2), ToothGrowth)

# ---- cases --------------------------------------------------------------------------------------------

cases <- expression(
  one = emmeans(warp, "tension"),
  pairs = pairs(emmeans(warp, "tension")),
  by = emmeans(warp, "wool", by = "tension"),
  by_pairs = pairs(emmeans(warp, "wool", by = "tension")),
  by_three = pairs(emmeans(warp, ~ tension | wool)),
  both = emmeans(warp, ~ wool * tension),
  both_pairs = pairs(emmeans(warp, ~ wool * tension)),
  all_by = emmeans(warp, ~ 1 | wool * tension),
  overall = emmeans(warp, "1"),
  reverse = pairs(emmeans(warp, "tension"), reverse = TRUE),
  list = emmeans(warp, pairwise ~ tension | wool),
  level = emmeans(warp, "tension", level = 0.9),
  infer = summary(emmeans(warp, "tension"), infer = TRUE),
  null = test(emmeans(warp, "tension"), null = 20),
  bonferroni = summary(pairs(emmeans(warp, "tension"), adjust = "bonferroni"), infer = TRUE),
  holm = summary(pairs(emmeans(warp, "tension"), adjust = "holm"), infer = TRUE),
  sidak = summary(pairs(emmeans(warp, "tension"), adjust = "sidak"), infer = TRUE),
  scheffe = summary(pairs(emmeans(warp, "tension"), adjust = "scheffe"), infer = TRUE),
  hommel = pairs(emmeans(warp, ~ wool * tension), adjust = "hommel"),
  hochberg = pairs(emmeans(warp, ~ wool * tension), adjust = "hochberg"),
  fdr = pairs(emmeans(warp, ~ wool * tension), adjust = "fdr"),
  BY = pairs(emmeans(warp, ~ wool * tension), adjust = "BY"),
  none = pairs(emmeans(warp, ~ wool * tension), adjust = "none"),
  means_adjusted = confint(emmeans(warp, "tension"), adjust = "bonferroni"),
  joint = summary(pairs(emmeans(warp, "tension")), infer = TRUE),
  control = summary(contrast(emmeans(warp, "tension"), "trt.vs.ctrl"), infer = TRUE),
  control_ref = contrast(emmeans(warp, "tension"), "trt.vs.ctrl", ref = "M"),
  control_two = contrast(emmeans(warp, "tension"), "trt.vs.ctrl", ref = 1:2),
  control_last = contrast(emmeans(warp, ~ tension | wool), "trt.vs.ctrlk"),
  effects = contrast(emmeans(warp, "tension"), "eff"),
  deleted = contrast(emmeans(warp, "tension"), "del.eff"),
  poly = contrast(emmeans(warp, "tension"), "poly"),
  identity = contrast(emmeans(warp, "tension"), "identity"),
  custom = contrast(emmeans(warp, "tension"), list(first = c(1, -1, 0), last = c(0.5, 0.5, -1)), adjust = "holm"),
  pairs_of_pairs = pairs(pairs(emmeans(warp, ~ tension | wool)), by = NULL),
  cld = multcomp::cld(emmeans(warp, "tension")),
  cld_by = multcomp::cld(emmeans(warp, ~ tension | wool)),
  cld_both = multcomp::cld(emmeans(warp, ~ wool * tension)),
  log_link = emmeans(warp_log, "tension"),
  log_response = emmeans(warp_log, "tension", type = "response"),
  log_ratios = pairs(emmeans(warp_log, "tension", type = "response")),
  log_pairs = pairs(emmeans(warp_log, "tension")),
  log10_response = emmeans(warp_log10, "tension", type = "response"),
  log10_ratios = pairs(emmeans(warp_log10, "tension", type = "response")),
  sqrt_response = emmeans(warp_sqrt, "tension", type = "response"),
  sqrt_pairs = pairs(emmeans(warp_sqrt, "tension", type = "response")),
  poisson_link = emmeans(warp_poisson, "tension"),
  poisson_rate = emmeans(warp_poisson, "tension", type = "response"),
  poisson_ratios = pairs(emmeans(warp_poisson, "tension", type = "response")),
  poisson_intervals = confint(pairs(emmeans(warp_poisson, "tension", type = "response"))),
  poisson_by = pairs(emmeans(warp_poisson, ~ tension | wool, type = "response")),
  poisson_infer = summary(emmeans(warp_poisson, "tension", type = "response"), infer = TRUE),
  poisson_effects = contrast(emmeans(warp_poisson, "tension", type = "response"), "eff"),
  poisson_mean = contrast(emmeans(warp_poisson, "tension", type = "response"), list(mean = c(0.5, 0.5, 0))),
  poisson_cld = multcomp::cld(emmeans(warp_poisson, ~ tension | wool, type = "response")),
  poisson_letters = multcomp::cld(emmeans(warp_poisson, "tension"), Letters = letters, reversed = TRUE, alpha = 0.001),
  quasi_rate = emmeans(warp_quasi, "tension", type = "response"),
  root_rate = summary(emmeans(warp_root, "tension", type = "response"), infer = TRUE),
  root_pairs = pairs(emmeans(warp_root, "tension", type = "response")),
  root_cld = multcomp::cld(emmeans(warp_root, "tension", type = "response")),
  holes = emmeans(warp_holes, ~ wool * tension),
  holes_margin = emmeans(warp_holes, "wool"),
  holes_cells = emmeans(warp_holes, "wool", weights = "cells"),
  holes_pairs = pairs(emmeans(warp_holes, ~ tension | wool)),
  holes_holm = pairs(emmeans(warp_holes, ~ tension | wool), adjust = "holm"),
  holes_bh = pairs(emmeans(warp_holes, ~ tension | wool), adjust = "BH"),
  holes_rate = emmeans(warp_holes_poisson, ~ wool * tension, type = "response"),
  holes_ratios = summary(pairs(emmeans(warp_holes_poisson, ~ wool | tension, type = "response")), infer = TRUE),
  holes_cld = multcomp::cld(emmeans(warp_holes_poisson, ~ wool * tension)),
  low_link = emmeans(low, "race"),
  low_prob = emmeans(low, "race", type = "response"),
  low_odds = pairs(emmeans(low, "race", type = "response")),
  low_odds_intervals = confint(pairs(emmeans(low, "race", type = "response"))),
  low_pairs = pairs(emmeans(low, "race")),
  low_logical = emmeans(low, "smoke", type = "response"),
  low_logical_odds = pairs(emmeans(low, "smoke", type = "response")),
  low_both = emmeans(low, ~ race * smoke, type = "response"),
  low_by_logical = emmeans(low, ~ race | smoke, type = "response"),
  low_kept = emmeans(low, "ht", type = "response"),
  low_proportional = emmeans(low, "race", weights = "proportional"),
  low_cells = emmeans(low, "race", weights = "cells"),
  low_outer = emmeans(low, "race", weights = "outer"),
  low_flat = emmeans(low, "race", weights = "flat"),
  low_cld = multcomp::cld(emmeans(low, "race", type = "response")),
  low_at = emmeans(low, ~ race | lwt, at = list(lwt = c(100, 150.5), race = c("white", "other")), type = "response"),
  probit = emmeans(low_probit, "race", type = "response"),
  probit_pairs = pairs(emmeans(low_probit, "race", type = "response")),
  cloglog = emmeans(low_cloglog, "race", type = "response"),
  cloglog_pairs = pairs(emmeans(low_cloglog, "race", type = "response")),
  risk_ratios = pairs(emmeans(low_log, "race", type = "response")),
  cars_factor = emmeans(cars, "cyl"),
  cars_factor_pairs = pairs(emmeans(cars, "cyl")),
  cars_kept = emmeans(cars, "am"),
  cars_kept_pairs = pairs(emmeans(cars, ~ am | cyl)),
  cars_both = pairs(emmeans(cars, ~ cyl * am)),
  cars_covariate = emmeans(cars, "wt"),
  cars_at = emmeans(cars, ~ wt, at = list(wt = c(2, 3, 4.25))),
  cars_at_pairs = pairs(emmeans(cars, ~ wt, at = list(wt = c(2, 3, 4.25)))),
  cars_at_by = emmeans(cars, "cyl", by = "wt", at = list(wt = c(2, 3))),
  cars_at_averaged = emmeans(cars, "cyl", at = list(wt = c(2, 3))),
  cars_at_proportional = emmeans(cars, "cyl", at = list(wt = c(2, 3)), weights = "proportional"),
  cars_at_half = emmeans(cars, "cyl", at = list(am = 0.5)),
  cars_plain = emmeans(cars_plain, ~ cyl | am, at = list(hp = 100)),
  cars_effects = summary(contrast(emmeans(cars_plain, "cyl"), "eff"), infer = TRUE),
  clot_link = emmeans(clot, "lot"),
  clot_response = emmeans(clot, "lot", type = "response"),
  clot_pairs = pairs(emmeans(clot, "lot", type = "response")),
  clot_at = emmeans(clot, ~ lot | u, at = list(u = c(10, 50)), type = "response"),
  clot_log = emmeans(clot_log, "lot", type = "response"),
  clot_ratios = summary(pairs(emmeans(clot_log, "lot", type = "response")), infer = TRUE),
  clot_ig = emmeans(clot_ig, "lot"),
  hush = emmeans(hush, ~ size | make),
  hush_pairs = pairs(emmeans(hush, ~ size | make * side)),
  hush_cells = emmeans(hush, "size", weights = "cells"),
  hush_proportional = emmeans(hush_main, "size", weights = "proportional"),
  hush_outer = emmeans(hush, "size", weights = "outer"),
  hush_flat = emmeans(hush, "size", weights = "flat"),
  hush_control = contrast(emmeans(hush_main, ~ size | make), "trt.vs.ctrl", ref = 2),
  hush_cld = multcomp::cld(emmeans(hush_main, ~ make * size)),
  hush_long = pairs(emmeans(hush_main, ~ make * size), adjust = "none"),
  hush_wide = summary(pairs(emmeans(hush, ~ make * size * side), adjust = "bonferroni"), infer = TRUE),
  fruit_day = emmeans(fruit, "day"),
  fruit_at = emmeans(fruit, "day", at = list(price1 = 50, price2 = 45)),
  fruit_store = pairs(emmeans(fruit, "store")),
  fruit_prices = emmeans(fruit, ~ price1 | store, at = list(price1 = c(40, 50))),
  fruit_effects = contrast(emmeans(fruit, "store"), "eff"),
  weighted = emmeans(fruit_weighted, "store"),
  weighted_cells = emmeans(fruit_weighted, "store", weights = "cells"),
  weighted_proportional = emmeans(fruit_weighted, "store", weights = "proportional"),
  cancer = emmeans(cancer, "alcgp", type = "response"),
  cancer_weights = emmeans(cancer, "alcgp", weights = "proportional"),
  cancer_poly = contrast(emmeans(cancer, "agegp"), "poly"),
  claims = emmeans(claims, "District", type = "response"),
  claims_zero = emmeans(claims, "District", type = "response", offset = 0),
  claims_argument = emmeans(claims_argument, "District", type = "response"),
  claims_pairs = pairs(emmeans(claims, "Age", type = "response")),
  absent = emmeans(absent, ~ Sex | Age, type = "response"),
  absent_pairs = pairs(emmeans(absent, ~ Sex | Age, type = "response")),
  teeth = emmeans(teeth, ~ supp | dose, at = list(dose = c(0.5, 1, 2))),
  teeth_mean = emmeans(teeth, "supp"),
  joint_tests = joint_tests(warp),
  joint_by = joint_tests(warp, by = "tension"),
  joint_poisson = joint_tests(warp_poisson),
  joint_cars = joint_tests(cars),
  joint_low = joint_tests(low),
  joint_hush = joint_tests(hush, by = "side"),
  joint_fruit = joint_tests(fruit),
  joint_clot = joint_tests(clot)
)
# p-values by R's Monte Carlo, compared to 1e-3 and without text
monte_carlo <- expression(
  mvt = pairs(emmeans(warp, "tension"), adjust = "mvt"),
  mvt_six = pairs(emmeans(warp, ~ wool * tension), adjust = "mvt"),
  consec = contrast(emmeans(warp, "tension"), "consec"),
  mean_chg = contrast(emmeans(warp, ~ tension | wool), "mean_chg"),
  mvt_unequal = pairs(emmeans(cars_plain, "cyl"), adjust = "mvt")
)

columns <- function(x) lapply(x, function(column)
  if (is.logical(column)) I(column) else if (is.numeric(column)) I(as.numeric(column)) else I(as.character(column)))
answer <- function(x) {
  x <- if (inherits(x, "emm_list")) x[[1]] else x
  x <- as.data.frame(if (inherits(x, "summary_emm")) x else summary(x))
  columns(x)
}
result <- list(
  tables = lapply(tables, columns),
  cases = lapply(cases, function(call) {
    x <- eval(call)
    list(values = answer(x), text = I(capture.output(print(x))))
  }),
  monte_carlo = lapply(monte_carlo, function(call) list(values = answer(eval(call))))
)
names(result$cases) <- names(cases)
names(result$monte_carlo) <- names(monte_carlo)
writeLines(toJSON(result, digits = 15, na = "string", auto_unbox = TRUE), "tests/against_r/emmeans.json")
