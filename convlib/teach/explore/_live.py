"""Handles for the pictures of a running notebook."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from IPython.display import HTML

_HERE = Path(__file__).resolve().parent


def live() -> HTML:
    """Give every picture of this notebook its handles, now and when it appears later.

    For a reader's own use in Jupyter: the cell's output holds the whole script, so that it is not
    part of a chapter. A notebook that is opened again shows the pictures until the cell is run.

    Returns
    -------
    HTML
        The style, the script, and a sentence; to be the last expression of a cell.
    """
    from IPython.display import HTML  # only who works in a notebook pays for it

    style, script = (
        (_HERE / f"explore.{kind}").read_text(encoding="utf-8") for kind in ("css", "js")
    )
    parts = f"<style>{style}</style><script>{script}\nconvExplore.watch();</script>"
    return HTML(f"{parts}<p>The pictures of this notebook can now be worked.</p>")  # type: ignore[no-untyped-call]
