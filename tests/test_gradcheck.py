"""Gradient checks find what they are for, and are exact where they claim to be."""

import re

import numpy as np
import pytest

import convlib as cl

REFUSED = [
    (
        lambda: cl.numerical_gradient(sum, [1.0], h=0),
        ValueError,
        "h=0: needs a step above 0, for example h=7.62939453125e-06",
    ),
    (
        lambda: cl.numerical_gradient(lambda x: x, [1.0, 2.0]),
        ValueError,
        "f(x) has shape (2,): needs dy of that shape, to weight its entries",
    ),
    (
        lambda: cl.numerical_gradient(lambda x: x, [1.0, 2.0], [1.0]),
        ValueError,
        "dy has shape (1,): needs (2,), the shape of f(x)",
    ),
    (
        lambda: cl.numerical_gradient(lambda x: x, [True]),
        TypeError,
        "x has dtype bool: needs numbers; convert it first, for example x.astype(int)",
    ),
    (
        lambda: cl.complex_step(lambda x: abs(x).sum(), [1.0]),
        TypeError,
        "f returned a real number: it drops the imaginary part of x somewhere",
    ),
    (
        lambda: cl.adjoint_error(lambda x: x[:1], lambda dy: dy, [1.0, 2.0], [1.0, 2.0]),
        ValueError,
        "forward(x) has shape (1,): needs (2,), the shape of dy",
    ),
    (
        lambda: cl.adjoint_error(lambda x: x, lambda dy: dy[:1], [1.0, 2.0], [1.0, 2.0]),
        ValueError,
        "backward(dy) has shape (1,): needs (2,), the shape of x",
    ),
    (
        lambda: cl.complex_step(lambda x: x.real.sum(), [1.0]),
        TypeError,
        "f returned a real number: it drops the imaginary part of x somewhere",
    ),
    (
        lambda: cl.complex_step(lambda x: x, [1.0, 2.0]),
        ValueError,
        "f(x) has shape (2,): needs dy of that shape, to weight its entries",
    ),
    (
        lambda: cl.numerical_gradient(sum, [1.0], h=-1),
        ValueError,
        "h=-1: needs a step above 0, for example h=7.62939453125e-06",
    ),
    (
        lambda: cl.adjoint_error(lambda x: x, lambda dy: dy, ["a"], [1.0]),
        TypeError,
        "x has dtype <U1: needs numbers",
    ),
    (
        lambda: cl.relative_error([1.0, 2.0], [1.0]),
        ValueError,
        "a has shape (2,): needs (1,), the shape of b",
    ),
]


@pytest.mark.parametrize(("call", "kind", "message"), REFUSED)
def test_what_is_refused_is_explained(call, kind, message):
    with pytest.raises(kind, match=f"^{re.escape(message)}$"):
        call()


def test_the_default_step_suits_a_smooth_function():
    x = np.linspace(-2, 2, 9)
    gradient = cl.numerical_gradient(lambda x: np.sin(x).sum(), x)
    np.testing.assert_allclose(gradient, np.cos(x), rtol=0, atol=1e-10)


def test_a_step_of_one_is_exact_for_a_quadratic_and_not_for_a_cube():
    x = np.array([[1, 2], [3, -4]])
    square = cl.numerical_gradient(lambda x: (x**2).sum(), x, h=1)
    np.testing.assert_array_equal(square, 2.0 * x, strict=True)
    cube = cl.numerical_gradient(lambda x: (x**3).sum(), x, h=1)
    np.testing.assert_array_equal(cube, 3 * x**2 + 1)  # the truncation error h² is there


def test_outputs_are_weighted_with_dy():
    gradient = cl.numerical_gradient(lambda x: np.array([x[0] * x[1], x[1]]), [2, 5], [10, 1], h=1)
    np.testing.assert_array_equal(gradient, [50, 21])
    gradient = cl.complex_step(lambda x: np.array([x[0] * x[1], x[1]]), [2, 5], [10, 1])
    np.testing.assert_allclose(gradient, [50, 21], rtol=1e-15)


def test_one_output_in_any_shape_needs_no_weight():
    np.testing.assert_array_equal(cl.numerical_gradient(lambda x: 3 * x, [[1.0]], h=1), [[3.0]])


def test_a_function_that_returns_or_changes_its_argument_does_no_harm():
    x = np.array([1.0, 2.0])

    def spoil(x):
        x *= 2
        return x

    np.testing.assert_array_equal(cl.numerical_gradient(lambda x: x, x, [1, 10], h=1), [1, 10])
    np.testing.assert_array_equal(cl.numerical_gradient(spoil, x, [1, 10], h=1), [2, 20])
    np.testing.assert_allclose(cl.complex_step(spoil, x, [1, 10]), [2, 20], rtol=1e-15)
    assert cl.adjoint_error(spoil, spoil, x, x) == 0
    np.testing.assert_array_equal(x, [1, 2])


def test_objects_stay_exact():
    sp = pytest.importorskip("sympy")
    a = sp.Symbol("a")
    gradient = cl.numerical_gradient(lambda x: a * x[0] ** 2, np.array([a]), h=1)
    assert sp.expand(gradient[0] - 2 * a**2) == 0


def test_complex_step_has_no_cancellation():
    x = np.linspace(-2, 2, 9)
    gradient = cl.complex_step(lambda x: np.exp(np.sin(x)).sum(), x, h=1e-200)
    np.testing.assert_allclose(gradient, np.cos(x) * np.exp(np.sin(x)), rtol=1e-15)


def test_complex_step_through_a_layer(rng):
    x, w = rng.standard_normal((1, 2, 7)), rng.standard_normal((3, 2, 3))
    dy = rng.standard_normal((1, 3, 4))
    gradient = cl.complex_step(lambda w: cl.conv(x, w, stride=2, padding=1), w, dy)
    expected = cl.conv_backward(dy, x, w, stride=2, padding=1).dw
    np.testing.assert_allclose(gradient, expected, rtol=0, atol=1e-14)


def test_adjoint_error_by_hand():
    error = cl.adjoint_error(lambda x: 2 * x, lambda dy: dy, [3.0, 4.0], [3.0, 4.0])
    assert error == 0.5  # |50 − 25| / (10 · 5)
    assert cl.adjoint_error(lambda x: x[:1], lambda dy: np.r_[dy, 1], [0, 2], [0]) == 2
    assert cl.adjoint_error(lambda x: 1j * x, lambda dy: 1j * dy, [3, 4], [3, 4]) == 0
    assert cl.adjoint_error(lambda x: 1j * x, lambda dy: 0 * dy, [3, 4], [3, 4]) == 1


def test_relative_error_by_hand():
    a = np.array([[3.0, 0.0], [0.0, 4.0]])
    assert cl.relative_error(a, a) == 0
    assert cl.relative_error(a, 2 * a) == cl.relative_error(2 * a, a) == 0.5
    assert cl.relative_error(a, -a) == 2
    assert cl.relative_error(a, 0 * a) == 1
    assert cl.relative_error(0 * a, 0 * a) == 0
    assert cl.relative_error(np.array([1], np.uint8), np.array([2], np.uint8)) == 0.5
    assert np.isnan(cl.relative_error([np.nan, 1.0], [1.0, 1.0]))


def test_relative_error_does_not_depend_on_the_scale_or_the_order(rng):
    a, b = rng.standard_normal((2, 5))
    error = cl.relative_error(a, b)
    assert 0 < error <= 2
    np.testing.assert_allclose(cl.relative_error(1e6 * b, 1e6 * a), error, rtol=1e-12)


OPTIONS = {"stride": 2, "padding": 1}
BUGS = {
    "flips the kernel": lambda dy, x, w: cl.conv_backward(dy, x, w[..., ::-1], **OPTIONS).dx,
    "is twice too large": lambda dy, x, w: 2 * cl.conv_backward(dy, x, w, **OPTIONS).dx,
    "is one place off": lambda dy, x, w: np.roll(cl.conv_backward(dy, x, w, **OPTIONS).dx, 1, -1),
    "mixes the samples": lambda dy, x, w: cl.conv_backward(dy[::-1], x, w, **OPTIONS).dx,
    "overwrites": lambda dy, x, w: cl.conv_backward(dy, x, w * [1, 1, 0], **OPTIONS).dx,
}


@pytest.mark.parametrize("bug", BUGS)
def test_the_adjoint_test_finds_planted_bugs(rng, bug):
    x, w = rng.standard_normal((2, 2, 8)), rng.standard_normal((3, 2, 3))
    dy = rng.standard_normal((2, 3, 4))

    def forward(x):
        return cl.conv(x, w, **OPTIONS)

    right = cl.adjoint_error(forward, lambda dy: cl.conv_backward(dy, x, w, **OPTIONS).dx, x, dy)
    assert right < 1e-15
    assert cl.adjoint_error(forward, lambda dy: BUGS[bug](dy, x, w), x, dy) > 1e-3
