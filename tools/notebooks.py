"""The one writer of notebooks: execute, bring to normal form, save.

    python tools/notebooks.py                        every notebook in chapters/
    python tools/notebooks.py 01-sequences           this one (name, number or path)
    python tools/notebooks.py --check                say which files differ from their normal form
    python tools/notebooks.py --to-text 01           write drafts/01-sequences.md, to edit as text
    python tools/notebooks.py --from-text drafts/01-sequences.md    the way back, executed
    python tools/notebooks.py --needing frameworks [01]  print which of these need that environment

A notebook is saved only when every cell ran as it should; otherwise the file stays as it was
and the cell that failed is printed.

The normal form exists so that two people who run the same notebook write the same bytes: then a
diff shows what somebody changed, and nothing else. Figures are dropped (they are made again by
every build); text, HTML and LaTeX outputs stay, because `pytest --nbval` compares them.

A notebook that needs more than requirements.txt says so in its metadata (`tools/environments.py`),
and is executed by this same program in an environment of its own; when all notebooks are executed,
it is left out where there is none.
"""

from __future__ import annotations

import argparse
import hashlib
import re
import subprocess
import sys
from pathlib import Path

import jupytext
import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from tqdm import tqdm

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # where this file is run as a program, from whatever folder

from tools.environments import (  # noqa: E402
    ENVIRONMENTS,
    KEY,
    UnknownEnvironmentError,
    environment_of,
    named_in,
    needing,
)

CHAPTERS = ROOT / "chapters"
DRAFTS = ROOT / "drafts"
SUMMARY = "verification.ipynb"  # reads the outputs of the others, so it comes last

NOTEBOOK_METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    # no version here: it would differ between two Pythons that agree on every output
    "language_info": {"file_extension": ".py", "mimetype": "text/x-python", "name": "python"},
}
CELL_METADATA = ("jupyter", "mystnb", "tags")  # everything else is an editor's private note
PICTURES = ("image/png", "image/jpeg", "image/svg+xml", "image/gif")
SECONDS_PER_CELL = 900  # on a slow and busy machine
ANSI_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


class NotebookError(Exception):
    """A notebook that cannot be saved, with a message for its author."""


def normalise(notebook: NotebookNode) -> NotebookNode:
    """Return the normal form of a notebook; the notebook itself is not changed."""
    cells = [_normal_cell(cell) for cell in notebook.cells if cell.source.strip()]
    seen: dict[str, int] = {}
    for cell in cells:
        # The id follows the text, so a cell that did not change keeps its id when others move.
        key = hashlib.sha256(f"{cell.cell_type}\n{cell.source}".encode()).hexdigest()[:12]
        seen[key] = seen.get(key, 0) + 1
        cell.id = key if seen[key] == 1 else f"{key}-{seen[key]}"
    name = named_in(notebook.metadata)
    metadata = NOTEBOOK_METADATA | ({KEY: {"environment": name}} if name else {})
    return nbformat.from_dict(
        {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    )


def _normal_cell(cell: NotebookNode) -> NotebookNode:
    """Return a cell with only what belongs into git."""
    normal = {
        "cell_type": cell.cell_type,
        "metadata": {key: cell.metadata[key] for key in CELL_METADATA if cell.metadata.get(key)},
        "source": cell.source.strip("\n").rstrip(),
    }
    if "exercise-solution" in normal["metadata"].get("tags", []):
        normal["metadata"]["jupyter"] = {"source_hidden": True}  # folded away in JupyterLab
    if cell.cell_type == "code":
        normal["execution_count"] = cell.get("execution_count")
        normal["outputs"] = _normal_outputs(cell.get("outputs", []))
    return nbformat.from_dict(normal)


def _normal_outputs(outputs: list[NotebookNode]) -> list[NotebookNode]:
    """Return outputs with streams joined, pictures and what is local to a machine dropped."""
    normal: list[NotebookNode] = []
    for given in outputs:
        output = nbformat.from_dict(dict(given))
        if output.output_type == "stream":
            previous = normal[-1] if normal else {}
            if previous.get("output_type") == "stream" and previous.get("name") == output.name:
                previous["text"] += output.text
                continue
        elif output.output_type == "error":
            # the frames name folders of this machine; the page shows them afresh at each build
            output.traceback = [f"{output.ename}: {output.evalue}"]
        else:
            output.metadata = {}
            output.data = {
                kind: value for kind, value in output.data.items() if kind not in PICTURES
            }
        normal.append(output)
    return normal


def dumps(notebook: NotebookNode) -> str:
    """Return the text of a notebook file: sorted keys, one final newline."""
    nbformat.validate(notebook)
    return nbformat.writes(notebook, sort_keys=True, indent=1, ensure_ascii=False).rstrip() + "\n"


def loads(text: str) -> NotebookNode:
    """Return the notebook that a file's text holds."""
    return nbformat.reads(text, as_version=4)


def is_normal(path: Path) -> bool:
    """Say whether a file holds exactly its normal form."""
    text = path.read_text(encoding="utf-8")
    return dumps(normalise(loads(text))) == text


def execute(notebook: NotebookNode, name: str) -> NotebookNode:
    """Return the normal form of a notebook after running it from a fresh kernel in chapters/."""
    notebook = normalise(notebook)
    client = NotebookClient(
        notebook,
        kernel_name="python3",
        timeout=SECONDS_PER_CELL,
        resources={"metadata": {"path": str(CHAPTERS)}},
    )
    try:
        client.execute()
    except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
        raise NotebookError(_explain(notebook, name, error)) from None
    return normalise(notebook)


def _explain(notebook: NotebookNode, name: str, error: Exception) -> str:
    """Return which cell failed, what it says and why, in a form for people."""
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    # nbclient numbers the cells as it starts them: the last one that has a number is the culprit,
    # unless the kernel died before it could answer
    failed = [cell for cell in code if any(o.output_type == "error" for o in cell.outputs)]
    started = [cell for cell in code if cell.execution_count is not None]
    cell = (failed or started or code)[-1]
    numbered = [f"  {n:3d} | {line}" for n, line in enumerate(cell.source.split("\n"), start=1)]
    report = [f"{name}: code cell {code.index(cell) + 1} of {len(code)} failed", "", *numbered, ""]
    printed = [o.text.rstrip() for o in cell.outputs if o.output_type == "stream"]
    errors = [o for o in cell.outputs if o.output_type == "error"]
    if errors:
        frames = ANSI_COLOUR.sub("", "\n".join(errors[-1].traceback)).split("\n")
        report += [*printed, *frames[-25:]]
    else:
        report += [*printed, f"{type(error).__name__}: {error}"]
    return "\n".join(report)


def elsewhere(name: str | None) -> str | None:
    """Return the name of an environment, or None where this Python is in it already."""
    return None if name is None or ENVIRONMENTS[name].is_here else name


def interpreter(name: str) -> Path:
    """Return the Python of an environment; it may be missing."""
    return ROOT / ENVIRONMENTS[name].folder / "bin" / "python"


def send(path: Path, name: str) -> bool:
    """Let the Python of another environment execute and save a notebook; say if it did."""
    module, folder, command = ENVIRONMENTS[name]
    if not interpreter(name).is_file():
        raise NotebookError(f"{path.stem}: needs the environment {folder}; `{command}` makes it")
    if Path(sys.prefix) == ROOT / folder:
        raise NotebookError(f"{path.stem}: {folder} has no {module}; `{command}` makes it again")
    program = [str(interpreter(name)), str(Path(__file__).resolve()), str(path)]
    return subprocess.run(program).returncode == 0


def find(name: str) -> Path:
    """Return the notebook that a path, a file name, a stem or a chapter's number means."""
    if Path(name).suffix == ".ipynb" and Path(name).is_file():
        return Path(name).resolve()
    stem = Path(name).name.removesuffix(".ipynb")
    hits = sorted(CHAPTERS.glob(f"{stem}.ipynb")) or sorted(CHAPTERS.glob(f"{stem}-*.ipynb"))
    if len(hits) != 1:
        known = ", ".join(path.stem for path in notebooks())
        raise NotebookError(f"{name!r} means {len(hits)} notebooks; there are: {known}")
    return hits[0]


def notebooks() -> list[Path]:
    """Return the book's notebooks in the order of their names."""
    return sorted(CHAPTERS.glob("*.ipynb"))


def with_summary(paths: list[Path]) -> list[Path]:
    """Return the notebooks, and last the one that reads them, where there is one."""
    summary = CHAPTERS / SUMMARY
    return [path for path in paths if path != summary] + [summary] * summary.is_file()


def write(path: Path, notebook: NotebookNode) -> bool:
    """Save a notebook and say whether the file changed."""
    text = dumps(notebook)
    if path.is_file() and path.read_text(encoding="utf-8") == text:
        return False
    path.write_text(text, encoding="utf-8")
    return True


def run(paths: list[Path]) -> int:
    """Execute and save notebooks; return how many failed."""
    failures = []
    bar = tqdm(paths, unit="notebook", disable=None if len(paths) > 1 else True)
    for path in bar:
        bar.set_description(path.stem)
        try:
            if name := elsewhere(environment_of(path)):
                if not send(path, name):
                    raise NotebookError(f"{path.stem}: failed in its own environment, see above")
                continue
            done = execute(loads(path.read_text(encoding="utf-8")), path.stem)
        except (NotebookError, UnknownEnvironmentError) as error:
            failures.append(str(error))
            tqdm.write(f"{path.stem}: failed, file left as it was", file=sys.stdout)
            continue
        state = "written" if write(path, done) else "unchanged"
        tqdm.write(f"{path.stem}: {state}", file=sys.stdout)
    for failure in failures:
        print(f"\n{failure}", file=sys.stderr)
    return len(failures)


def check(paths: list[Path]) -> int:
    """Print the notebooks that differ from their normal form; return how many."""
    odd = [path.stem for path in paths if not is_normal(path)]
    for stem in odd:
        print(f"{stem}: not in normal form; run `make notebooks ONLY={stem}`", file=sys.stderr)
    print(f"{len(paths) - len(odd)} of {len(paths)} notebooks are in normal form")
    return len(odd)


def _left_out(path: Path) -> bool:
    """Say, also to the user, whether a notebook's own environment is missing."""
    name = elsewhere(environment_of(path))
    if name is None or interpreter(name).is_file():
        return False
    command = ENVIRONMENTS[name].command
    print(f"{path.stem}: left out; `{command}` makes the environment that it needs")
    return True


def to_text(path: Path) -> Path:
    """Write a notebook without its outputs as MyST Markdown into drafts/; return the file."""
    target = DRAFTS / f"{path.stem}.md"
    target.parent.mkdir(exist_ok=True)
    notebook = normalise(loads(path.read_text(encoding="utf-8")))
    if KEY in notebook.metadata:  # jupytext leaves out what it does not know
        notebook.metadata["jupytext"] = {"notebook_metadata_filter": KEY}
    target.write_text(jupytext.writes(notebook, fmt="md:myst"), encoding="utf-8")
    return target


def from_text(source: Path) -> bool:
    """Make the notebook of the same name from MyST Markdown, executed; say whether it changed."""
    notebook = jupytext.reads(source.read_text(encoding="utf-8"), fmt="md:myst")
    if name := elsewhere(named_in(notebook.metadata)):
        raise NotebookError(f"{source.stem}: run this with {interpreter(name)}")
    target = CHAPTERS / f"{source.stem}.ipynb"
    return write(target, execute(notebook, source.stem))


def main(arguments: list[str] | None = None) -> int:
    """Run the command line and return the exit status."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("names", nargs="*", help="notebooks (default: all), or text files")
    mode = parser.add_mutually_exclusive_group()
    mode.add_argument("--check", action="store_true", help="compare with the normal form only")
    mode.add_argument("--to-text", action="store_true", help="notebook -> drafts/NAME.md")
    mode.add_argument("--from-text", action="store_true", help="NAME.md -> notebook, executed")
    mode.add_argument("--needing", choices=ENVIRONMENTS, help="print which need this environment")
    options = parser.parse_args(arguments)
    try:
        if options.from_text:
            for name in options.names or parser.error("--from-text needs a file"):
                state = "written" if from_text(Path(name)) else "unchanged"
                print(f"{Path(name).stem}: {state}")
            return run(with_summary([]))
        paths = [find(name) for name in options.names] or notebooks()
        if options.to_text:
            for path in paths:
                print(f"{path.stem}: text in {to_text(path).relative_to(ROOT)}")
            return 0
        if options.needing:
            for path in needing(options.needing, paths):
                print(path.relative_to(ROOT))
            return 0
        if options.check:
            return 1 if check(paths) else 0
        if not options.names:
            paths = [path for path in paths if not _left_out(path)]
        return 1 if run(with_summary(paths)) else 0
    except (NotebookError, UnknownEnvironmentError, OSError) as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
