"""The process route of the sandbox: a copy of this process runs the cases and reports on a pipe."""

from __future__ import annotations

import contextlib
import gc
import multiprocessing
import os
import resource
import signal
import time
import warnings
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from convlib.teach.exercises.engine.guard import guarded
from convlib.teach.exercises.engine.running import Calls, Run, perform

TICK = 0.05  # seconds between looks at a copy that is silent
_end_process = os._exit


def run_in_process(
    function: Callable[..., Any], calls: Calls, seconds: float, megabytes: int
) -> Run:
    """One copy for all cases; in the end it is gone, with everything that it started."""
    reader, writer = multiprocessing.Pipe(duplex=False)
    with reader:
        with writer, warnings.catch_warnings():
            # Python 3.12 warns of locks that other threads may hold; the copy takes none of them.
            warnings.simplefilter("ignore", DeprecationWarning)
            copy = os.fork()
            if copy == 0:  # pragma: no cover
                _live(function, calls, seconds, megabytes, writer)
        try:
            _own_group(copy)
            return _listen(reader, copy, time.monotonic() + seconds)
        finally:
            _bury(copy)


def _live(
    function: Callable[..., Any], calls: Calls, seconds: float, megabytes: int, pipe: Connection
) -> None:  # pragma: no cover (coverage cannot see into the copy)
    """The copy's whole life. It must never return into the notebook's own code."""
    try:
        _own_group(0)
        gc.freeze()  # nothing inherited may be finalised here: the sockets are the notebook's
        signal.set_wakeup_fd(-1)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGALRM):
            signal.signal(number, signal.SIG_DFL)
        signal.alarm(int(seconds) + 2)  # should the notebook die before it ends this copy
        for descriptor in range(3):
            os.dup2(os.open(os.devnull, os.O_RDWR), descriptor)
        _limit_memory(megabytes)
        with guarded() as sink:
            perform(function, calls, pipe.send, sink)
        pipe.send(None)
    finally:
        _end_process(1)


def _own_group(process: int) -> None:
    """Put the copy at the head of its own group; both sides do it, whoever comes first."""
    with contextlib.suppress(OSError):
        os.setpgid(process, process)


def _limit_memory(megabytes: int) -> None:  # pragma: no cover (runs in the copy)
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    limit = pages * resource.getpagesize() + megabytes * 2**20
    ceiling = resource.getrlimit(resource.RLIMIT_AS)[1]
    limit = limit if ceiling == resource.RLIM_INFINITY else min(limit, ceiling)
    resource.setrlimit(resource.RLIMIT_AS, (limit, ceiling))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _listen(reader: Connection, copy: int, deadline: float) -> Run:
    run = Run()
    while (left := deadline - time.monotonic()) > 0:
        if reader.poll(min(left, TICK)):
            try:
                message = reader.recv()
            except (EOFError, OSError):  # the pipe is closed
                time.sleep(TICK)
                run.stopped = _last_words(copy) or "time"
                return run
            if message is None:
                return run
            run.take(message)
        elif (words := _last_words(copy)) and not reader.poll():
            run.stopped = words
            return run
    run.stopped = "time"
    return run


def _last_words(copy: int) -> str | None:
    """How the copy ended, or None while it lives."""
    ended = os.waitid(os.P_PID, copy, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    if ended is None:
        return None
    if ended.si_code == os.CLD_EXITED:
        return f"ended with exit code {ended.si_status}"
    return f"ended by {signal.Signals(ended.si_status).name}"


def _bury(copy: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(copy, signal.SIGKILL)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(copy, signal.SIGKILL)
    with contextlib.suppress(ChildProcessError):
        os.waitpid(copy, 0)
