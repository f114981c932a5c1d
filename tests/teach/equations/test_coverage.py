"""Equation coverage, read from stored notebooks."""

import nbformat
import pytest

from convlib.teach.equations.coverage import main, verification_table
from convlib.teach.equations.verification import verify

LINE = "✓ eq-{} · 300 cases, exact · caught: no floor, total padding\n"


@pytest.fixture
def write(tmp_path):
    def write(name: str, *cells: str) -> None:
        """A notebook; a cell that begins with ✓ or ✗ is what a code cell printed."""
        book = nbformat.v4.new_notebook()
        for cell in cells:
            if cell[0] in "✓✗":
                code = nbformat.v4.new_code_cell("verify(...)")
                code.outputs = [
                    nbformat.v4.new_output("display_data", {"text/plain": LINE.format("never")}),
                    nbformat.v4.new_output("stream", name="stdout", text=cell),
                ]
                book.cells.append(code)
            else:
                book.cells.append(nbformat.v4.new_markdown_cell(cell))
        nbformat.write(book, tmp_path / f"{name}.ipynb")

    return write


def test_a_complete_chapter(write, tmp_path, capsys) -> None:
    write("01-a", "Text.\n$$ y = x $$ (eq-one)\n", LINE.format("one"), "$$\ny\n$$ (eq-two)",
          "✓ eq-two · 20 cases, error below 1e-12 · caught: no flip\n"
          "✓ 1.2 · 400 cases\n")  # fmt: skip
    table = verification_table(tmp_path)
    assert [row.cells() for row in table.rows] == [
        ("01-a", "eq-one", "300", "exact", "no floor, total padding"),
        ("01-a", "eq-two", "20", "error below 1e-12", "no flip"),
    ]
    assert (table.total, table.missing, table.strays, table.checked) == ("2 / 2", (), (), ("1.2",))
    assert main(str(tmp_path)) == 0
    assert capsys.readouterr().out == "equation coverage: 2 / 2\n"


def test_what_is_missing_is_named(write, tmp_path, capsys) -> None:
    write("01-a", "$$ y = x $$ (eq-one)", LINE.format("two"))
    write("02-b", "$$ y = x $$ (eq-two)", LINE.format("one"), "✗ 1.1 · fails")
    assert main(str(tmp_path)) == 1
    assert capsys.readouterr().out.splitlines() == [
        "equation coverage: 0 / 2",
        "not verified in its chapter: eq-one",
        "not verified in its chapter: eq-two",
        "verified, but no equation of the chapter has this label: eq-two",
        "verified, but no equation of the chapter has this label: eq-one",
    ]


def test_an_empty_folder_is_not_complete(tmp_path, capsys) -> None:
    assert main(str(tmp_path)) == 1
    assert capsys.readouterr().out == "equation coverage: 0 / 0\n"


@pytest.mark.parametrize(
    ("markdown", "labels"),
    [
        ("$$a$$ (eq-a) and $$b$$(eq-b)", ["eq-a", "eq-b"]),
        ("```{math}\n:label: eq-a\ny\n```", ["eq-a"]),
        (":::{prf:theorem} T\n:label: thm-t\n$$ y $$ (eq-a)\n:::\n$$z$$ (eq-b)", ["eq-a", "eq-b"]),
        ("````{prf:proof}\n```{math}\n:label: eq-a\n```\n````\n```\n$$y$$ (eq-b)\n```", ["eq-a"]),
        ("```md\n$$y$$ (eq-a)\n```", []),
        ("````\n```{math}\n:label: eq-a\n```\n````\n$$y$$ (eq-b)", ["eq-b"]),
        ("```{code-block} md\n$$y$$ (eq-a)\n```", []),
        ("Write `$$ y $$ (eq-a)` or ``$$ y $$ (eq-b)``.", []),
        ("$$ y $$\n\n(eq-a)=\n# Title", []),
        ("```{exercise} One\n:label: ex-1-1\n```", []),
    ],
)
def test_labels(write, tmp_path, markdown, labels) -> None:
    write("01-a", markdown)
    assert [row.label for row in verification_table(tmp_path).rows] == labels


def test_pages_count_too(tmp_path) -> None:
    (tmp_path / "glossary.md").write_text("$$ y $$ (eq-a)", encoding="utf-8")
    assert verification_table(tmp_path).missing == ("eq-a",)


def test_reads_what_verify_prints(write, tmp_path, capsys) -> None:
    verify("eq-double", lambda n: n + n, lambda n: 2 * n, cases=[{"n": 3}],
           wrong={"squares <n>": lambda n: n * n, "adds": lambda n: n + 2}, tol=1e-12)  # fmt: skip
    write("01-a", "$$y$$ (eq-double)", capsys.readouterr().out)
    (row,) = verification_table(tmp_path).rows
    assert (row.cases, row.bound, row.caught) == (1, "error below 1e-12", ("squares <n>", "adds"))


def test_the_table_can_be_read_and_shown(write, tmp_path) -> None:
    write("01-a", "$$ y = x $$ (eq-one)", LINE.format("one").replace("no floor", "n < k"))
    write("02-b", "$$ y = x $$ (eq-two)", "✓ 2.10 · right\n✓ 2.9 · 3 cases\n✓ 2.9 · 3 cases")
    table = verification_table(tmp_path)
    summary = (
        "1 / 2 labelled equations verified, on 300 cases; "
        "2 wrong versions caught; 2 exercises solved"
    )
    assert repr(table).splitlines() == [
        "chapter  equation  cases  bound         wrong versions caught",
        "01-a     eq-one    300    exact         n < k, total padding",
        "02-b     eq-two           not verified",
        summary,
    ]
    html = table._repr_html_()
    assert f"<caption>{summary}</caption>" in html
    assert html.count('<th scope="col">') == 5
    assert "n &lt; k" in html
    assert table.checked == ("2.9", "2.10")
