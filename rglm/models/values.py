"""Values that follow from a fit's other values, whether or not it still has its rows."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from rglm.display import Record
from rglm.inference.vcov import dispersion

if TYPE_CHECKING:
    from rglm.inference.fitted import Fitted

    class Base(Record, Fitted):
        """For type checkers: the members that a model brings."""
else:
    Base = Record


class Values(Base):
    """What users read of any fitted model, on top of the members of `Fitted`."""

    @property
    def rank(self) -> int:
        """Number of coefficients that the data determine."""
        return int(self.R.shape[0])

    @property
    def nobs(self) -> int:
        """Observations of positive weight; a frequency weight counts as that many."""
        return int(self.rows.nobs)

    @property
    def null_deviance(self) -> float:
        """Deviance of the null model."""
        return self.null.deviance

    @property
    def df_null(self) -> int:
        """Residual df of the null model."""
        return int(self.null.df)

    @property
    def n_params(self) -> int:
        """Parameters that AIC counts: the rank, and the dispersion where its likelihood estimates one."""
        return self.rank + self.family.n_extra

    @property
    def aic(self) -> float:
        """-2 loglik + 2 n_params."""
        return -2.0 * self.loglik + 2.0 * self.n_params

    @property
    def bic(self) -> float:
        """-2 loglik + log(nobs) n_params."""
        return -2.0 * self.loglik + float(np.log(self.nobs)) * self.n_params

    @cached_property
    def dispersion(self) -> float:
        """1 where the family fixes it, else Pearson's chi-square / df_residual."""
        return dispersion(self)

    @property
    def n_iter(self) -> int:
        """Steps taken (R's "Fisher Scoring iterations")."""
        return self.progress.n_iter

    @property
    def converged(self) -> bool:
        """Whether the deviance settled within Control(epsilon=)."""
        return self.progress.converged

    @property
    def boundary(self) -> bool:
        """Whether the last step had to be shortened to stay in the family's domain."""
        return self.progress.boundary
