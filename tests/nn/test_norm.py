"""The norms: by hand, against plain sums and differences, magnitudes, memory, buffers, texts."""

import tracemalloc

import numpy as np
import pytest

from convlib import nn


def plain(x, gamma, beta, eps, mean=None, var=None):
    """Channel by channel, without a broadcast; statistics of the batch unless they are given."""
    y = np.empty_like(x)
    for c in range(x.shape[1]):
        values = x[:, c].ravel().tolist()
        mu = sum(values) / len(values) if mean is None else mean[c]
        v = sum((value - mu) ** 2 for value in values) / len(values) if var is None else var[c]
        y[:, c] = gamma[c] * (x[:, c] - mu) / np.sqrt(v + eps) + beta[c]
    return y


def layer_of(rng, c=3, **options):
    layer = nn.BatchNorm(c, **options)
    layer.params["gamma"][...] = rng.normal(size=c)
    layer.params["beta"][...] = rng.normal(size=c)
    return layer


def test_by_hand():
    layer = nn.BatchNorm(1, eps=1.25)  # mean 2.5, variance 1.25, and 1.25 more: √2.5
    layer.params["gamma"][...] = 10
    layer.params["beta"][...] = 7
    y = layer([[1], [2], [3], [4]])
    np.testing.assert_allclose(y[:, 0], 7 + np.array([-15, -5, 5, 15]) / np.sqrt(2.5))
    np.testing.assert_allclose(layer.buffers["mean"], [0.25])
    np.testing.assert_allclose(layer.buffers["var"], [0.9 + 0.1 * 5 / 3])
    dx = layer.backward([[1], [0], [0], [0]])
    x_hat = np.array([-1.5, -0.5, 0.5, 1.5]) / np.sqrt(2.5)
    expected = 10 / np.sqrt(2.5) * (np.array([1, 0, 0, 0]) - 0.25 - x_hat * x_hat[0] / 4)
    np.testing.assert_allclose(dx[:, 0], expected)
    np.testing.assert_allclose(layer.grads["gamma"], [x_hat[0]])
    np.testing.assert_allclose(layer.grads["beta"], [1])


SHAPES = [(6, 3), (4, 3, 5), (2, 3, 4, 5), (2, 3, 2, 3, 2)]


@pytest.mark.parametrize("shape", SHAPES)
def test_against_the_plain_calculation(shape, rng):
    layer, x = layer_of(rng, eps=0.01), rng.normal(2, 3, shape)
    gamma, beta = layer.params["gamma"], layer.params["beta"]
    np.testing.assert_allclose(layer(x), plain(x, gamma, beta, 0.01), atol=1e-13)
    mean, var = layer.buffers["mean"], layer.buffers["var"]
    y = layer.eval()(x)
    np.testing.assert_allclose(y, plain(x, gamma, beta, 0.01, mean, var), atol=1e-13)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("training", [True, False])
def test_against_differences_entry_by_entry(shape, training, rng):
    layer, x = layer_of(rng, eps=0.01).train(training), rng.normal(2, 3, shape)
    layer.buffers["mean"] += 1
    gamma, beta = layer.params["gamma"], layer.params["beta"]
    given = {} if training else {"mean": layer.buffers["mean"], "var": layer.buffers["var"]}
    dy, h = rng.normal(size=shape), 1e-5
    layer(x)
    dx = layer.backward(dy)
    for index in np.ndindex(shape):
        step = np.zeros(shape)
        step[index] = h
        up, down = (plain(x + s, gamma, beta, 0.01, **given) for s in (step, -step))
        assert abs(((up - down) * dy).sum() / (2 * h) - dx[index]) < 1e-7


def test_every_channel_gets_mean_0_and_variance_1(rng):
    x = rng.normal(5, 7, (8, 3, 10, 10)) * [[[1]], [[10]], [[0.1]]]
    y = nn.BatchNorm(3, eps=1e-12)(x)
    np.testing.assert_allclose(y.mean(axis=(0, 2, 3)), 0, atol=1e-12)
    np.testing.assert_allclose(y.var(axis=(0, 2, 3)), 1, rtol=1e-8)


def test_the_gradient_in_training_has_no_part_that_shifts_or_scales(rng):
    """The output does not see a shift of a channel, nor, but for eps, a scale."""
    layer, x = layer_of(rng, eps=1e-12), rng.normal(size=(4, 3, 5, 5))
    layer(x)
    dx = layer.backward(rng.normal(size=x.shape))
    np.testing.assert_allclose(dx.sum(axis=(0, 2, 3)), 0, atol=1e-12)
    np.testing.assert_allclose((dx * x).sum(axis=(0, 2, 3)), 0, atol=1e-9)


def test_a_large_offset_costs_few_digits(rng):
    x = rng.normal(size=(4, 1, 50))
    y, shifted = (nn.BatchNorm(1)(x + offset) for offset in (0, 1e6))
    np.testing.assert_allclose(shifted, y, atol=1e-8)


@pytest.mark.parametrize("momentum", [0, 0.1, 0.3, 1])
def test_the_buffers_after_two_batches(momentum, rng):
    layer = nn.BatchNorm(2, momentum=momentum)
    mean, var = np.zeros(2), np.ones(2)
    held = dict(layer.buffers)
    for n in (3, 5):
        x = rng.normal(4, 2, (n, 2, 6))
        layer(x)
        mean = (1 - momentum) * mean + momentum * x.mean(axis=(0, 2))
        var = (1 - momentum) * var + momentum * x.var(axis=(0, 2), ddof=1)
    np.testing.assert_allclose(layer.buffers["mean"], mean, atol=1e-14)
    np.testing.assert_allclose(layer.buffers["var"], var, atol=1e-14)
    assert all(layer.buffers[name] is array for name, array in held.items())


def test_evaluation_leaves_the_buffers_and_treats_samples_one_by_one(rng):
    layer = layer_of(rng)
    layer(rng.normal(size=(4, 3, 5)))
    before = {name: array.copy() for name, array in layer.buffers.items()}
    x = rng.normal(size=(4, 3, 5))
    y = layer.eval()(x)
    alone = np.concatenate([layer(sample[np.newaxis]) for sample in x])
    np.testing.assert_array_equal(y, alone)
    assert all(np.array_equal(layer.buffers[name], array) for name, array in before.items())


def test_evaluation_is_an_affine_map_and_its_gradient_the_slope(rng):
    layer = layer_of(rng).eval()
    layer.buffers["var"][...] = [1, 4, 9]
    x, dy = rng.normal(size=(2, 4, 3, 5))
    layer(x)
    slope = layer.params["gamma"] / np.sqrt(np.array([1, 4, 9]) + 1e-5)
    np.testing.assert_allclose(layer.backward(dy), dy * slope[:, np.newaxis], rtol=1e-14)


def test_backward_belongs_to_its_forward(rng):
    x, dy = rng.normal(size=(2, 4, 3, 5))
    one, two = nn.BatchNorm(3), nn.BatchNorm(3)
    one(x)
    two(x)
    np.testing.assert_array_equal(one.eval().backward(dy), two.backward(dy))


def test_eps_keeps_a_constant_channel_finite():
    y = nn.BatchNorm(1)(np.full((3, 1, 4), 7.0))
    np.testing.assert_array_equal(y, 0)


@pytest.mark.parametrize("shape", [(1, 2), (1, 2, 1, 1)])
def test_one_value_has_no_variance(shape):
    layer = nn.BatchNorm(2)
    with pytest.raises(ValueError, match="one value per channel: training needs at least 2;"):
        layer(np.ones(shape))
    np.testing.assert_array_equal(layer.buffers["mean"], 0)
    np.testing.assert_allclose(layer.eval()(np.ones(shape)), 1, rtol=1e-5)


def test_the_line_that_shows_it():
    assert repr(nn.BatchNorm(8)) == "BatchNorm(8) · 16 parameters"
    text = "BatchNorm(8, eps 0.001, momentum 0.2) · 16 parameters"
    assert repr(nn.BatchNorm(8, eps=1e-3, momentum=0.2)) == text


@pytest.mark.parametrize(
    ("make", "error", "text"),
    [
        (lambda: nn.BatchNorm(0), ValueError, "channels=0: needs an integer of at least 1"),
        (lambda: nn.BatchNorm(2, eps=0), ValueError, "eps=0: needs a number above 0, for example"),
        (lambda: nn.BatchNorm(2, momentum=1.1), ValueError, "momentum=1.1: needs a number from 0"),
        (lambda: nn.BatchNorm(2, momentum=None), TypeError, "momentum=None: needs a number from"),
        (
            lambda: nn.BatchNorm(2)(np.zeros((4, 3, 5))),
            ValueError,
            "x has shape (N, 3, 5): BatchNorm(2) needs 2 channels on axis 1",
        ),
        (
            lambda: nn.BatchNorm(2).output_shape(()),
            ValueError,
            "x has shape (N,): BatchNorm(2) needs 2 channels on axis 1",
        ),
        (
            lambda: nn.BatchNorm(2)(np.zeros((4, 5, 2))),
            ValueError,
            "x has shape (N, 5, 2): BatchNorm(2) needs 2 channels on axis 1; channels come first:"
            " np.moveaxis(x, -1, 1)",
        ),
    ],
)
def test_what_is_refused(make, error, text):
    with pytest.raises(error) as raised:
        make()
    assert str(raised.value).startswith(text)


# ---------------------------------------------------------------- LayerNorm and GroupNorm


def test_layer_norm_by_hand():
    layer = nn.LayerNorm(4, eps=1.25)  # mean 2.5, variance 1.25, and 1.25 more: √2.5
    layer.params["gamma"][...] = [10, 20, 30, 40]
    layer.params["beta"][...] = [1, 2, 3, 4]
    y = layer([[1, 2, 3, 4], [0, 0, 0, 0]])
    x_hat = np.array([-1.5, -0.5, 0.5, 1.5]) / np.sqrt(2.5)
    np.testing.assert_allclose(y[0], x_hat * [10, 20, 30, 40] + [1, 2, 3, 4])
    np.testing.assert_array_equal(y[1], [1, 2, 3, 4])
    dx = layer.backward([[0, 1, 0, 0], [0, 0, 0, 1]])
    expected = (np.array([0, 20, 0, 0]) - 5 - x_hat * x_hat[1] * 5) / np.sqrt(2.5)
    np.testing.assert_allclose(dx[0], expected)
    np.testing.assert_allclose(dx[1], np.array([-10, -10, -10, 30]) / np.sqrt(1.25))
    np.testing.assert_allclose(layer.grads["gamma"], [0, x_hat[1], 0, 0])
    np.testing.assert_allclose(layer.grads["beta"], [0, 1, 0, 1])


def test_group_norm_by_hand():
    layer = nn.GroupNorm(2, 4, eps=1)  # in both groups deviations ±1, so 1/√(1 + 1)
    layer.params["gamma"][...] = [1, 2, 3, 4]
    y = layer([[1, 3, 50, 52]])
    np.testing.assert_allclose(y, np.array([[-1, 2, -3, 4]]) / np.sqrt(2))
    dx = layer.backward([[0, 1, 0, 0]])
    np.testing.assert_allclose(dx, np.array([[-0.5, 0.5, 0, 0]]) / np.sqrt(2), atol=1e-15)
    np.testing.assert_allclose(layer.grads["gamma"], [0, np.sqrt(0.5), 0, 0])
    np.testing.assert_allclose(layer.grads["beta"], [0, 1, 0, 0])


def drawn(layer, rng):
    for param in layer.params.values():
        param[...] = rng.normal(size=param.shape)
    return layer


def plain_of_samples(layer, x):
    """Piece by piece of each sample, without a broadcast over pieces."""
    y = np.empty_like(x)
    gamma, beta = layer.params["gamma"], layer.params["beta"]
    if isinstance(layer, nn.GroupNorm):
        wide = (-1, *(1,) * (x.ndim - 2))
        gamma, beta = gamma.reshape(wide), beta.reshape(wide)
        size = layer.channels // layer.groups
        cuts = [slice(i, i + size) for i in range(0, layer.channels, size)]
        pieces = [(n, cut) for n in range(len(x)) for cut in cuts]
    else:
        cuts = [slice(None)]
        pieces = [(*index, ...) for index in np.ndindex(x.shape[: -gamma.ndim])]
    for piece in pieces:
        part, own = x[piece], piece[1] if len(cuts) > 1 else slice(None)
        x_hat = (part - part.mean()) / np.sqrt(part.var() + layer.eps)
        y[piece] = gamma[own] * x_hat + beta[own]
    return y


OF_SAMPLES = {
    "one axis": (lambda dtype: nn.LayerNorm(5, eps=0.01, dtype=dtype), (3, 4, 5)),
    "features": (lambda dtype: nn.LayerNorm((6,), eps=0.01, dtype=dtype), (4, 6)),
    "two axes": (lambda dtype: nn.LayerNorm((4, 5), eps=0.01, dtype=dtype), (2, 3, 4, 5)),
    "all axes": (lambda dtype: nn.LayerNorm((3, 2, 4), eps=0.01, dtype=dtype), (2, 3, 2, 4)),
    "one group": (lambda dtype: nn.GroupNorm(1, 4, eps=0.01, dtype=dtype), (3, 4, 5)),
    "two groups": (lambda dtype: nn.GroupNorm(2, 4, eps=0.01, dtype=dtype), (3, 4, 2, 3)),
    "groups of features": (lambda dtype: nn.GroupNorm(2, 6, eps=0.01, dtype=dtype), (4, 6)),
    "groups of volumes": (lambda dtype: nn.GroupNorm(3, 6, eps=0.01, dtype=dtype), (2, 6, 2, 3, 2)),
    "one channel each": (lambda dtype: nn.GroupNorm(4, 4, eps=0.01, dtype=dtype), (2, 4, 3, 3)),
}
of_samples = pytest.mark.parametrize("name", OF_SAMPLES)


@of_samples
def test_samples_against_the_plain_calculation(name, rng):
    make, shape = OF_SAMPLES[name]
    layer, x = drawn(make(np.float64), rng), rng.normal(2, 3, shape)
    np.testing.assert_allclose(layer(x), plain_of_samples(layer, x), atol=1e-13)
    np.testing.assert_array_equal(layer.eval()(x), layer.train()(x))


@of_samples
def test_samples_against_differences_entry_by_entry(name, rng):
    make, shape = OF_SAMPLES[name]
    layer, x = drawn(make(np.float64), rng), rng.normal(2, 3, shape)
    dy, h = rng.normal(size=shape), 1e-5
    layer(x)
    dx = layer.backward(dy)
    for index in np.ndindex(shape):
        step = np.zeros(shape)
        step[index] = h
        up, down = (plain_of_samples(layer, x + s) for s in (step, -step))
        assert abs(((up - down) * dy).sum() / (2 * h) - dx[index]) < 1e-7
    assert max(nn.check_gradients(layer, x, rng=0).values()) < 1e-8


@of_samples
def test_samples_do_not_see_each_other(name, rng):
    make, shape = OF_SAMPLES[name]
    layer, x = drawn(make(np.float64), rng), rng.normal(size=shape)
    alone = np.concatenate([layer(sample[np.newaxis]) for sample in x])
    np.testing.assert_allclose(layer(x), alone, rtol=1e-13, atol=1e-13)


def test_instance_norm_is_batch_norm_of_one_sample(rng):
    x, dy = rng.normal(size=(2, 1, 3, 4, 5))
    batch, group = nn.BatchNorm(3), nn.GroupNorm(3, 3)
    np.testing.assert_allclose(group(x), batch(x), atol=1e-14)
    np.testing.assert_allclose(group.backward(dy), batch.backward(dy), atol=1e-14)


def test_one_group_is_layer_norm_with_one_parameter_per_channel(rng):
    x, dy = rng.normal(size=(2, 5, 3, 4, 2))
    group, layer = drawn(nn.GroupNorm(1, 3), rng), nn.LayerNorm((3, 4, 2))
    for name, param in group.params.items():
        layer.params[name] = np.broadcast_to(param[:, np.newaxis, np.newaxis], (3, 4, 2))
    np.testing.assert_allclose(group(x), layer(x), atol=1e-14)
    np.testing.assert_allclose(group.backward(dy), layer.backward(dy), atol=1e-14)
    for name, grad in group.grads.items():
        np.testing.assert_allclose(grad, layer.grads[name].sum(axis=(1, 2)), atol=1e-14)


@pytest.mark.parametrize("shape", [(0, 4, 3), (2, 4, 0), (0, 4)])
def test_nothing_to_normalise(shape):
    for layer in (nn.GroupNorm(2, 4), nn.BatchNorm(4), nn.LayerNorm(shape[1:] if shape[-1] else 1)):
        x = np.ones(shape if not isinstance(layer, nn.LayerNorm) or shape[-1] else (0, 1))
        assert layer(x).shape == layer.backward(x).shape == x.shape
        assert all(np.array_equal(grad, 0 * grad) for grad in layer.grads.values())


# ---------------------------------------------------------------- rounding, magnitudes, memory


NORMS = {
    "batch": lambda dtype: nn.BatchNorm(4, dtype=dtype),
    "layer": lambda dtype: nn.LayerNorm((4, 6), dtype=dtype),
    "group": lambda dtype: nn.GroupNorm(2, 4, dtype=dtype),
}
norms = pytest.mark.parametrize("name", NORMS)


def longest(make, x, dy):
    """y and dx in the longest floating type."""
    layer = make(np.longdouble)
    y = layer(x.astype(np.longdouble))
    return y, layer.backward(dy.astype(np.longdouble))


@norms
@pytest.mark.parametrize("offset", [0, 10, 1000])
def test_single_precision_loses_a_few_units_and_what_the_offset_costs(name, offset, rng):
    """The mean is subtracted before anything is squared, so an offset costs its own digits only."""
    x = (offset + rng.normal(size=(16, 4, 6))).astype(np.float32)
    dy = rng.normal(size=x.shape).astype(np.float32)
    layer, epsilon = NORMS[name](np.float32), np.finfo(np.float32).eps
    y, dx = layer(x), layer.backward(dy)
    exact_y, exact_dx = longest(NORMS[name], x, dy)
    assert np.abs(y - exact_y).max() < (4 + 8 * offset) * epsilon
    assert np.abs(dx - exact_dx).max() < (16 + 8 * offset) * epsilon


@norms
@pytest.mark.parametrize(
    ("dtype", "exponents"),
    [(np.float32, (-30, 15, 25, 37)), (np.float64, (-200, 100, 200, 307)), (np.float16, (-4, 4))],
)
def test_magnitudes_whose_squares_leave_the_dtype(name, dtype, exponents, rng):
    for exponent in exponents:
        x = (rng.normal(size=(16, 4, 6)) * np.longdouble(10) ** exponent).astype(dtype)
        dy = rng.normal(size=x.shape).astype(dtype)
        layer = NORMS[name](dtype)
        with np.errstate(over="raise", invalid="raise"):
            y, dx = layer(x), layer.backward(dy)
        exact_y, exact_dx = longest(NORMS[name], x, dy)
        epsilon = float(np.finfo(dtype).eps)
        np.testing.assert_allclose(y, exact_y, atol=8 * epsilon * float(np.abs(exact_y).max()))
        unit = max(float(np.abs(exact_dx).max()), float(np.finfo(dtype).tiny))
        np.testing.assert_allclose(dx, exact_dx, atol=32 * epsilon * unit)


def test_one_large_channel_leaves_the_others_to_the_bit(rng):
    x = rng.normal(size=(8, 3, 5)).astype(np.float32)
    loud = x.copy()
    loud[:, 1] *= np.float32(1e25)
    one, two = (nn.BatchNorm(3, dtype=np.float32) for _ in range(2))
    y, louder = one(x), two(loud)
    np.testing.assert_array_equal(y[:, [0, 2]], louder[:, [0, 2]])
    np.testing.assert_allclose(louder[:, 1], y[:, 1], atol=1e-4)  # the eps is felt in one only


def test_a_channel_that_is_not_finite_poisons_no_other(rng):
    x = rng.normal(size=(8, 3, 5))
    y = nn.BatchNorm(3)(x)
    x[0, 1, 0] = np.inf
    found = nn.BatchNorm(3)(x)
    assert np.isnan(found[:, 1]).any()
    np.testing.assert_array_equal(found[:, [0, 2]], y[:, [0, 2]])


def test_a_running_variance_stays_finite(rng):
    layer = nn.BatchNorm(1, dtype=np.float32)
    for _ in range(3):
        layer((rng.normal(size=(2, 1)) * 1e30).astype(np.float32))
    assert 1e37 < layer.buffers["var"][0] < np.inf
    assert np.isfinite(layer.eval()(np.ones((1, 1), np.float32))).all()


@norms
def test_no_more_arrays_than_needed(name, rng):
    """Forward makes y. Backward makes x̂, which becomes dx, and where γ differs inside, γ · dy."""
    shape = {"batch": (64, 4, 200), "layer": (4000, 4, 6), "group": (64, 4, 200)}[name]
    layer, x = NORMS[name](np.float64), rng.normal(size=shape)
    layer(x)
    tracemalloc.start()
    y = layer(x)
    forward = tracemalloc.get_traced_memory()[1]
    tracemalloc.reset_peak()
    before = tracemalloc.get_traced_memory()[0]
    layer.backward(y)
    backward = tracemalloc.get_traced_memory()[1] - before
    tracemalloc.stop()
    assert forward < 1.5 * x.nbytes
    assert backward < (1.5 if name == "batch" else 2.5) * x.nbytes


@norms
def test_without_dx_the_parameters_get_the_same_gradients(name, rng):
    layer, x = NORMS[name](np.float64), rng.normal(size=(3, 4, 6))
    y = layer(x)
    layer.backward(y * x)
    grads = dict(layer.grads)
    layer.grads.clear()
    assert layer.backward(y * x, input_gradient=False) is None
    for key, grad in layer.grads.items():
        np.testing.assert_array_equal(grad, grads[key])
    assert set(layer.grads) == {"gamma", "beta"}


# ---------------------------------------------------------------- texts


def test_groups_that_do_not_divide_the_channels():
    with pytest.raises(ValueError, match=r"^groups=3: .*channels is 4.*; try groups=2$"):
        nn.GroupNorm(3, 4)


def test_the_lines_that_show_them():
    assert repr(nn.LayerNorm(8)) == "LayerNorm(8) · 16 parameters"
    assert repr(nn.LayerNorm((2, 3), eps=0.1)) == "LayerNorm((2, 3), eps 0.1) · 12 parameters"
    assert repr(nn.GroupNorm(2, 8)) == "GroupNorm(2, 8) · 16 parameters"
    assert repr(nn.GroupNorm(1, 8, eps=0.1)) == "GroupNorm(1, 8, eps 0.1) · 16 parameters"


@pytest.mark.parametrize(
    ("make", "error", "text"),
    [
        (lambda: nn.LayerNorm(0), ValueError, "shape=0: needs an integer of at least 1"),
        (lambda: nn.LayerNorm((3, 0)), ValueError, "shape=(3, 0): needs an integer of at least 1"),
        (lambda: nn.LayerNorm(()), ValueError, "shape=(): needs at least one axis"),
        (lambda: nn.LayerNorm(2, eps=-1), ValueError, "eps=-1: needs a number above 0, for exam"),
        (lambda: nn.LayerNorm(2, dtype=int), TypeError, "dtype=int64: parameters need a floating"),
        (
            lambda: nn.LayerNorm((2, 3))(np.zeros((4, 3))),
            ValueError,
            "x has shape (N, 3): LayerNorm((2, 3)) needs (N, ..., 2, 3)",
        ),
        (
            lambda: nn.LayerNorm(8).output_shape((8, 5, 6)),
            ValueError,
            "x has shape (N, 8, 5, 6): LayerNorm(8) needs (N, ..., 8); channels come first:"
            " LayerNorm((8, 5, 6)), or GroupNorm(1, 8)",
        ),
        (lambda: nn.LayerNorm(8).output_shape(8), TypeError, "shape=8: needs a tuple of sizes"),
        (lambda: nn.GroupNorm(0, 4), ValueError, "groups=0: needs an integer of at least 1"),
        (lambda: nn.GroupNorm(1, 0), ValueError, "channels=0: needs an integer of at least 1"),
        (
            lambda: nn.GroupNorm(3, 4),
            ValueError,
            "groups=3: needs a divisor of 4 (channels is 4); try groups=2",
        ),
        (
            lambda: nn.GroupNorm(2, 4)(np.zeros((4, 3, 5))),
            ValueError,
            "x has shape (N, 3, 5): GroupNorm(2, 4) needs 4 channels on axis 1",
        ),
        (lambda: nn.BatchNorm(4).output_shape(4), TypeError, "shape=4: needs a tuple of sizes"),
    ],
)
def test_what_the_others_refuse(make, error, text):
    with pytest.raises(error) as raised:
        make()
    assert str(raised.value).startswith(text)
