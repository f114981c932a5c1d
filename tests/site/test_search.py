"""The words that everybody uses lead a reader who searches to the place that explains them."""

import json
from pathlib import Path

import pytest

WORDS = {
    "03-matrix": [
        "neuron",
        "perceptron",
        "MLP",
        "fully connected layer",
        "locally connected layer",
        "kernel as a neuron",
        "activation function",
        "pre-activation",
        "weight sharing",
        "regularisation",
    ],
    "04-images": ["feature", "computer vision", "visual cortex", "Hubel and Wiesel", "Fukushima"],
    "06-channels": ["filter", "feature map", "feature extractor", "depth of a network"],
    "02-shape-arithmetic": ["hyperparameter", "down-sampling", "CT", "microscopy"],
    "08-pooling": ["pooling", "pixel shuffle", "pixel unshuffle"],
}


@pytest.fixture(scope="module")
def index(site: Path) -> dict[str, set[str]]:
    """What the site's search puts first: word, in small letters -> pages that define it.

    Those are the entries with a `!` in their index directive; others come after every page that has
    the word anywhere.
    """
    text = (site / "searchindex.js").read_text(encoding="utf-8")
    found = json.loads(text[text.index("(") + 1 : text.rindex(")")])
    pages = found["docnames"]
    return {
        word: {pages[number] for number, _, is_main in places if is_main}
        for word, places in found["indexentries"].items()
    }


@pytest.mark.parametrize(
    ("page", "word"), [(page, word) for page, words in WORDS.items() for word in words]
)
def test_a_word_leads_to_its_section(index: dict[str, set[str]], page: str, word: str) -> None:
    assert f"chapters/{page}" in index.get(word.lower(), set())
