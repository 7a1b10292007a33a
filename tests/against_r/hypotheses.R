# Answers of car, lmtest and multcomp on linear hypotheses, written to hypotheses.json.
#
#   LC_ALL=C.UTF-8 Rscript tests/against_r/hypotheses.R       (from the root of the repository)
#
# Needs jsonlite, MASS, car, lmtest, sandwich, multcomp.  The data are those of rglm.datasets.

suppressMessages({library(jsonlite); library(MASS); library(car); library(lmtest); library(sandwich); library(multcomp)})
options(digits = 7, width = 80, warn = -1)
set.seed(1)

text <- function(x, ...) I(capture.output(print(x, ...)))
numbers <- function(x) I(as.numeric(unname(x)))

fits <- list(
  quine = glm(Days ~ Sex + Age, poisson, quine),
  crossed = glm(Days ~ Sex * Age, quasipoisson, quine),
  birthwt = glm(low ~ age + lwt + factor(race) + smoke, binomial, birthwt),
  gamma = glm(lwt ~ age + smoke, Gamma, birthwt),
  mtcars = lm(mpg ~ wt + hp + factor(cyl), mtcars),
  poly = lm(mpg ~ poly(wt, 2) * hp, mtcars),
  warpbreaks = lm(breaks ~ wool + tension, warpbreaks),
  epil = glm(y ~ trt + base + age, poisson, epil)
)

# ---- car::linearHypothesis ------------------------------------------------------------------------

hypothesis <- function(model, asked, ..., type = NULL) {
  V <- if (is.null(type)) NULL else vcovHC(fits[[model]], type)
  found <- if (is.null(V)) linearHypothesis(fits[[model]], asked, ...)
           else linearHypothesis(fits[[model]], asked, ..., vcov. = V)
  list(model = model, asked = I(asked), vcov = type, options = list(...), columns = I(names(found)),
       values = I(unname(as.matrix(as.data.frame(found)))), text = text(found))
}
hypotheses <- list(
  hypothesis("birthwt", c("age = 0", "smoke = 0")),
  hypothesis("birthwt", c("factor(race)2 = factor(race)3", "2*lwt = -0.05")),
  hypothesis("gamma", "age = 0"),
  hypothesis("gamma", "age = 0", test = "F"),
  hypothesis("mtcars", c("wt = hp", "2*factor(cyl)6 - factor(cyl)8 = 1")),
  hypothesis("mtcars", c("wt = hp", "2*factor(cyl)6 - factor(cyl)8 = 1"), type = "HC3"),
  hypothesis("mtcars", "wt = hp", test = "Chisq"),
  hypothesis("mtcars", c("0.3333333333*wt = 0.25", "hp + 123.45678*wt - 0.001*factor(cyl)6 = -3")),
  hypothesis("mtcars", c("wt", "hp + wt = 0", "factor(cyl)6 + 2*hp + 3*factor(cyl)8 = 0.3333")),
  hypothesis("mtcars", "wt + 2 = hp"),
  hypothesis("mtcars", "(Intercept) = 30"),
  hypothesis("poly", "poly(wt, 2)1:hp = poly(wt, 2)2:hp"),
  hypothesis("quine", c("AgeF1 = AgeF2", "AgeF3 = 0"), type = "HC3"),
  hypothesis("crossed", c("SexM:AgeF1 = 0", "SexM:AgeF2 = SexM:AgeF3")),
  hypothesis("crossed", c("SexM:AgeF1 = 0", "SexM:AgeF2 = SexM:AgeF3"), test = "F"),
  hypothesis("epil", "trtprogabide = 0", type = "HC0")
)

# ---- lmtest::coeftest, car::vif -------------------------------------------------------------------

coeftests <- lapply(list(
  list("quine", NULL), list("quine", "HC3"), list("mtcars", NULL), list("mtcars", "HC1"), list("birthwt", "HC0"),
  list("gamma", NULL), list("gamma", "HC3")
), function(case) {
  found <- if (is.null(case[[2]])) coeftest(fits[[case[[1]]]]) else
    coeftest(fits[[case[[1]]]], vcov. = vcovHC(fits[[case[[1]]]], case[[2]]))
  list(model = case[[1]], vcov = case[[2]], values = I(unname(unclass(found)[, 1:4])), text = text(found))
})
plain <- list(two = lm(mpg ~ wt + hp, mtcars), product = lm(mpg ~ wt * hp, mtcars))
vifs <- lapply(c(fits[c("birthwt", "mtcars", "crossed", "epil")], plain), function(fit) {
  found <- suppressMessages(vif(fit))
  list(values = I(unname(as.matrix(found))), text = text(found))
})

# ---- multcomp::glht -------------------------------------------------------------------------------

precise <- GenzBretz(maxpts = 2e6, abseps = 1e-7)
compared <- function(model, asked, adjust, df = NULL, exact = TRUE) {
  linfct <- if (is.list(asked)) do.call(mcp, asked) else asked
  g <- if (is.null(df)) glht(fits[[model]], linfct) else glht(fits[[model]], linfct, df = df)
  test <- switch(adjust, none = univariate(), "single-step" = adjusted("single-step", maxpts = 2e6, abseps = 1e-7),
                 adjusted(adjust))
  s <- summary(g, test = test)
  ci <- if (adjust == "none") confint(g, calpha = univariate_calpha()) else
    confint(g, calpha = adjusted_calpha(maxpts = 2e6, abseps = 1e-7))
  out <- list(model = model, adjust = adjust, df = if (is.null(df)) NULL else df, labels = I(rownames(g$linfct)),
    values = I(unname(cbind(s$test$coefficients, s$test$sigma, s$test$tstat, s$test$pvalues))),
    intervals = I(unname(ci$confint[, 2:3, drop = FALSE])), quantile = as.numeric(attr(ci$confint, "calpha")))
  if (is.list(asked)) out$factors <- lapply(asked, I) else out$asked <- I(asked)
  out$text <- text(s)
  out
}
comparisons <- list(
  compared("warpbreaks", list(tension = "Tukey"), "single-step"),
  compared("warpbreaks", list(tension = "Tukey"), "holm"),
  compared("warpbreaks", list(tension = "Tukey"), "bonferroni"),
  compared("warpbreaks", list(tension = "Dunnett"), "single-step"),
  compared("warpbreaks", list(tension = c("M - L = 0", "H - M = 0")), "none"),
  compared("warpbreaks", c("woolB = 1", "2*tensionM - tensionH = 0"), "none"),
  compared("warpbreaks", c("woolB = 0", "tensionM - tensionH = 0"), "single-step"),
  compared("quine", list(Age = "Tukey", Sex = "Dunnett"), "single-step"),
  compared("quine", list(Age = "Tukey"), "holm"),
  compared("quine", list(Age = "Sequen"), "single-step"),
  compared("quine", list(Age = "GrandMean"), "single-step"),
  compared("quine", list(Age = "AVE"), "bonferroni"),
  compared("quine", list(Age = "Changepoint"), "single-step"),
  compared("birthwt", c("age = 0", "lwt = 0", "smoke = 0"), "single-step"),
  compared("gamma", c("age = 0", "smoke = 0"), "single-step", df = 186)
)

write_json(list(hypotheses = hypotheses, coeftests = coeftests, vifs = vifs, comparisons = comparisons),
           "tests/against_r/hypotheses.json", digits = NA, auto_unbox = TRUE, na = "string", null = "null")
