"""The site's search, and the index: a word leads to the section that explains it."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urldefrag

from bs4 import BeautifulSoup
from playwright.sync_api import Browser, Page, expect

from .conftest import FOLDER, PAGES, ROOT

Visit = Callable[..., Any]

# Word -> the page, or the section, to which one of the first three results leads. A page alone
# means any of its sections. What leads there is an `{index}` entry of that section, a term of the
# glossary, or a heading of that name. The glossary comes first, then the chapters in their order.
PLACES = {
    "perceptron": "03-matrix",
    "neuron": "03-matrix",
    "MLP": "03-matrix",
    "fully connected layer": "03-matrix",
    "fully connected": "03-matrix",
    "multilayer perceptron": "03-matrix",
    "locally connected layer": "03-matrix",
    "kernel as a neuron": "03-matrix",
    "weight sharing": "03-matrix",
    "regularisation": "03-matrix",
    "activation function": "03-matrix",
    "pre-activation": "03-matrix",
    "hyperparameter": "02-shape-arithmetic",
    "stride": "02-shape-arithmetic",
    "padding": "02-shape-arithmetic",
    "visual cortex": "04-images",
    "Hubel and Wiesel": "04-images",
    "Fukushima": "04-images",
    "computer vision": "04-images",
    "feature": "04-images",
    "feature map": "06-channels",
    "feature extractor": "06-channels",
    "depth": "06-channels",
    "filter": "06-channels",
    "down-sampling": "02-shape-arithmetic",
    "pooling": "08-pooling",
    "pixel shuffle": "08-pooling",
    "pixel unshuffle": "08-pooling",
    "downsampling": "02-shape-arithmetic",
    "preactivation": "03-matrix",
    "neural network": "03-matrix#from-a-neuron-to-a-kernel",
    "edge detection": "04-images",
    "cortex": "04-images#the-eye-of-a-cat",
    "Hubel": "04-images#the-eye-of-a-cat",
    "pixelshuffle": "08-pooling",
    "deconvolution": "11-backprop-full",
    "one-hot encoding": "14-training",
    "one hot": "glossary",
    "L2": "14-training",
    "overfitting": "glossary",
    "FLOPs": "06-channels",
    "loss": "10-backprop-1d#one-weight",
    "chain rule": "10-backprop-1d#two-stages",
    "gradient": "10-backprop-1d#many-outputs-one-loss",
    "backpropagation": "10-backprop-1d#many-outputs-one-loss",
    "Jacobian": "10-backprop-1d#four-inputs-two-taps",
    "backward pass": "10-backprop-1d#the-three-gradients",
    "gradient descent": "10-backprop-1d#learning-a-hidden-kernel",
    "learning rate": "10-backprop-1d#learning-a-hidden-kernel",
    "step size": "10-backprop-1d#learning-a-hidden-kernel",
    "least squares": "10-backprop-1d#where-the-bottom-is",
    "zero-stuffing": "11-backprop-full#thinning-and-stuffing",
    "remainder": "11-backprop-full#what-is-never-read",
    "output padding": "11-backprop-full#what-is-never-read",
    "transposed convolution": "11-backprop-full#what-is-never-read",
    "transposed layer": "11-backprop-full#what-is-never-read",
    "grouped convolution": "11-backprop-full#groups-and-depthwise-layers",
    "one-hot": "14-training",
    "MNIST": "14-training",
    "L1": "14-training",
    "CT": "02-shape-arithmetic",
    "microscopy": "02-shape-arithmetic",
    "same padding": "conventions#same",
    "NHWC": "conventions#where-the-axes-stand",
    "Jacobians": "10-backprop-1d#four-inputs-two-taps",
    "batch normalization": "glossary#term-batch-normalisation",
    "activation": "glossary",
    "batch": "glossary",
    "dense layer": "glossary",
    "depthwise": "glossary",
    "flatten": "glossary",
    "group": "glossary",
    "H": "glossary",
    "map": "glossary",
    "multiply-add": "glossary",
    "N": "glossary",
    "parameter": "glossary",
    "pointwise": "glossary",
    "rank": "glossary",
    "receptive field": "glossary",
    "separable": "glossary",
    "W": "glossary",
}


def results(page: Page) -> list[str]:
    """Return the addresses that a search found, best first, once it is done."""
    expect(page.locator(".search-summary")).to_have_text(
        re.compile("Search finished|did not match")
    )
    links = page.locator("#search-results li > a:first-child")
    return [str(address) for address in links.evaluate_all("(all) => all.map((a) => a.href)")]


def test_a_word_leads_to_its_section(browser: Browser, site: Path) -> None:
    """Without a server, too: the book may lie in a folder."""
    home, astray, errors = f"{site.as_uri()}/", {}, []
    page = browser.new_page()
    page.on("pageerror", lambda error: errors.append(str(error)))
    for word in PLACES:
        page.goto(f"{home}search.html?q={word}")
        first = [address.removeprefix(f"{home}chapters/") for address in results(page)[:3]]
        name, _, section = PLACES[word].partition("#")
        if not any(re.fullmatch(rf"{name}\.html#({section or '.+'})", each) for each in first):
            astray[word] = first
    page.close()
    assert (astray, errors) == ({}, [])


def test_search_by_keyboard_from_a_chapter(visit: Visit) -> None:
    """On a site's subfolder; `visit` fails if anything is asked of a third party."""
    with visit(next(name for name in PAGES if name.startswith("chapters/"))) as page:
        page.keyboard.press("Control+k")
        page.keyboard.type("remainder")
        page.keyboard.press("Enter")
        section = f"{FOLDER}/chapters/11-backprop-full.html#what-is-never-read"
        assert any(address.endswith(section) for address in results(page)[:3])
        found = page.locator("#search-results li", has_text="> What is never read")
        expect(found.locator(".context")).to_be_visible()
        found.locator("a").click()
        expect(page.locator("#what-is-never-read > h3")).to_be_in_viewport()


def index_of(site: Path) -> dict[str, list[str]]:
    """Return the words of the book's index with the addresses of their places."""
    page = BeautifulSoup((site / "genindex.html").read_text(encoding="utf-8"), "html.parser")
    return {
        line.find("span").text: [str(link["href"]) for link in line.find_all("a")]
        for line in page.select("ul.index > li")
    }


def test_the_index_names_every_entry_of_every_chapter(site: Path) -> None:
    found = index_of(site)
    for name in PAGES:
        source = (ROOT / name).with_suffix(".ipynb")
        if not source.is_file():
            continue
        text = source.read_text(encoding="utf-8")
        for group in re.findall(r"\{index\} ([^\\:]+)\\n", text):
            for word in group.replace("!", "").split(", "):
                places = found[word.split(";")[0].strip()]  # an entry may have a second part
                pages = {urldefrag(address).url for address in places}
                assert name in pages, word
    assert all(urldefrag(address).fragment for places in found.values() for address in places)


def test_the_index_stands_in_the_contents(visit: Visit) -> None:
    with visit("index.html") as page:
        page.locator(".bd-sidenav a[href='genindex.html']").click()
        expect(page.locator("article h1")).to_have_text("Index")
