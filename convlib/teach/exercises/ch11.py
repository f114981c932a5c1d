"""Exercises of chapter 11: dw by loops, zero-stuffing, the remainder, dilation, cost, groups."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np

from convlib.teach.equations.cases import Case, draw, image, integer, vector
from convlib.teach.exercises.engine.definition import Exercise, Mistake

Pair = tuple[np.ndarray, np.ndarray]
Triple = tuple[np.ndarray, np.ndarray, np.ndarray]


def _outputs(n: int, k: int, s: int, d: int = 1) -> int:
    """How many whole windows there are, by counting their starts."""
    return len(range(0, n - d * (k - 1), s))


def _errors(shape: Any, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).integers(-9, 10, shape)


# 11.1 -------------------------------------------------------------------------------------


def weight_gradient(x: np.ndarray, dy: np.ndarray, kh: int, kw: int, s: int) -> np.ndarray:
    """For each tap, the sum over the outputs of the error times what the tap saw."""
    dw = np.zeros((kh, kw), dtype=x.dtype)
    for g, h in np.ndindex(kh, kw):
        for i, j in np.ndindex(*dy.shape):
            dw[g, h] += dy[i, j] * x[s * i + g, s * j + h]
    return dw


def _over_the_input(x: np.ndarray, dy: np.ndarray, kh: int, kw: int, s: int) -> np.ndarray:
    dw = np.zeros((kh, kw), dtype=x.dtype)
    for g, h in np.ndindex(kh, kw):
        for i, j in np.ndindex(*x.shape):
            dw[g, h] += dy[i, j] * x[s * i + g, s * j + h]
    return dw


def _width_for_height(x: np.ndarray, dy: np.ndarray, kh: int, kw: int, s: int) -> np.ndarray:
    """The slip `w` for `h`: the row of the window taken from the column's index."""
    dw = np.zeros((kh, kw), dtype=x.dtype)
    for g, h in np.ndindex(kh, kw):
        for i, j in np.ndindex(*dy.shape):
            dw[g, h] += dy[i, j] * x[s * j + g, s * j + h]
    return dw


def _pictures() -> list[Case]:
    cases = draw(
        150, x=image((1, 6), (1, 6)), kh=integer(1, 3), kw=integer(1, 3), s=integer(1, 3),
        where=lambda x, kh, kw, s: kh <= x.shape[0] and kw <= x.shape[1],
    )  # fmt: skip
    found = []
    for seed, c in enumerate(cases):
        H, W = c["x"].shape
        dy = _errors((_outputs(H, c["kh"], c["s"]), _outputs(W, c["kw"], c["s"])), seed)
        found.append({"x": c["x"], "dy": dy, "kh": c["kh"], "kw": c["kw"], "s": c["s"]})
    return found


WEIGHTS = Exercise(
    "11.1",
    call="weight_gradient",
    oracle=weight_gradient,
    cases=_pictures,
    mistakes=[
        Mistake(
            "stride missing",
            lambda x, dy, kh, kw, s: weight_gradient(x, dy, kh, kw, 1),
            "The stride is missing: output (i, j) saw the window that begins at (s·i, s·j), not at "
            "(i, j).",
        ),
        Mistake(
            "over the input",
            _over_the_input,
            "Your sum runs over the height and width of the picture. There is one term for each "
            "output: loop over the shape of dy.",
        ),
        Mistake(
            "width for height",
            _width_for_height,
            "The row of the window is computed with the column's index. Rows go with i and the "
            "first axis of dy, columns with j; a diagonal example hides this.",
        ),
        Mistake(
            "turned",
            lambda x, dy, kh, kw, s: weight_gradient(x, dy, kh, kw, s)[::-1, ::-1],
            "Your dw is turned by half a turn. Nothing is turned here: tap (g, h) met "
            "x[s·i + g, s·j + h], so dw is a correlation.",
        ),
        Mistake(
            "averaged",
            lambda x, dy, kh, kw, s: weight_gradient(x, dy, kh, kw, s) / dy.size,
            "You divide by the number of outputs. A weight that is used at every place collects "
            "from every place: sum, without a mean.",
        ),
        Mistake(
            "stride on the tap",
            lambda x, dy, kh, kw, s: np.array(
                [
                    [
                        sum(
                            dy[i, j] * x[s * (i + g), s * (j + h)] for i, j in np.ndindex(*dy.shape)
                        )
                        for h in range(kw)
                    ]
                    for g in range(kh)
                ]
            ),
            "You multiply the tap by the stride as well. The stride moves the window; inside it "
            "neighbouring taps stand side by side: s·i + g.",
        ),
    ],
    hints=[
        "Which number of the picture did tap (g, h) meet when output (i, j) was computed?",
        "That number times dy[i, j] is one term of dw[g, h]. Sum over all outputs (i, j).",
        "For each (i, j): dw += dy[i, j] * x[s*i : s*i + kh, s*j : s*j + kw].",
    ],
)


# 11.2 -------------------------------------------------------------------------------------


def input_gradient(dy: np.ndarray, w: np.ndarray, s: int) -> np.ndarray:
    """Every error sends its products out, s places after the one before."""
    dx = np.zeros(s * (len(dy) - 1) + len(w), dtype=dy.dtype)
    for i, error in enumerate(dy):
        for j, tap in enumerate(w):
            dx[s * i + j] += error * tap
    return dx


def _stuffed(dy: np.ndarray, s: int, after: int = 0) -> np.ndarray:
    z = np.zeros(s * (len(dy) - 1) + 1 + after, dtype=dy.dtype)
    z[: s * (len(dy) - 1) + 1 : s] = dy
    return z


def _overwritten(dy: np.ndarray, w: np.ndarray, s: int) -> np.ndarray:
    dx = np.zeros(s * (len(dy) - 1) + len(w), dtype=dy.dtype)
    for i, error in enumerate(dy):
        dx[s * i : s * i + len(w)] = error * w
    return dx


STUFFING = Exercise(
    "11.2",
    call="input_gradient",
    oracle=input_gradient,
    cases=lambda: draw(200, dy=vector(1, 6), w=vector(1, 4), s=integer(1, 4)),
    mistakes=[
        Mistake(
            "not stuffed",
            lambda dy, w, s: np.convolve(dy, w),
            "This is right for stride 1 only: the zeros are missing. Put s − 1 zeros between "
            "neighbouring errors first.",
        ),
        Mistake(
            "s zeros",
            lambda dy, w, s: np.convolve(_stuffed(dy, s + 1), w),
            "You put s zeros between the errors. Neighbours must stand s places apart, so s − 1 "
            "zeros fit between them.",
        ),
        Mistake(
            "zeros after the last",
            lambda dy, w, s: np.convolve(_stuffed(dy, s, s - 1), w),
            "You stuff zeros after every error, also after the last. Then dx is s − 1 entries too "
            "long: zeros go between the errors only, since here r = 0.",
        ),
        Mistake(
            "repeated",
            lambda dy, w, s: np.convolve(np.repeat(dy, s)[: s * (len(dy) - 1) + 1], w),
            "You repeat each error s times. The outputs in between were never computed, so they "
            "send nothing: zeros, not copies.",
        ),
        Mistake(
            "not turned",
            lambda dy, w, s: np.convolve(_stuffed(dy, s), w[::-1]),
            "The kernel is the wrong way round. np.convolve turns it by itself; np.correlate with "
            "w, or np.convolve with w[::-1], is a correlation.",
        ),
        Mistake(
            "whole windows only",
            lambda dy, w, s: np.convolve(_stuffed(dy, s), w, "valid"),
            "You keep whole windows only. Inputs at the ends get their errors through windows "
            "that stick out: it must be the full convolution.",
        ),
        Mistake(
            "overwritten",
            _overwritten,
            "Where two windows share an input, only the later one is left. An input read twice "
            "receives twice: write += for =.",
        ),
    ],
    hints=[
        "For stride 1 it is the full convolution of dy with w. What has to be done to dy first?",
        "Between neighbouring errors belong s − 1 zeros. How long is that list?",
        "z = np.zeros(s*(len(dy) - 1) + 1, dtype=dy.dtype); z[::s] = dy; then np.convolve(z, w).",
    ],
)


# 11.3 -------------------------------------------------------------------------------------


def input_gradient_any(dy: np.ndarray, w: np.ndarray, n: int, s: int, p: int) -> np.ndarray:
    """The products sent out one by one; what would land on the padding is left out."""
    dx = np.zeros(n, dtype=dy.dtype)
    for i, error in enumerate(dy):
        for j, tap in enumerate(w):
            if 0 <= s * i + j - p < n:
                dx[s * i + j - p] += error * tap
    return dx


def _full(dy: np.ndarray, w: np.ndarray, s: int, after: int = 0) -> np.ndarray:
    return np.convolve(_stuffed(dy, s, after), w)


def _zeros_in_front(dy: np.ndarray, w: np.ndarray, n: int, s: int, p: int) -> np.ndarray:
    full = _full(dy, w, s)
    return np.concatenate([np.zeros(n + 2 * p - len(full), dtype=dy.dtype), full])[p : p + n]


def _n_mod_s(dy: np.ndarray, w: np.ndarray, n: int, s: int, p: int) -> np.ndarray:
    return _full(dy, w, s, (n - len(w)) % s)[p:][:n]


def _cropped_from_0(dy: np.ndarray, w: np.ndarray, n: int, s: int, p: int) -> np.ndarray:
    return _full(dy, w, s, s - 1)[:n]


def _minus(dy: np.ndarray, w: np.ndarray, n: int, s: int, p: int) -> np.ndarray:
    full = _full(dy, w, s)
    return full[p : len(full) - p]


def _always_longest(dy: np.ndarray, w: np.ndarray, n: int, s: int, p: int) -> np.ndarray:
    full = _full(dy, w, s, s - 1)
    return full[p : len(full) - p]


@cache
def _lists() -> list[Case]:
    famous = [(28, 3, 2, 1), (16, 7, 3, 2), (8, 3, 2, 0)]
    drawn = draw(
        150, n=integer(1, 9), k=integer(1, 4), s=integer(1, 4), p=integer(0, 3),
        where=lambda n, k, s, p: k <= n + 2 * p,
    )  # fmt: skip
    found = []
    for seed, (n, k, s, p) in enumerate([tuple(c.values()) for c in drawn] + famous):
        dy, w = _errors(_outputs(n + 2 * p, k, s), seed), _errors(k, 1000 + seed)
        found.append({"dy": dy, "w": w, "n": n, "s": s, "p": p})
    return sorted(found, key=lambda c: (len(c["dy"]) + len(c["w"]), c["n"], c["s"], c["p"]))


REMAINDER = Exercise(
    "11.3",
    call="input_gradient_any",
    oracle=input_gradient_any,
    cases=_lists,
    mistakes=[
        Mistake(
            "[p:-p]",
            _minus,
            "You take p off at both ends. The full convolution has n + 2p − r entries, so n − r "
            "are left: wrong whenever r > 0. Put r zeros after the last error.",
        ),
        Mistake(
            "[p:-p] with p = 0",
            lambda dy, w, n, s, p: _full(dy, w, s)[p:-p],
            "For p = 0 the slice [p:-p] is [0:-0], which is empty; and for p > 0 it is r entries "
            "short. Put r zeros after the last error and take [p : p + n].",
        ),
        Mistake(
            "[p:p+n]",
            lambda dy, w, n, s, p: _full(dy, w, s)[p : p + n],
            "The crop is right, but the list that you crop can be too short, when r > p. It lacks "
            "r entries at its end: put r zeros after the last error first.",
        ),
        Mistake(
            "zeros after every error",
            _always_longest,
            "You put zeros after every error, also after the last: s − 1 of them, whatever r is, "
            "so dx comes out s − 1 − r too long. Take n entries from p on: [p : p + n].",
        ),
        Mistake(
            "zeros in front",
            _zeros_in_front,
            "The length is right, but you put the missing zeros in front, so everything is shifted "
            "by r. The unread entries are at the end.",
        ),
        Mistake(
            "padding not in r",
            _n_mod_s,
            "Your remainder is that of the list without padding. The kernel slides over n + 2p "
            "entries: r = (n + 2p − k) mod s.",
        ),
        Mistake(
            "cropped from 0",
            _cropped_from_0,
            "You keep the first n entries. The first p of the long list belong to the padding: "
            "begin at p.",
        ),
        Mistake(
            "stride missing",
            lambda dy, w, n, s, p: np.convolve(np.pad(dy, (0, n)), w)[p : p + n],
            "The errors stand side by side: between them belong s − 1 zeros.",
        ),
        Mistake(
            "not turned",
            lambda dy, w, n, s, p: input_gradient_any(dy, w[::-1], n, s, p),
            "The kernel is the wrong way round: dx is a true convolution, and np.convolve turns "
            "the kernel by itself.",
        ),
    ],
    hints=[
        "How many outputs would the layer have with stride 1? That is how long the stuffed list "
        "must be.",
        "With n + 2p − k + 1 entries the remainder stands at its end by itself. The full "
        "convolution then has n + 2p entries: which n of them are inputs?",
        "z = np.zeros(n + 2*p - len(w) + 1, dtype=dy.dtype); z[::s] = dy; then "
        "np.convolve(z, w)[p : p + n].",
    ],
)


# 11.4 -------------------------------------------------------------------------------------


def gradients(dy: np.ndarray, x: np.ndarray, w: np.ndarray, s: int, d: int) -> Pair:
    """Each product of an output goes back to its input and to its tap."""
    dx, dw = np.zeros_like(x), np.zeros_like(w)
    for i, j in np.ndindex(len(dy), len(w)):
        dx[s * i + d * j] += w[j] * dy[i]
        dw[j] += x[s * i + d * j] * dy[i]
    return dx, dw


def _first_of_dv(dy: np.ndarray, x: np.ndarray, w: np.ndarray, s: int, d: int) -> Pair:
    dx, _ = gradients(dy, x, w, s, d)
    return dx, np.correlate(x, _stuffed(dy, s))[: len(w)]


def _gaps_too(dy: np.ndarray, x: np.ndarray, w: np.ndarray, s: int, d: int) -> Pair:
    """A gradient for each entry of the spread kernel, also for its zeros."""
    dx, _ = gradients(dy, x, w, s, d)
    span = d * (len(w) - 1) + 1
    return dx, np.correlate(x, _stuffed(dy, s))[:span]


def _no_gaps_in_dx(dy: np.ndarray, x: np.ndarray, w: np.ndarray, s: int, d: int) -> Pair:
    short = np.convolve(_stuffed(dy, s), w)
    return np.pad(short, (0, len(x) - len(short))), gradients(dy, x, w, s, d)[1]


def _tail_on(dy: np.ndarray, x: np.ndarray, w: np.ndarray, s: int, d: int) -> Pair:
    """The mirror without cutting the last r entries, and dx without them."""
    dx, _ = gradients(dy, x, w, s, d)
    return dx, np.correlate(x, _stuffed(dy, s))[::d]


def _short_dx(dy: np.ndarray, x: np.ndarray, w: np.ndarray, s: int, d: int) -> Pair:
    dx, dw = gradients(dy, x, w, s, d)
    return dx[: s * (len(dy) - 1) + d * (len(w) - 1) + 1], dw


def _dilated() -> list[Case]:
    drawn = draw(
        200, x=vector(1, 9), w=vector(1, 4), s=integer(1, 3), d=integer(1, 3),
        where=lambda x, w, s, d: d * (len(w) - 1) < len(x),
    )  # fmt: skip
    return [
        {"dy": _errors(_outputs(len(c["x"]), len(c["w"]), c["s"], c["d"]), seed), **c}
        for seed, c in enumerate(drawn)
    ]


def _same_arrays(got: Any, expected: Any, case: Case) -> bool:
    """The same arrays in the same order; lists are as good, and so is a tuple of another kind."""
    return len(got) == len(expected) and all(
        np.shape(a) == np.shape(b) and np.allclose(np.asarray(a, dtype=float), b)
        for a, b in zip(got, expected, strict=True)
    )


DILATION = Exercise(
    "11.4",
    call="gradients",
    oracle=gradients,
    cases=_dilated,
    equal=_same_arrays,
    mistakes=[
        Mistake(
            "kernel without gaps",
            _no_gaps_in_dx,
            "In dx the taps stand side by side. Tap j belongs d·j places after tap 0 on the way "
            "back, too: spread the kernel with d − 1 zeros between its taps.",
        ),
        Mistake(
            "first k entries",
            _first_of_dv,
            "For dw you take neighbouring entries of the correlation. The taps stand d apart, so "
            "keep every d-th: that is where stride and dilation exchange their roles.",
        ),
        Mistake(
            "gradient of the gaps",
            _gaps_too,
            "You return a gradient for the zeros between the taps as well. They are not weights: "
            "keep every d-th entry.",
        ),
        Mistake(
            "the tail left on",
            _tail_on,
            "dw can be longer than w, because the last r inputs were not cut off. Cut x to "
            "s·(o − 1) + d·(k − 1) + 1 entries first, or keep only the first k.",
        ),
        Mistake(
            "dx too short",
            _short_dx,
            "dx ends with the last input that was read. The r inputs after it have a gradient as "
            "well, zero: dx is as long as x.",
        ),
        Mistake(
            "stride and dilation exchanged",
            lambda dy, x, w, s, d: gradients(dy, x, w, d, s),
            "Stride and dilation are exchanged: output i moves the window by s, tap j stands d·j "
            "into it. Place s·i + d·j.",
        ),
        Mistake(
            "exchanged pair",
            lambda dy, x, w, s, d: gradients(dy, x, w, s, d)[::-1],
            "The two are right, but in the wrong order: dx first, then dw.",
        ),
    ],
    hints=[
        "Output i reads input s·i + d·j with tap j. Where does this product send the error?",
        "dx[s·i + d·j] += w[j]·dy[i], and dw[j] += x[s·i + d·j]·dy[i]. Start both from zeros.",
        "For one tap j the places are slice(d*j, d*j + s*(len(dy) - 1) + 1, s): add w[j] * dy to "
        "that slice of dx, and sum that slice of x times dy.",
    ],
)


# 11.5 -------------------------------------------------------------------------------------

Sizes = Callable[..., tuple[int, int, int]]


def costs(
    N: int, C: int, F: int, kh: int, kw: int, H: int, W: int, s: int, p: int
) -> tuple[int, int, int]:
    """Outputs times taps that each uses, three times."""
    outputs = N * F * _outputs(H + 2 * p, kh, s) * _outputs(W + 2 * p, kw, s)
    return (outputs * C * kh * kw,) * 3


def _with(number: int, change: Callable[..., int]) -> Sizes:
    """Wrong versions: one of the three counts replaced."""

    def wrong(
        N: int, C: int, F: int, kh: int, kw: int, H: int, W: int, s: int, p: int
    ) -> tuple[int, ...]:
        three = list(costs(N, C, F, kh, kw, H, W, s, p))
        three[number] = change(N, C, F, kh, kw, H, W, s, p)
        return tuple(three)

    return wrong  # type: ignore[return-value]


def _stuffed_products(
    N: int, C: int, F: int, kh: int, kw: int, H: int, W: int, s: int, p: int
) -> int:
    return N * C * F * kh * kw * (H + 2 * p) * (W + 2 * p)


COSTS = Exercise(
    "11.5",
    call="costs",
    oracle=costs,
    cases=lambda: draw(
        200,
        N=integer(1, 4),
        C=integer(1, 4),
        F=integer(1, 4),
        kh=integer(1, 4),
        kw=integer(1, 4),
        H=integer(1, 9),
        W=integer(1, 9),
        s=integer(1, 3),
        p=integer(0, 2),
        where=lambda N, C, F, kh, kw, H, W, s, p: kh <= H + 2 * p and kw <= W + 2 * p,
    ),
    mistakes=[
        Mistake(
            "cost of the update",
            _with(1, lambda N, C, F, kh, kw, H, W, s, p: F * C * kh * kw),
            "For dw you count one product for each weight. That is the update; the gradient of a "
            "weight is a sum over all places and pictures where it was used.",
        ),
        Mistake(
            "batch forgotten",
            lambda N, C, F, kh, kw, H, W, s, p: costs(1, C, F, kh, kw, H, W, s, p),
            "You count one picture. All N of them go through the layer, forwards and backwards.",
        ),
        Mistake(
            "batch forgotten in dw",
            _with(1, lambda N, *rest: costs(1, *rest)[0]),
            "dw has the same shape for every batch, but it sums over the pictures: N times the "
            "products of one.",
        ),
        Mistake(
            "stuffed zeros counted",
            _with(2, _stuffed_products),
            "For dx you count the products with the stuffed zeros. Nobody needs to compute those; "
            "each pair of an output and a tap sends back one product.",
        ),
        Mistake(
            "twice in one",
            _with(1, lambda *sizes: 2 * costs(*sizes)[0]),
            "The whole backward pass costs twice the forward pass, but dw is only one half of it.",
        ),
        Mistake(
            "size of the input",
            lambda N, C, F, kh, kw, H, W, s, p: (N * F * C * kh * kw * H * W,) * 3,
            "You count a window for every pixel. The windows are counted by the output size, with "
            "stride and padding.",
        ),
        Mistake(
            "padding counted once",
            lambda N, C, F, kh, kw, H, W, s, p: (
                (
                    (N * F * C * kh * kw)
                    * max((H + p - kh) // s + 1, 0)
                    * max((W + p - kw) // s + 1, 0),
                )
                * 3
            ),
            "You add p once to each side of the picture's size, but there are two borders: 2p.",
        ),
    ],
    hints=[
        "How many outputs are there in all, and how many products does each one take?",
        "Each of these products w·x is answered on the way back by one product w·dy and one x·dy.",
        "All three numbers are N·F·C·kh·kw·O_H·O_W.",
    ],
)


# 11.6 -------------------------------------------------------------------------------------


def layer_gradients(dy: np.ndarray, x: np.ndarray, w: np.ndarray, groups: int) -> Triple:
    """The gradients of each group by itself, product by product."""
    dx, dw = np.zeros_like(x), np.zeros_like(w)
    F, C = len(w), x.shape[1]
    for n, f, i in np.ndindex(*dy.shape):
        first = f * groups // F * (C // groups)
        for c, j in np.ndindex(*w.shape[1:]):
            dx[n, first + c, i + j] += w[f, c, j] * dy[n, f, i]
            dw[f, c, j] += x[n, first + c, i + j] * dy[n, f, i]
    return dx, dw, dy.sum((0, 2))


def _replaced(number: int, change: Callable[..., Any]) -> Callable[..., list[Any]]:
    """Wrong versions: one of the three gradients replaced."""

    def wrong(dy: np.ndarray, x: np.ndarray, w: np.ndarray, groups: int) -> list[Any]:
        three: list[Any] = list(layer_gradients(dy, x, w, groups))
        three[number] = change(dy, x, w, groups)
        return three

    return wrong


def _dx(
    dy: np.ndarray, x: np.ndarray, w: np.ndarray, channel: Callable[[int, int], int]
) -> np.ndarray:
    """Dx with another rule for the channel of filter f and slice c; it may fail."""
    dx, o = np.zeros_like(x), dy.shape[2]
    for f, c, j in np.ndindex(*w.shape):
        dx[:, channel(f, c), j : j + o] += w[f, c, j] * dy[:, f]
    return dx


def _dealt(dy: np.ndarray, x: np.ndarray, w: np.ndarray, groups: int) -> Triple:
    """Filter f in group f mod G, as cards are dealt."""
    dx, dw, o = np.zeros_like(x), np.zeros_like(w), dy.shape[2]
    for f, c, j in np.ndindex(*w.shape):
        channel = f % groups * w.shape[1] + c
        dx[:, channel, j : j + o] += w[f, c, j] * dy[:, f]
        dw[f, c, j] = np.sum(x[:, channel, j : j + o] * dy[:, f])
    return dx, dw, dy.sum((0, 2))


def _not_exchanged(dy: np.ndarray, x: np.ndarray, w: np.ndarray, groups: int) -> np.ndarray:
    """The weights of a group read as (channel, filter) without being transposed."""
    parts = w.reshape(groups, -1, *w.shape[1:])
    reshaped = parts.reshape(groups, parts.shape[2], parts.shape[1], -1).swapaxes(1, 2)
    return layer_gradients(dy, x, reshaped.reshape(w.shape), groups)[0]


@cache
def _groups() -> list[Case]:
    drawn = draw(
        80, G=integer(1, 3), N=integer(1, 3), c=integer(1, 3), f=integer(1, 3), n=integer(1, 6),
        k=integer(1, 3), where=lambda k, n, **_: k <= n,
    )  # fmt: skip
    found = []
    for seed, case in enumerate(drawn):
        G, N, c, f, n, k = case.values()
        dy, x = _errors((N, f * G, n - k + 1), seed), _errors((N, c * G, n), 1000 + seed)
        w = _errors((f * G, c, k), 2000 + seed)
        found.append({"dy": dy, "x": x, "w": w, "groups": G})
    return sorted(found, key=lambda case: case["x"].size + case["w"].size + case["dy"].size)


GROUPS = Exercise(
    "11.6",
    call="layer_gradients",
    oracle=layer_gradients,
    cases=_groups,
    equal=_same_arrays,
    mistakes=[
        Mistake(
            "roles not exchanged",
            _replaced(0, _not_exchanged),
            "In dx the filters and the channels of a group keep their places. dx has one map for "
            "each channel, which collects from the filters: transpose each group's weights in "
            "their first two axes.",
        ),
        Mistake(
            "first group for all",
            _replaced(0, lambda dy, x, w, groups: _dx(dy, x, w, lambda f, c: c)),
            "All filters send their errors to the first channels. Filter f sees the channels of "
            "its own group only, from f // (F/G) · C/G on.",
        ),
        Mistake(
            "dealt like cards",
            _dealt,
            "You put filter f into group f mod G. Groups are neighbours: filter f belongs to "
            "group f // (F/G).",
        ),
        Mistake(
            "not turned",
            _replaced(0, lambda dy, x, w, groups: layer_gradients(dy, x, w[:, :, ::-1], groups)[0]),
            "In dx the taps are the wrong way round: cl.conv correlates, so the weights must be "
            "turned along their last axis before a full layer computes dx.",
        ),
        Mistake(
            "one picture only",
            _replaced(1, lambda dy, x, w, groups: layer_gradients(dy[:1], x[:1], w, groups)[1]),
            "dw comes from the first picture alone. The weights are shared by the whole batch: "
            "sum over n.",
        ),
        Mistake(
            "averaged over the batch",
            _replaced(1, lambda dy, x, w, groups: layer_gradients(dy, x, w, groups)[1] / len(x)),
            "You average dw over the batch. If the loss is an average, the factor 1/N is in dy "
            "already: sum.",
        ),
        Mistake(
            "one db for each picture",
            _replaced(2, lambda dy, x, w, groups: dy.sum(2)),
            "db still has an axis for the pictures. One bias serves them all: sum over the batch "
            "as well as over the places.",
        ),
        Mistake(
            "dx summed over the batch",
            _replaced(
                0,
                lambda dy, x, w, groups: (
                    0 * x + layer_gradients(dy, x, w, groups)[0].sum(0, keepdims=True)
                ),
            ),
            "You sum dx over the batch. Each picture has its own gradient; only what the pictures "
            "share is summed, the weights and the bias.",
        ),
    ],
    hints=[
        "Write it for one group first. Then: which channels does filter f see?",
        "Filter f belongs to group q = f // (F // G) and sees the channels q·C/G + c for c from 0 "
        "to C/G − 1. What each tap multiplied, it sends back to, for the whole batch at once.",
        "For f, c, j in np.ndindex(w.shape), with o = dy.shape[2]: "
        "dx[:, channel, j:j+o] += w[f, c, j] * dy[:, f], and dw[f, c, j] is the sum of "
        "x[:, channel, j:j+o] * dy[:, f]; db is dy.sum((0, 2)).",
    ],
)

EXERCISES = [WEIGHTS, STUFFING, REMAINDER, DILATION, COSTS, GROUPS]
