# What R prints for frozen numbers.  Run with
#   LC_ALL=C.UTF-8 Rscript tests/against_r/printing.R
# which writes printing.json beside this file.  Numbers are stored as text (17 digits), so that they
# are the same doubles when they are read back.  Texts are those of R >= 4.4: the deviance-residual
# block that older R prints in summary(glm) is left out.
suppressPackageStartupMessages({library(jsonlite); library(MASS)})
options(digits = 7, width = 80)
set.seed(20240501)
here <- sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE))

exact <- function(x) {
  out <- sprintf("%.17g", as.numeric(x))
  out[is.nan(x)] <- "NaN"
  out[is.na(x) & !is.nan(x)] <- "NA"
  out
}
shown <- function(expr) capture.output(expr)
columns <- function(m) {
  m <- as.data.frame(m, check.names = FALSE)
  lapply(seq_along(m), function(j) list(name = names(m)[j],
    values = if (is.numeric(m[[j]])) exact(m[[j]]) else as.character(m[[j]]),
    kind = if (is.integer(m[[j]])) "integer" else if (is.numeric(m[[j]])) "double" else "text"))
}
grid <- function(m, ...) list(columns = columns(m), rows = rownames(m), ...)

# ---- numbers ---------------------------------------------------------------------------------
vectors <- c(
  list(c(1, 10, 100), c(0.1 + 0.2, 1), 1e5, 100000, 123456, 1e-5, 0.0001, 0.00012345678, c(1e10, 1), c(1e15, 0.1),
       c(NA, 1.5, -2), c(NaN, Inf, -Inf, 1.5, -0.0), -0.0, 0, c(0, 0), NA_real_, NaN, Inf, -Inf, c(NA, Inf), c(99.96, 1.5),
       c(9.9996, 0.001), c(9.996, 0.01), c(9996, 1), c(99996, 1.2), c(99949, 1.2), c(99.951, 1), c(0.99996, 2.1),
       c(1e-99, 1), 1e-99, c(1e-100, 1e5), 1e100, -1e-300, 5e-324, .Machine$double.xmax, c(1e-320, 1), 0.15, 0.25, 2.5, 1/3,
       c(1/3, 2/3, 1e-8), c(1234567.8, 0.00001), 1e5 + 0.1, 123456.75, c(-1, 1), c(-1.5, NA, 3), 2^31, 2^53, 22.5, 3.5128267),
  lapply(1:150, function(i) {
    n <- sample(c(1, 1, 2, 3, 5, 8), 1)
    x <- rnorm(n) * 10^runif(n, -sample(c(1, 4, 9), 1), sample(c(1, 3, 8), 1))
    if (runif(1) < 0.3) x <- signif(x, sample(1:4, 1))
    if (runif(1) < 0.2) x[sample(n, 1)] <- sample(c(NA, NaN, Inf, -Inf, 0), 1)
    x
  }))
format_cases <- unlist(lapply(vectors, function(x) lapply(sample(1:15, 3), function(d)
  list(x = exact(x), digits = d, text = format(x, digits = d)))), recursive = FALSE)
nsmall_cases <- lapply(1:40, function(i) {
  x <- vectors[[sample(length(vectors), 1)]]; d <- sample(2:7, 1); k <- sample(0:4, 1)
  list(x = exact(x), digits = d, nsmall = k, text = format(x, digits = d, nsmall = k))
})
singles <- c(0.15, 0.25, 0.35, 2.5, 0.5, 1.5, 1e-10, 123456.789, 0, -0.15, Inf, -Inf, 2.675, 1.005, 0.285, 1e15 + 0.5,
             rnorm(60) * 10^runif(60, -12, 12), round(rnorm(60), 3) / 2, signif(rnorm(40), 3) * 5)
rounding_cases <- lapply(singles, function(x) {
  s <- sample(1:8, 1); r <- sample(-2:9, 1); g <- sample(1:8, 1)
  list(x = exact(x), signif_digits = s, signif = exact(signif(x, s)), round_digits = r, round = exact(round(x, r)),
       general_digits = g, general = formatC(x, digits = g))
})
tie_cases <- unlist(lapply(c(0.125, 0.375, 0.25, 0.75, 0.0625, -0.625, 12.5, 1250), function(x) lapply(-2:3, function(r)
  list(x = exact(x), round_digits = r, round = exact(round(x, r)), signif_digits = 2, signif = exact(signif(x, 2)), general_digits = 3, general = formatC(x, digits = 3)))), recursive = FALSE)
zap_cases <- lapply(1:60, function(i) {
  n <- sample(1:6, 1); x <- rnorm(n) * 10^runif(n, -9, 4); if (i %% 5 == 0) x[1] <- sample(c(NA, Inf, 0), 1); d <- sample(3:8, 1)
  list(x = exact(x), digits = d, zapped = exact(zapsmall(x, d)))
})
p_vectors <- c(list(1, 0, 1e-20, c(1, 1e-20), c(0.5, NA, 1e-300), NA_real_, c(2.2e-16, 2.3e-16), c(0.001, 0.00099), 0.049999, 0.05, c(0.1, 1e-17),
                    c(0.99999, 1), 1e-3, 9.9999e-4, 0.00051, c(1e-4, 1e-17), c(0.012, 0.0000123, 0)),
  lapply(1:100, function(i) { n <- sample(1:6, 1); p <- 10^-rexp(n, 1/sample(c(1, 4, 12), 1)); if (i %% 7 == 0) p[1] <- NA; p }))
p_cases <- unlist(lapply(p_vectors, function(p) lapply(c(1, 2, 3, 4, 5, 7), function(d)
  list(x = exact(p), digits = d, text = format.pval(p, digits = d)))), recursive = FALSE)
star_cases <- lapply(c(0, 1e-17, 0.001, 0.0010001, 0.01, 0.011, 0.05, 0.051, 0.1, 0.1001, 1), function(p)
  list(x = exact(p), star = trimws(as.character(symnum(p, corr = FALSE, na = FALSE, cutpoints = c(0, 0.001, 0.01, 0.05, 0.1, 1),
       symbols = c("***", "**", "*", ".", " "))))))
count_cases <- lapply(list(1:3, c(100000L, 1L), c(NA, 12L), -5L, 0L), function(x) list(x = exact(x), text = format(x)))
fraction_cases <- lapply(c(list(c(0.5, -2), 1/3, c(0, 1, -1), c(2/7, 22/7, -0.75), 1e-9, 0.1, 123.456, pi, c(1000, 0.001)),
  lapply(1:30, function(i) round(rnorm(3), 3)), lapply(1:30, function(i) sample(-20:20, 3) / sample(1:30, 3))),
  function(x) list(x = exact(x), text = format(as.character(fractions(x)), justify = "right")))

# ---- coefficient tables ----------------------------------------------------------------------
coef_names <- c("Estimate", "Std. Error", "z value", "Pr(>|z|)")
coef_matrix <- function(b, se, names = paste0("x", seq_along(b)), test = "z") {
  z <- b / se
  cn <- if (test == "z") coef_names else sub("z", "t", coef_names)
  matrix(c(b, se, z, 2 * pnorm(-abs(z))), length(b), dimnames = list(names, cn))
}
tables <- list(
  coef_matrix(c(-5.17964, 2.01923, 0.0362556), c(1.2, 0.5, 0.01773), c("(Intercept)", "wt", "hp")),
  coef_matrix(c(1e-8, 1e5), c(1e-9, 1e4)), coef_matrix(c(1e-12, 3), c(1e-3, 0.1)), coef_matrix(c(1.23456e-12, -3.4567e-9, 3), c(1e-3, 0.1, 0.2)), coef_matrix(c(1e10, 2e-10), c(1e8, 1e-9)),
  coef_matrix(0, 1), coef_matrix(c(0, 0, 1), c(1, 2, 3)), coef_matrix(c(0, 0, 1), c(0, 2, 3)), coef_matrix(1, Inf), coef_matrix(c(Inf, 1), c(1, 1)),
  coef_matrix(c(1, NA, 3), c(0.1, NA, 0.5), c("a", "aliased", "c")), coef_matrix(c(NA, NA), c(NA, NA)), coef_matrix(c(2, 1.5), c(NaN, NaN)),
  coef_matrix(c(2, NA, 1.5), c(NaN, NA, NaN)), coef_matrix(c(100, 1), c(1, 1)), coef_matrix(c(10, 1), c(1, 0.1)), coef_matrix(100, 3), coef_matrix(-26.57, 1e5),
  coef_matrix(c(1.5e-5, 2), c(1e-6, 1)), coef_matrix(c(0.1, 0.2), c(0.061, 0.12)), coef_matrix(c(0.1, 0.2), c(0.0006, 0.12)), coef_matrix(c(0.4, 1.6), c(1, 1)),
  matrix(c(1, 2, 0.1, 0.2, 10, 10, 1, 1), 2, dimnames = list(c("a", "b"), coef_names)),
  matrix(c(1, 2, 0.1, 0.2, 10, 10, 0, 2.3e-16), 2, dimnames = list(c("a", "b"), coef_names)),
  matrix(c(1.25, -2, 0.1, 0.2, 12.5, -10, 1e-9, 0.04), 2, dimnames = list(c("a", "b"), sub("z", "t", coef_names))),
  matrix(c(1, 2, 0.1, 0.2, 10, 10), 2, dimnames = list(c("a", "b"), coef_names[1:3])),
  matrix(c(1, 2, 3, 0.1, 0.2, 0.3, 10, 10, 10, 0.2, NA, 0.04), 3, dimnames = list(c("a", "b", "c"), coef_names)),
  coef_matrix(c(1, 2), c(0.3, 0.8), c("日本", "é:a")), coef_matrix(c(1, 2), c(0.3, 0.8), c("a\nb", "c\\d")),
  coef_matrix(c(1, 2), c(0.3, 0.8), c(strrep("long", 12), "y")), coef_matrix(c(1, 2), c(0.3, 0.8), c(strrep("long", 24), "y")))
random_table <- function(i) {
  n <- sample(1:7, 1); spread <- sample(c(0.5, 2, 4), 1)
  b <- rnorm(n) * 10^runif(n, -spread, spread); se <- abs(b) / 10^runif(n, -0.7, 1.3)
  if (runif(1) < 0.2) b[1] <- 0
  if (runif(1) < 0.2 && n > 1) b[n] <- se[n] <- NA
  if (runif(1) < 0.1) b <- signif(b, 2)
  coef_matrix(b, se, test = sample(c("z", "t"), 1))
}
tables <- c(tables, lapply(1:120, random_table))
coef_cases <- unlist(lapply(tables, function(m) lapply(c(4, sample(c(1, 2, 3, 5, 6, 7, 9), 1)), function(d)
  grid(m, digits = d, text = shown(printCoefmat(m, digits = d))))), recursive = FALSE)
option_cases <- lapply(c(120, 80, 70, 62, 61, 50, 46, 45, 44, 40, 32, 30, 27, 24), function(w) {
  options(width = w); on.exit(options(width = 80)); m <- tables[[1]]
  grid(m, digits = 4, width = w, stars = TRUE, text = shown(printCoefmat(m, digits = 4)))
})
option_cases <- c(option_cases, list(grid(tables[[1]], digits = 4, width = 80, stars = FALSE,
  text = shown(printCoefmat(tables[[1]], digits = 4, signif.stars = FALSE)))))

# ---- analysis of deviance tables ---------------------------------------------------------------
anova_frame <- function(...) structure(data.frame(..., check.names = FALSE), class = c("anova", "data.frame"))
named <- function(d, rows) { rownames(d) <- rows; d }
anovas <- list(
  named(anova_frame(Df = c(NA, 2, 2), Deviance = c(NA, 5.452305, 2.6645e-15), "Resid. Df" = c(8, 6, 4), "Resid. Dev" = c(10.5814, 5.1291, 5.1291),
              "Pr(>Chi)" = c(NA, 0.06547, 1)), c("NULL", "outcome", "treatment")),
  named(anova_frame(Df = c(NA, 1L, 1L), Deviance = c(NA, 3.4961, 1e-9), "Resid. Df" = c(8L, 7L, 6L), "Resid. Dev" = c(3.51283, 0.01672, 0.01672),
              F = c(NA, 1429.27, 0.00012), "Pr(>F)" = c(NA, 2.26e-8, 0.991)), c("NULL", "log(u)", "z")),
  named(anova_frame("Resid. Df" = c(146, 145), "Resid. Dev" = c(1742.5, 1720.2), Df = c(NA, 1), Deviance = c(NA, 22.3)), c("1", "2")),
  named(anova_frame(Df = c(1L, 30L), "Sum Sq" = c(847.73, 278.32), "Mean Sq" = c(847.73, 9.277), "F value" = c(91.375, NA), "Pr(>F)" = c(1.294e-10, NA)), c("wt", "Residuals")),
  named(anova_frame("LR Chisq" = c(5.9872, 1e-7), Df = c(1, 2), "Pr(>Chisq)" = c(0.01441, 1)), c("age", "smoke")),
  named(anova_frame(Df = c(NA, 1, 2), Deviance = c(214.5750, 217.68, 220.1), AIC = c(226.575, 227.68, 228.1), LRT = c(NA, 3.1, 5.53), "Pr(>Chi)" = c(NA, 0.0776, 0.0630)), c("<none>", "age", "factor(race)")),
  named(anova_frame(Df = c(NA, 1), "Sum of Sq" = c(NA, 83.274), RSS = c(195.048, 278.322), AIC = c(63.84, 73.217)), c("<none>", "- hp")),
  named(anova_frame(Df = c(NA, 1), Deviance = c(NA, 1e-12), "Resid. Df" = c(100000, 99999), "Resid. Dev" = c(123456.78, 123456.78), Rao = c(NA, 1e-12), "Pr(>Chi)" = c(NA, 1)), c("NULL", "x")),
  named(anova_frame(Df = c(1, 1), Chisq = c(12.34567, 0.0001), "Pr(>Chisq)" = c(4.4e-4, NA)), c("a", "b")))
random_anova <- function(i) {
  k <- sample(2:6, 1); dev <- rexp(k) * 10^sample(-3:4, 1); df <- sample(1:40, k, TRUE); total <- sum(dev) * (1 + runif(1)); dftot <- sum(df) + sample(c(5, 50, 5e4), 1)
  d <- anova_frame(Df = c(NA, df), Deviance = c(NA, dev), "Resid. Df" = dftot - c(0, cumsum(df)), "Resid. Dev" = total - c(0, cumsum(dev)))
  if (i %% 3 == 0) d[["Pr(>Chi)"]] <- c(NA, pchisq(dev, df, lower.tail = FALSE))
  if (i %% 3 == 1) { d[["F"]] <- c(NA, dev / df); d[["Pr(>F)"]] <- c(NA, pf(dev / df, df, dftot, lower.tail = FALSE)) }
  named(d, c("NULL", paste0("term", seq_len(k))))
}
anovas <- c(anovas, lapply(1:60, random_anova))
anova_cases <- unlist(lapply(anovas, function(d) lapply(c(5, sample(c(3, 4, 6, 7), 1)), function(k)
  grid(d, digits = k, text = shown(print(d, digits = k))))), recursive = FALSE)

# ---- vectors, frames, matrices -----------------------------------------------------------------
vec <- function(x, digits = 7, width = 80, gap = 1) {
  options(width = width); on.exit(options(width = 80))
  list(names = names(x), x = exact(x), digits = digits, width = width, gap = gap,
       text = if (gap == 1) shown(print(x, digits = digits)) else shown(print.default(format(x, digits = digits), print.gap = gap, quote = FALSE)))
}
vec_cases <- c(
  list(vec(setNames(c(1.5, NA, 3), c("a", "b", "cc"))), vec(setNames(c(1.5, NA, 3), c("a", "b", "cc")), 4, gap = 2), vec(setNames(numeric(0), character(0))),
       vec(setNames(c(-0.57, 1.2, 3), c("日本", "é", "a\nb"))), vec(setNames(rnorm(4), c(strrep("z", 90), "b", "c", "d"))), vec(setNames(rnorm(8), rep("abcdefghi", 8)), 4),
       vec(setNames(rnorm(9), rep("abcdefg", 9)), 4), vec(setNames(rnorm(9), rep("abcdefg", 9)), 4, gap = 2), vec(c(Min = 1e-17, "1Q" = 2, Median = 3))),
  lapply(1:50, function(i) { n <- sample(1:25, 1); vec(setNames(rnorm(n) * 10^runif(1, -5, 6), paste0("name", sample(999, n))), sample(3:7, 1), sample(c(80, 80, 60, 79, 120), 1), sample(1:2, 1)) }))
quantile_cases <- lapply(1:30, function(i) {
  r <- quantile(rnorm(20) * 10^runif(1, -4, 4) + (i %% 4 == 0) * 10); if (i %% 5 == 0) r[3] <- 1e-16; d <- sample(3:6, 1); names(r) <- c("Min", "1Q", "Median", "3Q", "Max")
  list(names = names(r), x = exact(r), digits = d, text = shown(print(zapsmall(r, d + 1L), digits = d)))
})
frames <- list(
  data.frame(df = c(3, 4), AIC = c(166.02943, 156.6523), row.names = c("m1", "m2")), data.frame(a = c(1, NA, 3), b = c("x", NA, "zz"), n = c(100000L, NA, 3L), m = c(100000, 2, 3)),
  data.frame(x = c(1e-10, 1), y = c(Inf, NA), "a long column name" = 1:2, check.names = FALSE), data.frame(x = 1:3, row.names = c("a", "(Intercept)", "b")),
  data.frame(a = numeric(0), b = numeric(0)), as.data.frame(matrix(rnorm(36), 2)), as.data.frame(matrix(rnorm(60) * 10^rep(0:19, each = 3) / 1e5, 3)))
frame_cases <- lapply(frames, function(d) grid(d, text = shown(print(d))))
boundary <- lapply(c(7:12), function(k) { m <- matrix(1234567.5, 1, 9, dimnames = list(strrep("r", k), paste0("c", 1:9))); m[, 8:9] <- 0.5; m })
matrices <- c(boundary, list(matrix(c(1.5, NA, 1e-10, 3, 0, -2), 3, dimnames = list(c("a", "b", "c"), c("x", "a long name"))),
  matrix(c(0.0145, 0.9, 0.0161, 1), 2, dimnames = list(c("(Intercept)", "log(u)"), c("2.5 %", "97.5 %")))),
  lapply(1:20, function(i) { r <- sample(1:4, 1); k <- sample(1:14, 1); matrix(rnorm(r * k) * 10^runif(r * k, -2, 3), r, dimnames = list(paste0("row", 1:r), paste0("col", 1:k))) }))
matrix_cases <- lapply(matrices, function(m) grid(m, text = shown(print(m))))
correlation_text <- function(m, d) { p <- ncol(m); m <- format(round(m, 2), nsmall = 2, digits = d); m[!lower.tri(m)] <- ""; shown(print(m[-1, -p, drop = FALSE], quote = FALSE)) }
correlation_cases <- lapply(2:14, function(p) { m <- cov2cor(crossprod(matrix(rnorm(p * (p + 3)), p + 3))); dimnames(m) <- rep(list(c("(Intercept)", paste0("var", seq_len(p - 1)))), 2)
  grid(m, digits = 4, text = correlation_text(m, 4)) })

# ---- whole prints ------------------------------------------------------------------------------
clotting <- data.frame(u = c(5, 10, 15, 20, 30, 40, 60, 80, 100), lot1 = c(118, 58, 42, 35, 27, 25, 21, 19, 18))
counts <- data.frame(counts = c(18, 17, 15, 20, 10, 20, 25, 13, 12), outcome = gl(3, 1, 9), treatment = gl(3, 3))
aliased <- data.frame(y = c(1, 3, 2, 5, 4, 6, 8), x1 = 1:7, x3 = c(1, 0, 1, 0, 0, 1, 1)); aliased$x2 <- 2 * aliased$x1; aliased$x4 <- aliased$x1 + aliased$x3 / 3
holes <- mtcars; holes$wt[3:5] <- NA
wide <- mtcars; wide$gear <- factor(wide$gear); wide$carb <- factor(wide$carb)
glms <- list(
  gamma = glm(lot1 ~ log(u), Gamma, clotting), poisson = glm(counts ~ outcome + treatment, poisson, counts), binomial = glm(am ~ wt + hp, binomial, mtcars),
  aliased = glm(y ~ x1 + x2 + x3, data = aliased), missing = glm(mpg ~ wt, data = holes), quasi = glm(counts ~ outcome, quasipoisson, counts),
  empty_row = glm(counts ~ 1, poisson, counts), saturated = glm(y ~ factor(x1), poisson, aliased), wide = glm(mpg ~ gear * wt + carb + hp, data = wide))
lms <- list(
  two = lm(mpg ~ wt + hp, mtcars), aliased = lm(y ~ x1 + x2 + x3 + x4, aliased), exact = lm(y ~ x1 + x2 + x3, aliased[1:3, ]), weighted = lm(y ~ x1 + x3, aliased, weights = x1),
  missing = lm(mpg ~ wt, holes), null = lm(mpg ~ 1, mtcars), wide = lm(mpg ~ gear * wt + carb + hp, wide), tiny = lm(I(mpg * 1e-9) ~ wt, mtcars))
modern <- function(lines) {  # drop the block that R < 4.3 prints between the call and the coefficients
  from <- grep("^Deviance Residuals:", lines)
  if (length(from)) lines[-(from:(grep("^(Coefficients:|Coefficients: \\(|No Coefficients)", lines)[1] - 1))] else lines
}
call_text <- function(m) paste(deparse(m$call), collapse = "\n")
note <- function(m) naprint(m$na.action)
full_coefs <- function(s) { out <- matrix(NA_real_, length(s$aliased), 4, dimnames = list(names(s$aliased), colnames(s$coefficients))); out[!s$aliased, ] <- s$coefficients; out }
glm_case <- function(m, digits = NULL) {
  s <- summary(m, correlation = !any(is.na(coef(m))) && length(coef(m)) > 1)
  list(call = call_text(m), coef = exact(coef(m)), names = names(coef(m)), table = grid(full_coefs(s)), singular = sum(s$aliased), family = m$family$family, dispersion = exact(s$dispersion),
    null_deviance = exact(m$null.deviance), deviance = exact(m$deviance), df_null = m$df.null, df_residual = m$df.residual, aic = exact(m$aic), iter = m$iter, note = note(m), digits = digits,
    correlation = if (is.null(s$correlation)) NULL else grid(s$correlation), print = if (is.null(digits)) shown(print(m)) else shown(print(m, digits = digits)),
    summary = modern(if (is.null(digits)) shown(print(s)) else shown(print(s, digits = digits))))
}
lm_case <- function(m, digits = NULL) {
  s <- suppressWarnings(summary(m))
  list(call = call_text(m), coef = exact(coef(m)), names = names(coef(m)), table = grid(full_coefs(s)), singular = sum(s$aliased), weighted = !is.null(m$weights), residuals = exact(s$residuals), residual_names = names(s$residuals),
    quantiles = exact(quantile(s$residuals)), df = s$df[1:2], sigma = exact(s$sigma), r_squared = exact(s$r.squared), adj_r_squared = exact(s$adj.r.squared), fstatistic = if (is.null(s$fstatistic)) NULL else exact(s$fstatistic),
    p = if (is.null(s$fstatistic)) NULL else exact(pf(s$fstatistic[1], s$fstatistic[2], s$fstatistic[3], lower.tail = FALSE)), note = note(m), digits = digits,
    print = if (is.null(digits)) shown(print(m)) else shown(print(m, digits = digits)), summary = if (is.null(digits)) shown(print(s)) else shown(print(s, digits = digits)))
}
anova_case <- function(a) { h <- attr(a, "heading"); list(heading = h, table = grid(a), text = shown(print(a))) }
m1 <- glms$poisson; m0 <- glms$empty_row; mid <- glm(counts ~ outcome, poisson, counts)
l1 <- lms$two; l0 <- lms$null
alias_case <- function(m) { a <- alias(m); list(formula = deparse(formula(m)), matrix = grid(a$Complete), text = shown(print(a))) }
nb <- glm.nb(Days ~ Sex + Age + Eth, quine); snb <- summary(nb)
documents <- list(
  glm = lapply(glms, glm_case), glm_digits = lapply(c(3, 5, 7, 9), function(d) glm_case(glms$binomial, d)), lm = lapply(lms, lm_case), lm_digits = lapply(c(3, 5, 7), function(d) lm_case(lms$two, d)),
  anova = list(anova_case(anova(m1, test = "Chisq")), anova_case(anova(glms$gamma, test = "F")), anova_case(anova(m0, mid, m1, test = "Chisq")), anova_case(anova(l1)), anova_case(anova(l0, l1)),
    anova_case(drop1(glms$binomial, test = "LRT")), anova_case(drop1(l1, test = "F")), anova_case(add1(l0, ~ wt + hp))),
  aic = grid(AIC(m0, m1), text = shown(print(AIC(m0, m1)))), alias = list(alias_case(lms$aliased), alias_case(lms$exact)),
  negative_binomial = list(theta = exact(nb$theta), se = exact(nb$SE.theta), twologlik = exact(nb$twologlik), text = tail(modern(shown(print(snb))), 6)))

answers <- list(R = R.version.string, format = format_cases, nsmall = nsmall_cases, rounding = c(rounding_cases, tie_cases), zapsmall = zap_cases, p = p_cases, stars = star_cases, counts = count_cases, fractions = fraction_cases,
  coefficients = coef_cases, coefficient_options = option_cases, anova = anova_cases, named = vec_cases, quantiles = quantile_cases, frames = frame_cases, matrices = matrix_cases, correlations = correlation_cases, documents = documents)
writeLines(toJSON(answers, auto_unbox = FALSE, null = "null", digits = NA), sub("[.]R$", ".json", here), useBytes = TRUE)
