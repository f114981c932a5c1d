"""Exercises of chapter 4: loops in two dimensions, blur, edges, factors, pyramid, aliasing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from convlib.reference import conv as loop_conv
from convlib.teach.equations.cases import Case, draw, image, size
from convlib.teach.exercises.engine.definition import Exercise, Mistake
from convlib.teach.notation import text


def correlate2d(x: np.ndarray, w: np.ndarray) -> np.ndarray:
    """Valid correlation of one picture with one kernel, by the loops that define it."""
    return loop_conv(x[None, None], w[None, None])[0, 0]


# 4.1 --------------------------------------------------------------------------------------


def _fits(x: np.ndarray, w: np.ndarray) -> bool:
    return all(k <= n for k, n in zip(w.shape, x.shape, strict=True))


def _pictures() -> list[Case]:
    opening = {"x": np.array([[3, 1, 4], [1, 5, 9], [2, 6, 5]]), "w": np.array([[1, 2], [0, 1]])}
    drawn = draw(200, x=image((1, 6), (1, 6)), w=image((1, 4), (1, 4)), where=_fits)
    return sorted([*drawn, opening], key=size)


def _swapped_taps(x: np.ndarray, w: np.ndarray) -> np.ndarray:
    taps = np.array([[w[h, g] for h in range(w.shape[1])] for g in range(w.shape[0])])
    return correlate2d(x, taps)


def _one_size(x: np.ndarray, w: np.ndarray) -> np.ndarray:
    """Both loops run over the outputs of a column."""
    o, (height, width) = x.shape[0] - w.shape[0] + 1, w.shape
    return np.array(
        [
            [sum(w[g, h] * x[i + g, j + h] for g, h in np.ndindex(height, width)) for j in range(o)]
            for i in range(o)
        ]
    )


def _running(x: np.ndarray, w: np.ndarray) -> np.ndarray:
    y = correlate2d(x, w)
    return np.cumsum(y).reshape(y.shape)


LOOPS = Exercise(
    "4.1",
    call="correlate2d",
    oracle=lambda x, w: correlate2d(x, w).tolist(),
    cases=_pictures,
    mistakes=[
        Mistake(
            "kernel turned",
            lambda x, w: correlate2d(x, w[::-1, ::-1]),
            "Your kernel is turned by half a turn: that is the whole-window part of the "
            "convolution. In a correlation tap (g, h) meets x[i + g, j + h].",
        ),
        Mistake(
            "rows and columns of the kernel swapped",
            _swapped_taps,
            "You read the tap w[h, g] where w[g, h] belongs. The first index is the row, in the "
            "kernel as well as in the picture.",
        ),
        Mistake(
            "one size for both axes",
            _one_size,
            "You use the number of output rows for the columns too. That works for squares only: "
            "rows come from H and K_H, columns from W and K_W.",
        ),
        Mistake(
            "last row and column forgotten",
            lambda x, w: correlate2d(x, w)[:-1, :-1],
            "The last row and the last column are missing. There are H − K_H + 1 starts from top "
            "to bottom, and range stops before its end.",
        ),
        Mistake(
            "sum never reset",
            _running,
            "Each output contains all the earlier ones. Set the sum back to 0 for each window.",
        ),
        Mistake(
            "output transposed",
            lambda x, w: correlate2d(x, w).T,
            "Your table is the right one with rows and columns exchanged. Output (i, j) belongs "
            "in row i and column j.",
        ),
    ],
    hints=[
        "How many windows fit from top to bottom, how many from left to right? Two sizes.",
        "Four loops: over the rows i and columns j of the output, and inside over the rows g and "
        "columns h of the kernel.",
        "Inside: add w[g, h] * x[i + g, j + h] to a sum that began at 0 for this (i, j).",
    ],
)


# 4.2 --------------------------------------------------------------------------------------


def blur(x: np.ndarray, w: np.ndarray) -> np.ndarray:
    """Average with the weights of those taps that lie inside the picture."""
    y = np.zeros(x.shape)
    for i, j in np.ndindex(*x.shape):
        total = weight = 0.0
        for g, h in np.ndindex(*w.shape):
            row, column = i + g - w.shape[0] // 2, j + h - w.shape[1] // 2
            if 0 <= row < x.shape[0] and 0 <= column < x.shape[1]:
                total += float(w[g, h]) * float(x[row, column])
                weight += float(w[g, h])
        y[i, j] = total / weight
    return y


def _sums(x: np.ndarray, w: np.ndarray, mode: str = "constant") -> np.ndarray:
    """The plain sums of products, one for each pixel; `mode` says what stands outside."""
    halves = [(k // 2, k // 2) for k in w.shape]
    return correlate2d(np.pad(x, halves, mode=mode).astype(float), w)  # type: ignore[call-overload]


def _odd_kernel(rng: np.random.Generator) -> np.ndarray:
    return rng.integers(1, 10, size=2 * rng.integers(0, 3, size=2) + 1)


def _blur_cases() -> list[Case]:
    flat = [{"x": np.full(shape, 100), "w": np.ones((3, 3), int)} for shape in [(1, 1), (3, 4)]]
    drawn = draw(120, x=image((1, 5), (1, 5), low=0, high=255), w=_odd_kernel)
    return sorted([*flat, *drawn], key=size)


BLUR = Exercise(
    "4.2",
    call="blur",
    oracle=blur,
    cases=_blur_cases,
    mistakes=[
        Mistake(
            "a sum and not an average",
            _sums,
            "These are sums. A sum of weights that is not 1 makes the picture brighter or darker; "
            "divide by the weights that took part.",
        ),
        Mistake(
            "divided by all weights",
            lambda x, w: _sums(x, w) / w.sum(),
            "You divide by the sum of all weights everywhere. At the border some taps met nothing, "
            "so a constant picture gets a dark frame.",
        ),
        Mistake(
            "divided by the number of taps",
            lambda x, w: _sums(x, w) / w.size,
            "You divide by the number of taps. That is their weight only when every tap is 1.",
        ),
        Mistake(
            "divided by the taps inside",
            lambda x, w: _sums(x, w) / _sums(np.ones(x.shape), np.ones(w.shape)),
            "You divide by how many taps lie inside. They weigh differently: divide by the sum of "
            "their weights.",
        ),
        Mistake(
            "border repeated",
            lambda x, w: _sums(x, w, "edge") / w.sum(),
            "You repeat the pixels of the border. That keeps a constant constant too, but here "
            "taps outside the picture must not count at all.",
        ),
        Mistake(
            "kernel turned",
            lambda x, w: blur(x, w[::-1, ::-1]),
            "Your kernel is turned by half a turn. Tap (g, h) meets the pixel that lies g − K_H//2 "
            "rows below and h − K_W//2 columns to the right of the output.",
        ),
    ],
    hints=[
        "What does the kernel answer, with zeros outside, to a picture that is 1 everywhere? "
        "Look at the middle and at a corner.",
        "That answer is exactly the sum of the weights that lie inside. You need two correlations "
        "and one division.",
        "pad = (w.shape[0] // 2, w.shape[1] // 2); divide cl.correlate2d(x, w, padding=pad) by "
        "the same thing with np.ones(x.shape) in place of x.",
    ],
)


# 4.3 --------------------------------------------------------------------------------------

DIRECTIONS = [(0, 1), (1, 1), (1, 0), (0.6, 0.8), (2, -1), (-3, 0)]


def edge_kernel(v: tuple[float, float]) -> np.ndarray:
    """The Sobel kernels, each divided by 8, mixed as the direction says."""
    across = np.outer([1, 2, 1], [-1, 0, 1]) / 8
    return v[0] * across.T + v[1] * across


def judge_edge(answer: Any) -> str | None:
    if not callable(answer):
        return "Give the function edge_kernel itself, without brackets."
    for v in DIRECTIONS:
        w = np.asarray(answer(v), dtype=float)
        if w.shape != (3, 3):
            return f"edge_kernel({v}) must be a table of 3 rows and 3 columns; got shape {w.shape}."
        if complaint := _edge_complaint(v, w):
            return complaint
    return None


def _edge_complaint(v: tuple[float, float], w: np.ndarray) -> str | None:
    down, right = _slopes(w)
    wanted, got = np.array(v), np.array([down, right])
    where = f"edge_kernel({v})"
    if not np.isclose(w.sum(), 0, atol=1e-9):
        return (
            f"{where} answers {text(w.sum())} to a picture that is 1 everywhere. Where nothing "
            "changes there is no edge: the weights must sum to 0."
        )
    if np.allclose(got, wanted, atol=1e-9):
        return None
    if np.allclose(got, wanted[::-1], atol=1e-9):
        return (
            f"The axes are swapped: {where} looks for a change from left to right where v asks for "
            "one from top to bottom. v[0] belongs to the rows."
        )
    if np.allclose(got, -wanted, atol=1e-9):
        return (
            f"The sign is turned: where the picture climbs, {where} answers with a fall. A "
            "correlation does not turn the kernel, so positive weights lie where v points to."
        )
    strength = float(got @ wanted / (wanted @ wanted))
    if np.allclose(got, strength * wanted, atol=1e-9):
        return (
            f"The direction is right, the strength is not: {where} answers {text(strength)} times "
            "what it should."
        )
    return (
        f"{where} answers {text(down)} to a ramp that climbs by 1 per row, and {text(right)} to "
        f"one that climbs by 1 per column; it should answer {text(v[0])} and {text(v[1])}."
    )


def _slopes(w: np.ndarray) -> tuple[float, float]:
    """The answers to a ramp that climbs by 1 per row, and to one that climbs by 1 per column."""
    rows, columns = np.indices(w.shape)
    return float((w * rows).sum()), float((w * columns).sum())


EDGE = Exercise(
    "4.3",
    call="edge_kernel",
    judge=judge_edge,
    nonsense=lambda v: np.outer([1, 0, -1], [1, 0, -1]) + v[0] * np.eye(3),
    mistakes=[
        Mistake("axes swapped", lambda v: edge_kernel((v[1], v[0])), "The axes are swapped"),
        Mistake("kernel turned", lambda v: edge_kernel(v)[::-1, ::-1], "The sign is turned"),
        Mistake(
            "Sobel without the 8", lambda v: 8 * edge_kernel(v), "answers 8 times what it should"
        ),
        Mistake(
            "direction scaled to length 1",
            lambda v: edge_kernel(v) / np.hypot(*v),
            "answers 0.707107 times what it should",
        ),
        Mistake(
            "a middle that adds light",
            lambda v: edge_kernel(v) + np.outer([0, 1, 0], [0, 1, 0]),
            "the weights must sum to 0",
        ),
        Mistake(
            "one kernel for every direction",
            lambda v: edge_kernel((0, 1)),
            "to a ramp that climbs by 1 per row",
        ),
    ],
    hints=[
        "Begin with v = (0, 1): which kernel of this chapter answers to a ramp that climbs from "
        "left to right? By how much, when the ramp climbs by 1 per column?",
        "Correlation is linear in the kernel too. If one kernel measures the slope down and "
        "another the slope to the right, what does v[0] times the one plus v[1] times the other"
        " do?",
        "The Sobel kernel np.outer([1, 2, 1], [-1, 0, 1]) divided by 8 measures the slope to the "
        "right; its transpose measures the slope down.",
    ],
)


# 4.4 --------------------------------------------------------------------------------------

_SEPARABLE: list[Any] = [
    [[5]], [[0, -2, 0]], [[0, 0], [0, 3]], [[1, 1], [1, 1]], [[1], [2], [1]],
    np.outer([1, 2, 1], [-1, 0, 1]), np.outer([0, 1, 2], [3, 0, 1, 1]),
    np.outer([0.1, 0.7, 0.2], [0.3, 0.3, 0.4]), np.outer([1, -2, 1, 4], [2, 3]),
]  # fmt: skip
_NOT_SEPARABLE: list[Any] = [
    [[1, 0], [0, 1]], [[0, 1], [1, 0]], [[1, 2, 1], [1, 2, 2]],
    [[0, 1, 0], [1, -4, 1], [0, 1, 0]], [[0, -1, 0], [-1, 5, -1], [0, -1, 0]],
    [[1, 2, 3], [2, 4, 6], [1, 2, 4]], [[1, 1, 0], [1, 1, 0], [0, 0, 1]],
]  # fmt: skip


def factors(w: np.ndarray) -> tuple[np.ndarray, np.ndarray, int] | None:
    """The column and the row through the largest entry, and the products saved per output."""
    c, d = np.unravel_index(np.argmax(np.abs(w)), w.shape)
    u, v = w[:, d] / w[c, d], w[c, :]
    return (u, v, w.size - sum(w.shape)) if np.allclose(np.outer(u, v), w) else None


def judge_factors(answer: Any) -> str | None:
    if not callable(answer):
        return "Give the function factors itself, without brackets."
    kernels = [(k, True) for k in _SEPARABLE] + [(k, False) for k in _NOT_SEPARABLE]
    for kernel, separable in sorted(kernels, key=lambda pair: size((np.array(pair[0]),))):
        w = np.array(kernel)
        got = answer(w)
        if not np.array_equal(w, kernel):
            return "Your function changes its argument w. Work on a copy: w = w.copy()."
        if complaint := _factor_complaint(w, got, separable):
            return complaint
    return None


def _factor_complaint(w: np.ndarray, got: Any, separable: bool) -> str | None:
    if not separable:
        return None if got is None else _not_none(w)
    if got is None:
        return _none(w)
    try:
        u, v = (np.asarray(part, dtype=float).ravel() for part in got[:2])
        saved = int(got[2])
    except (TypeError, ValueError, IndexError):
        return f"For w = {text(w)} give None or three things (u, v, saved); got {text(got)}."
    if (len(u), len(v)) != w.shape:
        return f"For w = {text(w)} u needs {w.shape[0]} numbers and v {w.shape[1]}: column, row."
    if not np.allclose(np.outer(u, v), w):
        return _wrong_product(w, np.outer(u, v))
    if saved != w.size - sum(w.shape):
        return (
            f"For w of shape {w.shape} the factors are right, but not {saved} products are saved. "
            "One pass takes K_H · K_W per output; two take K_H and then K_W."
        )
    return None


def _none(w: np.ndarray) -> str:
    reason = "Every row is a multiple of one row."
    if w.dtype.kind == "f":
        reason = "Its numbers are rounded, so compare with np.allclose and not with ==."
    elif w[0, 0] == 0:
        reason = "Its corner is 0, so take the column and the row through an entry that is not 0."
    return f"w = {text(w)} is separable, but you answer None. {reason}"


def _not_none(w: np.ndarray) -> str:
    reason = "Multiply your two factors out and compare with w."
    if w.shape[0] == w.shape[1] and np.isclose(np.linalg.det(w), 0):
        reason = "A determinant of 0 says only that the rank is not 3; separable means rank 1."
    elif np.array_equal(w, w.T):
        reason = "It is symmetric, but that does not make it a column times a row."
    return f"w = {text(w)} is not separable, but you give factors. {reason}"


def _wrong_product(w: np.ndarray, product: np.ndarray) -> str:
    strength = float((product * w).sum() / (w * w).sum())
    if strength and np.allclose(product, strength * w):
        return (
            f"For w = {text(w)} column times row gives {text(strength)} times w. Put the missing "
            "factor into one of the two."
        )
    return f"For w = {text(w)} column times row gives {text(product)}."


def _by_determinant(w: np.ndarray) -> Any:
    square = w.shape[0] == w.shape[1] > 2
    singular = square and np.isclose(np.linalg.det(w), 0)
    return factors(w) or ((w[:, 0], w[0, :], 3) if singular else None)


def _rescaled(change: Callable[[Any], Any]) -> Callable[[np.ndarray], Any]:
    return lambda w: None if (found := factors(w)) is None else change((w, *found))


FACTORS = Exercise(
    "4.4",
    call="factors",
    judge=judge_factors,
    nonsense=lambda w: (np.arange(w.shape[0]), np.arange(w.shape[1]), 0),
    mistakes=[
        Mistake(
            "pivot not divided out",
            _rescaled(lambda f: (f[1] * f[0].flat[np.argmax(np.abs(f[0]))], f[2], f[3])),
            "column times row gives 5 times w",
        ),
        Mistake(
            "singular value forgotten",
            _rescaled(lambda f: (f[1] / np.linalg.norm(f[1]), f[2] / np.linalg.norm(f[2]), f[3])),
            "column times row gives 0.2 times w",
        ),
        Mistake(
            "the corner as pivot",
            lambda w: factors(w) if w[0, 0] else None,
            "Its corner is 0",
        ),
        Mistake(
            "compared with ==",
            lambda w: None if w.dtype.kind == "f" else factors(w),
            "Its numbers are rounded",
        ),
        Mistake(
            "symmetric counts as separable",
            lambda w: factors(w) or ((w[0], w[0], 0) if np.array_equal(w, w.T) else None),
            "It is symmetric",
        ),
        Mistake("determinant 0 counts as separable", _by_determinant, "A determinant of 0"),
        Mistake(
            "cost of one pass only",
            _rescaled(lambda f: (f[1], f[2], f[0].size - f[0].shape[0])),
            "products are saved",
        ),
    ],
    hints=[
        "If w is a column times a row, every row of w is a multiple of one row. Which row can you "
        "read off?",
        "Take any entry of w that is not 0, say in row c and column d. The row is w[c, :]; the "
        "column is w[:, d] / w[c, d].",
        "Multiply them out again: np.allclose(np.outer(u, v), w) decides. The saving is "
        "K_H · K_W − (K_H + K_W).",
    ],
)


# 4.5 --------------------------------------------------------------------------------------


def pyramid(x: np.ndarray, levels: int, *, mode: str = "edge", gain: int = 1) -> list[np.ndarray]:
    """Blur with (1, 4, 6, 4, 1)/16 along both axes, keep every second row and column, repeat."""
    taps = np.array([1, 4, 6, 4, 1]) / 16
    steps = [np.asarray(x, dtype=float)]
    while len(steps) < levels:
        padded = np.pad(steps[-1], 2, mode=mode)  # type: ignore[call-overload]
        steps.append(gain * correlate2d(padded, np.outer(taps, taps))[::2, ::2])
    return steps


def _thinned(x: np.ndarray, levels: int) -> list[np.ndarray]:
    return [np.asarray(x, dtype=float)[:: 2**level, :: 2**level] for level in range(levels)]


def _late(x: np.ndarray, levels: int) -> list[np.ndarray]:
    steps = [np.asarray(x, dtype=float)]
    while len(steps) < levels:
        taps = np.array([1, 4, 6, 4, 1]) / 16
        padded = np.pad(steps[-1], 2, mode="edge")
        steps.append(correlate2d(padded, np.outer(taps, taps))[1::2, 1::2])
    return steps


def _known_pyramids(x: np.ndarray, levels: int) -> list[tuple[list[np.ndarray], str]]:
    return [
        (_thinned(x, levels), "You keep every second pixel without blurring first."),
        (
            pyramid(x, levels, mode="constant"),
            "Your pictures darken at the border: zeros were averaged in. Repeat the border's "
            "pixels, np.pad(x, 2, mode='edge').",
        ),
        (
            pyramid(x, levels, gain=256),
            "Each level is 256 times too bright: the taps 1, 4, 6, 4, 1 sum to 16, and you use "
            "them along both axes.",
        ),
        (
            pyramid(x, levels, gain=16),
            "Each level is 16 times too bright: 1, 4, 6, 4, 1 sum to 16 along each axis.",
        ),
        (_late(x, levels), "You keep the second, fourth, … row; keep the first, third, …: [::2]."),
    ]


def judge_pyramid(answer: Any) -> str | None:
    try:
        build, sign = answer
    except (TypeError, ValueError):
        return "Give two things: check('4.5', (pyramid, sign))."
    if not callable(build):
        return "The first thing must be your function pyramid, without brackets."
    rng = np.random.default_rng(4)
    for shape, levels in [((1, 1), 1), ((4, 4), 2), ((5, 8), 2), ((12, 9), 3)]:
        x = rng.integers(1, 256, size=shape)
        if complaint := _pyramid_complaint(x, levels, build(x.copy(), levels)):
            return complaint
    if sign in (1, -1):
        return None if sign == -1 else (
            "The pyramid is right, the sign is not: at a bright dot the blurred picture is darker, "
            "so fine minus coarse is positive. What does the Laplacian answer there?"
        )  # fmt: skip
    return "The pyramid is right. As sign give +1 or −1."


def _pyramid_complaint(x: np.ndarray, levels: int, got: Any) -> str | None:
    where = f"For a picture of shape {x.shape} and levels={levels}"
    if not isinstance(got, (list, tuple)) or len(got) != levels:
        count = len(got) if isinstance(got, (list, tuple)) else "no list"
        return f"{where} the list must hold {levels} pictures, the first of them x; got {count}."
    if _alike(got, pyramid(x, levels)):
        return None
    for wrong, sentence in _known_pyramids(x, levels):
        if _alike(got, wrong):
            return sentence
    for level, (picture, right) in enumerate(zip(got, pyramid(x, levels), strict=True)):
        if np.shape(picture) != right.shape:
            return f"{where} level {level} must have shape {right.shape}; got {np.shape(picture)}."
        if not np.allclose(picture, right):
            return (
                f"{where} pixel (0, 0) of level {level} should be {text(right[0, 0])}; "
                f"got {text(np.asarray(picture)[0, 0])}."
            )
    return None


def _alike(got: Any, wanted: list[np.ndarray]) -> bool:
    same_shapes = all(np.shape(a) == b.shape for a, b in zip(got, wanted, strict=True))
    return same_shapes and all(np.allclose(a, b) for a, b in zip(got, wanted, strict=True))


PYRAMID = Exercise(
    "4.5",
    call="pyramid",
    judge=judge_pyramid,
    nonsense=(lambda x, levels: [x] * levels, -1),
    mistakes=[
        Mistake("sign of the Laplacian", (pyramid, 1), "the sign is not"),
        Mistake("no blur", (_thinned, -1), "without blurring first"),
        Mistake(
            "zeros outside",
            (lambda x, levels: pyramid(x, levels, mode="constant"), -1),
            "zeros were averaged in",
        ),
        Mistake(
            "taps not divided",
            (lambda x, levels: pyramid(x, levels, gain=256), -1),
            "256 times too bright",
        ),
        Mistake(
            "divided by 16 once",
            (lambda x, levels: pyramid(x, levels, gain=16), -1),
            "16 times too bright",
        ),
        Mistake("begins with the second pixel", (_late, -1), "keep the first, third"),
        Mistake(
            "one level too many",
            (lambda x, levels: pyramid(x, levels + 1), -1),
            "the first of them x",
        ),
    ],
    hints=[
        "One level: pad with np.pad(x, 2, mode='edge'), blur, then keep [::2, ::2].",
        "The blur is separable: np.outer(taps, taps) with taps = np.array([1, 4, 6, 4, 1]) / 16. "
        "Start the list with x and append until it holds `levels` pictures.",
        "For the sign take a picture of zeros with a single 100 in the middle. Is 100 minus the "
        "blurred middle positive? And 1 · 0 + 1 · 0 − 4 · 100 + 1 · 0 + 1 · 0?",
    ],
)


# 4.6 --------------------------------------------------------------------------------------


def _energy(x: np.ndarray) -> float:
    return float(np.mean(x**2))


def _blurred(x: np.ndarray) -> np.ndarray:
    """Blur with (1, 2, 1)/4 along both axes, the picture continued as on a wallpaper."""
    for axis in (0, 1):
        x = (np.roll(x, 1, axis) + 2 * x + np.roll(x, -1, axis)) / 4
    return x


def judge_alias(answer: Any) -> str | None:
    try:
        x = np.asarray(answer, dtype=float)
    except (TypeError, ValueError):
        return "Give a picture: a NumPy array of 16 rows and 16 columns."
    if x.shape != (16, 16):
        return f"The picture needs 16 rows and 16 columns; yours has shape {x.shape}."
    if not np.all(np.abs(x) <= 1):
        return "Every number must lie between −1 and 1."
    as_it_is, after_blur = _energy(x[::2, ::2]), _energy(_blurred(x)[::2, ::2])
    if as_it_is < 0.5:
        lost = (
            "the detail stands exactly where stride 2 never looks: shift it by one pixel."
            if _energy(x) >= 0.25
            else "the whole picture holds too little: use more of the range from −1 to 1."
        )
        return f"Thinned without a blur, it has energy {text(as_it_is)}, below 0.5: {lost}"
    if after_blur > 0.01:
        mean = float(x.mean())
        coarse = (
            f"its average is {text(mean)}, and no blur removes an average."
            if abs(mean) > 0.05
            else "some of its stripes are too wide: the blur must remove them completely."
        )
        return f"Blurred first, it keeps energy {text(after_blur)}, above 0.01: {coarse}"
    return None


def _columns(*period: float) -> np.ndarray:
    return np.tile(np.array(period), (16, 16 // len(period)))


ALIAS = Exercise(
    "4.6",
    judge=judge_alias,
    nonsense=np.full((8, 8), 2.0),
    mistakes=[
        Mistake("a constant picture", np.ones((16, 16)), "no blur removes an average"),
        Mistake("stripes of 0 and 1", _columns(1, 0), "no blur removes an average"),
        Mistake("stripes two pixels wide", _columns(1, 1, -1, -1), "stripes are too wide"),
        Mistake("zeros where stride 2 looks", _columns(0, 1, 0, -1), "where stride 2 never looks"),
        Mistake(
            "a single dot",
            np.pad(np.ones((1, 1)), ((8, 7), (8, 7))),
            "the whole picture holds too little",
        ),
        Mistake("grey values up to 255", 255 * _columns(1, 0), "between −1 and 1"),
    ],
    hints=[
        "Which picture does the blur (1, 2, 1)/4 answer with 0 everywhere? Look at equation "
        "(eq-stripes).",
        "The finest stripes there are change at every pixel. What does stride 2 see of them?",
        "Numbers +1 and −1 in turn along each row: np.tile([1.0, -1.0], (16, 8)).",
    ],
)

EXERCISES = [LOOPS, BLUR, EDGE, FACTORS, PYRAMID, ALIAS]
