"""Pooling layers: literals by hand, the functions they wrap, texts."""

import re

import numpy as np
import pytest

import convlib as cl
from convlib import nn

X = np.array([[[3.0, 1, 4, 1, 5]]])


def test_by_hand():
    layer = nn.MaxPool(2, ceil_mode=True)
    np.testing.assert_array_equal(layer(X), [[[3, 4, 5]]])
    np.testing.assert_array_equal(layer.backward([[[10, 20, 30]]]), [[[10, 0, 20, 0, 30]]])
    layer = nn.AvgPool(2)
    np.testing.assert_array_equal(layer(X), [[[2, 2.5]]])
    np.testing.assert_array_equal(layer.backward([[[10, 20]]]), [[[5, 5, 10, 10, 0]]])


def test_the_mean_of_everything_by_hand():
    layer = nn.GlobalAvgPool()
    x = np.arange(8.0).reshape(1, 2, 2, 2)
    np.testing.assert_array_equal(layer(x), [[1.5, 5.5]])
    dx = layer.backward([[4, 8]])
    np.testing.assert_array_equal(dx, [[[[1, 1], [1, 1]], [[2, 2], [2, 2]]]])


OPTIONS = {"stride": (2, 3), "padding": (1, 0), "dilation": (1, 2), "ceil_mode": True}


def test_the_same_as_the_functions(rng):
    x = rng.normal(size=(2, 3, 9, 8))
    layer = nn.MaxPool((3, 2), **OPTIONS)
    y = layer(x)
    np.testing.assert_array_equal(y, cl.max_pool(x, (3, 2), **OPTIONS))
    dx = cl.max_pool_backward(y, x, (3, 2), **OPTIONS)
    np.testing.assert_array_equal(layer.backward(y), dx)


@pytest.mark.parametrize("counted", [True, False])
def test_the_mean_is_the_same_as_the_function(counted, rng):
    x = rng.normal(size=(2, 3, 9, 8))
    layer = nn.AvgPool((3, 2), **OPTIONS, count_include_pad=counted)
    y = layer(x)
    np.testing.assert_array_equal(y, cl.avg_pool(x, (3, 2), **OPTIONS, count_include_pad=counted))
    dx = cl.avg_pool_backward(y, x, (3, 2), **OPTIONS, count_include_pad=counted)
    np.testing.assert_array_equal(layer.backward(y), dx)


def test_an_int_serves_any_number_of_axes():
    layer = nn.MaxPool(2)
    shapes = [(3, 9), (3, 9, 8), (3, 9, 8, 7)]
    assert [layer.output_shape(s) for s in shapes] == [(3, 4), (3, 4, 4), (3, 4, 4, 3)]
    assert [nn.GlobalAvgPool().output_shape(s) for s in shapes] == [(3,)] * 3


@pytest.mark.parametrize(
    ("layer", "text"),
    [
        (nn.MaxPool(2), "MaxPool(2)"),
        (nn.MaxPool((2, 2), stride=2), "MaxPool(2×2)"),
        (nn.MaxPool(3, stride=3), "MaxPool(3)"),
        (nn.MaxPool(3, stride=2, padding=1), "MaxPool(3, stride 2, padding 1)"),
        (
            nn.MaxPool((2, 3), dilation=2, ceil_mode=True),
            "MaxPool(2×3, dilation 2, ceil_mode)",
        ),
        (nn.MaxPool(2, stride=(1, 2)), "MaxPool(2, stride (1, 2))"),
        (
            nn.AvgPool(2, padding=1, count_include_pad=False),
            "AvgPool(2, padding 1, count_include_pad False)",
        ),
        (nn.GlobalAvgPool(), "GlobalAvgPool()"),
    ],
)
def test_the_line_that_shows_a_layer(layer, text):
    assert repr(layer) == text


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (lambda: nn.MaxPool(0), "window=0: needs an integer of at least 1; the smallest window is"),
        (lambda: nn.AvgPool((2, 0)), "window=(2, 0): needs an integer of at least 1"),
        (lambda: nn.MaxPool(2, stride=0), "stride=0: needs an integer of at least 1; stride=1"),
        (lambda: nn.MaxPool((2, 2), stride=(1,)), "stride=(1,): needs one entry per spatial axis"),
        (lambda: nn.MaxPool(2, dilation=0), "dilation=0: needs an integer of at least 1; an ordin"),
        (
            lambda: nn.AvgPool(2, padding="sam"),
            "padding='sam': needs one of 'valid', 'same', 'full'",
        ),
    ],
)
def test_options_out_of_range(make, text):
    with pytest.raises(ValueError, match=re.escape(text)) as raised:
        make()
    assert str(raised.value).startswith(text)


@pytest.mark.parametrize("make", [nn.MaxPool, nn.AvgPool])
def test_modes_are_truth_values(make):
    with pytest.raises(TypeError, match="ceil_mode='yes': needs True or False"):
        make(2, ceil_mode="yes")


def test_counting_the_padding_is_a_truth_value():
    with pytest.raises(TypeError, match="count_include_pad=2: needs True or False"):
        nn.AvgPool(2, count_include_pad=2)


@pytest.mark.parametrize(
    ("layer", "shape", "text"),
    [
        (
            nn.MaxPool(2),
            (5, 3),
            "x has shape (N, 3): MaxPool(2) needs (N, C, *spatial), at least one spatial axis and"
            " none empty",
        ),
        (
            nn.GlobalAvgPool(),
            (5, 3, 0),
            "x has shape (N, 3, 0): GlobalAvgPool() needs (N, C, *spatial), at least one spatial"
            " axis and none empty",
        ),
        (
            nn.AvgPool((2, 2)),
            (5, 3, 4),
            "window=(2, 2): needs one entry per spatial axis (1), not 2",
        ),
        (
            nn.MaxPool(2),
            (5, 3, 4, 1),
            "spatial axis 1: window=2: needs at most 1, the padded input (n=1, padding=(0, 0)); add"
            " at least 1 to the padding, both sides together",
        ),
    ],
)
def test_inputs_of_the_wrong_shape(layer, shape, text):
    for call in (lambda: layer(np.zeros(shape)), lambda: layer.output_shape(shape[1:])):
        with pytest.raises(ValueError, match=re.escape(text)) as raised:
            call()
        assert str(raised.value) == text


def test_a_window_of_padding_alone_is_refused():
    with pytest.raises(ValueError, match="reads nothing but padding; use at most 1 per side"):
        nn.MaxPool(2, padding=2)(X)


@pytest.mark.parametrize(("dtype", "large"), [("f2", 6e4), ("f4", 3e38), ("f8", 1.5e308)])
@pytest.mark.parametrize("layer", [nn.GlobalAvgPool(), nn.AvgPool((3, 5))])
def test_a_mean_fits_where_the_sum_overflows(layer, dtype, large):
    x = np.full((2, 3, 3, 5), large, dtype)
    y = layer(x)
    assert y.dtype == dtype
    np.testing.assert_allclose(y.reshape(2, 3), x[..., 0, 0], rtol=1e-3 if dtype == "f2" else 1e-6)
