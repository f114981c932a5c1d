"""Exercises of chapter 3: both matrices, counts, a black box, nearest circulant, merging layers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from convlib.teach.equations.cases import Case, draw, every, integer, vector
from convlib.teach.exercises.engine.definition import Exercise, Mistake

Box = Callable[[Any], np.ndarray]


def _windows(n: int, k: int, s: int, p: int = 0) -> list[int]:
    """The places in the padded list where a whole window starts."""
    return [t for t in range(0, n + 2 * p, s) if t + k <= n + 2 * p]


# 3.1 --------------------------------------------------------------------------------------


def conv_matrix(w: np.ndarray, n: int, s: int, p: int) -> np.ndarray:
    """Every tap put where the index formula says, unless that is padding."""
    starts = _windows(n, len(w), s, p)
    T = np.zeros((len(starts), n), dtype=w.dtype)
    for i, start in enumerate(starts):
        for j, tap in enumerate(w):
            if 0 <= start + j - p < n:
                T[i, start + j - p] = tap
    return T


def _negative_index(w: np.ndarray, n: int, s: int, p: int) -> np.ndarray:
    """What a missing test for m < 0 does: Python writes into the last columns."""
    starts = _windows(n, len(w), s, p)
    T = np.zeros((len(starts), n), dtype=w.dtype)
    for i, start in enumerate(starts):
        for j, tap in enumerate(w):
            if -n <= start + j - p < n:
                T[i, start + j - p] = tap
    return T


def _around(w: np.ndarray, n: int, s: int, p: int) -> np.ndarray:
    T = np.zeros((len(_windows(n, len(w), s, p)), n), dtype=w.dtype)
    for i in range(len(T)):
        for j, tap in enumerate(w):
            T[i, (s * i + j - p) % n] += tap
    return T


def _rows_by_one(w: np.ndarray, n: int, s: int, p: int) -> np.ndarray:
    """As many rows as the stride asks for, each only one column further than the last."""
    return conv_matrix(w, n, 1, p)[: len(_windows(n, len(w), s, p))]


def _rounded_up(w: np.ndarray, n: int, s: int, p: int) -> np.ndarray:
    """A last row for a window that hangs over the end."""
    more = (s - (n + 2 * p - len(w)) % s) % s
    starts = range(0, n + 2 * p + more - len(w) + 1, s)
    T = np.zeros((len(starts), n + 2 * p + more), dtype=w.dtype)
    for i, start in enumerate(starts):
        T[i, start : start + len(w)] = w
    return T[:, p : p + n]


def _padding_kept(w: np.ndarray, n: int, s: int, p: int) -> np.ndarray:
    return conv_matrix(w, n + 2 * p, s, 0)


def _taps_fit(w: np.ndarray, n: int, s: int, p: int) -> bool:
    return len(w) <= n + 2 * p


CONV_MATRIX = Exercise(
    "3.1",
    call="conv_matrix",
    oracle=conv_matrix,
    cases=lambda: draw(
        200, w=vector(1, 4), n=integer(1, 8), s=integer(1, 3), p=integer(0, 2), where=_taps_fit
    ),
    mistakes=[
        Mistake(
            "taps reversed",
            lambda w, n, s, p: conv_matrix(w[::-1], n, s, p),
            "The taps stand back to front in each row: that is the matrix of a convolution with "
            "the flip. In a layer w[0] is the leftmost tap.",
        ),
        Mistake(
            "stride 1",
            lambda w, n, s, p: conv_matrix(w, n, 1, p),
            "Your matrix has a row for every place: the stride is ignored. Keep every s-th row.",
        ),
        Mistake(
            "rows move by one",
            _rows_by_one,
            "The number of rows is right, but each row is only one column further than the one "
            "above. Tap j of row i stands in column s·i + j − p.",
        ),
        Mistake(
            "negative index",
            _negative_index,
            "A tap on the padding before the list has a negative column, and Python counts that "
            "from the other end. Leave such taps out, or work in the padded list and cut it.",
        ),
        Mistake(
            "wrapped around",
            _around,
            "Taps that stick out come in again on the other side, as on a ring. On a list they "
            "meet padding, which has no column.",
        ),
        Mistake(
            "rounded up",
            _rounded_up,
            "There is a last row for a window that does not fit. Only whole windows count, so the "
            "number of rows is (n + 2p − k) // s + 1.",
        ),
        Mistake(
            "padding has columns",
            _padding_kept,
            "Your matrix has n + 2p columns and acts on the padded list. It should act on the n "
            "inputs: cut off the first p columns and the last p.",
        ),
        Mistake(
            "padding ignored",
            lambda w, n, s, p: conv_matrix(w, n, s, 0),
            "The padding is missing: with p zeros on each side the first window starts at −p.",
        ),
        Mistake(
            "transposed",
            lambda w, n, s, p: conv_matrix(w, n, s, p).T,
            "This is the transpose. An output is a row, an input a column.",
        ),
    ],
    hints=[
        "How many rows? One for each window: chapter 2 has the formula, with a floor.",
        "Start from np.zeros((rows, n + 2 * p), dtype=w.dtype), the matrix for the padded list. "
        "Where does the kernel stand in row i?",
        "T[i, s*i : s*i + k] = w for each row; at the end return T[:, p : p + n].",
    ],
)


# 3.2 --------------------------------------------------------------------------------------


def hankel(x: np.ndarray, k: int, s: int) -> np.ndarray:
    """Every entry by its index."""
    starts = _windows(len(x), k, s)
    H = np.zeros((len(starts), k), dtype=x.dtype)
    for i, j in np.ndindex(H.shape):
        H[i, j] = x[s * i + j]
    return H


def _with_part(x: np.ndarray, k: int, s: int) -> np.ndarray:
    """Also the windows that begin inside and end outside, filled up with zeros."""
    starts = range(0, len(x), s)
    return np.array([np.pad(x, (0, k))[t : t + k] for t in starts])


HANKEL = Exercise(
    "3.2",
    call="hankel",
    oracle=hankel,
    cases=lambda: draw(
        200,
        x=vector(1, 9),
        k=integer(1, 5),
        s=integer(1, 3),
        where=lambda x, k, s: k <= len(x),
    ),
    mistakes=[
        Mistake(
            "transposed",
            lambda x, k, s: hankel(x, k, s).T,
            "This is the transpose, with a window in each column. Here a window is a row, so that "
            "H @ w gives the outputs.",
        ),
        Mistake(
            "stride ignored",
            lambda x, k, s: hankel(x, k, 1),
            "Your windows start at every place; with stride s they start at 0, s, 2s, …",
        ),
        Mistake(
            "windows side by side",
            lambda x, k, s: hankel(x, k, k),
            "Each of your windows starts where the last one ended. They may overlap: the next one "
            "starts s places further, not k.",
        ),
        Mistake(
            "windows back to front",
            lambda x, k, s: hankel(x, k, s)[:, ::-1],
            "Your windows are back to front. Column j meets tap j, so it holds x[s·i + j].",
        ),
        Mistake(
            "incomplete windows",
            _with_part,
            "You also kept windows that stick out at the end. A window starts at n − k at most.",
        ),
        Mistake(
            "last window forgotten",
            lambda x, k, s: hankel(x[:-1], k, s) if len(x) > k else np.zeros((0, k), dtype=int),
            "The window that ends with the last number is missing. The last start is n − k "
            "itself, and range stops before its end.",
        ),
    ],
    hints=[
        "Row i is what output i sees: k neighbouring numbers. Where does window i start?",
        "Let t run over range(0, len(x) - k + 1, s) and take the slice x[t : t + k].",
        "np.array of the list of these slices.",
    ],
)


# 3.3 --------------------------------------------------------------------------------------


def count(n: int, k: int, s: int) -> tuple[int, int, int, int]:
    """By adding up window after window."""
    dense = local = multiplications = 0
    for _ in _windows(n, k, s):
        dense += n + 1
        local += k + 1
        multiplications += k
    return dense, local, k + 1, multiplications


def _outputs(n: int, k: int, s: int) -> int:
    return len(_windows(n, k, s))


def _one_bias(n: int, k: int, s: int) -> tuple[int, int, int, int]:
    o = _outputs(n, k, s)
    return o * n + 1, o * k + 1, k + 1, o * k


def _bias_everywhere(n: int, k: int, s: int) -> tuple[int, int, int, int]:
    o = _outputs(n, k, s)
    return o * (n + 1), o * (k + 1), k + o, o * k


def _bias_multiplied(n: int, k: int, s: int) -> tuple[int, int, int, int]:
    o = _outputs(n, k, s)
    return o * (n + 1), o * (k + 1), k + 1, o * (k + 1)


COUNT = Exercise(
    "3.3",
    call="count",
    oracle=count,
    dtype=True,
    cases=lambda: [
        *every(n=range(1, 9), k=range(1, 6), s=(1, 2, 3), where=lambda n, k, s: k <= n),
        {"n": 1000, "k": 3, "s": 1},
    ],
    mistakes=[
        Mistake(
            "biases forgotten",
            lambda n, k, s: (
                _outputs(n, k, s) * n,
                _outputs(n, k, s) * k,
                k,
                _outputs(n, k, s) * k,
            ),
            "The biases are missing: one for each output of the dense and the local layer, and "
            "one in all for the convolution.",
        ),
        Mistake(
            "one bias each",
            _one_bias,
            "You gave every layer one bias. Only the convolution shares it; a dense or a locally "
            "connected layer has a bias for each of its outputs.",
        ),
        Mistake(
            "convolution with o biases",
            _bias_everywhere,
            "You gave the convolution a bias for each output. Its bias is shared like its taps.",
        ),
        Mistake(
            "sharing saves work",
            lambda n, k, s: (*count(n, k, s)[:3], k),
            "You let the convolution multiply k times in all. The weights are shared, the work is "
            "not: every output takes k multiplications.",
        ),
        Mistake(
            "bias multiplied",
            _bias_multiplied,
            "You counted k + 1 multiplications for each output. The bias is only added.",
        ),
        Mistake(
            "as many outputs as inputs",
            lambda n, k, s: (n * (n + 1), n * (k + 1), k + 1, n * k),
            "You counted n outputs. A valid layer has (n − k) // s + 1.",
        ),
        Mistake(
            "stride ignored",
            lambda n, k, s: count(n, k, 1),
            "You counted the outputs of stride 1. With stride s there are (n − k) // s + 1.",
        ),
        Mistake(
            "dense multiplications",
            lambda n, k, s: (*count(n, k, s)[:3], _outputs(n, k, s) * n),
            "Your last number counts a multiplication for each entry of the matrix, zeros too. "
            "The convolution multiplies only where the kernel stands.",
        ),
    ],
    hints=[
        "First the number of outputs, o, with the stride: chapter 2.",
        "How many weights does one output of a dense layer have of its own? One of a locally "
        "connected layer? Add its bias, then multiply by o.",
        "The convolution has k taps and 1 bias in all, and multiplies k times for each output.",
    ],
)


# 3.4 --------------------------------------------------------------------------------------


def box(w: list[int], b: int, n: int) -> Box:
    """A valid layer that hides its kernel and its bias, and insists on lists of n numbers."""

    def layer(x: Any) -> np.ndarray:
        given = np.asarray(x)
        if given.shape != (n,):
            raise ValueError(f"this box takes a list of {n} numbers, not shape {given.shape}")
        return np.array([b + sum(w * given[t : t + len(w)]) for t in _windows(n, len(w), 1)])

    layer.kernel, layer.bias = [int(tap) for tap in w], int(b)  # type: ignore[attr-defined]
    layer.__name__ = f"box with w={layer.kernel}, b={layer.bias}"  # type: ignore[attr-defined]
    return layer


def open_box(box: Box, n: int, k: int) -> tuple[list[int], int]:
    """The oracle need not ask: it knows what is in the box."""
    return box.kernel, box.bias  # type: ignore[attr-defined]


def _boxes() -> list[Case]:
    hidden = draw(
        80,
        w=vector(1, 5),
        b=integer(-9, 9),
        n=integer(1, 12),
        where=lambda w, b, n: len(w) <= n,
    )
    return [
        {"box": box(w=c["w"], b=c["b"], n=c["n"]), "n": c["n"], "k": len(c["w"])} for c in hidden
    ]


def _impulse(box: Box, n: int, at: int) -> np.ndarray:
    return box(np.eye(n, dtype=int)[at])


def _one_probe(box: Box, n: int, k: int) -> tuple[np.ndarray, Any]:
    """Reads the reversed kernel off one answer, which on a short list is not all there."""
    b = box(np.zeros(n, dtype=int))[0]
    at = min(k - 1, n - 1)
    return (_impulse(box, n, at) - b)[:k][::-1], b


OPEN_BOX = Exercise(
    "3.4",
    call="open_box",
    oracle=open_box,
    cases=_boxes,
    mistakes=[
        Mistake(
            "kernel reversed",
            lambda box, n, k: (box.kernel[::-1], box.bias),
            "Your kernel is back to front. A correlation answers a single 1 with the kernel "
            "reversed.",
        ),
        Mistake(
            "bias in every tap",
            lambda box, n, k: ([tap + box.bias for tap in box.kernel], box.bias),
            "Every tap of yours contains the bias as well. Subtract what the box answers to zeros.",
        ),
        Mistake(
            "bias taken for 0",
            lambda box, n, k: ([tap + box.bias for tap in box.kernel], 0),
            "You did not look for the bias. What does the box answer to a list of zeros?",
        ),
        Mistake(
            "a list of ones for the bias",
            lambda box, n, k: (box.kernel, sum(box.kernel) + box.bias),
            "Your bias contains the sum of the taps: that is the answer to a list of ones. "
            "Ask for zeros.",
        ),
        Mistake(
            "one probe is not enough",
            _one_probe,
            "You read the kernel from a single answer. When k is close to n there are fewer than "
            "k outputs, and some taps never show. Use one probe for each tap.",
        ),
    ],
    hints=[
        "What does the box answer to a list of zeros?",
        "A single 1 at place j, and look at output 0 only: which tap stands over the 1?",
        "b = box(zeros)[0]; then w[j] = box(e)[0] − b, where e has its single 1 at place j, for "
        "j = 0, …, k − 1.",
    ],
)


# 3.5 --------------------------------------------------------------------------------------


def _wrapped(A: np.ndarray, j: int) -> list[Any]:
    """The n entries with (i − m) mod n = j."""
    n = len(A)
    return [A[i, m] for i in range(n) for m in range(n) if (i - m) % n == j]


def _circulant(c: list[Any]) -> np.ndarray:
    n = len(c)
    return np.array([[c[(i - m) % n] for m in range(n)] for i in range(n)], dtype=float)


def nearest_circulant(A: np.ndarray) -> np.ndarray:
    """The average of each diagonal, continued around the edge."""
    return _circulant([np.mean(_wrapped(A, j)) for j in range(len(A))])


def _nearest_toeplitz(A: np.ndarray) -> np.ndarray:
    """Diagonals that stop at the edge."""
    n = len(A)
    average = {d: np.mean(np.diagonal(A, d)) for d in range(1 - n, n)}
    return np.array([[average[m - i] for m in range(n)] for i in range(n)])


def _rising(A: np.ndarray) -> np.ndarray:
    """Averages along the rising diagonals instead: constant where i + m is."""
    return nearest_circulant(A[:, ::-1])[:, ::-1]


def _half_of_the_shifts(A: np.ndarray) -> np.ndarray:
    """Shifted once and back, averaged with what was there."""
    return (A + np.roll(A, (1, 1), axis=(0, 1))) / 2


NEAREST = Exercise(
    "3.5",
    call="nearest_circulant",
    oracle=nearest_circulant,
    cases=lambda: [
        {"A": A} for n in range(1, 6) for A in np.random.default_rng(n).integers(-9, 10, (12, n, n))
    ],
    mistakes=[
        Mistake(
            "first column only",
            lambda A: _circulant(list(A[:, 0])),
            "You took the taps from the first column. That is the impulse response at place 0 "
            "alone; the other columns have a say too.",
        ),
        Mistake(
            "nearest Toeplitz",
            _nearest_toeplitz,
            "Your diagonals stop at the edge: this is the nearest Toeplitz matrix. On a ring a "
            "diagonal that runs out on one side comes in again on the other.",
        ),
        Mistake(
            "rising diagonals",
            _rising,
            "You averaged along the rising diagonals, where i + m is constant. In a circulant "
            "matrix the entries with the same (i − m) mod n are equal.",
        ),
        Mistake(
            "sums, not averages",
            lambda A: nearest_circulant(A) * len(A),
            "Your taps are sums of n entries. Divide by n.",
        ),
        Mistake(
            "the transpose",
            lambda A: nearest_circulant(A).T,
            "This is the transpose of the right matrix: you used (m − i) mod n somewhere for "
            "(i − m) mod n.",
        ),
        Mistake(
            "one shift only",
            _half_of_the_shifts,
            "You averaged A with one shifted copy. All n shifts count alike, so average all n.",
        ),
    ],
    hints=[
        "In a circulant matrix the tap c[j] stands in n places. Which entries of A stand there?",
        "Which single number has the smallest sum of squared distances from n given numbers?",
        "c[j] is the average of A[i, m] over all i, m with (i − m) % n == j; then build the "
        "circulant matrix of c.",
    ],
)


# 3.6 --------------------------------------------------------------------------------------


def merge(v: np.ndarray, s1: int, w: np.ndarray, s2: int) -> tuple[list[int], int]:
    """Every pair of taps booked under the input that it reads from output 0."""
    kernel = [0] * (len(v) + (len(w) - 1) * s1)
    for j, second in enumerate(w):
        for i, first in enumerate(v):
            kernel[s1 * j + i] += int(first * second)
    return kernel, s1 * s2


def _kernel(v: np.ndarray, s: int, w: np.ndarray) -> list[int]:
    return merge(v, s, w, 1)[0]


MERGE = Exercise(
    "3.6",
    call="merge",
    oracle=merge,
    cases=lambda: draw(
        200,
        v=vector(1, 4),
        s1=integer(1, 3),
        w=vector(1, 4),
        s2=integer(1, 3),
    ),
    mistakes=[
        Mistake(
            "first stride ignored",
            lambda v, s1, w, s2: (_kernel(v, 1, w), s1 * s2),
            "This is v * w, right only for a first stride of 1. Neighbouring outputs of the first "
            "layer are s1 inputs apart, so the taps of w must be spread before the convolution.",
        ),
        Mistake(
            "spread by the second stride",
            lambda v, s1, w, s2: (_kernel(v, s2, w), s1 * s2),
            "You spread the taps of w by s2. The second stride decides which outputs are kept, "
            "not what they look at; the distance between its inputs is s1.",
        ),
        Mistake(
            "the wrong kernel spread",
            lambda v, s1, w, s2: (_kernel(w, s1, v), s1 * s2),
            "You spread v. The first kernel stays as it is; w looks at outputs s1 apart.",
        ),
        Mistake(
            "correlation of the kernels",
            lambda v, s1, w, s2: (_kernel(v, s1, w[::-1]), s1 * s2),
            "Your w is back to front. Two layers in a row are one layer with the convolution of "
            "the kernels, and np.convolve already does the flip.",
        ),
        Mistake(
            "strides add",
            lambda v, s1, w, s2: (_kernel(v, s1, w), s1 + s2),
            "The kernel is right, but strides multiply: s2 steps of s1 inputs each.",
        ),
        Mistake(
            "second stride only",
            lambda v, s1, w, s2: (_kernel(v, s1, w), s2),
            "The kernel is right, but s2 counts outputs of the first layer, which are s1 inputs "
            "apart: the stride is s1·s2.",
        ),
    ],
    hints=[
        "Output 0 is the sum of w[j] times number j of the first layer. Which inputs does number "
        "j of the first layer read, and with which taps?",
        "The product w[j]·v[l] belongs to input s1·j + l. Add all products with the same place.",
        "Put s1 − 1 zeros between the taps of w, then np.convolve with v; the stride is s1·s2.",
    ],
)

EXERCISES = [CONV_MATRIX, HANKEL, COUNT, OPEN_BOX, NEAREST, MERGE]
