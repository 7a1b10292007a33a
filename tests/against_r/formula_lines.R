# How R breaks long formulas over lines, written to formula_lines.json.
#
#   LC_ALL=C.UTF-8 Rscript tests/against_r/formula_lines.R     (from the root of the repository)

set.seed(1)
words <- function(n, most = 30) vapply(seq_len(n), function(i) paste(sample(letters, sample(3:most, 1), TRUE), collapse = ""), "")
written <- c(
  "y ~ x",
  "~ a + b",
  "Fertility ~ Agriculture + Examination + Education + Catholic + Infant.Mortality",
  "cbind(successes_of_the_first_kind, successes_of_the_second_kind, failures) ~ a + b",
  "log(a_response_with_a_name_that_is_long + another_one_that_is_long_too + 1) ~ x + offset(log(months))",
  "y ~ x + cut(temperature_of_the_day, breaks = c(-10, 0, 10, 20, 30, 40), labels = c('very cold', 'cold', 'mild', 'warm', 'hot')) + z",
  "y ~ (a_rather_long_name + a_second_long_name + a_third_long_name + a_fourth)^2 - a_rather_long_name:a_second_long_name",
  "y ~ ifelse(the_first_condition > 3 & the_second_condition == 'some text' | the_third_condition < 4, 1, 0)",
  "y ~ a_name_of_about_thirty_letters %in% another_name_of_thirty_letters + one_more/and_another + last",
  "y ~ a_name_that_goes_on_until_it_fills_nearly_the_whole_line_ * I(b + c) + -d"
)
random <- vapply(1:40, function(i) {
  n <- sample(4:14, 1)
  parts <- words(n)
  calls <- sample(n, 2)
  parts[calls] <- paste0("poly(", parts[calls], ", ", words(2), " + ", words(2), ", degree = 2L)")
  paste(words(1), "~", paste0(parts, c(sample(c(" + ", " * ", ":", " - "), n - 1, TRUE), ""), collapse = ""))
}, "")
cases <- lapply(c(written, random), function(text) list(formula = text, lines = I(deparse(as.formula(text)))))
jsonlite::write_json(cases, "tests/against_r/formula_lines.json", auto_unbox = TRUE, pretty = TRUE)
