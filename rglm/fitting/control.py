"""When the iteration stops, and what it tells while it runs."""

from __future__ import annotations

from dataclasses import dataclass

from rglm.errors import FitError


@dataclass(frozen=True, slots=True)
class Control:
    """Settings of the fitting loop, as R's `glm.control`.

    The loop stops when |dev - dev_old| / (|dev| + 0.1) < epsilon, or after `maxit` steps.  An epsilon under
    1e-12 also waits until ‖R (b - b_old)‖² <= 1e-6 epsilon (|dev| + 0.1): the deviance is too flat to tell.

    Parameters
    ----------
    epsilon : float > 0
        Relative change of the deviance under which the fit has converged.
    maxit : int >= 1
        Most steps taken.
    trace : bool
        Print R's line `Deviance = … Iterations - k` after each step.

    Raises
    ------
    FitError
        If `epsilon` or `maxit` is not positive.

    Source: R `glm.control`.

    Examples
    --------
    >>> Control(epsilon=1e-14).maxit
    25
    """

    epsilon: float = 1e-8
    maxit: int = 25
    trace: bool = False

    def __post_init__(self) -> None:
        if not self.epsilon > 0:
            raise FitError(f"Control(epsilon=) must be greater than 0; got {self.epsilon!r}.")
        if not self.maxit >= 1:
            raise FitError(f"Control(maxit=) must be at least 1; got {self.maxit!r}.")
