"""The static pictures: what they say, that they are stable, that their numbers are right."""

import html
import json
import re
import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest

import convlib as cl
from convlib.teach import explore
from convlib.teach.explore import _backward, _conventions, _dialects, _gradients, _shapes, _slide

EXAMPLES = {
    "slide": explore.slide,
    "shapes": explore.shapes,
    "backward": explore.backward,
    "conventions": explore.conventions,
}


def slides(rng, count):
    for _ in range(count):
        x = rng.integers(-99, 100, rng.integers(1, 13)).tolist()
        w = rng.integers(-99, 100, rng.integers(1, 7)).tolist()
        yield {
            "x": x,
            "w": w,
            "flip": bool(rng.integers(2)),
            "mode": str(rng.choice(["valid", "full"])),
        }


def shape_states(rng, count):
    for _ in range(count):
        yield {
            name: int(rng.integers(low, high + 1)) for name, (low, high) in _shapes.LIMITS.items()
        }


def backward_states(rng, count):
    for _ in range(count):
        state = {
            name: rng.integers(-9, 10, rng.integers(1, most + 1)).tolist()
            for name, most in _backward.MOST.items()
        }
        for name, (low, high) in _backward.LIMITS.items():
            state[name] = int(rng.integers(low, high + 1))
        state["of"] = str(rng.choice(["input", "tap"]))
        entries = state["x"] if state["of"] == "input" else state["w"]
        yield state | {"at": int(rng.integers(len(entries)))}


def convention_states(rng, count):
    most = {"n": 15, "k": 6, "p": 4, "p2": 4, "s": 4, "d": 3}
    for _ in range(count):
        state = {
            name: int(rng.integers(_conventions.LIMITS[name][0], high + 1))
            for name, high in most.items()
        }
        source = str(rng.choice(list(_dialects.DIALECTS)))
        pad = str(rng.choice(_dialects.DIALECTS[source].pads))
        yield {"from": source, "pad": pad, **state}


def slid(layer, x, w):
    """The layer from its definition."""
    padded = np.pad(x, (layer.left, layer.right))
    taps = w[::-1] if layer.flip else w
    return [
        sum(taps[j] * padded[i * layer.s + j * layer.d] for j in range(layer.k))
        for i in range(layer.o)
    ]


@pytest.mark.parametrize("make", EXAMPLES.values(), ids=EXAMPLES)
class TestEveryFigure:
    def test_is_the_same_each_time(self, make):
        assert make()._repr_html_() == make()._repr_html_()

    def test_says_in_words_what_it_shows(self, make):
        figure = make()
        assert repr(figure) == f"{figure.title}. {figure.drawing.words}"
        assert html.escape(figure.drawing.words) in figure._repr_html_()
        assert 'role="img" aria-label="' in figure._repr_html_()

    def test_carries_its_state_as_json(self, make):
        figure = make()
        stored = re.search('data-state="([^"]*)"', figure._repr_html_())
        assert json.loads(html.unescape(stored[1])) == figure.state

    def test_is_well_formed_and_without_ids(self, make):
        markup = make(title="<a & b>")._repr_html_()
        assert "&lt;a &amp; b&gt;" in markup
        tree = ElementTree.fromstring(markup.replace("&nbsp;", " "))
        assert tree.tag == "figure"
        assert not [node for node in tree.iter() if "id" in node.attrib]  # a page may hold it twice


def test_slide_agrees_with_numpy(rng):
    for state in slides(rng, 200):
        x, w = state["x"], state["w"]
        if state["mode"] == "valid" and len(w) > len(x):
            assert _slide.compute(state).y == []
            continue
        applied = w if state["flip"] else w[::-1]  # np.convolve reverses what it is given
        np.testing.assert_array_equal(
            _slide.compute(state).y, np.convolve(x, applied, state["mode"])
        )


def test_slide_draws_every_number_of_its_open_window():
    figure = explore.slide([3, 1, 4], [2, -1], at=1, flip=True, mode="full")
    assert figure.drawing.words == (
        "Window 2 of 4 reads 3 and 1. Times the flipped kernel −1 and 2 this gives −3 and 2; "
        "the sum is y[1] = −1."
    )
    assert [int(m) for m in re.findall('data-y="([0-9]+)"', figure.drawing.body)] == [0, 2, 3, 1]


def test_slide_without_room_says_so():
    figure = explore.slide([1, 2], [1, 1, 1])
    assert "no window fits" in repr(figure)
    assert "cl-out" not in figure.drawing.body


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"x": []}, r"x must be 1 to 12 whole numbers from -99 to 99; got \[\]"),
        ({"w": [1] * 7}, "w must be 1 to 6 whole numbers"),
        ({"x": [100]}, "x must be 1 to 12 whole numbers from -99 to 99"),
        ({"mode": "same"}, 'mode must be "valid" or "full"; got \'same\''),
        ({"at": 5}, "at must be a window, 0 to 4; got 5"),
    ],
)
def test_slide_refuses_what_it_cannot_draw(arguments, message):
    with pytest.raises(ValueError, match=message):
        explore.slide(**arguments)


def test_shapes_counts_what_convlib_computes(rng):
    for state in shape_states(rng, 500):
        shape = _shapes.compute(state)
        options = {
            "stride": state["s"],
            "padding": (state["pl"], state["pr"]),
            "dilation": state["d"],
        }
        if not shape.starts:
            with pytest.raises(ValueError, match=r"needs .* the padded input"):
                cl.output_size(state["n"], state["k"], **options)
            continue
        assert len(shape.starts) == shape.formula
        assert shape.formula == cl.output_size(state["n"], state["k"], **options)
        assert shape.remainder == cl.remainder(state["n"], state["k"], **options)
        assert set(range(shape.total - shape.remainder, shape.total)) <= set(shape.unread)


def test_shapes_hatches_and_names_the_unread_inputs():
    figure = explore.shapes(8, 3, 1, 1, 3, 2)
    assert "Never read: inputs 0, 5 and 7. The last 2 cells lie beyond" in repr(figure)
    assert figure.drawing.body.count("cl-hatch") == 4  # three inputs and a zero


def test_shapes_refuses_what_leaves_its_sliders():
    with pytest.raises(ValueError, match="s must be 1 to 6; got 0"):
        explore.shapes(s=0)


def test_backward_agrees_with_convlib(rng):
    fitting = 0
    for state in backward_states(rng, 500):
        x, w = (np.array(state[name])[None, None] for name in "xw")
        grads = _gradients.compute(state)
        if not grads.starts:
            assert "no window fits" in _backward.words(state)
            continue
        fitting += 1
        options = {"stride": state["s"], "dilation": state["d"]}
        options["padding"] = ((state["pl"], state["pr"]),)
        dx, dw, db = cl.conv_backward([[grads.dy]], x, w, **options)
        assert grads.dx == dx.ravel().tolist()
        assert grads.dw == dw.ravel().tolist()
        assert _backward.words(state).endswith(f"is {str(db[0]).replace('-', '−')}.")
        options["padding"] = (state["pl"], state["pr"])
        assert grads.remainder == cl.remainder(x.size, w.size, **options)
        chosen = (grads.dx if state["of"] == "input" else grads.dw)[state["at"]]
        assert f">{str(chosen).replace('-', '−')}</b>" in _backward.equations(state)
    assert fitting >= 300


def test_backward_names_the_windows_and_the_products():
    figure = explore.backward([3, 1, 4, 1, 5, 9, 2], [1, 2, -1], stride=2, padding=(1, 0), at=3)
    assert figure.drawing.words == (
        "Input 3, the value 1, is read by output 1 through tap 2 and output 2 through tap 0; "
        "dx[3] = 1. The last 1 cell lies beyond the last window (r = 1). "
        "db, the sum of all dy, is 6."
    )
    assert re.sub("<[^>]*>", "", figure.drawing.below) == (
        "dx[3] = w[2]·dy[1] + w[0]·dy[2]= (−1)·2 + 1·3 = 1"
    )


def test_backward_says_when_nothing_reads_an_input():
    figure = explore.backward([1, 2, 3, 4, 5, 6, 7, 8], [1, 1, 1], stride=2, at=7)
    assert "No window reads input 7: no output changes with it, so dx[7] = 0." in repr(figure)
    assert figure.drawing.body.count("cl-hatch") == 1
    assert "dx[7] = <b" in figure.drawing.below


def test_backward_counts_the_padding_that_a_tap_meets():
    figure = explore.backward([1, 2, 3], [1, 1, 1], [5], padding=(1, 1), of="tap", at=0)
    assert "meets inputs 0 and 1 and 1 zero of the padding, one for each of 3 outputs" in repr(
        figure
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"x": [10]}, r"x must be 1 to 12 whole numbers from -9 to 9; got \[10\]"),
        ({"dy": []}, r"dy must be 1 to 12 whole numbers from -9 to 9; got \[\]"),
        ({"stride": 0}, "s must be 1 to 4; got 0"),
        ({"of": "bias"}, 'of must be "input" or "tap"; got \'bias\''),
        ({"of": "tap", "at": 3}, "at must be 0 to 2; got 3"),
    ],
)
def test_backward_refuses_what_it_cannot_draw(arguments, message):
    with pytest.raises(ValueError, match=message):
        explore.backward(**arguments)


def test_numpy_reads_as_the_table_says(rng):
    seen = 0
    for state in convention_states(rng, 3000):
        if state["from"] != "numpy":
            continue
        layer = _dialects.read(state, "numpy")
        x, w = rng.integers(-9, 10, state["n"]), rng.integers(-9, 10, state["k"])
        if isinstance(layer, _dialects.Layer):
            np.testing.assert_array_equal(np.convolve(x, w, state["pad"]), slid(layer, x, w))
            seen += 1
    assert seen >= 10


@pytest.mark.parametrize("who", ["book", "numpy"])
def test_what_the_table_writes_computes_the_layer(who, rng):
    for state in convention_states(rng, 300):
        layer = _dialects.read(state, state["from"])
        if isinstance(layer, str):
            continue
        x, w = rng.integers(-9, 10, state["n"]), rng.integers(-9, 10, state["k"])
        names = {"np": np, "cl": cl, "x": x, "w": w}
        if who == "book":
            names |= {"x": x[None, None], "w": w[None, None]}
        *before, last = _dialects.write(layer, who).split("; ")
        for line in before:
            exec(line, names)
        np.testing.assert_array_equal(np.ravel(eval(last, names)), slid(layer, x, w))


def test_the_sources_disagree_as_they_are_known_to():
    layer, rows = _conventions.compute(explore.conventions(8, 3, 1, 1).state)
    verdicts = {row.dialect: row.verdict for row in rows}
    assert layer.o == 8
    assert verdicts == {
        "book": "8 outputs: the same layer",
        "pytorch": "8 outputs: your numbers",
        "keras": "has no number for the padding",
        "onnx": "8 outputs: the same layer",
        "numpy": "has no number for the padding",
        "cs231n": "6 outputs, not 8: taps 2 apart",
        "d2l": "7 outputs, not 8: pads (1, 0)",
        "flux": "8 outputs too, but: kernel reversed",
    }


@pytest.mark.parametrize(
    ("who", "sides"),
    [(who, (1, 2)) for who in ("book", "keras", "onnx", "pytorch")]
    + [("numpy", (2, 1)), ("flux", (2, 1))],
)
def test_same_puts_its_odd_zero_on_either_side(who, sides):
    state = {"from": who, "pad": "same", "n": 8, "k": 4, "p": 0, "p2": 0, "s": 1, "d": 1}
    layer = _dialects.read(state, who)
    assert (layer.left, layer.right) == sides
    assert layer.o == 8


def test_keras_writes_same_only_where_it_means_the_same(rng):
    for state in convention_states(rng, 1000):
        layer = _dialects.read(state, state["from"])
        if isinstance(layer, _dialects.Layer) and 'padding="same"' in _dialects.write(
            layer, "keras"
        ):
            mine = _dialects.read(state | {"pad": "same", "d": layer.d}, "keras")
            assert (mine.left, mine.right, mine.o) == (layer.left, layer.right, layer.o)


def test_a_layer_that_its_source_refuses_is_still_read_by_the_others():
    figure = explore.conventions(8, 3, 1, 2, 0, written="cs231n")
    assert repr(figure).endswith(
        "No layer to translate: CS231n refuses it: stride 2 leaves 1 over, the size is not whole. "
        "The table shows what the others make of it."
    )
    assert "→" not in figure.drawing.below  # they refuse dilation 0 in their turn
    figure = explore.conventions(8, 4, 1, 2, 1, written="cs231n")
    assert "→ 4 outputs: pads (1, 1)" in figure.drawing.below


def test_conventions_refuses_unknown_names_and_numbers():
    with pytest.raises(ValueError, match="written must be one of"):
        explore.conventions(written="matlab")
    with pytest.raises(ValueError, match="s must be 1 to 999; got 0"):
        explore.conventions(s=0)


def test_a_layer_too_wide_to_draw_keeps_its_numbers():
    figure = explore.conventions(224, 7, 3, 2)
    assert "Too wide to draw" in figure.drawing.body
    assert "112 outputs" in repr(figure)


def test_live_brings_the_script_and_the_style():
    data = explore.live().data
    assert "convExplore.watch()" in data
    assert "--cl-input" in data
