"""Make `values/clicks.csv`, a simulated table of advertisement clicks.

No real table of clicks may be given away freely, so this one is drawn.  A row is one advertisement
on one day.  Clicks are Poisson given a rate that a gamma factor of mean one and variance
`OVERDISPERSION` disturbs, so the counts are slightly overdispersed; the effects are the constants
below.  Only `random.Random.random`, whose stream Python promises to keep, is used: the same seed
makes the same file anywhere.

Run `python -m rglm.datasets.make_clicks` to write the file again.
"""

from __future__ import annotations

import math
import random
from pathlib import Path

SEED = 1972  # Nelder and Wedderburn
ROWS = 500
BASE_RATE = 0.02  # clicks per impression: search, desktop, Monday, age 40
AGE_SLOPE = -0.008  # log rate per year
CHANNELS = {"search": 0.0, "social": -0.45, "display": -1.1, "email": 0.3}
DEVICES = {"desktop": 0.0, "mobile": 0.2, "tablet": 0.05}
WEEKDAYS = {"Mon": 0.0, "Tue": 0.0, "Wed": 0.02, "Thu": 0.05, "Fri": 0.0, "Sat": -0.15, "Sun": -0.2}
CHANNEL_ODDS = (0.35, 0.3, 0.25, 0.1)
DEVICE_ODDS = (0.35, 0.55, 0.1)
ERLANG_SHAPE = 80
OVERDISPERSION = 1 / ERLANG_SHAPE
HEADER = "clicks,impressions,age,channel,device,weekday"


def choose(source: random.Random, names: list[str], odds: tuple[float, ...]) -> str:
    """One of `names`, drawn with probabilities `odds`."""
    u = source.random()
    total = 0.0
    for name, share in zip(names, odds, strict=True):
        total += share
        if u < total:
            return name
    return names[-1]


def erlang(source: random.Random, shape: int) -> float:
    """A gamma draw of mean one and whole-number shape: the mean of exponential draws."""
    return sum(-math.log(1.0 - source.random()) for _ in range(shape)) / shape


def poisson(source: random.Random, mean: float) -> int:
    """A Poisson draw, by inverting the distribution function."""
    u = source.random()
    term = total = math.exp(-mean)
    count = 0
    while u > total and term > 0.0:
        count += 1
        term *= mean / count
        total += term
    return count


def row(source: random.Random) -> str:
    """One line of the table."""
    impressions = int(math.exp(math.log(200.0) + source.random() * math.log(25.0)))
    age = 18 + int(53 * (source.random() + source.random()) / 2)
    channel = choose(source, list(CHANNELS), CHANNEL_ODDS)
    device = choose(source, list(DEVICES), DEVICE_ODDS)
    weekday = list(WEEKDAYS)[int(7 * source.random())]
    eta = AGE_SLOPE * (age - 40) + CHANNELS[channel] + DEVICES[device] + WEEKDAYS[weekday]
    rate = BASE_RATE * math.exp(eta) * erlang(source, ERLANG_SHAPE)
    return f"{poisson(source, impressions * rate)},{impressions},{age},{channel},{device},{weekday}"


def make(seed: int = SEED, rows: int = ROWS) -> str:
    """The whole table as CSV text."""
    source = random.Random(seed)
    return "\n".join([HEADER, *(row(source) for _ in range(rows))]) + "\n"


if __name__ == "__main__":
    Path(__file__).with_name("values").joinpath("clicks.csv").write_text(make(), encoding="utf-8")
