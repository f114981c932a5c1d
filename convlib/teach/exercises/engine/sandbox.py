"""Run a reader's function on many cases so that nothing it does can harm the notebook.

On Linux the function runs in a copy of this process, which can be ended whatever it does, and
which takes its changes and its memory with it. Elsewhere it runs in a second thread, which is
interrupted when its time is over; there, memory has no limit, and code in C that never returns
cannot be stopped.
"""

from __future__ import annotations

import contextlib
import ctypes
import itertools
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from convlib.teach.exercises.engine.guard import Sink, guarded, remarks, shared_state
from convlib.teach.exercises.engine.outcomes import Outcome, observe

SECONDS = 5.0
MEGABYTES = 512
GRACE = 1.0  # seconds that an interrupted thread gets to end

Calls = Sequence[tuple[Any, ...]]
Send = Callable[[Outcome | list[str]], None]


@dataclass
class Run:
    """An outcome for each finished case, why it stopped early if it did, and remarks.

    `stopped` is "time", "stuck" (a thread that could not be ended), or how the process ended.
    """

    outcomes: list[Outcome] = field(default_factory=list)
    stopped: str | None = None
    remarks: list[str] = field(default_factory=list)

    def take(self, message: Outcome | list[str]) -> None:
        """Add what arrived: an outcome, or at the very end the list of remarks."""
        if isinstance(message, Outcome):
            self.outcomes.append(message)
        else:
            self.remarks = message


def run(
    function: Callable[..., Any],
    calls: Calls,
    *,
    seconds: float = SECONDS,
    megabytes: int = MEGABYTES,
    route: str | None = None,
) -> Run:
    """Call the function with each tuple of arguments, within a time for all of them together.

    `route` is "process" (the default on Linux; with a limit of `megabytes` on top of what is in
    use already) or "thread" (elsewhere).

    >>> [outcome.value for outcome in run(abs, [(-1,), (2,)]).outcomes]
    [1, 2]
    """
    if route is None:
        route = "process" if sys.platform == "linux" else "thread"
    if route == "process":
        from convlib.teach.exercises.engine.process import (
            run_in_process,  # needs what only Unix has
        )

        with contextlib.suppress(OSError):  # no process to be had: then a thread has to do
            return run_in_process(function, calls, seconds, megabytes)
    return _run_in_thread(function, calls, seconds)


def perform(function: Callable[..., Any], calls: Calls, send: Send, sink: Sink) -> None:
    """What both routes do, under guard: send an outcome for each call, and then the remarks."""
    before = shared_state()
    for arguments in calls:
        outcome = observe(function, arguments)
        send(outcome)
        if outcome.fatal:
            break
    send(remarks(before, sink))


def _run_in_thread(function: Callable[..., Any], calls: Calls, seconds: float) -> Run:
    result, ours = Run(), set(threading.enumerate())
    with guarded() as sink:

        def work() -> None:
            with contextlib.suppress(SystemExit):
                perform(function, calls, result.take, sink)

        worker = threading.Thread(target=work, daemon=True)
        try:
            worker.start()
        except RuntimeError:  # Python in a browser has no threads: without a time limit, then
            work()
            return result
        worker.join(seconds)
        late = worker.is_alive()
        done = Run(list(result.outcomes), None, list(result.remarks))
        alive = _end(set(threading.enumerate()) - ours)  # the reader may have started more
    done.stopped = ("stuck" if alive else "time") if late else None
    return done


def _end(threads: set[threading.Thread]) -> bool:
    """Raise `SystemExit` in each, again and again if it is swallowed. True if one survives."""
    deadline, interval = time.monotonic() + GRACE, sys.getswitchinterval()
    sys.setswitchinterval(1e-6)  # so that it may also arrive between two `try` blocks
    try:
        for attempt in itertools.count():
            alive = [thread for thread in threads if thread.is_alive()]
            if not alive or time.monotonic() > deadline:
                break
            for thread in alive:
                number = ctypes.c_ulong(thread.ident or 0)
                ctypes.pythonapi.PyThreadState_SetAsyncExc(number, ctypes.py_object(SystemExit))
            time.sleep(0.02 if attempt < 10 else 0)  # gently at first: it may be on its way out
    finally:
        sys.setswitchinterval(interval)
    return bool(alive)
