"""Weights in files: bit for bit there and back, and no damage gets into a net."""

import io
import re
import zipfile
from itertools import cycle, islice

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


def entries(path):
    """The raw bytes of every array in a file."""
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def rewrite(path, **changes):
    """Write the file anew, with a right checksum for bytes that are not."""
    content = entries(path) | {f"params/{name}.npy": raw for name, raw in changes.items()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, raw in content.items():
            archive.writestr(name, raw)


def header(shape, descr="<f8", version=1):
    """The beginning of an array's bytes, which says what is to come."""
    text = f"{{'descr': {descr!r}, 'fortran_order': False, 'shape': {shape}, }}".encode()
    size = len(text).to_bytes(2 if version == 1 else 4, "little")
    return b"\x93NUMPY" + bytes([version, 0]) + size + text


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
    "a huge shape": (
        lambda path: rewrite(path, **{"3.b": header((10**15,)) + bytes(24)}),
        "is damaged, or no file of weights: an array of shape (1000000000000000,) and type float64",
    ),
    "a huge shape, empty": (
        lambda path: rewrite(path, **{"3.b": header((10**12, 0, 10**12))}),
        "is damaged, or no file of weights: ",
    ),
    "a huge type": (
        lambda path: rewrite(path, **{"3.b": header((3,), "<U99999999") + bytes(24)}),
        "in 24 bytes",
    ),
    "a shape below 0": (
        lambda path: rewrite(path, **{"3.b": header((-1, -3)) + bytes(24)}),
        "an array of shape (-1, -3)",
    ),
    "goes on": (
        lambda path: rewrite(path, **{"3.b": header((3,)) + bytes(32)}),
        "an array of shape (3,) and type float64 in 32 bytes",
    ),
    "another version of arrays": (
        lambda path: rewrite(path, **{"3.b": header((3,), version=9) + bytes(24)}),
        "an array in version (9, 0) of its format",
    ),
    "a header that is none": (
        lambda path: rewrite(path, **{"3.b": header("{}[") + bytes(24)}),
        "is damaged, or no file of weights",
    ),
    "no mark": (lambda path: write(path, format=None), "was not written by nn.save: nothing in it"),
    "another mark": (
        lambda path: write(path, format=np.array("format 2")),
        "its format is 'format 2', not 'convlib.nn weights, format 1'",
    ),
    "missing": (
        lambda path: write(path, params__3_at_b=None, buffers__1_at_var=None),
        "does not fit this net: params/3.b is missing; buffers/1.var is missing "
        "(layer 3 is Dense(8 → 3), layer 1 is BatchNorm(2))",
    ),
    "extra": (
        lambda path: write(path, params__9_at_w=np.ones(3)),
        "does not fit this net: params/9.w is not in the net (there is no layer 9)",
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


def test_a_net_with_other_layers_says_which(tmp_path):
    block = nn.Residual(nn.Conv(2, 2, 1), nn.BatchNorm(2))
    nn.save(nn.Sequential(nn.Conv(1, 2, 3), block), tmp_path / "net.npz")
    net = nn.Sequential(nn.Conv(1, 2, 3), nn.Residual(nn.Conv(2, 2, 3), nn.Dropout()))
    text = (
        "params/1.inside.1.gamma is not in the net; params/1.inside.1.beta is not in the net; "
        "buffers/1.inside.1.mean is not in the net; buffers/1.inside.1.var is not in the net; "
        "params/1.inside.0.w has shape (2, 2, 1, 1), the net (2, 2, 3, 3) "
        "(layer 1.inside.1 is Dropout(0.5), layer 1.inside.0 is Conv(2 → 2, kernel 3×3))"
    )
    with pytest.raises(ValueError, match=re.escape(text)):
        nn.load(net, tmp_path / "net.npz")
    text = "params/w is missing; params/b is missing; "
    with pytest.raises(ValueError, match=re.escape(text)) as raised:
        nn.load(nn.Dense(1, 1), tmp_path / "net.npz")
    assert "(the net is Dense(1 → 1), there is no layer 0, there is" in str(raised.value)


class Scale(nn.Layer):
    """A layer of one's own with a scalar parameter."""

    def __init__(self, a):
        super().__init__()
        self.add_parameter("a", a)


def test_a_scalar_parameter(tmp_path):
    nn.save(nn.Sequential(Scale(2.5)), tmp_path / "net.npz")
    net = nn.Sequential(Scale(1.0))
    held = net.params["0.a"]
    nn.load(net, tmp_path / "net.npz")
    assert net.params["0.a"] is held
    assert held == 2.5


def test_other_orders_of_the_same_numbers(path):
    """Byte-swapped, Fortran order, an older header, compressed: the numbers are what counts."""
    known = arrays(network())
    swapped = {name: array.astype(array.dtype.newbyteorder()) for name, array in known.items()}
    swapped["params/0.w"] = np.asfortranarray(swapped["params/0.w"])
    np.savez_compressed(path, format=np.array("convlib.nn weights, format 1"), **swapped)
    raw = io.BytesIO()
    np.lib.format.write_array(raw, known["params/3.w"], version=(2, 0))
    rewrite(path, **{"3.w": raw.getvalue()})
    net = network(7)
    nn.load(net, path)
    for name, array in arrays(net).items():
        assert array.dtype == np.float64
        assert array.dtype.isnative
        np.testing.assert_array_equal(array, known[name])


# ---------------------------------------------------------------- any damage at all


def flip(content, rng):
    for place in rng.integers(0, len(content), rng.integers(1, 4)):
        content[place] ^= 1 << int(rng.integers(8))


def truncate(content, rng):
    del content[int(rng.integers(len(content))) :]


def overwrite(content, rng):
    start = int(rng.integers(len(content)))
    content[start : start + 8] = rng.bytes(8)


def insert(content, rng):
    start = int(rng.integers(len(content)))
    content[start:start] = rng.bytes(int(rng.integers(1, 9)))


HARMS = [flip, truncate, overwrite, insert]


@pytest.mark.parametrize("where", ["file", "header", "array"])
def test_any_damage_is_refused_or_harmless(where, path, rng):
    """In the file its checksums notice; behind a right checksum only our own checks do."""
    whole, parts = path.read_bytes(), entries(path)
    net, right, refused = network(7), network(), 0
    nn.load(right, path)
    for harm in islice(cycle(HARMS), 300):
        path.write_bytes(whole)
        if where == "file":
            content = bytearray(whole)
            harm(content, rng)
            path.write_bytes(content)
        else:
            name = str(rng.choice([name for name in parts if name.startswith("params")]))
            raw = parts[name]
            end = raw.index(b"\n") + 1 if where == "header" else len(raw)
            damaged = bytearray(raw[:end])
            harm(damaged, rng)
            rewrite(path, **{name[7:-4]: bytes(damaged) + raw[end:]})
        before, message = arrays(net), outcome(net, path)
        refused += bool(message)
        if message:
            assert message.startswith(str(path))
            same(net, before)
        elif where == "file":  # what changed was no array
            same(net, arrays(right))
    assert refused > 100


def outcome(net, path):
    """The message of a refusal, or nothing."""
    try:
        nn.load(net, path)
    except ValueError as error:
        return str(error)
    return ""


def same(net, known):
    for name, array in arrays(net).items():
        assert array.tobytes() == known[name].tobytes()


def test_names_of_files(tmp_path):
    with pytest.raises(ValueError, match=r"needs a name that ends in \.npz"):
        nn.save(network(), tmp_path / "net.pkl")
    with pytest.raises(FileNotFoundError):
        nn.load(network(), tmp_path / "none.npz")
