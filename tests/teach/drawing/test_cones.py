"""The drawing of a stack: its links against the gradient of the stack, and what is drawn."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

import convlib as cl
from convlib.teach.drawing import cones


def test_links_of_a_strided_layer_with_padding():
    assert list(cones.links([(3, 2, 1, 2)], 1)) == [[(1, 1), (1, 3), (1, 5)]]


def test_links_lead_to_every_input_that_counts(rng):
    for _ in range(40):
        layers = [
            (int(rng.integers(1, 4)), int(rng.integers(1, 3)), 0, int(rng.integers(1, 3)))
            for _ in range(rng.integers(1, 4))
        ]
        y = np.eye(60)[:, None]
        for k, s, p, d in layers:
            y = cl.conv(y, np.ones((1, 1, k)), stride=s, padding=p, dilation=d)
        for output in (0, 1):
            *_, last = cones.links(layers, output)
            assert sorted({below for _, below in last}) == np.flatnonzero(y[:, 0, output]).tolist()


@pytest.fixture
def ax():
    figure, axes = plt.subplots()
    yield axes
    plt.close(figure)


def heights(ax, marker):
    return sorted(line.get_ydata()[0] for line in ax.lines if line.get_marker() == marker)


def test_one_dot_for_every_number_and_one_line_for_every_link(ax):
    cones.cone(ax, [(3,), (3, 2)], 9, bars=[0, 1])
    assert heights(ax, "o") == [0] * 9 + [1] * 7 + [2] * 3
    assert heights(ax, "s") == []
    lines = [line for line in ax.lines if len(line.get_xdata()) == 2]
    assert len(lines) == 3 + 9 + 2
    bars = [list(line.get_xdata()) for line in lines if line.get_ydata()[0] < 0]
    np.testing.assert_allclose(bars, [[-0.4, 4.4], [1.6, 6.4]])


def test_numbers_stand_above_the_middle_of_what_they_see(ax):
    cones.cone(ax, [(2, 2)], 4)
    places = [line.get_xdata()[0] for line in ax.lines if line.get_ydata()[0] == 1]
    assert {0.5, 2.5} <= set(places)


def test_padding_is_drawn_as_squares_and_leads_nowhere(ax):
    cones.cone(ax, [(3,), (3, 1, 1)], 5)
    assert heights(ax, "s") == [1]
    into = [line for line in ax.lines if list(line.get_ydata()) == [1, 0]]
    assert len(into) == 6
