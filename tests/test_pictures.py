"""Image files as square tiles: depth, transparency, palettes, damage; values worked out by hand."""

import os
import warnings
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image, ImageOps

from stn_numpy.pictures import as_array, colour, image_files, opaque, read_square, read_squares

RED, MAGENTA = (200, 40, 0), (255, 0, 255)


def read(path, **options):
    """The (C, S, S) array of a file's picture, in its own channels."""
    image = opaque(read_square(path)[0], **options)
    return as_array(image, len(image.getbands())).astype(int)


def report(folder, **options):
    """What is said of the pictures of a folder."""
    lines = []
    for _ in read_squares(image_files(folder), folder, lines.append, **options):
        pass
    return lines


def halves(dark, bright, dtype):
    """8 x 8 pixels: dark at the left, bright at the right."""
    return np.repeat([[dark] * 4 + [bright] * 4], 8, 0).astype(dtype)


@pytest.fixture
def sprite():
    """8 x 8 pixels, at the left opaque, red above and green below; at the right transparent magenta."""
    pixels = np.zeros((8, 8, 4), np.uint8)
    pixels[:4], pixels[4:] = (*RED, 255), (0, 60, 40, 255)
    pixels[:, 4:] = *MAGENTA, 0
    return Image.fromarray(pixels)


def test_a_tile_keeps_its_left_and_its_upper_side(tmp_path):
    """Red is left, and bright is above, before and after; the middle square of a wide picture is its middle."""
    wide = np.zeros((20, 60, 3), np.uint8)
    wide[:10, 20:30] = 200, 0, 0
    Image.fromarray(wide).save(tmp_path / "wide.png")
    small = as_array(read_square(tmp_path / "wide.png")[0], 3, 4)
    assert small[0, :2, :2].min() > 150 and small[0, 2:].max() < 60 and small[0, :, 2:].max() < 60


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK"])
def test_every_kind_of_pixel(tmp_path, mode):
    """Half white, half black, whatever the file calls it."""
    path = tmp_path / f"tile.{'jpg' if mode == 'CMYK' else 'png'}"
    Image.fromarray(halves(0, 255, np.uint8)).convert(mode).save(path)
    array = as_array(read_square(path)[0], 1)[0].astype(int)
    assert array.shape == (8, 8) and array[:, :3].max() < 20 and array[:, 5:].min() > 235


def test_a_camera_that_was_held_sideways(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6  # show it turned by a quarter, clockwise
    Image.fromarray(halves(0, 255, np.uint8)).save(tmp_path / "tile.png", exif=exif)
    turned = read(tmp_path / "tile.png")[0]
    assert turned[0].max() == 0 and turned[-1].min() == 255


# --- Whole numbers of more than 8 bits


@pytest.mark.parametrize(
    "dtype, high, white, name",
    [
        ("int32", 255, 255, "tiff"),
        ("uint16", 4095, 4095, "tiff"),
        (">u2", 4095, 4095, "tiff"),
        ("uint16", 1000, 1023, "tiff"),
        ("uint16", 16000, 16383, "tiff"),
        ("uint16", 4000, 4095, "png"),
        ("uint16", 60000, 65535, "png"),
        ("uint16", 65535, 65535, "tiff"),
        ("int32", 65535, 65535, "tiff"),
        ("int32", 100_000, 2**17 - 1, "tiff"),
        ("int32", 2**31 - 1, 2**31 - 1, "tiff"),
        ("uint16", 1, 1, "png"),
    ],
)
def test_whole_numbers_are_scaled_by_the_least_depth_that_holds_them(tmp_path, dtype, high, white, name):
    Image.fromarray(halves(0, high, dtype)).save(tmp_path / f"tile.{name}")
    found = read(tmp_path / f"tile.{name}")
    assert np.array_equal(found, [halves(0, round(255 * high / white), int)])
    said = [f"tile.{name}: whole numbers of more than 8 bits, whose range is not declared: scaled by {white}"]
    assert report(tmp_path) == (said if white != 65535 else [])


def test_a_declared_range_counts_more_than_the_largest_value(tmp_path):
    """A dark picture of 12 bits stays dark."""
    Image.fromarray(halves(0, 1000, np.uint16)).save(tmp_path / "tile.tif", tiffinfo={281: 4095})
    (tmp_path / "tile.pgm").write_bytes(b"P5 8 8 4095\n" + halves(0, 1000, ">u2").tobytes())
    for name in ("tile.tif", "tile.pgm"):
        assert np.array_equal(read(tmp_path / name), [halves(0, 62, int)])
    assert report(tmp_path) == []


def test_white_may_be_zero(tmp_path):
    Image.fromarray(halves(0, 4095, np.uint16)).save(tmp_path / "tile.tif", tiffinfo={262: 0})
    assert np.array_equal(read(tmp_path / "tile.tif"), [halves(255, 0, int)])


def test_what_cannot_be_brought_to_8_bits_is_refused(tmp_path):
    Image.fromarray(halves(0, 1, np.float32)).save(tmp_path / "float.tif")
    Image.fromarray(halves(-5, 9, np.int32)).save(tmp_path / "negative.tif")
    for name in ("deep.tif", "deep.png"):
        cv2.imwrite(str(tmp_path / name), np.repeat(halves(0, 4095, np.uint16)[..., None], 3, 2))
    assert report(tmp_path) == [
        *(
            f"skipped {name}: has 16 bits a colour, of which Pillow reads the upper 8: too dark; expected 8 bits"
            for name in ("deep.png", "deep.tif")
        ),
        "skipped float.tif: has floating-point pixels, expected whole numbers",
        "skipped negative.tif: has pixels from -5 to 9, expected whole numbers from 0 to 2147483647",
    ]
    cv2.imwrite(str(tmp_path / "deep.png"), np.repeat(halves(0, 60000, np.uint16)[..., None], 3, 2))
    assert np.array_equal(read(tmp_path / "deep.png")[1], halves(0, 60000 >> 8, int))


# --- Transparency


@pytest.mark.parametrize(
    "name, save, tolerance",
    [
        ("rgba.png", lambda sprite, path: sprite.save(path), 0),
        ("rgba.tif", lambda sprite, path: sprite.save(path), 0),
        ("p.png", lambda sprite, path: sprite.quantize(4).save(path), 0),
        ("p.gif", lambda sprite, path: sprite.save(path), 0),
        (
            "pa.tif",
            lambda sprite, path: sprite.convert("P").convert("PA").save(path),
            25,
        ),  # the colours of the web alone
        ("rgb.png", lambda sprite, path: sprite.convert("RGB").save(path, transparency=MAGENTA), 0),
        ("rgba.webp", lambda sprite, path: sprite.save(path, lossless=True, exact=True), 0),
    ],
)
def test_what_is_transparent_shows_the_mean_of_the_opaque(tmp_path, sprite, name, save, tolerance):
    save(sprite, tmp_path / name)
    found = read(tmp_path / name)
    expected = np.asarray(sprite)[..., :3].transpose(2, 0, 1).astype(int)
    expected[:, :, 4:] = np.reshape([100, 50, 20], (3, 1, 1))
    assert abs(found - expected).max() <= tolerance
    assert report(tmp_path) == [f"{name}: has transparent pixels, laid over the mean colour of its opaque ones"]


@pytest.mark.parametrize(
    "save",
    [
        lambda grey, alpha, path: Image.merge("LA", (grey, alpha)).save(path),
        lambda grey, alpha, path: grey.save(path, transparency=255),
        lambda grey, alpha, path: grey.convert("P").save(path, transparency=255),
        lambda grey, alpha, path: grey.convert("P").save(path, transparency=bytes([255] * 255 + [0])),
        lambda grey, alpha, path: Image.fromarray(np.asarray(grey).astype(np.uint16) * 257).save(
            path, transparency=65535
        ),
    ],
    ids=["LA", "L and tRNS", "P and tRNS", "P and many", "I;16 and tRNS"],
)
def test_grey_pictures_with_transparent_pixels_stay_grey(tmp_path, save):
    grey = np.full((8, 8), 255, np.uint8)
    grey[:4, :4], grey[4:, :4] = 40, 60
    alpha = Image.fromarray(np.where(grey == 255, 0, 255).astype(np.uint8))
    save(Image.fromarray(grey), alpha, tmp_path / "tile.png")
    assert read_square(tmp_path / "tile.png")[0].mode == "LA"
    assert np.array_equal(read(tmp_path / "tile.png"), [np.where(grey == 255, 50, grey)])


def test_half_transparent_pixels_and_a_background_of_one_s_own(tmp_path, sprite):
    sprite.putpixel((7, 7), (0, 0, 255, 51))  # a fifth
    sprite.save(tmp_path / "tile.png")
    assert read(tmp_path / "tile.png")[:, 7, 7].tolist() == [80, 40, 67]
    found = read(tmp_path / "tile.png", background="#ffffff")
    assert found[:, 0, 7].tolist() == [255] * 3 and found[:, 7, 7].tolist() == [204, 204, 255]
    assert found[:, 0, 0].tolist() == list(RED)
    assert report(tmp_path, background="#fff") == ["tile.png: has transparent pixels, laid over #fff"]
    sprite.convert("LA").save(tmp_path / "tile.png")
    assert read(tmp_path / "tile.png", background="red")[:, 0, 7].tolist() == [255, 0, 0]


@pytest.mark.parametrize("mode", ["RGBa", "La"])
def test_premultiplied_colours(tmp_path, sprite, monkeypatch, mode):
    original = ImageOps.exif_transpose
    sprite.putpixel((0, 0), (200, 200, 200, 51))
    sprite.save(tmp_path / "tile.png")
    monkeypatch.setattr(ImageOps, "exif_transpose", lambda image: original(image).convert(mode.upper()).convert(mode))
    image = read_square(tmp_path / "tile.png")[0]
    assert image.mode == mode.upper() and image.getpixel((0, 0))[0] == 200 and image.getpixel((7, 7))[-1] == 0


def test_a_picture_without_one_visible_pixel_is_refused(tmp_path, sprite):
    sprite.crop((4, 0, 8, 8)).save(tmp_path / "tile.png")
    assert report(tmp_path) == ["skipped tile.png: transparent all over"]


def test_an_alpha_channel_that_hides_nothing_is_not_mentioned(tmp_path, sprite):
    sprite.putalpha(255)
    sprite.save(tmp_path / "tile.png")
    assert report(tmp_path) == []


def test_colours_by_name_and_in_digits():
    assert [colour(text) for text in ("red", "#0F8", "rgb(1, 2, 3)")] == ["#ff0000", "#00ff88", "#010203"]
    with pytest.raises(ValueError):
        colour("reddish")


# --- Palettes, and what is said


def test_a_grey_palette_is_grey_and_another_is_not(tmp_path):
    ramp = Image.fromarray(np.arange(64, dtype=np.uint8).reshape(8, 8))
    for name in ("grey.gif", "grey.png"):
        ramp.convert("P").save(tmp_path / name)
        assert np.array_equal(read(tmp_path / name), [np.asarray(ramp)])
    Image.merge("RGB", (ramp, ramp, Image.new("L", (8, 8)))).quantize().save(tmp_path / "yellow.png")
    assert read(tmp_path / "yellow.png").shape == (3, 8, 8)
    key = Image.merge("RGB", (ramp,) * 3)
    key.putpixel((0, 0), MAGENTA)
    key.quantize().save(tmp_path / "key.gif", transparency=key.quantize().getpixel((0, 0)))
    assert read(tmp_path / "key.gif").shape == (1, 8, 8)


def test_pictures_of_one_colour_are_named(tmp_path, sprite):
    """Also if only the outline, in the alpha channel, shows what it is."""
    for name in "abc":
        Image.new("RGB", (8, 8), "red").save(tmp_path / f"{name}.png")
    pixels = np.asarray(sprite).copy()
    pixels[..., :3] = 0
    Image.fromarray(pixels).save(tmp_path / "d.png")
    Image.fromarray(halves(100, 110, np.uint8)).save(tmp_path / "e.png")
    assert "a.png and 3 more: is of one colour, or nearly" in report(tmp_path)
    assert "a.png and 2 more: is of one colour, or nearly" in report(tmp_path, background="white")


def test_pillow_s_warnings_come_in_our_words(tmp_path, monkeypatch, recwarn):
    Image.fromarray(halves(0, 255, np.uint8)).save(tmp_path / "tile.png")
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 40)
    assert report(tmp_path) == ["tile.png: has more than 89 million pixels, a lot for a tile"]
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 20)
    assert report(tmp_path) == ["skipped tile.png: more than 178 million pixels, which Pillow refuses"]
    original = Image.open

    def warn(path):
        warnings.warn("Truncated\n   File Read", stacklevel=1)
        return original(path)

    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", None)
    monkeypatch.setattr(Image, "open", warn)
    assert report(tmp_path) == ["tile.png: Pillow warns: Truncated File Read"]
    assert not recwarn.list


def test_a_file_or_folder_that_may_not_be_read_is_named(tmp_path, monkeypatch):
    (tmp_path / "locked").mkdir()
    (tmp_path / "tile.png").write_bytes(b"?")

    def deny(path, *rest):
        raise PermissionError(13, "Permission denied", str(path))

    with monkeypatch.context() as patch:
        patch.setattr(Image, "open", deny)
        assert report(tmp_path) == ["skipped tile.png: Permission denied"]
    original = os.scandir
    monkeypatch.setattr(os, "scandir", lambda path: deny(path) if Path(path).name == "locked" else original(path))
    with pytest.raises(PermissionError, match="locked"):
        image_files(tmp_path)
