"""Weights in files: bit for bit there and back, and no damage gets into a net."""

import re
import zipfile

import numpy as np
import pytest

from convlib import nn


def network(seed=0, dtype=np.float64):
    net = nn.Sequential(nn.Conv(1, 2, 3, rng=seed), nn.BatchNorm(2), nn.Flatten(), nn.Dense(8, 3))
    net.astype(dtype)(np.random.default_rng(seed).normal(size=(5, 1, 4, 4)).astype(dtype))
    return net


def arrays(net):
    return {
        f"{kind}/{name}": array.copy()
        for kind, part in (("params", net.params), ("buffers", net.buffers))
        for name, array in part.items()
    }


@pytest.fixture
def path(tmp_path):
    nn.save(network(), tmp_path / "net.npz")
    return tmp_path / "net.npz"


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_there_and_back(dtype, tmp_path):
    one, two = network(1, dtype), network(2, dtype)
    held = dict(two.params)
    nn.save(one, tmp_path / "a.npz")
    nn.load(two, str(tmp_path / "a.npz"))
    assert "buffers/1.var" in arrays(one)
    for name, array in arrays(one).items():
        assert arrays(two)[name].dtype == dtype
        assert arrays(two)[name].tobytes() == array.tobytes()
    assert all(two.params[name] is array for name, array in held.items())
    x = np.ones((2, 1, 4, 4), dtype)
    np.testing.assert_array_equal(nn.predict(one, x), nn.predict(two, x))


def test_the_file_is_plain(path):
    with np.load(path, allow_pickle=False) as content:
        assert str(content["format"]) == "convlib.nn weights, format 1"
        assert set(content.files) == {"format", *arrays(network())}


def write(path, **changes):
    """Write the file of a network, with some arrays changed or left out (None)."""
    content = {"format": np.array("convlib.nn weights, format 1"), **arrays(network())}
    content |= {name.replace("__", "/").replace("_at_", "."): a for name, a in changes.items()}
    np.savez(path, **{name: array for name, array in content.items() if array is not None})


def cut(path):
    path.write_bytes(path.read_bytes()[:-200])


def cut_in_the_middle(path):
    path.write_bytes(path.read_bytes()[:300])


def flipped(path):
    content = bytearray(path.read_bytes())
    place = content.find(network().params["0.w"].tobytes())
    content[place + 3] ^= 1
    path.write_bytes(content)


def other_zip(path):
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("hello.txt", "hello")


def twice(path):
    with zipfile.ZipFile(path, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("params/0.w.npy", archive.read("params/0.w.npy"))


DAMAGES = {
    "cut off": (cut, "is damaged, or no file of weights"),
    "cut in the middle": (cut_in_the_middle, "is damaged, or no file of weights"),
    "a bit flipped": (flipped, "is damaged, or no file of weights: Bad CRC"),
    "empty": (lambda path: path.write_bytes(b""), "is damaged, or no file of weights"),
    "text": (lambda path: path.write_text("hello"), "is damaged, or no file of weights"),
    "another zip": (other_zip, "is damaged, or no file of weights"),
    "an array twice": (twice, "it holds an array twice"),
    "pickle": (
        lambda path: write(path, params__0_at_w=np.array([{}, []], object)),
        "Object arrays cannot be loaded",
    ),
    "no mark": (lambda path: write(path, format=None), "was not written by nn.save: nothing in it"),
    "another mark": (
        lambda path: write(path, format=np.array("format 2")),
        "its format is 'format 2', not 'convlib.nn weights, format 1'",
    ),
    "missing": (
        lambda path: write(path, params__3_at_b=None, buffers__1_at_var=None),
        "does not fit this net: params/3.b is missing; buffers/1.var is missing",
    ),
    "extra": (
        lambda path: write(path, params__9_at_w=np.ones(3)),
        "does not fit this net: params/9.w is not in the net",
    ),
    "misshapen": (
        lambda path: write(path, params__3_at_b=np.ones((1, 3))),
        "does not fit this net: params/3.b has shape (1, 3), the net (3,)",
    ),
    "wrong dtype": (
        lambda path: write(path, params__3_at_b=np.ones(3, np.float32)),
        "does not fit this net: params/3.b is float32, the net float64 (see astype)",
    ),
}


@pytest.mark.parametrize(("damage", "text"), DAMAGES.values(), ids=DAMAGES)
def test_damage_is_refused_and_the_net_left_alone(damage, text, path):
    damage(path)
    net = network(7)
    before = arrays(net)
    with pytest.raises(ValueError, match=re.escape(text)) as raised:
        nn.load(net, path)
    assert str(raised.value).startswith(str(path))
    for name, array in arrays(net).items():
        np.testing.assert_array_equal(array, before[name])


def test_names_of_files(tmp_path):
    with pytest.raises(ValueError, match=r"needs a name that ends in \.npz"):
        nn.save(network(), tmp_path / "net.pkl")
    with pytest.raises(FileNotFoundError):
        nn.load(network(), tmp_path / "none.npz")
