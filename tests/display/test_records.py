"""Records, options and the escapes of each rendering."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from threading import Thread

import pytest

from rglm.display import (
    Aligned,
    Blank,
    Column,
    Document,
    Line,
    NamedValues,
    Number,
    Record,
    Settings,
    Table,
    current,
    options,
    text,
)
from rglm.errors import DataError


@dataclass(frozen=True)
class Result(Record):
    p: float = 0.0123456

    def document(self) -> Document:
        columns = (Column("Estimate", "estimate", [-1.23456789]), Column("Pr(>|z|)", "p-value", [self.p]))
        return Document(
            [Line("x is ", Number(3.14159265)), Table(columns, ("a_b|c",), "coefficients")], less=3
        )


def test_a_dataclass_record_prints_rather_than_lists_its_fields() -> None:
    assert repr(Result()) == str(Result()) == Result().to_text()
    assert repr(Result()).startswith("x is 3.142\n")


def test_digits_come_from_the_argument_before_the_options() -> None:
    assert "x is 3.142" in Result().to_text()
    assert "x is 3.1\n" in Result().to_text(digits=2)
    with options(digits=9):
        assert "x is 3.14159\n" in str(Result())
        assert "x is 3.14\n" in Result().to_text(digits=3)
    with options(digits=3):
        assert "x is 3.14\n" in str(Result())
    assert current() == Settings()


def test_stars_can_be_left_out() -> None:
    assert "Signif. codes" in str(Result())
    assert "*" not in Result().to_text(signif_stars=False)
    with options(stars=False):
        assert "*" not in str(Result())
        assert "Signif. codes" in Result().to_text(signif_stars=True)


def test_options_nest_and_persist() -> None:
    with options(width=60):
        options(digits=5)
        assert current() == Settings(digits=5, width=60)
        with options(digits=4):
            assert current() == Settings(digits=4, width=60)
        assert current() == Settings(digits=5, width=60)
        assert repr(options()) == "options(digits=5, width=60, stars=True)"
    assert current() == Settings()


def test_options_do_not_leak_into_other_threads() -> None:
    seen: list[Settings] = []
    with options(digits=3):
        thread = Thread(target=lambda: seen.append(current()))
        thread.start()
        thread.join()
    assert seen == [Settings()] or getattr(sys.flags, "thread_inherit_context", 0)


@pytest.mark.parametrize(
    "wrong", [{"digits": 0}, {"digits": 2.5}, {"digits": True}, {"width": 3}, {"width": "x"}]
)
def test_options_out_of_range(wrong: dict[str, object]) -> None:
    before = current()
    with pytest.raises(DataError, match=f"{next(iter(wrong))} must be a whole number"):
        options(**wrong)  # type: ignore[arg-type]
    assert current() == before
    with pytest.raises(DataError, match="digits must be"):
        Result().to_text(digits=99)


def test_html_is_escaped_and_semantic() -> None:
    class Hostile(Record):
        def document(self) -> Document:
            column = Column("<b>&", "number", [1.5])
            return Document(
                [Line("<script>"), Table((column,), ("<i>",), caption="a < b"), Line("f(x)", role="code")]
            )

    html = Hostile().to_html()
    assert Hostile()._repr_html_() == html
    assert "<script>" not in html
    assert "<i>" not in html
    assert '<th scope="row"' in html
    assert '<th scope="col"' in html
    assert "a &lt; b</caption>" in html
    assert "<code>f(x)</code>" in html
    assert "color:#" not in html


def test_latex_escapes() -> None:
    latex = Result().to_latex()
    assert r"a\_b$|$c & $-$1.235 & 0.0123 & * \\" in latex
    assert r"\toprule" in latex
    assert "`***'" in latex
    names = ("[x", r"50% {a} \b ~ ^ # $")
    rows = Table((Column("x", "number", [1e-5, -2.0]),), names)
    latex = type("R", (Record,), {"document": lambda self: Document([rows])})().to_latex()
    assert "{}[x & 1e$-$05" in latex
    assert r"50\% \{a\} \textbackslash{}\textbackslash{}b \textasciitilde{} \textasciicircum{} \# \$" in latex


def test_markdown_escapes() -> None:
    markdown = Result().to_markdown()
    assert r"| a\_b\|c | -1.235 | 0.0123 | \* |" in markdown
    assert r"Pr(\>\|z\|)" in markdown
    lines = (Line("1. not a list"), Blank(), Line("- nor this"), Blank(), Line("`x`", role="code"))
    markdown = type("R", (Record,), {"document": lambda self: Document(lines)})().to_markdown()
    assert markdown == "1\\. not a list\n\n\\- nor this\n\n```\n`x`\n```"
    fenced = type("R", (Record,), {"document": lambda self: Document([Line("```", role="code")])})()
    assert fenced.to_markdown() == "````\n```\n````"


def test_control_characters_in_names_are_shown_not_sent() -> None:
    table = Table((Column("a\x1b[31m", "number", [1.0]),), ("line\nbreak",))
    shown = text.render(Document([table]), Settings())
    assert "\x1b" not in shown
    assert shown.split("\n") == ["            a\\033[31m", "line\\nbreak         1"]


def test_unusual_blanks_pass_and_overrides_do_not() -> None:
    table = Table((Column("x", "number", [1.0, 2.0, 3.0]),), ("a\u00a0b", "a\u200db", "a\u202eb"))
    shown = text.render(Document([table]), Settings()).split("\n")
    assert shown[1:] == ["a\u00a0b      1", "a\u200db       2", "a\\u202eb 3"]


def test_roles_mark_up_lines() -> None:
    lines = [Line("Title", role="heading"), Line("one"), Line("two"), Line("small", role="note")]
    record = type("R", (Record,), {"document": lambda self: Document(lines)})()
    assert str(record) == "Title\none\ntwo\nsmall"
    assert (
        "<p><strong>Title</strong></p>\n<p>one<br>\ntwo</p>\n<p><small>small</small></p>" in record.to_html()
    )
    assert record.to_markdown() == "**Title**\n\none  \ntwo\n\nsmall"
    assert record.to_latex() == "\\textbf{Title}\n\none \\\\\ntwo\n\n{\\footnotesize small}"


def test_long_vectors_stand_in_a_column_elsewhere() -> None:
    values = NamedValues(tuple("abcdefgh"), tuple(range(8)), caption="Coefficients:")
    record = type("R", (Record,), {"document": lambda self: Document([values])})()
    assert record.to_markdown().count("\n") > 8
    assert str(record).split("\n")[:2] == ["Coefficients:", "a b c d e f g h "]


def test_aligned_rows_must_match() -> None:
    with pytest.raises(ValueError, match="same number"):
        Aligned([("a",), ("a", "b")])
    lines = Aligned([("a", Number(1.5)), ("bcd", Number(22.25))], justify="left")
    assert text.render(Document([lines]), Settings()) == "a   1.50\nbcd22.25"
