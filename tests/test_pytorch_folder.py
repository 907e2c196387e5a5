"""The reader's own tiles: a folder of classes, training on it, and what is said when something is wrong."""

import builtins
import json
import os
import subprocess
import sys
import weakref
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from book.experiments.aerial.measures import mean_heading
from stn_numpy import pictures
from stn_numpy.aerial.tiles import aerial_tiles
from stn_numpy.folder import read_folder, read_headings, split
from stn_numpy.pictures import as_array, read_square
from stn_numpy.pytorch.align import align
from stn_numpy.pytorch.folder import FolderTiles, heading_loss, settings_for, turned_anew
from stn_numpy.pytorch.settings import Settings
from stn_numpy.pytorch.steps import copies_loss
from stn_numpy.pytorch.tiles import build_tile_network, centred, load_tile_network, uncentred
from stn_numpy.pytorch.train import main
from stn_numpy.theta import rotation_angle

ARGUMENTS = [
    "--model",
    "st-cnn",
    "--transform",
    "similarity",
    "--batch",
    "4",
    "--iterations",
    "3",
    "--device",
    "cpu",
    "--precision",
    "float32",
    "--tile-size",
    "24",
]


@pytest.fixture(autouse=True)
def one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture
def tiles(tmp_path):
    """Two classes of eight tiles, in three formats."""
    images, pose = aerial_tiles(24, 3, 30, kinds=("car", "fighter"))
    for label, name in enumerate(("cars", "fighters")):
        place = tmp_path / "mine" / name
        place.mkdir(parents=True)
        for k, image in enumerate(images[pose.kind == label][:8]):
            picture = Image.fromarray((255 * image.transpose(1, 2, 0)).astype(np.uint8))
            picture.save(place / f"{k}.{('png', 'jpg', 'bmp')[k % 3]}")
    return tmp_path / "mine"


def complaint(arguments, capsys, code):
    """The single line of the command when it refuses."""
    with pytest.raises(SystemExit) as left:
        main(arguments)
    assert left.value.code == code
    lines = [line for line in capsys.readouterr().err.splitlines() if line.startswith("train: ")]
    assert len(lines) == 1
    return lines[0]


def test_what_is_found(tiles):
    found = read_folder(tiles, 24)
    assert found.images.shape == (16, 3, 24, 24) and found.images.dtype == np.uint8
    assert found.classes == ["cars", "fighters"] and found.labels.tolist() == [0] * 8 + [1] * 8
    assert found.files[0] == "cars/0.png" and found.remarks == [
        "16 tiles, in colour: cars 8, fighters 8",
        "16 of them had another size: cut to their middle square, resized to 24x24",
    ]


def test_all_grey_is_one_channel_and_one_colour_makes_all_three(tiles):
    for file in tiles.rglob("*.*"):
        Image.open(file).convert("L").save(file)
    assert read_folder(tiles, 24).images.shape[1] == 1
    Image.new("RGB", (24, 24), "red").save(tiles / "cars" / "0.png")
    assert read_folder(tiles, 24).images.shape[1] == 3


def test_tiles_are_resized_at_once_to_the_very_same_values(tiles, monkeypatch):
    """Grey and in colour, of the right size and of others: as if all were read first, and one at a time is held."""
    Image.effect_noise((24, 24), 80).save(tiles / "cars" / "0.png")
    Image.effect_noise((70, 50), 80).save(tiles / "cars" / "2.bmp")
    read, expected = [], [as_array(read_square(file)[0], 3, 24) for file in pictures.image_files(tiles)]

    def watched(path):
        assert sum(image() is not None for image in read) <= 1
        image, remarks = read_square(path)
        read.append(weakref.ref(image))
        return image, remarks

    monkeypatch.setattr(pictures, "read_square", watched)
    found = read_folder(tiles, 24)
    assert np.array_equal(found.images, expected) and "15 of them had" in found.remarks[-1] and len(read) == 16


def test_files_that_cannot_be_read_are_named_and_skipped(tiles, tmp_path, capsys):
    (tiles / "cars" / "notes.txt").write_text("not a tile")
    (tiles / "cars" / ".hidden.png").write_text("nor this")
    whole = (tiles / "cars" / "1.jpg").read_bytes()
    (tiles / "cars" / "1.jpg").write_bytes(whole[: len(whole) // 2])
    Image.fromarray(np.ones((4, 4), np.float32)).save(tiles / "fighters" / "height.tiff")
    main([*ARGUMENTS, "--data-folder", str(tiles), "--out", str(tmp_path / "out")])
    said = capsys.readouterr().err
    assert "skipped cars/notes.txt: not an image that Pillow knows" in said
    assert "skipped cars/1.jpg: " in said and "truncated" in said.lower()
    assert "skipped fighters/height.tiff: has floating-point pixels" in said
    assert "15 tiles, in colour: cars 7, fighters 8" in said and "hidden" not in said
    assert "15 of them had another size: cut to their middle square, resized to 24x24" in said


def test_training_leaves_a_network_that_knows_its_classes(tiles, tmp_path, capsys):
    arguments = [*ARGUMENTS, "--data-folder", str(tiles), "--out", str(tmp_path / "out")]
    main(arguments)
    first = capsys.readouterr()
    path = tmp_path / "out" / "st-cnn-mine-similarity-seed0"
    network, facts = load_tile_network(f"{path}.pt")
    assert facts["classes"] == ["cars", "fighters"] and network.transformer.family == "similarity"
    result = json.loads(open(f"{path}.json").read())
    assert result["test_images"] == 4 and result["settings"]["classes"] == ["cars", "fighters"]
    settings = settings_for(read_folder(tiles, 24), tiles, Settings("st-cnn", None, "similarity", batch=4))
    images, labels = next(FolderTiles(read_folder(tiles, 24), settings, torch.device("cpu")).test_batches(9))
    with torch.no_grad():
        assert result["test_error"] == pytest.approx((network(images).argmax(1) != labels).float().mean().item())
    main(arguments)
    assert "done already" in capsys.readouterr().err
    Image.new("RGB", (30, 30), "red").save(tiles / "cars" / "0.png")
    assert "belongs to another run (content: expected" in complaint(arguments, capsys, 1)
    assert "parameters" in first.out


def test_it_learns(tmp_path):
    """Bright tiles and dark ones, after a few steps."""
    rng = np.random.default_rng(0)
    for name, level in (("bright", 200), ("dark", 60)):
        (tmp_path / "mine" / name).mkdir(parents=True)
        for k in range(10):
            array = rng.integers(level - 50, level + 50, (24, 24)).astype(np.uint8)
            Image.fromarray(array).save(tmp_path / "mine" / name / f"{k}.png")
    main(
        [
            *ARGUMENTS,
            "--iterations",
            "40",
            "--batch",
            "8",
            "--rate",
            "0.02",
            "--data-folder",
            str(tmp_path / "mine"),
            "--out",
            str(tmp_path / "out"),
        ]
    )
    assert json.loads(next((tmp_path / "out").glob("*.json")).read_text())["test_error"] == 0


def test_the_split_takes_a_fifth_of_each_class_and_is_always_the_same():
    labels = np.array([0] * 50 + [1] * 10 + [2] * 2)
    train, test = split(labels)
    assert np.bincount(labels[test]).tolist() == [10, 2, 1]
    assert sorted([*train, *test]) == list(range(62))
    assert np.array_equal(test, split(labels)[1])


def test_pieces_are_decided_by_seed_and_number(tiles):
    settings = settings_for(read_folder(tiles, 24), tiles, Settings("cnn", None, batch=4))
    source = FolderTiles(read_folder(tiles, 24), settings, torch.device("cpu"))
    images, labels = source.piece(2, 3)
    assert images.shape == (25, 4, 3, 24, 24) and labels.shape == (25, 4)
    assert torch.equal(images, source.piece(2, 3)[0]) and not torch.equal(images, source.piece(1, 3)[0])
    assert torch.equal(images[:, 1:3], source.piece(2, 3, slice(1, 3))[0])


@pytest.mark.parametrize(
    "break_it, part",
    [
        (lambda path: path.rename(path.with_name("elsewhere")), "which is not there"),
        (lambda path: [path.rename(path.with_name("other")), path.write_text("")], "which is a file"),
        (lambda path: (path / "fighters").rename(path.parent / "fighters"), "found one alone, cars"),
        (lambda path: [(path / name).rename(path.parent / name) for name in ("cars", "fighters")], "found none"),
        (lambda path: (path / "empty").mkdir(), "two tiles or more of each class"),
        (lambda path: [file.unlink() for file in (path / "cars").glob("[1-9].*")], "found 1 in"),
        (lambda path: [file.write_text("?") for file in (path / "cars").iterdir()], "cars/0.png: not an image"),
    ],
)
def test_folders_that_will_not_do(tiles, tmp_path, capsys, break_it, part):
    break_it(tiles)
    said = complaint([*ARGUMENTS, "--data-folder", str(tiles), "--out", str(tmp_path / "out")], capsys, 2)
    assert "--data-folder: expected" in said and part in said


@pytest.mark.parametrize(
    "arguments, part",
    [
        (["--model", "st-fcn"], "--model: expected one of cnn, st-cnn with --data-folder, got 'st-fcn'"),
        (["--distortion", "R"], "not allowed with argument"),
        (["--background", "?"], "invalid colour value: '?'"),
        (["--tile-size", "8"], "24 or more, got '8'"),
    ],
)
def test_arguments_that_do_not_go_together(tiles, capsys, arguments, part, tmp_path):
    assert part in complaint([*ARGUMENTS, "--data-folder", str(tiles), "--out", str(tmp_path), *arguments], capsys, 2)


@pytest.mark.parametrize("out", ["mine", "mine/runs", "mine/cars/deep/er", "link/runs"])
def test_results_among_the_tiles_are_refused_before_a_tile_is_read(tiles, tmp_path, capsys, out, monkeypatch):
    (tmp_path / "link").symlink_to(tiles)
    monkeypatch.setattr(pictures, "read_square", lambda path: pytest.fail("a tile was read"))
    said = complaint([*ARGUMENTS, "--data-folder", str(tiles), "--out", str(tmp_path / out)], capsys, 2)
    assert "--out: expected a folder outside of --data-folder" in said and not (tiles / "runs").exists()


def test_what_is_transparent_is_seen_on_the_background_of_one_s_choice(tiles, tmp_path, capsys):
    for file in (tiles / "cars").glob("*.png"):
        image = Image.open(file).convert("RGBA")
        image.paste((255, 0, 255, 0), (0, 0, 30, 15))
        image.save(file)
    found = read_folder(tiles, 24)
    assert found.remarks[0].startswith("cars/0.png and 2 more: has transparent pixels, laid over the mean colour of")
    mean = np.asarray(Image.open(tiles / "cars" / "0.png"))[15:, :, :3].mean((0, 1))
    assert abs(found.images[0, :, :10] - mean.reshape(3, 1, 1)).max() <= 0.5
    out = tmp_path / "out"
    main([*ARGUMENTS, "--data-folder", str(tiles), "--out", str(out), "--background", "lime"])
    assert "laid over #00ff00" in capsys.readouterr().err
    assert load_tile_network(out / "st-cnn-mine-similarity-seed0.pt")[1]["background"] == "#00ff00"
    assert read_folder(tiles, 24, "#00ff00").images[0, :, 0, 0].tolist() == [0, 255, 0]


@pytest.mark.skipif(sys.platform != "linux", reason="file names are text here")
def test_names_that_are_not_utf_8_or_not_in_the_terminal_s_alphabet(tiles, tmp_path):
    """Of a class, of tiles, and of the folder of results."""
    os.rename(os.fsencode(tiles / "cars"), os.fsencode(tiles) + b"/\xe9t\xe9")
    os.rename(os.fsencode(tiles) + b"/\xe9t\xe9/0.png", os.fsencode(tiles) + b"/\xe9t\xe9/\xff.txt")
    tiles = tiles.rename(tmp_path / "żółw żółwi")
    Path(os.fsdecode(os.fsencode(tiles) + b"/\xe9t\xe9/1\xe9.png")).write_text("?")
    command = [
        sys.executable,
        "-m",
        "stn_numpy.pytorch.train",
        *ARGUMENTS,
        "--data-folder",
        tiles,
        "--out",
        tmp_path / "wyniki ł",
    ]
    done = subprocess.run(
        command,
        cwd=Path(__file__).parents[1],
        capture_output=True,
        check=False,
        env=os.environ | dict(PYTHONIOENCODING="cp1252", OMP_NUM_THREADS="1"),
    )
    assert done.returncode == 0, done.stderr
    assert b"wyniki \\u0142/st-cnn-" in done.stdout
    assert b"skipped \\udce9t\\udce9/1\\udce9.png: not an image" in done.stderr
    network, facts = load_tile_network(tmp_path / "wyniki ł" / "st-cnn-żółw żółwi-similarity-seed0.pt")
    assert [os.fsencode(name) for name in facts["classes"]] == [b"fighters", b"\xe9t\xe9"]
    assert json.loads(next((tmp_path / "wyniki ł").glob("*.json")).read_text())["test_images"] == 4


def test_neither_digits_nor_a_folder(capsys):
    assert "one of the arguments --distortion --data-folder is required" in complaint(ARGUMENTS, capsys, 2)


def test_without_pillow(tiles, capsys, tmp_path, monkeypatch):
    original = builtins.__import__

    def refuse(name, *rest, **more):
        if name.split(".")[0] == "PIL":
            raise ImportError("No module named 'PIL'")
        return original(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", refuse)
    with pytest.raises(ImportError, match="pip install pillow"):
        pictures.pillow()
    said = complaint([*ARGUMENTS, "--data-folder", str(tiles), "--out", str(tmp_path / "out")], capsys, 1)
    assert "needs Pillow, which comes with matplotlib" in said


# --- The networks


@pytest.mark.parametrize(
    "options",
    [
        {},
        dict(transform="affine"),
        dict(transform="tps", size=32),
        dict(transform="rotation", size=32),
        dict(transform="similarity", localisation_depth=3),
        dict(turned_copies=3, size=32),
    ],
)
def test_networks_have_the_parameters_asked_for_and_start_at_the_identity(options):
    network = build_tile_network((3, 48, 48), 8, **options, rng=0)
    assert network.parameter_count() == pytest.approx(80_000, rel=0.01)
    images = torch.rand(2, 3, 48, 48, generator=torch.Generator().manual_seed(0))
    assert network(images).shape == (2, 8)
    if options.get("size", 48) == 48 and options:
        torch.testing.assert_close(network.transformer(images), images, rtol=0, atol=1e-5)


def test_centring_is_undone():
    facts = dict(mean=[0.2, 0.5, 0.7])
    images = torch.rand(2, 3, 5, 5)
    torch.testing.assert_close(uncentred(centred(images, facts), facts), images)
    assert centred(torch.tensor([0.2, 0.5, 0.7]).view(1, 3, 1, 1), facts).abs().max() == 0


@pytest.mark.parametrize(
    "arguments, part",
    [
        (dict(image_shape=(3, 20, 20)), "image_shape"),
        (dict(transform="affine", localisation_depth=4), "localisation_depth"),
        (dict(parameters=100), "parameters: expected more"),
    ],
)
def test_networks_that_cannot_be(arguments, part):
    with pytest.raises(ValueError, match=part):
        build_tile_network(**dict(image_shape=(3, 48, 48), classes=3) | arguments)


# --- Headings


def test_known_headings_are_read_in_whatever_order(tmp_path):
    (tmp_path / "h.csv").write_text("degrees,file\n350,cars/1.jpg\n,cars/2.bmp\n-90.5,fighters/0.png\n", "utf8")
    found = read_headings(tmp_path / "h.csv", ["cars/0.png", "cars/1.jpg", "cars/2.bmp", "fighters/0.png"])
    np.testing.assert_array_equal(found, [np.nan, 350, np.nan, -90.5])


@pytest.mark.parametrize(
    "table, part",
    [
        ("file,heading\ncars/0.png,3\n", "with the columns file and degrees"),
        ("file,degrees\ncars/99.png,3\n", "got 'cars/99.png'"),
        ("file,degrees\ncars/0.png,north\n", "degrees of cars/0.png: expected a number, got 'north'"),
        ("file,degrees\ncars/0.png,inf\n", "expected finite numbers"),
        ("file,degrees\ncars/0.png,\n", "expected a heading of a tile to train on, found none"),
    ],
)
def test_tables_of_headings_that_will_not_do(tiles, tmp_path, capsys, table, part):
    (tmp_path / "h.csv").write_text(table)
    more = ["--model", "cnn", "--turned-copies", "4", "--headings", str(tmp_path / "h.csv")]
    said = complaint([*ARGUMENTS, "--data-folder", str(tiles), "--out", str(tmp_path / "out"), *more], capsys, 2)
    assert said.startswith("train: --headings: ") and part in said


@pytest.mark.parametrize(
    "arguments, part",
    [
        (["--data-folder", "mine", "--headings", "h.csv"], "--headings: expected --turned-copies K with it"),
        (["--data-folder", "mine", "--turned-copies", "4"], "--turned-copies: expected 0 with the model st-cnn, got 4"),
        (["--data-folder", "mine", "--entropy", "0.1"], "entropy: expected 0 without turned copies, got 0.1"),
        (["--data-folder", "mine", "--augment", "flip"], "invalid choice: 'flip'"),
        (["--distortion", "R", "--headings", "h.csv"], "--headings: expected it with --data-folder"),
        (["--distortion", "R", "--augment", "turn"], "--augment: expected it with --data-folder"),
    ],
)
def test_what_turned_copies_need(tiles, tmp_path, capsys, monkeypatch, arguments, part):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "h.csv").write_text("file,degrees\ncars/0.png,3\n")
    assert part in complaint([*ARGUMENTS, *arguments], capsys, 2)


def test_a_tile_that_is_turned_anew_has_its_heading_less_that_turn():
    """Read by the heading that is left, it is upright again; a scale alone leaves it as it was turned."""
    upright = torch.zeros(40, 1, 48, 48)
    upright[:, :, 8:24, 23:25] = 1  # a hand that points up
    turned, angle = turned_anew(upright, ("turn", "scale"), torch.Generator().manual_seed(0))
    y, x = torch.meshgrid(torch.arange(48) - 23.5, torch.arange(48) - 23.5, indexing="ij")
    points = torch.rad2deg(torch.atan2((turned[:, 0] * x).sum((1, 2)), -(turned[:, 0] * y).sum((1, 2))))
    apart = (points + angle + 180) % 360 - 180
    assert apart.abs().max() < 2 and angle.std() > 60
    lengths = turned.sum((1, 2, 3)).sqrt()
    assert lengths.max() > 1.2 * lengths.min()
    scaled, none = turned_anew(upright, ("scale",), torch.Generator().manual_seed(0))
    assert none.abs().max() == 0 and not torch.equal(scaled, upright)


def test_headings_come_with_the_labels_as_they_are_after_the_turn(tiles):
    """A quarter of each batch has a heading; its direction is that of the turned tile, to the nearest of twelve."""
    folder = read_folder(tiles, 24)
    known = np.full(16, np.nan)
    known[[1, 9]] = 40.0, 280.0
    train = split(folder.labels)[0]
    assert np.isfinite(known[train]).sum() == 2
    for augment in ((), ("turn",)):
        options = Settings("cnn", None, batch=8, turned_copies=12)
        settings = settings_for(folder, tiles, options, augment=augment, headings=known)
        source = FolderTiles(folder, settings, torch.device("cpu"), known)
        _, marks = source.piece(0, 0)
        places = marks // 2 - 1
        assert (places[:, ::4] >= 0).all() and 0 < (places[:, 1::4] < 0).float().mean() < 1
        expected = {-1, 1, 9} if not augment else set(range(-1, 12))
        assert set(places.flatten().tolist()) == expected
        assert set((marks % 2).flatten().tolist()) == {0, 1}


def test_the_loss_of_a_tile_with_a_heading_is_of_its_direction_alone():
    """By hand, from probabilities; and without a heading it is that of the sum."""
    network = build_tile_network((1, 24, 24), 3, turned_copies=5, rng=0)
    images, labels, places = torch.rand(4, 1, 24, 24), torch.tensor([0, 2, 1, 2]), torch.tensor([-1, 3, -1, 0])
    loss, wrong = heading_loss(network, images, labels + 3 * (places + 1), classes=3)
    logits, scores = network.read(images)
    joint = logits.softmax(2) * scores.softmax(1)[..., None]
    sums = joint.sum(1)
    expected = -torch.stack([sums[0, 0], joint[1, 3, 2], sums[2, 1], joint[3, 0, 2]]).log().mean()
    torch.testing.assert_close(loss, expected)
    assert wrong.item() == pytest.approx((sums.argmax(1) != labels).float().mean().item())
    shares = scores.softmax(1)
    entropy = -(shares * shares.log()).sum(1).mean()
    for sharper, _ in (
        heading_loss(network, images, labels + 3 * (places + 1), classes=3, entropy=0.2),
        (copies_loss(network, images, labels, 0.2)[0] + loss + sums[range(4), labels].log().mean(), None),
    ):
        torch.testing.assert_close(sharper, loss + 0.2 * entropy)


def test_turned_copies_from_a_command_of_few_words(tiles, tmp_path, capsys):
    """The defaults are those for tiles, an estimate is printed, and what is written can be used again."""
    (tmp_path / "h.csv").write_text("file,degrees\ncars/1.jpg,40\nfighters/1.jpg,280\n")
    command = ["--model", "cnn", "--turned-copies", "4", "--data-folder", str(tiles), "--tile-size", "24"]
    more = ["--augment", "turn,scale", "--headings", str(tmp_path / "h.csv"), "--iterations", "12", "--device", "cpu"]
    main([*command, *more, "--out", str(tmp_path / "out")])
    said = capsys.readouterr().err
    assert "headings: 2 tiles" in said and "12 steps of 32 tiles: about 0." in said
    path = tmp_path / "out" / "cnn-mine-turned_copies4-turn-scale-told-seed0"
    result = json.loads(Path(f"{path}.json").read_text())
    assert result["settings"]["optimizer"] == "adamw" and result["settings"]["batch"] == 32
    assert result["life"]["silent"] and result["parameters"] == pytest.approx(30_000, rel=0.01)
    network, facts = load_tile_network(f"{path}.pt")
    assert network.turns == 4 and facts["network"]["turned_copies"] == 4 and network.size == (24, 24)


@pytest.mark.parametrize("copies, told", [(8, True), (8, False), (0, False)])
def test_headings_are_learned(tmp_path, capsys, copies, told):
    """Hands that point anywhere: after some steps their directions are known, or those of a class agree, if no heading
    was given, from turned copies and from a CNN."""
    rng = np.random.default_rng(0)
    rows = []
    for name, width in (("wide", 4), ("narrow", 1)):
        (tmp_path / "mine" / name).mkdir(parents=True)
        for k in range(20):
            picture, heading = Image.new("L", (48, 48)), float(rng.uniform(0, 360))
            picture.paste(220, (24 - width, 4, 24 + width, 24))
            picture.rotate(-heading, Image.Resampling.BILINEAR).save(tmp_path / "mine" / name / f"{k}.png")
            rows.append(f"{name}/{k}.png,{heading:.1f}")
    (tmp_path / "h.csv").write_text("\n".join(["file,degrees", *rows]))
    command = ["--model", "cnn", "--data-folder", str(tmp_path / "mine"), "--augment", "turn"]
    command += ["--turned-copies", str(copies)] if copies else []
    more = ["--iterations", "120", "--device", "cpu", "--tile-size", "28", "--out", str(tmp_path / "out")]
    main([*command, *more, *(["--headings", str(tmp_path / "h.csv")] if told else [])])
    network, facts = load_tile_network(next((tmp_path / "out").glob("*.pt")))
    folder = read_folder(tmp_path / "mine", 28)
    images = centred(torch.from_numpy(folder.images).float() / 255, facts)
    known = read_headings(tmp_path / "h.csv", folder.files)
    with torch.no_grad():
        off = np.degrees(network.transformer.localisation(images)[:, 0].numpy()) - known
    assert ("congealed" in facts) != told
    if not told:  # known up to a constant of each class
        for label in (0, 1):
            off[folder.labels == label] -= mean_heading(off[folder.labels == label])
    assert np.mean(abs((off + 180) % 360 - 180) < 40) > 0.9
    picture = Image.open(tmp_path / "mine" / "wide" / "0.png")
    _, theta, probabilities, confidence = align(network, facts, picture)
    with torch.no_grad():
        angle = network.transformer.localisation(images[folder.files.index("wide/0.png")][None]).item()
    assert rotation_angle(theta[None].astype(float))[0] % (2 * np.pi) == pytest.approx(angle % (2 * np.pi), abs=1e-3)
    assert 0 < confidence <= 1 and probabilities.sum() == pytest.approx(1, abs=1e-5)
