"""What a built page does in a browser: by keyboard, without scripts, without a server, on paper."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from .conftest import PAGES, PHONE, ROOT, unfold

Visit = Callable[..., Any]

CHAPTERS = [name for name in PAGES if (ROOT / name).with_suffix(".ipynb").is_file()]
WITH_SOLUTION = [
    name
    for name in CHAPTERS
    if "{solution" in (ROOT / name).with_suffix(".ipynb").read_text(encoding="utf-8")
]


@pytest.mark.parametrize("name", WITH_SOLUTION[:1])
def test_solution_opens_by_keyboard(visit: Visit, name: str) -> None:
    with visit(name) as page:
        solution = page.locator("details.solution").first
        solution.locator("summary").focus()
        page.keyboard.press("Enter")
        expect(solution).to_have_attribute("open", "")
        page.keyboard.press("Space")
        expect(solution).not_to_have_attribute("open", "")


@pytest.mark.parametrize("name", WITH_SOLUTION[:1])
def test_solution_opens_without_scripts(visit: Visit, name: str) -> None:
    with visit(name, java_script_enabled=False) as page:
        solution = page.locator("details.solution").first
        solution.locator("summary").click()
        expect(solution).to_have_attribute("open", "")


def test_theme_can_be_chosen(visit: Visit) -> None:
    with visit(CHAPTERS[0], color_scheme="light") as page:
        for _ in range(3):
            page.locator(".theme-switch-button").first.click()
            if page.locator("html").get_attribute("data-theme") == "dark":
                break
        expect(page.locator("html")).to_have_attribute("data-theme", "dark")
        page.reload()
        expect(page.locator("html")).to_have_attribute("data-theme", "dark")


def test_download_button_hands_over_the_notebook(visit: Visit) -> None:
    with visit(CHAPTERS[0]) as page:
        page.locator(".dropdown-download-buttons button").first.click()
        link = page.locator("a.btn-download-source-button")
        expect(link).to_be_visible()
        answer = page.request.get(str(link.evaluate("(link) => link.href")))
        assert answer.json()["nbformat"] == 4


def test_plots_are_recoloured_in_the_dark(visit: Visit) -> None:
    with visit(CHAPTERS[1], color_scheme="dark") as page:
        plots = page.locator(".cell_output img:not(.photo)")
        filters = plots.evaluate_all("(all) => all.map((one) => getComputedStyle(one).filter)")
        assert all("invert(1)" in filter_ for filter_ in filters)


@pytest.mark.parametrize("name", CHAPTERS)
def test_boxes_that_scroll_can_be_reached_by_keyboard(visit: Visit, name: str) -> None:
    with visit(name, viewport=PHONE) as page:
        unfold(page)
        page.evaluate("document.fonts.ready")
        page.wait_for_timeout(200)
        unreachable = page.evaluate(
            """() => [...document.querySelectorAll('div.math, .bd-article pre')]
            .filter((box) => box.scrollWidth > box.clientWidth + 1 && box.tabIndex !== 0)
            .map((box) => box.outerHTML.slice(0, 120))"""
        )
        assert unreachable == []
        # an equation starts at its beginning: nothing of it lies left of its box
        cut = page.evaluate(
            """() => [...document.querySelectorAll('div.math')].filter((box) =>
            [...box.children].some((part) => part.getBoundingClientRect().left + 1 <
                box.getBoundingClientRect().left)).length"""
        )
        assert cut == 0


def test_prints_without_the_frame(visit: Visit) -> None:
    with visit(CHAPTERS[0]) as page:
        page.emulate_media(media="print")
        expect(page.locator("#pst-primary-sidebar")).to_be_hidden()
        expect(page.locator("article")).to_be_visible()


def test_the_cheat_sheet_prints_on_one_sheet(visit: Visit) -> None:
    """Two sides of A4 with margins of a centimetre, nothing cut off, and not too small to read."""
    with visit("chapters/cheat-sheet.html", viewport={"width": 718, "height": 1047}) as page:
        margin = dict.fromkeys(("top", "bottom", "left", "right"), "10mm")
        pdf = page.pdf(format="A4", margin=margin)
        assert len(re.findall(rb"/Type\s*/Page\b", pdf)) <= 2
        page.emulate_media(media="print")
        cut = page.evaluate(
            """() => [...document.querySelectorAll('article :is(table, p, li, td)')]
            .filter((box) => box.scrollWidth > box.clientWidth + 1
                || box.getBoundingClientRect().right > innerWidth + 1)
            .map((box) => box.outerHTML.slice(0, 120))"""
        )
        assert cut == []
        sizes = page.locator("article :is(p, li, code)").evaluate_all(
            "(all) => all.map((one) => parseFloat(getComputedStyle(one).fontSize))"
        )
        assert min(sizes) >= 9  # 6.75 points


def test_works_from_a_folder_without_a_server(visit: Visit, site: Path) -> None:
    with visit("index.html", address=f"{site.as_uri()}/") as page:
        page.locator(f".bd-sidenav a[href$='{Path(CHAPTERS[0]).name}']").first.click()
        expect(page.locator("article h1")).to_be_visible()
        assert page.url.endswith(CHAPTERS[0])
