"""Functions that make or change factors; all remember their levels, so that new rows get the same codes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from rglm.errors import FormulaError, did_you_mean, some
from rglm.formula.arguments import Arguments, deparsed
from rglm.formula.tree import Binary, Call, Name, Node, Paren, String
from rglm.formula.values import Contrast, Factor, Logical, Numbers, Text, Value
from rglm.formula.vectors import distinct_numbers, factor, length, number_labels, recode

MOST_CELLS = 1_000_000  # levels of an interaction() that keeps empty cells


@dataclass(frozen=True, slots=True)
class Seen:
    """The distinct values of a variable in some rows; adds over rows.

    `levels` are a factor's levels in their order, else the sorted labels; `used` says which occur; `values`
    are the distinct numbers where the variable is numeric.
    """

    kind: str  # "factor" | "text" | "logical" | "numeric"
    levels: tuple[str, ...]
    used: tuple[bool, ...]
    values: tuple[float, ...] = ()
    ordered: bool = False

    def __add__(self, other: Seen) -> Seen:
        if self == other:
            return self
        if self.kind != other.kind:
            raise FormulaError(f"A variable is {self.kind} in some row blocks and {other.kind} in others.")
        if self.kind == "numeric":
            values = tuple(sorted({*self.values, *other.values}))
            labels = tuple(dict.fromkeys(number_labels(np.array(values))))
            return Seen("numeric", labels, (True,) * len(labels), values)
        merged = {**dict.fromkeys(self.levels), **dict.fromkeys(other.levels)}
        levels = tuple(sorted(merged) if self.kind == "text" else merged)
        present = set(self.present()) | set(other.present())
        used = tuple(level in present for level in levels)
        return Seen(self.kind, levels, used, ordered=self.ordered and other.ordered)

    def present(self) -> tuple[str, ...]:
        """The levels that occur, in order."""
        return tuple(level for level, used in zip(self.levels, self.used, strict=True) if used)


def see(value: Value) -> Seen:
    """The distinct values of a variable."""
    if isinstance(value, Numbers):
        _, distinct = distinct_numbers(value.values)
        labels = tuple(dict.fromkeys(number_labels(distinct)))
        return Seen("numeric", labels, (True,) * len(labels), tuple(distinct.tolist()))
    coded = factor(value)
    used = (np.bincount(coded.codes + 1, minlength=len(coded.levels) + 1)[1:] > 0).tolist()
    if isinstance(value, Text):  # a string that no row holds is no level
        levels = tuple(level for level, here in zip(coded.levels, used, strict=True) if here)
        return Seen("text", levels, (True,) * len(levels))
    kind = "factor" if isinstance(value, Factor) else "logical"
    return Seen(kind, coded.levels, tuple(used), ordered=coded.ordered)


@dataclass(frozen=True, slots=True)
class Coding:
    """How old level names become new ones: sources[i] → targets[i] (None: NA), which are among `levels`.

    A value not among the sources is NA where the coding is closed (`levels=` was given), else its own label
    is appended after `levels`: the caller sees a code >= len(levels) and decides.
    """

    sources: tuple[str, ...]
    targets: tuple[str | None, ...]
    levels: tuple[str, ...]
    ordered: bool = False
    closed: bool = False
    contrast: Contrast | None = None

    def code(self, value: Value) -> Factor:
        """The value as a factor with these levels."""
        coded = factor(value)
        if coded.levels == self.sources == self.targets == self.levels:
            return Factor(coded.codes, self.levels, self.ordered, self.contrast)
        renamed = dict(zip(self.sources, self.targets, strict=True))
        labels = [renamed.get(level, None if self.closed else level) for level in coded.levels]
        levels = self.levels
        if not self.closed:
            known = {*levels, None}
            occurs = np.zeros(len(labels) + 1, dtype=bool)
            occurs[coded.codes] = True
            unseen = [
                label
                for label, here in zip(labels, occurs.tolist(), strict=False)
                if label not in known and here
            ]
            levels = (*levels, *dict.fromkeys(label for label in unseen if label is not None))
        return replace(recode(coded, labels, levels, self.ordered), contrast=self.contrast)


def keep(levels: tuple[str, ...], ordered: bool = False, contrast: Contrast | None = None) -> Coding:
    """The coding that renames nothing."""
    return Coding(levels, levels, levels, ordered, contrast=contrast)


@dataclass(frozen=True, slots=True)
class LevelSums:
    """What a factor-making call saw of its variable, and the rule that makes a coding of it; adds."""

    seen: Seen
    rule: Callable[[Seen, LevelOptions], Coding | None]
    options: LevelOptions

    def __add__(self, other: LevelSums) -> LevelSums:
        return replace(self, seen=self.seen + other.seen)

    def finish(self) -> Coding | None:
        """The coding to apply to these and to new rows."""
        return self.rule(self.seen, self.options)


@dataclass(frozen=True, slots=True)
class LevelOptions:
    """The constant arguments of a factor-making call."""

    text: str
    levels: tuple[str, ...] | None = None
    labels: tuple[str, ...] | None = None
    exclude: tuple[str, ...] = ()
    ordered: bool | None = None
    reference: str | int = 0
    contrast: Contrast | None = None


def _gathering(
    rule: Callable[[Seen, LevelOptions], Coding | None], options: Callable[[Arguments], LevelOptions]
) -> Callable[[Arguments], LevelSums]:
    def gather(arguments: Arguments) -> LevelSums:
        return LevelSums(see(arguments.value("x")), rule, options(arguments))

    return gather


def apply_coding(arguments: Arguments, coding: object) -> Value:
    """The call's variable through its learned coding."""
    assert isinstance(coding, Coding)
    return coding.code(arguments.value("x"))


# factor, ordered, as.factor, as.ordered, droplevels


def factor_options(arguments: Arguments) -> LevelOptions:
    """levels=, labels=, exclude=, ordered= of factor() and ordered()."""
    return LevelOptions(
        deparsed(arguments.call),
        levels=arguments.strings("levels"),
        labels=arguments.strings("labels"),
        exclude=arguments.strings("exclude") or (),
        ordered=arguments.flag("ordered", False) if arguments.has("ordered") else None,
    )


def factor_rule(seen: Seen, options: LevelOptions) -> Coding:
    """factor(x, levels, labels, exclude, ordered)."""
    wanted = seen.present() if options.levels is None else options.levels
    wanted = tuple(level for level in wanted if level not in options.exclude and level != "NA")
    if len(set(wanted)) < len(wanted):
        raise FormulaError(f"{options.text}: 'levels' holds a level twice.")
    targets = _labelled(wanted, options)
    ordered = seen.ordered if options.ordered is None else options.ordered
    closed = options.levels is not None or bool(options.exclude)
    return Coding(wanted, targets, tuple(dict.fromkeys(targets)), ordered, closed)


def _labelled(levels: tuple[str, ...], options: LevelOptions) -> tuple[str, ...]:
    labels = options.labels
    if labels is None:
        return levels
    if len(labels) == len(levels):
        return labels
    if len(labels) == 1:
        return tuple(f"{labels[0]}{number}" for number in range(1, len(levels) + 1))
    raise FormulaError(
        f"{options.text}: 'labels' has {len(labels)} names for {len(levels)} levels: {some(levels)}."
    )


def as_factor_rule(seen: Seen, options: LevelOptions) -> Coding:
    """as.factor(x): a factor stays as it is."""
    return keep(seen.levels, bool(options.ordered) or seen.ordered)


def droplevels_rule(seen: Seen, options: LevelOptions) -> Coding:
    """droplevels(a): the levels that occur."""
    _need_levels(seen, options, "droplevels")
    return keep(seen.present(), seen.ordered)


def _need_levels(seen: Seen, options: LevelOptions, name: str) -> None:
    if seen.kind in ("numeric", "logical"):
        raise FormulaError(
            f"{options.text}: {name} needs a factor, not {seen.kind} data; make one with factor()."
        )


gather_factor = _gathering(factor_rule, factor_options)
gather_as_factor = _gathering(as_factor_rule, lambda arguments: LevelOptions(deparsed(arguments.call)))
gather_as_ordered = _gathering(
    as_factor_rule, lambda arguments: LevelOptions(deparsed(arguments.call), ordered=True)
)
gather_droplevels = _gathering(droplevels_rule, lambda arguments: LevelOptions(deparsed(arguments.call)))


def gather_ordered(arguments: Arguments) -> LevelSums:
    """ordered(x, levels, labels)."""
    options = replace(factor_options(arguments), ordered=True)
    return LevelSums(see(arguments.value("x")), factor_rule, options)


# relevel


def gather_relevel(arguments: Arguments) -> LevelSums:
    """relevel(a, ref): by name or by number."""
    ref = arguments.value("ref")
    if length(ref) != 1 or not isinstance(ref, Numbers | Text):
        raise arguments.refuse("'ref' must be one level name or number")
    reference = str(ref.values[0]) if isinstance(ref, Text) else int(arguments.number("ref", 1))
    options = LevelOptions(deparsed(arguments.call), reference=reference)
    return LevelSums(see(arguments.value("x")), relevel_rule, options)


def relevel_rule(seen: Seen, options: LevelOptions) -> Coding:
    """The reference level first, the others in their order."""
    _need_levels(seen, options, "relevel")
    if seen.ordered:
        raise FormulaError(
            f"{options.text}: relevel is for unordered factors; use factor(…, levels=) instead."
        )
    ref, levels = options.reference, seen.levels
    if isinstance(ref, int):
        if not 1 <= ref <= len(levels):
            raise FormulaError(f"{options.text}: 'ref' must be from 1 to {len(levels)}, not {ref}.")
        ref = levels[ref - 1]
    if ref not in levels:
        raise FormulaError(f"{options.text}: '{ref}' is not a level. {did_you_mean(ref, levels)}")
    new = (ref, *(level for level in levels if level != ref))
    return Coding(new, new, new)


# codes of factors: as.numeric(a), o >= "mid"


def could_be_factor(node: Node) -> bool:
    """Whether a node may give a factor, as far as its text says."""
    if isinstance(node, Paren):
        return could_be_factor(node.inner)
    if isinstance(node, Call):
        return node.function in _FACTOR_MAKERS
    return isinstance(node, Name)


_FACTOR_MAKERS = frozenset(
    [
        "I",
        "c",
        "factor",
        "as.factor",
        "C",
        "ordered",
        "as.ordered",
        "relevel",
        "droplevels",
        "interaction",
        "cut",
        "stats::relevel",
        "stats::C",
    ]
)


def level_order_rule(seen: Seen, options: LevelOptions) -> Coding | None:
    """The level order where the variable is a factor, else nothing."""
    return keep(seen.levels, seen.ordered) if seen.kind == "factor" else None


def gather_codes(arguments: Arguments) -> LevelSums:
    """as.numeric(a): the level order that gives the codes."""
    value = arguments.value("x")
    seen = see(value) if isinstance(value, Factor) else Seen("numeric", (), ())
    return LevelSums(seen, level_order_rule, LevelOptions(deparsed(arguments.call)))


def as_numeric(arguments: Arguments, coding: object) -> Value:
    """as.numeric(x): codes from 1 of a factor, 0 and 1 of a logical, the number a string spells."""
    value = arguments.value("x")
    if isinstance(coding, Coding):
        coded = coding.code(value)
        known = (coded.codes >= 0) & (coded.codes < len(coding.levels))
        return Numbers(np.where(known, coded.codes + 1.0, np.nan))
    if isinstance(value, Factor):
        return Numbers(np.where(value.codes >= 0, value.codes + 1.0, np.nan))
    if isinstance(value, Text):
        return _spelled(value, arguments)
    return Numbers(value.values) if isinstance(value, Logical) else value


def as_integer(arguments: Arguments, coding: object) -> Value:
    """as.integer(x): as.numeric without decimals."""
    value = as_numeric(arguments, coding)
    assert isinstance(value, Numbers)
    return replace(value, values=np.trunc(value.values))


def _spelled(value: Text, arguments: Arguments) -> Numbers:
    coded = factor(value)
    table = np.full(len(coded.levels) + 1, np.nan)
    strange = []
    for position, level in enumerate(coded.levels):
        text = level.strip()
        try:
            table[position] = float(text) if text.isascii() and "_" not in text else np.nan
        except ValueError:
            strange += [] if text == "NA" else [repr(level)]
    if strange:
        arguments.scope.warn(
            f"NAs introduced by coercion in {deparsed(arguments.call)}: {some(strange)} spell no number."
        )
    return Numbers(table[coded.codes])


def orders_levels(node: Binary) -> bool:
    """Whether a comparison may ask an ordered factor's level order: `o >= "mid"`."""
    if node.op not in ("<", ">", "<=", ">="):
        return False
    left, right = node.left, node.right
    return (isinstance(left, String) and could_be_factor(right)) or (
        isinstance(right, String) and could_be_factor(left)
    )


def level_order(left: Value, right: Value, text: str) -> LevelSums:
    """What a comparison learns: the level order of its ordered factor, if it has one."""
    factors = [value for value in (left, right) if isinstance(value, Factor) and value.ordered]
    seen = see(factors[0]) if factors else Seen("numeric", (), ())
    return LevelSums(seen, level_order_rule, LevelOptions(text))
