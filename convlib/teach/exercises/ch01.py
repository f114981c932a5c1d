"""Exercises of chapter 1: two dice, loops, the flip, commuting, splitting, echoes."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np

from convlib.reference import conv as loop_conv
from convlib.teach.equations.cases import draw, every, integer, vector
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


# Operations on two lists, linear in each: those that commute, and those that do not.


def convolution(f: np.ndarray, g: np.ndarray) -> np.ndarray:
    return np.convolve(f, g)


def product_of_sums(f: np.ndarray, g: np.ndarray) -> np.ndarray:
    return np.array([np.sum(f) * np.sum(g)])


def last_times_last(f: np.ndarray, g: np.ndarray) -> np.ndarray:
    return np.array([f[-1] * g[-1]])


def correlation(f: np.ndarray, g: np.ndarray) -> np.ndarray:
    return full_correlation(np.asarray(f), np.asarray(g))


def first_times_last(f: np.ndarray, g: np.ndarray) -> np.ndarray:
    return np.array([f[0] * g[-1]])


def spoiled_convolution(f: np.ndarray, g: np.ndarray) -> np.ndarray:
    """A convolution, except that the pair of place 1 and place 2, if there is one, counts twice."""
    y = np.convolve(f, g)
    if len(f) > 1 and len(g) > 2:
        y[3] += f[1] * g[2]
    return y


class MadeUpLate:
    """Linear in each list, but decided on only when the first pair is seen, which commutes.

    To the product of the sums it adds, in one order of the lists, a sum of weighted products. The
    weights are chosen so that this is 0 for the first pair: whoever asks about no other learns
    nothing. (With two lists of two numbers a single product can be weighed: there is no choice.)
    """

    __name__ = "made_up_late"

    def __init__(self) -> None:
        self.forms: dict[tuple[int, int], np.ndarray] = {}

    def __call__(self, f: Any, g: Any) -> np.ndarray:
        """The operation of the two lists, as a list of one number."""
        f, g = np.asarray(f), np.asarray(g)
        return product_of_sums(f, g) + self._form(f, g)

    def _form(self, f: np.ndarray, g: np.ndarray) -> Any:
        if len(f) > len(g):
            return 0
        products = self.products(f, g)
        if products.shape not in self.forms:
            self.forms[products.shape] = self._zero_for(products)
        return np.sum(self.forms[products.shape] * products)

    @staticmethod
    def products(f: np.ndarray, g: np.ndarray) -> np.ndarray:
        """What the form can weigh, so that swapping f and g shows: 0 where it never shows."""
        table = np.outer(f, g)
        return np.triu(table - table.T, 1) if len(f) == len(g) else table

    @staticmethod
    def _zero_for(products: np.ndarray) -> np.ndarray:
        numbers = np.zeros_like(products)
        m, n = products.shape
        places = [(i, j) for i in range(m) for j in range(n) if m < n or i < j]
        if places:
            first, last = places[0], places[-1]
            numbers[first] = 1
            if first != last and (products[first] or products[last]):
                numbers[first], numbers[last] = products[last], -products[first]
        return numbers


Operation = Callable[[np.ndarray, np.ndarray], np.ndarray]
OPERATIONS: tuple[Operation, ...] = (
    convolution,
    product_of_sums,
    last_times_last,
    correlation,
    first_times_last,
    spoiled_convolution,
    MadeUpLate(),
)
Witness = tuple[np.ndarray, np.ndarray]


def _differ(op: Operation, f: Any, g: Any) -> bool:
    f, g = np.asarray(f), np.asarray(g)
    return not np.array_equal(op(f, g), op(g, f))


def order_matters(op: Operation, m: int, n: int) -> Witness | None:
    """The first pair of lists with a single 1 that op does not swap."""
    pairs = itertools.product(np.eye(m, dtype=int), np.eye(n, dtype=int))
    return next(((f, g) for f, g in pairs if _differ(op, f, g)), None)


def same_finding(got: Any, expected: Any, case: dict[str, Any]) -> bool:
    """Any witness is right where there is one, so try it instead of comparing it."""
    if expected is None or got is None:
        return got is None and expected is None
    f, g = (np.asarray(part) for part in got)
    if f.shape != (case["m"],) or g.shape != (case["n"],):
        return False
    if isinstance(case["op"], MadeUpLate):  # what it became was decided where the answer ran
        return bool(np.any(MadeUpLate.products(*sorted((f, g), key=len))))
    return _differ(case["op"], f, g)


def _tried(pairs: Callable[[int, int], list[Witness]]) -> Callable[..., Witness | None]:
    """Wrong versions: the right test on too few pairs."""

    def test(op: Operation, m: int, n: int) -> Witness | None:
        return next(((f, g) for f, g in pairs(m, n) if _differ(op, f, g)), None)

    return test


def _ones(m: int, n: int) -> list[Witness]:
    return [(np.ones(m, int), np.ones(n, int))]


def _counting(m: int, n: int) -> list[Witness]:
    return [(np.arange(1, m + 1), np.arange(1, n + 1))]


def _powers(m: int, n: int) -> list[Witness]:
    return [(2 ** np.arange(m), 3 ** np.arange(n))]


def _same_place(m: int, n: int) -> list[Witness]:
    return [(np.eye(m, dtype=int)[a], np.eye(n, dtype=int)[a]) for a in range(min(m, n))]


def _first_against_all(m: int, n: int) -> list[Witness]:
    return [(np.eye(m, dtype=int)[0], g) for g in np.eye(n, dtype=int)]


def _mirror_images_pass(op: Operation, m: int, n: int) -> Witness | None:
    def mirrored(f: np.ndarray, g: np.ndarray) -> bool:
        return np.array_equal(op(f, g), op(g, f)[::-1])

    pairs = itertools.product(np.eye(m, dtype=int), np.eye(n, dtype=int))
    return next(((f, g) for f, g in pairs if _differ(op, f, g) and not mirrored(f, g)), None)


ORDER_MATTERS = Exercise(
    "1.4",
    call="order_matters",
    oracle=order_matters,
    cases=lambda: every(op=OPERATIONS, m=range(1, 5), n=range(1, 5)),
    equal=same_finding,
    mistakes=[
        Mistake(
            "never a witness",
            lambda op, m, n: None,
            "You answer None to everything. For some of these operations the order does matter: "
            "return the pair (f, g) as soon as op(f, g) and op(g, f) differ.",
        ),
        Mistake(
            "ones only",
            _tried(_ones),
            "Two lists of ones are one pair of very many. Their answer may be the same both ways, "
            "as for a correlation, which is then its own mirror image. Try pairs that can differ.",
        ),
        Mistake(
            "one pair",
            _tried(_counting),
            "You try one pair only, (1, 2, …) with (1, 2, …). An operation may pass it by luck, "
            "and None promises something about all lists.",
        ),
        Mistake(
            "one pair of powers",
            _tried(_powers),
            "You try one pair only. However odd its numbers are, there are operations that give "
            "the same for it both ways, and not for others; None promises something about all.",
        ),
        Mistake(
            "the same place in both",
            _tried(_same_place),
            "Your single 1 stands at the same place in both lists. Let it run through all places "
            "of f and, for each of them, through all places of g.",
        ),
        Mistake(
            "first place of f only",
            _tried(_first_against_all),
            "Your first list always has its 1 at place 0. Let it run through all m places.",
        ),
        Mistake(
            "mirror images pass",
            _mirror_images_pass,
            "Two answers with the same numbers in another order are equal to you. Do you compare "
            "their sums, or sort them, or let a mirrored answer pass? As lists, [1, 0] and [0, 1] "
            "differ.",
        ),
    ],
    hints=[
        "If op is linear in each list, then op(f, g) for f = 3·f' + f'' follows from op(f', g) and "
        "op(f'', g). From which lists can all others be built?",
        "From the lists with a single 1, the rows of np.eye(m, dtype=int). There are m of them for "
        "f and n for g.",
        "Two loops over the rows of two np.eye; return the pair when not np.array_equal(op(f, g), "
        "op(g, f)), and None after the loops.",
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

EXERCISES = [DICE, CORRELATE, CONVOLVE, ORDER_MATTERS, SPLIT, DECONVOLVE]
