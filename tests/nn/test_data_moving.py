"""Moves by whole pixels and by fractions: by hand, what stays the same, seeds, errors."""

import numpy as np
import pytest

from convlib import nn


class Fixed(np.random.Generator):
    """A generator whose uniform numbers are all the upper or the lower limit."""

    def __init__(self, up):
        super().__init__(np.random.PCG64(0))
        self.up = up

    def uniform(self, low=0.0, high=1.0, size=None):
        return np.full(size, high if self.up else low)


def test_by_hand_to_the_right():
    np.testing.assert_array_equal(nn.nudge([[[4, 8, 0]]], Fixed(up=True), 0.25), [[[4, 7, 2]]])


def test_by_hand_to_the_left():
    np.testing.assert_array_equal(nn.nudge([[[4, 8, 0]]], Fixed(up=False), 0.25), [[[5, 6, 0]]])


def test_both_axes():
    y = nn.nudge([[[[0, 0, 0], [0, 16, 0], [0, 0, 0]]]], Fixed(up=True), 0.25)
    np.testing.assert_array_equal(y, [[[[0, 0, 0], [0, 9, 3], [0, 3, 1]]]])


def test_a_flat_picture_stays_flat_and_nothing_leaves_the_range(rng):
    np.testing.assert_allclose(nn.nudge(np.full((3, 2, 4, 5), 7.0), rng), 7, rtol=1e-12)
    x = rng.uniform(-1, 1, size=(20, 1, 6))
    y = nn.nudge(x, rng, 1)
    assert x.min() <= y.min() <= y.max() <= x.max()


def test_by_nothing(rng):
    x = rng.normal(size=(2, 3, 4))
    np.testing.assert_array_equal(nn.nudge(x, rng, 0), x)


def test_every_sample_moves_by_its_own_amount():
    x = np.zeros((5, 1, 3))
    x[:, 0, 1] = 1
    assert len(np.unique(nn.nudge(x, 0)[:, 0, 1])) == 5


def test_seeds_and_dtypes(rng):
    x = rng.normal(size=(4, 1, 8, 8)).astype(np.float32)
    before = x.copy()
    y = nn.nudge(x, 3)
    np.testing.assert_array_equal(y, nn.nudge(x, np.random.default_rng(3)))
    np.testing.assert_array_equal(x, before)
    assert y.dtype == np.float32
    assert nn.nudge(np.ones((1, 1, 2), int), 0).dtype == np.float64


@pytest.mark.parametrize("kind", [">f2", ">f4", ">f8", ">i4"])
def test_both_ways_in_the_other_byte_order(kind, rng):
    x = rng.integers(0, 9, (4, 1, 5)).astype(kind)
    for move in (nn.shift, nn.nudge):
        y, plain = move(x, 3), move(x.astype(x.dtype.newbyteorder("=")), 3)
        np.testing.assert_array_equal(y, plain)
        assert y.dtype == plain.dtype
        assert y.dtype.isnative


def test_a_complex_batch_is_not_halved():
    with pytest.raises(TypeError, match="batch has dtype complex128: needs integers or floats"):
        nn.nudge(np.ones((1, 1, 3), complex), 0)


@pytest.mark.parametrize("most", [-0.1, 1.5])
def test_error_of_most(most):
    with pytest.raises(ValueError, match=r"needs a number from 0 to 1"):
        nn.nudge(np.ones((1, 1, 2)), 0, most)


def test_error_of_the_batch():
    with pytest.raises(ValueError, match=r"needs \(N, C, \*spatial\)"):
        nn.nudge([[1, 2]], 0)


def test_shift():
    x = np.arange(1.0, 13).reshape(1, 1, 3, 4).repeat(400, 0)
    y = nn.shift(x, 0, most=1)
    padded = np.pad(x[0, 0], 1)
    views = {padded[i : i + 3, j : j + 4].tobytes() for i in range(3) for j in range(3)}
    assert {image[0].tobytes() for image in y} == views
    np.testing.assert_array_equal(nn.shift(x, 0, most=0), x)
    assert nn.shift(x.astype(np.float32), 0).dtype == np.float32
    assert nn.shift(np.ones((2, 3, 4, 5, 6)), 0, 2).shape == (2, 3, 4, 5, 6)
    both = nn.shift(np.stack([x[:, 0], x[:, 0]], 1), 3)
    np.testing.assert_array_equal(both[:, 0], both[:, 1])
    with pytest.raises(ValueError, match="most=-1: needs an integer of at least 0"):
        nn.shift(x, 0, most=-1)
