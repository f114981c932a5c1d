"""Shorthands for lists, against NumPy's functions and the loops that define a layer."""

import re
from fractions import Fraction

import numpy as np
import pytest
import sympy

import convlib as cl


def test_the_opening_example_of_the_book() -> None:
    np.testing.assert_array_equal(cl.correlate1d([3, 1, 4, 1, 5], [1, 2, 1]), [9, 10, 11])


def test_the_kernel_is_not_reversed_in_a_correlation() -> None:
    np.testing.assert_array_equal(cl.correlate1d([0, 0, 1, 0, 0], [1, 2, 3]), [3, 2, 1])


def test_the_kernel_is_reversed_in_a_convolution() -> None:
    np.testing.assert_array_equal(cl.convolve1d([0, 1, 0], [1, 2, 3]), [0, 1, 2, 3, 0])


@pytest.mark.parametrize("n", range(1, 9))
@pytest.mark.parametrize("k", range(1, 9))
def test_numpy_agrees(n: int, k: int, rng: np.random.Generator) -> None:
    x, w = rng.standard_normal(n), rng.standard_normal(k)
    np.testing.assert_allclose(cl.convolve1d(x, w), np.convolve(x, w), atol=1e-13)
    if k <= n:
        np.testing.assert_allclose(cl.correlate1d(x, w), np.correlate(x, w, "valid"), atol=1e-13)


def layer(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, dict[str, object]]:
    """A list, a kernel that fits, and options with every form of padding."""
    k, s, d = (int(v) for v in rng.integers(1, 4, 3))
    pair = (int(rng.integers(0, 3)), int(rng.integers(0, 3)))
    padding = (pair, 1, "full", "same")[rng.integers(4)]
    x = rng.integers(-9, 10, d * (k - 1) + int(rng.integers(1, 7)))
    return x, rng.integers(-9, 10, k), {"stride": s, "padding": padding, "dilation": d}


def for_the_loops(options: dict[str, object]) -> dict[str, object]:
    """The options as `convlib.reference` takes them: a pair in brackets of its own."""
    padding = options["padding"]
    return options | {"padding": (padding,) if isinstance(padding, tuple) else padding}


def test_the_loops_agree_both_ways(rng: np.random.Generator) -> None:
    for _ in range(200):
        x, w, options = layer(rng)
        y = cl.correlate1d(x, w, 2, **options)
        batch, taps = x[None, None], w[None, None]
        np.testing.assert_array_equal(
            y, cl.reference.conv(batch, taps, [2], **for_the_loops(options))[0, 0]
        )
        dy = rng.integers(-9, 10, len(y))
        ours = cl.correlate1d_backward(dy, x, w, **options)
        right = cl.reference.conv_backward(
            dy[None, None], batch, taps, **for_the_loops(options)
        )  # fmt: skip
        np.testing.assert_array_equal(ours.dx, right.dx[0, 0])
        np.testing.assert_array_equal(ours.dw, right.dw[0, 0])
        assert ours.db == right.db[0]


class TestOptions:
    def test_by_hand(self) -> None:
        y = cl.correlate1d([1, 2, 3, 4, 5], [1, 1], stride=2, padding=((1, 0),), dilation=2)
        np.testing.assert_array_equal(y, [2, 6])

    @pytest.mark.parametrize("padding", [(2, 1), [2, 1], range(2, 0, -1), ((2, 1),), [[2, 1]]])
    @pytest.mark.parametrize("kind", [lambda pad: pad, np.array])
    def test_a_pair_needs_no_second_pair_of_brackets(self, padding, kind) -> None:
        y = cl.correlate1d([1, 2, 3], [1, 10], padding=kind(padding))
        np.testing.assert_array_equal(y, [0, 10, 21, 32, 3])

    def test_one_entry_per_axis_works_as_in_the_layer(self) -> None:
        y = cl.correlate1d([1, 2, 3], [1, 10], stride=(2,), padding=(1,), dilation=(1,))
        np.testing.assert_array_equal(y, [10, 32])

    @pytest.mark.parametrize("function", [cl.correlate1d, cl.correlate2d, cl.max_pool1d])
    def test_a_misspelt_option_is_refused(self, function) -> None:
        with pytest.raises(TypeError, match="unexpected keyword argument 'strid'"):
            function([1, 2, 3], [1], strid=2)

    def test_options_are_given_by_name(self) -> None:
        with pytest.raises(TypeError, match="positional arguments"):
            cl.correlate1d([1, 2, 3], [1], 0, 2)

    @pytest.mark.parametrize(
        ("padding", "kind", "message"),
        [
            ((1, 2, 3), ValueError, "padding=(1, 2, 3): needs an int or a pair (before, after)"),
            ((), ValueError, "padding=(): needs an int or a pair (before, after)"),
            ((1, -1), ValueError, "padding=(1, -1): needs an integer of at least 0"),
            (((1, 2), (3, 4)), TypeError, "padding=((1, 2), (3, 4)): needs an integer"),
            (
                "smae",
                ValueError,
                "padding='smae': needs one of 'valid', 'same', 'full'; did you mean 'same'?",
            ),
        ],
    )
    def test_a_wrong_padding_is_shown_as_it_was_given(self, padding, kind, message) -> None:
        with pytest.raises(kind, match=f"^{re.escape(message)}"):
            cl.correlate1d([1, 2, 3], [1], padding=padding)


class TestBias:
    def test_it_is_added_once_per_output(self) -> None:
        np.testing.assert_array_equal(cl.correlate1d([1, 2, 3], [1, 1], 10), [13, 15])

    @pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.longdouble])
    @pytest.mark.parametrize("b", [1, 0.5])
    def test_a_number_of_pythons_widens_no_float(self, dtype: type, b: float) -> None:
        one = np.ones(1, dtype)
        for y in (cl.correlate1d(one, one, b), cl.correlate2d([one], np.array([one]), b)):
            assert y.dtype == dtype
            assert y.item() == 1 + b

    @pytest.mark.parametrize("b", [1, 0.5, 1j, np.float64(0.5), np.int64(3), np.ones((), "f8")])
    @pytest.mark.parametrize("dtype", [np.int8, np.uint8, np.int64, np.float32, np.complex64])
    def test_the_dtype_is_the_one_of_numpys_sum(self, dtype: type, b: complex) -> None:
        one = np.ones(1, dtype)
        y = cl.correlate1d(one, one, b)
        assert y.dtype == (one + b).dtype
        np.testing.assert_array_equal(y, one + b)

    def test_a_number_too_large_for_the_integers_is_refused(self) -> None:
        small = np.ones(1, np.uint8)
        for b in (300, -1):
            message = f"b={b}: does not fit the dtype of x and w, uint8; convert x first"
            with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
                cl.correlate1d(small, small, b)

    @pytest.mark.parametrize(
        ("b", "kind", "message"),
        [
            ([1], ValueError, "b has shape (1,): needs one number, added to every output"),
            (True, TypeError, "b has dtype bool: needs numbers"),
            ("1", TypeError, "b has dtype <U1: needs numbers"),
        ],
    )
    def test_it_is_one_number(self, b: object, kind: type[Exception], message: str) -> None:
        with pytest.raises(kind, match=f"^{re.escape(message)}"):
            cl.correlate1d([1, 2], [1], b)

    def test_symbols_and_fractions(self) -> None:
        x, w, b = sympy.symbols("x w b")
        assert cl.correlate1d(np.array([x]), np.array([w]), b).tolist() == [b + w * x]
        assert cl.correlate1d([1], [1], b).tolist() == [b + 1]
        assert cl.correlate1d(np.array([x]), np.array([w]), 2).tolist() == [2 + w * x]
        assert cl.correlate1d([Fraction(1, 2)], [1], Fraction(1, 3)) == [Fraction(5, 6)]


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

    def test_at_stride_1_the_gradients_are_a_convolution_and_a_correlation(
        self, rng: np.random.Generator
    ) -> None:
        x, w, dy = (rng.integers(-9, 9, n) for n in (9, 4, 6))
        dx, dw, _ = cl.correlate1d_backward(dy, x, w)
        np.testing.assert_array_equal(dx, cl.convolve1d(dy, w))
        np.testing.assert_array_equal(dw, cl.correlate1d(x, dy))

    def test_symbols(self) -> None:
        x, w, dy = (np.array(sympy.symbols(names)) for names in ("x:3", "w:2", "d:2"))
        grads = cl.correlate1d_backward(dy, x, w)
        assert grads.dw.tolist() == [
            dy[0] * x[0] + dy[1] * x[1],
            dy[0] * x[1] + dy[1] * x[2],
        ]
        assert grads.db == dy[0] + dy[1]

    @pytest.mark.parametrize("name", ["dy", "x", "w"])
    def test_a_wrong_rank_is_named(self, name: str) -> None:
        arguments = {"dy": [1, 2, 3], "x": [1, 2, 3], "w": [1]} | {name: [[1, 2]]}
        message = f"{name} has shape (1, 2): needs a list of at least one number (one axis)"
        with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
            cl.correlate1d_backward(**arguments)

    def test_dy_has_the_length_of_the_output(self) -> None:
        with pytest.raises(ValueError, match="the shape of the output"):
            cl.correlate1d_backward([1, 2], [1, 2, 3], [1])


@pytest.mark.parametrize("bad", [[], 3, [[1, 2]]])
@pytest.mark.parametrize("name", ["x", "w"])
def test_a_wrong_rank_is_named(name: str, bad: object) -> None:
    arguments = {"x": [1, 2, 3], "w": [1]} | {name: bad}
    message = f"{name} has shape {np.shape(bad)}: needs a list of at least one number (one axis)"
    for function in (cl.correlate1d, cl.convolve1d):
        with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
            function(**arguments)


def test_the_inputs_stay_as_they_were() -> None:
    x, w = np.array([3, 1, 4, 1, 5]), np.array([1, 2, 1])
    cl.correlate1d(x, w, 1, padding=(1, 2))
    cl.convolve1d(x, w)
    cl.correlate1d_backward([1, 2, 3], x, w)
    assert x.tolist() == [3, 1, 4, 1, 5]
    assert w.tolist() == [1, 2, 1]
