# Answers of R's sandwich and survey on covariances of coefficients, written to covariances.json.
#
#   LC_ALL=C.UTF-8 Rscript tests/against_r/covariances.R      (from the root of the repository)
#
# Needs jsonlite, MASS, sandwich, survey.  The data are those of rglm.datasets.

suppressMessages({library(jsonlite); library(MASS); library(sandwich); library(survey)})
options(digits = 7, width = 80, warn = -1)

numbers <- function(x) I(as.numeric(unname(x)))
square <- function(V) list(names = I(rownames(V)), values = unname(V))

npk$block <- factor(npk$block)
clotting <- data.frame(u = c(5, 10, 15, 20, 30, 40, 60, 80, 100), lot1 = c(118, 58, 42, 35, 27, 25, 21, 19, 18))
budworm <- data.frame(ldose = rep(0:5, 2), numdead = c(1, 4, 9, 13, 18, 20, 0, 2, 6, 10, 12, 16),
                      sex = factor(rep(c("M", "F"), c(6, 6))))
budworm$numalive <- 20 - budworm$numdead
gaps <- replace(birthwt$lwt, c(3, 50), NA)

fits <- list(
  quine = glm(Days ~ Sex + Age, poisson, quine),
  birthwt = glm(low ~ age + lwt + smoke, binomial, birthwt),
  clotting = glm(lot1 ~ log(u), Gamma, clotting),
  mtcars = lm(mpg ~ wt + hp + factor(cyl), mtcars),
  weighted = lm(mpg ~ wt + qsec, mtcars, weights = hp),
  insurance = glm(Claims ~ District + Group + offset(log(Holders)), poisson, Insurance),
  budworm = glm(cbind(numdead, numalive) ~ sex * ldose, binomial, budworm),
  aliased = glm(y ~ trt + base + I(2 * base) + age, quasipoisson, epil)
)
types <- c("const", "HC0", "HC1", "HC2", "HC3", "HC4", "HC4m", "HC5")
heteroscedastic <- lapply(fits, function(fit) lapply(setNames(types, types), function(t) square(vcovHC(fit, t))))

epil_p <- glm(y ~ trt + base + age, poisson, epil)
npk_l <- lm(yield ~ N * P + K, npk)
clusters <- list(
  list("quine", fits$quine, ~Age, "Age"),
  list("quine", fits$quine, ~Age + Eth, c("Age", "Eth")),
  list("epil", epil_p, ~subject, "subject"),
  list("epil", epil_p, ~subject + period, c("subject", "period")),
  list("npk", npk_l, ~block, "block"),
  list("npk", npk_l, ~block + N, c("block", "N")),
  list("insurance", fits$insurance, ~District, "District"),
  list("weighted", fits$weighted, ~gear, "gear"),
  list("mtcars", fits$mtcars, ~carb, "carb")
)
clustered <- unlist(lapply(clusters, function(case) {
  one <- length(case[[4]]) == 1
  asked <- c(list(list("HC0", TRUE), list("HC0", FALSE), list("HC1", TRUE)),
             # where a cluster alone determines a coefficient R stops; with prior weights it is not the jackknife
             if (one && case[[4]] %in% c("subject", "carb")) list(list("HC2", TRUE), list("HC3", TRUE)))
  lapply(asked, function(a) list(model = case[[1]], cluster = I(case[[4]]), type = a[[1]], cadjust = a[[2]],
    vcov = square(vcovCL(case[[2]], case[[3]], type = a[[1]], cadjust = a[[2]]))))
}), recursive = FALSE)

# ---- sampling weights -------------------------------------------------------------------------------

sampled <- function(data, formula, family, ids = ~1) {
  data$pw <- 1 + seq_len(nrow(data)) %% 4
  design <- svydesign(ids = ids, weights = ~pw, data = data)
  fit <- svyglm(formula, design, family = family)
  s <- summary(fit)
  list(coefficients = unname(s$coefficients), vcov = square(vcov(fit)), dispersion = as.numeric(s$dispersion),
       deviance = deviance(fit), null = fit$null.deviance, df = fit$df.residual, iterations = fit$iter,
       confint = unname(confint(fit)),
       term = unname(as.numeric(unlist(regTermTest(fit, attr(terms(fit), "term.labels")[1])[c("Ftest", "p")]))),
       predicted = numbers(head(predict(fit), 3)), se = numbers(sqrt(head(attr(predict(fit), "var"), 3))))
}
surveys <- list(
  quine = sampled(quine, Days ~ Sex + Age, poisson()),
  birthwt = sampled(birthwt, low ~ age + lwt + factor(race), binomial()),
  mtcars = sampled(mtcars, mpg ~ wt + hp, gaussian()),
  gamma = sampled(birthwt, lwt ~ age + smoke, Gamma("log"))
)

write_json(list(heteroscedastic = heteroscedastic, clustered = clustered, surveys = surveys),
           "tests/against_r/covariances.json", digits = NA, auto_unbox = TRUE, na = "string")
