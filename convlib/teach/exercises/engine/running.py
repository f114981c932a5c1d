"""What both routes of the sandbox share: the record of a run, and the work done under guard."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from convlib.teach.exercises.engine.guard import Sink, remarks, shared_state
from convlib.teach.exercises.engine.outcomes import Outcome, observe

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


def perform(function: Callable[..., Any], calls: Calls, send: Send, sink: Sink) -> None:
    """What both routes do, under guard: send an outcome for each call, and then the remarks."""
    before = shared_state()
    for arguments in calls:
        outcome = observe(function, arguments)
        send(outcome)
        if outcome.fatal:
            break
    send(remarks(before, sink))
