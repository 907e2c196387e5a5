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
        Case("seven pixels, -1 and 1 are edges", np.array([-1.5, -1, 0.25, 1]), 7, align_corners=False),
        Case("six pixels, -1 and 1 are centres", np.array([-1.5, -1, 0.25, 1]), 6, align_corners=True),
    ],
)


@EXERCISE.wrong(
    "The other `align_corners`",
    "your function exchanges the two conventions; `align_corners=True` places -1 and 1 at the centres of the "
    "outermost pixels, `False` at the outer edges.",
    "sec-grid-units",
)
def other_convention(coordinates, length, align_corners=False):
    return to_pixels(coordinates, length, not align_corners)


@EXERCISE.wrong(
    "`align_corners` is ignored",
    "your function takes -1 for the centre of the first pixel even where `align_corners=False`; there it is the outer "
    "edge, half a pixel before that centre.",
    "sec-grid-units",
)
def always_corners(coordinates, length, align_corners=False):
    return to_pixels(coordinates, length, True)


@EXERCISE.wrong(
    "`align_corners` is ignored, edges always",
    "your function takes -1 for the outer edge even where `align_corners=True`; there it is the centre of the first "
    "pixel, position 0.",
    "sec-grid-units",
)
def always_edges(coordinates, length, align_corners=False):
    return to_pixels(coordinates, length, False)


@EXERCISE.wrong(
    "Half a pixel too far",
    "with `align_corners=False` your function places the edge at 0; position 0 is the centre of the first pixel and "
    "-1/2 its edge, so subtract half a pixel at the end.",
    "sec-grid-units",
)
def from_the_edge(coordinates, length, align_corners=False):
    return (coordinates + 1) / 2 * (length - 1 if align_corners else length)


@EXERCISE.wrong(
    "Half a pixel the wrong way",
    "with `align_corners=False` your function adds half a pixel at the end; subtract it, so that the edge at -1 "
    "becomes position -1/2.",
    "sec-grid-units",
)
def half_a_pixel_in(coordinates, length, align_corners=False):
    return (coordinates + 1) / 2 * (length - 1) if align_corners else ((coordinates + 1) * length + 1) / 2


@EXERCISE.wrong(
    "Pixels are counted from 1",
    "your positions are one pixel too large throughout; the centre of the first pixel is position 0, as indices start "
    "from 0 in Python.",
    "sec-grid-units",
)
def from_one(coordinates, length, align_corners=False):
    return to_pixels(coordinates, length, align_corners) + 1


@EXERCISE.wrong(
    "Scaled by `length - 2`",
    "your function multiplies by `length - 2`, so it never reaches the last pixel; the two units hold `length - 1` "
    "steps from centre to centre, or `length` pixels from edge to edge.",
    "sec-grid-units",
)
def two_too_few(coordinates, length, align_corners=False):
    return (coordinates + 1) / 2 * (length - 2)


@EXERCISE.wrong(
    "As many steps as pixels",
    "with `align_corners=True` your function multiplies by `length`, one step too many; there are `length - 1` steps "
    "from the first centre to the last, and they share the two units.",
    "sec-grid-units",
)
def as_many_steps(coordinates, length, align_corners=False):
    return (coordinates + 1) / 2 * length if align_corners else to_pixels(coordinates, length, False)


@EXERCISE.wrong(
    "Measured from the middle",
    "your function counts from the middle of the picture, so half of the positions are negative; positions are "
    "counted from the first pixel, which is at or near -1.",
    "sec-grid-units",
)
def from_the_middle(coordinates, length, align_corners=False):
    return coordinates / 2 * (length - 1 if align_corners else length)


@EXERCISE.wrong(
    "1 is never added",
    "your function does not add 1 before it scales, so it counts from the middle of the picture; the picture starts "
    "at -1.",
    "sec-grid-units",
)
def one_not_added(coordinates, length, align_corners=False):
    return coordinates / 2 * (length - 1) if align_corners else (coordinates * length - 1) / 2


@EXERCISE.wrong(
    "Half a unit instead of half a pixel",
    "with `align_corners=False` your function subtracts 1/2 before it scales, which makes `length / 4` pixels; "
    "subtract it at the end, when the result is in pixels.",
    "sec-grid-units",
)
def half_a_unit(coordinates, length, align_corners=False):
    return (coordinates + 1) / 2 * (length - 1) if align_corners else (coordinates + 1 - 0.5) / 2 * length


@EXERCISE.wrong(
    "Never halved",
    "your function spreads the picture over twice as many pixels; from -1 to 1 there are two units, so halve before "
    "you multiply by the number of pixels or steps.",
    "sec-grid-units",
)
def not_halved(coordinates, length, align_corners=False):
    return (coordinates + 1) * (length - 1) if align_corners else (coordinates + 1) * length - 0.5


@EXERCISE.wrong(
    "From 0 to 1",
    "your function takes the coordinates as running from 0 to 1; they run from -1 to 1, so first add 1 and halve.",
    "sec-grid-units",
)
def from_zero(coordinates, length, align_corners=False):
    return to_pixels(2 * coordinates - 1, length, align_corners)


@EXERCISE.wrong(
    "The inverse function",
    "your function turns pixels into normalised coordinates; its argument is a normalised coordinate and its result a "
    "position in pixels.",
    "sec-grid-units",
)
def the_way_there(coordinates, length, align_corners=False):
    return 2 * coordinates / (length - 1) - 1 if align_corners else (2 * coordinates + 1) / length - 1


@EXERCISE.wrong(
    "Rounded to whole pixels",
    "your function rounds to whole pixels; a position may lie between two pixels, and the sampler needs the fraction "
    "to weight them.",
    "sec-grid-paper",
)
def rounded(coordinates, length, align_corners=False):
    return np.rint(to_pixels(coordinates, length, align_corners))


@EXERCISE.wrong(
    "Rounded down",
    "your function rounds down to the pixel on the left; a position may lie between two pixels, and the sampler needs "
    "the fraction to weight them.",
    "sec-grid-paper",
)
def floored(coordinates, length, align_corners=False):
    return np.floor(to_pixels(coordinates, length, align_corners))


@EXERCISE.wrong(
    "Turned into integers",
    "your `astype(int)` drops the fraction and changes the type; a position may lie between two pixels, and the "
    "sampler needs the fraction to weight them.",
    "sec-grid-paper",
)
def integers(coordinates, length, align_corners=False):
    return to_pixels(coordinates, length, align_corners).astype(int)


@EXERCISE.wrong(
    "Clipped to the picture",
    "your function moves positions outside the picture to the first or the last pixel; they lie before the first "
    "pixel or after the last, and the sampler's padding decides which value is read there.",
    "sec-grid-units",
)
def clipped(coordinates, length, align_corners=False):
    return np.clip(to_pixels(coordinates, length, align_corners), 0, length - 1)


@EXERCISE.wrong(
    "Clipped at the left end",
    "your function moves positions left of the picture to the first pixel; they are negative, and the sampler's "
    "padding decides which value is read there.",
    "sec-grid-units",
)
def held_on_the_left(coordinates, length, align_corners=False):
    return np.maximum(to_pixels(coordinates, length, align_corners), 0)


@EXERCISE.wrong(
    "Clipped at the right end",
    "your function moves positions right of the picture to the last pixel; they are larger than `length - 1`, and the "
    "sampler's padding decides which value is read there.",
    "sec-grid-units",
)
def held_on_the_right(coordinates, length, align_corners=False):
    return np.minimum(to_pixels(coordinates, length, align_corners), length - 1)


@EXERCISE.wrong(
    "A whole pixel is subtracted",
    "with `align_corners=False` your function subtracts a whole pixel at the end, as `(coordinates + 1) / 2 * length "
    "- 1` does; subtract half a pixel.",
    "sec-grid-units",
)
def whole_pixel_off(coordinates, length, align_corners=False):
    return to_pixels(coordinates, length, True) if align_corners else (coordinates + 1) / 2 * length - 1


@EXERCISE.wrong(
    "Clipped to the edges",
    "your function moves positions outside the picture to 0 or to `length`; they should stay outside, and so should "
    "those between an outermost centre and its edge.",
    "sec-grid-units",
)
def clipped_to_length(coordinates, length, align_corners=False):
    return np.clip(to_pixels(coordinates, length, align_corners), 0, length)


@EXERCISE.wrong(
    "The coordinates are clipped to -1 to 1",
    "your function moves coordinates outside the picture onto its edge; they should stay outside, and the sampler's "
    "padding decides which value is read there.",
    "sec-sampler-outside",
)
def clipped_before(coordinates, length, align_corners=False):
    return to_pixels(np.clip(coordinates, -1, 1), length, align_corners)


@EXERCISE.wrong(
    "`length - 1` pixels between the edges",
    "with `align_corners=False` your function multiplies by `length - 1`; there are `length` pixels between the "
    "edges, so each is `2 / length` wide.",
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
