"""What a chapter needs before it imports Keras."""

from __future__ import annotations

import os
import sys


def keras_on_torch() -> None:
    """Make Keras compute with PyTorch instead of TensorFlow; to be called before `import keras`.

    Keras reads the environment variable KERAS_BACKEND when it is imported, and never again.

    Raises
    ------
    RuntimeError
        If Keras is already there with another backend.

    Examples
    --------
    >>> keras_on_torch()
    >>> os.environ["KERAS_BACKEND"]
    'torch'
    """
    os.environ["KERAS_BACKEND"] = "torch"
    keras = sys.modules.get("keras")
    if keras is not None and keras.config.backend() != "torch":
        found = keras.config.backend()
        rule = "restart, and call keras_on_torch() before `import keras`"
        raise RuntimeError(f"Keras already computes with {found}: {rule}")
