"""First weights: fans by hand, variances, why they are these, texts."""

import numpy as np
import pytest

from convlib import nn


@pytest.mark.parametrize(
    ("shape", "inputs", "outputs"),
    [
        ((10, 784), 784, 10),
        ((8, 3, 5), 15, 40),
        ((8, 3, 5, 5), 75, 200),
        ((2, 1, 3, 4, 5), 60, 120),
        ([8, 3, 5], 15, 40),
    ],
)
def test_fans(shape, inputs, outputs):
    assert (nn.fan_in(shape), nn.fan_out(shape)) == (inputs, outputs)


def test_the_fans_of_groups():
    """Depthwise: every input reaches the taps of one filter only."""
    assert (nn.fan_in((8, 1, 3, 3)), nn.fan_out((8, 1, 3, 3), groups=8)) == (9, 9)


@pytest.mark.parametrize("gain", [1, 2, 0.5])
def test_he_is_normal_with_variance_gain_over_fan_in(gain):
    w = nn.he((200, 30, 3, 3), rng=0, gain=gain)
    assert w.dtype == np.float64
    assert abs(w.mean()) < 4 * np.sqrt(gain / 270 / w.size)
    assert 0.98 < w.var() / (gain / 270) < 1.02
    assert 2.9 < (w**4).mean() / w.var() ** 2 < 3.1


def test_the_gain_is_2_unless_told():
    np.testing.assert_array_equal(nn.he((4, 5), rng=0), nn.he((4, 5), rng=0, gain=2))


def test_xavier():
    shape = (300, 30, 3, 2)
    assert 0.98 < nn.xavier(shape, rng=0).var() / (2 / (180 + 1800)) < 1.02
    assert 0.98 < nn.xavier(shape, rng=0, mode="fan_in").var() * 180 < 1.02
    assert 0.98 < nn.xavier(shape, rng=0, groups=3).var() / (2 / (180 + 600)) < 1.02


def test_twenty_layers_neither_explode_nor_fade(rng):
    x = rng.normal(size=(200, 256))
    for seed in range(20):
        x = np.maximum(nn.Dense(256, 256, bias=False, rng=seed)(x), 0)
    assert 0.2 < np.square(x).mean() < 2


@pytest.mark.parametrize("draw", [nn.he, nn.xavier])
def test_seeds(draw):
    same = draw((3, 4), rng=7), draw((3, 4), rng=np.random.default_rng(7))
    np.testing.assert_array_equal(*same)
    assert not np.array_equal(draw((3, 4)), draw((3, 4)))
    generator = np.random.default_rng(0)
    assert not np.array_equal(draw((3, 4), rng=generator), draw((3, 4), rng=generator))


@pytest.mark.parametrize(
    ("call", "error", "text"),
    [
        (
            lambda: nn.fan_in((3,)),
            ValueError,
            "shape=(3,): needs at least two axes, (C_out, C_in/groups, *kernel) or (n_out, n_in)",
        ),
        (lambda: nn.fan_out((0, 3)), ValueError, "shape=(0, 3): needs an integer of at least 1"),
        (lambda: nn.he(9), TypeError, "shape=9: needs a tuple of sizes; write shape=(9,)"),
        (lambda: nn.he((2, 3), gain=0), ValueError, "gain=0: needs a number above 0; 2 after a"),
        (lambda: nn.he((2, 3), gain=float("inf")), ValueError, "gain=inf: needs a number above 0"),
        (
            lambda: nn.Dense(1, 1, init=lambda shape, rng: np.full(shape, 1j)),
            TypeError,
            "init(shape, rng) has dtype complex128: needs integers or floats; layers compute",
        ),
        (
            lambda: nn.xavier((2, 3), mode="fan_inn"),
            ValueError,
            "mode='fan_inn': needs one of 'average', 'fan_in'; did you mean 'fan_in'?",
        ),
        (
            lambda: nn.fan_out((6, 1, 3), groups=4),
            ValueError,
            "groups=4: needs a divisor of 6 (w has 6 output channels (its axis 0)); try groups=3",
        ),
    ],
)
def test_what_is_refused(call, error, text):
    with pytest.raises(error) as raised:
        call()
    assert str(raised.value).startswith(text)
