"""The rows of chapters/conventions.ipynb about PyTorch, Keras and ONNX, executed."""

import itertools

import keras
import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from onnx import helper, numpy_helper
from torch.nn import functional

import convlib as cl

from .compare import close

SIZES = range(1, 9)
IMPULSE, FOUR = np.array([0.0, 0, 0, 1, 0, 0, 0]), np.array([1.0, 2, 3, 4])


def run_onnx(op, x, *weights, **options):
    """One operator of ONNX in ONNX Runtime."""
    stored = [
        numpy_helper.from_array(np.asarray(array, np.float32), f"w{number}")
        for number, array in enumerate(weights)
    ]
    node = helper.make_node(op, ["x", *(array.name for array in stored)], ["y"], **options)
    float32, x = onnx.TensorProto.FLOAT, np.asarray(x, np.float32)
    ends = (
        [helper.make_tensor_value_info("x", float32, x.shape)],
        [helper.make_tensor_value_info("y", float32, None)],
    )
    graph = helper.make_graph([node], "one", *ends, stored)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=10)
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), providers=["CPUExecutionProvider"]
    )
    return session.run(None, {"x": x})[0]


def run_keras(layer, x, *weights):
    """A layer of Keras on channels-last data, with these weights."""
    layer.build(x.shape)
    if weights:
        layer.set_weights(weights)
    return layer(np.asarray(x, np.float32)).detach().numpy()  # on this backend, a tensor


def last(x):
    """(N, C, *spatial) to (N, *spatial, C)."""
    return np.moveaxis(x, 1, -1)


def keras_weights(w):
    """Axes in reverse, but the spatial ones in their order: (F, C, *K) to (*K, C, F)."""
    return np.moveaxis(w, (0, 1), (-1, -2))


def line(x):
    return np.reshape(x, (1, 1, -1))


def image(rng, *shape):
    return rng.normal(size=shape)


# ---------------------------------------------------------------- who reverses, and which side


def test_nobody_reverses_the_kernel_and_same_puts_the_odd_zero_after():
    ours = cl.correlate1d(IMPULSE, FOUR, padding="same")
    np.testing.assert_array_equal(ours, [0, 4, 3, 2, 1, 0, 0])
    x, w = line(IMPULSE), line(FOUR)
    weights = torch.tensor(w), None, 1, "same"
    with pytest.warns(UserWarning, match="even kernel"):  # PyTorch copies the input here
        close(functional.conv1d(torch.tensor(x), *weights).reshape(-1), ours, 0)
    layer = keras.layers.Conv1D(1, 4, padding="same", use_bias=False)
    close(run_keras(layer, last(x), keras_weights(w))[0, :, 0], ours, 0)
    close(run_onnx("Conv", x, w, auto_pad="SAME_UPPER")[0, 0], ours, 0)
    lower = cl.correlate1d(IMPULSE, FOUR, padding=((2, 1),))
    close(run_onnx("Conv", x, w, auto_pad="SAME_LOWER")[0, 0], lower, 0)


def test_same_with_a_stride(rng):
    for n, k, s, d in itertools.product(SIZES, range(1, 6), range(1, 4), (1, 2)):
        x, w = image(rng, 2, 2, n), image(rng, 3, 2, k)
        options = {"stride": s, "dilation": d}
        ours = cl.conv(x, w, **options, padding="same")
        assert ours.shape[2] == -(-n // s)
        given = {"strides": [s], "dilations": [d]}
        if d == 1:  # with a dilation, ONNX Runtime's auto_pad is not ours to judge
            close(run_onnx("Conv", x, w, **given, auto_pad="SAME_UPPER"), ours, 1e-5)
            a, b = cl.same_padding(n, k, stride=s)
            lower = cl.conv(x, w, stride=s, padding=((b, a),))
            close(run_onnx("Conv", x, w, **given, auto_pad="SAME_LOWER"), lower, 1e-5)
        if s == 1 or d == 1:
            layer = keras.layers.Conv1D(
                3, k, strides=s, dilation_rate=d, padding="same", use_bias=False
            )
            close(run_keras(layer, last(x), keras_weights(w)), last(ours), 1e-5)


def test_what_is_refused():
    with pytest.raises(ValueError, match="not supported for strided"):
        torch.nn.Conv1d(1, 1, 3, stride=2, padding="same")
    with pytest.raises(ValueError, match="not supported in conjunction"):
        run_keras(keras.layers.Conv1D(1, 3, strides=2, dilation_rate=2), np.zeros((1, 9, 1)))


# ---------------------------------------------------------------- padding in numbers, dilation


def test_one_means_one_a_side_and_the_rest_of_a_stride_is_dropped(rng):
    for n, k, s, d in itertools.product(range(4, 9), range(1, 4), range(1, 4), (1, 2)):
        x, w = image(rng, 2, 2, n), image(rng, 3, 2, k)
        ours = cl.conv(x, w, stride=s, dilation=d, padding=1)
        there = functional.conv1d(torch.tensor(x), torch.tensor(w), None, s, 1, d)
        close(there, ours, 1e-10)
        options = {"strides": [s], "dilations": [d], "pads": [1, 1]}
        close(run_onnx("Conv", x, w, **options), ours, 1e-5)


def test_the_order_of_unequal_amounts(rng):
    x, w = image(rng, 2, 2, 5, 6), image(rng, 3, 2, 2, 3)
    ours = cl.conv(x, w, padding=((0, 1), (2, 3)))
    padded = functional.pad(torch.tensor(x), (2, 3, 0, 1))  # last axis first
    close(functional.conv2d(padded, torch.tensor(w)), ours, 1e-10)
    close(run_onnx("Conv", x, w, pads=[0, 2, 1, 3]), ours, 1e-5)  # beginnings, then ends
    padded = run_keras(keras.layers.ZeroPadding2D(((0, 1), (2, 3))), last(x))
    layer = keras.layers.Conv2D(3, (2, 3), use_bias=False)
    close(run_keras(layer, padded, keras_weights(w)), last(ours), 1e-5)


# ---------------------------------------------------------------- where the axes stand


@pytest.mark.parametrize("axes", [1, 2, 3])
def test_axes_of_data_and_weights(axes, rng):
    x, w = image(rng, 2, 4, *range(5, 5 + axes)), image(rng, 6, 2, *(3, 2, 1)[:axes])
    b = rng.normal(size=6)
    ours = cl.conv(x, w, b, groups=2)
    tensors = map(torch.tensor, (x, w, b))
    there = (functional.conv1d, functional.conv2d, functional.conv3d)[axes - 1](*tensors, groups=2)
    close(there, ours, 1e-10)
    close(run_onnx("Conv", x, w, b, group=2), ours, 1e-5)
    kind = (keras.layers.Conv1D, keras.layers.Conv2D, keras.layers.Conv3D)[axes - 1]
    layer = kind(6, w.shape[2:], groups=2)
    close(run_keras(layer, last(x), keras_weights(w), b), last(ours), 1e-5)


def test_axes_of_a_transposed_layer(rng):
    x, w = image(rng, 2, 4, 5, 6), image(rng, 4, 3, 2, 3)
    ours = cl.conv_transpose(x, w, stride=2)
    close(functional.conv_transpose2d(torch.tensor(x), torch.tensor(w), stride=2), ours, 1e-10)
    close(run_onnx("ConvTranspose", x, w, strides=[2, 2]), ours, 1e-5)
    layer = keras.layers.Conv2DTranspose(3, (2, 3), strides=2, use_bias=False)
    close(run_keras(layer, last(x), keras_weights(w)), last(ours), 1e-5)


def test_a_transposed_layer_under_same(rng):
    for n, k, s in itertools.product(SIZES, range(1, 6), range(1, 5)):
        x, w = image(rng, 2, 2, n), image(rng, 2, 3, k)
        ours = cl.conv_transpose(x, w, stride=s, padding="same")
        assert ours.shape[2] == n * s
        layer = keras.layers.Conv1DTranspose(3, k, strides=s, padding="same", use_bias=False)
        close(run_keras(layer, last(x), keras_weights(w)), last(ours), 1e-5)


# ---------------------------------------------------------------- pooling


def test_the_stride_that_nobody_gave(rng):
    x = image(rng, 1, 2, 9)
    close(functional.max_pool1d(torch.tensor(x), 3), cl.max_pool(x, 3), 0)
    close(run_keras(keras.layers.MaxPooling1D(3), last(x)), last(cl.max_pool(x, 3)), 1e-6)
    close(run_onnx("MaxPool", x, kernel_shape=[3]), cl.max_pool(x, 3, stride=1), 1e-6)


def test_the_padding_of_a_maximum_is_minus_infinity(rng):
    for n, k, s in itertools.product(range(2, 9), range(2, 5), range(1, 4)):
        x = image(rng, 2, 2, n) - 5
        ours = cl.max_pool(x, k, stride=s, padding=1)
        close(functional.max_pool1d(torch.tensor(x), k, s, 1), ours, 0)
        options = {"kernel_shape": [k], "strides": [s], "pads": [1, 1]}
        close(run_onnx("MaxPool", x, **options), ours, 1e-6)
        ours = cl.max_pool(x, k, stride=s, padding="same")
        layer = keras.layers.MaxPooling1D(k, strides=s, padding="same")
        close(run_keras(layer, last(x)), last(ours), 1e-6)


def test_whether_a_mean_counts_the_padding(rng):
    for n, k, s in itertools.product(range(2, 9), range(2, 5), range(1, 4)):
        x = image(rng, 2, 2, n) - 5
        close(functional.avg_pool1d(torch.tensor(x), k, s, 1),
              cl.avg_pool(x, k, stride=s, padding=1), 1e-12)  # fmt: skip
        uncounted = cl.avg_pool(x, k, stride=s, padding=1, count_include_pad=False)
        options = {"kernel_shape": [k], "strides": [s], "pads": [1, 1]}
        close(run_onnx("AveragePool", x, **options), uncounted, 1e-5)
        if sum(cl.same_padding(n, k, stride=s)) % 2 == 0:
            ours = cl.avg_pool(x, k, stride=s, padding="same", count_include_pad=False)
            layer = keras.layers.AveragePooling1D(k, strides=s, padding="same")
            close(run_keras(layer, last(x)), last(ours), 1e-5)


def test_keras_on_torch_repeats_the_edge_where_same_is_odd():
    """Not what its documentation says, and not what it does on TensorFlow: the page warns of it."""
    layer = keras.layers.AveragePooling1D(3, strides=2, padding="same")
    got = run_keras(layer, np.array([3.0, 1, 4, 10]).reshape(1, 4, 1)).reshape(-1)
    mean_of_two, with_the_edge_again = (4 + 10) / 2, (4 + 10 + 10) / 3
    assert mean_of_two != with_the_edge_again
    close(got, [8 / 3, with_the_edge_again], 1e-5)


def test_rounding_up(rng):
    """A last window that would start in the padding is dropped, also by ONNX Runtime."""
    compared = 0
    for n, k, s, p in itertools.product(SIZES, range(1, 5), range(1, 5), range(3)):
        if p > k // 2 or n + 2 * p < k:
            continue
        x = image(rng, 1, 2, n)
        options = {"stride": s, "padding": p, "ceil_mode": True}
        given = {"kernel_shape": [k], "strides": [s], "pads": [p, p], "ceil_mode": 1}
        close(run_onnx("MaxPool", x, **given), cl.max_pool(x, k, **options), 1e-6)
        mean = cl.avg_pool(x, k, **options)
        close(functional.avg_pool1d(torch.tensor(x), k, s, p, True), mean, 1e-12)
        close(run_onnx("AveragePool", x, **given, count_include_pad=1), mean, 1e-5)
        compared += 1
    assert compared > 200


def test_a_transposed_layer_under_valid_is_never_smaller_than_same(rng):
    for n, k, s in itertools.product(SIZES, range(1, 6), range(1, 5)):
        x, w = image(rng, 2, 2, n), image(rng, 2, 3, k)
        layer = keras.layers.Conv1DTranspose(3, k, strides=s, use_bias=False)
        got = run_keras(layer, last(x), keras_weights(w))
        ours = last(cl.conv_transpose(x, w, stride=s))
        assert got.shape[1] == max(ours.shape[1], n * s)
        close(got[:, : ours.shape[1]], ours, 1e-5)
