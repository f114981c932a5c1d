"""What holds for every layer: shapes, dtypes, untouched inputs, gradients, copies, error texts."""

from copy import deepcopy

import numpy as np
import pytest

import convlib as cl
from convlib import nn

SIZE = (7, 6, 5)
FIRST = 0.6  # the running statistics that the evaluated BatchNorm has


def evaluated(dtype):
    layer = nn.BatchNorm(4, dtype=dtype).eval()
    layer.buffers["mean"] += FIRST
    layer.buffers["var"] *= 2.5
    return layer


def network(m, dtype):
    kind = {"rng": 3, "dtype": dtype}
    return nn.Sequential(
        nn.Conv(4, 6, 3, ndim=m, padding="same", **kind),
        nn.BatchNorm(6, dtype=dtype),
        nn.ReLU(),
        nn.Sequential(nn.MaxPool(2, ceil_mode=True), nn.Dropout(0.25, rng=1)),
        nn.ConvTranspose(6, 3, 2, ndim=m, stride=2, **kind),
        nn.Tanh(),
        nn.GlobalAvgPool(),
        nn.Dense(3, 2, init="xavier", **kind),
        nn.Sigmoid(),
    )


# name -> layer of dtype for inputs (N, 4, *SIZE[:m]); strides leave remainders on axes 7 and 6
LAYERS = {
    "conv": lambda m, dtype: nn.Conv(4, 3, 3, ndim=m, rng=0, dtype=dtype),
    "conv with all options": lambda m, dtype: nn.Conv(
        4,
        6,
        (3, 2, 3)[:m],
        stride=(3, 2, 2)[:m],
        padding=((0, 1), (2, 0), (1, 1))[:m],
        dilation=(2, 3, 1)[:m],
        groups=2,
        bias=False,
        rng=0,
        dtype=dtype,
    ),
    "conv depthwise": lambda m, dtype: nn.Conv(
        4, 8, 2, ndim=m, stride=2, groups=4, init="xavier", rng=0, dtype=dtype
    ),
    "transposed": lambda m, dtype: nn.ConvTranspose(4, 3, 2, ndim=m, rng=0, dtype=dtype),
    "transposed with all options": lambda m, dtype: nn.ConvTranspose(
        4,
        6,
        (3, 2, 3)[:m],
        stride=(3, 2, 2)[:m],
        padding=((0, 1), (2, 0), (1, 1))[:m],
        output_padding=(1, 2, 0)[:m],
        dilation=(2, 3, 1)[:m],
        groups=2,
        rng=0,
        dtype=dtype,
    ),
    "max": lambda m, dtype: nn.MaxPool(2),
    "max with all options": lambda m, dtype: nn.MaxPool(
        (3, 2, 2)[:m], stride=2, padding=1, dilation=(1, 2, 1)[:m], ceil_mode=True
    ),
    "average": lambda m, dtype: nn.AvgPool(3, stride=2),
    "average with all options": lambda m, dtype: nn.AvgPool(
        (3, 2, 2)[:m], stride=2, padding=1, ceil_mode=True, count_include_pad=False
    ),
    "global average": lambda m, dtype: nn.GlobalAvgPool(),
    "flatten": lambda m, dtype: nn.Flatten(),
    "flatten, dense": lambda m, dtype: nn.Sequential(
        nn.Flatten(), nn.Dense(4 * int(np.prod(SIZE[:m])), 5, rng=0, dtype=dtype)
    ),
    "relu": lambda m, dtype: nn.ReLU(),
    "sigmoid": lambda m, dtype: nn.Sigmoid(),
    "tanh": lambda m, dtype: nn.Tanh(),
    "norm in training": lambda m, dtype: nn.BatchNorm(4, eps=0.1, dtype=dtype),
    "norm in evaluation": lambda m, dtype: evaluated(dtype),
    "dropout": lambda m, dtype: nn.Dropout(0.4, rng=0),
    "dropout in evaluation": lambda m, dtype: nn.Dropout(0.4, rng=0).eval(),
    "nothing": lambda m, dtype: nn.Sequential(),
    "network": network,
    "network in evaluation": lambda m, dtype: network(m, dtype).eval(),
}
every_layer = pytest.mark.parametrize("name", LAYERS)
every_rank = pytest.mark.parametrize("m", [1, 2, 3])
both = pytest.mark.parametrize("dtype", [np.float32, np.float64])


def batch(rng, m, dtype=np.float64, n=3):
    return rng.normal(size=(n, 4, *SIZE[:m])).astype(dtype)


def test_the_room_has_two_doors():
    assert cl.nn is nn
    assert {name for name in nn.__all__ if not hasattr(nn, name)} == set()


# ---------------------------------------------------------------- every layer, 1-D, 2-D, 3-D


@every_layer
@every_rank
def test_gradients_in_float64(name, m, rng):
    errors = nn.check_gradients(LAYERS[name](m, np.float64), batch(rng, m), rng=m)
    bound = 1e-6 if "network" in name else 2e-9  # some ReLU may cross its kink
    assert max(errors.values()) < bound, errors


@every_layer
@every_rank
def test_gradients_in_float32_against_a_copy_in_float64(name, m, rng):
    errors = nn.check_gradients(LAYERS[name](m, np.float32), batch(rng, m, np.float32), rng=m)
    assert max(errors.values()) < 3e-5, errors


@every_layer
@every_rank
@both
def test_shapes_dtypes_and_inputs(name, m, dtype, rng):
    layer, x = LAYERS[name](m, dtype), batch(rng, m, dtype)
    before = x.copy()
    y = layer(x)
    dy = rng.normal(size=y.shape).astype(dtype)
    given = dy.copy()
    dx = layer.backward(dy)
    assert y.shape == (3, *layer.output_shape(x.shape[1:]))
    assert dx.shape == x.shape
    assert {y.dtype, dx.dtype, *(grad.dtype for grad in layer.grads.values())} == {np.dtype(dtype)}
    np.testing.assert_array_equal(x, before)
    np.testing.assert_array_equal(dy, given)
    assert not np.shares_memory(x, y)
    assert not np.shares_memory(dx, dy)


@every_layer
@every_rank
def test_gradients_have_the_names_and_shapes_of_the_parameters(name, m, rng):
    layer = LAYERS[name](m, np.float64)
    assert dict(layer.grads) == {}
    y = layer(batch(rng, m))
    layer.backward(np.ones(y.shape))
    params = {name: array.shape for name, array in layer.params.items()}
    assert {name: array.shape for name, array in layer.grads.items()} == params
    assert layer.count == sum(array.size for array in layer.params.values())


@every_layer
def test_the_output_belongs_to_the_caller(name, rng):
    """Who changes y changes nothing that backward needs."""
    layer, x = LAYERS[name](2, np.float64), batch(rng, 2)
    twin = deepcopy(layer)
    y, same = layer(x), twin(x)
    dy = rng.normal(size=y.shape)
    y[...] = 77
    np.testing.assert_array_equal(layer.backward(dy), twin.backward(dy))
    assert same.shape == y.shape


@every_layer
def test_gradients_are_overwritten_not_added_to(name, rng):
    layer = LAYERS[name](2, np.float64)
    y = layer(batch(rng, 2))
    first = layer.backward(np.ones(y.shape))
    kept = dict(layer.grads)
    second = layer.backward(2 * np.ones(y.shape))
    np.testing.assert_allclose(second, 2 * first, rtol=1e-12)
    for key, grad in kept.items():
        np.testing.assert_allclose(layer.grads[key], 2 * grad, rtol=1e-12)


@every_layer
@every_rank
def test_an_empty_batch(name, m):
    layer = LAYERS[name](m, np.float64)
    buffers = {key: array.copy() for key, array in layer.buffers.items()}
    x = np.empty((0, 4, *SIZE[:m]))
    y = layer(x)
    assert y.shape == (0, *layer.output_shape(x.shape[1:]))
    assert layer.backward(y).shape == x.shape
    assert all(np.array_equal(grad, np.zeros(grad.shape)) for grad in layer.grads.values())
    assert all(np.array_equal(layer.buffers[key], array) for key, array in buffers.items())


@every_layer
def test_a_copy_is_independent_and_equal(name, rng):
    layer, x = LAYERS[name](2, np.float64), batch(rng, 2)
    twin = deepcopy(layer)
    y = twin(x)
    np.testing.assert_array_equal(layer(x), y)
    for param in twin.params.values():
        param += 1
    assert not any(
        np.array_equal(param, twin.params[key]) or np.shares_memory(param, twin.params[key])
        for key, param in layer.params.items()
    )


@every_layer
def test_integers_count_as_numbers_of_the_layer(name, rng):
    layer = LAYERS[name](2, np.float32)
    x = rng.integers(0, 200, (3, 4, 7, 6)).astype(np.uint8)
    y = deepcopy(layer)(x)
    kind = np.float32 if layer.params else np.float64
    np.testing.assert_array_equal(y, deepcopy(layer)(x.astype(kind)))
    assert layer(x).dtype == kind


@every_layer
def test_nan_stays_where_it_is_seen_and_nothing_is_raised(name):
    layer = LAYERS[name](2, np.float64)
    x = np.full((3, 4, 7, 6), np.nan)
    y = layer(x)
    assert np.isnan(y[y != 0]).all()  # 0 is what dropout leaves
    assert np.isnan(y).any()
    assert layer.backward(y).shape == x.shape


@every_layer
def test_backward_needs_a_forward(name):
    with pytest.raises(RuntimeError, match="backward needs a forward before it"):
        LAYERS[name](2, np.float64).backward(np.ones((3, 4, 7, 6)))


@every_layer
def test_dy_must_have_the_shape_of_y(name, rng):
    layer = LAYERS[name](2, np.float64)
    layer(batch(rng, 2))
    with pytest.raises(
        ValueError, match=r"^dy has shape \(1,\): needs \(3, .*\), the shape of the"
    ):
        layer.backward([1.0])


@every_layer
def test_modes(name):
    layer = LAYERS[name](2, np.float64)
    assert layer.train() is layer
    assert layer.training is True
    assert layer.eval() is layer
    assert layer.training is False
    assert layer.train(mode=False).training is False


@every_layer
def test_conversion_forgets_what_was_of_the_old_dtype(name, rng):
    layer = LAYERS[name](2, np.float64)
    y = layer(batch(rng, 2))
    layer.backward(y)
    assert layer.astype(np.float32) is layer
    arrays = [*layer.params.values(), *layer.buffers.values()]
    assert all(array.dtype == np.float32 for array in arrays)
    assert dict(layer.grads) == {}
    with pytest.raises(RuntimeError, match="needs a forward"):
        layer.backward(y)
    assert layer(batch(rng, 2, np.float32)).dtype == np.float32


@every_layer
def test_half_precision_goes_through(name, rng):
    layer, x = LAYERS[name](2, np.float32), batch(rng, 2, np.float16)
    y = deepcopy(layer)(x.astype(np.float32))
    half = layer.astype(np.float16)(x)
    assert half.dtype == np.float16
    assert layer.backward(half).dtype == np.float16
    np.testing.assert_allclose(half, y, atol=0.02)


def some(rng, values, m):
    """An option for all axes, or one for each."""
    each = tuple(values[i] for i in rng.integers(0, len(values), m))
    return each if rng.integers(2) else each[0]


def windowed(rng, m):
    """A random layer with a window, for m spatial axes and 4 channels."""
    kernel = tuple(int(k) for k in rng.integers(1, 5, m))
    stride, dilation = (some(rng, (1, 2, 3), m) for _ in range(2))
    padding = some(rng, (0, 1, 2, (0, 1), (2, 1), "same", "full", "valid"), m)
    padding = (padding,) * m if isinstance(padding, tuple) and len(padding) != m else padding
    options = {"stride": stride, "padding": padding, "dilation": dilation}
    groups, ceil_mode = (1, 2, 4)[rng.integers(3)], bool(rng.integers(2))
    return [
        lambda: nn.Conv(4, 8, kernel, groups=groups, rng=0, **options),
        lambda: nn.ConvTranspose(
            4, 8, kernel, groups=groups, output_padding=some(rng, (0, 1), m), rng=0, **options
        ),
        lambda: nn.MaxPool(kernel, ceil_mode=ceil_mode, **options),
        lambda: nn.AvgPool(kernel, ceil_mode=ceil_mode, **options),
    ][rng.integers(4)]()


def said(call):
    """What a call returns, or the text of its refusal."""
    try:
        return call()
    except ValueError as error:
        return str(error)


def test_output_shape_foretells_forward_and_its_refusals(rng):
    fitted = refused = 0
    for _ in range(1500):
        m = int(rng.integers(1, 4))
        layer, shape = windowed(rng, m), (4, *(int(n) for n in rng.integers(1, 8, m)))
        told = said(lambda: layer.output_shape(shape))  # noqa: B023
        y = said(lambda: layer(np.zeros((2, *shape))))  # noqa: B023
        if not isinstance(y, str):
            assert y.shape == (2, *told), layer
            assert layer.backward(np.ones(y.shape)).shape == (2, *shape)
            fitted += 1
        else:
            assert y == told
            refused += 1
    assert fitted > 800
    assert refused > 200


# ---------------------------------------------------------------- the base class


class Double(nn.Layer):
    """The smallest layer of one's own."""

    def output_shape(self, shape):
        return tuple(shape)

    def compute(self, x):
        return 2 * x, None

    def compute_gradients(self, dy, saved):
        return 2 * dy, {}


def test_a_layer_of_ones_own(rng):
    layer = Double()
    assert repr(layer) == "Double()"
    assert max(nn.check_gradients(layer, rng.normal(size=(2, 3)), rng=0).values()) < 1e-9
    assert nn.Sequential(layer, nn.Dense(3, 1)).output_shape((3,)) == (1,)


def test_what_a_layer_of_ones_own_must_define():
    class Shapeless(nn.Layer):
        pass

    class Lazy(Shapeless):
        def output_shape(self, shape):
            return tuple(shape)

    class Forgetful(Lazy):
        def compute(self, x):
            return x, None

    with pytest.raises(NotImplementedError, match="Shapeless does not define output_shape"):
        Shapeless()([[1]])
    with pytest.raises(NotImplementedError, match="Lazy does not define compute"):
        Lazy()([[1]])
    layer = Forgetful()
    layer([[1]])
    with pytest.raises(NotImplementedError, match="Forgetful does not define compute_gradients"):
        layer.backward([[1]])


def test_a_gradient_must_have_the_shape_of_its_parameter():
    class Summed(Double):
        def compute_gradients(self, dy, saved):
            return 2 * dy, {"a": dy.sum(axis=0)}

    layer = Summed()
    layer.add_parameter("a", np.ones((1, 3)))
    layer(np.ones((2, 3)))
    with pytest.raises(ValueError, match=r"^the gradient of 'a' has shape \(3,\): needs \(1, 3\)"):
        layer.backward(np.ones((2, 3)))


@pytest.mark.parametrize(
    ("x", "error", "text"),
    [
        (1.0, ValueError, "x is a single number: needs a batch, (N, ...)"),
        (
            [[1j]],
            TypeError,
            "x has dtype complex128: needs integers or floats; layers compute with real",
        ),
        ([["a"]], TypeError, "x has dtype <U1: needs numbers"),
        ([[True]], TypeError, "x has dtype bool: needs numbers; convert it first, for example"),
    ],
)
def test_what_is_no_batch(x, error, text):
    with pytest.raises(error) as raised:
        nn.ReLU()(x)
    assert str(raised.value).startswith(text)


def test_dy_must_be_real():
    layer = nn.ReLU()
    layer([[1.0]])
    with pytest.raises(
        TypeError,
        match="dy has dtype complex128: needs integers or floats; layers compute with real",
    ):
        layer.backward([[1j]])


def test_parameters_are_floats():
    with pytest.raises(TypeError, match="dtype=int64: parameters need a floating type, for ex"):
        nn.Dense(2, 3, dtype=int)
    with pytest.raises(TypeError, match="dtype=complex128"):
        nn.ReLU().astype(complex)
