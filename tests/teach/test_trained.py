"""What chapter 14 trained beforehand: what its files hold, and that no net saw its test."""

import json

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


# ---------------------------------------------------------------- MNIST


def test_every_digit_of_mnist_is_in_one_part_only():
    parts = trained.mnist()
    pictures = np.concatenate([part[0] for part in parts[:3]])
    back = np.rint(parts.standardizer.inverse(pictures)).astype(np.uint8).reshape(10_000, -1)
    (x, _), (x_held, y_held) = nn.mnist()
    assert len(np.unique(back, axis=0)) == 10_000
    np.testing.assert_array_equal(back[8000:], x_held.reshape(2000, -1))
    np.testing.assert_array_equal(parts.held_out[1], y_held)
    assert {row.tobytes() for row in back} == {row.tobytes() for row in np.concatenate([x, x_held])}


def test_statistics_of_mnist_are_those_of_the_training_part():
    train, validation, held_out, _ = trained.mnist()
    assert abs(train[0].mean(dtype=float)) < 1e-6
    assert abs(train[0].std(dtype=float) - 1) < 1e-6
    assert abs(validation[0].mean()) > 1e-4
    assert abs(held_out[0].mean()) > 1e-4


def test_the_dense_networks_are_as_large_and_five_times_as_large():
    counts = {name: kind.make(0).count for name, kind in trained.CONTEST.items()}
    cnn = counts.pop("CNN")
    assert 0.95 < counts["dense, equal size"] / cnn < 1.05
    assert 4.9 < counts["dense, five times"] / cnn < 5.1


def test_the_scores_on_file_belong_to_these_networks():
    found = trained.scores()
    assert list(found) == list(trained.CONTEST)
    for name, row in found.items():
        kind = trained.CONTEST[name]
        assert (row.parameters, row.epochs) == (kind.make(0).count, kind.epochs)
        assert len(row.accuracies) == 5
        correct = 2000 * np.array(row.accuracies)
        np.testing.assert_allclose(correct, np.rint(correct), atol=1e-6)


def test_the_cnn_is_ahead_with_every_seed():
    cnn, *others = trained.scores().values()
    assert min(cnn.accuracies) >= 0.98
    assert min(cnn.accuracies) > max(max(row.accuracies) for row in others)


def test_the_command_for_mnist_trains_and_writes(tmp_path, monkeypatch, capsys):
    short = {name: kind._replace(epochs=1) for name, kind in trained.CONTEST.items()}
    monkeypatch.setattr(trained, "CONTEST", short)
    path = tmp_path / "folder" / "scores.json"
    made = trained.make_scores(path, seeds=[3], digits=320)
    monkeypatch.setattr(trained, "MNIST_FILE", path)
    assert trained.scores() == made
    assert all(0.3 < row.accuracies[0] < 0.95 for row in made.values())
    assert len(json.loads(path.read_text())) == len(path.read_text().splitlines()) - 2
    monkeypatch.setattr(trained, "make_scores", trained.scores)
    trained.main(["mnist"])
    assert capsys.readouterr().out.startswith("CNN: 8962 parameters, ")


def test_other_words_for_the_command(monkeypatch, capsys):
    with pytest.raises(SystemExit, match="cifar: the command takes nothing, or the word mnist"):
        trained.main(["cifar"])
    monkeypatch.setattr(trained, "make", lambda: nn.Score(0.0, 0.875))
    trained.main([])
    assert (
        capsys.readouterr().out
        == "digits-net.npz: 87.5% of the held-out digits are read correctly\n"
    )


def test_error_without_the_scores(tmp_path, monkeypatch):
    monkeypatch.setattr(trained, "MNIST_FILE", tmp_path / "none.json")
    with pytest.raises(FileNotFoundError, match=r"python -m convlib.teach.trained mnist makes it"):
        trained.scores()


def test_scores_need_a_seed(tmp_path):
    with pytest.raises(ValueError, match=r"^seeds=\[\]: needs at least one$"):
        trained.make_scores(tmp_path / "scores.json", seeds=[])
    assert not list(tmp_path.iterdir())
