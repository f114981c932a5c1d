"""What many functions here take, checked once for all: a net, and the name of a file."""

from __future__ import annotations

import os
from pathlib import Path

from convlib import _checks
from convlib.nn.layer import Layer


def checked_net(value: object, name: str = "net") -> Layer:
    """Return a layer, which may hold others, and refuse what is none.

    >>> checked_net(0.1)
    Traceback (most recent call last):
    TypeError: net is float: needs a layer or nn.Sequential
    """
    if isinstance(value, Layer):
        return value
    advice = ""
    if isinstance(value, type) and issubclass(value, Layer):
        advice = f"; write {value.__name__}(...), with parentheses"
    elif isinstance(value, (list, tuple)):
        advice = "; nn.Sequential(*layers) makes one of a list"
    raise TypeError(f"{name} is {_checks.kind(value)}: needs a layer or nn.Sequential{advice}")


def checked_path(value: object, name: str = "path") -> Path:
    """Return the path of a file or a folder, and refuse what cannot be its name.

    >>> checked_path(3)
    Traceback (most recent call last):
    TypeError: path is int: needs a name, text or a Path
    """
    if isinstance(value, str) or (
        isinstance(value, os.PathLike) and isinstance(os.fspath(value), str)
    ):
        return Path(value)
    advice = "; the net comes first, then its path" if isinstance(value, Layer) else ""
    raise TypeError(f"{name} is {_checks.kind(value)}: needs a name, text or a Path{advice}")
