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
    "Inverse and forward are swapped",
    "theta leads from the output to the image already, so ask it where "
    "the output's corners look; its inverse says where the image's corners are seen.",
    "sec-grid-pull",
)
def inverted(theta, image_size):
    return localise_box(inverse(theta), image_size)


@EXERCISE.wrong(
    "(y, x) in place of (x, y)",
    "the box is left, top, right, bottom, x before y; yours is top, left, bottom, right.",
    "sec-colocalise-box",
)
def y_first(theta, image_size):
    return localise_box(theta, image_size)[:, [1, 0, 3, 2]]


@EXERCISE.wrong(
    "Height and width are exchanged",
    "x runs along a row, whose length is the width W, and y down a column of H; yours multiplies x by H and y by W.",
    "sec-grid-units",
)
def sizes_exchanged(theta, image_size):
    return localise_box(theta, image_size[::-1])


@EXERCISE.wrong(
    "Two corners of four",
    "a theta that turns sends the upper right and the lower left corner furthest, so ask all four corners.",
    "sec-colocalise-box",
)
def two_corners(theta, image_size):
    return around(places(theta, FOUR[:, [0, 3]], image_size))


@EXERCISE.wrong(
    "A mirror image turns the box over",
    "where theta mirrors, the output's left edge looks to the right "
    "of its right edge; take the smaller one as left, whichever it is.",
    "sec-colocalise-box",
)
def not_sorted(theta, image_size):
    return places(theta, FOUR[:, [0, 3]], image_size).transpose(0, 2, 1).reshape(-1, 4)


@EXERCISE.wrong(
    "Only the diagonal of theta is read",
    "the entries beside the diagonal turn and shear the output's "
    "frame and so widen the box around it; map all four corners with the whole of theta.",
    "sec-colocalise-box",
)
def diagonal_alone(theta, image_size):
    plain = theta.copy()
    plain[:, 0, 1] = plain[:, 1, 0] = 0
    return localise_box(plain, image_size)


@EXERCISE.wrong(
    "The scale is taken for the whole width",
    "the output reaches from -1 to 1, so a scale of 1/2 looks at "
    "1/2 to either side of its middle; your box is half as wide.",
    "sec-grid-units",
)
def half_as_wide(theta, image_size):
    return around(places(theta, FOUR * [[0.5], [0.5], [1]], image_size))


@EXERCISE.wrong(
    "Centre and size in place of corners",
    "left, top, right and bottom are required; yours are the middle of the box, its width and its height.",
    "sec-colocalise-box",
)
def centre_and_size(theta, image_size):
    box = localise_box(theta, image_size)
    return np.concatenate([(box[:, :2] + box[:, 2:]) / 2, box[:, 2:] - box[:, :2]], axis=1)


@EXERCISE.wrong(
    "Corner and size in place of two corners",
    "the last two numbers are the right and the bottom edge, "
    "places like the first two; yours are the width and the height.",
    "sec-colocalise-box",
)
def corner_and_size(theta, image_size):
    box = localise_box(theta, image_size)
    return np.concatenate([box[:, :2], box[:, 2:] - box[:, :2]], axis=1)


@EXERCISE.wrong(
    "Left in normalised units",
    "the box is required in pixels, 0 to W and 0 to H, and yours runs from -1 to 1.",
    "sec-grid-units",
)
def normalised(theta, image_size):
    return around(theta @ FOUR.astype(theta.dtype))


@EXERCISE.wrong(
    "Pixel centres in place of edges",
    "with align_corners=False, -1 is the outer edge of the first pixel, "
    "here 0, and 1 that of the last, W; yours counts from the first pixel's centre and ends half a pixel "
    "early.",
    "sec-grid-units",
)
def from_centres(theta, image_size):
    return localise_box(theta, image_size) - theta.dtype.type(0.5)


@EXERCISE.wrong(
    "W - 1 in place of W",
    "between -1 and 1 lie W whole pixels, edge to edge; W - 1 are between the "
    "centres of the outermost ones, which is align_corners=True.",
    "sec-grid-units",
)
def between_centres(theta, image_size):
    return localise_box(theta, (image_size[0] - 1, image_size[1] - 1))


@EXERCISE.wrong(
    "Cut off at the image's edge",
    "what lies beside the image counts as well, since the box is the place where theta looks, with or without a "
    "picture; yours is clipped.",
    "sec-colocalise-box",
)
def clipped(theta, image_size):
    height, width = image_size
    return np.clip(localise_box(theta, image_size), 0, np.array([width, height, width, height], theta.dtype))


@EXERCISE.wrong(
    "The shift is left out",
    "the third column of theta moves the box, and without it every box is in the middle; the corners are (x, y, 1).",
    "sec-grid-idea",
)
def without_shift(theta, image_size):
    still = theta.copy()
    still[:, :, 2] = 0
    return localise_box(still, image_size)


@EXERCISE.wrong(
    "theta is transposed",
    "theta's first row makes x of a corner, its second row y; yours takes its columns.",
    "sec-grid-idea",
)
def transposed(theta, image_size):
    turned = theta.copy()
    turned[:, :, :2] = theta[:, :, :2].swapaxes(1, 2)
    return localise_box(turned, image_size)


@EXERCISE.wrong(
    "One box for the whole batch",
    "each image of the batch has a theta and so a box of its own; yours is the one around all of them.",
    "sec-colocalise-box",
)
def whole_batch(theta, image_size):
    box = localise_box(theta, image_size)
    all_of_them = np.concatenate([box[:, :2].min(axis=0), box[:, 2:].max(axis=0)])
    return np.broadcast_to(all_of_them, box.shape).copy()


@EXERCISE.wrong(
    "Left, right, top, bottom",
    "the order is left, top, right, bottom, one corner and then the other; yours has both of x and then both of y.",
    "sec-colocalise-box",
)
def axis_by_axis(theta, image_size):
    return localise_box(theta, image_size)[:, [0, 2, 1, 3]]


@EXERCISE.wrong(
    "Never halved",
    "from -1 to 1 are two units, so x in pixels is (x + 1) * W / 2; yours is twice that.",
    "sec-grid-units",
)
def not_halved(theta, image_size):
    return 2 * localise_box(theta, image_size)


@EXERCISE.wrong(
    "The + 1 is missing",
    "x = -1 is the left edge, 0 in pixels, so 1 is added before x is scaled; yours "
    "counts from the middle of the image.",
    "sec-grid-units",
)
def from_the_middle(theta, image_size):
    height, width = image_size
    return localise_box(theta, image_size) - np.array([width, height, width, height], theta.dtype) / 2


@EXERCISE.wrong(
    "Whole pixels", "a box may end within a pixel, and keeps its fraction; yours is rounded.", "sec-colocalise-box"
)
def whole_pixels(theta, image_size):
    return np.rint(localise_box(theta, image_size))


@EXERCISE.wrong(
    "Rounded outwards",
    "a box may end within a pixel, and keeps its fraction; yours is rounded down on the left and up on the right.",
    "sec-colocalise-box",
)
def rounded_outwards(theta, image_size):
    box = localise_box(theta, image_size)
    return np.concatenate([np.floor(box[:, :2]), np.ceil(box[:, 2:])], axis=1)


@EXERCISE.wrong(
    "A frame that is turned, upright",
    "the box around a turned frame is wider than the frame; yours has "
    "the frame's own width and height, the lengths of theta's columns.",
    "sec-colocalise-box",
)
def frame_itself(theta, image_size):
    height, width = image_size
    half = np.array([width / 2, height / 2], theta.dtype)
    reach = np.linalg.norm(theta[:, :, :2], axis=1)
    middle = theta[:, :, 2]
    return np.concatenate([(middle - reach + 1) * half, (middle + reach + 1) * half], axis=1)


@EXERCISE.wrong(
    "Upper and lower are exchanged",
    "y grows downwards, so top is the smaller of the two; yours has the larger first.",
    "sec-colocalise-box",
)
def upside_down(theta, image_size):
    return localise_box(theta, image_size)[:, [0, 3, 2, 1]]


@EXERCISE.wrong(
    "Measured from the lower left corner",
    "rows are counted from the top, so y = -1 is 0; yours counts from the bottom of the image.",
    "sec-colocalise-box",
)
def from_below(theta, image_size):
    box = localise_box(theta, image_size)
    return np.stack([box[:, 0], image_size[0] - box[:, 3], box[:, 2], image_size[0] - box[:, 1]], axis=1).astype(
        theta.dtype
    )


@EXERCISE.wrong(
    "From 0 to 1",
    "the output's corners are at -1 and 1, so that (0, 0) is its middle; yours takes corners at 0 and 1.",
    "sec-grid-units",
)
def corners_from_zero(theta, image_size):
    return around(places(theta, np.array([[0, 1, 0, 1], [0, 0, 1, 1], [1, 1, 1, 1]]), image_size))


@EXERCISE.wrong(
    "One pixel less on the right and below",
    "right and bottom are edges, so that the whole image is (0, "
    "0, W, H); yours names the last pixels that belong to the box.",
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
