"""Handles for the pictures of a running notebook."""

from __future__ import annotations

from pathlib import Path

from IPython.display import HTML

_ASSETS = Path(__file__).resolve().parents[3] / "assets"


def live() -> HTML:
    """Give every picture of this notebook its handles, now and when it appears later.

    For a reader's own use in Jupyter: the cell's output holds the whole script, so that it is not
    part of a chapter. A notebook that is opened again shows the pictures until the cell is run.

    Raises
    ------
    FileNotFoundError
        if convlib is installed without the book: the script is the book's, not the library's.
    """
    script, style = _ASSETS / "explore.js", _ASSETS / "explore.css"
    if not script.is_file():
        raise FileNotFoundError("live() needs the book's folder assets/ beside convlib/")
    texts = [path.read_text(encoding="utf-8") for path in (style, script)]
    parts = f"<style>{texts[0]}</style><script>{texts[1]}\nconvExplore.watch();</script>"
    return HTML(f"{parts}<p>The pictures of this notebook can now be worked.</p>")  # type: ignore[no-untyped-call]
