"""The stop-watch of the benchmarks, with a clock that a test can turn."""

from itertools import count

import pytest

from benchmarks.race import Ratio, race


class Clock:
    """Time that passes only while something works."""

    def __init__(self):
        self.now = 0.0
        self.done = []

    def __call__(self):
        return self.now

    def work(self, name, *seconds):
        """A function that takes so long, the last time for ever after."""
        calls = count()

        def working():
            self.done.append(name)
            self.now += seconds[min(next(calls), len(seconds) - 1)]

        return working


@pytest.fixture
def clock():
    return Clock()


def test_the_ratio_of_two_times(clock):
    ratio = race(clock.work("ours", 0.3), clock.work("theirs", 0.2), turns=3, clock=clock)
    assert ratio == pytest.approx((1.5, 1.5, 1.5))
    assert str(ratio) == "1.50 (1.50–1.50)"


def test_the_median_of_the_turns_and_their_bounds(clock):
    first_calls = (9, 1)  # to warm up and to see how long one takes: not counted
    ours = clock.work("ours", *first_calls, 2, 4, 3)
    ratio = race(ours, clock.work("theirs", 1), turns=3, clock=clock)
    assert ratio == Ratio(3, 2, 4)


def test_what_is_quick_runs_many_times_in_a_turn_and_both_take_turns(clock):
    ours, theirs = clock.work("ours", 0.25), clock.work("theirs", 1)
    ratio = race(ours, theirs, turns=2, seconds=1, clock=clock)
    assert ratio.middle == 0.25
    turn = ["ours"] * 4 + ["theirs"]
    assert clock.done == ["ours", "ours", "theirs", "theirs", *turn, *turn]
