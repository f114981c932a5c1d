"""The interactives in a browser: the same numbers and pictures as Python's, by keyboard, calmly."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

import convlib as cl
from convlib.teach import explore, figures
from convlib.teach.explore import _backward, _conventions, _dialects, _shapes, _slide

EXPLORE = Path(explore.__file__).parent
STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
DRAW = {
    "slide": _slide.draw,
    "shapes": _shapes.draw,
    "backward": _backward.draw,
    "conventions": _conventions.draw,
}
Open = Callable[..., Any]


@pytest.fixture
def opened(browser: Browser, tmp_path: Path) -> Open:
    """Return a context manager that opens a page with the given interactives, and nothing else.

    At its end it fails if the page printed, requested or raised anything it should not."""

    @contextmanager
    def page_with(*figures: Any, theme: str = "light", **options: Any) -> Iterator[Page]:
        problems: list[str] = []
        body = "".join(figure._repr_html_() for figure in figures)
        (tmp_path / "page.html").write_text(
            f'<!doctype html><html lang="en" data-theme="{theme}"><head><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width"><title>Test</title>'
            f'<link rel="stylesheet" href="{(EXPLORE / "explore.css").as_uri()}">'
            f'<script defer src="{(EXPLORE / "explore.js").as_uri()}"></script>'
            '<style>html[data-theme="dark"] { background: #14181e; color: #fff }</style></head>'
            f"<body><main><h1>Test</h1>{body}</main></body></html>",
            encoding="utf-8",
        )
        context = browser.new_context(**{"reduced_motion": "reduce"} | options)
        context.set_default_timeout(5_000)
        page = context.new_page()
        page.on("console", lambda message: problems.append(message.text))
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("requestfailed", lambda request: problems.append(request.url))
        page.goto((tmp_path / "page.html").as_uri())
        yield page
        context.close()
        assert problems == []

    return page_with


def slides(rng: np.random.Generator, count: int) -> list[dict[str, Any]]:
    states = []
    for _ in range(count):
        x = rng.integers(-99, 100, rng.integers(1, 13)).tolist()
        w = rng.integers(-99, 100, rng.integers(1, 7)).tolist()
        state = {"x": x, "w": w, "flip": bool(rng.integers(2)), "at": 0}
        state["mode"] = str(rng.choice(["valid", "full"]))
        windows = len(_slide.compute(state).y)
        states.append(state | {"at": int(rng.integers(windows)) if windows else 0})
    return states


def shape_states(rng: np.random.Generator, count: int) -> list[dict[str, int]]:
    limits = _shapes.LIMITS.items()
    return [{key: int(rng.integers(a, b + 1)) for key, (a, b) in limits} for _ in range(count)]


def backward_states(rng: np.random.Generator, count: int) -> list[dict[str, Any]]:
    states = []
    for _ in range(count):
        state: dict[str, Any] = {
            key: rng.integers(-9, 10, rng.integers(1, most + 1)).tolist()
            for key, most in _backward.MOST.items()
        }
        for key, (low, high) in _backward.LIMITS.items():
            state[key] = int(rng.integers(low, high + 1))
        state["of"] = str(rng.choice(["input", "tap"]))
        entries = state["x"] if state["of"] == "input" else state["w"]
        states.append(state | {"at": int(rng.integers(len(entries)))})
    return states


def convention_states(rng: np.random.Generator, count: int) -> list[dict[str, Any]]:
    most = {"n": 18, "k": 6, "p": 4, "p2": 4, "s": 4, "d": 3}
    states = []
    for _ in range(count):
        lows = {key: _conventions.LIMITS[key][0] for key in most}
        numbers = {key: int(rng.integers(lows[key], most[key] + 1)) for key in most}
        source = str(rng.choice(list(_dialects.DIALECTS)))
        pad = str(rng.choice(_dialects.DIALECTS[source].pads))
        states.append({"from": source, "pad": pad, **numbers})
    return states


STATES = {
    "slide": slides,
    "shapes": shape_states,
    "backward": backward_states,
    "conventions": convention_states,
}
MAP = "([kind, name, states]) => states.map((state) => convExplore[kind][name](state))"


@pytest.mark.parametrize("name", DRAW)
def test_the_page_draws_what_python_draws(
    opened: Open, rng: np.random.Generator, name: str
) -> None:
    states = STATES[name](rng, 300)
    with opened(explore.slide()) as page:
        drawn = page.evaluate(MAP, ["draw", name, states])
    for state, theirs in zip(states, drawn, strict=True):
        ours = DRAW[name](state)
        for part in ("body", "words", "below", "alt", "width", "height"):
            assert theirs[part] == getattr(ours, part), (state, part)


def test_the_page_slides_like_numpy(opened: Open, rng: np.random.Generator) -> None:
    states = slides(rng, 300)
    with opened(explore.slide()) as page:
        results = page.evaluate(MAP, ["compute", "slide", states])
    for state, result in zip(states, results, strict=True):
        x, w = state["x"], state["w"]
        if state["mode"] == "valid" and len(w) > len(x):
            assert result["y"] == []
        else:
            applied = w if state["flip"] else w[::-1]
            np.testing.assert_array_equal(result["y"], np.convolve(x, applied, state["mode"]))
        np.testing.assert_array_equal(np.sum(result["products"], axis=-1), result["y"])


def test_the_page_counts_like_convlib(opened: Open, rng: np.random.Generator) -> None:
    states = shape_states(rng, 500)
    with opened(explore.slide()) as page:
        results = page.evaluate(MAP, ["compute", "shapes", states])
    for state, result in zip(states, results, strict=True):
        sizes = state["n"], state["k"]
        options = {"stride": state["s"], "dilation": state["d"]}
        options["padding"] = (state["pl"], state["pr"])
        if result["starts"]:
            assert len(result["starts"]) == result["formula"] == cl.output_size(*sizes, **options)
            assert result["remainder"] == cl.remainder(*sizes, **options)
        else:
            with pytest.raises(ValueError, match=r"needs .* the padded input"):
                cl.output_size(*sizes, **options)


def test_the_page_differentiates_like_convlib(opened: Open, rng: np.random.Generator) -> None:
    states = backward_states(rng, 300)
    with opened(explore.slide()) as page:
        results = page.evaluate(MAP, ["compute", "backward", states])
    for state, result in zip(states, results, strict=True):
        if result["starts"]:
            options = {"stride": state["s"], "dilation": state["d"]}
            options["padding"] = ((state["pl"], state["pr"]),)
            grads = cl.conv_backward([[result["dy"]]], [[state["x"]]], [[state["w"]]], **options)
            assert result["dx"] == grads.dx.ravel().tolist()
            assert result["dw"] == grads.dw.ravel().tolist()


def test_the_page_translates_like_convlib(opened: Open, rng: np.random.Generator) -> None:
    states = convention_states(rng, 500)
    with opened(explore.slide()) as page:
        results = page.evaluate(MAP, ["compute", "conventions", states])
    assert sum(isinstance(result["layer"], dict) for result in results) >= 200
    for result in results:
        layer = result["layer"]
        if isinstance(layer, dict):
            options = {"stride": layer["s"], "dilation": layer["d"]}
            options["padding"] = (layer["left"], layer["right"])
            assert layer["o"] == cl.output_size(layer["n"], layer["k"], **options)
            assert layer["rest"] == cl.remainder(layer["n"], layer["k"], **options)


def test_colours_are_those_of_the_figures() -> None:
    style = (EXPLORE / "explore.css").read_text(encoding="utf-8")
    light, dark = (
        dict(re.findall(r"--cl-([a-z]+): (#[0-9a-f]{6});", block))
        for block in re.findall(r"\{([^}]*--cl-ink[^}]*)\}", style)[:2]
    )
    luma = np.array([0.213, 0.715, 0.072])  # of the Filter Effects specification
    for name, color in figures.COLORS.items():
        assert light[name] == color
        turned = (2 * np.tile(luma, (3, 1)) - np.eye(3)) @ (1 - np.array(mpl.colors.to_rgb(color)))
        shown = np.array(mpl.colors.to_rgb(dark[name]))
        np.testing.assert_allclose(shown, np.clip(turned, 0, 1), atol=1 / 255, err_msg=name)


def words(page: Page) -> str:
    return str(page.locator(".cl-words").text_content())


def test_slide_by_keyboard(opened: Open) -> None:
    with opened(explore.slide()) as page:
        page.get_by_label("Window", exact=True).focus()
        page.keyboard.press("ArrowRight")
        expect(page.locator(".cl-words")).to_contain_text("Window 2 of 5")
        page.get_by_role("button", name="Next window").focus()
        page.keyboard.press("Enter")
        expect(page.locator(".cl-words")).to_contain_text("Window 3 of 5")
        output = page.get_by_role("radio", name="output 2, −1")
        expect(output).to_be_checked()
        output.focus()
        page.keyboard.press("End")
        expect(page.get_by_role("radio", name="output 4, 3")).to_be_focused()
        page.keyboard.press("ArrowRight")  # round to the beginning
        expect(page.locator(".cl-words")).to_contain_text("Window 1 of 5")
        page.get_by_role("radio", name="flipped (convolution)").focus()
        page.keyboard.press("Space")
        expect(page.locator(".cl-words")).to_contain_text("flipped kernel −1, 0 and 1")
        page.get_by_role("radio", name="any overlap (full)").check()
        expect(page.locator(".cl-words")).to_contain_text("Window 1 of 9 reads 0, 0 and 3")
        assert page.locator("svg [role=radio][tabindex='0']").count() == 1  # one stop for all


def test_a_picture_wider_than_a_phone_follows_its_window(opened: Open) -> None:
    wide = explore.slide(range(1, 13), [1] * 6, mode="full")
    with opened(wide, viewport={"width": 390, "height": 844}) as page:
        page.get_by_role("button", name="Previous window").click()  # round to the last one
        expect(page.locator(".cl-words")).to_contain_text("Window 17 of 17")
        expect(page.locator('[data-y="16"]')).to_be_in_viewport(ratio=1)


def test_slide_shows_the_window_of_an_output_under_the_pointer(opened: Open) -> None:
    with opened(explore.slide()) as page:
        page.locator('[data-y="3"]').hover()
        expect(page.locator(".cl-words")).to_contain_text("Window 4 of 5")
        page.locator(".cl-title").hover()
        expect(page.locator(".cl-words")).to_contain_text("Window 1 of 5")
        page.locator('[data-y="2"]').click()
        page.locator(".cl-title").hover()
        expect(page.locator(".cl-words")).to_contain_text("Window 3 of 5")


def test_slide_by_touch(opened: Open) -> None:
    with opened(explore.slide(), has_touch=True, viewport={"width": 390, "height": 844}) as page:
        page.locator('[data-y="2"]').tap()
        expect(page.locator(".cl-words")).to_contain_text("Window 3 of 5")
        page.get_by_role("button", name="Next window").tap()
        expect(page.locator(".cl-words")).to_contain_text("Window 4 of 5")


def test_slide_takes_numbers_from_the_reader(opened: Open) -> None:
    with opened(explore.slide()) as page:
        page.get_by_label("list x").fill("2; −3 5,7")
        page.get_by_label("kernel w").fill("1 1")
        expect(page.locator(".cl-eq")).to_have_text("y[0] = 2·1 + (−3)·1 = −1")
        page.get_by_label("kernel w").fill("1 1 1 1 1")
        assert words(page) == "The kernel has 5 numbers and x has only 4: no window fits."


SILLY_LISTS = {
    "": "Write at least one whole number for x, for example 3, 1, 4.",
    " , ,": "Write at least one whole number for x, for example 3, 1, 4.",
    "3, a": "“a” is not a whole number. Write for example 3, 1, 4.",
    "1.5": "“1.5” is not a whole number. Write for example 3, 1, 4.",
    "<b>x</b>": "“<b>x</b>” is not a whole number. Write for example 3, 1, 4.",
    "1e9": "“1e9” is not a whole number. Write for example 3, 1, 4.",
    "100": "100 is too long for its cell: use −99 to 99.",
    "9" * 50: "9" * 20 + " is too long for its cell: use −99 to 99.",
    "1 " * 13: "13 numbers are too many to draw: x takes at most 12.",
}


def test_slide_survives_silly_lists(opened: Open) -> None:
    with opened(explore.slide()) as page:
        field = page.get_by_label("list x")
        for text, sentence in SILLY_LISTS.items():
            before = page.locator(".cl-pic").inner_html()
            field.fill(text)
            expect(page.get_by_role("alert")).to_have_text(sentence)
            expect(field).to_have_attribute("aria-invalid", "true")
            assert page.locator(".cl-pic").inner_html() == before
            field.fill("1, 2, 3")
            expect(page.locator(".cl-err")).to_have_text("")
            expect(field).not_to_have_attribute("aria-invalid", "true")


def test_backward_by_keyboard_and_pointer(opened: Open) -> None:
    eight = explore.backward([1, 2, 3, 4, 5, 6, 7, 8], [1, 2, 3], [1, 2, 3], stride=2)
    with opened(eight) as page:
        chosen = page.get_by_role("radio", name="dx of input 0, 1")
        expect(chosen).to_be_checked()
        chosen.focus()
        page.keyboard.press("End")
        expect(page.get_by_role("radio", name="dx of input 7, 0")).to_be_focused()
        expect(page.locator(".cl-words")).to_contain_text("No window reads input 7")
        page.locator('[data-x="2"]').hover()
        expect(page.locator(".cl-eq").last).to_have_text("= 3·1 + 1·2 = 5")
        page.locator(".cl-title").hover()
        expect(page.locator(".cl-words")).to_contain_text("No window reads input 7")
        page.get_by_role("radio", name="a weight (dw)").check()
        expect(page.locator(".cl-words")).to_contain_text("Tap 2, the weight 3, meets inputs 2, 4")
        page.get_by_label("gradient dy").fill("1")
        expect(page.locator(".cl-eq").last).to_have_text("= 3·1 + 5·1 + 7·1 = 15")
        page.get_by_label("list x").fill("1")
        expect(page.locator(".cl-words")).to_contain_text("no window fits")
        page.get_by_label("gradient dy").fill("1, 10")
        expect(page.get_by_role("alert")).to_have_text("10 is too long for its cell: use −9 to 9.")


SILLY_NUMBERS = [
    ("stride s", "0", "0 is too low: a stride below 1 never moves on. Use 1 to 6."),
    ("stride s", "-2", "−2 is too low: a stride below 1 never moves on. Use 1 to 6."),
    ("stride s", "", "Write a whole number from 1 to 6."),
    ("stride s", "1.5", "1.5 is not a whole number: use 1 to 6."),
    ("taps k", "0", "0 is too low: a kernel has at least one tap. Use 1 to 9."),
    ("inputs n", "99999999999999999999", "99999999999999999999 is too high for this page: "),
    ("dilation d", "0", "0 is too low: dilation 1 is the ordinary kernel. Use 1 to 5."),
    ("zeros before", "-1", "−1 is too low: padding only adds. Use 0 to 8."),
]


def test_shapes_survives_silly_numbers(opened: Open) -> None:
    with opened(explore.shapes()) as page:
        for count, (field, text, sentence) in enumerate(SILLY_NUMBERS, start=8):
            before = page.locator(".cl-pic").inner_html()
            page.get_by_label(field, exact=True).fill(text)
            expect(page.get_by_role("alert")).to_contain_text(sentence)
            assert page.locator(".cl-pic").inner_html() == before
            page.get_by_label("inputs n, slider").focus()
            page.keyboard.press("ArrowRight")  # another handle puts the refused field right again
            expect(page.get_by_label(field, exact=True)).not_to_have_value(text)
            expect(page.locator(".cl-words")).to_contain_text(f"{count} inputs")
            expect(page.locator(".cl-err")).to_have_text("")


def test_shapes_refuses_letters(opened: Open) -> None:
    with opened(explore.shapes()) as page:
        page.get_by_label("stride s", exact=True).fill("")
        page.keyboard.type("--e")
        expect(page.get_by_role("alert")).to_have_text("Write a whole number from 1 to 6.")


def test_shapes_presets(opened: Open) -> None:
    with opened(explore.shapes(8, 4, s=1)) as page:
        same = page.get_by_role("button", name="same")
        same.click()
        expect(same).to_have_attribute("aria-pressed", "true")
        expect(page.locator(".cl-words")).to_contain_text("1 zero before and 2 zeros after")
        expect(page.locator(".cl-words")).to_contain_text("8 outputs")
        page.get_by_role("button", name="full").click()
        expect(page.locator(".cl-words")).to_contain_text("11 outputs")
        page.get_by_role("button", name="valid").click()
        expect(page.locator(".cl-words")).to_contain_text("5 outputs")
        page.get_by_label("dilation d", exact=True).fill("5")
        page.get_by_role("button", name="full").click()
        sentence = "“full” needs 15 zeros before and 15 after; this picture draws at most 8"
        expect(page.get_by_role("alert")).to_contain_text(sentence)


def test_conventions_by_hand(opened: Open) -> None:
    with opened(explore.conventions(8, 3, 1, 1)) as page:
        expect(page.get_by_label("p after")).to_be_hidden()
        page.get_by_label("written for").select_option("d2l’s formula")
        expect(page.get_by_label("p in all")).to_have_value("1")
        expect(page.locator(".cl-words")).to_contain_text("7 outputs")
        page.get_by_label("written for").select_option("ONNX")
        page.get_by_label("p after").fill("2")
        expect(page.locator(".cl-words")).to_contain_text("1 zero before and 2 zeros after")
        page.get_by_label("written for").select_option("Keras")
        expect(page.get_by_label("padding")).to_have_value("valid")
        expect(page.get_by_label("p before")).to_be_hidden()
        page.get_by_label("dilation d").fill("2")
        page.get_by_label("stride s").fill("2")
        expect(page.locator(".cl-words")).to_contain_text(
            "refuses a stride and a dilation together"
        )
        page.get_by_label("stride s").fill("0")
        expect(page.get_by_role("alert")).to_contain_text("a stride below 1 never moves on")


def test_playing_can_be_paused(opened: Open) -> None:
    with opened(explore.slide(play=True), reduced_motion="no-preference") as page:
        player = page.get_by_role("button", name="Pause")
        expect(player).to_be_visible()
        expect(page.locator(".cl-words")).to_have_attribute("aria-live", "off")
        expect(page.locator(".cl-words")).to_contain_text("Window 2 of 5")
        player.click()
        still = words(page)
        page.wait_for_timeout(2500)
        assert words(page) == still
        expect(page.locator(".cl-words")).to_have_attribute("aria-live", "polite")


def test_nothing_moves_by_itself_for_who_asked_so(opened: Open) -> None:
    with opened(explore.slide(play=True), reduced_motion="reduce") as page:
        expect(page.get_by_role("button", name="Play")).to_be_visible()
        page.get_by_role("button", name="Next window").click()
        assert page.evaluate("document.getAnimations().length") == 0
        expect(page.locator(".cl-words")).to_contain_text("Window 2 of 5")


ALL = [
    explore.slide(at=1),
    explore.slide([1] * 12, [1] * 6, mode="full"),
    explore.shapes(8, 3, 1, 1, 3, 2),
]
ALL += [explore.shapes(24, 3, 8, 8, 1), explore.conventions(), explore.conventions(d=0)]
ALL += [explore.backward(stride=2, at=1), explore.backward(range(-4, 8), padding=(4, 4), of="tap")]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_accessible_in_both_themes_and_on_a_phone(opened: Open, theme: str, width: int) -> None:
    with opened(*ALL, theme=theme, viewport={"width": width, "height": 844}) as page:
        page.get_by_label("stride s", exact=True).first.fill("0")  # with an error on the page, too
        only = {"type": "tag", "values": STANDARDS}
        found = Axe().run(page, options={"runOnly": only, "preload": False}).response["violations"]
        assert [(rule["id"], node["html"]) for rule in found for node in rule["nodes"]] == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        small = page.evaluate("""() => [...document.querySelectorAll(
            '.cl-explore :is(input, select, button, [role=radio])')]
            .filter((handle) => handle.checkVisibility())
            .map((handle) => [handle.outerHTML, handle.getBoundingClientRect()])
            .filter(([, box]) => Math.min(box.width, box.height) < 24)""")
        assert small == []


def test_pictures_and_words_stay_without_scripts(opened: Open) -> None:
    with opened(*ALL[:3], java_script_enabled=False) as page:
        assert page.locator("svg[role=img]").count() == 3
        assert page.locator("input, button").count() == 0
        expect(page.locator(".cl-words").first).to_contain_text("Window 2 of 5")


def test_handles_leave_the_picture_as_it_was(opened: Open) -> None:
    shown = [explore.slide(at=1), explore.shapes(8, 3, 1, 1, 3, 2), explore.conventions()]
    shown.append(explore.backward(at=2))
    boxes = "[...document.querySelectorAll('.cl-pic svg')].map((s) => s.getAttribute('viewBox'))"
    with opened(*shown) as page:
        expected = [f"0 0 {f.drawing.width} {f.drawing.height}" for f in shown]
        assert page.evaluate(boxes) == expected
        for figure, text in zip(shown, page.locator(".cl-words").all_text_contents(), strict=True):
            assert text == figure.drawing.words


def test_figures_that_appear_later_get_handles_in_a_notebook(opened: Open) -> None:
    with opened(explore.slide()) as page:
        page.evaluate("convExplore.watch()")
        markup = explore.shapes()._repr_html_()
        page.evaluate("(html) => document.body.insertAdjacentHTML('beforeend', html)", markup)
        expect(page.get_by_label("stride s", exact=True)).to_have_value("2")
