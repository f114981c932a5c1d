"""The writer of notebooks: normal form, failures, and the way through text and back."""

from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from tools import notebooks as writer


def stream(text: str) -> NotebookNode:
    return new_output("stream", name="stdout", text=text)


@pytest.fixture
def messy() -> NotebookNode:
    picture = {"image/png": "AAAA", "text/plain": "<Figure size 10x10 with 1 Axes>"}
    shown = new_output("display_data", data=picture, metadata={"needs_background": "light"})
    error = new_output("error", ename="ValueError", evalue="no", traceback=["File /somewhere"])
    outputs = [stream("a"), stream("b"), shown, error]
    metadata = {"tags": ["hide-input"], "collapsed": True, "jupyter": {"source_hidden": True}}
    return new_notebook(
        cells=[
            new_markdown_cell("\n# Title\n\n"),
            new_code_cell("x = 1\n", outputs=outputs, execution_count=1, metadata=metadata),
            new_code_cell("x = 1", execution_count=2),
            new_code_cell("   "),
        ],
        metadata={"language_info": {"version": "3.99", "name": "python"}, "widgets": {}},
    )


@pytest.fixture
def book(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(writer, "ROOT", tmp_path)
    monkeypatch.setattr(writer, "CHAPTERS", tmp_path)
    monkeypatch.setattr(writer, "DRAFTS", tmp_path / "drafts")
    return tmp_path


def save(path: Path, *sources: str) -> Path:
    nbformat.write(new_notebook(cells=[new_code_cell(source) for source in sources]), path)
    return path


def test_normal_form_keeps_text_and_drops_what_differs_between_machines(
    messy: NotebookNode,
) -> None:
    normal = writer.normalise(messy)
    title, first, second = normal.cells
    assert title.source == "# Title"
    assert first.metadata == {"tags": ["hide-input"], "jupyter": {"source_hidden": True}}
    assert [output.output_type for output in first.outputs] == ["stream", "display_data", "error"]
    assert first.outputs[0].text == "ab"
    assert first.outputs[1].data == {"text/plain": "<Figure size 10x10 with 1 Axes>"}
    assert first.outputs[1].metadata == {}
    assert first.outputs[2].traceback == ["ValueError: no"]
    assert second.id == f"{first.id}-2"
    assert "version" not in normal.metadata.language_info
    assert "widgets" not in normal.metadata


def test_normal_form_is_a_fixed_point_and_leaves_its_argument_alone(messy: NotebookNode) -> None:
    before = nbformat.writes(messy)
    text = writer.dumps(writer.normalise(messy))
    assert writer.dumps(writer.normalise(writer.loads(text))) == text
    assert nbformat.writes(messy) == before


def test_identity_of_a_cell_follows_its_text_not_its_place(messy: NotebookNode) -> None:
    before = [cell.id for cell in writer.normalise(messy).cells]
    messy.cells.insert(0, new_markdown_cell("New first cell"))
    assert [cell.id for cell in writer.normalise(messy).cells[1:]] == before


def test_run_executes_saves_and_then_changes_nothing(
    book: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = save(book / "01-a.ipynb", "x = 20 + 1", "print(2 * x)")
    assert not writer.is_normal(path)
    assert writer.main([]) == 0
    assert writer.is_normal(path)
    assert writer.loads(path.read_text(encoding="utf-8")).cells[1].outputs[0].text == "42\n"
    assert writer.main(["01"]) == 0
    assert capsys.readouterr().out.splitlines() == ["01-a: written", "01-a: unchanged"]


def test_notebook_that_reads_the_others_is_run_after_them(
    book: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    save(book / writer.SUMMARY, "open('z-chapter.ipynb').read().count('forty')")
    save(book / "z-chapter.ipynb", "'for' + 'ty'")
    assert writer.main(["z-chapter"]) == 0
    states = capsys.readouterr().out.splitlines()
    assert states == ["z-chapter: written", "verification: written"]
    summary = writer.loads((book / writer.SUMMARY).read_text(encoding="utf-8"))
    assert summary.cells[0].outputs[0].data["text/plain"] == "1"


def test_failing_cell_is_shown_and_the_file_stays(
    book: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = save(book / "01-a.ipynb", "x = 1", "y = 2\nx / 0")
    before = path.read_text(encoding="utf-8")
    assert writer.main(["01-a"]) == 1
    report = capsys.readouterr().err
    assert "01-a: code cell 2 of 2 failed" in report
    assert "  2 | x / 0" in report
    assert "ZeroDivisionError: division by zero" in report
    assert path.read_text(encoding="utf-8") == before


def test_check_names_what_is_not_in_normal_form(
    book: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    save(book / "01-a.ipynb", "1 + 1")
    assert writer.main(["--check"]) == 1
    assert "01-a: not in normal form" in capsys.readouterr().err


def test_unknown_name_lists_the_notebooks(book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    save(book / "01-a.ipynb", "1")
    assert writer.main(["07"]) == 1
    assert "there are: 01-a" in capsys.readouterr().err


def test_text_and_back_gives_the_same_notebook(book: Path) -> None:
    path = save(book / "01-a.ipynb", "print('é')")
    notebook = writer.loads(path.read_text(encoding="utf-8"))
    notebook.cells[0].metadata = {
        "tags": ["exercise-solution"],
        "jupyter": {"source_hidden": True},
        "mystnb": {"figure": {"name": "fig-a", "caption": "A: b"}, "image": {"alt": "C. D."}},
    }
    notebook.cells.insert(0, new_markdown_cell("one"))
    notebook.cells.insert(1, new_markdown_cell("two\n\n$$ a $$ (eq-a)"))
    writer.write(path, notebook)
    assert writer.main(["01"]) == 0
    before = path.read_text(encoding="utf-8")
    assert writer.main(["--to-text", "01"]) == 0
    path.unlink()
    assert writer.main(["--from-text", str(book / "drafts" / "01-a.md")]) == 0
    assert path.read_text(encoding="utf-8") == before
