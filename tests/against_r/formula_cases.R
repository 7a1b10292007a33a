# What R makes of each formula in formula_cases.json.gz: term labels, column names, assign, offset, model matrix.
#
#   LC_ALL=C Rscript tests/against_r/formula_cases.R tests/against_r
#
# The formulas and their ids are read from the stored file and the answers are written back to it.

library(jsonlite)
library(splines)

folder <- commandArgs(trailingOnly = TRUE)[1]
path <- file.path(folder, "formula_cases.json.gz")
cases <- fromJSON(gzfile(path), simplifyVector = FALSE)

d <- read.csv(file.path(folder, "formula_data.csv"), check.names = FALSE, stringsAsFactors = FALSE)
for (v in c("a", "b", "c", "one")) d[[v]] <- factor(d[[v]])
d$o <- factor(d$o, levels = c("lo", "mid", "hi", "top"), ordered = TRUE)
d$u <- factor(d$a, levels = c("r", "p", "q", "zz"))

answer <- function(case) {
  warned <- character()
  found <- tryCatch(withCallingHandlers({
    f <- as.formula(case$formula)
    mf <- model.frame(f, d, drop.unused.levels = TRUE)
    X <- model.matrix(terms(mf), mf)
    list(labels = as.list(attr(terms(mf), "term.labels")), columns = as.list(colnames(X)),
         assign = as.list(attr(X, "assign")), n = nrow(X), rank = if (ncol(X)) qr(X)$rank else 0L,
         offset = if (is.null(model.offset(mf))) NULL else as.list(as.numeric(model.offset(mf))),
         X = lapply(seq_len(nrow(X)), function(i) as.list(unname(X[i, ]))))
  }, warning = function(w) {
    warned <<- c(warned, conditionMessage(w))
    invokeRestart("muffleWarning")
  }), error = function(e) list(error = substr(conditionMessage(e), 1, 80)))
  if (is.null(found$error)) found$warnings <- as.list(warned)
  c(list(id = case$id, formula = case$formula), found)
}

lines <- vapply(lapply(cases, answer), function(case) {
  as.character(toJSON(case, auto_unbox = TRUE, digits = NA, null = "null"))
}, "")
out <- gzfile(path, "w")
writeLines(c("[", paste0(lines, c(rep(",", length(lines) - 1), "")), "]"), out)
close(out)
