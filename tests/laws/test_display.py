"""Laws of display: every rendering shows the same cells, and no rendering changes a number."""

from __future__ import annotations

import ast
import copy
import math
import pathlib
import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rglm import display
from rglm.display import (
    Column,
    Document,
    Line,
    NamedValues,
    Number,
    Record,
    Settings,
    Table,
    numbers,
)

ROOM = pathlib.Path(display.__file__).parent
NAN = math.nan
COEFFICIENTS = Table(
    (
        Column("Estimate", "estimate", [-5.17964, 2.01923, None, 1e-9]),
        Column("Std. Error", "standard error", [1.2, 0.5, None, 3e-10]),
        Column("z value", "statistic", [-4.316367, 4.03846, None, 3.333]),
        Column("Pr(>|z|)", "p-value", [1.59e-17, 0.04, None, 8.6e-4]),
    ),
    ("(Intercept)", "a|b_c*d", "x^2 ~ <y> & 50%", "日本:[1]"),
    "coefficients",
    caption="Coefficients:",
)
ANOVA = Table(
    (
        Column("Df", "df", [NAN, 2.0]),
        Column("Deviance", "deviance", [NAN, 5.452305]),
        Column("Resid. Df", "df", [8.0, 6.0]),
        Column("Resid. Dev", "deviance", [10.5814, 5.1291]),
        Column("Pr(>Chi)", "p-value", [NAN, 0.0657]),
    ),
    ("NULL", "poly(x, 2)"),
    "anova",
)
FRAME = Table(
    (
        Column("df", "df", [3.0, 4.0]),
        Column("AIC", "number", [-166.02943, 1e-7]),
        Column("note", "text", ["`a`", None]),
    ),
    ("m1", "m2"),
)
CORRELATION = Table(
    (Column("a", "number", [1.0, 0.5]), Column("b", "number", [0.5, 1.0])), ("a", "b"), "correlation"
)
FRACTIONS = Table((Column("a", "number", [1 / 3, -2.0]),), ("c", "d"), "fractions")
PARTS = {
    "coefficients": COEFFICIENTS,
    "anova": ANOVA,
    "frame": FRAME,
    "correlation": CORRELATION,
    "fractions": FRACTIONS,
    "quantiles": NamedValues(("Min", "1Q", "Median", "3Q", "Max"), (-1.5, -0.5, 1e-17, 0.25, 2.0), zap=1),
    "vector": NamedValues(tuple(f"x{i}" for i in range(9)), tuple(i / 7 - 0.5 for i in range(9)), gap=2),
}


class Shown(Record):
    def __init__(self, part: display.document.Part) -> None:
        self.parts = (Line("Deviance: ", Number(-12.3456789)), part, Line("AIC: ", Number(1e-9)))

    def document(self) -> Document:
        return Document(self.parts, less=3)


class _Tables(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, "HTML elements must nest"

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] in ("td", "th"):
            self.rows[-1][-1] += data


def html_rows(html: str) -> list[list[str]]:
    parser = _Tables()
    parser.feed(html.replace("<br>", ""))
    assert parser.open == []
    return parser.rows


def markdown_rows(markdown: str) -> list[list[str]]:
    rows = []
    for line in markdown.split("\n"):
        if line.startswith("| "):
            cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
            rows.append([re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", cell) for cell in cells])
    assert all(set(cell) <= set(":-") for cell in rows[1])
    return [rows[0], *rows[2:]]


def latex_rows(latex: str) -> list[list[str]]:
    body = latex.partition(r"\toprule")[2].partition(r"\bottomrule")[0]
    rows = []
    for line in body.replace(r"\midrule" + "\n", "").strip().split("\n"):
        assert line.endswith(r" \\")
        line = line.removesuffix(r" \\").removeprefix("{}")
        cells = re.split(r"(?<!\\)&", line)
        rows.append([unescape(cell.strip()) for cell in cells])
    return rows


def unescape(cell: str) -> str:
    for mark in ("$-$", "$<$", "$>$", "$|$"):
        cell = cell.replace(mark, mark[1])
    cell = cell.replace(r"\textasciitilde{}", "~").replace(r"\textasciicircum{}", "^")
    return re.sub(r"\\([{}$&#_%])", r"\1", cell)


def words(rows: list[list[str]]) -> list[list[str]]:
    return [" ".join(row).split() for row in rows]


@pytest.mark.parametrize("name", PARTS)
def test_every_rendering_has_the_same_cells(name: str) -> None:
    record = Shown(PARTS[name])
    rows = html_rows(record.to_html())
    assert len(rows) >= 2
    assert markdown_rows(record.to_markdown()) == rows
    assert latex_rows(record.to_latex()) == rows
    with display.options(width=100_000):
        lines = [line.split() for line in str(record).split("\n")]
    if isinstance(PARTS[name], Table) or len(rows) == 2:
        assert [line for line in lines if line in words(rows)] == words(rows)
    else:
        assert [line for line in lines if line == [name for name, _ in rows[1:]]]
        assert [line for line in lines if line == [value for _, value in rows[1:]]]


@pytest.mark.parametrize("name", PARTS)
def test_folding_loses_no_cell(name: str) -> None:
    record = Shown(PARTS[name])
    with display.options(width=100_000):
        wide = sorted(set(str(record).split()))
    with display.options(width=30):
        assert sorted(set(str(record).split())) == wide
        assert html_rows(record.to_html()) == html_rows(Shown(PARTS[name]).to_html())


@pytest.mark.parametrize("name", PARTS)
def test_rendering_changes_nothing(name: str) -> None:
    record = Shown(PARTS[name])
    before = copy.deepcopy(record.parts)
    first = [record.to_text(), record.to_html(), record.to_latex(), record.to_markdown()]
    assert [record.to_text(), record.to_html(), record.to_latex(), record.to_markdown()] == first
    assert record.document().parts == before


@pytest.mark.parametrize("path", sorted(ROOM.glob("*.py")), ids=lambda path: path.stem)
def test_only_layout_and_cells_format(path: pathlib.Path) -> None:
    """Renderers see strings; and nothing here needs numpy or pandas."""
    imported = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            imported.add(node.module or "")
            imported.update(f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            imported.update(alias.name for alias in node.names)
    assert not any(name.partition(".")[0] in ("numpy", "pandas", "scipy") for name in imported)
    if path.stem in ("text", "html", "latex", "markdown", "flow", "record"):
        assert "rglm.display.numbers" not in imported
        assert "rglm.display.cells" not in imported


finite = st.floats(allow_nan=False, allow_infinity=False, min_value=-1e280, max_value=1e280)
ordinary = finite.filter(lambda x: x == 0 or abs(x) > 1e-280)
digits = st.integers(1, 12)


@given(st.lists(ordinary, min_size=1, max_size=6), digits)
def test_shown_numbers_are_the_numbers(values: list[float], d: int) -> None:
    shown = numbers.format_common(values, d)
    assert len(set(map(len, shown))) == 1
    for value, text in zip(values, shown, strict=True):
        assert math.isclose(float(text), value, rel_tol=0.5001 * 10.0 ** (1 - d), abs_tol=0)
        assert text.strip() != "-0"


@given(st.lists(ordinary, min_size=1, max_size=6), digits)
def test_no_figure_is_idle(values: list[float], d: int) -> None:
    """Some element needs the last decimal that all of them show."""
    shown = [text.partition("e")[0] for text in numbers.format_common(values, d)]
    assert "." not in shown[0] or any(text[-1] != "0" for text in shown)


@given(ordinary, digits)
def test_signif_is_idempotent_and_odd(value: float, d: int) -> None:
    once = numbers.signif(value, d)
    assert math.isclose(numbers.signif(once, d), once, rel_tol=1e-14)
    assert numbers.signif(-value, d) == -once
    assert math.isclose(once, value, rel_tol=0.5001 * 10.0 ** (1 - d), abs_tol=0)


@given(st.floats(-1e9, 1e9), st.integers(0, 8))
def test_round_is_near_and_odd(value: float, d: int) -> None:
    once = numbers.round_half_even(value, d)
    assert abs(once - value) <= 0.5 * 10.0**-d * (1 + 1e-6) + 1e-7 * abs(value) * 1e-8
    assert numbers.round_half_even(-value, d) == -once
    assert numbers.round_half_even(once, d) == once


@given(st.lists(st.floats(0, 1), min_size=1, max_size=8), st.integers(2, 7))
def test_shown_p_values_are_near_and_keep_order(values: list[float], d: int) -> None:
    shown = numbers.format_p(values, d)
    for value, text in zip(values, shown, strict=True):
        if text.startswith("<"):
            assert value < numbers.EPSILON
        else:
            assert math.isclose(float(text), value, rel_tol=0.5001 * 10.0 ** (1 - d), abs_tol=0)
    marks = [len(numbers.stars(value)) for value in sorted(values) if value <= 0.05]
    assert marks == sorted(marks, reverse=True)


@given(st.lists(ordinary, min_size=1, max_size=5), st.lists(st.floats(1e-6, 1e6), min_size=5, max_size=5))
def test_coefficient_cells_are_never_a_false_zero(estimates: list[float], errors: list[float]) -> None:
    table = Table(
        (
            Column("Estimate", "estimate", estimates),
            Column("Std. Error", "standard error", errors[: len(estimates)]),
        ),
        tuple(f"x{i}" for i in range(len(estimates))),
        "coefficients",
    )
    laid = display.cells.lay_table(table, 4, True)
    for value, text in zip(estimates, laid.columns[0], strict=True):
        assert (float(text) == 0) == (value == 0)


def test_frozen_coefficients_give_a_transcript() -> None:
    shown = display.text.render(Document([COEFFICIENTS]), Settings(exact=4)).split("\n")
    assert shown[0] == "Coefficients:"
    assert len({display.strings.display_width(line) for line in shown[1:6]}) == 1
