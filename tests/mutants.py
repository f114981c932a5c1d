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
CHECKS = "tests/test_checks.py tests/test_convolution.py"
WINDOWS = "tests/test_windows.py"
POOL = "tests/test_pool.py tests/test_pool_conformance.py"
SHUFFLE = "tests/test_shuffle.py"
MATRIX = "tests/test_matrix.py"
SEQUENCE = "tests/test_shorthands_lists.py"
GRADCHECK = "tests/test_gradcheck.py"
BASE = "tests/nn/test_layer.py"
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
SEQUENTIAL = "tests/nn/test_containers.py"
OPTIMIZERS = "tests/nn/test_optimizers.py"
SCHEDULES = "tests/nn/test_optimizers_schedules.py"
TRAINING = "tests/nn/test_training.py"
FILES = "tests/nn/test_files.py"
DATA = "tests/nn/test_data.py"
CHECKING = "tests/nn/test_gradcheck_layers.py"
VERIFY = "tests/teach/test_verify.py"
EXHIBIT = "tests/teach/test_exhibit.py"
COMPARE = "tests/teach/test_compare.py"
CASES = "tests/teach/test_cases.py"
PLANTED = "tests/teach/test_planted.py"
CHECK = "tests/teach/test_check.py"
COVERAGE = "tests/teach/test_coverage.py"
PROBE = "tests/teach/test_probe.py"


class Mutant(NamedTuple):
    """One mistake: `old`, which stands exactly once in the file, becomes `new`."""

    name: str
    file: str
    old: str
    new: str
    tests: str


MUTANTS = [
    # -------------------------------------------------------------- the way out
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
        "for n in TORCH_NAMES if n in arrays",
        "for n in arrays",
        EXPORT,
    ),
    Mutant(
        "ceil_mode lost on the way out",
        "convlib/nn/export.py",
        "pads=(axis.pads[0], _end(axis))",
        "pads=axis.pads",
        EXPORT,
    ),
    Mutant(
        "weights on the way out are those of the net",
        "convlib/nn/export.py",
        "= array.copy()",
        "= array",
        EXPORT,
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
        "convlib/geometry.py",
        "    if extra >= max(s, d):",
        "    if extra >= s:",
        TRANSPOSED,
    ),
    Mutant(
        "output_padding forgotten",
        "convlib/geometry.py",
        "span(k, d) - sum(pads) + extra",
        "span(k, d) - sum(pads)",
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
        "constant_values=value",
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
        "if isinstance(value, (bool, np.bool_)):",
        "if False:",
        CHECKS,
    ),
    Mutant(
        "any number of channels will do",
        "convlib/_checks.py",
        "    if w.shape[1] != c_in // g:",
        "    if False:",
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
        "flat[..., first + by : stop + by] += runs[(slice(None), *tap)][..., first:stop]",
        "flat[..., first + by : stop + by] += runs[(slice(None), *tap)][..., : stop - first]",
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
    # -------------------------------------------------------------- the loops
    Mutant(
        "loops: overwrite in col2im",
        "convlib/reference/columns.py",
        "x[at_x] += columns[at_cols]",
        "x[at_x] = columns[at_cols]",
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
    # -------------------------------------------------------------- pooling
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
    Mutant(
        "convolve1d without a flip",
        "convlib/shorthands.py",
        'bare("w", w, 1)[::-1]',
        'bare("w", w, 1)',
        SEQUENCE,
    ),
    Mutant(
        "options forgotten on the way back along a list",
        "convlib/shorthands.py",
        "for a in lists), **options)",
        "for a in lists))",
        SEQUENCE,
    ),
    # -------------------------------------------------------------- counts and gradient checks
    Mutant(
        "own stride enlarges the receptive field",
        "convlib/architecture.py",
        "size += d * (k - 1) * jump",
        "size += d * (k - 1) * jump * s",
        FIELDS,
    ),
    Mutant(
        "jumps add",
        "convlib/architecture.py",
        "jump *= s",
        "jump += s - 1",
        FIELDS,
    ),
    Mutant(
        "padding of deeper layers counted in inputs",
        "convlib/architecture.py",
        "start -= before * jump",
        "start -= before",
        FIELDS,
    ),
    Mutant(
        "a bias per slice",
        "convlib/architecture.py",
        "(c_out if bias else 0)",
        "(c_in * c_out if bias else 0)",
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
        "one-sided difference divided by two steps",
        "convlib/gradcheck.py",
        "for step in (h, -h))",
        "for step in (h, 0 * h))",
        GRADCHECK,
    ),
    Mutant(
        "central difference divided by one step",
        "convlib/gradcheck.py",
        "(up - down) / (2 * h)",
        "(up - down) / h",
        GRADCHECK,
    ),
    Mutant(
        "adjoint error without abs",
        "convlib/gradcheck.py",
        "float(abs((y * dy).sum() - (x * dx).sum()))",
        "float((y * dy).sum() - (x * dx).sum())",
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
        "scale = max(float(",
        "scale = min(float(",
        GRADCHECK,
    ),
    # -------------------------------------------------------------- what the page checks with
    Mutant(
        "a planted bug that is none",
        "convlib/teach/planted.py",
        'k - 1 - j if bug == "kernel not flipped"',
        'j if bug == "kernel not flipped"',
        PLANTED,
    ),
    Mutant(
        "the good layer forgets its stride",
        "convlib/teach/planted.py",
        'if bug == "stride missing" else stride',
        'if bug == "stride missing" else 1',
        PLANTED,
    ),
    Mutant(
        "an equation without wrong versions",
        "convlib/teach/verify.py",
        "    if not wrong:",
        "    if wrong is None:",
        VERIFY,
    ),
    Mutant(
        "an equation without cases",
        "convlib/teach/verify.py",
        "    if not listed:",
        "    if listed is None:",
        VERIFY,
    ),
    Mutant(
        "wrong versions need no margin",
        "convlib/teach/verify.py",
        "limit = MARGIN * (tol or 0.0)",
        "limit = tol or 0.0",
        VERIFY,
    ),
    Mutant(
        "every wrong version counts as caught",
        "convlib/teach/verify.py",
        "        if apart > limit:\n            return",
        "        if apart >= 0:\n            return",
        VERIFY,
    ),
    Mutant(
        "a wrong version that raises passes",
        "convlib/teach/verify.py",
        "_Raised(type(error).__name__), APART",
        "_Raised(type(error).__name__), 0.0",
        VERIFY,
    ),
    Mutant(
        "one side may spoil the other's input",
        "convlib/teach/verify.py",
        "view.flags.writeable = False",
        "pass",
        VERIFY,
    ),
    Mutant(
        "an exhibit of a claim that holds",
        "convlib/teach/exhibit.py",
        "    if not found:",
        "    if found is None:",
        EXHIBIT,
    ),
    Mutant(
        "an exhibit shows any case",
        "convlib/teach/exhibit.py",
        "smallest = min(found, key=lambda one: size(one.case))",
        "smallest = found[0]",
        EXHIBIT,
    ),
    Mutant(
        "an exhibit counts rounding as wrong",
        "convlib/teach/exhibit.py",
        "if apart > MARGIN * tol else None",
        "if apart > tol else None",
        EXHIBIT,
    ),
    Mutant(
        "a claim that raises is not wrong",
        "convlib/teach/exhibit.py",
        "_Raised(type(error).__name__), APART",
        "_Raised(type(error).__name__), 0.0",
        EXHIBIT,
    ),
    Mutant(
        "a truth that is NaN",
        "convlib/teach/exhibit.py",
        "if distance(right, right) != 0.0:",
        "if distance(right, right) == -1.0:",
        EXHIBIT,
    ),
    Mutant(
        "compare without abs",
        "convlib/teach/compare.py",
        "np.abs(a - b)",
        "a - b",
        COMPARE,
    ),
    Mutant(
        "compare broadcasts shapes",
        "convlib/teach/compare.py",
        "    if left.shape != right.shape:",
        "    if left.ndim == right.ndim and left.shape != right.shape:",
        COMPARE,
    ),
    Mutant(
        "NaN equals everything",
        "convlib/teach/compare.py",
        "    return APART if math.isnan(worst) else max(",
        "    return 0.0 if math.isnan(worst) else max(",
        COMPARE,
    ),
    Mutant(
        "unsigned differences wrap around",
        "convlib/teach/compare.py",
        "np.result_type(left, right, float)",
        "np.result_type(left, right)",
        COMPARE,
    ),
    Mutant(
        "relative to the left side",
        "convlib/teach/compare.py",
        "np.abs(b).max()",
        "np.abs(a).max()",
        COMPARE,
    ),
    Mutant(
        "cases in the order drawn",
        "convlib/teach/cases.py",
        "    return sorted(found.values(), key=size)",
        "    return list(found.values())",
        CASES,
    ),
    Mutant(
        "the highest number is never drawn",
        "convlib/teach/cases.py",
        "lambda rng: int(rng.integers(lo, hi, endpoint=True)))",
        "lambda rng: int(rng.integers(lo, hi)) if lo < hi else lo)",
        CASES,
    ),
    Mutant(
        "probe sees every kernel as it is",
        "convlib/teach/probe.py",
        "w[::-1] if key[0] else w",
        "w",
        PROBE,
    ),
    Mutant(
        "probe believes the first kernel",
        "convlib/teach/probe.py",
        "[key for key in found[0] if key in found[1]]",
        "list(found[0])",
        PROBE,
    ),
    Mutant(
        "probe takes any answer of the right size",
        "convlib/teach/probe.py",
        "return a.shape == b.shape and bool(np.allclose(a, b, rtol=1e-9, atol=1e-6))",
        "return a.shape == b.shape",
        PROBE,
    ),
    Mutant(
        "probe does not notice a conjugate",
        "convlib/teach/probe.py",
        "-1j * plain",
        "1j * plain",
        PROBE,
    ),
    Mutant(
        "the solution is recorded as the reader's",
        "convlib/teach/check.py",
        'if record and verdict.status == "right":',
        'if verdict.status == "right":',
        CHECK,
    ),
    Mutant(
        "a mistake that agrees once is named",
        "convlib/teach/check.py",
        "        if all(alike(",
        "        if any(alike(",
        CHECK,
    ),
    Mutant(
        "a changed input goes unnoticed",
        "convlib/teach/observe.py",
        "return replace(outcome, changed=changed[0]) if changed else outcome",
        "return outcome",
        CHECK,
    ),
    Mutant(
        "an answer wrong by 1 is right",
        "convlib/teach/explain.py",
        "distance(got, wanted) <= TOLERANCE",
        "distance(got, wanted) <= 1e9 * TOLERANCE",
        CHECK,
    ),
    Mutant(
        "a mistake that gives nan is not recognised",
        "convlib/teach/explain.py",
        "    return same(_marked(got.value), _marked(wrong.value))",
        "    return same(got.value, wrong.value)",
        CHECK,
    ),
    Mutant(
        "every nan counts as 0",
        "convlib/teach/explain.py",
        "np.where(np.isnan(value), 1j, value)",
        "np.where(np.isnan(value), 0.0, value)",
        CHECK,
    ),
    Mutant(
        "whole numbers wanted everywhere",
        "convlib/teach/explain.py",
        "if exercise.dtype and kinds[0] != kinds[1]:",
        "if kinds[0] != kinds[1]:",
        CHECK,
    ),
    Mutant(
        "an equation never verified is left out",
        "convlib/teach/coverage.py",
        "verified.get(label, Row(path.stem, label)) for label in labels]",
        "verified[label] for label in labels if label in verified]",
        COVERAGE,
    ),
    # -------------------------------------------------------------- layers of networks
    Mutant(
        "momentum of the old statistics",
        "convlib/nn/norm.py",
        "old += self.momentum * (new.astype(old.dtype) - old)",
        "old += (1 - self.momentum) * (new.astype(old.dtype) - old)",
        NORM,
    ),
    Mutant(
        "running variance divided by m",
        "convlib/nn/norm.py",
        "var * (m / (m - 1))",
        "var",
        NORM,
    ),
    Mutant(
        "mean treated as a constant",
        "convlib/nn/norm.py",
        "slope * (dy - through_mean - normal * through_var)",
        "slope * (dy - normal * through_var)",
        NORM,
    ),
    Mutant(
        "variance treated as a constant",
        "convlib/nn/norm.py",
        "slope * (dy - through_mean - normal * through_var)",
        "slope * (dy - through_mean)",
        NORM,
    ),
    Mutant(
        "evaluation with the gradient of training",
        "convlib/nn/norm.py",
        "        if not of_batch:\n            return slope * dy, grads\n",
        "",
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
        "return (0, *range(2, x.ndim))",
        "return (0,)",
        NORM,
    ),
    Mutant(
        "eps outside the root",
        "convlib/nn/norm.py",
        "1 / np.sqrt(var + self.eps)",
        "1 / (np.sqrt(var) + self.eps)",
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
        "dy if saved is None else self._masked(dy, saved)",
        "dy",
        DROPOUT,
    ),
    Mutant(
        "relu lets the gradient through at zero",
        "convlib/nn/activations.py",
        "~(x <= 0)",
        "~(x < 0)",
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
        "1 - y * y",
        "1 - y",
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
        "(grad / len(s))",
        "grad",
        LOSSES,
    ),
    Mutant(
        "log of a probability that may be 0",
        "convlib/nn/losses.py",
        "np.log(total)[:, 0] - z[rows, t]",
        "-np.log(np.exp(z[rows, t]) / total[:, 0])",
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
        "gradients added up over calls",
        "convlib/nn/layer.py",
        "self._grads[name] = grad.astype(param.dtype, copy=False)",
        "self._grads[name] = self._grads.get(name, 0) + grad.astype(param.dtype)",
        BASE,
    ),
    Mutant(
        "the gradient in the dtype of dy",
        "convlib/nn/layer.py",
        "dx.astype(self._last.dtype, copy=np.may_share_memory(dx, dy))",
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
        "for layer in reversed(self.layers):",
        "for layer in self.layers:",
        SEQUENTIAL,
    ),
    Mutant(
        "evaluation of the outer layer only",
        "convlib/nn/containers.py",
        "        for layer in self.layers:\n            layer.train(mode)\n",
        "",
        SEQUENTIAL,
    ),
    Mutant(
        "one layer in two places",
        "convlib/nn/containers.py",
        "        _refuse_twins([leaf for layer in layers for leaf in _leaves(layer)])\n",
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
        "(loss.moved(name, h * v) - loss.moved(name, -h * v)) / (2 * h)",
        "(loss.moved(name, h * v) - loss.moved(name, 0 * v)) / h",
        CHECKING,
    ),
    # -------------------------------------------------------------- training
    Mutant(
        "momentum left out of Nesterov",
        "convlib/nn/optimizers.py",
        "g + self.momentum * velocity",
        "g + velocity",
        OPTIMIZERS,
    ),
    Mutant(
        "Nesterov looks back",
        "convlib/nn/optimizers.py",
        "g + self.momentum * velocity",
        "g - self.momentum * velocity",
        OPTIMIZERS,
    ),
    Mutant(
        "weight decay pushes outwards",
        "convlib/nn/optimizers.py",
        "return g + self.weight_decay * param",
        "return g - self.weight_decay * param",
        OPTIMIZERS,
    ),
    Mutant(
        "optimiser replaces the arrays",
        "convlib/nn/optimizers.py",
        "            param -= self.lr",
        "            self.net.params[name] = param - self.lr",
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
        "v / (1 - second**self.steps)",
        "v",
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
        "param *= 1 - self.lr * self.weight_decay",
        "param *= 1 - self.weight_decay",
        OPTIMIZERS,
    ),
    Mutant(
        "warm-up starts at 0",
        "convlib/nn/optimizers.py",
        "(epoch + 1) / (first + 1)",
        "epoch / (first + 1)",
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
        "for start in range(0, len(order), run.size))",
        "for start in range(0, len(order) - run.size + 1, run.size))",
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
        "        run.optimizer.lr = rate\n",
        "        pass\n",
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
        "evaluation in training",
        "convlib/nn/metrics.py",
        "        net.eval()\n",
        "        pass\n",
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
        "allow_pickle=False)\n    if",
        "allow_pickle=True)\n    if",
        FILES,
    ),
    Mutant(
        "arrays that nobody knows ignored",
        "convlib/nn/files.py",
        '[f"{name} is not in the net" for name in found if name not in wanted]',
        "[]",
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
