"""R's whole prints, assembled from frozen numbers with the vocabulary of documents."""

from __future__ import annotations

from typing import Any

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
    kind_of,
    text,
)

Case = dict[str, Any]


def number(stored: str) -> float | None:
    return None if stored == "NA" else float(stored)


def one(case: Case, key: str) -> Any:
    value = case[key]
    return value[0] if isinstance(value, list) else value


def table(stored: Case, style: Any) -> Table:
    columns = [
        Column(c["name"][0], kind_of(c["name"][0]), [number(v) for v in c["values"]])
        for c in stored["columns"]
    ]
    return Table(tuple(columns), tuple(stored["rows"]), style)


def note(case: Case) -> list[Line]:
    return [Line(f"  ({one(case, 'note')})")] if one(case, "note") else []


def singular(case: Case) -> str:
    count = one(case, "singular")
    return f"({count} not defined because of singularities)" if count else ""


def print_glm(case: Case) -> Document:
    return Document(
        [
            Blank(),
            Line("Call:  ", one(case, "call")),
            Blank(),
            Line("Coefficients:"),
            NamedValues(case["names"], [number(v) for v in case["coef"]], gap=2),
            Blank(),
            Line(
                "Degrees of Freedom: ", Number(one(case, "df_null"), "count"), " Total (i.e. Null);  ",
                Number(one(case, "df_residual"), "count"), " Residual",
            ),
            *note(case),
            Line("Null Deviance:\t    ", Number(float(one(case, "null_deviance")), "signif"), " "),
            Line(
                "Residual Deviance: ", Number(float(one(case, "deviance")), "signif"),
                " \tAIC: ", Number(number(one(case, "aic")), "signif"),
            ),
        ],
        less=3,
    )  # fmt: skip


def summary_glm(case: Case) -> Document:
    correlation = case.get("correlation")
    correlations = []
    if correlation:
        correlations = [Blank(), Line("Correlation of Coefficients:"), table(correlation, "correlation")]
    title = f"Coefficients: {singular(case)}".rstrip()
    deviances = [
        ("Null", " deviance: ", Number(float(one(case, "null_deviance")), more=1, least=5),
         "  on ", Number(one(case, "df_null"), "count"), "  degrees of freedom"),
        ("Residual", " deviance: ", Number(float(one(case, "deviance")), more=1, least=5),
         "  on ", Number(one(case, "df_residual"), "count"), "  degrees of freedom"),
    ]  # fmt: skip
    return Document(
        [
            Blank(),
            Line("Call:"),
            Line(one(case, "call"), role="code"),
            Blank(),
            Line(title),
            table(case["table"], "coefficients"),
            Blank(),
            Line(
                f"(Dispersion parameter for {one(case, 'family')} family taken to be ",
                Number(float(one(case, "dispersion")), "plain"), ")",
            ),
            Blank(),
            Aligned(deviances),
            *note(case),
            Line("AIC: ", Number(number(one(case, "aic")), more=1, least=4)),
            Blank(),
            Line("Number of Fisher Scoring iterations: ", Number(one(case, "iter"), "count")),
            *correlations,
            Blank(),
        ],
        less=3,
    )  # fmt: skip


def print_lm(case: Case) -> Document:
    return Document(
        [
            Blank(),
            Line("Call:"),
            Line(one(case, "call"), role="code"),
            Blank(),
            Line("Coefficients:"),
            NamedValues(case["names"], [number(v) for v in case["coef"]], gap=2),
            Blank(),
        ],
        less=3,
    )


def residual_block(case: Case) -> list[Any]:
    title = "Weighted Residuals:" if one(case, "weighted") else "Residuals:"
    coefs, rest = case["df"]
    if rest > 5:
        names = ("Min", "1Q", "Median", "3Q", "Max")
        return [Line(title), NamedValues(names, [float(v) for v in case["quantiles"]], zap=1)]
    if rest > 0:
        return [Line(title), NamedValues(case["residual_names"], [float(v) for v in case["residuals"]])]
    return [Line(title), Line(f"ALL {coefs} residuals are 0: no residual degrees of freedom!")]


def summary_lm(case: Case) -> Document:
    title = f"Coefficients: {singular(case)}".rstrip()
    statistics: list[Line] = []
    if case.get("fstatistic"):
        f, numerator, denominator = map(float, case["fstatistic"])
        r_squared, adjusted, p = (float(one(case, key)) for key in ("r_squared", "adj_r_squared", "p"))
        statistics = [
            Line(
                "Multiple R-squared:  ", Number(r_squared, "general", missing="NaN"),
                ",\tAdjusted R-squared:  ", Number(adjusted, "general", missing="NaN"), " ",
            ),
            Line(
                "F-statistic: ", Number(f, "general", missing="NaN"),
                " on ", Number(numerator, "plain"), " and ", Number(denominator, "plain"),
                " DF,  p-value: ", Number(p, "p-value"),
            ),
        ]  # fmt: skip
    return Document(
        [
            Blank(),
            Line("Call:"),
            Line(one(case, "call"), role="code"),
            Blank(),
            *residual_block(case),
            Blank(),
            Line(title),
            table(case["table"], "coefficients"),
            Blank(),
            Line(
                "Residual standard error: ", Number(float(one(case, "sigma")), "signif", missing="NaN"),
                " on ", Number(case["df"][1], "count"), " degrees of freedom",
            ),
            *note(case),
            *statistics,
            Blank(),
        ],
        less=3,
    )  # fmt: skip


def print_anova(case: Case) -> Document:
    return Document([*(Line(line) for line in case["heading"]), table(case["table"], "anova")], less=2)


def printed(document: Document, case: Case) -> list[str]:
    digits = one(case, "digits") if case.get("digits") else None
    return text.render(document, Settings(exact=digits)).split("\n")


GLMS = ("gamma", "poisson", "binomial", "aliased", "missing", "quasi", "empty_row", "saturated", "wide")
LMS = ("two", "aliased", "weighted", "missing", "null", "wide", "tiny")


@pytest.mark.parametrize("name", GLMS)
def test_glm(answers: Case, name: str) -> None:
    case = answers["documents"]["glm"][name]
    assert printed(print_glm(case), case) == case["print"]
    assert printed(summary_glm(case), case) == case["summary"]


@pytest.mark.parametrize("name", LMS)
def test_lm(answers: Case, name: str) -> None:
    case = answers["documents"]["lm"][name]
    assert printed(print_lm(case), case) == case["print"]
    assert printed(summary_lm(case), case) == case["summary"]


def test_lm_without_residual_degrees_of_freedom(answers: Case) -> None:
    case = answers["documents"]["lm"]["exact"]
    assert printed(print_lm(case), case) == case["print"]
    got = printed(summary_lm(case), case)
    assert got == case["summary"]
    assert any("NaN" in line for line in got)


def test_digits_argument(answers: Case) -> None:
    documents = answers["documents"]
    for case in documents["glm_digits"]:
        assert printed(print_glm(case), case) == case["print"]
        assert printed(summary_glm(case), case) == case["summary"]
    for case in documents["lm_digits"]:
        assert printed(print_lm(case), case) == case["print"]
        assert printed(summary_lm(case), case) == case["summary"]


@pytest.mark.parametrize("index", range(8))
def test_anova(answers: Case, index: int) -> None:
    case = answers["documents"]["anova"][index]
    got = printed(print_anova(case), case)
    assert got == case["text"]


def test_aic_frame(answers: Case) -> None:
    case = answers["documents"]["aic"]
    assert printed(Document([table(case, "frame")]), case) == case["text"]


def test_alias(answers: Case) -> None:
    case = answers["documents"]["alias"][0]
    parts = [
        Line("Model :"), Line(one(case, "formula")), Blank(),
        Line("Complete :"), table(case["matrix"], "fractions"), Blank(),
    ]  # fmt: skip
    assert printed(Document(parts), case) == case["text"]


def test_theta_is_rounded_by_its_standard_error(answers: Case) -> None:
    case = answers["documents"]["negative_binomial"]
    theta, error, twice = (float(one(case, key)) for key in ("theta", "se", "twologlik"))
    parts = [
        Line("              Theta:  ", Number(theta, "round", error=error), " "),
        Line("          Std. Err.:  ", Number(error, "round", error=error), " "),
        Blank(),
        Line(" 2 x log-likelihood:  ", Number(twice, "round", places=3, error=error), " "),
    ]
    got = printed(Document(parts), {})
    assert [line.rstrip() for line in got] == [line.rstrip() for line in case["text"][-4:]]


def test_record_prints_its_document(answers: Case) -> None:
    case = answers["documents"]["glm"]["poisson"]

    class Summary(Record):
        def document(self) -> Document:
            return summary_glm(case)

    assert str(Summary()) == repr(Summary()) == "\n".join(case["summary"])
