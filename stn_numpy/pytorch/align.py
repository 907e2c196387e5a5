"""Turn tiles as a trained transformer would see them: ``python -m stn_numpy.pytorch.align``."""

import argparse
import csv
import sys
from pathlib import Path

import numpy as np
import torch

from ..theta import read_theta, rotation_angle
from .command import Parser, Refusal, plain_errors
from .folder import as_array, image_files, pillow, read_square
from .tiles import centred, load, uncentred

PROGRAM = "python -m stn_numpy.pytorch.align"

DESCRIPTION = """\
Tiles in, aligned tiles out: each is read through the transformer of a trained network, at its own size, and written as
a PNG; a table says what was done to each, and a contact sheet shows some pairs, before above after.
"""

EPILOG = """\
In DIR of --out: a .png for each tile, in the folders that it lay in; poses.csv: what the network takes it for, and
theta in words (heading in degrees on the compass, scale, shift); contact_sheet.png. The heading is what the transformer
has made of it: where the network was never told which way is up, it is known up to a constant at best.

Tiles that aren't square are cut to their middle square. Files that cannot be read are named and skipped.
Exit codes: 0 done, 1 something failed, 2 a wrong argument.
"""

SHEET, POSES = "contact_sheet.png", "poses.csv"
COLUMNS, ROWS, CELL, GAP = 8, 3, 96, 6  # of the contact sheet: pairs across and down, pixels
FIELDS = ("file", "written", "class", "share", "heading", "scale", "shift_x", "shift_y")


def make_parser():
    """The command's arguments."""
    parser = Parser(prog=PROGRAM, description=DESCRIPTION, epilog=EPILOG, allow_abbrev=False,
                    formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("--checkpoint", required=True, metavar="FILE", help="the .pt that training has left at its end")
    add("--in", dest="source", required=True, metavar="DIR", help="folder of tiles, in whatever folders they lie")
    add("--out", required=True, metavar="DIR", help="folder for what is written; another than --in")
    return parser


@torch.no_grad()
def align(network, facts, image):
    """Read one tile through the network's transformer.

    Parameters
    ----------
    network : Classifier
        With a transformer.
    facts : dict
        As `stn_numpy.pytorch.tiles.load` gives them.
    image : Pillow image
        Square, of any size; theta is in normalised units, so that it holds for all of them.

    Returns
    -------
    aligned : (C, S, S) array of uint8
        At the image's own size; what lies outside of it has the training tiles' mean colour.
    theta : array
        (2, 3) in an affine family.
    shares : (classes,) array
        How sure the network is of each class.
    """
    channels, side = facts["network"]["image_shape"][:2]
    small, whole = (centred(torch.from_numpy(as_array(image, channels, size).copy())[None].float() / 255, facts)
                    for size in (side, None))
    transformer = network.transformer
    parameters = transformer.localisation(small)
    grid = transformer.transform.grid(parameters, whole.shape, transformer.reading["align_corners"])
    aligned = uncentred(torch.nn.functional.grid_sample(whole, grid, **transformer.reading), facts)
    shares = network.network(transformer.sample(small, parameters)).softmax(1)
    return ((255 * aligned[0]).round().byte().numpy(), transformer.transform.forward(parameters)[0].numpy(),
            shares[0].numpy())


def in_words(theta):
    """A (2, 3) theta as heading in degrees on the compass, scale and shift; nothing for another family."""
    if theta.shape != (2, 3):
        return {}
    theta = theta[None].astype(np.float64)
    read = {name: float(value[0]) for name, value in read_theta(theta).items()}
    return dict(heading=f"{np.degrees(rotation_angle(theta)[0]) % 360:.1f}",
                scale=f"{np.sqrt(abs(read['scale_x'] * read['scale_y'])):.3f}",
                shift_x=f"{read['shift_x']:.3f}", shift_y=f"{read['shift_y']:.3f}")


def as_image(array):
    """A Pillow image of (C, S, S) uint8."""
    return pillow()[0].fromarray(array[0] if len(array) == 1 else array.transpose(1, 2, 0))


def contact_sheet(pairs):
    """One picture of several pairs of Pillow images, each before above after.

    Parameters
    ----------
    pairs : list of (image, image)

    Returns
    -------
    Pillow image
    """
    image_module, _ = pillow()
    across, down = min(len(pairs), COLUMNS), -(-len(pairs) // COLUMNS)
    sheet = image_module.new("RGB", (across * (CELL + GAP) + GAP, down * (2 * CELL + 3 * GAP) + GAP), "white")
    for place, pair in enumerate(pairs):
        left, top = GAP + place % COLUMNS * (CELL + GAP), GAP + place // COLUMNS * (2 * CELL + 3 * GAP)
        for below, image in enumerate(pair):
            sheet.paste(image.convert("RGB").resize((CELL, CELL)), (left, top + below * (CELL + GAP // 2)))
    return sheet


def check_folders(source, out):
    """Refuse folders that cannot be what they are named for.

    Returns
    -------
    source, out : Path
    """
    source, out = Path(source), Path(out)
    if not source.is_dir():
        raise Refusal(f"--in: expected a folder, got {source}, which is {'a file' if source.exists() else 'not there'}",
                      2)
    if out.exists() and not out.is_dir():
        raise Refusal(f"--out: expected a folder, got {out}, which is a file", 2)
    if source.resolve() == out.resolve():
        raise Refusal(f"--out: expected another folder than --in, got {out} for both", 2)
    if out.resolve() in source.resolve().parents:
        hit = source / source.resolve().relative_to(out.resolve())
        if hit.is_dir():
            raise Refusal(f"--out: expected another folder, got {out}: the tiles of {hit} would be put into --in", 2)
    return source, out


def place_for(name, taken):
    """Where a tile is written: its own name with .png, or that after its whole name if another has taken it."""
    path = Path(name).with_suffix(".png")
    if str(path) in taken or str(path) == SHEET:
        path = Path(f"{name}.png")
    taken.add(str(path))
    return path


def align_folder(checkpoint, source, out, say):
    """Align every tile of a folder.

    Parameters
    ----------
    checkpoint, source, out : path
    say : callable
        Is told of each file that is skipped.

    Returns
    -------
    done, skipped : int
        How many tiles were written, and how many files could not be read.

    Raises
    ------
    Refusal
        If something is not as expected, or no tile can be read.
    """
    source, out = check_folders(source, out)
    network, facts = load(checkpoint)
    if network.transformer is None:
        raise Refusal(f"--checkpoint: expected a network with a transformer (st-cnn), got one without in {checkpoint}")
    files, written = image_files(source), out.resolve()
    if source.resolve() in written.parents:  # what an earlier run wrote is no tile
        files = [file for file in files if written not in file.resolve().parents]
    if not files:
        raise Refusal(f"--in: expected tiles, found no file in {source}")
    rows, pairs, skipped, taken = [], [], 0, set()
    shown = {round(place) for place in np.linspace(0, len(files) - 1, COLUMNS * ROWS)}  # of every folder some
    for place, file in enumerate(files):
        name = str(file.relative_to(source))
        try:
            image = read_square(file)
        except ValueError as error:
            say(f"skipped {name}: {error}")
            skipped += 1
            continue
        aligned, theta, shares = align(network, facts, image)
        where = place_for(name, taken)
        (out / where).parent.mkdir(parents=True, exist_ok=True)
        as_image(aligned).save(out / where)
        rows.append(dict(file=name, written=str(where), share=f"{shares.max():.3f}",
                         **{"class": facts["classes"][int(shares.argmax())]}, **in_words(theta)))
        if place in shown or not pairs:
            pairs.append((image.resize((CELL, CELL)), as_image(aligned).resize((CELL, CELL))))
    if not rows:
        raise Refusal(f"--in: none of the {len(files)} files in {source} can be read as an image")
    with open(out / POSES, "w", newline="", encoding="utf8") as table:
        writer = csv.DictWriter(table, FIELDS)
        writer.writeheader()
        writer.writerows(rows)
    contact_sheet(pairs).save(out / SHEET)
    return len(rows), skipped


def main(arguments=None):
    """The command; see ``--help``."""
    given = make_parser().parse_args(arguments)
    with plain_errors("align"):
        done, skipped = align_folder(given.checkpoint, given.source, given.out,
                                     say=lambda line: print(line, file=sys.stderr))
        print(f"{done} tiles aligned, {skipped} files skipped; written to {given.out}, with {SHEET} and {POSES}")


if __name__ == "__main__":
    main()
