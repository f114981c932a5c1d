"""Ledgers of whole networks against arrays and published figures."""

import pickle
import re

import numpy as np
import pytest

import convlib as cl
from convlib import Branches, Stage


def test_lenet_by_hand():
    lines = cl.ledger(*cl.famous("LeNet-5"))
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
        "stage 'b' on a map of (6, 4, 5): spatial axis 0: window=7: needs at most 4, the padded ",
    ),
    ({"a": Stage()}, ValueError, "stage 'a' on a map of (3, 8, 9): needs c_out (dense), window"),
    ({"a": Stage(4, padding=1)}, ValueError, "a dense layer, without a window, takes neither"),
    ({"a": Stage(4, stride=1)}, ValueError, "a dense layer, without a window, takes neither"),
    ({"a": Stage(4, 3, groups=2)}, ValueError, "groups=2: needs a divisor of 3 (c_in is 3)"),
    ({"a": Stage(4.0, 3)}, TypeError, "c_out=4.0: needs an integer of at least 1, not float"),
    ({"a": Stage(4, 3, stride=0)}, ValueError, "stride=0: needs an integer of at least 1"),
    ({"a": Stage(window=2, groups=3)}, ValueError, "a pooling works on each channel by itself"),
    (
        {"a": Stage(window=2, norm=True)},
        ValueError,
        "nothing; leave groups=1 and norm=False",
    ),
    ({"a": Stage(4, dilation=2)}, ValueError, "a dense layer, without a window, takes neither"),
    (
        {"a": Stage(4, 3, bias="no")},
        TypeError,
        "on a map of (3, 8, 9): bias='no': needs True",
    ),
    ({"a": Stage(4, 3, norm=1)}, TypeError, "norm=1: needs True or False"),
    ({"a": (4, 3)}, TypeError, "needs a Stage or Branches, not tuple"),
    ([Stage(4, 3)], TypeError, "needs a mapping, name → Stage"),
    ({"a": Branches([])}, ValueError, "ways=[]: needs at least one way; an empty mapping is a "),
    ({"a": Branches([{}], "add")}, ValueError, "join='add': needs one of"),
    ({"a": Branches([Stage(4, 3)])}, TypeError, "needs a mapping, name → Stage"),
    (
        {"a": Branches([{"b": Stage(3, 3)}, {}], "sum")},
        ValueError,
        "stage 'a' on a map of (3, 8, 9): join='sum': needs equal shapes, and the ways end at "
        "(3, 6, 7), (3, 8, 9)",
    ),
    (
        {"a": Branches([{"b": Stage(4, 1)}, {}], "sum")},
        ValueError,
        "join='sum': needs equal shapes, and the ways end at (4, 8, 9), (3, 8, 9)",
    ),
    (
        {"a": Branches([{"b": Stage(3, 3)}, {}])},
        ValueError,
        "join='concatenate': needs equal spatial sizes, and the ways end at (3, 6, 7), (3, 8, 9)",
    ),
    (
        {"a": Branches([{"b": Stage(2, 10)}, {}])},
        ValueError,
        "stage 'a' on a map of (3, 8, 9): stage 'b' on a map of (3, 8, 9): spatial axis 0: "
        "window=10",
    ),
    (
        {"a": Branches([{"b": Stage(2, 1, stride=2, padding=((4, 3), (4, 4)))}, {}])},
        ValueError,
        "strides of the ways multiply to [1, 2]: needs one product",
    ),
]


@pytest.mark.parametrize(("stages", "kind", "message"), REFUSED)
def test_what_is_refused_is_explained(stages, kind, message):
    with pytest.raises(kind, match=re.escape(message)):
        cl.ledger((3, 8, 9), stages)


@pytest.mark.parametrize(
    ("size", "kind", "message"),
    [
        (9, TypeError, "size=9: needs a tuple of sizes; write size=(9,)"),
        ((), ValueError, "size=(): needs (C, *spatial), at least the channels"),
        ((3, 0), ValueError, "size=(3, 0): needs an integer of at least 1"),
    ],
)
def test_a_wrong_size_is_explained(size, kind, message):
    with pytest.raises(kind, match=f"^{re.escape(message)}"):
        cl.ledger(size, {})


@pytest.mark.parametrize("size", [[3, 8, 9], np.array([3, 8, 9]), (3, *range(8, 10))])
@pytest.mark.parametrize("window", [(3, 2), [3, 2], np.array([3, 2]), range(3, 1, -1)])
def test_any_sequence_of_integers_is_a_size_and_an_option(size, window):
    (line,) = cl.ledger(size, {"a": Stage(4, window, padding=[1, (0, 1)])})
    assert line == cl.ledger((3, 8, 9), {"a": Stage(4, (3, 2), padding=(1, (0, 1)))})[0]


def test_what_a_stage_learns():
    stages = {
        "bias": Stage(4, 3),
        "none": Stage(4, 3, bias=False),
        "norm": Stage(4, 3, bias=False, norm=True),
        "both": Stage(4, 3, norm=np.True_),
        "dense": Stage(5, bias=False),
    }
    lines = cl.ledger((2, 9, 9), stages)
    assert [(e.biases, e.norms) for e in lines] == [(4, 0), (0, 0), (0, 8), (4, 8), (0, 0)]
    assert [e.weights for e in lines] == [72, 144, 144, 144, 4 * 5]
    assert [e.parameters for e in lines] == [76, 144, 152, 156, 20]
    assert (lines.weights, lines.biases, lines.norms, lines.parameters) == (524, 8, 16, 548)


def test_sums_are_the_sums_of_the_lines():
    lines = cl.ledger(*cl.famous("AlexNet"))
    for what in ("weights", "biases", "norms", "parameters", "multiply_adds"):
        assert getattr(lines, what) == sum(getattr(line, what) for line in lines)
    assert lines.kept == 3 * 227 * 227 + sum(line.activations for line in lines)
    assert (lines.size, lines.output) == ((3, 227, 227), (1000, 1, 1))


def test_a_ledger_is_a_list():
    lines = cl.ledger((1, 9), {"a": Stage(2, 3), "b": Stage(3, 3)})
    assert [line.name for line in lines[::-1]] == ["b", "a"]
    assert lines + lines[:1] == [*lines, lines[0]]
    again = pickle.loads(pickle.dumps(lines))
    assert again == lines
    assert repr(again) == repr(lines)


class TestTable:
    def test_by_hand(self):
        stages = {
            "a": Stage(8, (3, 2), bias=False, norm=True),
            "pool": Stage(window=2),
            "fc": Stage(10),
        }
        lines = cl.ledger((3, 20, 41), stages)
        assert repr(lines) == str(lines) == repr(lines.show())
        assert str(lines.show("weights", "output", "norms", "biases", "KiB", "sees", "start")) == (
            "stage  weights  output       norms  biases   KiB     sees  start\n"
            "----------------------------------------------------------------\n"
            "input           (3, 20, 41)                  9.6        1      0\n"
            "a          144  (8, 18, 40)     16          22.5    3 × 2      0\n"
            "pool            (8, 9, 20)                   5.6    4 × 3      0\n"
            "fc      14,400  (10, 1, 1)              10   0.0  20 × 41      0\n"
            "----------------------------------------------------------------\n"
            "total   14,544                  16      10  37.8"
        )

    def test_nothing_is_added_up_where_nothing_can_be(self):
        text = cl.ledger((1, 9), {"a": Stage(2, 3)}).show("sees")
        assert text == "stage  sees\n-----------\ninput     1\na         3"

    def test_of_no_stage(self):
        assert cl.ledger((2, 9), {}).show("parameters", "activations") == (
            "stage  parameters  activations\n"
            "------------------------------\n"
            "input                       18\n"
            "------------------------------\n"
            "total                       18"
        )

    def test_an_unknown_column_is_explained(self):
        message = (
            r"^column='multiply_adds': needs one of 'output', .*; did you mean 'multiply-adds'\?$"
        )
        with pytest.raises(ValueError, match=message):
            cl.ledger((2, 9), {}).show("output", "multiply_adds")


class TestBranches:
    def test_lines_are_the_arrays_of_the_ways(self):
        """With ones everywhere, every product adds 1 to the sum of the outputs."""
        ways = [
            {"a": Stage(4, 3, stride=2, bias=False)},
            {"b": Stage(window=3, stride=2), "c": Stage(6, 1)},
        ]
        lines = cl.ledger((5, 9, 11), {"x": Stage(5, 1), "y": Branches(ways), "z": Stage(2, 2)})
        x = np.ones((1, 5, 9, 11))
        one = cl.conv(x, np.ones((4, 5, 3, 3)), stride=2)
        two = cl.conv(cl.max_pool(x, 3, stride=2), np.ones((6, 5, 1, 1)))
        pile = np.concatenate([one, two], axis=1)
        assert [line.name for line in lines] == ["x", "y a", "y b", "y c", "z"]
        sizes = [one.shape[1:], (5, *two.shape[2:]), two.shape[1:]]
        assert [line.size for line in lines[1:4]] == sizes
        assert (lines[1].multiply_adds, lines[3].multiply_adds) == (one.sum(), two.sum())
        assert lines[4].weights == 2 * pile.shape[1] * 4
        assert lines.output == (2, 3, 4)

    def test_a_sum_keeps_the_shape_and_a_shortcut_costs_nothing(self):
        block = Branches([{"a": Stage(4, 3, padding=1)}, {}], "sum")
        lines = cl.ledger((4, 6, 6), {"1": block, "2": block})
        assert [line.name for line in lines] == ["1 a", "2 a"]
        assert lines.output == (4, 6, 6)
        assert lines.parameters == 2 * (4 * 4 * 9 + 4)

    def test_branches_in_branches(self):
        inner = Branches([{"a": Stage(2, 1)}, {"b": Stage(3, 1)}])
        lines = cl.ledger((4, 6), {"o": Branches([{"i": inner, "c": Stage(4, 1)}, {}], "sum")})
        assert [(line.name, line.size) for line in lines] == [
            ("o i a", (2, 6)),
            ("o i b", (3, 6)),
            ("o c", (4, 6)),
        ]
        assert lines[2].weights == 5 * 4


def test_a_dense_layer_on_a_plain_vector():
    lines = cl.ledger((784,), {"a": Stage(100), "b": Stage(10)})
    assert [line.size for line in lines] == [(100,), (10,)]
    assert lines.parameters == 784 * 100 + 100 + 1000 + 10
    assert lines.show("output", "sees").count("\n") == 4
