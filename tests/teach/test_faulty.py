"""The layer with planted bugs: right without one, and each bug wrong where it should be, only."""

import numpy as np
import pytest

import convlib as cl
from convlib.teach.faulty import BUGS, backward, sigmoid, sigmoid_backward

LAYERS = [  # inputs, stride, padding, samples
    (9, 1, 1, 1),
    (9, 1, 1, 2),
    (9, 2, 1, 2),
    (8, 2, 0, 2),
    (8, 2, 1, 2),
]
#: What is wrong in each of the layers: dx, dw, both or nothing.
WRONG = {
    "overwrites": ["x", "x", "x", "x", "x"],
    "stride missing": ["", "", "xw", "xw", "xw"],
    "no batch sum": ["", "w", "w", "w", "w"],
    "remainder crop": ["", "", "", "", "x"],
    "kernel not flipped": ["x", "x", "x", "x", "x"],
}


def both(number, bug=None):
    """Return the gradients of a layer in `LAYERS` and the right ones, all of whole numbers."""
    n, stride, padding, samples = LAYERS[number]
    rng = np.random.default_rng(number)
    x, w = rng.integers(-9, 10, (samples, 2, n)), rng.integers(-9, 10, (3, 2, 3))
    options = {"stride": stride, "padding": padding}
    dy = rng.integers(-9, 10, cl.conv(x, w, **options).shape)
    return backward(dy, x, w, bug=bug, **options), cl.conv_backward(dy, x, w, **options)


@pytest.mark.parametrize("number", range(len(LAYERS)))
def test_without_a_bug_it_is_the_library(number):
    (dx, dw), right = both(number)
    np.testing.assert_array_equal(dx, right.dx, strict=True)
    np.testing.assert_array_equal(dw, right.dw, strict=True)


@pytest.mark.parametrize("bug", BUGS)
@pytest.mark.parametrize("number", range(len(LAYERS)))
def test_each_bug_is_wrong_where_it_should_be(bug, number):
    (dx, dw), right = both(number, bug)
    assert dx.shape == right.dx.shape
    assert dw.shape == right.dw.shape
    found = "x" * (not np.array_equal(dx, right.dx)) + "w" * (not np.array_equal(dw, right.dw))
    assert found == WRONG[bug][number]


def test_floats_and_the_inputs_survive(rng):
    x, w, dy = (rng.standard_normal(shape) for shape in [(2, 2, 6), (3, 2, 3), (2, 3, 4)])
    kept = [a.copy() for a in (dy, x, w)]
    dx, dw = backward(dy, x, w)
    right = cl.conv_backward(dy, x, w)
    np.testing.assert_allclose(dx, right.dx, rtol=0, atol=1e-12)
    np.testing.assert_allclose(dw, right.dw, rtol=0, atol=1e-12)
    for a, old in zip((dy, x, w), kept, strict=True):
        np.testing.assert_array_equal(a, old)


def test_an_unknown_bug_is_refused():
    with pytest.raises(ValueError, match=r"^bug='typo': there are overwrites, stride missing, "):
        backward(np.ones((1, 1, 1)), np.ones((1, 1, 1)), np.ones((1, 1, 1)), bug="typo")


def test_the_published_sigmoid_is_wrong_in_both_ways():
    assert round(float(sigmoid(2)), 3) == 0.119  # the sigmoid of 2 is 0.881
    numeric = cl.numerical_gradient(lambda x: sigmoid(x).sum(), [0.5])
    np.testing.assert_allclose(sigmoid_backward(1, [0.5]), 0.235, atol=5e-4)
    np.testing.assert_allclose(numeric, -0.235, atol=5e-4)
