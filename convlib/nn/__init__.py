"""Layers with `forward` and `backward`, losses, optimisers, training: networks in NumPy alone.

Arrays are `(N, C, *spatial)` as everywhere in convlib, so every layer works on sequences, images
and volumes. The mathematics is in `convlib` itself; here is what a network needs besides: the
parameters, what `backward` must remember of `forward`, the modes training and evaluation; then
what training needs: optimisers, `fit`, scores, files, data.
"""

from convlib.nn.activations import GELU, ReLU, Sigmoid, SiLU, Tanh
from convlib.nn.containers import Parallel, Residual, Sequential
from convlib.nn.convolution import Conv, ConvTranspose
from convlib.nn.data import (
    Standardizer,
    cifar10,
    digits,
    mnist,
    nudge,
    read_idx,
    shift,
    signals,
    split,
)
from convlib.nn.dense import Dense, Flatten
from convlib.nn.dropout import Dropout
from convlib.nn.export import to_onnx
from convlib.nn.files import load, save
from convlib.nn.gradcheck import check_gradients
from convlib.nn.init import fan_in, fan_out, he, xavier
from convlib.nn.layer import Layer, Shape
from convlib.nn.losses import Loss, binary_cross_entropy, mse, softmax, softmax_cross_entropy
from convlib.nn.metrics import Score, confusion_matrix, evaluate, predict
from convlib.nn.networks import digit_net
from convlib.nn.norm import BatchNorm, GroupNorm, LayerNorm
from convlib.nn.optimizers import (
    SGD,
    AdaGrad,
    Adam,
    AdamW,
    Optimizer,
    RMSProp,
    clip_gradients,
    cosine,
    step_decay,
    warmup,
)
from convlib.nn.pooling import AvgPool, GlobalAvgPool, MaxPool
from convlib.nn.training import History, fit
from convlib.nn.weights import set_weights, torch_weights

__all__ = [
    "GELU",
    "SGD",
    "AdaGrad",
    "Adam",
    "AdamW",
    "AvgPool",
    "BatchNorm",
    "Conv",
    "ConvTranspose",
    "Dense",
    "Dropout",
    "Flatten",
    "GlobalAvgPool",
    "GroupNorm",
    "History",
    "Layer",
    "LayerNorm",
    "Loss",
    "MaxPool",
    "Optimizer",
    "Parallel",
    "RMSProp",
    "ReLU",
    "Residual",
    "Score",
    "Sequential",
    "Shape",
    "SiLU",
    "Sigmoid",
    "Standardizer",
    "Tanh",
    "binary_cross_entropy",
    "check_gradients",
    "cifar10",
    "clip_gradients",
    "confusion_matrix",
    "cosine",
    "digit_net",
    "digits",
    "evaluate",
    "fan_in",
    "fan_out",
    "fit",
    "he",
    "load",
    "mnist",
    "mse",
    "nudge",
    "predict",
    "read_idx",
    "save",
    "set_weights",
    "shift",
    "signals",
    "softmax",
    "softmax_cross_entropy",
    "split",
    "step_decay",
    "to_onnx",
    "torch_weights",
    "warmup",
    "xavier",
]
