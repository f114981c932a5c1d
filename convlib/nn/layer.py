"""What all layers share: checks at the door, the memory between forward and backward, modes."""

from __future__ import annotations

from collections.abc import MutableMapping, Sequence
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from convlib import _checks
from convlib._checks import Array, counted, floating, real

Shape = tuple[int, ...]
Grads = dict[str, Array]


class _Last(NamedTuple):
    """What `backward` needs of the last `forward`."""

    shape: Shape
    dtype: np.dtype[Any]
    saved: Any


class Layer:
    """A part of a network: `forward` computes y, `backward` turns ∂L/∂y into ∂L/∂x.

    Attributes
    ----------
    params
        The arrays that are trained, by name. Change them in place (`layer.params["w"] -= step`) or
        put new arrays of the same shape there.
    grads
        ∂L/∂params under the same names. Empty until the first `backward`, and overwritten, not
        added to, by each one.
    buffers
        Arrays that are kept with the parameters but not trained.
    training
        True at first. `BatchNorm` and `Dropout` compute something else in evaluation.

    A layer of your own defines `_forward(x)`, which returns y and whatever `_backward` shall be
    given; `_backward(dy, saved)`, which returns ∂L/∂x and a dict of gradients; and `output_shape`.
    The checks of x and dy are done before they are called.

    Examples
    --------
    >>> class Double(Layer):
    ...     def output_shape(self, shape):
    ...         return tuple(shape)
    ...     def _forward(self, x):
    ...         return 2 * x, None
    ...     def _backward(self, dy, saved):
    ...         return 2 * dy, {}
    >>> layer = Double()
    >>> layer([[1, 2]]), layer.backward([[5, 6]])
    (array([[2., 4.]]), array([[10., 12.]]))
    """

    def __init__(self) -> None:
        self._params: dict[str, Array] = {}
        self._grads: Grads = {}
        self._buffers: dict[str, Array] = {}
        self._last: _Last | None = None
        self.training = True

    @property
    def params(self) -> MutableMapping[str, Array]:
        """The arrays that are trained, by name."""
        return self._params

    @property
    def grads(self) -> MutableMapping[str, Array]:
        """The gradients of the last `backward`, under the names of `params`."""
        return self._grads

    @property
    def buffers(self) -> MutableMapping[str, Array]:
        """Arrays that are kept with the parameters but not trained."""
        return self._buffers

    @property
    def count(self) -> int:
        """The number of parameters."""
        return sum(param.size for param in self.params.values())

    @property
    def dtype(self) -> np.dtype[Any]:
        """The dtype of the parameters; float64 where there are none."""
        params = tuple(self.params.values())
        return _checks.result_dtype(*params) if params else np.dtype(np.float64)

    def forward(self, x: ArrayLike) -> Array:
        """Return y for a batch x, and remember what `backward` will need.

        Parameters
        ----------
        x
            Batch `(N, *shape)`; N may be 0. Integers are converted to the layer's dtype. x itself
            may be what is remembered: do not change it before `backward`.

        Returns
        -------
        (N, *output_shape(shape))
            A new array. float32 stays float32 in a layer of float32.

        Raises
        ------
        ValueError, TypeError
            If x has not the shape that the layer takes, or holds no real numbers.
        """
        x = real("x", x)
        x = x.astype(self.dtype) if x.dtype.kind in "iu" else x
        if x.ndim < 1:
            raise ValueError("x is a single number: needs a batch, (N, ...)")
        shape = (len(x), *self.output_shape(x.shape[1:]))
        y, saved = self._forward(x)
        self._last = _Last(shape, x.dtype, saved)
        return y.copy() if np.may_share_memory(x, y) else y

    def __call__(self, x: ArrayLike) -> Array:
        """Return `forward(x)`."""
        return self.forward(x)

    def backward(self, dy: ArrayLike) -> Array:
        """Return dx = ∂L/∂x for the last `forward`, given dy = ∂L/∂y; write `grads`.

        Parameters
        ----------
        dy
            In the shape of the last y.

        Returns
        -------
        Array
            In the shape and the dtype of the last x.

        Raises
        ------
        RuntimeError
            If there was no `forward` before.
        ValueError, TypeError
            If dy has not the shape of y, or holds no real numbers.
        """
        if self._last is None:
            raise RuntimeError(f"{self._title()}: backward needs a forward before it")
        dy = real("dy", dy)
        _checks.matches(
            "dy", dy, self._last.shape, f"the shape of the last output of {self._title()}"
        )
        dx, grads = self._backward(dy, self._last.saved)
        for name, grad in grads.items():
            param = self._params[name]
            _checks.matches(f"the gradient of {name!r}", grad, param.shape, "that of the parameter")
            self._grads[name] = grad.astype(param.dtype, copy=False)
        return dx.astype(self._last.dtype, copy=np.may_share_memory(dx, dy))

    def output_shape(self, shape: Sequence[int]) -> Shape:
        """Return the shape of an output for an input of this shape, both without the batch axis.

        Raises
        ------
        ValueError
            Where `forward` would refuse a batch of this shape, with the same words.
        """
        raise NotImplementedError(f"{type(self).__name__} does not define output_shape")

    def train(self, mode: bool = True) -> Self:
        """Switch to training, or with `mode=False` to evaluation; return the layer itself."""
        self.training = bool(mode)
        return self

    def eval(self) -> Self:
        """Switch to evaluation; return the layer itself."""
        return self.train(False)

    def astype(self, dtype: DTypeLike) -> Self:
        """Convert parameters and buffers, forget gradients and the last `forward`; return itself.

        Raises
        ------
        TypeError
            If dtype is not a floating type.
        """
        chosen = floating(dtype)
        for arrays in (self._params, self._buffers):
            arrays.update({name: array.astype(chosen) for name, array in arrays.items()})
        self._grads.clear()
        self._last = None
        return self

    def __repr__(self) -> str:
        """Return one line: the options, and the number of parameters."""
        return self._title() + (f" · {counted(self.count)}" if self.count else "")

    def _forward(self, x: Array) -> tuple[Array, Any]:
        """Return y, and what `_backward` shall be given."""
        raise NotImplementedError(f"{type(self).__name__} does not define _forward")

    def _backward(self, dy: Array, saved: Any) -> tuple[Array, Grads]:
        """Return dx and the gradients of the parameters, by name."""
        raise NotImplementedError(f"{type(self).__name__} does not define _backward")

    def _title(self) -> str:
        """Return the layer with its options, as a call without quotes."""
        return f"{type(self).__name__}()"

    def _refused(self, shape: Sequence[int], rule: str) -> ValueError:
        """Return the error for an input whose shape, without the batch axis, does not fit."""
        received = "(" + ", ".join(map(str, ("N", *shape))) + ("," if not len(shape) else "") + ")"
        return ValueError(f"x has shape {received}: {self._title()} needs {rule}")
