"""Exercises of chapter 7: im2col, windows as a view, col2im, shapes, a planted bug, batch order."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from convlib.teach.equations.cases import Case, draw, every, image, integer
from convlib.teach.exercises.engine.definition import Exercise, Mistake

Shape = tuple[int, ...]
Order = Callable[[int, int, int], tuple[int, int, int]]


def _starts(n: int, k: int, s: int, p: int) -> list[int]:
    """The places in the padded axis where a whole window starts."""
    return [t for t in range(0, n + 2 * p, s) if t + k <= n + 2 * p]


def _fits(kh: int, kw: int, p: int, H: int, W: int) -> bool:
    return kh <= H + 2 * p and kw <= W + 2 * p


# 7.1 --------------------------------------------------------------------------------------


def im2col(x: np.ndarray, kh: int, kw: int, s: int, p: int) -> np.ndarray:
    """Cut the windows out one by one, and lay each into a column."""
    C, H, W = x.shape
    padded = np.zeros((C, H + 2 * p, W + 2 * p), dtype=x.dtype)
    padded[:, p : p + H, p : p + W] = x
    windows = [
        padded[:, i : i + kh, j : j + kw].ravel()
        for i in _starts(H, kh, s, p)
        for j in _starts(W, kw, s, p)
    ]
    return np.array(windows).T


def _reordered(axes: tuple[int, ...]) -> Callable[..., np.ndarray]:
    """Wrong versions: the same entries, the axes (c, g, h, i, j) of the table in this order."""

    def wrong(x: np.ndarray, kh: int, kw: int, s: int, p: int) -> np.ndarray:
        places = len(_starts(x.shape[1], kh, s, p)), len(_starts(x.shape[2], kw, s, p))
        split = im2col(x, kh, kw, s, p).reshape(len(x), kh, kw, *places)
        return split.transpose(axes).reshape(len(x) * kh * kw, -1)

    return wrong


def _width_by_height(x: np.ndarray, kh: int, kw: int, s: int, p: int) -> np.ndarray:
    """The number of windows along a row, computed with the height of the kernel."""
    padded = np.pad(x, ((0, 0), (p, p), (p, p)))
    oh, ow = (padded.shape[1] - kh) // s + 1, (padded.shape[2] - kh) // s + 1
    c, g, h, i, j = np.indices((len(x), kh, kw, oh, ow))
    return padded[c, s * i + g, s * j + h].reshape(len(x) * kh * kw, oh * ow)


def _images() -> list[Case]:
    """Small pictures of every shape; every second one has fractions."""
    drawn = draw(
        150, x=image((1, 3), (1, 5), (1, 5)), kh=integer(1, 3), kw=integer(1, 3),
        s=integer(1, 3), p=integer(0, 2), where=lambda x, kh, kw, s, p:
        _fits(kh, kw, p, *x.shape[1:]),
    )  # fmt: skip
    for case in drawn[1::2]:
        case["x"] = case["x"] / 4
    return drawn


IM2COL = Exercise(
    "7.1",
    call="im2col",
    oracle=im2col,
    cases=_images,
    mistakes=[
        Mistake(
            "windows in rows",
            lambda x, kh, kw, s, p: im2col(x, kh, kw, s, p).T,
            "Your windows stand in rows. Here each window is a column, so that a kernel can be a "
            "row in front of the matrix.",
        ),
        Mistake(
            "channel fastest",
            _reordered((1, 2, 0, 3, 4)),
            "Inside a column you go through the channels first. The weights are stored channel by "
            "channel, so the whole window of channel 0 comes first, then that of channel 1.",
        ),
        Mistake(
            "window read down",
            _reordered((0, 2, 1, 3, 4)),
            "You read each window column by column. It is read row by row, as the kernel is.",
        ),
        Mistake(
            "windows ordered down",
            _reordered((0, 1, 2, 4, 3)),
            "Your columns are in the wrong order: after window (0, 0) comes its neighbour to the "
            "right, (0, 1), not the one below.",
        ),
        Mistake(
            "padding ignored",
            lambda x, kh, kw, s, p: im2col(x, kh, kw, s, 0),
            "The padding is missing: put p rows or columns of zeros on each of the four sides.",
        ),
        Mistake(
            "stride ignored",
            lambda x, kh, kw, s, p: im2col(x, kh, kw, 1, p),
            "You take every window. With stride s only every s-th start counts, down and across.",
        ),
        Mistake(
            "height for width",
            _width_by_height,
            "You count the windows along a row with the height of the kernel. Across, use kw; "
            "a square kernel hides this.",
        ),
        Mistake(
            "whole numbers",
            lambda *case: im2col(*case).astype(int),
            "The fractions of x are lost: its pixels pass through an array of whole numbers. Give "
            "the padded picture the type of x, x.dtype, or let np.pad make it.",
        ),
    ],
    hints=[
        "How many rows and columns must the result have? Pad first, and forget about p.",
        "Entry (c, g, h) of window (i, j) is padded[c, s·i + g, s·j + h]. NumPy takes arrays as "
        "indices: three arrays of the result's shape give all entries at once.",
        "c, g, h, i, j = np.indices((C, kh, kw, oh, ow)); then one look-up, and one reshape to "
        "(C * kh * kw, oh * ow).",
    ],
)


# 7.2 --------------------------------------------------------------------------------------


def windows(x: np.ndarray, kh: int, kw: int, s: int) -> np.ndarray:
    """Every window of every channel, copied out one by one."""
    rows, columns = _starts(x.shape[2], kh, s, 0), _starts(x.shape[3], kw, s, 0)
    cut = [[x[:, :, i : i + kh, j : j + kw] for j in columns] for i in rows]
    return np.array(cut).transpose(2, 3, 0, 1, 4, 5)


def _view(x: np.ndarray, kh: int, kw: int) -> np.ndarray:
    return sliding_window_view(x, (kh, kw), axis=(2, 3))


@cache
def _batches() -> list[Case]:
    return draw(
        40, x=image((1, 2), (1, 2), (1, 6), (1, 6)), kh=integer(1, 3), kw=integer(1, 3),
        s=integer(1, 3), where=lambda x, kh, kw, s: _fits(kh, kw, 0, *x.shape[2:]),
    )  # fmt: skip


def _view_complaint(answer: Any) -> str | None:
    """How often the values are wrong and where first; and then, whether anything was copied."""
    if not callable(answer):
        return "Give the function itself, without parentheses."
    copied, wrong, first = 0, 0, ""
    for case in _batches():
        x = case["x"].copy()
        got, expected = answer(x, case["kh"], case["kw"], case["s"]), windows(**case)
        if not np.array_equal(got, expected):
            wrong, first = wrong + 1, first or _difference(case, got, expected)
        copied += not np.shares_memory(got, x)
    if wrong:
        return f"{wrong} of {len(_batches())} cases are wrong, the first for {first}"
    if copied:
        return "The values are right, but they were copied: the result must share the memory of x."
    return None


def _difference(case: Case, got: Any, expected: np.ndarray) -> str:
    options = ", ".join(f"{name}={case[name]}" for name in ("kh", "kw", "s"))
    where = f"x of shape {case['x'].shape}, {options}"
    if np.shape(got) != expected.shape:
        return f"{where}: expected the shape {expected.shape}, got {np.shape(got)}."
    place = tuple(int(i) for i in np.argwhere(np.asarray(got) != expected)[0])
    return f"{where}: entry {place} should be {expected[place]}, and is {got[place]}."


WINDOWS = Exercise(
    "7.2",
    call="windows",
    judge=_view_complaint,
    nonsense=lambda x, kh, kw, s: windows(x, kh, kw, s) + 1,
    mistakes=[
        Mistake(
            "a copy",
            windows,
            "The values are right, but they were copied: the result must share the memory of x.",
        ),
        Mistake(
            "stride forgotten",
            lambda x, kh, kw, s: _view(x, kh, kw),
            "These are all the windows. Keep every s-th along both axes, by slicing.",
        ),
        Mistake(
            "stride on the taps",
            lambda x, kh, kw, s: _view(x, kh, kw)[..., ::s, ::s],
            "You sliced the last two axes, which run inside a window. The windows are counted by "
            "the third and the fourth axis.",
        ),
        Mistake(
            "taps before places",
            lambda x, kh, kw, s: _view(x, kh, kw)[:, :, ::s, ::s].transpose(0, 1, 4, 5, 2, 3),
            "Your axes are (N, C, kh, kw, oh, ow). Asked for are the places first, as "
            "sliding_window_view gives them.",
        ),
        Mistake(
            "window with four axes",
            lambda x, kh, kw, s: sliding_window_view(x, (1, 1, kh, kw))[:, :, ::s, ::s],
            "Your window has axes of length 1 for batch and channel, and they stay in the result. "
            "Say axis=(2, 3), so that the window moves along these two only.",
        ),
        Mistake(
            "height and width exchanged",
            lambda x, kh, kw, s: _view(x, min(kw, x.shape[2]), min(kh, x.shape[3]))[:, :, ::s, ::s],
            "You exchanged kh and kw: the height comes first.",
        ),
    ],
    hints=[
        "sliding_window_view(x, (kh, kw), axis=(2, 3)) is nearly the answer. What does it do "
        "about the stride?",
        "A slice with a step is a view as well: a[::2] copies nothing.",
        "Slice the two axes that count the windows: [:, :, ::s, ::s]. No np.array, no reshape.",
    ],
)


# 7.3 --------------------------------------------------------------------------------------


def _entries(
    C: int, H: int, W: int, kh: int, kw: int, s: int, p: int
) -> Iterator[tuple[int, int, tuple[int, int, int]]]:
    """Each entry of the column matrix: its row, its column, and its place in the padded image."""
    starts = [(i, j) for i in _starts(H, kh, s, p) for j in _starts(W, kw, s, p)]
    for row, (c, g, h) in enumerate(np.ndindex(C, kh, kw)):
        for column, (i, j) in enumerate(starts):
            yield row, column, (c, i + g, j + h)


def _padded_sum(
    cols: np.ndarray, H: int, W: int, kh: int, kw: int, s: int, p: int, ones: bool = False
) -> np.ndarray:
    C = len(cols) // (kh * kw)
    padded = np.zeros((C, H + 2 * p, W + 2 * p), dtype=cols.dtype)
    for row, column, place in _entries(C, H, W, kh, kw, s, p):
        padded[place] += 1 if ones else cols[row, column]
    return padded


def col2im(cols: np.ndarray, H: int, W: int, kh: int, kw: int, s: int, p: int) -> np.ndarray:
    """Add every entry to its place, and cut the padding off."""
    return _padded_sum(cols, H, W, kh, kw, s, p)[:, p : p + H, p : p + W]


def _overwrite(cols: np.ndarray, H: int, W: int, kh: int, kw: int, s: int, p: int) -> np.ndarray:
    C = len(cols) // (kh * kw)
    padded = np.zeros((C, H + 2 * p, W + 2 * p), dtype=cols.dtype)
    for row, column, place in _entries(C, H, W, kh, kw, s, p):
        padded[place] = cols[row, column]
    return padded[:, p : p + H, p : p + W]


def _buffered(cols: np.ndarray, H: int, W: int, kh: int, kw: int, s: int, p: int) -> np.ndarray:
    """A += at arrays of places, for one row of windows at a time; see `Mistake` below."""
    C = len(cols) // (kh * kw)
    padded = np.zeros((C, H + 2 * p, W + 2 * p), dtype=cols.dtype)
    across = len(_starts(W, kw, s, p))
    c, g, h, j = np.indices((C, kh, kw, across))
    for row in range(cols.shape[1] // across):
        part = cols[:, row * across : (row + 1) * across].reshape(c.shape)
        padded[c, s * row + g, s * j + h] += part
    return padded[:, p : p + H, p : p + W]


def _window_by_window(
    cols: np.ndarray, H: int, W: int, kh: int, kw: int, s: int, p: int
) -> np.ndarray:
    """Every place gets a value, but places and values are listed in different orders."""
    C = len(cols) // (kh * kw)
    padded = np.zeros((C, H + 2 * p, W + 2 * p), dtype=cols.dtype)
    places = [place for *_, place in sorted(_entries(C, H, W, kh, kw, s, p), key=lambda e: e[1])]
    np.add.at(padded, tuple(np.transpose(places)), cols.ravel())
    return padded[:, p : p + H, p : p + W]


def _all_zeros(cols: np.ndarray, H: int, W: int, kh: int, kw: int, s: int, p: int) -> np.ndarray:
    return np.zeros((len(cols) // (kh * kw), H, W), dtype=cols.dtype)


def _coverage(cols: np.ndarray, H: int, W: int, kh: int, kw: int, s: int, p: int) -> np.ndarray:
    return _padded_sum(cols, H, W, kh, kw, s, p, ones=True)[:, p : p + H, p : p + W]


def _average(cols: np.ndarray, H: int, W: int, kh: int, kw: int, s: int, p: int) -> np.ndarray:
    total, count = (f(cols, H, W, kh, kw, s, p) for f in (col2im, _coverage))
    return total / np.maximum(count, 1)


def _wrapped(cols: np.ndarray, H: int, W: int, kh: int, kw: int, s: int, p: int) -> np.ndarray:
    """Without padding: negative indices reach the other end, as Python has it."""
    C = len(cols) // (kh * kw)
    x = np.zeros((C, H, W), dtype=cols.dtype)
    for row, column, (c, i, j) in _entries(C, H, W, kh, kw, s, p):
        if i - p < H and j - p < W:
            x[c, (i - p) % H, (j - p) % W] += cols[row, column]
    return x


def _minus_p(cols: np.ndarray, H: int, W: int, kh: int, kw: int, s: int, p: int) -> np.ndarray:
    return _padded_sum(cols, H, W, kh, kw, s, p)[:, p:-p, p:-p]


def _stride_one(cols: np.ndarray, H: int, W: int, kh: int, kw: int, s: int, p: int) -> np.ndarray:
    C = len(cols) // (kh * kw)
    places = len(_starts(H, kh, s, p)), len(_starts(W, kw, s, p))
    padded = np.zeros((C, H + 2 * p, W + 2 * p), dtype=cols.dtype)
    for row, (c, g, h) in enumerate(np.ndindex(C, kh, kw)):
        for column, (i, j) in enumerate(np.ndindex(*places)):
            padded[c, i + g, j + h] += cols[row, column]
    return padded[:, p : p + H, p : p + W]


def _in_whole_numbers(
    cols: np.ndarray, H: int, W: int, kh: int, kw: int, s: int, p: int
) -> np.ndarray:
    """Every entry cut to a whole number before it is added."""
    return col2im(cols.astype(int), H, W, kh, kw, s, p)


_LOSES_FRACTIONS = (
    "The fractions of cols are lost: its entries pass through an array of whole numbers. Give the "
    "picture the type of cols, cols.dtype, or begin with np.zeros(shape), whose numbers are floats."
)


def _column_cases() -> list[Case]:
    """Columns of the right shape for random images: whole, halves and quarters, and large."""
    shapes = draw(
        120, C=integer(1, 2), H=integer(1, 5), W=integer(1, 5), kh=integer(1, 3),
        kw=integer(1, 3), s=integer(1, 3), p=integer(0, 2),
        where=lambda C, H, W, kh, kw, s, p: _fits(kh, kw, p, H, W),
    )  # fmt: skip
    rng = np.random.default_rng(7)
    cases: list[Case] = []
    for shape in shapes:
        C = shape.pop("C")
        H, W, kh, kw, s, p = shape.values()
        windows = len(_starts(H, kh, s, p)) * len(_starts(W, kw, s, p))
        cols = rng.integers(-9, 10, (C * kh * kw, windows))
        kinds = (cols, cols / 4, 10_000 * cols, cols / 2)
        cases.append({"cols": kinds[len(cases) % 4], **shape})
    return cases


COL2IM = Exercise(
    "7.3",
    call="col2im",
    oracle=col2im,
    cases=_column_cases,
    mistakes=[
        Mistake(
            "overwrites",
            _overwrite,
            "Where windows overlap, only one entry survives. Either you write = for +=, or you "
            "write += with arrays of indices, which NumPy carries out once for each place; "
            "np.add.at(x, indices, values) adds them all.",
        ),
        Mistake(
            "+= at arrays of places",
            _buffered,
            "Windows of different rows are added, but of those side by side only the last one "
            "counts. If you write x[places] += values: it is carried out once for each place, "
            "however often that occurs among the places; np.add.at(x, places, values) adds every "
            "time.",
        ),
        Mistake(
            "taps and windows exchanged",
            _window_by_window,
            "Values land on the wrong places: taps and windows are exchanged. cols lists all "
            "windows of one tap before the next tap; you read it as if all taps of one window "
            "came first. Its axes are (C, kh, kw, oh, ow). (If you use np.add.at: it goes through "
            "places and values pair by pair, so both need this order.)",
        ),
        Mistake(
            "all zeros",
            _all_zeros,
            "All zeros: nothing arrives in the array that you return. Is there a += yet, and does "
            "it reach that array? What is added to a copy is lost, and an array indexed with "
            "arrays, x[places], is a copy as well. If you use np.add.at, give it the array itself "
            "and the indices apart: np.add.at(x, (c, i, j), values).",
        ),
        Mistake(
            "averages",
            _average,
            "You divide by the number of windows that read a pixel. The transpose adds; it does "
            "not average.",
        ),
        Mistake(
            "counts",
            _coverage,
            "You add ones instead of the entries: this is the coverage map, whatever cols holds.",
        ),
        Mistake(
            "padding not cut",
            _padded_sum,
            "The result still has its padding. What fell on it has no pixel: cut it off.",
        ),
        Mistake(
            "cut at the wrong end",
            lambda cols, H, W, kh, kw, s, p: _padded_sum(cols, H, W, kh, kw, s, p)[:, :H, :W],
            "You keep the first H rows and W columns of the padded image. The picture begins at "
            "row p and column p.",
        ),
        Mistake(
            "minus zero",
            _minus_p,
            "[p:-p] keeps nothing when p is 0, since −0 is 0. Write [p : p + H].",
        ),
        Mistake(
            "wrapped around",
            _wrapped,
            "An entry that belongs to the padding got a negative index, which Python counts from "
            "the other end. Add in a padded array and cut it.",
        ),
        Mistake(
            "stride ignored",
            _stride_one,
            "Your windows stand side by side at every place: the stride is ignored on the way "
            "back.",
        ),
        Mistake("whole numbers", _in_whole_numbers, _LOSES_FRACTIONS),
        Mistake(
            "whole numbers at the end",
            lambda *case: col2im(*case).astype(int),
            _LOSES_FRACTIONS,
        ),
        Mistake(
            "small whole numbers",
            lambda *case: col2im(*case).astype(np.int8),
            "A type as small as int8 or uint8 holds 256 different numbers and starts anew beyond "
            "them. Give the picture the type of cols, cols.dtype.",
        ),
    ],
    hints=[
        "Start from a padded image of zeros. Where did entry (c, g, h) of window (i, j) come from?",
        "Cut cols into the axes (C, kh, kw, oh, ow) with one reshape. For one tap (g, h), all "
        "windows write to different places: a slice with step s.",
        "For each g and h: padded[:, g : g + s * oh : s, h : h + s * ow : s] += parts[:, g, h]; "
        "at the end return [:, p : p + H, p : p + W].",
    ],
)


# 7.4 --------------------------------------------------------------------------------------


def shapes(N: int, C: int, H: int, W: int, F: int, KH: int, KW: int, p: int) -> list[Shape]:
    """The shapes of real arrays that go through the listing."""
    places = len(_starts(H, KH, 1, p)) * len(_starts(W, KW, 1, p))
    w_row, x_col = np.empty((F, C, KH, KW)).reshape(F, -1), np.empty((C * KH * KW, N * places))
    y = w_row.shape[0], x_col.shape[1]
    back = w_row.shape[1], y[1]
    return [x_col.shape, w_row.shape, y, back, (N, C, H, W)]


def _listed(
    rows: Callable[..., int] = lambda C, KH, KW: C * KH * KW,
    places: Callable[..., int] = lambda N, oh, ow: N * oh * ow,
    pad: int = 2,
) -> Callable[..., list[Shape]]:
    """Wrong versions: another number of rows, or of columns, throughout."""

    def wrong(N: int, C: int, H: int, W: int, F: int, KH: int, KW: int, p: int) -> list[Shape]:
        r = rows(C, KH, KW)
        columns = places(N, H + pad * p - KH + 1, W + pad * p - KW + 1)
        return [(r, columns), (F, r), (F, columns), (r, columns), (N, C, H, W)]

    return wrong


def _with(number: int, change: Callable[[list[Shape]], Shape]) -> Callable[..., list[Shape]]:
    """Wrong versions: one shape replaced."""

    def wrong(*sizes: int) -> list[Shape]:
        listed = shapes(*sizes)
        listed[number] = change(listed)
        return listed

    return wrong


def _same_shapes(got: Any, expected: list[Shape], case: Case | None = None) -> bool:
    """A list or a tuple of lists or tuples is as good."""
    return [tuple(int(n) for n in shape) for shape in got] == expected


SHAPES = Exercise(
    "7.4",
    call="shapes",
    oracle=shapes,
    cases=lambda: draw(
        200,
        N=integer(1, 5),
        C=integer(1, 4),
        H=integer(1, 9),
        W=integer(1, 9),
        F=integer(1, 5),
        KH=integer(1, 4),
        KW=integer(1, 4),
        p=integer(0, 2),
        where=lambda N, C, H, W, F, KH, KW, p: _fits(KH, KW, p, H, W),
    ),
    equal=_same_shapes,
    mistakes=[
        Mistake(
            "channels forgotten",
            _listed(rows=lambda C, KH, KW: KH * KW),
            "Your columns hold the window of one channel only. All C channels of a window stand "
            "in its column, so there are C·KH·KW rows: 27, not 9.",
        ),
        Mistake(
            "squared",
            _listed(places=lambda N, oh, ow: N * oh * oh),
            "You square the number of windows along one side. That is right for square pictures "
            "with square kernels only: multiply O_H by O_W.",
        ),
        Mistake(
            "batch forgotten",
            _listed(places=lambda N, oh, ow: oh * ow),
            "These are the columns of a single picture. All N pictures stand side by side.",
        ),
        Mistake(
            "padding counted once",
            _listed(pad=1),
            "You add p once to each side of the picture's size, but there are two borders: 2p.",
        ),
        Mistake(
            "kernels as columns",
            _with(1, lambda listed: listed[1][::-1]),
            "Your W_row has its filters in columns. In the product W_row @ X_col each filter is a "
            "row.",
        ),
        Mistake(
            "not transposed",
            _with(3, lambda listed: listed[2]),
            "W_row.T @ G has as many rows as W_row has columns: C·KH·KW, not F.",
        ),
        Mistake(
            "back to one picture",
            _with(4, lambda listed: listed[4][1:]),
            "The last shape is that of the whole batch, with its N pictures.",
        ),
    ],
    hints=[
        "How many numbers stand in one column, when the picture has C channels?",
        "In a product A @ B the columns of A are as many as the rows of B; what remains is the "
        "rows of A and the columns of B.",
        "Rows R = C·KH·KW, columns P = N·O_H·O_W: (R, P), (F, R), (F, P), (R, P), (N, C, H, W).",
    ],
)


# 7.5 --------------------------------------------------------------------------------------


def _right(H: int, W: int, KH: int, KW: int) -> Shape:
    return len(_starts(H, KH, 2, 0)), len(_starts(W, KW, 2, 0))


def _planted(H: int, W: int, KH: int, KW: int) -> Shape:
    return (H - KH) // 2 + 1, (W - KH) // 2 + 1


def _fewest() -> int:
    """The least number of pixels of any witness, by trying all small ones."""
    found = every(
        H=range(1, 5), W=range(1, 5), KH=range(1, 5), KW=range(1, 5),
        where=lambda H, W, KH, KW: KH <= H and KW <= W
        and _right(H, W, KH, KW) != _planted(H, W, KH, KW),
    )  # fmt: skip
    return min(case["H"] * case["W"] for case in found)


def _witness_complaint(answer: Any) -> str | None:
    try:
        H, W, KH, KW = (int(n) for n in answer)
    except (TypeError, ValueError):
        return "Give four whole numbers, (H, W, KH, KW)."
    if min(H, W, KH, KW) < 1:
        return "All four numbers must be at least 1."
    if KH > H or KW > W:
        return "This kernel does not fit into this picture, so there is nothing to be right about."
    if KH == KW:
        return "With a square kernel KH is as good as KW, and nobody will ever notice."
    right, planted = _right(H, W, KH, KW), _planted(H, W, KH, KW)
    if right == planted:
        return f"Both give {right}: here the floor hides the mistake."
    pixels, least = H * W, _fewest()
    if pixels > least:
        return f"Caught: {planted} for {right}. But there is a picture with fewer pixels."
    return None


WITNESS = Exercise(
    "7.5",
    judge=_witness_complaint,
    nonsense=(9, 4, 2, 4),
    mistakes=[
        Mistake(
            "the floor hides it",
            (6, 7, 2, 3),
            "Both give (3, 3): here the floor hides the mistake.",
        ),
        Mistake(
            "square kernel",
            (5, 7, 3, 3),
            "With a square kernel KH is as good as KW, and nobody will ever notice.",
        ),
        Mistake(
            "does not fit",
            (1, 2, 2, 1),
            "This kernel does not fit into this picture, so there is nothing to be right about.",
        ),
        Mistake(
            "too large",
            (1, 3, 1, 3),
            "Caught: (1, 2) for (1, 1). But there is a picture with fewer pixels.",
        ),
        Mistake(
            "hidden again",
            (1, 2, 1, 2),
            "Both give (1, 1): here the floor hides the mistake.",
        ),
    ],
    hints=[
        "The number of rows is right. So the kernel's two sides must differ.",
        "W − KH and W − KW must lie on different sides of an even number; otherwise the floor "
        "makes them the same.",
        "Let the height of the kernel be larger than the width of the picture. What is "
        "(1 − 2) // 2 + 1?",
    ],
)


# 7.6 --------------------------------------------------------------------------------------


def order(N: int, L: int) -> list[int]:
    """Go through the places, and for each through the pictures."""
    return [n * L + place for place in range(L) for n in range(N)]


ORDER = Exercise(
    "7.6",
    call="order",
    oracle=order,
    cases=lambda: every(N=range(1, 7), L=range(1, 9)),
    mistakes=[
        Mistake(
            "the way back",
            lambda N, L: [place * N + n for n in range(N) for place in range(L)],
            "This is the inverse: it takes place-first to picture-first. With first[:, order] "
            "entry q says which old column comes to place q.",
        ),
        Mistake(
            "nothing moves",
            lambda N, L: list(range(N * L)),
            "This leaves every column where it is.",
        ),
        Mistake(
            "pictures backwards",
            lambda N, L: [n * L + place for n in reversed(range(N)) for place in range(L)],
            "This only turns the order of the pictures around. Each picture's columns must be "
            "dealt out like cards.",
        ),
        Mistake(
            "as a table",
            lambda N, L: np.arange(N * L).reshape(N, L).T,
            "The numbers are right, but they form a table. Make one list of it, for instance "
            "with ravel().",
        ),
    ],
    hints=[
        "Write both orders down for N = 2 pictures with L = 3 windows each: a0 a1 a2 b0 b1 b2, "
        "and a0 b0 a1 b1 a2 b2.",
        "Column q of the new matrix belongs to picture q % N and place q // N. Which number has "
        "it in the old one?",
        "It is (q % N)·L + q // N. Or: number the columns as a table with N rows, transpose it, "
        "and read it row by row.",
    ],
)

EXERCISES = [IM2COL, WINDOWS, COL2IM, SHAPES, WITNESS, ORDER]
