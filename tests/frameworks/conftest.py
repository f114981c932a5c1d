"""Keras on PyTorch, and one thread: the same sums in the same order."""

import warnings

from convlib.teach.frameworks import keras_on_torch

keras_on_torch()

with warnings.catch_warnings():  # what the frameworks' own imports warn of is not ours
    warnings.simplefilter("ignore")
    import keras  # noqa: F401
    import onnxruntime
    import torch

torch.set_num_threads(1)
onnxruntime.set_default_logger_severity(3)
