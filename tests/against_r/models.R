# Reference answers of R for the models of models_spec.json, written to models.json.gz.
#
#   LC_ALL=C.UTF-8 Rscript tests/against_r/models.R            (from the root of the repository)
#   LC_ALL=C.UTF-8 Rscript tests/against_r/models.R id1 id2    (only these, printed as JSON)
#
# R reads the very CSV files that Python reads: rglm/datasets/values/ with the level order of
# rglm/datasets/catalogue.json, and tests/against_r/data/ with that of the specification.
# Texts follow R >= 4.4: no block of deviance residuals in the summary of a glm, and anova() of a glm
# tests by F where the dispersion is estimated, else by Chisq.  The call is taken out of every text.

suppressMessages({library(jsonlite); library(MASS); library(splines); library(statmod)})
options(digits = 7, width = 80, warn = -1)

here <- "tests/against_r"
spec <- fromJSON(file.path(here, "models_spec.json"), simplifyVector = FALSE)
catalogue <- fromJSON("rglm/datasets/catalogue.json", simplifyVector = FALSE)$datasets

# ---- data ---------------------------------------------------------------------------------------

read_table <- function(file, variables, index = NULL) {
  d <- read.csv(file, check.names = FALSE, stringsAsFactors = FALSE, na.strings = "",
                colClasses = vapply(names(read.csv(file, nrows = 1, check.names = FALSE)), function(name)
                  if (is.null(variables[[name]]$levels) && !identical(name, index)) "numeric" else "character", ""))
  for (v in variables) if (length(v$levels))
    d[[v$name]] <- factor(d[[v$name]], levels = unlist(v$levels), ordered = v$kind == "ordered")
  if (!is.null(index)) { rownames(d) <- d[[index]]; d[[index]] <- NULL }
  d
}

load_data <- function(name) {
  card <- if (is.null(spec$tables[[name]])) catalogue[[name]] else spec$tables[[name]]
  folder <- if (is.null(spec$tables[[name]])) "rglm/datasets/values" else file.path(here, "data")
  variables <- setNames(card$variables, vapply(card$variables, `[[`, "", "name"))
  read_table(file.path(folder, paste0(name, ".csv")), variables, card$index)
}

new_rows <- function(entry, d) {
  new <- entry$newdata
  if (is.null(new)) return(d[c(1, 3, 5), , drop = FALSE])
  if (!is.null(new$rows)) return(d[unlist(new$rows) + 1, , drop = FALSE])
  as.data.frame(lapply(new$columns, unlist), optional = TRUE, stringsAsFactors = FALSE)
}

# ---- values as JSON -----------------------------------------------------------------------------

attempt <- function(expr) tryCatch(expr, error = function(e) NULL)
numbers <- function(x) I(as.numeric(unname(x)))
named <- function(x) list(names = I(as.character(names(x))), values = numbers(x))
grid <- function(x) {
  x <- as.matrix(x)
  list(rows = I(as.character(rownames(x))), columns = I(as.character(colnames(x))),
       values = I(matrix(as.numeric(x), nrow(x), ncol(x))))
}
shown <- function(x, n) if (n > 200) { if (is.matrix(x)) x[1:50, , drop = FALSE] else x[1:50] } else x

# A vector over the rows of the fit.  Where R leaves rows out (leverages of zero weights), their
# positions are kept too.
over_rows <- function(x, fit) {
  rows <- names(residuals(fit))
  if (is.null(x)) return(NULL)
  if (length(x) < length(rows)) return(list(rows = I(match(names(x), rows) - 1L), values = numbers(x)))
  list(values = numbers(shown(x, length(rows))))
}
matrix_over_rows <- function(x, fit) {
  if (is.null(x) || !is.matrix(x)) return(NULL)
  out <- grid(unname(shown(x, length(residuals(fit)))))
  list(columns = I(as.character(colnames(x))), values = out$values)
}
table_of <- function(x) if (is.null(x)) NULL else grid(data.matrix(as.data.frame(x, optional = TRUE)))

# ---- texts --------------------------------------------------------------------------------------

# The printed lines with the call, and in a glm's summary the deviance residuals, taken out.
text_of <- function(x) {
  x <- attempt(capture.output(print(x)))
  if (is.null(x)) return(NULL)
  start <- grep("^Call:", x)
  if (length(start)) {
    end <- start[1] + which(x[(start[1] + 1):length(x)] == "")[1]
    x <- x[-(seq_len(end))]
  }
  start <- grep("^Deviance Residuals:", x)
  if (length(start)) x <- x[-(start:(start + which(x[start:length(x)] == "")[1] - 1))]
  I(x)
}

# ---- one model ----------------------------------------------------------------------------------

default_test <- function(fit)
  if (fit$family$family %in% c("poisson", "binomial")) "Chisq" else "F"

analyses <- function(fit) {
  if (!inherits(fit, "glm")) return(list(F = attempt(table_of(anova(fit)))))
  tests <- c("none", "Chisq", "F", "Rao", "Cp", "LRT")
  out <- lapply(setNames(tests, tests), function(test)
    attempt(table_of(if (test == "none") anova(fit, test = NULL) else anova(fit, test = test))))
  Filter(Negate(is.null), out)
}

prediction <- function(fit, new, type) {
  p <- attempt(predict(fit, new, type = type, se.fit = TRUE))
  if (is.null(p)) return(NULL)
  list(fit = numbers(p$fit), se_fit = numbers(p$se.fit), residual_scale = p$residual.scale)
}

predictions <- function(fit, new) {
  parts <- attempt(predict(fit, type = "terms"))
  terms <- matrix_over_rows(parts, fit)
  if (!is.null(terms)) terms$constant <- attr(parts, "constant")
  new_terms <- attempt(predict(fit, new, type = "terms"))
  out <- list(terms = terms,
              new_terms = if (is.matrix(new_terms) && ncol(new_terms)) grid(unname(new_terms))$values)
  if (inherits(fit, "glm"))
    return(c(out, list(link = prediction(fit, new, "link"), response = prediction(fit, new, "response"))))
  out$response <- prediction(fit, new, "response")
  for (kind in c("confidence", "prediction"))
    out[[kind]] <- attempt({
      p <- suppressWarnings(predict(fit, new, interval = kind))
      list(columns = I(colnames(p)), values = I(unname(p)))
    })
  out
}

# R >= 4.3 leaves the offset out of the R-squared of an lm; summary.lm of 4.2 does not.
summary_now <- function(fit, ...) {
  if (!inherits(fit, "glm") && !is.null(fit$offset)) fit$fitted.values <- fit$fitted.values - fit$offset
  summary(fit, ...)
}

summary_of <- function(fit) {
  s <- summary_now(fit)
  out <- list(coefficients = attempt(grid(s$coefficients)), df = I(s$df))
  if (inherits(fit, "glm")) return(c(out, list(dispersion = s$dispersion)))
  c(out, list(sigma = s$sigma, r_squared = s$r.squared, adj_r_squared = s$adj.r.squared,
              fstatistic = if (!is.null(s$fstatistic)) numbers(s$fstatistic)))
}

diagnostics <- function(fit) {
  types <- c("deviance", "pearson", "working", "response")
  measures <- list(hatvalues = hatvalues, cooks_distance = cooks.distance, rstandard = rstandard,
                   rstudent = rstudent, dffits = dffits, covratio = covratio)
  list(residuals = lapply(setNames(types, types), function(type) over_rows(residuals(fit, type = type), fit)),
       partial = attempt(matrix_over_rows(residuals(fit, type = "partial"), fit)),
       influence = lapply(measures, function(f) attempt(over_rows(f(fit), fit))))
}

likelihood <- function(fit) {
  l <- attempt(logLik(fit))
  list(loglik = if (is.null(l)) NULL else as.numeric(l), n_params = if (is.null(l)) NULL else attr(l, "df"),
       aic = if (inherits(fit, "glm")) fit$aic else attempt(AIC(fit)), bic = attempt(BIC(fit)))
}

values_of <- function(fit, new) {
  out <- list(call = I(deparse(fit$call)), coef = named(coef(fit)), vcov = attempt(grid(vcov(fit))),
              summary = summary_of(fit), deviance = deviance(fit), df_residual = fit$df.residual,
              rank = fit$rank, nobs = nobs(fit), likelihood = likelihood(fit))
  if (inherits(fit, "glm"))
    out <- c(out, list(null_deviance = fit$null.deviance, df_null = fit$df.null, n_iter = fit$iter,
                       converged = fit$converged, boundary = fit$boundary,
                       linear_predictors = over_rows(naresid(fit$na.action, fit$linear.predictors), fit)))
  x <- model.matrix(fit)
  c(out, list(fitted = over_rows(fitted(fit), fit), columns = I(as.character(colnames(x))),
              assign = I(attr(x, "assign")), diagnostics = diagnostics(fit), predict = predictions(fit, new),
              anova = analyses(fit)))
}

texts_of <- function(fit) {
  tests <- if (inherits(fit, "glm")) attempt(anova(fit, test = default_test(fit))) else attempt(anova(fit))
  fit$call <- quote(fit())
  Filter(Negate(is.null), list(print = text_of(fit), summary = attempt(text_of(summary_now(fit))),
                               anova = if (!is.null(tests)) text_of(tests)))
}

nested_of <- function(entry, fit, d) {
  smaller <- eval(parse(text = entry$nested$r))
  both <- if (inherits(fit, "glm")) anova(smaller, fit, test = default_test(fit)) else anova(smaller, fit)
  list(table = table_of(both), text = text_of(both))
}

broom_of <- function(fit) {
  frame <- function(x) lapply(x, function(column) if (is.character(column)) I(column) else numbers(column))
  rows <- as.data.frame(broom::augment(fit))
  list(tidy = frame(broom::tidy(fit)), glance = frame(broom::glance(fit)),
       augment = frame(rows[startsWith(names(rows), ".") & names(rows) != ".rownames"]))
}

extras_of <- function(entry, fit, d) {
  out <- list()
  wanted <- unlist(entry$want)
  if (!is.null(entry$nested)) out$nested <- nested_of(entry, fit, d)
  if ("broom" %in% wanted) out$broom <- broom_of(fit)
  anonymous <- fit
  anonymous$call <- quote(fit())
  if ("correlation" %in% wanted) {
    out$correlation <- grid(summary(fit, correlation = TRUE)$correlation)
    out$correlation_text <- text_of(summary(anonymous, correlation = TRUE))
  }
  if ("dispersion" %in% wanted) {
    out$dispersion_coefficients <- grid(summary(fit, dispersion = 1)$coefficients)
    out$dispersion_text <- text_of(summary(anonymous, dispersion = 1))
  }
  out
}

answer <- function(entry) {
  d <- load_data(entry$data)
  call <- parse(text = entry$r)[[1]]
  trace <- capture.output(fit <- eval(call))
  if (inherits(fit, "glm")) fit$control$trace <- FALSE  # the refits of anova() would trace too
  out <- c(values_of(fit, new_rows(entry, d)), list(texts = texts_of(fit)), extras_of(entry, fit, d))
  if (length(trace)) out$trace <- I(trace)
  out
}

# ---- all of them --------------------------------------------------------------------------------

only <- commandArgs(TRUE)
ids <- vapply(spec$models, `[[`, "", "id")
stopifnot(!anyDuplicated(ids))
chosen <- if (length(only)) spec$models[ids %in% only] else spec$models
answers <- list()
failed <- character()
for (entry in chosen) answers[[entry$id]] <- tryCatch(answer(entry), error = function(e) {
  failed <<- c(failed, paste0(entry$id, ": ", conditionMessage(e), " in ", deparse(conditionCall(e))[1]))
  NULL
})
if (length(failed)) stop(paste(c("", failed), collapse = "\n"))
text <- toJSON(list(r = R.version.string, models = answers), digits = NA, na = "string", null = "null",
               auto_unbox = TRUE)
if (length(only)) {
  cat(prettify(text), "\n")
} else {
  file <- gzfile(file.path(here, "models.json.gz"), "wb", compression = 9)
  writeLines(text, file)
  close(file)
}
