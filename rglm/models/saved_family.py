"""Families and links as plain JSON values and back: by registered name, with their parameters."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from rglm.errors import DataError, FamilyError, FitError, some
from rglm.families.family import Family
from rglm.families.link import Link
from rglm.families.links import Power
from rglm.families.registry import family_names, known_families, known_links
from rglm.families.registry import link as named_link
from rglm.families.sampled import Sampled
from rglm.families.variance import Variance
from rglm.families.variances import NAMED
from rglm.models.codec import Misread, member, read, read_float, written


def write_family(family: Family) -> dict[str, Any]:
    """A family as JSON values: its registered name, its link, its parameters.

    Raises
    ------
    FitError
        When the family, link or variance is the caller's own and is not registered.
    """
    if isinstance(family, Sampled):
        return {**write_family(family.base), "sampled": True}
    names = [name for name, make in known_families().items() if make is type(family)]
    if not names:
        raise FitError(
            f"save() writes a family by its registered name, and {type(family).__name__} has none. Register "
            "it "
            "with register_family(), before saving and before loading."
        )
    document = {
        "name": names[0],
        "link": write_link(family.link),
        "parameters": {name: _write_parameter(name, value) for name, value in _parameters(family).items()},
    }
    if read_family(document) != family:
        raise FitError(f"save() cannot write the family {family!r} so that it reads back the same.")
    return document


def _parameters(family: Family) -> dict[str, Any]:
    names = [each.name for each in fields(family) if each.init and each.name != "link"]
    return {name: getattr(family, name) for name in names}


def _write_parameter(name: str, value: Any) -> Any:
    if isinstance(value, Variance):
        if value not in NAMED:
            raise FitError(
                f"save() writes a variance by its name, and '{value.name}' is a function of your own. Put it "
                "in "
                "a Family class and register that with register_family()."
            )
        return value.name
    try:
        return written(value)
    except TypeError as error:
        raise FitError(f"save() cannot write the family's parameter {name}, {error}.") from None


def write_link(link: Link) -> dict[str, Any]:
    """A link as JSON values."""
    if isinstance(link, Power):
        return {"power": link.exponent}
    if link not in known_links():
        raise FitError(
            f"save() writes a link by its registered name, and '{link.name}' has none. Register it with "
            "register_link(), before saving and before loading."
        )
    return {"name": link.name}


def read_family(document: Any) -> Family:
    """The family of JSON values.

    Raises
    ------
    Misread
        When they do not make one.
    DataError
        When its name, or its link's, is not registered here.
    """
    name = read(member(document, "name"), str)
    make = known_families().get(name)
    if make is None:
        raise DataError(
            f"The model's family is called '{name}', which is not known here (known: "
            f"{some(family_names(), 40)}). "
            "If it is your own, register_family() before loading."
        )
    parameters = member(document, "parameters")
    if not isinstance(parameters, dict):
        raise Misread("a family's 'parameters' must be an object")
    numbers = {key: _number(value) for key, value in parameters.items()}
    try:
        family = make(link=read_link(member(document, "link")), **numbers)
    except TypeError as error:
        raise Misread(f"the family '{name}' has other parameters: {error}") from None
    return Sampled(family) if document.get("sampled") is True else family


def _number(value: Any) -> Any:
    """A parameter; a float may be written as the name of what is not finite."""
    try:
        return value if isinstance(value, bool) else read_float(value)
    except Misread:
        return read(value, str)


def read_link(document: Any) -> Link:
    """The link of JSON values; DataError where its name is not registered here."""
    if isinstance(document, dict) and "power" in document:
        return Power(read_float(document["power"]))
    name = read(member(document, "name"), str)
    if name not in {link.name for link in known_links()}:
        raise DataError(
            f"The model's link is called '{name}', which is not known here. If it is your own, "
            "register_link() before loading."
        )
    try:
        return named_link(name)
    except FamilyError as error:
        raise Misread(str(error)) from None
