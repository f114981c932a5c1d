"""Shorthands for pictures, against sums written out and the loops that define a layer."""

import re

import numpy as np
import pytest
import sympy

import convlib as cl

OPTIONS = {"stride": (2, 1), "padding": ((1, 0), (0, 2)), "dilation": (1, 2)}


def test_the_opening_example_of_the_chapter() -> None:
    y = cl.correlate2d([[3, 1, 4], [1, 5, 9], [2, 6, 5]], [[1, 2], [0, 1]])
    np.testing.assert_array_equal(y, [[10, 18], [17, 28]])


def test_a_correlation_answers_a_dot_with_the_kernel_turned_by_half() -> None:
    dot = np.pad([[1]], ((1, 1), (2, 2)))
    y = cl.correlate2d(dot, [[1, 2, 3], [4, 5, 6]])
    np.testing.assert_array_equal(y, [[6, 5, 4], [3, 2, 1]])


def test_a_convolution_answers_a_dot_with_the_kernel() -> None:
    np.testing.assert_array_equal(cl.convolve2d([[1]], [[1, 2], [3, 4]]), [[1, 2], [3, 4]])


def test_the_bias_is_added_once_per_output() -> None:
    np.testing.assert_array_equal(cl.correlate2d([[1, 2, 3]], [[1, 1]], 10), [[13, 15]])


@pytest.mark.parametrize("shape", [(1, 1), (1, 3), (2, 1), (2, 3), (3, 2)])
@pytest.mark.parametrize("size", [(3, 3), (3, 5), (6, 4)])
def test_it_is_the_layer_with_one_channel(
    size: tuple[int, int], shape: tuple[int, int], rng: np.random.Generator
) -> None:
    x, w = rng.integers(-9, 10, size), rng.integers(-9, 10, shape)
    y = cl.correlate2d(x, w, 2, **OPTIONS)
    batch, taps = x[None, None], w[None, None]
    np.testing.assert_array_equal(y, cl.reference.conv(batch, taps, [2], **OPTIONS)[0, 0])
    dy = rng.integers(-9, 10, y.shape)
    ours = cl.correlate2d_backward(dy, x, w, **OPTIONS)
    right = cl.reference.conv_backward(dy[None, None], batch, taps, **OPTIONS)
    np.testing.assert_array_equal(ours.dx, right.dx[0, 0])
    np.testing.assert_array_equal(ours.dw, right.dw[0, 0])
    assert ours.db == right.db[0]


def test_convolution_commutes_and_multiplies_the_sums(rng: np.random.Generator) -> None:
    x, w = rng.integers(-9, 10, (4, 3)), rng.integers(-9, 10, (2, 5))
    y = cl.convolve2d(x, w)
    np.testing.assert_array_equal(y, cl.convolve2d(w, x))
    assert y.shape == (5, 7)
    assert y.sum() == x.sum() * w.sum()


class TestBackward:
    def test_by_hand(self) -> None:
        dy, x, w = [[1, 10], [100, 1000]], np.arange(9).reshape(3, 3), [[1, 2], [0, 3]]
        dx, dw, db = cl.correlate2d_backward(dy, x, w)
        np.testing.assert_array_equal(dx, [[1, 12, 20], [100, 1203, 2030], [0, 300, 3000]])
        np.testing.assert_array_equal(dw, [[4310, 5421], [7643, 8754]])
        assert np.shape(db) == ()
        assert db == 1111

    def test_at_stride_1_the_gradients_are_a_convolution_and_a_correlation(
        self, rng: np.random.Generator
    ) -> None:
        x, w, dy = (rng.integers(-9, 9, shape) for shape in [(5, 6), (2, 3), (4, 4)])
        dx, dw, _ = cl.correlate2d_backward(dy, x, w)
        np.testing.assert_array_equal(dx, cl.convolve2d(dy, w))
        np.testing.assert_array_equal(dw, cl.correlate2d(x, dy))

    def test_dy_has_the_shape_of_the_output(self) -> None:
        with pytest.raises(ValueError, match="the shape of the output"):
            cl.correlate2d_backward([[1, 2]], [[1, 2, 3]], [[1]])


class TestColumns:
    def test_by_hand(self) -> None:
        cols = cl.im2col2d([[3, 1, 4], [1, 5, 9]], 2)
        np.testing.assert_array_equal(cols, [[3, 1], [1, 4], [1, 5], [5, 9]])
        np.testing.assert_array_equal(cl.col2im2d(cols, (2, 3), 2), [[3, 2, 4], [1, 10, 9]])

    @pytest.mark.parametrize("window", [1, 2, (1, 3), (3, 2)])
    def test_the_loops_agree(self, window: object, rng: np.random.Generator) -> None:
        x = rng.integers(-9, 10, (4, 6))
        cols = cl.im2col2d(x, window, **OPTIONS)
        loops = cl.reference.im2col(x[None, None], window, **OPTIONS)[0]
        np.testing.assert_array_equal(cols, loops)
        added = cl.reference.col2im(cols[None], x.shape, window, **OPTIONS)[0, 0]
        np.testing.assert_array_equal(cl.col2im2d(cols, x.shape, window, **OPTIONS), added)

    def test_of_a_list_they_are_the_windows_of_the_hankel_matrix(self) -> None:
        x = np.array([3, 1, 4, 1, 5])
        np.testing.assert_array_equal(cl.im2col2d(x[None], (1, 2)), cl.hankel(x, 2).T)

    @pytest.mark.parametrize(
        ("cols", "size", "message"),
        [
            (np.ones((8, 2)), (2, 3), "cols has shape (8, 2): needs one row per tap; this is a "),
            (np.ones((4, 3)), (2, 3), "cols has shape (1, 4, 3): needs (N, C·4, 2)"),
            (np.ones((1, 4, 2)), (2, 3), "cols has shape (1, 4, 2): needs a table of at least one"),
            (np.ones((2, 2)), (3,), "size=(3,): needs the two sizes of a picture, (H, W)"),
        ],
    )
    def test_what_does_not_fit_is_explained(self, cols, size, message) -> None:
        with pytest.raises(ValueError, match=f"^{re.escape(message)}"):
            cl.col2im2d(cols, size, 2)


def test_symbols() -> None:
    x = np.array(sympy.symbols("x:4")).reshape(2, 2)
    assert cl.correlate2d(x, [[1, 2]], 3).ravel().tolist() == [
        x[0, 0] + 2 * x[0, 1] + 3,
        x[1, 0] + 2 * x[1, 1] + 3,
    ]
    assert cl.im2col2d(x, 2).ravel().tolist() == x.ravel().tolist()
    assert cl.correlate2d_backward([[1]], x, np.ones((2, 2), int)).dw.tolist() == x.tolist()


@pytest.mark.parametrize("bad", [[], 3, [1, 2], [[[1]]], [[]]])
@pytest.mark.parametrize("name", ["x", "w"])
def test_a_wrong_rank_is_named(name: str, bad: object) -> None:
    arguments = {"x": [[1, 2], [3, 4]], "w": [[1]]} | {name: bad}
    message = f"{name} has shape {np.shape(bad)}: needs a table of at least one number (two axes)"
    for function in (cl.correlate2d, cl.convolve2d):
        with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
            function(**arguments)
