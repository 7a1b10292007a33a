"""The package's own source, parsed once for every guard."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Module:
    """One file: its path from the root of the project, and its text."""

    path: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text, self.path)

    @property
    def room(self) -> str:
        """The first name under rglm: 'formula', 'errors', '__main__', …"""
        return self.path.removeprefix("rglm/").split("/")[0].removesuffix(".py")

    @property
    def dotted(self) -> str:
        return self.path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def read(folder: str) -> list[Module]:
    files = sorted((ROOT / folder).rglob("*.py"))
    return [Module(file.relative_to(ROOT).as_posix(), file.read_text(encoding="utf-8")) for file in files]


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


@pytest.fixture(scope="session")
def package() -> Sequence[Module]:
    """Every module of rglm."""
    return read("rglm")


@pytest.fixture(scope="session")
def everything(package: Sequence[Module]) -> Sequence[Module]:
    """Every Python file of the project."""
    return [*package, *read("tests"), *read("benchmarks"), *read("vignettes")]


@pytest.fixture(scope="session")
def snippet() -> type[Module]:
    """Makes a module of a path and a text, for the guards' own tests."""
    return Module
