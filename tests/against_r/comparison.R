# Reference answers of R on comparisons of models and on influence, written to comparison.json.
#
#   LC_ALL=C.UTF-8 Rscript tests/against_r/comparison.R            (from the root of the repository)
#
# Data are the package's own CSV files.  Type 3 tests are those of fits in sum contrasts.

suppressMessages({library(jsonlite); library(MASS); library(car); library(lmtest); library(sandwich); library(pscl)})
options(digits = 7, width = 80, warn = -1)
catalogue <- fromJSON("rglm/datasets/catalogue.json", simplifyVector = FALSE)$datasets

# ---- data ---------------------------------------------------------------------------------------

load_data <- function(name) {
  card <- catalogue[[name]]
  d <- read.csv(file.path("rglm/datasets/values", paste0(name, ".csv")), stringsAsFactors = FALSE)
  if (!is.null(card$index)) { rownames(d) <- d[[card$index]]; d[[card$index]] <- NULL }
  for (v in card$variables) if (length(v$levels))
    d[[v$name]] <- factor(d[[v$name]], levels = unlist(v$levels), ordered = v$kind == "ordered")
  d
}
birthwt <- load_data("birthwt")
warpbreaks <- load_data("warpbreaks")
clotting <- load_data("clotting")
quine <- load_data("quine")
mtcars <- load_data("mtcars")
npk <- load_data("npk")
budworm <- load_data("budworm")
esoph <- load_data("esoph")
epil <- load_data("epil")
toothgrowth <- load_data("toothgrowth")

# ---- as JSON ------------------------------------------------------------------------------------

numbers <- function(x) I(as.numeric(unname(x)))
grid <- function(x) {
  x <- as.matrix(x)
  list(rows = I(as.character(rownames(x))), columns = I(as.character(colnames(x))),
       values = I(matrix(as.numeric(x), nrow(x), ncol(x))))
}
table_of <- function(x) c(grid(x), list(text = I(capture.output(print(x)))))

# ---- tests of types 2 and 3 -----------------------------------------------------------------------

fits <- function(contrasts) {
  options(contrasts = c(contrasts, "contr.poly"))
  on.exit(options(contrasts = c("contr.treatment", "contr.poly")))
  list(
    birthwt = glm(low ~ age + lwt + factor(race) * smoke, binomial, birthwt),
    warpbreaks = glm(breaks ~ wool * tension, poisson, warpbreaks),
    warpbreaks_quasi = glm(breaks ~ wool * tension, quasipoisson, warpbreaks),
    clotting = glm(lot1 ~ log(u) + u, Gamma, clotting),
    mothers = glm(lwt ~ age + smoke, Gamma, birthwt),
    quine = glm(Days ~ Eth * Sex * Lrn + Age + Sex:Age, quasipoisson, quine),
    quine_nb = glm.nb(Days ~ Eth * Sex + Age, quine),
    budworm = glm(cbind(numdead, numalive) ~ sex * ldose, binomial, budworm),
    esoph = glm(cbind(ncases, ncontrols) ~ agegp + tobgp * alcgp, binomial, esoph),
    epil = glm(y ~ trt * lbase + lage + V4 + offset(log(period)), poisson, epil),
    lm_warpbreaks = lm(breaks ~ wool * tension, warpbreaks),
    lm_mtcars = lm(mpg ~ wt * hp + factor(cyl), mtcars, weights = qsec),
    lm_toothgrowth = lm(len ~ supp * dose + I(dose^2), toothgrowth),
    lm_npk = lm(yield ~ block + N * P * K - N:P:K, npk),
    no_intercept = glm(breaks ~ 0 + wool + tension, poisson, warpbreaks),
    lm_no_intercept = lm(breaks ~ 0 + wool + tension, warpbreaks))
}
treatment <- fits("contr.treatment")
sums <- fits("contr.sum")
is_lm <- function(fit) class(fit)[1] == "lm"
glm_tests <- function(fit, type) list(
  LR = table_of(Anova(fit, type = type)), Wald = table_of(Anova(fit, type = type, test.statistic = "Wald")),
  F = table_of(Anova(fit, type = type, test.statistic = "F")),
  F_deviance = table_of(Anova(fit, type = type, test.statistic = "F", error.estimate = "deviance")),
  F_dispersion = table_of(Anova(fit, type = type, test.statistic = "F", error.estimate = "dispersion")),
  Wald_HC0 = table_of(Anova(fit, type = type, test.statistic = "Wald", vcov. = vcovHC(fit, "HC0"))))
lm_tests <- function(fit, type) list(
  F = table_of(Anova(fit, type = type)), F_HC3 = table_of(Anova(fit, type = type, vcov. = vcovHC(fit, "HC3"))))
tests_of <- function(fit, type) if (is_lm(fit)) lm_tests(fit, type) else glm_tests(fit, type)
types <- list("2" = lapply(treatment, tests_of, type = 2), "3" = lapply(sums, tests_of, type = 3))

# ---- likelihood ratio and Wald tests ----------------------------------------------------------------

t <- treatment
hc <- function(type) function(fit) vcovHC(fit, type)
likelihood <- list(
  null = lapply(t[c("birthwt", "warpbreaks", "clotting", "lm_warpbreaks", "lm_mtcars", "quine_nb", "esoph")],
                function(fit) table_of(lrtest(fit))),
  label = list(birthwt = table_of(lrtest(t$birthwt, "age", "lwt")), warpbreaks = table_of(lrtest(t$warpbreaks, "wool:tension")),
               clotting = table_of(lrtest(t$clotting, "u")), lm_npk = table_of(lrtest(t$lm_npk, "block"))),
  formula = list(birthwt = table_of(lrtest(t$birthwt, . ~ . - age - lwt, . ~ 1)), lm_mtcars = table_of(lrtest(t$lm_mtcars, . ~ wt)),
                 epil = table_of(lrtest(t$epil, . ~ trt + lbase + offset(log(period))))),
  growing = list(warpbreaks = table_of(lrtest(glm(breaks ~ wool, poisson, warpbreaks), . ~ . + tension, . ~ wool * tension))))
wald <- list(
  null = lapply(t[c("birthwt", "warpbreaks", "clotting", "lm_warpbreaks", "lm_mtcars", "quine", "esoph")],
                function(fit) list(F = table_of(waldtest(fit)), Chisq = table_of(waldtest(fit, test = "Chisq")))),
  label = list(birthwt = table_of(waldtest(t$birthwt, "age", "lwt")), lm_npk = table_of(waldtest(t$lm_npk, "block", test = "Chisq"))),
  formula = list(birthwt = table_of(waldtest(t$birthwt, . ~ . - age - lwt, . ~ 1)), clotting = table_of(waldtest(t$clotting, . ~ u))),
  robust = list(HC0 = table_of(waldtest(t$quine, "Sex:Age", vcov = hc("HC0"))), HC3 = table_of(waldtest(t$lm_mtcars, "wt:hp", vcov = hc("HC3")))),
  growing = list(warpbreaks = table_of(waldtest(lm(breaks ~ wool, warpbreaks), lm(breaks ~ wool + tension, warpbreaks), t$lm_warpbreaks))))

# ---- Vuong, overdispersion, pseudo R-squared ----------------------------------------------------------

quietly <- function(expr) { result <- NULL; text <- capture.output(result <- expr); list(result = result, text = I(text)) }
vuong_of <- function(m1, m2) { text <- capture.output(vuong(m1, m2), file = NULL); I(text) }
vuong_numbers <- function(m1, m2) {
  m <- loglik_of(m1) - loglik_of(m2)
  n <- length(m)
  more <- length(coef(m1)) - length(coef(m2))
  z <- (sum(m) - c(0, more, more * log(n) / 2)) / (sqrt(n) * sd(m))
  list(z = numbers(z), p = numbers(pnorm(-abs(z))), text = vuong_of(m1, m2))
}
loglik_of <- function(fit) {
  if (inherits(fit, "negbin")) return(dnbinom(fit$y, mu = fitted(fit), size = fit$theta, log = TRUE))
  if (family(fit)$family == "poisson") return(dpois(fit$y, fitted(fit), log = TRUE))
  dbinom(fit$y, 1, fitted(fit), log = TRUE)
}
one <- glm(Days ~ Sex + Age, poisson, quine)
two <- glm(Days ~ Eth + Lrn, poisson, quine)
three <- glm.nb(Days ~ Eth + Sex + Age, quine)
four <- glm(low ~ lwt, binomial, birthwt)
five <- glm(low ~ age + smoke, binomial(link = "probit"), birthwt)
six <- glm(y ~ lbase + trt, poisson, epil)
seven <- glm(y ~ lage + V4, poisson, epil)
vuongs <- list(quine = vuong_numbers(one, two), quine_nb = vuong_numbers(one, three), birthwt = vuong_numbers(four, five),
               epil = vuong_numbers(six, seven))
od <- function(fit) I(capture.output(odTest(fit)))
seizures <- glm.nb(y ~ lbase + trt, epil)
smaller <- glm.nb(Days ~ Sex + Age, quine)
od_tests <- list(quine = od(three), epil = od(seizures), quine_smaller = od(smaller))
statistic <- function(fit) {
  poisson <- glm(formula(fit), poisson, fit$model)
  2 * (as.numeric(logLik(fit)) - as.numeric(logLik(poisson)))
}
od_statistics <- list(quine = statistic(three), epil = statistic(seizures), quine_smaller = statistic(smaller))
pr2 <- function(fit) { r <- NULL; capture.output(r <- pR2(fit)); as.list(r) }
data_of <- function(fit, d) { fit$call$data <- d; fit }
r2s <- list(birthwt = pr2(t$birthwt), warpbreaks = pr2(t$warpbreaks), quine_nb = pr2(t$quine_nb),
            reference = pr2(glm(low ~ age + lwt + factor(race) + smoke, binomial, birthwt)))
tjur <- function(fit) mean(fitted(fit)[fit$y == 1]) - mean(fitted(fit)[fit$y == 0])
tjurs <- list(birthwt = tjur(t$birthwt), reference = tjur(glm(low ~ age + lwt + factor(race) + smoke, binomial, birthwt)))

# ---- influence ------------------------------------------------------------------------------------------

d <- clotting
d$z <- c(0, 1, 1, 2, 1, 1, 1, 1, 1)
d$u2 <- 2 * d$u
influences <- function(fit) list(dfbeta = grid(dfbeta(fit)), dfbetas = grid(dfbetas(fit)), rstudent = numbers(rstudent(fit)),
                                 dffits = numbers(dffits(fit)), covratio = numbers(covratio(fit)))
measures <- lapply(c(t[c("warpbreaks", "clotting", "budworm", "lm_mtcars", "lm_npk", "lm_toothgrowth")],
                     list(weighted = glm(lot1 ~ log(u) + u + u2, Gamma, d, weights = z), lm_weighted = lm(lot1 ~ log(u) + u + u2, d, weights = z))),
                   influences)

answers <- list(types = types, lrtest = likelihood, waldtest = wald, vuong = vuongs, od_test = od_tests,
                od_statistic = od_statistics, pseudo_r2 = r2s, tjur = tjurs, influence = measures)
writeLines(toJSON(answers, digits = NA, na = "string", null = "null", auto_unbox = TRUE), "tests/against_r/comparison.json")
