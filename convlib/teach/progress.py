"""Which exercises are solved: a small file beside the notebooks, never in git."""

from __future__ import annotations

import json
import os
from pathlib import Path
from tempfile import NamedTemporaryFile

from .exercise import chapters, of_chapter

FILE_NAME = ".progress.json"


def location() -> Path:
    """Where the file is: beside the notebook, or where `CONVLIB_PROGRESS` says."""
    return Path(os.environ.get("CONVLIB_PROGRESS") or FILE_NAME)


def solved() -> set[str]:
    """The names of the exercises solved so far.

    A damaged file is set aside as `.bak`, said so, and the record starts anew.
    """
    path = location()
    try:
        names = json.loads(path.read_text(encoding="utf-8"))["solved"]
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            raise TypeError("solved must be a list of names")
        return set(names)
    except FileNotFoundError:
        return set()
    except (ValueError, KeyError, TypeError):
        kept = path.with_name(path.name + ".bak")
        path.replace(kept)
        print(f"{path.name} was damaged: it is kept as {kept.name}, and a new one is started.")
        return set()


def remember(name: str) -> None:
    """Add an exercise to the file. Written aside, then moved: never left half written."""
    names = solved()
    if name in names:
        return
    path = location()
    text = json.dumps({"solved": sorted(names | {name})}, indent=1) + "\n"
    try:
        with NamedTemporaryFile(
            "w", dir=path.parent, prefix=path.name, delete=False, encoding="utf-8"
        ) as file:
            file.write(text)
        Path(file.name).replace(path)
    except OSError as error:
        print(f"(Your progress could not be saved in {path.name}: {error.strerror}.)")


def progress() -> None:
    """Print how many exercises of each chapter are solved."""
    done = solved()
    totals = [0, 0]
    for number in chapters():
        names = [exercise.name for exercise in of_chapter(number)]
        count = len(done.intersection(names))
        totals = [totals[0] + count, totals[1] + len(names)]
        print(f"chapter {number} · {count} of {len(names)} solved")
    print(f"all · {totals[0]} of {totals[1]} solved")
