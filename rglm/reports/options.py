"""What the `rglm` command accepts."""

from __future__ import annotations

import argparse
from typing import NoReturn

from rglm import __version__
from rglm.errors import DataError

EXAMPLES = """examples:
  rglm "clicks ~ age + channel + offset(log(impressions))" clicks.csv --family poisson --anova
  rglm "breaks ~ wool * tension" --dataset warpbreaks --family "Gamma(link=log)" --test F --anova
  rglm "dist ~ speed" --dataset cars --lm --html cars.html
  rglm "low ~ age + lwt" births.parquet --family binomial --predict new.csv --out predicted.csv
"""


class Parser(argparse.ArgumentParser):
    """argparse, with its errors as one of ours: one line, no usage text."""

    def error(self, message: str) -> NoReturn:
        raise DataError(f"{message} (see rglm --help)")


def contrast(text: str) -> tuple[str, str]:
    """`channel=contr.sum` as a pair."""
    factor, _, coding = text.partition("=")
    if not factor or not coding:
        raise argparse.ArgumentTypeError(f"write factor=contrast, such as channel=contr.sum, not {text!r}")
    return factor, coding


def parser() -> Parser:
    """The command's parser."""
    made = Parser(
        prog="rglm",
        description="Fit a generalized linear model from a formula and print it as R does.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    made.add_argument("formula", help='in R\'s formula language, such as "clicks ~ age + channel"')
    made.add_argument("data", nargs="?", help="a CSV or Parquet file; - reads CSV from standard input")
    made.add_argument("--dataset", metavar="NAME", help="one of rglm's own data sets instead of a file")
    made.add_argument("--sep", default=",", help="between the columns of a CSV file (default: a comma)")
    made.add_argument("--version", action="version", version=f"rglm {__version__}")
    _model(made.add_argument_group("the model"))
    _printing(made.add_argument_group("what is printed"))
    _files(made.add_argument_group("what is written"))
    return made


def _model(group: argparse._ArgumentGroup) -> None:
    group.add_argument("--family", help='a family, such as poisson or "Gamma(link=log)" (default: gaussian)')
    group.add_argument("--link", help="the family's link, such as log")
    group.add_argument("--lm", action="store_true", help="a linear model, as R's lm()")
    group.add_argument("--weights", metavar="EXPR", help="prior weights: a column or an expression")
    group.add_argument("--freq-weights", metavar="EXPR", help="how many times each row is repeated")
    group.add_argument("--offset", metavar="EXPR", help='such as "log(impressions)"')
    group.add_argument("--exposure", metavar="EXPR", help="its log is the offset")
    group.add_argument("--subset", metavar="EXPR", help='rows to use, such as "age > 30"')
    group.add_argument("--na-action", choices=("omit", "exclude", "fail"), help="rows with missing values")
    group.add_argument(
        "--contrasts",
        metavar="FACTOR=CODING",
        type=contrast,
        action="append",
        help="such as channel=contr.sum",
    )
    group.add_argument("--success", metavar="LEVEL", help="the level of a binomial response that is modelled")


def _printing(group: argparse._ArgumentGroup) -> None:
    group.add_argument("--anova", action="store_true", help="the analysis of deviance after the summary")
    group.add_argument("--test", help="its test: Chisq, F, Rao, LRT, Cp or none (default: R's choice)")
    group.add_argument("--digits", type=int, help="significant digits")
    group.add_argument("--no-stars", action="store_true", help="no significance stars")


def _files(group: argparse._ArgumentGroup) -> None:
    group.add_argument("--html", metavar="FILE", help="one page with what is printed")
    group.add_argument("--tidy", metavar="FILE", help="the coefficients as CSV")
    group.add_argument("--predict", metavar="FILE", help="rows to predict, CSV or Parquet")
    group.add_argument("--out", metavar="FILE", default="-", help="the predictions, CSV (default: printed)")
    group.add_argument(
        "--type", choices=("response", "link"), default="response", help="scale of the predictions"
    )
    group.add_argument("--interval", choices=("confidence", "prediction"), help="limits of the predictions")
