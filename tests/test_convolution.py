"""Convolution layers and their gradients: by hand, by their algebra, in every dtype."""

import tracemalloc

import numpy as np
import pytest

import convlib as cl
from convlib import geometry
from convlib.fast import im2col as _blocked

X = np.array([[[3, 1, 4, 1, 5]]])
W = np.array([[[1, 2, 1]]])


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, [9, 10, 11]),
        ({"padding": 1}, [7, 9, 10, 11, 11]),
        ({"stride": 2}, [9, 11]),
        ({"stride": 2, "padding": 1}, [7, 10, 11]),
        ({"stride": 3}, [9]),
        ({"dilation": 2}, [16]),
        ({"dilation": 2, "padding": 2}, [10, 3, 16, 3, 14]),
        ({"padding": ((1, 0),)}, [7, 9, 10, 11]),
        ({"padding": ((0, 2),)}, [9, 10, 11, 11, 5]),
        ({"padding": "valid"}, [9, 10, 11]),
        ({"padding": "same"}, [7, 9, 10, 11, 11]),
        ({"padding": "same", "stride": 3}, [9, 11]),
        ({"padding": "full"}, [3, 7, 9, 10, 11, 11, 5]),
    ],
)
def test_one_dimension_by_hand(options, expected):
    np.testing.assert_array_equal(cl.conv(X, W, **options), [[expected]])
    np.testing.assert_array_equal(cl.reference.conv(X, W, **options), [[expected]])


def test_the_odd_zero_of_same_comes_after():
    x, w = [[[1, 2, 3, 4]]], [[[1, 10]]]
    np.testing.assert_array_equal(cl.conv(x, w, padding="same"), [[[21, 32, 43, 4]]])
    np.testing.assert_array_equal(cl.conv(x, w, padding=((1, 0),)), [[[10, 21, 32, 43]]])


def test_two_dimensions_by_hand():
    x = np.arange(12).reshape(1, 1, 3, 4)
    w = np.array([[[[1, 0], [0, -1]]]])
    np.testing.assert_array_equal(cl.conv(x, w), np.full((1, 1, 2, 3), -5))
    ramp = np.array([[[[1, 10, 100]]]])
    np.testing.assert_array_equal(cl.conv(x, ramp), [[[[210, 321], [654, 765], [1098, 1209]]]])
    np.testing.assert_array_equal(
        cl.conv(x, ramp, stride=(2, 1), padding=((0, 1), (1, 0))),
        [[[[100, 210, 321], [980, 1098, 1209]]]],
    )


def test_channels_add_and_filters_do_not():
    x = np.array([[[1, 2], [10, 20]]])
    w = np.array([[[1, 1], [1, 1]], [[1, 0], [0, 2]]])
    np.testing.assert_array_equal(cl.conv(x, w), [[[33], [41]]])
    np.testing.assert_array_equal(cl.conv(x, w, [100, -1]), [[[133], [40]]])


def test_groups_by_hand():
    x = np.array([[[1, 2], [3, 4], [5, 6], [7, 8]]])
    w = np.array([[[1], [10]], [[2], [0]]])
    np.testing.assert_array_equal(cl.conv(x, w, groups=2), [[[31, 42], [10, 12]]])
    each = np.array([1, 10, 100, 1000]).reshape(4, 1, 1)
    np.testing.assert_array_equal(
        cl.conv(x, each, groups=4), [[[1, 2], [30, 40], [500, 600], [7000, 8000]]]
    )


def test_backward_by_hand():
    dx, dw, db = cl.conv_backward([[[1, 2, 3]]], X, W)
    np.testing.assert_array_equal(dx, [[[1, 4, 8, 8, 3]]])
    np.testing.assert_array_equal(dw, [[[17, 12, 21]]])
    np.testing.assert_array_equal(db, [6])
    grads = cl.conv_backward([[[1, 2, 3]]], X, W, stride=2, padding=1)
    np.testing.assert_array_equal(grads.dx, [[[2, 3, 4, 5, 6]]])
    np.testing.assert_array_equal(grads.dw, [[[5, 26, 3]]])
    np.testing.assert_array_equal(grads.db, [6])


@pytest.mark.parametrize(
    ("n", "k", "s", "p", "unread"),
    [(28, 3, 2, 1, 0), (16, 7, 3, 2, 0), (8, 3, 2, 0, 1), (11, 3, 4, 0, 0), (9, 2, 4, 0, 3)],
)
def test_inputs_that_the_stride_never_reaches_get_no_gradient(rng, n, k, s, p, unread):
    """The remainder theorem: the last max(r − p, 0) true inputs have dx = 0, all others not."""
    options = {"stride": s, "padding": p}
    x, w = rng.standard_normal((2, 3, n)), rng.uniform(1, 2, (4, 3, k))
    dy = rng.uniform(1, 2, cl.conv(x, w, **options).shape)
    grads = cl.conv_backward(dy, x, w, **options)
    assert grads.dx.shape == x.shape
    assert max(cl.remainder(n, k, **options) - p, 0) == unread
    read = np.concatenate([np.ones(n - unread, bool), np.zeros(unread, bool)])
    if k >= s:
        np.testing.assert_array_equal(grads.dx[0, 0] != 0, read)
    assert not grads.dx[..., n - unread :].any()
    moved = x.copy()
    moved[..., n - unread :] += 1
    np.testing.assert_array_equal(cl.conv(moved, w, **options), cl.conv(x, w, **options))
    np.testing.assert_array_equal(cl.conv_backward(dy, moved, w, **options).dw, grads.dw)


def layer(rng, axes):
    """Random options, arrays with room enough for them, real entries."""
    groups = int(rng.integers(1, 4))
    options = {
        "stride": tuple(rng.integers(1, 4, axes).tolist()),
        "padding": tuple(map(tuple, rng.integers(0, 4, (axes, 2)).tolist())),
        "dilation": tuple(rng.integers(1, 4, axes).tolist()),
        "groups": groups,
    }
    x = rng.standard_normal((2, 2 * groups, *rng.integers(7, 10, axes)))
    w = rng.standard_normal((2 * groups, 2, *rng.integers(1, 4, axes)))
    return x, w, options


@pytest.mark.parametrize("axes", [1, 2, 3])
def test_gradients_are_adjoints(rng, axes):
    for _ in range(60):
        x, w, options = layer(rng, axes)
        dy = rng.standard_normal(cl.conv(x, w, **options).shape)

        def forward_x(x, w=w, options=options):
            return cl.conv(x, w, **options)

        def backward_x(dy, x=x, w=w, options=options):
            return cl.conv_backward(dy, x, w, **options).dx

        def forward_w(w, x=x, options=options):
            return cl.conv(x, w, **options)

        def backward_w(dy, x=x, w=w, options=options):
            return cl.conv_backward(dy, x, w, **options).dw

        assert cl.adjoint_error(forward_x, backward_x, x, dy) < 1e-13
        assert cl.adjoint_error(forward_w, backward_w, w, dy) < 1e-13


def test_gradients_by_differences_with_step_one(rng):
    """The layer is linear in each argument, so a difference with h = 1 is exact."""
    x, w, options = layer(rng, 2)
    x, w, b = x.round(2)[:, :, :7, :7], w.round(2), rng.standard_normal(len(w))
    dy = rng.standard_normal(cl.conv(x, w, b, **options).shape)
    grads = cl.conv_backward(dy, x, w, **options)
    for grad, f, at in [
        (grads.dx, lambda x: cl.conv(x, w, b, **options), x),
        (grads.dw, lambda w: cl.conv(x, w, b, **options), w),
        (grads.db, lambda b: cl.conv(x, w, b, **options), b),
    ]:
        np.testing.assert_allclose(cl.numerical_gradient(f, at, dy, h=1), grad, atol=1e-11)


def test_linear_in_x_and_in_w(rng):
    x, w, options = layer(rng, 2)
    x2, w2 = rng.standard_normal(x.shape), rng.standard_normal(w.shape)
    y = cl.conv(2 * x + x2, w, **options)
    np.testing.assert_allclose(
        y, 2 * cl.conv(x, w, **options) + cl.conv(x2, w, **options), atol=1e-12
    )
    y = cl.conv(x, w - 3 * w2, **options)
    np.testing.assert_allclose(
        y, cl.conv(x, w, **options) - 3 * cl.conv(x, w2, **options), atol=1e-12
    )


def test_full_correlation_with_a_flipped_kernel_multiplies_polynomials(rng):
    x, w = rng.integers(-9, 9, 7), rng.integers(-9, 9, 4)
    y = cl.conv(x[None, None], w[None, None, ::-1], padding="full")
    np.testing.assert_array_equal(y[0, 0], np.convolve(x, w))


def test_correlation_is_numpys(rng):
    x, w = rng.integers(-9, 9, 9), rng.integers(-9, 9, 4)
    y = cl.conv(x[None, None], w[None, None])
    np.testing.assert_array_equal(y[0, 0], np.correlate(x, w, "valid"))


def test_shifting_the_input_shifts_the_output(rng):
    x, w = rng.integers(-9, 9, (1, 2, 8, 9)), rng.integers(-9, 9, (3, 2, 3, 2))
    y = cl.conv(x, w)
    np.testing.assert_array_equal(cl.conv(x[:, :, 2:, 1:], w), y[:, :, 2:, 1:])


def test_options_in_terms_of_simpler_ones(rng):
    x, w = rng.integers(-9, 9, (2, 4, 9, 8)), rng.integers(-9, 9, (6, 4, 2, 3))
    y = cl.conv(x, w)
    np.testing.assert_array_equal(cl.conv(x, w, stride=(2, 3)), y[:, :, ::2, ::3])
    np.testing.assert_array_equal(
        cl.conv(x, w, padding=((1, 2), (0, 3))),
        cl.conv(np.pad(x, ((0, 0), (0, 0), (1, 2), (0, 3))), w),
    )
    spread = np.zeros((6, 4, 3, 5), int)
    spread[:, :, ::2, ::2] = w
    np.testing.assert_array_equal(cl.conv(x, w, dilation=2), cl.conv(x, spread))
    halves = [cl.conv(x[:, :2], w[:3, :2]), cl.conv(x[:, 2:], w[3:, :2])]
    grouped = cl.conv(x, w[:, :2], groups=2)
    np.testing.assert_array_equal(grouped, np.concatenate(halves, axis=1))


def test_two_layers_are_one_with_the_full_convolution_of_their_kernels(rng):
    x = rng.integers(-9, 9, (1, 1, 12))
    u, v = rng.integers(-9, 9, (1, 1, 3)), rng.integers(-9, 9, (1, 1, 4))
    both = np.convolve(u[0, 0], v[0, 0])[None, None]
    np.testing.assert_array_equal(cl.conv(cl.conv(x, u), v), cl.conv(x, both))


@pytest.mark.parametrize("dtype", [np.int8, np.uint8, np.int64, np.float16, np.float32, np.float64])
def test_dtype_is_kept(dtype):
    x, w, b = (np.ones(shape, dtype) for shape in [(1, 2, 5), (3, 2, 2), 3])
    y = cl.conv(x, w, b, padding=1)
    assert y.dtype == dtype
    np.testing.assert_array_equal(y[0, 0], [3, 5, 5, 5, 5, 3])
    for grad in cl.conv_backward(y, x, w, padding=1):
        assert grad.dtype == dtype


def test_dtypes_are_promoted_as_numpy_does():
    x, w = np.ones((1, 1, 3), np.float32), np.ones((1, 1, 2), np.int8)
    assert cl.conv(x, w).dtype == np.float32
    assert cl.conv(x, w, np.ones(1)).dtype == np.float64
    assert cl.conv(w, w).dtype == np.int8
    y = cl.conv(w, w, [0.5])
    np.testing.assert_array_equal(y, [[[2.5]]])
    grads = cl.conv_backward(np.ones((1, 1, 2)), x, w)
    assert [grad.dtype for grad in grads] == [np.float64] * 3


@pytest.mark.parametrize("module", [cl, cl.reference], ids=["fast", "loops"])
def test_float16_is_added_up_in_float32(module):
    x = np.full((1, 1, 4096), 1, np.float16)
    x[..., 0] = 2048
    y = module.conv(x, np.ones_like(x))
    assert y[0, 0, 0] == 6144  # 2048 + 1 is 2048 in float16
    ones = np.ones((1, 1, 4096), np.float16)
    grads = module.conv_backward(x, ones, np.ones((1, 1, 1), np.float16))
    assert grads.db[0] == grads.dw[0, 0, 0] == 6144
    assert grads.db.dtype == np.float16
    large = np.array([[[300, -300]]], np.float16)  # 300 · 300 is infinite in float16
    assert module.conv(large, np.ones_like(large) * 300) == 0
    channels = large.reshape(1, 2, 1)
    assert module.conv_transpose(channels, abs(channels.reshape(2, 1, 1))) == 0


@pytest.mark.parametrize("module", [cl, cl.reference], ids=["fast", "loops"])
def test_long_doubles_keep_their_digits(module):
    third = np.full((1, 1, 2), 1, np.longdouble) / 3
    y = module.conv(third, third)[0, 0, 0]
    assert y.dtype == np.longdouble
    assert abs(9 * y - 2) < 1e-17
    assert module.conv(third * np.longdouble("1e4000"), third)[0, 0, 0] > np.longdouble("1e3999")
    grads = module.conv_backward(y.reshape(1, 1, 1), third, third)
    assert abs(27 * grads.dx - 2).max() < 1e-17


def test_complex_numbers():
    y = cl.conv([[[1j, 2]]], [[[1, 1j]]])
    np.testing.assert_array_equal(y, [[[3j]]])


@pytest.mark.parametrize("module", [cl, cl.reference], ids=["fast", "loops"])
def test_complex_gradients_by_hand(module):
    """L = Re(ḡ w x): along x it rises most in the direction w̄ g, along w in x̄ g."""
    x, w, dy = ([[[number]]] for number in (2 + 3j, 4 + 5j, 1 + 10j))
    for name in ("conv_backward", "conv_transpose_backward"):
        grads = getattr(module, name)(dy, x, w)
        for grad, expected in zip(grads, (54 + 35j, 32 + 17j, 1 + 10j), strict=True):
            np.testing.assert_array_equal(grad.ravel(), [expected])
        real = getattr(module, name)([[[1]]], [[[2]]], w)  # a real x: its slope is the real part
        assert real.dx == 4 - 5j
        objects = [np.array(array, object) for array in (dy, x, w)]
        assert getattr(module, name)(*objects).dx == (1 + 10j) * (4 + 5j)


def test_an_empty_batch_and_no_channels_are_legal():
    x, w = np.ones((0, 2, 5)), np.ones((3, 2, 2))
    y = cl.conv(x, w, np.ones(3))
    assert y.shape == (0, 3, 4)
    dx, dw, db = cl.conv_backward(y, x, w)
    assert dx.shape == x.shape
    np.testing.assert_array_equal(dw, np.zeros(w.shape))
    np.testing.assert_array_equal(db, np.zeros(3))
    empty = cl.conv(np.ones((1, 0, 5)), np.ones((3, 0, 2)), [1, 2, 3])
    np.testing.assert_array_equal(empty, np.broadcast_to([[[1.0], [2], [3]]], (1, 3, 4)))


def test_inputs_are_left_alone_and_results_are_new(rng):
    x, w, b = rng.standard_normal((2, 2, 6)), rng.standard_normal((3, 2, 1)), np.ones(3)
    dy = rng.standard_normal((2, 3, 6))
    before = [a.copy() for a in (x, w, b, dy)]
    results = [cl.conv(x, w, b), *cl.conv_backward(dy, x, w)]
    for array, copy in zip((x, w, b, dy), before, strict=True):
        np.testing.assert_array_equal(array, copy)
        assert not any(np.shares_memory(array, result) for result in results)
    for result in results:
        assert result.flags.writeable


def test_arrays_in_any_memory_order(rng):
    x, w = rng.integers(-9, 9, (2, 2, 6, 7)), rng.integers(-9, 9, (3, 2, 3, 2))
    y = cl.conv(x, w)
    np.testing.assert_array_equal(cl.conv(np.asfortranarray(x), np.asfortranarray(w)), y)
    np.testing.assert_array_equal(
        cl.conv(x[:, :, ::-1, ::-1], w[:, :, ::-1, ::-1])[..., ::-1, ::-1], y
    )


@pytest.mark.parametrize("shape", [(16, 8, 32, 32), (1, 8, 128, 128), (1, 8, 16384)])
def test_the_columns_of_a_batch_are_never_held_at_once(shape, monkeypatch):
    monkeypatch.setattr(_blocked, "BLOCK", 1 << 13)
    axes = len(shape) - 2
    x, w = np.ones(shape, np.float32), np.ones((2, 8, *(3,) * axes), np.float32)
    columns = cl.im2col_count(8, w.shape[2:], shape[2:], batch=shape[0]) * 4
    dy = np.ones((shape[0], 2, *shape[2:]), np.float32)
    tracemalloc.start()
    cl.conv(x, w, padding=1)
    forward = tracemalloc.get_traced_memory()[1]
    tracemalloc.reset_peak()
    cl.conv_backward(dy, x, w, padding=1)
    backward = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    own = 3 * x.nbytes + 2 * dy.nbytes  # padded copies and results
    assert forward < own + 20 * 4 * _blocked.BLOCK
    assert backward < own + 20 * 4 * _blocked.BLOCK
    if axes == 2:
        assert columns > 2 * max(forward, backward)


@pytest.mark.parametrize("block", [1, 40, 100, 1000, 1 << 18])
def test_blocks_are_as_large_as_they_may_be(block, monkeypatch):
    """Every position once, and no block larger than asked unless it is a single row."""
    monkeypatch.setattr(_blocked, "BLOCK", block)
    axes = geometry.layer_axes((6, 5), (2, 3))
    seen = np.zeros((7, 5), int)
    entries = (2 * (2 * 3) + 3) * 3  # of one row: channels, taps; channels of y; windows
    for samples, rows in _blocked._blocks(7, 2, 3, axes):
        seen[samples.start : samples.stop, rows.start : rows.stop] += 1
        assert len(rows) == 1 or len(samples) * len(rows) * entries <= block
        assert len(samples) == 1 or len(rows) == 5
    np.testing.assert_array_equal(seen, 1)
    blocks = list(_blocked._blocks(7, 2, 3, axes))
    assert len(blocks) == {1: 35, 40: 35, 100: 21, 1000: 2, 1 << 18: 1}[block]


@pytest.mark.parametrize("c_out", [1, 2, 5])  # few and many channels go different ways back
@pytest.mark.parametrize("options", [{"padding": 1}, {"padding": "same", "dilation": 2}, {}])
def test_nan_reaches_what_reads_it_and_nothing_else(rng, c_out, options):
    """Rows lie end to end in memory; no window may look over the end of its own row."""
    w = rng.normal(size=(c_out, 1, 3, 3))
    for place in np.ndindex(5, 6):
        x = rng.normal(size=(2, 1, 5, 6))
        x[(1, 0, *place)] = np.nan
        y = cl.conv(x, w, **options)
        np.testing.assert_array_equal(np.isnan(y), np.isnan(cl.reference.conv(x, w, **options)))
    for place in np.ndindex(y.shape[2:]):
        dy = rng.normal(size=y.shape)
        dy[(1, 0, *place)] = np.nan
        dx = cl.conv_backward(dy, x, w, **options).dx
        expected = cl.reference.conv_backward(dy, x, w, **options).dx
        np.testing.assert_array_equal(np.isnan(dx), np.isnan(expected))


def test_a_list_of_floats_is_float64_as_in_numpy():
    """The rule that the docstring states: only a bare number of Python's is weak."""
    x, w, one = np.ones((1, 1, 4), "f4"), np.ones((1, 1, 2), "f4"), np.ones(4, "f4")
    assert cl.conv(x, w, [0.5]).dtype == np.add(x, [0.5]).dtype == np.float64
    assert cl.conv(x, w, np.array([0.5], np.float32)).dtype == np.float32
    assert cl.conv(x, w.tolist()).dtype == cl.correlate1d(one, [1.0, 2.0]).dtype == np.float64
    assert cl.correlate1d(one, one[:2], 0.5).dtype == np.float32
