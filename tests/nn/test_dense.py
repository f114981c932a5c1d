"""Dense and Flatten: literals by hand, first weights, texts."""

import re

import numpy as np
import pytest

from convlib import nn


def test_forward_and_backward_by_hand():
    layer = nn.Dense(3, 2)
    layer.params["w"][...] = [[1, 2, 3], [4, 5, 6]]
    layer.params["b"][...] = [10, 20]
    np.testing.assert_array_equal(layer([[1, 0, 0], [1, 1, 1]]), [[11, 24], [16, 35]])
    dx = layer.backward([[1, 0], [0, 2]])
    np.testing.assert_array_equal(dx, [[1, 2, 3], [8, 10, 12]])
    np.testing.assert_array_equal(layer.grads["w"], [[1, 0, 0], [2, 2, 2]])
    np.testing.assert_array_equal(layer.grads["b"], [1, 2])


def test_without_a_bias():
    layer = nn.Dense(3, 2, bias=False, init=lambda shape, rng: np.ones(shape))
    np.testing.assert_array_equal(layer([[1, 2, 3]]), [[6, 6]])
    layer.backward([[1, 2]])
    assert list(layer.params) == list(layer.grads) == ["w"]
    assert repr(layer) == "Dense(3 → 2, no bias) · 6 parameters"


def test_a_dense_layer_is_a_convolution_of_kernel_1(rng):
    dense, conv = nn.Dense(5, 4, rng=0), nn.Conv(5, 4, 1, ndim=1)
    conv.params["w"] = dense.params["w"][:, :, np.newaxis]
    x = rng.normal(size=(3, 5))
    np.testing.assert_allclose(dense(x), conv(x[:, :, np.newaxis])[:, :, 0], atol=1e-14)


def test_first_weights():
    w = nn.Dense(300, 400, rng=0).params["w"]
    assert w.shape == (400, 300)
    assert 0.97 < w.var() / (2 / 300) < 1.03
    w = nn.Dense(300, 400, init="xavier", rng=0).params["w"]
    assert 0.97 < w.var() / (2 / 700) < 1.03


def test_flatten_keeps_a_channel_together():
    layer = nn.Flatten()
    x = np.arange(12.0).reshape(1, 2, 2, 3)
    np.testing.assert_array_equal(layer(x), [np.arange(12)])
    np.testing.assert_array_equal(layer.backward([np.arange(12)]), x)
    assert layer.output_shape((2, 2, 3)) == (12,)
    assert layer.output_shape(()) == (1,)
    assert repr(layer) == "Flatten()"


@pytest.mark.parametrize(
    ("shape", "text"),
    [
        ((5, 3), "x has shape (N, 3): Dense(12 → 2) needs (N, 12)"),
        (
            (12,),
            "x has shape (N,): Dense(12 → 2) needs (N, 12); one sample alone is x[np.newaxis]",
        ),
        (
            (5, 3, 2, 2),
            "x has shape (N, 3, 2, 2): Dense(12 → 2) needs (N, 12); put a Flatten() before it",
        ),
    ],
)
def test_inputs_of_the_wrong_shape(shape, text):
    layer = nn.Dense(12, 2)
    for call in (lambda: layer(np.zeros(shape)), lambda: layer.output_shape(shape[1:])):
        with pytest.raises(ValueError, match=re.escape(text)) as raised:
            call()
        assert str(raised.value) == text


@pytest.mark.parametrize(
    ("make", "error", "text"),
    [
        (lambda: nn.Dense(0, 1), ValueError, "n_in=0: needs an integer of at least 1"),
        (lambda: nn.Dense(1, 0), ValueError, "n_out=0: needs an integer of at least 1"),
        (lambda: nn.Dense(1, 1, rng=-1), TypeError, "rng=-1: needs a seed (an integer of at least"),
        (lambda: nn.Dense(1, 1, dtype="foo"), TypeError, "dtype='foo': parameters need a floating"),
        (
            lambda: nn.Dense(1, 1).output_shape(1),
            TypeError,
            "shape=1: needs a tuple of sizes; write shape=(1,)",
        ),
        (lambda: nn.Flatten().output_shape(1), TypeError, "shape=1: needs a tuple of sizes"),
        (lambda: nn.Tanh().output_shape(1), TypeError, "shape=1: needs a tuple of sizes"),
        (lambda: nn.Sequential().output_shape(1), TypeError, "shape=1: needs a tuple of sizes"),
        (lambda: nn.Dense(1, 1, bias=None), TypeError, "bias=None: needs True or False"),
        (
            lambda: nn.Dense(1, 1, init="Xavier"),
            ValueError,
            "init='Xavier': needs one of 'he', 'xa",
        ),
    ],
)
def test_options_out_of_range(make, error, text):
    with pytest.raises(error) as raised:
        make()
    assert str(raised.value).startswith(text)
