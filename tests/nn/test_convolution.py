"""The convolution layers: literals by hand, the functions they wrap, first weights, error texts."""

import re

import numpy as np
import pytest

import convlib as cl
from convlib import nn


def test_forward_and_backward_by_hand():
    layer = nn.Conv(1, 1, 3, ndim=1)
    layer.params["w"][...] = [[[1, 2, 1]]]
    layer.params["b"][...] = 100
    np.testing.assert_array_equal(layer([[[3, 1, 4, 1, 5]]]), [[[109, 110, 111]]])
    np.testing.assert_array_equal(layer.backward([[[1, 2, 3]]]), [[[1, 4, 8, 8, 3]]])
    np.testing.assert_array_equal(layer.grads["w"], [[[17, 12, 21]]])
    np.testing.assert_array_equal(layer.grads["b"], [6])


def test_transposed_by_hand():
    layer = nn.ConvTranspose(1, 1, (3,), stride=2, bias=False)
    layer.params["w"][...] = [[[1, 10, 100]]]
    y = layer([[[1, 2, 3]]])
    np.testing.assert_array_equal(y, [[[1, 10, 102, 20, 203, 30, 300]]])
    np.testing.assert_array_equal(layer.backward(np.ones((1, 1, 7))), [[[111, 111, 111]]])
    np.testing.assert_array_equal(layer.grads["w"], [[[6, 6, 6]]])
    assert list(layer.grads) == ["w"]


def test_the_same_as_the_functions(rng):
    options = {"stride": (2, 1), "padding": ((1, 0), (0, 2)), "dilation": (1, 2), "groups": 2}
    layer = nn.Conv(4, 6, (3, 2), **options, rng=0)
    x = rng.normal(size=(2, 4, 8, 7))
    w, b = layer.params["w"], layer.params["b"]
    b[...] = rng.normal(size=6)
    y = layer(x)
    np.testing.assert_array_equal(y, cl.conv(x, w, b, **options))
    dx, dw, db = cl.conv_backward(y, x, w, **options)
    np.testing.assert_array_equal(layer.backward(y), dx)
    np.testing.assert_array_equal(layer.grads["w"], dw)
    np.testing.assert_array_equal(layer.grads["b"], db)


def test_a_transposed_layer_is_the_transpose_of_a_layer(rng):
    options = {"stride": 2, "padding": 1, "dilation": 2, "bias": False}
    down, up = nn.Conv(3, 5, 4, **options, rng=0), nn.ConvTranspose(5, 3, 4, **options)
    up.params["w"] = down.params["w"]
    x, dy = rng.normal(size=(2, 3, 9, 11)), rng.normal(size=(2, 5, 3, 4))
    assert down(x).shape == dy.shape
    np.testing.assert_allclose(up(dy), down.backward(dy), atol=1e-14)


def test_shapes_of_parameters():
    layer = nn.Conv(6, 9, (3, 5), groups=3)
    assert {name: a.shape for name, a in layer.params.items()} == {"w": (9, 2, 3, 5), "b": (9,)}
    layer = nn.ConvTranspose(6, 9, 2, ndim=3, groups=3)
    assert {name: a.shape for name, a in layer.params.items()} == {"w": (6, 3, 2, 2, 2), "b": (9,)}
    assert (nn.Conv(3, 64, 3).count, nn.Conv(3, 64, 3, bias=False).count) == (1792, 1728)


def test_seeds():
    one, two = nn.Conv(2, 3, 3, rng=5), nn.Conv(2, 3, 3, rng=np.random.default_rng(5))
    np.testing.assert_array_equal(one.params["w"], two.params["w"])
    assert not np.array_equal(one.params["w"], nn.Conv(2, 3, 3, rng=6).params["w"])
    assert not np.array_equal(nn.Conv(2, 3, 3).params["w"], nn.Conv(2, 3, 3).params["w"])
    single = nn.Conv(2, 3, 3, rng=5, dtype=np.float32).params["w"]
    np.testing.assert_array_equal(single, one.params["w"].astype(np.float32))
    np.testing.assert_array_equal(one.params["b"], [0, 0, 0])


@pytest.mark.parametrize("groups", [1, 4])
def test_he_keeps_the_mean_square_through_relu_and_layer(groups, rng):
    layer = nn.Conv(64, 64, 3, groups=groups, rng=0)
    x = rng.normal(size=(2, 64, 20, 20))
    y = layer(np.maximum(x, 0))
    assert 0.9 < np.square(y).mean() / np.square(x).mean() < 1.1


@pytest.mark.parametrize(
    ("kernel", "stride", "groups"), [(4, 2, 1), (4, 2, 4), (3, 3, 1), (2, 1, 1)]
)
def test_he_keeps_the_mean_square_in_a_transposed_layer_too(kernel, stride, groups, rng):
    layer = nn.ConvTranspose(128, 32, kernel, stride=stride, groups=groups, rng=0)
    x = rng.normal(size=(2, 128, 12, 12))
    y = layer(np.maximum(x, 0))[:, :, kernel:-kernel, kernel:-kernel]
    assert 0.85 < np.square(y).mean() / np.square(x).mean() < 1.15


def test_xavier_counts_the_channels_of_a_group():
    w = nn.Conv(32, 64, 3, groups=4, init="xavier", rng=0).params["w"]
    assert 0.95 < w.var() / (2 / (8 * 9 + 16 * 9)) < 1.05
    w = nn.ConvTranspose(64, 32, 4, stride=2, init="xavier", rng=0).params["w"]
    assert 0.95 < w.var() / (2 / (64 * 16 / 4 + 32 * 16)) < 1.05


def test_weights_of_ones_own():
    seen = []

    def init(shape, rng):
        seen.append((shape, type(rng)))
        return np.full(shape, 7)

    layer = nn.Conv(4, 6, (1, 2), groups=2, init=init, dtype=np.float32)
    assert seen == [((6, 2, 1, 2), np.random.Generator)]
    assert layer.params["w"].dtype == np.float32
    np.testing.assert_array_equal(layer.params["w"], 7)
    assert nn.ConvTranspose(4, 6, 2, init=init).params["w"].shape == (4, 6, 2, 2)


# ---------------------------------------------------------------- texts


@pytest.mark.parametrize(
    ("layer", "text"),
    [
        (
            nn.Conv(3, 8, 3, stride=2, padding=1),
            "Conv(3 → 8, kernel 3×3, stride 2, padding 1) · 224 parameters",
        ),
        (nn.Conv(1, 1, 1, ndim=1, bias=False), "Conv(1 → 1, kernel 1, no bias) · 1 parameter"),
        (
            nn.Conv(4, 8, (3, 5), stride=(2, 2), padding="same", dilation=[1, 2], groups=4),
            "Conv(4 → 8, kernel 3×5, stride 2, padding same, dilation (1, 2), groups 4)"
            " · 128 parameters",
        ),
        (
            nn.Conv(np.int64(1), 2, (np.int64(3),), padding=[(0, 1)]),
            "Conv(1 → 2, kernel 3, padding ((0, 1),)) · 8 parameters",
        ),
        (
            nn.ConvTranspose(64, 32, 4, stride=2, padding=1, output_padding=1),
            "ConvTranspose(64 → 32, kernel 4×4, stride 2, padding 1, output_padding 1)"
            " · 32,800 parameters",
        ),
    ],
)
def test_the_line_that_shows_a_layer(layer, text):
    assert repr(layer) == text


@pytest.mark.parametrize(
    ("arguments", "options", "error", "text"),
    [
        ((0, 8, 3), {}, ValueError, "c_in=0: needs an integer of at least 1"),
        (
            (3, 8.0, 3),
            {},
            TypeError,
            "c_out=8.0: needs an integer of at least 1, not float; write 8",
        ),
        ((3, 8, 0), {}, ValueError, "kernel=0: needs an integer of at least 1"),
        ((3, 8, (3, 0)), {}, ValueError, "kernel=(3, 0): needs an integer of at least 1"),
        ((3, 8, 3), {"ndim": 0}, ValueError, "ndim=0: needs an integer of at least 1"),
        (
            (3, 8, 3),
            {"stride": 0},
            ValueError,
            "stride=0: needs an integer of at least 1; stride=1 visits every position",
        ),
        (
            (3, 8, 3),
            {"stride": (1, 2, 3)},
            ValueError,
            "stride=(1, 2, 3): needs one entry per spatial axis (2), not 3",
        ),
        ((3, 8, 3), {"padding": -1}, ValueError, "padding=-1: needs an integer of at least 0"),
        (
            (3, 8, 3),
            {"padding": "smae"},
            ValueError,
            "padding='smae': needs one of 'valid', 'same',",
        ),
        (
            (3, 8, 3),
            {"groups": 2},
            ValueError,
            "groups=2: needs a divisor of 3 (c_in is 3); try groups=1",
        ),
        (
            (4, 6, 3),
            {"groups": 4},
            ValueError,
            "groups=4: needs a divisor of 6 (c_out is 6); try groups=2",
        ),
        ((3, 8, 3), {"bias": 0.5}, TypeError, "bias=0.5: needs True or False"),
        (
            (3, 8, 3),
            {"init": "hee"},
            ValueError,
            "init='hee': needs one of 'he', 'xavier'; did you mean 'he'?",
        ),
        (
            (3, 8, 3),
            {"init": lambda shape, rng: np.ones(3)},
            ValueError,
            "init(shape, rng) has shape (3,): needs (8, 3, 3, 3), the shape of the weights",
        ),
    ],
)
def test_options_out_of_range(arguments, options, error, text):
    with pytest.raises(error) as raised:
        nn.Conv(*arguments, **options)
    assert str(raised.value).startswith(text)


def test_output_padding_out_of_range():
    with pytest.raises(ValueError, match="output_padding=-1: needs an integer of at least 0"):
        nn.ConvTranspose(1, 1, 3, output_padding=-1)
    layer = nn.ConvTranspose(1, 1, 3, stride=2, output_padding=2)
    with pytest.raises(ValueError, match=r"spatial axis 0: output_padding=2: needs fewer than max"):
        layer.output_shape((1, 5, 5))


@pytest.mark.parametrize(
    ("shape", "text"),
    [
        (
            (2, 4, 9, 9),
            "x has shape (N, 4, 9, 9): Conv(3 → 8, kernel 5×5) needs (N, 3, *spatial)"
            " with 2 spatial axes",
        ),
        (
            (3, 9, 9),
            "x has shape (N, 9, 9): Conv(3 → 8, kernel 5×5) needs (N, 3, *spatial) with 2 spatial"
            " axes; add the missing axis of length 1: x[np.newaxis], or x[:, np.newaxis]",
        ),
        (
            (2, 9, 9, 3),
            "x has shape (N, 9, 9, 3): Conv(3 → 8, kernel 5×5) needs (N, 3, *spatial) with"
            " 2 spatial axes; channels come first: np.moveaxis(x, -1, 1)",
        ),
        (
            (2, 3, 0, 9),
            "x has shape (N, 3, 0, 9): Conv(3 → 8, kernel 5×5) needs (N, 3, *spatial) with"
            " 2 spatial axes, none empty",
        ),
        (
            (2,),
            "x has shape (N,): Conv(3 → 8, kernel 5×5) needs (N, 3, *spatial) with 2 spatial axes",
        ),
        (
            (2, 3, 9, 4),
            "spatial axis 1: kernel=5: needs at most 4, the padded input (n=4, padding=(0, 0)); add"
            " at least 1 to the padding, both sides together",
        ),
    ],
)
def test_inputs_of_the_wrong_shape(shape, text):
    layer = nn.Conv(3, 8, 5)
    for call in (lambda: layer(np.zeros(shape)), lambda: layer.output_shape(shape[1:])):
        with pytest.raises(ValueError, match=re.escape(text)) as raised:
            call()
        assert str(raised.value) == text


def test_one_spatial_axis_is_one_axis():
    with pytest.raises(ValueError, match=r"needs \(N, 1, \*spatial\) with 1 spatial axis$"):
        nn.ConvTranspose(1, 1, (3,))(np.zeros((1, 1, 3, 3)))
