"""The digits are MNIST's, a damaged file is refused, and a pose says what happened to the picture."""

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
from stn_numpy.distortions import distort
from stn_numpy.grid import affine_grid
from stn_numpy.sampler import grid_sample


def digits(count=200, dtype="float64"):
    return load_digits("test")[0][:count].astype(dtype)


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
    out = subprocess.run([sys.executable, "-c", code], cwd=Path(__file__).parent.parent, capture_output=True,
                         text=True, check=True)
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
        files.append(_mnist.IdxFile(name, array.shape, hashlib.sha256(packed).hexdigest(),
                                    hashlib.sha256(content).hexdigest()))
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


@pytest.mark.parametrize("harm, says", [(lambda data: data[:-1], "holds 10 bytes, .* has 11"),
                                        (flip_a_bit, "is not MNIST's t10k-labels-idx1-ubyte")])
def test_a_damaged_file_that_is_not_packed_is_refused(folder, harm, says):
    unpack(folder / "t10k-labels-idx1-ubyte.gz")
    path = folder / "t10k-labels-idx1-ubyte"
    path.write_bytes(harm(path.read_bytes()))
    with pytest.raises(ValueError, match=says):
        load_mnist("test")


def test_a_missing_file_and_a_missing_folder_are_named(folder, monkeypatch):
    (folder / "t10k-labels-idx1-ubyte.gz").unlink()
    with pytest.raises(FileNotFoundError, match="holds neither t10k-labels-idx1-ubyte.gz nor t10k-labels-idx1-ubyte;"):
        load_mnist("test")
    monkeypatch.setenv("STN_DATA", str(folder / "nowhere"))
    with pytest.raises(FileNotFoundError, match="STN_DATA names .*nowhere, which is not a folder; set it"):
        load_mnist("test")


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


# --- Distortions: the pose against the picture


class Highest(np.random.Generator):
    """A generator whose every draw is the upper end of the range."""

    def uniform(self, low=0.0, high=1.0, size=None):
        return np.full(size, high, float)


class Lowest(np.random.Generator):
    """A generator whose every draw is the lower end of the range."""

    def uniform(self, low=0.0, high=1.0, size=None):
        return np.full(size, low, float)


def rng(seed=0, kind=np.random.Generator):
    return kind(np.random.PCG64(seed))


def blobs(count, size=(28, 28), centre=(4, -5), dtype="float64"):
    """Round spots 2 pixels wide, `centre` (x right, y down) pixels from the middle of the image."""
    y, x = (np.arange(n) + 0.5 - n / 2 for n in size)
    spot = np.exp(-((x - centre[0]) ** 2 + (y[:, None] - centre[1]) ** 2) / 8)
    return np.tile(spot * (spot > 0.01), (count, 1, 1, 1)).astype(dtype)


def centre_of_mass(images):
    """(N, 2): (x right, y down) in pixels from the middle of the image."""
    ink = images.sum(1)
    y, x = (np.arange(n) + 0.5 - n / 2 for n in ink.shape[1:])
    return np.stack([(ink * x).sum((1, 2)), (ink * y[:, None]).sum((1, 2))], 1) / ink.sum((1, 2))[:, None]


def spread(images):
    """(N,): the mean squared distance of the ink from its centre of mass, in square pixels."""
    ink, centre = images.sum(1), centre_of_mass(images)
    y, x = (np.arange(n) + 0.5 - n / 2 for n in ink.shape[1:])
    squared = (x - centre[:, :1])[:, None, :] ** 2 + (y - centre[:, 1:])[:, :, None] ** 2
    return (ink * squared).sum((1, 2)) / ink.sum((1, 2))


def turned(points, angle):
    """Points (x right, y down) turned counter-clockwise as seen: what is at the right goes up, to negative y."""
    x, y = points[:, 0], points[:, 1]
    return np.stack([x * np.cos(angle) + y * np.sin(angle), y * np.cos(angle) - x * np.sin(angle)], 1)


def test_the_largest_rotation_is_a_quarter_turn_counter_clockwise():
    images = digits(20)
    up, pose = distort(images, "R", rng(kind=Highest))
    np.testing.assert_allclose(up, np.rot90(images, 1, axes=(2, 3)), atol=1e-12)
    np.testing.assert_allclose(pose.angle, np.pi / 2)
    down, pose = distort(images, "R", rng(kind=Lowest))
    np.testing.assert_allclose(down, np.rot90(images, -1, axes=(2, 3)), atol=1e-12)
    np.testing.assert_allclose(pose.angle, -np.pi / 2)


@pytest.mark.parametrize("distortion", ["R", "RTS"])
@pytest.mark.parametrize("size", [(28, 28), (24, 40)], ids=["square", "not square"])
def test_a_spot_is_found_where_the_pose_says(distortion, size):
    images = blobs(100, size)
    distorted, pose = distort(images, distortion, rng())
    shift = np.stack([pose.shift_x, pose.shift_y], 1)
    expected = pose.scale[:, None] * turned(centre_of_mass(images), pose.angle) + shift
    np.testing.assert_allclose(centre_of_mass(distorted), expected, atol=0.05)


def test_digits_move_by_the_shift():
    images = digits()
    distorted, pose = distort(images, "RTS", rng())
    moved = centre_of_mass(distorted) - pose.scale[:, None] * turned(centre_of_mass(images), pose.angle)
    np.testing.assert_allclose(moved, np.stack([pose.shift_x, pose.shift_y], 1), atol=0.15)


def test_digits_grow_by_the_scale():
    images = digits()
    distorted, pose = distort(images, "RTS", rng())
    np.testing.assert_allclose(np.sqrt(spread(distorted) / spread(images)), pose.scale, rtol=0.03)


def test_a_round_spot_stays_round_on_an_image_that_is_not_square():
    distorted, _ = distort(blobs(50, (24, 40), centre=(0, 0)), "R", rng())
    across, down = distorted[:, 0].sum(1), distorted[:, 0].sum(2)
    x, y = (np.arange(n) + 0.5 - n / 2 for n in (40, 24))
    np.testing.assert_allclose((across * x**2).sum(1), (down * y**2).sum(1), rtol=0.05)


@pytest.mark.parametrize("distortion", ["R", "RTS"])
def test_the_inverse_of_the_pose_s_theta_restores_the_digit(distortion):
    images = digits()
    distorted, pose = distort(images, distortion, rng())
    square = np.concatenate([pose.theta, np.tile([[[0.0, 0, 1]]], (len(images), 1, 1))], 1)
    grid = affine_grid(np.linalg.inv(square)[:, :2], images.shape, align_corners=False)
    restored = grid_sample(distorted, grid, align_corners=False)
    error = np.abs(restored - images).sum((1, 2, 3)) / images.sum((1, 2, 3))
    assert np.median(error) < 0.25  # interpolated twice, a digit is softer, and no more
    assert np.abs(centre_of_mass(restored) - centre_of_mass(images)).max() < 0.4


@pytest.mark.parametrize("distortion, size, degrees, scales", [
    ("R", (28, 28), 90, (1, 1)), ("RTS", (42, 42), 45, (0.7, 1.2))])
def test_sizes_and_ranges_are_the_paper_s(distortion, size, degrees, scales):
    distorted, pose = distort(digits(1000), distortion, rng())
    assert distorted.shape == (1000, 1, *size)
    np.testing.assert_allclose(np.degrees([pose.angle.min(), pose.angle.max()]), [-degrees, degrees], atol=1)
    np.testing.assert_allclose(np.degrees(pose.angle).std(), degrees / np.sqrt(3), rtol=0.05)
    np.testing.assert_allclose([pose.scale.min(), pose.scale.max()], scales, atol=0.005)
    if distortion == "R":
        assert not pose.shift_x.any() and not pose.shift_y.any()


def test_no_ink_leaves_the_canvas_and_every_edge_is_reached():
    images = digits(1000)
    distorted, pose = distort(images, "RTS", rng())
    wider = pose.theta.copy()
    wider[:, :, :2] *= 60 / 42
    beyond = grid_sample(images, affine_grid(wider, (1000, 1, 60, 60)), align_corners=False)
    np.testing.assert_allclose(beyond[:, :, 9:-9, 9:-9], distorted, atol=1e-9)
    beyond[:, :, 9:-9, 9:-9] = 0
    assert not beyond.any()
    used = (distorted > 0.05).any((0, 1))
    assert used[1].any() and used[-2].any() and used[:, 1].any() and used[:, -2].any()


def test_a_picture_too_large_for_the_canvas_stays_in_the_middle():
    images = np.ones((8, 1, 28, 28))
    _, pose = distort(images, "RTS", rng(kind=Highest))
    assert not pose.shift_x.any() and not pose.shift_y.any()


@pytest.mark.parametrize("distortion", ["R", "RTS"])
def test_same_seed_same_pictures_and_nothing_is_written(distortion, dtype):
    images = digits(20, dtype)
    before = images.copy()
    images.flags.writeable = False
    distorted, pose = distort(images, distortion, rng(3))
    again, pose_again = distort(np.asfortranarray(images), distortion, rng(3))
    np.testing.assert_array_equal(images, before)
    np.testing.assert_array_equal(distorted, again)
    np.testing.assert_array_equal(pose.theta, pose_again.theta)
    assert distorted.dtype == pose.theta.dtype == dtype
    assert len(np.unique(pose.angle)) == 20
    assert not np.array_equal(distort(images, distortion, rng(4))[1].angle, pose.angle)


def test_both_float_types_get_the_same_pose():
    poses = [distort(digits(20, dtype), "RTS", rng())[1] for dtype in ("float32", "float64")]
    np.testing.assert_array_equal(poses[0].angle, poses[1].angle)
    np.testing.assert_array_equal(poses[0].shift_x, poses[1].shift_x)


def test_channels_are_distorted_alike():
    images = np.concatenate([digits(5), 2 * digits(5)], 1)
    distorted, _ = distort(images, "RTS", rng())
    np.testing.assert_allclose(distorted[:, 1], 2 * distorted[:, 0], atol=1e-12)


def test_bad_arguments_are_refused():
    images = digits(2)
    assert_refused(lambda: distort(images, "S", rng()), "distortion", "'R', 'RTS', 'P', 'E', 'TC'", "'S'")
    assert_refused(lambda: distort(images, "R", 0), "rng", "numpy.random.Generator", "int")
    assert_refused(lambda: distort(images[0], "R", rng()), "images", "(N, C, H, W)", "(1, 28, 28)")
    assert_refused(lambda: distort(images.astype(int), "R", rng()), "images", "float32 or float64", "int64")
