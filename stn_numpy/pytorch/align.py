"""Turn tiles as a trained transformer would see them: ``python -m stn_numpy.pytorch.align``."""

import sys
from functools import partial
from pathlib import Path

import numpy as np
import torch
from torch.nn.functional import grid_sample

from ..files import write_csv
from ..folder import place_for
from ..pictures import CELL, COLUMNS, as_array, as_image, contact_sheet, image_files, read_squares
from ..theta import read_theta, rotation_angle
from .command import Parser, Refusal, check_folder, plain_errors
from .tiles import centred, load_tile_network, uncentred
from .turned_copies import TurnedCopies

PROGRAM = "python -m stn_numpy.pytorch.align"

DESCRIPTION = """\
Align tiles: each is read through the transformer of a trained network, at its own size, and written as a PNG. A table
lists the transformation of each, and a contact sheet shows some pairs, before above after.
"""

EPILOG = """\
In DIR of --out: a .png for each tile, in the same folders as the tiles; poses.csv: the predicted class, and theta in
words (heading in degrees on the compass, scale, shift); contact_sheet.png. The heading is the transformer's: where the
network was not trained with headings, it is known up to a constant of each class at best. With a CNN alone, whose
classes were given a direction each at the end of its training, and with turned copies, the confidence is the share of
the chosen direction, from 0 to 1.

Tiles that are not square are cut to their middle square. Files that cannot be read are named and skipped. A tile with
an alpha channel keeps one, and the network sees it on the background that it was trained with.
Exit codes: 0 done, 1 something failed, 2 a wrong argument.
"""

SHEET, POSES = "contact_sheet.png", "poses.csv"
ROWS = 3  # of the contact sheet
FIELDS = ("file", "written", "class", "probability", "heading", "confidence", "scale", "shift_x", "shift_y")


def make_parser() -> Parser:
    """The command's arguments."""
    parser = Parser(prog=PROGRAM, description=DESCRIPTION, epilog=EPILOG)
    add = parser.add_argument
    add("--checkpoint", required=True, metavar="FILE", help="the .pt file of a finished training run")
    add("--in", dest="source", required=True, metavar="DIR", help="folder of tiles, or of folders of them")
    add("--out", required=True, metavar="DIR", help="folder for the output, other than --in")
    return parser


@torch.no_grad()
def align(network, facts: dict, image):
    """Read a square tile, a Pillow image of any size, through the transformer of a network for tiles.

    Returns the aligned tile, (C, S, S) uint8 at its own size, with the training tiles' mean colour outside the image
    (and, as the last channel, the image's alpha, if any, 0 outside); theta, as (2, 3) in an affine family; the
    probability of each class; and, with turned copies, the share of the winning direction, or None.
    """
    channels, side = facts["network"]["image_shape"][:2]
    transformer = network.transformer
    small = centred(_tensor(as_array(image, channels, side, facts.get("background"))), facts)
    if isinstance(network, TurnedCopies):
        angle, share = network.direction(small)
        parameters, logits, confidence = angle[:, None], network(small), share.item()
    else:
        parameters, confidence = transformer.localisation(small), None
        logits = network.network(transformer.sample(small, parameters))
    grid = transformer.transform.grid(parameters, (1, channels, *image.size), transformer.reading["align_corners"])
    read = partial(grid_sample, grid=grid, **transformer.reading)
    if "A" in image.getbands():  # colours are weighted by alpha, so that none comes from transparent pixels
        alpha = _tensor(np.asarray(image.getchannel("A"))[None])
        colour = centred(_tensor(as_array(image.convert("RGB"), channels)), facts)
        cover = read(alpha)
        aligned = torch.cat([uncentred(read(alpha * colour) / cover.clamp(min=1e-6), facts), cover], 1)
    else:
        aligned = uncentred(read(centred(_tensor(as_array(image, channels)), facts)), facts)
    theta = transformer.transform.forward(parameters)[0].numpy()
    return (255 * aligned[0]).round().byte().numpy(), theta, logits.softmax(1)[0].numpy(), confidence


def _tensor(array):
    """A batch of one, from 0 to 1."""
    return torch.from_numpy(array.copy())[None].float() / 255


def theta_in_words(theta: np.ndarray) -> dict:
    """A (2, 3) theta as heading in degrees on the compass, scale and shift; nothing for another family."""
    if theta.shape != (2, 3):
        return {}
    theta = theta[None].astype(np.float64)
    read = {name: float(value[0]) for name, value in read_theta(theta).items()}
    read["scale"] = np.sqrt(abs(read["scale_x"] * read["scale_y"]))
    heading = f"{np.degrees(rotation_angle(theta)[0]) % 360:.1f}"
    return dict(heading=heading) | {name: f"{read[name]:.3f}" for name in ("scale", "shift_x", "shift_y")}


def check_folders(source, out) -> tuple[Path, Path]:
    """Refuse folders that cannot serve as input and output."""
    source, out = Path(source), Path(out)
    check_folder("--in", source)
    if out.exists():
        check_folder("--out", out)
    if source.resolve() == out.resolve():
        raise Refusal(f"--out: expected another folder than --in, got {out} for both", 2)
    if out.resolve() in source.resolve().parents:
        hit = source / source.resolve().relative_to(out.resolve())
        if hit.is_dir():
            raise Refusal(f"--out: expected another folder, got {out}: the tiles of {hit} would be put into --in", 2)
    return source, out


def align_folder(checkpoint, source, out, say) -> tuple[int, int]:
    """Align every tile of a folder; return how many were written, and how many files could not be read.

    `say` is called with a line for each file that is skipped, and for anything else that the user should know.
    """
    source, out = check_folders(source, out)
    network, facts = load_tile_network(checkpoint)
    if network.transformer is None:
        expected = "expected a network with a transformer (st-cnn) or turned copies"
        raise Refusal(f"--checkpoint: {expected}, got one without in {checkpoint}")
    own = out.resolve() if source.resolve() in out.resolve().parents else None  # an earlier run's output is not a tile
    files = [file for file in image_files(source) if own is None or own not in file.resolve().parents]
    if not files:
        raise Refusal(f"--in: expected tiles, found no file in {source}")
    rows, pairs, places = [], [], {SHEET}
    on_sheet = {round(place) for place in np.linspace(0, len(files) - 1, COLUMNS * ROWS)}  # some of every folder
    try:
        for file, image in read_squares(files, source, say, facts.get("background")):
            name = file.relative_to(source).as_posix()
            aligned, theta, probabilities, confidence = align(network, facts, image)
            where = place_for(name, places)
            (out / where).parent.mkdir(parents=True, exist_ok=True)
            as_image(aligned).save(out / where)
            if len(rows) in on_sheet:
                pairs.append((image.resize((CELL, CELL)), as_image(aligned).resize((CELL, CELL))))
            row = {"file": name, "written": where, "class": facts["classes"][int(probabilities.argmax())]}
            row |= {} if confidence is None else dict(confidence=f"{confidence:.3f}")
            rows.append(row | dict(probability=f"{probabilities.max():.3f}") | theta_in_words(theta))
    finally:  # however it ends, the table lists what was written
        if rows:
            write_csv(out / POSES, FIELDS, rows)
            contact_sheet(pairs).save(out / SHEET)
    if not rows:
        raise Refusal(f"--in: none of the {len(files)} files in {source} can be read as an image")
    return len(rows), len(files) - len(rows)


def main(arguments=None) -> None:
    """The command; see ``--help``."""
    args = make_parser().parse_args(arguments)
    with plain_errors("align"):
        say = partial(print, file=sys.stderr)
        done, skipped = align_folder(args.checkpoint, args.source, args.out, say)
        print(f"{done} tiles aligned, {skipped} files skipped; written to {args.out}, with {SHEET} and {POSES}")


if __name__ == "__main__":
    main()
