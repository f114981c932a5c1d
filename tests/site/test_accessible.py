"""Every page is sound and accessible, in light, in dark, and on a phone."""

from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from .conftest import MADE_BY_SPHINX, PAGES, PHONE, unfold

STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
BY_STANDARD = {"type": "tag", "values": STANDARDS}
CONTRAST = {"type": "rule", "values": ["color-contrast"]}
WIDE = """() => [...document.querySelectorAll('body *')]
    .filter((box) => box.getBoundingClientRect().right > innerWidth + 1 && box.checkVisibility())
    .filter((box) => !box.closest('.katex, pre, table, dialog, .bd-sidebar'))
    .slice(0, 5).map((box) => box.outerHTML.slice(0, 120))"""
# What axe would spend most of its time on without finding anything new: the drawn boxes of
# equations (their text and their width stay), and the hundredth coloured word of a listing.
THIN_OUT = """() => {
    const drawn = [...document.querySelectorAll('.katex-html')];
    const widths = drawn.map((box) => box.getBoundingClientRect().width);
    drawn.forEach((box, i) => {
        box.textContent = box.textContent;
        box.removeAttribute('aria-hidden'); // axe does not see that an equation fills its cell
        Object.assign(box.style, { display: 'inline-block', overflow: 'hidden',
            width: `${widths[i]}px`, whiteSpace: 'nowrap' });
    });
    const seen = {};
    document.querySelectorAll('.highlight pre span').forEach((word) => {
        const place = word.closest('.cell_input, .cell_output')?.className;
        const kind = [word.className, place, Boolean(word.closest('details'))].join();
        seen[kind] = (seen[kind] ?? 0) + 1;
        if (seen[kind] > 2) word.replaceWith(...word.childNodes);
    });
}"""
Visit = Callable[..., Any]


def violations(page: Page, only: dict[str, Any] = BY_STANDARD, **rules: Any) -> list[str]:
    """Return what axe finds, a line for each element."""
    page.evaluate(THIN_OUT)
    # without preload axe does not fetch the style sheets again, from addresses that it gets wrong
    options = {"runOnly": only, "rules": rules, "resultTypes": ["violations"], "preload": False}
    found = Axe().run(page, options=options).response["violations"]
    return [f"{rule['id']}: {node['html'][:200]}" for rule in found for node in rule["nodes"]]


@pytest.mark.parametrize("name", [*PAGES, *MADE_BY_SPHINX])
def test_in_light_and_dark(visit: Visit, name: str) -> None:
    with visit(name, color_scheme="light", viewport={"width": 1280, "height": 900}) as page:
        unfold(page)
        expect(page.locator("html")).to_have_attribute("data-theme", "light")
        assert violations(page) == []

        page.emulate_media(color_scheme="dark", reduced_motion="reduce")
        expect(page.locator("html")).to_have_attribute("data-theme", "dark")
        assert violations(page, CONTRAST) == []  # only colours change with the theme


@pytest.mark.parametrize("name", [*PAGES, *MADE_BY_SPHINX])
def test_on_a_phone(visit: Visit, name: str) -> None:
    with visit(name, color_scheme="light", viewport=PHONE) as page:
        unfold(page)
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= PHONE["width"], page.evaluate(WIDE)
        # everything but the colours, which a phone shares with the test above
        assert violations(page, **{"color-contrast": {"enabled": False}}) == []
