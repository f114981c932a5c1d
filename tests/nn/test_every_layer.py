"""One sweep over every layer of the library: memory layouts, dtypes, magnitudes, threads, copies.

What a layer computes is tested beside each layer. Here stands what must hold for all of them,
whatever array they get, and that none of them is left out.
"""

import pickle
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from threading import Barrier

import numpy as np
import pytest

from convlib import nn

SHAPE = (4, 6, 5)
FLAT = (20,)
FLOATS = (np.float16, np.float32, np.float64, np.longdouble)


def block(dtype):
    return (
        nn.Conv(4, 4, 3, padding=1, bias=False, rng=0, dtype=dtype),  # its gradient would be 0
        nn.BatchNorm(4, dtype=dtype),
        nn.ReLU(),
    )


# layer of dtype, and the shape of a sample
LAYERS = {
    nn.AvgPool: (lambda dtype: nn.AvgPool(2, padding=1, ceil_mode=True), SHAPE),
    nn.BatchNorm: (lambda dtype: nn.BatchNorm(4, dtype=dtype), SHAPE),
    nn.Conv: (lambda dtype: nn.Conv(4, 6, 3, padding=1, groups=2, rng=0, dtype=dtype), SHAPE),
    nn.ConvTranspose: (
        lambda dtype: nn.ConvTranspose(4, 3, 3, stride=2, padding=1, rng=0, dtype=dtype),
        SHAPE,
    ),
    nn.Dense: (lambda dtype: nn.Dense(20, 3, rng=0, dtype=dtype), FLAT),
    nn.Dropout: (lambda dtype: nn.Dropout(0.5, rng=0), SHAPE),
    nn.Flatten: (lambda dtype: nn.Flatten(), SHAPE),
    nn.GELU: (lambda dtype: nn.GELU(), SHAPE),
    nn.GlobalAvgPool: (lambda dtype: nn.GlobalAvgPool(), SHAPE),
    nn.GroupNorm: (lambda dtype: nn.GroupNorm(2, 4, dtype=dtype), SHAPE),
    nn.LayerNorm: (lambda dtype: nn.LayerNorm((6, 5), dtype=dtype), SHAPE),
    nn.MaxPool: (lambda dtype: nn.MaxPool(3, stride=2, padding=1), SHAPE),
    nn.Parallel: (
        lambda dtype: nn.Parallel(
            nn.Conv(4, 2, 1, rng=0, dtype=dtype), nn.AvgPool(1), join="concatenate"
        ),
        SHAPE,
    ),
    nn.ReLU: (lambda dtype: nn.ReLU(), SHAPE),
    nn.Residual: (lambda dtype: nn.Residual(*block(dtype)), SHAPE),
    nn.Sequential: (
        lambda dtype: nn.Sequential(*block(dtype), nn.Flatten(), nn.Dense(120, 3, rng=0)).astype(
            dtype
        ),
        SHAPE,
    ),
    nn.SiLU: (lambda dtype: nn.SiLU(), SHAPE),
    nn.Sigmoid: (lambda dtype: nn.Sigmoid(), SHAPE),
    nn.Tanh: (lambda dtype: nn.Tanh(), SHAPE),
}
every_layer = pytest.mark.parametrize("kind", LAYERS, ids=lambda kind: kind.__name__)


def library_layers(kind=nn.Layer):
    """The layer classes of the library that have no subclass there."""
    below = [sub for sub in kind.__subclasses__() if sub.__module__.startswith("convlib.nn.")]
    return {leaf for sub in below for leaf in library_layers(sub)} if below else {kind}


def made(kind, dtype=np.float64):
    return LAYERS[kind][0](dtype)


def batch(kind, rng, dtype=np.float64, n=6):
    """Values at least 0.002 apart, so that no rounding makes another one the largest."""
    shape = (n, *LAYERS[kind][1])
    values = np.linspace(-2, 2, int(np.prod(shape))) + 0.001
    return rng.permutation(values).reshape(shape).astype(dtype)


def results(layer, x, dy=None):
    """y, dx and the gradients of a copy, for a dy that fits."""
    layer = deepcopy(layer)
    y = layer(x)
    if dy is None:
        dy = np.cos(np.arange(y.size)).reshape(y.shape).astype(y.dtype)
    return {"y": y, "dx": layer.backward(dy), **layer.grads}


def same(found, expected, **tolerance):
    assert set(found) == set(expected)
    for name, array in expected.items():
        assert found[name].dtype == array.dtype, name
        np.testing.assert_allclose(found[name], array, **tolerance, err_msg=name)


def test_no_layer_is_left_out():
    assert library_layers() == set(LAYERS)
    assert {kind.__name__ for kind in LAYERS} <= set(nn.__all__)


# ---------------------------------------------------------------- layouts


LAYOUTS = {
    "reversed": lambda x: x[::-1, ..., ::-1].copy()[::-1, ..., ::-1],
    "Fortran": np.asfortranarray,
    "every other": lambda x: np.repeat(x, 2, axis=-1)[..., ::2],
    "channels last": lambda x: np.moveaxis(np.ascontiguousarray(np.moveaxis(x, 1, -1)), -1, 1),
    "a window of more": lambda x: np.pad(x, 1)[(slice(1, -1),) * x.ndim],
    "big-endian": lambda x: x.astype(x.dtype.newbyteorder(">")),
    "little-endian": lambda x: x.astype(x.dtype.newbyteorder("<")),
}


@every_layer
@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_layout_in_memory_does_not_matter(kind, layout, dtype, rng):
    layer, x = made(kind, dtype), batch(kind, rng, dtype)
    y = deepcopy(layer)(x)
    dy = rng.normal(size=y.shape).astype(dtype)
    plain = results(layer, x, dy)
    epsilon = np.finfo(dtype).eps
    change = LAYOUTS[layout]
    same(results(layer, change(x), change(dy)), plain, rtol=200 * epsilon, atol=200 * epsilon)


@every_layer
def test_one_sample_that_stands_for_many(kind, rng):
    layer, x = made(kind), batch(kind, rng)
    view = np.broadcast_to(x[:1], x.shape)
    same(results(layer, view), results(layer, view.copy()), rtol=1e-12, atol=1e-12)


@every_layer
def test_arrays_that_are_read_only_and_arrays_that_stay(kind, rng):
    layer, x = made(kind), batch(kind, rng)
    y = layer(x)
    dy = rng.normal(size=y.shape)
    given, told = x.copy(), dy.copy()
    for array in (x, dy):
        array.flags.writeable = False
    results(layer, x, dy)
    np.testing.assert_array_equal(x, given)
    np.testing.assert_array_equal(dy, told)


@every_layer
def test_what_comes_out_belongs_to_the_caller(kind, rng):
    layer, x = made(kind), batch(kind, rng)
    y = layer(x)
    dy = np.ones(y.shape)
    dx = layer.backward(dy)
    owned = [*layer.params.values(), *layer.buffers.values(), *layer.grads.values(), x, dy]
    for array in (y, dx):
        assert array.flags.writeable
        assert type(array) is np.ndarray
        assert not any(np.shares_memory(array, other) for other in owned)
    assert not np.shares_memory(y, dx)
    twin, dy = deepcopy(layer), rng.normal(size=y.shape)
    y = layer(x)
    twin(x)
    y[...] = np.nan
    np.testing.assert_array_equal(layer.backward(dy), twin.backward(dy))


# ---------------------------------------------------------------- sizes and dtypes


@every_layer
@pytest.mark.parametrize("dtype", FLOATS)
def test_an_empty_batch(kind, dtype):
    layer = made(kind, dtype)
    buffers = {name: array.copy() for name, array in layer.buffers.items()}
    x = np.empty((0, *LAYERS[kind][1]), dtype)
    y = layer(x)
    assert y.shape == (0, *layer.output_shape(x.shape[1:]))
    dx = layer.backward(y)
    assert (dx.shape, y.dtype, dx.dtype) == (x.shape, dtype, dtype)
    assert all(np.array_equal(grad, np.zeros(grad.shape)) for grad in layer.grads.values())
    assert all(np.array_equal(layer.buffers[name], array) for name, array in buffers.items())


@every_layer
@pytest.mark.parametrize("of_layer", FLOATS)
@pytest.mark.parametrize("of_x", FLOATS)
def test_the_law_of_dtypes(kind, of_layer, of_x, rng):
    """y has the dtype that NumPy gives x with the parameters, dx that of x, a gradient its own."""
    layer, x = made(kind, of_layer), batch(kind, rng, of_x)
    found = results(layer, x)
    params = dict(layer.params)
    assert found.pop("y").dtype == np.result_type(x, *params.values())
    assert found.pop("dx").dtype == of_x
    assert {name: grad.dtype for name, grad in found.items()} == dict.fromkeys(
        params, np.dtype(of_layer)
    )


@every_layer
@pytest.mark.parametrize("dtype", [np.uint8, np.int16, np.int64, ">i4"])
def test_integers_count_as_numbers_of_the_layer(kind, dtype, rng):
    layer, x = made(kind, np.float32), (20 * batch(kind, rng) + 50).astype(dtype)
    same(results(layer, x), results(layer, x.astype(layer.dtype)), rtol=1e-6, atol=1e-5)


@every_layer
@pytest.mark.parametrize(
    ("dtype", "scale"),
    [
        (np.float16, 2.0**-12),
        (np.float16, 1),
        (np.float16, 2.0**12),
        (np.float32, 1e-30),
        (np.float32, 1e30),
        (np.float64, 1e-200),
        (np.float64, 1e200),
    ],
)
def test_magnitudes(kind, dtype, scale, rng):
    """What the longest dtype finds, rounded; only what is too large for the dtype is infinite."""
    layer, x = made(kind, dtype), (batch(kind, rng) * scale).astype(dtype)
    with np.errstate(over="ignore"):
        found = results(layer, x)
    dy = np.cos(np.arange(found["y"].size)).reshape(found["y"].shape).astype(dtype)
    long = deepcopy(layer).astype(np.longdouble)
    exact = results(long, x.astype(np.longdouble), dy.astype(np.longdouble))
    epsilon = float(np.finfo(dtype).eps)
    for name, array in exact.items():
        with np.errstate(over="ignore", under="ignore"):
            rounded = array.astype(dtype)
        unit = float(np.abs(array[np.isfinite(rounded)]).max(initial=0)) + np.finfo(dtype).tiny
        np.testing.assert_allclose(
            found[name], rounded, rtol=0, atol=64 * epsilon * unit, err_msg=name
        )


# ---------------------------------------------------------------- threads


@every_layer
def test_eight_threads_predict_with_one_net_at_once(kind, rng):
    layer, x = made(kind), batch(kind, rng)
    layer(x)  # moves the buffers
    inputs = [batch(kind, rng, n=n) for n in range(1, 9)]
    before = results(layer, x)
    alone = [nn.predict(layer, x) for x in inputs]
    start = Barrier(8)

    def run(x):
        start.wait()
        return [nn.predict(layer, x) for _ in range(5)]

    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(run, inputs))
    for found, expected in zip(together, alone, strict=True):
        for y in found:
            np.testing.assert_array_equal(y, expected)
    assert layer.training
    same(results(layer, x), before, rtol=0)


# ---------------------------------------------------------------- copies and texts


@every_layer
@pytest.mark.parametrize("copied", [deepcopy, lambda layer: pickle.loads(pickle.dumps(layer))])
def test_a_copy_computes_the_same_and_is_no_larger_for_a_batch_before(kind, copied, rng):
    layer, x = made(kind), batch(kind, rng)
    layer(x[:1])
    size = len(pickle.dumps(layer))
    y = layer(x)
    layer.backward(y)
    assert abs(len(pickle.dumps(layer)) - size) < 64
    twin = copied(layer)
    assert dict(twin.grads) == {}
    with pytest.raises(RuntimeError, match="backward needs a forward before it"):
        twin.backward(y)
    assert twin.summary(x.shape[1:]) == layer.summary(x.shape[1:])
    same(results(twin, x), results(layer, x), rtol=0)
    for name, param in twin.params.items():
        assert not np.shares_memory(param, layer.params[name])


@every_layer
def test_what_it_prints(kind, rng):
    layer, x = made(kind), batch(kind, rng)
    assert layer.title().startswith(kind.__name__)
    for before in (True, False):
        assert repr(layer)
        text = str(layer.summary(x.shape[1:]))
        assert text.splitlines()[-1].split() == ["total", str(layer.count)]
        assert str(layer.output_shape(x.shape[1:])) in text
        if before:
            layer(x)
