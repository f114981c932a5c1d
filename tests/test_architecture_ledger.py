"""Ledgers of whole networks against arrays and published figures."""

import re

import numpy as np
import pytest

import convlib as cl
from convlib import Stage

LENET = {
    "C1": Stage(6, 5),
    "S2": Stage(window=2),
    "C3": Stage(16, 5),
    "S4": Stage(window=2),
    "C5": Stage(120),
    "F6": Stage(84),
    "out": Stage(10),
}


def test_lenet_by_hand():
    lines = cl.ledger((1, 32, 32), LENET)
    assert [line.size[0] for line in lines] == [6, 6, 16, 16, 120, 84, 10]
    assert [line.size[1:] for line in lines[:4]] == [(28, 28), (14, 14), (10, 10), (5, 5)]
    assert [line.parameters for line in lines] == [156, 0, 2416, 0, 48120, 10164, 850]
    assert lines[2].multiply_adds == 100 * 16 * 150
    assert lines[4].multiply_adds == 400 * 120
    assert lines[0].activations == 6 * 28 * 28


def test_lines_are_the_arrays_of_the_layers():
    """Sizes, weights and work of a strided, padded, grouped network on a map that is no square."""
    stages = {
        "a": Stage(6, (3, 2), stride=2, padding=(1, 0)),
        "pool": Stage(window=3, stride=2, padding=1),
        "b": Stage(4, 2, groups=2),
    }
    x, first, pool, second = np.ones((1, 4, 13, 16)), *cl.ledger((4, 13, 16), stages)
    w = np.ones((6, 4, 3, 2))
    y = cl.conv(x, w, stride=2, padding=(1, 0))
    assert (first.size, first.weights, first.biases) == (y.shape[1:], w.size, 6)
    y = cl.max_pool(y, 3, stride=2, padding=1)
    assert (pool.size, pool.parameters, pool.multiply_adds) == (y.shape[1:], 0, 0)
    w = np.ones((4, 3, 2, 2))
    y = cl.conv(np.ones((1, *pool.size)), w, groups=2)
    assert (second.size, second.weights) == (y.shape[1:], w.size)
    assert second.multiply_adds == y.sum()  # with ones, every product adds 1


def test_a_dense_layer_is_a_convolution_with_the_window_of_the_map():
    dense, conv = Stage(7), Stage(7, (4, 5))
    assert cl.ledger((3, 4, 5), {"f": dense}) == cl.ledger((3, 4, 5), {"f": conv})


def test_one_axis_and_no_stage():
    assert cl.ledger((2, 9), {"a": Stage(3, 4, stride=2)})[0].size == (3, 3)
    assert cl.ledger((2, 9), {}) == []


REFUSED = [
    (
        {"a": Stage(6, 5), "b": Stage(6, 7)},
        ValueError,
        "stage 'b' on a map of (6, 4, 5): spatial axis 0: k=7: needs at most 4, the padded input",
    ),
    ({"a": Stage()}, ValueError, "stage 'a' on a map of (3, 8, 9): needs c_out (dense), window"),
    ({"a": Stage(4, padding=1)}, ValueError, "a dense layer, without a window, takes neither"),
    ({"a": Stage(4, stride=1)}, ValueError, "a dense layer, without a window, takes neither"),
    ({"a": Stage(4, 3, groups=2)}, ValueError, "groups=2: needs a divisor of 3 (c_in is 3)"),
    ({"a": Stage(4.0, 3)}, TypeError, "c_out=4.0: needs an integer of at least 1, not float"),
    ({"a": Stage(4, 3, stride=0)}, ValueError, "stride=0: needs an integer of at least 1"),
    ({"a": Stage(window=2, groups=3)}, ValueError, "a pooling works on each channel by itself"),
]


@pytest.mark.parametrize(("stages", "kind", "message"), REFUSED)
def test_what_is_refused_is_explained(stages, kind, message):
    with pytest.raises(kind, match=re.escape(message)):
        cl.ledger((3, 8, 9), stages)


def vgg16():
    stages = {}
    for block, (count, c_out) in enumerate([(2, 64), (2, 128), (3, 256), (3, 512), (3, 512)], 1):
        stages |= {f"conv{block}-{i}": Stage(c_out, 3, padding=1) for i in range(1, count + 1)}
        stages[f"pool{block}"] = Stage(window=2)
    return stages | {"fc6": Stage(4096), "fc7": Stage(4096), "fc8": Stage(1000)}


def alexnet(groups):
    return {
        "conv1": Stage(96, 11, stride=4),
        "pool1": Stage(window=3, stride=2),
        "conv2": Stage(256, 5, padding=2, groups=groups),
        "pool2": Stage(window=3, stride=2),
        "conv3": Stage(384, 3, padding=1),
        "conv4": Stage(384, 3, padding=1, groups=groups),
        "conv5": Stage(256, 3, padding=1, groups=groups),
        "pool5": Stage(window=3, stride=2),
        "fc6": Stage(4096),
        "fc7": Stage(4096),
        "fc8": Stage(1000),
    }


@pytest.mark.parametrize(
    ("size", "stages", "published"),
    [
        ((1, 32, 32), LENET, 61_706),
        ((3, 227, 227), alexnet(2), 60_965_224),
        ((3, 227, 227), alexnet(1), 62_378_344),
        ((3, 224, 224), vgg16(), 138_357_544),
    ],
)
def test_published_parameter_counts(size, stages, published):
    assert sum(line.parameters for line in cl.ledger(size, stages)) == published


def test_vgg16_weights_and_activations():
    lines = cl.ledger((3, 224, 224), vgg16())
    assert sum(line.weights for line in lines) == 138_344_128
    assert 3 * 224 * 224 + sum(line.activations for line in lines) == 15_237_608
