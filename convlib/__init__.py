"""Convolution, pooling and their gradients in NumPy: the library of the book."""

from convlib.shapes import (
    effective_kernel,
    full_padding,
    output_size,
    remainder,
    same_padding,
    transposed_size,
)

__all__ = [
    "effective_kernel",
    "full_padding",
    "output_size",
    "remainder",
    "same_padding",
    "transposed_size",
]
