"""The progress bar of `fit`: on stderr, and only where somebody can see it."""

from __future__ import annotations

import sys
from typing import Any

from convlib.nn.history import Score


def bar(total: int, progress: bool) -> Any:
    """Return a bar over so many batches, a silent one where nobody is watching."""
    from tqdm import tqdm  # only who trains waits for this import

    return tqdm(total=total, unit="batch", file=sys.stderr, disable=not (progress and watched()))


def watched() -> bool:
    """Whether stderr is a terminal, or a notebook in front of a person.

    A notebook that a program runs must not store a bar among its outputs. It differs in one thing:
    nobody there could answer a question on stdin.
    """
    if sys.stderr.isatty():
        return True
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    return bool(getattr(getattr(shell, "kernel", None), "_allow_stdin", False))


def show(bar: Any, epoch: int, epochs: int, score: Score) -> None:
    """Move the bar by one batch, and show the means of the epoch so far."""
    bar.set_description_str(f"epoch {epoch + 1}/{epochs}", refresh=False)
    right = f", accuracy {score.accuracy:.3f}" if score.accuracy == score.accuracy else ""
    bar.set_postfix_str(f"loss {score.loss:.4f}{right}", refresh=False)
    bar.update()
