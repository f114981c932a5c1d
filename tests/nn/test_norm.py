"""BatchNorm: by hand, against a plain calculation, against differences, the buffers, texts."""

import numpy as np
import pytest

from convlib import nn


def plain(x, gamma, beta, eps, mean=None, var=None):
    """Channel by channel, without a broadcast; statistics of the batch unless they are given."""
    y = np.empty_like(x)
    for c in range(x.shape[1]):
        values = x[:, c].ravel().tolist()
        mu = sum(values) / len(values) if mean is None else mean[c]
        v = sum((value - mu) ** 2 for value in values) / len(values) if var is None else var[c]
        y[:, c] = gamma[c] * (x[:, c] - mu) / np.sqrt(v + eps) + beta[c]
    return y


def layer_of(rng, c=3, **options):
    layer = nn.BatchNorm(c, **options)
    layer.params["gamma"][...] = rng.normal(size=c)
    layer.params["beta"][...] = rng.normal(size=c)
    return layer


def test_by_hand():
    layer = nn.BatchNorm(1, eps=1.25)  # mean 2.5, variance 1.25, and 1.25 more: √2.5
    layer.params["gamma"][...] = 10
    layer.params["beta"][...] = 7
    y = layer([[1], [2], [3], [4]])
    np.testing.assert_allclose(y[:, 0], 7 + np.array([-15, -5, 5, 15]) / np.sqrt(2.5))
    np.testing.assert_allclose(layer.buffers["mean"], [0.25])
    np.testing.assert_allclose(layer.buffers["var"], [0.9 + 0.1 * 5 / 3])
    dx = layer.backward([[1], [0], [0], [0]])
    x_hat = np.array([-1.5, -0.5, 0.5, 1.5]) / np.sqrt(2.5)
    expected = 10 / np.sqrt(2.5) * (np.array([1, 0, 0, 0]) - 0.25 - x_hat * x_hat[0] / 4)
    np.testing.assert_allclose(dx[:, 0], expected)
    np.testing.assert_allclose(layer.grads["gamma"], [x_hat[0]])
    np.testing.assert_allclose(layer.grads["beta"], [1])


SHAPES = [(6, 3), (4, 3, 5), (2, 3, 4, 5), (2, 3, 2, 3, 2)]


@pytest.mark.parametrize("shape", SHAPES)
def test_against_the_plain_calculation(shape, rng):
    layer, x = layer_of(rng, eps=0.01), rng.normal(2, 3, shape)
    gamma, beta = layer.params["gamma"], layer.params["beta"]
    np.testing.assert_allclose(layer(x), plain(x, gamma, beta, 0.01), atol=1e-13)
    mean, var = layer.buffers["mean"], layer.buffers["var"]
    y = layer.eval()(x)
    np.testing.assert_allclose(y, plain(x, gamma, beta, 0.01, mean, var), atol=1e-13)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("training", [True, False])
def test_against_differences_entry_by_entry(shape, training, rng):
    layer, x = layer_of(rng, eps=0.01).train(training), rng.normal(2, 3, shape)
    layer.buffers["mean"] += 1
    gamma, beta = layer.params["gamma"], layer.params["beta"]
    given = {} if training else {"mean": layer.buffers["mean"], "var": layer.buffers["var"]}
    dy, h = rng.normal(size=shape), 1e-5
    layer(x)
    dx = layer.backward(dy)
    for index in np.ndindex(shape):
        step = np.zeros(shape)
        step[index] = h
        up, down = (plain(x + s, gamma, beta, 0.01, **given) for s in (step, -step))
        assert abs(((up - down) * dy).sum() / (2 * h) - dx[index]) < 1e-7


def test_every_channel_gets_mean_0_and_variance_1(rng):
    x = rng.normal(5, 7, (8, 3, 10, 10)) * [[[1]], [[10]], [[0.1]]]
    y = nn.BatchNorm(3, eps=1e-12)(x)
    np.testing.assert_allclose(y.mean(axis=(0, 2, 3)), 0, atol=1e-12)
    np.testing.assert_allclose(y.var(axis=(0, 2, 3)), 1, rtol=1e-8)


def test_the_gradient_in_training_has_no_part_that_shifts_or_scales(rng):
    """The output does not see a shift of a channel, nor, but for eps, a scale."""
    layer, x = layer_of(rng, eps=1e-12), rng.normal(size=(4, 3, 5, 5))
    layer(x)
    dx = layer.backward(rng.normal(size=x.shape))
    np.testing.assert_allclose(dx.sum(axis=(0, 2, 3)), 0, atol=1e-12)
    np.testing.assert_allclose((dx * x).sum(axis=(0, 2, 3)), 0, atol=1e-9)


def test_a_large_offset_costs_few_digits(rng):
    x = rng.normal(size=(4, 1, 50))
    y, shifted = (nn.BatchNorm(1)(x + offset) for offset in (0, 1e6))
    np.testing.assert_allclose(shifted, y, atol=1e-8)


@pytest.mark.parametrize("momentum", [0, 0.1, 0.3, 1])
def test_the_buffers_after_two_batches(momentum, rng):
    layer = nn.BatchNorm(2, momentum=momentum)
    mean, var = np.zeros(2), np.ones(2)
    held = dict(layer.buffers)
    for n in (3, 5):
        x = rng.normal(4, 2, (n, 2, 6))
        layer(x)
        mean = (1 - momentum) * mean + momentum * x.mean(axis=(0, 2))
        var = (1 - momentum) * var + momentum * x.var(axis=(0, 2), ddof=1)
    np.testing.assert_allclose(layer.buffers["mean"], mean, atol=1e-14)
    np.testing.assert_allclose(layer.buffers["var"], var, atol=1e-14)
    assert all(layer.buffers[name] is array for name, array in held.items())


def test_evaluation_leaves_the_buffers_and_treats_samples_one_by_one(rng):
    layer = layer_of(rng)
    layer(rng.normal(size=(4, 3, 5)))
    before = {name: array.copy() for name, array in layer.buffers.items()}
    x = rng.normal(size=(4, 3, 5))
    y = layer.eval()(x)
    alone = np.concatenate([layer(sample[np.newaxis]) for sample in x])
    np.testing.assert_array_equal(y, alone)
    assert all(np.array_equal(layer.buffers[name], array) for name, array in before.items())


def test_evaluation_is_an_affine_map_and_its_gradient_the_slope(rng):
    layer = layer_of(rng).eval()
    layer.buffers["var"][...] = [1, 4, 9]
    x, dy = rng.normal(size=(2, 4, 3, 5))
    layer(x)
    slope = layer.params["gamma"] / np.sqrt(np.array([1, 4, 9]) + 1e-5)
    np.testing.assert_allclose(layer.backward(dy), dy * slope[:, np.newaxis], rtol=1e-14)


def test_backward_belongs_to_its_forward(rng):
    x, dy = rng.normal(size=(2, 4, 3, 5))
    one, two = nn.BatchNorm(3), nn.BatchNorm(3)
    one(x)
    two(x)
    np.testing.assert_array_equal(one.eval().backward(dy), two.backward(dy))


def test_eps_keeps_a_constant_channel_finite():
    y = nn.BatchNorm(1)(np.full((3, 1, 4), 7.0))
    np.testing.assert_array_equal(y, 0)


@pytest.mark.parametrize("shape", [(1, 2), (1, 2, 1, 1)])
def test_one_value_has_no_variance(shape):
    layer = nn.BatchNorm(2)
    with pytest.raises(ValueError, match="one value per channel: training needs at least 2;"):
        layer(np.ones(shape))
    np.testing.assert_array_equal(layer.buffers["mean"], 0)
    np.testing.assert_allclose(layer.eval()(np.ones(shape)), 1, rtol=1e-5)


def test_the_line_that_shows_it():
    assert repr(nn.BatchNorm(8)) == "BatchNorm(8) · 16 parameters"
    text = "BatchNorm(8, eps 0.001, momentum 0.2) · 16 parameters"
    assert repr(nn.BatchNorm(8, eps=1e-3, momentum=0.2)) == text


@pytest.mark.parametrize(
    ("make", "error", "text"),
    [
        (lambda: nn.BatchNorm(0), ValueError, "channels=0: needs an integer of at least 1"),
        (lambda: nn.BatchNorm(2, eps=0), ValueError, "eps=0: needs a number above 0, for example"),
        (lambda: nn.BatchNorm(2, momentum=1.1), ValueError, "momentum=1.1: needs a number from 0"),
        (lambda: nn.BatchNorm(2, momentum=None), TypeError, "momentum=None: needs a number from"),
        (
            lambda: nn.BatchNorm(2)(np.zeros((4, 3, 5))),
            ValueError,
            "x has shape (N, 3, 5): BatchNorm(2) needs 2 channels on axis 1",
        ),
        (
            lambda: nn.BatchNorm(2).output_shape(()),
            ValueError,
            "x has shape (N,): BatchNorm(2) needs 2 channels on axis 1",
        ),
        (
            lambda: nn.BatchNorm(2)(np.zeros((4, 5, 2))),
            ValueError,
            "x has shape (N, 5, 2): BatchNorm(2) needs 2 channels on axis 1; channels come first:"
            " np.moveaxis(x, -1, 1)",
        ),
    ],
)
def test_what_is_refused(make, error, text):
    with pytest.raises(error) as raised:
        make()
    assert str(raised.value).startswith(text)
