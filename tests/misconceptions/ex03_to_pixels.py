"""Wrong answers to `to_pixels`, and the calls that tell them apart."""

import numpy as np

from tests.judge import Case, Exercise
from tests.solutions import to_pixels

EXERCISE = Exercise(
    name="to_pixels",
    answer="tests.solutions",
    gives=("pixels",),
    cases=[
        Case(
            "five places, -1 and 1 are the centres of the outer pixels",
            np.array([-1, -0.5, 0, 0.5, 1]),
            5,
            align_corners=True,
            expected=[0, 1, 2, 3, 4],
        ),
        Case(
            "the centres of four pixels, -1 and 1 are edges",
            np.array([-0.75, -0.25, 0.25, 0.75]),
            4,
            align_corners=False,
            expected=[0, 1, 2, 3],
        ),
        Case(
            "both edges of four pixels, a place between two, and one outside",
            np.array([[-1, 1], [0.125, 2]]),
            4,
            align_corners=False,
            expected=[[-0.5, 3.5], [1.75, 5.5]],
        ),
        Case(
            "three pixels: a quarter between two, and outside on both sides",
            np.array([0.25, -2, 3]),
            3,
            align_corners=True,
            expected=[1.25, -1, 4],
        ),
        Case("float32, in a table", np.array([[0.5, -0.9, 1.3], [0, 0.07, -1]], "float32"), 28, align_corners=False),
    ],
)


@EXERCISE.wrong(
    "The other align_corners",
    "True puts -1 and 1 on the centres of the outermost pixels, False on the "
    "outer edges; yours does it the other way round.",
    "sec-grid-units",
)
def other_convention(coordinates, length, align_corners=False):
    return to_pixels(coordinates, length, not align_corners)


@EXERCISE.wrong(
    "align_corners is ignored",
    "with False, -1 is the outer edge of the first pixel, half a pixel before "
    "its centre; yours takes it for the centre always.",
    "sec-grid-units",
)
def always_corners(coordinates, length, align_corners=False):
    return to_pixels(coordinates, length, True)


@EXERCISE.wrong(
    "align_corners is ignored, edges always",
    "with True, -1 is the centre of the first pixel, position 0; "
    "yours takes it for the outer edge always, half a pixel further out.",
    "sec-grid-units",
)
def always_edges(coordinates, length, align_corners=False):
    return to_pixels(coordinates, length, False)


@EXERCISE.wrong(
    "Half a pixel too far",
    "position 0 is the centre of the first pixel, and its edge is at -1/2; with "
    "edges take half a pixel off at the end, since yours puts the edge at 0.",
    "sec-grid-units",
)
def from_the_edge(coordinates, length, align_corners=False):
    return (coordinates + 1) / 2 * (length - 1 if align_corners else length)


@EXERCISE.wrong(
    "Half a pixel the wrong way",
    "with edges, half a pixel is taken off at the end, so that the edge at -1 is position -1/2; yours adds it.",
    "sec-grid-units",
)
def half_a_pixel_in(coordinates, length, align_corners=False):
    return (coordinates + 1) / 2 * (length - 1) if align_corners else ((coordinates + 1) * length + 1) / 2


@EXERCISE.wrong(
    "Pixels are counted from 1",
    "the centre of the first pixel is position 0, as everywhere in Python; yours is one pixel too far throughout.",
    "sec-grid-units",
)
def from_one(coordinates, length, align_corners=False):
    return to_pixels(coordinates, length, align_corners) + 1


@EXERCISE.wrong(
    "Scaled by length - 2",
    "the two units from -1 to 1 hold length - 1 steps from centre to centre, or "
    "length pixels from edge to edge; with length - 2 the last pixel is never reached.",
    "sec-grid-units",
)
def two_too_few(coordinates, length, align_corners=False):
    return (coordinates + 1) / 2 * (length - 2)


@EXERCISE.wrong(
    "As many steps as pixels",
    "from the first centre to the last there are length - 1 steps, and with "
    "centres these share the two units; yours counts length of them, one too many.",
    "sec-grid-units",
)
def as_many_steps(coordinates, length, align_corners=False):
    return (coordinates + 1) / 2 * length if align_corners else to_pixels(coordinates, length, False)


@EXERCISE.wrong(
    "Measured from the middle",
    "positions are counted from the first pixel, which is at or near -1; "
    "yours counts from the middle of the picture, so that half of its pixels are negative.",
    "sec-grid-units",
)
def from_the_middle(coordinates, length, align_corners=False):
    return coordinates / 2 * (length - 1 if align_corners else length)


@EXERCISE.wrong(
    "1 is never added",
    "the picture begins at -1, so add 1 before you scale; yours counts from the middle "
    "of the picture, and with edges takes half a pixel off there.",
    "sec-grid-units",
)
def one_not_added(coordinates, length, align_corners=False):
    return coordinates / 2 * (length - 1) if align_corners else (coordinates * length - 1) / 2


@EXERCISE.wrong(
    "Half a unit for half a pixel",
    "with edges, half a pixel is taken off at the end, when the number is "
    "in pixels; yours takes 1/2 off before, when it is in units, which makes length / 4 pixels.",
    "sec-grid-units",
)
def half_a_unit(coordinates, length, align_corners=False):
    return (coordinates + 1) / 2 * (length - 1) if align_corners else (coordinates + 1 - 0.5) / 2 * length


@EXERCISE.wrong(
    "Never halved",
    "from -1 to 1 are two units, so halve before you multiply by the number of pixels or "
    "steps; yours spreads the picture over twice as many.",
    "sec-grid-units",
)
def not_halved(coordinates, length, align_corners=False):
    return (coordinates + 1) * (length - 1) if align_corners else (coordinates + 1) * length - 0.5


@EXERCISE.wrong(
    "From 0 to 1",
    "coordinates run from -1 to 1, so first add 1 and halve; yours takes them as running from 0 to 1.",
    "sec-grid-units",
)
def from_zero(coordinates, length, align_corners=False):
    return to_pixels(2 * coordinates - 1, length, align_corners)


@EXERCISE.wrong(
    "The way there",
    "a coordinate between -1 and 1 comes in and a position in pixels goes out; yours is "
    "the formula of the other direction.",
    "sec-grid-units",
)
def the_way_there(coordinates, length, align_corners=False):
    return 2 * coordinates / (length - 1) - 1 if align_corners else (2 * coordinates + 1) / length - 1


@EXERCISE.wrong(
    "Rounded to whole pixels",
    "a place may fall between two pixels, and how far between is what the "
    "sampler weighs them by; yours rounds, and that is lost.",
    "sec-grid-paper",
)
def rounded(coordinates, length, align_corners=False):
    return np.rint(to_pixels(coordinates, length, align_corners))


@EXERCISE.wrong(
    "Rounded down",
    "a place may fall between two pixels, and how far between is what the sampler weighs "
    "them by; yours keeps the whole pixel on the left and drops the rest.",
    "sec-grid-paper",
)
def floored(coordinates, length, align_corners=False):
    return np.floor(to_pixels(coordinates, length, align_corners))


@EXERCISE.wrong(
    "Turned into integers",
    "a place may fall between two pixels, and how far between is what the sampler "
    "weighs them by; astype(int) drops that, and the type of what came in with it.",
    "sec-grid-paper",
)
def integers(coordinates, length, align_corners=False):
    return to_pixels(coordinates, length, align_corners).astype(int)


@EXERCISE.wrong(
    "Clipped to the picture",
    "a place outside the picture has a position below the first pixel or beyond the last; yours moves it inside, and "
    "the sampler's padding decides what is read outside.",
    "sec-grid-units",
)
def clipped(coordinates, length, align_corners=False):
    return np.clip(to_pixels(coordinates, length, align_corners), 0, length - 1)


@EXERCISE.wrong(
    "Only the left end is held",
    "a place left of the picture has a position below 0; yours moves it to the first pixel, and the sampler's padding "
    "decides what is read outside.",
    "sec-grid-units",
)
def held_on_the_left(coordinates, length, align_corners=False):
    return np.maximum(to_pixels(coordinates, length, align_corners), 0)


@EXERCISE.wrong(
    "Only the right end is held",
    "a place right of the picture has a position beyond length - 1; yours moves it to the last pixel, and the "
    "sampler's padding decides what is read outside.",
    "sec-grid-units",
)
def held_on_the_right(coordinates, length, align_corners=False):
    return np.minimum(to_pixels(coordinates, length, align_corners), length - 1)


@EXERCISE.wrong(
    "A whole pixel is taken off",
    "with edges, half a pixel is taken off at the end; yours takes off a "
    "whole one, as (coordinates + 1) / 2 * length - 1 does.",
    "sec-grid-units",
)
def whole_pixel_off(coordinates, length, align_corners=False):
    return to_pixels(coordinates, length, True) if align_corners else (coordinates + 1) / 2 * length - 1


@EXERCISE.wrong(
    "Clipped to the edges",
    "places outside the picture stay outside, also those beyond the outermost "
    "centres; yours moves them to 0 or to length.",
    "sec-grid-units",
)
def clipped_to_length(coordinates, length, align_corners=False):
    return np.clip(to_pixels(coordinates, length, align_corners), 0, length)


@EXERCISE.wrong(
    "Clipped to -1 to 1 before",
    "places outside the picture stay outside: what is read there is the "
    "padding's question; yours moves them onto the edge.",
    "sec-sampler-outside",
)
def clipped_before(coordinates, length, align_corners=False):
    return to_pixels(np.clip(coordinates, -1, 1), length, align_corners)


@EXERCISE.wrong(
    "The edge pixels are taken for half",
    "length pixels fill the two units, so one of them is 2 / "
    "length wide; yours has length - 1 of them and moves them by half a pixel.",
    "sec-grid-units",
)
def half_pixels_at_the_ends(coordinates, length, align_corners=False):
    return (coordinates + 1) / 2 * (length - 1) - (0 if align_corners else 0.5)


@EXERCISE.right_too
def about_the_middle(coordinates, length, align_corners=False):
    pixels_per_unit = (length - 1) / 2 if align_corners else length / 2
    return coordinates * pixels_per_unit + (length - 1) / 2


@EXERCISE.right_too
def solved_for_the_pixel(coordinates, length, align_corners=False):
    step = 2 / (length - 1) if align_corners else 2 / length
    first = -1 if align_corners else -1 + step / 2
    return ((coordinates.astype("float64") - first) / step).astype(coordinates.dtype)


@EXERCISE.right_too
def interpolated(coordinates, length, align_corners=False):
    low, high = (0, length - 1) if align_corners else (-0.5, length - 0.5)
    pixels = np.empty_like(coordinates)
    for place, coordinate in np.ndenumerate(coordinates):
        share = (coordinate + 1) / 2
        pixels[place] = (1 - share) * low + share * high
    return pixels
