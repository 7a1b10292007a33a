"""Models loaded from a file: the verbs that need no rows, with the numbers of the fit that was saved."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar, NoReturn

import numpy as np
import pandas as pd

from rglm.design.spec import DesignSpec
from rglm.errors import DataError, FitError, FormulaError, described, some
from rglm.families.family import Family
from rglm.formula.values import Floats
from rglm.inference.alias import alias
from rglm.inference.coef_test import coef_test
from rglm.inference.confint import confint, confint_lm
from rglm.inference.exp_coef import exp_coef
from rglm.inference.extract_aic import extract_aic, extract_aic_lm
from rglm.inference.fitted import Call, Kept, LogLik, Null
from rglm.inference.glance import glance, glance_lm
from rglm.inference.linear_hypothesis import linear_hypothesis, linear_hypothesis_lm
from rglm.inference.predict import predict
from rglm.inference.predict_lm import predict_lm
from rglm.inference.printed import document_glm, document_lm
from rglm.inference.summary import summary
from rglm.inference.summary_lm import summary_lm
from rglm.inference.summary_nb import summary_nb
from rglm.inference.theta import Theta
from rglm.inference.tidy import tidy, tidy_lm
from rglm.inference.vcov import vcov
from rglm.inference.vif import vif
from rglm.models.codec import Misread, member, read, read_float, read_floats
from rglm.models.glm import GLM
from rglm.models.lm import LM
from rglm.models.negative_binomial import NegBin
from rglm.models.saved_design import Columns, read_design
from rglm.models.saved_family import read_family
from rglm.models.saving import FORMAT, KINDS, VERSION, checksum, save
from rglm.models.sql.score import to_sql
from rglm.models.values import Values


def _no_rows(what: str) -> FitError:
    return FitError(
        f"{what} needs the rows of the data, and this model was loaded from a file, which holds none. Fit "
        "its formula to the data again; or use what needs no rows: summary(), vcov(), coef_test(), "
        'confint(method="wald"), predict(newdata).'
    )


@dataclass(frozen=True)
class SavedProgress:
    """How the iteration had ended; its steps are not kept."""

    n_iter: int
    converged: bool
    boundary: bool
    history: tuple[Any, ...] = ()


class SavedRows:
    """Stands where the rows of a fit were: knows their sums, and refuses everything else."""

    def __init__(self, nobs: float, kept: Kept) -> None:
        self.nobs, self.kept = nobs, kept
        self.sampling = None if kept.vcov is None else np.empty(0)

    def __getattr__(self, name: str) -> NoReturn:
        if name.startswith("__"):
            raise AttributeError(name)
        raise _no_rows("This")


@dataclass(frozen=True)
class SavedSource:
    """Stands where the data were: knows the columns that the model reads, and what kind each was."""

    kinds: Columns

    @property
    def names(self) -> tuple[str, ...]:
        """The columns that the model reads."""
        return tuple(name for name, _ in self.kinds)

    @property
    def n_rows(self) -> int | None:
        """Not known."""
        return None

    def blocks(self) -> Iterator[Any]:
        """None."""
        raise _no_rows("This")

    def fingerprint(self) -> str:
        """Of nothing."""
        return ""


@dataclass(frozen=True, eq=False, repr=False)
class SavedModel(Values):
    """A model without rows.  Values are those of the fit; verbs that need rows raise FitError."""

    design: DesignSpec
    family: Family
    estimates: Floats
    aliased: np.ndarray
    R: Floats
    deviance: float
    df_residual: int
    null: Null
    loglik: LogLik
    progress: SavedProgress
    call: Call
    rows: Any
    source: Any
    own: dict[str, Any]

    fitted_by: ClassVar[type] = Values
    """The class of models that this was saved from."""

    save = save
    to_sql = to_sql

    @cached_property
    def coef(self) -> pd.Series[float]:
        """Coefficients, a Series of length p with R's names; NaN where aliased."""
        return pd.Series(self.estimates, index=pd.Index(self.design.column_names, dtype=object))

    @property
    def formula(self) -> str:
        """The formula as text."""
        return str(self.design.formula)

    @property
    def wrap(self) -> Callable[..., Any]:
        """Refused: there is no frame of the caller's to be like."""
        raise _no_rows("This")

    @property
    def refit(self) -> Callable[..., Any]:
        """Refused: there is nothing to fit."""
        raise _no_rows("Fitting again")

    def __getattr__(self, name: str) -> NoReturn:
        member = getattr(type(self).fitted_by, name, None)
        if not name.startswith("_") and member is not None:
            raise _no_rows(f"{name}()" if callable(member) else f"'{name}'")
        raise AttributeError(f"'{type(self).__name__}' has no attribute '{name}'")


class SavedGLM(SavedModel):
    """A generalized linear model loaded from a file."""

    fitted_by = GLM
    document = document_glm
    summary = summary
    vcov = vcov
    confint = confint
    coef_test = coef_test
    linear_hypothesis = linear_hypothesis
    exp_coef = exp_coef
    predict = predict
    alias = alias
    tidy = tidy
    glance = glance
    extract_aic = extract_aic
    vif = vif


class SavedLM(SavedModel):
    """A linear model loaded from a file."""

    fitted_by = LM
    document = document_lm
    summary = summary_lm
    vcov = vcov
    confint = confint_lm
    coef_test = coef_test
    linear_hypothesis = linear_hypothesis_lm
    exp_coef = exp_coef
    predict = predict_lm
    alias = alias
    tidy = tidy_lm
    glance = glance_lm
    extract_aic = extract_aic_lm
    vif = vif
    sigma = LM.sigma
    r_squared = LM.r_squared
    adj_r_squared = LM.adj_r_squared


class SavedNegBin(SavedGLM):
    """A negative binomial model loaded from a file."""

    fitted_by = NegBin
    summary = summary_nb
    twologlik = NegBin.twologlik

    @property
    def theta_estimate(self) -> Theta:
        """Theta with its standard error."""
        return Theta(read_float(self.own["theta"]), read_float(self.own["se_theta"]))

    @property
    def theta_note(self) -> str | None:
        """What went wrong with theta, or None."""
        note: str | None = self.own["theta_note"]
        return note

    @property
    def alternations(self) -> int:
        """How often theta and the coefficients were estimated in turn."""
        return int(self.own["alternations"])

    theta = NegBin.theta
    se_theta = NegBin.se_theta


SAVED: dict[str, type[SavedModel]] = {"glm": SavedGLM, "lm": SavedLM, "glm_nb": SavedNegBin}
"""What a file's kind of model is loaded as."""


def load(path: str | Path) -> Any:
    """A model from a file that `fit.save(path)` wrote.

    Parameters
    ----------
    path : of the file

    Returns
    -------
    SavedModel, with the fit's values and `summary`, `vcov`, `confint(method="wald")`, `coef_test`,
    `linear_hypothesis`, `vif`, `exp_coef`, `predict(newdata)`, `tidy`, `glance`, `alias`, `save`, equal to
    the fit's to the last bit.  Verbs that need rows (`anova`, `residuals`, `step`, robust covariances, …)
    raise FitError.

    Raises
    ------
    DataError
        When there is no such file, it is no model file, was written by a newer rglm, is cut short or was
        changed, or needs a family or link that is not registered here.

    Source: rglm's own format, described in vignettes/saved_models.md.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from rglm import datasets, lm, load
    >>> fit = lm("dist ~ speed", data=datasets.load("cars"))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     fit.save(Path(folder) / "m.json")
    ...     again = load(Path(folder) / "m.json")
    >>> bool(again.predict({"speed": [10.0]}).iloc[0] == fit.predict({"speed": [10.0]}).iloc[0])
    True
    """
    if not isinstance(path, str | Path):
        raise DataError(f'path must be the name of a file, such as "m.json"; got {described(path)}.')
    return read_text(_read_file(Path(path)), str(path))


def _read_file(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise DataError(f"There is no file '{path}'.") from None
    except UnicodeDecodeError:
        raise DataError(
            f"'{path}' is not text, so it is no model file. Model files are JSON, written by fit.save()."
        ) from None
    except OSError as error:
        raise DataError(f"'{path}' cannot be read: {error}.") from None


def read_text(text: str, name: str) -> SavedModel:
    """The model in the text of a file; `name` is what messages call it."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise DataError(
            f"'{name}' is not valid JSON ({error}), so it is no model file, or it was cut short or changed."
        ) from None
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise DataError(f"'{name}' is JSON, but not a model that fit.save() wrote.")
    version = document.get("version")
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise DataError(f"'{name}' says that its version is {described(version)}; it was changed.")
    if version > VERSION:
        raise DataError(
            f"'{name}' has version {version} of the file format, and this rglm reads versions up to "
            f"{VERSION}. "
            "A newer rglm wrote it: upgrade rglm to read it."
        )
    model = document.get("model")
    try:
        changed = document.get("checksum") != checksum(model)
    except (ValueError, RecursionError):  # NaN, or nested without end
        changed = True
    if changed:
        raise DataError(
            f"'{name}' was changed after it was saved: its checksum does not fit its contents. Take the "
            "original "
            "file, or save the model again."
        )
    try:
        return _read_model(model)
    except (Misread, FormulaError, FitError) as error:
        raise DataError(f"'{name}' does not hold a whole model: {error}.") from None


def _read_model(model: Any) -> SavedModel:
    kind = read(member(model, "kind"), str)
    if kind not in SAVED:
        raise Misread(f"its kind is '{kind}', and kinds are {some(SAVED)}")
    design, columns = read_design(member(model, "design"))
    if read(member(model, "names"), tuple[str, ...]) != design.column_names:
        raise Misread("the design makes other coefficients than those of the model")
    p = design.p
    aliased = np.array(read(member(model, "aliased"), tuple[bool, ...]), dtype=bool)
    rank = int((~aliased).sum())
    if len(aliased) != p:
        raise Misread(f"{p} coefficients were expected, and {len(aliased)} came")
    R = np.zeros((rank, rank))
    R[np.triu_indices(rank)] = read_floats(member(model, "R"), rank * (rank + 1) // 2)
    loglik, rows = member(model, "loglik"), member(model, "rows")
    return SAVED[kind](
        design=design,
        family=read_family(member(model, "family")),
        estimates=read_floats(member(model, "coef"), p),
        aliased=aliased,
        R=R,
        deviance=read_float(member(model, "deviance")),
        df_residual=read(member(model, "df_residual"), int | float),
        null=read(member(model, "null"), Null),
        loglik=LogLik(
            read_float(member(loglik, "value")),
            read(member(loglik, "df"), int),
            read(member(loglik, "nobs"), int | float),
        ),
        progress=read(member(model, "progress"), SavedProgress),
        call=read(member(model, "call"), Call),
        rows=SavedRows(read_float(member(rows, "nobs")), _read_kept(rows, p, rank, kind)),
        source=SavedSource(columns),
        own={name: member(member(model, "own"), name) for name in KINDS[kind]},
    )


def _read_kept(rows: Any, p: int, rank: int, kind: str) -> Kept:
    relations = member(rows, "relations")
    if not isinstance(relations, list) or len(relations) != p - rank:
        raise Misread(f"{p - rank} relations were expected, and {described(relations)} came")
    survey = member(rows, "vcov")
    linear: dict[str, Any] = {}
    if kind == "lm":
        linear = {
            "explained": read_float(member(rows, "explained")),
            "residuals": read_floats(member(rows, "residuals"), 5),
            "weighted": read(member(rows, "weighted"), bool),
            "level": read_float(member(rows, "level")),
        }
    return Kept(
        dispersion=read_float(member(rows, "dispersion")),
        centre=read_floats(member(rows, "centre"), p),
        sizes=read_floats(member(rows, "sizes"), p),
        relations=np.array([read_floats(each, rank) for each in relations]).reshape(p - rank, rank),
        vcov=None if survey is None else _read_survey(survey, p),
        **linear,
    )


def _read_survey(survey: Any, p: int) -> tuple[Floats, str]:
    if (
        not isinstance(survey, list)
        or len(survey) != 2
        or not isinstance(survey[0], list)
        or len(survey[0]) != p
    ):
        raise Misread(f"a covariance matrix of {p} coefficients and its note were expected")
    return np.array([read_floats(row, p) for row in survey[0]]), read(survey[1], str)
