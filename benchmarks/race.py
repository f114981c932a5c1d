"""Two ways to do one thing, raced against each other; what counts is the ratio of their times.

A time says as much about the machine as about a program. So both run in one process on one thread,
in turns, and the time is that of the processor, which waits for nobody: what other programs do
meanwhile disturbs both alike. The median of many turns is told, with the least and the most.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from math import ceil
from statistics import median
from typing import NamedTuple

Work = Callable[[], object]


class Ratio(NamedTuple):
    """Ours divided by theirs: below 1 we are quicker."""

    middle: float
    least: float
    most: float

    def __str__(self) -> str:
        return f"{self.middle:.2f} ({self.least:.2f}–{self.most:.2f})"


def race(
    ours: Work,
    theirs: Work,
    *,
    turns: int = 15,
    seconds: float = 0.02,
    clock: Callable[[], float] = time.process_time,
) -> Ratio:
    """Return the ratio of the times that two functions need.

    Parameters
    ----------
    ours, theirs
        Functions without arguments. Each runs once before anything is measured.
    turns
        Number of ratios, of which the median is taken.
    seconds
        Least time of one measurement: what is quicker runs many times in it.
    clock
        Where the time is read.
    """
    counts = [calls(work, seconds, clock) for work in (ours, theirs)]
    ratios = []
    for _ in range(turns):
        mine, other = (
            elapsed(work, count, clock) / count
            for work, count in zip((ours, theirs), counts, strict=True)
        )
        ratios.append(mine / other)
    return Ratio(median(ratios), min(ratios), max(ratios))


def calls(work: Work, seconds: float, clock: Callable[[], float]) -> int:
    """Return how many calls take about this long."""
    work()
    return ceil(seconds / max(elapsed(work, 1, clock), 1e-6))


def elapsed(work: Work, count: int, clock: Callable[[], float]) -> float:
    """Return the time of `count` calls."""
    start = clock()
    for _ in range(count):
        work()
    return clock() - start
