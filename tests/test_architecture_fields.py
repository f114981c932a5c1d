"""Receptive fields against the gradient of a stack of layers."""

import re

import numpy as np
import pytest

import convlib as cl

REFUSED = [
    (
        lambda: cl.receptive_field([(3,), (3, 2, "same")]),
        ValueError,
        "layers[1]=(3, 2, 'same'): 'same' depends on the input's size at this "
        "stride; give (before, after)",
    ),
    (
        lambda: cl.receptive_field([3]),
        ValueError,
        "layers[0]=3: needs a tuple (kernel, stride, padding, dilation), maybe cut short",
    ),
    (
        lambda: cl.receptive_field([(1, 2, 3, 4, 5)]),
        ValueError,
        "layers[0]=(1, 2, 3, 4, 5): needs a tuple (kernel, stride, padding, "
        "dilation), maybe cut short",
    ),
    (
        lambda: cl.receptive_field([(0,)]),
        ValueError,
        "layers[0]=(0,): kernel=0: needs an integer of at least 1",
    ),
    (
        lambda: cl.receptive_field([(3, 0)]),
        ValueError,
        "layers[0]=(3, 0): stride=0: needs an integer of at least 1; stride=1 "
        "visits every position",
    ),
    (
        lambda: cl.receptive_field([(3, 1, 0, 0)]),
        ValueError,
        "layers[0]=(3, 1, 0, 0): dilation=0: needs an integer of at least 1; an "
        "ordinary kernel has dilation=1 (some texts count from 0: add 1)",
    ),
    (
        lambda: cl.receptive_field([(3, 1, "sam")]),
        ValueError,
        "layers[0]=(3, 1, 'sam'): padding='sam': needs one of 'valid', 'same', "
        "'full'; did you mean 'same'?",
    ),
    (
        lambda: cl.receptive_field([()]),
        ValueError,
        "layers[0]=(): needs a tuple (kernel, stride, padding, dilation), maybe cut short",
    ),
    (
        lambda: cl.receptive_field([(3.0,)]),
        TypeError,
        "layers[0]=(3.0,): kernel=3.0: needs an integer of at least 1, not float; write 3",
    ),
    (
        lambda: cl.receptive_field([(3, 1, -1)]),
        ValueError,
        "layers[0]=(3, 1, -1): padding=-1: needs an integer of at least 0; "
        "padding=0 adds nothing; to crop, slice the array first",
    ),
]


@pytest.mark.parametrize(("call", "kind", "message"), REFUSED)
def test_what_is_refused_is_explained(call, kind, message):
    with pytest.raises(kind, match=f"^{re.escape(message)}$"):
        call()


def test_known_stacks():
    assert cl.receptive_field([]) == (1, 1, 0)
    assert cl.receptive_field([(3,), (3,)]) == (5, 1, 0)
    assert cl.receptive_field([(3, 1, 1), (2, 2), (3, 1, 1), (2, 2)]) == (10, 4, -3)
    assert cl.receptive_field([(3, 1, "same"), (3, 1, "full", 2)]) == (7, 1, -5)
    assert cl.receptive_field([[3, 2, (0, 1)], cl.Layer(3, dilation=2)]) == (11, 2, 0)
    assert cl.receptive_field([(4, 1, "same"), (3, 3, "valid")]) == (6, 3, -1)


def test_centre():
    assert cl.receptive_field([(3, 1, 1)]).centre == 0
    assert cl.receptive_field([(2, 2)]).centre == 0.5
    assert cl.ReceptiveField(size=5, jump=2, start=4).centre == 6


def stack(rng):
    """One to three layers, each (kernel, stride, (before, after), dilation)."""
    return [
        (
            int(rng.integers(1, 4)),
            int(rng.integers(1, 3)),
            (int(rng.integers(0, 3)), int(rng.integers(0, 3))),
            int(rng.integers(1, 3)),
        )
        for _ in range(rng.integers(1, 4))
    ]


def influences(layers, n, i):
    """The inputs that output i depends on, found by sending a gradient back."""
    sizes = [n]
    for k, s, padding, d in layers:
        sizes.append(cl.output_size(sizes[-1], k, stride=s, padding=padding, dilation=d))
    grad = np.zeros((1, 1, sizes[-1]))
    grad[..., i] = 1
    for (k, s, padding, d), size in zip(layers[::-1], sizes[-2::-1], strict=True):
        x, w = np.ones((1, 1, size)), np.ones((1, 1, k))
        grad = cl.conv_backward(grad, x, w, stride=s, padding=(padding,), dilation=d).dx
    return np.flatnonzero(grad), sizes[-1]


def test_first_and_last_input_of_every_output(rng):
    inside = 0
    for _ in range(150):
        layers = stack(rng)
        n = int(rng.integers(50, 80))
        size, jump, start = cl.receptive_field(layers)
        _, outputs = influences(layers, n, 0)
        for i in range(outputs):
            seen, _ = influences(layers, n, i)
            first = start + i * jump
            assert set(seen) <= set(range(first, first + size))
            if first >= 0 and first + size <= n:  # then no path meets any padding
                assert (seen[0], seen[-1]) == (first, first + size - 1)
                inside += 1
    assert inside > 100


def test_a_list_a_tuple_and_an_array_are_layers():
    for layer in ((3, 2, 1), [3, 2, 1], np.array([3, 2, 1]), range(3, 0, -1)):
        assert cl.receptive_field([layer, (3,)]) == (7, 2, -1)


def test_the_ledger_sees_what_the_stack_sees(rng):
    """On each of two axes, with a padding that depends on the size as well."""
    for _ in range(60):
        down, right = stack(rng), stack(rng)
        stages = {}
        for number, ((k, s, p, d), (m, t, q, e)) in enumerate(zip(down, right, strict=False)):
            stages[str(number)] = cl.Stage(
                None if number % 2 else 2, (k, m), stride=(s, t), padding=(p, q), dilation=(d, e)
            )
        lines = cl.ledger((1, 60, 70), stages)
        for depth, line in enumerate(lines, 1):
            expected = cl.receptive_field(down[:depth]), cl.receptive_field(right[:depth])
            assert line.fields == expected
    same = cl.ledger((1, 7), {"a": cl.Stage(1, 4, stride=2, padding="same"), "b": cl.Stage(1)})
    assert cl.same_padding(7, 4, stride=2) == (1, 2)
    assert [line.fields[0] for line in same] == [(4, 2, -1), (10, 2, -1)]


def way(rng, stride):
    """Stages of odd size with half padding along one axis, whose strides multiply to `stride`."""
    steps = [stride, 1, 1]
    rng.shuffle(steps)
    stages = {}
    for number, s in enumerate(steps):
        k, d = int(rng.choice([1, 3, 5])), int(rng.integers(1, 3))
        stages[f"{number}"] = cl.Stage(1, k, stride=s, padding=d * (k - 1) // 2, dilation=d)
    return stages


def reach(stages, n):
    """Row i: in how many ways output i of some stages depends on each of n inputs."""
    y = np.eye(n, dtype=int)[:, None]
    for _, k, s, p, _, d, *_ in stages.values():
        y = cl.conv(y, np.ones((1, 1, k), int), stride=s, padding=p, dilation=d)
    return y[:, 0].T


def test_branches_see_the_hull_of_what_their_ways_see(rng):
    for _ in range(40):
        stride = int(rng.integers(1, 4))
        ways = [way(rng, stride), way(rng, stride)]
        block = cl.Branches(ways, str(rng.choice(["sum", "concatenate"])))
        last = cl.ledger((1, 99), {"block": block, "same": cl.Stage(1, 1)})[-1].fields[0]
        rows = sum(reach(stages, 99) for stages in ways)
        i = len(rows) // 2
        seen = np.flatnonzero(rows[i])
        first = last.start + i * last.jump
        assert (seen[0], seen[-1]) == (first, first + last.size - 1)


def test_ways_that_do_not_line_up():
    """One way without padding starts further right: the hull is wider than either field."""
    crop = {"a": cl.Stage(1, 1, padding=((0, 2),))}
    late = {"b": cl.Stage(1, 3, padding=((2, 2),))}
    lines = cl.ledger((1, 9), {"block": cl.Branches([crop, late], "sum"), "c": cl.Stage(1, 1)})
    assert lines[0].fields == ((1, 1, 0),)
    assert lines[1].fields == ((3, 1, -2),)
    assert lines[2].fields == ((3, 1, -2),)
