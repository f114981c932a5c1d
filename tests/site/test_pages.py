"""What a built page says, read from its HTML: no browser needed."""

import json
import re
from collections import Counter
from functools import cache
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote, urldefrag, urlsplit

import pytest
from bs4 import BeautifulSoup
from bs4.element import Tag

from .conftest import MADE_BY_SPHINX, PAGES, ROOT

RAW_MATHS = re.compile(r"\$[^$\n]+\$|\$\$|\\\(|\\\[|\\begin\{|\\frac|\\sum")
LEAST_EXERCISES = 112  # raise it as the book grows
NOTEBOOKS = [name for name in PAGES if (ROOT / name).with_suffix(".ipynb").is_file()]


@cache
def parsed(path: Path) -> BeautifulSoup:
    return BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")


@cache
def anchors(path: Path) -> Counter[str]:
    return Counter(str(tag["id"]) for tag in parsed(path).find_all(id=True))


@pytest.fixture(params=[*PAGES, *MADE_BY_SPHINX])
def path(request: pytest.FixtureRequest, site: Path) -> Path:
    return site / request.param


@pytest.fixture
def page(path: Path) -> BeautifulSoup:
    return parsed(path)


def is_remote(address: str) -> bool:
    return bool(urlsplit(address).scheme or urlsplit(address).netloc)


def test_head(page: BeautifulSoup) -> None:
    assert page.html["lang"] == "en"
    assert "Convolution from First Principles" in page.title.text
    (description,) = page.find_all("meta", attrs={"name": "description"})
    assert 20 <= len(description["content"]) <= 160
    assert not RAW_MATHS.search(description["content"])


def test_descriptions_differ(site: Path) -> None:
    found = [parsed(site / name).find("meta", attrs={"name": "description"}) for name in PAGES]
    texts = [tag["content"] for tag in found]
    assert len(set(texts)) == len(texts)


def test_no_equation_is_left_as_tex(page: BeautifulSoup) -> None:
    assert page.select(".katex-error, script[type*='math/tex']") == []
    assert all(tag.find_parent(class_="katex") for tag in page.find_all("math"))
    hidden = ["script", "style", "pre", "code", "annotation"]
    prose = [str(text) for text in page.find_all(string=True) if not text.find_parent(hidden)]
    assert [text for text in prose if RAW_MATHS.search(text)] == []


def test_nothing_is_loaded_from_elsewhere(page: BeautifulSoup) -> None:
    loaded = [tag["src"] for tag in page.find_all(src=True)]
    loaded += [tag["href"] for tag in page.find_all("link", href=True)]
    assert [address for address in loaded if is_remote(address)] == []


def test_internal_links_lead_somewhere(page: BeautifulSoup, path: Path) -> None:
    broken = []
    for tag in page.find_all(["a", "img", "link", "script"]):
        address = str(tag.get("href") or tag.get("src") or "")
        if not address or is_remote(address):
            continue
        target, anchor = urldefrag(address)
        file = path if not target else (path.parent / unquote(urlsplit(target).path)).resolve()
        if not file.is_file() or (anchor and not anchors(file)[unquote(anchor)]):
            broken.append(address)
    assert broken == []


def test_external_links_are_encrypted(page: BeautifulSoup) -> None:
    outside = [str(tag["href"]) for tag in page.find_all("a", href=True) if is_remote(tag["href"])]
    assert [address for address in outside if not address.startswith("https://")] == []


def test_ids_are_unique(path: Path) -> None:
    assert [name for name, count in anchors(path).items() if count > 1] == []


def test_pictures_say_what_they_show(page: BeautifulSoup) -> None:
    article = page.find("article") or page
    pictures = article.find_all("img")
    assert [tag for tag in pictures if len(str(tag.get("alt", "")).strip()) < 30] == []

    def is_named(svg: Tag) -> bool:
        label = svg.get("aria-label") or svg.get("aria-labelledby") or svg.find("title")
        return bool(label) or svg.get("aria-hidden") == "true"

    drawings = [svg for svg in article.find_all("svg") if not svg.find_parent(class_="katex")]
    assert [svg for svg in drawings if not is_named(svg)] == []


def test_headings_descend_one_level_at_a_time(page: BeautifulSoup) -> None:
    levels = [int(tag.name[1]) for tag in page.select("article :is(h1, h2, h3, h4, h5, h6)")]
    assert levels[:1] in ([1], [])
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_no_folder_of_the_building_machine(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert str(ROOT) not in text
    assert "/site-packages/" not in text


def test_every_exercise_and_its_solution_is_listed(site: Path) -> None:
    """By name, level and two links, in the order of the book."""
    expected = []
    for name in NOTEBOOKS:
        source = (ROOT / name).with_suffix(".ipynb").read_text(encoding="utf-8")
        heads = re.findall(r"\{exercise\} (.+?)\\n.*?:label: ex-([\d-]+)", source, re.DOTALL)
        for title, label in heads:
            text, level = re.fullmatch(r"(.+?)(?: \((\w)\))?", title).groups()
            links = [f"{Path(name).name}#ex-{label}", f"{Path(name).name}#solution-{label}"]
            expected.append((f"{label.replace('-', '.')} {text}", level or "", *links))
    rows = parsed(site / "chapters" / "solutions.html").select("table.exercises tbody tr")
    cells = [row.find_all("td") for row in rows]
    shown = [(a.text, b.text, a.find("a")["href"], c.find("a")["href"]) for a, b, c in cells]
    assert shown == expected
    assert len(shown) >= LEAST_EXERCISES


@pytest.mark.parametrize("name", NOTEBOOKS)
class TestChapter:
    def test_number_on_the_page_is_the_number_in_the_file_name(self, site: Path, name: str) -> None:
        number = re.match(r"(\d+)-", Path(name).name)
        shown = parsed(site / name).select_one("h1 .section-number")
        # chapter 0 stands before the numbered parts, appendices behind them
        expected = f"{int(number[1])}." if number and int(number[1]) else None
        assert (shown.text.strip() if shown else None) == expected

    def test_everything_numbered_starts_with_the_chapter(self, site: Path, name: str) -> None:
        page = parsed(site / name)
        captions = [tag.text.split()[-1] for tag in page.select("article .caption-number")]
        equations = [tag.text.strip("()#") for tag in page.select("article .eqno")]
        number = re.match(r"(\d+)-", Path(name).name)
        first = str(int(number[1])) if number else "[A-Z]"  # an appendix has a letter
        assert [n for n in captions + equations if not re.fullmatch(rf"{first}\.\d+", n)] == []

    def test_notebook_can_be_downloaded(self, site: Path, name: str) -> None:
        link = parsed(site / name).select_one("a.btn-download-source-button")
        file = (site / name).parent / str(link["href"])
        source = (ROOT / name).with_suffix(".ipynb").read_text(encoding="utf-8")
        assert json.loads(file.read_text(encoding="utf-8")) == json.loads(source)

    def test_solutions_fold_without_a_script(self, site: Path, name: str) -> None:
        page = parsed(site / name)
        assert page.select(".admonition.dropdown") == []
        exercises = page.select("div.exercise")
        solutions = page.select("details.solution")
        titles = [solution.find("summary").text.strip() for solution in solutions]
        assert len(solutions) == len(exercises)
        assert all(title.startswith("Solution to Exercise") for title in titles)
        assert all(not solution.find("summary").find("a") for solution in solutions)
        assert all(not solution.has_attr("open") for solution in solutions)
