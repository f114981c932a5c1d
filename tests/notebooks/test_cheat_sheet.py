"""The cheat sheet says what the chapters say: its formulas are theirs, and its calls are run."""

import re
from functools import cache

import numpy as np
import pytest

import convlib as cl
from convlib import nn

from .reading import CHAPTERS, NOTEBOOKS, equations, markdown

SHEET = (CHAPTERS / "cheat-sheet.md").read_text(encoding="utf-8")
ROWS = [line for line in SHEET.splitlines() if re.search(r"\| \{eq\}`[\w-]+` \|$", line)]
CALL = re.compile(r"`((?:cl|nn|np)\.[^`]+)`(?: → `([^`]+)`)?")
NAMES = {"cl": cl, "nn": nn, "np": np}
# What is put in other words than the equation that its line leads to.
IN_OTHER_WORDS = {
    "eq-signal-stack": "solved for the variance that keeps every factor 1",
    "eq-xavier": "solved for the variance",
    "eq-momentum-total": "a step; the equation adds all steps up",
    "eq-nesterov": "with an arrow instead of the number of the step",
    "eq-adagrad": "a step; the equation adds all steps up",
    "eq-rmsprop": "a step; the equation adds all steps up",
    "eq-adam": "a step; the equation adds all steps up",
    "eq-decoupled": "a step; the equation adds all steps up",
}


@cache
def formulas() -> dict[str, str]:
    """Return the TeX of every labelled equation, without spaces and alignment."""
    every = (one for path in NOTEBOOKS for one in equations(markdown(path)))
    return {one.label: plain(one.tex) for one in every if one.label}


def plain(tex: str) -> str:
    return re.sub(r"\\[,;:! ]|&|\s|\\text\{ for \}K.*", "", tex)


def label_of(row: str) -> str:
    return re.findall(r"\{eq\}`([\w-]+)`", row)[-1]


def test_the_sheet_is_long_enough_and_every_equation_exists() -> None:
    assert len(ROWS) >= 45
    assert set(re.findall(r"\{eq\}`([\w-]+)`", SHEET)) <= set(formulas())


@pytest.mark.parametrize("row", ROWS, ids=label_of)
def test_a_formula_is_the_one_that_is_proved(row: str) -> None:
    label, cell = label_of(row), row.split(" | ")[1]
    said = [plain(tex) for tex in re.findall(r"\$([^$]+)\$", cell)]
    same = [tex for tex in said if len(tex) > 3 and tex not in formulas()[label]]
    assert bool(same) == (label in IN_OTHER_WORDS), same


def test_no_exception_is_left_over() -> None:
    assert set(IN_OTHER_WORDS) <= {label_of(row) for row in ROWS}


@pytest.mark.parametrize(("call", "value"), CALL.findall(SHEET), ids=lambda text: text or "named")
def test_a_call_exists_and_gives_what_is_written_behind_it(call: str, value: str) -> None:
    if value:
        got = eval(call, dict(NAMES))
        np.testing.assert_allclose(got, eval(value), atol=5e-4, rtol=0)
        return
    room, name, given = re.fullmatch(r"(\w+)\.(\w+)\((.*)\)[.\w]*", call).groups()
    function = getattr(NAMES[room], name)
    keywords = re.findall(r"(\w+)=", given)
    known = function.__init__ if isinstance(function, type) else function
    assert set(keywords) <= set(known.__code__.co_varnames)
