"""The network for digits: counts by hand, shapes, gradients, seeds, errors."""

import numpy as np
import pytest

from convlib import nn


def test_count_by_hand():
    first, second, third = 9 * 24, 24 * 24 * 9, 24 * 48 * 9
    norms, dense = 2 * (24 + 24 + 48), 4 * 48 * 10 + 10
    assert nn.digit_net().count == first + second + third + norms + dense < 20_000


def test_layers_and_shapes():
    net = nn.digit_net(channels=2, classes=3, rng=0)
    names = [type(layer).__name__ for layer in net]
    block = ["Conv", "BatchNorm", "ReLU"]
    assert names == [*block, *block, "MaxPool", *block, "MaxPool", "Flatten", "Dense"]
    assert net(np.zeros((4, 1, 8, 8), np.float32)).shape == (4, 3)
    assert net[7].params["w"].shape == (4, 2, 3, 3)


def test_dtype():
    assert nn.digit_net().dtype == np.float32
    assert nn.digit_net(dtype=np.float64).dtype == np.float64


def test_gradients(rng):
    net = nn.digit_net(channels=2, rng=1, dtype=np.float64)
    errors = nn.check_gradients(net, rng.normal(size=(3, 1, 8, 8)), rng=0)
    assert max(errors.values()) < 1e-6


def test_seeds():
    one, same, other = (nn.digit_net(rng=seed).params["0.w"] for seed in (1, 1, 2))
    np.testing.assert_array_equal(one, same)
    assert not np.array_equal(one, other)


def test_every_layer_draws_numbers_of_its_own():
    net = nn.digit_net(channels=3, rng=0)
    one, two = (net[i].params["w"].ravel()[:9] for i in (0, 3))
    assert not np.allclose(one / one[0], two / two[0])


@pytest.mark.parametrize("option", ["channels", "classes"])
def test_errors(option):
    with pytest.raises(ValueError, match=option):
        nn.digit_net(**{option: 0})
