"""Which labelled equations of the book are verified: read from the notebooks' stored outputs.

`python -m convlib.teach.equations.coverage chapters` prints `equation coverage: 12 / 12`, names
what is missing, and then ends with exit code 1.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

_LABEL = re.compile(r"\$\$[ \t]*\(([^)\s]+)\)|^[ \t]*:label:[ \t]*(eq-\S+)", re.MULTILINE)
_FENCE = re.compile(r"^\s*(`{3,}|~{3,}|:{3,})\s*(\{?[\w:-]*\}?)")
_VERIFIED = re.compile(r"^✓ (\S+) · (\d+) cases, (exact|error below \S+) · caught: (.+)$")
_CHECKED = re.compile(r"^✓ (\d+\.\d+) · (.+)$")
_LITERAL = {"{code}", "{code-block}", "{code-cell}", "{literalinclude}"}
_HEADINGS = ("chapter", "equation", "cases", "bound", "wrong versions caught")


@dataclass(frozen=True)
class Row:
    """One labelled equation; without cases when nothing in its chapter verifies it."""

    chapter: str
    label: str
    cases: int = 0
    bound: str = "not verified"
    caught: tuple[str, ...] = ()

    def cells(self) -> tuple[str, ...]:
        """Give the row's texts in the order of the headings."""
        number = str(self.cases) if self.cases else ""
        return self.chapter, self.label, number, self.bound, ", ".join(self.caught)


@dataclass(frozen=True, repr=False)
class Table:
    """Every labelled equation; `strays` were verified but label nothing, `checked` exercises."""

    rows: tuple[Row, ...]
    strays: tuple[str, ...]
    checked: tuple[str, ...]

    @property
    def missing(self) -> tuple[str, ...]:
        """The labels that no cell of their chapter verifies."""
        return tuple(row.label for row in self.rows if not row.cases)

    @property
    def total(self) -> str:
        """Verified / labelled."""
        return f"{len(self.rows) - len(self.missing)} / {len(self.rows)}"

    def _summary(self) -> str:
        wrong = sum(len(row.caught) for row in self.rows)
        cases = sum(row.cases for row in self.rows)
        return (
            f"{self.total} labelled equations verified, on {cases} cases; "
            f"{wrong} wrong versions caught; {len(self.checked)} exercises solved"
        )

    def __repr__(self) -> str:
        lines = [_HEADINGS, *(row.cells() for row in self.rows)]
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        padded = (
            "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
            for line in lines
        )
        return "\n".join([*padded, self._summary()])

    def _repr_html_(self) -> str:
        head = "".join(f'<th scope="col">{text}</th>' for text in _HEADINGS)
        body = "\n".join(
            "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row.cells()) + "</tr>"
            for row in self.rows
        )
        return (
            f"<table>\n<caption>{self._summary()}</caption>\n"
            f"<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody>\n</table>"
        )


def verification_table(folder: str | Path = ".") -> Table:
    """The table of all labelled equations in the notebooks and pages of a folder.

    Parameters
    ----------
    folder
        Its notebooks and Markdown pages are read; the outputs as they are stored.

    Returns
    -------
    Table
        Shows itself in a notebook.
    """
    rows: list[Row] = []
    strays: list[str] = []
    checked: list[str] = []
    for path in sorted([*Path(folder).glob("*.ipynb"), *Path(folder).glob("*.md")]):
        markdown, outputs = _read(path)
        verified = {row.label: row for row in _verified(path.stem, outputs)}
        labels = [a or b for a, b in _LABEL.findall(_without_literals(markdown))]
        rows += [verified.get(label, Row(path.stem, label)) for label in labels]
        strays += [label for label in verified if label not in labels]
        checked += [m[1] for line in outputs.splitlines() if (m := _CHECKED.match(line))]
    return Table(tuple(rows), tuple(strays), tuple(sorted(set(checked), key=_number)))


def _read(path: Path) -> tuple[str, str]:
    """The prose of a page, and what its code cells printed."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".md":
        return text, ""
    cells: list[dict[str, Any]] = json.loads(text)["cells"]
    prose = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown"]
    outputs = (output for cell in cells for output in cell.get("outputs", []))
    printed = ["".join(each["text"]) for each in outputs if each.get("name") == "stdout"]
    return "\n\n".join(prose), "\n".join(printed)


def _verified(chapter: str, outputs: str) -> Iterator[Row]:
    for line in outputs.splitlines():
        if found := _VERIFIED.match(line):
            label, cases, bound, caught = found.groups()
            yield Row(chapter, label, int(cases), bound, tuple(caught.split(", ")))


def _without_literals(markdown: str) -> str:
    """The text without blocks and spans of code, where an equation is only an example."""
    kept: list[str] = []
    fences: list[tuple[str, bool]] = []  # the open ones: their marks, and whether they hold code
    for line in markdown.splitlines():
        found = _FENCE.match(line)
        in_code = bool(fences) and fences[-1][1]
        if found and fences and not found[2] and found[1].startswith(fences[-1][0]):
            fences.pop()
        elif found and not in_code:
            fences.append((found[1], not found[2].startswith("{") or found[2] in _LITERAL))
        elif not in_code:
            kept.append(re.sub(r"(`+)[^`]+\1", "", line))
    return "\n".join(kept)


def _number(name: str) -> tuple[int, ...]:
    return tuple(int(part) for part in name.split("."))


def main(folder: str) -> int:
    """Print the coverage of a folder; 0 when it is complete, else 1."""
    table = verification_table(folder)
    print(f"equation coverage: {table.total}")
    for label in table.missing:
        print(f"not verified in its chapter: {label}")
    for label in table.strays:
        print(f"verified, but no equation of the chapter has this label: {label}")
    return int(bool(table.missing or table.strays or not table.rows))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
