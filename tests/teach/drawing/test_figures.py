import itertools

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest

from convlib.teach import figures

# Machado, Oliveira and Fernandes (2009), severity 1: what is seen without one kind of cone.
BLIND = {
    "none": np.eye(3),
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216],
                   [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413],
                     [-0.011820, 0.042940, 0.968881]],
    "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602],
                   [0.004733, 0.691367, 0.303900]],
}  # fmt: skip
# CSS hue-rotate(180deg) as the Filter Effects specification defines it.
LUMA = np.array([0.213, 0.715, 0.072])
HUE_ROTATE = 2 * np.tile(LUMA, (3, 1)) - np.array(
    [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
)  # cos 180 = -1, sin 180 = 0
XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750],
     [0.0193339, 0.1191920, 0.9503041]]
)  # fmt: skip


def rgb(text):
    return np.array(mpl.colors.to_rgb(text))


def linear(color):
    return np.where(color <= 0.04045, color / 12.92, ((color + 0.055) / 1.055) ** 2.4)


def encoded(light):
    light = np.clip(light, 0, 1)
    return np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)


def light_theme(color):
    return color


def dark_theme(color):
    """What `filter: invert() hue-rotate(180deg)` makes of a colour."""
    return np.clip(HUE_ROTATE @ (1 - color), 0, 1)


def contrast(a, b):
    low, high = sorted(float(linear(c) @ XYZ[1]) for c in (a, b))
    return (high + 0.05) / (low + 0.05)


def lab(color):
    x = XYZ @ linear(color) / np.array([0.95047, 1, 1.08883])
    f = np.where(x > 216 / 24389, np.cbrt(x), (24389 / 27 * x + 16) / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("theme", [light_theme, dark_theme])
@pytest.mark.parametrize("blindness", BLIND)
def test_colours_are_told_apart(theme, blindness):
    seen = {
        name: lab(encoded(np.array(BLIND[blindness]) @ linear(theme(rgb(color)))))
        for name, color in figures.COLORS.items()
    }
    for (a, lab_a), (b, lab_b) in itertools.combinations(seen.items(), 2):
        distance = np.linalg.norm(lab_a - lab_b)
        assert distance >= 12, f"{a} and {b} look alike: distance {distance:.1f}"


@pytest.mark.parametrize("theme", [light_theme, dark_theme])
@pytest.mark.parametrize("name", figures.COLORS)
def test_colours_stand_out_from_the_page(theme, name):
    least = 3 if name == "muted" else 4.5  # the others are also used for text
    assert contrast(theme(rgb(figures.COLORS[name])), theme(np.ones(3))) >= least


def test_the_colour_measure_itself():
    np.testing.assert_allclose(contrast(np.zeros(3), np.ones(3)), 21)
    np.testing.assert_allclose(dark_theme(np.ones(3)), 0, atol=1e-12)
    np.testing.assert_allclose(dark_theme(np.zeros(3)), 1)
    np.testing.assert_allclose(lab(np.ones(3)), [100, 0, 0], atol=0.02)
    green, red = rgb("#00a000"), rgb("#b06000")  # a pair that the test must reject
    apart = [lab(encoded(np.array(BLIND["deuteranopia"]) @ linear(c))) for c in (green, red)]
    assert np.linalg.norm(apart[0] - apart[1]) < 12


@pytest.fixture
def ax():
    with mpl.rc_context():
        figures.use()
        fig, axes = plt.subplots()
        yield axes
        plt.close(fig)


def texts(ax):
    return [t.get_text() for t in ax.texts]


def test_use_overrides_what_was_set_before():
    with mpl.rc_context({"font.size": 3, "axes.grid": False}):
        figures.use()
        assert mpl.rcParams["font.size"] == 11
        assert mpl.rcParams["axes.grid"]


def test_no_text_is_smaller_than_nine_points(ax):
    figures.cells(ax, [1, 12345], labels=[0, 1], name="x")
    figures.grid(ax, [[1, 2]], name="X")
    figures.strip(ax, 5, 3)
    assert min(t.get_size() for t in ax.texts) >= 9
    sizes = [v for key, v in figures.STYLE.items() if key.endswith(("size", ".fontsize"))]
    assert min(v for v in sizes if isinstance(v, int) and v > 6) >= 9


def test_cells_show_the_numbers_in_their_places(ax):
    assert figures.cells(ax, [3, -1, 0.5], x=2, y=1, highlight={1}, hatch={2}, name="x") is None
    assert texts(ax) == ["3", "−1", "0.5", "x"]
    assert ax.texts[1].get_position() == (3, 1)
    assert [p.get_hatch() for p in ax.patches] == [None, None, "////"]
    assert ax.patches[1].get_linewidth() > ax.patches[0].get_linewidth()


def test_cells_take_symbols_and_nothing(ax):
    sympy = pytest.importorskip("sympy")
    figures.cells(ax, [sympy.Symbol("w_0"), float("nan"), float("inf"), ""])
    assert texts(ax) == ["w_0", "nan", "inf", ""]
    figures.cells(ax, [])


def test_grid_rows_run_downwards_and_the_window_has_a_frame(ax):
    assert figures.grid(ax, np.arange(6).reshape(2, 3), window=(0, 1, 2, 2), hatch=[(0, 0)]) is None
    assert [t.get_position() for t in ax.texts][-1] == (2, -1)
    frame = ax.patches[-1]
    assert frame.get_bbox().bounds == (0.5, -1.5, 2, 2)
    assert ax.patches[0].get_hatch() == "////"


def test_frame_is_empty_and_lies_where_it_should(ax):
    figures.frame(ax, 2, -1, 3, 1.5, color="output")
    (patch,) = ax.patches
    assert patch.get_bbox().bounds == (2, -1, 3, 1.5)
    assert not patch.get_fill()
    np.testing.assert_allclose(patch.get_edgecolor()[:3], rgb(figures.COLORS["output"]))


def test_frame_takes_the_colour_of_a_kernel_or_any_other(ax):
    figures.frame(ax, 0, 0, 1, 1)
    figures.frame(ax, 0, 0, 1, 1, color="#ff9f40")
    edges = [patch.get_edgecolor()[:3] for patch in ax.patches]
    np.testing.assert_allclose(edges, [rgb(figures.COLORS["kernel"]), rgb("#ff9f40")])


def test_grid_labels_rows_and_columns_and_marks_single_entries(ax):
    figures.grid(ax, np.eye(2), highlight=[(1, 0)], rows=["a", "b"], columns=range(2), name="T")
    assert texts(ax) == ["1", "0", "0", "1", "a", "b", "0", "1", "T"]
    widths = [p.get_linewidth() for p in ax.patches]
    assert widths.index(max(widths)) == 2


def test_stem_draws_every_value(ax):
    assert figures.stem(ax, [1, -2, 3], start=-1) is None
    np.testing.assert_array_equal(ax.lines[-1].get_xydata(), [[-1, 1], [0, -2], [1, 3]])


def test_strip_hatches_exactly_the_unread_inputs(ax):
    figures.strip(ax, 7, 2, stride=3, padding=(1, 0), dilation=1)  # reads 0; 2, 3; 5, 6
    hatched = [p.get_x() + 0.5 for p in ax.patches if p.get_hatch()]
    assert hatched == [1, 4]
    assert [t for t in texts(ax) if t.startswith("y")] == ["y[0]", "y[1]", "y[2]"]


def test_strip_with_a_kernel_that_does_not_fit_has_no_windows(ax):
    figures.strip(ax, 2, 5)
    assert not [t for t in texts(ax) if t.startswith("y")]


def test_figures_are_deterministic(ax, tmp_path):
    figures.cells(ax, [1, 2], hatch=[0])
    for name in ("a.svg", "b.svg"):
        ax.figure.savefig(tmp_path / name, metadata={"Date": None})
    assert (tmp_path / "a.svg").read_bytes() == (tmp_path / "b.svg").read_bytes()
