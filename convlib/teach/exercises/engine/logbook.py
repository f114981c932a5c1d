"""Which exercises are solved: a small file beside the notebooks, never in git."""

from __future__ import annotations

import contextlib
import json
import os
from pathlib import Path
from tempfile import NamedTemporaryFile

from convlib.teach.exercises.engine.definition import chapters, of_chapter

FILE_NAME = ".progress.json"


def location() -> Path:
    """Where the file is: beside the notebook, or where `CONVLIB_PROGRESS` says."""
    return Path(os.environ.get("CONVLIB_PROGRESS") or FILE_NAME)


def solved() -> set[str]:
    """The names of the exercises solved so far.

    A damaged file is set aside as `.bak`, which is said, and the record starts anew.
    """
    path = location()
    try:
        names = json.loads(path.read_text(encoding="utf-8"))["solved"]
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            raise TypeError("not a list of names")
        return set(names)
    except FileNotFoundError:
        return set()
    except OSError as error:
        print(f"Your progress could not be read from {path.name}: {error.strerror}.")
        return set()
    except (ValueError, KeyError, TypeError):
        _set_aside(path)
        return set()


def remember(name: str) -> None:
    """Add an exercise to the file, which is written aside and then moved: never half written."""
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
        _move(Path(file.name), path)
    except OSError as error:
        print(f"Your progress could not be saved in {path.name}: {error.strerror}.")


def progress() -> None:
    """Print how many exercises of each chapter are solved."""
    done = solved()
    names = {number: {each.name for each in of_chapter(number)} for number in chapters()}
    for number, mine in names.items():
        print(f"chapter {number} · {len(mine & done)} of {len(mine)} solved")
    every = set().union(*names.values())
    print(f"all · {len(every & done)} of {len(every)} solved")


def _set_aside(path: Path) -> None:
    kept = path.with_name(path.name + ".bak")
    with contextlib.suppress(OSError):
        path.replace(kept)
    print(f"{path.name} was damaged: it is kept as {kept.name}, and a new one is started.")


def _move(source: Path, target: Path) -> None:
    try:
        source.replace(target)
    except OSError:
        source.unlink()
        raise
