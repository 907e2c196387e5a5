"""Wrong answers to `to_normalised`, and the calls that tell them apart."""

import numpy as np

from tests.judge import Case, Exercise
from tests.solutions import to_normalised

EXERCISE = Exercise(
    name="to_normalised",
    answer="tests.solutions",
    gives=("coordinates",),
    cases=[
        Case(
            "four pixel centres, -1 and 1 are edges",
            np.arange(4.0),
            4,
            align_corners=False,
            expected=[-0.75, -0.25, 0.25, 0.75],
        ),
        Case(
            "five pixel centres, -1 and 1 are the outer ones",
            np.arange(5.0),
            5,
            align_corners=True,
            expected=[-1, -0.5, 0, 0.5, 1],
        ),
        Case(
            "two pixels: both edges, the middle, and half a unit beyond",
            np.array([[-0.5, 0.5], [1.5, 2]]),
            2,
            align_corners=False,
            expected=[[-1, 0], [1, 1.5]],
        ),
        Case(
            "three pixels: a quarter between two, and outside on both sides",
            np.array([0.25, -1, 3]),
            3,
            align_corners=True,
            expected=[-0.75, -2, 2],
        ),
        Case("float32, in a table", np.array([[0.5, 6, -3], [2.25, 3, 27]], "float32"), 28, align_corners=False),
        Case("the centre of one pixel, which has no neighbour", np.zeros(1), 1, align_corners=True, expected=[0]),
        Case(
            "one pixel whose edges are -1 and 1: its left edge, its centre and its right edge",
            np.array([-0.5, 0, 0.5]),
            1,
            align_corners=False,
            expected=[-1, 0, 1],
        ),
        Case("seven pixels, -1 and 1 are edges", np.array([-1.5, 0, 2.25, 6]), 7, align_corners=False),
        Case("two pixels, -1 and 1 are centres", np.array([-0.5, 0, 0.25, 1]), 2, align_corners=True),
    ],
)


@EXERCISE.wrong(
    "The other `align_corners`",
    "your function exchanges the two conventions; `align_corners=True` places -1 and 1 at the centres of the "
    "outermost pixels, `False` at the outer edges.",
    "sec-grid-units",
)
def other_convention(pixels, length, align_corners=False):
    return to_normalised(pixels, length, not align_corners)


@EXERCISE.wrong(
    "`align_corners` is ignored",
    "your function places the first centre at -1 even where `align_corners=False`; there -1 is the outer edge, and "
    "the first centre lies half a pixel inside, at `-1 + 1 / length`.",
    "sec-grid-units",
)
def always_corners(pixels, length, align_corners=False):
    return to_normalised(pixels, length, True)


@EXERCISE.wrong(
    "`align_corners` is ignored, edges always",
    "your function places the outermost centres half a pixel inside even where `align_corners=True`; there they "
    "should be at -1 and 1.",
    "sec-grid-units",
)
def always_edges(pixels, length, align_corners=False):
    return to_normalised(pixels, length, False)


@EXERCISE.wrong(
    "The first pixel's edge is taken for position 0",
    "with `align_corners=False` your result lies half a pixel too far left; position 0 is the centre of the first "
    "pixel and -1/2 its edge, so add half a pixel before you scale.",
    "sec-grid-units",
)
def from_the_edge(pixels, length, align_corners=False):
    return to_normalised(pixels, length, True) if align_corners else 2 * pixels / length - 1


@EXERCISE.wrong(
    "Half a pixel the wrong way",
    "with `align_corners=False` your function subtracts half a pixel, which places the first centre outside the "
    "picture; add half a pixel, since that centre lies inside the edge at -1.",
    "sec-grid-units",
)
def half_a_pixel_out(pixels, length, align_corners=False):
    return to_normalised(pixels, length, True) if align_corners else (2 * pixels - 1) / length - 1


@EXERCISE.wrong(
    "As many steps as pixels",
    "with `align_corners=True` your function divides by `length`, so the last centre does not reach 1; there are "
    "`length - 1` steps from the first centre to the last, and they share the two units.",
    "sec-grid-units",
)
def as_many_steps(pixels, length, align_corners=False):
    return 2 * pixels / length - 1 if align_corners else to_normalised(pixels, length, False)


@EXERCISE.wrong(
    "From 0 to 1",
    "your picture is one unit wide, from 0 to 1; it has to be two units wide, from -1 to 1.",
    "sec-grid-units",
)
def from_zero(pixels, length, align_corners=False):
    return (to_normalised(pixels, length, align_corners) + 1) / 2


@EXERCISE.wrong(
    "Measured from the middle, but in pixels",
    "your pixels are one unit wide, although the middle is at 0, as it should be; a pixel is `2 / length` wide with "
    "`align_corners=False` and `2 / (length - 1)` with `True`.",
    "sec-grid-units",
)
def not_scaled(pixels, length, align_corners=False):
    return pixels - (length - 1) / 2


@EXERCISE.wrong(
    "The inverse function",
    "your function turns normalised coordinates into pixels; its argument is a position in pixels and its result a "
    "normalised coordinate.",
    "sec-grid-units",
)
def the_way_back(pixels, length, align_corners=False):
    return (pixels + 1) / 2 * (length - 1) if align_corners else ((pixels + 1) * length - 1) / 2


@EXERCISE.wrong(
    "Clipped to the picture",
    "your function moves positions outside the picture to its edge; they have coordinates beyond -1 or 1, and the "
    "sampler's padding decides which value is read there.",
    "sec-grid-units",
)
def clipped(pixels, length, align_corners=False):
    return np.clip(to_normalised(pixels, length, align_corners), -1, 1)


@EXERCISE.wrong(
    "One pixel divides by zero",
    "with `align_corners=True` and a single pixel your function divides by `length - 1`, which is 0; such a pixel is "
    "at 0.",
    "sec-grid-units",
)
def divides_by_zero(pixels, length, align_corners=False):
    return 2 * pixels / (length - 1) - 1 if align_corners else (2 * pixels + 1) / length - 1


@EXERCISE.wrong(
    "One pixel is put at -1",
    "with `align_corners=True` your function places a single pixel at -1; it is the first and the last at once, so it "
    "lies in the middle, at 0.",
    "sec-grid-units",
)
def one_pixel_left(pixels, length, align_corners=False):
    return 2 * pixels / max(length - 1, 1) - 1 if align_corners else (2 * pixels + 1) / length - 1


@EXERCISE.wrong(
    "`align_corners` is ignored, and one pixel is put at -1",
    "your function places the first centre at -1 whatever `align_corners` is; with `False` it lies half a pixel "
    "inside the edge, at `-1 + 1 / length`, and a single pixel is at 0 in both conventions.",
    "sec-grid-units",
)
def always_corners_one_left(pixels, length, align_corners=False):
    return 2 * pixels / max(length - 1, 1) - 1


@EXERCISE.wrong(
    "`align_corners` is ignored, and one pixel divides by zero",
    "your function places the first centre at -1 whatever `align_corners` is, and divides by 0 if there is a single "
    "pixel; with `False` the first centre lies half a pixel inside the edge, at `-1 + 1 / length`, and a single pixel "
    "is at 0 in both conventions.",
    "sec-grid-units",
)
def always_corners_divides(pixels, length, align_corners=False):
    return 2 * pixels / (length - 1) - 1


@EXERCISE.wrong(
    "From 1 to 3",
    "your function adds 1 at the end; the scaled picture is two units wide and 1 is subtracted, so that it starts at "
    "-1.",
    "sec-grid-units",
)
def one_added(pixels, length, align_corners=False):
    if align_corners and length == 1:
        return np.zeros_like(pixels)
    return to_normalised(pixels, length, align_corners) + 2


@EXERCISE.wrong(
    "Half a unit instead of half a pixel",
    "with `align_corners=False` your function adds 1/2 to the coordinate; half a pixel is `1 / length` of a unit, or "
    "1/2 added to the position before it is scaled.",
    "sec-grid-units",
)
def half_a_unit(pixels, length, align_corners=False):
    return to_normalised(pixels, length, True) if align_corners else 2 * pixels / length - 1 + pixels.dtype.type(0.5)


@EXERCISE.wrong(
    "Never doubled",
    "your picture runs from -1 to 0, because your pixels are half as wide as they should be; the picture is two units "
    "wide, so a pixel is `2 / length` wide with `align_corners=False` and `2 / (length - 1)` with `True`.",
    "sec-grid-units",
)
def not_doubled(pixels, length, align_corners=False):
    if align_corners:
        return to_normalised(pixels, length, True) if length == 1 else pixels / (length - 1) - 1
    return (pixels + pixels.dtype.type(0.5)) / length - 1


@EXERCISE.wrong(
    "Positions are rounded to whole pixels",
    "your function rounds each position to a whole pixel first; a position may lie between two pixels, and its "
    "fraction is kept.",
    "sec-grid-units",
)
def rounded(pixels, length, align_corners=False):
    return to_normalised(np.rint(pixels), length, align_corners)


@EXERCISE.wrong(
    "Two steps too many",
    "with `align_corners=True` your function divides by `length + 1`; there are `length - 1` steps from the first "
    "centre to the last.",
    "sec-grid-units",
)
def one_step_more(pixels, length, align_corners=False):
    return (
        to_normalised(pixels, length + 2, True)
        if align_corners and length > 1
        else (to_normalised(pixels, length, align_corners))
    )


@EXERCISE.wrong(
    "Positions are clipped to the picture",
    "your function moves positions outside the picture to the first or the last pixel; a position may lie outside, and "
    "its coordinate is then below -1 or above 1.",
    "sec-grid-units",
)
def clipped_first(pixels, length, align_corners=False):
    return to_normalised(np.clip(pixels, 0, length - 1), length, align_corners)


@EXERCISE.wrong(
    "A single pixel is one point",
    "your function returns 0 for everything where there is one pixel; that is right with `align_corners=True`, but "
    "with `False` the pixel reaches from -1 to 1, and a position beside its centre is not at 0.",
    "sec-grid-units",
)
def single_point(pixels, length, align_corners=False):
    return to_normalised(pixels, length, align_corners) * (length > 1)


@EXERCISE.right_too
def from_the_middle(pixels, length, align_corners=False):
    in_pixels = pixels.astype("float64") - (length - 1) / 2
    step = 2 / max(length - 1, 1) if align_corners else 2 / length
    return (in_pixels * step).astype(pixels.dtype)


@EXERCISE.right_too
def first_and_step(pixels, length, align_corners=False):
    if align_corners and length == 1:
        return 0 * pixels
    step = 2 / (length - 1) if align_corners else 2 / length
    first = -1 if align_corners else -1 + step / 2
    return first + step * pixels


@EXERCISE.right_too
def one_by_one(pixels, length, align_corners=False):
    coordinates = np.empty_like(pixels)
    for place, position in np.ndenumerate(pixels):
        low, high = (0, length - 1) if align_corners else (-0.5, length - 0.5)
        share = (position - low) / (high - low) if high > low else 0.5
        coordinates[place] = -1 + 2 * share
    return coordinates
