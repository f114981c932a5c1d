"""Options of layers: checked once, kept in their shortest form, shown where not default."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from convlib import _checks
from convlib._checks import Padding

DEFAULTS: dict[str, Any] = {
    "stride": 1,
    "padding": 0,
    "output_padding": 0,
    "dilation": 1,
    "groups": 1,
    "ceil_mode": False,
    "count_include_pad": True,
}


def checked(options: Mapping[str, Any], axes: int) -> dict[str, Any]:
    """Return all options of one layer that are per axis, in their order, checked and short.

    >>> checked({"stride": (2, 2), "padding": "same", "output_padding": 0}, 2)
    {'stride': 2, 'padding': 'same', 'output_padding': 0}
    """
    least = {"output_padding": 0}
    return {
        name: shortest_padding(value, axes)
        if name == "padding"
        else shortest(_checks.per_axis(name, value, axes, least.get(name, 1)))
        for name, value in options.items()
    }


def shortest_padding(value: Padding, axes: int) -> Any:
    """Return a checked padding in its shortest form that means the same.

    >>> shortest_padding(((1, 1), (1, 1)), 2), shortest_padding(((0, 1),), 1)
    (1, ((0, 1),))
    """
    entries = _checks.padding(value, axes)
    return shortest(tuple(e if isinstance(e, str) or e[0] != e[1] else e[0] for e in entries))


def shortest(entries: tuple[Any, ...]) -> Any:
    """Return the entry that all axes share, or the tuple; a pair always stays in a tuple.

    >>> shortest((2, 2)), shortest((1, 2)), shortest(("same", "same"))
    (2, (1, 2), 'same')
    """
    same = all(entry == entries[0] for entry in entries)
    return entries[0] if same and not isinstance(entries[0], tuple) else entries


def rank(*values: object) -> int:
    """Return the number of spatial axes that the first tuple among the options tells, or 1.

    An empty one tells nothing, and is refused where it is checked.

    >>> rank(2, (1, 2)), rank(2, 2), rank(())
    (2, 1, 1)
    """
    return next((len(entries) for entries in map(_checks.listed, values) if entries), 1)


def times(sizes: Sequence[int]) -> str:
    """Return sizes as people write them.

    >>> times((3, 5))
    '3×5'
    """
    return "×".join(map(str, sizes))


def shown(options: Mapping[str, Any]) -> list[str]:
    """Return the options that are not the default, each as its name and value.

    >>> shown({"stride": 2, "padding": 0, "dilation": (1, 2), "ceil_mode": True})
    ['stride 2', 'dilation (1, 2)', 'ceil_mode']
    """
    chosen = {name: value for name, value in options.items() if value != DEFAULTS[name]}
    return [name if value is True else f"{name} {value}" for name, value in chosen.items()]
