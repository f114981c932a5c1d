"""Dropout: what is dropped, the mean that is kept, seeds, the two modes."""

import re

import numpy as np
import pytest

from convlib import nn


def test_zeros_and_larger_values():
    layer = nn.Dropout(0.2, rng=0)
    x = np.full((100, 100), 4.0)
    y = layer(x)
    np.testing.assert_array_equal(np.unique(y), [0, 5])
    assert abs((y == 0).mean() - 0.2) < 0.02
    np.testing.assert_array_equal(layer.backward(x), y)


def test_the_mean_is_kept():
    y = nn.Dropout(0.75, rng=0)(np.ones((400, 400)))
    assert abs(y.mean() - 1) < 0.02


def test_every_forward_has_a_mask_of_its_own():
    layer, x = nn.Dropout(0.5, rng=0), np.ones((8, 8))
    assert not np.array_equal(layer(x), layer(x))


def test_seeds():
    x = np.ones((8, 8))
    seeded = nn.Dropout(rng=3)(x)
    np.testing.assert_array_equal(seeded, nn.Dropout(rng=np.random.default_rng(3))(x))
    assert not np.array_equal(nn.Dropout()(x), nn.Dropout()(x))


@pytest.mark.parametrize("layer", [nn.Dropout(0.5).eval(), nn.Dropout(0)])
def test_nothing_is_dropped(layer, rng):
    x, dy = rng.normal(size=(2, 3, 4, 5))
    np.testing.assert_array_equal(layer(x), x)
    np.testing.assert_array_equal(layer.backward(dy), dy)


def test_evaluation_draws_no_numbers():
    one, two = nn.Dropout(rng=0), nn.Dropout(rng=0)
    one.eval()(np.ones((3, 3)))
    np.testing.assert_array_equal(one.train()(np.ones((3, 3))), two(np.ones((3, 3))))


def test_backward_belongs_to_its_forward():
    layer = nn.Dropout(0.5, rng=0)
    y = layer(np.ones((4, 4)))
    np.testing.assert_array_equal(layer.eval().backward(np.ones((4, 4))), y)


def test_what_is_dropped_is_gone():
    y = nn.Dropout(0.5, rng=0)(np.full((20, 20), np.nan))
    assert 0 < np.isnan(y).sum() < 400
    assert (y[~np.isnan(y)] == 0).all()


def test_the_line_that_shows_it():
    assert [repr(nn.Dropout(p)) for p in (0.5, 0, 0.125)] == [
        "Dropout(0.5)",
        "Dropout(0)",
        "Dropout(0.125)",
    ]


@pytest.mark.parametrize(
    ("p", "text"),
    [
        (1, "p=1: needs a probability of a zero, 0 <= p < 1"),
        (-0.1, "p=-0.1: needs a probability of a zero, 0 <= p < 1"),
        (float("nan"), "p=nan: needs a probability of a zero, 0 <= p < 1"),
        (1.5, "p=1.5: needs a probability of a zero, 0 <= p < 1"),
        (25, "p=25: needs a probability of a zero, 0 <= p < 1; 25 % is p=0.25"),
    ],
)
def test_p_out_of_range(p, text):
    with pytest.raises(ValueError, match=re.escape(text)) as raised:
        nn.Dropout(p)
    assert str(raised.value) == text


def test_p_is_a_number():
    with pytest.raises(TypeError, match="p='half': needs a probability of a zero, 0 <= p < 1"):
        nn.Dropout("half")
