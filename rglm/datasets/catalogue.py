"""What is known about each data set: its variables, where it was published, what it teaches."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any

from rglm.errors import DataError, did_you_mean


@dataclass(frozen=True)
class Variable:
    """One column: its kind ("integer", "number", "factor", "ordered"), unit and levels in order."""

    name: str
    kind: str
    text: str
    unit: str = ""
    levels: tuple[str, ...] = ()

    @property
    def meaning(self) -> str:
        """What is measured, with the unit or the levels."""
        between = " < " if self.kind == "ordered" else ", "
        inside = between.join(self.levels) if self.levels else self.unit
        return f"{self.text} ({inside})" if inside else self.text


@dataclass(frozen=True)
class DataSet:
    """The card of one data set; `print` shows it."""

    name: str
    title: str
    n: int
    variables: tuple[Variable, ...]
    source: str
    licence: str
    teaches: str
    note: str = ""
    index: str = ""
    r_name: str = ""
    aliases: tuple[str, ...] = ()

    def __str__(self) -> str:
        index = [f"  {self.index}: names of the rows (the index)"] if self.index else []
        tail = {"Source": self.source, "In R": self.r_name, "Licence": self.licence, "Note": self.note}
        return "\n".join(
            [
                f"{self.name}: {self.title}",
                f"{self.n} rows, {len(self.variables)} variables",
                *index,
                *(f"  {v.name}: {v.kind}; {v.meaning}" for v in self.variables),
                f"Teaches: {self.teaches}",
                *(f"{head}: {text}" for head, text in tail.items() if text),
            ]
        )

    __repr__ = __str__


def text_of(file: str) -> str:
    """The text of a file that lies in this folder."""
    return resources.files(__package__).joinpath(file).read_text(encoding="utf-8")


@lru_cache(maxsize=1)
def catalogue() -> dict[str, DataSet]:
    """Every data set by name, in alphabetical order."""
    stored = json.loads(text_of("catalogue.json"))
    return {name: _card(name, card, stored["licences"]) for name, card in stored["datasets"].items()}


def find(name: str) -> DataSet:
    """The card of a data set, by our name or by R's spelling (`"PlantGrowth"`, `"MASS::Insurance"`).

    Raises DataError for an unknown name, with the nearest known ones.
    """
    known = catalogue()
    if not isinstance(name, str):
        raise DataError(f"A data set is asked for by its name, a string; got {type(name).__name__}.")
    found = _spellings().get(_folded(name))
    if found is None:
        raise DataError(f"There is no data set called '{name}'. {did_you_mean(name, known)}")
    return known[found]


def _card(name: str, card: dict[str, Any], licences: dict[str, str]) -> DataSet:
    variables = [Variable(**{**each, "levels": tuple(each.get("levels", ()))}) for each in card["variables"]]
    return DataSet(
        **{
            **card,
            "name": name,
            "variables": tuple(variables),
            "licence": licences[card["licence"]],
            "aliases": tuple(card.get("aliases", ())),
        }
    )


@lru_cache(maxsize=1)
def _spellings() -> dict[str, str]:
    return {
        _folded(spelling): name
        for name, card in catalogue().items()
        for spelling in (name, card.r_name if "::" in card.r_name else name, *card.aliases)
    }


def _folded(name: str) -> str:
    """The name as compared: no package prefix, no case, no separators."""
    return name.rpartition("::")[2].strip().casefold().translate(str.maketrans("", "", "_.- "))
