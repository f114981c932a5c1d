"""Exercises of chapter 8: pooling, by convolution, claims, ReLUs, padding, powers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from math import inf, isinf
from typing import Any

import numpy as np

from convlib import conv, reference
from convlib.teach.equations.cases import Case, choice, draw, image, integer, size
from convlib.teach.exercises.engine.definition import Exercise, Mistake
from convlib.teach.notation import text

# 8.1 --------------------------------------------------------------------------------------


def pool(x: np.ndarray, k: int, s: int, largest: bool) -> np.ndarray:
    """Largest or mean number of every whole window, by the loops that define pooling."""
    rule = reference.max_pool if largest else reference.avg_pool
    return rule(x[None, None], k, stride=s)[0, 0].astype(float)


def _pooled(
    starts: Callable[[int, int, int], Sequence[int]], of: Callable[[np.ndarray, int], float]
) -> Callable[..., list[list[float]]]:
    """Wrong versions: other starts of the windows, or another answer to each of them."""

    def wrong(x: np.ndarray, k: int, s: int, largest: bool) -> list[list[float]]:
        rows, columns = (starts(n, k, s) for n in x.shape)
        answer = (lambda part, k: float(part.max())) if largest else of
        return [[answer(x[i : i + k, j : j + k], k) for j in columns] for i in rows]

    return wrong


def _whole(n: int, k: int, s: int) -> range:
    return range(0, n - k + 1, s)


def _mean(part: np.ndarray, k: int) -> float:
    return float(part.mean())


def _from_zero(x: np.ndarray, k: int, s: int, largest: bool) -> np.ndarray:
    y = pool(x, k, s, largest)
    return np.maximum(y, 0) if largest else y


def _square(x: np.ndarray, k: int, s: int, largest: bool) -> np.ndarray:
    side = min(x.shape)
    return pool(x[:side, :side], k, s, largest)


POOL = Exercise(
    "8.1",
    call="pool",
    oracle=lambda x, k, s, largest: pool(x, k, s, largest).tolist(),
    cases=lambda: draw(
        300,
        x=image((1, 7), (1, 7)),
        k=integer(1, 3),
        s=integer(1, 3),
        largest=choice(True, False),
        where=lambda x, k, **_: k <= min(x.shape),
    ),
    mistakes=[
        Mistake(
            "windows that hang over",
            _pooled(lambda n, k, s: range(0, n, s), _mean),
            "You start a window at every s-th place, also where it hangs over the end: NumPy "
            "cuts such a slice off without a word. The last start is n − k.",
        ),
        Mistake(
            "stride forgotten",
            lambda x, k, s, largest: pool(x, k, 1, largest),
            "Your windows advance by 1. Window i starts at s·i.",
        ),
        Mistake(
            "stride is the window",
            lambda x, k, s, largest: pool(x, k, k, largest),
            "Your windows advance by k. That is the usual choice, but here the stride is s.",
        ),
        Mistake(
            "starts from zero",
            _from_zero,
            "Your maximum is never negative: you begin with 0 and look for something larger. "
            "Begin with the first number of the window.",
        ),
        Mistake(
            "a sum",
            _pooled(_whole, lambda part, k: float(part.sum())),
            "For the mean you add the numbers up, but do not divide by their number, k².",
        ),
        Mistake(
            "divided by k",
            _pooled(_whole, lambda part, k: float(part.sum()) / k),
            "You divide by k. A window has k rows and k columns, so k² numbers.",
        ),
        Mistake(
            "whole numbers only",
            _pooled(_whole, lambda part, k: float(part.sum() // k**2)),
            "You divide with //, which cuts the fraction off the mean.",
        ),
        Mistake(
            "square output",
            _square,
            "You use the smaller side for both axes. Rows and columns have their own sizes.",
        ),
    ],
    hints=[
        "Which rows does window i read? Those from s·i to s·i + k − 1, and columns likewise.",
        "How many windows are there along an axis of n pixels? (n − k) // s + 1, as in chapter 2.",
        "Two loops over i and j; part = x[s * i : s * i + k, s * j : s * j + k]; then part.max() "
        "or part.mean().",
    ],
)


# 8.2 --------------------------------------------------------------------------------------


def average(x: np.ndarray, k: int, s: int, p: int) -> np.ndarray:
    """The mean of every window with its padding counted, by loops."""
    return reference.avg_pool(x, k, stride=s, padding=p)


def _depthwise(
    x: np.ndarray, k: int, s: int, p: int, *, weight: Callable[[int, int], float]
) -> np.ndarray:
    channels = x.shape[1]
    w = np.full((channels, 1, k, k), weight(k, channels))
    return conv(x, w, stride=s, padding=p, groups=channels)


def _mixed(x: np.ndarray, k: int, s: int, p: int) -> np.ndarray:
    channels = x.shape[1]
    return conv(x, np.full((channels, channels, k, k), 1 / k**2), stride=s, padding=p)


def _all_in_one(x: np.ndarray, k: int, s: int, p: int) -> np.ndarray:
    channels = x.shape[1]
    return conv(x, np.full((1, channels, k, k), 1 / (channels * k**2)), stride=s, padding=p)


AVERAGE = Exercise(
    "8.2",
    call="average",
    oracle=average,
    cases=lambda: draw(
        200,
        x=image((1, 2), (1, 3), (1, 5), (1, 5)),
        k=integer(1, 3),
        s=integer(1, 3),
        p=integer(0, 1),
        where=lambda x, k, s, p: p <= k // 2 and k <= min(x.shape[2:]) + 2 * p,
    ),
    mistakes=[
        Mistake(
            "a sum",
            lambda x, k, s, p: _depthwise(x, k, s, p, weight=lambda k, c: 1.0),
            "Weights of 1 add up the window. For a mean of k² numbers each weight is 1/k².",
        ),
        Mistake(
            "divided by k",
            lambda x, k, s, p: _depthwise(x, k, s, p, weight=lambda k, c: 1 / k),
            "Your weights are 1/k, so that their sum is k. A window has k² taps.",
        ),
        Mistake(
            "channels divided too",
            lambda x, k, s, p: _depthwise(x, k, s, p, weight=lambda k, c: 1 / (c * k**2)),
            "You divide by the number of channels as well. Each channel is averaged by itself.",
        ),
        Mistake(
            "channels mixed",
            _mixed,
            "Each of your outputs adds up all channels. Give every channel a group of its own: "
            "weights of shape (C, 1, k, k) and groups=C.",
        ),
        Mistake(
            "one channel left",
            _all_in_one,
            "You average over the channels too and leave a single one. C channels go in, and C "
            "come out.",
        ),
        Mistake(
            "stride is the window",
            lambda x, k, s, p: average(x, k, k, p),
            "Your windows advance by k; hand the stride s to cl.conv.",
        ),
        Mistake(
            "padding forgotten",
            lambda x, k, s, p: (
                average(x, k, s, 0) if k <= min(x.shape[2:]) else average(x, k, s, p)
            ),
            "You left out the padding: hand p to cl.conv.",
        ),
        Mistake(
            "padding not counted",
            lambda x, k, s, p: reference.avg_pool(
                x, k, stride=s, padding=p, count_include_pad=False
            ),
            "At the border you divide by the number of true pixels. Here the zeros count too: "
            "every window is divided by k².",
        ),
    ],
    hints=[
        "The theorem says which weights: how many numbers are averaged?",
        "Channels must not meet. Which argument of cl.conv keeps them apart, and which shape do "
        "the weights have then?",
        "w = np.full((C, 1, k, k), 1 / k**2), then cl.conv(x, w, stride=s, padding=p, groups=C).",
    ],
)


# 8.3 --------------------------------------------------------------------------------------

_TRUE = {0: "A", 2: "C"}


def _pair(value: Any, *, count: int = 2) -> list[float]:
    numbers = [float(number) for number in value]
    if len(numbers) != count or not all(np.isfinite(numbers)):
        raise ValueError
    return numbers


def judge_claims(answer: Any) -> str | None:
    try:
        given = list(answer)
    except TypeError:
        given = []
    if len(given) != 5:
        return "Give a list of five entries, one for each claim: None, or a counter-example."
    for number, name in _TRUE.items():
        if given[number] is not None:
            return _no_counterexample(name, given[number])
    for name, number, judge in (("B", 1, _judge_b), ("D", 3, _judge_d), ("E", 4, _judge_e)):
        if given[number] is None:
            return f"Claim {name} is false: there is a counter-example with small whole numbers."
        try:
            complaint = judge(given[number])
        except (TypeError, ValueError):
            return f"Claim {name}: your counter-example has not the form that the claim asks for."
        if complaint:
            return f"Claim {name}: {complaint}"
    return None


def _no_counterexample(name: str, value: Any) -> str:
    try:
        x, z = (_pair(part) for part in value)
    except (TypeError, ValueError):
        return f"Claim {name} is true, so its entry is None."
    together, apart = max(a + b for a, b in zip(x, z, strict=True)), max(x) + max(z)
    where = f"here max(x + z) is {text(together)} and max x + max z is {text(apart)}"
    if name == "C" and together != apart:
        return f"Claim C: {where}, but x and z are largest in different places."
    return f"Claim {name} is true: {where}. Why can this never fail?"


def _judge_b(value: Any) -> str | None:
    factor, window = value
    x, factor = _pair(window), float(factor)
    if max(factor * number for number in x) != factor * max(x):
        return None
    why = "a factor that is not negative keeps the order" if factor >= 0 else "try two numbers"
    return f"both sides are {text(factor * max(x))}: {why}."


def _judge_d(value: Any) -> str | None:
    x, z = (_pair(part) for part in value)
    if min(*x, *z) < 0:
        return "no number may be negative."
    if max(a * b for a, b in zip(x, z, strict=True)) != max(x) * max(z):
        return None
    return f"both sides are {text(max(x) * max(z))}. Let x and z be large in different places."


def _judge_e(value: Any) -> str | None:
    a, b, c, d = _pair(value, count=4)
    if (max(a, b) + max(c, d)) / 2 != max((a + b) / 2, (c + d) / 2):
        return None
    return f"both orders give {text(max((a + b) / 2, (c + d) / 2))}. Make each pair uneven."


CLAIMS = Exercise(
    "8.3",
    judge=judge_claims,
    nonsense=[None, (2, [1, 2]), None, ([1, 1], [1, 1]), [0, 0, 0, 0]],
    mistakes=[
        Mistake("everything is true", [None] * 5, "Claim B is false"),
        Mistake(
            "a positive factor",
            [None, (2, [1, 3]), None, ([1, 0], [0, 1]), [1, 0, 0, 1]],
            "a factor that is not negative keeps the order",
        ),
        Mistake(
            "the bound is broken",
            [([1, 0], [0, 1]), (-1, [1, 2]), None, ([1, 0], [0, 1]), [1, 0, 0, 1]],
            "Claim A is true",
        ),
        Mistake(
            "different places",
            [None, (-1, [1, 2]), ([1, 0], [0, 1]), ([1, 0], [0, 1]), [1, 0, 0, 1]],
            "largest in different places",
        ),
        Mistake(
            "the same place",
            [None, (-1, [1, 2]), None, ([1, 2], [1, 3]), [1, 0, 0, 1]],
            "Let x and z be large in different places",
        ),
        Mistake(
            "flat pairs",
            [None, (-1, [1, 2]), None, ([1, 0], [0, 1]), [1, 1, 1, 1]],
            "Make each pair uneven",
        ),
    ],
    hints=[
        "Two of the five are true. Begin with the pair that killed additivity: (1, 0) and (0, 1).",
        "For B: what does a factor of −1 do to the order of two numbers? For D, use the pair of "
        "the first hint.",
        "For C: if place 0 is the best of both x and z, then it is the best of x + z. For A: the "
        "best place of x + z is some place of x and some place of z.",
    ],
)


# 8.4 --------------------------------------------------------------------------------------


class _Wire:
    """A number that can be added, subtracted and scaled, but not looked at."""

    def __init__(self, value: float) -> None:
        self._value = value

    def __add__(self, other: Any) -> _Wire:
        return _Wire(self._value + _value(other))

    def __sub__(self, other: Any) -> _Wire:
        return _Wire(self._value - _value(other))

    def __rsub__(self, other: Any) -> _Wire:
        return _Wire(_value(other) - self._value)

    def __mul__(self, other: Any) -> _Wire:
        if isinstance(other, _Wire):
            raise _PeekingError("you multiply two of the numbers; only fixed factors are allowed")
        return _Wire(self._value * float(other))

    def __truediv__(self, other: Any) -> _Wire:
        return self * (1 / other)

    def __neg__(self) -> _Wire:
        return _Wire(-self._value)

    __radd__, __rmul__ = __add__, __mul__

    def _peek(self, *_: Any) -> Any:
        raise _PeekingError(
            "you compare two numbers, as max and if do; leave every decision to relu"
        )

    __lt__ = __gt__ = __le__ = __ge__ = __bool__ = __abs__ = __float__ = __int__ = _peek


class _PeekingError(TypeError):
    """Something other than sums, differences, fixed factors and relu."""


def _value(other: Any) -> float:
    return other._value if isinstance(other, _Wire) else float(other)


def judge_largest(answer: Any) -> str | None:
    if not callable(answer):
        return "Give your function largest, without brackets."
    rng = np.random.default_rng(8)
    lists = [rng.integers(-9, 10, m).tolist() for m in (1, 2, 2, 3, 3, 4, 4, 4, 5, 6, 9)]
    for numbers in [[-3], [2, -1], [-2, -1], [-4, -2, -3], *lists]:
        if complaint := _one_list(answer, numbers):
            return complaint
    return None


def _one_list(answer: Any, numbers: list[int]) -> str | None:
    calls = 0

    def relu(value: Any) -> _Wire:
        nonlocal calls
        calls += 1
        return _Wire(max(_value(value), 0.0))

    try:
        got = answer([_Wire(number) for number in numbers], relu)
    except _PeekingError as error:
        return f"For {numbers} {error}."
    if not isinstance(got, (_Wire, int, float)):
        return f"For {numbers} the answer must be one number; got {text(got)}."
    if abs(_value(got) - max(numbers)) > 1e-9:
        return f"For {numbers} you give {text(_value(got))}; right is {max(numbers)}."
    if calls > len(numbers) - 1:
        return f"For {numbers} the value is right, but with {calls} ReLUs; {len(numbers) - 1} do."
    return None


def _chain(step: Callable[..., Any], start: Any = None) -> Callable[..., Any]:
    """Answers that go through the list and keep the largest number so far."""

    def largest(x: list[Any], relu: Callable[..., Any]) -> Any:
        best, rest = (x[0], x[1:]) if start is None else (start, x)
        for number in rest:
            best = step(number, best, relu)
        return best

    return largest


def _odd_one_out(x: list[Any], relu: Callable[..., Any]) -> Any:
    while len(x) > 1:
        x = [b + relu(a - b) for a, b in zip(x[::2], x[1::2], strict=False)]
    return x[0]


LARGEST = Exercise(
    "8.4",
    judge=judge_largest,
    nonsense=lambda x, relu: x[0] + 1,
    mistakes=[
        Mistake(
            "compares",
            lambda x, relu: max(x),
            "leave every decision to relu",
        ),
        Mistake(
            "wrong number added back",
            _chain(lambda a, b, relu: a + relu(a - b)),
            "For [2, -1] you give 5",
        ),
        Mistake(
            "subtraction turned around",
            _chain(lambda a, b, relu: b + relu(b - a)),
            "For [2, -1] you give 5",
        ),
        Mistake(
            "begins with 0",
            _chain(lambda a, b, relu: b + relu(a - b), start=0),
            "For [-3] you give 0; right is -3",
        ),
        Mistake(
            "two for each comparison",
            _chain(lambda a, b, relu: (a + b + relu(a - b) + relu(b - a)) / 2),
            "the value is right, but with 2 ReLUs; 1 do",
        ),
        Mistake(
            "last of an odd number lost",
            _odd_one_out,
            "For [-4, -2, -3] you give",
        ),
    ],
    hints=[
        "The largest of two numbers takes one ReLU: equation (eq-max-relu).",
        "Keep the largest so far and compare it with the next number. With which of the x do you "
        "begin?",
        "best = x[0]; for each a of x[1:]: best = best + relu(a - best).",
    ],
)


# 8.5 --------------------------------------------------------------------------------------


def judge_corners(answer: Any) -> str | None:
    try:
        x = np.asarray(answer, dtype=float)
    except (TypeError, ValueError):
        return "Give a picture: five lists of five numbers, or a NumPy array."
    if x.shape != (5, 5) or not np.isfinite(x).all():
        return f"The picture needs 5 rows and 5 columns of numbers; yours has shape {x.shape}."
    right = reference.max_pool(x[None, None], 3, stride=1, padding=1)[0, 0]
    zeros = reference.max_pool(np.pad(x, 1)[None, None], 3, stride=1)[0, 0]
    wrong = {(int(i), int(j)) for i, j in np.argwhere(right != zeros)}
    corners = {(0, 0), (0, 4), (4, 0), (4, 4)}
    if not wrong:
        return (
            "Zeros do no harm in this picture: every window at the border holds a number that is "
            "0 or more."
        )
    if missing := sorted(corners - wrong):
        return f"At the corner {missing[0]} zeros give the right answer, {text(right[missing[0]])}."
    if surplus := sorted(wrong - corners):
        return (
            f"All four corners are wrong, as they should be, but so is {surplus[0]}: all pixels in "
            "its window are negative."
        )
    return None


def _corners(value: int, width: int, rest: int) -> np.ndarray:
    """A picture of `rest` with a square of `value` in each corner."""
    x = np.full((5, 5), rest)
    for rows in (slice(0, width), slice(5 - width, 5)):
        for columns in (slice(0, width), slice(5 - width, 5)):
            x[rows, columns] = value
    return x


CORNERS = Exercise(
    "8.5",
    judge=judge_corners,
    nonsense=np.eye(4),
    mistakes=[
        Mistake("nothing negative", np.arange(25).reshape(5, 5), "Zeros do no harm"),
        Mistake("corner pixels only", _corners(-1, 1, 0), "Zeros do no harm"),
        Mistake("all negative", np.full((5, 5), -1), "but so is (0, 1)"),
        Mistake("only the middle is not negative", -1 + 6 * np.pad([[1]], 2), "but so is (0, 1)"),
        Mistake("one corner", np.pad(-np.ones((2, 2), int), ((0, 3), (0, 3))), "At the corner"),
    ],
    hints=[
        "When is the largest number of a window at the border changed by a zero that was added to "
        "it? Only when all its pixels are negative.",
        "The window of a corner holds 2 × 2 pixels, the one beside it 2 × 3. So the four squares "
        "in the corners are negative, and what must the rest be?",
        "The middle row and the middle column belong to every other window at the border: put "
        "zeros there.",
    ],
)


# 8.6 --------------------------------------------------------------------------------------


def power_pool(x: np.ndarray, edges: list[int], p: float) -> list[float]:
    """The power mean of the sizes in each window; scaled by the largest, so nothing overflows."""
    return [_power_mean(np.abs(x[a:b]), p) for a, b in pairwise(edges)]


def _power_mean(sizes: np.ndarray, p: float) -> float:
    top = float(sizes.max())
    if top == 0 or isinf(p):
        return top
    return float(top * np.mean((sizes / top) ** p) ** (1 / p))


def _naive(
    collect: Callable[[np.ndarray], Any] = np.mean, root: bool = True, more: int = 0
) -> Callable[..., list[float]]:
    """Wrong versions of the formula typed as it stands; the largest size where p is infinite."""

    def wrong(x: np.ndarray, edges: list[int], p: float) -> list[float]:
        parts = [np.abs(x[a : b + more]) for a, b in pairwise(edges)]
        if isinf(p):
            return [float(part.max()) for part in parts]
        return [float(collect(part**p) ** (1 / p if root else 1)) for part in parts]

    return wrong


def _typed_as_it_stands(x: np.ndarray, edges: list[int], p: float) -> list[float]:
    parts = [np.abs(x[a:b]) for a, b in pairwise(edges)]
    return [float(np.mean(part**p) ** (1 / p)) for part in parts]


def _power_cases() -> list[Case]:
    """Windows of one to three numbers, with small, large and infinite p."""
    rng = np.random.default_rng(86)
    found = []
    for number in range(120):
        widths = rng.integers(1, 4, int(rng.integers(1, 4)))
        edges = [0, *(int(edge) for edge in np.cumsum(widths))]
        x = rng.integers(-6, 7, edges[-1]) / 2
        found.append({"x": x, "edges": edges, "p": (1.0, 2.0, 3.0, 2.5, 2000.0, inf)[number % 6]})
    return sorted(found, key=size)


POWER = Exercise(
    "8.6",
    call="power_pool",
    oracle=power_pool,
    cases=_power_cases,
    mistakes=[
        Mistake(
            "typed as it stands",
            _typed_as_it_stands,
            "The formula as it stands has two traps. For p = inf it takes a 0th power at the end, "
            "and every number becomes 1; and for a large p the powers overflow or vanish.",
        ),
        Mistake(
            "powers overflow",
            _naive(),
            "For large p your powers leave the range of floats: 3.0 ** 2000 is infinite and "
            "0.5 ** 2000 is 0. Divide the window by its largest size first.",
        ),
        Mistake(
            "a sum",
            _naive(collect=np.sum),
            "You add the powers up. Divide by their number, so that a flat window keeps its value.",
        ),
        Mistake(
            "no root",
            _naive(root=False),
            "The p-th root is missing: a flat window of 3 should give 3, not 3 to the power p.",
        ),
        Mistake(
            "largest number instead of largest size",
            lambda x, edges, p: (
                [float(x[a:b].max()) for a, b in pairwise(edges)]
                if isinf(p)
                else power_pool(x, edges, p)
            ),
            "For p = inf you take the largest number. The limit is the largest size, so −4 beats "
            "3: take np.abs first.",
        ),
        Mistake(
            "one number too many",
            _naive(more=1),
            "Your windows overlap: the last edge is where the next window begins, x[a:b].",
        ),
    ],
    hints=[
        "Window i is x[edges[i] : edges[i + 1]], and there is one window fewer than edges.",
        "Take np.abs of it, raise to the power p, take the mean, then the p-th root. What should "
        "p = np.inf give?",
        "With top = the largest size: top * np.mean((sizes / top) ** p) ** (1 / p). A window of "
        "zeros gives 0.",
    ],
)

EXERCISES = [POOL, AVERAGE, CLAIMS, LARGEST, CORNERS, POWER]
