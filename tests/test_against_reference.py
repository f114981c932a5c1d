"""Every fast function against the loops that define it, on thousands of tiny random layers.

Entries are small integers, also where the dtype is a float, so that both routes must agree
exactly. Blocks are made tiny at random, so that every way of cutting a batch is exercised.
"""

import ast
import inspect
import re
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

import convlib as cl
from convlib.fast import im2col as _blocked

COUNT = 2000
DTYPES = [np.int64, np.int32, np.float64, np.float32]


class Layer(NamedTuple):
    samples: int
    groups: int
    c_in: int  # per group
    c_out: int  # per group
    size: tuple
    window: tuple
    dtype: type
    options: dict  # stride, padding, dilation: in every form that the library accepts

    @property
    def span(self):
        dilation = per_axis(self.options.get("dilation", 1), len(self.size))
        return tuple((k - 1) * d + 1 for k, d in zip(self.window, dilation, strict=True))


def per_axis(value, axes):
    return (value,) * axes if isinstance(value, int) else value


def sides(padding, axes, span):
    """The zeros on both sides of each axis together: a lower bound for "same"."""
    if padding == "full":
        return tuple(2 * (k - 1) for k in span)
    if padding in ("same", "valid"):
        return (0,) * axes
    return tuple(2 * p if isinstance(p, int) else sum(p) for p in per_axis(padding, axes))


def numbers(rng, axes, low, high):
    """An int for all axes or a tuple."""
    if rng.random() < 0.3:
        return int(rng.integers(low, high + 1))
    return tuple(int(v) for v in rng.integers(low, high + 1, axes))


def padding(rng, axes):
    """Padding in one of the documented forms."""
    kinds = {"ints": 0.3, "pairs": 0.4, "mixed": 0.1, "valid": 0.05, "same": 0.1, "full": 0.05}
    kind = rng.choice(list(kinds), p=list(kinds.values()))
    if kind == "ints":
        return numbers(rng, axes, 0, 2)
    pairs = tuple((int(a), int(b)) for a, b in rng.integers(0, 3, (axes, 2)))
    if kind == "pairs":
        return pairs
    return (1, *pairs[1:]) if kind == "mixed" else str(kind)


def layer(rng, fits=True):
    """A random layer, 1-D to 3-D; its kernel fits unless `fits` is False."""
    while True:
        axes = int(rng.choice([1, 2, 3], p=[0.5, 0.35, 0.15]))
        top_size, top_kernel = {1: (9, 4), 2: (5, 3), 3: (3, 2)}[axes]
        chosen = Layer(
            samples=int(rng.choice([0, 1, 2, 3], p=[0.04, 0.5, 0.36, 0.1])),
            groups=int(rng.choice([1, 2, 3], p=[0.7, 0.2, 0.1])),
            c_in=int(rng.choice([0, 1, 2], p=[0.02, 0.68, 0.3])),
            c_out=int(rng.integers(1, 3)),
            size=tuple(int(v) for v in rng.integers(1, top_size + 1, axes)),
            window=tuple(int(v) for v in rng.integers(1, top_kernel + 1, axes)),
            dtype=DTYPES[rng.integers(len(DTYPES))],
            options={
                "stride": numbers(rng, axes, 1, 3),
                "padding": padding(rng, axes),
                "dilation": numbers(rng, axes, 1, 2),
            },
        )
        zeros = sides(chosen.options["padding"], axes, chosen.span)
        room = [n + p - k for n, p, k in zip(chosen.size, zeros, chosen.span, strict=True)]
        if (min(room) >= 0) is fits or (fits and chosen.options["padding"] == "same"):
            return chosen


def whole(rng, shape, dtype):
    return rng.integers(-4, 5, shape).astype(dtype)


def check(actual, expected, context):
    assert actual.dtype == expected.dtype, context
    np.testing.assert_array_equal(actual, expected, strict=True, err_msg=str(context))


def arrays(rng, lay):
    x = whole(rng, (lay.samples, lay.groups * lay.c_in, *lay.size), lay.dtype)
    w = whole(rng, (lay.groups * lay.c_out, lay.c_in, *lay.window), lay.dtype)
    b = whole(rng, lay.groups * lay.c_out, lay.dtype) if rng.random() < 0.5 else None
    return x, w, b


@pytest.fixture
def tiny_blocks(rng, monkeypatch):
    """Call it to cut the next batch differently."""
    sizes = [1, 3, 10, 30, 100, 300, 1 << 18]
    return lambda: monkeypatch.setattr(_blocked, "BLOCK", sizes[rng.integers(len(sizes))])


def test_conv_and_its_gradients(rng, tiny_blocks):
    unread = 0
    for _ in range(COUNT):
        lay = layer(rng)
        x, w, b = arrays(rng, lay)
        options = {**lay.options, "groups": lay.groups}
        tiny_blocks()
        y = cl.conv(x, w, b, **options)
        check(y, cl.reference.conv(x, w, b, **options), lay)
        dy = whole(rng, y.shape, lay.dtype)
        fast = cl.conv_backward(dy, x, w, **options)
        slow = cl.reference.conv_backward(dy, x, w, **options)
        for actual, expected in zip(fast, slow, strict=True):
            check(actual, expected, lay)
        unread += lay.samples > 0 and lay.c_in > 0 and not np.any(fast.dx[..., -1])
    assert unread > 50  # the stride left true inputs unread, the case that most libraries got wrong


def test_conv_transpose_and_its_gradients(rng, tiny_blocks):
    compared = beyond = 0
    while compared < COUNT:
        lay = layer(rng)
        axes = len(lay.size)
        extra = 0 if lay.options["padding"] == "same" else numbers(rng, axes, 0, 2)
        pairs = (lay.options["stride"], lay.options["dilation"], extra)
        strides, dilations, extras = (per_axis(value, axes) for value in pairs)
        if any(e >= max(s, d) for s, d, e in zip(strides, dilations, extras, strict=True)):
            continue
        x = whole(rng, (lay.samples, lay.groups * lay.c_in, *lay.size), lay.dtype)
        w = whole(rng, (lay.groups * lay.c_in, lay.c_out, *lay.window), lay.dtype)
        b = whole(rng, lay.groups * lay.c_out, lay.dtype) if rng.random() < 0.5 else None
        options = {**lay.options, "groups": lay.groups, "output_padding": extra}
        zeros = sides(lay.options["padding"], axes, lay.span)
        left = [
            (n - 1) * s + k + e - p
            for n, s, k, e, p in zip(lay.size, strides, lay.span, extras, zeros, strict=True)
        ]
        if min(left) < 1 and lay.options["padding"] != "same":
            for module in (cl, cl.reference):
                with pytest.raises(ValueError, match="to leave something of"):
                    module.conv_transpose(x, w, b, **options)
            continue
        tiny_blocks()
        y = cl.conv_transpose(x, w, b, **options)
        check(y, cl.reference.conv_transpose(x, w, b, **options), lay)
        dy = whole(rng, y.shape, lay.dtype)
        fast = cl.conv_transpose_backward(dy, x, w, **options)
        slow = cl.reference.conv_transpose_backward(dy, x, w, **options)
        for actual, expected in zip(fast, slow, strict=True):
            check(actual, expected, lay)
        compared += 1
        beyond += any(e >= s for e, s in zip(extras, strides, strict=True))
    assert beyond > 50  # output_padding beyond the stride, which a dilation allows


def test_im2col_and_col2im(rng):
    for _ in range(COUNT):
        lay = layer(rng)
        x = whole(rng, (lay.samples, lay.c_in, *lay.size), lay.dtype)
        cols = cl.im2col(x, lay.window, **lay.options)
        check(cols, cl.reference.im2col(x, lay.window, **lay.options), lay)
        dcols = whole(rng, cols.shape, lay.dtype)
        back = cl.col2im(dcols, lay.size, lay.window, **lay.options)
        check(back, cl.reference.col2im(dcols, lay.size, lay.window, **lay.options), lay)


def test_both_routes_refuse_a_kernel_that_does_not_fit(rng):
    for _ in range(200):
        lay = layer(rng, fits=False)
        if lay.options["padding"] == "same":
            continue
        x, w, b = arrays(rng, lay)
        options = {**lay.options, "groups": lay.groups}
        message = refusal("conv", (x, w, b), options)
        assert re.match(r"spatial axis \d: k=\d: needs (a span of )?at most \d", message)


def options_of(function):
    """Names and defaults of the keyword-only options."""
    parameters = inspect.signature(function).parameters.values()
    return {p.name: p.default for p in parameters if p.kind is p.KEYWORD_ONLY}


ORDINARY = {"stride": 1, "padding": 0, "dilation": 1}
SIGNATURES = {
    "conv": {**ORDINARY, "groups": 1},
    "conv_backward": {**ORDINARY, "groups": 1},
    "conv_transpose": {**ORDINARY, "output_padding": 0, "groups": 1},
    "conv_transpose_backward": {**ORDINARY, "output_padding": 0, "groups": 1},
    "im2col": ORDINARY,
    "col2im": ORDINARY,
}


@pytest.mark.parametrize("name", SIGNATURES)
def test_both_routes_have_the_same_signature(name):
    fast, slow = getattr(cl, name), getattr(cl.reference, name)
    assert options_of(slow) == SIGNATURES[name]
    extra = {"algorithm": "auto"} if name.startswith("conv") else {}
    assert options_of(fast) == {**SIGNATURES[name], **extra}
    positional = [p for p in inspect.signature(slow).parameters if p not in SIGNATURES[name]]
    assert list(inspect.signature(fast).parameters)[: len(positional)] == positional


@pytest.mark.parametrize("name", ["layers", "columns", "sliding", "numbers", "pool", "shuffle"])
def test_the_loops_import_nothing_but_the_checks(name):
    """The reference is an independent route: it shares no arithmetic with the fast code."""
    tree = ast.parse(Path(cl.reference.__file__).with_name(f"{name}.py").read_text("utf-8"))
    imported = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    ours = {module for module in imported if module.startswith("convlib")}
    shared = {"convlib.reference.sliding", "convlib.reference.numbers"}
    assert ours <= {"convlib", "convlib._checks", *shared}
    names = {a.name for n in ast.walk(tree) if isinstance(n, ast.ImportFrom) for a in n.names}
    assert not names & {"shapes", "windows", "geometry", "_views", "fast"}


def refusal(name, arguments, options):
    """The words in which both routes refuse a call: the same."""
    messages = set()
    for module in (cl, cl.reference):
        with pytest.raises((ValueError, TypeError)) as caught:
            getattr(module, name)(*arguments, **options)
        messages.add(f"{caught.type.__name__}: {caught.value}")
    assert len(messages) == 1
    return messages.pop().partition(": ")[2]


X, W, WT = np.ones((1, 2, 5)), np.ones((3, 2, 2)), np.ones((2, 3, 2))
COLS, DY, DYT, POOLED = np.ones((1, 4, 4)), np.ones((1, 3, 4)), np.ones((1, 3, 6)), X[..., :2]
CALLS = {
    "conv": (X, W),
    "conv_backward": (DY, X, W),
    "conv_transpose": (X, WT),
    "conv_transpose_backward": (DYT, X, WT),
    "im2col": (X, 2),
    "col2im": (COLS, (5,), 2),
    "max_pool": (X, 2),
    "max_pool_backward": (POOLED, X, 2),
    "avg_pool": (X, 2),
    "avg_pool_backward": (POOLED, X, 2),
    "pixel_shuffle": (X, 1),
    "pixel_unshuffle": (X, 1),
}
WRONG = [
    {"stride": 0},
    {"dilation": 0},
    {"padding": -1},
    {"padding": "smae"},
    {"padding": (1, 2)},
    {"stride": (1, 1)},
    {"stride": True},
]


@pytest.mark.parametrize("name", [name for name in CALLS if not name.startswith("pixel")])
@pytest.mark.parametrize("options", WRONG, ids=str)
def test_both_routes_refuse_with_the_same_words(name, options):
    for module in (cl, cl.reference):
        getattr(module, name)(*CALLS[name])
    assert "needs" in refusal(name, CALLS[name], options)


@pytest.mark.parametrize(
    ("name", "arguments", "options"),
    [
        ("conv", (X, WT[..., 0]), {}),
        ("conv", (X, W, np.ones(2)), {}),
        ("conv", (X, W), {"groups": 4}),
        ("conv", (X > 0, W), {}),
        ("conv", (X, W), {"dilation": 6}),
        ("conv_backward", (DYT, X, W), {}),
        ("conv_backward", (DY, X, W), {"dilation": 6}),
        ("conv_transpose", (X, WT), {"padding": 3}),
        ("conv_transpose", (X, W), {}),
        ("conv_transpose", (X, WT), {"output_padding": 1}),
        ("conv_transpose", (X, WT), {"stride": 2, "output_padding": 1, "padding": "same"}),
        ("conv_transpose", (X[..., np.newaxis], np.ones((2, 1, 2, 2))), {"padding": (0, 2)}),
        ("conv_transpose_backward", (DY, X, WT), {}),
        ("im2col", (X, 0), {}),
        ("im2col", (X[..., np.newaxis], 2), {}),
        ("im2col", (X, 3), {"dilation": 4, "padding": 1}),
        ("col2im", (COLS, 5, 2), {}),
        ("col2im", (COLS[..., 1:], (5,), 2), {}),
        ("col2im", (COLS[:, 1:], (5,), 2), {}),
        ("col2im", (COLS[0], (5,), 2), {}),
        ("max_pool", (X, 7), {"stride": 2, "ceil_mode": True}),
        ("max_pool", (X, 2), {"padding": 2}),
        ("max_pool", (X, 2), {"dilation": 8, "padding": 3}),
        ("avg_pool", (X, 1), {"padding": 1, "count_include_pad": False}),
        ("max_pool_backward", (DY, X, 2), {}),
        ("pixel_shuffle", (X, 3), {}),
        ("pixel_shuffle", (X, (1, 1)), {}),
        ("pixel_unshuffle", (X, 2), {}),
    ],
    ids=str,
)
def test_both_routes_refuse_these_in_the_same_words(name, arguments, options):
    assert refusal(name, arguments, options)


@pytest.mark.parametrize("module", [cl, cl.reference], ids=["fast", "loops"])
def test_both_routes_check_shapes(module):
    for call in (
        lambda: module.conv(X, WT[..., 0]),
        lambda: module.conv(X, WT),
        lambda: module.conv(X, W, np.ones(2)),
        lambda: module.conv(X, W, groups=0),
        lambda: module.conv_backward(DYT, X, W),
        lambda: module.conv_transpose(X, W),
        lambda: module.conv_transpose(X, WT, np.ones(2)),
        lambda: module.conv_transpose(X, WT, output_padding=-1),
        lambda: module.conv_transpose(X, WT, output_padding=1),
        lambda: module.conv_transpose(X, WT, stride=2, output_padding=2),
        lambda: module.conv_transpose(X, WT, dilation=2, output_padding=2),
        lambda: module.conv_transpose(X, WT, stride=2, output_padding=1, padding="same"),
        lambda: module.conv_transpose_backward(DY, X, WT),
        lambda: module.im2col(X, 0),
        lambda: module.col2im(COLS, (5,), 0),
        lambda: module.col2im(COLS[..., 1:], (5,), 2),
        lambda: module.col2im(COLS[:, 1:], (5,), 2),
    ):
        with pytest.raises(ValueError, match=r"output_padding|needs"):
            call()
