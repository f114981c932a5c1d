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


class TestBackward:
    def test_by_hand(self) -> None:
        dx, dw, db = cl.correlate1d_backward([1, 10, 100], [3, 1, 4, 1], [2, 3])
        np.testing.assert_array_equal(dx, [2, 23, 230, 300])
        np.testing.assert_array_equal(dw, [413, 141])
        assert np.shape(db) == ()
        assert db == 111

    def test_it_is_the_gradient_of_the_layer(self, rng: np.random.Generator) -> None:
        options = {"stride": 2, "padding": ((1, 0),), "dilation": 2}
        x, w, dy = (rng.integers(-9, 9, n) for n in (9, 3, 3))
        dx, dw, _ = cl.correlate1d_backward(dy, x, w, **options)
        of_x = cl.numerical_gradient(lambda x: cl.correlate1d(x, w, **options), x, dy, h=1)
        of_w = cl.numerical_gradient(lambda w: cl.correlate1d(x, w, **options), w, dy, h=1)
        np.testing.assert_array_equal(dx, of_x)
        np.testing.assert_array_equal(dw, of_w)

    @pytest.mark.parametrize("name", ["dy", "x", "w"])
    def test_a_wrong_rank_is_named(self, name: str) -> None:
        arguments = {"dy": [1, 2, 3], "x": [1, 2, 3], "w": [1]} | {name: [[1, 2]]}
        with pytest.raises(ValueError, match=f"{name} must be a list of at least one number"):
            cl.correlate1d_backward(**arguments)

    def test_dy_has_the_length_of_the_output(self) -> None:
        with pytest.raises(ValueError, match="the shape of the output"):
            cl.correlate1d_backward([1, 2], [1, 2, 3], [1])


@pytest.mark.parametrize("bad", [[], 3, [[1, 2]]])
@pytest.mark.parametrize("name", ["x", "w"])
def test_a_wrong_rank_is_named(name: str, bad: object) -> None:
    arguments = {"x": [1, 2, 3], "w": [1]} | {name: bad}
    for function in (cl.correlate1d, cl.convolve1d):
        with pytest.raises(ValueError, match=f"{name} must be a list of at least one number"):
            function(**arguments)
