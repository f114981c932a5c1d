"""The museum is complete: every wrong formula of the list hangs there once, and is computed."""

import ast
import re
from dataclasses import dataclass, field

import pytest

from .reading import CHAPTERS, cells, outputs_as_text

MUSEUM = CHAPTERS / "museum.ipynb"
HEADING = re.compile(r"^(#{2,3}) (.+)$")
NAME = r"[A-Z]\d+(?:\.\d+)?"
TITLE = re.compile(rf"^({NAME}(?:(?:, | and ){NAME})*) · (\S.*)$")
# How many exhibits each room has: E and R are numbered as in the list of the sources' mistakes.
# In the open rooms hang bugs that readers reported (B) and what comparable courses say (A).
FULL = {"E0": 18, "E1": 15, "E2": 14, "E3": 11, "R3": 8, "E4": 12}
OPEN = ("A", "B")


@dataclass
class Section:
    """An exhibit's heading, what its cells show, and what they print."""

    title: str
    names: list[str] = field(default_factory=list)
    shown: list[str] = field(default_factory=list)
    printed: list[str] = field(default_factory=list)
    prose: str = ""


def sections() -> list[Section]:
    """Return the parts of the museum, one for each heading; the first holds what precedes it."""
    found = [Section("")]
    for cell in cells(MUSEUM):
        if cell.cell_type == "code":
            calls = [n for n in ast.walk(ast.parse(cell.source)) if isinstance(n, ast.Call)]
            names = [c.args[0] for c in calls if getattr(c.func, "id", "") == "exhibit"]
            found[-1].shown += [ast.literal_eval(name) for name in names]
            found[-1].printed += re.findall(rf"^({NAME}) · ", outputs_as_text(cell), re.MULTILINE)
            continue
        for line in cell.source.split("\n"):
            if heading := HEADING.match(line):
                title = TITLE.match(heading[2])
                names = re.findall(NAME, title[1]) if title and heading[1] == "###" else []
                found.append(Section(heading[2], names))
            else:
                found[-1].prose += line + "\n"
    return found


def rooms() -> dict[str, list[int]]:
    """Return the numbers that hang in each room: E0.2 in room E0, B7 in room B."""
    found: dict[str, list[int]] = {}
    for section in sections():
        for name in section.names:
            room, number = name.split(".") if "." in name else (name[0], name[1:])
            found.setdefault(room, []).append(int(number))
    return found


@pytest.mark.parametrize("section", sections(), ids=lambda s: s.title)
class TestExhibit:
    def test_every_name_in_the_heading_is_exhibited_there_and_nothing_else(self, section) -> None:
        assert section.shown == section.names

    def test_every_exhibit_printed_its_line(self, section) -> None:
        assert section.printed == section.names

    def test_every_exhibit_says_where_the_truth_is_proved(self, section) -> None:
        if section.names:
            assert re.search(r"\.ipynb\)|\{(?:eq|ref|prf:ref)\}`|chapter \d", section.prose)


class TestRooms:
    @pytest.mark.parametrize("room", FULL)
    def test_nothing_of_the_list_is_missing_or_shown_twice(self, room) -> None:
        assert sorted(rooms().get(room, [])) == list(range(1, FULL[room] + 1))

    @pytest.mark.parametrize("room", OPEN)
    def test_the_other_rooms_are_numbered_through(self, room) -> None:
        found = sorted(rooms().get(room, []))
        assert found == list(range(1, len(found) + 1))
        assert found

    def test_no_room_is_unknown(self) -> None:
        assert set(rooms()) <= {*FULL, *OPEN}
