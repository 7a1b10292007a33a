"""`profile()`: the likelihood along each coefficient."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from rglm.display import Blank, Document, Line, Record, table_of
from rglm.display.document import Part
from rglm.errors import (
    FitError,
    RglmWarning,
    SeparationWarning,
    among,
    choose,
    described,
    is_number,
    some,
    warn,
)
from rglm.formula.deparse import quote_name
from rglm.formula.values import Floats
from rglm.inference.checks import check_level, check_likelihood
from rglm.inference.distributions import two_sided_quantile
from rglm.inference.fitted import Fitted
from rglm.inference.interpolation import cubic_spline, look_up, monotone
from rglm.inference.intervals import interval_frame
from rglm.inference.parameters import chosen, select
from rglm.inference.profiling import STATISTICS, Held, follow
from rglm.inference.vcov import dispersion as fitted_dispersion
from rglm.inference.vcov import standard_errors


@dataclass(frozen=True, eq=False)
class Curve:
    """The profile of one coefficient.

    values   of the coefficient, ascending, (k,)
    z        signed roots, (k,): 0 at the estimate
    coefs    all coefficients at each value, (k, p); NaN where aliased
    origin   which of the values is the estimate
    regular  whether the values are R's grid of equal steps
    stopped  (below, above): "flat" or "edge" where the curve could not be followed as far as it should, or ""
    """

    values: Floats
    z: Floats
    coefs: Floats
    origin: int
    regular: bool
    stopped: tuple[str, str]

    def ends(self, cut: float) -> Floats:
        """Values where z is -cut and cut, (2,); infinite beyond a curve that stopped, NaN beyond others."""
        if self.regular:
            at, curve = cubic_spline(self.values, self.z)
            return look_up(curve, at, np.array([-cut, cut]))
        below, above = slice(self.origin, None, -1), slice(self.origin, None)
        found = [
            monotone(-self.z[below], self.values[below], cut),
            monotone(self.z[above], self.values[above], cut),
        ]
        endless = np.isnan(found) & np.array([bool(stopped) for stopped in self.stopped])
        return np.where(endless, (-np.inf, np.inf), found)


@dataclass(frozen=True, eq=False, repr=False)
class Profile(Record):
    """Profiles of the coefficients of a model.

    names    all coefficients of the model
    curves   {coefficient: Curve}; aliased ones have none
    which    the coefficients that were asked for
    label    "z" where the family has no parameter but the mean, "tau" where one is estimated
    test     "LRT" or "Rao"
    df       of the t distribution that gives the cut-off of intervals; infinite for the normal
    """

    names: tuple[str, ...]
    curves: dict[str, Curve]
    which: tuple[str, ...]
    label: str
    test: str
    df: float

    def __getitem__(self, name: Any) -> pd.DataFrame:
        found = self.which[chosen(self.which, name, "coefficient")[0]]
        if found not in self.curves:
            raise FitError(f"'{found}' has no profile: it is aliased, so the data do not determine it.")
        return self.tables[found]

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """{coefficient: DataFrame}: the signed root (column `z` or `tau`), then every coefficient's value."""
        prefix = "par.vals." if len(self.names) > 1 else ""
        columns = [self.label, *(f"{prefix}{name}" for name in self.names)]
        return {
            name: pd.DataFrame(
                np.column_stack([curve.z, curve.coefs]),
                index=pd.RangeIndex(1, len(curve.z) + 1),
                columns=columns,
            )
            for name, curve in self.curves.items()
        }

    def confint(self, parm: Any = None, level: float = 0.95) -> pd.DataFrame:
        """Intervals at `level`: the values where the signed root is as large as the normal quantile.

        Raises FitError for a level that the profile was not followed to, or a coefficient it does not have.
        """
        check_level(level)
        wanted = [self.which[i] for i in chosen(self.which, parm)]
        cut = two_sided_quantile(level, self.df)
        ends = {name: self.curves[name].ends(cut) for name in wanted if name in self.curves}
        short = [name for name, each in ends.items() if np.isnan(each).any()]
        if short:
            raise FitError(
                f"The profile of {some(short)} was not followed as far as level {level} asks. Profile again "
                f"with alpha={(1.0 - level) / 4.0}."
            )
        nowhere = np.full(2, np.nan)
        return interval_frame(wanted, np.array([ends.get(name, nowhere) for name in wanted]), level)

    def document(self) -> Document:
        """R's print of the list of profiles."""
        parts: list[Part] = []
        for name, table in self.tables.items():
            parts += [Line(f"${quote_name(name)}", role="heading"), table_of(table, "matrix"), Blank()]
        return Document(parts)


def profile(
    fit: Fitted,
    which: Any = None,
    alpha: float = 0.01,
    maxsteps: int = 10,
    del_: float | None = None,
    test: str = "LRT",
) -> Profile:
    """The likelihood along each coefficient, the others fitted again at every value.

    z(b_j) = sign(b_j - estimate) sqrt((D(b_j) - D) / phi), with D(b_j) the deviance where b_j is held, D that
    of the fit and phi the fit's dispersion; with test="Rao" the square is the score statistic at the held
    fit.  A straight line means that Wald intervals do.

    Parameters
    ----------
    fit : a fitted model
    which : names or positions of coefficients (0 is the first); None is all
    alpha : the curve is followed to where a test at this level rejects
    maxsteps : values tried on each side, less one
    del_ : step in z near the estimate; None is a fifth of the way
    test : "LRT" or "Rao"

    Returns
    -------
    Profile, whose `.tables` has a DataFrame for each coefficient that is not aliased and `.confint()` gives
    intervals

    Raises
    ------
    FitError
        For an unknown coefficient or test, an alpha outside 0 and 1, a dispersion that cannot be estimated,
        or a deviance under that of the fit (which had then not converged).

    Warns
    -----
    SeparationWarning, RglmWarning
        Once, naming the sides on which the likelihood does not fall far enough, or the domain ends.

    R's grid of equal steps is left where it does not serve: steps are shortened where one leaps over the
    curve or leaves the family's domain, and lengthened where the likelihood is flat.

    Source: R >= 4.4 `profile.glm`; Venables & Ripley (2002), 8.4; McCullagh & Nelder (1989), 8.2.

    Examples
    --------
    >>> from rglm import datasets, glm
    >>> fit = glm("breaks ~ wool", data=datasets.load("warpbreaks"), family="poisson")
    >>> fit.profile("woolB").tables["woolB"].columns.tolist()
    ['z', 'par.vals.(Intercept)', 'par.vals.woolB']
    """
    return profiles(fit, select(fit, which, "which"), alpha, maxsteps, del_, test)


def profile_lm(
    fit: Fitted,
    which: Any = None,
    alpha: float = 0.01,
    maxsteps: int = 10,
    del_: float | None = None,
    test: str = "LRT",
) -> Profile:
    """The sum of squares along each coefficient: as `profile`, with t intervals, which are exact here.

    Parameters
    ----------
    fit, which, alpha, maxsteps, del_, test : as in `profile`

    Returns
    -------
    Profile

    Raises
    ------
    FitError
        As `profile`.

    Source: R `profile.glm` of the Gaussian family, with the quantiles of `confint.lm`.

    Examples
    --------
    >>> from rglm import datasets, lm
    >>> lm("dist ~ speed", data=datasets.load("cars")).profile("speed").label
    'tau'
    """
    found = profiles(fit, select(fit, which, "which"), alpha, maxsteps, del_, test)
    return Profile(found.names, found.curves, found.which, found.label, found.test, fit.df_residual)


def profiles(
    fit: Fitted,
    which: list[int],
    alpha: float = 0.01,
    maxsteps: int = 10,
    del_: float | None = None,
    test: str = "LRT",
) -> Profile:
    """The profiles of the coefficients at these positions."""
    _check(fit, alpha, maxsteps, del_, test)
    check_likelihood(fit, "profile()")
    # R's rule for its grid and its label; theta of a negative binomial counts as estimated too
    known = fit.family.dispersion_known and not fit.family.n_extra
    phi, names = fitted_dispersion(fit), tuple(fit.design.column_names)
    if not phi > 0:
        reason = "the fit leaves no residual degrees of freedom" if not fit.df_residual > 0 else "it is 0"
        raise FitError(
            f"A profile is measured in units of the dispersion, and {reason}. Fit fewer terms, or a family "
            "that knows its dispersion."
        )
    far = two_sided_quantile(1.0 - alpha, np.inf if known else fit.df_residual)
    # the cut-off of the level for which R profiles this far
    reach = far, min(far, two_sided_quantile(1.0 - 4.0 * alpha) if alpha < 0.25 else 0.0)
    spacing = standard_errors(fit, phi) * (far / 5.0 if del_ is None else del_)
    curves = {
        names[j]: _curve(Held(fit, j, phi, test), spacing[j], reach, maxsteps)
        for j in which
        if not fit.aliased[j]
    }
    _warn_endless(curves, reach[1])
    return Profile(names, curves, tuple(names[j] for j in which), "z" if known else "tau", test, np.inf)


def _check(fit: Fitted, alpha: float, maxsteps: int, del_: float | None, test: str) -> None:
    if not among(test, STATISTICS):
        raise FitError(choose("test", test, tuple(STATISTICS)))
    if not (is_number(alpha) and 0.0 < alpha < 1.0):
        raise FitError(f"alpha must be a number between 0 and 1, such as 0.01; got {described(alpha)}.")
    if not (is_number(maxsteps) and maxsteps >= 2 and maxsteps % 1 == 0):
        raise FitError(f"maxsteps must be a whole number, 2 or more; got {described(maxsteps)}.")
    if del_ is not None and not (is_number(del_) and del_ > 0):
        raise FitError(f"del_ must be a positive number; got {described(del_)}.")


def _curve(held: Held, spacing: float, reach: tuple[float, float], most: int) -> Curve:
    below, above = (follow(held, direction, spacing, reach, most) for direction in (-1.0, 1.0))
    points = [*reversed(below.points), *above.points[1:]]
    return Curve(
        np.array([point.value for point in points]),
        np.array([point.z for point in points]),
        np.array([point.coef for point in points]),
        len(below.points) - 1,
        below.regular and above.regular,
        (below.stopped, above.stopped),
    )


def _warn_endless(curves: dict[str, Curve], cut: float) -> None:
    """One warning that names the ends at which the likelihood does not fall far enough."""
    ends = [
        (stopped, f"{where} '{name}'")
        for name, curve in curves.items()
        for where, stopped, z in zip(
            ("below", "above"), curve.stopped, (-curve.z[0], curve.z[-1]), strict=True
        )
        if stopped and z < cut
    ]
    flat = [end for stopped, end in ends if stopped == "flat"]
    edge = [end for stopped, end in ends if stopped == "edge"]
    reasons = []
    if flat:
        reasons.append(
            f"The likelihood does not fall {some(flat)}: the data allow any value there (separation, or a "
            "level without events)."
        )
    if edge:
        reasons.append(f"The model cannot be fitted far {some(edge)}: its mean leaves the domain there.")
    if reasons:
        message = f"{' '.join(reasons)} Intervals are infinite on that side."
        warn(message, SeparationWarning if flat else RglmWarning)
