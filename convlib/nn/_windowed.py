"""What layers with a sliding window share: their geometry, worked out once for each size."""

from __future__ import annotations

from typing import Any

from convlib.geometry import Axis
from convlib.nn.layer import Layer, Shape


class Windowed(Layer):
    """A layer whose options are settled, so that the size of an input says everything."""

    def __init__(self) -> None:
        super().__init__()
        self._known: dict[Shape, tuple[Axis, ...]] = {}

    def axes(self, size: Shape) -> tuple[Axis, ...]:
        """Return one `Axis` per spatial axis for an input of this spatial size."""
        if size not in self._known:
            self._known[size] = self._geometry(size)
        return self._known[size]

    def _geometry(self, size: Shape) -> tuple[Axis, ...]:
        """Work the geometry out, or refuse the size."""
        raise NotImplementedError

    def __getstate__(self) -> dict[str, Any]:
        """Leave out what is known of sizes; see `Layer.__getstate__`."""
        return {**super().__getstate__(), "_known": {}}
