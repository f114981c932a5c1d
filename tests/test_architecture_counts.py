"""Counts of parameters, work and memory against published figures and arrays."""

import re

import numpy as np
import pytest

import convlib as cl

REFUSED = [
    (
        lambda: cl.parameter_count(3, 4, (3, 3), groups=3),
        ValueError,
        "groups=3: needs a divisor of 4 (c_out is 4); try groups=1",
    ),
    (
        lambda: cl.parameter_count(4, 6, (3, 3), groups=4),
        ValueError,
        "groups=4: needs a divisor of 6 (c_out is 6); try groups=2",
    ),
    (
        lambda: cl.parameter_count(4, 6, 3),
        TypeError,
        "window=3: needs a tuple of sizes; write window=(3,)",
    ),
    (
        lambda: cl.parameter_count(0, 6, (3,)),
        ValueError,
        "c_in=0: needs an integer of at least 1",
    ),
    (
        lambda: cl.multiply_adds(3, 4, (3,), (0,)),
        ValueError,
        "out=(0,): needs an integer of at least 1",
    ),
    (
        lambda: cl.activation_count(3, (3,), batch=-1),
        ValueError,
        "batch=-1: needs an integer of at least 0",
    ),
    (
        lambda: cl.multiply_adds(3, 4, (3,), (4,), batch=1.5),
        TypeError,
        "batch=1.5: needs an integer of at least 0, not float",
    ),
    (
        lambda: cl.parameter_count(3, 4, (3,), groups=0),
        ValueError,
        "groups=0: needs an integer of at least 1; groups=1 is the ordinary layer",
    ),
    (
        lambda: cl.parameter_count(4, 0, (3,)),
        ValueError,
        "c_out=0: needs an integer of at least 1",
    ),
    (
        lambda: cl.parameter_count(4, 6, (0,)),
        ValueError,
        "window=(0,): needs an integer of at least 1; the smallest window is 1",
    ),
    (
        lambda: cl.activation_count(0, (3,)),
        ValueError,
        "c_out=0: needs an integer of at least 1",
    ),
    (
        lambda: cl.parameter_count(4, 6, (3,), bias="no"),
        TypeError,
        "bias='no': needs True or False",
    ),
    (
        lambda: cl.multiply_adds(0, 4, (3,), (3,)),
        ValueError,
        "c_in=0: needs an integer of at least 1",
    ),
]


@pytest.mark.parametrize(("call", "kind", "message"), REFUSED)
def test_what_is_refused_is_explained(call, kind, message):
    with pytest.raises(kind, match=f"^{re.escape(message)}$"):
        call()


VGG16 = [(3, 64), (64, 64), (64, 128), (128, 128), (128, 256), (256, 256), (256, 256)]
VGG16 += [(256, 512), *[(512, 512)] * 5]


def test_vgg16_has_138_million_parameters():
    convolutions = sum(cl.parameter_count(a, b, (3, 3)) for a, b in VGG16)
    dense = sum(
        cl.parameter_count(a, b, (1,)) for a, b in [(25088, 4096), (4096, 4096), (4096, 1000)]
    )
    assert convolutions == 14_714_688
    assert convolutions + dense == 138_357_544


@pytest.mark.parametrize(("groups", "bias"), [(1, True), (2, True), (2, False)])
def test_parameters_are_the_entries_of_the_arrays(groups, bias):
    w, b = np.ones((6, 4 // groups, 3, 2)), np.ones(6)
    expected = w.size + (b.size if bias else 0)
    assert cl.parameter_count(4, 6, (3, 2), groups=groups, bias=bias) == expected


def test_multiply_adds_count_the_products():
    """With ones everywhere and no padding, every product adds 1 to the sum of the outputs."""
    x, w = np.ones((2, 4, 5, 6)), np.ones((6, 2, 3, 2))
    y = cl.conv(x, w, groups=2, stride=2)
    work = cl.multiply_adds(4, 6, (3, 2), y.shape[2:], groups=2, batch=2)
    assert work == y.sum() == 2 * 6 * (2 * 3) * 2 * 6


def test_activations_and_columns_are_the_entries_of_the_arrays():
    x, w = np.ones((2, 4, 5, 6)), np.ones((6, 4, 3, 2))
    y, cols = cl.conv(x, w), cl.im2col(x, (3, 2))
    assert cl.activation_count(6, y.shape[2:], batch=2) == y.size
    assert cl.im2col_count(4, (3, 2), y.shape[2:], batch=2) == cols.size
    assert cl.activation_count(6, (3, 5)) == 90
    assert cl.im2col_count(4, (3, 2), (3, 5)) == 360
    assert cl.multiply_adds(4, 6, (3, 2), (3, 5)) == 90 * 24
    assert cl.activation_count(6, (3, 5), batch=0) == 0
