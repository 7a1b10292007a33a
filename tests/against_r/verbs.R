# Reference answers of R on edge cases of single verbs, written to verbs.json.
#
#   LC_ALL=C.UTF-8 Rscript tests/against_r/verbs.R            (from the root of the repository)
#
# Texts follow R >= 4.4 (no deviance residuals in the summary of a glm) and have the call taken out.

suppressMessages(library(jsonlite))
options(digits = 7, width = 80, warn = -1)

# ---- data ---------------------------------------------------------------------------------------

counts <- data.frame(y = c(18, 17, 15, 20, 10, 20, 25, 13, 12, 9), x = c(1, 2, 3, 4, 5, 6, 7, 8, 9, 12),
                     outcome = c("a", "b", "c", "a", "b", "c", "a", "b", "c", "c"),
                     t = c("p", "p", "p", "q", "q", "q", "r", "r", "r", "p"),
                     e = c(1.5, 2, 1, 2.5, 1, 2, 3, 1, 1, 1), stringsAsFactors = TRUE)
counts$x2 <- 2 * counts$x
counts$m <- replace(counts$x, c(3, 7), NA)
clots <- data.frame(u = c(5, 10, 15, 20, 30, 40, 60, 80, 100), time = c(118, 58, 42, 35, 27, 25, 21, 19, 18),
                    w = c(1, 2, 1, 2, 1, 2, 1, 2, 3), z = c(0, 1, 1, 2, 1, 1, 1, 1, 1),
                    f = gl(3, 3, labels = c("a", "b", "c")))
plots <- data.frame(yield = c(4.2, 5.1, 3.9, 6.4, 5.5, 7.1, 6.0, 4.4, 5.0, 8.3, 7.7, 3.1), wt = c(1, 2, 1, 3, 2, 4, 3, 1, 2, 5, 4, 1),
                    g = gl(3, 2, 12, labels = c("lo", "mid", "hi")), h = gl(2, 6, labels = c("n", "s")),
                    n = c(1, 2, 1, 1, 3, 1, 2, 1, 1, 1, 2, 1))
plots$wt2 <- 2 * plots$wt
plots$s <- plots$wt + plots$n / 3
doses <- data.frame(dead = c(1, 4, 9, 13, 18, 20), alive = c(19, 16, 11, 7, 2, 0), ld = 0:5)
doses$p <- doses$dead / 20
doses$size <- 20
tables <- list(counts = counts, clots = clots, plots = plots, doses = doses)

# ---- as JSON ------------------------------------------------------------------------------------

numbers <- function(x) I(as.numeric(unname(x)))
grid <- function(x) {
  x <- as.matrix(x)
  list(rows = I(as.character(rownames(x))), columns = I(as.character(colnames(x))),
       values = I(matrix(as.numeric(x), nrow(x), ncol(x))))
}
columns <- function(x) lapply(x, function(column)
  if (is.factor(column) || is.character(column)) I(as.character(column)) else numbers(column))
text <- function(x) {
  x <- capture.output(print(x))
  start <- grep("^Call:", x)
  if (length(start)) x <- x[-seq_len(start[1] + which(x[(start[1] + 1):length(x)] == "")[1])]
  start <- grep("^Deviance Residuals:", x)
  if (length(start)) x <- x[-(start:(start + which(x[start:length(x)] == "")[1] - 1))]
  I(x)
}
table_of <- function(x) c(grid(x), list(text = text(x)))

# ---- anova --------------------------------------------------------------------------------------

p0 <- glm(y ~ 1, poisson, counts)
p1 <- update(p0, . ~ outcome)
p2 <- update(p1, . ~ . + x)
p3 <- update(p2, . ~ . + t)
alternative <- update(p0, . ~ t)
aliased <- glm(y ~ x + x2 + outcome, poisson, counts)
quasi <- glm(y ~ outcome + x, quasipoisson, counts)
rate <- glm(y ~ outcome + t + offset(log(e)), poisson, counts)
gam <- glm(time ~ log(u) + f, Gamma, clots, weights = w)
plain <- glm(y ~ 0 + outcome + x, poisson, counts)
tests <- c("Chisq", "F", "Rao", "Cp")
each <- function(f) lapply(setNames(tests, tests), function(test) table_of(f(test)))
l1 <- lm(yield ~ wt, plots)
l2 <- lm(yield ~ wt + g, plots)
l3 <- lm(yield ~ wt * g, plots)
la <- lm(yield ~ wt + wt2 + g, plots)
anovas <- list(
  aliased = each(function(test) anova(aliased, test = test)),
  quasi = each(function(test) anova(quasi, test = test)),
  rate = each(function(test) anova(rate, test = test)),
  gamma = each(function(test) anova(gam, test = test)),
  plain = lapply(list(Chisq = "Chisq", Cp = "Cp"), function(test) table_of(anova(plain, test = test))),
  null = list(Chisq = table_of(anova(p0, test = "Chisq"))),
  growing = each(function(test) anova(p0, p1, p2, p3, test = test)),
  shrinking = each(function(test) anova(p3, p1, p0, test = test)),
  mixed = each(function(test) anova(p1, p3, p2, test = test)),
  unnested = list(Chisq = table_of(anova(p1, alternative, test = "Chisq"))),
  lm = list(F = table_of(anova(l3))),
  lm_aliased = list(F = table_of(anova(la))),
  lm_weighted = list(F = table_of(anova(lm(yield ~ g * h, plots, weights = n)))),
  lm_plain = list(F = table_of(anova(lm(yield ~ 0 + wt + g, plots)))),
  lm_null = list(F = table_of(anova(lm(yield ~ 1, plots)))),
  lm_growing = lapply(list(F = "F", Chisq = "Chisq", Cp = "Cp"), function(test) table_of(anova(l1, l2, l3, test = test))),
  lm_shrinking = list(F = table_of(anova(l3, l1, l2))))

# ---- summaries and prints -----------------------------------------------------------------------

saturated <- glm(y ~ factor(x), poisson, counts)
texts_of <- function(fit, ...) list(summary = text(summary(fit, ...)), print = text(fit))
texts <- list(
  p3 = texts_of(p3), p3_correlation = texts_of(p3, correlation = TRUE), aliased = texts_of(aliased, correlation = TRUE),
  missing = texts_of(glm(y ~ m + outcome, poisson, counts)),
  missing_quasi = texts_of(glm(y ~ m + x2, quasipoisson, counts)),
  empty = texts_of(glm(y ~ 0, poisson, counts)), null = texts_of(p0, correlation = TRUE), saturated = texts_of(saturated),
  gamma = texts_of(gam), gamma_dispersion = texts_of(gam, dispersion = 0.01),
  grouped = texts_of(glm(cbind(dead, alive) ~ ld, binomial, doses)),
  lm = texts_of(l3), lm_correlation = texts_of(l2, correlation = TRUE), lm_aliased = texts_of(la),
  lm_weighted = texts_of(lm(yield ~ g, plots, weights = n)), lm_constant_weights = texts_of(lm(yield ~ g, plots, weights = rep(2, 12))),
  lm_null = texts_of(lm(yield ~ 1, plots)), lm_empty = texts_of(lm(yield ~ 0, plots)), lm_plain = texts_of(lm(yield ~ 0 + g, plots)),
  lm_missing = texts_of(lm(y ~ m, counts)),
  # R >= 4.3 takes the offset out of the fitted values before R-squared, as for this model of the difference
  lm_offset = texts_of(lm(I(yield - n) ~ wt, plots)),
  lm_saturated = texts_of(lm(yield ~ factor(wt) * factor(n), plots[c(1, 2, 4, 6, 10), ])))

# ---- predictions --------------------------------------------------------------------------------

new_clots <- data.frame(u = c(7, NA, 50), f = factor(c("a", "b", "c")))
new_counts <- data.frame(outcome = c("a", "c", "b"), t = c("p", "r", NA), e = c(1, 4, 2))
se <- function(p) list(fit = numbers(p$fit), se_fit = numbers(p$se.fit))
se_terms <- function(p) list(fit = grid(p$fit), se_fit = grid(p$se.fit), constant = attr(p$fit, "constant"))
wl <- lm(time ~ log(u) + f, clots, weights = w)
predictions <- list(
  gamma_link = se(predict(gam, new_clots, se.fit = TRUE)),
  gamma_response = se(predict(gam, new_clots, type = "response", se.fit = TRUE)),
  gamma_terms = se_terms(predict(gam, new_clots, type = "terms", se.fit = TRUE)),
  plain_terms = se_terms(predict(plain, type = "terms", se.fit = TRUE)),
  rate_link = se(predict(rate, new_counts, se.fit = TRUE)),
  argument_link = numbers(predict(glm(y ~ outcome + offset(x), poisson, counts, offset = log(e)), data.frame(outcome = "b", e = 2, x = 3))),
  lm_confidence = grid(predict(wl, new_clots, interval = "confidence", level = 0.9)),
  lm_prediction = grid(predict(wl, new_clots, interval = "prediction")),
  lm_prediction_here = grid(predict(wl, interval = "prediction")),
  aliased = numbers(predict(la, data.frame(wt = c(1, 2), wt2 = c(2, 5), g = c("lo", "hi")))))
types <- c("deviance", "pearson", "working", "response")
zero <- glm(time ~ log(u), Gamma, clots, weights = z)
lzero <- lm(time ~ log(u), clots, weights = z)
all_residuals <- function(fit) c(lapply(setNames(types, types), function(type) numbers(residuals(fit, type))),
                                 list(partial = grid(residuals(fit, "partial"))))
influences <- function(fit) list(hat = numbers(hatvalues(fit)), sigma = numbers(influence(fit)$sigma),
                                 cooks = numbers(cooks.distance(fit)), rstandard = numbers(rstandard(fit)))

# ---- aliases, criteria, broom -------------------------------------------------------------------

crossed <- lm(yield ~ g * h, plots[-c(9, 10), ])
aliases <- list(scaled = lm(yield ~ wt + wt2 + n + s, plots), crossed = crossed, none = l1, glm = aliased,
                plain = lm(yield ~ 0 + g + h + wt2 + wt, plots))
alias_of <- function(fit) list(text = text(alias(fit)), complete = if (!is.null(alias(fit)$Complete)) grid(alias(fit)$Complete))
broom_of <- function(fit) {
  rows <- as.data.frame(broom::augment(fit))
  list(tidy = columns(broom::tidy(fit)), glance = columns(broom::glance(fit)),
       augment = columns(rows[startsWith(names(rows), ".") & names(rows) != ".rownames"]))
}
m1 <- l1
m2 <- l2
q <- quasi
answers <- list(
  tables = lapply(tables, columns), anovas = anovas, texts = texts, predictions = predictions,
  residuals = list(gamma = all_residuals(gam), zero = all_residuals(zero), lm = all_residuals(wl), lm_zero = all_residuals(lzero)),
  influence = list(gamma = influences(gam), zero = influences(zero), lm = influences(wl), lm_zero = influences(lzero),
                   poisson = influences(p3), saturated = influences(glm(y ~ outcome + (x == 12), poisson, counts))),
  aliases = lapply(aliases, alias_of),
  criteria = list(AIC = table_of(AIC(m1, m2)), BIC = table_of(BIC(m1, m2)), quasi = table_of(AIC(q, p3)),
                  loglik = text(logLik(l1)), loglik_quasi = text(logLik(quasi))),
  broom = list(gamma = broom_of(gam), lm = broom_of(l3), aliased = broom_of(aliased), poisson = broom_of(p3)),
  exponentiated = columns(broom::tidy(p3, exponentiate = TRUE)))
writeLines(toJSON(answers, digits = NA, na = "string", null = "null", auto_unbox = TRUE), "tests/against_r/verbs.json")
