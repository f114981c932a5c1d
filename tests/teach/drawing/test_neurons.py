"""The drawing of a layer of neurons: connections against the matrix of a layer, and lines."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

import convlib as cl
from convlib.teach.drawing import neurons
from convlib.teach.drawing.colors import COLORS


def test_a_neuron_without_a_window_sees_everything():
    assert neurons.connected((5, 7), (2, 2)) == [(0, 0), (0, 1), (1, 0), (1, 1)]


def test_a_window_begins_at_the_place_of_its_neuron():
    assert neurons.connected((1, 2), (4, 4), window=2) == [(1, 2), (1, 3), (2, 2), (2, 3)]


def test_windows_are_the_rows_of_the_matrix_of_a_convolution():
    matrix = cl.conv_matrix(np.ones((1, 1, 3, 3), int), (5, 6))
    for row, place in zip(matrix, np.ndindex(3, 4), strict=True):
        seen = [tuple(map(int, at)) for at in np.argwhere(row.reshape(5, 6))]
        assert neurons.connected(place, (5, 6), window=3) == seen


@pytest.fixture
def ax():
    figure, axes = plt.subplots()
    yield axes
    plt.close(figure)


def weights(ax, look):
    return [line for line in ax.lines if len(line.get_xdata()) == 2 and line.get_color() == look]


def test_one_line_for_every_weight_of_a_lit_neuron(ax):
    neurons.layer(ax, (6, 6), (4, 4), window=3, lit={(0, 0): "kernel", (3, 3): "product"})
    assert len(weights(ax, COLORS["kernel"])) == len(weights(ax, COLORS["product"])) == 9
    dots = [line for line in ax.lines if line.get_marker() == "o"]
    filled = [dot for dot in dots if dot.get_markerfacecolor() != "white"]
    assert (len(dots), len(filled), len(ax.patches)) == (16, 2, 36)


def test_lines_end_in_the_middle_of_the_pixels_they_belong_to(ax):
    neurons.layer(ax, (3, 3), (1, 1), lit={(0, 0): "kernel"})
    ends = sorted(
        (line.get_xdata()[1], line.get_ydata()[1]) for line in weights(ax, COLORS["kernel"])
    )
    middles = sorted(tuple(patch.get_xy()[:4].mean(axis=0)) for patch in ax.patches)
    np.testing.assert_allclose(ends, middles, atol=1e-12)


def test_a_neuron_stands_above_the_middle_of_its_window(ax):
    neurons.layer(ax, (5, 6), (3, 4), window=3, lit={(2, 1): "kernel"})
    lines = weights(ax, COLORS["kernel"])
    starts, ends = (np.array([line.get_xydata()[end] for line in lines]) for end in (0, 1))
    rise = starts[0] - ends.mean(axis=0)
    np.testing.assert_allclose(rise, [0, rise[1]], atol=1e-12)
    assert rise[1] > 0
    np.testing.assert_allclose(starts, starts[:1].repeat(9, axis=0))


def test_the_view_does_not_depend_on_the_number_of_neurons(ax):
    views = []
    for size in [(1, 1), (4, 4)]:
        neurons.layer(ax, (6, 6), size, lit={})
        views.append((ax.get_xlim(), ax.get_ylim()))
    assert views[0] == views[1]


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"lit": {(4, 0): "kernel"}}, r"lit=\{\(4, 0\): 'kernel'\}: needs places of the \(4, 4\)"),
        ({"lit": {(0, 0): "red"}}, r"lit='red': needs one of 'kernel', 'product'"),
        ({"window": 4, "lit": {(3, 0): "kernel"}}, r"window=4: needs to stay inside the \(6, 6\)"),
    ],
)
def test_what_cannot_be_drawn_is_refused(ax, options, text):
    with pytest.raises(ValueError, match=f"^{text}"):
        neurons.layer(ax, (6, 6), (4, 4), **options)
    assert not ax.patches
