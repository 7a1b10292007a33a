"""rglm: generalized linear models from formulas, with R's verbs, numbers and printed tables."""

__version__ = "0.1.0"
