"""Which environment a notebook runs in: the notebook says so itself, in its metadata.

A notebook that needs more than requirements.txt holds `{"convlib": {"environment": "frameworks"}}`.
All who treat it differently read that here: the writer of notebooks, pytest, the Makefile and the
book's Sphinx extension. It needs nothing but Python, so that everybody can import it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parent.parent
CHAPTERS = ROOT / "chapters"
KEY = "convlib"  # of a notebook's metadata


class Environment(NamedTuple):
    """A module that only this environment has, the folder it is in, and what makes it."""

    module: str
    folder: str
    command: str

    @property
    def is_here(self) -> bool:
        """Whether the Python that asks has the module."""
        return find_spec(self.module) is not None


class UnknownEnvironmentError(ValueError):
    """A notebook asks for an environment that nobody makes."""


ENVIRONMENTS = {"frameworks": Environment("torch", ".venv-frameworks", "make frameworks")}


def named_in(metadata: Mapping[str, Any]) -> str | None:
    """Return the name of the environment that a notebook's metadata ask for, or None.

    Raises `UnknownEnvironmentError` if there is none of that name.
    """
    name = metadata.get(KEY, {}).get("environment")
    if name is not None and name not in ENVIRONMENTS:
        raise UnknownEnvironmentError(
            f"no environment {name!r}; there are: {', '.join(ENVIRONMENTS)}"
        )
    return name


def environment_of(notebook: Path) -> str | None:
    """Return the name of the environment that a notebook's file asks for, or None."""
    return named_in(json.loads(notebook.read_text(encoding="utf-8")).get("metadata", {}))


def needing(name: str, notebooks: Iterable[Path] | None = None) -> list[Path]:
    """Return those of the notebooks (default: all) that ask for an environment."""
    paths = sorted(CHAPTERS.glob("*.ipynb")) if notebooks is None else notebooks
    return [path for path in paths if environment_of(path) == name]
