"""The thread route of the sandbox: a second thread runs the cases, and ends when time is over."""

from __future__ import annotations

import contextlib
import ctypes
import itertools
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

from convlib.teach.exercises.engine.guard import guarded
from convlib.teach.exercises.engine.running import Calls, Run, perform

GRACE = 1.0  # seconds that an interrupted thread gets to end


def run_in_thread(function: Callable[..., Any], calls: Calls, seconds: float) -> Run:
    """One thread for all cases; what it started is told to end with it."""
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
