"""PyTorch's and ONNX's meaning of every option, on their documented examples."""

import numpy as np
import pytest

import convlib as cl

X5 = np.arange(25.0).reshape(1, 1, 5, 5)
X7 = np.arange(35.0).reshape(1, 1, 7, 5)
X3 = np.arange(9.0).reshape(1, 1, 3, 3)
ONES = np.ones((1, 1, 3, 3))


@pytest.mark.parametrize(
    ("x", "options", "expected"),
    [
        (
            X5,
            {"padding": 1},
            [
                [12, 21, 27, 33, 24],
                [33, 54, 63, 72, 51],
                [63, 99, 108, 117, 81],
                [93, 144, 153, 162, 111],
                [72, 111, 117, 123, 84],
            ],
        ),
        (X5, {}, [[54, 63, 72], [99, 108, 117], [144, 153, 162]]),
        (
            X7,
            {"stride": 2, "padding": 1},
            [[12, 27, 24], [63, 108, 81], [123, 198, 141], [112, 177, 124]],
        ),
        (X7, {"stride": 2}, [[54, 72], [144, 162], [234, 252]]),
        (
            X7,
            {"stride": 2, "padding": ((1, 1), (0, 0))},
            [[21, 33], [99, 117], [189, 207], [171, 183]],
        ),
        # auto_pad SAME_UPPER and SAME_LOWER agree where the total is even
        (X5, {"stride": 2, "padding": "same"}, [[12, 27, 24], [63, 108, 81], [72, 117, 84]]),
    ],
)
def test_onnx_conv(x, options, expected):
    np.testing.assert_array_equal(cl.conv(x, ONES, **options), [[expected]])


def test_onnx_auto_pad_puts_an_odd_entry_after_or_before():
    """SAME_UPPER is our "same"; SAME_LOWER is the same total, written as a pair."""
    x, w = np.array([[[1, 2, 3]]]), np.array([[[1, 10]]])
    np.testing.assert_array_equal(cl.conv(x, w, padding="same"), [[[21, 32, 3]]])
    before, after = cl.same_padding(3, 2)
    assert (before, after) == (0, 1)
    lower = cl.conv(x, w, padding=((after, before),))
    np.testing.assert_array_equal(lower, [[[10, 21, 32]]])


PAINTED = [
    [0, 1, 3, 3, 2],
    [3, 8, 15, 12, 7],
    [9, 21, 36, 27, 15],
    [9, 20, 33, 24, 13],
    [6, 13, 21, 15, 8],
]
SAME = [
    [0, 0, 1, 1, 3, 2],
    [0, 0, 1, 1, 3, 2],
    [3, 3, 8, 5, 12, 7],
    [3, 3, 7, 4, 9, 5],
    [9, 9, 20, 11, 24, 13],
    [6, 6, 13, 7, 15, 8],
]
CROPPED = [[1, 1, 3], [1, 1, 3], [7, 4, 9], [7, 4, 9], [7, 4, 9], [13, 7, 15], [13, 7, 15]]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, PAINTED),
        ({"stride": 2, "padding": "same"}, SAME),
        ({"stride": 2, "padding": ((0, 1), (0, 1))}, SAME),
        ({"stride": (3, 2), "padding": (1, 2)}, CROPPED),
    ],
)
def test_onnx_conv_transpose(options, expected):
    y = cl.conv_transpose(X3, np.ones((1, 2, 3, 3)), **options)
    np.testing.assert_array_equal(y, [[expected, expected]])


def test_onnx_conv_transpose_output_padding():
    y = cl.conv_transpose(X3, np.ones((1, 2, 3, 3)), stride=(3, 2), output_padding=1)
    assert y.shape == (1, 2, 10, 8)
    np.testing.assert_array_equal(y[0, 0, 0], [0, 0, 1, 1, 3, 2, 2, 0])
    np.testing.assert_array_equal(y[0, 1, 6], [6, 6, 13, 7, 15, 8, 8, 0])
    np.testing.assert_array_equal(y[:, :, 9], 0)


def test_onnx_conv_transpose_dilations():
    x = np.array([[[[3, 8, 1], [9, 5, 7], [3, 2, 6]]]])
    w = np.array([[[[7, 2], [1, 9]]]])
    expected = [
        [21, 56, 13, 16, 2],
        [63, 35, 67, 10, 14],
        [24, 22, 76, 76, 21],
        [9, 5, 88, 45, 63],
        [3, 2, 33, 18, 54],
    ]
    np.testing.assert_array_equal(cl.conv_transpose(x, w, dilation=2), [[expected]])


def test_onnx_conv_transpose_one_and_three_dimensions():
    y = cl.conv_transpose([[[0, 1, 2]]], np.ones((1, 2, 3), int))
    np.testing.assert_array_equal(y, [[[0, 1, 3, 3, 2], [0, 1, 3, 3, 2]]])
    cube = cl.conv_transpose(np.arange(60).reshape(1, 1, 3, 4, 5), np.ones((1, 2, 3, 3, 3), int))
    assert cube.shape == (1, 2, 5, 6, 7)
    np.testing.assert_array_equal(cube[0, 0, 0, 0], [0, 1, 3, 6, 9, 7, 4])
    np.testing.assert_array_equal(cube[0, 1, 4, 5], [55, 111, 168, 171, 174, 117, 59])


def test_output_padding_beyond_the_stride():
    """Legal where it stays below the dilation, and it adds nothing but zeros."""
    x, w = np.ones((1, 1, 2)), np.ones((1, 1, 2))
    y = cl.conv_transpose(x, w, dilation=3, output_padding=2)
    np.testing.assert_array_equal(y, [[[1, 1, 0, 1, 1, 0, 0]]])
    dy = np.array([[[1.0, 2, 3, 4, 5, 6, 7]]])
    grads = cl.conv_transpose_backward(dy, x, w, dilation=3, output_padding=2)
    np.testing.assert_array_equal(grads.dx, [[[5, 7]]])
    np.testing.assert_array_equal(grads.dw, [[[3, 9]]])
    np.testing.assert_array_equal(grads.db, [28])


def test_pytorch_documented_shapes():
    x = np.zeros((2, 16, 50, 100), np.float32)
    y = cl.conv(x, np.zeros((33, 16, 3, 3)), stride=2)
    assert y.shape == (2, 33, 24, 49)
    y = cl.conv(x, np.zeros((33, 16, 3, 5)), stride=(2, 1), padding=(4, 2), dilation=(3, 1))
    assert y.shape == (2, 33, 26, 100)
    y = cl.conv_transpose(x, np.zeros((16, 33, 3, 5)), stride=(2, 1), padding=(4, 2))
    assert y.shape == (2, 33, 93, 100)
    down = cl.conv(np.zeros((1, 16, 12, 12)), np.zeros((16, 16, 3, 3)), stride=2, padding=1)
    up = cl.conv_transpose(down, np.zeros((16, 16, 3, 3)), stride=2, padding=1, output_padding=1)
    assert (down.shape, up.shape) == ((1, 16, 6, 6), (1, 16, 12, 12))
    assert cl.im2col(np.zeros((1, 3, 10, 12)), (4, 5)).shape == (1, 60, 56)
    assert cl.col2im(np.zeros((1, 12, 12)), (4, 5), (2, 2)).shape == (1, 3, 4, 5)


def test_pytorch_unfold_is_the_layer_and_fold_undoes_it_up_to_coverage(rng):
    x, w = rng.integers(-9, 9, (1, 3, 10, 12)), rng.integers(-9, 9, (2, 3, 4, 5))
    cols = cl.im2col(x, (4, 5))
    product = (w.reshape(2, -1) @ cols).reshape(1, 2, 7, 8)
    np.testing.assert_array_equal(product, cl.conv(x, w))
    divisor = cl.col2im(cl.im2col(np.ones_like(x), (4, 5)), (10, 12), (4, 5))
    np.testing.assert_array_equal(cl.col2im(cols, (10, 12), (4, 5)), divisor * x)


@pytest.mark.parametrize(
    ("cols", "size", "window", "options", "expected"),
    [
        (np.arange(1, 26).reshape(5, 5).T, (5, 5), (1, 5), {}, np.arange(1, 26).reshape(5, 5)),
        (
            np.outer([0, 1, 1, 1, 0, 0, 0, 1, 0], np.ones(4)),
            (5, 5),
            (3, 3),
            {"stride": 2},
            [
                [0, 1, 1, 1, 1],
                [1, 0, 1, 0, 0],
                [0, 2, 1, 2, 1],
                [1, 0, 1, 0, 0],
                [0, 1, 0, 1, 0],
            ],
        ),
        (
            np.arange(1, 76).reshape(15, 5).T,
            (5, 5),
            (1, 5),
            {"padding": (0, 1)},
            [
                [8, 21, 24, 27, 24],
                [38, 66, 69, 72, 54],
                [68, 111, 114, 117, 84],
                [98, 156, 159, 162, 114],
                [128, 201, 204, 207, 144],
            ],
        ),
        (
            np.arange(1, 21).reshape(5, 4).T,
            (6, 6),
            (2, 2),
            {"dilation": (1, 5)},
            [
                [1, 0, 0, 0, 0, 2],
                [8, 0, 0, 0, 0, 10],
                [16, 0, 0, 0, 0, 18],
                [24, 0, 0, 0, 0, 26],
                [32, 0, 0, 0, 0, 34],
                [19, 0, 0, 0, 0, 20],
            ],
        ),
    ],
)
def test_onnx_col2im(cols, size, window, options, expected):
    np.testing.assert_array_equal(cl.col2im([cols], size, window, **options), [[expected]])
    back = cl.reference.col2im([cols], size, window, **options)
    np.testing.assert_array_equal(back, [[expected]])
