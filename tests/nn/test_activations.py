"""Activations: literals by hand, far from zero, NaN, and the same value by another route."""

from math import erf, exp, log, pi, sqrt

import mpmath
import numpy as np
import pytest

from convlib import nn
from convlib.nn.activations import SHORT, TAIL, normal_share, where_kept


def test_relu_by_hand_is_flat_at_zero():
    layer = nn.ReLU()
    np.testing.assert_array_equal(layer([[-2, -0.5, 0, 0.5, 2]]), [[0, 0, 0, 0.5, 2]])
    np.testing.assert_array_equal(layer.backward([[1, 2, 3, 4, 5]]), [[0, 0, 0, 4, 5]])


def test_relu_and_what_is_no_number():
    layer = nn.ReLU()
    np.testing.assert_array_equal(layer([[np.nan, -np.inf, np.inf]]), [[np.nan, 0, np.inf]])
    np.testing.assert_array_equal(layer.backward([[1, np.nan, 3]]), [[1, 0, 3]])


def test_relu_lets_no_infinity_through_where_it_is_flat():
    layer = nn.ReLU()
    layer([[-1, 0, 1]])
    np.testing.assert_array_equal(layer.backward([[np.inf, -np.inf, np.inf]]), [[0, 0, np.inf]])


FLOATS = [np.float16, np.float32, np.float64, np.longdouble]


@pytest.mark.parametrize("dtype", [*FLOATS, ">f4", ">f8", np.int64, np.uint8])
def test_what_is_kept_is_kept_to_the_bit(dtype, rng):
    values = (10 * rng.normal(size=(6, 8))).astype(dtype)
    if values.dtype.kind == "f":
        values[0, :4] = [np.nan, np.inf, -np.inf, -0.0]
    keep = rng.random((6, 8)) < 0.5
    keep[0, :4] = True
    for v, k in [(values, keep), (values[::-1, ::2], keep[::-1, ::2]), (values.T, keep.T)]:
        found = where_kept(k, v)
        np.testing.assert_array_equal(found, np.where(k, v, 0))
        assert found.dtype == v.dtype
    np.testing.assert_array_equal(where_kept(~keep, values)[0, :4], 0)


def test_sigmoid_by_hand():
    layer = nn.Sigmoid()
    y = layer([[-np.log(3), 0, np.log(4)]])
    np.testing.assert_allclose(y, [[0.25, 0.5, 0.8]], rtol=1e-15)
    dx = layer.backward([[16, 4, 100]])
    np.testing.assert_allclose(dx, [[3, 1, 16]], rtol=1e-14)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_sigmoid_far_from_zero_overflows_nowhere(dtype):
    layer = nn.Sigmoid()
    x = np.array([[-1e4, -800, -30, 30, 800, 1e4]], dtype)
    with np.errstate(over="raise", invalid="raise"):
        y, dx = layer(x), layer.backward(np.ones((1, 6), dtype))
    np.testing.assert_array_equal(y[0, [0, 1, 4, 5]], [0, 0, 1, 1])
    assert 0 <= float(y[0, 2]) < 1e-12
    np.testing.assert_array_equal(dx[0, [0, 1, 4, 5]], 0)


def test_sigmoid_and_tanh_are_one_curve(rng):
    x = rng.normal(size=(4, 5)) * 3
    np.testing.assert_allclose(nn.Tanh()(x), 2 * nn.Sigmoid()(2 * x) - 1, atol=1e-15)
    np.testing.assert_allclose(nn.Sigmoid()(x) + nn.Sigmoid()(-x), 1, rtol=1e-15)


def test_tanh_by_hand():
    layer = nn.Tanh()
    y = layer([[0, np.log(2), -1000]])
    np.testing.assert_allclose(y, [[0, 0.6, -1]], rtol=1e-15)
    np.testing.assert_allclose(layer.backward([[1, 25, 1]]), [[1, 16, 0]], rtol=1e-14)


def test_silu_by_hand():
    layer = nn.SiLU()
    y = layer([[-log(3), 0, log(4)]])
    np.testing.assert_allclose(y, [[-log(3) / 4, 0, 0.8 * log(4)]], rtol=1e-15)
    slopes = [[0.25 - log(3) * 3 / 16, 0.5, 0.8 + log(4) * 0.16]]
    np.testing.assert_allclose(layer.backward([[1, 1, 1]]), slopes, rtol=1e-14)


def test_silu_and_sigmoid_are_one_curve(rng):
    x = rng.normal(size=(4, 5)) * 3
    np.testing.assert_allclose(nn.SiLU()(x), x * nn.Sigmoid()(x), rtol=1e-15)
    np.testing.assert_allclose(nn.SiLU()(x) - nn.SiLU()(-x), x, rtol=1e-14)


def test_gelu_by_hand():
    """Within one standard deviation lie 68.27 % of a normal distribution, so 84.13 % below it."""
    layer = nn.GELU()
    y = layer([[-1, 0, 1]])
    np.testing.assert_allclose(y, [[-0.1586552539314571, 0, 0.8413447460685429]], rtol=1e-14)
    bell = exp(-0.5) / sqrt(2 * pi)
    slopes = [[0.1586552539314571 - bell, 0.5, 0.8413447460685429 + bell]]
    np.testing.assert_allclose(layer.backward([[1, 1, 1]]), slopes, rtol=1e-14)


def test_gelu_by_the_error_function_of_python(rng):
    layer, x = nn.GELU(), rng.normal(size=(4, 50)) * 2
    y, dx = layer(x), layer.backward(np.ones(x.shape))
    share = np.vectorize(lambda u: (1 + erf(u / sqrt(2))) / 2)(x)
    np.testing.assert_allclose(y, x * share, atol=1e-15)
    np.testing.assert_allclose(dx, share + x * np.exp(-x * x / 2) / sqrt(2 * pi), atol=1e-15)


def exact_share(x):
    """The share below every x, in 30 digits."""
    with mpmath.workdps(30):
        shares = [mpmath.erfc(-mpmath.mpf(float(u)) / mpmath.sqrt(2)) / 2 for u in x]
        return np.array([float(share) for share in shares])


@pytest.mark.parametrize("dtype", FLOATS[1:])
def test_the_error_of_the_normal_share(dtype, rng):
    x = np.concatenate([np.linspace(-9, 9, 901), rng.normal(size=500) * 3]).astype(dtype)
    epsilon = max(float(np.finfo(dtype).eps), 2.0**-52)
    exact = exact_share(x)
    error = np.abs(normal_share(x).astype(float) - exact)
    assert error.max() < 2 * epsilon
    near = np.abs(x) <= 5
    assert (error / exact)[near].max() < 10 * epsilon
    far = -np.array([6, 10, 13, 30, 37]).astype(dtype)[: 3 if dtype == np.float32 else 5]
    np.testing.assert_allclose(normal_share(far), exact_share(far), rtol=300 * epsilon)


def test_the_series_is_that_of_the_function_it_claims():
    """The coefficients by their definition: a sum over Chebyshev's points, in 40 digits."""
    with mpmath.workdps(40):

        def function(t):
            u = 4 * (1 - t) / (1 + t)
            return mpmath.exp(u * u / 2) * mpmath.erfc(u / mpmath.sqrt(2)) / 2 * (4 + u) / 4

        count = 60
        angles = [mpmath.pi * (j + mpmath.mpf(1) / 2) / count for j in range(count)]
        values = [function(mpmath.cos(angle)) for angle in angles]
        for k, coefficient in enumerate(TAIL):
            terms = [v * mpmath.cos(k * a) for v, a in zip(values, angles, strict=True)]
            exact = mpmath.fsum(terms) * (2 if k else 1) / count
            assert abs(coefficient - exact) < 2e-17
    assert sum(map(abs, TAIL[SHORT:])) < np.finfo(np.float32).eps / 16
    assert abs(TAIL[-1]) < np.finfo(np.float64).eps


@pytest.mark.parametrize("kind", [nn.SiLU, nn.GELU])
@pytest.mark.parametrize("dtype", FLOATS)
def test_far_from_zero_they_are_a_relu(kind, dtype):
    layer, large = kind(), float(np.finfo(dtype).max)
    x = np.array([[-np.inf, -large, large, np.inf, np.nan]], dtype)
    with np.errstate(over="raise", invalid="raise"):
        y, dx = layer(x), layer.backward(np.ones((1, 5), dtype))
    np.testing.assert_array_equal(y, [[0, 0, x[0, 2], np.inf, np.nan]])
    np.testing.assert_array_equal(dx, [[0, 0, 1, 1, np.nan]])


@pytest.mark.parametrize("kind", [nn.Sigmoid, nn.Tanh, nn.SiLU, nn.GELU])
def test_half_precision_is_rounded_once(kind, rng):
    x, dy = rng.normal(size=(2, 10, 50)).astype(np.float16)
    half, single = kind(), kind()
    np.testing.assert_array_equal(half(x), single(x.astype(np.float32)).astype(np.float16))
    dx = single.backward(dy.astype(np.float32))
    np.testing.assert_array_equal(half.backward(dy), dx.astype(np.float16))


@pytest.mark.parametrize("kind", [nn.ReLU, nn.Sigmoid, nn.Tanh, nn.SiLU, nn.GELU])
def test_any_shape_stays(kind):
    layer = kind()
    assert layer.output_shape((3, 4)) == (3, 4)
    assert layer(np.ones(3)).shape == (3,)
    assert repr(layer) == f"{kind.__name__}()"
    assert layer.count == 0
