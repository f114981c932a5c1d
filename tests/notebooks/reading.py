"""Reading chapters: their cells, and what the Markdown in them contains."""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from nbformat import NotebookNode

from tools.notebooks import loads

ROOT = Path(__file__).resolve().parents[2]
CHAPTERS = ROOT / "chapters"
NOTEBOOKS = sorted(CHAPTERS.glob("*.ipynb"))
NUMBERED = [path for path in NOTEBOOKS if path.name[0].isdigit()]

FENCE = re.compile(r"^\s*(`{3,}|~{3,}|:{3,})\s*(?:\{([\w:-]+)\})?\s*(.*)$")
MATHS = re.compile(r"\$\$(.+?)\$\$[ \t]*(\([^)\s]+\))?", re.DOTALL)
INDENT = re.compile(r"^\s*")


@cache
def cells(path: Path) -> tuple[NotebookNode, ...]:
    return tuple(loads(path.read_text(encoding="utf-8")).cells)


def code_cells(path: Path) -> list[NotebookNode]:
    return [cell for cell in cells(path) if cell.cell_type == "code"]


def tags(cell: NotebookNode) -> list[str]:
    return list(cell.metadata.get("tags", []))


def markdown(path: Path) -> str:
    if path.suffix == ".md":
        return path.read_text(encoding="utf-8")
    return "\n\n".join(cell.source for cell in cells(path) if cell.cell_type == "markdown")


def outputs_as_text(cell: NotebookNode) -> str:
    """Return everything that a reader sees below a cell, except pictures."""
    texts = []
    for output in cell.outputs:
        texts.append(output.get("text", ""))
        texts += [text for text in output.get("data", {}).values() if isinstance(text, str)]
        texts += [output.get("evalue", "")]
    return "\n".join(texts)


@dataclass(frozen=True)
class Block:
    """A directive or a fenced piece of code: its name, argument, and the names around it."""

    name: str
    argument: str
    text: str
    inside: tuple[str, ...]


@dataclass(frozen=True)
class Equation:
    """A displayed equation: its TeX, its label if any, and the directives around it."""

    tex: str
    label: str
    inside: tuple[str, ...]


def blocks(text: str) -> list[Block]:
    """Return the fenced blocks of a text, and as blocks named "" the prose between them.

    What stands between `solution-start` and `solution-end` counts as inside a `solution`.
    """
    found: list[Block] = []
    around: list[tuple[str, str, str]] = []  # open directives: marks, name, argument
    gated: list[str] = []
    lines: list[str] = []

    def close() -> None:
        name, argument = (around[-1][1], around[-1][2]) if around else ("", "")
        inside = (*gated, *(one[1] for one in around[:-1]))
        found.append(Block(name, argument, "\n".join(lines), inside))
        lines.clear()

    for line in text.split("\n"):
        fence = FENCE.match(line)
        if fence and around and not fence[2] and not fence[3] and fence[1] == around[-1][0]:
            close()
            if around[-1][1] == "solution-start":
                gated.append("solution")
            elif around[-1][1] == "solution-end" and gated:
                gated.pop()
            around.pop()
        elif fence and not (around and is_code(around[-1][1])):
            close()
            around.append((fence[1], fence[2] or "code", fence[3].strip()))
        else:
            lines.append(line)
    close()
    return found


def is_code(name: str) -> bool:
    return name in ("code", "code-block", "code-cell", "literalinclude")


def option(text: str, name: str) -> str:
    """Return a directive's option, or an empty text."""
    hit = re.search(rf"^\s*:{name}:\s*(\S+)", text, re.MULTILINE)
    return hit[1] if hit else ""


def equations(text: str) -> list[Equation]:
    """Return the displayed equations of a text."""
    found = []
    for block in blocks(text):
        inside = (*block.inside, block.name)
        if block.name == "math":
            found.append(Equation(block.text.strip(), option(block.text, "label"), block.inside))
        elif not is_code(block.name):
            prose = re.sub(r"(`+)[^`]+\1", "", block.text)
            for tex, label in MATHS.findall(prose):
                found.append(Equation(tex.strip(), label.strip("()"), inside))
            bare = re.findall(r"^\s*(\\begin\{.*)$", MATHS.sub("", prose), re.MULTILINE)
            found += [Equation(tex, "", inside) for tex in bare]
    return found


@cache
def toc() -> dict[str, Any]:
    return dict(yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8")))


def toc_files() -> list[str]:
    return [chapter["file"] for part in toc()["parts"] for chapter in part["chapters"]]


@cache
def allowed(kind: str) -> tuple[dict[str, str], ...]:
    """Return the exceptions of one kind from allowed.toml; each has a reason."""
    entries = tomllib.loads((Path(__file__).parent / "allowed.toml").read_text(encoding="utf-8"))
    return tuple(entries.get(kind, []))
