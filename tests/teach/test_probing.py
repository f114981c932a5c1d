"""A probe must find out what a function does from its answers alone."""

import numpy as np
import pytest

import convlib as cl
from convlib.teach import probe
from convlib.teach.probing import BORDERS


def sliding(flip, border, split):
    """A function with exactly these habits."""

    def slide(x, w):
        padded = np.pad(x, split(len(w)), mode=BORDERS[border])
        return cl.correlate1d(padded, w[::-1] if flip else w)

    return slide


SPLITS = {
    "valid": lambda k: (0, 0),
    "after": lambda k: ((k - 1) // 2, k // 2),
    "before": lambda k: (k // 2, (k - 1) // 2),
    "full": lambda k: (k - 1, k - 1),
    "causal": lambda k: (k - 1, 0),
}


@pytest.mark.parametrize("flip", [False, True])
@pytest.mark.parametrize("border", BORDERS)
@pytest.mark.parametrize("split", SPLITS)
def test_finds_what_was_built_in(flip, border, split):
    found = probe(sliding(flip, border, SPLITS[split]))
    assert found.flip == flip
    assert found.border == ("nothing" if split == "valid" else border)
    assert found.sides == {k: SPLITS[split](k) for k in (3, 4)}
    assert found.conjugates == "nothing"


def test_same_of_this_book_has_its_odd_zero_after():
    found = probe(lambda x, w: cl.correlate1d(x, w, padding="same"))
    assert found.sides == {3: (1, 1), 4: (1, 2)}
    assert found.longer == "the same rule"


def test_numpy_swaps_a_longer_kernel():
    assert probe(lambda x, w: np.convolve(x, w, "same")).longer == "swaps the two"
    assert probe(np.correlate).longer == "swaps the two and reverses"


def test_a_refusal_is_named():
    assert probe(lambda x, w: cl.correlate1d(x, w)).longer == "raises ValueError"


def test_another_rule_is_called_another_rule():
    def cut(x, w):
        return np.correlate(x, w[: len(x)], "valid")

    assert probe(cut).longer == "1 outputs by another rule"


def test_conjugates():
    def slide(x, w):
        return cl.correlate1d(x, w)

    assert probe(np.correlate).conjugates == "w"
    assert probe(lambda x, w: slide(np.conj(x), w)).conjugates == "x"
    assert probe(lambda x, w: slide(np.conj(x), np.conj(w))).conjugates == "x and w"
    only_real = probe(lambda x, w: slide(x.astype(float), w.astype(float)))
    assert only_real.conjugates == "takes real numbers only"


def test_says_it_in_four_lines():
    assert str(probe(lambda x, w: np.convolve(x, w, "valid"))) == (
        "kernel reversed\n"
        "beyond the ends: nothing\n"
        "conjugates: nothing\n"
        "kernel longer than the list: swaps the two"
    )


@pytest.mark.parametrize(
    "function",
    [
        lambda x, w: np.cumsum(x),
        lambda x, w: np.array([]),
        lambda x, w: 2 * np.convolve(x, w),
        lambda x, w: np.convolve(x, w, "valid")[::2],
        lambda x, w: cl.correlate1d(x, w if len(w) % 2 else w[::-1]),
    ],
)
def test_what_slides_no_window_is_refused(function):
    with pytest.raises(ValueError, match="gives what no sliding window gives"):
        probe(function)
