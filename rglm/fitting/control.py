"""When the iteration stops, and what it tells while it runs."""

from __future__ import annotations

from dataclasses import dataclass

from rglm.errors import FitError, described, is_number


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
        if not (is_number(self.epsilon) and self.epsilon > 0):
            raise FitError(
                f"Control(epsilon=) must be a number greater than 0; got {described(self.epsilon)}. "
                "It is the relative change of the deviance at which the fit stops."
            )
        if not (is_number(self.maxit) and self.maxit >= 1 and self.maxit % 1 == 0):
            raise FitError(
                f"Control(maxit=) must be a whole number of 1 or more; got {described(self.maxit)}."
            )
