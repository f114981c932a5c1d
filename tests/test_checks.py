"""The checks at the door: what is refused, and what the message says."""

import re
from array import array
from collections import deque
from fractions import Fraction
from functools import partial

import numpy as np
import pytest
import scipy.sparse
import sympy

import convlib as cl
from convlib import _checks, nn

X = np.arange(10.0).reshape(1, 2, 5)
X2 = np.ones((1, 2, 5, 6))
W = np.ones((3, 2, 3))
W2 = np.ones((3, 2, 3, 2))
ALGORITHMS = ", ".join(map(repr, cl.algorithms()))

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
        "padding='smae': needs one of 'valid', 'same', 'full'; did you mean 'same'?",
    ),
    (
        lambda: cl.conv(X, W, padding="VALID"),
        ValueError,
        "padding='VALID': needs one of 'valid', 'same', 'full'; did you mean 'valid'?",
    ),
    (
        lambda: cl.conv(X, W, padding="xyz"),
        ValueError,
        "padding='xyz': needs one of 'valid', 'same', 'full'",
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
        "padding=((1, 2, 3), 0): needs an int or a pair (before, after) on each axis, "
        "not (1, 2, 3)",
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
        "padding=(1, 'ful'): needs one of 'valid', 'same', 'full'; did you mean 'full'?",
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
        "groups=2: needs a divisor of 3 (w has 3 output channels, on axis 0); try groups=1",
    ),
    (
        lambda: cl.conv(np.ones((1, 4, 5)), np.ones((6, 2, 3)), groups=3),
        ValueError,
        "groups=3: needs a divisor of 4 (x has 4 channels); try groups=2",
    ),
    (
        lambda: cl.conv(np.ones((1, 4, 5)), np.ones((3, 2, 3)), groups=2),
        ValueError,
        "groups=2: needs a divisor of 3 (w has 3 output channels, on axis 0); try groups=1",
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
        "x has rows of different lengths: needs a rectangular array",
    ),
    (
        lambda: cl.conv(X, W[0]),
        ValueError,
        "w has shape (2, 3): needs 3 axes (two for channels, 1 for the kernel), as x has",
    ),
    (
        lambda: cl.conv(X, np.ones((3, 2, 0))),
        ValueError,
        "w has shape (3, 2, 0): needs at least one tap on every kernel axis",
    ),
    (
        lambda: cl.conv(np.ones((1, 2, 0)), W),
        ValueError,
        "x has shape (1, 2, 0): needs at least one entry on every spatial axis",
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
        "spatial axis 0: k=6: needs at most 5, the padded input (n=5, padding=(0, 0)); "
        "add at least 1 to the padding, both sides together",
    ),
    (
        lambda: cl.conv(X, W, dilation=4, padding=((1, 0),)),
        ValueError,
        "spatial axis 0: k=3: needs a span of at most 6, the padded input (n=5, padding=(1, 0)), "
        "not 9 (dilation=4); add at least 3 to the padding, both sides together",
    ),
    (
        lambda: cl.conv(X2, np.ones((3, 2, 3, 7))),
        ValueError,
        "spatial axis 1: k=7: needs at most 6, the padded input (n=6, padding=(0, 0)); "
        "add at least 1 to the padding, both sides together",
    ),
    (
        lambda: cl.conv(X, W, algorithm="im2cl"),
        ValueError,
        f"algorithm='im2cl': needs one of {ALGORITHMS}; did you mean 'im2col'?",
    ),
    (
        lambda: cl.conv(X, W, algorithm=3),
        ValueError,
        f"algorithm=3: needs one of {ALGORITHMS}",
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
        "groups=5: needs a divisor of 12 (x has 12 channels); try groups=6",
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
        lambda: cl.conv(np.ma.masked_greater(X, 3), W),
        TypeError,
        "x is a masked array: needs a number in every place; its mask would be lost; "
        "fill it first: x.filled(0)",
    ),
    (
        lambda: cl.conv([np.ma.masked_greater(X[0], 3), X[0]], W),
        TypeError,
        "x is a masked array: needs a number in every place; its mask would be lost; "
        "fill it first: x.filled(0)",
    ),
    (
        lambda: cl.circulant([np.ma.masked, 1.0]),
        TypeError,
        "c is a masked array: needs a number in every place; its mask would be lost; "
        "fill it first: c.filled(0)",
    ),
    (
        lambda: cl.circulant(scipy.sparse.csr_array([[1.0, 2]])),
        TypeError,
        "c is a csr_array: needs an array; write c.toarray()",
    ),
    (
        lambda: cl.circulant(number for number in (1, 2)),
        TypeError,
        "c is a generator: needs an array; write list(c)",
    ),
    (lambda: cl.circulant(None), TypeError, "c holds None: needs numbers"),
    (lambda: cl.circulant({1: 2}), TypeError, "c holds {1: 2}: needs numbers"),
    (lambda: cl.circulant([1, None, 2]), TypeError, "c holds None: needs numbers"),
    (
        lambda: cl.conv(np.array([[["a", 1]]], object), W),
        TypeError,
        "x holds 'a': needs numbers",
    ),
    (
        lambda: cl.conv(np.array([[[True, sympy.Symbol("a")]]], object), W),
        TypeError,
        "x holds True: needs numbers",
    ),
    (
        lambda: cl.circulant(np.array([1, list(range(40))], object)),
        TypeError,
        "c holds a list: needs numbers",
    ),
    (
        lambda: cl.conv(X, W, padding=np.array([1, 2])),
        ValueError,
        "padding=array([1, 2]): needs one entry per spatial axis (1), not 2; a (before, "
        "after) pair is written padding=((1, 2),)",
    ),
    (
        lambda: cl.conv(X, W, stride=b"\x01"),
        TypeError,
        "stride=b'\\x01': needs an integer of at least 1, not bytes",
    ),
    (
        lambda: cl.conv(X, W, stride={1}),
        TypeError,
        "stride={1}: needs an integer of at least 1, not set",
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


INTEGERS = [2, np.int8(2), np.uint64(2), np.array(2), np.array(2, np.int8), sympy.Integer(2)]
SEQUENCES = [
    (2,), [2], range(2, 3), array("i", [2]), deque([2]), [np.int8(2)], (np.array(2),),
    np.array([2]), np.array([2], np.uint8), np.array([2], ">i4"), np.array([2], object),
]  # fmt: skip


@pytest.mark.parametrize("two", [*INTEGERS, *SEQUENCES], ids=repr)
def test_any_kind_of_integer_is_an_integer(two):
    expected = cl.conv(X, W, stride=2)
    np.testing.assert_array_equal(cl.conv(X, W, stride=two), expected)
    np.testing.assert_array_equal(cl.conv(X, W[..., :2], dilation=two).shape, (1, 3, 3))
    np.testing.assert_array_equal(cl.conv(X, W, padding=two), cl.conv(X, W, padding=2))
    np.testing.assert_array_equal(cl.im2col(X, two), cl.im2col(X, 2))
    np.testing.assert_array_equal(cl.zero_stuff(X, 2, extra=two), cl.zero_stuff(X, 2, extra=2))
    np.testing.assert_array_equal(cl.pixel_shuffle(X, two), cl.pixel_shuffle(X, 2))
    y = cl.conv_transpose(X, W[:2], stride=3, output_padding=two)
    np.testing.assert_array_equal(y, cl.conv_transpose(X, W[:2], stride=3, output_padding=2))


@pytest.mark.parametrize("two", INTEGERS, ids=repr)
def test_any_kind_of_integer_is_one_number(two):
    np.testing.assert_array_equal(cl.hankel([1, 2, 3, 4], two, stride=two), [[1, 2], [3, 4]])
    assert cl.output_size(7, two, stride=two, padding=two, dilation=two) == 5
    np.testing.assert_array_equal(cl.circulant([1], two), np.eye(2))
    np.testing.assert_array_equal(cl.conv(X, W[:2, :1], groups=two).shape, (1, 2, 3))


TRUTHS = [True, False, np.True_, np.False_, np.array(True), np.array([True]), [True], (np.True_,)]
TAKE_INTEGERS = [
    lambda two: cl.conv(X, W, stride=two),
    lambda two: cl.conv(X, W, padding=two),
    lambda two: cl.conv(X, W, dilation=two),
    lambda two: cl.conv(X, W, groups=two),
    lambda two: cl.conv(X, W, padding=((two, 1),)),
    lambda two: cl.conv_transpose(X, W[:2], output_padding=two),
    lambda two: cl.zero_stuff(X, two),
    lambda two: cl.zero_stuff(X, 2, extra=two),
    lambda two: cl.pad(X, two),
    lambda two: cl.im2col(X, two),
    lambda two: cl.col2im(X, (two,), 1),
    lambda two: cl.pixel_shuffle(X, two),
    lambda two: cl.pixel_unshuffle(X, two),
    lambda two: cl.conv_matrix([1.0], two),
    lambda two: cl.hankel([1.0], two),
    lambda two: cl.hankel([1.0], 1, padding=two),
    lambda two: cl.circulant([1.0], two),
    lambda two: cl.output_size(two, 1),
    lambda two: cl.output_size(1, 1, padding=two),
    lambda two: cl.transposed_size(1, two),
    lambda two: cl.same_padding(1, 1, stride=two),
    lambda two: cl.effective_kernel(two),
    lambda two: cl.full_padding(1, dilation=two),
    lambda two: _checks.generator(two),
    lambda two: _checks.number("p", two, "needs a probability", lambda p: 0 <= p <= 1),
]


@pytest.mark.parametrize("truth", TRUTHS, ids=repr)
@pytest.mark.parametrize("call", TAKE_INTEGERS)
def test_a_truth_value_is_no_number(call, truth):
    with pytest.raises((TypeError, ValueError), match="needs"):
        call(truth)


@pytest.mark.parametrize(
    "padding",
    [
        1, (1,), [1], ((1, 1),), [[1, 1]], np.int64(1), ("same",), "same",
        np.array([1]), np.array([[1, 1]]), [np.array([1, 1])], range(1, 2), deque([(1, 1)]),
    ],
    ids=repr,
)  # fmt: skip
def test_all_forms_of_padding_mean_the_same(padding):
    expected = cl.conv(X, W, padding=1)
    np.testing.assert_array_equal(cl.conv(X, W, padding=padding), expected)


def test_words_and_numbers_mix_over_the_axes():
    y = cl.conv(X2, W2, padding=("full", (0, 1)))
    np.testing.assert_array_equal(y, cl.conv(X2, W2, padding=((2, 2), (0, 1))))


def test_arguments_may_be_lists():
    y = cl.conv([[[1, 2, 3]]], [[[1, 10]]], [100])
    np.testing.assert_array_equal(y, [[[121, 132]]])


def test_arrays_that_lose_nothing_are_welcome():
    numbers = [[[1.0, 2, 3]]]
    expected = cl.pad(numbers, 1)
    for x in (np.array(numbers).view(np.memmap), [np.array(numbers[0])], (((1, 2, 3),),)):
        np.testing.assert_array_equal(cl.pad(x, 1), expected)
    with pytest.warns(PendingDeprecationWarning):
        table = np.matrix([[1.0, 2]])
    assert cl.relative_error(table, 2 * table) == 0.5
    entries = [sympy.Symbol("a"), sympy.Rational(1, 2), 3, 1.5, np.int8(1), 2j]
    assert cl.circulant(np.array(entries, object))[:, 0].tolist() == entries


@pytest.mark.parametrize("code", ["f2", "f4", "f8", "g", "c8", "i2", "u4", "i8"])
def test_numbers_come_in_native_byte_order(code):
    native = np.arange(3).astype(code)
    swapped = native.astype(native.dtype.newbyteorder())
    result = _checks.numeric("x", swapped)
    assert result.dtype == native.dtype
    assert result.dtype.isnative
    np.testing.assert_array_equal(result, native)
    assert _checks.numeric("x", native) is native


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


# ---------------------------------------------------------------- what is empty, or too much

HUGE, BOUND = 10**20, "needs an integer of at most 2**56, more than an array holds"
PICTURE = np.ones((1, 1, 4, 4))


@pytest.mark.parametrize("empty", [(), []])
@pytest.mark.parametrize(
    ("name", "call"),
    [
        ("kernel", lambda empty: nn.Conv(1, 1, empty)),
        ("kernel", lambda empty: nn.ConvTranspose(1, 1, empty)),
        ("window", nn.MaxPool),
        ("window", nn.AvgPool),
        *(
            (name, lambda empty, name=name, kind=kind: kind(**{name: empty}))
            for name in ("stride", "padding", "dilation")
            for kind in (partial(nn.MaxPool, 2), partial(nn.Conv, 1, 1, 3, ndim=1))
        ),
    ],
)
def test_an_empty_option_of_a_layer_is_named(name, call, empty):
    message = f"{name}={empty!r}: needs one entry per spatial axis (1), not 0"
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        call(empty)


@pytest.mark.parametrize("empty", [(), []])
def test_an_empty_option_of_a_function_is_named(empty):
    for name in ("stride", "padding", "dilation"):
        message = f"{name}={empty!r}: needs one entry per spatial axis (2), not 0"
        for call in (cl.conv, cl.reference.conv):
            with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
                call(PICTURE, PICTURE, **{name: empty})


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: cl.conv(PICTURE, PICTURE, padding=HUGE), f"padding={HUGE}: {BOUND}"),
        (lambda: cl.conv(PICTURE, PICTURE, stride=(1, HUGE)), f"stride=(1, {HUGE}): {BOUND}"),
        (lambda: cl.pad(PICTURE, ((0, HUGE), (0, 0))), f"padding=((0, {HUGE}), (0, 0)): {BOUND}"),
        (lambda: cl.max_pool(PICTURE, HUGE), f"window={HUGE}: {BOUND}"),
        (lambda: nn.Conv(1, 1, 3, ndim=HUGE), f"ndim={HUGE}: needs an integer of at most 31"),
        (lambda: nn.Conv(1, 1, 3, ndim=32), "ndim=32: needs an integer of at most 31"),
        (lambda: nn.shift(PICTURE, 0, most=HUGE), f"most={HUGE}: {BOUND}"),
        (lambda: cl.output_size(2**56 + 1, 3), f"n={2**56 + 1}: {BOUND}"),
    ],
)
def test_a_size_beyond_all_arrays_is_refused(call, message):
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        call()


def test_the_largest_sizes_are_counted():
    assert cl.output_size(2**56, 1) == 2**56
    assert nn.Conv(1, 1, 1, ndim=31, rng=0)(np.ones((1,) * 33)).shape == (1,) * 33


# ---------------------------------------------------------------- no numbers, no functions


@pytest.mark.parametrize(
    "value",
    [b"1", bytearray(b"1"), np.bytes_(b"1"), np.array("1"), np.array(b"1"), 1j, np.complex64(1)],
)
def test_text_bytes_and_complex_numbers_are_no_real_number(value):
    rule = "needs a probability"
    message = f"p={value!r}: {rule}, not {type(value).__name__}"
    with pytest.raises(TypeError, match=f"^{re.escape(message)}$"):
        _checks.number("p", value, rule, lambda p: True)


@pytest.mark.parametrize(
    "value", [2, 0.5, Fraction(1, 2), np.float32(2), np.int8(1), np.array(2.5)]
)
def test_numbers_of_all_kinds_are_real(value):
    assert _checks.number("p", value, "needs a number", lambda p: True) == float(value)


def three(x):
    return 3 * x


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: cl.numerical_gradient(None, [1.0]),
            "f=None: needs a function, for example lambda x: (x**2).sum()",
        ),
        (
            lambda: cl.complex_step([1.0], three),
            "f=[1.0]: needs a function, for example lambda x: (x**2).sum()",
        ),
        (
            lambda: cl.numerical_gradient(np.arange(60.0), three),
            "f is a ndarray: needs a function, for example lambda x: (x**2).sum()",
        ),
        (
            lambda: cl.adjoint_error([1.0], three, [1.0], [1.0]),
            "forward=[1.0]: needs a function, for example lambda x: cl.conv(x, w)",
        ),
        (
            lambda: cl.adjoint_error(three, 3, [1.0], [1.0]),
            "backward=3: needs a function, for example lambda dy: cl.conv_backward(dy, x, w).dx",
        ),
        (
            lambda: cl.receptive_field(None),
            "layers=None: needs a list of layers, for example [(3,), (3, 2, 1)]",
        ),
        (lambda: cl.correlate1d([1, 2], [1], three), "b holds a function: needs numbers"),
        (lambda: cl.correlate1d([1, three], [1]), "x holds a function: needs numbers"),
        (lambda: cl.correlate1d([1, 2], [1], np), "b holds a module: needs numbers"),
        (
            lambda: cl.ledger((1, 8, 8), []),
            "stages=[]: needs a mapping, name → Stage, for example {'C1': Stage(6, 5), "
            "'F': Stage(10)}",
        ),
        (
            lambda: cl.ledger((1, 8, 8), nn.Sequential(nn.Conv(1, 4, 3), nn.ReLU())),
            "stages=a Sequential: needs a mapping, name → Stage, for example {'C1': Stage(6, 5), "
            "'F': Stage(10)}",
        ),
    ],
)
def test_what_is_no_function_or_no_list_is_told(call, message):
    with pytest.raises(TypeError, match=f"^{re.escape(message)}$"):
        call()


def test_a_ledger_of_no_size_says_what_a_size_is():
    message = "size=[]: needs (C, *spatial), at least the channels, for example (3, 224, 224)"
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        cl.ledger([], {})


# ---------------------------------------------------------------- the caller's own words


@pytest.mark.parametrize(
    ("name", "call"),
    [
        ("k", lambda: cl.conv(PICTURE, np.ones((1, 1, 5, 1)))),
        ("k", lambda: cl.reference.conv(PICTURE, np.ones((1, 1, 5, 1)))),
        ("window", lambda: cl.sliding_windows(PICTURE, 5)),
        ("window", lambda: cl.im2col(PICTURE, 5)),
        ("window", lambda: cl.reference.im2col(PICTURE, 5)),
        ("window", lambda: cl.col2im(np.ones((1, 25, 1)), (4, 4), 5)),
        ("window", lambda: cl.reference.col2im(np.ones((1, 25, 1)), (4, 4), 5)),
        ("window", lambda: cl.max_pool(PICTURE, 5)),
        ("window", lambda: cl.reference.avg_pool(PICTURE, 5)),
        ("window", lambda: nn.AvgPool(5)(PICTURE)),
        ("kernel", lambda: nn.Conv(1, 1, 5)(PICTURE)),
    ],
)
def test_a_window_that_does_not_fit_has_the_name_that_the_caller_gave_it(name, call):
    with pytest.raises(ValueError, match=rf"spatial axis 0: {name}=5: needs at most 4, "):
        call()
