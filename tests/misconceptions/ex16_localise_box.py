"""Wrong answers to `localise_box`, and the calls that tell them apart.

By hand, on an image of 8 rows and 16 columns: a window of half the width and height, a quarter unit to the right of the
middle, reaches from -1/4 to 3/4 along x, which is from 6 to 14, and from -1/2 to 1/2 along y, which is from 2 to 6.
"""

import numpy as np

from tests.judge import Case, Exercise
from tests.solutions import localise_box

WIDE = (8, 16)


def theta(*entries):
    return np.array(entries, "float64").reshape(1, 2, 3)


WINDOW = theta(0.5, 0, 0.25, 0, 0.5, 0)
DIAMOND = theta(0.5, -0.5, 0, 0.5, 0.5, 0)
MIRROR = theta(-0.25, 0, 0.5, 0, 0.5, 0.25)
BENT = np.random.default_rng(0).normal(size=(3, 2, 3))

EXERCISE = Exercise(
    name="localise_box",
    answer="tests.solutions",
    gives=("box",),
    cases=[
        Case(
            "8 rows, 16 columns, a window half as wide and as high, a quarter unit to the right",
            WINDOW,
            WIDE,
            expected=[[6, 2, 14, 6]],
        ),
        Case("the identity looks at the whole image", theta(1, 0, 0, 0, 1, 0), WIDE, expected=[[0, 0, 16, 8]]),
        Case("a square of 8 pixels, turned by an eighth", DIAMOND, (8, 8), expected=[[0, 0, 8, 8]]),
        Case("a mirror image, to the right and below", MIRROR, WIDE, expected=[[10, 3, 14, 7]]),
        Case("three bent thetas", BENT, (5, 9)),
        Case("two bent thetas in float32", BENT[:2].astype("float32"), (7, 4)),
    ],
)


def places(theta, corners, image_size):
    """Where corners (3, K) look, in pixels from the upper left: (N, 2, K)."""
    height, width = image_size
    return (theta @ corners.astype(theta.dtype) + 1) * np.array([[width / 2], [height / 2]], theta.dtype)


FOUR = np.array([[-1, 1, -1, 1], [-1, -1, 1, 1], [1, 1, 1, 1]])


def around(points):
    return np.concatenate([points.min(axis=2), points.max(axis=2)], axis=1)


def inverse(theta):
    row = np.broadcast_to(np.array([[[0, 0, 1]]], theta.dtype), (len(theta), 1, 3))
    return np.linalg.inv(np.concatenate([theta, row], axis=1))[:, :2]


@EXERCISE.wrong(
    "`theta` is inverted",
    "your function inverts `theta`, which gives where the image's corners are seen; `theta` already maps the output's "
    "corners to the image.",
    "sec-grid-pull",
)
def inverted(theta, image_size):
    return localise_box(inverse(theta), image_size)


@EXERCISE.wrong(
    "(y, x) instead of (x, y)",
    "your box is top, left, bottom, right; it has to be left, top, right, bottom, x before y.",
    "sec-colocalise-box",
)
def y_first(theta, image_size):
    return localise_box(theta, image_size)[:, [1, 0, 3, 2]]


@EXERCISE.wrong(
    "Height and width are exchanged",
    "your function multiplies x by the height and y by the width; x runs along a row, of width W, and y down a "
    "column, of height H.",
    "sec-grid-units",
)
def sizes_exchanged(theta, image_size):
    return localise_box(theta, image_size[::-1])


@EXERCISE.wrong(
    "Only two corners",
    "your function uses only the upper left and the lower right corner; where `theta` rotates, the other two may be "
    "the outermost, so use all four.",
    "sec-colocalise-box",
)
def two_corners(theta, image_size):
    return around(places(theta, FOUR[:, [0, 3]], image_size))


@EXERCISE.wrong(
    "A mirror image reverses the box",
    "your left edge is always the output's left one, but where `theta` mirrors, that lies to the right; take the "
    "smaller value as left and the larger as right.",
    "sec-colocalise-box",
)
def not_sorted(theta, image_size):
    return places(theta, FOUR[:, [0, 3]], image_size).transpose(0, 2, 1).reshape(-1, 4)


@EXERCISE.wrong(
    "Only the diagonal of `theta` is used",
    "your function uses only the diagonal of `theta`; the entries beside it rotate and shear the output's frame, "
    "which widens the box, so map all four corners with the whole of `theta`.",
    "sec-colocalise-box",
)
def diagonal_alone(theta, image_size):
    plain = theta.copy()
    plain[:, 0, 1] = plain[:, 1, 0] = 0
    return localise_box(plain, image_size)


@EXERCISE.wrong(
    "The scale is taken for the whole width",
    "your box is half as wide as it should be; the output reaches from -1 to 1, so a scale of 1/2 reaches 1/2 to "
    "either side of the middle.",
    "sec-grid-units",
)
def half_as_wide(theta, image_size):
    return around(places(theta, FOUR * [[0.5], [0.5], [1]], image_size))


@EXERCISE.wrong(
    "Centre and size instead of edges",
    "your function returns the middle of the box, its width and its height; return left, top, right and bottom.",
    "sec-colocalise-box",
)
def centre_and_size(theta, image_size):
    box = localise_box(theta, image_size)
    return np.concatenate([(box[:, :2] + box[:, 2:]) / 2, box[:, 2:] - box[:, :2]], axis=1)


@EXERCISE.wrong(
    "Corner and size instead of edges",
    "your last two numbers are the width and the height; return the right and the bottom edge.",
    "sec-colocalise-box",
)
def corner_and_size(theta, image_size):
    box = localise_box(theta, image_size)
    return np.concatenate([box[:, :2], box[:, 2:] - box[:, :2]], axis=1)


@EXERCISE.wrong(
    "Still in normalised units",
    "your box is in normalised units, -1 to 1; it has to be in pixels, 0 to W and 0 to H.",
    "sec-grid-units",
)
def normalised(theta, image_size):
    return around(theta @ FOUR.astype(theta.dtype))


@EXERCISE.wrong(
    "Pixel centres instead of edges",
    "your function counts from the first pixel's centre, half a pixel too little; with `align_corners=False`, -1 is "
    "the outer edge of the first pixel, here 0, and 1 that of the last, W.",
    "sec-grid-units",
)
def from_centres(theta, image_size):
    return localise_box(theta, image_size) - theta.dtype.type(0.5)


@EXERCISE.wrong(
    "W - 1 instead of W",
    "your function scales by W - 1, the distance between the outermost centres, as for `align_corners=True`; here -1 "
    "and 1 are the edges, W pixels apart.",
    "sec-grid-units",
)
def between_centres(theta, image_size):
    return localise_box(theta, (image_size[0] - 1, image_size[1] - 1))


@EXERCISE.wrong(
    "Clipped to the image",
    "your function clips the box to the image; the part beside the image counts as well.",
    "sec-colocalise-box",
)
def clipped(theta, image_size):
    height, width = image_size
    return np.clip(localise_box(theta, image_size), 0, np.array([width, height, width, height], theta.dtype))


@EXERCISE.wrong(
    "The shift is left out",
    "your function leaves out the third column of `theta`, so every box is in the middle; the corners are (x, y, 1).",
    "sec-grid-idea",
)
def without_shift(theta, image_size):
    still = theta.copy()
    still[:, :, 2] = 0
    return localise_box(still, image_size)


@EXERCISE.wrong(
    "`theta` is transposed",
    "your function multiplies by the transpose of the linear part; the first row of `theta` gives x of a corner, its "
    "second row y.",
    "sec-grid-idea",
)
def transposed(theta, image_size):
    turned = theta.copy()
    turned[:, :, :2] = theta[:, :, :2].swapaxes(1, 2)
    return localise_box(turned, image_size)


@EXERCISE.wrong(
    "One box for the whole batch",
    "your function returns one box around those of all images; each image has its own.",
    "sec-colocalise-box",
)
def whole_batch(theta, image_size):
    box = localise_box(theta, image_size)
    all_of_them = np.concatenate([box[:, :2].min(axis=0), box[:, 2:].max(axis=0)])
    return np.broadcast_to(all_of_them, box.shape).copy()


@EXERCISE.wrong(
    "Left, right, top, bottom",
    "your box is left, right, top, bottom; it has to be left, top, right, bottom.",
    "sec-colocalise-box",
)
def axis_by_axis(theta, image_size):
    return localise_box(theta, image_size)[:, [0, 2, 1, 3]]


@EXERCISE.wrong(
    "Never halved",
    "your numbers are twice what they should be; from -1 to 1 there are two units, so x in pixels is `(x + 1) * W / "
    "2`.",
    "sec-grid-units",
)
def not_halved(theta, image_size):
    return 2 * localise_box(theta, image_size)


@EXERCISE.wrong(
    "The + 1 is missing",
    "your function counts from the middle of the image; x = -1 is the left edge, 0 in pixels, so add 1 before you "
    "scale.",
    "sec-grid-units",
)
def from_the_middle(theta, image_size):
    height, width = image_size
    return localise_box(theta, image_size) - np.array([width, height, width, height], theta.dtype) / 2


@EXERCISE.wrong(
    "Rounded to whole pixels",
    "your function rounds the box; it may end within a pixel and keeps its fraction.",
    "sec-colocalise-box",
)
def whole_pixels(theta, image_size):
    return np.rint(localise_box(theta, image_size))


@EXERCISE.wrong(
    "Rounded outwards",
    "your function rounds left and top down, right and bottom up; the box may end within a pixel and keeps its "
    "fraction.",
    "sec-colocalise-box",
)
def rounded_outwards(theta, image_size):
    box = localise_box(theta, image_size)
    return np.concatenate([np.floor(box[:, :2]), np.ceil(box[:, 2:])], axis=1)


@EXERCISE.wrong(
    "The rotated frame's own size",
    "your box has the width and height of the rotated frame itself, the lengths of `theta`'s columns; the upright box "
    "around a rotated frame is larger.",
    "sec-colocalise-box",
)
def frame_itself(theta, image_size):
    height, width = image_size
    half = np.array([width / 2, height / 2], theta.dtype)
    reach = np.linalg.norm(theta[:, :, :2], axis=1)
    middle = theta[:, :, 2]
    return np.concatenate([(middle - reach + 1) * half, (middle + reach + 1) * half], axis=1)


@EXERCISE.wrong(
    "Top and bottom are exchanged",
    "your top is the larger of the two; y grows downwards, so top should be the smaller.",
    "sec-colocalise-box",
)
def upside_down(theta, image_size):
    return localise_box(theta, image_size)[:, [0, 3, 2, 1]]


@EXERCISE.wrong(
    "Measured from the lower left corner",
    "your function counts rows from the bottom of the image; they should be counted from the top, so y = -1 is 0.",
    "sec-colocalise-box",
)
def from_below(theta, image_size):
    box = localise_box(theta, image_size)
    return np.stack([box[:, 0], image_size[0] - box[:, 3], box[:, 2], image_size[0] - box[:, 1]], axis=1).astype(
        theta.dtype
    )


@EXERCISE.wrong(
    "From 0 to 1",
    "your function uses corners at 0 and 1; the output's corners are at -1 and 1, and its middle is (0, 0).",
    "sec-grid-units",
)
def corners_from_zero(theta, image_size):
    return around(places(theta, np.array([[0, 1, 0, 1], [0, 0, 1, 1], [1, 1, 1, 1]]), image_size))


@EXERCISE.wrong(
    "One pixel less on the right and below",
    "your right and bottom are the last pixels of the box; they should be edges, so that the whole image is (0, 0, W, "
    "H).",
    "sec-colocalise-box",
)
def last_pixels(theta, image_size):
    return localise_box(theta, image_size) - np.array([0, 0, 1, 1], theta.dtype)


@EXERCISE.right_too
def from_the_rows(theta, image_size):
    """No corners: the largest x is the shift and the sum of what the two entries can add."""
    height, width = image_size
    reach, middle = np.abs(theta[:, :, :2]).sum(axis=2), theta[:, :, 2]
    half = np.array([width / 2, height / 2], theta.dtype)
    return np.concatenate([(middle - reach + 1) * half, (middle + reach + 1) * half], axis=1)


@EXERCISE.right_too
def corner_by_corner(theta, image_size):
    height, width = image_size
    boxes = []
    for one in theta.astype("float64"):
        seen = [one @ (x, y, 1) for x in (-1, 1) for y in (-1, 1)]
        across, down = [(x + 1) / 2 * width for x, _ in seen], [(y + 1) / 2 * height for _, y in seen]
        boxes.append([min(across), min(down), max(across), max(down)])
    return np.array(boxes, theta.dtype)
