"""Data: IDX files and their damages, digits, CIFAR-10, signals, splits, standardising."""

import gzip
import re
import sys

import numpy as np
import pytest

from convlib import nn
from convlib.nn import data

NAMES = [
    f"{part}-{kind}-ubyte" for part in ("train", "t10k") for kind in ("images-idx3", "labels-idx1")
]


def idx(array):
    head = bytes([0, 0, 8, array.ndim])
    sizes = b"".join(n.to_bytes(4, "big") for n in array.shape)
    return head + sizes + array.astype(np.uint8).tobytes()


@pytest.fixture
def folder(tmp_path):
    for number, name in enumerate(NAMES):
        count = 5 if number < 2 else 3
        array = np.arange(count * 6).reshape(count, 2, 3) if number % 2 == 0 else np.arange(count)
        content = idx(array)
        if number % 3:
            (tmp_path / f"{name}.gz").write_bytes(gzip.compress(content))
        else:
            (tmp_path / name).write_bytes(content)
    return tmp_path


def test_the_four_files(folder):
    (x, y), (x_test, y_test) = nn.mnist(folder)
    np.testing.assert_array_equal(x, np.arange(30).reshape(5, 1, 2, 3))
    np.testing.assert_array_equal(x_test, np.arange(18).reshape(3, 1, 2, 3))
    assert (y.tolist(), y_test.tolist()) == ([0, 1, 2, 3, 4], [0, 1, 2])
    assert (x.dtype, y.dtype) == (np.uint8, np.int64)


def test_missing_files_are_all_named(tmp_path):
    with pytest.raises(FileNotFoundError, match="Yann LeCun") as raised:
        nn.mnist(tmp_path)
    assert all(name in str(raised.value) for name in NAMES)


def test_only_what_is_missing_is_named(folder):
    (folder / NAMES[0]).unlink()
    with pytest.raises(FileNotFoundError, match=f"does not hold {NAMES[0]} "):
        nn.mnist(folder)


def test_the_spelling_with_a_dot(folder):
    """Also compressed, and beside files in the other spelling, which come first."""
    plain = nn.mnist(folder)
    for name in NAMES:
        for end in ("", ".gz"):
            if (folder / f"{name}{end}").exists():
                dotted = name.replace("s-idx", "s.idx")
                (folder / f"{name}{end}").rename(folder / f"{dotted}{end}")
    for one, two in zip(nn.mnist(folder), plain, strict=True):
        for there, here in zip(one, two, strict=True):
            np.testing.assert_array_equal(there, here)
    (folder / NAMES[0]).write_bytes(idx(np.ones((5, 2, 3))))
    np.testing.assert_array_equal(nn.mnist(folder)[0][0], np.ones((5, 1, 2, 3)))


IMAGES = idx(np.zeros((5, 2, 3)))
FAULTS = {
    "magic": (b"\1" + IMAGES[1:], "starts with 01 00 08 03: an IDX file starts with 00 00"),
    "web page": (b"<html>", "starts with 3c 68 74 6d: an IDX file"),
    "empty": (b"", "starts with nothing"),
    "head": (IMAGES[:9], "is cut off within its head: 9 of 16 bytes"),
    "cut off": (IMAGES[:-1], "is cut off: 45 bytes, but (5, 2, 3) needs 46"),
    "too long": (IMAGES + b"0", "is too long: 47 bytes, but (5, 2, 3) needs 46"),
    "damaged gz": (gzip.compress(IMAGES)[:-9], "is damaged: it cannot be decompressed"),
    "wrong gz": (b"\x1f\x8bhello", "is damaged: it cannot be decompressed"),
    "sizes beyond any memory": (
        bytes([0, 0, 8, 3]) + b"\xff" * 12,
        "is cut off: 16 bytes, but (4294967295, 4294967295, 4294967295) needs 7922816",
    ),
    "sizes beyond any memory beside a 0": (
        bytes([0, 0, 8, 3]) + bytes(4) + b"\xff" * 8,
        "train-images-idx3-ubyte states 3 axes of sizes (0, 4294967295, 4294967295): array is too",
    ),
    "70 axes": (
        bytes([0, 0, 8, 70]) + bytes([0, 0, 0, 1]) * 70 + b"5",
        "train-images-idx3-ubyte states 70 axes of sizes (1, 1, 1,",
    ),
    "dimensions": (idx(np.zeros((5, 6))), "holds uint8 with shape (5, 6): needs bytes, (N, height"),
    "count": (idx(np.zeros((4, 2, 3))), "holds 5 labels, train-images-idx3-ubyte 4 images"),
    "sizes": (idx(np.zeros((5, 3, 3))), "the images have two sizes"),
}


@pytest.mark.parametrize(("content", "text"), FAULTS.values(), ids=FAULTS)
def test_damaged_files(content, text, folder):
    (folder / NAMES[0]).write_bytes(content)
    with pytest.raises(ValueError, match=re.escape(text)):
        nn.mnist(folder)


def test_labels_that_are_images(folder):
    (folder / f"{NAMES[1]}.gz").write_bytes(IMAGES)
    with pytest.raises(ValueError, match=r"train-labels-idx1-ubyte holds uint8 with shape \(5, 2"):
        nn.mnist(folder)


COUNTS = [1001, 1127, 991, 1032, 980, 863, 1014, 1070, 944, 978]  # of 0, 1, …, 9


def test_the_digits_on_board():
    (x, y), (x_test, y_test) = nn.mnist()
    assert (x.shape, x_test.shape) == ((8000, 1, 28, 28), (2000, 1, 28, 28))
    assert (x.dtype, y.dtype, y_test.dtype) == (np.uint8, np.int64, np.int64)
    assert (y.shape, y_test.shape, x.min(), x.max()) == ((8000,), (2000,), 0, 255)
    assert np.bincount(np.concatenate([y, y_test])).tolist() == COUNTS


def test_the_parts_on_board_are_alike_and_share_no_picture():
    (x, y), (x_test, y_test) = nn.mnist()
    flat = np.concatenate([x, x_test]).reshape(10_000, -1)
    assert len(np.unique(flat, axis=0)) == 10_000
    shares = np.bincount(y) / 8000, np.bincount(y_test) / 2000
    np.testing.assert_allclose(*shares, atol=0.02)
    assert abs(x.mean() - x_test.mean()) < 1


def test_a_label_belongs_to_its_picture():
    """A zero is empty in its middle, and a one is dark there."""
    (x, y), _ = nn.mnist()
    middle = x[:, 0, 12:16, 12:16].mean(axis=(1, 2))
    assert middle[y == 0].mean() < 30
    assert middle[y == 1].mean() > 150


def test_the_digits_on_board_are_not_shared():
    (x, _), _ = nn.mnist()
    x[:] = 0
    assert nn.mnist()[0][0].any()


def test_digits_on_board_that_somebody_took_away(tmp_path, monkeypatch):
    monkeypatch.setattr(data, "BUNDLED", tmp_path)
    text = "mnist-10k-images-idx3-ubyte, mnist-10k-labels-idx1-ubyte: they are a part of convlib; "
    with pytest.raises(FileNotFoundError, match=text + "install it anew, or name a folder"):
        nn.mnist()


def test_other_types_of_entries(tmp_path):
    values = np.array([[1, -2], [300, 4]], ">i2")
    path = tmp_path / "a"
    path.write_bytes(bytes([0, 0, 11, 2, 0, 0, 0, 2, 0, 0, 0, 2]) + values.tobytes())
    np.testing.assert_array_equal(nn.read_idx(path), values)
    assert nn.read_idx(path).dtype == np.int16


BATCHES = [*(f"data_batch_{number}.bin" for number in range(1, 6)), "test_batch.bin"]


@pytest.fixture
def colours(tmp_path):
    """Two records in each file: red is 10 times the file's number, plus 1 in the second record."""
    for number, name in enumerate(BATCHES):
        records = []
        for second in (0, 1):
            red, blue = np.full((32, 32), 10 * number + second), np.full((32, 32), 7)
            green = np.arange(32 * 32).reshape(32, 32) % 251
            planes = np.stack([red, green, blue]).astype(np.uint8)
            records.append(bytes([(number + 4 * second) % 10]) + planes.tobytes())
        (tmp_path / name).write_bytes(b"".join(records))
    return tmp_path


def test_cifar_10(colours):
    (x, y), (x_test, y_test) = nn.cifar10(colours)
    assert (x.shape, x_test.shape) == ((10, 3, 32, 32), (2, 3, 32, 32))
    assert (x.dtype, y.dtype) == (np.uint8, np.int64)
    assert (y.tolist(), y_test.tolist()) == ([0, 4, 1, 5, 2, 6, 3, 7, 4, 8], [5, 9])
    assert x[:, 0, 31, 31].tolist() == [0, 1, 10, 11, 20, 21, 30, 31, 40, 41]
    assert x_test[1, :, 0, 2].tolist() == [51, 2, 7]
    np.testing.assert_array_equal(x[3, 1], np.arange(1024).reshape(32, 32) % 251)
    x_test[:] = 0  # not a view of a read-only file
    assert nn.cifar10(colours)[1][0].any()


def test_cifar_files_that_are_missing(colours):
    for name in (BATCHES[1], BATCHES[5]):
        (colours / name).unlink()
    text = r"does not hold data_batch_2.bin, test_batch.bin\. CIFAR-10 was published by Alex"
    with pytest.raises(FileNotFoundError, match=text):
        nn.cifar10(colours)


CIFAR_FAULTS = {
    "cut off": (bytes(3072), "data_batch_3.bin holds 3072 bytes: needs records of 3073, a label"),
    "empty": (b"", "data_batch_3.bin holds 0 bytes: needs records of 3073"),
    "two labels, as in CIFAR-100": (bytes(2 * 3074), "holds 6148 bytes"),
    "label": (
        bytes(3073) + bytes([10]) + bytes(3072),
        "data_batch_3.bin: record 1 has the label 10: needs 0 to 9; the file is damaged",
    ),
}


@pytest.mark.parametrize(("content", "text"), CIFAR_FAULTS.values(), ids=CIFAR_FAULTS)
def test_damaged_cifar_files(content, text, colours):
    (colours / BATCHES[2]).write_bytes(content)
    with pytest.raises(ValueError, match=re.escape(text)):
        nn.cifar10(colours)


def test_digits():
    x, labels = nn.digits()
    assert (x.shape, x.dtype, x.min(), x.max()) == ((1797, 1, 8, 8), np.float64, 0, 16)
    assert (labels.dtype, np.unique(labels).tolist()) == (np.int64, list(range(10)))


def test_digits_without_scikit_learn(monkeypatch):
    monkeypatch.setitem(sys.modules, "sklearn.datasets", None)
    with pytest.raises(ImportError, match="not installed: pip install scikit-learn"):
        nn.digits()


def test_signals():
    x, labels = nn.signals(60, rng=1)
    again, other = nn.signals(60, rng=1)[0], nn.signals(60, rng=2)[0]
    assert (x.shape, np.bincount(labels).tolist()) == ((60, 1, 40), [10] * 6)
    np.testing.assert_array_equal(x, again)
    assert not np.array_equal(x, other)


def test_signals_are_the_shapes_that_they_are_said_to_be():
    x, labels = nn.signals(90, classes=("block", "rise", "wave"), noise=0, rng=0)
    blocks, rises, waves = (x[labels == label, 0] for label in range(3))
    assert all(len(set(row[row != 0])) == 1 for row in blocks)
    assert all((np.diff(row[row != 0]) > 0).all() for row in rises)
    assert all(row.min() < 0 < row.max() and row.argmax() < row.argmin() for row in waves)
    assert ((np.abs(x).max(axis=(1, 2)) > 0.6) & (np.abs(x).max(axis=(1, 2)) <= 1.3)).all()
    assert len({row.nonzero()[0][0] for row in blocks}) > 10


def test_a_cnn_beats_an_mlp_of_equal_size():
    (x, y), held = nn.signals(600, rng=0), nn.signals(300, rng=1)
    cnn = nn.Sequential(
        nn.Conv(1, 16, 9, padding=4, ndim=1, rng=0),
        nn.ReLU(),
        nn.MaxPool(2),
        nn.Conv(16, 16, 5, padding=2, ndim=1, rng=1),
        nn.ReLU(),
        nn.MaxPool(20),
        nn.Flatten(),
        nn.Dense(16, 6, rng=2),
    )
    mlp = nn.Sequential(nn.Dense(40, 33, rng=0), nn.ReLU(), nn.Dense(33, 6, rng=1))
    assert abs(cnn.count - mlp.count) < 0.05 * cnn.count
    scores = []
    for net, shape in ((cnn, (-1, 1, 40)), (mlp, (-1, 40))):
        data = x.reshape(shape), y
        nn.fit(net, *data, optimizer=nn.Adam(net, 0.005), epochs=12, rng=0, progress=False)
        scores.append(nn.evaluate(net, held[0].reshape(shape), held[1]).accuracy)
    assert scores[0] > scores[1] + 0.1, scores


@pytest.mark.parametrize(
    ("options", "error", "text"),
    [
        ({"length": 7}, ValueError, "length=7: needs an integer of at least 8"),
        ({"noise": -1}, ValueError, "noise=-1: needs a number of at least 0"),
        ({"classes": ("rise", "fal")}, ValueError, "did you mean 'fall'?"),
        ({"classes": ("rise", "rise")}, ValueError, "a name is there twice"),
        ({"classes": "rise"}, TypeError, "classes='rise': needs a tuple of names"),
    ],
)
def test_signals_of_nonsense(options, error, text):
    with pytest.raises(error, match=re.escape(text)):
        nn.signals(5, **options)


def test_split_keeps_classes_and_loses_nobody():
    y = np.repeat([0, 1, 2, 7], [50, 20, 2, 1])
    x = np.arange(len(y))
    (x1, y1), (x2, y2) = nn.split(x, y, 0.2, rng=0)
    assert sorted([*x1, *x2]) == list(range(73))
    assert np.bincount(y2, minlength=8).tolist() == [10, 4, 1, 0, 0, 0, 0, 0]
    np.testing.assert_array_equal(y[x1], y1)
    np.testing.assert_array_equal(y[x2], y2)
    np.testing.assert_array_equal(nn.split(x, y, 0.2, rng=0)[1][0], x2)
    assert not np.array_equal(nn.split(x, y, 0.2, rng=1)[1][0], x2)


def test_split_of_numbers():
    x = np.arange(10.0)
    (x1, _), (x2, _) = nn.split(x, x / 7, 0.3, rng=0)
    assert (len(x1), len(x2)) == (7, 3)


@pytest.mark.parametrize("fraction", [0, 1, -0.5, float("nan")])
def test_split_out_of_range(fraction):
    with pytest.raises(ValueError, match="needs a share above 0 and below 1"):
        nn.split(np.zeros(4), np.zeros(4, int), fraction)


def test_split_of_loners():
    with pytest.raises(ValueError, match=r"fraction=0\.5: no class has two samples"):
        nn.split(np.zeros(3), np.arange(3), 0.5, stratify=True)
    with pytest.raises(ValueError, match=r"fraction=0\.5: there is one sample, so nothing can be"):
        nn.split(np.zeros(1), np.zeros(1), 0.5)


@pytest.mark.parametrize("different", [50, 90, 100])
def test_many_different_integers_are_numbers(different):
    """As classes of one or two samples they would leave 10 or 50 of 100 for the second part."""
    y = np.arange(100) % different
    (x1, _), (x2, y2) = nn.split(np.arange(100), y, 0.2, rng=0)
    assert (len(x1), len(x2)) == (80, 20)
    assert sorted([*x1, *x2]) == list(range(100))
    np.testing.assert_array_equal(y[x2], y2)


def test_classes_as_long_as_both_parts_have_room_for_each():
    y = np.repeat(np.arange(20), 5)
    assert np.bincount(nn.split(y, y, 0.2, rng=0)[1][1]).tolist() == [1] * 20
    assert np.bincount(nn.split(y, y, 0.8, rng=0)[1][1]).tolist() == [4] * 20
    assert len(nn.split(y, y, 0.1, rng=0)[1][1]) == 10  # 20 classes have no room in 10 places


def test_split_as_told():
    y = np.repeat([0, 1], [90, 10])
    assert nn.split(y, y, 0.5, stratify=True, rng=0)[1][1].sum() == 5
    drawn = {int(nn.split(y, y, 0.5, stratify=False, rng=seed)[1][1].sum()) for seed in range(9)}
    assert len(drawn) > 1
    few = nn.split(y[::10], y[::10], 0.05, stratify=True, rng=0)
    assert few[1][1].tolist() == [0]  # class 1 has one sample
    for targets in (y / 2, y[:, np.newaxis]):
        with pytest.raises(
            ValueError, match=r"^stratify=True: needs labels, integers \(N,\); y has"
        ):
            nn.split(y, targets, 0.5, stratify=True)
    with pytest.raises(TypeError, match="stratify='no': needs True or False"):
        nn.split(y, y, 0.5, stratify="no")


@pytest.mark.parametrize(("axis", "over"), [("all", None), ("channel", (0, 2, 3)), ("feature", 0)])
def test_standardizer(axis, over, rng):
    x, other = rng.normal(3, 5, (20, 2, 3, 4)), rng.normal(size=(7, 2, 3, 4))
    standardizer = nn.Standardizer.of(x, axis)
    z = standardizer(x)
    np.testing.assert_allclose(z.mean(axis=over), 0, atol=1e-12)
    np.testing.assert_allclose(z.std(axis=over), 1, rtol=1e-12)
    np.testing.assert_allclose(standardizer.inverse(z), x, rtol=1e-12)
    expected = (other - x.mean(axis=over, keepdims=True)) / x.std(axis=over, keepdims=True)
    np.testing.assert_allclose(standardizer(other), expected, rtol=1e-12)


def test_constant_features():
    x = np.array([[0.1, 1], [0.1, 3], [0.1, 5]])
    standardizer = nn.Standardizer.of(x, "feature")
    np.testing.assert_array_equal(standardizer(x)[:, 0], 0)
    np.testing.assert_allclose(standardizer([[1.1, 3]]), [[1, 0]], atol=1e-12)
    assert standardizer.std[0] == 1


@pytest.mark.parametrize("kind", [">f2", ">f4", ">f8", "f2", "f4", "f8", ">i2"])
def test_standardizer_keeps_the_precision_in_every_byte_order(kind):
    x = np.array([[0, 8], [4, 2]], kind)
    standardizer = nn.Standardizer.of(x, "feature")
    z = standardizer(x)
    assert z.dtype == (np.float64 if kind == ">i2" else np.dtype(kind).newbyteorder("="))
    assert z.dtype.isnative
    np.testing.assert_array_equal(z, [[-1, 1], [1, -1]])
    np.testing.assert_array_equal(standardizer.inverse(z.astype(z.dtype.newbyteorder())), x)
    assert standardizer.inverse(z.astype(z.dtype.newbyteorder())).dtype.isnative


@pytest.mark.parametrize("size", [1e200, 1e-200])
def test_standardizer_of_numbers_whose_squares_leave_float64(size):
    text = "x holds numbers so far apart, or so close, that the squares of their distances leave"
    with pytest.raises(ValueError, match=text):
        nn.Standardizer.of([[size], [-size]])
    assert nn.Standardizer.of([[size], [size]])([[size]]) == 0


def test_standardizer_dtypes_and_shapes():
    standardizer = nn.Standardizer.of(np.array([[0, 255]], np.uint8))
    np.testing.assert_array_equal(standardizer(np.array([[0, 255]], np.uint8)), [[-1, 1]])
    assert standardizer(np.zeros((1, 2), np.float32)).dtype == np.float32
    with pytest.raises(ValueError, match=r"x has shape \(2,\): needs \(N, any\)"):
        standardizer([1, 2])
    with pytest.raises(ValueError, match=r"needs one of .*; did you mean 'channel'"):
        nn.Standardizer.of(np.ones((2, 2)), "chanel")
    with pytest.raises(ValueError, match="NaN"):
        nn.Standardizer.of([[np.nan]])
