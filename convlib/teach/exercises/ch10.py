"""Exercises of chapter 10: slopes, the gradients of taps and inputs, descent, least squares."""

from __future__ import annotations

from typing import Any

import numpy as np

from convlib.teach.equations.cases import Case, draw, integer, vector
from convlib.teach.exercises.engine.definition import Exercise, Mistake

Pair = tuple[np.ndarray, Any]


def _windows(x: np.ndarray, k: int) -> np.ndarray:
    """One window in each row."""
    return np.array([x[i : i + k] for i in range(len(x) - k + 1)])


# 10.1 -------------------------------------------------------------------------------------


def slopes(x: int, w: int, t: int) -> tuple[float, float, float]:
    """From one step up and one step down, which for a quadratic is exact."""
    return (
        (_loss(x, w + 1, t) - _loss(x, w - 1, t)) / 2,
        (_loss(x + 1, w, t) - _loss(x - 1, w, t)) / 2,
        (_loss(x, w, t + 1) - _loss(x, w, t - 1)) / 2,
    )


def _loss(x: int, w: int, t: int) -> int:
    return (w * x - t) ** 2


SLOPES = Exercise(
    "10.1",
    call="slopes",
    oracle=slopes,
    cases=lambda: draw(200, x=integer(-9, 9), w=integer(-9, 9), t=integer(-9, 9)),
    mistakes=[
        Mistake(
            "inner slope forgotten",
            lambda x, w, t: (2 * (w * x - t),) * 2 + (-2 * (w * x - t),),
            "That is only the slope of the square. Multiply it by the slope of the first stage, "
            "wx, along the thing that is turned: x for w, and w for x.",
        ),
        Mistake(
            "x and w swapped",
            lambda x, w, t: (2 * (w * x - t) * w, 2 * (w * x - t) * x, -2 * (w * x - t)),
            "The first two are swapped. When w grows by 1, wx grows by x: the slope for the "
            "weight contains the input.",
        ),
        Mistake(
            "no 2",
            lambda x, w, t: ((w * x - t) * x, (w * x - t) * w, -(w * x - t)),
            "All three are half of what they should be. The slope of e² is 2e; the 2 cancels only "
            "where the loss begins with ½.",
        ),
        Mistake(
            "sign of t",
            lambda x, w, t: (2 * (w * x - t) * x, 2 * (w * x - t) * w, 2 * (w * x - t)),
            "The last sign is wrong. When t grows, wx − t falls, so this stage has the slope −1.",
        ),
        Mistake(
            "wanted minus got",
            lambda x, w, t: (2 * (t - w * x) * x, 2 * (t - w * x) * w, 2 * (w * x - t)),
            "All signs are turned around. The error in the loss is wx − t, got minus wanted.",
        ),
        Mistake(
            "error instead of square",
            lambda x, w, t: (x, w, -1),
            "These are the slopes of wx − t itself. The loss is its square, whose slope is twice "
            "the error: multiply.",
        ),
    ],
    hints=[
        "Name the error e = wx − t. The loss is e². Which two slopes multiply?",
        "The slope of e² along e is 2e. How much does e grow when w grows by 1? When x does? t?",
        "Multiply 2 * (w * x - t) by x, by w, and by −1.",
    ],
)


# 10.2 -------------------------------------------------------------------------------------


def weight_gradient(dy: np.ndarray, x: np.ndarray) -> list[int]:
    """Every product booked under its tap."""
    o = len(dy)
    dw = [0] * (len(x) - o + 1)
    for i in range(o):
        for j in range(len(dw)):
            dw[j] += int(dy[i]) * int(x[i + j])
    return dw


def _dw(formula: Any) -> Any:
    """A mistake that is given dy, x and the number of taps."""
    return lambda dy, x: formula(dy, x, len(x) - len(dy) + 1)


WEIGHT_GRADIENT = Exercise(
    "10.2",
    call="weight_gradient",
    oracle=weight_gradient,
    cases=lambda: draw(200, dy=vector(1, 6), x=vector(1, 9), where=lambda dy, x: len(dy) <= len(x)),
    mistakes=[
        Mistake(
            "not transposed",
            _dw(lambda dy, x, k: _windows(x, k) @ dy),
            "You multiplied H itself by dy. H has a row for each output and takes taps to "
            "outputs; the way back is its transpose, H.T @ dy.",
        ),
        Mistake(
            "with a flip",
            _dw(lambda dy, x, k: np.convolve(x, dy, "valid")),
            "dy runs backwards along x: that is a convolution. For the taps there is no flip, "
            "since i and i + j grow together.",
        ),
        Mistake(
            "back to front",
            _dw(lambda dy, x, k: weight_gradient(dy, x)[::-1]),
            "The right numbers, in the wrong order: entry 0 belongs to tap 0, which meets x[0].",
        ),
        Mistake(
            "every overlap",
            _dw(lambda dy, x, k: np.correlate(x, dy, "full")),
            "You let dy hang over the ends of x. Only whole overlaps count here: there are "
            "n − o + 1 taps.",
        ),
        Mistake(
            "one output only",
            _dw(lambda dy, x, k: dy[0] * x[:k]),
            "You followed the paths through output 0 only. A tap stands in every output: add over "
            "all of them.",
        ),
        Mistake(
            "mean over the outputs",
            _dw(lambda dy, x, k: np.array(weight_gradient(dy, x)) / len(dy)),
            "You divided by the number of outputs. The paths are added, not averaged; if the loss "
            "is a mean, dy already says so.",
        ),
        Mistake(
            "one tap too few",
            _dw(lambda dy, x, k: weight_gradient(dy, x)[:-1]),
            "The last tap is missing: with n inputs and o outputs there are n − o + 1 taps.",
        ),
    ],
    hints=[
        "How many taps are there? Solve o = n − k + 1 for k.",
        "Tap j stands in every output, in output i with the factor x[i + j].",
        "Entry j is sum(dy * x[j : j + len(dy)]), for j in range(len(x) - len(dy) + 1).",
    ],
)


# 10.3 -------------------------------------------------------------------------------------


def input_gradient(dy: np.ndarray, w: np.ndarray) -> list[int]:
    """Every product booked under its input."""
    dx = [0] * (len(dy) + len(w) - 1)
    for i in range(len(dy)):
        for j in range(len(w)):
            dx[i + j] += int(dy[i]) * int(w[j])
    return dx


def _slide(padded: np.ndarray, w: np.ndarray) -> list[int]:
    k = len(w)
    return [int(sum(padded[i : i + k] * w)) for i in range(len(padded) - k + 1)]


def _overwrite(dy: np.ndarray, w: np.ndarray) -> np.ndarray:
    dx = np.zeros(len(dy) + len(w) - 1, dtype=int)
    for i in range(len(dy)):
        dx[i : i + len(w)] = dy[i] * w
    return dx


def _around(dy: np.ndarray, w: np.ndarray) -> list[int]:
    """What negative indices do, with a guard on the upper side only."""
    o, k = len(dy), len(w)
    guarded = [[i for i in range(o) if -k <= m - i < k] for m in range(o + k - 1)]
    return [int(sum(dy[i] * w[m - i] for i in reach)) for m, reach in enumerate(guarded)]


def _square(dy: np.ndarray, w: np.ndarray) -> np.ndarray:
    """T itself where it should be transposed; only a matrix with one tap is square."""
    n = len(dy) + len(w) - 1
    T = np.zeros((len(dy), n), dtype=int)
    for i in range(len(dy)):
        T[i, i : i + len(w)] = w
    return np.asarray(T @ dy)


INPUT_GRADIENT = Exercise(
    "10.3",
    call="input_gradient",
    oracle=input_gradient,
    cases=lambda: draw(200, dy=vector(1, 6), w=vector(1, 4)),
    mistakes=[
        Mistake(
            "beginning missing",
            lambda dy, w: _slide(np.pad(dy, (0, len(w) - 1)), w[::-1]),
            "The first k − 1 entries are missing. You laid zeros down after dy, but not before it: "
            "there must be k − 1 on each side.",
        ),
        Mistake(
            "end missing",
            lambda dy, w: _slide(np.pad(dy, (len(w) - 1, 0)), w[::-1]),
            "The last k − 1 entries are missing. There is a number for each input, o + k − 1 in "
            "all; if you slide, lay k − 1 zeros down after dy as well as before it.",
        ),
        Mistake(
            "no flip, or two",
            lambda dy, w: np.convolve(dy, w[::-1]),
            "The kernel is laid over dy the wrong way round. It must be turned around exactly "
            "once: by you, if you slide; by the convolution, if you use one; but not by both.",
        ),
        Mistake(
            "dy turned around",
            lambda dy, w: np.convolve(dy, w)[::-1],
            "Your list is back to front: you turned dy around in the place of the kernel.",
        ),
        Mistake(
            "overwrite",
            _overwrite,
            "What arrives at an input from several outputs must be added: += and not =.",
        ),
        Mistake(
            "negative index",
            _around,
            "w[m - i] with a negative index is no error: Python counts from the other end. Start "
            "the sum at i = max(0, m − k + 1) and end it at min(m, o − 1).",
        ),
        Mistake(
            "not transposed",
            _square,
            "You multiplied T itself by dy. T takes inputs to outputs; the way back is T.T @ dy.",
        ),
    ],
    hints=[
        "How many inputs are there? Solve o = n − k + 1 for n. Start with that many zeros.",
        "Output i has read the inputs i to i + k − 1, with the taps w[0] to w[k − 1]. What does it "
        "send back to each of them?",
        "For each i: dx[i : i + k] += dy[i] * w.",
    ],
)


# 10.4 -------------------------------------------------------------------------------------


def last_two(dy: np.ndarray, w: np.ndarray) -> list[int]:
    """The end of the whole gradient."""
    return input_gradient(dy, w)[-2:]


def _before(dy: np.ndarray) -> int:
    return int(dy[-2]) if len(dy) > 1 else 0


LAST_TWO = Exercise(
    "10.4",
    call="last_two",
    oracle=last_two,
    cases=lambda: draw(200, dy=vector(1, 6), w=vector(2, 2)),
    mistakes=[
        Mistake(
            "last tap for both",
            lambda dy, w: [w[1] * _before(dy) + w[1] * dy[-1], w[1] * dy[-1]],
            "Your first entry uses tap 1 twice. The last output reads the last input but one with "
            "tap 0.",
        ),
        Mistake(
            "taps swapped",
            lambda dy, w: [w[0] * _before(dy) + w[1] * dy[-1], w[0] * dy[-1]],
            "The two taps are swapped, as if the kernel were turned around. The last input lies "
            "under the last tap.",
        ),
        Mistake(
            "first tap at the end",
            lambda dy, w: [w[1] * _before(dy) + w[0] * dy[-1], w[0] * dy[-1]],
            "The last input is read by the last output with its last tap, w[1], not with w[0].",
        ),
        Mistake(
            "order of the two",
            lambda dy, w: last_two(dy, w)[::-1],
            "The right two numbers, in the wrong order: the very last input comes last.",
        ),
        Mistake(
            "one path forgotten",
            lambda dy, w: [w[0] * dy[-1], w[1] * dy[-1]],
            "The last input but one has two readers. The output before the last one reads it, "
            "too, with tap 1.",
        ),
        Mistake(
            "negative index",
            lambda dy, w: [w[1] * dy[len(dy) - 2] + w[0] * dy[-1], w[1] * dy[-1]],
            "With a single output, dy[len(dy) - 2] is dy[-1], the same output again. There is no "
            "output before the first: its share is 0.",
        ),
        Mistake(
            "needs two outputs",
            lambda dy, w: [w[1] * dy[-2] + w[0] * dy[-1], w[1] * dy[-1]],
            "With a single output there is no dy[-2]. Its share is then 0.",
        ),
    ],
    hints=[
        "Which outputs read the very last input? Which read the one before it? Draw three outputs "
        "of two taps over four inputs.",
        "The last output has tap 1 on the last input and tap 0 on the one before.",
        "[w[1] * before + w[0] * dy[-1], w[1] * dy[-1]], where before is dy[-2], or 0 if there is "
        "only one output.",
    ],
)


# 10.5 -------------------------------------------------------------------------------------


def _eigenvalues(x: np.ndarray, k: int) -> np.ndarray:
    H = _windows(x, k)
    return np.asarray(np.linalg.eigvalsh(H.T @ H))


def learn(x: np.ndarray, t: np.ndarray, k: int) -> Pair:
    """The normal equations instead of a descent; without noise the hidden kernel solves them."""
    H = _windows(x, k)
    return np.linalg.solve(H.T @ H, H.T @ t), 2 / _eigenvalues(x, k)[-1]


def _gentle(x: np.ndarray, w: np.ndarray) -> bool:
    if len(x) < 2 * len(w):
        return False
    found = _eigenvalues(x, len(w))
    return bool(10 * found[0] > found[-1])


def _lessons() -> list[Case]:
    """Lists whose valleys are not narrow, and what a hidden kernel makes of them."""
    drawn = draw(6, x=vector(4, 20), w=vector(2, 4), where=_gentle)
    return [
        {"x": c["x"], "t": _windows(c["x"], len(c["w"])) @ c["w"], "k": len(c["w"])} for c in drawn
    ]


def _close(got: Any, expected: Any, case: Case) -> bool:
    w, bound = got
    near = np.shape(w) == (case["k"],) and np.max(np.abs(np.asarray(w) - expected[0])) < 1e-6
    return bool(near and abs(bound - expected[1]) < 1e-9 * expected[1])


def _with_bound(limit: Any) -> Any:
    return lambda x, t, k: (learn(x, t, k)[0], limit(x, k))


def _one_step(x: np.ndarray, t: np.ndarray, k: int) -> Pair:
    bound = learn(x, t, k)[1]
    return 0.5 * bound * (_windows(x, k).T @ t), bound


LEARN = Exercise(
    "10.5",
    call="learn",
    oracle=learn,
    cases=_lessons,
    equal=_close,
    mistakes=[
        Mistake(
            "nothing learned",
            lambda x, t, k: (np.zeros(k), learn(x, t, k)[1]),
            "The kernel is still zero. Is the step really written back, w = w - eta * dw?",
        ),
        Mistake(
            "one step",
            _one_step,
            "You took one step of half the bound and stopped. Go on: forwards, dy = y − t, back, "
            "step, many times.",
        ),
        Mistake(
            "kernel back to front",
            lambda x, t, k: (learn(x, t, k)[0][::-1], learn(x, t, k)[1]),
            "The kernel came out back to front, so your forward pass is a convolution with the "
            "flip. A layer correlates.",
        ),
        Mistake(
            "half the bound",
            _with_bound(lambda x, k: 1 / _eigenvalues(x, k)[-1]),
            "Your bound is 1/λmax. That is a good step size, but the bound is 2/λmax.",
        ),
        Mistake(
            "eigenvalue not squared",
            _with_bound(lambda x, k: 2 / np.sqrt(_eigenvalues(x, k)[-1])),
            "Your bound uses the norm of H. The eigenvalue of HᵀH is its square.",
        ),
        Mistake(
            "smallest eigenvalue",
            _with_bound(lambda x, k: 2 / _eigenvalues(x, k)[0]),
            "Your bound uses the smallest eigenvalue. The steepest direction explodes first: take "
            "the largest. np.linalg.eigvalsh sorts them upwards.",
        ),
        Mistake(
            "sum of the eigenvalues",
            _with_bound(lambda x, k: 2 / sum(_eigenvalues(x, k))),
            "Your bound uses the sum of all eigenvalues. Such a step is safe, but the bound is "
            "larger: 2 divided by the largest one.",
        ),
    ],
    hints=[
        "cl.hankel(x, k) is H, and the gradient is H.T @ (H @ w - t). Which step size suits every "
        "list?",
        "The largest eigenvalue is np.linalg.eigvalsh(H.T @ H)[-1]. Step with half the bound.",
        "bound = 2 / largest; start from np.zeros(k) and repeat five hundred times: "
        "w = w - 0.5 * bound * (H.T @ (H @ w - t)).",
    ],
)


# 10.6 -------------------------------------------------------------------------------------


def _with_ones(x: np.ndarray, k: int) -> np.ndarray:
    H = _windows(x, k)
    return np.column_stack([H, np.ones(len(H))])


def _fit(A: np.ndarray, t: np.ndarray) -> np.ndarray:
    return np.asarray(np.linalg.lstsq(A, t, rcond=None)[0])


def best_layer(x: np.ndarray, t: np.ndarray, k: int) -> Pair | None:
    """Let NumPy find the least squares."""
    A = _with_ones(x, k)
    if np.linalg.matrix_rank(A) <= k:
        return None
    found = _fit(A, t)
    return found[:k], found[k]


def _clear(x: np.ndarray, t: np.ndarray, k: int) -> bool:
    if len(t) != len(x) - k + 1 or len(t) <= k:
        return False
    A = _with_ones(x, k)
    return bool(np.linalg.eigvalsh(A.T @ A)[0] > 0.1)


def _noisy() -> list[Case]:
    """Mostly clear cases, and some lists that leave a direction open."""
    blind = [
        ([2, 2, 2, 2], [1, 2, 3, 4], 1),
        ([2, 2, 2, 2], [1, 2, 4], 2),
        ([1, 2, 3, 4, 5], [1, 0, 2, 1], 2),
        ([1, 1, 2, 3, 5, 8, 13], [1, 0, 1, 1, 2], 3),
        ([3, 1, 4], [1, 5], 2),
    ]
    drawn = draw(100, x=vector(3, 12), t=vector(2, 12), k=integer(1, 3), where=_clear)
    open_ones = [{"x": np.array(x), "t": np.array(t), "k": k} for x, t, k in blind]
    return [*drawn[:10], *open_ones, *drawn[10:]]


def _never_none(x: np.ndarray, t: np.ndarray, k: int) -> Pair:
    found = _fit(_with_ones(x, k), t)
    return found[:k], found[k]


def _unique_or_none(finish: Any) -> Any:
    return lambda x, t, k: None if best_layer(x, t, k) is None else finish(x, t, k)


def _reversed(x: np.ndarray, t: np.ndarray, k: int) -> Pair:
    w, b = _never_none(x, t, k)
    return w[::-1], b


def _bias_last(x: np.ndarray, t: np.ndarray, k: int) -> Pair:
    w = _fit(_windows(x, k), t)
    return w, np.mean(t - _windows(x, k) @ w)


def _bias_first(x: np.ndarray, t: np.ndarray, k: int) -> Pair:
    return _fit(_windows(x, k), t - np.mean(t)), np.mean(t)


BEST_LAYER = Exercise(
    "10.6",
    call="best_layer",
    oracle=best_layer,
    cases=_noisy,
    mistakes=[
        Mistake(
            "never None",
            _never_none,
            "Where the best layer is not unique you return one of many. Compare the rank of the "
            "matrix with the number of unknowns, k + 1.",
        ),
        Mistake(
            "bias forgotten",
            _unique_or_none(lambda x, t, k: (_fit(_windows(x, k), t), 0.0)),
            "Your bias is 0. It is an unknown like the taps: put a column of ones beside H.",
        ),
        Mistake(
            "bias afterwards",
            _unique_or_none(_bias_last),
            "You found the kernel without a bias, and then the best bias for it. With a bias, "
            "another kernel is best: find both at once.",
        ),
        Mistake(
            "bias beforehand",
            _unique_or_none(_bias_first),
            "You took the mean of t as the bias, and then the best kernel for the rest. That is "
            "right only if all columns of H have mean 0: find both at once.",
        ),
        Mistake(
            "windows back to front",
            _unique_or_none(_reversed),
            "Your kernel is back to front. Row i of H is the window x[i], …, x[i + k − 1], not "
            "reversed.",
        ),
        Mistake(
            "bias has no say in None",
            lambda x, t, k: (
                None if np.linalg.matrix_rank(_windows(x, k)) < k else _never_none(x, t, k)
            ),
            "You looked at the rank of H alone. With the column of ones there are k + 1 unknowns, "
            "and on a list such as 2, 2, 2 tap and bias do the same.",
        ),
    ],
    hints=[
        "The bias is one more unknown, which every output meets with the factor 1.",
        "Let A be H with a column of ones beside it: np.column_stack([H, np.ones(len(H))]). When "
        "are its columns independent?",
        "None if np.linalg.matrix_rank(A) < k + 1; else the solution of A.T @ A @ u = A.T @ t, "
        "whose last entry is b.",
    ],
)

EXERCISES = [SLOPES, WEIGHT_GRADIENT, INPUT_GRADIENT, LAST_TWO, LEARN, BEST_LAYER]
