"""What a network costs and what it sees, by arithmetic alone.

Counts of one layer; the field that a stack of layers sees; and the ledger of a whole network, which
keeps both of these stage by stage. Published networks to keep it of are in `published`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from math import prod
from typing import Any, NamedTuple

from convlib import _checks
from convlib._checks import AxisPadding, Padding, PerAxis
from convlib._table import Table, aligned, count
from convlib.geometry import axis_pads, layer_axes


def parameter_count(
    c_in: int, c_out: int, window: Sequence[int], *, groups: int = 1, bias: bool = True
) -> int:
    """Return the number of parameters of a layer: C_out · (C_in/groups) · prod(window) + C_out.

    Parameters
    ----------
    c_in, c_out
        Channels before and after; both divisible by groups.
    window
        Kernel size, a tuple with one entry per spatial axis.
    groups
        Number of groups of channels.
    bias
        Whether to count the C_out biases.

    Raises
    ------
    ValueError, TypeError
        If a number is out of range or groups does not divide the channels.

    Examples
    --------
    >>> parameter_count(3, 64, (3, 3)), parameter_count(64, 64, (3, 3), groups=64, bias=False)
    (1792, 576)
    """
    weights = c_out * _taps_per_output(c_in, c_out, window, groups)
    return weights + (c_out if _checks.flag("bias", bias) else 0)


def multiply_adds(
    c_in: int,
    c_out: int,
    window: Sequence[int],
    out: Sequence[int],
    *,
    groups: int = 1,
    batch: int = 1,
) -> int:
    """Return the multiply-adds of a layer: N · C_out · prod(out) · (C_in/groups) · prod(window).

    The bias is not counted, products with padding are. Each of the two gradients, dx and dw, costs
    the same number again.

    Parameters
    ----------
    c_in, c_out, window, groups
        As in `parameter_count`.
    out
        Spatial size of the output, a tuple.
    batch
        Number of samples N, at least 0.

    Examples
    --------
    >>> multiply_adds(3, 64, (3, 3), (224, 224))
    86704128
    """
    outputs = activation_count(c_out, out, batch=batch)
    return outputs * _taps_per_output(c_in, c_out, window, groups)


def activation_count(c_out: int, out: Sequence[int], *, batch: int = 1) -> int:
    """Return the number of outputs of a layer: N · C_out · prod(out); float32 takes 4 bytes each.

    Parameters are those of `multiply_adds`.

    Examples
    --------
    >>> activation_count(64, (224, 224))
    3211264
    """
    batch = _checks.integer("batch", batch, 0)
    return batch * _checks.integer("c_out", c_out, 1) * prod(_checks.sizes("out", out))


def im2col_count(c_in: int, window: Sequence[int], out: Sequence[int], *, batch: int = 1) -> int:
    """Return the number of entries of `im2col`: N · C_in · prod(window) · prod(out).

    Parameters are those of `multiply_adds`.

    Examples
    --------
    >>> im2col_count(64, (3, 3), (56, 56))
    1806336
    """
    samples, c_in = _checks.integer("batch", batch, 0), _checks.integer("c_in", c_in, 1)
    taps, places = _checks.sizes("window", window), _checks.sizes("out", out)
    return samples * c_in * prod(taps) * prod(places)


def _taps_per_output(c_in: int, c_out: int, window: Sequence[int], groups: int) -> int:
    """Return the number of weights that one output uses: (C_in/groups) · prod(window)."""
    g = _checks.integer("groups", groups, 1)
    c_in, c_out = _checks.integer("c_in", c_in, 1), _checks.integer("c_out", c_out, 1)
    _checks.divides(f"c_in is {c_in}", c_in, g, c_out)
    _checks.divides(f"c_out is {c_out}", c_out, g, c_in)
    return c_in // g * prod(_checks.sizes("window", window))


class Layer(NamedTuple):
    """One layer of a stack, along one axis: convolution or pooling."""

    kernel: int
    stride: int = 1
    padding: AxisPadding = 0
    dilation: int = 1


class ReceptiveField(NamedTuple):
    """Output i sees the inputs start + i·jump, ..., start + i·jump + size − 1."""

    size: int
    jump: int
    start: int

    @property
    def centre(self) -> float:
        """Middle of the inputs that output 0 sees; a whole number where the size is odd."""
        return self.start + (self.size - 1) / 2


_LAYERS = "needs a list of layers, for example [(3,), (3, 2, 1)]"
_STAGES = "needs a mapping, name → Stage, for example {'C1': Stage(6, 5), 'F': Stage(10)}"
ITSELF = ReceptiveField(size=1, jump=1, start=0)  # what an input sees


def receptive_field(layers: Iterable[Layer | tuple[Any, ...]]) -> ReceptiveField:
    """Return what an output sees: size = 1 + Σ d(k − 1)·jump over the layers, jump = Π s before it.

    Parameters
    ----------
    layers
        First layer first, each a `Layer` or a tuple `(kernel, stride, padding, dilation)` that may
        be cut short. Integers, except that padding is also a pair, `"valid"`, `"full"`, or, at
        stride 1, `"same"`. Call once per axis where the axes differ.

    Returns
    -------
    ReceptiveField(size, jump, start)
        In inputs. `start` is negative where output 0 begins in the padding.

    Raises
    ------
    ValueError, TypeError
        If a number is out of range, or a layer is not one to four entries.

    Examples
    --------
    >>> receptive_field([(3,), (3,), (3,)])
    ReceptiveField(size=7, jump=1, start=0)
    >>> receptive_field([(7, 2, 3), (3, 2, 1)])
    ReceptiveField(size=11, jump=4, start=-5)

    Source: Araujo, Norris and Sim (2019), "Computing Receptive Fields of Convolutional Neural
    Networks", Distill.
    """
    if not isinstance(layers, Iterable):
        raise TypeError(f"layers={_checks.brief(layers)}: {_LAYERS}")
    field = ITSELF
    for number, entry in enumerate(layers):
        try:
            field = _seen_through(field, *_layer(entry))
        except (TypeError, ValueError) as error:
            raise type(error)(f"layers[{number}]={entry!r}: {error}") from None
    return field


def _seen_through(field: ReceptiveField, k: int, s: int, before: int, d: int) -> ReceptiveField:
    """Return the field behind one more layer; its own stride moves only the layers after it."""
    size, jump, start = field
    return ReceptiveField(size + d * (k - 1) * jump, jump * s, start - before * jump)


def _layer(entry: Layer | tuple[Any, ...]) -> tuple[int, int, int, int]:
    """Return kernel, stride, padding before and dilation of a layer, checked."""
    options = _checks.listed(entry)
    if options is None or not 1 <= len(options) <= 4:
        raise ValueError("needs a tuple (kernel, stride, padding, dilation), maybe cut short")
    layer = Layer(*options)
    k, s = _checks.integer("kernel", layer.kernel, 1), _checks.integer("stride", layer.stride, 1)
    d = _checks.integer("dilation", layer.dilation, 1)
    if layer.padding == "same" and s > 1:
        raise ValueError("'same' depends on the input's size at this stride; give (before, after)")
    return k, s, axis_pads(1, k, s, layer.padding, d)[0], d


class Stage(NamedTuple):
    """One stage: a convolution; without `c_out` a pooling; without `window` a dense layer.

    Attributes
    ----------
    c_out
        Channels that come out; None for a pooling, which keeps them.
    window
        Taps per spatial axis; None for a dense layer, which reads the whole map.
    stride
        As in `conv`; None is 1 for a convolution and the window itself for a pooling.
    padding, groups, dilation
        As in `conv`.
    bias
        Whether each output channel has a bias; a pooling has none.
    norm
        Whether a batch normalisation follows: two parameters per output channel, γ and β.
    """

    c_out: int | None = None
    window: PerAxis | None = None
    stride: PerAxis | None = None
    padding: Padding = 0
    groups: int = 1
    dilation: PerAxis = 1
    bias: bool = True
    norm: bool = False


class Branches(NamedTuple):
    """Several ways from one map to the next, joined at the end; an empty way is a shortcut.

    Attributes
    ----------
    ways
        For each way its stages, name → `Stage` or `Branches`, first stage first.
    join
        `"concatenate"` lays the channels of all ways on top of each other, `"sum"` adds the maps.
        Neither has parameters, and neither is counted as work.
    """

    ways: Sequence[Mapping[str, Stage | Branches]]
    join: str = "concatenate"


Stages = Mapping[str, Stage | Branches]


class Entry(NamedTuple):
    """One line of a ledger: a stage's output `(C, *spatial)`, what it costs per sample, and sees.

    `norms` counts the γ and β of a batch normalisation; `fields` has one field per spatial axis.
    """

    name: str
    size: tuple[int, ...]
    weights: int
    biases: int
    multiply_adds: int
    norms: int = 0
    fields: tuple[ReceptiveField, ...] = ()

    @property
    def parameters(self) -> int:
        """Weights, biases and what a batch normalisation learns."""
        return self.weights + self.biases + self.norms

    @property
    def activations(self) -> int:
        """Numbers in the output; float32 takes 4 bytes each."""
        return prod(self.size)


class Ledger(list[Entry]):
    """The lines of a network, a list of `Entry` that prints itself as a table and adds itself up.

    Attributes
    ----------
    size, output
        Shapes of the input and of the output, `(C, *spatial)`.

    Examples
    --------
    >>> lines = ledger((1, 32, 32), {"C1": Stage(6, 5), "S2": Stage(window=2), "F": Stage(10)})
    >>> lines
    stage  output       parameters  multiply-adds  activations
    ----------------------------------------------------------
    input  (1, 32, 32)                                   1,024
    C1     (6, 28, 28)         156        117,600        4,704
    S2     (6, 14, 14)                                   1,176
    F      (10, 1, 1)       11,770         11,760           10
    ----------------------------------------------------------
    total                   11,926        129,360        6,914
    >>> lines[0].weights, lines.weights, lines.kept
    (150, 11910, 6914)
    """

    def __init__(
        self, size: tuple[int, ...], entries: Iterable[Entry], output: tuple[int, ...]
    ) -> None:
        super().__init__(entries)
        self.size = size
        self.output = output

    @property
    def weights(self) -> int:
        """Weights of all stages."""
        return sum(entry.weights for entry in self)

    @property
    def biases(self) -> int:
        """Biases of all stages."""
        return sum(entry.biases for entry in self)

    @property
    def norms(self) -> int:
        """The γ and β of all batch normalisations."""
        return sum(entry.norms for entry in self)

    @property
    def parameters(self) -> int:
        """Parameters of all stages."""
        return sum(entry.parameters for entry in self)

    @property
    def multiply_adds(self) -> int:
        """Multiply-adds of all stages, for one sample."""
        return sum(entry.multiply_adds for entry in self)

    @property
    def kept(self) -> int:
        """Numbers that a forward pass leaves behind: the input and the outputs of all stages."""
        return prod(self.size) + sum(entry.activations for entry in self)

    def show(self, *columns: str) -> Table:
        """Return the table, with the columns that are asked for.

        Parameters
        ----------
        columns
            Any of `"output"`, `"weights"`, `"biases"`, `"norms"`, `"parameters"`,
            `"multiply-adds"`, `"activations"`, `"KiB"` (what the activations take as float32), and
            `"sees"`, `"jump"` and `"start"` (the receptive field; where the axes differ, each of
            them). Without any, the output, the parameters, the multiply-adds and the activations.

        Returns
        -------
        Table
            Text that a notebook shows as it is printed. A count of 0 is left blank. The last line
            adds up what can be added up; activations and KiB with those of the input.

        Raises
        ------
        ValueError
            If there is no such column.

        Examples
        --------
        >>> ledger((1, 9), {"a": Stage(2, 3), "b": Stage(window=2)}).show("output", "sees", "jump")
        stage  output  sees  jump
        -------------------------
        input  (1, 9)     1     1
        a      (2, 7)     3     1
        b      (2, 3)     4     2
        """
        chosen = columns or ("output", "parameters", "multiply-adds", "activations")
        for column in chosen:
            _checks.word("column", column, tuple(_CELLS))
        start = Entry("input", self.size, 0, 0, 0, fields=(ITSELF,) * (len(self.size) - 1))
        rows = [(entry.name, *(_CELLS[c](entry) for c in chosen)) for entry in (start, *self)]
        align = "<" + "".join("<" if c == "output" else ">" for c in chosen)
        return aligned(("stage", *chosen), rows, align, self._total(chosen))

    def _total(self, columns: Sequence[str]) -> list[str] | None:
        """Return the cells of the line of sums, or None where no column is one to add up."""
        if not set(columns) & set(_SUMMED):
            return None
        counts = self.weights, self.biases, self.multiply_adds, self.norms
        line = Entry("total", (self.kept,), *counts)  # as if one map held all that is kept
        return [line.name, *(_SUMMED[c](line) if c in _SUMMED else "" for c in columns)]

    def __repr__(self) -> str:
        """Return the table of `show`."""
        return str(self.show())


def _per_axis(numbers: Iterable[int]) -> str:
    """Return one number where all axes agree, and otherwise all of them."""
    different = list(numbers)
    return " × ".join(map(str, different[:1] if len(set(different)) == 1 else different))


_SUMMED: dict[str, Callable[[Entry], str]] = {
    "weights": lambda entry: count(entry.weights),
    "biases": lambda entry: count(entry.biases),
    "norms": lambda entry: count(entry.norms),
    "parameters": lambda entry: count(entry.parameters),
    "multiply-adds": lambda entry: count(entry.multiply_adds),
    "activations": lambda entry: count(entry.activations),
    "KiB": lambda entry: f"{4 * entry.activations / 1024:,.1f}",
}
_CELLS: dict[str, Callable[[Entry], str]] = {
    "output": lambda entry: str(entry.size),
    **_SUMMED,
    "sees": lambda entry: _per_axis(field.size for field in entry.fields),
    "jump": lambda entry: _per_axis(field.jump for field in entry.fields),
    "start": lambda entry: _per_axis(field.start for field in entry.fields),
}


def ledger(size: Sequence[int], stages: Stages) -> Ledger:
    """Follow one sample through a network and write down what each stage costs and sees.

    Parameters
    ----------
    size
        Shape of the input, `(C, *spatial)`.
    stages
        Name → `Stage` or `Branches`, first stage first. A dense layer reads the whole map before
        it, as a convolution with a window of that size does; its output is `(c_out, 1, ...)`.

    Returns
    -------
    Ledger
        One `Entry` for each stage, way after way where there are branches; the input is not among
        them. A pooling has neither weights nor multiply-adds. Biases and normalisations are not
        counted in the multiply-adds, products with padding are.

    Raises
    ------
    ValueError, TypeError
        If a stage does not fit its input, or has neither `c_out` nor `window`, or the ways of
        branches do not meet; the message names the stage.

    Examples
    --------
    >>> lines = ledger((1, 32, 32), {"C1": Stage(6, 5), "S2": Stage(window=2), "F": Stage(10)})
    >>> [(line.name, line.size, line.parameters) for line in lines]
    [('C1', (6, 28, 28), 156), ('S2', (6, 14, 14), 0), ('F', (10, 1, 1), 11770)]
    >>> block = Branches([{"a": Stage(4, 3, padding=1), "b": Stage(4, 3, padding=1)}, {}], "sum")
    >>> ledger((4, 8, 8), {"block": block}).show("parameters", "sees")
    stage    parameters  sees
    -------------------------
    input                   1
    block a         148     3
    block b         148     5
    -------------------------
    total           296
    """
    shape = _checks.sizes("size", size)
    if not shape:
        rule = "needs (C, *spatial), at least the channels, for example (3, 224, 224)"
        raise ValueError(f"size={size!r}: {rule}")
    entries, end = _follow(stages, _Place(shape, (ITSELF,) * (len(shape) - 1)))
    return Ledger(shape, entries, end.size)


class _Place(NamedTuple):
    """Where one stands in a network: the shape of the map, and what it sees on each axis."""

    size: tuple[int, ...]
    fields: tuple[ReceptiveField, ...]


def _follow(stages: Stages, here: _Place) -> tuple[list[Entry], _Place]:
    """Return the lines of some stages, and where they end."""
    if not isinstance(stages, Mapping):
        raise TypeError(f"stages={_checks.brief(stages)}: {_STAGES}")
    entries: list[Entry] = []
    for name, stage in stages.items():
        try:
            more, here = _lines(name, stage, here)
        except (TypeError, ValueError) as error:
            raise type(error)(f"stage {name!r} on a map of {here.size}: {error}") from None
        entries += more
    return entries, here


def _lines(name: str, stage: Stage | Branches, here: _Place) -> tuple[list[Entry], _Place]:
    """Return the lines of one stage, or of all ways of branches, and where they end."""
    if isinstance(stage, Stage):
        entry = _entry(name, stage, here)
        return [entry], _Place(entry.size, entry.fields)
    if not isinstance(stage, Branches):
        raise TypeError(f"needs a Stage or Branches, not {type(stage).__name__}")
    followed = [_follow(way, here) for way in stage.ways]
    entries = [e._replace(name=f"{name} {e.name}") for way, _ in followed for e in way]
    return entries, _joined([end for _, end in followed], stage.join)


def _joined(ends: list[_Place], join: str) -> _Place:
    """Return where branches meet: the sum or the pile of their maps, and the hull of the fields."""
    _checks.word("join", join, ("concatenate", "sum"))
    if not ends:
        raise ValueError("ways=[]: needs at least one way; an empty mapping is a shortcut")
    sizes = [end.size for end in ends]
    apart = {size if join == "sum" else size[1:] for size in sizes}
    if len(apart) > 1:
        rule = "equal shapes" if join == "sum" else "equal spatial sizes"
        shown = ", ".join(map(str, sizes))
        raise ValueError(f"join={join!r}: needs {rule}, and the ways end at {shown}")
    channels = sizes[0][0] if join == "sum" else sum(size[0] for size in sizes)
    fields = zip(*(end.fields for end in ends), strict=True)
    return _Place((channels, *sizes[0][1:]), tuple(map(_hull, fields)))


def _hull(fields: Sequence[ReceptiveField]) -> ReceptiveField:
    """Return the smallest field that holds what each of several ways sees along one axis."""
    jumps = {field.jump for field in fields}
    if len(jumps) > 1:
        raise ValueError(f"strides of the ways multiply to {sorted(jumps)}: needs one product")
    start = min(field.start for field in fields)
    end = max(field.start + field.size for field in fields)
    return ReceptiveField(end - start, jumps.pop(), start)


def _entry(name: str, stage: Stage, here: _Place) -> Entry:
    """Return the line of one stage on a map of this size."""
    c_in, spatial = here.size[0], here.size[1:]
    bias, norm = _checks.flag("bias", stage.bias), _checks.flag("norm", stage.norm)
    window = _window(stage, spatial)
    default = window if stage.c_out is None else 1
    stride = default if stage.stride is None else stage.stride
    axes = layer_axes(
        spatial,
        window,
        stride=stride,
        padding=stage.padding,
        dilation=stage.dilation,
        name="window",
    )
    out = tuple(axis.out for axis in axes)
    fields = tuple(
        _seen_through(field, axis.taps, axis.stride, axis.pads[0], axis.dilation)
        for field, axis in zip(here.fields, axes, strict=True)
    )
    if stage.c_out is None:
        return Entry(name, (c_in, *out), 0, 0, 0, fields=fields)
    c_out = stage.c_out
    weights = parameter_count(c_in, c_out, window, groups=stage.groups, bias=False)
    work = multiply_adds(c_in, c_out, window, out, groups=stage.groups)
    return Entry(name, (c_out, *out), weights, bias * c_out, work, 2 * norm * c_out, fields)


def _window(stage: Stage, spatial: tuple[int, ...]) -> tuple[int, ...]:
    """Return the window of a stage; a dense layer's is the whole map."""
    if stage.c_out is None and (stage.groups != 1 or stage.norm):
        rule = "a pooling works on each channel by itself and learns nothing"
        raise ValueError(f"{rule}; leave groups=1 and norm=False")
    if stage.window is not None:
        return _checks.per_axis("window", stage.window, len(spatial), 1)
    if stage.c_out is None:
        raise ValueError("needs c_out (dense), window (pooling) or both (convolution)")
    if (stage.stride, stage.padding, stage.dilation) != (None, 0, 1):
        rule = "a dense layer, without a window, takes neither stride nor padding nor dilation"
        raise ValueError(rule)
    return spatial
