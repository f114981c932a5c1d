"""Run a reader's function on many cases so that nothing it does can harm the notebook.

On Linux the function runs in a copy of this process, which can be ended whatever it does, and
which takes its changes and its memory with it. Elsewhere it runs in a second thread, which is
interrupted when its time is over; there, memory has no limit, and code in C that never returns
cannot be stopped.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable
from typing import Any

from convlib.teach.exercises.engine.running import Calls, Run
from convlib.teach.exercises.engine.thread import run_in_thread

SECONDS = 5.0
MEGABYTES = 512


def run(
    function: Callable[..., Any],
    calls: Calls,
    *,
    seconds: float = SECONDS,
    megabytes: int = MEGABYTES,
    route: str | None = None,
) -> Run:
    """Call the function with each tuple of arguments, within a time for all of them together.

    Parameters
    ----------
    function, calls
        What is called, and a tuple of arguments for each call.
    seconds
        For all of them together.
    megabytes
        On top of what is in use already; a limit of the route "process" only.
    route
        "process" (the default on Linux) or "thread" (elsewhere).

    Returns
    -------
    Run
        The outcomes, one for each call that came to its end.

    Examples
    --------
    >>> [outcome.value for outcome in run(abs, [(-1,), (2,)]).outcomes]
    [1, 2]
    """
    if route is None:
        route = "process" if sys.platform == "linux" else "thread"
    if route == "process":
        # only here, since it needs what only Unix has
        from convlib.teach.exercises.engine.process import run_in_process

        with contextlib.suppress(OSError):  # no process to be had: then a thread has to do
            return run_in_process(function, calls, seconds, megabytes)
    return run_in_thread(function, calls, seconds)
