"""Shape arithmetic against counting."""

import re
from itertools import product

import pytest

import convlib as cl
from convlib import geometry

REFUSED = [
    (
        lambda: cl.output_size(0, 3),
        ValueError,
        "n=0: needs an integer of at least 1",
    ),
    (
        lambda: cl.output_size(5, 0),
        ValueError,
        "k=0: needs an integer of at least 1; the smallest kernel is 1",
    ),
    (
        lambda: cl.output_size(5, 6),
        ValueError,
        "k=6: needs at most 5, the padded input (n=5, padding=(0, 0)); add at "
        "least 1 to the padding, both sides together",
    ),
    (
        lambda: cl.output_size(5.0, 3),
        TypeError,
        "n=5.0: needs an integer of at least 1, not float; write 5",
    ),
    (
        lambda: cl.output_size(5, 3, stride=(1,)),
        TypeError,
        "stride=(1,): needs an integer of at least 1, not tuple",
    ),
    (
        lambda: cl.output_size(5, 3, padding=(1,)),
        ValueError,
        "padding=(1,): needs an int or a pair (before, after) on each axis, not (1,)",
    ),
    (
        lambda: cl.output_size(5, 3, padding=((1, 2),)),
        ValueError,
        "padding=((1, 2),): needs an int or a pair (before, after) on each axis, not ((1, 2),)",
    ),
    (
        lambda: cl.output_size(1, 4, stride=2, ceil_mode=True),
        ValueError,
        "k=4: needs at most 2, the padded input (n=1, padding=(0, 0)) and 1 beyond it; add at "
        "least 2 to the padding, both sides together",
    ),
    (
        lambda: cl.output_size(5, 2, stride=2, ceil_mode="no"),
        TypeError,
        "ceil_mode='no': needs True or False",
    ),
    (
        lambda: cl.remainder(3, 4),
        ValueError,
        "k=4: needs at most 3, the padded input (n=3, padding=(0, 0)); add at "
        "least 1 to the padding, both sides together",
    ),
    (
        lambda: cl.same_padding(0, 3),
        ValueError,
        "n=0: needs an integer of at least 1",
    ),
    (
        lambda: cl.full_padding(0),
        ValueError,
        "k=0: needs an integer of at least 1; the smallest kernel is 1",
    ),
    (
        lambda: cl.effective_kernel(3, dilation=0),
        ValueError,
        "dilation=0: needs an integer of at least 1; an ordinary kernel has "
        "dilation=1 (some texts count from 0: add 1)",
    ),
    (
        lambda: cl.transposed_size(0, 3),
        ValueError,
        "n=0: needs an integer of at least 1",
    ),
    (
        lambda: cl.transposed_size(1, 3, padding=2),
        ValueError,
        "padding=(2, 2): needs at most 2, both sides together, to leave something of 3",
    ),
    (
        lambda: cl.transposed_size(3, 3, stride=2, padding="same", output_padding=1),
        ValueError,
        "output_padding=1: needs 0 with padding='same', which settles the size by "
        "itself (n times stride)",
    ),
    (
        lambda: cl.transposed_size(3, 3, stride=2, dilation=3, output_padding=3),
        ValueError,
        "output_padding=3: needs fewer than max(stride, dilation) = 3; at most 2",
    ),
    (
        lambda: cl.transposed_size(3, 3, output_padding=0.5),
        TypeError,
        "output_padding=0.5: needs an integer of at least 0, not float",
    ),
    (
        lambda: cl.output_size(5, 3, padding=((1, 2), 0)),
        TypeError,
        "padding=((1, 2), 0): needs an integer of at least 0, not tuple",
    ),
    (
        lambda: cl.output_size(5, 3, padding="half"),
        ValueError,
        "padding='half': needs one of 'valid', 'same', 'full'",
    ),
    (
        lambda: cl.im2col_count(3, (3, 0), (4, 4)),
        ValueError,
        "window=(3, 0): needs an integer of at least 1; the smallest window is 1",
    ),
    (
        lambda: cl.im2col_count(3, 3, (4, 4)),
        TypeError,
        "window=3: needs a tuple of sizes; write window=(3,)",
    ),
    (
        lambda: cl.output_size(5, 3, stride=0),
        ValueError,
        "stride=0: needs an integer of at least 1; stride=1 visits every position",
    ),
    (
        lambda: cl.output_size(5, 3, dilation=0),
        ValueError,
        "dilation=0: needs an integer of at least 1; an ordinary kernel has "
        "dilation=1 (some texts count from 0: add 1)",
    ),
    (
        lambda: cl.output_size(5, 3, padding=-1),
        ValueError,
        "padding=-1: needs an integer of at least 0; padding=0 adds nothing; to "
        "crop, slice the array first",
    ),
    (
        lambda: cl.remainder(0, 3),
        ValueError,
        "n=0: needs an integer of at least 1",
    ),
    (
        lambda: cl.remainder(5, 0),
        ValueError,
        "k=0: needs an integer of at least 1; the smallest kernel is 1",
    ),
    (
        lambda: cl.remainder(5, 3, stride=0),
        ValueError,
        "stride=0: needs an integer of at least 1; stride=1 visits every position",
    ),
    (
        lambda: cl.remainder(5, 3, dilation=0),
        ValueError,
        "dilation=0: needs an integer of at least 1; an ordinary kernel has "
        "dilation=1 (some texts count from 0: add 1)",
    ),
    (
        lambda: cl.same_padding(5, 0),
        ValueError,
        "k=0: needs an integer of at least 1; the smallest kernel is 1",
    ),
    (
        lambda: cl.same_padding(5, 3, stride=0),
        ValueError,
        "stride=0: needs an integer of at least 1; stride=1 visits every position",
    ),
    (
        lambda: cl.same_padding(5, 3, dilation=0),
        ValueError,
        "dilation=0: needs an integer of at least 1; an ordinary kernel has "
        "dilation=1 (some texts count from 0: add 1)",
    ),
    (
        lambda: cl.full_padding(3, dilation=0),
        ValueError,
        "dilation=0: needs an integer of at least 1; an ordinary kernel has "
        "dilation=1 (some texts count from 0: add 1)",
    ),
    (
        lambda: cl.effective_kernel(0),
        ValueError,
        "k=0: needs an integer of at least 1; the smallest kernel is 1",
    ),
    (
        lambda: cl.transposed_size(3, 0),
        ValueError,
        "k=0: needs an integer of at least 1; the smallest kernel is 1",
    ),
    (
        lambda: cl.transposed_size(3, 3, stride=0),
        ValueError,
        "stride=0: needs an integer of at least 1; stride=1 visits every position",
    ),
    (
        lambda: cl.transposed_size(3, 3, dilation=0),
        ValueError,
        "dilation=0: needs an integer of at least 1; an ordinary kernel has "
        "dilation=1 (some texts count from 0: add 1)",
    ),
    (
        lambda: cl.transposed_size(3, 3, output_padding=-1),
        ValueError,
        "output_padding=-1: needs an integer of at least 0; output_padding=0 adds nothing",
    ),
    (
        lambda: cl.transposed_size(3, 3, padding=-1),
        ValueError,
        "padding=-1: needs an integer of at least 0; padding=0 adds nothing; to "
        "crop, slice the array first",
    ),
    (
        lambda: cl.transposed_size(3, 3, padding=(2, 3)),
        ValueError,
        "padding=(2, 3): needs at most 4, both sides together, to leave something of 5",
    ),
    (
        lambda: cl.im2col_count(0, (3,), (3,)),
        ValueError,
        "c_in=0: needs an integer of at least 1",
    ),
]


@pytest.mark.parametrize(("call", "kind", "message"), REFUSED)
def test_what_is_refused_is_explained(call, kind, message):
    with pytest.raises(kind, match=f"^{re.escape(message)}$"):
        call()


def count(n, k, s, d, before, after, ceil_mode):
    """Slide a window along and count; index 0 is the first true entry."""
    windows = 0
    start = -before
    while start + d * (k - 1) < n + after:
        windows += 1
        start += s
    if not ceil_mode:
        return windows
    if start - s + d * (k - 1) < n + after - 1:  # the last window leaves something unread
        windows += 1
    return windows - (-before + (windows - 1) * s >= n)  # the last window starts in the padding


SMALL = list(product(range(1, 8), range(1, 5), (1, 2, 3), (1, 2, 3), (0, 1, 2), (0, 1, 3)))


@pytest.mark.parametrize("ceil_mode", [False, True])
def test_output_size_by_counting(ceil_mode):
    checked = 0
    for n, k, s, d, before, after in SMALL:
        windows = count(n, k, s, d, before, after, ceil_mode)
        options = {"stride": s, "dilation": d, "padding": (before, after), "ceil_mode": ceil_mode}
        if windows:
            assert cl.output_size(n, k, **options) == windows, (n, k, options)
            checked += 1
        else:
            with pytest.raises(ValueError, match=r"needs .* the padded input"):
                cl.output_size(n, k, **options)
    assert checked > 1700


def test_the_advice_for_a_kernel_that_does_not_fit_is_the_least_that_helps():
    for (n, k, s, d, before, after), ceil_mode in product(SMALL, [False, True]):
        options = {"stride": s, "dilation": d, "ceil_mode": ceil_mode}
        if count(n, k, s, d, before, after, ceil_mode):
            continue
        with pytest.raises(ValueError, match="add at least") as caught:
            cl.output_size(n, k, padding=(before, after), **options)
        more = int(re.search(r"at least (\d+)", str(caught.value))[1])
        assert cl.output_size(n, k, padding=(before, after + more), **options) >= 1
        with pytest.raises(ValueError, match="add at least 1 "):
            cl.output_size(n, k, padding=(before, after + more - 1), **options)


def test_the_rule_for_a_kernel_that_does_not_fit_names_the_longest_that_does():
    for (n, k, s, d, before, after), ceil_mode in product(SMALL, [False, True]):
        options = {"stride": s, "padding": (before, after), "ceil_mode": ceil_mode}
        if count(n, k, s, d, before, after, ceil_mode):
            continue
        with pytest.raises(ValueError, match="at most") as caught:
            cl.output_size(n, k, dilation=d, **options)
        most = int(re.search(r"at most (\d+)", str(caught.value))[1])
        assert cl.output_size(n, most, **options) >= 1
        with pytest.raises(ValueError, match=f"at most {most}"):
            cl.output_size(n, most + 1, **options)


@pytest.mark.parametrize(
    ("n", "k", "options", "expected"),
    [
        (5, 3, {}, 3),
        (5, 3, {"padding": 1}, 5),
        (5, 4, {"padding": "same"}, 5),
        (5, 3, {"padding": "full"}, 7),
        (5, 3, {"padding": "valid"}, 3),
        (28, 3, {"stride": 2, "padding": 1}, 14),
        (227, 11, {"stride": 4}, 55),
        (224, 7, {"stride": 2, "padding": 3}, 112),
        (7, 3, {"dilation": 3}, 1),
        (50, 3, {"stride": 2, "padding": 4, "dilation": 3}, 26),
        (6, 3, {"stride": 2, "padding": "same"}, 3),
        (5, 2, {"stride": 2, "ceil_mode": True}, 3),
        (5, 2, {"stride": 2, "ceil_mode": False}, 2),
        (1, 2, {"stride": 2, "ceil_mode": True}, 1),  # one window, hanging over
        (
            4,
            2,
            {"stride": 3, "padding": 1, "ceil_mode": True},
            2,
        ),  # the third starts in the padding
    ],
)
def test_output_size_by_hand(n, k, options, expected):
    assert cl.output_size(n, k, **options) == expected


def test_remainder_is_what_no_window_reads():
    for n, k, s, d, before, after in SMALL:
        windows = count(n, k, s, d, before, after, ceil_mode=False)
        if windows:
            read = (windows - 1) * s + d * (k - 1) + 1
            r = cl.remainder(n, k, stride=s, dilation=d, padding=(before, after))
            assert r == n + before + after - read
            assert 0 <= r < s


def test_left_out_options_are_those_of_an_ordinary_layer():
    assert cl.effective_kernel(3) == 3
    assert cl.full_padding(3) == (2, 2)
    assert cl.same_padding(5, 3) == (1, 1)
    assert cl.output_size(6, 3) == cl.transposed_size(2, 3) == 4
    assert cl.remainder(6, 3) == 0
    assert geometry.layer_axes((6,), (3,)) == ((6, 3, 1, 1, (0, 0), 4),)
    assert geometry.layer_axes((6,), (3,), stride=2, padding=1)[0].out == 3
    assert geometry.transposed_axes((4,), (3,)) == ((6, 3, 1, 1, (0, 0), 4),)


def test_reach():
    axis = geometry.Axis(size=9, taps=2, stride=3, dilation=2, pads=(1, 2), out=3)
    assert (axis.span, axis.padded, axis.true) == (3, 12, slice(1, 10))
    assert list(range(12))[axis.reach(0)] == [0, 3, 6]
    assert list(range(12))[axis.reach(1)] == [2, 5, 8]
    assert list(range(12))[axis.reach(1, range(1, 3))] == [5, 8]


@pytest.mark.parametrize(
    ("n", "k", "options", "expected"),
    [
        (8, 3, {"stride": 2}, 1),
        (8, 3, {"stride": 2, "padding": 1}, 1),
        (16, 7, {"stride": 3, "padding": 2}, 1),
        (5, 1, {"stride": 3, "padding": "same"}, 1),
        (9, 3, {"stride": 4, "dilation": 2, "padding": "full"}, 0),
    ],
)
def test_remainder_by_hand(n, k, options, expected):
    assert cl.remainder(n, k, **options) == expected


def test_same_padding_is_the_least_that_gives_one_output_per_stride():
    for n, k, s, d in product(range(1, 9), range(1, 6), (1, 2, 3, 4), (1, 2, 3)):
        before, after = cl.same_padding(n, k, stride=s, dilation=d)
        assert 0 <= before <= after <= before + 1
        wanted = len(range(0, n, s))
        assert count(n, k, s, d, before, after, ceil_mode=False) == wanted
        if after:
            assert count(n, k, s, d, before, after - 1, ceil_mode=False) < wanted


def test_effective_kernel_and_full_padding():
    for k, d in product(range(1, 6), range(1, 4)):
        taps = [j * d for j in range(k)]
        assert cl.effective_kernel(k, dilation=d) == taps[-1] + 1
        assert cl.full_padding(k, dilation=d) == (taps[-1], taps[-1])


def test_transposed_size_undoes_output_size():
    for n, k, s, d, before, after in SMALL:
        options = {"stride": s, "dilation": d, "padding": (before, after)}
        if count(n, k, s, d, before, after, ceil_mode=False):
            o, r = cl.output_size(n, k, **options), cl.remainder(n, k, **options)
            assert cl.transposed_size(o, k, output_padding=r, **options) == n


def test_transposed_size_by_painting():
    checked = 0
    for n, k, s, d, before, after in SMALL:
        painted = max(i * s + j * d for i in range(n) for j in range(k)) + 1
        for extra in range(max(s, d)):
            left = painted - before - after + extra
            options = {"stride": s, "dilation": d, "padding": (before, after)}
            if left < 1:
                with pytest.raises(ValueError, match="to leave something of"):
                    cl.transposed_size(n, k, output_padding=extra, **options)
            else:
                assert cl.transposed_size(n, k, output_padding=extra, **options) == left
                checked += 1
    assert checked > 3000


def test_transposed_same_multiplies_by_the_stride():
    for n, k, s, d in product(range(1, 6), range(1, 6), (1, 2, 3, 4), (1, 2, 3)):
        size = cl.transposed_size(n, k, stride=s, dilation=d, padding="same")
        assert size == n * s
        assert cl.output_size(size, k, stride=s, dilation=d, padding="same") == n


@pytest.mark.parametrize(
    ("n", "k", "options", "expected"),
    [
        (3, 3, {}, 5),
        (3, 3, {"stride": 2}, 7),
        (3, 3, {"stride": 2, "padding": 1}, 5),
        (3, 3, {"stride": 2, "padding": (1, 0)}, 6),
        (3, 3, {"stride": 2, "padding": 1, "output_padding": 1}, 6),
        (2, 2, {"dilation": 3, "output_padding": 2}, 7),
        (5, 3, {"padding": "full"}, 3),
        (5, 3, {"padding": "valid"}, 7),
    ],
)
def test_transposed_size_by_hand(n, k, options, expected):
    assert cl.transposed_size(n, k, **options) == expected
