"""Transposed convolution: by hand, as the adjoint of a layer, and by zero-stuffing."""

import re

import numpy as np
import pytest
import sympy

import convlib as cl

X = np.arange(10.0).reshape(1, 2, 5)
X2 = np.ones((1, 2, 5, 6))
W = np.ones((3, 2, 3))
WT = np.ones((2, 3, 3))

REFUSED = [
    (
        lambda: cl.conv_transpose(X, W),
        ValueError,
        "w has shape (3, 2, 3): needs C_in = 2, the channels of x, on axis 0; a transposed "
        "layer has it there",
    ),
    (
        lambda: cl.conv_transpose(X, WT, groups=3),
        ValueError,
        "groups=3: needs a divisor of 2 (x has 2 channels); try groups=2",
    ),
    (
        lambda: cl.conv_transpose(X, np.ones((2, 0, 3))),
        ValueError,
        "w has shape (2, 0, 3): needs at least one output channel (axis 1)",
    ),
    (
        lambda: cl.conv_transpose(X, WT, output_padding=1),
        ValueError,
        "spatial axis 0: output_padding=1: needs fewer than max(stride, dilation) = 1; at most 0",
    ),
    (
        lambda: cl.conv_transpose(X, WT, output_padding=-1),
        ValueError,
        "output_padding=-1: needs an integer of at least 0; output_padding=0 adds nothing",
    ),
    (
        lambda: cl.conv_transpose(X2, np.ones((2, 3, 3, 3)), stride=2, output_padding=(0, 2)),
        ValueError,
        "spatial axis 1: output_padding=2: needs fewer than max(stride, dilation) = 2; at most 1",
    ),
    (
        lambda: cl.conv_transpose(X, WT, stride=2, padding="same", output_padding=1),
        ValueError,
        "spatial axis 0: output_padding=1: needs 0 with padding='same', which settles the "
        "size by itself (n times stride)",
    ),
    (
        lambda: cl.conv_transpose(X, WT, padding=4),
        ValueError,
        "spatial axis 0: padding=(4, 4): needs at most 6, both sides together, to leave "
        "something of 7",
    ),
    (
        lambda: cl.conv_transpose(X, WT, np.ones(2)),
        ValueError,
        "b has shape (2,): needs one number per output channel, (3,)",
    ),
    (
        lambda: cl.conv_transpose_backward(np.ones((1, 3, 4)), X, WT),
        ValueError,
        "dy has shape (1, 3, 4): needs (1, 3, 7), the shape of the output",
    ),
    (
        lambda: cl.conv_transpose(np.ones((2, 5)), W),
        ValueError,
        "x has shape (2, 5): needs (N, C, *spatial), at least 3 axes; add the "
        "missing axes of length 1: x[np.newaxis]",
    ),
    (
        lambda: cl.conv_transpose(X, WT[0]),
        ValueError,
        "w has shape (3, 3): needs 3 axes (two for channels, 1 for the kernel), as x has",
    ),
    (
        lambda: cl.conv_transpose(X, WT, stride=0),
        ValueError,
        "stride=0: needs an integer of at least 1; stride=1 visits every position",
    ),
    (
        lambda: cl.conv_transpose(X, WT > 0),
        TypeError,
        "w has dtype bool: needs numbers; convert it first, for example w.astype(int)",
    ),
    (
        lambda: cl.conv_transpose(X2, np.ones((2, 3, 3, 3)), output_padding=(1, 0, 1)),
        ValueError,
        "output_padding=(1, 0, 1): needs one entry per spatial axis (2), not 3",
    ),
    (
        lambda: cl.conv_transpose(X, WT, dilation=0),
        ValueError,
        "dilation=0: needs an integer of at least 1; an ordinary kernel has "
        "dilation=1 (some texts count from 0: add 1)",
    ),
    (
        lambda: cl.conv_transpose(X, WT, groups=0),
        ValueError,
        "groups=0: needs an integer of at least 1; groups=1 is the ordinary layer",
    ),
    (
        lambda: cl.conv_transpose(X, WT, padding=-1),
        ValueError,
        "padding=-1: needs an integer of at least 0; padding=0 adds nothing; to "
        "crop, slice the array first",
    ),
    (
        lambda: cl.conv_transpose(X, WT, b=[True, True, True]),
        TypeError,
        "b has dtype bool: needs numbers; convert it first, for example b.astype(int)",
    ),
    (
        lambda: cl.conv_transpose(X, np.ones((2, 3, 0))),
        ValueError,
        "w has shape (2, 3, 0): needs at least one tap on every kernel axis",
    ),
    (
        lambda: cl.conv_transpose_backward(np.ones((1, 3, 7)) > 0, X, WT),
        TypeError,
        "dy has dtype bool: needs numbers; convert it first, for example dy.astype(int)",
    ),
    (
        lambda: cl.zero_stuff(X, 0),
        ValueError,
        "stride=0: needs an integer of at least 1; stride=1 visits every position",
    ),
    (
        lambda: cl.zero_stuff(X, 2, extra=-1),
        ValueError,
        "extra=-1: needs an integer of at least 0",
    ),
    (
        lambda: cl.zero_stuff(X, (2, 2)),
        ValueError,
        "stride=(2, 2): needs one entry per spatial axis (1), not 2",
    ),
    (
        lambda: cl.zero_stuff([1, 2, 3], 2),
        ValueError,
        "y has shape (3,): needs (N, C, *spatial), at least 3 axes; add the "
        "missing axes of length 1: y[np.newaxis, np.newaxis]",
    ),
]


@pytest.mark.parametrize(("call", "kind", "message"), REFUSED)
def test_what_is_refused_is_explained(call, kind, message):
    with pytest.raises(kind, match=f"^{re.escape(message)}$"):
        call()


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, [1, 12, 123, 230, 300]),
        ({"stride": 2}, [1, 10, 102, 20, 203, 30, 300]),
        ({"stride": 4}, [1, 10, 100, 0, 2, 20, 200, 0, 3, 30, 300]),
        ({"dilation": 2}, [1, 2, 13, 20, 130, 200, 300]),
        ({"padding": 1}, [12, 123, 230]),
        ({"padding": ((1, 0),)}, [12, 123, 230, 300]),
        ({"padding": "full"}, [123]),
        ({"padding": "same"}, [12, 123, 230]),
        ({"padding": "same", "stride": 2}, [1, 10, 102, 20, 203, 30]),
        ({"padding": "same", "stride": 4}, [1, 10, 100, 0, 2, 20, 200, 0, 3, 30, 300, 0]),
        ({"stride": 2, "output_padding": 1}, [1, 10, 102, 20, 203, 30, 300, 0]),
        ({"stride": 2, "padding": 1, "output_padding": 1}, [10, 102, 20, 203, 30, 300]),
        ({"dilation": 3, "output_padding": 2}, [1, 2, 3, 10, 20, 30, 100, 200, 300, 0, 0]),
    ],
)
def test_one_dimension_by_hand(options, expected):
    x, w = [[[1, 2, 3]]], [[[1, 10, 100]]]
    np.testing.assert_array_equal(cl.conv_transpose(x, w, **options), [[expected]])
    np.testing.assert_array_equal(cl.reference.conv_transpose(x, w, **options), [[expected]])


def test_channels_groups_and_bias_by_hand():
    x = np.array([[[1], [10]]])
    w = np.array([[[1], [2], [3]], [[4], [5], [6]]])
    np.testing.assert_array_equal(cl.conv_transpose(x, w), [[[41], [52], [63]]])
    np.testing.assert_array_equal(cl.conv_transpose(x, w, [100, 0, 0]), [[[141], [52], [63]]])
    np.testing.assert_array_equal(
        cl.conv_transpose(x, w, groups=2), [[[1], [2], [3], [40], [50], [60]]]
    )


def test_backward_by_hand():
    x, w, dy = [[[1, 2]]], [[[1, 10]]], [[[5, 6, 7]]]
    dx, dw, db = cl.conv_transpose_backward(dy, x, w)
    np.testing.assert_array_equal(dx, [[[65, 76]]])
    np.testing.assert_array_equal(dw, [[[17, 20]]])
    np.testing.assert_array_equal(db, [18])


def test_coverage_is_even_only_if_the_stride_divides_the_kernel():
    x = np.ones((1, 1, 4), int)
    three = cl.conv_transpose(x, np.ones((1, 1, 3), int), stride=2)
    np.testing.assert_array_equal(three[0, 0], [1, 1, 2, 1, 2, 1, 2, 1, 1])
    four = cl.conv_transpose(x, np.ones((1, 1, 4), int), stride=2)
    np.testing.assert_array_equal(four[0, 0, 2:-2], 2)


def layer(rng, axes):
    """Random arrays, options and output_padding."""
    groups = int(rng.integers(1, 3))
    strides, dilations = rng.integers(1, 4, axes), rng.integers(1, 4, axes)
    options = {
        "stride": tuple(strides.tolist()),
        "padding": tuple(map(tuple, rng.integers(0, 2, (axes, 2)).tolist())),
        "dilation": tuple(dilations.tolist()),
        "groups": groups,
    }
    x = rng.standard_normal((2, 2 * groups, *rng.integers(3, 6, axes)))
    w = rng.standard_normal((2 * groups, 3, *rng.integers(1, 4, axes)))
    extra = tuple(int(rng.integers(0, top)) for top in np.maximum(strides, dilations))
    return x, w, options, extra


@pytest.mark.parametrize("axes", [1, 2, 3])
def test_it_is_the_adjoint_of_conv(rng, axes):
    for _ in range(60):
        x, w, options, _ = layer(rng, axes)
        remainders = tuple(int(r) for r in rng.integers(0, options["stride"]))
        y = cl.conv_transpose(x, w, output_padding=remainders, **options)
        assert cl.conv(y, w, **options).shape == x.shape

        def forward(y, w=w, options=options):
            return cl.conv(y, w, **options)

        def transposed(x, w=w, options=options, extra=remainders):
            return cl.conv_transpose(x, w, output_padding=extra, **options)

        assert cl.adjoint_error(forward, transposed, rng.standard_normal(y.shape), x) < 1e-13
        dx = cl.conv_backward(x, np.zeros_like(y), w, **options).dx
        np.testing.assert_array_equal(dx, y)


@pytest.mark.parametrize("axes", [1, 2, 3])
def test_gradients_are_adjoints(rng, axes):
    for _ in range(60):
        x, w, options, extra = layer(rng, axes)
        options["output_padding"] = extra
        dy = rng.standard_normal(cl.conv_transpose(x, w, **options).shape)
        grads = cl.conv_transpose_backward(dy, x, w, **options)
        for at, grad, forward in [
            (x, grads.dx, lambda x, w=w, o=options: cl.conv_transpose(x, w, **o)),
            (w, grads.dw, lambda w, x=x, o=options: cl.conv_transpose(x, w, **o)),
        ]:
            assert cl.adjoint_error(forward, lambda _, grad=grad: grad, at, dy) < 1e-13
        np.testing.assert_allclose(grads.db, dy.sum(axis=(0, *range(2, dy.ndim))), atol=1e-12)


def test_it_is_a_convolution_of_the_zero_stuffed_input(rng):
    x, w = rng.integers(-9, 9, (2, 3, 4, 5)), rng.integers(-9, 9, (3, 2, 3, 2))
    stuffed = np.zeros((2, 3, 7, 13), int)
    stuffed[:, :, ::2, ::3] = x
    flipped = w.swapaxes(0, 1)[:, :, ::-1, ::-1]
    np.testing.assert_array_equal(
        cl.conv_transpose(x, w, stride=(2, 3)), cl.conv(stuffed, flipped, padding="full")
    )


def test_zero_stuff_by_hand():
    y = np.array([[[[1, 2], [3, 4]]]])
    np.testing.assert_array_equal(
        cl.zero_stuff(y, (2, 3), extra=(1, 0))[0, 0],
        [[1, 0, 0, 2], [0, 0, 0, 0], [3, 0, 0, 4], [0, 0, 0, 0]],
    )
    np.testing.assert_array_equal(cl.zero_stuff([[[1, 2, 3]]], 1, extra=2), [[[1, 2, 3, 0, 0]]])
    np.testing.assert_array_equal(cl.zero_stuff([[[7]]], 4), [[[7]]])


@pytest.mark.parametrize("axes", [1, 2, 3])
def test_zero_stuff_is_the_transpose_of_thinning(rng, axes):
    for _ in range(60):
        size, strides = rng.integers(1, 8, axes), rng.integers(1, 5, axes)
        u = rng.integers(-9, 10, (2, 3, *size))
        thinned = u[(..., *(slice(None, None, s) for s in strides))]
        g = rng.integers(-9, 10, thinned.shape)
        options = {"extra": tuple(int(r) for r in (size - 1) % strides)}
        stuffed = cl.zero_stuff(g, tuple(strides.tolist()), **options)
        assert stuffed.shape == u.shape
        assert (thinned * g).sum() == (u * stuffed).sum()


@pytest.mark.parametrize("axes", [1, 2, 3])
def test_the_transposed_layer_is_zero_stuffing_and_a_full_convolution(rng, axes):
    for _ in range(60):
        x, w, options, _ = layer(rng, axes)
        strides, pads = options["stride"], options["padding"]
        extra = tuple(int(rng.integers(0, s)) for s in strides)
        stuffed = cl.zero_stuff(x, strides, extra=extra)
        parts = w.reshape(options["groups"], -1, *w.shape[1:]).swapaxes(1, 2)
        turned = np.flip(parts.reshape(-1, *parts.shape[2:]), tuple(range(2, 2 + axes)))
        slides = {"dilation": options["dilation"], "groups": options["groups"]}
        whole = cl.conv(stuffed, turned, padding="full", **slides)
        size = zip(whole.shape[2:], pads, strict=True)
        middle = (slice(before, n - after) for n, (before, after) in size)
        y = cl.conv_transpose(x, w, output_padding=extra, **options)
        np.testing.assert_allclose(y, whole[(..., *middle)], rtol=1e-12, atol=1e-12)


def test_a_stuffed_kernel_is_a_dilated_one(rng):
    x, w = rng.integers(-9, 10, (2, 3, 9, 8)), rng.integers(-9, 10, (4, 3, 3, 2))
    same = cl.conv(x, cl.zero_stuff(w, (2, 3)))
    np.testing.assert_array_equal(cl.conv(x, w, dilation=(2, 3)), same)


def test_zero_stuff_keeps_dtype_symbols_and_its_argument():
    y = np.ones((1, 1, 2), np.float32)
    z = cl.zero_stuff(y, 1)
    assert z.dtype == np.float32
    z[...] = 5
    np.testing.assert_array_equal(y, np.ones((1, 1, 2)))
    a = sympy.Symbol("a")
    assert cl.zero_stuff(np.array([[[a, a]]]), 2).ravel().tolist() == [a, 0, a]


@pytest.mark.parametrize("dtype", [np.uint8, np.int64, np.float16, np.float32, np.complex64])
def test_dtype_is_kept(dtype):
    x, w, b = (np.ones(shape, dtype) for shape in [(1, 2, 3), (2, 3, 2), 3])
    y = cl.conv_transpose(x, w, b)
    assert y.dtype == dtype
    np.testing.assert_array_equal(y[0, 0], [3, 5, 5, 3])
    for grad in cl.conv_transpose_backward(y, x, w):
        assert grad.dtype == dtype
    assert cl.conv_transpose(x, w, np.ones(3)).dtype == np.result_type(dtype, np.float64)


def test_float16_is_added_up_in_float32():
    x, w = np.ones((1, 3, 1), np.float16), np.array([2048, 1, 1], np.float16).reshape(3, 1, 1)
    assert cl.conv_transpose(x, w)[0, 0, 0] == 2050  # 2048 + 1 is 2048 in float16
    dy = np.ones((1, 1, 4096), np.float16)
    grads = cl.conv_transpose_backward(dy, dy, np.ones((1, 1, 1), np.float16))
    assert grads.db[0] == grads.dw[0, 0, 0] == 4096
    dy = np.array([2048, 1, 1], np.float16).reshape(1, 3, 1)
    dx = cl.conv_transpose_backward(dy, x[:, :1], np.ones((1, 3, 1), np.float16)).dx
    assert dx[0, 0, 0] == 2050


def test_empty_batches_and_no_channels_are_legal():
    w = np.ones((2, 3, 2))
    assert cl.conv_transpose(np.ones((0, 2, 4)), w).shape == (0, 3, 5)
    dx, dw, _ = cl.conv_transpose_backward(np.ones((0, 3, 5)), np.ones((0, 2, 4)), w)
    assert dx.shape == (0, 2, 4)
    np.testing.assert_array_equal(dw, np.zeros(w.shape))
    y = cl.conv_transpose(np.ones((1, 0, 2)), np.ones((0, 2, 2)), [1, 2])
    np.testing.assert_array_equal(y, [[[1, 1, 1], [2, 2, 2]]])


def test_inputs_are_left_alone_and_results_are_new(rng):
    x, w, b = rng.standard_normal((2, 3, 6)), rng.standard_normal((3, 2, 1)), np.ones(2)
    dy = rng.standard_normal((2, 2, 6))
    before = [a.copy() for a in (x, w, b, dy)]
    results = [cl.conv_transpose(x, w, b), *cl.conv_transpose_backward(dy, x, w)]
    for array, copy in zip((x, w, b, dy), before, strict=True):
        np.testing.assert_array_equal(array, copy)
        assert not any(np.shares_memory(array, result) for result in results)
