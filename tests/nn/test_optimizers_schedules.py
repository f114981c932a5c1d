"""Schedules at epochs computed by hand."""

import math
import re

import numpy as np
import pytest

from convlib import nn


def test_step_decay():
    rate = nn.step_decay(3)
    assert [rate(e) for e in range(3)] == [1, 1, 1]
    assert [rate(e) for e in (3, 5)] == [0.1, 0.1]
    assert math.isclose(rate(6), 0.01)
    assert [nn.step_decay(1, 0.5)(e) for e in range(4)] == [1, 0.5, 0.25, 0.125]


def test_cosine():
    rate = nn.cosine(6, floor=0.2)
    expected = {0: 1, 2: 0.2 + 0.8 * 0.75, 3: 0.6, 4: 0.2 + 0.8 * 0.25, 6: 0.2, 9: 0.2}
    for epoch, factor in expected.items():
        assert math.isclose(rate(epoch), factor)
    assert math.isclose(nn.cosine(6)(6), 0, abs_tol=1e-15)
    assert math.isclose(nn.cosine(6)(1), (1 + math.sqrt(3) / 2) / 2)


def test_warmup():
    assert [nn.warmup(4)(e) for e in (0, 1, 3, 4, 99)] == [0.2, 0.4, 0.8, 1, 1]
    rate = nn.warmup(1, nn.step_decay(2, 0.5))
    assert [rate(e) for e in range(6)] == [0.5, 1, 1, 0.5, 0.5, 0.25]


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (lambda: nn.step_decay(0), "every=0: needs an integer of at least 1"),
        (lambda: nn.step_decay(1, 10), "factor=10: needs a number from 0 to 1"),
        (lambda: nn.cosine(0), "epochs=0: needs an integer of at least 1"),
        (lambda: nn.cosine(5, -0.1), "floor=-0.1: needs a number from 0 to 1"),
        (lambda: nn.warmup(0), "epochs=0: needs an integer of at least 1"),
    ],
)
def test_numbers_out_of_range(make, text):
    with pytest.raises(ValueError, match=f"^{re.escape(text)}$"):
        make()


@pytest.mark.parametrize("rate", [nn.step_decay(2), nn.cosine(4), nn.warmup(2), nn.warmup(9)])
def test_what_is_no_epoch(rate):
    for epoch, kind, text in [
        (-1, ValueError, "epoch=-1: needs an integer of at least 0"),
        ("3", TypeError, "epoch='3': needs an integer of at least 0, not str; write 3"),
        (2.0, TypeError, "epoch=2.0: needs an integer of at least 0, not float; write 2"),
        (True, TypeError, "epoch=True: needs an integer of at least 0, not a truth value"),
        (None, TypeError, "epoch=None: needs an integer of at least 0, not NoneType"),
    ]:
        with pytest.raises(kind, match=f"^{re.escape(text)}$"):
            rate(epoch)
    assert rate(np.int64(3)) == rate(3)


def test_then_is_a_schedule():
    with pytest.raises(TypeError, match=r"^then=0\.1: needs a schedule, for example nn\.cosine"):
        nn.warmup(2, 0.1)
