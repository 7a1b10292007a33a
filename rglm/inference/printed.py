"""What `print(fit)` shows."""

from __future__ import annotations

from rglm.display import Blank, Document, Line, NamedValues, Number
from rglm.display.document import Part
from rglm.inference.fitted import Fitted
from rglm.inference.heading import heading, missing_note
from rglm.inference.summary import estimates


def document_glm(fit: Fitted) -> Document:
    """R's `print.glm`: the call, the coefficients, degrees of freedom, deviances, AIC."""
    loglik, empty = fit.loglik, not len(fit.design.column_names)
    no_aic = "NaN" if fit.family.has_likelihood else "NA"
    aic = Number(2.0 * loglik.df - 2.0 * loglik, "signif", missing=no_aic)
    return Document(
        [
            *heading(fit.call, one_line=True),
            *_coefficients(fit),
            *([Blank()] if empty else []),
            Blank(),
            Line(
                "Degrees of Freedom: ",
                Number(fit.null.df, "count"),
                " Total (i.e. Null);  ",
                Number(fit.df_residual, "count"),
                " Residual",
            ),
            *missing_note(fit.call),
            Line("Null Deviance:\t    ", Number(fit.null.deviance, "signif", missing="NaN"), " "),
            Line("Residual Deviance: ", Number(fit.deviance, "signif"), " \tAIC: ", aic),
        ],
        less=3,
    )


def document_lm(fit: Fitted) -> Document:
    """R's `print.lm`: the call and the coefficients."""
    return Document([*heading(fit.call), *_coefficients(fit), Blank()], less=3)


def _coefficients(fit: Fitted) -> list[Part]:
    names = fit.design.column_names
    if not len(names):
        return [Line("No coefficients", role="heading")]
    return [
        Line("Coefficients:", role="heading"),
        NamedValues(tuple(names), tuple(estimates(fit).tolist()), gap=2),
    ]
