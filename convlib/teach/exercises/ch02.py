"""Exercises of chapter 2: output sizes, "same", indices, all inputs of a size, fillings, o = n."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from math import ceil
from typing import Any

import numpy as np

from convlib.teach.equations.cases import Case, choice, draw, every, integer, vector
from convlib.teach.exercises.engine.definition import Exercise, Mistake


def count(n: int, k: int, s: int, padding: int, d: int) -> int:
    """How many windows fit, by standing at every start; `padding` is the total of both sides."""
    last = n + padding - 1
    return sum(1 for start in range(0, last + 1, s) if start + d * (k - 1) <= last)


# 2.1 --------------------------------------------------------------------------------------


def out_len(n: int, k: int, s: int, p: int, d: int) -> int:
    """The number of windows under padding p on each side."""
    return count(n, k, s, 2 * p, d)


def out_len_cases() -> list[Case]:
    """Every small shape in which the window fits at least once."""
    return every(
        n=range(1, 8), k=range(1, 5), s=(1, 2, 3), p=(0, 1, 2), d=(1, 2, 3),
        where=lambda n, k, s, p, d: d * (k - 1) + 1 <= n + 2 * p,
    )  # fmt: skip


OUT_LEN = Exercise(
    "2.1",
    call="out_len",
    oracle=out_len,
    cases=out_len_cases,
    dtype=True,
    mistakes=[
        Mistake(
            "no floor",
            lambda n, k, s, p, d: (n + 2 * p - d * (k - 1) - 1) / s + 1,
            "You divide with /, but a window that fits only in part does not count. Use //.",
        ),
        Mistake(
            "ceil",
            lambda n, k, s, p, d: ceil((n + 2 * p - d * (k - 1) - 1) / s) + 1,
            "You round up, which counts a last window that sticks out of the list. Round down.",
        ),
        Mistake(
            "divides by s + 1",
            lambda n, k, s, p, d: (n + 2 * p - d * (k - 1) - 1) // (s + 1) + 1,
            "You divide by s + 1. A stride of s moves the window by s places, so divide by s; "
            "the 1 is added afterwards, for the first window.",
        ),
        Mistake(
            "total padding",
            lambda n, k, s, p, d: (n + p - d * (k - 1) - 1) // s + 1,
            "You add p once, but p is the padding per side. Both ends grow, so add 2 * p.",
        ),
        Mistake(
            "dilation off by one",
            lambda n, k, s, p, d: (n + 2 * p - (d + 1) * (k - 1) - 1) // s + 1,
            "You count dilation from 0. Here d is the distance between neighbouring taps, "
            "so an ordinary kernel has d = 1 and the window covers d * (k - 1) + 1.",
        ),
        Mistake(
            "d times k",
            lambda n, k, s, p, d: (n + 2 * p - d * k) // s + 1,
            "Your window covers d * k. The gaps lie between the taps and there are k - 1 of "
            "them, so it covers d * (k - 1) + 1.",
        ),
        Mistake(
            "first window forgotten",
            lambda n, k, s, p, d: (n + 2 * p - d * (k - 1) - 1) // s,
            "You counted the moves, not the windows. Before the first move stands the first "
            "window, so add 1.",
        ),
    ],
    hints=[
        "Draw n = 7, k = 3, s = 2 on squared paper and count the places of the window.",
        "How many squares does the window cover from its first tap to its last, when "
        "neighbouring taps are d apart?",
        "The last start is n + 2p − d(k − 1) − 1. The starts are 0, s, 2s, …: how many of "
        "them do not exceed it?",
    ],
)


# 2.2 --------------------------------------------------------------------------------------


def same_total(n: int, k: int, s: int, d: int) -> int:
    """The least total padding with ceil(n/s) windows, by trying one after the other."""
    total = 0
    while count(n, k, s, total, d) < ceil(n / s):
        total += 1
    return total


def same_pad(n: int, k: int, s: int, d: int) -> tuple[int, int]:
    """The least total padding, its odd element after."""
    return _halves(same_total(n, k, s, d))


def _halves(total: int) -> tuple[int, int]:
    return total // 2, total - total // 2


def _missing(n: int, span: int, s: int, outputs: int) -> int:
    """How far the last window hangs over; negative where it ends inside."""
    return (outputs - 1) * s + span - n


SAME_PAD = Exercise(
    "2.2",
    call="same_pad",
    oracle=same_pad,
    cases=lambda: every(n=range(1, 9), k=range(1, 6), s=(1, 2, 3), d=(1, 2)),
    mistakes=[
        Mistake(
            "odd element before",
            lambda n, k, s, d: same_pad(n, k, s, d)[::-1],
            "The total is right, but where it is odd the additional element belongs after the "
            "input, not before it.",
        ),
        Mistake(
            "half on each side",
            lambda n, k, s, d: (same_total(n, k, s, d) // 2,) * 2,
            "You give both sides the same. Where the total is odd, as for an even kernel at "
            "stride 1, one zero gets lost: let the right side be total - left.",
        ),
        Mistake(
            "the total on each side",
            lambda n, k, s, d: (same_total(n, k, s, d),) * 2,
            "You put the whole total on each side. Split it: total // 2 to the left, and the "
            "rest to the right.",
        ),
        Mistake(
            "stride ignored",
            lambda n, k, s, d: _halves(d * (k - 1)),
            "This is the padding for stride 1. With a stride the last window starts at "
            "(ceil(n/s) - 1) * s, and only what it lacks there must be added.",
        ),
        Mistake(
            "dilation ignored",
            lambda n, k, s, d: same_pad(n, k, s, 1),
            "You left the dilation out: from its first tap to its last the kernel covers "
            "d * (k - 1) + 1 entries.",
        ),
        Mistake(
            "negative padding",
            lambda n, k, s, d: _halves(_missing(n, d * (k - 1) + 1, s, ceil(n / s))),
            "Your padding goes below 0 where the last window ends before the input does. "
            "Nothing is cut off there: take max(..., 0).",
        ),
        Mistake(
            "n // s outputs",
            lambda n, k, s, d: _halves(max(_missing(n, d * (k - 1) + 1, s, n // s), 0)),
            "You aim at n // s outputs. 'Same' means n/s rounded up: -(-n // s).",
        ),
    ],
    hints=[
        "How many outputs must there be? Where does the last of these windows start?",
        "The last window starts at (ceil(n/s) − 1)·s and covers d(k − 1) + 1 entries. How many "
        "entries must the padded list have, and how many are there already?",
        "total = max((ceil(n/s) − 1)·s + d(k − 1) + 1 − n, 0); the left side gets total // 2.",
    ],
)


# 2.3 --------------------------------------------------------------------------------------


def window_indices(i: int, k: int, s: int, d: int, p_left: int) -> list[int]:
    """Walk there: start at the first padded entry, push i times, then go from tap to tap."""
    place = -p_left
    for _ in range(i):
        place += s
    indices = [place]
    while len(indices) < k:
        indices.append(indices[-1] + d)
    return indices


def _listed(formula: Callable[..., int]) -> Callable[..., list[int]]:
    return lambda i, k, s, d, p_left: [formula(i, j, s, d, p_left) for j in range(k)]


WINDOW_INDICES = Exercise(
    "2.3",
    call="window_indices",
    oracle=window_indices,
    cases=lambda: every(i=range(4), k=range(1, 4), s=(1, 2, 3), d=(1, 2), p_left=(0, 1, 2)),
    mistakes=[
        Mistake(
            "starts s − 1 too late",
            _listed(lambda i, j, s, d, p: s * (i + 1) + d * j - 1 - p),
            "All your windows are s − 1 places too late: this is s·i + j − 1 of somebody who "
            "counts i and j from 1, a formula that is right only for s = 1.",
        ),
        Mistake(
            "padding forgotten",
            _listed(lambda i, j, s, d, p: s * i + d * j),
            "These are places in the padded list. The first true number stands at place p_left "
            "there, so subtract p_left.",
        ),
        Mistake(
            "padding added",
            _listed(lambda i, j, s, d, p: s * i + d * j + p),
            "You add p_left. Window 0 begins in the padding, before the first number, at −p_left.",
        ),
        Mistake(
            "dilation forgotten",
            _listed(lambda i, j, s, d, p: s * i + j - p),
            "Your taps are neighbours. They are d apart: tap j stands d·j after tap 0.",
        ),
        Mistake(
            "stride forgotten",
            _listed(lambda i, j, s, d, p: i + d * j - p),
            "Your windows advance by 1. With stride s, window i starts s·i after window 0.",
        ),
        Mistake(
            "stride between the taps",
            _listed(lambda i, j, s, d, p: s * (i + d * j) - p),
            "You multiply the taps by s too. The stride moves whole windows; inside a window "
            "only the dilation counts.",
        ),
        Mistake(
            "padding left out",
            lambda i, k, s, d, p_left: [
                place for place in window_indices(i, k, s, d, p_left) if place >= 0
            ],
            "You left out the negative indices. Here they stay in the list: they are the taps "
            "that meet padding.",
        ),
    ],
    hints=[
        "Take p_left = 0 and d = 1 first. Where does window 0 start, and where windows 1 and 2?",
        "In the padded list, tap j of window i stands at s·i + d·j. At which place of the padded "
        "list does x[0] stand?",
        "One list comprehension over j in range(k): s·i + d·j − p_left.",
    ],
)


# 2.4 --------------------------------------------------------------------------------------


def sizes_giving(o: int, k: int, s: int, p: int, d: int) -> set[int]:
    """Try every n that is not obviously too long."""
    longest = o * s + d * (k - 1) + 1
    return {n for n in range(1, longest + 1) if count(n, k, s, 2 * p, d) == o}


def _from(smallest: Callable[..., int], *, more: int = 0) -> Callable[..., set[int]]:
    """Wrong versions: s + more sizes from `smallest` on, those below 1 left out."""

    def wrong(o: int, k: int, s: int, p: int, d: int) -> set[int]:
        start = smallest(o, k, s, p, d)
        return {n for n in range(start, start + s + more) if n >= 1}

    return wrong


def _fitting(o: int, k: int, s: int, p: int, d: int) -> int:
    """The size at which the last window ends exactly at the end."""
    return (o - 1) * s + d * (k - 1) + 1 - 2 * p


def _same_set(got: Any, expected: set[int], case: Case | None = None) -> bool:
    """A list, a range or an array of the right sizes is as good as a set."""
    return isinstance(got, Iterable) and {int(n) for n in got} == expected


SIZES_GIVING = Exercise(
    "2.4",
    call="sizes_giving",
    oracle=sizes_giving,
    cases=lambda: every(o=range(1, 5), k=range(1, 5), s=(1, 2, 3), p=(0, 1, 2), d=(1, 2)),
    equal=_same_set,
    mistakes=[
        Mistake(
            "only the one that fits",
            lambda o, k, s, p, d: {n for n in [_fitting(o, k, s, p, d)] if n >= 1},
            "You give only the size at which nothing is left over. Up to s − 1 more entries may "
            "be left unread without room for another window.",
        ),
        Mistake(
            "one too many",
            _from(_fitting, more=1),
            "Your largest size already has room for one more window. There are s sizes, so the "
            "remainder runs from 0 to s − 1.",
        ),
        Mistake(
            "no size below 1",
            lambda o, k, s, p, d: set(range(_fitting(o, k, s, p, d), _fitting(o, k, s, p, d) + s)),
            "Some of your sizes are 0 or negative. With much padding the range reaches below 1; "
            "keep only n ≥ 1.",
        ),
        Mistake(
            "padding forgotten",
            _from(lambda o, k, s, p, d: _fitting(o, k, s, 0, d)),
            "You left the padding out. The padded list has n + 2p entries, so subtract 2p.",
        ),
        Mistake(
            "padding counted once",
            _from(lambda o, k, s, p, d: _fitting(o, k, s, p, d) + p),
            "You subtract p once, but p zeros stand on each side: subtract 2p.",
        ),
        Mistake(
            "one stride too many",
            _from(lambda o, k, s, p, d: _fitting(o + 1, k, s, p, d)),
            "Your sizes give o + 1 outputs. From the first window to the last there are o − 1 "
            "moves, not o.",
        ),
        Mistake(
            "dilation ignored",
            _from(lambda o, k, s, p, d: _fitting(o, k, s, p, 1)),
            "You left the dilation out: the kernel covers d * (k - 1) + 1 entries.",
        ),
    ],
    hints=[
        "Let every window fit exactly first: how long is the padded list when the last of o "
        "windows ends at its end?",
        "Now append entries to the input, one at a time. When does a new window appear?",
        "n = (o − 1)·s + d(k − 1) + 1 − 2p + r with r = 0, …, s − 1; drop what is below 1.",
    ],
)


# 2.5 --------------------------------------------------------------------------------------

_PLACES: dict[str, Callable[[int, int], int]] = {
    "edge": lambda t, n: min(max(t, 0), n - 1),
    "wrap": lambda t, n: t % n,
    "mirror": lambda t, n: n - 1 - abs(n - 1 - abs(t)),
}


def pad_with(x: np.ndarray, left: int, right: int, mode: str) -> np.ndarray:
    """Look up, for every place from −left to n + right − 1, whose number stands there."""
    n = len(x)
    return x[[_PLACES[mode](place, n) for place in range(-left, n + right)]]


def _pieces(
    pieces: Callable[[np.ndarray, int, int], list[np.ndarray]], mistaken: str
) -> Callable[..., np.ndarray]:
    """Wrong versions: `pieces` for one mode, right in the others."""

    def wrong(x: np.ndarray, left: int, right: int, mode: str) -> np.ndarray:
        if mode != mistaken:
            return pad_with(x, left, right, mode)
        return np.concatenate(pieces(x, left, right))

    return wrong


PAD_WITH = Exercise(
    "2.5",
    call="pad_with",
    oracle=pad_with,
    cases=lambda: draw(
        200,
        x=vector(1, 6),
        left=integer(0, 5),
        right=integer(0, 5),
        mode=choice("mirror", "edge", "wrap"),
        where=lambda x, left, right, mode: max(left, right) < len(x),
    ),
    mistakes=[
        Mistake(
            "end number twice",
            _pieces(lambda x, a, b: [x[:a][::-1], x, x[len(x) - b :][::-1]], "mirror"),
            "Your mirror repeats the end number. It stands on the end number, which "
            "appears once: 3 2 | 1 2 3 4 | 3 2.",
        ),
        Mistake(
            "mirror not reversed",
            _pieces(lambda x, a, b: [x[1 : a + 1], x, x[len(x) - 1 - b : -1]], "mirror"),
            "Your mirror takes the right numbers, but in reading order. Next to the border "
            "stands the nearest one, so reverse them.",
        ),
        Mistake(
            "wrap from the wrong end",
            _pieces(lambda x, a, b: [x[:a], x, x[len(x) - b :]], "wrap"),
            "With wrap the list is a circle: before the first number stands the last one, and "
            "after the last the first. You took each filling from its own end.",
        ),
        Mistake(
            "minus zero",
            _pieces(lambda x, a, b: [x[-a:], x, x[:b]], "wrap"),
            "With left = 0 your x[-left:] is x[0:], the whole list, since −0 is 0. "
            "Write x[len(x) - left:].",
        ),
        Mistake(
            "edge is zero",
            _pieces(lambda x, a, b: [0 * x[:a], x, 0 * x[:b]], "edge"),
            "You filled with zeros. Edge repeats the first number before and the last one after.",
        ),
        Mistake(
            "sides exchanged",
            lambda x, left, right, mode: pad_with(x, right, left, mode),
            "You exchanged left and right: left counts the entries before the input.",
        ),
    ],
    hints=[
        "Each mode joins three pieces with np.concatenate: something, x, something. Write them "
        "down for x = 1 2 3 4, left = 2, right = 1.",
        "A slice with step −1 runs backwards: x[2:0:-1] is x[2], x[1].",
        "Or ask for each place t from −left to n + right − 1 which index it shows: "
        "min(max(t, 0), n − 1), or t % n, or, folded at both ends, n − 1 − |n − 1 − |t||.",
    ],
)


# 2.6 --------------------------------------------------------------------------------------


def keep_length(n: int, k: int, s: int) -> int:
    """Add one zero after the other until there are n windows."""
    total = 0
    while count(n, k, s, total, 1) < n:
        total += 1
    return total


KEEP_LENGTH = Exercise(
    "2.6",
    call="keep_length",
    oracle=keep_length,
    cases=lambda: every(n=range(1, 10), k=range(1, 6), s=range(1, 5)),
    mistakes=[
        Mistake(
            "right for stride 1",
            lambda n, k, s: k - 1,
            "k − 1 keeps the length at stride 1 only. Where does the last of n windows start "
            "when each is s after the one before?",
        ),
        Mistake(
            "the padding of 'same'",
            lambda n, k, s: same_total(n, k, s, 1),
            "This is 'same', which gives ceil(n/s) outputs. Here there must be n.",
        ),
        Mistake(
            "one stride too many",
            lambda n, k, s: keep_length(n, k, s) + s,
            "Your padding gives n + 1 outputs. From the first window to the last there are "
            "n − 1 moves.",
        ),
        Mistake(
            "not the least",
            lambda n, k, s: keep_length(n, k, s) + s - 1,
            "It works, but s − 1 of your zeros are never read. The least total was asked for.",
        ),
        Mistake(
            "per side",
            lambda n, k, s: keep_length(n, k, s) // 2,
            "You halved it. The question asks for the total of both sides, which may be odd.",
        ),
    ],
    hints=[
        "There must be n windows. Where does the last one start, and where does it end?",
        "It starts at s(n − 1) and ends at s(n − 1) + k − 1, so how long is the padded list?",
        "The padded list has s(n − 1) + k entries, and n of them are the input.",
    ],
)

EXERCISES = [OUT_LEN, SAME_PAD, WINDOW_INDICES, SIZES_GIVING, PAD_WITH, KEEP_LENGTH]
