"""What an exercise is made of; the exercises themselves live in `convlib.teach.exercises`."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Sequence
from dataclasses import KW_ONLY, dataclass
from typing import Any

from convlib.teach.equations.cases import Case


@dataclass(frozen=True)
class Mistake:
    """A known wrong answer: a name, the answer itself, and the sentence that helps.

    For a function exercise `answer` is the wrong function, otherwise the wrong value.
    """

    name: str
    answer: Any
    sentence: str


@dataclass(frozen=True)
class Exercise:
    """One exercise: an `oracle` with `cases` (the answer is a function), or a `judge`.

    `judge(answer)` returns None for a right answer, else the sentence that says why not.
    `call` is the name that messages give to the reader's function. `dtype=True` also wants
    whole numbers where the oracle returns whole numbers, and the like.
    `equal(got, expected, case)` replaces the usual comparison of values.
    `nonsense` is an answer that is wrong in an unlisted way, for the test of the exercise;
    it is needed where there is a judge.
    """

    name: str
    _: KW_ONLY
    hints: Sequence[str]
    mistakes: Sequence[Mistake]
    call: str = "answer"
    oracle: Callable[..., Any] | None = None
    cases: Callable[[], list[Case]] | None = None
    judge: Callable[[Any], str | None] | None = None
    dtype: bool = False
    equal: Callable[[Any, Any, Case], bool] | None = None
    nonsense: Any = None

    def __post_init__(self) -> None:
        if (self.judge is None) != (self.oracle is not None and self.cases is not None):
            raise ValueError(f"exercise {self.name}: give oracle and cases, or else a judge")
        if len(self.hints) != 3:
            raise ValueError(f"exercise {self.name}: needs 3 hints, has {len(self.hints)}")
        if len(self.mistakes) < 2:
            raise ValueError(f"exercise {self.name}: needs 2 mistakes, has {len(self.mistakes)}")


@dataclass(frozen=True)
class Verdict:
    """What `check` found: `status` is "not attempted", "right" or "wrong"."""

    name: str
    status: str
    lines: tuple[str, ...]
    mistake: str | None = None
    case: Case | None = None

    def __str__(self) -> str:
        return "\n".join(self.lines)


def chapters() -> list[int]:
    """The numbers of the chapters that have exercises."""
    package = importlib.import_module("convlib.teach.exercises")
    names = [module.name for module in pkgutil.iter_modules(package.__path__)]
    return sorted(int(name[2:]) for name in names if name.startswith("ch"))


def of_chapter(number: int) -> list[Exercise]:
    """The exercises of one chapter, in their order."""
    module = importlib.import_module(f"convlib.teach.exercises.ch{number:02}")
    return list(module.EXERCISES)


def find(name: str) -> Exercise:
    """The exercise of a name.

    Parameters
    ----------
    name
        Such as "2.1".

    Returns
    -------
    Exercise

    Raises
    ------
    ValueError
        That lists the names there are.

    Examples
    --------
    >>> find("2.1").call
    'out_len'
    """
    chapter = str(name).partition(".")[0]
    known = [int(chapter)] if chapter.isdecimal() and int(chapter) in chapters() else chapters()
    exercises = {each.name: each for number in known for each in of_chapter(number)}
    if name not in exercises:
        raise ValueError(f"there is no exercise {name!r}; there are: {', '.join(exercises)}")
    return exercises[name]
