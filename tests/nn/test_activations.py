"""Activations: literals by hand, far from zero, NaN, and the same value by another route."""

import numpy as np
import pytest

from convlib import nn


def test_relu_by_hand_is_flat_at_zero():
    layer = nn.ReLU()
    np.testing.assert_array_equal(layer([[-2, -0.5, 0, 0.5, 2]]), [[0, 0, 0, 0.5, 2]])
    np.testing.assert_array_equal(layer.backward([[1, 2, 3, 4, 5]]), [[0, 0, 0, 4, 5]])


def test_relu_and_what_is_no_number():
    layer = nn.ReLU()
    np.testing.assert_array_equal(layer([[np.nan, -np.inf, np.inf]]), [[np.nan, 0, np.inf]])
    np.testing.assert_array_equal(layer.backward([[1, np.nan, 3]]), [[1, 0, 3]])


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


@pytest.mark.parametrize("kind", [nn.ReLU, nn.Sigmoid, nn.Tanh])
def test_any_shape_stays(kind):
    layer = kind()
    assert layer.output_shape((3, 4)) == (3, 4)
    assert layer(np.ones(3)).shape == (3,)
    assert repr(layer) == f"{kind.__name__}()"
    assert layer.count == 0
