"""Every public function that takes arrays, on every kind of array that NumPy knows.

One table says for each function how to call it and which dtype it returns; every claim below is
then made for all of them. Entries are small whole numbers, so that every sum is exact in every
order and dtype: results are compared bit for bit. (For a sum of any other numbers the order, and so
the last bits, may depend on the memory order: one test states how much.)

A public function that takes arrays and is missing here fails the first test. The layers of
`convlib.nn` have a table of their own.
"""

import inspect
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import product
from threading import Barrier
from typing import Any, NamedTuple

import numpy as np
import pytest

import convlib as cl

EACH = {"stride": 2, "padding": ((1, 2), (0, 1)), "dilation": (1, 2)}
LAYER = {**EACH, "groups": 2}
POOL = {"stride": 2, "padding": (1, 0)}
X, W, DY = (2, 4, 3, 5), (2, 2, 2, 2), (2, 2, 3, 2)


# ---------------------------------------------------------------- what a result's dtype is


def promoted(*dtypes):
    """NumPy's promotion of all arguments."""
    return np.result_type(*dtypes)


def first(dtype, *_):
    """That of the first argument."""
    return dtype


def mean(dtype, *_):
    """That of the first argument; integers give float64."""
    return np.dtype(float) if dtype.kind in "iu" else dtype


def double(*dtypes):
    """At least float64, by that of the last argument, x."""
    return np.result_type(dtypes[-1], float)


def number(*_):
    """One Python float."""
    return np.dtype(float)


# ---------------------------------------------------------------- the table


class Sweep(NamedTuple):
    """How one function is called, and what it promises."""

    call: Callable[..., Any]  # of the function and arrays of these shapes
    shapes: tuple[tuple[int, ...], ...]
    dtype: Callable[..., np.dtype]
    samples: tuple[int, ...] = ()  # arrays whose axis 0 is the batch, which may be empty
    scaled: tuple[int, ...] = (0,)  # multiply these by a factor, and the result has it, too
    kinds: str = "iufc"
    moves: bool = False  # entries are only moved, never added
    view: bool = False  # the result is a read-only view
    invariant: bool = False  # a factor changes nothing


TABLE = {
    # -- layers
    "conv": Sweep(
        lambda f, x, w, b: f(x, w, b, **LAYER), (X, W, (2,)), promoted, (0,), scaled=(0, 2)
    ),
    "conv_backward": Sweep(lambda f, dy, x, w: f(dy, x, w, **LAYER), (DY, X, W), promoted, (0, 1)),
    "conv_transpose": Sweep(
        lambda f, x, w, b: f(x, w, b, **LAYER, output_padding=(1, 0)),
        (DY, W, (4,)),
        promoted,
        (0,),
        scaled=(0, 2),
    ),
    "conv_transpose_backward": Sweep(
        lambda f, dy, x, w: f(dy, x, w, **LAYER), ((2, 4, 3, 4), DY, W), promoted, (0, 1)
    ),
    # -- pooling
    "max_pool": Sweep(lambda f, x: f(x, 2, **POOL), (X,), first, (0,), kinds="iuf"),
    "max_pool_backward": Sweep(
        lambda f, dy, x: f(dy, x, 2, **POOL), ((2, 4, 2, 2), X), first, (0, 1), kinds="iuf"
    ),
    "avg_pool": Sweep(lambda f, x: f(x, 2, **POOL), (X,), mean, (0,)),
    "avg_pool_backward": Sweep(
        lambda f, dy, x: f(dy, x, 2, **POOL), ((2, 4, 2, 2), X), mean, (0, 1)
    ),
    # -- windows, and what moves entries
    "pad": Sweep(lambda f, x: f(x, ((1, 2), (0, 1))), (X,), first, (0,), moves=True),
    "sliding_windows": Sweep(lambda f, x: f(x, 2), (X,), first, (0,), moves=True, view=True),
    "im2col": Sweep(lambda f, x: f(x, 2, **EACH), (X,), first, (0,), moves=True),
    "col2im": Sweep(lambda f, cols: f(cols, (3, 5), 2, **EACH), ((2, 16, 6),), first, (0,)),
    "zero_stuff": Sweep(lambda f, y: f(y, 2, extra=1), (DY,), first, (0,), moves=True),
    "pixel_shuffle": Sweep(lambda f, x: f(x, 2), (X,), first, (0,), moves=True),
    "pixel_unshuffle": Sweep(lambda f, x: f(x, (3, 1)), (X,), first, (0,), moves=True),
    # -- matrices
    "conv_matrix": Sweep(lambda f, w: f(w, (3, 5), **EACH), (W,), first, moves=True),
    "hankel": Sweep(lambda f, x: f(x, 2, padding=1), ((5,),), first, moves=True),
    "circulant": Sweep(lambda f, c: f(c, 7), ((5,),), first, moves=True),
    # -- lists and tables
    "correlate1d": Sweep(lambda f, x, w: f(x, w, padding=1), ((6,), (3,)), promoted),
    "correlate1d_backward": Sweep(lambda f, dy, x, w: f(dy, x, w), ((4,), (6,), (3,)), promoted),
    "correlate2d": Sweep(lambda f, x, w: f(x, w, padding=1), ((4, 5), (2, 3)), promoted),
    "correlate2d_backward": Sweep(
        lambda f, dy, x, w: f(dy, x, w), ((3, 4), (4, 5), (2, 2)), promoted
    ),
    "max_pool1d": Sweep(lambda f, x: f(x, 2), ((7,),), first, kinds="iuf"),
    "max_pool1d_backward": Sweep(lambda f, dy, x: f(dy, x, 2), ((3,), (7,)), first, kinds="iuf"),
    "avg_pool1d": Sweep(lambda f, x: f(x, 2), ((7,),), mean),
    "avg_pool1d_backward": Sweep(lambda f, dy, x: f(dy, x, 2), ((3,), (7,)), mean),
    "max_pool2d": Sweep(lambda f, x: f(x, 2), ((4, 5),), first, kinds="iuf"),
    "max_pool2d_backward": Sweep(
        lambda f, dy, x: f(dy, x, 2), ((2, 2), (4, 5)), first, kinds="iuf"
    ),
    "avg_pool2d": Sweep(lambda f, x: f(x, 2), ((4, 5),), mean),
    "avg_pool2d_backward": Sweep(lambda f, dy, x: f(dy, x, 2), ((2, 2), (4, 5)), mean),
    "im2col2d": Sweep(lambda f, x: f(x, 2), ((4, 5),), first, moves=True),
    "col2im2d": Sweep(lambda f, cols: f(cols, (3, 4), 2), ((4, 6),), first),
    "convolve1d": Sweep(lambda f, x, w: f(x, w), ((6,), (3,)), promoted),
    "convolve2d": Sweep(lambda f, x, w: f(x, w), ((4, 5), (2, 3)), promoted),
    # -- checks of gradients
    "numerical_gradient": Sweep(
        lambda f, dy, x: f(lambda x: 2 * x, x, dy, h=1), ((2, 3), (2, 3)), double, (0, 1)
    ),
    "complex_step": Sweep(
        lambda f, dy, x: f(lambda x: 2 * x, x, dy, h=2.0**-60),
        ((2, 3), (2, 3)),
        double,
        (0, 1),
        scaled=(),  # h times a slope of the smallest number is 0, as its docstring says
        kinds="iuf",
    ),
    "adjoint_error": Sweep(
        lambda f, x, dy: f(lambda x: 3 * x, lambda dy: 2 * dy, x, dy),
        ((2, 3), (2, 3)),
        number,
        (0, 1),
        scaled=(0, 1),
        invariant=True,
    ),
    "relative_error": Sweep(
        lambda f, a, b: f(a, b), ((2, 3), (2, 3)), number, (0, 1), scaled=(0, 1), invariant=True
    ),
}
FUNCTIONS = {name: (getattr(cl, name), sweep) for name, sweep in TABLE.items()} | {
    f"reference.{name}": (getattr(cl.reference, name), TABLE[name]) for name in cl.reference.__all__
}
DTYPES = [
    np.dtype(code)
    for code in ("i1", "u1", "i2", "i4", "i8", "u8", "f2", "f4", "f8", "g", "c8", "c16", "G")
]
functions = pytest.mark.parametrize(("function", "sweep"), FUNCTIONS.values(), ids=FUNCTIONS)


def takes_arrays(function):
    """Whether some parameter is annotated as an array."""
    if not inspect.isfunction(function):
        return False
    parameters = inspect.signature(function).parameters.values()
    return any("Array" in str(parameter.annotation) for parameter in parameters)


def test_no_function_is_missing():
    public = {name for name in cl.__all__ if takes_arrays(getattr(cl, name))}
    assert public == set(TABLE)
    loops = {name for name in cl.reference.__all__ if takes_arrays(getattr(cl.reference, name))}
    assert loops == set(cl.reference.__all__) <= set(TABLE)


# ---------------------------------------------------------------- arrays of every kind


def whole(rng, shape, dtype):
    """Small whole numbers; none is 0, which would hide a factor."""
    values = rng.integers(1, 4, shape)
    if dtype.kind != "u":
        values = values * rng.choice([-1, 1], shape)
    if dtype.kind == "c":
        values = values + 1j * rng.integers(-3, 4, shape)
    return values.astype(dtype)


def normal(rng, shape, dtype):
    """Numbers with all their digits."""
    values = rng.standard_normal(shape)
    if dtype.kind == "c":
        values = values + 1j * rng.standard_normal(shape)
    return values.astype(dtype)


def swapped(array):
    return array.astype(array.dtype.newbyteorder())


def backwards(array):
    """The same numbers in the opposite order in memory: every stride is negative."""
    return np.flip(np.flip(array).copy())


def sliced(array):
    """The same numbers with others between them in memory."""
    wide = np.full([2 * n + 1 for n in array.shape], 7, array.dtype)
    inner = wide[(slice(1, None, 2),) * array.ndim]
    inner[...] = array
    return inner


def broadcast(array):
    """The first along the last axis, everywhere: a stride of 0, and read-only."""
    return np.broadcast_to(array[..., :1], array.shape)


def sealed(array):
    array = array.copy()
    array.flags.writeable = False
    return array


def unaligned(array):
    """The same numbers one byte off the places that the processor likes."""
    return np.frombuffer(b"\0" + array.tobytes(), array.dtype, offset=1).reshape(array.shape)


def everything(array):
    return swapped(array)[..., ::-1].T.copy().T[..., ::-1]


MEMORY = [
    np.copy, np.asfortranarray, swapped, backwards, sliced, broadcast, sealed, unaligned, everything
]  # fmt: skip
LAYOUTS = {layout.__name__: layout for layout in MEMORY}
layouts = pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)


def arrays_of(result):
    """The arrays of a result, or its one number, as a list of arrays."""
    several = isinstance(result, tuple)
    return [np.asarray(part) for part in (result if several else (result,))]


def fresh(arrays):
    """Copies: native, aligned, C-contiguous, writable."""
    return [np.array(a, a.dtype.newbyteorder("="), order="C", copy=True) for a in arrays]


def suitable(sweep):
    return [dtype for dtype in DTYPES if dtype.kind in sweep.kinds]


# ---------------------------------------------------------------- the claims


@layouts
@functions
def test_memory_and_byte_order_change_nothing(rng, function, sweep, layout):
    """The result is that of a fresh copy, bit for bit, in every dtype; and it is a new array."""
    for dtype in suitable(sweep):
        arrays = [layout(whole(rng, shape, dtype)) for shape in sweep.shapes]
        kept = [array.tobytes() for array in arrays]
        results = arrays_of(sweep.call(function, *arrays))
        expected = arrays_of(sweep.call(function, *fresh(arrays)))
        for result, right in zip(results, expected, strict=True):
            np.testing.assert_array_equal(result, right, strict=True)
            assert result.dtype == sweep.dtype(*[dtype] * len(arrays))
            assert result.dtype.isnative
            assert result.flags.writeable != sweep.view
            assert sweep.view or not any(np.shares_memory(result, array) for array in arrays)
        assert [array.tobytes() for array in arrays] == kept


@layouts
@functions
def test_numbers_with_all_their_digits(rng, function, sweep, layout):
    """Where entries are added, the order may depend on the memory: 16 units in the last place."""
    for dtype in map(np.dtype, ("f4", "f8", "c16")):
        if dtype.kind not in sweep.kinds:
            continue
        arrays = [layout(normal(rng, shape, dtype)) for shape in sweep.shapes]
        results = arrays_of(sweep.call(function, *arrays))
        expected = arrays_of(sweep.call(function, *fresh(arrays)))
        for result, right in zip(results, expected, strict=True):
            room = 0 if sweep.moves else 16 * np.finfo(dtype).eps * abs(right).max()
            np.testing.assert_allclose(result, right, rtol=0, atol=room, strict=True)


@pytest.mark.parametrize("name", [name for name in TABLE if len(TABLE[name].shapes) > 1])
def test_mixed_dtypes_are_promoted_as_numpy_does(rng, name):
    sweep = TABLE[name]
    for one, other in product(suitable(sweep), repeat=2):
        dtypes = [one] + [other] * (len(sweep.shapes) - 1)
        arrays = [whole(rng, *pair) for pair in zip(sweep.shapes, dtypes, strict=True)]
        for result in arrays_of(sweep.call(getattr(cl, name), *arrays)):
            assert result.dtype == sweep.dtype(*dtypes)


@functions
def test_an_empty_batch_gives_no_samples_and_sums_of_nothing(rng, function, sweep):
    for dtype in suitable(sweep) if sweep.samples else ():
        arrays = [whole(rng, shape, dtype) for shape in sweep.shapes]
        full = arrays_of(sweep.call(function, *arrays))
        empty = [a[:0] if i in sweep.samples else a for i, a in enumerate(arrays)]
        for result, some in zip(arrays_of(sweep.call(function, *empty)), full, strict=True):
            assert result.dtype == some.dtype
            if some.ndim and len(result) == 0:
                assert result.shape[1:] == some.shape[1:]
            else:
                np.testing.assert_array_equal(result, np.zeros(some.shape))


def times_power(array, exponent):
    """The array times a power of two, exactly."""
    if array.dtype.kind == "c":
        return np.ldexp(array.real, exponent) + 1j * np.ldexp(array.imag, exponent)
    return np.ldexp(array, exponent)


@functions
def test_from_the_smallest_normal_number_to_the_largest(rng, function, sweep):
    """A power of two in the arguments is one in the result: nothing overflows or fades between."""
    for dtype in suitable(sweep) if sweep.scaled else ():
        if dtype.kind not in "fc":
            continue
        arrays = [whole(rng, shape, dtype) for shape in sweep.shapes]
        middle = arrays_of(sweep.call(function, *arrays))
        for exponent in (np.finfo(dtype).minexp, np.finfo(dtype).maxexp - 9):
            large = [
                times_power(a, exponent) if i in sweep.scaled else a for i, a in enumerate(arrays)
            ]
            for result, plain in zip(arrays_of(sweep.call(function, *large)), middle, strict=True):
                right = plain if sweep.invariant else times_power(plain, exponent)
                np.testing.assert_array_equal(result, right)


@pytest.mark.parametrize("name", ["conv", "conv_backward", "conv_transpose", "col2im"])
@pytest.mark.parametrize("module", [cl, cl.reference], ids=["fast", "loops"])
def test_integers_wrap_around(rng, name, module):
    """Whatever the size of the numbers, the result is the exact one modulo 2^bits."""
    sweep, function = TABLE[name], getattr(module, name)
    for dtype in suitable(sweep):
        if dtype.kind not in "iu":
            continue
        limits = np.iinfo(dtype)
        arrays = [
            rng.integers(limits.min, limits.max, shape, dtype, endpoint=True)
            for shape in sweep.shapes
        ]
        results = arrays_of(sweep.call(function, *arrays))
        exact = arrays_of(sweep.call(function, *(array.astype(object) for array in arrays)))
        for result, right in zip(results, exact, strict=True):
            modulo = np.array(right % 2**limits.bits, object)
            np.testing.assert_array_equal(result.astype(object) % 2**limits.bits, modulo)


@pytest.mark.parametrize("name", cl.reference.__all__)
def test_the_loops_agree_in_every_dtype(rng, name):
    sweep = TABLE[name]
    for dtype in suitable(sweep):
        arrays = [whole(rng, shape, dtype) for shape in sweep.shapes]
        fast = arrays_of(sweep.call(getattr(cl, name), *arrays))
        loops = arrays_of(sweep.call(getattr(cl.reference, name), *arrays))
        for result, right in zip(fast, loops, strict=True):
            np.testing.assert_array_equal(result, right, strict=True)


@pytest.fixture
def impatient():
    """Threads take turns as often as they can."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


@functions
@pytest.mark.usefixtures("impatient")
def test_eight_threads_at_once(rng, function, sweep):
    """They share their arguments, start together, and get what one alone gets, bit for bit."""
    arrays = [normal(rng, shape, np.dtype("f4")) for shape in sweep.shapes]
    alone = arrays_of(sweep.call(function, *arrays))
    kept = [array.copy() for array in arrays]
    start = Barrier(8)

    def run(_):
        start.wait()
        return [arrays_of(sweep.call(function, *arrays)) for _ in range(3)]

    with ThreadPoolExecutor(8) as pool:
        for results in pool.map(run, range(8)):
            for result in results:
                for part, right in zip(result, alone, strict=True):
                    np.testing.assert_array_equal(part, right, strict=True)
    for array, copy in zip(arrays, kept, strict=True):
        np.testing.assert_array_equal(array, copy)
