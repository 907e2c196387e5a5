"""Image files as square tiles, whatever their format, depth, transparency, colours and size."""

import os
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

DEPTHS = (1, 2, 4, 8, 10, 12, 14, 16)  # bits, of scanners and cameras
SCALED_BY_PILLOW = ("PPM", "JPEG2000")  # to 16 bits, by the range that the file declares
MAX_SAMPLE_VALUE, PHOTOMETRIC = 281, 262  # tags of TIFF
LEAST_CONTRAST = 8  # of 255; a picture with less is of one colour
COLUMNS, CELL, GAP = 8, 96, 6  # of a contact sheet: pairs across, pixels
WORDS = {
    "UnidentifiedImageError": "not an image that Pillow knows",
    "DecompressionBombError": "more than 178 million pixels, which Pillow refuses",
    "DecompressionBombWarning": "has more than 89 million pixels, a lot for a tile",
}


def pillow():
    """Pillow's modules Image and ImageOps; imported on use, since training on digits does without."""
    try:
        from PIL import Image, ImageOps
    except ImportError as error:
        raise ImportError("reading images needs Pillow, which comes with matplotlib: pip install pillow") from error
    return Image, ImageOps


def image_files(path) -> list[Path]:
    """The files of a folder and of the folders in it, sorted, without hidden ones."""

    def fail(error):  # os.walk would skip a folder that it cannot read
        raise error

    files = []
    for place, folders, names in os.walk(path, onerror=fail):
        folders[:] = [name for name in folders if not name.startswith(".")]
        files += [Path(place, name) for name in names if not name.startswith(".")]
    return sorted(file for file in files if file.is_file())


def read_squares(files, folder, say: Callable, background=None) -> Iterator:
    """Read image files of a folder one at a time, as pairs of the file and its image; `background` as in `opaque`.

    `say` is called with a line for each file that cannot be read, and at the end with one for each remark on the
    others.
    """
    remarks = {}
    for file in files:
        name = file.relative_to(folder).as_posix()
        try:
            image, found = read_square(file)
        except ValueError as error:
            say(f"skipped {name}: {error}")
            continue
        for remark in found + _looks(image, background):
            remarks.setdefault(remark, []).append(name)
        yield file, image
    for remark, (first, *others) in remarks.items():
        say(f"{first}{f' and {len(others)} more' if others else ''}: {remark}")


def read_square(path):
    """Read one image file, turned as its metadata specify, and cut to its middle square.

    Returns
    -------
    image : Pillow image
        Of mode "L", "LA", "RGB" or "RGBA". Where pixels have more than 8 bits, they are scaled by the largest value
        that the format declares, or else by that of the least depth that holds the picture.
    remarks : list of str
        What the user should know of it.

    Raises
    ------
    ValueError
        If it is not an image, damaged, or cannot be converted to 8 bits; the message is the reason alone.
    """
    image_module, _ = pillow()
    with warnings.catch_warnings(record=True) as record:
        warnings.simplefilter("always")
        warnings.simplefilter("ignore", DeprecationWarning)
        try:
            with image_module.open(path) as source:
                image, remarks = _eight_bits(source)
        except Exception as error:  # each format raises its own errors
            reason = WORDS.get(type(error).__name__) or getattr(error, "strerror", None) or str(error)
            raise ValueError(" ".join(reason.split()) or type(error).__name__) from error
    remarks += [
        WORDS.get(warning.category.__name__, f"Pillow warns: {' '.join(str(warning.message).split())}")
        for warning in record
    ]
    width, height = image.size
    side = min(width, height)
    left, top = (width - side) // 2, (height - side) // 2
    image = image.crop((left, top, left + side, top + side))
    if "A" in image.getbands() and not image.getchannel("A").getbbox():
        raise ValueError("transparent all over")
    return image, remarks


def _eight_bits(source):
    """An open file's picture in one of the modes L, LA, RGB and RGBA, and remarks."""
    halved = ";16" in str(source.tile)  # Pillow keeps the upper 8 bits of each colour
    image = pillow()[1].exif_transpose(source)
    if image.mode == "F":
        raise ValueError("has floating-point pixels, expected whole numbers")
    if image.mode.startswith("I"):
        return _from_integers(image, source)
    if image.mode in ("La", "RGBa"):
        image = image.convert(image.mode.upper())
    alpha, grey = "A" if image.has_transparency_data else "", image.mode in ("1", "L", "LA")
    if image.mode in ("P", "PA"):
        image = image.convert("RGB" + alpha)
        grey = len({band.tobytes() for band in opaque(image).split()}) == 1
    image = image.convert(("L" if grey else "RGB") + alpha)
    if halved and max(np.ravel(image.convert("L" if grey else "RGB").getextrema())) < 16:
        raise ValueError("has 16 bits a colour, of which Pillow reads the upper 8: too dark; expected 8 bits")
    return image, []


def _from_integers(image, source):
    """A grey picture of whole numbers, scaled to 8 bits, and remarks."""
    values, tags = np.asarray(image), getattr(source, "tag_v2", {})
    low, high = int(values.min()), int(values.max())
    if low < 0:
        raise ValueError(f"has pixels from {low} to {high}, expected whole numbers from 0 to {2**31 - 1}")
    white = 2**16 - 1 if source.format in SCALED_BY_PILLOW else int(np.max(tags.get(MAX_SAMPLE_VALUE, 0)))
    remarks = []
    if white < max(high, 1):
        white = 2 ** next((bits for bits in DEPTHS if high < 2**bits), high.bit_length()) - 1
        if white != 2**16 - 1:
            remarks = [f"whole numbers of more than 8 bits, whose range is not declared: scaled by {white}"]
    scaled = np.round(values * (255 / white)).astype(np.uint8)
    grey = pillow()[0].fromarray(255 - scaled if tags.get(PHOTOMETRIC) == 0 else scaled)
    if "transparency" in image.info:
        grey.putalpha(pillow()[0].fromarray(np.where(values == image.info["transparency"], 0, 255).astype(np.uint8)))
    return grey, remarks


def _looks(image, background):
    """Remarks on an image as a network will see it."""
    plain, remarks = opaque(image, background), []
    if plain is not image and image.getchannel("A").getextrema()[0] < 255:
        remarks.append(f"has transparent pixels, laid over {background or 'the mean colour of its opaque ones'}")
    if np.ptp(np.reshape(plain.getextrema(), (-1, 2)), axis=1).max() < LEAST_CONTRAST:
        remarks.append("is of one colour, or nearly")
    return remarks


def opaque(image, background=None):
    """An image with an alpha channel as it looks on a background, of mode "L" or "RGB"; any other image as it is.

    The background is a colour by name or as "#rrggbb"; None for the mean colour of the image's own opaque pixels.
    """
    if "A" not in image.getbands():
        return image
    whole = image.convert("RGBA")
    if background is None:
        pixels = np.asarray(whole)
        cover = pixels[..., 3]
        background = tuple(pixels[cover == cover.max()][:, :3].mean(0).round().astype(int).tolist())
    ground = pillow()[0].new("RGBA", image.size, background)
    grey = image.mode == "LA" and len(set(ground.getpixel((0, 0))[:3])) == 1
    return pillow()[0].alpha_composite(ground, whole).convert("L" if grey else "RGB")


def colour(text: str) -> str:
    """A colour that Pillow knows, by name or in digits, as "#rrggbb"; for a command's argument."""
    return "#{:02x}{:02x}{:02x}".format(*pillow()[0].new("RGB", (1, 1), text).getpixel((0, 0)))


def as_array(image, channels, size=None, background=None) -> np.ndarray:
    """(C, S, S) uint8 of a square Pillow image on a background, grey or in colour, at its own size or another."""
    image = opaque(image, background).convert("L" if channels == 1 else "RGB")
    if size is not None and image.size != (size, size):
        image = image.resize((size, size), pillow()[0].Resampling.BILINEAR)  # averages where it shrinks
    array = np.asarray(image)
    return array[None] if channels == 1 else array.transpose(2, 0, 1)


def as_image(array: np.ndarray):
    """A Pillow image of (C, S, S) uint8: grey, grey and alpha, RGB, or RGB and alpha."""
    return pillow()[0].fromarray(array[0] if len(array) == 1 else array.transpose(1, 2, 0))


def contact_sheet(pairs):
    """One picture of several pairs of Pillow images, each before above after, transparent where they are on white."""
    across, down = min(len(pairs), COLUMNS), -(-len(pairs) // COLUMNS)
    sheet = pillow()[0].new("RGB", (across * (CELL + GAP) + GAP, down * (2 * CELL + 3 * GAP) + GAP), "white")
    for place, pair in enumerate(pairs):
        left, top = GAP + place % COLUMNS * (CELL + GAP), GAP + place // COLUMNS * (2 * CELL + 3 * GAP)
        for below, image in enumerate(pair):
            cell = image.convert("RGBA").resize((CELL, CELL))
            sheet.paste(cell, (left, top + below * (CELL + GAP // 2)), cell)
    return sheet
