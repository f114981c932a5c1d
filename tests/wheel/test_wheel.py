"""The wheel is the product: it is built, installed outside the repository, and used there.

`make wheel` runs these tests, and nothing else does: they make two environments and take minutes.
"""

import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.wheel

MODULES = ["convlib/py.typed", "convlib/fast/im2col.py", "convlib/nn/layer.py"]
DATA = [
    "convlib/nn/mnist_10k/mnist-10k-images-idx3-ubyte.gz",
    "convlib/nn/mnist_10k/mnist-10k-labels-idx1-ubyte.gz",
    "convlib/nn/mnist_10k/README.md",
    "convlib/teach/data/digits-net.npz",
    "convlib/teach/data/mnist-scores.json",
    "convlib/teach/explore/explore.js",
    "convlib/teach/explore/explore.css",
]
DOWNLOADS = ["02-shape-arithmetic", "14-training", "15-architectures"]
TOOLS = ["pytest", "pytest-xdist", "mypy", "nbval", "nbclient", "ipykernel"]
# Tests that read other files of the repository than the library and the tests themselves.
OF_THE_REPOSITORY = ["test_mutants.py", "test_imports.py", "test_benchmarks.py"]
OF_THE_REPOSITORY += ["test_shorthands_types.py", "frameworks", "notebooks", "site", "wheel"]


def call(*command, cwd, **variables):
    """Run a command that sees neither the repository nor what runs these tests."""
    hidden = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV")
    kept = {name: value for name, value in os.environ.items() if name not in hidden}
    done = subprocess.run(
        list(map(str, command)), cwd=cwd, env=kept | variables, capture_output=True, text=True
    )
    assert done.returncode == 0, f"{' '.join(map(str, command))}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    return tmp_path_factory.mktemp("outside")


@pytest.fixture(scope="module")
def copy(root, place):
    """The files under version control, as they are now."""
    copy = place / "copy"
    listed = call("git", "ls-files", "-z", cwd=root).split("\0")
    for name in filter(None, listed):
        target = copy / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if (root / name).is_file():
            shutil.copy(root / name, target)
    return copy


@pytest.fixture(scope="module")
def built(copy, place):
    """The sdist, and the wheel made of it."""
    make = "from setuptools import build_meta; print(build_meta.build_sdist('dist'))"
    name = call(sys.executable, "-c", make, cwd=copy).splitlines()[-1]
    sdist = copy / "dist" / name
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    call(*pip, "-w", place, sdist, cwd=place)
    return sdist, next(place.glob("convlib-*.whl"))


def environment(folder):
    call(sys.executable, "-m", "venv", folder, cwd=folder.parent)
    return folder / ("Scripts" if os.name == "nt" else "bin") / "python"


@pytest.fixture(scope="module")
def pins(root, place):
    """The pinned versions as constraints: for the Python that they are pinned for, else none."""
    wanted = sys.version_info[:2] == (3, 11)
    (place / "pins.txt").write_text((root / "requirements.txt").read_text() if wanted else "")
    return ["-c", place / "pins.txt"]


@pytest.fixture(scope="module")
def bare(built, place, pins):
    """An environment with the wheel and what it needs, nothing else."""
    python = environment(place / "bare")
    call(python, "-m", "pip", "install", "--quiet", *pins, built[1], cwd=place)
    return python


@pytest.fixture(scope="module")
def full(built, place, pins):
    """An environment with the wheel's extra for the notebooks, and the tools that check it."""
    python = environment(place / "full")
    extra = f"{built[1]}[teach]"
    call(python, "-m", "pip", "install", "--quiet", *pins, extra, *TOOLS, cwd=place)
    return python


def names(built):
    with tarfile.open(built[0]) as archive:
        sdist = {name.partition("/")[2] for name in archive.getnames()}
    with zipfile.ZipFile(built[1]) as archive:
        return sdist, set(archive.namelist())


def test_both_hold_all_that_a_notebook_needs_and_nothing_else(built, copy):
    sdist, wheel = names(built)
    package = {str(path.relative_to(copy)) for path in (copy / "convlib").rglob("*.py")}
    assert {*MODULES, *DATA, *package} <= wheel & sdist
    others = {name.split("/")[0] for name in wheel}
    assert {name for name in others if not name.endswith(".dist-info")} == {"convlib"}
    assert {"README.md", "LICENSE", "pyproject.toml"} <= sdist


def test_the_library_needs_numpy_and_the_progress_bar_only(bare, place):
    listed = call(bare, "-m", "pip", "list", "--format=freeze", cwd=place)
    installed = {line.partition("==")[0].lower() for line in listed.splitlines()}
    assert installed - {"pip", "setuptools"} == {"convlib", "numpy", "tqdm"}


def test_a_program_runs_and_is_checked_strictly(bare, full, copy, place):
    client = place / "client.py"
    shutil.copy(copy / "tests/wheel/client.py", client)
    assert call(bare, client, cwd=place) == "(8, 8) [9, 11] 2 Halved()\n"
    call(full, "-m", "mypy", "--strict", client, cwd=place)
    wrong = place / "wrong.py"
    wrong.write_text(client.read_text() + "\ncl.correlate1d([1, 2], [1], strid=2)\n")
    done = subprocess.run([full, "-m", "mypy", "--strict", wrong], capture_output=True, cwd=place)
    assert b'Unexpected keyword argument "strid"' in done.stdout


def test_exercises_are_checked_without_drawing_and_symbols(bare, place):
    lines = "from convlib.teach import check\ncheck('2.1', lambda n, k, s, p, d: 0)"
    assert call(bare, "-c", lines, cwd=place).startswith("✗ 2.1 · ")


def test_the_tests_of_the_library_pass_on_the_wheel(full, copy, place):
    there = place / "tests"
    shutil.copytree(copy / "tests", there, ignore=shutil.ignore_patterns(*OF_THE_REPOSITORY))
    command = [full, "-m", "pytest", "-q", "-n", "2", "-p", "no:cacheprovider", "-c", "pytest.ini"]
    (place / "pytest.ini").write_text("[pytest]\naddopts = --import-mode=importlib\n")
    assert " passed" in call(*command, "tests", cwd=place).splitlines()[-1]
    where = call(full, "-c", "import convlib; print(convlib.__file__)", cwd=place)
    assert Path(where.strip()).is_relative_to(place)


@pytest.mark.parametrize("name", DOWNLOADS)
def test_a_downloaded_notebook_runs(name, full, copy, place):
    """Alone in a folder, as from the page's download button; outputs are compared strictly."""
    folder = place / f"download-{name}"
    folder.mkdir()
    shutil.copy(copy / "chapters" / f"{name}.ipynb", folder)
    options = ["--nbval", "--nbval-current-env", "--nbval-cell-timeout=900", "-q", "-p", "no:xdist"]
    done = call(full, "-m", "pytest", *options, f"{name}.ipynb", cwd=folder)
    assert " passed" in done.splitlines()[-1]
