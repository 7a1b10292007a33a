"""Names of families and links, and how new ones join them."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeAlias

from rglm.errors import FamilyError, described, perhaps, some
from rglm.families.link import Link
from rglm.families.links import BUILT_IN, Power, power

if TYPE_CHECKING:
    from rglm.families.family import Family

LinkLike: TypeAlias = "Link | str | type[Link]"
FamilyLike: TypeAlias = "Family | str | Callable[..., Family]"

_links: dict[str, Link] = {}
_families: dict[str, tuple[str, Callable[..., Family]]] = {}

_CALL = re.compile(r"\s*([A-Za-z][\w. ]*?)\s*\((.*)\)\s*", re.DOTALL)
_POWER = re.compile(r"\s*(?:power\(|mu\^)\s*([-+.\d/eE ]+?)\s*\)?\s*", re.IGNORECASE)


def _key(name: str) -> str:
    return re.sub(r"[\s._-]", "", name).casefold()


def link(value: LinkLike) -> Link:
    """The link of that name; a Link or a link class is taken as it is.

    Parameters
    ----------
    value : `"log"`, `"1/mu^2"`, `"power(0.333)"`, a Link, or a Link class without parameters

    Returns
    -------
    Link

    Raises
    ------
    FamilyError
        When the name is not known; lists those that are.

    Example
    -------
    >>> from rglm.families import link
    >>> link("logit")
    Logit()
    """
    if isinstance(value, Link):
        return value
    if isinstance(value, str):
        found = _links.get(value) or _links.get(_key(value))
        if found is not None:
            return found
        exponent = _POWER.fullmatch(value)
        if exponent:
            return power(_number(exponent[1], value))
        known = sorted({each.name for each in _links.values()})
        raise FamilyError(
            f"Link '{value}' is not known. {perhaps(value, known)}"
            f"The links are {some(known, 40)}, power(x), and your own by Link.from_functions."
        )
    if isinstance(value, type) and issubclass(value, Link):
        try:
            return value()
        except TypeError:
            raise FamilyError(
                f"Link {value.__name__} needs its parameters, such as {Power(0.5)!r}."
            ) from None
    raise FamilyError(
        f"A link is a name, a Link or a Link class; got {described(value)}. Write link='log', for instance."
    )


def _number(text: str, whole: str) -> float:
    try:
        top, _, bottom = text.partition("/")
        return float(top) / (float(bottom) if bottom else 1.0)
    except (ValueError, ZeroDivisionError):
        raise FamilyError(f"'{whole}' is not a power link; write 'power(0.5)' or 'power(1/3)'.") from None


def register_link(value: Link, *names: str) -> Link:
    """Make a link known by its own name and by `names`.

    Parameters
    ----------
    value : the link
    names : further names

    Returns
    -------
    Link
        The same link.

    Raises
    ------
    FamilyError
        When a name already means another link.

    Example
    -------
    >>> from rglm.families import Power, register_link
    >>> register_link(Power(1 / 3), "cuberoot").name
    'mu^0.333'
    """
    for name in (value.name, *names):
        if _links.get(_key(name), value) != value:
            raise FamilyError(
                f"The name '{name}' already means the link {_links[_key(name)]!r}. Choose another name."
            )
    for name in (value.name, *names):
        _links[name] = _links[_key(name)] = value
    return value


def family(value: FamilyLike, **arguments: Any) -> Family:
    """The family of that name; a class is called, an instance is taken as it is.

    Parameters
    ----------
    value : `"poisson"`, `"inverse.gaussian"`, `"binomial(probit)"`, `Poisson`, `Poisson(link="sqrt")`; case,
        dots, underscores and blanks in a name do not matter
    arguments : passed on when `value` is a name or a class

    Returns
    -------
    Family

    Raises
    ------
    FamilyError
        When the name is not known; lists those that are.

    Example
    -------
    >>> from rglm.families import family
    >>> family("binomial(probit)")
    Binomial(link=Probit())
    """
    from rglm.families.family import Family

    if isinstance(value, Family):
        return value
    if isinstance(value, Link) or (isinstance(value, type) and issubclass(value, Link)):
        given = value.__name__ if isinstance(value, type) else repr(value)
        raise FamilyError(
            f"{given} is a link, not a family. Give the link to its family, such as "
            'family=Poisson(link="sqrt").'
        )
    make: Callable[..., Any] | None = value if callable(value) else None
    positional: list[Any] = []
    if isinstance(value, str):
        name, positional, named = _read_call(value)
        arguments = {**named, **arguments}
        make = _families.get(_key(name), (name, None))[1]
        if make is None:
            known = family_names()
            raise FamilyError(
                f"Family '{value}' is not known. {perhaps(name, known)}The families are {some(known, 40)}."
            )
    if make is not None:
        try:
            made = make(*positional, **arguments)
        except TypeError as error:
            raise FamilyError(f"{described(value)} does not make a family: {error}.") from error
        if isinstance(made, Family):
            return made
    raise FamilyError(
        f"A family is a name, a family class or a family; got {described(value)}. Write family='poisson', "
        f"for instance; the families are {some(family_names(), 40)}."
    )


def _read_call(text: str) -> tuple[str, list[Any], dict[str, Any]]:
    """`name(a, key = b)` as name, positional and named arguments; values are numbers or names."""
    called = _CALL.fullmatch(text)
    if not called:
        return text, [], {}
    positional: list[Any] = []
    named: dict[str, Any] = {}
    # commas inside power(…) and mu(1-mu) do not occur
    for part in filter(str.strip, called[2].split(",")):
        key, equals, value = part.partition("=")
        if equals:
            named[key.strip().replace(".", "_")] = _read_value(value)
        else:
            positional.append(_read_value(part))
    return called[1], positional, named


def _read_value(text: str) -> Any:
    bare = text.strip().strip("\"'")
    try:
        return float(bare)
    except ValueError:
        return bare


def register_family(make: Callable[..., Family], *names: str) -> Callable[..., Family]:
    """Make a family known by name; the first name is the one that lists show.

    Parameters
    ----------
    make : the family class (or a function that makes a family)
    names : at least one

    Returns
    -------
    The same class, so that it may be used as `register_family(Mine, "mine")` below the class.

    Raises
    ------
    FamilyError
        When no name is given or one already means another family.

    Example
    -------
    >>> from rglm.families import Poisson, family, register_family
    >>> _ = register_family(Poisson, "counts")
    >>> family("counts").name
    'poisson'
    """
    if not names:
        raise FamilyError("register_family needs at least one name: register_family(Mine, 'mine').")
    for name in names:
        if _families.get(_key(name), ("", make))[1] is not make:
            raise FamilyError(f"The name '{name}' already means another family. Choose another name.")
    for name in names:
        _families.setdefault(_key(name), (names[0], make))
    return make


def family_names() -> list[str]:
    """The families known, each by its first name, in order of registration."""
    return list(dict.fromkeys(name for name, _ in _families.values()))


def known_links() -> list[Link]:
    """The links known, in order of registration."""
    return list(dict.fromkeys(_links.values()))


def known_families() -> dict[str, Callable[..., Family]]:
    """What makes each family known, by its first name."""
    return dict(_families.values())


for _built_in in BUILT_IN:
    register_link(_built_in)
