"""Pixel shuffle: places by hand, inverses, the loops as oracle, error texts."""

import numpy as np
import pytest
import sympy

import convlib as cl


def test_by_hand():
    """ONNX DepthToSpace in mode CRD: the four channels of a pixel become its 2 by 2 block."""
    x = np.array([[[[0, 1]], [[10, 11]], [[20, 21]], [[30, 31]]]])
    np.testing.assert_array_equal(cl.pixel_shuffle(x, 2), [[[[0, 10, 1, 11], [20, 30, 21, 31]]]])


def test_the_wanted_channel_varies_slowest():
    """In mode DCR, TensorFlow's, the first output channel would begin 0, 2."""
    x = np.arange(8).reshape(1, 8, 1, 1)
    np.testing.assert_array_equal(cl.pixel_shuffle(x, 2), [[[[0, 1], [2, 3]], [[4, 5], [6, 7]]]])


def test_enlargement_per_axis():
    x = np.arange(12).reshape(1, 6, 2, 1)
    y = cl.pixel_shuffle(x, (3, 2))
    np.testing.assert_array_equal(y[0, 0], [[0, 2], [4, 6], [8, 10], [1, 3], [5, 7], [9, 11]])


def test_unshuffle_by_hand():
    x = np.arange(16).reshape(1, 1, 4, 4)
    y = cl.pixel_unshuffle(x, 2)
    np.testing.assert_array_equal(y[0, :, 0, 0], [0, 1, 4, 5])
    np.testing.assert_array_equal(y[0, 0], [[0, 2], [8, 10]])


def test_the_formula(rng):
    x = rng.normal(size=(2, 12, 3, 4))
    y = cl.pixel_shuffle(x, 2)
    for c, i, j, a, b in np.ndindex(3, 3, 4, 2, 2):
        np.testing.assert_array_equal(y[:, c, 2 * i + a, 2 * j + b], x[:, 4 * c + 2 * a + b, i, j])


@pytest.mark.parametrize("axes", [1, 2, 3])
def test_against_the_loops_and_back(rng, axes):
    for _ in range(200):
        r = tuple(rng.integers(1, 4, axes).tolist())
        shape = rng.integers(0, 3), rng.integers(1, 4), *rng.integers(1, 4, axes)
        x = rng.normal(size=(shape[0], shape[1] * np.prod(r), *shape[2:])).astype(np.float32)
        y = cl.pixel_shuffle(x, r)
        np.testing.assert_array_equal(y, cl.reference.pixel_shuffle(x, r), strict=True)
        np.testing.assert_array_equal(cl.pixel_unshuffle(y, r), x, strict=True)
        np.testing.assert_array_equal(cl.reference.pixel_unshuffle(y, r), x, strict=True)


def test_unshuffle_is_the_transpose(rng):
    x, dy = rng.integers(-9, 10, (2, 8, 3, 5)), rng.integers(-9, 10, (2, 2, 6, 10))
    assert np.vdot(cl.pixel_shuffle(x, 2), dy) == np.vdot(x, cl.pixel_unshuffle(dy, 2))


def test_a_strided_kernel_is_an_ordinary_one_after_unshuffling(rng):
    """Why the order matters: the weights unshuffle in the same way as the image."""
    x, w = rng.normal(size=(2, 3, 6, 8)), rng.normal(size=(4, 3, 2, 2))
    y = cl.conv(x, w, stride=2)
    same = cl.conv(cl.pixel_unshuffle(x, 2), cl.pixel_unshuffle(w, 2))
    np.testing.assert_allclose(y, same, rtol=1e-12, atol=1e-13)


def test_symbols_and_the_input_is_not_changed():
    x = np.array(sympy.symbols("x:4")).reshape(1, 4, 1, 1)
    kept = x.copy()
    y = cl.pixel_shuffle(x, 2)
    assert y.ravel().tolist() == x.ravel().tolist()
    y[...] = 0
    assert (x == kept).all()


def test_the_result_does_not_share_memory():
    for function in (cl.pixel_shuffle, cl.pixel_unshuffle):
        x = np.ones((1, 1, 4))
        function(x, 1)[...] = 0
        np.testing.assert_array_equal(x, np.ones((1, 1, 4)))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: cl.pixel_shuffle(np.ones((1, 6, 2, 2)), 2),
            r"^r=2: needs a multiple of 4 channels, one for each place of a block, and x has 6; "
            "8 channels would fit$",
        ),
        (lambda: cl.pixel_shuffle(np.ones((1, 1, 2)), 3), "3 channels would fit"),
        (lambda: cl.pixel_shuffle(np.ones((1, 4, 2, 2)), 0), "r=0: needs an integer of at least 1"),
        (lambda: cl.pixel_shuffle(np.ones((4, 2)), 2), "at least 3 axes"),
        (
            lambda: cl.pixel_unshuffle(np.ones((1, 1, 4, 5)), 2),
            r"^r=2: needs to divide every spatial size, and x has \(4, 5\); crop or pad x first$",
        ),
        (lambda: cl.pixel_unshuffle(np.ones((1, 1, 4)), (2, 2)), "one entry per spatial axis"),
    ],
)
def test_bad_input_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
