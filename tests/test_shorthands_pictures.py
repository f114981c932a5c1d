"""The two-dimensional shorthand, against sums written out and the loops that define a layer."""

import numpy as np
import pytest

import convlib as cl


def test_the_opening_example_of_the_chapter() -> None:
    y = cl.correlate2d([[3, 1, 4], [1, 5, 9], [2, 6, 5]], [[1, 2], [0, 1]])
    np.testing.assert_array_equal(y, [[10, 18], [17, 28]])


def test_a_correlation_answers_a_dot_with_the_kernel_turned_by_half() -> None:
    dot = np.pad([[1]], ((1, 1), (2, 2)))
    y = cl.correlate2d(dot, [[1, 2, 3], [4, 5, 6]])
    np.testing.assert_array_equal(y, [[6, 5, 4], [3, 2, 1]])


def test_a_convolution_answers_a_dot_with_the_kernel() -> None:
    np.testing.assert_array_equal(cl.convolve2d([[1]], [[1, 2], [3, 4]]), [[1, 2], [3, 4]])


def test_the_bias_is_added_once_per_output() -> None:
    np.testing.assert_array_equal(cl.correlate2d([[1, 2, 3]], [[1, 1]], 10), [[13, 15]])


@pytest.mark.parametrize("shape", [(1, 1), (1, 3), (2, 1), (2, 3), (3, 2)])
@pytest.mark.parametrize("size", [(3, 3), (3, 5), (6, 4)])
def test_it_is_the_layer_with_one_channel(
    size: tuple[int, int], shape: tuple[int, int], rng: np.random.Generator
) -> None:
    x, w = rng.integers(-9, 10, size), rng.integers(-9, 10, shape)
    y = cl.correlate2d(x, w, 2, stride=(2, 1), padding=((1, 0), (0, 2)), dilation=(1, 2))
    loops = cl.reference.conv(
        x[None, None], w[None, None], [2], stride=(2, 1), padding=((1, 0), (0, 2)), dilation=(1, 2)
    )
    np.testing.assert_array_equal(y, loops[0, 0])


def test_convolution_commutes_and_multiplies_the_sums(rng: np.random.Generator) -> None:
    x, w = rng.integers(-9, 10, (4, 3)), rng.integers(-9, 10, (2, 5))
    y = cl.convolve2d(x, w)
    np.testing.assert_array_equal(y, cl.convolve2d(w, x))
    assert y.shape == (5, 7)
    assert y.sum() == x.sum() * w.sum()


@pytest.mark.parametrize("bad", [[], 3, [1, 2], [[[1]]], [[]]])
@pytest.mark.parametrize("name", ["x", "w"])
def test_a_wrong_rank_is_named(name: str, bad: object) -> None:
    arguments = {"x": [[1, 2], [3, 4]], "w": [[1]]} | {name: bad}
    for function in (cl.correlate2d, cl.convolve2d):
        with pytest.raises(ValueError, match=f"{name} must be a table of at least one number"):
            function(**arguments)
