"""The command line: read a table, fit, print, write.

Results go to standard output; warnings and errors go to standard error, one line each.
"""

from __future__ import annotations

import argparse
import sys
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from rglm import datasets
from rglm.display.record import Record
from rglm.errors import DataError, RglmError, RglmWarning
from rglm.families import family
from rglm.models.glm import glm
from rglm.models.lm import lm
from rglm.reports.options import parser
from rglm.reports.page import page

BOTH = ("weights", "freq_weights", "offset", "subset", "na_action")
"""Options that are arguments of `glm()` and `lm()` alike."""
GLM_ONLY = ("family", "link", "exposure", "success")


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit code: 0, or 2 after an error.

    argv : the arguments, those of the process by default.  Source: the options of R's `glm`.

    Examples
    --------
    >>> main(["dist ~ nowhere", "--dataset", "cars"])
    2
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        warnings.simplefilter("always", RglmWarning)
        warnings.showwarning = _warn
        try:
            run(parser().parse_args(argv))
        except (RglmError, OSError, ImportError) as error:
            _complain("error", error)
            return 2
    return 0


def run(options: argparse.Namespace) -> None:
    """Fit, then print and write what was asked for; nothing is written before the fit is there."""
    fit = fitted(options)
    records: list[Record] = [fit.summary()]
    if options.anova or options.test is not None:
        records.append(fit.anova(test=_test(options.test)))
    stars = False if options.no_stars else None
    print("\n\n".join(record.to_text(options.digits, stars).rstrip("\n") for record in records))
    if options.html is not None:
        Path(options.html).write_text(page(options.formula, records, options.digits, stars), encoding="utf-8")
    if options.tidy is not None:
        write(fit.tidy(), options.tidy)
    if options.predict is not None:
        write(predicted(fit, read(options.predict, options.sep), options), options.out)


def fitted(options: argparse.Namespace) -> Any:
    """The model that the options describe."""
    data = _data(options)
    given = _given(options, BOTH)
    if options.contrasts:
        given["contrasts"] = dict(options.contrasts)
    special = _given(options, GLM_ONLY)
    if not options.lm:
        linked = {"link": special.pop("link")} if "link" in special else {}
        made = family(special.pop("family", "gaussian"), **linked)
        return glm(options.formula, data, made, **given, **special)
    if special:
        raise DataError(f"--lm fits a linear model, which has no {', '.join(special)}. Leave one out.")
    return lm(options.formula, data, **given)


def _given(options: argparse.Namespace, names: Sequence[str]) -> dict[str, Any]:
    return {name: value for name in names if (value := getattr(options, name)) is not None}


def _test(name: str | None) -> str | bool:
    if name is None:
        return "default"
    return False if name.lower() in {"none", "false"} else name


def _data(options: argparse.Namespace) -> pd.DataFrame:
    if (options.data is None) == (options.dataset is None):
        raise DataError(
            "Name one table: a CSV or Parquet file, or --dataset with the name of one of rglm's own."
        )
    return datasets.load(options.dataset) if options.data is None else read(options.data, options.sep)


def read(path: str, separator: str) -> pd.DataFrame:
    """The table in a CSV or Parquet file; `-` is CSV on standard input.

    Raises DataError where the file does not hold a table.
    """
    try:
        if path.endswith((".parquet", ".pq")):
            return pd.read_parquet(path)
        return pd.read_csv(sys.stdin if path == "-" else path, sep=separator)
    except ValueError as error:  # pandas' parsers and decoders raise subclasses of it
        raise DataError(f"{path} cannot be read as a table: {error}") from error


def write(table: pd.DataFrame, path: str) -> None:
    """A table as CSV; `-` is standard output."""
    table.to_csv(sys.stdout if path == "-" else path, index=False)


def predicted(fit: Any, rows: pd.DataFrame, options: argparse.Namespace) -> pd.DataFrame:
    """The rows with their predictions beside them: `fit`, and with an interval `lwr` and `upr`."""
    made = fit.predict(rows, type=options.type, interval=options.interval)
    made = made.to_frame("fit") if made.ndim == 1 else made
    taken = [name for name in made if name in rows]
    if taken:
        raise DataError(
            f"{options.predict} already has a column '{taken[0]}', which the predictions would hide."
        )
    return rows.assign(**{name: made[name].to_numpy() for name in made})


def _warn(message: Warning | str, *_: Any, **__: Any) -> None:
    _complain("warning", message)


def _complain(kind: str, message: object) -> None:
    """One line on standard error; the line of a caret that points into the formula is left out."""
    lines = [line for line in str(message).splitlines() if line.strip(" ^")]
    print(f"rglm: {kind}: {' '.join(' '.join(lines).split())}", file=sys.stderr)
