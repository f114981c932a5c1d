"""The trained network of chapter 14: what its file holds, and that it never saw its test."""

import numpy as np
import pytest

from convlib import nn
from convlib.teach import trained


@pytest.fixture(scope="module")
def loaded():
    return trained.load()


def test_it_reads_held_out_digits(loaded):
    score = nn.evaluate(loaded.net, *loaded.held_out)
    assert score.accuracy >= 0.985
    assert score.loss < 0.1


def test_it_is_in_evaluation_and_small(loaded):
    assert not any(layer.training for layer in loaded.net)
    assert loaded.net.count < 20_000
    assert trained.FILE.stat().st_size < 100_000
    assert all(array.dtype == np.float32 for array in loaded.net.params.values())


def test_file_and_architecture_agree(loaded):
    with np.load(trained.FILE) as file:
        names = {name.partition("/")[2] for name in file.files} - {""}
    assert names == {*loaded.net.params, *loaded.net.buffers}


def test_every_digit_is_on_one_side_only(loaded):
    x, _ = nn.digits()
    parts = [loaded.standardizer.inverse(part[0]) for part in (loaded.train, loaded.held_out)]
    both = np.rint(np.concatenate(parts)).reshape(len(x), -1)
    assert len(parts[1]) == 450
    order = [np.lexsort(np.transpose(pictures)) for pictures in (both, x.reshape(len(x), -1))]
    np.testing.assert_array_equal(both[order[0]], x.reshape(len(x), -1)[order[1]])


def test_statistics_are_those_of_the_training_part(loaded):
    x = loaded.train[0].astype(float)
    assert abs(x.mean()) < 1e-6
    assert abs(x.std() - 1) < 1e-6
    assert abs(loaded.held_out[0].mean()) > 1e-4


def test_the_recipe_learns_and_writes_a_file(tmp_path):
    path = tmp_path / "folder" / "net.npz"
    score = trained.make(path, epochs=1)
    assert score.accuracy > 0.8
    net = nn.digit_net(rng=0)
    nn.load(net, path)
    assert nn.evaluate(net, *trained.data().held_out) == score


def test_error_without_the_file(tmp_path, monkeypatch):
    monkeypatch.setattr(trained, "FILE", tmp_path / "none.npz")
    with pytest.raises(FileNotFoundError, match=r"python -m convlib.teach.trained makes it"):
        trained.load()
