"""Wrong answers to `atomic_conflicts`, and the calls that tell them apart."""

import numpy as np

from stn_numpy import affine_grid, grid_sample_backward, to_pixels
from tests.judge import Case, Exercise
from tests.solutions import atomic_conflicts

SECTION = "sec-cuda-atomics"
IDENTITY = np.array([[1.0, 0, 0], [0, 1, 0]])
HALF = np.array([[1.0, 0, 0.25], [0, 1, 0]])
TURNED = np.array([[0.9, -0.55, 0.13], [0.35, 0.8, -0.21]])
SMALLER = np.array([[0.31, 0.07, -0.44], [-0.11, 0.43, 0.37]])
LARGER = np.array([[1.7, 0.2, 0.31], [0.1, 1.9, -0.23]])

EXERCISE = Exercise(
    name="atomic_conflicts",
    answer="tests.solutions",
    gives=("count",),
    cases=[
        Case(
            "two columns, each read half a pixel further right, so between two pixels, or half outside",
            HALF * [1, 1, 2],
            (2, 2),
            (2, 2),
            align_corners=False,
            expected=[[1, 2], [1, 2]],
        ),
        Case(
            "the identity: every sample lies on its pixel",
            IDENTITY,
            (2, 3),
            (2, 3),
            align_corners=True,
            expected=[[1, 1, 1], [1, 1, 1]],
        ),
        Case(
            "3 x 3 samples on 2 x 2 pixels, the corners of both together",
            IDENTITY,
            (2, 2),
            (3, 3),
            align_corners=True,
            expected=[[4, 4], [4, 4]],
        ),
        Case(
            "everything at one point",
            np.array([[0, 0, 0.2], [0, 0, 0.1]]),
            (3, 4),
            (5, 3),
            align_corners=False,
            expected=[[0, 0, 0, 0], [0, 15, 15, 0], [0, 15, 15, 0]],
        ),
        Case("turned", TURNED, (5, 7), (6, 4), align_corners=False),
        Case("a small part, much enlarged", SMALLER, (6, 4), (9, 11), align_corners=True),
        Case("reduced, with the corners outside", LARGER, (7, 9), (8, 6), align_corners=False),
    ],
)


def points(theta, in_size, out_size, align_corners):
    grid = affine_grid(theta[None], (1, 1, *out_size), align_corners)[0].reshape(-1, 2)
    return [to_pixels(grid[:, axis], in_size[1 - axis], align_corners) for axis in (0, 1)]


def counted(p_x, p_y, in_size, near):
    beside, above = near(p_x[:, None], np.arange(in_size[1])), near(p_y[:, None], np.arange(in_size[0]))
    return above.T.astype(int) @ beside.astype(int)


def within_one(p, pixel):
    return abs(p - pixel) < 1


@EXERCISE.wrong(
    "Only the nearest pixel",
    "your function counts the nearest pixel alone; a sample is mixed from up to four pixels and adds to each of them.",
    SECTION,
)
def nearest(theta, in_size, out_size, align_corners=False):
    return counted(*map(np.rint, points(theta, in_size, out_size, align_corners)), in_size, np.equal)


@EXERCISE.wrong(
    "A circle instead of a square",
    "your function counts the pixels whose straight distance from the sample is less than 1; it has to be less than 1 "
    "across and less than 1 down, each by itself.",
    SECTION,
)
def in_a_circle(theta, in_size, out_size, align_corners=False):
    p_x, p_y = points(theta, in_size, out_size, align_corners)
    row, column = np.indices(in_size)
    return (np.hypot(p_x[:, None, None] - column, p_y[:, None, None] - row) < 1).sum(axis=0)


@EXERCISE.wrong(
    "Only the upper left neighbour",
    "your function counts the upper left pixel alone; a sample is mixed from up to four pixels and adds to each of "
    "them.",
    SECTION,
)
def upper_left(theta, in_size, out_size, align_corners=False):
    return counted(*map(np.floor, points(theta, in_size, out_size, align_corners)), in_size, np.equal)


@EXERCISE.wrong(
    "Neighbours of weight 0 are counted",
    "your function counts all four neighbours; a sample exactly on a pixel gives the next one the weight 0 and adds "
    "nothing to it.",
    SECTION,
)
def all_four(theta, in_size, out_size, align_corners=False):
    def among(p, pixel):
        return (np.floor(p) == pixel) | (np.floor(p) + 1 == pixel)

    return counted(*points(theta, in_size, out_size, align_corners), in_size, among)


@EXERCISE.wrong(
    "A distance of one pixel counts",
    "your function counts a distance of exactly one pixel, where the weight is 0; compare with `<`, not `<=`.",
    SECTION,
)
def up_to_one(theta, in_size, out_size, align_corners=False):
    return counted(*points(theta, in_size, out_size, align_corners), in_size, lambda p, pixel: abs(p - pixel) <= 1)


@EXERCISE.wrong(
    "x and y are exchanged",
    "your function takes the first number of a point for the row; the grid's last axis is (x, y), so the first number "
    "leads to the column and the second to the row.",
    SECTION,
)
def swapped(theta, in_size, out_size, align_corners=False):
    grid = affine_grid(theta[None], (1, 1, *out_size), align_corners)[0].reshape(-1, 2)
    p_x, p_y = (to_pixels(grid[:, 1 - axis], in_size[1 - axis], align_corners) for axis in (0, 1))
    return counted(p_x, p_y, in_size, within_one)


@EXERCISE.wrong(
    "Samples outside are moved to the edge",
    "your function moves samples beyond the image to its edge, as for border padding; with zeros outside, a sample "
    "adds only to the pixels less than one pixel away.",
    SECTION,
)
def moved_in(theta, in_size, out_size, align_corners=False):
    p_x, p_y = points(theta, in_size, out_size, align_corners)
    return counted(p_x.clip(0, in_size[1] - 1), p_y.clip(0, in_size[0] - 1), in_size, within_one)


@EXERCISE.wrong(
    "Samples outside are left out",
    "your function leaves out samples beyond the outermost centres; a sample less than a pixel outside still adds to "
    "the edge pixels.",
    SECTION,
)
def left_out(theta, in_size, out_size, align_corners=False):
    p_x, p_y = points(theta, in_size, out_size, align_corners)
    inside = (p_x >= 0) & (p_x <= in_size[1] - 1) & (p_y >= 0) & (p_y <= in_size[0] - 1)
    return counted(p_x[inside], p_y[inside], in_size, within_one)


@EXERCISE.wrong(
    "Weights are added instead of threads",
    "your function adds the weights; every thread that adds should count as one, however small its weight.",
    SECTION,
)
def weights(theta, in_size, out_size, align_corners=False):
    grid = affine_grid(theta[None], (1, 1, *out_size), align_corners)
    return grid_sample_backward(
        np.ones((1, 1, *out_size)), np.ones((1, 1, *in_size)), grid, "bilinear", "zeros", align_corners
    )[0][0, 0]


@EXERCISE.wrong(
    "The other `align_corners`",
    "your function exchanges the two conventions; `align_corners=True` places -1 and 1 at the centres of the "
    "outermost pixels, `False` at the outer edges.",
    SECTION,
)
def other_corners(theta, in_size, out_size, align_corners=False):
    return atomic_conflicts(theta, in_size, out_size, not align_corners)


@EXERCISE.wrong(
    "The sizes are exchanged",
    "your function exchanges the two sizes; points come from the size of the output and are turned into pixels by the "
    "size of the image.",
    SECTION,
)
def sizes_exchanged(theta, in_size, out_size, align_corners=False):
    grid = affine_grid(theta[None], (1, 1, *in_size), align_corners)[0].reshape(-1, 2)
    p_x, p_y = (to_pixels(grid[:, axis], out_size[1 - axis], align_corners) for axis in (0, 1))
    return counted(p_x, p_y, in_size, within_one)


@EXERCISE.wrong(
    "`+=` with arrays of indices",
    "your `count[rows, columns] += 1` adds only once where a pixel occurs several times; `np.add.at` adds every time.",
    SECTION,
)
def lost_counts(theta, in_size, out_size, align_corners=False):
    p_x, p_y = points(theta, in_size, out_size, align_corners)
    count = np.zeros(in_size, int)
    for down in (0, 1):
        for over in (0, 1):
            row, column = np.floor(p_y).astype(int) + down, np.floor(p_x).astype(int) + over
            takes = (row >= 0) & (row < in_size[0]) & (column >= 0) & (column < in_size[1])
            takes &= (abs(p_x - column) < 1) & (abs(p_y - row) < 1)
            count[row[takes], column[takes]] += 1
    return count


@EXERCISE.wrong(
    "`theta` is inverted", "your function inverts `theta`; `theta` already maps the output to the image.", SECTION
)
def inverse(theta, in_size, out_size, align_corners=False):
    linear = np.linalg.pinv(theta[:, :2])  # of 2 x 2: LAPACK can loop for ever on an infinite number in 3 x 3
    whole = np.column_stack([linear, -linear @ theta[:, 2]])
    return atomic_conflicts(whole, in_size, out_size, align_corners)


@EXERCISE.wrong(
    "Whether a thread adds, not how many",
    "your count is 1 as soon as one thread adds to a pixel; count all threads that do.",
    "sec-cuda-atomics",
)
def whether(theta, in_size, out_size, align_corners=False):
    return np.minimum(atomic_conflicts(theta, in_size, out_size, align_corners), 1)


@EXERCISE.wrong(
    "The first thread does not count",
    "your count is one too small wherever a thread adds, as if the first did not have to be counted; count all threads "
    "that add to the pixel.",
    "sec-cuda-atomics",
)
def all_but_one(theta, in_size, out_size, align_corners=False):
    return np.maximum(atomic_conflicts(theta, in_size, out_size, align_corners) - 1, 0)


@EXERCISE.right_too
def by_bincount(theta, in_size, out_size, align_corners=False):
    p_x, p_y = points(theta, in_size, out_size, align_corners)
    count = np.zeros(in_size, int)
    for row in range(in_size[0]):
        for column in range(in_size[1]):
            count[row, column] = np.count_nonzero((abs(p_x - column) < 1) & (abs(p_y - row) < 1))
    return count


@EXERCISE.right_too
def by_adding_at(theta, in_size, out_size, align_corners=False):
    p_x, p_y = points(theta, in_size, out_size, align_corners)
    count = np.zeros((in_size[0] + 2, in_size[1] + 2))
    for down in (0, 1):
        for over in (0, 1):
            row, column = np.floor(p_y) + down, np.floor(p_x) + over
            takes = (abs(p_x - column) < 1) & (abs(p_y - row) < 1)
            at = np.clip(row + 1, 0, in_size[0] + 1).astype(int), np.clip(column + 1, 0, in_size[1] + 1).astype(int)
            np.add.at(count, at, takes)
    return count[1:-1, 1:-1].astype(int)
