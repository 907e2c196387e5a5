"""The explorables, used in Chromium by mouse, finger and keyboard, and compared with the library."""

import gzip
import importlib.util
from pathlib import Path

import numpy as np
import pytest
from browser import listen
from test_explore_maths import canvas_of, one_row, pen_marks, program_answers, shrunk

import stn_numpy as stn
from book import by_hand
from book.experiments.scale.shown import run_of_seed_0
from book.experiments.training.rotated_mnist import snapshots_of_seed_0
from book.experiments.whole.program import NETWORKS, trained_networks, unpacked
from stn_numpy import explore
from stn_numpy.explore import contents
from stn_numpy.theta import rotation_theta

ROOT = Path(__file__).resolve().parents[1]
RESULTS = {"growing": snapshots_of_seed_0(), "turning": run_of_seed_0(), "draw": trained_networks()}
SHELL = """<!doctype html><html lang="en" data-theme="light"><meta charset="utf8"><title>Explorables</title>
<meta name="viewport" content="width=device-width"><body style="margin:0 auto;max-width:740px"><main>{}</main></html>"""


def shown(name):
    return explore.show(name, RESULTS.get(name))


@pytest.fixture(scope="module")
def page_file(tmp_path_factory):
    """All of them on one page, as a file."""
    path = tmp_path_factory.mktemp("explore") / "page.html"
    path.write_text(SHELL.format("".join(shown(name)._repr_html_() for name in explore.NAMES)), "utf8")
    return path


@pytest.fixture
def open_page(browser, page_file):
    """Open the page, offline, with the options of a browser context; at the end nothing was asked for or went wrong."""
    opened = []

    def opener(width=760, **options):
        context = browser.new_context(offline=True, viewport=dict(width=width, height=900), **options)
        page = context.new_page()
        opened.append((context, *listen(page)))
        page.goto(page_file.as_uri())
        return page

    yield opener
    for context, asked, complaints in opened:
        context.close()
        assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
        assert complaints == []


class Hand:
    """One explorable on an open page, and what a reader does to it."""

    def __init__(self, page, name):
        self.page, self.name = page, name
        self.figure = page.locator(f'.stnx[data-explorable="{name}"]')
        self.figure.scroll_into_view_if_needed()

    def report(self):
        """The numbers behind the picture, once it is drawn."""
        return self.page.evaluate(
            """name => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() =>
            done(document.querySelector(`.stnx[data-explorable="${name}"]`).stage.explorable.report()))))""",
            self.name,
        )

    def handle(self, label):
        return self.figure.locator(f'.stnx-handle[aria-label^="{label}"]').first

    def centre(self, label):
        self.handle(label).scroll_into_view_if_needed()
        box = self.handle(label).bounding_box()
        return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    def drag(self, label, across, down):
        x, y = self.centre(label)
        self.page.mouse.move(x, y)
        self.page.mouse.down()
        self.page.mouse.move(x + across / 2, y + down / 2)
        self.page.mouse.move(x + across, y + down)
        self.page.mouse.up()
        return self.report()

    def press(self, label, *keys):
        self.handle(label).focus()
        for key in keys:
            self.page.keyboard.press(key)
        return self.report()

    def click(self, words):
        self.figure.get_by_role("button", name=words, exact=True).click()
        return self.report()

    def choose(self, label, value):
        self.figure.get_by_label(label, exact=True).select_option(value)
        return self.report()

    def slide(self, label, value):
        self.figure.get_by_label(label, exact=True).evaluate(
            "(input, to) => { input.value = to; input.dispatchEvent(new Event('input', {bubbles: true})); }", value
        )
        return self.report()


@pytest.fixture(scope="module")
def shared_page(browser, page_file):
    """One page for all tests that leave the other explorables alone."""
    context = browser.new_context(offline=True, viewport=dict(width=760, height=900))
    page = context.new_page()
    asked, complaints = listen(page)
    page.goto(page_file.as_uri())
    yield page
    context.close()
    assert complaints == [] and all(url.startswith(("file:", "data:")) for url in asked)


@pytest.fixture
def hand(shared_page):
    return lambda name: Hand(shared_page, name)


def ink(picture):
    """A picture as the page has it: in 255 steps."""
    return np.rint(picture * 255) / 255


def close(found, expected):
    np.testing.assert_allclose(np.ravel(found), np.ravel(expected), rtol=0, atol=1e-9 * max(1, np.abs(expected).max()))


def warp(image, theta, size=None, align_corners=False):
    theta = np.reshape(theta, (1, 2, 3)).astype(float)
    size = (1, 1, *(size or image.shape))
    return stn.affine_sample(image[None, None], theta, size, align_corners=align_corners)[0, 0]


# ---- what a cell makes -----------------------------------------------------------------------------------------------


def test_the_script_is_small():
    """All of it, as a host sends it, compressed."""
    assert len(gzip.compress(explore.script(*explore.SHARED, *explore.NAMES).encode())) < 40_000


@pytest.mark.parametrize("name", explore.NAMES)
def test_what_is_shown_is_whole_and_the_same_each_time(name):
    first, again = shown(name), shown(name)
    assert first._repr_html_() == again._repr_html_()
    assert first.still.startswith(b"\x89PNG") and len(first.still) < 150_000
    assert len(first.alt) > 40


def test_what_cannot_be_shown_is_refused():
    with pytest.raises(ValueError, match="name: expected one of draw, theta, .*, got 'thetta'"):
        explore.show("thetta")
    with pytest.raises(ValueError, match="results: expected the results of a run for 'growing', got NoneType"):
        explore.show("growing")
    with pytest.raises(ValueError, match="results: expected none for 'kink', got dict"):
        explore.show("kink", {})


def test_a_page_of_the_book_keeps_the_script_once():
    spec = importlib.util.spec_from_file_location("stn_explore", ROOT / "book/_ext/stn_explore.py")
    extension = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(extension)
    page = extension.keep_first("".join(shown(name)._repr_html_() for name in ("theta", "kink")))
    assert page.count("<style data-stnx>") == 1
    scripts = [explore.script(*names) for names in (explore.SHARED, ["theta"], ["kink"], ["pulls"])]
    assert [page.count(script) for script in scripts] == [1, 1, 1, 0]
    assert page.index("<script data-stnx>") < page.index("mountAll();</script>")
    assert page.count('class="stnx-data"') == 2
    page = extension.keep_first("".join(shown(name)._repr_html_() for name in ("growing", "turning")))
    assert page.count(explore.script("growing")) == 1


# ---- true: what the page computes is what the library computes -------------------------------------------------------


def test_every_name_has_its_function(shared_page):
    assert shared_page.evaluate("Object.keys(stnExplore.makers)") == list(explore.NAMES)


def assert_program(report):
    """The page shows the program's results for the same canvas with the same weights."""
    canvas = np.reshape(report["image"], (1, 1, 40, 40))
    for name in NETWORKS:
        expected = program_answers(canvas, unpacked(RESULTS["draw"][name]["weights"]))
        for what, numbers in expected.items():
            np.testing.assert_allclose(np.ravel(report[name][what]), numbers.ravel(), rtol=0, atol=1e-6, err_msg=what)


def test_draw_a_test_digit(hand):
    """Moved, turned and scaled by handles, keys and sliders: canvas and answers are the program's."""
    draw = hand("draw")
    images, labels = by_hand.digits("test")

    def assert_laid(report):
        digit = ink(images[labels == report["digit"]][0, 0].astype(np.float64))
        close(report["image"], canvas_of(digit, **report["pose"]))
        assert_program(report)

    for digit in range(10):
        report = draw.click(str(digit))
        assert report["digit"] == digit
        assert_laid(report)
    dragged = draw.drag("Move the digit", -60, 40)
    assert dragged["pose"]["x"] < report["pose"]["x"] - 0.1 and dragged["pose"]["y"] > report["pose"]["y"] + 0.1
    turned = draw.drag("Turn and scale", -50, 10)
    assert turned["pose"]["angle"] > 0.1 and turned["pose"]["size"] < report["pose"]["size"]
    assert turned["pose"]["x"] == dragged["pose"]["x"]
    pushed = draw.press("Move the digit", "ArrowLeft", "Shift+ArrowDown")
    close(pushed["pose"]["x"], turned["pose"]["x"] - 1 / 20)
    close(pushed["pose"]["y"], turned["pose"]["y"] + 5 / 20)
    draw.slide("size", 1.1)
    slid = draw.slide("turn", -120)
    close([slid["pose"]["size"], slid["pose"]["angle"]], [1.1, np.radians(-120)])
    for report in (dragged, turned, pushed, slid):
        assert_laid(report)
    words = draw.figure.locator(".stnx-sentence").text_content()
    answer = np.argmax(slid["transformer"]["probability"])
    assert f"Test digit 9. With a transformer: {answer} (" in words
    error = RESULTS["draw"]["transformer"]["test_error"]
    assert f"the first network misclassifies {100 * error:.1f}%" in words


def test_draw_with_the_mouse(hand):
    """Two strokes replace the test digit, and can then be moved and turned as one."""
    draw = hand("draw")
    draw.click("3")
    field = draw.figure.locator(".stnx-field.drawn")
    field.scroll_into_view_if_needed()
    box = field.bounding_box()

    def stroke(*points):
        places = [(box["x"] + box["width"] * x, box["y"] + box["height"] * y) for x, y in points]
        draw.page.mouse.move(*places[0])
        draw.page.mouse.down()
        for place in places[1:]:
            draw.page.mouse.move(*place, steps=4)
        held = draw.report()
        draw.page.mouse.up()
        return held, draw.report()

    held, report = stroke((0.15, 0.2), (0.35, 0.2), (0.25, 0.5))
    assert report["digit"] is None and len(report["strokes"]) == 1
    close(report["image"], held["image"])
    held, report = stroke((0.2, 0.35), (0.35, 0.35))
    assert len(report["strokes"]) == 2
    close(report["image"], held["image"])
    close([report["pose"]["x"], report["pose"]["y"]], [2 * 0.25 - 1, 2 * 0.35 - 1])
    x, y = np.reshape(sum(report["strokes"], []), (-1, 2)).T
    assert abs(np.ptp(x) - 40 * 0.2) < 1e-3 and abs(np.ptp(y) - 40 * 0.3) < 1e-3
    for change in (lambda: report, lambda: draw.drag("Move the digit", 90, 60), lambda: draw.slide("turn", 30)):
        found = change()
        np.testing.assert_allclose(found["image"], pen_marks(found["strokes"], found["pose"]), atol=0.01)
        assert_program(found)
    empty = draw.click("clear")
    assert empty["strokes"] == [] and not any(empty["image"])
    assert draw.figure.locator(".stnx-handle:visible").count() == 0
    draw.click("6")
    assert draw.figure.locator(".stnx-handle:visible").count() == 2


def test_draw_with_a_finger(open_page):
    page = open_page(width=360, has_touch=True, is_mobile=True)
    draw = Hand(page, "draw")
    field = draw.figure.locator(".stnx-field.drawn")
    field.scroll_into_view_if_needed()
    box, scrolled = field.bounding_box(), page.evaluate("scrollY")
    touch = page.context.new_cdp_session(page)
    for kind, move in (("touchStart", 0.3), ("touchMove", 0.5), ("touchMove", 0.7), ("touchEnd", None)):
        points = [] if move is None else [dict(x=box["x"] + box["width"] / 2, y=box["y"] + box["height"] * move)]
        touch.send("Input.dispatchTouchEvent", dict(type=kind, touchPoints=points))
    report = draw.report()
    assert len(report["strokes"]) == 1 and report["strokes"][0][-1] - report["strokes"][0][1] > 12
    assert page.evaluate("scrollY") == scrolled
    assert_program(report)


def test_draw_keeps_up_with_the_hand(hand):
    """Half of the frames take under 16 ms, with a digit and with a scribble of two hundred points; the best of three
    rounds, since other programs run beside a test."""
    draw, rng = hand("draw"), np.random.default_rng(0)
    took = """figure => Math.min(...[0, 1, 2].map(() =>
        Array.from({ length: 41 }, () => { figure.stage.drawNow(); return figure.stage.took; })
        .sort((a, b) => a - b)[20]))"""
    draw.click("8")
    assert draw.figure.evaluate(took) < 16
    box = draw.figure.locator(".stnx-field.drawn").bounding_box()
    places = [box["x"], box["y"]] + box["width"] * rng.uniform(0.1, 0.9, (200, 2))
    draw.page.mouse.move(*places[0])
    draw.page.mouse.down()
    for place in places:
        draw.page.mouse.move(*place)
    draw.page.mouse.up()
    assert len(draw.report()["strokes"][0]) >= 300
    assert draw.figure.evaluate(took) < 16


@pytest.mark.parametrize("picture, corners", [("digit", False), ("pair", False), ("pair", True)])
def test_theta(hand, picture, corners):
    theta, image = hand("theta"), ink(contents.ALL["theta"].data()[picture])
    height, width = image.shape
    half = np.array([width - 1, height - 1]) / 2 if corners else np.array([width, height]) / 2
    theta.choose("picture", picture)
    theta.figure.get_by_label("align_corners").set_checked(corners)
    theta.click("identity")
    before = theta.report()
    after = theta.drag("Corner: bottom right", -30, 12)
    assert before["theta"] == [1, 0, 0, 0, 1, 0]
    close(after["out"], warp(image, after["theta"], align_corners=corners))
    seen = half[:, None] * np.reshape(after["theta"], (2, 3))[:, :2] / half  # in pixels: a turn and a zoom
    close(seen @ seen.T, np.linalg.det(seen) * np.eye(2))
    assert np.linalg.det(seen) < 0.99 and seen[1, 0] > 0.05  # up and in: smaller, and turned on
    shifted = theta.drag("Centre", 20, 0)
    assert shifted["theta"][2] > after["theta"][2] + 0.05 and abs(shifted["theta"][5] - after["theta"][5]) < 1e-9
    sheared = theta.drag("Edge: right", 0, 25)
    assert sheared["theta"][3] > shifted["theta"][3] + 0.05
    assert sheared["theta"][1::3] == shifted["theta"][1::3]
    close(sheared["out"], warp(image, sheared["theta"], align_corners=corners))


def test_theta_typed_and_preset(hand):
    theta, image = hand("theta"), ink(contents.ALL["theta"].data()["digit"])
    theta.choose("picture", "digit")
    theta.figure.get_by_label("align_corners").uncheck()
    theta.figure.get_by_label("theta 1,3", exact=True).fill("0.5")
    report = theta.report()
    assert report["theta"][2] == 0.5
    close(report["out"], warp(image, report["theta"]))
    for name in ("zoom in", "shear", "flip", "outside"):
        report = theta.click(name)
        close(report["out"], warp(image, report["theta"]))
    assert theta.figure.get_by_label("theta 1,3", exact=True).input_value() == "1.2"
    words = theta.figure.locator(".stnx-heard")
    theta.page.wait_for_timeout(700)
    assert "outside: it shows 0" in words.text_content()


@pytest.mark.parametrize("mode", ["nearest", "bilinear", "bicubic"])
@pytest.mark.parametrize("padding", ["zeros", "border", "reflection"])
def test_neighbours(hand, mode, padding):
    """Inside, then dragged out over the upper left corner: value and sum of products are the library's."""
    point, image = hand("neighbours"), np.array(contents.LATTICE, float)
    point.choose("mode", mode)
    point.choose("padding", padding)
    for across, down in ((270, 170), (-80, 20), (-400, -300)):
        report = point.drag("Sample point", across, down)
        units = (2 * np.array(report["at"]) + 1) / image.shape[::-1] - 1
        value = stn.grid_sample(image[None, None], units[None, None, None], mode, padding, align_corners=False)
        close([report["value"], report["mixed"]], [value.item()] * 2)
    assert min(report["at"]) < -0.5


def test_conventions(hand):
    rows = hand("conventions")
    rows.slide("pixels in the row", 9)
    report = rows.press("A place in units", "ArrowLeft", "ArrowLeft", "Shift+ArrowLeft")
    assert report["width"] == 9 and abs(report["x"] - 0.15) < 1e-12
    for corners, name in ((False, "edges"), (True, "centres")):
        centres = stn.pixel_centres(9, corners)
        close(report[name], (report["x"] - centres[0]) / (centres[1] - centres[0]))


def test_kink(hand):
    kink = hand("kink")
    for x, row in ((2, "hills"), (1.3, "hills"), (0, "peak"), (2, "constant 3"), (4.6, "ramp")):
        kink.click(row)
        report = kink.slide("position, pixels", x)
        value, right = one_row(contents.ROWS[row], x)
        left = -one_row(contents.ROWS[row][::-1], 4 - x)[1]
        assert report["x"] == x
        close([report["value"], report["left"], report["right"]], [value, left, right])
        assert x != int(x) or report["eq7"] == contents.ROWS[row][int(x)]
    raised = kink.press("Pixel 1", "ArrowUp", "ArrowUp")
    assert raised["row"] == [1, 4, 3, 4, 5]


@pytest.mark.parametrize("motion", ["reduce", "no-preference"])
def test_pulls(open_page, motion):
    """Three steps by hand and twenty more are gradient descent by the library, and beyond the edge there is no
    gradient."""
    pulls, image = Hand(open_page(reduced_motion=motion), "pulls"), ink(contents.ALL["pulls"].data()["image"])
    pulls.choose("target", "turned by 25\u00b0 and shifted")
    rate = pulls.report()["rate"]
    theta, target = np.array([[1.0, 0, 0], [0, 1, 0]]), rotation_theta(np.radians([[25.0]]))[0]
    target[0, 2] = 0.1
    wanted = warp(image, target, (24, 24))

    def gradients(theta):
        wrong = (warp(image, theta, (24, 24)) - wanted)[None, None]
        grid = stn.affine_grid(theta[None], wrong.shape)
        d_grid = stn.grid_sample_backward(wrong, image[None, None], grid)[1]
        return (wrong**2).sum() / 2, d_grid, stn.affine_grid_backward(d_grid, theta[None])[0]

    for _ in range(3):
        theta = theta - rate * gradients(theta)[2]
        report = pulls.click("one step")
    for name, expected in zip(("loss", "dGrid", "dTheta"), gradients(theta)):
        close(report[name], expected)
    close(report["theta"], theta)
    report = pulls.click("20 steps")
    if motion == "no-preference":
        pulls.page.wait_for_function(
            "document.querySelector('[data-explorable=pulls]').stage.explorable.report().losses.length === 24"
        )
        report = pulls.report()
    assert len(report["losses"]) == 24
    for _ in range(20):
        theta = theta - rate * gradients(theta)[2]
    close(report["theta"], theta)
    assert set(pulls.click("fall out of the image")["dTheta"]) == {0}


def test_landscape(hand):
    land, image = hand("landscape"), ink(contents.ALL["landscape"].data()["image"])
    pit = rotation_theta(np.radians([[25.0]]))
    pit[0, 0, 2] = 0.15
    wanted = warp(image, pit, (24, 24))

    def loss(angle, shift):
        theta = rotation_theta(np.array([[angle]]))
        theta[0, 0, 2] = shift
        return ((warp(image, theta, (24, 24)) - wanted) ** 2).sum() / 2

    land.page.wait_for_function(
        "Math.min(...document.querySelector('[data-explorable=landscape]').stage.explorable.report()"
        ".heights.slice(-73)) > 0"
    )
    report = land.drag("Start of the descent", 15, 22)
    heights = np.reshape(report["heights"], (41, 73))
    angles, shifts = np.linspace(-np.pi, np.pi, 73), np.linspace(2, -2, 41)
    for row, column in ((0, 0), (20, 36), (18, 41), (40, 72), (7, 60)):
        close(heights[row, column], loss(angles[column], shifts[row]))
    assert len(report["path"]) == 41 and report["start"] == report["path"][0]["at"]
    for step in report["path"][::10]:
        close(step["loss"], loss(*step["at"]))
    home = land.click("near the pit")["path"][-1]["at"]
    assert np.allclose(home, [np.radians(25), 0.15], atol=0.02)
    plain = land.click("on the plain")["path"]
    assert plain[0]["at"] == plain[-1]["at"]


@pytest.mark.parametrize(
    "way, words",
    {"alone": "Bilinear alone", "pool": "Pool by 2 first", "blur": "Blur first", "after": "Pool by 2 after"}.items(),
)
def test_aliasing(hand, way, words):
    shrinking, image = hand("aliasing"), ink(contents.ALL["aliasing"].data()["digit"])
    shrinking.choose("picture", "digit")
    shrinking.click(words)
    report = shrinking.slide("size of the output", 0.25)
    assert report["size"] == 7
    close(report["out"], shrunk(image, 7, way, 2.0))
    assert (report["part"] < 0.3) == (way == "alone")


def test_winding(hand):
    """The shares are those of the library's copies; the number is right but in its seam, where it comes back."""
    winding, thing = hand("winding"), ink(contents.ALL["winding"].data()["thing"])
    winding.slide("seam, degrees wide", 40)
    for heading in (45, 100, 180, 181, 350):
        report = winding.slide("heading", heading)
        image = warp(thing, stn.rotation_theta(np.radians([[-float(heading)]])))
        copies = np.stack([warp(image, theta) for theta in stn.turned_thetas(16, np.float64)])
        close(report["shares"], stn.softmax(-150 * ((copies - thing) ** 2).mean((1, 2))[None]))
        assert report["best"] == 22.5 * (round(heading / 22.5) % 16) and report["leftBest"] <= 11.25
        assert (report["leftNumber"] > 1) == (heading in (180, 181))
    assert report["number"] == -10


def test_corners(hand):
    """Dragged, pushed by the keyboard and typed: what the output shows is the library's, horizon and all."""
    corners, data = hand("corners"), contents.ALL["corners"].data()
    sheet = ink(data["sheet"])
    square = np.array([[[-1.0, -1], [1, -1], [1, 1], [-1, 1]]])

    def looked_at(report, image):
        theta = np.reshape(report["theta"], (1, 3, 3))
        grid = stn.projective_grid(theta, (1, 1, *image.shape), align_corners=False)
        close(report["out"], stn.grid_sample(image[None, None], grid, align_corners=False))
        assert report["behind"] == (np.abs(grid[..., 0]) == 1e6).sum()
        return grid

    assert corners.click("identity")["theta"] == np.eye(3).ravel().tolist()
    dragged = corners.drag("Corner: top left", 40, 25)
    assert dragged["corners"][0][0] > -0.8 and dragged["corners"][1:] == square[0, 1:].tolist()
    close(dragged["theta"], stn.homography(square, np.array([dragged["corners"]])))
    looked_at(dragged, sheet)
    pushed = corners.press("Corner: bottom right", "ArrowLeft", "Shift+ArrowUp")
    close(pushed["corners"][2], [1 - 2 / 56, 1 - 2 * 5 / 56])
    close(pushed["theta"], stn.homography(square, np.array([pushed["corners"]])))
    looked_at(pushed, sheet)
    corners.click("identity")
    corners.figure.get_by_label("theta 3,1", exact=True).fill("0.25")
    typed = corners.report()
    assert typed["theta"] == [1, 0, 0, 0, 1, 0, 0.25, 0, 1]
    close(typed["corners"], square[0] / [[0.75], [1.25], [1.25], [0.75]])
    looked_at(typed, sheet)
    folded = corners.click("one corner in")
    assert folded["behind"] > 100
    looked_at(folded, sheet)
    on_sheet = corners.click("onto the sheet")
    close(on_sheet["theta"], stn.homography(square, np.array([data["corners"]])))
    fit = np.linalg.lstsq(np.insert(square[0], 2, 1, axis=1), np.array(data["corners"]), rcond=None)[0].T
    close(on_sheet["affine"], fit)
    corners.choose("picture", "digit")
    looked_at(corners.click("lean back"), ink(data["digit"]))


def test_bend(open_page):
    """Dragged, pushed and typed; the energy is the library's, 0 for a turn, and springing is descent on it."""
    bend, image = Hand(open_page(reduced_motion="reduce"), "bend"), ink(contents.ALL["bend"].data()["image"])

    def bent(report):
        moved, shape = np.array([report["displacements"]]), (report["side"],) * 2
        grid = stn.tps_grid(moved, (1, 1, 28, 28), align_corners=False, points=shape)
        close(report["out"], stn.grid_sample(image[None, None], grid, align_corners=False))
        close(report["energy"], stn.bending_energy(moved, shape).item())
        (x, y), (back_x, back_y) = (
            np.moveaxis(grid[0, 1:, 1:] - grid[0, :-1, :-1], -1, 0),
            np.moveaxis(grid[0, 1:, :-1] - grid[0, :-1, 1:], -1, 0),
        )  # the diagonals of each square
        assert report["over"] == (x * back_y < back_x * y).sum()
        return moved

    bent(bend.report())
    flat = bend.click("lie flat")
    assert flat["energy"] == flat["over"] == 0
    dragged = bend.drag("Control point 7", 30, -20)
    assert dragged["held"] == 6 and dragged["displacements"][6][0] > 0.1 > -0.1 > dragged["displacements"][6][1]
    assert np.count_nonzero(bent(dragged)) == 2 and dragged["energy"] > 0
    pushed = bend.press("Control point 16", "ArrowDown", "ArrowRight")
    close(pushed["displacements"][15], [2 / 28, 2 / 28])
    bent(pushed)
    bend.figure.get_by_label("Place of the point held, x").fill("0.5")
    typed = bend.report()
    close(typed["displacements"][15], [-0.5, 2 / 28])
    moved = bent(typed)
    one_by_one = np.eye(16)[:, :, None] * [1.0, 0]
    stiffest = np.abs(stn.bending_energy_backward(np.ones(16), one_by_one)).sum(axis=(1, 2)).max()
    for _ in range(60):
        moved = moved - stn.bending_energy_backward(np.ones(1), moved) / stiffest
    close(bend.click("let it spring")["displacements"], moved)
    assert abs(bend.click("turn 90\u00b0")["energy"]) < 1e-9
    assert bend.click("fold")["over"] > 50
    for side in ("3", "2"):
        assert len(bend.choose("control points", side)["displacements"]) == int(side) ** 2
        bent(bend.click("fold"))
    assert bend.figure.locator(".stnx-handle:visible").count() == 4


def test_growing(hand):
    growing = hand("growing")
    growing.choose("classifier", "fcn")
    growing.choose("transformer", "affine")
    report = growing.slide("steps of training", 4)
    snapshot = RESULTS["growing"]["fcn affine"]["400"]
    assert (report["error"], report["left"]) == (snapshot["error"], snapshot["remaining_degrees"])
    np.testing.assert_allclose(np.ravel(report["theta"]), np.ravel(snapshot["theta"]), rtol=0, atol=1e-6)
    words = growing.figure.locator(".stnx-sentence").text_content()
    without = 100 * RESULTS["growing"]["fcn none"]["400"]["error"]
    assert "After 400 steps" in words and f"({without:.1f}% without a transformer)" in words


def test_turning(hand):
    """Through the recorded run, by slider and by key; what the classifier sees is the library's."""
    turning, data = hand("turning"), contents.ALL["turning"].data(RESULTS["turning"])
    words = turning.figure.locator(".stnx-sentence")
    history = RESULTS["turning"]["history"]
    for at, record in enumerate(history, 1):
        report = turning.slide("steps of training", at)
        assert (report["error"], report["leak"]) == (record["test_error"], record["label_leak"])
        assert (report["left"], report["silent"]) == (
            record["life"]["remaining"]["degrees"],
            record["life"]["silent"][-1],
        )
        assert set(map(tuple, report["theta"])) <= set(map(tuple, record["thetas"]))
        assert f"After {record['step']:,} steps: {100 * record['test_error']:.1f}%" in words.text_content()
    seen = turning.page.evaluate(
        """() => [...document.querySelectorAll('[data-explorable=turning] .stnx-plate.stnx-output canvas')].map(one =>
        Array.from(one.getContext('2d').getImageData(0, 0, 28, 28).data).filter((_, k) => k % 4 === 0))"""
    )
    for picture, theta, pixels in zip(data["digits"], report["theta"], seen, strict=True):
        assert abs(255 * warp(picture, theta).ravel() - pixels).max() < 0.51
    turning.figure.get_by_label("steps of training", exact=True).focus()
    turning.page.keyboard.press("Home")
    report = turning.report()
    assert report["at"] == 0 and report["error"] is None and report["theta"] == [[1, 0, 0, 0, 1, 0]] * 10
    assert words.text_content() == f"After 0 steps: the remaining angle is {RESULTS['turning']['before']:.0f} degrees."
    turning.page.keyboard.press("ArrowRight")
    assert turning.report()["error"] == history[0]["test_error"]


def test_turning_shows_each_digit_with_its_own_thetas():
    found = RESULTS["turning"]
    data = contents.ALL["turning"].data(found)
    assert data["labels"] == sorted(found["digits"]["labels"][:10])
    (run,) = data["runs"].values()
    for picture, label, theta in zip(data["digits"], data["labels"], run["theta"][-1], strict=True):
        (place,) = [k for k, other in enumerate(found["digits"]["pictures"]) if np.array_equal(255 * picture, other)]
        assert found["digits"]["labels"][place] == label and found["history"][-1]["thetas"][place] == theta


# ---- kind: any hand, any width, any light, and none at all -----------------------------------------------------------


def test_a_finger_drags_as_a_mouse_does(open_page):
    page = open_page(width=360, has_touch=True, is_mobile=True)
    theta = Hand(page, "theta")
    before = theta.click("identity")["theta"]
    x, y = theta.centre("Centre")
    touch = page.context.new_cdp_session(page)
    for kind, move in (("touchStart", 0), ("touchMove", 12), ("touchMove", 24), ("touchEnd", None)):
        points = [] if move is None else [dict(x=x + move, y=y)]
        touch.send("Input.dispatchTouchEvent", dict(type=kind, touchPoints=points))
    assert theta.report()["theta"][2] > before[2] + 0.1


def test_every_handle_can_be_taken_on_a_phone(open_page):
    """At least 24 screen pixels each, with a name, and no explorable sticks out of the page."""
    page = open_page(width=360, has_touch=True, is_mobile=True)
    sizes = page.eval_on_selector_all(".stnx-handle .reach", "all => all.map(one => one.getBoundingClientRect().width)")
    assert len(sizes) >= 20 and min(sizes) >= 24
    wide = page.eval_on_selector_all(
        ".stnx-live *",
        """all => all
        .filter(one => one.getBoundingClientRect().right > 361 && !one.closest("svg, .stnx-heard"))
        .map(one => one.outerHTML.slice(0, 99))""",
    )
    assert wide == []
    assert page.locator(".stnx-handle:not([aria-label])").count() == 0


def test_without_scripts_and_in_print_there_is_a_still(open_page):
    page = open_page(java_script_enabled=False)
    assert page.locator(".stnx-still img:visible").count() == len(explore.NAMES)
    assert page.locator(".stnx-live:visible").count() == 0
    page = open_page()
    assert page.locator(".stnx-live:visible").count() == len(explore.NAMES)
    assert page.locator(".stnx-still img:visible").count() == 0
    page.emulate_media(media="print")
    assert page.locator(".stnx-still img:visible").count() == len(explore.NAMES)
    assert page.locator(".stnx-live:visible").count() == 0


def test_inserted_into_a_live_notebook(browser, tmp_path):
    """JupyterLab puts the HTML into the page and then runs copies of its scripts; a cell may run twice."""
    context = browser.new_context(offline=True)
    page = context.new_page()
    _, complaints = listen(page)
    (tmp_path / "lab.html").write_text("<!doctype html><title>Lab</title><body><div id=a></div><div id=b></div>")
    page.goto((tmp_path / "lab.html").as_uri())
    for place, name in (("a", "kink"), ("b", "theta"), ("a", "kink")):
        page.evaluate(
            """([place, html]) => {
            const host = document.getElementById(place);
            host.innerHTML = html;
            for (const old of host.querySelectorAll("script")) {
                const copy = document.createElement("script");
                for (const {name, value} of old.attributes) copy.setAttribute(name, value);
                copy.textContent = old.textContent;
                old.replaceWith(copy);
            }}""",
            [place, shown(name)._repr_html_()],
        )
    assert page.locator(".stnx[data-ready]").count() == 2
    assert Hand(page, "kink").click("constant 3")["eq7"] == 3
    assert complaints == []
    context.close()
