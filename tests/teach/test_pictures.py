"""The photograph, the test card, and how they are shown."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from convlib.teach import pictures


def test_each_pixel_is_the_rounded_grey_average_of_a_block() -> None:
    fine, coarse = pictures.photograph(size=320), pictures.photograph(size=80)
    assert (fine.shape, coarse.shape) == ((320, 320), (80, 80))
    assert coarse.dtype == np.uint8
    average = fine.reshape(80, 4, 80, 4).mean(axis=(1, 3))
    np.testing.assert_allclose(coarse, average, atol=1.01)  # both were rounded


def test_the_two_photographs_differ() -> None:
    assert not np.array_equal(
        pictures.photograph(size=32), pictures.photograph("flower.jpg", size=32)
    )


@pytest.mark.parametrize("size", [0, -1, 100, 640])
def test_a_photograph_needs_equal_blocks(size: int) -> None:
    with pytest.raises(ValueError, match=f"size={size}: needs a divisor of 320"):
        pictures.photograph(size=size)


def test_an_unknown_photograph_is_named() -> None:
    with pytest.raises(ValueError, match=r"name='cat': there are 'china.jpg' and 'flower.jpg'"):
        pictures.photograph("cat")


def test_the_card_holds_what_it_promises() -> None:
    card = pictures.card(96)
    assert (card.shape, card.dtype) == ((96, 96), np.dtype(np.uint8))
    assert set(card[:48, :48].flat) == {40, 230}
    ramp = card[0, 48:].astype(int)
    assert (ramp[0], ramp[-1]) == (40, 200)
    assert set(np.diff(ramp)) <= {3, 4}
    assert card[24, 60] == 250  # the dot
    finest = card[95, :48].astype(int)
    np.testing.assert_array_equal(np.abs(np.diff(finest)), 190)
    assert card[48, 48] == 230  # the middle of the rings


@pytest.mark.parametrize("size", [0, 8, 40, -16])
def test_a_card_needs_a_multiple_of_16(size: int) -> None:
    with pytest.raises(ValueError, match=f"size={size}: needs a positive multiple of 16"):
        pictures.card(size)


def test_pictures_share_their_black_and_white() -> None:
    fig, axes = plt.subplots(1, 3)
    pictures.show(axes, {"a": np.zeros((2, 2)), "b": np.full((2, 2), 9)}, low=-1, high=10)
    limits = [image.get_clim() for ax in axes for image in ax.images]
    assert limits == [(-1, 10), (-1, 10)]
    assert [ax.get_title(loc="left") + ax.get_title() for ax in axes[:2]] == ["a", "b"]
    plt.close(fig)


def test_too_few_axes_are_counted() -> None:
    fig, ax = plt.subplots()
    with pytest.raises(ValueError, match="axes: there are 1 for 2 pictures"):
        pictures.show(ax, {"a": np.zeros((1, 1)), "b": np.zeros((1, 1))})
    plt.close(fig)
