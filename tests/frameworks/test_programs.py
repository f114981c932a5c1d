"""The three programs of chapter 17: they run alone, and they are the same program."""

import os
import subprocess
import sys
import warnings

import numpy as np
import pytest

from convlib import nn
from convlib.teach import frameworks

NAMES = ["mnist_numpy", "mnist_torch", "mnist_keras"]
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}  # two run side by side below


@pytest.fixture
def programs(root):
    return {name: root / "chapters" / "programs" / f"{name}.py" for name in NAMES}


def test_each_runs_alone_from_anywhere(programs, tmp_path):
    running = [
        subprocess.Popen(
            [sys.executable, str(path)],
            cwd=tmp_path, env=os.environ | ONE_THREAD,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )
        for path in programs.values()
    ]  # fmt: skip
    for process in running:
        out, err = process.communicate()
        assert (process.returncode, err) == (0, "")
        share, end = out.split("%")
        assert end == " of 2000 test pictures are read correctly\n"
        assert 95 < float(share) < 100


def scores(programs, *names, **constants):
    with warnings.catch_warnings():  # Keras on PyTorch warns of its own calls of NumPy
        warnings.simplefilter("ignore", DeprecationWarning)
        return [frameworks.run(programs[name], **constants)["scores"] for name in names]


@pytest.mark.parametrize("seed", [0, 1])
def test_the_same_scores_before_training_and_after_the_first_steps(programs, seed):
    for constants in ({"RATES": ()}, {"RATES": (0.1,), "TRAIN": 160}):
        ours, *others = scores(programs, *NAMES, SEED=seed, **constants)
        for theirs in others:
            np.testing.assert_allclose(theirs, ours, rtol=0, atol=1e-5 * np.abs(ours).max())


def test_in_64_bits_they_stay_the_same(programs):
    constants = {"DTYPE": "float64", "RATES": (0.1, 0.01), "TRAIN": 1600}
    ours, theirs = scores(programs, "mnist_numpy", "mnist_torch", **constants)
    assert ours.dtype == theirs.dtype == np.float64
    np.testing.assert_allclose(theirs, ours, rtol=0, atol=1e-11 * np.abs(ours).max())


def test_they_see_other_numbers_where_the_test_says_so(programs):
    """A comparison is worth something only if it can fail."""
    first, second = (scores(programs, "mnist_numpy", SEED=s, RATES=()) for s in (0, 1))
    assert not np.allclose(first, second)


def test_the_loop_of_the_numpy_program_is_fit(programs):
    """As the chapter says: the same batches, and the same weights, bit for bit."""
    run = frameworks.run(programs["mnist_numpy"], RATES=(0.1, 0.1), TRAIN=320)
    start = frameworks.run(programs["mnist_numpy"], RATES=(), TRAIN=320)
    net = start["net"]
    nn.fit(
        net, start["x_train"], start["y_train"], optimizer=start["optimizer"],
        epochs=2, batch_size=32, rng=start["rng"], progress=False,
    )  # fmt: skip
    for name, param in net.params.items():
        np.testing.assert_array_equal(param, run["net"].params[name])
