"""Break convlib on purpose, one mistake at a time: every mutant must fail a test.

A test that has never failed proves nothing. Each mutant below is a mistake that people really make;
it is written into a temporary copy of the library, and the tests that should notice it run there.
`make mutants` runs all of them, `python tests/mutants.py WORD ...` those whose name holds a word.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from typing import NamedTuple

from tqdm import tqdm

ROOT = Path(__file__).resolve().parent.parent
COPIED = ("convlib", "tests", "pyproject.toml")
AT_ONCE = 2
SECONDS = 120  # for one mutant; a mutant that runs longer has been noticed, too
PYTEST = ["-m", "pytest", "-x", "-q", "--no-header", "-p", "no:cacheprovider", "-p", "no:xdist"]
# Notebooks are not run here, so their plugin need not be loaded: this halves the start-up time.
SETTINGS = ["-p", "no:nbval", "-o", "addopts=", "--doctest-modules", "--import-mode=importlib"]

ORACLE = "tests/test_against_reference.py"
LAYER = f"{ORACLE}::test_conv_and_its_gradients"
TRANSPOSED = f"{ORACLE}::test_conv_transpose_and_its_gradients"
STUFFING = "tests/test_transposed.py"
COLUMNS = f"{ORACLE}::test_im2col_and_col2im"
SHAPES = "tests/test_shapes.py"
FIELDS = "tests/test_architecture_fields.py"
COUNTS = "tests/test_architecture_counts.py"
LEDGER = "tests/test_architecture_ledger.py"
PUBLISHED = "tests/test_published.py"
CHECKS = "tests/test_checks.py tests/test_convolution.py"
WINDOWS = "tests/test_windows.py"
ALGORITHMS = "tests/fast/test_algorithms.py"
POOL = "tests/test_pool.py tests/test_pool_conformance.py"
SHUFFLE = "tests/test_shuffle.py"
MATRIX = "tests/test_matrix.py"
LISTS = "tests/test_shorthands_lists.py"
PICTURES = "tests/test_shorthands_pictures.py"
GRADCHECK = "tests/test_gradcheck.py"
COMPLEX = "tests/test_convolution.py tests/test_convolution_symbolic.py"
SWEEP = "tests/test_every_public_function.py::test_integers_wrap_around"
BASE = "tests/nn/test_layer.py"
EVERY = "tests/nn/test_every_layer.py"
CONVOLUTION = "tests/nn/test_convolution.py"
DENSE = "tests/nn/test_dense.py"
ACTIVATIONS = "tests/nn/test_activations.py"
DROPOUT = "tests/nn/test_dropout.py"
NORM = "tests/nn/test_norm.py"
INIT = "tests/nn/test_init.py"
LOSSES = "tests/nn/test_losses.py"
MOVING = "tests/nn/test_data_moving.py"
NETWORKS = "tests/nn/test_networks.py"
EXPORT = "tests/nn/test_export.py"
WEIGHTS = "tests/nn/test_weights.py"
TREE = "tests/nn/test_tree.py"
SEQUENTIAL = "tests/nn/test_containers.py"
OPTIMIZERS = "tests/nn/test_optimizers.py"
SCHEDULES = "tests/nn/test_optimizers_schedules.py"
TRAINING = "tests/nn/test_training.py"
FILES = "tests/nn/test_files.py"
DATA = "tests/nn/test_data.py"
CHECKING = "tests/nn/test_gradcheck_layers.py"
VERIFY = "tests/teach/equations/test_verification.py"
EXHIBIT = "tests/teach/equations/test_museum.py"
COMPARE = "tests/teach/equations/test_comparing.py"
CASES = "tests/teach/equations/test_cases.py"
PLANTED = "tests/teach/test_faulty.py"
PROGRAMS = "tests/teach/test_frameworks.py"
CHECK = "tests/teach/exercises/test_checking.py"
COVERAGE = "tests/teach/equations/test_coverage.py"
PROBE = "tests/teach/test_probing.py"
NEURONS = "tests/teach/drawing/test_neurons.py"


class Mutant(NamedTuple):
    """One mistake: `old`, which stands exactly once in the file, becomes `new`."""

    name: str
    file: str
    old: str
    new: str
    tests: str


MUTANTS = [
    # -------------------------------------------------------------- the tree of layers
    Mutant(
        "a layer outside the tree is called",
        "convlib/nn/layer.py",
        "        if id(layer) not in self.inside:",
        "        if False:",
        TREE,
    ),
    Mutant(
        "a layer is called twice",
        "convlib/nn/layer.py",
        "        if id(layer) in self.done and remembering():",
        "        if False:",
        TREE,
    ),
    Mutant(
        "the old child goes though the new one is refused",
        "convlib/nn/layer.py",
        "        _refuse_twin(self, layer, self._children.get(name))",
        "        _refuse_twin(self, layer, self._children.pop(name, None))",
        TREE,
    ),
    Mutant(
        "two truths about a child",
        "convlib/nn/layer.py",
        "        if isinstance(vars(self).get(name), Layer):\n",
        "        if False:\n",
        TREE,
    ),
    Mutant(
        "yesterday's gradients",
        "convlib/nn/layer.py",
        "                layer._grads.clear()  # what",
        "                layer._grads  # what",
        TREE,
    ),
    Mutant(
        "the whole tree walked again at every level",
        "convlib/nn/layer.py",
        "        if id(self) not in cleared:\n",
        "        if True:\n",
        TREE,
    ),
    Mutant(
        "a second turn of a layer keeps what the first one wrote",
        "convlib/nn/layer.py",
        "        cleared.discard(id(self))\n",
        "",
        TREE,
    ),
    Mutant(
        "one array under two names",
        "convlib/nn/layer.py",
        "array.copy() if shared else array",
        "array",
        TREE,
    ),
    Mutant(
        "the shape of y is believed",
        "convlib/nn/layer.py",
        "        if y.shape != shape:",
        "        if False:",
        TREE,
    ),
    Mutant(
        "the shape of dx is believed",
        "convlib/nn/layer.py",
        "        if dx.shape != shape:",
        "        if False:",
        TREE,
    ),
    Mutant(
        "a layer inside is forgotten",
        "convlib/nn/layer.py",
        '            yield from child.named_layers(f"{prefix}.{name}" if prefix else name)',
        "            yield name, child",
        TREE,
    ),
    Mutant(
        "a hidden layer passes",
        "convlib/nn/layer.py",
        "        if id(hidden) not in known:",
        "        if False:",
        TREE,
    ),
    Mutant(
        "an integer parameter stays one",
        "convlib/nn/layer.py",
        "return array if fits and array.dtype == dtype else converted(name, array, dtype)",
        "return array",
        TREE,
    ),
    Mutant(
        "evaluation remembers its batch",
        "convlib/nn/layer.py",
        "        if remembering():\n            vars",
        "        if True:\n            vars",
        TREE,
    ),
    Mutant(
        "a pickle carries the last batch",
        "convlib/nn/layer.py",
        '**vars(self), "_last": None, "_grads": {}',
        "**vars(self)",
        TREE,
    ),
    Mutant(
        "the way around is forgotten",
        "convlib/nn/containers.py",
        "return dx + (dy if self.shortcut is None else self.shortcut.backward(dy)), {}",
        "return dx, {}",
        SEQUENTIAL,
    ),
    Mutant(
        "every branch gets the first channels",
        "convlib/nn/containers.py",
        "return [dy] * len(self._children) if self.join",
        "return [dy[:, :1]] * len(self._children) if self.join",
        SEQUENTIAL,
    ),
    Mutant(
        "back past the first parameters",
        "convlib/nn/containers.py",
        "for layer in reversed(layers[first + 1 :]):",
        "for layer in reversed(layers[first + 2 :]):",
        TREE,
    ),
    Mutant(
        "the byte order of x goes through",
        "convlib/_checks.py",
        '    return array if array.dtype.isnative else array.astype(array.dtype.newbyteorder("="))',
        "    return array",
        EVERY,
    ),
    # -------------------------------------------------------------- the way out
    Mutant(
        "a forward of one's own is left out on the way out",
        "convlib/nn/export.py",
        'AROUND = ("__call__", "forward")',
        'AROUND = ("__call__",)',
        EXPORT,
    ),
    Mutant(
        "another compute is written like that of the parent",
        "convlib/nn/export.py",
        'if parent and getattr(layer.compute, "__func__", None) is parent.compute:',
        "if parent:",
        EXPORT,
    ),
    Mutant(
        "ONNX pads axis by axis",
        "convlib/nn/export.py",
        "[axis.pads[side] for side in (0, 1) for axis in axes]",
        "[axis.pads[side] for axis in axes for side in (0, 1)]",
        EXPORT,
    ),
    Mutant(
        "ONNX takes the weights in any order",
        "convlib/nn/export.py",
        '"gamma", "beta", "mean", "var")',
        '"gamma", "beta", "var", "mean")',
        EXPORT,
    ),
    Mutant(
        "ceil_mode lost on the way out",
        "convlib/nn/export.py",
        "pads=(axis.pads[0], max(end, 0))",
        "pads=axis.pads",
        EXPORT,
    ),
    Mutant(
        "a window that ceil_mode drops comes back on the way out",
        "convlib/nn/export.py",
        "pads=(axis.pads[0], max(end, 0))",
        "pads=(axis.pads[0], max(end, axis.pads[1]))",
        EXPORT,
    ),
    Mutant(
        "padding of a whole window on the way out",
        "convlib/nn/export.py",
        "max(axis.pads) >= axis.taps",
        "max(axis.pads) > axis.taps",
        EXPORT,
    ),
    Mutant(
        "the padding of a maximum is zero on the way out",
        "convlib/nn/export.py",
        "for axis in axes], -inf)",
        "for axis in axes], 0)",
        EXPORT,
    ),
    Mutant(
        "the mean counts every tap on the way out",
        "convlib/nn/export.py",
        "1 / _pooling.divisors(given, counts)",
        "1 / _pooling.divisors(axes, True)",
        EXPORT,
    ),
    Mutant(
        "what is painted too much stays on the way out",
        "convlib/nn/export.py",
        "axis.pads[1] + count * axis.stride - more",
        "axis.pads[1]",
        EXPORT,
    ),
    Mutant(
        "the shortcut on the way out begins behind the block",
        "convlib/nn/export.py",
        "beside = x if layer.shortcut is None",
        "beside = inside if layer.shortcut is None",
        EXPORT,
    ),
    Mutant(
        "every layer on the way out gets the shape of the first",
        "convlib/nn/export.py",
        "        shape = child.output_shape(shape)\n",
        "",
        EXPORT,
    ),
    Mutant(
        "two operators of one name",
        "convlib/nn/export.py",
        "        while name in self._taken:",
        "        while False:",
        EXPORT,
    ),
    Mutant(
        "weights on the way out are those of the net",
        "convlib/nn/weights.py",
        "= array.copy()",
        "= array",
        WEIGHTS,
    ),
    Mutant(
        "two arrays under one name in PyTorch",
        "convlib/nn/weights.py",
        "theirs if len(set(theirs)) == len(theirs) else names",
        "theirs",
        WEIGHTS,
    ),
    # -------------------------------------------------------------- the way in
    Mutant(
        "weights are written before all are read",
        "convlib/nn/layer.py",
        "        copy = array.astype(dtype)",
        "        copy = array.astype(dtype, copy=False)",
        WEIGHTS,
    ),
    Mutant(
        "weights become infinite in silence",
        "convlib/nn/layer.py",
        "    if lost.any():",
        "    if False:",
        WEIGHTS,
    ),
    Mutant(
        "weights that nobody knows pass",
        "convlib/nn/weights.py",
        'unknown += [f"{name} is not in the net"] if name not in ignored else []',
        "pass",
        WEIGHTS,
    ),
    Mutant(
        "one column of weights fills all",
        "convlib/nn/weights.py",
        "    if array.shape != wanted.shape:",
        "    if array.size > wanted.size:",
        WEIGHTS,
    ),
    # -------------------------------------------------------------- shape arithmetic
    Mutant(
        "dilation counted from 0",
        "convlib/geometry.py",
        "    return d * (k - 1) + 1",
        "    return (d + 1) * (k - 1) + 1",
        SHAPES,
    ),
    Mutant(
        "dilated kernel too long by one gap",
        "convlib/geometry.py",
        "    return d * (k - 1) + 1",
        "    return d * k",
        LAYER,
    ),
    Mutant(
        "odd element of same before",
        "convlib/geometry.py",
        "    return total // 2, total - total // 2",
        "    return total - total // 2, total // 2",
        LAYER,
    ),
    Mutant(
        "floor for ceil in same",
        "convlib/geometry.py",
        "outputs = -(-n // s)",
        "outputs = n // s",
        SHAPES,
    ),
    Mutant(
        "same forgets the dilation",
        "convlib/geometry.py",
        "(outputs - 1) * s + span(k, d) - n",
        "(outputs - 1) * s + k - n",
        LAYER,
    ),
    Mutant(
        "full forgets the dilation",
        "convlib/geometry.py",
        'side = span(k, d) - 1 if checked == "full"',
        'side = k - 1 if checked == "full"',
        LAYER,
    ),
    Mutant(
        "padding is the total of both sides",
        "convlib/geometry.py",
        "room = n + before + after - span",
        "room = n + (before + after) // 2 - span",
        SHAPES,
    ),
    Mutant(
        "size without the floor",
        "convlib/geometry.py",
        "    out = room // s + 1",
        "    out = round(room / s) + 1",
        SHAPES,
    ),
    Mutant(
        "fence-post: no plus one",
        "convlib/geometry.py",
        "    out = room // s + 1",
        "    out = max(room // s, 1)",
        SHAPES,
    ),
    Mutant(
        "ceil for floor",
        "convlib/geometry.py",
        "(s - 1 if ceil_mode else 0)",
        "(s - 1)",
        SHAPES,
    ),
    Mutant(
        "floor for ceil",
        "convlib/geometry.py",
        "(s - 1 if ceil_mode else 0)",
        "0",
        SHAPES,
    ),
    Mutant(
        "any word rounds up",
        "convlib/geometry.py",
        '    ceil_mode = _checks.flag("ceil_mode", ceil_mode)\n',
        "",
        SHAPES,
    ),
    Mutant(
        "any word counts the padding",
        "convlib/pool.py",
        '_checks.flag("count_include_pad", count_include_pad)\n'
        "    x, axes = _pooling.checked(x, window, stride, padding, dilation, ceil_mode)\n"
        "    return",
        "count_include_pad\n"
        "    x, axes = _pooling.checked(x, window, stride, padding, dilation, ceil_mode)\n"
        "    return",
        POOL,
    ),
    Mutant(
        "ceil keeps a window that starts in the padding",
        "convlib/geometry.py",
        "    if ceil_mode and (out - 1) * s >= n + before:",
        "    if ceil_mode and (out - 1) * s >= n + before + after:",
        POOL,
    ),
    Mutant(
        "ceil drops a window that starts at the last input",
        "convlib/geometry.py",
        "    if ceil_mode and (out - 1) * s >= n + before:",
        "    if ceil_mode and (out - 1) * s >= n + before - 1:",
        POOL,
    ),
    Mutant(
        "remainder forgotten",
        "convlib/geometry.py",
        "        return self.size + sum(self.pads)",
        "        return (self.out - 1) * self.stride + self.span",
        LAYER,
    ),
    Mutant(
        "remainder of the unpadded input",
        "convlib/shapes.py",
        "(axis.padded - axis.span) % axis.stride",
        "(axis.size - axis.span) % axis.stride",
        SHAPES,
    ),
    Mutant(
        "crop [p:-p]",
        "convlib/geometry.py",
        "slice(self.pads[0], self.pads[0] + self.size)",
        "slice(self.pads[0], -self.pads[1])",
        LAYER,
    ),
    Mutant(
        "crop by the padding after",
        "convlib/geometry.py",
        "slice(self.pads[0], self.pads[0] + self.size)",
        "slice(self.pads[1], self.pads[1] + self.size)",
        LAYER,
    ),
    Mutant(
        "taps forget the dilation",
        "convlib/geometry.py",
        "first = tap * self.dilation",
        "first = tap",
        LAYER,
    ),
    Mutant(
        "output_padding must be below the stride",
        "convlib/_checks.py",
        "    if extra >= max(s, d):",
        "    if extra >= s:",
        TRANSPOSED,
    ),
    Mutant(
        "output_padding forgotten",
        "convlib/geometry.py",
        "whole = (n - 1) * s + span(k, d) + extra",
        "whole = (n - 1) * s + span(k, d)",
        TRANSPOSED,
    ),
    Mutant(
        "output_padding on the wrong side",
        "convlib/geometry.py",
        "    return Axis(size, k, s, d, pads, n)",
        "    return Axis(size, k, s, d, (pads[0] - extra, pads[1] + extra), n)",
        TRANSPOSED,
    ),
    Mutant(
        "stride and dilation swapped",
        "convlib/geometry.py",
        "zip(strides, _checks.padding(padding, axes), dilations, strict=True)",
        "zip(dilations, _checks.padding(padding, axes), strides, strict=True)",
        LAYER,
    ),
    Mutant(
        "the first stride for all axes",
        "convlib/_checks.py",
        "return tuple(integer(name, entry, least, value) for entry in entries)",
        "return tuple(integer(name, entries[0], least, value) for entry in entries)",
        POOL,
    ),
    Mutant(
        "padding pairs reversed",
        "convlib/_checks.py",
        "    return before, after",
        "    return after, before",
        POOL,
    ),
    # -------------------------------------------------------------- windows
    Mutant(
        "overwrite instead of add in col2im",
        "convlib/_views.py",
        "target[places] += parts",
        "target[places] = parts",
        COLUMNS,
    ),
    Mutant(
        "padding only where every axis has some",
        "convlib/_views.py",
        "if not any(sum(axis.pads) for axis in axes)",
        "if not all(sum(axis.pads) for axis in axes)",
        LAYER,
    ),
    Mutant(
        "kernel axes exchanged",
        "convlib/_views.py",
        "windows.transpose(0, 1, *taps, *positions)",
        "windows.transpose(0, 1, *reversed(taps), *positions)",
        COLUMNS,
    ),
    Mutant(
        "im2col rows run over taps before channels",
        "convlib/windows.py",
        'np.array(columns, order="C")',
        'np.array(np.moveaxis(columns, 1, 1 + len(axes)), order="C")',
        COLUMNS,
    ),
    Mutant(
        "pad ignores its value",
        "convlib/windows.py",
        "constant_values=_checks.fill_value(value, x.dtype)",
        "constant_values=0",
        WINDOWS,
    ),
    Mutant(
        "float16 is added up in float16",
        "convlib/_checks.py",
        "return np.dtype(np.float32) if dtype == np.float16 else dtype",
        "return dtype",
        POOL,
    ),
    Mutant(
        "True counts as the integer 1",
        "convlib/_checks.py",
        '    if _is_truth_value(value):\n        raise TypeError(f"{rule}, not a truth value")',
        '    if False:\n        raise TypeError(f"{rule}, not a truth value")',
        CHECKS,
    ),
    Mutant(
        "any number of channels will do",
        "convlib/_checks.py",
        "    if w.shape[1] != c_in // g:",
        "    if False:",
        CHECKS,
    ),
    Mutant(
        "a border may wrap around or overflow",
        "convlib/windows.py",
        "constant_values=_checks.fill_value(value, x.dtype)",
        "constant_values=value",
        WINDOWS,
    ),
    Mutant(
        "a border may vanish",
        "convlib/_checks.py",
        "abs(a - b) <= eps * abs(b)",
        "abs(a - b) <= abs(b) * (eps > 0)",
        WINDOWS,
    ),
    Mutant(
        "swapped bytes stay swapped",
        "convlib/_checks.py",
        "return array if array.dtype.isnative else",
        "return array if True else",
        CHECKS,
    ),
    Mutant(
        "a list may hold a masked array",
        "convlib/_checks.py",
        "        for entry in value:\n            _has_no_mask",
        "        for entry in ():\n            _has_no_mask",
        CHECKS,
    ),
    Mutant(
        "an array may be masked",
        "convlib/_checks.py",
        'if isinstance(value, getattr(module, "MaskedArray", ())):',
        "if False:",
        CHECKS,
    ),
    Mutant(
        "None is a number among objects",
        "convlib/_checks.py",
        "if entry is None or _is_truth",
        "if _is_truth",
        CHECKS,
    ),
    Mutant(
        "True is a number among objects",
        "convlib/_checks.py",
        "or _is_truth_value(entry) or",
        "or",
        CHECKS,
    ),
    Mutant(
        "True is a seed",
        "convlib/_checks.py",
        "any(map(_is_truth_value, (rng,",
        "any(map(_is_truth_value, (None,",
        CHECKS,
    ),
    Mutant(
        "only tuples and lists are sequences",
        "convlib/_checks.py",
        "isinstance(value, (tuple, list, Sequence))",
        "isinstance(value, (tuple, list))",
        CHECKS,
    ),
    Mutant(
        "an algorithm gets arrays that it can write into",
        "convlib/fast/__init__.py",
        "    view.flags.writeable = False",
        "    view.flags.writeable = True",
        ALGORITHMS,
    ),
    Mutant(
        "an algorithm's dtype is not looked at",
        "convlib/fast/__init__.py",
        "if result.dtype != dtype:",
        "if result.dtype.kind != dtype.kind:",
        ALGORITHMS,
    ),
    Mutant(
        "the shape of a gradient is asked of the whole input's channels",
        "convlib/fast/__init__.py",
        "return dy.shape[1], x.shape[1] // groups,",
        "return dy.shape[1], x.shape[1],",
        ALGORITHMS,
    ),
    Mutant(
        "an empty tuple tells the number of axes",
        "convlib/nn/_options.py",
        "if entries), 1)",
        "if entries is not None), 1)",
        CHECKS,
    ),
    Mutant(
        "bytes are read as a number",
        "convlib/_checks.py",
        "(str, bytes, bytearray, bool)",
        "(str, bool)",
        CHECKS,
    ),
    Mutant(
        "an imaginary part is cut off",
        "convlib/_checks.py",
        'kind not in "iufO":\n            raise TypeError  #',
        'kind not in "iufcO":\n            raise TypeError  #',
        CHECKS,
    ),
    Mutant(
        "no size is too large",
        "convlib/_checks.py",
        "    if number > most:",
        "    if False:",
        CHECKS,
    ),
    Mutant(
        "a function is a number",
        "convlib/_checks.py",
        'if not hasattr(kind, "__add__"):',
        'if not hasattr(kind, "__class__"):',
        CHECKS,
    ),
    Mutant(
        "the loops call a window k",
        "convlib/reference/sliding.py",
        "pads, name=name)",
        "pads)",
        CHECKS,
    ),
    # -------------------------------------------------------------- layers
    Mutant(
        "kernel flipped",
        "convlib/fast/im2col.py",
        "    return w.reshape(groups,",
        "    return w[..., ::-1].reshape(groups,",
        LAYER,
    ),
    Mutant(
        "groups swapped",
        "convlib/fast/im2col.py",
        "prod(w.shape[1:]))",
        "prod(w.shape[1:]))[::-1]",
        LAYER,
    ),
    Mutant(
        "no flip in dx",
        "convlib/fast/im2col.py",
        "parts = (back @ block).reshape(shape)",
        "parts = (back @ block).reshape(shape)[:, ::-1]",
        LAYER,
    ),
    Mutant(
        "batch not summed in dw",
        "convlib/fast/im2col.py",
        "        dw += _rows(",
        "        dw = _rows(",
        LAYER,
    ),
    Mutant(
        "columns run on over the end of a row",
        "convlib/fast/im2col.py",
        "            _clear(cols, _rows_only(axes, rows))",
        "            pass",
        LAYER,
    ),
    Mutant(
        "gradients run on over the end of a row",
        "convlib/fast/im2col.py",
        "    _clear(parts, axes)\n",
        "",
        LAYER,
    ),
    Mutant(
        "padding only before the first window of a row",
        "convlib/fast/im2col.py",
        "range(before), range(after, axis.out)",
        "range(before), range(0)",
        LAYER,
    ),
    Mutant(
        "runs of dx start too early",
        "convlib/fast/im2col.py",
        "flat[..., inputs] += runs[:, tap, :, windows]",
        "flat[..., inputs] += runs[:, tap, :, : windows.stop - windows.start]",
        LAYER,
    ),
    Mutant(
        "a run also where a layer has a stride",
        "convlib/fast/im2col.py",
        "all(axis.stride == 1 for axis in axes) and all(a.out",
        "all(a.out",
        LAYER,
    ),
    Mutant(
        "a run also where rows change their length",
        "convlib/fast/im2col.py",
        "all(axis.stride == 1 for axis in axes) and all(a.out == a.size for a in axes[1:])",
        "all(axis.stride == 1 for axis in axes)",
        LAYER,
    ),
    Mutant(
        "every block reads from the first row",
        "convlib/fast/im2col.py",
        "pads=(before - rows.start, after)",
        "pads=(before, after)",
        LAYER,
    ),
    Mutant(
        "dx by the taps in their own order",
        "convlib/fast/im2col.py",
        "np.flip(exchanged, reverse)",
        "exchanged",
        LAYER,
    ),
    Mutant(
        "dx by weights of exchanged groups",
        "convlib/fast/im2col.py",
        "w.reshape(groups, f // groups, c, *taps).swapaxes(1, 2)",
        "w.reshape(groups, c, f // groups, *taps)",
        LAYER,
    ),
    Mutant(
        "dx with its padding on the wrong sides",
        "convlib/fast/im2col.py",
        "    return before, axis.size - axis.out + axis.pads[0]",
        "    return axis.size - axis.out + axis.pads[0], before",
        LAYER,
    ),
    Mutant(
        "dx gathered through padding that crops",
        "convlib/fast/im2col.py",
        "and min(axis.pads) >= 0 for axis",
        "for axis",
        LAYER,
    ),
    Mutant(
        "last rows of a block forgotten",
        "convlib/fast/im2col.py",
        "range(i, min(i + height, first.out))",
        "range(i, max(i + 1, min(i + height, first.out) - 1))",
        LAYER,
    ),
    Mutant(
        "batch not summed in db",
        "convlib/convolution.py",
        "    return dy.sum(axis",
        "    return dy[:1].sum(axis",
        LAYER,
    ),
    Mutant(
        "db summed over the batch alone",
        "convlib/convolution.py",
        "axis=(0, *range(2, dy.ndim)), dtype=dy.dtype)",
        "axis=0, dtype=dy.dtype).reshape(dy.shape[1], -1)[:, 0]",
        LAYER,
    ),
    Mutant(
        "bias added per input channel",
        "convlib/convolution.py",
        "    return with_bias(y, bias).astype(dtype, copy=False)",
        "    return with_bias(y, None if bias is None else bias * w.shape[1]).astype(dtype)",
        LAYER,
    ),
    Mutant(
        "bias along the last axis",
        "convlib/convolution.py",
        "reshape(len(b), *(1,) * (y.ndim - 2))",
        "reshape(*(1,) * (y.ndim - 2), len(b))",
        LAYER,
    ),
    Mutant(
        "float32 becomes float64",
        "convlib/convolution.py",
        "    return with_bias(y, bias).astype(dtype, copy=False)",
        "    return with_bias(y, bias).astype(float)",
        LAYER,
    ),
    Mutant(
        "transposed bias counts input channels",
        "convlib/transposed.py",
        "_checks.bias(b, w.shape[1] * groups)",
        "_checks.bias(b, w.shape[0])",
        TRANSPOSED,
    ),
    Mutant(
        "s zeros between neighbours",
        "convlib/transposed.py",
        '    strides = _checks.per_axis("stride", stride, axes, 1)\n    extras',
        '    strides = [1 + s for s in _checks.per_axis("stride", stride, axes, 1)]\n    extras',
        STUFFING,
    ),
    Mutant(
        "zeros also after the last entry",
        "convlib/transposed.py",
        "spread = [s * (o - 1) + 1 for",
        "spread = [s * o for",
        STUFFING,
    ),
    Mutant(
        "extra zeros before the first entry",
        "convlib/transposed.py",
        "places = (slice(0, length, s) for",
        "places = (slice(-length, None, s) for",
        STUFFING,
    ),
    Mutant(
        "a complex dx without a conjugate",
        "convlib/convolution.py",
        "chosen.input_gradient(dy, conjugate(w), axes, groups)",
        "chosen.input_gradient(dy, w, axes, groups)",
        COMPLEX,
    ),
    Mutant(
        "a complex dw without a conjugate",
        "convlib/convolution.py",
        "chosen.weight_gradient(dy, conjugate(x), axes, groups)",
        "chosen.weight_gradient(dy, x, axes, groups)",
        COMPLEX,
    ),
    Mutant(
        "a transposed dx without a conjugate",
        "convlib/transposed.py",
        "chosen.output(dy, conjugate(w), axes, groups)",
        "chosen.output(dy, w, axes, groups)",
        COMPLEX,
    ),
    Mutant(
        "a transposed dw without a conjugate",
        "convlib/transposed.py",
        "chosen.weight_gradient(conjugate(x), dy, axes, groups)",
        "chosen.weight_gradient(x, dy, axes, groups)",
        COMPLEX,
    ),
    Mutant(
        "symbols are conjugated",
        "convlib/convolution.py",
        'if array.dtype.kind == "c" else array',
        'if array.dtype.kind in "cO" else array',
        COMPLEX,
    ),
    # -------------------------------------------------------------- the loops
    Mutant(
        "loops: overwrite in col2im",
        "convlib/reference/columns.py",
        "x[at_x] += parts[at_cols]",
        "x[at_x] = parts[at_cols]",
        COLUMNS,
    ),
    Mutant(
        "loops: every group reads the first channels",
        "convlib/reference/layers.py",
        "group * c_group + c, *place",
        "c, *place",
        LAYER,
    ),
    Mutant(
        "loops: one window too many",
        "convlib/reference/sliding.py",
        "while start + taps[-1] < n + after",
        "while start + taps[-1] <= n + after",
        LAYER,
    ),
    Mutant(
        "loops: the first bias for all channels",
        "convlib/reference/layers.py",
        "+= b[f]",
        "+= b[0]",
        LAYER,
    ),
    Mutant(
        "loops: the last of equal maxima",
        "convlib/reference/pool.py",
        "values[spot] > values[best]",
        "values[spot] >= values[best]",
        POOL,
    ),
    Mutant(
        "loops: a window may start in the padding",
        "convlib/reference/pool.py",
        "windows[-1][0] >= n:",
        "windows[-1][0] > n:",
        POOL,
    ),
    Mutant(
        "loops: gradients without conjugates",
        "convlib/reference/numbers.py",
        "return number.conjugate() if",
        "return number if",
        COMPLEX,
    ),
    Mutant(
        "loops: float16 products in float16",
        "convlib/reference/numbers.py",
        "array.astype(_checks.working_dtype(dtype))",
        "array.astype(dtype)",
        COMPLEX,
    ),
    Mutant(
        "loops: a single integer that wraps warns",
        "convlib/reference/numbers.py",
        'if dtype.kind in "iu" else nullcontext()',
        'if dtype.kind in "c" else nullcontext()',
        SWEEP,
    ),
    # -------------------------------------------------------------- pooling
    Mutant(
        "a sum that overflows is divided",
        "convlib/_pooling.py",
        "    y[fits] = other[fits]",
        "    y[fits] = y[fits]",
        POOL,
    ),
    Mutant(
        "an overflow rounds the other windows",
        "convlib/_pooling.py",
        "    fits = ~np.isfinite(y) & np.isfinite(other)",
        "    fits = np.isfinite(other)",
        POOL,
    ),
    Mutant(
        "max pooling pads with 0",
        "convlib/_pooling.py",
        "least = -np.inf if",
        "least = 0 if",
        POOL,
    ),
    Mutant(
        "a tap in the padding ends the search for the winner",
        "convlib/_pooling.py",
        "        winner += searching",
        "        winner[(*before, *tap.windows)] += part",
        POOL,
    ),
    Mutant(
        "last maximum gets the gradient",
        "convlib/_pooling.py",
        "        winner += searching",
        "        equal = x[(*before, *tap.inputs)] == y[(*before, *tap.windows)]\n"
        "        winner[(*before, *tap.windows)][equal] = taps.index(tap)",
        POOL,
    ),
    Mutant(
        "last of equal objects gets the gradient",
        "convlib/_pooling.py",
        "(value > best)",
        "(value >= best)",
        POOL,
    ),
    Mutant(
        "NaN never wins",
        "convlib/_pooling.py",
        "np.maximum, least",
        "np.fmax, least",
        POOL,
    ),
    Mutant(
        "NaN never wins among objects",
        "convlib/_pooling.py",
        "(value > best) | (value != value)",
        "(value > best)",
        POOL,
    ),
    Mutant(
        "first NaN gets the gradient",
        "convlib/_pooling.py",
        "for number, tap in enumerate(taps):\n            part",
        "for number, tap in reversed(list(enumerate(taps))):\n            part",
        POOL,
    ),
    Mutant(
        "a byte counts all taps",
        "convlib/_pooling.py",
        "np.min_scalar_type(len(taps))",
        "np.uint8",
        POOL,
    ),
    Mutant(
        "places count through one image only",
        "convlib/_pooling.py",
        "    places += planes.reshape",
        "    places += 0 * planes.reshape",
        POOL,
    ),
    Mutant(
        "maxima of two windows overwrite",
        "convlib/_pooling.py",
        "    np.add.at(dx, places.ravel(), dy.ravel().astype(dx.dtype, copy=False))",
        "    dx[places.ravel()] = dy.ravel()",
        POOL,
    ),
    Mutant(
        "a plane too many",
        "convlib/_pooling.py",
        "array.shape[-1]).T[:planes].copy()",
        "array.shape[-1]).T[-planes:].copy()",
        POOL,
    ),
    Mutant(
        "samples and channels exchanged where planes lie side by side",
        "convlib/_pooling.py",
        "work[:, :planes] = array.reshape(",
        "work[:, :planes] = array.swapaxes(0, 1).reshape(",
        POOL,
    ),
    Mutant(
        "windows of padding alone give 0",
        "convlib/_pooling.py",
        "    if not counted.all():",
        "    if False:",
        POOL,
    ),
    Mutant(
        "average divides by the full window at the border",
        "convlib/_pooling.py",
        "axis.pads if include_pad else (0, 0)",
        "axis.pads",
        POOL,
    ),
    Mutant(
        "average counts what hangs over",
        "convlib/_pooling.py",
        "(axis.size + after - 1 - starts)",
        "(axis.size + max(after, 99 * include_pad) - 1 - starts)",
        POOL,
    ),
    Mutant(
        "average counts every tap where only the end hangs over",
        "convlib/_pooling.py",
        "axis.pads[0] and end <= axis.size + after:",
        "axis.pads[0]:",
        POOL,
    ),
    Mutant(
        "average counts every tap where only the start is padded",
        "convlib/_pooling.py",
        "if before >= axis.pads[0] and end",
        "if end",
        POOL,
    ),
    Mutant(
        "average makes a table of all taps",
        "convlib/_pooling.py",
        "    counted = np.maximum(stop - first, 0)",
        "    counted = (np.arange(axis.taps) < np.maximum(stop - first, 0)[:, None]).sum(axis=1)",
        POOL,
    ),
    Mutant(
        "average counts one tap twice",
        "convlib/_pooling.py",
        "        if tap != whole:",
        "        if True:",
        POOL,
    ),
    Mutant(
        "average of bytes wraps around",
        "convlib/_pooling.py",
        "    work = x.astype(_checks.working_dtype(dtype), copy=False)",
        "    work = x.astype(x.dtype)",
        POOL,
    ),
    Mutant(
        "average of float32 becomes float64",
        "convlib/_pooling.py",
        "    return y.astype(dtype, copy=False)",
        "    return y.astype(float)",
        POOL,
    ),
    Mutant(
        "average backward divides by the full window",
        "convlib/_pooling.py",
        "np.divide(share, divisor.astype(share.dtype))",
        "share / prod(axis.taps for axis in axes)",
        POOL,
    ),
    Mutant(
        "averages of two windows overwrite",
        "convlib/_pooling.py",
        "            part += more",
        "            part[...] = more",
        POOL,
    ),
    Mutant(
        "windows with gaps do not meet",
        "convlib/_pooling.py",
        "axis.stride >= axis.span",
        "axis.stride >= axis.taps",
        POOL,
    ),
    Mutant(
        "default stride 1 in pooling",
        "convlib/_pooling.py",
        "stride = window if stride is None else stride",
        "stride = 1 if stride is None else stride",
        POOL,
    ),
    # -------------------------------------------------------------- shuffle and matrices
    Mutant(
        "pixel shuffle in the order DCR",
        "convlib/shuffle.py",
        "x.reshape(x.shape[0], channels, *factors, *size)",
        "x.reshape(x.shape[0], *factors, channels, *size).swapaxes(1, 1 + axes)",
        SHUFFLE,
    ),
    Mutant(
        "pixel shuffle exchanges row and column",
        "convlib/shuffle.py",
        "(2 + axes + i, 2 + i)",
        "(2 + axes + i, 1 + axes - i)",
        SHUFFLE,
    ),
    Mutant(
        "Toeplitz matrix of the flipped kernel",
        "convlib/matrix.py",
        "weight = w[(*each, *tap)]",
        "weight = w[(*each, *(-1 - j for j in tap))]",
        MATRIX,
    ),
    Mutant(
        "Hankel matrix forgets the stride",
        "convlib/matrix.py",
        "[:, np.newaxis] * axis.stride",
        "[:, np.newaxis]",
        MATRIX,
    ),
    Mutant(
        "circulant of the correlation",
        "convlib/matrix.py",
        "[turn % n]",
        "[-turn % n]",
        MATRIX,
    ),
    # -------------------------------------------------------------- shorthands
    Mutant(
        "convolve1d without a flip",
        "convlib/shorthands.py",
        '_bare("w", w, 1)[::-1]',
        '_bare("w", w, 1)',
        LISTS,
    ),
    Mutant(
        "convolve2d turns the rows only",
        "convlib/shorthands.py",
        '_bare("w", w, 2)[::-1, ::-1]',
        '_bare("w", w, 2)[::-1]',
        PICTURES,
    ),
    Mutant(
        "options forgotten on the way back along a list",
        "convlib/shorthands.py",
        "conv_backward(*one, stride=stride, padding=pads, dilation=dilation)",
        "conv_backward(*one, stride=stride, padding=pads)",
        LISTS,
    ),
    Mutant(
        "options forgotten on the way back over a picture",
        "convlib/shorthands.py",
        "conv_backward(*one, stride=stride, padding=padding, dilation=dilation)",
        "conv_backward(*one, stride=stride, padding=padding)",
        PICTURES,
    ),
    Mutant(
        "a pair of a list is one side",
        "convlib/shorthands.py",
        "len(entries) != 1",
        "len(entries) != 2",
        LISTS,
    ),
    Mutant(
        "a wrong padding of a list shown in other brackets",
        "convlib/shorthands.py",
        "_checks.axis_padding(alone, padding)",
        "_checks.axis_padding(alone, (padding,))",
        LISTS,
    ),
    Mutant(
        "a number of Python's widens float32",
        "convlib/shorthands.py",
        "np.result_type(x, w, b)",
        "np.result_type(x, w, number)",
        LISTS,
    ),
    Mutant(
        "the bias gradient of a list keeps its axis",
        "convlib/shorthands.py",
        "grads.db[0]",
        "grads.db",
        LISTS,
    ),
    Mutant(
        "columns of two channels become one picture",
        "convlib/shorthands.py",
        "if x.shape[1] != 1:",
        "if x.shape[1] < 1:",
        PICTURES,
    ),
    # -------------------------------------------------------------- counts and gradient checks
    Mutant(
        "own stride enlarges the receptive field",
        "convlib/architecture.py",
        "size + d * (k - 1) * jump,",
        "size + d * (k - 1) * jump * s,",
        FIELDS,
    ),
    Mutant(
        "jumps add",
        "convlib/architecture.py",
        "jump * s, start",
        "jump + s - 1, start",
        FIELDS,
    ),
    Mutant(
        "padding of deeper layers counted in inputs",
        "convlib/architecture.py",
        "start - before * jump",
        "start - before",
        FIELDS,
    ),
    Mutant(
        "a bias per slice",
        "convlib/architecture.py",
        '(c_out if _checks.flag("bias", bias) else 0)',
        '(c_in * c_out if _checks.flag("bias", bias) else 0)',
        COUNTS,
    ),
    Mutant(
        "groups forgotten in the count",
        "convlib/architecture.py",
        "return c_in // g * prod(",
        "return c_in * prod(",
        COUNTS,
    ),
    Mutant(
        "any bias is a yes",
        "convlib/architecture.py",
        '_checks.flag("bias", bias)',
        "bool(bias)",
        COUNTS,
    ),
    Mutant(
        "a normalisation learns one number a channel",
        "convlib/architecture.py",
        "2 * norm * c_out",
        "norm * c_out",
        LEDGER,
    ),
    Mutant(
        "a stage forgets its dilation",
        "convlib/architecture.py",
        "dilation=stage.dilation",
        "dilation=1",
        FIELDS,
    ),
    Mutant(
        "the padding after the input moves the field",
        "convlib/architecture.py",
        "axis.pads[0], axis.dilation",
        "axis.pads[1], axis.dilation",
        FIELDS,
    ),
    Mutant(
        "the kept numbers without the input",
        "convlib/architecture.py",
        "prod(self.size) + sum(entry",
        "sum(entry",
        LEDGER,
    ),
    Mutant(
        "concatenated channels counted once",
        "convlib/architecture.py",
        "sum(size[0] for size in sizes)",
        "sizes[0][0]",
        LEDGER,
    ),
    Mutant(
        "branches see what the later way sees",
        "convlib/architecture.py",
        "start = min(field.start",
        "start = max(field.start",
        FIELDS,
    ),
    Mutant(
        "branches see as far as the nearer way",
        "convlib/architecture.py",
        "end = max(field.start",
        "end = min(field.start",
        FIELDS,
    ),
    Mutant(
        "maps of different channels are added",
        "convlib/architecture.py",
        'size if join == "sum" else size[1:]',
        "size[1:]",
        LEDGER,
    ),
    Mutant(
        "one axis speaks for all",
        "convlib/architecture.py",
        "different[:1] if len(set(different)) == 1 else different",
        "different[:1]",
        LEDGER,
    ),
    Mutant(
        "the total of a table loses its line",
        "convlib/_table.py",
        "text.insert(-1, rule)",
        "text.insert(1, rule)",
        LEDGER,
    ),
    Mutant(
        "AlexNet in one group",
        "convlib/published.py",
        "lambda: _alexnet(groups=2)",
        "lambda: _alexnet(groups=1)",
        PUBLISHED,
    ),
    Mutant(
        "a shortcut only where the stride is 2",
        "convlib/published.py",
        "(channels, 1) != (c_out, stride)",
        "stride != 1",
        PUBLISHED,
    ),
    Mutant(
        "the bottleneck strides in front",
        "convlib/published.py",
        "first: bool = False",
        "first: bool = True",
        PUBLISHED,
    ),
    Mutant(
        "a normalised layer keeps its bias",
        "convlib/published.py",
        "bias=False, norm=True",
        "norm=True",
        PUBLISHED,
    ),
    Mutant(
        "poolings of GoogLeNet round down",
        "convlib/published.py",
        'Stage(window=3, stride=2, padding="same")',
        "Stage(window=3, stride=2)",
        PUBLISHED,
    ),
    Mutant(
        "a depthwise layer reads all channels",
        "convlib/published.py",
        "groups=channels",
        "groups=1",
        PUBLISHED,
    ),
    Mutant(
        "the nearest word only in small letters",
        "convlib/_checks.py",
        "get_close_matches(str(value).lower(), spelt",
        "get_close_matches(str(value).lower(), known",
        PUBLISHED,
    ),
    Mutant(
        "one-sided difference divided by two steps",
        "convlib/gradcheck.py",
        "for way in (step, -step))",
        "for way in (step, 0 * step))",
        GRADCHECK,
    ),
    Mutant(
        "central difference divided by one step",
        "convlib/gradcheck.py",
        "else (entry + step) - (entry - step)",
        "else step",
        GRADCHECK,
    ),
    Mutant(
        "adjoint error without abs",
        "convlib/gradcheck.py",
        "error = abs((y",
        "error = ((y",
        GRADCHECK,
    ),
    Mutant(
        "complex step keeps the real part",
        "convlib/gradcheck.py",
        "loss.imag / h",
        "loss.real / h",
        GRADCHECK,
    ),
    Mutant(
        "a gradient check moves the input itself",
        "convlib/gradcheck.py",
        "moved = x.copy()",
        "moved = x",
        GRADCHECK,
    ),
    Mutant(
        "relative error divided by the smaller length",
        "convlib/gradcheck.py",
        "/ max(np.linalg.norm(one)",
        "/ min(np.linalg.norm(one)",
        GRADCHECK,
    ),
    Mutant(
        "adjoint error without conjugates",
        "convlib/gradcheck.py",
        "(y * dy.conj()).sum()",
        "(y * dy).sum()",
        GRADCHECK,
    ),
    Mutant(
        "adjoint error of numbers as they are",
        "convlib/gradcheck.py",
        "exponents = [_exponent(array) for array in",
        "exponents = [0 for _ in",
        GRADCHECK,
    ),
    Mutant(
        "adjoint error in the dtype of the arrays",
        "convlib/gradcheck.py",
        "return array.astype(np.result_type(array, float))",
        "return array",
        GRADCHECK,
    ),
    Mutant(
        "relative error squares before it divides",
        "convlib/gradcheck.py",
        "exponent = _exponent(one, other)",
        "exponent = 0",
        GRADCHECK,
    ),
    Mutant(
        "each side of a relative error has its own scale",
        "convlib/gradcheck.py",
        "exponent = _exponent(one, other)",
        "exponent = max(_exponent(one), _exponent(other))",
        GRADCHECK,
    ),
    Mutant(
        "infinities agree with everything",
        "convlib/gradcheck.py",
        '        return float("nan")\n    exponent',
        "        return 0.0\n    exponent",
        GRADCHECK,
    ),
    Mutant(
        "the default step is the same for every x",
        "convlib/gradcheck.py",
        "np.maximum(np.frexp(x)[1] - 1, 0)",
        "0 * np.frexp(x)[1]",
        GRADCHECK,
    ),
    Mutant(
        "the default step shrinks with x",
        "convlib/gradcheck.py",
        "np.maximum(np.frexp(x)[1] - 1, 0)",
        "np.frexp(x)[1] - 1",
        GRADCHECK,
    ),
    Mutant(
        "a step too small to move x gives 0",
        "convlib/gradcheck.py",
        "    if stuck.any():",
        "    if False:",
        GRADCHECK,
    ),
    Mutant(
        "a step counts as long as it was meant",
        "convlib/gradcheck.py",
        "else (entry + step) - (entry - step)",
        "else 2 * step",
        GRADCHECK,
    ),
    Mutant(
        "a complex step forgets the imaginary part of x",
        "convlib/gradcheck.py",
        "        if np.iscomplexobj(array):\n            rule",
        "        if False:\n            rule",
        GRADCHECK,
    ),
    Mutant(
        "outputs weighted without conjugates",
        "convlib/gradcheck.py",
        "weights.conj() if",
        "weights if",
        GRADCHECK,
    ),
    # -------------------------------------------------------------- what the page checks with
    Mutant(
        "a planted bug that is none",
        "convlib/teach/faulty.py",
        'k - 1 - j if bug == "kernel not flipped"',
        'j if bug == "kernel not flipped"',
        PLANTED,
    ),
    Mutant(
        "the good layer forgets its stride",
        "convlib/teach/faulty.py",
        'if bug == "stride missing" else stride',
        'if bug == "stride missing" else 1',
        PLANTED,
    ),
    Mutant(
        "a constant of a program changed too early",
        "convlib/teach/frameworks.py",
        "tree.body[places[-1] + 1 : places[-1] + 1]",
        "tree.body[places[0] + 1 : places[0] + 1]",
        PROGRAMS,
    ),
    Mutant(
        "a constant that the program has not",
        "convlib/teach/frameworks.py",
        "        if not places:\n            raise",
        "        if not places and not constants:\n            raise",
        PROGRAMS,
    ),
    Mutant(
        "an equation without wrong versions",
        "convlib/teach/equations/verification.py",
        "    if not wrong:",
        "    if wrong is None:",
        VERIFY,
    ),
    Mutant(
        "an equation without cases",
        "convlib/teach/equations/verification.py",
        "    if not listed:",
        "    if listed is None:",
        VERIFY,
    ),
    Mutant(
        "wrong versions need no margin",
        "convlib/teach/equations/verification.py",
        "limit = MARGIN * (tol or 0.0)",
        "limit = tol or 0.0",
        VERIFY,
    ),
    Mutant(
        "every wrong version counts as caught",
        "convlib/teach/equations/evaluation.py",
        "if apart > limit else None",
        "if apart >= 0 else None",
        VERIFY,
    ),
    Mutant(
        "a wrong version that raises passes",
        "convlib/teach/equations/evaluation.py",
        "Raised(type(error).__name__), APART",
        "Raised(type(error).__name__), 0.0",
        VERIFY,
    ),
    Mutant(
        "one side may spoil the other's input",
        "convlib/teach/equations/evaluation.py",
        "view.flags.writeable = False",
        "pass",
        VERIFY,
    ),
    Mutant(
        "an exhibit of a claim that holds",
        "convlib/teach/equations/museum.py",
        "    if not found:",
        "    if found is None:",
        EXHIBIT,
    ),
    Mutant(
        "an exhibit shows any case",
        "convlib/teach/equations/museum.py",
        "smallest = min(found, key=lambda one: size(one.case))",
        "smallest = found[0]",
        EXHIBIT,
    ),
    Mutant(
        "an exhibit counts rounding as wrong",
        "convlib/teach/equations/museum.py",
        "limit = MARGIN * (tol or 0.0)",
        "limit = tol or 0.0",
        EXHIBIT,
    ),
    Mutant(
        "a claim that raises is not wrong",
        "convlib/teach/equations/evaluation.py",
        "Raised(type(error).__name__), APART",
        "Raised(type(error).__name__), -APART",
        EXHIBIT,
    ),
    Mutant(
        "a truth that is NaN",
        "convlib/teach/equations/museum.py",
        "if distance(right, right) != 0.0:",
        "if distance(right, right) == -1.0:",
        EXHIBIT,
    ),
    Mutant(
        "compare without abs",
        "convlib/teach/equations/comparing.py",
        "np.abs(a - b)",
        "a - b",
        COMPARE,
    ),
    Mutant(
        "compare broadcasts shapes",
        "convlib/teach/equations/comparing.py",
        "    if left.shape != right.shape:",
        "    if left.ndim == right.ndim and left.shape != right.shape:",
        COMPARE,
    ),
    Mutant(
        "NaN equals everything",
        "convlib/teach/equations/comparing.py",
        "    return APART if math.isnan(worst) else max(",
        "    return 0.0 if math.isnan(worst) else max(",
        COMPARE,
    ),
    Mutant(
        "unsigned differences wrap around",
        "convlib/teach/equations/comparing.py",
        "np.result_type(left, right, float)",
        "np.result_type(left, right)",
        COMPARE,
    ),
    Mutant(
        "relative to the left side",
        "convlib/teach/equations/comparing.py",
        "np.abs(b).max()",
        "np.abs(a).max()",
        COMPARE,
    ),
    Mutant(
        "cases in the order drawn",
        "convlib/teach/equations/cases.py",
        "    return sorted(found.values(), key=size)",
        "    return list(found.values())",
        CASES,
    ),
    Mutant(
        "the highest number is never drawn",
        "convlib/teach/equations/cases.py",
        "lambda rng: int(rng.integers(lo, hi, endpoint=True)))",
        "lambda rng: int(rng.integers(lo, hi)) if lo < hi else lo)",
        CASES,
    ),
    Mutant(
        "probe sees every kernel as it is",
        "convlib/teach/probing.py",
        "w[::-1] if key[0] else w",
        "w",
        PROBE,
    ),
    Mutant(
        "probe believes the first kernel",
        "convlib/teach/probing.py",
        "[key for key in found[0] if key in found[1]]",
        "list(found[0])",
        PROBE,
    ),
    Mutant(
        "probe takes any answer of the right size",
        "convlib/teach/probing.py",
        "return a.shape == b.shape and bool(np.allclose(a, b, rtol=1e-9, atol=1e-6))",
        "return a.shape == b.shape",
        PROBE,
    ),
    Mutant(
        "probe does not notice a conjugate",
        "convlib/teach/probing.py",
        "-1j * plain",
        "1j * plain",
        PROBE,
    ),
    Mutant(
        "the solution is recorded as the reader's",
        "convlib/teach/exercises/engine/checking.py",
        'if record and verdict.status == "right":',
        'if verdict.status == "right":',
        CHECK,
    ),
    Mutant(
        "a mistake that agrees once is named",
        "convlib/teach/exercises/engine/checking.py",
        "        if all(alike(",
        "        if any(alike(",
        CHECK,
    ),
    Mutant(
        "a changed input goes unnoticed",
        "convlib/teach/exercises/engine/outcomes.py",
        "return replace(outcome, changed=changed[0]) if changed else outcome",
        "return outcome",
        CHECK,
    ),
    Mutant(
        "an answer wrong by 1 is right",
        "convlib/teach/exercises/engine/explanations.py",
        "distance(got, wanted) <= TOLERANCE",
        "distance(got, wanted) <= 1e9 * TOLERANCE",
        CHECK,
    ),
    Mutant(
        "a mistake that gives nan is not recognised",
        "convlib/teach/exercises/engine/explanations.py",
        "    return same(_marked(got.value), _marked(wrong.value))",
        "    return same(got.value, wrong.value)",
        CHECK,
    ),
    Mutant(
        "every nan counts as 0",
        "convlib/teach/exercises/engine/explanations.py",
        "np.where(np.isnan(value), 1j, value)",
        "np.where(np.isnan(value), 0.0, value)",
        CHECK,
    ),
    Mutant(
        "whole numbers wanted everywhere",
        "convlib/teach/exercises/engine/explanations.py",
        "if exercise.dtype and kinds[0] != kinds[1]:",
        "if kinds[0] != kinds[1]:",
        CHECK,
    ),
    Mutant(
        "an equation never verified is left out",
        "convlib/teach/equations/coverage.py",
        "verified.get(label, Row(path.stem, label)) for label in labels]",
        "verified[label] for label in labels if label in verified]",
        COVERAGE,
    ),
    # -------------------------------------------------------------- layers of networks
    Mutant(
        "momentum of the old statistics",
        "convlib/nn/norm.py",
        "old += self.momentum * (",
        "old += (1 - self.momentum) * (",
        NORM,
    ),
    Mutant(
        "running variance divided by m",
        "convlib/nn/norm.py",
        "largest) * (m / (m - 1))",
        "largest)",
        NORM,
    ),
    Mutant(
        "mean treated as a constant",
        "convlib/nn/norm.py",
        "    normal -= _wide(mean, normal)\n",
        "",
        NORM,
    ),
    Mutant(
        "variance treated as a constant",
        "convlib/nn/norm.py",
        "normal *= _wide(slope, normal)",
        "normal[...] = 0",
        NORM,
    ),
    Mutant(
        "evaluation with the gradient of training",
        "convlib/nn/norm.py",
        "        if kept.of_x:",
        "        if True:",
        NORM,
    ),
    Mutant(
        "evaluation with the statistics of the batch",
        "convlib/nn/norm.py",
        "of_batch = self.training and x.size > 0",
        "of_batch = x.size > 0",
        NORM,
    ),
    Mutant(
        "statistics per activation instead of per channel",
        "convlib/nn/norm.py",
        "(*x.shape[:2], prod(x.shape[2:]))",
        "(len(x), prod(x.shape[1:]), 1)",
        NORM,
    ),
    Mutant(
        "eps outside the root",
        "convlib/nn/norm.py",
        "_Moments(mean, var, 1 / np.sqrt(var + eps))",
        "_Moments(mean, var, 1 / (np.sqrt(var) + eps))",
        NORM,
    ),
    Mutant(
        "variance as a difference of squares",
        "convlib/nn/norm.py",
        "return mean, _products(deviations, deviations) / m, deviations",
        "return mean, _products(x, x) / m - mean * mean, deviations",
        NORM,
    ),
    Mutant(
        "squares that overflow",
        "convlib/nn/norm.py",
        "        if np.isfinite(var).all():",
        "        if True:",
        NORM,
    ),
    Mutant(
        "eps not in the units of the values",
        "convlib/nn/norm.py",
        "1 / np.sqrt(var + eps / unit / unit) / unit",
        "1 / np.sqrt(var + eps) / unit",
        NORM,
    ),
    Mutant(
        "one unit for all channels",
        "convlib/nn/norm.py",
        "peak = np.abs(x).max(axis=(0, 2))",
        "peak = np.broadcast_to(np.abs(x).max(), mean.shape)",
        NORM,
    ),
    Mutant(
        "a running variance without end",
        "convlib/nn/norm.py",
        "np.minimum(var, largest) *",
        "np.minimum(var, np.inf) *",
        NORM,
    ),
    Mutant(
        "an array of all squares",
        "convlib/nn/norm.py",
        'return np.einsum("acb,acb->c", x, other)',
        "return _sum(x * other)",
        NORM,
    ),
    Mutant(
        "one mean for all groups of a sample",
        "convlib/nn/norm.py",
        "return 1, shape[0] * self.groups, self.channels // self.groups * prod(shape[2:])",
        "return 1, shape[0], prod(shape[1:])",
        NORM,
    ),
    Mutant(
        "gamma forgotten on the way back",
        "convlib/nn/norm.py",
        'g = (dy * _wide(self._params["gamma"].ravel(), dy))',
        "g = dy",
        NORM,
    ),
    Mutant(
        "one scale for all entries of a sample",
        "convlib/nn/norm.py",
        "        return prod(shape) // m, m, 1",
        "        return 1, m, prod(shape) // m",
        NORM,
    ),
    Mutant(
        "nudged the other way",
        "convlib/nn/data.py",
        "np.maximum(d, 0) * before + np.maximum(-d, 0) * after",
        "np.maximum(d, 0) * after + np.maximum(-d, 0) * before",
        MOVING,
    ),
    Mutant(
        "nudge that grows brighter",
        "convlib/nn/data.py",
        "(1 - abs(d)) * x + ",
        "x + ",
        MOVING,
    ),
    Mutant(
        "one nudge for all samples",
        "convlib/nn/data.py",
        "(len(x), *(1,) * (x.ndim - 1))",
        "(1,) * x.ndim",
        MOVING,
    ),
    Mutant(
        "every layer of the digit net begins with the same numbers",
        "convlib/nn/networks.py",
        "padding=1, bias=False, rng=source)",
        "padding=1, bias=False, rng=rng)",
        NETWORKS,
    ),
    Mutant(
        "dropout in evaluation",
        "convlib/nn/dropout.py",
        "if not self.training or self.p == 0:",
        "if self.p == 0:",
        DROPOUT,
    ),
    Mutant(
        "dropout without the larger values",
        "convlib/nn/dropout.py",
        "array / (1 - self.p)",
        "array",
        DROPOUT,
    ),
    Mutant(
        "p as the probability to keep",
        "convlib/nn/dropout.py",
        "self.rng.random(x.shape) >= self.p",
        "self.rng.random(x.shape) < self.p",
        DROPOUT,
    ),
    Mutant(
        "dropout forgotten in backward",
        "convlib/nn/dropout.py",
        "dy if kept is None else self._masked(dy, kept)",
        "dy",
        DROPOUT,
    ),
    Mutant(
        "relu lets the gradient through at zero",
        "convlib/nn/activations.py",
        "return y, y != 0 ",
        "return y, y >= 0 ",
        ACTIVATIONS,
    ),
    Mutant(
        "sigmoid that overflows",
        "convlib/nn/activations.py",
        "small = np.exp(-np.abs(x))",
        "small = np.exp(-x)",
        ACTIVATIONS,
    ),
    Mutant(
        "slope of tanh without the square",
        "convlib/nn/activations.py",
        "slope = y * y",
        "slope = y.copy()",
        ACTIVATIONS,
    ),
    Mutant(
        "a gradient of infinity where relu is flat",
        "convlib/nn/activations.py",
        '    return np.multiply(keep, values.view(f"i{size}")).view(values.dtype)',
        "    return np.multiply(keep, values)",
        ACTIVATIONS,
    ),
    Mutant(
        "the slope of silu without its second term",
        "convlib/nn/activations.py",
        "        slope *= x.clip(-FAR, FAR)\n",
        "        slope *= 0\n",
        ACTIVATIONS,
    ),
    Mutant(
        "the limit of silu as infinity times 0",
        "convlib/nn/activations.py",
        "y = work.clip(-FAR, np.inf)",
        "y = work.copy()",
        ACTIVATIONS,
    ),
    Mutant(
        "gelu by the formula with tanh",
        "convlib/nn/activations.py",
        "share = normal_share(work)",
        "share = 0.5 + 0.5 * np.tanh(np.sqrt(2 / np.pi) * (work + 0.044715 * work**3))",
        ACTIVATIONS,
    ),
    Mutant(
        "the bell of gelu without its height",
        "convlib/nn/activations.py",
        "        slope *= 1 / sqrt(2 * pi)\n",
        "",
        ACTIVATIONS,
    ),
    Mutant(
        "a series too short for double precision",
        "convlib/nn/activations.py",
        "SHORT if x.dtype == np.float32 else len(TAIL)",
        "SHORT",
        ACTIVATIONS,
    ),
    Mutant(
        "half precision inside",
        "convlib/nn/activations.py",
        "y = _logistic(x.astype(working_dtype(x.dtype), copy=False))",
        "y = _logistic(x)",
        ACTIVATIONS,
    ),
    Mutant(
        "dense weights not transposed for dx",
        "convlib/nn/dense.py",
        '"w": dy.T @ x',
        '"w": (x.T @ dy).reshape(w.shape)',
        DENSE,
    ),
    Mutant(
        "bias gradient as a mean over the batch",
        "convlib/nn/dense.py",
        "dy.sum(axis=0)",
        "dy.mean(axis=0)",
        DENSE,
    ),
    Mutant(
        "softmax without the largest score",
        "convlib/nn/losses.py",
        "return work - work.max(axis=1, keepdims=True)",
        "return work",
        LOSSES,
    ),
    Mutant(
        "cross-entropy gradient not divided by N",
        "convlib/nn/losses.py",
        "(grad / divisor)",
        "grad",
        LOSSES,
    ),
    Mutant(
        "log of a probability that may be 0",
        "convlib/nn/losses.py",
        "np.log(total) - z, out",
        "-np.log(exponentials / total), out",
        LOSSES,
    ),
    Mutant(
        "labels from the end",
        "convlib/nn/losses.py",
        "(labels < 0) | (labels >= k)",
        "labels >= k",
        LOSSES,
    ),
    Mutant(
        "squared error summed over the columns",
        "convlib/nn/losses.py",
        "2 / y.size",
        "2 / len(y)",
        LOSSES,
    ),
    Mutant(
        "label smoothed over the other classes only",
        "convlib/nn/losses.py",
        "spread / k",
        "spread / max(k - 1, 1)",
        LOSSES,
    ),
    Mutant(
        "weighted mean divided by N",
        "convlib/nn/losses.py",
        "total = float(n) if hot is None else float(weights[hot].sum(dtype=np.float64))",
        "total = float(n)",
        LOSSES,
    ),
    Mutant(
        "weighted sum of probabilities divided by weights",
        "convlib/nn/losses.py",
        "total = float(n) if hot is None else float(weights[hot].sum(dtype=np.float64))",
        "total = float((target @ weights).sum())",
        LOSSES,
    ),
    Mutant(
        "a class that is ruled out costs 0 times infinity",
        "convlib/nn/losses.py",
        ", where=target != 0",
        "",
        LOSSES,
    ),
    Mutant(
        "any row of numbers is a probability",
        "convlib/nn/losses.py",
        "if off.size:",
        "if False:",
        LOSSES,
    ),
    Mutant(
        "binary loss that overflows",
        "convlib/nn/losses.py",
        "small = np.exp(-np.abs(x))",
        "small = np.exp(-x)",
        LOSSES,
    ),
    Mutant(
        "binary gradient as a difference",
        "convlib/nn/losses.py",
        "no * sigma - yes * opposite",
        "(yes + no) * sigma - yes",
        LOSSES,
    ),
    Mutant(
        "binary loss summed over the columns",
        "convlib/nn/losses.py",
        "(grad / s.size)",
        "(grad / len(np.atleast_1d(s)))",
        LOSSES,
    ),
    Mutant(
        "squares in single precision",
        "convlib/nn/losses.py",
        "dtype=np.result_type(difference, np.float64)",
        "dtype=difference.dtype",
        LOSSES,
    ),
    Mutant(
        "he with the fan-out",
        "convlib/nn/init.py",
        "gain / fan_in(shape)",
        "gain / fan_out(shape)",
        INIT,
    ),
    Mutant(
        "standard deviation for variance",
        "convlib/nn/init.py",
        "normal(0, np.sqrt(variance), shape)",
        "normal(0, variance, shape)",
        INIT,
    ),
    Mutant(
        "fan-in without the kernel",
        "convlib/nn/init.py",
        "return prod(_shape(shape)[1:])",
        "return _shape(shape)[1]",
        INIT,
    ),
    Mutant(
        "strides of a transposed layer not counted",
        "convlib/nn/convolution.py",
        "(inputs / steps, outputs)",
        "(inputs, outputs)",
        CONVOLUTION,
    ),
    Mutant(
        "the gradient in the dtype of dy",
        "convlib/nn/layer.py",
        "dx.astype(last.dtype, copy=np.may_share_memory(dx, dy))",
        "dx.copy()",
        BASE,
    ),
    Mutant(
        "y and x in one memory",
        "convlib/nn/layer.py",
        "return y.copy() if np.may_share_memory(x, y) else y",
        "return y",
        BASE,
    ),
    Mutant(
        "layers backward in the order of forward",
        "convlib/nn/containers.py",
        "for layer in reversed(self.layers):\n",
        "for layer in self.layers:\n",
        SEQUENTIAL,
    ),
    Mutant(
        "evaluation of the outer layer only",
        "convlib/nn/layer.py",
        "        for _, layer in self.named_layers():\n            layer.training = mode",
        "        self.training = mode",
        SEQUENTIAL,
    ),
    Mutant(
        "one layer in two places",
        "convlib/nn/layer.py",
        "        _refuse_twin(self, layer, self._children.get(name))\n",
        "",
        SEQUENTIAL,
    ),
    Mutant(
        "another dropout mask in every difference",
        "convlib/nn/gradcheck.py",
        "trial = deepcopy(self.layer)",
        "trial = self.layer",
        BASE,
    ),
    Mutant(
        "a difference on one side",
        "convlib/nn/gradcheck.py",
        "(self.moved(name, h * v) - self.moved(name, -h * v)) / (2 * h)",
        "(self.moved(name, h * v) - self.moved(name, 0 * v)) / h",
        CHECKING,
    ),
    Mutant(
        "a step that large values swallow",
        "convlib/nn/gradcheck.py",
        "return [h] if usual else sorted([h, h * peak])",
        "return [h]",
        CHECKING,
    ),
    Mutant(
        "a step that is believed whatever rounding says",
        "convlib/nn/gradcheck.py",
        "/ step < ENOUGH * slope",
        "/ step < np.inf",
        CHECKING,
    ),
    Mutant(
        "lengths whose squares overflow",
        "convlib/nn/gradcheck.py",
        "return peak * float(np.linalg.norm(a / peak)) if 0 < peak < np.inf else peak",
        "return float(np.linalg.norm(a))",
        CHECKING,
    ),
    Mutant(
        "an error that is no number",
        "convlib/nn/gradcheck.py",
        '        return float("inf")',
        "        return wrong",
        CHECKING,
    ),
    Mutant(
        "gradients of large values compared with too much",
        "convlib/nn/gradcheck.py",
        "FLOOR * loss.size / max(peak, 1)",
        "FLOOR * loss.size",
        CHECKING,
    ),
    # -------------------------------------------------------------- training
    Mutant(
        "momentum left out of Nesterov",
        "convlib/nn/optimizers.py",
        "g += self.momentum * velocity",
        "g += velocity",
        OPTIMIZERS,
    ),
    Mutant(
        "Nesterov looks back",
        "convlib/nn/optimizers.py",
        "g += self.momentum * velocity",
        "g -= self.momentum * velocity",
        OPTIMIZERS,
    ),
    Mutant(
        "weight decay pushes outwards",
        "convlib/nn/optimizers.py",
        "np.multiply(param, decay, out=g",
        "np.multiply(param, -decay, out=g",
        OPTIMIZERS,
    ),
    Mutant(
        "L1 jumps over 0",
        "convlib/nn/optimizers.py",
        "np.clip(param, -pull, pull)",
        "np.sign(param) * pull",
        OPTIMIZERS,
    ),
    Mutant(
        "L1 without the rate",
        "convlib/nn/optimizers.py",
        "if pull := rate * self._l1s.get(name, self.l1):",
        "if pull := self._l1s.get(name, self.l1):",
        OPTIMIZERS,
    ),
    Mutant(
        "optimiser replaces the arrays",
        "convlib/nn/optimizers.py",
        'np.subtract(param, g, out=param, casting="same_kind")',
        "self.net.params[name] = param - g",
        OPTIMIZERS,
    ),
    Mutant(
        "steps counted after the update",
        "convlib/nn/optimizers.py",
        "1 - first**self.steps",
        "1 - first ** (self.steps + 1)",
        OPTIMIZERS,
    ),
    Mutant(
        "no bias correction of the squares",
        "convlib/nn/optimizers.py",
        "seen_m / sqrt(seen_v)",
        "seen_m",
        OPTIMIZERS,
    ),
    Mutant(
        "AdaGrad forgets",
        "convlib/nn/optimizers.py",
        "squares += g * g",
        "squares[...] = g * g",
        OPTIMIZERS,
    ),
    Mutant(
        "decay of RMSProp on the wrong side",
        "convlib/nn/optimizers.py",
        "squares += (1 - self.decay) * g * g",
        "squares += self.decay * g * g",
        OPTIMIZERS,
    ),
    Mutant(
        "decoupled decay without the rate",
        "convlib/nn/optimizers.py",
        "1 - rate * decay",
        "1 - decay",
        OPTIMIZERS,
    ),
    Mutant(
        "squares of Adam before the share",
        "convlib/nn/optimizers.py",
        "np.multiply(g, 1 - second, out=part)  # g² alone may overflow\n        part *= g",
        "np.multiply(g, g, out=part)\n        part *= 1 - second",
        OPTIMIZERS,
    ),
    Mutant(
        "weight decay in half precision",
        "convlib/nn/optimizers.py",
        "np.multiply(param, decay, out=g, dtype=g.dtype)",
        "np.multiply(param, decay, out=g)",
        OPTIMIZERS,
    ),
    Mutant(
        "what update returns is scaled where it lies",
        "convlib/nn/optimizers.py",
        "np.multiply(self.update(g, self.state[name]), rate, out=g)",
        "g = self.update(g, self.state[name])\n            g *= rate",
        OPTIMIZERS,
    ),
    Mutant(
        "the first pattern decides",
        "convlib/nn/optimizers.py",
        "given[option].update(dict.fromkeys(chosen, checked))",
        "given[option] = dict.fromkeys(chosen, checked) | given[option]",
        OPTIMIZERS,
    ),
    Mutant(
        "a pattern that fits nothing is ignored",
        "convlib/nn/optimizers.py",
        "if not chosen:",
        "if False:",
        OPTIMIZERS,
    ),
    Mutant(
        "decay of a group forgotten",
        "convlib/nn/optimizers.py",
        "self._decays.get(name, self.weight_decay)",
        "self.weight_decay",
        OPTIMIZERS,
    ),
    Mutant(
        "each gradient shortened by itself",
        "convlib/nn/optimizers.py",
        "np.multiply(grad, most / norm, out=grad)",
        "np.multiply(grad, most / max(_norm(grad), most), out=grad)",
        OPTIMIZERS,
    ),
    Mutant(
        "an optimiser goes on with a layer that was replaced",
        "convlib/nn/optimizers.py",
        "other = owners[path] is not self._owners.get(path)",
        "other = path not in self._owners",
        OPTIMIZERS,
    ),
    Mutant(
        "the shape of the state is not looked at before the step",
        "convlib/nn/optimizers.py",
        "if other or any(self.state[name][m].shape != param.shape for m in self.moments):",
        "if other:",
        OPTIMIZERS,
    ),
    Mutant(
        "clipping lengthens",
        "convlib/nn/optimizers.py",
        "if most < norm < inf:",
        "if 0 < norm < inf:",
        OPTIMIZERS,
    ),
    Mutant(
        "squares of a norm overflow",
        "convlib/nn/optimizers.py",
        "largest * sqrt(np.square(np.divide(grad, largest, dtype=np.float64)).sum())",
        "sqrt(float(np.square(grad).sum()))",
        OPTIMIZERS,
    ),
    Mutant(
        "warm-up starts at 0",
        "convlib/nn/optimizers.py",
        "(at + 1) / (first + 1)",
        "at / (first + 1)",
        SCHEDULES,
    ),
    Mutant(
        "cosine of a whole wave",
        "convlib/nn/optimizers.py",
        "cos(pi * min(",
        "cos(2 * pi * min(",
        SCHEDULES,
    ),
    Mutant(
        "last batch dropped",
        "convlib/nn/training.py",
        "return samples // size if drop_last else -(-samples // size)",
        "return samples // size",
        TRAINING,
    ),
    Mutant(
        "no new order",
        "convlib/nn/training.py",
        "run.rng.permutation(len(run.data.x))",
        "np.arange(len(run.data.x))",
        TRAINING,
    ),
    Mutant(
        "mean over batches, not samples",
        "convlib/nn/training.py",
        "total += len(chosen) * np.array",
        "total += run.size * np.array",
        TRAINING,
    ),
    Mutant(
        "best weights not put back",
        "convlib/nn/training.py",
        "best.put_back(run.net)",
        "pass",
        TRAINING,
    ),
    Mutant(
        "rate not put back",
        "convlib/nn/training.py",
        "        run.optimizer.lr = run.pace.start\n",
        "        pass\n",
        TRAINING,
    ),
    Mutant(
        "a rate that a callback set is lost with the next factor of the schedule",
        "convlib/nn/training.py",
        "            run.pace.follow(before)\n",
        "",
        TRAINING,
    ),
    Mutant(
        "a factor of the schedule counts twice after a callback set the rate",
        "convlib/nn/training.py",
        "self.rate = self.rate * (after / before) if before else after",
        "self.rate = after",
        TRAINING,
    ),
    Mutant(
        "buffers not put back",
        "convlib/nn/training.py",
        "_written(self.buffers, net.buffers)",
        "pass",
        TRAINING,
    ),
    Mutant(
        "kept weights are the same arrays",
        "convlib/nn/training.py",
        "{name: array.copy() for",
        "{name: array for",
        TRAINING,
    ),
    Mutant(
        "last batch never dropped",
        "convlib/nn/training.py",
        "return samples // size if drop_last else -(-samples // size)",
        "return -(-samples // size)",
        TRAINING,
    ),
    Mutant(
        "an interrupt is not told",
        "convlib/nn/training.py",
        "return rows.history(interrupted=True)",
        "return rows.history()",
        TRAINING,
    ),
    Mutant(
        "one left over noticed too late",
        "convlib/nn/training.py",
        "        _refuse_a_single_one(run)\n",
        "",
        TRAINING,
    ),
    Mutant(
        "one left over tried with the net itself",
        "convlib/nn/training.py",
        "trial = deepcopy(run.net)",
        "trial = run.net",
        TRAINING,
    ),
    Mutant(
        "steps counted anew in every epoch",
        "convlib/nn/training.py",
        "at = epoch * self.steps + batch if",
        "at = batch if",
        TRAINING,
    ),
    Mutant(
        "a schedule per step in every training",
        "convlib/nn/training.py",
        "if self.schedule is None or (batch and not self.per_step):",
        "if self.schedule is None:",
        TRAINING,
    ),
    Mutant(
        "nobody listens to the callback",
        "convlib/nn/training.py",
        'return answer is not None and _checks.flag("callback(epoch, history)", answer)',
        "return False",
        TRAINING,
    ),
    Mutant(
        "clipped by gradients of layers that are not trained",
        "convlib/nn/training.py",
        "clip_gradients(run.optimizer.net, run.clip)",
        "clip_gradients(run.net, run.clip)",
        TRAINING,
    ),
    Mutant(
        "NaN of augment passed on",
        "convlib/nn/training.py",
        "    if bad:\n        rule",
        "    if False:\n        rule",
        TRAINING,
    ),
    Mutant(
        "samples become infinite in the dtype of the net",
        "convlib/nn/training.py",
        "if largest > float(np.finfo(dtype).max):",
        "if False:",
        TRAINING,
    ),
    Mutant(
        "evaluation in training",
        "convlib/nn/layer.py",
        "return self._training and not _evaluating.get()",
        "return self._training",
        TRAINING,
    ),
    Mutant(
        "confusion matrix transposed",
        "convlib/nn/metrics.py",
        "true * k + guess",
        "guess * k + true",
        TRAINING,
    ),
    Mutant(
        "buffers not saved",
        "convlib/nn/files.py",
        '"buffers": net.buffers}',
        '"buffers": {}}',
        FILES,
    ),
    Mutant(
        "pickles read",
        "convlib/nn/files.py",
        "io.BytesIO(content), allow_pickle=False)",
        "io.BytesIO(content), allow_pickle=True)",
        FILES,
    ),
    Mutant(
        "arrays that nobody knows ignored",
        "convlib/nn/files.py",
        '{name: "is not in the net" for name in found if name not in wanted}',
        "{}",
        FILES,
    ),
    Mutant(
        "a header believed",
        "convlib/nn/files.py",
        "(needed != there and not dtype.hasobject)",
        "False",
        FILES,
    ),
    Mutant(
        "little-endian sizes",
        "convlib/nn/data.py",
        'content[at : at + 4], "big"',
        'content[at : at + 4], "little"',
        DATA,
    ),
    Mutant(
        "labels not compared with images",
        "convlib/nn/data.py",
        "if len(labels) != len(images):",
        "if False:",
        DATA,
    ),
    Mutant(
        "split may empty a class",
        "convlib/nn/data.py",
        "min(max(round(share * size), 1), size - 1)",
        "round(share * size)",
        DATA,
    ),
    Mutant(
        "split without classes",
        "convlib/nn/data.py",
        "labelled = y.ndim == 1 and",
        "labelled = y.ndim == 0 and",
        DATA,
    ),
    Mutant(
        "ages are classes",
        "convlib/nn/data.py",
        "stratify = labelled and len(np.unique(y)) <= room",
        "stratify = labelled",
        DATA,
    ),
    Mutant(
        "told to split by class, but not done",
        "convlib/nn/data.py",
        "if stratify else [np.arange(len(y))]",
        "if False else [np.arange(len(y))]",
        DATA,
    ),
    Mutant(
        "one spelling of MNIST's files",
        "convlib/nn/data.py",
        'spellings = (name, name.replace("-idx", ".idx"))',
        "spellings = (name,)",
        DATA,
    ),
    Mutant(
        "a held-out digit among the training digits",
        "convlib/nn/data.py",
        "return (x[:end], y[:end]), (x[end:], y[end:])",
        "return (x[: end + 1], y[: end + 1]), (x[end:], y[end:])",
        DATA,
    ),
    Mutant(
        "colours of CIFAR-10 pixel by pixel",
        "convlib/nn/data.py",
        "records[:, 1:].reshape(-1, *CIFAR_SHAPE).copy(), labels",
        "records[:, 1:].reshape(-1, 32, 32, 3).transpose(0, 3, 1, 2).copy(), labels",
        DATA,
    ),
    Mutant(
        "spread of which the squares vanish",
        "convlib/nn/data.py",
        "if not (constant | ((std > 0) & np.isfinite(std))).all():",
        "if not (constant | np.isfinite(std)).all():",
        DATA,
    ),
    Mutant(
        "constant features divided by 0",
        "convlib/nn/data.py",
        "np.where(constant, 1.0, std)",
        "std",
        DATA,
    ),
    Mutant(
        "standardised with numbers of its own",
        "convlib/nn/data.py",
        "((x - self.mean) / self.std)",
        "((x - x.mean(axis=0)) / self.std)",
        DATA,
    ),
    Mutant(
        "shift never goes all the way",
        "convlib/nn/data.py",
        "integers(0, 2 * m + 1,",
        "integers(0, 2 * m,",
        MOVING,
    ),
    Mutant(
        "windows of neurons side by side",
        "convlib/teach/drawing/neurons.py",
        "        (top, left), height, width = neuron, window, window",
        "        (top, left), height, width = (window * neuron[0], neuron[1]), window, window",
        NEURONS,
    ),
    Mutant(
        "neurons drawn beside their windows",
        "convlib/teach/drawing/neurons.py",
        "    x, y = _at(place[0] + shift[0], place[1] + shift[1], pixels, _RISE)",
        "    x, y = _at(place[0] + shift[0], place[1], pixels, _RISE)",
        NEURONS,
    ),
]


def broken(mutant: Mutant, folder: Path) -> str | None:
    """Write the mutant into its file under the folder; return why that is not possible."""
    path = folder / mutant.file
    text = path.read_text(encoding="utf-8")
    if (found := text.count(mutant.old)) != 1:
        return f"its old text stands {found} times in {mutant.file}, not once"
    path.write_text(text.replace(mutant.old, mutant.new), encoding="utf-8")
    return None


def verdict(mutant: Mutant) -> str:
    """Return "killed", "SURVIVED", or why the mutant says nothing."""
    with tempfile.TemporaryDirectory() as name:
        folder = copied(Path(name))
        problem = broken(mutant, folder)
        return problem or VERDICTS.get(outcome(folder, mutant.tests), "its tests do not run")


# pytest: 0 all passed, 1 some failed; anything else means that nothing was tested.
VERDICTS = {0: "SURVIVED", 1: "killed", None: "killed"}


def copied(folder: Path) -> Path:
    """Copy what the tests need, without what Python has cached of it."""
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, folder)
    return folder


def outcome(folder: Path, tests: str) -> int | None:
    """Return pytest's exit code for the tests of a copied tree, None where it took too long."""
    threads = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    own = {"PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}
    with subprocess.Popen(
        [sys.executable, *PYTEST, *SETTINGS, *tests.split()],
        cwd=folder,
        env={**os.environ, **threads, **own},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as process:
        try:
            return process.wait(SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            return None


def sound(mutants: list[Mutant]) -> bool:
    """Whether the unbroken library passes the same tests: otherwise every mutant looks killed."""
    tests = " ".join(dict.fromkeys(" ".join(mutant.tests for mutant in mutants).split()))
    with tempfile.TemporaryDirectory() as name:
        return outcome(copied(Path(name)), tests) == 0


def main(words: list[str]) -> int:
    """Run the mutants, all or those whose name holds one of the words; 0 if none survives."""
    chosen = [m for m in MUTANTS if not words or any(word in m.name for word in words)]
    said: dict[str, str] = {}
    with ThreadPoolExecutor(AT_ONCE) as pool:
        healthy = pool.submit(sound, chosen)
        jobs = {pool.submit(verdict, mutant): mutant for mutant in chosen}
        for job in tqdm(as_completed(jobs), total=len(jobs), unit="mutant"):
            said[jobs[job].name] = job.result()
    if not healthy.result():
        print("The unbroken library fails these tests: run `make test` first.")
        return 1
    killed = [name for name, word in said.items() if word == "killed"]
    for mutant in chosen:
        if mutant.name not in killed:
            print(f"{mutant.name} ({mutant.file}): {said[mutant.name]}")
    print(f"killed {len(killed)} / {len(chosen)}")
    return 0 if len(killed) == len(chosen) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
