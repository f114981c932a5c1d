"""Whatever a reader writes gets a sentence, and the notebook lives on."""

import contextlib
import os
import random
import select
import sys
import threading
import time
import warnings
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest

from convlib.teach.exercises.engine import process
from convlib.teach.exercises.engine import thread as thread_route
from convlib.teach.exercises.engine.checking import examine
from convlib.teach.exercises.engine.guard import guarded, shared_state
from convlib.teach.exercises.engine.outcomes import Opaque, freeze, observe
from convlib.teach.exercises.engine.sandbox import run
from tests.teach.exercises import samples
from tests.teach.exercises.samples import SCALE

linux = pytest.mark.skipif(sys.platform != "linux", reason="the process route needs Linux")
ROUTES = [pytest.param("process", marks=linux), "thread"]
every_route = pytest.mark.parametrize("route", ROUTES)
SECONDS = 0.4


def children() -> set[str]:
    """The process ids below this one."""
    found: set[str] = set()
    for task in Path("/proc/self/task").glob("*/children"):
        with contextlib.suppress(
            FileNotFoundError, ProcessLookupError
        ):  # the thread has just ended
            found.update(task.read_text(encoding="ascii").split())
    return found


@pytest.fixture(autouse=True)
def nothing_is_left_behind(capfd):
    """After every test: no output, no process, no thread, no shared state changed."""
    before = children() if sys.platform == "linux" else set()
    threads, state, place = set(threading.enumerate()), shared_state(), Path.cwd()
    limit = sys.getrecursionlimit()
    yield
    assert capfd.readouterr() == ("", "")
    if sys.platform == "linux":
        assert children() <= before
    assert set(threading.enumerate()) <= threads
    assert shared_state() == state
    assert Path.cwd() == place
    assert sys.getrecursionlimit() == limit


def told(answer, route, seconds=5.0) -> str:
    return str(examine(SCALE, answer, seconds=seconds, route=route))


SENTENCES = [
    (samples.calls_itself, "It calls itself without end. Is the smallest case answered first?"),
    (samples.ends_the_program, "It ends the whole program, as exit() does"),
    (samples.ends_the_process, "It ends the whole program, as exit() does"),
    (samples.interrupts, "It interrupts the notebook; a function ends with `return`."),
    (samples.raises_base, "but it raised BaseException: all the way down, in line "),
    (samples.raises_silently, "but it raised SilentError, in line "),
    (samples.divides, "but it raised ZeroDivisionError: integer division or modulo by zero, in li"),
    (samples.raises_later, "scale(x=[1, 2], n=3)\n  expected [3, 6], but it raised Index"),
    (samples.asks, "input() cannot ask anybody while an answer is being checked"),
    (samples.changes_its_input, "scale(x=[1, 2], n=2)\n  It changes its argument x. "
                                "Work on a copy: x = x.copy()."),
    (samples.gives_a_list, "The values are right, but returned a list; expected an array"),
    (samples.gives_a_tuple, "The values are right, but returned a tuple; expected an array"),
    (samples.gives_text, "expected [1, 2], got 'x times n'"),
    (samples.gives_nothing, "expected [1, 2], got None\n  Is a `return` missing?"),
    (samples.gives_nan, "got [nan, nan]\n  nan comes from something undefined, such as 0/0."),
    (samples.yields, "got a generator\n  Give the values back with `return`, not with `yield`."),
    (samples.gives_one_number, "expected an array of shape (2,), got a single number"),
    (samples.gives_a_column, "expected an array of shape (2,), got an array of shape (2, 1)"),
    (samples.gives_hostile, "expected [1, 2], got a Hostile"),
    (samples.gives_hostile_list, "expected [1, 2], got [a Hostile, a Hostile]"),
    (samples.gives_hostile_kind, "expected [1, 2], got an Odd"),
    (samples.gives_hostile_int, "expected [1, 2], got a HostileInt"),
    (samples.gives_a_function, "got a function\n  Is a pair of brackets missing"),
    (samples.gives_itself, "expected [1, 2], got [[[["),
    (samples.gives_a_huge_number, "got a number of about 100001 digits"),
    (samples.gives_a_long_list, "got a list of 2000000 items"),
    (samples.gives_a_large_array, "got an array of shape (20000000,)"),
    (samples.gives_dates, "got an array of datetime64[D]"),
    (samples.warns, "expected [1, 2], got [inf, inf]"),
    (samples.takes_one, "it is called with 2 values, (x, n), but yours takes (x)."),
    (samples.takes_three, "it is called with 2 values, (x, n), but yours takes (x, n, m)."),
    (samples.waits, "this is an async function. Write def, without async."),
    (samples.Hostile, "this is a class. Write a function, with def."),
    (samples.Hostile(), "this is not a function (something else). Give the function itself"),
    (3, 'this is not a function (int). Give the function itself, without brackets after its name: '
        'check("9.1", scale).'),
    (None, "this is not a function (NoneType)."),
    (np.array([1, 2]), "this is not a function (something else)."),
]  # fmt: skip


@every_route
@pytest.mark.parametrize(("answer", "sentence"), SENTENCES)
def test_each_gets_a_sentence(answer, sentence, route) -> None:
    verdict = told(answer, route)
    assert verdict.startswith("✗ 9.1 · ")
    assert sentence in verdict


REMARKS = [
    (samples.prints_a_megabyte, "What your function prints is not shown here."),
    (samples.changes_settings, "Your function changes NumPy's settings for the whole notebook"),
    (samples.seeds, "Your function seeds or uses the random numbers that the whole notebook"),
]


@every_route
@pytest.mark.parametrize(("answer", "remark"), REMARKS)
def test_a_right_answer_may_earn_a_remark(answer, remark, route) -> None:
    verdict = told(answer, route)
    assert verdict.startswith("✓ 9.1 · 4 cases\n  ")
    assert remark in verdict


@every_route
@pytest.mark.parametrize(
    "answer",
    [
        samples.is_right,
        samples.gives_floats,
        samples.moves_house,
        samples.takes_any,
        samples.warns_and_is_right,
        samples.starts_a_thread,
        lambda x, n: n * x,
        np.multiply,
    ],
)
def test_right_is_right(answer, route) -> None:
    assert told(answer, route) == "✓ 9.1 · 4 cases"


@every_route
@pytest.mark.parametrize("answer", [samples.starter, ..., [1, ...]])
def test_not_attempted(answer, route) -> None:
    assert told(answer, route).startswith("○ 9.1 not attempted yet: ")


@every_route
@pytest.mark.parametrize("answer", [samples.loops, samples.swallows_three_times])
def test_endless_loops_are_ended(answer, route) -> None:
    start = time.monotonic()
    verdict = told(answer, route, SECONDS)
    assert time.monotonic() - start < SECONDS + 2
    assert verdict == (
        "✗ 9.1 · no result in time in scale(x=[1, 2], n=1), after 0 of 4 cases\n"
        "  Does a loop never end, or does it wait for something?"
    )


@every_route
def test_the_hanging_case_is_named(route) -> None:
    verdict = told(samples.hangs_on_three, route, SECONDS)
    assert "in scale(x=[1, 2], n=3), after 2 of 4 cases" in verdict


@linux
@pytest.mark.parametrize(
    "answer",
    [samples.swallows_everything, samples.loops_in_c, samples.sleeps, samples.stops_itself],
)
def test_a_process_is_ended_whatever_it_does(answer) -> None:
    assert "no result in time" in told(answer, "process", SECONDS)


@linux
@pytest.mark.parametrize(
    "answer",
    [samples.writes_below_python, samples.forks, samples.forks_and_stays, samples.starts_a_program],
)
def test_a_process_takes_everything_with_it(answer) -> None:
    reader, writer = os.pipe()  # whatever is started inherits the writing end
    os.set_inheritable(writer, True)
    assert told(answer, "process") == "✓ 9.1 · 4 cases"
    os.close(writer)
    ready, _, _ = select.select([reader], [], [], 5)
    assert ready, "something still runs"
    assert os.read(reader, 1) == b""
    os.close(reader)


@linux
@pytest.mark.parametrize("answer", [samples.needs_memory, samples.grows])
def test_memory_is_limited_in_a_process(answer) -> None:
    assert "It needs too much memory." in told(answer, "process")


@linux
def test_a_process_that_dies_is_reported() -> None:
    assert told(samples.kills_itself, "process") == (
        "✗ 9.1 · it brings Python down in scale(x=[1, 2], n=1) (the process ended by SIGKILL)."
    )
    assert "the process ended with exit code 1" in told(samples.cuts_the_wire, "process")


def test_a_thread_that_cannot_be_ended_says_so(monkeypatch) -> None:
    monkeypatch.setattr(thread_route, "GRACE", 0.1)
    release, before = threading.Event(), set(threading.enumerate())

    def waits_in_c(x, n):
        release.wait(30)

    verdict = told(waits_in_c, "thread", 1.0)
    release.set()
    for thread in set(threading.enumerate()) - before:
        thread.join(5)
    assert verdict.endswith("It cannot be interrupted here: restart the kernel before you go on.")


def test_a_thread_stops_forked_copies() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        assert told(samples.forks, "thread") == "✓ 9.1 · 4 cases"
    with contextlib.suppress(ChildProcessError):
        while True:
            os.waitpid(-1, 0)


def test_without_threads_it_runs_on_the_spot(monkeypatch) -> None:
    def refuse(self):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", refuse)
    assert told(samples.is_right, "thread") == "✓ 9.1 · 4 cases"


@linux
def test_without_processes_a_thread_has_to_do(monkeypatch) -> None:
    def refuse():
        raise OSError("no more processes")

    monkeypatch.setattr(os, "fork", refuse)
    assert told(samples.is_right, "process") == "✓ 9.1 · 4 cases"


@linux
def test_other_threads_cause_no_warning(recwarn) -> None:
    release = threading.Event()
    other = threading.Thread(target=release.wait)
    other.start()
    done = run(os.getpid, [()], route="process")
    release.set()
    other.join()
    assert done.outcomes[0].value != os.getpid()
    assert not recwarn.list


@linux
def test_the_default_on_linux_is_a_process() -> None:
    assert run(os.getpid, [()]).outcomes[0].value != os.getpid()


@linux
def test_an_interrupt_of_the_reader_ends_the_process_too(monkeypatch) -> None:
    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(process, "_listen", interrupt)
    with pytest.raises(KeyboardInterrupt):
        run(samples.sleeps, [(1, 2)])


@every_route
def test_four_hundred_cases_are_quick(route) -> None:
    times = []
    for _ in range(3):  # the machine may be busy
        start = time.monotonic()
        done = run(lambda n: n + 1, [(n,) for n in range(400)], route=route)
        times.append(time.monotonic() - start)
    assert min(times) < 1
    assert [outcome.value for outcome in done.outcomes] == list(range(1, 401))


@every_route
def test_inputs_stay_as_they_are(route) -> None:
    x = np.array([2, 1])
    outcome = run(lambda x: x.sort(), [(x,)], route=route).outcomes[0]
    assert outcome.changed == 0
    np.testing.assert_array_equal(x, [2, 1])


def test_the_guard_puts_everything_back() -> None:
    before = (sys.stdout, sys.stderr, input, os._exit, random.getstate())
    with guarded():
        assert sys.stdout is not before[0]
        assert sys.stdout.writable()
        random.seed(1)
    after = (sys.stdout, sys.stderr, input, os._exit, random.getstate())
    assert after == before


@pytest.mark.parametrize(
    ("old", "change", "changed"),
    [
        ([1, [2]], lambda x: x[1].append(3), 0),
        ({"k": 1}, lambda x: x.update(k=2), 0),
        (np.array([np.nan]), lambda x: None, None),
        (np.array([1.0]), lambda x: x.__setitem__(0, np.nan), 0),
        (np.arange(4), lambda x: setattr(x, "shape", (2, 2)), 0),
        (3, lambda x: None, None),
    ],
)
def test_changed_arguments_are_noticed(old, change, changed) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # NumPy 2.5: setting the shape
        assert observe(change, (old,)).changed == changed


def test_frozen_values_are_plain() -> None:
    import sympy

    x = sympy.Symbol("x")
    assert freeze({"a": (1, {2}), "b": range(2)}) == {"a": (1, {2}), "b": [0, 1]}
    assert freeze(x + 1) == x + 1
    assert freeze(np.array([x, [1]], dtype=object)).tolist() == [x, [1]]
    assert freeze(np.float32(0.5)) == 0.5
    assert freeze(b"ab") == b"ab"
    assert freeze(int) == Opaque("a class")
    assert freeze("x" * 2_000_000) == Opaque("a text of 2000000 items")
    assert freeze(np.ma.array([1])) == Opaque("a MaskedArray")


class Pair(NamedTuple):
    left: Any
    right: Any


class Loud(list):
    """A list of a reader's own, none of whose methods may be run."""

    def _no(self, *_: Any) -> Any:
        raise RuntimeError("hostile")

    __iter__ = __len__ = __getitem__ = __reduce__ = __eq__ = __repr__ = _no  # type: ignore
    __hash__ = None  # type: ignore


def test_kinds_of_tuples_and_lists_are_frozen_as_what_they_are() -> None:
    frozen = freeze([Pair(1, Pair([2], 3)), Loud([4, Loud([5])])])
    assert frozen == [(1, ([2], 3)), [4, [5]]]
    kinds = [type(item) for item in (frozen[0], frozen[0][1], frozen[1], frozen[1][1])]
    assert kinds == [tuple, tuple, list, list]
    assert freeze(Loud([0] * 2_000_000)) == Opaque("a list of 2000000 items")


@every_route
def test_a_named_tuple_and_a_list_of_ones_own_are_right(route) -> None:
    answers = (lambda x, n: Pair(x * n, n), lambda x, n: Loud([x * n, n]))
    exercise = replace(SCALE, oracle=lambda x, n: (x * n, n))
    for answer in answers:
        assert examine(exercise, answer, route=route).status == "right"
