# What R makes of formulas: update.formula(), term labels, printed text.  Written to update_formula.json.
#
#   LC_ALL=C.UTF-8 Rscript tests/against_r/update_formula.R     (from the root of the repository)

suppressMessages(library(jsonlite))

printed <- function(f) paste(deparse(f, width.cutoff = 500L), collapse = "\n")

updates <- list(
  c("y ~ x + z", ". ~ . - x"), c("y ~ x", "log(.) ~ ."), c("y ~ x", "~ . + z"), c("y ~ x", ". ~ . - x"),
  c("y ~ x", ". ~ . - x - 1"), c("y ~ x", ". ~ . - 1"), c("y ~ x - 1", ". ~ . + 1"),
  c("y ~ x + offset(log(n))", ". ~ . + z"), c("y ~ x + offset(z)", ". ~ . - offset(z)"),
  c("y ~ x*z", ". ~ . - x:z"), c("y ~ x", ". ~ .^2"), c("y ~ x + z", ". ~ .^2"), c("y ~ x + z", ". ~ log(.)"),
  c("y + z ~ x", "log(.) ~ ."), c("y + z ~ x", "2*. ~ ."), c("y - z ~ x", ".^2 ~ ."), c("y ~ x", "-. ~ ."),
  c("y ~ x", ". + 1 ~ ."), c("~ x", "y ~ . + z"), c("~ x", "~ . + z"), c("y ~ x", "y2 ~ ."),
  c("y ~ x | z", ". ~ . + w"), c("y ~ I(1L*x)", ". ~ . + I(2L*z)"), c("y ~ a*b", ". ~ . + c:a"),
  c("y ~ x", ". ~ z"), c("y ~ x", "~ z"), c("y ~ x", ". ~ .:z"), c("y ~ x + z", ". ~ .:w"),
  c("y ~ x + z", ". ~ a/."), c("y ~ 0", ". ~ ."), c("y ~ 0", ". ~ . + x"), c("y ~ 1", ". ~ . + x"),
  c("y ~ -1 + x", ". ~ ."), c("y ~ offset(z) - 1", ". ~ ."), c("y ~ `my var`", ". ~ . + a"),
  c("cbind(s, f) ~ x", ". ~ . + z"), c("y/n ~ x", ". ~ . + z"), c("y ~ x", "a:. ~ ."),
  c("y ~ x + y", ". ~ . + z"), c("y ~ x", ". ~ . + y"), c("y ~ x", ". ~ . * y"), c("y ~ b:a + a", ". ~ . + b"),
  c("y ~ x %% 2:a", ". ~ . + z"), c("y ~ {x}", ". ~ . + z"), c("y ~ poly(x, 2) + ns(z, df=4)", ". ~ . - poly(x,2)"),
  c("y ~ factor(w, levels=c('b','a'))", "sqrt(.) ~ . : x"), c("y ~ a + b", ". ~ (.)^2 - a")
)

formulas <- c(
  "y ~ 1*x", "y ~ 0*x", "y ~ x*1", "y ~ 1/x", "y ~ 0/x", "y ~ x/1", "y ~ x/0", "y ~ 1:x", "y ~ (1 + x):z",
  "y ~ (1)*(0)", "y ~ TRUE", "y ~ FALSE", "y ~ x - TRUE", "y ~ 1^2", "y ~ 0^2", "y ~ (a+b)^2L", "y ~ 1 %in% x",
  "y ~ x %in% 1", "y ~ 0*0", "y ~ x*(1-1)", "y ~ x - (z - x)", "y ~ x - (1-1)", "y ~ (x+z) - (0+z)",
  "y ~ offset(z)*x", "y ~ offset(z) + x + z:x", "y ~ log(x) + offset(z) + offset(z)",
  "y ~ I(1L*x) + I(0x10*x) + I(1e5*x) + I(100000L*x) + I(123456*x) + I(0.1*x) + I(1e-5*x) + I(0.0001*x)",
  "y ~ I(1e15*x) + I(123456789012*x) + I(3.14159265358979312*x) + I(1/3*x) + I(0.30000000000000004*x)",
  "y ~ I(1e22*x) + I(1234567890123456789*x) + I(0.00012) + I(0.001234) + I(1e4) + I(300000) + I(1e-300)",
  "y ~ I(a %in% b) + I(a %% b) + I(a %/% b) + f(-1) + f(!a) + f(+a) + f(!(a & b)) + f(a && b || !c)",
  "y ~ f(-a^2) + f((-a)^2) + f(a^-1) + f(2^-a^2) + f(a:b) + f(-1:3) + f(a == b) + f(a != b) + f(a >= b)",
  "y ~ f(a*-b) + f(a - (b - c)) + f(--a) + f(!(!a)) + f(a/b/c) + f(!a + b) + f(a + !b & c)",
  "y ~ f('a\"b') + f(\"a'b\") + f('a\\\\b') + f('a\\nb') + f('\\t') + f(`a b`=1) + f('x y'=2) + `f g`(x)",
  "y ~ f(`if`) + f(`TRUE`) + f(NA) + f(Inf) + f(NULL) + f(TRUE) + f(`a\\`b`) + 'log'(x) + f()",
  "y ~ I({x}) + I({{x}}) + ifelse({x} > 1, 2, {z})", "y ~ {x + z}", "y ~ a*b:c^2", "y ~ y*x", "(y) ~ x",
  "y ~ x + x:w + z:w", "y ~ -1 + 1 - x + offset(x)", "~ offset(x)", "y ~ x > 5", "y ~ !x + z", "y ~ x + !z & w",
  "y ~ x == 1 + z", "y ~ (x | z):w", "y ~ a && b", "y ~ +1", "y ~ -0", "y ~ -(-1)", "y ~ -(0)", "y ~ x + 1L",
  "y ~ x + 0L", "y ~ x - 1L", "y ~ x:NULL", "y ~ NULL*x", "y ~ x*NULL", "y ~ x/NULL", "y ~ a %in% (b + c)",
  "y ~ (a + b) %in% (b + c)", "y ~ (a + b)/(b + c)", "y ~ x - x:z + x:z:x", "y ~ x^2.0", "y ~ x^1e1",
  "y ~ (x\n + z)", "y ~ f(LETTERS[c(1, 2)]) + f(LETTERS[-1]) + f(letters[1:6])", "\u00e9 ~ gr\u00f6\u00dfe + f('\u00e9')",
  "y ~ factor(w, levels=c('aaaaaaaaaaaaaaaaaaaa','bbbbbbbbbbbbbbbbbbbbbbbbbb','ccccccccccccccccccccccc','ddddd'))"
)

answers <- list(
  updates = lapply(updates, function(u)
    list(old = u[1], new = u[2], printed = printed(update(as.formula(u[1]), as.formula(u[2]))))),
  formulas = lapply(formulas, function(text) {
    found <- terms(as.formula(text))
    list(formula = text, labels = I(attr(found, "term.labels")), intercept = attr(found, "intercept") == 1,
         printed = printed(formula(found)))
  })
)
write(toJSON(answers, auto_unbox = TRUE, pretty = 1), "tests/against_r/update_formula.json")
