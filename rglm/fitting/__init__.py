"""The one loop, and the least-squares sides it steps with."""

from rglm.fitting.control import Control
from rglm.fitting.irls import Iteration, Solution, irls
from rglm.fitting.qr import QRSide
from rglm.fitting.rows import Rows

__all__ = ["Control", "Iteration", "QRSide", "Rows", "Solution", "irls"]
