"""What all layers share: a tree of layers, checks at the door, memory between forward and backward.

A layer may hold other layers, its *children*. Parameters, buffers, modes, dtype, the names in a
file, printing, export and checking all walk this one tree; nothing else knows how a net is built.
"""

from __future__ import annotations

from collections import deque
from collections.abc import ItemsView, Iterable, Iterator, Mapping, MutableMapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from copy import deepcopy
from functools import partial
from types import FunctionType, MappingProxyType, MethodType
from typing import Any, Literal, NamedTuple, Self, overload

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from convlib import _checks
from convlib._checks import Array
from convlib._table import Row, Table, table

Shape = tuple[int, ...]
Grads = dict[str, Array]

# Evaluation is a property of the call and not of the net: another thread may be training it.
_evaluating: ContextVar[bool] = ContextVar("evaluating", default=False)


@contextmanager
def evaluation() -> Iterator[None]:
    """Let every layer that this thread calls compute as in evaluation, and remember nothing."""
    token = _evaluating.set(True)
    try:
        yield
    finally:
        _evaluating.reset(token)


def remembering() -> bool:
    """Whether a `backward` may follow: if not, a layer need not keep anything for it."""
    return not _evaluating.get()


class _Pass:
    """One `forward` of a whole tree: which layers belong to it, and which have had their turn."""

    def __init__(self, root: Layer) -> None:
        self.root, self.done = root, {id(root)}
        self.inside: set[int] = set()
        for _, layer in root.named_layers():
            if id(layer) in self.inside:
                raise _twin(layer)
            self.inside.add(id(layer))

    def enter(self, layer: Layer) -> None:
        """Refuse a layer that the tree does not hold, or that has been called already."""
        if id(layer) not in self.inside:
            rule = "whose tree does not hold it: it would be neither trained nor saved"
            advice = "assign it to an attribute, or use add_child"
            called = f"{layer.title()} is called by {self.root.title()}"
            raise TypeError(f"{called}, {rule}; {advice}")
        if id(layer) in self.done and remembering():
            rule = "is called twice in one forward, but remembers only one; make a second layer"
            raise ValueError(f"{layer.title()} {rule}")
        self.done.add(id(layer))


_pass: ContextVar[_Pass | None] = ContextVar("pass", default=None)

# Which layers the `backward` that is going on has cleared and not yet reached: so a net of many
# levels is walked once, not once for each of them, and a second turn of a layer clears it again.
_cleared: ContextVar[set[int] | None] = ContextVar("cleared", default=None)


class _Last(NamedTuple):
    """What `backward` needs of the last `forward`."""

    input_shape: Shape
    shape: Shape
    dtype: np.dtype[Any]
    kept: Any


class _Checked(type):
    """The class of layer classes: once a layer is built, nothing may be hidden in it."""

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        layer = super().__call__(*args, **kwargs)
        if "_children" not in vars(layer):
            raise RuntimeError(f"{cls.__name__}.__init__ does not call super().__init__()")
        for name, value in vars(layer).items():
            _refuse_hidden(layer, name, value)
        vars(layer)["_built"] = True
        return layer

    @property
    def __signature__(cls) -> Any:
        """The parameters of `__init__`: what `help` shows, and not those of `__call__` above."""
        import inspect  # only who asks waits for this import

        signature = inspect.signature(cls.__init__)  # type: ignore[misc]
        return signature.replace(parameters=list(signature.parameters.values())[1:])


class Layer(metaclass=_Checked):
    """A part of a network: `forward` computes y, `backward` turns ∂L/∂y into ∂L/∂x.

    Attributes
    ----------
    params
        The arrays that are trained, by name; those of a child under its name: `"0.w"`. Change them
        in place (`layer.params["w"] -= step`) or put new ones of the same shape there; a parameter
        keeps its dtype.
    grads
        ∂L/∂params under the same names. Empty until the first `backward`, and overwritten, not
        added to, by each one.
    buffers
        Arrays that are kept with the parameters but not trained.
    children
        The layers inside, by name. A layer that is assigned to an attribute becomes a child of that
        name; `add_child` takes any name.
    training
        True at first. `BatchNorm` and `Dropout` compute something else in evaluation.

    Notes
    -----
    A layer of your own defines `compute(x)`, which returns y and whatever the way back shall be
    given; `compute_gradients(dy, kept)`, which returns ∂L/∂x and a dict of the gradients of its own
    parameters; and `output_shape(shape)`. It makes parameters with `add_parameter`, and may define
    `title`, and `write_onnx` (see `to_onnx`). x and dy are checked before. Layers inside are called
    as usual, `self.inside(x)` and `self.inside.backward(dy)`; with `input_shapes` their shapes
    stand in the table, too.

    Examples
    --------
    >>> class Scale(Layer):
    ...     def __init__(self):
    ...         super().__init__()
    ...         self.add_parameter("a", 2.0)
    ...     def output_shape(self, shape):
    ...         return tuple(shape)
    ...     def compute(self, x):
    ...         return self.params["a"] * x, x
    ...     def compute_gradients(self, dy, kept):
    ...         return self.params["a"] * dy, {"a": (dy * kept).sum()}
    >>> layer = Scale()
    >>> layer([[1, 2]]), layer.backward([[5, 6]]), layer.grads
    (array([[2., 4.]]), array([[10., 12.]]), {'a': array(17.)})
    """

    _params: dict[str, Array]
    _grads: Grads
    _buffers: dict[str, Array]
    _children: dict[str, Layer]
    _last: _Last | None
    _training: bool

    def __init__(self) -> None:
        # a plain dict write: __setattr__ looks into what is made here
        own: dict[str, Any] = {"_params": {}, "_grads": {}, "_buffers": {}, "_children": {}}
        vars(self).update(own, _last=None, _training=True)

    # ---------------------------------------------------------------- the tree

    @property
    def children(self) -> Mapping[str, Layer]:
        """The layers inside, by name, in the order in which they were added."""
        return MappingProxyType(self._children)

    def add_child(self, name: str, layer: Layer) -> None:
        """Put a layer inside this one, under a name without a dot.

        Raises
        ------
        TypeError
            If it is no layer.
        ValueError
            If the name has a dot or is taken by something else than a child, or the layer stands in
            this tree already: it remembers only one `forward`. Nothing is changed then.
        """
        if not isinstance(layer, Layer):
            raise TypeError(f"{name} is {_checks.kind(layer)}: needs a layer")
        if self._taken(name):
            rule = "needs a name without a dot that no parameter, buffer or method has"
            raise ValueError(f"name={name!r}: {rule}")
        _refuse_twin(self, layer, self._children.get(name))
        self._children[name] = layer  # in the place of the one that it replaces
        if isinstance(vars(self).get(name), Layer):
            vars(self)[name] = layer

    def _taken(self, name: object) -> bool:
        """Whether a name can be given to no array and no child."""
        usable = isinstance(name, str) and name and "." not in name
        return not usable or name in self._params or name in self._buffers or hasattr(Layer, name)  # type: ignore[arg-type]

    def named_layers(self, prefix: str = "") -> Iterator[tuple[str, Layer]]:
        """Return this layer and all layers in it, each with its path, `"2.inside.0"`."""
        yield prefix, self
        for name, child in self._children.items():
            yield from child.named_layers(f"{prefix}.{name}" if prefix else name)

    def __setattr__(self, name: str, value: object) -> None:
        if not isinstance(value, Layer):
            if "_built" in vars(self):
                _refuse_hidden(self, name, value)
            vars(self).get("_children", {}).pop(name, None)
        elif "_children" in vars(self):
            self.add_child(name, value)
        else:
            rule = "call super().__init__() before you put layers into it"
            raise RuntimeError(f"{type(self).__name__}.{name} is a layer: {rule}")
        super().__setattr__(name, value)

    def __getattr__(self, name: str) -> Any:
        if name in ("_params", "_grads", "_buffers", "_children", "_last", "_training"):
            rule = "call super().__init__() before anything else"
            raise RuntimeError(f"{type(self).__name__}.__init__: {rule}")
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    def __delattr__(self, name: str) -> None:
        super().__delattr__(name)
        self._children.pop(name, None)

    # ---------------------------------------------------------------- arrays

    @property
    def params(self) -> MutableMapping[str, Array]:
        """The arrays that are trained, by name."""
        return Arrays(self, "_params")

    @property
    def grads(self) -> MutableMapping[str, Array]:
        """The gradients of the last `backward`, under the names of `params`."""
        return Arrays(self, "_grads")

    @property
    def buffers(self) -> MutableMapping[str, Array]:
        """Arrays that are kept with the parameters but not trained."""
        return Arrays(self, "_buffers")

    def add_parameter(self, name: str, value: ArrayLike) -> None:
        """Add an array that is trained; integers become float64.

        Raises
        ------
        ValueError, TypeError
            If the name has a dot or is taken, or the value holds no real numbers.
        """
        self._params[name] = self._new_array(name, value)

    def add_buffer(self, name: str, value: ArrayLike) -> None:
        """Add an array that is kept with the parameters but not trained; see `add_parameter`."""
        self._buffers[name] = self._new_array(name, value)

    def _new_array(self, name: str, value: ArrayLike) -> Array:
        if self._taken(name) or name in self._children:
            raise ValueError(f"name={name!r}: needs a name without a dot that is not taken yet")
        array = _checks.real(name, value)
        return np.array(array, _checks.float_dtype(array))

    @property
    def count(self) -> int:
        """The number of parameters."""
        return sum(param.size for param in self.params.values())

    @property
    def dtype(self) -> np.dtype[Any]:
        """The dtype of the parameters; float64 where there are none."""
        params = tuple(self.params.values())
        return _checks.result_dtype(*params) if params else np.dtype(np.float64)

    def astype(self, dtype: DTypeLike) -> Self:
        """Convert parameters and buffers, forget gradients and the last `forward`; return itself.

        Buffers become at least float32: they hold squares, which float16 cannot.

        Raises
        ------
        TypeError
            If dtype is not a floating type.
        """
        chosen = _checks.floating(dtype)
        for _, layer in self.named_layers():
            for arrays, kind in (
                (layer._params, chosen),
                (layer._buffers, _checks.working_dtype(chosen)),
            ):
                arrays.update({name: array.astype(kind) for name, array in arrays.items()})
            layer._grads.clear()
            layer._last = None
        return self

    # ---------------------------------------------------------------- modes

    @property
    def training(self) -> bool:
        """Whether this layer computes as in training."""
        return self._training and not _evaluating.get()

    @training.setter
    def training(self, mode: bool) -> None:
        vars(self)["_training"] = _checks.flag("training", mode)

    def train(self, mode: bool = True) -> Self:
        """Switch to training, or with `mode=False` to evaluation; return the layer itself."""
        for _, layer in self.named_layers():
            layer.training = mode
        return self

    def eval(self) -> Self:
        """Switch to evaluation; return the layer itself."""
        return self.train(False)

    # ---------------------------------------------------------------- forward and backward

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
        x = _checks.real("x", x)
        x = x.astype(self.dtype) if x.dtype.kind in "iu" else x
        if x.ndim < 1:
            raise ValueError("x is a single number: needs a batch, (N, ...)")
        around = _pass.get()
        if around is not None:
            around.enter(self)
            return self._forward(x)
        token = _pass.set(_Pass(self))
        try:
            return self._forward(x)
        finally:
            _pass.reset(token)

    def _forward(self, x: Array) -> Array:
        """Return y for a checked batch, after comparing it with what the layer promises."""
        promised: Any = self.output_shape(x.shape[1:])
        if not isinstance(promised, tuple):
            raise TypeError(self._broken("output_shape", promised, "a tuple of sizes"))
        made: Any = self.compute(x)
        if not (isinstance(made, tuple) and len(made) == 2 and isinstance(made[0], np.ndarray)):
            raise TypeError(self._broken("compute", made, "(y, kept): an array, and anything"))
        (y, kept), shape = made, (len(x), *promised)
        if y.shape != shape:
            name = f"y from {type(self).__name__}.compute"
            _checks.matches(name, y, shape, "as output_shape says")
        if remembering():
            vars(self)["_last"] = _Last(x.shape[1:], shape, x.dtype, kept)
        return y.copy() if np.may_share_memory(x, y) else y

    def _broken(self, method: str, given: object, wanted: str) -> str:
        """Return the message for a method of one's own that returns something else."""
        return f"{type(self).__name__}.{method} returns {_checks.kind(given)}: needs {wanted}"

    def __call__(self, x: ArrayLike) -> Array:
        """Return `forward(x)`."""
        return self.forward(x)

    @overload
    def backward(self, dy: ArrayLike, *, input_gradient: Literal[True] = True) -> Array: ...
    @overload
    def backward(self, dy: ArrayLike, *, input_gradient: bool) -> Array | None: ...
    def backward(self, dy: ArrayLike, *, input_gradient: bool = True) -> Array | None:
        """Return dx = ∂L/∂x for the last `forward`, given dy = ∂L/∂y; write `grads`.

        Parameters
        ----------
        dy
            In the shape of the last y.
        input_gradient
            False leaves dx out, which training does not need of a whole net, and returns None.

        Returns
        -------
        Array or None
            In the shape and the dtype of the last x.

        Raises
        ------
        RuntimeError
            If there was no `forward` before.
        ValueError, TypeError
            If dy has not the shape of y, or holds no real numbers.
        """
        last = self._last
        if last is None:
            raise RuntimeError(f"{self.title()}: backward needs a forward before it")
        dy = _checks.real("dy", dy)
        if dy.shape != last.shape:
            meaning = f"the shape of the last output of {self.title()}"
            _checks.matches("dy", dy, last.shape, meaning)
        wanted = _checks.flag("input_gradient", input_gradient)
        around = _cleared.get()
        cleared: set[int] = set() if around is None else around
        if id(self) not in cleared:
            for _, layer in self.named_layers():
                layer._grads.clear()  # what is not written now must not pass for new
                cleared.add(id(layer))
        cleared.discard(id(self))
        if around is not None:
            return self._backward(dy, last, wanted)
        token = _cleared.set(cleared)
        try:
            return self._backward(dy, last, wanted)
        finally:
            _cleared.reset(token)

    def _backward(self, dy: Array, last: _Last, input_gradient: bool) -> Array | None:
        """Return dx for a checked dy, after comparing it with the shape of x; write `grads`."""
        if not input_gradient:
            self._write(self.compute_parameter_gradients(dy, last.kept))
            return None
        made: Any = self.compute_gradients(dy, last.kept)
        if not (isinstance(made, tuple) and len(made) == 2 and isinstance(made[0], np.ndarray)):
            wanted = "(dx, gradients): an array, and a dict"
            raise TypeError(self._broken("compute_gradients", made, wanted))
        dx, grads = made
        shape = (last.shape[0], *last.input_shape)
        if dx.shape != shape:
            name = f"dx from {type(self).__name__}.compute_gradients"
            _checks.matches(name, dx, shape, "the shape of x")
        self._write(grads)
        return dx.astype(last.dtype, copy=np.may_share_memory(dx, dy))

    def _write(self, grads: Mapping[str, ArrayLike]) -> None:
        """Keep the gradients of this layer's own parameters, in their shapes and dtypes."""
        if not isinstance(grads, Mapping):
            raise TypeError(self._broken("compute_gradients", grads, "a dict of the gradients"))
        for name, grad in grads.items():
            if name not in self._params:
                rule = "which is no parameter of this layer; use add_parameter"
                raise ValueError(f"{type(self).__name__} has a gradient for {name!r}, {rule}")
            param, array = self._params[name], np.asarray(grad)
            meaning = "that of the parameter"
            _checks.matches(f"the gradient of {name!r}", array, param.shape, meaning)
            self._grads[name] = array.astype(param.dtype, copy=False)

    # ---------------------------------------------------------------- what a layer defines

    def compute(self, x: Array) -> tuple[Array, Any]:
        """Return y for a checked batch, and what `compute_gradients` shall be given."""
        raise NotImplementedError(f"{type(self).__name__} does not define compute")

    def compute_gradients(self, dy: Array, kept: Any) -> tuple[Array, Mapping[str, ArrayLike]]:
        """Return dx, and the gradients of the layer's own parameters, by name."""
        raise NotImplementedError(f"{type(self).__name__} does not define compute_gradients")

    def compute_parameter_gradients(self, dy: Array, kept: Any) -> Mapping[str, ArrayLike]:
        """Return the gradients alone; worth defining where dx takes time of its own."""
        return self.compute_gradients(dy, kept)[1]

    def output_shape(self, shape: Sequence[int]) -> Shape:
        """Return the shape of an output for an input of this shape, both without the batch axis.

        Raises
        ------
        ValueError
            Where `forward` would refuse a batch of this shape, with the same words.
        """
        raise NotImplementedError(f"{type(self).__name__} does not define output_shape")

    def input_shapes(self, shape: Shape) -> Mapping[str, Shape]:
        """Return the shape that reaches each child, by its name; only the tables need it."""
        return {}

    def title(self) -> str:
        """Return the layer with its options, as a call without quotes."""
        return f"{type(self).__name__}()"

    def refusal(self, shape: Sequence[int], rule: str) -> ValueError:
        """Return the error for an input whose shape, without the batch axis, does not fit."""
        received = "(" + ", ".join(map(str, ("N", *shape))) + ("," if not len(shape) else "") + ")"
        return ValueError(f"x has shape {received}: {self.title()} needs {rule}")

    # ---------------------------------------------------------------- printing and copying

    def summary(self, input_shape: Sequence[int]) -> Table:
        """Return a table: every layer, the shape of its output, the number of its parameters.

        Parameters
        ----------
        input_shape
            Without the batch axis: `(C, *spatial)`.

        Raises
        ------
        ValueError, TypeError
            If it is no tuple, or a layer does not take the shape that reaches it.
        """
        return self._table(_checks.sizes("input_shape", input_shape))

    def __repr__(self) -> str:
        """Return one line, or for a layer with layers inside a table.

        Once a batch went through, the table has the shapes of the outputs.
        """
        if self._children:
            return self._table(self._last.input_shape if self._last else None)
        return self.title() + (f" · {_checks.counted(self.count)}" if self.count else "")

    def _table(self, shape: Shape | None) -> Table:
        return table([Row("", "input", shape, 0), *self._rows(shape, "")], self.count)

    def _rows(self, shape: Shape | None, name: str) -> Iterator[Row]:
        """Return the row of this layer, and those of its children below."""
        after = None if shape is None else self.output_shape(shape)
        yield Row(name, self.title(), after, sum(array.size for array in self._params.values()))
        yield from self._rows_of_children(shape, name)

    def _rows_of_children(self, shape: Shape | None, name: str) -> Iterator[Row]:
        known = {} if shape is None else self.input_shapes(shape)
        for child, layer in self._children.items():
            yield from layer._rows(known.get(child), f"{name}.{child}" if name else child)

    def __getstate__(self) -> dict[str, Any]:
        """Return what a copy or a pickle holds: everything but the last batch and its gradients."""
        return {**vars(self), "_last": None, "_grads": {}}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state)

    def __copy__(self) -> Self:
        """Return a deep copy: two nets that share arrays could not be trained apart."""
        return deepcopy(self)


class Arrays(MutableMapping[str, Array]):
    """The arrays of a layer and of all layers in it, under one name each: `"0.w"`.

    Nothing is stored here: reading gives the very array of the layer, writing puts one there.
    """

    def __init__(self, layer: Layer, kind: str) -> None:
        self._layer, self._kind = layer, kind

    def _place(self, key: str) -> tuple[dict[str, Array], str]:
        """Return the arrays of one layer of the tree, and the name in them."""
        *path, name = str(key).split(".")
        layer = self._layer
        for child in path:
            if child not in layer._children:
                raise KeyError(key)
            layer = layer._children[child]
        return vars(layer)[self._kind], name

    def __getitem__(self, key: str) -> Array:
        arrays, name = self._place(key)
        if name not in arrays:
            raise KeyError(key)
        return arrays[name]

    def __setitem__(self, key: str, value: ArrayLike) -> None:
        arrays, name = self._place(key)
        if self._kind == "_grads":
            param = self._layer.params.get(key)
            like = _checks.real(key, value) if param is None else param
            arrays[name] = _trainable(key, value, _checks.float_dtype(like))
            return
        if name not in arrays:
            raise KeyError(f"{key!r}: there is no such array; there are {', '.join(self)}")
        old = arrays[name]
        _checks.matches(key, np.asarray(value), old.shape, "the shape of what it replaces")
        array = _trainable(key, value, old.dtype)
        # one array under two names would get two steps
        shared = array is not old and any(array is other for other in self.values())
        arrays[name] = array.copy() if shared else array

    def __delitem__(self, key: str) -> None:
        arrays, name = self._place(key)
        if self._kind != "_grads":
            raise TypeError(f"{key!r} belongs to its layer: only gradients can be deleted")
        del arrays[name]

    def __iter__(self) -> Iterator[str]:
        return (key for key, _ in self._pairs(self._layer, ""))

    def __len__(self) -> int:
        return sum(len(vars(layer)[self._kind]) for _, layer in self._layer.named_layers())

    def items(self) -> ItemsView[str, Array]:
        """Return the pairs of names and arrays."""
        return _Items(self)

    def _pairs(self, layer: Layer, prefix: str) -> Iterator[tuple[str, Array]]:
        for name, array in vars(layer)[self._kind].items():
            yield prefix + name, array
        for name, child in layer._children.items():
            yield from self._pairs(child, f"{prefix}{name}.")

    def __repr__(self) -> str:
        return repr(dict(self.items()))


class _Items(ItemsView[str, Array]):
    """The pairs, found in one walk instead of one walk for each name."""

    _mapping: Arrays

    def __iter__(self) -> Iterator[tuple[str, Array]]:
        return self._mapping._pairs(self._mapping._layer, "")


def _trainable(name: str, value: ArrayLike, dtype: np.dtype[Any]) -> Array:
    """Return numbers in a dtype: the very array where it can be written as it is, else a copy."""
    array = _checks.real(name, value)
    # NumPy returns scalars for 0-d results, and views that write nowhere or in several places
    fits = isinstance(value, np.ndarray) and array.flags.writeable and 0 not in array.strides
    return array if fits and array.dtype == dtype else converted(name, array, dtype)


def converted(name: str, array: Array, dtype: np.dtype[Any]) -> Array:
    """Return a copy in another dtype, and refuse numbers that are too large for it.

    >>> converted("w", np.array([1e300]), np.dtype(np.float32))
    Traceback (most recent call last):
    ValueError: w holds 1e+300, which float32 cannot
    """
    with np.errstate(over="ignore"):
        copy = array.astype(dtype)
    lost = np.isinf(copy) & ~np.isinf(array)
    if lost.any():
        raise ValueError(f"{name} holds {array[lost][0]:g}, which {dtype} cannot")
    return copy


def _twin(layer: Layer) -> ValueError:
    """Return the error for one layer in two places: a second forward would replace the first."""
    rule = "is there twice, but remembers only one forward; make a second layer"
    return ValueError(f"layers: {layer.title()} {rule}")


def _refuse_twin(parent: Layer, layer: Layer, replaced: Layer | None) -> None:
    """Refuse what stands in the tree already, unless it goes with the child that is replaced."""
    gone = {id(other) for _, other in replaced.named_layers()} if replaced else set()
    there = {id(other) for _, other in parent.named_layers()} - gone
    for _, other in layer.named_layers():
        if other is parent:
            raise ValueError(f"layers: {parent.title()} would contain itself")
        if id(other) in there:
            raise _twin(other)


def _refuse_hidden(layer: Layer, name: str, value: object) -> None:
    """Refuse a layer in a list or the like: it would be neither trained nor counted nor saved."""
    if name == "_children":
        return
    known: set[int] = set()
    for hidden in _layers_in(value, set()):
        known = known or {id(other) for _, other in layer.named_layers()}
        if id(hidden) not in known:
            rule = "hides it; use self.add_child(name, layer), or nn.Sequential"
            raise TypeError(f"{type(layer).__name__}.{name} holds {hidden.title()}, but {rule}")


def _layers_in(value: object, seen: set[int]) -> Iterator[Layer]:
    """Return the layers in containers, functions and plain objects, however deep."""
    if isinstance(value, Layer):
        yield value
    elif id(value) not in seen:
        seen.add(id(value))
        for item in _contents(value):
            yield from _layers_in(item, seen)


def _contents(value: object) -> Iterable[object]:
    """Return what a value holds, where a layer could be among it."""
    if isinstance(value, Mapping):
        return [*value.keys(), *value.values()]
    if isinstance(value, (list, tuple, set, frozenset, deque)):
        return value
    if isinstance(value, np.ndarray):
        return value.ravel().tolist() if value.dtype == object else ()
    if isinstance(value, FunctionType):  # what it closes over
        return [cell.cell_contents for cell in value.__closure__ or () if _filled(cell)]
    if isinstance(value, MethodType):
        return [value.__self__]
    if isinstance(value, partial):
        return [value.func, *value.args, *value.keywords.values()]
    if isinstance(value, type) or type(value).__module__ in ("builtins", "numpy"):
        return ()
    return list(getattr(value, "__dict__", {}).values())


def _filled(cell: Any) -> bool:
    """Whether a variable that a function closes over has a value yet."""
    try:
        cell.cell_contents  # noqa: B018
    except ValueError:
        return False
    return True
