"""The one-dimensional shorthand, against NumPy's two functions."""

import numpy as np
import pytest

import convlib as cl


def test_the_opening_example_of_the_book() -> None:
    np.testing.assert_array_equal(cl.correlate1d([3, 1, 4, 1, 5], [1, 2, 1]), [9, 10, 11])


def test_the_kernel_is_not_reversed_in_a_correlation() -> None:
    np.testing.assert_array_equal(cl.correlate1d([0, 0, 1, 0, 0], [1, 2, 3]), [3, 2, 1])


def test_the_kernel_is_reversed_in_a_convolution() -> None:
    np.testing.assert_array_equal(cl.convolve1d([0, 1, 0], [1, 2, 3]), [0, 1, 2, 3, 0])


def test_the_bias_is_added_once_per_output() -> None:
    np.testing.assert_array_equal(cl.correlate1d([1, 2, 3], [1, 1], 10), [13, 15])


@pytest.mark.parametrize("n", range(1, 9))
@pytest.mark.parametrize("k", range(1, 9))
def test_numpy_agrees(n: int, k: int, rng: np.random.Generator) -> None:
    x, w = rng.standard_normal(n), rng.standard_normal(k)
    np.testing.assert_allclose(cl.convolve1d(x, w), np.convolve(x, w), atol=1e-13)
    if k <= n:
        np.testing.assert_allclose(cl.correlate1d(x, w), np.correlate(x, w, "valid"), atol=1e-13)


def test_options_reach_the_library() -> None:
    y = cl.correlate1d([1, 2, 3, 4, 5], [1, 1], stride=2, padding=((1, 0),), dilation=2)
    np.testing.assert_array_equal(y, [2, 6])


@pytest.mark.parametrize("bad", [[], 3, [[1, 2]]])
@pytest.mark.parametrize("name", ["x", "w"])
def test_a_wrong_rank_is_named(name: str, bad: object) -> None:
    arguments = {"x": [1, 2, 3], "w": [1]} | {name: bad}
    for function in (cl.correlate1d, cl.convolve1d):
        with pytest.raises(ValueError, match=f"{name} must be a list of at least one number"):
            function(**arguments)
