"""Pooling means what PyTorch and ONNX mean by it: their rules, on numbers to check by hand.

Each case names the rule of the operator that it shows. ONNX writes padding as all begins and then
all ends; here it is one `(before, after)` pair per axis, and SAME_LOWER is spelled out as pairs.
"""

import numpy as np
import pytest

from convlib import pool


def square(n):
    """The image 1, 2, 3, ... row by row."""
    return np.arange(1.0, n * n + 1).reshape(1, 1, n, n)


def line(*values):
    return np.array(values, float).reshape(1, 1, -1)


MAX = {
    "floor: the remainder is not read": (square(5), 2, {"stride": 2}, [[7, 9], [17, 19]]),
    "ceil: a window may hang over": (
        square(4),
        3,
        {"stride": 2, "ceil_mode": True},
        [[11, 12], [15, 16]],
    ),
    "ceil: a window of one that would start behind the input is dropped": (
        square(2),
        1,
        {"stride": 2, "ceil_mode": True},
        [[1]],
    ),
    "dilations: the corners of a 3 by 3 square": (
        square(4),
        2,
        {"stride": 1, "dilation": 2},
        [[11, 12], [15, 16]],
    ),
    "pads on both sides act as minus infinity": (
        square(5),
        5,
        {"stride": 1, "padding": 2},
        [
            [13, 14, 15, 15, 15],
            [18, 19, 20, 20, 20],
            [23, 24, 25, 25, 25],
            [23, 24, 25, 25, 25],
            [23, 24, 25, 25, 25],
        ],
    ),
    "SAME_UPPER, odd total: the extra element after": (
        square(4),
        2,
        {"stride": 1, "padding": "same"},
        [[6, 7, 8, 8], [10, 11, 12, 12], [14, 15, 16, 16], [14, 15, 16, 16]],
    ),
    "SAME_LOWER, odd total: the extra element before": (
        square(4),
        2,
        {"stride": 1, "padding": ((1, 0), (1, 0))},
        [[1, 2, 3, 4], [5, 6, 7, 8], [9, 10, 11, 12], [13, 14, 15, 16]],
    ),
    "SAME_UPPER with a stride: ceil(5 / 2) outputs": (
        square(5),
        3,
        {"stride": 2, "padding": "same"},
        [[7, 9, 10], [17, 19, 20], [22, 24, 25]],
    ),
    "different windows and strides per axis": (
        square(5),
        (2, 3),
        {"stride": (1, 2), "padding": ((0, 0), (1, 0))},
        [[7, 9], [12, 14], [17, 19], [22, 24]],
    ),
    "dilation with padding and ceil": (
        square(4),
        2,
        {"stride": 2, "dilation": 2, "padding": 1, "ceil_mode": True},
        [[6, 8, 8], [14, 16, 16], [14, 16, 16]],
    ),
}

AVERAGE = {
    "floor: the remainder is not read": (square(5), 2, {"stride": 2}, [[4, 6], [14, 16]]),
    "ceil: what hangs over is not counted, padding or not": (
        square(4),
        3,
        {"stride": 2, "ceil_mode": True},
        [[6, 7.5], [12, 13.5]],
    ),
    "count_include_pad=1: every window is divided by 9": (
        square(3),
        3,
        {"stride": 1, "padding": 1, "count_include_pad": True},
        [[12 / 9, 21 / 9, 16 / 9], [27 / 9, 45 / 9, 33 / 9], [24 / 9, 39 / 9, 28 / 9]],
    ),
    "count_include_pad=0: by what it reads of the input": (
        square(3),
        3,
        {"stride": 1, "padding": 1, "count_include_pad": False},
        [[3, 3.5, 4], [4.5, 5, 5.5], [6, 6.5, 7]],
    ),
    "count_include_pad=0 on a larger window": (
        square(5),
        5,
        {"stride": 1, "padding": 2, "count_include_pad": False},
        [
            [7, 7.5, 8, 8.5, 9],
            [9.5, 10, 10.5, 11, 11.5],
            [12, 12.5, 13, 13.5, 14],
            [14.5, 15, 15.5, 16, 16.5],
            [17, 17.5, 18, 18.5, 19],
        ],
    ),
    "SAME_UPPER with a stride": (
        square(5),
        3,
        {"stride": 2, "padding": "same", "count_include_pad": False},
        [[4, 5.5, 7], [11.5, 13, 14.5], [19, 20.5, 22]],
    ),
    "SAME_LOWER, odd total: the extra element before": (
        square(3),
        2,
        {"stride": 1, "padding": ((1, 0), (1, 0)), "count_include_pad": False},
        [[1, 1.5, 2.5], [2.5, 3, 4], [5.5, 6, 7]],
    ),
    "dilations: the mean of the four corners": (
        square(4),
        2,
        {"stride": 1, "dilation": 2, "ceil_mode": True},
        [[6, 7], [10, 11]],
    ),
    "ceil and padding: a window that fits is divided by 9": (
        square(4),
        3,
        {"stride": 3, "padding": 1, "ceil_mode": True, "count_include_pad": True},
        [[14 / 9, 22 / 9], [46 / 9, 54 / 9]],
    ),
}


@pytest.mark.parametrize("kind", [np.float32, np.float64, np.uint8, np.int64])
@pytest.mark.parametrize(("x", "window", "options", "expected"), MAX.values(), ids=MAX)
def test_max_pool(x, window, options, expected, kind):
    y = pool.max_pool(x.astype(kind), window, **options)
    np.testing.assert_array_equal(y, np.array([[expected]], kind), strict=True)


@pytest.mark.parametrize("kind", [np.float32, np.float64])
@pytest.mark.parametrize(("x", "window", "options", "expected"), AVERAGE.values(), ids=AVERAGE)
def test_avg_pool(x, window, options, expected, kind):
    y = pool.avg_pool(x.astype(kind), window, **options)
    np.testing.assert_allclose(y, np.array([[expected]], kind), rtol=1e-6, strict=True)


# ---------------------------------------------------------------- one axis: the corners of ceil


@pytest.mark.parametrize(
    ("n", "k", "s", "p", "floor", "ceil"),
    [
        (5, 2, 2, 0, 2, 3),  # the last window reads one element
        (6, 2, 2, 0, 3, 3),  # nothing is left over
        (4, 2, 3, 1, 2, 2),  # a third window would start at 5, behind the input: dropped
        (3, 2, 2, 1, 2, 2),  # a third would start at 3, in the padding after the input: dropped
        (5, 3, 3, 1, 2, 2),  # a third would start at 5, in the padding after the input: dropped
        (6, 3, 3, 1, 2, 3),  # the third starts at 5, in the input: kept
        (7, 4, 4, 2, 2, 3),  # the third starts at 6, the last of the input: kept
        (1, 3, 1, 1, 1, 1),  # one element, padded to the window
    ],
)
def test_number_of_windows(n, k, s, p, floor, ceil):
    x = np.zeros((1, 1, n))
    for forward in (pool.max_pool, pool.avg_pool):
        assert forward(x, k, stride=s, padding=p).shape[2] == floor
        assert forward(x, k, stride=s, padding=p, ceil_mode=True).shape[2] == ceil


def test_a_window_longer_than_the_input_fits_if_ceil_rounds_up_to_one():
    """PyTorch: 1 + ceil((2 - 3)/2) = 1 window with stride 2, but none with stride 1."""
    np.testing.assert_array_equal(pool.avg_pool(line(1, 2), 3, stride=2, ceil_mode=True), line(1.5))
    np.testing.assert_array_equal(pool.max_pool(line(1, 2), 3, stride=2, ceil_mode=True), line(2))
    with pytest.raises(ValueError, match="window=3: needs at most 2, the padded input"):
        pool.max_pool(line(1, 2), 3, stride=1, ceil_mode=True)


def test_the_divisor_stops_at_the_padding():
    """Windows start at -2, 1 and 4; the last reads 5, two places of padding and one beyond."""
    x, options = line(1, 2, 3, 4, 5), {"stride": 3, "padding": 2, "ceil_mode": True}
    np.testing.assert_allclose(pool.avg_pool(x, 4, **options), line(3 / 4, 14 / 4, 5 / 3))
    y = pool.avg_pool(x, 4, count_include_pad=False, **options)
    np.testing.assert_allclose(y, line(3 / 2, 14 / 4, 5 / 1))


def test_the_divisors_of_an_image_multiply():
    """Of three places per axis the last window has one in the input and one in the padding."""
    y = pool.avg_pool(np.ones((1, 1, 6, 6)), 3, stride=2, padding=1, ceil_mode=True)
    share = np.array([2 / 3, 1, 1, 1 / 2])
    np.testing.assert_allclose(y[0, 0], np.outer(share, share))


def test_ceil_without_padding_divides_by_what_is_left():
    y = pool.avg_pool(line(1, 2, 3, 4, 5), 2, ceil_mode=True)
    np.testing.assert_array_equal(y, line(1.5, 3.5, 5))


# ---------------------------------------------------------------- types and the gradient


def test_uint8_next_to_padding():
    """ONNX lists uint8 and int8 for MaxPool; the padding is below every value."""
    x = np.array([[[0, 0, 255]]], np.uint8)
    y = pool.max_pool(x, 3, stride=2, padding=1)
    np.testing.assert_array_equal(y, np.array([[[0, 255]]], np.uint8), strict=True)
    x = np.array([[[-128, -128, 127]]], np.int8)
    y = pool.max_pool(x, 3, stride=2, padding=1)
    np.testing.assert_array_equal(y, np.array([[[-128, 127]]], np.int8), strict=True)


def test_integers_do_not_wrap_in_an_average():
    y = pool.avg_pool(np.full((1, 1, 4), 255, np.uint8), 4)
    np.testing.assert_array_equal(y, line(255), strict=True)


def test_gradient_of_overlapping_maxima_with_a_tie():
    """PyTorch: 7 at the first of its places takes both windows that see it."""
    x = line(1, 7, 7, 2, 0)
    dx = pool.max_pool_backward(line(1, 10, 100), x, 3, stride=1)
    np.testing.assert_array_equal(dx, line(0, 11, 100, 0, 0))


def test_gradient_of_minus_infinity_goes_to_the_first_place():
    x = line(-np.inf, -np.inf, -np.inf)
    dx = pool.max_pool_backward(line(1, 1, 1), x, 3, stride=1, padding=1)
    np.testing.assert_array_equal(dx, line(2, 1, 0))


def test_gradient_of_an_average_at_the_border():
    x, dy = line(0, 0, 0), line(6, 6, 6)
    dx = pool.avg_pool_backward(dy, x, 3, stride=1, padding=1)
    np.testing.assert_array_equal(dx, line(4, 6, 4))
    dx = pool.avg_pool_backward(dy, x, 3, stride=1, padding=1, count_include_pad=False)
    np.testing.assert_array_equal(dx, line(5, 8, 5))


def test_gradient_of_a_window_that_hangs_over():
    dx = pool.avg_pool_backward(line(2, 4, 6), line(0, 0, 0, 0, 0), 2, ceil_mode=True)
    np.testing.assert_array_equal(dx, line(1, 1, 2, 2, 6))


def test_three_axes():
    x = np.arange(1.0, 28).reshape(1, 1, 3, 3, 3)
    np.testing.assert_array_equal(
        pool.max_pool(x, 2, stride=1).ravel(), [14, 15, 17, 18, 23, 24, 26, 27]
    )
    y = pool.avg_pool(x, (1, 3, 3), padding=(0, 1, 1), stride=3, count_include_pad=False)
    np.testing.assert_array_equal(y.ravel(), [3])
