"""Pictures to try kernels on, and how to show them: a photograph and a drawn test card."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.axes import Axes

GREY = (0.299, 0.587, 0.114)  # how bright the eye finds red, green and blue; the sum is 1
PART = {
    "china.jpg": (slice(20, 340), slice(40, 360)),
    "flower.jpg": (slice(60, 380), slice(200, 520)),
}


def photograph(name: str = "china.jpg", *, size: int = 160) -> np.ndarray:
    """A grey photograph, `size` rows by `size` columns of whole numbers from 0 to 255.

    Cut from one of the two photographs that come with scikit-learn, each pixel the average of a
    block, and rounded. Both are published under CC BY 2.0: china.jpg by danielbuechele,
    flower.jpg by vultilion, on flickr.com.

    Parameters
    ----------
    name : "china.jpg" or "flower.jpg".
    size : a divisor of 320.

    Raises
    ------
    ValueError
        if the name is another one, or 320 pixels cannot be cut into `size` equal blocks.

    Examples
    --------
    >>> photo = photograph()
    >>> photo.shape, photo.dtype
    ((160, 160), dtype('uint8'))
    """
    if name not in PART:
        raise ValueError(f"name={name!r}: there are {' and '.join(map(repr, PART))}")
    if not 1 <= size <= 320 or 320 % size:
        raise ValueError(f"size={size}: needs a divisor of 320, such as 80, 160 or 320")
    datasets = importlib.import_module("sklearn.datasets")  # takes a second; only who needs it pays
    grey = datasets.load_sample_image(name)[PART[name]] @ np.array(GREY)
    block = 320 // size
    return np.rint(grey.reshape(size, block, size, block).mean(axis=(1, 3))).astype(np.uint8)


def card(size: int = 96) -> np.ndarray:
    """A drawn test card: a square, a ramp with a dot, stripes, and rings that grow finer.

    Parameters
    ----------
    size : rows and columns, a multiple of 16.

    Returns
    -------
    (size, size) whole numbers from 0 to 255 as uint8; each quarter holds one pattern.

    Raises
    ------
    ValueError
        if the size is not a positive multiple of 16.

    Examples
    --------
    >>> card(16)[0, :8]  # one row of light, above the dark square
    array([230, 230, 230, 230, 230, 230, 230, 230], dtype=uint8)
    """
    if size < 16 or size % 16:
        raise ValueError(f"size={size}: needs a positive multiple of 16")
    half = size // 2
    place = np.arange(half)
    square = np.full((half, half), 230.0)
    square[half // 4 : -half // 4, half // 4 : -half // 4] = 40
    ramp = np.tile(40 + 160 * place / (half - 1), (half, 1))
    ramp[half // 2, half // 4] = 250
    # four bands, their stripes 8, 4, 2 and 1 pixels wide
    stripes = [np.where(place // width % 2, 40, 230) for width in (8, 4, 2, 1)]
    bands = np.repeat(stripes, half // 4, axis=0)
    rings = 135 + 95 * np.cos(np.pi * (place[:, None] ** 2 + place**2) / (2 * half))
    return np.rint(np.block([[square, ramp], [bands, rings]])).astype(np.uint8)


def show(axes: Any, pictures: Mapping[str, Any], *, low: float = 0, high: float = 255) -> None:
    """Show pictures side by side, each under its title: `low` is drawn black and `high` white.

    The two limits are the same for all of them, so that their greys can be compared; matplotlib
    would stretch each picture from its own smallest to its own largest number.

    Parameters
    ----------
    axes : one axes, or an array of at least as many as there are pictures; the rest stay empty.
    pictures : title -> (H, W) numbers.
    low, high : the numbers drawn black and white; what lies beyond is cut off.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> fig, axes = plt.subplots(1, 2)
    >>> show(axes, {"card": card(), "darker": card() // 2})
    >>> axes[0].get_title(loc="left")
    'card'
    >>> plt.close(fig)
    """
    panels: list[Axes] = list(np.ravel(axes))
    if len(pictures) > len(panels):
        raise ValueError(f"axes: there are {len(panels)} for {len(pictures)} pictures")
    for ax in panels:
        ax.axis("off")
    for ax, (title, picture) in zip(panels, pictures.items(), strict=False):
        ax.imshow(np.asarray(picture, dtype=float), cmap="gray", vmin=low, vmax=high)
        ax.set_title(title, loc="left")
