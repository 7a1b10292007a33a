"""What cannot be saved, and files that are no saved models: each refused, and told why."""

import json
import re
from pathlib import Path

import numpy as np
import pytest

from rglm import (
    DataError,
    FitError,
    Gamma,
    Link,
    Power,
    Quasi,
    Tweedie,
    Variance,
    datasets,
    glm,
    glm_nb,
    lm,
    load,
    register_link,
)
from rglm.families import Family, Log
from rglm.models.saving import checksum, document_text

CARS = datasets.load("mtcars")
WARP = datasets.load("warpbreaks")
SKEWED = Link.from_functions(
    "skewed", lambda mu: mu**0.3, lambda eta: eta ** (1 / 0.3), lambda eta: eta ** (1 / 0.3 - 1) / 0.3
)


# ---- what cannot be saved --------------------------------------------------------------------------


def test_functions_of_the_caller_are_refused_by_name(tmp_path):
    fit = lm("mpg ~ halve(wt)", CARS, env={"halve": lambda x: x / 2})
    with pytest.raises(FitError, match=r"cannot write 'halve' from env=.*column of the data"):
        fit.save(tmp_path / "m.json")
    assert not list(tmp_path.iterdir())


def test_links_and_families_of_ones_own_must_be_registered(tmp_path):
    fit = glm("mpg ~ wt", CARS, Gamma(link=SKEWED))
    with pytest.raises(FitError, match=r"'skewed' has none.*register_link"):
        fit.save(tmp_path / "m.json")
    register_link(SKEWED)
    fit.save(tmp_path / "m.json")
    assert load(tmp_path / "m.json").predict(CARS).equals(fit.predict(CARS))
    text = (tmp_path / "m.json").read_text().replace("skewed", "skewod")
    with pytest.raises(DataError, match=r"'skewod', which is not known here.*register_link"):
        load(rewritten(tmp_path, text))


class Steep(Family):
    name = "steep"
    default_link = Log()
    variance = Variance.from_function("mu^2.5", np.sqrt)


def test_an_unregistered_family_is_refused(tmp_path):
    with pytest.raises(FitError, match=r"Steep has none.*register_family"):
        glm("mpg ~ wt", CARS, Steep()).save(tmp_path / "m.json")
    own = Quasi("log", Variance.from_function("mu^1.2", np.sqrt))
    with pytest.raises(FitError, match=r"'mu\^1.2' is a function of your own"):
        glm("mpg ~ wt", CARS, own).save(tmp_path / "m.json")


def test_the_path_is_checked():
    fit = lm("mpg ~ wt", CARS)
    with pytest.raises(FitError, match=r'such as "m.json"; got 5'):
        fit.save(5)
    with pytest.raises(DataError, match=r'such as "m.json"'):
        load(fit)


# ---- files that are not what they should be --------------------------------------------------------


def rewritten(folder, text):
    """A file with a checksum that fits its changed contents."""
    document = json.loads(text)
    document["checksum"] = checksum(document["model"])
    path = folder / "changed.json"
    path.write_text(json.dumps(document))
    return path


def saved(fit, folder):
    """What is in the file of a model."""
    fit.save(folder / "saved.json")
    return (folder / "saved.json").read_text()


@pytest.fixture
def text(tmp_path):
    return saved(glm("breaks ~ wool * tension", WARP, "poisson"), tmp_path)


def refused(path, match):
    with pytest.raises(DataError, match=match):
        load(path)


def test_a_missing_file(tmp_path):
    refused(tmp_path / "no.json", "There is no file '.*no.json'")


def test_a_changed_number(tmp_path, text):
    digit = text.index('"coef": [') + 12
    path = tmp_path / "m.json"
    path.write_text(text[:digit] + str((int(text[digit]) + 1) % 10) + text[digit + 1 :])
    refused(path, "was changed after it was saved: its checksum does not fit")


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.9, 0.999])
def test_a_file_cut_short(tmp_path, text, share):
    path = tmp_path / "m.json"
    path.write_text(text[: int(share * len(text))])
    refused(path, "cut short")


def test_a_newer_version(tmp_path, text):
    path = tmp_path / "m.json"
    path.write_text(text.replace('"version": 1', '"version": 2'))
    refused(path, "version 2 of the file format.*up to 1.*upgrade")


@pytest.mark.parametrize("version", ["0", '"1"', "null", "true", "1.0"])
def test_a_version_that_is_none(tmp_path, text, version):
    path = tmp_path / "m.json"
    path.write_text(text.replace('"version": 1', f'"version": {version}'))
    refused(path, "says that its version is")


@pytest.mark.parametrize("contents", ["[1, 2]", "3", '{"a": 1}', '{"format": "pickle", "version": 1}'])
def test_other_json(tmp_path, contents):
    path = tmp_path / "m.json"
    path.write_text(contents)
    refused(path, "not a model")


def test_other_files(tmp_path):
    path = tmp_path / "m.pkl"
    path.write_bytes(b"\x80\x04\x95\xff\xfe\x00")
    refused(path, "is not text")
    path.write_text("x,y\n1,2\n")
    refused(path, "not valid JSON")
    path.write_text("[" * 100_000)
    refused(path, "not valid JSON")


CHANGES = {
    "a missing entry": lambda model: model.pop("R"),
    "too few coefficients": lambda model: model["coef"].pop(),
    "text for a number": lambda model: model["coef"].__setitem__(0, "3.1"),
    "another kind": lambda model: model.__setitem__("kind", "gam"),
    "another formula": lambda model: model["design"].__setitem__("formula", "breaks ~ wool"),
    "a formula that is none": lambda model: model["design"].__setitem__("formula", "breaks ~ ("),
    "other names": lambda model: model["names"].__setitem__(0, "(Intorcept)"),
    "levels that are none": lambda model: model["design"]["variables"][1].__setitem__("levels", [1, 2]),
    "an unknown contrast": lambda model: model["design"]["variables"][1]["contrast"].update(name="no"),
    "an unknown field": lambda model: model["call"].__setitem__("more", 1),
    "a number too large": lambda model: model["coef"].__setitem__(0, 10**400),
    "no sums": lambda model: model.__setitem__("rows", []),
    "a flag that is none": lambda model: model["aliased"].__setitem__(0, 0),
    "more parameters": lambda model: model["family"]["parameters"].__setitem__("theta", 2),
    "parameters of a call that is not there": lambda model: model["design"]["learned"].append(["mean(x)",
    1.0]), "a model that is none": lambda model: model.clear(),
}  # fmt: skip


@pytest.mark.parametrize("change", CHANGES)
def test_contents_that_make_no_model(tmp_path, text, change):
    document = json.loads(text)
    CHANGES[change](document["model"])
    refused(rewritten(tmp_path, json.dumps(document)), "changed.json' does not hold a whole model: ")


def test_learned_parameters_of_the_wrong_kind(tmp_path):
    document = json.loads(saved(lm("mpg ~ ns(wt, 3)", CARS), tmp_path))
    call, parameters = document["model"]["design"]["learned"][0]
    document["model"]["design"]["learned"][0] = [call, {"Popen": parameters}]
    refused(rewritten(tmp_path, json.dumps(document)), "parameters must be one of Cells")


# ---- the description -------------------------------------------------------------------------------

PAGE = Path(__file__).parents[2] / "vignettes" / "saved_models.md"

FREE = {"arguments", "constants"}
"""Objects whose keys are the caller's words."""


def keys(value, under=""):
    """Every key of a document, however deep."""
    if isinstance(value, dict):
        for name, inside in value.items():
            if under not in FREE:
                yield name
            yield from keys(inside, name)
    elif isinstance(value, list):
        for each in value:
            yield from keys(each)


@pytest.mark.parametrize(
    "make",
    [
        lambda: lm("mpg ~ scale(hp) + cut(wt, 3) + poly(qsec, 2) + ns(drat, 3) + C(cyl, contr.sum)", CARS),
        lambda: glm("am ~ wt + interaction(vs, gear)", CARS, "binomial", prob_weights="carb"),
        lambda: glm("mpg ~ wt", CARS, Quasi(Power(0.5), "mu^2"), offset="hp * 0"),
        lambda: glm_nb("Days ~ Sex + Age", datasets.load("quine")),
        lambda: glm("mpg ~ wt", CARS, Tweedie(1.5, link_power=0)),
    ],
)
@pytest.mark.filterwarnings("ignore")
def test_every_key_is_described(tmp_path, make):
    page = PAGE.read_text(encoding="utf-8")
    found = set(keys(json.loads(saved(make(), tmp_path))))
    assert {name for name in found if f"`{name}`" not in page} <= {"name", "power"}


def test_the_page_describes_no_other_key():
    page = PAGE.read_text(encoding="utf-8")
    described = set(re.findall(r"^\| `(\w+)` \|", page, flags=re.M))
    found = set()
    for make in (lambda: lm("mpg ~ wt", CARS), lambda: glm("am ~ wt", CARS, "binomial")):
        found |= set(keys(json.loads(document_text(make()))))
    assert described <= found
