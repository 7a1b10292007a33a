# Totals of R's own data sets, written to datasets.json: rows, sums and order-sensitive sums of the
# numeric columns, counts of the levels.  The tests compare rglm.datasets with them.
#
#   LC_ALL=C.UTF-8 Rscript tests/against_r/datasets.R          (from the root of the repository)

suppressMessages({library(jsonlite); library(MASS)})

catalogue <- fromJSON("rglm/datasets/catalogue.json", simplifyVector = FALSE)$datasets

column <- function(x) {
  if (is.factor(x))
    return(list(levels = levels(x), ordered = is.ordered(x), counts = I(as.integer(table(x))),
                positions = sum(as.integer(x) * seq_along(x))))
  kept <- !is.na(x)
  list(missing = sum(!kept), sum = sum(x[kept]), squares = sum(x[kept]^2), positions = sum((x * seq_along(x))[kept]))
}

totals <- function(card) {
  name <- strsplit(card$r_name, "::")[[1]]
  d <- getExportedValue(name[1], name[2])
  list(n = nrow(d), names = I(names(d)), index = if (!is.null(card$index)) I(rownames(d)),
       columns = lapply(d, column))
}

in_r <- Filter(function(card) !is.null(card$r_name) && grepl("::", card$r_name), catalogue)
write_json(list(r = R.version.string, datasets = lapply(in_r, totals)), "tests/against_r/datasets.json",
           digits = NA, auto_unbox = TRUE, null = "null")
