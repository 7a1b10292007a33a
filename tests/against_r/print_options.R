# What R prints of a few models under other digits, widths and without stars.
# Run: LC_ALL=C.UTF-8 Rscript tests/against_r/print_options.R
library(jsonlite)
read <- function(name) read.csv(file.path("rglm/datasets/values", paste0(name, ".csv")), stringsAsFactors = TRUE)
warpbreaks <- read("warpbreaks")
warpbreaks$tension <- factor(warpbreaks$tension, levels = c("L", "M", "H"))
swiss <- read("swiss")
clotting <- read("clotting")

# R >= 4.3 prints no deviance residuals in summary(glm)
drop_residuals <- function(text) {
  from <- grep("^Deviance Residuals:", text)
  if (length(from)) text <- text[-(from:(from + 3))]
  text
}
without_call <- function(text) text[(grep("^Coefficients:|^Residuals:|^Weighted", text)[1]):length(text)]

shown <- function(model, digits = 7, width = 80, stars = TRUE, ...) {
  old <- options(digits = digits, width = width, show.signif.stars = stars)
  on.exit(options(old))
  list(summary = without_call(drop_residuals(capture.output(print(summary(model), ...)))),
       anova = capture.output(print(anova(model, test = if (inherits(model, "lm") && !inherits(model, "glm")) NULL
         else if (model$family$family == "poisson") "Chisq" else "F"))))
}
models <- list(
  poisson = glm(breaks ~ wool * tension, poisson(), warpbreaks),
  linear = lm(Fertility ~ Agriculture + Examination + Education + Catholic, swiss),
  gamma = glm(lot1 ~ log(u), Gamma(), clotting))
settings <- list(list(digits = 7), list(digits = 4), list(digits = 12), list(width = 50), list(stars = FALSE),
                 list(digits = 5, width = 60, stars = FALSE))
out <- list()
for (name in names(models)) for (setting in settings)
  out[[length(out) + 1]] <- c(list(model = name, options = setting),
                              do.call(shown, c(list(models[[name]]), setting)))
write_json(out, "tests/against_r/print_options.json", auto_unbox = TRUE, pretty = 1)
