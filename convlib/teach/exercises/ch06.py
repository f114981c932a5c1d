"""Exercises of chapter 6: counts, channels, 1×1 layers, groups, dense layers, stacks."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from convlib.reference import conv as loop_conv
from convlib.teach.equations.cases import Case, draw, every, image, size
from convlib.teach.exercises.engine.definition import Exercise, Mistake

# 6.1 --------------------------------------------------------------------------------------


def parameters(c: int, f: int, kh: int, kw: int, h: int, w: int, p: int) -> int:
    """The entries of the two arrays that the layer would have to store."""
    return np.empty((f, c, kh, kw)).size + np.empty(f).size


PARAMETERS = Exercise(
    "6.1",
    call="parameters",
    oracle=parameters,
    cases=lambda: every(
        c=(1, 2, 3), f=(1, 2, 4), kh=(1, 2, 3), kw=(1, 3), h=(3, 5), w=(3, 6), p=(0, 1)
    ),
    mistakes=[
        Mistake(
            "output size",
            lambda c, f, kh, kw, h, w, p: c * f * (h + 2 * p - kh + 1) * (w + 2 * p - kw + 1) + f,
            "You count with the size of the output. The weights are the entries of the kernel, "
            "C · F · K_H · K_W, however large the picture is.",
        ),
        Mistake(
            "output size, no bias",
            lambda c, f, kh, kw, h, w, p: c * f * (h + 2 * p - kh + 1) * (w + 2 * p - kw + 1),
            "You count with the size of the output, and without biases. The weights are the "
            "entries of the kernel, C · F · K_H · K_W; then add one bias for each filter.",
        ),
        Mistake(
            "no bias",
            lambda c, f, kh, kw, h, w, p: c * f * kh * kw,
            "The weights are right. The biases are missing: one for each output channel, F in all.",
        ),
        Mistake(
            "bias per slice",
            lambda c, f, kh, kw, h, w, p: c * f * kh * kw + c * f,
            "You gave each of the C · F kernel slices a bias. The slices of one filter are added "
            "up first, and then comes one bias: F in all.",
        ),
        Mistake(
            "one bias for the layer",
            lambda c, f, kh, kw, h, w, p: c * f * kh * kw + 1,
            "You have one bias for the whole layer. Each of the F output channels has its own.",
        ),
        Mistake(
            "one slice per filter",
            lambda c, f, kh, kw, h, w, p: f * kh * kw + f,
            "You gave each filter one slice. It needs one for each input channel, C of them.",
        ),
        Mistake(
            "dense layer",
            lambda c, f, kh, kw, h, w, p: c * h * w * f + f,
            "This is a dense layer with F outputs: a weight for every pixel. Here the kernel "
            "slides, and its weights are shared by all places.",
        ),
        Mistake(
            "square kernel",
            lambda c, f, kh, kw, h, w, p: c * f * kh * kh + f,
            "You take the kernel to be square. It has kh rows and kw columns.",
        ),
    ],
    hints=[
        "Which of the seven numbers say how large the kernel is, and which how often it is used?",
        "A filter has one slice of kh · kw weights for each input channel. How many filters are "
        "there?",
        "The weight array has the shape (f, c, kh, kw), the bias array the shape (f,). Add their "
        "sizes.",
    ],
)


# 6.2 --------------------------------------------------------------------------------------

Layer = Callable[..., np.ndarray]


def conv2d_taps(x: np.ndarray, w: np.ndarray, b: np.ndarray, s: int, d: int) -> np.ndarray:
    return loop_conv(x, w, b, stride=s, dilation=d)


def _with_bias(bias: Callable[[np.ndarray, np.ndarray], np.ndarray]) -> Layer:
    """Wrong versions: the right sums with another bias, made of b and w."""
    return lambda x, w, b, s, d: conv2d_taps(x, w, bias(b, w), s, d)


def _with_weights(weights: Callable[[np.ndarray], np.ndarray]) -> Layer:
    """Wrong versions: the right loop with other weights."""
    return lambda x, w, b, s, d: conv2d_taps(x, weights(w), b, s, d)


def _last_tap_only(w: np.ndarray) -> np.ndarray:
    return _one_tap(w, -1, -1)


def _placed(place: Callable[[int, int, int, int], int]) -> Layer:
    """Wrong versions: tap g of output i looks at row `place(i, g, s, d)`, and so for columns."""

    def layer(x: np.ndarray, w: np.ndarray, b: np.ndarray, s: int, d: int) -> np.ndarray:
        y = np.zeros_like(conv2d_taps(x, w, b, s, d)) + b[:, None, None]
        for n, f, i, j, c, g, h in np.ndindex(*y.shape, *w.shape[1:]):
            y[n, f, i, j] += w[f, c, g, h] * x[n, c, place(i, g, s, d), place(j, h, s, d)]
        return y

    return layer


def _in_whole_numbers(last: bool) -> Layer:
    """Wrong versions: the right loop over the taps, into an array of whole numbers."""

    def layer(x: np.ndarray, w: np.ndarray, b: np.ndarray, s: int, d: int) -> np.ndarray:
        y = np.zeros(conv2d_taps(x, w, b, s, d).shape, dtype=int)
        y[:] = y if last else y + b[:, None, None]
        for g, h in np.ndindex(*w.shape[2:]):
            y[:] = y + conv2d_taps(x, _one_tap(w, g, h), 0 * b, s, d)
        y[:] = y + b[:, None, None] if last else y
        return y

    return layer


def _one_tap(w: np.ndarray, g: int, h: int) -> np.ndarray:
    kept = np.zeros_like(w)
    kept[:, :, g, h] = w[:, :, g, h]
    return kept


def _plus_equals_in_whole_numbers(
    x: np.ndarray, w: np.ndarray, b: np.ndarray, s: int, d: int
) -> np.ndarray:
    """What NumPy refuses as soon as a fraction comes."""
    y = np.zeros(conv2d_taps(x, w, b, s, d).shape, dtype=int)
    y += conv2d_taps(x, w, b, s, d)
    return y


_LOSES_FRACTIONS = (
    "Your results are whole numbers where they should have fractions: they stand in an array of "
    "whole numbers, or pass through one. Weights are hardly ever whole. Begin with "
    "np.zeros(shape), without dtype=int, and leave astype(int) out."
)
_KINDS: tuple[dict[str, float], ...] = (  # what each array is multiplied by
    {},
    {"w": 0.5, "b": 0.25},
    {"x": 0.25},
    {"x": 1001, "w": 0.25},
)


def _tap_cases() -> list[Case]:
    """Small layers of every stride and dilation; rows and columns differ, a stride may not fit.

    One in four has whole numbers only; in the others some of x, w and b have fractions.
    """
    rng = np.random.default_rng(62)
    cases: list[Case] = []
    for s, d, kernel in itertools.product((1, 2, 3), (1, 2), ((1, 1), (1, 2), (2, 1), (3, 2))):
        for more in ((0, 0), (1, 2), (3, 4)):
            n, c, f = (int(number) for number in rng.integers(1, 4, 3))
            size_of = [d * (k - 1) + 1 + extra for k, extra in zip(kernel, more, strict=True)]
            shapes = {"x": (n, c, *size_of), "w": (f, c, *kernel), "b": (f,)}
            factors = _KINDS[len(cases) % 4]
            arrays = {
                name: factors.get(name, 1) * rng.integers(-9, 10, shape)
                for name, shape in shapes.items()
            }
            cases.append(arrays | {"s": s, "d": d})
    return sorted(cases, key=size)


CONV2D_TAPS = Exercise(
    "6.2",
    call="conv2d_taps",
    oracle=conv2d_taps,
    cases=_tap_cases,
    mistakes=[
        Mistake(
            "bias once per tap",
            _with_bias(lambda b, w: w.shape[2] * w.shape[3] * b),
            "Your bias arrives once with every tap. Add it once, outside the loop over the taps.",
        ),
        Mistake(
            "bias once per slice",
            _with_bias(lambda b, w: w.shape[1] * b),
            "Your bias arrives C times, once with each input channel (3b instead of b for a "
            "colour picture). Add the C maps first, then the bias, once.",
        ),
        Mistake(
            "bias in every product",
            _with_bias(lambda b, w: w[0].size * b),
            "Your bias is added to every product. It belongs to the output: once, after all sums.",
        ),
        Mistake(
            "no bias",
            _with_bias(lambda b, w: 0 * b),
            "The sum over taps and channels is right; the bias is missing. Filter f adds b[f].",
        ),
        Mistake(
            "the first bias for all",
            _with_bias(lambda b, w: 0 * b + b[0]),
            "All your output channels use b[0]. Filter f has its own bias, b[f].",
        ),
        Mistake(
            "the last tap only",
            _with_weights(_last_tap_only),
            "Only the last tap has left a trace: in the loop you overwrite y. Every tap adds its "
            "map to those of the others, y += ….",
        ),
        Mistake(
            "kernel turned",
            _with_weights(lambda w: w[:, :, ::-1, ::-1]),
            "Your kernel is turned by half a turn: this is true convolution. A layer correlates, "
            "tap (g, h) of output (i, j) meets pixel (s·i + d·g, s·j + d·h).",
        ),
        Mistake(
            "first channel only",
            lambda x, w, b, s, d: conv2d_taps(x[:, :1], w[:, :1], b, s, d),
            "You use the first input channel only. Each output sums over all C channels.",
        ),
        Mistake(
            "one slice for all channels",
            _with_weights(lambda w: np.repeat(w[:, :1], w.shape[1], 1)),
            "You lay the same slice, w[f, 0], over every channel. Channel c has its own, w[f, c].",
        ),
        Mistake(
            "no dilation in the place",
            _placed(lambda i, g, s, d: s * i + g),
            "Your output has the right size, but neighbouring taps stand one pixel apart. With "
            "dilation d the slice of tap g begins at row d·g.",
        ),
        Mistake(
            "no stride in the place",
            _placed(lambda i, g, s, d: i + d * g),
            "Your output has the right size, but your windows stand one pixel apart. A slice takes "
            "every s-th row and column: start : stop : s.",
        ),
        Mistake(
            "whole numbers at the end",
            lambda x, w, b, s, d: conv2d_taps(x, w, b, s, d).astype(int),
            _LOSES_FRACTIONS,
        ),
        Mistake("whole numbers, bias last", _in_whole_numbers(last=True), _LOSES_FRACTIONS),
        Mistake("whole numbers, bias first", _in_whole_numbers(last=False), _LOSES_FRACTIONS),
        Mistake(
            "+= into whole numbers",
            _plus_equals_in_whole_numbers,
            "An array of whole numbers takes no fractions by +=, so NumPy stops. Begin with "
            "np.zeros(shape), without dtype=int: weights are hardly ever whole.",
        ),
    ],
    hints=[
        "Fix a tap, say (0, 0), and stride 2. Over which pixels does it travel while the window "
        "visits all places? And the tap (1, 0)?",
        "Tap (g, h) meets x[:, :, d·g : d·g + s·(OH − 1) + 1 : s, …], a slice of as many rows as "
        "the output has. OH is (H − d·(KH − 1) − 1) // s + 1.",
        'At each pixel of the slice, multiply by the matrix w[:, :, g, h]: np.einsum("fc,ncij->nfij'
        '", w[:, :, g, h], part). Add it to y, which began as the bias b[:, None, None].',
    ],
)


# 6.3 --------------------------------------------------------------------------------------


def pointwise(x: np.ndarray, w: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Pixel by pixel: the list of its channels times the matrix."""
    y = np.zeros((len(x), len(w), *x.shape[1:3]), dtype=np.result_type(x, w, b))
    for n, i, j in np.ndindex(*x.shape[:3]):
        y[n, :, i, j] = w @ x[n, i, j] + b
    return y


def _scrambled_in(x: np.ndarray, w: np.ndarray, b: np.ndarray) -> np.ndarray:
    n, h, width, c = x.shape
    return loop_conv(x.reshape(n, c, h, width), w[:, :, None, None], b)


def _channels_last(x: np.ndarray, w: np.ndarray, b: np.ndarray) -> np.ndarray:
    return x @ w.T + b


def _scrambled_out(x: np.ndarray, w: np.ndarray, b: np.ndarray) -> np.ndarray:
    n, h, width, _ = x.shape
    return _channels_last(x, w, b).reshape(n, len(w), h, width)


def _pointwise_cases() -> list[Case]:
    """Small pictures, channels last; every second case has weights and biases with fractions."""
    drawn = draw(
        120,
        x=image((1, 2), (1, 4), (1, 4), (1, 3)),
        w=image((1, 4), (1, 3)),
        b=image((1, 4), low=-5, high=5),
        where=lambda x, w, b: w.shape[1] == x.shape[3] and len(b) == len(w),
    )
    for case in drawn[1::2]:
        case.update(w=case["w"] / 2, b=case["b"] / 4)
    return drawn


POINTWISE = Exercise(
    "6.3",
    call="pointwise",
    oracle=pointwise,
    cases=_pointwise_cases,
    mistakes=[
        Mistake(
            "reshape at the entrance",
            _scrambled_in,
            "You moved the channels to the front with reshape. It keeps the numbers in their order "
            "and only cuts them anew, so colours and pixels are mixed up. Use transpose.",
        ),
        Mistake(
            "reshape at the exit",
            _scrambled_out,
            "Every pixel's numbers are right, but you moved the channels to the front with "
            "reshape, which mixes pixels and channels. Use transpose(0, 3, 1, 2).",
        ),
        Mistake(
            "channels still last",
            _channels_last,
            "The numbers are right, but your result is (N, H, W, F). Here it must be "
            "(N, F, H, W): transpose(0, 3, 1, 2).",
        ),
        Mistake(
            "rows and columns exchanged",
            lambda x, w, b: pointwise(x, w, b).swapaxes(2, 3),
            "Rows and columns are exchanged: transpose(0, 3, 2, 1), or .T, turns the order of the "
            "axes around. Height must stay before width.",
        ),
        Mistake(
            "no bias",
            lambda x, w, b: pointwise(x, w, 0 * b),
            "The product is right; the bias is missing. Output channel f adds b[f] at each pixel.",
        ),
        Mistake(
            "filters back to front",
            lambda x, w, b: pointwise(x, w[::-1], b[::-1]),
            "Your output channels stand in the opposite order. Row f of w makes channel f.",
        ),
        Mistake("whole numbers", lambda x, w, b: pointwise(x, w, b).astype(int), _LOSES_FRACTIONS),
    ],
    hints=[
        "Take one pixel, x[n, i, j]: a list of C numbers. What does the layer make of it?",
        "In NumPy `x @ w.T` multiplies along the last axis, so x[n, i, j] becomes w @ x[n, i, j] "
        "at every pixel at once. Its shape is (N, H, W, F).",
        "Add b, then move the last axis to place 1: (x @ w.T + b).transpose(0, 3, 1, 2).",
    ],
)


# 6.4 --------------------------------------------------------------------------------------

Pair = tuple[np.ndarray, float]


def separable(x: np.ndarray, w: np.ndarray, p: np.ndarray, groups: int) -> Pair:
    y = loop_conv(loop_conv(x, w, groups=groups), p[:, :, None, None])
    return y, _ratio(x, w, p, groups)


def _ratio(x: np.ndarray, w: np.ndarray, p: np.ndarray, groups: int) -> float:
    """Both layers against the full one, by counting the products of one output place."""
    c, f, taps = x.shape[1], len(p), w.shape[2] * w.shape[3]
    return (w.size + p.size) / (f * c * taps)


def _with_ratio(ratio: Callable[[int, int, int, int], float]) -> Callable[..., Pair]:
    """Wrong versions: a right output with another ratio of C, F, number of taps and groups."""

    def wrong(x: np.ndarray, w: np.ndarray, p: np.ndarray, groups: int) -> Pair:
        y, _ = separable(x, w, p, groups)
        return y, ratio(x.shape[1], len(p), w.shape[2] * w.shape[3], groups)

    return wrong


def _dealt_out(x: np.ndarray, w: np.ndarray, p: np.ndarray, groups: int) -> Pair:
    """Channels dealt to the groups like cards, instead of cut into blocks."""
    c = x.shape[1]
    order = [i for start in range(groups) for i in range(start, c, groups)]
    return separable(x[:, order], w, p, groups)


def _one_group(x: np.ndarray, w: np.ndarray, p: np.ndarray, groups: int) -> Pair:
    """Every output channel reads the first group."""
    c = x.shape[1] // groups
    y = loop_conv(loop_conv(x[:, :c], w), p[:, :, None, None])
    return y, _ratio(x, w, p, groups)


def _separable_in_whole_numbers(x: np.ndarray, w: np.ndarray, p: np.ndarray, groups: int) -> Pair:
    y, ratio = separable(x, w, p, groups)
    return y.astype(int), ratio


def _grouped_cases() -> list[Case]:
    """Every small division into groups, pictures and kernels no squares; half with fractions."""
    rng = np.random.default_rng(6)
    cases: list[Case] = []
    for c, groups, f in itertools.product(range(1, 5), range(1, 5), (1, 2, 3)):
        if c % groups:
            continue
        for kernel, picture in [((1, 1), (1, 2)), ((1, 2), (2, 2)), ((3, 2), (3, 4))]:
            shapes = {"x": (1 + f % 2, c, *picture), "w": (c, c // groups, *kernel), "p": (f, c)}
            arrays = {name: rng.integers(-4, 5, shape) for name, shape in shapes.items()}
            weights = {"w": arrays["w"] / 2, "p": arrays["p"] / 4} if len(cases) % 2 else {}
            cases.append({**arrays, **weights, "groups": groups})
    return sorted(cases, key=size)


SEPARABLE = Exercise(
    "6.4",
    call="separable",
    oracle=separable,
    cases=_grouped_cases,
    mistakes=[
        Mistake(
            "channels dealt out like cards",
            _dealt_out,
            "You deal the channels out in turn, as x[:, g::groups]. Groups are blocks of "
            "neighbours: group g has the channels g · C/G to (g + 1) · C/G − 1.",
        ),
        Mistake(
            "all filters on the first group",
            _one_group,
            "All your filters read the first group's channels. Group g of the filters reads group "
            "g of the channels.",
        ),
        Mistake(
            "1/C + 1/taps",
            _with_ratio(lambda c, f, taps, groups: c / groups / c + 1 / taps),
            "The output is right. In your ratio the first term has C where F belongs: the full "
            "layer makes F channels, the grouped one makes C of C/G each.",
        ),
        Mistake(
            "ratio upside down",
            _with_ratio(lambda c, f, taps, groups: f * c * taps / (c * c // groups * taps + c * f)),
            "The output is right. Your ratio is upside down: cheap over full.",
        ),
        Mistake(
            "costs multiplied",
            _with_ratio(lambda c, f, taps, groups: c / (groups * f) / taps),
            "The output is right. The two layers come one after the other, so their costs are "
            "added, not multiplied.",
        ),
        Mistake(
            "always depthwise",
            _with_ratio(lambda c, f, taps, groups: 1 / f + 1 / taps),
            "The output is right. 1/F + 1/taps is the ratio for groups = C only; a filter of the "
            "grouped layer has C/G slices.",
        ),
        Mistake(
            "second layer free",
            _with_ratio(lambda c, f, taps, groups: c / (groups * f)),
            "The output is right. Your ratio leaves out the 1×1 layer; on every place it takes "
            "C · F products.",
        ),
        Mistake(
            "divided by the groups",
            _with_ratio(lambda c, f, taps, groups: 1 / groups),
            "The output is right. 1/G is what the grouped layer alone costs when it makes as many "
            "channels as the full one; here it makes C, and the 1×1 layer comes on top.",
        ),
        Mistake("whole numbers", _separable_in_whole_numbers, _LOSES_FRACTIONS),
    ],
    hints=[
        "One group: which channels of x, and which filters of w? For C = 4 and G = 2 group 1 has "
        "channels 2 and 3, and filters 2 and 3.",
        "Call cl.conv once for each group and join the results with np.concatenate(..., axis=1). "
        "The second layer is cl.conv with p[:, :, None, None].",
        "At one place the first layer takes C · (C/G) · taps products, the second C · F, and the "
        "full layer C · F · taps.",
    ],
)


# 6.5 --------------------------------------------------------------------------------------


def score_map(x: np.ndarray, w: np.ndarray, b: np.ndarray, h: int, width: int) -> np.ndarray:
    """Cut out every window, flatten it and ask the dense layer."""
    rows, columns = x.shape[1] - h + 1, x.shape[2] - width + 1
    scores = np.zeros((len(w), rows, columns), dtype=int)
    for i, j in np.ndindex(rows, columns):
        scores[:, i, j] = w @ x[:, i : i + h, j : j + width].ravel() + b
    return scores


def _as_layer(x: np.ndarray, kernel: np.ndarray, b: np.ndarray, stride: int = 1) -> np.ndarray:
    return loop_conv(x[None], kernel, b, stride=stride)[0]


def _kernel(x: np.ndarray, w: np.ndarray, h: int, width: int) -> np.ndarray:
    return w.reshape(len(w), len(x), h, width)


def _kernel_channels_last(x: np.ndarray, w: np.ndarray, h: int, width: int) -> np.ndarray:
    return w.reshape(len(w), h, width, len(x)).transpose(0, 3, 1, 2)


def _side_by_side(x: np.ndarray, w: np.ndarray, b: np.ndarray, h: int, width: int) -> np.ndarray:
    return score_map(x, w, b, h, width)[:, ::h, ::width]


def _dense_cases() -> list[Case]:
    """Small maps, and one of the size that gives a grid of six by six."""
    rng = np.random.default_rng(6)
    maps = [((1, 1), (1, 1)), ((1, 2), (1, 1)), ((2, 2), (2, 2)), ((3, 4), (2, 3))]
    maps += [((4, 5), (3, 1)), ((5, 4), (2, 2)), ((12, 12), (7, 7))]
    cases: list[Case] = []
    for (picture, (h, width)), c, f in itertools.product(maps, (1, 2, 3), (1, 2, 3)):
        arrays = {
            "x": rng.integers(-4, 5, (c, *picture)),
            "w": rng.integers(-4, 5, (f, c * h * width)),
            "b": rng.integers(-5, 6, f),
        }
        cases.append(arrays | {"h": h, "width": width})
    return sorted(cases, key=size)


SCORE_MAP = Exercise(
    "6.5",
    call="score_map",
    oracle=score_map,
    cases=_dense_cases,
    mistakes=[
        Mistake(
            "channels last",
            lambda x, w, b, h, width: _as_layer(x, _kernel_channels_last(x, w, h, width), b),
            "You cut the weights as (F, h, width, C), channels last. The map was flattened channel "
            "by channel, so the kernel is w.reshape(F, C, h, width).",
        ),
        Mistake(
            "kernel turned",
            lambda x, w, b, h, width: _as_layer(x, _kernel(x, w, h, width)[:, :, ::-1, ::-1], b),
            "Your kernel is turned by half a turn. cl.conv correlates, so nothing is to be turned.",
        ),
        Mistake(
            "no bias",
            lambda x, w, b, h, width: _as_layer(x, _kernel(x, w, h, width), 0 * b),
            "The products are right; the dense layer's bias is missing.",
        ),
        Mistake(
            "windows side by side",
            _side_by_side,
            "Your windows stand side by side without overlap. The dense layer is to be asked at "
            "every place: stride 1.",
        ),
        Mistake(
            "first window only",
            lambda x, w, b, h, width: score_map(x, w, b, h, width)[:, :1, :1],
            "This is the answer for the window in the top left corner. Let the kernel slide on.",
        ),
        Mistake(
            "largest score of each class",
            lambda x, w, b, h, width: score_map(x, w, b, h, width).max(axis=(1, 2)),
            "You took the largest score of each class. Give the whole map of scores.",
        ),
    ],
    hints=[
        "Each row of w holds the weights of one output, for the flattened block of shape "
        "(C, h, width). What shape must it have to lie on the block before it is flattened?",
        "w.reshape(F, C, h, width) is a kernel for cl.conv; x needs a batch axis, x[None].",
        "cl.conv(x[None], w.reshape(len(w), len(x), h, width), b)[0].",
    ],
)


# 6.6 --------------------------------------------------------------------------------------

Triple = tuple[int, int, int]
Stacks = tuple[set[Triple], Triple]


def stacks(n: int, o: int) -> Stacks:
    """Try all numbers of layers, and let each layer shrink the picture."""
    most = range(n)
    found = {
        (a, b, c)
        for a in most for b in most for c in most
        if n - a * (2 - 1) - b * (3 - 1) - c * (5 - 1) == o
    }  # fmt: skip
    return found, min(found, key=_weights)


def _weights(stack: Triple) -> int:
    return sum(count * k * k for count, k in zip(stack, (2, 3, 5), strict=True))


def _same_stacks(got: Any, expected: Stacks, case: Case) -> bool:
    """Any collection of triples will do for the set."""
    found, cheapest = got
    if not isinstance(found, Iterable):
        return False
    listed = [tuple(int(number) for number in stack) for stack in found]
    no_double = len(listed) == len(set(listed))
    return no_double and (set(listed), tuple(map(int, cheapest))) == expected


def _cheapest_by(key: Callable[[Triple], int]) -> Callable[[int, int], Stacks]:
    def wrong(n: int, o: int) -> Stacks:
        found, _ = stacks(n, o)
        return found, min(found, key=key)

    return wrong


def _loses_k(n: int, o: int) -> Stacks:
    """Each layer is thought to take k rows away instead of k − 1."""
    room = range(n)
    found = {(a, b, c) for a in room for b in room for c in room if n - 2 * a - 3 * b - 5 * c == o}
    return found, min(found, key=_weights, default=(0, 0, 0))


def _one_kind(n: int, o: int) -> Stacks:
    found, _ = stacks(n, o)
    pure = {stack for stack in found if sum(count > 0 for count in stack) <= 1}
    return pure, min(pure, key=_weights)


def _without_fives(n: int, o: int) -> Stacks:
    found, cheapest = stacks(n, o)
    return {stack for stack in found if stack[2] == 0}, cheapest


def _two_sides(n: int, o: int) -> Stacks:
    """Each side is thought to lose k − 1, as if the kernel ate from both ends."""
    room = range(n)
    found = {(a, b, c) for a in room for b in room for c in room if n - 2 * a - 4 * b - 8 * c == o}
    return found, min(found, key=_weights, default=(0, 0, 0))


STACKS = Exercise(
    "6.6",
    call="stacks",
    oracle=stacks,
    cases=lambda: every(n=range(1, 19), o=range(1, 8), where=lambda n, o: o <= n),
    equal=_same_stacks,
    mistakes=[
        Mistake(
            "k instead of k − 1",
            _loses_k,
            "You let a layer take away k rows. A window of k fits n − k + 1 times, so only k − 1 "
            "are lost.",
        ),
        Mistake(
            "lost on both sides",
            _two_sides,
            "You let a layer take away k − 1 rows on each side. Without padding the picture loses "
            "k − 1 rows in all.",
        ),
        Mistake(
            "one kind of layer only",
            _one_kind,
            "You only list stacks of equal layers. Kernels of different sizes may be mixed.",
        ),
        Mistake(
            "5 × 5 left out",
            _without_fives,
            "Your stacks hold no 5 × 5 layer. It takes away 4 rows.",
        ),
        Mistake(
            "fewest layers",
            _cheapest_by(sum),
            "The list is right. Your cheapest stack has the fewest layers, and the most weights: "
            "a kernel of k × k has k² of them, not k and not 1.",
        ),
    ],
    hints=[
        "Without padding a k × k layer makes n rows n − k + 1. How many rows do the three kinds "
        "take away?",
        "All (a, b, c) with a + 2b + 4c = n − o: three loops, each up to n − o, and an if.",
        "The weights of a stack are 4a + 9b + 25c; min(found, key=...) finds the cheapest.",
    ],
)

EXERCISES = [PARAMETERS, CONV2D_TAPS, POINTWISE, SEPARABLE, SCORE_MAP, STACKS]
