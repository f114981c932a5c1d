"""What a reader's code may not reach while it is being checked, and what is put back afterwards."""

from __future__ import annotations

import builtins
import contextlib
import io
import os
import pickle
import random
import sys
import threading
import warnings
from collections.abc import Iterator
from typing import Any, NoReturn

import numpy as np

PRINTED = "What your function prints is not shown here."
RANDOM = (
    "Your function seeds or uses the random numbers that the whole notebook shares; "
    "make a generator of its own with np.random.default_rng(0)."
)
SETTINGS = (
    "Your function changes NumPy's settings for the whole notebook; "
    "use `with np.errstate(...)` or `with np.printoptions(...)` around the lines that need it."
)


class Sink(io.TextIOBase):
    """Swallows everything printed, and knows whether there was anything."""

    used = False

    def writable(self) -> bool:
        """Say that printing is possible."""
        return True

    def write(self, text: str) -> int:
        """Drop the text, however long it is."""
        self.used = self.used or bool(text)
        return len(text)


@contextlib.contextmanager
def guarded() -> Iterator[Sink]:
    """Hide the screen, the keyboard and the ways out; put shared state back in the end."""
    sink = Sink()
    with contextlib.ExitStack() as stack:
        stack.enter_context(warnings.catch_warnings())
        warnings.simplefilter("ignore")
        stack.enter_context(contextlib.redirect_stdout(sink))
        stack.enter_context(contextlib.redirect_stderr(sink))
        for target, name, stand_in in _ways_out():
            stack.enter_context(_swapped(target, name, stand_in))
        stack.callback(os.chdir, os.getcwd())  # noqa: PTH109
        stack.callback(sys.setrecursionlimit, sys.getrecursionlimit())
        stack.callback(random.setstate, random.getstate())
        stack.callback(np.random.set_state, np.random.get_state())  # noqa: NPY002
        yield sink


def shared_state() -> tuple[Any, ...]:
    """The random state and the settings of NumPy, to be compared before and after."""
    randoms = pickle.dumps((random.getstate(), np.random.get_state()))  # noqa: NPY002
    return randoms, (np.geterr(), np.get_printoptions())


def remarks(before: tuple[Any, ...], sink: Sink) -> list[str]:
    """What to tell a reader about prints and shared state, besides right or wrong.

    >>> sink = Sink()
    >>> state = shared_state()
    >>> print("hello", file=sink)
    >>> remarks(state, sink)
    ['What your function prints is not shown here.']
    """
    randoms, settings = (old == new for old, new in zip(before, shared_state(), strict=True))
    return [PRINTED] * sink.used + [RANDOM] * (not randoms) + [SETTINGS] * (not settings)


@contextlib.contextmanager
def _swapped(target: object, name: str, stand_in: object) -> Iterator[None]:
    own = vars(target).get(name)
    setattr(target, name, stand_in)
    try:
        yield
    finally:
        if own is None:  # it was inherited from the class
            delattr(target, name)
        else:
            setattr(target, name, own)


def _ways_out() -> list[tuple[object, str, Any]]:
    """In a notebook `exit()` asks the shell to stop, and `display` writes to the page."""
    ways: list[tuple[object, str, Any]] = [(builtins, "input", _no_input), (os, "_exit", _no_exit)]
    ways += [(threading, "excepthook", _silent)]  # a thread of the reader's may fail, too
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    if shell is not None:
        ways += [(shell, "ask_exit", _no_exit), (shell.display_pub, "publish", _silent)]
    return ways


def _no_input(*_: object) -> NoReturn:
    raise RuntimeError("input() cannot ask anybody while an answer is being checked")


def _no_exit(*_: object) -> NoReturn:
    raise SystemExit


def _silent(*_: object, **__: object) -> None:
    pass
