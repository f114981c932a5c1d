"""The file of solved exercises: written whole, read whatever state it is in."""

import json
from pathlib import Path

import pytest

from convlib.teach.exercises.engine.definition import chapters, of_chapter
from convlib.teach.exercises.engine.logbook import location, progress, remember, solved


@pytest.fixture(autouse=True)
def path(monkeypatch, tmp_path) -> Path:
    monkeypatch.delenv("CONVLIB_PROGRESS", raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path / ".progress.json"


def test_nothing_is_solved_and_nothing_written_at_first(path) -> None:
    assert solved() == set()
    assert not path.exists()


def test_remembers_beside_the_notebook(path) -> None:
    remember("2.1")
    remember("0.3")
    remember("2.1")
    assert json.loads(path.read_text(encoding="utf-8")) == {"solved": ["0.3", "2.1"]}
    assert [each.name for each in path.parent.iterdir()] == [".progress.json"]


def test_the_place_can_be_chosen(monkeypatch, tmp_path) -> None:
    monkeypatch.setenv("CONVLIB_PROGRESS", str(tmp_path / "mine.json"))
    remember("2.1")
    assert location() == tmp_path / "mine.json"
    assert solved() == {"2.1"}


@pytest.mark.parametrize(
    "damage",
    [b"", b"{", b"[]", b"{}", b'{"solved": 3}', b'{"solved": [3]}', b"\xff\xfe", b"null"],
)
def test_a_damaged_file_is_set_aside(damage, path, capsys) -> None:
    path.write_bytes(damage)
    assert solved() == set()
    assert capsys.readouterr().out == (
        ".progress.json was damaged: it is kept as .progress.json.bak, and a new one is started.\n"
    )
    assert path.with_name(".progress.json.bak").read_bytes() == damage
    remember("2.1")
    assert solved() == {"2.1"}


def test_a_place_that_cannot_be_written_is_said(monkeypatch, tmp_path, capsys) -> None:
    monkeypatch.setenv("CONVLIB_PROGRESS", str(tmp_path / "missing" / "mine.json"))
    remember("2.1")
    assert capsys.readouterr().out == (
        "Your progress could not be saved in mine.json: No such file or directory.\n"
    )


def test_a_place_that_cannot_be_read_is_said(path, capsys) -> None:
    path.mkdir()
    assert solved() == set()
    assert "Your progress could not be read from .progress.json: " in capsys.readouterr().out


def test_a_failed_move_leaves_nothing_behind(path, monkeypatch, capsys) -> None:
    def refuse(self, target):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", refuse)
    remember("2.1")
    assert "could not be saved in .progress.json: No space left" in capsys.readouterr().out
    assert list(path.parent.iterdir()) == []


def test_progress_counts_by_chapter(capsys) -> None:
    remember("2.1")
    remember("77.7")  # an exercise of another edition
    progress()
    lines = capsys.readouterr().out.splitlines()
    total = sum(len(of_chapter(number)) for number in chapters())
    assert f"chapter 2 · 1 of {len(of_chapter(2))} solved" in lines
    assert lines[-1] == f"all · 1 of {total} solved"
    assert len(lines) == len(chapters()) + 1
