"""The scale on which a model is linear, and how estimates come back from it to the response."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from rglm.families.link import Link
from rglm.families.links import Identity, Log, Sqrt
from rglm.formula.tree import Node
from rglm.formula.values import Floats
from rglm.inference.fitted import Fitted


@dataclass(frozen=True)
class ResponseScale:
    """A transformed scale.

    link     carries estimates back to the response
    name     as notes print it: "log", "logit"
    label    what an estimate on the response is called: "response", "rate", "prob", "ratio", "odds.ratio"
    ratios   name and label of the scale of differences, where these are logarithms of ratios; else None
    """

    link: Link
    name: str
    label: str
    ratios: tuple[str, str] | None = None

    def of_contrasts(self) -> ResponseScale | None:
        """The scale of differences between estimates on this one; None where they mean nothing beyond it."""
        if self.ratios is None:
            return None
        name, label = self.ratios
        link = self.link if self.ratios[1] == "ratio" else Log()
        return replace(self, link=link, name=name, label=label)

    def back(self, eta: Floats, error: Floats) -> tuple[Floats, Floats]:
        """Estimates and standard errors (by the delta method) on the response scale."""
        with np.errstate(all="ignore"):
            mean = self.link.evaluate(eta)
            return mean.mu, np.abs(mean.dmu) * error

    def ends(self, low: Floats, high: Floats) -> tuple[Floats, Floats]:
        """The ends of intervals on the response scale, the lower one first."""
        with np.errstate(all="ignore"):
            one, other = self.link.inverse(low), self.link.inverse(high)
        return np.minimum(one, other), np.maximum(one, other)


RATIOS = {"mean": ("log", "ratio"), "odds": ("log odds ratio", "odds.ratio")}
"""By what exp() of a difference is a ratio of."""

TRANSFORMS: dict[str, Link] = {
    "log": Log(),
    "log10": Link.from_functions(
        "log10", np.log10, lambda eta: np.power(10.0, eta), lambda eta: np.log(10.0) * np.power(10.0, eta)
    ),
    "log2": Link.from_functions("log2", np.log2, np.exp2, lambda eta: np.log(2.0) * np.exp2(eta)),
    "log1p": Link.from_functions("log1p", np.log1p, np.expm1, np.exp),
    "sqrt": Sqrt(),
}
"""Functions of the response that can be undone."""
LOGARITHMS = {"log", "log10", "log2"}


def scale_of(fit: Fitted) -> ResponseScale | None:
    """The scale of a fit's linear predictor: its link's, or where that is the identity, that of a transformed
    response such as `log(y)`; None where the linear predictor is the response.
    """
    link = fit.family.link
    if link != Identity():
        ratios = RATIOS.get(link.exponentiates or "")
        return ResponseScale(link, link.name, fit.family.mean_name, ratios)
    return transformed(fit.design.terms.response)


def transformed(response: Node | None) -> ResponseScale | None:
    """The scale of a response that is a known function of one column."""
    function: str = getattr(response, "function", "")
    arguments: tuple[Node, ...] = getattr(response, "arguments", ())
    if function not in TRANSFORMS or len(arguments) != 1 or not hasattr(arguments[0], "id"):
        return None
    ratios = (function, "ratio") if function in LOGARITHMS else None
    return ResponseScale(TRANSFORMS[function], function, "response", ratios)
