"""Layers with `forward` and `backward`, losses, initialisation: the parts of a network.

Arrays are `(N, C, *spatial)` as everywhere in convlib, so every layer works on sequences, images
and volumes. The mathematics is in `convlib` itself; here is what a network needs besides: the
parameters, what `backward` must remember of `forward`, the modes training and evaluation.
"""

from convlib.nn.activations import ReLU, Sigmoid, Tanh
from convlib.nn.checking import check_gradients
from convlib.nn.convolution import Conv
from convlib.nn.dense import Dense, Flatten
from convlib.nn.dropout import Dropout
from convlib.nn.init import fan_in, fan_out, he, xavier
from convlib.nn.layer import Layer
from convlib.nn.losses import Loss, mse, softmax, softmax_cross_entropy
from convlib.nn.norm import BatchNorm
from convlib.nn.pooling import AvgPool, GlobalAvgPool, MaxPool
from convlib.nn.sequential import Sequential
from convlib.nn.transposed import ConvTranspose

__all__ = [
    "AvgPool",
    "BatchNorm",
    "Conv",
    "ConvTranspose",
    "Dense",
    "Dropout",
    "Flatten",
    "GlobalAvgPool",
    "Layer",
    "Loss",
    "MaxPool",
    "ReLU",
    "Sequential",
    "Sigmoid",
    "Tanh",
    "check_gradients",
    "fan_in",
    "fan_out",
    "he",
    "mse",
    "softmax",
    "softmax_cross_entropy",
    "xavier",
]
