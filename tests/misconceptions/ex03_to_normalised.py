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
    ],
)


@EXERCISE.wrong(
    "The other align_corners",
    "True puts -1 and 1 on the centres of the outermost pixels, False on the "
    "outer edges; yours does it the other way round.",
    "sec-grid-units",
)
def other_convention(pixels, length, align_corners=False):
    return to_normalised(pixels, length, not align_corners)


@EXERCISE.wrong(
    "align_corners is ignored",
    "with False, -1 is the outer edge, so the first centre lies half a pixel "
    "inside, at -1 + 1 / length; yours puts it at -1 always.",
    "sec-grid-units",
)
def always_corners(pixels, length, align_corners=False):
    return to_normalised(pixels, length, True)


@EXERCISE.wrong(
    "align_corners is ignored, edges always",
    "with True, the first and the last centre are at -1 and 1; yours puts them half a pixel inside always.",
    "sec-grid-units",
)
def always_edges(pixels, length, align_corners=False):
    return to_normalised(pixels, length, False)


@EXERCISE.wrong(
    "0 is taken for the first pixel's edge",
    "position 0 is the centre of the first pixel, and its edge is "
    "at -1/2; with edges add half a pixel before you scale, or all lies half a pixel too far left.",
    "sec-grid-units",
)
def from_the_edge(pixels, length, align_corners=False):
    return to_normalised(pixels, length, True) if align_corners else 2 * pixels / length - 1


@EXERCISE.wrong(
    "Half a pixel the wrong way",
    "with edges, half a pixel is added to the position, since the first "
    "centre lies inside the edge at -1; yours takes it off and puts that centre outside.",
    "sec-grid-units",
)
def half_a_pixel_out(pixels, length, align_corners=False):
    return to_normalised(pixels, length, True) if align_corners else (2 * pixels - 1) / length - 1


@EXERCISE.wrong(
    "As many steps as pixels",
    "from the first centre to the last there are length - 1 steps, and with "
    "centres these share the two units; yours divides by length, so the last one never reaches 1.",
    "sec-grid-units",
)
def as_many_steps(pixels, length, align_corners=False):
    return 2 * pixels / length - 1 if align_corners else to_normalised(pixels, length, False)


@EXERCISE.wrong(
    "From 0 to 1",
    "the picture reaches from -1 to 1, so it is two units wide; yours makes it one unit wide, from 0 to 1.",
    "sec-grid-units",
)
def from_zero(pixels, length, align_corners=False):
    return (to_normalised(pixels, length, align_corners) + 1) / 2


@EXERCISE.wrong(
    "Measured from the middle, but in pixels",
    "the middle is at 0 as it should be, but one pixel is 2 / "
    "length wide with edges and 2 / (length - 1) with centres; yours is 1 wide.",
    "sec-grid-units",
)
def not_scaled(pixels, length, align_corners=False):
    return pixels - (length - 1) / 2


@EXERCISE.wrong(
    "The way back",
    "a position in pixels comes in and a coordinate between -1 and 1 goes out; yours is "
    "the formula of the other direction.",
    "sec-grid-units",
)
def the_way_back(pixels, length, align_corners=False):
    return (pixels + 1) / 2 * (length - 1) if align_corners else ((pixels + 1) * length - 1) / 2


@EXERCISE.wrong(
    "Clipped to the picture",
    "a position outside the picture has a coordinate beyond -1 or 1; yours moves it to the edge, and the sampler's "
    "padding decides what is read outside.",
    "sec-grid-units",
)
def clipped(pixels, length, align_corners=False):
    return np.clip(to_normalised(pixels, length, align_corners), -1, 1)


@EXERCISE.wrong(
    "One pixel divides by zero",
    "with centres, a single pixel has no second centre to measure a step to, "
    "so length - 1 is 0; such a pixel is put at 0.",
    "sec-grid-units",
)
def divides_by_zero(pixels, length, align_corners=False):
    return 2 * pixels / (length - 1) - 1 if align_corners else (2 * pixels + 1) / length - 1


@EXERCISE.wrong(
    "One pixel is put at -1",
    "with centres, a single pixel is first and last at once, so it is put in the middle, at 0; yours is at -1.",
    "sec-grid-units",
)
def one_pixel_left(pixels, length, align_corners=False):
    return 2 * pixels / max(length - 1, 1) - 1 if align_corners else (2 * pixels + 1) / length - 1


@EXERCISE.wrong(
    "align_corners is ignored, and one pixel is put at -1",
    "with False, -1 is the outer edge, so the "
    "first centre lies half a pixel inside, at -1 + 1 / length; yours puts it at -1 always, even that of a "
    "single pixel, which belongs at 0.",
    "sec-grid-units",
)
def always_corners_one_left(pixels, length, align_corners=False):
    return 2 * pixels / max(length - 1, 1) - 1


@EXERCISE.wrong(
    "align_corners is ignored, and one pixel divides by zero",
    "with False, -1 is the outer edge, so the "
    "first centre lies half a pixel inside, at -1 + 1 / length; yours puts it at -1 always, and a single "
    "pixel, which belongs at 0, nowhere.",
    "sec-grid-units",
)
def always_corners_divides(pixels, length, align_corners=False):
    return 2 * pixels / (length - 1) - 1


@EXERCISE.wrong(
    "From 1 to 3",
    "scaled to units the picture is 2 wide, and 1 is taken off so that it begins at -1; yours adds 1.",
    "sec-grid-units",
)
def one_added(pixels, length, align_corners=False):
    if align_corners and length == 1:
        return np.zeros_like(pixels)
    return to_normalised(pixels, length, align_corners) + 2


@EXERCISE.wrong(
    "Half a unit for half a pixel",
    "with edges, half a pixel is 1 / length units, and it is added to "
    "the position before that is scaled; yours adds 1/2 to the coordinate.",
    "sec-grid-units",
)
def half_a_unit(pixels, length, align_corners=False):
    return to_normalised(pixels, length, True) if align_corners else 2 * pixels / length - 1 + pixels.dtype.type(0.5)


@EXERCISE.wrong(
    "Never doubled",
    "the picture is two units wide, so a pixel is 2 / length wide with edges and 2 / "
    "(length - 1) with centres; yours is half of that, and the picture reaches from -1 to 0.",
    "sec-grid-units",
)
def not_doubled(pixels, length, align_corners=False):
    if align_corners:
        return to_normalised(pixels, length, True) if length == 1 else pixels / (length - 1) - 1
    return (pixels + pixels.dtype.type(0.5)) / length - 1


@EXERCISE.wrong(
    "Every place is taken for a pixel's centre",
    "a position may lie between two pixels, and keeps its fraction in units; yours is rounded to a whole pixel first.",
    "sec-grid-units",
)
def rounded(pixels, length, align_corners=False):
    return to_normalised(np.rint(pixels), length, align_corners)


@EXERCISE.wrong(
    "As many steps as pixels, and one more",
    "from the first centre to the last there are length - 1 steps; yours counts length + 1.",
    "sec-grid-units",
)
def one_step_more(pixels, length, align_corners=False):
    return (
        to_normalised(pixels, length + 2, True)
        if align_corners and length > 1
        else (to_normalised(pixels, length, align_corners))
    )


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
