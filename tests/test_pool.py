"""Pooling: literals by hand, properties, the loops as oracle, adjoints, error texts."""

import tracemalloc
from fractions import Fraction
from itertools import cycle, product

import numpy as np
import pytest
import sympy

from convlib import _pooling, pool
from convlib.geometry import layer_axes
from convlib.reference import pool as loops

CONFIGURATIONS = 700  # of each operation for each number of axes: 2,100 in all


def sequence(*values):
    """One sample, one channel, one spatial axis."""
    return np.array(values).reshape(1, 1, -1)


def image(*rows):
    """One sample, one channel, two spatial axes."""
    return np.array(rows)[np.newaxis, np.newaxis]


# ---------------------------------------------------------------- literals by hand


def test_max_by_hand():
    x = image([1, 5, 2, 0], [3, 4, 8, 7], [6, 0, 1, 1], [2, 9, 3, 2])
    np.testing.assert_array_equal(pool.max_pool(x, 2), image([5, 8], [9, 3]))


def test_average_by_hand():
    x = image([1, 5, 2, 0], [3, 3, 8, 6], [6, 0, 1, 1], [2, 8, 3, 3])
    np.testing.assert_array_equal(pool.avg_pool(x, 2), image([3, 4], [4, 2]))


def test_overlapping_windows():
    x = sequence(3, 1, 4, 1, 5, 9)
    np.testing.assert_array_equal(pool.max_pool(x, 3, stride=1), sequence(4, 4, 5, 9))
    np.testing.assert_array_equal(pool.avg_pool(x, 2, stride=1), sequence(2, 2.5, 2.5, 3, 7))


def test_the_default_stride_is_the_window():
    x = sequence(*range(7))
    np.testing.assert_array_equal(pool.max_pool(x, 3), sequence(2, 5))
    np.testing.assert_array_equal(pool.max_pool(x, 3, stride=3), pool.max_pool(x, 3))


def test_the_remainder_is_dropped_or_kept():
    x = sequence(3, 1, 4, 1, 5)
    np.testing.assert_array_equal(pool.max_pool(x, 2), sequence(3, 4))
    np.testing.assert_array_equal(pool.max_pool(x, 2, ceil_mode=True), sequence(3, 4, 5))


def test_dilation_skips_entries():
    x = sequence(9, 1, 2, 8, 3, 4)
    np.testing.assert_array_equal(pool.max_pool(x, 2, stride=1, dilation=3), sequence(9, 3, 4))
    np.testing.assert_array_equal(pool.avg_pool(x, 2, stride=1, dilation=3), sequence(8.5, 2, 3))


def test_windows_strides_and_dilations_are_per_axis():
    x = np.arange(30).reshape(1, 1, 5, 6)
    y = pool.max_pool(x, (2, 3), stride=(3, 1), dilation=(1, 2))
    np.testing.assert_array_equal(y, image([10, 11], [28, 29]))
    assert pool.avg_pool(x, (1, 2)).shape == (1, 1, 5, 3)


@pytest.mark.parametrize(("include", "divisors"), [(True, [3, 3, 3]), (False, [2, 3, 2])])
def test_the_divisor_at_the_border(include, divisors):
    ones = sequence(6, 6, 6)
    y = pool.avg_pool(ones, 3, stride=1, padding=1, count_include_pad=include)
    np.testing.assert_array_equal(y, sequence(12, 18, 12) / divisors)


def test_what_hangs_over_the_padding_is_never_counted():
    # The last window starts at 4 and reads 4, the padding at 5 and two places beyond it.
    y = pool.avg_pool(sequence(0, 0, 0, 0, 6), 4, stride=5, padding=1, ceil_mode=True)
    np.testing.assert_array_equal(y, sequence(0, 3))
    y = pool.avg_pool(
        sequence(0, 0, 0, 0, 6), 4, stride=5, padding=1, ceil_mode=True, count_include_pad=False
    )
    np.testing.assert_array_equal(y, sequence(0, 6))


@pytest.mark.parametrize(
    ("padding", "expected"),
    [
        (((1, 0),), [1, 2, 3]),
        (((0, 1),), [2, 3, 3]),
        ((1,), [1, 2, 3, 3]),
        (1, [1, 2, 3, 3]),
        ("valid", [2, 3]),
        ("same", [2, 3, 3]),
        ("full", [1, 2, 3, 3]),
    ],
)
def test_every_form_of_padding(padding, expected):
    y = pool.max_pool(sequence(1, 2, 3), 2, stride=1, padding=padding)
    np.testing.assert_array_equal(y, sequence(*expected))


def test_maximum_sends_its_gradient_to_the_winner():
    x = image([1, 5, 2], [3, 4, 8], [6, 0, 1])
    dy = image([1, 2], [3, 4])
    dx = pool.max_pool_backward(dy, x, 2, stride=1)
    np.testing.assert_array_equal(dx, image([0, 1, 0], [0, 0, 2 + 4], [3, 0, 0]))


def test_average_shares_its_gradient():
    dx = pool.avg_pool_backward(sequence(2, 4, 6), sequence(0, 0, 0, 0), 2, stride=1)
    np.testing.assert_array_equal(dx, sequence(1, 3, 5, 3))


def test_entries_that_no_window_reads_get_no_gradient():
    x = sequence(1, 2, 3, 4, 9)
    np.testing.assert_array_equal(
        pool.max_pool_backward(sequence(1, 1), x, 2), sequence(0, 1, 0, 1, 0)
    )
    np.testing.assert_array_equal(
        pool.avg_pool_backward(sequence(2, 2), x, 2), sequence(1, 1, 1, 1, 0)
    )


# ---------------------------------------------------------------- ties, NaN, types


def test_the_first_of_equal_maxima_gets_the_gradient():
    dx = pool.max_pool_backward(image([1]), image([0, 7, 7], [7, 7, 7]), (2, 3))
    np.testing.assert_array_equal(dx, image([0, 1, 0], [0, 0, 0]))


def test_equal_to_the_padding_is_still_the_input():
    """The gradient may not fall into the padding, though the padding is as large."""
    least = np.zeros((1, 1, 2), np.uint8)
    dx = pool.max_pool_backward(sequence(1, 2, 4), least, 2, stride=1, padding=1)
    np.testing.assert_array_equal(dx, sequence(3, 4))
    dx = pool.max_pool_backward(
        sequence(1, 2, 4), sequence(-np.inf, -np.inf), 2, stride=1, padding=1
    )
    np.testing.assert_array_equal(dx, sequence(3, 4))


def test_negative_inputs_win_against_padding():
    y = pool.max_pool(sequence(-3, -1, -2), 3, stride=1, padding=1)
    np.testing.assert_array_equal(y, sequence(-1, -1, -1))


def test_nan_wins():
    x = sequence(1.0, np.nan, 2.0, 5.0, 3.0)
    np.testing.assert_array_equal(pool.max_pool(x, 2, stride=1), sequence(np.nan, np.nan, 5.0, 5.0))
    assert np.isnan(pool.avg_pool(x, 5)).all()


def test_the_last_nan_gets_the_gradient():
    x = sequence(np.nan, 9.0, np.nan, 10.0)
    np.testing.assert_array_equal(pool.max_pool_backward(sequence(1), x, 4), sequence(0, 0, 1, 0))


def test_nan_next_to_padding():
    x = sequence(np.nan, 2.0, np.nan)
    y = pool.max_pool(x, 3, stride=2, padding=2)
    np.testing.assert_array_equal(y, sequence(np.nan, np.nan, np.nan))
    dx = pool.max_pool_backward(sequence(1, 10, 100), x, 3, stride=2, padding=2)
    np.testing.assert_array_equal(dx, sequence(1, 0, 110))


def test_an_infinite_gradient_reaches_the_winner_alone():
    dx = pool.max_pool_backward(sequence(np.inf, np.nan), sequence(1, 2, 4, 3), 2)
    np.testing.assert_array_equal(dx, sequence(0, np.inf, np.nan, 0))


def test_more_taps_than_a_byte_can_count():
    x = np.zeros((1, 1, 20, 40))
    x[0, 0, 10, 7] = x[0, 0, 19, 38] = x[0, 0, 19, 39] = 5
    dx = pool.max_pool_backward(image([3, 4]), x, (20, 20))
    assert dx[0, 0, 10, 7] == 3
    assert dx[0, 0, 19, 38] == 4
    x[0, 0, 19, 19] = np.nan
    assert pool.max_pool_backward(image([3, 4]), x, (20, 20))[0, 0, 19, 19] == 3


def test_infinity_passes():
    x = sequence(-np.inf, -np.inf, np.inf)
    np.testing.assert_array_equal(pool.max_pool(x, 2, stride=1), sequence(-np.inf, np.inf))


@pytest.mark.parametrize("kind", [np.uint8, np.int8, np.int64, np.uint64, np.float16, np.float32])
def test_the_maximum_keeps_the_type_and_its_extremes(kind):
    info = np.iinfo(kind) if np.issubdtype(kind, np.integer) else np.finfo(kind)
    x = np.array([info.min, info.min, info.max], kind).reshape(1, 1, 3)
    y = pool.max_pool(x, 2, stride=1, padding=1)
    assert y.dtype == kind
    np.testing.assert_array_equal(
        y, np.array([info.min, info.min, info.max, info.max], kind).reshape(1, 1, 4)
    )
    dx = pool.max_pool_backward(np.ones_like(y), x, 2, stride=1, padding=1)
    np.testing.assert_array_equal(dx, np.array([[[2, 0, 2]]], kind), strict=True)


@pytest.mark.parametrize(
    ("kind", "result"),
    [
        (np.uint8, np.float64),
        (np.int32, np.float64),
        (np.float16, np.float16),
        (np.float32, np.float32),
        (np.float64, np.float64),
        (np.complex64, np.complex64),
    ],
)
def test_the_type_of_an_average(kind, result):
    x = np.array([200, 100, 90], kind).reshape(1, 1, 3)
    y = pool.avg_pool(x, 3, padding=1)
    assert y.dtype == result
    np.testing.assert_array_equal(y, np.array([100], result).reshape(1, 1, 1))
    dx = pool.avg_pool_backward(np.array([[[3]]], kind), x, 3, padding=1)
    assert dx.dtype == result
    np.testing.assert_array_equal(dx, np.array([1, 1, 0], result).reshape(1, 1, 3))


def test_float16_adds_up_without_losing_small_parts():
    x = np.array([2048, 1, 1, 1, 1, 1, 1, 1, 1], np.float16).reshape(1, 1, 9)
    assert pool.avg_pool(x, 9).item() == np.float16(2056 / 9)


def test_longdouble_keeps_its_digits():
    kind = np.longdouble
    x = np.array([1, 1 + 4 * np.finfo(kind).eps, 1, 1], kind).reshape(1, 1, 4)
    assert pool.max_pool(x, 4).item() == x[0, 0, 1]
    assert pool.avg_pool(x, 4).item() == 1 + np.finfo(kind).eps
    dy = x[..., 1:2]
    np.testing.assert_array_equal(pool.max_pool_backward(dy, x, 4)[0, 0, 1], dy[0, 0, 0])
    np.testing.assert_array_equal(pool.avg_pool_backward(dy, x, 4), np.full(x.shape, dy / 4))


def test_float16_gradients_add_up_without_losing_small_parts():
    x = np.array([0, 9, 0], np.float16).reshape(1, 1, 3)
    dy = np.array([1, 2048, 1, 1, 1], np.float16).reshape(1, 1, 5)
    dx = pool.max_pool_backward(dy, x, 3, stride=1, padding=2)
    assert dx[0, 0, 1] == np.float16(2048 + 1 + 1)
    dx = pool.avg_pool_backward(3 * dy, x, 3, stride=1, padding=2)
    assert dx[0, 0, 0] == np.float16(2048 + 1 + 1)


LAYOUTS = {
    "Fortran": np.asfortranarray,
    "reversed": lambda x: x[..., ::-1, ::-1].copy()[..., ::-1, ::-1],
    "every other": lambda x: np.repeat(x, 2, axis=3)[..., ::2],
    "channels last": lambda x: np.ascontiguousarray(np.moveaxis(x, 1, -1)).swapaxes(1, 3).mT,
}


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
def test_the_layout_in_memory_does_not_matter(rng, layout):
    x, dy = rng.normal(size=(2, 3, 6, 7)), rng.normal(size=(2, 3, 3, 4))
    options = {"stride": 2, "padding": ((0, 1), (1, 1))}
    other, gradient = layout(x), layout(dy)
    np.testing.assert_array_equal(other, x)
    for forward in (pool.max_pool, pool.avg_pool):
        np.testing.assert_array_equal(forward(other, 3, **options), forward(x, 3, **options))
    for backward in (pool.max_pool_backward, pool.avg_pool_backward):
        np.testing.assert_array_equal(
            backward(gradient, other, 3, **options), backward(dy, x, 3, **options)
        )


def test_one_number_for_all_entries():
    x = np.broadcast_to(np.float32(3), (2, 3, 4, 5))
    np.testing.assert_array_equal(pool.max_pool(x, 2), np.full((2, 3, 2, 2), 3, np.float32))
    np.testing.assert_array_equal(pool.avg_pool(x, 2), np.full((2, 3, 2, 2), 3, np.float32))
    dx = pool.max_pool_backward(np.broadcast_to(np.float32(1), (2, 3, 2, 2)), x, 2)
    np.testing.assert_array_equal(dx[0, 0, :2], [[1, 0, 1, 0, 0], [0, 0, 0, 0, 0]])


def test_lists_are_accepted_and_the_input_is_not_changed(rng):
    np.testing.assert_array_equal(pool.max_pool([[[1, 3, 2]]], 3), [[[3]]])
    x, dy = rng.normal(size=(2, 1, 4)), rng.normal(size=(2, 1, 2))
    kept = x.copy(), dy.copy()
    x.flags.writeable = dy.flags.writeable = False
    pool.max_pool(x, 2)
    pool.max_pool_backward(dy, x, 2)
    pool.avg_pool(x, 2)
    pool.avg_pool_backward(dy, x, 2)
    np.testing.assert_array_equal(x, kept[0])
    np.testing.assert_array_equal(dy, kept[1])


@pytest.mark.parametrize("shape", [(0, 2, 5), (2, 0, 5), (0, 3, 4, 4)])
def test_an_empty_batch_or_no_channels(shape):
    x = np.zeros(shape, np.float32)
    for forward, backward in [
        (pool.max_pool, pool.max_pool_backward),
        (pool.avg_pool, pool.avg_pool_backward),
    ]:
        y = forward(x, 2)
        assert y.shape == (*shape[:2], *(n // 2 for n in shape[2:]))
        assert y.dtype == np.float32
        assert backward(y, x, 2).shape == shape


# ---------------------------------------------------------------- symbols and fractions


def symbols(name, *shape):
    return np.array(sympy.symbols(f"{name}:{np.prod(shape)}"), dtype=object).reshape(shape)


def test_average_of_symbols():
    x = symbols("x", 1, 1, 3)
    a, b, c = x.ravel()
    y = pool.avg_pool(x, 2, stride=1, padding=1, count_include_pad=False)
    for got, expected in zip(y.ravel(), [a, (a + b) / 2, (b + c) / 2, c], strict=True):
        assert sympy.expand(got - expected) == 0


def test_gradient_of_an_average_of_symbols():
    x, dy = symbols("x", 1, 1, 2, 3), symbols("g", 1, 1, 1, 2)
    dx = pool.avg_pool_backward(dy, x, 2, stride=1)
    loss = (dy * pool.avg_pool(x, 2, stride=1)).sum()
    for entry, symbol in zip(dx.ravel(), x.ravel(), strict=True):
        assert sympy.expand(entry - sympy.diff(loss, symbol)) == 0


def test_fractions_stay_exact():
    x = np.array([[[Fraction(1, 2), Fraction(1, 3), Fraction(1, 6)]]])
    assert pool.avg_pool(x, 3).item() == Fraction(1, 3)
    assert pool.max_pool(x, 2, stride=1, padding=1).ravel().tolist() == [
        Fraction(1, 2),
        Fraction(1, 2),
        Fraction(1, 3),
        Fraction(1, 6),
    ]


def test_the_first_of_equal_fractions_gets_the_gradient():
    x = np.array([[[Fraction(1, 2), Fraction(2, 4), Fraction(-1, 3)]]])
    dx = pool.max_pool_backward(symbols("g", 1, 1, 3), x, 3, stride=1, padding=1)
    a, b, c = symbols("g", 3)
    np.testing.assert_array_equal(dx, np.array([[[a + b, c, 0]]]))


def test_nan_among_objects():
    x = np.array([[[np.nan, 9.0, np.nan, 10.0]]], dtype=object)
    assert np.isnan(pool.max_pool(x, 4).item())
    np.testing.assert_array_equal(pool.max_pool_backward(sequence(1), x, 4), sequence(0, 0, 1, 0))


def test_maximum_of_sympy_numbers():
    x = np.array([[[sympy.Rational(1, 3), sympy.sqrt(2), sympy.pi]]])
    assert pool.max_pool(x, 2, stride=1).ravel().tolist() == [sympy.sqrt(2), sympy.pi]


# ---------------------------------------------------------------- properties


def test_a_window_of_one_changes_nothing(rng):
    x = rng.normal(size=(2, 3, 4, 5))
    np.testing.assert_array_equal(pool.max_pool(x, 1), x)
    np.testing.assert_array_equal(pool.avg_pool(x, 1), x)


def test_a_window_as_large_as_the_input_is_global_pooling(rng):
    x = rng.normal(size=(2, 3, 4, 5))
    np.testing.assert_array_equal(pool.max_pool(x, (4, 5))[..., 0, 0], x.max(axis=(2, 3)))
    np.testing.assert_allclose(
        pool.avg_pool(x, (4, 5))[..., 0, 0], x.mean(axis=(2, 3)), rtol=1e-13, atol=1e-15
    )


def test_maximum_is_monotone_and_average_is_linear(rng):
    x, z = rng.normal(size=(2, 1, 2, 7, 6))
    assert (pool.max_pool(np.maximum(x, z), 3) >= pool.max_pool(x, 3)).all()
    np.testing.assert_allclose(
        pool.avg_pool(2 * x - 3 * z, 3),
        2 * pool.avg_pool(x, 3) - 3 * pool.avg_pool(z, 3),
        atol=1e-14,
    )


def test_maximum_is_not_additive():
    x, z = sequence(1, 0), sequence(0, 1)
    assert pool.max_pool(x + z, 2).item() == 1
    assert (pool.max_pool(x, 2) + pool.max_pool(z, 2)).item() == 2


def test_channels_and_samples_do_not_mix(rng):
    x = rng.normal(size=(3, 2, 5, 5))
    for forward in (pool.max_pool, pool.avg_pool):
        y = forward(x, 2, stride=1)
        for n, c in product(range(3), range(2)):
            np.testing.assert_array_equal(
                y[n : n + 1, c : c + 1], forward(x[n:, c:][:1, :1], 2, stride=1)
            )


def test_pooling_in_two_axes_is_pooling_along_each(rng):
    x = rng.normal(size=(1, 2, 7, 8))
    for forward in (pool.max_pool, pool.avg_pool):
        both = forward(x, (3, 2), stride=(2, 1))
        in_turn = forward(forward(x, (3, 1), stride=(2, 1)), (1, 2), stride=(1, 1))
        np.testing.assert_allclose(both, in_turn, rtol=1e-14)


# ---------------------------------------------------------------- the loops as oracle


def random_call(rng, axes):
    """A random x and random options; also some that must be refused."""
    largest = {1: 9, 2: 5, 3: 3}[axes]
    size = rng.integers(1, largest + 1, axes)
    window = tuple(rng.integers(1, min(4, largest + 1), axes).tolist())
    options = {
        "stride": random_choice(rng, None, 1, 2, tuple(rng.integers(1, 5, axes).tolist())),
        "padding": random_padding(rng, window),
        "dilation": random_choice(rng, 1, 1, tuple(rng.integers(1, 4, axes).tolist())),
        "ceil_mode": bool(rng.integers(2)),
    }
    # Few different integers: ties are frequent and sums are exact.
    x = rng.integers(-2, 3, (rng.integers(0, 3), rng.integers(1, 3), *size)).astype(float)
    return x, window, options


def random_choice(rng, *values):
    return values[rng.integers(len(values))]


def random_padding(rng, window):
    pairs = tuple(tuple(rng.integers(0, k // 2 + 2, 2).tolist()) for k in window)
    return random_choice(
        rng, 0, 1, "same", "valid", "full", tuple(k // 2 for k in window), pairs, pairs
    )


def outcome(function, *arguments, **options):
    """The result, or the kind of refusal."""
    try:
        return function(*arguments, **options)
    except ValueError:
        return "refused"


def assert_same(fast, slow):
    if isinstance(slow, str):
        assert isinstance(fast, str)
    else:
        np.testing.assert_allclose(fast, slow, rtol=1e-14, atol=1e-14, strict=True)


@pytest.fixture
def any_order(monkeypatch):
    """Call it to work in the order for few planes and in that for many, by turns."""
    least = cycle([1, 1000])
    return lambda: monkeypatch.setattr(_pooling, "PLANES", next(least))


@pytest.mark.parametrize("axes", [1, 2, 3])
def test_maximum_equals_the_loops(rng, axes, any_order):
    refused = 0
    for _ in range(CONFIGURATIONS):
        any_order()
        x, window, options = random_call(rng, axes)
        if rng.integers(4) == 0:
            x[rng.random(x.shape) < 0.2] = np.nan
        slow = outcome(loops.max_pool, x, window, **options)
        fast = outcome(pool.max_pool, x, window, **options)
        assert_same(fast, slow)
        refused += isinstance(slow, str)
        if not isinstance(slow, str):
            dy = rng.integers(-9, 10, slow.shape)
            assert_same(
                pool.max_pool_backward(dy, x, window, **options),
                loops.max_pool_backward(dy, x, window, **options),
            )
    assert 0 < refused < CONFIGURATIONS / 2


@pytest.mark.parametrize("axes", [1, 2, 3])
def test_average_equals_the_loops(rng, axes, any_order):
    refused = 0
    for _ in range(CONFIGURATIONS):
        any_order()
        x, window, options = random_call(rng, axes)
        options["count_include_pad"] = bool(rng.integers(2))
        slow = outcome(loops.avg_pool, x, window, **options)
        fast = outcome(pool.avg_pool, x, window, **options)
        assert_same(fast, slow)
        refused += isinstance(slow, str)
        if not isinstance(slow, str):
            dy = rng.integers(-9, 10, slow.shape)
            assert_same(
                pool.avg_pool_backward(dy, x, window, **options),
                loops.avg_pool_backward(dy, x, window, **options),
            )
    assert 0 < refused < CONFIGURATIONS / 2


# ---------------------------------------------------------------- adjoints

LAYERS = [
    ((9,), 3, {"stride": 2}),
    ((8,), 3, {"stride": 3, "padding": 1, "ceil_mode": True}),
    ((6, 7), (2, 3), {"stride": (3, 2), "padding": ((0, 1), (1, 1))}),
    ((7, 7), 3, {"padding": "same", "stride": 2}),
    ((4, 5, 6), 2, {"dilation": (1, 2, 3), "stride": 1}),
]


@pytest.mark.parametrize(("size", "window", "options"), LAYERS)
@pytest.mark.parametrize("include", [True, False])
def test_average_backward_is_the_transpose(rng, size, window, options, include):
    x = rng.normal(size=(2, 3, *size))
    y = pool.avg_pool(x, window, count_include_pad=include, **options)
    dy = rng.normal(size=y.shape)
    dx = pool.avg_pool_backward(dy, x, window, count_include_pad=include, **options)
    np.testing.assert_allclose(np.vdot(dx, x), np.vdot(dy, y), rtol=1e-13, atol=1e-13)


@pytest.mark.parametrize(("size", "window", "options"), LAYERS)
def test_maximum_backward_is_the_directional_derivative(rng, size, window, options):
    # All values differ by at least 1, so a step of 1/8 changes no winner and the quotient is exact.
    x = rng.permutation(6 * np.prod(size)).reshape(2, 3, *size).astype(float)
    direction = rng.integers(-3, 4, x.shape) / 8
    dy = rng.integers(-4, 5, pool.max_pool(x, window, **options).shape).astype(float)
    step = pool.max_pool(x + direction, window, **options) - pool.max_pool(x, window, **options)
    dx = pool.max_pool_backward(dy, x, window, **options)
    np.testing.assert_allclose(np.vdot(dx, direction), np.vdot(dy, step), rtol=1e-13, atol=1e-13)


@pytest.mark.parametrize(("size", "window", "options"), LAYERS)
def test_the_gradient_keeps_the_total_of_dy(rng, size, window, options):
    x = rng.normal(size=(1, 2, *size))
    dy = rng.integers(-9, 10, pool.max_pool(x, window, **options).shape)
    assert pool.max_pool_backward(dy, x, window, **options).sum() == dy.sum()
    dx = pool.avg_pool_backward(dy, x, window, count_include_pad=False, **options)
    np.testing.assert_allclose(dx.sum(), dy.sum(), atol=1e-12)


# ---------------------------------------------------------------- the kernels by themselves


def test_the_place_of_a_winner_counts_through_the_whole_batch():
    x = np.array([[[1, 5, 2], [3, 4, 8]], [[7, 0, 0], [0, 0, 6]]])[:, np.newaxis]
    y, places = _pooling.max_forward(x, layer_axes((2, 3), (2, 2)))
    np.testing.assert_array_equal(y, [[[[5, 8]]], [[[7, 6]]]])
    np.testing.assert_array_equal(places, [[[[1, 5]]], [[[6, 11]]]])
    dx = _pooling.max_backward(10 * y, places, x.shape)
    np.testing.assert_array_equal(
        dx[:, 0], [[[0, 50, 0], [0, 0, 80]], [[70, 0, 0], [0, 0, 60]]], strict=True
    )


@pytest.mark.parametrize(("size", "window", "options"), LAYERS)
def test_what_stands_at_the_places_is_the_maximum(rng, size, window, options):
    x = rng.integers(-2, 3, (2, 3, *size)).astype(float)
    x[rng.random(x.shape) < 0.1] = np.nan
    window = (window,) * len(size) if isinstance(window, int) else window
    axes = layer_axes(size, window, **options)
    y, places = _pooling.max_forward(x, axes)
    np.testing.assert_array_equal(x.ravel()[places], y)
    np.testing.assert_array_equal(_pooling.max_values(x, axes), y)


@pytest.mark.parametrize("kind", [np.uint8, np.float16, np.float32, np.float64, np.longdouble])
@pytest.mark.parametrize("options", [{}, {"stride": 1, "padding": 1}, {"stride": 5, "padding": 1}])
def test_many_planes_are_pooled_as_a_few_are(rng, kind, options):
    """From 64 planes on, those of short rows are laid side by side, with planes of 0 behind."""
    x = (99 * rng.random((7, 13, 6, 5))).astype(kind)
    if np.issubdtype(kind, np.floating):
        x[rng.random(x.shape) < 0.05] = np.nan
        x -= 50
    for forward, backward in (
        (pool.max_pool, pool.max_pool_backward),
        (pool.avg_pool, pool.avg_pool_backward),
    ):
        y = forward(x, 3, **options)
        few = [forward(sample[np.newaxis], 3, **options) for sample in x]
        np.testing.assert_array_equal(y, np.concatenate(few), strict=True)
        dx = backward(y, x, 3, **options)
        pairs = zip(few, x, strict=True)
        few = [backward(dy, sample[np.newaxis], 3, **options) for dy, sample in pairs]
        np.testing.assert_array_equal(dx, np.concatenate(few), strict=True)
        assert y.flags.c_contiguous
        assert dx.flags.c_contiguous


@pytest.mark.parametrize("include", [True, False])
def test_a_long_window_needs_no_memory_of_its_own(include):
    """A table of every tap of every window would hold 10^8 numbers here."""
    x = np.arange(100_000.0).reshape(1, 1, -1)
    tracemalloc.start()
    y = pool.avg_pool(x, 1000, stride=1, padding=500, count_include_pad=include)
    dx = pool.avg_pool_backward(y, x, 1000, stride=1, padding=500, count_include_pad=include)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 12 * x.nbytes
    np.testing.assert_array_equal(y[0, 0, 500:-500], np.arange(499.5, 99_500))
    assert dx.shape == x.shape


# ---------------------------------------------------------------- error texts

X = np.zeros((1, 1, 4))


@pytest.mark.parametrize("forward", [pool.max_pool, pool.avg_pool])
@pytest.mark.parametrize(
    ("x", "window", "options", "kind", "message"),
    [
        (np.zeros(4), 2, {}, ValueError, r"x has shape \(4,\): needs \(N, C, \*spatial\)"),
        (X, 0, {}, ValueError, "window=0: needs an integer of at least 1"),
        (X, 2.0, {}, TypeError, r"window=2.0: .* not float"),
        (X, (2, 2), {}, ValueError, r"window=\(2, 2\): needs one entry per spatial axis \(1\)"),
        (X, 2, {"stride": 0}, ValueError, "stride=0: needs an integer of at least 1"),
        (X, 2, {"dilation": -1}, ValueError, "dilation=-1: needs an integer of at least 1"),
        (X, 2, {"padding": -1}, ValueError, "padding=-1: needs an integer of at least 0"),
        (X, 2, {"padding": "sane"}, ValueError, "did you mean 'same'?"),
        (X, 5, {}, ValueError, r"window=5: needs at most 4, the padded input"),
        (X, 3, {"dilation": 2}, ValueError, "window=3: needs a span of at most 4, .*, not 5"),
        (X > 0, 2, {}, TypeError, "x has dtype bool"),
        (X, 3, {"ceil_mode": "no"}, TypeError, "ceil_mode='no': needs True or False"),
        (X, 3, {"ceil_mode": 1}, TypeError, "ceil_mode=1: needs True or False"),
    ],
)
def test_bad_input_is_refused(forward, x, window, options, kind, message):
    with pytest.raises(kind, match=message):
        forward(x, window, **options)


@pytest.mark.parametrize("module", [pool, loops])
@pytest.mark.parametrize("option", ["ceil_mode", "count_include_pad"])
def test_a_switch_needs_a_truth_value(module, option):
    message = f"{option}='no': needs True or False"
    with pytest.raises(TypeError, match=message):
        module.avg_pool(X, 3, **{option: "no"})
    with pytest.raises(TypeError, match=message):
        module.avg_pool_backward(X[..., :1], X, 3, **{option: "no"})
    kept, lost = (module.avg_pool(X, 3, **{option: np.bool_(on)}).shape for on in (True, False))
    assert (kept == lost) == (option != "ceil_mode")


@pytest.mark.parametrize(
    ("window", "options", "message"),
    [
        (
            2,
            {"padding": 2},
            r"padding=\(2, 2\): window 0 along the axis of size 4 .*; use at most 1",
        ),
        (2, {"padding": ((0, 5),)}, "window 2 along the axis of size 4 reads nothing but padding"),
        (1, {"padding": 1}, "use at most 0 per side"),
    ],
)
def test_a_window_of_padding_alone_is_refused(window, options, message):
    dy = np.zeros_like(pool.avg_pool(X, window, **options))
    with pytest.raises(ValueError, match=message):
        pool.max_pool(X, window, **options)
    with pytest.raises(ValueError, match=message):
        pool.max_pool_backward(dy, X, window, **options)
    with pytest.raises(ValueError, match=message):
        pool.avg_pool(X, window, count_include_pad=False, **options)


def test_a_dilated_window_may_step_over_the_whole_input():
    with pytest.raises(ValueError, match="use a smaller dilation"):
        pool.max_pool(sequence(5), 2, dilation=2, padding=1)


def test_an_average_that_counts_padding_may_be_zero():
    np.testing.assert_array_equal(pool.avg_pool(sequence(6), 1, padding=1), sequence(0, 6, 0))


@pytest.mark.parametrize("backward", [pool.max_pool_backward, pool.avg_pool_backward])
def test_dy_must_have_the_shape_of_the_output(backward):
    with pytest.raises(ValueError, match=r"dy has shape \(1, 1, 3\): needs \(1, 1, 2\)"):
        backward(np.zeros((1, 1, 3)), X, 2)


def test_values_without_an_order_are_refused():
    with pytest.raises(TypeError, match=r"cannot be compared: .* \(complex numbers are"):
        pool.max_pool(X.astype(complex), 2)
    with pytest.raises(TypeError, match=r"cannot be compared: .* truth value"):
        pool.max_pool(symbols("x", 1, 1, 2), 2)


# ---------------------------------------------------------------- sums that overflow

LARGE = {np.float16: 6e4, np.float32: 3e38, np.float64: 1.5e308, complex: 1.5e308 + 1e308j}


@pytest.mark.parametrize("dtype", LARGE)
@pytest.mark.parametrize("mean", [pool.avg_pool, loops.avg_pool])
def test_a_mean_that_fits_is_found_where_the_sum_overflows(mean, dtype):
    x = np.full((1, 1, 4, 6), LARGE[dtype], dtype)
    y = mean(x, (2, 3))
    assert y.dtype == dtype
    np.testing.assert_allclose(y, x[:, :, :2, :2], rtol=4 * np.finfo(dtype).eps)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("options", [{}, {"padding": 1, "count_include_pad": False}])
@pytest.mark.parametrize("shape", [(1, 2, 7, 6), (9, 8, 7, 6)])
def test_large_numbers_have_the_mean_of_small_ones(dtype, options, shape, rng):
    x = rng.uniform(0, 1, shape).astype(dtype)
    huge = dtype(2.0 ** (np.finfo(dtype).maxexp - 1))
    expected = pool.avg_pool(x, 3, stride=1, **options)
    np.testing.assert_array_equal(pool.avg_pool(x * huge, 3, stride=1, **options) / huge, expected)


def test_an_overflow_leaves_the_other_windows_as_they_are():
    tiny = 5e-324
    x = np.array([[[1.5e308, 1.5e308, tiny, 3 * tiny, np.inf, 1, np.nan, 1, -np.inf, np.inf]]])
    with np.errstate(all="ignore"):
        y = pool.avg_pool(x, 2)
    np.testing.assert_array_equal(y, [[[1.5e308, 2 * tiny, np.inf, np.nan, np.nan]]])


def test_no_warning_tells_of_an_overflow_that_was_mended():
    x = np.full((1, 1, 4), 3e38, np.float32)
    with np.errstate(all="raise"):
        np.testing.assert_array_equal(pool.avg_pool(x, 4), x[..., :1])
