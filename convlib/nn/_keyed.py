"""The arrays of many layers in one mapping."""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping, Sequence

from convlib._checks import Array

Arrays = MutableMapping[str, Array]


class Keyed(MutableMapping[str, Array]):
    """The arrays of many layers under one name each, "0.w" for the "w" of layer 0.

    Nothing is stored here: reading gives the very array of the layer, writing puts one there.
    """

    def __init__(self, parts: Sequence[Arrays]) -> None:
        self._parts = {str(number): part for number, part in enumerate(parts)}

    def _place(self, key: str) -> tuple[Arrays, str]:
        """Return the mapping of one layer, and the name in it."""
        number, _, name = str(key).partition(".")
        if number not in self._parts:
            raise KeyError(key)
        return self._parts[number], name

    def __getitem__(self, key: str) -> Array:
        part, name = self._place(key)
        try:
            return part[name]
        except KeyError:
            raise KeyError(key) from None

    def __setitem__(self, key: str, array: Array) -> None:
        part, name = self._place(key)
        part[name] = array

    def __delitem__(self, key: str) -> None:
        part, name = self._place(key)
        del part[name]

    def __iter__(self) -> Iterator[str]:
        return (f"{number}.{name}" for number, part in self._parts.items() for name in part)

    def __len__(self) -> int:
        return sum(map(len, self._parts.values()))

    def __repr__(self) -> str:
        return repr(dict(self))
