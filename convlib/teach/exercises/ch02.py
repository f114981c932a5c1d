"""Exercises of chapter 2: borders, stride, dilation."""

from __future__ import annotations

from math import ceil

from ..cases import Case, every
from ..exercise import Exercise, Mistake


def out_len(n: int, k: int, s: int, p: int, d: int) -> int:
    """The oracle of 2.1: count the places where a window of k taps, d apart, can stand."""
    last_start = n + 2 * p - (d * (k - 1) + 1)
    return len(range(0, last_start + 1, s))


def out_len_cases() -> list[Case]:
    """Every small shape in which the window fits at least once."""
    return every(
        n=range(1, 8), k=range(1, 5), s=(1, 2, 3), p=(0, 1, 2), d=(1, 2, 3),
        where=lambda n, k, s, p, d: d * (k - 1) + 1 <= n + 2 * p,
    )  # fmt: skip


EXERCISES = [
    Exercise(
        name="2.1",
        call="out_len",
        oracle=out_len,
        cases=out_len_cases,
        dtype=True,
        mistakes=[
            Mistake(
                "no floor",
                lambda n, k, s, p, d: (n + 2 * p - d * (k - 1) - 1) / s + 1,
                "you divide with /, but a window that fits only in part does not count: "
                "round down with //.",
            ),
            Mistake(
                "ceil",
                lambda n, k, s, p, d: ceil((n + 2 * p - d * (k - 1) - 1) / s) + 1,
                "you round up, which counts a last window that sticks out of the sequence; "
                "round down.",
            ),
            Mistake(
                "divides by s + 1",
                lambda n, k, s, p, d: (n + 2 * p - d * (k - 1) - 1) // (s + 1) + 1,
                "you divide by s + 1; a stride of s moves the window by s places, "
                "so divide by s and add 1 afterwards, for the first window.",
            ),
            Mistake(
                "total padding",
                lambda n, k, s, p, d: (n + p - d * (k - 1) - 1) // s + 1,
                "you add p once, but p is the padding per side: both ends grow, so add 2 * p.",
            ),
            Mistake(
                "dilation off by one",
                lambda n, k, s, p, d: (n + 2 * p - (d + 1) * (k - 1) - 1) // s + 1,
                "you count dilation from 0; here d is the distance between neighbouring taps, "
                "so an ordinary kernel has d = 1 and the window covers d * (k - 1) + 1.",
            ),
        ],
        hints=[
            "Draw n = 7, k = 3, s = 2 on squared paper and count the places of the window.",
            "How many squares does the window cover from its first tap to its last, when "
            "neighbouring taps are d apart?",
            "The last start is n + 2p − d(k − 1) − 1. The starts are 0, s, 2s, …: how many of "
            "them do not exceed it?",
        ],
    ),
]
