"""Exercises of chapter 0: conventions, reading a message, property tests, planted mistakes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from convlib.teach.equations.cases import draw, integer, vector
from convlib.teach.exercises.engine.definition import Exercise, Mistake

List = np.ndarray
ListFunction = Callable[[List], List]


def correlate(x: Any, w: Any) -> np.ndarray:
    starts = range(len(x) - len(w) + 1)
    return np.array([sum(w[j] * x[i + j] for j in range(len(w))) for i in starts])


# 0.1 --------------------------------------------------------------------------------------


def judge_translations(answer: Any) -> str | None:
    try:
        padding, dilation, span, shape = answer
        shape = tuple(shape)
    except (TypeError, ValueError):
        return "Give four values: (p, d, span, (…, …, …, …)), the last one a shape of four numbers."
    if padding != 1:
        return "(i) A total of 2, the same on both sides, is how many zeros on each side?"
    if dilation != 2:
        return "(ii) Here d is the distance from one tap to the next: with one hole between, 2."
    if span != 5:
        return "(iii) Three taps have two gaps of d places each; then count the first tap itself."
    if shape != (16, 3, 28, 30):
        return "(iv) The order here is batch, channel, height, width; sizes move, none is lost."
    return None


RIGHT = (1, 2, 5, (16, 3, 28, 30))
TRANSLATIONS = Exercise(
    "0.1",
    call="answer",
    judge=judge_translations,
    nonsense=(0, 0, 0, (0, 0, 0, 0)),
    mistakes=[
        Mistake("total taken per side", (2, *RIGHT[1:]), "(i) A total of 2"),
        Mistake("holes counted", (1, 1, 3, RIGHT[3]), "(ii) Here d is the distance"),
        Mistake("span d·k", (1, 2, 6, RIGHT[3]), "(iii) Three taps have two gaps"),
        Mistake("channels last", (1, 2, 5, (16, 28, 30, 3)), "(iv) The order here is"),
        Mistake("axes reversed", (1, 2, 5, (16, 3, 30, 28)), "(iv) The order here is"),
    ],
    hints=[
        "Each part is one row of the table of conventions. Which rows?",
        "Draw the dilated kernel: a tap, a hole, a tap, a hole, a tap. Count the places.",
        "(…, …, span, …): two gaps of d places and one more; the shape is (N, C, H, W).",
    ],
)


# 0.2 --------------------------------------------------------------------------------------


def one_output(x: List, w: List, i: int) -> int:
    return int(np.dot(w, x[i : i + len(w)]))


ONE_OUTPUT = Exercise(
    "0.2",
    call="one_output",
    oracle=one_output,
    cases=lambda: draw(
        200,
        x=vector(1, 9),
        w=vector(1, 5),
        i=integer(0, 8),
        where=lambda x, w, i: i + len(w) <= len(x),
    ),
    mistakes=[
        Mistake(
            "kernel reversed",
            lambda x, w, i: one_output(x, w[::-1], i),
            "The kernel is read backwards: tap j should meet x[i + j], the first tap the first "
            "number of the window.",
        ),
        Mistake(
            "always the first window",
            lambda x, w, i: one_output(x, w, 0),
            "You always take the window at 0. The window of output i starts at i.",
        ),
        Mistake(
            "window without weights",
            lambda x, w, i: int(np.sum(x[i : i + len(w)])),
            "You add up the window without its weights. Multiply each number by its tap first.",
        ),
        Mistake(
            "last tap forgotten",
            lambda x, w, i: int(np.dot(w[:-1], x[i : i + len(w) - 1])),
            "The last tap is missing from your sum. range(k) already stops at k − 1.",
        ),
    ],
    hints=[
        "How many products does one output have? As many as the kernel has taps.",
        "Let j run over range(len(w)); which input does tap j meet?",
        "sum(w[j] * x[i + j] for j in range(len(w)))",
    ],
)


# 0.3 --------------------------------------------------------------------------------------


def doubled(x: List) -> List:
    return 2 * x


def difference(x: List) -> List:
    return np.diff(x)


def backwards(x: List) -> List:
    return x[::-1]


def running_total(x: List) -> List:
    return np.cumsum(x)


def nothing(x: List) -> List:
    return 0 * x


def square(x: List) -> List:
    return x**2


def plus_one(x: List) -> List:
    return x + 1


def relu(x: List) -> List:
    return np.maximum(x, 0)


def size(x: List) -> List:
    return np.abs(x)


def largest(x: List) -> List:
    return np.array([np.max(x)])


def in_order(x: List) -> List:
    return np.sort(x)


ADDITIVE = (doubled, difference, backwards, running_total, nothing)
NOT_ADDITIVE = (square, plus_one, relu, size, largest, in_order)


def looks_additive(f: ListFunction) -> bool:
    return f in ADDITIVE


def _breaks(f: ListFunction, x: Any, z: Any) -> bool:
    x, z = np.asarray(x), np.asarray(z)
    return not np.array_equal(f(x + z), f(x) + f(z))


def _friendly(f: ListFunction) -> bool:
    return not _breaks(f, [1, 2, 3, 4, 5], [9, 7, 5, 4, 2])


def _same_twice(f: ListFunction) -> bool:
    return not _breaks(f, [3, -1, 4, -1, 5], [3, -1, 4, -1, 5])


def _with_zero(f: ListFunction) -> bool:
    return not _breaks(f, [3, -1, 4, -1, 5], [0, 0, 0, 0, 0])


LOOKS_ADDITIVE = Exercise(
    "0.3",
    call="looks_additive",
    oracle=looks_additive,
    cases=lambda: [{"f": f} for f in ADDITIVE + NOT_ADDITIVE],
    mistakes=[
        Mistake(
            "positive numbers only",
            _friendly,
            "Your lists are too friendly: all their numbers are positive. Some functions break the "
            "law only where signs are mixed.",
        ),
        Mistake(
            "x = z only",
            _same_twice,
            "You seem to test f(x + x) = f(x) + f(x) only. Taking a list twice is a special case; "
            "let x and z differ.",
        ),
        Mistake(
            "z = 0 only",
            _with_zero,
            "Adding zero changes nothing, so almost every function passes. Let z be any list.",
        ),
        Mistake(
            "everything passes",
            lambda f: True,
            "Your test says True to every function: it cannot fail. Which line returns False?",
        ),
        Mistake(
            "nothing passes",
            lambda f: False,
            "Your test says False to every function. Compare whole lists with np.array_equal, and "
            "return True only after the loop.",
        ),
    ],
    hints=[
        "Compare f(x + z) with f(x) + f(z); np.array_equal compares two arrays.",
        "Which lists? Let the computer choose: rng = np.random.default_rng(0), then "
        "rng.integers(-9, 10, size=5).",
        "Try a hundred random pairs in a loop; return False inside it, True after it.",
    ],
)


# 0.4 --------------------------------------------------------------------------------------


def planted_average(x: Any, k: Any) -> Any:
    y = [sum(x[:k]) / k]
    for i in range(1, len(x) - k + 1):
        y.append(y[-1] + (x[i + k - 1] - x[i]) / k)
    return y


LINES = {
    1: "Line 1 only names the function.",
    2: "Line 2 is right: the average of the first k numbers.",
    3: "Line 3 is right: the other windows start at 1, 2, …, n − k.",
    5: "Line 5 only returns the list.",
}


def judge_planted(answer: Any) -> str | None:
    try:
        line, x, k = answer
        x, k = [float(number) for number in x], int(k)
    except (TypeError, ValueError):
        return "Give three things: (line, x, k), for example (2, [1, 2, 3], 2)."
    if not 1 <= k <= len(x):
        return f"The window must fit into the list: k = {k}, but x has {len(x)} numbers."
    if line != 4:
        return LINES.get(line, f"There is no line {line}; the lines are numbered 1 to 5.")
    if np.allclose(planted_average(x, k), correlate(x, [1 / k] * k)):
        return "The line is right, but on your case the function gives the true averages."
    return None


PLANTED = Exercise(
    "0.4",
    call="answer",
    judge=judge_planted,
    nonsense=(7, [0, 1], 1),
    mistakes=[
        Mistake("the first average", (2, [0, 1], 1), "Line 2 is right"),
        Mistake("the number of windows", (3, [0, 1], 1), "Line 3 is right"),
        Mistake("no witness", (4, [5, 5, 5], 2), "on your case the function gives the true"),
        Mistake("window too long", (4, [0, 1], 3), "The window must fit"),
    ],
    hints=[
        "Try it on a list that is not constant, with the smallest window there is.",
        "When the window moves from i − 1 to i, which number enters, and which one leaves?",
        "The window at i − 1 began with x[i − 1].",
    ],
)


# 0.5 --------------------------------------------------------------------------------------

WEAK_LIST = [1, 2, 3, 4, 5]
WEAK_KERNELS = ([1, 2, 1], [1, 0, 1])


def _agrees(f: Callable[..., Any], x: Any, w: Any) -> bool:
    got = np.asarray(f(np.array(x), np.array(w)), dtype=float)
    right = correlate(x, w)
    return got.shape == right.shape and bool(np.allclose(got, right))


def _unmasked(f: Callable[..., Any], x: Any, w: Any) -> bool:
    """Whether the case shows that `f` is not a correlation; raising shows it too."""
    try:
        return not _agrees(f, x, w)
    except Exception:
        return True


def judge_impostor(answer: Any) -> str | None:
    if not callable(answer):
        return "Give the function itself: check('0.5', impostor)."
    for kernel in WEAK_KERNELS:
        if not _agrees(answer, WEAK_LIST, kernel):
            return f"The weak test catches it: wrong on {WEAK_LIST} with the kernel {kernel}."
    cases = draw(300, seed=5, x=vector(1, 8), w=vector(1, 4), where=lambda x, w: len(w) <= len(x))
    if not any(_unmasked(answer, case["x"], case["w"]) for case in cases):
        return (
            "300 random cases find nothing wrong with it: this seems to be the true correlation. "
            "An impostor must be wrong somewhere."
        )
    return None


IMPOSTOR = Exercise(
    "0.5",
    call="impostor",
    judge=judge_impostor,
    nonsense=lambda x, w: np.zeros(3),
    mistakes=[
        Mistake("no impostor", correlate, "this seems to be the true correlation"),
        Mistake("one output short", lambda x, w: correlate(x, w)[:-1], "The weak test catches it"),
        Mistake("all outputs", lambda x, w: np.convolve(x, w), "The weak test catches it"),
    ],
    hints=[
        "What do the two kernels of the weak test have in common?",
        "Do something to the kernel that leaves (1, 2, 1) and (1, 0, 1) as they are.",
        "Reverse it, then correlate.",
    ],
)

EXERCISES = [TRANSLATIONS, ONE_OUTPUT, LOOKS_ADDITIVE, PLANTED, IMPOSTOR]
