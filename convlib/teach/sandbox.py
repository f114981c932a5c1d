"""Run a reader's function on many cases so that nothing it does can harm the notebook."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from .observe import Outcome, observe

SECONDS = 5.0
MEGABYTES = 512


@dataclass
class Run:
    """What came of it: an outcome for each finished case, and why it stopped early, if it did."""

    outcomes: list[Outcome] = field(default_factory=list)
    stopped: str | None = None
    printed: bool = False


def run(
    function: Callable[..., Any],
    calls: Sequence[tuple[Any, ...]],
    *,
    seconds: float = SECONDS,
    megabytes: int = MEGABYTES,
    route: str | None = None,
) -> Run:
    """Call the function with each tuple of arguments."""
    return Run([observe(function, arguments) for arguments in calls])
