"""The photograph, the test card, and how they are shown."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from convlib.teach.drawing import pictures
from convlib.teach.drawing.pictures import bar, faces, leaves, rotate


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


class TestLeaves:
    def test_a_scene_is_the_same_every_time_and_another_for_another_seed(self) -> None:
        np.testing.assert_array_equal(leaves(20, 30), leaves(20, 30))
        assert not np.array_equal(leaves(20, 30), leaves(20, 30, seed=1))

    def test_greys_are_whole_numbers_up_to_255(self) -> None:
        scene = leaves(40, 50)
        assert scene.shape == (40, 50)
        assert scene.dtype == np.float64
        assert 0 <= scene.min() < scene.max() <= 255
        np.testing.assert_array_equal(scene, np.round(scene))

    def test_without_leaves_the_ground_is_grey(self) -> None:
        np.testing.assert_array_equal(leaves(2, 3, count=0), np.full((2, 3), 128.0))

    @pytest.mark.parametrize("size", [(0, 3), (3, 0)])
    def test_refuses_an_empty_scene(self, size: tuple[int, int]) -> None:
        with pytest.raises(ValueError, match=r"^leaves: needs height, width >= 1"):
            leaves(*size)


class TestBar:
    def test_lies_in_the_middle(self) -> None:
        picture = bar(8, length=6, thickness=2)
        np.testing.assert_array_equal(picture, picture[::-1, ::-1])
        assert picture.sum() == 12
        np.testing.assert_array_equal(picture[2:4, 1], [0, 1])

    @pytest.mark.parametrize(("length", "thickness"), [(9, 2), (2, 9), (0, 2)])
    def test_refuses_one_that_does_not_fit(self, length: int, thickness: int) -> None:
        with pytest.raises(ValueError, match="do not fit into 8 by 8"):
            bar(8, length=length, thickness=thickness)


class TestRotate:
    @pytest.mark.parametrize("n", [1, 4, 5])
    @pytest.mark.parametrize("quarter", [-1, 0, 1, 2, 3, 4])
    def test_quarter_turns_are_exact(self, n: int, quarter: int) -> None:
        x = np.arange(n * n).reshape(n, n)
        np.testing.assert_array_equal(rotate(x, 90 * quarter), np.rot90(x, quarter))

    def test_is_linear_and_leaves_its_input_alone(self, rng: np.random.Generator) -> None:
        x, z = rng.standard_normal((2, 6, 6))
        before = x.copy()
        np.testing.assert_allclose(
            rotate(2 * x - z, 33), 2 * rotate(x, 33) - rotate(z, 33), atol=1e-12
        )
        np.testing.assert_array_equal(x, before)

    def test_mixes_neighbours_in_proportion(self) -> None:
        x = np.zeros((5, 5))
        x[2, 2] = 1  # the middle stays, whatever the angle
        assert rotate(x, 45)[2, 2] == 1
        right = np.roll(x, 1, axis=1)
        # pixel (1, 3) comes from √2 to the right of the middle, where 2 − √2 of the one is left
        assert rotate(right, 45)[1, 3] == pytest.approx(2 - np.sqrt(2))

    def test_what_leaves_the_frame_is_lost(self) -> None:
        assert rotate(np.ones((9, 9)), 45)[0, 0] == 0
        assert rotate(np.ones((9, 9)), 45)[4, 4] == 1

    def test_needs_a_picture(self) -> None:
        with pytest.raises(ValueError, match=r"picture must have two axes.*got shape \(3,\)"):
            rotate([1, 2, 3], 5)


class TestFaces:
    def test_are_upright_and_upside_down_in_turn(self) -> None:
        x, upright = faces(4, noise=0)
        np.testing.assert_array_equal(upright, [1, -1, 1, -1])
        np.testing.assert_array_equal(x[1], x[0][::-1])
        np.testing.assert_array_equal(x[2], x[0])

    def test_both_kinds_hold_the_same_amount_in_an_empty_margin(self) -> None:
        x, _ = faces(2, noise=0)
        assert x[0].sum() == x[1].sum() == 28
        for margin in (x[:, :2], x[:, -2:], x[:, :, :2], x[:, :, -2:]):
            assert not margin.any()

    def test_noise_has_the_spread_asked_for(self) -> None:
        clean, noisy = faces(200, noise=0)[0], faces(200, noise=3, seed=2)[0]
        assert (noisy - clean).std() == pytest.approx(3, rel=0.05)
        assert not np.array_equal(noisy, faces(200, noise=3, seed=3)[0])

    def test_refuses_a_negative_count(self) -> None:
        with pytest.raises(ValueError, match="count must not be negative; got -1"):
            faces(-1)


def test_pictures_without_titles_are_shown_with_limits_of_their_own() -> None:
    fig, axes = plt.subplots(1, 3)
    pictures.show(axes, np.array([[[1, 2]], [[3, 7]]]), low=None, high=None, colors="Blues")
    drawn = [ax.images[0] for ax in axes[:2]]
    assert [image.get_clim() for image in drawn] == [(1, 2), (3, 7)]
    assert [image.get_cmap().name for image in drawn] == ["Blues", "Blues"]
    assert [ax.get_title(loc="left") for ax in axes] == ["", "", ""]
    assert not axes[2].images
    assert not axes[2].axison
    plt.close(fig)
