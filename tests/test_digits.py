"""The digits are MNIST's, from whatever folder or mirror, and a missing, denied or damaged file is named."""

import gzip
import hashlib
import os
import subprocess
import sys
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest
from support import assert_refused

from stn_numpy import mnist as _mnist
from stn_numpy.digits import load_digits, load_mnist

# --- The digits


@pytest.mark.parametrize("split, of_each", [("train", 500), ("test", 100)])
def test_the_embedded_digits_are_balanced_and_between_0_and_1(split, of_each):
    images, labels = load_digits(split)
    assert images.shape == (10 * of_each, 1, 28, 28) and images.dtype == np.float32
    assert images.min() == 0 and images.max() == 1
    assert labels.dtype == np.int64
    np.testing.assert_array_equal(np.bincount(labels), [of_each] * 10)


def test_the_digits_are_a_copy_of_one_s_own():
    load_digits("test")[0][:] = 7
    assert load_digits("test")[0].max() == 1


@pytest.mark.parametrize("load", [load_digits, load_mnist])
def test_an_unknown_split_is_refused(load):
    assert_refused(lambda: load("validation"), "split", "'train', 'test'", "'validation'")


@pytest.mark.skipif(not os.environ.get("STN_DATA"), reason="all of MNIST is not at hand: STN_DATA is not set")
@pytest.mark.parametrize("split, of_each", [("train", 500), ("test", 100)])
def test_the_embedded_digits_are_the_first_of_each_class_of_mnist(split, of_each):
    images, labels = load_mnist(split)
    first = np.sort(np.concatenate([np.flatnonzero(labels == digit)[:of_each] for digit in range(10)]))
    small_images, small_labels = load_digits(split)
    np.testing.assert_array_equal(images[first], small_images)
    np.testing.assert_array_equal(labels[first], small_labels)


def test_the_package_loads_without_pooch_and_without_matplotlib():
    code = "import sys, stn_numpy.digits; print(sorted({'pooch', 'tqdm', 'requests', 'matplotlib'} & set(sys.modules)))"
    out = subprocess.run(
        [sys.executable, "-c", code], cwd=Path(__file__).parent.parent, capture_output=True, text=True, check=True
    )
    assert out.stdout.strip() == "[]"


# --- Files of a small MNIST of our own, and what can be wrong with them

PIXELS = np.random.default_rng(0).integers(0, 256, (3, 28, 28), np.uint8)
LABELS = np.array([7, 2, 1], np.uint8)


def idx(array):
    """The bytes of an idx file: a magic number and the lengths, big-endian, then the numbers."""
    return np.array([0x0800 + array.ndim, *array.shape], ">u4").tobytes() + array.tobytes()


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder with a small sound MNIST of three digits, which the loader takes for the true one."""
    files = []
    for name, array in (("t10k-images-idx3-ubyte", PIXELS), ("t10k-labels-idx1-ubyte", LABELS)):
        content = idx(array)
        packed = gzip.compress(content, mtime=0)
        (tmp_path / f"{name}.gz").write_bytes(packed)
        files.append(
            _mnist.IdxFile(name, array.shape, hashlib.sha256(packed).hexdigest(), hashlib.sha256(content).hexdigest())
        )
    monkeypatch.setitem(_mnist.FILES, "test", tuple(files))
    monkeypatch.setenv("STN_DATA", str(tmp_path))
    return tmp_path


def unpack(path):
    path.with_suffix("").write_bytes(gzip.decompress(path.read_bytes()))
    path.unlink()


def assert_small_mnist(loaded):
    images, labels = loaded
    np.testing.assert_array_equal(images, PIXELS[:, None] / np.float32(255))
    np.testing.assert_array_equal(labels, [7, 2, 1])
    assert images.dtype == np.float32 and labels.dtype == np.int64


def test_a_local_copy_is_read_packed_or_not(folder):
    assert_small_mnist(load_mnist("test"))
    unpack(folder / "t10k-images-idx3-ubyte.gz")
    assert_small_mnist(load_mnist("test"))


def test_a_file_that_was_unpacked_and_kept_its_name_is_read(folder):
    path = folder / "t10k-images-idx3-ubyte.gz"
    path.write_bytes(gzip.decompress(path.read_bytes()))
    assert_small_mnist(load_mnist("test"))


def cut_short(data):
    return data[:-20]


def flip_a_bit(data):
    middle = len(data) // 2
    return data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :]


def another_one(data):
    return gzip.compress(idx(PIXELS[::-1]))


def too_few(data):
    return gzip.compress(idx(PIXELS[:2]))


def web_page(data):
    return b"<html>Please log in to this network</html>"


def empty(data):
    return b""


@pytest.mark.parametrize("harm", [cut_short, flip_a_bit, another_one, too_few, web_page, empty])
def test_a_damaged_or_foreign_file_is_refused_by_name_with_a_remedy(folder, harm):
    path = folder / "t10k-images-idx3-ubyte.gz"
    path.write_bytes(harm(path.read_bytes()))
    with pytest.raises(ValueError) as caught:
        load_mnist("test")
    message = str(caught.value)
    assert str(path) in message and "delete it" in message and "STN_DATA" in message and "\n" not in message


@pytest.mark.parametrize(
    "harm, says", [(lambda data: data[:-1], "is cut short"), (flip_a_bit, "is not MNIST's t10k-labels-idx1-ubyte")]
)
def test_a_damaged_file_that_is_not_packed_is_refused(folder, harm, says):
    unpack(folder / "t10k-labels-idx1-ubyte.gz")
    path = folder / "t10k-labels-idx1-ubyte"
    path.write_bytes(harm(path.read_bytes()))
    with pytest.raises(ValueError, match=says):
        load_mnist("test")


def test_a_missing_file_and_a_missing_folder_are_named(folder, monkeypatch):
    (folder / "t10k-labels-idx1-ubyte.gz").unlink()
    with pytest.raises(FileNotFoundError, match="holds neither t10k-labels-idx1-ubyte.gz nor t10k-labels-idx1-ubyte,"):
        load_mnist("test")
    monkeypatch.setenv("STN_DATA", str(folder / "nowhere"))
    with pytest.raises(FileNotFoundError, match="STN_DATA names .*nowhere, which is not a folder; set it"):
        load_mnist("test")


@pytest.mark.parametrize(
    "place, spelling", [("MNIST/raw", "-idx"), ("raw", "-idx"), ("", ".idx"), ("MNIST/raw", ".idx")]
)
@pytest.mark.parametrize("packed", [True, False])
def test_torchvision_s_folders_and_dotted_names_are_found(folder, place, spelling, packed):
    (folder / place).mkdir(parents=True, exist_ok=True)
    for path in list(folder.glob("*.gz")):
        path = path.rename(folder / place / path.name.replace("-idx", spelling))
        if not packed:
            unpack(path)
    assert_small_mnist(load_mnist("test"))


def test_a_folder_with_a_file_s_name_is_passed_over(folder):
    """As an unpacked archive has it: a folder for each file."""
    path = folder / "t10k-images-idx3-ubyte.gz"
    (folder / "raw").mkdir()
    path.rename(folder / "raw" / path.name)
    path.mkdir()
    assert_small_mnist(load_mnist("test"))


def test_a_file_that_may_not_be_read_is_neither_missing_nor_damaged(folder, monkeypatch):
    def deny(path):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "read_bytes", deny)
    with pytest.raises(PermissionError) as error:
        load_mnist("test")
    message = str(error.value)
    assert message.startswith(f"{folder / 't10k-images-idx3-ubyte.gz'} cannot be read (Permission denied)")
    assert "STN_DATA" in message and "damaged" not in message


# --- Mirrors


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *arguments):
        pass


@pytest.fixture
def mirror(folder, tmp_path_factory, monkeypatch):
    """The address of a mirror on this machine that serves the small MNIST, with an empty cache and STN_DATA unset."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    cache = tmp_path_factory.mktemp("cache")
    monkeypatch.setattr("pooch.os_cache", lambda project: cache)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.delenv("STN_DATA")
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


def test_a_mirror_that_fails_or_lies_is_passed_over_and_the_cache_used_next_time(folder, mirror, monkeypatch):
    lies = folder / "lies"
    lies.mkdir()
    for path in folder.glob("*.gz"):
        (lies / path.name).write_bytes(web_page(b""))
    monkeypatch.setattr(_mnist, "MIRRORS", (f"{mirror}missing/", f"{mirror}lies/", mirror))
    assert_small_mnist(load_mnist("test"))
    monkeypatch.setattr(_mnist, "MIRRORS", ("http://127.0.0.1:9/",))
    assert_small_mnist(load_mnist("test"))


def test_without_a_network_the_message_names_the_ways_out(mirror, monkeypatch):
    monkeypatch.setattr(_mnist, "MIRRORS", ("http://127.0.0.1:9/",))
    with pytest.raises(ConnectionError) as caught:
        load_mnist("test")
    message = str(caught.value)
    assert "t10k-images-idx3-ubyte.gz" in message and "127.0.0.1:9" in message
    assert "STN_DATA" in message and "load_digits()" in message


@pytest.mark.parametrize("error", [PermissionError(13, "Permission denied"), OSError(28, "No space left on device")])
def test_a_cache_that_cannot_be_written_is_not_taken_for_a_missing_network(mirror, monkeypatch, error):
    def fail(*arguments, **options):
        raise error

    monkeypatch.setattr("pooch.retrieve", fail)
    with pytest.raises(type(error), match=f"cannot be kept there .{error.strerror}.*STN_DATA"):
        load_mnist("test")
