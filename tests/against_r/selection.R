# Answers of R on drop1, add1, step, extractAIC, aov and TukeyHSD, written to selection.json.
#
#   LC_ALL=C.UTF-8 Rscript tests/against_r/selection.R            (from the root of the repository)

suppressMessages({library(jsonlite); library(MASS)})
options(digits = 7, width = 80, warn = -1)
grid <- function(x) {
  x <- as.data.frame(x)
  numeric <- x[vapply(x, is.numeric, TRUE)]
  list(rows = I(rownames(x)), columns = I(names(numeric)), values = I(unname(as.matrix(numeric))))
}
table_of <- function(x) c(grid(x), list(text = I(capture.output(print(x)))))

# ---- models -------------------------------------------------------------------------------------

birthwt$race <- factor(birthwt$race)
u <- c(5, 10, 15, 20, 30, 40, 60, 80, 100)
clots <- data.frame(u = rep(u, 2), lot = gl(2, 9), time = c(118, 58, 42, 35, 27, 25, 21, 19, 18, 69, 35, 26, 21, 18, 16, 13, 12, 12))
air <- airquality
warp <- warpbreaks[-c(1, 2, 30, 31, 32), ]
warp_missing <- warpbreaks
warp_missing$breaks[3] <- NA
weighted <- warpbreaks
weighted$n <- rep(1:3, 18)
weighted$x <- rep(1:9, 6)
models <- list(
  quine = glm(Days ~ Sex + Age, poisson, quine), quasi = glm(Days ~ Sex + Age, quasipoisson, quine),
  quine_all = glm(Days ~ Eth * Sex * Age * Lrn, poisson, quine),
  warp = glm(breaks ~ wool * tension, poisson, warpbreaks), warp_wool = glm(breaks ~ wool, poisson, warpbreaks),
  bwt = glm(bwt ~ age + lwt + race + smoke, Gamma, birthwt), bwt_null = glm(bwt ~ 1, Gamma, birthwt),
  bwt_all = glm(bwt ~ age + lwt + race + smoke + ptl + ht + ui + ftv, Gamma, birthwt),
  low = glm(low ~ age + lwt + race + smoke + ptl + ht + ui + ftv, binomial, birthwt),
  low_null = glm(low ~ 1, binomial, birthwt),
  clots = glm(time ~ lot * log(u), Gamma, clots), clots_plus = glm(time ~ lot + log(u), Gamma, clots),
  esoph = glm(cbind(ncases, ncontrols) ~ agegp + tobgp * alcgp, binomial, esoph),
  gauss = glm(mpg ~ wt + hp + qsec, data = mtcars), cars = lm(mpg ~ wt + hp + factor(cyl), mtcars),
  cars_all = lm(mpg ~ ., mtcars), cars_null = lm(mpg ~ 1, mtcars), swiss = lm(Fertility ~ ., swiss),
  air = lm(Ozone ~ Wind, air), air_glm = glm(Ozone ~ Wind, Gamma(link = "log"), air),
  weighted = lm(breaks ~ wool * tension, weighted, weights = n), npk = lm(yield ~ block + N * P * K, npk),
  offset = glm(ncases ~ agegp + tobgp + offset(log(ncases + ncontrols)), poisson, esoph),
  nb = glm.nb(Days ~ Sex + Age + Eth, quine), nb_epil = glm.nb(y ~ lbase * trt + lage + V4, epil))
m <- models

# ---- drop1 and add1 -----------------------------------------------------------------------------

tested <- function(f, tests) lapply(setNames(tests, ifelse(tests == "none", "False", tests)), function(test) table_of(f(test)))
g <- c("none", "Chisq", "F", "Rao")
l <- c("none", "Chisq", "F")
dropped <- list()
for (name in c("quine", "quasi", "quine_all", "warp", "bwt", "low", "clots", "esoph", "gauss", "offset"))
  dropped[[name]] <- tested(function(test) drop1(m[[name]], test = test), g)
for (name in c("cars", "cars_all", "swiss", "weighted", "npk")) dropped[[name]] <- tested(function(test) drop1(m[[name]], test = test), l)
for (name in c("nb", "nb_epil")) dropped[[name]] <- tested(function(test) drop1(m[[name]], test = test), c("none", "Chisq", "F"))
added <- list(
  quine = tested(function(test) add1(m$quine, ~ . + Eth * Lrn, test = test), g),
  quasi = tested(function(test) add1(m$quasi, ~ . + Eth + Lrn, test = test), g),
  warp_wool = tested(function(test) add1(m$warp_wool, ~ . * tension, test = test), g),
  bwt_null = tested(function(test) add1(m$bwt_null, ~ age + lwt + race + smoke, test = test), g),
  low_null = tested(function(test) add1(m$low_null, ~ age + lwt + race + smoke + ptl, test = test), g),
  clots_plus = tested(function(test) add1(m$clots_plus, ~ .^2, test = test), g),
  gauss = tested(function(test) add1(m$gauss, ~ . + am + drat, test = test), g),
  offset = tested(function(test) add1(m$offset, ~ . + alcgp, test = test), g),
  cars = tested(function(test) add1(m$cars, ~ . + qsec * drat, test = test), l),
  cars_null = tested(function(test) add1(m$cars_null, ~ wt + hp + qsec, test = test), l),
  air = tested(function(test) add1(m$air, ~ . + Solar.R + Temp, test = test), l),
  weighted = tested(function(test) add1(lm(breaks ~ wool, weighted, weights = n), ~ . * tension, test = test), l),
  nb = tested(function(test) add1(m$nb, ~ . + Lrn, test = test), c("none", "Chisq")))
special <- list(
  scale_glm = table_of(drop1(m$bwt, test = "Chisq", scale = 0.05)), scale_lm = table_of(drop1(m$cars, test = "Chisq", scale = 6)),
  scale_gauss = table_of(drop1(m$gauss, test = "Chisq", scale = 7)), scale_add = table_of(add1(m$cars, ~ . + qsec, test = "Chisq", scale = 6)),
  k = table_of(drop1(m$low, k = log(189))), scope = table_of(drop1(m$low, ~ age + race, test = "Chisq")),
  type3 = table_of(drop1(lm(breaks ~ wool * tension, warp, contrasts = list(wool = "contr.sum", tension = "contr.sum")), ~ ., test = "F")),
  type3_glm = table_of(drop1(glm(breaks ~ wool * tension, poisson, warp, contrasts = list(wool = "contr.sum", tension = "contr.sum")), ~ ., test = "Chisq")))
extracted <- lapply(models, function(fit) c(extractAIC(fit), extractAIC(fit, k = 5)))
# the AIC of each model as fitted
refitted <- function(fit) c(AIC(fit), vapply(drop.scope(fit), function(x) AIC(update(fit, paste(". ~ . -", x))), 0))
refit <- lapply(m[c("bwt", "clots", "low", "cars", "gauss", "weighted")], function(fit) I(unname(refitted(fit))))

# ---- step ---------------------------------------------------------------------------------------

path_of <- function(expression) {
  trace <- capture.output(fit <- eval(expression))
  c(table_of(fit$anova), list(steps = I(as.character(fit$anova$Step)), trace = I(trace), formula = I(deparse(formula(fit))), coef = I(unname(coef(fit)))))
}
stepped <- list(
  low = path_of(quote(step(m$low))), low_bic = path_of(quote(step(m$low, k = log(189)))),
  low_forward = path_of(quote(step(m$low_null, ~ age + lwt + race + smoke + ptl + ht + ui + ftv, direction = "forward"))),
  low_both = path_of(quote(step(m$low_null, list(lower = ~ 1, upper = ~ (age + lwt + smoke + ht)^2)))),
  low_back = path_of(quote(step(m$low, direction = "both"))), low_two = path_of(quote(step(m$low, steps = 1))),
  low_lower = path_of(quote(step(m$low, list(lower = ~ age + ftv), direction = "backward"))),
  esoph = path_of(quote(step(m$esoph))), bwt_all = path_of(quote(step(m$bwt_all))), quine_all = path_of(quote(step(m$quine_all))),
  cars_all = path_of(quote(step(m$cars_all))), cars_null = path_of(quote(step(m$cars_null, ~ wt * hp + qsec + factor(cyl)))),
  swiss = path_of(quote(step(m$swiss))), npk = path_of(quote(step(m$npk))), gauss = path_of(quote(step(m$gauss, ~ .^2))),
  nb = path_of(quote(step(m$nb))), nb_epil = path_of(quote(step(m$nb_epil))))

# ---- aov and TukeyHSD ---------------------------------------------------------------------------

npk_sum <- list(block = "contr.helmert", N = "contr.helmert", P = "contr.helmert", K = "contr.helmert")
aovs <- list(
  warp = aov(breaks ~ wool + tension, warpbreaks), npk = aov(yield ~ block + N * P * K, npk),
  npk_balanced = aov(yield ~ block + N * P * K, npk, contrasts = npk_sum), unbalanced = aov(breaks ~ wool * tension, warp),
  plants = aov(weight ~ group, PlantGrowth), missing = aov(breaks ~ tension * wool, warp_missing),
  covariate = aov(breaks ~ x + tension, weighted), plain = aov(yield ~ 0 + block, npk), null = aov(yield ~ 1, npk),
  saturated = aov(yield ~ block * N * P * K, npk), weighted = aov(breaks ~ tension + wool, weighted, weights = n),
  insects = aov(sqrt(count) ~ spray, InsectSprays), chicks = aov(weight ~ feed, chickwts))
without_call <- function(x) x[-seq_len(which(x == "")[1])]
texts <- lapply(aovs, function(fit) list(print = I(without_call(capture.output(print(fit)))), summary = I(capture.output(print(summary(fit)))),
                                         table = grid(summary(fit)[[1]])))
tukey_of <- function(fit, ...) {
  found <- TukeyHSD(fit, ...)
  text <- capture.output(print(found))
  list(tables = lapply(unclass(found)[names(found)], grid), text = I(text[!grepl("^Fit: ", text)]))
}
tukeys <- c(
  lapply(aovs[c("warp", "npk", "unbalanced", "plants", "missing", "covariate", "plain", "insects", "chicks")], tukey_of),
  list(warp_ordered = tukey_of(aovs$warp, "tension", ordered = TRUE), unbalanced_one = tukey_of(aovs$unbalanced, "wool:tension", conf.level = 0.9),
       plants_ordered = tukey_of(aovs$plants, ordered = TRUE, conf.level = 0.99)))
answers <- list(dropped = dropped, added = added, special = special, extracted = extracted, refit = refit, stepped = stepped, aov = texts, tukey = tukeys)
writeLines(toJSON(answers, digits = NA, na = "string", null = "null", auto_unbox = TRUE), "tests/against_r/selection.json")
