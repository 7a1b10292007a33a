"""DesignSpec: everything that was learned from data, as a frozen value that pickles and holds no rows."""

from __future__ import annotations

import pickle
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from typing import Any

from rglm.design.coding import Dense, Drop, Identity, Kronecker, Layout, TermCoding
from rglm.errors import DataError, FormulaError, did_you_mean
from rglm.formula.contrasts import contrast_matrix, contrast_names, dropped_level, parse_contrast
from rglm.formula.grammar import names_in
from rglm.formula.terms import Terms, codings
from rglm.formula.tree import Formula, Node
from rglm.formula.values import Contrast

DENSE_LEVELS = 500
"""A contrast other than a selection of levels fills p × p; beyond this many levels it is refused."""


@dataclass(frozen=True)
class Variable:
    """One variable of a formula, as the data showed it.

    node       the expression
    name       as R writes it
    kind       "numeric", "logical", "text" or "factor"
    levels     its levels in order; None for numbers
    ordered    whether the factor is ordered
    contrast   how it is coded where it is coded by contrasts; None for numbers
    columns    column names of a matrix ("" where one has none); None for a vector
    """

    node: Node
    name: str
    kind: str
    levels: tuple[str, ...] | None = None
    ordered: bool = False
    contrast: Contrast | None = None
    columns: tuple[str, ...] | None = None

    @property
    def is_factor(self) -> bool:
        """Whether it enters by levels."""
        return self.levels is not None

    @property
    def width(self) -> int:
        """Columns of numbers."""
        return 1 if self.columns is None else len(self.columns)

    @cached_property
    def base(self) -> int | None:
        """The level whose column treatment coding leaves out; None for numbers and for other codings."""
        if self.levels is None or self.contrast is None:
            return None
        return dropped_level(self.contrast, self.levels)

    def coded(self, how: str) -> Kronecker:
        """The Kronecker factor of one coding: "numeric", "indicator" or "contrast"."""
        if self.levels is None or self.contrast is None:
            return Identity(self.width)
        if how == "indicator":
            return Identity(len(self.levels))
        if self.base is not None:
            return Drop(len(self.levels), self.base)
        if len(self.levels) > DENSE_LEVELS:
            raise DataError(
                f"'{self.name}' has {len(self.levels)} levels, and {self.contrast.name} fills a matrix of "
                f"that size squared (at most {DENSE_LEVELS}). Code it with contr.treatment, "
                f"for example C({self.name}, contr.treatment)."
            )
        try:
            return Dense(contrast_matrix(self.contrast, self.levels)[0])
        except FormulaError as error:
            raise FormulaError(f"The factor '{self.name}': {error}") from None

    def labels(self, how: str) -> list[str]:
        """R's names of its columns under one coding."""
        if self.levels is None or self.contrast is None:
            if self.columns is None or len(self.columns) == 1:
                return [self.name]
            if any(self.columns):
                return [self.name + column for column in self.columns]
            return [self.name + str(number) for number in range(1, len(self.columns) + 1)]
        suffixes = self.levels if how == "indicator" else contrast_names(self.contrast, self.levels)
        return [self.name + suffix for suffix in suffixes]


@dataclass(frozen=True)
class ResponseSpec:
    """The left-hand side, as the data showed it.

    name      as R writes it
    kind      "numeric", "columns" (from `cbind`) or "levels"
    levels    its levels in order, for kind "levels"
    success   the level modelled, as asked by `success=`
    width     number of columns, for kind "columns"
    """

    name: str
    kind: str
    levels: tuple[str, ...] | None = None
    success: str | None = None
    width: int = 1


@dataclass(frozen=True, eq=False)
class DesignSpec:
    """What a formula became when it met data; `encode` turns any rows into model columns by it.

    formula     the parsed formula
    terms       its terms, by R's rules
    variables   what each of `terms.variables` is, in that order (the response first)
    learned     parameters of poly, ns, bs, scale, cut, factor, …: (call, parameters) pairs
    extras      row-wise arguments given as expressions: (name, expression) pairs
    subset      the subset, where given as an expression
    response    the left-hand side; None where there is none
    reads       columns of the data that variables, extras and subset read
    env         the caller's functions and constants

    Two specs are equal when they encode alike.  A spec is small, holds no rows, and pickles with what `env`
    holds.

    Examples
    --------
    >>> from rglm.data.memory import as_source
    >>> from rglm.design import learn
    >>> spec, _ = learn("~ x * a", as_source({"x": [5, 7, 6, 8], "a": ["u", "v", "u", "v"]}))
    >>> spec.column_names
    ('(Intercept)', 'x', 'av', 'x:av')
    >>> spec.assign
    (0, 1, 2, 3)
    """

    formula: Formula
    terms: Terms
    variables: tuple[Variable, ...]
    learned: tuple[tuple[Node, object], ...] = ()
    extras: tuple[tuple[str, Node], ...] = ()
    subset: Node | None = None
    response: ResponseSpec | None = None
    reads: frozenset[str] = frozenset()
    env: Mapping[str, Any] = field(default_factory=dict)

    @cached_property
    def codings(self) -> tuple[tuple[str, ...], ...]:
        """For each term and each of its variables: "numeric", "contrast" or "indicator"."""
        return codings(self.terms, [variable.is_factor for variable in self.variables])

    @cached_property
    def layout(self) -> Layout:
        """How raw columns join to model columns."""
        terms = []
        for term, how in zip(self.terms.terms, self.codings, strict=True):
            held = [self.variables[index] for index in term]
            terms.append(
                TermCoding(
                    tuple(variable.coded(each) for variable, each in zip(held, how, strict=True)),
                    tuple(variable.is_factor for variable in held),
                )
            )
        return Layout(self.terms.intercept, tuple(terms))

    @property
    def p(self) -> int:
        """Number of model columns."""
        return self.layout.p

    @property
    def term_labels(self) -> tuple[str, ...]:
        """R's labels of the terms."""
        return self.terms.labels

    @cached_property
    def column_names(self) -> tuple[str, ...]:
        """R's names of the model columns, length p."""
        names = ["(Intercept)"] if self.terms.intercept else []
        for term, how in zip(self.terms.terms, self.codings, strict=True):
            found: list[str] | None = None
            for index, each in zip(term, how, strict=True):
                labels = self.variables[index].labels(each)
                found = labels if found is None else [f"{a}:{b}" for b in labels for a in found]
            names.extend(found or [])
        return tuple(names)

    @cached_property
    def assign(self) -> tuple[int, ...]:
        """The term that each model column belongs to, from 1; 0 is the intercept."""
        owners = [0] if self.terms.intercept else []
        for number, term in enumerate(self.layout.terms, start=1):
            owners.extend([number] * term.columns)
        return tuple(owners)

    @cached_property
    def parameters(self) -> Mapping[Node, object]:
        """What was learned, by the call that learned it."""
        return dict(self.learned)

    @cached_property
    def used(self) -> tuple[int, ...]:
        """Variables that the terms hold, by index: what new rows must give (and the offsets)."""
        return tuple(sorted({index for term in self.terms.terms for index in term}))

    @cached_property
    def offsets(self) -> tuple[int, ...]:
        """Variables that `offset()` adds, by index, one for each call."""
        return tuple(self.terms.variables.index(node) for node in self.terms.offsets)

    @cached_property
    def data_names(self) -> tuple[str, ...]:
        """Columns of the data that the terms and offsets read: what new rows must give."""
        held = dict.fromkeys((*self.used, *self.offsets))
        return tuple(dict.fromkeys(name for index in held for name in self.columns_of(index)))

    def columns_of(self, index: int) -> list[str]:
        """Columns of the data that one variable reads, sorted."""
        return sorted(names_in(self.variables[index].node) & self.reads)

    @cached_property
    def base_levels(self) -> dict[str, str | None]:
        """For each factor of the terms, the level that its coding leaves out; None for dense codings."""
        factors = [self.variables[index] for index in self.used if self.variables[index].is_factor]
        return {v.name: None if v.base is None or v.levels is None else v.levels[v.base] for v in factors}

    def _key(self) -> tuple[Any, ...]:
        return (self.formula, self.terms, self.variables, self.extras, self.subset, self.response)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, DesignSpec) or self._key() != other._key():
            return False
        if dict(self.env) != dict(other.env) or self.parameters.keys() != other.parameters.keys():
            return False
        theirs = other.parameters
        return all(pickle.dumps(value) == pickle.dumps(theirs[node]) for node, value in self.learned)

    def __hash__(self) -> int:
        return hash(self._key())

    def __getstate__(self) -> dict[str, Any]:
        return {each.name: getattr(self, each.name) for each in fields(self)}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)


def subset_terms(spec: DesignSpec, keep: Sequence[int], formula: Formula | None = None) -> DesignSpec:
    """The design of some of the terms, coded anew by R's rule, with everything that was learned kept.

    Parameters
    ----------
    spec
        A design.
    keep
        Indices into `spec.terms.terms`, in any order; the terms keep the spec's order.
    formula
        The formula that the result goes by; None leaves the spec's.

    Returns
    -------
    DesignSpec
        With the same variables, so that rows encoded for `spec` serve it too.

    Source: R's `drop1` and `add1`, which code a smaller model by the same rule as any other.
    """
    chosen = sorted(set(keep))
    terms = replace(
        spec.terms,
        terms=tuple(spec.terms.terms[index] for index in chosen),
        labels=tuple(spec.terms.labels[index] for index in chosen),
    )
    return replace(spec, terms=terms, formula=formula or spec.formula)


def recode(spec: DesignSpec, contrasts: str | Contrast | Mapping[str, Any]) -> DesignSpec:
    """The design with other contrasts: one for every factor, or a mapping from variable to contrast.

    Raises
    ------
    FormulaError
        for an unknown contrast, or a variable that is not one of the design's factors.

    Examples
    --------
    >>> from rglm.data.memory import as_source
    >>> from rglm.design import learn
    >>> spec, _ = learn("~ a", as_source({"a": ["u", "v", "w"]}))
    >>> recode(spec, "contr.sum").column_names
    ('(Intercept)', 'a1', 'a2')
    """
    factors = [variable.name for variable in spec.variables if variable.is_factor]
    if not isinstance(contrasts, Mapping):
        contrasts = dict.fromkeys(factors, contrasts)
    parsed: dict[str, Contrast] = {}
    for name, value in contrasts.items():
        found = name if name in factors else f"`{name}`"
        if found not in factors:
            raise FormulaError(unknown_factor(name, [variable.name for variable in spec.variables], factors))
        try:
            parsed[found] = parse_contrast(value)
        except FormulaError as error:
            raise FormulaError(f"contrasts= for '{name}': {error}") from None
    variables = tuple(
        replace(variable, contrast=parsed.get(variable.name, variable.contrast))
        if variable.is_factor
        else variable
        for variable in spec.variables
    )
    return replace(spec, variables=variables)


def unknown_factor(name: str, variables: Sequence[str], factors: Sequence[str]) -> str:
    """Why a name in `contrasts=` cannot have a contrast."""
    if name in variables:
        return (
            f"contrasts= names '{name}', which is numeric; only factors have contrasts. "
            f"Write factor({name}) in the formula to make it one."
        )
    known = did_you_mean(name, factors) if factors else "It has no factors."
    return f"contrasts= names '{name}', which is not a factor of the formula. {known}"
