"""The loops that define everything: slow, readable, and independent of the fast code."""

from convlib.reference.columns import col2im, im2col
from convlib.reference.layers import (
    conv,
    conv_backward,
    conv_transpose,
    conv_transpose_backward,
)
from convlib.reference.pool import avg_pool, avg_pool_backward, max_pool, max_pool_backward
from convlib.reference.shuffle import pixel_shuffle, pixel_unshuffle

__all__ = [
    "avg_pool",
    "avg_pool_backward",
    "col2im",
    "conv",
    "conv_backward",
    "conv_transpose",
    "conv_transpose_backward",
    "im2col",
    "max_pool",
    "max_pool_backward",
    "pixel_shuffle",
    "pixel_unshuffle",
]
