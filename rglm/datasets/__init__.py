"""Small data sets with their sources and licences."""

from rglm.datasets.catalogue import DataSet, Variable
from rglm.datasets.loading import describe, load, names

__all__ = ["DataSet", "Variable", "describe", "load", "names"]
