"""Medians of repeated calls, and the table of ratios."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping


def median_seconds(call: Callable[[], object], repeats: int = 200, warm_up: int = 20) -> float:
    """Median wall-clock seconds of `call` after a warm-up."""
    for _ in range(warm_up):
        call()
    taken = []
    for _ in range(repeats):
        begun = time.perf_counter()
        call()
        taken.append(time.perf_counter() - begun)
    return statistics.median(taken)


def print_ratios(title: str, seconds: Mapping[str, float], base: str = "rglm") -> None:
    """One line a contender: milliseconds, and how many times the base's."""
    print(title)
    for name, value in sorted(seconds.items(), key=lambda item: item[1]):
        print(f"  {name:<14} {value * 1e3:10.3f} ms   {value / seconds[base]:7.2f} x {base}")
