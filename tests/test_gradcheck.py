"""Gradient checks find what they are for, and are exact where they claim to be."""

import re

import numpy as np
import pytest
import sympy

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
        "f(x) is real: needs complex numbers; f drops the imaginary part of x somewhere, "
        "as abs, max and float do",
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
        "f(x) is real: needs complex numbers; f drops the imaginary part of x somewhere, "
        "as abs, max and float do",
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
        lambda: cl.numerical_gradient(lambda x: x.sum(), [1.0, 1e12], h=1e-5),
        ValueError,
        "h=1e-05: needs a step that moves x, which holds 1000000000000.0; "
        "at least h=0.0001220703125",
    ),
    (
        lambda: cl.numerical_gradient(lambda x: x.sum(), [1.7e308, 0], h=5e307),
        ValueError,
        "h=5e+307: needs a step that x, which holds 1.7e+308, can take without overflow",
    ),
    (
        lambda: cl.numerical_gradient(lambda x: x.sum(), [1.0, np.inf]),
        ValueError,
        "x holds inf: needs finite numbers",
    ),
    (
        lambda: cl.numerical_gradient(lambda x: x.sum(), [1.0], h=True),
        TypeError,
        "h=True: needs a step above 0, for example h=7.62939453125e-06, not bool",
    ),
    (
        lambda: cl.numerical_gradient(lambda x: x.sum(), [1 + 1j]),
        TypeError,
        "f(x) is complex: needs one real number; take a part of it, or give dy: then "
        "L = Re Σ f(x) · d̄y",
    ),
    (
        lambda: cl.complex_step(lambda x: x.sum(), [1.0], h=0),
        ValueError,
        "h=0: needs a normal step above 0, for example h=1e-20",
    ),
    (
        lambda: cl.complex_step(lambda x: x.sum(), [1.0], h=1e-310),
        ValueError,
        "h=1e-310: needs a normal step above 0, for example h=1e-20",
    ),
    (
        lambda: cl.complex_step(lambda x: x.sum(), [1j]),
        TypeError,
        "x has dtype complex128: needs real numbers, as the step along the imaginary axis "
        "tells the slope",
    ),
    (
        lambda: cl.complex_step(lambda x: x, [1.0], [1j]),
        TypeError,
        "dy has dtype complex128: needs real numbers, as the step along the imaginary axis "
        "tells the slope",
    ),
    (
        lambda: cl.relative_error(np.array([sympy.Symbol("a")]), [1.0]),
        TypeError,
        "a holds symbols: needs numbers",
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


def test_the_default_step_grows_with_x():
    """x + 2⁻¹⁷ is x where x is 10¹²: the difference was 0, and so was the gradient."""
    for x in (1e12, -1e12, 1e100, 3.0, 1.5, 0.0, -1e-12, 5e-324):
        gradient = cl.numerical_gradient(lambda x: (x**2).sum(), [x])
        np.testing.assert_allclose(gradient, [2 * x], rtol=1e-9, atol=1e-9)
    x = np.array([1e6, -3.0, 0.5])
    gradient = cl.numerical_gradient(lambda x: x**2, x, [1e-6, 1, 1])
    np.testing.assert_allclose(gradient, [2, -6, 1], rtol=1e-9)


@pytest.mark.parametrize(
    ("x", "step"),
    [
        (0, 1),
        (0.3, 1),
        (-1, 1),
        (1.99, 1),
        (2, 2),
        (-3.9, 2),
        (4, 4),
        (1e6, 2**19),
        (2.0**40, 2**40),
    ],
)
def test_the_default_step_is_a_power_of_two(x, step):
    seen = []
    cl.numerical_gradient(lambda x: seen.append(x.copy()) or x.sum(), [float(x)])
    np.testing.assert_array_equal([seen[0][0] - x, x - seen[1][0]], 2.0**-17 * step)


def test_up_to_1_the_default_is_the_plain_formula(rng):
    x, h = rng.uniform(-1, 1, 500), 2.0**-17
    gradient = cl.numerical_gradient(lambda x: np.sin(3 * x).sum(), x[:1])
    plain = (np.sin(3 * (x[:1] + h)) - np.sin(3 * (x[:1] - h))) / (2 * h)
    np.testing.assert_array_equal(gradient, plain)
    gradient = cl.numerical_gradient(lambda x: np.sin(3 * x), x, np.ones(500), h=None)
    np.testing.assert_allclose(gradient, 3 * np.cos(3 * x), rtol=0, atol=1e-8)


def test_a_small_step_counts_as_far_as_it_really_goes():
    """At 10¹² the step 10⁻⁴ is rounded to 2⁻¹³, which is a fifth more."""
    for h in (1e-4, 2.0**-13, 3e-4, 1, np.float32(0.1)):
        gradient = cl.numerical_gradient(lambda x: 3 * (x - 1e12), [1e12], h=h)
        np.testing.assert_array_equal(gradient, [3])


def test_the_step_that_is_called_the_least_is_usable():
    for x in (1e12, 1.0, 3e-5, 1e300):
        with pytest.raises(ValueError, match="at least h=") as caught:
            cl.numerical_gradient(lambda x: x, [x], h=1e-40)
        least = float(str(caught.value).rpartition("=")[2])
        np.testing.assert_array_equal(cl.numerical_gradient(lambda x: x, [-x], h=least), [1])
        with pytest.raises(ValueError, match="at least h="):
            cl.numerical_gradient(lambda x: x, [x], h=least / 4)


def test_precision_is_never_lost_before_the_difference():
    long = np.longdouble(1) / 3
    gradient = cl.numerical_gradient(lambda x: x**2, long, h=2.0**-10)
    assert gradient.dtype == np.longdouble
    assert abs(gradient - 2 * long) < 1e-16
    assert cl.complex_step(lambda x: x**2, long).dtype == np.longdouble
    for kind in (np.float16, np.float32, np.uint8):
        gradient = cl.numerical_gradient(lambda x: x**2, np.array([3], kind))
        assert gradient.dtype == np.float64
        np.testing.assert_allclose(gradient, [6], rtol=1e-9)
    weights = np.array([200, 200], np.uint8)
    by_bytes = cl.numerical_gradient(lambda x: (x * weights).astype(np.uint8), [1.0], weights, h=1)
    np.testing.assert_array_equal(by_bytes, [(400 % 256 - 0) * 400 / 2])


def test_a_complex_x_moves_along_both_axes():
    """∂L/∂Re z + i ∂L/∂Im z of |z|² is 2z; with dy, L is Re Σ f(z) · d̄y."""
    z = np.array([[3 + 4j, -1j], [0, 2]])
    gradient = cl.numerical_gradient(lambda z: (z * z.conj()).real.sum(), z, h=1)
    np.testing.assert_array_equal(gradient, 2 * z)
    turned = cl.numerical_gradient(lambda z: (z * z.conj()).real.sum(), z.T, h=1)
    np.testing.assert_array_equal(turned, 2 * z.T)
    w, dy = np.array([2 + 1j, 3j]), np.array([1 - 1j, 5])
    gradient = cl.numerical_gradient(lambda z: w * z, np.array([1j, 2]), dy, h=1)
    np.testing.assert_array_equal(gradient, w.conj() * dy)
    real = cl.numerical_gradient(lambda x: w * x, [1, 2], dy, h=1)
    np.testing.assert_array_equal(real, (w.conj() * dy).real)
    assert cl.numerical_gradient(lambda z: z.real, np.complex64(2), h=1).dtype == np.complex128


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
    assert cl.adjoint_error(lambda x: 1j * x, lambda dy: -1j * dy, [3, 4], [3, 4]) == 0
    assert cl.adjoint_error(lambda x: 1j * x, lambda dy: 1j * dy, [3, 4], [3, 4]) == 2
    assert cl.adjoint_error(lambda x: 1j * x, lambda dy: 0 * dy, [3, 4], [3, 4]) == 1


@pytest.mark.parametrize(("large", "small"), [(1e200, 1e-200), (1e308, 1e300), (1e-320, 1e-310)])
def test_adjoint_error_of_numbers_near_the_ends_of_the_range(rng, large, small):
    """A right pair gave nan, and a wrong pair of tiny numbers 0."""
    x, dy = rng.uniform(0.5, 1, 4), rng.uniform(0.5, 1, 4)
    for a, b in [(large, small), (small, large), (small, small), (large, 1), (1, large)]:
        assert cl.adjoint_error(lambda x: x, lambda dy: dy, a * x, b * dy) < 1e-13
        assert cl.adjoint_error(lambda x: x, lambda dy: dy / 2, a * x, b * dy) > 0.1


@pytest.mark.parametrize("factor", [2.0**900, 2.0**-900])
def test_adjoint_error_of_maps_that_enlarge_or_shrink(rng, factor):
    x, dy = rng.standard_normal((2, 4))
    assert cl.adjoint_error(lambda x: factor * x, lambda dy: factor * dy, x, dy) < 1e-15
    assert cl.adjoint_error(lambda x: factor * x, lambda dy: factor * dy / 2, x, dy) > 1e-3
    assert cl.adjoint_error(lambda x: 0 * x, lambda dy: factor * dy, [1.0], [3.0]) == 3 * factor


@pytest.mark.parametrize("kind", [np.float16, np.float32])
def test_adjoint_error_of_small_floats_is_added_up_in_double_precision(rng, kind):
    x, dy = rng.standard_normal((2, 500)).astype(kind)
    assert cl.adjoint_error(lambda x: x[::-1], lambda dy: dy[::-1], x, dy) < 1e-15


def test_adjoint_error_is_computed_in_double_precision_at_least():
    def twice(x):
        return 2 * x

    ones = np.full(3, 100, np.uint8)
    assert cl.adjoint_error(lambda x: x, lambda dy: dy, ones, ones) == 0
    assert cl.adjoint_error(lambda x: x, twice, ones, ones) > 0.5  # 10⁴ is 16 in uint8, and so on
    half = np.full(3, 300, np.float16)  # 300² is infinite in float16
    assert cl.adjoint_error(lambda x: x, lambda dy: dy, half, half) == 0
    assert cl.adjoint_error(lambda x: x, twice, half, half) > 0.5
    third = np.array([sympy.Rational(1, 3), sympy.I])
    assert cl.adjoint_error(lambda x: x, lambda dy: dy, third, third) == 0
    assert np.isnan(cl.adjoint_error(lambda x: x, lambda dy: dy, [np.inf], [1.0]))
    assert np.isnan(cl.adjoint_error(lambda x: x, lambda dy: dy / np.nan, [1.0], [1.0]))


@pytest.mark.parametrize("transposed", [False, True])
def test_complex_gradients_are_adjoints(rng, transposed):
    def normal(*shape):
        return rng.normal(size=shape) + 1j * rng.normal(size=shape)

    layer, backward = cl.conv, cl.conv_backward
    if transposed:
        layer, backward = cl.conv_transpose, cl.conv_transpose_backward
    x, w = normal(2, 4, 5), normal(4, 2, 3)
    dy = normal(*layer(x, w, **OPTIONS, groups=2).shape)
    dx, dw, db = backward(dy, x, w, **OPTIONS, groups=2)

    def to(x, w):
        return layer(x, w, **OPTIONS, groups=2)

    assert cl.adjoint_error(lambda x: to(x, w), lambda _: dx, x, dy) < 1e-15
    assert cl.adjoint_error(lambda w: to(x, w), lambda _: dw, w, dy) < 1e-15
    assert cl.adjoint_error(lambda x: to(x, w), lambda _: dx.conj(), x, dy) > 1e-3
    for grad, f, at in [(dx, lambda x: to(x, w), x), (dw, lambda w: to(x, w), w)]:
        np.testing.assert_allclose(cl.numerical_gradient(f, at, dy, h=1), grad, atol=1e-13)
    np.testing.assert_allclose(db, dy.sum(axis=(0, 2)), rtol=1e-14)


def test_relative_error_by_hand():
    a = np.array([[3.0, 0.0], [0.0, 4.0]])
    assert cl.relative_error(a, a) == 0
    assert cl.relative_error(a, 2 * a) == cl.relative_error(2 * a, a) == 0.5
    assert cl.relative_error(a, -a) == 2
    assert cl.relative_error(a, 0 * a) == 1
    assert cl.relative_error(0 * a, 0 * a) == 0
    assert cl.relative_error(np.array([1], np.uint8), np.array([2], np.uint8)) == 0.5
    assert np.isnan(cl.relative_error([np.nan, 1.0], [1.0, 1.0]))
    assert np.isnan(cl.relative_error([np.nan], [np.nan]))
    assert cl.relative_error([3j, 4], [3j, 4]) == 0
    assert cl.relative_error([3j, 0], [0, 4]) == 1.25


@pytest.mark.parametrize("scale", [1e-200, 1e200, 1e-320, 1e307, 2.0**-1074])
def test_relative_error_near_the_ends_of_the_range(scale):
    """Squares vanished: 0 for numbers as different as 1 and 2. Or they overflowed: nan."""
    assert cl.relative_error(scale, 2 * scale) == 0.5
    assert cl.relative_error([scale, 0], [0, scale]) == pytest.approx(2**0.5, rel=1e-3)
    assert cl.relative_error(scale, -scale) == 2
    assert cl.relative_error(scale, 1j * scale) == pytest.approx(2**0.5, rel=1e-3)
    assert cl.relative_error(scale, 0) == cl.relative_error(0, scale) == 1


def test_relative_error_of_infinities():
    inf = np.inf
    assert cl.relative_error([inf, -inf, 1], [inf, -inf, 1]) == 0
    for a, b in [([inf], [-inf]), ([inf], [1]), ([inf, 1], [inf, 2]), ([inf, 1], [1, inf])]:
        assert np.isnan(cl.relative_error(a, b))
        assert np.isnan(cl.relative_error(b, a))


def test_relative_error_of_exact_and_long_numbers():
    third = np.array([sympy.Rational(1, 3)])
    assert cl.relative_error(third, 2 * third) == 0.5
    assert cl.relative_error(np.array([sympy.I]), [1]) == pytest.approx(2**0.5)
    huge = np.longdouble("1e4000")
    assert cl.relative_error(huge, 2 * huge) == 0.5
    assert cl.relative_error(np.float16([60000]), np.float16([30000])) == 0.5


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
