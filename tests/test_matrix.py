"""Matrices of a convolution: by hand, T x = H w = y, the DFT, error texts."""

import numpy as np
import pytest
import sympy

import convlib as cl

# ---------------------------------------------------------------- literals by hand


def test_toeplitz_by_hand():
    t = cl.conv_matrix([1, 2], 4)
    np.testing.assert_array_equal(t, [[1, 2, 0, 0], [0, 1, 2, 0], [0, 0, 1, 2]])


def test_toeplitz_with_a_stride_that_does_not_fit():
    """The last column is empty: no window reads the last entry."""
    t = cl.conv_matrix([1, 2, 3], 6, stride=2)
    np.testing.assert_array_equal(t, [[1, 2, 3, 0, 0, 0], [0, 0, 1, 2, 3, 0]])


def test_toeplitz_with_padding_and_dilation():
    t = cl.conv_matrix([1, 2], 3, padding=((1, 0),), dilation=2)
    np.testing.assert_array_equal(t, [[0, 2, 0], [1, 0, 2]])


def test_hankel_by_hand():
    h = cl.hankel([1, 2, 3, 4, 5], 2, stride=2, padding=(1, 0))
    np.testing.assert_array_equal(h, [[0, 1], [2, 3], [4, 5]])
    np.testing.assert_array_equal(cl.hankel([1, 2, 3, 4], 2, dilation=2), [[1, 3], [2, 4]])


def test_circulant_by_hand():
    c = cl.circulant([1, 2], 3)
    np.testing.assert_array_equal(c, [[1, 0, 2], [2, 1, 0], [0, 2, 1]])


def test_matrix_of_an_image_by_hand():
    """Two by two ones over a two by three image: each output sums four of its six entries."""
    t = cl.conv_matrix(np.ones((1, 1, 2, 2), int), (2, 3))
    np.testing.assert_array_equal(t, [[1, 1, 0, 1, 1, 0], [0, 1, 1, 0, 1, 1]])


# ---------------------------------------------------------------- structure


def test_equal_along_diagonals_and_antidiagonals(rng):
    t, h = cl.conv_matrix(rng.normal(size=4), 9), cl.hankel(rng.normal(size=9), 4)
    np.testing.assert_array_equal(t[1:, 1:], t[:-1, :-1])
    np.testing.assert_array_equal(h[1:, :-1], h[:-1, 1:])
    c = cl.circulant(rng.normal(size=6))
    np.testing.assert_array_equal(np.roll(c, 1, axis=(0, 1)), c)


def test_circulants_commute_with_each_other_and_with_the_shift(rng):
    a, b = cl.circulant(rng.normal(size=7)), cl.circulant(rng.normal(size=7))
    np.testing.assert_allclose(a @ b, b @ a, atol=1e-13)
    shift = cl.circulant([0, 1], 7)
    np.testing.assert_allclose(shift @ a, a @ shift, atol=0)
    np.testing.assert_array_equal(shift @ np.arange(7), [6, 0, 1, 2, 3, 4, 5])


@pytest.mark.parametrize("n", [1, 2, 5, 8])
def test_the_dft_diagonalises_circulants(rng, n):
    c = rng.normal(size=n)
    dft = np.fft.fft(np.eye(n))
    diagonal = dft @ cl.circulant(c) @ np.linalg.inv(dft)
    np.testing.assert_allclose(diagonal, np.diag(np.fft.fft(c)), atol=1e-12)


def test_circulant_is_circular_convolution_and_its_transpose_correlation(rng):
    c, x = rng.integers(-9, 10, (2, 6))
    convolved = [sum(c[j] * x[(i - j) % 6] for j in range(6)) for i in range(6)]
    correlated = [sum(c[j] * x[(i + j) % 6] for j in range(6)) for i in range(6)]
    np.testing.assert_array_equal(cl.circulant(c) @ x, convolved)
    np.testing.assert_array_equal(cl.circulant(c).T @ x, correlated)


def test_away_from_the_wrap_circular_correlation_is_the_ordinary_one(rng):
    w, x = rng.integers(-9, 10, 3), rng.integers(-9, 10, 8)
    wrapped = cl.circulant(w, 8).T @ x
    np.testing.assert_array_equal(wrapped[:6], cl.conv_matrix(w, 8) @ x)


# ---------------------------------------------------------------- against conv and its gradients


def random_layer(rng, axes):
    size = tuple(rng.integers(1, {1: 10, 2: 6, 3: 4}[axes], axes).tolist())
    kernel = tuple(int(rng.integers(1, n + 1)) for n in size)
    pairs = tuple(map(tuple, rng.integers(0, 3, (axes, 2)).tolist()))
    options = {
        "stride": tuple(rng.integers(1, 4, axes).tolist()),
        "padding": [0, 1, "same", "full", pairs][rng.integers(5)],
        "dilation": 1,
    }
    if options["padding"] in ("same", "full"):
        options["dilation"] = tuple(rng.integers(1, 4, axes).tolist())
    return size, kernel, options


@pytest.mark.parametrize("axes", [1, 2, 3])
def test_the_matrix_is_the_layer(rng, axes):
    for _ in range(100):
        size, kernel, options = random_layer(rng, axes)
        c_out, c_in = rng.integers(1, 4, 2)
        w = rng.integers(-9, 10, (c_out, c_in, *kernel))
        x = rng.integers(-9, 10, (1, c_in, *size))
        t = cl.conv_matrix(w, size, **options)
        y = cl.reference.conv(x, w, **options)
        np.testing.assert_array_equal(t @ x.ravel(), y.ravel())
        dy = rng.integers(-9, 10, y.shape)
        dx = cl.reference.conv_backward(dy, x, w, **options).dx
        np.testing.assert_array_equal(t.T @ dy.ravel(), dx.ravel())


def test_both_matrices_give_the_same_sequence(rng):
    for _ in range(200):
        (n,), (k,), options = random_layer(rng, 1)
        options = {
            name: value[0] if isinstance(value, tuple) else value for name, value in options.items()
        }
        x, w = rng.integers(-9, 10, n), rng.integers(-9, 10, k)
        h = cl.hankel(x, k, **options)
        padding = options.pop("padding")
        per_axis = (padding,) if isinstance(padding, tuple) else padding
        t = cl.conv_matrix(w, n, padding=per_axis, **options)
        np.testing.assert_array_equal(h @ w, t @ x)
        np.testing.assert_array_equal(
            t @ x,
            cl.reference.conv(
                x.reshape(1, 1, n), w.reshape(1, 1, k), padding=per_axis, **options
            ).ravel(),
        )


def test_hankel_transposed_is_im2col(rng):
    x = rng.normal(size=11)
    options = {"stride": 2, "padding": 1, "dilation": 2}
    cols = cl.im2col(x.reshape(1, 1, 11), 3, **options)
    np.testing.assert_array_equal(cl.hankel(x, 3, **options).T, cols[0])


def test_symbols():
    w, x = np.array(sympy.symbols("w:2")), np.array(sympy.symbols("x:3"))
    y = cl.conv_matrix(w, 3) @ x
    assert [sympy.expand(a - b) for a, b in zip(y, cl.hankel(x, 2) @ w, strict=True)] == [0, 0]
    assert cl.circulant(w).tolist() == [[w[0], w[1]], [w[1], w[0]]]


def test_types_and_untouched_inputs(rng):
    w = rng.normal(size=3).astype(np.float32)
    w.flags.writeable = False
    for matrix in (cl.conv_matrix(w, 5), cl.hankel(w, 2), cl.circulant(w)):
        assert matrix.dtype == np.float32
        matrix[...] = 0


# ---------------------------------------------------------------- error texts


@pytest.mark.parametrize(
    ("call", "kind", "message"),
    [
        (lambda: cl.conv_matrix([[1, 2]], 4), ValueError, r"w has shape \(1, 2\): needs"),
        (lambda: cl.conv_matrix([], 4), ValueError, "needs at least one tap on every kernel axis"),
        (lambda: cl.conv_matrix([1, 2], 0), ValueError, "size=0: needs an integer of at least 1"),
        (lambda: cl.conv_matrix([1, 2], (4, 4)), ValueError, "one entry per spatial axis"),
        (lambda: cl.conv_matrix([1, 2], 1), ValueError, "k=2: needs at most 1, the padded input"),
        (lambda: cl.conv_matrix(["a"], 1), TypeError, "w has dtype"),
        (lambda: cl.hankel([[1, 2]], 2), ValueError, r"x has shape \(1, 2\): needs one axis"),
        (lambda: cl.hankel([], 2), ValueError, r"x has shape \(0,\): needs one axis"),
        (lambda: cl.hankel([1, 2], 3), ValueError, "k=3: needs at most 2, the padded input"),
        (lambda: cl.hankel([1, 2], 1.0), TypeError, r"k=1.0: .* not float"),
        (lambda: cl.circulant([]), ValueError, r"c has shape \(0,\): needs one axis"),
        (lambda: cl.circulant([1, 2, 3], 2), ValueError, r"n=2: .* the smallest is n=3"),
    ],
)
def test_bad_input_is_refused(call, kind, message):
    with pytest.raises(kind, match=message):
        call()
