"""Exercises of chapter 16: counts, any m, a causal layer, a word, a separable blur, an area."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import product
from math import prod
from typing import Any

import numpy as np

from convlib import reference
from convlib.teach.equations.cases import Case, draw, image, vector
from convlib.teach.exercises.engine.definition import Exercise, Mistake

ALPHABET = " abcdefghijklmnopqrstuvwxyz"
Sizes = tuple[int, ...]
Card = tuple[Sizes, int, int]


def _numbers(rng: np.random.Generator, lo: int, hi: int, count: int) -> Sizes:
    return tuple(int(n) for n in rng.integers(lo, hi + 1, count))


# 16.1 -------------------------------------------------------------------------------------


def card(c: int, f: int, size: Sizes, window: Sizes, s: int, p: int) -> Card:
    """Count the windows along each axis, then multiply."""
    out = tuple(len(range(0, n + 2 * p - k + 1, s)) for n, k in zip(size, window, strict=True))
    return (f, *out), f * c * prod(window) + f, f * prod(out) * c * prod(window)


def _card(
    pad: Callable[[int], float] = lambda p: 2 * p,
    weights: Callable[[int, int, Sizes], int] = lambda c, f, window: f * c * prod(window),
    biases: Callable[[int, int], int] = lambda c, f: f,
    work: Callable[[int, Sizes, Sizes, int], int] = lambda weights, out, size, f: (
        weights * prod(out)
    ),
    first: Callable[[int, int], int] = lambda c, f: f,
) -> Callable[..., Card]:
    """Wrong versions: one of the rules replaced."""

    def wrong(c: int, f: int, size: Sizes, window: Sizes, s: int, p: int) -> Card:
        axes = zip(size, window, strict=True)
        out = tuple(max(1, int((n + pad(p) - k) // s + 1)) for n, k in axes)
        count = weights(c, f, window)
        return (first(c, f), *out), count + biases(c, f), work(count, out, size, f)

    return wrong


def _layers() -> list[Case]:
    """Layers along one to three axes, as arguments of `card`."""
    rng = np.random.default_rng(161)
    cases: list[Case] = [{"c": 1, "f": 1, "size": (1,), "window": (1,), "s": 1, "p": 0}]
    for number in range(200):
        m = number % 3 + 1
        c, f = _numbers(rng, 1, 5, 2)
        s, p = _numbers(rng, 1, 3, 1)[0], _numbers(rng, 0, 2, 1)[0]
        window = _numbers(rng, 1, 4, m)
        size = tuple(k + extra for k, extra in zip(window, _numbers(rng, 0, 6, m), strict=True))
        cases.append({"c": c, "f": f, "size": size, "window": window, "s": s, "p": p})
    return sorted(cases, key=lambda case: (len(case["size"]), prod(case["size"])))


def _same_card(got: Any, expected: Card, case: Case) -> bool:
    """Lists are as good as tuples."""
    shape, parameters, work = got
    return (tuple(int(n) for n in shape), int(parameters), int(work)) == expected


CARD = Exercise(
    "16.1",
    call="card",
    oracle=card,
    cases=_layers,
    equal=_same_card,
    mistakes=[
        Mistake(
            "channels forgotten",
            _card(weights=lambda c, f, window: f * prod(window)),
            "You count one kernel for each map, but a map has a kernel for each input channel: "
            "multiply by c.",
        ),
        Mistake(
            "padding once",
            _card(pad=lambda p: p),
            "You add p once to each axis. Padding is per side, so each axis grows by 2p.",
        ),
        Mistake(
            "a bias for each pair",
            _card(biases=lambda c, f: c * f),
            "You count a bias for each pair of channel and map. There is one for each map.",
        ),
        Mistake(
            "no biases",
            _card(biases=lambda c, f: 0),
            "The biases are missing among the parameters: one for each map.",
        ),
        Mistake(
            "work at every input",
            _card(work=lambda weights, out, size, f: weights * prod(size)),
            "You multiply the weights by the number of inputs. The products are made once for "
            "each output place; with a stride these are fewer.",
        ),
        Mistake(
            "maps counted twice",
            _card(work=lambda weights, out, size, f: weights * prod(out) * f),
            "The factor f is in your multiply-adds twice: it is among the weights already.",
        ),
        Mistake(
            "channels in the shape",
            _card(first=lambda c, f: c),
            "Your output has c channels. It has one map for each of the f kernels.",
        ),
        Mistake(
            "kernel summed",
            _card(weights=lambda c, f, window: f * c * sum(window)),
            "You add the sides of the kernel. Its number of taps is their product; the sum is "
            "what a separable kernel needs.",
        ),
    ],
    hints=[
        "The rule of a single axis, (n + 2p − k) // s + 1, holds for each axis by itself.",
        "f maps, each with c kernels of prod(window) weights, and one bias per map.",
        "Multiply-adds: each of the f·prod(out) outputs is a sum of c·prod(window) products.",
    ],
)


# 16.2 -------------------------------------------------------------------------------------


def conv_any(x: np.ndarray, w: np.ndarray, b: np.ndarray, s: int, d: int) -> np.ndarray:
    """The reference loops, for a batch of one."""
    return np.asarray(reference.conv(x[None], w, b, stride=s, dilation=d)[0])


def _fitting(x: np.ndarray, w: np.ndarray, b: np.ndarray, s: int, d: int) -> np.ndarray:
    """With a wrong dilation the kernel may not fit; then only as much of x as was given."""
    try:
        return conv_any(x, w, b, s, d)
    except ValueError:
        return np.zeros((len(w), *[0] * (x.ndim - 1)), dtype=x.dtype)


def _stride_as_step(x: np.ndarray, w: np.ndarray, b: np.ndarray, s: int, d: int) -> np.ndarray:
    """Windows side by side, dilated by the stride."""
    return _fitting(x, w, b, d, s)


def _turned(x: np.ndarray, w: np.ndarray, b: np.ndarray, s: int, d: int) -> np.ndarray:
    return conv_any(x, np.flip(w, axis=tuple(range(2, w.ndim))), b, s, d)


def _any_cases() -> list[Case]:
    """One sample for each of one to four axes."""
    rng = np.random.default_rng(162)
    cases: list[Case] = []
    for number in range(90):
        m, s, d = number % 4 + 1, *_numbers(rng, 1, 2, 2)
        c, f = _numbers(rng, 1, 3 if m < 4 else 2, 2)
        window = _numbers(rng, 1, 3 if m < 3 else 2, m)
        n = [d * (k - 1) + 1 + e for k, e in zip(window, _numbers(rng, 0, 2, m), strict=True)]
        whole = [rng.integers(-9, 10, shape) for shape in [(c, *n), (f, c, *window), (f,)]]
        cases.append({"x": whole[0], "w": whole[1], "b": whole[2], "s": s, "d": d})
    return sorted(cases, key=lambda case: (case["x"].ndim, case["x"].size + case["w"].size))


CONV_ANY = Exercise(
    "16.2",
    call="conv_any",
    oracle=conv_any,
    cases=_any_cases,
    mistakes=[
        Mistake(
            "kernel turned over",
            _turned,
            "You turn the kernel over: this is the convolution of mathematics. A layer correlates, "
            "so tap j reads the place s·i + d·j.",
        ),
        Mistake(
            "stride ignored",
            lambda x, w, b, s, d: conv_any(x, w, b, 1, d),
            "You take every window. Window i starts at s·i along every axis.",
        ),
        Mistake(
            "dilation ignored",
            lambda x, w, b, s, d: conv_any(x, w, b, s, 1),
            "Your taps stand side by side. Tap j stands d·j places after the first one.",
        ),
        Mistake(
            "stride and dilation exchanged",
            _stride_as_step,
            "You exchanged stride and dilation: the stride moves the window, the dilation the taps "
            "inside it.",
        ),
        Mistake(
            "bias forgotten",
            lambda x, w, b, s, d: conv_any(x, w, 0 * b, s, d),
            "The bias is missing. It is added once to every output of its map.",
        ),
        Mistake(
            "bias for each channel",
            lambda x, w, b, s, d: conv_any(x, w, len(x) * b, s, d),
            "You add the bias once for each channel. It belongs outside the sum over channels.",
        ),
        Mistake(
            "one channel",
            lambda x, w, b, s, d: conv_any(x[:1], w[:, :1], b, s, d),
            "You read channel 0 only. The kernel spans all channels: sum over c as well.",
        ),
    ],
    hints=[
        "How many places are there along each axis? Make a list of these numbers; its length is m.",
        "for i in product(*map(range, out)) gives all places as tuples, and the same with "
        "w.shape[2:] gives all taps.",
        "place = [s * i_a + d * j_a for i_a, j_a in zip(i, j)]; then y[(f, *i)] += "
        "w[(f, c, *j)] * x[(c, *place)].",
    ],
)


# 16.3 -------------------------------------------------------------------------------------


def causal_layer(x: np.ndarray, w: np.ndarray, b: np.ndarray, d: int) -> np.ndarray:
    """The library's loops on a list with zeros in front."""
    zeros = np.zeros((len(x), d * (w.shape[2] - 1)), dtype=x.dtype)
    return np.asarray(reference.conv(np.concatenate([zeros, x], 1)[None], w, b, dilation=d)[0])


def _padded(before: Callable[[int], int], k_only: bool = False) -> Callable[..., np.ndarray]:
    """Wrong versions: another number of the zeros before, the others after."""

    def wrong(x: np.ndarray, w: np.ndarray, b: np.ndarray, d: int) -> np.ndarray:
        total = d * (w.shape[2] - 1)
        front = before(total)
        y = np.pad(x, ((0, 0), (front, max(total - front, 0))))
        return np.asarray(reference.conv(y[None], w, b, dilation=d)[0])[:, : x.shape[1]]

    return wrong


def _short(x: np.ndarray, w: np.ndarray, b: np.ndarray, d: int) -> np.ndarray:
    y = np.pad(x, ((0, 0), (w.shape[2] - 1, 0)))
    span = d * (w.shape[2] - 1) + 1
    if y.shape[1] < span:
        return np.zeros((len(w), 0))
    return np.asarray(reference.conv(y[None], w, b, dilation=d)[0])


FUTURE = "It sees the future: all zeros belong before the list."
AMOUNT = "As many outputs as inputs need d·(k − 1) zeros in all."
PRESENT = "The last tap reads the present: there is a zero too many, or the kernel is cut."
ORDER = "The taps are in the wrong order: the last one reads the present."
BIAS = "The bias is missing: each map adds its own to every output."


def _causal_cases() -> list[Case]:
    rng = np.random.default_rng(163)
    cases: list[Case] = []
    for _ in range(60):
        c, f, k, d = (int(n) for n in rng.integers([1, 1, 1, 1], [4, 4, 4, 4]))
        n = int(rng.integers(1, 9))
        w = rng.integers(1, 9, (f, c, k)) * rng.choice([-1, 1], (f, c, k))  # no tap is 0
        x, b = rng.integers(-9, 10, (c, n)), rng.integers(-9, 10, f)
        cases.append({"x": x, "w": w, "b": b, "d": d})
    return sorted(cases, key=lambda case: case["x"].size + case["w"].size)


def _causal_complaint(answer: Any) -> str | None:
    """Shape first, then the future, then the present, then the values."""
    if not callable(answer):
        return "Give the function itself, without parentheses."
    for look in (_shape_complaint, _future_complaint, _present_complaint, _value_complaint):
        for case in _causal_cases():
            complaint = look(answer, case)
            if complaint:
                return complaint
    return None


def _where(case: Case) -> str:
    return f"x of shape {case['x'].shape}, w of shape {case['w'].shape}, d={case['d']}"


def _run(answer: Any, case: Case, x: np.ndarray | None = None) -> np.ndarray:
    given = case["x"] if x is None else x
    return np.asarray(answer(given.copy(), case["w"].copy(), case["b"].copy(), case["d"]))


def _shape_complaint(answer: Any, case: Case) -> str | None:
    got, expected = _run(answer, case).shape, (len(case["w"]), case["x"].shape[1])
    if got == expected:
        return None
    return f"For {_where(case)} the result has the shape {got}, not {expected}. {AMOUNT}"


def _moves(answer: Any, case: Case, t: int) -> list[int]:
    """Which outputs move when the inputs from place t on are changed."""
    changed = case["x"].copy()
    changed[:, t:] += 1000 * np.sign(case["w"][0, :, -1:])  # all pushes have one sign
    moved = (_run(answer, case) != _run(answer, case, changed)).any(axis=0)
    return [int(u) for u in np.flatnonzero(moved)]


def _future_complaint(answer: Any, case: Case) -> str | None:
    for t in range(1, case["x"].shape[1]):
        early = [u for u in _moves(answer, case, t) if u < t]
        if early:
            return (
                f"For {_where(case)}: the inputs from place {t} on were changed, and output "
                f"{early[0]} moved. {FUTURE}"
            )
    return None


def _present_complaint(answer: Any, case: Case) -> str | None:
    t = case["x"].shape[1] - 1
    if t in _moves(answer, case, t):
        return None
    return f"For {_where(case)}: input {t} was changed, and output {t} did not move. {PRESENT}"


def _value_complaint(answer: Any, case: Case) -> str | None:
    got, expected = _run(answer, case), causal_layer(**case)
    if np.allclose(got, expected):
        return None
    place = tuple(int(i) for i in np.argwhere(~np.isclose(got, expected))[0])
    turned = causal_layer(case["x"], case["w"][..., ::-1], case["b"], case["d"])
    forgotten = np.allclose(got + case["b"][:, None], expected)
    why = ORDER if np.allclose(got, turned) else BIAS if forgotten else ""
    return (
        f"It does not see the future, but the values are wrong. {why} For {_where(case)} entry "
        f"{place} should be {expected[place]}, and is {got[place]}."
    )


CAUSAL = Exercise(
    "16.3",
    call="causal_layer",
    judge=_causal_complaint,
    nonsense=lambda x, w, b, d: 3 * causal_layer(x, w, b, d) + 7,
    mistakes=[
        Mistake("same padding", _padded(lambda total: total // 2), FUTURE),
        Mistake(
            "zeros after",
            _padded(lambda total: 0),
            FUTURE,
        ),
        Mistake(
            "dilation forgotten in the padding",
            _short,
            AMOUNT,
        ),
        Mistake(
            "one zero too many",
            _padded(lambda total: total + 1),
            PRESENT,
        ),
        Mistake(
            "newest tap first",
            lambda x, w, b, d: causal_layer(x, w[..., ::-1], b, d),
            ORDER,
        ),
        Mistake(
            "no bias",
            lambda x, w, b, d: causal_layer(x, w, 0 * b, d),
            BIAS,
        ),
    ],
    hints=[
        "How many zeros does a kernel with the span d·(k − 1) + 1 need for as many outputs as "
        "inputs? On which side must they stand, so that window t ends at place t?",
        "The library takes a pair for each axis: padding=((before, after),). With one axis that is "
        "a tuple with one pair in it.",
        "cl.conv(x[None], w, b, padding=((d * (k - 1), 0),), dilation=d)[0], with k = w.shape[2].",
    ],
)


# 16.4 -------------------------------------------------------------------------------------


def _columns(word: str, alphabet: str = ALPHABET) -> np.ndarray:
    return np.array([[int(letter == each) for letter in word] for each in alphabet])


def word_kernel(word: str) -> tuple[np.ndarray, int]:
    """One-hot columns, zeros for a question mark; one point less than a perfect score."""
    return _columns(word), 1 - sum(letter != "?" for letter in word)


WORDS = ["a", "ab", "sea", "she", "s?a", "?he", "el?", "e ", " sea", "s??l", "anan", "zz"]
TEXTS = ["she sells sea shells", "a banana and an ananas", "zzz abba hal", "the sea is cold"]


def _texts(word: str) -> list[str]:
    """Texts with the word, without it, and with one letter of it changed."""
    filled = word.replace("?", "q")
    near = [filled[:i] + "x" + filled[i + 1 :] for i in range(len(filled))]
    return [*TEXTS, filled, f"xy{filled}{filled}", " ".join(near), filled[::-1] + filled]


def _begins(text: str, word: str) -> np.ndarray:
    pairs = [
        all(a in ("?", b) for a, b in zip(word, text[i:], strict=False))
        for i in range(len(text) - len(word) + 1)
    ]
    return np.array(pairs, dtype=int)


def _word_complaint(answer: Any) -> str | None:
    if not callable(answer):
        return "Give the function itself, without parentheses."
    for word in WORDS:
        complaint = _one_word(answer(word), word)
        if complaint:
            return complaint
    return None


def _one_word(pair: Any, word: str) -> str | None:
    if not isinstance(pair, (tuple, list)) or len(pair) != 2:
        return "Return a pair: the weights and the bias."
    w, b = np.asarray(pair[0]), float(np.asarray(pair[1]).squeeze())
    if w.shape != (27, len(word)):
        return f"For {word!r} the weights have the shape {w.shape}, not (27, {len(word)}): {ROWS}."
    for text in _texts(word):
        if len(text) >= len(word):
            complaint = _one_text(w, b, word, text)
            if complaint:
                return complaint
    return None


def _one_text(w: np.ndarray, b: float, word: str, text: str) -> str | None:
    x, expected = _columns(text), _begins(text, word)
    scores = [(x[:, i : i + len(word)] * w).sum() + b for i in range(len(expected))]
    got = np.maximum(0, scores)
    if np.allclose(got, expected):
        return None
    i = int(np.flatnonzero(~np.isclose(got, expected))[0])
    heard = f"The kernel for {word!r} on {text[i : i + len(word)]!r} gives {got[i]:g}"
    reverse = _columns(word[::-1])
    if word != word[::-1] and np.array_equal(w, reverse):
        return f"{heard}. {REVERSED}"
    if not expected[i]:
        return f"{heard}, and should give 0. {NEAR_MISS}"
    if got[i] > 1:
        return f"{heard}, and should give exactly 1: lower the bias."
    return f"{heard}, and should give 1. {QUESTION if '?' in word else SILENT}"


REVERSED = "Your columns are in reverse, but a layer does not turn its kernel over."
NEAR_MISS = "A near miss gets through: lower the bias."
QUESTION = "A question mark cannot score a point, so it must not count in the bias."
SILENT = "A perfect score must stay above the bias by 1, or ReLU lets nothing through."
ROWS = "a row for each character of ALPHABET, the blank first, and a column for each letter"

WORD = Exercise(
    "16.4",
    call="word_kernel",
    judge=_word_complaint,
    nonsense=lambda word: (3 * word_kernel(word)[0] + 7, 0),
    mistakes=[
        Mistake(
            "bias of the whole length",
            lambda word: (_columns(word), -sum(letter != "?" for letter in word)),
            SILENT,
        ),
        Mistake(
            "no bias",
            lambda word: (_columns(word), 0),
            NEAR_MISS,
        ),
        Mistake(
            "question mark counted",
            lambda word: (_columns(word), 1 - len(word)),
            QUESTION,
        ),
        Mistake(
            "word reversed",
            lambda word: (_columns(word)[:, ::-1], word_kernel(word)[1]),
            REVERSED,
        ),
        Mistake(
            "letters in rows",
            lambda word: (_columns(word).T, word_kernel(word)[1]),
            ROWS,
        ),
        Mistake(
            "no blank",
            lambda word: (_columns(word, ALPHABET[1:]), word_kernel(word)[1]),
            ROWS,
        ),
    ],
    hints=[
        "Write the word itself in one-hot code. What does the layer then count at each place?",
        "A perfect match scores one point for each character that is not a question mark. Nothing "
        "else may stay above 0 after the bias.",
        "The column of a question mark is all zeros, and the bias is 1 − w.sum().",
    ],
)


# 16.5 -------------------------------------------------------------------------------------

Blurred = tuple[np.ndarray, int, int]


def blur(x: np.ndarray, u: np.ndarray) -> Blurred:
    """The whole kernel at once; the passes are counted by their sizes."""
    k = len(u)
    w = u[:, None, None] * u[None, :, None] * u[None, None, :]
    y = np.asarray(reference.conv(x[None, None], w[None, None])[0, 0])
    (_, b, c), (p, q, r) = x.shape, y.shape
    return y, k * (p * b * c + p * q * c + p * q * r), k**3 * p * q * r


def _recounted(rule: Callable[[int, Sizes, Sizes], tuple[int, int]]) -> Callable[..., Blurred]:
    """Wrong versions: the right volume, other counts."""

    def wrong(x: np.ndarray, u: np.ndarray) -> Blurred:
        y = blur(x, u)[0]
        return y, *rule(len(u), x.shape, y.shape)

    return wrong


def _with_kernel(join: Callable[[np.ndarray], np.ndarray]) -> Callable[..., Blurred]:
    """Wrong versions: another kernel, the right counts."""

    def wrong(x: np.ndarray, u: np.ndarray) -> Blurred:
        y = reference.conv(x[None, None], join(u)[None, None])[0, 0]
        return np.asarray(y), *blur(x, u)[1:]

    return wrong


def _added(u: np.ndarray) -> np.ndarray:
    return np.asarray(u[:, None, None] + u[None, :, None] + u[None, None, :])


def _reversed(u: np.ndarray) -> np.ndarray:
    v = u[::-1]
    return np.asarray(v[:, None, None] * v[None, :, None] * v[None, None, :])


def _two_passes(x: np.ndarray, u: np.ndarray) -> Blurred:
    w = (u[:, None] * u[None, :])[:, :, None]
    return np.asarray(reference.conv(x[None, None], w[None, None])[0, 0]), *blur(x, u)[1:]


BLUR = Exercise(
    "16.5",
    call="blur",
    oracle=blur,
    cases=lambda: draw(
        80,
        x=image((3, 5), (3, 5), (3, 5)),
        u=vector(1, 3, low=-3, high=4),
        where=lambda x, u: bool(u.any()),
    ),
    mistakes=[
        Mistake(
            "two passes only",
            _two_passes,
            "Axis 2 was not blurred: three axes need three passes.",
        ),
        Mistake(
            "passes added",
            _with_kernel(_added),
            "You blur the original along each axis and add the three results. Each pass must work "
            "on what the pass before has left: the kernels multiply.",
        ),
        Mistake(
            "kernel turned over",
            _with_kernel(_reversed),
            "You turn u over along the axes (np.convolve does). A layer correlates.",
        ),
        Mistake(
            "three times the last pass",
            _recounted(lambda k, n, o: (3 * k * prod(o), k**3 * prod(o))),
            "You count 3k products for each final output. The first two passes put out more than "
            "that, since only one or two axes have become shorter by then.",
        ),
        Mistake(
            "products for every input",
            _recounted(lambda k, n, o: (3 * k * prod(n), k**3 * prod(n))),
            "You count the products at every input voxel. Without padding there are fewer places.",
        ),
        Mistake(
            "cube of the wrong number",
            _recounted(lambda k, n, o: (blur_count(k, n, o), 3 * k * prod(o))),
            "The last number is that of the large kernel, k·k·k products for each output, not 3k.",
        ),
    ],
    hints=[
        "Write one pass along axis 0: a sum of k slices of x, each times one weight.",
        "One pass makes k products for each number that it puts out. Add that up after each pass.",
        "np.take(x, range(j, j + o), axis=axis) is the copy of tap j; products += x.size * k "
        "with the new x; the single pass takes x.size * k**3 with the last one.",
    ],
)


def blur_count(k: int, n: Sizes, o: Sizes) -> int:
    """Products of three passes, by the sizes before and after."""
    return k * (o[0] * n[1] * n[2] + o[0] * o[1] * n[2] + prod(o))


# 16.6 -------------------------------------------------------------------------------------

Lengths = Callable[[list[float]], float]


def _sum_over_inner(
    f: np.ndarray, spacing: Sizes, length: Lengths, brick: float, step: float = 2.0
) -> float:
    """Voxel by voxel: the slopes, their length, the sum."""
    total = 0.0
    for i in product(*[range(1, n - 1) for n in f.shape]):
        slopes = []
        for a, h in enumerate(spacing):
            there, here = list(i), list(i)
            there[a], here[a] = i[a] + 1, i[a] - 1
            slopes.append(float(f[tuple(there)] - f[tuple(here)]) / (step * h))
        total += length(slopes)
    return total * brick


def area(f: np.ndarray, spacing: Sizes) -> float:
    """The length of the slopes of each inner voxel, times the brick."""
    return _sum_over_inner(f, spacing, lambda slopes: math.hypot(*slopes), prod(spacing))


def _volumes() -> list[Case]:
    return draw(
        80,
        f=image((3, 5), (3, 5), (3, 5), low=0, high=9),
        spacing=lambda rng: _numbers(rng, 1, 4, 3),
        where=lambda f, spacing: bool(f.any()),
    )


AREA = Exercise(
    "16.6",
    call="area",
    oracle=area,
    cases=_volumes,
    mistakes=[
        Mistake(
            "spacing ignored",
            lambda f, spacing: _sum_over_inner(
                f, (1, 1, 1), lambda slopes: math.hypot(*slopes), 1.0
            ),
            "You measure in voxels. Divide each slope by the spacing of its axis, and multiply by "
            "the volume of a brick.",
        ),
        Mistake(
            "brick forgotten",
            lambda f, spacing: _sum_over_inner(f, spacing, lambda slopes: math.hypot(*slopes), 1.0),
            "The sum must be multiplied by the volume of a brick, the product of the spacings.",
        ),
        Mistake(
            "slopes added",
            lambda f, spacing: _sum_over_inner(
                f, spacing, lambda slopes: sum(map(abs, slopes)), prod(spacing)
            ),
            "You add the sizes of the three slopes. That counts faces, half too much for a ball. "
            "The length is the root of the sum of squares.",
        ),
        Mistake(
            "slice by slice",
            lambda f, spacing: _sum_over_inner(
                f, spacing, lambda slopes: math.hypot(*slopes[1:]), prod(spacing)
            ),
            "The slope through the slices is missing, so a surface parallel to them is not seen.",
        ),
        Mistake(
            "one step instead of two",
            lambda f, spacing: _sum_over_inner(
                f, spacing, lambda slopes: math.hypot(*slopes), prod(spacing), step=1.0
            ),
            "The two neighbours are two steps apart: divide their difference by 2h.",
        ),
        Mistake(
            "no root",
            lambda f, spacing: _sum_over_inner(
                f, spacing, lambda slopes: sum(s * s for s in slopes), prod(spacing)
            ),
            "You add the squares of the slopes. The length is the root of their sum.",
        ),
    ],
    hints=[
        "At each inner voxel there are three slopes. How long is a step that goes this far along "
        "three axes at right angles?",
        "Along axis 0 the differences are f[2:, 1:-1, 1:-1] - f[:-2, 1:-1, 1:-1]. Divide by 2h.",
        "np.sqrt(the sum of the three squares).sum(), times the product of the spacings.",
    ],
)

EXERCISES = [CARD, CONV_ANY, CAUSAL, WORD, BLUR, AREA]
