"""The data sets are the published ones, load as R would hold them, and cannot be spoilt by a caller."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import rglm.datasets
from rglm import datasets
from rglm.datasets import make_clicks
from rglm.errors import DataError

FOLDER = Path(rglm.datasets.__file__).parent
R = json.loads((Path(__file__).parents[1] / "against_r" / "datasets.json").read_text(encoding="utf-8"))[
    "datasets"
]
NAMES = datasets.names()


def test_the_promised_sets_are_there() -> None:
    promised = {"warpbreaks", "esoph", "budworm", "mtcars", "longley", "stackloss", "insurance"}
    promised |= {"plantgrowth", "iris", "cars", "epil", "women", "swiss", "clotting", "quine"}
    promised |= {"birthwt", "infert", "chickwts", "insectsprays", "dobson", "clicks"}
    assert promised <= set(NAMES)
    assert sorted(NAMES) == NAMES


def test_every_file_is_listed_and_every_listed_file_is_there() -> None:
    assert {path.stem for path in (FOLDER / "values").glob("*.csv")} == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_frame_and_card_agree(name: str) -> None:
    card, frame = datasets.describe(name), datasets.load(name)
    assert len(frame) == card.n
    assert list(frame.columns) == [variable.name for variable in card.variables]
    for variable in card.variables:
        column = frame[variable.name]
        if variable.levels:
            assert list(column.cat.categories) == list(variable.levels)
            assert column.cat.ordered == (variable.kind == "ordered")
            assert not column.isna().any()
        elif variable.kind == "number":
            assert column.dtype == np.float64
        else:
            assert variable.kind == "integer"
            assert (column.dropna() == column.dropna().round()).all()
            assert column.dtype == (np.float64 if column.isna().any() else np.int64)


@pytest.mark.parametrize("name", NAMES)
def test_every_card_says_what_where_from_and_in_which_unit(name: str) -> None:
    card = datasets.describe(name)
    assert card.title
    assert card.source
    assert card.licence
    assert card.teaches
    assert all(variable.text for variable in card.variables)
    assert all(variable.unit or variable.levels for variable in card.variables)
    published = "simulated" not in card.licence.lower()
    assert not published or re.search(r"\b(1[89]|20)\d\d\b", card.source), "a publication has a year"
    printed = str(card)
    assert all(word in printed for word in (card.title, card.source, card.licence, card.teaches))


@pytest.mark.parametrize("name", sorted(R))
def test_values_equal_those_r_carries(name: str) -> None:
    frame, known = datasets.load(name), R[name]
    assert len(frame) == known["n"]
    assert list(frame.columns) == known["names"]
    if known["index"] is not None:
        assert list(frame.index) == known["index"]
    position = np.arange(1, len(frame) + 1)
    for column, totals in known["columns"].items():
        values = frame[column]
        if "levels" in totals:
            assert list(values.cat.categories) == totals["levels"]
            assert values.cat.ordered == totals["ordered"]
            assert values.cat.codes.value_counts(sort=False).sort_index().tolist() == totals["counts"]
            assert ((values.cat.codes + 1) * position).sum() == totals["positions"]
        else:
            assert values.isna().sum() == totals["missing"]
            np.testing.assert_allclose(values.sum(), totals["sum"], rtol=1e-12, atol=1e-9)
            np.testing.assert_allclose((values**2).sum(), totals["squares"], rtol=1e-12)
            np.testing.assert_allclose((values * position).sum(), totals["positions"], rtol=1e-12, atol=1e-9)


def test_sets_that_r_has_only_in_examples() -> None:
    budworm = datasets.load("budworm")
    assert (budworm["numdead"] + budworm["numalive"] == 20).all()
    assert budworm.groupby("sex", observed=True)["numdead"].sum().to_dict() == {"F": 46, "M": 65}
    assert (budworm["dose"] == 2 ** budworm["ldose"]).all()
    clotting = datasets.load("clotting")
    assert clotting.sum().to_dict() == {"u": 360, "lot1": 363, "lot2": 222}
    dobson = datasets.load("dobson")
    table = dobson.pivot(index="treatment", columns="outcome", values="counts")
    assert table.to_numpy().tolist() == [[18, 17, 15], [20, 10, 20], [25, 13, 12]]


def test_esoph_holds_the_corrected_controls() -> None:
    esoph = datasets.load("esoph")
    assert (esoph["ncases"].sum(), esoph["ncontrols"].sum()) == (200, 775)
    assert "corrected" in datasets.describe("esoph").note


def test_clicks_are_simulated_say_so_and_can_be_made_again() -> None:
    card = datasets.describe("clicks")
    assert "simulated" in card.title.lower()
    assert (FOLDER / "values" / "clicks.csv").read_text(encoding="utf-8") == make_clicks.make()
    frame = datasets.load("clicks")
    assert len(frame) == 500
    assert (frame["clicks"] <= frame["impressions"]).all()
    assert make_clicks.make(seed=1) != make_clicks.make()


@pytest.mark.parametrize(
    ("spelling", "name"),
    [
        ("PlantGrowth", "plantgrowth"),
        ("Insurance", "insurance"),
        ("MASS::Insurance", "insurance"),
        ("datasets::warpbreaks", "warpbreaks"),
        ("InsectSprays", "insectsprays"),
        ("plant_growth", "plantgrowth"),
        ("WARPBREAKS", "warpbreaks"),
    ],
)
def test_r_spelling_is_accepted(spelling: str, name: str) -> None:
    assert datasets.describe(spelling).name == name
    pd.testing.assert_frame_equal(datasets.load(spelling), datasets.load(name))


def test_unknown_names_bring_the_nearest() -> None:
    with pytest.raises(DataError, match=r"no data set called 'warpbreak'.*Did you mean 'warpbreaks'"):
        datasets.load("warpbreak")
    with pytest.raises(DataError, match="Known names: airquality"):
        datasets.describe("zzzzzz")
    with pytest.raises(DataError, match="a string; got int"):
        datasets.load(3)  # type: ignore[arg-type]


def test_a_frame_is_the_callers_own() -> None:
    first = datasets.load("cars")
    first.loc[0, "dist"] = -1
    first["more"] = 0
    second = datasets.load("cars")
    assert second.loc[0, "dist"] == 2
    assert list(second.columns) == ["speed", "dist"]


def test_row_names_are_the_index() -> None:
    cars = datasets.load("mtcars")
    assert cars.index.name == "model"
    assert cars.loc["Fiat 128", "mpg"] == 32.4
    assert "model" not in cars.columns


def test_missing_values_stay_missing() -> None:
    air = datasets.load("airquality")
    assert air.isna().sum().to_dict() == {
        "Ozone": 37,
        "Solar.R": 7,
        "Wind": 0,
        "Temp": 0,
        "Month": 0,
        "Day": 0,
    }
