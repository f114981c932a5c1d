"""Exercises 13.8 and 13.9: which forms of a right answer are right, and which numbers are not."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pytest

from convlib.teach.exercises.engine.checking import examine
from convlib.teach.exercises.engine.definition import find

Arrays = tuple[np.ndarray, ...]
NAMES = ("13.8", "13.9")


class Gradients(NamedTuple):
    dx: np.ndarray
    dw: np.ndarray
    db: np.ndarray


def nested(arrays: Arrays) -> Any:
    return *arrays[:-2], [*arrays[-2:]]


def single(arrays: Arrays) -> Any:
    return [array.astype(np.float32) for array in arrays]


def off(arrays: Arrays) -> Any:
    return [array * (1 + 5e-6) for array in arrays]


def status(name: str, form: Callable[[Arrays], Any]) -> str:
    exercise = find(name)
    assert exercise.oracle is not None
    oracle = exercise.oracle
    return examine(exercise, lambda *case: form(oracle(*case))).status


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("form", [tuple, list, nested, single])
def test_right_in_every_form(name, form) -> None:
    assert status(name, form) == "right"


def test_a_named_tuple_is_right() -> None:
    assert status("13.8", lambda arrays: Gradients(*arrays)) == "right"


@pytest.mark.parametrize("name", NAMES)
def test_nearly_right_is_wrong(name) -> None:
    assert status(name, off) == "wrong"
