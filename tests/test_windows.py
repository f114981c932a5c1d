"""Padding, the view of all windows, im2col and col2im."""

import re
from fractions import Fraction

import numpy as np
import pytest
import sympy

import convlib as cl

X = np.arange(10.0).reshape(1, 2, 5)
X2 = np.ones((1, 2, 5, 6))

REFUSED = [
    (
        lambda: cl.im2col(X, 0),
        ValueError,
        "window=0: needs an integer of at least 1; the smallest window is 1",
    ),
    (
        lambda: cl.im2col(X2, (1, 2, 3)),
        ValueError,
        "window=(1, 2, 3): needs one entry per spatial axis (2), not 3",
    ),
    (
        lambda: cl.im2col(X, 6),
        ValueError,
        "spatial axis 0: window=6: needs at most 5, the padded input (n=5, padding=(0, 0)); "
        "add at least 1 to the padding, both sides together",
    ),
    (
        lambda: cl.col2im(np.ones((1, 6, 3)), 5, 3),
        TypeError,
        "size=5: needs a tuple of sizes; write size=(5,)",
    ),
    (
        lambda: cl.col2im(np.ones((1, 6, 3)), (0,), 3),
        ValueError,
        "size=(0,): needs an integer of at least 1",
    ),
    (
        lambda: cl.col2im(np.ones((1, 6, 4)), (5,), 3),
        ValueError,
        "cols has shape (1, 6, 4): needs (N, C·3, 3): 3 taps a channel and 3 windows",
    ),
    (
        lambda: cl.col2im(np.ones((1, 7, 3)), (5,), 3),
        ValueError,
        "cols has shape (1, 7, 3): needs (N, C·3, 3): 3 taps a channel and 3 windows",
    ),
    (
        lambda: cl.col2im(np.ones((6, 3)), (5,), 3),
        ValueError,
        "cols has shape (6, 3): needs (N, C·3, 3): 3 taps a channel and 3 windows",
    ),
    (
        lambda: cl.pad(X, "same"),
        ValueError,
        "padding='same': needs numbers here; a word depends on a window",
    ),
    (
        lambda: cl.pad(np.array([[[1, 2]]]), 1, value=0.5),
        ValueError,
        "value=0.5: needs a number that int64, the dtype of x, can hold; convert x first, "
        "for example x.astype('float64')",
    ),
    (
        lambda: cl.sliding_windows(X, 3, dilation=3),
        ValueError,
        "spatial axis 0: window=3: needs a span of at most 5, the padded input (n=5, "
        "padding=(0, 0)), not 7 (dilation=3); add at least 2 to the padding, both sides together",
    ),
    (
        lambda: cl.sliding_windows([1, 2, 3], 2),
        ValueError,
        "x has shape (3,): needs (N, C, *spatial), at least 3 axes; add the "
        "missing axes of length 1: x[np.newaxis, np.newaxis]",
    ),
    (
        lambda: cl.im2col(X, 2.0),
        TypeError,
        "window=2.0: needs an integer of at least 1, not float; write 2",
    ),
    (
        lambda: cl.pad(X, ((1, 1), (1, 1))),
        ValueError,
        "padding=((1, 1), (1, 1)): needs one entry per spatial axis (1), not 2",
    ),
    (
        lambda: cl.im2col(X, 3, stride=0),
        ValueError,
        "stride=0: needs an integer of at least 1; stride=1 visits every position",
    ),
    (
        lambda: cl.im2col(X, 3, dilation=0),
        ValueError,
        "dilation=0: needs an integer of at least 1; an ordinary kernel has "
        "dilation=1 (some texts count from 0: add 1)",
    ),
    (
        lambda: cl.im2col(X, 3, padding=-1),
        ValueError,
        "padding=-1: needs an integer of at least 0; padding=0 adds nothing; to "
        "crop, slice the array first",
    ),
    (
        lambda: cl.col2im(np.ones((1, 6, 3)), (5,), 0),
        ValueError,
        "window=0: needs an integer of at least 1; the smallest window is 1",
    ),
    (
        lambda: cl.col2im(np.ones((1, 6, 3)), (5,), 3, stride=0),
        ValueError,
        "stride=0: needs an integer of at least 1; stride=1 visits every position",
    ),
    (
        lambda: cl.col2im(np.ones((1, 6, 3)), (5,), 3, dilation=0),
        ValueError,
        "dilation=0: needs an integer of at least 1; an ordinary kernel has "
        "dilation=1 (some texts count from 0: add 1)",
    ),
    (
        lambda: cl.col2im(np.ones((1, 6, 3)) > 0, (5,), 3),
        TypeError,
        "cols has dtype bool: needs numbers; convert it first, for example cols.astype(int)",
    ),
    (
        lambda: cl.col2im(np.ones((1, 6, 3)), (5, 5), (3,)),
        ValueError,
        "window=(3,): needs one entry per spatial axis (2), not 1",
    ),
]


@pytest.mark.parametrize(("call", "kind", "message"), REFUSED)
def test_what_is_refused_is_explained(call, kind, message):
    with pytest.raises(kind, match=f"^{re.escape(message)}$"):
        call()


def test_pad_by_hand():
    x = np.array([[[1, 2], [3, 4]]])
    np.testing.assert_array_equal(cl.pad(x, 1), [[[0, 1, 2, 0], [0, 3, 4, 0]]])
    np.testing.assert_array_equal(
        cl.pad(x, ((2, 0),), value=-1), [[[-1, -1, 1, 2], [-1, -1, 3, 4]]]
    )
    np.testing.assert_array_equal(cl.pad(x[..., np.newaxis], (0, 1))[0, 0], [[0, 1, 0], [0, 2, 0]])
    nothing = cl.pad(x, 0)
    np.testing.assert_array_equal(nothing, x)
    assert not np.shares_memory(nothing, x)


def test_pad_keeps_the_dtype():
    assert cl.pad(np.ones((1, 1, 2), np.float32), 1, value=-np.inf).dtype == np.float32
    assert cl.pad(np.ones((1, 1, 2), np.uint8), 1, value=255).dtype == np.uint8


SURVIVE = [
    ("u1", 255), ("u1", 2.0), ("u1", np.int64(7)), ("i8", -1), ("i8", 2**62), ("f2", 0.1),
    ("i4", np.array(3 + 0j)), ("f4", 0.1), ("f4", np.float64(0.1)), ("f4", np.nan), ("f4", -np.inf),
    ("f4", 2**24 + 1), ("f8", 2**70), ("f4", sympy.Rational(1, 3)), ("c8", 1j), ("c8", 0.1 + 0.2j),
    ("f8", 1e-320), ("g", 1e300), ("O", -1), ("f4", np.array(2)), ("c8", complex(0, np.inf)),
    ("u8", 2**63), ("f8", Fraction(1, 3)), ("O", sympy.Symbol("a")), ("f4", np.nextafter(1, 2)),
]  # fmt: skip


@pytest.mark.parametrize(("code", "value"), SURVIVE, ids=repr)
def test_a_border_of_any_number_that_the_dtype_holds(code, value):
    x = np.zeros((1, 1, 1), code)
    padded = cl.pad(x, 1, value=value)
    assert padded.dtype == x.dtype
    given = value if code in ("O", "c8") else np.asarray(value).real
    np.testing.assert_array_equal(padded[0, 0], np.array([given, 0, given]).astype(code))


PERISH = [
    ("u1", -1, "int64"), ("u1", 256, "int64"), ("u1", 300, "int64"), ("i1", -129, "int64"),
    ("i8", 2.5, "float64"), ("u1", 2.5, "float64"), ("i8", np.nan, "float64"),
    ("i8", np.inf, "float64"), ("i8", 2.0**63, "float64"), ("f4", 1e300, "float64"),
    ("f4", -1e300, "float64"), ("f4", 1e-300, "float64"), ("f2", 1e5, "float64"),
    ("f2", 70000, "float64"), ("f8", 1j, "complex128"), ("c8", 1e300j, "complex128"),
    ("i8", 2**63, "float64"), ("u8", -1, "float64"), ("i4", sympy.Rational(1, 2), "float64"),
    ("f4", np.float32(2).astype(np.float64) * 1e38 * 2, "float64"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "value", "larger"), PERISH, ids=repr)
def test_a_border_that_the_dtype_cannot_hold_is_refused(code, value, larger):
    """uint8 made 255 of −1, and float32 inf of 1e300."""
    x = np.zeros((1, 1, 1), code)
    rule = f"needs a number that {x.dtype}, the dtype of x, can hold"
    message = f"value={value!r}: {rule}; convert x first, for example x.astype({larger!r})"
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        cl.pad(x, 1, value=value)
    cl.pad(x.astype(larger), 1, value=value)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (True, "value has dtype bool: needs numbers; convert it first"),
        ("1", "value has dtype <U1: needs numbers"),
        (None, "value holds None: needs numbers"),
        ([1, 2], r"value=\[1, 2\]: needs one number, not shape \(2,\)"),
        (np.array([1]), r"value=array\(\[1\]\): needs one number, not shape \(1,\)"),
        (sympy.Symbol("a"), "value=a: needs a number, not Symbol"),
    ],
)
def test_a_border_of_anything_but_a_number_is_refused(value, message):
    with pytest.raises(TypeError, match=message):
        cl.pad(X, 1, value=value)


def test_sliding_windows_by_hand():
    x = np.array([[[1, 2, 3, 4, 5, 6]]])
    np.testing.assert_array_equal(
        cl.sliding_windows(x, 3, stride=2, dilation=2, padding=1)[0, 0],
        [[0, 2, 4], [2, 4, 6]],
    )
    x = np.arange(12).reshape(1, 1, 3, 4)
    windows = cl.sliding_windows(x, (2, 3), stride=(1, 2), padding=((0, 0), (0, 1)))
    assert windows.shape == (1, 1, 2, 2, 2, 3)
    np.testing.assert_array_equal(windows[0, 0, 1, 0], [[4, 5, 6], [8, 9, 10]])
    np.testing.assert_array_equal(windows[0, 0, 0, 1], [[2, 3, 0], [6, 7, 0]])


def test_sliding_windows_are_a_view_that_cannot_be_written():
    x = np.zeros((2, 3, 8, 9))
    windows = cl.sliding_windows(x, 3, stride=2, dilation=2)
    assert np.shares_memory(windows, x)
    assert not windows.flags.writeable
    with pytest.raises(ValueError, match="read-only"):
        windows[...] = 1
    assert not np.shares_memory(cl.sliding_windows(x, 3, padding=1), x)


def test_padding_after_only_is_not_forgotten():
    x = np.array([[[1, 2, 3]]])
    np.testing.assert_array_equal(
        cl.sliding_windows(x, 2, padding=((0, 1),))[0, 0], [[1, 2], [2, 3], [3, 0]]
    )


def test_im2col_by_hand():
    x = np.arange(1, 10).reshape(1, 1, 3, 3)
    expected = [[1, 2, 4, 5], [2, 3, 5, 6], [4, 5, 7, 8], [5, 6, 8, 9]]
    np.testing.assert_array_equal(cl.im2col(x, 2), [expected])
    two = np.concatenate([x, 10 * x], axis=1)
    np.testing.assert_array_equal(cl.im2col(two, 2)[0], [*expected, *10 * np.array(expected)])
    np.testing.assert_array_equal(cl.im2col(x, 2, stride=2, padding=1)[0, :, 0], [0, 0, 0, 1])


def test_im2col_is_a_new_array_even_for_a_window_of_one():
    x = np.arange(12.0).reshape(1, 3, 4)
    cols = cl.im2col(x, 1)
    np.testing.assert_array_equal(cols, x)
    assert not np.shares_memory(cols, x)
    assert cols.flags.c_contiguous
    assert cols.flags.writeable


def test_im2col_turns_a_layer_into_one_matrix_product(rng):
    x, w = rng.standard_normal((2, 3, 7, 6)), rng.standard_normal((4, 3, 3, 2))
    options = {"stride": 2, "padding": (1, 0), "dilation": (1, 2)}
    y = cl.conv(x, w, **options)
    product = w.reshape(4, -1) @ cl.im2col(x, (3, 2), **options)
    np.testing.assert_allclose(product.reshape(y.shape), y, rtol=0, atol=1e-13)


def test_col2im_by_hand():
    cols = np.array([[[1, 2, 3], [10, 20, 30]]])
    np.testing.assert_array_equal(cl.col2im(cols, (4,), 2), [[[1, 12, 23, 30]]])
    np.testing.assert_array_equal(
        cl.col2im(cols, (7,), 2, stride=2)[0, 0], [1, 10, 2, 20, 3, 30, 0]
    )
    np.testing.assert_array_equal(cl.col2im(cols, (2,), 2, padding=1), [[[12, 23]]])
    np.testing.assert_array_equal(cl.col2im(cols, [5], (2,), dilation=2), [[[1, 2, 13, 20, 30]]])


def test_col2im_of_ones_is_the_coverage():
    cover = cl.col2im(np.ones((1, 3, 3), int), (7,), 3, stride=2)
    np.testing.assert_array_equal(cover, [[[1, 1, 2, 1, 2, 1, 1]]])
    square = cl.col2im(np.ones((1, 9, 9), int), (5, 5), 3)
    line = np.array([1, 2, 3, 2, 1])
    np.testing.assert_array_equal(square[0, 0], np.outer(line, line))


def test_col2im_after_im2col_multiplies_by_the_coverage(rng):
    x = rng.integers(-9, 9, (2, 3, 6, 7))
    options = {"stride": (2, 1), "padding": 1, "dilation": (1, 2)}
    cover = cl.col2im(cl.im2col(np.ones_like(x), 3, **options), (6, 7), 3, **options)
    back = cl.col2im(cl.im2col(x, 3, **options), (6, 7), 3, **options)
    np.testing.assert_array_equal(back, x * cover)


@pytest.mark.parametrize("axes", [1, 2, 3])
def test_col2im_is_the_transpose_of_im2col(rng, axes):
    for _ in range(50):
        size = tuple(rng.integers(4, 7, axes).tolist())
        options = {
            "stride": tuple(rng.integers(1, 4, axes).tolist()),
            "padding": tuple(map(tuple, rng.integers(0, 3, (axes, 2)).tolist())),
            "dilation": tuple(rng.integers(1, 3, axes).tolist()),
        }
        window = tuple(rng.integers(1, 3, axes).tolist())
        x = rng.standard_normal((2, 3, *size))
        dcols = rng.standard_normal(cl.im2col(x, window, **options).shape)
        error = cl.adjoint_error(
            lambda x, k=window, o=options: cl.im2col(x, k, **o),
            lambda dcols, n=size, k=window, o=options: cl.col2im(dcols, n, k, **o),
            x,
            dcols,
        )
        assert error < 1e-13


@pytest.mark.parametrize("dtype", [np.uint8, np.float16, np.float32, np.complex64, object])
def test_dtypes_are_kept(dtype):
    x = np.ones((1, 2, 5)).astype(dtype)
    cols = cl.im2col(x, 3)
    assert cols.dtype == cl.sliding_windows(x, 3).dtype == np.dtype(dtype)
    assert cl.col2im(cols, (5,), 3).dtype == np.dtype(dtype)


def test_float16_columns_are_added_up_in_float32():
    cols = np.full((1, 3, 2049), 1.0, np.float16)
    cols[0, :, :] = [[2048], [1], [1]]
    x = cl.col2im(cols, (2051,), 3)
    assert x[0, 0, 1000] == 2050  # 2048 + 1 is 2048 in float16


def test_inputs_are_left_alone(rng):
    x = rng.standard_normal((2, 3, 6))
    cols = rng.standard_normal((2, 9, 6))
    copies = x.copy(), cols.copy()
    cl.im2col(x, 3, padding=1)
    cl.col2im(cols, (6,), 3, padding=1)
    cl.pad(x, 2)
    np.testing.assert_array_equal(x, copies[0])
    np.testing.assert_array_equal(cols, copies[1])


def test_an_empty_batch_is_legal():
    assert cl.im2col(np.ones((0, 2, 5)), 3).shape == (0, 6, 3)
    assert cl.col2im(np.ones((0, 6, 3)), (5,), 3).shape == (0, 2, 5)
    assert cl.sliding_windows(np.ones((0, 2, 5)), 3).shape == (0, 2, 3, 3)
