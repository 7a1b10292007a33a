"""Compact letter displays: means that share a letter are not shown to differ."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def groups_of(differ: np.ndarray) -> list[tuple[int, ...]]:
    """The largest sets of means of which no two differ, in order of their members.

    Parameters
    ----------
    differ : (k, k) bool, symmetric

    Source: Piepho (2004): one set to begin with; each significant pair splits the sets that hold both, and
    sets within others go.
    """
    k = len(differ)
    sets = {frozenset(range(k))}
    for one in range(k):
        for other in range(one + 1, k):
            if differ[one, other]:
                sets = _split(sets, one, other)
    return sorted(tuple(sorted(each)) for each in sets)


def _split(sets: set[frozenset[int]], one: int, other: int) -> set[frozenset[int]]:
    torn = {each for each in sets if one in each and other in each}
    parts = {each - {gone} for each in torn for gone in (one, other)}
    kept = sets - torn
    return kept | {part for part in parts if not any(part < each for each in kept | parts)}


def symbols_of(groups: Sequence[Sequence[int]], k: int, alphabet: str) -> list[str]:
    """For each of k means a string with its groups' symbols, each symbol in a place of its own."""
    marks = [" "] * k
    for place, group in enumerate(groups):
        symbol = alphabet[place % len(alphabet)]
        marks = [mark + (symbol if i in group else " ") for i, mark in enumerate(marks)]
    return marks
