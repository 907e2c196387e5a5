"""Tiles in, aligned tiles out: what is written, that it is turned the right way, and what is said when it cannot be."""

import csv
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from stn_numpy.aerial.tiles import aerial_tiles
from stn_numpy.pictures import as_array, contact_sheet
from stn_numpy.pytorch.align import align, main
from stn_numpy.pytorch.tiles import build_tile_network, centred
from stn_numpy.pytorch.weights import save as save_weights


@pytest.fixture(autouse=True)
def one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def network_that_says(parameters, transform="similarity", channels=3, **options):
    """A network whose localisation network gives the same theta for every tile, and its facts."""
    facts = dict(
        classes=["left", "right"],
        mean=[0.25] * channels,
        network=dict(image_shape=[channels, 24, 24], transform=transform, **options),
    )
    network = build_tile_network(**facts["network"], classes=2, rng=0)
    if transform is not None:
        with torch.no_grad():
            network.transformer.localisation.final.bias.copy_(torch.tensor(parameters))
    return network, facts


def save_tiles(path, network, facts):
    """As the training command has it, at the end of a run."""
    save_weights(path, network, tiles=facts)


@pytest.fixture
def checkpoint(tmp_path):
    save_tiles(tmp_path / "quarter.pt", *network_that_says([0.0, 1.0, 0.0, 0.0]))
    return tmp_path / "quarter.pt"


@pytest.fixture
def tiles(tmp_path):
    """A folder with a picture in it, and a folder with another."""
    (tmp_path / "tiles" / "deeper").mkdir(parents=True)
    picture = np.zeros((40, 40, 3), np.uint8)
    picture[:20, :, 0], picture[:, 20:, 1] = 250, 250  # red above, green right
    Image.fromarray(picture).save(tmp_path / "tiles" / "a.png")
    Image.fromarray(picture[:, :, 0]).save(tmp_path / "tiles" / "deeper" / "b.jpg")
    return tmp_path / "tiles"


def run(checkpoint, tiles, out):
    main(["--checkpoint", str(checkpoint), "--in", str(tiles), "--out", str(out)])


def complaint(arguments, capsys, code):
    with pytest.raises(SystemExit) as left:
        main(arguments)
    assert left.value.code == code
    lines = [line for line in capsys.readouterr().err.splitlines() if not line.startswith("skipped")]
    assert len(lines) == 1 and lines[0].startswith("align: ")
    return lines[0]


def test_what_is_written(checkpoint, tiles, tmp_path, capsys):
    (tiles / "notes.txt").write_text("?")
    run(checkpoint, tiles, tmp_path / "out")
    said = capsys.readouterr()
    assert "2 tiles aligned, 1 files skipped" in said.out and "skipped notes.txt: not an image" in said.err
    assert Image.open(tmp_path / "out" / "a.png").size == (40, 40)
    assert (tmp_path / "out" / "deeper" / "b.png").exists() and (tmp_path / "out" / "contact_sheet.png").exists()
    rows = list(csv.DictReader(open(tmp_path / "out" / "poses.csv")))
    assert [row["file"] for row in rows] == ["a.png", "deeper/b.jpg"]
    assert {(row["heading"], row["scale"]) for row in rows} == {("90.0", "1.000")}
    assert rows[0]["class"] in ("left", "right") and 0.5 <= float(rows[0]["probability"]) <= 1


def test_heading_east_is_turned_to_north(checkpoint, tiles, tmp_path):
    """Theta has heading 90: the right side becomes the upper one, counter-clockwise as seen; swapped axes would mirror
    it."""
    run(checkpoint, tiles, tmp_path / "out")
    after = np.asarray(Image.open(tmp_path / "out" / "a.png")).astype(int)
    red, green = after[..., 0], after[..., 1]
    assert green[:18].min() > 200 and green[22:].max() < 50  # what was right is above
    assert red[:, :18].min() > 200 and red[:, 22:].max() < 50  # what was above is left


def test_true_theta_brings_noses_up():
    """The same function with the true pose in the network's place: a delta wing's narrow half is above."""
    images, pose = aerial_tiles(6, 4, 40, kinds=("fighter",))
    grounds = aerial_tiles(6, 4, 40, kinds=("fighter",), background_only=True)[0]
    for image, ground, theta in zip(images, grounds, pose.theta):
        network, facts = network_that_says([*theta[:, 0], *theta[:, 2]])
        seen = [
            align(network, facts, Image.fromarray((255 * tile.transpose(1, 2, 0)).astype(np.uint8)))[0].astype(int)
            for tile in (image, ground)
        ]
        ink = abs(seen[0] - seen[1]).max(0) > 25
        assert ink[8:20, 12:28].sum() < ink[20:32, 12:28].sum()


def test_every_size_is_read_by_the_same_theta(checkpoint):
    """A tile of twice the size comes out as twice the tile."""
    network, facts = network_that_says([0.8, 0.3, 0.1, -0.2])
    smooth = aerial_tiles(1, 2, 24)[0][0]
    small = Image.fromarray((255 * smooth.transpose(1, 2, 0)).astype(np.uint8))
    large = small.resize((96, 96), Image.Resampling.BILINEAR)
    one, other = (align(network, facts, image)[0].astype(float) for image in (small, large))
    assert other.shape == (3, 96, 96)
    inner = np.abs(other.reshape(3, 24, 4, 24, 4).mean((2, 4)) - one)[:, 4:-4, 4:-4]
    assert inner.mean() < 6


def test_outside_has_the_mean_colour(tmp_path):
    network, facts = network_that_says([1.0, 0.0, 2.5, 0.0])
    aligned = align(network, facts, Image.new("RGB", (24, 24), "white"))[0]
    assert set(np.unique(aligned)) == {64}


def test_grey_networks_and_other_families(tiles, tmp_path):
    save_tiles(tmp_path / "grey.pt", *network_that_says([0.0] * 32, "tps", channels=1))
    run(tmp_path / "grey.pt", tiles, tmp_path / "out")
    assert Image.open(tmp_path / "out" / "a.png").mode == "L"
    before = np.asarray(Image.open(tiles / "a.png").convert("L")).astype(int)
    assert abs(np.asarray(Image.open(tmp_path / "out" / "a.png")).astype(int) - before).max() <= 1
    assert next(csv.DictReader(open(tmp_path / "out" / "poses.csv")))["heading"] == ""


def test_turned_copies_say_how_sure_they_are(tmp_path, tiles):
    """The heading is the direction with the largest share; that share is the confidence."""
    network, facts = network_that_says(None, None, turned_copies=6)
    with torch.no_grad():
        network.network[-1].weight.mul_(40)
    save_tiles(tmp_path / "copies.pt", network, facts)
    run(tmp_path / "copies.pt", tiles, tmp_path / "out")
    rows = list(csv.DictReader(open(tmp_path / "out" / "poses.csv")))
    small = centred(torch.tensor(as_array(Image.open(tiles / "a.png"), 3, 24))[None].float() / 255, facts)
    shares = network.shares(small)[0]
    assert float(rows[0]["confidence"]) == pytest.approx(shares.max().item(), abs=1e-3)
    assert float(rows[0]["heading"]) == 60 * shares.argmax().item() and shares.max() > 0.2
    assert rows[0]["class"] == facts["classes"][network(small).argmax().item()]
    assert (tmp_path / "out" / "contact_sheet.png").exists()


def test_an_alpha_channel_is_turned_with_its_tile(checkpoint, tiles, tmp_path, capsys):
    """Transparent at the left, then below; the magenta under it comes out nowhere, and outside is transparent too."""
    pixels = np.zeros((40, 40, 4), np.uint8)
    pixels[:20], pixels[20:] = (250, 0, 0, 255), (0, 0, 250, 255)
    pixels[:, :20] = 255, 0, 255, 0
    Image.fromarray(pixels).save(tiles / "a.png")
    Image.fromarray(pixels).convert("LA").save(tiles / "deeper" / "b.png")
    (tiles / "deeper" / "b.jpg").unlink()
    run(checkpoint, tiles, tmp_path / "out")
    after = np.asarray(Image.open(tmp_path / "out" / "a.png")).astype(int)
    assert after.shape == (40, 40, 4) and Image.open(tmp_path / "out" / "deeper" / "b.png").mode == "RGBA"
    assert after[:20, :20].reshape(-1, 4).tolist() == [[250, 0, 0, 255]] * 400
    assert after[:20, 20:].reshape(-1, 4).tolist() == [[0, 0, 250, 255]] * 400
    assert after[20:, :, 3].max() == 0 and after[20:, :, 1].min() == 64  # the mean colour
    sheet = np.asarray(Image.open(tmp_path / "out" / "contact_sheet.png")).astype(int)
    assert not ((sheet[..., 0] > 200) & (sheet[..., 1] < 100) & (sheet[..., 2] > 200)).any()
    network, facts = network_that_says([1.0, 0.0, 1.0, 0.0])
    aligned = align(network, facts, Image.new("RGBA", (24, 24), "white"))[0]
    assert aligned[:, :, :12].min() == 255 and aligned[3, :, 12:].max() == 0


def test_half_transparent_pixels_keep_their_colour():
    network, facts = network_that_says([1.0, 0.0, 0.0, 0.0])
    noise, ramp = Image.effect_noise((24, 24), 90), Image.linear_gradient("L").resize((24, 24))
    image = Image.merge("RGBA", (noise, noise.rotate(90), noise.rotate(180), ramp))
    aligned = align(network, facts, image)[0].astype(int)
    before = np.asarray(image).transpose(2, 0, 1).astype(int)
    assert abs(aligned[3] - before[3]).max() == 0
    assert abs(aligned[:3] - before[:3])[:, before[3] > 0].max() <= 1


def test_the_background_of_the_training_counts():
    """The network looks at a tile on the background that it learned with."""
    images = []
    network, facts = network_that_says([1.0, 0.0, 0.0, 0.0])
    network.transformer.localisation.register_forward_hook(lambda module, inputs, output: images.append(inputs[0]))
    for background in (None, "#ffffff"):
        align(network, facts | dict(background=background), Image.new("RGBA", (24, 24), (0, 0, 0, 51)))
    torch.testing.assert_close(images[0], torch.full((1, 3, 24, 24), -1.0))
    torch.testing.assert_close(images[1], torch.full((1, 3, 24, 24), 4 * (0.8 - 0.25)))


def test_what_the_reader_should_know_is_said(checkpoint, tiles, tmp_path, capsys):
    Image.fromarray(np.full((24, 24), 4000, np.uint16)).save(tiles / "c.tif")
    run(checkpoint, tiles, tmp_path / "out")
    assert capsys.readouterr().err.splitlines() == [
        "c.tif: whole numbers of more than 8 bits, whose range is not declared: scaled by 4095",
        "c.tif: is of one colour, or nearly",
    ]


@pytest.mark.skipif(sys.platform != "linux", reason="file names are text here")
def test_names_that_are_not_utf_8_or_not_in_the_terminal_s_alphabet(checkpoint, tiles, tmp_path):
    for name, content in ((b"\xe9t\xe9.png", (tiles / "a.png").read_bytes()), (b"\xff.txt", b"?")):
        Path(os.fsdecode(os.fsencode(tiles) + b"/" + name)).write_bytes(content)
    (tiles / "deeper").rename(tiles / "głębiej")
    out = tmp_path / "wyniki ł"
    done = subprocess.run(
        [sys.executable, "-m", "stn_numpy.pytorch.align", "--checkpoint", checkpoint, "--in", tiles, "--out", out],
        cwd=Path(__file__).parents[1],
        capture_output=True,
        check=False,
        env=os.environ | dict(PYTHONIOENCODING="cp1252", OMP_NUM_THREADS="1"),
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(b"3 tiles aligned, 1 files skipped; written to ") and b"wyniki \\u0142" in done.stdout
    rows = list(csv.DictReader(open(out / "poses.csv", encoding="utf8")))
    assert [row["file"] for row in rows] == ["a.png", "głębiej/b.jpg", "\\udce9t\\udce9.png"]
    assert os.path.exists(os.fsencode(out) + b"/\xe9t\xe9.png") and (out / "contact_sheet.png").exists()


@pytest.mark.parametrize("stop", [KeyboardInterrupt, OSError(28, "No space left on device")])
def test_the_table_has_what_was_written_before_a_stop(checkpoint, tiles, tmp_path, capsys, monkeypatch, stop):
    original, count = Image.Image.save, 0

    def save(image, path, *rest, **options):
        nonlocal count
        count += 1
        if count == 2:
            raise stop
        original(image, path, *rest, **options)

    monkeypatch.setattr(Image.Image, "save", save)
    with pytest.raises(SystemExit):
        run(checkpoint, tiles, tmp_path / "out")
    assert [row["written"] for row in csv.DictReader(open(tmp_path / "out" / "poses.csv"))] == ["a.png"]
    assert (tmp_path / "out" / "contact_sheet.png").exists()


def test_names_that_differ_by_their_case_alone(checkpoint, tiles, tmp_path):
    """They would be one file on a Mac and on Windows."""
    for name in ("A.jpg", "Cd.jpg", "cD.png"):
        Image.new("RGB", (24, 24)).save(tiles / name)
    run(checkpoint, tiles, tmp_path / "out")
    written = [row["written"] for row in csv.DictReader(open(tmp_path / "out" / "poses.csv"))]
    assert len({name.casefold() for name in written}) == 5


def test_names_that_clash(checkpoint, tiles, tmp_path):
    Image.new("RGB", (24, 24)).save(tiles / "a.jpg")
    Image.new("RGB", (24, 24)).save(tiles / "contact_sheet.png")
    run(checkpoint, tiles, tmp_path / "out")
    written = [row["written"] for row in csv.DictReader(open(tmp_path / "out" / "poses.csv"))]
    assert len(set(written)) == 4 and "contact_sheet.png" not in written
    assert all((tmp_path / "out" / name).exists() for name in written)


def test_what_was_written_is_not_read_again(checkpoint, tiles, capsys):
    for _ in range(2):
        run(checkpoint, tiles, tiles / "out")
        assert "2 tiles aligned" in capsys.readouterr().out


def test_the_folder_around_the_tiles_may_take_what_is_written(checkpoint, tiles, capsys):
    """Except where it would be written among them, over their like."""
    for _ in range(2):
        run(checkpoint, tiles, tiles.parent)
        assert "2 tiles aligned" in capsys.readouterr().out
    assert (tiles.parent / "a.png").exists() and (tiles.parent / "deeper" / "b.png").exists()
    (tiles / "deeper").rename(tiles / "tiles")
    arguments = ["--checkpoint", str(checkpoint), "--in", str(tiles), "--out", str(tiles.parent)]
    assert f"the tiles of {tiles / 'tiles'} would be put into --in" in complaint(arguments, capsys, 2)


def test_a_contact_sheet_has_each_pair():
    pairs = [(Image.new("RGB", (9, 9), "red"), Image.new("L", (9, 9), 0))] * 9
    sheet = np.asarray(contact_sheet(pairs))
    assert (sheet == (255, 0, 0)).all(2).sum() == 9 * 96 * 96 == (sheet == 0).all(2).sum()


@pytest.mark.parametrize(
    "change, code, part",
    [
        (dict(source="nowhere"), 2, "--in: expected a folder, got"),
        (dict(source="quarter.pt"), 2, "which is a file"),
        (dict(out="quarter.pt"), 2, "--out: expected a folder"),
        (dict(out="tiles"), 2, "another folder than --in"),
        (dict(source="empty"), 1, "found no file"),
        (dict(source="words"), 1, "none of the 1 files"),
        (dict(checkpoint="nowhere.pt"), 1, "No such file"),
        (dict(checkpoint="cut.pt"), 1, "no checkpoint, or is damaged"),
        (dict(checkpoint="digits.pt"), 1, "not a finished network for tiles"),
        (dict(checkpoint="plain.pt"), 1, "expected a network with a transformer (st-cnn) or turned copies"),
        (dict(checkpoint="tiles"), 1, "Is a directory"),
    ],
)
def test_what_will_not_do(checkpoint, tiles, tmp_path, capsys, change, code, part):
    for name in ("empty", "words"):
        (tmp_path / name).mkdir()
    (tmp_path / "words" / "notes.txt").write_text("?")
    (tmp_path / "cut.pt").write_bytes(checkpoint.read_bytes()[:-500])
    save_weights(tmp_path / "digits.pt", torch.nn.Linear(2, 2))
    save_tiles(tmp_path / "plain.pt", *network_that_says(None, None))
    given = dict(checkpoint=checkpoint.name, source="tiles", out="out") | change
    arguments = [
        word
        for name, value in zip(("--checkpoint", "--in", "--out"), given.values())
        for word in (name, str(tmp_path / value))
    ]
    assert part in complaint(arguments, capsys, code)
