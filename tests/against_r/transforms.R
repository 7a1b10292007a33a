# R's answers for the function table of the formula language: transforms at fit and at predict (values outside the
# boundary too), factors, interval names, contrasts, arithmetic and rounding.
# Run from the repository root: LC_ALL=C Rscript tests/against_r/transforms.R
suppressPackageStartupMessages({library(jsonlite); library(splines)})
options(warn = -1)
RNGversion("4.0.0"); set.seed(20)

n <- 40
train <- data.frame(
  x = round(rgamma(n, 3, 0.5), 3), z = round(rnorm(n), 3), w = sample(1:6, n, TRUE),
  t = round(rnorm(n, 2000, 8), 1), k = sample(c(0.1, 2, 100000, 1e-5, 0.3), n, TRUE),
  a = sample(c("p", "q", "r"), n, TRUE), b = sample(c("u", "v"), n, TRUE),
  s = sample(c("banana", "Apple", "cherry", "apple"), n, TRUE), l = rnorm(n) > 0)
train$m <- ifelse(seq_len(n) %% 7 == 0, NA, train$z)
fresh <- data.frame(
  x = c(-3, 0.1, 2.5, 7.77, 12, 30), z = c(-4, -1, 0, 0.5, 2, 6), w = c(1, 2, 3, 4, 5, 6),
  t = c(1900, 1990, 2000, 2001, 2010, 2100), k = c(0.1, 2, 100000, 1e-5, 0.3, 2), a = c("p", "q", "r", "p", "q", "r"),
  b = c("u", "v", "u", "v", "u", "v"), s = c("apple", "Apple", "banana", "cherry", "apple", "apple"),
  l = c(TRUE, FALSE, TRUE, FALSE, TRUE, FALSE), m = c(NA, 1, 2, -1, 0.5, 9))
as_factors <- function(d) { d$a <- factor(d$a, levels = c("p", "q", "r")); d$b <- factor(d$b); d }

columns <- function(v) {
  names <- if (is.matrix(v) && !is.null(colnames(v))) as.list(unname(colnames(v)))
  list(names = names, values = apply(unclass(as.matrix(v)), 1, function(row) as.list(unname(as.numeric(row)))))
}
remembered <- function(text) {
  d <- as_factors(train)
  f <- as.formula(paste("~", text))
  mf <- model.frame(f, d, na.action = na.pass)
  new <- model.frame(terms(mf), as_factors(fresh), na.action = na.pass)
  list(text = text, fit = columns(mf[[1]]), predict = columns(new[[1]]))
}
numeric <- c(
  "poly(x, 1)", "poly(x, 2)", "poly(x, 5)", "poly(t, 3)", "poly(x, degree = 3, raw = TRUE)", "poly(x, z, degree = 2)",
  "poly(x, z, degree = 3, raw = TRUE)", "poly(x, z, w, degree = 2)", "poly(cbind(x, z), degree = 2)", "poly(w, 5)",
  "poly(m, 2, raw = TRUE)",
  "scale(x)", "scale(x, scale = FALSE)", "scale(x, center = FALSE)", "scale(x, center = 2, scale = 3)", "scale(x, center = 1)",
  "scale(m)", "scale(cbind(x, u = m))", "scale(w > 3)",
  "ns(x, df = 4)", "ns(x, 1)", "ns(x)", "ns(x, df = 3, intercept = TRUE)", "ns(x, knots = c(3, 6))",
  "ns(x, knots = c(3, 6), Boundary.knots = c(1, 10))", "ns(x, df = 4, Boundary.knots = c(2, 8))", "ns(m, df = 3)", "ns(t, df = 6)",
  "bs(x)", "bs(x, df = 5)", "bs(x, df = 6, degree = 2)", "bs(x, degree = 1, knots = c(4, 8))", "bs(x, knots = c(3, 6))",
  "bs(x, df = 5, intercept = TRUE)", "bs(x, df = 4, Boundary.knots = c(0, 30))", "bs(x, df = 7, Boundary.knots = c(2, 8))",
  "bs(m, df = 5)", "bs(t, df = 9, degree = 5)", "bs(x, df = 2)", "bs(x, knots = c(4, 4))")

plain <- function(text) list(text = text, value = columns(eval(parse(text = text), as_factors(train))))
local <- c(
  "x + z", "x - z * w", "x / w", "w^2", "z^w", "(-8)^(1/3) + 0 * x", "w %% 4", "z %% 0.3", "z %/% 0.3", "-w %% 4", "w %% -4", "w %/% -4",
  "x %/% 0", "x %% 0", "z %% Inf", "-x", "+l", "l + l", "l * x", "log(x)", "log(x, 2)", "log(x, base = 10)", "log(x, w + 1)", "log2(x)",
  "log10(x)", "log1p(x)", "exp(z)", "expm1(z)", "sqrt(x)", "abs(z)", "sin(x)", "cos(x)", "tan(x)", "floor(z)", "ceiling(z)",
  "trunc(z)", "sign(z)", "round(z)", "round(z, 1)", "round(x, 2)", "round(t, -1)", "round(w + 0.5)", "pmin(x, 5)", "pmax(x, z, w)",
  "pmin(m, 0)", "pmin(m, 0, na.rm = TRUE)", "ifelse(x > 5, 1, 0)", "ifelse(m > 0, x, z)", "plogis(z)", "qlogis(plogis(z))", "pnorm(z)",
  "pnorm(x, 5, 2)", "findInterval(x, c(3, 6))", "findInterval(w, c(2, 4), left.open = TRUE)", "findInterval(w, c(1, 3, 6), rightmost.closed = TRUE)",
  "findInterval(w, c(2, 4), all.inside = TRUE)", "x > 5", "x >= w & z < 0", "m > 0 | x > 5", "m > 0 & x > 5", "!(m > 0)", "is.na(m)",
  "a == 'p'", "a != 'p'", "s == 'apple'", "s < 'banana'", "w == '3'", "l == 'TRUE'", "a %in% c('p', 'q')", "w %in% 2:4", "m %in% c(1, 2)",
  "as.numeric(a)", "as.integer(l)", "as.integer(z)", "as.numeric(as.character(w))", "as.numeric(substr(paste0('x', w), 2, 2))",
  "nchar(s)", "nchar(w)", "nchar(paste(a, b))", "cbind(x, z2 = z)", "cbind(x, log(x))", "cbind(1, x)", "matrix(x)", "c(x)", "I(x)",
  "x - mean(x)", "x / sd(x)", "x - median(x)", "(x - min(x)) / (max(x) - min(x))", "cut(x, 3, labels = FALSE)")

coded <- function(text) {
  v <- eval(parse(text = text), as_factors(train))
  if (is.character(v)) v <- factor(v)
  list(text = text, levels = as.list(levels(v)), codes = as.integer(v), ordered = is.ordered(v))
}
factors <- c(
  "factor(w)", "factor(k)", "factor(s)", "factor(a)", "factor(l)", "factor(x > 5)", "factor(w, levels = 6:1)", "factor(w, levels = 2:3)",
  "factor(w, labels = LETTERS[1:6])", "factor(w, labels = 'g')", "factor(a, levels = c('r', 'q', 'p'))", "factor(w, ordered = TRUE)",
  "factor(w, levels = 1:6, labels = c('lo', 'lo', 'lo', 'hi', 'hi', 'hi'))", "factor(a, exclude = 'p')", "factor(ordered(w))",
  "ordered(w)", "ordered(s, levels = c('apple', 'banana', 'cherry', 'Apple'))", "as.factor(k)", "as.ordered(a)", "relevel(a, 'r')", "relevel(a, ref = 2)",
  "droplevels(factor(a, levels = c('z', 'r', 'q', 'p')))", "interaction(a, b)", "interaction(a, b, drop = TRUE)", "interaction(a, b, sep = '_')",
  "interaction(a, b, lex.order = TRUE)", "interaction(w, b, a)", "as.character(k)", "as.character(a)", "paste(a, b)", "paste(a, w, sep = '-')", "paste0(s, w)",
  "tolower(s)", "toupper(s)", "substr(s, 1, 1)", "substr(s, 2, 3)", "substr(s, w, w + 1)", "ifelse(x > 5, 'hi', 'lo')",
  "cut(x, 3)", "cut(x, c(0, 3, 6, 100))", "cut(x, c(0, 5, 11), labels = c('lo', 'hi'))", "cut(w, 3, ordered_result = TRUE)",
  "cut(w, c(1, 3, 6))", "cut(w, c(1, 3, 6), right = FALSE)", "cut(w, c(1, 3, 6), include.lowest = TRUE)",
  "cut(w, c(1, 3, 6), right = FALSE, include.lowest = TRUE)", "cut(t, 4)", "cut(t, 4, dig.lab = 5)", "cut(x, c(-Inf, 2.25, 4.5, Inf))", "cut(x * 1e5, 3)",
  "cut(z, c(-10, 0, 1e-3, 2e5))", "cut(x, seq(0, 30, by = 10))", "cut(x, seq(0, 30, length.out = 4))")

contrast <- function(levels, text) {
  f <- factor(levels, levels = levels)
  m <- contrasts(eval(parse(text = text), list(f = f)))
  list(levels = as.list(levels), text = text, names = as.list(colnames(m)), matrix = apply(unname(m), 1, as.list))
}
abc <- c("a", "b", "c"); four <- c("lo", "mid", "hi", "top")
contrasts_of <- list(
  contrast(abc, "C(f, contr.treatment)"), contrast(abc, "C(f, 'contr.treatment')"), contrast(abc, "C(f, contr.treatment, base = 3)"), contrast(four, "C(f, contr.SAS)"),
  contrast(c("a", "b"), "C(f, contr.sum)"), contrast(four, "C(f, contr.sum)"), contrast(four, "C(f, sum)"), contrast(four, "C(f, contr.sum, 2)"),
  contrast(four, "C(f, contr.helmert)"), contrast(four, "C(f, helmert)"), contrast(abc, "C(f, contr.helmert, 1)"),
  contrast(c("a", "b"), "C(f, contr.poly)"), contrast(four, "C(f, contr.poly)"), contrast(letters[1:8], "C(f, contr.poly)"),
  contrast(letters[1:12], "C(f, contr.poly)"), contrast(four, "C(f, contr.poly, 2)"), contrast(abc, "C(f, contr.poly, scores = c(1, 2, 4))"),
  contrast(abc, "C(f, matrix(c(-1, 0, 1, 1, -2, 1), 3))"), contrast(abc, "C(f, cbind(lin = c(-1, 0, 1), quad = c(1, -2, 1)))"),
  contrast(abc, "C(f, matrix(c(-1, 0, 1), 3))"), contrast(four, "C(f, c(-3, -1, 1, 3))"), contrast(four, "C(f, c(-3, -1, 1, 3), 1)"),
  contrast(four, "C(f, cbind(u = c(1, 1, -1, -1)))"), contrast(abc, "C(f, contr.treatment(3, base = 2))"), contrast(abc, "C(f, contr.sum(3))"),
  contrast(abc, "C(f, matrix(c(1, 0, 0, 0, 1, 0, 0, 0, 1), 3))"), contrast(abc, "C(f, matrix(c(1, 0, 0, 1, 0, 0), 3, byrow = TRUE))"))

values <- c(round(rnorm(300), 3), signif(rnorm(200), 14), c(0.15, 0.25, 0.35, 2.5, -2.5, 0.5, 1.005, 2.675, 5.015, 1e300, 123456.5, 0))
rounding <- lapply(c(-3, -1, 0, 1, 2, 3, 5), function(d) list(digits = d, value = round(values, d)))
top <- c(signif(rnorm(200, 0, 5), 12), round(seq(-2, 2, 0.1), 1))
bottom <- c(signif(rnorm(200), 12), rep(c(0.1, 0.2, -0.3), length.out = 41))
labels <- c(123456, 1e5, 1e15, 0.1 + 0.2, 1 / 3, 2 / 3, 1e-4, 0.00012, 1e-15, 100000.5, -1e5, 3e10, 123456789.123456789, 100, 0, -0.5, 1e300, 5e-324, 20, 1234567)

answers <- list(
  train = train, fresh = fresh, numeric = lapply(numeric, remembered), local = lapply(local, plain), factors = lapply(factors, coded),
  contrasts = contrasts_of, round = list(values = values, answers = rounding),
  modulo = list(x = top, y = bottom, remainder = top %% bottom, quotient = top %/% bottom),
  labels = list(values = labels, text = as.character(labels)))
writeLines(toJSON(answers, digits = I(17), dataframe = "columns", na = "string", auto_unbox = TRUE, null = "null"), "tests/against_r/transforms.json")
