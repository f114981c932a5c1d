"""Exercises of chapter 1: two dice, loops, the flip, commuting, splitting, echoes."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from convlib.reference import conv as loop_conv
from convlib.teach.equations.cases import draw, integer, vector
from convlib.teach.exercises.engine.definition import Exercise, Mistake


def correlate(x: np.ndarray, w: np.ndarray) -> np.ndarray:
    """Valid correlation by the loops that define it."""
    return loop_conv(x[None, None], w[None, None])[0, 0]


def convolve(x: np.ndarray, w: np.ndarray) -> np.ndarray:
    """Every product booked under the sum of its two indices."""
    y = np.zeros(len(x) + len(w) - 1, dtype=np.result_type(x, w))
    for i, a in enumerate(x):
        for j, b in enumerate(w):
            y[i + j] += a * b
    return y


def full_correlation(x: np.ndarray, w: np.ndarray) -> np.ndarray:
    return convolve(x, w[::-1])


# 1.1 --------------------------------------------------------------------------------------


def two_dice(a: int, b: int) -> list[float]:
    ways = [0] * (a + b - 1)
    for first in range(a):
        for second in range(b):
            ways[first + second] += 1
    return [way / (a * b) for way in ways]


DICE = Exercise(
    "1.1",
    call="two_dice",
    oracle=two_dice,
    cases=lambda: draw(60, a=integer(1, 12), b=integer(1, 12)),
    mistakes=[
        Mistake(
            "counts instead of probabilities",
            lambda a, b: [p * a * b for p in two_dice(a, b)],
            "These are numbers of ways. Divide by the number of pairs, a·b, so that they sum to 1.",
        ),
        Mistake(
            "a total that cannot happen",
            lambda a, b: [0.0, *two_dice(a, b)],
            "Your list begins with an extra 0. The smallest total is 2, so index 0 stands for 2.",
        ),
        Mistake(
            "all totals alike",
            lambda a, b: [1 / (a + b - 1)] * (a + b - 1),
            "You gave every total the same probability. The faces are equally likely, "
            "the totals are not: more pairs lead to the middle ones.",
        ),
        Mistake(
            "whole windows only",
            lambda a, b: np.convolve(np.full(a, 1 / a), np.full(b, 1 / b), "valid"),
            "The ends are missing: this is the 'valid' part of the convolution. "
            "The smallest total takes the first face of both dice, so all a + b − 1 totals count.",
        ),
    ],
    hints=[
        "Write a fair die with a faces as a list of a numbers. What is each of them?",
        "The probability of a total is the sum, over all pairs of faces with that total, of the "
        "product of two probabilities. Which operation of this chapter does exactly that?",
        "np.convolve of the two lists; its default mode keeps all a + b − 1 numbers.",
    ],
)


# 1.2 --------------------------------------------------------------------------------------


def _never_reset(x: np.ndarray, w: np.ndarray) -> np.ndarray:
    return np.cumsum(correlate(x, w))


def _pairs() -> list[dict[str, Any]]:
    return draw(200, x=vector(1, 9), w=vector(1, 5), where=lambda x, w: len(w) <= len(x))


CORRELATE = Exercise(
    "1.2",
    call="correlate",
    oracle=lambda x, w: correlate(x, w).tolist(),  # lists and arrays pass
    cases=_pairs,
    mistakes=[
        Mistake(
            "kernel reversed",
            lambda x, w: correlate(x, w[::-1]),
            "Your kernel runs backwards: that is the whole-window part of the convolution. "
            "In a correlation tap j meets x[i + j].",
        ),
        Mistake(
            "last window forgotten",
            lambda x, w: correlate(x, w)[:-1],
            "The last window is missing. There are n − k + 1 starts, from 0 to n − k inclusive, "
            "and range stops before its end.",
        ),
        Mistake(
            "sum never reset",
            _never_reset,
            "Each output contains all the earlier ones. Set the sum back to 0 for each window.",
        ),
        Mistake(
            "full instead of valid",
            full_correlation,
            "You also took windows that hang over the ends. Here only whole windows count.",
        ),
    ],
    hints=[
        "How many windows are there? Count them for n = 5 and k = 3 before you write range(…).",
        "Two loops: the outer one over the start i of the window, the inner one over the tap j.",
        "Inside: add w[j] * x[i + j] to a sum that began at 0 for this i.",
    ],
)


# 1.3 --------------------------------------------------------------------------------------


def _padded(x: np.ndarray, w: np.ndarray, before: int, after: int) -> np.ndarray:
    return correlate(np.pad(x, (before, after)), w)


CONVOLVE = Exercise(
    "1.3",
    call="convolve",
    oracle=lambda x, w: convolve(x, w).tolist(),
    cases=lambda: draw(200, x=vector(1, 8), w=vector(1, 5)),
    mistakes=[
        Mistake(
            "no flip",
            full_correlation,
            "This is the full correlation: the borders are right, but the kernel was not reversed.",
        ),
        Mistake(
            "both reversed",
            lambda x, w: convolve(x, w)[::-1],
            "Your answer is the right one backwards. Reverse the kernel only, not the input too.",
        ),
        Mistake(
            "zeros before only",
            lambda x, w: _padded(x, w[::-1], len(w) - 1, 0),
            "You put the k − 1 zeros before the input only, so the last k − 1 outputs are missing.",
        ),
        Mistake(
            "zeros after only",
            lambda x, w: _padded(x, w[::-1], 0, len(w) - 1),
            "You put the k − 1 zeros after the input only, so the first k − 1 outputs are missing.",
        ),
        Mistake(
            "k zeros",
            lambda x, w: _padded(x, w[::-1], len(w), len(w)),
            "You added k zeros on each side. With k − 1 the outermost window still touches one "
            "true number; with k it touches none.",
        ),
    ],
    hints=[
        "Read equation (eq-flip) from right to left. What must happen to the input, what to w?",
        "Put k − 1 zeros on both sides of x with np.concatenate or np.pad.",
        "Then call cl.correlate1d once, with w[::-1].",
    ],
)


# 1.4 --------------------------------------------------------------------------------------


def judge_witness(answer: Any) -> str | None:
    try:
        x, w = (np.array([int(number) for number in part]) for part in answer)
    except (TypeError, ValueError):
        return "Give two lists of integers, for example witness = ([1, 2, 3], [4, 5])."
    if len(x) == 0 or len(w) == 0:
        return "Neither list may be empty."
    one, other = full_correlation(x, w), full_correlation(w, x)
    if np.array_equal(one, other):
        return (
            f"For these two the order does not matter: both answers are {one.tolist()}. "
            "Swapping mirrors the answer, so look for one that is not its own mirror image."
        )
    if len(x) + len(w) > 3:
        return (
            f"A true witness: {one.tolist()} against {other.tolist()}. But yours has "
            f"{len(x) + len(w)} numbers in all, and there is a shorter one."
        )
    return None


WITNESS = Exercise(
    "1.4",
    call="witness",
    judge=judge_witness,
    nonsense=([1, 2, 3], [4, 5]),
    mistakes=[
        Mistake(
            "two single numbers",
            ([1], [2]),
            "For these two the order does not matter",
        ),
        Mistake(
            "a symmetric pair",
            ([1, 2, 1], [1, 1]),
            "For these two the order does not matter",
        ),
        Mistake(
            "not the shortest",
            ([1, 2], [1, 3]),
            "there is a shorter one",
        ),
    ],
    hints=[
        "Try the smallest lengths first: can one number and one number differ?",
        "Equation (eq-correlation-swap) says that swapping the lists mirrors the answer.",
        "One list of one number and one list of two. Which answer is not its own mirror image?",
    ],
)


# 1.5 --------------------------------------------------------------------------------------


def split(w: np.ndarray) -> tuple[list[float], list[float]] | None:
    """Two real two-tap kernels whose convolution is `w`, by the quadratic formula."""
    discriminant = float(w[1]) ** 2 - 4.0 * float(w[0]) * float(w[2])
    if discriminant < 0:
        return None
    root = discriminant**0.5
    r, s = (-w[1] + root) / (2 * w[2]), (-w[1] - root) / (2 * w[2])
    return [float(-w[2] * r), float(w[2])], [float(-s), 1.0]


def same_split(got: Any, expected: Any, case: dict[str, Any]) -> bool:
    """Any two factors are right, so multiply them back instead of comparing them."""
    if expected is None or got is None:
        return got is None and expected is None
    first, second = (np.asarray(part, dtype=float) for part in got)
    if first.shape != (2,) or second.shape != (2,):
        return False
    return bool(np.allclose(convolve(first, second), case["w"], rtol=1e-7, atol=1e-7))


def _quadratics() -> list[dict[str, Any]]:
    fixed = [[1, 2, 1], [1, 0, 1], [0, 0, 1], [2, -3, 1], [-1, 0, 4]]
    return [{"w": np.array(w)} for w in fixed] + draw(
        100, w=vector(3, 3), where=lambda w: w[2] != 0
    )


def _without_leading(w: np.ndarray) -> tuple[list[float], list[float]] | None:
    factors = split(w)
    return None if factors is None else ([factors[0][0] / float(w[2]), 1.0], factors[1])


def _sign_of_roots(w: np.ndarray) -> tuple[list[float], list[float]] | None:
    factors = split(w)
    return None if factors is None else ([-factors[0][0], factors[0][1]], [-factors[1][0], 1.0])


def _size_of_discriminant(w: np.ndarray) -> tuple[list[float], list[float]]:
    root = abs(float(w[1]) ** 2 - 4.0 * float(w[0]) * float(w[2])) ** 0.5
    r, s = (-w[1] + root) / (2 * w[2]), (-w[1] - root) / (2 * w[2])
    return [float(-w[2] * r), float(w[2])], [float(-s), 1.0]


SPLIT = Exercise(
    "1.5",
    call="split",
    oracle=split,
    cases=_quadratics,
    equal=same_split,
    mistakes=[
        Mistake(
            "leading tap lost",
            _without_leading,
            "Your factors multiply to w divided by w[2]: w0 + w1 z + w2 z² = w2 (z − r)(z − s), "
            "and the factor w2 must go into one of the two lists.",
        ),
        Mistake(
            "sign of the roots",
            _sign_of_roots,
            "The factor with the root r is z − r, that is the list [−r, 1], not [r, 1].",
        ),
        Mistake(
            "always splits",
            _size_of_discriminant,
            "When w1² − 4 w0 w2 is negative there are no real roots, and the answer is None.",
        ),
        Mistake(
            "never splits a square",
            lambda w: None if w[1] ** 2 - 4 * w[0] * w[2] <= 0 else split(w),
            "A discriminant of 0 is a double root: (1, 2, 1) = (1, 1) * (1, 1) does split.",
        ),
    ],
    hints=[
        "Convolution is multiplication of polynomials, so splitting is factoring: of which one?",
        "w0 + w1 z + w2 z² = w2 (z − r)(z − s). The quadratic formula gives r and s.",
        "z − r is the list [−r, 1]. Multiply one factor by w2; return None if the discriminant "
        "w1² − 4 w0 w2 is negative.",
    ],
)


# 1.6 --------------------------------------------------------------------------------------


def deconvolve(y: np.ndarray, w: np.ndarray) -> list[float]:
    """Long division, in exact fractions so that no rounding is blamed on the learner."""
    taps = [Fraction(int(tap)) for tap in w]
    rest = [Fraction(int(number)) for number in y]
    x = []
    for i in range(len(y) - len(w) + 1):
        x.append(rest[i] / taps[0])
        for j, tap in enumerate(taps):
            rest[i + j] -= tap * x[-1]
    return [float(number) for number in x]


def _echo_of_heard(y: np.ndarray, w: np.ndarray) -> list[float]:
    lines = range(len(y) - len(w) + 1)
    return [
        (y[i] - sum(w[j] * y[i - j] for j in range(1, len(w)) if i - j >= 0)) / w[0] for i in lines
    ]


def _undivided(y: np.ndarray, w: np.ndarray) -> list[float]:
    x: list[float] = []
    for i in range(len(y) - len(w) + 1):
        x.append(y[i] - sum(w[j] * x[i - j] for j in range(1, len(w)) if i - j >= 0))
    return x


def _too_long(y: np.ndarray, w: np.ndarray) -> list[float]:
    return deconvolve(np.pad(y, (0, len(w) - 1)), w)


def _wrapped(y: np.ndarray, w: np.ndarray) -> list[float]:
    x = [0.0] * (len(y) - len(w) + 1)
    for i in range(len(x)):
        x[i] = (y[i] - sum(w[j] * x[(i - j) % len(x)] for j in range(1, len(w)))) / w[0]
    return x


def _heard() -> list[dict[str, Any]]:
    # the first tap stays small, so that long division does not lose digits
    pairs = draw(
        150,
        x=vector(1, 6),
        w=vector(1, 4, low=-3, high=3),
        where=lambda x, w: w[0] != 0,
    )
    return [{"y": convolve(pair["x"], pair["w"]), "w": pair["w"]} for pair in pairs]


DECONVOLVE = Exercise(
    "1.6",
    call="deconvolve",
    oracle=deconvolve,
    cases=_heard,
    mistakes=[
        Mistake(
            "echoes of what was heard",
            _echo_of_heard,
            "You subtract echoes of y. What echoes is the original sound, so use the x you have "
            "already recovered.",
        ),
        Mistake(
            "not divided by the first tap",
            _undivided,
            "Output i is w[0]·x[i] plus echoes: after subtracting the echoes, divide by w[0].",
        ),
        Mistake(
            "one number for every output",
            _too_long,
            "Your list has as many numbers as y. A convolution has n + k − 1 numbers, so x has "
            "len(y) − k + 1.",
        ),
        Mistake(
            "negative indices",
            _wrapped,
            "At the start x[i − j] with i < j has a negative index, which Python takes from the "
            "other end. Before the sound begins there is nothing: leave these terms out.",
        ),
    ],
    hints=[
        "Only one product reaches y[0]: which? So what is x[0]?",
        "y[1] = w[0]·x[1] + w[1]·x[0], and x[0] is known by now. Go on like this.",
        "x[i] = (y[i] − sum of w[j]·x[i − j] for j = 1, 2, … with i − j ≥ 0) / w[0], "
        "for i from 0 to len(y) − k.",
    ],
)

EXERCISES = [DICE, CORRELATE, CONVOLVE, WITNESS, SPLIT, DECONVOLVE]
