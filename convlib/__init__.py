"""Convolution, pooling and their gradients in NumPy: the library of the book."""

from convlib import reference
from convlib.conv import ConvGrads, algorithms, conv, conv_backward, register_algorithm
from convlib.sequence import convolve1d, correlate1d
from convlib.shapes import (
    effective_kernel,
    full_padding,
    output_size,
    remainder,
    same_padding,
    transposed_size,
)
from convlib.transpose import conv_transpose, conv_transpose_backward
from convlib.windows import col2im, im2col, pad, sliding_windows

__all__ = [
    "ConvGrads",
    "algorithms",
    "col2im",
    "conv",
    "conv_backward",
    "conv_transpose",
    "conv_transpose_backward",
    "convolve1d",
    "correlate1d",
    "effective_kernel",
    "full_padding",
    "im2col",
    "output_size",
    "pad",
    "reference",
    "register_algorithm",
    "remainder",
    "same_padding",
    "sliding_windows",
    "transposed_size",
]
