"""Tables and vectors against what R prints for the same frozen numbers."""

from __future__ import annotations

import math
import pickle
from typing import Any

import numpy as np
import pandas as pd
import pytest

from rglm.display import Column, Document, NamedValues, Settings, Table, kind_of, table_of, text

Answers = dict[str, Any]


def decode(stored: list[str]) -> list[float | None]:
    return [None if text == "NA" else float(text) for text in stored]


def table(case: Answers, style: Any) -> Table:
    columns = []
    for stored in case["columns"]:
        name, kind = stored["name"][0], stored["kind"][0]
        if kind == "text":
            columns.append(Column(name, "text", stored["values"]))
        else:
            count = kind == "integer" and style == "frame"
            columns.append(Column(name, "count" if count else kind_of(name), decode(stored["values"])))
    return Table(tuple(columns), tuple(case["rows"]), style)


def printed(part: Any, digits: int | None = None, **settings: Any) -> list[str]:
    return text.render(Document([part]), Settings(exact=digits, **settings)).split("\n")


def test_coefficient_tables(answers: Answers) -> None:
    assert len(answers["coefficients"]) > 250
    for case in answers["coefficients"]:
        assert printed(table(case, "coefficients"), case["digits"][0]) == case["text"], case["columns"]


def test_width_and_stars(answers: Answers) -> None:
    for case in answers["coefficient_options"]:
        got = printed(
            table(case, "coefficients"), case["digits"][0], width=case["width"][0], stars=case["stars"][0]
        )
        assert got == case["text"]


def test_anova_tables(answers: Answers) -> None:
    assert len(answers["anova"]) > 100
    for case in answers["anova"]:
        assert printed(table(case, "anova"), case["digits"][0]) == case["text"], case["columns"]


def test_named_vectors(answers: Answers) -> None:
    for case in answers["named"]:
        vector = NamedValues(case["names"] or (), decode(case["x"]), gap=case["gap"][0])
        assert printed(vector, case["digits"][0], width=case["width"][0]) == case["text"], case["names"]


def test_residual_quantiles(answers: Answers) -> None:
    for case in answers["quantiles"]:
        vector = NamedValues(case["names"], decode(case["x"]), zap=1)
        assert printed(vector, case["digits"][0]) == case["text"]


@pytest.mark.parametrize(
    ("section", "style"), [("frames", "frame"), ("matrices", "matrix"), ("correlations", "correlation")]
)
def test_frames_and_matrices(answers: Answers, section: str, style: str) -> None:
    assert answers[section]
    for case in answers[section]:
        digits = case["digits"][0] if "digits" in case else None
        assert printed(table(case, style), digits) == case["text"]


def test_missing_cells_may_print_otherwise() -> None:
    blank = Table(
        (Column("x", "number", [1.5, None]), Column("s", "text", ["a", None])), ("1", "2"), missing=""
    )
    assert printed(blank) == ["    x s", "1 1.5 a", "2      "]


def test_nan_beside_an_estimate_is_not_an_aliased_row() -> None:
    nan = math.nan
    columns = (
        Column("Estimate", "estimate", [2.0, nan]),
        Column("Std. Error", "standard error", [nan, nan]),
    )
    got = printed(Table(columns, ("a", "b"), "coefficients"), 4)
    assert got[1].split() == ["a", "2", "NaN"]
    assert got[2].split() == ["b", "NA", "NA"]


def test_pandas_frames() -> None:
    frame = pd.DataFrame(
        {
            "Df": [100000, 99999],
            "n": pd.array([100000, None], dtype="Int64"),
            "who": ["日本", None],
            "x": [0.25, np.nan],
        },
        index=["a", "b"],
    )
    made = table_of(frame)
    assert [column.kind for column in made.columns] == ["df", "count", "text", "number"]
    assert printed(made) == [
        "      Df      n  who    x",
        "a 100000 100000 日本 0.25",
        "b  99999     NA <NA>   NA",
    ]
    assert table_of(frame, kinds={"n": "number"}).columns[1].kind == "number"


def test_a_table_is_a_plain_value() -> None:
    values = np.array([1.0, 2.0])
    made = Table((Column("x", "number", values),), ("a", "b"))
    assert made == Table((Column("x", "number", [1.0, 2.0]),), ("a", "b"))
    assert pickle.loads(pickle.dumps(made)) == made
    values[0] = 9
    assert made.columns[0].values == (1.0, 2.0)


def test_misuse_is_refused() -> None:
    with pytest.raises(ValueError, match="'x' has 2 values for 1 rows"):
        Table((Column("x", "number", [1.0, 2.0]),), ("a",))
    with pytest.raises(ValueError, match="statistic"):
        Column("x", "statistics", [1.0])  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="anova"):
        Table((), (), "anovas")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="1 names for 2 values"):
        NamedValues(("a",), (1.0, 2.0))
