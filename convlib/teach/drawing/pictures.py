"""Pictures to try kernels on, how to turn them, and how to show them side by side.

A photograph and a drawn test card; fallen leaves, a bar, and two kinds of face.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

if TYPE_CHECKING:
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
    name
        "china.jpg" or "flower.jpg".
    size
        A divisor of 320.

    Returns
    -------
    (size, size)
        Greys as uint8.

    Raises
    ------
    ValueError
        If the name is another one, or 320 pixels cannot be cut into `size` equal blocks.

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
    from sklearn.datasets import load_sample_image  # takes a second; only who needs it pays

    grey = load_sample_image(name)[PART[name]] @ np.array(GREY)
    block = 320 // size
    return np.rint(grey.reshape(size, block, size, block).mean(axis=(1, 3))).astype(np.uint8)


def card(size: int = 96) -> np.ndarray:
    """A drawn test card: a square, a ramp with a dot, stripes, and rings that grow finer.

    Parameters
    ----------
    size
        Rows and columns, a multiple of 16.

    Returns
    -------
    (size, size)
        Whole numbers from 0 to 255 as uint8; each quarter holds one pattern.

    Raises
    ------
    ValueError
        If the size is not a positive multiple of 16.

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


def leaves(height: int = 96, width: int = 160, *, count: int = 400, seed: int = 0) -> np.ndarray:
    """A grey scene of discs that cover each other, like leaves on the ground.

    Sizes vary as 1/radius³, so that there is detail at every size, as in photographs.

    Parameters
    ----------
    height, width
        Pixels, 1 or more.
    count
        How many leaves fall, one after the other.
    seed
        Another seed gives another scene.

    Returns
    -------
    (height, width)
        Greys from 0 to 255 as floats.

    Raises
    ------
    ValueError
        If a size is below 1, or the count below 0.

    Examples
    --------
    >>> leaves(4, 6).shape
    (4, 6)

    Source: Lee, Mumford and Huang (2001), "Occlusion models for natural images".
    """
    if height < 1 or width < 1 or count < 0:
        raise ValueError(f"leaves: needs height, width >= 1 and count >= 0, got {(height, width)}")
    rng = np.random.default_rng(seed)
    row, column = np.indices((height, width))
    scene = np.full((height, width), 128.0)
    for _ in range(count):
        radius = 3 / np.sqrt(1 - 0.99 * rng.random())  # from 3 to 30 pixels
        i, j = rng.random(2) * (height, width)
        scene[(row - i) ** 2 + (column - j) ** 2 <= radius**2] = rng.integers(0, 256)
    return scene


def bar(size: int = 32, *, length: int = 24, thickness: int = 4) -> np.ndarray:
    """A bar of ones that lies in the middle of a square of zeros.

    Parameters
    ----------
    size
        Rows and columns.
    length, thickness
        The bar in pixels, each at most `size`.

    Returns
    -------
    (size, size)
        Zeros and ones as floats; exactly central where the differences are even.

    Raises
    ------
    ValueError
        If the bar does not fit.

    Examples
    --------
    >>> bar(4, length=4, thickness=2).sum(axis=1)
    array([0., 4., 4., 0.])
    """
    if not (0 < length <= size and 0 < thickness <= size):
        raise ValueError(f"bar: {thickness} by {length} pixels do not fit into {size} by {size}")
    picture = np.zeros((size, size))
    top, left = (size - thickness) // 2, (size - length) // 2
    picture[top : top + thickness, left : left + length] = 1
    return picture


def rotate(picture: ArrayLike, degrees: float) -> np.ndarray:
    """Turn a picture about its middle, counter-clockwise, with zeros outside.

    Every pixel of the result asks what stood where it comes from, and mixes the four pixels
    around that place in proportion to their nearness (bilinear interpolation).

    Parameters
    ----------
    picture
        `(H, W)` numbers.
    degrees
        Any angle; multiples of 90 turn a square picture exactly, as `np.rot90` does.

    Returns
    -------
    (H, W)
        Floats; what leaves the frame is lost.

    Raises
    ------
    ValueError
        If the picture has not two axes.

    Examples
    --------
    >>> rotate([[1, 2], [3, 4]], 90)
    array([[2., 4.],
           [1., 3.]])
    """
    before = np.asarray(picture, dtype=float)
    if before.ndim != 2:
        raise ValueError(f"picture must have two axes (rows, columns); got shape {before.shape}")
    middle = (np.array(before.shape) - 1) / 2
    down, right = np.indices(before.shape) - middle[:, None, None]
    cos, sin = np.cos(np.deg2rad(degrees)), np.sin(np.deg2rad(degrees))
    source = np.stack([cos * down + sin * right, cos * right - sin * down]) + middle[:, None, None]
    return _between(before, np.round(source, 9))  # rounded, so that quarter turns are exact


def _between(picture: np.ndarray, place: np.ndarray) -> np.ndarray:
    """The value at each fractional place, 0 outside the picture."""
    limit = np.array(picture.shape)[:, None, None]
    framed = np.pad(picture, 1)
    place = np.clip(place + 1, 0, limit + 1)
    i, j = corner = np.minimum(np.floor(place).astype(int), limit)
    u, v = place - corner
    upper = (1 - v) * framed[i, j] + v * framed[i, j + 1]
    lower = (1 - v) * framed[i + 1, j] + v * framed[i + 1, j + 1]
    return np.asarray((1 - u) * upper + u * lower)


def faces(count: int, *, seed: int = 0, noise: float = 1.0) -> tuple[np.ndarray, np.ndarray]:
    """Centred faces of 10 by 10 pixels, every second one upside down, spoiled by noise.

    Parameters
    ----------
    count
        How many.
    seed
        Another seed gives other noise.
    noise
        The spread of the noise; eyes and mouth have grey value 2, the rest 0.

    Returns
    -------
    x
        `(count, 10, 10)` pictures with an empty margin of two pixels, up to the noise.
    upright
        `(count,)` +1 for an upright face, -1 for one upside down; they alternate.

    Raises
    ------
    ValueError
        If the count is negative.

    Examples
    --------
    >>> x, upright = faces(2, noise=0)
    >>> upright
    array([ 1, -1])
    >>> x[0, 2:8, 2:8].astype(int)
    array([[2, 2, 0, 0, 2, 2],
           [2, 2, 0, 0, 2, 2],
           [0, 0, 0, 0, 0, 0],
           [0, 0, 0, 0, 0, 0],
           [0, 0, 0, 0, 0, 0],
           [2, 2, 2, 2, 2, 2]])
    """
    if count < 0:
        raise ValueError(f"count must not be negative; got {count}")
    face = np.zeros((10, 10))
    face[2:4, [2, 3, 6, 7]] = 2
    face[7, 2:8] = 2
    upright = np.where(np.arange(count) % 2, -1, 1)
    x = np.where(upright[:, None, None] == 1, face, face[::-1])
    return x + noise * np.random.default_rng(seed).standard_normal(x.shape), upright


def show(
    axes: Any,
    pictures: Mapping[Any, Any] | Sequence[Any] | np.ndarray,
    *,
    low: float | None = 0,
    high: float | None = 255,
    colors: str = "gray",
) -> None:
    """Show pictures side by side, each under its title: `low` is drawn black and `high` white.

    The two limits are the same for all of them, so that their greys can be compared; matplotlib
    would stretch each picture from its own smallest to its own largest number.

    Parameters
    ----------
    axes
        One axes, or an array of at least as many as there are pictures; the rest stay empty.
    pictures
        From titles to `(H, W)` numbers; or the pictures alone, without titles.
    low, high
        The numbers drawn black and white; what lies beyond is cut off. None is the smallest or
        the largest number of each picture by itself.
    colors
        The name of a matplotlib colour map.

    Raises
    ------
    ValueError
        If there are more pictures than axes.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> fig, axes = plt.subplots(1, 2)
    >>> show(axes, {"card": card(), "darker": card() // 2})
    >>> axes[0].get_title(loc="left")
    'card'
    >>> show(axes, np.eye(4).reshape(2, 2, 4), low=None, high=None)
    >>> plt.close(fig)
    """
    panels: list[Axes] = list(np.ravel(axes))
    if len(pictures) > len(panels):
        raise ValueError(f"axes: there are {len(panels)} for {len(pictures)} pictures")
    titled = pictures.items() if isinstance(pictures, Mapping) else (("", one) for one in pictures)
    for ax in panels:
        ax.axis("off")
    for ax, (title, picture) in zip(panels, titled, strict=False):
        ax.imshow(np.asarray(picture, dtype=float), cmap=colors, vmin=low, vmax=high)
        ax.set_title(title, loc="left")
