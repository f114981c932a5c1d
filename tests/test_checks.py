"""The checks at the door: what is refused, and what the message says."""

import re

import numpy as np
import pytest

import convlib as cl
from convlib import _checks

X = np.arange(10.0).reshape(1, 2, 5)
X2 = np.ones((1, 2, 5, 6))
W = np.ones((3, 2, 3))
W2 = np.ones((3, 2, 3, 2))

REFUSED = [
    (
        lambda: cl.conv(X, W, stride=0),
        ValueError,
        "stride=0: needs an integer of at least 1; stride=1 visits every position",
    ),
    (
        lambda: cl.conv(X, W, stride=-1),
        ValueError,
        "stride=-1: needs an integer of at least 1; stride=1 visits every position",
    ),
    (
        lambda: cl.conv(X, W, stride=2.0),
        TypeError,
        "stride=2.0: needs an integer of at least 1, not float; write 2",
    ),
    (
        lambda: cl.conv(X, W, stride=2.5),
        TypeError,
        "stride=2.5: needs an integer of at least 1, not float",
    ),
    (
        lambda: cl.conv(X, W, stride="2"),
        TypeError,
        "stride='2': needs an integer of at least 1, not str; write 2",
    ),
    (
        lambda: cl.conv(X, W, stride="two"),
        TypeError,
        "stride='two': needs an integer of at least 1, not str",
    ),
    (
        lambda: cl.conv(X, W, stride=True),
        TypeError,
        "stride=True: needs an integer of at least 1, not a truth value",
    ),
    (
        lambda: cl.conv(X, W, stride=np.bool_(False)),
        TypeError,
        "stride=np.False_: needs an integer of at least 1, not a truth value",
    ),
    (
        lambda: cl.conv(X, W, stride=None),
        TypeError,
        "stride=None: needs an integer of at least 1, not NoneType",
    ),
    (
        lambda: cl.conv(X, W, stride=np.inf),
        TypeError,
        "stride=inf: needs an integer of at least 1, not float",
    ),
    (
        lambda: cl.conv(X2, W2, stride=(1, 0)),
        ValueError,
        "stride=(1, 0): needs an integer of at least 1; stride=1 visits every position",
    ),
    (
        lambda: cl.conv(X2, W2, stride=(1, 2, 1)),
        ValueError,
        "stride=(1, 2, 1): needs one entry per spatial axis (2), not 3",
    ),
    (
        lambda: cl.conv(X2, W2, stride=(1, 2.0)),
        TypeError,
        "stride=(1, 2.0): needs an integer of at least 1, not float; write 2",
    ),
    (
        lambda: cl.conv(X, W, dilation=0),
        ValueError,
        "dilation=0: needs an integer of at least 1; an ordinary kernel has "
        "dilation=1 (some texts count from 0: add 1)",
    ),
    (
        lambda: cl.conv(X, W, dilation=-2),
        ValueError,
        "dilation=-2: needs an integer of at least 1; an ordinary kernel has "
        "dilation=1 (some texts count from 0: add 1)",
    ),
    (
        lambda: cl.conv(X2, W2, dilation=[1]),
        ValueError,
        "dilation=[1]: needs one entry per spatial axis (2), not 1",
    ),
    (
        lambda: cl.conv(X, W, padding=-1),
        ValueError,
        "padding=-1: needs an integer of at least 0; padding=0 adds nothing; to "
        "crop, slice the array first",
    ),
    (
        lambda: cl.conv(X, W, padding=1.0),
        TypeError,
        "padding=1.0: needs an integer of at least 0, not float; write 1",
    ),
    (
        lambda: cl.conv(X, W, padding="smae"),
        ValueError,
        "padding='smae': unknown word; did you mean 'same'? Known: 'valid', 'same', 'full'",
    ),
    (
        lambda: cl.conv(X, W, padding="VALID"),
        ValueError,
        "padding='VALID': unknown word; did you mean 'valid'? Known: 'valid', 'same', 'full'",
    ),
    (
        lambda: cl.conv(X, W, padding="xyz"),
        ValueError,
        "padding='xyz': unknown word; Known: 'valid', 'same', 'full'",
    ),
    (
        lambda: cl.conv(X, W, padding=(1, 2)),
        ValueError,
        "padding=(1, 2): needs one entry per spatial axis (1), not 2; a (before, "
        "after) pair is written padding=((1, 2),)",
    ),
    (
        lambda: cl.conv(X, W, padding=(1, 2, 3)),
        ValueError,
        "padding=(1, 2, 3): needs one entry per spatial axis (1), not 3",
    ),
    (
        lambda: cl.conv(X2, W2, padding=((1, 2),)),
        ValueError,
        "padding=((1, 2),): needs one entry per spatial axis (2), not 1",
    ),
    (
        lambda: cl.conv(X2, W2, padding=((1, 2, 3), 0)),
        ValueError,
        "padding=((1, 2, 3), 0): an axis needs an int or a pair (before, after), not 3 entries",
    ),
    (
        lambda: cl.conv(X2, W2, padding=((1, -2), 0)),
        ValueError,
        "padding=((1, -2), 0): needs an integer of at least 0; padding=0 adds "
        "nothing; to crop, slice the array first",
    ),
    (
        lambda: cl.conv(X2, W2, padding=(1, "ful")),
        ValueError,
        "padding=(1, 'ful'): unknown word; did you mean 'full'? Known: 'valid', 'same', 'full'",
    ),
    (
        lambda: cl.conv(X2, W2, padding=(1, None)),
        TypeError,
        "padding=(1, None): needs an integer of at least 0, not NoneType",
    ),
    (
        lambda: cl.conv(X, W, groups=0),
        ValueError,
        "groups=0: needs an integer of at least 1; groups=1 is the ordinary layer",
    ),
    (
        lambda: cl.conv(X, W, groups=2),
        ValueError,
        "groups=2: w has 3 output channels (its axis 0), which groups must divide; try groups=1",
    ),
    (
        lambda: cl.conv(np.ones((1, 4, 5)), np.ones((6, 2, 3)), groups=3),
        ValueError,
        "groups=3: x has 4 channels, which groups must divide; try groups=2",
    ),
    (
        lambda: cl.conv(np.ones((1, 4, 5)), np.ones((3, 2, 3)), groups=2),
        ValueError,
        "groups=2: w has 3 output channels (its axis 0), which groups must divide; try groups=1",
    ),
    (
        lambda: cl.conv(np.ones((1, 4, 5)), np.ones((2, 2, 3))),
        ValueError,
        "w has shape (2, 2, 3): needs C_in/groups = 4/1 = 4 on axis 1, as x has "
        "4 channels; groups=2 would fit",
    ),
    (
        lambda: cl.conv(X, np.ones((0, 2, 3))),
        ValueError,
        "w has shape (0, 2, 3): needs at least one output channel (axis 0)",
    ),
    (
        lambda: cl.conv(np.ones((2, 5)), W),
        ValueError,
        "x has shape (2, 5): needs (N, C, *spatial), at least 3 axes; add the "
        "missing axes of length 1: x[np.newaxis]",
    ),
    (
        lambda: cl.conv([[[1, 2], [3]]], W),
        ValueError,
        "x: needs a rectangular array; its rows differ in length",
    ),
    (
        lambda: cl.conv(X, W[0]),
        ValueError,
        "w has shape (2, 3): needs 3 axes (two for channels, 1 for the kernel), as x has",
    ),
    (
        lambda: cl.conv(X, np.ones((3, 2, 0))),
        ValueError,
        "w has shape (3, 2, 0): a kernel axis may not be empty",
    ),
    (
        lambda: cl.conv(np.ones((1, 2, 0)), W),
        ValueError,
        "x has shape (1, 2, 0): a spatial axis may not be empty",
    ),
    (
        lambda: cl.conv(X > 3, W),
        TypeError,
        "x has dtype bool: needs numbers; convert it first, for example x.astype(int)",
    ),
    (
        lambda: cl.conv(X, W > 3),
        TypeError,
        "w has dtype bool: needs numbers; convert it first, for example w.astype(int)",
    ),
    (
        lambda: cl.conv(X, W, W[:, 0, 0] > 3),
        TypeError,
        "b has dtype bool: needs numbers; convert it first, for example b.astype(int)",
    ),
    (
        lambda: cl.conv([[["a"]]], W),
        TypeError,
        "x has dtype <U1: needs numbers",
    ),
    (
        lambda: cl.conv(X, W, np.ones(2)),
        ValueError,
        "b has shape (2,): needs one number per output channel, (3,)",
    ),
    (
        lambda: cl.conv(X, W, np.ones((3, 1))),
        ValueError,
        "b has shape (3, 1): needs one number per output channel, (3,)",
    ),
    (
        lambda: cl.conv(X, np.ones((3, 2, 6))),
        ValueError,
        "spatial axis 0: k=6 is longer than the padded input of 5 (n=5, "
        "padding=(0, 0)); add at least 1 to the padding, both sides together",
    ),
    (
        lambda: cl.conv(X, W, dilation=4, padding=((1, 0),)),
        ValueError,
        "spatial axis 0: k=3 with dilation=4 spans 9 and is longer than the "
        "padded input of 6 (n=5, padding=(1, 0)); add at least 3 to the padding, "
        "both sides together",
    ),
    (
        lambda: cl.conv(X2, np.ones((3, 2, 3, 7))),
        ValueError,
        "spatial axis 1: k=7 is longer than the padded input of 6 (n=6, "
        "padding=(0, 0)); add at least 1 to the padding, both sides together",
    ),
    (
        lambda: cl.conv(X, W, algorithm="im2cl"),
        ValueError,
        "algorithm='im2cl': unknown name; did you mean 'im2col'? Known: 'auto', 'im2col'",
    ),
    (
        lambda: cl.conv(X, W, algorithm=3),
        ValueError,
        "algorithm=3: unknown name; Known: 'auto', 'im2col'",
    ),
    (
        lambda: cl.conv_backward(np.ones((1, 3, 4)), X, W),
        ValueError,
        "dy has shape (1, 3, 4): needs (1, 3, 3), the shape of the output",
    ),
    (
        lambda: cl.conv_backward(np.ones((1, 3, 3)) > 0, X, W),
        TypeError,
        "dy has dtype bool: needs numbers; convert it first, for example dy.astype(int)",
    ),
    (
        lambda: cl.conv(np.ones(5), W),
        ValueError,
        "x has shape (5,): needs (N, C, *spatial), at least 3 axes; add the "
        "missing axes of length 1: x[np.newaxis, np.newaxis]",
    ),
    (
        lambda: cl.conv(5, W),
        ValueError,
        "x has shape (): needs (N, C, *spatial), at least 3 axes; add the "
        "missing axes of length 1: x[np.newaxis, np.newaxis, np.newaxis]",
    ),
    (
        lambda: cl.conv(X, np.ones((3, 0, 3))),
        ValueError,
        "w has shape (3, 0, 3): needs C_in/groups = 2/1 = 2 on axis 1, as x has 2 channels",
    ),
    (
        lambda: cl.conv(np.ones((1, 4, 5)), np.ones((3, 2, 3))),
        ValueError,
        "w has shape (3, 2, 3): needs C_in/groups = 4/1 = 4 on axis 1, as x has 4 channels",
    ),
    (
        lambda: cl.conv(np.ones((1, 6, 5)), np.ones((4, 2, 3))),
        ValueError,
        "w has shape (4, 2, 3): needs C_in/groups = 6/1 = 6 on axis 1, as x has 6 channels",
    ),
    (
        lambda: cl.conv(np.ones((1, 12, 5)), np.ones((18, 12, 3)), groups=5),
        ValueError,
        "groups=5: x has 12 channels, which groups must divide; try groups=6",
    ),
    (
        lambda: cl.conv(X, W, stride=0.0),
        TypeError,
        "stride=0.0: needs an integer of at least 1, not float; write 1",
    ),
    (
        lambda: cl.conv(X, W, stride="0"),
        TypeError,
        "stride='0': needs an integer of at least 1, not str; write 1",
    ),
    (
        lambda: cl.conv(X, W, groups=1.0),
        TypeError,
        "groups=1.0: needs an integer of at least 1, not float; write 1",
    ),
    (
        lambda: cl.conv(X, W, groups=(1, 1)),
        TypeError,
        "groups=(1, 1): needs an integer of at least 1, not tuple",
    ),
    (
        lambda: cl.conv(np.ones((1, 0, 5)), W),
        ValueError,
        "w has shape (3, 2, 3): needs C_in/groups = 0/1 = 0 on axis 1, as x has 0 channels",
    ),
]


@pytest.mark.parametrize(("call", "kind", "message"), REFUSED)
def test_what_is_refused_is_explained(call, kind, message):
    with pytest.raises(kind, match=f"^{re.escape(message)}$"):
        call()


@pytest.mark.parametrize("two", [2, np.int8(2), np.uint64(2), np.array(2), (2,), [2]])
def test_any_kind_of_integer_is_an_integer(two):
    expected = cl.conv(X, W, stride=2)
    np.testing.assert_array_equal(cl.conv(X, W, stride=two), expected)


@pytest.mark.parametrize(
    "padding", [1, (1,), [1], ((1, 1),), [[1, 1]], np.int64(1), ("same",), "same"]
)
def test_all_forms_of_padding_mean_the_same(padding):
    expected = cl.conv(X, W, padding=1)
    np.testing.assert_array_equal(cl.conv(X, W, padding=padding), expected)


def test_words_and_numbers_mix_over_the_axes():
    y = cl.conv(X2, W2, padding=("full", (0, 1)))
    np.testing.assert_array_equal(y, cl.conv(X2, W2, padding=((2, 2), (0, 1))))


def test_arguments_may_be_lists():
    y = cl.conv([[[1, 2, 3]]], [[[1, 10]]], [100])
    np.testing.assert_array_equal(y, [[[121, 132]]])


@pytest.mark.parametrize(
    ("dtypes", "result", "work"),
    [
        (["f4", "f4"], "f4", "f4"),
        (["f4", "f8"], "f8", "f8"),
        (["f2", "f2"], "f2", "f4"),
        (["f2", "f4"], "f4", "f4"),
        (["u1", "i1"], "i2", "i2"),
        (["i8", "O"], "O", "O"),
        (["c8", "f4"], "c8", "c8"),
    ],
)
def test_result_and_working_dtype(dtypes, result, work):
    dtype = _checks.result_dtype(*(np.zeros(1, name) for name in dtypes), None)
    assert dtype == np.dtype(result)
    assert _checks.working_dtype(dtype) == np.dtype(work)
