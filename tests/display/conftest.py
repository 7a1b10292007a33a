"""R's stored answers about printing, decoded."""

from __future__ import annotations

import json
import pathlib
from typing import Any

import pytest

STORED = pathlib.Path(__file__).parents[1] / "against_r" / "printing.json"


@pytest.fixture(scope="session")
def answers() -> dict[str, Any]:
    return dict(json.loads(STORED.read_text(encoding="utf-8")))
