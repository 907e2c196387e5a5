"""The explorables' mathematics, run without a browser: the same numbers as stn_numpy's."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import seeds

import stn_numpy as stn
from book import by_hand
from book.experiments.whole.program import NETWORKS, trained_networks, unpacked
from stn_numpy import explore
from stn_numpy.theta import read_theta, rotation_theta

py_mini_racer = pytest.importorskip("py_mini_racer", reason="mini-racer is not installed: see requirements.txt")

TOLERANCE = 1e-9
lengths = st.integers(1, 7)
flags = st.booleans()
modes = st.sampled_from(["bilinear", "nearest", "bicubic"])
paddings = st.sampled_from(["zeros", "border", "reflection"])

# Typed arrays as lists, and numbers that JSON lacks as words.
CALL = """
globalThis.call = (name, given) => {
  const revive = (_, v) => v === "nan" ? NaN : v === "inf" ? Infinity : v === "-inf" ? -Infinity : v;
  const plain = (_, v) => ArrayBuffer.isView(v) ? Array.from(v) : typeof v === "number" && !isFinite(v) ? String(v) : v;
  return JSON.stringify(stnMaths[name](...JSON.parse(given, revive)), plain);
};
"""


@pytest.fixture(scope="module")
def js():
    """Call a function of the script: `js("affineGrid", theta, 3, 4, False)`."""
    context = py_mini_racer.MiniRacer()
    context.eval(explore.script("maths", "families", "network"))
    context.eval(CALL)

    def call(name, *arguments):
        text = json.dumps([_plain(argument) for argument in arguments])
        return json.loads(context.eval(f"call({json.dumps(name)}, {json.dumps(text)})"))

    return call


def _plain(value):
    if isinstance(value, np.ndarray):
        return [_plain(number) for number in value.ravel().tolist()]
    if isinstance(value, float) and not np.isfinite(value):
        return {np.inf: "inf", -np.inf: "-inf"}.get(value, "nan")
    return value


def picture(array):
    """A picture (H, W) as the script holds it."""
    return dict(height=array.shape[-2], width=array.shape[-1], data=array.ravel().tolist())


def numbers(found):
    return np.array(found, float)  # "NaN" and "Infinity" come as words, which NumPy reads


def assert_same(found, expected):
    expected = np.asarray(expected, float).ravel()
    scale = np.nanmax(np.abs(expected), initial=1.0)
    np.testing.assert_allclose(numbers(found).ravel(), expected, rtol=0, atol=TOLERANCE * scale)


def options(mode, padding, align_corners):
    return dict(mode=mode, padding=padding, alignCorners=align_corners)


@given(seed=seeds, height=lengths, width=lengths, align_corners=flags)
def test_grid_and_its_gradient(js, seed, height, width, align_corners):
    rng = np.random.default_rng(seed)
    theta, d_grid = rng.normal(size=(1, 2, 3)), rng.normal(size=(1, height, width, 2))
    assert_same(
        js("affineGrid", theta, height, width, align_corners),
        stn.affine_grid(theta, (1, 1, height, width), align_corners),
    )
    found = js("affineGridBackward", d_grid, height, width, align_corners)
    assert_same(found, stn.affine_grid_backward(d_grid, theta, align_corners))


@given(seed=seeds, height=lengths, width=lengths, mode=modes, padding=paddings, align_corners=flags)
def test_sampler_and_its_gradients(js, seed, height, width, mode, padding, align_corners):
    """Points inside and outside, some exactly on a pixel and on the edge, where the choice of a side shows."""
    rng = np.random.default_rng(seed)
    image, d_out = rng.normal(size=(1, 1, height, width)), rng.normal(size=(1, 1, 3, 4))
    grid = rng.uniform(-3, 3, (1, 3, 4, 2))
    grid[0, 0] = rng.integers(-4, 5, (4, 2)) / 2
    case, words = (mode, padding, align_corners), options(mode, padding, align_corners)
    assert_same(js("gridSample", picture(image[0, 0]), grid, words), stn.grid_sample(image, grid, *case))
    found = js("gridSampleBackward", d_out, picture(image[0, 0]), grid, words)
    for name, expected in zip(("dImage", "dGrid"), stn.grid_sample_backward(d_out, image, grid, *case)):
        assert_same(found[name], expected)


@pytest.mark.parametrize("wild", [np.nan, np.inf, -np.inf, 1e300])
@pytest.mark.parametrize("padding", ["zeros", "border", "reflection"])
def test_a_point_that_ran_off(js, wild, padding):
    image, grid = np.ones((1, 1, 3, 5)), np.array([[[[wild, 0.1], [0.2, wild], [0.1, -0.2]]]])
    found = js("gridSample", picture(image[0, 0]), grid, options("bilinear", padding, False))
    assert_same(found, stn.grid_sample(image, grid, "bilinear", padding, False))


@given(seed=seeds, out=st.tuples(lengths, lengths), align_corners=flags)
def test_loss_and_gradient_of_theta(js, seed, out, align_corners):
    rng = np.random.default_rng(seed)
    image, target, theta = rng.normal(size=(1, 1, 5, 6)), rng.normal(size=(1, 1, *out)), rng.normal(size=(1, 2, 3))
    found = js(
        "thetaGradient", picture(image[0, 0]), picture(target[0, 0]), theta, options("bilinear", "zeros", align_corners)
    )
    wrong = stn.affine_sample(image, theta, target.shape, align_corners=align_corners) - target
    assert_same([found["loss"]], [(wrong**2).sum() / 2])
    assert_same(found["dTheta"], stn.affine_sample_backward(wrong, image, theta, align_corners=align_corners)[1])


@given(seed=seeds)
def test_landscape_and_the_way_down(js, seed):
    rng = np.random.default_rng(seed)
    image, target = rng.uniform(size=(1, 1, 8, 8)), rng.uniform(size=(1, 1, 6, 6))
    at, rates = np.array([rng.uniform(-3, 3), rng.uniform(-1, 1)]), np.array([0.02, 0.01])
    path = js("descend", picture(image[0, 0]), picture(target[0, 0]), at, rates, 5)
    for step in path:
        theta = rotation_theta(at[None, :1])
        theta[0, 0, 2] = at[1]
        wrong = stn.affine_sample(image, theta, target.shape) - target
        _, d_theta = stn.affine_sample_backward(wrong, image, theta)
        assert_same(step["at"], at)
        assert_same([step["loss"]], [(wrong**2).sum() / 2])
        ahead = rotation_theta(at[None, :1] + np.pi / 2)[0]
        at = at - rates * [(d_theta[0] * ahead).sum(), d_theta[0, 0, 2]]


@given(seed=seeds)
def test_readings_of_theta(js, seed):
    theta = np.random.default_rng(seed).normal(size=(1, 2, 3))
    names = dict(angle="angle", scale_x="scaleX", scale_y="scaleY", shear="shear", shift_x="shiftX", shift_y="shiftY")
    expected, found = read_theta(theta), js("readTheta", theta)
    assert_same([found[name] for name in names.values()], [expected[name][0] for name in names])


@given(seed=seeds, size=st.tuples(st.integers(2, 9), st.integers(2, 9)), align_corners=flags)
def test_a_corner_goes_where_it_is_dragged(js, seed, size, align_corners):
    """The corner is where the pointer is, the middle has stayed, and as seen in pixels nothing was sheared."""
    rng = np.random.default_rng(seed)
    theta, goal, corner = rng.normal(size=(2, 3)), rng.uniform(-3, 3, 2), rng.choice([-1.0, 1.0], 2)
    per_unit = np.array([js("pixelsPerUnit", length, align_corners) for length in size])
    moved = numbers(js("dragCorner", theta, *corner.tolist(), goal, *per_unit.tolist())).reshape(2, 3)
    if np.linalg.norm((goal - theta[:, 2]) * per_unit) < 0.5:
        assert_same(moved, theta)
        return
    assert_same(moved @ [*corner, 1], goal)
    assert_same(moved[:, 2], theta[:, 2])
    before, after = (per_unit[:, None] * linear[:, :2] for linear in (theta, moved))
    turn = after @ np.linalg.inv(before)
    zoom = np.linalg.det(turn)
    assert zoom > 0
    np.testing.assert_allclose(turn @ turn.T, zoom * np.eye(2), atol=1e-6 * max(1, zoom))


@given(seed=seeds, axis=st.integers(0, 1), side=st.sampled_from([-1, 1]))
def test_an_edge_goes_where_it_is_dragged(js, seed, axis, side):
    rng = np.random.default_rng(seed)
    theta, goal = rng.normal(size=(2, 3)), rng.uniform(-3, 3, 2)
    moved = numbers(js("dragEdge", theta, axis, side, goal)).reshape(2, 3)
    assert_same(moved[:, axis] * side + moved[:, 2], goal)
    untouched = [1 - axis, 2]
    assert_same(moved[:, untouched], theta[:, untouched])


def test_a_turn_in_pixels(js):
    """A quarter turn of a wide picture, worked out on paper: H/W = 3/4 and 2/3 between the outer centres."""
    assert_same(js("turnInPixels", np.pi / 2, 3, 4, False), [0, -3 / 4, 0, 4 / 3, 0, 0])
    assert_same(js("turnInPixels", np.pi / 2, 3, 4, True), [0, -2 / 3, 0, 3 / 2, 0, 0])


def one_row(row, x):
    """Value and right-hand slope per pixel, from the library; x counts pixels."""
    units = 2 * np.array([x]) / (len(row) - 1) - 1
    grid = np.stack([units, 0 * units], -1)[None, None]
    image = np.array(row, float)[None, None, None]
    out = stn.grid_sample(image, grid, align_corners=True)
    _, d_grid = stn.grid_sample_backward(np.ones_like(out), image, grid, align_corners=True)
    return out.item(), d_grid[..., 0].item() * 2 / (len(row) - 1)


@given(seed=seeds, quarter=st.integers(-8, 24))
def test_the_kink(js, seed, quarter):
    """On whole pixels and between them; the slope to the left is the mirrored row's to the right, negated."""
    row, x = np.random.default_rng(seed).normal(size=5), quarter / 4  # five pixels: exact in normalised units
    found = js("alongRow", row, x)
    value, right = one_row(row, x)
    left = -one_row(row[::-1], 4 - x)[1]
    q = np.arange(5)
    eq7 = (row * np.where(abs(q - x) >= 1, 0, np.where(q >= x, 1, -1))).sum()
    assert_same([found["value"], found["left"], found["right"], found["eq7"]], [value, left, right, eq7])


def test_eq7_on_a_constant(js):
    assert js("eq7Literally", [3, 3, 3, 3, 3], 2) == 3
    assert js("eq7Literally", [3, 3, 3, 3, 3], 2.5) == 0


def blurred(image, spread):
    """A Gaussian down and across, mirrored at the frame: chapter 4's, for any spread."""
    reach = round(4 * spread)
    bell = np.exp(-(np.arange(-reach, reach + 1) ** 2) / (2 * spread**2))
    bell, (height, width) = bell / bell.sum(), image.shape
    wide = np.pad(image, reach, mode="reflect")
    down = sum(b * wide[k : k + height] for k, b in enumerate(bell))
    return sum(b * down[:, k : k + width] for k, b in enumerate(bell))


def shrunk(image, size, way, spread):
    identity, pictures = np.array([[[1.0, 0, 0], [0, 1, 0]]]), image[None, None]
    pictures = {"pool": lambda: stn.avg_pool2d(pictures, 2), "blur": lambda: blurred(image, spread)[None, None]}.get(
        way, lambda: pictures
    )()
    places = 2 * size if way == "after" else size
    out = stn.affine_sample(pictures, identity, (1, 1, places, places), align_corners=False)
    return (stn.avg_pool2d(out, 2) if way == "after" else out)[0, 0]


@given(
    seed=seeds,
    size=st.integers(2, 9),
    way=st.sampled_from(["alone", "pool", "blur", "after"]),
    spread=st.sampled_from([0.5, 1.0, 1.4]),
)
def test_shrinking_and_the_weight_of_each_pixel(js, seed, size, way, spread):
    """A pixel's weight in the whole output is the gain of the output's sum when that pixel is lit."""
    rng = np.random.default_rng(seed)
    image, direction = rng.uniform(size=(2, 12, 12))
    assert_same(js("shrink", picture(image), size, way, spread)["data"], shrunk(image, size, way, spread))
    say = numbers(js("shares", picture(image), size, way, spread)["data"])
    assert_same([say @ direction.ravel()], [shrunk(direction, size, way, spread).sum()])


def test_the_blur_of_chapter_4(js):
    image = np.random.default_rng(4).uniform(size=(28, 28))
    assert_same(js("blur", picture(image), 2)["data"], blurred(image, 2.0))


@given(seed=seeds, size=st.integers(1, 4))
def test_average_pool(js, seed, size):
    image = np.random.default_rng(seed).normal(size=(7, 9))
    assert_same(js("averagePool", picture(image), size)["data"], stn.avg_pool2d(image[None, None], size))


# ---- what bends and leans --------------------------------------------------------------------------------------------


def assert_each_same(found, expected):
    """Every number by itself, since points near the horizon are far away."""
    np.testing.assert_allclose(numbers(found).ravel(), np.ravel(expected), rtol=TOLERANCE, atol=TOLERANCE)


@given(
    seed=seeds,
    height=lengths,
    width=lengths,
    align_corners=flags,
    tilt=st.sampled_from([0.1, 1.0, 4.0]),
    side=st.sampled_from([1.0, -1.0, 1e-9, 0.0]),
)
def test_projective_grid(js, seed, height, width, align_corners, tilt, side):
    """In front, behind, and with a denominator of zero at the output's centre."""
    theta = np.random.default_rng(seed).normal(size=(1, 3, 3))
    theta[0, 2] = [*(tilt * theta[0, 2, :2]), side]
    assert_each_same(
        js("projectiveGrid", theta, height, width, align_corners),
        stn.projective_grid(theta, (1, 1, height, width), align_corners),
    )


@pytest.mark.parametrize("gap", [0.0, 1e-12, 1e-7, 1e-5, -1e-5])
def test_a_denominator_near_zero(js, gap):
    """Five pixels whose middle column has denominators of about the gap; the left ones are behind."""
    theta = np.array([[[1.0, 0, 0.2], [0, 1, -0.3], [1, 0, gap]]])
    assert_each_same(js("projectiveGrid", theta, 2, 5, True), stn.projective_grid(theta, (1, 1, 2, 5), True))


SQUARE = np.array([[[-1.0, -1], [1, -1], [1, 1], [-1, 1]]])


@given(seed=seeds)
def test_theta_of_four_corners(js, seed):
    """Any four corners, folded quadrilaterals too; all nine numbers are the library's."""
    corners = np.random.default_rng(seed).normal(size=(1, 4, 2))
    expected = stn.homography(SQUARE, corners)
    condition = np.linalg.cond(expected[0])
    found = numbers(js("thetaOfCorners", corners[0].tolist()))
    np.testing.assert_allclose(found, expected.ravel(), rtol=0, atol=max(1, condition) * 1e-12 * np.abs(expected).max())


@given(seed=seeds, kind=st.sampled_from(["two in one place", "three on a line", "four on a line", "four in one place"]))
def test_corners_that_leave_no_choice_are_finite(js, seed, kind):
    rng = np.random.default_rng(seed)
    corners = rng.integers(-3, 4, (4, 2)) / 2
    if kind == "two in one place":
        corners[2] = corners[rng.integers(2)]
    elif kind == "three on a line":
        corners[1] = (corners[0] + corners[2]) / 2
    else:
        corners = corners[:1] + np.outer([0, 1, 2, 5], [1, 2] if kind == "four on a line" else [0, 0])
    theta = numbers(js("thetaOfCorners", corners.tolist()))
    assert np.isfinite(theta).all()
    assert np.isfinite(numbers(js("projectiveGrid", theta, 4, 4, False))).all()


@given(seed=seeds)
def test_the_nearest_affine_map(js, seed):
    corners = np.random.default_rng(seed).normal(size=(4, 2))
    fit = np.linalg.lstsq(np.concatenate([SQUARE[0], np.ones((4, 1))], axis=1), corners, rcond=None)[0]
    assert_same(js("affineOfCorners", corners.tolist()), fit.T)


POINTS = {"one": (1, 1), "a pair": (1, 2), "2 x 2": (2, 2), "3 x 3": (3, 3), "4 x 4": (4, 4), "on a line": (1, 5)}


@given(
    seed=seeds,
    height=lengths,
    width=lengths,
    align_corners=flags,
    kind=st.sampled_from([*POINTS, "scattered", "coincident"]),
)
def test_spline_and_its_energy(js, seed, height, width, align_corners, kind):
    rng = np.random.default_rng(seed)
    points = stn.control_points(POINTS[kind]) if kind in POINTS else rng.uniform(-1, 1, (7, 2))
    if kind == "coincident":
        points[3] = points[5] = points[1]
    moved = rng.normal(size=(1, len(points), 2))
    spline = js("spline", points.tolist(), height, width, align_corners)
    assert_same(
        js("splineGrid", spline, moved[0].tolist()), stn.tps_grid(moved, (1, 1, height, width), align_corners, points)
    )
    bent = js("bend", spline, moved[0].tolist())
    assert_same([bent["energy"]], stn.bending_energy(moved, points))
    assert_same(2 * numbers(bent["pull"]), stn.bending_energy_backward(np.ones(1), moved, points))


# ---- a digit on a canvas, and the program's networks -----------------------------------------------------------------


def canvas_of(digit, x, y, size, angle=0.0):
    """The program's canvas with one digit (28, 28), turned before it is laid down."""
    share = np.full((1, 2), 40 / 28 / size)
    theta = by_hand.look_at(-np.array([[x, y]]) * share, share)
    cos, sin = np.cos(angle), np.sin(angle)
    theta = np.array([[cos, sin], [-sin, cos]]) @ theta
    return by_hand.grid_sample(digit[None, None], by_hand.affine_grid(theta, (1, 1, 40, 40)))


def program_answers(canvas, weights):
    """Theta, grid, what is read and ten probabilities, by the program; with four arrays, the classifier alone."""
    weights = [one.astype(np.float64) for one in weights]
    localisation = weights[:-4] or by_hand.first_weights(np.random.default_rng(0), np.float64)[:4]
    seen, grid, theta = by_hand.transform(canvas, localisation)
    logits = by_hand.network(seen.reshape(1, -1), weights[-4:])
    return dict(theta=theta, grid=grid, seen=seen, probability=stn.softmax(logits))


POSES = [dict(x=0.4, y=-0.35, size=0.7), dict(x=-0.2, y=0.1, size=1.2), dict(x=0.9, y=0.8, size=1.5)]


@pytest.mark.parametrize("pose", POSES)
@pytest.mark.parametrize("angle", [0.0, 0.5, -2.5])
def test_a_digit_is_laid_down_as_the_program_does_it(js, pose, angle):
    digit = by_hand.digits("test")[0][3, 0].astype(np.float64)
    assert_same(js("lay", picture(digit), pose | dict(angle=angle))["data"], canvas_of(digit, **pose, angle=angle))


@pytest.mark.parametrize("name", NETWORKS)
@pytest.mark.parametrize("pose", POSES)
def test_the_trained_networks_answer_as_the_program_does(js, name, pose):
    weights = unpacked(trained_networks()[name]["weights"])
    flat = [one.ravel().tolist() for one in weights]
    for digit in by_hand.digits("test")[0][:5, 0].astype(np.float64):
        canvas = canvas_of(digit, **pose)
        found = js("recognise", picture(canvas[0, 0]), flat)
        for what, expected in program_answers(canvas, weights).items():
            assert_same(found[what], expected)


def pen_marks(strokes, pose):
    """What a pen leaves: pixel by pixel, by its distance from the nearest of a thousand places of each line."""
    turn = np.array([[np.cos(pose["angle"]), -np.sin(pose["angle"])], [np.sin(pose["angle"]), np.cos(pose["angle"])]])
    places = []
    for stroke in strokes:
        points = np.reshape(stroke, (-1, 2)) @ turn.T * pose["size"] + 20 * np.array([pose["x"], pose["y"]]) + 19.5
        along = np.linspace(0, 1, 1000)[:, None]
        places += [points, *(first + along * (last - first) for first, last in zip(points, points[1:]))]
    row, column = np.indices((40, 40))
    pixels = np.stack([column, row], axis=-1).reshape(-1, 1, 2)
    distance = np.concatenate([np.hypot(*(pixels - line).T).min(axis=0)[None] for line in places]).min(axis=0)
    return np.clip((1.9 - distance / pose["size"]) / 1.1, 0, 1)


STROKES = [[-5.0, -6, 4, -6.5, -3, 7], [1.5, 2]]  # two lines and a dot


@pytest.mark.parametrize("pose", [dict(x=0.1, y=-0.2, size=1.0, angle=0.0), dict(x=-0.7, y=0.6, size=0.6, angle=1.1)])
def test_strokes(js, pose):
    found = numbers(js("drawStrokes", STROKES, pose)["data"])
    np.testing.assert_allclose(found, pen_marks(STROKES, pose), atol=0.01)
    assert found.max() == 1 and np.any((found > 0) & (found < 1)) and np.mean(found > 0) < 0.2


@given(seed=seeds)
def test_a_drawing_stays_where_it_is_when_its_pose_moves_into_its_middle(js, seed):
    rng = np.random.default_rng(seed)
    strokes = [rng.uniform(-9, 9, 2 * count).tolist() for count in (3, 1, 2)]
    pose = dict(zip(("x", "y", "size", "angle"), rng.uniform([-0.5, -0.5, 0.5, -3], [0.5, 0.5, 1.5, 3]).tolist()))
    moved = js("centred", strokes, pose)
    assert_same(
        js("drawStrokes", moved["strokes"], moved["pose"])["data"], numbers(js("drawStrokes", strokes, pose)["data"])
    )
    points = np.reshape(sum(moved["strokes"], []), (-1, 2))
    assert_same(points.min(axis=0), -points.max(axis=0))
    assert_same([moved["reach"]], [points.max()])


@given(seed=seeds)
def test_to_the_canvas_and_back(js, seed):
    x, y, size, angle, across, down = np.random.default_rng(seed).uniform(0.3, 2, 6).tolist()
    pose = dict(x=x, y=y, size=size, angle=angle)
    assert_same(js("fromCanvas", pose, *js("ontoCanvas", pose, across, down)), [across, down])


@given(heading=st.integers(-720, 720), seam=st.integers(2, 180))
def test_one_number_is_continuous_right_outside_its_seam_and_never_goes_round(js, heading, seam):
    here, next_to_it = (js("oneNumber", float(at), float(seam)) for at in (heading, heading + 1e-6))
    slope = (360 - seam) / seam
    assert abs(next_to_it - here) <= 1.01e-6 * max(1, slope)  # over the compass's end, too
    off = (heading + 180) % 360 - 180
    assert abs(here - off) < 1e-9 or abs(off) > 180 - seam / 2
    assert abs(here) <= 180


def test_the_short_way_round(js):
    assert [js("shortWay", float(angle)) for angle in (180, -180, 190, 359, -540)] == [-180, -180, -170, -1, -180]
