"""Convolution, pooling and their gradients in NumPy: the library of the book."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from convlib.architecture import (
    Branches,
    Entry,
    Layer,
    Ledger,
    ReceptiveField,
    Stage,
    activation_count,
    im2col_count,
    ledger,
    multiply_adds,
    parameter_count,
    receptive_field,
)
from convlib.convolution import ConvGrads, conv, conv_backward
from convlib.fast import Algorithm, algorithms, register_algorithm
from convlib.geometry import Axis
from convlib.gradcheck import adjoint_error, complex_step, numerical_gradient, relative_error
from convlib.matrix import circulant, conv_matrix, hankel
from convlib.pool import avg_pool, avg_pool_backward, max_pool, max_pool_backward
from convlib.published import Architecture, famous
from convlib.shapes import (
    effective_kernel,
    full_padding,
    output_size,
    remainder,
    same_padding,
    transposed_size,
)
from convlib.shorthands import (
    avg_pool1d,
    avg_pool1d_backward,
    avg_pool2d,
    avg_pool2d_backward,
    col2im2d,
    convolve1d,
    convolve2d,
    correlate1d,
    correlate1d_backward,
    correlate2d,
    correlate2d_backward,
    im2col2d,
    max_pool1d,
    max_pool1d_backward,
    max_pool2d,
    max_pool2d_backward,
)
from convlib.shuffle import pixel_shuffle, pixel_unshuffle
from convlib.transposed import conv_transpose, conv_transpose_backward, zero_stuff
from convlib.windows import col2im, im2col, pad, sliding_windows

__all__ = [
    "Algorithm",
    "Architecture",
    "Axis",
    "Branches",
    "ConvGrads",
    "Entry",
    "Layer",
    "Ledger",
    "ReceptiveField",
    "Stage",
    "activation_count",
    "adjoint_error",
    "algorithms",
    "avg_pool",
    "avg_pool1d",
    "avg_pool1d_backward",
    "avg_pool2d",
    "avg_pool2d_backward",
    "avg_pool_backward",
    "circulant",
    "col2im",
    "col2im2d",
    "complex_step",
    "conv",
    "conv_backward",
    "conv_matrix",
    "conv_transpose",
    "conv_transpose_backward",
    "convolve1d",
    "convolve2d",
    "correlate1d",
    "correlate1d_backward",
    "correlate2d",
    "correlate2d_backward",
    "effective_kernel",
    "famous",
    "full_padding",
    "hankel",
    "im2col",
    "im2col2d",
    "im2col_count",
    "ledger",
    "max_pool",
    "max_pool1d",
    "max_pool1d_backward",
    "max_pool2d",
    "max_pool2d_backward",
    "max_pool_backward",
    "multiply_adds",
    "nn",
    "numerical_gradient",
    "output_size",
    "pad",
    "parameter_count",
    "pixel_shuffle",
    "pixel_unshuffle",
    "receptive_field",
    "reference",
    "register_algorithm",
    "relative_error",
    "remainder",
    "same_padding",
    "sliding_windows",
    "transposed_size",
    "zero_stuff",
]

# Rooms that are opened by whoever asks for them: `import convlib` alone stays quick.
_ROOMS = ("nn", "reference")
if TYPE_CHECKING:
    from convlib import nn, reference


def __getattr__(name: str) -> Any:
    if name in _ROOMS:
        return import_module(f"convlib.{name}")
    raise AttributeError(f"module 'convlib' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *_ROOMS})
